r"""Networks whose layers are numbered, never written out, or told by the letters below their names."""

from __future__ import annotations

import pytest

import convsym

_TWO = r"""A network with one hidden layer:
$$h^{(1)} = V^{(1)} u + c^{(1)}$$
$$g^{(1)} = \sigma(h^{(1)})$$
$$h^{(2)} = V^{(2)} g^{(1)} + c^{(2)}$$
$$\hat{p} = g^{(2)} = \sigma(h^{(2)})$$
with the loss
$$J = \frac{1}{2} (p - \hat{p})^2$$
and the errors
$$\delta^{(2)} = \frac{\partial J}{\partial h^{(2)}}, \quad \delta^{(1)} = \frac{\partial J}{\partial h^{(1)}}$$
"""
_NUMBERED = [
    (
        r"\frac{\partial J}{\partial h^{(2)}} = "
        r"\frac{\partial J}{\partial \hat{p}} \cdot \frac{\partial \hat{p}}{\partial h^{(2)}}",
        "proved",
    ),
    (r"\frac{\partial J}{\partial V^{(2)}} = \delta^{(2)} \cdot g^{(1)T}", "proved"),
    (r"\frac{\partial J}{\partial c^{(2)}} = \delta^{(2)}", "proved"),
    (r"\frac{\partial g^{(1)}}{\partial h^{(1)}} = \sigma'(h^{(1)})", "proved"),
    (r"\delta^{(1)} = (V^{(2)T} \delta^{(2)}) \odot \sigma'(h^{(1)})", "proved"),
    (r"\frac{\partial J}{\partial V^{(1)}} = \delta^{(1)} \cdot u^T", "proved"),
    (r"\frac{\partial J}{\partial c^{(2)}} = 2 \delta^{(2)}", "refuted"),
]  # fmt: skip
_WRONG_ERRORS = [
    (r"\delta^{(2)} = (p - \hat{p}) \cdot \sigma'(h^{(2)})", "refuted"),
    (r"\delta^{(1)} = (V^{(2)T} \delta^{(2)}) \odot \sigma(h^{(1)})", "not proved"),
]
_GENERAL = r"""
## Any depth

A layer computes
$$h^{(l)} = V^{(l)} g^{(l-1)} + c^{(l)}$$
$$g^{(l)} = \sigma(h^{(l)})$$
"""
_UNWRITTEN = r"""Let $\hat{t}_i = a^{(2)}_i$ be the outputs and $E = \frac{1}{2} \sum_i (\hat{t}_i - t_i)^2$.
For the biases $\frac{\partial z^{(1)}_i}{\partial b^{(1)}_i} = 1$, for the weights
$\frac{\partial z^{(1)}_i}{\partial w^{(1)}_{ij}} = x_j$.
"""
_SUPPOSED = [
    (r"\frac{\partial E}{\partial w^{(2)}_{ij}} = \frac{\partial E}{\partial z^{(2)}_i} a^{(1)}_j", "proved"),
    (r"\frac{\partial E}{\partial a^{(1)}} = (w^{(2)})^T \frac{\partial E}{\partial z^{(2)}}", "proved"),
    (r"\frac{\partial E}{\partial z^{(1)}} = \frac{\partial E}{\partial a^{(1)}} \odot f'(z^{(1)})", "proved"),
    (r"\frac{\partial E}{\partial w^{(1)}} = \frac{\partial E}{\partial z^{(1)}} x^T", "proved"),
    (r"\frac{\partial E}{\partial w^{(2)}_{ij}} = \frac{\partial E}{\partial z^{(2)}_j} a^{(1)}_i", "open"),
    (r"\frac{\partial E}{\partial w^{(1)}} = 3 \frac{\partial E}{\partial z^{(1)}} x^T", "open"),
]  # fmt: skip
_LETTERS = r"""Hidden units compute $s_j = \sum_{i=1}^{n} v_{ji} x_i$ and $o_j = f(s_j)$, output units
$s_k = \sum_{j=1}^{m} v_{kj} o_j$ and $o_k = f(s_k)$. With targets $t_k$ the error is
$$E = \frac{1}{2} \sum_k (t_k - o_k)^2$$
and $\delta_k = (t_k - o_k) f'(s_k)$.
"""
_LETTERED = [
    (r"\frac{\partial E}{\partial v_{kj}} = -\delta_k o_j", "proved"),
    (r"\frac{\partial E}{\partial v_{jk}} = -\delta_k o_j", "proved"),
    (r"\frac{\partial E}{\partial o_j} = -\sum_k \delta_k v_{kj}", "proved"),
    (r"\frac{\partial E}{\partial o_j} = \sum_k \delta_k v_{kj}", "refuted"),
    (r"\frac{\partial E}{\partial v_{kj}} = \delta_k o_j", "refuted"),
]
_ROWS = r"""Layers are rows:
$$z^{(l)} = a^{(l-1)} W^{(l)} + b^{(l)}$$
$$a^{(l)} = \sigma(z^{(l)})$$
$$\delta^{(l)} = \frac{\partial C}{\partial z^{(l)}}$$
"""
_IN_ROWS = [
    (r"\frac{\partial C}{\partial W^{(l)}} = (a^{(l-1)})^T \delta^{(l)}", "proved"),
    (r"\delta^{(l)} = (\delta^{(l+1)} (W^{(l+1)})^T) \odot \sigma'(z^{(l)})", "proved"),
    (r"\frac{\partial C}{\partial b^{(l)}} = \delta^{(l)}", "proved"),
    (r"\frac{\partial C}{\partial W^{(l)}} = \delta^{(l)} (a^{(l-1)})^T", "not proved"),
]
_BATCH = r"""With a column for each of the $m$ training examples:
$$Z^{(l)} = W^{(l)} A^{(l-1)} + b^{(l)}$$
$$A^{(l)} = \sigma(Z^{(l)})$$
"""
_OF_BATCHES = [(r"\frac{\partial C}{\partial b^{(l)}} = \frac{\partial C}{\partial Z^{(l)}}", "open")]
_HIDDEN = r"""A unit gives $a_j^l = g(\sum_k w_{jk}^l a_k^{l-1} + b_j^l)$, its error is
$$\delta_j^l = \frac{\partial C_x}{\partial z_j^l}$$
and for the last layer
$$\delta_j^L = \frac{\partial C_x}{\partial a_j^L} g'(z_j^L)$$
"""
_SUMS = [
    (r"\frac{\partial C_x}{\partial b_j^l} = \delta_j^l", "proved"),
    (r"\frac{\partial C_x}{\partial w_{jk}^l} = a_k^{l-1} \delta_j^l \quad \blacksquare", "proved"),
    (
        r"\frac{\partial C_x}{\partial z_j^l} = "
        r"\sum_k \delta_k^{l+1} \frac{\partial \sum_i w_{ki}^{l+1} g(z_i^l) + b_k^{l+1}}{\partial z_j^l}",
        "proved",
    ),
    (r"\frac{\partial C_x}{\partial w_{jk}^l} = a_k^l \delta_j^l", "refuted"),
]  # fmt: skip
_DOCUMENTS = {
    "numbered": (_TWO, _NUMBERED),
    "wrong error of the last layer": (_TWO, _WRONG_ERRORS[:1]),
    "wrong error of the hidden layer": (_TWO, _WRONG_ERRORS[1:]),
    "rows": (_ROWS, _IN_ROWS),
    "batches": (_BATCH, _OF_BATCHES),
    "supposed": (_UNWRITTEN, _SUPPOSED),
    "letters": (_LETTERS, _LETTERED),
    "hidden sums": (_HIDDEN, _SUMS),
}


