"""Index letters with a mark, m' or j^*, taken as letters of their own before anything is interpreted."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from convsym.latex.syntax import BigOperator, Name, Node, Scripted
from convsym.scope.naming import strip_group

_MARKS = {"*": "*", "ast": "*", "star": "*", "dagger": "\\dagger", "prime": "'"}

T = TypeVar("T")


def with_marked_letters(tree: T) -> T:
    """The same syntax tree in which m' and j^* inside indices and under sums are single names.

    Args:
        tree: an equation or any part of one; not changed.
    """
    return _rebuilt(tree, inside=False)  # type: ignore[no-any-return]


def _rebuilt(node: Any, inside: bool) -> Any:
    if isinstance(node, tuple):
        items = tuple(_rebuilt(item, inside) for item in node)
        return items if any(a is not b for a, b in zip(items, node, strict=True)) else node
    if not is_dataclass(node) or isinstance(node, type):
        return node
    if inside and isinstance(node, Scripted):
        letter = _letter(node)
        if letter is not None:
            return letter
    changes = {}
    for f in fields(node):
        if f.name == "span":
            continue
        value = getattr(node, f.name)
        deeper = inside or (f.name == "subscript" and isinstance(node, Scripted))
        if isinstance(node, BigOperator):
            deeper = inside or f.name == "lower"
        new = _rebuilt(value, deeper)
        if new is not value:
            changes[f.name] = new
    return replace(node, **changes) if changes else node


def _letter(node: Scripted) -> Name | None:
    base: Node = strip_group(node.base)
    if not isinstance(base, Name) or len(base.text) != 1 or node.subscript is not None:
        return None
    mark = "'" * node.primes
    if node.superscript is not None:
        above = strip_group(node.superscript)
        if not isinstance(above, Name) or above.text not in _MARKS:
            return None
        mark += ("^" if above.text != "prime" else "") + _MARKS[above.text]
    return replace(base, text=base.text + mark, span=node.span) if mark else None
