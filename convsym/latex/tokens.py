r"""LaTeX mathematics as tokens, each with the place in the source it came from.

The tokenizer settles what needs no grammar: spacing, sizes, fonts of whole words, comments, \text, Unicode.
It never expands, executes or evaluates anything, and its time grows linearly with the text.
"""

from __future__ import annotations

import re

from convsym.errors import LatexError
from convsym.latex import marks
from convsym.latex import symbols as table
from convsym.latex.groups import is_note, with_plain_groups
from convsym.latex.marks import Token

MAX_LENGTH = 100_000
MAX_TOKENS = 20_000
MAX_DIGITS = 1_000
_MAX_NESTED_TEXT = 8

__all__ = ["MAX_DIGITS", "MAX_LENGTH", "MAX_TOKENS", "Token", "tokenize"]


def tokenize(source: str) -> tuple[Token, ...]:
    r"""Cuts a display into tokens.

    Args:
        source: a formula without its delimiters; environments such as align may be part of it.

    Returns:
        The tokens in order; every `start` and `end` is an offset into `source`.

    Raises:
        LatexError: an unknown command or character, a missing brace, or a text beyond the limits.
    """
    if len(source) > MAX_LENGTH:
        raise LatexError(f"a formula of {len(source)} characters is longer than the limit of {MAX_LENGTH}")
    return tuple(_Scanner(source).run())


