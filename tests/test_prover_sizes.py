"""Symbolic sizes: proofs for all of them, refutations at small lopsided ones, never at inadmissible ones."""

import pytest
import sympy as sp
from sympy import Ge, Integer, Sum, symbols

from convsym.budget import Budget, Clock
from convsym.prover import prove_equal
from convsym.prover.shapes import small_shapes
from convsym.sums import Facts
from convsym.verdict import Proved, Refuted, Undecided

i, j = symbols("i j", integer=True)
N, M = symbols("N M", integer=True)
x = sp.IndexedBase("x")
facts = Facts({}, (Ge(N, 1), Ge(M, N + 1)))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Sum(x[i], (i, 1, N)), Sum(x[i + 1], (i, 0, N - 1))),
        (Sum(i, (i, 1, N)), N * (N + 1) / 2),
        (Sum(x[i] * x[j], (i, 1, N), (j, 1, M)), Sum(x[i], (i, 1, N)) * Sum(x[j], (j, 1, M))),
    ],
)
def test_proves_for_all_sizes(left, right):
    outcome = prove_equal(left, right, facts=facts)
    assert isinstance(outcome, Proved), outcome
    assert outcome.sizes == "all"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Sum(x[i], (i, 1, N)), Sum(x[i + 1], (i, 1, N))),
        (Sum(x[i, j], (i, 1, N), (j, 1, M)), Sum(x[j, i], (i, 1, N), (j, 1, M))),
        (Sum(x[i] ** 2, (i, 1, M)), Sum(x[i], (i, 1, M)) ** 2),
        (Sum(i, (i, 1, N)), N * (N - 1) / 2),
    ],
)
def test_refutes_at_sizes_that_the_facts_admit(left, right):
    outcome = prove_equal(left, right, facts=facts)
    assert isinstance(outcome, Refuted), outcome
    sizes = dict(outcome.witness.sizes)
    assert sizes.get("N", 1) >= 1
    if {"N", "M"} <= sizes.keys():
        assert sizes["M"] >= sizes["N"] + 1


def test_refutes_where_only_one_side_has_sizes():
    for left, right in ((Sum(x[i], (i, 1, N)), Integer(0)), (Integer(0), Sum(x[i], (i, 1, N)))):
        outcome = prove_equal(left, right, facts=facts)
        assert isinstance(outcome, Refuted), outcome
        assert dict(outcome.witness.sizes)["N"] >= 1


def test_numeric_limits_are_written_out():
    assert isinstance(prove_equal(Sum(x[i], (i, 1, 3)), x[1] + x[2] + x[3]), Proved)
    outcome = prove_equal(Sum(x[i], (i, 1, 3)), x[1] + x[2])
    assert isinstance(outcome, Refuted)
    assert dict(outcome.witness.values)["x_{3}"] != 0


def test_sizes_as_factors_respect_the_facts():
    outcome = prove_equal(1 / N, 1 / M, facts=facts)
    assert isinstance(outcome, Refuted)
    values = dict(outcome.witness.values)
    assert values["N"] >= 1
    assert values["M"] >= values["N"] + 1
    assert isinstance(prove_equal(N * M / N, M, facts=facts), Proved)


def test_what_no_size_contradicts_stays_open():
    # Fermat's cubes: no counterexample exists, and none is invented.
    a, b, c = symbols("a b c", integer=True, positive=True)
    claim = sp.KroneckerDelta(a**3 + b**3, c**3)
    assert isinstance(prove_equal(claim, Integer(0)), (Undecided, Proved))


def test_lopsided_shapes_come_first():
    shapes = small_shapes([M, N], facts, Clock(Budget()))
    assert shapes
    assert all(shape[M] >= shape[N] + 1 for shape in shapes)
