"""The questions of notebook 02: right answers are accepted, each slip gets its own words."""

from __future__ import annotations

import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("02"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("first_read", "x₂,₂"),
        ("last_read", "a cell that does not exist"),
        ("exercise_1", "i + x - 1"),
        ("exercise_1", "x-1+i"),
        ("exercise_2", "x_{3,2}"),
        ("exercise_3", "6"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    if question == "exercise_1":
        pytest.importorskip("convsym.answer")
    assert NAMES[question].judge(answer).right


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("first_read", "x₁,₁", "what is i + x"),
        ("last_read", "x₃,₃", "2 + 2"),
        ("exercise_2", "x_{2,3}", "swapped"),
        ("exercise_2", "x_{2,1}", "counts from 1"),
        ("exercise_3", "16", "cells of Z"),
        ("exercise_3", "1", "stride"),
        ("exercise_3", "30", "cells of X"),
        ("exercise_3", "4", "square example"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message


@pytest.mark.parametrize("answer", ["i + x", "i - x - 1", "i + x + 1", "i + x - 2", "nonsense(", ""])
def test_other_indices_are_rejected(answer: str) -> None:
    pytest.importorskip("convsym.answer")
    assert not NAMES["exercise_1"].judge(answer).right


def test_what_the_question_says_of_the_wide_example_is_true() -> None:
    six = NAMES["six"]
    assert six.trace["z"][0, 0] * six.network.conv.divisor == pytest.approx(2)
    assert six.asked == "z.0.0"
