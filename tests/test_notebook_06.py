"""The questions of notebook 06: right answers are accepted, each slip gets its own words."""

from __future__ import annotations

import re
from itertools import product

import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("06"))
SUM = "(d11*x22 + d21*x32 + d12*x23 + d22*x33)"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("one_square", "1"),
        ("window_slope", "the x at (a + m − 1, b + n − 1)"),
        ("collected", "1 / (M N)"),
        ("which_cells", "x₃,₂ x₄,₂ x₃,₃ x₄,₃"),
        ("flip", "as they are"),
        ("exercise_1", "a + m - 1"),
        ("exercise_1", "m+a-1"),
        ("exercise_2", "2*(a-1)+m"),
        ("exercise_2", "2a + m - 2"),
        ("exercise_3", f"{SUM}/6"),
        ("exercise_3", f"1/6*{SUM}"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    assert NAMES[question].judge(answer).right


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("one_square", "8000", "an output of its own"),
        ("one_square", "2", "derivative"),
        ("one_square", "35", "which output"),
        ("window_slope", "the sum of all x in the window", "moved together"),
        ("window_slope", "the x at (m, n)", "first window only"),
        ("collected", "1 / (A B)", "not averaged"),
        ("collected", "nothing: each term keeps a divisor of its own", "depend on a or b"),
        ("which_cells", "x₁,₁ x₂,₁ x₁,₂ x₂,₂", "meet k₁,₁"),
        ("which_cells", "x₂,₃ x₂,₄ x₃,₃ x₃,₄", "column comes first"),
        ("which_cells", "all twelve", "stops at the edges"),
        ("flip", "turned by 180 degrees", "along X"),
        ("flip", "transposed", "first index"),
        ("exercise_1", "a + m", "One too many"),
        ("exercise_1", "a - m + 1", "turned"),
        ("exercise_1", "m", "first window only"),
        ("exercise_2", "a + m - 1", "stride 1"),
        ("exercise_2", "2*a + m - 1", "One too many"),
        ("exercise_2", "a + 2*(m-1)", "dilation"),
        ("exercise_3", f"{SUM}/4", "not of outputs"),
        ("exercise_3", SUM, "constant factor"),
        ("exercise_3", "(d11*x11 + d21*x21 + d12*x12 + d22*x22)/6", "k₁,₁ meets"),
        ("exercise_3", "(d22*x22 + d12*x32 + d21*x23 + d11*x33)/6", "180 degrees"),
        ("exercise_3", "(d11*x22 + d21*x32 + d12*x23)/6", "term of the sum is missing"),
        ("exercise_3", "d11*x22/6", "one path"),
        ("exercise_3", "(d11*x32 + d21*x42 + d12*x33 + d22*x43)/6", "shifted"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message


@pytest.mark.parametrize("answer", ["a*m", "2*a - m", "nonsense(", ""])
def test_other_indices_are_rejected(answer: str) -> None:
    assert not NAMES["exercise_1"].judge(answer).right
    assert not NAMES["exercise_2"].judge(answer).right


def test_every_setting_outlines_the_cells_that_the_weight_meets() -> None:
    meeting = NAMES["meeting"]
    start, seen = meeting.values, 0
    for width, M, N, S, m, n in product((3, 4), (1, 2, 3), (1, 2), (1, 2), (1, 2, 3), (1, 2)):
        shown = meeting.set(width=width, M=M, N=N, S=S, m=m, n=n)
        if m > M or n > N:
            assert "no weight in column" in shown
            continue
        rows, columns = (3 - N) // S + 1, (width - M) // S + 1
        met = {(S * row + n - 1, S * column + m - 1) for row in range(rows) for column in range(columns)}
        outlined = re.findall(r'data-cell="g0\.(\d+)\.(\d+)" data-mark="selected"', shown)
        assert {(int(r), int(c)) for r, c in outlined} == met
        assert "✓ the same" in shown
        seen += 1
    assert seen == len(meeting.instances)
    meeting.set(**start)


def test_the_proof_stops_at_its_question() -> None:
    steps = NAMES["steps"]
    steps.go(6)
    assert steps.waiting is NAMES["collected"]
    assert "Say first" in steps.text
    assert steps.text.count("<math") == 5
    steps.go(1)


def test_the_theorem_is_proved_in_every_step() -> None:
    assert [type(step.proof).__name__ for step in NAMES["proof"].steps].count("Definition") == 1
    assert set(NAMES["verdicts"].values()) == {"Proved"}
    assert len(NAMES["verdicts"]) == 4 + 6 + 4
