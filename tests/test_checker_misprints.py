r"""Functions printed with something lost, numbers carried on, last digits, lists entry by entry, marks of variables."""

from functools import cache

import pytest

from convsym.checker import check
from convsym.verdict import Verdict


@cache
def verdicts(document: str) -> dict[str, Verdict]:
    return {verdict.latex: verdict for verdict in check(document, kind="markdown").verdicts}


def status(document: str, fragment: str) -> str:
    matching = [verdict for latex, verdict in verdicts(document).items() if fragment in latex]
    assert len(matching) == 1, matching
    return matching[0].status.value


# ---------------------------------------------------------------------- functions

NAMED = r"Every unit has the sigmoid function $s(u) = 1 + e^{-u}1$, so $s'(u) = s(u)(1 - s(u))$."
UNNAMED = r"Let $g(v) = \frac{1}{1 + e^{v}}$. Then $g'(v) = g(v)(1 - g(v))$."


def test_a_garbled_sigmoid_is_refuted_and_its_slope_is_not() -> None:
    assert status(NAMED, "s(u) = 1 + e") == "refuted"
    assert verdicts(NAMED)["s(u) = 1 + e^{-u}1"].repair == r"s(u) = \frac{1}{1 + e^{-u}}"
    assert status(NAMED, "s'(u)") == "proved"


def test_without_words_one_line_leaves_it_open() -> None:
    assert status(UNNAMED, r"\frac{1}{1 + e^{v}}") == "definition"
    assert status(UNNAMED, "g'(v)") == "unsupported"


@pytest.mark.parametrize(
    "body",
    [
        r"\tanh(u)",
        r"e^{u}",
        r"\frac{2}{1+e^{-u}} - 1",
        r"\ln(1 + e^{u})",
        "u^2",
        r"\frac{e^u - e^{-u}}{e^u + e^{-u}}",
    ],
)
def test_the_slope_of_another_function_is_refuted(body: str) -> None:
    document = f"With the function $s(u) = {body}$ the slope is\n\n$$s'(u) = s(u)(1 - s(u))$$\n"
    assert status(document, "s'(u)") == "refuted"
    assert status(document, "s(u) = " + body) == "definition"


# ---------------------------------------------------------------------- last digits


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"0.271 \times 0.634 = 0.1718", "proved"),
        (r"0.271 \times 0.634 = 0.172", "proved"),
        (r"0.271 \times 0.634 \times 0.366 = 0.0629", "proved"),
        (r"0.271 \times 0.634 \times 0.366 = 0.0630", "undecided"),
        (r"\frac{1}{1+e^{-0.534}} \approx 0.630", "proved"),
        (r"\frac{1}{1+e^{-0.534}} \approx 0.631", "undecided"),
        (r"\frac{1}{1+e^{-0.534}} \approx 0.641", "refuted"),
    ],
)
def test_a_last_digit_that_slips_is_open(line: str, verdict: str) -> None:
    assert status(f"We get ${line}$.", line) == verdict


def test_a_number_that_was_rounded_before_leaves_its_last_place_open() -> None:
    document = r"First $\frac{1}{1+e^{-1.1}} \approx 0.7503$, and with it $0.7503 \times (1 - 0.7503) \approx 0.1874$."
    assert status(document, "(1 - 0.7503)") == "proved"


# ---------------------------------------------------------------------- lists


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"[0.21 \times 0.72, 0.31 \times 0.42] \approx [0.151, 0.130]", "proved"),
        (r"[0.21 \times 0.72, 0.31 \times 0.42] \approx [0.151, 0.160]", "refuted"),
        (r"\left[\frac{1}{1+e^{-1.5}}, \frac{1}{1+e^{-2.1}}\right] \approx [0.8176, 0.8909]", "proved"),
        (r"\left[\frac{1}{1+e^{-1.5}}, \frac{1}{1+e^{-2.1}}\right] \approx [0.8176, 0.8099]", "refuted"),
        (
            r"\begin{bmatrix} 0.4-0.0003 & e^{0.5} \end{bmatrix} \approx \begin{bmatrix} 0.3997 & 1.6487 \end{bmatrix}",
            "proved",
        ),
        (
            r"\begin{bmatrix} 0.4-0.0003 & e^{0.5} \end{bmatrix} \approx \begin{bmatrix} 0.3970 & 1.6487 \end{bmatrix}",
            "refuted",
        ),
    ],
)
def test_lists_of_numbers_entry_by_entry(line: str, verdict: str) -> None:
    assert status(f"So ${line}$.", line) == verdict


