"""How people write gradients down: lines that are right, or not understood, are never called wrong."""

import pytest

from convsym.checker import check

# Each document is right as it stands, or says less than a checker needs; nothing in it may be refuted.
SOUND = {
    "a chain rule between names nobody defined": r"""
$$\frac{\partial J}{\partial u} = \frac{\partial J}{\partial v}\frac{\partial v}{\partial u}$$""",
    "a derivative of an undefined sum": r"""
$$\frac{\partial s}{\partial p_1} = \frac{\partial}{\partial p_1}(p_1 q_1 + p_2 q_2) = q_1$$""",
    "a gradient by an operator that is not defined": r"$$\nabla_U J = \Gamma * V$$",
    "a free index of a product of matrices": r"""Let $v_{rs} = \sum_{t=1}^{T} u_{rt}p_{ts}$.
$$\frac{\partial v_{rs}}{\partial p_{ts}} = u_{rt}$$""",
    "a slope that makes a function the logistic one": r"""The sigmoid of a unit:
$$a = \sigma(n)$$
$$\sigma'(t) = \sigma(t)(1 - \sigma(t))$$
$$\frac{da}{dn} = a(1 - a)$$""",
    "cells of one family that feed each other": r"""With the sigmoid $\sigma$:
$$q_1 = w_1 p + c_1, \quad q_2 = w_2 g + c_2$$
$$g = \sigma(q_1)$$
$$\frac{\partial q_2}{\partial q_1} = w_2 g (1 - g)$$""",
    "layers counted in the text": "Here $l=1$ is the first and $l=L$ the last layer.",
    "targets that are given": r"""$$r_2 = \max(0, q_4)$$
For the targets $r_1 = 5, r_2 = 7$ the error is large.""",
    "a new name at the end of a chain": r"$$g_{11} = \sigma(q_{11})$$ $$q_{12} = q_{11}$$ $$\sigma(q_{12}) = g_{12}$$",
    "vectors nobody gave a shape": r"""
$$\begin{bmatrix} g_1 \\ g_2 \end{bmatrix} = \sigma(\mathbf{U}\mathbf{p} + \mathbf{c})$$""",
    "a product of matrices summed up": r"""
$$\frac{\partial J}{\partial p_{11}} = \boldsymbol{\gamma} \cdot \begin{pmatrix} u_{11} & 0 \\ 0 & 0 \end{pmatrix}$$""",
    "gradients named with a d": r"""$$dQ^{[2]} = G^{[2]} - T$$
$$dU^{[2]} = \frac{1}{m} dQ^{[2]} G^{[1]T}$$
$$dU^{[2]} = \frac{1}{m} \left(G^{[2]} - T\right) G^{[1]T}$$""",
    "a step named with a Delta": r"$$E = \frac12 (t - g)^2$$ $$\Delta g = -\eta \frac{\partial E}{\partial g}$$",
    "numbers put in": r"$$q_1 = \sigma(u_{11} p_1 + c_1)$$ $$q_1 = \sigma(0.5 \cdot 1 + 0.0)$$",
    "three functions under one letter": r"""The logistic function:
$$f(t) = \frac{1}{1 + e^{-t}}$$
The hyperbolic tangent:
$$f(t) = \frac{e^t - e^{-t}}{e^t + e^{-t}}$$
The rectifier:
$$f(t) = \max(0, t)$$""",
    "one letter, two operations": r"""## Convolution
$$r_{a,b} = \sum_{m=1}^{M}\sum_{n=1}^{N} u_{m,n} p_{a+m-1,b+n-1}$$
## Transposed convolution
$$r_{a,b} = \sum_{m=1}^{M}\sum_{n=1}^{N} u_{m,n} p_{a-m+1,b-n+1}$$""",
    "a best index with a star": r"""$$E = \frac12 \sum_{k=1}^{D} (p_k - u_{j^*k})^2$$
$$\frac{\partial E}{\partial u_{j^*k}} = -(p_k - u_{j^*k})$$""",
    "a derivative that nothing leads to": r"$$(g_o - g_t) \frac{\partial g_o}{\partial g_n} = (g_o - g_t) f'(g_n)$$",
    "weights before and after": r"$$w_{new} = w_{old} - \eta \frac{\partial Loss}{\partial w_{old}}$$",
    "the size of a full convolution": r"$$\dim(D * F) = (H - 2K + 2) \times (W - 2K + 2)$$",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
def test_what_is_right_or_not_understood_is_not_refuted(text):
    for verdict in check(text, kind="markdown").verdicts:
        assert verdict.status != "refuted", (verdict.latex, verdict.reason)


# The last relation of each is wrong as printed, whatever its letters stand for.
WRONG = {
    "arithmetic": r"$$\frac12 ((5 - 25)^2 + (7 - 25)^2) = 150$$",
    "an argument": r"$$\sigma(0.5 \cdot 1 + 1.0 \cdot 2 + 1.5 \cdot 3) = \sigma(8)$$",
    "a rounded value": r"$$\text{sigmoid}(-0.0875) \approx 0.4833$$",
    "a lost term of a sum": r"""$v_{rs} = \sum_{t=1}^{T} u_{rt}p_{ts}$ for all $r$ and $s$, so
$$v_{rs} = u_{rt} p_{ts}$$""",
    "a lost factor": r"$$E = \frac12 (t - g)^2$$ $$g = u p$$ $$\frac{\partial E}{\partial u} = -(t - g)$$",
    "a lost path": r"""$$o_{11} = p_{11} v_{11} + p_{12} v_{21}$$ $$o_{21} = p_{21} v_{11} + p_{22} v_{21}$$
$$\frac{\partial J}{\partial v_{11}} = \frac{\partial J}{\partial o_{11}} p_{11}$$""",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_whatever_it_means_is_refuted(text):
    verdict = check(text, kind="markdown").verdicts[-1]
    assert verdict.status == "refuted", (verdict.latex, verdict.reason)


PROVED = {
    "a free index": SOUND["a free index of a product of matrices"],
    "a slope": SOUND["a slope that makes a function the logistic one"],
    "cells that feed each other": SOUND["cells of one family that feed each other"],
    "all paths": r"""$$o_{11} = p_{11} v_{11} + p_{12} v_{21}$$ $$o_{21} = p_{21} v_{11} + p_{22} v_{21}$$
$$\therefore \quad \frac{\partial J}{\partial v_{11}}
= \frac{\partial J}{\partial o_{11}} p_{11} + \frac{\partial J}{\partial o_{21}} p_{21}$$""",
    "a loss with a word for its name": r"$$Loss = (t - g)^2$$ $$\frac{\partial Loss}{\partial g} = -2(t - g)$$",
    "a name in another script": r"$$误差 = (t - g)^2$$ $$\frac{\partial 误差}{\partial g} = -2(t - g)$$",
}


@pytest.mark.parametrize("text", PROVED.values(), ids=PROVED.keys())
def test_what_follows_is_proved(text):
    verdict = check(text, kind="markdown").verdicts[-1]
    assert verdict.status == "proved", (verdict.latex, verdict.reason)


ALL_CELLS = r"""$$v_{rs} = \sum_{t=1}^{T} u_{rt}p_{ts}$$
"""
FREE_LOSS = {
    "all paths to a weight": (
        r"$$\frac{\partial J}{\partial p_{ab}} = \sum_{r=1}^{R} \frac{\partial J}{\partial v_{rb}} u_{ra}$$",
        r"$$\frac{\partial J}{\partial p_{ab}} = \sum_{r=1}^{R} \frac{\partial J}{\partial v_{rb}} u_{rb}$$",
    ),
    "all paths to an input": (
        r"$$\frac{\partial J}{\partial u_{ab}} = \sum_{s=1}^{S} \frac{\partial J}{\partial v_{as}} p_{bs}$$",
        r"$$\frac{\partial J}{\partial u_{ab}} = \sum_{s=1}^{S} \frac{\partial J}{\partial v_{as}} p_{sb}$$",
    ),
    "a chain rule in full": (
        r"""$$\frac{\partial J}{\partial p_{ab}}
= \sum_{r=1}^{R}\sum_{s=1}^{S} \frac{\partial J}{\partial v_{rs}} \frac{\partial v_{rs}}{\partial p_{ab}}$$""",
        r"""$$\frac{\partial J}{\partial p_{ab}}
= 2\sum_{r=1}^{R}\sum_{s=1}^{S} \frac{\partial J}{\partial v_{rs}} \frac{\partial v_{rs}}{\partial p_{ab}}$$""",
    ),
}


@pytest.mark.parametrize(("right", "wrong"), FREE_LOSS.values(), ids=FREE_LOSS.keys())
def test_a_loss_nobody_wrote_down_follows_the_chain_rule_for_all_sizes(right, wrong):
    assert check(ALL_CELLS + right, kind="markdown").verdicts[-1].status == "proved"
    assert check(ALL_CELLS + wrong, kind="markdown").verdicts[-1].status == "refuted"


def test_functions_of_different_layers_are_different_functions():
    text = r"$$h = g^{[1]}(2 n)$$ $$\frac{dh}{dn} = 2 g^{[LAYER]\prime}(2 n)$$"
    assert check(text.replace("LAYER", "2"), kind="markdown").verdicts[-1].status != "proved"


UNPROVED = {
    "a chain rule without its sum": r"""$$y_i = \sum_{k=1}^n w_{ik} x_k$$
$$\frac{\partial J}{\partial x_k} = \frac{\partial J}{\partial y_i}\frac{\partial y_i}{\partial x_k}$$""",
    "a slope of what nobody defined": r"""
$$\frac{\partial E}{\partial g_o}\frac{\partial g_o}{\partial g_n} =
\frac{\partial}{\partial g_o}\left[\frac12 (g_o - g_t)^2\right] \frac{\partial g_o}{\partial g_n}$$""",
}


@pytest.mark.parametrize("text", UNPROVED.values(), ids=UNPROVED.keys())
def test_nothing_is_proved_by_taking_the_unknown_for_zero(text):
    verdict = check(text, kind="markdown").verdicts[-1]
    assert verdict.status != "proved", (verdict.latex, verdict.reason)
