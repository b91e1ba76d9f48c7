"""Outputs that are written out cell by cell, under a loss that nobody writes out."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

from convsym.checker import check

CELLS = r"""
$$\left[\begin{aligned} x_{11} \quad x_{12} \quad x_{13} \\ x_{21} \quad x_{22} \quad x_{23} \end{aligned}\right] \star
\left[\begin{aligned} k_{11} \quad k_{12} \end{aligned}\right]
= \left[\begin{aligned} y_{11} \quad y_{12} \\ y_{21} \quad y_{22} \end{aligned}\right]$$

$$\begin{aligned}
y_{11} &= k_{11} x_{11} + k_{12} x_{12} \\
y_{12} &= k_{11} x_{12} + k_{12} x_{13} \\
y_{21} &= k_{11} x_{21} + k_{12} x_{22} \\
y_{22} &= k_{11} x_{22} + k_{12} x_{23}
\end{aligned}$$

With flat indices $$\frac{\partial L}{\partial x_i} = \sum_j \frac{\partial L}{\partial y_j} \frac{\partial y_j}{\partial x_i}$$
"""
K = r"\frac{\partial L}{\partial k_{12}} = "
X = r"\frac{\partial L}{\partial x_{12}} = "


def slope(name: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {name}}}"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (K + " + ".join(f"{slope(f'y_{{{c}}}')} x_{{{x}}}" for c, x in (("11", 12), ("12", 13), ("21", 22), ("22", 23))), "proved"),
        (K + " + ".join(f"{slope(f'y_{{{c}}}')} x_{{{x}}}" for c, x in (("11", 12), ("12", 13), ("21", 22), ("22", 22))), "refuted"),
        (K + " + ".join(f"{slope(f'y_{{{c}}}')} x_{{{x}}}" for c, x in (("11", 12), ("12", 13), ("21", 22))), "refuted"),
        (X + f"{slope('y_{11}')} k_{{12}} + {slope('y_{12}')} k_{{11}}", "proved"),
        (X + f"{slope('y_{11}')} k_{{11}} + {slope('y_{12}')} k_{{12}}", "refuted"),
        (X + f"{slope('y_{11}')} k_{{12}} + {slope('y_{12}')} k_{{11}} + {slope('y_{22}')} k_{{12}}", "refuted"),
    ],
)  # fmt: skip
def test_the_chain_rule_runs_over_the_cells_that_are_written_out(line: str, status: str) -> None:
    verdict = check(f"{CELLS}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert str(verdict.status) == status, verdict.reason
    if status == "proved":
        assert verdict.assuming == ("L is an arbitrary function of y",)


def test_a_flat_index_on_cells_with_two_is_judged_by_its_form_alone() -> None:
    flat = [v for v in check(CELLS, kind="markdown").verdicts if r"\sum_j" in v.latex]
    assert [str(v.status) for v in flat] == ["proved"]
    assert all("acts on" in v.assuming[0] for v in flat)
