"""Batches and layers as matrices whose sizes nobody states: biases, sums over examples, rows, implied sums."""

from __future__ import annotations

import pytest

from convsym.checker import check

COLUMNS = r"""
Forward, for a batch of $m$ examples in the columns of $X$:

$$Z^{[1]} = W^{[1]} X + b^{[1]}, \quad A^{[1]} = \tanh(Z^{[1]})$$
$$Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}$$
"""
SQUARES = (
    COLUMNS
    + r"""
$$L = \frac{1}{2m} \sum (Z^{[2]} - Y)^2$$
$$\delta^{[2]} \equiv \frac{\partial L}{\partial Z^{[2]}}$$
"""
)
GENERAL = r"""
A layer of the network takes a batch, one example a column:

$$Z^{[l]} = W^{[l]} . A^{[l-1]} + b^{[l]}$$
$$A^{[l]} = g(Z^{[l]})$$
"""
ROWS = r"""
Every example is a row of $X$, and there are batches of them:

$$H = X W + b$$
"""
EINSTEIN = r"""
In Einstein notation the sums over repeated indices are implied; $x$ is a row vector, $\delta_{ij}$ is Kronecker's.

$$t = x W + b$$
$$h = \sigma(t)$$
$$J = h_i h_i$$
"""
SLOPE = r"\frac{\partial L}{\partial "


