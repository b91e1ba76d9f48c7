"""The prover against truths that nobody here wrote: SymPy's derivatives, mpmath, well-known identities."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from sympy import (
    Abs,
    E,
    Heaviside,
    I,
    Integer,
    Max,
    Min,
    Piecewise,
    Rational,
    cosh,
    diff,
    exp,
    log,
    oo,
    pi,
    sin,
    sinh,
    sqrt,
    symbols,
    tanh,
    zoo,
)

from convsym.budget import Budget
from convsym.functions import relu, sigmoid, softplus, step
from convsym.prover import equal_modular, is_zero_modular, prove_equal
from convsym.verdict import Proved, Refuted, Undecided

x, y, z, a, b, c, n = symbols("x y z a b c n")
written = 1 / (1 + exp(-z))


def value_at(expression, witness):
    """Evaluate by mpmath at 50 digits: an evaluation that shares nothing with the prover's."""
    assignment = dict(witness.values)
    arguments = sorted(expression.free_symbols, key=lambda s: s.name)
    plain = expression.replace(
        lambda t: isinstance(t, (sigmoid, softplus, relu, step)), lambda t: t.written_out()
    )
    with mpmath.workdps(50):
        points = [
            mpmath.mpf(assignment[s.name].numerator) / assignment[s.name].denominator for s in arguments
        ]
        return mpmath.mpf(sp.lambdify(arguments, plain, "mpmath")(*points))


def recheck(left, right, outcome):
    """A witness is right if both sides, evaluated by others, are what it says and differ."""
    assert isinstance(outcome, Refuted), outcome
    assert {s.name for s in left.free_symbols | right.free_symbols} == {n for n, _ in outcome.witness.values}
    found = [value_at(side, outcome.witness) for side in (left, right)]
    for computed, stated in zip(found, (outcome.witness.left, outcome.witness.right), strict=True):
        with mpmath.workdps(50):
            if isinstance(stated, Fraction):
                assert (
                    abs(computed - mpmath.mpf(stated.numerator) / stated.denominator) < mpmath.mpf(10) ** -40
                )
            else:
                low, high = stated[1:-1].split(", ")
                assert mpmath.mpf(low) <= computed <= mpmath.mpf(high)
    assert abs(found[0] - found[1]) > mpmath.mpf(10) ** -30


def network(width, height, across, down):
    """The paper's network by plain loops, for any shape."""

    def cells(name, columns, rows):
        return {
            (i, j): sp.Symbol(f"{name}_{{{i},{j}}}")
            for i in range(1, columns + 1)
            for j in range(1, rows + 1)
        }

    xs, ks = cells("x", width, height), cells("k", across, down)
    ys = cells("y", width - across + 1, height - down + 1)
    zs = {
        (u, v): sum(xs[u + i - 1, v + j - 1] * ks[i, j] for i, j in ks) / Integer(across * down)
        for u, v in ys
    }
    outputs = {p: 1 / (1 + exp(-zs[p])) for p in ys}
    loss = sum((outputs[p] - ys[p]) ** 2 for p in ys)

    def gradient(i, j, scale=None):
        scale = Rational(1, across * down) if scale is None else scale
        return sum(
            2 * (outputs[p] - ys[p]) * outputs[p] * (1 - outputs[p]) * scale * xs[i + p[0] - 1, j + p[1] - 1]
            for p in ys
        )

    return loss, ks, gradient


