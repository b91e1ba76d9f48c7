"""The questions of notebook 08: right answers are accepted, each slip gets its own words."""

from __future__ import annotations

import numpy as np
import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("08"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("which_way", "larger"),
        ("one_step", "-0.438"),
        ("best_eta", "16"),
        ("too_long", "overshoot the valley and stay away"),
        ("twin", "not necessarily"),
        ("how_many", "one"),
        ("exercise_1", "k - eta*g"),
        ("exercise_1", r"k - \eta g"),
        ("exercise_1", r"k + \eta (-g)"),
        ("exercise_2", "1/2"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    assert NAMES[question].judge(answer).right


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("which_way", "smaller", "falls as"),
        ("which_way", "it depends on the sign of k₁,₁", "The slope alone"),
        ("one_step", "-1.562", "climbs"),
        ("one_step", "-0.86", "not multiplied"),
        ("one_step", "0.562", "added to where"),
        ("one_step", "-0.562", "subtracted from where"),
        ("best_eta", "2", "slow"),
        ("best_eta", "8", "still safe"),
        ("best_eta", "32", "across the valley"),
        ("too_long", "arrive sooner", "stayed the same"),
        ("too_long", "grow without bound", "parabola"),
        ("twin", "yes: nothing is left to improve", "which kernels"),
        ("twin", "no: a loss of 0 is out of reach", "can be reached"),
        ("how_many", "six", "many windows"),
        ("how_many", "forty-two", "single image"),
        ("exercise_1", "k + eta*g", "climbs"),
        ("exercise_1", "k - g", "step size is missing"),
        ("exercise_1", "-eta*g", "only the step"),
        ("exercise_1", "eta*g - k", "other way round"),
        ("exercise_2", "1", "back and forth"),
        ("exercise_2", "2", "farther away"),
        ("exercise_2", "0", "nothing moves"),
        ("exercise_2", "3", "the place"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message


@pytest.mark.parametrize("answer", ["k*g", "k - eta", "k - g/eta", "nonsense(", ""])
def test_other_updates_are_rejected(answer: str) -> None:
    assert not NAMES["exercise_1"].judge(answer).right


def test_the_slopes_are_those_of_differences() -> None:
    f, X, K, Y = (NAMES[name] for name in ("f", "X", "K0", "Y"))
    for at in np.ndindex(2, 2):
        step = np.zeros((2, 2))
        step[at] = 1e-5
        slope = (f(X, K + step, Y) - f(X, K - step, Y)) / 2e-5
        assert NAMES["start"].trace["dk"][at] == pytest.approx(slope, abs=1e-8)


def test_the_loss_curves_and_the_walk_show_what_the_text_says() -> None:
    assert [NAMES["etas"].set(eta=eta).count("<polyline") for eta in (4, 32)] == [2, 2]
    assert "η = 16: 1.4e-05" in NAMES["etas"].set(eta=16)
    NAMES["etas"].set(eta=2)
    assert "(1.97, -0.98)" in NAMES["path"].set(eta=2)
    for eta in (4, 8):
        assert float(NAMES["walk"](eta).alt.rpartition(" ")[2]) > 0.1


def test_what_no_window_sees_is_never_learned() -> None:
    """The learned kernel differs from the hidden one only where the windows of 1..9 are blind."""
    windows = np.lib.stride_tricks.sliding_window_view(NAMES["count"], (2, 2)).reshape(4, 4)
    lost = (NAMES["learned"].K[-1] - NAMES["hidden"]).ravel()
    assert np.abs(windows @ lost).max() < 1e-3
    assert np.abs(lost).max() > 0.5


def test_progress_ends_at_the_hidden_kernel() -> None:
    assert "After 300 steps" in NAMES["progress"].set(steps=300)
    np.testing.assert_allclose(NAMES["found"].K[-1], NAMES["secret"], atol=1e-3)
    NAMES["progress"].set(steps=0)


def test_without_scikit_learn_the_digits_are_noise_and_the_rest_still_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    names = namespace.__wrapped__(notebook("08"))
    assert names["images"].max() == 6
    np.testing.assert_allclose(names["found"].K[-1], names["secret"], atol=0.02)
