r"""Convolutions that name their arguments, conv2d(input = X, kernel = W, pad = 0), as conv2d_{valid}(X, W)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from convsym.latex.syntax import Bracket, Chain, Equation, Name, Node, Number, Product, Scripted, Words
from convsym.latex.walking import rewritten, walk
from convsym.scope.convolving import NAMED
from convsym.scope.naming import printed_word, strip_group

_IMAGES = frozenset({"input", "x", "X", "image", "img", "in", "inputs"})
_KERNELS = frozenset({"kernel", "filter", "weight", "weights", "w", "W", "filters", "kernels"})
_PADDINGS = frozenset({"pad", "padding", "mode"})
_STEPS = frozenset({"stride", "strides", "dilation", "step"})
_EXTENTS = {"0": "valid", "valid": "valid", "full": "full", "same": "same"}


def with_plain_arguments(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, with convolutions that name their arguments written as an image and a kernel.

    A padding of 0 is a valid convolution. What says another stride, a padding by a number or anything that is not
    known stays as it is printed.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    return {
        number: rewritten(equation, _plain)
        if any(_plain(part) is not None for row in equation.rows for part in walk(row))
        else equation
        for number, equation in equations.items()
    }


def _plain(node: Node) -> Node | None:
    if not isinstance(node, Product):
        return None
    factors, found = list(node.factors), False
    for place, ((_, before), (operator, behind)) in enumerate(pairwise(factors)):
        head, bracket = strip_group(before), strip_group(behind)
        if (
            operator
            or not isinstance(head, Name)
            or head.text not in NAMED
            or not isinstance(bracket, Bracket)
        ):
            continue
        settled = _settled(bracket.items) if bracket.kind == "(" else None
        if settled is None:
            continue
        (image, kernel), extent = settled
        inner = tuple(rewritten(one, _plain) for one in (image, kernel))
        span = head.span
        named = Scripted(head, Words(extent, span), None, 0, span) if extent else head
        factors[place] = (factors[place][0], named)
        factors[place + 1] = ("", replace(bracket, items=inner))
        found = True
    return replace(node, factors=tuple(factors)) if found else None


def _settled(items: tuple[Node, ...]) -> tuple[tuple[Node, Node], str] | None:
    """The image and the kernel of a call and how far it extends; None where nothing is named or not all is known."""
    images: list[Node] = []
    kernels: list[Node] = []
    plain: list[Node] = []
    extent, named = "", False
    for item in items:
        inner = strip_group(item)
        if not isinstance(inner, Chain):
            plain.append(item)
            continue
        if inner.first is None or len(inner.links) != 1 or inner.links[0][0] != "=":
            return None
        name, value, named = _word(inner.first), inner.links[0][1], True
        if name in _IMAGES:
            images.append(value)
        elif name in _KERNELS:
            kernels.append(value)
        elif name in _STEPS and _word(value) == "1":
            continue
        elif name in _PADDINGS and not extent and _word(value) in _EXTENTS:
            extent = _EXTENTS[_word(value)]
        else:
            return None
    ordered = (*plain, *images, *kernels)
    # Without a name the first is the image and the second the kernel: what is named stands behind it.
    if not named or len(ordered) != 2 or len(images) > 1 or len(kernels) > 1 or (plain and images):
        return None
    return (ordered[0], ordered[1]), extent


def _word(node: Node) -> str:
    node = strip_group(node)
    return node.text.strip() if isinstance(node, Name | Number) else printed_word(node)


__all__ = ["with_plain_arguments"]
