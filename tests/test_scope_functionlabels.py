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


LABELLED = (r"\sigma_h(x) = \tanh(x)", r"\sigma_{out}(x) = \frac{1}{1+e^{-x}}")


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"\sigma_h'(x) = 1 - \sigma_h(x)^2", "proved"),
        (r"\sigma_h'(x) = 1 + \sigma_h(x)^2", "refuted"),
        (r"\sigma_{out}'(x) = \sigma_{out}(x) (1 - \sigma_{out}(x))", "proved"),
        (r"\sigma_{out}'(x) = \sigma_{out}(x) (1 - \sigma_h(x))", "refuted"),
        (r"\frac{d}{dz} \sigma_h(2z) = 2 (1 - \sigma_h(2z)^2)", "proved"),
        (r"\frac{d}{dz} \sigma_h(2z) = 1 - \sigma_h(2z)^2", "refuted"),
    ],
)
def test_functions_that_a_text_defines_by_their_labels_are_two_functions(claim: str, status: str) -> None:
    from convsym.checker import check

    text = "\n\n".join(f"$${line}$$" for line in (r"h_t = \sigma_h(a_t)", *LABELLED, claim))
    found = list(check(text).verdicts)[-1]
    assert found.status.value == status
    shown = " ".join((found.reason, *found.repairs, *found.steps, *found.assuming))
    assert not any(name in shown for name in ("varphi", "psi", "rho", "Phi"))
    assert all(r"\sigma_" in repair for repair in found.repairs)


def test_an_index_of_the_left_side_is_no_label() -> None:
    from convsym.checker import check

    text = "\n\n".join(f"$${line}$$" for line in (r"y_h = \sigma_h(z_h)", r"\sigma_h(z_h) = \tanh(z_h)"))
    assert not any("varphi" in one.reason for one in check(text).verdicts)


@pytest.mark.parametrize(
    "name", ["$f_a$ is the activation function", "The activation function $f_a$ is smooth"]
)
def test_a_label_that_also_counts_elsewhere_is_a_label_where_the_text_says_so(name):
    text = f"{name}.\n\n" + r"$$s_n = \sum_{a=1}^{m} k_a x_{n+a}$$" + "\n\n" + r"$$o_n = f_a(s_n)$$" + "\n\n"
    slope = r"$$\frac{\partial o_n}{\partial k_a} = "
    assert str(last(text + r"$$\frac{\partial o_n}{\partial s_n} = {f_a}'(s_n)$$").status) == "proved"
    # There is a function that is its own slope.
    assert str(last(text + r"$$\frac{\partial o_n}{\partial s_n} = f_a(s_n)$$").status) == "unsupported"
    assert str(last(text + slope + r"f_a'(s_n) x_{n+a}$$").status) == "proved"
    assert str(last(text + slope + r"f_a'(s_n) x_{n}$$").status) == "refuted"


def test_an_index_of_functions_stays_one_where_nothing_calls_it_a_label():
    text = r"$$y = \sum_{a=1}^{m} f_a(x)$$" + "\n\n" + r"$$\frac{\partial y}{\partial x} = f_a'(x)$$"
    assert str(last(f"$f_a$ is the activation function of path a.\n\n{text}").status) != "proved"
    assert str(last(text).status) != "proved"
