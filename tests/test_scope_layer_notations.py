"""Convolutional layers in the notations of notes and blogs: what is true is proved, what has a slip is not."""

import pytest

import convsym

PRINTED = r"""
$$Z = \begin{bmatrix} z_{11} & z_{12} \\ z_{21} & z_{22} \end{bmatrix}$$

$$A = \begin{bmatrix} a_{11} & a_{12} & a_{13} \\ a_{21} & a_{22} & a_{23} \\ a_{31} & a_{32} & a_{33} \end{bmatrix}$$

$$Z_{11} = a_{11} w_{11} + a_{12} w_{12} + a_{21} w_{21} + a_{22} w_{22}$$
$$Z_{12} = a_{12} w_{11} + a_{13} w_{12} + a_{22} w_{21} + a_{23} w_{22}$$
$$Z_{21} = a_{21} w_{11} + a_{22} w_{12} + a_{31} w_{21} + a_{32} w_{22}$$
$$Z_{22} = a_{22} w_{11} + a_{23} w_{12} + a_{32} w_{21} + a_{33} w_{22}$$
"""
USED = r"""
$$q_{11} = p_{11} k_{11} + p_{12} k_{12}$$
$$q_{12} = p_{12} k_{11} + p_{13} k_{12}$$
"""
TAGGED = r"""
$$Q^d = P^f \cdot V^d + c^d$$

$$\hat{y}_k = \frac{e^{Q^d_k}}{\sum_j e^{Q^d_j}}$$
"""
CELLS = r"$$G = \begin{bmatrix} g_{11} & g_{12} \\ g_{21} & g_{22} \end{bmatrix}$$" "\n"
PLAIN = r"$$Y_{ij} = \sum_m \sum_n K_{mn} X_{i+m, j+n} + b$$"
NAMED = f"With a kernel $K$ and an image $X$:\n\n{PLAIN}"
CHANNELS = r"$$Z_{n,k,i,j} = \sum_{c} \sum_{u} \sum_{v} W_{k,c,u,v} X_{n,c,i+u,j+v} + b_k$$"
STRIDE = r"$$z_{i,j} = \sum_{a=0}^{k-1} \sum_{b=0}^{k-1} w_{a,b} x_{s i + a, s j + b}$$"
SIGNAL = r"$$y[n] = \sum_{k} h[k] x[n-k]$$"
CALLED = r"$$Z(i,j,k) = \sum_{u} \sum_{v} \sum_{c} Y(i+u, j+v, c) W(u,v,c,k) + b(k)$$"
STARRED = (
    r"$$Z(i, j, k) = b(k) + \sum_{u=0}^{f_h-1}\sum_{v=0}^{f_w-1}\sum_{k_{in}=0}^{n_k - 1} "
    r"Y(i s_h + u, j s_w + v, k_{in}) * W(u,v, k_{in}, k)$$"
)
LAYERS = r"""
$$z^{l}_{i,j} = \sum_m \sum_n w^{l}_{m,n} a^{l-1}_{i+m,j+n} + b^l$$
$$a^l_{i,j} = \sigma(z^l_{i,j})$$
$$\delta^l_{i,j} = \frac{\partial C}{\partial z^l_{i,j}}$$
"""
POOLED = r"$$q_{i,j} = \frac{1}{4} \sum_{u=0}^{1} \sum_{v=0}^{1} a_{2i+u,2j+v}$$"

HALVED = r"""
$$x_i = t_i + 1$$
$$y_i = x_{2i} + x_{2i+1}$$
"""
BRACED = r"""
$u^l_{i,j} = \sum_m \sum_n{h^{l-1}_{i+m,j+n} (\omega')^l_{m,n} + c^l_{i,j}}$

$H^l = \sigma(U^l)$

$\epsilon^l_{i,j} \equiv \frac{\partial C}{\partial u^l_{i,j}}$
"""

