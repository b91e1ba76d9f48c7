"""The stepped proof and the theorem at sizes: what buttons and sliders show, against plain loops."""

from __future__ import annotations

import re
from itertools import product
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from sympy import Symbol

from convsym import Convolution, Network
from convsym.forward import DILATION, K_SIZE, O_SIZE, PADDING, STRIDE
from convsym.theorem import Theorem
from convsym.verdict import Proved
from convsym.widgets import AtSizes, Predict, ProofSteps, WidgetError
from convsym.widgets.proof import REASONS, equation_mathml

NET = Network(Convolution((2, 3), (2, 2)))
X = np.array([[1, -2, 0.5], [3, 0, 1]])
K = np.array([[1, -1], [0.5, 2]])
Y = np.array([[1, 0, 0.25], [0, 1, 0.5]])
PLAIN = dict.fromkeys([*STRIDE, *DILATION], 1) | dict.fromkeys(PADDING, 0)
LETTERS = PLAIN | dict(zip([*K_SIZE, *O_SIZE], map(Symbol, "MNAB"), strict=True))


@pytest.fixture(scope="module")
def theorem() -> Theorem:
    return NET.theorem("k")


@pytest.fixture(scope="module")
def at_sizes(theorem: Theorem) -> AtSizes:
    return AtSizes(theorem, NET, X, K, Y, smallest=(2, 2))


def maths(html: str) -> list[str]:
    """The equations in some HTML, as the text that their MathML holds."""
    return [
        "".join(ElementTree.fromstring(found).itertext()).replace("\u2062", "")
        for found in re.findall(r"<math.*?</math>", html)
    ]


def test_buttons_step_through_all_steps_and_back(theorem: Theorem) -> None:
    steps = ProofSteps(theorem)
    assert repr(steps) == "Proof in 6 steps, at step 1: slope of the loss"
    assert steps.back.disabled and not steps.forth.disabled
    for number, step in enumerate(theorem.steps, start=1):
        assert steps.step == number
        assert f"Step {number} of 6" in steps.text
        assert len(maths(steps.text)) == number
        assert f"{number}. {step.rule[0].upper()}{step.rule[1:]}" in steps.text
        assert REASONS[step.rule] in steps.text
        assert ("proved for all sizes" in steps.text) == isinstance(step.proof, Proved)
        assert ("nothing to prove" in steps.text) != isinstance(step.proof, Proved)
        assert steps.text.count('aria-current="step"') == 1
        steps.forth.click()
    assert steps.step == 6 and steps.forth.disabled
    steps.back.click()
    assert steps.step == 5 and len(maths(steps.text)) == 5


def test_a_step_waits_for_its_prediction(theorem: Theorem) -> None:
    question = Predict("What is in front?", 0, ["1/(MN)", "1/(AB)"])
    steps = ProofSteps(theorem, questions={"collect the errors": question})
    assert question not in steps.children
    steps.go(6)
    last = equation_mathml(theorem.steps[-1])
    assert steps.waiting is question and question in steps.children
    assert last not in steps.text and "proved for all sizes" not in steps.text
    assert steps.forth.disabled and not steps.back.disabled
    question.submit("1/(AB)")
    assert steps.waiting is None
    assert last in steps.text and "proved for all sizes" in steps.text


def test_no_way_past_a_question_that_waits(theorem: Theorem) -> None:
    question = Predict("How many squares?", 1)
    steps = ProofSteps(theorem, questions={"slope of the activation": question})
    steps.go(6)
    assert steps.step == 2
    steps.forth.click()
    assert steps.step == 2
    question.submit("1")
    steps.go(6)
    assert steps.step == 6


def test_equations_are_those_of_the_theorem(theorem: Theorem) -> None:
    told = [maths(equation_mathml(step, LETTERS))[0] for step in theorem.steps]
    assert told[0] == "∂L∂oa,b=2(oa,b−ya,b)"
    assert told[3] == "∂za,b∂km,n=xa+m−1,b+n−1MN"
    assert told[4] == "∂L∂km,n=∑a=1A∑b=1Bδa,b∂za,b∂km,n"
    assert told[5] == "∂L∂km,n=1MN∑a=1A∑b=1Bδa,bxa+m−1,b+n−1"
    general = maths(equation_mathml(theorem.steps[5]))[0]
    assert "xDW(m−1)−PW+SW(a−1)+1,DH(n−1)−PH+SH(b−1)+1" in general
    assert general.startswith("∂L∂km,n=1KWKH∑a=1OW∑b=1OH")


@pytest.mark.parametrize("wrt", ["x", "b"])
def test_other_theorems_can_be_stepped_through(wrt: Any) -> None:
    net = Network(Convolution((2, 3), (2, 2)), bias=True)
    steps = ProofSteps(net.theorem(wrt))
    shown = maths(steps.go(6))
    assert len(shown) == 6
    assert not re.search("Piecewise|Sum|Tuple|True|KroneckerDelta", "".join(shown))


