"""Two sides before they are compared: arbitrary functions made symbols, floors and ceilings made comparable."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from sympy import Expr, Indexed, Integer, Rational, Sum, Symbol, ceiling, floor

from convsym.budget import Budget
from convsym.prover import prove_equal
from convsym.scope.functions import Generic
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Witness


def decide_rounded(left: Expr, right: Expr, budget: Budget) -> Outcome:
    """Floors and ceilings: proved where their arguments are equal, refuted at a point of small integers."""
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


def opaque_pair(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Two sides made opaque alike: beside a sum, y_i by itself has to stay the cell that a term of the sum may be."""
    sums = left.has(Sum) or right.has(Sum)
    return opaque(left, cells=sums), opaque(right, cells=sums)


def opaque(expression: Expr, *, cells: bool = False) -> Expr:
    """Applications of arbitrary functions replaced by symbols, equal for equal arguments.

    Args:
        expression: one side.
        cells: whether its cells stay what they are, although it has no sum.
    """
    found = expression.atoms(Generic)
    if not (cells or expression.has(Sum)):
        expression = expression.xreplace({atom: Symbol(str(atom)) for atom in expression.atoms(Indexed)})
        found = expression.atoms(Generic)
    if not found:
        return expression
    mapping = {}
    for atom in sorted(found, key=lambda a: a.count_ops()):
        argument = opaque(atom.args[0]).expand()
        mapping[atom] = Symbol(f"{type(atom).__name__}({argument})")
    return expression.xreplace(mapping)
