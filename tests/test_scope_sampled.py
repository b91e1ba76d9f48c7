r"""Losses of one sample, E_n beside E = \sum_n E_n, and quantities that carry the letter of the sample."""

import pytest

from convsym.checker import check

PATTERNS = r"""
The error of all patterns is

$$E = \sum_{n=1}^N E_n$$

and that of the pattern $n$

$$E_n = \frac{1}{2} \sum_k (u_{nk} - t_{nk})^2$$

with the outputs

$$u_k = \sum_i v_{ki} x_i$$

$$%s$$
"""


def last(line: str) -> str:
    """The verdict on the last line."""
    return str(check(PATTERNS % line).verdicts[-1].status)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (
            r"\frac{\partial E_n}{\partial v_{ji}} = (u_{nj} - t_{nj}) x_{ni}",
            r"\frac{\partial E_n}{\partial v_{ji}} = (t_{nj} - u_{nj}) x_{ni}",
        ),
        (
            r"\frac{\partial E_n}{\partial u_k} = u_k - t_k",
            r"\frac{\partial E_n}{\partial u_k} = 2 (u_k - t_k)",
        ),
    ],
)
def test_what_carries_the_sample_is_said_of_one(true: str, false: str) -> None:
    assert last(true) == "proved"
    assert last(false) == "refuted"


@pytest.mark.parametrize(
    "line",
    [
        # the letter is an entry here, and no sample
        r"\frac{\partial E_n}{\partial x_n} = \sum_k (u_k - t_k) v_{kn}",
        # a loss of one class, whose letter a sum elsewhere binds
        r"\frac{\partial E_n}{\partial s_n} = \frac{e^{s_n}}{\sum_n e^{s_n}} - 1",
    ],
)
def test_a_letter_that_may_be_an_index_refutes_nothing(line: str) -> None:
    assert last(line) != "refuted"


def test_a_cell_that_nothing_defines_beside_others_is_no_constant() -> None:
    text = r"""
$$C = -t_0 \log p_0 - t_1 \log p_1$$

$$p_0 = \frac{e^{a_0}}{e^{a_0} + e^{a_1}}$$

$$\frac{\partial C}{\partial a_0} = -t_0 (1 - p_0) + t_1 p_0$$
"""
    assert str(check(text).verdicts[-1].status) != "refuted"
    whole = text.replace("a_1}}$$\n", r"a_1}}$$ $$p_1 = \frac{e^{a_1}}{e^{a_0} + e^{a_1}}$$" + "\n")
    assert str(check(whole).verdicts[-1].status) == "proved"
    assert str(check(whole.replace("+ t_1 p_0", "- t_1 p_0")).verdicts[-1].status) == "refuted"
