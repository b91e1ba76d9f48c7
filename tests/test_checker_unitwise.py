"""Bare names of families, outputs known by their slopes alone, and losses of one case."""

import pytest

from convsym.checker import check

UNITS = r"Let $\sigma(x) = \frac{1}{1+e^{-x}}$, $a_j = \sigma(z_j)$ and $z_j = \sum_i w_{ji} x_i$." + "\n\n"
TANH = r"Let $h_i = \tanh(s_i)$ where $s_i = \sum_k u_{ik} x_k + c_i$." + "\n\n"
SOFTMAX = r"Let $p_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$." + "\n\n"


@pytest.mark.parametrize(
    ("given", "line", "status"),
    [
        (UNITS, r"\sigma'(z) = a (1 - a)", "proved"),
        (UNITS, r"\sigma'(z) = a (1 + a)", "refuted"),
        (UNITS, r"\frac{\partial a}{\partial z} = a(1-a)", "proved"),
        (UNITS, r"\frac{\partial a}{\partial z} = a^2", "refuted"),
        (UNITS, r"\frac{da}{dz} = \sigma'(z)", "proved"),
        (TANH, r"\tanh'(s) = 1 - h^2", "proved"),
        (TANH, r"\tanh'(s) = 1 - h", "refuted"),
        # Every p_j is made of all z_k: a line about whole vectors is not one about each unit.
        (SOFTMAX, r"\frac{\partial p}{\partial z} = p (1 - p)", "unsupported"),
        # Between whole vectors a dot may sum over the units.
        (UNITS, r"a \cdot z = z \cdot a^2", "unsupported"),
    ],
)
def test_bare_names_of_units(given: str, line: str, status: str) -> None:
    found = check(f"{given}$${line}$$\n", kind="markdown").verdicts[-1]
    assert found.status.value == status, found


SLOPE = (
    r"The logistic function is $f(x) = \frac{1}{1 + e^{-x}}$ and $x_i = \sum_j w_{ij} y_j$." + "\n\n"
    r"$$\frac{\partial y_j}{\partial x_j} = f'(x_j)$$" + "\n\n"
)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"f'(x_j) = y_j (1 - y_j)", "proved"),
        (r"f'(x_j) = y_j (1 + y_j)", "unsupported"),
        (r"f'(x_j) = f(x_j) (1 + f(x_j))", "refuted"),
    ],
)
def test_an_output_that_is_known_by_its_slope_alone(line: str, status: str) -> None:
    found = check(f"{SLOPE}$${line}$$\n", kind="markdown").verdicts
    assert [v.status.value for v in found[-2:]] == ["proved", status], found[-2:]
    assert "supposed" in found[-2].reason


def test_a_total_that_a_fraction_shows() -> None:
    text = (
        r"$$O_j = \frac{e^{Z_j}}{\sum_k e^{Z_k}} = \frac{e^{Z_j}}{S}$$" + "\n\n"
        r"$$\frac{\partial O_j}{\partial Z_j} = \frac{e^{Z_j}}{S} (1 - \frac{e^{Z_j}}{S})$$" + "\n\n"
        r"$$\frac{\partial O_j}{\partial Z_j} = \frac{e^{Z_j}}{S} (1 + \frac{e^{Z_j}}{S})$$" + "\n"
    )
    found = check(text, kind="markdown").verdicts
    assert found[-2].status.value == "proved", found[-2]
    assert found[-1].status.value != "proved"


@pytest.mark.parametrize(
    ("words", "line", "status"),
    [
        ("For a single training case:", r"\frac{\partial E}{\partial y_j} = -(t_j - y_j)", "proved"),
        ("For a single training case:", r"\frac{\partial E}{\partial y_j} = t_j - y_j", "refuted"),
        ("For one example,", r"\frac{\partial E}{\partial y_j} = t_j - y_j", "refuted"),
    ],
)
def test_a_loss_of_one_case(words: str, line: str, status: str) -> None:
    whole = r"$$E = \frac{1}{2} \sum_c \sum_j (t_{j,c} - y_{j,c})^2$$"
    text = f"{whole}\n\n{words}\n\n$$E = \\frac{{1}}{{2}} \\sum_j (t_j - y_j)^2$$\n\n$${line}$$\n"
    found = check(text, kind="markdown").verdicts
    assert [v.status.value for v in found] == ["definition", "definition", status], found


