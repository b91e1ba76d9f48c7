"""Lines of printed numbers, decided to the digits they show, and letters that only name a quantity."""

import pytest

from convsym.checker import check

LOGISTIC = r"We write $g(s) = \frac{1}{1 + e^{-s}}$."

NUMBERS = [
    (r"0.4775 \cdot 0.6 = 0.2865", "proved"),
    (r"0.4775(1 - 0.4775) = 0.2495", "proved"),
    (r"0.4775(1 - 0.4775) \approx 0.2495", "proved"),
    (r"0.8 - 0.5 \cdot (-0.0395) = 0.8 + 0.0197", "proved"),
    (r"0.8 - 0.5 \cdot (-0.0395) = 0.8 - 0.0197", "refuted"),
    (r"\frac{1}{1+e^{-0.57}} \approx 0.6387", "proved"),  # cut off at the last place
    (r"\frac{1}{1+e^{-0.57}} \approx 0.6388", "proved"),
    (r"\frac{1}{1+e^{-0.57}} \approx 0.6389", "undecided"),
    (r"\frac{1}{1+e^{0.57}} \approx 0.6388", "refuted"),
    (r"g(0.57) = 0.6388", "proved"),
    (r"g(0.57) = 0.3612", "refuted"),
    (r"0.00537 + 0.0035 = \mathbf{0.0089}", "proved"),
    (r"\underbrace{(-0.16)}_{\text{first}} \cdot \underbrace{0.2013}_{\text{second}} = -0.0322", "proved"),
    (r"\underbrace{(-0.16)}_{\text{first}} \cdot \underbrace{0.2013}_{\text{second}} = 0.0322", "refuted"),
    (r"0.753218406(1 - 0.753218406) = 0.185880438", "proved"),
    (
        r"0.753218406(1 - 0.753218406) = 0.185880441",
        "undecided",
    ),  # the digits before may have been carried on
    (r"0.753218406(1 - 0.753218406) = 0.567338", "refuted"),
    (r"0.4775 \cdot 0.6 = 0.2856", "refuted"),
    (r"\sqrt{2} = 1.414", "proved"),
    (r"\sqrt{2} = 1.41", "proved"),
    (r"\sqrt{2} = 1.42", "undecided"),  # rounded up, as some do; 1.43 is no rounding at all
    (r"\sqrt{2} = 1.43", "refuted"),
    (r"\frac{2}{3} = 0.66", "proved"),
    (r"\frac{2}{3} = 0.68", "refuted"),
    (r"g(2) = 0.8809", "refuted"),
    (r"\tanh(0.5) = 0.4621", "proved"),
    (r"\ln(0.702) = 0.3538", "refuted"),
    # Exact mathematics stays exact.
    (r"\frac{1}{3} + \frac{1}{7} = \frac{1}{2}", "refuted"),
    (r"0.3333 \cdot 3 = 1", "undecided"),
    (r"(u + 0.5)^2 = u^2 + u + 0.2501", "refuted"),
    (r"(u + 0.5)^2 = u^2 + u + 0.25", "proved"),
]


