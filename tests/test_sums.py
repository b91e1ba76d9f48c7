"""Identities of indexed sums whose truth is known on paper, and the traps that others fall into."""

from __future__ import annotations

import time

import pytest
from sympy import (
    And,
    Eq,
    Expr,
    Function,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mod,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    expand,
    log,
    symbols,
)

from convsym.budget import Budget
from convsym.errors import BudgetExceeded, ScopeError
from convsym.functions import sigmoid
from convsym.sums import (
    Facts,
    FamilyRange,
    differentiate,
    equal_for_all_sizes,
    find_equality,
    instantiate,
    normal_form,
)

n, m, r = symbols("n m r", integer=True)
i, j, a, b, p, q, u, v = symbols("i j a b p q u v", integer=True)
K_W, K_H, X_W, X_H, S, D, Z = symbols("K_W K_H X_W X_H S D Z", integer=True)
x, y, k, o = map(IndexedBase, "xyko")
f = Function("f")
ONE = Integer(1)
SIZES = Facts(conditions=(n >= 1, m >= 0, m <= n))

TRUE = {
    "two sums change places": (Sum(x[i, j], (i, 1, n), (j, 1, m)), Sum(x[j, i], (i, 1, m), (j, 1, n))),
    "backwards": (Sum(x[n + 1 - i], (i, 1, n)), Sum(x[i], (i, 1, n))),
    "base 0": (Sum(x[i - 1], (i, 1, n)), Sum(x[i], (i, 0, n - 1))),
    "a product of sums": (
        Sum(x[i], (i, 1, n)) * Sum(y[i], (i, 1, m)),
        Sum(x[j] * y[i], (i, 1, m), (j, 1, n)),
    ),
    "the last term apart": (Sum(x[i], (i, 1, n)), Sum(x[i], (i, 1, n - 1)) + x[n]),
    "the first term apart": (Sum(x[i], (i, 1, n)), x[1] + Sum(x[i], (i, 2, n))),
    "two ranges": (Sum(x[i], (i, 1, n)), Sum(x[i], (i, 1, m)) + Sum(x[i], (i, m + 1, n))),
    "ones": (Sum(1, (i, 1, n)), n),
    "Gauss": (Sum(i, (i, 1, n)), n * (n + 1) / 2),
    "squares": (Sum(i**2, (i, 1, n)), n * (n + 1) * (2 * n + 1) / 6),
    "cubes": (Sum(i**3, (i, 1, n)), Sum(i, (i, 1, n)) ** 2),
    "a triangle either way": (Sum(x[i] * y[j], (j, i, n), (i, 1, n)), Sum(x[i] * y[j], (i, 1, j), (j, 1, n))),
    "a triangle counted": (Sum(1, (j, i, n), (i, 1, n)), n * (n + 1) / 2),
    "a square": (
        Sum(x[i], (i, 1, n)) ** 2,
        Sum(x[i] ** 2, (i, 1, n)) + 2 * Sum(x[i] * x[j], (i, 1, j - 1), (j, 1, n)),
    ),
    "a telescope": (Sum(x[i + 1] - x[i], (i, 1, n)), x[n + 1] - x[1]),
    "a factor": (Sum(3 * x[i] / n, (i, 1, n)), 3 * Sum(x[i], (i, 1, n)) / n),
    "a common divisor": ((n + 1) * Sum(x[i] / (n + 1), (i, 1, n)), Sum(x[i], (i, 1, n))),
    "inside a function": (
        Sum(f(Sum(k[j] * x[i + j - 1], (j, 1, m))), (i, 1, n)),
        Sum(f(Sum(k[m - j] * x[a + m - j], (j, 0, m - 1))), (a, 0, n - 1)),
    ),
    "even places": (Sum(x[2 * i], (i, 1, n)), Sum(x[2 * i + 2], (i, 0, n - 1))),
    "a delta picks": (Sum(KroneckerDelta(i, m) * x[i], (i, 0, n)), x[m]),
    "cases": (
        Sum(Piecewise((x[i], i <= m), (y[i], True)), (i, 1, n)),
        Sum(x[i], (i, 1, m)) + Sum(y[i], (i, m + 1, n)),
    ),
    "an empty range": (Sum(x[i], (i, 5, 2)), Integer(0)),
    "a reciprocal of a function": (
        Sum(f(x[i]) / (1 - f(x[i])), (i, 1, n)),
        Sum(1 / (1 - f(x[i])), (i, 1, n)) - n,
    ),
}
FALSE = {
    "one term lost": (Sum(x[i], (i, 1, n)), Sum(x[i], (i, 1, n - 1))),
    "one index off": (Sum(x[i], (i, 1, n)), Sum(x[i + 1], (i, 1, n))),
    "transposed": (Sum(x[i, j] * y[i], (i, 1, n), (j, 1, n)), Sum(x[j, i] * y[i], (i, 1, n), (j, 1, n))),
    "a factor lost": (Sum(x[i], (i, 1, n)) / n, Sum(x[i], (i, 1, n))),
    "a diagonal": (Sum(x[i], (i, 1, n)) * Sum(y[i], (i, 1, n)), Sum(x[i] * y[i], (i, 1, n))),
    "no cross terms": (Sum(x[i], (i, 1, n)) ** 2, Sum(x[i] ** 2, (i, 1, n))),
    "ones from 0": (Sum(1, (i, 0, n)), n),
    "a delta outside": (Sum(KroneckerDelta(i, p) * x[i], (i, 1, n)), x[p]),
    "overlapping ranges": (Sum(x[i], (i, 1, n)), Sum(x[i], (i, 1, m)) + Sum(x[i], (i, m, n))),
    "a function of the sum": (Sum(f(x[i]), (i, 1, n)), f(Sum(x[i], (i, 1, n)))),
    "halves": (Sum(x[i], (i, 1, n)), Sum(x[2 * i], (i, 1, n))),
    "reversed limits": (Sum(i, (i, 5, 2)), Integer(-7)),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_identity_is_proved(name: str) -> None:
    proof = equal_for_all_sizes(*TRUE[name], SIZES)
    assert proof is not None
    assert proof.sizes == "all"


@pytest.mark.parametrize("name", FALSE)
def test_a_false_identity_is_not_proved(name: str) -> None:
    assert equal_for_all_sizes(*FALSE[name], SIZES) is None


@pytest.mark.parametrize("name", TRUE)
def test_the_true_identities_hold_at_sizes(name: str) -> None:
    left, right = TRUE[name]
    for at_n, at_m in ((1, 0), (2, 1), (3, 3), (4, 2)):
        sizes = {n: at_n, m: at_m}
        difference = instantiate(left, sizes) - instantiate(right, sizes)
        assert expand(difference) == 0 or difference.equals(0)


@pytest.mark.parametrize("name", FALSE)
def test_the_false_identities_fail_at_some_size(name: str) -> None:
    left, right = FALSE[name]
    assert any(
        expand(instantiate(left, {n: c, m: d, p: e}) - instantiate(right, {n: c, m: d, p: e})) != 0
        for c, d, e in ((2, 1, 3), (3, 2, 0), (3, 1, 1))
    )


def test_what_an_identity_needs_is_reported() -> None:
    split = find_equality(Sum(x[i], (i, 1, n)), Sum(x[i], (i, 1, n - 1)) + x[n])
    assert split is not None
    assert split.conditions == (n >= 1,)
    assert equal_for_all_sizes(Sum(1, (i, 1, n)), n).assuming == ("n >= 0",)
    assert equal_for_all_sizes(Sum(1, (i, 1, n)) / n, ONE, Facts(conditions=(n >= 0,))).assuming == (
        "n != 0",
    )
    assert equal_for_all_sizes(Sum(1, (i, 1, n)) / n, ONE, Facts(conditions=(n >= 1,))).assuming == ()


def test_contradictory_facts_prove_nothing() -> None:
    assert equal_for_all_sizes(x[1], y[1], Facts(conditions=(n >= 1, n <= 0))) is None


def test_a_divisor_that_the_facts_make_0_proves_nothing() -> None:
    assert equal_for_all_sizes(x[1] / n, y[1] / n + (x[1] - y[1]) / n, Facts(conditions=(n >= 1,)))
    assert find_equality(x[1] / n, x[1] / n, Facts(conditions=(n >= 0, n <= 0))) is None


@pytest.mark.parametrize(
    "inner",
    [
        Sum(y[i * j], (j, 1, n)),
        Sum(y[j] * KroneckerDelta(i * j, 4), (j, 1, n)),
        Sum(y[j] * k[i * j + j], (j, 1, n)),
        Sum(y[(i + 1) * j * n], (j, 1, n)),
    ],
)
def test_a_product_of_an_inner_and_an_outer_index_moves_with_the_outer_one(inner: Expr) -> None:
    facts = Facts({"x": FamilyRange((ONE,), (n,), zero_outside=True)}, (n >= 1,))
    assert equal_for_all_sizes(Sum((x[i] - x[i + 1]) * f(inner), (i, 0, n)), Integer(0), facts) is None


def test_a_shift_reaches_the_product_of_two_indices() -> None:
    facts = Facts({"x": FamilyRange((ONE,), (n,), zero_outside=True)}, (n >= 1,))
    left = Sum(x[i + 1] * f(Sum(y[(i + 1) * j], (j, 1, n))), (i, 0, n))
    assert equal_for_all_sizes(left, Sum(x[i] * f(Sum(y[i * j], (j, 1, n))), (i, 0, n)), facts)


def test_a_delta_with_a_range_of_its_own_is_not_read() -> None:
    ranged = Sum(KroneckerDelta(i, j, (1, 3)) * x[j], (j, 1, n))
    assert equal_for_all_sizes(ranged, Sum(KroneckerDelta(i, j) * x[j], (j, 1, n))) is None
    with pytest.raises(ScopeError, match="range"):
        instantiate(ranged, {n: 4, i: 4})


def test_symbols_that_only_look_alike_stay_apart() -> None:
    assert equal_for_all_sizes(Symbol("c"), Symbol("c", integer=True)) is None
    assert equal_for_all_sizes(Symbol("n:0:0"), Symbol("d:0")) is None


def test_a_real_symbol_is_not_taken_for_an_integer() -> None:
    eta = Symbol("eta")
    left = Piecewise((1, eta > 0), (0, True))
    right = Piecewise((1, eta >= 1), (0, True))
    assert equal_for_all_sizes(left, right) is None


def window(at_a: Expr, at_b: Expr) -> Expr:
    return Sum(k[i, j] * x[i + at_a - 1, j + at_b - 1], (i, 1, K_W), (j, 1, K_H)) / (K_W * K_H)


def error(at_a: Expr, at_b: Expr) -> Expr:
    s = sigmoid(window(at_a, at_b))
    return 2 * (s - y[at_a, at_b]) * s * (1 - s)


LOSS = Sum((sigmoid(window(a, b)) - y[a, b]) ** 2, (a, 1, X_W - K_W + 1), (b, 1, X_H - K_H + 1))
GEOMETRY = (K_W >= 1, K_H >= 1, X_W >= K_W, X_H >= K_H, p >= 1, q >= 1)
TAP = Facts(conditions=(*GEOMETRY, p <= K_W, q <= K_H))
PIXEL = Facts(conditions=(*GEOMETRY, p <= X_W, q <= X_H))


def kernel_gradient(shift: int = 0, divisor: Expr = K_W * K_H, less: int = 0) -> Expr:
    limits = (u, 1, X_W - K_W + 1 - less), (v, 1, X_H - K_H + 1)
    return Sum(error(u, v) * x[u + p - 1 + shift, v + q - 1], *limits) / divisor


def input_gradient(guarded: bool = True, off: int = 0) -> Expr:
    at_a, at_b = p - u + 1, q - v + 1 - off
    # Written with deltas: SymPy lifts nested cases out of the sums that bind their indices.
    hit = KroneckerDelta(a, at_a) * KroneckerDelta(b, at_b)
    span = ((a, 1, X_W - K_W + 1), (b, 1, X_H - K_H + 1)) if guarded else ((a, 1, X_W), (b, 1, X_H))
    return Sum(hit * error(a, b) * k[u, v], *span, (u, 1, K_W), (v, 1, K_H)) / (K_W * K_H)


GRADIENTS = [
    ("k", kernel_gradient(), True),
    ("k", kernel_gradient(shift=1), False),
    ("k", kernel_gradient(divisor=ONE), False),
    ("k", kernel_gradient(less=1), False),
    ("x", input_gradient(), True),
    ("x", input_gradient(guarded=False), False),
    ("x", input_gradient(off=1), False),
]


@pytest.mark.parametrize(("wrt", "right", "true"), GRADIENTS)
def test_the_gradients_of_a_convolution(wrt: str, right: Expr, true: bool) -> None:
    facts, cell = (TAP, k[p, q]) if wrt == "k" else (PIXEL, x[p, q])
    start = time.process_time()
    left = differentiate(LOSS, cell, facts)
    assert (equal_for_all_sizes(left, right, facts) is not None) is true
    assert time.process_time() - start < 3  # about 0.3 s alone; the bound only catches a blow-up


def test_the_derivative_does_not_capture_its_own_index() -> None:
    total = Sum(k[i] * x[i], (i, 1, n))
    # The index of the cell is called as the sum's own (SymPy's diff answers n x[i] or worse here).
    result = differentiate(total, k[i], Facts(conditions=(i >= 1, i <= n)))
    assert result == x[i]


def test_the_derivative_keeps_divisibility() -> None:
    total = Sum(k[i] * x[D * (i - 1) + 1], (i, 1, n))
    facts = Facts(conditions=(D >= 1, p >= 1, n >= 1))
    result = differentiate(total, x[p], facts)
    for dilation, place in ((2, 2), (2, 3), (3, 4), (3, 5), (1, 2), (2, 9)):
        sizes = {n: 3, D: dilation, p: place}
        whole = instantiate(total, {n: 3, D: dilation})
        expected = whole.diff(Symbol(f"x_{{{place}}}"))
        assert instantiate(result, sizes) == expected


def test_a_quotient_index_and_a_scatter_are_the_same() -> None:
    facts = Facts(conditions=(S >= 1, n >= 1, Z >= 1))
    scatter = Sum(KroneckerDelta(S * (a - 1), p - m) * o[a], (a, 1, Z))
    place = (p - m) / S + 1
    gather = Piecewise((o[place], And(Eq(Mod(p - m, S), 0), place >= 1, place <= Z)), (0, True))
    assert equal_for_all_sizes(scatter, gather, facts) is not None
    unguarded = Piecewise((o[place], And(place >= 1, place <= Z)), (0, True))
    assert equal_for_all_sizes(scatter, unguarded, facts) is None


def test_the_derivative_of_a_function_goes_through_it() -> None:
    total = Sum(log(x[i] * k[i]) + f(k[i]), (i, 1, n))
    result = differentiate(total, k[p], Facts(conditions=(p >= 1, p <= n)))
    assert equal_for_all_sizes(result, 1 / k[p] + Function("f'")(k[p])) is not None


def test_padding_is_zero_and_a_hole_is_an_error() -> None:
    total = Sum(x[i - 1], (i, 1, n))
    padded = Facts({"x": FamilyRange((ONE,), (n,), zero_outside=True)})
    strict = Facts({"x": FamilyRange((ONE,), (n,))})
    assert str(instantiate(total, {n: 3}, padded)) == "x_{1} + x_{2}"
    with pytest.raises(ScopeError, match=r"x_\{0\} does not exist: index 0 is outside 1\.\.3"):
        instantiate(total, {n: 3}, strict)


def test_padding_is_understood_for_all_sizes() -> None:
    facts = Facts({"x": FamilyRange((ONE,), (n,), zero_outside=True)}, (n >= 1,))
    assert equal_for_all_sizes(Sum(x[i], (i, 0, n + 1)), Sum(x[i], (i, 1, n)), facts) is not None
    assert equal_for_all_sizes(Sum(x[i], (i, 0, n + 1)), Sum(x[i], (i, 1, n))) is None
    assert equal_for_all_sizes(x[0], Integer(0), facts) is not None


@pytest.mark.parametrize(("low", "high", "value"), [(5, 2, 0), (1, 0, 0), (1, 3, 6), (-1, 1, 0)])
def test_a_sum_with_reversed_limits_is_empty(low: int, high: int, value: int) -> None:
    assert instantiate(Sum(i, (i, low, high)), {}) == value


def test_an_index_must_be_whole() -> None:
    with pytest.raises(ScopeError, match="not an integer"):
        instantiate(k[n / 2], {n: 3})
    with pytest.raises(ScopeError):
        normal_form(k[n / 2])
    with pytest.raises(ScopeError):
        instantiate(Sum(x[i], (i, 1, Rational(7, 2) + n)), {n: 1})


def test_equal_writings_have_one_normal_form() -> None:
    assert normal_form(TRUE["backwards"][0]) == normal_form(TRUE["backwards"][1])
    assert hash(normal_form(TRUE["backwards"][0])) == hash(normal_form(TRUE["backwards"][1]))
    assert normal_form(FALSE["one index off"][0]) != normal_form(FALSE["one index off"][1])


def test_budgets_hold() -> None:
    huge = Sum(x[i] + y[i], (i, 1, n)) ** 40
    start = time.process_time()
    assert equal_for_all_sizes(huge, huge + 1, budget=Budget(seconds=1)) is None
    assert time.process_time() - start < 5
    with pytest.raises(BudgetExceeded):
        instantiate(Sum(i, (i, 1, 10**9)), {})
    with pytest.raises(BudgetExceeded):
        normal_form(x[n] ** 1000)
