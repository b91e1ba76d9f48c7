"""Products of columns and derivatives as notes on networks write them, where they can be meant one way only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convsym.scope.grid import Grid, Jacobian, entrywise

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Value

_JOINED = frozenset({"", "cdot", "times", "*"})
_ENTRYWISE = frozenset({"odot", "circ"})
_COLUMNS = "a product of two columns of one layer is taken entry by entry"
_DIAGONAL = "the derivative of a function that is applied entry by entry is taken entry by entry"
_CHAINED = "a product with a derivative sums over the cells of what is differentiated"


def loose_product(elaborator: Elaborator, a: Value, b: Value, operator: str) -> Value | None:
    """A product that the rules for matrices do not allow, as it is meant; None where those rules suffice.

    Args:
        elaborator: evaluates the claim; what is assumed is noted there.
        a, b: the factors.
        operator: what stands between them.
    """
    if operator not in _JOINED | _ENTRYWISE:
        return None
    algebra = elaborator.algebra
    if operator in _JOINED and isinstance(a, Jacobian) and isinstance(b, Jacobian) and a.below != b.above:
        return None if b.below != a.above else b.times(a, algebra)
    for one, other in ((a, b), (b, a)):
        # \delta \frac{\partial z}{\partial W}: the derivatives of a number by z, chained.
        if operator in _JOINED and isinstance(one, Grid | Jacobian) and isinstance(other, Jacobian):
            grid = one.gradient() if isinstance(one, Jacobian) and one.above is None else one
            if isinstance(grid, Grid) and other.above == (grid.rows, grid.columns) and _is_line(grid):
                elaborator.assumed.add(_CHAINED)
                return Jacobian(None, other.above, (grid.cells,)).times(other, algebra)
    first, second = _column(elaborator, a), _column(elaborator, b)
    if first is None or second is None or len(first.cells) == 1:
        return None
    if (first.rows, first.columns) != (second.rows, second.columns):
        return None
    if operator in _JOINED:
        elaborator.assumed.add(_COLUMNS)
    return entrywise(first, second, lambda x, y: algebra.multiply((x, y)), "entrywise product")


def settled(elaborator: Elaborator, left: Value, right: Value) -> tuple[Value, Value]:
    """The sides of a claim, a diagonal of derivatives as a column where the other side is one.

    Args:
        elaborator: evaluates the claim; what is assumed is noted there.
        left, right: the sides.
    """
    left, right = _of_number(left), _of_number(right)
    if isinstance(left, Grid) and _is_line(left) and isinstance(right, Jacobian):
        return left, _column(elaborator, right) or right
    if isinstance(right, Grid) and _is_line(right) and isinstance(left, Jacobian):
        return _column(elaborator, left) or left, right
    return left, right


def _of_number(value: Value) -> Value:
    """The derivatives of a 1x1 matrix as those of the number that it is."""
    one = isinstance(value, Jacobian) and value.above == (1, 1)
    return Jacobian(None, value.below, value.entries) if one and isinstance(value, Jacobian) else value


def _is_line(grid: Grid) -> bool:
    return 1 in (grid.rows, grid.columns)


def _column(elaborator: Elaborator, value: Value) -> Grid | None:
    """A column or a row, or the diagonal of derivatives that are 0 elsewhere."""
    if isinstance(value, Jacobian) and value.above is None:
        value = value.gradient()
    if isinstance(value, Grid):
        return value if _is_line(value) else None
    if not isinstance(value, Jacobian) or value.above != value.below or 1 not in value.below:
        return None
    count = max(value.below)
    if count < 2 or any(value.entries[i][j] != 0 for i in range(count) for j in range(count) if i != j):
        return None
    elaborator.assumed.add(_DIAGONAL)
    return Grid(*value.below, tuple(value.entries[i][i] for i in range(count)))
