r"""Lines whose proof is none, or whose refutation is only a rounding: of numbers, of no class, of one example."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

from convsym.checker import check

MATRICES = r"""
$$M = \begin{pmatrix} 0.2 & 0.5 \\ 0.7 & 0.1 \end{pmatrix}$$
"""
CLASSES = r"""
The true class is $t$.

$$q_k = \frac{e^{s_k}}{\sum_m e^{s_m}}$$

$$L = -\log q_t$$
"""
ROWS = r"""
Let $X \in \mathbb{R}^{M \times F}$, $W \in \mathbb{R}^{F \times C}$, and the targets $Y$ one-hot, one example in each row.

$$S = X W + b$$

$$Q = \mathrm{softmax}(S)$$

$$L = -\frac{1}{M} \sum_{m=1}^M \sum_{c=1}^C Y_{mc} \log Q_{mc}$$
"""
LAYERS = r"""
$$z_1 = W_1 x + b_1$$

$$a_1 = \sigma(z_1)$$

$$z_2 = W_2 a_1 + b_2$$

$$L = \frac{1}{2} (z_2 - y)^2$$
"""
TURNED = (
    LAYERS
    + r"""
$$\frac{\partial L}{\partial a_1} = W_2^T (z_2 - y)$$
"""
)
SIGNAL = r"""
A signal $x_0, \dots, x_{n-1}$ meets a kernel $w_0, \dots, w_{k-1}$.

$$y_i = \sum_{j=0}^{k-1} w_j x_{i+j}$$

for $i = 0, \dots, n-k$. We write $\delta_i = \frac{\partial L}{\partial y_i}$.

$$\frac{\partial L}{\partial w_j} = \sum_{i=0}^{n-k} \delta_i x_{i+j}$$
"""


@pytest.mark.parametrize(
    ("before", "line", "status"),
    [
        (MATRICES, r"\begin{pmatrix} 0.31 \\ 0.47 \end{pmatrix} \odot \begin{pmatrix} 0.52 \\ 0.66 \end{pmatrix} = \begin{pmatrix} 0.16 \\ 0.31 \end{pmatrix}", "proved"),
        (MATRICES, r"\begin{pmatrix} 0.31 \\ 0.47 \end{pmatrix} \odot \begin{pmatrix} 0.52 \\ 0.66 \end{pmatrix} = \begin{pmatrix} 0.17 \\ 0.31 \end{pmatrix}", "open"),
        (MATRICES, r"\begin{pmatrix} 0.31 \\ 0.47 \end{pmatrix} \odot \begin{pmatrix} 0.52 \\ 0.66 \end{pmatrix} = \begin{pmatrix} 0.16 \\ 0.91 \end{pmatrix}", "false"),
        (MATRICES, r"\begin{pmatrix} 0.31 \\ 0.47 \end{pmatrix} \odot \begin{pmatrix} 0.52 \\ 0.66 \end{pmatrix} = \begin{pmatrix} 0.16 \\ -0.31 \end{pmatrix}", "false"),
        (CLASSES, r"\frac{\partial L}{\partial s_t} = q_t", "unproved"),
        (CLASSES, r"\frac{\partial L}{\partial q_t} = -\frac{1}{q_t}", "proved"),
        (ROWS, r"\frac{\partial L}{\partial W} = \frac{1}{M} X^T (Q - Y)", "proved"),
        (ROWS, r"\frac{\partial L}{\partial b} = \frac{1}{M} (Q - Y)", "unproved"),
        (TURNED, r"\frac{\partial L}{\partial W_2} = (z_2 - y) a_1", "unproved"),
        (TURNED, r"\frac{\partial L}{\partial b_2} = z_2 - y", "proved"),
        (TURNED, r"\frac{\partial L}{\partial a_1} = W_2 (z_2 - y)", "unproved"),
        (LAYERS, r"\frac{\partial L}{\partial W_2} = (z_2 - y) a_1", "proved"),
        (SIGNAL, r"\frac{\partial L}{\partial x_i} = \sum_{j=0}^{k} w_j \delta_{i-j}", "unproved"),
        (SIGNAL, r"\frac{\partial L}{\partial x_i} = \sum_{j=0}^{k-1} w_j \delta_{i-j}", "proved"),
    ],
)  # fmt: skip
def test_nothing_is_shown_of_what_was_not_looked_at(before: str, line: str, status: str) -> None:
    verdict = check(f"# Notes\n{before}\n$$" + line + "$$\n").verdicts[-1]
    found = {"proved": "proved", "refuted": "false"}.get(str(verdict.status.value), "open")
    assert found == status or (status == "unproved" and found != "proved"), verdict
