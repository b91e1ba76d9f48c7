r"""Gradients of a convolution between whole matrices, of which no cell is ever printed: Y = X * K + b."""

from __future__ import annotations

import convsym

PLAIN = r"""
One convolution and its bias, of an image that is an activation:
$$Y = X * K + b$$
$$X = \sigma(V)$$
$$D = \frac{\partial L}{\partial Y}$$
$$\frac{\partial L}{\partial K} = X * D$$
"""
TRUE = [
    r"\frac{\partial L}{\partial X} = D * rot180(K)",
    r"\frac{\partial L}{\partial V} = D * rot180(K) \odot \sigma'(V)",
    r"\frac{\partial L}{\partial b} = \sum_{i,j} D_{i,j}",
    r"\frac{\partial L}{\partial K_{p,q}} = \sum_i \sum_j D_{i,j} X_{i+p-1,j+q-1}",
]
LOST_SLOPE = r"\frac{\partial L}{\partial V} = D * rot180(K)"
FALSE = [
    LOST_SLOPE,
    # What does not turn the kernel may turn it in a star of another meaning: not refuted either.
    r"\frac{\partial L}{\partial X} = D * K",
    r"\frac{\partial^2 L}{\partial b^2} = 0",
]
LAYERED = r"""
A convolutional layer computes $$v^l = h^{l-1} * F^l + c^l, \quad h^l = \sigma(v^l)$$
and its error is $\delta^l = \frac{\partial E}{\partial v^l}$.
"""


def statuses(text: str, *lines: str) -> list[str]:
    shown = "\n\n".join(f"$${line}$$" for line in lines)
    found = {v.latex: str(v.status) for v in convsym.check(f"{text}\n\n{shown}\n").verdicts}
    return [found[line] for line in lines]


def test_true_lines_are_proved() -> None:
    assert statuses(PLAIN, *TRUE) == ["proved"] * len(TRUE)


def test_wrong_lines_are_never_proved() -> None:
    found = statuses(PLAIN, *FALSE)
    assert "proved" not in found
    assert [status == "refuted" for status in found] == [True, False, False]


def test_an_activation_that_is_left_out_and_edges_refute_nothing() -> None:
    for words in ("Here we ignore the activation.", "Zero padding keeps the size."):
        assert statuses(f"{PLAIN}\n{words}", LOST_SLOPE) != ["refuted"]


def test_the_bias_of_one_layer_is_not_that_of_another() -> None:
    lines = (
        r"\frac{\partial E}{\partial c^l} = \sum_{p,q} (\delta^l)_{p,q}",
        r"\frac{\partial E}{\partial c^l} = \sum_{p,q} \delta^{l+1}_{p,q}",
    )
    assert statuses(LAYERED, lines[0]) == ["proved"]
    assert statuses(LAYERED, lines[1]) != ["proved"]
