r"""Chains through a weight: \partial z/\partial W \, \partial W/\partial a of z = W a, where W is made of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convsym.checker.slopes import Slope, is_cell, mark, name_of
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.leading import leads
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts
from convsym.verdict import Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

# The letters of weights; a gate or a score may be computed by what only a picture shows.
_WEIGHTS = frozenset({"W", "w", "theta", "Theta"})


def settle_dead_links(session: Session) -> None:
    r"""Refute a claim of which one side alone has a factor that is 0 for certain.

    Such a factor is the derivative of a weight, which no line computes, by what a line computes, \partial
    W/\partial a, where the two are multiplied in a definition, z = W a: they are two things there. The other side is
    a product of symbols and of derivatives that stands for what is not 0 in general.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    for finding in session.findings.values():
        statement = finding.statement
        if statement.role != "claim" or statement.relation != "=":
            continue
        if not isinstance(finding.outcome, Undecided | Unsupported):
            continue
        scope = session.scope_of(statement)
        dead = [_dead(side, scope) for side in (statement.left, statement.right)]
        whole = [statement.left, statement.right]
        found = next((one for one in dead if one is not None), None)
        if found is None or all(dead) or not _is_product(whole[0 if dead[1] is not None else 1]):
            continue
        finding.outcome = Refuted(
            f"${found.top}$ is not computed from ${found.bottom}$: it is multiplied by it",
            method="contradiction",
        )


def _dead(side: Node, scope: Scope) -> Slope | None:
    """The factor of a product that is 0."""
    for factor in _factors(side):
        if not isinstance(factor, Fraction_):
            continue
        try:
            parts = derivative_parts(factor, {}, scope)
        except ConvsymError:
            continue
        if parts is None or parts.guess:
            continue
        above, below = strip_group(parts.above), strip_group(parts.below)
        slope = Slope(mark(above, scope), mark(below, scope), to_latex(above), to_latex(below))
        if _is_zero(slope, scope):
            return slope
    return None


def _factors(node: Node) -> Iterator[Node]:
    node = strip_group(node)
    if isinstance(node, Product):
        for _, factor in node.factors:
            yield from _factors(factor)
    elif isinstance(node, Bracket) and len(node.items) == 1:
        yield from _factors(node.items[0])
    else:
        yield node


def _is_zero(slope: Slope, scope: Scope) -> bool:
    above, below = slope.above, slope.below
    if not is_cell(above) or not is_cell(below):
        return False
    weight, state = name_of(above), name_of(below)
    if weight.partition("_")[0] not in _WEIGHTS or weight == state:
        return False
    if scope.rules.get(weight) or weight in scope.functions or not scope.rules.get(state):
        return False
    if leads(scope, weight, state):
        return False
    return any(
        isinstance(part, Product) and {weight, state} <= _names(part, scope)
        for rules in scope.rules.values()
        for rule in rules
        for part in walk(rule.body)
    )


def _names(product: Product, scope: Scope) -> set[str]:
    """The names of the plain factors of a product."""
    found: set[str] = set()
    for _, factor in product.factors:
        factor = strip_group(factor)
        reference = scope.refer(factor, {}) if isinstance(factor, Name | Scripted) else None
        if reference is not None:
            found.add(reference.name)
    return found


def _is_product(side: Node) -> bool:
    """Whether a side is a product of symbols and derivatives, and none of its factors is the number 0."""
    return all(
        isinstance(factor, Name | Scripted | Fraction_)
        or (isinstance(factor, Number) and factor.text.strip("0."))
        for factor in _factors(side)
    )


__all__ = ["settle_dead_links"]
