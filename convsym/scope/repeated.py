r"""Derivatives in one form: \partial^2 L/\partial w^2 as a derivative of a derivative, \partial_w L as a fraction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from convsym.latex.syntax import (
    Bracket,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Span,
    Tuple_,
)
from convsym.latex.walking import rewritten, with_factors
from convsym.scope.forms import printed_shape
from convsym.scope.naming import key, strip_group

_DIFFERENTIALS = ("partial", "d", "mathrm d")
_HIGHEST = 4
_PAIR = 2


def with_single_derivatives(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations, in which every derivative is a first one that is written as a fraction.

    Args:
        equations: the formulas of a document by their number; not changed.
    """

    def change(node: Node) -> Node | None:
        if isinstance(node, Fraction_):
            taken = _taken_apart(node)
            return node if taken is None and _differential(_factors(node.numerator)[0][1]) else taken
        if isinstance(node, Product):
            return with_factors(node, [(sign, rewritten(one, change)) for sign, one in _read(node.factors)])
        return None

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def with_operators_applied(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations, in which \frac{\partial}{\partial x} before one name, the last factor, takes it in.

    Args:
        equations: the formulas of a document by their number; not changed.
    """

    def change(node: Node) -> Node | None:
        if not isinstance(node, Product) or len(node.factors) < _PAIR:
            return None
        (sign, printed), (join, last) = node.factors[-_PAIR:]
        operator, head = strip_group(printed), strip_group(last)
        if not isinstance(operator, Fraction_) or join or not _is_name(head):
            return None
        mark = strip_group(operator.numerator)
        below = _factors(operator.denominator)
        if not isinstance(mark, Name) or key(mark) != "partial" or _differential(head) is not None:
            return None
        by = _differential(below[0][1])
        if by is None or (by[0].text, by[1]) != (mark.text, 1) or len(below) != _PAIR:
            return None
        # The braces of {\partial \over \partial x} lie outside of the fraction, and within the product.
        start = node.span.start if len(node.factors) == _PAIR else printed.span.start
        span = Span(start, last.span.end)
        applied = Fraction_(_product([("", mark), ("", last)], last.span), operator.denominator, span)
        rest = [(join, rewritten(one, change)) for join, one in node.factors[:-_PAIR]]
        return with_factors(node, [*rest, (sign, applied)])

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def _is_name(node: Node) -> bool:
    """Whether an expression is a name, with its scripts perhaps: (d - q)^2 is none."""
    base = strip_group(node.base) if isinstance(node, Scripted) else node
    return isinstance(base, Name)


# ---------------------------------------------------------------------- higher and mixed derivatives


def _taken_apart(node: Fraction_) -> Product | None:
    above, below = _factors(node.numerator), _factors(node.denominator)
    letter = _differential(above[0][1])
    if letter is None or letter[1] < 2 or letter[1] > _HIGHEST or any(one for one, _ in below[1:]):
        return None
    variables = _variables(below, letter[0])
    if variables is None or len(variables) != letter[1]:
        return None
    mark = letter[0]
    *outer, innermost = variables
    inner: Node = Fraction_(
        _product([("", mark), *above[1:]], node.numerator.span),
        _product([("", mark), ("", innermost)], node.denominator.span),
        node.span,
    )
    factors = [
        ("", Fraction_(mark, _product([("", mark), ("", one)], node.denominator.span), node.span))
        for one in outer
    ]
    return Product((*factors, ("", inner)), node.span)


def _variables(below: Sequence[tuple[str, Node]], mark: Name) -> list[Node] | None:
    r"""The variables of \partial x^2, \partial x \, \partial y and \partial x^2 \, \partial y, in printed order."""
    found: list[Node] = []
    expects = True
    for _, factor in below:
        head = _differential(factor)
        if expects:
            if head is None or head[0].text != mark.text or head[1] != 1:
                return None
        else:
            found.extend(_as_often(factor))
        expects = not expects
    return found if expects and found else None


def _as_often(factor: Node) -> list[Node]:
    """A variable as often as its power says."""
    factor = strip_group(factor)
    power = strip_group(factor.superscript) if isinstance(factor, Scripted) and factor.superscript else None
    if isinstance(factor, Scripted) and isinstance(power, Number) and power.text.isdigit():
        times = int(power.text) if len(power.text) == 1 else _HIGHEST + 1
        bare = replace(factor, superscript=None)
        once = bare.base if bare.subscript is None and not bare.primes else bare
        return [once] * times
    return [factor]


def _differential(node: Node) -> tuple[Name, int] | None:
    r"""The sign of a differential and its order: \partial, d, \partial^2."""
    node, order = strip_group(node), 1
    if isinstance(node, Scripted) and node.subscript is None and not node.primes:
        power = None if node.superscript is None else strip_group(node.superscript)
        if not isinstance(power, Number) or not power.text.isdigit() or len(power.text) > 1:
            return None
        node, order = strip_group(node.base), int(power.text)
    return (node, order) if isinstance(node, Name) and key(node) in _DIFFERENTIALS else None


# ---------------------------------------------------------------------- \partial_w L


def _read(factors: Sequence[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
    r"""Factors, in which \partial_w and what is differentiated is a fraction."""
    position = 0
    while position < len(factors):
        operator, factor = factors[position]
        taken = _taken_apart(factor) if isinstance(factor, Fraction_) else None
        if taken is not None:
            yield operator, taken.factors[0][1]
            yield from taken.factors[1:]
            position += 1
            continue
        by = _taken_by(factor)
        end = position + 1 + (0 if by is None else _extent(factors, position + 1, by))
        if by is None or end == position + 1:
            yield operator, factor
        else:
            base = strip_group(factor)
            assert isinstance(base, Scripted)
            mark, rest = ("", strip_group(base.base)), factors[position + 1 : end]
            span = Span(factor.span.start, rest[-1][1].span.end)
            above = _product([mark, *rest], span)
            yield operator, Fraction_(above, _product([mark, ("", by)], factor.span), span)
        position = end


def _taken_by(node: Node) -> Node | None:
    r"""The w of \partial_w."""
    node = strip_group(node)
    if (
        not isinstance(node, Scripted)
        or node.superscript is not None
        or node.primes
        or node.subscript is None
    ):
        return None
    base, by = strip_group(node.base), strip_group(node.subscript)
    if not isinstance(base, Name) or key(base) != "partial":
        return None
    is_word = isinstance(by, Name) and by.font in ("rm", "text")
    return by if isinstance(by, Name | Scripted) and not is_word else None


def _extent(factors: Sequence[tuple[str, Node]], position: int, by: Node) -> int:
    """How many of the factors are differentiated: one, and two where the second is its argument."""
    if position >= len(factors) or factors[position][0]:
        return 0
    head = strip_group(factors[position][1])
    if not isinstance(head, Name | Scripted | Bracket) or _taken_by(head) is not None:
        return 0
    if isinstance(head, Bracket) or position + 1 >= len(factors) or factors[position + 1][0]:
        return 1
    argument = strip_group(factors[position + 1][1])
    if isinstance(argument, Bracket) and argument.kind == "(":
        items = [
            one for item in argument.items for one in (item.items if isinstance(item, Tuple_) else (item,))
        ]
        if any(printed_shape(one) == printed_shape(by) for one in items):
            return 2
    return 1


def _factors(node: Node) -> list[tuple[str, Node]]:
    node = strip_group(node)
    return list(node.factors) if isinstance(node, Product) else [("", node)]


def _product(factors: Sequence[tuple[str, Node]], span: Span) -> Node:
    return factors[0][1] if len(factors) == 1 else Product((("", factors[0][1]), *factors[1:]), span)


__all__ = ["with_operators_applied", "with_single_derivatives"]
