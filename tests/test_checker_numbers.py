"""Worked examples of small networks in numbers: shapes that nothing says, rows in brackets, rounded results, units."""

from functools import cache

import pytest

from convsym.checker import check

GENERAL = r"""
The first layer is $u^{(1)} = V^{(1)} p + c^{(1)}$ and $h^{(1)} = \sigma(u^{(1)})$ with the sigmoid $\sigma$, the second
one $u^{(2)} = V^{(2)} h^{(1)} + c^{(2)}$ and $q = \sigma(u^{(2)})$. Write $g^{(2)} = q - t$ and
$$g^{(1)} = \bigl(V^{(2)\top} g^{(2)}\bigr) \odot h^{(1)} \odot (1 - h^{(1)}).$$
"""
EXAMPLE = r"""
Take $p = (0.4, 0.9)$, $t = 1$ and
$$V^{(1)} = \begin{pmatrix} 0.3 & -0.2 \\ 0.5 & 0.1 \end{pmatrix}, \quad
c^{(1)} = \begin{pmatrix} 0.2 \\ -0.1 \end{pmatrix}, \quad
V^{(2)} = \begin{pmatrix} 0.7 & -0.3 \end{pmatrix}, \quad c^{(2)} = 0.15$$

$$u^{(1)} = \begin{pmatrix} 0.14 \\ 0.19 \end{pmatrix}, \quad
h^{(1)} = \begin{pmatrix} 0.535 \\ 0.547 \end{pmatrix}, \quad u^{(2)} = 0.360, \quad q = 0.589$$

$$g^{(2)} = q - t = -0.411$$
"""
TRUE = (
    r"V^{(2)\top} g^{(2)} = \begin{pmatrix} 0.7 \\ -0.3 \end{pmatrix} (-0.411)",
    r"h^{(1)} \odot (1 - h^{(1)}) = \begin{pmatrix} 0.535 \times 0.465 \\ 0.547 \times 0.453 \end{pmatrix}",
    r"V^{(2)} h^{(1)} = [0.7 \quad -0.3] \begin{bmatrix} 0.535 \\ 0.547 \end{bmatrix}",
    r"h^{(1)} (1\ \ 0) = \begin{pmatrix} 0.535 & 0 \\ 0.547 & 0 \end{pmatrix}",
)
FALSE = (
    r"V^{(2)\top} g^{(2)} = \begin{pmatrix} 0.7 \\ -0.4 \end{pmatrix} (-0.411)",
    r"h^{(1)} \odot (1 - h^{(1)}) = \begin{pmatrix} 0.535 \times 0.465 \\ 0.547 \times 0.653 \end{pmatrix}",
    r"[0.7 \quad -0.3] \begin{bmatrix} 0.535 \\ 0.547 \end{bmatrix} = 0.310",
)


@cache
def statuses(text: str) -> dict[str, str]:
    return {verdict.latex: str(verdict.status) for verdict in check(text, kind="markdown").verdicts}


def status(text: str, line: str) -> str:
    return statuses(f"{text}\n\n$${line}$$\n")[line]


@pytest.mark.parametrize("line", TRUE)
def test_true_lines_of_an_example_are_proved(line: str) -> None:
    assert status(GENERAL + EXAMPLE, line) == "proved"


@pytest.mark.parametrize("line", FALSE)
def test_false_lines_of_an_example_are_refuted(line: str) -> None:
    assert status(GENERAL + EXAMPLE, line) == "refuted"


@pytest.mark.parametrize("line", TRUE[:2])
def test_names_of_which_nothing_says_a_shape_are_no_numbers(line: str) -> None:
    assert status(GENERAL, line) != "refuted"


def test_results_are_held_against_the_formula_before() -> None:
    right = statuses(GENERAL + EXAMPLE)
    line = r"u^{(1)} = \begin{pmatrix} 0.14 \\ 0.19 \end{pmatrix}"
    assert right[line] == right["q = 0.589"] == "proved"
    wrong = statuses(GENERAL + EXAMPLE.replace("0.14 ", "0.34 "))
    assert wrong[line.replace("0.14", "0.34")] == "refuted"
    # Where no number fits, they may be those of another example.
    other = statuses(GENERAL + EXAMPLE.replace(r"0.14 \\ 0.19", r"0.34 \\ 0.88"))
    assert other[line.replace(r"0.14 \\ 0.19", r"0.34 \\ 0.88")] != "refuted"


def test_a_line_that_is_proved_before_the_example_stays_so_in_it() -> None:
    line = r"\frac{\partial E}{\partial V^{(2)}} = g^{(2)} h^{(1)\top}"
    general = GENERAL.replace("$g^{(2)} = q - t$", r"$g^{(2)} = \frac{\partial E}{\partial u^{(2)}}$")
    example = EXAMPLE.replace("q - t = -0.411", "-0.411")
    assert status(f"{general}\n\n$${line}$$\n{example}", line) == "proved"
    turned = r"\frac{\partial E}{\partial V^{(2)}} = h^{(1)} g^{(2)\top}"
    assert status(f"{general}\n\n$${line}$$\n{example}", turned) != "proved"


def test_a_last_digit_may_be_that_of_the_results_before_they_were_rounded() -> None:
    # g = -0.41093, h = 0.53494: the product is -0.21982, that of the rounded numbers -0.219885.
    assert status(GENERAL + EXAMPLE, "(-0.411)(0.535) = -0.2198") == "proved"
    assert status(GENERAL + EXAMPLE, "(-0.411)(0.535) = -0.2298") == "refuted"


def test_a_norm_of_bare_names_is_not_taken_for_that_of_numbers() -> None:
    text = "The cost of one example compares the output with $t$."
    assert status(text, r"\|t - o\|^2 = \sum_j (t_j - o_j)^2") != "refuted"


LOSS_OF_AN_INPUT = r"""
For every layer $z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j$ and $a^l_j = \sigma(z^l_j)$. The loss is
$Q = \frac{1}{n} \sum_x Q_x$. Let $\delta^l_j = \frac{\partial Q_x}{\partial z^l_j}$.
"""


def test_the_input_below_a_loss_is_no_index() -> None:
    line = r"\frac{\partial Q_x}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j"
    assert status(LOSS_OF_AN_INPUT, line) == "proved"
    assert status(LOSS_OF_AN_INPUT, line.replace("a^{l-1}_k", "a^l_k")) == "refuted"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"It takes $56^2 \cdot 64 \cdot 27 \approx 5.4$ M steps.", "proved"),
        (r"It takes $56^2 \cdot 64 \cdot 27 \approx 6.4$ M steps.", "refuted"),
        (r"It takes $56^2 \cdot 64 \cdot 27 \approx 5.4$ Many steps.", "refuted"),
        (r"It takes $56^2 \cdot 64 \cdot 27 \approx 5.4$.", "refuted"),
        (r"This is $\frac{3}{8} = 37.5$%.", "proved"),
        (r"It needs $1024 \cdot 1024 \cdot 4 = 4$ MB.", "proved"),
    ],
)
def test_a_unit_behind_a_formula(text: str, wanted: str) -> None:
    assert list(statuses(text).values()) == [wanted]
