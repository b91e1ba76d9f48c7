r"""Pooling shown by numbers: Y = [9, 5; 9, 3] for a printed X, and the gradient that flows back through it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.latex.syntax import Matrix, Name, Node, Scripted
from convsym.scope.cellforms import printed
from convsym.scope.celltables import Atom, NotTabularError, TableReader, Terms, atom, fraction_parts, plus
from convsym.scope.naming import strip_group
from convsym.verdict import Definition, Proved, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_METHOD = "pooling of the printed numbers"
_POOLING = ("pool", "池化", "プーリング", "풀링", "пулинг")
_STRIDES = (1, 2, 3)

_WINDOW = re.compile(r"\b(\d)\W{0,3}(?:×|x|\\times)\W{0,3}(\d)\b")
_STRIDE = re.compile(r"\bstrides?\b(?:\s*(?:of|is))?\W{0,3}(?:[a-z]\s*=\s*)?(\d)\b")

Numbers = list[list[Fraction]]
Said = Sequence[tuple[int, int]]
"""Sizes of windows with their strides."""


@dataclass(frozen=True, slots=True)
class Pooling:
    """A printed output and how it comes from the printed input.

    Attributes:
        number: the statement that prints the output.
        lines: the first and the last statement that may speak of this input.
        names: output and input.
        image: the input.
        size, stride: of the windows.
        kind: "max" or "average".
    """

    number: int
    lines: tuple[int, int]
    names: tuple[str, str]
    image: Numbers
    size: int
    stride: int
    kind: str

    def words(self) -> str:
        """The pooling as an assumption."""
        window = f"{self.size}x{self.size} windows with stride {self.stride}"
        return f"${self.names[0]}$ is the {self.kind} pooling of ${self.names[1]}$ over {window}, as its numbers say"

    def count(self) -> tuple[int, int]:
        """Rows and columns of the output."""
        rows, columns = ((n - self.size) // self.stride + 1 for n in (len(self.image), len(self.image[0])))
        return rows, columns

    def back(self, above: list[list[Terms]]) -> list[list[Terms]] | None:
        """The gradient by the input; None where a window has two largest entries."""
        found: list[list[Terms]] = [[{} for _ in row] for row in self.image]
        for i, row in enumerate(above):
            for j, slope in enumerate(row):
                window = window_of(self.image, i, j, self.size, self.stride)
                if self.kind == "average":
                    shares = [(a, b, Fraction(1, self.size**2)) for a, b, _ in window]
                else:
                    most = max(value for *_, value in window)
                    shares = [(a, b, Fraction(1)) for a, b, value in window if value == most]
                    if len(shares) > 1:
                        return None
                for a, b, share in shares:
                    found[a][b] = plus(found[a][b], slope, share)
        return found


def settle_pooled(session: Session) -> None:
    """Decide printed outputs of a pooling, and gradients through it, by the numbers that the document prints.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    words = session.reader.scopes[-1].words
    if not any(word in words for word in _POOLING):
        return
    given: list[tuple[int, str, Numbers]] = []
    said = _said(words)
    pooling: Pooling | None = None
    letters: list[list[Terms]] | None = None
    for finding in sorted(session.findings.values(), key=lambda one: one.statement.number):
        statement = finding.statement
        left, right = strip_group(statement.left), strip_group(statement.right)
        if statement.relation not in ("=", ":=") or not isinstance(right, Matrix):
            continue
        if (numbers := numbers_of(right)) is not None and isinstance(left, Name | Scripted):
            found = list(_poolings(statement.number, printed(left), numbers, given, said))
            if len(found) == 1:
                pooling = found[0]
                if isinstance(finding.outcome, Definition | Undecided | Unsupported):
                    _prove(finding, pooling)
            given.append((statement.number, printed(left), numbers))
        elif (own := _lettered(right)) is not None and not _is_by(left, pooling):
            letters = own
        elif (
            pooling is not None
            and _is_by(left, pooling)
            and isinstance(finding.outcome, Undecided | Unsupported)
        ):
            above = letters if letters is not None and _fits(letters, pooling) else _slopes(pooling)
            with suppress(NotTabularError):
                named = frozenset(one.name for row in above for entry in row for key in entry for one in key)
                reader = TableReader({}, {}, named=named)
                grid = [[reader.terms(entry, {}) for entry in row if entry is not None] for row in right.rows]
                if grid == pooling.back(above):
                    _prove(finding, pooling)


def printed_poolings(session: Session) -> list[Pooling]:
    """The poolings whose input and output a document prints in numbers, in order.

    Args:
        session: the document, judged.
    """
    words = session.reader.scopes[-1].words
    given: list[tuple[int, str, Numbers]] = []
    poolings: list[Pooling] = []
    if not any(word in words for word in _POOLING):
        return poolings
    for finding in sorted(session.findings.values(), key=lambda one: one.statement.number):
        statement = finding.statement
        left, right = strip_group(statement.left), strip_group(statement.right)
        if statement.relation not in ("=", ":=") or not isinstance(right, Matrix):
            continue
        if (numbers := numbers_of(right)) is not None and isinstance(left, Name | Scripted):
            found = list(_poolings(statement.number, printed(left), numbers, given, _said(words)))
            poolings += found if len(found) == 1 else []
            given.append((statement.number, printed(left), numbers))
    return [replace(one, lines=(one.lines[0], _last(one, given))) for one in poolings]


