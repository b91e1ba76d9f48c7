"""Convolutions under a sign of their own: what the document settles decides, and where it does not, every reading."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import numpy as np
import pytest

from convsym.checker import check

IMAGE = r"\begin{bmatrix} x_{11} & x_{12} & x_{13} \\ x_{21} & x_{22} & x_{23} \\ x_{31} & x_{32} & x_{33} \end{bmatrix}"
KERNEL = r"\begin{bmatrix} w_{11} & w_{12} \\ w_{21} & w_{22} \end{bmatrix}"
TURNED = r"\begin{bmatrix} w_{22} & w_{21} \\ w_{12} & w_{11} \end{bmatrix}"
OUTPUT = r"\begin{bmatrix} y_{11} & y_{12} \\ y_{21} & y_{22} \end{bmatrix}"
UPSTREAM = r"\begin{bmatrix} \frac{\partial E}{\partial y_{11}} & \frac{\partial E}{\partial y_{12}} \\ \frac{\partial E}{\partial y_{21}} & \frac{\partial E}{\partial y_{22}} \end{bmatrix}"
PADDED = (
    r"\begin{bmatrix} 0 & 0 & 0 & 0 \\ 0 & \frac{\partial E}{\partial y_{11}} & \frac{\partial E}{\partial y_{12}} & 0 \\"
    r" 0 & \frac{\partial E}{\partial y_{21}} & \frac{\partial E}{\partial y_{22}} & 0 \\ 0 & 0 & 0 & 0 \end{bmatrix}"
)
NAMED = rf"""
Slide the kernel over the image.

$$Y = X * W$$

$$X * W = {IMAGE} * {KERNEL}$$

$${OUTPUT} = {IMAGE} * {KERNEL}$$

The error is some function $E = E(y_{{11}}, y_{{12}}, y_{{21}}, y_{{22}})$.

"""
CORRELATED = (
    NAMED
    + rf"""
$${IMAGE} * {KERNEL} = \begin{{bmatrix}}
x_{{11}}w_{{11}} + x_{{12}}w_{{12}} + x_{{21}}w_{{21}} + x_{{22}}w_{{22}} & x_{{12}}w_{{11}} + x_{{13}}w_{{12}} + x_{{22}}w_{{21}} + x_{{23}}w_{{22}} \\
x_{{21}}w_{{11}} + x_{{22}}w_{{12}} + x_{{31}}w_{{21}} + x_{{32}}w_{{22}} & x_{{22}}w_{{11}} + x_{{23}}w_{{12}} + x_{{32}}w_{{21}} + x_{{33}}w_{{22}}
\end{{bmatrix}}$$

"""
)
TRULY_CONVOLVED = (
    NAMED
    + rf"""
$${IMAGE} * {KERNEL} = \begin{{bmatrix}}
x_{{11}}w_{{22}} + x_{{12}}w_{{21}} + x_{{21}}w_{{12}} + x_{{22}}w_{{11}} & x_{{12}}w_{{22}} + x_{{13}}w_{{21}} + x_{{22}}w_{{12}} + x_{{23}}w_{{11}} \\
x_{{21}}w_{{22}} + x_{{22}}w_{{21}} + x_{{31}}w_{{12}} + x_{{32}}w_{{11}} & x_{{22}}w_{{22}} + x_{{23}}w_{{21}} + x_{{32}}w_{{12}} + x_{{33}}w_{{11}}
\end{{bmatrix}}$$

