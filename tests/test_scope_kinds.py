"""Notes that multiply matrices and vectors without an index and without a size."""

from __future__ import annotations

import pytest

from convsym.checker import check

LAYER = r"""
Let $W$ be a matrix and $x$ a vector.

$$y = W x$$
"""
BATCH = "$$Y = X W$$\n"
SQUARES = r"""
With data $X$, weights $\mathbf{w}$ and targets $\mathbf{y}$:

$$L = (X\mathbf{w} - \mathbf{y})^T (X\mathbf{w} - \mathbf{y})$$
"""
TURNED = "$$C = A B, \\quad D = A^T$$\n"
G = r"\frac{\partial L}{\partial y}"


def verdict(known: str, line: str):
    return check(f"{known}\n\n$${line}$$\n", kind="markdown").verdicts[-1]


@pytest.mark.parametrize(
    ("known", "line", "status"),
    [
        (LAYER, rf"\frac{{\partial L}}{{\partial x}} = W^T {G}", "proved"),
        (LAYER, rf"\frac{{\partial L}}{{\partial x}} = W {G}", "refuted"),
        (LAYER, rf"\frac{{\partial L}}{{\partial x}} = {G} W", "unsupported"),
        (LAYER, rf"\frac{{\partial L}}{{\partial W}} = {G} x^T", "proved"),
        (LAYER, rf"\frac{{\partial L}}{{\partial W}} = x {G}", "unsupported"),
        (LAYER, rf"\frac{{\partial L}}{{\partial W}} = 2 {G} x^T", "refuted"),
        (LAYER, r"\frac{\partial y}{\partial x} = W", "proved"),
        (LAYER, r"\frac{\partial y}{\partial x} = W + W^T", "refuted"),
        (SQUARES, r"\nabla_{\mathbf{w}} L = 2 X^T (X\mathbf{w} - \mathbf{y})", "proved"),
        (SQUARES, r"\nabla_{\mathbf{w}} L = 2 X (X\mathbf{w} - \mathbf{y})", "unsupported"),
        (SQUARES, r"\nabla_{\mathbf{w}} L = X^T (X\mathbf{w} - \mathbf{y})", "refuted"),
        (
            SQUARES,
            r"L = \mathbf{w}^T X^T X \mathbf{w} - 2 \mathbf{y}^T X \mathbf{w} + \mathbf{y}^T \mathbf{y}",
            "proved",
        ),
        (
            SQUARES,
            r"L = \mathbf{w}^T X^T X \mathbf{w} - \mathbf{y}^T X \mathbf{w} + \mathbf{y}^T \mathbf{y}",
            "refuted",
        ),
        (TURNED, "C^T = B^T A^T", "proved"),
        (TURNED, "C^T = A^T B^T", "refuted"),
        (TURNED + "$$B^T = D$$\n", "A B = B A", "refuted"),
    ],
)  # fmt: skip
def test_a_product_of_matrices_does_not_commute(known: str, line: str, status: str) -> None:
    found = verdict(known, line)
    assert str(found.status) == status, found.reason


def test_the_reading_is_told() -> None:
    found = verdict(LAYER, rf"\frac{{\partial L}}{{\partial x}} = W^T {G}")
    assert any("$W$ is a matrix" in words for words in found.assuming)
    turned = verdict(LAYER, r"\frac{\partial y}{\partial x} = W^T")
    assert "derivatives are laid out as rows" in turned.assuming


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial W} = \frac{\partial L}{\partial Y} X",
        r"\frac{\partial L}{\partial X} = W \frac{\partial L}{\partial Y}",
        r"X W = W X",
    ],
)
def test_capitals_that_may_be_numbers_or_matrices_are_not_multiplied_as_numbers(line: str) -> None:
    found = verdict(BATCH, line)
    assert str(found.status) == "unsupported"
    assert "number or a matrix" in found.reason


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial W} = X^T \frac{\partial L}{\partial Y}",
        r"\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} W^T",
    ],
)
def test_a_transposed_factor_makes_matrices_of_capitals(line: str) -> None:
    assert str(verdict(BATCH, line).status) == "proved"


def test_numbers_in_small_letters_stay_numbers() -> None:
    known = "$$z = w x + b$$\n"
    assert (
        str(verdict(known, r"\frac{\partial L}{\partial w} = x \frac{\partial L}{\partial z}").status)
        == "proved"
    )
    assert (
        str(verdict(known, r"\frac{\partial L}{\partial w} = w \frac{\partial L}{\partial z}").status)
        == "refuted"
    )
