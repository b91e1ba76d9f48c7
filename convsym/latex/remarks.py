"""What is settled on finished nodes: lists in chains, remarks in brackets, names set in a font."""

from __future__ import annotations

from dataclasses import fields, replace

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Ellipsis_,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Span,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.walking import walk

_TRANSPOSES = frozenset({"T", "top", "intercal"})


def listed(items: list[Node], span: Span, *, merge: bool) -> Node:
    """Items between commas: i, j = 1, 2 is one chain of two lists, anything else a Tuple_."""
    chains = [at for at, item in enumerate(items) if isinstance(item, Chain) and item.links]
    if not merge or len(chains) != 1:
        return Tuple_(tuple(items), span)
    place = chains[0]
    chain = items[place]
    assert isinstance(chain, Chain)
    first = chain.first
    if place and first is not None:
        first = Tuple_((*items[:place], first), Span(span.start, first.span.end))
    elif place:
        return Tuple_(tuple(items), span)
    relation, value = chain.links[-1]
    if place + 1 < len(items):
        value = Tuple_((value, *items[place + 1 :]), Span(value.span.start, span.end))
    return Chain(first, (*chain.links[:-1], (relation, value)), span)


def scripted(base: Node, sub: Node | None, sup: Node | None, primes: int, span: Span) -> Node:
    r"""A node with its scripts: (2, 1, -1)^\top is a column, and R^{n x m} has a cross between two sizes.

    Args:
        base: what the scripts stand on.
        sub: the subscript, or None.
        sup: the superscript, or None.
        primes: how many primes.
        span: of all of it.
    """
    column = column_of(base, sup) if sub is None and not primes else None
    if column is not None:
        return replace(column, span=span)
    if isinstance(base, Name) and "bb" in base.font.split():
        sup = _with_crosses(sup)
    return Scripted(base, sub, sup, primes, span)


def _with_crosses(sizes: Node | None) -> Node | None:
    """The sizes n x m of a space of matrices with the letter x read as the cross that it stands for."""
    if isinstance(sizes, Bracket) and sizes.kind == "group" and len(sizes.items) == 1:
        inner = _with_crosses(sizes.items[0])
        return sizes if inner is None or inner is sizes.items[0] else replace(sizes, items=(inner,))
    if not isinstance(sizes, Product) or len(sizes.factors) % 2 == 0 or len(sizes.factors) < 3:
        return sizes
    crosses = sizes.factors[1::2]
    if not all(op == "" and isinstance(node, Name) and node.text == "x" for op, node in crosses):
        return sizes
    kept = [node for _, node in sizes.factors[::2]]
    return replace(sizes, factors=tuple(("times" if at else "", node) for at, node in enumerate(kept)))


def column_of(base: Node, superscript: Node | None) -> Matrix | None:
    r"""The column that (2, 1, -1)^\top prints: a list of numbers that is turned; None of anything else.

    Args:
        base: what the superscript stands on.
        superscript: the superscript, or None.
    """
    while isinstance(superscript, Bracket) and superscript.kind == "group" and len(superscript.items) == 1:
        superscript = superscript.items[0]
    if not isinstance(superscript, Name) or superscript.text not in _TRANSPOSES:
        return None
    if not isinstance(base, Bracket) or base.kind not in ("(", "[") or len(base.items) < 2:
        return None
    if not all(_is_number(item) for item in base.items):
        return None
    return Matrix("bmatrix", tuple((item,) for item in base.items), base.span)


def _is_number(node: Node) -> bool:
    if isinstance(node, Signed):
        return _is_number(node.operand)
    if isinstance(node, Fraction_):
        return _is_number(node.numerator) and _is_number(node.denominator)
    return isinstance(node, Number)


def is_empty_group(node: Node) -> bool:
    """Whether a node is the {} that only spaces."""
    return isinstance(node, Bracket) and node.kind == "group" and not node.items


def remark_of(node: Bracket) -> Node:
    """What a bracket says that is a remark: (i = 1, ..., n) is one chain."""
    if len(node.items) == 1:
        return node.items[0]
    span = Span(node.items[0].span.start, node.items[-1].span.end)
    return listed(list(node.items), span, merge=True)


def _is_remark(node: Node, before: Node, source: str) -> bool:
    """Whether a bracket is a remark, (i = 1, ..., n) or (chain rule), and no factor or argument."""
    if not isinstance(node, Bracket) or node.kind != "(":
        return False
    if any(isinstance(item, Words) for item in node.items):
        return True
    related = any(
        isinstance(item, Chain) and any(relation not in ("colon", "mid") for relation, _ in item.links)
        for item in node.items
    )
    gap = source[before.span.end : node.span.start]
    apart = "\\" in gap.replace("\\left", "").replace("\\big", "") or "~" in gap or len(gap) > 2
    dotted = any(isinstance(item, Ellipsis_) for item in node.items)
    return related and (apart or dotted)


