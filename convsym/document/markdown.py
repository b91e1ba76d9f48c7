r"""Markdown scanned for formulas, prose and directives, every character's place kept.

Formulas come first, as notebooks and web pages have it: a row of a display that begins with a minus is no
list item. Code (fenced, indented, inline, <pre>) is left alone; list and quote markers are taken out.
"""

from __future__ import annotations

import re

from convsym.document.collector import Collector, Piece, Source

# The environments that are displays without dollars around them.
ENVIRONMENTS = frozenset(
    "equation equation* align align* alignat alignat* aligned gather gather* multline multline* "
    "eqnarray eqnarray* displaymath math flalign flalign* split dmath dmath* IEEEeqnarray IEEEeqnarray* "
    "subequations alignedat gathered xalignat xalignat* empheq numcases subnumcases mathpar".split()
)
_SPECIAL = re.compile(r"[\\$`<\r\n\]]")
_QUOTE = re.compile(r"[ \t]{0,3}>[ \t]?")
_MARKER = re.compile(r"([ \t]*)([-+*]|[0-9]{1,9}[.)])([ \t]+|(?=[\r\n]|\Z))")
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`\r\n]*(?:[\r\n]|\Z))|~{3,})")
_MATH = re.compile(r"[ \t]*(?:math|\{math\})[ \t]*", re.IGNORECASE)
_OPTION = re.compile(r"[ \t]*:([a-z]+):([^\r\n]*)")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}(?=[ \t\r\n]|\Z)[ \t]*")
_UNDERLINE = re.compile(r"[ \t]{0,3}(?:=+|-+)[ \t]*(?=[\r\n]|\Z)")
_RULE = re.compile(r"[ \t]{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})(?=[\r\n]|\Z)")
_FRONT_MATTER = re.compile(
    r"---[ \t]*(\r\n|\n|\r)(.*?)(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)", re.DOTALL
)
_BREAK = re.compile(r"\r\n|\n|\r")
_BLANK = re.compile(r"(?:\r\n|\n|\r)[ \t>]*(?:\r\n|\n|\r)")
_MATH_WORD = re.compile(r"math[ \t]+")
_SHORT_END = re.compile(r"(?<!`)``?(?=[ \t]*$)", re.MULTILINE)
_MATH_SCRIPT = re.compile(r"<script\b[^<>]*\btype\s*=\s*[\"']?math/tex\b", re.IGNORECASE)
_RAW_TAG = re.compile(r"<(pre|script|style|textarea|code)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>\r\n]{0,1000}>")
_AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>")
_LINK_TARGET = re.compile(
    r"\]\(\s*(?:<?(?:[a-z]+:|[./#])[^\s()]*>?|[^\s()$]*)(?:\s+(?:\"[^\"\r\n]*\"|'[^'\r\n]*'))?\s*\)"
)
_BEGIN = re.compile(r"\\begin\s*\{([A-Za-z]+\*?)\}")
_DOLLAR_LABEL = re.compile(r"[ \t]*\(([A-Za-z][\w:.-]*)\)(?=[ \t]*(?:[\r\n]|\Z))")
_PRICE = re.compile(
    r"\s*[0-9][0-9.,]*\s*(?:[kKMB]|million|billion|bn)?\s*(?:[-/]|and|or|to|per|each|a|in|for|is|was)?\s+[A-Za-z]{2,}"
)
_SENTENCE = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}[,.]?\s+(?:[A-Za-z]+\s+)*[A-Za-z]{2,}")
_TEXT_ARGUMENT = re.compile(r"\\(?:text|textrm|mbox|mathrm|operatorname|textbf|textit)\s*\{[^{}]*\}")
_LONG = 20_000
_SHOWN = 400
_FIRST_LINE = re.compile(r"\s*[^\r\n]*")
# Two marks that stand alone with nothing between them and a blank line behind: a display left empty.
_EMPTY_DISPLAY = re.compile(
    r"\$\$[ \t]*(?:\r\n|\n|\r)[\s>]*\$\$[ \t]*(?=(?:\r\n|\n|\r)[ \t>]*(?:\r\n|\n|\r)|\s*\Z)"
)
_OPENED = re.compile(r"(?:\r\n|\n|\r)[ \t>]*(?:\r\n|\n|\r)[ \t>]*\\\[")
# What stands between the dollars of an equation that is printed in pieces: an equals sign, or an operator.
_JOINT = re.compile(r"[ \t]*[=+*][ \t]*\$(?![$\s])")
_FENCE_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t>]*(?:```|~~~)")


def scan_markdown(source: Source, into: Collector) -> str:
    """Reads Markdown.

    Args:
        source: the text, with its places.
        into: receives words, formulas, headings and directives.

    Returns:
        The text of the YAML front matter, or "".
    """
    scanner = _Scanner(source, into)
    metadata = scanner.front_matter()
    scanner.run()
    return metadata


class _Scanner:
    """One pass over the text; `at` is the offset of what is read next."""

    def __init__(self, source: Source, into: Collector) -> None:
        self.source = source
        self.text = source.text
        self.into = into
        self.at = 0
        self.blank = True  # whether the line before was blank
        self.indents: list[int] = []  # the columns at which the open list items' contents begin
        self.heading = 0  # the level of the heading that is being read
        self.missing: set[str] = set()  # closers that do not occur any more

    def front_matter(self) -> str:
        found = _FRONT_MATTER.match(self.text)
        if found is None or self.source.cell is not None:
            return ""
        self.at = found.end()
        return found.group(2)

    def run(self) -> None:
        self.into.begin(self.source)
        if self.at == 0:
            self.line_start()
        words = self.at
        while (special := _SPECIAL.search(self.text, self.at)) is not None:
            start = special.start()
            char = special.group()
            self.at = start
            begun = words
            if char in "\r\n":
                self.into.words(self.text[words:start], words)
                self.line_end()
                words = self.at
                continue
            handled = self.special(char, begun)
            if handled:
                words = self.at
        self.into.words(self.text[words:], words)
        self.at = len(self.text)
        self.into.flush(level=self.heading)

    def special(self, char: str, words: int) -> bool:
        """Reads what begins at `at`; False where it is plain text (and `at` stands behind it)."""
        start = self.at
        if char == "\\":
            return self.backslash(words)
        if char == "$":
            return self.dollar(words)
        if char == "`":
            return self.code(words)
        if char == "<":
            return self.tag(words)
        target = _LINK_TARGET.match(self.text, start)
        if target is None:
            self.at = start + 1
            return False
        self.give(words, start)
        self.at = target.end()
        return True

    def give(self, words: int, end: int) -> None:
        self.into.words(self.text[words:end], words)

    def find(self, closer: str, start: int) -> int:
        """Where `closer` occurs next, or -1; a closer once missing is not searched for again."""
        if closer in self.missing:
            return -1
        found = self.text.find(closer, start)
        if found < 0:
            self.missing.add(closer)
        return found

    # -- lines -------------------------------------------------------------------------------------------

    def line_end(self) -> None:
        found = _BREAK.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        if self.heading:
            self.into.flush(level=self.heading)
            self.heading = 0
        else:
            self.into.words(" ", self.at)
        self.line_start()

    def line_start(self) -> None:
        """Block structure at the beginning of a line: what is no text is passed over."""
        while self.at < len(self.text):
            line = self.at
            content = self.quotes(line)
            end = self.line_stop(content)
            stripped = self.text[content:end].strip()
            if not stripped:
                self.into.flush()
                self.blank = True
                if end >= len(self.text):
                    self.at = end
                    return
                self.at = self.behind(end)
                continue
            indent = _width(self.text, content)
            if self.blank:
                while self.indents and indent < self.indents[-1] and not _MARKER.match(self.text, content):
                    self.indents.pop()
            base = self.indents[-1] if self.indents else 0
            fence = _FENCE.match(self.text, content)
            if fence is not None and indent - base < 4:
                inner = self.behind(end)
                if _MATH.fullmatch(self.text, fence.end(), end):
                    self.math_fence(fence.group(1), inner)
                elif (stop := self.end_of_open_fence(fence.group(1), fence.end(), end)) >= 0:
                    start = _MATH_WORD.match(self.text, fence.end())
                    assert start is not None
                    self.into.formula(self.pieces(start.end(), stop), inline=False, label=None)
                    self.at = stop + len(fence.group(1))
                else:
                    self.into.flush()
                    self.skip_fence(fence.group(1), inner)
                self.blank = True
                continue
            if (
                indent - base >= 4
                and self.blank
                and not self.text.startswith(
                    ("$$", "\\begin"),
                    content + len(self.text[content:end]) - len(self.text[content:end].lstrip()),
                )
            ):
                self.at = self.behind(end)
                continue
            if (
                not self.blank
                and _UNDERLINE.match(self.text, content)
                and self.text[content:end].strip()[0] in "=-"
            ):
                self.into.flush(level=1 if "=" in self.text[content:end] else 2)
                self.at = self.behind(end)
                self.blank = True
                continue
            if _RULE.match(self.text, content):
                self.into.flush()
                self.at = self.behind(end)
                self.blank = True
                continue
            content = self.markers(content)
            title = _HEADING.match(self.text, content)
            if title is not None:
                self.into.flush()
                self.heading = title.group().count("#")
                content = title.end()
            self.blank = title is not None
            self.at = content
            return

    def behind(self, end: int) -> int:
        found = _BREAK.match(self.text, end)
        return found.end() if found is not None else len(self.text)

    def line_stop(self, start: int) -> int:
        found = _BREAK.search(self.text, start)
        return found.start() if found is not None else len(self.text)

    def quotes(self, at: int) -> int:
        while (found := _QUOTE.match(self.text, at)) is not None:
            at = found.end()
        return at

    def markers(self, at: int) -> int:
        """Passes over the markers of list items; each begins a paragraph of its own."""
        while (found := _MARKER.match(self.text, at)) is not None:
            indent = _width(self.text, at)
            while self.indents and self.indents[-1] > indent:
                self.indents.pop()
            self.into.flush()
            self.indents.append(indent + len(found.group(2)) + max(1, min(4, len(found.group(3)))))
            at = found.end()
        return self.quotes(at)

    def math_fence(self, fence: str, inner: int) -> None:
        """A fence that holds a display: ```math, and MyST's ```{math} with its options."""
        label = None
        while (option := _OPTION.match(self.text, inner)) is not None:
            label = option.group(2).strip() if option.group(1) == "label" else label
            inner = self.behind(option.end())
        stop = self.skip_fence(fence, inner)
        self.into.formula(self.pieces(min(self.quotes(inner), stop), stop), inline=False, label=label)

    def end_of_open_fence(self, fence: str, start: int, end: int) -> int:
        r"""Where ```math \begin{aligned} closes that begins on the line of its fence and ends behind its last one.

        A fence that closes on a line of its own is code, or shows nothing of that first line: -1 for it.
        """
        if _MATH_WORD.match(self.text, start, end) is None or "\\" not in self.text[start:end]:
            return -1
        stop = self.find(fence, end)
        if stop < 0 or _BLANK.search(self.text, start, stop) or self.text[stop + len(fence) :][:1] == "`":
            return -1
        line = self.text[:stop].splitlines()[-1] if not self.text[stop - 1].isspace() else ""
        behind = self.text[stop + len(fence) : self.line_stop(stop)]
        return -1 if not line.strip() or behind.strip() else stop

    def skip_fence(self, fence: str, at: int) -> int:
        """Goes behind the closing fence, or to the end of what holds the code; returns where the code ends."""
        depth = self.indents[-1] if self.indents else 0
        stop = len(self.text)
        while at < len(self.text):
            content = self.quotes(at)
            end = self.line_stop(content)
            line = self.text[content:end]
            closing = line.strip()
            start, at = at, self.behind(end)
            if closing and set(closing) == {fence[0]} and len(closing) >= len(fence):
                stop = start
                break
            if closing and depth and _width(self.text, content) < depth and _MARKER.match(line):
                stop = at = content
                break
        self.at = at
        return stop

    # -- formulas ----------------------------------------------------------------------------------------

    def pieces(self, start: int, end: int) -> list[Piece]:
        """The text of a formula, without the quote markers its lines begin with."""
        if ">" not in self.text[start:end]:
            return [Piece(self.text[start:end], start)]
        line = self.source.starts[self.source.place(start).line - 1]
        quoted = self.quotes(line) > line
        if not quoted:
            return [Piece(self.text[start:end], start)]
        found: list[Piece] = []
        at = start
        for brk in _BREAK.finditer(self.text, start, end):
            found.append(Piece(self.text[at : brk.end()], at))
            at = min(self.quotes(brk.end()), end)
        found.append(Piece(self.text[at:end], at))
        return found

    def emit(self, words: int, start: int, inner: int, stop: int, end: int, *, inline: bool) -> bool:
        """A formula between `inner` and `stop`, delimiters included between `start` and `end`."""
        self.give(words, start)
        self.at = end
        label = None
        if not inline:
            named = _DOLLAR_LABEL.match(self.text, end)
            if named is not None and self.text.startswith("$$", start):
                label = named.group(1)
                self.at = named.end()
        self.into.formula(self.pieces(inner, stop), inline=inline, label=label)
        self.blank = False
        return True

    def dollar(self, words: int) -> bool:
        start = self.at
        if self.text.startswith("$$", start):
            stop = self.closing_dollars(start + 2)
            if self.in_table(start) and (stop is None or stop > self.line_stop(start)):
                # |$$|: an empty cell of a table opens no display.
                self.at = start + 2
                return False
            if stop is not None:
                return self.emit(words, start, start + 2, stop, stop + 2, inline=False)
            empty = _EMPTY_DISPLAY.match(self.text, start)
            if empty is not None:
                self.unclosed(words, start, start + 2, "this display is empty")
                self.at = empty.end()
                return True
            if not self.text[words:start].strip() and self.text[start + 2 : start + 3] != "$":
                return self.unclosed(words, start, start + 2, "this display is never closed by $$")
            self.at = start + 2
            return False
        stop = self.closing_dollar(start + 1)
        if stop is None:
            self.at = start + 1
            return False
        if (joined := self.joined_pieces(start + 1, stop)) is not None:
            self.give(words, start)
            self.into.formula(joined, inline=True)
            self.blank = False
            return True
        if self.text.startswith("`", start + 1) and self.text[stop - 1] == "`" and stop - start > 3:
            return self.emit(words, start, start + 2, stop - 1, stop + 1, inline=True)
        return self.emit(words, start, start + 1, stop, stop + 1, inline=True)

    def joined_pieces(self, inner: int, stop: int) -> list[Piece] | None:
        """An equation whose sides stand in dollars of their own, $A$=$B$*$C$, as one; None of any other formula."""
        found = [Piece(self.text[inner:stop], inner)]
        related = False
        at = stop + 1
        while (joint := _JOINT.match(self.text, at)) is not None:
            end = self.closing_dollar(joint.end())
            if end is None:
                break
            related = related or "=" in joint.group()
            found.append(Piece(self.text[at : joint.end() - 1], at))
            found.append(Piece(self.text[joint.end() : end], joint.end()))
            at = end + 1
        if not related:
            return None
        self.at = at
        return found

    def in_table(self, at: int) -> bool:
        """Whether a line is a row of a table, | a | b |."""
        line = self.quotes(self.source.starts[self.source.place(at).line - 1])
        text = self.text[line : self.line_stop(at)].strip()
        return text.startswith("|") and text.endswith("|") and len(text) > 2

    def alone(self, start: int, end: int) -> bool:
        """Whether a delimiter is all that its line holds."""
        line = self.quotes(self.source.starts[self.source.place(start).line - 1])
        return not self.text[line:start].strip() and not self.text[end : self.line_stop(end)].strip()

    def unclosed(self, words: int, start: int, inner: int, problem: str) -> bool:
        """A display without an end: reported by its first line, and its words are read as words."""
        self.give(words, start)
        stop = min(len(self.text), inner + _SHOWN)
        for end in (_BLANK, _FENCE_LINE):
            found = end.search(self.text, start, stop)
            stop = found.start() if found is not None else stop
        first = _FIRST_LINE.match(self.text, inner, max(inner, stop))
        stop = first.end() if first is not None else stop
        self.into.formula([Piece(self.text[inner:stop], inner)], inline=False, problem=problem)
        self.at = max(inner, start + 1)
        self.blank = False
        return True

    def closing_dollars(self, at: int) -> int | None:
        first = at
        while (stop := self.find("$$", at)) >= 0:
            before = stop
            while before > first and self.text[before - 1] == "\\":
                before -= 1
            if (stop - before) % 2 == 0:
                blank = _BLANK.match(self.text, first)
                empty = blank is not None and not self.text[first:stop].strip()
                # Another display begins before this one ends: the mark found is not its own.
                if empty or any(mark.search(self.text, first, stop) for mark in (_FENCE_LINE, _OPENED)):
                    return None
                return stop
            at = stop + 1
        return None

    def closing_dollar(self, at: int) -> int | None:
        """The place of the dollar that closes an inline formula, or None where this one is a price."""
        first = at
        while (stop := self.find("$", at)) >= 0:
            if self.text[stop - 1] == "\\" and (stop - 2 < first or self.text[stop - 2] != "\\"):
                at = stop + 1
                continue
            break
        if stop < 0 or stop == first or self.text.startswith("$$", stop):
            return None
        inside = self.text[first:stop]
        if _BLANK.search(inside) or not inside.strip():
            return None
        if len(inside) > _LONG:
            return stop  # no price and no sentence is that long
        if self.text[stop + 1 : stop + 2].isdigit():
            return None
        bare = _TEXT_ARGUMENT.sub(" ", inside)
        spaced = inside[0].isspace(), inside[-1].isspace()
        if _PRICE.match(bare) or (spaced[0] != spaced[1] and inside[0].isdigit()):
            return None
        if any(spaced) and not re.search(r"[\\_^={}<>+*/()|]", inside) and len(inside.strip()) > 3:
            return None
        if "\\" not in bare and _SENTENCE.search(bare):
            return None
        return stop

    def backslash(self, words: int) -> bool:
        start = self.at
        text = self.text
        for opener, closer, inline in (
            ("\\\\[", "\\\\]", False),
            ("\\\\(", "\\\\)", True),
            ("\\[", "\\]", False),
            ("\\(", "\\)", True),
        ):
            if text.startswith(opener, start):
                stop = self.find(closer, start + len(opener))
                inside = text[start + len(opener) : stop] if stop >= 0 else ""
                if not inside.strip() or (inline and _BLANK.search(inside)) or _FENCE_LINE.search(inside):
                    break
                if not inline and re.fullmatch(r"[\s\w,.-]*", inside) and not re.search(r"[_]", inside):
                    break  # an escaped bracket in prose: \[1\], \[sic\]
                return self.emit(words, start, start + len(opener), stop, stop + len(closer), inline=inline)
        for opener in ("\\\\[", "\\["):
            if text.startswith(opener, start) and self.alone(start, start + len(opener)):
                return self.unclosed(
                    words, start, start + len(opener), f"this display is never closed by {opener[:-1]}]"
                )
        if text.startswith("\\$$", start) and (stop := self.find("\\$$", start + 3)) >= 0:
            # Kramdown's \$$ .. \$$ in a list item or a paragraph is an ordinary formula.
            inside = text[start + 3 : stop]
            if "\\" in inside and "$" not in inside and not _FENCE_LINE.search(inside):
                return self.emit(words, start, start + 3, stop, stop + 3, inline=False)
        begin = _BEGIN.match(text, start)
        if begin is not None and begin.group(1) in ENVIRONMENTS:
            closer = f"\\end{{{begin.group(1)}}}"
            stop = self.find(closer, begin.end())
            if stop >= 0:
                end = stop + len(closer)
                return self.emit(words, start, start, end, end, inline=False)
            return self.unclosed(words, start, start, f"this display is never closed by {closer}")
        behind = self.into.macros.read_definition(text, start)
        if behind is not None:
            self.give(words, start)
            self.at = behind
            return True
        # An escape: the character behind it is plain text.
        following = text[start + 1 : start + 2]
        self.at = start + (1 if not following or following in "\r\n" else 2)
        return False

    # -- what is left alone ------------------------------------------------------------------------------

    def code(self, words: int) -> bool:
        start = self.at
        end = start
        while end < len(self.text) and self.text[end] == "`":
            end += 1
        run = self.text[start:end]
        at = end
        # ```math a = b`` on a line by itself: one mark of its end was forgotten.
        short = _SHORT_END.search(self.text, end, self.line_stop(end)) if len(run) >= 3 else None
        named = None if short is None else _MATH_WORD.match(self.text, end, short.start())
        if short is not None and named is not None and "`" not in self.text[end : short.start()]:
            return self.emit(words, start, named.end(), short.start(), short.end(), inline=False)
        while (stop := self.find(run, at)) >= 0:
            after = stop + len(run)
            if self.text[stop - 1] != "`" and self.text[after : after + 1] != "`":
                break
            while after < len(self.text) and self.text[after] == "`":
                after += 1
            at = after
        if stop < 0 or _BLANK.search(self.text, end, stop):
            self.at = end
            return False
        named = _MATH_WORD.match(self.text, end, stop) if len(run) >= 3 else None
        if named is not None and self.text[named.end() : stop].strip():
            # ```math a = b``` on one line: a fence for mathematics whose writer left the breaks out.
            return self.emit(words, start, named.end(), stop, stop + len(run), inline=False)
        self.give(words, start)
        self.at = stop + len(run)
        self.into.words(self.text[start : self.at], start)
        return True

    def tag(self, words: int) -> bool:
        start = self.at
        if self.text.startswith("<!--", start):
            stop = self.find("-->", start + 4)
            self.give(words, start)
            if stop < 0:
                # Never closed: what follows is read, not passed over.
                self.at = start + 4
                return True
            self.into.directive(self.text[start + 4 : stop], start)
            self.at = stop + 3
            return True
        raw = _RAW_TAG.match(self.text, start)
        if raw is not None:
            closing = re.compile(rf"</{raw.group(1)}\s*>", re.IGNORECASE)
            key = f"</{raw.group(1).lower()}"
            found = None if key in self.missing else closing.search(self.text, raw.end())
            if found is not None:
                if _MATH_SCRIPT.search(raw.group()):
                    inline = "mode=display" not in raw.group().replace(" ", "")
                    return self.emit(words, start, raw.end(), found.start(), found.end(), inline=inline)
                self.give(words, start)
                self.at = found.end()
                return True
            self.missing.add(key)
        found = _AUTOLINK.match(self.text, start) or _TAG.match(self.text, start)
        if found is None:
            self.at = start + 1
            return False
        self.give(words, start)
        self.into.words(" ", start)
        self.at = found.end()
        return True


def _width(text: str, at: int) -> int:
    """The column that the blanks at `at` reach, tabs to the next multiple of 4."""
    width = 0
    while at < len(text) and text[at] in " \t":
        width += 4 - width % 4 if text[at] == "\t" else 1
        at += 1
    return width
