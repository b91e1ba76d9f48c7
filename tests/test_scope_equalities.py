"""Lines that are said at a value, "for K = 2" and "at x = 3": judged just there, and nowhere else."""

import pytest

import convsym

TOTAL = r"$$s = \sum_{k=1}^{K} u_k$$"
CUBE = "Let $$q = p^3$$ be given."
FAMILY = r"$$y_i = \sum_{k=0}^{2} v_k x_{i+k}$$"
CAUSAL = r"$$y_i = \sum_{k=0}^{i} x_{i-k} w_k$$"


def verdicts(text: str) -> list[tuple[str, str]]:
    return [(v.latex, str(v.status)) for v in convsym.check(text).verdicts]


def statuses(text: str) -> list[str]:
    """The verdicts on claims, in order."""
    return [status for latex, status in verdicts(text) if status != "definition"]


@pytest.mark.parametrize(
    "words",
    [
        "For $K=2$ we get\n$$s = {two}$$\nFor $K=3$ we get\n$$s = {three}$$",
        "If $K=2$, then\n$$s = {two}.$$\nIf $K=3$, then\n$$s = {three}.$$",
        "For $K=2$ it is $s = {two}$, for $K=3$ it is $s = {three}$.",
        "We have $s = {two}$ for $K=2$ and $s = {three}$ for $K=3$.",
        "$$s = {two} \\quad\\text{{for }} K=2$$\n\n$$s = {three} \\quad\\text{{for }} K=3$$",
        "$$s = {two} \\qquad (K=2)$$\n\n$$s = {three} \\qquad (K=3)$$",
        "$$\\begin{{aligned}} K=2: &\\quad s = {two} \\\\ K=3: &\\quad s = {three} \\end{{aligned}}$$",
        "For $K=2$ we get\n$$s = {two},$$\nfor $K=3$ we get\n$$s = {three}.$$",
    ],
)
def test_each_case_of_a_size_is_judged_by_itself(words: str) -> None:
    two, three = "u_1 + u_2", "u_1 + u_2 + u_3"
    assert statuses(f"{TOTAL}\n\n{words.format(two=two, three=three)}\n") == ["proved", "proved"]
    assert statuses(f"{TOTAL}\n\n{words.format(two=two, three='u_1 + u_2 + u_4')}\n") == ["proved", "refuted"]
    assert statuses(f"{TOTAL}\n\n{words.format(two=three, three=three)}\n") == ["refuted", "proved"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"$$\frac{dq}{dp} = 12 \text{ for } p=2$$", "proved"),
        (r"$$\frac{dq}{dp} = 12 \quad\text{at } p = -2$$", "proved"),
        (r"$$\left.\frac{dq}{dp}\right|_{p=2} = 12$$", "proved"),
        (r"$$\frac{dq}{dp}\Big|_{p=2} = 11$$", "refuted"),
        (r"$$\frac{dq}{dp} = 6 \text{ at } p=2$$", "refuted"),
        (r"$$\frac{dq}{dp} = \frac{3}{4} \text{ at } p=\frac{1}{2}$$", "proved"),
        (r"We have $\frac{dq}{dp} = 27$ at $p = 3$.", "proved"),
        (r"We have $\frac{dq}{dp} = 9$ at $p = 3$.", "refuted"),
        (r"$$q = 8 \text{ for } p=2$$", "proved"),
        (r"$$q = 6 \text{ for } p=2$$", "refuted"),
        (r"$$q = 6 \text{ unless } p=2$$", "unsupported"),
    ],
)
def test_a_value_of_a_variable_is_put_in_behind_the_slope(line: str, expected: str) -> None:
    assert statuses(f"{CUBE}\n\n{line}\n") == [expected]


def test_the_counterexample_lies_at_the_value_and_the_verdict_names_it() -> None:
    *_, verdict = convsym.check(f"{CUBE}\n\n$$\\frac{{dq}}{{dp}} = 6 \\text{{ at }} p=2$$\n").verdicts
    assert dict(verdict.witness.values)["p"] == 2
    assert "$p=2$" in "".join(verdict.assuming).replace(" ", "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("For $i=0$ we get\n$$y_i = v_0 x_0 + v_1 x_1 + v_2 x_2.$$", "proved"),
        ("For $i=0$ we get\n$$y_i = v_0 x_0 + v_1 x_1 + v_2 x_1.$$", "refuted"),
        (r"$$\frac{\partial y_i}{\partial x_1} = v_0 \quad \text{for } i = 1$$", "proved"),
        (r"$$\frac{\partial y_i}{\partial x_1} = v_0 \quad \text{for } i = 0$$", "refuted"),
        (r"$$\frac{\partial y_i}{\partial v_k} = x_{k+2} \quad (i = 2)$$", "proved"),
        (r"$$\frac{\partial y_i}{\partial v_k} = x_{k+1} \quad (i = 2)$$", "refuted"),
    ],
)
def test_the_value_of_an_index_makes_an_instance(line: str, expected: str) -> None:
    assert statuses(f"{FAMILY}\n\n{line}\n") == [expected]


