"""Steps of gradient descent that change one weight by the slope of another."""

import pytest

import convsym


def statuses(text):
    return [str(one.status) for one in convsym.check(text, kind="markdown").verdicts]


@pytest.mark.parametrize(
    "line",
    [
        r"w_{jk} = w_{jk} - \eta \frac{\partial E}{\partial w_{ji}}",
        r"w_{jk}^{(l)} \leftarrow w_{jk}^{(l)} - \eta \frac{\partial E}{\partial w_{ik}^{(l)}}",
        r"b_j := b_j - \alpha \frac{\partial J}{\partial b_i}",
        r"w_{jk}^{(l)} + \Delta w_{jk}^{(l)} = w_{jk}^{(l)} + (-\eta \frac{\partial E}{\partial w_{ji}})",
    ],
)
def test_a_step_by_another_cell_is_refuted(line):
    assert statuses(f"$${line}$$\n") == ["refuted"]


@pytest.mark.parametrize(
    "line",
    [
        r"w_{jk} = w_{jk} - \eta \frac{\partial E}{\partial w_{jk}}",
        r"w_{jk}^{(l)} \leftarrow w_{jk}^{(l)} - \eta \frac{\partial E}{\partial w_{jk}}",
        r"b_j := b_j - \alpha \frac{\partial J_i}{\partial b_j}",
        r"w = w - \eta \frac{\partial E}{\partial w_i}",
        r"w_l = w_l - \eta \frac{\partial E}{\partial w_L}",
        r"w_j = w_j - \eta x_i \frac{\partial E}{\partial w_i}",
    ],
)
def test_other_steps_are_not(line):
    assert "refuted" not in statuses(f"$${line}$$\n")


def step(new, old):
    return rf"$$W_{new} = W_{old} - \alpha \frac{{\partial J}}{{\partial W_{old}}}$$" + "\n\n"


def test_a_weight_computed_from_another_one_is_refuted_beside_its_own_step():
    assert statuses(step(2, 1) + step(2, 2) + step(3, 3))[0] == "refuted"
    assert statuses("$$W_2 = W_1 - \\alpha * dW_1$$\n\n$$W_2 = W_2 - \\alpha * dW_2$$\n")[0] == "refuted"


def test_numbers_that_count_steps_are_not():
    assert "refuted" not in statuses(step(1, 0) + step(2, 1) + step(3, 2))
    assert "refuted" not in statuses(step(2, 1) + "# Layers\n\n" + step(2, 2))
    assert "refuted" not in statuses(step(1, 1) + step(2, 2) + step(3, 3))
