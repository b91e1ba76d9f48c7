"""A definition against what the rest of its document says in its place."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

from __future__ import annotations

import re

import pytest

from convsym.checker import check

START = r"""
The input $X$ and the kernel $K$ have the cells

$$X = \begin{bmatrix} x_{1,1} & x_{2,1} & x_{3,1} & x_{4,1} \\ x_{1,2} & x_{2,2} & x_{3,2} & x_{4,2} \\ x_{1,3} & x_{2,3} & x_{3,3} & x_{4,3} \end{bmatrix}$$

$$K = \begin{bmatrix} k_{1,1} & k_{2,1} & k_{3,1} \\ k_{1,2} & k_{2,2} & k_{3,2} \end{bmatrix}$$

with the sizes $K_W$, $K_H$. The output has the shape $S_Z = (2, 2)$, as have $S_O = S_Z$ and the target $Y$, $S_Y = S_O$.

$$\sigma(t) = \frac{1}{1 + e^{-t}}$$

$$z_{a,b} = \frac{1}{6} \sum_{i=1}^{K_W} \sum_{j=1}^{K_H} x_{a+i-1,b+j-1} k_{i,j}$$

$$\begin{aligned}
z_{1,1} &= \frac{x_{1,1}k_{1,1} + x_{2,1}k_{2,1} + x_{3,1}k_{3,1} + x_{1,2}k_{1,2} + x_{2,2}k_{2,2} + x_{3,2}k_{3,2}}{6} \\
z_{2,1} &= \frac{x_{2,1}k_{1,1} + x_{3,1}k_{2,1} + x_{4,1}k_{3,1} + x_{2,2}k_{1,2} + x_{3,2}k_{2,2} + x_{4,2}k_{3,2}}{6} \\
z_{1,2} &= \frac{x_{1,2}k_{1,1} + x_{2,2}k_{2,1} + x_{3,2}k_{3,1} + x_{1,3}k_{1,2} + x_{2,3}k_{2,2} + x_{3,3}k_{3,2}}{6} \\
z_{2,2} &= \frac{x_{2,2}k_{1,1} + x_{3,2}k_{2,1} + x_{4,2}k_{3,1} + x_{2,3}k_{1,2} + x_{3,3}k_{2,2} + x_{4,3}k_{3,2}}{6}
\end{aligned}$$

$$o_{a,b} = \sigma(z_{a,b}) = \frac{1}{1 + e^{-z_{a,b}}}$$

$$\begin{aligned}
o_{1,1} &= \frac{1}{1 + e^{-z_{1,1}}} \\
o_{2,1} &= \frac{1}{1 + e^{-z_{2,1}}} \\
o_{1,2} &= \frac{1}{1 + e^{-z_{1,2}}} \\
o_{2,2} &= \frac{1}{1 + e^{-z_{2,2}}}
\end{aligned}$$

$$L = \sum_{a=1}^{O_W} \sum_{b=1}^{O_H} (o_{a,b} - y_{a,b})^2$$

Term by term this is

$$L = \sum_{a=1}^{O_W} \sum_{b=1}^{O_H} (o_{a,b} - y_{a,b})^2 = (o_{1,1} - y_{1,1})^2 + (o_{2,1} - y_{2,1})^2 + (o_{1,2} - y_{1,2})^2 + (o_{2,2} - y_{2,2})^2$$

$$\frac{\partial L}{\partial o_{2,1}} = 2(o_{2,1} - y_{2,1})$$

$$\frac{\partial o_{2,1}}{\partial z_{2,1}} = \frac{1}{1 + e^{-z_{2,1}}} \left(1 - \frac{1}{1 + e^{-z_{2,1}}}\right)$$

