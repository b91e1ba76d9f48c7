"""LaTeX as one line of Unicode that a person reads in a terminal: z₁,₁ = (x₁,₁k₁,₁ + …)/4.

A rendering for eyes only: tolerant of anything, never an error, never taken back as input. The exact
text of an equation stays the LaTeX in its verdict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

from convsym.report.alphabet import (
    ACCENTS,
    BIG,
    BLACKBOARD,
    DELIMITERS,
    DROPPED,
    FONTS,
    FUNCTIONS,
    LAYOUT,
    LETTERS,
    OPERATORS,
    PREFIXES,
    PRODUCTS,
    RELATIONS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TEXTS,
)
from convsym.report.neutral import neutral

LONGEST = 4_000
"""Characters of LaTeX that are read; a longer equation ends in an ellipsis."""

_DEEPEST = 40
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of output and how it stands to its neighbors.

    `kind` is "atom", "scripted" (an atom whose index is written behind an underscore), "fraction",
    "plus", "product", "relation", "open", "close", "comma", "function", "big", "prefix", "words" or "gap".
    """

    text: str
    kind: str


class _TooDeep(Exception):
    """The braces nest deeper than anybody reads."""


def readable(latex: str) -> str:
    """The equation as a line of Unicode text.

    Args:
        latex: any text; control characters come out as visible pictures.

    Returns:
        One line without control characters. Text that is no LaTeX comes back much as it was.
    """
    cut = latex[:LONGEST]
    try:
        text = _join(_Reader(_TOKEN.findall(cut)).read(()))
    except _TooDeep:
        text = " ".join(cut.split())
    return neutral(text) + ("…" if len(latex) > LONGEST else "")