MATRICES = (
    r"$$A = \begin{bmatrix} a_{11} & a_{12} \\ a_{21} & a_{22} \end{bmatrix}, "
    r"\quad B = \begin{bmatrix} b_{11} & b_{12} \\ b_{21} & b_{22} \end{bmatrix}$$"
    "\n\n"
)
ENTRIES = (
    r"\begin{bmatrix} a_{11} b_{11} + a_{12} b_{21} & a_{11} b_{12} + a_{12} b_{22} \\ "
    r"a_{21} b_{11} + a_{22} b_{21} & a_{21} b_{12} + a_{22} b_{22} \end{bmatrix}"
)


@pytest.mark.parametrize(
    ("head", "statuses"),
    [("A B^T", ["definition", "refuted"]), ("A B", ["proved", "definition"])],
)
def test_a_chain_that_names_first_and_then_writes_out(head: str, statuses: list[str]) -> None:
    found = check(f"{MATRICES}$${head} = C = {ENTRIES}$$\n", kind="markdown").verdicts
    assert [v.status.value for v in found[2:]] == statuses, found[2:]
    if "refuted" in statuses:
        assert found[3].repairs[0] == "C = A B^T"


def test_what_rests_on_a_name_that_was_written_out_wrongly_is_left_open() -> None:
    text = (
        r"$$z = w x, \quad E = \frac{1}{2} (z - t)^2$$ $$\frac{\partial E}{\partial z} = \delta = t - z$$"
        r"$$\frac{\partial E}{\partial w} = -\delta x$$ $$\frac{\partial E}{\partial w} = (z - t) x$$"
    )
    found = [v.status.value for v in check(text, kind="markdown").verdicts]
    assert found == ["definition", "definition", "definition", "refuted", "unsupported", "proved"]


def test_what_rests_on_a_name_is_judged_by_what_its_chain_says_first() -> None:
    text = MATRICES + f"$$A B^T = C = {ENTRIES}$$ $$C = A B^T$$ $$C = A B$$ $$C = A + B$$"
    found = [v.status.value for v in check(text, kind="markdown").verdicts]
    assert found[2:] == ["definition", "refuted", "proved", "unsupported", "refuted"]


WHOLE = (
    r"$$S = \begin{bmatrix} s_{11} & s_{12} \\ s_{21} & s_{22} \end{bmatrix}, "
    r"\quad V = \begin{bmatrix} v_{11} & v_{12} \\ v_{21} & v_{22} \end{bmatrix}$$"
    "\n\n"
    r"$$P = \text{softmax}(S) = \begin{bmatrix} \frac{e^{s_{11}}}{e^{s_{11}} + e^{s_{12}}} & "
    r"\frac{e^{s_{12}}}{e^{s_{11}} + e^{s_{12}}} \\ \frac{e^{s_{21}}}{e^{s_{21}} + e^{s_{22}}} & "
    r"\frac{e^{s_{22}}}{e^{s_{21}} + e^{s_{22}}} \end{bmatrix} = "
    r"\begin{bmatrix} p_{11} & p_{12} \\ p_{21} & p_{22} \end{bmatrix}$$"
    "\n\n$$O = P V = \\begin{bmatrix} o_{11} & o_{12} \\\\ o_{21} & o_{22} \\end{bmatrix}$$\n\n"
)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial o_{21}}{\partial v_{11}} = p_{21}", "proved"),
        (r"\frac{\partial o_{21}}{\partial v_{11}} = p_{12}", "refuted"),
        (r"\frac{\partial p_{11}}{\partial s_{11}} = p_{11} - p_{11}^2", "proved"),
        (r"\frac{\partial p_{11}}{\partial s_{12}} = p_{11} p_{12}", "refuted"),
        (
            r"\frac{\partial L}{\partial v_{11}} = \frac{\partial L}{\partial o_{11}} p_{11} + "
            r"\frac{\partial L}{\partial o_{21}} p_{21}",
            "proved",
        ),
        (
            r"\frac{\partial L}{\partial v_{11}} = \frac{\partial L}{\partial o_{11}} p_{11} + "
            r"\frac{\partial L}{\partial o_{21}} p_{12}",
            "refuted",
        ),
    ],
)
def test_an_operation_whose_matrix_is_written_out_next(line: str, status: str) -> None:
    found = check(f"{WHOLE}$${line}$$\n", kind="markdown").verdicts[-1]
    assert found.status.value == status, found


