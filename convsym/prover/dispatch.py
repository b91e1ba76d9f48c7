"""The prover's public entrance: cells to the exact field, symbolic sizes to the normal form of sums."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer

from convsym.budget import Budget, Clock
from convsym.errors import BudgetExceeded, ScopeError
from convsym.prover.admission import reason_to_decline
from convsym.prover.equality import prove_equal_cells
from convsym.prover.modular import certainly_differ, has_residues
from convsym.prover.program import NotAScalar, Program
from convsym.prover.shapes import is_indexed, size_symbols, small_shapes
from convsym.prover.witness import Search
from convsym.sums import Facts, equal_for_all_sizes, instantiate
from convsym.verdict import Proved, Refuted, Undecided


def prove_equal(
    left: Expr, right: Expr, *, facts: Facts | None = None, budget: Budget | None = None
) -> Proved | Refuted | Undecided:
    """Decide whether two scalar expressions are equal wherever both are defined.

    Args:
        left, right: SymPy expressions, free of definitions; plain symbols are independent real numbers.
        facts: what is known of families, sizes and free indices, or None.
        budget: what the decision may cost.

    Returns:
        Proved with its method and conditions, Refuted with a certified witness, or Undecided with the reason.
    """
    limits = Budget() if budget is None else budget
    known = Facts() if facts is None else facts
    clock = Clock(limits)
    reason = reason_to_decline((left, right), limits)
    if reason is not None:
        return Undecided(reason)
    try:
        if not is_indexed(left) and not is_indexed(right):
            symbols = left.free_symbols | right.free_symbols
            sizes = [s for s in symbols if any(s in c.free_symbols for c in known.conditions)]
            sizes.sort(key=lambda s: str(s.name))
            presets = small_shapes(sizes, known, clock) if sizes else []
            return prove_equal_cells(left, right, conditions=known.conditions, presets=presets, clock=clock)
        return _prove_indexed(left, right, known, clock)
    except BudgetExceeded as error:
        return Undecided(str(error))
    except RecursionError:
        return Undecided("nested too deeply")


def _prove_indexed(left: Expr, right: Expr, facts: Facts, clock: Clock) -> Proved | Refuted | Undecided:
    sizes = size_symbols((left, right), facts)
    if not sizes:
        try:
            cells = [instantiate(side, {}, facts, _left(clock)) for side in (left, right)]
        except ScopeError as error:
            return Undecided(str(error))
        return prove_equal_cells(*cells, conditions=facts.conditions, clock=clock)
    share = replace(clock.budget, seconds=clock.remaining() / 2)
    try:
        proof = equal_for_all_sizes(left, right, facts, share)
    except (BudgetExceeded, ScopeError):
        proof = None
    if proof is not None:
        return proof
    tried = []
    obstacle = "no small sizes satisfy the conditions"
    for shape in small_shapes(sizes, facts, clock):
        try:
            cells = [instantiate(side, shape, facts, _left(clock)) for side in (left, right)]
        except (ScopeError, BudgetExceeded) as error:
            obstacle = str(error)
            continue
        outcome = prove_equal_cells(*cells, conditions=facts.conditions, clock=clock)
        if isinstance(outcome, Refuted) and outcome.witness is not None:
            named = tuple(sorted((symbol.name, value) for symbol, value in shape.items()))
            return replace(outcome, witness=replace(outcome.witness, sizes=named))
        if isinstance(outcome, Proved):
            tried.append(", ".join(f"{s.name} = {v}" for s, v in shape.items()))
        else:
            obstacle = outcome.reason
    if tried:
        return Undecided(f"not proved for all sizes; it holds at {len(tried)} small ones, such as {tried[0]}")
    return Undecided(f"not proved for all sizes, and not decided at small ones: {obstacle}")


def _left(clock: Clock) -> Budget:
    return replace(clock.budget, seconds=clock.remaining())


def equal_modular(left: Expr, right: Expr, *, budget: Budget | None = None) -> bool:
    """Whether two expressions over cells cannot be told apart by residues; True is not a proof.

    Logarithms, roots and cases have no residues: there the sides are compared at a few ordinary points.

    Args:
        left, right: scalar expressions without sums.
        budget: bounds on size; beyond them the answer is False.
    """
    limits = Budget() if budget is None else budget
    if reason_to_decline((left, right), limits) is not None:
        return False
    program = Program(limits.exponent, limits.digits)
    try:
        roots = program.read(left), program.read(right)
        if has_residues(program, roots):
            return not certainly_differ(program, *roots)
        return not Search(program, *roots, Clock(limits)).differs_at_once()
    except (NotAScalar, BudgetExceeded):
        return False


def is_zero_modular(expression: Expr, *, budget: Budget | None = None) -> bool:
    """Whether an expression over cells vanishes at pseudo-random residues; True is not a proof."""
    return equal_modular(expression, Integer(0), budget=budget)
