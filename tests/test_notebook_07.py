"""The questions of notebook 07: right answers are accepted, each slip gets its own words."""

from __future__ import annotations

import numpy as np
import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("07"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("central", "0.01"),
        ("smaller", "larger than before"),
        ("alive", "3"),
        ("exercise_1", "2 -1 0 / 0 1 3 / 1 0 -2"),
        ("exercise_1", "1 2 3 3 1 2 0 1 -3"),
        ("exercise_2", "2k + h"),
        ("exercise_2", "h + 2*k"),
        ("exercise_3", "4"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    assert NAMES[question].judge(answer).right


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("central", "0.31", "forward difference again"),
        ("central", "0.155", "far less"),
        ("central", "0.1", "That is h"),
        ("smaller", "far smaller", "almost equal numbers"),
        ("smaller", "0", "infinitely many digits"),
        ("alive", "0", "shifted image of ones"),
        ("alive", "6", "Not all"),
        ("alive", "1", "One of them is the shift"),
        ("alive", "2", "three different ways"),
        (
            "exercise_1",
            "1 1 1 1 1 1 1 1 1",
            "turned by 180 degrees, rows and columns swapped, shifted by one",
        ),
        ("exercise_1", "0 0 0 0 0 0 0 0 0", "the 1/4 is lost, the sign is wrong"),
        ("exercise_1", "1 0 0 0 0 0 0 0 0", "rows and columns swapped, one window only"),
        ("exercise_1", "2 2 2 1 1 1 0 0 0", "shifted by one"),
        ("exercise_1", "1 2 3", "nine numbers"),
        ("exercise_1", "1 2 3 4 5 6 7 8 9", "from −3 to 3"),
        ("exercise_1", "1 2 3 a b c 1 2 3", "nine numbers"),
        ("exercise_2", "2*k", "finite h"),
        ("exercise_3", "2", "forward difference"),
        ("exercise_3", "8", "second order"),
        ("exercise_3", "1", "does shrink"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message


@pytest.mark.parametrize("answer", ["k + h", "2*k + 2*h", "2*k - h", "nonsense(", ""])
def test_other_quotients_are_rejected(answer: str) -> None:
    assert not NAMES["exercise_2"].judge(answer).right


def test_the_differences_of_the_notebook_are_those_of_a_slow_loop() -> None:
    f, X, K, Y = (NAMES[name] for name in ("f", "X", "K", "Y"))
    found = NAMES["differences"](f, X, K, Y, 1e-4)
    for at in np.ndindex(K.shape):
        step = np.zeros(K.shape)
        step[at] = 1e-4
        assert found[at] == pytest.approx((f(X, K + step, Y) - f(X, K - step, Y)) / 2e-4, abs=1e-14)


def test_the_errors_form_a_v_with_the_numbers_of_the_text() -> None:
    errors, steps = NAMES["errors"], NAMES["steps"]
    for kind, lowest in (("float64", 1e-5), ("float32", 1e-2)):
        at = int(np.argmin(errors[kind]))
        assert steps[at] == lowest
        assert (np.diff(errors[kind][: at + 1]) < 0).all()
        assert errors[kind][-1] > 1e3 * errors[kind][at]
    assert 3e5 < min(errors["float32"]) / min(errors["float64"]) < 3e6
    assert f"{errors['float64'][4]:.1e}" in NAMES["epsilon"].set(n=5)
    NAMES["epsilon"].set(n=3)


def test_every_mutant_is_killed_by_the_magic_square_and_no_test_kills_the_truth() -> None:
    names = set(NAMES["mutants"])
    assert len(names) == 6
    magic, kernel, goal = (NAMES[name] for name in ("magic", "kernel", "goal"))
    delta = NAMES["square"].trace(magic, kernel, goal)["delta"]
    truth = NAMES["square"].grad(magic, kernel, goal)["k"]
    np.testing.assert_allclose(NAMES["spread"](magic, delta), truth, rtol=1e-12)
    for name, wrong in NAMES["mutants"].items():
        assert not np.allclose(wrong(magic, delta), truth, atol=1e-3), name
    for picture, left in NAMES["lists"].items():
        assert left in NAMES["hunt"].set(picture=picture)
    NAMES["hunt"].set(picture="all ones")