def split_condition(node: Node, source: str) -> tuple[Node, tuple[Node, ...]]:
    """Takes a trailing (i = 1, ..., n) off the last expression."""
    if isinstance(node, Chain) and node.links:
        relation, last = node.links[-1]
        bare, remark = split_condition(last, source)
        if remark:
            span = Span(node.span.start, bare.span.end)
            return replace(node, links=(*node.links[:-1], (relation, bare)), span=span), remark
        return node, ()
    if isinstance(node, Sum_):
        sign, last = node.terms[-1]
        bare, remark = split_condition(last, source)
        if remark:
            span = Span(node.span.start, bare.span.end)
            return Sum_((*node.terms[:-1], (sign, bare)), span), remark
        return node, ()
    if isinstance(node, Product):
        operator, remark_node = node.factors[-1]
        before = node.factors[-2][1]
        if operator == "" and isinstance(remark_node, Bracket) and _is_remark(remark_node, before, source):
            rest = node.factors[:-1]
            bare = rest[0][1] if len(rest) == 1 else Product(rest, Span(node.span.start, before.span.end))
            return bare, (remark_of(remark_node),)
    return node, ()


def with_equal_beside(node: Node) -> Node:
    """y_k (= O_k) as y_k = O_k: what stands in a bracket behind an equals sign goes on with the chain."""
    chain = node if isinstance(node, Chain) else Chain(node, (), node.span)
    last = chain.links[-1][1] if chain.links else chain.first
    if not isinstance(last, Product) or last.factors[-1][0]:
        return node
    bracket = last.factors[-1][1]
    inner = bracket.items[0] if isinstance(bracket, Bracket) and len(bracket.items) == 1 else None
    if not isinstance(bracket, Bracket) or bracket.kind != "(" or not isinstance(inner, Chain):
        return node
    if inner.first is not None or not inner.links or any(relation != "=" for relation, _ in inner.links):
        return node
    rest = last.factors[:-1]
    span = Span(last.span.start, rest[-1][1].span.end)
    bare = rest[0][1] if len(rest) == 1 else Product(rest, span)
    if not chain.links:
        return replace(chain, first=bare, links=inner.links)
    return replace(chain, links=(*chain.links[:-1], (chain.links[-1][0], bare), *inner.links))


def accented(node: Node, accent: str) -> Node | None:
    r"""The node with the accent on its name; None where it has none. \hat{y1} is \hat{y}_1 without the subscript.

    Args:
        node: what stands under the accent.
        accent: the accent.
    """
    match node:
        case Name(font=font):
            return replace(node, font=f"{accent} {font}".strip())
        case Scripted(base=Name() as name):
            return replace(node, base=replace(name, font=f"{accent} {name.font}".strip()))
        case Product(factors=(("", Name() as letter), ("", Number() as digits))) if digits.text.isdigit():
            return accented(Scripted(letter, digits, None, 0, node.span), accent)
    return node if accent == "underline" else None


def is_emphasized(node: Node) -> bool:
    r"""Whether a font is set around a formula, \mathbf{\frac{dL}{dx}}, to show it, and not around names."""
    return any(isinstance(part, Fraction_ | BigOperator | Chain) for part in walk(node)) or any(
        isinstance(part, Product)
        and any(isinstance(factor, Bracket) and factor.kind == "(" for _, factor in part.factors[1:])
        for part in walk(node)
    )


def restyled(node: Node, font: str) -> Node:
    """The node with every name in it set in the font."""
    if not font or (font == "bf" and is_emphasized(node)):
        return node
    if isinstance(node, Name):
        return replace(node, font=f"{font} {node.font}".strip() if node.font else font)
    if isinstance(node, (Words, Number, Ellipsis_)):
        return node
    changes: dict[str, object] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if part.name != "span" and not isinstance(value, (str, int)):
            changes[part.name] = _restyled_value(value, font)
    return replace(node, **changes)  # type: ignore[arg-type]


def _restyled_value(value: object, font: str) -> object:
    if isinstance(value, tuple):
        return tuple(_restyled_value(item, font) for item in value)
    if value is None or isinstance(value, (str, int)):
        return value
    return restyled(value, font)  # type: ignore[arg-type]
