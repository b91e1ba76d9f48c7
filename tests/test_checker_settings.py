r"""Values that the text puts in for a while: claims printed in the variable speak of every value of it."""

import pytest

import convsym

SQUARE = "$$y = (3x + 1)^2$$"
PRODUCT = "Let $w = 3$.\n\n$$z = w x$$"

CLAIMS = [
    ("Take $x = 1$.", SQUARE, "y = 9x^2 + 7x", "undecided"),
    ("Take $x = 1$.", SQUARE, "y = 9x^2 + 6x + 1", "proved"),
    ("Take $x = 1$.", SQUARE, "y = 16", "proved"),
    ("Take $x = 1$.", SQUARE, "y = 15", "refuted"),
    ("Take $x = 1$.", SQUARE, r"\frac{dy}{dx} = 6(3x + 1)", "proved"),
    ("Take $x = 1$.", SQUARE, r"\frac{dy}{dx} = 24", "proved"),
    ("Take $x = 1$.", SQUARE, r"\frac{dy}{dx} = 25", "refuted"),
    ("Take $x = 1$.", SQUARE, r"\frac{dy}{dx} = 24 x", "undecided"),
    ("Take $x = 0.5$.", SQUARE, r"\frac{dy}{dx} = 30 x", "undecided"),
    ("Take $x = 0.5$.", SQUARE, r"\frac{dy}{dx} = 15", "proved"),
    ("Take $x = 2$.", PRODUCT, r"\frac{\partial z}{\partial w} = 2", "proved"),
    ("Take $x = 2$.", PRODUCT, r"\frac{\partial z}{\partial w} = 3", "refuted"),
    ("Take $x = 2$.", PRODUCT, "z = x^2 + 2", "undecided"),
]


@pytest.mark.parametrize(("words", "definition", "claim", "status"), CLAIMS)
def test_a_claim_in_a_variable_is_not_proved_by_its_value(words, definition, claim, status):
    found = convsym.check(f"{words}\n\n{definition}\n\n$${claim}$$").verdicts[-1]
    assert found.status == status, found


def test_a_count_is_put_in_for_good():
    text = r"""Let $N = 2$.

$$J = \frac{1}{N} \sum_{i=1}^{N} c_i$$

$$J = \frac{1}{N} (c_1 + c_2)$$"""
    assert convsym.check(text).verdicts[-1].status == "proved"
