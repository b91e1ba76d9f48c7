"""Clashes of types that several lines share: from the first of them on, a letter may have another shape."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Scripted, Tuple_
from convsym.latex.walking import walk
from convsym.scope.cellforms import printed
from convsym.scope.model import latex_name
from convsym.scope.naming import strip_group
from convsym.verdict import Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_SEVERAL = 2


def heed_other_shapes(session: Session) -> None:
    """Leave lines open that do not fit the shape of a matrix, where no line behind the first of them fits it.

    One line that multiplies what cannot be multiplied is wrong. Several formulas in a row that all read one letter
    with another shape, and none that holds with its first one, speak of another matrix under the same letter.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    clashing: dict[str, list[Finding]] = defaultdict(list)
    for finding in session.findings.values():
        outcome = finding.outcome
        if (isinstance(outcome, Refuted) and outcome.method == "type clash") or (
            isinstance(outcome, Unsupported) and outcome.reason.startswith("types do not fit")
        ):
            for name in _matrices(session, finding):
                clashing[name].append(finding)
    for name, found in clashing.items():
        formulas = {id(finding.statement.display) for finding in found}
        first = min(finding.statement.number for finding in found)
        if len(formulas) < _SEVERAL or _is_borne_out(session, name, first):
            continue
        for finding in found:
            if isinstance(finding.outcome, Refuted):
                clash = finding.outcome.reason
                finding.outcome = Unsupported(f"${latex_name(name)}$ may be of another shape here: {clash}")
                finding.repairs, finding.edits = (), ()


def heed_cells_outside(session: Session) -> None:
    """Leave lines open that print a cell outside of its matrix, where several formulas print it: the range is another.

    One line that reads what does not exist is wrong; a cell that a text prints again and again exists.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    refuted = [
        (finding, finding.judgment.out_of_range)
        for finding in session.findings.values()
        if isinstance(finding.outcome, Refuted)
        and finding.outcome.method == "index out of range"
        and finding.judgment is not None
    ]
    if not refuted:
        return
    printed: dict[str, set[int]] = defaultdict(set)
    for statement in session.reader.statements:
        for side in (statement.left, statement.right):
            for cell in _printed_cells(side):
                printed[cell].add(statement.formula)
    for finding, error in refuted:
        if error is not None and len(printed[_plain(error.cell)]) >= _SEVERAL:
            finding.outcome = Unsupported(
                f"{error.cell} lies outside {error.family}, {error.shape}, and other lines print it as well"
            )
            finding.repairs, finding.edits, finding.notes = (), (), []


def _printed_cells(side: Node) -> Iterator[str]:
    for part in walk(side):
        below = None if not isinstance(part, Scripted) or part.superscript else part.subscript
        if isinstance(part, Scripted) and below is not None and isinstance(strip_group(part.base), Name):
            if all(isinstance(one, Number | Tuple_ | Product | Bracket) for one in walk(below)):
                yield _plain(printed(part))


def _plain(latex: str) -> str:
    """A cell without what its indices are held together by: x_{1,2} is x_{12}."""
    return re.sub(r"[{}\s,]", "", latex)


def _matrices(session: Session, finding: Finding, with_cells: bool = False) -> set[str]:
    """The letters of a line that stand for whole matrices, and for their cells if told so."""
    scope = session.scope_of(finding.statement)
    return {
        scope.matrices.get(reference.name, reference.name)
        for side in (finding.statement.left, finding.statement.right)
        for reference in scope.mentions(side)
        if (with_cells or not reference.indices) and scope.family(reference.name) is not None
    }


def _is_borne_out(session: Session, name: str, first: int) -> bool:
    """Whether a line from a place on holds with the shape that a letter has had."""
    return any(
        isinstance(finding.outcome, Proved)
        and finding.statement.number >= first
        and name in _matrices(session, finding, with_cells=True)
        for finding in session.findings.values()
    )


__all__ = ["heed_cells_outside", "heed_other_shapes"]
