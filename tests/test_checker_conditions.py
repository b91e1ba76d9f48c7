"""What a reviewer found: lines that hold under what a note says, and slips that only look proved."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

from convsym.checker import check

SOFTMAX = r"$$p_i = \frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}$$ "
VARIANCE = r"$$\mu = \frac1m \sum_{i=1}^m x_i$$ $$\sigma^2 = \frac1m \sum_{i=1}^m (x_i-\mu)^2$$ $$q_i = \frac{x_i-\mu}{\sqrt{\sigma^2 + \epsilon}}$$ "
LAYER = r"$$z = W x$$ $$L = \frac12 \|z-y\|^2$$ "
WINDOW = r"$$y_i = \sum_{j=0}^1 w_j x_{i+j}$$ $$L = \sum_{i=0}^1 t_i y_i$$ "


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (r"$$L = (wx-y)^2$$ $$\nabla_w L = 2x(wx-y)$$", {"proved"}),
        (r"$$L = (wx-y)^2$$ $$\nabla_w L = 2w(wx-y)$$", {"refuted"}),
        (SOFTMAX + r"$$\log p_i = z_i - \log \sum_{k=1}^K e^{z_k}$$", {"proved"}),
        (r"$$\log \sum_{k=1}^2 a_k = \log(a_1 + a_2)$$", {"proved"}),
        (r"$$\log \sum_{k=1}^2 c a_k = c \log \sum_{k=1}^2 a_k$$", {"refuted"}),
        (r"$$\exp \sum_{k=1}^2 z_k = e^{z_1} e^{z_2}$$", {"proved"}),
        (r"$$\sigma(x) = \frac{1}{1+e^{-x}}$$ $$\sigma^{-1}(y) = \ln\frac{y}{1-y}$$", {"unsupported"}),
        (r"$$\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^3 e^{z_j}}$$", {"unsupported", "definition"}),
        (r"$$y_{ij} = \sum_{a=0}^{1}\sum_{b=0}^{1} w_{ab} x_{(i+a)(j+b)}$$ $$y_{00} = w_{00}x_{00}+w_{01}x_{01}+w_{10}x_{10}+w_{11}x_{11}$$", {"proved"}),
        (WINDOW + r"$$\frac{\partial L}{\partial x_m} = \sum_{i=0}^1 t_i w_{m-i}$$", {"proved", "undecided", "unsupported"}),
        (LAYER + r"$$\frac{\partial L}{\partial W} = (z-y) x^T$$", {"proved"}),
        (LAYER + r"$$\frac{\partial L}{\partial W} = x (z-y)^T$$", {"unsupported", "refuted"}),
        (r"A is symmetric. $$f = x^T A x$$ $$\frac{\partial f}{\partial x} = 2 A x$$", {"unsupported", "proved"}),
        (r"Let $x > 0$. $$\max(0, x) = x$$", {"unsupported", "proved"}),
        (r"Let $x > 0$. $$\max(0, x) = 2x$$", {"refuted"}),
        (r"$$W = m g h$$ $$v^2 = 2 g h$$ $$k = \frac12 m v^2$$ $$k = W$$", {"unsupported", "proved"}),
        (r"$$(f * g)(n) = \sum_{m=0}^{3} f(m) g(n-m)$$ $$(f * g)^2 = f^2 * g^2$$", {"unsupported"}),
        (r"$$u_i = x_i^2$$ $$\frac{\partial u_i}{\partial x_j} = 0$$", {"undecided", "refuted"}),
        (r"With padding 1: $$y_i = \sum_{j=0}^{2} w_j x_{i+j-1}$$ $$y_0 = w_1 x_0 + w_2 x_1$$", {"unsupported", "proved"}),
        (r"$$z^l = W^l a^{l-1} + b^l$$ $$z^l = W^l a^{l-1} + b$$", {"unsupported"}),
        (r"$$Z = XW + \mathbf{1} b^\top$$ $$L = \frac{1}{2N} \|Z-Y\|_F^2$$ $$\frac{\partial L}{\partial b} = \frac1N (Z-Y)$$", {"unsupported", "refuted"}),
    ],
)  # fmt: skip
def test_the_last_line(text: str, status: set[str]) -> None:
    verdict = check(text, kind="markdown").verdicts[-1]
    assert str(verdict.status) in status, (str(verdict.status), verdict.reason)


def test_a_variance_is_a_definition() -> None:
    assert {str(v.status) for v in check(VARIANCE, kind="markdown").verdicts} == {"definition"}


def test_slopes_that_are_wrong_alike_do_not_refute_what_is_differentiated() -> None:
    text = r"""
