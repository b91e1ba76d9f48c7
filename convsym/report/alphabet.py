"""The characters that stand for LaTeX commands, subscripts and superscripts in readable text."""

from __future__ import annotations

_GREEK = (
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι "
    "kappa κ lambda λ mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ "
    "phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ "
    "Upsilon Υ Phi Φ Psi Ψ Omega Ω"
)
_LETTERS = (
    "ell ℓ infty ∞ emptyset ∅ varnothing ∅ hbar ℏ imath ı jmath ȷ top ⊤ bot ⊥ dagger † "
    "dots … ldots … cdots ⋯ vdots ⋮ ddots ⋱ dotsc … dotsb ⋯ prime ′ degree °"
)
_RELATIONS = (
    "le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ lt < gt > ne ≠ neq ≠ approx ≈ equiv ≡ sim ~ simeq ≃ "
    "propto ∝ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ to → rightarrow → longrightarrow → leftarrow ← "
    "gets ← mapsto ↦ implies ⟹ Rightarrow ⇒ iff ⟺ Leftrightarrow ⇔ coloneqq ≔ triangleq ≜ doteq ≐ mid ∣ "
    "ll ≪ gg ≫ cong ≅"
)
_OPERATORS = "pm ± mp ∓"
_PRODUCTS = (
    "cdot · times × odot ⊙ circ ∘ ast ∗ star ⋆ circledast ⊛ otimes ⊗ oplus ⊕ bullet • div ÷ cup ∪ cap ∩ "
    "land ∧ wedge ∧ lor ∨ vee ∨ setminus ∖"
)
_BIG = "sum Σ prod Π int ∫ bigcup ⋃ bigcap ⋂ bigoplus ⨁ iint ∬ coprod ∐"
_PREFIXES = "partial ∂ nabla ∇ neg ¬ lnot ¬ forall ∀ exists ∃"
_DELIMITERS = (
    "lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ langle ⟨ rangle ⟩ lVert ‖ rVert ‖ Vert ‖ lvert | rvert | vert | "
    "lbrace { rbrace } lbrack [ rbrack ]"
)


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


LETTERS = _pairs(_GREEK) | _pairs(_LETTERS)
RELATIONS = _pairs(_RELATIONS)
OPERATORS = _pairs(_OPERATORS)
PRODUCTS = _pairs(_PRODUCTS)
BIG = _pairs(_BIG)
PREFIXES = _pairs(_PREFIXES)
DELIMITERS = _pairs(_DELIMITERS)

FUNCTIONS = frozenset(
    "exp log ln sin cos tan tanh sinh cosh max min arg argmax argmin det dim gcd inf sup lim Pr "
    "sigmoid softmax sign".split()
)
FONTS = frozenset(
    "mathrm mathbf mathit mathsf mathtt mathcal mathfrak mathscr boldsymbol bm pmb operatorname rm bf "
    "textstyle displaystyle scriptstyle mathop mathbin mathrel mathord boxed".split()
)
TEXTS = frozenset("text textrm textbf textit textsf texttt textnormal mbox hbox emph".split())
# Commands that place things and mean nothing to a reader of text, and those that take an argument with them.
LAYOUT = frozenset(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr limits nolimits "
    "nonumber notag hline displaylimits quad qquad hfill hfil centering relax allowbreak".split()
)
DROPPED = frozenset("label tag vspace hspace phantom vphantom hphantom color textcolor".split())

ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0305",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
}
BLACKBOARD = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "E": "𝔼", "1": "𝟙"}

SUBSCRIPTS = dict(
    zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzTLHWKβγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᴸᴴᵂᴷᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
