"""The prover's inner laws, each on its own: no evaluation at points stands behind these and would hide a slip."""

from fractions import Fraction

import pytest
import sympy as sp

from convsym.budget import Budget, Clock
from convsym.functions import relu, sigmoid
from convsym.prover import prove_equal
from convsym.prover.cells import has_point, holds_in_every_cell
from convsym.prover.decision import Decision, is_positive
from convsym.prover.field import BITS, ONE, ZERO, Field, Value
from convsym.prover.modular import P, Q
from convsym.prover.program import Program
from convsym.verdict import Undecided

x, y = sp.symbols("x y")
f = sp.Function("f")


def decided(*expressions):
    """The decision and the values of the expressions in it."""
    program = Program()
    roots = [program.read(e) for e in expressions]
    wanted = [*roots, *program.divisors, *program.positives]
    decision = Decision(program, wanted, Clock(Budget()))
    return decision, [decision.value[root] for root in roots]


def test_different_values_are_not_equal():
    decision, (one, same, other) = decided((x + y) ** 2, x**2 + 2 * x * y + y**2, x**2 + y**2)
    assert decision.equal(one, same)
    assert not decision.equal(one, other)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (f((x + 1) ** 2), f(x**2 + 2 * x + 1), True),
        (f(x), f(y), False),
        (f(x, y), f(y, x), False),
        (sp.sqrt(x), sp.sqrt(y), False),
        (sp.sqrt(x * (x + 1)), sp.sqrt(x**2 + x), True),
    ],
)
def test_equal_arguments_and_only_they_share_a_variable(left, right, same):
    decision, values = decided(left, right)
    assert decision.equal(*values) is same


@pytest.mark.parametrize(
    ("expression", "sign"),
    [
        (1 + x**2, 1),
        (-1 - x**2, -1),
        (sigmoid(x), 1),
        (1 - sigmoid(x), 1),
        (sigmoid(x) - 1, -1),
        ((sigmoid(x) - 1) * (1 + y**2), -1),
        ((sigmoid(x) - 1) * (sigmoid(y) - 1), 1),
        (sp.exp(x) + sp.exp(y), 1),
        (2 - sigmoid(x) ** 2, 1),
        (x, None),
        (1 - x**2, None),
        (1 - 2 * sigmoid(x), None),
        (sp.exp(x) - 1, None),
        (x * (1 + y**2), None),
    ],
)
def test_certain_signs(expression, sign):
    decision, (value,) = decided(expression)
    assert decision.certain_sign(value) == sign


@pytest.mark.parametrize(
    "expression", [1 - sigmoid(x), sigmoid(x) - 1, (sigmoid(x) - 1) * (1 + y**2), -1 - x**2]
)
def test_a_certain_sign_needs_no_switch(expression):
    decision, (size, value) = decided(sp.Abs(expression, evaluate=False), expression)
    assert not decision.switch_of
    sign = decision.certain_sign(value)
    assert decision.equal(size, Value(sign * value.scale, value.factors))
    assert not decision.equal(size, Value(-sign * value.scale, value.factors))


def test_positivity_is_never_claimed_of_what_can_vanish():
    # Variables x and t; t lies in (0, 1).
    t = 1 << BITS
    assert is_positive({0: 1, t: -1}, ({1}, {1}))
    assert not is_positive({0: 1, t: -2}, ({1}, {1}))
    assert not is_positive({0: 1, t: -1}, ({1}, set()))
    assert not is_positive({1: 1, t: -1}, ({0, 1}, {1}))
    assert not is_positive({2: 1}, (set(), set()))


def test_a_switch_is_its_own_square():
    field = Field(Clock(Budget()))
    h, k, z = field.variable(switch=True), field.variable(switch=True), field.variable()
    assert field.power(h, 5) == h
    both = field.add((h, k))
    # (h + k)^2 = h + k + 2 h k, and h (1 - h) = 0.
    expanded = field.add((h, k, field.multiply((Value(Fraction(2)), h, k))))
    difference = field.add((field.power(both, 2), Value(-expanded.scale, expanded.factors)))
    assert field.is_zero(difference)
    contrary = field.add((ONE, Value(Fraction(-1), h.factors)))
    assert field.is_zero(field.multiply((h, contrary)))
    assert not field.is_zero(field.multiply((h, k)))
    assert not field.is_zero(field.multiply((z, field.add((ONE, Value(Fraction(-1), z.factors))))))


def test_switches_flatten_inside_packed_monomials():
    field = Field(Clock(Budget()))
    _, h, z = field.variable(), field.variable(switch=True), field.variable()
    assert h.factors and z.factors
    packed = field.pack([(0, 3), (1, 4), (2, 2)])
    assert field.expand(1, {}) == {0: 1}
    assert field.from_polynomial({packed: 2, field.pack([(0, 3), (1, 1), (2, 2)]): -2}) == ZERO


def test_a_root_returns_its_radicand():
    decision, (root, radicand) = decided(sp.sqrt(1 + x), 1 + x)
    assert decision.equal(decision.field.power(root, 2), radicand)
    assert decision.equal(decision.field.power(root, -2), decision.field.power(radicand, -1))
    assert not decision.equal(root, radicand)


def test_an_impossible_combination_of_signs_has_no_point():
    clock = Clock(Budget())
    a, b = 1, 1 << BITS
    above, below = frozenset({(a, 1), (b, -1)}), frozenset({(a, -1), (b, 1)})
    assert has_point({above: 1, below: -1}, clock)
    assert not has_point({above: 1, below: 1}, clock)
    assert not has_point({frozenset({(a, 1), (0, -1)}): 1, frozenset({(a, 1)}): -1}, clock)


def test_cells_hold_only_where_all_do():
    program = Program()
    z = sp.Symbol("z")
    roots = program.read(sp.Max(sp.Max(x, y), z)), program.read(sp.Max(x, sp.Max(y, z)))
    assert holds_in_every_cell(program, roots, Clock(Budget()))
    program = Program()
    roots = program.read(sp.Max(x, y)), program.read(sp.Max(x, y, z))
    assert not holds_in_every_cell(program, roots, Clock(Budget()))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1 / relu(x), 1 / x),
        (sp.Piecewise((1 / relu(x), x > 0), (0, True)), sp.Piecewise((1 / x, x > 0), (5, True))),
    ],
)
def test_a_divisor_that_some_signs_make_0_settles_nothing(left, right):
    outcome = prove_equal(left, right)
    if isinstance(outcome, Undecided):
        assert "no value anywhere" not in outcome.reason
    assert type(outcome).__name__ != "Proved"


def test_the_residues_are_taken_modulo_a_safe_prime():
    assert sp.isprime(P)
    assert sp.isprime(Q)
    assert P == 2 * Q + 1
