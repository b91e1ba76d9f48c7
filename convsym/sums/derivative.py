"""Derivatives of indexed sums with respect to one cell with symbolic indices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sympy import (
    Add,
    Dummy,
    Expr,
    Function,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    Piecewise,
    Pow,
    Sum,
    Symbol,
)
from sympy.core.function import AppliedUndef

from convsym.budget import Budget, Clock
from convsym.errors import ScopeError, kind_in_words
from convsym.sums.canonical import simplify, without_implied
from convsym.sums.facts import Facts
from convsym.sums.inequalities import Inequalities, tighten
from convsym.sums.polynomial import Poly, freeze, scaled, unit_coefficient, variables
from convsym.sums.reading import Reader
from convsym.sums.terms import Atom, Term, Terms
from convsym.sums.writing import Writer, raw_sum


def differentiate(
    expr: Expr, wrt: Indexed | Symbol, facts: Facts | None = None, budget: Budget | None = None
) -> Expr:
    """The derivative of an expression with respect to one cell of a family, or one symbol.

    The cells of a family are independent: the derivative of x[i] with respect to x[p] is 1 where i = p and 0
    elsewhere. That choice is carried out on the sums, with the ranges and the divisibility kept as conditions.

    Args:
        expr: what to differentiate; see `normal_form`.
        wrt: the cell, with free symbols or numbers as indices, which is assumed to exist; or a plain symbol.
        facts: families and what holds of sizes and free indices.
        budget: time and size bounds.

    Returns:
        A sum without KroneckerDelta; conditions on ranges stand in Piecewise.

    Raises:
        ScopeError: the expression has no derivative that could be taken here.
        BudgetExceeded: it is too large.

    Source: paper section III, the chain rule, at symbolic indices.
    """
    facts = facts or Facts()
    clock = Clock(budget)
    family = facts.families.get(str(wrt.base.label)) if isinstance(wrt, Indexed) else None
    if family is not None and len(family.lower) != len(wrt.indices):
        raise ScopeError(
            f"{wrt.base.label} has {len(family.lower)} indices, but {wrt} has {len(wrt.indices)}"
        )
    return contract(_derivative(_fresh_bound(expr, {}, clock), wrt, clock), facts, clock)


def contract(expr: Expr, facts: Facts, clock: Clock) -> Expr:
    """An expression with its KroneckerDeltas carried out and its sums tidied."""
    reader = Reader(facts, clock)
    reader.note_index_symbols(expr)
    terms = reader.read(expr)
    guards, equations = reader.conditions()
    known = Inequalities([*guards, *equations, *(scaled(e, -1) for e in equations)], clock)
    return Writer(reader.names, reader.heads, reader.hints).write(_tidied(terms, known, reader))


def _tidied(terms: Terms, known: Inequalities, reader: Reader) -> Terms:
    done: list[Term] = []
    queue = list(reversed(terms))
    while queue:
        known.clock.check()
        term = queue.pop()
        # The arguments of functions hold under the guards of the sum around them.
        simple = simplify(term, known)
        if simple is None:
            continue
        if isinstance(simple, list):
            queue += simple
            continue
        inside = known.extended(
            [*simple.guards, *simple.equations, *(scaled(e, -1) for e in simple.equations)]
        )
        atoms = tuple(
            (Atom(a.head, a.forms, tuple(_tidied(x, inside, reader) for x in a.arguments)), k)
            for a, k in simple.atoms
        )
        # A family that is 0 outside its range carries that range itself.
        own = {freeze(tighten(g)) for a, _ in simple.atoms for g in reader.range_guards(a.head, a.forms)}
        kept = tuple(g for g in simple.guards if freeze(g) not in own or _is_limit(g, simple.dummies))
        simple = replace(simple, guards=kept)
        done.append(replace(simple, atoms=atoms, guards=tuple(without_implied(simple, known))))
    return tuple(done)


def _is_limit(g: Poly, dummies: tuple[str, ...]) -> bool:
    """Whether a guard may be needed as the limit of a bound index."""
    mine = [d for d in dummies if d in variables(g)]
    return len(mine) == 1 and unit_coefficient(g, mine[0]) != 0


def _fresh_bound(expr: Any, names: Mapping[Any, Any], clock: Clock) -> Any:
    """The expression with bound indices that occur nowhere else, so that the cell's own are never captured."""
    clock.check()
    if isinstance(expr, Symbol):
        return names.get(expr, expr)
    if isinstance(expr, Sum):
        fresh = [Dummy(limit[0].name, integer=True) for limit in expr.limits]
        limits = []
        for n, limit in enumerate(expr.limits):
            # A limit may use the indices of the limits after it, and of none before.
            later = {old[0]: new for old, new in zip(expr.limits[n + 1 :], fresh[n + 1 :], strict=True)}
            limits.append((fresh[n], *(_fresh_bound(b, {**names, **later}, clock) for b in limit[1:])))
        own = {limit[0]: new for limit, new in zip(expr.limits, fresh, strict=True)}
        return raw_sum(_fresh_bound(expr.function, {**names, **own}, clock), limits)
    if isinstance(expr, Indexed):
        return Indexed(expr.base, *(_fresh_bound(i, names, clock) for i in expr.indices))
    if not getattr(expr, "args", ()):
        return expr
    return expr.func(*(_fresh_bound(a, names, clock) for a in expr.args))


