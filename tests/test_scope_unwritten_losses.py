r"""Losses that a document names and never writes out: J = L + r with L = Loss(o, t), and what is lost with them."""

from __future__ import annotations

import pytest

import convsym

_NETWORK = r"""The network computes
$$\begin{aligned}
s &= V u \\ g &= \phi(s) \\ o &= A g \\ L &= Loss(o, t) \\
r &= \frac{\lambda}{2} (\|V\|_F^2 + \|A\|_F^2) \\ J &= L + r
\end{aligned}$$
with $V \in \mathbb{R}^{h \times d}$, $A \in \mathbb{R}^{q \times h}$, $s, g \in \mathbb{R}^h$, $o \in \mathbb{R}^q$.
"""
_OF_THE_NETWORK = [
    (r"\frac{\partial J}{\partial A} = \frac{\partial J}{\partial o} g^T + \lambda A", "proved"),
    (r"\frac{\partial J}{\partial g} = A^T \frac{\partial J}{\partial o}", "proved"),
    (r"\frac{\partial J}{\partial s} = \frac{\partial J}{\partial g} \odot \phi'(s)", "proved"),
    (r"\frac{\partial J}{\partial s} = \frac{\partial J}{\partial g} \odot \phi(s)'", "proved"),
    (r"\frac{\partial J}{\partial s} = \frac{\partial J}{\partial g} \odot {\phi(s)}^{'}", "proved"),
    (
        r"\frac{\partial J}{\partial A} = \frac{\partial J}{\partial o} \cdot \frac{\partial o}{\partial A} + "
        r"\frac{\partial J}{\partial r} \cdot \frac{\partial r}{\partial A}",
        "proved",
    ),
    (r"\frac{\partial J}{\partial A} = \frac{\partial J}{\partial o} g^T", "refuted"),
    (r"\frac{\partial J}{\partial A} = \frac{\partial J}{\partial o} g^T + 2 \lambda A", "refuted"),
    # A derivative of the loss is lost: twice the loss would need twice the right side.
    (r"\frac{\partial J}{\partial s} = \frac{\partial g}{\partial s} \cdot \phi'(s)", "refuted"),
    # The target may stand in the derivative of a loss that is not written.
    (r"\frac{\partial L}{\partial o} = o - t", "open"),
]
_LAYERED = [
    line.replace("V", "V^{(1)}").replace("A^T", "(A)^T").replace("A", "A^{(2)}")
    for line in (_NETWORK, _OF_THE_NETWORK[0][0], _OF_THE_NETWORK[5][0])
]
_SUMS = r"""Let $o_{i,j} = \sum_m \sum_n u_{i+m,j+n} v_{m,n}$, and let $L$ be the loss,
with $\delta_{i,j} = \frac{\partial L}{\partial o_{i,j}}$.
"""
_OF_SUMS = [
    (
        r"\frac{\partial L}{\partial u_{p,q}} = "
        r"\sum_{i,j} \frac{\partial L}{\partial o_{i,j}} \frac{\partial o_{i,j}}{\partial u_{p,q}}",
        "proved",
    ),
    (
        r"\frac{\partial L}{\partial u_{p,q}} = \sum_{i,j} \frac{\partial o_{i,j}}{\partial u_{p,q}} v_{1,1}",
        "open",
    ),
    (
        r"\frac{\partial L}{\partial u_{p,q}} = "
        r"\sum_{(i,j) \in S} \frac{\partial o_{i,j}}{\partial v_{p,q}} v_{p-i,q-j}",
        "refuted",
    ),
    (
        r"\frac{\partial L}{\partial u_{p,q}} = \sum_{i,j} g_{i,j} \frac{\partial o_{i,j}}{\partial u_{p,q}}",
        "open",
    ),
]
_CASES = [
    (start, line, expected)
    for start, lines in ((_NETWORK, _OF_THE_NETWORK), (_SUMS, _OF_SUMS))
    for line, expected in lines
] + [(_LAYERED[0], line, "proved") for line in _LAYERED[1:]]


@pytest.mark.parametrize(("start", "line", "expected"), _CASES)
def test_losses_that_are_not_written_out(start: str, line: str, expected: str) -> None:
    verdict = convsym.check(f"{start}\n$${line}$$\n").verdicts[-1]
    if expected == "open":
        assert verdict.status in ("unsupported", "undecided"), verdict.reason
    else:
        assert verdict.status == expected, verdict.reason


def test_a_loss_that_is_written_out_is_read_as_it_is_written() -> None:
    text = r"""With $Loss(o, t) = (o - t)^2$ we have $L = Loss(o, t)$ and $o = v u$.
$$\frac{\partial L}{\partial v} = 2 (o - t) u$$
$$\frac{\partial L}{\partial v} = (o - t) u$$
"""
    assert [str(v.status) for v in convsym.check(text).verdicts][-2:] == ["proved", "refuted"]


_BARRED = r"""Let $o_i = \sum_{k=0}^{K-1} v_k u_{i+k}$ for $i = 0, \ldots, N - K$.
$$\frac{\partial o_i}{\partial v_k} = u_{i+k}$$
$$\frac{\partial L}{\partial v_k} = \sum_i \bar{o}_i u_{i+k}$$
$$\frac{\partial L}{\partial u_j} = \sum_i \bar{o}_i \frac{\partial o_i}{\partial u_j}$$
"""


def test_a_gradient_by_its_bar_is_supposed_beside_what_the_text_shows() -> None:
    verdicts = convsym.check(_BARRED).verdicts[-2:]
    assert [str(verdict.status) for verdict in verdicts] == ["proved", "proved"]
    wrong = _BARRED.replace(r"\bar{o}_i u_{i+k}", r"\bar{o}_i u_{i-k}").replace(
        r"= \sum_i \bar{o}_i \f", r"= \sum_i 2 \bar{o}_i \f"
    )
    assert "proved" not in [str(verdict.status) for verdict in convsym.check(wrong).verdicts[-2:]]