class _Scanner:
    """One pass over the source; `at` is the offset of what is read next."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens: list[Token] = []
        self.at = 0
        self.nesting = 0

    def run(self) -> list[Token]:
        self.scan(len(self.source))
        return with_plain_groups(self.tokens)

    def error(self, message: str, offset: int) -> LatexError:
        return LatexError(message, self.source, offset)

    def emit(self, kind: str, text: str, start: int, end: int | None = None, extra: str = "") -> None:
        if len(self.tokens) >= MAX_TOKENS:
            raise self.error(f"a formula of more than {MAX_TOKENS} tokens is beyond the limit", start)
        self.tokens.append(Token(kind, text, start, self.at if end is None else end, extra))

    def scan(self, stop: int) -> None:
        """Reads up to the offset `stop`."""
        while self.at < stop:
            piece = marks.PIECE.match(self.source, self.at, stop)
            if piece is None:  # a lone backslash at the end
                raise self.error("a backslash with nothing behind it", self.at)
            start, self.at = self.at, piece.end()
            kind, text = piece.lastgroup, piece.group()
            if kind == "space":
                continue
            if kind == "command":
                self.command(text[1:], start)
            elif kind == "escape":
                self.escape(text[1], start)
            elif kind == "number":
                self.number(text, start)
            elif kind == "letter":
                self.emit("name", text, start)
            elif kind == "word":  # a word that authors leave unset, and no product of its letters
                self.emit("name", re.sub(r"[\\_\s]", "", text), start, extra="text")
            elif kind == "dotted":  # np.sum(...): a function of some program
                self.emit("name", text, start, extra="op")
            elif kind == "foreign":
                self.foreign(text, start)
            elif kind == "dots":
                self.emit("dots", "dots", start)
            elif kind == "relation":
                self.emit("rel", marks.ASCII_RELATIONS[text], start)
            else:
                self.character(text, start)

    # -- single marks ------------------------------------------------------------------------------------

    def number(self, text: str, start: int) -> None:
        if len(text) > MAX_DIGITS:
            raise self.error(f"a number of {len(text)} digits is beyond the limit of {MAX_DIGITS}", start)
        self.emit("number", text.replace("{,}", "").replace("\\,", ""), start)

    def foreign(self, text: str, start: int) -> None:
        """Letters of other scripts: a run of them that LaTeX knows no meaning for is one name."""
        known = (table.UNICODE, table.BLACKBOARD, table.SUPERSCRIPTS, table.SUBSCRIPTS)
        plain = 0
        while plain < len(text) and not any(text[plain] in meanings for meanings in known):
            plain += 1
        self.at = start + max(plain, 1)
        if plain:
            self.emit("name", text[:plain], start, extra="text")
        else:
            self.character(text[0], start)

    def multiplies(self, start: int) -> bool:
        """Whether a full stop is a product, A.B or A . B: no statement begins behind it."""
        behind = marks.FACTOR_AHEAD.match(self.source, start + 1)
        if behind is None or not self.tokens or self.tokens[-1].kind not in ("name", "rb", "close", "prime"):
            return False
        spaced = self.source[start - 1 : start].isspace(), self.source[start + 1 : start + 2].isspace()
        return spaced[0] == spaced[1] and marks.RELATED_ROW.match(self.source, start) is None

    def character(self, char: str, start: int) -> None:
        if char == "." and self.multiplies(start):
            self.emit("op", "cdot", start)
            return
        simple = {
            "{": "lb",
            "}": "rb",
            "_": "sub",
            "^": "sup",
            "&": "amp",
            ",": "comma",
            ";": "comma",
            ".": "stop",
        }
        if char in simple:
            self.emit(simple[char], char, start)
        elif char in table.SIGNS:
            self.emit("sign", table.SIGNS[char], start)
        elif char in table.OPERATORS:
            self.emit("op", table.OPERATORS[char], start)
        elif char in table.RELATIONS:
            self.emit("rel", table.RELATIONS[char], start)
        elif char == ":":
            self.emit("rel", "colon", start)
        elif char in "([":
            self.emit("open", char, start)
        elif char in ")]":
            self.emit("close", table.CLOSERS[char], start)
        elif char == "|":
            self.emit("bar", "|", start)
        elif char in "'″‴":
            for _ in range({"'": 1, "″": 2, "‴": 3}[char]):
                self.emit("prime", "'", start)
        elif char == "`" and self.tokens and self.tokens[-1].kind in ("name", "rb", "close", "prime"):
            self.emit("prime", "'", start)  # f`(x), typed on the other key
        elif char == "~" or char in table.INVISIBLE:
            return
        elif char == "%":
            line_end = self.source.find("\n", self.at)
            self.at = len(self.source) if line_end < 0 else line_end + 1
        elif char in table.UNICODE:
            self.unicode(table.UNICODE[char], start)
        elif char in table.BLACKBOARD:
            kind = "number" if table.BLACKBOARD[char].isdigit() else "name"
            self.emit(kind, table.BLACKBOARD[char], start, extra="bb")
        elif char in table.SUPERSCRIPTS:
            self.unicode_script("sup", table.SUPERSCRIPTS, start)
        elif char in table.SUBSCRIPTS:
            self.unicode_script("sub", table.SUBSCRIPTS, start)
        else:
            shown = repr(char) if char.isprintable() else f"U+{ord(char):04X}"
            raise self.error(f"expected mathematics, found the character {shown}", start)

    def unicode(self, meaning: str, start: int) -> None:
        if meaning == "\\Sigma" and re.compile(r"\s*[_^]").match(self.source, self.at):
            self.emit("big", "sum", start)
        elif meaning[0] == "\\" and meaning[1:].isalpha():
            self.command(meaning[1:], start)
        elif meaning[0] == "\\":
            self.escape(meaning[1], start)
        else:
            self.character(meaning, start)

    def unicode_script(self, kind: str, letters: dict[str, str], start: int) -> None:
        """A run of raised or lowered characters is one script in braces."""
        end = start
        while end < len(self.source) and self.source[end] in letters:
            end += 1
        self.emit(kind, "^" if kind == "sup" else "_", start, start)
        self.emit("lb", "{", start, start)
        digits = ""
        for offset in range(start, end + 1):
            char = letters[self.source[offset]] if offset < end else ""
            if digits and not char.isdigit():
                self.emit("number", digits, offset - len(digits), offset)
                digits = ""
            if char.isdigit():
                digits += char
            elif char.isalpha():
                self.emit("name", char, offset, offset + 1)
            elif char:
                kind_of = {"+": "sign", "-": "sign", "(": "open", ")": "close"}[char]
                self.emit(kind_of, "(" if char == ")" else char, offset, offset + 1)
        self.emit("rb", "}", end, end)
        self.at = end

    def escape(self, char: str, start: int) -> None:
        if char == "\\":
            space = marks.ROW_SPACE.match(self.source, self.at)
            if space is not None:
                self.at = space.end()
            self.emit("row", "\\\\", start)
        elif char == "{":
            self.emit("open", "{", start)
        elif char == "}":
            self.emit("close", "{", start)
        elif char == "|":
            self.emit("bar", "||", start)
        elif char == "%":
            raise self.error("percentages are not supported", start)
        elif char in "_#&$":
            raise self.error(f"expected mathematics, found \\{char}", start)
        elif char == "`":
            self.character(char, start)  # a backtick that Markdown would take, escaped
        elif char not in table.SILENT and not char.isspace():
            raise self.error(f"unknown command \\{char}", start)

    # -- commands ----------------------------------------------------------------------------------------

    def command(self, name: str, start: int) -> None:
        if name in table.NABLAS:
            name = "nabla"
        if name in table.LETTERLIKE:
            kind = "prime" if name == "prime" else "name"
            self.emit(kind, name, start)
        elif name in table.RELATIONS:
            if name.startswith("x"):
                below = marks.UNDER_ARROW.match(self.source, self.at)
                self.at = below.end() if below is not None else self.at
                self.skip_argument()
            self.emit("rel", table.RELATIONS[name], start)
        elif name in table.OPERATORS:
            self.emit("op", table.OPERATORS[name], start)
        elif name in table.SIGNS:
            self.emit("sign", table.SIGNS[name], start)
        elif name in table.LARGE_SIGNS and not marks.SCRIPT_AHEAD.match(self.source, self.at):
            self.emit("op", table.LARGE_SIGNS[name], start)
        elif name in table.BIG_OPERATORS:
            self.emit("big", table.BIG_OPERATORS[name], start)
        elif name in table.FUNCTIONS or name in table.USER_WORDS:
            self.function(name, start)
        elif name in table.WORD_FONTS or name in table.LETTER_FONTS or name in table.OLD_FONTS:
            self.font(name, start)
        elif name in table.ACCENTS:
            self.emit("accent", table.ACCENTS[name], start)
        elif name in table.FRACTIONS:
            self.emit("frac", name, start)
        elif name in ("left", "right", "middle"):
            self.sized_delimiter(name, start)
        elif name in table.SIZES:
            self.sized(start)
        elif name in table.SILENT and not marks.UPDATE.match(self.source, self.at):
            return
        elif name in table.OPENERS:
            self.emit("open", table.OPENERS[name], start)
        elif name in table.CLOSERS:
            self.emit("close", table.CLOSERS[name], start)
        elif name in table.BARS:
            self.emit("bar", table.BARS[name], start, extra=table.BAR_SIDES.get(name, ""))
        elif name in table.ELLIPSES:
            self.emit("dots", name, start)
        elif name in table.QUADS:
            if name in ("hspace",):
                self.star()
                self.skip_argument()
            self.emit("quad", name, start)
        else:
            self.structure(name, start)

    def structure(self, name: str, start: int) -> None:
        if name in ("begin", "end"):
            self.environment(name, start)
        elif name in table.TEXTS:
            self.text(start)
        elif name in ("sqrt", "surd"):
            self.emit("sqrt", name, start)
        elif name == "over":
            self.emit("over", name, start)
        elif name in ("tag", "eqno", "leqno"):
            self.tag(name, start)
        elif name in table.DROPPED:
            self.star()
            self.skip_argument()
        elif name in table.DROPPED_TWO:
            self.skip_argument()
        elif name == "rule":
            self.skip_argument()
            self.skip_argument()
        elif found := marks.UPDATE.match(self.source, self.at):  # \mathrel{+}=
            self.at = found.end()
            self.emit("rel", "leftarrow", start)
        elif name in table.STACKED:
            self.stacked(start)
        elif name in ("underbrace", "overbrace", "underbracket", "overbracket"):
            self.emit("brace", name, start)
        elif name in ("cr", "newline", "tabularnewline"):
            self.emit("row", "\\\\", start)
        elif name == "not":
            self.negated(start)
        elif name in ("mod", "pmod"):
            raise self.error(f"\\{name} is not supported", start)
        elif name in ("matrix", "pmatrix", "bmatrix", "cases"):
            self.plain_matrix(name, start)
        elif name == "substack":
            self.emit("begin", "substack", start)
            inner, end, after = self.braced()
            self.at = inner
            self.nested(end)
            self.at = after
            self.emit("end", "substack", end)
        elif name == "cdotp":
            self.emit("op", "cdot", start)
        elif name in ("dd", "differential", "diff"):
            self.emit("name", "d", start, extra="rm")
        elif letter := table.bold_letter(name, self.source[self.at :].lstrip()[:1]):
            self.emit("font", "bf", start)
            self.emit("name", letter, start)
        else:
            raise self.error(f"unknown command \\{name}", start)

    def star(self) -> None:
        if self.source.startswith("*", self.at):
            self.at += 1

    def function(self, name: str, start: int) -> None:
        limited = name in table.LIMITED and re.compile(r"(?:\s|\\limits|\\nolimits)*_").match(
            self.source, self.at
        )
        if limited:
            self.emit("big", name, start)
        else:
            self.emit("name", name, start, extra="" if name in table.FUNCTIONS else "op")

    def font(self, name: str, start: int) -> None:
        if name == "operatorname":
            starred = self.source.startswith("*", self.at)
            self.star()
            word = marks.WORD_ARGUMENT.match(self.source, self.at)
            if word is None:
                spaced = re.compile(r"\s*\{\s*([A-Za-z]+(?:\\[,;! ]\s*[A-Za-z]+)*)\s*\}").match(
                    self.source, self.at
                )
                if spaced is None:
                    raise self.error("expected a word in braces behind \\operatorname", self.at)
                word = spaced
            self.at = word.end()
            text = re.sub(r"(?:\\[,;! ]|\s)+", "", word.group(1))
            below = re.compile(r"\s*(?:\\limits\s*)?_").match(self.source, self.at)
            if below and (text in table.LIMITED or starred):
                self.emit("big", text, start)
            else:
                self.emit("name", text, start, extra="" if text in table.FUNCTIONS else "op")
            return
        if name in table.OLD_FONTS:
            # {\rm conv}: the font reaches to the closing brace.
            word = marks.OLD_FONT_WORD.match(self.source, self.at)
            if word is not None and name in ("rm", "sf", "tt", "it"):
                self.at = word.end()
                self.emit("name", word.group(1), start, extra=table.OLD_FONTS[name])
            else:
                self.emit("font", table.OLD_FONTS[name], start, extra="rest")
            return
        word = marks.WORD_ARGUMENT.match(self.source, self.at)
        if name in table.WORD_FONTS:
            if word is not None and "_" not in word.group(1):
                self.at = word.end()
                self.emit("name", word.group(1), start, extra=table.WORD_FONTS[name])
            else:
                self.emit("font", table.WORD_FONTS[name], start)
        elif word is not None and len(word.group(1)) > 2 and word.group(1).isalpha():
            self.at = word.end()
            self.emit("name", word.group(1), start, extra=table.LETTER_FONTS[name])
        else:
            self.emit("font", table.LETTER_FONTS[name], start)

    def sized(self, start: int) -> None:
        r"""\big( stands as it is; \big{(} is the same in braces."""
        found = marks.SIZED_GROUP.match(self.source, self.at)
        if found is None:
            return
        self.at = found.start(1)
        self.scan(found.end(1))
        self.at = found.end()

    def sized_delimiter(self, name: str, start: int) -> None:
        piece = re.compile(r"\s*(\\[A-Za-z]+|\\.|\S)").match(self.source, self.at)
        if piece is None:
            raise self.error(f"expected a delimiter behind \\{name}", self.at)
        self.at = piece.end()
        mark = piece.group(1)
        if mark in table.UNICODE:
            mark = table.UNICODE[mark]
        key = mark if mark == "\\|" else mark.removeprefix("\\")
        side = {"left": "left", "right": "right", "middle": ""}[name]
        if key in table.BARS:
            if name == "middle":
                self.emit("rel", "mid", start)
            else:
                self.emit("bar", table.BARS[key], start, extra=name[0])
        elif key == ".":
            self.emit("open" if name == "left" else "close", ".", start, extra=side)
        elif key in table.OPENERS:
            self.emit("open" if name == "left" else "close", table.OPENERS[key], start, extra=side)
        elif key in table.CLOSERS:
            self.emit("open" if name == "left" else "close", table.CLOSERS[key], start, extra=side)
        elif key in ("/", "uparrow", "downarrow") and name == "middle":
            self.emit("op", "/", start)
        else:
            raise self.error(f"expected a delimiter behind \\{name}, found {mark[:20]!r}", piece.start(1))

    def environment(self, name: str, start: int) -> None:
        found = marks.ENVIRONMENT.match(self.source, self.at)
        if found is None:
            raise self.error(f"expected the name of an environment behind \\{name}", self.at)
        self.at = found.end()
        title = found.group(1)
        known = title in table.LAYOUTS or title in table.MATRICES or title in table.CASES
        if not known:
            raise self.error(f"the environment {title} is not supported", start)
        if name == "begin":
            self.optional_argument()
            if title in table.TAKES_COLUMNS:
                self.skip_argument()
        self.emit(name, title, start)

    def plain_matrix(self, name: str, start: int) -> None:
        inner, end, after = self.braced()
        self.emit("begin", name, start, inner)
        self.at = inner
        self.nested(end)
        self.at = after
        self.emit("end", name, end)

    def stacked(self, start: int) -> None:
        r"""\overset{above}{=} is the relation; \underset{i}{\max} is a limit below."""
        above, above_end, self.at = self.braced()
        inner, end, after = self.braced()
        body = self.source[inner:end].strip()
        note = re.sub(
            r"[\s${}]|\\text(?:rm|bf|it)?|\\(?:mathrm|rm|scriptstyle|tiny|mathsf)",
            "",
            self.source[above:above_end],
        )
        relation = table.RELATIONS.get(body.removeprefix("\\")) if body else None
        if body in table.UNICODE:
            relation = table.RELATIONS.get(table.UNICODE[body].removeprefix("\\"))
        if relation is not None or body == ":=":
            self.at = after
            if note in marks.DEFINING or body == ":=":
                relation = ":="
            self.emit("rel", relation or "=", start)
            return
        under = self.source.startswith("\\underset", start)
        if under:
            self.at = inner
            before = len(self.tokens)
            self.nested(end)
            heads = self.tokens[before:]
            if (
                heads
                and all(token.kind in ("name", "big") for token in heads)
                and heads[-1].text in table.LIMITED
            ):
                self.tokens[-1] = Token("big", heads[-1].text, heads[-1].start, heads[-1].end)
                self.emit("sub", "_", above - 1, above)
                self.emit("lb", "{", above - 1, above)
                self.at = above
                self.nested(above_end)
                self.emit("rb", "}", above_end, above_end + 1)
                self.at = after
                return
            self.tokens[before:] = []
        if not is_note(self.source[above:above_end]):
            raise self.error("expected a relation or \\max, \\min under or over the stacked symbol", start)
        # \underset{n \times m}{Z}: the name, with its shape or a word printed under it as under a brace.
        self.emit("brace", "underset", start)
        self.emit("lb", "{", inner, inner)
        self.at = inner
        self.nested(end)
        for kind in ("rb", "sub", "lb", "rb"):
            self.emit(kind, "}", end, after)
        self.at = after

    def negated(self, start: int) -> None:
        found = marks.NEGATED.match(self.source, self.at)
        if found is None:
            raise self.error("expected = or \\in behind \\not", start)
        self.at = found.end()
        self.emit("rel", "notin" if "in" in found.group() else "ne", start)

    def tag(self, name: str, start: int) -> None:
        if name == "tag":
            self.star()
            inner, end, self.at = self.braced()
            self.emit("tag", self.source[inner:end].strip().strip("$").strip("()").strip(), start)
            return
        found = marks.EQUATION_NUMBER.match(self.source, self.at)
        self.at = found.end() if found else self.at
        self.emit("tag", found.group(1) if found else "", start)

    # -- arguments ---------------------------------------------------------------------------------------

    def braced(self) -> tuple[int, int, int]:
        """The argument that follows: (start and end of its content, offset behind it)."""
        at = self.at
        source = self.source
        while at < len(source) and source[at].isspace():
            at += 1
        if at >= len(source):
            raise self.error("expected an argument, found the end", self.at)
        if source[at] != "{":
            if source[at] == "\\":
                piece = marks.PIECE.match(source, at)
                end = piece.end() if piece is not None else at + 1
                return at, end, end
            return at, at + 1, at + 1
        closing = marks.closing_brace(re.compile(r"\\.|[{}]", re.DOTALL).finditer(source, at))
        if closing is None:
            raise self.error("expected } to close this brace, found the end", at)
        return at + 1, closing.start(), closing.end()

    def skip_argument(self) -> None:
        self.at = self.braced()[2]

    def optional_argument(self) -> None:
        found = re.compile(r"\s*\[[A-Za-z0-9.\\ ]{0,20}\]").match(self.source, self.at)
        if found is not None and re.fullmatch(r"\s*\[\s*(?:[tbc]|)\s*\]", found.group()):
            self.at = found.end()

    def nested(self, end: int) -> None:
        self.nesting += 1
        if self.nesting > _MAX_NESTED_TEXT:
            raise self.error("braces of text nest too deeply", self.at)
        self.scan(end)
        self.nesting -= 1

    def text(self, start: int) -> None:
        inner, end, after = self.braced()
        content = self.source[inner:end]
        if "$" in content or "\\(" in content:
            at = inner
            for formula in re.compile(r"\$([^$]*)\$|\\\((.*?)\\\)", re.DOTALL).finditer(
                self.source, inner, end
            ):
                self.words(at, formula.start(), start)
                group = 1 if formula.group(1) is not None else 2
                self.at = formula.start(group)
                self.nested(formula.end(group))
                at = formula.end()
            self.words(at, end, start)
        else:
            self.words(inner, end, start, after)
        self.at = after

    def words(self, inner: int, end: int, start: int, after: int | None = None) -> None:
        text = re.sub(r"\\[,;:! ]|~|\s+", " ", self.source[inner:end]).strip()
        text = re.sub(r"\\(?:quad|qquad)(?![A-Za-z])", "", text).strip()
        if not text:
            return
        first, last = (start, after) if after is not None else (inner, end)
        if text in {",", ".", ";"}:
            self.emit("stop" if text == "." else "comma", text, first, last)
            return
        in_script = bool(self.tokens) and (
            self.tokens[-1].kind in ("sub", "sup")
            or (
                self.tokens[-1].kind == "lb"
                and len(self.tokens) > 1
                and self.tokens[-2].kind in ("sub", "sup")
            )
        )
        plain = marks.NAME_WORD.match(text) is not None or marks.CALLED.match(text) is not None
        spaced = after is not None and (self.source[inner].isspace() or self.source[end - 1].isspace())
        speaking = text.split()[0].lower() in table.CONDITION_WORDS | table.JOINING_WORDS
        if after is not None and self.source[after : after + 1] in ("'", "_", "^", "("):
            plain = plain or (
                text.isalpha() and not text.isascii()
            )  # the name of a function, in another script
        if plain and (in_script or (" " not in text and not speaking and not (spaced and len(text) > 1))):
            self.emit("name", text, first, last, extra="text")
        else:
            self.emit("words", text, first, last)
