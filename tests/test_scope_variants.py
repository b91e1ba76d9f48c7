"""Texts that give one name two meanings, each for a kind that the words name: a loss, a stride, a layer, a function."""

from __future__ import annotations

import convsym
from convsym.scope.variants import kinds_in


def _last(text: str, count: int = 1) -> list[str]:
    return [str(verdict.status) for verdict in convsym.check(text).files[0].verdicts][-count:]


_LISTED = r"""
Squared error:
$$L = \frac12 (a - y)^2$$
Cross entropy:
$$L = -y \log a - (1-y)\log(1-a)$$
"""


def test_a_sentence_names_kinds() -> None:
    assert kinds_in("Unlike the cross-correlation, the convolution flips:") == {
        "operation": frozenset({"convolution"})
    }
    assert kinds_in("with a stride of $s = 2$ and no padding")["stride"] == {"2"}
    assert kinds_in("with a stride of $s = 2$ and no padding")["padding"] == {"0"}
    assert kinds_in("the kernel of the convolutional layer") == {}


def test_for_the_one_of_two_losses_that_are_listed() -> None:
    claim = r"$$\frac{\partial L}{\partial a} = a - y$$"
    other = r"$$\frac{\partial L}{\partial a} = \frac{a-y}{a(1-a)}$$"
    assert (
        _last(f"{_LISTED}\nFor the squared error,\n{claim}\nFor the cross entropy,\n{other}", 2)
        == ["proved"] * 2
    )
    assert (
        _last(f"{_LISTED}\nFor the cross entropy,\n{other}\nFor the squared error,\n{claim}", 2)
        == ["proved"] * 2
    )
    assert _last(f"{_LISTED}\nFor the cross entropy,\n{claim}") == ["refuted"]
    assert _last(f"{_LISTED}\nFor the squared error,\n{other}") == ["refuted"]


def test_where_nothing_says_which_of_two_losses_is_meant_no_line_that_holds_for_one_is_refuted() -> None:
    assert _last(rf"{_LISTED}\nThe gradient is $$\frac{{\partial L}}{{\partial a}} = a - y$$") == [
        "unsupported"
    ]
    assert _last(rf"{_LISTED}\nThe gradient is $$\frac{{\partial L}}{{\partial a}} = a + y$$") == ["refuted"]
    compared = "Now the gradient does not vanish as it did for the squared error, with $a = 1/(1+e^{-z})$:"
    assert _last(rf"{_LISTED}{compared} $$\frac{{\partial L}}{{\partial z}} = a - y$$") == ["proved"]


def test_a_loss_behind_another_one_has_lines_of_its_own() -> None:
    text = r"""
For the mean squared error $$E = \frac1n \sum_{i=1}^{n} (p_i - q_i)^2$$ we get
$$\frac{\partial E}{\partial p_i} = \frac2n (p_i - q_i)$$
For the cross entropy $$E = -\sum_{i=1}^{n} q_i \log p_i$$ we get
$$\frac{\partial E}{\partial p_i} = %s$$
"""
    assert _last(text % r"-\frac{q_i}{p_i}", 2) == ["definition", "proved"]
    assert _last(text % r"\frac2n (p_i - q_i)") == ["refuted"]


def test_convolution_behind_cross_correlation() -> None:
    text = r"""
Cross-correlation of $x$ with a kernel $w$ of length $k$:
$$y_i = \sum_{a=1}^{k} w_a x_{i+a-1}$$ so that $$\frac{\partial y_i}{\partial w_a} = x_{i+a-1}$$
The convolution flips the kernel:
$$y_i = \sum_{a=1}^{k} w_a x_{i-a+k}$$ so that $$\frac{\partial y_i}{\partial w_a} = %s$$
"""
    assert _last(text % "x_{i-a+k}", 4) == ["definition", "proved", "definition", "proved"]
    assert _last(text % "x_{i+a-1}") == ["refuted"]