"""
)


def last(text: str, line: str):
    """The verdict on a line at the end of a document."""
    return check(f"{text}\n$${line}$$\n").verdicts[-1]


def slopes(turned: bool) -> dict[tuple[str, str], str]:
    """dy/dx and dy/dw of every pair of cells as a name or 0, by counting, without the engine."""
    found = {}
    for r, c in np.ndindex(2, 2):
        taps = {(r + m, c + n): (1 - m, 1 - n) if turned else (m, n) for m, n in np.ndindex(2, 2)}
        for (i, j), (m, n) in taps.items():
            found[f"y_{{{r + 1}{c + 1}}}", f"x_{{{i + 1}{j + 1}}}"] = f"w_{{{m + 1}{n + 1}}}"
            found[f"y_{{{r + 1}{c + 1}}}", f"w_{{{m + 1}{n + 1}}}"] = f"x_{{{i + 1}{j + 1}}}"
    return found


@pytest.mark.parametrize(("text", "turned"), [(NAMED, False), (CORRELATED, False), (TRULY_CONVOLVED, True)])
def test_the_output_of_a_named_operation_has_the_slopes_that_counting_gives(text, turned):
    lines = [
        rf"$$\frac{{\partial {y}}}{{\partial {v}}} = {slope}$$" for (y, v), slope in slopes(turned).items()
    ]
    before = len(check(text).verdicts)
    verdicts = check(text + "\n\n".join(lines)).verdicts[before:]
    assert [verdict.status for verdict in verdicts] == ["proved"] * len(lines)


def test_where_only_names_stand_the_reading_is_an_assumption_that_is_named():
    verdict = last(NAMED, r"\frac{\partial y_{12}}{\partial w_{21}} = x_{22}")
    assert verdict.status == "proved"
    assert "* is read as a valid cross-correlation" in verdict.assuming
    settled = last(CORRELATED, r"\frac{\partial y_{12}}{\partial w_{21}} = x_{22}")
    assert settled.status == "proved"
    assert not any("is read as" in assumption for assumption in settled.assuming)


@pytest.mark.parametrize(
    ("text", "line", "status"),
    [
        # Neither reading multiplies these two: false whatever the star is.
        (NAMED, r"\frac{\partial y_{11}}{\partial x_{11}} = w_{12}", "refuted"),
        (NAMED, r"\frac{\partial y_{11}}{\partial w_{11}} = x_{33}", "refuted"),
        (NAMED, r"\frac{\partial y_{22}}{\partial x_{33}} = 0", "refuted"),
        # True only of a true convolution, and false where the document shows a cross-correlation.
        (CORRELATED, r"\frac{\partial y_{11}}{\partial x_{11}} = w_{22}", "refuted"),
        (TRULY_CONVOLVED, r"\frac{\partial y_{11}}{\partial x_{11}} = w_{11}", "refuted"),
        (CORRELATED, r"\frac{\partial y_{11}}{\partial x_{13}} = 0", "proved"),
        # Backward, as matrices.
        (CORRELATED, rf"\frac{{\partial E}}{{\partial W}} = {IMAGE} * {UPSTREAM}", "proved"),
        (CORRELATED, r"\frac{\partial E}{\partial W} = X * \frac{\partial E}{\partial Y}", "proved"),
        (CORRELATED, rf"\frac{{\partial E}}{{\partial X}} = {PADDED} * {TURNED}", "proved"),
        (CORRELATED, rf"\frac{{\partial E}}{{\partial X}} = {PADDED} * {KERNEL}", "refuted"),
        (CORRELATED, r"\frac{\partial E}{\partial X} = \frac{\partial E}{\partial Y} * \text{rot180}(W)", "proved"),
        (CORRELATED, r"\frac{\partial E}{\partial X} = \frac{\partial E}{\partial Y} * W", "refuted"),
        # The kernel stands in front.
        (CORRELATED, r"\frac{\partial E}{\partial X} = \text{rot180}(W) * \frac{\partial E}{\partial Y}", "proved"),
        (CORRELATED, r"\frac{\partial E}{\partial X} = W * \frac{\partial E}{\partial Y}", "refuted"),
        (CORRELATED, r"\frac{\partial E}{\partial X} = \text{rot180}(W) \otimes \frac{\partial E}{\partial Y}", "proved"),
        (TRULY_CONVOLVED, rf"\frac{{\partial E}}{{\partial X}} = {PADDED} * {KERNEL}", "refuted"),
        (CORRELATED, r"\frac{\partial E}{\partial x_{12}} = \frac{\partial E}{\partial y_{11}} w_{12} + \frac{\partial E}{\partial y_{12}} w_{11}", "proved"),
        (CORRELATED, r"\frac{\partial E}{\partial x_{12}} = \frac{\partial E}{\partial y_{11}} w_{11} + \frac{\partial E}{\partial y_{12}} w_{12}", "refuted"),
    ],
)  # fmt: skip
def test_lines_about_a_named_operation(text, line, status):
    assert last(text, line).status == status


@pytest.mark.parametrize(
    ("sign", "defined", "line", "status"),
    [
        (r"\ast", r"(I \ast K)_{ij} = \sum_{m=0}^{1}\sum_{n=0}^{1} I_{i+m, j+n} K_{m,n}", "w_{11}", "proved"),
        (r"\ast", r"(I \ast K)_{ij} = \sum_{m=0}^{1}\sum_{n=0}^{1} I_{i+m, j+n} K_{m,n}", "w_{22}", "refuted"),
        (r"\ast", r"(I \ast K)_{ij} = \sum_{m=0}^{1}\sum_{n=0}^{1} I_{i-m, j-n} K_{m,n}", "w_{22}", "proved"),
        (r"\ast", r"(I \ast K)(i,j) = \sum_m\sum_n I(i-m, j-n) K(m,n)", "w_{11}", "refuted"),
        (r"\otimes", r"[I \otimes K]_{i,j} = \sum_{m}\sum_{n} I(i+m, j+n) K(m, n)", "w_{11}", "proved"),
        (r"\star", r"(I \star K)_{ij} = \sum_{m,n} I_{m, n} K_{i-m,j-n}", "w_{22}", "proved"),
    ],
)  # fmt: skip
def test_a_sum_says_what_the_sign_stands_for(sign, defined, line, status):
    text = rf"$${defined}$$" + NAMED.replace("*", sign)
    assert last(text, rf"\frac{{\partial y_{{11}}}}{{\partial x_{{11}}}} = {line}").status == status


def test_two_conventions_in_one_document_settle_nothing():
    text = r"$$(I * K)_{ij} = \sum_m\sum_n I_{i-m, j-n} K_{m,n}$$" + CORRELATED
    for slope in ("w_{11}", "w_{22}"):
        assert last(text, rf"\frac{{\partial y_{{11}}}}{{\partial x_{{11}}}} = {slope}").status != "refuted"


def test_a_bias_beside_a_convolution_is_added_to_every_cell():
    text = CORRELATED.replace("$$Y = X * W$$", "$$X * W + b = Y$$").replace(
        rf"$${OUTPUT} = {IMAGE} * {KERNEL}$$", ""
    )
    text = text.replace("E(y_{11}", r"E(y_{11}").replace("$$X * W =", rf"$${OUTPUT} = Y$$ $$X * W =")
    sums = " + ".join(rf"\frac{{\partial E}}{{\partial y_{{{r}{c}}}}}" for r in (1, 2) for c in (1, 2))
    assert last(text, rf"\frac{{\partial E}}{{\partial b}} = {sums}").status == "proved"
    assert last(text, rf"\frac{{\partial E}}{{\partial b}} = {sums} + 1").status != "proved"


def test_a_star_between_names_without_cells_is_no_product_where_convolutions_are_spoken_of():
    text = r"""
