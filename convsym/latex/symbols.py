"""What LaTeX commands and Unicode characters stand for: names, relations, operators, delimiters, fonts."""

from __future__ import annotations

GREEK = frozenset(
    (
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu "
        "nu xi omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma "
        "Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
    ).split()
)
LETTERLIKE = GREEK | frozenset(
    (
        "ell hbar imath jmath Re Im aleph infty partial nabla top bot intercal dagger ddagger prime "
        "emptyset varnothing forall exists neg square Box triangle flat sharp "
        "natural"
    ).split()
)
FUNCTIONS = frozenset(
    (
        "exp log ln lg sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arg det dim gcd "
        "hom ker deg Pr max min sup inf lim limsup liminf"
    ).split()
)
# Macros that authors of notes define for themselves and that mean what they say.
USER_WORDS = frozenset(
    (
        "relu ReLU softmax sigmoid softplus conv sgn sign diag tr Tr rank argmax argmin grad Loss erf "
        "flip rot pad pool maxpool avgpool vectorize logit arctanh artanh"
    ).split()
)
LIMITED = frozenset(["max", "min", "sup", "inf", "lim", "limsup", "liminf", "argmax", "argmin"])
# The gradient's sign under the names that authors reach for.
NABLAS = frozenset({"bigtriangledown", "triangledown"})
# Set large, and still between two operands: A \\bigodot B binds nothing.
LARGE_SIGNS = {
    "bigodot": "odot",
    "bigotimes": "otimes",
    "bigoplus": "oplus",
    "bigcirc": "circ",
    "bigstar": "star",
}
BIG_OPERATORS = {
    "sum": "sum",
    "prod": "prod",
    "coprod": "coprod",
    "int": "int",
    "iint": "iint",
    "iiint": "iiint",
    "oint": "oint",
    "bigcup": "bigcup",
    "bigcap": "bigcap",
    "bigoplus": "bigoplus",
    "bigotimes": "bigotimes",
    "bigodot": "bigodot",
    "bigvee": "bigvee",
    "bigwedge": "bigwedge",
}

RELATIONS = {
    "=": "=",
    "<": "lt",
    ">": "gt",
    "lt": "lt",
    "gt": "gt",
    "le": "le",
    "leq": "le",
    "leqslant": "le",
    "leqq": "le",
    "ge": "ge",
    "geq": "ge",
    "geqslant": "ge",
    "geqq": "ge",
    "ne": "ne",
    "neq": "ne",
    "ll": "ll",
    "gg": "gg",
    "equiv": "equiv",
    "approx": "approx",
    "approxeq": "approx",
    "simeq": "approx",
    "cong": "cong",
    "sim": "sim",
    "propto": "propto",
    "in": "in",
    "ni": "ni",
    "notin": "notin",
    "subset": "subset",
    "subseteq": "subseteq",
    "supset": "supset",
    "supseteq": "supseteq",
    "to": "to",
    "mapsto": "mapsto",
    "longmapsto": "mapsto",
    "gets": "leftarrow",
    "leftarrow": "leftarrow",
    "longleftarrow": "leftarrow",
    "rightarrow": "rightarrow",
    "longrightarrow": "rightarrow",
    "leftrightarrow": "leftrightarrow",
    "Rightarrow": "implies",
    "Longrightarrow": "implies",
    "implies": "implies",
    "Leftarrow": "impliedby",
    "impliedby": "impliedby",
    "Leftrightarrow": "iff",
    "Longleftrightarrow": "iff",
    "iff": "iff",
    "therefore": "implies",
    "because": "impliedby",
    "mid": "mid",
    "vert": "mid",
    "triangleq": "triangleq",
    "coloneqq": ":=",
    "coloneq": ":=",
    "defeq": ":=",
    "eqdef": ":=",
    "eqqcolon": "=:",
    "doteq": "approx",
    "perp": "perp",
    "parallel": "parallel",
    "prec": "prec",
    "succ": "succ",
    "colon": "colon",
    "leadsto": "rightarrow",
    "hookrightarrow": "rightarrow",
    "xrightarrow": "rightarrow",
    "xleftarrow": "leftarrow",
    "xlongequal": "=",
    "xequal": "=",
}
RELATIONS.pop("vert")
IMPLICATIONS = frozenset({"implies", "impliedby", "iff"})

OPERATORS = {
    "*": "*",
    "/": "/",
    "cdot": "cdot",
    "times": "times",
    "odot": "odot",
    "circ": "circ",
    "ast": "ast",
    "star": "star",
    "circledast": "circledast",
    "otimes": "otimes",
    "oplus": "oplus",
    "ominus": "ominus",
    "oslash": "oslash",
    "bullet": "bullet",
    "div": "div",
    "bmod": "mod",
    "cap": "cap",
    "cup": "cup",
    "setminus": "setminus",
    "wedge": "wedge",
    "land": "wedge",
    "vee": "vee",
    "lor": "vee",
    "boxtimes": "boxtimes",
    "diamond": "diamond",
    "slash": "/",
}
SIGNS = {"+": "+", "-": "-", "pm": "pm", "mp": "mp"}

