"""A line that loses the sum of the line before it."""

import pytest

import convsym

NET = r"""For layer $l$ with $n^{[l]}$ neurons:

$$z_j^{[l]} = \sum_{k=1}^{n^{[l-1]}} w_{jk}^{[l]} a_k^{[l-1]} + b_j^{[l]}$$

$$a_j^{[l]} = g(z_j^{[l]})$$

"""
SUM = r"\sum_{j=1}^{n^{[l]}} "
LEFT = r"\frac{\partial J}{\partial z_j^{[l]}} \frac{\partial z_j^{[l]}}{\partial a_k^{[l-1]}}"
RIGHT = r"\frac{\partial J}{\partial z_j^{[l]}} w_{jk}^{[l]}"


def status(line, head=""):
    return str(convsym.check(NET + head + f"\n\n$${line}$$\n", kind="markdown").verdicts[-1].status)


def test_a_lost_sum_is_refuted():
    assert status(f"{SUM}{LEFT} = {RIGHT}") == "refuted"


def test_the_same_line_with_its_sum_is_proved():
    assert status(f"{SUM}{LEFT} = {SUM}{RIGHT}") == "proved"


def test_another_factor_is_not_said_to_have_lost_a_sum():
    found = convsym.check(NET + f"$${SUM}{LEFT} = {RIGHT} w_{{jk}}^{{[l]}}$$\n", kind="markdown").verdicts[-1]
    assert "lost the sum" not in found.reason


@pytest.mark.parametrize(
    "words",
    [
        "The sum over j is implied in what follows.",
        "We use Einstein's convention:",
        "Omitting the sum signs:",
    ],
)
def test_a_text_that_leaves_sums_out_is_left_open(words):
    assert status(f"{SUM}{LEFT} = {RIGHT}", words) != "refuted"


def test_a_sum_that_comes_back_is_left_open():
    text = NET + f"$$\\begin{{aligned}} {SUM}{LEFT} &= {RIGHT} \\\\ &= {SUM}{RIGHT} \\end{{aligned}}$$\n"
    assert "refuted" not in [str(one.status) for one in convsym.check(text, kind="markdown").verdicts]
