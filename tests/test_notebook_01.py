"""The questions of notebook 01: right answers are accepted, each slip gets its own words."""

from __future__ import annotations

import re
from itertools import product

import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("01"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("first", "5"),
        ("stride", "3"),
        ("breaks", "1"),
        ("unread", "cell 8"),
        ("spread", "3"),
        ("both", "3 wide, 1 high"),
        ("exercise_1", "6, 3, 2"),
        ("exercise_1", "4 2 3"),
        ("exercise_1", " 100;7;10 "),
        ("exercise_2", "8"),
        ("exercise_3", "D*(K-1)+1"),
        ("exercise_3", "D K - D + 1"),
        ("exercise_3", "K + (D-1)*(K-1)"),
        ("exercise_4", "2"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    assert NAMES[question].judge(answer).right


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("first", "4", "where it starts counts"),
        ("first", "7", "by two cells"),
        ("first", "6", "by one cell"),
        ("first", "2", "overlap"),
        ("first", "3", "overlap"),
        ("stride", "2", "where it starts counts"),
        ("stride", "4", "end in cell 9"),
        ("stride", "5", "steps of one"),
        ("stride", "2.5", "or it does not"),
        ("breaks", "5/3", "two thirds"),
        ("breaks", "2", "no cell 5"),
        ("breaks", "0", "fits on cells 1 and 2"),
        ("unread", "none", "last one end"),
        ("unread", "cells 7 and 8", "three taps"),
        ("unread", "the even cells", "next two"),
        ("spread", "5", "without gaps"),
        ("spread", "2", "after the last tap"),
        ("spread", "1", "How far can it move"),
        ("both", "1 wide, 3 high", "swapped"),
        ("both", "4 wide, 2 high", "Rounded up"),
        ("both", "3.5 wide, 1.5 high", "whole steps"),
        ("exercise_1", "5, 3, 1", "multiple of 1"),
        ("exercise_1", "7, 3, 2", "multiple of 2"),
        ("exercise_1", "2, 3, 2", "must fit"),
        ("exercise_1", "4, 2, 0", "and move"),
        ("exercise_1", "4, 0, 3", "must fit"),
        ("exercise_1", "5/2", "three whole numbers"),
        ("exercise_2", "8.5", "whole steps"),
        ("exercise_2", "9", "Rounded up"),
        ("exercise_2", "7", "where the window starts"),
        ("exercise_2", "6", "both ends"),
        ("exercise_2", "4", "longer"),
        ("exercise_3", "D*K", "nothing follows"),
        ("exercise_3", "D*(K-1)", "covers a cell"),
        ("exercise_3", "K + D*(K-1)", "D - 1 cells"),
        ("exercise_4", "1", "without dilation"),
        ("exercise_4", "4", "each end"),
        ("exercise_4", "0", "smaller"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message


@pytest.mark.parametrize("answer", ["K", "D*K + 1", "(D-1)*(K-1) + 1", "nonsense(", ""])
def test_other_formulas_are_rejected(answer: str) -> None:
    assert not NAMES["exercise_3"].judge(answer).right


def test_any_case_is_judged_by_counting() -> None:
    for size, kernel, stride in product(range(1, 9), range(1, 5), range(1, 5)):
        uneven = size >= kernel and (size - kernel) % stride != 0
        assert NAMES["exercise_1"].judge(f"{size}, {kernel}, {stride}").right == uneven


@pytest.mark.parametrize("name", ["first_strip", "stride_strip", "floor_strip", "cut_strip", "full_strip"])
def test_strips_show_as_many_windows_as_fit(name: str) -> None:
    live = NAMES[name]
    start = live.values
    for size, kernel, stride in product((1, 5, 12), (1, 3, 5), (1, 2, 4)):
        wanted = {"X": size, "K": kernel, "S": stride}
        live.set(**{key: value for key, value in wanted.items() if key in live.controls})
        v = {"S": 1, "P": 0, "D": 1} | live.values
        strip = v["X"] + 2 * v["P"]
        fits = [
            at for at in range(0, strip, v["S"]) if all(at + v["D"] * tap < strip for tap in range(v["K"]))
        ]
        said = re.search(r"fits (\d+) time|(does not fit once)", live.text)
        assert said is not None
        assert int(said[1] or 0) == len(fits)
    live.set(**start)
