"""Derivatives of a given matrix where what is made of it is meant, and lines that a repair must not sacrifice."""

from __future__ import annotations

import pytest

from convsym.checker import check

NOTE = r"""
$$X = \begin{bmatrix} x_{1,1} & x_{2,1} & x_{3,1} \\ x_{1,2} & x_{2,2} & x_{3,2} \\ x_{1,3} & x_{2,3} & x_{3,3}
\end{bmatrix}$$
$$K = \begin{bmatrix} k_{1,1} & k_{2,1} \\ k_{1,2} & k_{2,2} \end{bmatrix}$$
$$z_{u,v} = \sum_{i=1}^{2} \sum_{j=1}^{2} x_{i+u-1,j+v-1} k_{i,j}$$
"""


def last(line: str, note: str = NOTE) -> tuple[str, str | None]:
    verdict = check(f"{note}\n$${line}$$\n", kind="markdown").verdicts[-1]
    return str(verdict.status), verdict.repair


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial x_{1,1}}{\partial k_{1,1}} = x_{1,1}",
        r"\frac{\partial x_{2,1}}{\partial k_{1,2}} = x_{2,2}",
    ],
)
def test_a_given_matrix_in_place_of_the_output_is_refuted_with_its_repair(line: str) -> None:
    status, repair = last(line)
    assert status == "refuted"
    assert repair == line.replace(r"\partial x", r"\partial z", 1)


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial x_{1,1}}{\partial k_{1,1}} = 0",  # an input is not made of its kernel
        r"\frac{\partial z_{1,1}}{\partial k_{1,1}} = x_{1,1}",
        r"\frac{\partial z_{1,1}}{\partial x_{2,1}} = k_{2,1}",
    ],
)
def test_nothing_is_refuted_where_the_exchanged_letter_proves_nothing(line: str) -> None:
    assert last(line)[0] != "refuted"


def test_what_may_depend_on_the_kernel_is_not_taken_for_given() -> None:
    note = NOTE + "\n$$x_{i,j} = k_{1,1} u_{i,j}$$\n"
    assert last(r"\frac{\partial x_{1,1}}{\partial k_{1,1}} = u_{1,1}", note)[0] != "refuted"


MOMENTUM = r"""
$$v_t = \beta v_{t-1} + (1-\beta) g_t$$
$$v_1 = (1-\beta) g_1$$
if $v_0 = 0$. Further
$$v_2 = \beta(1-\beta) g_1 + (1-\beta) g_2$$
$$v_3 = (1-\beta)(\beta^2 g_1 + \beta g_2 + SIGN g_3)$$
"""


def test_lines_that_hold_with_a_granted_start_outvote_no_definition() -> None:
    verdicts = check(MOMENTUM.replace("SIGN ", ""), kind="markdown").verdicts
    assert "refuted" not in {str(verdict.status) for verdict in verdicts}
    assert str(verdicts[-1].status) == "proved"


def test_a_wrong_step_of_a_recurrence_is_not_proved_by_its_start() -> None:
    assert str(check(MOMENTUM.replace("SIGN", "2"), kind="markdown").verdicts[-1].status) != "proved"


SQUASHED = r"""$$LINE$$
$$o_{1,1} = \tanh(z_{1,1})$$
$$o_{2,1} = \tanh(z_{2,1})$$
"""


@pytest.mark.parametrize(
    ("line", "cells", "repair"),
    [
        (r"z_{i,j} = \tanh(z_{i,j})", "o", r"o_{i,j} = \tanh(z_{i,j})"),
        (r"z_{i,j} = \tanh(z_{i,j})", "h", r"h_{i,j} = \tanh(z_{i,j})"),
        (r"z_{i,j} = 2\tanh(z_{i,j})", "o", None),  # not what the cells say
        (r"z_{i,j} \leftarrow \tanh(z_{i,j})", "o", None),  # an update
        (r"o_{i,j} = \tanh(z_{i,j})", "o", None),
    ],
)
def test_a_family_that_is_given_by_itself(line: str, cells: str, repair: str | None) -> None:
    text = (
        SQUASHED.replace("LINE", line)
        .replace("o_{1,1}", f"{cells}_{{1,1}}")
        .replace("o_{2,1}", f"{cells}_{{2,1}}")
    )
    verdict = check(text, kind="markdown").verdicts[0]
    assert (verdict.repair, str(verdict.status) == "refuted") == (repair, repair is not None), verdict
