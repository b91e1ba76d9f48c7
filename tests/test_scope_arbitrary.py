"""Gradients through functions and losses that nobody writes out, at free indices."""

from __future__ import annotations

import pytest

from convsym.checker import check

UNIT = r"""
$$z_j = \sum_{i=1}^n w_{ji} x_i + b_j$$

$$a_j = \sigma(z_j)$$
"""
LOSS = r"""
$$E = \frac12 \sum_{j=1}^m (a_j - t_j)^2$$
"""
ERROR = r"""
$$MSE = \frac{1}{n} \sum_{i=1}^n (w x_i - y_i)^2$$
"""
LOGISTIC = r"""
$$h_\theta(x) = \frac{1}{1 + e^{-\theta_0 - \theta_1 x}}$$
"""
W = r"\frac{\partial E}{\partial w_{ji}} = "


@pytest.mark.parametrize(
    ("known", "line", "status"),
    [
        (UNIT, r"\frac{\partial a_j}{\partial w_{ji}} = \sigma'(z_j) x_i", "proved"),
        (UNIT, r"\frac{\partial a_j}{\partial w_{ji}} = \sigma'(z_j) x_j", "refuted"),
        (UNIT, r"\frac{\partial a_j}{\partial w_{ji}} = \sigma(z_j) x_i", "unsupported"),
        (UNIT + LOSS, r"\frac{\partial E}{\partial b_j} = (a_j - t_j) \sigma'(z_j)", "proved"),
        (UNIT + LOSS, r"\frac{\partial E}{\partial b_j} = 2 (a_j - t_j) \sigma'(z_j)", "refuted"),
        (UNIT + LOSS, W + r"(a_j - t_j) \sigma'(z_j) x_i", "proved"),
        (UNIT + LOSS, W + r"(a_j - t_j) \sigma'(z_i) x_i", "refuted"),
        (UNIT + LOSS, W + r"(a_j - t_j) x_i", "unsupported"),
        (LOGISTIC, r"\frac{\partial h_\theta}{\partial \theta_0} = h_\theta(x) (1 - h_\theta(x))", "proved"),
        (
            LOGISTIC,
            r"\frac{\partial h_\theta}{\partial \theta_1} = h_\theta(x) (1 - h_\theta(x)) x",
            "proved",
        ),
        (LOGISTIC, r"\frac{\partial h_\theta}{\partial \theta_1} = h_\theta(x) (1 - h_\theta(x))", "refuted"),
        (ERROR, r"\frac{\delta MSE}{\delta w} = \frac{2}{n} \sum_{i=1}^n (w x_i - y_i) x_i", "proved"),
        (ERROR, r"\frac{\delta MSE}{\delta w} = \frac{2}{n} \sum_{i=1}^n (w x_i - y_i)", "refuted"),
    ],
)
def test_the_chain_rule_holds_for_every_activation(known: str, line: str, status: str) -> None:
    verdict = check(f"{known}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert str(verdict.status) == status, verdict.reason


def test_a_delta_that_is_a_quantity_is_no_differential() -> None:
    text = r"""
$$\delta = 3 a, \quad u = \frac{\delta b}{\delta c}$$

$$u = \frac{b}{c}$$
"""
    assert str(check(text, kind="markdown").verdicts[-1].status) == "proved"