@pytest.mark.parametrize(
    ("words", "line", "status"),
    [
        ("Mind the implied sums.", r"W_{ib} \delta_{ic} = W_{cb}", "proved"),
        (
            "We sum over repeated indices.",
            r"\frac{\partial v_b}{\partial W_{cd}} = h_c \delta_{bd}",
            "proved",
        ),
        ("Repeated indices are summed.", r"\frac{\partial v_b}{\partial h_c} = W_{ib} \delta_{ic}", "proved"),
        ("Mind the implied sums.", r"W_{ib} \delta_{ic} = W_{bc}", "undecided"),
        ("Mind the implied sums.", r"\frac{\partial v_b}{\partial h_c} = W_{ib} \delta_{bc}", "unsupported"),
    ],
)
def test_words_for_sums_that_are_left_out(words: str, line: str, status: str) -> None:
    given = r"Let $v = h W + b$. $$\frac{\partial v_b}{\partial h_c} = W_{cb}$$"
    given += r" $$\frac{\partial v_b}{\partial W_{cd}} = h_c \delta_{bd}$$"
    found = check(f"{words} {given}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert found.status.value == status, found


def test_another_value_of_a_cell_does_not_reach_back() -> None:
    text = (
        "Let $n_j = w_j x_j$, with $h(x) = \\sigma(x)$ the logistic function.\n\n# First\n\n"
        "$$n_1 = 0, \\quad n_2 = 0$$ $$h(n_2) = \\sigma(0)$$\n\n# Second\n\n$$n_2 = 0 + 1$$ $$h(n_2) = \\sigma(1)$$\n"
    )
    found = {v.latex: v.status.value for v in check(text, kind="markdown").verdicts}
    assert found[r"h(n_2) = \sigma(0)"] != "refuted"
    assert found[r"h(n_2) = \sigma(1)"] == "proved"


DECAY = (
    "With weight decay,\n\n"
    r"$$L = -\sum_j t_j \ln o_j + \frac{\lambda}{2} \sum_i \sum_j w_{ij}^2, \quad z_j = \sum_i w_{ij} x_i$$"
    "\n\n"
)


@pytest.mark.parametrize(
    ("given", "line", "status"),
    [
        # What o is, the text does not say: a penalty on w does not make it a constant.
        (DECAY, r"\frac{\partial L}{\partial w_{ij}} = (o_j - t_j) x_i + \lambda w_{ij}", "unsupported"),
        (DECAY, r"\frac{\partial L}{\partial w_{ij}} = 2 \lambda w_{ij}", "refuted"),
        (
            "$L = (p - w q)^2 + \\lambda w^2$\n\n",
            r"\frac{\partial L}{\partial w} = 2 q (p - w q) + 2 \lambda w",
            "refuted",
        ),
        (
            "$a = \\sigma(z)$, $z = w x + b$ and $L = \\frac{1}{2} (a - y)^2 + \\lambda w^2$.\n\n",
            r"\frac{\partial L}{\partial w} = (a - y) \sigma'(z) + 2 \lambda w",
            "refuted",
        ),
    ],
)
def test_an_output_beside_a_penalty(given: str, line: str, status: str) -> None:
    found = check(f"{given}$${line}$$\n", kind="markdown").verdicts[-1]
    assert found.status.value == status, found


LAYER = (
    r"$$n_1 = p_1 w_{11} + p_2 w_{12} + p_3 w_{13}, \quad n_2 = p_1 w_{21} + p_2 w_{22} + p_3 w_{23}$$"
    + "\n\n"
)


@pytest.mark.parametrize(
    ("matrix", "status"),
    [
        (r"w_{11} & w_{12} & w_{13} \\ w_{21} & w_{22} & w_{23}", "proved"),
        (r"w_{11} & w_{21} & w_{13} \\ w_{12} & w_{22} & w_{23}", "refuted"),
    ],
)
def test_a_cross_between_matrices_that_can_only_be_multiplied(matrix: str, status: str) -> None:
    right = rf"\begin{{bmatrix}} {matrix} \end{{bmatrix}} \times \begin{{bmatrix}} p_1 \\ p_2 \\ p_3 \end{{bmatrix}}"
    text = rf"{LAYER}$$\begin{{bmatrix}} n_1 \\ n_2 \end{{bmatrix}} = {right}$$"
    assert check(text, kind="markdown").verdicts[-1].status.value == status


def test_a_cross_between_square_matrices_stays_open() -> None:
    square = r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"
    text = rf"$${square} \times {square} = \begin{{bmatrix}} 7 & 10 \\ 15 & 22 \end{{bmatrix}}$$"
    assert check(text, kind="markdown").verdicts[-1].status.value == "unsupported"