$$\frac{\partial z_{2,1}}{\partial k_{3,2}} = \frac{x_{4,2}}{6}$$
"""
SIGMA = r"\sigma(t) = \frac{1}{1 + e^{-t}}"
WINDOW = r"z_{a,b} = \frac{1}{6} \sum_{i=1}^{K_W} \sum_{j=1}^{K_H} x_{a+i-1,b+j-1} k_{i,j}"
LOSS = r"L = \sum_{a=1}^{O_W} \sum_{b=1}^{O_H} (o_{a,b} - y_{a,b})^2"
UNIT = r"o_{a,b} = \sigma(z_{a,b})"


def statuses(text: str) -> list[tuple[str, str]]:
    return [(v.latex, str(v.status)) for v in check(text, kind="markdown").verdicts]


def test_the_document_itself_is_right():
    assert {status for _, status in statuses(START)} == {"definition", "proved"}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (SIGMA, r"\sigma(t) = \frac{1}{1 - e^{t}}"),
        (SIGMA, r"\sigma(t) = \frac{2}{3 + e^{-2t}}"),
        (WINDOW, r"z_{a,b} = \sum_{i=1}^{K_H} \sum_{j=1}^{K_W} x_{a-i+2,b+2j} k_{i,j}"),
        (WINDOW, r"z_{a,b} = \frac{1}{6} \sum_{i=1}^{K_W} \sum_{j=1}^{K_H} o_{a+i-1,b+j-1} k_{i,j}"),
        (WINDOW, r"z_{a,b} = \frac{1}{K_W + K_H} \sum_{i=2}^{K_W} \sum_{j=0}^{K_H} x_{a+i,b+j} k_{j,i}"),
        (LOSS, r"L = \sum_{a=1}^{O_W} \sum_{b=1}^{O_H} (o_{a,b} - y_{b,a})^2"),
        (LOSS, r"L = \sum_{a=1}^{O_W} \sum_{b=1}^{O_H} (z_{a,b} - y_{a,b})^2"),
        (LOSS, r"L = \sum_{a=2}^{O_W} \sum_{b=1}^{O_H} (o_{a,b} + y_{a,b})^3"),
        (UNIT, r"o_{a,b} = \sigma(z_{b,a})"),
    ],
)
def test_a_definition_that_many_lines_deny_is_the_wrong_one(right: str, wrong: str) -> None:
    text = START.replace(right, wrong, 1)
    moved = [(latex, status) for latex, status in statuses(text) if status not in ("definition", "proved")]
    assert (wrong, "refuted") in moved
    # The rest of a chain that goes on from the wrong line begins with what is wrong in it.
    assert [latex for latex, _ in moved if latex != wrong and not latex.startswith(r"\sigma(z_{b,a})")] == []
    verdict = next(v for v in check(text, kind="markdown").verdicts if v.latex == wrong)
    mended = [text.replace(wrong, repair, 1) for repair in verdict.repairs[:3]]
    assert any({s for _, s in statuses(new)} <= {"definition", "proved"} for new in mended) or right == UNIT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f"{LOSS} = ", r"L = \sum_{a=1}^{O_W} \sum_{b=1}^{O_H} (o_{a,b} - y_{b,a})^2 = "),
        (r"\frac{1}{1 + e^{-z_{a,b}}}", r"\frac{1}{1 - e^{z_{a,b}}}"),
        (r"o_{2,2} &= \frac{1}{1 + e^{-z_{2,2}}}", r"o_{2,2} &= \frac{1}{1 + e^{-z_{2,1}}}"),
        (r"x_{4,3}k_{3,2}}{6}", r"x_{4,3}k_{2,2}}{6}"),
    ],
)
def test_one_line_against_a_definition_that_others_bear_out_is_the_wrong_one(right: str, wrong: str) -> None:
    text = START.replace(right, wrong, 1)
    assert text != START
    found = [latex for latex, status in statuses(text) if status == "refuted"]
    assert found
    assert not set(found) & {SIGMA, WINDOW, LOSS, UNIT}


@pytest.mark.parametrize(
    ("row", "changed", "meant"),
    [
        (r"o_{2,2} &= \frac{1}{1 + e^{-z_{2,2}}}", r"y_{2,2} &= \frac{1}{1 + e^{-z_{2,2}}}", "o_{2,2}"),
        (r"o_{2,2} &= \frac{1}{1 + e^{-z_{2,2}}}", r"x_{2,2} &= \frac{1}{1 + e^{-z_{2,2}}}", "o_{2,2}"),
        ("z_{1,2} &=", "o_{1,2} &=", "z_{1,2}"),
        (f"{UNIT} =", r"k_{a,b} = \sigma(z_{a,b}) =", "o_{a,b}"),
    ],
)
def test_a_row_that_stands_under_another_name_is_refuted(row: str, changed: str, meant: str) -> None:
    text = START.replace(row, changed, 1)
    refuted = [v for v in check(text, kind="markdown").verdicts if str(v.status) == "refuted"]
    assert len(refuted) == 1
    assert refuted[0].latex.startswith(changed.partition(" ")[0])
    assert any(repair.startswith(meant) for repair in refuted[0].repairs)


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial y_{2,1}}{\partial z_{2,1}} = \sigma(z_{2,1})",
        r"\frac{\partial L}{\partial o_{2,1}} = 2(o_{2,1} - y_{2,1}) + \frac{\partial k_{1,1}}{\partial k_{2,1}} + 1",
        r"o_{1,1} = 1",
        r"o_{1,1} = 0",
        r"o_{1,1} = 2",
    ],
)
def test_what_no_values_of_the_inputs_could_make_true_is_refuted(line: str) -> None:
    verdicts = check(f"{START}\n\n$${line}$$\n", kind="markdown").verdicts
    assert str(verdicts[-1].status) == "refuted", verdicts[-1].reason


@pytest.mark.parametrize("line", [r"o_{1,1} = \frac{1}{2}", r"z_{1,1} = 0", r"z_{1,1} = 3"])
def test_a_number_that_some_inputs_lead_to_may_be_an_example(line: str) -> None:
    verdicts = check(f"{START}\n\n$${line}$$\n", kind="markdown").verdicts
    assert str(verdicts[-1].status) == "unsupported"


def test_given_cells_do_not_depend_on_one_another() -> None:
    lines = (
        r"\frac{\partial k_{1,1}}{\partial k_{2,1}} = 0",
        r"\frac{\partial y_{1,1}}{\partial z_{1,1}} = 0",
        r"\frac{\partial o_{1,1}}{\partial z_{2,1}} = 0",
    )
    text = START + "".join(f"\n\n$${line}$$\n" for line in lines)
    assert [s for _, s in statuses(text)[-3:]] == ["proved"] * 3


def test_an_output_that_is_named_and_never_written_out_may_depend_on_anything() -> None:
    text = r"""
