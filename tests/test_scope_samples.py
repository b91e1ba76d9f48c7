"""Samples x^{(i)} under a sum, and functions that are printed with their parameters: h_theta(x), J(w, b)."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

LINE = (
    r"The model is $h_\theta(x) = \theta_0 + \theta_1 x$." + "\n\n"
    r"$$J(\theta_0, \theta_1) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$$"
)
BIAS = (
    r"The model is $f_{w,b}(x) = w x + b$." + "\n\n"
    r"$$J(w, b) = \frac{1}{2m} \sum_{i=1}^m (f_{w,b}(x^{(i)}) - y^{(i)})^2$$"
)
FEATURES = (
    r"$$\hat y^{(i)} = \sum_{j=1}^n w_j x_j^{(i)} + b$$" + "\n\n"
    r"$$L = \frac{1}{m} \sum_{i=1}^m (\hat y^{(i)} - y^{(i)})^2$$"
)
LOGISTIC = (
    r"$$h_\theta(x) = g(\theta^T x), \qquad g(z) = \frac{1}{1 + e^{-z}}$$" + "\n\n"
    r"$$J(\theta) = -\frac{1}{m} \sum_{i=1}^m \left[ y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)})) \right]$$"
)
PARENTHESES = r"$$L = \sum_{n=1}^N (w x^{[n]} - t^{[n]})^2$$"  # any letter, either bracket

LINES = [
    (
        LINE,
        r"\frac{\partial J}{\partial \theta_0} = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})",
        "proved",
    ),
    (
        LINE,
        r"\frac{\partial J}{\partial \theta_1} = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}",
        "proved",
    ),
    (
        LINE,
        r"\frac{\partial J}{\partial \theta_1} = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})",
        "refuted",
    ),
    (
        LINE,
        r"\frac{\partial J}{\partial \theta_1} = \frac{2}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}",
        "refuted",
    ),
    (LINE, r"\frac{\partial h_\theta(x)}{\partial \theta_1} = x", "proved"),
    (LINE, r"\frac{\partial h_\theta(x)}{\partial \theta_0} = x", "refuted"),
    (
        LINE,
        r"\frac{\partial}{\partial \theta_0} J(\theta_0, \theta_1) = \frac{1}{m} \sum_{k=1}^m (\theta_0 + \theta_1 x^{(k)} - y^{(k)})",
        "proved",
    ),
    (
        BIAS,
        r"\frac{\partial J(w,b)}{\partial w} = \frac{1}{m} \sum_{i=1}^m (f_{w,b}(x^{(i)}) - y^{(i)}) x^{(i)}",
        "proved",
    ),
    (
        BIAS,
        r"\frac{\partial J(w,b)}{\partial b} = \frac{1}{m} \sum_{i=1}^m (f_{w,b}(x^{(i)}) - y^{(i)})",
        "proved",
    ),
    (
        BIAS,
        r"\frac{\partial J(w,b)}{\partial b} = \frac{1}{m} \sum_{i=1}^m (f_{w,b}(x^{(i)}) - y^{(i)}) x^{(i)}",
        "refuted",
    ),
    (
        FEATURES,
        r"\frac{\partial L}{\partial w_j} = \frac{2}{m} \sum_{i=1}^m (\hat y^{(i)} - y^{(i)}) x_j^{(i)}",
        "proved",
    ),
    (
        FEATURES,
        r"\frac{\partial L}{\partial w_j} = \frac{2}{m} \sum_{i=1}^m (\hat y^{(i)} - y^{(i)}) x_i^{(j)}",
        "refuted",
    ),
    (
        FEATURES,
        r"\frac{\partial L}{\partial b} = \frac{2}{m} \sum_{i=1}^m (\hat y^{(i)} - y^{(i)})",
        "proved",
    ),
    (FEATURES, r"\frac{\partial L}{\partial \hat y^{(i)}} = \frac{2}{m} (\hat y^{(i)} - y^{(i)})", "proved"),
    (FEATURES, r"\frac{\partial L}{\partial \hat y^{(i)}} = 2 (\hat y^{(i)} - y^{(i)})", "refuted"),
    (
        LOGISTIC,
        r"\frac{\partial J(\theta)}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}",
        "proved",
    ),
    (
        LOGISTIC,
        r"\frac{\partial J(\theta)}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m (y^{(i)} - h_\theta(x^{(i)})) x_j^{(i)}",
        "refuted",
    ),
    (
        LOGISTIC,
        r"\nabla_\theta J(\theta) = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}",
        "proved",
    ),
    (
        LOGISTIC,
        r"\frac{\partial}{\partial \theta_j} h_\theta(x) = h_\theta(x) (1 - h_\theta(x)) x_j",
        "proved",
    ),
    (
        LOGISTIC,
        r"\frac{\partial}{\partial \theta_j} h_\theta(x) = h_\theta(x) (1 - h_\theta(x)) \theta_j",
        "refuted",
    ),
    (PARENTHESES, r"\frac{\partial L}{\partial w} = 2 \sum_{n=1}^N (w x^{[n]} - t^{[n]}) x^{[n]}", "proved"),
    (PARENTHESES, r"\frac{\partial L}{\partial w} = 2 \sum_{n=1}^N (w x^{[n]} - t^{[n]})", "refuted"),
]


@pytest.mark.parametrize(("given", "line", "expected"), LINES)
def test_a_line_about_samples(given: str, line: str, expected: str) -> None:
    report = check(f"{given}\n\n$${line}$$\n")
    assert report.verdicts[-1].status.value == expected


def test_samples_of_one_section_do_not_make_vectors_of_another() -> None:
    text = f"# One feature\n\n{LINE}\n\n$${LINES[0][1]}$$\n\n# Many\n\n{LOGISTIC}\n\n$${LINES[15][1]}$$\n"
    statuses = [verdict.status.value for verdict in check(text).verdicts]
    assert statuses.count("proved") == 2
    assert not {"refuted", "unsupported", "undecided"} & set(statuses)


def test_a_layer_is_no_sample() -> None:
    given = r"$$a^{(l)} = \sigma(z^{(l)}), \quad \sigma(u) = \frac{1}{1 + e^{-u}}$$"
    report = check(
        rf"{given} $$\frac{{\partial a^{{(l)}}}}{{\partial z^{{(l)}}}} = a^{{(l)}}(1 - a^{{(l)}})$$"
    )
    assert report.verdicts[-1].status.value == "proved"


def test_a_function_applied_to_a_cell_defines_nothing() -> None:
    report = check(
        r"$$\sigma(u) = \frac{1}{1+e^{-u}}$$ $$h_1 = \sigma(z_1)$$ $$\sigma(0.5) = \frac{1}{1+e^{-0.5}}$$"
    )
    assert [v.status.value for v in report.verdicts] == ["definition", "definition", "proved"]
