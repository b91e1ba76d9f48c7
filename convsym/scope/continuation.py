"""A formula that begins with an equals sign, read as what continues the formula before it."""

from __future__ import annotations

import re
from dataclasses import replace

from convsym.document import Display
from convsym.document.items import Anchor
from convsym.errors import LatexError
from convsym.latex.syntax import Equation, Tuple_
from convsym.scope.backslashes import lost_backslashes, with_backslashes
from convsym.scope.statements import read_formula

_BEGINS = re.compile(
    r"\s*(?:\\begin\s*\{(?:aligned|align\*?|split|gathered|equation\*?)\}\s*)*(?:\{\}|&|\s)*(?==[^=>])"
)
_EQUAL = frozenset({"=", ":=", "equiv"})
# Between two displays "so that" or "factor out the 2:" leads from one to the other; a paragraph speaks of more.
_FEW_WORDS = 60


def continues(display: Display, previous: Display | None) -> bool:
    """Whether a formula begins with = and stands so near to the previous one that it goes on with it.

    Args:
        display: a formula.
        previous: the one before it in the document, a displayed one for a display.
    """
    if previous is None or not _BEGINS.match(display.latex) or previous.inline is not display.inline:
        return False
    if (display.section, display.cell) != (previous.section, previous.cell):
        return False
    between = display.before.rstrip()
    if display.inline:
        return between.endswith("$")
    return len(between) <= _FEW_WORDS and "$" not in between


def joined(display: Display, before: Equation) -> Display | None:
    """A formula that begins with =, with the last expression of the one before it in front.

    The expression is put at the place where the formula begins.

    Args:
        display: what begins with =.
        before: the syntax tree of what it continues.

    Returns:
        The formula made whole, or None where the one before it does not end with one side of an equation.
    """
    row = before.rows[-1]
    start = _BEGINS.match(display.latex)
    if (
        start is None
        or not row.links
        or row.links[-1][0] not in _EQUAL
        or isinstance(row.links[-1][1], Tuple_)
    ):
        return None
    span = row.links[-1][1].span
    left = before.source[span.start : span.end].strip()
    if not left or "\\begin" in left or "\\\\" in left or "&" in left:
        return None
    at = start.end()
    place = display.place(at)
    anchors = display.anchors or (Anchor(0, display.line, display.column),)
    put = Anchor(at, place.line, place.column, frozen=True)
    behind = Anchor(at + len(left) + 1, place.line, place.column)
    moved = [
        replace(anchor, offset=anchor.offset + len(left) + 1) for anchor in anchors if anchor.offset > at
    ]
    return replace(
        display,
        latex=f"{display.latex[:at]}{left} {display.latex[at:]}",
        anchors=(*[anchor for anchor in anchors if anchor.offset < at], put, behind, *moved),
    )


def _read(display: Display) -> Equation | LatexError:
    """A formula of a document that lost backslashes, read as it was meant and shown as it is printed."""
    found = read_formula(replace(display, latex=with_backslashes(display.latex)))
    return found if isinstance(found, LatexError) else replace(found, source=display.latex)


def read_formulas(formulas: list[Display]) -> tuple[dict[int, Equation], dict[int, LatexError]]:
    """The syntax trees of a document's formulas by their number, and why there is none of the others.

    Args:
        formulas: in reading order; one that begins with = is replaced by what it means.
    """
    equations: dict[int, Equation] = {}
    failures: dict[int, LatexError] = {}
    seen: dict[str, Equation | LatexError] = {}
    lost = lost_backslashes(display.latex for display in formulas)
    last: dict[bool, int] = {}  # the number of the last formula, a displayed or an inline one
    for number, printed in enumerate(formulas):
        display = printed
        previous = last.get(display.inline)
        if previous is not None and previous in equations and continues(display, formulas[previous]):
            display = formulas[number] = joined(display, equations[previous]) or display
        last[display.inline] = number
        if display.latex not in seen:
            seen[display.latex] = _read(display) if lost else read_formula(display)
        found = seen[display.latex]
        if isinstance(found, LatexError):
            failures[number] = found
        else:
            equations[number] = found
    return equations, failures
