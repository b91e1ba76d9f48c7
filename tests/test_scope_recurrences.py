"""Cells that are made of earlier cells of their own family."""

from __future__ import annotations

import pytest

from convsym.checker import check

LINEAR = "$$h_t = u h_{t-1} + w x_t$$\n"
TANH = r"$$h_t = \tanh(w x_t + u h_{t-1} + b)$$" + "\n"


@pytest.mark.parametrize(
    ("known", "line", "status"),
    [
        (LINEAR, r"\frac{\partial h_t}{\partial h_{t-1}} = u", {"proved"}),
        (LINEAR, r"\frac{\partial h_t}{\partial h_{t-1}} = w", {"refuted"}),
        (LINEAR, r"\frac{\partial h_t}{\partial h_{t-2}} = u^2", {"proved"}),
        (LINEAR, r"\frac{\partial h_t}{\partial h_{t-2}} = u", {"refuted"}),
        (LINEAR, r"\frac{\partial h_3}{\partial h_1} = u^2", {"proved"}),
        (TANH, r"\frac{\partial h_t}{\partial h_{t-1}} = u (1 - h_t^2)", {"proved"}),
        (TANH, r"\frac{\partial h_t}{\partial h_{t-1}} = u (1 - h_{t-1}^2)", {"refuted", "undecided"}),
        (TANH, r"\frac{\partial h_t}{\partial h_{t-1}} = u", {"refuted", "undecided"}),
        (TANH, r"\frac{\partial h_2}{\partial h_0} = u^2 (1 - h_2^2)(1 - h_1^2)", {"proved"}),
        (TANH, r"\frac{\partial h_2}{\partial h_0} = u^2 (1 - h_2^2)(1 - h_0^2)", {"refuted", "undecided"}),
    ],
)
def test_a_slope_by_an_earlier_cell_goes_through_all_between(known: str, line: str, status: set[str]) -> None:
    verdict = check(f"{known}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert str(verdict.status) in status, verdict.reason
