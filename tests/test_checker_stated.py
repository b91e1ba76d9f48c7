"""Equations that a document sets up: slopes put to 0 and conditions on free symbols are no false claims."""

from __future__ import annotations

import pytest

from convsym.checker import check

SQUARE = "$$J = (w-3)^2$$\n\n"
FIT = "$$J = \\sum_{i=1}^n (a x_i - y_i)^2$$\n\n"
RIDGE = "$$E = \\|A v - t\\|^2$$\n\n"


def last(text: str) -> str:
    return str(check(text, kind="markdown").verdicts[-1].status)


@pytest.mark.parametrize(
    "text",
    [
        SQUARE + r"Setting $\frac{dJ}{dw} = 0$ gives the best $w$.",
        SQUARE + r"Next we solve $\frac{dJ}{dw} = 0$ for $w$.",
        SQUARE + "At a minimum the gradient vanishes:\n\n" + r"$$\frac{\partial J}{\partial w} = 0$$",
        SQUARE + "We set the slope to zero.\n\n" + r"$$\frac{\partial J}{\partial w} = 0$$",
        SQUARE + r"$$\frac{\partial J}{\partial w} \overset{!}{=} 0$$",
        SQUARE + r"$$\frac{\partial J}{\partial w} \stackrel{!}{=} 0$$",
        SQUARE + "The optimal $w$ satisfies\n\n" + r"$$\frac{dJ}{dw} = 2(w-3) = 0$$",
        FIT + r"At the optimum, $\frac{\partial J}{\partial a} = 0$.",
        RIDGE + r"The optimal $v$ satisfies $\nabla_v E = 0$.",
        RIDGE + r"We require $\nabla_v E = \mathbf{0}$.",
        SQUARE + r"$$\frac{dJ}{dw} = 0$$",
    ],
)
def test_a_slope_that_is_put_to_zero_is_not_refuted(text: str) -> None:
    assert last(text) in ("definition", "unsupported")


@pytest.mark.parametrize(
    "text",
    [
        "$$J = 3w$$\n\n" + r"The slope is $\frac{dJ}{dw} = 2$.",
        SQUARE + r"Setting $\frac{dJ}{dw} = 0$ gives the optimum." + "\n\n" + r"$$\frac{dJ}{dw} = 3(w-3)$$",
        SQUARE + r"The slope is $$\frac{dJ}{dw} = w-3$$",
        "$$y_1 = w_1 x_1 + w_2 x_2$$\n\n" + r"$$\frac{\partial y_1}{\partial x_1} = 0$$",
    ],
)
def test_a_wrong_slope_is_still_refuted(text: str) -> None:
    assert last(text) == "refuted"


def test_what_follows_from_a_slope_of_zero_is_not_refuted() -> None:
    text = SQUARE + r"Setting $\frac{dJ}{dw} = 0$ gives $$2(w-3) = 0$$ hence $$w + 1 = 4$$"
    assert "refuted" not in {str(v.status) for v in check(text, kind="markdown").verdicts}


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        (r"$$\log\sum_{i=1}^n e^{x_i} = \log\sum_{i=1}^n e^{x_i-c}$$", {"unsupported", "refuted"}),
        (r"$$e^{a} e^{b} = e^{a} + c f$$", {"unsupported", "refuted"}),
        (r"$$e^{a} e^{b} = e^{a+b}$$", {"proved"}),
        (r"We look for points such that $$e^{a} e^{b} = e^{a} + c f$$", {"definition"}),
        (r"$$x^2 + y^2 = 1$$", {"definition"}),
        (r"$$a x + b y = c$$", {"definition"}),
    ],
)
def test_an_identity_between_free_symbols_is_a_claim(text: str, statuses: set[str]) -> None:
    assert last(text) in statuses


SCORES = (
    r"$$m = \frac1n\sum_{i=1}^n t_i,\quad s = \sqrt{\frac1n\sum_{i=1}^n (t_i-m)^2},\quad q_i = \frac{t_i-m}{s}$$"
    + "\n\n"
)


@pytest.mark.parametrize("claim", [r"$$\sum_{i=1}^n q_i^2 = n$$", r"$$\frac1n\sum_{i=1}^n q_i^2 = 1$$"])
def test_a_size_at_which_a_definition_divides_by_zero_refutes_nothing(claim: str) -> None:
    assert last(SCORES + claim) != "refuted"


