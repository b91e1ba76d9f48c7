"""The questions of notebook 09: right answers are accepted, each slip gets its own words."""

from __future__ import annotations

import numpy as np
import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("09"))
SUM = r"\frac{\partial E}{\partial z_1} x_{1,2} + \frac{\partial E}{\partial z_2} x_{2,2}"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("unread", "the third"),
        ("middle", "k₂,₂"),
        ("shapes", "(5,) and (2, 2)"),
        ("weights", "36"),
        ("wrong_line", "the fourth"),
        ("exercise_1", "delta11 + delta21 + delta12 + delta22"),
        ("exercise_1", r"\delta_{1,1} + \delta_{2,1} + \delta_{1,2} + \delta_{2,2}"),
        ("exercise_2", "(delta11*k21 + delta21*k11)/4"),
        ("exercise_2", r"\frac{\delta_{1,1} k_{2,1} + \delta_{2,1} k_{1,1}}{4}"),
        ("exercise_3", rf"\frac{{{SUM}}}{{4}}"),
        ("exercise_3", r"\frac{(z_1 - 1) x_{1,2} + z_2 x_{2,2}}{2}"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    assert NAMES[question].judge(answer).right


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("unread", "the first", "starts there"),
        ("unread", "the second", "two cells wide"),
        ("unread", "none of them", "between them"),
        ("middle", "k₁,₁", "over x₁,₁"),
        ("middle", "k₂,₁", "over x₂,₁"),
        ("middle", "k₁,₂", "over x₁,₂"),
        ("shapes", "() and (2, 2)", "its own loss"),
        ("shapes", "(5,) and (5, 2, 2)", "a single kernel"),
        ("weights", "6", "one kernel"),
        ("weights", "18", "single output"),
        ("weights", "12", "single input"),
        ("weights", "30", "3 times 2"),
        ("wrong_line", "the first", "introduces z"),
        ("wrong_line", "the second", "introduces E"),
        ("wrong_line", "the third", "right"),
        ("exercise_1", "(delta11 + delta21 + delta12 + delta22)/4", "constant factor"),
        ("exercise_1", "delta11", "one path"),
        ("exercise_1", "delta11 + delta21 + delta12", "term of the sum is missing"),
        ("exercise_1", "-delta11 - delta21 - delta12 - delta22", "sign"),
        ("exercise_2", "(delta11*k11 + delta21*k21)/4", "not turned"),
        ("exercise_2", "delta11*k21 + delta21*k11", "constant factor"),
        ("exercise_2", "delta11*k21/4", "term of the sum is missing"),
        ("exercise_3", SUM, "refuted"),
        ("exercise_3", r"\frac{\partial E}{\partial k_{1,2}}", "Only the right side"),
        ("exercise_3", "1 = 1", "Only the right side"),
        ("exercise_3", "1$$ $$1", "Only the right side"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message


@pytest.mark.parametrize("answer", ["", "nonsense(", "\\frac{1}{4}", "\\undefined"])
def test_other_repairs_are_rejected(answer: str) -> None:
    assert not NAMES["exercise_3"].judge(answer).right


def test_the_slope_along_the_input_is_that_of_differences() -> None:
    net, X, K, Y = (NAMES[name] for name in ("net", "magic", "K", "Y"))
    f = net.compile()
    for at in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[at] = 1e-5
        slope = (f(X + step, K, Y, b=0.5) - f(X - step, K, Y, b=0.5)) / 2e-5
        assert NAMES["run"]["dx"][at] == pytest.approx(slope, abs=1e-9)
    assert NAMES["b_slope"] == pytest.approx((f(X, K, Y, b=0.5 + 1e-5) - f(X, K, Y, b=0.5 - 1e-5)) / 2e-5)


def test_the_view_of_sizes_counts_and_measures_where_asked() -> None:
    speed = NAMES["speed"]
    assert "28 by 28: 6,084 products" in speed.set(size=28)
    assert " ms in one call" not in speed.text
    assert " ms in one call" in speed.set(measure=True, size=8)
    speed.set(size=16, measure=False)


def test_the_note_of_the_learner_is_checked_on_request() -> None:
    note = NAMES["note"]
    assert note.report is None
    note.button.click()
    assert [str(verdict.status) for verdict in note.report.verdicts][-2:] == ["proved", "refuted"]
    assert "refuted" in note.verdicts.value
