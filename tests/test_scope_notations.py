"""The same mathematics in many notations: true lines are never refuted, false lines never proved."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

SCALAR = r"""
The network is $z = w x + b$ and $a = \sigma(z)$ with $\sigma(u) = \frac{1}{1+e^{-u}}$; the loss is $C = \frac{1}{2}(a - t)^2$.

"""
ZERO_BASED = r"""
$$z_{ij} = \sum_{m=0}^{1}\sum_{n=0}^{1} x_{i+m,j+n} w_{mn}$$
$$L = \frac12 \sum_{i=0}^{1}\sum_{j=0}^{1} (z_{ij} - t_{ij})^2$$
$$\delta_{ij} = \frac{\partial L}{\partial z_{ij}}$$

"""
ROW_FIRST = r"""
$$\mathbf{X} = \begin{bmatrix} x_{11} & x_{12} & x_{13}\\ x_{21} & x_{22} & x_{23} \\ x_{31} & x_{32} & x_{33}\end{bmatrix}$$
$$W = \begin{bmatrix} w_{11} & w_{12} \\ w_{21} & w_{22}\end{bmatrix}$$
$$\begin{aligned} y_{11} &= w_{11}x_{11} + w_{12}x_{12} + w_{21}x_{21}+w_{22}x_{22}\\
y_{12} &= w_{11}x_{12} + w_{12}x_{13} + w_{21}x_{22}+w_{22}x_{23}\\
y_{21} &= w_{11}x_{21} + w_{12}x_{22} + w_{21}x_{31}+w_{22}x_{32}\\
y_{22} &= w_{11}x_{22} + w_{12}x_{23} + w_{21}x_{32}+w_{22}x_{33}\end{aligned}$$

"""
LAYERS = r"""
$$z^{(l)}_j = \sum_{k=1}^{3} w^{(l)}_{jk} a^{(l-1)}_k + b^{(l)}_j$$
$$a^{(l)}_j = \sigma(z^{(l)}_j)$$

"""
ALL_SIZES = r"""
$$y_i = \sum_{j=1}^n w_{ij} x_j$$
$$E = \frac{1}{2}\sum_{i=1}^m (y_i - t_i)^2$$

"""
MATRICES = r"""
Let $W \in \mathbb{R}^{2\times 3}$, $x \in \mathbb{R}^{3}$, $b \in \mathbb{R}^2$.
$$z = W x + b$$
$$a = \sigma(z)$$
$$L = \frac{1}{2}\lVert a - y \rVert^2$$
$$\delta = \frac{\partial L}{\partial z}$$

"""
CROSS_ENTROPY = r"""
$$z = w_1 x_1 + w_2 x_2 + b, \quad \hat{y} = \sigma(z)$$ where $\sigma$ is the sigmoid.
$$L = -(y \log \hat{y} + (1-y)\log(1-\hat{y}))$$

"""
MATRIX_ZERO = r"""
$$X = \begin{pmatrix} x_{00} & x_{01} & x_{02}\\ x_{10} & x_{11} & x_{12}\\ x_{20} & x_{21} & x_{22}\end{pmatrix}$$
$$K = \begin{pmatrix} k_{00} & k_{01} \\ k_{10} & k_{11}\end{pmatrix}$$
$$z_{i,j} = \sum_{m=0}^{1}\sum_{n=0}^{1} x_{i+m,j+n} k_{m,n}$$
$$Z = \begin{pmatrix} z_{00} & z_{01}\\ z_{10}&z_{11}\end{pmatrix}$$

