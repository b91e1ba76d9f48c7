"""A grid of numbers as a learner types it."""

from __future__ import annotations

import numpy as np
import pytest

from convsym.widgets import Feedback, grid_check

WANTED = np.array([[1, -2.5, 0], [0.75, 4, 5]])
CHECK = grid_check((2, 3), lambda grid: Feedback(bool((grid == WANTED).all()), "judged"))


@pytest.mark.parametrize(
    "typed",
    [
        "1 -2.5 0 0.75 4 5",
        "1, -2.5, 0, 0.75, 4, 5",
        "[[1, -2.5, 0], [3/4, 4, 5]]",
        "1 \N{MINUS SIGN}2.5 0; .75 4 5",
        "1 -2.5 0 | 0.75 4 5",
    ],
)
def test_reads_rows_in_the_usual_spellings(typed: str) -> None:
    assert CHECK(typed) == Feedback(True, "judged")


def test_the_order_is_row_by_row() -> None:
    assert CHECK("1 0.75 -2.5 4 0 5") == Feedback(False, "judged")


@pytest.mark.parametrize(
    "typed", ["", "1 2 3", "1 2 3 4 5 six", "1 2 3 4 5 6 7", "nan 2 3 4 5 6", "1/0 2 3 4 5 6"]
)
def test_anything_else_gets_a_word_on_how_to_type_it(typed: str) -> None:
    said = CHECK(typed)
    assert not said.right
    assert "Type 6 numbers" in said.message
