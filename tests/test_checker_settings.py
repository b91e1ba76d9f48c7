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


LATER = [
    ("$$f(t) = t^2$$\n\n$$f'(t) = 6$$\n\nNow take $t = 3$.", "undecided"),
    ("Let $y = t^2$. Then\n\n$$\\frac{dy}{dt} = 6$$\n\nNow take $t = 3$. Then\n\n$$y = 9$$", "undecided"),
    ("$$y = t^2$$\n\nThe slope is $\\frac{dy}{dt} = 6$ at $t = 3$.", "proved"),
    ("$$y = t^2$$\n\n$$\\frac{dy}{dt} = 6$$\n\nHere $t = 3$.", "proved"),
    ("$$y = t^2$$\n\n$$\\frac{dy}{dt} = 2t$$\n\nNow take $t = 3$.", "proved"),
    ("$$y = t^2$$\n\n$$\\frac{dy}{dt} = 3t$$\n\nNow take $t = 3$.", "refuted"),
]


@pytest.mark.parametrize(("text", "status"), LATER)
def test_a_value_that_a_later_line_puts_in_proves_nothing_before_it(text, status):
    found = [v for v in convsym.check(text, kind="markdown").verdicts if "dy" in v.latex or "f'" in v.latex]
    assert [v.status for v in found] == [status]


def test_a_text_that_speaks_of_every_value_again_is_not_judged_at_one():
    start = "$$f(t) = t^2$$\n\nAt $t = 3$,\n\n$$f'(t) = 6$$\n\n$$f(t) = 9$$\n\n"
    general = f"{start}For arbitrary $t$,\n\n$$f'(t) = 2t$$\n\n$$f'(t) = 6$$\n"
    wanted = ["definition", "definition", "proved", "proved", "proved", "refuted"]
    assert [v.status for v in convsym.check(general, kind="markdown").verdicts if len(v.latex) > 1] == wanted
    slip = convsym.check(f"{start}For arbitrary $t$,\n\n$$f'(t) = 6$$\n", kind="markdown").verdicts
    assert slip[-1].status == "refuted"


def test_a_function_at_a_given_value_is_no_new_function():
    text = "$$f(t) = t^2$$\n\nNow take $t = 3$.\n\n$$f(t) = 9$$\n\n$$f(t) = 8$$\n"
    assert [v.status for v in convsym.check(text, kind="markdown").verdicts][-2:] == ["proved", "refuted"]


@pytest.mark.parametrize("words", ["Back at $t = 3$,", "Here the slope is", "In our case it is"])
def test_a_text_may_come_back_to_the_value_that_it_has_put_in(words):
    text = "Let $t = 3$ and $y = t^2$.\n\nFor any $t$,\n\n$$\\frac{dy}{dt} = 2t$$\n\n"
    text += f"{words}\n\n$$\\frac{{dy}}{{dt}} = 6$$\n"
    assert convsym.check(text, kind="markdown").verdicts[-1].status == "proved"
