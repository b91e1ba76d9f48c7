"""Rebuilding syntax trees: other children, paths, and keys that ignore spans."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Ellipsis_,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    Signed,
    Span,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.walking import children, walk

Path: TypeAlias = tuple[int, ...]
"""Positions of children from the root down; () is the root itself."""

NOWHERE = Span(-1, -1)
"""The span of a node that no source text holds."""


def rebuild(node: Node, parts: Sequence[Node]) -> Node:
    """The same node over other children, as many as `children(node)` gives."""
    rest = iter(parts)
    match node:
        case Scripted(_, subscript, superscript):
            return replace(
                node,
                base=next(rest),
                subscript=None if subscript is None else next(rest),
                superscript=None if superscript is None else next(rest),
            )
        case Signed():
            return replace(node, operand=next(rest))
        case Sum_(terms):
            return replace(node, terms=tuple((sign, next(rest)) for sign, _ in terms))
        case Product(factors):
            return replace(node, factors=tuple((operator, next(rest)) for operator, _ in factors))
        case Fraction_():
            return replace(node, numerator=next(rest), denominator=next(rest))
        case Root(_, index):
            return replace(node, radicand=next(rest), index=None if index is None else next(rest))
        case Bracket() | Tuple_():
            return replace(node, items=tuple(rest))
        case BigOperator(_, lower, upper, _):
            return replace(
                node,
                lower=None if lower is None else next(rest),
                upper=None if upper is None else next(rest),
                body=next(rest),
            )
        case Matrix(_, rows):
            return replace(
                node, rows=tuple(tuple(None if cell is None else next(rest) for cell in row) for row in rows)
            )
        case Cases(branches):
            return replace(
                node,
                branches=tuple(
                    (next(rest), None if condition is None else next(rest)) for _, condition in branches
                ),
            )
        case Chain(first, links):
            return replace(
                node,
                first=None if first is None else next(rest),
                links=tuple((relation, next(rest)) for relation, _ in links),
            )
        case Number() | Name() | Words() | Ellipsis_():
            return node


def walk_paths(node: Node) -> Iterator[tuple[Path, Node]]:
    """Every node with its path, parents before their children."""
    stack: list[tuple[Path, Node]] = [((), node)]
    while stack:
        here, current = stack.pop()
        yield here, current
        below = children(current)
        stack.extend(((*here, place), below[place]) for place in reversed(range(len(below))))


def at(node: Node, path: Path) -> Node:
    """The node that a path leads to."""
    for place in path:
        node = children(node)[place]
    return node


def put(node: Node, path: Path, new: Node) -> Node:
    """The tree with the node at `path` exchanged for `new`."""
    if not path:
        return new
    below = list(children(node))
    below[path[0]] = put(below[path[0]], path[1:], new)
    return rebuild(node, below)


_KNOWN_KEYS: dict[int, tuple[Node, Hashable]] = {}
_MOST_KEYS = 30_000


def key(node: Node) -> Hashable:
    """What a node says, whatever its spans: equal keys, equal LaTeX up to layout."""
    # Edited trees share most of their nodes. The node is kept beside its key, so that its identity cannot be
    # given to another one.
    known = _KNOWN_KEYS.get(id(node))
    if known is None:
        if len(_KNOWN_KEYS) >= _MOST_KEYS:
            _KNOWN_KEYS.clear()
        known = _KNOWN_KEYS[id(node)] = node, _key(node)
    return known[1]


def _key(node: Node) -> Hashable:
    match node:
        case Number(text):
            return ("number", text)
        case Name(text, _, font):
            return ("name", text, font)
        case Words(text):
            return ("words", text)
        case Ellipsis_():
            return ("ellipsis",)
        case Scripted(base, subscript, superscript, primes):
            return (
                "scripted",
                key(base),
                None if subscript is None else key(subscript),
                None if superscript is None else key(superscript),
                primes,
            )
        case Signed(sign, operand):
            return ("signed", sign, key(operand))
        case Sum_(terms):
            return ("sum", *((sign, key(term)) for sign, term in terms))
        case Product(factors):
            return ("product", *((operator, key(factor)) for operator, factor in factors))
        case Bracket(kind, items):
            return ("bracket", kind, *map(key, items))
        case BigOperator(operator, lower, upper, body):
            return (
                "big",
                operator,
                None if lower is None else key(lower),
                None if upper is None else key(upper),
                key(body),
            )
        case Matrix(environment, rows):
            return (
                "matrix",
                environment,
                *(tuple(None if cell is None else key(cell) for cell in row) for row in rows),
            )
        case Cases(branches):
            return ("cases", *((key(v), None if c is None else key(c)) for v, c in branches))
        case Chain(first, links):
            return ("chain", None if first is None else key(first), *((r, key(n)) for r, n in links))
        case Fraction_() | Root() | Tuple_():
            return (type(node).__name__, *map(key, children(node)))


def size(node: Node) -> int:
    """How many nodes a tree has."""
    return sum(1 for _ in walk(node))


# ---------------------------------------------------------------- building


def number(value: int) -> Node:
    """An integer; a negative one becomes a signed number."""
    return Number(str(value), NOWHERE) if value >= 0 else Signed("-", Number(str(-value), NOWHERE), NOWHERE)


def letter(text: str, font: str = "") -> Name:
    """A name that stands nowhere yet."""
    return Name(text, NOWHERE, font)


def fraction(numerator: Node, denominator: Node) -> Node:
    """A fraction that stands nowhere yet."""
    return Fraction_(unbracketed(numerator), unbracketed(denominator), NOWHERE)


def bracketed(node: Node) -> Node:
    """The node, in round brackets where it could not stand as a factor."""
    if isinstance(node, Sum_ | Signed | BigOperator | Chain | Tuple_):
        return Bracket("(", (node,), NOWHERE)
    return node


def unbracketed(node: Node) -> Node:
    """The content of round brackets around a whole node."""
    match node:
        case Bracket("(" | "group", (only,)) if not isinstance(only, Tuple_ | Chain):
            return only
    return node


def product(factors: Sequence[Node]) -> Node:
    """Factors side by side; nested products are flattened, sums bracketed, one factor stays itself."""
    flat: list[tuple[str, Node]] = []
    for factor in factors:
        if isinstance(factor, Product):
            flat.extend(factor.factors)
        else:
            flat.append(("", bracketed(factor)))
    if len(flat) == 1:
        return flat[0][1]
    joined = []
    for place, (operator, factor) in enumerate(flat):
        touching = place > 0 and isinstance(factor, Number) and isinstance(flat[place - 1][1], Number)
        joined.append((("cdot" if touching else operator) if place else "", factor))
    return Product(tuple(joined), NOWHERE)


def addition(terms: Sequence[tuple[str, Node]]) -> Node:
    """A sum of signed terms; a lone positive term stays itself, a leading minus becomes a sign."""
    (sign, first), *rest = terms
    if sign == "-":
        if isinstance(first, Signed) and first.sign == "-":
            first = first.operand
        else:
            first = Signed("-", first, NOWHERE)
    if not rest:
        return first
    return Sum_((("+", first), *rest), NOWHERE)


def negated(node: Node) -> Node:
    """The node with the other sign, written as short as it goes."""
    match node:
        case Signed("-", operand):
            return operand
        case Signed("+", operand):
            return Signed("-", operand, NOWHERE)
        case Sum_():
            return Signed("-", Bracket("(", (node,), NOWHERE), NOWHERE)
    return Signed("-", node, NOWHERE)
