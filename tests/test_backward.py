from itertools import islice
from zlib import crc32

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Symbol, exp, lambdify, symbols

from convsym.backward import CHAIN_RULE, COLLECT, ERROR, WINDOW_SLOPE, Derivation, Step, derive, written_out
from convsym.errors import GeometryError
from convsym.geometry import Convolution
from convsym.models import ACTIVATIONS, LOSSES
from convsym.network import Network
from convsym.prover import prove_equal
from convsym.verdict import Definition, Proved, Refuted

PAPER = Network(Convolution((3, 3), (2, 2)))


def composed(net, expression):
    equations = net.equations()
    o = {s: v for s, v in equations.items() if str(s).startswith("o")}
    z = {s: v for s, v in equations.items() if str(s).startswith("z")}
    return expression.xreplace(o).xreplace(z)


def same_value(left, right):
    """Agreement to 25 digits at one point made from the symbols' names."""
    symbols_ = sorted(left.free_symbols | right.free_symbols, key=str)
    values = [mpmath.mpf(crc32(str(s).encode()) % 97 - 48) / 61 + mpmath.mpf(1) / 122 for s in symbols_]
    with mpmath.workdps(40):
        a, b = (lambdify(symbols_, written_out(e), "mpmath")(*values) for e in (left, right))
        return abs(a - b) <= mpmath.mpf(10) ** -25 * max(1, abs(a))


def test_the_papers_own_gradient():
    derivation = PAPER.gradient("k")
    assert [str(s) for s in derivation.result] == ["k_{1,1}", "k_{2,1}", "k_{1,2}", "k_{2,2}"]
    assert len(PAPER.gradient("x").result) == 9
    expected = 0
    for a, b in ((1, 1), (2, 1), (1, 2), (2, 2)):
        o, y, z, x = (Symbol(f"{f}_{{{a},{b}}}") for f in "oyzx")
        s = 1 / (1 + exp(-z))
        expected += 2 * (o - y) * s * (1 - s) * x / 4
    assert isinstance(prove_equal(derivation.result[Symbol("k_{1,1}")], expected), Proved)


@settings(max_examples=5, deadline=None)
@given(
    net=st.builds(
        lambda conv, activation, loss: Network(conv, activation, loss, bias=True),
        st.sampled_from(
            [
                Convolution((3, 4), (2, 3)),
                Convolution((3, 3), (2, 2), stride=(1, 2), padding=(1, 0)),
                Convolution((4, 3), (2, 2), dilation=(2, 1), normalize=None),
                Convolution((2, 3), (2, 2), channels=(2, 2)),
            ]
        ),
        st.sampled_from(["sigmoid", "tanh", "identity", "softplus"]),
        st.sampled_from(["sum-of-squares", "mean-of-squares"]),
    ),
    wrt=st.sampled_from("kxb"),
)
def test_every_gradient_is_the_derivative_of_the_composed_loss(net, wrt):
    loss = composed(net, net.equations()[Symbol("L")])
    derivation = net.gradient(wrt)
    for variable, value in islice(derivation.result.items(), 0, None, 3):
        assert same_value(composed(net, value), loss.diff(variable))
    for variable, value in derivation.collected.items():
        assert same_value(value.xreplace(dict(derivation.deltas)), derivation.result[variable])


@pytest.mark.parametrize("wrt", ["k", "x", "b"])
def test_the_prover_proves_each_step(wrt):
    net = Network(Convolution((3, 3), (2, 2)), bias=True)
    for step, outcome in net.gradient(wrt).prove():
        assert isinstance(outcome, Definition if step.rule == ERROR else Proved), (step, outcome)


def test_the_prover_refutes_a_broken_step():
    # The paper's last line: the expansion's 1/4 is lost.
    step = next(s for s in PAPER.gradient("k").steps if s.rule == WINDOW_SLOPE)
    left, right = step.claim
    assert isinstance(Step(step.rule, step.equation, (left, 4 * right)).prove(), Refuted)
    collect = next(s for s in PAPER.gradient("k").steps if s.rule == COLLECT)
    assert isinstance(
        Step(collect.rule, collect.equation, (collect.claim[0], 4 * collect.claim[1])).prove(), Refuted
    )


def test_the_steps_of_one_cell():
    part = PAPER.gradient("k").of("k_{2,1}")
    assert isinstance(part, Derivation)
    assert list(map(str, part.result)) == ["k_{2,1}"]
    assert [s.rule for s in part.steps].count(CHAIN_RULE) == 1
    assert [s.rule for s in part.steps].count(WINDOW_SLOPE) == 4
    corner = PAPER.gradient("x").of("x_{1,1}")
    assert [s.rule for s in corner.steps].count(WINDOW_SLOPE) == 1
    assert list(map(str, corner.deltas)) == [r"\delta_{1,1}"]
    with pytest.raises(GeometryError, match="no cell"):
        PAPER.gradient("k").of("k_{3,1}")


def test_a_cell_that_nothing_reads_has_gradient_zero():
    result = Network(Convolution((3, 3), (2, 2), stride=2)).gradient("x").result
    assert result[Symbol("x_{3,3}")] == 0
    assert result[Symbol("x_{1,1}")] != 0


def test_latex_is_aligned_one_step_a_row():
    text = PAPER.gradient("k").of("k_{1,1}")._repr_latex_()
    assert text.startswith("$$\\begin{aligned}")
    assert r"\frac{\partial L}{\partial k_{1,1}} &= \frac{\partial L}{\partial o_{1,1}}" in text
    assert text.count(r" \\") == len(PAPER.gradient("k").of("k_{1,1}").steps) - 1


def test_a_long_sum_goes_over_several_rows():
    text = Network(Convolution((4, 5), (2, 3))).gradient("k").of("k_{1,1}")._repr_latex_()
    *_, last = text.split(" \\\\\n")
    rows = last.split("\\\\\n")
    assert len(rows) == 5
    assert sum(row.count(r"\frac{x_{") for row in rows) == 9
    assert all(row.startswith(r"&\quad +") for row in rows[1:])


@pytest.mark.parametrize(("wrt", "message"), [("y", '"k", "x" or "b"'), ("b", "bias=True"), (3, "not 3")])
def test_other_variables_are_refused(wrt, message):
    with pytest.raises(GeometryError, match=message):
        PAPER.gradient(wrt)


def test_written_out_leaves_no_function_of_ours():
    z = symbols("z")
    for activation in ACTIVATIONS.values():
        value = written_out(activation.slope(z))
        assert not any(hasattr(e, "written_out") for e in value.atoms() | {value})


def test_derive_takes_every_pair():
    for activation in ACTIVATIONS.values():
        for loss in LOSSES.values():
            assert len(derive(Convolution((2, 2), (1, 2)), activation, loss, "k").result) == 2


def test_a_gradient_says_what_it_holds_in_one_line():
    gradient = Network(Convolution((3, 3), (2, 2))).gradient("k")
    assert repr(gradient).startswith("Derivation(wrt='k', ")
    assert repr(gradient).endswith("4 results: k_{1,1}, k_{2,1}, k_{1,2}, ...)")
