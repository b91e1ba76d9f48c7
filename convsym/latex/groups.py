"""Braces and notes that only hold something together: empty groups, words in braces, shapes under a name."""

from __future__ import annotations

import re

from convsym.latex.marks import Token

_NOTE = re.compile(
    r"""\s*(?:
        [^=<>]*\\(?:times|in)(?![A-Za-z])[^=<>]*           # n \times m, \in \mathbb{R}^n
      | \(\s*[\w\\{}^]+\s*(?:,\s*[\w\\{}^\[\]]*\s*)+\)      # (n, m)
      | \\(?:text|mbox|textrm|textbf|mathrm|textit)\s*\{[^{}]{2,}\}
    )\s*""",
    re.VERBOSE,
)
_CARRY = frozenset({"sub", "sup", "frac", "sqrt", "rb", "font", "accent", "brace"})


def is_note(text: str) -> bool:
    r"""Whether what is set over or under an expression speaks of it: a shape n \times m, a few words.

    Args:
        text: the source of it.
    """
    return _NOTE.fullmatch(text) is not None


def within_groups(tokens: list[Token], start: int, end: int) -> tuple[int, int]:
    """The range between two delimiters without the braces that hold all of it together.

    Args:
        tokens: of a formula.
        start, end: places of the delimiters.

    Returns:
        The places right before and right behind what is inside.
    """
    while end - start > 2 and tokens[start + 1].kind == "lb" and tokens[end - 1].kind == "rb":
        depth = 0
        for at in range(start + 1, end - 1):
            depth += {"lb": 1, "rb": -1}.get(tokens[at].kind, 0)
            if depth == 0:
                return start, end
        start, end = start + 1, end - 1
    return start, end


def with_plain_groups(tokens: list[Token]) -> list[Token]:
    """The tokens without `{}` that only spaces ({}+, ={}&), and without the braces of {\\mbox{if}}.

    An empty group that carries a script stays.

    Args:
        tokens: of a formula.
    """
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        if tokens[at].kind == "lb" and at + 1 < len(tokens) and tokens[at + 1].kind == "rb":
            before = kept[-1].kind if kept else ""
            behind = tokens[at + 2].kind if at + 2 < len(tokens) else ""
            if before not in ("sub", "sup", "frac", "sqrt", "rb") and behind not in ("sub", "sup", "lb"):
                at += 2
                continue
        if [token.kind for token in tokens[at : at + 3]] == ["lb", "words", "rb"] and not (
            kept and kept[-1].kind in _CARRY
        ):
            kept.append(tokens[at + 1])
            at += 3
            continue
        kept.append(tokens[at])
        at += 1
    return kept
