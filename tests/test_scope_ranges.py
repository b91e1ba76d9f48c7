"""Free indices, symbolic sizes and sums without limits: no witness may leave the range that the document gives."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import session
from convsym.document import read_document

AFFINE = r"$$y_{ij} = \sum_{k=1}^D x_{ik}w_{kj}$$"
BARE = r"$$z_j = \sum_k w_{jk} a_k + b_j$$ $$C = \frac12 \sum_j (y_j - z_j)^2$$"
WINDOW = r"$$z_{i} = \sum_{m=1}^{h} k_{m} x_{i+m-1}$$ $$L = \sum_{i=1}^{n} z_i^2$$"
MOVED = r"$$u_i = \sum_{m=0}^{k-1} v_m x_{i+m}$$ $$c_i = g(u_i)$$"
MOVED_FAR = r"""
$$u_i = \sum_{m=0}^{k-1} v_m x_{i+m}, \quad i = 0, \dots, n-k$$
$$\frac{\partial L}{\partial v_m} = \sum_{i=0}^{n-k} \frac{\partial L}{\partial u_i} \frac{\partial u_i}{\partial v_m}$$
"""
PRIMED = r"$$z_{i,j} = \sum_m \sum_n w_{m,n} x_{i+m,j+n}$$"
STARRED = r"$$E = \frac12 \sum_{k=1}^D (x_k-w_{j^*k})^2$$"
TWO_BY_TWO = r"""
$$z_{i,j} = \sum_{m=1}^{2}\sum_{n=1}^{2} x_{i+m-1,j+n-1} k_{m,n}$$
$$L = \sum_{i=1}^{2}\sum_{j=1}^{2} (z_{i,j} - y_{i,j})^2$$
$$\delta_{i,j} := \frac{\partial L}{\partial z_{i,j}}$$
"""
LAYERS = r"""
$$z^{(l)}_j = \sum_{k=1}^{2} w^{(l)}_{jk} a^{(l-1)}_k + b^{(l)}_j$$ $$a^{(l)}_j = \sigma(z^{(l)}_j)$$ with $\sigma(z) = 1/(1+e^{-z})$
$$C = \frac12 \sum_{j=1}^{2} (y_j - a^{(2)}_j)^2$$ $$\delta^{(l)}_j = \frac{\partial C}{\partial z^{(l)}_j}$$
"""
RELU = r"$$r_n = \max(0, y_n)$$"
SHAPES = r"""
Let $x \in \mathbb{R}^3$, $W \in \mathbb{R}^{2 \times 3}$ and $b \in \mathbb{R}^2$.
$$z = W x + b$$ $$C = \frac{1}{2} \lVert z - y \rVert^2$$ $$\delta = \nabla_z C$$ $$\frac{\partial C}{\partial W} = \delta x^T$$
"""
TANGLED = r"$$O_{31} = \tanh(w_3 O_{21}+b_3)$$ $$z = w_3 O_{21}+b_3$$"

LINES = [
    (AFFINE, r"\frac{\partial y_{ib}}{\partial w_{ab}} = x_{ia}", "proved"),
    (AFFINE, r"\frac{\partial y_{ib}}{\partial w_{ab}} = x_{ai}", "refuted"),
    (AFFINE, r"y_{ib} = x_{ia}w_{ab}", "refuted"),
    (BARE, r"\frac{\partial C}{\partial w_{jk}} = (z_j - y_j) a_k", "proved"),
    (BARE, r"\frac{\partial C}{\partial a_k} = \sum_j (z_j - y_j) w_{jk}", "proved"),
    (BARE, r"\frac{\partial C}{\partial a_k} = \sum_j (z_j - y_j) w_{kj}", "refuted"),
    (WINDOW, r"\frac{\partial L}{\partial k_1} = \sum_{i=1}^{n} 2 z_i x_i", "proved"),
    (WINDOW, r"\frac{\partial L}{\partial k_1} = 0", "refuted"),
    (WINDOW, r"\frac{\partial L}{\partial z_1} = 2 z_1", "proved"),
    (WINDOW, r"\frac{\partial L}{\partial z_2} = 2 z_1", "refuted"),
    (WINDOW, r"\frac{\partial z_1}{\partial x_1} = k_1", "proved"),
    (WINDOW, r"\frac{\partial L}{\partial x_p} = \sum_{m=1}^{h} 2 z_{p-m+1} k_m", "undecided"),
    # How many places a kernel has says nothing of how many places it is moved to.
    (
        MOVED,
        r"\frac{\partial L}{\partial v_m} = \sum_{i=0}^{k-1} \frac{\partial L}{\partial u_i} x_{i+m}",
        "unsupported",
    ),
    (
        MOVED,
        r"\frac{\partial L}{\partial v_m} = \sum_{i=0}^{k-1} \frac{\partial L}{\partial u_i} \frac{\partial u_i}{\partial v_m}",
        "unsupported",
    ),
    (
        MOVED,
        r"\frac{\partial L}{\partial v_m} = \sum_{i=0}^{k-1} \frac{\partial L}{\partial c_i} \frac{\partial c_i}{\partial v_m}",
        "unsupported",
    ),
    (
        MOVED,
        r"\frac{\partial L}{\partial v_m} = \sum_{i=0}^{n-k} \frac{\partial L}{\partial u_i} x_{i+m}",
        "proved",
    ),
    (
        MOVED,
        r"\frac{\partial L}{\partial v_m} = \sum_{i=0}^{n-1} \frac{\partial L}{\partial c_i} \frac{\partial c_i}{\partial v_m}",
        "proved",
    ),
    (
        MOVED_FAR,
        r"\frac{\partial L}{\partial v_m} = \sum_{i=0}^{k-1} \frac{\partial L}{\partial u_i} x_{i+m}",
        "refuted",
    ),
    (
        MOVED_FAR,
        r"\frac{\partial L}{\partial v_m} = \sum_{i=0}^{n-k} \frac{\partial L}{\partial u_i} x_{i+m}",
        "proved",
    ),
    (PRIMED, r"\frac{\partial z_{i,j}}{\partial w_{m',n'}} = x_{i+m',j+n'}", "proved"),
    (PRIMED, r"\frac{\partial z_{i,j}}{\partial w_{m',n'}} = x_{i-m',j+n'}", "refuted"),
    (STARRED, r"\frac{\partial E}{\partial w_{j^*k}} = -(x_k - w_{j^*k})", "proved"),
    (STARRED, r"\frac{\partial E}{\partial w_{j^*k}} = x_k - w_{j^*k}", "refuted"),
    (
        TWO_BY_TWO,
        r"\frac{\partial L}{\partial x_{p,q}} = \sum_{m=1}^{2}\sum_{n=1}^{2} \delta_{p-m+1,q-n+1} k_{m,n}",
        "proved",
    ),
    (LAYERS, r"\delta^{(1)}_j = \sum_{k=1}^{2} w^{(2)}_{kj} \delta^{(2)}_k \sigma'(z^{(1)}_j)", "proved"),
    (LAYERS, r"\delta^{(1)}_j = \sum_{k=1}^{2} w^{(2)}_{jk} \delta^{(2)}_k \sigma'(z^{(1)}_j)", "refuted"),
    (LAYERS, r"\frac{\partial C}{\partial w^{(2)}_{jk}} = a^{(2)}_k \delta^{(2)}_j", "refuted"),
    (
        RELU,
        r"\frac{\partial r_n}{\partial y_n} = \begin{cases} 1 & y_n > 0 \\ 0 & y_n < 0 \end{cases}",
        "proved",
    ),
    (
        RELU,
        r"\frac{\partial r_n}{\partial y_n} = \begin{cases} 0 & y_n > 0 \\ 1 & y_n < 0 \end{cases}",
        "refuted",
    ),
    (SHAPES, r"\frac{\partial C}{\partial x} = W^T \delta", "proved"),
    (SHAPES, r"\frac{\partial C}{\partial x} = W \delta", "refuted"),
    (SHAPES, r"\frac{\partial C}{\partial W} = x \delta^T", "refuted"),
    (SHAPES.rpartition("$$\\frac")[0], r"\frac{\partial C}{\partial W} = x \delta^T", "unsupported"),
    (TANGLED, r"\frac{\partial O_{31}}{\partial O_{21}} = w_3(1 - O_{31}^2)", "proved"),
    (
        "",
        r"\frac{\partial E}{\partial t_o}\frac{\partial t_o}{\partial t_x} = \frac{\partial}{\partial t_o}[\frac{1}{2}(t_o-t_y)^2]\frac{\partial t_o}{\partial t_x}",
        "unsupported",
    ),
]


@pytest.mark.parametrize(("known", "line", "status"), LINES)
def test_last_line_has_its_verdict(
    known: str, line: str, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A verdict does not rest on the search for a repair, which is most of the time.
    monkeypatch.setattr(session, "repair_claim", lambda *_: None)
    document = read_document(f"{known}\n\n$${line}$$\n", kind="markdown")
    verdicts = session.Session(document).run()
    assert str(verdicts[-1].status) == status, verdicts[-1].reason
