"""What the free indices of a claim satisfy: the limits of sums over the same axis, or a shape that is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sympy import Expr, Ge, Integer, Le, Symbol, expand

from convsym.latex.syntax import Name, Node
from convsym.latex.walking import walk
from convsym.scope.elaborate import Elaborator
from convsym.scope.model import Index, Scope
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.summation import own_ranges, spans_by_letter

_MATRIX = 2


def letter_conditions(
    elaborator: Elaborator, letters: Iterable[str], nodes: Sequence[Node]
) -> tuple[Expr, ...]:
    r"""The conditions by which each free index lies in its range.

    The limits of a claim's own sum are no evidence where a shape contradicts them: with z \in \mathbb{R}^n the i of
    \sum_{k=1}^m \delta_k \partial z_k/\partial W_{ij} = \delta_i x_j runs to n, and so the sum has to.

    Args:
        elaborator: who reads limits, with the document's scope.
        letters: the free index letters of the claim.
        nodes: its sides.
    """
    scope = elaborator.scope
    found: dict[Expr, None] = {}
    for letter in letters:
        symbol = Symbol(letter, integer=True)
        uses = list(_uses(nodes, letter, scope))
        spans = [span for reference, axis in uses for span in _span(elaborator, nodes, reference.name, axis)]
        for low, high in (*spans_by_letter(scope, letter, nodes), *_as_stated(scope, uses, spans)):
            found[Ge(symbol, low)] = None
            found[Le(symbol, high)] = None
    return tuple(condition for condition in found if condition not in (True, False))


def _uses(nodes: Iterable[Node], letter: str, scope: Scope) -> Iterator[tuple[Reference, int]]:
    """Every cell, with the axis, that a letter alone is an index of."""
    for node in nodes:
        for part in walk(node):
            reference = scope.refer(part, {letter: 0})
            if reference is not None:
                for axis, index in enumerate(reference.indices):
                    index = strip_group(index)
                    if isinstance(index, Name) and key(index) == letter:
                        yield reference, axis


def _span(
    elaborator: Elaborator, nodes: Sequence[Node], name: str, axis: int
) -> Iterator[tuple[Index, Index]]:
    """The range that sums give one axis of a family, where it is one."""
    scope = elaborator.scope
    spans = scope.ranges.get((name, axis), set())
    if len(spans) > 1:
        # One letter stands for several families here: the claim's own sums say which is meant.
        spans = own_ranges(elaborator, nodes, name, axis)
    if not spans and (name, axis) in scope.axes:
        spans = {scope.axes[name, axis]}
    if len(spans) == 1:
        yield from spans


def _as_stated(
    scope: Scope, uses: Iterable[tuple[Reference, int]], spans: Sequence[tuple[Index, Index]]
) -> list[tuple[Index, Index]]:
    """The ranges of one letter, those left out whose length is not the one that shapes give the letter."""
    lengths = {
        expand(length) for reference, axis in uses if (length := _length(scope, reference, axis)) is not None
    }
    lows = {low for low, _ in spans}
    if len(lengths) != 1 or len(lows) != 1:
        return list(spans)
    length, low = lengths.pop(), lows.pop()
    agreeing = [span for span in spans if not _contradicts(scope, span, length)]
    return agreeing if len(agreeing) == len(spans) else [*agreeing, (low, low + length - 1)]


def _contradicts(scope: Scope, span: tuple[Index, Index], length: Expr) -> bool:
    """Whether a range is as long as another letter says, m instead of n; n - 1 may leave out a place on purpose."""
    gap = expand(Integer(1) + span[1] - span[0] - length)
    return bool(gap.free_symbols) and not gap.free_symbols & scope.open_sizes


def _length(scope: Scope, reference: Reference, axis: int) -> Expr | None:
    """How many places an axis has by the shape said of its family; None where that is not certain."""
    sizes = scope.shapes.get(reference.name, set())
    if reference.layer is not None:
        return None
    if len(reference.indices) == 1:
        # A column in R^{n x 1} has n entries.
        sides = {size for size in sizes if size != 1}
        return next(iter(sides)) if len(sides) == 1 else None
    if len(reference.indices) != _MATRIX or len(sizes) != _MATRIX:
        return None
    # A shape does not say which side belongs to which index: the sums over the other index do.
    across = scope.ranges.get((reference.name, 1 - axis), set())
    if len(across) != 1:
        return None
    low, high = next(iter(across))
    other = [size for size in sizes if expand(Integer(1) + high - low - size) != 0]
    return other[0] if len(other) == 1 else None


__all__ = ["letter_conditions"]
