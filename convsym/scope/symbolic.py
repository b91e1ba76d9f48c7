"""Claims with symbolic sizes or free indices: for all sizes by the sums' normal form."""

from __future__ import annotations

from sympy import Expr, Ge, Indexed, Sum, Symbol

from convsym.budget import Budget
from convsym.prover import prove_equal
from convsym.sums import Facts
from convsym.verdict import Outcome, Proved


def decide_for_all_sizes(left: Expr, right: Expr, conditions: tuple[Expr, ...], budget: Budget) -> Outcome:
    """Whether two expressions with sums or symbolic indices are equal whatever the sizes are.

    Args:
        left, right: sides with the definitions substituted.
        conditions: what the free indices satisfy.
        budget: what the decision may cost.
    """
    left, right = _one_name_each(left, right)
    if not (left.has(Sum) or right.has(Sum)):
        atoms = left.atoms(Indexed) | right.atoms(Indexed)
        mapping = {atom: Symbol(str(atom)) for atom in atoms}
        outcome: Outcome = prove_equal(left.xreplace(mapping), right.xreplace(mapping), budget=budget)
    else:
        sizes = {
            symbol
            for one in left.atoms(Sum) | right.atoms(Sum)
            for limit in one.limits
            for bound in limit[1:]
            for symbol in bound.free_symbols
            if symbol.is_integer and isinstance(symbol, Symbol)
        }
        letters = {symbol for condition in conditions for symbol in condition.lhs.free_symbols}
        known = (*conditions, *(Ge(size, 1) for size in sorted(sizes - letters, key=str)))
        outcome = prove_equal(left, right, facts=Facts(conditions=known), budget=budget)
    if isinstance(outcome, Proved):
        return Proved(outcome.method, outcome.assuming, outcome.sizes or "all")
    return outcome


def _one_name_each(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """A size that also stands as a number in the formula is one symbol, not two of one name."""
    symbols = left.free_symbols | right.free_symbols
    whole = {symbol.name: symbol for symbol in symbols if isinstance(symbol, Symbol) and symbol.is_integer}
    mapping = {
        symbol: whole[symbol.name]
        for symbol in symbols
        if isinstance(symbol, Symbol) and not symbol.is_integer and symbol.name in whole
    }
    return (left.xreplace(mapping), right.xreplace(mapping)) if mapping else (left, right)
