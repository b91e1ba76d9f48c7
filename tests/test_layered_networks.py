"""General layers: z^l = W^l a^{l-1} + b^l in a network of any depth and width, with a loss that nobody writes."""

from __future__ import annotations

import pytest

import convsym

_WHOLE = r"""The layers of a network are
$$z^l = W^l a^{l-1} + b^l$$
$$a^l = \sigma(z^l)$$
and the error of a layer is
$$\delta^l = \frac{\partial C}{\partial z^l}$$
"""
_ENTRIES = r"""A unit of a layer computes
$$z_j^l = \sum_k w_{jk}^l a_k^{l-1} + b_j^l$$
$$a_j^l = \sigma(z_j^l)$$
and its error is
$$\delta_j^l = \frac{\partial C}{\partial z_j^l}$$
"""
_SHIFTED = r"""Weights carry the number of the layer that they come from:
$$x^{(l+1)}_j = \sum_{i=1}^{s_l} W^{(l)}_{ji} y^{(l)}_i + b^{(l)}_j$$
$$y^{(l+1)}_j = f(x^{(l+1)}_j)$$
$$\delta^{(l)}_j = \frac{\partial J}{\partial x^{(l)}_j}$$
"""
_TRUE = (
    r"\delta^l = ((W^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)",
    r"\frac{\partial C}{\partial W^l} = \delta^l (a^{l-1})^T",
    r"\frac{\partial C}{\partial b^l} = \delta^l",
    r"\frac{\partial C}{\partial a^l} = (W^{l+1})^T \delta^{l+1}",
    r"\frac{\partial C}{\partial z^l} = \frac{\partial C}{\partial a^l} \odot \sigma'(z^l)",
    r"\frac{\partial C}{\partial z^l} = \frac{\partial C}{\partial z^{l+1}} \frac{\partial z^{l+1}}{\partial z^l}",
)
_FALSE = (
    r"\delta^l = (W^{l+1} \delta^{l+1}) \odot \sigma'(z^l)",
    r"\delta^l = ((W^{l+1})^T \delta^{l+1}) \odot \sigma(z^l)",
    r"\delta^l = ((W^l)^T \delta^{l+1}) \odot \sigma'(z^l)",
    r"\frac{\partial C}{\partial W^l} = \delta^l (a^l)^T",
    r"\frac{\partial C}{\partial W^l} = \delta^l a^{l-1}",
    r"\frac{\partial C}{\partial b^l} = \delta^{l+1}",
)
_STYLES = {
    "bare": lambda text: text,
    "round": lambda text: _marked(text, r"^{(%s)}"),
    "square": lambda text: _marked(text, r"^{[%s]}"),
    "below": lambda text: _marked(text, r"_{%s}"),
}


def _marked(text: str, form: str) -> str:
    for layer in ("l+1", "l-1"):
        text = text.replace(f"^{{{layer}}}", form % layer)
    return text.replace("^l", form % "l")


def _statuses(text: str, *claims: str) -> list[str]:
    """The verdicts of claims behind a text, one of each."""
    found = convsym.check(text + "Then\n" + "".join(f"$$\n{claim}\n$$\n" for claim in claims))
    return [str(verdict.status) for verdict in found.verdicts[-len(claims) :]]


@pytest.mark.parametrize("style", _STYLES)
def test_the_equations_of_backpropagation_hold(style: str) -> None:
    write = _STYLES[style]
    assert _statuses(write(_WHOLE), *map(write, _TRUE)) == ["proved"] * len(_TRUE)


@pytest.mark.parametrize("style", _STYLES)
def test_slips_in_them_are_refuted_or_left_open(style: str) -> None:
    write = _STYLES[style]
    text = write(_WHOLE) + f"$${write(_TRUE[0])}$$\n"
    found = _statuses(text, *map(write, _FALSE))
    assert "proved" not in found
    assert found.count("refuted") >= len(_FALSE) - 1


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"\frac{\partial C}{\partial w_{jk}^l} = \delta_j^l a_k^{l-1}", "proved"),
        (r"\frac{\partial C}{\partial b_j^l} = \delta_j^l", "proved"),
        (r"\frac{\partial C}{\partial a_j^l} = \sum_k w_{kj}^{l+1} \delta_k^{l+1}", "proved"),
        (r"\frac{\partial C}{\partial w_{jk}^l} = \delta_k^l a_j^{l-1}", "refuted"),
        (r"\frac{\partial C}{\partial w_{jk}^l} = \delta_j^l a_k^l", "refuted"),
        (r"\frac{\partial C}{\partial b_j^l} = \delta_j^{l+1}", "refuted"),
    ],
)
def test_entries(claim: str, status: str) -> None:
    assert _statuses(_ENTRIES, claim) == [status]


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"\frac{\partial J}{\partial W^{(l)}_{ji}} = \delta^{(l+1)}_j y^{(l)}_i", "proved"),
        (r"\frac{\partial J}{\partial b^{(l)}_j} = \delta^{(l+1)}_j", "proved"),
        (
            r"\frac{\partial J}{\partial y^{(l)}_i} = \sum_{j=1}^{s_{l+1}} W^{(l)}_{ji} \delta^{(l+1)}_j",
            "proved",
        ),
        (r"\frac{\partial J}{\partial W^{(l)}_{ji}} = \delta^{(l)}_j y^{(l)}_i", "refuted"),
        (r"\frac{\partial J}{\partial b^{(l)}_j} = \delta^{(l)}_j", "refuted"),
    ],
)
def test_weights_that_carry_the_number_of_the_layer_before(claim: str, status: str) -> None:
    assert _statuses(_SHIFTED, claim) == [status]


