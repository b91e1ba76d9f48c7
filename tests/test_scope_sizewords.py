"""Size formulas whose letters have the roles that the text says, axis by axis."""

import pytest

from convsym.checker import check

WORDS = (
    r"An image $A \in \mathbb{R}^{D \times N_1 \times N_2}$ meets kernels $B \in \mathbb{R}^{E \times D \times q "
    r"\times q}$ with stride $t$, dilation $e$ and zero padding $b$ on each side."
)
PAIRS = (
    r"With input size $(H_{\text{in}}, W_{\text{in}})$, kernel size $(K_h, K_w)$, padding $(P_h, P_w)$, and stride "
    r"$(S_h, S_w)$ we get:"
)
LISTED = r"""
- Input: $X$ of size $H \times W$
- Kernel: $F$ of size $M \times N$
- $SH$: stride in the vertical direction
- $SW$: stride in the horizontal direction
- $PH$: padding in the vertical direction
- $PW$: padding in the horizontal direction
"""


def status(words: str, formula: str) -> str:
    return str(check(f"{words}\n\n$$ {formula} $$\n", kind="markdown").verdicts[-1].status)


@pytest.mark.parametrize(
    ("words", "formula", "expected"),
    [
        (WORDS, r"N_1' = \left\lfloor \frac{N_1 + 2b - e(q-1) - 1}{t} \right\rfloor + 1", "proved"),
        (WORDS, r"N_1' = \left\lfloor \frac{N_1 + 2b - e(q-1)}{t} \right\rfloor + 1", "refuted"),
        (WORDS, r"N_1' = \left\lfloor \frac{N_1 + 2b - e(q+1) - 1}{t} \right\rfloor + 1", "refuted"),
        (WORDS, r"N_1' = \left\lfloor \frac{N_1 + b - q}{t} \right\rfloor + 1", "refuted"),
        (WORDS, r"N_1' = \left\lfloor \frac{N_1 + 2b - q}{t} \right\rfloor + 1", "proved"),
        (WORDS.replace(" on each side", ""), r"N_1' = \lfloor (N_1 + b - q)/t \rfloor + 1", "unsupported"),
        (PAIRS, r"H_{out} = \lfloor \frac{H_{in} + 2P_h - K_h}{S_h} + 1 \rfloor", "proved"),
        (PAIRS, r"W_{out} = \lfloor \frac{W_{in} + 2P_w - K_w}{S_w} + 1 \rfloor", "proved"),
        (PAIRS, r"H_{out} = \lfloor \frac{H_{in} + 2P_h + K_h}{S_h} + 1 \rfloor", "refuted"),
        (PAIRS, r"H_{out} = \lfloor \frac{H_{in} + 2P_w - K_h}{S_h} + 1 \rfloor", "definition"),
        (LISTED, r"H_{out} = \lfloor \frac{H + 2PH - M}{SH} \rfloor + 1", "proved"),
        (LISTED, r"H_{out} = \lfloor \frac{H + 2PH - M}{SH} \rfloor - 1", "refuted"),
        (LISTED, r"W_{out} = \lfloor \frac{W + 2PW - N}{SW} \rfloor + 1", "proved"),
        (LISTED, r"W_{out} = \lfloor \frac{W + 2PW - M}{SW} \rfloor + 1", "definition"),
        (LISTED, r"Q = \lfloor \frac{H + 2PH - M}{SH} \rfloor - 1", "definition"),
        ("# Transposed convolution\n" + LISTED, r"H_{out} = (H - 1) SH + M", "definition"),
    ],
)
def test_a_size_formula_by_what_the_text_says_of_its_letters(words: str, formula: str, expected: str) -> None:
    assert status(words, formula) == expected


def test_a_repair_is_written_in_the_letters_of_the_text() -> None:
    wrong = check(
        f"{PAIRS}\n\n$$H_{{out}} = \\lfloor \\frac{{H_{{in}} + 2P_h - K_h}}{{S_h}} \\rfloor + 2$$"
    ).verdicts[-1]
    assert wrong.repair is not None and r"H_{in} - K_h + 2P_h" in wrong.repair
