"""The nodes of a syntax tree, one after another: the parts of a node, and everything below it."""

from __future__ import annotations

from collections.abc import Iterator

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Fraction_,
    Matrix,
    Node,
    Product,
    Root,
    Scripted,
    Signed,
    Sum_,
    Tuple_,
)


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
