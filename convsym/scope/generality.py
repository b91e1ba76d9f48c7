"""Words by which a text speaks of every case again: "in general", "for larger batches", "for every $s$"."""

from __future__ import annotations

import re

# What "for all layers" and "for each input" speak of are the things themselves, not the values of a letter.
_THINGS = (
    r"(?:layers?|units?|neurons?|nodes?|inputs?|samples?|examples?|entr\w+|outputs?|positions?|pixels?|cells?|points?|"
    r"ind\w+|weights? of|parameters?|others?|elements?|components?|rows?|columns?|terms?|steps?|times?|classes of)"
)
GENERAL = re.compile(
    r"\b(?:in general|(?:more |most )?generally|in full generality|(?:in )?the general case|general (?:form|case)|"
    r"for (?:an? )?(?:arbitrary|general)|im allgemeinen|allgemein|en général|en general|in generale|"
    r"(?:for|with) (?:any|every|all|other|larger|smaller|bigger|more|whatever) "
    rf"(?!(?:\w+ )?{_THINGS}\b(?! (?:size|rate|length|width)s?\b))"
    r"(?:\w+ ){0,2}?\w+(?=\W*\Z|[,.:]|\s+(?:we|it|this|the|one|there)\b)|"
    r"(?:during|in) training,? (?:however|though|instead)|(?<![,;] )otherwise(?=\W*\Z|,))\b",
    re.I,
)
"""Words by which a sentence speaks of every case."""

_FOR_ANY = (
    r"\b(?:arbitrary|any|every|all|general|generic|each|beliebige\w*|jedes|tout|todo)\b[^.$]{0,20}\$\s*"
    r"(?:\\?\w+\s*\$\s*(?:,|and|, and)\s*\$\s*)*"
)
# What stands behind a formula begins a sentence of its own.
_BEGINS = re.compile(r"\s*\n\s*\n|\s*[A-Z]")
_SENTENCE = re.compile(r"[.!?](?=\s|$)|[。！？]")


def is_of_every(name: str, before: str, after: str = "") -> bool:
    """Whether the sentence around a formula speaks of every case, or of every value of a letter.

    Args:
        name: the key of the letter.
        before: the words in front of the formula.
        after: the words behind it.
    """
    words = re.compile(rf"{_FOR_ANY}\\?{re.escape(name)}\s*\$", re.I)
    sentence = _SENTENCE.split(before.rstrip(" .:"))[-1]
    rest = "" if _BEGINS.match(after) else _SENTENCE.split(after, maxsplit=1)[0]
    return any(one.search(sentence) is not None for one in (GENERAL, words)) or (
        re.match(r"\s*,?\s*(?:for|whatever|no matter)\b", rest, re.I) is not None
        and any(one.search(rest) is not None for one in (GENERAL, words))
    )


__all__ = ["GENERAL", "is_of_every"]
