"""Softmax and cross-entropy: lines that hold for some indices only, and targets that add up to one."""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import session
from convsym.document import read_document

SOFTMAX = r"$$p_j = \frac{e^{z_j}}{\sum_{k=1}^{n} e^{z_k}}$$"
OPEN = r"$$p_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$$"
LOSS = SOFTMAX + r"$$L = -\sum_{k=1}^{n} y_k \log p_k$$"
ONE_HOT = "The target $y$ is one-hot.\n\n" + LOSS
SUM_SAID = LOSS + r"with $\sum_{k=1}^{n} y_k = 1$" + "\n\n"
THREE = (
    "A one-hot target.\n\n"
    r"$$p_k = \frac{\exp(z_k)}{\sum_{j=1}^{3} \exp(z_j)}$$ $$L = -\sum_{k=1}^{3} y_k \log p_k$$"
)

BATCH = (
    r"$$p_{ij} = \frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}, \qquad L = -\frac{1}{N} \sum_i \sum_j y_{ij} \log p_{ij}$$"
    "\n\n"
)
ROWS_SAID = BATCH + r"The last step uses $\sum_k y_{ik} = 1$." + "\n\n"
CLASS_FIRST = (
    r"$$q_{kn} = \frac{\exp(a_{kn})}{\sum_{c=1}^{C} \exp(a_{cn})}$$ $$J = -\sum_{n=1}^{N} \sum_{k=1}^{C} t_{kn} \ln q_{kn}$$"
    "\n\nThe targets are one-hot.\n\n"
)

SLOPE = r"\frac{\partial p_j}{\partial z_i}"
LINES = [
    # The condition stands behind the formula, in its words, or in the words around it.
    (SOFTMAX, rf"$${SLOPE} = p_i(1 - p_i), \quad i = j$$", "proved"),
    (SOFTMAX, rf"$${SLOPE} = p_i(1 + p_i), \quad i = j$$", "refuted"),
    (SOFTMAX, rf"$${SLOPE} = -p_i p_j, \quad i \neq j$$", "proved"),
    (SOFTMAX, rf"$${SLOPE} = p_i(1 - p_i), \quad i \neq j$$", "refuted"),
    (SOFTMAX, rf"$${SLOPE} = p_j(1 - p_i) \quad \text{{if }} i = j$$", "proved"),
    (SOFTMAX, rf"$${SLOPE} = -p_j p_i \quad \text{{for }} i \ne j$$", "proved"),
    (SOFTMAX, rf"$${SLOPE} = p_j p_i \quad \text{{for }} i \ne j$$", "refuted"),
    (SOFTMAX, r"When $i = j$, this is" + f"\n\n$${SLOPE} = p_i(1 - p_i)$$", "proved"),
    (SOFTMAX, r"When $i \ne j$:" + f"\n\n$${SLOPE} = -p_i p_j$$", "proved"),
    (SOFTMAX, r"When $i \ne j$:" + f"\n\n$${SLOPE} = -p_i p_i$$", "refuted"),
    (SOFTMAX, f"### Case $i = j$\n\nHere we find\n\n$${SLOPE} = p_j(1 - p_j)$$", "proved"),
    (SOFTMAX, f"For i != j\n\n$${SLOPE} = -p_i p_j$$", "proved"),
    (SOFTMAX, f"当 $i = j$ 时\n\n$${SLOPE} = p_i(1 - p_i)$$", "proved"),
    (OPEN, rf"$${SLOPE} = p_i(1 - p_i), \quad i = j$$", "proved"),
    (OPEN, rf"$${SLOPE} = -p_i p_j, \quad i \neq j$$", "proved"),
    (OPEN, rf"$${SLOPE} = -p_i p_j, \quad i = j$$", "refuted"),
    # What is said of one line is not said of the next one, and both cases together say nothing.
    (SOFTMAX, f"If $i = j$ it is simple. In general\n\n$${SLOPE} = p_i(1 - p_i)$$", "refuted"),
    (SOFTMAX, f"For $i = j$ and for $i \\ne j$\n\n$${SLOPE} = p_i(1 - p_i)$$", "refuted"),
    (SOFTMAX, f"$${SLOPE} = -p_i p_j$$\n\nWhen $i \\ne j$:\n\n$$p_i = p_i$$", "refuted"),
    # Cases and the Kronecker delta.
    (SOFTMAX, rf"$${SLOPE} = p_j(\delta_{{ij}} - p_i)$$", "proved"),
    (SOFTMAX, rf"$${SLOPE} = p_j(\delta_{{ij}} + p_i)$$", "refuted"),
    (
        SOFTMAX,
        rf"$${SLOPE} = \begin{{cases}} p_i(1-p_i) & i = j \\ -p_i p_j & i \ne j \end{{cases}}$$",
        "proved",
    ),
    (
        SOFTMAX,
        rf"$${SLOPE} = \begin{{cases}} p_i(1-p_i) & \text{{if }} i = j \\ -p_i p_j & \text{{otherwise}} \end{{cases}}$$",
        "proved",
    ),
    (
        SOFTMAX,
        rf"$${SLOPE} = \begin{{cases}} p_i(1-p_i) & i = j \\ p_i p_j & i \ne j \end{{cases}}$$",
        "refuted",
    ),
    (
        SOFTMAX,
        rf"$${SLOPE} = \begin{{cases}} p_i(1+p_i) & i = j \\ -p_i p_j & i \ne j \end{{cases}}$$",
        "refuted",
    ),
    # Sums that leave an index out.
    (LOSS, r"$$\frac{\partial L}{\partial z_i} = -y_i (1 - p_i) + \sum_{k \ne i} y_k p_i$$", "proved"),
    (LOSS, r"$$\frac{\partial L}{\partial z_i} = -y_i (1 - p_i) - \sum_{k \ne i} y_k p_i$$", "refuted"),
    (LOSS, r"$$\frac{\partial L}{\partial z_i} = -y_i + \sum_{k \ne i} y_k p_i$$", "refuted"),
    (LOSS, r"$$\frac{\partial L}{\partial z_i} = p_i \sum_{k=1}^{n} y_k - y_i$$", "proved"),
    (LOSS, r"$$\frac{\partial L}{\partial z_i} = p_i \sum_{k=1}^{n} y_k + y_i$$", "refuted"),
    (
        LOSS,
        r"$$\frac{\partial L}{\partial z_i} = -\sum_{k=1}^{n} \frac{y_k}{p_k} \frac{\partial p_k}{\partial z_i}$$",
        "proved",
    ),
    # Targets that add up to one: only where the document says so.
    (ONE_HOT, r"$$\frac{\partial L}{\partial z_i} = p_i - y_i$$", "proved"),
    (ONE_HOT, r"$$\frac{\partial L}{\partial z_i} = y_i - p_i$$", "refuted"),
    (SUM_SAID, r"$$\frac{\partial L}{\partial z_i} = p_i - y_i$$", "proved"),
    (SUM_SAID, r"$$\frac{\partial L}{\partial z_i} = p_i + y_i$$", "refuted"),
    (LOSS, r"$$\frac{\partial L}{\partial z_i} = p_i - y_i$$", "undecided"),
    (THREE, r"$$\frac{\partial L}{\partial z_i} = p_i - y_i$$", "proved"),
    (THREE, r"$$\frac{\partial L}{\partial z_2} = p_2 + y_2$$", "refuted"),
]
BATCHES = [
    # The targets of a batch: the class is the index that the softmax or the condition sums over.
    (ROWS_SAID, r"$$\frac{\partial L}{\partial z_{ij}} = \frac{p_{ij} - y_{ij}}{N}$$", "proved"),
    (ROWS_SAID, r"$$-\frac{1}{N} ( y_{ij} - p_{ij} \sum_k y_{ik} ) = \frac{p_{ij} - y_{ij}}{N}$$", "proved"),
    (ROWS_SAID, r"$$-\frac{1}{N} ( y_{ij} - p_{ij} \sum_i y_{ij} ) = \frac{p_{ij} - y_{ij}}{N}$$", "refuted"),
    (ROWS_SAID, r"$$\frac{\partial L}{\partial z_{ij}} = \frac{y_{ij} - p_{ij}}{N}$$", "refuted"),
    (BATCH, r"$$\frac{\partial L}{\partial z_{ij}} = \frac{p_{ij} - y_{ij}}{N}$$", "undecided"),
    (BATCH, r"$$\frac{\partial L}{\partial z_{ij}} = \frac{p_{ij} + y_{ij}}{N}$$", "refuted"),
    (CLASS_FIRST, r"$$\frac{\partial J}{\partial a_{kn}} = q_{kn} - t_{kn}$$", "proved"),
    (
        CLASS_FIRST,
        r"$$\frac{\partial J}{\partial a_{kn}} = q_{kn} \sum_{c=1}^{C} t_{cn} - t_{kn}$$",
        "proved",
    ),
    (
        CLASS_FIRST,
        r"$$\frac{\partial J}{\partial a_{kn}} = q_{kn} \sum_{n=1}^{N} t_{kn} - t_{kn}$$",
        "refuted",
    ),
]


