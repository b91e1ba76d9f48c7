"""The questions of notebook 04: right answers are accepted, each slip gets its own words; the curves are right."""

from __future__ import annotations

import math
import re

import mpmath
import numpy as np
import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("04"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("balanced", "0.119"),
        ("steeper", "at z = 2"),
        ("rounded", "exactly 0"),
        ("overflows", "an error"),
        ("total", "1"),
        ("ratio", "4"),
        ("reach", "no, but as close to 0 as you like"),
        ("exercise_1", "o*(1-o)"),
        ("exercise_1", "o - o^2"),
        ("exercise_1", "do/dz = o(1 - o)"),
        ("exercise_2", "0.77"),
        ("exercise_3", "B: 0.999, 0.5, 0.01, 0.2"),
        ("exercise_4", "1.386"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert verdict.right, verdict.message


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("balanced", "-0.881", "never negative"),
        ("balanced", "0.881", "below one half"),
        ("steeper", "at z = 6", "only climb to 1"),
        ("steeper", "equally steep", "straight line"),
        ("rounded", "about 4 · 10⁻¹⁸", "steps of about"),
        ("rounded", "an error", "Nothing stops"),
        ("overflows", "0.0", "right answer, rounded"),
        ("overflows", "a tiny number", "too small for a float"),
        ("total", "0.25", "mean of the squares"),
        ("total", "0.5", "if L were a mean"),
        ("total", "2", "squared before"),
        ("ratio", "6", "kernel cells"),
        ("ratio", "12", "cells of X"),
        ("reach", "yes, with z large enough", "only comes close"),
        ("reach", "no, 0.25 always remains", "let z grow"),
        ("exercise_1", "o", "σ itself"),
        ("exercise_1", "-o*(1-o)", "sign"),
        ("exercise_1", "1 - o", "incomplete"),
        ("exercise_1", "o*(1+o)", "sign inside"),
        ("exercise_1", "o*(1-o)/4", "factor"),
        ("exercise_1", "1/(o*(1-o))", "wrong way round"),
        ("exercise_2", "0.1925", "mean of the squares"),
        ("exercise_2", "0.5", "Square each error"),
        ("exercise_2", "1.5", "sizes of the errors"),
        ("exercise_2", "0.877", "No root"),
        ("exercise_3", "A: 0.5, 0.9, 1, 0.2", "never hit"),
        ("exercise_3", "C: 0.5, −0.1, 0.3, 0.2", "out of reach"),
        ("exercise_4", "-1.386", "upside down"),
        ("exercise_4", "0.69", "other direction"),
        ("exercise_4", "4", "logarithm"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message, verdict.message


def told(html: str) -> list[float]:
    """The numbers in the line above a chart."""
    line = re.search(r"<b>(.*?)</b>", html)
    assert line is not None
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", line[1].replace("\u2212", "-"))]


@pytest.mark.parametrize("z", [-8.0, -3.25, 0.0, 2.0, 5.5, 8.0])
def test_the_curve_and_its_slope_are_right(z: float) -> None:
    steep = NAMES["steep"]
    start = steep.values
    shown = told(steep.set(z=z))
    steep.set(**start)
    output = 1 / (1 + mpmath.exp(-z))
    expected = [z, float(output), float(mpmath.diff(lambda t: 1 / (1 + mpmath.exp(-t)), z))]
    assert shown == pytest.approx(expected, rel=2e-1, abs=6e-4)
    assert shown[:2] == pytest.approx(expected[:2], abs=6e-4)


@pytest.mark.parametrize(("y", "z"), [(-0.5, -8.0), (0.0, 1.5), (0.25, -1.0), (1.0, 8.0), (1.5, 0.0)])
def test_the_valley_is_right(y: float, z: float) -> None:
    targets = NAMES["targets"]
    start = targets.values
    shown = told(targets.set(y=y, z=z))
    targets.set(**start)
    assert shown == pytest.approx([y, z, (1 / (1 + math.exp(-z)) - y) ** 2], abs=6e-4)


def test_saturated_slopes_keep_their_digits() -> None:
    for z in (-300, -40, -2, 0, 6, 40, 300):
        e = mpmath.exp(-mpmath.mpf(z))
        assert NAMES["at"](z)[1] == pytest.approx(float(e / (1 + e) ** 2), rel=1e-14)


def test_the_kernel_hits_its_targets() -> None:
    X, hit, T = NAMES["X"], NAMES["hit"], NAMES["T"]
    for r, c in np.ndindex(2, 2):
        z = sum(X[r + i, c + j] * hit[i, j] for i, j in np.ndindex(2, 2)) / 4
        assert 1 / (1 + math.exp(-z)) == pytest.approx(T[r, c], abs=1e-10)


def test_the_prediction_on_the_score_is_asked() -> None:
    score = NAMES["score"]
    assert score.asked == "loss.0.0"
    o = score.trace["o"]
    assert score.trace["loss"] == pytest.approx(sum((o[at] - NAMES["Y"][at]) ** 2 for at in np.ndindex(2, 2)))


def test_numbers_in_the_exercise_are_those_of_the_question() -> None:
    outputs, targets = np.array([0.5, 0.8, 0.3, 0.9]), np.array([1, 0.2, 0.3, 0.5])
    errors = outputs - targets
    judge = NAMES["exercise_2"].judge
    assert judge(f"{(errors**2).sum()}").right
    slips = ((errors**2).mean(), errors.sum(), abs(errors).sum(), np.sqrt((errors**2).sum()))
    assert all("another number" not in judge(f"{slip:.4f}").message for slip in slips)
