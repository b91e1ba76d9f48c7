r"""Products with the derivatives of an unwritten loss, and what is left of them when these are left out."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

import convsym

CELLS = r"""
$$z_{1} = a_{1} w_{1} + a_{2} w_{2}$$

$$z_{2} = a_{2} w_{1} + a_{3} w_{2}$$
"""
SUM = r"\frac{\partial C}{\partial z_{1}} \frac{\partial z_{1}}{\partial a_{2}} + \frac{\partial C}{\partial z_{2}} \frac{\partial z_{2}}{\partial a_{2}}"
FIRST = r"\frac{\partial C}{\partial z_{1}} \frac{\partial z_{1}}{\partial a_{1}}"


def status(line: str, words: str = "", before: str = "") -> str:
    text = f"{words}\n{CELLS}\n\n" + (f"$${before}$$\n\n" if before else "")
    return str(convsym.check(f"{text}$${line}$$\n").verdicts[-1].status)


@pytest.mark.parametrize(
    "line",
    [f"{SUM} = w_{{2}} + w_{{1}}", f"{FIRST} = w_{{1}}"],
)
def test_a_product_is_not_what_is_left_without_the_derivatives_of_the_loss(line: str) -> None:
    assert status(line) == "refuted"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        # The derivative of a loss that nobody writes out may be made of anything that the loss is made of.
        (f"{FIRST} = z_{{1}} w_{{1}}", ""),
        (f"{FIRST} = (a_{{1}} w_{{1}} + a_{{2}} w_{{2}}) w_{{1}}", ""),
        (f"{FIRST} = (z_{{1}} - 1) w_{{1}}", ""),
        (f"{SUM} = w_{{2}} + w_{{1}}", "The gradient from above is all ones."),
        (f"{SUM} = w_{{2}} + w_{{1}}", r"Let $C$ be the sum of all outputs."),
    ],
)
def test_what_the_derivatives_of_the_loss_may_be_is_left_open(line: str, words: str) -> None:
    assert status(line, words) not in ("proved", "refuted")


def test_the_same_with_its_derivatives_is_proved() -> None:
    right = r"\frac{\partial C}{\partial z_{1}} w_{2} + \frac{\partial C}{\partial z_{2}} w_{1}"
    assert status(f"{SUM} = {right}") == "proved"


def test_what_a_quantity_is_computed_from_is_no_name_of_a_derivative() -> None:
    assert status(f"{FIRST} = w_{{1}}", before=r"\frac{\partial C}{\partial a_{1}} = w_{1}") != "proved"
