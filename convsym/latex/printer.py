r"""A syntax tree as canonical LaTeX that reads back as the same tree.

Braces and brackets are printed where they are needed and nowhere else; `\left` and `\right` where what they
hold is taller than a line.
"""

from __future__ import annotations

import re
from dataclasses import replace

from convsym.latex import symbols as table
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Ellipsis_,
    Equation,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    Signed,
    Sum_,
    Tuple_,
    Words,
)

_RELATIONS = {
    "=": "=", "lt": "<", "gt": ">", ":=": ":=", "=:": "=:", "colon": ":", "le": r"\le",
    "ge": r"\ge", "ne": r"\ne",     "impliedby": r"\Leftarrow",
}  # fmt: skip
_SIGNS = {"+": "+", "-": "-", "pm": r"\pm", "mp": r"\mp"}
_FONTS = {
    "bf": r"\mathbf", "rm": r"\mathrm", "sf": r"\mathsf", "tt": r"\mathtt", "it": r"\mathit",
    "cal": r"\mathcal", "scr": r"\mathscr", "bb": r"\mathbb", "frak": r"\mathfrak",
    "op": r"\operatorname", "text": r"\text", "hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde",
    "vec": r"\vec", "dot": r"\dot", "ddot": r"\ddot", "check": r"\check", "breve": r"\breve",
    "acute": r"\acute", "grave": r"\grave", "underline": r"\underline", "ring": r"\mathring",
}  # fmt: skip
_BEHIND = {"primed": "'", "earlier": r"^{\text{earlier}}"}
"""Marks that a name has got while the document was read: what it was before it was defined anew."""
_BRACKETS = {
    "(": ("(", ")"),
    "[": ("[", "]"),
    "{": (r"\{", r"\}"),
    "|": ("|", "|"),
    "||": (r"\lVert", r"\rVert"),
    "floor": (r"\lfloor", r"\rfloor"),
    "ceil": (r"\lceil", r"\rceil"),
    "angle": (r"\langle", r"\rangle"),
    "mixed": ("[", ")"),
    "group": ("{", "}"),
    "at": (r"\left.", r"\right|"),
}
_OPERATORS = {"/": "/", "*": "*", "mod": r"\bmod"}
_COMMAND_AT_END = re.compile(r"\\[A-Za-z]+\Z")
_TALL = (Fraction_, BigOperator, Matrix, Cases)


def to_latex(node: Node | Equation) -> str:
    """Prints a tree as LaTeX.

    Args:
        node: a node, or a whole display (its rows become an aligned block, its numbers tags).

    Returns:
        Canonical LaTeX; reading it gives the same tree but for the places.
    """
    if isinstance(node, Equation):
        return _equation(node)
    return _joined(_print(node))


def _equation(equation: Equation) -> str:
    rows = [
        to_latex(row) + (f" \\tag{{{tag}}}" if tag is not None else "")
        for row, tag in zip(equation.rows, equation.tags, strict=True)
    ]
    if len(rows) == 1:
        return rows[0]
    # Every row but a continuing one needs something before its alignment mark; none is needed at all.
    return "\\begin{gathered} " + " \\\\ ".join(rows) + " \\end{gathered}"


def _joined(parts: list[str]) -> str:
    """The parts side by side, with a blank where two would run into one command, name or number."""
    out: list[str] = []
    for part in parts:
        if not part:
            continue
        if out and _needs_blank(out[-1][-64:], part):
            out.append(" ")
        out.append(part)
    return "".join(out)


def _needs_blank(before: str, after: str) -> bool:
    """Whether `after` would run into the command or number that `before` ends with."""
    if after[0].isalpha() and _COMMAND_AT_END.search(before) is not None:
        return True
    if after[0].isalpha() and not after[0].isascii() and before[-1].isalpha():
        return True
    if before[-1].isdigit() and (after[0].isdigit() or after[0] == "."):
        return True
    return before.endswith("\\") and not before.endswith("\\\\")