@pytest.mark.parametrize(
    ("known", "line", "status"),
    [
        (COLUMNS, SLOPE + r"W^{[2]}} = " + SLOPE + r"Z^{[2]}} {A^{[1]}}^T", "proved"),
        (COLUMNS, SLOPE + r"W^{[2]}} = " + SLOPE + r"Z^{[2]}} {Z^{[1]}}^T", "refuted"),
        (COLUMNS, SLOPE + r"W^{[1]}} = X^T " + SLOPE + r"Z^{[1]}}", "unsupported"),
        (COLUMNS, SLOPE + r"b^{[2]}} = \sum " + SLOPE + r"Z^{[2]}}", "proved"),
        (COLUMNS, SLOPE + r"b^{[2]}} = 2 \sum " + SLOPE + r"Z^{[2]}}", "refuted"),
        (COLUMNS, SLOPE + r"b^{[2]}} = " + SLOPE + r"Z^{[2]}}", "unsupported"),
        (COLUMNS, SLOPE + r"Z^{[1]}} = " + SLOPE + r"A^{[1]}} (1 - A^{[1]} \odot A^{[1]})", "proved"),
        (COLUMNS, SLOPE + r"Z^{[1]}} = " + SLOPE + r"A^{[1]}} \odot (1 + A^{[1]} \odot A^{[1]})", "refuted"),
        (COLUMNS, SLOPE + r"Z^{[2]}} = Z^{[2]} - Y", "unsupported"),
        (SQUARES, r"\delta^{[2]} = \frac{1}{m} (Z^{[2]} - Y)", "proved"),
        (SQUARES, SLOPE + r"W^{[2]}} = \delta^{[2]} {A^{[1]}}^T", "proved"),
        (SQUARES, SLOPE + r"b^{[2]}} = \sum_{j=1}^m \delta^{[2]}_{\cdot,j}", "proved"),
        (SQUARES, SLOPE + r"b^{[2]}} = \sum_{j=1}^m \delta^{[2]}_{j,\cdot}", "unsupported"),
        (SQUARES, SLOPE + r"Z^{[1]}} = dA^{[1]} \odot (1 - A^{[1]} \odot A^{[1]})", "proved"),
        (SQUARES, SLOPE + r"Z^{[1]}} = dA^{[1]} \odot (1 - A^{[1]})", "refuted"),
        (GENERAL, SLOPE + r"A^{[l-1]}} = W^{[l]T} . " + SLOPE + r"Z^{[l]}}", "proved"),
        (GENERAL, SLOPE + r"Z^{[l]}} = " + SLOPE + r"A^{[l]}} * g'(Z^{[l]})", "proved"),
        (GENERAL, SLOPE + r"Z^{[l]}} = " + SLOPE + r"A^{[l]}} * g(Z^{[l]})", "refuted"),
        (GENERAL, SLOPE + r"Z^{[l]}} = " + SLOPE + r"A^{[l]}} * g'(Z^{[L]})", "refuted"),
        (GENERAL, SLOPE + r"Z^{[l]}} = " + SLOPE + r"A^{[l]}} * A^{[l]} (1 - A^{[l]})", "unsupported"),
        (ROWS, SLOPE + r"W} = X^T " + SLOPE + "H}", "proved"),
        (ROWS, SLOPE + r"W} = " + SLOPE + "H} X", "unsupported"),
        (ROWS, SLOPE + r"X} = " + SLOPE + "H} W'", "proved"),
        (ROWS, SLOPE + r"X} = 2 " + SLOPE + "H} W'", "refuted"),
        (EINSTEIN, r"\frac{\partial t_b}{\partial x_c} = W_{ab} \delta_{ac}", "proved"),
        (EINSTEIN, r"\frac{\partial J}{\partial h_a} = 2 h_i \delta_{ia}", "proved"),
        (EINSTEIN, r"\frac{\partial J}{\partial x_k} = 2 h_c \sigma'(t_c) W_{kc}", "proved"),
    ],
)  # fmt: skip
def test_matrices_are_worked_out_at_sizes_that_fit(known: str, line: str, status: str) -> None:
    found = check(f"{known}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert str(found.status) == status, found.reason


def test_what_a_batch_rests_on_is_said() -> None:
    found = check(f"{COLUMNS}\n\n$${SLOPE}b^{{[2]}}}} = \\sum {SLOPE}Z^{{[2]}}}}$$\n", kind="markdown")
    assert any("arbitrary function of Z^{(2)}" in words for words in found.verdicts[-1].assuming)


def test_the_same_name_of_a_loss_is_no_quantity_of_its_own() -> None:
    text = (
        COLUMNS + "\n\n$$cost = L(Z^{[2]})$$\n\n" + rf"$${SLOPE}A^{{[1]}}}} = W^{{[2]T}} {SLOPE}Z^{{[2]}}}}$$"
    )
    assert str(check(text, kind="markdown").verdicts[-1].status) == "proved"


@pytest.mark.parametrize("printed", [r"A^T_{im}", r"A_{im}^T", r"{A^T}_{im}", r"{A}^T_{im}", r"(A^T)_{im}"])
@pytest.mark.parametrize(("cell", "status"), [("A_{mi}", "proved"), ("A_{im}", "refuted")])
def test_an_entry_of_a_transpose_is_the_entry_with_its_indices_in_the_other_order(
    printed: str, cell: str, status: str
) -> None:
    text = rf"$$\sum_{{m=1}}^{{3}} {printed} B_{{mj}} = \sum_{{m=1}}^{{3}} {cell} B_{{mj}}$$"
    found = check("Let $C = A B$.\n\n" + text, kind="markdown").verdicts[-1]
    assert found.status == status


BUILT = r"Let $y$ and $t$ be matrices. $$L = \frac{1}{N}\sum_{i,j} (y_{ij} - t_{ij})^2$$" + "\n\n"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial L}{\partial y} = \left(\frac{2}{N} (y_{ij} - t_{ij})\right)_{ij}", "proved"),
        (r"\frac{\partial L}{\partial y} = \left(\frac{1}{N} (y_{ij} - t_{ij})\right)_{ij}", "refuted"),
        (r"\left(\frac{2}{N} (y_{ij} - t_{ij})\right)_{ij} = \frac{2}{N} (y - t)", "proved"),
        (r"\frac{2}{N} (y - t) = \left(\frac{2}{N} (y_{ij} - t_{ij})\right)_{i,j}", "proved"),
        (r"\left(\frac{2}{N} (y_{ij} - t_{ij})\right)_{ij} = \frac{2}{N} (t - y)", "refuted"),
        (
            r"\left(\frac{\partial}{\partial y_{ij}} (y_{ij} - t_{ij})^2\right)_{ij} = "
            r"\left(2 (y_{ij} - t_{ij})\right)_{ij}",
            "proved",
        ),
        (
            r"\left(\frac{\partial}{\partial y_{ij}} (y_{ij} - t_{ij})^2\right)_{ij} = "
            r"\left(y_{ij} - t_{ij}\right)_{ij}",
            "refuted",
        ),
        (r"(y_{ij} t_{ij})_{ij} = y \odot t", "proved"),
        # A product of matrices has other entries, and other indices are other entries.
        (r"(y_{ij} t_{ij})_{ij} = y t", "not proved"),
        (r"(y_{ij} + t_{ij})_{ij} = (y_{ij} + t_{ij})_{ji}", "not proved"),
        (r"(\sum_{ij} y_{ij})_{ij} = y", "not proved"),
    ],
)
def test_matrices_that_are_given_by_their_entries(line: str, status: str) -> None:
    found = str(check(BUILT + f"$${line}$$", kind="markdown").verdicts[-1].status)
    assert found != "proved" if status == "not proved" else found == status


@pytest.mark.parametrize(
    ("words", "sign", "read"),
    [
        ('where "$$*$$" means element-wise multiplication.', "*", True),
        (r"Here $\otimes$ denotes the Hadamard product.", r"\otimes", True),
        (r"The sign $*$ is an elementwise product.", r"*", True),
        (r"Here $\otimes$ denotes the outer product.", r"\otimes", False),
        (
            r"Here $\otimes$ is a Hadamard product, and then $\otimes$ is the outer product.",
            r"\otimes",
            False,
        ),
    ],
)
def test_a_sign_that_is_said_to_be_an_entrywise_product(words: str, sign: str, read: bool) -> None:
    text = GENERAL.replace(" . ", " ") + words + "\n\n"
    for inner, good in (("Z", True), ("A", False)):
        line = rf"{SLOPE}Z^{{[l]}}}} = {SLOPE}A^{{[l]}}}} {sign} g'({inner}^{{[l]}})"
        found = str(check(text + f"$${line}$$", kind="markdown").verdicts[-1].status)
        assert (found == "proved") is (read and good)
        assert found != "refuted" or not good
