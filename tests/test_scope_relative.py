r"""Networks whose layers only the letters tell: s_q = \sum_p v_{qp} u_p and u_q = f(s_q), with no layer printed."""

import pytest

from convsym.checker import check

NETWORK = r"""
Every unit computes

$$s_j = \sum_i v_{ji} u_i$$

$$u_j = f(s_j)$$

%s

The error terms are $\delta_j = \frac{\partial C}{\partial s_j}$.

$$\frac{\partial C}{\partial s_j} = \sum_k \frac{\partial C}{\partial s_k} \frac{\partial s_k}{\partial s_j}$$

$$\frac{\partial s_k}{\partial u_j} = v_{kj}$$

$$%s$$
"""


def last(line: str, before: str = "") -> str:
    """The verdict on the last line."""
    return str(check(NETWORK % (before, line)).verdicts[-1].status)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\frac{\partial s_j}{\partial v_{ji}} = u_i", r"\frac{\partial s_j}{\partial v_{ji}} = u_j"),
        (
            r"\frac{\partial s_k}{\partial s_j} = v_{kj} f'(s_j)",
            r"\frac{\partial s_k}{\partial s_j} = v_{kj} f'(s_k)",
        ),
        (
            r"\frac{\partial s_k}{\partial s_j} = v_{kj} f'(s_j)",
            r"\frac{\partial s_k}{\partial s_j} = v_{jk} f'(s_j)",
        ),
        (
            r"\frac{\partial C}{\partial v_{ji}} = \delta_j u_i",
            r"\frac{\partial C}{\partial v_{ji}} = \delta_i u_j",
        ),
        (r"\delta_j = f'(s_j) \sum_k v_{kj} \delta_k", r"\delta_j = f'(s_j) \sum_k v_{jk} \delta_k"),
        (r"\delta_j = f'(s_j) \sum_k v_{kj} \delta_k", r"\delta_j = f'(u_j) \sum_k v_{kj} \delta_k"),
    ],
)
def test_the_letters_tell_the_layers(true: str, false: str) -> None:
    assert last(true) == "proved"
    assert last(false) == "refuted"


@pytest.mark.parametrize(
    ("before", "line"),
    [
        # true of outputs, which a letter does not say
        (r"$$C = \frac{1}{2} \sum_k (u_k - t_k)^2$$", r"\delta_k = (u_k - t_k) f'(s_k)"),
        (r"$$C = \frac{1}{2} \sum_k (u_k - t_k)^2$$", r"\delta_j = (u_j - t_j) f'(s_j)"),
        # a sum over one layer, in a letter that lies below elsewhere
        ("", r"p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}"),
        # said in other letters
        ("", r"\frac{\partial C}{\partial v_{ij}} = \delta_i u_j"),
    ],
)
def test_what_letters_do_not_say_is_not_refuted(before: str, line: str) -> None:
    assert last(line, before) != "refuted"


def test_weights_that_run_both_ways_say_nothing() -> None:
    both = r"$$\delta_j = f'(s_j) \sum_k v_{jk} \delta_k$$ $$\delta_i = f'(s_i) \sum_j v_{ij} \delta_j$$"
    assert last(r"\delta_j = f'(s_j) \sum_k v_{jk} \delta_k", both) != "proved"
