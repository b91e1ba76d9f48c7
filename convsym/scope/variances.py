r"""Squares that are quantities of their own: \sigma^2 = 1/m \sum_i (x_i - \mu)^2 defines a variance and \sigma."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from convsym.latex.syntax import Bracket, Equation, Name, Node, Number, Product, Root, Scripted
from convsym.latex.walking import children, walk
from convsym.scope.naming import EQUALITIES, key, strip_group

# The root of a variance is a standard deviation, and positive; no other letter says so.
_DEVIATIONS = frozenset({"sigma"})


def with_variances(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations, in which a square that a line defines is one name, so that it can be differentiated by.

    \sigma by itself becomes the root of its square. A letter that is defined, applied, or, other than \sigma,
    used without the square, keeps its powers.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    squared = {
        name for row in rows if row.links and row.links[0][0] in EQUALITIES and (name := _squared(row.first))
    }
    if not squared:
        return dict(equations)
    defined = {
        name
        for row in rows
        if row.links
        and row.links[0][0] in EQUALITIES
        and row.first is not None
        and (name := _plain(row.first))
    }
    applied = {
        name for row in rows for part in walk(row) if isinstance(part, Product) for name in _applied(part)
    }
    bare = {name for row in rows for name in _without_square(row, squared)}
    kept = {name for name in squared - defined - applied if name in _DEVIATIONS or name not in bare}
    if not kept:
        return dict(equations)
    return {number: _rebuilt(equation, kept) for number, equation in equations.items()}


def _squared(node: Node | None) -> str | None:
    """The letter of \\sigma^2, with or without a subscript; None of anything else."""
    node = None if node is None else strip_group(node)
    if not isinstance(node, Scripted) or node.superscript is None or node.primes:
        return None
    power, base = strip_group(node.superscript), strip_group(node.base)
    while isinstance(base, Scripted) and base.superscript is None and not base.primes:
        base = strip_group(base.base)
    if isinstance(power, Number) and power.text == "2" and isinstance(base, Name):
        return key(base)
    return None


def _plain(node: Node) -> str | None:
    """The letter of \\sigma or \\sigma_B without a power."""
    node = strip_group(node)
    if isinstance(node, Scripted) and node.superscript is None and not node.primes:
        node = strip_group(node.base)
    return key(node) if isinstance(node, Name) else None


def _applied(product: Product) -> Collection[str]:
    """The letters in a product that are applied to what stands in round brackets behind them."""
    found = set()
    for (_, first), (operator, second) in zip(product.factors, product.factors[1:], strict=False):
        inner = strip_group(second)
        if not operator and isinstance(inner, Bracket) and inner.kind == "(" and (name := _plain(first)):
            found.add(name)
    return found


def _without_square(root: Node, letters: Collection[str]) -> set[str]:
    """The letters that stand somewhere without their square."""
    found: set[str] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if _squared(node) in letters:
            continue
        if isinstance(node, Name) and key(node) in letters:
            found.add(key(node))
        stack.extend(children(node))
    return found


def _rebuilt(node: Any, names: Collection[str]) -> Any:
    if isinstance(node, tuple):
        return tuple(_rebuilt(item, names) for item in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    if isinstance(node, Scripted) and _squared(node) in names:
        return _as_name(node, drop_power=True)
    if isinstance(node, Name | Scripted) and _plain(node) in names:
        return Root(_as_name(node, drop_power=False), None, node.span)
    return replace(
        node,
        **{
            f.name: _rebuilt(getattr(node, f.name), names)
            for f in fields(node)
            if f.name not in ("span", "source")
        },
    )


def _as_name(node: Node, *, drop_power: bool) -> Node:
    """The node with its letter the name of the square."""
    node = strip_group(node)
    if isinstance(node, Scripted):
        base = _as_name(node.base, drop_power=False)
        if drop_power and node.subscript is None:
            return replace(base, span=node.span)
        return replace(node, base=base, superscript=None if drop_power else node.superscript)
    assert isinstance(node, Name)
    return replace(node, text=f"{node.text}^2")