TRUE = {
    "exponents add up": (exp(z) * exp(-z), Integer(1), ()),
    "a split exponential": (exp(a + b), sp.Mul(exp(a), exp(b), evaluate=False), ()),
    "half an exponent": (exp(z / 2) ** 2 / (1 + exp(z / 2)), exp(z) / (1 + exp(z / 2)), ()),
    "three dependent exponents": (exp(a + b) * exp(b + c), exp(a + 2 * b + c), ()),
    "the number e": (E * exp(z - 1), exp(z), ()),
    "sigma and its mirror": (sigmoid(z) + sigmoid(-z), Integer(1), ()),
    "sigma written two ways": (written, exp(z) / (1 + exp(z)), ()),
    "slope of sigma": (diff(written, z), sigmoid(z) * (1 - sigmoid(z)), ()),
    "tanh by sigma": (tanh(z), 2 * sigmoid(2 * z) - 1, ()),
    "tanh by exponentials": (tanh(z), (exp(z) - exp(-z)) / (exp(z) + exp(-z)), ()),
    "slope of tanh": (diff(tanh(z), z), 1 - ((exp(z) - exp(-z)) / (exp(z) + exp(-z))) ** 2, ()),
    "hyperbolic Pythagoras": (cosh(z) ** 2 - sinh(z) ** 2, Integer(1), ()),
    "addition of tanh": (
        tanh(a + b) * (1 + tanh(a) * tanh(b)),
        tanh(a) + tanh(b),
        (),
    ),
    "softmax shifted": (exp(a) / (exp(a) + exp(b)), exp(a + c) / (exp(a + c) + exp(b + c)), ()),
    "slope of softmax": (
        diff(exp(a) / (exp(a) + exp(b)), a),
        exp(a) / (exp(a) + exp(b)) * (1 - exp(a) / (exp(a) + exp(b))),
        (),
    ),
    "softplus and its mirror": (softplus(z) - softplus(-z), z, ()),
    "slope of softplus": (diff(log(1 + exp(z)), z), sigmoid(z), ()),
    "log of sigma": (log(sigmoid(z)), -softplus(-z), ()),
    "log of one minus sigma": (log(1 - sigmoid(z)), -softplus(z), ()),
    "cross entropy in logits": (
        -y * log(sigmoid(z)) - (1 - y) * log(1 - sigmoid(z)),
        softplus(z) - y * z,
        (),
    ),
    "slope of cross entropy": (diff(-y * log(written) - (1 - y) * log(1 - written), z), written - y, ()),
    "log-sum-exp shifted": (log(exp(a) + exp(b)), c + log(exp(a - c) + exp(b - c)), ()),
    "log of a square": (log(x**2), 2 * log(x), (r"x \ne 0", "x > 0")),
    "log of a product": (log(x) + log(y), log(x * y), None),
    "a difference of squares under log": (log(exp(2 * z) - 1), log(exp(z) - 1) + log(exp(z) + 1), None),
    "log of 6": (log(Integer(6)), log(Integer(2)) + log(Integer(3)), ()),
    "a cancelled factor": (sp.Mul(x, 1 / x, evaluate=False) * 1, Integer(1), None),
    "a removable singularity": ((x**2 - y**2) / (x - y), x + y, (r"x - y \ne 0",)),
    "a positive denominator": ((1 + exp(z)) / (1 + exp(z)) ** 2, 1 / (1 + exp(z)), ()),
    "relu and its mirror": (relu(x) - relu(-x), x, ()),
    "relu by the absolute value": (relu(x), (x + Abs(x)) / 2, ()),
    "relu by cases": (relu(x), Piecewise((x, x > 0), (0, True)), ()),
    "slope of relu": (diff(relu(x), x), Piecewise((1, x > 0), (0, True)), (r"x \ne 0",)),
    "slope of relu by Heaviside": (diff(Max(x, 0), x), step(x), ()),
    "slope of relu of a sum": (
        diff(relu(a * x + b * y), a),
        Piecewise((x, a * x + b * y > 0), (0, True)),
        (r"a x + b y \ne 0",),
    ),
    "leaky relu": (Max(x, x / 100), Piecewise((x, x > 0), (x / 100, True)), ()),
    "max and min": (Max(a, b) + Min(a, b), a + b, ()),
    "largest of four in another order": (
        Max(Max(a, b, evaluate=False), Max(x, y, evaluate=False), evaluate=False),
        -Min(-x, -Max(a, y), -b),
        (),
    ),
    "max by the absolute value": (Max(a, b), (a + b + Abs(a - b)) / 2, ()),
    "square of the absolute value": (Abs(x) ** 2, x**2, ()),
    "root of a square": (sqrt(x**2), Abs(x), None),
    "a rationalized root": (1 / (sqrt(x) + 1), (sqrt(x) - 1) / (x - 1), None),
    "relu is homogeneous": (relu(z / 2) * 2, relu(z), ()),
    "a symbolic power": (x ** (n + 1), x * x**n, ()),
    "two to the power": (2**x, exp(x * log(2)), ()),
    "gaussian exponents": (exp(-((a - b) ** 2) / 2), exp(-(a**2) / 2) * exp(a * b) * exp(-(b**2) / 2), ()),
    "rational exponents": (exp(1 / x) * exp(1 / y), exp((x + y) / (x * y)), None),
}


