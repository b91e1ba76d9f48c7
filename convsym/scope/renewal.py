"""Whether a line introduces a known name anew: another value from here on, or another definition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from convsym.latex.syntax import BigOperator, Name, Scripted, Tuple_
from convsym.latex.walking import walk
from convsym.scope.forms import is_numeric, printed_shape
from convsym.scope.model import Rule, Scope
from convsym.scope.naming import Reference, strip_group
from convsym.scope.statements import Statement

_AGAIN = re.compile(
    r"\b(now|instead|redefine|another|second|new|example|suppose|consider|this time|next|alternativ|different|let)",
    re.I,
)
_STRONG = re.compile(r"\b(redefine|instead|another|this time|different)\b", re.I)


def is_renewed(statement: Statement, existing: Sequence[Rule], statements: Sequence[Statement]) -> bool:
    """Whether the text clearly introduces a known name anew.

    Args:
        statement: the relation that may define.
        existing: the rules in force for what stands on its left.
        statements: the relations read before.
    """
    before = statement.display.before
    if "recall" in before.lower():
        return False
    last = max((rule.statement for rule in existing), default=-1)
    earlier = [s for s in statements if s.number == last]
    if any(printed_shape(s.right) == printed_shape(statement.right) for s in earlier):
        return False
    elsewhere = statement.display.section not in {s.display.section for s in earlier}
    if elsewhere and earlier and _is_whole(statement, existing):
        return True
    return bool(_AGAIN.search(before[-80:])) and (elsewhere or _STRONG.search(before) is not None)


def _is_whole(statement: Statement, existing: Sequence[Rule]) -> bool:
    """A sum for every cell of a family: under another heading that is another operation, not a claim."""
    return (
        statement.link == 0
        and any(rule.is_general and rule.patterns for rule in existing)
        and any(isinstance(part, BigOperator) for part in walk(statement.right))
    )


def is_another_value(statement: Statement, statements: Sequence[Statement]) -> bool:
    """Whether `name = number` gives another number to a name that was given one the same way before."""
    if statement.link > 0 or not is_numeric(statement.right):
        return False
    left = printed_shape(statement.left)
    return any(
        s.link == 0
        and s.role in ("definition", "size")
        and is_numeric(s.right)
        and printed_shape(s.left) == left
        and printed_shape(s.right) != printed_shape(statement.right)
        for s in statements
    )


def is_index_setting(statement: Statement, reference: Reference, scope: Scope) -> bool:
    """l = 1, i = 2, n = 0, ..., 3: a value for an index letter is a special case, no size that holds everywhere."""
    left = strip_group(statement.left)
    return (
        isinstance(left, Name)
        and not reference.indices
        and statement.link == 0
        and reference.name in scope.survey.counters
        and (
            is_numeric(statement.right)
            or isinstance(strip_group(statement.right), Name | Scripted)
            or (isinstance(statement.right, Tuple_) and len(statement.right.items) > 1)
        )
    )
