"""Slopes of one cell by another, index equations solved for another letter, and numbers beside a table of gradients."""

from __future__ import annotations

import pytest

from convsym.checker import check

# ruff: noqa: E501 - a display stays on one line, as it is printed

SLIDING = r"$$v_{ab} = \sum_{m=0}^{M-1} \sum_{n=0}^{N-1} h_{mn} u_{a+m,b+n}$$" + "\n\n"
STRIDED = r"$$v_{ab} = \sum_{m=0}^{M-1} \sum_{n=0}^{N-1} h_{mn} u_{2a+m,2b+n}$$" + "\n\n"


def verdicts(text: str) -> list[str]:
    return [str(verdict.status) for verdict in check(text, kind="markdown").verdicts]


@pytest.mark.parametrize(
    ("forward", "right", "status"),
    [
        (SLIDING, "h_{i-a,j-b}", "proved"),
        (SLIDING, "h_{a-i,b-j}", "refuted"),
        (SLIDING, "h_{i-a,b-j}", "refuted"),
        (SLIDING, "h_{i+a,j+b}", "refuted"),
        (SLIDING, "u_{i-a,j-b}", "not proved"),
        (STRIDED, "h_{i-2a,j-2b}", "proved"),
        (STRIDED, "h_{i-a,j-b}", "refuted"),
        # What m and n are here the line says itself, or nobody.
        (SLIDING, r"h_{mn} \quad \text{where} \quad m = i - a,\; n = j - b", "proved"),
        (SLIDING, r"h_{mn} \quad \text{where} \quad m = a - i,\; n = b - j", "refuted"),
        (SLIDING, "h_{mn}", "undecided"),
    ],
)
def test_the_slope_of_an_output_cell_by_an_input_cell(forward: str, right: str, status: str) -> None:
    text = forward + rf"$$\frac{{\partial v_{{ab}}}}{{\partial u_{{ij}}}} = {right}$$"
    found = verdicts(text)[1]
    assert found != "proved" if status == "not proved" else found == status


@pytest.mark.parametrize(
    ("line", "proved"),
    [("m = i - a", True), ("a = i - m", True), ("m = a - i", False), ("m = i - 2a", False)],
)
def test_an_index_equation_solved_for_another_letter(line: str, proved: bool) -> None:
    text = SLIDING + f"Only the taps with $i = a + m$ count, so that\n\n$${line}$$\n"
    assert (verdicts(text)[-1] == "proved") == proved