def _derivative(expr: Any, wrt: Indexed | Symbol, clock: Clock) -> Expr:
    clock.check()
    if not _mentions(expr, wrt):
        return Integer(0)
    if isinstance(expr, Symbol):
        return Integer(1)
    if isinstance(expr, Indexed):
        if isinstance(wrt, Symbol) or any(_mentions(i, wrt) for i in expr.indices):
            raise ScopeError(f"the indices of {expr} depend on {wrt}")
        if len(expr.indices) != len(wrt.indices):
            raise ScopeError(f"{expr} and {wrt} have different numbers of indices")
        return Mul(*(KroneckerDelta(i, j) for i, j in zip(expr.indices, wrt.indices, strict=True)))
    if isinstance(expr, Add):
        return Add(*(_derivative(a, wrt, clock) for a in expr.args))
    if isinstance(expr, Mul):
        parts = []
        for n, factor in enumerate(expr.args):
            d = _derivative(factor, wrt, clock)
            if d != 0:
                parts.append(Mul(*expr.args[:n], d, *expr.args[n + 1 :]))
        return Add(*parts)
    if isinstance(expr, Pow):
        inner, exponent = expr.args
        if _mentions(exponent, wrt):
            raise ScopeError(f"the exponent of {expr} depends on {wrt}")
        return Mul(exponent, Pow(inner, exponent - 1), _derivative(inner, wrt, clock))
    if isinstance(expr, Sum):
        if any(_mentions(b, wrt) for limit in expr.limits for b in limit[1:]):
            raise ScopeError(f"the limits of a sum depend on {wrt}")
        return raw_sum(_derivative(expr.function, wrt, clock), [tuple(limit) for limit in expr.limits])
    if isinstance(expr, Piecewise):
        if any(_mentions(c, wrt) for _, c in expr.args):
            raise ScopeError(f"a condition depends on {wrt}")
        return Piecewise(*((_derivative(v, wrt, clock), c) for v, c in expr.args))
    if isinstance(expr, Function) and not isinstance(expr, KroneckerDelta):
        parts = []
        for n, argument in enumerate(expr.args):
            d = _derivative(argument, wrt, clock)
            if d != 0:
                parts.append(Mul(_slope(expr, n), d))
        return Add(*parts)
    raise ScopeError(f"{kind_in_words(expr)} cannot be differentiated here")


def _slope(expr: Any, n: int) -> Expr:
    """The derivative of a function in its n-th argument; f' of a function without a known derivative."""
    if isinstance(expr, AppliedUndef):
        name = expr.func.__name__
        primed = f"{name}'" if len(expr.args) == 1 else f"{name}_({n + 1})'"
        return Function(primed)(*expr.args)
    try:
        return expr.fdiff(n + 1)
    except Exception as error:
        raise ScopeError(f"the derivative of {kind_in_words(expr)} is not known") from error


def _mentions(expr: Any, wrt: Indexed | Symbol) -> bool:
    if isinstance(wrt, Symbol):
        return wrt in expr.free_symbols
    return any(str(i.base.label) == str(wrt.base.label) for i in expr.atoms(Indexed))


__all__ = ["contract", "differentiate"]
