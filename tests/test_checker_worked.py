"""Lines of worked examples: numbers put in for what the document gives values, exactly or rounded."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

GIVEN = (
    "| inputs | $x_1 = 0.5$, $x_2 = 1.0$ |\n| --- | --- |\n| weights | $w_1 = 0.3$, $w_2 = 0.7$ |\n| bias | $b = 0.1$ |\n\n"
    r"The sum is $z = w_1 x_1 + w_2 x_2 + b$, the answer $a = \frac{1}{1 + e^{-z}}$."
)

LINES = [
    (GIVEN, r"w_1 x_1 + w_2 x_2 + b = 0.3 \cdot 0.5 + 0.7 \cdot 1.0 + 0.1", "proved"),
    (GIVEN, r"z = 0.3 \cdot 0.5 + 0.7 \cdot 1.0 + 0.1 = 0.95", "proved"),
    (GIVEN, r"\frac{\partial z}{\partial w_1} = 0.5", "proved"),
    (GIVEN, r"\frac{\partial z}{\partial w_1} = 0.75", "not proved"),
    (GIVEN, r"\frac{1}{1 + e^{-z}} = 0.721", "proved"),
    # Rounded, or rounded on the way: no wrong line, and no right one that anybody could show.
    (GIVEN, r"\frac{1}{1 + e^{-z}} = 0.722", "unsupported"),
    # A function times what is one less itself is no application.
    (
        r"$\sigma(z) = \frac{1}{1 + e^{-z}}$, $z = w x + b$",
        r"\frac{d \sigma}{d z} = \sigma (1 - \sigma)",
        "proved",
    ),
    (
        r"$\sigma(z) = \frac{1}{1 + e^{-z}}$, $z = w x + b$",
        r"\frac{1}{1+e^{-z}} (1 - \frac{1}{1+e^{-z}}) = \sigma (1 - \sigma)",
        "proved",
    ),
    (
        r"$\sigma(z) = \frac{1}{1 + e^{-z}}$, $z = w x + b$",
        r"\frac{1}{1+e^{-z}} (1 - \frac{1}{1+e^{-z}}) = \sigma (1 + \sigma)",
        "refuted",
    ),
]


@pytest.mark.parametrize(("given", "line", "expected"), LINES)
def test_a_worked_line(given: str, line: str, expected: str) -> None:
    status = check(f"{given}\n\n$${line}$$\n", kind="markdown").verdicts[-1].status.value
    assert status != "proved" if expected == "not proved" else status == expected


def test_updates_do_not_speak_against_the_loss() -> None:
    text = (
        r"We have $y = w x$ with $w = 0.25$, $x = 0.5$ and the loss $J = \frac{1}{2} (y - 1)^2$."
        "\n\n"
        r"$$w := w - 0.5 \frac{\partial J}{\partial w} = 0.25 - 0.5 \times (-0.44) = 0.47$$"
        "\n\n"
        r"$$w := w - 0.5 \frac{\partial J}{\partial w} = 0.47 - 0.5 \times (-0.38) = 0.66$$"
        "\n\n"
        r"$$\frac{\partial J}{\partial w} = (y - 1) x$$"
    )
    verdicts = check(text, kind="markdown").verdicts
    assert "refuted" not in {v.status.value for v in verdicts}
    assert verdicts[-1].status.value == "proved"
