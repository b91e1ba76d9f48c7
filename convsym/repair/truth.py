"""The true side of a relation as LaTeX in the names of its document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Symbol
from sympy.printing.latex import LatexPrinter

_LONGEST = 2_000
"""Characters beyond which a printed truth helps nobody."""


class _Printer(LatexPrinter):
    """Symbols are named by their LaTeX; the network's functions are written as the document does."""

    def __init__(self, functions: Mapping[str, str]) -> None:
        super().__init__({"mul_symbol": None, "fold_short_frac": False})
        self._names = functions

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:  # noqa: N802 - SymPy's name
        return str(expr.name)

    def _print_sigmoid(self, expr: Any, exp: str | None = None) -> str:
        return self._call("sigmoid", "\\sigma", expr, exp)

    def _print_relu(self, expr: Any, exp: str | None = None) -> str:
        return self._call("relu", "\\operatorname{ReLU}", expr, exp)

    def _print_softplus(self, expr: Any, exp: str | None = None) -> str:
        return self._call("softplus", "\\operatorname{softplus}", expr, exp)

    def _call(self, function: str, default: str, expr: Any, exp: str | None) -> str:
        name = self._names.get(function, default)
        inside = self._print(expr.args[0])
        text = f"{name}({inside})"
        return text if exp is None else f"\\left({text}\\right)^{{{exp}}}"


def printed_truth(truth: Expr, functions: Mapping[str, str]) -> str | None:
    """LaTeX of an expression over cells, or None where it would be too long to help.

    Args:
        truth: scalar expression whose symbols are named by their LaTeX.
        functions: SymPy function name -> LaTeX name in the document.
    """
    text = str(_Printer(functions).doprint(truth))
    return text if len(text) <= _LONGEST else None