def _print(node: Node) -> list[str]:
    if isinstance(node, Number):
        return [node.text]
    if isinstance(node, Name):
        return [_name(node)]
    if isinstance(node, Words):
        return [f"\\text{{ {node.text} }}"]
    if isinstance(node, Ellipsis_):
        return [r"\dots"]
    if isinstance(node, Scripted):
        return _scripted(node)
    if isinstance(node, Signed):
        return [_SIGNS[node.sign], *_operand(node.operand)]
    if isinstance(node, Sum_):
        return _sum(node)
    if isinstance(node, Product):
        return _product(node)
    if isinstance(node, Fraction_):
        return [r"\frac", *_group(node.numerator), *_group(node.denominator)]
    if isinstance(node, Root):
        index = ["[", *_print(node.index), "]"] if node.index is not None else []
        return [r"\sqrt", *index, *_group(node.radicand)]
    if isinstance(node, Bracket):
        return _bracket(node)
    if isinstance(node, BigOperator):
        return _big(node)
    if isinstance(node, Matrix):
        return _matrix(node)
    if isinstance(node, Cases):
        return _cases(node)
    if isinstance(node, Tuple_):
        return _commas(node.items)
    return _chain(node)


def _name(node: Name) -> str:
    for mark, shown in _BEHIND.items():
        if mark in node.font.split():
            plain = " ".join(font for font in node.font.split() if font != mark)
            return _name(replace(node, font=plain)) + shown * node.font.split().count(mark)
    text = node.text
    *accents, last = node.font.split() or [""]
    if text in table.OPERATORS or text in _SIGNS or text == ":":
        # An operator or a sign that stands for itself, as in x_{+} or x^{*}.
        return {"+": "+", "-": "-", ":": ":", "*": "*", "/": "/", "mod": r"\bmod"}.get(text, "\\" + text)
    if text in ("mod",):
        return r"\bmod"
    word = len(text) > 1
    if last == "text" and text.isalpha() and not text.isascii():
        shown = text
    elif last in ("op", "text"):
        shown = f"{_FONTS[last]}{{{text}}}"
    elif not word or text in table.LETTERLIKE or text in table.FUNCTIONS:
        shown = f"\\{text}" if word else text
        if last:
            shown = f"{_FONTS[last]}{{{shown}}}"
    elif last:
        shown = f"{_FONTS[last]}{{{text}}}"
    else:
        shown = f"\\operatorname{{{text}}}"
    for accent in reversed(accents):
        shown = f"{_FONTS[accent]}{{{shown}}}"
    return shown


def _group(node: Node) -> list[str]:
    """The node as an argument in braces."""
    if isinstance(node, Bracket) and node.kind == "group" and len(node.items) != 1:
        return _bracket(node)
    return ["{", *_print(node), "}"]


def _scripted(node: Scripted) -> list[str]:
    base = node.base
    parts = _print(base)
    # A base that is more than one mark needs braces, or the script would hang on its last mark.
    if not isinstance(base, (Name, Number, Bracket, Matrix, Ellipsis_, Fraction_, Root, Cases)):
        parts = ["{", *parts, "}"]
    parts += ["'"] * node.primes
    if node.subscript is not None:
        parts += ["_", *_script(node.subscript)]
    if node.superscript is not None:
        parts += ["^", *_script(node.superscript)]
    return parts


def _script(node: Node) -> list[str]:
    if isinstance(node, Number) and len(node.text) == 1:
        return [node.text]
    if isinstance(node, Name) and len(node.text) == 1 and not node.font and node.text.isalpha():
        return [node.text]
    return _group(node)


def _operand(node: Node) -> list[str]:
    """What follows a sign: a sum needs braces."""
    return ["{", *_print(node), "}"] if isinstance(node, (Sum_, Chain, Tuple_)) else _print(node)


def _sum(node: Sum_) -> list[str]:
    parts: list[str] = []
    for at, (sign, term) in enumerate(node.terms):
        if at:
            parts += [f" {_SIGNS[sign]} "]
        # \sum a + b reads as (\sum a) + b, so a term needs no braces for it.
        parts += _operand(term)
    return parts


def _product(node: Product) -> list[str]:
    parts: list[str] = []
    for at, (operator, factor) in enumerate(node.factors):
        if operator:
            sign, _, label = operator.partition("_")
            shown = _OPERATORS.get(sign, "\\" + sign) + (f"_{{\\text{{{label}}}}}" if label else "")
            parts.append(shown if shown in ("/",) else f" {shown} ")
        elif (
            at
            and (
                isinstance(factor, (BigOperator, Fraction_)) or isinstance(node.factors[at - 1][1], Fraction_)
            )
        ) or (at and isinstance(factor, (Name, Scripted)) and isinstance(node.factors[at - 1][1], Scripted)):
            parts.append(" ")
        shown_factor = _print(factor)
        last = at == len(node.factors) - 1
        loose = isinstance(factor, (Sum_, Product, Chain, Tuple_))
        if isinstance(factor, Signed):
            loose = not operator or isinstance(factor.operand, (Signed, Sum_, Product, Chain))
        if isinstance(factor, BigOperator) and not last:
            loose = True
        parts += ["{", *shown_factor, "}"] if loose else shown_factor
    return parts


