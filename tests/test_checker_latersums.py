r"""Chains whose last line prints a sum that the lines before leave out, and batch normalization shown as a picture."""

import pytest

import convsym

GAMMA = r"""
\frac{\partial \ell}{\partial \gamma} &= \frac{\partial \ell}{\partial z_k} \frac{\partial z_k}{\partial \gamma} \\
&= \sum_{k=1}^n \frac{\partial \ell}{\partial z_k} %s
"""
BETA = r"""
\frac{\partial \ell}{\partial \beta} &= \frac{\partial \ell}{\partial z_k} \frac{\partial z_k}{\partial \beta} \\
&= \sum_{k=1}^n \frac{\partial \ell}{\partial z_k}
"""
INNER = r"""
\frac{\partial \ell}{\partial \hat{x}_k} &=
\frac{\partial \ell}{\partial z_k} \frac{\partial z_k}{\partial \hat{x}_k} \\
&= \frac{\partial \ell}{\partial z_k} \gamma
"""
GIVEN = "$$z_k = a q_k + b$$\n"


def aligned(*rows):
    return "".join(f"\n\\begin{{align}}{row}\\end{{align}}\n" for row in rows)


def statuses(text):
    return [str(v.status) for v in convsym.check(text)]


def test_the_layer_that_a_picture_shows_is_supposed():
    verdicts = list(convsym.check(aligned(GAMMA % r"\hat{x}_k", BETA, INNER)))
    assert [str(v.status) for v in verdicts] == ["proved"] * len(verdicts)
    assert any("is supposed" in v.reason for v in verdicts)
    assert any("is meant in all of it" in v.reason for v in verdicts)


@pytest.mark.parametrize("wrong", ["x_k", r"\gamma", r"\hat{x}_{k+1}", ""])
def test_a_wrong_end_of_the_chain_is_not_proved(wrong):
    assert statuses(aligned(GAMMA % wrong, BETA, INNER))[1] != "proved"


@pytest.mark.parametrize(
    ("below", "end", "proved"),
    [
        ("a", r"\sum_k \frac{\partial E}{\partial z_k} q_k", [True, True]),
        ("b", r"\sum_k \frac{\partial E}{\partial z_k}", [True, True]),
        ("a", r"\sum_k \frac{\partial E}{\partial z_k} z_k", [True, False]),
        ("b", r"\sum_k \frac{\partial E}{\partial z_k} q_k", [True, False]),
        # No sum is printed anywhere: none is put in.
        ("a", r"\frac{\partial E}{\partial z_k} q_k", [False]),
    ],
)
def test_a_sum_is_carried_back_to_where_its_chain_begins(below, end, proved):
    row = (
        rf"\frac{{\partial E}}{{\partial {below}}} = \frac{{\partial E}}{{\partial z_k}} "
        rf"\frac{{\partial z_k}}{{\partial {below}}} = {end}"
    )
    found = statuses(f"{GIVEN}\n$${row}$$\n")[1:]
    assert [status == "proved" for status in found][: len(proved)] == proved


def test_the_wrong_variable_is_not_helped_by_the_sum():
    row = (
        r"\frac{\partial E}{\partial a} = \frac{\partial E}{\partial z_k} \frac{\partial z_k}{\partial b} "
        r"= \sum_k \frac{\partial E}{\partial z_k}"
    )
    assert statuses(f"{GIVEN}\n$${row}$$\n")[1] != "proved"
