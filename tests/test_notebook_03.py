"""The questions of notebook 03: right answers are accepted, each slip gets its own words."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from notebook_namespace import namespace, notebook

NAMES = namespace(notebook("03"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("half_turn", "0.5 −1 and 2 1"),
        ("first_cell", "4.25"),
        ("constant_image", "nothing changes"),
        ("hidden", "1 2, 2 1"),
        ("corner", "k₃,₂"),
        ("coefficient", "11"),
        ("exercise_1", "2 0, 1 3"),
        ("exercise_1", "[[2, 0], [1, 3]]"),
        ("exercise_2", "1 2, 2 1"),
        ("exercise_2", "0 -1.5 -1.5 0"),
        ("exercise_3", "0 0 0, 0 1 0, 0 0 0"),
        ("exercise_3", "2 7 6, 9 5 1, 4 3 8"),
    ],
)
def test_right_answers_are_accepted(question: str, answer: str) -> None:
    assert NAMES[question].judge(answer).right


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("half_turn", "1 −1 and 2 0.5", "transpose"),
        ("half_turn", "2 1 and 0.5 −1", "left and right"),
        ("half_turn", "−1 0.5 and 1 2", "top and bottom"),
        ("first_cell", "2.375", "as it is"),
        ("first_cell", "17", "divided"),
        ("first_cell", "3.875", "Rows and columns"),
        ("first_cell", "2.625", "left and right"),
        ("first_cell", "5.125", "top and bottom"),
        ("constant_image", "all four cells change", "second bracket"),
        ("constant_image", "only the corners change", "nothing but corners"),
        ("hidden", "1 2, 2 3", "transpose"),
        ("hidden", "1 2, 1 2", "top and bottom"),
        ("hidden", "1 1, 2 2", "left and right"),
        ("corner", "k₂,₃", "column comes first"),
        ("corner", "k₃,₁", "left and right"),
        ("corner", "k₁,₂", "top and bottom"),
        ("corner", "k₂,₂", "square"),
        ("coefficient", "13", "add up to 1"),
        ("coefficient", "10", "t²"),
        ("coefficient", "3", "constant term"),
        ("coefficient", "5", "2t times 3"),
        ("coefficient", "6", "1 times 5t"),
        ("exercise_1", "3 0, 1 2", "Rows and columns"),
        ("exercise_1", "1 3, 2 0", "left and right"),
        ("exercise_1", "0 2, 3 1", "top and bottom"),
        ("exercise_1", "3 1, 0 2", "as it was"),
        ("exercise_1", "0 0, 0 0", "Not yet turned"),
        ("exercise_1", "2 0 1", "Type 4 numbers"),
        ("exercise_2", "1 1, 1 1", "constant"),
        ("exercise_2", "1 2, 2 3", "survives the transpose"),
        ("exercise_2", "1 1, 2 2", "exchange of left and right"),
        ("exercise_2", "1 2, 1 2", "exchange of top and bottom"),
        ("exercise_2", "1 2, 3 4", "[[4.0, 3.0], [2.0, 1.0]]"),
        ("exercise_3", "4 4 4, 4 4 4, 4 4 4", "constant image"),
        ("exercise_3", "0 1 0, 1 0 1, 0 1 0", "no cell differs"),
        ("exercise_3", "1 0 0, 0 0 0, 0 0 0", "1 of 4"),
        ("exercise_3", "1 2 3", "Type 9 numbers"),
    ],
)
def test_slips_are_named(question: str, answer: str, says: str) -> None:
    verdict = NAMES[question].judge(answer)
    assert not verdict.right
    assert says in verdict.message


def slid(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The averaged sliding sum by loops."""
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    return np.array(
        [
            [float((image[r : r + height, c : c + width] * kernel).mean()) for c in range(columns)]
            for r in range(rows)
        ]
    )


def test_the_numbers_of_the_slips_are_what_the_slips_give() -> None:
    window, kernel = np.array([[2, 7], [9, 5]]), np.array([[1, 2], [-1, 0.5]])
    wrong = {2.375: kernel, 3.875: kernel.T[::1], 2.625: kernel[:, ::-1], 5.125: kernel[::-1]}
    for value, tried in wrong.items():
        assert (window * tried).mean() == pytest.approx(value)
    assert (window * kernel[::-1, ::-1]).mean() == 4.25


def test_every_setting_of_the_comparison_shows_the_right_output() -> None:
    live = NAMES["compare"]
    start = live.values
    for image, kernel, turned in product(NAMES["images"], NAMES["kernels"], (False, True)):
        used = NAMES["kernels"][kernel]
        output = slid(NAMES["images"][image], used[::-1, ::-1] if turned else used)
        told = NAMES["slide"](image, kernel, turned).alt.partition("Z output = ")[2]
        shown = [float(n.replace("−", "-")) for n in told.strip("[]").replace(";", "").split()]
        assert shown == pytest.approx(output.ravel().tolist(), abs=5e-3)
        assert NAMES["slide"](image, kernel, turned).svg in live.set(
            image=image, kernel=kernel, turned=turned
        )
    live.set(**start)


def test_kernels_of_the_second_exercise_are_judged_as_they_act() -> None:
    rng = np.random.default_rng(5)
    image = rng.integers(-9, 9, (3, 3))
    for numbers in product((0, 1, 2), repeat=4):
        kernel = np.reshape(numbers, (2, 2))
        agree = bool(np.allclose(slid(image, kernel), slid(image, kernel[::-1, ::-1])))
        answer = " ".join(map(str, numbers))
        assert NAMES["exercise_2"].judge(answer).right == (agree and len(set(numbers)) > 1)