def judged(text):
    return session.Session(read_document(text, kind="markdown"), timeout=10).run()


@pytest.mark.parametrize(("given", "line", "status"), LINES)
def test_verdict_of_a_line(given, line, status):
    found = [v for v in judged(f"{given}\n\n{line}\n") if "partial" in v.latex]
    assert [v.status.value for v in found] == [status], [(v.latex, v.reason) for v in found]


@pytest.mark.parametrize(("given", "line", "status"), BATCHES)
def test_verdict_of_a_line_of_a_batch(given, line, status):
    found = judged(f"{given}\n\n{line}\n")[-1]
    assert found.status.value == status, (found.latex, found.reason)


def test_a_condition_is_named_with_the_proof():
    *_, line, _ = judged(f"{SOFTMAX}\n\n$${SLOPE} = -p_i p_j, \\quad i \\neq j$$\n")
    assert r"$i \ne j$" in line.assuming


def test_what_targets_add_up_to_is_named_with_the_proof():
    line = judged(f"{ONE_HOT}\n\n" + r"$$\frac{\partial L}{\partial z_i} = p_i - y_i$$")[-1]
    assert any("= 1" in condition for condition in line.assuming)


def test_an_error_is_no_kronecker_delta():
    text = r"""
$$z_{ij} = w x_{ij}$$
$$\frac{\partial L}{\partial w} = \sum_{i=1}^{m} \sum_{j=1}^{n} \delta_{ij} x_{ij}$$
"""
    assert all("otherwise" not in condition for v in judged(text) for condition in v.assuming)
