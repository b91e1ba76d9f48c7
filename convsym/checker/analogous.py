r"""Results that are printed by their number alone, w_2' = 0.203 beside w_1' = w_1 - \eta \partial L/\partial w_1.

A worked example writes one update out and says of the others only what they come to. By analogy each is the same
formula with the one number exchanged that tells the cells apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convsym.latex.syntax import Name, Node, Number, Scripted
from convsym.latex.walking import children, rewritten, walk
from convsym.scope.forms import printed_shape
from convsym.scope.naming import strip_group

if TYPE_CHECKING:
    from convsym.scope.statements import Statement


def update_by_analogy(statement: Statement, statements: Sequence[Statement]) -> Node | None:
    """The formula of another cell's update, at the cell that a line gives a number; None where there is none.

    The other cell has to be marked alike, and its formula has to speak of its unmarked name: w_1' of w_1. No other
    name in it may carry the number by which the two cells differ, since nothing says what stands in its place.

    Args:
        statement: a line that gives a marked cell a number.
        statements: all relations of the document.
    """
    for other in statements:
        if other.link or other.relation not in ("=", ":=") or other.number == statement.number:
            continue
        numbers = _only_difference(other.left, statement.left)
        name = _base(other.left)
        if numbers is None or name is None:
            continue
        formula = _at(other.right, name.text, *numbers)
        if formula is not None and printed_shape(other.left) not in map(printed_shape, walk(other.right)):
            return formula
    return None


def _at(formula: Node, name: str, old: str, new: str) -> Node | None:
    """A formula with another number below a name; None where the name does not carry the old one, or others do."""

    def is_own(node: Node) -> bool:
        base = _base(node)
        return base is not None and base.text == name and _carries(node, old)

    def change(node: Node) -> Node | None:
        if not is_own(node):
            return None
        return rewritten(node, lambda part: Number(new, part.span) if _is_number(part, old) else None)

    if not any(is_own(node) for node in walk(formula)):
        return None
    changed = rewritten(formula, change)
    return None if any(_carries(node, old) for node in walk(changed)) else changed


def _only_difference(one: Node, other: Node) -> tuple[str, str] | None:
    """The two numbers by which two symbols differ; None where they differ otherwise, or not."""
    one, other = strip_group(one), strip_group(other)
    if isinstance(one, Number) and isinstance(other, Number):
        return (one.text, other.text) if one.text != other.text else None
    if type(one) is not type(other) or isinstance(one, Name):
        return None
    parts, others = list(children(one)), list(children(other))
    if len(parts) != len(others) or not parts:
        return None
    different = [(a, b) for a, b in zip(parts, others, strict=True) if printed_shape(a) != printed_shape(b)]
    return _only_difference(*different[0]) if len(different) == 1 else None


def _base(node: Node) -> Name | None:
    """The letter of a symbol with an index."""
    node = strip_group(node)
    while isinstance(node, Scripted):
        node = strip_group(node.base)
    return node if isinstance(node, Name) else None


def _carries(node: Node, number: str) -> bool:
    node = strip_group(node)
    below = node.subscript if isinstance(node, Scripted) else None
    return below is not None and any(_is_number(part, number) for part in walk(below))


def _is_number(node: Node, number: str) -> bool:
    return isinstance(node, Number) and node.text == number


__all__ = ["update_by_analogy"]
