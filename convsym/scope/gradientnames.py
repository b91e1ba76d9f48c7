r"""Gradients named by their variable: dW for \partial L/\partial W, as notes on gradients and programs write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from convsym.document import Directive, Document
from convsym.latex.syntax import BigOperator, Equation, Fraction_, Name, Node, Product, Scripted
from convsym.latex.walking import children, rewritten, walk, with_factors
from convsym.scope.dimensions import is_differential
from convsym.scope.naming import strip_group

DIRECTIVE = "gradients"
"""The directive that says so: `d=L`."""
_LOSSES = ("L", "J", "E", "C", "Q", "M")


def with_gradient_names(equations: dict[int, Equation], document: Document) -> dict[int, Equation]:
    r"""The formulas with \partial L/\partial W for dW, where a directive says that this is what d means.

    Args:
        equations: the formulas of a document by their number; not changed.
        document: where the directive may stand.
    """
    loss = _said_loss(document)
    if not loss:
        return equations
    return {number: _written_out(equation, loss) for number, equation in equations.items()}


def _said_loss(document: Document) -> str:
    for item in document.items:
        if isinstance(item, Directive) and item.name == DIRECTIVE:
            found = re.fullmatch(r"d\s*=\s*([A-Za-z]+)", item.arguments)
            if found is not None:
                return found.group(1)
    return ""


def _written_out(equation: Equation, loss: str) -> Equation:
    def change(node: Node) -> Node | None:
        if _is_derivative(node):
            return node
        return _factors(node, loss, change) if isinstance(node, Product) else None

    return rewritten(equation, change)


def _factors(product: Product, loss: str, change: Callable[[Node], Node | None]) -> Node:
    factors: list[tuple[str, Node]] = []
    place = 0
    while place < len(product.factors):
        operator, factor = product.factors[place]
        variable = _variable(product, place)
        if variable is None:
            factors.append((operator, rewritten(factor, change)))
            place += 1
            continue
        span = replace(factor.span, end=variable.span.end)
        above = Product((("", Name("partial", span)), ("", Name(loss, span))), span)
        below = Product((("", Name("partial", span)), ("", variable)), span)
        factors.append((operator, Fraction_(above, below, span)))
        place += 2
    return with_factors(product, factors)


def _variable(product: Product, place: int) -> Node | None:
    """The W of a dW that begins with the factor at a place; None where none begins there."""
    head = strip_group(product.factors[place][1])
    if not isinstance(head, Name) or head.text != "d" or place + 1 == len(product.factors):
        return None
    operator, behind = product.factors[place + 1]
    behind = strip_group(behind)
    if operator or not isinstance(behind, Name | Scripted):
        return None
    inner: Node = behind
    while isinstance(inner, Scripted):
        inner = strip_group(inner.base)
    return behind if isinstance(inner, Name) and inner.text not in ("d", "partial") else None


def _is_derivative(node: Node) -> bool:
    """Whether a node is dy/dx, in which d names no gradient."""
    if isinstance(node, Fraction_):
        return is_differential(node.numerator, node.denominator)
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] == "/":
        return is_differential(node.factors[0][1], node.factors[1][1])
    return False


def variable_of(node: Node) -> Node | None:
    """The W of a side that is dW and nothing else; None of another one."""
    node = strip_group(node)
    if isinstance(node, Product) and len(node.factors) == 2:
        return _variable(node, 0)
    return None


def gradients_named(node: Node) -> Iterator[Node]:
    """The variables of the gradients that an expression names, dW and dZ."""
    stack = [node]
    while stack:
        part = stack.pop()
        if _is_derivative(part):
            continue
        if isinstance(part, Product):
            yield from (
                found for place in range(len(part.factors)) if (found := _variable(part, place)) is not None
            )
        stack.extend(children(part))


def integrates(equations: Mapping[int, Equation]) -> bool:
    """Whether some formula holds an integral, whose dx names no gradient."""
    return any(
        isinstance(part, BigOperator) and "int" in part.operator
        for equation in equations.values()
        for row in equation.rows
        for part in walk(row)
    )


def free_loss(names: set[str]) -> str:
    """A name for the loss that a document uses for nothing else; "" where all are taken."""
    return next((letter for letter in _LOSSES if letter not in names), "")


__all__ = ["DIRECTIVE", "free_loss", "gradients_named", "integrates", "variable_of", "with_gradient_names"]
