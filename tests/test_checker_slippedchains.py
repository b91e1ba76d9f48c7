"""Chain rules whose ends do not meet, that lead back, or that leave out a step of a recurrence."""

import pytest

import convsym


def last(text):
    return convsym.check(text, kind="markdown").verdicts[-1]


def status(line, head=""):
    return str(last(f"{head}\n\n$${line}$$\n").status)


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial C}{\partial w_{jk}} = \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial w_{ji}}",
        r"\frac{\partial C}{\partial w_{jk}} = \frac{\partial C}{\partial z_j} \frac{\partial z_i}{\partial w_{jk}}",
        r"\frac{\partial C}{\partial w_1} = \frac{\partial C}{\partial z} \cdot \frac{\partial z}{\partial w_2}",
        r"\frac{\partial C}{\partial a_k} = \sum_j \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial a_i}",
        r"\frac{\partial C}{\partial w_{jk}^{(l)}} = \frac{\partial C}{\partial z_j^{(l)}}"
        r" \frac{\partial z_j^{(l)}}{\partial w_{kj}^{(l)}}",
        r"\frac{\partial y}{\partial z} = \frac{\partial y}{\partial s} \frac{\partial s}{\partial y}",
        r"\frac{\partial a^{[1]}}{\partial z^{[1]}} = \frac{\partial a^{[1]}}{\partial \sigma}"
        r" \cdot \frac{\partial \sigma}{\partial a^{[1]}}",
    ],
)
def test_a_chain_with_a_wrong_end_is_refuted(line):
    assert status(line) == "refuted"


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial C}{\partial w_{jk}} = \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial w_{jk}}",
        r"\frac{\partial C}{\partial a_k} = \sum_j \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial a_k}",
        r"\frac{\partial y}{\partial z} = \frac{\partial y}{\partial s} \frac{\partial s}{\partial z}",
        r"\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial h_{t+1}} \frac{\partial h_{t+1}}{\partial h_t}",
    ],
)
def test_the_chain_rule_is_proved(line):
    assert status(line) == "proved"


@pytest.mark.parametrize(
    "line",
    [
        # b may be added to what v stands for, f may be the value y, and l may be the last layer L
        r"\frac{\partial C}{\partial b} = \frac{\partial C}{\partial z} \frac{\partial z}{\partial v}",
        r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial y} \frac{\partial f}{\partial w}",
        r"\frac{\partial C}{\partial w_l} = \frac{\partial C}{\partial z_L} \frac{\partial z_L}{\partial w_L}",
        r"\frac{\partial L}{\partial y_N} = \frac{\partial L}{\partial z_n} \frac{\partial z_n}{\partial y_n}",
        r"\frac{\partial C}{\partial w_{jk}} = \frac{\partial C}{\partial z} \frac{\partial z}{\partial w}",
    ],
)
def test_ends_that_may_be_one_quantity_are_left_open(line):
    assert status(line) != "refuted"


@pytest.mark.parametrize("head", ["The weights are symmetric.", "Here $k = i$.", "$$k = i$$"])
def test_cells_that_the_text_makes_one_are_left_open(head):
    line = r"\frac{\partial C}{\partial w_{ik}} = \frac{\partial C}{\partial z} \frac{\partial z}{\partial w_{ki}}"
    assert status(line) == "refuted"
    assert status(line, head) != "refuted"


def test_a_slope_by_what_is_only_added_may_be_one():
    line = r"\frac{\partial z}{\partial b} = \frac{\partial z}{\partial u} \frac{\partial u}{\partial z}"
    assert status(line, "$$z = y + b$$") != "refuted"


RECURRENCE = r"$$h_t = \tanh(W h_{t-1} + U x_t + b)$$" + "\n\n" + r"$$\hat y_t = V h_t + c$$" + "\n\n"
PAST_A_STEP = (
    r"\frac{\partial L_{t+1}}{\partial W} = \frac{\partial L_{t+1}}{\partial h_{t+1}}"
    r" \frac{\partial h_{t+1}}{\partial h_t} \frac{\partial h_t}{\partial W}"
)
AT_3 = (
    r"\frac{\partial L_3}{\partial U} = \frac{\partial L_3}{\partial \hat y_3} \frac{\partial \hat y_3}{\partial h_3}"
    r" \frac{\partial h_3}{\partial h_2} \frac{\partial h_2}{\partial U}"
)


@pytest.mark.parametrize("line", [PAST_A_STEP, AT_3])
def test_a_chain_that_leaves_out_how_the_later_step_is_made_is_refuted(line):
    assert status(line, RECURRENCE) == "refuted"


@pytest.mark.parametrize("line", [PAST_A_STEP, AT_3])
def test_a_contribution_of_one_step_is_left_open(line):
    assert status(line, RECURRENCE + "The contribution of the step before is") != "refuted"


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L_3}{\partial W} = \frac{\partial L_3}{\partial h_3} \frac{\partial h_3}{\partial W}",
        r"\frac{\partial L_3}{\partial h_1} = \frac{\partial L_3}{\partial h_3} \frac{\partial h_3}{\partial h_2}"
        r" \frac{\partial h_2}{\partial h_1}",
        r"\frac{\partial L_t}{\partial W} = \sum_{k=1}^{t} \frac{\partial L_t}{\partial h_t}"
        r" \frac{\partial h_t}{\partial h_k} \frac{\partial h_k}{\partial W}",
    ],
)
def test_chains_that_leave_nothing_out_are_not(line):
    assert status(line, RECURRENCE) != "refuted"


def test_layers_that_share_a_letter_are_left_open():
    line = (
        r"\frac{\partial C}{\partial W} = \frac{\partial C}{\partial a_3} \frac{\partial a_3}{\partial a_2}"
        r" \frac{\partial a_2}{\partial W}"
    )
    assert status(line, r"$$a_l = \sigma(W a_{l-1})$$") != "refuted"