def test_what_is_only_called_a_convolution_is_the_same_operation() -> None:
    text = r"""
The cross-correlation, which many call convolution, is
$$y_i = \sum_{a=1}^{3} w_a x_{i+a-1}$$ so the convolution is
$$y_1 = %s$$
"""
    assert _last(text % "w_1 x_1 + w_2 x_2 + w_3 x_3") == ["proved"]
    assert _last(text % "w_3 x_1 + w_2 x_2 + w_1 x_3") == ["refuted"]


def test_another_stride_and_another_padding() -> None:
    strides = r"""
With stride 1 the output is $y_i = \sum_{a=0}^{2} w_a x_{i+a}$, so $\frac{\partial y_i}{\partial w_a} = x_{i+a}$.
With a stride of 2 it is $y_i = \sum_{a=0}^{2} w_a x_{2i+a}$, so $\frac{\partial y_i}{\partial w_a} = %s$.
"""
    assert _last(strides % "x_{2i+a}", 4) == ["definition", "proved", "definition", "proved"]
    assert _last(strides % "x_{i+a}") == ["refuted"]
    padded = r"""
Without padding, $$y_i = \sum_{a=1}^{3} w_a x_{i+a-1}$$
With padding 1, $$y_i = \sum_{a=1}^{3} w_a x_{i+a-2}$$
Hence $$\frac{\partial y_i}{\partial w_a} = %s$$
"""
    assert _last(padded % "x_{i+a-2}", 3) == ["definition", "definition", "proved"]
    assert _last(padded % "x_{i+a}") == ["refuted"]


def test_one_letter_for_two_activations() -> None:
    text = r"""
The activation is tanh, $f(z) = \tanh(z)$, or the sigmoid, $f(z) = \frac{1}{1+e^{-z}}$.

For tanh, $f'(z) = %s$.
"""
    assert _last(text % "1 - f(z)^2", 3) == ["definition", "definition", "proved"]
    assert _last(text % "f(z)(1-f(z))") == ["refuted"]


_REUSED = r"""
$$z = w x + b, \quad h = \frac{1}{1+e^{-z}}$$
$$z = v h + c, \quad y = \frac{1}{1+e^{-z}}$$
"""


def test_the_same_letter_for_what_enters_two_layers() -> None:
    def judged(claim: str) -> str:
        return _last(f"{_REUSED}\nThen\n$${claim}$$")[0]

    assert judged(r"\frac{\partial y}{\partial v} = y(1-y) h") == "proved"
    assert judged(r"\frac{\partial y}{\partial w} = y(1-y) v h (1-h) x") == "proved"
    assert judged(r"\frac{\partial y}{\partial w} = y(1-y) x") == "refuted"
    assert judged(r"\frac{\partial y}{\partial c} = h(1-h)") == "refuted"
    # Either z may be meant where it is printed.
    assert judged(r"\frac{\partial z}{\partial w} = x") == "proved"
    assert judged(r"\frac{\partial z}{\partial v} = h") == "proved"
    assert judged(r"\frac{\partial y}{\partial w} = y (1-y) v \frac{e^{-z}}{(1+e^{-z})^2} x") == "proved"
    assert judged(r"\frac{\partial z}{\partial v} = x") == "undecided"


def test_a_matrix_of_another_layer_is_printed_anew() -> None:
    text = r"""
In the first layer $$W = \begin{bmatrix} w_{11} & w_{12} \\ w_{21} & w_{22} \end{bmatrix}$$
%s $$W = \begin{bmatrix} w_{11} & w_{12} & w_{13} \\ w_{21} & w_{22} & w_{23} \end{bmatrix}$$
"""
    assert _last(text % "In the second layer") == ["definition"]
    assert _last(text % "That is") == ["refuted"]


def test_the_same_letter_for_what_enters_three_layers() -> None:
    text = r"""
$$z = w x, \quad a = \tanh(z)$$
$$z = v a, \quad c = \tanh(z)$$
$$z = u c, \quad y = \tanh(z)$$
$$\frac{\partial y}{\partial w} = (1 - y^2) u (1 - c^2) %s x$$
"""
    assert _last(text % "v (1 - a^2)") == ["proved"]
    assert _last(text % "v") == ["refuted"]


