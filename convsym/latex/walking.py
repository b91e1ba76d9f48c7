"""The nodes of a syntax tree, one after another: the parts of a node, and everything below it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Equation,
    Fraction_,
    Matrix,
    Node,
    Product,
    Root,
    Scripted,
    Signed,
    Span,
    Sum_,
    Tuple_,
)

T = TypeVar("T")


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in printed order; what a chain is said under is none of them."""
    match node:
        case Scripted(base, subscript, superscript):
            return tuple(part for part in (base, subscript, superscript) if part is not None)
        case Signed(_, operand):
            return (operand,)
        case Sum_(terms):
            return tuple(term for _, term in terms)
        case Product(factors):
            return tuple(factor for _, factor in factors)
        case Fraction_(numerator, denominator):
            return (numerator, denominator)
        case Root(radicand, index):
            return (radicand,) if index is None else (radicand, index)
        case Bracket(_, items) | Tuple_(items):
            return items
        case BigOperator(_, lower, upper, body):
            return tuple(part for part in (lower, upper, body) if part is not None)
        case Matrix(_, rows):
            return tuple(cell for row in rows for cell in row if cell is not None)
        case Cases(branches):
            return tuple(part for branch in branches for part in branch if part is not None)
        case Chain(first, links):
            return (*(() if first is None else (first,)), *(right for _, right in links))
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents before their children."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def links(row: Chain, relations: Collection[str]) -> Iterator[tuple[Node, Node]]:
    """The sides of a row's links that have one of these relations, in printed order."""
    left = row.first
    for relation, right in row.links:
        if left is not None and relation in relations:
            yield left, right
        left = right


def rewritten(tree: T, change: Callable[[Node], Node | None]) -> T:
    """The same tree in which some nodes are others; what does not change is the very same object.

    Args:
        tree: an equation or any part of one.
        change: gives a node in the place of another one, whose parts are then left alone, or None.
    """
    return _rewritten(tree, change)  # type: ignore[no-any-return]


def with_factors(node: Product, factors: Sequence[tuple[str, Node]]) -> Node:
    """The product of some factors in a product's place: the very same one where no factor is another.

    What gives this to `rewritten` has gone through every factor itself; with None in place of the same
    product, each of them would be gone through again, twice as often with every bracket inside another.

    Args:
        node: the product.
        factors: its factors, each with the operator before it, as they are now; at least one.
    """
    if len(factors) == len(node.factors) and all(
        new is old for (_, new), (_, old) in zip(factors, node.factors, strict=True)
    ):
        return node
    return factors[0][1] if len(factors) == 1 else replace(node, factors=tuple(factors))


def _rewritten(node: Any, change: Callable[[Node], Node | None]) -> Any:
    if isinstance(node, tuple):
        items = tuple(_rewritten(item, change) for item in node)
        return items if any(a is not b for a, b in zip(items, node, strict=True)) else node
    if not is_dataclass(node) or isinstance(node, type | Span):
        return node
    found = None if isinstance(node, Equation) else change(node)  # type: ignore[arg-type]
    if found is not None:
        return found
    changes = {}
    for f in fields(node):
        value = getattr(node, f.name)
        new = _rewritten(value, change)
        if new is not value:
            changes[f.name] = new
    return replace(node, **changes) if changes else node
