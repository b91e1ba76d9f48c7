"""Letters that nothing binds."""

import pytest

import convsym

LAYER = (
    r"A layer computes $z_j = \sum_k w_{jk} x_k + b_j$ and $a_j = \sigma(z_j)$ with the loss $C$." + "\n\n"
)


def last(text):
    return convsym.check(text).verdicts[-1]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial C}{\partial z_j} = \frac{\partial C}{\partial a_k} \sigma'(z_j)", "refuted"),
        (r"\frac{\partial C}{\partial z_j} = \frac{\partial C}{\partial a_j} \sigma'(z_j)", "proved"),
        # Repeated letters may be summed over without a sign.
        (r"\frac{\partial C}{\partial x_k} = \frac{\partial C}{\partial z_j} w_{jk}", "unsupported"),
    ],
)
def test_a_letter_that_stands_on_one_side_alone(claim, expected):
    assert last(f"{LAYER}$${claim}$$").status == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"z_j = \sum_j w_{jk} a_k + b_j", "refuted"),
        (r"z_j = \sum_k w_{jk} a_k + b_j", "definition"),
        (r"z_j = \sum_j w_{jk} a_{ki} + b_j", "unsupported"),
    ],
)
def test_a_sum_over_the_letter_of_the_left_side(claim, expected):
    found = last(f"$${claim}$$")
    assert found.status == expected
    assert (found.repair or "").count(r"\sum_{k}") == (expected == "refuted")


def test_a_text_that_leaves_out_its_sums_is_left_alone():
    text = LAYER + "We use the summation convention.\n\n"
    assert last(rf"{text}$$z_j = w_{{jk}} x_k + b_j$$").status != "refuted"
