r"""Wide spaces that are no remark: between the factors of \sigma(x) \quad (1 - x), or the entries of [1 \quad 2]."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from convsym.latex.marks import Token

_SPACE = re.compile(r"\s*(?:(?:\\[ ;:>]|~|\\enspace)\s*)+\Z")
_SPACES = re.compile(r"\s*(?:(?:\\[ ,;:>]|~|\\enspace)\s*){2,}\Z")
_THOUSANDS = re.compile(r"\d{3}(?!\d)")
_SPOKEN = frozenset({"words", "comma", "stop", "rel", "dots", "colon"})


def multiplies(pieces: Sequence[tuple[str, list[Token]]], at: int) -> bool:
    r"""Whether a piece of a row behind a wide space is a factor of the product that the row shows.

    It is where all pieces that wide spaces set apart are plain expressions, and one of them is a difference, a
    sum or a product in brackets, (y - t): a remark, a condition or a number of the equation is none.

    Args:
        pieces: for each piece of the row what precedes it, and its tokens.
        at: the piece in question.
    """
    behind = []
    for separator, piece in pieces[at:]:
        if separator != "quad":
            break
        behind.append(piece)
    before = []
    for separator, piece in reversed(pieces[1:at]):
        if separator != "quad":
            break
        before.append(piece)
    factors = [*before, *behind]
    last = pieces[at - len(before) - 1][1]
    if any(token.kind in _SPOKEN for piece in factors for token in piece):
        return False
    return any(_is_bracketed(piece) for piece in factors) or (
        len(factors) == 1 and _has_bracketed_end(last) and _holds_bracket(factors[0])
    )


def rows_of_numbers(tokens: list[Token], source: str) -> list[Token]:
    r"""The same with a matrix of one row for every bracket that only holds numbers set apart, [0.3 \quad 0.7].

    Args:
        tokens: of a display; environments in them are whole.
        source: the text they came from.
    """
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        row = _row(tokens, at, source)
        if row is None:
            found.append(tokens[at])
            at += 1
            continue
        opening, closing = tokens[at], tokens[at := _end(tokens, at)]
        begin = Token("begin", "matrix", opening.end, opening.end)
        found += [opening, begin, *row, Token("end", "matrix", closing.start, closing.start), closing]
        at += 1
    return found


def _row(tokens: list[Token], at: int, source: str) -> list[Token] | None:
    """The entries of a bracket with alignment marks between them; None where it holds anything but numbers."""
    if tokens[at].kind != "open" or tokens[at].text not in ("(", "["):
        return None
    end = _end(tokens, at)
    if end == len(tokens) or tokens[end].kind != "close":
        return None
    row: list[Token] = []
    for token in tokens[at + 1 : end]:
        last = row[-1] if row else None
        if token.kind in ("quad", "amp"):
            if last is not None and last.kind != "number":
                return None
            row.append(replace(token, kind="amp"))
            continue
        if token.kind == "sign" and token.text not in ("+", "-"):
            return None
        if last is not None and last.kind == "number":
            # Behind a single space a minus sign subtracts, and three digits belong to the number before.
            between = source[last.end : token.start]
            wide = _SPACES if token.kind == "sign" or _THOUSANDS.match(token.text) else _SPACE
            if not wide.match(between):
                return None
            row.append(Token("amp", "&", last.end, last.end))
        elif last is not None and last.kind == "sign" and token.kind == "sign":
            return None
        row.append(token)
    whole = len(row) > 2 and row[0].kind != "amp" and row[-1].kind == "number"
    return row if whole and any(token.kind == "amp" for token in row) else None


def _end(tokens: list[Token], at: int) -> int:
    """The place behind the numbers that follow a bracket."""
    at += 1
    while at < len(tokens) and tokens[at].kind in ("number", "sign", "quad", "amp"):
        at += 1
    return at


def _is_bracketed(piece: list[Token]) -> bool:
    """Whether a piece is one bracket around a sum or a product of several names."""
    if len(piece) < 5 or piece[0].kind != "open" or piece[-1].kind != "close":
        return False
    return _partner(piece, 0) == len(piece) - 1 and any(token.kind == "sign" for token in piece[2:-1])


def _has_bracketed_end(tokens: list[Token]) -> bool:
    """Whether an expression ends in a bracket, (y - t) or \\sum [a b]."""
    return tokens[-1].kind == "close"


def _holds_bracket(piece: list[Token]) -> bool:
    """Whether a piece applies a function or multiplies a bracket: o(1 - o), f'(h)."""
    return any(token.kind == "open" for token in piece[1:])


def _partner(piece: list[Token], start: int) -> int:
    depth = 0
    for place in range(start, len(piece)):
        depth += {"open": 1, "close": -1}.get(piece[place].kind, 0)
        if depth == 0:
            return place
    return len(piece)