def _bracket(node: Bracket) -> list[str]:
    opening, closing = _BRACKETS[node.kind]
    inner = _commas(node.items)
    if node.kind in ("group", "at"):
        return [opening, *inner, closing]
    if any(_is_tall(item) for item in node.items):
        return [r"\left" + opening + " ", *inner, r" \right" + closing]
    if node.kind == "|":
        return [r"\lvert ", *inner, r"\rvert"]
    return [opening, *inner, closing]


def _is_tall(node: Node) -> bool:
    if isinstance(node, _TALL):
        return True
    if isinstance(node, Sum_):
        return any(_is_tall(term) for _, term in node.terms)
    if isinstance(node, Product):
        return any(_is_tall(factor) for _, factor in node.factors)
    if isinstance(node, Signed):
        return _is_tall(node.operand)
    if isinstance(node, Scripted):
        return _is_tall(node.base)
    return False


def _commas(items: tuple[Node, ...]) -> list[str]:
    parts: list[str] = []
    for at, item in enumerate(items):
        parts += [","] if at else []
        parts += ["{", *_print(item), "}"] if isinstance(item, Tuple_) and len(items) > 1 else _print(item)
    return parts


def _big(node: BigOperator) -> list[str]:
    name = node.operator
    word = name not in table.BIG_OPERATORS.values() and name not in table.FUNCTIONS
    parts = [f"\\operatorname*{{{name}}}" if word else f"\\{name}"]
    if node.lower is not None:
        if isinstance(node.lower, Tuple_) and any(isinstance(item, Chain) for item in node.lower.items):
            rows = [to_latex(item) for item in node.lower.items]
            parts += ["_", r"{\substack{" + r" \\ ".join(rows) + "}}"]
        else:
            parts += ["_", *_group(node.lower)]
    if node.upper is not None:
        parts += ["^", *_script(node.upper)]
    body = _print(node.body)
    return [*parts, " ", *(["{", *body, "}"] if isinstance(node.body, (Sum_, Chain, Tuple_)) else body)]


def _cell(node: Node | None) -> str:
    return "" if node is None else to_latex(node)


def _matrix(node: Matrix) -> list[str]:
    columns = (
        "{" + "c" * max(len(row) for row in node.rows) + "}"
        if node.environment in ("array", "tabular")
        else ""
    )
    rows = r" \\ ".join(" & ".join(_cell(cell) for cell in row) for row in node.rows)
    return [f"\\begin{{{node.environment}}}{columns} {rows} \\end{{{node.environment}}}"]


def _cases(node: Cases) -> list[str]:
    rows = [
        to_latex(value) + ("" if condition is None else f" & {to_latex(condition)}")
        for value, condition in node.branches
    ]
    return [r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"]


def _chain(node: Chain) -> list[str]:
    parts = [] if node.first is None else _print(node.first)
    for relation, value in node.links:
        shown = _RELATIONS.get(relation, "\\" + relation)
        parts += [f" {shown} " if parts or shown[0] == "\\" else f"{shown} ", *_print(value)]
    leading = [
        node_ for node_ in node.conditions if isinstance(node_, Words) and node_.span.end <= node.span.start
    ]
    lead = [f"\\text{{{words.text}}} " for words in leading]
    rest = [condition for condition in node.conditions if condition not in leading]
    tail: list[str] = []
    for at, condition in enumerate(rest):
        if isinstance(condition, Words):
            tail += [
                f" \\text{{ {condition.text} }}"
                if at or node.links or node.first
                else f"\\text{{{condition.text}}}"
            ]
        elif at and isinstance(rest[at - 1], Words):
            tail += [" ", *_print(condition)]
        elif isinstance(condition, Product) and condition.factors[0][1] == Name(
            "forall", condition.factors[0][1].span
        ):
            tail += [r" \quad ", *_print(condition)]
        else:
            tail += [r" \quad (", *_print(condition), ")"]
    return [*lead, *parts, *tail]
