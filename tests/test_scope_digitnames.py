"""Letters with a number right behind them are names with a subscript; targets are apart from weights."""

import pytest

from convsym.checker import check

BEFORE = "A neuron with two inputs: $z = w1x1 + w2x2 + b$ and $L = (z - y1)^2$."

LINES = [
    (r"\frac{\partial L}{\partial w1} = 2(z-y1)x1", "proved"),
    (r"\frac{\partial L}{\partial w_2} = 2(z-y_1)x2", "proved"),
    (r"\frac{\partial L}{\partial w1} = 2(z-y1)x2", "refuted"),
    (r"\frac{\partial L}{\partial b} = (z-y1)", "refuted"),
    (r"L = z^2 - 2 z y1 + y1^2", "proved"),
    (r"2x3 = 6x", "proved"),  # between numbers it is a product
    (r"x 2 = 2x", "proved"),
    (r"\frac{1}{1 + e^{-w1x1}} = \frac{1}{1 + e^{-x_1 w_1}}", "proved"),
    (r"2 net_{h1} = net_{h1} + net_{h1}", "proved"),  # in a subscript it is a label
]


@pytest.mark.parametrize(("line", "status"), LINES)
def test_a_number_behind_a_letter(line: str, status: str) -> None:
    verdict = check(f"{BEFORE}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict


TARGETS = "$h = g(w_{11} x_1)$, $o = h u_{11}$ and $L = \\frac{1}{2}(o - t_1)^2$."

DERIVATIVES = [
    (
        r"(o - t_1) \left( \frac{\partial}{\partial w_{11}} o - \frac{\partial}{\partial w_{11}} t_1 \right) = "
        r"(o - t_1) u_{11} g'(w_{11} x_1) x_1",
        "proved",
    ),
    (
        r"(o - t_1) \left( \frac{\partial}{\partial w_{11}} o - \frac{\partial}{\partial w_{11}} t_1 \right) = "
        r"(o - t_1) u_{11} g'(w_{11} x_1)",
        "unsupported",
    ),
    (r"\frac{\partial}{\partial w_{11}} t_1 = 1", "unsupported"),
]


@pytest.mark.parametrize(("line", "status"), DERIVATIVES)
def test_a_target_is_apart_from_a_weight(line: str, status: str) -> None:
    verdict = check(f"{TARGETS}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict
    if status == "proved":
        assert "$t_{1}$ does not depend on $w$" in verdict.assuming


ZEROS = r"$z_0 = x w_{00} + y w_{01} + b_0$, $z_1 = \tanh(z_0) w_1 + b_1$ and $L = (t - z_1)^2$."


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial L}{\partial w_1} = -2 (t - z_1) \tanh(z_0)", "proved"),
        (r"\frac{\partial L}{\partial w_{01}} = -2 (t - z_1) w_1 (1 - \tanh(z_0)^2) y", "proved"),
        (r"\frac{\partial L}{\partial w_{01}} = -2 (t - z_1) w_1 (1 - \tanh(z_0)^2) x", "refuted"),
        (r"\frac{\partial L}{\partial w_1} = -2 (t - z_1) \tanh(z_1)", "refuted"),
    ],
)
def test_a_number_with_a_leading_zero_is_a_label(line: str, status: str) -> None:
    verdict = check(f"{ZEROS}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict


@pytest.mark.parametrize("accent", ["hat", "tilde", "bar"])
def test_a_numbered_letter_under_an_accent(accent):
    text = rf"$$E = \frac12 (t1 - \{accent}{{y1}})^2$$ $$\frac{{\partial E}}{{\partial \{accent}{{y1}}}} = "
    assert check(text + rf"\{accent}{{y1}} - t1$$").verdicts[-1].status.value == "proved"
    assert check(text + rf"\{accent}{{y_1}} - t_1$$").verdicts[-1].status.value == "proved"
    assert check(text + rf"t1 - \{accent}{{y1}}$$").verdicts[-1].status.value == "refuted"
    assert check(rf"$$z = \{accent}{{y + 1}}$$").verdicts[-1].status.value == "unsupported"


HIDDEN = r"$$z_h = x * w_h$$ $$h = \tanh(z_h)$$ $$z_o = h * w_o$$ $$L = \frac12 (z_o - t)^2$$ "


@pytest.mark.parametrize(
    ("line", "status"),
    [
        # The h of w_h is the layer that is differentiated elsewhere, and no cell at an index.
        (r"\frac{\partial z_h}{\partial w_h} = x", "proved"),
        (r"{\partial z_h}/{\partial w_h} = x", "proved"),
        (r"{\partial h}/{\partial z_h} = 1 - h^2", "proved"),
        (r"{\partial h}/{\partial z_h} = 1 - z_h^2", "refuted"),
        (r"{\partial L}/{\partial h} = w_o (z_o - t)", "proved"),
        (r"\frac{\partial L}{\partial w_o} = h * (z_o - t)", "proved"),
        (r"\frac{\partial L}{\partial w_o} = z_h * (z_o - t)", "refuted"),
        # No \partial cancels against another.
        (r"\partial z_h \cdot h = h \partial z_h", "unsupported"),
    ],
)
def test_a_quantity_under_other_names_marks_them(line, status):
    end = r"$$\frac{\partial L}{\partial h} = \frac{\partial L}{\partial z_o} \frac{\partial z_o}{\partial h}$$ "
    verdict = check(f"{HIDDEN}{end}$${line}$$").verdicts[-1]
    assert verdict.status.value == status, verdict


def test_a_letter_that_counts_stays_an_index():
    text = r"$$y_h = \sum_{h=1}^{3} w_h x_h$$ $$a_h = 2 x_h$$ $$\frac{\partial L}{\partial h} = 0$$ $$a_1 = LAST$$"
    assert check(text.replace("LAST", "2 x_1")).verdicts[-1].status.value == "proved"
    assert check(text.replace("LAST", "2 x_2")).verdicts[-1].status.value == "refuted"
