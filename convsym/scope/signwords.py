"""What the text says that a convolution's sign stands for: "$*$ denotes the cross-correlation", "flips the kernel"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

_SIGNS = {
    "*": ("*", "ast"),
    "\\ast": ("*", "ast"),
    "\\star": ("star",),
    "\\circledast": ("circledast",),
    "\\otimes": ("otimes",),
}
_SIGN = r"(?:\$\s*(?P<sign>\*|\\ast|\\star|\\circledast|\\otimes)\s*\$|(?<=\s)(?P<bare>\*)(?=\s))"
_MEANS = (
    r"(?:,?\s*(?:the )?(?:operator|symbol|sign|operation)?\s*(?:here |now |always |again )?"
    r"(?:denotes?|is|means|stands for|represents?|refers to|for|=|as|to denote|to mean|be))"
)
_AHEAD = re.compile(rf"{_SIGN}{_MEANS}\s+(?P<words>[^.;$]{{0,90}})", re.I)
_BEHIND = re.compile(
    rf"(?P<words>(?:\b(?:the|a|true|real|proper|flipped|mathematical|valid|full|2d|1d) )*(?:cross[- ]?)?"
    rf"(?:correlation|convolution))(?: operation| operator)?,?\s*(?:which is |is )?"
    rf"(?:denoted(?: by| as)?|written(?: as)?|by|for|with|as|symbol|sign)\s+"
    rf"(?:the )?(?:symbol |sign |operator )?{_SIGN}",
    re.I,
)
_STRAIGHT = re.compile(
    r"\b(?:cross[- ]?)?correlation|\bwithout (?:\w+ )?(?:flip|turn|rotat)|\bnot (?:flip|turn|rotat|mirror)",
    re.I,
)
_TURNED = re.compile(
    r"\b(?:true|real|proper|actual|flipped|mathematical|strict\w*) convolution|\bconvolution in the (?:strict|math)|"
    r"\bflip(?:s|ped|ping)?\b|\b(?:turned|rotated|mirrored)\b|\bnot (?:the |a )?cross",
    re.I,
)
_NEGATED = re.compile(r"\b(?:not|without|no|never)\b(?: \w+)? (?:flip|turn|rotat|mirror)", re.I)


@lru_cache(maxsize=64)
def turns_in_words(words: str) -> Mapping[str, bool]:
    """Which signs a text says to stand for an operation that turns the kernel, and which for one that does not.

    A plain "convolution" says neither: most who write of networks call a cross-correlation so.

    Args:
        words: the prose, inline formulas between dollars.

    Returns:
        By sign whether it turns the kernel; no entry for a sign that is said to be both, or neither.
    """
    said: dict[str, set[bool]] = defaultdict(set)
    for pattern in (_AHEAD, _BEHIND):
        for match in pattern.finditer(words):
            # "the cross-correlation, written $*$, which does not flip": the sentence goes on behind the sign.
            behind = "" if pattern is _AHEAD else re.split(r"[.;$]", words[match.end() :][:60], maxsplit=1)[0]
            turned = _turned(match["words"] + behind)
            if turned is not None:
                for sign in _SIGNS[(match["sign"] or match["bare"]).lower()]:
                    said[sign].add(turned)
    return {sign: next(iter(turns)) for sign, turns in said.items() if len(turns) == 1}


def _turned(words: str) -> bool | None:
    straight = _STRAIGHT.search(words) is not None
    turned = _TURNED.search(_NEGATED.sub(" ", words)) is not None
    if straight and turned and re.search(r"\bnot (?:the |a )?cross", words, re.I):
        return True
    return None if straight == turned else turned


__all__ = ["turns_in_words"]
