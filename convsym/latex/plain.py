"""What a learner types, 2*(o11 - y11) or dL/do11 = exp(-z), as the same syntax tree that LaTeX gives."""

from __future__ import annotations

import re

from convsym.errors import LatexError
from convsym.latex import symbols as table
from convsym.latex.parser import parse, parse_tokens
from convsym.latex.syntax import Chain, Node
from convsym.latex.tokens import MAX_DIGITS, MAX_LENGTH, MAX_TOKENS, Token, tokenize

_LATEX = re.compile(r"\\[A-Za-z]|[{}]")
_PIECE = re.compile(
    r"""
    (?P<derivative>(?P<above>[d∂])(?P<of>[A-Za-zΑ-ω][A-Za-z0-9_,]*?)?\s*/\s*(?P<below>[d∂])(?P<by>[A-Za-zΑ-ω][A-Za-z]*?[0-9_]*)(?![A-Za-z0-9_]))
  | (?P<number>[0-9]+\.?[0-9]*|\.[0-9]+)
  | (?P<word>[A-Za-z][A-Za-z]*)
  | (?P<power>\*\*|\^)
  | (?P<relation><=|>=|!=|==|:=|=|<|>)
  | (?P<space>\s+)
  | (?P<lowered>[₀-₎ₐ-ₜᵢ-ᵥⱼ]+|[⁰¹²³⁴-⁾ⁿⁱᵀᵗᵏˡᵐʲ]+)
  | (?P<char>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_RELATIONS = {"<=": "le", ">=": "ge", "!=": "ne", "==": "=", ":=": ":=", "=": "=", "<": "lt", ">": "gt"}
_WORDS = (
    table.FUNCTIONS
    | table.USER_WORDS
    | frozenset(["sqrt", "abs", "sigmoid", "heaviside", "step", "transpose"])
)
_LOWERED = {0x2080 + digit: str(digit) for digit in range(10)}
_EXPONENT = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]+|\(")
_INDEX = re.compile(r"_?([0-9]+(?:_[0-9]+)*)|_([A-Za-z](?![A-Za-z]))")


def parse_plain(text: str) -> Node:
    r"""Reads an answer: plain text such as `2*(o11 - y11)/4`, or LaTeX where it holds a command or braces.

    Args:
        text: `x[1,1]`, `x11` and `x_11` name a cell; `**` and `^` are powers; `dL/do11` is a derivative;
            unknown words are products of their letters.

    Returns:
        The expression, or a Chain where it holds a relation. Spans point into `text`.

    Raises:
        LatexError: with what was expected, what was found, and where.
    """
    stripped = text.strip()
    if stripped.startswith("$") and stripped.endswith("$") and len(stripped) > 1:
        lead = text.index("$")
        blanked = re.sub(r"\$", " ", text)
        return parse_plain(blanked) if lead >= 0 else parse_plain(stripped)
    if _LATEX.search(text):
        return _only(text)
    if len(text) > MAX_LENGTH:
        raise LatexError(f"an answer of {len(text)} characters is longer than the limit of {MAX_LENGTH}")
    # Lowered digits are digits behind a name; one character for one keeps the places.
    tokens = _tokens(text.translate(_LOWERED))
    if not tokens:
        raise LatexError("expected an expression, found nothing", text, 0)
    return _bare(parse_tokens(tokens, text))


def _only(text: str) -> Node:
    """The one statement of a LaTeX answer."""
    spaced = re.sub(r"\*\*", " ^", text)
    equation = parse(spaced)
    if len(equation.rows) != 1:
        raise LatexError(
            "expected one expression, found several statements", text, equation.rows[1].span.start
        )
    return _bare(equation.rows[0])


def _bare(node: Node) -> Node:
    if isinstance(node, Chain) and not node.links and not node.conditions and node.first is not None:
        return node.first
    return node


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    brackets: list[bool] = []  # for each open bracket, whether it holds an exponent
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        assert piece is not None  # the last alternative takes any character
        start, at = at, piece.end()
        kind = piece.lastgroup if piece.group("derivative") is None else "derivative"
        value = piece.group()
        if len(found) > MAX_TOKENS:
            raise LatexError(f"an answer of more than {MAX_TOKENS} marks is beyond the limit", text, start)
        if kind == "space":
            continue
        if kind == "derivative":
            _derivative(piece, found)
        elif kind == "number":
            if len(value) > MAX_DIGITS:
                raise LatexError("expected a shorter number", text, start)
            value = value.rstrip(".")
            found.append(Token("number", value, start, at))
        elif kind == "word":
            at = _word(text, start, at, found)
        elif kind == "power":
            at, opened = _power(text, start, at, found)
            if opened:
                brackets.append(True)
        elif kind == "relation":
            found.append(Token("rel", _RELATIONS[value], start, at))
        elif value == ")" and brackets and brackets.pop():
            found.append(Token("rb", "}", start, at))
        elif value == "_":
            raise LatexError("expected a name before the subscript", text, start)
        else:
            # One character, or a run of lowered ones, means here what it means in LaTeX.
            if value == "(":
                brackets.append(False)
            found.extend(_shifted(value, start, text))
            if value.isalpha() and not value.isascii() and len(value) == 1 and found[-1].kind == "name":
                at = _index(text, at, found)  # δ11 is a cell, as d11 is
    if any(brackets):
        raise LatexError("expected ) to close the exponent, found the end", text, len(text))
    return _ratios(found)


def _shifted(marks: str, start: int, text: str) -> list[Token]:
    """The tokens of a few characters, their places moved to `start` of the text."""
    try:
        return [Token(t.kind, t.text, start + t.start, start + t.end, t.extra) for t in tokenize(marks)]
    except LatexError as problem:
        raise LatexError(problem.message, text, start) from None


def _name(text: str, start: int, end: int, found: list[Token]) -> None:
    """Names for the letters in [start, end): one name if the word is known, else letter by letter."""
    word = text[start:end]
    if word in table.LETTERLIKE:
        found.append(Token("name", word, start, end))
    elif word in _WORDS:
        found.append(Token("name", word, start, end, "" if word in table.FUNCTIONS else "op"))
    else:
        found.extend(Token("name", letter, start + at, start + at + 1) for at, letter in enumerate(word))


def _word(text: str, start: int, end: int, found: list[Token]) -> int:
    """A word and the digits or the index behind it: o11, x_1_2, K_W, sigma."""
    _name(text, start, end, found)
    return _index(text, end, found)


def _index(text: str, end: int, found: list[Token]) -> int:
    """The digits or the index behind a name; the offset behind them."""
    index = _INDEX.match(text, end)
    if index is None:
        return end
    found.append(Token("sub", "_", end, end))
    found.append(Token("lb", "{", end, end))
    group = 1 if index.group(1) is not None else 2
    if group == 2:
        found.append(Token("name", index.group(2), index.start(2), index.end(2)))
    else:
        place = index.start(1)
        for at, part in enumerate(index.group(1).split("_")):
            if at:
                found.append(Token("comma", ",", place, place + 1))
                place += 1
            found.append(Token("number", part, place, place + len(part)))
            place += len(part)
    found.append(Token("rb", "}", index.end(), index.end()))
    return index.end()


def _power(text: str, start: int, end: int, found: list[Token]) -> tuple[int, bool]:
    """A power and a signed number or name that it raises to: (offset behind, whether a bracket is open)."""
    found.append(Token("sup", "^", start, end))
    found.append(Token("lb", "{", end, end))
    at = end
    while at < len(text) and text[at] in " \t":
        at += 1
    if at < len(text) and text[at] in "+-−":
        found.append(Token("sign", "+" if text[at] == "+" else "-", at, at + 1))
        at += 1
    inner = _EXPONENT.match(text, at)
    if inner is None:
        raise LatexError("expected an exponent", text, min(at, len(text)))
    if inner.group() == "(":
        return at + 1, True
    if inner.group()[0].isdigit():
        found.append(Token("number", inner.group(), at, inner.end()))
        at = inner.end()
    else:
        at = _word(text, at, inner.end(), found)
    found.append(Token("rb", "}", at, at))
    return at, False


def _derivative(piece: re.Match[str], found: list[Token]) -> None:
    """dL/do11 as the fraction that LaTeX has for it."""
    text = piece.string
    letter = {"d": "d", "∂": "partial"}
    found.append(Token("frac", "frac", piece.start(), piece.start()))
    for mark, of in (("above", "of"), ("below", "by")):
        place = piece.start(mark)
        found.append(Token("lb", "{", place, place))
        found.append(Token("name", letter[piece.group(mark)], place, place + 1))
        if piece.group(of) is not None:
            letters = re.compile(r"[A-Za-zΑ-ω]+").match(text, piece.start(of))
            assert letters is not None
            _word(text, letters.start(), letters.end(), found)
        end = piece.end(of) if piece.group(of) is not None else place + 1
        found.append(Token("rb", "}", end, end))


def _ratios(tokens: list[Token]) -> list[Token]:
    """A ratio of two numbers is one fraction: 1/4 x11 is a quarter of x11."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        first = tokens[at]
        before = found[-1] if found else None
        bound = before is not None and (before.kind == "op" or before.kind in ("sub", "sup"))
        if (
            first.kind == "number"
            and not bound
            and at + 2 < len(tokens)
            and tokens[at + 1].kind == "op"
            and tokens[at + 1].text == "/"
            and tokens[at + 2].kind == "number"
            and not (at + 3 < len(tokens) and tokens[at + 3].kind in ("sup", "sub"))
        ):
            second = tokens[at + 2]
            found.append(Token("frac", "frac", first.start, first.start))
            for number in (first, second):
                found.append(Token("lb", "{", number.start, number.start))
                found.append(number)
                found.append(Token("rb", "}", number.end, number.end))
            at += 3
        else:
            found.append(first)
            at += 1
    return found
