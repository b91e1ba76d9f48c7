"""Another value of a size: for a second layer, an example, another heading; and what contradicts itself."""

import pytest

from convsym.checker import check

OPEN = {"unsupported", "undecided"}


def statuses(text: str) -> list[str]:
    return [str(verdict.status) for verdict in check(text, kind="markdown").verdicts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The first stage moves with stride $S = 1$. Another stage has $S = 3$.", "definition"),
        ("Nothing is added: no padding.\n\nThe third layer takes $P = 2$.", "definition"),
        ("The stride is 1. For instance, let $S = 4$.", "definition"),
        ("Here without padding.\n\nWith $P = 2$ more cells come out.", "definition"),
        ("# One\n\nThe stride is 1.\n\n# Two\n\nHere $S = 2$.", "definition"),
        ("The stride is 1.\n\n$S = 2$", "unsupported"),
        ("We use no padding, so $P = 1$.", "refuted"),
        ("We use no padding for small kernels and $P = 1$ for large ones.", "unsupported"),
        ("We use no padding, so $P = 0$.", "proved"),
    ],
)
def test_a_second_number_of_a_size_known_from_words(text: str, expected: str) -> None:
    assert statuses(text)[-1] == expected


SECOND = r"""# A

The stride is $S = 1$, the input has $N = 9$ cells and the kernel $K = 3$.

$$M = \frac{N - K}{S} + 1 = 7$$

# B

The stride is $S = 3$, the input has $N = 9$ cells and the kernel $K = 3$.

$$M = \frac{N - K}{S} + 1 = RESULT$$
"""


@pytest.mark.parametrize(("result", "expected"), [("3", "proved"), ("7", "refuted"), ("4", "refuted")])
def test_lines_after_another_value_rest_on_it(result: str, expected: str) -> None:
    assert statuses(SECOND.replace("RESULT", result))[-1] == expected


def test_words_that_give_two_numbers_decide_nothing() -> None:
    """A stride of 2 in words, after one of 1: what holds of one of them is not refuted by the other."""
    text = "The stride is 1.\n\nIn front of it stands a layer with a stride of 2.\n\n$$S = 2$$"
    assert statuses(text) == ["definition"]


WORKED = r"""The first layer gives

$$M = \frac{20 - 2}{2} + 1 = 10$$

WORDS

$$M = \frac{10 - 4}{2} + 1 = 4$$
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [("A second layer leads to", {"definition"}), ("So we get", OPEN)],
)
def test_a_size_worked_out_for_another_layer(words: str, expected: set[str]) -> None:
    found = statuses(WORKED.replace("WORDS", words))
    assert found[2] in expected
    assert found[3] == "proved"


def test_one_wrong_number_put_in_is_refuted() -> None:
    head = "Let $u = 3$ and $v = 7$.\n\n$$q = u + 2 v = 17$$\n\n"
    assert statuses(head + r"$$q = 3 + 2 \cdot 7$$")[-1] == "proved"
    assert statuses(head + r"$$q = 3 + 2 \cdot 8$$")[-1] == "refuted"


GIVEN = r"""$N = 18$, $F = 4$, $P = 0$ and $S = 2$:

$$M = \frac{N - F + 2P}{S} + 1 = 8$$

WORDS

$$M = LINE$$
"""


@pytest.mark.parametrize(
    ("words", "line", "is_refuted"),
    [
        ("", r"\frac{8 - 3 + 1}{2} + 1", False),
        ("A third layer gives", r"\frac{8 - 3 + 1}{2} + 1", False),
        ("", r"\frac{18 - 5}{2} + 1", True),  # one slip
    ],
)
def test_numbers_that_are_no_given_ones_are_those_of_another_layer(
    words: str, line: str, is_refuted: bool
) -> None:
    found = statuses(GIVEN.replace("WORDS", words).replace("LINE", line))
    assert (found[6] == "refuted") == is_refuted
    assert found[6] != "proved"


PADDED = """No padding is used, so $P = 0$, and $S = 1$.

$$M = N - K + 1$$

