r"""Gradients named by their variable, dP for \partial L/\partial P: what such lines claim, and what is none of it."""

from __future__ import annotations

from itertools import product

import pytest

from convsym.checker import check

SPREAD = list(product(range(2), range(2)))


def cell(name: str, *index: int) -> str:
    return f"{name}_{{{''.join(str(n + 1) for n in index)}}}"


def forward() -> list[str]:
    """A picture R of 3x3 and a stamp F of 2x2, written out."""
    return [
        f"{cell('Q', i, j)} = " + " + ".join(f"{cell('F', m, n)}{cell('R', i + m, j + n)}" for m, n in SPREAD)
        for i, j in SPREAD
    ]


def backward() -> list[str]:
    """What counting makes of dF and of two cells of dR."""
    lines = [
        f"d{{{cell('F', m, n)}}} = "
        + " + ".join(f"d{{{cell('Q', i, j)}}} {cell('R', i + m, j + n)}" for i, j in SPREAD)
        for m, n in SPREAD
    ]
    lines.append(f"d{cell('R', 0, 0)} = {cell('F', 0, 0)} d{cell('Q', 0, 0)}")
    lines.append(
        f"d{cell('R', 0, 1)} = {cell('F', 0, 1)} d{cell('Q', 0, 0)} + {cell('F', 0, 0)} d{cell('Q', 0, 1)}"
    )
    return lines


def statuses(*lines: str) -> list[str]:
    text = "A stamp is moved over a picture.\n\n" + "".join(f"$${line}$$\n\n" for line in lines)
    return [str(verdict.status) for verdict in check(text, kind="markdown").verdicts]


def test_lines_of_named_gradients_are_proved_against_the_printed_convolution() -> None:
    found = statuses(*forward(), *backward())
    assert found == ["definition"] * 4 + ["proved"] * 6


@pytest.mark.parametrize("at", range(6))
def test_one_wrong_line_among_named_gradients_is_refuted_alone(at: int) -> None:
    lines = backward()
    lines[at] = lines[at].replace("R_{22}", "R_{33}") if at < 4 else lines[at].replace("F_{11}", "F_{21}")
    assert lines != backward()
    found = statuses(*forward(), *lines)
    assert found[4 + at] == "refuted"
    assert found.count("refuted") == 1 and found.count("proved") == 5


def test_the_reading_is_named_with_the_proof() -> None:
    text = "".join(f"$${line}$$\n\n" for line in (*forward(), *backward()))
    verdict = check(text, kind="markdown").verdicts[4]
    assert r"is read as $\partial L/\partial F_{11}$" in verdict.reason


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("dR = rot180(F) * dQ", True),
        ("dR = dQ * rot180(F)", True),
        ("dF = R * dQ", True),
        ("dF = rot180(R) * dQ", False),
        ("dR = rot180(F) * Q", False),
        ("dR = F * dQ", False),
    ],
)
def test_whole_matrices_of_named_gradients(line: str, holds: bool) -> None:
    assert (statuses(*forward(), *backward(), line)[-1] == "proved") == holds


def test_differentials_name_no_gradients() -> None:
    rise = ["p = uv + w", "d p = v\\, d u + u\\, d v + d w", "d u = v\\, d p", "d v = u\\, d p", "d w = d p"]
    assert "refuted" not in statuses(*rise)
    assert "proved" not in statuses(*rise)[1:]


def test_an_integral_names_no_gradient() -> None:
    lines = [*forward(), *backward(), r"V = \int_0^1 r^2\, d r"]
    assert "proved" not in statuses(*lines)[4:]


def test_where_many_lines_fail_none_is_refuted() -> None:
    """Means over many examples, which nobody announced: the lines are right in their own way."""
    lines = [line.replace("= ", r"= \frac{1}{N} (").rstrip() + ")" for line in backward()]
    assert "refuted" not in statuses(*forward(), *lines)


def test_a_line_says_which_loss_the_gradients_are_of() -> None:
    text = (
        "$$y_{i} = \\sum_{m=1}^{2} w_m x_{i+m-1} + b$$\n\nWe write\n$$dy_i = \\frac{\\partial L}{\\partial y_i}$$\n\n"
        "$$db = \\sum_{i=1}^{3} dy_i$$\n\n$$dw_m = \\sum_{i=1}^{3} dy_i x_{i+m-1}$$\n\n"
        "$$dw_1 = \\sum_{i=1}^{3} dy_i x_i$$\n\n$$dw_2 = \\sum_{i=1}^{3} dy_i x_i$$\n"
    )
    found = [str(v.status) for v in check(text).verdicts]
    assert found[1] != "refuted"
    assert found[2:] == ["proved", "proved", "proved", "refuted"]


NETWORK = r"""
$$z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}$$
$$a^{[l]} = g^{[l]}(z^{[l]})$$

The first line shows a column: $$v = \begin{bmatrix} v_1 \\ \vdots \\ v_n \end{bmatrix}$$

"""
GRADIENTS = (
    r"dW^{[l]} = dz^{[l]} {a^{[l-1]}}^T",
    r"db^{[l]} = dz^{[l]}",
    r"da^{[l-1]} = {W^{[l]}}^T dz^{[l]}",
)


def test_a_named_gradient_of_a_layer_is_no_product_with_a_letter_d() -> None:
    text = NETWORK + "".join(f"It is $${line}$$\n\n" for line in (*GRADIENTS, *GRADIENTS))
    found = check(text, kind="markdown").verdicts
    assert not [verdict.latex for verdict in found if verdict.status == "refuted"]


LAYERS = r"""
$$z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}$$
$$a^{[l]} = g^{[l]}(z^{[l]})$$

"""
STEP = r"dz^{[l]} = da^{[l]} \odot g^{[l]'}(z^{[l]})"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (STEP, "proved"),
        (r"dz^{[l]} = W^{[l+1]T} dz^{[l+1]} \odot g^{[l]'}(z^{[l]})", "proved"),
        (r"dz^{[l]} = W^{[l]T} dz^{[l+1]} \odot g^{[l]'}(z^{[l]})", "refuted"),
        (r"dz^{[l]} = da^{[l]} \odot g^{[l]'}(a^{[l]})", "refuted"),
        (r"dW^{[l]} = dz^{[l]} {a^{[l]}}^T", "refuted"),
        (r"da^{[l-1]} = {W^{[l-1]}}^T dz^{[l]}", "refuted"),
    ],
)
def test_named_gradients_of_the_layers_of_a_network(line: str, status: str) -> None:
    text = LAYERS + "".join(f"It is $${one}$$\n\n" for one in (*GRADIENTS, STEP, line))
    found = [str(verdict.status) for verdict in check(text, kind="markdown").verdicts[2:]]
    assert found == ["proved"] * 4 + [status]


def test_differentials_of_the_layers_of_a_network_are_no_gradients() -> None:
    lines = (r"dz^{[l]} = W^{[l]} da^{[l-1]}", r"da^{[l]} = g'(z^{[l]}) \odot dz^{[l]}")
    text = LAYERS + "".join(f"It is $${one}$$\n\n" for one in lines)
    found = check(text, kind="markdown").verdicts[2:]
    assert not [verdict for verdict in found if verdict.status in ("proved", "refuted")]
