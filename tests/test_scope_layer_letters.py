r"""Layers that any letter counts above, functions that carry a layer, and costs printed with their parameters."""

import pytest

import convsym

NEURONS = r"""
$$u^k_r = \sum_{s=1}^{n_{k-1}} v^k_{rs} h^{k-1}_s + c^k_r$$

$$h^k_r = f_k(u^k_r)$$
"""
ERRORS = (
    NEURONS
    + r"""
$$\epsilon^k_r = \frac{\partial E}{\partial h^k_r} f_k'(u^k_r)$$
"""
)
BRACKETS = r"""
$$z^{[l]}_i = \sum_j w^{[l]}_{ij} a^{[l-1]}_j$$

$$a^{[l]}_i = g^{[l]}(z^{[l]}_i)$$
"""
COSTS = r"""
$$z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}, \qquad a^{(l)} = \sigma(z^{(l)})$$

$$J(W, b) = \frac{1}{2} \|a^{(L)} - y\|^2$$
"""
POWERS = r"""
$$p_n = q x^{n}$$

$$x^{n} = x \, x^{n-1}$$
"""

LINES = [
    (NEURONS, r"\frac{\partial u^k_r}{\partial v^k_{rs}} = h^{k-1}_s", "proved"),
    (NEURONS, r"\frac{\partial u^k_r}{\partial v^k_{rs}} = h^{k}_s", "refuted"),
    (NEURONS, r"\frac{\partial h^k_r}{\partial u^k_r} = f_k'(u^k_r)", "proved"),
    (NEURONS, r"\frac{\partial h^k_r}{\partial u^k_r} = f_k(u^k_r)", "refuted"),
    (ERRORS, r"\frac{\partial E}{\partial v^k_{rs}} = \epsilon^k_r h^{k-1}_s", "proved"),
    (ERRORS, r"\frac{\partial E}{\partial v^k_{rs}} = \epsilon^k_s h^{k-1}_r", "refuted"),
    (ERRORS, r"\epsilon^k_r = f_k'(u^k_r) \sum_{s=1}^{n_{k+1}} \epsilon^{k+1}_s v^{k+1}_{sr}", "proved"),
    (ERRORS, r"\epsilon^k_r = f_k'(u^k_r) \sum_{s=1}^{n_{k+1}} \epsilon^{k+1}_s v^{k+1}_{rs}", "unsupported"),
    (ERRORS, r"\epsilon^M_r = \frac{\partial E}{\partial h^M_r} f_k'(u^M_r)", "proved"),
    # Any function would do, and so the layer on it decides nothing.
    (
        ERRORS,
        r"\frac{\partial E}{\partial u^{k+1}_r} = \frac{\partial E}{\partial h^{k+1}_r} f_k'(u^{k+1}_r)",
        "unsupported",
    ),
    (BRACKETS, r"\frac{\partial a^{[l]}_i}{\partial z^{[l]}_i} = g^{[l]\prime}(z^{[l]}_i)", "proved"),
    (BRACKETS, r"\frac{\partial a^{[l]}_i}{\partial a^{[l-1]}_j} = g'(z^{[l]}_i) w^{[l]}_{ij}", "proved"),
    (BRACKETS, r"\frac{\partial a^{[l]}_i}{\partial a^{[l-1]}_j} = g'(z^{[l]}_i) w^{[l]}_{ji}", "refuted"),
    (COSTS, r"\frac{\partial J(W, b)}{\partial a^{(L)}} = a^{(L)} - y", "proved"),
    (COSTS, r"\frac{\partial J(W, b)}{\partial a^{(L)}} = y - a^{(L)}", "refuted"),
    (COSTS, r"\frac{\partial J(W, b)}{\partial z^{(L)}} = (a^{(L)} - y) \odot \sigma'(z^{(L)})", "proved"),
    (COSTS, r"\frac{\partial J(W, b)}{\partial z^{(L)}} = (a^{(L)} - y) \odot \sigma(z^{(L)})", "refuted"),
    (POWERS, r"\frac{\partial p_n}{\partial q} = x^{n}", "proved"),
]


def statuses(text):
    return [v.status for v in convsym.check(text)]


@pytest.mark.parametrize(("given", "line", "status"), LINES)
def test_verdict_of_a_line(given, line, status):
    assert statuses(f"{given}\n$${line}$$\n")[-1] == status


@pytest.mark.parametrize("printed", [r"g^{[l]\prime}", r"g^{[l]'}", r"{g^{[l]}}'", r"g'^{[l]}", "g'"])
def test_a_prime_on_a_function_with_a_layer(printed):
    line = rf"\frac{{\partial a^{{[l]}}_i}}{{\partial z^{{[l]}}_i}} = {printed}(z^{{[l]}}_i)"
    assert statuses(f"{BRACKETS}\n$${line}$$\n")[-1] == "proved"


def test_functions_that_are_told_apart_stay_apart():
    text = r"""
$$a^{[1]} = g^{[1]}(z^{[1]}), \quad a^{[2]} = g^{[2]}(z^{[2]})$$

$$g^{[1]}(z^{[1]}) = \max(0, z^{[1]})$$

$$g^{[2]}(z^{[2]}) = \frac{1}{1 + e^{-z^{[2]}}}$$
"""
    assert "refuted" not in statuses(text)


def test_an_exponent_that_is_computed_with_is_no_layer():
    text = r"""
$$s^n = c^n s^{n-1}$$

$$t_n = n s^n$$
"""
    assert "refuted" not in statuses(text)


@pytest.mark.parametrize(
    "line",
    [
        r"M dW = (\mu) M dW + (1 - \mu) dW",
        r"S \delta b = \rho S \delta b + (1 - \rho) \delta b^2",
        r"V \delta W^{corr} = \frac{V \delta W}{1 - \rho^t}",
    ],
)
def test_a_product_of_letters_that_is_a_name_gets_a_new_value(line):
    assert statuses(f"The average $M dW$ is kept.\n\n$${line}$$\n")[-1] != "refuted"
