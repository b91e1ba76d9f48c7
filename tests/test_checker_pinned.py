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


STRIDED = (
    r"$$ Z_{i,j} = \sum_{m=0}^{K_h-1} \sum_{n=0}^{K_w-1} X_{i \cdot %s + m, j \cdot %s + n} K_{m,n} + b $$",
    r"$$ \delta_{i,j} = \frac{\partial L}{\partial Z_{i,j}} $$",
)
BACK = (
    r"$$ \frac{\partial L}{\partial X_{r,c}} = \sum_{m=0}^{K_h-1} \sum_{n=0}^{K_w-1} \delta_{%s} K_{m,n} $$"
)


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        (("S_h", "S_w"), "For unit stride (`S = 1`):"),
        (("s", "s"), "With a stride of one we get"),
        (("S", "S"), "If the strides are 1,"),
    ],
)
def test_a_line_that_is_said_of_unit_stride(letters: tuple[str, str], words: str) -> None:
    layer = (STRIDED[0] % letters, STRIDED[1])
    assert verdicts(*layer, words, BACK % "r-m,c-n") == ["proved"]
    assert "proved" not in verdicts(*layer, words, BACK % "r+m,c+n")
    assert "proved" not in verdicts(*layer, "In general", BACK % "r-m,c-n")
    assert "proved" not in verdicts(*layer, words + " nothing new. In general", BACK % "r-m,c-n")