@pytest.mark.parametrize(
    "claim",
    [
        r"\nabla a^l = \frac{\partial C}{\partial a^l}",  # a name for the gradient, no difference
        r"\frac{\partial C}{\partial a^l} = \delta^{l+1} * W^{l+1}",  # a sign that nobody explains
        r"\frac{\partial C}{\partial a^l} = \delta^{l+1} W^{l+1}",  # right where gradients are rows
    ],
)
def test_what_may_be_meant_otherwise_is_not_refuted(claim: str) -> None:
    assert _statuses(_WHOLE, claim)[0] not in ("refuted", "proved")


def test_small_weights_may_be_numbers_although_matrices_stand_elsewhere():
    chain = r"$$z^l = w^l a^{l-1} + b^l, \quad a^l = \sigma(z^l), \quad \delta^2 = \frac{\partial C}{\partial z^2}$$"
    line = r"$$\frac{\partial C}{\partial w^2} = \delta^2 a^1$$"
    later = r"$$\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$$"
    verdicts = convsym.check(f"{chain}\n\n{line}\n\n## Matrices\n\n{later}\n").verdicts
    assert not [verdict.latex for verdict in verdicts if verdict.status == "refuted"]


_UNSETTLED = r"""The layers, with weight matrices $W_l$, are
$$z_l = W_l a_{l-1}$$
$$a_l = \sigma(z_l)$$
The error of the last layer is
$$\delta_L = (x_l - y) \odot \sigma'(W_L a_{L-1})$$
and of another one
$$\delta_l = (W_{i+1})^T \delta_{i+1} \odot \sigma'(W_l a_{l-1})$$
"""
_APPLIED = r"""Layer by layer the network computes
$$z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}$$
$$a^{[l]} = g^{[l]}(z^{[l]})$$
and its weights are turned round on the way back: $x^T y = x^T y$.
"""
_UP = r"\frac{\partial J}{\partial a_j^{[l]}}"
_BACK = r"\frac{\partial J}{\partial a_k^{[l-1]}}"


def test_an_error_that_no_definition_brings_together_with_the_loss_refutes_nothing() -> None:
    text = _UNSETTLED + r"Hence $$\frac{\partial C}{\partial W_l} = \delta_l (a_{l-1})^T$$"
    assert convsym.check(text, kind="markdown").verdicts[-1].status != "refuted"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (
            rf"{_UP} \frac{{\partial a_j^{{[l]}}}}{{\partial z_j^{{[l]}}}} = "
            rf"{_UP} \frac{{\partial g^{{[l]}}(z_j^{{[l]}})}}{{\partial z_j^{{[l]}}}}",
            "proved",
        ),
        (
            rf"{_UP} \frac{{\partial a_j^{{[l]}}}}{{\partial z_j^{{[l]}}}} = "
            rf"{_UP} \frac{{\partial g^{{[l]}}(a_j^{{[l]}})}}{{\partial z_j^{{[l]}}}}",
            "not proved",
        ),
        (rf"{_BACK} = \sum_j \frac{{\partial J}}{{\partial z_j^{{[l]}}}} w_{{jk}}^{{[l]}}", "proved"),
        (rf"{_BACK} = \sum_j \frac{{\partial J}}{{\partial z_j^{{[l]}}}} w_{{kj}}^{{[l]}}", "not proved"),
        (rf"{_BACK} = \sum_j \frac{{\partial J}}{{\partial z_j^{{[l]}}}} w_{{jk}}^{{[l-1]}}", "not proved"),
        (rf"{_BACK} = \frac{{\partial J}}{{\partial z_j^{{[l]}}}} w_{{jk}}^{{[l]}}", "not proved"),
    ],
)
def test_small_entries_of_the_weights_and_activations_under_a_derivative(claim: str, status: str) -> None:
    found = str(convsym.check(_APPLIED + f"$${claim}$$", kind="markdown").verdicts[-1].status)
    assert found != "proved" if status == "not proved" else found == status
