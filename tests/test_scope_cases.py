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


SIZE = (
    r"For input size $n$, kernel size $k$, padding $p$ and stride $s$ the output size is "
    r"$$o = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1.$$ "
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"For example, with $n=227$, $k=11$, $p=0$ and $s=4$ we get $o = 55$.", "proved"),
        (r"For example, with $n=227$, $k=11$, $p=0$ and $s=4$ we get $o = 56$.", "refuted"),
        (r"With $n=5$, $k=3$, $p=0$, $s=1$ we get $o=3$. With $n=7$, $k=3$, $p=1$, $s=2$ we get $o=4$.", "proved"),
        (r"With $n=5$, $k=3$, $p=0$, $s=1$ we get $o=3$. With $n=7$, $k=3$, $p=1$, $s=2$ we get $o=3$.", "refuted"),
        (r"In the special case $s=1$ this is $o = n + 2p - k + 1$.", "proved"),
        (r"In the special case $s=1$ this is $o = n + 2p - k$.", "refuted"),
        (r"$n=6$, $k=2$, $p=0$ and $s=2$ give $o = 3$, while $n=6$, $k=4$, $p=0$ and $s=2$ give $o = 2$.", "proved"),
        (r"$n=6$, $k=2$, $p=0$ and $s=2$ give $o = 3$, while $n=6$, $k=4$, $p=0$ and $s=2$ give $o = 3$.", "refuted"),
        (r"For $k=3$, $p=0$, $s=2$ and $n=55$ we have $o=27$, and for $n=27$ we have $o=13$.", "proved"),
        (r"For $k=3$, $p=0$, $s=2$ and $n=55$ we have $o=27$, and for $n=27$ we have $o=12$.", "refuted"),
    ],
)  # fmt: skip
def test_examples_of_one_size_formula_have_their_own_values(text, expected):
    found = [v for v in convsym.check(SIZE + text).verdicts if v.status in ("proved", "refuted")]
    assert found[-1].status == expected


def test_a_special_case_does_not_settle_the_general_one():
    text = (
        r"Let $y_i = \sum_{k=0}^{K-1} w_k x_{si+k}$. Suppose first $s=1$; then $\frac{\partial y_i}{\partial x_j} = "
        r"w_{j-i}$ for $0 \le j-i < K$. For general $s$ we have $\frac{\partial y_i}{\partial x_j} = w_{j-i}$."
    )
    assert [v.status for v in convsym.check(text).verdicts if "partial" in v.latex] == ["proved", "undecided"]


def test_a_value_of_a_later_sentence_decides_no_line_under_a_condition():
    text = (
        "# Leaky ReLU\n\n"
        r"The leaky ReLU is $f(x) = \max(x, \alpha x)$ with $0 < \alpha < 1$. If $x > 0$ then $f(x) = x$ and "
        r"$f'(x) = 1$. If $x < 0$ then $f(x) = \alpha x$ and $f'(x) = %s$. "
        r"With $\alpha = 0$ we get the ordinary ReLU, $f(x) = \max(x, 0)$."
    )
    assert [v.status for v in convsym.check(text % r"\alpha").verdicts if "f'" in v.latex][-1] != "refuted"
    assert [v.status for v in convsym.check(text % "1").verdicts if "f'" in v.latex][-1] != "proved"
    assert [v.status for v in convsym.check(text % "0").verdicts if "f'" in v.latex][-1] != "proved"
