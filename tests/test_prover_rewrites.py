"""Random expressions, rewritten truly and falsely by rules of one shape: only the truth tells them apart."""

import random

import mpmath
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sympy import Abs, Integer, Max, Min, Rational, exp, symbols

from convsym.functions import relu, sigmoid, softplus
from convsym.prover import equal_modular, prove_equal
from convsym.prover.exponents import integer_basis
from convsym.verdict import Proved, Refuted

ATOMS = symbols("a b c d")

# Each pair: how a node may be rewritten, and the same rewriting with one slip in it.
RULES = {
    "sigmoid": (lambda u: 1 - sigmoid(-u), lambda u: 1 - sigmoid(u)),
    "sigmoid written": (lambda u: exp(u) / (1 + exp(u)), lambda u: exp(u) / (1 + exp(-u))),
    "tanh": (lambda u: 2 * sigmoid(2 * u) - 1, lambda u: 2 * sigmoid(u) - 1),
    "exp": (lambda u: 1 / exp(-u), lambda u: 1 / exp(u)),
    "softplus": (lambda u: u + softplus(-u), lambda u: u - softplus(-u)),
    "relu": (lambda u: (u + Abs(u)) / 2, lambda u: (u - Abs(u)) / 2),
    "relu mirrored": (lambda u: u + relu(-u), lambda u: u - relu(-u)),
    "square": (lambda u: (u - 1) * (u + 1) + 1, lambda u: (u - 1) * (u + 1) - 1),
}
HEADS = {
    "sigmoid": sigmoid,
    "sigmoid written": lambda u: 1 / (1 + exp(-u)),
    "tanh": sp.tanh,
    "exp": exp,
    "softplus": softplus,
    "relu": relu,
    "relu mirrored": relu,
    "square": lambda u: u**2,
}

coefficients = st.sampled_from(
    [Rational(1, 2), Integer(1), Integer(2), Rational(1, 4), Integer(-1), Rational(-2, 3)]
)


@st.composite
def linear_forms(draw, times=True):
    terms = draw(st.lists(st.tuples(coefficients, st.sampled_from(ATOMS)), min_size=1, max_size=3))
    form = sum((q * v for q, v in terms), Integer(0))
    if times:
        form *= draw(st.sampled_from([Integer(1), *ATOMS]))
    return form if form != 0 else ATOMS[0]


@st.composite
def claims(draw, truth):
    """A sum of products of functions, and the same with its functions rewritten, one perhaps with a slip."""
    left, right = [], []
    count = draw(st.integers(1, 3))
    changed = draw(st.integers(0, count - 1))
    for term in range(count):
        name = draw(st.sampled_from(sorted(RULES)))
        form = draw(linear_forms())
        around = draw(coefficients) * draw(st.sampled_from([Integer(1), *ATOMS]))
        if draw(st.booleans()):
            around *= sigmoid(draw(linear_forms()))
        plain = HEADS[name](form)
        rewritten = RULES[name][0 if truth or term != changed else 1](form)
        left.append(around * plain)
        right.append(around * rewritten)
    return sum(left), sp.expand_mul(sum(right)) if draw(st.booleans()) else sum(right)


def at_random_points(left, right):
    """Whether mpmath at 60 digits sees the sides differ at one of many points."""
    difference = (
        (left - right)
        .replace(lambda t: isinstance(t, (sigmoid, softplus)), lambda t: t.written_out())
        .replace(lambda t: isinstance(t, relu), lambda t: Max(t.args[0], 0))
    )
    function = sp.lambdify(ATOMS, difference, "mpmath")
    source = random.Random(11)
    points = [[source.randint(-300, 300) for _ in ATOMS] for _ in range(60)]
    with mpmath.workdps(60):
        return any(
            abs(function(*(mpmath.mpf(v) / 100 for v in point))) > mpmath.mpf(10) ** -40 for point in points
        )


bounded = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@bounded
@given(claims(truth=True))
def test_true_rewritings_are_proved(claim):
    left, right = claim
    assert isinstance(prove_equal(left, right), Proved)
    assert equal_modular(left, right)


@bounded
@given(claims(truth=False))
def test_slips_are_refuted_exactly_where_others_see_a_difference(claim):
    left, right = claim
    outcome = prove_equal(left, right)
    if at_random_points(left, right):
        assert isinstance(outcome, Refuted), outcome
    else:
        assert isinstance(outcome, Proved), outcome


@settings(max_examples=25, deadline=None)
@given(st.lists(linear_forms(times=False), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_largest_and_smallest_in_any_order(forms, source):
    shuffled = list(forms)
    source.shuffle(shuffled)
    nested = shuffled[0]
    for form in shuffled[1:]:
        nested = -Min(-nested, -form)
    outcome = prove_equal(Max(*forms), nested)
    assert isinstance(outcome, Proved), outcome


def test_exponents_that_are_no_multiples_of_one_another_stay_small():
    # Five exponents in a lattice of four dimensions: an echelon basis of it takes multiples in the thousands.
    a, b, c, d = ATOMS
    shared = exp(a * b / 2) * sigmoid(2 * a * d) / 2 + exp(a * (3 * a / 2 - 2 * b / 3)) / 2
    gate = sigmoid(a * (a / 2 + c / 2 + d / 4))
    left = shared + sigmoid(a * c / 2) * gate
    assert isinstance(prove_equal(left, shared + (1 - sigmoid(-a * c / 2)) * gate), Proved)
    assert isinstance(prove_equal(left, shared + (1 - sigmoid(a * c / 2)) * gate), Refuted)


@given(
    st.lists(
        st.dictionaries(
            st.integers(0, 3), st.fractions(-3, 3, max_denominator=6).filter(bool), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_exponent_is_an_integer_combination_of_the_basis(vectors):
    basis, coordinates = integer_basis(vectors)
    assert sp.Matrix([[v.get(m, 0) for m in range(4)] for v in basis]).rank() == len(basis)
    for vector, integers in zip(vectors, coordinates, strict=True):
        total = {m: sum(n * basis[i].get(m, 0) for i, n in integers.items()) for m in range(4)}
        assert {m: q for m, q in total.items() if q} == vector