@pytest.mark.parametrize("claim", [r"$$\sum_{i=1}^n q_i^2 = 2n$$", r"$$\sum_{i=1}^n q_i^2 = n-1$$"])
def test_wrong_sums_of_scores_are_refuted(claim: str) -> None:
    assert last(SCORES + claim) == "refuted"


GIVEN = "Take $x=-2$, $y=5$, $z=-4$. Let $q = x + y$ and $f = qz$. Then\n\n"


@pytest.mark.parametrize("line", ["$$q = 3$$", "$$f = -12$$"])
def test_a_value_worked_out_right_is_not_refuted(line: str) -> None:
    text = GIVEN + line + "\n\n$$q = 3$$\n\n$$q z = -12$$"
    assert "refuted" not in {str(v.status) for v in check(text, kind="markdown").verdicts}


def test_a_value_worked_out_wrong_is_refuted_and_the_right_ones_after_it_are_not() -> None:
    report = check(GIVEN + "$$q = 4$$\n\n$$q z = -12$$\n\n$$q = 3$$", kind="markdown")
    wrong, *right = [str(v.status) for v in report.verdicts[-3:]]
    assert wrong == "refuted"
    assert "refuted" not in right


def test_another_value_that_is_given_is_a_definition() -> None:
    assert last(GIVEN + "$$q z = -12$$\n\nNow let $$q = 4$$") == "definition"
    assert last("Let $q = a + b$. For an example\n\n$$q = 4$$") != "refuted"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            r"$G_{i,j} = \frac1m (D_{i,j} + c W_{i,j})$ if $j \neq 0$",
            r"$G_{i,j} = \frac1m D_{i,j}$ if $j = 0$",
        ),
        (
            r"$$G_{i,j} = D_{i,j} + c W_{i,j} \quad \text{for } j > 0$$",
            r"$$G_{i,j} = D_{i,j} \quad \text{for } j = 0$$",
        ),
        (r"$$G_j = D_j + c W_j, \quad \text{if } j \ge 1$$", r"$$G_j = D_j, \quad \text{if } j = 0$$"),
    ],
)
def test_two_cases_of_one_name_do_not_contradict_each_other(first: str, second: str) -> None:
    report = check(f"{first}\n\n{second}", kind="markdown")
    assert "refuted" not in {str(v.status) for v in report.verdicts}


def test_without_cases_the_second_line_is_a_claim() -> None:
    text = r"$$G_{i,j} = D_{i,j} + c W_{i,j}$$" + "\n\n" + r"$$G_{i,j} = D_{i,j} + W_{i,j}$$"
    assert last(text) == "refuted"


CHAIN = r"With $y = f(g(x))$ and $u = g(x)$ we write $$\frac{dy}{dx} = \frac{dy}{du}\frac{du}{dx}$$" + "\n\n"


def test_functions_that_may_be_anything_are_said_of_an_example_anew() -> None:
    text = CHAIN + (
        "By hand: $y = (2x + 5)^2$.\n\n- $u = 2x + 5$, $y = u^2$\n"
        r"- $\frac{dy}{du} = 2u$, $\frac{du}{dx} = 2$" + "\n\n$$y = 4x^2 + 20x + 25$$"
    )
    statuses = [str(v.status) for v in check(text, kind="markdown").verdicts]
    assert "refuted" not in statuses
    assert statuses[-1] == "proved"


@pytest.mark.parametrize("claim", ["$$y = 4x^2 + 10x + 25$$", "$$y = u^3$$", r"$$\frac{du}{dx} = 5$$"])
def test_a_slip_within_the_example_is_refuted(claim: str) -> None:
    assert last(CHAIN + "By hand: $y = (2x + 5)^2$ and $u = 2x + 5$.\n\n" + claim) == "refuted"


def test_a_number_given_in_a_later_section_leaves_an_earlier_example_alone() -> None:
    text = (
        "# Example\n\nBy hand: $y = (2x + 5)^2$.\n\n$$y = 4x^2 + 20x + 25$$\n\n"
        "# Network\n\nThe input is $t$, the target $y = 1$.\n\n$$L = (w t - y)^2$$"
    )
    statuses = [str(v.status) for v in check(text, kind="markdown").verdicts]
    assert statuses[1] == "proved"
    assert "refuted" not in statuses