OPENERS = {"(": "(", "[": "[", "{": "{", "lbrace": "{", "lbrack": "[", "lfloor": "floor", "lceil": "ceil"}
OPENERS |= {"langle": "angle", "lparen": "("}
CLOSERS = {")": "(", "]": "[", "}": "{", "rbrace": "{", "rbrack": "[", "rfloor": "floor", "rceil": "ceil"}
CLOSERS |= {"rangle": "angle", "rparen": "("}
BARS = {"|": "|", "vert": "|", "lvert": "|", "rvert": "|"}
BARS |= {"\\|": "||", "Vert": "||", "lVert": "||", "rVert": "||"}
BAR_SIDES = {"lvert": "l", "lVert": "l", "rvert": "r", "rVert": "r"}

# Fonts whose argument is one name however long it is, and fonts of single letters.
WORD_FONTS = {
    "mathrm": "rm",
    "mathsf": "sf",
    "mathtt": "tt",
    "mathit": "it",
    "operatorname": "op",
    "operatorname*": "op",
}
LETTER_FONTS = {
    "mathbf": "bf",
    "boldsymbol": "bf",
    "bm": "bf",
    "bold": "bf",
    "pmb": "bf",
    "mathbfit": "bf",
    "symbf": "bf",
    "vb": "bf",
    "va": "vec",
    "mathcal": "cal",
    "mathscr": "scr",
    "mathbb": "bb",
    "mathfrak": "frak",
    "mathnormal": "",
}
OLD_FONTS = {"bf": "bf", "rm": "rm", "it": "it", "cal": "cal", "sf": "sf", "tt": "tt"}
ACCENTS = {
    "hat": "hat",
    "widehat": "hat",
    "bar": "bar",
    "overline": "bar",
    "tilde": "tilde",
    "widetilde": "tilde",
    "vec": "vec",
    "overrightarrow": "vec",
    "dot": "dot",
    "ddot": "ddot",
    "check": "check",
    "breve": "breve",
    "acute": "acute",
    "grave": "grave",
    "underline": "underline",
    "mathring": "ring",
}
TEXTS = frozenset(
    "text textrm textbf textit textnormal textsf texttt mbox hbox intertext shortintertext emph".split()
)

