"""Lines that hold on one side of a kink, and lines behind one that is said under a condition."""

import pytest

import convsym


def statuses(text: str) -> list[str]:
    return [str(verdict.status) for verdict in convsym.check(text).verdicts]


UNIT = "$a = \\max(0, z)$, $z = w x + b$. "
SLOPE = "$$\\frac{\\partial a}{\\partial w} = x$$\n"


@pytest.mark.parametrize(
    "words",
    [
        "Let $z > 0$.",
        "Assume $z > 0$ throughout.",
        "Assume the unit is active.",
        "Assume that all pre-activations are positive.",
        "When it is active,",
        "For a firing unit",
        "On the active side",
        "**Case 1**: $z > 0$.",
    ],
)
def test_words_that_may_restrict_a_line_to_one_side(words: str) -> None:
    for text in (f"{UNIT}{words}\n\n", f"{words} {UNIT}\n\n"):
        assert statuses(text + SLOPE)[-1] in ("proved", "unsupported")
        # What holds on neither side is false whatever they say.
        assert statuses(text + SLOPE.replace("= x", "= 2 x"))[-1] == "refuted"


def test_without_such_words_the_line_is_refuted() -> None:
    assert statuses(f"{UNIT}\n\n{SLOPE}")[-1] == "refuted"


def test_an_order_that_is_read_decides() -> None:
    assert statuses(f"{UNIT}For $z > 0$ we have\n\n{SLOPE}")[-1] == "proved"
    assert statuses(f"{UNIT}For $z < 0$ we have\n\n{SLOPE}")[-1] == "refuted"


def test_a_condition_leads_all_lines_of_its_sentence() -> None:
    lines = f"{SLOPE}\n$$\\frac{{\\partial a}}{{\\partial b}} = 1$$\n\n$$\\frac{{\\partial a}}{{\\partial x}} = w$$\n"
    assert statuses(f"{UNIT}If $z > 0$, then\n\n{lines}")[-3:] == ["proved"] * 3
    lines = (
        "$$\\frac{\\partial a}{\\partial w} = 0$$\n\nand also\n\n$$\\frac{\\partial a}{\\partial b} = 1$$\n"
    )
    assert statuses(f"{UNIT}If $z < 0$, then\n\n{lines}")[-2:] == ["proved", "refuted"]


SOFTMAX = "$$p_i = \\frac{e^{z_i}}{\\sum_k e^{z_k}}$$\n\n"
APART = "$$\\frac{\\partial p_i}{\\partial z_j} = -p_i p_j$$\n"


def test_letters_that_differ_in_all_lines_of_a_sentence() -> None:
    log = "$$\\frac{\\partial \\log p_i}{\\partial z_j} = -p_j$$\n"
    assert statuses(f"{SOFTMAX}For $i \\ne j$ we have\n\n{APART}\n{log}")[1:] == [
        "definition",
        "proved",
        "proved",
    ]
    assert statuses(f"{SOFTMAX}For $i \\ne j$ we have\n\n{APART}\n{log.replace('-', '')}")[-1] == "refuted"
    assert statuses(f"{SOFTMAX}{log}")[-1] == "refuted"


def test_a_new_sentence_may_leave_the_condition() -> None:
    log = "$$\\frac{\\partial \\log p_i}{\\partial z_j} = -p_j$$\n"
    text = f"{SOFTMAX}For $i \\ne j$ we have\n\n{APART}\n"
    assert statuses(f"{text}The logarithm has\n\n{log}")[-1] == "unsupported"
    assert statuses(f"{text}In general,\n\n{log}")[-1] == "refuted"
    assert statuses(f"{text}Both together:\n\n{log}")[-1] == "refuted"
