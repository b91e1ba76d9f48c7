r"""Primes that stand on a name applied to nothing, and notes printed under names."""

import pytest

import convsym
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Name, Span
from convsym.scope.naming import with_primes

LOSS = r"""The error of one sample is

$$L = (w_1 x_1 + w_2 x_2 - y)^2$$

$$w_1' = w_1 - \eta \frac{\partial L}{\partial w_1}$$

"""
NEURON = r"""$$z = w \times x + b$$

$$a = \phi(z)$$

"""
DENSE = r"""$$Z^{[l]} = W^{[l]} \cdot A^{[l-1]} + b^{[l]}$$

$$A^{[l]} = g(Z^{[l]})$$

"""
BRANCHES = r"{\displaystyle %s=\left\{{\begin{array}{rcl}0&{\mbox{%s}}&a<0\\%s&{\mbox{%s}}&a\geq 0\end{array}}\right.}"


def last(text: str) -> convsym.Verdict:
    return convsym.check(text).verdicts[-1]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"w_1' = w_1 - 2 \eta x_1 (w_1 x_1 + w_2 x_2 - y)", "proved"),
        (r"w_1' = w_1 - \eta x_1 (w_1 x_1 + w_2 x_2 - y)", "refuted"),
        (r"w_1' = w_1 + 2 \eta x_1 (w_1 x_1 + w_2 x_2 - y)", "refuted"),
    ],
)
def test_a_weight_after_its_update_is_a_name_of_its_own(line, status):
    assert last(f"{LOSS}$${line}$$").status == status


@pytest.mark.parametrize("line", [r"y' = 2 x", r"y' = 3 x"])
def test_the_prime_of_what_a_line_defines_may_be_its_slope(line):
    found = last(f"Let $y = x^2$. Then\n\n$${line}$$")
    assert found.status == "unsupported"


def test_a_prime_beside_a_derivative_of_the_same_letter_is_no_name():
    found = convsym.check(r"$$u' = \frac{du}{dx}$$" + "\n\n" + r"$$u' = 3$$").verdicts
    assert all(v.status not in ("refuted", "proved") for v in found)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial a}{\partial z} \times \frac{\partial z}{\partial x} = \phi' \times w", "proved"),
        (r"\frac{\partial a}{\partial w} = \phi' x", "proved"),
        (r"\frac{\partial a}{\partial w} = \phi' \times w", "refuted"),
        (r"\frac{\partial a}{\partial b} = x \phi'", "refuted"),
        (r"\frac{\partial a}{\partial b} = \phi'(z)", "proved"),
    ],
)  # fmt: skip
def test_a_prime_beside_the_slope_of_a_value_is_taken_at_its_argument(line, status):
    assert last(f"{NEURON}$${line}$$").status == status


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\underset{n \times m}{Z^{[1]}} = \underset{n \times k}{W^{[1]}} A^{[0]} + b^{[1]}", "proved"),
        (r"\underset{(n, m)}{Z^{[1]}} = \underset{\text{weights}}{W^{[1]}} A^{[0]} + b^{[1]}", "proved"),
        (r"\underset{n \times m}{Z^{[1]}} = \underset{n \times k}{W^{[1]}} A^{[1]} + b^{[1]}", "refuted"),
    ],
)  # fmt: skip
def test_shapes_and_words_under_a_name_are_notes(line, status):
    found = last(f"{DENSE}$${line}$$")
    assert found.status == status
    assert found.latex == line


@pytest.mark.parametrize("note", ["i", "x + 1", "i = 1"])
def test_an_index_under_a_name_is_no_note(note):
    assert last(rf"$$a = \underset{{{note}}}{{Z}} + 1$$").status == "unsupported"


@pytest.mark.parametrize("word", ["if", "si", "falls", "se", "если"])
def test_cases_whose_array_stands_in_braces(word):
    relu = BRANCHES % (r"\phi(a)", word, "a", word)
    slope = BRANCHES % (r"\phi'(a)", word, "1", word)
    wrong = BRANCHES % (r"\phi'(a)", word, "a", word)
    assert last(f"$${relu}$$\n\n$${slope}$$").status == "proved"
    assert last(f"$${relu}$$\n\n$${wrong}$$").status == "refuted"


def test_two_primes_are_printed_as_two() -> None:
    letter = Name("K", Span(0, 1))
    assert [to_latex(with_primes(letter, primes)) for primes in (1, 2)] == ["K'", "K''"]
