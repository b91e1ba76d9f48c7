"""Floors and ceilings: proved where their arguments agree, refuted at a point of small integers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

from sympy import Expr, Integer, Poly, Rational, Symbol, ceiling, floor

from convsym.budget import Budget
from convsym.prover import prove_equal
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Witness


def _is_whole(inside: Expr) -> bool:
    """Whether an expression is a whole number where its names are: what is rounded counts something."""
    names = sorted(inside.free_symbols, key=str)
    if not names or not inside.is_polynomial(*names):
        return False
    return all(number.is_Integer for number in Poly(inside, *names).coeffs())


def decide_rounded(left: Expr, right: Expr, budget: Budget) -> Outcome:
    """Whether two expressions with rounded parts are equal.

    Args:
        left, right: the sides.
        budget: what the decision may cost.
    """
    mapping: dict[Expr, Expr] = {}
    whole: set[str] = set()
    for atom in left.atoms(floor, ceiling) | right.atoms(floor, ceiling):
        inside = atom.args[0].together().expand()
        if _is_whole(inside):
            mapping[atom] = inside
            whole |= {str(name) for name in inside.free_symbols}
        else:
            mapping[atom] = Symbol(f"{type(atom).__name__}({inside})")
    outcome = prove_equal(left.xreplace(mapping), right.xreplace(mapping), budget=budget)
    if isinstance(outcome, Proved):
        said = tuple(f"${name}$ is a whole number" for name in sorted(whole))
        return replace(outcome, assuming=(*outcome.assuming, *said))
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
