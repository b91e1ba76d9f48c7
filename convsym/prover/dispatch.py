"""The prover's public entrance: cells to the exact field, symbolic sizes to the normal form of sums."""

from __future__ import annotations

from sympy import Expr, Integer

from convsym.budget import Budget, Clock
from convsym.errors import BudgetExceeded
from convsym.prover.admission import reason_to_decline
from convsym.prover.equality import prove_equal_cells
from convsym.prover.modular import certainly_differ
from convsym.prover.program import NotAScalar, Program
from convsym.verdict import Proved, Refuted, Undecided


def prove_equal(
    left: Expr, right: Expr, *, facts: object = None, budget: Budget | None = None
) -> Proved | Refuted | Undecided:
    """Decide whether two scalar expressions are equal wherever both are defined.

    Args:
        left, right: SymPy expressions, free of definitions; plain symbols are independent real numbers.
        facts: what is known of families, sizes and free indices (`convsym.sums.Facts`), or None.
        budget: what the decision may cost.

    Returns:
        Proved with its method and conditions, Refuted with a certified witness, or Undecided with the reason.
    """
    clock = Clock(Budget() if budget is None else budget)
    conditions = tuple(getattr(facts, "conditions", ()))
    return prove_equal_cells(left, right, conditions=conditions, clock=clock)


def equal_modular(left: Expr, right: Expr, *, budget: Budget | None = None) -> bool:
    """Whether two expressions agree at pseudo-random residues; False is certain, True is not a proof.

    Logarithms and cases have no residues: there the exact procedure is asked, within a tenth of the budget.
    """
    limits = Budget() if budget is None else budget
    if reason_to_decline((left, right), limits) is not None:
        return False
    program = Program(limits.exponent, limits.digits)
    try:
        roots = program.read(left), program.read(right)
        return not certainly_differ(program, *roots)
    except (NotAScalar, BudgetExceeded):
        return False


def is_zero_modular(expression: Expr, *, budget: Budget | None = None) -> bool:
    """Whether an expression vanishes at pseudo-random residues; False is certain, True is not a proof."""
    return equal_modular(expression, Integer(0), budget=budget)