"""

# (what is known, a line, whether it is true)
LINES = [
    (SCALAR, r"\sigma'(z) = \sigma(z)(1-\sigma(z))", True),
    (SCALAR, r"\sigma'(z) = \sigma(z)(1+\sigma(z))", False),
    (SCALAR, r"\frac{\partial C}{\partial w} = (a - t)\sigma'(z) x", True),
    (SCALAR, r"\frac{\partial C}{\partial w} = (a - t)\sigma'(z)", False),
    (SCALAR, r"\frac{\partial C}{\partial b} = (a - t)\, a (1 - a)", True),
    (SCALAR, r"\frac{\partial C}{\partial b} = (t - a)\, a (1 - a)", False),
    (SCALAR, r"\frac{dC}{dw} = \frac{dC}{da}\frac{da}{dz}\frac{dz}{dw}", True),
    (SCALAR, r"\frac{dC}{dw} = \frac{dC}{da}\frac{da}{dz}\frac{dz}{db}", False),
    (ZERO_BASED, r"z_{00} = x_{00}w_{00} + x_{01}w_{01}+x_{10}w_{10}+x_{11}w_{11}", True),
    (ZERO_BASED, r"z_{10} = x_{01}w_{00} + x_{02}w_{01}+x_{11}w_{10}+x_{12}w_{11}", False),
    (ZERO_BASED, r"\delta_{ij} = z_{ij} - t_{ij}", True),
    (ZERO_BASED, r"\delta_{ij} = t_{ij} - z_{ij}", False),
    (
        ZERO_BASED,
        r"\frac{\partial L}{\partial w_{mn}} = \sum_{i=0}^{1}\sum_{j=0}^{1} \delta_{ij} x_{i+m,j+n}",
        True,
    ),
    (
        ZERO_BASED,
        r"\frac{\partial L}{\partial w_{mn}} = \sum_{i=0}^{1}\sum_{j=0}^{1} \delta_{ij} x_{i+m+1,j+n}",
        False,
    ),
    (ROW_FIRST, r"y_{ij} = \sum_{m=1}^{2}\sum_{n=1}^{2} w_{mn} x_{i+m-1,j+n-1}", True),
    (ROW_FIRST, r"y_{ij} = \sum_{m=1}^{2}\sum_{n=1}^{2} w_{mn} x_{i+m,j+n}", False),
    (ROW_FIRST, r"\frac{\partial y_{12}}{\partial w_{11}} = x_{12}", True),
    (ROW_FIRST, r"\frac{\partial y_{12}}{\partial w_{11}} = x_{21}", False),
    (ROW_FIRST, r"\frac{\partial L}{\partial x_{11}} = \frac{\partial L}{\partial y_{11}} w_{11}", True),
    (
        ROW_FIRST,
        r"\frac{\partial L}{\partial w_{12}} = \frac{\partial L}{\partial y_{11}} x_{12} + \frac{\partial L}{\partial y_{12}} x_{13}"
        r"+ \frac{\partial L}{\partial y_{21}} x_{22}+ \frac{\partial L}{\partial y_{22}} x_{22}",
        False,
    ),
    (LAYERS, r"\frac{\partial z^{(l)}_j}{\partial w^{(l)}_{jk}} = a^{(l-1)}_k", True),
    (LAYERS, r"\frac{\partial z^{(l)}_j}{\partial w^{(l)}_{jk}} = a^{(l)}_k", False),
    (LAYERS, r"\frac{\partial a^{(l)}_j}{\partial z^{(l)}_j} = \sigma'(z^{(l)}_j)", True),
    (LAYERS, r"\frac{\partial z^{(l)}_j}{\partial b^{(l)}_j} = 1", True),
    (ALL_SIZES, r"\frac{\partial E}{\partial w_{ij}} = (y_i - t_i) x_j", True),
    (ALL_SIZES, r"\frac{\partial E}{\partial x_j} = \sum_{i=1}^m w_{ij} (y_i - t_i)", True),
    (ALL_SIZES, r"\frac{\partial E}{\partial x_j} = \sum_{i=1}^m w_{ji} (y_i - t_i)", False),
    (MATRICES, r"\delta = (a - y) \odot \sigma'(z)", True),
    (MATRICES, r"\delta = (y - a) \odot \sigma'(z)", False),
    (MATRICES, r"\frac{\partial L}{\partial W} = \delta x^T", True),
    (MATRICES, r"\nabla_W L = \delta x^\top", True),
    (MATRICES, r"\frac{\partial L}{\partial x} = W^T \delta", True),
    (MATRICES, r"\frac{\partial L}{\partial x} = 2 W^T \delta", False),
    (
        CROSS_ENTROPY,
        r"\frac{\partial L}{\partial \hat{y}} = -\frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}}",
        True,
    ),
    (CROSS_ENTROPY, r"\frac{\partial L}{\partial z} = \hat{y} - y", True),
    (CROSS_ENTROPY, r"\frac{\partial L}{\partial w_1} = (\hat y - y) x_1", True),
    (CROSS_ENTROPY, r"\frac{\partial L}{\partial w_1} = (\hat y - y) x_2", False),
    (MATRIX_ZERO, r"\frac{\partial z_{i,j}}{\partial k_{m,n}} = x_{i+m,j+n}", True),
    (
        MATRIX_ZERO,
        r"\frac{\partial L}{\partial k_{m,n}} = \sum_{i=0}^{1}\sum_{j=0}^1 \frac{\partial L}{\partial z_{i,j}} x_{i+m,j+n}",
        True,
    ),
    (
        MATRIX_ZERO,
        r"\text{rot180}(K) = \begin{pmatrix} k_{11} & k_{10} \\ k_{01} & k_{00}\end{pmatrix}",
        True,
    ),
    (
        MATRIX_ZERO,
        r"\text{rot180}(K) = \begin{pmatrix} k_{00} & k_{10} \\ k_{01} & k_{11}\end{pmatrix}",
        False,
    ),
    ("", r"\sum_{i=1}^{n} x_i = \sum_{j=0}^{n-1} x_{j+1}", True),
    ("", r"\sum_{i=1}^{n} x_i = \sum_{j=0}^{n-1} x_{j}", False),
    ("", r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}", True),
    ("", r"\tanh'(x) = 1 - \tanh^2(x)", True),
    ("", r"\frac{d}{dx} \log(1+e^x) = \frac{1}{1+e^{-x}}", True),
    ("", r"\frac{d}{dx} \log(1+e^x) = \frac{1}{1+e^{x}}", False),
    ("", r"\max(a,b) = \max(b,a)", True),
    ("", r"\max(a,b) = \max(a,-b)", False),
    ("", r"e^{a+b} = e^a e^b", True),
]


@pytest.mark.parametrize(("known", "line", "true"), LINES)
def test_last_line_has_its_verdict(known: str, line: str, true: bool) -> None:
    verdicts = check(f"{known}$${line}$$\n", kind="markdown").verdicts
    assert str(verdicts[-1].status) == ("proved" if true else "refuted"), verdicts[-1].reason


def test_the_lines_before_stand() -> None:
    for known in {known for known, _, _ in LINES if known}:
        for verdict in check(known, kind="markdown").verdicts:
            assert verdict.status in ("definition", "proved"), (verdict.latex, verdict.reason)


UNKNOWN = [
    r"\frac{\partial Q}{\partial x} = 0",
    r"x_1 + \dots + x_n = 3",
    r"10^{10^{10}} = 1",
    r"\frac{\partial^2 f}{\partial x^2} = 0",
    r"\int_0^1 x \, dx = 1",
    r"a \oplus b = c",
    r"x^2 + y^2 = 1",
    r"w_1 + w_2 = 1",
]


@pytest.mark.parametrize("line", UNKNOWN)
def test_what_is_not_understood_is_neither_proved_nor_refuted(line: str) -> None:
    for verdict in check(f"$${line}$$", kind="markdown").verdicts:
        assert verdict.status not in ("proved", "refuted"), (verdict.latex, verdict.reason)


def test_two_decimals_round_the_sigmoid() -> None:
    text = r"The sigmoid is $\sigma(x) = \frac{1}{1+e^{-x}}$. $$\sigma(1) \approx 0.73$$ $$\sigma(1) \approx 0.75$$"
    *_, right, wrong = check(text, kind="markdown").verdicts
    assert right.status == "proved"
    assert wrong.status == "refuted"


def test_equations_below_each_other_inside_a_matrix_that_lays_out_are_separate():
    shown = r"""
$$\begin{matrix} X=\begin{bmatrix} x_{11} & x_{12} & x_{13}\end{bmatrix} & W=\begin{bmatrix} w_{11} & w_{12}\end{bmatrix} \end{matrix}$$

$$\begin{matrix} Y=\begin{bmatrix} y_{11} & y_{12} \end{bmatrix} &
\begin{align} y_{11} = x_{11}w_{11} + x_{12}w_{12} \\ y_{12} = x_{12}w_{11} + x_{13}w_{12} \end{align} \end{matrix}$$

$$\frac{\partial y_{12}}{\partial w_{12}} = x_{13}$$

$$\frac{\partial y_{11}}{\partial w_{12}} = x_{13}$$
"""
    found = [verdict.status for verdict in check(shown, kind="markdown").verdicts]
    assert found == ["definition"] * 5 + ["proved", "refuted"]
