"""Equations as text with gaps: printed once by SymPy, filled with names or live numbers many times.

A slider moves sixty times a second, and SymPy prints an equation in milliseconds. So each equation is
printed once, with a gap `⟦x.0.1⟧` for every cell it reads, and whoever shows it fills the gaps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sympy import Expr, Symbol, factor_terms
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.str import StrPrinter

GAP = re.compile("⟦([^⟧]+)⟧")
_FUNCTION_NAMES = {"sigmoid": "σ", "softplus": "softplus", "relu": "relu", "step": "step"}
_GREEK = {"delta": "δ", "\\delta": "δ"}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Template:
    """One side of an equation with a gap for each cell.

    Attributes:
        mathml: presentation MathML.
        text: one line of plain text.
    """

    mathml: str
    text: str


def format_value(value: float) -> str:
    """A number in at most six characters or so, with a true minus sign; `nan` and infinities in words."""
    if value != value:
        return "nan"
    size = abs(value)
    if size == float("inf"):
        return "∞" if value > 0 else MINUS + "∞"
    if size != 0 and (size < 0.0005 or size >= 99999.5):
        mantissa, exponent = f"{value:.0e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    else:
        places = 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0
        text = f"{value:.{places}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if text == "-0":
            text = "0"
    return text.replace("-", MINUS)


def print_templates(expressions: Mapping[str, Expr], cells: Mapping[Symbol, str]) -> dict[str, Template]:
    """Print each expression with gaps.

    Args:
        expressions: {key: expression over the symbols of `cells`}.
        cells: {symbol: gap name}, in the order in which factors and terms shall be read.

    Returns:
        {key: Template}.
    """
    # SymPy orders factors and terms by symbol name: numbered stand-ins put them in reading order.
    stand_ins = {symbol: Symbol(f"s{index:05d}") for index, symbol in enumerate(cells)}
    gaps = {stand_ins[symbol].name: name for symbol, name in cells.items()}
    mathml, text = _GapMathML(gaps), _GapText(gaps)
    printed = {}
    for key, expression in expressions.items():
        # Factor last: rebuilding a product of a number and a sum would spread the number over the terms.
        shown = factor_terms(expression.xreplace(stand_ins))
        markup = mathml.doprint(shown)
        printed[key] = Template(_tidy(markup), text.doprint(shown).replace("-", MINUS))
    return printed


def fill(template: str, fillings: Callable[[str], str]) -> str:
    """Put `fillings(gap name)` into every gap of a template."""
    return GAP.sub(lambda match: fillings(match.group(1)), template)


def name_text(latex: str) -> str:
    """A cell's LaTeX name on one line: `x_{2,1}` becomes `x₂,₁`."""
    head, _, index = latex.partition("_")
    plain = _GREEK.get(head, head)
    return plain + index.strip("{}").translate(_SUBSCRIPTS)


def name_mathml(latex: str) -> str:
    """A cell's LaTeX name as MathML."""
    head, _, index = latex.partition("_")
    plain = _GREEK.get(head, head)
    if not index:
        return f"<mi>{plain}</mi>"
    digits = [f"<mn>{part}</mn>" for part in index.strip("{}").split(",")]
    return f"<msub><mi>{plain}</mi><mrow>{'<mo>,</mo>'.join(digits)}</mrow></msub>"


def _tidy(markup: str) -> str:
    """Drop what the browser does not need; the entity names become the characters themselves."""
    for entity, character in (("&InvisibleTimes;", "\u2062"), ("&#x2062;", "\u2062"), (">-<", f">{MINUS}<")):
        markup = markup.replace(entity, character)
    return markup


class _GapMathML(MathMLPresentationPrinter):
    """SymPy's MathML, with a gap for each cell and the field's names for the functions."""

    def __init__(self, gaps: Mapping[str, str]) -> None:
        super().__init__()
        self.gaps = gaps

    def doprint(self, expression: Expr) -> str:
        element = self._print(expression)
        markup: str = element.toxml()
        return markup.replace("&amp;", "&")

    def _print_Symbol(self, symbol: Symbol, style: str = "plain") -> object:
        return self.dom.createTextNode(f"⟦{self.gaps[symbol.name]}⟧")

    def _print_Function(self, expression: Expr) -> object:
        row = self.dom.createElement("mrow")
        name = self.dom.createElement("mi")
        name.appendChild(self.dom.createTextNode(_function_name(expression)))
        row.appendChild(name)
        row.appendChild(self._paren_comma_separated(*expression.args))
        return row


class _GapText(StrPrinter):
    """SymPy's plain text, with a gap for each cell, a middle dot for the product and ² for the square."""

    def __init__(self, gaps: Mapping[str, str]) -> None:
        super().__init__()
        self.gaps = gaps

    def doprint(self, expression: Expr) -> str:
        text: str = super().doprint(expression)
        return text.replace("**2", "²").replace("**", "^").replace("*", "·")

    def _print_Symbol(self, symbol: Symbol) -> str:
        return f"⟦{self.gaps[symbol.name]}⟧"

    def _print_Function(self, expression: Expr) -> str:
        return f"{_function_name(expression)}({', '.join(self._print(a) for a in expression.args)})"


def _function_name(expression: Expr) -> str:
    name = type(expression).__name__
    return _FUNCTION_NAMES.get(name, name)
