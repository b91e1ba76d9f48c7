"""Recurrences that look back: a slope by what stands later, or apart, is none, and a past state is not opened."""

import pytest

from convsym.checker import check

PLAIN = (
    r"$$h_t = \tanh(w x_t + u h_{t-1} + b), \quad y_t = v h_t + d, \quad E_t = \frac{1}{2} (y_t - r_t)^2$$"
)
ABOVE = r"$$a^t = w x^t + u h^{t-1} + b, \quad h^t = \tanh(a^t), \quad y^t = v h^t + d$$"
GATES = (
    r"$$f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f), \quad i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i)$$"
    r"$$o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o), \quad g_t = \tanh(W_g x_t + U_g h_{t-1} + b_g)$$"
    r"$$c_t = f_t c_{t-1} + i_t g_t, \quad h_t = o_t \tanh(c_t)$$"
)
AHEAD = r"$$z_i = x_i + u z_{i+1}$$"

LINES = [
    (PLAIN, r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2) u", "proved"),
    (PLAIN, r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t) u", "refuted"),
    (PLAIN, r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_{t-1}^2) u", "refuted"),
    (PLAIN, r"\frac{\partial y_t}{\partial h_{t-1}} = v u (1 - h_t^2)", "proved"),
    (PLAIN, r"\frac{\partial h_t}{\partial x_t} = (1 - h_t^2) w", "proved"),
    (PLAIN, r"\frac{\partial h_t}{\partial x_t} = (1 - h_t^2) u", "refuted"),
    (PLAIN, r"\frac{\partial E_t}{\partial d} = y_t - r_t", "proved"),
    (PLAIN, r"\frac{\partial E_t}{\partial d} = r_t - y_t", "refuted"),
    (PLAIN, r"\frac{\partial E_t}{\partial v} = (y_t - r_t) h_t", "proved"),
    (PLAIN, r"\frac{\partial h_t}{\partial h_{t-2}} = u^2 (1 - h_t^2)(1 - h_{t-1}^2)", "proved"),
    (PLAIN, r"\frac{\partial h_t}{\partial h_{t-2}} = u^2 (1 - h_t^2)(1 - h_{t-2}^2)", "refuted"),
    (PLAIN, r"\frac{\partial h_2}{\partial h_0} = u^2 (1 - h_2^2)(1 - h_1^2)", "proved"),
    (PLAIN, r"\frac{\partial h_2}{\partial h_0} = u^2 (1 - h_2^2)(1 - h_0^2)", "refuted"),
    (PLAIN, r"\frac{\partial h_t}{\partial x_{t-1}} = u w (1 - h_t^2)(1 - h_{t-1}^2)", "proved"),
    (PLAIN, r"\frac{\partial h_t}{\partial x_{t-1}} = w (1 - h_t^2)(1 - h_{t-1}^2)", "refuted"),
    (PLAIN, r"h_t = \tanh(w x_t + u \tanh(w x_{t-1} + u h_{t-2} + b) + b)", "proved"),
    # A weight acts through every step before: one step is not the whole slope.
    (PLAIN, r"\frac{\partial h_t}{\partial w} = (1 - h_t^2) x_t", "open"),
    (ABOVE, r"\frac{\partial y^t}{\partial h^t} = v", "proved"),
    (ABOVE, r"\frac{\partial y^t}{\partial d} = 1", "proved"),
    (ABOVE, r"\frac{\partial h^t}{\partial a^t} = 1 - (h^t)^2", "proved"),
    (GATES, r"\frac{\partial c_t}{\partial f_t} = c_{t-1}", "proved"),
    (GATES, r"\frac{\partial c_t}{\partial f_t} = c_t", "open"),
    (GATES, r"\frac{\partial c_t}{\partial i_t} = g_t", "proved"),
    (GATES, r"\frac{\partial h_t}{\partial o_t} = \tanh(c_t)", "proved"),
    (GATES, r"\frac{\partial h_t}{\partial c_t} = o_t (1 - \tanh^2(c_t))", "proved"),
    (GATES, r"\frac{\partial h_t}{\partial c_t} = o_t (1 - \tanh(c_t))", "refuted"),
    (AHEAD, r"\frac{\partial z_i}{\partial z_{i+1}} = u", "not refuted"),
]


@pytest.mark.parametrize(("given", "line", "expected"), LINES)
def test_a_line_about_a_recurrence(given: str, line: str, expected: str) -> None:
    status = check(f"{given}\n\n$${line}$$\n").verdicts[-1].status.value
    if expected == "open":
        assert status in ("undecided", "unsupported")
    elif expected == "not refuted":
        assert status != "refuted"
    else:
        assert status == expected
