"""Indexed expressions at given sizes: finite sums written out over cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import (
    Add,
    Expr,
    Function,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
)
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

from convsym.budget import Budget, Clock
from convsym.errors import BudgetExceeded, ScopeError, kind_in_words
from convsym.sums.facts import Facts


def instantiate(
    expr: Expr, sizes: Mapping[Symbol, int], facts: Facts | None = None, budget: Budget | None = None
) -> Expr:
    """An indexed expression at given sizes and free indices, over cells.

    A sum whose upper limit lies below its lower one is empty and 0, however far below.

    Args:
        expr: numbers, symbols, Indexed, Sum, KroneckerDelta, Piecewise, functions.
        sizes: the value of every size and of every free index.
        facts: ranges of the families; a cell outside its range is 0 where `zero_outside` says so.
        budget: time and size bounds (`terms` bounds the summands).

    Returns:
        The expression with a plain symbol "x_{1,2}" for the cell x[1, 2].

    Raises:
        ScopeError: an index out of range or not an integer, a limit without a value, or a division by 0.
        BudgetExceeded: too many summands.
    """
    return _Instance(dict(sizes), facts or Facts(), Clock(budget)).value(expr, {})


def cell(label: str, indices: tuple[int, ...]) -> Symbol:
    """The symbol of one cell, in the paper's notation."""
    return Symbol(f"{label}_{{{','.join(map(str, indices))}}}")


class NoValueError(ScopeError):
    """Sizes at which an expression divides by 0: it says nothing there."""


class _Instance:
    """One assignment of numbers to sizes and free indices."""

    def __init__(self, sizes: dict[Symbol, int], facts: Facts, clock: Clock) -> None:
        self.sizes = {s: Integer(v) for s, v in sizes.items()}
        self.facts = facts
        self.clock = clock
        self.summands = 0
        self._ranges: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def value(self, expr: Any, bound: dict[Symbol, Integer]) -> Expr:
        if isinstance(expr, Rational):
            return expr
        if isinstance(expr, Symbol):
            return bound.get(expr, self.sizes.get(expr, expr))
        if isinstance(expr, Indexed):
            return self._cell(expr, bound)
        if isinstance(expr, Sum):
            return self._sum(expr, bound)
        if isinstance(expr, KroneckerDelta):
            if len(expr.args) != 2:
                raise ScopeError(f"{expr} has a range of its own")
            left, right = (self._integer(a, bound) for a in expr.args)
            return Integer(left == right)
        if isinstance(expr, Piecewise):
            for value, condition in expr.args:
                if self.holds(condition, bound):
                    return self.value(value, bound)
            raise ScopeError(f"no case of {expr} applies")
        if isinstance(expr, Mul):
            return self._product(expr, bound)
        if isinstance(expr, (Add, Pow)):
            parts = [self.value(a, bound) for a in expr.args]
            if isinstance(expr, Pow) and parts[0] == 0 and parts[1].is_negative:
                raise NoValueError(f"{expr} divides by 0 at these sizes")
            return expr.func(*parts)
        if isinstance(expr, Function) or (expr.is_number and not expr.free_symbols):
            return expr.func(*(self.value(a, bound) for a in expr.args)) if expr.args else expr
        raise ScopeError(f"{kind_in_words(expr)} has no value at given sizes")

    def _product(self, expr: Mul, bound: dict[Symbol, Integer]) -> Expr:
        """A product; 0 where a factor is 0, unless another one divides by 0 there."""
        # A factor that decides whether a term counts comes first: where it is 0, the rest need not exist.
        result: list[Expr] = []
        vanishes = False
        for factor in sorted(expr.args, key=lambda f: not isinstance(f, (KroneckerDelta, Piecewise))):
            try:
                value = self.value(factor, bound)
            except NoValueError:
                raise
            except ScopeError:
                if not vanishes:
                    raise
                continue
            if value == 0 and isinstance(factor, (KroneckerDelta, Piecewise)):
                return Integer(0)
            vanishes |= value == 0
            result.append(value)
        return Integer(0) if vanishes else Mul(*result)

    def holds(self, condition: Any, bound: dict[Symbol, Integer]) -> bool:
        """Whether a condition on sizes and indices holds."""
        if isinstance(condition, (BooleanTrue, BooleanFalse, bool)):
            return bool(condition)
        if isinstance(condition, And):
            return all(self.holds(c, bound) for c in condition.args)
        if isinstance(condition, Or):
            return any(self.holds(c, bound) for c in condition.args)
        if isinstance(condition, Not):
            return not self.holds(condition.args[0], bound)
        if isinstance(condition, (Eq, Ne, Ge, Gt, Le, Lt)):
            difference = self._number(condition.lhs, bound) - self._number(condition.rhs, bound)
            holds = {
                Eq: difference == 0,
                Ne: difference != 0,
                Ge: difference >= 0,
                Gt: difference > 0,
                Le: difference <= 0,
                Lt: difference < 0,
            }
            return bool(holds[type(condition)])
        raise ScopeError(f"the condition {condition} cannot be evaluated")

    def _sum(self, expr: Sum, bound: dict[Symbol, Integer]) -> Expr:
        parts: list[Expr] = []

        def descend(depth: int, inner: dict[Symbol, Integer]) -> None:
            if depth < 0:
                self.summands += 1
                self.clock.check()
                if self.summands > self.clock.budget.terms:
                    raise BudgetExceeded("a sum has too many terms to be written out")
                parts.append(self.value(expr.function, inner))
                return
            limit = expr.limits[depth]
            if len(limit) != 3:
                raise ScopeError(f"the sum {expr} has no limits")
            low, high = self._integer(limit[1], inner), self._integer(limit[2], inner)
            if high - low > self.clock.budget.terms:
                raise BudgetExceeded("a sum has too many terms to be written out")
            for i in range(low, high + 1):
                descend(depth - 1, {**inner, limit[0]: Integer(i)})

        descend(len(expr.limits) - 1, bound)
        return Add(*parts)

    def _cell(self, expr: Indexed, bound: dict[Symbol, Integer]) -> Expr:
        label = str(expr.base.label)
        indices = tuple(self._integer(i, bound) for i in expr.indices)
        family = self.facts.families.get(label)
        if family is not None:
            if len(family.lower) != len(indices):
                raise ScopeError(f"{label} has {len(family.lower)} indices, but {expr} has {len(indices)}")
            if label not in self._ranges:
                self._ranges[label] = (
                    tuple(self._integer(b, {}) for b in family.lower),
                    tuple(self._integer(b, {}) for b in family.upper),
                )
            for index, low, high in zip(indices, *self._ranges[label], strict=True):
                if not low <= index <= high:
                    if family.zero_outside:
                        return Integer(0)
                    name = cell(label, indices).name
                    raise ScopeError(f"{name} does not exist: index {index} is outside {low}..{high}")
        return cell(label, indices)

    def _number(self, expr: Any, bound: dict[Symbol, Integer]) -> Rational:
        value = self.value(expr, bound)
        if not isinstance(value, Rational):
            raise ScopeError(f"{expr} has no value at the given sizes")
        return value

    def _integer(self, expr: Any, bound: dict[Symbol, Integer]) -> int:
        value = self._number(expr, bound)
        if value.q != 1:
            raise ScopeError(f"the index {expr} is {value}, not an integer")
        return int(value)
