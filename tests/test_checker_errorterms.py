r"""Error terms: what a line that gives \delta claims, once another line says which derivative it is."""

import pytest

import convsym

NETWORK = r"""$$z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}$$

$$a^{(l)} = \sigma(z^{(l)})$$

%s

$$\delta^{(l)} = %s$$"""

FORWARD = r"$$\delta^{(l)} = \frac{\partial C}{\partial z^{(l)}}$$"
TURNED = r"$$\frac{\partial C}{\partial z^{(l)}} = \delta^{(l)}$$"
RIGHT = r"((W^{(l+1)})^T \delta^{(l+1)}) \odot \sigma'(z^{(l)})"


@pytest.mark.parametrize("said", [FORWARD, TURNED])
def test_a_recursion_of_error_terms_is_proved(said):
    assert convsym.check(NETWORK % (said, RIGHT)).verdicts[-1].status == "proved"


@pytest.mark.parametrize(
    "wrong",
    [
        r"((W^{(l)})^T \delta^{(l+1)}) \odot \sigma'(z^{(l)})",
        r"((W^{(l+1)})^T \delta^{(l+1)}) \odot \sigma'(z^{(l+1)})",
        r"((W^{(l+1)})^T \delta^{(l+1)}) \odot \sigma(z^{(l)})",
        r"(W^{(l+1)})^T \delta^{(l+1)}",
    ],
)
@pytest.mark.parametrize("said", [FORWARD, TURNED])
def test_a_wrong_recursion_is_not_proved(said, wrong):
    assert convsym.check(NETWORK % (said, wrong)).verdicts[-1].status != "proved"


def test_without_a_word_on_what_it_is_an_error_term_is_introduced():
    assert convsym.check(NETWORK % ("", RIGHT)).verdicts[-1].status == "definition"
