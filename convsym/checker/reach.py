r"""Slopes of one cell by another, \partial z_{kl}/\partial x_{ij} = w_{i-k,j-l}: said where that cell exists.

The slope is 0 where no tap of the kernel joins the two cells. The line does not say so, and does not need to: its
right side has no cell there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

from sympy import And, Expr, Indexed, Integer, Piecewise, Symbol
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.scope.cellforms import letter_of
from convsym.scope.hygiene import derives
from convsym.scope.model import Scope
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_METHOD = "normal form of sums"
_SMALL = range(4)
_MOST = 5


def settle_reach(session: Session) -> None:
    """Decide open lines that give the slope of one cell by another as one cell.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for finding in session.findings.values():
        judgment = finding.judgment
        if not isinstance(finding.outcome, Undecided | Unsupported) or judgment is None:
            continue
        if (
            finding.statement.role != "claim"
            or not derives(finding.statement.left)
            or len(judgment.pairs) != 1
        ):
            continue
        scope = session.scope_of(finding.statement)
        ((_, left, right),) = judgment.pairs
        said = dict(_said_beside(session, finding))
        outcome = reached(left, right.xreplace(said), scope)
        if outcome is not None:
            finding.outcome, finding.notes = outcome, []


def reached(slope: Expr, claimed: Expr, scope: Scope) -> Outcome | None:
    """What a slope that is a cell of a kernel here and 0 elsewhere has to do with one cell; None of other sides.

    Args:
        slope: what the definitions make of the left side.
        claimed: the right side.
        scope: of the claim.
    """
    if not isinstance(slope, Piecewise) or not isinstance(claimed, Indexed) or len(slope.args) != 2:
        return None
    (cell, condition), (elsewhere, _) = slope.args
    if elsewhere != 0 or not isinstance(cell, Indexed) or cell.base != claimed.base:
        return None
    edges = _edges(cell, scope)
    if edges is None or _normal(condition) != edges:
        return None
    if cell == claimed:
        name = scope.cells[cell].family if cell in scope.cells else str(cell.base)
        return Proved(_METHOD, (f"the cells of ${name}$ outside of its range count as 0",))
    letters = set().union(*(index.free_symbols for index in cell.indices))
    if not set().union(*(index.free_symbols for index in claimed.indices)) <= letters:
        return None
    point = _where_they_differ(cell, claimed, condition, letters)
    if point is None:
        return None
    words = ", ".join(f"{letter} = {value}" for letter, value in point.items())
    here, there = (",".join(str(index.xreplace(point)) for index in one.indices) for one in (cell, claimed))
    base = cell.base
    return Refuted(
        f"at {words} the left side is ${base}_{{{here}}}$, not ${base}_{{{there}}}$", method="counterexample"
    )


def _edges(cell: Indexed, scope: Scope) -> frozenset[Expr] | None:
    """What has to be 0 or more where a cell exists; None where the document does not say its range."""
    known = scope.cells.get(cell)
    family = known.family if known is not None else str(cell.base)
    found = set()
    for axis, index in enumerate(cell.indices):
        spans = scope.ranges.get((family, axis), set())
        if len(spans) != 1:
            return None
        ((low, high),) = spans
        found |= {(index - low).expand(), (Integer(0) + high - index).expand()}
    return frozenset(found)


def _normal(condition: Any) -> frozenset[Expr] | None:
    """The same of a condition; None where it is no conjunction of comparisons."""
    found = set()
    for part in condition.args if isinstance(condition, And) else (condition,):
        if not isinstance(part, Relational):
            return None
        if isinstance(part, GreaterThan | StrictGreaterThan):
            difference = part.lhs - part.rhs
        elif isinstance(part, LessThan | StrictLessThan):
            difference = part.rhs - part.lhs
        else:
            return None
        strict = isinstance(part, StrictGreaterThan | StrictLessThan)
        found.add((difference - (1 if strict else 0)).expand())
    return frozenset(found)


def _where_they_differ(
    cell: Indexed, claimed: Indexed, condition: Any, letters: set[Any]
) -> dict[Any, Expr] | None:
    """Small values of the letters at which one cell is the slope and the other side names another one."""
    names = sorted(letters, key=str)
    sizes = sorted(condition.free_symbols - letters, key=str)
    if len(names) > _MOST:
        return None
    large: dict[Any, Expr] = {size: Integer(3) for size in sizes}
    for values in product(_SMALL, repeat=len(names)):
        point: dict[Any, Expr] = {name: Integer(value) for name, value in zip(names, values, strict=True)}
        if condition.xreplace({**large, **point}) != True:  # noqa: E712 (a condition of SymPy)
            continue
        here, there = ([index.xreplace(point) for index in one.indices] for one in (cell, claimed))
        if here != there:
            return point
    return None


def _said_beside(session: Session, finding: Finding) -> Iterator[tuple[Symbol, Expr]]:
    """Index letters that the same formula says to be an expression in others: where m = p - i."""
    judge = session.judges[finding.statement.version]
    for other in session.reader.statements:
        letter = letter_of(other.left)
        if (
            other.formula == finding.statement.formula
            and other is not finding.statement
            and letter is not None
        ):
            with suppress(ConvsymError):
                value = judge.elaborator.index(other.right, {})
                yield Symbol(letter, integer=True), Integer(0) + value


__all__ = ["reached", "settle_reach"]
