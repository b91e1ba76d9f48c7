"""Texts that say which cells count as 0: by a line with a condition, or in words."""

from __future__ import annotations

import pytest

import convsym

_THREE = r"$$y_i = w_1 x_{i-1} + w_2 x_i + w_3 x_{i+1}$$"


def _last(text: str, count: int = 1) -> list[str]:
    return [str(verdict.status) for verdict in convsym.check(text).files[0].verdicts][-count:]


@pytest.mark.parametrize(
    "said",
    [
        r"$$x_i = 0 \text{ for } i < 1 \text{ or } i > 4$$",
        r"where $x_i = 0$ if $i \le 0$ or $i \ge 5$.",
        r"where $x_i = 0$ whenever $1 > i$ and whenever $4 < i$.",
        r"with $x_i = 0$ outside $1 \le i \le 4$.",
        r"$$x_i = 0 \quad \text{for } i \notin \{1, \dots, 4\}$$",
        r"We use zero padding for $x = (x_1, x_2, x_3, x_4)$.",
        r"Here $x = (x_1, x_2, x_3, x_4)$, and $x$ is zero outside.",
    ],
)
def test_what_is_read_outside_counts_as_zero(said: str) -> None:
    def judged(claim: str) -> str:
        return _last(f"{_THREE}\n\n{said}\n\nWritten out,\n$${claim}$$")[0]

    assert judged("y_1 = w_2 x_1 + w_3 x_2") == "proved"
    assert judged("y_4 = w_1 x_3 + w_2 x_4") == "proved"
    assert judged("y_2 = w_1 x_1 + w_2 x_2 + w_3 x_3") == "proved"
    assert judged("y_2 = w_2 x_2 + w_3 x_3") != "proved"
    assert judged("y_4 = w_1 x_3 + w_3 x_4") != "proved"


def test_the_end_may_be_a_letter() -> None:
    text = r"""
$$y_i = \sum_{a=-1}^{1} w_a x_{i+a}, \qquad x_i = 0 \text{ for } i < 1 \text{ or } i > n$$
Then
"""
    assert _last(rf"{text} $$y_n = w_{{-1}} x_{{n-1}} + w_0 x_n$$") == ["proved"]
    assert _last(rf"{text} $$y_1 = w_0 x_1 + w_1 x_2$$") == ["proved"]
    assert _last(rf"{text} $$y_n = w_0 x_{{n-1}} + w_1 x_n$$") != ["proved"]


def test_an_image_of_two_axes() -> None:
    text = r"""
$$y_{i,j} = \sum_{a=0}^{2}\sum_{b=0}^{2} w_{a,b} x_{i+a-1,j+b-1}$$
where $x_{i,j} = 0$ if $i < 0$, $j < 0$, $i > 3$ or $j > 3$. So
"""
    corner = r"$$y_{0,0} = w_{1,1} x_{0,0} + w_{1,2} x_{0,1} + w_{2,1} x_{1,0} %s$$"
    assert _last(text + corner % "+ w_{2,2} x_{1,1}") == ["proved"]
    assert _last(text + corner % "") == ["refuted"]


def test_a_printed_image_is_padded() -> None:
    text = r"""
$$x = \begin{bmatrix} x_1 \\ x_2 \\ x_3 \end{bmatrix}, \quad w = \begin{bmatrix} w_1 \\ w_2 \\ w_3 \end{bmatrix}$$
where we use zero padding:
$$y_i = \sum_{a=1}^{3} w_a x_{i+a-2}$$
"""
    assert _last(text + "$$y_1 = w_2 x_1 + w_3 x_2$$") == ["proved"]
    assert _last(text + "$$y_1 = w_2 x_1 + w_3 x_3$$") == ["refuted"]
    without = text.replace("we use", "we use no")
    assert _last(without + "$$y_1 = w_2 x_1 + w_3 x_2$$") != ["proved"]


def test_what_is_zero_inside_or_on_a_triangle_is_no_padding() -> None:
    triangle = r"$A_{ij} = 0$ for $i < j$. $$y_i = A_{i1} x_1 + A_{i2} x_2$$ "
    assert _last(triangle + "$$y_1 = A_{11} x_1 + A_{12} x_2$$") == ["proved"]
    gradients = r"$h_i = z_i$ for $z_i > 0$ and $h_i = 0$ for $z_i < 0$."
    assert "which cells" not in convsym.check(gradients).files[0].verdicts[2].reason
