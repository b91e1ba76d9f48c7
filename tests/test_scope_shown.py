r"""Matrices that are only shown by their cells: what such a line defines, and what it must not."""

# ruff: noqa: E501 (a formula stands on one line)

import pytest

from convsym.checker import check

LAYER = r"""
The layer computes

$$\begin{bmatrix} u_1 \\ u_2 \end{bmatrix} = \begin{bmatrix} m_{11} & m_{12} & m_{13} \\ m_{21} & m_{22} & m_{23} \end{bmatrix} \begin{bmatrix} q_1 \\ q_2 \\ q_3 \end{bmatrix} + \begin{bmatrix} c_1 \\ c_2 \end{bmatrix}$$

$$%s$$
"""
PRODUCT = r"""
%s

$$\begin{pmatrix} h_{11} & h_{12} \\ h_{21} & h_{22} \end{pmatrix} = \begin{pmatrix} s_{11} & s_{12} & s_{13} \\ s_{21} & s_{22} & s_{23} \end{pmatrix} \cdot \begin{pmatrix} v_{11} & v_{12} \\ v_{21} & v_{22} \\ v_{31} & v_{32} \\ \end{pmatrix}$$

$$%s$$
"""


def statuses(text: str) -> list[str]:
    """The verdicts, in order."""
    return [str(v.status) for v in check(text).verdicts]


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\frac{\partial u_1}{\partial m_{12}} = q_2", r"\frac{\partial u_1}{\partial m_{12}} = q_1"),
        (r"\frac{\partial u_2}{\partial q_1} = m_{21}", r"\frac{\partial u_2}{\partial q_1} = m_{12}"),
        (
            r"\frac{\partial E}{\partial q_3} = \frac{\partial E}{\partial u_1} m_{13} + \frac{\partial E}{\partial u_2} m_{23}",
            r"\frac{\partial E}{\partial q_3} = \frac{\partial E}{\partial u_1} m_{13} + \frac{\partial E}{\partial u_2} m_{22}",
        ),
        (
            r"\frac{\partial E}{\partial m_{21}} = \frac{\partial E}{\partial u_2} q_1",
            r"\frac{\partial E}{\partial m_{21}} = \frac{\partial E}{\partial u_1} q_1",
        ),
    ],
)
def test_cells_of_a_printed_column_are_what_the_line_says(true: str, false: str) -> None:
    assert statuses(LAYER % true) == ["definition", "proved"]
    assert statuses(LAYER % false) == ["definition", "refuted"]


def test_a_known_product_makes_the_printed_line_a_claim() -> None:
    said = r"$$H = S \cdot V$$"
    claim = r"\frac{\partial E}{\partial S} = \frac{\partial E}{\partial H} V^T"
    assert statuses(PRODUCT % (said, claim)) == ["definition", "proved", "proved"]
    wrong = (PRODUCT % (said, claim)).replace(r"v_{21} & v_{22}", r"v_{22} & v_{21}")
    assert statuses(wrong)[1] != "proved"


@pytest.mark.parametrize("said", [r"$$H = S \cdot V$$", r"$$H = S \cdot V + D$$", ""])
def test_gradients_of_a_printed_product(said: str) -> None:
    right = r"\frac{\partial E}{\partial V} = S^T \cdot \frac{\partial E}{\partial H}"
    wrong = r"\frac{\partial E}{\partial V} = V^T \cdot \frac{\partial E}{\partial H}"
    assert statuses(PRODUCT % (said, right))[-1] == "proved"
    assert statuses(PRODUCT % (said, wrong))[-1] == "refuted"


def test_a_bias_that_the_printed_line_leaves_out_refutes_nothing() -> None:
    entry = r"h_{11} = s_{11} v_{11} + s_{12} v_{21} + s_{13} v_{31}"
    assert "refuted" not in statuses(PRODUCT % (r"$$H = S \cdot V + D$$", entry))
    assert statuses(PRODUCT % (r"$$H = S \cdot V$$", entry))[-1] == "proved"
    slip = r"h_{11} = s_{11} v_{11} + s_{12} v_{12} + s_{13} v_{31}"
    assert statuses(PRODUCT % (r"$$H = S \cdot V$$", slip))[-1] == "refuted"


def test_a_small_letter_that_is_a_number_elsewhere_stays_one() -> None:
    text = (
        r"""
An adding node: $h = s + v$, so $\frac{\partial h}{\partial s} = 1$.
"""
        + PRODUCT % (r"$$H = S \cdot V$$", r"\frac{\partial h_{12}}{\partial v_{12}} = s_{11}")
    )
    assert statuses(text)[1] == "proved"
    assert statuses(text)[-1] == "proved"


def test_a_convolution_sign_between_printed_matrices_defines_no_product() -> None:
    text = r"""
$$\begin{pmatrix} h_{11} & h_{12} \\ h_{21} & h_{22} \end{pmatrix} = \begin{pmatrix} s_{11} & s_{12} \\ s_{21} & s_{22} \end{pmatrix} * \begin{pmatrix} v_{11} & v_{12} \\ v_{21} & v_{22} \end{pmatrix}$$

$$\frac{\partial h_{11}}{\partial v_{12}} = s_{21}$$
"""
    assert statuses(text)[-1] not in ("proved", "refuted")


DOTS = r"""
$$M = \begin{bmatrix} M_{11} & \cdots & M_{1q} \\ \vdots & \ddots & \vdots \\ M_{p1} & \cdots & M_{pq} \end{bmatrix}$$

$$v = \begin{bmatrix} v_1 \\ \vdots \\ v_q \end{bmatrix}$$

$$u_i = \sum_{k=1}^q M_{ik} v_k$$

$$%s$$
"""


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial u_i}{\partial v_j} = M_{ij}", "proved"),
        (r"\frac{\partial u_i}{\partial v_j} = M_{ji}", "refuted"),
        (r"\sum_{k=1}^p g_k \frac{\partial u_k}{\partial M_{ij}} = g_i v_j", "proved"),
        # The printed matrix has p rows: i runs to p, and the sum has to.
        (r"\sum_{k=1}^q g_k \frac{\partial u_k}{\partial M_{ij}} = g_i v_j", "refuted"),
    ],
)
def test_a_matrix_printed_by_its_own_cells_with_dots_defines_none_and_says_its_shape(claim, expected):
    assert statuses(DOTS % claim)[-1] == expected
