"""Lines that are said for a part of where their names may lie."""

import pytest

import convsym

RAMP = r"$$f(x) = \max(0, x)$$"
LEAKY = r"$$f(x) = \begin{cases} x & x > 0 \\ 0.2 x & x \le 0 \end{cases}$$"
UNIT = "$$s = u v + c$$\n\n$$r = \\max(0, s)$$"
CELLS = "Let $s = M v$ with $M \\in \\mathbb{R}^{2 \\times 3}$ and $v \\in \\mathbb{R}^3$.\n\n$$r_i = \\max(0, s_i)$$"


def statuses(text: str) -> list[str]:
    found = convsym.check(text).verdicts
    return [str(v.status) for v in found if v.latex.count("=") and str(v.status) != "definition"]


@pytest.mark.parametrize(
    ("known", "line", "expected"),
    [
        (RAMP, r"$$f'(x) = 1 \quad \text{for } x > 0$$", "proved"),
        (RAMP, r"$$f'(x) = 2 \quad \text{for } x > 0$$", "refuted"),
        (RAMP, r"$$f'(x) = 1 \quad \text{for } x < 0$$", "refuted"),
        (RAMP, "$$f(x) = x, \\quad x \\ge 0$$", "proved"),
        (RAMP, "For $x > 0$ we have $f'(x) = 1$.", "proved"),
        (RAMP, "It is $f'(x) = 0$ for $x < 0$.", "proved"),
        (RAMP, "It is $f'(x) = 1$ for $x < 0$.", "refuted"),
        (LEAKY, r"$$f'(x) = 0.2 \quad \text{if } x < 0$$", "proved"),
        (LEAKY, r"$$f'(x) = 0.1 \quad \text{if } x < 0$$", "unsupported"),
        (UNIT, r"$$\frac{\partial r}{\partial u} = v \quad \text{if } s > 0$$", "proved"),
        (UNIT, r"$$\frac{\partial r}{\partial u} = u \quad \text{if } s > 0$$", "refuted"),
        (UNIT, r"For $s < 0$ the slope $\frac{\partial r}{\partial c} = 0$.", "proved"),
        (CELLS, r"For $s_i > 0$ we have $\frac{\partial r_i}{\partial s_i} = 1$.", "unsupported"),
    ],
)
def test_a_line_is_judged_where_it_is_said_to_hold(known: str, line: str, expected: str) -> None:
    assert statuses(f"{known}\n\n{line}\n") == [expected]


def test_true_lines_about_parts_outvote_no_definition() -> None:
    text = f"{RAMP}\n\nFor $x > 0$ we have $f(x) = x$ and $f'(x) = 1$.\n\n$$f(x) = 0 \\quad \\text{{for }} x < 0$$\n"
    assert statuses(text) == ["proved"] * 3
    assert "refuted" not in {str(v.status) for v in convsym.check(text).verdicts}


def test_a_restriction_of_something_else_saves_no_false_line() -> None:
    text = f"{RAMP}\n\nWith $\\eta > 0$ we have $f(3) = 4$.\n"
    assert statuses(text) == ["refuted"]


def test_a_counterexample_lies_where_the_line_is_said_to_hold() -> None:
    verdict = convsym.check(f"{RAMP}\n\n$$f(x) = 2 x \\quad \\text{{for }} x > 0$$\n").verdicts[-1]
    assert str(verdict.status) == "refuted"
    assert dict(verdict.witness.values)["x"] > 0


@pytest.mark.parametrize(
    "words",
    [
        r"\text{unless } x > 0",
        r"\text{except for } x > 0",
        r"\text{for } x > 0 \text{ or } x < 0",
        r"\text{only if not } x > 0",
    ],
)
def test_a_condition_that_is_turned_round_or_widened_is_none_that_is_read(words: str) -> None:
    assert statuses(f"{RAMP}\n\n$$f'(x) = 1 \\quad {words}$$\n") == ["unsupported"]
    assert statuses(f"{RAMP}\n\nExcept for $x > 0$ we have $f'(x) = 1$.\n") == ["unsupported"]


def test_how_far_a_definition_runs_is_not_guessed_from_what_it_reads() -> None:
    text = "Let $x \\in \\mathbb{R}^4$.\n\n$$y_i = w_1 x_i + w_2 x_{i+1}, \\quad i = 1, 2, 3$$\n"
    assert "refuted" not in {str(v.status) for v in convsym.check(text).verdicts}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("For positive $x$,\n\n$$f'(x) = 1$$", "proved"),
        ("For negative $x$,\n\n$$f'(x) = 1$$", "refuted"),
        ("When $x$ is negative, we get\n\n$$f(x) = 0$$", "proved"),
        ("When $x$ is positive, we get\n\n$$f(x) = 3 x$$", "refuted"),
        ("If $x$ is greater than zero, then $f(x) = x$.", "proved"),
        (r"$$f(x) = 0 \text{ for negative } x$$", "proved"),
        (r"$$f(x) = x \text{ when $x$ is negative}$$", "refuted"),
        (r"$$f'(x) = 1 \text{ for } x \ge 0$$", "proved"),
        (r"$$f'(x) = 0 \text{ for } x \le 0$$", "proved"),
        (r"$$f'(x) = 2 \text{ for } x \ge 0$$", "refuted"),
        (r"$$f(x) = x \text{ for all } x > 0$$", "proved"),
        ("As $x \\to \\infty$,\n\n$$f(x) = 7$$", "unsupported"),
        ("For large $x$ we get $f(x) = 7$.", "unsupported"),
    ],
)
def test_orders_in_words_and_limits(line: str, expected: str) -> None:
    assert statuses(f"{RAMP}\n\n{line}\n") == [expected]


