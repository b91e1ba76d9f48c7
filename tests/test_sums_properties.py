"""Random sums, rewritten truly and falsely: what is proved must hold at every small size that was tried."""

from __future__ import annotations

import itertools
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sympy import (
    Add,
    Expr,
    Function,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Piecewise,
    Sum,
    Symbol,
    expand,
)
from sympy.core.relational import Relational

from convsym.budget import Budget
from convsym.sums import Facts, FamilyRange, find_equality, instantiate

n, m, s = (Symbol(name, integer=True) for name in ("n", "m", "s"))
i, j, t, p = (Symbol(name, integer=True) for name in ("i", "j", "t", "p"))
x, y = IndexedBase("x"), IndexedBase("y")
sq = Function("f")
PADDED = Facts({"x": FamilyRange((Integer(1),), (n,), zero_outside=True)}, (n >= 1, m >= 0, s >= 1))
PLAIN = Facts({}, (n >= 1, m >= 0, s >= 1))

small = st.integers(-2, 2)


@st.composite
def index_forms(draw: st.DrawFn, names: tuple[Symbol, ...]) -> Expr:
    form: Expr = Integer(draw(small))
    for name in names:
        form += draw(st.sampled_from([0, 1, 1, -1, 2])) * name
    return form + draw(st.sampled_from([0, 0, n, m, p]))


@st.composite
def factors(draw: st.DrawFn, names: tuple[Symbol, ...]) -> Expr:
    kind = draw(st.sampled_from(["x", "x", "y", "f", "delta", "case", "index", "size"]))
    form = draw(index_forms(names))
    if kind == "x":
        return x[form]
    if kind == "y":
        return y[form]
    if kind == "f":
        return sq(x[form] + draw(small))
    if kind == "delta":
        return KroneckerDelta(form, draw(index_forms(names)))
    if kind == "case":
        return Piecewise((y[form], form >= draw(small)), (Integer(draw(st.sampled_from([0, 0, 2]))), True))
    if kind == "index":
        return form
    return draw(st.sampled_from([n, m, 1 / n, Integer(3)]))


@st.composite
def sums(draw: st.DrawFn) -> Expr:
    names = draw(st.sampled_from([(i,), (i, j)]))
    body = Mul(*draw(st.lists(factors(names), min_size=1, max_size=2)))
    limits = []
    for place, name in enumerate(names):
        later = names[place + 1 :]
        low = Integer(draw(st.sampled_from([1, 1, 0, 2])))
        high = draw(st.sampled_from([n, m, n + m, n - 1, Integer(2), *later, *(n - q for q in later)]))
        limits.append((name, low, high))
    return Sum(body, *limits)


def rewritten(expr: Expr, how: str) -> Expr:
    """The same value, written another way."""
    assert isinstance(expr, Sum)
    (index, low, high), *rest = expr.limits
    body = expr.function
    if how == "shift":
        return Sum(body.xreplace({index: index + 2}), (index, low - 2, high - 2), *rest)
    if how == "reverse":
        return Sum(body.xreplace({index: low + high - index}), (index, low, high), *rest)
    if how == "rename":
        return Sum(body.xreplace({index: t}), (t, low, high), *rest)
    if how == "expand":
        return Sum(expand(body), *expr.limits)
    if how == "split":
        last = body.xreplace({index: high})
        return Sum(body, (index, low, high - 1), *rest) + (Sum(last, *rest) if rest else last)
    return 2 * expr - Sum(body, *expr.limits)


def mutated(expr: Expr, how: str) -> Expr:
    """Most likely another value."""
    assert isinstance(expr, Sum)
    (index, low, high), *rest = expr.limits
    body = expr.function
    if how == "upper":
        return Sum(body, (index, low, high - 1), *rest)
    if how == "lower":
        return Sum(body, (index, low + 1, high), *rest)
    if how == "index":
        return Sum(body.xreplace({index: index + 1}), (index, low, high), *rest)
    if how == "factor":
        return expr / n
    return Sum(body.xreplace({x: y}), *expr.limits)


def points() -> list[dict[Symbol, int]]:
    rng = random.Random(7)
    grid = [
        {n: a, m: b, s: c, p: d} for a, b, c, d in itertools.product((1, 2, 3), (0, 1, 2), (1, 2), (-1, 0, 2))
    ]
    rng.shuffle(grid)
    return grid[:12]


POINTS = points()


def differs_somewhere(
    left: Expr, right: Expr, facts: Facts, conditions: tuple[Relational, ...]
) -> dict | None:
    for values in POINTS:
        if not all(bool(c.subs(values)) for c in conditions):
            continue
        if expand(instantiate(left, values, facts) - instantiate(right, values, facts)) != 0:
            return values
    return None


REWRITES = st.sampled_from(["shift", "reverse", "rename", "expand", "split", "double"])
MUTATIONS = st.sampled_from(["upper", "lower", "index", "factor", "family"])
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@QUICK
@given(sums(), REWRITES, st.sampled_from([PLAIN, PADDED]))
def test_what_is_proved_of_a_rewrite_holds(expr: Expr, how: str, facts: Facts) -> None:
    if not isinstance(expr, Sum):
        return
    other = rewritten(expr, how)
    found = find_equality(expr, other, facts, Budget(seconds=1))
    if found is not None:
        assert differs_somewhere(expr, other, facts, found.conditions) is None


@QUICK
@given(sums(), REWRITES, MUTATIONS, st.sampled_from([PLAIN, PADDED]))
def test_what_is_proved_of_a_mutant_holds(expr: Expr, how: str, mutation: str, facts: Facts) -> None:
    if not isinstance(expr, Sum):
        return
    other = mutated(expr, mutation)
    if isinstance(other, Sum):
        other = rewritten(other, how)
    found = find_equality(expr, other, facts, Budget(seconds=1))
    if found is not None:
        assert differs_somewhere(expr, other, facts, found.conditions) is None


@settings(QUICK, max_examples=12)
@given(st.lists(sums(), min_size=2, max_size=2), small)
def test_products_and_sums_of_sums_are_sound(pair: list[Expr], c: int) -> None:
    a, b = pair
    for left, right in ((c * a + b, Add(b, c * a)), ((a + b) ** 2, a**2 + 2 * a * b + b**2), (a, b)):
        found = find_equality(left, right, PLAIN, Budget(seconds=1))
        if found is not None:
            assert differs_somewhere(left, right, PLAIN, found.conditions) is None


def test_most_true_rewrites_are_proved() -> None:
    """A prover that proves nothing would pass the tests above."""
    tried = proved = 0

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(sums(), st.sampled_from(["shift", "reverse", "rename", "expand"]))
    def count(expr: Expr, how: str) -> None:
        nonlocal tried, proved
        if isinstance(expr, Sum):
            tried += 1
            proved += find_equality(expr, rewritten(expr, how), PLAIN, Budget(seconds=1)) is not None

    count()
    assert proved >= 0.9 * tried, f"{proved} of {tried}"
