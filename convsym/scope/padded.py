r"""Zeros put around a gradient without a number, pad(G) * rot180(K): as many as a full convolution needs."""

from __future__ import annotations

from collections.abc import Mapping

from convsym.latex.syntax import Bracket, Equation, Name, Node, Product, Scripted
from convsym.latex.walking import rewritten
from convsym.scope.convolving import NAMED, is_sign
from convsym.scope.naming import key, printed_word, strip_group
from convsym.scope.operators import PADS, TURNS

_TURNS = ("rot", "flip")
_SHORTEST = 3


def with_full_convolutions(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The formulas with a full convolution where a padded matrix meets a turned kernel.

    Only a number behind pad says how many zeros it puts there; beside a turned kernel there is one choice that fits.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    return {
        number: rewritten(rewritten(equation, _applied), _change) for number, equation in equations.items()
    }


def _applied(node: Node) -> Node | None:
    r"""W^{rot180}, F^{flip} and G^{pad}: what is done to a matrix, printed above it, as a function of it."""
    if (
        not isinstance(node, Scripted)
        or node.superscript is None
        or node.subscript is not None
        or node.primes
    ):
        return None
    word = strip_group(node.superscript)
    text = key(word) if isinstance(word, Name) else printed_word(word)
    if len(text) < _SHORTEST or text not in TURNS | PADS:
        return None
    span = node.span
    return Product((("", Name(text, span, "text")), ("", Bracket("(", (node.base,), span))), span)


def _change(node: Node) -> Node | None:
    if not isinstance(node, Product):
        return None
    if (named := _named(node)) is not None:
        return named
    parts = _operands(node)
    signs = [operator for operator, _ in parts[1:]]
    if len(parts) != 2 or not is_sign(signs[0]) or "_" in signs[0]:
        return None
    (_, one), (sign, other) = parts
    for padded, turned in ((one, other), (other, one)):
        inner = _argument(padded, PADS)
        if inner is not None and _is_turned(turned):
            first, second = ((inner,), other) if padded is one else (one, (inner,))
            factors = [("", first[0]), *(("", factor) for factor in first[1:]), (f"{sign}_full", second[0])]
            return Product((*factors, *(("", factor) for factor in second[1:])), node.span)
    return None


def _named(node: Product) -> Node | None:
    """conv(pad(G), rot180(K)) under its sign; None of anything else."""
    if len(node.factors) != 2 or node.factors[1][0]:
        return None
    head, bracket = strip_group(node.factors[0][1]), strip_group(node.factors[1][1])
    if not isinstance(head, Name) or key(head) not in NAMED or not isinstance(bracket, Bracket):
        return None
    if len(bracket.items) != 2:
        return None
    first, second = (
        one.factors if isinstance(one, Product) else (("", one),) for one in map(strip_group, bracket.items)
    )
    return _change(Product((*first, ("*", second[0][1]), *second[1:]), node.span))


def _operands(node: Product) -> list[tuple[str, tuple[Node, ...]]]:
    """What stands between the signs: factors side by side belong together."""
    found: list[tuple[str, tuple[Node, ...]]] = []
    for operator, factor in node.factors:
        if operator or not found:
            found.append((operator, (factor,)))
        else:
            found[-1] = found[-1][0], (*found[-1][1], factor)
    return found


def _argument(factors: tuple[Node, ...], names: frozenset[str]) -> Node | None:
    """The one thing that a function of some name is applied to; None of anything else."""
    if len(factors) != 2:
        return None
    head, bracket = strip_group(factors[0]), strip_group(factors[1])
    if not isinstance(head, Name) or key(head) not in names or not isinstance(bracket, Bracket):
        return None
    return bracket.items[0] if len(bracket.items) == 1 else None


def _is_turned(factors: tuple[Node, ...]) -> bool:
    head = strip_group(factors[0])
    return len(factors) == 2 and isinstance(head, Name) and key(head).startswith(_TURNS)


__all__ = ["with_full_convolutions"]