def test_a_name_said_otherwise_through_known_functions_is_not_another_one() -> None:
    text = r"""
$$z = w x + b, \quad h = \frac{1}{1+e^{-z}}$$
$$z = \log \frac{h}{1 - h}$$
$$h = 1 - \frac{e^{-z}}{1+e^{-z}}$$
"""
    assert _last(text, 2) == ["proved", "proved"]


def test_cells_under_a_sum_whose_letter_is_renamed_are_followed() -> None:
    text = r"""
Hidden: $z_j = \sum_{i=1}^{n} w_{ji} x_i$ and $h_j = \tanh(z_j)$. Output: $z_k = \sum_{j=1}^{m} v_{kj} h_j$ and
$y_k = \tanh(z_k)$.
$$\frac{\partial y_k}{\partial v_{kj}} = %s$$
"""
    assert _last(text % "(1 - y_k^2) h_j") == ["proved"]
    assert _last(text % "(1 - y_k) h_j") == ["refuted"]


def test_headings_name_kinds_and_a_line_under_the_wrong_one_is_not_proved() -> None:
    text = r"""
## Mean squared error
$$E = \frac{1}{2}\sum_{i=1}^{n} (p_i - q_i)^2$$
## Cross entropy
$$E = -\sum_{i=1}^{n} q_i \log p_i$$
## Gradient of the mean squared error
$$\frac{\partial E}{\partial p_i} = p_i - q_i$$
## Gradient of the cross entropy
$$\frac{\partial E}{\partial p_i} = -\frac{q_i}{p_i}$$
$$\frac{\partial E}{\partial p_i} = p_i - q_i$$
"""
    assert _last(text, 3) == ["proved", "proved", "unsupported"]


def test_a_sentence_about_two_strides_names_each_before_its_formula() -> None:
    text = r"""
1. With stride 1: $y_i = w_1 x_i + w_2 x_{i+1}$
2. With stride 2: $y_i = w_1 x_{2i-1} + w_2 x_{2i}$

For stride 2 we get $\frac{\partial y_2}{\partial w_1} = x_3$, for stride 1 $\frac{\partial y_2}{\partial w_1} = x_2$.

For stride 1, $\frac{\partial y_2}{\partial w_1} = x_3$.
"""
    assert _last(text, 3) == ["proved", "proved", "refuted"]


def test_a_sentence_that_goes_back_to_what_was_before() -> None:
    text = r"""
The loss is $L = \frac12 (y-t)^2$, so $\frac{\partial L}{\partial y} = y - t$. If we use the absolute error instead,
$L = \sqrt{(y-t)^2}$. For $L$ as before, $\frac{\partial L}{\partial y} = y - t$.
"""
    assert _last(text) == ["unsupported"]


def test_other_kinds_of_an_operation() -> None:
    pooled = r"Max pooling: $p = \max(x_1, x_2)$. Average pooling: $p = \frac12 (x_1 + x_2)$. "
    assert _last(rf"{pooled}For average pooling, $\frac{{\partial p}}{{\partial x_1}} = \frac12$.") == [
        "proved"
    ]
    assert _last(rf"{pooled}For average pooling, $\frac{{\partial p}}{{\partial x_1}} = 1$.") == ["refuted"]
    biased = (
        r"Without a bias, $z = w x$. With a bias, $z = w x + b$ and $\frac{\partial z}{\partial b} = %s$."
    )
    assert _last(biased % "1") == ["proved"]
    assert _last(biased % "x") == ["refuted"]
    extents = r"The valid convolution is $y_i = w_1 x_i + w_2 x_{i+1}$, "
    assert _last(rf"{extents}the full convolution is $y_i = w_1 x_{{i-1}} + w_2 x_i$.") == ["definition"]
    penalties = (
        r"L2 regularization: $R = \lambda w^2$. L1 regularization: $R = \lambda |w|$. For L2 regularization, "
    )
    assert _last(rf"{penalties}$\frac{{\partial R}}{{\partial w}} = 2 \lambda w$.") == ["proved"]
    assert _last(
        rf"{penalties}$R$ is smooth. For L1 regularization, $\frac{{\partial R}}{{\partial w}} = 2 \lambda w$."
    ) != ["proved"]
