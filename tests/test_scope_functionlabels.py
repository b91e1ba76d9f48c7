r"""Functions with a label, \sigma_h and \sigma_y: each is a function of its own, and no factor before a bracket."""

import pytest

import convsym

STATE = r"$$h_t = \sigma_h(W_{xh} x_t + W_{hh} h_{t-1} + b_h)$$" + "\n\n"


def last(text):
    return convsym.check(text, kind="markdown").verdicts[-1]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\text{diag}(\sigma_h'(W_{xh} x_{t+1} + W_{hh} h_t + b_h)) W_{hh}", "proved"),
        (r"\text{diag}(\sigma_h'(W_{xh} x_{t+1} + W_{hh} h_t + b_h)) W_{xh}", "refuted"),
    ],
)
def test_the_slope_of_a_state_with_a_labelled_function(line, status):
    assert str(last(STATE + rf"$$\frac{{\partial h_{{t+1}}}}{{\partial h_t}} = {line}$$").status) == status


def test_a_slope_that_holds_for_one_function_is_not_refuted_for_a_label():
    line = r"$$\frac{\partial h_{t+1}}{\partial h_t} = W_{hh}^T \text{diag}(1 - h_{t+1}^2)$$"
    assert str(last(f"{STATE}{line}\n\nThe state uses `tanh`.\n").status) != "refuted"
    assert str(last(f"Here $\\sigma_h$ is a function.\n\n{STATE}{line}\n").status) != "refuted"


def test_the_function_of_the_kth_unit_keeps_its_index():
    text = (
        r"$$y_k = \varphi_k(v_k)$$"
        + "\n\n"
        + r"$$\frac{\partial y_k}{\partial v_k} = \varphi_k(v_k)$$"
        + "\n"
    )
    assert str(last(text).status) != "proved"