def test_forms_are_ways_to_write_the_same_step(theorem: Theorem) -> None:
    steps = ProofSteps(theorem, forms={"plain": LETTERS, "general": {}})
    before = steps.go(6)
    steps.form.value = "general"
    assert steps.text != before and "Step 6 of 6" in steps.text
    steps.form.value = "plain"
    assert steps.text == before


def test_unknown_rules_are_refused(theorem: Theorem) -> None:
    with pytest.raises(WidgetError, match="no step 'collect'"):
        ProofSteps(theorem, reasons={"collect": "because"})


def test_nothing_symbolic_happens_when_a_button_or_a_slider_moves(
    theorem: Theorem, at_sizes: AtSizes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sympy import Basic

    steps = ProofSteps(theorem, forms={"plain": LETTERS, "general": {}})

    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("symbolic work in a callback")

    for name in ("xreplace", "subs", "__new__", "evalf", "diff"):
        if hasattr(Basic, name):
            monkeypatch.setattr(Basic, name, forbidden)
    steps.go(6)
    steps.form.value = "general"
    start = at_sizes.values
    assert "weight in column" not in at_sizes.set(m=1, n=1)
    at_sizes.set(**start)


def loops(shape: tuple[int, int], kernel: tuple[int, int], stride: int, at: tuple[int, int]) -> float:
    """The slope along one weight by central differences of a loss in plain loops."""

    def loss(k: np.ndarray) -> float:
        total, rows, columns = 0.0, *((s - t) // stride + 1 for s, t in zip(shape, kernel, strict=True))
        for r, c in product(range(rows), range(columns)):
            z = sum(k[i, j] * X[stride * r + i, stride * c + j] for i, j in np.ndindex(kernel)) / k.size
            total += (1 / (1 + np.exp(-z)) - Y[r, c]) ** 2
        return total

    nudge = np.zeros(kernel)
    nudge[at] = 1e-5
    k = K[: kernel[0], : kernel[1]]
    return float((loss(k + nudge) - loss(k - nudge)) / 2e-5)


def test_every_choice_of_sizes_agrees_with_loops(at_sizes: AtSizes) -> None:
    kernels = list(product((1, 2), (1, 2)))
    expected = {
        ((2, width), kernel, stride, at)
        for width, kernel, stride in product((2, 3), kernels, (1, 2))
        for at in np.ndindex(kernel)
    }
    assert set(at_sizes.instances) == expected
    for choice, instance in at_sizes.instances.items():
        truth = loops(*choice)
        assert instance.by_theorem == pytest.approx(truth, abs=1e-8)
        assert instance.by_cells == pytest.approx(truth, abs=1e-8)
        shape, kernel, stride, (row, column) = choice
        rows, columns = ((s - t) // stride + 1 for s, t in zip(shape, kernel, strict=True))
        met = {(stride * r + row, stride * c + column) for r in range(rows) for c in range(columns)}
        assert set(instance.met) == met
        assert instance.terms.count("δ") == instance.terms.count("x") == len(met)


def test_sliders_show_terms_numbers_and_both_values(at_sizes: AtSizes) -> None:
    shown = at_sizes.set(width=3, M=2, N=2, S=1, m=2, n=1)
    assert "(δ₁,₁·x₂,₁ + δ₂,₁·x₃,₁)/4" in shown
    assert "✓ the same" in shown and "Slope of L along k₂,₁" in shown
    assert at_sizes.chosen is not None
    assert shown.count(f"{at_sizes.chosen.by_cells:.6f}".replace("-", "−")) == 2
    assert "no weight in column 2, row 1" in at_sizes.set(M=1)
    assert at_sizes.chosen is None
    assert repr(at_sizes).startswith("The theorem at width = 3, M = 1")
    at_sizes.set(M=2)


def test_a_slope_that_differs_is_said_to_differ(at_sizes: AtSizes) -> None:
    from dataclasses import replace

    key = ((2, 3), (2, 2), 1, (0, 0))
    right = at_sizes.instances[key]
    at_sizes.instances[key] = replace(right, by_theorem=right.by_theorem + 0.01)
    try:
        assert "✗ not the same" in at_sizes.set(width=3, M=2, N=2, S=1, m=1, n=1)
    finally:
        at_sizes.instances[key] = right


def test_a_kernel_that_does_not_fit_is_named(theorem: Theorem) -> None:
    small = AtSizes(theorem, NET, X[:, :2], np.ones((1, 3)), Y[:, :2], strides=(1,), smallest=(1, 1))
    assert "does not fit" in small.set(M=3, m=1)


def test_only_a_theorem_in_k_is_taken_to_sizes() -> None:
    with pytest.raises(WidgetError):
        AtSizes(NET.theorem("x"), NET, X, K, Y)
