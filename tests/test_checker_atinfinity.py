r"""Values at infinity are limits, and no definitions: \sigma(-\infty) = 0."""

from __future__ import annotations

import pytest

from convsym.checker import check

FUNCTIONS = r"""
$$\sigma(z) = \frac{1}{1 + e^{-z}}$$
$$g(t) = \frac{t}{1 + t^2}$$

"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\sigma(\infty) = 1", "proved"),
        (r"\sigma(-\infty) = 0", "proved"),
        (r"0 = \sigma(-\infty)", "proved"),
        (r"\sigma(+\infty) = 0", "refuted"),
        (r"\sigma(-\infty) = 1", "refuted"),
        (r"g(\infty) = 0", "proved"),
        (r"g(-\infty) = 1", "refuted"),
        (r"\tanh(-\infty) = -1", "proved"),
        # What is no function at infinity, or of no known function, is left open.
        (r"\infty - \infty = 0", "unsupported"),
        (r"\sigma(\infty) = c", "unsupported"),
        (r"f(\infty) = 1", "unsupported"),
        (r"\sigma(\infty) - \sigma(-\infty) = 1", "unsupported"),
    ],
)
def test_a_function_at_infinity_is_its_limit(line: str, status: str) -> None:
    (*_, found) = check(FUNCTIONS + f"$${line}$$", kind="markdown").verdicts
    assert found.status == status


def test_a_value_at_infinity_defines_no_function() -> None:
    text = FUNCTIONS + "- $\\sigma(\\infty) = 1$\n- $\\sigma(-\\infty) = 0$\n\n"
    text += "$$\\sigma(z) = \\frac{1}{1 + e^{-z}}$$\n\n$$\\sigma'(z) = \\sigma(z) (1 - \\sigma(z))$$"
    found = [str(verdict.status) for verdict in check(text, kind="markdown").verdicts[2:]]
    assert found[:2] == ["proved", "proved"]
    assert found[-1] == "proved"
