"""Formulas that nest deep: they are read in time, and no other line of the document is lost with them."""

import pytest

import convsym


@pytest.mark.parametrize("head", [r"\sigma", "f", r"\mathbf{w}^T", "C E", "d W", "W^{(1)}", "a_i"])
@pytest.mark.parametrize("brackets", ["()", "[]"])
def test_brackets_in_brackets_cost_no_other_line_its_verdict(head, brackets):
    opening, closing = brackets
    deep = (head + opening) * 20 + "z" + closing * 20
    text = f"$$y = x^2$$\n\n$$u = {deep}$$\n\n$$\\frac{{dy}}{{dx}} = 2x$$\n\n$$\\frac{{dy}}{{dx}} = 3x$$\n"
    verdicts = convsym.check(text, kind="markdown").verdicts
    assert [str(one.status) for one in verdicts[-2:]] == ["proved", "refuted"]