def test_an_instance_replaces_no_family() -> None:
    text = (
        f"{CAUSAL}\n\nFor $i=0$ we get\n$$y_i = x_0 w_0.$$\nFor $i=1$ we get\n$$y_i = x_1 w_0 + x_0 w_1.$$\n"
    )
    slope = "In general\n$$\\frac{\\partial y_i}{\\partial w_0} = x_{%s}.$$\n"
    assert statuses(text + slope % "i") == ["proved"] * 3
    assert statuses(text + slope % "i+1") == ["proved", "proved", "refuted"]


def test_a_sentence_that_goes_on_speaks_of_the_same_index() -> None:
    text = "For $i=1$ we get\n$$y_i = v_0 x_1 + v_1 x_2 + v_2 x_3,$$\nand thus\n"
    text += "$$\\frac{\\partial y_i}{\\partial v_1} = %s.$$"
    assert statuses(f"{FAMILY}\n\n{text % 'x_2'}\n") == ["proved", "proved"]
    assert statuses(f"{FAMILY}\n\n{text % 'x_1'}\n") == ["proved", "refuted"]


def test_a_case_ends_where_the_text_speaks_in_general() -> None:
    text = f"{TOTAL}\n\nFor $K=2$ we get\n$$s = u_1 + u_2.$$\nIn general\n$$s = u_1 + u_2.$$\n"
    assert statuses(text) == ["proved", "refuted"]


def test_a_line_behind_a_case_may_still_be_about_it() -> None:
    text = f"{TOTAL}\n\nFor $K=2$ we get\n$$s = u_1 + u_2.$$\nSo\n$$s^2 = (u_1 + u_2)^2.$$\n"
    text += "For $K=3$ we get\n$$s = u_1 + u_2 + u_3.$$\n"
    assert statuses(text) == ["proved"] * 3
    assert statuses(text.replace("(u_1 + u_2)^2", "(u_1 + u_3)^2")) == ["proved", "refuted", "proved"]


def test_what_cases_define_is_in_force_in_each_of_them() -> None:
    text = (
        "For $t=1$ the loss is\n$$E = -\\ln h$$\nand for $t=0$ it is\n$$E = -\\ln(1-h).$$\n"
        "For $t=0$ the slope is\n$$\\frac{dE}{dh} = \\frac{1}{1-h}.$$\n"
        "For $t=1$ the slope is\n$$\\frac{dE}{dh} = %s\\frac{1}{h}.$$\n"
    )
    assert statuses(text % "-") == ["proved", "proved"]
    assert statuses(text % "") == ["proved", "refuted"]


def test_a_label_is_put_into_a_loss() -> None:
    text = "$$E = -(t \\ln h + (1-t)\\ln(1-h))$$\n\n"
    text += "If $t=1$, the loss is\n$$E = -\\ln h.$$\nIf $t=0$, it is\n$$E = %s\\ln(1-h).$$\n"
    assert statuses(text % "-") == ["proved", "proved"]
    assert statuses(text % "") == ["proved", "refuted"]


def test_several_values_of_one_case() -> None:
    text = (
        "$$O = \\frac{N - K + 2P}{S} + 1$$\n\nFor $N=5$, $K=3$, $P=0$ and $S=1$ we get\n$$O = 3.$$\n"
        "For $N=7$, $K=3$, $P=1$ and $S=2$ we get\n$$O = %s.$$\n"
    )
    assert [s for latex, s in verdicts(text % "4") if latex.startswith("O")] == [
        "definition",
        "proved",
        "proved",
    ]
    assert [s for latex, s in verdicts(text % "5") if latex.startswith("O")] == [
        "definition",
        "proved",
        "refuted",
    ]


def test_values_listed_behind_claims_stay_with_their_own() -> None:
    text = "Let $q = 3 p^2 + 2$.\n\n- $q = 5$ for $p = 1$, $q = 14$ for $p = 2$ and $q = %s$ for $p=3$\n"
    assert statuses(text % "29") == ["proved"] * 3
    assert statuses(text % "30") == ["proved", "proved", "refuted"]


@pytest.mark.parametrize(("number", "expected"), [("9", "proved"), ("6", "refuted")])
def test_a_point_gives_the_parameters_of_a_function_their_values(number: str, expected: str) -> None:
    text = "Let $$f(x, y) = x^2 y.$$\nAt the point $(3,1)$ the slopes are\n"
    text += f"$$\\frac{{\\partial f}}{{\\partial x}} = 6, \\quad \\frac{{\\partial f}}{{\\partial y}} = {number}.$$\n"
    assert statuses(text) == ["proved", expected]


def test_a_point_of_names_that_nobody_lists_refutes_nothing() -> None:
    text = (
        "Let $$z = x^2 y.$$\nAt the point $(3,1)$ the slope is\n$$\\frac{\\partial z}{\\partial x} = 6.$$\n"
    )
    assert statuses(text) == ["unsupported"]
