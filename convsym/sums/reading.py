"""SymPy expressions with indexed sums, read as terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import (
    Add,
    Expr,
    Function,
    Indexed,
    Integer,
    KroneckerDelta,
    Mod,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
    exp,
    expand_mul,
)
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

from convsym.budget import Clock
from convsym.errors import BudgetExceeded, ScopeError, kind_in_words
from convsym.sums.facts import Facts
from convsym.sums.polynomial import (
    ONE,
    Poly,
    add,
    constant,
    denominator,
    exact_quotient,
    freeze,
    is_constant,
    is_integral,
    multiply,
    power,
    scaled,
    variable,
    variables,
)
from convsym.sums.terms import RECIPROCAL, Atom, Term, Terms, fresh_dummy, negated, number, product, refreshed

_COMMUTATIVE_HEADS = ("Max", "Min")
_NOT_POINTWISE = ("Sum", "Product", "Integral", "Derivative", "Subs", "Limit", "Order")


class NotReadable(ScopeError):
    """An expression outside the algebra of indexed sums."""


class Reader:
    """Reads expressions that share symbols; one reader an equality.

    Attributes:
        facts: families and conditions.
        clock: time and size bounds.
        symbols: internal name of each free symbol.
        heads: what writes each head back: an IndexedBase or a function.
        limits: upper - lower of every sum whose limits bind nothing, for assumptions.
        divisors: what was divided by.
        cells: (family, index forms) of cells read under no sum, for assumptions.
    """

    def __init__(self, facts: Facts, clock: Clock) -> None:
        self.facts = facts
        self.clock = clock
        self.symbols: dict[Symbol, str] = {}
        self.names: dict[str, Symbol] = {}
        self.heads: dict[str, Any] = {}
        self.limits: list[Poly] = []
        self.divisors: list[Poly] = []
        self.cells: list[tuple[str, tuple[Poly, ...]]] = []
        self.index_symbols: set[Symbol] = set()
        self.hints: dict[str, Symbol] = {}
        self._depth = 0

    # ------------------------------------------------------------------ symbols

    def name(self, symbol: Symbol) -> str:
        """The internal name of a free symbol; two symbols never share one."""
        known = self.symbols.get(symbol)
        if known is None:
            known = "s:" + symbol.name
            count = 1
            while known in self.names:
                count += 1
                known = f"s:{symbol.name}#{count}"
            self.symbols[symbol] = known
            self.names[known] = symbol
        return known

    def note_index_symbols(self, expr: Any) -> None:
        """Learn which free symbols stand in indices and limits, where only integers make sense."""
        stack = [expr]
        while stack:
            node = stack.pop()
            if isinstance(node, Indexed):
                for index in node.indices:
                    self.index_symbols |= index.free_symbols
            elif isinstance(node, Sum):
                for limit in node.limits:
                    for part in limit:
                        self.index_symbols |= part.free_symbols
            elif isinstance(node, (KroneckerDelta, Mod)):
                self.index_symbols |= node.free_symbols
            stack.extend(a for a in node.args if hasattr(a, "args"))

    def conditions(self) -> tuple[list[Poly], list[Poly]]:
        """The facts as polynomials: those >= 0 and those = 0. A fact that cannot be read is not used."""
        guards: list[Poly] = []
        equations: list[Poly] = []
        for condition in self.facts.conditions:
            if not isinstance(condition, Relational) or isinstance(condition, Ne):
                continue
            try:
                for part in self.indicator(condition, {}, {}):
                    guards += part.guards
                    equations += part.equations
            except (NotReadable, BudgetExceeded):
                continue
        for symbol, name in self.symbols.items():
            if symbol.is_integer and symbol.is_nonnegative:
                guards.append(add(variable(name), constant(-1 if symbol.is_positive else 0)))
        return guards, equations

    # -------------------------------------------------------------- expressions

    def read(self, expr: Expr, bound: Mapping[Symbol, Poly] | None = None) -> Terms:
        """An expression as terms.

        Raises:
            NotReadable: outside the algebra.
            BudgetExceeded: too large or too deep.
        """
        return self._read(expr, dict(bound or {}), {})

    def _read(self, expr: Any, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        self.clock.check()
        self._depth += 1
        if self._depth > self.clock.budget.depth:
            raise BudgetExceeded("an expression is nested too deeply")
        try:
            return self._read_node(expr, bound, quotients)
        finally:
            self._depth -= 1

    def _read_node(self, expr: Any, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        if isinstance(expr, Rational):
            return (Term(constant(_rational(expr))),) if expr else ()
        if isinstance(expr, Symbol):
            return (Term(bound[expr] if expr in bound else variable(self.name(expr))),)
        if isinstance(expr, Indexed):
            return self._read_cell(expr, bound, quotients)
        if isinstance(expr, Add):
            return tuple(t for a in expr.args for t in self._read(a, bound, quotients))
        if isinstance(expr, Mul):
            return self._read_product(expr, bound, quotients)
        if isinstance(expr, Pow):
            return self._read_power(expr, bound, quotients)
        if isinstance(expr, Sum):
            return self._read_sum(expr, bound, quotients)
        if isinstance(expr, KroneckerDelta):
            if len(expr.args) != 2:
                raise NotReadable("a Kronecker delta with a range of its own")
            difference = add(
                self.form(expr.args[0], bound, quotients), self.form(expr.args[1], bound, quotients), -1
            )
            return (Term(constant(1), equations=(difference,)),)
        if isinstance(expr, Piecewise):
            return self._read_pieces(expr, bound, quotients)
        if isinstance(expr, exp) and not expr.exp.has(Sum):
            return self._read_exponential(expr, bound, quotients)
        if isinstance(expr, Function) and type(expr).__name__ not in _NOT_POINTWISE:
            return (Term(constant(1), atoms=((self._function(expr, bound, quotients), 1),)),)
        raise NotReadable(f"{kind_in_words(expr)} is outside the algebra of indexed sums")

    def _read_exponential(self, expr: Any, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        """exp(2 a - b) as exp(a)^2 exp(b)^-1: products of exponentials meet however their exponents are grouped."""
        atoms: list[tuple[Atom, int]] = []
        head = f"f:{exp.__module__}.exp"
        self.heads[head] = exp
        for part in Add.make_args(expand_mul(expr.exp)):
            factor, rest = part.as_coeff_Mul()
            if not isinstance(factor, Integer) or abs(int(factor)) > self.clock.budget.exponent:
                factor, rest = Integer(1), part
            atoms.append((Atom(head, (), (self._read(rest, bound, quotients),)), int(factor)))
        return (Term(constant(1), atoms=tuple(atoms)),)

    def _function(self, expr: Any, bound: dict[Symbol, Poly], quotients: _Quotients) -> Atom:
        head = f"f:{type(expr).__module__}.{expr.func.__name__}"
        self.heads[head] = expr.func
        return Atom(head, (), tuple(self._read(a, bound, quotients) for a in expr.args))

    def _read_cell(self, expr: Indexed, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        label = str(expr.base.label)
        forms = tuple(self.form(i, bound, quotients) for i in expr.indices)
        head = f"c:{label}/{len(forms)}"
        self.heads[head] = expr.base
        family = self.facts.families.get(label)
        if family is not None:
            if len(family.lower) != len(forms):
                raise ScopeError(f"{label} has {len(family.lower)} indices, but {expr} has {len(forms)}")
            if not family.zero_outside and not bound:
                self.cells.append((label, forms))
        return (
            Term(constant(1), guards=tuple(self.range_guards(head, forms)), atoms=((Atom(head, forms), 1),)),
        )

    def range_guards(self, head: str, forms: tuple[Poly, ...]) -> list[Poly]:
        """The guards that a cell of a family which is 0 outside its range brings along."""
        base = self.heads.get(head) if head.startswith("c:") else None
        family = None if base is None else self.facts.families.get(str(base.label))
        guards: list[Poly] = []
        if family is not None and family.zero_outside:
            for form, low, high in zip(forms, family.lower, family.upper, strict=True):
                guards += [add(form, self.form(low, {}, {}), -1), add(self.form(high, {}, {}), form, -1)]
        return guards

    def _read_product(self, expr: Mul, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        # A divisibility guard among the factors gives the other factors' quotient indices their meaning.
        guards: Terms = number(1)
        factors = []
        for factor in expr.args:
            if isinstance(factor, Piecewise) and _is_indicator(factor):
                quotients = dict(quotients)
                value, condition = factor.args[0].expr, factor.args[0].cond
                indicator = self.indicator(condition, bound, quotients)
                guards = product(guards, indicator, self.clock)
                factors.append(value)
            else:
                factors.append(factor)
        result = guards
        for factor in factors:
            result = product(result, self._read(factor, bound, quotients), self.clock)
        return result

    def _read_power(self, expr: Pow, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        base, exponent = expr.args
        if not isinstance(exponent, Integer):
            head = "f:power"
            self.heads[head] = Pow
            arguments = (self._read(base, bound, quotients), self._read(exponent, bound, quotients))
            return (Term(constant(1), atoms=((Atom(head, (), arguments), 1),)),)
        if abs(int(exponent)) > self.clock.budget.exponent:
            raise BudgetExceeded(f"the exponent {exponent} is too large")
        terms = self._read(base, bound, quotients)
        if exponent > 0:
            result = terms
            for _ in range(int(exponent) - 1):
                result = product(result, tuple(map(refreshed, terms)), self.clock)
            return result
        return self._reciprocal(terms, -int(exponent), bound)

    def _reciprocal(self, terms: Terms, exponent: int, bound: Mapping[Symbol, Poly]) -> Terms:
        inner = {n for p in bound.values() for n in variables(p)}
        plain = all(not (t.dummies or t.guards or t.equations) for t in terms)
        if plain and len(terms) == 1 and not terms[0].divisors:
            (term,) = terms
            weight = term.weight
            if len(weight) == 1 and not (variables(weight) & inner):
                self.divisors.append(weight)
                atoms = tuple((a, -k * exponent) for a, k in term.atoms)
                return (Term(power(weight, -exponent), atoms=atoms),)
        if plain and not any(t.atoms or t.divisors for t in terms):
            total: Poly = {}
            for t in terms:
                total = add(total, t.weight)
            if not total:
                raise NotReadable("division by zero")
            if len(total) == 1 and not variables(total) & inner:
                self.divisors.append(total)
                return (Term(power(total, -exponent)),)
            if not variables(total) & inner and all(k > 0 for m in total for _, k in m):
                # A constant multiple must not hide that two divisors are the same.
                lead = max(total.items())[1]
                monic = scaled(total, 1 / lead)
                self.divisors.append(total)
                return (Term(constant((1 / lead) ** exponent), divisors=((freeze(monic), exponent),)),)
        # 1/(o - 1) and 1/(1 - o) are one atom with two signs.
        scale = Fraction(1)
        for t in terms:
            if not (t.atoms or t.dummies or t.guards or t.equations or t.divisors) and is_constant(t.weight):
                scale = t.weight[ONE]
        terms = tuple(replace(t, weight=scaled(t.weight, 1 / scale)) for t in terms)
        head = RECIPROCAL
        self.heads[head] = lambda value: 1 / value
        return (Term(constant((1 / scale) ** exponent), atoms=((Atom(head, (), (terms,)), exponent),)),)

    def _read_sum(self, expr: Sum, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        bound = dict(bound)
        dummies: list[str] = []
        guards: list[Poly] = []
        for limit in reversed(expr.limits):
            if len(limit) != 3:
                raise NotReadable("a sum without limits")
            symbol, low, high = limit
            lower, upper = self.form(low, bound, quotients), self.form(high, bound, quotients)
            span = add(upper, lower, -1)
            if not any(n.startswith("d:") for n in variables(span)):
                self.limits.append(span)
            dummy = fresh_dummy()
            self.hints[dummy] = symbol
            bound[symbol] = variable(dummy)
            dummies.append(dummy)
            guards += [add(variable(dummy), lower, -1), add(upper, variable(dummy), -1)]
        outer = Term(constant(1), tuple(dummies), tuple(guards))
        return product((outer,), self._read(expr.function, bound, quotients), self.clock)

    def _read_pieces(self, expr: Piecewise, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        result: list[Term] = []
        remaining: Terms = number(1)
        for value, condition in expr.args:
            local = dict(quotients)
            indicator = self.indicator(condition, bound, local)
            here = product(remaining, indicator, self.clock)
            result += product(here, self._read(value, bound, local), self.clock)
            if condition == True:  # noqa: E712 - SymPy's truth
                return tuple(result)
            remaining = product(
                remaining, self._complement(condition, indicator, bound, quotients), self.clock
            )
        raise NotReadable("cases that leave some values undefined")

    # -------------------------------------------------------------- conditions

    def indicator(self, condition: Any, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        """1 where a condition holds, 0 elsewhere. Divisibility found on the way is noted in `quotients`."""
        if isinstance(condition, BooleanTrue) or condition is True:
            return number(1)
        if isinstance(condition, BooleanFalse) or condition is False:
            return ()
        if isinstance(condition, And):
            result: Terms = number(1)
            for part in sorted(condition.args, key=lambda c: (not _is_divisibility(c), str(c))):
                result = product(result, self.indicator(part, bound, quotients), self.clock)
            return result
        if isinstance(condition, Or):
            outside: Terms = number(1)
            for part in condition.args:
                inside = self.indicator(part, bound, dict(quotients))
                outside = product(outside, self._complement(part, inside, bound, quotients), self.clock)
            return (*number(1), *negated(outside))
        if isinstance(condition, Not):
            inside = self.indicator(condition.args[0], bound, dict(quotients))
            return self._complement(condition.args[0], inside, bound, quotients)
        if not isinstance(condition, Relational):
            raise NotReadable(f"the condition {condition} cannot be read")
        if isinstance(condition, Ne):
            return (*number(1), *negated(self.indicator(Eq(condition.lhs, condition.rhs), bound, quotients)))
        if _is_divisibility(condition):
            return self._divisibility(condition, bound, quotients)
        for symbol in condition.free_symbols:
            if symbol not in bound and not symbol.is_integer and symbol not in self.index_symbols:
                raise NotReadable(f"{symbol} in a condition is not known to be an integer")
        if condition.atoms(Indexed, Sum) or condition.atoms(Function):
            raise NotReadable("a condition on the values of cells")
        difference = self._laurent(condition.lhs - condition.rhs, bound, quotients)
        common = denominator(difference)
        if not is_constant(common) and not self._known_positive(common):
            raise NotReadable("a condition divides by what may not be positive")
        difference = multiply(difference, common)
        if isinstance(condition, Eq):
            return (Term(constant(1), equations=(difference,)),)
        if isinstance(condition, (Ge, Gt)):
            strict = isinstance(condition, Gt)
        elif isinstance(condition, (Le, Lt)):
            difference, strict = scaled(difference, -1), isinstance(condition, Lt)
        else:
            raise NotReadable(f"the relation {condition} cannot be read")
        return (Term(constant(1), guards=(add(difference, constant(-1 if strict else 0)),)),)

    def _complement(
        self, condition: Any, inside: Terms, bound: dict[Symbol, Poly], quotients: _Quotients
    ) -> Terms:
        """1 where a condition fails: one guard turned round where that is enough."""
        if len(inside) == 1:
            (t,) = inside
            if len(t.guards) == 1 and not (t.equations or t.dummies) and t.weight == constant(1):
                return (replace(t, guards=(add(scaled(t.guards[0], -1), constant(-1)),)),)
        return (*number(1), *negated(inside))

    def _divisibility(self, condition: Any, bound: dict[Symbol, Poly], quotients: _Quotients) -> Terms:
        mod, rest = (
            (condition.lhs, condition.rhs)
            if isinstance(condition.lhs, Mod)
            else (condition.rhs, condition.lhs)
        )
        if rest != 0:
            raise NotReadable("a remainder other than 0")
        value, divisor = (self._laurent(a, bound, quotients) for a in mod.args)
        if len(divisor) != 1 or not is_integral(divisor) or not is_integral(value):
            raise NotReadable("divisibility by something other than a size")
        if not self._known_positive(divisor):
            self.divisors.append(divisor)
        key = freeze(divisor)
        for known, by, _ in quotients.get(key, ()):
            if by == divisor and exact_quotient(add(value, known, -1), divisor) is not None:
                return number(1)
        dummy = fresh_dummy()
        quotients[key] = (*quotients.get(key, ()), (value, divisor, dummy))
        equation = add(multiply(divisor, variable(dummy)), value, -1)
        return (Term(constant(1), dummies=(dummy,), equations=(equation,)),)

    def _known_positive(self, monomial: Poly) -> bool:
        """Whether every variable of a positive monomial is a size of at least 1 by assumption or by a fact."""
        ((base, factor),) = monomial.items()
        if factor <= 0:
            return False
        for name, _ in base:
            symbol = self.names.get(name)
            if symbol is None:
                return False
            if symbol.is_positive:
                continue
            if not any(_states_positive(c, symbol) for c in self.facts.conditions):
                return False
        return True

    # ------------------------------------------------------------- index forms

    def form(self, expr: Any, bound: Mapping[Symbol, Poly], quotients: _Quotients) -> Poly:
        """An index or a limit as a polynomial over the integers.

        Raises:
            NotReadable: not such a polynomial, or a quotient that no condition makes whole.
        """
        p = self._laurent(expr, bound, quotients)
        if is_integral(p):
            return p
        p = self._whole(p, quotients)
        if is_integral(p):
            return p
        raise NotReadable(f"the index {expr} need not be an integer")

    def _laurent(self, expr: Any, bound: Mapping[Symbol, Poly], quotients: _Quotients) -> Poly:
        if isinstance(expr, Rational):
            return constant(_rational(expr))
        if isinstance(expr, Symbol):
            return bound[expr] if expr in bound else variable(self.name(expr))
        if isinstance(expr, Add):
            total: Poly = {}
            for a in expr.args:
                total = add(total, self._laurent(a, bound, quotients))
            return total
        if isinstance(expr, Mul):
            result = constant(1)
            for a in expr.args:
                result = multiply(result, self._laurent(a, bound, quotients))
            return self._whole(result, quotients)
        if isinstance(expr, Pow) and isinstance(expr.exp, Integer) and abs(int(expr.exp)) <= 16:
            base = self._laurent(expr.base, bound, quotients)
            if expr.exp > 0 or (len(base) == 1 and base):
                return power(base, int(expr.exp))
        raise NotReadable(f"the index {expr} is not a polynomial in sizes and indices")

    def _whole(self, p: Poly, quotients: _Quotients) -> Poly:
        """Replace a quotient that a condition makes whole by its bound index."""
        if is_integral(p) or not quotients:
            return p
        divisor = denominator(p)
        numerator = multiply(p, divisor)
        for known, by, dummy in quotients.get(freeze(divisor), ()):
            lead = next(
                (m for m in sorted(known, reverse=True) if exact_quotient({m: known[m]}, by) is None), ()
            )
            times = numerator.get(lead, Fraction(0)) / known[lead] if lead in known else Fraction(0)
            rest = exact_quotient(add(numerator, known, -times), by) if times.denominator == 1 else None
            if rest is not None:
                return add(scaled(variable(dummy), times), rest)
        return p


_Quotients = dict[Any, tuple[tuple[Poly, Poly, str], ...]]


def _rational(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _is_divisibility(condition: Any) -> bool:
    return isinstance(condition, Eq) and (isinstance(condition.lhs, Mod) or isinstance(condition.rhs, Mod))


def _is_indicator(expr: Piecewise) -> bool:
    """Whether the cases are one value under a condition, and 0 elsewhere."""
    return len(expr.args) == 2 and expr.args[1].expr == 0 and expr.args[1].cond == True  # noqa: E712


def _states_positive(condition: Any, symbol: Symbol) -> bool:
    if isinstance(condition, (Ge, Gt)):
        large, small = condition.lhs, condition.rhs
    elif isinstance(condition, (Le, Lt)):
        large, small = condition.rhs, condition.lhs
    else:
        return False
    least = 0 if isinstance(condition, (Gt, Lt)) else 1
    return large == symbol and isinstance(small, Integer) and int(small) >= least
