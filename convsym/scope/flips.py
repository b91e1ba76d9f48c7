"""Matrices turned and mirrored: rot180(W), flip(W), flip_{vertical}(W), as the name, its label or the text says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convsym.errors import ScopeError
from convsym.latex.syntax import Number
from convsym.latex.walking import walk
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.model import UndefinedError
from convsym.scope.operators import Applied

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value

_DOWN = re.compile(r"vert|ud|updown")
_ACROSS = re.compile(r"hor|lr|leftright")
_BOTH = re.compile(r"\b180\b|\bboth\b|horizontally and vertically|vertically and horizontally|rot180")


def turned(elaborator: Elaborator, call: Applied, env: Env) -> Value:
    """What a function that turns or mirrors a matrix makes of it.

    Raises:
        ScopeError: its argument is no matrix.
        UndefinedError: neither its name nor its label says how it turns.
    """
    value = elaborator.value(call.arguments[0], env)
    value = value.gradient() if isinstance(value, Jacobian) else value
    if not isinstance(value, Grid):
        raise ScopeError(f"{call.name} of a number")
    name, _, label = call.name.partition("_")
    degrees = [part.text for index in call.indices for part in walk(index) if isinstance(part, Number)]
    label = label + "".join(degrees)
    down, across = bool(_DOWN.search(label)), bool(_ACROSS.search(label))
    if label and "180" not in label and not down and not across:
        raise UndefinedError(f"the operation {call.name} was not defined")
    if down or across:
        rows = range(value.rows - 1, -1, -1) if down else range(value.rows)
        columns = range(value.columns - 1, -1, -1) if across else range(value.columns)
        cells = tuple(value.at(row, column) for row in rows for column in columns)
        ways = [word for word, is_so in (("rows", down), ("columns", across)) if is_so]
        said = f"{call.name} turns the order of the {' and the '.join(ways)} around"
        # What is "vertical" may be the axis that is turned around or the line that stays: both at once leave no doubt.
        (elaborator.assumed if down and across else elaborator.guesses).add(said)
        return Grid(value.rows, value.columns, cells)
    said = f"{call.name} turns a matrix by 180 degrees"
    words = elaborator.scope.words
    certain = "180" in call.name + label or _BOTH.search(words) or (name != "flip" and "90" not in words)
    (elaborator.assumed if certain else elaborator.guesses).add(said)
    return value.rotated
