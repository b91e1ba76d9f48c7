"""Claims with symbolic sizes or free indices: for all sizes by the sums' normal form."""

from __future__ import annotations

from sympy import Dummy, Expr, Indexed, Sum, Symbol

from convsym.budget import Budget
from convsym.prover import prove_equal
from convsym.scope.model import Scope
from convsym.verdict import Outcome, Proved, Undecided


def decide_for_all_sizes(left: Expr, right: Expr, scope: Scope, budget: Budget) -> Outcome:
    """Whether two expressions with sums or symbolic indices are equal whatever the sizes are."""
    if not (left.has(Sum) or right.has(Sum)):
        atoms = left.atoms(Indexed) | right.atoms(Indexed)
        mapping = {atom: Symbol(str(atom)) for atom in atoms}
        outcome = prove_equal(left.xreplace(mapping), right.xreplace(mapping), budget=budget)
        if isinstance(outcome, Proved):
            return Proved(outcome.method, outcome.assuming, "all")
        return outcome
    outcome = prove_equal(left, right, budget=budget)
    if isinstance(outcome, Proved):
        return Proved(outcome.method, outcome.assuming, outcome.sizes or "all")
    if isinstance(outcome, Undecided):
        return outcome
    return outcome


__all__ = ["Dummy", "decide_for_all_sizes"]
