r"""Claims about cells with many indices, decided by themselves; derivatives and formulas that have lost something."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

from convsym.checker import check

# A dense layer and a convolution in one note, both called z: no one model holds both.
LAYERS = r"""
# Notes

## Dense

$$s^l_{q,r} = \sum_{k=0}^{D^{l-1}-1} v^l_{q,k} \, u^l_{k,r} + g^l_r$$

## Convolution

$$s^l_{q,c,h,t} = \sum_{e=0}^{C^{l-1}-1}\sum_{i=0}^{F^l-1}\sum_{j=0}^{F^l-1} v^l_{q,e,hS+i,tS+j} \, f^l_{c,e,i,j} + g^l_c$$
"""
SUMS = r"\sum_{q=0}^{N-1}\sum_{h=0}^{H^l-1}\sum_{t=0}^{W^l-1}"
OUT = r"\frac{\partial J}{\partial s^l_{q,c,h,t}}"
TUPLES = r"""
$$y_{nij} = \sum_m \left( \sum_{(a,b)=(0,0)}^{(\text{KShape})} x_{m,(i - \lfloor \frac{L}{2} \rfloor + a, j - \lfloor \frac{L}{2} \rfloor + b)} \cdot k_{nmab} \right) + b_{nij}$$
"""
CALLED = r"""
$$z^{l+1}_{n,i,j,f} = \sum_{m=1}^{H_k} \sum_{n=1}^{W_k} \sum_{d=1}^{D} x^l_{n,i+m-1,j+n-1,d} \, w(f)^{l+1}_{m,n,d} + b(f)^{l+1}$$

$$x^l_{n,i,j,f} = g(z^l_{n,i,j,f})$$

