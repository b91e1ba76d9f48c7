r"""Slips: a lost \partial, a gradient under its variable's name, a wrong cell of a named convolution."""

import pytest

import convsym

FORWARD = r"""A layer gives $y_{11} = x_{11} k_{11} + x_{12} k_{12}$ and $y_{12} = x_{12} k_{11} + x_{13} k_{12}$, and
$J$ is a loss.

$$\frac{\partial J}{\partial x_{11}} = \frac{\partial J}{\partial y_{11}} k_{11}$$

"""


def last(text: str) -> convsym.Verdict:
    return convsym.check(text).verdicts[-1]


LOST = [
    (
        r"\frac{\partial J}{\partial x_{12}} = \frac{\partial J}{y_{11}} k_{12} "
        r"+ \frac{\partial J}{\partial y_{12}} k_{11}",
        1,
    ),
    (r"\frac{\partial J}{x_{12}} = \frac{\partial J}{y_{11}} k_{12} + \frac{\partial J}{y_{12}} k_{11}", 3),
    (
        r"\frac{\partial J}{\partial x_{12}} = \frac{J}{\partial y_{11}} k_{12} "
        r"+ \frac{\partial J}{\partial y_{12}} k_{11}",
        1,
    ),
    (r"\frac{J}{x_{12}} = \frac{J}{y_{11}} k_{12} + \frac{J}{y_{12}} k_{11}", 6),
    (r"\frac{\partial J}{\partial x_{11}} = \frac{\partial J}{\partial y_{11}} \frac{y_{11}}{x_{11}}", 2),
]


@pytest.mark.parametrize(("line", "lost"), LOST)
def test_a_derivative_that_has_lost_a_differential_is_put_right(line, lost):
    found = last(f"{FORWARD}$${line}$$")
    # A line without a single \\partial may be in a notation of its own.
    assert found.status == ("unsupported" if r"\partial" not in line else "refuted")
    assert "with it, the line holds" in found.reason
    assert found.repair.count(r"\partial") == line.count(r"\partial") + lost
    assert last(f"{FORWARD}$${found.repair}$$").status == "proved"


KEPT = [
    r"\frac{\partial J}{J} = 2",
    r"\frac{\partial J}{q} = \frac{\partial J}{\partial x_{11}}",
    r"\frac{J}{x_{11}} = 3",
    r"\frac{J}{m} = \frac{J}{n} k_{11}",
    r"\frac{d J}{d x_{11}} = \frac{\partial J}{\partial y_{11}} k_{11}",
    r"\frac{\partial}{\partial x_{11}} J = \frac{\partial J}{\partial y_{11}} k_{11}",
]


@pytest.mark.parametrize("line", KEPT)
def test_quotients_and_other_signs_are_no_lost_differentials(line):
    found = last(f"{FORWARD}$${line}$$")
    assert "missing" not in found.reason or found.status != "refuted"


NAMED = r"""$$\begin{bmatrix} y_{11} & y_{12} \end{bmatrix} = \begin{bmatrix} x_{11} & x_{12} & x_{13} \end{bmatrix} *
\begin{bmatrix} k_{11} & k_{12} \end{bmatrix}$$

$$L = L(y_{11}, y_{12})$$

$$\frac{\partial L}{\partial k_{11}} = \frac{\partial L}{\partial y_{11}} x_{11}
+ \frac{\partial L}{\partial y_{12}} x_{12}$$

"""
BY_NAME = [
    (
        r"k_{12} = \frac{\partial L}{\partial y_{11}} x_{12} + \frac{\partial L}{\partial y_{12}} x_{13}",
        "refuted",
    ),
    (
        r"\begin{bmatrix} k_{11} & k_{12} \end{bmatrix} = \begin{bmatrix} x_{11} & x_{12} & x_{13} \end{bmatrix} * "
        r"\begin{bmatrix} \frac{\partial L}{\partial y_{11}} & \frac{\partial L}{\partial y_{12}} \end{bmatrix}",
        "refuted",
    ),
]


@pytest.mark.parametrize(("line", "status"), BY_NAME)
def test_a_matrix_of_variables_is_not_the_matrix_of_their_gradients(line, status):
    assert last(f"{NAMED}$${line}$$").status == status


SELF = [
    (r"b_j = \sum_u \frac{\partial E}{\partial z_u} \frac{\partial z_u}{\partial b_j}", "refuted"),
    (r"b_j = \sum_u \frac{\partial E}{\partial z_u} \frac{\partial z_u}{\partial c_j}", "definition"),
    (r"b_j = b_j - \eta \frac{\partial E}{\partial b_j}", "definition"),
]


