"""Shapes that follow from those that are stated: x in R^2 and z = W x."""

import pytest

import convsym

LAYER = r"Let $x \in \mathbb{R}^2$ and $$z = W x.$$"
SCORE = r"Let $u \in \mathbb{R}^3$. The score is $$s = v^T u + b.$$"
NET = r"Let $x \in \mathbb{R}^2$, $$h = \tanh(W x)$$ and $$y = v^T h.$$"
SQUARES = r"For $u \in \mathbb{R}^3$ let $r = A u$ and $L = \frac{1}{2} r^T r$."
FITTED = r"Let $x \in \mathbb{R}^2$, $t \in \mathbb{R}^3$, $y = P x$ and $L = \frac{1}{2}\|y - t\|^2$."
BATCH = r"A batch $X \in \mathbb{R}^{5 \times 3}$ gives $Z = X W$. Let $L = \sum_i \sum_j Z_{ij}^2$."


@pytest.mark.parametrize(
    ("known", "line", "expected"),
    [
        (LAYER, r"\frac{\partial z_i}{\partial x_j} = W_{ij}", "proved"),
        (LAYER, r"\frac{\partial z_i}{\partial x_j} = W_{ji}", "refuted"),
        (LAYER + r" Here $z \in \mathbb{R}^4$.", r"\frac{\partial z_i}{\partial x_j} = W_{ij}", "proved"),
        (LAYER + r" Here $z \in \mathbb{R}^4$.", r"\frac{\partial z_i}{\partial x_j} = W_{ji}", "refuted"),
        (SCORE, r"\frac{\partial s}{\partial u_j} = v_j", "proved"),
        (SCORE, r"\frac{\partial s}{\partial v_j} = u_j", "proved"),
        (SCORE, r"\frac{\partial s}{\partial v} = u", "proved"),
        (SCORE, r"\frac{\partial s}{\partial v_j} = v_j", "refuted"),
        (SCORE, r"s = v_1 u_1 + v_2 u_2 + v_3 u_3 + b", "proved"),
        (NET, r"\frac{\partial y}{\partial v_i} = h_i", "proved"),
        (NET, r"\frac{\partial h_i}{\partial x_j} = (1 - h_i^2) W_{ij}", "proved"),
        (NET, r"\frac{\partial y}{\partial W_{ij}} = v_i (1 - h_i^2) x_j", "proved"),
        (NET, r"\frac{\partial y}{\partial x_j} = \sum_i v_i (1 - h_i^2) W_{ij}", "proved"),
        (NET, r"\frac{\partial h_i}{\partial x_j} = (1 - h_i^2) W_{ji}", "refuted"),
        (NET, r"\frac{\partial y}{\partial W_{ij}} = v_j (1 - h_i^2) x_j", "refuted"),
        (NET, r"\frac{\partial y}{\partial v_i} = x_i", "refuted"),
        (SQUARES, r"\frac{\partial L}{\partial A_{ij}} = r_i u_j", "proved"),
        (SQUARES, r"\frac{\partial L}{\partial u} = A^T r", "proved"),
        (SQUARES + " The entries of $A$ are $A_{ij}$.", r"\frac{\partial L}{\partial u} = A r", "refuted"),
        (FITTED, r"\frac{\partial L}{\partial P_{ij}} = (y_i - t_i) x_j", "proved"),
        (FITTED, r"\frac{\partial L}{\partial P_{ij}} = (y_j - t_j) x_i", "refuted"),
        (FITTED, r"\frac{\partial L}{\partial x} = P^T (y - t)", "proved"),
        (BATCH, r"\frac{\partial L}{\partial W} = 2 X^T Z", "proved"),
        (BATCH + " The weights are $W_{jk}$.", r"\frac{\partial L}{\partial W} = 2 X Z^T", "refuted"),
    ],
)
def test_slopes_of_matrices_beside_a_stated_vector(known: str, line: str, expected: str) -> None:
    verdict = convsym.check(f"{known}\n\nThen\n$${line}$$\n").verdicts[-1]
    assert str(verdict.status) == expected


def test_a_small_letter_beside_a_vector_is_a_number() -> None:
    text = "Let $x \\in \\mathbb{R}^3$ and $y = 2 x$, $z = \\alpha y + x$.\n\n"
    text += "$$\\frac{\\partial z_i}{\\partial x_i} = 2\\alpha + %s$$\n"
    assert [str(convsym.check(text % n).verdicts[-1].status) for n in (1, 2)] == ["proved", "refuted"]


def test_a_number_times_a_vector_is_no_matrix_where_its_cells_are_written() -> None:
    text = "For $x \\in \\mathbb{R}^2$ and a constant $C$ let $y = C x$. Then\n$$y_1 = C x_1$$\n"
    assert str(convsym.check(text).verdicts[-1].status) != "refuted"


def test_shapes_that_clash_for_some_sizes_alone_refute_nothing() -> None:
    text = (
        r"Let $u \in \mathbb{R}^3$, $r = A u$ and $q = B r$ with entries $A_{ij}$ and $B_{ij}$."
        + "\n\n$$q = B^T r$$\n"
    )
    assert str(convsym.check(text).verdicts[-1].status) != "proved"
    square = r"Let $u \in \mathbb{R}^3$, $r = A u$ and $p = r + u$ with entries $A_{ij}$." + "\n\n"
    line = "$$\\frac{\\partial p}{\\partial u} = A + I$$\n"
    assert str(convsym.check(square + line).verdicts[-1].status) != "refuted"
