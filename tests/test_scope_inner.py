r"""What a chain introduces as a function's argument, and layers that other parts of a text define."""

import pytest

import convsym

ERROR = r"""

$$\delta_i^l = \frac{\partial C}{\partial z_i^l}$$

"""
LAYER = r"$$a_i^l = \sigma(z_i^l) = \sigma(\sum_j w_{ij}^l a_j^{l-1} + b_i^l)$$"
CLAIMS = [
    (r"\frac{\partial z_i^l}{\partial b_i^l} = 1", "proved"),
    (r"\frac{\partial z_i^l}{\partial w_{ij}^l} = a_j^{l-1}", "proved"),
    (r"\frac{\partial z_i^l}{\partial w_{ij}^l} = a_i^{l-1}", "refuted"),
]


def last(text: str) -> convsym.Verdict:
    return convsym.check(text).verdicts[-1]


@pytest.mark.parametrize(("line", "status"), CLAIMS)
def test_what_a_function_is_applied_to_is_defined_by_the_chain(line, status):
    assert last(f"{LAYER}{ERROR}$${line}$$").status == status


def test_a_line_of_its_own_stays_the_definition():
    explicit = r"$$z_i^l = \sum_j w_{ij}^l a_j^{l-1} + b_i^l$$"
    found = [v.status for v in convsym.check(f"{explicit}\n\n{LAYER}").verdicts]
    assert found == ["definition", "definition", "proved"]
    found = [v.status for v in convsym.check(f"{LAYER}\n\n{explicit}").verdicts]
    assert "refuted" not in found and found[2] == "definition"


KEPT = [
    r"$$y = f(u) = f(3)$$",
    r"$$y = f(u) = g(x + 1)$$",
    r"$$y = f(u) = f(u + 1)$$",
    r"$$y = f(u) = f(v)$$",
]


@pytest.mark.parametrize("line", KEPT)
def test_other_chains_introduce_nothing(line):
    assert "applied to" not in last(line).reason


PARTS = r"""# The dense layer

$$a_i^l = \sigma(z_i^l) = \sigma(\sum_j w_{ij}^l a_j^{l-1} + b_i^l)$$

# The pooling layer

$$z_i^l = \frac{1}{2} (p_{2i}^{l-1} + p_{2i+1}^{l-1})$$

# Gradients

"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial z_i^l}{\partial w_{ij}^l} = a_j^{l-1}", "proved"),
        (r"\frac{\partial z_i^l}{\partial w_{ij}^l} = a_i^{l-1}", "unsupported"),
    ],
)
def test_a_claim_may_be_about_the_layer_of_another_part(line, status):
    found = last(f"{PARTS}$${line}$$")
    assert found.status == status
    assert status != "proved" or any("another part" in words for words in found.assuming)
