r"""Sums over all places of a box, \sum_{(a,b)=(0,0)}^{(k-1,l-1)} and \sum_{0 \le a, b < k}, as one sum a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Name,
    Node,
    Number,
    Signed,
    Span,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import rewritten
from convsym.scope.naming import strip_group

_UP_TO = {"le": 0, "leq": 0, "leqslant": 0, "lt": 1}


@dataclass(frozen=True, slots=True)
class _Range:
    """The letters of a sum that run from one number to another."""

    letters: tuple[Name, ...]
    low: Node
    high: Node


def with_sums_by_letter(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The formulas with one sum a letter where limits are given for several at once.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    return {number: rewritten(equation, _change) for number, equation in equations.items()}


def _change(node: Node) -> Node | None:
    if not isinstance(node, BigOperator) or node.operator != "sum" or node.lower is None:
        return None
    ranges = _between_tuples(node) or _between_orders(node)
    if not ranges:
        return None
    body = rewritten(node.body, _change)
    for one in reversed(ranges):
        for letter in reversed(one.letters):
            start = Chain(letter, (("=", one.low),), letter.span)
            body = BigOperator("sum", start, one.high, body, node.span)
    return body


def _between_tuples(node: BigOperator) -> list[_Range]:
    """(a, b) = (0, 0) up to (k - 1, l - 1)."""
    lower = node.lower
    if (
        not isinstance(lower, Chain)
        or len(lower.links) != 1
        or lower.links[0][0] != "="
        or lower.first is None
    ):
        return []
    letters, lows = _items(lower.first), _items(lower.links[0][1])
    highs = _items(node.upper) if node.upper is not None else ()
    if len(letters) < 2 or not len(letters) == len(lows) == len(highs):
        return []
    names = [letter for letter in map(strip_group, letters) if isinstance(letter, Name)]
    if len(names) < len(letters):
        return []
    return [_Range((name,), low, high) for name, low, high in zip(names, lows, highs, strict=True)]


def _items(node: Node) -> tuple[Node, ...]:
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind in ("(", "["):
        return node.items
    return node.items if isinstance(node, Tuple_) else ()


def _between_orders(node: BigOperator) -> list[_Range]:
    r"""0 \le a < k, 0 \le b < l, and 0 \le a, b < k."""
    lower = None if node.lower is None else strip_group(node.lower)
    items = lower.items if isinstance(lower, Tuple_) else (lower,)
    found: list[_Range] = []
    low: Node | None = None
    letters: list[Name] = []
    for item in items if node.upper is None else ():
        first = item.first if isinstance(item, Chain) else item
        links = item.links if isinstance(item, Chain) else ()
        if any(relation not in _UP_TO for relation, _ in links) or first is None:
            return []
        chain = [("", first), *links]
        if low is None:
            if len(chain) < 2:
                return []
            low = _moved(chain[0][1], _UP_TO[chain[1][0]])
            chain = chain[1:]
        letter = strip_group(chain[0][1])
        if not isinstance(letter, Name) or len(chain) > 2:
            return []
        letters.append(letter)
        if len(chain) == 2:
            relation, high = chain[1]
            found.append(_Range(tuple(letters), low, _moved(high, -_UP_TO[relation])))
            low, letters = None, []
    return found if low is None and not letters else []


def _moved(node: Node, step: int) -> Node:
    """A limit one further up or down, where the sign leaves out the limit itself."""
    if not step:
        return node
    span = node.span
    one = Number("1", span)
    bare = strip_group(node)
    terms = bare.terms if isinstance(bare, Sum_) else (("+", node),)
    if isinstance(bare, Signed):
        terms = (("+", Bracket("(", (bare,), span)),)
    return Sum_((*terms, ("+" if step > 0 else "-", one)), Span(span.start, span.end))


__all__ = ["with_sums_by_letter"]