@pytest.mark.parametrize(
    ("line", "how"),
    [
        (r"\frac{2}{3} = 0.67", "rounded to the digits shown"),
        (r"\frac{2}{3} = 0.66", "cut off at the digits shown"),
        (r"g(2) = 0.8807", "cut off at the digits shown"),
        (r"g(2) \approx 0.8808", "rounded to the digits shown"),
    ],
)
def test_a_proof_says_whether_its_decimal_is_rounded_or_cut_off(line: str, how: str) -> None:
    verdict = check(f"{LOGISTIC}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    assert verdict.status.value == "proved"
    assert verdict.assuming == (how,)
    assert ("cut off" in verdict.reason) == how.startswith("cut off")


@pytest.mark.parametrize(
    ("last", "expected"),
    [("1.16", "proved"), ("1.17", "unsupported"), ("1.18", "refuted"), ("1.164", "proved")],
)
def test_a_step_of_gradient_descent_comes_to_what_its_numbers_give(last: str, expected: str) -> None:
    text = (
        "We use $\\eta = 0.1$ and start with $w_1 = 1.4$.\n\n"
        "$$w_2 = w_1 - 0.1 \\cdot (2 w_1 - 2) = 1.32$$\n\n$$w_3 = w_2 - 0.1 \\cdot (2 w_2 - 2) = 1.256$$\n\n"
        f"$$w_4 = w_3 - 0.1 \\cdot (2 w_3 - 2) = 1.2048$$\n\n$$w_5 = w_4 - 0.1 \\cdot (2 w_4 - 2) = {last}$$\n"
    )
    found = [
        str(v.status)
        for v in check(text, kind="markdown").verdicts
        if v.latex.startswith("w_") and "= 1." in v.latex
    ]
    assert found[-1] == expected
    assert "refuted" not in found[:-1]


@pytest.mark.parametrize(("line", "expected"), NUMBERS)
def test_a_line_of_numbers(line: str, expected: str) -> None:
    assert check(f"{LOGISTIC}\n\n$${line}$$\n", kind="markdown").verdicts[-1].status.value == expected


NEURON = r"""
The logistic function is $\sigma(z)=\frac{1}{1+e^{-z}}$.

| what | value |
| --- | --- |
| inputs | $x_1 = 0.6$, $x_2 = 0.9$ |
| weights | $w_1 = 0.25, w_2 = -0.4$ |
| bias | $b = 0.12$ |
| target, rate | $t = 1.0$, $\eta = 0.5$ |

$$z = w_1 x_1 + w_2 x_2 + b$$

$$a = \sigma(z) \approx 0.4775$$

$$L = \frac{1}{2}(a - t)^2$$

$$\frac{\partial L}{\partial w_1} = (a-t)a(1-a)x_1 \approx -0.0782$$
"""

PUT_IN = [
    (r"w_1 x_1 + w_2 x_2 + b = 0.25 \cdot 0.6 + (-0.4) \cdot 0.9 + 0.12", "proved"),
    (r"L = \frac{1}{2}(0.4775 - 1.0)^2", "proved"),
    (r"L = \frac{1}{2}(0.4775 - 1.0)^2 = 0.1365", "proved"),
    (r"\frac{\partial L}{\partial a} = 0.4775 - 1.0", "proved"),
    (r"\frac{\partial L}{\partial a} \approx -0.5225", "proved"),
    (r"\frac{\partial L}{\partial w_2} = -0.5225 \cdot 0.2495 \cdot 0.9", "proved"),
    (r"\frac{\partial L}{\partial w_2} = -0.5225 \cdot 0.2495 \cdot 0.6", "not proved"),
    (r"\frac{\partial L}{\partial b} = -0.5225 \cdot 0.2495", "proved"),
    (r"\frac{\partial L}{\partial b} = 0.5225 \cdot 0.2495", "not proved"),
    (r"w_1 - \eta \frac{\partial L}{\partial w_1} = 0.25 - 0.5 \cdot (-0.0782)", "proved"),
    (r"w_1 - \eta \frac{\partial L}{\partial w_1} = 0.25 + 0.5 \cdot (-0.0782)", "not proved"),
    (r"w_1 - \eta \frac{\partial L}{\partial w_1} = -0.4 - 0.5 \cdot (-0.0782)", "not proved"),
    (r"a(1 - a) = 0.4775 (1 - 0.4775)", "proved"),
    (r"a(1 - a) = 0.4775 (1 + 0.4775)", "not proved"),
    (r"w_1 x_1 = 0.12 \cdot 0.6", "not proved"),
    (r"q \cdot x_1 = 0.3 \cdot 0.6", "not proved"),
]


@pytest.mark.parametrize(("line", "expected"), PUT_IN)
def test_numbers_put_in_for_letters(line: str, expected: str) -> None:
    status = check(f"{NEURON}\n$${line}$$\n", kind="markdown").verdicts[-1].status.value
    assert status != "proved" if expected == "not proved" else status == expected


def test_a_wrong_number_proves_nothing_after_it() -> None:
    text = f"{NEURON}\n$$\\frac{{\\partial L}}{{\\partial w_2}} = -0.0782$$\n\n"
    line = r"$$w_2 - \eta \frac{\partial L}{\partial w_2} = -0.4 - 0.5 \cdot (-0.0782)$$"
    assert check(text + line, kind="markdown").verdicts[-1].status.value != "proved"


def test_no_number_is_put_in_below_a_differential() -> None:
    line = r"$$\frac{\partial}{\partial a}\left[\frac{1}{2}(a - t)^2\right] = 0.00$$"
    assert check(f"{NEURON}\n{line}", kind="markdown").verdicts[-1].status.value != "proved"


UNSAID = r"""
$$net_{h1} = w_1 * i_1 + w_2 * i_2$$

$$net_{h1} = 0.15 * 0.05 + 0.2 * 0.1 = 0.0275$$

$$out_{h1} = \frac{1}{1+e^{-net_{h1}}} = \frac{1}{1+e^{-0.0275}} = 0.506874567$$
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"\frac{\partial net_{h1}}{\partial w_2} = i_2 = 0.1", "proved"),
        (r"i_1 \cdot out_{h1}(1 - out_{h1}) = 0.05 \cdot 0.506874567 (1 - 0.506874567)", "proved"),
        (r"i_1 \cdot out_{h1}(1 - out_{h1}) = 0.1 \cdot 0.506874567 (1 - 0.506874567)", "not proved"),
    ],
)
def test_values_told_only_by_where_they_are_put_in(line: str, expected: str) -> None:
    status = check(f"{UNSAID}\n$${line}$$\n", kind="markdown").verdicts[-1].status.value
    assert status != "proved" if expected == "not proved" else status == expected


OUTPUT = r"""
$$\sigma(z)=\frac{1}{1+e^{-z}}, \quad z_1 = u_1 x_1 + c_1, \quad z_2 = u_2 x_1 + c_2$$

$$h_1 = \sigma(z_1), \quad h_2 = \sigma(z_2)$$

$$z_o = v_1 h_1 + v_2 h_2 + c_o$$

$$p = \sigma(z_o), \quad L = \frac{1}{2}(p - y)^2, \quad \delta_o = \frac{\partial L}{\partial z_o}$$
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"\delta_o = (p - y) p (1 - p)", "proved"),
        (r"\delta_o = (y - p) p (1 - p)", "refuted"),
        (r"\frac{\partial L}{\partial v_2} = \delta_o h_2", "proved"),
        (r"\frac{\partial L}{\partial v_2} = \delta_o h_1", "refuted"),
        (r"\frac{\partial L}{\partial c_o} = \delta_o", "proved"),
        (r"\frac{\partial L}{\partial u_1} = \delta_o v_1 h_1 (1 - h_1) x_1", "proved"),
        (r"\frac{\partial L}{\partial u_1} = \delta_o h_1 (1 - h_1) x_1", "refuted"),
    ],
)
def test_a_letter_that_names_the_output(line: str, expected: str) -> None:
    assert check(f"{OUTPUT}\n$${line}$$\n", kind="markdown").verdicts[-1].status.value == expected


def test_a_letter_that_counts_is_an_index() -> None:
    text = (
        r"Let $z_1 = 2 x_1$, $z_2 = 2 x_2$, $z_c = 2 x_c$ for $c = 1, 2$ and $L = \sum_c z_c^2$." + "\n\n"
        r"$$\frac{\partial L}{\partial x_c} = 8 x_c$$"
    )
    assert check(text, kind="markdown").verdicts[-1].status.value != "refuted"
