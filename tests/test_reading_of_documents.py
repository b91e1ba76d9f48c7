r"""What documents write in passing is read for what it means: true lines proved, and no false line with them.

Every document stands here with the verdict of each of its relations, in reading order: d definition, p proved,
r refuted, u unsupported, ? undecided.
"""

# ruff: noqa: E501 - a display stays on one line, as it is printed

import pytest

from convsym.checker import session
from convsym.document import read_document
from convsym.verdict import Verdict

LETTERS = {"definition": "d", "proved": "p", "refuted": "r", "unsupported": "u", "undecided": "?"}

NAMED_ARGUMENTS = r"""
The loss is $L(a, y) = \frac{1}{2}(a - y)^2$ and $a = w x + b$.

"""
FAMILY_AND_VECTOR = r"""
$$y = Wx$$
$$y_i = \sum_{k=1}^N W_{ik} x_k$$

"""
NO_LAYER = r"""
$$z_i = \sum_{j=1}^n w_{ij} a_j + b_i$$
$$a_i = \sigma(z_i)$$

"""
TAGGED = r"""
$$net_{o1} = w_5 out_{h1} + w_6 out_{h2} + b_2$$
$$out_{o1} = \frac{1}{1 + e^{-net_{o1}}}$$
$$E_{o1} = \frac{1}{2}(target_{o1} - out_{o1})^2$$

"""
PRINTED_CELLS = r"""
$$y_{11} = x_{11}w_{11} + x_{12}w_{12} + x_{21}w_{21} + x_{22}w_{22} + b$$
$$y_{12} = x_{12}w_{11} + x_{13}w_{12} + x_{22}w_{21} + x_{23}w_{22} + b$$

"""
REGRESSION = r"""
$$e_i = w x_i + b - y_i$$
$$E = \frac{1}{n} \sum_{i=1}^n e_i^2$$

"""