# Commands that print nothing, or only change how things look.
SILENT = frozenset(
    (
        ", ; : ! > displaystyle textstyle scriptstyle scriptscriptstyle nonumber notag limits nolimits "
        "mathstrut strut allowbreak nobreak null relax centering normalsize small large Large LARGE huge Huge tiny "
        "scriptsize footnotesize thinspace "
        "medspace thickspace negthinspace negmedspace negthickspace enspace allowdisplaybreaks hline "
        "nolinebreak linebreak bigstrut mathord mathbin mathrel mathopen mathclose mathinner boxed fbox "
        "ensuremath cancel bcancel xcancel smash mathop noindent midspace middle/ "
        "blacksquare qed qedhere qedsymbol checkmark"
    ).split()
) | {" ", "\n", "\t", "-"}
SIZES = frozenset(
    "big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm".split()
)
# Commands whose one argument is thrown away.
DROPPED = frozenset(
    (
        "label color vspace vspace* phantom hphantom vphantom cline hskip vskip pagecolor eqref ref cite "
        "footnote htmlClass class require"
    ).split()
)
DROPPED_TWO = frozenset(["textcolor", "colorbox"])  # the first argument only
QUADS = frozenset(["quad", "qquad", "hfill", "hfil", "hspace", "hspace*", "dotfill", "hrulefill"])
FRACTIONS = frozenset(["frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "flatfrac"])
ELLIPSES = frozenset(
    ["dots", "ldots", "cdots", "vdots", "ddots", "dotsc", "dotsb", "dotsm", "dotsi", "iddots", "hdots"]
)
STACKED = frozenset(["stackrel", "overset", "underset"])

LAYOUTS = frozenset(
    (
        "aligned align align* alignat alignat* alignedat gather gather* gathered multline multline* "
        "multlined split eqnarray eqnarray* equation equation* flalign flalign* displaymath math "
        "subequations dmath dmath* dgroup dgroup* IEEEeqnarray IEEEeqnarray* center"
    ).split()
)
MATRICES = frozenset(
    (
        "matrix bmatrix pmatrix vmatrix Vmatrix Bmatrix smallmatrix array bsmallmatrix psmallmatrix tabular"
    ).split()
)
CASES = frozenset(["cases", "dcases", "rcases", "cases*", "dcases*", "numcases"])
TAKES_COLUMNS = frozenset(
    ["array", "alignat", "alignat*", "alignedat", "tabular", "IEEEeqnarray", "IEEEeqnarray*"]
)

# One Unicode character -> the LaTeX that stands for it (read by the same tables).
UNICODE = {
    "−": "-",
    "–": "-",
    "﹣": "-",
    "+": "+",
    "·": "\\cdot",
    "⋅": "\\cdot",
    "×": "\\times",
    "∗": "\\ast",
    "⋆": "\\star",
    "★": "\\star",
    "⊙": "\\odot",
    "∘": "\\circ",
    "○": "\\circ",
    "⊛": "\\circledast",
    "⊗": "\\otimes",
    "⊕": "\\oplus",
    "⊖": "\\ominus",
    "•": "\\bullet",
    "∙": "\\cdot",
    "÷": "\\div",
    "∕": "/",
    "⁄": "/",
    "±": "\\pm",
    "∓": "\\mp",
    "∂": "\\partial",
    "𝜕": "\\partial",
    "∇": "\\nabla",
    "▽": "\\nabla",
    "∞": "\\infty",
    "ℓ": "\\ell",
    "⊤": "\\top",
    "⊥": "\\bot",
    "⊺": "\\intercal",
    "†": "\\dagger",
    "∅": "\\emptyset",
    "∀": "\\forall",
    "∃": "\\exists",
    "≤": "\\le",
    "⩽": "\\le",
    "≥": "\\ge",
    "⩾": "\\ge",
    "≠": "\\ne",
    "≈": "\\approx",
    "≃": "\\approx",
    "≅": "\\cong",
    "≡": "\\equiv",
    "∼": "\\sim",
    "∝": "\\propto",
    "∈": "\\in",
    "∉": "\\notin",
    "⊂": "\\subset",
    "⊆": "\\subseteq",
    "→": "\\to",
    "⟶": "\\to",
    "↦": "\\mapsto",
    "←": "\\leftarrow",
    "⟵": "\\leftarrow",
    "⇒": "\\implies",
    "⟹": "\\implies",
    "⇔": "\\iff",
    "⟺": "\\iff",
    "≜": "\\triangleq",
    "≝": "\\triangleq",
    "≔": "\\coloneqq",
    "∴": "\\therefore",
    "∣": "|",
    "‖": "\\|",
    "∥": "\\|",
    "⌊": "\\lfloor",
    "⌋": "\\rfloor",
    "⌈": "\\lceil",
    "⌉": "\\rceil",
    "⟨": "\\langle",
    "⟩": "\\rangle",
    "〈": "\\langle",
    "〉": "\\rangle",
    "…": "\\dots",
    "⋯": "\\cdots",
    "⋮": "\\vdots",
    "⋱": "\\ddots",
    "∑": "\\sum",
    "∏": "\\prod",
    "∫": "\\int",
    "√": "\\sqrt",
    "∪": "\\cup",
    "∩": "\\cap",
    "∧": "\\wedge",
    "∨": "\\vee",
    "′": "'",
    "’": "'",
    "ʹ": "'",
}
_GREEK_LOWER = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "varsigma",
    "sigma",
    "tau",
    "upsilon",
    "varphi",
    "chi",
    "psi",
    "omega",
]
UNICODE |= {chr(0x3B1 + at): "\\" + name for at, name in enumerate(_GREEK_LOWER)}
UNICODE |= {
    char: "\\" + name
    for char, name in zip(
        "ΓΔΘΛΞΠΣΥΦΨΩ",
        ["Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"],
        strict=True,
    )
}
UNICODE |= {"ϵ": "\\epsilon", "ϑ": "\\vartheta", "ϕ": "\\phi", "ϱ": "\\varrho", "∆": "\\Delta", "µ": "\\mu"}

BLACKBOARD = {"𝟙": "1", "ℝ": "R", "ℕ": "N", "ℤ": "Z", "ℚ": "Q", "ℂ": "C", "𝔼": "E"}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱᵀᵗᵏˡᵐʲ", "0123456789+-()niTtklmj", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙₚₓₐₒₑᵣₜᵤᵥₛ", "0123456789+-()ijklmnpxaoertuvs", strict=True))
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad")

# Words that open a condition, and words that join two statements.
CONDITION_WORDS = frozenset(
    (
        "if for where when with unless whenever otherwise else since because given such as provided over "
        "in on by from using is are to at case elsewhere per each every all any "
        # The same in other languages: si ... sinon, falls ... sonst, se ... altrimenti, если ... иначе.
        "si sinon lorsque quand falls wenn sonst se caso altrimenti quando если иначе при jeśli inaczej als anders"
    ).split()
)
JOINING_WORDS = frozenset("and so hence thus then therefore but yields gives also similarly likewise".split())

_NO_LETTERS = frozenset("ba bc be bf bi bm bp bs".split())


def bold_letter(command: str, behind: str) -> str:
    r"""The letter that an author's own \vw, \bX, \mW or \btheta sets in bold, where the text does not say so; or "".

    Args:
        command: a command that nothing defines, without its backslash. \be and the like begin equations elsewhere.
        behind: the next mark, "" at the end; a command with an argument is no letter, and \bb R is a space.
    """
    mark, letter = command[:1], command[1:]
    if (
        mark not in ("v", "b", "m")
        or command in _NO_LETTERS
        or behind in ("{", "[")
        or not (len(letter) == 1 or letter in GREEK)
    ):
        return ""
    if command == "bb" and behind.isupper():
        return ""
    # Vectors are small or capital, a matrix is capital.
    return letter if mark != "m" or letter[:1].isupper() else ""