def test_the_border_of_two_cases_is_named_with_a_proof_about_a_slope() -> None:
    verdict = convsym.check(f"{RAMP}\n\n$$f'(x) = 1 \\text{{ for }} x \\ge 0$$\n").verdicts[-1]
    assert "$x \\ne 0$" in verdict.assuming


def test_a_conditional_line_replaces_no_definition_of_the_sentence_before() -> None:
    text = "Let $f(x) = \\max(0, x)$. For $x > 0$ we have\n\n"
    assert statuses(f"{text}$$f(x) = x$$\n\n$$f(-2) = 0$$\n\n$$f(-2) = -2$$\n") == [
        "proved",
        "proved",
        "refuted",
    ]
    assert statuses(f"{text}$$f(x) = 2 x$$\n") == ["refuted"]


def test_a_line_without_a_term_refutes_nothing_and_leaves_the_definition() -> None:
    loss = "$$J(w) = (w x - y)^2 + \\lambda w^2$$\n\n"
    slope = "$$\\frac{dJ}{dw} = 2 x (w x - y)$$\n"
    text = f"{loss}Ignoring the regularization term,\n\n$$J(w) = (w x - y)^2$$\n\n{slope}"
    assert statuses(text) == ["unsupported", "proved"]
    text = f"{loss}Ignoring the regularization term,\n\n{slope}"
    assert statuses(text) == ["unsupported"]
    assert statuses(text.replace("Ignoring", "With")) == ["refuted"]
    text = "$$y = w x + b$$\n\nWithout the bias, $y = w x$.\n\n$$\\frac{\\partial y}{\\partial w} = 2 x$$\n"
    assert statuses(text) == ["unsupported", "refuted"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"2 u_m \text{ for } m > n", "undecided"),
        (r"0 \text{ for } m > n", "undecided"),
        (r"2 u_m \text{ for } m < 1", "undecided"),
        (r"2 u_m \text{ for } m \le n", "proved"),
        (r"2 u_m \text{ for } 1 \le m \le n", "proved"),
        (r"u_m \text{ for } m \le n", "refuted"),
    ],
)
def test_indices_outside_their_range_are_left_open(line: str, expected: str) -> None:
    text = r"$$E = \sum_{i=1}^{n} u_i^2$$"
    assert statuses(f"{text}\n\n$$\\frac{{\\partial E}}{{\\partial u_m}} = {line}$$\n") == [expected]


def test_where_a_prefix_ends_nothing_is_refuted() -> None:
    text = (
        "$$s_k = \\sum_{i=1}^{k} u_i$$\n\n$$\\frac{\\partial s_k}{\\partial u_m} = 0 \\text{ for } m > k$$\n"
    )
    assert statuses(text) == ["undecided"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (r"-p_i p_j \text{ unless } i = j", "proved"),
        (r"-p_i p_j \text{ except when } i = j", "proved"),
        (r"p_i (1 - p_j) \text{ unless } i = j", "refuted"),
        (r"p_i (1 - p_j) \text{ when } i = j", "proved"),
    ],
)
def test_an_exception_says_that_two_indices_differ(words: str, expected: str) -> None:
    text = r"$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$"
    assert statuses(f"{text}\n\n$$\\frac{{\\partial p_i}}{{\\partial z_j}} = {words}$$\n") == [expected]


def test_a_definition_for_a_part_decides_nothing_elsewhere() -> None:
    text = "$$g(s) = s \\text{ for } s > 0$$\n\n"
    assert statuses(f"{text}$$g(2) = 2$$\n\n$$g(2) = 3$$\n\n$$g(-2) = -2$$\n") == [
        "proved",
        "refuted",
        "undecided",
    ]
    assert statuses(f"{text}$$g'(s) = 1 \\text{{ for }} s > 1$$\n") == ["proved"]
    assert statuses(f"{text}$$g'(s) = 1 \\text{{ for }} s < 0$$\n") == ["undecided"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"$$h'(s) = \frac{1}{2} \text{ for } -1 < s < 1$$", "proved"),
        (r"$$h(s) = \frac{s + 1}{2} \text{ for } 0 \le s \le 1$$", "proved"),
        (r"$$h'(s) = s \text{ for } -1 < s < 1$$", "refuted"),
        (r"$$h'(s) = \frac{1}{2} \text{ for } 0 < s < 2$$", "unsupported"),
    ],
)
def test_a_line_between_two_numbers(line: str, expected: str) -> None:
    text = r"$$h(s) = \begin{cases} 0 & s < -1 \\ \frac{s + 1}{2} & -1 \le s \le 1 \\ 1 & s > 1 \end{cases}$$"
    assert statuses(f"{text}\n\n{line}\n") == [expected]


def test_what_is_said_with_and_without_a_term_gives_no_pieces() -> None:
    text = (
        "Ignoring constants,\n\n$$E = (a - t)^2$$\n\nDropping the constant factor,\n\n$$E = (t - a)^2$$\n\n"
    )
    assert statuses(f"{text}$$\\frac{{\\partial E}}{{\\partial a}} = 2 (a - t)$$\n")[-1] == "proved"