@pytest.mark.parametrize("name", TRUE)
def test_proves(name):
    left, right, assuming = TRUE[name]
    outcome = prove_equal(left, right)
    assert isinstance(outcome, Proved), outcome
    if assuming is not None:
        assert outcome.assuming == assuming
    # The mutant differs from the truth in one factor only, and must not be called true as well.
    wrong = prove_equal(left + x * z, right)
    assert not isinstance(wrong, Proved)


FALSE = {
    "sigma is even": (sigmoid(z), sigmoid(-z)),
    "tanh without the two": (tanh(z), 2 * sigmoid(z) - 1),
    "cross entropy with the wrong sign": (
        -y * log(sigmoid(z)) - (1 - y) * log(1 - sigmoid(z)),
        softplus(z) + y * z,
    ),
    "root of a square": (sqrt(x**2), x),
    "relu is linear": (relu(x) + relu(-x), x),
    "the wrong case": (diff(relu(a * x + b * y), a), Piecewise((y, a * x + b * y > 0), (0, True))),
    "max of sums": (Max(a + b, x + y), Max(a, x) + Max(b, y)),
    "e rounded": (E * x, Rational(271828182845904523536, 10**20) * x),
    "pi rounded": (pi * x, Rational(355, 113) * x),
    "lost square": (x**n, x ** (n + 1)),
    "exponent of exponent": (exp(exp(x)), exp(x) ** 2),
    "sine and cosine": (sin(x), sp.cos(x)),
    "off by a hair": (x, x + Rational(1, 10**25)),
    "reciprocal": (1 / x + 1 / y, 1 / (x + y)),
    "logs of sums": (log(x + y), log(x) + log(y)),
    "never at zero": (x / y, y / x),
    "heaviside reversed": (step(x), Heaviside(-x)),
}


@pytest.mark.parametrize("name", FALSE)
def test_refutes_with_a_witness_that_others_confirm(name):
    left, right = FALSE[name]
    recheck(left, right, prove_equal(left, right))


