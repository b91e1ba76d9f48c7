"""How notes on losses introduce what they differentiate: J(w, b) beside J_i, arrows, a class whose target is 1."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

LOGISTIC = (
    r"The logistic function is $\sigma$. $$z_i = w x_i + b, \qquad p_i = \sigma(z_i)$$"
    r"$$J(w, b) = -\sum_{i=1}^n \left[ y_i \log p_i + (1 - y_i) \log(1 - p_i) \right]$$"
    r"$$J_i = -\left[ y_i \log p_i + (1 - y_i) \log(1 - p_i) \right]$$"
)
UNNAMED = LOGISTIC.replace(r"The logistic function is $\sigma$. ", "").replace(
    r"\sigma(z_i)$$", r"\sigma(z_i) = \frac{1}{1 + e^{-z_i}}$$"
)
CLASSES = (
    r"Only the $k$-th entry of $y$ is 1, so"
    r"$$s = -\sum_{i=1}^n y_i \log p_i$$ $$p_i = \frac{e^{\theta_i}}{\sum_{j=1}^n e^{\theta_j}}$$"
)
SCORES = CLASSES + r"$$\theta = W h + c$$"
NORMALIZED = (
    r"$$\mu_\phi \leftarrow \frac{1}{N} \sum_{i=1}^N x_i$$"
    r"$$\sigma_\phi^2 \leftarrow {\frac{1}{N}} {\sum_{i=1}^N} {(x_i - \mu_\phi)^2}$$"
    r"$$\hat{x_i} \leftarrow \frac{x_i - \mu_\phi}{\sqrt{\sigma_\phi^2 + \epsilon}}$$"
    r"$$y_i \leftarrow \gamma \hat{x_i} + \beta \qquad \mathbf(scale \ and \ shift)$$"
    "\n\n"
    r"At first they are initialized with $\gamma = 1$ and $\beta = 0$. Later, $$y = \gamma \hat x + \beta$$"
)

LINES = [
    (LOGISTIC, r"\frac{\partial J}{\partial b} = \sum_{i=1}^n (p_i - y_i)", "proved"),
    (LOGISTIC, r"\frac{\partial J(w, b)}{\partial b} = \sum_{i=1}^n (p_i - y_i)", "proved"),
    (LOGISTIC, r"\nabla_w J(w, b) = \sum_{i=1}^n (p_i - y_i) x_i", "proved"),
    (
        LOGISTIC,
        r"\frac{\partial J}{\partial w} = \sum_{i=1}^n \frac{\partial J_i}{\partial p_i} \frac{\partial p_i}{\partial w}",
        "proved",
    ),
    (LOGISTIC, r"\nabla_w J(w, b) = \sum_{i=1}^n (p_i + y_i) x_i", "refuted"),
    (LOGISTIC, r"\frac{\partial J}{\partial b} = \sum_{i=1}^n (y_i - p_i)", "refuted"),
    (LOGISTIC, r"\frac{\partial J_i}{\partial z_i} = p_i - y_i", "proved"),
    # What holds for the logistic function only says that it is meant, under a sum too.
    (UNNAMED, r"\frac{\partial J}{\partial w} = \sum_{i=1}^n (p_i - y_i) x_i", "proved"),
    (UNNAMED, r"\frac{\partial J}{\partial w} = \sum_{i=1}^n (p_i + y_i) x_i", "refuted"),
    # A family of two indices stays one.
    (
        r"$$S(i, j) = \sum_{m=1}^2 I_{i+m, j}$$",
        r"\frac{\partial S(i, j)}{\partial I_{i+1, j}} = 1",
        "not refuted",
    ),
    # The class whose target is 1.
    (CLASSES, r"s = -\log p_k", "proved"),
    (CLASSES, r"s = -\log p_m", "not proved"),
    (CLASSES, r"s = \log p_k", "not proved"),
    (
        CLASSES,
        r"\frac{\partial s}{\partial \theta_i} = \frac{\partial s}{\partial p_k} \frac{\partial p_k}{\partial \theta_i}",
        "proved",
    ),
    (
        CLASSES,
        r"\frac{\partial s}{\partial \theta_i} = \frac{\partial s}{\partial p_m} \frac{\partial p_m}{\partial \theta_i}",
        "not proved",
    ),
    (CLASSES, r"\frac{\partial s}{\partial \theta_i} = p_i - y_i", "proved"),
    (CLASSES, r"\frac{\partial s}{\partial \theta_i} = p_i + y_i", "refuted"),
    # An entry of what is defined as a whole is one of any vector; nothing is refuted by it.
    (SCORES, r"\frac{\partial s}{\partial \theta_i} = p_i - y_i", "proved"),
    (SCORES, r"\frac{\partial s}{\partial \theta_i} = p_i + y_i", "not proved"),
    (
        SCORES,
        r"\frac{\partial p_m}{\partial \theta_i} = \begin{cases} p_i (1 - p_i) & i = m \\ -p_m p_i & i \ne m \end{cases}",
        "proved",
    ),
    (SCORES, r"\frac{\partial s}{\partial c} = 0", "not proved"),
    # Assignments by arrows, with sums in braces of their own and remarks behind wide spaces.
    (NORMALIZED, r"\frac{\partial y_i}{\partial \gamma} = \hat{x}_i", "proved"),
    (
        NORMALIZED,
        r"\frac{\partial \sigma_\phi^2}{\partial \mu_\phi} = \frac{-2}{N} \sum_{i=1}^N (x_i - \mu_\phi)",
        "proved",
    ),
    (
        NORMALIZED,
        r"\frac{\partial \sigma_\phi^2}{\partial \mu_\phi} = \frac{2}{N} \sum_{i=1}^N (x_i + \mu_\phi)",
        "refuted",
    ),
    (
        NORMALIZED,
        r"\frac{\partial L}{\partial \gamma} = \sum_{i=1}^N \frac{\partial L}{\partial y_i} \hat{x}_i",
        "proved",
    ),
    (
        NORMALIZED,
        r"\frac{\partial L}{\partial \gamma} = \sum_{i=1}^N \frac{\partial L}{\partial y_i} x_i",
        "refuted",
    ),
    (NORMALIZED, r"\sum_{i=1}^N (x_i - \mu_\phi) = 0", "proved"),
    # An update stays one.
    (r"$$w \leftarrow w - \eta g$$ $$z = w x$$", r"\frac{\partial z}{\partial w} = x", "proved"),
    (r"$$m = \alpha m + (1 - \alpha) g$$ $$z = m x$$", r"\frac{\partial z}{\partial m} = x", "proved"),
]


@pytest.mark.parametrize(("given", "line", "expected"), LINES)
def test_lines_about_losses(given: str, line: str, expected: str) -> None:
    verdict = check(given + f"\n\n$${line}$$\n").verdicts[-1]
    if expected.startswith("not "):
        assert verdict.status.value != expected.removeprefix("not "), verdict
    else:
        assert verdict.status.value == expected, verdict


def test_dots_in_the_place_of_the_parameters_of_a_loss():
    text = r"$$C_0(...) = (a - y)^2$$ $$a = w x$$ $$\frac{\partial C_0}{\partial w} = 2 (a - y) LAST$$"
    assert str(check(text.replace("LAST", "x")).verdicts[-1].status) == "proved"
    assert str(check(text.replace("LAST", "w")).verdicts[-1].status) == "refuted"
    assert (
        str(check(text.replace("(...)", r"(a, \dots)").replace("LAST", "w")).verdicts[-1].status) != "proved"
    )