A convolution with kernel $W^l$ gives the next layer.
$$z^l = a^{l-1} * W^l + b^l$$

"""
    for line in (r"a^{l-1} * W^l = z^l", r"z^l = a^{l-1} * W^l + b"):
        assert last(text, line).status == "unsupported"
    turned = last(text, r"z^l = b^l + W^l * a^{l-1}")
    assert turned.status == "proved" and "read as a valid cross-correlation" in turned.reason


def test_cells_left_out_are_not_constant():
    """y_{21} and y_{22} are behind the dots: nothing says that they do not depend on w_{11}."""
    text = r"""
$$y_{11} = x_{11}w_{11} + x_{12}w_{12}$$
$$y_{12} = x_{12}w_{11} + x_{13}w_{12}$$
$$Y = \begin{bmatrix} y_{11} & y_{12} \\ y_{21} & y_{22} \end{bmatrix}$$

"""
    line = r"\frac{\partial E}{\partial w_{11}} = \frac{\partial E}{\partial y_{11}}x_{11} + \frac{\partial E}{\partial y_{12}}x_{12} + \frac{\partial E}{\partial y_{21}}x_{21}"
    assert last(text, line).status == "unsupported"


def test_what_a_quantity_depends_on_defines_it_anew():
    text = r"""
$$c = \frac{1}{2} u^2$$

## Another layer

Now let $c = f(Y)$ be any function of

$$Y = \begin{bmatrix} y_{11} & y_{12} \end{bmatrix}$$
$$y_{11} = 3 w$$
$$y_{12} = w^2$$

