"""What is settled on a tree before anything is interpreted: marked letters, bare sums, slashes, lists in a row."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from operator import is_not
from typing import Any, TypeVar

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Fraction_,
    Matrix,
    Name,
    Node,
    Product,
    Scripted,
    Span,
    Tuple_,
)
from convsym.latex.walking import children, walk
from convsym.scope.naming import strip_group

_MARKS = {"*": "*", "ast": "*", "star": "*", "dagger": "\\dagger", "prime": "'"}

T = TypeVar("T")


def with_marked_letters(tree: T) -> T:
    """The same syntax tree in which m' and j^* inside indices and under sums are single names.

    Args:
        tree: an equation or any part of one; not changed.
    """
    return _rebuilt(tree, inside=False)  # type: ignore[no-any-return]


def with_plain_layout(tree: T) -> T:
    r"""The same syntax tree in which \partial E / \partial w is a fraction, and a matrix row x_1, x_2 has two cells."""
    return _as_fractions(tree)  # type: ignore[no-any-return]


def _as_fractions(node: Any) -> Any:
    if isinstance(node, tuple):
        items = tuple(_as_fractions(item) for item in node)
        return items if any(a is not b for a, b in zip(items, node, strict=True)) else node
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changes = {}
    for f in fields(node):
        value = getattr(node, f.name)
        new = value if f.name == "span" else _as_fractions(value)
        if new is not value:
            changes[f.name] = new
    node = replace(node, **changes) if changes else node
    if isinstance(node, Matrix):
        return _with_listed_rows(node)
    return _slashed(node) if isinstance(node, Product) else node


def _with_listed_rows(node: Matrix) -> Matrix:
    """A matrix whose rows separate their cells by commas instead of alignment marks."""
    rows: list[tuple[Node | None, ...]] = []
    for row in node.rows:
        cell = strip_group(row[0]) if len(row) == 1 and row[0] is not None else None
        rows.append(cell.items if isinstance(cell, Tuple_) else row)
    return replace(node, rows=tuple(rows)) if any(map(is_not, rows, node.rows)) else node


def _slashed(node: Product) -> Node:
    factors = list(node.factors)
    for at in range(len(factors) - 1):
        # {\partial E}/{\partial w}, each of the two in braces of its own
        (_, above), (slash, below) = factors[at : at + 2]
        if slash == "/" and _is_differential(above) and _is_differential(below):
            slope = Fraction_(above, below, Span(above.span.start, below.span.end))
            factors[at : at + 2] = [(factors[at][0], slope)]
            return _slashed(replace(node, factors=tuple(factors))) if len(factors) > 1 else slope
    for at in range(len(factors) - 3):
        (_, head), (one, above), (slash, second), (other, below) = factors[at : at + 4]
        if (one, slash, other) == ("", "/", "") and _is_partial(head) and _is_partial(second):
            up = Product((("", head), ("", above)), Span(head.span.start, above.span.end))
            down = Product((("", second), ("", below)), Span(second.span.start, below.span.end))
            slope = Fraction_(up, down, Span(head.span.start, below.span.end))
            factors[at : at + 4] = [(factors[at][0], slope)]
            return _slashed(replace(node, factors=tuple(factors))) if len(factors) > 1 else slope
    return node


def _is_differential(node: Node) -> bool:
    r"""Whether braces hold \partial and a name."""
    inner = strip_group(node)
    return (
        isinstance(node, Bracket)
        and isinstance(inner, Product)
        and len(inner.factors) == 2
        and not inner.factors[1][0]
        and _is_partial(inner.factors[0][1])
    )


def _is_partial(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Name) and node.text == "partial"


def with_letters_for_sums(equation: Equation) -> Equation:
    """The same equation in which a sum without a letter runs over the one letter that it can run over.

    That is the only index letter below it, where none of the row stands outside of such sums: \\sum e_i^2.
    """
    rows = tuple(_with_letters(row) for row in equation.rows)
    return (
        replace(equation, rows=rows)
        if any(a is not b for a, b in zip(rows, equation.rows, strict=True))
        else equation
    )


def _with_letters(row: Chain) -> Chain:
    if not any(is_bare_sum(part) for part in walk(row)):
        return row
    outside = _index_letters(row, into_sums=False)

    def settled(node: Any) -> Any:
        if isinstance(node, tuple):
            return tuple(settled(item) for item in node)
        if not is_dataclass(node) or isinstance(node, type):
            return node
        if isinstance(node, BigOperator) and is_bare_sum(node):
            letters = _index_letters(node.body, into_sums=True)
            if len(letters) == 1 and not letters & outside:
                return replace(node, lower=Name(next(iter(letters)), node.span))
        return replace(
            node, **{f.name: settled(getattr(node, f.name)) for f in fields(node) if f.name != "span"}
        )

    return settled(row)  # type: ignore[no-any-return]


def is_bare_sum(node: object) -> bool:
    """Whether a node is a sum with neither a letter nor limits."""
    return (
        isinstance(node, BigOperator) and node.operator == "sum" and node.lower is None and node.upper is None
    )


def _index_letters(root: Node, *, into_sums: bool) -> set[str]:
    """Letters that are an index by themselves, those of sums with letters left out."""
    found: set[str] = set()
    bound: set[str] = set()
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if is_bare_sum(node) and not into_sums:
            continue
        if isinstance(node, BigOperator) and node.lower is not None:
            bound.update(part.text for part in walk(node.lower) if isinstance(part, Name))
        if isinstance(node, Scripted) and node.subscript is not None:
            index = strip_group(node.subscript)
            parts = index.items if isinstance(index, Tuple_) else (index,)
            found.update(
                part.text
                for part in map(strip_group, parts)
                if isinstance(part, Name) and len(part.text) == 1
            )
        stack.extend(children(node))
    return found - bound


def _rebuilt(node: Any, inside: bool) -> Any:
    if isinstance(node, tuple):
        items = tuple(_rebuilt(item, inside) for item in node)
        return items if any(a is not b for a, b in zip(items, node, strict=True)) else node
    if not is_dataclass(node) or isinstance(node, type):
        return node
    if inside and isinstance(node, Scripted):
        letter = _letter(node)
        if letter is not None:
            return letter
    changes = {}
    for f in fields(node):
        if f.name == "span":
            continue
        value = getattr(node, f.name)
        deeper = inside or (f.name == "subscript" and isinstance(node, Scripted))
        if isinstance(node, BigOperator):
            deeper = inside or f.name == "lower"
        new = _rebuilt(value, deeper)
        if new is not value:
            changes[f.name] = new
    return replace(node, **changes) if changes else node


def _letter(node: Scripted) -> Name | None:
    base: Node = strip_group(node.base)
    if not isinstance(base, Name) or len(base.text) != 1 or node.subscript is not None:
        return None
    mark = "'" * node.primes
    if node.superscript is not None:
        above = strip_group(node.superscript)
        if not isinstance(above, Name) or above.text not in _MARKS:
            return None
        mark += ("^" if above.text != "prime" else "") + _MARKS[above.text]
    return replace(base, text=base.text + mark, span=node.span) if mark else None
