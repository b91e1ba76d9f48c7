"""The place of the descent in its tokens: looking ahead, taking, depth, open brackets and bars."""

from __future__ import annotations

from typing import NoReturn

from convsym.errors import LatexError
from convsym.latex.syntax import Span
from convsym.latex.tokens import Token

MAX_DEPTH = 48

CLOSING = frozenset(
    {"close", "rb", "end", "comma", "rel", "row", "amp", "quad", "eof", "over", "stop", "tag"}
)
_SHOWN = {"rb": "}", "lb": "{", "close": "a closing bracket", "eof": "the end", "row": "\\\\", "amp": "&"}


class Cursor:
    """A place in the tokens of one statement, and what is open there; `at` is the next token."""

    def __init__(self, tokens: list[Token], source: str) -> None:
        self.tokens = list(tokens)
        self.source = source
        self.at = 0
        self.depth = 0
        self.bars: list[str] = []  # the bars that are open, innermost last
        self.enclosed = 0  # how many brackets or matrices are open
        self.spoken = False  # inside a cell of cases, where words begin the condition
        last = tokens[-1].end if tokens else 0
        self.end = Token("eof", "", last, last)

    @property
    def next(self) -> Token:
        """The token to read."""
        return self.tokens[self.at] if self.at < len(self.tokens) else self.end

    def peek(self, ahead: int = 1) -> Token:
        """The token `ahead` places behind the next one."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else self.end

    def take(self) -> Token:
        """The next token; the place moves behind it."""
        token = self.next
        self.at += 1
        return token

    def begins_braced_script(self, inside: bool) -> bool:
        r"""Whether scripts in braces of their own begin, as in \delta{_2}, or end where they have begun."""
        if inside:
            return self.next.kind == "rb"
        return self.next.kind == "lb" and self.peek().kind in ("sub", "sup")

    def fail(self, expected: str, token: Token | None = None) -> NoReturn:
        """Raises the error that shows what stands at a token, the next one unless given."""
        token = token or self.next
        shown = _SHOWN.get(token.kind) or repr(self.source[token.start : token.end][:30] or token.text)
        raise LatexError(f"expected {expected}, found {shown}", self.source, token.start)

    def enter(self) -> None:
        """Goes one level deeper, within the limit."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LatexError(
                f"the formula nests deeper than the limit of {MAX_DEPTH}", self.source, self.next.start
            )

    def leave(self) -> None:
        """Comes one level up."""
        self.depth -= 1

    def span(self, start: int) -> Span:
        """From `start` to the end of what was read."""
        return Span(start, self.tokens[self.at - 1].end if self.at else start)

    def nested(self) -> None:
        """Goes into a bracket or a matrix."""
        self.enter()
        self.enclosed += 1

    def unnested(self) -> None:
        """Comes out of a bracket or a matrix."""
        self.leave()
        self.enclosed -= 1

    def trailing_mark(self) -> Token | None:
        r"""Takes a sign off the end of the script that comes next, the + of w^{(2)+}; None where there is none."""
        depth, end = 0, self.at
        for end in range(self.at, len(self.tokens)):
            depth += {"lb": 1, "rb": -1}.get(self.tokens[end].kind, 0)
            if depth == 0:
                break
        mark = self.tokens[end - 1] if depth == 0 and end - self.at > 3 else None
        if mark is None or mark.kind not in ("sign", "op") or self.tokens[end - 2].kind != "close":
            return None
        del self.tokens[end - 1]
        return mark

    def bar_role(self) -> str:
        """What a bar behind an operand does: opens, closes, or stands for "evaluated at"."""
        token = self.next
        if token.extra == "l":
            return "open"
        if self.bars and self.bars[-1] == token.text and token.extra != "l":
            return "close"
        if self.bars and self.bars[-1] == "||" and token.text == "|":
            return "close"
        behind = self.peek().kind
        if token.text == "|" and behind in ("sub", "sup"):
            return "at"
        if token.extra == "r":
            return "close"
        if token.text == "|" and self.enclosed:
            return "mid"
        return "open"