$$\frac{\partial L}{\partial w(f)^{l+1}_{i,j,c}} = \sum_{n=1}^{N} \sum_{a=1}^{H_o} \sum_{b=1}^{W_o} \frac{\partial L}{\partial z^{l+1}_{n,a,b,f}} \frac{\partial z^{l+1}_{n,a,b,f}}{\partial w(f)^{l+1}_{i,j,c}}$$
"""


@pytest.mark.parametrize(
    ("before", "line", "status"),
    [
        (LAYERS, rf"\frac{{\partial J}}{{\partial f^l_{{c,e,i,j}}}} = {SUMS} {OUT} \frac{{\partial s^l_{{q,c,h,t}}}}{{\partial f^l_{{c,e,i,j}}}}", "proved"),
        (LAYERS, rf"{SUMS} {OUT} \frac{{\partial s^l_{{q,c,h,t}}}}{{\partial f^l_{{c,e,i,j}}}} = {SUMS} {OUT} v^l_{{q,e,hS+i,tS+j}}", "proved"),
        (LAYERS, rf"{SUMS} {OUT} \frac{{\partial s^l_{{q,c,h,t}}}}{{\partial f^l_{{c,e,i,j}}}} = {SUMS} {OUT} v^l_{{q,e,hS+i,hS+j}}", "false"),
        (LAYERS, r"\frac{\partial J}{\partial v^l_{q,k}} = \sum_{r=0}^{D^l-1} \frac{\partial J}{\partial s^l_{q,r}} u^l_{k,r}", "proved"),
        # Nothing is written of the map that zeros were put into.
        (LAYERS, rf"\frac{{\partial J}}{{\partial f^l_{{c,e,i,j}}}} = {SUMS} \frac{{\partial J}}{{\partial \check{{s}}^l_{{q,c,h,t}}}} v^l_{{q,e,h+i,t+j}}", "open"),
        (TUPLES, r"\frac{\partial y_{nij}}{\partial k_{\nu\mu uv}} = \delta_{\nu n} \delta_{uu} x_{\mu,(i - \lfloor \frac{L}{2} \rfloor + u, j - \lfloor \frac{L}{2} \rfloor + v)}", "proved"),
        (TUPLES, r"\frac{\partial E}{\partial x_{l,p,q}} = \sum_{nij = (0,0,0)}^{\text{shape}(y)} \frac{\partial E}{\partial y_{nij}} \frac{\partial y_{nij}}{\partial x_{l,p,q}}", "proved"),
        (TUPLES, r"\frac{\partial E}{\partial x_{l,p,q}} = \sum_{nij = (0,0,0)}^{\text{shape}(y)} \frac{\partial E}{\partial y_{nij}} k_{n,l,(p - i + \lfloor \frac{L}{2} \rfloor),(q - j + \lfloor \frac{L}{2} \rfloor)}", "proved"),
        (TUPLES, r"\frac{\partial E}{\partial x_{l,p,q}} = \sum_{nij = (0,0,0)}^{\text{shape}(y)} \frac{\partial E}{\partial y_{nij}} k_{n,l,(p + i),(q + j)}", "open"),
        (CALLED, r"\frac{\partial L}{\partial x^l_{n,i,j,f}} = \sum_{m=1}^{H_k} \sum_{n=1}^{W_k} \sum_{d=1}^{D_o} \frac{\partial L}{\partial z^{l+1}_{n,i-m+1,j-n+1,d}} w(d)^{l+1}_{m,n,f}", "proved"),
        (CALLED, r"\frac{\partial L}{\partial x^l_{n,i,j,f}} = \sum_{m=1}^{H_k} \sum_{n=1}^{W_k} \sum_{d=1}^{D_o} \frac{\partial L}{\partial z^{l+1}_{n,i+m-1,j+n-1,d}} w(d)^{l+1}_{m,n,f}", "open"),
    ],
)  # fmt: skip
def test_a_claim_is_decided_with_the_definition_of_its_own_form(before: str, line: str, status: str) -> None:
    verdict = check(f"{before}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    expected = {"open": ("unsupported", "undecided"), "false": ("unsupported", "undecided", "refuted")}.get(
        status, (status,)
    )
    assert str(verdict.status) in expected, verdict.reason


def test_what_the_chain_rule_supposes_is_said() -> None:
    total = r"\sum_{nij = (0,0,0)}^{\text{shape}(y)} \frac{\partial E}{\partial y_{nij}}"
    line = rf"\frac{{\partial E}}{{\partial x_{{l,p,q}}}} = {total} \frac{{\partial y_{{nij}}}}{{\partial x_{{l,p,q}}}}"
    verdict = check(f"{TUPLES}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert len(verdict.assuming) == 1 and "only through $y" in verdict.assuming[0]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (r"$$p = r \cdot s + t \implies t = p - r \cdot s$$", "proved"),
        (r"$$p = r \cdot s + t \implies t = p + r \cdot s$$", "definition"),
        (r"$$[g_1, g_0] \cdot [e_0, e_1] = g_1 e_0 + g_0 e_1$$", "proved"),
    ],
)
def test_letters_and_lists(lines: str, status: str) -> None:
    assert str(check(lines, kind="markdown").verdicts[-1].status) == status


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (r"$$\frac{E(w)}{\partial w} = \sum_{i=1}^2 \frac{\partial E(z_i)}{\partial z_i} \frac{\partial z_i}{\partial w}$$", "a mark"),
        (r"$$\frac{\partial E}{\partial q_i} = \frac{\partial E}{p_i} \frac{\partial p_i}{\partial q_i}$$", "a mark"),
        (r"$$\frac{\partial E}{\partial g} = \frac{\partial E}{m} \frac{\partial p}{\partial g}$$", "none"),
        (r"$$\frac{\partial E}{\partial g} = \frac{\partial E}{\partial p} \frac{\partial p}{\partial g}$$", "none"),
        ("$$\\frac{\\partial E}{\\partial q_1} = \\frac{\\partial E}{\\partial r_1} k_1 + c$$\n\n$$\\frac{E}{q_1} = \\frac{E}{r_1} k_1$$", "a mark"),
        ("$$\\frac{\\partial E}{\\partial q_1} = \\frac{\\partial E}{\\partial r_1} k_1 + c$$\n\n$$\\frac{E}{q_1} = \\frac{F}{q_2} k_1$$", "none"),
    ],
)  # fmt: skip
def test_a_derivative_that_has_lost_a_mark(lines: str, status: str) -> None:
    verdict = check(lines, kind="markdown").verdicts[-1]
    assert str(verdict.status) != "refuted" or verdict.reason.endswith("with it, the line holds")
    said = ("has lost the", "is missing", "is meant")
    assert any(words in verdict.reason for words in said) == (status == "a mark"), verdict.reason


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        (r"\frac{\partial z_j}{w_{ij}} = x_i", "refuted", "with it, the line holds"),
        (r"\frac{z_j}{\partial w_{ij}} = x_i", "refuted", "with it, the line holds"),
        (r"\frac{\partial z_j}{w_{ij}} = x_j", "refuted", "with it, the sides differ"),
        (r"\frac{\partial z_j}{w_{ij}} = 2 x_i", "refuted", "with it, the sides differ"),
    ],
)
def test_a_line_with_a_mark_lost_is_judged_with_it(line: str, status: str, words: str) -> None:
    text = (
        r"$$z_j = \sum_i w_{ij} x_i$$" + "\n\n" + r"$$\frac{\partial z_j}{\partial w_{ij}} = x_i$$" + "\n\n"
    )
    verdict = check(f"{text}$${line}$$\n", kind="markdown").verdicts[-1]
    assert str(verdict.status) == status and words in verdict.reason


SLOPE = "\n\n$$\\frac{\\partial y_j}{\\partial b_j} = 1$$\n"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("$$y = x W + b$$\n\n$$y_j = \\sum_i x_i W_{ij}$$" + SLOPE, "refuted"),
        ("$$y = x W + b$$\n\n$$y_j = \\sum_i x_i W_{ij} + b_j$$" + SLOPE, "open"),
        ("$$y = x W + b$$\n\nWe ignore the bias:\n\n$$y_j = \\sum_i x_i W_{ij}$$" + SLOPE, "open"),
        ("$$y = x W + b$$\n\n## Another layer\n\n$$y_j = \\sum_i x_i W_{ij}$$" + SLOPE, "open"),
        ("$$y = x W + b$$\n\nFor $y_j = \\sum_i x_i W_{ij}$ alone:" + SLOPE, "open"),
        ("$$Y = X W + b$$\n\n$$y_j = \\sum_i x_i W_{ij}$$\n\n$$U = \\sum_{k,j} Y_{kj}$$" + SLOPE, "open"),
        ("$$y = x W + b$$\n\nThe 1-D case:\n\n$$y_j = \\sum_i x_i W_{ij}$$" + SLOPE, "open"),
        ("$$y = x W + b$$\n\nfor each output\n\n$$y_j = \\sum_i x_i W_{ij}$$" + SLOPE, "refuted"),
        ("$$y = x W + b$$\n\n$$u_j = \\sum_i x_i W_{ij}$$" + SLOPE, "open"),
    ],
)
def test_a_formula_written_again_without_its_bias(lines: str, status: str) -> None:
    verdict = check(lines, kind="markdown").verdicts[1]
    assert ("has lost the $b" in verdict.reason) == (status == "refuted"), verdict.reason


def test_a_letter_that_only_a_later_line_brings_in_refutes_nothing() -> None:
    lines = r"""$$G = M_{\text{in}} - K + 1$$

$$G + 2 p_{\text{back}} - K + 1 = (M_{\text{in}} - K + 1) + 2 (K - 1) - K + 1$$

$$p_{\text{back}} = K - 1 - p_{\text{fore}}$$
"""
    assert str(check(lines, kind="markdown").verdicts[1].status) != "refuted"
