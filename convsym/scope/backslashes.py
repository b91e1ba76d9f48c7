r"""Documents that lost backslashes: f!\left( for f\!\left(, x , y for x\,y, rows of cases that end in one of two."""

from __future__ import annotations

import re
from collections.abc import Iterable

# No factorial stands before \left, and a backslash at the end of a line says nothing of its own.
_THIN = re.compile(r"(?<=[A-Za-z)}\]'])!(?=\s*(?:\\left\b|\())")
_PRIME = re.compile(r"\^\{(\([^{}]*\)),'\}")
_ROW = re.compile(r"(?<!\\)\\[ \t]*\n(?=[^\n]*&)")
_SPACE = re.compile(r"(?<=[A-Za-z)}]) , (?=[A-Za-z\\({])(?=[^=]*\Z)")


def lost_backslashes(formulas: Iterable[str]) -> bool:
    """Whether formulas show that their document lost backslashes before ! or at the ends of rows.

    Args:
        formulas: LaTeX of every formula of a document.
    """
    return any(("!\\left" in text and _THIN.search(text)) or _ROW.search(text) for text in formulas)


def with_backslashes(text: str) -> str:
    """A formula of such a document as it was meant, of the same length: what only spaces is a space.

    Args:
        text: LaTeX of the formula.
    """
    spaced = _PRIME.sub(r"^{\1}' ", _THIN.sub(" ", text))
    if not re.search(r"\\(?:begin|text|mathrm|sum)|[<>]|_\{[^}]*,|\\in\b", spaced):
        spaced = _SPACE.sub("   ", spaced)
    return _ROW.sub(lambda found: "\\\\" + found.group(0)[2:], spaced)
