"""Numbers put in for letters, place by place: which letter of a formula each number of the line below stands for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from convsym.latex.syntax import Bracket, Fraction_, Node, Number, Product, Root, Scripted, Signed, Sum_
from convsym.scope.approximation import decimal_of
from convsym.scope.forms import printed_shape
from convsym.scope.naming import strip_group

_TIMES = frozenset({"", "cdot", "times", "*", "ast"})

Put = list[tuple[Node, Node]]


def put_in_for(letters: Node, numbers: Node, is_name: Callable[[Node], bool]) -> Put | None:
    """The (name, number) pairs that make one expression of the other; None where they have different forms.

    Args:
        letters: an expression in letters.
        numbers: one in numbers.
        is_name: whether a node is something a number may stand for.
    """
    found: Put = []
    return found if _match(letters, numbers, is_name, found) else None


def _plain(node: Node) -> Node:
    node = strip_group(node)
    while isinstance(node, Bracket) and node.kind in ("(", "[") and len(node.items) == 1:
        node = strip_group(node.items[0])
    return node


def _match(one: Node, two: Node, is_name: Callable[[Node], bool], found: Put) -> bool:
    one, two = _plain(one), _plain(two)
    if is_name(one) and decimal_of(two) is not None:
        found.append((one, two))
        return True
    if printed_shape(one) == printed_shape(two):
        return True

    def all_match(pairs: list[tuple[Node, Node]]) -> bool:
        return all(_match(left, right, is_name, found) for left, right in pairs)

    match one, two:
        case Number(), Number():
            return Fraction(one.text) == Fraction(two.text)
        case Signed(), Signed():
            return one.sign == two.sign and _match(one.operand, two.operand, is_name, found)
        case Sum_(), Sum_():
            signs = [[sign for sign, _ in side.terms] for side in (one, two)]
            pairs = list(zip([t for _, t in one.terms], [t for _, t in two.terms], strict=False))
            return signs[0] == signs[1] and all_match(pairs)
        case Product(), Product():
            operators = {operator for side in (one, two) for operator, _ in side.factors}
            pairs = list(zip([f for _, f in one.factors], [f for _, f in two.factors], strict=False))
            return operators <= _TIMES and len(one.factors) == len(two.factors) and all_match(pairs)
        case Fraction_(), Fraction_():
            return all_match([(one.numerator, two.numerator), (one.denominator, two.denominator)])
        case Root(), Root():
            return one.index is two.index is None and _match(one.radicand, two.radicand, is_name, found)
        case Scripted(), Scripted():
            if one.subscript is not None or two.subscript is not None or one.primes or two.primes:
                return False
            if one.superscript is None or two.superscript is None:
                return False
            return all_match([(one.base, two.base), (one.superscript, two.superscript)])
    return False
