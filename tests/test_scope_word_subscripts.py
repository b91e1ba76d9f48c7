r"""Words set as subscripts without a font, Y_{flat} and X_{vec}: names of whole matrices, and no row of indices."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

import convsym

GIVEN = r"""
$$W = \begin{pmatrix} w_{0,0} & w_{0,1} \\ w_{1,0} & w_{1,1} \end{pmatrix}$$

$$X = \begin{pmatrix} x_{0,0} & x_{0,1} & x_{0,2} \\ x_{1,0} & x_{1,1} & x_{1,2} \end{pmatrix}$$

$$Y_{WORD} = \begin{pmatrix} w_{0,0}x_{0,0} + w_{0,1}x_{0,1} + w_{1,0} x_{1,0} + w_{1,1} x_{1,1} \\ w_{0,0}x_{0,1} + w_{0,1}x_{0,2} + w_{1,0} x_{1,1} + w_{1,1} x_{1,2} \end{pmatrix}$$
"""
RIGHT = r"Y_{WORD}^T = \begin{pmatrix} w_{0,0} & w_{0,1} & w_{1,0} & w_{1,1} \end{pmatrix} \cdot \begin{pmatrix} x_{0,0} & x_{0,1} \\ x_{0,1} & x_{0,2} \\ x_{1,0} & x_{1,1} \\ x_{1,1} & x_{1,2} \end{pmatrix}"
WRONG = RIGHT.replace(r"x_{1,0} & x_{1,1} \\ x_{1,1}", r"x_{1,1} & x_{1,0} \\ x_{1,1}")


def status(word: str, line: str) -> str:
    line = line.replace("WORD", word)
    found = convsym.check(f"{GIVEN.replace('WORD', word)}\n\n$${line}$$\n").verdicts
    return str(found[-1].status)


@pytest.mark.parametrize("word", ["flat", "flattened", "vec", r"\text{flat}", "rev"])
def test_a_word_below_a_letter_names_a_matrix(word: str) -> None:
    assert status(word, RIGHT) == "proved"
    assert status(word, WRONG) == "refuted"


@pytest.mark.parametrize("word", ["lin", "stk"])
def test_letters_that_may_be_a_word_make_no_number_of_a_matrix(word: str) -> None:
    assert status(word, RIGHT) == "unsupported"


def test_indices_below_a_letter_make_no_matrix_of_it() -> None:
    # Whether a printed matrix is meant for a number is the author's to say.
    assert status("ij", RIGHT) == "unsupported"


def test_a_cell_of_three_indices_is_no_matrix() -> None:
    text = "$$T_{ijk} = a_i b_j c_k$$\n\n$$T_{ijk} = \\begin{pmatrix} a_i & b_j \\\\ c_k & a_i \\end{pmatrix}$$\n"
    assert str(convsym.check(text).verdicts[-1].status) == "unsupported"
