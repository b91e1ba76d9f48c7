"""Lines with a convolution's sign, of which the text says a stride, or whether it turns the kernel."""

from __future__ import annotations

import pytest

import convsym
from convsym.scope.signwords import turns_in_words

_WEIGHTS = r"$$\frac{\partial L}{\partial W} = X * \frac{\partial L}{\partial Y}$$"


def _last(text: str, count: int = 1) -> list[str]:
    return [str(verdict.status) for verdict in convsym.check(text).files[0].verdicts][-count:]


@pytest.mark.parametrize(
    "said",
    [
        "Let $Y = X * W$ be a convolution with stride 2.",
        "With a stride of $s = 3$, the layer computes $$Y = X * W + b$$",
        "A stride-2 layer: $Y = X * W$.",
        "Let $S = 2$ be the stride and $Y = X * W$.",
    ],
)
def test_what_holds_for_a_stride_of_one_is_not_proved_of_another(said: str) -> None:
    assert _last(f"{said}\nThen\n{_WEIGHTS}") == ["undecided"]


@pytest.mark.parametrize(
    "said",
    [
        "Let $Y = X * W$ be a convolution.",
        "With stride 1, $$Y = X * W + b$$",
        "Take stride 1 for now (a stride of 2 is for later): $Y = X * W$.",
    ],
)
def test_a_stride_of_one_changes_nothing(said: str) -> None:
    assert _last(f"{said}\nThen\n{_WEIGHTS}") == ["proved"]


def test_a_bias_has_the_same_gradient_with_any_stride() -> None:
    claim = r"$$\frac{\partial L}{\partial b} = \sum_{i,j} \frac{\partial L}{\partial Y_{ij}}$$"
    assert _last(f"With stride 2, $$Y = X * W + b$$ so {claim}") == ["proved"]


def test_words_say_whether_a_sign_turns_the_kernel() -> None:
    assert turns_in_words("where $*$ denotes the cross-correlation.")["*"] is False
    assert turns_in_words("we write $\\star$ for the true convolution")["star"] is True
    assert turns_in_words("the cross-correlation, denoted by $\\ast$, slides")["ast"] is False
    assert turns_in_words("here * is convolution with a flipped kernel")["*"] is True
    assert turns_in_words("$*$ denotes convolution without flipping the kernel")["*"] is False
    assert turns_in_words("where $*$ denotes convolution.") == {}
    both = turns_in_words("$\\star$ denotes cross-correlation and $*$ the true convolution, $*$ is flipped")
    assert both["star"] is False
    assert both["*"] is True


_PRINTED = r"""
$$X = \begin{bmatrix} x_{11} & x_{12} \\ x_{21} & x_{22} \end{bmatrix}$$
$$W = \begin{bmatrix} w_{11} & w_{12} \end{bmatrix}$$
$$X * W = \begin{bmatrix} %s \\ %s \end{bmatrix}$$
"""
_STRAIGHT = _PRINTED % ("x_{11} w_{11} + x_{12} w_{12}", "x_{21} w_{11} + x_{22} w_{12}")
_TURNED = _PRINTED % ("x_{11} w_{12} + x_{12} w_{11}", "x_{21} w_{12} + x_{22} w_{11}")


def test_a_printed_operation_is_held_against_the_words() -> None:
    correlation, convolution = "$*$ denotes the cross-correlation.\n", "$*$ denotes the true convolution.\n"
    assert _last(correlation + _STRAIGHT) == ["proved"]
    assert _last(correlation + _TURNED) == ["refuted"]
    assert _last(convolution + _TURNED) == ["proved"]
    assert _last(convolution + _STRAIGHT) == ["refuted"]
    plain = "$*$ denotes convolution.\n"
    assert _last(plain + _STRAIGHT) == _last(plain + _TURNED) == ["proved"]


def test_a_sum_that_defines_a_sign_otherwise_than_the_words_defines_nothing() -> None:
    text = (
        r"We use the cross-correlation, written $*$: $$(X * W)_{ij} = \sum_{a}\sum_{b} X_{i%sa,j%sb} W_{ab}$$"
    )
    assert _last(text % ("+", "+")) == ["definition"]
    assert _last(text % ("-", "-")) == ["unsupported"]


def test_gradients_of_what_the_words_name() -> None:
    text = r"""
Let $*$ denote the cross-correlation and $Y = X * W$. Then
$$\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} *_{full} %s$$
"""
    assert _last(text % r"\operatorname{rot180}(W)") == ["proved"]
    assert _last(text % "W") != ["proved"]
