"""Lines that say which cells count as 0: x_i = 0 for i < 1 or i > n, x_{i,j} = 0 outside of the image."""

from __future__ import annotations

import re

from sympy import Expr, Integer

from convsym.errors import ConvsymError
from convsym.latex.parser import parse_rows
from convsym.latex.syntax import Name, Number
from convsym.scope.elaborate import Elaborator
from convsym.scope.model import Family, Index, Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement

_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)")
_DRESS = re.compile(r"\\(?:text\w*|mathrm|mbox|left|right|big[lr]?)\b|\\[,;: !]|\\q?quad\b|[{}$&~]")
_BEYOND = re.compile(
    r"\b(?:outside|beyond|out of (?:range|bounds)|not in)\b|\\notin",
    re.I,
)
_LESS, _MORE = r"(?:<|\\lt\b|\\leq?(?:slant)?\b|≤)", r"(?:>|\\gt\b|\\geq?(?:slant)?\b|≥)"
_END = r"(?P<{}>-?\w+(?:\s*[-+]\s*\w+)*)"
_STRICT = re.compile(r"<|>|\\[lg]t\b")


def says_zero_outside(statement: Statement, scope: Scope) -> bool:
    """Whether a line only says where the cells of a family count as 0; the scope then knows it.

    Args:
        statement: a relation; its role is set where it does.
        scope: what is in force; changed in place.
    """
    reference = scope.refer(statement.left, {})
    right = strip_group(statement.right)
    if statement.link or statement.relation not in ("=", ":=", "equiv") or reference is None:
        return False
    if not isinstance(right, Number) or right.text.strip("0.") or not reference.indices:
        return False
    if reference.primes or reference.power is not None or reference.layer is not None:
        return False
    letters = [key(index) for node in reference.indices if isinstance(index := strip_group(node), Name)]
    if len(letters) < len(reference.indices):
        return False
    said = _words_around(statement)
    ends = [_ends_of(letter, said, scope) for letter in letters]
    is_beyond = _BEYOND.search(said) is not None
    if not is_beyond and (not any(any(end is not None for end in pair) for pair in ends) or "!" in said):
        return False
    if any(low == high == _WITHIN for low, high in ends) or any(_speaks_of(letters, pair) for pair in ends):
        return False
    name = scope.matrices.get(reference.name, reference.name)
    scope.zero_outside.add(name)
    if any(end is not None for pair in ends for end in pair):
        scope.inside[name] = tuple(ends)
    statement.role, statement.reason = "condition", "says which cells count as 0"
    return True


def _speaks_of(letters: list[str], ends: tuple[Index | None, Index | None]) -> bool:
    """Whether an end depends on an index of the cell: A_{i,j} = 0 for i < j is a triangle, and no border."""
    return any(
        isinstance(end, Expr) and any(str(symbol) in letters for symbol in end.free_symbols) for end in ends
    )


_WITHIN = Integer(-(10**9))
"""Stands for both ends where the words speak of the cells between them."""


def _words_around(statement: Statement) -> str:
    """What stands behind a line, in the formula and in its sentence, else what leads to it."""
    display = statement.display
    behind = statement.source[statement.right.span.end :].split("\\\\")[0]
    if not display.after[:1].isupper():
        behind = f"{behind} {_SENTENCE_END.split(display.after, maxsplit=1)[0]}"
    text = " ".join(_DRESS.sub(" ", behind).split())
    if _BEYOND.search(text) or re.search(rf"{_LESS}|{_MORE}|\\in\b", text):
        return text
    before = _SENTENCE_END.split(display.before.rstrip(" :,"))[-1]
    return " ".join(_DRESS.sub(" ", before).split())


def _ends_of(letter: str, said: str, scope: Scope) -> tuple[Index | None, Index | None]:
    """The first and the last index that does not count as 0; `_WITHIN` where those between two ends do."""
    one = rf"(?<![A-Za-z\\_|*+-])(?<![*+-] ){re.escape(letter)}(?![A-Za-z_])"
    between = re.search(
        rf"{_END.format('low')}\s*(?P<first>{_LESS})\s*(?:[a-z]\s*,\s*)*{one}(?:\s*,\s*[a-z])*\s*(?P<last>{_LESS})\s*{_END.format('high')}",
        said,
    )
    if between is not None:
        if not _BEYOND.search(said) and not re.search(r"\b(?:not|unless|except)\b", said):
            return _WITHIN, _WITHIN
        return (
            _end(between["low"], scope, int(_is_strict(between["first"]))),
            _end(between["high"], scope, -int(_is_strict(between["last"]))),
        )
    listed = re.search(
        rf"{one}\s*(?:\\notin|not in)[\s\\]*{_END.format('low')}\s*,\s*\\[lc]?dots\s*,\s*{_END.format('high')}",
        said,
    )
    if listed is not None:
        return _end(listed["low"], scope, 0), _end(listed["high"], scope, 0)
    below = re.search(rf"{one}\s*(?P<sign>{_LESS})\s*{_END.format('end')}", said) or re.search(
        rf"{_END.format('end')}\s*(?P<sign>{_MORE})\s*{one}", said
    )
    above = re.search(rf"{one}\s*(?P<sign>{_MORE})\s*{_END.format('end')}", said) or re.search(
        rf"{_END.format('end')}\s*(?P<sign>{_LESS})\s*{one}", said
    )
    return (
        None if below is None else _end(below["end"], scope, int(not _is_strict(below["sign"]))),
        None if above is None else _end(above["end"], scope, -int(not _is_strict(above["sign"]))),
    )


def _is_strict(sign: str) -> bool:
    return _STRICT.fullmatch(sign) is not None


def _end(text: str, scope: Scope, shift: int) -> Index | None:
    try:
        row = parse_rows(text).rows[0]
        return None if row.first is None or row.links else Elaborator(scope).index(row.first, {}) + shift
    except (ConvsymError, RecursionError, IndexError):
        return None


def settle_padded_lists(scope: Scope) -> None:
    """Give the vectors whose entries are all listed their range, where cells outside of it are said to be 0.

    Args:
        scope: changed in place.
    """
    for name, (low, high) in scope.listed.items():
        if name not in scope.families and scope.padded(name):
            scope.families[name] = Family(name, 1, (low,), [high - low + 1], exact=True)


__all__ = ["says_zero_outside", "settle_padded_lists"]