@pytest.mark.parametrize(("line", "status"), SELF)
def test_a_variable_is_not_defined_by_a_derivative_by_itself(line, status):
    assert last(f"Let $E$ be the error.\n\n$${line}$$").status == status


CELLS = r"""The kernel slides over the image.

$$\begin{bmatrix} z_{11} & z_{12} \\ z_{21} & z_{22} \end{bmatrix} = \begin{bmatrix} a_{11} & a_{12} & a_{13} \\
a_{21} & a_{22} & a_{23} \\ a_{31} & a_{32} & a_{33} \end{bmatrix} * \begin{bmatrix} w_{11} & w_{12} \\
w_{21} & w_{22} \end{bmatrix}$$

$$z_{11} = a_{11} w_{11} + a_{12} w_{12} + a_{21} w_{21} + a_{22} w_{22}$$

$$z_{12} = a_{12} w_{11} + a_{13} w_{12} + a_{22} w_{21} + a_{23} w_{22}$$

$$z_{21} = a_{21} w_{11} + a_{22} w_{12} + a_{31} w_{21} + %s w_{22}$$

$$z_{22} = a_{22} w_{11} + a_{23} w_{12} + a_{32} w_{21} + a_{33} w_{22}$$
"""


def test_the_cells_of_a_named_convolution_are_claims():
    assert [v.status for v in convsym.check(CELLS % "a_{32}").verdicts][1:] == ["proved"] * 4
    wrong = [v.status for v in convsym.check(CELLS % "a_{33}").verdicts]
    assert wrong == ["definition", "proved", "proved", "refuted", "proved"]


def test_cells_that_no_convolution_names_define():
    text = CELLS.partition("$$z_{11}")
    found = convsym.check(text[1] + text[2] % "a_{32}").verdicts
    assert {v.status for v in found} == {"definition"}


TWO_LAYERS = r"""Each layer has an error $\delta_j^l = \frac{\partial E}{\partial n_j^l}$, and
$n_j^l = \sum_i w_{ij}^l o_i^{l-1}$ with $\frac{\partial E}{\partial w_{ij}^l}$ wanted. An example:

$$a_{11} = x_{11} k_{12} + x_{12} k_{11}$$

$$a_{12} = x_{12} k_{12} + x_{13} k_{11}$$

"""
THROUGH = [
    (
        r"\frac{\partial E}{\partial k_{11}} = \frac{\partial E}{\partial a_{11}} x_{12} "
        r"+ \frac{\partial E}{\partial a_{12}} x_{13}",
        "proved",
    ),
    (
        r"\frac{\partial E}{\partial k_{11}} = \frac{\partial E}{\partial a_{11}} x_{12} "
        r"+ \frac{\partial E}{\partial a_{12}} x_{12}",
        "refuted",
    ),
    (
        r"\frac{\partial E}{\partial x_{12}} = (\delta_j^{l+1})_{11} k_{11} + (\delta_j^{l+1})_{12} k_{12}",
        "proved",
    ),
    (
        r"\frac{\partial E}{\partial x_{12}} = (\delta_j^{l+1})_{11} k_{12} + (\delta_j^{l+1})_{12} k_{12}",
        "unsupported",
    ),
    (
        r"\frac{\partial E}{\partial x_{12}} = (\delta_j^{l+1})_{11} k_{11} + (\delta_j^{l})_{12} k_{12}",
        "unsupported",
    ),
]


@pytest.mark.parametrize(("line", "status"), THROUGH)
def test_a_claim_says_through_which_cells_a_loss_depends_on_a_variable(line, status):
    found = last(f"{TWO_LAYERS}$${line}$$")
    assert found.status == status, found.reason
    assert status != "proved" or found.assuming


def test_an_errors_cells_refute_once_other_lines_show_what_they_are():
    right = r"""$$\frac{\partial E}{\partial x_{11}} = (\delta_j^{l+1})_{11} k_{12}$$

$$\frac{\partial E}{\partial x_{13}} = (\delta_j^{l+1})_{12} k_{11}$$

"""
    assert last(f"{TWO_LAYERS}{right}$${THROUGH[3][0]}$$").status == "refuted"
    assert last(f"{TWO_LAYERS}{right}$${THROUGH[2][0]}$$").status == "proved"
