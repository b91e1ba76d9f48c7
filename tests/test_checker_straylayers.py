"""An error that is computed from that of a layer at a letter of its own."""

import pytest

import convsym

HEAD = "$$z_l = W_l a_{l-1}$$\n\n$$a_l = \\sigma(z_l)$$\n\n"


def status(line, head=""):
    return str(convsym.check(f"{HEAD}{head}\n\n$${line}$$\n", kind="markdown").verdicts[-1].status)


@pytest.mark.parametrize(
    "line",
    [
        r"\delta_l = W_{i+1}^T \delta_{i+1} \odot \sigma'(z_l)",
        r"\delta_l = (W_{k+1})^T \delta_{k+1} \odot \sigma'(W_l a_{l-1})",
        r"\delta^{(l)} = (W^{(j+1)})^T \delta^{(j+1)} \odot \sigma'(z^{(l)})",
    ],
)
def test_a_stray_layer_is_refuted(line):
    assert status(line) == "refuted"


@pytest.mark.parametrize(
    "line",
    [
        r"\delta_l = W_{l+1}^T \delta_{l+1} \odot \sigma'(z_l)",
        r"\delta_i = W_{i+1}^T \delta_{i+1} \odot \sigma'(z_i)",
        r"\delta_l = W_{L+1}^T \delta_{L+1} \odot \sigma'(z_l)",
        r"\delta_l = \delta_{i+1} \odot \sigma'(z_l)",
        r"\delta_l = W_{i+1}^T \delta_{i+1}",
        r"F_n = F_{m+1} F_{n-m} + F_m F_{n-m-1}",
        r"\delta_j = \sum_i w_{i+1} \delta_{i+1} \sigma'(z_j)",
    ],
)
def test_other_lines_are_not(line):
    assert status(line) != "refuted"


@pytest.mark.parametrize("head", ["Here $i = l$.", "$$l = i$$"])
def test_a_letter_that_the_text_speaks_of_is_left_open(head):
    assert status(r"\delta_l = W_{i+1}^T \delta_{i+1} \odot \sigma'(z_l)", head) != "refuted"