DOCUMENTS = [
    # L(a, y) used as L stands for its value at the document's own a and y.
    (NAMED_ARGUMENTS + r"$$\frac{\partial L}{\partial w} = (a - y) x$$", "ddp"),
    (NAMED_ARGUMENTS + r"$$\frac{\partial L}{\partial w} = (a - y) w$$", "ddr"),
    (NAMED_ARGUMENTS + r"$$L = \frac12 (wx + b - y)^2$$", "ddp"),
    (NAMED_ARGUMENTS + r"$$L = \frac12 (wx + b + y)^2$$", "ddr"),
    # The x of sigma(x) is a place to fill, and sigma by itself no number.
    (r"$$\sigma(x) = \frac{1}{1 + e^{-x}}$$ $$\sigma + 1 = 2$$", "du"),
    # A vector and its cells share a letter.
    (FAMILY_AND_VECTOR + r"$$\frac{\partial y_i}{\partial x_j} = W_{ij}$$", "ddp"),
    (FAMILY_AND_VECTOR + r"$$\frac{\partial y_i}{\partial x_j} = W_{ji}$$", "ddr"),
    # An indicator is 1 where its indices agree.
    (FAMILY_AND_VECTOR + r"$$\frac{\partial y_k}{\partial W_{ij}} = \mathbf{1}(k = i) x_j$$", "ddp"),
    (FAMILY_AND_VECTOR + r"$$\frac{\partial y_k}{\partial W_{ij}} = 1_{k = j} x_i$$", "ddr"),
    (FAMILY_AND_VECTOR + r"$$\sum_{k=1}^N W_{ik} \mathbb{1}\{k \ne j\} x_k = y_i - W_{ij} x_j$$", "ddp"),
    (FAMILY_AND_VECTOR + r"$$\sum_{k=1}^N \mathbf{1}(k = i) y_k x_j = y_i x_j$$", "ddp"),
    (FAMILY_AND_VECTOR + r"$$\sum_{k=1}^N \mathbf{1}(k = i) y_k x_j = 2 y_i x_j$$", "ddr"),
    # A colon says a shape, or what a function maps; between two matrices it says neither.
    (
        r"$$\begin{aligned} y &: 2 \times 1 \\ W &: 2 \times 3 \\ x &: 3 \times 1 \end{aligned}$$ $$y = W x$$ $$\frac{\partial y_1}{\partial x_3} = W_{13}$$",
        "ddddp",
    ),
    (
        r"$$\begin{aligned} y &: 2 \times 1 \\ W &: 2 \times 3 \\ x &: 3 \times 1 \end{aligned}$$ $$y = W x$$ $$\frac{\partial y_1}{\partial x_3} = W_{31}$$",
        "ddddr",
    ),
    (r"$$f : \mathbb{R}^n \to \mathbb{R}$$ $$A : B = c$$", "ddud"),
    # What has to be guessed is named where it proves, and refutes nothing.
    (r"$$C = (w - t)^2$$ $$\frac{\partial C}{w} = 2(w - t)$$ $$\frac{\partial C}{w} = 2(w + t)$$", "dpu"),
    (
        r"$$MSE = (w - t)^2$$ $$\frac{\partial_{MSE}}{\partial w} = 2(w - t)$$ $$\frac{\partial_{MSE}}{\partial w} = 2w$$",
        "dpr",
    ),
    # Which p_i the loss takes is open where a line does not speak of that i.
    (
        r"$$L(p) = -\log p_i$$ $$\frac{\partial L}{\partial p_j} = -\frac{1}{p_j}$$ $$\frac{\partial L}{\partial p_i} = -\frac{1}{p_i}$$",
        "dup",
    ),
    # Layers that are not written make a definition lead back to itself; it is followed once.
    (NO_LAYER + r"$$\frac{\partial z_i}{\partial a_j} = w_{ij}$$", "ddp"),
    (NO_LAYER + r"$$a_i = \sigma(z_i)$$", "ddp"),
    (NO_LAYER + r"$$\frac{\partial a_i}{\partial z_i} = \sigma'(z_i)$$", "ddp"),
    (NO_LAYER + r"$$\frac{\partial a_k}{\partial b_j} = w_{kj}\sigma'(z_k)\sigma'(z_j)$$", "ddu"),
    (r"$$u = v + 1$$ $$v = 2 w$$ $$w = u - 3$$ $$u = 5$$", "ddd?"),
    # out_{o1} is one name with one label.
    (TAGGED + r"$$\frac{\partial out_{o1}}{\partial net_{o1}} = out_{o1}(1 - out_{o1})$$", "dddp"),
    (TAGGED + r"$$\frac{\partial out_{o1}}{\partial net_{o1}} = out_{o1}(1 + out_{o1})$$", "dddr"),
    (TAGGED + r"$$\frac{\partial net_{o1}}{\partial w_5} = 1 * out_{h1} * w_5^{(1 - 1)} + 0$$", "dddp"),
    (
        TAGGED
        + r"$$\frac{\partial E_{o1}}{\partial w_5} = -(target_{o1} - out_{o1}) out_{o1}(1 - out_{o1}) out_{h1}$$",
        "dddp",
    ),
    (TAGGED + r"$$\frac{\partial E_{o1}}{\partial w_5} = 0.74136507 * 0.186815602 * 0.593269992$$", "dddu"),
    # An index letter before a digit is an index where it counts elsewhere.
    (
        r"$$z_i = \sum_{k=1}^2 w_{ik} x_k$$ $$z_i = w_{i1} x_1 + w_{i2} x_2$$ $$z_i = w_{i1} x_1 - w_{i2} x_2$$",
        "dpr",
    ),
    # L = L(...) says what L depends on; a cell that is named and not defined may depend on anything.
    (
        PRINTED_CELLS
        + r"$$L = L(y_{11}, y_{12})$$ $$\frac{\partial L}{\partial w_{11}} = \frac{\partial L}{\partial y_{11}}x_{11} + \frac{\partial L}{\partial y_{12}}x_{12}$$",
        "dddp",
    ),
    (
        PRINTED_CELLS
        + r"$$L = L(y_{11}, y_{12})$$ $$\frac{\partial L}{\partial w_{11}} = \frac{\partial L}{\partial y_{11}}x_{12} + \frac{\partial L}{\partial y_{12}}x_{11}$$",
        "dddr",
    ),
    (
        PRINTED_CELLS
        + r"$$L = L(y_{11}, y_{12}, y_{21})$$ $$\frac{\partial L}{\partial w_{11}} = \frac{\partial L}{\partial y_{11}}x_{11} + \frac{\partial L}{\partial y_{12}}x_{12} + \frac{\partial L}{\partial y_{21}}x_{21}$$",
        "dddu",
    ),
    # A bare sum runs over the one letter below it.
    (REGRESSION + r"$$\frac{\partial E}{\partial w} = \frac{2}{n} \sum e_i x_i$$", "ddp"),
    (REGRESSION + r"$$\frac{\partial E}{\partial w} = \frac{1}{n} \sum e_i x_i$$", "ddr"),
    (REGRESSION + r"$$\frac{\partial E}{\partial y_j} = \frac{2}{n} \sum e_i y_j$$", "ddu"),
    # A display that begins with = goes on with the one before it.
    (
        REGRESSION
        + "$$\\frac{\\partial E}{\\partial b} = \\frac{2}{n}\\sum_{i=1}^n e_i$$\n\n$$= \\frac{2}{n} \\sum_{i=1}^n (w x_i + b - y_i)$$",
        "ddpp",
    ),
    (
        REGRESSION
        + "$$\\frac{\\partial E}{\\partial b} = \\frac{2}{n}\\sum_{i=1}^n e_i$$\n\nPut in what it is:\n\n$$= \\frac{2}{n} \\sum_{i=1}^n (w x_i - b - y_i)$$",
        "ddpr",
    ),
    (
        "$$a = b + c$$\n\nThis is all that there is to say of the first of the two quantities above.\n\n$$= 5$$",
        "du",
    ),
    ("$$a = b + c$$\n\n# Another part\n\n$$= 5$$", "du"),
    (
        REGRESSION
        + "$\\partial E/\\partial b = \\frac{2}{n}\\sum_{i=1}^n e_i$\n$= \\frac{2}{n} \\sum_{i=1}^n (w x_i + b - y_i)$",
        "ddpp",
    ),
    # A value that was given a name is a function of that name.
    (
        r"$$y = (w x + b)^2$$ $$z = w x + b$$ $$\frac{\partial y}{\partial z} = 2 z$$ $$\frac{\partial y}{\partial z} = 2 y$$",
        "ddpr",
    ),
    (r"$$y = x (w x + b)$$ $$z = w x + b$$ $$\frac{\partial y}{\partial z} = x$$", "ddu"),
    # A calligraphic z is a z, a calligraphic L is no L.
    (
        r"$$y = z^2$$ $$\frac{\partial \mathcal{y}}{\partial \mathcal{z}} = 2z$$ $$\mathcal{Y} = z$$ $$\frac{\partial \mathcal{Y}}{\partial z} = 1$$",
        "dpdp",
    ),
    # Commas between the cells of a row are alignment marks.
    (
        r"$$X = \begin{bmatrix} x_{11}, x_{12} \\ x_{21}, x_{22} \end{bmatrix}, w = \begin{bmatrix} w_1 \\ w_2 \end{bmatrix}$$ $$y = X w$$ $$\frac{\partial y_1}{\partial w_2} = x_{12}$$ $$\frac{\partial y_1}{\partial w_2} = x_{21}$$",
        "dddpr",
    ),
    # A derivative by a weight: p is taken for one of the rows that there are.
    (
        r"$$z_i = \sum_{j=1}^n w_{ij} x_j$$ $$\frac{\partial}{\partial w_{pq}} \sum_{i=1}^m z_i = x_q$$",
        "dp",
    ),
    # A function under a sum may be anything, and is the same on both sides.
    (r"$$z_i = \sum_{j=1}^n w_{ij} f(x_j)$$ $$\sum_{k=1}^n f(x_k) w_{ik} = z_i$$", "dp"),
    (r"$$z_i = \sum_{j=1}^n w_{ij} f(x_j)$$ $$\sum_{k=1}^n f(x_k) w_{ki} = z_i$$", "dr"),
    # 1/2 before a bracket is a half; a / b c has both letters below.
    (
        r"$$C = 1/2 (a - y)^2$$ $$\frac{\partial C}{\partial a} = a - y$$ $$\frac{\partial C}{\partial a} = -1/(a - y)^3$$",
        "dpr",
    ),
    (r"$$C = u/v w$$ $$\frac{\partial C}{\partial u} = \frac{1}{v w}$$ $$C = 1/2 u$$", "dpu"),
    # A free index stays within the range of the claim's own sums.
    (
        r"$$a = \sum_{k=1}^N x_k$$ $$b = \sum_{k=1}^M x_k$$ $$\frac{\partial}{\partial x_i} \sum_{k=1}^M x_k^2 = 2 x_i$$ $$\frac{\partial}{\partial x_i} \sum_{k=1}^M x_k^2 = x_i$$",
        "ddpr",
    ),
    # A slash between two differentials is a fraction of them.
    (r"$$E = (y - w x)^2$$ $∂E/∂w = -2x(y - wx)$", "dp"),
    (r"$$E = (y - w x)^2$$ $\partial E/\partial w = 2x(y - wx)$", "dr"),
    # Signs at a break, a backtick for a prime, words nobody set.
    (r"$$\begin{aligned} E &= (a + b)^2 =\\ &= a^2 + 2ab + b^2 \end{aligned}$$", "dp"),
    (r"$$f(x) = x^2$$ $$f`(x) = 2x$$ $$f`(x) = x$$", "dpr"),
    (
        r"$$s = tanh(u)$$ $$\frac{\partial s}{\partial u} = 1 - s^2$$ $$\frac{\partial s}{\partial u} = 1 - s$$",
        "dpr",
    ),
    (r"$$\Large{ f(x) = x^2 }$$ $$f'(x) = 2x$$", "dp"),
    # How many cells (x_1, ..., x_n) has is not what is printed.
    (
        r"$$\mathbf{x} = \begin{bmatrix} x_1 \\ x_2 \\ ... \\ x_n \end{bmatrix}$$ $$\sigma(u) = \frac{1}{1 + e^{-u}}$$ $$\sigma'(u) = \sigma(u)(1 - \sigma(u))$$",
        "ddp",
    ),
]


