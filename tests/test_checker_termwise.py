r"""Derivatives of sums, and sums of derivatives, of terms that nothing writes out."""

# ruff: noqa: E501 (a formula stands on one line)

import pytest

from convsym.checker import check

MEAN = r"""
The cost is the mean over the examples

$$J = \frac{1}{m} \sum_{i=1}^m Q^{(i)}$$

$$%s$$
"""
TOTAL = r"""
$$E = \sum_{n=1}^N E_n$$

$$%s$$
"""


def last(text: str) -> str:
    """The verdict on the last line."""
    return str(check(text).verdicts[-1].status)


@pytest.mark.parametrize(
    ("text", "line", "status"),
    [
        (
            MEAN,
            r"\frac{\partial J}{\partial w} = \frac{1}{m} \sum_{i=1}^m \frac{\partial Q^{(i)}}{\partial w}",
            "proved",
        ),
        (
            MEAN,
            r"\frac{\partial J}{\partial w} = \frac{1}{m} \sum_{k=1}^m \frac{\partial Q^{(k)}}{\partial w}",
            "proved",
        ),
        (
            MEAN,
            r"\frac{\partial J}{\partial w} = -\frac{1}{m} \sum_{i=1}^m \frac{\partial Q^{(i)}}{\partial w}",
            "refuted",
        ),
        (
            MEAN,
            r"\frac{\partial J}{\partial w} = \sum_{i=1}^m \frac{\partial Q^{(i)}}{\partial w}",
            "refuted",
        ),
        (
            TOTAL,
            r"\frac{\partial E}{\partial v_{jk}} = \sum_{n=1}^N \frac{\partial E_n}{\partial v_{jk}}",
            "proved",
        ),
        (
            TOTAL,
            r"\frac{\partial E}{\partial v_{jk}} = 2 \sum_{n=1}^N \frac{\partial E_n}{\partial v_{jk}}",
            "refuted",
        ),
        (
            TOTAL,
            r"-\frac{\partial}{\partial w} \frac{1}{N} \sum_{n=1}^N E_n = -\frac{1}{N} \sum_{n=1}^N \frac{\partial E_n}{\partial w}",
            "proved",
        ),
        (
            TOTAL,
            r"-\frac{\partial}{\partial w} \frac{1}{N} \sum_{n=1}^N E_n = \frac{1}{N} \sum_{n=1}^N \frac{\partial E_n}{\partial w}",
            "refuted",
        ),
    ],
)
def test_a_sum_is_differentiated_term_by_term(text: str, line: str, status: str) -> None:
    assert last(text % line) == status


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # other limits, another variable, a factor that may vary with it
        (
            MEAN,
            r"\frac{\partial J}{\partial w} = \frac{1}{m} \sum_{i=2}^m \frac{\partial Q^{(i)}}{\partial w}",
        ),
        (
            MEAN,
            r"\frac{\partial J}{\partial w} = \frac{1}{m} \sum_{i=1}^m \frac{\partial Q^{(i)}}{\partial b}",
        ),
        (
            TOTAL,
            r"\frac{\partial}{\partial w} w \sum_{n=1}^N E_n = w \sum_{n=1}^N \frac{\partial E_n}{\partial w}",
        ),
    ],
)
def test_what_differs_otherwise_is_not_proved(text: str, line: str) -> None:
    assert last(text % line) != "proved"


CALLED = r"""
$$h_t = f(A h_{t-1} + B x_t + c)$$
$$y_t = g(V h_t + d)$$
$$E = \sum_{t=1}^{T} E_t(y_t, \text{goal}_t)$$
"""


@pytest.mark.parametrize(
    ("right", "status"),
    [
        (r"\sum_{t=1}^T \frac{\partial E_t}{\partial V}", "proved"),
        (r"\frac{1}{T} \sum_{t=1}^T \frac{\partial E_t}{\partial V}", "refuted"),
        (r"\frac{\partial E_t}{\partial V}", "not proved"),
    ],
)
def test_the_loss_of_a_step_printed_with_what_it_is_made_of(right: str, status: str) -> None:
    text = CALLED + rf"$$\frac{{\partial E}}{{\partial V}} = {right}$$"
    found = str(check(text, kind="markdown").verdicts[-1].status)
    assert found != "proved" if status == "not proved" else found == status