UNDECIDED = {
    "a rounded decimal": (0.5 * x, x / 2),
    "infinity": (oo * x, x),
    "complex infinity": (zoo + x, x),
    "not a number": (sp.nan, sp.nan),
    "imaginary": (I * x, x),
    "log nowhere defined": (log(-1 - x**2), log(-1 - x**2)),
    "contradictory logs": (log(x) + log(-x), log(x) + log(-x)),
    "a denominator that vanishes identically": (1 / ((x + 1) ** 2 - x**2 - 2 * x - 1), Integer(0)),
    "zero over zero": (sp.Mul(0, 1 / ((x + 1) ** 2 - x**2 - 2 * x - 1), evaluate=False), Integer(0)),
    "a denominator that vanishes by cases": (1 / (step(x) * step(-x) - sp.S.Zero), 1 / (relu(x) * relu(-x))),
    "Pythagoras, which is out of reach": (sin(x) ** 2 + sp.cos(x) ** 2, Integer(1)),
    "an unknown function": (sp.Function("f")(x), sp.Function("f")(x) + 1),
    "a huge power": (x**1000, y),
    "two symbols of one name": (x, sp.Symbol("x", positive=True)),
    "a derivative left standing": (sp.Derivative(sp.Function("f")(x), x), x),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_declines_with_a_reason(name):
    outcome = prove_equal(*UNDECIDED[name])
    assert isinstance(outcome, Undecided), outcome
    assert outcome.reason


def test_a_matrix_is_no_scalar():
    assert isinstance(prove_equal(sp.Matrix([[1]]), x), Undecided)


@pytest.mark.parametrize("shape", [(3, 3, 2, 2), (4, 3, 2, 3), (5, 5, 3, 3)])
def test_gradients_of_the_network(shape):
    loss, ks, gradient = network(*shape)
    for i, j in ks:
        outcome = prove_equal(diff(loss, ks[i, j]), gradient(i, j))
        assert isinstance(outcome, Proved), outcome
        assert outcome.assuming == ()


def test_the_lost_quarter_has_the_plainest_witness():
    loss, ks, gradient = network(3, 3, 2, 2)
    left, right = diff(loss, ks[1, 1]), gradient(1, 1, Integer(1))
    outcome = prove_equal(left, right)
    recheck(left, right, outcome)
    assert [v for _, v in outcome.witness.values if v] == [1]
    assert len(outcome.witness.values) == 17
    assert (outcome.witness.left, outcome.witness.right) == (Fraction(1, 16), Fraction(1, 4))


def test_the_same_claim_gets_the_same_witness():
    assert prove_equal(sigmoid(x * y), sigmoid(x + y)) == prove_equal(sigmoid(x * y), sigmoid(x + y))


def test_deep_expressions_do_not_exhaust_the_stack():
    tower = x
    for _ in range(1_500):
        tower = sp.sin(tower, evaluate=False)
    assert isinstance(prove_equal(tower, x), Undecided)


def test_large_expansions_stop_at_the_budget():
    atoms = symbols("u:12")
    left = sum(atoms) ** 24 * sum(k * u for k, u in enumerate(atoms)) ** 24
    right = left + (x * y * z) ** 3 - x**3 * y**3 * z**3 + left.subs(atoms[0], 0) - left.subs(atoms[0], 0)
    outcome = prove_equal(left * (1 + x) - left, left * x + sp.Mul(0, x), budget=Budget(seconds=1.0))
    assert isinstance(outcome, (Proved, Undecided))
    assert isinstance(prove_equal(left + 1, right), Refuted)


def test_known_sizes_bound_the_witness():
    size = sp.Symbol("N", integer=True, positive=True)
    outcome = prove_equal(x / size, x / size**2)
    assert isinstance(outcome, Refuted)
    assert dict(outcome.witness.values)["N"] >= 1
    assert dict(outcome.witness.values)["N"].denominator == 1


def test_residues_never_call_a_truth_false():
    for left, right, _ in TRUE.values():
        assert equal_modular(left, right)


def test_residues_tell_mutants_apart():
    loss, ks, gradient = network(4, 3, 2, 2)
    left = diff(loss, ks[2, 1])
    assert is_zero_modular(left - gradient(2, 1))
    assert not is_zero_modular(left - gradient(1, 1))
    assert not is_zero_modular(left - gradient(2, 1, Integer(1)))
    assert not equal_modular(exp(a + b), exp(a) + exp(b))


def test_an_indexed_cell_is_the_symbol_of_its_name():
    cell = sp.IndexedBase("x")[1, 2]
    assert isinstance(prove_equal(cell**2, sp.Symbol("x_{1,2}") * cell), Proved)
    assert isinstance(prove_equal(cell, sp.Symbol("x_{2,1}")), Refuted)
    assert isinstance(prove_equal(cell, sp.Symbol("x_{1,2}", positive=True)), Undecided)
