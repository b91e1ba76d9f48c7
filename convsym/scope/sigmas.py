r"""The letter \Sigma for the sign of a sum: \Sigma_k t_k \ln y_k and \Sigma_{i=1}^{n} w_i x_i as sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from convsym.latex.syntax import BigOperator, Chain, Equation, Name, Node, Product, Scripted, Span
from convsym.latex.walking import rewritten, walk
from convsym.scope.naming import strip_group


def with_sum_signs(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations with \Sigma_k before terms that carry the index k as a sum over k.

    A document in which \Sigma stands in any other way, as a matrix of covariances does, means a matrix by it.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    signs = {
        id(factor)
        for row in rows
        for part in walk(row)
        if isinstance(part, Product)
        for place, (_, factor) in enumerate(part.factors)
        if _is_sign(factor, part, place)
    }
    if not signs:
        return dict(equations)
    printed = sum(isinstance(part, Name) and part.text == "Sigma" for row in rows for part in walk(row))
    if printed != len(signs):
        return dict(equations)
    return {number: rewritten(equation, _with_sum) for number, equation in equations.items()}


def _is_sign(factor: Node, product: Product, place: int) -> bool:
    """Whether a factor is a Sigma with a letter below that the terms behind it carry as an index."""
    factor = strip_group(factor)
    if not isinstance(factor, Scripted) or factor.subscript is None or factor.primes:
        return False
    base = strip_group(factor.base)
    rest = product.factors[place + 1 :]
    if not isinstance(base, Name) or base.text != "Sigma" or base.font or not rest or rest[0][0]:
        return False
    letter = _letter(factor.subscript)
    return letter is not None and any(
        isinstance(part, Name) and part.text == letter
        for _, term in rest
        for one in walk(term)
        if isinstance(one, Scripted) and one.subscript is not None
        for part in walk(one.subscript)
    )


def _letter(below: Node) -> str | None:
    r"""The k of \Sigma_k, \Sigma_{k=1} and \Sigma_{k \in D}."""
    below = strip_group(below)
    if isinstance(below, Chain) and len(below.links) == 1 and below.links[0][0] in ("=", "in"):
        below = strip_group(below.first) if below.first is not None else below
    return below.text if isinstance(below, Name) and len(below.text) == 1 and not below.font else None


def _with_sum(node: Node) -> Node | None:
    if not isinstance(node, Product):
        return None
    for place, (operator, factor) in enumerate(node.factors):
        if not _is_sign(factor, node, place):
            continue
        sign = strip_group(factor)
        assert isinstance(sign, Scripted)
        assert sign.subscript is not None
        rest = node.factors[place + 1 :]
        behind = Span(rest[0][1].span.start, node.span.end)
        body = rewritten(rest[0][1] if len(rest) == 1 else Product(rest, behind), _with_sum)
        span = Span(factor.span.start, node.span.end)
        total = BigOperator("sum", strip_group(sign.subscript), sign.superscript, body, span)
        before = tuple((op, rewritten(term, _with_sum)) for op, term in node.factors[:place])
        return replace(node, factors=(*before, (operator, total))) if before else total
    return None
