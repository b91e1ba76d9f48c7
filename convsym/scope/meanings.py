"""Claims under what is not said: every standard meaning of a convolution's sign, and vectors as printed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convsym.latex.syntax import Node
from convsym.scope.convolving import readings_of
from convsym.verdict import Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.scope.judge import Judge, Judgment


def by_readings(judge: Judge, left: Node, right: Node, operator: str, first: Judgment) -> Judgment:
    """A claim under every standard meaning of a convolution's sign.

    Proved where one of them makes it true, which is named; refuted only where all of them that fit the
    shapes make it false.
    """
    tried: list[Judgment] = []
    for reading in readings_of(operator, judge.scope.turns.get(operator.partition("_")[0])):
        found = judge.under(operator, reading).equal(left, right)
        if found.holds:
            return found
        tried.append(found)
    fitting = [found for found in tried if not found.type_clash]
    if not fitting:
        if first.type_clash:
            return first
        first.outcome = Unsupported(f"types do not fit: {tried[0].type_clash}")
        first.type_clash = ""
    elif all(isinstance(found.outcome, Refuted) for found in fitting) and _is_plain(judge):
        return fitting[0]
    else:
        first.outcome = next(
            (f.outcome for f in fitting if not isinstance(f.outcome, Refuted)),
            Unsupported(f"the document does not say what {operator} stands for"),
        )
    return first


def _is_plain(judge: Judge) -> bool:
    """Whether windows move by one cell and nothing is put around the image, as the readings have it."""
    sizes = judge.scope.sizes
    return sizes.get("S", 1) == 1 and sizes.get("P", 0) == 0


def with_rows(judge: Judge, left: Node, right: Node) -> Judgment | None:
    """What shapes that do not fit come to where x = [x_1, x_2] is the row that it is printed as."""
    lying = judge.lying
    if lying is None:
        return None
    found = lying.equal(left, right)
    found.judge = found.judge or lying
    return None if found.type_clash or isinstance(found.outcome, Unsupported) else found
