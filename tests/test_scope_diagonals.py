r"""diag(v) in derivations with vectors, in networks of layers, and beside whole matrices."""

from __future__ import annotations

import pytest

import convsym

_LAYER = r"""A layer computes $\mathbf{s} = V \mathbf{u} + \mathbf{c}$ and $\mathbf{g} = \phi(\mathbf{s})$. The cost is
$$E = \frac{1}{2} \|\mathbf{g} - \mathbf{t}\|^2$$
"""
_OF_A_LAYER = [
    (r"\frac{\partial \mathbf{g}}{\partial \mathbf{s}} = \operatorname{diag}(\phi'(\mathbf{s}))", "proved"),
    (r"\frac{\partial E}{\partial \mathbf{s}} = \text{diag}(\phi'(\mathbf{s})) (\mathbf{g} - \mathbf{t})", "proved"),
    (r"\frac{\partial E}{\partial \mathbf{u}} = V^T diag(\phi'(\mathbf{s})) (\mathbf{g} - \mathbf{t})", "proved"),
    (r"\frac{\partial E}{\partial V} = diag[\phi'(\mathbf{s})] (\mathbf{g} - \mathbf{t}) \mathbf{u}^T", "proved"),
    (r"\frac{\partial E}{\partial \mathbf{u}} = diag(\phi'(\mathbf{s})) V^T (\mathbf{g} - \mathbf{t})", "refuted"),
    (r"\frac{\partial E}{\partial \mathbf{s}} = \text{diag}(\phi'(\mathbf{s})) (\mathbf{t} - \mathbf{g})", "refuted"),
    (r"\frac{\partial E}{\partial \mathbf{s}} = \text{diag}(\phi(\mathbf{s})) (\mathbf{g} - \mathbf{t})", "not proved"),
    # What one mark of diag means, or two arguments of it, nobody says.
    (r"\frac{\partial \mathbf{g}}{\partial \mathbf{s}} = diag_2(\phi'(\mathbf{s}))", "open"),
    (r"\frac{\partial \mathbf{g}}{\partial \mathbf{s}} = diag(\phi'(\mathbf{s}), 1)", "open"),
]  # fmt: skip
_SHARES = r"""The outputs are $$q_i = \frac{e^{s_i}}{\sum_j e^{s_j}}$$
"""
_OF_SHARES = [
    (r"\frac{\partial \mathbf{q}}{\partial \mathbf{s}} = diag(\mathbf{q}) - \mathbf{q} \mathbf{q}^T", "proved"),
    (r"\frac{\partial \mathbf{q}}{\partial \mathbf{s}} = \mathbf{q} \mathbf{q}^T - diag(\mathbf{q})", "unsupported"),
]  # fmt: skip
_LAYERS = r"""For every layer
$$s^{(l)} = V^{(l)} g^{(l-1)} + c^{(l)}$$
$$g^{(l)} = \phi(s^{(l)})$$
$$\delta^{(l)} = \frac{\partial E}{\partial s^{(l)}}$$
"""
_OF_LAYERS = [
    (r"\delta^{(l)} = \text{diag}(\phi'(s^{(l)})) (V^{(l+1)})^T \delta^{(l+1)}", "proved"),
    (r"\delta^{(l)} = (V^{(l+1)})^T \text{diag}(\phi'(s^{(l+1)})) \delta^{(l+1)}", "refuted"),
    (r"\frac{\partial s^{(l+1)}}{\partial s^{(l)}} = V^{(l+1)} \text{diag}(\phi'(s^{(l)}))", "proved"),
    (r"\frac{\partial s^{(l+1)}}{\partial s^{(l)}} = \text{diag}(\phi'(s^{(l)})) V^{(l+1)}", "not proved"),
]  # fmt: skip
_PLAIN = r"""One example has the cost $E = \frac{1}{2} \sum_i (g_i - t_i)^2$ with $g = \phi(s)$ and $s = V u$.
"""
_OF_PLAIN = [
    (r"\frac{\partial E}{\partial V} = \text{diag}(\phi'(s)) (g - t) u^T", "proved"),
    (r"\text{diag}(\phi'(s)) (g - t) = \phi'(s) \odot (g - t)", "proved"),
    (r"\frac{\partial E}{\partial V} = \text{diag}(\phi'(s)) u^T (g - t)", "not proved"),
]  # fmt: skip
_CASES = [
    (start, line, expected)
    for start, lines in (
        (_LAYER, _OF_A_LAYER),
        (_SHARES, _OF_SHARES),
        (_LAYERS, _OF_LAYERS),
        (_PLAIN, _OF_PLAIN),
    )
    for line, expected in lines
]


@pytest.mark.parametrize(("start", "line", "expected"), _CASES)
def test_a_diagonal_matrix_is_a_matrix(start: str, line: str, expected: str) -> None:
    verdict = convsym.check(f"{start}$${line}$$\n").verdicts[-1]
    found = verdict.status
    if expected == "not proved":
        assert found != "proved"
    elif expected == "open":
        assert found in ("unsupported", "undecided")
    else:
        assert found == expected, verdict.reason


def test_what_a_document_calls_diag_itself_is_left_alone() -> None:
    text = "Let $diag(v) = 2 v$.\n$$diag(3 w) = 6 w$$\n$$diag(3 w) = 3 w$$\n"
    found = [str(verdict.status) for verdict in convsym.check(text).verdicts]
    assert found[-2:] == ["proved", "refuted"]
