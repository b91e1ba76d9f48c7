r"""Ranges that are stated beside a definition hold against the limits that a claim's own sums have."""

import pytest

import convsym

# ruff: noqa: E501 - a display stays on one line, as it is printed

FORWARD = r"$$y_i = \sum_{j=0}^{m-1} w_j x_{i+j}"
BACKWARD = r"$$\frac{\partial L}{\partial w_j} = \sum_{i=%s}^{%s} \frac{\partial L}{\partial y_i} x_{i+j}$$"


def last(text: str) -> convsym.Verdict:
    # The search for a repair is given time enough on a busy machine, too.
    return convsym.check(text, timeout=60).verdicts[-1]


RANGES = [
    r"%s, \quad i = 0, \dots, n-m$$",
    r"%s, \quad i = 0, 1, 2, \ldots, n-m$$",
    r"%s \qquad (0 \le i \le n-m)$$",
    r"%s, \quad \text{for } 0 \leq i < n-m+1$$",
    r"%s \quad \forall i \in \{0, \ldots, n-m\}$$",
    "%s$$\nfor $i = 0, \\dots, n-m$.",
    "For $i = 0, \\dots, n-m$ let\n%s$$",
]


@pytest.mark.parametrize("definition", RANGES)
def test_a_range_beside_the_definition_decides_the_limits_of_a_claim(definition):
    said = definition % FORWARD
    assert last(f"{said}\n\n{BACKWARD % ('0', 'n-m')}").status == "proved"
    for low, high in (("1", "n-m"), ("0", "n-m+1"), ("0", "n-m-1")):
        found = last(f"{said}\n\n{BACKWARD % (low, high)}")
        assert found.status == "refuted", (low, high)
        assert r"\sum_{i=0}^{n-m}" in found.repair.replace(" ", "")


def test_limits_in_other_letters_are_left_open():
    said = RANGES[0] % FORWARD
    assert last(f"{said}\n\n{BACKWARD % ('0', 'q')}").status == "unsupported"


SHAPES = [
    (r"Let $x \in \mathbb{R}^{m \times n}$ and $y \in \mathbb{R}^{p \times q}$.", "p", "proved"),
    (r"Let $x \in \mathbb{R}^{m \times n}$ and $y \in \mathbb{R}^{p \times q}$.", "n", "unsupported"),
    (r"The output is 2x2.", "2", "proved"),
    (r"The output is 2x2.", "3", "unsupported"),
    (r"The output has shape (2, 2).", "3", "unsupported"),
    (r"Nothing is said of $y$.", "n", "proved"),
]


@pytest.mark.parametrize(("words", "end", "status"), SHAPES)
def test_a_shape_speaks_against_sums_of_another_length(words, end, status):
    found = last(
        rf"""{words}

$$y_{{ij}} = \sum_{{k=1}}^{{n}} x_{{ik}} w_{{kj}}$$

$$\frac{{\partial L}}{{\partial w_{{kj}}}} = \sum_{{i=1}}^{{{end}}} \frac{{\partial L}}{{\partial y_{{ij}}}} x_{{ik}}$$"""
    )
    assert found.status == status, found


def test_where_nothing_is_stated_it_is_said_what_was_assumed():
    found = last(f"{FORWARD}$$\n\n{BACKWARD % ('0', 'n')}")
    assert found.status == "proved"
    assert any("reach all of its cells" in one for one in found.assuming)


_LISTED = r"$$x = \begin{bmatrix} x_1 & x_2 & x_3 \end{bmatrix}$$"
_WINDOW = r"$$y_i = \sum_{m=0}^{1} k_m x_{i+m}$$"


@pytest.mark.parametrize(
    "known", ["Cells outside of it count as zero.", "The signal is padded with zeros.", "越界的部分补零。"]
)
@pytest.mark.parametrize(("claim", "expected"), [("y_3 = k_0 x_3", "proved"), ("y_3 = k_1 x_3", "refuted")])
def test_cells_outside_are_zero_where_a_sentence_says_so(known: str, claim: str, expected: str) -> None:
    found = convsym.check(f"{_LISTED}\n\n{known}\n\n{_WINDOW}\n\nThus\n$${claim}$$\n").verdicts[-1]
    assert str(found.status) == expected


@pytest.mark.parametrize("known", ["", "The sum is zero at first. Outside of this note nothing is said."])
def test_cells_outside_are_nothing_where_no_sentence_says_so(known: str) -> None:
    found = convsym.check(f"{_LISTED}\n\n{known}\n\n{_WINDOW}\n\nThus\n$$y_3 = k_0 x_3$$\n").verdicts[-1]
    assert str(found.status) not in ("proved", "refuted")


@pytest.mark.parametrize(
    ("claim", "expected"), [("y_3 = k_0 x_3", "unsupported"), ("y_3 = k_1 x_3", "refuted")]
)
def test_a_cell_that_may_lie_outside_an_unknown_range_refutes_nothing(claim: str, expected: str) -> None:
    known = "Cells $x_i$ beyond the last one are zero."
    found = convsym.check(f"{known}\n\n{_WINDOW}\n\nThus\n$${claim}$$\n").verdicts[-1]
    assert str(found.status) == expected


@pytest.mark.parametrize(
    ("shapes", "end", "status"),
    [
        (r"$M \in \mathbb{R}^{p \times q}$ and $u \in \mathbb{R}^p$", "p", "proved"),
        (r"$M \in \mathbb{R}^{p \times q}$ and $u \in \mathbb{R}^p$", "q", "refuted"),
        (r"$u \in \mathbb{R}^p$ and $g \in \mathbb{R}^p$", "q", "refuted"),
        (r"$M \in \mathbb{R}^{p \times q}$", "q", "refuted"),
        # Nothing is said of how many u there are.
        ("numbers", "q", "proved"),
    ],
)
def test_a_sum_over_another_size_than_the_shape_of_what_it_runs_over(shapes, end, status):
    text = f"Let {shapes}.\n\n" + r"$$u_i = \sum_{k=1}^q M_{ik} v_k$$" + "\n\n"
    claim = rf"$$\sum_{{k=1}}^{end} g_k \frac{{\partial u_k}}{{\partial M_{{ij}}}} = g_i v_j$$"
    assert last(text + claim).status == status