@pytest.mark.parametrize("name", _DOCUMENTS)
def test_claims_about_networks(name: str) -> None:
    text, cases = _DOCUMENTS[name]
    claims = "".join(f"Then\n$$\n{claim}\n$$\n\n" for claim, _ in cases)
    verdicts = convsym.check(f"{text}\n{claims}").verdicts[-len(cases) :]
    for verdict, (claim, expected) in zip(verdicts, cases, strict=True):
        found = str(verdict.status)
        if expected == "open":
            assert found not in ("proved", "refuted"), claim
        elif expected == "not proved":
            assert found != "proved", claim
        else:
            assert found == expected, claim


def test_what_is_said_of_every_layer_after_single_ones_is_a_definition() -> None:
    verdicts = convsym.check(_TWO + _GENERAL).verdicts
    assert not [verdict.latex for verdict in verdicts if verdict.status == "refuted"]


def test_what_is_supposed_is_named() -> None:
    found = convsym.check(f"{_UNWRITTEN}\n\n$${_SUPPOSED[0][0]}$$\n").verdicts[-1]
    assert "w^{(l)}" in found.reason


def test_a_letter_stands_for_the_function_it_is_said_to_be() -> None:
    text = "$$a = f(z) = \\text{ReLU}(z)$$\n\nHence\n$$f(3) = 3$$\n"
    assert [str(v.status) for v in convsym.check(text).verdicts] == ["definition", "definition", "proved"]


