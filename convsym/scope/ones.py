r"""Sums by a vector of ones, m_b = \mathbf{1}_h x_{bh} / H: such a document leaves out the signs of all its sums."""

from __future__ import annotations

from collections.abc import Mapping

from convsym.latex.syntax import Equation, Fraction_, Name, Node, Number, Product, Scripted
from convsym.latex.walking import rewritten, walk, with_factors
from convsym.scope.implied import index_letters, with_sums_written
from convsym.scope.naming import key, strip_group


def with_sums_by_ones(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The formulas with the sums written out that a vector of ones with an index stands for.

    Where one product sums by \mathbf{1}_h, every index that stands twice in a term and not at the head of its
    line is summed over, in all formulas; the ones themselves are left out.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    if not any(
        _sums_by_ones(part)
        for equation in equations.values()
        for row in equation.rows
        for part in walk(row)
        if isinstance(part, Product)
    ):
        return dict(equations)
    return {
        number: rewritten(with_sums_written(equation), _without_ones)
        for number, equation in equations.items()
    }


def _sums_by_ones(product: Product) -> bool:
    """Whether a product has a one and something else with the same index."""
    ones = {letter for _, factor in product.factors if (letter := _one(factor)) is not None}
    others = {
        letter for _, factor in product.factors if _one(factor) is None for letter in index_letters(factor)
    }
    return bool(ones & others)


def _one(node: Node) -> str | None:
    r"""The index of a one, the h of \mathbf{1}_h; None for anything else."""
    node = strip_group(node)
    if not isinstance(node, Scripted) or node.superscript is not None or node.subscript is None:
        return None
    base, below = strip_group(node.base), strip_group(node.subscript)
    is_one = isinstance(base, Number) and base.text == "1"
    return key(below) if is_one and isinstance(below, Name) and len(below.text) == 1 else None


def _without_ones(node: Node) -> Node | None:
    """A product without its ones; a 1 where there is nothing else."""
    if isinstance(node, Product):
        left = [
            (operator, rewritten(factor, _without_ones))
            for operator, factor in node.factors
            if _one(factor) is None
        ]
        return with_factors(node, left) if left else Number("1", node.span)
    if isinstance(node, Fraction_ | Scripted):
        return Number("1", node.span) if _one(node) is not None else None
    return None


__all__ = ["with_sums_by_ones"]
