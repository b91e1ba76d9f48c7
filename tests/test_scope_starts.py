"""Values before anything is learned, and the lines that are said at them."""

import pytest

from convsym.checker import check

LEAD = r"""We initialise with $v = 0$ and $b = 2$. Let $p = vu + b$ and $L = \frac12(p-t)^2$.

"""


def last(text: str) -> str:
    return check(text, kind="markdown").verdicts[-1].status.value


@pytest.mark.parametrize(
    "words", ["At the start the slope is", "At initialization we have", "Initially it is"]
)
@pytest.mark.parametrize(
    ("slope", "status"), [("(2 - t)u", "proved"), ("-tu", "refuted"), ("(vu + b - t)u", "proved")]
)
def test_a_line_about_the_start_is_judged_there(words: str, slope: str, status: str) -> None:
    assert last(rf"{LEAD}{words} $\frac{{\partial L}}{{\partial v}} = {slope}$.") == status


def test_a_line_about_every_value_is_not_judged_at_the_start() -> None:
    assert last(rf"{LEAD}The slope is $\frac{{\partial L}}{{\partial v}} = (2 - t)u$.") == "refuted"


@pytest.mark.parametrize(
    "lead",
    ["The weights are small.", "We initialise with $v = 0$. In other runs we initialise with $v = 1$."],
)
def test_what_is_said_at_unknown_values_is_left_open(lead: str) -> None:
    text = rf"{lead} Let $p = vu$ and $L = \frac12(p-t)^2$."
    text += r" At the start the slope is $\frac{\partial L}{\partial v} = SLOPE$."
    assert last(text.replace("SLOPE", "-tu")) not in ("proved", "refuted")
    assert last(text.replace("SLOPE", "(p - t)u")) == "proved"
