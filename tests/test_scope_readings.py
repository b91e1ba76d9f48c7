"""What a note leaves open, read in its section alone, at small sizes, by its example's cells, or with a usual meaning."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check


def statuses(text: str) -> list[str]:
    """The verdicts on the displays that claim something."""
    return [str(v.status) for v in check(text).verdicts if v.status != "definition"]


def last(text: str):
    """The verdict on the last line."""
    return check(text).verdicts[-1]


VECTOR = r"""
# One axis

For $x \in \mathbb{R}^n$ and $w \in \mathbb{R}^k$:

$$y_i = \sum_{j=0}^{k-1} x_{i+j} w_j$$

$$\frac{\partial E}{\partial w_j} = \sum_i \frac{\partial E}{\partial y_i} x_{i+j}$$

# Pooling

$$y_{i,j} = \frac{1}{k^2} \sum_{(m,n) \in R_{i,j}} x_{m,n}$$

# Two axes

For $x \in \mathbb{R}^{H \times V}$ and $w \in \mathbb{R}^{k \times k}$:

$$y_{i,j} = \sum_{m=0}^{k-1}\sum_{n=0}^{k-1} x_{i+m,j+n} w_{m,n}$$

"""


def test_each_section_is_held_against_its_own_definition() -> None:
    right = (
        VECTOR
        + r"$$\frac{\partial E}{\partial w_{m,n}} = \sum_{i,j} \frac{\partial E}{\partial y_{i,j}} x_{i+m,j+n}$$"
    )
    verdicts = [v for v in check(right).verdicts if "partial E" in v.latex]
    assert [str(v.status) for v in verdicts] == ["proved", "proved"]


def test_a_section_proves_nothing_that_is_false_in_it() -> None:
    wrong = (
        VECTOR
        + r"$$\frac{\partial E}{\partial w_{m,n}} = \sum_{i,j} \frac{\partial E}{\partial y_{i,j}} x_{i-m,j-n}$$"
    )
    assert last(wrong).status != "proved"


def test_a_section_does_not_lose_what_the_document_says_of_a_type() -> None:
    text = r"""
# Setting

$$W \in \mathbb{R}^{3 \times 2}, \quad x \in \mathbb{R}^{2 \times 1}, \quad u \in \mathbb{R}^{3 \times 1}$$

# Use

$$c = u W x$$

$$u W x = W x u$$
"""
    assert last(text).status != "proved"


FORWARD = r"""
$$Y_{i,j} = \sum_{m=0}^{k-1}\sum_{n=0}^{k-1} X_{i+m,j+n} F_{m,n}$$

The input is $X \in \mathbb{R}^{H \times V}$, the kernel $F \in \mathbb{R}^{k \times k}$.

"""
WHOLE = (
    (r"\frac{\partial E}{\partial X} = \frac{\partial E}{\partial Y} *_{full} \text{rot180}(F)", True),
    (
        r"\frac{\partial E}{\partial X} = \operatorname{rot}_{180}(F) *_{valid} \text{pad}_{k-1}\left(\frac{\partial E}{\partial Y}\right)",
        True,
    ),
    (r"\frac{\partial E}{\partial F} = X \star \frac{\partial E}{\partial Y}", True),
    (
        r"\frac{\partial E}{\partial X} = \operatorname{rot}_{180}(F) *_{valid} \text{pad}_{k}\left(\frac{\partial E}{\partial Y}\right)",
        False,
    ),
    (
        r"\frac{\partial E}{\partial X} = \operatorname{rot}_{180}(F) *_{valid} \text{pad}_{1}\left(\frac{\partial E}{\partial Y}\right)",
        False,
    ),
    (r"\frac{\partial E}{\partial F} = \text{rot180}(X) \star_{valid} \frac{\partial E}{\partial F}", False),
)


@pytest.mark.parametrize(("line", "holds"), WHOLE)
def test_whole_images_are_compared_at_small_sizes(line: str, holds: bool) -> None:
    found = last(f"{FORWARD}$${line}$$")
    assert (found.status == "proved") is holds
    assert not holds or "kernel 2x2" in found.sizes


LIMITS = (
    (r"\sum_{j=\max(0, i-k+1)}^{\min(i, n-k)} \frac{\partial E}{\partial y_j} w_{i-j}", True),
    (r"\sum_{j=\max(0, i-1)}^{\min(i, n-k)} \frac{\partial E}{\partial y_j} w_{i-j}", False),
    (r"\sum_{j=\max(0, i-k+1)}^{\min(i, n-k)} \frac{\partial E}{\partial y_j} w_{j-i}", False),
)


@pytest.mark.parametrize(("side", "holds"), LIMITS)
def test_limits_may_be_the_larger_of_two(side: str, holds: bool) -> None:
    text = rf"""
For $x \in \mathbb{{R}}^n$ and $w \in \mathbb{{R}}^k$:

$$y_i = \sum_{{j=0}}^{{k-1}} x_{{i+j}} w_j$$

