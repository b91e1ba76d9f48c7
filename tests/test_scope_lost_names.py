r"""Derivatives by a number, \partial L/\partial 22: the letter that stands in the other derivatives of the line is lost."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

import convsym

CELLS = r"""The loss is $L$.

$$
\begin{aligned}
y_{11} &= k_{11} x_{11} + k_{12} x_{12} + k_{21} x_{21} + k_{22} x_{22}\\
y_{12} &= k_{11} x_{12} + k_{12} x_{13} + k_{21} x_{22} + k_{22} x_{23}\\
y_{21} &= k_{11} x_{21} + k_{12} x_{22} + k_{21} x_{31} + k_{22} x_{32}\\
y_{22} &= k_{11} x_{22} + k_{12} x_{23} + k_{21} x_{32} + k_{22} x_{33}
\end{aligned}
$$
"""


def judged(line: str, text: str = CELLS) -> tuple[str, str]:
    found = [v for v in convsym.check(f"{text}\n\n$${line}$$\n").verdicts if v.latex == line]
    assert len(found) == 1
    return str(found[0].status), found[0].reason


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial x_{23}} = \frac{\partial L}{\partial y_{12}} k_{12} + \frac{\partial L}{\partial 22} k_{22}",
        r"\frac{\partial L}{\partial x_{23}} = \frac{\partial L}{\partial 22} k_{22} + \frac{\partial L}{\partial y_{12}} k_{12}",
        r"\frac{\partial L}{\partial x_{23}} = \frac{\partial L}{\partial y_{12}} k_{22} - \frac{\partial L}{\partial 22} k_{12}",
        r"\frac{\partial L}{\partial k_{11}} = \frac{\partial L}{\partial y_{11}} x_{11} + \frac{\partial L}{\partial y_{12}} x_{12} + \frac{\partial L}{\partial 21} x_{22} + \frac{\partial L}{\partial y_{22}} x_{22}",
    ],
)
def test_a_line_that_is_false_with_its_name_is_false(line: str) -> None:
    status, reason = judged(line)
    assert status == "refuted"
    assert "lost a name" in reason


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial x_{23}} = \frac{\partial L}{\partial y_{12}} k_{22} + \frac{\partial L}{\partial 22} k_{12}",
        r"\frac{\partial L}{\partial k_{11}} = \frac{\partial L}{\partial 11} x_{11} + \frac{\partial L}{\partial y_{12}} x_{12} + \frac{\partial L}{\partial 21} x_{21} + \frac{\partial L}{\partial y_{22}} x_{22}",
    ],
)
def test_a_line_that_is_true_with_its_name_is_said_to_hold_with_it(line: str) -> None:
    status, reason = judged(line)
    assert status == "refuted"
    assert reason.endswith("with it, the line holds")


@pytest.mark.parametrize(
    "line",
    [
        # Which name is lost is not said: two letters, other numbers of indices, a cell that stands there already.
        r"\frac{\partial L}{\partial x_{23}} = \frac{\partial L}{\partial y_{12}} k_{12} + \frac{\partial L}{\partial z_{11}} + \frac{\partial L}{\partial 22} k_{22}",
        r"\frac{\partial L}{\partial x_{23}} = \frac{\partial L}{\partial y_{12}} k_{12} + \frac{\partial L}{\partial 2} k_{22}",
        r"\frac{\partial L}{\partial x_{23}} = \frac{\partial L}{\partial y_{22}} k_{12} + \frac{\partial L}{\partial 22} k_{22}",
        r"\frac{\partial L}{\partial x_{23}} = \frac{\partial L}{\partial 22} k_{22}",
    ],
)
def test_a_name_that_nothing_gives_is_not_guessed(line: str) -> None:
    status, reason = judged(line)
    assert status not in ("proved", "refuted")
    assert "lost a name" not in reason
