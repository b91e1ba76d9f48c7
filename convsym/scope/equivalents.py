r"""Lines that say which standard function a letter stands for: f(z) = ReLU(z), g = \tanh."""

from __future__ import annotations

from typing import NamedTuple

from convsym.latex.syntax import Bracket, Name, Node, Product
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.forms import printed_shape
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group

_VALUES = frozenset({"exp", "log", "ln", "abs", "max", "min", "sin", "cos", "tan"})


class SameFunction(NamedTuple):
    """A letter and the standard function that it stands for."""

    name: str
    known: str


def same_function(left: Node, right: Node, scope: Scope) -> SameFunction | None:
    """What f(z) = ReLU(z) or f = ReLU says of f, where nothing was said of it before; None of any other line.

    Args:
        left, right: the sides.
        scope: what is known so far.
    """
    one, other = _heads(left, right)
    if one is None or other is None:
        return None
    name, known = key(one), key(other)
    is_letter = len(one.text) == 1 or name in ("sigma", "phi", "varphi", "psi", "rho")
    if not is_letter or known not in FUNCTIONS or known in _VALUES:
        return None
    if name in scope.functions or name in scope.rules or scope.family(name) is not None:
        return None
    return SameFunction(name, known)


def _heads(left: Node, right: Node) -> tuple[Name | None, Name | None]:
    """The two functions that are applied to the same, or that stand by themselves."""
    bare = strip_group(left), strip_group(right)
    if isinstance(bare[0], Name) and isinstance(bare[1], Name):
        return bare[0], bare[1]
    one, other = _applied(left), _applied(right)
    if one is None or other is None or printed_shape(one[1]) != printed_shape(other[1]):
        return None, None
    return one[0], other[0]


def _applied(node: Node) -> tuple[Name, Node] | None:
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return None
    head, argument = strip_group(node.factors[0][1]), strip_group(node.factors[1][1])
    if isinstance(head, Name) and isinstance(argument, Bracket) and len(argument.items) == 1:
        return head, strip_group(argument.items[0])
    return None