"""
    chain = r"\frac{\partial c}{\partial w} = 3\frac{\partial c}{\partial y_{11}} + 2w\frac{\partial c}{\partial y_{12}}"
    assert last(text, chain).status == "proved"
    assert last(text, chain.replace("2w", "w")).status == "refuted"


EXAMPLE = r"""
A convolution's kernel moves over the image; the errors are

$$\delta^l = \frac{\partial J(W, b)}{\partial z^l}$$

and the windows give

$$z_{11} = a_{11}w_{11} + a_{12}w_{12} + a_{21}w_{21} + a_{22}w_{22}$$
$$z_{12} = a_{12}w_{11} + a_{13}w_{12} + a_{22}w_{21} + a_{23}w_{22}$$
$$z_{21} = a_{21}w_{11} + a_{22}w_{12} + a_{31}w_{21} + a_{32}w_{22}$$
$$z_{22} = a_{22}w_{11} + a_{23}w_{12} + a_{32}w_{21} + a_{33}w_{22}$$

"""
GRADIENT = EXAMPLE + r"$$\nabla a^{l-1} = \frac{\partial J(W, b)}{\partial a^{l-1}}$$" + "\n\n"


@pytest.mark.parametrize(
    ("text", "line", "status"),
    [
        (GRADIENT, r"\nabla a_{11} = \delta_{11} w_{11}", "proved"),
        (GRADIENT, r"\bigtriangledown a_{22} = w_{11}\delta_{22} + w_{12}\delta_{21} + w_{21}\delta_{12} + w_{22}\delta_{11}", "proved"),
        (GRADIENT, r"\nabla a_{22} = w_{11}\delta_{11} + w_{12}\delta_{12} + w_{21}\delta_{21} + w_{22}\delta_{22}", "refuted"),
        (GRADIENT, r"\nabla a_{13} = \delta_{12} w_{11}", "refuted"),
        # Nothing leads to this cell, and nothing says what it is.
        (GRADIENT, r"\nabla a_{44} = \delta_{22} w_{22}", "unsupported"),
        # Nobody says what the nabla is the gradient of.
        (EXAMPLE, r"\nabla a_{13} = \delta_{12} w_{11}", "unsupported"),
        (GRADIENT, r"\frac{\partial J(W, b)}{\partial W^l_{21}} = a_{21}\delta_{11} + a_{22}\delta_{12} + a_{31}\delta_{21} + a_{32}\delta_{22}", "proved"),
        (GRADIENT, r"\frac{\partial J(W, b)}{\partial W^l_{21}} = a_{21}\delta_{11} + a_{22}\delta_{12} + a_{31}\delta_{21} + a_{33}\delta_{22}", "refuted"),
        # A kernel of another size belongs to another example.
        (GRADIENT, r"\frac{\partial J(W, b)}{\partial W^l_{33}} = a_{33}\delta_{11} + a_{34}\delta_{12}", "unsupported"),
        (GRADIENT, r"\frac{\partial J(W, b)}{\partial W^l_{11}} = a^{l-1}_{11}\delta^l_{11} + a^{l-1}_{12}\delta^l_{12}", "unsupported"),
        (
            GRADIENT,
            r"\begin{bmatrix} 0&0&0&0\\ 0&\delta_{11}&\delta_{12}&0\\ 0&\delta_{21}&\delta_{22}&0\\ 0&0&0&0\end{bmatrix} * " + TURNED
            + r" = \begin{bmatrix}" + r"\\ ".join(" & ".join(rf"\nabla a_{{{r}{c}}}" for c in (1, 2, 3)) for r in (1, 2, 3)) + r"\end{bmatrix}",
            "proved",
        ),
    ],
)  # fmt: skip
def test_gradients_in_a_worked_example(text, line, status):
    assert last(text, line).status == status


def test_a_property_of_a_matrix_is_said_of_the_cells_that_exist():
    band = r"$$T = \begin{bmatrix} k_0 & k_1 & k_2 & 0 \\ 0 & k_0 & k_1 & k_2 \end{bmatrix}$$" + "\n\n"
    assert last(band, "T_{i,j} = T_{i+1,j+1}").status == "proved"
    assert last(band, "T_{i,j} = T_{i+1,j}").status == "refuted"
    assert last("", "T_{i,j} = T_{i+1,j+1}").status == "definition"


def test_a_row_with_commas_is_the_row_that_is_printed():
    vectors = r"""