LINES = [
    (HALVED, r"\frac{\partial y_i}{\partial x_{2i}} = 1", "proved"),
    (HALVED, r"\frac{\partial y_i}{\partial x_{2i}} = 2", "refuted"),
    (
        BRACED,
        r"\frac{\partial C}{\partial (\omega')^l_{m,n}} = \sum_i \sum_j {\epsilon^l_{i,j} h^{l-1}_{i+m,j+n}}",
        "proved",
    ),
    (
        BRACED,
        r"\epsilon^l_{i,j} = \sum_x \sum_y \epsilon^{l+1}_{x,y} (\omega')^{l+1}_{i-x,j-y} \sigma'(u^l_{i,j})",
        "proved",
    ),
    (
        BRACED,
        r"\epsilon^l_{i,j} = \sum_x \sum_y \epsilon^{l+1}_{x,y} (\omega')^{l+1}_{x-i,y-j} \sigma'(u^l_{i,j})",
        "false",
    ),
    (BRACED, r"\frac{\partial C}{\partial c^l_{i,j}} = \epsilon^l_{i,j}", "proved"),
    (BRACED, r"\frac{\partial C}{\partial c^l_{i,j}} = 2 \epsilon^l_{i,j}", "false"),
    (PRINTED, r"\frac{\partial z_{11}}{\partial a_{22}} = w_{22}", "proved"),
    (PRINTED, r"\frac{\partial Z_{11}}{\partial a_{22}} = w_{22}", "proved"),
    (PRINTED, r"\frac{\partial z_{11}}{\partial a_{22}} = w_{21}", "refuted"),
    (
        PRINTED,
        r"\frac{\partial L}{\partial a_{12}} = \frac{\partial L}{\partial z_{11}} w_{12}"
        r" + \frac{\partial L}{\partial z_{12}} w_{11}",
        "proved",
    ),
    (PRINTED, r"\frac{\partial L}{\partial a_{12}} = \frac{\partial L}{\partial z_{11}} w_{12}", "refuted"),
    (USED, r"\frac{\partial Q_{12}}{\partial p_{12}} = k_{11}", "proved"),
    (USED, r"\frac{\partial Q_{12}}{\partial p_{12}} = k_{12}", "refuted"),
    (CELLS, r"\text{rot180}(G) = \begin{bmatrix} g_{22} & g_{21} \\ g_{12} & g_{11} \end{bmatrix}", "proved"),
    (
        CELLS,
        r"flip_{verthorz}(G) = \begin{bmatrix} g_{22} & g_{21} \\ g_{12} & g_{11} \end{bmatrix}",
        "proved",
    ),
    (
        CELLS,
        r"flip_{verthorz}(G) = \begin{bmatrix} g_{12} & g_{11} \\ g_{22} & g_{21} \end{bmatrix}",
        "refuted",
    ),
    (
        CELLS,
        r"\text{flip}(G) = \begin{bmatrix} g_{12} & g_{11} \\ g_{22} & g_{21} \end{bmatrix}",
        "unsupported",
    ),
    (
        CELLS,
        r"\text{rot}_{90}(G) = \begin{bmatrix} g_{22} & g_{21} \\ g_{12} & g_{11} \end{bmatrix}",
        "unsupported",
    ),
    (
        NAMED,
        r"\frac{\partial L}{\partial K_{mn}} = \sum_i \sum_j \frac{\partial L}{\partial Y_{ij}} X_{i+m,j+n}",
        "proved",
    ),
    (
        NAMED,
        r"\frac{\partial L}{\partial X_{ij}} = \sum_m \sum_n \frac{\partial L}{\partial Y_{i-m,j-n}} K_{mn}",
        "proved",
    ),
    (
        NAMED,
        r"\frac{\partial L}{\partial X_{ij}} = \sum_m \sum_n \frac{\partial L}{\partial Y_{i+m,j+n}} K_{mn}",
        "refuted",
    ),
    (PLAIN, r"\frac{\partial L}{\partial b} = \sum_i \sum_j \frac{\partial L}{\partial Y_{ij}}", "proved"),
    (PLAIN, r"\frac{\partial L}{\partial b} = 2 \sum_i \sum_j \frac{\partial L}{\partial Y_{ij}}", "refuted"),
    (
        CHANNELS,
        r"\frac{\partial L}{\partial W_{k,c,u,v}}"
        r" = \sum_n \sum_i \sum_j \frac{\partial L}{\partial Z_{n,k,i,j}} X_{n,c,i+u,j+v}",
        "proved",
    ),
    (
        CHANNELS,
        r"\frac{\partial L}{\partial X_{n,c,i,j}}"
        r" = \sum_k \sum_u \sum_v \frac{\partial L}{\partial Z_{n,k,i+u,j+v}} W_{k,c,u,v}",
        "refuted",
    ),
    (STRIDE, r"\frac{\partial z_{i,j}}{\partial w_{a,b}} = x_{s i + a, s j + b}", "proved"),
    (
        STRIDE,
        r"\frac{\partial L}{\partial w_{a,b}} = \sum_i \sum_j \frac{\partial L}{\partial z_{i,j}} x_{i + a, j + b}",
        "open",
    ),
    (SIGNAL, r"\frac{\partial y[n]}{\partial h[k]} = x[n-k]", "proved"),
    (SIGNAL, r"\frac{\partial y[n]}{\partial h[k]} = x[n+k]", "refuted"),
    (SIGNAL, r"\frac{\partial L}{\partial x[m]} = \sum_n \frac{\partial L}{\partial y[n]} h[n-m]", "proved"),
    (SIGNAL, r"\frac{\partial L}{\partial x[m]} = \sum_n \frac{\partial L}{\partial y[n]} h[n+m]", "refuted"),
    (
        CALLED,
        r"\frac{\partial L}{\partial b(k)} = \sum_i \sum_j \frac{\partial L}{\partial Z(i,j,k)}",
        "proved",
    ),
    (
        CALLED,
        r"\frac{\partial L}{\partial Y(i,j,c)}"
        r" = \sum_k\sum_u\sum_v \frac{\partial L}{\partial Z(i-u,j-v,k)} W(u,v,c,k)",
        "proved",
    ),
    (
        CALLED,
        r"\frac{\partial L}{\partial Y(i,j,c)}"
        r" = \sum_k\sum_u\sum_v \frac{\partial L}{\partial Z(i+u,j+v,k)} W(u,v,c,k)",
        "refuted",
    ),
    (
        STARRED,
        r"\frac{\partial Z(i,j,k)}{\partial W(u,v,k_{in},k)} = Y(i s_h + u, j s_w + v, k_{in})",
        "proved",
    ),
    (STARRED, r"\frac{\partial Z(i,j,k)}{\partial W(u,v,k_{in},k)} = Y(i + u, j + v, k_{in})", "refuted"),
    (LAYERS, r"\frac{\partial C}{\partial b^l} = \sum_i \sum_j \delta^l_{i,j}", "proved"),
    (LAYERS, r"\frac{\partial C}{\partial b^l} = \delta^l_{i,j}", "open"),
    (
        LAYERS,
        r"\delta^l_{i,j} = \sum_m \sum_n \delta^{l+1}_{i-m,j-n} w^{l+1}_{m,n} \sigma'(z^l_{i,j})",
        "proved",
    ),
    (
        LAYERS,
        r"\delta^l_{i,j} = \sum_m \sum_n \delta^{l+1}_{i+m,j+n} w^{l+1}_{m,n} \sigma'(z^l_{i,j})",
        "refuted",
    ),
    (POOLED, r"\frac{\partial q_{i,j}}{\partial a_{2i,2j}} = \frac{1}{4}", "proved"),
    (POOLED, r"\frac{\partial q_{i,j}}{\partial a_{2i,2j}} = \frac{1}{2}", "refuted"),
    (
        POOLED,
        r"\frac{\partial L}{\partial a_{2i+u,2j+v}} = \frac{1}{4} \frac{\partial L}{\partial q_{i,j}}",
        "open",
    ),
]


