r"""Derivatives that hold the names beside the variable fixed, and those that go through all of them."""

import pytest
from sympy import Dummy, Ge, IndexedBase, Sum, Symbol, sqrt

import convsym
from convsym.sums import Facts
from convsym.sums.radicands import with_radicands_folded

NORMALIZED = r"""
$$\mu = \frac{1}{m} \sum_{i=1}^m x_i$$
$$\sigma^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu)^2$$
$$\hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}$$
$$y_i = \gamma \hat{x}_i + \beta$$

The loss $L$ depends on the outputs $y_i$.
"""
# Every edge of the graph with its own derivative, as notes list them.
EDGES = r"""
$$\frac{\partial \mu}{\partial x_i} = \frac{1}{m}$$
$$\frac{\partial \sigma^2}{\partial x_i} = \frac{2 (x_i - \mu)}{m}$$
$$\frac{\partial \sigma^2}{\partial \mu} = -\frac{2}{m} \sum_{i=1}^m (x_i - \mu)$$
$$\frac{\partial \hat{x}_i}{\partial \sigma^2} = -\frac{x_i - \mu}{2 (\sigma^2 + \epsilon)^{3/2}}$$
"""
LISTED = NORMALIZED + EDGES
SQUEEZED = r"""
$$s = \sum_{k=1}^n a_k$$
$$p_i = \frac{a_i}{s}$$
"""
RECURRENT = r"""
$$h_1 = w x_1$$
$$h_2 = w h_1 + u x_2$$
"""


def status(document, claim):
    """What is found of the last formula of a document."""
    return convsym.check(f"{document}\n$$\n{claim}\n$$\n").files[0].verdicts[-1].status.value


@pytest.mark.parametrize(
    ("document", "claim", "expected"),
    [
        (LISTED, r"\frac{\partial \hat{x}_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2 + \epsilon}}", "proved"),
        (LISTED, r"\frac{\partial \hat{x}_i}{\partial \mu} = -\frac{1}{\sqrt{\sigma^2 + \epsilon}}", "proved"),
        (LISTED, r"\frac{\partial \hat{x}_i}{\partial x_i} = \frac{1}{\sigma^2 + \epsilon}", "refuted"),
        (LISTED, r"\frac{\partial \hat{x}_i}{\partial x_i} = -\frac{1}{\sqrt{\sigma^2 + \epsilon}}", "refuted"),
        (LISTED, r"\frac{\partial \hat{x}_i}{\partial \mu} = \frac{1}{\sqrt{\sigma^2 + \epsilon}}", "refuted"),
        (
            LISTED,
            r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat{x}_i}"
            r"\frac{\partial \hat{x}_i}{\partial x_i} + \frac{\partial L}{\partial \sigma^2}"
            r"\frac{\partial \sigma^2}{\partial x_i} + \frac{\partial L}{\partial \mu}"
            r"\frac{\partial \mu}{\partial x_i}",
            "proved",
        ),
        (
            LISTED,
            r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat{x}_i}"
            r"\frac{\partial \hat{x}_i}{\partial x_i} + \frac{\partial L}{\partial \sigma^2}"
            r"\frac{\partial \sigma^2}{\partial x_i}",
            "refuted",
        ),
        # Nothing says which derivative is meant: never refuted.
        (NORMALIZED, r"\frac{\partial \hat{x}_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2 + \epsilon}}", "undecided"),
        (NORMALIZED, r"\frac{\partial \hat{x}_i}{\partial x_i} = \frac{2}{\sqrt{\sigma^2 + \epsilon}}", "refuted"),
        (SQUEEZED, r"\frac{\partial p_i}{\partial a_i} = \frac{1}{s}", "undecided"),
        (SQUEEZED, r"\frac{\partial p_i}{\partial a_i} = \frac{1}{s} - \frac{a_i}{s^2}", "proved"),
        (SQUEEZED, r"\frac{\partial p_i}{\partial a_i} = \frac{1}{s} + \frac{a_i}{s^2}", "refuted"),
        (RECURRENT, r"\frac{\partial h_2}{\partial w} = h_1 + w x_1", "proved"),
        (RECURRENT, r"\frac{\partial h_2}{\partial w} = h_1", "undecided"),
        (RECURRENT, r"\frac{\partial h_2}{\partial w} = 2 h_1 + x_1", "refuted"),
    ],
)  # fmt: skip
def test_the_derivative_that_is_meant(document, claim, expected):
    assert status(document, claim) == expected


