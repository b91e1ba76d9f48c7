"""The two arithmetics a formula is evaluated in: exact SymPy expressions, and numbers modulo a prime.

The modular one maps every formula homomorphically to a pair of residues, so two formulas with different
residues are certainly different where the map is defined; equal residues only suggest equality. It exists
because a repair search asks thousands of questions that are not worth an expression each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    Symbol,
    acos,
    asin,
    atan,
    cos,
    cosh,
    exp,
    log,
    sin,
    sinh,
    tan,
)

from convsym.budget import Budget
from convsym.errors import BudgetExceeded, ScopeError
from convsym.functions import magnitude, relu, sigmoid, softplus, step, tanh

# The whitelist of heads: nothing else is ever applied.
FUNCTIONS: dict[str, Callable[..., Expr]] = {
    "exp": exp,
    "log": log,
    "ln": log,
    "tanh": tanh,
    "sinh": sinh,
    "cosh": cosh,
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "arcsin": asin,
    "arccos": acos,
    "arctan": atan,
    "sigmoid": sigmoid,
    "logistic": sigmoid,
    "relu": relu,
    "ReLU": relu,
    "Relu": relu,
    "RELU": relu,
    "softplus": softplus,
    "step": step,
    "max": Max,
    "min": Min,
    "abs": magnitude,
}

Scalar: TypeAlias = Any


class Algebra(Protocol):
    """What the elaborator needs of an arithmetic."""

    def number(self, value: Fraction) -> Scalar:
        """An exact rational."""

    def symbol(self, symbol: Symbol) -> Scalar:
        """An independent variable."""

    def add(self, terms: Iterable[Scalar]) -> Scalar:
        """The sum of the terms."""

    def multiply(self, factors: Iterable[Scalar]) -> Scalar:
        """The product of the factors."""

    def divide(self, numerator: Scalar, denominator: Scalar) -> Scalar:
        """A quotient; ScopeError where the denominator is 0."""

    def power(self, base: Scalar, exponent: Scalar) -> Scalar:
        """base ** exponent."""

    def apply(self, function: str, arguments: tuple[Scalar, ...]) -> Scalar:
        """A function of `FUNCTIONS` by its name."""

    def convert(self, expression: Expr) -> Scalar:
        """An expression over cells and known functions."""


def _digits(value: Expr) -> int:
    if isinstance(value, Rational):
        return int(max(value.p.bit_length(), value.q.bit_length()) * 0.30103) + 1
    return 0


class Symbolic:
    """Exact SymPy expressions, bounded before they are built."""

    __slots__ = ("budget",)

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()

    def number(self, value: Fraction) -> Expr:
        """An exact rational."""
        return Rational(value.numerator, value.denominator)

    def symbol(self, symbol: Symbol) -> Expr:
        """The symbol itself."""
        return symbol

    def add(self, terms: Iterable[Expr]) -> Expr:
        """The sum of the terms."""
        return Add(*terms)

    def multiply(self, factors: Iterable[Expr]) -> Expr:
        """The product of the factors."""
        return Mul(*factors)

    def divide(self, numerator: Expr, denominator: Expr) -> Expr:
        """A quotient; ScopeError where the denominator is 0."""
        if denominator.is_zero:
            raise ScopeError("division by zero")
        return Mul(numerator, Pow(denominator, -1))

    def power(self, base: Expr, exponent: Expr) -> Expr:
        """base ** exponent, refused where the result would not fit the budget."""
        if base == Symbol("e") or base is exp(1):
            return exp(exponent)
        if isinstance(exponent, Rational):
            if abs(exponent) > self.budget.exponent and not base.is_Symbol:
                raise BudgetExceeded(f"the exponent {_short(exponent)} is beyond {self.budget.exponent}")
            if abs(exponent) > 10**6:
                raise BudgetExceeded("an exponent is too large")
            if _digits(base) * abs(exponent) > self.budget.digits:
                raise BudgetExceeded(f"a number would have more than {self.budget.digits} digits")
            if base.is_zero and exponent < 0:
                raise ScopeError("division by zero")
        return Pow(base, exponent)

    def apply(self, function: str, arguments: tuple[Expr, ...]) -> Expr:
        """A function of `FUNCTIONS` by its name."""
        head = FUNCTIONS[function]
        if len(arguments) != 1 and function not in ("max", "min"):
            raise ScopeError(f"{function} takes one argument, {len(arguments)} given")
        if function in ("log", "ln") and arguments[0].is_zero:
            raise ScopeError("the logarithm of zero")
        return head(*arguments)

    def convert(self, expression: Expr) -> Expr:
        """The expression itself."""
        return expression


def _short(number: Expr) -> str:
    return str(number) if _digits(number) < 30 else "..."


# Residues live in F_P x F_Q where the exponential maps F_P to the subgroup of order P of F_Q*.
P = (1 << 61) - 1
_MULTIPLE = 52  # the least multiple that makes _MULTIPLE * P + 1 a prime
Q = _MULTIPLE * P + 1
_GENERATOR = pow(3, _MULTIPLE, Q)

Residue: TypeAlias = "tuple[int | None, int]"


@lru_cache(maxsize=4096)
def _drawn(seed: int, name: str) -> int:
    """A number that looks random, always the same for one name."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=7).digest(), "big")


