"""Worked examples in vectors and matrices: what the numbers that are given come to, line by line."""

from functools import cache

import pytest

from convsym.checker import check
from convsym.verdict import Verdict

NETWORK = r"""
Two inputs, two hidden neurons with the sigmoid $\sigma$, one output with the sigmoid. $x = [0.4, 0.9]$, $t = 1$.

* $V^{(1)} = \begin{bmatrix} 0.3 & -0.2 \\ 0.5 & 0.1 \end{bmatrix}$, $c^{(1)} = [0.2, -0.1]$
* $V^{(2)} = [0.7, -0.3]$, $c^{(2)} = 0.15$

* $s^{(1)} = V^{(1)} x + c^{(1)} = [0.14, FIRST]$
* $h^{(1)} = \sigma(s^{(1)}) = [0.535, SECOND]$
* $s^{(2)} = V^{(2)} h^{(1)} + c^{(2)} = THIRD$
* $\hat{t} = \sigma(s^{(2)}) = FOURTH$
* $E = -[t \log(\hat{t}) + (1-t) \log(1-\hat{t})]$
* $d^{(2)} = \frac{\partial E}{\partial s^{(2)}} = \hat{t} - t = FIFTH$
* $\frac{\partial E}{\partial V^{(2)}} = d^{(2)} h^{(1)T} = [SIXTH]$
"""

RIGHT = ("0.19", "0.547", "0.360", "0.589", "-0.411", "-0.220, -0.225")
WRONG_FIRST = ("0.29", "0.572", "0.353", "0.587", "-0.413", "-0.221, -0.236")


def network(numbers: tuple[str, ...]) -> str:
    text = NETWORK
    for place, number in zip(("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH"), numbers, strict=True):
        text = text.replace(place, number)
    return text


@cache
def verdicts(document: str) -> dict[str, Verdict]:
    return {verdict.latex: verdict for verdict in check(document, kind="markdown").verdicts}


def found(document: str, fragment: str) -> Verdict:
    matching = [verdict for latex, verdict in verdicts(document).items() if fragment in latex]
    assert len(matching) == 1, matching
    return matching[0]


@pytest.mark.parametrize(
    "fragment",
    [
        "= [0.14, 0.19]",
        "= [0.535, 0.547]",
        "= 0.360",
        "= 0.589",
        r"s^{(2)}} = \hat{t} - t",
        "= -0.411",
        "= d^{(2)} h^{(1)T}",
        "= [-0.220, -0.225]",
    ],
)
def test_a_network_in_lists_comes_out(fragment: str) -> None:
    assert found(network(RIGHT), fragment).status.value == "proved"


def test_a_wrong_number_is_named_and_what_carries_it_is_not_refuted() -> None:
    document = network(WRONG_FIRST)
    first = found(document, "= [0.14, 0.29]")
    assert first.status.value == "refuted"
    assert first.repair == "V^{(1)} x + c^{(1)} = [0.14, 0.19]"
    second = found(document, "= [0.535, 0.572]")
    assert second.status.value == "unsupported"
    assert "it carries the numbers of line 7" in second.reason
    assert found(document, "= 0.353").status.value != "proved"


def test_a_result_that_could_be_rounded_is_not_refuted() -> None:
    numbers = ("0.19", "0.55", "0.359", "0.59", "-0.41", "-0.219, -0.2255")
    statuses = {verdict.status.value for verdict in verdicts(network(numbers)).values()}
    assert "refuted" not in statuses


