"""Windows of a pooling by numbers, one by one."""

import pytest

from convsym.checker import check

INPUT = r"""
We pool with $2 \times 2$ windows and stride $s = 2$.

$$A = \begin{bmatrix} 3 & 1 & 0 & 2 & 9 \\ 5 & 2 & 8 & 4 & 1 \\ 1 & 0 & 2 & 2 & 7 \\ 6 & 4 & 3 & 7 & 5 \end{bmatrix}$$
"""
MAXIMA = r"$$B = \begin{bmatrix} 5 & 8 \\ 6 & 7 \end{bmatrix}$$"
MEANS = r"$$B_{avg} = \begin{bmatrix} 2.75 & 3.5 \\ 2.75 & 3.50 \end{bmatrix}$$"
WINDOWS = ((3, 1, 5, 2), (0, 2, 8, 4), (1, 0, 6, 4), (2, 2, 3, 7))


def maxima(base: int = 0, **other: tuple[int, ...]) -> list[str]:
    lines = []
    for number, window in enumerate(WINDOWS):
        i, j = divmod(number, 2)
        values = ", ".join(map(str, other.get(f"b{i}{j}", window)))
        lines.append(rf"$$b_{{{i + base},{j + base}}} = \max({values})$$")
    return lines


def statuses(*lines: str, count: int = 4) -> list[str]:
    found = check("\n\n".join((INPUT, *lines)), kind="markdown").verdicts
    return [str(verdict.status) for verdict in found][2:][:count]


@pytest.mark.parametrize("base", [0, 1])
def test_maxima_of_windows(base: int) -> None:
    assert statuses(*maxima(base), MAXIMA) == ["proved"] * 4


def test_one_window_that_holds_something_else_is_refuted() -> None:
    wrong = maxima(b01=(0, 2, 8, 1))
    assert statuses(*wrong, MAXIMA) == ["proved", "refuted", "proved", "proved"]


def test_two_windows_that_hold_something_else_are_left_open() -> None:
    wrong = maxima(b01=(0, 2, 8, 1), b10=(1, 0, 6, 3))
    assert "refuted" not in statuses(*wrong, MAXIMA)


def test_windows_without_an_output_that_is_right_are_left_open() -> None:
    assert statuses(*maxima(), MAXIMA.replace("8", "9")) == ["definition"] * 4
    assert statuses(*maxima()) == ["definition"] * 4


def test_means_of_windows() -> None:
    means = [line.replace(r"\max(", r"\frac{1}{4}(").replace(",", " +") for line in maxima()]
    means = [line.replace("0 +0", "0,0").replace("0 +1", "0,1").replace("1 +0}", "1,0}") for line in means]
    means = [line.replace("_{1 +1}", "_{1,1}") for line in means]
    assert statuses(*means, MEANS) == ["proved"] * 4
    fifths = [line.replace(r"\frac{1}{4}", r"\frac{1}{5}") for line in means]
    assert "proved" not in statuses(*fifths, MEANS)


def test_windows_that_are_printed() -> None:
    rows = [rf"\begin{{bmatrix}} {a} & {b} \\ {c} & {d} \end{{bmatrix}}" for a, b, c, d in WINDOWS]
    lines = [rf"$$\text{{Window}}_{n} = {row}$$" for n, row in enumerate(rows, 1)]
    assert statuses(*lines, MAXIMA) == ["proved"] * 4
    turned = [lines[0], lines[1].replace("0 & 2", "2 & 0"), *lines[2:]]
    assert statuses(*turned, MAXIMA) == ["proved", "refuted", "proved", "proved"]
    assert statuses(MAXIMA, count=1) == ["proved"]


def test_a_check_mark_behind_a_result_is_no_factor() -> None:
    lines = (r"2 + 2 = 4 \;\;\checkmark", r"2 + 2 = 5 \quad \checkmark")
    found = [str(check(f"$$ {line} $$", kind="markdown").verdicts[0].status) for line in lines]
    assert found == ["proved", "refuted"]
