r"""Notation made plain before it is read: stars between cells under a sum, letters of sums with a label."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Equation,
    Name,
    Node,
    Product,
    Scripted,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.naming import printed_word, strip_group, with_primes

_STARS = ("*", "ast")
_ORDERS = frozenset({"le", "lt", "ge", "gt", "leq", "geq", "in"})


def with_plain_sums(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations, with sums in the common notation.

    A star between two cells that both carry a letter of a sum over them is a product, and no convolution; the
    letter k_{in} of a sum is one letter, wherever it stands.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    labelled = {name for row in rows for part in walk(row) for name in _labelled_letters(part)}

    def one_letter(node: Node) -> Node | None:
        name = _labelled(node)
        if name is None or name not in labelled or not isinstance(node, Scripted):
            return None
        base = strip_group(node.base)
        return replace(base, text=f"{name[0]}^{name[1]}", span=node.span) if isinstance(base, Name) else None

    def plain(node: Node) -> Node | None:
        if not isinstance(node, BigOperator) or node.operator != "sum" or node.lower is None:
            return None
        bound = {part.text for part in walk(node.lower) if isinstance(part, Name)}
        body = rewritten(node.body, plain)
        return replace(node, body=_multiplied(body, bound))

    found = dict(equations)
    if any(_primed(part) is not None for row in rows for part in walk(row)):
        found = {number: rewritten(equation, _primed) for number, equation in found.items()}
    found = {number: rewritten(equation, _braced) for number, equation in found.items()}
    if any(_without_ranges(part) is not None for row in rows for part in walk(row)):
        found = {number: rewritten(equation, _without_ranges) for number, equation in found.items()}
    if labelled:
        found = {number: rewritten(equation, one_letter) for number, equation in found.items()}
    if any(_is_starred(part) for row in rows for part in walk(row)):
        found = {number: rewritten(equation, plain) for number, equation in found.items()}
    return found


def _primed(node: Node) -> Node | None:
    r"""A letter with a prime that is set in brackets to carry indices, (\omega')_{m,n}, as a name of its own."""
    if not isinstance(node, Scripted) or node.subscript is None:
        return None
    bracket = strip_group(node.base)
    if not isinstance(bracket, Bracket) or bracket.kind != "(" or len(bracket.items) != 1:
        return None
    inner = strip_group(bracket.items[0])
    if not isinstance(inner, Scripted) or inner.subscript is not None or inner.superscript is not None:
        return None
    letter = strip_group(inner.base)
    if not isinstance(letter, Name) or inner.primes != 1:
        return None
    return replace(node, base=replace(with_primes(letter, 1), span=bracket.span))


def _braced(node: Node) -> Node | None:
    r"""\sum_m \sum_n {a w + b} is printed without braces: what no letter of the sums stands in is no part of them."""
    if not isinstance(node, BigOperator) or node.operator != "sum":
        return None
    chain = [node]
    while isinstance(chain[-1].body, BigOperator) and chain[-1].body.operator == "sum":
        chain.append(chain[-1].body)
    body = chain[-1].body
    total = strip_group(body)
    if body is total or not isinstance(total, Sum_):
        return None
    bound = {
        part.text
        for one in chain
        if one.lower is not None
        for part in walk(one.lower)
        if isinstance(part, Name)
    }
    kept = len(total.terms)
    while kept > 1 and not any(
        isinstance(part, Name) and part.text in bound for part in walk(total.terms[kept - 1][1])
    ):
        kept -= 1
    if kept == len(total.terms):
        return None
    first: Node = total.terms[0][1] if kept == 1 else replace(total, terms=total.terms[:kept])
    for one in reversed(chain):
        first = replace(one, body=first)
    return Sum_((("+", first), *total.terms[kept:]), node.span)


def _without_ranges(node: Node) -> Node | None:
    r"""What stands before a system of ranges alone, a = b, \begin{cases} 0 \le i < n \\ 0 \le j < m \end{cases}."""
    if not isinstance(node, Tuple_) or len(node.items) != 2 or not isinstance(node.items[1], Cases):
        return None
    for value, condition in node.items[1].branches:
        if condition is not None or not isinstance(value, Chain) or not value.links:
            return None
        if any(relation not in _ORDERS for relation, _ in value.links):
            return None
    return node.items[0]


def _is_starred(node: Node) -> bool:
    return isinstance(node, Product) and any(operator in _STARS for operator, _ in node.factors)


def _multiplied(body: Node, bound: Collection[str]) -> Node:
    """The body of a sum with the stars between cells that carry letters of it as products."""

    def product(node: Node) -> Node | None:
        if not _is_starred(node) or not isinstance(node, Product):
            return None
        factors = [node.factors[0]]
        for operator, factor in node.factors[1:]:
            both = operator in _STARS and _carries(factors[-1][1], bound) and _carries(factor, bound)
            factors.append(("cdot" if both else operator, factor))
        return replace(node, factors=tuple(factors))

    return rewritten(body, product)


def _carries(node: Node, letters: Collection[str]) -> bool:
    node = strip_group(node)
    if not isinstance(node, Scripted) or node.subscript is None:
        return False
    return any(isinstance(part, Name) and part.text in letters for part in walk(node.subscript))


def _labelled_letters(node: Node) -> Iterator[tuple[str, str]]:
    """The letters with a label that a sum binds."""
    if not isinstance(node, BigOperator) or node.lower is None:
        return
    lower = strip_group(node.lower)
    for item in lower.items if isinstance(lower, Tuple_) else (lower,):
        first = item.first if isinstance(item, Chain) else item
        name = None if first is None else _labelled(first)
        if name is not None:
            yield name


def _labelled(node: Node) -> tuple[str, str] | None:
    """The letter and the word of k_{in}; None of anything else."""
    node = strip_group(node)
    if (
        not isinstance(node, Scripted)
        or node.subscript is None
        or node.superscript is not None
        or node.primes
    ):
        return None
    base, label = strip_group(node.base), strip_group(node.subscript)
    if not isinstance(base, Name) or len(base.text) != 1 or not base.text.islower():
        return None
    word = label.text if isinstance(label, Name | Words) else printed_word(label)
    return (base.text, word) if word in ("in", "out") else None
