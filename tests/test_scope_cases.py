"""Values at which lines are said, and where they end."""

import pytest

import convsym

DECAY = (
    "$$J = \\frac12 (w x - t)^2 + \\frac\\lambda2 w^2$$\n\n"
    "Without weight decay ($\\lambda = 0$) the gradient is\n\n$$\\frac{dJ}{dw} = (w x - t) x$$\n\n"
)
MOMENTUM = (
    "Momentum: $v_t = \\mu v_{t-1} + g_t$, $w_t = w_{t-1} - \\eta v_t$. Without momentum ($\\mu = 0$) we get\n\n"
    "$$w_t = w_{t-1} - \\eta g_t$$\n\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DECAY, "proved"),
        (DECAY + "With weight decay it is\n\n$$\\frac{dJ}{dw} = (w x - t) x$$\n", "refuted"),
        (DECAY + "With weight decay it is\n\n$$\\frac{dJ}{dw} = (w x - t) x + \\lambda w$$\n", "proved"),
        (MOMENTUM, "proved"),
        (MOMENTUM + "With momentum\n\n$$w_t = w_{t-1} - \\eta g_t$$\n", "refuted"),
        (MOMENTUM + "With momentum\n\n$$w_t = w_{t-1} - \\eta\\mu v_{t-1} - \\eta g_t$$\n", "proved"),
    ],
)
def test_a_value_that_leaves_something_out_ends_where_it_is_taken_in_again(text, expected):
    assert convsym.check(text).files[0].verdicts[-1].status.value == expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}", "undecided"),
        (r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}", "proved"),
        (r"p_i = \frac{e^{-z_i}}{\sum_j e^{-z_j}}", "refuted"),
    ],
)
def test_a_letter_that_only_a_later_definition_brings_in_refutes_nothing(later, expected):
    text = f"$\\log p_i = z_i - \\log \\sum_j e^{{z_j}}$.\n\nIt is\n\n$$ {later} $$\n"
    assert convsym.check(text).files[0].verdicts[0].status.value == expected
