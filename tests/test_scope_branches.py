"""The chain rule along every branch that leads from a function nobody writes out to a variable."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

WRITTEN = r"Let $q = q(m(s, t), n(s, t))$."
SHOWN = r"Take the composition $$q(m(s, t), n(s, t))$$ of three smooth functions."
NAMED = r"Let $u = f(x, y)$ with $x = x(r, t)$ and $y = y(r, t)$."
LISTED = r"Given $u(x, y)$, where $x(r, t)$ and $y(r, t)$:"
HALF = r"Let $u = u(x, y)$ with $x = x(r, t)$."
BOTH = r"\frac{\partial q}{\partial s} = \frac{\partial q}{\partial m}\frac{\partial m}{\partial s} + \frac{\partial q}{\partial n}\frac{\partial n}{\partial s}"
LOST = r"\frac{\partial q}{\partial s} = \frac{\partial q}{\partial m}\frac{\partial m}{\partial s}"
RULE = r"\frac{\partial u}{\partial r} = \frac{\partial u}{\partial x} \cdot \frac{\partial x}{\partial r} + \frac{\partial u}{\partial y} \cdot \frac{\partial y}{\partial r}"
MATRICES = r"Let $Y_1 = W X_1$ and $Y_2 = X_2 W$, where $W \in \mathbb{R}^{n \times m}$, $X_1, X_2 \in \mathbb{R}^{m \times n}$, and let $S = W^T$."
SCALED = r"$$y = w x, \quad J = 3 L, \quad \frac{\partial L}{\partial w} = \frac{\partial L}{\partial y} x$$"
TWO = r"$$p = w x, \quad r = w^2 v$$"

LINES = [
    (WRITTEN, BOTH, "proved"),
    (SHOWN, BOTH, "proved"),
    (WRITTEN, BOTH.replace("+", "-"), "refuted"),
    (SHOWN, BOTH.replace("+", "-"), "refuted"),
    (WRITTEN, BOTH + "$$ $$" + LOST, "refuted"),
    (SHOWN, BOTH + "$$ $$" + LOST, "refuted"),
    (SHOWN, BOTH.replace(r"\frac{\partial n}{\partial s}", r"\frac{\partial n}{\partial t}"), "unproved"),
    (NAMED, RULE, "proved"),
    (LISTED, RULE, "proved"),
    (NAMED, RULE.replace("+", "-"), "refuted"),
    (
        LISTED,
        RULE
        + r"$$ $$\frac{\partial u}{\partial r} = \frac{\partial u}{\partial x} \frac{\partial x}{\partial r}",
        "refuted",
    ),
    # Where nothing says what y depends on, the sum of both branches is right all the same.
    (HALF, RULE, "proved"),
    (
        HALF,
        RULE
        + r"$$ $$\frac{\partial u}{\partial r} = \frac{\partial u}{\partial x} \frac{\partial x}{\partial r}",
        "open",
    ),
    # Two branches that are only found in the formulas: the sum is right, a part of it may be another example.
    (
        TWO,
        r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial p} x + 2 w v \frac{\partial C}{\partial r}",
        "proved",
    ),
    (
        TWO,
        r"\frac{\partial C}{\partial r} = g$$ $$\frac{\partial C}{\partial w} = \frac{\partial C}{\partial p} x",
        "open",
    ),
    (
        TWO,
        r"\frac{\partial C}{\partial r} = g$$ $$\frac{\partial C}{\partial w} = \frac{\partial C}{\partial p} x = \frac{\partial C}{\partial p} x",
        "unrefuted",
    ),
    # The factor before an unwritten loss counts.
    (SCALED, r"\frac{\partial J}{\partial w} = 3 \frac{\partial L}{\partial y} x", "proved"),
    (SCALED, r"\frac{\partial J}{\partial w} = \frac{\partial L}{\partial y} x", "refuted"),
    # X_1 of which the text says where it lies is a matrix, and no entry of one.
    (MATRICES, r"\frac{\partial L}{\partial X_1} = W^T \frac{\partial L}{\partial Y_1}", "proved"),
    (MATRICES, r"\frac{\partial L}{\partial X_2} = \frac{\partial L}{\partial Y_2} W^T", "proved"),
    (MATRICES, r"\frac{\partial L}{\partial X_1} = \frac{\partial L}{\partial Y_1} W^T", "refuted"),
    (MATRICES, r"\frac{\partial L}{\partial X_2} = W^T \frac{\partial L}{\partial Y_2}", "refuted"),
    (MATRICES, r"\frac{\partial L}{\partial X_1} = W \frac{\partial L}{\partial Y_1}", "unproved"),
    (
        MATRICES,
        r"\frac{\partial L}{\partial W} = \frac{\partial L}{\partial Y_1} X_1^T + X_2^T \frac{\partial L}{\partial Y_2}",
        "proved",
    ),
    (
        MATRICES,
        r"\frac{\partial L}{\partial W} = X_1^T \frac{\partial L}{\partial Y_1} + X_2^T \frac{\partial L}{\partial Y_2}",
        "unproved",
    ),
    (
        r"Here $x$ is a vector, $A_{col} \in \mathbb{R}^{n \times m}$, and $V_{col} = K A_{col}$, with $K^T$ the transpose of $K$.",
        r"\frac{\partial L}{\partial A_{col}} = K^T \frac{\partial L}{\partial V_{col}}",
        "proved",
    ),
]


@pytest.mark.parametrize(("given", "line", "expected"), LINES)
def test_a_line_about_branches(given: str, line: str, expected: str) -> None:
    status = check(f"{given}\n\n$${line}$$\n").verdicts[-1].status.value
    if expected == "open":
        assert status in ("unsupported", "undecided")
    elif expected.startswith("un"):
        assert status != expected.removeprefix("un")
    else:
        assert status == expected


LAYERED = r"$$a_j^{(l)} = \sigma^{(l)}(z_j^{(l)}), \quad z_j^{(l)} = \sum_{k=1}^{n} W_{jk}^{(l)} a_k^{(l-1)} + b_j^{(l)}$$"
INNER = r"$$y_i = f(2 u_i + c)$$"


@pytest.mark.parametrize(
    ("given", "slope", "one", "other", "allowed"),
    [
        (LAYERED, "a_k^{(L)} z_j^{(L)}", r"\sigma'^{(L)}(z_j^{(L)})", "0", {"proved"}),
        (LAYERED, "a_k^{(L)} z_j^{(L)}", r"\sigma'^{(L)}(z_k^{(L)})", "0", {"proved"}),
        (LAYERED, "a_k^{(L)} z_j^{(L)}", r"\sigma'^{(L)}(z_k^{(L)})", "1", {"refuted"}),
        (INNER, "y_k u_j", "2 f'(2 u_j + c)", "0", {"proved", "undecided"}),
        (INNER, "y_k u_j", "f'(2 u_j + c)", "0", {"refuted", "undecided"}),
    ],
)
def test_functions_of_two_cells_are_one_where_the_cells_are(given, slope, one, other, allowed):
    above, below = slope.split(" ")
    cases = rf"\begin{{cases}} {one} & \text{{if }} k = j \\ {other} & \text{{otherwise}} \end{{cases}}"
    line = rf"$$\frac{{\partial {above}}}{{\partial {below}}} = {cases}$$"
    assert check(f"{given}\n\n{line}\n", kind="markdown").verdicts[-1].status in allowed


@pytest.mark.parametrize(
    "text",
    [
        r"$$y_1 = w_1 x_1 + w_2 x_2, \quad y_2 = w_1 x_2 + w_2 x_3, \quad y_3 = w_1 x_3 + w_2 x_4$$"
        r"$$\frac{\partial L}{\partial w_1} = \sum_{i=1}^{END} \frac{\partial L}{\partial y_i} x_i$$",
        r"Let $y = (y_1, y_2, y_3)^T$ with $y_i = w x_i$. "
        r"$$\frac{\partial L}{\partial w} = \sum_{i=1}^{END} \frac{\partial L}{\partial y_i} x_i$$",
    ],
)
def test_a_sum_that_leaves_out_a_named_cell_is_no_evidence_for_itself(text):
    assert check(text.replace("END", "2"), kind="markdown").verdicts[-1].status != "proved"
    assert check(text.replace("END", "3"), kind="markdown").verdicts[-1].status == "proved"


def test_a_product_of_matrices_has_their_shape_whatever_a_sum_runs_over():
    text = (
        r"$$X = \begin{pmatrix} x_{1,1} & x_{1,2} \\ x_{2,1} & x_{2,2} \end{pmatrix}, \quad "
        r"W = \begin{pmatrix} w_{1,1} & w_{1,2} & w_{1,3} \\ w_{2,1} & w_{2,2} & w_{2,3} \end{pmatrix}$$"
        "\n\n$$Y = X W$$\n\n"
        r"$$\frac{\partial Y}{\partial x_{1,1}} = \begin{pmatrix} w_{1,1} & w_{1,2} & w_{1,3} \\ 0 & 0 & 0 \end{pmatrix}$$"
        "\n\n"
        r"$$\frac{\partial L}{\partial x_{1,1}} = \sum_{i=1}^2 \sum_{j=1}^{END} \frac{\partial L}{\partial y_{i,j}} "
        r"\frac{\partial y_{i,j}}{\partial x_{1,1}}$$"
    )
    short, whole = (check(text.replace("END", end), kind="markdown").verdicts for end in "23")
    assert short[-2].status == whole[-2].status == whole[-1].status == "proved"
    assert short[-1].status != "proved"


@pytest.mark.parametrize(
    ("above", "below", "status"),
    [
        ("1 & (x > 0)", r"0 & (x \le 0)", "proved"),
        (r"1 & (x > 0)", r"0 & (\text{otherwise})", "proved"),
        (r"1 & \text{if } (x > 0)", r"0 & \text{else}", "proved"),
        ("0 & (x > 0)", r"1 & (x \le 0)", "refuted"),
        (r"1 & (x < 0)", r"0 & (x \ge 0)", "refuted"),
    ],
)
def test_a_condition_may_stand_in_brackets(above, below, status):
    given = r"$$y = \begin{cases} x & (x > 0) \\ 0 & (x \le 0) \end{cases}$$"
    line = rf"$$\frac{{\partial y}}{{\partial x}} = \begin{{cases}} {above} \\ {below} \end{{cases}}$$"
    assert check(f"{given}\n\n{line}\n", kind="markdown").verdicts[-1].status == status


@pytest.mark.parametrize(
    ("lower", "status"), [("s p + t q & s r + t u", "proved"), ("s p + t q & s r - t u", "refuted")]
)
def test_an_empty_row_among_rows_of_several_cells_is_space(lower, status):
    left = (
        r"\begin{pmatrix} a & b \\ \\ s & t \end{pmatrix} \begin{pmatrix} p & r \\[4pt] q & u \end{pmatrix}"
    )
    right = rf"\begin{{pmatrix}} a p + b q & a r + b u \\ \\ {lower} \end{{pmatrix}}"
    assert check(f"$${left} = {right}$$\n", kind="markdown").verdicts[-1].status == status


def test_an_empty_cell_in_a_column_is_none_to_drop():
    line = r"$$2 \begin{pmatrix} a \\ \\ b \end{pmatrix} = \begin{pmatrix} 2 a \\ 2 b \end{pmatrix}$$"
    assert check(line, kind="markdown").verdicts[-1].status == "unsupported"
