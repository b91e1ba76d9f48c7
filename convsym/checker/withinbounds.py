r"""Lines under a bound of a magnitude, h'(r) = r for |r| < \delta: decided part by part, where every sign is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from sympy import (
    Dummy,
    Expr,
    Heaviside,
    Indexed,
    Integer,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    cancel,
    exp,
    latex,
    linsolve,
)
from sympy.core.relational import Ge, Gt, Le, Lt, Relational

from convsym.budget import Budget
from convsym.functions import magnitude, relu, step
from convsym.prover import prove_equal
from convsym.verdict import Proved, Refuted, Witness

_VALUES = (Rational(1), Rational(2), Rational(1, 3))
_MOST_POINTS = 27
_TWO = 2


class Order(NamedTuple):
    """An expression that is above 0, or not below it, or not 0."""

    value: Expr
    relation: str


class Part(NamedTuple):
    """A part of where a line is said: values of its names, made of positive letters."""

    names: Mapping[Symbol, Expr]
    letters: tuple[Symbol, ...]


def decided_in_parts(
    pairs: Sequence[tuple[Expr, Expr]], orders: Sequence[Order], sloping: bool, seconds: float
) -> Proved | Refuted | None:
    """What comes of the pairs where a magnitude is bounded; None where none is, or where that settles nothing.

    What bounds a magnitude from above is positive. A slope on the border of two parts is nobody's claim.

    Args:
        pairs: the sides of a claim, definitions followed.
        orders: the orders that it is said under.
        sloping: whether it is about slopes.
        seconds: how long it may take.
    """
    expressions = [side for pair in pairs for side in pair]
    if any(side.has(Sum, Indexed) for side in (*expressions, *(order.value for order in orders))):
        return None
    if any(order.relation not in ("gt", "ge") for order in orders):
        return None
    bounds = sorted(_bounds(expressions, orders), key=str)
    if not bounds and not any(order.value.has(magnitude) for order in orders):
        return None
    parts = list(_parts(orders, bounds))
    if not parts or None in parts:
        return None
    edges: set[str] = {f"${latex(bound)} > 0$" for bound in bounds}
    outcomes: list[Proved] = []
    for part in parts:
        assert part is not None
        for left, right in pairs:
            sides = tuple(branched(side.xreplace(dict(part.names))) for side in (left, right))
            if sloping and any(side.has(step, Heaviside, Piecewise) for side in sides):
                return None  # another kink lies within the part
            refuted = _refuted_at_a_point(sides, part)
            if refuted is not None:
                return refuted
            powers = {letter: exp(Symbol(f"\\varepsilon_{n}")) for n, letter in enumerate(part.letters)}
            outcome = prove_equal(*(side.xreplace(powers) for side in sides), budget=Budget(seconds=seconds))
            if not isinstance(outcome, Proved):
                return None
            outcomes.append(outcome)
    if not sloping or not outcomes:
        # What holds on open parts holds on their borders only where it is continuous.
        return None
    edges |= {f"${latex(name)} \\ne 0$" for name in _turning(orders)}
    return Proved(outcomes[0].method, (*outcomes[0].assuming, *sorted(edges)))


def _bounds(expressions: Sequence[Expr], orders: Sequence[Order]) -> set[Symbol]:
    """The letters that bound a magnitude: the d of |r| <= d."""
    values = [order.value for order in orders]
    for side in expressions:
        values += [one.lhs - one.rhs for one in side.atoms(Relational) if one.has(magnitude)]
    found: set[Symbol] = set()
    for value in values:
        bars = value.atoms(magnitude)
        for bar in bars if len(bars) == 1 else ():
            found |= {one for sign in (1, -1) if isinstance(one := sign * value + bar, Symbol)}
    return found


def _turning(orders: Sequence[Order]) -> set[Symbol]:
    """The names whose magnitude is bounded from above: the slope of |r| at 0 is not asked for."""
    return {
        bar.args[0]
        for order in orders
        for bar in order.value.atoms(magnitude)
        if isinstance(bar.args[0], Symbol) and (order.value + bar).has(magnitude) is False
    }


def _parts(orders: Sequence[Order], bounds: Sequence[Symbol]) -> Iterator[Part | None]:
    """The parts in which every magnitude of the orders has a sign; None for one that cannot be described."""
    alternatives = []
    for order in orders:
        bars = order.value.atoms(magnitude)
        if not bars:
            alternatives.append([[order.value]])
            continue
        if len(bars) > 1:
            yield None
            return
        (bar,) = bars
        inside = bar.args[0]
        alternatives.append(
            [
                [sign * inside, order.value.xreplace({bar: sign * inside})]
                for sign in (Integer(1), Integer(-1))
            ]
        )
    for chosen in product(*alternatives):
        yield _part([*(form for forms in chosen for form in forms), *bounds])


def _part(forms: Sequence[Expr]) -> Part | None:
    """The names of linear forms by positive letters; None where the forms do not settle them.

    A form that is a sum of others and of a positive number, as d is of d - r and r, says nothing more.
    """
    kept = [form for form in dict.fromkeys(form.expand() for form in forms) if not form.is_positive]
    names = sorted({name for form in kept for name in form.free_symbols if isinstance(name, Symbol)}, key=str)
    for left_out in (None, *kept):
        own = [form for form in kept if form is not left_out]
        found = _solved(own, names)
        if found is None:
            continue
        rest = [] if left_out is None else [left_out]
        if all(cancel(form.xreplace(dict(found.names))).is_positive for form in (*own, *rest)):
            return found
    return None


def _solved(forms: Sequence[Expr], names: Sequence[Symbol]) -> Part | None:
    letters = tuple(Dummy(f"p{n}", positive=True) for n in range(len(forms)))
    if len(names) == 1 and len(forms) == _TWO:
        # low < r < high
        ends = {
            slope > 0: -form.xreplace({names[0]: Integer(0)}) / slope
            for form in forms
            if (slope := form.diff(names[0])).is_Rational
        }
        if set(ends) != {True, False} or not (ends[False] - ends[True]).is_positive:
            return None
        low, high = ends[True], ends[False]
        return Part({names[0]: (low + high * letters[0]) / (1 + letters[0])}, letters[:1])
    if not forms or len(forms) > len(names):
        return None
    unknown = names[-len(forms) :]
    try:
        solutions = list(
            linsolve([form - letter for form, letter in zip(forms, letters, strict=True)], *unknown)
        )
    except ValueError:
        return None  # not linear
    if len(solutions) != 1 or any(set(one.free_symbols) & set(unknown) for one in solutions[0]):
        return None
    return Part(dict(zip(unknown, solutions[0], strict=True)), letters)


def _refuted_at_a_point(sides: Sequence[Expr], part: Part) -> Refuted | None:
    """A refutation by small numbers for the letters of a part and whatever else is free."""
    free = sorted({s for side in sides for s in side.free_symbols} | set(part.letters), key=str)
    for count, values in enumerate(product(_VALUES, repeat=len(free))):
        if count >= _MOST_POINTS:
            return None
        point = dict(zip(free, values, strict=True))
        left, right = (side.xreplace(point) for side in sides)
        if isinstance(left, Rational) and isinstance(right, Rational) and left != right:
            shown = {**{name: value.xreplace(point) for name, value in part.names.items()}}
            shown |= {name: value for name, value in point.items() if name not in part.letters}
            known = tuple((name.name, Fraction(int(v.p), int(v.q))) for name, v in shown.items())
            ends = Fraction(int(left.p), int(left.q)), Fraction(int(right.p), int(right.q))
            return Refuted(
                "the two sides differ at the values shown", Witness(known, *ends), "counterexample"
            )
    return None


def branched(side: Expr) -> Expr:
    """An expression with the branches taken that the signs of positive names settle.

    Args:
        side: an expression in which some names are positive.
    """
    side = side.replace(magnitude, lambda z: z if z.is_positive else -z if z.is_negative else magnitude(z))
    side = side.replace(relu, lambda z: z if z.is_positive else Integer(0) if z.is_negative else relu(z))
    side = side.replace(
        step, lambda z: Integer(1) if z.is_positive else Integer(0) if z.is_negative else step(z)
    )
    return side.replace(lambda part: isinstance(part, Piecewise), _settled)


def _settled(cases: Piecewise) -> Expr:
    """The value of cases where the sign of each comparison up to the first that holds is known."""
    for value, condition in cases.args:
        if condition == True:  # noqa: E712
            return value
        holds = _holds(condition)
        if holds:
            return value
        if holds is None:
            return cases
    return cases


def _holds(condition: object) -> bool | None:
    if not isinstance(condition, Gt | Ge | Lt | Le):
        return None
    gap = cancel(condition.gts - condition.lts)
    if gap.is_positive:
        return True
    return False if gap.is_negative else None


__all__ = ["Order", "branched", "decided_in_parts"]
