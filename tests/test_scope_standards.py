"""Softmax and the cross-entropy under their usual meaning, and the vectors that they compare."""

import pytest

from convsym.checker import check

NET = "A net: $z_1 = W_1 x + b_1$, $a_1 = g(z_1)$, $z_2 = W_2 a_1 + b_2$, $p = \\mathrm{softmax}(z_2)$, "
LOSS = "$J = CE(t, p)$, with a one-hot target $t$.\n\n"
TURNED = "$$\\frac{\\partial J}{\\partial a_1} = W_2^T (p - t)$$\n\n"
WRITTEN = (
    "Let $p_i = \\frac{e^{u_i}}{\\sum_j e^{u_j}}$ and $J = -\\sum_i t_i \\log p_i$ with a one-hot $t$.\n\n"
)
GIVEN = "Here $p = softmax(u)$ and $J = CE(t, p)$, where $t$ is one-hot.\n\n"


def _last(text: str) -> str:
    return check(text + "\n", kind="markdown").files[0].verdicts[-1].status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (WRITTEN + "$$\\frac{\\partial J}{\\partial u} = p - t$$", "proved"),
        (WRITTEN + "$$\\frac{\\partial J}{\\partial u} = (p - t)^T$$", "proved"),
        (WRITTEN + "$$\\frac{\\partial J}{\\partial u} = t - p$$", "refuted"),
        (GIVEN + "$$\\frac{\\partial J}{\\partial u} = p - t$$", "proved"),
        (GIVEN + "$$\\frac{\\partial J}{\\partial u} = t - p$$", "refuted"),
        (NET + LOSS + "$$\\frac{\\partial J}{\\partial W_2} = (p - t) a_1^T$$", "proved"),
        (NET + LOSS + "$$\\frac{\\partial J}{\\partial a_1} = W_2^T (p - t)$$", "proved"),
        (NET + LOSS + TURNED + "$$\\frac{\\partial J}{\\partial a_1} = W_2 (p - t)$$", "refuted"),
        (NET + LOSS + TURNED + "$$\\frac{\\partial J}{\\partial W_2} = (t - p) a_1^T$$", "refuted"),
        ("$$\\tanh(v) = \\frac{e^v - e^{-v}}{e^v + e^{-v}}$$", "proved"),
        ("$$\\tanh(v) = \\frac{e^v - e^{-v}}{e^v - e^{-v}}$$", "refuted"),
        ("$$\\tanh(v) = 0.5$$", "definition"),
    ],
)
def test_vectors_of_classes(text: str, status: str) -> None:
    assert _last(text) == status


@pytest.mark.parametrize(
    "name", [r"\text{Sigmoid}", r"\mathrm{SIGMOID}", r"\operatorname{sigmoid}", "Sigmoid"]
)
def test_capitals_make_no_other_function(name: str) -> None:
    for slope, status in (("a(1-a)", "proved"), ("a(1+a)", "refuted")):
        text = f"$$a = {name}(z)$$\n\n$$\\frac{{\\partial a}}{{\\partial z}} = {slope}$$\n"
        verdict = check(text, kind="markdown").verdicts[-1]
        assert verdict.status.value == status, verdict


@pytest.mark.parametrize(
    "known",
    [
        "Here $g$ is the hyperbolic tangent.",
        "With the tanh activation $g$:",
        "Let $g$ be the tanh function and $a = g(z)$.",
        "We take $g = \\tanh$.",
        "We take $g(u) = \\tanh(u)$.",
    ],
)
def test_a_letter_is_the_function_that_is_said(known: str) -> None:
    for line, expected in (("g'(z) = 1 - g(z)^2", "proved"), ("g'(z) = g(z) (1 - g(z))", "refuted")):
        assert str(check(f"{known}\n\n$${line}$$\n").verdicts[-1].status) == expected


def test_a_letter_that_is_said_to_be_two_functions_refutes_nothing() -> None:
    known = "Below $g$ is the hyperbolic tangent, in the last layer $g$ is the sigmoid."
    for line in ("g'(z) = 1 - g(z)^2", "g'(z) = g(z) (1 - g(z))"):
        assert str(check(f"{known}\n\n$${line}$$\n").verdicts[-1].status) != "refuted"
