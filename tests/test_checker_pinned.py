"""General lines with letters for sizes, behind an example that writes every cell out."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

CELLS = r"""
$$\begin{aligned}
O_{11} &= X_{11} F_{11} + X_{12} F_{12} + X_{21} F_{21} + X_{22} F_{22} \\
O_{12} &= X_{12} F_{11} + X_{13} F_{12} + X_{22} F_{21} + X_{23} F_{22} \\
O_{21} &= X_{21} F_{11} + X_{22} F_{12} + X_{31} F_{21} + X_{32} F_{22} \\
O_{22} &= X_{22} F_{11} + X_{23} F_{12} + X_{32} F_{21} + X_{33} F_{22}
\end{aligned}$$
"""
PRINTED = r"""
$$ X = \begin{bmatrix} X_{11} & X_{12} & X_{13} \\ X_{21} & X_{22} & X_{23} \\ X_{31} & X_{32} & X_{33} \end{bmatrix}, \quad F = \begin{bmatrix} F_{11} & F_{12} \\ F_{21} & F_{22} \end{bmatrix} $$
"""
SLOPE = r"$$ \frac{\partial L}{\partial F_{12}} = \frac{\partial L}{\partial O_{11}} X_{1%d} + \frac{\partial L}{\partial O_{12}} X_{13} + \frac{\partial L}{\partial O_{21}} X_{22} + \frac{\partial L}{\partial O_{22}} X_{23} $$"


def general(places: str, height: str, width: str) -> str:
    """The line for every cell, whose sums end at two letters."""
    return rf"$$ O_{{i,j}} = \sum_{{m=1}}^{{{height}}} \sum_{{n=1}}^{{{width}}} X_{{{places}}} F_{{m,n}} $$"


def verdicts(*lines: str) -> list[str]:
    """The verdicts of the lines that are no definitions."""
    found = check("\n\n".join(lines), kind="markdown").verdicts
    return [str(v.status) for v in found if str(v.status) != "definition"]


@pytest.mark.parametrize(("height", "width"), [("K_M", "K_N"), ("H", "W"), ("K", "K")])
@pytest.mark.parametrize("before", ["", PRINTED])
def test_the_sizes_of_the_example_are_those_of_the_general_line(before: str, height: str, width: str) -> None:
    right = general("i+m-1, j+n-1", height, width)
    assert verdicts(before, CELLS, right, SLOPE % 2, SLOPE % 1) == ["proved", "proved", "refuted"]
    assert verdicts(before, CELLS, general("i+n-1, j+m-1", height, width)) == ["refuted"]
    assert "proved" not in verdicts(before, CELLS, general("i+m, j+n", height, width))


def test_channels_beside_a_matrix_written_out() -> None:
    channels = r"$$ P_{i,j} = \sum_{m=1}^{2} \sum_{n=1}^{2} \sum_{c} X_{i+m-1, j+n-1, c} G_{m,n,c} $$"
    assert verdicts(CELLS, general("i+m-1, j+n-1", "K_M", "K_N"), channels, SLOPE % 2)[0] == "proved"
