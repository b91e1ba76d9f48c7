"""Matrices with zeros put around or between their entries: pad_{K-1}(M) and the dilation dil_S(M)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convsym.errors import ScopeError
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.model import UndefinedError
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
