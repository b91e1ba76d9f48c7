"""Terms written back as SymPy expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sympy import Add, Expr, Integer, Mod, Mul, Piecewise, Pow, Rational, Sum, Symbol, Tuple
from sympy.core.relational import Eq, Ge, Relational
from sympy.logic.boolalg import And

from convsym.errors import ScopeError
from convsym.sums.polynomial import (
    ONE,
    Poly,
    coefficient,
    degree,
    is_integral,
    scaled,
    unit_coefficient,
    variables,
    without,
)
from convsym.sums.terms import Atom, Term


def polynomial_expr(p: Poly, names: Mapping[str, Any]) -> Expr:
    """A polynomial as a SymPy expression; `names` gives each variable's expression."""
    return Add(
        *(
            Mul(Rational(v.numerator, v.denominator), *(Pow(names[n], k) for n, k in m))
            for m, v in sorted(p.items(), reverse=True)
        )
    )


def relation(p: Poly, names: Mapping[str, Any]) -> Relational:
    """P >= 0 with the positive terms on the left and the others on the right, unevaluated."""
    large = {m: v for m, v in p.items() if v > 0 and m}
    small = {m: -v for m, v in p.items() if v < 0 and m}
    value = p.get(ONE)
    if value is not None:
        # n - 1 >= 0 reads n >= 1, but 2 - n >= 0 reads 2 >= n.
        (large if value > 0 else small)[ONE] = abs(value)
    return Ge(polynomial_expr(large, names), polynomial_expr(small, names), evaluate=False)


def sum_of(body: Expr, limits: Sequence[tuple[Expr, ...]]) -> Expr:
    """A body summed over letters, the innermost first; the body itself where there are none."""
    if not limits:
        return body
    letters = {limit[0] for limit in limits}
    # Cases that ask for a letter of the sum must stay inside it; SymPy may take out the others.
    bound = any(case.cond.free_symbols & letters for cases in body.atoms(Piecewise) for case in cases.args)
    return raw_sum(body, limits) if bound else Sum(body, *limits)


def raw_sum(body: Expr, limits: Sequence[tuple[Expr, ...]]) -> Expr:
    """A sum as it stands.

    SymPy's own constructor folds cases out of the body, and with them conditions out of the sums that bind
    their indices; the value of the expression would be another one.
    """
    result = Expr.__new__(Sum, body, *(Tuple(*limit) for limit in limits))
    result.is_commutative = body.is_commutative
    return result


class Writer:
    """Writes terms back.

    Attributes:
        names: the expression of every free variable.
        heads: what writes each head: an IndexedBase or a function.
        hints: the symbol that each bound index had, where it had one.
    """

    def __init__(
        self, names: Mapping[str, Symbol], heads: Mapping[str, Any], hints: Mapping[str, Symbol]
    ) -> None:
        self.names = dict(names)
        self.heads = heads
        self.hints = hints

    def write(self, terms: Iterable[Term], scope: Mapping[str, Expr] | None = None) -> Expr:
        """The sum of the terms; raises ScopeError where a bound index has no finite range."""
        return Add(*(self._term(t, dict(scope or self.names)) for t in terms))

    def _term(self, term: Term, scope: dict[str, Expr]) -> Expr:
        taken = {str(s) for e in scope.values() for s in e.free_symbols}
        values: dict[str, Expr] = {}
        for d in term.dummies:
            hint = self.hints.get(d)
            name = hint.name if hint is not None else "t"
            while name in taken:
                name += "'"
            taken.add(name)
            values[d] = Symbol(name, integer=True)
        conditions: list[Any] = []
        quotients: list[tuple[str, Poly, Poly]] = []
        open_dummies = list(term.dummies)
        for e in term.equations:
            found = _quotient(e, open_dummies)
            if found is None:
                quotients.append(("", e, {}))
            else:
                open_dummies.remove(found[0])
                quotients.append(found)
        order = self._limits(term.guards, open_dummies)
        used = {id(g) for _, low, high in order for g in (low, high)}
        scope.update({d: values[d] for d in open_dummies})
        for name, numerator, divisor in quotients:
            if name:
                top, bottom = polynomial_expr(numerator, scope), polynomial_expr(divisor, scope)
                conditions.append(Eq(Mod(top, bottom), 0))
                scope[name] = top / bottom
            else:
                conditions.append(Eq(polynomial_expr(numerator, scope), 0))
        conditions += [_readable_guard(g, scope) for g in term.guards if id(g) not in used]
        body = Mul(
            polynomial_expr(term.weight, scope),
            *(Pow(polynomial_expr(dict(p), scope), -k) for p, k in term.divisors),
            *(Pow(self._atom(a, scope), k) for a, k in term.atoms),
        )
        if conditions:
            body = Piecewise((body, And(*conditions)), (Integer(0), True))
        limits = []
        for d, low, high in reversed(order):
            limits.append(
                (
                    values[d],
                    polynomial_expr(_bound(low, d), scope),
                    polynomial_expr(_bound(high, d), scope),
                )
            )
        return raw_sum(body, limits) if limits else body

    def _atom(self, atom: Atom, scope: dict[str, Expr]) -> Expr:
        head = self.heads[atom.head]
        if atom.arguments:
            return head(*(self.write(a, scope) for a in atom.arguments))
        if atom.head.startswith("c:"):
            return head[tuple(polynomial_expr(f, scope) for f in atom.forms)]
        return head()

    def _limits(self, guards: Sequence[Poly], dummies: Sequence[str]) -> list[tuple[str, Poly, Poly]]:
        """Bound indices from the outermost, each with the guards that give its limits."""
        order: list[tuple[str, Poly, Poly]] = []
        left = list(dummies)
        while left:
            for d in left:
                others = set(left) - {d}
                mine = [g for g in guards if d in variables(g) and not variables(g) & others]
                lows = [g for g in mine if unit_coefficient(g, d) == 1]
                highs = [g for g in mine if unit_coefficient(g, d) == -1]
                if lows and highs:
                    order.append((d, min(lows, key=len), min(highs, key=len)))
                    left.remove(d)
                    break
            else:
                raise ScopeError("a sum has no finite range that could be written")
        return order


def _quotient(e: Poly, dummies: Sequence[str]) -> tuple[str, Poly, Poly] | None:
    """A bound index t from S t = e: its name, e and S."""
    for d in dummies:
        if degree(e, d) == 1:
            factor = coefficient(e, d)
            rest = without(e, d)
            if len(factor) == 1 and is_integral(factor) and not any(n in dummies for n in variables(factor)):
                sign = 1 if next(iter(factor.values())) > 0 else -1
                return d, scaled(rest, -sign), scaled(factor, sign)
    return None


def _bound(g: Poly, d: str) -> Poly:
    return scaled(without(g, d), -unit_coefficient(g, d))


def _readable_guard(g: Poly, scope: Mapping[str, Expr]) -> Relational:
    return Ge(polynomial_expr(g, scope), 0)
