"""The strip of cells with its windows, against windows that are laid down one by one."""

from __future__ import annotations

import re
from itertools import product

import pytest

from convsym.errors import GeometryError
from convsym.widgets import draw_grids, draw_windows

SIZES = list(product(range(1, 7), range(1, 4), range(1, 4), range(3), range(1, 3)))


def laid_down(size: int, kernel: int, stride: int, padding: int, dilation: int) -> list[list[int]]:
    """The cells under each window that fits, padding below 1 and above the size."""
    strip = list(range(1 - padding, size + padding + 1))
    windows = []
    for start in range(0, len(strip), stride):
        taps = [start + dilation * tap for tap in range(kernel)]
        if max(taps) < len(strip):
            windows.append([strip[tap] for tap in taps])
    return windows


@pytest.mark.parametrize("sizes", SIZES[::3])
def test_shows_every_window_that_fits(sizes: tuple[int, int, int, int, int]) -> None:
    size, kernel, stride, padding, dilation = sizes
    windows = laid_down(*sizes)
    drawing = draw_windows(size, kernel, stride=stride, padding=padding, dilation=dilation)
    assert drawing.svg.count('rx="5"') == (len(windows) + 1) * kernel
    assert drawing.svg.count("sticks out") == 1
    if not windows:
        assert "does not fit" in drawing.alt
        return
    assert f"fits {len(windows)} time" in drawing.alt
    told = re.findall(r"(-?\d+) to (-?\d+)", drawing.alt)
    assert told == [(str(w[0]), str(w[-1])) for w in windows]
    unread = set(range(1, size + 1)) - {cell for window in windows for cell in window}
    said = drawing.alt.partition("No window reads")[2]
    assert {int(number) for number in re.findall(r"\d+", said)} == unread
    assert drawing.svg.count("#e6e6e6") == len(unread)


def test_sizes_that_are_no_sizes_are_refused() -> None:
    with pytest.raises(GeometryError):
        draw_windows(4, 0)


def test_grids_outline_the_cells_that_are_asked_for() -> None:
    drawing = draw_grids(
        {"X input": [[1, 2, 3], [4, 5, 6]], "Y": [[1]]}, marked={"X input": [(0, 2), (1, 0)]}
    )
    assert re.findall(r'data-cell="(\S+)" data-mark="selected"', drawing.svg) == ["g0.0.2", "g0.1.0"]
    assert "outlined: column 3 row 1, column 1 row 2" in drawing.alt
    assert "outlined" not in draw_grids({"X": [[1, 2]]}).alt
