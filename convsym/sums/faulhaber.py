"""Closed forms of sums of powers."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import comb

from convsym.sums.polynomial import Poly, add, constant, multiply, scaled


def sum_of_powers(exponent: int, low: Poly, high: Poly) -> Poly:
    """The sum of i^exponent for i from low to high, where high >= low - 1 (Faulhaber's formula)."""
    return add(_up_to(exponent, high), _up_to(exponent, add(low, constant(-1))), -1)


def _up_to(exponent: int, top: Poly) -> Poly:
    """The polynomial P with P(0) = 0 and P(n) - P(n - 1) = n^exponent, at `top`."""
    result: Poly = {}
    factor = constant(1)
    for c in _coefficients(exponent):
        factor = multiply(factor, top)
        result = add(result, scaled(factor, c))
    return result


@cache
def _coefficients(exponent: int) -> tuple[Fraction, ...]:
    """Coefficients of n, n^2, ... in the sum of i^exponent for i from 1 to n."""
    # n^(p+1) telescopes: sum over k <= p of (-1)^(p-k) C(p+1, k) S_k(n) = n^(p+1).
    result = [Fraction(0)] * exponent + [Fraction(1)]
    for k in range(exponent):
        share = (-1) ** (exponent - k) * comb(exponent + 1, k)
        for i, c in enumerate(_coefficients(k)):
            result[i] -= share * c
    return tuple(c / (exponent + 1) for c in result)
