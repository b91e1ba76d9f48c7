r"""Convolutions with their arguments by name, and derivatives by a matrix that are laid out by the numerator."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import pytest

import convsym

GIVEN = r"""A convolution of an input with a kernel.

$$X = \begin{pmatrix} x_{00} & x_{01} & x_{02} \\ x_{10} & x_{11} & x_{12} \\ x_{20} & x_{21} & x_{22} \end{pmatrix}$$

$$W = \begin{pmatrix} w_{00} & w_{01} \\ w_{10} & w_{11} \end{pmatrix}$$

$$Y = CALL$$

Here $Y$ is $2 \times 2$ and $J$ is the loss. WORDS
"""
NAMED = r"\mathrm{conv2d}(\mathrm{input}=X, \mathrm{kernel}=W, \mathrm{pad}=0, \mathrm{stride}=1)"
RIGHT = r"\frac{\partial J}{\partial w_{01}} = \frac{\partial J}{\partial y_{00}} x_{01} + \frac{\partial J}{\partial y_{01}} x_{02} + \frac{\partial J}{\partial y_{10}} x_{11} + \frac{\partial J}{\partial y_{11}} x_{12}"
WRONG = RIGHT.replace("x_{11}", "x_{21}")
SHOWN = r"\frac{\partial J}{\partial W} = \begin{pmatrix} \frac{\partial J}{\partial w_{00}} & \frac{\partial J}{\partial w_{10}} \\ \frac{\partial J}{\partial w_{01}} & \frac{\partial J}{\partial w_{11}} \end{pmatrix}"
SLOPE = r"\frac{\partial J}{\partial W} = \mathrm{conv2d}(\mathrm{input}=IMAGE, \mathrm{kernel}=\frac{\partial J}{\partial Y}, \mathrm{pad}=0, \mathrm{stride}=1)"


def status(line: str, call: str = NAMED, words: str = "", before: str = "") -> str:
    text = GIVEN.replace("CALL", call).replace("WORDS", words)
    shown = f"$${before}$$\n\n" if before else ""
    return str(convsym.check(f"{text}\n\n{shown}$${line}$$\n").verdicts[-1].status)


@pytest.mark.parametrize(
    "call",
    [
        NAMED,
        r"\mathrm{conv2d}(\mathrm{kernel}=W, \mathrm{stride}=1, \mathrm{input}=X, \mathrm{pad}=0)",
        r"\text{conv2d}(X, W, \text{padding}=0)",
        r"\operatorname{conv}(X, W, \text{stride}=1)",
        r"\operatorname{conv}(\text{image} = X, \text{filter} = W, \text{mode} = \text{valid})",
    ],
)
def test_arguments_by_name_are_read(call: str) -> None:
    assert status(RIGHT, call) == "proved"
    assert status(WRONG, call) == "refuted"


@pytest.mark.parametrize(
    "call",
    [
        r"\mathrm{conv2d}(\mathrm{input}=X, \mathrm{kernel}=W, \mathrm{pad}=0, \mathrm{stride}=2)",
        r"\mathrm{conv2d}(\mathrm{input}=X, \mathrm{kernel}=W, \mathrm{pad}=1, \mathrm{stride}=1)",
        r"\mathrm{conv2d}(\mathrm{input}=X, \mathrm{kernel}=W, \mathrm{groups}=2)",
    ],
)
def test_what_another_stride_or_padding_gives_is_not_guessed(call: str) -> None:
    assert status(RIGHT, call) not in ("proved", "refuted")


def test_how_far_a_convolution_extends_is_heeded() -> None:
    back = r"\frac{\partial J}{\partial X} = \mathrm{conv2d}(\mathrm{input}=\frac{\partial J}{\partial Y}, \mathrm{kernel}=KERNEL, \mathrm{pad}=\mathrm{full}, \mathrm{stride}=1)"
    turned = r"\begin{pmatrix} w_{11} & w_{10} \\ w_{01} & w_{00} \end{pmatrix}"
    mirrored = r"\begin{pmatrix} w_{10} & w_{11} \\ w_{00} & w_{01} \end{pmatrix}"
    assert status(back.replace("KERNEL", turned)) == "proved"
    assert status(back.replace("KERNEL", mirrored)) == "refuted"
    assert status(back.replace("KERNEL", turned).replace("full", "valid")) != "proved"


LAYOUT = "We use the numerator layout."


@pytest.mark.parametrize(
    ("line", "words", "before", "wanted"),
    [
        (SHOWN, LAYOUT, RIGHT, "proved"),
        (SHOWN, "这里采用了 numerator layout 的记法。", RIGHT, "proved"),
        (SHOWN.replace(r"w_{10}} \\", r"w_{11}} \\"), LAYOUT, RIGHT, "refuted"),
        (SLOPE.replace("IMAGE", "X"), "", "", "proved"),
        (SLOPE.replace("IMAGE", "X"), "Not in numerator layout, as everywhere.", "", "proved"),
        (SLOPE.replace("IMAGE", "X"), LAYOUT, "", "unsupported"),
        (SLOPE.replace("IMAGE", "X"), LAYOUT, SHOWN, "refuted"),
        (SLOPE.replace("IMAGE", "X^T"), LAYOUT, "", "proved"),
        (SLOPE.replace("IMAGE", "X^T"), "", "", "refuted"),
    ],
)
def test_the_layout_that_is_said_decides(line: str, words: str, before: str, wanted: str) -> None:
    assert status(line, words=words, before=before) == wanted