class NotModularError(ScopeError):
    """A formula outside what the residues can follow."""


class Modular:
    """Pairs (residue modulo P or None, residue modulo Q); the first is lost behind an exponential."""

    __slots__ = ("memo", "seed")

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.memo: dict[Expr, Residue] = {}

    def number(self, value: Fraction) -> Residue:
        """An exact rational."""
        p, q = value.numerator, value.denominator
        if q == 1:
            return p % P, p % Q
        return p * pow(q, -1, P) % P, p * pow(q, -1, Q) % Q

    def symbol(self, symbol: Symbol) -> Residue:
        """The value drawn for a symbol: a function of its name and the seed."""
        known = self.memo.get(symbol)
        if known is None:
            value = _drawn(self.seed, symbol.name)
            known = self.memo[symbol] = (value, value)
        return known

    def add(self, terms: Iterable[Residue]) -> Residue:
        """The sum of the terms."""
        a: int | None = 0
        b = 0
        for p, q in terms:
            a = None if a is None or p is None else a + p
            b += q
        return (None if a is None else a % P), b % Q

    def multiply(self, factors: Iterable[Residue]) -> Residue:
        """The product of the factors."""
        a: int | None = 1
        b = 1
        for p, q in factors:
            a = None if a is None or p is None else a * p % P
            b = b * q % Q
        return a, b

    def divide(self, numerator: Residue, denominator: Residue) -> Residue:
        """A quotient; ScopeError where the denominator is 0."""
        p, q = denominator
        if q == 0 or p == 0:
            raise ScopeError("division by zero")
        a = None if p is None or numerator[0] is None else numerator[0] * pow(p, -1, P) % P
        return a, numerator[1] * pow(q, -1, Q) % Q

    def power(self, base: Residue, exponent: Residue) -> Residue:
        """base ** exponent for a small integer exponent, e ** anything."""
        if base == (None, _GENERATOR):  # the number e
            return self.apply("exp", (exponent,))
        n = exponent[1] if exponent[1] < 1000 else exponent[1] - Q
        if abs(n) > 64 or exponent[0] is None:
            raise NotModularError("a power that is not a small integer")
        if n < 0:
            return self.divide((1, 1), self.power(base, (-n, -n)))
        return (None if base[0] is None else pow(base[0], n, P)), pow(base[1], n, Q)

    def apply(self, function: str, arguments: tuple[Residue, ...]) -> Residue:
        """The exponential and what is made of it."""
        (x,) = arguments if len(arguments) == 1 else (None,)
        if x is None or x[0] is None:
            raise NotModularError(function)
        if function == "exp":
            return (1, 1) if x[0] == 0 else (None, pow(_GENERATOR, x[0], Q))
        if function in ("sigmoid", "logistic"):
            return self.divide((1, 1), self.add([(1, 1), self.apply("exp", (self.multiply([(-1, -1), x]),))]))
        if function == "tanh":
            e = self.apply("exp", (self.multiply([(2, 2), x]),))
            return self.divide(self.add([e, (-1, -1)]), self.add([e, (1, 1)]))
        raise NotModularError(function)

    def convert(self, expression: Expr) -> Residue:
        """An expression over cells and the exponential, node by node."""
        known = self.memo.get(expression)
        if known is None:
            known = self.memo[expression] = self._convert(expression)
        return known

    def _convert(self, e: Expr) -> Residue:
        if isinstance(e, Symbol):
            return self.symbol(e)
        if isinstance(e, Rational):
            return self.number(Fraction(int(e.p), int(e.q)))
        if isinstance(e, Add):
            return self.add(self.convert(a) for a in e.args)
        if isinstance(e, Mul):
            return self.multiply(self.convert(a) for a in e.args)
        if e is exp(1):
            return self.apply("exp", ((1, 1),))
        if isinstance(e, exp):
            return self.apply("exp", (self.convert(e.args[0]),))
        if isinstance(e, Pow) and isinstance(e.exp, Integer):
            return self.power(self.convert(e.base), (int(e.exp), int(e.exp)))
        if isinstance(e, Function):
            return self.apply(type(e).__name__, tuple(self.convert(a) for a in e.args))
        raise NotModularError(type(e).__name__)
