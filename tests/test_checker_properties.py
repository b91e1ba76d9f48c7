"""Properties that a text supposes, A = A^\\top and f(-z) = -f(z): no claims, and put to use behind them."""

import pytest

import convsym


def statuses(text: str) -> list[str]:
    return [str(verdict.status) for verdict in convsym.check(text).verdicts]


QUADRATIC = "$$\\frac{\\partial f}{\\partial x} = A x$$\n\n$$\\frac{\\partial f}{\\partial x} = 2 A x$$\n"


@pytest.mark.parametrize("said", ["A = A^\\top", "A^\\top = A", "A = A^T"])
def test_a_symmetric_matrix_is_supposed_and_put_to_use(said: str) -> None:
    text = f"Let ${said}$ and $f = \\frac12 x^\\top A x$.\n\n{QUADRATIC}"
    assert statuses(text) == ["definition", "definition", "proved", "refuted"]
    text = f"Let $f = \\frac12 x^\\top A x$ with ${said}$.\n\n{QUADRATIC}"
    assert statuses(text) == ["definition", "definition", "proved", "refuted"]


def test_symmetric_weights_under_a_sum() -> None:
    energy = "$E = \\frac12 \\sum_{i=1}^n \\sum_{j=1}^n w_{ij} x_i x_j$.\n\n"
    lines = (
        "$$\\frac{\\partial E}{\\partial x_k} = \\sum_{j=1}^n w_{kj} x_j$$\n\n"
        "$$\\frac{\\partial E}{\\partial x_k} = 2 \\sum_{j=1}^n w_{kj} x_j$$\n"
    )
    text = f"The network has symmetric weights $w_{{ij}} = w_{{ji}}$ and {energy}{lines}"
    assert statuses(text) == ["definition", "definition", "proved", "refuted"]
    # Words alone say that the line may hold, and never that another one does.
    assert statuses(f"The matrix $(w_{{ij}})$ is symmetric. Let {energy}{lines}") == [
        "definition",
        "unsupported",
        "refuted",
    ]
    assert statuses(f"Let {energy}{lines}") == ["definition", "refuted", "refuted"]


def test_an_even_kernel_and_one_that_is_the_same_from_both_ends() -> None:
    text = (
        "For an even kernel, $k_{-m} = k_m$, let $y_i = \\sum_{m=-1}^1 k_m x_{i+m}$:\n\n"
        "$$y_i = \\sum_{m=-1}^1 k_m x_{i-m}$$\n\n$$y_i = k_0 x_i + k_1 (x_{i-1} - x_{i+1})$$\n"
    )
    assert statuses(text) == ["definition", "definition", "proved", "refuted"]
    text = (
        "$z_i = \\sum_{k=1}^3 w_k x_{i+k-1}$. The kernel is symmetric ($w_1 = w_3$):\n\n"
        "$$z_i = \\sum_{k=1}^3 w_{4-k} x_{i+k-1}$$\n"
    )
    assert statuses(text)[-1] == "proved"


def test_odd_functions_and_those_that_turn_about_a_half() -> None:
    text = (
        "The activation is odd, $f(-z) = -f(z)$. With $a = f(w x)$,\n\n$$f(-w x) = -a$$\n\n$$f(-w x) = a$$\n"
    )
    assert statuses(text) == ["definition", "definition", "proved", "refuted"]
    text = (
        "For any $g$ with $g(-z) = 1 - g(z)$ and $a = g(w x)$,\n\n$$g(-w x) = 1 - a$$\n\n$$g(-w x) = -a$$\n"
    )
    assert statuses(text) == ["definition", "definition", "proved", "refuted"]
    # What is not put to use leaves open what it may decide.
    text = "With $f(x + y) = f(x) + f(y)$ we get\n\n$$f(2 x) = 2 f(x)$$\n"
    assert "refuted" not in statuses(text)


def test_a_property_of_what_is_defined_stays_a_claim() -> None:
    text = "$s(z) = \\frac{1}{1 + e^{-z}}$. Note $s(-z) = s(z)$.\n"
    assert statuses(text) == ["definition", "refuted"]
    assert statuses("$$f(-x) = f(x)$$\n") == ["refuted"]


def test_a_unit_vector_that_is_assumed() -> None:
    text = (
        "Assume that $x$ is normalised: $x^\\top x = 1$. The update $v = w - \\eta (w^\\top x - t) x$ gives\n\n"
        "$$v^\\top x = w^\\top x - \\eta (w^\\top x - t)$$\n"
    )
    assert statuses(text)[-1] == "unsupported"
    assert (
        statuses(text.replace("Assume that $x$ is normalised: $x^\\top x = 1$.", "Take $x$."))[-1]
        == "refuted"
    )


def test_a_slope_by_what_is_tied_is_left_open() -> None:
    text = "A symmetric kernel has $k_1 = k_3$; then $z = k_1 x + k_2 y + k_3 u$ gives\n\n"
    assert statuses(f"{text}$$\\frac{{\\partial z}}{{\\partial k_1}} = x + u$$\n")[-1] != "refuted"
    text = "Let $w_{ij} = w_{ji}$ and $E = \\sum_{i=1}^2 \\sum_{j=1}^2 w_{ij} x_i x_j$.\n\n"
    assert statuses(f"{text}$$\\frac{{\\partial E}}{{\\partial w_{{12}}}} = 2 x_1 x_2$$\n")[-1] != "refuted"
