"""A chain rule with a number before it is no chain rule."""

import pytest

import convsym

HEAD = r"$$Z_j = \sum_i I_i W_{ij} + B_j$$" + "\n\n"


def last(line):
    return convsym.check(HEAD + f"$${line}$$\n", kind="markdown").verdicts[-1]


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial B_j} = -\frac{\partial Z_j}{\partial B_j} \frac{\partial L}{\partial Z_j}",
        r"\frac{\partial L}{\partial I_i} = -\sum_j \frac{\partial Z_j}{\partial I_i} \frac{\partial L}{\partial Z_j}",
        r"\frac{\partial L}{\partial B_j} = 2 \frac{\partial L}{\partial Z_j} \cdot \frac{\partial Z_j}{\partial B_j}",
        r"\frac{\partial L}{\partial a} = \frac{1}{2} \frac{\partial L}{\partial u} \frac{\partial u}{\partial a}",
        r"\frac{\partial L}{\partial a} = -\left(\frac{\partial L}{\partial u} \frac{\partial u}{\partial a}\right)",
    ],
)
def test_a_chain_rule_with_a_number_is_refuted(line):
    assert str(last(line).status) == "refuted"


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial B_j} = \frac{\partial Z_j}{\partial B_j} \frac{\partial L}{\partial Z_j}",
        r"-\frac{\partial L}{\partial a} = -\frac{\partial L}{\partial u} \frac{\partial u}{\partial a}",
        r"\frac{\partial L}{\partial a} = 1 \cdot \frac{\partial L}{\partial u} \frac{\partial u}{\partial a}",
        r"\frac{\partial L}{\partial a} = -\frac{\partial L}{\partial u} \frac{\partial v}{\partial a}",
        r"\delta_j = -\frac{\partial L}{\partial Z_j} \frac{\partial Z_j}{\partial B_j}",
    ],
)
def test_another_line_is_not(line):
    assert str(last(line).status) != "refuted"
