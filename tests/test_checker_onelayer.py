r"""Gradients of convolutional layers between whole matrices: z^l = a^{l-1} * W^l + b^l, and no cell is ever printed."""

from __future__ import annotations

import pytest

import convsym

LAYER = r"""
The convolutional layer computes
$$v^l = h^{l-1} * F^l + c^l, \quad h^l = \sigma(v^l)$$
and its error is $\delta^l = \frac{\partial E}{\partial v^l}$.
$$\frac{\partial E}{\partial F^l} = h^{l-1} * \delta^l$$
"""
PLAIN = r"""
One convolution and its bias:
$$Y = X * K + b$$
$$\frac{\partial L}{\partial K} = X * \frac{\partial L}{\partial Y}$$
"""


def statuses(text: str, lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    shown = "\n\n".join(f"$${line}$$" for line, _ in lines)
    found = {v.latex: str(v.status) for v in convsym.check(f"{text}\n\n{shown}\n").verdicts}
    return [(line, found[line]) for line, _ in lines]


def status(text: str, line: str) -> str:
    return statuses(text, [(line, "")])[0][1]


TRUE = [
    (r"\frac{\partial E}{\partial F^{l+1}} = h^{l} * \delta^{l+1}", "proved"),
    (r"\delta^{l-1} = \delta^l * rot180(F^l) \odot \sigma'(v^{l-1})", "proved"),
    (r"\delta^{l} = \delta^{l+1} * rot180(F^{l+1}) \odot \sigma'(v^{l})", "proved"),
    (r"\frac{\partial E}{\partial c^l} = \sum_{p,q} (\delta^l)_{p,q}", "proved"),
    (r"\frac{\partial E}{\partial F^l_{pq}} = \sum_i \sum_j \delta^l_{ij} h^{l-1}_{i+p-1,j+q-1}", "proved"),
]
FALSE = [
    # The input of another layer.
    (r"\frac{\partial E}{\partial F^l} = h^{l} * \delta^l", "unsupported"),
    (r"\delta^{l} = \delta^{l+1} * rot180(F^{l+1})", "refuted"),
    (r"\delta^{l} = \delta^{l+1} * rot180(F^{l+1}) \odot v^{l}", "refuted"),
    # What does not turn the kernel may turn it in a star of another meaning.
    (r"\delta^{l} = \delta^{l+1} * F^{l+1} \odot \sigma'(v^{l})", "unsupported"),
    (r"\frac{\partial E}{\partial c^l} = \sum_{p,q} (h^{l-1})_{p,q}", "unsupported"),
    (
        r"\frac{\partial E}{\partial F^l_{pq}} = \sum_i \sum_j \delta^l_{ij} h^{l-1}_{i-p+1,j-q+1}",
        "unsupported",
    ),
    (r"\frac{\partial^2 E}{\partial F^l \partial F^l} = 0", "unsupported"),
]
WITHOUT_LAYERS = [
    (r"\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} * rot180(K)", "proved"),
    (r"\frac{\partial L}{\partial b} = \sum_{i,j} \frac{\partial L}{\partial Y_{i,j}}", "proved"),
]


@pytest.mark.parametrize("lines", [TRUE, FALSE])
def test_a_layer_of_a_network(lines: list[tuple[str, str]]) -> None:
    assert statuses(LAYER, lines) == lines


def test_a_convolution_without_layers() -> None:
    assert statuses(PLAIN, WITHOUT_LAYERS) == WITHOUT_LAYERS
    assert (
        status(PLAIN, r"\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} * rot180(X)")
        != "proved"
    )


def test_an_activation_that_is_left_out_and_edges_refute_nothing() -> None:
    line = r"\delta^{l} = \delta^{l+1} * rot180(F^{l+1})"
    assert status(LAYER + "\nHere we ignore the activation.", line) != "refuted"
    assert status(LAYER + "\nZero padding keeps the size.", line) != "refuted"
    unsaid = LAYER.replace(r"$\delta^l = \frac{\partial E}{\partial v^l}$", "called so")
    assert status(unsaid, line) != "refuted"
