"""Texts that use one sign for a convolution and for a product."""

from __future__ import annotations

import pytest

import convsym

_WEIGHTS = r"$$\frac{\partial L}{\partial W} = X %s \frac{\partial L}{\partial Y}$$"


def _last(text: str) -> str:
    return str(convsym.check(text).files[0].verdicts[-1].status)


@pytest.mark.parametrize(
    ("said", "sign"),
    [
        ("$*$ denotes convolution: $Y = X * W$. The element-wise product is also written $*$.", "*"),
        ("Let $*$ be the convolution and $Y = X * W$. In code, $*$ is element-wise multiplication.", "*"),
        (
            r"We write $\otimes$ for the outer product; $(x \otimes w)_i = \sum_a x_{i+a} w_a$. Let $Y = X \otimes W$.",
            r"\otimes",
        ),
    ],
)
def test_nothing_is_decided_by_a_sign_with_two_meanings(said: str, sign: str) -> None:
    assert _last(f"{said}\nThen\n{_WEIGHTS % sign}") in ("undecided", "unsupported")


def test_a_dot_that_is_called_a_convolution_is_no_product_of_matrices() -> None:
    text = r"""
%s $Y = X \cdot W$. Then
$$\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} \cdot W^T$$
"""
    assert _last(text % r"Let $A \cdot B$ denote the convolution.") == "undecided"
    assert _last(text % r"Let $A \cdot B$ denote the product of matrices.") == "proved"


@pytest.mark.parametrize(
    "said",
    [
        r"$*$ denotes convolution and $\odot$ the element-wise product.",
        "Here $*$ denotes convolution, not the element-wise product.",
        "Let $*$ be the convolution.",
    ],
)
def test_a_sign_with_one_meaning_is_read(said: str) -> None:
    assert _last(f"{said} $Y = X * W$. Then\n{_WEIGHTS % '*'}") == "proved"
    wrong = r"$$\frac{\partial L}{\partial W} = 3 X * \frac{\partial L}{\partial Y}$$"
    assert _last(f"{said} $Y = X * W$. Then\n{wrong}") != "proved"


def test_numbers_are_multiplied_all_the_same() -> None:
    assert (
        _last("$*$ denotes convolution. The product of numbers is also written $*$. $3 * 4 = 12$") == "proved"
    )
