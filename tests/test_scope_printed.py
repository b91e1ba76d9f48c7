r"""Matrices of cells printed without a name, and lines behind a second definition of a name."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

import convsym

DENSE = r"""# A dense layer

$$\begin{pmatrix} h_{11} & h_{12} \\ h_{21} & h_{22} \end{pmatrix} = \begin{pmatrix} u_{11} & u_{12} & u_{13} \\ u_{21} & u_{22} & u_{23} \end{pmatrix} \cdot \begin{pmatrix} v_{11} & v_{12} \\ v_{21} & v_{22} \\ v_{31} & v_{32} \end{pmatrix}$$
"""
GRADIENTS = r"""
$$\frac{\partial E}{\partial U} = \frac{\partial E}{\partial H} V^T$$

$$\frac{\partial E}{\partial u_{21}} = \frac{\partial E}{\partial h_{21}} v_{11} + \frac{\partial E}{\partial h_{22}} v_{12}$$
"""


def status(text: str, line: str) -> str:
    found = [v for v in convsym.check(f"{text}\n\n$${line}$$\n").verdicts if v.latex == line]
    assert len(found) == 1
    return str(found[0].status)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (r"h_{12} = u_{11} v_{12} + u_{12} v_{22} + u_{13} v_{32}", "proved"),
        (r"h_{12} = u_{11} v_{12} + u_{12} v_{21} + u_{13} v_{32}", "refuted"),
        (r"\frac{\partial h_{12}}{\partial v_{22}} = u_{12}", "proved"),
        (r"\frac{\partial h_{12}}{\partial v_{22}} = u_{22}", "refuted"),
        (
            r"\frac{\partial E}{\partial v_{11}} = u_{11} \frac{\partial E}{\partial h_{11}} + u_{21} \frac{\partial E}{\partial h_{21}}",
            "proved",
        ),
        (
            r"\frac{\partial E}{\partial v_{11}} = u_{11} \frac{\partial E}{\partial h_{11}} + u_{12} \frac{\partial E}{\partial h_{21}}",
            "refuted",
        ),
        (r"\frac{\partial E}{\partial V} = U^T \frac{\partial E}{\partial H}", "proved"),
        # The product cannot be formed.
        (r"\frac{\partial E}{\partial V} = V^T \frac{\partial E}{\partial H}", "refuted"),
        # Gradients laid out the other way round, beside one that is not.
        (r"\frac{\partial E}{\partial U} = V \frac{\partial E}{\partial H}", "refuted"),
    ],
)
def test_printed_matrices_define_cells(line: str, wanted: str) -> None:
    assert status(DENSE + GRADIENTS, line) == wanted


def test_gradients_laid_out_the_other_way_round_are_not_refuted_alone() -> None:
    line = r"\frac{\partial E}{\partial U} = V \frac{\partial E}{\partial H}"
    assert status(DENSE, line) != "refuted"


def test_a_section_with_letters_that_are_numbers_elsewhere() -> None:
    before = (
        "# A neuron\n\nIt computes $h = \\tanh(u)$, so $$\\frac{\\partial h}{\\partial u} = 1 - h^2.$$\n\n"
    )
    line = r"\frac{\partial E}{\partial V} = V^T \frac{\partial E}{\partial H}"
    assert status(before + DENSE + GRADIENTS, line) == "refuted"
    line = r"\frac{\partial E}{\partial V} = U^T \frac{\partial E}{\partial H}"
    assert status(before + DENSE + GRADIENTS, line) == "proved"


def test_a_printed_window_is_not_all_of_an_image() -> None:
    text = r"""$$\begin{pmatrix} c_{11} & c_{12} \end{pmatrix} = \begin{pmatrix} 2 x_{11} & 2 x_{12} \end{pmatrix}$$
$$\begin{pmatrix} x_{11} & x_{12} \end{pmatrix}$$"""
    verdicts = convsym.check(text + "\n\n$$d = x_{13} + c_{14}$$\n").verdicts
    assert not [verdict for verdict in verdicts if str(verdict.status) == "refuted"]


TWICE = r"""
The first gate is $q = 3 p$, and $\frac{dq}{dp} = 3$.

The second gate is $q = p^2$, and $\frac{dq}{dp} = 2 p$. Also $\frac{dq}{dp} = 4 p$.
"""


def test_what_stands_behind_a_second_definition_is_about_it() -> None:
    verdicts = {verdict.latex: str(verdict.status) for verdict in convsym.check(TWICE).verdicts}
    assert verdicts[r"\frac{dq}{dp} = 3"] != "refuted"
    assert verdicts[r"\frac{dq}{dp} = 2 p"] != "refuted"
    assert verdicts[r"\frac{dq}{dp} = 4 p"] != "proved"
