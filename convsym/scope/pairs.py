"""The scalar equations that an equation between matrices, Jacobians or lists stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sympy import Expr

from convsym.scope.grid import Grid, Jacobian
from convsym.scope.model import TypeClashError

if TYPE_CHECKING:
    from convsym.scope.elaborate import Value


def _listed(value: object) -> tuple[Expr, ...] | None:
    """The entries of a list of numbers without decimals, which may be rounded; None of anything else."""
    if not isinstance(value, tuple) or len(value) < 2:
        return None
    if any(not isinstance(item, Expr) or (item.is_Rational and not item.is_Integer) for item in value):
        return None
    return value


def paired(left: Value, right: Value, name: str = "") -> Iterator[tuple[str, Expr, Expr]]:
    """The scalar equations that left = right stands for; TypeClashError where the types differ."""
    if isinstance(left, Jacobian) and isinstance(right, Jacobian) and left.above is not None:
        if (left.above, left.below) != (right.above, right.below):
            raise TypeClashError("Jacobians of different shapes")
        for row, other in zip(left.entries, right.entries, strict=True):
            for a, b in zip(row, other, strict=True):
                yield name, a, b
        return
    if isinstance(left, Jacobian) and isinstance(right, Jacobian) and left.above != right.above:
        ends = [side.words() for side in (left, right)]
        raise TypeClashError(f"{ends[0]} cannot equal {ends[1]}")
    left = left.gradient() if isinstance(left, Jacobian) else left
    right = right.gradient() if isinstance(right, Jacobian) else right
    if isinstance(left, Grid) and isinstance(right, Grid):
        if (left.rows, left.columns) != (right.rows, right.columns):
            raise TypeClashError(f"{left.words()} cannot equal {right.words()}")
        for position, (a, b) in enumerate(zip(left.cells, right.cells, strict=True)):
            entry = f"row {position // left.columns + 1}, column {position % left.columns + 1}"
            yield ", ".join(part for part in (name, entry) if part), a, b
        return
    sides: tuple[tuple[Any, Any], ...] = ((left, right), (right, left))
    for one, other in sides:
        if isinstance(one, Grid) and not isinstance(other, Grid):
            if (one.rows, one.columns) == (1, 1) and isinstance(other, Expr):
                yield (name, one.cells[0], other) if one is left else (name, other, one.cells[0])
                return
            # 0 and a matrix of zeros are written alike.
            if isinstance(other, Expr) and other == 0:
                for cell in one.cells:
                    yield name, cell, other
                return
            if (entries := _listed(other)) is not None and 1 in (one.rows, one.columns):
                # (1, 0, 0) is a vector in whichever direction the other side has.
                if len(entries) != len(one.cells):
                    raise TypeClashError(f"{one.words()} cannot equal a list of {len(entries)}")
                for place, (cell, entry) in enumerate(zip(one.cells, entries, strict=True)):
                    words = ", ".join(part for part in (name, f"entry {place + 1}") if part)
                    yield (words, cell, entry) if one is left else (words, entry, cell)
                return
            if isinstance(other, tuple):
                raise TypeClashError(f"{one.words()} and a list")
            side = "left" if other is left else "right"
            raise TypeClashError(f"the {side} side is a number, the other {one.words()}")
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            raise TypeClashError("lists of different lengths")
        for a, b in zip(left, right, strict=True):
            yield from paired(a, b, name)
        return
    if isinstance(left, tuple) or isinstance(right, tuple):
        raise TypeClashError("a list and a number")
    yield name, left, right