$$\frac{{\partial E}}{{\partial x_i}} = {side}$$
"""
    assert (last(text).status == "proved") is holds


EXAMPLE = (
    r"\frac{\partial E}{\partial F_{11}} = \frac{\partial E}{\partial Y_{11}} X_{11} + \frac{\partial E}{\partial Y_{12}} X_{12} + \frac{\partial E}{\partial Y_{21}} X_{21} + \frac{\partial E}{\partial Y_{22}} X_{22}",
    r"\frac{\partial E}{\partial F_{12}} = \frac{\partial E}{\partial Y_{11}} X_{12} + \frac{\partial E}{\partial Y_{12}} X_{13} + \frac{\partial E}{\partial Y_{21}} X_{22} + \frac{\partial E}{\partial Y_{22}} X_{23}",
    r"\frac{\partial E}{\partial F_{21}} = \frac{\partial E}{\partial Y_{11}} X_{21} + \frac{\partial E}{\partial Y_{12}} X_{22} + \frac{\partial E}{\partial Y_{21}} X_{31} + \frac{\partial E}{\partial Y_{22}} X_{32}",
    r"\frac{\partial E}{\partial F_{22}} = \frac{\partial E}{\partial Y_{11}} X_{22} + \frac{\partial E}{\partial Y_{12}} X_{23} + \frac{\partial E}{\partial Y_{21}} X_{32} + \frac{\partial E}{\partial Y_{22}} X_{33}",
    r"\frac{\partial E}{\partial X_{11}} = \frac{\partial E}{\partial Y_{11}} F_{11}",
    r"\frac{\partial E}{\partial X_{12}} = \frac{\partial E}{\partial Y_{11}} F_{12} + \frac{\partial E}{\partial Y_{12}} F_{11}",
)


def example(*lines: str) -> list[str]:
    """The verdicts on the lines of a worked example below the general convolution."""
    shown = "\n\n".join(f"$${line}$$" for line in lines)
    return statuses(f"{FORWARD}Take an input of 3x3 cells.\n\n{shown}")


def test_an_example_counts_its_cells_from_one() -> None:
    assert example(*EXAMPLE) == ["proved"] * 6


def test_a_wrong_line_among_right_ones_is_found() -> None:
    wrong = EXAMPLE[5].replace("F_{11}", "F_{21}")
    assert example(*EXAMPLE[:5], wrong) == ["proved"] * 5 + ["refuted"]


def test_lines_that_mostly_fail_are_read_wrongly() -> None:
    turned = [line.replace("X_{11}", "X_{22}").replace("Y_{12}", "Y_{21}") for line in EXAMPLE[:3]]
    assert "refuted" not in example(*turned, EXAMPLE[3])


SUPPOSED = (
    (
        r"y_i = \sum_{k=0}^{K-1} w_k x_{i+k}",
        r"\frac{\partial E}{\partial w_k} = \sum_i \bar{y}_i x_{i+k}",
        True,
    ),
    (
        r"y_i = \sum_{k=0}^{K-1} w_k x_{i+k}",
        r"\frac{\partial E}{\partial w_k} = \sum_i \delta_i x_{i+k}",
        True,
    ),
    (
        r"y_i = \sum_{k=0}^{K-1} w_k x_{i+k}",
        r"\frac{\partial E}{\partial w_k} = \sum_i \bar{y}_i x_{i-k}",
        False,
    ),
    (
        r"y_i = \sum_{k=0}^{K-1} w_k x_{i+k}",
        r"\frac{\partial E}{\partial w_k} = \sum_i \theta_i x_{i+k}",
        False,
    ),
)


@pytest.mark.parametrize(("forward", "line", "holds"), SUPPOSED)
def test_a_usual_name_of_the_gradient_from_above(forward: str, line: str, holds: bool) -> None:
    found = last(f"$${forward}$$\n\n$${line}$$")
    assert (found.status == "proved") is holds
    assert not holds or "is supposed" in found.reason


def test_a_list_of_entries_defines_none() -> None:
    text = r"""
Take $x = (x_1, x_2, \dots, x_n)$.

$$y_i = \sum_{k=1}^{K} w_k x_{i+k-1}$$

$$\frac{\partial y_i}{\partial w_k} = x_{i+k-1}$$

$$\frac{\partial y_i}{\partial w_k} = x_{i+k}$$
"""
    assert statuses(text) == ["proved", "refuted"]


def test_a_list_may_fix_a_size_that_letters_leave_open() -> None:
    text = r"""
Take $w = (w_0, w_1, w_2)$.

$$y_i = \sum_{k=0}^{K-1} w_k x_{i+k}$$

$$y_0 = w_0 x_0 + w_1 x_1 + w_2 x_2$$
"""
    assert last(text).status != "refuted"


def test_a_chain_may_end_in_a_new_cell() -> None:
    text = r"""
$$\text{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}} = s_i$$

$$\sum_i s_i = 1$$

$$\sum_i s_i = 2$$
"""
    assert statuses(text)[0] == "proved"
    assert statuses(text)[1] != "proved"


def test_ranges_beside_a_sum_are_no_factor() -> None:
    text = r"""
$$O_{ij} = \sum_{p=0}^{K-1}\sum_{q=0}^{K-1} x_{i+p,j+q} f_{pq}, \quad \begin{cases} 0 \leq i < M \\ 0 \leq j < N \end{cases}$$

$$\frac{\partial O_{ij}}{\partial f_{pq}} = x_{i+p,j+q}$$
"""
    assert statuses(text) == ["proved"]


MEANT = (
    (
        r"\frac{\partial E}{\partial W_{k,c,m,n}} = \sum_{i,j} \frac{\partial E}{\partial Y_{k,i,j}} X_{c,i+m,j+n}",
        True,
    ),
    (
        r"\frac{\partial E}{\partial W_{k,c,m,n}} = \sum_{i,j} \frac{\partial E}{\partial Y_{k,i,j}} X_{c,i-m,j-n}",
        False,
    ),
)


@pytest.mark.parametrize(("line", "holds"), MEANT)
def test_the_usual_layer_of_a_note_on_convolutions(line: str, holds: bool) -> None:
    found = last(f"The gradient of a convolution by its kernel:\n\n$${line}$$")
    assert (found.status == "proved") is holds
    assert not holds or "is supposed" in found.reason


def test_an_average_over_a_set_defines_no_cell() -> None:
    text = r"""
$$y_{i,j} = \frac{1}{k^2} \sum_{(m,n) \in R_{i,j}} x_{m,n}$$
"""
    assert "by a set" in last(text).reason