COLUMNS = r"""
Let $\mathbf{u}=\begin{bmatrix}1 \\ -2\end{bmatrix}$, $\mathbf{M}_1=\begin{bmatrix}0.5 & 0.1 \\ -0.4 & 0.3\end{bmatrix}$
and $\mathbf{M}_2=\begin{bmatrix}0.8 & -0.6\end{bmatrix}$ and $r=0.2$. The rate is $\eta = 0.5$, $y = 0$. The hidden
activation is the sigmoid $\sigma$.

$$\mathbf{p}=\mathbf{M}_1\mathbf{u}=\begin{bmatrix}0.3 \\ -1.0\end{bmatrix}$$

$$\mathbf{q}=\begin{bmatrix}\sigma(0.3) \\ \sigma(-1.0)\end{bmatrix}
\approx \begin{bmatrix}0.5744 \\ 0.2689\end{bmatrix}$$

$$o = \mathbf{M}_2 \mathbf{q} + r \approx 0.4982$$

$$J = \frac{1}{2}(o - y)^2$$

$$\frac{\partial J}{\partial o} = o - y \approx 0.4982$$

$$\frac{\partial J}{\partial \mathbf{M}_2} = \frac{\partial J}{\partial o}\mathbf{q}^T \approx GRADIENT$$

$$\frac{\partial J}{\partial \mathbf{p}} = (\mathbf{M}_2^T \frac{\partial J}{\partial o}) \odot \sigma'(\mathbf{p})$$

$$\mathbf{M}_2 \leftarrow \mathbf{M}_2 - \eta \frac{\partial J}{\partial \mathbf{M}_2}$$

$$\mathbf{M}_{2,\text{new}} \approx \begin{bmatrix}0.6569 & -0.6670\end{bmatrix}$$
"""


@pytest.mark.parametrize(
    ("gradient", "status"),
    [
        (r"\begin{bmatrix}0.2862 & 0.1340\end{bmatrix}", "proved"),
        (r"\begin{bmatrix}0.2862 & 0.1430\end{bmatrix}", "refuted"),
        (r"\begin{bmatrix}0.29 & 0.13\end{bmatrix}", "proved"),
        (r"\begin{bmatrix}0.2862 & 0.1343\end{bmatrix}", "unsupported"),  # less than a hundredth away
        (r"\begin{bmatrix}0.5724 & 0.2680\end{bmatrix}", "unsupported"),  # twice as much: another loss
    ],
)
def test_a_gradient_of_an_example_in_columns(gradient: str, status: str) -> None:
    document = COLUMNS.replace("GRADIENT", gradient)
    assert found(document, r"\mathbf{q}^T \approx").status.value == status


@pytest.mark.parametrize(
    "fragment",
    [
        r"\approx \begin{bmatrix}0.5744",
        r"\approx 0.4982",
        r"= (\mathbf{M}_2^T \frac",
        r"= \frac{\partial J}{\partial o}",
    ],
)
def test_lines_of_an_example_in_columns(fragment: str) -> None:
    document = COLUMNS.replace("GRADIENT", r"\begin{bmatrix}0.2862 & 0.1340\end{bmatrix}")
    matching = [verdict for latex, verdict in verdicts(document).items() if fragment in latex]
    assert matching
    assert {verdict.status.value for verdict in matching} == {"proved"}


SCORES = r"""
Scores $s = (1.5, 0.5, -1)^\top$, target $y=(0, 1, 0)^\top$ and
$q_i = \frac{e^{s_i}}{\sum_{j=1}^3 e^{s_j}}$, $C = -\sum_{i=1}^3 y_i \log(q_i)$.
"""

