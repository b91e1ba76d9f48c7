"""Recurrences of vectors: terms of sums over the steps, and slopes from one step to the next, at one step."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import time

import pytest

from convsym.checker import check

NETWORK = (
    r"$$h_t = \tanh(W h_{t-1} + U x_t + b)$$ $$o_t = V h_t + c$$"
    r"Let $\delta_t = \frac{\partial E}{\partial h_t}$. We know that $x^T x = x^T x$." + "\n\n"
)
LABELED = (
    r"$$h_t = \tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h)$$ $$y_t = W_{hy} h_t + b_y$$"
    r"with $\delta_t^y = \frac{\partial L_t}{\partial y_t}$ and $\delta_t^h = \frac{\partial L_t}{\partial h_t}$. We know that $x^T x = x^T x$."
    "\n\n"
)
OUTPUTS = r"\sum_{t=1}^T \frac{\partial E}{\partial o_t} \frac{\partial o_t}{\partial V}"
INPUTS = r"\sum_{t=1}^T \frac{\partial E}{\partial h_t} \frac{\partial h_t}{\partial U}"
BACK = r"\frac{\partial E}{\partial h_{t+1}} \frac{\partial h_{t+1}}{\partial h_t}"

LINES = [
    (NETWORK, rf"{OUTPUTS} = \sum_{{t=1}}^T \frac{{\partial E}}{{\partial o_t}} h_t^T", "proved"),
    (NETWORK, rf"{OUTPUTS} = \sum_{{t=1}}^T \frac{{\partial E}}{{\partial o_t}} h_{{t-1}}^T", "refuted"),
    (NETWORK, rf"{INPUTS} = \sum_{{t=1}}^T \delta_t x_t^T", "refuted"),
    (NETWORK, rf"{INPUTS} = \sum_{{t=2}}^T \delta_t x_t^T", "not refuted"),
    (NETWORK, rf"{INPUTS} = \sum_{{t=1}}^T (\delta_t \odot (1 - h_{{t-1}}^2)) x_t^T", "refuted"),
    (NETWORK, rf"{BACK} = W^T (\delta_{{t+1}} \odot (1 - h_{{t+1}}^2))", "proved"),
    (NETWORK, rf"{BACK} = W^T (\delta_{{t+1}} \odot (1 - h_t^2))", "refuted"),
    (NETWORK, rf"{BACK} = W (\delta_{{t+1}} \odot (1 - h_{{t+1}}^2))", "refuted"),
    # A product of this form may be grouped in either way, but neither is right here.
    (NETWORK, rf"{BACK} = W^T \delta_{{t+1}} \odot (1 - h_t^2)", "refuted"),
    (NETWORK, rf"{BACK} = W^T \delta_{{t+1}} \odot (1 - h_{{t+1}}^2)", "not refuted"),
    # Slopes that are made of each other are not arbitrary: what they come to together is open.
    (
        NETWORK,
        r"\delta_t = V^T \frac{\partial E}{\partial o_t} + W^T (\delta_{t+1} \odot (1 - h_{t+1}^2))",
        "not refuted",
    ),
    (NETWORK, r"\frac{\partial E}{\partial h_t} = V^T \frac{\partial E}{\partial o_t}", "not refuted"),
    # Through a vector of the same step, and through two steps: more than one definition is needed.
    (
        NETWORK + r"$$u_t = V h_t + U x_t$$",
        r"\frac{\partial E}{\partial u_t} \frac{\partial u_t}{\partial x_t} = V^T \frac{\partial E}{\partial u_t}",
        "not proved",
    ),
    (
        NETWORK,
        r"\frac{\partial E}{\partial h_{t+1}} \frac{\partial h_{t+1}}{\partial h_{t-1}} = W^T \delta_{t+1}",
        "not proved",
    ),
    # By a weight that every later step depends on, what is held fixed is not said.
    (
        LABELED,
        r"\sum_{t=1}^T \frac{\partial L_t}{\partial h_t} \frac{\partial h_t}{\partial W_{hh}} = \sum_{t=1}^T (\delta_t^h \odot (1 - h_t^2)) h_{t-1}^T",
        "not refuted",
    ),
    (
        LABELED,
        r"\sum_{t=1}^T \frac{\partial L_t}{\partial h_t} \frac{\partial h_t}{\partial b_h} = \sum_{t=1}^T \delta_t^h",
        "refuted",
    ),
    (
        LABELED,
        r"\sum_{t=1}^T \frac{\partial L_t}{\partial y_t} \frac{\partial y_t}{\partial b_y} = \sum_{t=1}^T \delta_t^y",
        "proved",
    ),
    (
        LABELED,
        r"\sum_{t=1}^T \frac{\partial L_t}{\partial y_t} \frac{\partial y_t}{\partial W_{hy}} = \sum_{t=1}^T \delta_t^y h_t^T",
        "proved",
    ),
    (
        LABELED,
        r"\sum_{t=1}^T \frac{\partial L_t}{\partial y_t} \frac{\partial y_t}{\partial W_{hy}} = \sum_{t=1}^{T-1} \delta_t^y h_t^T",
        "not proved",
    ),
    (
        LABELED,
        r"\sum_{t=1}^T \frac{\partial L_t}{\partial y_t} \frac{\partial y_t}{\partial W_{hy}} = \sum_{t=1}^T h_t (\delta_t^y)^T",
        "not refuted",
    ),
]


@pytest.mark.parametrize(("network", "line", "expected"), LINES)
def test_claims_about_the_steps(network: str, line: str, expected: str) -> None:
    verdict = check(network + f"$${line}$$\n").verdicts[-1]
    if expected.startswith("not "):
        assert verdict.status.value != expected.removeprefix("not "), verdict
    else:
        assert verdict.status.value == expected, verdict


def test_a_recurrence_is_not_followed_back_without_end() -> None:
    start = time.monotonic()
    check(
        LABELED
        + r"$$\frac{\partial L}{\partial W_{hy}} = \sum_{t=1}^T \frac{\partial L_t}{\partial y_t} \frac{\partial y_t}{\partial W_{hy}}$$"
    )
    assert time.monotonic() - start < 8


NUMBERS = (
    r"$$a^t = w x^t + v h^{t-1} + b$$ $$h^t = \sigma(a^t)$$ $$\hat{y}^t = u h^t + d$$"
    r"$$L^t = \frac{1}{2}(y^t - \hat{y}^t)^2$$" + "\n\n"
)
STATES = r"$$s_t = f(\theta s_{t-1} + u x_t)$$ $$J_t = \frac{1}{2}(s_t - y_t)^2$$" + "\n\n"
SLOPE = r"\frac{\partial h^t}{\partial w} = \sigma'(a^t) \left[ v \frac{\partial h^{t-1}}{\partial w} + %s \right]"


@pytest.mark.parametrize(
    ("before", "line", "status"),
    [
        (NUMBERS, SLOPE % "x^t", "proved"),
        (NUMBERS, SLOPE % "x^{t-1}", "refuted"),
        (NUMBERS, SLOPE % "h^{t-1}", "refuted"),
        (NUMBERS, SLOPE.replace("v ", "w ") % "x^t", "refuted"),
        (
            NUMBERS,
            r"\frac{\partial a^t}{\partial v} = v \frac{\partial h^{t-1}}{\partial v} + h^{t-1}",
            "proved",
        ),
        (NUMBERS, r"\frac{\partial a^t}{\partial v} = v \frac{\partial h^{t-1}}{\partial v}", "refuted"),
        (
            NUMBERS,
            r"\frac{\partial L^t}{\partial b} = -(y^t - \hat{y}^t) u \frac{\partial h^t}{\partial b}",
            "proved",
        ),
        (
            NUMBERS,
            r"\frac{\partial L^t}{\partial b} = (y^t - \hat{y}^t) u \frac{\partial h^t}{\partial b}",
            "not proved",
        ),
        # Whether the state before is held fixed is not said.
        (NUMBERS, r"\frac{\partial h^t}{\partial w} = \sigma'(a^t) x^t", "not refuted"),
        # True of the logistic function, which nothing says \sigma is.
        (
            NUMBERS,
            r"\frac{\partial h^t}{\partial b} = h^t (1 - h^t) \left[ v \frac{\partial h^{t-1}}{\partial b} + 1 \right]",
            "not refuted",
        ),
        (
            STATES,
            r"\frac{\partial J_t}{\partial \theta} = (s_t - y_t) \frac{\partial s_t}{\partial \theta}",
            "proved",
        ),
        (
            STATES,
            r"\frac{\partial s_{t+1}}{\partial u} = f'(\theta s_t + u x_{t+1}) (\theta \frac{\partial s_t}{\partial u} + x_{t+1})",
            "proved",
        ),
        (
            STATES,
            r"\frac{\partial s_{t+1}}{\partial u} = f'(\theta s_t + u x_{t+1}) (\theta \frac{\partial s_t}{\partial u} + x_t)",
            "refuted",
        ),
        # Without an input the state before is no arbitrary function: this one is true of s_t = \theta^t s_0.
        (
            r"$$s_t = \theta s_{t-1}$$" + "\n\n",
            r"\frac{\partial s_t}{\partial \theta} = \frac{t}{t-1} \theta \frac{\partial s_{t-1}}{\partial \theta}",
            "not refuted",
        ),
        # Vectors: what holds of numbers is not proved of them.
        (
            r"$$h_t = \tanh(W h_{t-1} + U x_t)$$" + "\n\n",
            r"\frac{\partial h_t}{\partial U} = (1 - h_t^2) (W \frac{\partial h_{t-1}}{\partial U} + x_t)",
            "not proved",
        ),
        (
            r"$$h_t = f(z_t)$$ $$z_t = w h_{t-1} + u x_t$$ $$y_t = u \odot h_t$$" + "\n\n",
            r"\frac{\partial z_t}{\partial u} = w \frac{\partial h_{t-1}}{\partial u} + x_t",
            "not proved",
        ),
    ],
)
def test_a_recurrence_of_numbers_is_decided_from_one_step_to_the_next(
    before: str, line: str, status: str
) -> None:
    test_claims_about_the_steps(before, line, status)


STEPS = r"$$s_t = f(A s_{t-1} + B x_t + c)$$" + "\n\n"


@pytest.mark.parametrize(
    ("right", "proved"),
    [
        (r"A^T \odot f'(A s_t + B x_{t+1} + c)", False),
        (r"A \odot f'(A s_t + B x_{t+1} + c)", False),
        (r"f'(A s_t + B x_{t+1} + c) \odot A^T", False),
        (r"A^T f'(A s_t + B x_{t+1} + c)", False),
        (r"\mathrm{diag}(f'(A s_t + B x_{t+1} + c)) A", True),
        (r"A^T \mathrm{diag}(f'(A s_t + B x_{t+1} + c))", True),
    ],
)
def test_a_matrix_times_a_vector_is_no_jacobian(right: str, proved: bool) -> None:
    text = STEPS + rf"$$\frac{{\partial s_{{t+1}}}}{{\partial s_t}} = {right}$$"
    (*_, found) = check(text, kind="markdown").verdicts
    assert (found.status == "proved") is proved
    assert found.status != "refuted"
