"""Normalization by mean and variance, backwards through both: for every size, with the loss left open."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

PLAIN = (
    r"$$\mu = \frac{1}{m} \sum_{i=1}^m x_i$$ $$\sigma^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu)^2$$"
    r"$$\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}$$ $$y_i = \gamma \hat x_i + \beta$$"
)
LABELED = (
    r"$$\mu_B = \frac{1}{m} \sum_{i=1}^m x_i$$ $$\sigma_B^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu_B)^2$$"
    r"$$\hat x_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}$$ $$y_i = \gamma \hat x_i + \beta$$"
)
SCORE = r"$$\mu = \frac{1}{N} \sum_{k=1}^N x_k, \quad \sigma^2 = \frac{1}{N} \sum_{k=1}^N (x_k - \mu)^2, \quad z_k = \frac{x_k - \mu}{\sigma}$$"

LINES = [
    (PLAIN, r"\frac{\partial L}{\partial \beta} = \sum_{i=1}^m \frac{\partial L}{\partial y_i}", "proved"),
    (
        PLAIN,
        r"\frac{\partial L}{\partial \gamma} = \sum_{i=1}^m \frac{\partial L}{\partial y_i} \hat x_i",
        "proved",
    ),
    (
        PLAIN,
        r"\frac{\partial L}{\partial \gamma} = \sum_{i=1}^m \frac{\partial L}{\partial y_i} x_i",
        "refuted",
    ),
    (PLAIN, r"\frac{\partial L}{\partial \hat x_i} = \gamma \frac{\partial L}{\partial y_i}", "proved"),
    (
        PLAIN,
        r"\frac{\partial L}{\partial \sigma^2} = \sum_{i=1}^m \frac{\partial L}{\partial \hat x_i} (x_i - \mu) \cdot \left(-\frac{1}{2}\right) (\sigma^2 + \epsilon)^{-3/2}",
        "proved",
    ),
    (
        PLAIN,
        r"\frac{\partial L}{\partial \sigma^2} = \sum_{i=1}^m \frac{\partial L}{\partial \hat x_i} (x_i - \mu) \cdot \left(-\frac{1}{2}\right) (\sigma^2 + \epsilon)^{-2/3}",
        "not proved",
    ),
    (
        PLAIN,
        r"\frac{\partial L}{\partial \sigma^2} = -\frac{\gamma}{2} (\sigma^2 + \epsilon)^{-3/2} \sum_{i=1}^m \frac{\partial L}{\partial y_i} (x_i - \mu)",
        "proved",
    ),
    (
        PLAIN,
        r"\frac{\partial L}{\partial \sigma^2} = -\frac{1}{2} (\sigma^2 + \epsilon)^{-3/2} \sum_{i=1}^m \frac{\partial L}{\partial y_i} (x_i - \mu)",
        "refuted",
    ),
    (
        PLAIN,
        r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat x_i} \frac{1}{\sqrt{\sigma^2 + \epsilon}} + \frac{\partial L}{\partial \sigma^2} \frac{2 (x_i - \mu)}{m} + \frac{\partial L}{\partial \mu} \frac{1}{m}",
        "proved",
    ),
    (
        PLAIN,
        r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat x_i} \frac{1}{\sqrt{\sigma^2 + \epsilon}} + \frac{\partial L}{\partial \sigma^2} \frac{2 (x_i - \mu)}{m} + \frac{\partial L}{\partial \mu}",
        "not proved",
    ),
    (PLAIN, r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2 (x_i - \mu)}{m}", "proved"),
    (PLAIN, r"\frac{\partial \sigma^2}{\partial x_i} = 2 (x_i - \mu)", "refuted"),
    (PLAIN, r"\frac{\partial \mu}{\partial x_i} = \frac{1}{m}", "proved"),
    (PLAIN, r"\frac{\partial \hat x_i}{\partial \mu} = \frac{-1}{\sqrt{\sigma^2 + \epsilon}}", "proved"),
    (
        LABELED,
        r"\frac{\partial L}{\partial \sigma_B^2} = -\frac{1}{2} \sum_{i=1}^m \frac{\partial L}{\partial \hat x_i} (x_i - \mu_B) (\sigma_B^2 + \epsilon)^{-3/2}",
        "proved",
    ),
    (
        LABELED,
        r"\frac{\partial L}{\partial \sigma_B^2} = \frac{1}{2} \sum_{i=1}^m \frac{\partial L}{\partial \hat x_i} (x_i - \mu_B) (\sigma_B^2 + \epsilon)^{-3/2}",
        "refuted",
    ),
    (
        LABELED,
        r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat x_i} \frac{1}{\sqrt{\sigma_B^2 + \epsilon}} + \frac{\partial L}{\partial \sigma_B^2} \frac{2 (x_i - \mu_B)}{m} + \frac{\partial L}{\partial \mu_B} \frac{1}{m}",
        "proved",
    ),
    (SCORE, r"\frac{\partial \sigma^2}{\partial x_k} = \frac{2}{N} (x_k - \mu)", "proved"),
    (SCORE, r"\frac{\partial \sigma}{\partial x_k} = \frac{x_k - \mu}{N \sigma}", "proved"),
    (SCORE, r"\frac{\partial \sigma}{\partial x_k} = \frac{x_k - \mu}{\sigma}", "not proved"),
]


@pytest.mark.parametrize(("given", "line", "expected"), LINES)
def test_a_line_about_normalization(given: str, line: str, expected: str) -> None:
    status = check(f"{given}\n\n$${line}$$\n").verdicts[-1].status.value
    assert status != "proved" if expected == "not proved" else status == expected


@pytest.mark.parametrize(
    "text",
    [
        r"$v^2 = 2 g h$ and $p = m v$ $$\frac{\partial p}{\partial v} = m$$",  # v is used: it keeps its square
        r"$\sigma^2 = 4$ and $\sigma(z) = \frac{1}{1+e^{-z}}$ $$\frac{d \sigma(z)}{d z} = \sigma(z)(1 - \sigma(z))$$",
    ],
)
def test_a_letter_that_is_used_or_applied_keeps_its_powers(text: str) -> None:
    assert check(text).verdicts[-1].status.value == "proved"


LAYER = r"$$\mu = \frac1D \sum_{i=1}^D x_i$$ $$s^2 = \frac1D \sum_{i=1}^D (x_i - \mu)^2$$ $$y_i = \frac{x_i - \mu}{s}$$"
OPEN = (
    r"$\mu = \frac1D \sum_i x_i$, $s^2 = \frac1D \sum_i (x_i - \mu)^2$, $y_i = \frac{x_i - \mu}{s}$." + "\n\n"
)
ROOT = r"$\mu = \frac1D \sum_i x_i$, $s = \sqrt{\frac1D \sum_i (x_i - \mu)^2}$, $y_i = \frac{x_i - \mu}{s}$."
RADIUS = r"$$r^2 = u^2 + v^2$$"
LENGTH = r"$$R^2 = \sum_{i=1}^n w_i^2$$ $$u_i = \frac{w_i}{R}$$"
CELLS = r"\frac{\partial y_i}{\partial x_j} = \frac1s \left(\delta_{ij} - \frac1D - \frac{y_i y_j}{D}\right)"


@pytest.mark.parametrize(
    ("before", "claim", "expected"),
    [
        (LAYER, r"\frac{\partial s}{\partial x_i} = \frac{x_i - \mu}{D s}", "proved"),
        (LAYER, r"\frac{\partial s}{\partial x_i} = \frac{y_i}{D}", "proved"),
        (LAYER, r"\frac{\partial s}{\partial x_i} = \frac{2 y_i}{D}", "refuted"),
        (LAYER, CELLS, "not refuted"),
        (OPEN, CELLS, "not refuted"),
        (ROOT, CELLS, "not refuted"),
        (LAYER, CELLS.replace(r" - \frac{y_i y_j}{D}", ""), "refuted"),
        (OPEN, CELLS.replace(r" - \frac{y_i y_j}{D}", ""), "refuted"),
        (OPEN, r"\sum_i y_i = 0", "proved"),
        (RADIUS, r"\frac{\partial r}{\partial u} = \frac{u}{r}", "proved"),
        (RADIUS, r"\frac{\partial r}{\partial u} = \frac{2u}{r}", "refuted"),
        (LENGTH, r"\frac{\partial u_i}{\partial w_j} = \frac1R (\delta_{ij} - u_i u_j)", "proved"),
        (LENGTH, r"\frac{\partial u_i}{\partial w_j} = \frac2R (\delta_{ij} - u_i u_j)", "refuted"),
    ],
)
def test_a_letter_is_made_of_what_its_square_is_made_of(before, claim, expected):
    found = check(f"{before}\n\n$${claim}$$\n").verdicts[-1].status.value
    assert (found != "refuted") if expected == "not refuted" else (found == expected)


def test_the_positive_root_is_an_assumption():
    verdict = check(rf"{RADIUS} $$\frac{{\partial r}}{{\partial u}} = \frac{{u}}{{r}}$$").verdicts[-1]
    assert "$r$ is the positive root of $r^2$" in verdict.assuming


def test_a_single_square_and_a_letter_of_its_own_vector_are_no_magnitudes():
    error = check(r"Here $q^2 = (y - t)^2$. $$J = q y$$ $$\frac{\partial J}{\partial q} = y$$")
    assert error.verdicts[-1].status.value == "proved"
    vector = check(r"Here $w^2 = \sum_i w_i^2$. $$J = w x$$ $$\frac{\partial J}{\partial w} = x$$")
    assert vector.verdicts[-1].status.value == "proved"