TABLE = r"""
$$Q_{00} = R_{00}S_{00} + R_{01}S_{01}$$

$$Q_{01} = R_{01}S_{00} + R_{02}S_{01}$$

$$Q_{10} = R_{10}S_{00} + R_{11}S_{01}$$

$$Q_{11} = R_{11}S_{00} + R_{12}S_{01}$$

The gradient from above is $D = \partial L/\partial Q$.

$$\frac{\partial L}{\partial S_{00}} = D_{00}R_{00} + D_{01}R_{01} + D_{10}R_{10} + D_{11}R_{11}$$

$$\frac{\partial L}{\partial R_{01}} = D_{00}S_{01} + D_{01}S_{00}$$

In numbers, with a loss $L = 1$ that is of no matter here:

$$R = \begin{bmatrix} 2 & 0 & 1 \\ 1 & 3 & 0 \end{bmatrix}, \qquad D = \begin{bmatrix} 1 & -1 \\ 2 & 0 \end{bmatrix}$$

"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\partial L/\partial S_{00} = 4", "proved"),
        (r"\partial L/\partial S_{00} = 1 \cdot 2 + (-1) \cdot 0 + 2 \cdot 1", "proved"),
        (r"\partial L/\partial S_{00} = 5", "refuted"),
        (r"\frac{\partial L}{\partial S} = \begin{bmatrix} 4 & 5 \end{bmatrix}", "proved"),
        (r"\frac{\partial L}{\partial S} = \begin{bmatrix} 4 & 6 \end{bmatrix}", "refuted"),
        # S has no numbers.
        (r"\partial L/\partial R_{01} = 3", "not decided"),
        (r"\frac{\partial L}{\partial S_{m,n}} = \sum_{i} \sum_{j} D_{i,j} R_{i+m,j+n}", "proved"),
        (r"\frac{\partial L}{\partial R} = \text{pad}(D) * \text{rot180}(S)", "proved"),
        (r"\frac{\partial L}{\partial R} = \text{pad}(D) * \text{rot180}(R)", "not decided"),
    ],
)
def test_numbers_and_names_beside_a_table(line: str, status: str) -> None:
    found = verdicts(TABLE + f"$${line}$$\n")[-1]
    assert found not in ("proved", "refuted") if status == "not decided" else found == status


@pytest.mark.parametrize(
    ("cases", "status"),
    [
        (r"h_{i-a,j-b} & \text{if } 0 \le i-a \lt M \text{ and } 0 \le j-b \lt N", "proved"),
        (r"h_{i-a,j-b} & \text{if } 0 \le i-a < M, 0 \le j-b < N", "proved"),
        (r"h_{i-a,j-b}, & 0 <= i-a <= M-1 \cap 0 <= j-b <= N-1", "proved"),
        (r"h_{i-a,j-b}, & 0 <= i-a \cap i-a < M \cap 0 <= j-b < N", "proved"),
        (r"h_{a-i,b-j} & \text{if } 0 \le i-a \lt M \text{ and } 0 \le j-b \lt N", "refuted"),
        (r"h_{i-a,j-b} & \text{if } 0 \lt i-a \lt M \text{ and } 0 \le j-b \lt N", "refuted"),
        (r"h_{i-a,j-b} & \text{if } 0 \le i-a \lt M \text{ or } 0 \le j-b \lt N", "not decided"),
    ],
)
def test_the_same_slope_in_cases(cases: str, status: str) -> None:
    line = rf"\frac{{\partial v_{{ab}}}}{{\partial u_{{ij}}}} = \begin{{cases}} {cases} \\ 0 & \text{{otherwise}} \end{{cases}}"
    found = verdicts(SLIDING + f"$${line}$$")[-1]
    assert found not in ("proved", "refuted") if status == "not decided" else found == status


FORWARD = r"""
The convolution of a picture.

$$o_{11} = p_{11}q_{11} + p_{12}q_{12} + p_{21}q_{21} + p_{22}q_{22}$$

$$o_{12} = p_{12}q_{11} + p_{13}q_{12} + p_{22}q_{21} + p_{23}q_{22}$$

$$o_{21} = p_{21}q_{11} + p_{22}q_{12} + p_{31}q_{21} + p_{32}q_{22}$$

$$o_{22} = p_{22}q_{11} + p_{23}q_{12} + p_{32}q_{21} + p_{33}q_{22}$$

Elsewhere $p_1 = 3$ is a number.

"""


@pytest.mark.parametrize(
    ("line", "proved"),
    [
        (r"\frac{\partial L}{\partial Q} = \text{conv}(P, \frac{\partial L}{\partial O})", True),
        (
            r"\mathbf{\frac{\partial L}{\partial Q}} = \mathbf{\text{conv}(P, \frac{\partial L}{\partial O})}",
            True,
        ),
        (r"\frac{\partial L}{\partial Q} = \text{conv}(P, O)", False),
        (r"\frac{\partial L}{\partial P} = \text{conv}(\frac{\partial L}{\partial O}^{pad}, Q^{flip})", True),
        (r"\frac{\partial L}{\partial P} = \text{conv}(\text{pad}(\frac{\partial L}{\partial O}), Q)", False),
        (r"\frac{\partial L}{\partial P} = \frac{\partial L}{\partial O} * Q^{rot180}", True),
        (r"\frac{\partial L}{\partial P} = \frac{\partial L}{\partial O} * P^{rot180}", False),
    ],
)
def test_whole_matrices_beside_the_cells_of_a_convolution(line: str, proved: bool) -> None:
    assert (verdicts(FORWARD + f"$${line}$$")[-1] == "proved") == proved


@pytest.mark.parametrize(("index", "proved"), [("i+t", True), ("i-t", False)])
def test_an_unnamed_gradient_from_above_where_the_range_of_outputs_is_stated(
    index: str, proved: bool
) -> None:
    text = (
        r"A convolution: $$e_i = \sum_{t=0}^{T-1} g_t u_{i+t}, \quad i = 0, 1, \ldots, N-T$$"
        "\n\n"
        rf"$$\frac{{\partial L}}{{\partial g_t}} = \sum_i \bar{{e}}_i u_{{{index}}}$$"
    )
    assert (verdicts(text)[-1] == "proved") == proved
