"""The questions of notebook 00: right answers are accepted, each slip gets its own words."""

from __future__ import annotations

import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("00"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("first", "6"),
        ("corner", "x₁,₄"),
        ("exercise_1", "A[1, 3]"),
        ("exercise_1", "A[1][3]"),
        ("exercise_2", "x_{1,3}"),
        ("exercise_2", "x13"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    assert NAMES[question].judge(answer).right


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("first", "4", "column comes first"),
        ("first", "7", "another number"),
        ("corner", "x₄,₁", "upper right"),
        ("corner", "x₄,₃", "lower right"),
        ("corner", "x₃,₃", "one more column"),
        ("exercise_1", "A[3, 1]", "swapped"),
        ("exercise_1", "A[2, 4]", "counts from 0"),
        ("exercise_1", "A[4, 2]", "Two things"),
        ("exercise_1", "A[0, 3]", "another cell"),
        ("exercise_2", "x_{3,1}", "swapped"),
        ("exercise_2", "x_{0,2}", "counts from 1"),
        ("exercise_2", "x_{2,0}", "Two things"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message


def test_the_answers_are_the_cells_of_the_images() -> None:
    assert NAMES["A"][1, 3] == 17
    assert NAMES["walk"].asked == "x.1.0"
    assert NAMES["first"].judge(str(NAMES["X"][0, 2])).right
