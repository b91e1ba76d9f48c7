"""Functions of single units, \varphi_k(v_k), and bold letters by an author's own commands."""

import pytest

from convsym.checker import check

UNITS = (
    r"$$v_k = \sum_j w_{kj} y_j, \quad y_k = \varphi_k(v_k), \quad E = \frac{1}{2} (d_k - y_k)^2$$" + "\n\n"
)


@pytest.mark.parametrize(
    ("given", "line", "status"),
    [
        (UNITS, r"\frac{\partial y_k}{\partial v_k} = \varphi_k'(v_k)", "proved"),
        (UNITS, r"\frac{\partial y_k}{\partial v_k} = \varphi'(v_k)", "proved"),
        (UNITS, r"\frac{\partial y_k}{\partial v_k} = \varphi_k(v_k)", "refuted"),
        (UNITS, r"\frac{\partial E}{\partial v_k} = -(d_k - y_k) \varphi_k'(v_k)", "proved"),
        (UNITS, r"\frac{\partial E}{\partial v_k} = (d_k - y_k) \varphi_k'(v_k)", "refuted"),
        # A function that a line defines for each index, or that is applied to another cell, keeps its index.
        ("$f_i(x_i) = a_i x_i^2$\n\n", r"f_i'(x_i) = 2 a_i x_i", "unsupported"),
        ("Let $y_k = f_k(z_j)$.\n\n", r"\frac{\partial y_k}{\partial z_j} = f_k'(z_j)", "unsupported"),
    ],
)
def test_the_function_of_a_unit(given: str, line: str, status: str) -> None:
    found = check(f"{given}$${line}$$\n", kind="markdown").verdicts[-1]
    assert found.status.value == status, found


BOLD = r"$$E(\vw) = \frac{1}{2} (t - \vw^T \vx)^2$$" + "\n\n"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial E}{\partial \vw} = -(t - \vw^T \vx) \vx", "proved"),
        (r"\frac{\partial E}{\partial \vw} = (t - \vw^T \vx) \vx", "refuted"),
        (r"\bz = \mW \bx + \bb", "definition"),
        (r"\vtheta = \bmu + \mSigma \vx", "definition"),
        # With an argument it is no letter, and what begins an equation elsewhere is none either.
        (r"\vw{x} = 2", "unsupported"),
        (r"\be = 2", "unsupported"),
        (r"x = \bb R", "unsupported"),
        (r"\foo = 2", "unsupported"),
    ],
)
def test_bold_letters_by_commands_that_nothing_defines(line: str, status: str) -> None:
    found = check(f"{BOLD}$${line}$$\n", kind="markdown").verdicts[-1]
    assert found.status.value == status, found
