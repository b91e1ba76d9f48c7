r"""Gradients from above under a name of their own, in letters and in numbers: E = \partial J/\partial R."""

from __future__ import annotations

import pytest

import convsym

FILTER = r"""# A filter by hand

$$R_{i,j} = \sum_{m=0}^{1}\sum_{n=0}^{1} F_{m,n}\,A_{i+m,j+n}$$

$$R_{00} = F_{00}A_{00} + F_{01}A_{01} + F_{10}A_{10} + F_{11}A_{11}$$

$$R_{01} = F_{00}A_{01} + F_{01}A_{02} + F_{10}A_{11} + F_{11}A_{12}$$

$$R_{10} = F_{00}A_{10} + F_{01}A_{11} + F_{10}A_{20} + F_{11}A_{21}$$

$$R_{11} = F_{00}A_{11} + F_{01}A_{12} + F_{10}A_{21} + F_{11}A_{22}$$

From above comes $E = \partial J/\partial R$.

$$\frac{\partial J}{\partial F_{00}} = E_{00}A_{00} + E_{01}A_{01} + E_{10}A_{10} + E_{11}A_{11}$$

$$\frac{\partial J}{\partial A_{01}} = E_{00}F_{01} + E_{01}F_{00}$$

Let
$$A = \begin{bmatrix}1&0&2\\3&1&0\\0&2&1\end{bmatrix}, \qquad E = \begin{bmatrix}2&1\\0&-1\end{bmatrix}$$

$$\frac{\partial J}{\partial F_{00}} = 2 \cdot 1 + 1 \cdot 0 + 0 \cdot 3 + (-1) \cdot 1$$

$$\frac{\partial J}{\partial F_{01}} = 2 \cdot 0 + 1 \cdot 2 + 0 \cdot 1 + (-1) \cdot 0$$

$$\frac{\partial J}{\partial F_{10}} = 2 \cdot 3 + 1 \cdot 1 + 0 \cdot 0 + (-1) \cdot 2$$
"""
LINE = r"""
# A line

$$p = w x + b, \quad J = \frac{1}{2}(p - t)^2$$

$$\frac{\partial J}{\partial w} = (p - t) x$$
"""
BATCH = r"""
$$\frac{\partial J}{\partial F_{o,c,m,n}} = \sum_{b}\sum_{i}\sum_{j} E_{b,o,i,j} A_{b,c,i+m,j+n}$$
"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial J}{\partial F_{m,n}} = \sum_i \sum_j E_{i,j} A_{i+m,j+n}", "proved"),
        (r"\frac{\partial J}{\partial F_{m,n}} = \sum_i \sum_j E_{i,j} A_{i+n,j+m}", "unsupported"),
        (
            r"\frac{\partial J}{\partial F_{11}} = 2 \cdot 1 + 1 \cdot 0 + 0 \cdot 2 + (-1) \cdot 1",
            "proved",
        ),
        (
            r"\frac{\partial J}{\partial F_{11}} = 2 \cdot 1 + 1 \cdot 2 + 0 \cdot 2 + (-1) \cdot 1",
            "refuted",
        ),
        (r"\frac{\partial J}{\partial F} = \begin{bmatrix}1&2\\5&1\end{bmatrix}", "proved"),
        (r"\frac{\partial J}{\partial F} = \begin{bmatrix}1&5\\2&1\end{bmatrix}", "refuted"),
        (r"\frac{\partial J}{\partial A} = \text{pad}(E) * \text{rot180}(F)", "proved"),
        (r"\frac{\partial J}{\partial A} = \text{pad}(E) * \text{rot180}(A)", "unsupported"),
        # No first derivative: what a linear loss would say of it says nothing of others.
        (r"\frac{\partial^2 J}{\partial F_{00}^2} = 0", "unsupported"),
    ],
)
def test_a_line_with_the_gradient_from_above(line: str, status: str) -> None:
    text = f"{FILTER}\n$${line}$$\n{BATCH}\n{LINE}"
    found = [v for v in convsym.check(text).verdicts if v.latex == line]
    assert [str(verdict.status) for verdict in found] == [status], found[0].reason


KERNEL_OF_FOUR = r"""The convolution is $$Y_{i,j} = \sum_{m=0}^{1}\sum_{n=0}^{1} X_{i+m,j+n} K_{m,n}.$$"""


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (
            r"\frac{\partial L}{\partial X} = \mathrm{pad}(\frac{\partial L}{\partial Y}) * \mathrm{rot180}(K)",
            True,
        ),
        (r"\frac{\partial L}{\partial X} = \mathrm{pad}(\frac{\partial L}{\partial Y}) * Y", False),
        (r"\frac{\partial L}{\partial K} = X * \frac{\partial L}{\partial Y}", True),
        (r"\frac{\partial L}{\partial K} = K * \frac{\partial L}{\partial Y}", False),
    ],
)
def test_a_kernel_of_numbered_size_on_an_image_of_any(line: str, holds: bool) -> None:
    verdict = convsym.check(f"{KERNEL_OF_FOUR}\n\n$${line}$$\n").verdicts[-1]
    assert (str(verdict.status) == "proved") is holds, verdict.reason
