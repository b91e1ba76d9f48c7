"""A chain through a weight, which no line computes from what it is multiplied by."""

import pytest

import convsym

HEAD = "$$z_l = W_l a_{l-1}$$\n\n$$a_l = \\sigma(z_l)$$\n\n"
CHAIN = (
    r"\delta_{l+1} \frac{\partial z_{l+1}}{\partial W_{l+1}} \frac{\partial W_{l+1}}{\partial a_l}"
    r" \frac{\partial a_l}{\partial z_l}"
)


def status(line, head=HEAD):
    return str(convsym.check(f"{head}$${line}$$\n", kind="markdown").verdicts[-1].status)


@pytest.mark.parametrize(
    "line",
    [
        rf"\frac{{\partial C}}{{\partial z_l}} = {CHAIN}",
        rf"{CHAIN} = W_{{l+1}}^T \delta_{{l+1}} \frac{{\partial a_l}}{{\partial z_l}}",
    ],
)
def test_a_chain_through_a_weight_is_refuted(line):
    assert status(line) == "refuted"


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial W_{l+1}}{\partial a_l} = 0",
        rf"{CHAIN} = \frac{{\partial z_{{l+1}}}}{{\partial W_{{l+1}}}} \frac{{\partial W_{{l+1}}}}{{\partial a_l}}",
        rf"{CHAIN} = 0 \cdot \delta_l",
        r"\frac{\partial C}{\partial z_l} = \delta_{l+1} \frac{\partial z_{l+1}}{\partial a_l}"
        r" \frac{\partial a_l}{\partial z_l}",
        r"\frac{\partial C}{\partial W_l} = \frac{\partial C}{\partial z_l} \frac{\partial z_l}{\partial W_l}",
    ],
)
def test_other_lines_are_not(line):
    assert status(line) != "refuted"


def test_a_weight_that_is_computed_is_not():
    head = HEAD + "$$W_{l+1} = V a_l$$\n\n"
    assert status(rf"\frac{{\partial C}}{{\partial z_l}} = {CHAIN}", head) != "refuted"


def test_a_gate_that_a_picture_may_show_is_not():
    line = r"2 \frac{\partial L}{\partial x} = \frac{\partial L}{\partial g} \frac{\partial g}{\partial x}"
    text = "$$y = g x$$\n\n$$x = \\sigma(u)$$\n\n" + f"$${line}$$\n"
    assert "is not computed from" not in convsym.check(text, kind="markdown").verdicts[-1].reason
