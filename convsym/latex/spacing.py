r"""Wide spaces between the factors of a product: sigma(x) \quad (1 - sigma(x)) is one expression, no remark."""

from __future__ import annotations

from collections.abc import Sequence

from convsym.latex.marks import Token

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
