"""Matrices that are printed again with other cells, examples before a general line, and sums that are left out."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check


def matrix(letter: str, rows: int, columns: int = 0) -> str:
    """A printed matrix of cells; a vector without columns."""
    lines = [
        " & ".join(f"{letter}_{{{i}{j}}}" for j in range(1, columns + 1)) if columns else f"{letter}_{{{i}}}"
        for i in range(1, rows + 1)
    ]
    rows_of_cells = r" \\ ".join(lines)
    return rf"$$ {letter} = \begin{{bmatrix}} {rows_of_cells} \end{{bmatrix}} $$"


def statuses(*lines: str) -> list[str]:
    """The verdicts of the lines that are no definitions."""
    verdicts = check("\n\n".join(lines), kind="markdown").verdicts
    return [str(v.status) for v in verdicts if str(v.status) != "definition"]


ONE = (
    matrix("x", 3),
    matrix("w", 2),
    matrix("y", 2),
    r"$$ y_1 = w_1 x_1 + w_2 x_2 $$ $$ y_2 = w_1 x_2 + w_2 x_3 $$",
)
TWO = (
    matrix("x", 3, 3),
    matrix("w", 2, 2),
    matrix("y", 2, 2),
    r"$$ y_{ij} = \sum_{k=1}^{2} \sum_{l=1}^{2} w_{kl} x_{i+k-1,j+l-1} $$",
)


@pytest.mark.parametrize("heading", ["# Two dimensions", "Now an image."])
def test_an_image_after_a_vector_of_the_same_letter(heading: str) -> None:
    assert statuses(
        *ONE,
        r"$$ \frac{\partial L}{\partial w_1} = \frac{\partial L}{\partial y_1} x_1 + \frac{\partial L}{\partial y_2} x_2 $$",
        r"$$ \frac{\partial L}{\partial w_1} = \frac{\partial L}{\partial y_1} x_2 + \frac{\partial L}{\partial y_2} x_1 $$",
        heading,
        *TWO,
        r"$$ \frac{\partial y_{ij}}{\partial w_{mn}} = x_{i+m-1,j+n-1} $$",
        r"$$ \frac{\partial y_{ij}}{\partial w_{mn}} = x_{i+n-1,j+m-1} $$",
    ) == ["proved", "refuted", "proved", "refuted"]


LARGER = r"$$ O_{11} = X_{11} F_{11} + X_{12} F_{12} + X_{13} F_{13} $$ $$ O_{12} = X_{12} F_{11} + X_{13} F_{12} + X_{14} F_{13} $$"
SLOPE = r"$$ \frac{\partial L}{\partial F_{13}} = \frac{\partial L}{\partial O_{11}} X_{13} + \frac{\partial L}{\partial O_{12}} X_{1%d} $$"


@pytest.mark.parametrize(("index", "status"), [(4, "proved"), (3, "refuted")])
def test_a_larger_matrix_under_another_heading(index: int, status: str) -> None:
    assert statuses(
        "# A small one",
        matrix("X", 1, 3),
        matrix("F", 1, 2),
        r"$$ O_{11} = X_{11} F_{11} + X_{12} F_{12} $$ $$ O_{12} = X_{12} F_{11} + X_{13} F_{12} $$",
        "# A larger one",
        matrix("X", 1, 4),
        matrix("F", 1, 3),
        LARGER,
        SLOPE % index,
    ) == [status]


def test_a_matrix_printed_otherwise_where_nothing_begins_anew_is_a_slip() -> None:
    assert statuses(matrix("X", 2, 2), "The loss is $L = X_{11} + X_{22}$.", matrix("X", 2, 3)) == ["refuted"]
    assert statuses(
        "# Input", matrix("X", 2, 2), "# Output", "Recall the input from above:", matrix("X", 2, 3)
    ) == ["refuted"]


EXAMPLE = r"$$ y_{11} = w_{11} x_{11} + w_{12} x_{%s} + w_{21} x_{21} + w_{22} x_{22} $$"
MORE = r"$$ y_{12} = w_{11} x_{12} + w_{12} x_{13} + w_{21} x_{22} + w_{22} x_{23} $$"
AFTER = r"$$ \frac{\partial y_{21}}{\partial w_{12}} = x_{22} $$ $$ \frac{\partial y_{21}}{\partial w_{12}} = x_{31} $$"


def test_a_general_line_behind_a_few_of_the_cells_gives_the_others() -> None:
    assert statuses(*TWO[:3], EXAMPLE % "12", MORE, TWO[3], AFTER) == ["proved"] * 3 + ["refuted"]
    assert statuses(*TWO[:3], EXAMPLE % "13", MORE, TWO[3], AFTER) == [
        "refuted",
        "proved",
        "proved",
        "refuted",
    ]


def test_a_slip_in_the_general_line_is_found_by_the_cells_before_it() -> None:
    turned = TWO[3].replace("w_{kl}", "w_{lk}")
    assert statuses(*TWO[:3], EXAMPLE % "12", MORE, turned, AFTER) == [
        "proved",
        "proved",
        "refuted",
        "proved",
        "refuted",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "We use the Einstein summation convention.",
        "En utilisant la convention d'Einstein pour alléger les notations.",
    ],
)
def test_sums_that_a_convention_leaves_out(words: str) -> None:
    lines = (
        r"$$ \frac{\partial L}{\partial w_{mn}} = \frac{\partial L}{\partial y_{ij}} \frac{\partial y_{ij}}{\partial w_{mn}} $$",
        r"$$ \frac{\partial L}{\partial w_{mn}} = \frac{\partial L}{\partial y_{ij}} x_{i+m-1,j+n-1} $$",
        r"$$ \frac{\partial L}{\partial w_{mn}} = \frac{\partial L}{\partial y_{ij}} x_{i+n-1,j+m-1} $$",
    )
    assert statuses(words, *TWO, *lines) == ["proved", "proved", "refuted"]
    assert statuses(*TWO, lines[1])[0] != "proved"


WINDOW = (
    r"$$ X = \begin{pmatrix} a & b & c \\ d & e & f \\ g & h & i \end{pmatrix} $$ $$ W = \begin{pmatrix} w_{00} & w_{01} \\ w_{10} & w_{11} \end{pmatrix} $$",
    r"$$ Y = \begin{pmatrix} y_{00} & y_{01} \\ y_{10} & y_{11} \end{pmatrix}, \quad y_{ij} = \sum_{u,v} W_{uv} X_{i+u,j+v} $$",
)


def test_a_matrix_in_letters_is_counted_as_all_others_are() -> None:
    lines = (
        r"$$ y_{01} = w_{00} b + w_{01} c + w_{10} e + w_{11} f $$",
        r"$$ \frac{\partial L}{\partial w_{uv}} = \sum_{i,j} \frac{\partial L}{\partial y_{ij}} X_{i+u,j+v} $$",
        r"$$ \frac{\partial L}{\partial w_{uv}} = \sum_{i,j} \frac{\partial L}{\partial y_{ij}} X_{i+v,j+u} $$",
    )
    assert statuses(*WINDOW, *lines) == ["proved", "proved", "refuted"]


@pytest.mark.parametrize(
    ("words", "status"), [("That is a *full convolution*.", "proved"), ("That is a sum.", "undecided")]
)
def test_a_full_convolution_reaches_over_the_edges(words: str, status: str) -> None:
    upstream = r"$$ G_{ij} := \frac{\partial L}{\partial y_{ij}} $$"
    line = r"$$ \frac{\partial L}{\partial X_{ij}} = \sum_{u,v} W_{uv} G_{i-u,j-v} $$"
    assert statuses(*WINDOW, upstream, line, words) == [status]
    assert statuses(*WINDOW, upstream, line.replace("W_{uv}", "W_{vu}"), words)[-1] not in ("proved",)


@pytest.mark.parametrize("line", ["$W = 3$", "$H = W = 3$"])
def test_the_letter_of_a_matrix_may_be_a_number_under_another_heading(line: str) -> None:
    weights = matrix("W", 2, 2)
    after = r"Then $W^2 = 9$ and $W^2 = 6$."
    assert statuses("# Kernel", weights, "# A map of another width", line, after) == ["proved", "refuted"]
    assert "refuted" not in statuses(weights, line)


def test_numbers_for_the_gradient_of_cells_whose_range_nobody_states() -> None:
    assert "refuted" not in statuses(
        r"$$ Z_{i,j} = \sum_m \sum_n W_{m,n} X_{i+m,j+n} $$",
        r"Suppose $$ \frac{\partial L}{\partial Z} = \begin{bmatrix} 1 & 2 \\ 0 & -1 \end{bmatrix} $$",
    )