LINES = [
    # Softmax of a list, its loss and its gradient, as a whole and entry by entry.
    (
        SCORES,
        r"q \approx (0.6897, 0.2537, 0.0566)",
        "proved",
    ),
    (
        SCORES,
        r"\frac{\partial C}{\partial s_i} = q_i - y_i",
        "proved",
    ),
    (r"Let $m = (4, 1)^\top$ and $n = (1, 3)^\top$.", r"m - n = (4-1, 1-3)", "proved"),
    (r"Let $m = (4, 1)^\top$ and $n = (1, 3)^\top$.", r"m - n = (3, 2)", "refuted"),
    # Inputs and weights by their entries.
    (
        r"Let $x = \begin{bmatrix}2\\3\end{bmatrix}$, $w_1 = 0.5$ and $w_2 = -1$.",
        r"w_1 x_1 + w_2 x_2 = -2",
        "proved",
    ),
    (r"Entries count from 0. Let $x = [1.5, 2.5]$, $w = [2.0, 4.0]$.", r"w_0 x_0 + w_1 x_1 = 13.0", "proved"),
    # Two formulas that agree for the given numbers only, and a name that may stand for its new value.
    (
        r"Let $x = 1$, $w = [0.5, 0.2]$, $v = [0.5, 0.4]$ and $Q = x w^T v$.",
        r"\frac{\partial Q}{\partial w} = v",
        "unsupported",
    ),
    (
        r"Let $w = [0.5, 0.2]$, $v = [1.0, 2.0]$. After a step $w_{new} = [0.4, 0.1]$.",
        r"w^T v = 0.61",
        "unsupported",
    ),
    (r"Let $w = [0.5, 0.2]$, $v = [1.0, 2.0]$.", r"w^T v = 0.61", "refuted"),
    # A rate that is given in words only.
    (
        r"Let $w = 0.6$ and $\frac{\partial Q}{\partial w} = 0.25$.",
        r"w - \eta \frac{\partial Q}{\partial w} = 0.6 - 0.1 \cdot 0.25",
        "proved",
    ),
    # A convolution whose upstream gradient is given in numbers.
    (
        r"$$X = \begin{bmatrix} 1 & 2 & 0 \\ 0 & 1 & 3 \\ 2 & 1 & 1 \end{bmatrix}$$ and "
        r"$$\frac{\partial L}{\partial Y} = \begin{bmatrix} 1 & 0 \\ 2 & -1 \end{bmatrix}$$",
        r"X * \frac{\partial L}{\partial Y} = \begin{bmatrix} 0 & 1 \\ 3 & 2 \end{bmatrix}",
        "proved",
    ),
    # Numbers that come out with the matrix laid out the other way, a name given twice, a logarithm of another base.
    (
        r"Let $W = \begin{bmatrix} 0.1 & 0.2 \\ 0.3 & 0.4 \end{bmatrix}$ and $h = [1.0, 0.5]$.",
        r"W h = [0.25, 0.4]",
        "unsupported",
    ),
    (r"$u = [0.3, 0.6]$, $v = [1.0, 2.0]$, $u = [0.4, 0.6]$.", r"u \odot v = [0.3, 1.2]", "unsupported"),
    ("", r"-\log(0.55) = 0.2596", "undecided"),
    ("", r"-\ln(0.55) = 0.2596", "refuted"),
]


@pytest.mark.parametrize(("before", "line", "status"), LINES)
def test_a_line_with_what_is_given(before: str, line: str, status: str) -> None:
    verdict = check(f"{before}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (r"d^{(2)} = \hat{t} - t", "proved"),
        (r"d^{(2)} = t - \hat{t}", "refuted"),
        (r"d^{(1)} = V^{(2)T} d^{(2)} \odot \sigma'(s^{(1)})", "proved"),
        (r"d^{(1)} = V^{(2)T} d^{(2)} \odot \sigma'(h^{(1)})", "refuted"),
    ],
)
def test_an_error_is_the_derivative_that_a_rule_says_it_is(error: str, status: str) -> None:
    start = network(RIGHT).partition("* $d^{(2)}")[0]
    rule = r"The errors are $d^{(l)} = \frac{\partial E}{\partial s^{(l)}}$."
    document = f"{rule}\n{start}\n* ${error}$\n"
    assert check(document, kind="markdown").verdicts[-1].status.value == status


