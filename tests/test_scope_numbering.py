"""Matrices told apart by a number, W_1 and W_2, and numbers that are added to every entry of a vector."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import check

TANH = r"$$h = \tanh(W_1 x + b_1), \quad y = W_2 h + b_2, \quad L = \frac12 \|y - t\|^2$$"
SIGMOID = (
    r"We have $z_1 = W_1 x + b_1$, $h = \sigma(z_1)$, $z_2 = W_2 h + b_2$, $\hat y = z_2$, where $\sigma$ is the sigmoid, and $L = \frac{1}{2}\|\hat{y} - y\|^2$."
    + "\n\n"
    + r"$$\frac{\partial L}{\partial z_2} = \hat y - y =: \delta_2$$ $$\delta_1 := W_2^T \delta_2 \odot h \odot (1 - h)$$"
)
SCALAR = r"$h_1 = w_1 x_1 + w_2 x_2$, $h_2 = w_3 x_1 + w_4 x_2$ and $E = \frac{1}{2}(h_1 - t_1)^2 + \frac{1}{2}(h_2 - t_2)^2$."
CELLS = r"$$O_1 = K_1 X_1 + K_2 X_2, \quad O_2 = K_1 X_2 + K_2 X_3, \quad L = \sum_{i=1}^{2} (O_i - T_i)^2$$"

LINES = [
    (TANH, r"\frac{\partial L}{\partial y} = y - t", "proved"),
    (TANH, r"\frac{\partial L}{\partial W_2} = (y - t) h^T", "proved"),
    (TANH, r"\frac{\partial L}{\partial h} = W_2^T (y - t)", "proved"),
    (TANH, r"\frac{\partial L}{\partial W_1} = \left( W_2^T (y - t) \odot (1 - h^2) \right) x^T", "proved"),
    (TANH, r"\frac{\partial L}{\partial b_1} = W_2^T (y - t) \odot (1 - h^2)", "proved"),
    (TANH, r"\frac{\partial L}{\partial b_1} = W_2^T (y - t) \odot (1 - h)", "refuted"),
    (
        TANH,
        r"$$ $$\frac{\partial L}{\partial h} = W_2^T (y - t)$$ $$\frac{\partial L}{\partial b_1} = W_1^T (y - t) \odot (1 - h^2)",
        "refuted",
    ),
    (SIGMOID, r"\frac{\partial L}{\partial W_2} = \delta_2 h^T", "proved"),
    (SIGMOID, r"\frac{\partial L}{\partial z_1} = \delta_1", "proved"),
    (SIGMOID, r"\frac{\partial L}{\partial W_1} = \delta_1 x^T", "proved"),
    (SIGMOID, r"\frac{\partial L}{\partial W_1} = \delta_2 x^T", "undecided"),
    (SIGMOID, r"\frac{\partial L}{\partial x} = W_1^T \delta_1", "proved"),
    (SIGMOID, r"\frac{\partial L}{\partial x} = W_1 \delta_1", "undecided"),
    # Single numbers stay the cells that they were.
    (SCALAR, r"\frac{\partial E}{\partial w_3} = (h_2 - t_2) x_1", "proved"),
    (SCALAR, r"\frac{\partial E}{\partial w_3} = (h_1 - t_1) x_1", "refuted"),
    (CELLS, r"\frac{\partial L}{\partial K_1} = 2 (O_1 - T_1) X_1 + 2 (O_2 - T_2) X_2", "proved"),
    (CELLS, r"\frac{\partial L}{\partial K_1} = 2 (O_1 - T_1) X_1 + 2 (O_2 - T_2) X_3", "refuted"),
]


@pytest.mark.parametrize(("given", "line", "expected"), LINES)
def test_a_line_about_numbered_matrices(given: str, line: str, expected: str) -> None:
    assert check(f"{given}\n\n$${line}$$\n").verdicts[-1].status.value == expected


def test_a_definition_may_stand_behind_its_value() -> None:
    first, second = check(r"$$x + y =: s$$ $$\frac{\partial s}{\partial x} = 1$$").verdicts
    assert (first.status.value, first.latex) == ("definition", "x + y =: s")
    assert second.status.value == "proved"


def test_a_number_is_added_to_the_entries_of_no_square_matrix_unless_the_document_works_entry_by_entry() -> (
    None
):
    text = r"$$Y = A X, \quad Z = 1 - Y, \quad L = u^T Z v$$ $$\frac{\partial L}{\partial Z} = u v^T$$"
    plain, entrywise = check(text), check(text + r"$$Q = Y \odot Y$$")
    assert "a number is added to every entry" not in str([v.assuming for v in plain.verdicts])
    assert not {"refuted"} & {v.status.value for v in (*plain.verdicts, *entrywise.verdicts)}
