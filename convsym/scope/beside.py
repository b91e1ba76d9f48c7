r"""Derivatives listed side by side: \partial \hat x/\partial x where \partial \hat x/\partial\mu stands beside it.

A note that goes backwards through a graph of named quantities gives every edge its own derivative: \hat x_i is
made of x_i, \mu and \sigma^2, and \partial \hat x_i/\partial x_i = 1/\sigma holds the other two fixed. The total
derivative, through \mu and \sigma^2 as well, is the other reading. Which one is meant only the usage tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr

from convsym.errors import ConvsymError
from convsym.latex.syntax import Node
from convsym.scope.leading import leads
from convsym.scope.model import Scope, latex_name, variables
from convsym.verdict import Proved, Refuted, Undecided

if TYPE_CHECKING:
    from convsym.scope.calculus import Slopes
    from convsym.scope.judge import Judge, Judgment

# A numerator's family ("" for an expression), the variable's, and the names in the numerator's definition that may
# lead to the variable.
Edge = tuple[str, str, frozenset[str]]


def definition_beside(slopes: Slopes, top: Expr, coordinate: Expr) -> Expr | None:
    """What to differentiate with all other names held fixed, where that is asked for and differs; else None.

    Args:
        slopes: the derivatives being taken; that the readings differ is noted with its elaborator.
        top: the numerator.
        coordinate: the variable.
    """
    found = edge_of(slopes, top, coordinate)
    if found is None:
        return None
    slopes.elaborator.edges.add(found[0])
    return found[1] if slopes.elaborator.beside else None


def edge_of(slopes: Slopes, top: Expr, coordinate: Expr) -> tuple[Edge, Expr] | None:
    """The edge of the graph from a numerator to a variable that stands in its definition, beside others.

    Args:
        slopes: the derivatives being taken.
        top: the numerator.
        coordinate: the variable.

    Returns:
        The edge with the numerator's definition, one step, or with the numerator itself where it is an
        expression, as in \\partial(x_i - \\mu)/\\partial x_i; None where the two readings are the same.
    """
    scope = slopes.scope
    cell, variable = scope.cells.get(top), scope.cells.get(coordinate)
    if variable is None or top == coordinate or (cell is not None and cell.family == variable.family):
        return None
    definition: object = top
    if cell is not None:
        try:
            definition = slopes.elaborator.definition(cell)
        except ConvsymError:
            return None
    if not isinstance(definition, Expr):
        return None
    families = {scope.cells[atom].family for atom in variables(definition) if atom in scope.cells}
    others = {name for name in families - {variable.family} if _may_lead(scope, name, variable.family)}
    if variable.family not in families or not others:
        return None
    return ("" if cell is None else cell.family, variable.family, frozenset(others)), definition


def _may_lead(scope: Scope, name: str, below: str) -> bool:
    """Whether a name is made of another, or is differentiated by it although nothing defines it."""
    return leads(scope, name, below) or (not scope.rules.get(name) and (name, below) in scope.survey.partials)


def reread(judge: Judge, left: Node, right: Node, judgment: Judgment) -> None:
    """Judge a claim that does not hold for total derivatives once more, with each edge's own derivative.

    Args:
        judge: who judged it.
        left, right: the sides of the claim.
        judgment: what was found; changed where the other reading makes a difference.
    """
    edges = judge.elaborator.edges
    if not edges or judge.elaborator.beside or judgment.holds:
        return
    other = type(judge)(judge.scope, judge.budget, judge.clock)
    other.fixed = judge.fixed
    other.elaborator.beside = True
    found = other.equal(left, right, judge.apart)
    if found.holds and all(_is_listed(judge.scope, edge) for edge in edges | other.elaborator.edges):
        held = sorted({name for *_, others in edges for name in others})
        judgment.outcome = found.outcome
        judgment.used |= found.used
        judgment.pairs = found.pairs
        judgment.type_clash, judgment.failing, judgment.truth = "", "", None
        judgment.assumed = found.assumed | {
            f"the derivatives hold ${latex_name(name)}$ fixed, which has its own" for name in held
        }
    elif isinstance(judgment.outcome, Refuted) and not isinstance(found.outcome, Refuted):
        names = ", ".join(f"${latex_name(name)}$" for name in sorted({n for *_, o in edges for n in o}))
        judgment.outcome = Undecided(
            f"it holds where {names} are held fixed, and not where they vary"
            if isinstance(found.outcome, Proved)
            else f"it depends on whether {names} are held fixed"
        )


def _is_listed(scope: Scope, edge: Edge) -> bool:
    """Whether the document gives every other way from the numerator to the variable derivatives of its own."""
    above, below, others = edge
    partials = scope.survey.partials
    if above in others and (above, below) in scope.survey.through:
        return False
    return all((name, below) in partials and any(lower == name for _, lower in partials) for name in others)
