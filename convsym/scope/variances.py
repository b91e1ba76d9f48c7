r"""Squares that are quantities of their own: \sigma^2 = 1/m \sum_i (x_i - \mu)^2 defines a variance and \sigma."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    Signed,
    Sum_,
)
from convsym.latex.walking import children, walk
from convsym.scope.naming import EQUALITIES, key, strip_group

# The root of a variance is a standard deviation, and positive; no other letter says so.
_DEVIATIONS = frozenset({"sigma"})
_OPERATORS = frozenset({"d", "partial"})
_NORMS = frozenset({"|", "||"})
_TIMES = frozenset({"", "cdot", "times"})


def with_variances(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations, in which a square that a line defines is one name, so that it can be differentiated by.

    The letter by itself becomes the positive root of its square: nothing else of it is known, and whoever took it
    for a quantity of its own would differentiate past what its square is made of. A letter that is defined or
    applied keeps its powers, and so does one, other than \sigma, that is used without its square and whose square
    is no sum of squares.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    said = [
        (name, row.links[0][1])
        for row in rows
        if row.links and row.links[0][0] in EQUALITIES and (name := _squared(row.first))
    ]
    if not said:
        return dict(equations)
    squared = {name for name, _ in said}
    magnitudes = {
        name
        for name, right in said
        if name not in _OPERATORS and right is not None and _sums_squares(right, name)
    }
    defined = {
        name
        for row in rows
        if row.links
        and row.links[0][0] in EQUALITIES
        and row.first is not None
        and (name := _plain(row.first))
        and not _is_root_of(row.links[0][1], name)
    }
    applied = {
        name for row in rows for part in walk(row) if isinstance(part, Product) for name in _applied(part)
    }
    bare = {name for row in rows for name in _without_square(row, squared)}
    kept = {
        name for name in squared - defined - applied if name in _DEVIATIONS | magnitudes or name not in bare
    }
    if not kept:
        return dict(equations)
    return {number: _rebuilt(equation, kept) for number, equation in equations.items()}


def root_of_square(node: Root) -> str | None:
    r"""The letter that the root of its own square stands for; None of other roots, and of \sigma, which is positive.

    Args:
        node: a root, read in formulas that `with_variances` gave.
    """
    name = strip_group(node.radicand)
    if isinstance(name, Scripted) and name.superscript is None and not name.primes:
        name = strip_group(name.base)
    if node.index is not None or not isinstance(name, Name) or not name.text.endswith("^2"):
        return None
    letter = name.text.removesuffix("^2")
    if letter in _DEVIATIONS:
        return None
    return letter if len(letter) == 1 else f"\\{letter}"


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


def _sums_squares(node: Node, name: str) -> bool:
    r"""Whether a right side is a sum of squares of other letters, such as \frac1D \sum_i (x_i - \mu)^2 or x^2 + y^2.

    A single square is none: e^2 = (y - t)^2 is no reason to take e for the distance.
    """
    if any(isinstance(part, Name) and key(part) == name for part in walk(node)):
        return False
    node = strip_group(node)
    if isinstance(node, Product):
        return any(_sums_squares(factor, name) for operator, factor in node.factors if operator in _TIMES)
    if isinstance(node, Fraction_):
        return _sums_squares(node.numerator, name)
    if isinstance(node, BigOperator):
        return node.operator == "sum" and _is_square(node.body)
    if isinstance(node, Sum_):
        terms = [term for sign, term in node.terms if sign == "+" and not isinstance(term, Signed)]
        return any(_sums_squares(term, name) for term in terms) or sum(map(_is_square, terms)) > 1
    return isinstance(node, Scripted) and _is_square(node) and _is_norm(node.base)


def _is_square(node: Node) -> bool:
    """Whether an expression is the square of something, with or without a factor before it."""
    node = strip_group(node)
    if isinstance(node, Product):
        return any(_is_square(factor) for operator, factor in node.factors if operator in _TIMES)
    if not isinstance(node, Scripted) or node.superscript is None:
        return False
    power = strip_group(node.superscript)
    return isinstance(power, Number) and power.text == "2"


def _is_norm(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Bracket) and node.kind in _NORMS


def _is_root_of(node: Node, name: str) -> bool:
    r"""Whether a right side says no more than \sqrt{\sigma^2}."""
    node = strip_group(node)
    return isinstance(node, Root) and node.index is None and _squared(node.radicand) == name


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
