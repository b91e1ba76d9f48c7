r"""Lines of single entries beside a line that gives the matrix, and the entries of printed matrices counted."""

import pytest

import convsym

PRINTED = r"""
$$A = \begin{bmatrix} a_1 & a_2 \\ a_3 & a_4 \end{bmatrix} \qquad
B = \begin{bmatrix} b_1 & b_2 \\ b_3 & b_4 \end{bmatrix} \qquad
C = \begin{bmatrix} c_1 & c_2 \\ c_3 & c_4 \end{bmatrix}$$

"""
NUMBERED = r"""
$$A = \begin{pmatrix} a_{11} & a_{12} \\ a_{21} & a_{22} \end{pmatrix}, \quad
B = \begin{pmatrix} b_{11} & b_{12} \\ b_{21} & b_{22} \end{pmatrix}, \quad
C = \begin{pmatrix} c_{11} & c_{12} \\ c_{21} & c_{22} \end{pmatrix}$$

"""
ENTRIES = ["c_1 = a_1 b_1 + a_2 b_3", "c_2 = a_1 b_2 + a_2 b_4", "c_3 = a_3 b_1 + a_4 b_3"]
CELLS = ["c_{11} = a_{11} b_{11} + a_{12} b_{21}", "c_{12} = a_{11} b_{12} + a_{12} b_{22}"]


def statuses(text: str, *lines: str) -> list[str]:
    shown = text + "\n\n".join(f"$${line}$$" for line in lines)
    return [v.status for v in convsym.check(shown).verdicts][-len(lines) :]


@pytest.mark.parametrize(("text", "lines"), [(PRINTED, ENTRIES), (NUMBERED, CELLS)])
def test_an_entry_of_a_product_is_a_claim(text, lines):
    assert statuses(text, "C = A B", *lines)[1:] == ["proved"] * len(lines)


@pytest.mark.parametrize(
    ("text", "lines", "wrong"),
    [
        (PRINTED, ENTRIES[:2], "c_3 = a_1 b_2 + a_2 b_4"),
        (NUMBERED, CELLS, "c_{21} = a_{11} b_{11} + a_{12} b_{21}"),
    ],
)
def test_a_wrong_entry_says_nothing_against_the_others(text, lines, wrong):
    assert statuses(text, "C = A B", *lines, wrong)[1:] == ["proved", "proved", "refuted"]


def test_entries_that_agree_with_each_other_outweigh_the_line_before():
    lines = [*ENTRIES, "c_4 = a_3 b_2 + a_4 b_4"]
    found = statuses(PRINTED, "C = B A", *lines)
    assert found[0] == "refuted"
    assert "refuted" not in found[1:]


SLOPES = (
    r"\begin{bmatrix} \frac{\partial L}{\partial o_{00}} & \frac{\partial L}{\partial o_{10}} \end{bmatrix}"
)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (SLOPES + r" \in \mathbb{R}^{1 \times 2}", "proved"),
        (SLOPES + r" \in \mathbb{R}^{4 \times 4}", "refuted"),
        (SLOPES + r" \in \mathbb{R}^{2 \times 1}", "definition"),
        (SLOPES + r" \in \mathbb{R}^{2}", "definition"),
        (r"\begin{bmatrix} k_{00} \\ k_{10} \\ 0 \end{bmatrix} \in \mathbb{R}^{3 \times 1}", "proved"),
        (r"\begin{bmatrix} x_1 & x_2 \end{bmatrix} \in \mathbb{R}^{3 \times 2}", "definition"),
        (r"\begin{bmatrix} W & b \end{bmatrix} \in \mathbb{R}^{4 \times 5}", "definition"),
        (r"\begin{bmatrix} k_{11} & \cdots & k_{1n} \end{bmatrix} \in \mathbb{R}^{1 \times 5}", "definition"),
    ],
)
def test_the_entries_of_a_printed_matrix_are_counted(line, status):
    assert statuses("", line) == [status]


PADDED = r"$$O(i,j) = \sum_{m=1}^{M} \sum_{n=1}^{N} K(m,n) \cdot %s(i s + m - 1, j s + n - 1) + b$$" + "\n\n"


@pytest.mark.parametrize("name", [r"X_\text{pad}", r"X_{\text{in}}", "X"])
def test_a_cell_may_carry_a_label(name):
    slope = r"\frac{\partial O(i,j)}{\partial K(m,n)} = "
    text = PADDED % name
    assert statuses(text, slope + f"{name}(i s + m - 1, j s + n - 1)") == ["proved"]
    assert statuses(text, slope + f"{name}(i s + n - 1, j s + m - 1)") == ["refuted"]