$$X = \begin{bmatrix} x_{1,1} & x_{1,2} \\ x_{2,1} & x_{2,2} \end{bmatrix}, \quad W = \begin{bmatrix} w_{1,1} & w_{1,2} \\ w_{2,1} & w_{2,2} \end{bmatrix}$$

$$Y = \begin{bmatrix} y_{1,1} & y_{1,2} \\ y_{2,1} & y_{2,2} \end{bmatrix}$$

is the output of the layer, and the loss is

$$L = \sum_{i=1}^{2} \sum_{j=1}^{2} y_{i,j}^2 + \sum_{i=1}^{2} \sum_{j=1}^{2} w_{i,j}^2$$

$$\frac{\partial y_{1,1}}{\partial w_{1,1}} = x_{1,1}$$
"""
    assert statuses(text)[-1][1] == "unsupported"


def test_cells_given_first_stay_the_definition_of_a_general_line() -> None:
    text = r"""
$$y_1 = w_1 x_1 + w_2 x_2$$ $$y_2 = w_1 x_2 + w_2 x_3$$

In general $$y_i = \sum_{j=1}^{2} w_j x_{i+j-1}$$
"""
    assert [s for _, s in statuses(text)] == ["definition", "definition", "proved"]


@pytest.mark.parametrize(("letter", "new"), [("z", "a"), ("o", "p"), ("x", "u"), ("k", "w")])
def test_cells_may_have_another_letter_than_their_matrix(letter: str, new: str) -> None:
    text = re.sub(rf"(?<![A-Za-z\\]){letter}_\{{", f"{new}_{{", START)
    text = text.replace("\n\nTerm by term", "\n\nIn short, $O = \\sigma(Z)$.\n\nTerm by term")
    assert {status for _, status in statuses(text)} == {"definition", "proved"}


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial z_{1,1}}{\partial o_{1,1}} = \frac{1}{o_{1,1}(1 - o_{1,1})}", "unsupported"),
        (r"\frac{\partial z_{1,1}}{\partial o_{2,1}} = 0", "unsupported"),
        (r"\frac{\partial z_{1,1}}{\partial o_{2,1}} = x_{1,1}", "refuted"),
        (r"\frac{\partial k_{1,1}}{\partial z_{1,1}} = x_{1,1}", "refuted"),
        (
            r"\frac{\partial L}{\partial K} = \frac{\partial O}{\partial Z} \frac{\partial Z}{\partial K}",
            "refuted",
        ),
        (
            r"\frac{\partial L}{\partial K} = \frac{\partial L}{\partial O} \frac{\partial Z}{\partial K}",
            "refuted",
        ),
        (
            r"\frac{\partial L}{\partial K} = \frac{\partial L}{\partial O} \frac{\partial O}{\partial Z} \frac{\partial Z}{\partial K}",
            "proved",
        ),
    ],
)
def test_a_derivative_the_wrong_way_round_is_refuted_where_no_reading_makes_it_true(
    line: str, status: str
) -> None:
    text = f"{START}\n\nWith $O = \\sigma(Z)$ and $Z = \\text{{conv}}(X, K)$, $${line}$$\n"
    verdict = check(text, kind="markdown").verdicts[-1]
    assert str(verdict.status) == status, verdict.reason


def test_numbers_put_in_are_no_rival_of_a_formula_that_leads_back_to_itself() -> None:
    text = r"""