@pytest.mark.parametrize(("given", "line", "status"), LINES)
def test_verdict_of_a_line(given, line, status):
    found = convsym.check(f"{given}\n\n$${line}$$\n").verdicts[-1]
    if status == "false":
        assert found.status.value != "proved", (found.latex, found.reason)
    elif status == "open":
        assert found.status.value in ("undecided", "unsupported"), (found.latex, found.reason)
    else:
        assert found.status.value == status, (found.latex, found.reason)


def test_cells_in_capitals_are_defined_and_not_refuted():
    found = convsym.check(PRINTED).verdicts
    assert [verdict.status.value for verdict in found] == ["definition"] * 6


def test_a_letter_above_a_name_that_marks_it_is_no_power():
    found = convsym.check(TAGGED).verdicts
    assert [verdict.status.value for verdict in found] == ["definition", "definition"]


def test_powers_stay_powers():
    found = convsym.check("$$a^n + b^n + a^n = 2 a^n + b^n$$\n\n$$x^2 y^2 = x y^2$$\n").verdicts
    assert [verdict.status.value for verdict in found] == ["proved", "refuted"]


def test_lines_that_need_two_kinds_of_convolution_are_not_both_proved():
    image = r"\begin{bmatrix} x_{11} & x_{12} & x_{13} \end{bmatrix}"
    given = rf"Convolve: $$X = {image}, \quad W = \begin{{bmatrix}} w_{{11}} & w_{{12}} \end{{bmatrix}}$$"
    straight = (
        r"$$X * W"
        r" = \begin{bmatrix} x_{11} w_{11} + x_{12} w_{12} & x_{12} w_{11} + x_{13} w_{12} \end{bmatrix}$$"
    )
    turned = r"$$W * X = \begin{bmatrix} x_{11} w_{12} + x_{12} w_{11} & x_{12} w_{12} + x_{13} w_{11} \end{bmatrix}$$"
    for line in (straight, turned):
        assert convsym.check(f"{given}\n\n{line}\n").verdicts[-1].status.value == "proved"
    both = convsym.check(f"{given}\n\n{straight}\n\n{turned}\n").verdicts[-2:]
    assert [verdict.status.value for verdict in both] == ["undecided", "undecided"]


