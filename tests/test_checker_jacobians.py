"""The Jacobian of a state by the state before it: either layout holds, and what is neither does not."""

import pytest

import convsym

ONE = r"$$h_t = \phi(W x_t + U h_{t-1} + b)$$" + "\n\n"
TWO = "$$z_t = W x_t + U h_{t-1} + b$$\n\n" + r"$$h_t = \tanh(z_t)$$" + "\n\n"
TURNED = r"$$h_t = \phi(W^T x_t + U^T h_{t-1} + b)$$" + "\n\n"
SLOPE = r"\frac{\partial h_t}{\partial h_{t-1}} = "
INNER = r"\operatorname{diag}(\phi'(W x_t + U h_{t-1} + b))"


def status(head, line):
    return str(convsym.check(f"{head}$${line}$$\n", kind="markdown").verdicts[-1].status)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (ONE, f"{SLOPE}{INNER} U"),
        (ONE, f"{SLOPE}U^T {INNER}"),
        (TWO, rf"{SLOPE}\operatorname{{diag}}(1 - h_t^2) U"),
        (TWO, rf"{SLOPE}diag(\tanh'(z_t)) U"),
        (TWO, r"\frac{\partial h_k}{\partial h_{k-1}} = U^T diag(\tanh'(z_k))"),
        (TURNED, r"\frac{\partial h_{t+1}}{\partial h_t} = diag(\phi'(W^T x_{t+1} + U^T h_t + b)) U^T"),
    ],
)
def test_either_layout_is_proved(head, line):
    assert status(head, line) == "proved"


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (ONE, f"{SLOPE}{INNER} U^T"),
        (ONE, f"{SLOPE}U {INNER}"),
        (TWO, rf"{SLOPE}\operatorname{{diag}}(1 - h_t^2) U^T"),
        (TWO, rf"{SLOPE}diag(1 - h_{{t-1}}^2) U"),
        (TWO, r"\frac{\partial h_k}{\partial h_{k-1}} = U diag(\tanh'(z_k))"),
        (TURNED, r"\frac{\partial h_{t+1}}{\partial h_t} = diag(\phi'(W^T x_{t+1} + U^T h_t + b)) U"),
        (TURNED, r"\frac{\partial h_{j+1}}{\partial h_j} = diag(\phi'(W^T x_{j+1} + U^T h_j + b)) U"),
    ],
)
def test_what_is_neither_is_refuted(head, line):
    assert status(head, line) == "refuted"
