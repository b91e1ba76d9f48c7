r"""Convolutional layers by their number: what holds of every layer, what does not, and what nobody can say."""

from __future__ import annotations

import pytest

from convsym.checker import check

# ruff: noqa: E501 - a display stays on one line, as it is printed

LAYERS = r"""
The convolution of a layer:

$$u^{(l)} = v^{(l-1)} \ast K^{(l)} + c^{(l)}$$

$$v^{(l)} = f(u^{(l)})$$

$$\delta^{(l)} = \frac{\partial E}{\partial u^{(l)}}$$

"""
CHAIN = r"""
The convolution of a layer:

$$v^l = f(u^l) = f(v^{l-1} * K^l + c^l)$$

$$\delta^l = \frac{\partial E}{\partial u^l} = \frac{\partial E}{\partial u^{l+1}} \frac{\partial u^{l+1}}{\partial u^l} = RIGHT$$
"""


def status(line: str, before: str = LAYERS) -> str:
    return str(check(f"{before}$${line}$$\n", kind="markdown", timeout=60).verdicts[-1].status)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (r"\delta^{(l)} = (\delta^{(l+1)} \ast \text{rot180}(K^{(l+1)})) \odot f'(u^{(l)})", "proved"),
        (r"\delta^{(l)} = \delta^{(l+1)} \ast \text{rot180}(K^{(l+1)})", "refuted"),
        (r"\delta^{(l)} = (\delta^{(l+1)} \ast \text{rot180}(K^{(l)})) \odot f'(u^{(l)})", "refuted"),
        (r"\delta^{(l)} = (\delta^{(l+1)} \ast \text{rot180}(K^{(l+1)})) \odot f(u^{(l)})", "refuted"),
        # Whoever turns the kernel going forward need not turn it going back, and nobody says who does.
        (r"\delta^{(l)} = (\delta^{(l+1)} \ast K^{(l+1)}) \odot f'(u^{(l)})", "unsupported"),
        (r"\frac{\partial E}{\partial K^{(l)}} = v^{(l-1)} \ast \delta^{(l)}", "proved"),
        (r"\frac{\partial E}{\partial K^{(l)}} = u^{(l-1)} \ast \delta^{(l)}", "refuted"),
        (r"\frac{\partial E}{\partial K^{(l)}} = v^{(l-1)} \ast \text{rot180}(\delta^{(l)})", "unsupported"),
        (r"\frac{\partial E}{\partial v^{(l)}} = \delta^{(l+1)} \ast \text{rot180}(K^{(l+1)})", "proved"),
        (r"\frac{\partial E}{\partial v^{(l)}} = \delta^{(l+1)} \ast \text{rot180}(K^{(l+1)}) \odot f'(u^{(l)})", "refuted"),
        (r"\frac{\partial E}{\partial c^{(l)}} = \sum_{i,j} \delta^{(l)}_{i,j}", "proved"),
        (r"\frac{\partial E}{\partial c^{(l)}} = \sum_{i,j} (\delta^{(l)})_{i,j}", "proved"),
        (r"\frac{\partial E}{\partial c^{(l)}} = \sum_{i,j} \delta^{(l+1)}_{i,j}", "not proved"),
        (r"\frac{\partial E}{\partial K^{(l)}_{m,n}} = \sum_{i,j} \delta^{(l)}_{i,j} v^{(l-1)}_{i+m,j+n}", "proved"),
        (r"\frac{\partial E}{\partial K^{(l)}_{m,n}} = \sum_{i,j} \delta^{(l)}_{i,j} v^{(l-1)}_{i+m-1,j+n-1}", "proved"),
        (r"\frac{\partial E}{\partial K^{(l)}_{m,n}} = \sum_{i,j} \delta^{(l)}_{i,j} v^{(l)}_{i+m,j+n}", "not proved"),
        (r"u^{(l+1)} = v^{(l)} \ast K^{(l+1)}", "not refuted"),
    ],
)  # fmt: skip
def test_lines_about_every_layer(line: str, wanted: str) -> None:
    found = status(line)
    assert found != wanted.removeprefix("not ") if wanted.startswith("not ") else found == wanted


@pytest.mark.parametrize(
    ("right", "wanted"),
    [
        (r"\delta^{l+1} * rot180(K^{l+1}) \odot f'(u^l)", "proved"),
        (r"\delta^{l+1} * rot180(K^{l+1})", "refuted"),
    ],
)
def test_the_end_of_a_chain_is_held_against_its_beginning(right: str, wanted: str) -> None:
    text = CHAIN.replace("RIGHT", right)
    assert str(check(text, kind="markdown", timeout=60).verdicts[-1].status) == wanted


def test_a_pooling_is_no_activation() -> None:
    pooled = LAYERS.replace("f(u^{(l)})", r"pool(u^{(l)})")
    assert status(r"\delta^{(l)} = \delta^{(l+1)} \ast \text{rot180}(K^{(l+1)})", pooled) != "proved"


def test_an_error_of_no_stated_meaning_refutes_nothing() -> None:
    said = LAYERS.rpartition("$$\\delta")[0]
    assert status(r"\frac{\partial E}{\partial K^{(l)}} = v^{(l-1)} \ast \delta^{(l)}", said) == "proved"
    assert status(r"\frac{\partial E}{\partial K^{(l)}} = u^{(l-1)} \ast \delta^{(l)}", said) != "refuted"


def test_layers_that_multiply_are_not_taken_for_layers_that_convolve() -> None:
    both = LAYERS + "$$u^{(l)} = K^{(l)} v^{(l-1)} + c^{(l)}$$\n\n"
    line = r"\frac{\partial E}{\partial c^{(l)}} = \delta^{(l)}"
    assert status(line, both) != "refuted"


UNSAID = "Here the layers of a network are convolutions, and the text shows none of them.\n\n"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (r"\delta^l = \delta^{l+1} * rot180(W^{l+1}) \odot \sigma'(z^l)", "proved"),
        (r"\delta^l = \delta^{l+1} * rot180(W^{l}) \odot \sigma'(z^l)", "definition"),
        (r"\frac{\partial E}{\partial W^l} = a^{l-1} * \delta^l", "proved"),
        (r"\frac{\partial E}{\partial W^l} = a^{l} * \delta^l", "unsupported"),
        (r"\frac{\partial E}{\partial W^l} = a^{l-1} \delta^l", "unsupported"),
    ],
)
def test_layers_that_no_line_shows_are_supposed_and_named(line: str, wanted: str) -> None:
    # The other line says by which letters the layers go.
    beside = (
        r"$$\frac{\partial E}{\partial a^{l}} = \delta^{l+1} * rot180(W^{l+1}), \qquad z^l \ne 0$$" + "\n\n"
    )
    verdict = check(f"{UNSAID}{beside}$${line}$$\n", kind="markdown", timeout=60).verdicts[-1]
    assert str(verdict.status) == wanted
    assert wanted != "proved" or "as the text does not say" in verdict.reason


def test_layers_that_multiply_are_supposed_to_be_no_convolutions() -> None:
    text = (
        UNSAID
        + r"$$z^l = W^l a^{l-1}$$"
        + "\n\n"
        + r"$$\frac{\partial E}{\partial W^l} = a^{l-1} * \frac{\partial E}{\partial z^l}$$"
    )
    assert str(check(text, kind="markdown", timeout=60).verdicts[-1].status) != "proved"