GRADIENT = r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m \sqrt{\sigma^2 + \epsilon}} \left( "
UPSTREAM = r"\frac{\partial L}{\partial y_j}"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (
            r"m \frac{\partial L}{\partial y_i} - \sum_{j=1}^m U - \hat{x}_i \sum_{j=1}^m U \hat{x}_j",
            "proved",
        ),
        (r"m \frac{\partial L}{\partial y_i} - \sum_{j=1}^m U (1 + \hat{x}_i \hat{x}_j)", "proved"),
        (
            r"m \frac{\partial L}{\partial y_i} - \sum_{j=1}^m U + \hat{x}_i \sum_{j=1}^m U \hat{x}_j",
            "refuted",
        ),
        (r"m \frac{\partial L}{\partial y_i} - \sum_{j=1}^m U - \sum_{j=1}^m U \hat{x}_j", "refuted"),
        (r"m \frac{\partial L}{\partial y_i} - \sum_{j=1}^m U - \hat{x}_i \sum_{j=1}^m U", "refuted"),
        (r"\frac{\partial L}{\partial y_i} - \sum_{j=1}^m U - \hat{x}_i \sum_{j=1}^m U \hat{x}_j", "refuted"),
        (r"m \frac{\partial L}{\partial y_i} - \hat{x}_i \sum_{j=1}^m U \hat{x}_j", "refuted"),
    ],
)
def test_the_gradient_of_a_normalized_batch_in_one_line(rest, expected):
    assert status(NORMALIZED, GRADIENT + rest.replace("U", UPSTREAM) + r" \right)") == expected


def test_a_variance_written_in_two_ways_is_one_letter():
    m, i, k = Symbol("m", integer=True), Dummy("i", integer=True), Dummy("k", integer=True)
    x = IndexedBase("x")
    mean = Sum(x[i], (i, 1, m)) / m
    one = Sum((x[k] - mean) ** 2, (k, 1, m))
    other = Sum(x[k] ** 2, (k, 1, m)) - m * mean**2
    folded = with_radicands_folded(sqrt(one), 1 / sqrt(other), Facts({}, (Ge(m, 1),)))
    assert folded is not None
    assert folded[0] * folded[1] == 1
    apart = with_radicands_folded(sqrt(one), 1 / sqrt(other + m), Facts({}, (Ge(m, 1),)))
    assert apart is not None
    assert len(apart[2]) == 2
    assert with_radicands_folded(one, other) is None


CENTRED = (
    r"Here $\delta_{ij}$ is the Kronecker delta."
    + "\n\n"
    + r"$$m = \frac{1}{3} \sum_{i=1}^{3} x_i$$"
    + "\n\n"
    + "$$u_i = x_i - m$$\n\n"
)
OPERATOR = r"$$\frac{\partial}{\partial x_j}(x_i - m) = \delta_{ij}$$" + "\n\n"
PATHS = (
    r"$$\frac{\partial L}{\partial x_j} = \frac{\partial L}{\partial m} \frac{\partial m}{\partial x_j}"
    r" + \sum_{i} \frac{\partial L}{\partial u_i} \frac{\partial u_i}{\partial x_j}$$" + "\n"
)


def test_an_expression_is_differentiated_with_the_other_names_in_it_held_fixed():
    assert [str(one.status) for one in convsym.check(CENTRED + OPERATOR + PATHS).verdicts][2] == "proved"
    assert [str(one.status) for one in convsym.check(CENTRED + OPERATOR).verdicts][2] == "undecided"
    wrong = OPERATOR.replace(r"\delta_{ij}", r"2\delta_{ij}")
    assert [str(one.status) for one in convsym.check(CENTRED + wrong + PATHS).verdicts][2] == "refuted"


ELMAN = (
    r"$$h_t = \tanh(w h_{t-1} + u x_t)$$ $$\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2) w$$"
    r"$$\frac{\partial h_t}{\partial u} = (1 - h_t^2) x_t$$"
)
TOTAL = (
    r"$$\frac{\partial h_2}{\partial w} = (1 - h_2^2) \left(h_1 + w \frac{\partial h_1}{\partial w}\right)$$"
)


def test_a_line_that_goes_back_a_step_says_that_the_derivatives_are_total():
    local = r"\frac{\partial h_2}{\partial w} = (1 - h_2^2) h_1"
    assert status(ELMAN, local) == "proved"
    assert status(ELMAN + TOTAL, local) != "proved"
    assert status(ELMAN + TOTAL, r"\frac{\partial h_t}{\partial u} = (1 - h_t^2) x_t") == "proved"