# ruff: noqa: E501 - a display stays on one line, as it is printed

RAISED = (
    r"$$z^i_k = \sum_{j=1}^{M_{i-1}} w^i_{kj} a^{i-1}_j$$ $$a^i_k = \phi_i(z^i_k)$$"
    r"$$\xi^i_n = \frac{\partial E}{\partial a^i_n} \phi'_i(z^i_n)$$" + "\n\n"
)
OTHERS = (
    r"$$s^{k+1}_p = \sum_q v^{k+1}_{pq} o^k_q$$ $$s^k_p = \sum_q v^k_{pq} o^{k-1}_q$$ $$o^k_p = f(s^k_p)$$"
    + "\n\n"
)


@pytest.mark.parametrize(
    ("before", "line", "expected"),
    [
        (RAISED, r"\frac{\partial E}{\partial w^i_{nm}} = \xi^i_n a^{i-1}_m", "proved"),
        (RAISED, r"\frac{\partial E}{\partial w^i_{nm}} = \xi^i_m a^{i-1}_n", "refuted"),
        (RAISED, r"\frac{\partial E}{\partial w^N_{nm}} = \xi^N_n a^{N-1}_m", "not refuted"),
        (RAISED, r"\xi^i_n = \phi'_i(z^i_n) \sum_{k=1}^{M_{i+1}} \xi^{i+1}_k w^{i+1}_{kn}", "proved"),
        (RAISED, r"\xi^i_n = \phi'_i(z^i_n) \sum_{k=1}^{M_{i+1}} \xi^{i+1}_k w^{i+1}_{nk}", "not proved"),
        (
            RAISED,
            r"\sum_{k=1}^{M_{i+1}} \xi^{i+1}_k w^{i+1}_{kn} = \sum_{k=1}^{M_{i+1}} \frac{\partial E}{\partial a^{i+1}_k} \phi'_{i+1}(z^{i+1}_k) w^{i+1}_{kn}",
            "proved",
        ),
        (
            RAISED,
            r"\sum_{k=1}^{M_{i+1}} \xi^{i+1}_k w^{i+1}_{kn} = \sum_{k=1}^{M_{i+1}} \frac{\partial E}{\partial a^{i+1}_k} \phi'_{i+1}(z^{i+1}_n) w^{i+1}_{kn}",
            "refuted",
        ),
        (
            OTHERS,
            r"\frac{\partial C}{\partial v^k_{pq}} = \frac{\partial C}{\partial s^k_p} o^{k-1}_q",
            "proved",
        ),
        (
            OTHERS,
            r"\frac{\partial C}{\partial v^k_{pq}} = \frac{\partial C}{\partial s^k_p} o^k_q",
            "not proved",
        ),
        # A power is no layer: nothing leads from one power to the next by way of another quantity.
        (r"$$y = c x^i$$" + "\n\n", r"\frac{\partial y}{\partial x} = i c x^{i-1}", "proved"),
        (r"$$p_i = x^i$$" + "\n\n", r"x p_i = x^{i+1}", "not refuted"),
    ],
)
def test_a_bare_letter_above_names_is_the_layer_where_it_counts_them(
    before: str, line: str, expected: str
) -> None:
    verdict = convsym.check(f"{before}$${line}$$\n").verdicts[-1]
    if expected.startswith("not "):
        assert verdict.status.value != expected.removeprefix("not "), verdict
    else:
        assert verdict.status.value == expected, verdict
