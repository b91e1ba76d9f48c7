"""The smallest marks of LaTeX mathematics: what a token is, and the patterns tokens are cut by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    r"""One mark of the source.

    Attributes:
        kind: "number", "name", "words", "dots", "rel", "sign", "op", "big", "open", "close", "bar", "lb",
            "rb", "sub", "sup", "prime", "frac", "sqrt", "over", "amp", "row", "quad", "comma", "stop",
            "begin", "end", "tag", "font", "accent", "brace" (\underbrace) or "at" (the \left. of
            \left. .. \right|).
        text: the canonical text: "le" for \leq and ≤, the kind of a bracket, the digits of a number.
        start, end: half-open range of offsets into the source.
        extra: the font of a name, "left" or "right" of a sized delimiter, "l" or "r" of a sided bar.
    """

    kind: str
    text: str
    start: int
    end: int
    extra: str = ""


def closing_brace(marks: Iterable[re.Match[str]]) -> re.Match[str] | None:
    """The } that closes the { which the marks begin with, or None; marks that are no brace count for nothing."""
    depth = 0
    for mark in marks:
        if mark.group() == "{":
            depth += 1
        elif mark.group() == "}":
            depth -= 1
            if depth == 0:
                return mark
    return None


PIECE = re.compile(
    r"""
    (?P<command>\\[A-Za-z]+)
  | (?P<escape>\\.)
  | (?P<number>
        [0-9]{1,3}(?:(?:\{,\}|\\,)[0-9]{3})+(?![0-9])(?:\.[0-9]+)?
      | [0-9]+(?:\.[0-9]+)?
      | (?<![0-9.])\.[0-9]+
    )
  | (?P<dots>\.\.\.)
  | (?P<dotted>[A-Za-z]{2,20}(?:\.[A-Za-z_]{1,30}){1,4}(?=\s*\())
  | (?P<word>(?:(?<=_[A-Za-z])(?:exp|log|ln|tanh)(?=\s*(?:\\left|\\[bB]igg?l?)?\s*[(\[]))
      | (?:(?<![A-Za-z\\])|(?<=_[A-Za-z]))(?:
          (?:log|ln)(?=\s*\\(?:hat|bar|tilde|sigma)\b|\s+[A-Za-z](?![A-Za-z])|[A-Za-z][_^'])
        | log(?=[A-Za-z](?![A-Za-z])))
      | (?<![A-Za-z\\])
        (?:rot_?180|[Cc]ost|[Ll]oss|[Ee]rror|MSE|BCE|SSE|old|new|[Rr]eLU|relu|[Ss]igmoid|[Ss]oftmax
          |out|net|pred|true|prev|next|(?<=\{)in(?=\})
          |[A-Za-z]{2,20}(?:\s?\\_\s?[A-Za-z0-9]{1,20}){1,4}
          |(?:flip|conv|corr|pool|pad|rot|diag|vec)(?=\s*(?:_|[(\[]|\\left\s*[(\[]))
          |(?:exp|log|ln|sin|cos|sinh|cosh|tanh|max|min)(?=\s*(?:\^\s*\{?\d\}?\s*)?(?:\\left|\\[bB]igg?l?)?\s*[(\[])
          |(?=[A-Za-z]*[aeiou])[A-Za-z]{5,20})
        (?![A-Za-z]))
  | (?P<letter>[A-Za-z])
  | (?P<foreign>[^\W\d_a-zA-Z]+)
  | (?P<space>\s+)
  | (?P<relation>:=|=:|<=>|<=|>=|!=|==>?|=>|->)
  | (?P<char>.)
    """,
    re.VERBOSE | re.DOTALL,
)
WORD_ARGUMENT = re.compile(r"\s*\{\s*([A-Za-z][A-Za-z0-9 _.\-]{0,60}?)\s*\}")
ONE_NAME = re.compile(r"\s*\{?\s*(\\[A-Za-z]+|[^\W\d_])\s*\}?")
ENVIRONMENT = re.compile(r"\s*\{\s*([A-Za-z]+\*?)\s*\}")
ROW_SPACE = re.compile(r"\*?[ \t]*\[\s*-?[0-9.]+\s*(?:em|ex|pt|mm|cm|in|mu|\\[A-Za-z]+)\s*\]|\*")
OLD_FONT_WORD = re.compile(r"\s+([A-Za-z][A-Za-z0-9]{1,40})\s*(?=\})")
UPDATE = re.compile(r"\s*\{\s*[+-]\s*\}\s*=|\s*\{\s*[+-]=\s*\}")
SIZED_GROUP = re.compile(r"\s*\{\s*(\\[A-Za-z]+|\\[{}|]|[()\[\]|/.])\s*\}")
UNDER_ARROW = re.compile(r"\s*\[[^\[\]]{0,200}\]")
CALLED = re.compile(r"[A-Za-z]{2,20}(?:\.[A-Za-z_]{1,30})+\Z")
NAME_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_ ][A-Za-z0-9]+){0,5}\Z")
EQUATION_NUMBER = re.compile(
    r"\s*(?:\{\s*)?\(?\s*([A-Za-z]?[0-9]{0,3}(?:[.\-][0-9]{1,3})*[a-z']?)\s*\)?(?:\s*\})?"
)
NEGATED = re.compile(r"\s*(?:=|\\in(?![A-Za-z])|\{\s*(?:=|\\in)\s*\})")
ASCII_RELATIONS = {
    ":=": ":=", "=:": "=:", "<=>": "iff", "<=": "le", ">=": "ge", "!=": "ne", "==": "=", "=>": "implies",
    "==>": "implies", "->": "to",
}  # fmt: skip
DEFINING = frozenset(
    {"def", "def.", "definition", "\\Delta", "\\triangle", "Δ", "∆", "\\text{def}", "\\mathrm{def}"}
)
SCRIPT_AHEAD = re.compile(r"\s*(?:[_^]|\\n?olimits|\\limits)")
# What a product may go on with: a letter, a bracket, a command that is no text, space or layout.
FACTOR_AHEAD = re.compile(
    r"\s*(?:[A-Za-z(]|\\(?!text|mbox|quad|qquad|hspace|begin|end|left\s*\.|tag|label|ldots|dots)[A-Za-z])"
)
RELATED_ROW = re.compile(r"(?:(?!\\\\)[\s\S])*?(?:[=<>]|\\(?:le|ge|leq|geq|in|approx|to|sim)(?![A-Za-z]))")


def without_alignment(row: Iterable[Token]) -> list[Token]:
    """The tokens of a row without what only aligns it; the cells of a matrix in it stay apart.

    Args:
        row: one row of a display.
    """
    kept: list[Token] = []
    open_tables = 0
    for token in row:
        open_tables += {"begin": 1, "end": -1}.get(token.kind, 0)
        if open_tables > 0 or token.kind not in ("amp", "quad"):
            kept.append(token)
    return kept
