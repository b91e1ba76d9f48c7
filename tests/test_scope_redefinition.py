"""What comes into force and what does not: another value, another section, a display marked as wrong, an example."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

SEQUENCES = [
    (
        "a second number is another value from there on",
        r"Suppose $x = 3$. Then $x^2 = 9$. Now suppose $x = 4$. Then $x^2 = 16$ and $x^2 = 9$.",
        ["definition", "proved", "definition", "proved", "refuted"],
    ),
    (
        "a step size may change",
        r"We use $\eta = 0.1$ at first and later $\eta = 0.01$.",
        ["definition", "definition"],
    ),
    (
        "a special case of an index fixes nothing",
        "$$L = \\sum_{i=1}^{3} (a_i - y_i)^2$$ where, say, $i = 2$.\n\n$$\\frac{\\partial L}{\\partial a_i} = 2(a_i - y_i)$$ $$\\frac{\\partial L}{\\partial a_1} = 2(a_2 - y_2)$$",
        ["definition", "definition", "proved", "refuted"],
    ),
    (
        "an example value of one cell leaves the others free",
        "$$C = \\frac{1}{N}\\sum_{i=1}^{N} (\\hat y_i - y_i)^2$$ For example $\\hat y_2 = 0.7$.\n\n$$\\frac{\\partial C}{\\partial \\hat y_i} = \\frac{2}{N}(\\hat y_i - y_i)$$ $$\\frac{\\partial C}{\\partial \\hat y_i} = \\frac{1}{N}(\\hat y_i - y_i)$$",
        ["definition", "definition", "proved", "refuted"],
    ),
    (
        "another section defines its own operation",
        "# Convolution\n$$y_{i}=\\sum_{m=1}^M w_{m}x_{i+m-1}$$\n\n# Pooling\n$$y_{i}=\\frac{1}{M}\\sum_{m=1}^M x_{i+m-1}$$\n\n$$\\frac{\\partial y_1}{\\partial x_1} = \\frac{1}{M}$$",
        ["definition", "definition", "proved"],
    ),
    (
        "what is marked as wrong defines nothing",
        "$z = w x + b$\n\n<!-- convsym: refuted -->\n$$q = \\frac{\\partial z}{\\partial b} + 1$$\n\n$$q = 1$$",
        ["definition", "definition", "definition"],
    ),
    (
        "what is marked as wrong is still judged, and what follows too",
        "$z = w x + b$\n\n<!-- convsym: refuted -->\n$$\\frac{\\partial z}{\\partial x} = x$$\n\n$$\\frac{\\partial z}{\\partial x} = w$$",
        ["definition", "refuted", "proved"],
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), [case[1:] for case in SEQUENCES], ids=[c[0] for c in SEQUENCES]
)
def test_verdicts_in_order(text: str, expected: list[str]) -> None:
    verdicts = check(text, kind="markdown").verdicts
    assert [str(v.status) for v in verdicts] == expected, [(v.latex, v.reason) for v in verdicts]


@pytest.mark.parametrize(
    ("line", "is_refuted"),
    [
        (r"M dW = \beta M dW + (1 - \beta) dW", False),
        (r"M dW = (\beta) M dW + (1 - \beta) dW", False),
        (r"M dW^{corrected} = \frac{M dW}{1 - \beta^t}", False),
        (r"S dW = S dW + dW^2", False),
        (r"a b = a b + a", True),  # both are defined: a false claim
    ],
)
def test_several_letters_that_name_what_is_updated(line: str, is_refuted: bool) -> None:
    text = f"$a = x + 1$, $b = x^2$ and $W^{{l}} = V^{{l}} x$.\n\n$${line}$$\n\n$$W = W - \\alpha M dW$$\n"
    verdict = check(text, kind="markdown").verdicts[-2]
    assert (verdict.status.value == "refuted") == is_refuted, verdict
    assert verdict.status.value != "proved"
