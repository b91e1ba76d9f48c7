"""Lines under a bound of a magnitude: the slope of a piece that is given for |r| <= d and of the one beyond."""

import pytest

from convsym.checker import check

PSEUDO = r"""Let $q(s) = 3 s^2$ if $|s| \le c$ and $q(s) = c (|6 s| - 3 c)$ otherwise.

"""
NUMBERS = r"""Let $q(s) = s^2 + s$ if $|s| \le 2$ and $q(s) = 5 |s|$ otherwise.

"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("If $|s| < c$ then $q'(s) = 6s$.", "proved"),
        ("If $|s| < c$ then $q'(s) = 3s$.", "refuted"),
        ("If $|s| < c$ then $q'(s) = 6|s|$.", "refuted"),
        ("If $s > c$ then $q'(s) = 6c$.", "proved"),
        ("If $s > c$ then $q'(s) = -6c$.", "refuted"),
        ("If $s < -c$ then $q'(s) = -6c$.", "proved"),
        ("If $s < -c$ then $q'(s) = 6c$.", "refuted"),
        ("If $|s| > c$ then $q'(s) = 6c$.", "refuted"),
    ],
)
def test_a_slope_within_a_bound_that_is_a_letter(line: str, status: str) -> None:
    verdict = check(PSEUDO + line, kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict
    if status == "proved":
        assert "$c > 0$" in verdict.assuming, verdict.assuming


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("If $|s| < 2$ then $q'(s) = 2s + 1$.", "proved"),
        ("If $|s| < 2$ then $q'(s) = 2s$.", "refuted"),
        ("If $s > 2$ then $q'(s) = 5$.", "proved"),
        ("If $s < -2$ then $q'(s) = 5$.", "refuted"),
    ],
)
def test_a_slope_within_a_bound_that_is_a_number(line: str, status: str) -> None:
    verdict = check(NUMBERS + line, kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict


def test_another_kink_within_the_bound_refutes_nothing() -> None:
    text = "Let $q(s) = |s - 1|$. If $|s| < 2$ then $q'(s) = 1$.\n"
    assert check(text, kind="markdown").verdicts[-1].status.value != "proved"
    text = r"Let $q(s) = \max(0, 2 s - 1)$. If $|s| < 2$ then $q'(s) = \frac{q(s) + |q(s)|}{q(s)}$."
    assert check(text, kind="markdown").verdicts[-1].status.value != "refuted"
