"""A repair is the small edit that a reader would make, in names that the document prints, or there is none."""

from __future__ import annotations

import pytest

from convsym.checker import check
from convsym.latex.parser import parse
from convsym.latex.syntax import Chain
from convsym.repair.plausible import is_plausible, says_nothing
from convsym.verdict import Verdict

SIGMOID = r"\sigma(x) = \frac{1}{1+e^{-x}}"


def last(*lines: str) -> Verdict:
    return list(check("\n\n".join(f"$${line}$$" for line in lines)).verdicts)[-1]


def chain(text: str) -> Chain:
    return parse(text).rows[0]


@pytest.mark.parametrize(
    "line",
    [
        r"0 - \sigma(x) = -\sigma(x)",
        r"1 - \sigma(x) - 1 = -\sigma(x)",
        r"(a + b) = b + a",
        r"1 \cdot a b = b a",
        r"\frac{d}{dx} f(x) = f'(x)",
    ],
)
def test_a_line_whose_sides_are_one_expression_says_nothing(line: str) -> None:
    assert says_nothing(chain(line))


@pytest.mark.parametrize(
    "line",
    [r"(a + b)^2 = a^2 + 2 a b + b^2", r"a - b = b - a", r"\sigma'(x) = \sigma(x)", r"2 a = a", "x_1 = x_2"],
)
def test_a_line_that_says_something_does_so(line: str) -> None:
    assert not says_nothing(chain(line))


@pytest.mark.parametrize(
    ("line", "edited"),
    [
        ("S = 1 - a", "1 = 1 - a + a"),
        ("a - b = c", "0 - b = -a"),
        (r"\frac{d}{dx} \log f(x) = f(x)", r"\frac{d}{dx} f(x) = g(x)"),
        ("y = a", r"y = \frac{a}{1}"),
        ("y = a + b", "y = 1 a"),
    ],
)
def test_forms_that_nobody_would_write_are_no_repairs(line: str, edited: str) -> None:
    assert not is_plausible(chain(line), chain(edited))


@pytest.mark.parametrize(
    ("line", "edited"),
    [
        (r"\frac{\partial L}{\partial k_{1}} = x_2", r"\frac{\partial L}{\partial k_{2}} = x_2"),
        (r"\frac{\partial L}{\partial k_{1}} = x_2", r"\frac{\partial L}{\partial x_{1}} = x_2"),
        (r"y = 1 \cdot 2 + 0 \cdot 4", r"y = 1 \cdot 2 + 0 \cdot 3"),
        (r"\sigma(x) = a", r"\sigma'(x) = a"),
    ],
)
def test_small_edits_are_repairs(line: str, edited: str) -> None:
    assert is_plausible(chain(line), chain(edited))


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (r"1 - \sigma(x) = \sigma(x)", r"1 - \sigma(x) = \sigma(-x)"),
        (r"\frac{d}{dx} \log \sigma(x) = \sigma(x)", r"\frac{d}{dx} \log \sigma(x) = \sigma(-x)"),
        (r"\sigma(-x) = \sigma(x)", r"\sigma(-x) = 1 - \sigma(x)"),
    ],
)
def test_the_argument_and_the_complement_of_a_sigmoid_are_tried(line: str, right: str) -> None:
    found = last(SIGMOID, line)
    assert found.status.value == "refuted"
    texts = [text.replace(" ", "") for text in found.repairs]
    assert right.replace(" ", "") in texts or right.replace(r"\sigma(-x) = ", r"\sigma(-x) = ") in texts


def test_one_letter_for_another_is_a_repair() -> None:
    found = last(r"h_t = \tanh(w h_{t-1} + u x_t + b)", r"\frac{\partial h_t}{\partial x_t} = w (1 - h_t^2)")
    assert found.status.value == "refuted"
    assert found.repair is not None and found.repair.endswith("u (1 - h_t^2)")


def test_a_stride_that_only_the_words_give_is_printed_as_a_number() -> None:
    text = (
        "The layer has a stride of 2.\n\n"
        r"$$y_i = \sum_{k=0}^{2} w_k x_{2i+k}$$" + "\n\n" + r"$$\frac{\partial y_i}{\partial w_k} = x_{i+k}$$"
    )
    found = list(check(text).verdicts)[-1]
    assert found.status.value == "refuted"
    assert found.repair is not None and found.repair.endswith("x_{2i+k}")
    assert not any("S" in repair for repair in found.repairs)


@pytest.mark.parametrize(
    "line", [r"\frac{d}{dx} |x| = 1", "g'(x) = 1", r"\frac{dg}{dx} = 2x", "g'(x) = g(x)", "g'(x) = -1"]
)
def test_the_slope_of_a_magnitude_is_decided_and_no_name_of_the_program_shows(line: str) -> None:
    found = last("g(x) = |x|", line)
    assert found.status.value == "refuted"
    assert not any("step" in text or "''" in text for text in found.repairs)


@pytest.mark.parametrize(
    "line",
    [r"g'(x) = \frac{x}{|x|}", r"\frac{d}{dx} |x| = 1 \text{ for } x > 0", "g'(x) = -1 \\text{ for } x < 0"],
)
def test_the_slope_of_a_magnitude_is_proved(line: str) -> None:
    assert last("g(x) = |x|", line).status.value == "proved"


RELU = r"\mathrm{ReLU}(x) = \max(0,x)"


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (r"\mathrm{ReLU}(x) + \mathrm{ReLU}(-x) = x", r"\mathrm{ReLU}(x) - \mathrm{ReLU}(-x) = x"),
        (r"\mathrm{ReLU}(2x) = 3 \mathrm{ReLU}(x)", r"\mathrm{ReLU}(2x) = 2 \mathrm{ReLU}(x)"),
        (
            r"\mathrm{ReLU}'(x) = \begin{cases} 1 & x > 0 \\ 2 & x < 0 \end{cases}",
            r"\mathrm{ReLU}'(x) = \begin{cases} 1 & x > 0 \\ 0 & x < 0 \end{cases}",
        ),
    ],
)
def test_functions_in_cases_have_repairs_as_well(line: str, right: str) -> None:
    found = last(RELU, line)
    assert found.status.value == "refuted"
    assert found.repair is not None
    if "cases" not in line:
        assert found.repair == right
        assert not any("max" in text for text in found.repairs)


def test_a_lost_second_term_is_found_by_its_neighbor() -> None:
    found = last(
        r"z_{a,b} = \sum_{m=1}^{2} k_{m,1} x_{a+m-1,b}",
        "L = z_{1,1}^2 + z_{2,1}^2",
        r"\frac{\partial L}{\partial k_{1,1}} = 2 z_{1,1} x_{1,1}",
    )
    assert found.repair is not None
    assert found.repair.endswith("2 z_{1,1} x_{1,1} + 2z_{2,1} x_{2,1}")
