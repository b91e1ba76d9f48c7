"""One line of a short document is changed: that line is refuted with its repair, and no other verdict moves."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check
from convsym.verdict import Verdict

DOCUMENT = r"""
The input $X$ and the kernel $K$ have the cells

$$X = \begin{bmatrix} x_{1,1} & x_{2,1} & x_{3,1} & x_{4,1} \\ x_{1,2} & x_{2,2} & x_{3,2} & x_{4,2} \\ x_{1,3} & x_{2,3} & x_{3,3} & x_{4,3} \end{bmatrix}$$

$$K = \begin{bmatrix} k_{1,1} & k_{2,1} & k_{3,1} \\ k_{1,2} & k_{2,2} & k_{3,2} \end{bmatrix}$$

The output has the shape $S_Z = (2, 2)$ and $S_O = S_Z$, the target as well: $S_Y = S_O$.

$$z_{a,b} = \frac{1}{6} \sum_{i=1}^{K_W} \sum_{j=1}^{K_H} x_{a+i-1,b+j-1} k_{i,j}$$

$$z_{2,1} = \frac{x_{2,1}k_{1,1} + x_{3,1}k_{2,1} + x_{4,1}k_{3,1} + x_{2,2}k_{1,2} + x_{3,2}k_{2,2} + x_{4,2}k_{3,2}}{6}$$

$$\sigma(t) = \frac{1}{1 + e^{-t}}$$

$$o_{a,b} = \sigma(z_{a,b})$$

$$L = \sum_{a=1}^{O_W} \sum_{b=1}^{O_H} (o_{a,b} - y_{a,b})^2$$

$$\frac{\partial L}{\partial o_{1,2}} = 2(o_{1,2} - y_{1,2})$$

$$\frac{\partial o_{1,2}}{\partial z_{1,2}} = o_{1,2}(1 - o_{1,2})$$

$$\frac{\partial z_{1,2}}{\partial k_{2,1}} = \frac{x_{2,2}}{6}$$
"""

FALSE = [
    (r"x_{3,1}k_{2,1}", r"x_{2,1}k_{2,1}", "index"),
    (r"+ x_{4,2}k_{3,2}}{6}", r"- x_{4,2}k_{3,2}}{6}", "sign"),
    (r" + x_{4,2}k_{3,2}}{6}", r"}{6}", "lost term"),
    (r"k_{3,2}}{6}", r"k_{3,2}}{4}", "divisor"),
    (r"x_{2,1}k_{1,1} + x_{3,1}k_{2,1}", r"x_{3,1}k_{1,1} + x_{2,1}k_{2,1}", "swapped cells"),
    (r"= 2(o_{1,2} - y_{1,2})", r"= 2(o_{1,2} - y_{2,1})", "swapped indices"),
    (r"= 2(o_{1,2} - y_{1,2})", r"= (o_{1,2} - y_{1,2})", "lost factor"),
    (r"= o_{1,2}(1 - o_{1,2})", r"= o_{1,2}(1 + o_{1,2})", "sign"),
    (r"= o_{1,2}(1 - o_{1,2})", r"= (1 - o_{1,2})", "lost factor"),
    (r"= \frac{x_{2,2}}{6}", r"= x_{2,2}", "lost divisor"),
    (r"= \frac{x_{2,2}}{6}", r"= \frac{x_{2,1}}{6}", "index"),
    (r"x_{1,3} & x_{2,3} & x_{3,3}", r"x_{1,3} & x_{3,2} & x_{3,3}", "misprint"),
]
TRUE = [
    (r"x_{2,1}k_{1,1} + x_{3,1}k_{2,1}", r"k_{2,1}x_{3,1} + k_{1,1} x_{2,1}"),
    (
        r"\sum_{i=1}^{K_W} \sum_{j=1}^{K_H} x_{a+i-1,b+j-1} k_{i,j}",
        r"\sum_{n=0}^{K_H-1} \sum_{m=0}^{K_W-1} k_{m+1,n+1} x_{a+m,b+n}",
    ),
    (r"= 2(o_{1,2} - y_{1,2})", r"= 2 o_{1,2} - 2 y_{1,2}"),
    (r"= o_{1,2}(1 - o_{1,2})", r"= o_{1,2} - o_{1,2}^2"),
    (r"= o_{1,2}(1 - o_{1,2})", r"= \frac{e^{-z_{1,2}}}{(1 + e^{-z_{1,2}})^2}"),
    (r"\frac{1}{1 + e^{-t}}", r"\frac{e^{t}}{e^{t} + 1}"),
    (r"(o_{a,b} - y_{a,b})^2", r"(y_{a,b} - o_{a,b})^2"),
]


def _verdicts(text: str) -> list[tuple[str, str]]:
    return [(verdict.latex, str(verdict.status)) for verdict in check(text, kind="markdown").verdicts]


@pytest.fixture(scope="module")
def untouched() -> list[tuple[str, str]]:
    return _verdicts(DOCUMENT)


def test_the_document_itself_is_right(untouched: list[tuple[str, str]]) -> None:
    assert {status for _, status in untouched} == {"definition", "proved"}


@pytest.mark.parametrize(("old", "new", "_name"), FALSE)
def test_a_false_line_is_refuted_and_nothing_else_moves(
    old: str, new: str, _name: str, untouched: list[tuple[str, str]]
) -> None:
    assert DOCUMENT.count(old) == 1
    changed = check(DOCUMENT.replace(old, new), kind="markdown").verdicts
    moved = [v for v, (latex, _) in zip(changed, untouched, strict=True) if v.latex != latex]
    assert [str(v.status) for v in moved] == ["refuted"]
    (latex,) = [latex for v, (latex, _) in zip(changed, untouched, strict=True) if v.latex != latex]
    repaired = check(DOCUMENT.replace(latex, moved[0].repairs[0]), kind="markdown").verdicts
    assert latex in DOCUMENT
    assert {str(v.status) for v in repaired} == {"definition", "proved"}
    others = [(v.latex, str(v.status)) for v in changed if v is not moved[0]]
    assert others == [pair for pair in untouched if pair[0] != latex]


@pytest.mark.parametrize(("old", "new"), TRUE)
def test_a_true_rewrite_changes_no_verdict(old: str, new: str, untouched: list[tuple[str, str]]) -> None:
    assert DOCUMENT.count(old) == 1
    assert [s for _, s in _verdicts(DOCUMENT.replace(old, new))] == [s for _, s in untouched]


def test_a_wrong_definition_is_blamed_on_the_lines_that_agree() -> None:
    text = DOCUMENT.replace(r"\sigma(t) = \frac{1}{1 + e^{-t}}", r"\sigma(t) = \frac{1}{1 + e^{t}}") + (
        "\n\n".join(
            rf"$$o_{{{a},{b}}} = \frac{{1}}{{1 + e^{{-z_{{{a},{b}}}}}}}$$" for a in (1, 2) for b in (1, 2)
        )
    )
    verdicts = {verdict.latex: verdict for verdict in check(text, kind="markdown").verdicts}
    wrong = verdicts[r"\sigma(t) = \frac{1}{1 + e^{t}}"]
    assert wrong.status == "refuted"
    assert wrong.repair == r"\sigma(t) = \frac{1}{1 + e^{-t}}"
    assert verdicts[r"o_{2,1} = \frac{1}{1 + e^{-z_{2,1}}}"].status == "proved"


ROLES = r"""
The output size $O_S$ of a convolution is

