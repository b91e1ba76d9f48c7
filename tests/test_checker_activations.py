"""Which function an unwritten sigma is, learned from the lines that hold for one standard function alone."""

import pytest

from convsym.checker import check

NEURON = r"$z = w^T x + b$, $a = \sigma(z)$, $L = -(y \log a + (1 - y) \log(1 - a))$" + "\n\n"
SQUARED = r"$u = \phi(v)$, $E = \frac{1}{2} u^2$" + "\n\n"
LOGISTIC = r"$$\frac{\partial L}{\partial z} = a - y$$"
TANH = r"$$\frac{\partial E}{\partial v} = u (1 - u^2)$$"

LINES = [
    (NEURON + LOGISTIC, r"\frac{\partial L}{\partial b} = a - y", "proved"),
    (NEURON + LOGISTIC, r"\frac{\partial L}{\partial b} = y - a", "refuted"),
    (NEURON + LOGISTIC, r"\frac{\partial L}{\partial w} = (a - y) x", "proved"),
    (NEURON + LOGISTIC, r"\frac{\partial L}{\partial w_i} = (a - y) x_i", "proved"),
    (NEURON + LOGISTIC, r"\frac{\partial L}{\partial w} = (a - y) w", "refuted"),
    (SQUARED + TANH, r"\frac{\partial u}{\partial v} = 1 - u^2", "proved"),
    (SQUARED + TANH, r"\frac{\partial u}{\partial v} = 1 + u^2", "refuted"),
    # No line speaks for a function: one that holds for no function is left open.
    (NEURON, r"\frac{\partial a}{\partial z} = a (1 + a)", "unsupported"),
    # One line asks for the logistic function, the other one for the hyperbolic tangent.
    (SQUARED + TANH, r"\frac{\partial u}{\partial v} = u (1 - u)", "unsupported"),
    # What holds for every function needs no assumption.
    (NEURON, r"\frac{\partial L}{\partial b} = \frac{\partial L}{\partial a} \sigma'(z)", "proved"),
]


@pytest.mark.parametrize(("given", "line", "expected"), LINES)
def test_a_line_about_an_unwritten_function(given: str, line: str, expected: str) -> None:
    verdict = check(f"{given}\n\n$${line}$$\n").verdicts[-1]
    assert verdict.status.value == expected


def test_the_function_is_named_as_an_assumption() -> None:
    proved = [v for v in check(NEURON + LOGISTIC).verdicts if v.status.value == "proved"]
    assert [v.assuming for v in proved] == [(r"$\sigma$ is the logistic function",)]


def test_a_later_line_rests_on_the_assumption_of_the_definition_it_follows() -> None:
    text = NEURON + LOGISTIC + r"$$\frac{\partial L}{\partial b} = a - y$$"
    last = check(text).verdicts[-1]
    assert r"$\sigma$ is the logistic function" in last.assuming
