r"""Signs in the middle of a product: a \cdot -\sigma(x) is a times the negative of \sigma(x), as one factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from convsym.latex.syntax import Equation, Node, Product, Signed, Span


def with_signed_factors(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which a sign inside a product stands before all that follows it side by side.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    return {number: _rebuilt(equation) for number, equation in equations.items()}


def _rebuilt(node: Any) -> Any:
    if isinstance(node, tuple):
        items = tuple(_rebuilt(item) for item in node)
        return items if any(new is not old for new, old in zip(items, node, strict=True)) else node
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changes = {}
    for field in fields(node):
        value = getattr(node, field.name)
        new = value if field.name in ("span", "source") else _rebuilt(value)
        if new is not value:
            changes[field.name] = new
    node = replace(node, **changes) if changes else node
    return _joined(node) if isinstance(node, Product) else node


def _joined(product: Product) -> Product:
    factors: list[tuple[str, Node]] = []
    for operator, factor in product.factors:
        before = factors[-1] if len(factors) > 1 else None
        if before is None or operator or not isinstance(before[1], Signed):
            factors.append((operator, factor))
            continue
        signed = before[1]
        inner = signed.operand.factors if isinstance(signed.operand, Product) else (("", signed.operand),)
        span = Span(signed.operand.span.start, factor.span.end)
        behind = Product((*inner, ("", factor)), span)
        factors[-1] = before[0], Signed(signed.sign, behind, Span(signed.span.start, factor.span.end))
    return product if len(factors) == len(product.factors) else replace(product, factors=tuple(factors))
