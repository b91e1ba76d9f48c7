r"""Slopes of one cell by another, \partial z_{kl}/\partial x_{ij} = w_{i-k,j-l}: said where that cell exists.

The slope is 0 where no tap of the kernel joins the two cells. The line does not say so, and does not need to: its
right side has no cell there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

from sympy import And, Expr, Indexed, Integer, Piecewise, Symbol
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.scope.cellforms import letter_of
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.model import Scope
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_METHOD = "normal form of sums"
_SMALL = range(4)
_MOST = 5
_SIZE = Integer(3)


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
        outcome = reached(left, right.xreplace(said), scope, free_letters([finding.statement.left], scope))
        if outcome is not None:
            finding.outcome, finding.notes = outcome, []


def reached(slope: Expr, claimed: Expr, scope: Scope, free: Collection[str]) -> Outcome | None:
    """What a slope that is a cell of a kernel here and 0 elsewhere has to do with one cell; None of other sides.

    Args:
        slope: what the definitions make of the left side.
        claimed: the right side, a cell or cases of the same form.
        scope: of the claim.
        free: the index letters of the left side.
    """
    found, said = _piece(slope), _piece(claimed)
    if found is None or said is None or found[1] is None or found[0].base != said[0].base:
        return None
    (cell, condition), (other, case) = found, said
    edges = _edges(cell, scope)
    bare = {index.name for index in cell.indices if isinstance(index, Symbol)}
    if edges is None or _normal(condition, bare, free) != edges:
        return None
    if cell == other and (case is None or _normal(case, bare, free) == edges):
        name = scope.cells[cell].family if cell in scope.cells else str(cell.base)
        return Proved(
            _METHOD, () if case is not None else (f"the cells of ${name}$ outside of its range count as 0",)
        )
    known = _letters_of(cell, condition)
    if not _letters_of(other, case) <= known:
        return None
    letters = [symbol for symbol in known if symbol.name in free]
    point = _where_they_differ(found, said, sorted(letters, key=str), known)
    if point is None:
        return None
    words = ", ".join(f"{letter} = {value}" for letter, value in point.items())
    here, there = (_entry(piece, point) for piece in (found, said))
    return Refuted(f"at {words} the left side is {here}, not {there}", method="counterexample")


def _piece(side: Expr) -> tuple[Indexed, Any] | None:
    """A cell and the condition under which it stands, None where there is none; 0 elsewhere."""
    if isinstance(side, Indexed):
        return side, None
    if isinstance(side, Piecewise) and len(side.args) == 2:
        (cell, condition), (elsewhere, _) = side.args
        if elsewhere == 0 and isinstance(cell, Indexed):
            return cell, condition
    return None


def _letters_of(cell: Indexed, condition: Any) -> set[Symbol]:
    found = set().union(*(index.free_symbols for index in cell.indices))
    found |= set() if condition is None else condition.free_symbols
    return {one for one in found if isinstance(one, Symbol)}


def _entry(piece: tuple[Indexed, Any], point: dict[Symbol, Expr]) -> str:
    """What a piece comes to at given letters, as LaTeX."""
    cell, condition = piece
    if condition is not None and condition.xreplace(point) == False:  # noqa: E712 (a condition of SymPy)
        return "$0$"
    return f"${cell.base}_{{{','.join(str(index.xreplace(point)) for index in cell.indices)}}}$"


def _edges(cell: Indexed, scope: Scope) -> frozenset[Expr] | None:
    """What has to be 0 or more where a cell exists; None where the document does not say its range."""
    known = scope.cells.get(cell)
    family = known.family if known is not None else str(cell.base)
    found = set()
    for axis, index in enumerate(cell.indices):
        if isinstance(index, Symbol):
            continue  # an index of the left side runs as far as it does there
        spans = scope.ranges.get((family, axis), set())
        if len(spans) != 1:
            return None
        ((low, high),) = spans
        found |= {(index - low).expand(), (Integer(0) + high - index).expand()}
    return frozenset(found)


def _normal(condition: Any, bare: Collection[str], free: Collection[str]) -> frozenset[Expr] | None:
    """The same of a condition, what it says of bare letters left out; None of no conjunction of comparisons."""
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
        form = (difference - (1 if strict else 0)).expand()
        letters = {str(symbol) for symbol in form.free_symbols} & set(free)
        if len(letters) != 1 or not letters <= set(bare):
            found.add(form)
    return frozenset(found)


def _where_they_differ(
    found: tuple[Indexed, Any], said: tuple[Indexed, Any], letters: list[Symbol], known: set[Symbol]
) -> dict[Symbol, Expr] | None:
    """Small values of the letters at which one cell is the slope and the other side names another one, or none."""
    if len(letters) > _MOST:
        return None
    sizes: dict[Symbol, Expr] = {symbol: _SIZE for symbol in known if symbol not in letters}
    (cell, condition), (other, case) = found, said
    for values in product(_SMALL, repeat=len(letters)):
        point = {**dict(zip(letters, map(Integer, values), strict=True)), **sizes}
        if condition.xreplace(point) != True:  # noqa: E712 (a condition of SymPy)
            continue
        here, there = ([index.xreplace(point) for index in one.indices] for one in (cell, other))
        missing = case is not None and case.xreplace(point) == False  # noqa: E712
        if here != there or missing:
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
