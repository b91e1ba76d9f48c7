"""The questions of notebook 05: right answers are accepted, each slip gets its own words; the paths add up."""

from __future__ import annotations

import math
import re
from itertools import product

import numpy as np
import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("05"))
SUM = "(d11*x12 + d21*x22 + d12*x13 + d22*x23)"
WRITTEN_OUT = (
    "((o11-y11)*o11*(1-o11)*x12 + (o21-y21)*o21*(1-o21)*x22"
    " + (o12-y12)*o12*(1-o12)*x13 + (o22-y22)*o22*(1-o22)*x23)/2"
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how_many", "all four"),
        ("one_path", "one output cannot tell"),
        ("window_slope", "x₁,₁ / 4"),
        ("terms", "4 terms, divided by 6"),
        ("exercise_1", "x23/4"),
        ("exercise_1", r"\frac{x_{2,3}}{4}"),
        ("exercise_2", f"{SUM}/4"),
        ("exercise_2", f"dL/dk12 = {SUM}/4"),
        (
            "exercise_2",
            r"\frac{1}{4}(\delta_{11}x_{12}+\delta_{21}x_{22}+\delta_{12}x_{13}+\delta_{22}x_{23})",
        ),
        ("exercise_2", WRITTEN_OUT),
        ("exercise_3", "2*(o21-y21)*o21*(1-o21)*x32/4"),
        ("exercise_3", "(o21-y21)*o21*(1-o21)*x32/2"),
        ("exercise_3", "d21*x32/4"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert verdict.right, verdict.message


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("how_many", "only o₁,₁", "every window"),
        ("how_many", "two", "four lines"),
        ("one_path", "it falls", "three other outputs"),
        ("one_path", "it rises", "this output alone"),
        ("window_slope", "x₁,₁", "done to that sum"),
        ("window_slope", "k₁,₁ / 4", "differentiate by"),
        ("window_slope", "1/4", "a cell of X"),
        ("terms", "4 terms, divided by 4", "sum divided by"),
        ("terms", "6 terms, divided by 6", "one weight reach"),
        ("terms", "6 terms, divided by 4", "other way round"),
        ("exercise_1", "x23", "factor"),
        ("exercise_1", "x32/4", "exchanged"),
        ("exercise_1", "x12/4", "shifted"),
        ("exercise_1", "-x23/4", "sign"),
        ("exercise_1", "4/x23", "wrong way round"),
        ("exercise_1", "k22/4", "does not belong"),
        ("exercise_2", SUM, "divided by"),
        ("exercise_2", f"-{SUM}/4", "sign"),
        ("exercise_2", "d11*x12/4", "one path"),
        ("exercise_2", "(d11*x12 + d21*x22 + d12*x13)/4", "term of the sum is missing"),
        ("exercise_2", "(d11*x21 + d21*x22 + d12*x31 + d22*x32)/4", "exchanged"),
        ("exercise_2", "(d11*x11 + d21*x21 + d12*x12 + d22*x22)/4", "shifted"),
        ("exercise_2", "(d11*x23 + d21*x13 + d12*x22 + d22*x12)/4", "180 degrees"),
        ("exercise_2", "(d11*x12 + d12*x22 + d21*x13 + d22*x23)/4", "the first index is the column"),
        ("exercise_2", WRITTEN_OUT.replace("*o11*(1-o11)", "").replace("*o21*(1-o21)", "")
         .replace("*o12*(1-o12)", "").replace("*o22*(1-o22)", ""), "slope of the activation"),
        ("exercise_3", "2*(o21-y21)*o21*(1-o21)*x32", "divided by"),
        ("exercise_3", "2*(y21-o21)*o21*(1-o21)*x32/4", "sign"),
        ("exercise_3", "2*(o21-y21)*x32/4", "slope of the activation"),
        ("exercise_3", "2*(o21-y21)*o21*x32/4", "incomplete"),
        ("exercise_3", "2*(o21-y21)*o21*(1-o21)*x23/4", "exchanged"),
    ],
)  # fmt: skip
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message, verdict.message


def plain_forward(k11: float) -> tuple[list[float], list[float], float]:
    """z, o (row by row) and L with that weight, by loops over the notebook's arrays."""
    X, K, Y = NAMES["X"], NAMES["K"].copy(), NAMES["Y"]
    K[0, 0] = k11
    z = [
        sum(X[r + i, c + j] * K[i, j] for i, j in product(range(2), repeat=2)) / 4
        for r, c in product(range(2), repeat=2)
    ]
    o = [1 / (1 + math.exp(-value)) for value in z]
    return z, o, sum((value - y) ** 2 for value, y in zip(o, Y.ravel(), strict=True))


def slope_along_k11(outputs: tuple[int, ...] = (0, 1, 2, 3), h: float = 1e-6) -> float:
    """Central difference of the chosen outputs' squared errors."""

    def errors(k11: float) -> float:
        _, o, _ = plain_forward(k11)
        return sum((o[n] - NAMES["Y"].ravel()[n]) ** 2 for n in outputs)

    k11 = NAMES["K"][0, 0]
    return (errors(k11 + h) - errors(k11 - h)) / (2 * h)


def bold(text: str) -> list[float]:
    return [float(found.replace("\u2212", "-")) for found in re.findall(r"<b>([^<]*)</b>", text)]


@pytest.mark.parametrize("ticked", list(product([False, True], repeat=4)))
def test_every_choice_of_paths_adds_up(ticked: tuple[bool, ...]) -> None:
    paths = NAMES["paths"]
    start = paths.values
    shown = bold(paths.set(**dict(zip(start, ticked, strict=True))))
    paths.set(**start)
    chosen = tuple(n for n, yes in enumerate(ticked) if yes)
    assert shown == pytest.approx([slope_along_k11(chosen), slope_along_k11()], abs=6e-4)


@pytest.mark.parametrize("k11", [-2.0, -0.75, 1.0, 2.5, 4.0])
def test_the_slider_shows_the_forward_pass(k11: float) -> None:
    touched = NAMES["touched"]
    start = touched.values
    title = re.search(r"<title>(.*?)</title>", touched.set(k11=k11))
    touched.set(**start)
    assert title is not None
    numbers = [float(n.replace("\u2212", "-")) for n in re.findall(r"[\u2212-]?\d+(?:\.\d+)?", title[1])]
    z, o, loss = plain_forward(k11)
    assert numbers == pytest.approx([*z, *o, loss], abs=6e-4)


def test_one_path_alone_has_the_wrong_sign() -> None:
    assert NAMES["shares"][0] == pytest.approx(slope_along_k11((0,)), abs=1e-7)
    assert NAMES["shares"][0] < 0 < slope_along_k11()


def test_the_asked_cells_are_the_right_ones() -> None:
    blame = NAMES["blame"]
    assert blame.asked == "delta.0.1"
    assert blame.trace["dk"][0, 0] == pytest.approx(slope_along_k11(), abs=1e-7)
    np.testing.assert_allclose(NAMES["wide"].conv.output, (2, 2))
    assert NAMES["wide"].conv.divisor == 6