def verdicts(text: str, monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    # A verdict does not rest on the search for a repair, which is most of the time.
    monkeypatch.setattr(session, "repair_claim", lambda *_: None)
    return list(session.Session(read_document(text, kind="markdown")).run())


@pytest.mark.parametrize(("text", "expected"), DOCUMENTS)
def test_a_document_has_its_verdicts(text: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = verdicts(text, monkeypatch)
    letters = "".join(LETTERS[str(verdict.status)] for verdict in found)
    assert letters == expected, [(verdict.latex, verdict.reason) for verdict in found]


def test_letters_of_sums_have_names_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    text = r"$$a_j = \frac{e^{z_j}}{\sum_{k=1}^n e^{z_k}}$$ $$\frac{\partial a_j}{\partial z_i} = -a_i a_j$$"
    assert not any("both called" in verdict.reason for verdict in verdicts(text, monkeypatch))


def test_a_continued_formula_stands_where_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "$$y = (a + b)^2$$\n\n$$= a^2 + 2ab + b^2 = (b + a)^2$$\n"
    found = verdicts(text, monkeypatch)
    places = [(verdict.line, verdict.column, str(verdict.status)) for verdict in found]
    assert places == [(1, 3, "definition"), (3, 3, "proved"), (3, 5, "proved")]
    assert found[1].latex == "(a + b)^2 = a^2 + 2ab + b^2"