def test_an_equality_in_brackets_goes_on_with_the_chain() -> None:
    text = "We call $y (= 2 x)$ the double.\n\nThen\n$$y + x = 3 x$$\n"
    assert str(convsym.check(text).verdicts[-1].status) == "proved"


def test_backslashes_that_were_lost_before_spaces_are_missed() -> None:
    formula = r"$$g = h!\left(x\right)$$"
    claims = "$$a^2 - b^2 = (a + b) , (a - b)$$\n\n$$a b = (a + b) , b$$\n"
    found = [str(verdict.status) for verdict in convsym.check(f"{formula}\n\n{claims}").verdicts[-2:]]
    assert found == ["proved", "refuted"]


def test_a_list_stays_a_list_where_no_backslash_was_lost() -> None:
    found = convsym.check("$$a^2 - b^2 = (a + b) , (a - b)$$\n").verdicts[-1]
    assert str(found.status) != "proved"


_ROWS_OF_SAMPLES = r"""We have $X \in \mathbb{R}^{n x m}$ and $W^{(1)} \in \mathbb{R}^{m x k}$
and $W^{(2)} \in \mathbb{R}^{k x 1}$.

The hidden layer is $h^{(2)} = g(s^{(2)})$, and $g(s) = \frac{1}{1 + e^{-s}}$.

$$s^{(2)} = X W^{(1)}$$
$$s^{(3)} = h^{(2)} W^{(2)}$$

Once more:

"""


@pytest.mark.parametrize(
    ("claim", "expected"), [("h^{(2)} = g(s^{(2)})", "proved"), ("h^{(2)} = 2 g(s^{(2)})", "refuted")]
)
def test_the_first_hidden_layer_has_its_definition_where_weights_carry_the_layer_below(
    claim: str, expected: str
) -> None:
    found = convsym.check(f"{_ROWS_OF_SAMPLES}$${claim}$$\n").verdicts
    assert str(found[-1].status) == expected
    assert not [v for v in found if "bb R" in v.sizes]


@pytest.mark.parametrize(
    "definition",
    [r"\vec{\beta} = \vec{X_i}", r"\beta = X \boxtimes W"],
)
def test_a_name_made_of_unknown_names_may_be_a_matrix(definition: str) -> None:
    text = f"For layer $i$:\n$${definition}$$\n\nThen\n$$\\beta = \\begin{{bmatrix}} u_1 \\\\ 1 \\end{{bmatrix}}$$\n"
    assert str(convsym.check(text).verdicts[-1].status) != "refuted"


def test_a_number_is_not_taken_for_the_column_that_a_later_line_makes_of_it() -> None:
    text = "$$s = x_1 + x_2$$\n\nThen\n$$s = \\begin{bmatrix} x_1 \\\\ x_2 \\end{bmatrix}$$\n"
    assert str(convsym.check(text).verdicts[-1].status) == "unsupported"
