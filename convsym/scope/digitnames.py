"""Letters with a number right behind them, w1 and x2, which are w_1 and x_2 printed without a subscript."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from convsym.latex.syntax import Name, Node, Number, Product, Scripted, Span

T = TypeVar("T")


def with_numbered_letters(tree: T) -> T:
    """The same syntax tree in which a number right behind a letter is its subscript.

    A factor of a product stands in front of the letter, or apart from it. The x of 3x3 between two numbers, and the
    e of 1e5, are no letters, and what stands in scripts is a label.

    Args:
        tree: an equation or any part of one; not changed.
    """
    return _rebuilt(tree)  # type: ignore[no-any-return]


def _rebuilt(node: Any) -> Any:
    if isinstance(node, tuple):
        items = tuple(_rebuilt(item) for item in node)
        return items if any(a is not b for a, b in zip(items, node, strict=True)) else node
    if not is_dataclass(node) or isinstance(node, type | Span):
        return node
    changes = {}
    for f in fields(node):
        value = getattr(node, f.name)
        if isinstance(node, Scripted) and f.name in _scripts(node):
            continue
        new = _rebuilt(value)
        if new is not value:
            changes[f.name] = new
    node = replace(node, **changes) if changes else node
    return _joined(node) if isinstance(node, Product) else node


def _scripts(node: Scripted) -> tuple[str, ...]:
    """Which scripts are labels, the h1 of net_{h1}, and not exponents."""
    base = node.base
    return ("subscript",) if isinstance(base, Name) and base.text == "e" else ("subscript", "superscript")


def _joined(product: Product) -> Node:
    found: list[tuple[str, Node]] = []
    for operator, factor in product.factors:
        name = found[-1][1] if found and not operator else None
        numbered = None if name is None else _numbered(name, factor)
        if numbered is None or (len(found) > 1 and _touches_number(found[-2][1], name)):
            found.append((operator, factor))
        else:
            found[-1] = found[-1][0], numbered
    if len(found) == len(product.factors):
        return product
    return found[0][1] if len(found) == 1 else replace(product, factors=tuple(found))


def _numbered(name: Node, factor: Node) -> Scripted | None:
    """The name with its number below, and what stands above the number above both; None of anything else."""
    if not isinstance(name, Name) or name.span.end - name.span.start != 1:
        return None
    number = factor.base if isinstance(factor, Scripted) and factor.subscript is None else factor
    if not isinstance(number, Number) or not number.text.isdigit() or number.span.start != name.span.end:
        return None
    above = factor.superscript if isinstance(factor, Scripted) else None
    primes = factor.primes if isinstance(factor, Scripted) else 0
    return Scripted(name, number, above, primes, Span(name.span.start, factor.span.end))


def _touches_number(before: Node, name: Node | None) -> bool:
    return isinstance(before, Number) and name is not None and before.span.end == name.span.start