$$O_S = \frac{X_S - K_S + 2P}{S} + 1$$

where $X_S$ is the size of the input, $K_S$ is the size of the kernel, $P$ is the padding and $S$ is the stride.
"""


@pytest.mark.parametrize("numerator", ["2P + X_S", "X_S - X_S + 2P", "2P - K_S", "O_S - K_S + 2P"])
def test_a_size_formula_without_one_of_its_sizes_is_refuted(numerator: str) -> None:
    (verdict,) = _formulas(ROLES.replace("X_S - K_S + 2P", numerator))
    assert verdict.status == "refuted"
    assert verdict.witness is not None
    assert verdict.repair is not None
    (again,) = _formulas(ROLES.replace(r"O_S = \frac{X_S - K_S + 2P}{S} + 1", verdict.repair))
    assert again.status == "proved"


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{X_S - 3 + 2P}{S} + 1",
        r"\frac{X_S - 11 + 2P}{S} + 1",
        r"\frac{X_S + 2P}{S}",
        "X_S",
        r"\frac{28 - K_S + 2P}{S} + 1",
    ],
)
def test_a_size_formula_for_one_kernel_or_input_is_not_refuted(formula: str) -> None:
    (verdict,) = _formulas(ROLES.replace(r"\frac{X_S - K_S + 2P}{S} + 1", formula))
    assert verdict.status == "definition"


def _formulas(text: str) -> list[Verdict]:
    return [verdict for verdict in check(text, kind="markdown").verdicts if verdict.latex.startswith("O_S")]


def test_a_target_is_no_input_of_the_output() -> None:
    line = r"\frac{\partial z_{1,2}}{\partial k_{2,1}} = \frac{x_{2,2}}{6}"
    by_target = line.replace("k_{2,1}", "y_{1,2}")
    zero = r"\frac{\partial o_{1,2}}{\partial y_{1,2}} = 0"
    text = DOCUMENT.replace(line, by_target) + f"\n\n$${zero}$$\n"
    verdicts = {verdict.latex: verdict for verdict in check(text, kind="markdown").verdicts}
    assert verdicts[by_target].status == "refuted"
    assert verdicts[zero].status == "proved"


@pytest.mark.parametrize("name", ["h", "h_{1,2}"])
def test_what_the_document_never_introduces_may_be_behind_an_input(name: str) -> None:
    line = rf"\frac{{\partial z_{{1,2}}}}{{\partial {name}}} = x_{{2,2}}"
    verdicts = {v.latex: v for v in check(DOCUMENT + f"\n\n$${line}$$\n", kind="markdown").verdicts}
    assert verdicts[line].status in ("unsupported", "undecided")