$$x = \begin{bmatrix} x_1, x_2, x_3 \end{bmatrix} \quad w = \begin{bmatrix} w_1 \\ w_2 \\ w_3 \end{bmatrix}$$
$$y = x w$$

"""
    for line, status in (
        (r"x w = x_1w_1 + x_2w_2 + x_3w_3", "proved"),
        (r"x w = x_1w_1 + x_2w_2 + x_3w_2", "refuted"),
        (r"\frac{\partial y}{\partial w} = x^T", "proved"),
        (r"\begin{bmatrix} x_1 \\ x_2 \\ x_3 \end{bmatrix} = x^T", "proved"),
        (r"\begin{bmatrix} x_1 \\ x_3 \\ x_2 \end{bmatrix} = x^T", "refuted"),
    ):
        assert last(vectors, line).status == status


def test_cells_counted_through_a_matrix_do_not_lie_outside_it():
    text = r"""
$$A = \begin{bmatrix} a_1 & a_2 \\ a_3 & a_4 \end{bmatrix}$$
$$B = \begin{bmatrix} b_1 & b_2 \\ b_3 & b_4 \end{bmatrix}$$

"""
    product = r"A B = \begin{bmatrix} a_1b_1 + a_2b_3 & a_1b_2 + a_2b_4 \\ a_3b_1 + a_4b_3 & a_3b_2 + a_4b_4 \end{bmatrix}"
    assert last(text, product).status == "proved"
    assert last(text, product.replace("a_4b_4", "a_4b_3")).status == "refuted"


FORWARD = r"""
$$x_{i,j}^l = \sum_{m}\sum_{n} w_{m,n}^l o_{i+m,j+n}^{l-1} + b^l$$
$$o_{i,j}^l = f(x_{i,j}^{l})$$
$$\delta^{l}_{i,j} = \frac{\partial E}{\partial x_{i,j}^{l}}$$

"""
DENSE = r"""
$$z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j$$
$$a^l_j = \sigma(z^l_j)$$
$$\delta^l_j = \frac{\partial C}{\partial z^l_j}$$

"""
CHANNELS = r"""
$$\delta = \frac{\partial L}{\partial Y}$$
$$Y_{c,i,j} = \sum_{k=0}^{C_{in}-1} \sum_{m=0}^{K_H-1} \sum_{n=0}^{K_W-1} W_{c,k,m,n}.X_{k, i+m, j+n} + b_c$$
$$\frac{\partial L}{\partial X_{k,p,q}} = \sum_{c=0}^{C_{out} - 1} \sum_{i=0}^{H_{out} - 1} \sum_{j=0}^{W_{out} - 1} \frac{\partial L}{\partial Y_{c,i,j}} \frac{\partial Y_{c,i,j}}{\partial X_{k,p,q}}$$

