"""Sparse Laurent polynomials over named variables: index forms, guards and weights.

A polynomial is a dict from monomials to rationals. A monomial is a sorted tuple of (variable, power). Free
symbols are named "s:...", bound indices "d:<n>", renamed bound indices "n:<n>"; a free symbol can therefore
never be taken for a bound one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd

from convsym.errors import BudgetExceeded

Monomial = tuple[tuple[str, int], ...]
Poly = dict[Monomial, Fraction]
FrozenPoly = tuple[tuple[Monomial, Fraction], ...]

ONE: Monomial = ()
_MOST_TERMS = 20_000


def constant(value: int | Fraction) -> Poly:
    """The polynomial with one constant term."""
    return {ONE: Fraction(value)} if value else {}


def variable(name: str, power: int = 1) -> Poly:
    """One variable to an integer power."""
    return {((name, power),): Fraction(1)}


def freeze(p: Poly) -> FrozenPoly:
    """A hashable, ordered copy."""
    return tuple(sorted(p.items()))


def add(p: Poly, q: Poly, scale: int | Fraction = 1) -> Poly:
    """p + scale q."""
    result = dict(p)
    for monomial, value in q.items():
        total = result.get(monomial, Fraction(0)) + scale * value
        if total:
            result[monomial] = total
        else:
            result.pop(monomial, None)
    return result


def scaled(p: Poly, factor: int | Fraction) -> Poly:
    """Factor times p."""
    return {m: v * factor for m, v in p.items()} if factor else {}


def join(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left:
        return right
    if not right:
        return left
    powers = dict(left)
    for name, power in right:
        total = powers.get(name, 0) + power
        if total:
            powers[name] = total
        else:
            del powers[name]
    return tuple(sorted(powers.items()))


def multiply(p: Poly, q: Poly) -> Poly:
    """P times q; raises BudgetExceeded when the product would be too long."""
    if len(p) * len(q) > _MOST_TERMS:
        raise BudgetExceeded("a polynomial in the sizes has too many terms")
    result: Poly = {}
    for m1, v1 in p.items():
        for m2, v2 in q.items():
            m = join(m1, m2)
            total = result.get(m, Fraction(0)) + v1 * v2
            if total:
                result[m] = total
            else:
                result.pop(m, None)
    return result


def power(p: Poly, exponent: int) -> Poly:
    """P to a power that is not negative, or to any power when p is one monomial."""
    if len(p) == 1:
        ((monomial, value),) = p.items()
        return {tuple((n, k * exponent) for n, k in monomial) if exponent else ONE: value**exponent}
    if exponent < 0:
        raise ValueError("only a monomial has a reciprocal here")
    result = constant(1)
    for _ in range(exponent):
        result = multiply(result, p)
    return result


def degree(p: Poly, name: str) -> int:
    """The largest power of a variable; -1 when it stands in a denominator."""
    powers = [k for m in p for n, k in m if n == name]
    return 0 if not powers else (-1 if min(powers) < 0 else max(powers))


def variables(p: Poly) -> set[str]:
    """The variables that occur."""
    return {name for monomial in p for name, _ in monomial}


def coefficient(p: Poly, name: str) -> Poly:
    """What multiplies the first power of a variable."""
    result: Poly = {}
    for monomial, value in p.items():
        if (name, 1) in monomial:
            result[tuple(item for item in monomial if item[0] != name)] = value
    return result


def without(p: Poly, name: str) -> Poly:
    """The terms in which a variable does not occur."""
    return {m: v for m, v in p.items() if all(n != name for n, _ in m)}


def substitute(p: Poly, values: Mapping[str, Poly]) -> Poly:
    """P with variables replaced, all at once."""
    if not any(n in values for m in p for n, _ in m):
        return p
    result: Poly = {}
    for monomial, value in p.items():
        factor: Poly = {tuple(item for item in monomial if item[0] not in values): value}
        for name, exponent in monomial:
            if name in values:
                factor = multiply(factor, power(values[name], exponent))
        result = add(result, factor)
    return result


def unit_coefficient(p: Poly, name: str) -> int:
    """1 or -1 when p is +-name plus terms without it, else 0."""
    value = p.get(((name, 1),))
    if value not in (1, -1):
        return 0
    if sum(1 for m in p for n, _ in m if n == name) != 1:
        return 0
    return 1 if value == 1 else -1


def solve_unit(p: Poly, name: str) -> Poly:
    """The value of a variable with unit coefficient where p = 0."""
    return scaled(without(p, name), -unit_coefficient(p, name))


def is_constant(p: Poly) -> bool:
    """Whether no variable occurs."""
    return not p or (len(p) == 1 and ONE in p)


def is_integral(p: Poly) -> bool:
    """Whether p takes integers at integers: integer coefficients and no negative power."""
    return all(v.denominator == 1 for v in p.values()) and all(k > 0 for m in p for _, k in m)


def content(p: Poly) -> int:
    """The greatest common divisor of the integer coefficients of the terms with variables."""
    return gcd(*(int(v) for m, v in p.items() if m)) if any(p) else 0


def denominator(p: Poly) -> Poly:
    """The least monomial, with positive integer coefficient, that makes p a polynomial over the integers."""
    number = 1
    powers: dict[str, int] = {}
    for monomial, value in p.items():
        number = number * value.denominator // gcd(number, value.denominator)
        for name, k in monomial:
            if k < 0:
                powers[name] = max(powers.get(name, 0), -k)
    return {tuple(sorted(powers.items())): Fraction(number)}


def exact_quotient(p: Poly, divisor: Poly) -> Poly | None:
    """P divided by a monomial when the quotient has integer coefficients, else None."""
    quotient = multiply(p, power(divisor, -1))
    return quotient if is_integral(quotient) else None


def divide_by_monomial(p: Poly, divisor: Poly) -> Poly:
    """The integral part of p / monomial, term by term: what a shift of an index can absorb."""
    ((base, factor),) = divisor.items()
    result: Poly = {}
    inverse = tuple((n, -k) for n, k in base)
    for monomial, value in p.items():
        rest = join(monomial, inverse)
        if all(k > 0 for _, k in rest):
            whole = Fraction(value / factor).__floor__()
            if whole:
                result[rest] = Fraction(whole)
    return result


def union_variables(polys: Iterable[Poly]) -> set[str]:
    """All variables of several polynomials."""
    return {name for p in polys for m in p for name, _ in m}
