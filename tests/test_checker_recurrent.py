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