"""


@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        (
            FORWARD,
            r"\frac{\partial E}{\partial w_{m',n'}^l} = \sum_{i=0}^{H-k_1} \sum_{j=0}^{W-k_2} \delta^{l}_{i,j} o_{i+m',j+n'}^{l-1}",
            r"\frac{\partial E}{\partial w_{m',n'}^l} = \sum_{i=0}^{H-k_1} \sum_{j=0}^{W-k_2} \delta^{l}_{i,j} o_{i-m',j-n'}^{l-1}",
        ),
        (
            FORWARD,
            r"\frac{\partial E}{\partial x_{i',j'}^{l}} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} \delta^{l+1}_{i'-m,j'-n} w_{m,n}^{l+1} f'(x_{i',j'}^{l})",
            r"\frac{\partial E}{\partial x_{i',j'}^{l}} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} \delta^{l+1}_{i'+m,j'+n} w_{m,n}^{l+1} f'(x_{i',j'}^{l})",
        ),
        (DENSE, r"\frac{\partial C}{\partial b^l_j} = \delta^l_j", r"\frac{\partial C}{\partial b^l_j} = 2\delta^l_j"),
        (DENSE, r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j", r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_j \delta^l_k"),
        (DENSE, r"\delta^l_j = \sum_k w^{l+1}_{kj}\delta^{l+1}_k \sigma'(z^l_j)", r"\delta^l_j = \sum_k w^{l+1}_{jk}\delta^{l+1}_k \sigma'(z^l_j)"),
        (DENSE, r"\delta^l_j = \sum_k w^{l+1}_{kj}\delta^{l+1}_k \sigma'(z^l_j)", r"\delta^l_j = \sum_k w^{l+1}_{kj}\delta^{l+1}_k \sigma(z^l_j)"),
        (CHANNELS, r"\frac{\partial L}{\partial W_{c,k,m,n}} = \sum_{i=0}^{H_{out}-1}\sum_{j=0}^{W_{out}-1} \delta_{c,i,j} X_{k,i+m,j+n}", r"\frac{\partial L}{\partial W_{c,k,m,n}} = \sum_{i=0}^{H_{out}-1}\sum_{j=0}^{W_{out}-1} \delta_{c,i,j} X_{k,i-m,j-n}"),
        (
            CHANNELS,
            r"\frac{\partial L}{\partial X_{k,p,q}} = \sum_{c=0}^{C_{out}-1}\sum_{i=0}^{H_{out}-1}\sum_{j=0}^{W_{out}-1} \delta_{c,i,j} W_{c,k,p-i,q-j}",
            r"\frac{\partial L}{\partial X_{k,p,q}} = \sum_{c=0}^{C_{out}-1}\sum_{i=0}^{H_{out}-1}\sum_{j=0}^{W_{out}-1} \delta_{c,i,j} W_{c,k,p+i,q+j}",
        ),
        (CHANNELS, r"\frac{\partial Y_{c,i,j}}{\partial b_c} = 1", r"\frac{\partial Y_{c,i,j}}{\partial b_c} = 0"),
    ],
)  # fmt: skip
def test_gradients_of_a_loss_that_is_not_written_out(text, true, false):
    assert last(text, true).status == "proved"
    assert last(text, false).status not in ("proved", "definition")


def test_dense_layers_are_refuted_where_they_are_wrong():
    for line in (
        r"\frac{\partial C}{\partial b^l_j} = 2\delta^l_j",
        r"\delta^l_j = \sum_k w^{l+1}_{jk}\delta^{l+1}_k \sigma'(z^l_j)",
    ):
        assert last(DENSE, line).status == "refuted"


def test_a_letter_that_a_derivative_and_a_sum_share_refutes_nothing():
    line = r"\frac{\partial C}{\partial b^l_j} = \sum_j \frac{\partial C}{\partial z^l_j} \frac{\partial z^l_j}{\partial b^l_j}"
    assert last(DENSE, line).status == "unsupported"


def test_the_letter_of_a_layer_is_no_number():
    text = DENSE + "Layer $l=1$ is the first one.\n\n"
    assert last(text, r"\frac{\partial C}{\partial b^l_j} = \delta^l_j").status == "proved"


def test_a_line_that_leaves_out_the_bias_alone_is_not_wrong_for_it():
    text = NAMED.replace("$$Y = X * W$$", "$$X * W + b = Y$$").replace(
        f"$${OUTPUT} = {IMAGE} * {KERNEL}$$", ""
    )
    assert last(text, f"{IMAGE} * {KERNEL} = {OUTPUT}").status == "unsupported"
    wrong = OUTPUT.replace("y_{12}", "2y_{12}")
    assert last(text, f"{IMAGE} * {KERNEL} = {wrong}").status == "refuted"


def test_a_star_between_matrices_of_one_shape_may_be_an_entrywise_product():
    text = r"""
$$a = \begin{bmatrix} a_1 \\ a_2 \\ a_3 \end{bmatrix}$$
$$d = \begin{bmatrix} d_1 \\ d_2 \\ d_3 \end{bmatrix}$$

"""
    verdict = last(text, r"a * d = \begin{bmatrix} a_1 d_1 \\ a_2 d_2 \\ a_3 d_3 \end{bmatrix}")
    assert verdict.status == "proved"
    assert "* is read entry by entry" in verdict.assuming
    assert (
        last(text, r"a * d = \begin{bmatrix} a_1 d_1 \\ a_2 d_2 \\ a_3 d_1 \end{bmatrix}").status == "refuted"
    )