$$z_1 = w_{11} x_1 + w_{21} h_1 + b_1 = 1 \cdot 2 + 3 \cdot 0 + 0 = 2$$

$$h_1 = \max(0, z_1) = \max(0, 2) = 2$$
"""
    verdicts = check(text, kind="markdown").verdicts
    assert str(verdicts[0].status) == "definition"
    assert all(str(v.status) != "refuted" for v in verdicts)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (WINDOW, WINDOW.replace("x_{a+i-1,b+j-1}", "x_{c+i-1,b+j-1}")),
        (LOSS, LOSS.replace("y_{a,b}", "y_{a,c}")),
        (UNIT, r"o_{a,b} = \sigma(z_{a,c})"),
    ],
)
def test_an_index_that_the_left_side_lacks_is_put_right_by_the_other_lines(right: str, wrong: str) -> None:
    verdicts = check(START.replace(right, wrong, 1), kind="markdown").verdicts
    refuted = [v for v in verdicts if str(v.status) == "refuted"]
    assert wrong in [v.latex for v in refuted]
    assert all(v.latex == wrong or r"\sigma(z_{a,c})" in v.latex for v in refuted)
    assert {str(v.status) for v in verdicts} <= {"definition", "proved", "refuted"}


def test_a_given_cell_that_is_said_through_itself_is_no_definition() -> None:
    text = r"""
$$X = \begin{bmatrix} x_{1,1} & x_{2,1} \\ x_{1,2} & x_{2,2} \end{bmatrix}, \quad K = \begin{bmatrix} k_{1,1} & k_{2,1} \\ k_{1,2} & k_{2,2} \end{bmatrix}$$

$$z_{x,y} = \sum_{i=1}^{1} \sum_{j=1}^{1} x_{i+x-1,j+y-1} k_{i,j}$$

$$k_{1,1} = x_{1,1} k_{1,1} + x_{2,1} k_{2,1}$$
"""
    assert str(check(text, kind="markdown").verdicts[-1].status) in ("refuted", "unsupported")