"""


@pytest.mark.parametrize(
    ("rest", "is_refuted"),
    [
        ("With one cell on each side, $P = 1$, a kernel of $K = 3$ gives $M = N$.", False),
        ("# Second layer\n\nHere $P = 1$.\n\n$$M = N - K + 3$$", False),
        ("$$M = N - K + 2$$", True),
        ("# Second layer\n\nHere $P = 1$.\n\n$$2 + 3 = 6$$", True),
    ],
)
def test_a_formula_that_leaves_out_a_padding_of_zero(rest: str, is_refuted: bool) -> None:
    found = statuses(PADDED + rest)[-1]
    assert (found == "refuted") == is_refuted
    assert found != "proved"


NUMBERED = r"""$$E = VALUE$$

$$e_i = y_i - t_i$$

$$\frac{\partial E}{\partial y_i} = SLOPE$$

$$\frac{\partial E}{\partial v_j} = \sum_{i=1}^{2} e_i u_{i+j}$$
"""
HALF = r"\frac{1}{2} \sum_{i=1}^{2} (y_i - t_i)^2"


@pytest.mark.parametrize(
    ("slope", "expected"), [("e_i", "proved"), ("2 e_i", "refuted"), ("-e_i", "refuted")]
)
def test_an_error_beside_its_own_small_letter_is_a_number(slope: str, expected: str) -> None:
    text = NUMBERED.replace("VALUE", HALF).replace("SLOPE", slope)
    assert statuses(text)[2] == expected


@pytest.mark.parametrize("slope", ["e_i", "2 e_i"])
def test_a_norm_of_whole_vectors_varies_with_every_entry(slope: str) -> None:
    """A sum over e_1 and e_2 says nothing of the entries of the y in a norm: nothing is refuted by a slope of 0."""
    text = NUMBERED.replace("VALUE", r"\frac{1}{2} \| y - t \|^2").replace("SLOPE", slope)
    assert statuses(text)[2] in OPEN


NETWORK = r"""$$z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}, \qquad a^{(l)} = \sigma(z^{(l)})$$

for $l = 1, 2$, with $a^{(0)} = u$, $J = \frac{1}{2} \| a^{(2)} - y \|^2$ and
$\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}$.

"""


@pytest.mark.parametrize(
    "other", ["", "$$\\frac{\\partial J}{\\partial u} = (W^{(1)})^\\top \\delta^{(1)}$$\n\n"]
)
def test_a_product_turned_round_is_not_proved_of_numbers(other: str) -> None:
    right = r"$$\frac{\partial J}{\partial W^{(1)}} = \delta^{(1)} u^\top$$"
    turned = r"$$\frac{\partial J}{\partial W^{(1)}} = u (\delta^{(1)})^\top$$"
    assert statuses(NETWORK + other + right)[-1] == "proved"
    assert statuses(NETWORK + other + turned)[-1] in OPEN


ROWS = r"""$p = M^{(1)} u$, $q = M^{(2)} \sigma(p)$ and $J = (q - t)^2$.

"""


@pytest.mark.parametrize(("factor", "expected"), [("2", "proved"), ("3", "refuted")])
def test_a_proof_of_numbers_for_a_transposed_line_names_the_layout(factor: str, expected: str) -> None:
    line = rf"$$\frac{{\partial J}}{{\partial p}} = {factor} (q - t) (M^{{(2)}})^\top \odot \sigma'(p)$$"
    verdict = check(ROWS + line, kind="markdown").verdicts[-1]
    assert str(verdict.status) == expected
    assert expected != "proved" or any("laid out" in condition for condition in verdict.assuming)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain stacks: $q_M = 4M + 1$ cells. Dilated stacks: $q_M = 2^{M+2} - 3$ cells.", "unsupported"),
        ("Plain stacks: $q_M = 4M + 1$ cells. Again: $q_M = 4M + 2$ cells.", "refuted"),
        ("Plain stacks: $q_M = 4M + 1$ cells. Plain stacks: $q_M = 4M + 2$ cells.", "refuted"),
        ("Plain stacks: $q_M = 4M + 1$ cells. This is as before: $q_M = 4M + 2$ cells.", "refuted"),
    ],
)
def test_a_list_of_labelled_cases(text: str, expected: str) -> None:
    assert statuses(text)[-1] == expected