# ---------------------------------------------------------------------- marks that belong to a variable


def test_a_number_above_what_is_differentiated_by_is_no_power() -> None:
    document = r"""
$p = h_{11} w_{11}^2 + h_{12} w_{21}^2 + c$

$$\frac{\partial p}{\partial w_{11}^2} = h_{11}$$

$$\frac{\partial p}{\partial w_{21}^2} = h_{11}$$
"""
    assert status(document, "w_{11}^2} = ") == "proved"
    assert status(document, "w_{21}^2} = ") == "refuted"


def test_a_second_derivative_counts_and_marks_nothing() -> None:
    document = r"""
$q = w_1^2$

$$\frac{\partial^2 q}{\partial w_1^2} = 2$$

$$\frac{\partial q}{\partial w_1} = 2 w_1$$
"""
    assert status(document, r"\partial^2 q") != "refuted"
    assert status(document, r"\partial q}") == "proved"


def test_a_primed_variable_is_one() -> None:
    document = r"""
$z_{1} = v_{1}' x_{1} + v_{2}' x_{2}$

$$\frac{\partial z_1}{\partial v_{1}'} = x_1$$

$$\frac{\partial z_1}{\partial v_{2}'} = x_1$$
"""
    assert status(document, r"\partial v_{1}'}") == "proved"
    assert status(document, r"\partial v_{2}'}") == "refuted"


def test_a_quantity_below_a_name() -> None:
    document = r"""
$n_1 = u_1 x_1$, $n_2 = u_2 x_1$, $a_{n_1} = \tanh(n_1)$, $a_{n_2} = \tanh(n_2)$, $r = v_1 a_{n_1} + v_2 a_{n_2}$

$$\frac{\partial r}{\partial v_1} = a_{n_1}$$

$$\frac{\partial r}{\partial v_2} = a_{n_1}$$

$$\frac{\partial r}{\partial a_{n_2}} = v_2$$
"""
    assert status(document, r"\partial v_1}") == "proved"
    assert status(document, r"\partial v_2}") == "refuted"
    assert status(document, r"\partial a_{n_2}}") == "proved"


def test_scripts_in_braces_of_their_own_and_an_escaped_backtick() -> None:
    document = r"""
$\epsilon{_2} = f(t{_2})$, $f(x) = x^3$

$$\frac{\partial \epsilon_2}{\partial t_2} = f\`(t_2)$$

$$\frac{\partial \epsilon{_2}}{\partial t{_2}} = 2 t_2^2$$
"""
    assert status(document, r"f\`") == "proved"
    assert status(document, "2 t_2^2") == "refuted"


# ---------------------------------------------------------------------- what is differentiated is written out

SLOPES = r"""
$$\frac{\partial C}{\partial q} = \frac{\partial}{\partial q} (d - q)^2 = -2 (d - q)$$

$$\frac{\partial q}{\partial v} = \frac{\partial}{\partial v} [v s + c] = s$$

$$\frac{\partial C}{\partial v} = -2 (d - q) s$$

$$\frac{\partial C}{\partial v} = -2 (d - q) v$$
"""


def test_what_a_slope_is_taken_of_is_supposed_to_be_it() -> None:
    assert status(SLOPES, r"\frac{\partial}{\partial q} (d - q)^2 =") == "proved"
    assert status(SLOPES, r"= \frac{\partial}{\partial q}") == "proved"
    right = verdicts(SLOPES)[r"\frac{\partial C}{\partial v} = -2 (d - q) s"]
    assert right.status.value == "proved"
    assert "is supposed, as the text does not say it" in right.reason
    assert status(SLOPES, "-2 (d - q) v") in ("unsupported", "undecided")


def test_two_lines_that_differ_suppose_nothing() -> None:
    document = SLOPES + "\n$$\\frac{\\partial q}{\\partial g} = \\frac{\\partial}{\\partial g} [g v s]$$\n"
    assert status(document, "-2 (d - q) s") != "proved"
