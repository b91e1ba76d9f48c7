"""Gradients by a matrix that are printed as a row of their entries, and the products that are formed with them."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

LAYER = r"""
$$ A = \begin{bmatrix} A_{00} & A_{01} & A_{02} \\ A_{10} & A_{11} & A_{12} \\ A_{20} & A_{21} & A_{22} \end{bmatrix}, \quad
B = \begin{bmatrix} B_{00} & B_{01} \\ B_{10} & B_{11} \end{bmatrix}, \quad
C = \begin{bmatrix} C_{00} & C_{01} \\ C_{10} & C_{11} \end{bmatrix} $$

$$\begin{aligned}
C_{00} &= B_{00} A_{00} + B_{01} A_{01} + B_{10} A_{10} + B_{11} A_{11} \\
C_{01} &= B_{00} A_{01} + B_{01} A_{02} + B_{10} A_{11} + B_{11} A_{12} \\
C_{10} &= B_{00} A_{10} + B_{01} A_{11} + B_{10} A_{20} + B_{11} A_{21} \\
C_{11} &= B_{00} A_{11} + B_{01} A_{12} + B_{10} A_{21} + B_{11} A_{22}
\end{aligned}$$
"""
BY_ROWS, BY_COLUMNS = ("00", "01", "10", "11"), ("00", "10", "01", "11")


def row(letter: str, order: tuple[str, ...], mark: str = r"\partial", join: str = " & ") -> str:
    """The derivatives of E by the cells of a matrix, printed in a row."""
    cells = join.join(rf"\frac{{{mark} E}}{{{mark} {letter}_{{{place}}}}}" for place in order)
    return rf"$$ \frac{{{mark} E}}{{{mark} {letter}}} = \begin{{bmatrix}} {cells} \end{{bmatrix}} $$"


def statuses(*lines: str) -> list[str]:
    """The verdicts of the lines behind the layer."""
    return [str(v.status) for v in check("\n\n".join((LAYER, *lines)), kind="markdown").verdicts[7:]]


@pytest.mark.parametrize("order", [BY_ROWS, BY_COLUMNS])
@pytest.mark.parametrize("mark", [r"\partial", "d"])
def test_a_row_times_a_column(order: tuple[str, ...], mark: str) -> None:
    gradient, slope = rf"\frac{{{mark} E}}{{{mark} C}}", rf"\frac{{{mark} E}}{{{mark} A_{{02}}}}"
    right = {BY_ROWS: r"0 \\ B_{01} \\ 0 \\ 0", BY_COLUMNS: r"0 \\ 0 \\ B_{01} \\ 0"}
    wrong = r"0 \\ 0 \\ 0 \\ B_{01}"
    assert statuses(
        row("C", order, mark),
        rf"$$ {slope} = {gradient} \begin{{bmatrix}} {right[order]} \end{{bmatrix}} $$",
        rf"$$ {slope} = {gradient} \begin{{bmatrix}} {wrong} \end{{bmatrix}} $$",
    ) == ["definition", "proved", "refuted"]


def test_a_row_times_what_stands_in_a_column() -> None:
    assert statuses(
        row("C", BY_COLUMNS),
        r"$$ \frac{\partial E}{\partial A_{11}} = \frac{\partial E}{\partial C} \frac{\partial C}{\partial A_{11}} = \frac{\partial E}{\partial C} \begin{bmatrix} B_{11} \\ B_{01} \\ B_{10} \\ B_{00} \end{bmatrix} $$",
        r"$$ \frac{\partial C}{\partial A_{11}} = \begin{bmatrix} B_{11} \\ B_{10} \\ B_{01} \\ B_{00} \end{bmatrix} $$",
    ) == ["definition", "proved", "proved", "refuted"]


def test_the_table_of_derivatives_of_one_flattened_matrix_by_another() -> None:
    table = r"\frac{\partial C}{\partial B} = \begin{bmatrix} A_{00} & A_{10} & A_{01} & A_{11} \\ A_{10} & A_{20} & A_{11} & A_{21} \\ A_{01} & A_{11} & A_{02} & A_{12} \\ A_{11} & A_{21} & A_{12} & A_{22} \end{bmatrix}"
    assert statuses(
        row("C", BY_COLUMNS),
        row("B", BY_COLUMNS),
        rf"$$ {table} $$",
        rf"$$ {table.replace('A_{02} & A_{12}', 'A_{02} & A_{21}')} $$",
    ) == ["definition", "definition", "proved", "refuted"]


def test_what_holds_of_the_matrix_is_said_of_the_matrix() -> None:
    star = r"$$ \frac{\partial E}{\partial B} = A \star \frac{\partial E}{\partial C} $$"
    assert statuses(star, row("C", BY_COLUMNS), star) == ["proved", "definition", "proved"]


def test_a_row_that_leaves_out_a_cell_is_none_of_the_matrix() -> None:
    assert statuses(row("C", ("00", "10", "01", "01"))) == ["unsupported"]
    assert statuses(row("C", BY_ROWS[:3])) == ["unsupported"]


def test_nothing_is_flattened_before_a_row_is_printed() -> None:
    line = r"$$ \frac{\partial E}{\partial A_{02}} = \frac{\partial E}{\partial C} \begin{bmatrix} 0 \\ 0 \\ B_{01} \\ 0 \end{bmatrix} $$"
    assert "proved" not in statuses(line)
