r"""Targets of a whole batch, y_{ik} of sample i and class k, that add up to one over the classes."""

from __future__ import annotations

import pytest

import convsym

OPEN = r"""For logits $Z$ and TARGETS $Y$:

$$p_{ij} = \frac{e^{z_{ij}}}{\sum_{k} e^{z_{ik}}}, \qquad L = -\frac{1}{N} \sum_{i}\sum_{j} y_{ij} \log p_{ij}$$
"""
CLOSED = r"""The ANY targets are given.

$$q_{nk} = \frac{\exp(a_{nk})}{\sum_{j=1}^K \exp(a_{nj})}$$

$$E = -\sum_{n=1}^N \sum_{k=1}^K t_{nk} \ln q_{nk}$$
"""
COLUMNS = r"""
$$p_{ij} = \frac{e^{z_{ij}}}{\sum_{k=1}^K e^{z_{kj}}}, \qquad L = -\sum_{j=1}^N \sum_{i=1}^K t_{ij} \ln p_{ij}$$

The targets satisfy $\sum_{k=1}^K t_{kj} = 1$ for every $j$. Then
"""
COLLAPSE = r"-\frac{1}{N} \Bigl( y_{ij} - p_{ij} \sum_{k} y_{ik} \Bigr) = \frac{p_{ij} - y_{ij}}{N}"
WRONG = COLLAPSE.replace("p_{ij} - y", "p_{ij} + y")
SAID = "\n\nThe last step uses $\\sum_k y_{ik} = 1$.\n"


def status(text: str, line: str, after: str = "") -> str:
    found = [v for v in convsym.check(f"{text}\n\n$${line}$$\n{after}").verdicts if v.latex == line]
    assert len(found) == 1
    return str(found[0].status)


@pytest.mark.parametrize(
    ("text", "line", "after", "wanted"),
    [
        (OPEN.replace("TARGETS", "one-hot targets"), COLLAPSE, SAID, "proved"),
        (OPEN.replace("TARGETS", "one-hot targets"), COLLAPSE, "", "proved"),
        (OPEN.replace("TARGETS", "targets"), COLLAPSE, SAID, "proved"),
        (OPEN.replace("TARGETS", "one-hot targets"), WRONG, SAID, "refuted"),
        (OPEN.replace("TARGETS", "targets"), WRONG, "", "refuted"),
        (
            CLOSED.replace("ANY", "one-hot"),
            r"\frac{\partial E}{\partial a_{nk}} = q_{nk} - t_{nk}",
            "",
            "proved",
        ),
        (
            CLOSED.replace("ANY", "one-hot"),
            r"\frac{\partial E}{\partial a_{nk}} = q_{nk} + t_{nk}",
            "",
            "refuted",
        ),
        (
            CLOSED.replace("ANY", "one-hot"),
            r"\frac{\partial E}{\partial a_{nk}} = t_{nk} - q_{nk}",
            "",
            "refuted",
        ),
        (COLUMNS, r"-t_{ij} + p_{ij} \sum_{k=1}^K t_{kj} = p_{ij} - t_{ij}", "", "proved"),
        (COLUMNS, r"-t_{ij} + p_{ij} \sum_{k=1}^N t_{ik} = p_{ij} - t_{ij}", "", "refuted"),
        (COLUMNS, r"\frac{\partial L}{\partial z_{ij}} = t_{ij} - p_{ij}", "", "refuted"),
    ],
)
def test_targets_of_a_batch_add_up_to_one_over_the_classes(
    text: str, line: str, after: str, wanted: str
) -> None:
    assert status(text, line, after) == wanted


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (OPEN.replace("TARGETS", "targets"), COLLAPSE),
        (CLOSED.replace("ANY", ""), r"\frac{\partial E}{\partial a_{nk}} = q_{nk} - t_{nk}"),
    ],
)
def test_what_holds_of_such_targets_alone_is_open_where_nothing_says_it(text: str, line: str) -> None:
    assert status(text, line) == "undecided"


def test_sums_over_both_indices_say_of_neither_that_it_counts_the_classes() -> None:
    both = "\n\nWe have $\\sum_{k} y_{ik} = 1$ and $\\sum_{i} y_{ik} = 1$.\n"
    assert status(OPEN.replace("TARGETS", "targets"), COLLAPSE, both) not in ("proved", "refuted")
