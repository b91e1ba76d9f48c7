"""Lines about a border cell that leave out what the words say lies outside."""

import pytest

import convsym


def statuses(text: str) -> list[str]:
    return [str(verdict.status) for verdict in convsym.check(text).verdicts]


WINDOW = "$$y_i = k_1 x_{i-1} + k_2 x_i + k_3 x_{i+1}$$\n\n"


@pytest.mark.parametrize(
    "words",
    [
        "At the left edge there is no $x_0$, so",
        "With zero padding the border cells are",
        "The cells outside are zero. Then",
    ],
)
def test_cells_outside_by_words(words: str) -> None:
    assert statuses(f"{WINDOW}{words}\n\n$$y_1 = k_2 x_1 + k_3 x_2$$\n")[-1] == "unsupported"
    assert statuses(f"{WINDOW}{words}\n\n$$y_1 = k_2 x_1 - k_3 x_2$$\n")[-1] == "refuted"
    assert statuses(f"{WINDOW}{words}\n\n$$y_1 = k_1 x_1 + k_2 x_2$$\n")[-1] == "refuted"


def test_without_such_words_a_lost_term_is_a_slip() -> None:
    assert statuses(f"{WINDOW}Written out,\n\n$$y_1 = k_2 x_1 + k_3 x_2$$\n")[-1] == "refuted"


def test_the_last_cell_of_a_range_that_is_a_letter() -> None:
    text = "With zero padding, $y_i = \\sum_{m=-1}^{1} k_m x_{i+m}$, where $i = 0, \\dots, N - 1$.\n\n"
    assert statuses(f"{text}$$y_{{N-1}} = k_{{-1}} x_{{N-2}} + k_0 x_{{N-1}}$$\n")[-1] == "unsupported"
    assert statuses(f"{text}$$y_{{N-1}} = k_{{-1}} x_{{N-2}} - k_0 x_{{N-1}}$$\n")[-1] == "refuted"


def test_a_full_convolution_is_not_refuted_by_its_cells() -> None:
    text = "Full convolution of $x_0, x_1, x_2$ with $w_0, w_1$: $y_n = \\sum_k w_k x_{n-k}$.\n\n"
    lines = "$$y_0 = w_0 x_0$$\n\n$$y_1 = w_0 x_1 + w_1 x_0$$\n\n$$y_3 = w_1 x_2$$\n"
    assert "refuted" not in statuses(text + lines)
    assert statuses(f"{text}$$y_1 = w_0 x_1 + w_1 x_1$$\n")[-1] == "refuted"


def test_values_at_the_start_are_those_of_their_sentence() -> None:
    text = "$$y = \\gamma x + \\beta$$\n\nInitially $\\gamma = 1$ and $\\beta = 0$, so\n\n"
    assert statuses(f"{text}$$y = x$$\n")[-1] == "proved"
    assert statuses(f"{text}$$y = 2 x$$\n")[-1] == "refuted"
    slope = "The gradient is\n\n$$\\frac{\\partial y}{\\partial x} = 1$$\n"
    assert statuses(f"{text}$$y = x$$\n\n{slope}")[-1] == "refuted"


def test_a_value_of_what_is_computed_restricts_what_it_is_computed_from() -> None:
    text = "$y = \\sigma(z)$, $z = w x + b$. If $y = \\frac12$ we are on the boundary, where\n\n"
    assert statuses(f"{text}$$w x + b = 0$$\n")[-1] != "refuted"
