"""Readable equations: a table of what people should see, and anything at all without an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsym.report.readable import LONGEST, readable

TABLE = [
    (r"L = (O - Y)^2", "L = (O − Y)²"),
    (r"\frac{\partial L}{\partial k_{1,1}}", "∂L/∂k₁,₁"),
    (r"\frac{\partial^2 L}{\partial k_{1,1}^2}", "∂²L/∂k₁,₁²"),
    (
        r"z_{1,1} = \frac{x_{1,1}k_{1,1} + x_{2,1}k_{2,1}}{4}",
        "z₁,₁ = (x₁,₁k₁,₁ + x₂,₁k₂,₁)/4",
    ),
    (
        r"\frac{\partial L}{\partial K} = \frac{\partial L}{\partial O} \frac{\partial O}{\partial K}",
        "∂L/∂K = ∂L/∂O · ∂O/∂K",
    ),
    (r"\sum_{i=1}^{K_W} x_{i+x-1,j} k_i", "Σ[i=1..K_W] xᵢ₊ₓ₋₁,ⱼkᵢ"),
    (r"x_{i+x,j+y}", "x_(i+x,j+y)"),
    (r"\sigma(x) = \frac{1}{1 + e^{-x}}", "σ(x) = 1/(1 + e⁻ˣ)"),
    (r"e^{-z_{1,1}}", "e^(−z₁,₁)"),
    (r"\frac{1}{1+e^{-z}}\left(1 - \frac{1}{1+e^{-z}}\right)", "1/(1 + e⁻ᶻ) · (1 − 1/(1 + e⁻ᶻ))"),
    (r"\frac{1}{S_W S_H}", "1/(S_W S_H)"),
    (r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}", "[a  b; c  d]"),
    (r"\begin{cases} x & \text{if } x > 0 \\ 0 \end{cases}", "{x, if x > 0; 0}"),
    (
        r"\begin{aligned} L &= a \\ &\quad + b \end{aligned}",
        "L = a  + b",
    ),
    (r"\left\lfloor \frac{X + 2P}{S} \right\rfloor + 1", "⌊(X + 2P)/S⌋ + 1"),
    (r"K \leftarrow K - \eta \frac{\partial L}{\partial K}", "K ← K − η · ∂L/∂K"),
    (r"\delta^{(l)} = (W^{(l+1)})^\top \delta^{(l+1)} \odot \sigma'(z)", "δ⁽ˡ⁾ = (W⁽ˡ⁺¹⁾)ᵀδ⁽ˡ⁺¹⁾ ⊙ σ′(z)"),
    (r"\hat{y}_i \in \mathbb{R}^{2 \times 2}", "ŷᵢ ∈ ℝ^(2×2)"),
    (r"x^10", "x¹0"),
    (r"-a - -b", "−a − −b"),
    (r"\sqrt{a + b} \cdot \log x", "√(a + b)·log x"),
    (r"\operatorname{conv}(X, K)", "conv(X, K)"),
    (r"Z = \text{conv}(X, K)", "Z = conv(X, K)"),
    (r"2 * 0", "2·0"),
    (r"\unknown{x}", r"\unknown x"),
]


@pytest.mark.parametrize(("latex", "text"), TABLE)
def test_the_table_of_readable_equations(latex, text):
    assert readable(latex) == text


def test_a_control_character_becomes_its_picture():
    assert readable("a\x1b[31m") == "a␛[31m"
    assert "\u202e" not in readable("a\u202eb")


fragments = st.lists(
    st.sampled_from(
        r"\frac \sum \begin{bmatrix} \end{bmatrix} \\ & { } _ ^ ' \left( \right) \sqrt [ ] x 1 + - = "
        r"\text \mathbb \hat \tag \label \operatorname \begin{cases} \end".split(" ")
    )
    | st.characters(),
    max_size=60,
)


@given(fragments)
def test_any_text_becomes_one_printable_line(parts):
    for joined in (" ".join(parts), "".join(parts)):
        assert readable(joined).isprintable()


@pytest.mark.parametrize(
    "unit", ["{", "\\frac", "\\frac{", "x_", "x^{", "\\begin{bmatrix}", "\\text{", "\\left(", "&", "'"]
)
def test_a_megabyte_of_nesting_is_cut_and_never_an_error(unit):
    text = readable(unit * 200_000)
    assert len(text) < 4 * LONGEST
    assert text.endswith("…")
