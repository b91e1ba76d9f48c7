"""Zeros around or between the entries of a matrix: pad_{K-1}(M), the dilation dil_S(M), cells outside a range."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sympy import Expr, Integer, Symbol

from convsym.errors import ScopeError
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.model import Cell, Family, Index, Scope, UndefinedError
from convsym.scope.operators import PADS, Applied

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value


def with_zeros(elaborator: Elaborator, call: Applied, env: Env) -> Value:
    """What pad_n, which puts n zeros on each side, or dil_s, which puts s - 1 between neighbors, makes of a matrix.

    Raises:
        ScopeError: its argument is no matrix.
        UndefinedError: no number says how many zeros there are.
    """
    value = elaborator.value(call.arguments[0], env)
    value = value.gradient() if isinstance(value, Jacobian) else value
    name, _, label = call.name.partition("_")
    counts = [int(label)] if label.isdigit() else [elaborator.index(index, env) for index in call.indices]
    if not 1 <= len(counts) <= 2 or not all(isinstance(count, int) for count in counts):
        raise UndefinedError(f"the operation {call.name} was not defined")
    if not isinstance(value, Grid):
        raise ScopeError(f"{name} of a number")
    down, across = int(counts[0]), int(counts[-1])
    if value.columns == 1 and len(counts) == 1:
        across = 0 if name in PADS else 1  # a vector has one axis only
    zero = elaborator.algebra.add(())
    if name in PADS:
        rows, columns, top, left, step = (
            value.rows + 2 * down,
            value.columns + 2 * across,
            down,
            across,
            (1, 1),
        )
        elaborator.assumed.add(f"{name}_n puts n rows and columns of zeros on each side")
    else:
        rows, columns = (value.rows - 1) * down + 1, (value.columns - 1) * across + 1
        top, left, step = 0, 0, (down, across)
        elaborator.assumed.add(f"{name}_s puts s - 1 zeros between neighbors")
    if min(down, across) < 0 or 0 in step or rows * columns > elaborator.budget.terms:
        raise ScopeError(f"{name} by a number that cannot be")
    cells = [zero] * (rows * columns)
    for row in range(value.rows):
        for column in range(value.columns):
            cells[(top + row * step[0]) * columns + left + column * step[1]] = value.at(row, column)
    return Grid(rows, columns, tuple(cells))


def counts_as_zero(scope: Scope, name: str, indices: tuple[Index, ...]) -> bool:
    """Whether a cell lies where the document says that the family counts as 0.

    Args:
        scope: that the cell is read in.
        name: of the family.
        indices: its indices; a letter lies outside only where it does so whatever it is, as n + 1 beyond n.
    """
    inside = scope.inside.get(name, ())
    if len(inside) == len(indices):
        for index, (low, high) in zip(indices, inside, strict=True):
            before = None if low is None else Integer(0) + low - index
            behind = None if high is None else Integer(0) + index - high
            if any(
                beyond is not None and not beyond.free_symbols and beyond.is_positive
                for beyond in (before, behind)
            ):
                return True
    family = scope.families.get(name)
    known = family is not None and family.exact and family.arity == len(indices)
    return known and family is not None and scope.padded(name) and leaves(family, indices)


def leaves(family: Family, indices: tuple[Index, ...]) -> bool:
    """Whether a cell certainly lies outside of a family.

    Args:
        family: of a known range.
        indices: as many as it has axes.
    """
    return any(
        isinstance(index, int) and size is not None and not base <= index < base + size
        for index, base, size in zip(indices, family.base, family.sizes, strict=True)
    )


def cell_that_may_be_outside(pairs: Iterable[tuple[Expr, Expr]], scope: Scope) -> str:
    """A cell that counts as 0 if it lies outside a range nobody states, where pairs are equal without such cells.

    Args:
        pairs: what is compared, all definitions followed.
        scope: that they are read in.

    Returns:
        The cell as printed; "" where the pairs differ even so, or nothing is said to be 0 outside.
    """
    found: list[str] = []
    for left, right in pairs:
        alone = {
            atom: cell
            for atom in left.free_symbols ^ right.free_symbols
            if isinstance(atom, Symbol)
            and (cell := scope.cells.get(atom)) is not None
            and _may_be_outside(cell, scope)
        }
        if (left - right).xreplace(dict.fromkeys(alone, Integer(0))).expand() != 0:
            return ""
        found += [cell.latex for cell in alone.values()]
    return min(found, default="")


def _may_be_outside(cell: Cell, scope: Scope) -> bool:
    """Whether a cell belongs to a family of unknown range that is given, and counts as 0 outside."""
    family = scope.family(cell.family)
    if scope.rules.get(cell.family) or not scope.padded(cell.family) or (family is not None and family.exact):
        return False
    if not cell.indices or not all(isinstance(index, int) for index in cell.indices):
        return False
    if _is_said_to_be_inside(cell, scope):
        return False
    within = [
        any(
            isinstance(low, int) and isinstance(high, int) and low <= index <= high
            for low, high in scope.ranges.get((cell.family, axis), ())
        )
        for axis, index in enumerate(cell.indices)
    ]
    return not all(within)


def _is_said_to_be_inside(cell: Cell, scope: Scope) -> bool:
    """Whether a cell lies between numbers beyond which the document says that its family counts as 0."""
    inside = scope.inside.get(cell.family, ())
    return len(inside) == len(cell.indices) and all(
        isinstance(low, int) and isinstance(high, int) and isinstance(index, int) and low <= index <= high
        for index, (low, high) in zip(cell.indices, inside, strict=True)
    )
