r"""Windows of a pooling by numbers, one by one: y_{0,1} = \max(1, 3, 7, 2), \text{Window}_2 = [1, 3; 7, 2]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.pooled import Pooling, numbers_of, printed_poolings, window_of
from convsym.latex.syntax import Bracket, Fraction_, Matrix, Name, Node, Product, Scripted, Sum_
from convsym.scope.cellforms import cell_of, printed
from convsym.scope.celltables import NotTabularError, TableReader
from convsym.scope.forms import integer_of
from convsym.scope.naming import strip_group
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_METHOD = "pooling of the printed numbers"
_WINDOW = re.compile(r"window|patch|region|block|receptive", re.I)
# So many windows have to agree before another one is held against them.
_CERTAIN = 3


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of the output with what its window holds, as a line prints it.

    Attributes:
        finding: the line.
        at: the indices as printed.
        kind: "max", "average", or "window" for the window itself.
        values: what it prints.
    """

    finding: Finding
    at: tuple[int, ...]
    kind: str
    values: tuple[Fraction, ...]


def settle_pooled_cells(session: Session) -> None:
    """Decide lines that pool one window by the printed input, where the output as a whole is known to be its pooling.

    A line is refuted only where all the other windows of the output are written out and are right.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for pooling in printed_poolings(session):
        cells = [cell for cell in _cells(session, pooling) if cell.kind in (pooling.kind, "window")]
        for kind in (pooling.kind, "window"):
            _settle([cell for cell in cells if cell.kind == kind], pooling)


def _settle(cells: Sequence[_Cell], pooling: Pooling) -> None:
    """Lines of one kind, their cells counted from 0 or from 1: as more of them are right."""
    counted = {base: [cell for cell in cells if _is_right(cell, pooling, base)] for base in (0, 1)}
    base = max((0, 1), key=lambda one: len(counted[one]))
    if not counted[base] or len(counted[0]) == len(counted[1]):
        return
    for cell in counted[base]:
        finding = cell.finding
        if isinstance(finding.outcome, Definition | Undecided | Unsupported):
            _decide(finding, Proved(_METHOD, (pooling.words(),)))
    wrong = [cell for cell in cells if cell not in counted[base] and _window(cell, pooling, base) is not None]
    places = {cell.at for cell in cells}
    rows, columns = pooling.count()
    if len(wrong) == 1 and len(places) == len(cells) == rows * columns > _CERTAIN:
        (cell,) = wrong
        if isinstance(cell.finding.outcome, Definition | Undecided | Unsupported):
            window = ", ".join(str(value) for value in _window(cell, pooling, base) or ())
            _decide(
                cell.finding, Refuted(f"its window of ${pooling.names[1]}$ holds {window}", method=_METHOD)
            )


def _decide(finding: Finding, outcome: Proved | Refuted) -> None:
    finding.outcome, finding.judgment = outcome, None
    finding.reason, finding.notes, finding.repairs, finding.edits = "", [], (), ()


def _is_right(cell: _Cell, pooling: Pooling, base: int) -> bool:
    window = _window(cell, pooling, base)
    return window is not None and sorted(window) == sorted(cell.values) and _in_order(cell, window)


def _in_order(cell: _Cell, window: Sequence[Fraction]) -> bool:
    """A window that is printed as one shows every entry at its place; under a maximum any order will do."""
    return cell.kind != "window" or list(window) == list(cell.values)


def _window(cell: _Cell, pooling: Pooling, base: int) -> list[Fraction] | None:
    """What the window of a cell holds; None where there is no such window."""
    rows, columns = pooling.count()
    place = tuple(index - base for index in cell.at)
    if len(place) == 1:
        if not 0 <= place[0] < rows * columns:
            return None
        place = divmod(place[0], columns)
    if len(place) != 2 or not (0 <= place[0] < rows and 0 <= place[1] < columns):
        return None
    return [v for *_, v in window_of(pooling.image, place[0], place[1], pooling.size, pooling.stride)]


def _cells(session: Session, pooling: Pooling) -> Iterator[_Cell]:
    """The lines near a pooling that speak of one window of it."""
    letter = re.split(r"[_^]", pooling.names[0])[0].strip("{}").lower()
    first, last = pooling.lines
    for finding in session.findings.values():
        statement = finding.statement
        if statement.relation not in ("=", ":=") or statement.link or not first < statement.number <= last:
            left = None
        else:
            left = strip_group(statement.left)
        if not isinstance(left, Scripted) or not isinstance(left.base, Name):
            continue
        right = strip_group(statement.right)
        if isinstance(right, Matrix):
            at = tuple(_indices(left))
            if at and _WINDOW.search(left.base.text) and (numbers := numbers_of(right)) is not None:
                yield _Cell(finding, at, "window", tuple(value for row in numbers for value in row))
            continue
        cell = cell_of(left)
        if cell is None or printed(left.base).lower() != letter:
            continue
        at = tuple(_indices(left))
        with suppress(NotTabularError):
            for kind, values in _pooled(right):
                if len(at) == 2:
                    yield _Cell(finding, at, kind, values)


def _indices(node: Scripted) -> Iterator[int]:
    cell = cell_of(node)
    values = [] if cell is None else [integer_of(index) for index in cell.indices]
    if all(value is not None for value in values):
        yield from (value for value in values if value is not None)


def _pooled(right: Node) -> Iterator[tuple[str, tuple[Fraction, ...]]]:
    r"""\max(1, 2, 3, 4), and \frac{1}{4}(1 + 2 + 3 + 4) or \frac{1 + 2 + 3 + 4}{4}: what is pooled, and how."""
    if isinstance(right, Fraction_):
        whole, above = right.denominator, strip_group(right.numerator)
        if isinstance(above, Sum_) and _number(whole) == len(above.terms):
            yield "average", _summands(above)
        return
    if not isinstance(right, Product) or len(right.factors) != 2:
        return
    (_, head), (operator, bracket) = right.factors
    head, bracket = strip_group(head), strip_group(bracket)
    if not isinstance(bracket, Bracket):
        return
    if isinstance(head, Name) and head.text == "max" and not operator:
        yield "max", tuple(map(_number, bracket.items))
        return
    inner = strip_group(bracket.items[0]) if len(bracket.items) == 1 else None
    if (
        isinstance(inner, Sum_)
        and _number(head) * len(inner.terms) == 1
        and operator in ("", "cdot", "times")
    ):
        yield "average", _summands(inner)


def _summands(node: Sum_) -> tuple[Fraction, ...]:
    return tuple(_number(term) * (-1 if sign == "-" else 1) for sign, term in node.terms)


def _number(node: Node) -> Fraction:
    terms = TableReader({}, {}).terms(node, {})
    if set(terms) - {()}:
        raise NotTabularError("no number")
    return terms.get((), Fraction(0))


__all__ = ["settle_pooled_cells"]
