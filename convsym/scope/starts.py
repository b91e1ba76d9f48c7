"""Values before anything is learned, "we initialise with $w = 0$", and the lines about them, "at the start it is"."""

from __future__ import annotations

import re
from dataclasses import replace

from convsym.latex.syntax import Name, Scripted
from convsym.scope.asides import AT_FIRST
from convsym.scope.equalities import Fixed
from convsym.scope.forms import is_numeric, printed_shape
from convsym.scope.naming import strip_group
from convsym.scope.restrictions import START, UNCLEAR, Restriction
from convsym.scope.statements import Statement

_START = re.compile(
    r"\b(?:at (?:the )?(?:very )?(?:start|beginning|outset)|at initiali[sz]ation|initially|at first|"
    r"(?:at|in) the beginning|to begin with|"
    r"before (?:any |the (?:first )?)?(?:training|learning|updates?|steps?))\b",
    re.I,
)
# Of these it is plain that they speak of values, and of no order in which things are told.
_PLAINLY = re.compile(
    r"\bat (?:(?:the )?(?:very )?(?:start|outset)|initiali[sz]ation)\b(?!\s+of\s+(?:this|the|our)\s+"
    r"(?:section|chapter|text|note|proof|derivation|page))",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|[。！？；]")


class Starts:
    """The values that a document says its names to have at first."""

    def __init__(self) -> None:
        self._values: dict[object, Fixed] = {}

    def learn(self, statement: Statement) -> None:
        """Remember a value that a parameter has at first.

        Args:
            statement: a relation that was read.
        """
        name = strip_group(statement.left)
        is_value = (
            statement.relation == "=" and is_numeric(statement.right) and isinstance(name, Name | Scripted)
        )
        if statement.role != "condition" or not is_value or not AT_FIRST.search(_sentence(statement)):
            return
        shape, value = printed_shape(name), printed_shape(statement.right)
        known = self._values.get(shape)
        one = Fixed(name, statement.right, statement.latex, leads=True)
        if known is not None and printed_shape(known.value) != value:
            one = replace(one, clear=False)  # nobody can tell which of them is meant
        self._values[shape] = one

    def heed(self, statement: Statement) -> None:
        """Leave a claim that speaks of the start open where it fails elsewhere and no value at the start is known.

        Args:
            statement: a relation that was read.
        """
        if statement.role != "claim" or statement.at or statement.under:
            return
        if _PLAINLY.search(_sentence(statement)) is not None:
            node = statement.left
            statement.under = (Restriction(node, UNCLEAR, node, START),)

    def of(self, statement: Statement) -> tuple[Fixed, ...]:
        """The values that a line is said at which speaks of the start and gives no value itself.

        Args:
            statement: a relation that is about to be read.
        """
        if statement.at or _START.search(_sentence(statement)) is None:
            return statement.at
        if printed_shape(statement.left) in self._values:
            return ()
        return tuple(self._values.values())


def _sentence(statement: Statement) -> str:
    return _SENTENCE_END.split(statement.display.before.rstrip(" .:"))[-1]


__all__ = ["Starts"]
