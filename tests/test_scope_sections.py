"""Notes that give one name another meaning under each heading."""

from __future__ import annotations

import pytest

from convsym.checker import check

ACTIVATIONS = r"""
## Sigmoid

$$f(x) = \frac{1}{1+e^{-x}}$$

$$f'(x) = f(x)(1-f(x))$$

## Tanh

$$f(x) = \tanh(x)$$

$$f'(x) = 1 - f(x)^2$$

## ReLU

$$f(x) = \max(0, x)$$
"""
LOSSES = r"""
# MSE

$$L = \frac12 (y-t)^2$$

$$\frac{\partial L}{\partial y} = y - t$$

# Cross-entropy

$$L = -t \log y - (1-t)\log(1-y)$$

$$\frac{\partial L}{\partial y} = \frac{y-t}{y(1-y)}$$
"""
BOLD = r"""
**Sigmoid**

$$\sigma(x) = \frac{1}{1+e^{-x}}$$

$$\sigma'(x) = \sigma(x)(1-\sigma(x))$$

**Tanh**

$$\sigma(x) = \tanh(x)$$

$$\sigma'(x) = 1 - \sigma(x)^2$$
"""
NOW = r"""
$$y = wx + b$$

$$\frac{dy}{dx} = w$$

Now take

$$y = e^x$$

$$\frac{dy}{dx} = e^x$$
"""


@pytest.mark.parametrize("text", [ACTIVATIONS, LOSSES, BOLD, NOW], ids=["functions", "losses", "bold", "now"])
def test_every_meaning_holds_where_it_stands(text: str) -> None:
    assert {str(v.status) for v in check(text, kind="markdown").verdicts} <= {"definition", "proved"}


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (ACTIVATIONS, "f'(x) = f(x)(1-f(x))", "f'(x) = f(x)(1+f(x))"),
        (ACTIVATIONS, "f'(x) = 1 - f(x)^2", "f'(x) = f(x)(1-f(x))"),
        (LOSSES, r"\frac{\partial L}{\partial y} = y - t", r"\frac{\partial L}{\partial y} = t - y"),
        (LOSSES, r"\frac{y-t}{y(1-y)}", "y - t"),
        (BOLD, r"\sigma'(x) = 1 - \sigma(x)^2", r"\sigma'(x) = \sigma(x)(1-\sigma(x))\,"),
        (NOW, r"\frac{dy}{dx} = e^x", r"\frac{dy}{dx} = x"),
    ],
)
def test_a_wrong_line_is_refuted_by_the_meaning_of_its_section(text: str, right: str, wrong: str) -> None:
    verdicts = check(text.replace(right, wrong), kind="markdown").verdicts
    assert sum(str(v.status) == "refuted" for v in verdicts) == 1


def test_what_speaks_of_the_definition_under_another_heading_stays_a_claim() -> None:
    text = r"""
# Loss

$$L = \sum_{i=1}^{2} \sum_{j=1}^{2} (o_{i,j} - y_{i,j})^2$$

# Forward

We obtain the loss

$$L = (o_{1,1} - y_{1,1})^2 + (o_{1,2} - y_{1,2})^2 + (o_{2,1} - y_{2,1})^2$$
"""
    assert str(check(text, kind="markdown").verdicts[-1].status) == "refuted"