def _last(pooling: Pooling, given: Sequence[tuple[int, str, Numbers]]) -> int:
    """The number of the last statement before another input is printed."""
    rows, columns = pooling.count()
    others = [n for n, _, m in given if n > pooling.lines[0] and len(m) > rows and len(m[0]) > columns]
    return min(others, default=10**9) - 1


def _prove(finding: Finding, pooling: Pooling) -> None:
    finding.outcome, finding.judgment = Proved(_METHOD, (pooling.words(),)), None
    finding.reason, finding.notes, finding.repairs, finding.edits = "", [], (), ()


def numbers_of(matrix: Matrix) -> Numbers | None:
    """The numbers of a matrix that holds nothing else; None of any other one.

    Args:
        matrix: a printed matrix.
    """
    reader = TableReader({}, {})
    found: Numbers = []
    try:
        for row in matrix.rows:
            entries = [{} if entry is None else reader.terms(entry, {}) for entry in row]
            if any(entry is None for entry in row) or any(set(entry) - {()} for entry in entries):
                return None
            found.append([entry.get((), Fraction(0)) for entry in entries])
    except NotTabularError:
        return None
    return found if found and len({len(row) for row in found}) == 1 else None


def _lettered(matrix: Matrix) -> list[list[Terms]] | None:
    """The names of a matrix of plain names, no two alike."""
    names = [[strip_group(entry) if entry is not None else None for entry in row] for row in matrix.rows]
    flat = [printed(name) for row in names for name in row if isinstance(name, Name)]
    if len(flat) < sum(map(len, names)) or len(set(flat)) < len(flat):
        return None
    return [[atom(Atom("name", printed(name))) for name in row if name is not None] for row in names]


def _poolings(
    number: int, name: str, output: Numbers, given: Sequence[tuple[int, str, Numbers]], said: Said
) -> Iterator[Pooling]:
    """The poolings by which printed numbers come from the nearest larger matrix before them.

    Windows may leave over what lies at the end of a row or a column where the text says their size and stride.
    """
    rows, columns = len(output), len(output[0])
    if rows * columns < 2:
        return
    for first, other, image in reversed(given):
        if len(image) <= rows or len(image[0]) <= columns:
            continue
        whole = [(len(image) - stride * (rows - 1), stride) for stride in _STRIDES]
        fitting = [
            (size, stride)
            for size, stride in whole
            if size > 1 and len(image[0]) - stride * (columns - 1) == size
        ]
        fitting += [
            (size, stride)
            for size, stride in said
            if 1 < size <= len(image) and (len(image) - size) // stride + 1 == rows
            if (len(image[0]) - size) // stride + 1 == columns and (size, stride) not in fitting
        ]
        for size, stride in fitting:
            for kind in ("max", "average"):
                if all(
                    _pooled([value for *_, value in window_of(image, i, j, size, stride)], kind)
                    == output[i][j]
                    for i in range(rows)
                    for j in range(columns)
                ):
                    yield Pooling(number, (first, number), (name, other), image, size, stride, kind)
        return


def _said(words: str) -> Said:
    """The sizes of windows that a text says, each with the strides it says, and with windows side by side."""
    sizes = {int(found[1]) for found in _WINDOW.finditer(words) if found[1] == found[2]}
    strides = {int(found[1]) for found in _STRIDE.finditer(words)}
    return tuple((size, stride) for size in sorted(sizes) for stride in sorted(strides or {size}) if stride)


def _pooled(values: Sequence[Fraction], kind: str) -> Fraction:
    return max(values) if kind == "max" else sum(values, Fraction(0)) / len(values)


def window_of(image: Numbers, i: int, j: int, size: int, stride: int) -> list[tuple[int, int, Fraction]]:
    """The cells that one window covers, row by row: their places, counted from 0, and their values.

    Args:
        image: the input.
        i, j: the place of the window, counted from 0.
        size, stride: of the windows.
    """
    rows, columns = (range(stride * at, stride * at + size) for at in (i, j))
    return [(a, b, image[a][b]) for a in rows for b in columns]


def _is_by(left: Node, pooling: Pooling | None) -> bool:
    """Whether a side is the gradient by the pooling's input."""
    parts = fraction_parts(left)
    by = strip_group(parts[1]) if parts is not None else None
    return pooling is not None and isinstance(by, Name) and printed(by) == pooling.names[1]


def _fits(letters: list[list[Terms]], pooling: Pooling) -> bool:
    rows, columns = pooling.count()
    return len(letters) == rows and all(len(row) == columns for row in letters)


def _slopes(pooling: Pooling) -> list[list[Terms]]:
    r"""The gradient from above as \partial L/\partial y_{ij}, its cells counted from 1."""
    rows, columns = pooling.count()
    name = pooling.names[0].lower()
    return [[atom(Atom("slope", name, (i + 1, j + 1))) for j in range(columns)] for i in range(rows)]


__all__ = ["Numbers", "Pooling", "numbers_of", "printed_poolings", "settle_pooled", "window_of"]