class _Reader:
    """Reads tokens into pieces; a missing brace ends where the text ends."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def read(self, closing: tuple[str, ...]) -> list[_Piece]:
        """Pieces up to one of the `closing` tokens, which is consumed."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _TooDeep
        pieces: list[_Piece] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token in closing:
                break
            self.token(token, pieces)
        self.depth -= 1
        return pieces

    def token(self, token: str, pieces: list[_Piece]) -> None:
        """Append what one token, with the arguments it takes, means."""
        if token.isspace() or token == "&":
            return
        if token in "_^" or token == "'":
            self.script(token, pieces)
        elif token == "{":
            pieces.extend(self.read(("}",)))
        elif token in ("\\\\", "\\cr"):
            pieces.append(_Piece("", "gap"))
        elif token.startswith("\\") and len(token) > 1:
            self.command(token[1:].rstrip("*"), pieces)
        else:
            pieces.append(_character(token))

    def command(self, name: str, pieces: list[_Piece]) -> None:
        """Append what a command means."""
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            top, bottom = self.argument(), self.argument()
            pieces.append(_Piece(f"{_grouped(top, top=True)}/{_grouped(bottom)}", "fraction"))
        elif name == "sqrt":
            index = _join(self.optional())
            pieces.append(
                _Piece(f"{_superscript(index) if index else ''}√{_grouped(self.argument())}", "atom")
            )
        elif name == "begin":
            self.environment(_join(self.argument()).rstrip("*"), pieces)
        elif name == "end":
            self.argument()
        elif name in TEXTS:
            pieces.append(_Piece(" ".join(self.raw().split()), "words"))
        elif name == "operatorname":
            pieces.append(_Piece("".join(self.raw().split()), "function"))
        elif name in FONTS:
            pieces.extend(self.argument())
        elif name == "mathbb":
            text = _join(self.argument())
            pieces.append(_Piece(BLACKBOARD.get(text, text), "atom"))
        elif name in ACCENTS:
            text = _join(self.argument())
            accented = normalize("NFC", text[:1] + ACCENTS[name])
            pieces.append(_Piece(accented + text[1:], "atom"))
        elif name in DROPPED:
            self.argument()
        elif name in LAYOUT or name in ",;:! >":
            if name in ("quad", "qquad"):
                pieces.append(_Piece("", "gap"))
        else:
            pieces.append(_named(name))

    def script(self, sign: str, pieces: list[_Piece]) -> None:
        """Set a subscript, a superscript or a prime on the piece before."""
        base = pieces.pop() if pieces else _Piece("", "atom")
        if sign == "'":
            pieces.append(_Piece(base.text + "′", base.kind))
            return
        argument = self.argument()
        text = _join(argument)
        if base.kind == "big":
            pieces.append(_big(base, sign, text))
        elif sign == "_":
            # An atom written behind an underscore must not run into the next factor.
            small = _subscript(text)
            kind = "scripted" if "_" in small and base.kind in ("atom", "scripted") else base.kind
            pieces.append(_Piece(base.text + small, kind))
        else:
            if text in ("⊤", "T"):
                text = "T"
            wrapped = f"({base.text})" if base.kind == "fraction" else base.text
            small = _superscript(text)
            kind = base.kind if base.kind in ("function", "close", "prefix") else "atom"
            pieces.append(_Piece(wrapped + small, "scripted" if "^" in small and kind == "atom" else kind))

    def argument(self) -> list[_Piece]:
        """The next group or single token."""
        self.skip_space()
        if self.at >= len(self.tokens):
            return []
        token = self.tokens[self.at]
        if token in ("}", "\\end"):
            return []
        self.at += 1
        if token == "{":
            return self.read(("}",))
        if token[0].isdigit() and len(token) > 1:
            # TeX takes one digit as the argument: x^10 is x to the 1, then 0.
            self.at -= 1
            self.tokens[self.at] = token[1:]
            token = token[0]
        pieces: list[_Piece] = []
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _TooDeep
        self.token(token, pieces)
        self.depth -= 1
        return pieces

    def optional(self) -> list[_Piece]:
        """What stands in square brackets, if a bracket is next."""
        self.skip_space()
        if self.at < len(self.tokens) and self.tokens[self.at] == "[":
            self.at += 1
            return self.read(("]",))
        return []

    def raw(self) -> str:
        """The next group's characters as they stand."""
        self.skip_space()
        if self.at >= len(self.tokens) or self.tokens[self.at] != "{":
            return _join(self.argument())
        level, start = 0, self.at + 1
        while self.at < len(self.tokens):
            level += {"{": 1, "}": -1}.get(self.tokens[self.at], 0)
            self.at += 1
            if level == 0:
                break
        end = self.at - 1 if level == 0 else self.at
        return "".join(self.tokens[start:end]).replace("\\", "").replace("$", "")

    def environment(self, name: str, pieces: list[_Piece]) -> None:
        """A matrix as [a b; c d], cases as { a, if b; c, else }, anything else as its rows in one line."""
        if name in ("array", "alignedat", "alignat", "subarray"):
            self.argument()
        matrix = name.endswith("matrix") or name == "array"
        if not matrix and name not in ("cases", "dcases"):
            return
        rows: list[str] = []
        cells: list[str] = []
        cell: list[_Piece] = []
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _TooDeep
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token == "&":
                cells.append(_join(cell))
                cell = []
            elif token in ("\\\\", "\\end"):
                cells.append(_join(cell))
                rows.append(("  " if matrix else ", ").join(text for text in cells if text))
                cells, cell = [], []
                if token == "\\end":
                    self.argument()
                    break
            else:
                self.token(token, cell)
        else:
            rows.append("  ".join([*cells, _join(cell)]))
        self.depth -= 1
        ends = {"pmatrix": "()", "vmatrix": "||", "cases": "{}", "dcases": "{}"}.get(name, "[]")
        pieces.append(_Piece(ends[0] + "; ".join(row for row in rows if row) + ends[1], "atom"))

    def skip_space(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1


def _character(token: str) -> _Piece:
    if token in "([":
        return _Piece(token, "open")
    if token in ")]":
        return _Piece(token, "close")
    if token in "+-±∓−":
        return _Piece("−" if token == "-" else token, "plus")
    if token in "=<>:":
        return _Piece(token, "relation")
    if token in "*/·":
        return _Piece("·" if token == "*" else token, "product")
    if token in ",;":
        return _Piece(token, "comma")
    return _Piece(" " if token == "~" else token, "atom")


def _named(name: str) -> _Piece:
    for table, kind in (
        (LETTERS, "atom"),
        (RELATIONS, "relation"),
        (OPERATORS, "plus"),
        (PRODUCTS, "product"),
        (BIG, "big"),
        (PREFIXES, "prefix"),
    ):
        if name in table:
            return _Piece(table[name], kind)
    if name in DELIMITERS:
        text = DELIMITERS[name]
        kind = "open" if text in "⌊⌈⟨{[" else "close" if text in "⌋⌉⟩}]" else "atom"
        return _Piece(text, kind)
    if name in FUNCTIONS:
        return _Piece(name, "function")
    if name in ("{", "}"):
        return _Piece(name, "open" if name == "{" else "close")
    if len(name) == 1:
        return _Piece("‖" if name == "|" else name, "atom")
    return _Piece(f"\\{name}", "words")


def _big(base: _Piece, sign: str, text: str) -> _Piece:
    """Σ[i = 1..n]: the limits in one bracket, whichever of them stand there."""
    text = text.replace(" ", "")
    if base.text.endswith("]"):
        joined = f"{base.text[:-1]}..{text}]" if sign == "^" else f"{base.text[:1]}[{text}{base.text[2:]}"
        return _Piece(joined, "big")
    return _Piece(f"{base.text}[{text}]" if sign == "_" else f"{base.text}[..{text}]", "big")


def _subscript(text: str) -> str:
    return _small(text, SUBSCRIPTS, "_")


def _superscript(text: str) -> str:
    return text if text and set(text) <= set("′*") else _small(text, SUPERSCRIPTS, "^")


def _small(text: str, table: dict[str, str], sign: str) -> str:
    packed = text.replace(" ", "")
    if packed and packed != "," and all(char in table or char == "," for char in packed):
        return "".join(table.get(char, char) for char in packed)
    return f"{sign}{packed}" if packed.isalnum() else f"{sign}({packed})"


def _grouped(pieces: list[_Piece], *, top: bool = False) -> str:
    """The pieces as one operand of a fraction bar: in parentheses unless they read as one already."""
    text = _join(pieces)
    inner = [piece for piece in pieces if piece.kind not in ("prefix", "gap")]
    loose = {"plus", "relation", "fraction", "comma", "big", "words", "function"}
    if not top:
        loose |= {"product", "open"}
    one = len(inner) <= 1 if not top else True
    if top and len(inner) > 1 and any(piece.kind in ("open", "close") for piece in inner):
        one = True
    if one and not any(piece.kind in loose for piece in inner):
        return text
    if len(inner) == 1 and inner[0].kind == "words":
        return text
    return f"({text})"


_OPERANDS = frozenset({"atom", "scripted", "fraction", "close"})
_CONNECTIVES = frozenset({"if", "for", "and", "or", "where", "with", "else", "otherwise", "so", "as", "in"})
_STARTS = frozenset({"atom", "scripted", "fraction", "open", "prefix", "function", "big", "words"})


def _join(pieces: list[_Piece]) -> str:
    out: list[str] = []
    before: _Piece | None = None
    last = ""  # kind of the last piece that is no gap
    for piece in pieces:
        if piece.kind == "gap":
            if before is not None and before.kind != "gap":
                out.append("  ")
                before = piece
            continue
        out.append(_between(before, piece))
        out.append(piece.text)
        sign = piece.kind == "plus" and last not in _OPERANDS | {"words"}
        before = _Piece(piece.text, "prefix") if sign else piece
        last = piece.kind
    return re.sub(r" {2,}", "  ", "".join(out)).strip()


def _between(before: _Piece | None, piece: _Piece) -> str:
    """The space, or the dot of a product, between two neighbors."""
    if before is None or before.kind == "gap":
        return ""
    if before.kind == "relation" and piece.kind == "relation":
        return ""
    if "relation" in (before.kind, piece.kind) or before.kind == "comma":
        return " "
    if piece.kind == "plus":
        return " " if before.kind in _OPERANDS | {"words", "plus"} else ""
    if before.kind == "plus":
        return " "
    if "product" in (before.kind, piece.kind):
        return "" if piece.text in "/·" or before.text in "/·" else " "
    if before.kind in _OPERANDS and piece.kind in _STARTS:
        if piece.kind == "fraction" or before.kind == "fraction":
            return " · "
        # x_W y is a product, f_W(y) and x_W(..) stay as close as they were printed.
        if piece.kind in ("big", "function", "words") or (before.kind == "scripted" and piece.kind != "open"):
            return " "
        return ""
    if before.kind == "words" and piece.kind == "open" and before.text not in _CONNECTIVES:
        return ""  # a function's name set as text
    if before.kind == "words" or (before.kind in ("function", "big") and piece.kind in _STARTS - {"open"}):
        return " " if piece.kind in _STARTS else ""
    if before.kind == "big":
        return " "
    return ""
