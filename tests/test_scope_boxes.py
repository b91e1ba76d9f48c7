r"""Sums over boxes, numbers of layers without brackets, Iverson's bracket, and products of printed matrices."""

from __future__ import annotations

import pytest

from convsym.checker import check


def verdicts(text: str) -> list[str]:
    return [str(verdict.status) for verdict in check(text, kind="markdown").verdicts]


BOXES = [
    r"\sum_{(s,t)=(0,0)}^{(P-1,Q-1)}",
    r"\sum_{0 \le s < P, 0 \le t < Q}",
    r"\sum_{\substack{0 \le s \le P - 1 \\ 0 \le t \le Q - 1}}",
]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize(("right", "status"), [("B_{i+s,j+t}", "proved"), ("B_{i+t,j+s}", "refuted")])
def test_a_sum_over_a_box_is_one_sum_a_letter(box: str, right: str, status: str) -> None:
    text = (
        rf"$$A_{{i,j}} = {box} G_{{s,t}} B_{{i+s,j+t}}$$"
        "\n\n"
        rf"$$\frac{{\partial A_{{i,j}}}}{{\partial G_{{s,t}}}} = {right}$$"
    )
    assert verdicts(text) == ["definition", status]


def test_the_box_says_how_far_each_letter_runs() -> None:
    text = r"$$v = \sum_{0 \le s < n} s$$" + "\n\n" + r"$$v = RIGHT$$"
    assert verdicts(text.replace("RIGHT", r"\frac{n(n-1)}{2}"))[-1] == "proved"
    assert verdicts(text.replace("RIGHT", r"\frac{n(n+1)}{2}"))[-1] != "proved"


def test_orders_between_letters_are_no_box() -> None:
    text = r"$$v = \sum_{1 \le s < t \le Q} 1$$" + "\n\n" + r"$$v = Q^2$$"
    assert verdicts(text)[-1] not in ("proved", "refuted")


NUMBERED = r"""
$$u^1 = A^1 x + c^1$$

$$v^1 = f(u^1)$$

$$u^2 = A^2 v^1 + c^2$$

"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial u^2}{\partial v^1} = A^2", "proved"),
        (r"\frac{\partial u^2}{\partial v^1} = A^1", "refuted"),
        (r"\frac{\partial R}{\partial v^1} = (A^2)^T \frac{\partial R}{\partial u^2}", "proved"),
        (r"\frac{\partial R}{\partial v^1} = A^{2T} \frac{\partial R}{\partial u^2}", "proved"),
        (r"\frac{\partial R}{\partial v^1} = A^{1T} \frac{\partial R}{\partial u^2}", "not proved"),
    ],
)
def test_numbers_above_that_are_no_powers_count_layers(line: str, status: str) -> None:
    found = verdicts(NUMBERED + f"$${line}$$")[-1]
    assert found != "proved" if status == "not proved" else found == status


def test_powers_stay_powers() -> None:
    text = r"$$q = r_0 x^0 + r_1 x^1 + r_2 x^2$$" + "\n\n" + r"$$\frac{dq}{dx} = r_1 + 2 r_2 x$$"
    assert verdicts(text)[-1] == "proved"
    squared = r"$$q^2 = x^2 + y^2$$" + "\n\n" + r"$$q \frac{\partial q}{\partial x} = x$$"
    assert verdicts(squared)[-1] != "refuted"
    laws = "$$x^0 = 1$$\n\n$$x^1 = x$$\n\n" + r"$$\frac{d}{dx} x^2 = 2x$$"
    assert verdicts(laws)[-1] == "proved"
    slope = "$$x^1 = t + 1$$\n\n" + r"$$\frac{d x^2}{dx} = 2x$$"
    assert verdicts(slope)[-1] != "refuted"


@pytest.mark.parametrize(
    ("factor", "status"),
    [("[j = i + s]", "proved"), (r"\mathbf{1}[j = i + s]", "proved"), ("[j = i - s]", "not proved")],
)
def test_a_condition_in_brackets_is_one_or_nothing(factor: str, status: str) -> None:
    text = (
        r"$$a_i = \sum_{s=0}^{P-1} g_s b_{i+s}$$"
        "\n\n"
        rf"$$\frac{{\partial a_i}}{{\partial b_j}} = \sum_{{s=0}}^{{P-1}} g_s {factor}$$"
    )
    found = verdicts(text)[-1]
    assert found != "proved" if status == "not proved" else found == status


PRINTED = r"""
Let $D = B C$ with

$$B = \begin{bmatrix} b_{11} & b_{12} & b_{13} \\ b_{21} & b_{22} & b_{23} \end{bmatrix}, \quad
C = \begin{bmatrix} c_{11} & c_{12} \\ c_{21} & c_{22} \\ c_{31} & c_{32} \end{bmatrix}, \quad
D = \begin{bmatrix} d_{11} & d_{12} \\ d_{21} & d_{22} \end{bmatrix}$$

"""


@pytest.mark.parametrize(
    ("right", "status"),
    [
        (r"B^T \frac{\partial R}{\partial D}", "proved"),
        (r"C^T \frac{\partial R}{\partial D}", "refuted"),
        (r"C^T \frac{\partial r}{\partial D} + r", "not proved"),
    ],
)
def test_printed_matrices_that_cannot_be_multiplied(right: str, status: str) -> None:
    found = verdicts(PRINTED + rf"$$\frac{{\partial R}}{{\partial C}} = {right}$$")[-1]
    assert found != "proved" if status == "not proved" else found == status
