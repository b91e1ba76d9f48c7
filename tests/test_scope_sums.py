r"""Sums over sets that nobody lists, sums by the letter \Sigma, and logarithms that have lost a backslash."""

from __future__ import annotations

import pytest

import convsym

_UNITS = r"""Unit $j$ computes $s_j = \sum_i v_{ji} u_i$, and the cost is $E$. We write
$$\delta_j = \frac{\partial E}{\partial s_j}$$
"""
_OF_UNITS = [
    (
        r"\frac{\partial E}{\partial u_i} = "
        r"\sum_{j \in F(i)} \frac{\partial E}{\partial s_j} \frac{\partial s_j}{\partial u_i}",
        "proved",
    ),
    (r"\frac{\partial E}{\partial u_i} = \sum_{j \in \text{next}} \delta_j v_{ji}", "proved"),
    (r"\frac{\partial E}{\partial u_i} = \sum_{j \in \{j' | i \to j'\}} \delta_j v_{ji}", "proved"),
    (r"\sum_{j \in F_i} \delta_j v_{ji} x = x \sum_{j \in F_i} \delta_j v_{ji}", "proved"),
    (r"\frac{\partial E}{\partial u_i} = \sum_{j \in F(i)} \delta_j v_{ij}", "open"),
    (r"\frac{\partial E}{\partial u_i} = 2 \sum_{j \in F(i)} \delta_j v_{ji}", "open"),
    # Two sets, or a set and everything, are not known to be the same.
    (r"\sum_{j \in F} \delta_j v_{ji} = \sum_{j \in G} \delta_j v_{ji}", "open"),
    (r"\sum_{k \in F} \delta_k v_{ki} = \sum_{j \in G} \delta_j v_{ji}", "open"),
    (r"\sum_{k \in F} \delta_k v_{ki} = \sum_{j} \delta_j v_{ji}", "open"),
    (r"\sum_{k \in F} \delta_k v_{ki} = \sum_{k} \delta_k v_{ki}", "open"),
    (r"\sum_{j \in \{1, 2\}} \delta_j v_{ji} = \sum_{j} \delta_j v_{ji}", "open"),
    (r"\sum_{j \in F \setminus i} \delta_j v_{ji} = \sum_{j} \delta_j v_{ji}", "open"),
]  # fmt: skip
_SHARES = r"""The shares are $q_i = \frac{e^{s_i}}{\Sigma_k e^{s_k}}$ and the cost is $E = -\Sigma_{k} t_k ln q_k$ with
$\Sigma_k t_k = 1$.
"""
_OF_SHARES = [
    (r"\frac{\partial q_i}{\partial s_i} = q_i (1 - q_i)", "proved"),
    (r"\frac{\partial q_i}{\partial s_i} = q_i (1 + q_i)", "refuted"),
    (r"\frac{\partial E}{\partial q_k} = -\frac{t_k}{q_k}", "proved"),
    (r"\frac{\partial E}{\partial q_k} = -\frac{t_k}{1 - q_k}", "refuted"),
    (r"\frac{\partial E}{\partial s_i} = q_i - t_i", "proved"),
]  # fmt: skip
_LOGARITHMS = r"""For one output $E = -t log p - (1 - t) log(1 - p)$ and $M = -t lnp_1$.
"""
_OF_LOGARITHMS = [
    (r"\frac{\partial E}{\partial p} = \frac{1 - t}{1 - p} - \frac{t}{p}", "proved"),
    (r"\frac{\partial E}{\partial p} = \frac{1 - t}{1 - p} + \frac{t}{p}", "refuted"),
    (r"\frac{\partial M}{\partial p_1} = -\frac{t}{p_1}", "proved"),
]  # fmt: skip
_CASES = [
    (start, line, expected)
    for start, lines in ((_UNITS, _OF_UNITS), (_SHARES, _OF_SHARES), (_LOGARITHMS, _OF_LOGARITHMS))
    for line, expected in lines
]


@pytest.mark.parametrize(("start", "line", "expected"), _CASES)
def test_sums_in_other_notations(start: str, line: str, expected: str) -> None:
    verdict = convsym.check(f"{start}\n$${line}$$\n").verdicts[-1]
    if expected == "open":
        assert verdict.status in ("unsupported", "undecided"), verdict.reason
    else:
        assert verdict.status == expected, verdict.reason


def test_a_proof_says_that_the_set_is_everything() -> None:
    verdict = convsym.check(f"{_UNITS}\n$${_OF_UNITS[1][0]}$$\n").verdicts[-1]
    assert any("next" in words and "every" in words for words in verdict.assuming)


def test_nothing_is_refuted_by_a_definition_over_a_set() -> None:
    text = r"""A unit gets $s_j = \sum_{i \in B(j)} v_{ji} u_i$.
$$s_j = 2 \sum_{i \in B(j)} v_{ji} u_i$$
$$\frac{\partial s_j}{\partial v_{jk}} = 2 u_k$$
"""
    assert [str(v.status) for v in convsym.check(text).verdicts].count("refuted") == 0


def test_a_matrix_of_covariances_stays_a_matrix() -> None:
    text = r"""With $\Sigma_k x_k = m$ and $|\Sigma| > 0$ we have $\Sigma^{-1} \Sigma = I$. Also $r = \Sigma_k x_k$.
$$r = \sum_k x_k$$
"""
    assert convsym.check(text).verdicts[-1].status != "proved"


def test_three_indices_are_no_logarithm() -> None:
    text = r"""Let $y_{ln} = \sum_m w_{lnm} x_m$.
$$\frac{\partial y_{ln}}{\partial x_m} = w_{lnm}$$
"""
    assert convsym.check(text).verdicts[-1].status == "proved"
