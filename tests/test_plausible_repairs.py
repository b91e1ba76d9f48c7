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


CROSS = r"z_{i,j} = \sum_{m=1}^{2} \sum_{n=1}^{2} x_{i+m-1,j+n-1} k_{m,n}"
CELLS = (
    r"z_{11} = x_{11}k_{11} + x_{12}k_{12} + x_{21}k_{21} + x_{22}k_{22}",
    r"z_{12} = x_{12}k_{11} + x_{13}k_{12} + x_{22}k_{12} + x_{23}k_{22}",
    r"z_{21} = x_{21}k_{11} + x_{22}k_{12} - x_{31}k_{21} + x_{32}k_{22}",
    r"z_{22} = x_{22}k_{11} + x_{23}k_{12} + x_{32}k_{21}",
)


def test_a_definition_is_not_wrong_for_three_slips_of_different_kinds() -> None:
    text = "\n\n".join(f"$${line}$$" for line in (CROSS, *CELLS))
    found = [one.status.value for one in check(text).verdicts]
    assert found[:2] == ["definition", "proved"]
    assert set(found[2:]) <= {"refuted", "unsupported"}


def test_a_definition_is_wrong_where_all_its_cells_say_another() -> None:
    turned = [
        rf"z_{{{i}{j}}} = "
        + " + ".join(f"x_{{{i + m},{j + n}}} k_{{{m},{n}}}" for m in (1, 2) for n in (1, 2))
        for i in (1, 2)
        for j in (1, 2)
    ]
    text = "\n\n".join(f"$${line}$$" for line in (CROSS, *turned))
    assert next(iter(check(text).verdicts)).status.value == "refuted"


def test_a_number_over_itself_is_no_repair() -> None:
    found = last(
        r"L = \frac{1}{2} \sum_{i=1}^2 (z_i - y_i)^2", r"\frac{\partial L}{\partial z_i} = 2 (z_i - y_i)"
    )
    assert found.status.value == "refuted"
    assert found.repair is not None and "2" not in found.repair
