"""Inner products of printed matrices, and matrices behind a row that ends with a relation."""

import pytest

import convsym

A, B = r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"\begin{pmatrix} x & y \\ 0 & z \end{pmatrix}"


def status(text):
    return convsym.check(text).files[0].verdicts[-1].status.value


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ("a x + b y + d z", "proved"),
        ("a x + c y + d z", "refuted"),
        ("a x + b y + c z", "refuted"),
    ],
)
def test_an_inner_product_of_matrices_is_the_sum_of_the_products_of_entries(right, expected):
    assert status(f"$$\\left\\langle {A}, {B} \\right\\rangle = {right}$$") == expected
    assert status(f"$$s = \\langle {A}, {B} \\rangle$$ $$s = {right}$$") == expected


def test_an_inner_product_of_two_shapes_is_left_open():
    row, column = r"\begin{pmatrix} a & b \end{pmatrix}", r"\begin{pmatrix} x \\ y \end{pmatrix}"
    assert status(f"$$\\langle {row}, {column} \\rangle = a x + b y$$") == "unsupported"


@pytest.mark.parametrize(("first", "expected"), [("a^2 + b^2", "proved"), ("a^2 + c^2", "refuted")])
def test_a_matrix_behind_a_row_that_ends_with_a_relation_keeps_its_cells(first, expected):
    known = r"$$X = \begin{pmatrix} a & b \\ c & d \end{pmatrix}$$"
    matrix = rf"\begin{{pmatrix}} {first} & a c + b d \\ a c + b d & c^2 + d^2 \end{{pmatrix}}"
    square = r"X X^\top"
    assert (
        status(rf"{known} $$\begin{{multline*}} {square} = {square} = \\ = {matrix} \end{{multline*}}$$")
        == expected
    )
