r"""Functions of whole vectors, \sigma(z_i) = e^{z_i} / \sum_j e^{z_j}: their entries as cells, targets with one 1."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

from convsym.checker import check
from convsym.verdict import Status

BRACKET = "The weights are\n\n$$\\sigma(A_i) = \\frac{e^{A_i}}{\\sum_{j=1}^{C} e^{A_j}}$$\n\n"
ENTRY = "The weights are\n\n$$\\mathrm{softmax}(v)_i = \\frac{\\exp(v_i)}{\\sum_{j=1}^{n} \\exp(v_j)}$$\n\n"
COMPONENT = "The weights are\n\n$$S_i(v) = \\frac{e^{v_i}}{\\sum_{j=1}^{n} e^{v_j}}$$\n\n"
WHOLE = "The weights are\n\n$$s(v) = \\frac{e^{v_i}}{\\sum_{j=1}^{n} e^{v_j}}$$\n\n"
LOSS = BRACKET + "A one-hot $Y$ and\n\n$$H = -\\sum_{k=1}^{C} Y_k \\log \\sigma(A_k)$$\n\n"

TWO = (
    "$$p_k = \\frac{e^{a_k}}{\\sum_{j=1}^{2} e^{a_j}}$$\n\nA one-hot $Y$ and\n\n"
    "$$H = -\\sum_{k=1}^{2} Y_k \\log p_k$$\n\n"
)


def last(text: str) -> Status:
    return check(text, kind="markdown").files[0].verdicts[-1].status


TRUE = [
    BRACKET + "$$\\frac{\\partial \\sigma(A_1)}{\\partial A_2} = -\\sigma(A_1)\\sigma(A_2)$$",
    BRACKET + "$$\\frac{\\partial \\sigma(A_2)}{\\partial A_2} = \\sigma(A_2)(1-\\sigma(A_2))$$",
    BRACKET + "$$\\frac{\\partial \\sigma(A_k)}{\\partial A_i} = \\sigma(A_k)(\\delta_{ik} - \\sigma(A_i))$$",
    BRACKET
    + "No sigmoid here.\n\n$$\\frac{\\partial \\sigma(A_1)}{\\partial A_2} = -\\sigma(A_1)\\sigma(A_2)$$",
    BRACKET + "When $i = k$,\n\n$$\\frac{\\partial \\log \\sigma(A_k)}{\\partial A_i} = 1 - \\sigma(A_i)$$",
    BRACKET
    + "When $i \\ne k$,\n\n$$\\frac{\\partial \\log \\sigma(A_k)}{\\partial \\sigma(A_k)}"
    + "\\frac{\\partial \\sigma(A_k)}{\\partial A_i} = -\\sigma(A_i)$$",
    BRACKET
    + "When $i \\ne k$,\n\n$$\\frac{\\partial \\sigma(A_k)}{\\partial A_i} = \\sigma(A_k) \\cdot -\\sigma(A_i)$$",
    ENTRY
    + "$$\\frac{\\partial\\, \\mathrm{softmax}(v)_1}{\\partial v_2} = -\\mathrm{softmax}(v)_1 \\mathrm{softmax}(v)_2$$",
    COMPONENT + "$$\\frac{\\partial S_1(v)}{\\partial v_2} = -S_1(v) S_2(v)$$",
    WHOLE + "$$\\frac{\\partial s(v)_1}{\\partial v_2} = -s(v)_1 s(v)_2$$",
    ENTRY
    + "$$p_i = \\mathrm{softmax}(u)_i$$\n\n$$\\frac{\\partial p_i}{\\partial u_k} = p_i(\\delta_{ik} - p_k)$$",
    LOSS + "$$\\frac{\\partial H}{\\partial A_i} = \\sigma(A_i) - Y_i$$",
    LOSS
    + "$$\\frac{\\partial H}{\\partial A_i} = -\\sum_{k=1}^{C} Y_k \\frac{\\partial \\log \\sigma(A_k)}{\\partial A_i}$$",
    LOSS + "$$\\frac{\\partial H}{\\partial \\sigma(A_i)} = -\\frac{Y_i}{\\sigma(A_i)}$$",
    # The line itself names the class whose target is 1.
    LOSS + "$$-\\sum_{k=1}^{C} Y_k \\log \\sigma(A_k) = -\\log \\sigma(A_t)$$",
]

FALSE = [
    TWO + "$$\\frac{\\partial H}{\\partial a_2} = p_2 + Y_2$$",
    BRACKET + "$$\\frac{\\partial \\sigma(A_1)}{\\partial A_2} = 0$$",
    BRACKET + "No sigmoid here.\n\n$$\\frac{\\partial \\sigma(A_1)}{\\partial A_2} = 0$$",
    BRACKET + "$$\\frac{\\partial \\sigma(A_1)}{\\partial A_2} = \\sigma(A_1)\\sigma(A_2)$$",
    BRACKET + "$$\\frac{\\partial \\sigma(A_k)}{\\partial A_i} = \\sigma(A_k)(1 - \\sigma(A_k))$$",
    BRACKET + "When $i \\ne k$,\n\n$$\\frac{\\partial \\log \\sigma(A_k)}{\\partial A_i} = -\\sigma(A_k)$$",
    BRACKET + "When $i = k$,\n\n$$\\frac{\\partial \\log \\sigma(A_k)}{\\partial A_i} = -\\sigma(A_i)$$",
    ENTRY + "$$\\frac{\\partial\\, \\mathrm{softmax}(v)_1}{\\partial v_2} = 0$$",
    COMPONENT + "$$\\frac{\\partial S_1(v)}{\\partial v_2} = -S_1(v) S_1(v)$$",
    LOSS + "$$\\frac{\\partial H}{\\partial A_i} = Y_i - \\sigma(A_i)$$",
    LOSS
    + "$$\\frac{\\partial H}{\\partial A_i} = \\sigma(A_i)$$\n\n$$\\frac{\\partial H}{\\partial A_i} = \\sigma(A_i)+1$$",
    LOSS + "$$\\frac{\\partial H}{\\partial \\sigma(A_i)} = -\\frac{Y_i}{A_i}$$",
]

OPEN = [
    TWO + "$$\\frac{\\partial H}{\\partial a_2} = p_2$$",
    # True where the 1 stands at i, which is not said.
    LOSS + "$$\\frac{\\partial H}{\\partial A_i} = \\sigma(A_i) - 1$$",
    LOSS + "$$\\frac{\\partial H}{\\partial A_i} = \\sigma(A_i)$$",
    # The name of a softmax in the prose: what \sigma(A_1) is, no formula says.
    "Here $\\sigma$ is the softmax function.\n\n$$\\frac{\\partial \\sigma(A_1)}{\\partial A_2} = 0$$",
    "The softmax $\\sigma(A)$ and the sigmoid differ.\n\n$$\\frac{\\partial \\sigma(A_1)}{\\partial A_2} = 0$$",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_is_true_is_proved(text: str) -> None:
    assert last(text) is Status.PROVED


@pytest.mark.parametrize("text", FALSE)
def test_what_is_false_is_refuted(text: str) -> None:
    assert last(text) is Status.REFUTED


@pytest.mark.parametrize("text", OPEN)
def test_what_is_not_said_is_neither(text: str) -> None:
    assert last(text) not in (Status.PROVED, Status.REFUTED)


def test_a_function_of_a_number_stays_one_where_its_letter_is_a_softmax_elsewhere() -> None:
    text = (
        "$$\\sigma(x) = \\frac{1}{1+e^{-x}}$$\n\n$$\\frac{\\partial \\sigma(x)}{\\partial x} = "
        "\\sigma(x)(1-\\sigma(x))$$\n\nNow the softmax:\n\n"
        "$$\\sigma(A_i) = \\frac{e^{A_i}}{\\sum_{j=1}^{C} e^{A_j}}$$\n\n"
        "$$\\frac{\\partial \\sigma(A_1)}{\\partial A_2} = -\\sigma(A_1)\\sigma(A_2)$$"
    )
    verdicts = check(text, kind="markdown").files[0].verdicts
    assert [verdict.status for verdict in verdicts] == [
        Status.DEFINITION,
        Status.PROVED,
        Status.DEFINITION,
        Status.PROVED,
    ]


def test_the_formula_of_a_record_is_printed_whole() -> None:
    text = ENTRY + "$$a = \\mathrm{softmax}(v)$$"
    assert check(text, kind="markdown").files[0].verdicts[-1].latex == "a = \\mathrm{softmax}(v)"