$$L = \frac{1}{2}\sum_{i=1}^2 (o_i - y_i)^2$$

$$\frac{\partial L}{\partial o_1} = 2(o_1-y_1)$$

$$\frac{\partial L}{\partial o_2} = 2(o_2-y_2)$$
"""
    first, *slopes = check(text, kind="markdown").verdicts
    assert str(first.status) == "definition"
    assert all(str(v.status) in ("unsupported", "refuted") for v in slopes)


def test_two_printed_cells_exchanged_are_one_slip() -> None:
    text = r"$$X = \begin{bmatrix} x_{1,1} & x_{3,1} & x_{2,1} \\ x_{1,2} & x_{2,2} & x_{3,2} \\ x_{1,3} & x_{2,3} & x_{3,3} \end{bmatrix}$$"
    (verdict,) = check(text, kind="markdown").verdicts
    assert str(verdict.status) == "refuted"
    assert "x_{1,1} & x_{2,1} & x_{3,1}" in (verdict.repair or "")


GIVEN = r"$$(x_1, x_2) = (0.5, 0.3)$$ $$(w_1, w_2, w_3) = (0.3, 0.2, 0.4)$$ $$s_1 = w_1 x_1 + w_2 x_2$$ $$s_2 = w_3 x_1$$ "


@pytest.mark.parametrize(
    ("line", "status"),
    [
        # Numbers that are given are no condition under which a line may hold that is wrong for them too.
        (r"g = \tanh(s_1) = \frac{e^{s_2} - e^{-s_2}}{e^{s_2} + e^{-s_2}}", "refuted"),
        (r"g = \tanh(s_1) = \frac{e^{s_1} - e^{-s_1}}{e^{s_1} + e^{-s_1}}", "proved"),
        # 0.3 x_1 + 0.2 x_2 = 0.21 and 0.7 x_2 = 0.21
        (r"q = 10 s_1 = 7 x_2", "unsupported"),
    ],
)
def test_a_line_that_fails_for_the_numbers_given(line: str, status: str) -> None:
    verdict = check(f"{GIVEN}$${line}$$", kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict


def test_numbers_put_in_are_no_condition() -> None:
    text = (
        r"$$E = \frac12 (t - y)^2 = \frac12 (0.1 - 0.7)^2$$ "
        r"$$2 \cdot \frac12 (t - y) + 0 = SIGN(t - y)$$"
    )
    assert check(text.replace("SIGN", "-"), kind="markdown").verdicts[-1].status.value == "refuted"
    assert check(text.replace("SIGN", ""), kind="markdown").verdicts[-1].status.value == "proved"


MISPRINT = r"""
$$(x_1, x_2) = (0.5, 0.3)$$ $$s_1 = 0.2 x_1 + 0.1 x_2$$ $$s_2 = 0.7 x_1 + 0.5 x_2$$

$$g_2 = \tanh(s_1) = \frac{e^{s_2} - e^{-s_2}}{e^{s_2} + e^{-s_2}} = \frac{e^{0.5} - e^{-0.5}}{e^{0.5} + e^{-0.5}} = 0.4621$$

$$o = 3 g_2 = RESULT$$
"""


@pytest.mark.parametrize(("result", "status"), [("1.386", "proved"), ("0.9", "refuted")])
def test_the_numbers_of_a_misprinted_formula_are_carried_on(result: str, status: str) -> None:
    found = check(MISPRINT.replace("RESULT", result), kind="markdown").verdicts
    by_formula = {verdict.latex: verdict.status.value for verdict in found}
    assert by_formula[r"\tanh(s_1) = \frac{e^{s_2} - e^{-s_2}}{e^{s_2} + e^{-s_2}}"] == "refuted"
    assert by_formula[f"3 g_2 = {result}"] == status


def test_a_cell_of_a_further_layer_is_introduced_in_the_middle_of_a_chain() -> None:
    text = (
        r"$$z_1^{(1)} = v_1 x_1 + v_2 x_2$$ $$a_1^{(1)} = \tanh(z_1^{(1)})$$ $$\hat y = z_1^{(2)}$$ "
        r"$$\hat y = z_1^{(2)} = u_1 a_1^{(1)} + u_2$$ $$z_1^{(1)} = LAST$$"
    )
    right = check(text.replace("LAST", "v_2 x_2 + v_1 x_1"), kind="markdown").verdicts
    wrong = check(text.replace("LAST", "v_1 x_2 + v_2 x_1"), kind="markdown").verdicts
    assert "refuted" not in {verdict.status.value for verdict in right}
    assert [verdict.status.value for verdict in wrong].count("refuted") == 1
