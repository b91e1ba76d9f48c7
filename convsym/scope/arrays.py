"""Vectors and matrices of a worked example, entry by entry: a list in brackets takes the direction it is needed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sympy import Add, Expr, Mul

from convsym.errors import ScopeError


@dataclass(frozen=True, slots=True)
class Array:
    """A number, a vector or a matrix.

    Attributes:
        rows, columns: its shape; a number has one of each.
        cells: the entries row by row.
        loose: whether it was printed as a list, [0.1, 0.2], which is a row or a column as it is needed.
    """

    rows: int
    columns: int
    cells: tuple[Expr, ...]
    loose: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it has one entry."""
        return len(self.cells) == 1

    @property
    def is_vector(self) -> bool:
        """Whether it has one row or one column."""
        return 1 in (self.rows, self.columns)

    def at(self, row: int, column: int) -> Expr:
        """The entry at (row, column), both from 0."""
        return self.cells[row * self.columns + column]

    @property
    def transposed(self) -> Array:
        """Rows and columns exchanged."""
        cells = tuple(self.at(row, column) for column in range(self.columns) for row in range(self.rows))
        return Array(self.columns, self.rows, cells, self.loose)

    def map(self, function: Callable[[Expr], Expr]) -> Array:
        """The function applied to every entry."""
        return Array(self.rows, self.columns, tuple(function(cell) for cell in self.cells), self.loose)


class Lists(Enum):
    """What the lists of a document stand for: whatever fits, one direction throughout, or factors entry by entry."""

    FREE = "free"
    ROWS = "row vectors"
    COLUMNS = "column vectors"
    ENTRIES = "multiplied entry by entry"


def directed(array: Array, lists: Lists) -> Array:
    """An array with the direction that lists have, the other one if a transpose stands on it.

    Args:
        array: the array.
        lists: what lists stand for.
    """
    if not array.loose or not array.is_vector or lists not in (Lists.ROWS, Lists.COLUMNS):
        return array
    turned = array.transposed if lists is Lists.ROWS else array
    return Array(turned.rows, turned.columns, turned.cells)


def number(value: Expr) -> Array:
    """A number as an array."""
    return Array(1, 1, (value,))


def aligned(one: Array, other: Array) -> tuple[Array, Array]:
    """Two arrays of one shape, a list turned where it has to be.

    Raises:
        ScopeError: their shapes are different.
    """
    if (one.rows, one.columns) == (other.rows, other.columns):
        return one, other
    if len(one.cells) == len(other.cells) and one.is_vector and other.is_vector:
        if one.loose:
            return one.transposed, other
        if other.loose:
            return one, other.transposed
    raise ScopeError("arrays of different shapes")


def entrywise(one: Array, other: Array, function: Callable[[Expr, Expr], Expr]) -> Array:
    """A function of the entries at the same place.

    Raises:
        ScopeError: their shapes are different.
    """
    first, second = aligned(one, other)
    cells = tuple(function(a, b) for a, b in zip(first.cells, second.cells, strict=True))
    return Array(first.rows, first.columns, cells, first.loose and second.loose)


def product(one: Array, other: Array, lists: Lists = Lists.FREE) -> Array:
    """What two arrays side by side are: a number scales, matrices multiply, lists have an inner product.

    Args:
        one, other: the arrays.
        lists: what lists stand for.

    Raises:
        ScopeError: their shapes do not fit.
    """
    if one.is_number:
        return other.map(lambda cell: one.cells[0] * cell)
    if other.is_number:
        return one.map(lambda cell: cell * other.cells[0])
    if lists is Lists.ENTRIES and one.loose and other.loose:
        return entrywise(one, other, Mul)
    ways = [(one, other)]
    if one.loose and one.is_vector:
        ways.append((one.transposed, other))
    if other.loose and other.is_vector and not (one.loose and one.is_vector):
        ways.append((one, other.transposed))
    for first, second in ways:
        if first.columns == second.rows:
            cells = tuple(
                Add(*(first.at(row, k) * second.at(k, column) for k in range(first.columns)))
                for row in range(first.rows)
                for column in range(second.columns)
            )
            is_vector = 1 in (first.rows, second.columns)
            outer = first.columns == 1
            loose = is_vector and not outer and (one.loose or other.loose)
            return Array(first.rows, second.columns, cells, loose)
    raise ScopeError("arrays whose shapes do not fit")


def correlated(one: Array, other: Array) -> Array:
    """The smaller of two matrices laid on the larger at every place where it fits, products added up.

    Raises:
        ScopeError: neither fits into the other.
    """
    image, kernel = (one, other) if len(one.cells) >= len(other.cells) else (other, one)
    rows, columns = image.rows - kernel.rows + 1, image.columns - kernel.columns + 1
    if rows < 1 or columns < 1:
        raise ScopeError("arrays of which neither fits into the other")
    cells = tuple(
        Add(
            *(
                image.at(row + m, column + n) * kernel.at(m, n)
                for m in range(kernel.rows)
                for n in range(kernel.columns)
            )
        )
        for row in range(rows)
        for column in range(columns)
    )
    return Array(rows, columns, cells)
