"""Floors and ceilings: proved where their arguments agree, refuted at a point of small integers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from sympy import Expr, Integer, Rational, Symbol, ceiling, floor

from convsym.budget import Budget
from convsym.prover import prove_equal
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Witness


def decide_rounded(left: Expr, right: Expr, budget: Budget) -> Outcome:
    """Whether two expressions with rounded parts are equal.

    Args:
        left, right: the sides.
        budget: what the decision may cost.
    """
    mapping = {}
    for atom in left.atoms(floor, ceiling) | right.atoms(floor, ceiling):
        mapping[atom] = Symbol(f"{type(atom).__name__}({atom.args[0].together().expand()})")
    outcome = prove_equal(left.xreplace(mapping), right.xreplace(mapping), budget=budget)
    if isinstance(outcome, Proved):
        return outcome
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    if len(symbols) <= 5:
        for values in sorted(product(range(5), repeat=len(symbols)), key=sum):
            point = dict(zip(symbols, map(Integer, values), strict=True))
            a, b = left.xreplace(point), right.xreplace(point)
            if isinstance(a, Rational) and isinstance(b, Rational) and a != b:
                named = tuple((str(s), Fraction(int(v))) for s, v in point.items())
                sides = Fraction(int(a.p), int(a.q)), Fraction(int(b.p), int(b.q))
                return Refuted("the sides differ", Witness(named, *sides), "counterexample")
    return Undecided("rounded values that could not be compared")