ROWS = r"""
The activation is the sigmoid $\sigma$. The input is $u = [2, 1]$, the target $r = 0.4$.

$P_1 = \begin{bmatrix}0.3 & 0.2 \\ 0.1 & 0.6\end{bmatrix}$, $P_2 = [0.5, 0.8]$, $c_2 = 0.2$

$v_1 = u \cdot P_1 = [0.7, 1.0]$

$g_1 = \sigma(v_1) = ENTRIES$

$v_2 = g_1 \cdot P_2^T + c_2$

$o = \sigma(v_2)$

$E = \frac{1}{2}(o - r)^2$

$d_2 = \frac{\partial E}{\partial v_2}$

$d_1 = \frac{\partial E}{\partial v_1}$

$LINE$
"""
SIGMOIDS = r"\left[\frac{1}{1+e^{-0.7}}, \frac{1}{1+e^{-1.0}}\right]"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        # A result that happens to be 1.0 or 2 stands for no constant of the loss.
        (r"\frac{\partial E}{\partial g_1} = d_2 \cdot P_2", "proved"),
        (r"\frac{\partial E}{\partial g_1} = 2 d_2 \cdot P_2", "unsupported"),
        (r"\frac{\partial E}{\partial P_2} = d_2 \cdot g_1", "proved"),
        (r"\frac{\partial E}{\partial P_2} = d_2 \cdot v_1", "unsupported"),
        (r"\frac{\partial E}{\partial c_2} = d_2", "proved"),
        # Lists are rows here: the outer product begins with the turned one.
        (r"\frac{\partial E}{\partial P_1} = u^T \cdot d_1", "proved"),
        (r"\frac{\partial E}{\partial P_1} = d_1^T \cdot u", "unsupported"),
        (r"P_2^T \cdot u = \begin{bmatrix} 0.5 \\ 0.8 \end{bmatrix} \cdot [2, 1]", "proved"),
        (
            r"\begin{bmatrix} 3 \\ 5 \end{bmatrix} \cdot [2, 1] = \begin{bmatrix} 6 & 3 \\ 10 & 5 \end{bmatrix}",
            "proved",
        ),
    ],
)
def test_lists_that_are_rows(line: str, status: str) -> None:
    document = ROWS.replace("ENTRIES", SIGMOIDS).replace("LINE", line)
    verdict = check(document, kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict


def test_the_numbers_of_a_list_are_put_in_for_it() -> None:
    assert found(ROWS.replace("ENTRIES", SIGMOIDS), r"e^{-0.7}").status.value == "proved"
    swapped = r"\left[\frac{1}{1+e^{-1.0}}, \frac{1}{1+e^{-0.7}}\right]"
    assert found(ROWS.replace("ENTRIES", swapped), r"e^{-0.7}").status.value != "proved"


RATED = """
Let $w = [0.5, 0.2]$, and let the gradient be $\\frac{\\partial Q}{\\partial w} = [0.4, -0.3]$.

SAID

$$HEADw - \\eta \\frac{\\partial Q}{\\partial w} = RESULT$$
"""


@pytest.mark.parametrize(
    ("said", "result", "status"),
    [
        ("学习率η=0.1。", "[0.46, 0.23]", "proved"),
        ("学习率η=0.1。", "[0.46, 0.32]", "refuted"),
        ("학습률($\\eta$)을 0.1이라고 한다.", "[0.46, 0.23]", "proved"),
        ("학습률($$\\eta$$)을 0.1이라고 한다.", "[0.46, 0.32]", "refuted"),
        ("学习率为0.1。", "[0.46, 0.23]", "proved"),
        ("We look at what happens if η = 0.1.", "[0.46, 0.32]", "unsupported"),  # a case
        ("See section η=0.1a of the appendix.", "[0.46, 0.32]", "unsupported"),
    ],
)
def test_a_learning_rate_in_running_text(said: str, result: str, status: str) -> None:
    # A rate without a letter needs an update that has one.
    head = "" if "η" in said or "eta" in said else "w_{new} = "
    document = RATED.replace("SAID", said).replace("RESULT", result).replace("HEAD", head)
    verdict = check(document, kind="markdown").verdicts[-1]
    assert verdict.status.value == status, verdict


@pytest.mark.parametrize("heading", ["gradient (value)", "梯度值", "new value"])
def test_a_table_of_gradients_gives_no_weight_a_value(heading: str) -> None:
    document = (
        "Let $b = 0.3$ and $a = [0.1, 0.2]$.\n\n"
        f"| parameter | {heading} |\n|---|---|\n| $b$ | $0.25$ |\n| $c$ | $0.5$ |\n\n"
        "$$b a = [0.03, 0.06]$$\n"
    )
    assert check(document, kind="markdown").verdicts[-1].status.value == "proved"


def test_a_slope_does_not_rest_on_the_number_of_its_loss() -> None:
    document = (
        r"Let $m = 0.3$, $o = 0.75$ and $r = 0.5$, and $\frac{\partial o}{\partial m} = 0.4$."
        "\n\n"
        r"$$J = \frac{1}{2}(o - r)^2 = \frac{1}{2}(0.75 - 0.5)^2 = 0.0413$$"
        "\n\n"
        r"$$\frac{\partial J}{\partial o} = o - r = 0.25$$"
        "\n\n"
        r"$$\frac{\partial J}{\partial m} = \frac{\partial J}{\partial o} \cdot \frac{\partial o}{\partial m}"
        r" = 0.25 \cdot 0.4 = 0.1$$"
    )
    assert found(document, "= 0.0413").status.value == "refuted"
    assert found(document, r"= 0.25 \cdot 0.4").status.value == "proved"
    wrong = document.replace(r"\cdot 0.4 = 0.1", r"\cdot 0.5 = 0.125")
    assert found(wrong, r"= 0.25 \cdot 0.5").status.value != "proved"
