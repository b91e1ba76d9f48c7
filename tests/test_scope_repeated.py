r"""Second and mixed derivatives, and derivatives printed as \partial_w L."""

# ruff: noqa: E501 - a claim stays on one line, as it is printed

import pytest
import sympy

import convsym

LINE = r"Let $y = w x + b$ and $L = \frac{1}{2} (y - t)^2$." + "\n\n"
LAYER = (
    r"Let $z_i = \sum_{j=1}^n w_{ij} x_j$ and $L = \frac12 \sum_{i=1}^m (z_i - t_i)^2$." + "\n\n"
)  # free indices


def status(text, claim):
    return convsym.check(f"{text}$${claim}$$").files[0].verdicts[-1].status.value


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\partial_w L = (y - t) x", "proved"),
        (r"\partial_w L = (y - t) w", "refuted"),
        (r"\partial_w L = \partial_y L \, \partial_w y", "proved"),
        (r"\partial_w L = \partial_y L \, \partial_b y", "refuted"),
        (r"\frac{\partial^2 L}{\partial w^2} = x^2", "proved"),
        (r"\frac{\partial^2 L}{\partial w^2} = x", "refuted"),
        (r"\frac{\partial^2 L}{\partial w \partial b} = x", "proved"),
        (r"\frac{\partial^2 L}{\partial w \, \partial b} = x^2", "refuted"),
        (r"\frac{\partial^3 L}{\partial w^3} = 0", "proved"),
        (r"\frac{\partial^2}{\partial w^2} L = x^2", "proved"),
        (r"\frac{d^2 L}{d w^2} = x^2", "proved"),
    ],
)
def test_derivatives_of_one_neuron(claim, expected):
    assert status(LINE, claim) == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\partial_{w_{ij}} L = (z_i - t_i) x_j", "proved"),
        (r"\partial_{w_{ij}} L = (z_i - t_i) x_i", "refuted"),
        (r"\partial_{z_i} L = z_i - t_i", "proved"),
        (r"\frac{\partial^2 L}{\partial z_i^2} = 1", "proved"),
        (r"\frac{\partial^2 L}{\partial z_i^2} = 2", "refuted"),
    ],
)
def test_derivatives_by_cells(claim, expected):
    assert status(LAYER, claim) == expected


@pytest.mark.parametrize("order", [("x", "x"), ("x", "y"), ("y", "x"), ("y", "y")])
def test_second_derivatives_of_a_function_are_those_of_sympy(order):
    x, y = sympy.symbols("x y")
    truth = sympy.latex(sympy.diff(x**3 * y, *(sympy.Symbol(one) for one in order)))
    below = rf"\partial {order[0]} \partial {order[1]}" if order[0] != order[1] else rf"\partial {order[0]}^2"
    text = "Let $f(x, y) = x^3 y$.\n\n"
    assert status(text, rf"\frac{{\partial^2 f}}{{{below}}} = {truth}") == "proved"
    assert status(text, rf"\frac{{\partial^2 f}}{{{below}}} = {truth} + x") == "refuted"


def test_an_order_that_does_not_fit_is_left_open():
    assert status(LINE, r"\frac{\partial^2 L}{\partial w} = x^2") == "unsupported"
    assert status(LINE, r"\frac{\partial^9 L}{\partial w^9} = 0") == "unsupported"


def test_a_gradient_by_a_letter_that_marks_another_name_keeps_it():
    text = LINE + r"$$\partial_w L = (y - t) x$$ $$L_w = (y - t) x$$ "
    assert status(text, r"\nabla_w L = (y - t) x") == "proved"


OPERATORS = r"$$u_j = \sum_{i=1}^n V_{ji} a_i + c_j$$" + "\n\n"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (
            r"\frac{\partial}{\partial V_{ji}} E = \frac{\partial u_j}{\partial V_{ji}} \frac{\partial}{\partial u_j} E",
            "proved",
        ),
        (r"{\partial \over \partial c_j} E = {\partial \over \partial u_j} E", "proved"),
        (r"\frac{\partial}{\partial V_{ji}} E = a_i \frac{\partial}{\partial u_j} E", "proved"),
        (r"\frac{\partial}{\partial V_{ji}} E = a_j \frac{\partial}{\partial u_j} E", "refuted"),
        (r"{\partial \over \partial c_j} E = 2 {\partial \over \partial u_j} E", "refuted"),
        # Whether a sum over j is meant is not said.
        (
            r"\frac{\partial}{\partial a_i} E = \frac{\partial u_j}{\partial a_i} \frac{\partial}{\partial u_j} E",
            "unsupported",
        ),
    ],
)
def test_an_operator_before_a_loss_nobody_writes_out_is_its_derivative(claim, expected):
    assert status(OPERATORS, claim) == expected


def test_a_line_with_an_operator_is_shown_as_it_is_printed():
    text = OPERATORS + r"$${\partial \over \partial c_j} E = {\partial \over \partial u_j} E$$"
    shown = convsym.check(text).files[0].verdicts[-1].latex
    assert shown.replace(" ", "").startswith(r"{\partial\over\partialc_j}E=")
