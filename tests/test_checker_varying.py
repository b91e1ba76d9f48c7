"""Letters that no line defines: what is printed of a slope may speak of theirs, and is not wrong then."""

import pytest

from convsym.checker import check

SOFTMAX = r"""
With the sum of the exponentials in the place of S:

$$\frac{\partial}{\partial a_1} \frac{e^{a_1}}{S} = %s$$
"""


def last(text: str) -> str:
    """The verdict on the last line."""
    return str(check(text).verdicts[-1].status)


def test_a_letter_may_be_made_of_the_variable() -> None:
    assert last(SOFTMAX % r"\frac{e^{a_1} S - e^{a_1} e^{a_1}}{S^2}") == "unsupported"
    line = r"$$\frac{\partial}{\partial x} \frac{x}{n} = \frac{n - 2 x^2}{n^2}$$"
    assert last(f"Here n = x^2 + y^2.\n\n{line}") == "unsupported"
    assert last(line) == "refuted"


def test_a_constant_letter_is_one_as_before() -> None:
    assert last(SOFTMAX % r"\frac{e^{a_1}}{S}") == "proved"


@pytest.mark.parametrize(
    "wrong",
    [
        r"\frac{e^{a_1} S - e^{a_1}}{S^3}",
        r"\frac{2 e^{a_1}}{S}",
        r"\frac{e^{a_1}}{S^2}",
    ],
)
def test_what_no_plain_slope_explains_is_refuted(wrong: str) -> None:
    assert last(SOFTMAX % wrong) == "refuted"


def test_a_letter_that_is_defined_or_differentiated_by_is_no_unknown() -> None:
    defined = r"$$S = e^{a_1} + e^{a_2}$$" + SOFTMAX
    assert last(defined % r"\frac{e^{a_1} S - e^{a_1} e^{a_1}}{S^2}") == "proved"
    assert last(defined % r"\frac{e^{a_1} S - e^{a_1} e^{a_2}}{S^2}") == "refuted"
    weights = r"""
$$\frac{\partial}{\partial b} (w x + b) = 1$$

$$\frac{\partial}{\partial w} (w x + b) = x + w$$
"""
    assert last(weights) == "refuted"


@pytest.mark.parametrize(
    ("loss", "slope", "status"),
    [
        (r"(z - t)^2", r"2 (z - t) w", "refuted"),
        (r"(z - t)^2", r"2 (z - t) x", "proved"),
        (r"(z - y)^2", r"2 (z - y) w", "refuted"),
        (r"(z - u)^2", r"2 (z - u) w", "refuted"),
    ],
)
def test_what_an_output_is_compared_with_does_not_vary(loss, slope, status):
    assert last(rf"$$z = w x + b$$ $$L = {loss}$$ $$\frac{{\partial L}}{{\partial w}} = {slope}$$") == status
