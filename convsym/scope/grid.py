"""Values that are not numbers: matrices of cells, and Jacobians that remember both shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convsym.scope.algebra import Algebra, Scalar
from convsym.scope.model import TypeClashError

ENTRYWISE_POWER = "powers of square matrices are taken entry by entry"


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix of scalars, row by row as printed; a vector is one column.

    Attributes:
        rows, columns: its shape.
        cells: rows * columns scalars.
        power: whether it came out of `M^n`, which some read entry by entry and some as a matrix product.
    """

    rows: int
    columns: int
    cells: tuple[Scalar, ...]
    power: bool = False

    def at(self, row: int, column: int) -> Scalar:
        """The entry at (row, column), both from 0."""
        return self.cells[row * self.columns + column]

    @property
    def transposed(self) -> Grid:
        """Rows and columns exchanged."""
        cells = tuple(self.at(r, c) for c in range(self.columns) for r in range(self.rows))
        return Grid(self.columns, self.rows, cells)

    @property
    def rotated(self) -> Grid:
        """Turned by 180 degrees."""
        return Grid(self.rows, self.columns, self.cells[::-1])

    def map(self, function: Callable[[Scalar], Scalar]) -> Grid:
        """The function applied to every entry."""
        return Grid(self.rows, self.columns, tuple(function(cell) for cell in self.cells))

    def words(self) -> str:
        """The shape in words."""
        return f"a {self.rows}x{self.columns} matrix"


@dataclass(frozen=True, slots=True)
class Jacobian:
    """Derivatives of one flattened value by another.

    Attributes:
        above, below: shapes (rows, columns) of what is differentiated and of what it is differentiated by;
            `above` is None for a number.
        entries: above-major, one row per entry of `above`.
    """

    above: tuple[int, int] | None
    below: tuple[int, int]
    entries: tuple[tuple[Scalar, ...], ...]

    def gradient(self) -> Grid:
        """A number's derivatives in the shape of what it is differentiated by; a vector's by a vector as a matrix."""
        if self.above is not None and self.above[1] == self.below[1] == 1:
            return Grid(self.above[0], self.below[0], tuple(entry for row in self.entries for entry in row))
        if self.above is not None:
            raise TypeClashError("a Jacobian of a matrix by a matrix stands where one matrix is needed")
        return Grid(*self.below, self.entries[0])

    def words(self) -> str:
        """What it holds: "16 derivatives of a 2x2 matrix by a 2x2 matrix"."""
        top = "a number" if self.above is None else f"a {self.above[0]}x{self.above[1]} matrix"
        count = sum(len(row) for row in self.entries)
        return f"{count} derivatives of {top} by a {self.below[0]}x{self.below[1]} matrix"

    def times(self, other: Jacobian, algebra: Algebra) -> Jacobian:
        """The chain rule: the product of the flattened Jacobians."""
        if self.below != other.above:
            raise TypeClashError(f"Jacobians of shapes {self.below} and {other.above} do not chain")
        columns = list(zip(*other.entries, strict=True))
        entries = tuple(
            tuple(
                algebra.add(algebra.multiply(pair) for pair in zip(row, column, strict=True))
                for column in columns
            )
            for row in self.entries
        )
        return Jacobian(self.above, other.below, entries)


def matrix_product(a: Grid, b: Grid, algebra: Algebra) -> Grid:
    """The ordinary matrix product; TypeClashError where the shapes do not fit."""
    if a.columns != b.rows:
        if (a.rows, a.columns) == (1, 1) or (b.rows, b.columns) == (1, 1):
            one, other = (a, b) if (a.rows, a.columns) == (1, 1) else (b, a)
            return other.map(lambda cell: algebra.multiply((one.cells[0], cell)))
        raise TypeClashError(f"{a.words()} cannot be multiplied by {b.words()}")
    cells = tuple(
        algebra.add(algebra.multiply((a.at(r, n), b.at(n, c))) for n in range(a.columns))
        for r in range(a.rows)
        for c in range(b.columns)
    )
    return Grid(a.rows, b.columns, cells)


def entrywise(a: Grid, b: Grid, combine: Callable[[Any, Any], Any], name: str) -> Grid:
    """Two matrices of one shape combined entry by entry; TypeClashError where the shapes differ."""
    if (a.rows, a.columns) != (b.rows, b.columns):
        raise TypeClashError(f"{a.words()} and {b.words()} have no {name}")
    return Grid(a.rows, a.columns, tuple(combine(x, y) for x, y in zip(a.cells, b.cells, strict=True)))


def spread(terms: list[Any]) -> list[Any]:
    """A bias beside a convolution is added to every cell: numbers as matrices of the others' shape."""
    shape = next(term for term in terms if isinstance(term, Grid))
    count = shape.rows * shape.columns
    return [
        term if isinstance(term, Grid | Jacobian) else Grid(shape.rows, shape.columns, (term,) * count)
        for term in terms
    ]


def correlate(x: Grid, k: Grid, algebra: Algebra, *, full: bool = False) -> Grid:
    """Valid (or full) cross-correlation of x with k."""
    if full:
        zero = algebra.add(())
        rows, columns = x.rows + 2 * (k.rows - 1), x.columns + 2 * (k.columns - 1)
        cells = [zero] * (rows * columns)
        for r in range(x.rows):
            for c in range(x.columns):
                cells[(r + k.rows - 1) * columns + c + k.columns - 1] = x.at(r, c)
        x = Grid(rows, columns, tuple(cells))
    height, width = x.rows - k.rows + 1, x.columns - k.columns + 1
    if height < 1 or width < 1:
        raise TypeClashError(f"{k.words()} does not fit into {x.words()}")
    out = tuple(
        algebra.add(
            algebra.multiply((x.at(r + m, c + n), k.at(m, n)))
            for m in range(k.rows)
            for n in range(k.columns)
        )
        for r in range(height)
        for c in range(width)
    )
    return Grid(height, width, out)
