r"""A .tex file scanned for formulas, prose, sections and directives, every character's place kept."""

from __future__ import annotations

import re

from convsym.document.collector import Collector, Piece, Source
from convsym.document.macros import braced
from convsym.document.markdown import ENVIRONMENTS

_SPECIAL = re.compile(r"[\\$%{}~&\r\n]")
_BREAK = re.compile(r"\r\n|\n|\r")
_BLANK = re.compile(r"[ \t]*(?:\r\n|\n|\r)")
_BEGIN = re.compile(r"\\begin\s*\{([A-Za-z]+\*?)\}")
_COMMAND = re.compile(r"\\([A-Za-z@]+\*?|.)", re.DOTALL)
_SECTION = "part chapter section subsection subsubsection paragraph subparagraph".split()
_VERBATIM = frozenset(
    "verbatim verbatim* Verbatim lstlisting minted comment tikzpicture filecontents filecontents* alltt "
    "algorithmic thebibliography pycode sagesilent axis".split()
)
# Commands whose arguments are no prose.
_SILENT_ONE = frozenset(
    "documentclass usepackage label ref eqref cite citep citet pageref bibliographystyle bibliography input "
    "include includegraphics vspace hspace setlength begin end url graphicspath pagestyle thispagestyle "
    "theoremstyle RequirePackage PassOptionsToPackage setcounter addtocounter index "
    "hypersetup geometry".split()
)
_OPTION = re.compile(r"\s*\[[^\[\]]{0,500}\]")
_SHOWN = 400
_FIRST_LINE = re.compile(r"\s*[^\r\n]*")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)")


def scan_tex(source: Source, into: Collector) -> None:
    r"""Reads LaTeX: the body of the document if it has one, definitions of commands everywhere.

    Args:
        source: the text, with its places.
        into: receives words, formulas, sections and directives.
    """
    _Scanner(source, into).run()


class _Scanner:
    """One pass over the text; `at` is the offset of what is read next."""

    def __init__(self, source: Source, into: Collector) -> None:
        self.source = source
        self.text = source.text
        self.into = into
        self.at = 0
        self.body = "\\begin{document}" not in self.text  # whether prose has begun
        self.missing: set[str] = set()
        self.over = False

    def run(self) -> None:
        self.into.begin(self.source)
        words = 0
        while not self.over and (special := _SPECIAL.search(self.text, self.at)) is not None:
            self.at = special.start()
            self.give(words, self.at)
            self.special(special.group())
            words = self.at
        if not self.over:
            self.give(words, len(self.text))
        self.into.flush()

    def give(self, start: int, end: int) -> None:
        if self.body:
            self.into.words(self.text[start:end], start)

    def find(self, closer: str, start: int) -> int:
        """Where `closer` occurs next outside a comment, or -1."""
        if closer in self.missing:
            return -1
        at = start
        while (found := self.text.find(closer, at)) >= 0:
            line = self.source.starts[self.source.place(found).line - 1]
            comment = re.search(r"(?<!\\)%", self.text[max(line, start) : found])
            escaped = (
                found > start
                and self.text[found - 1] == "\\"
                and closer[0] in "$\\"
                and not (found > start + 1 and self.text[found - 2] == "\\")
            )
            if comment is None and not escaped:
                return found
            at = found + 1
        if start == self.at or at == start:
            self.missing.add(closer)
        return -1

    def special(self, char: str) -> None:
        start = self.at
        if char in "\r\n":
            found = _BREAK.match(self.text, start)
            assert found is not None
            self.at = found.end()
            self.into.words(" ", start)
            blank = _BLANK.match(self.text, self.at)
            if blank is not None:
                self.into.flush()
                self.at = blank.end()
        elif char == "%":
            stop = _BREAK.search(self.text, start)
            end = stop.start() if stop is not None else len(self.text)
            self.into.directive(self.text[start + 1 : end], start)
            # The line break behind a comment is swallowed, a paragraph's end is not.
            self.at = end
        elif char == "$":
            self.dollar(start)
        elif char == "\\":
            self.backslash(start)
        else:
            self.at = start + 1
            if char in "~&":
                self.into.words(" ", start)

    def unclosed(self, start: int, inner: int, problem: str) -> None:
        """A display without an end: reported by its first line, and its text is read as text."""
        stop = min(len(self.text), inner + _SHOWN)
        blank = _BLANK_LINE.search(self.text, inner, stop)
        stop = blank.start() if blank is not None else stop
        first = _FIRST_LINE.match(self.text, inner, max(inner, stop))
        stop = first.end() if first is not None else stop
        self.at = max(inner, start + 1)
        if self.body:
            self.into.formula([Piece(self.text[inner:stop], inner)], inline=False, problem=problem)

    def emit(self, inner: int, stop: int, end: int, *, inline: bool) -> None:
        self.at = end
        if self.body:
            self.into.formula([Piece(self.text[inner:stop], inner)], inline=inline)

    def dollar(self, start: int) -> None:
        double = self.text.startswith("$$", start)
        width = 2 if double else 1
        stop = self.find("$" * width, start + width)
        if stop < 0 or _BLANK_LINE.search(self.text, start, stop):
            self.at = start + width
            if double:
                why = "is never closed by $$" if stop < 0 else "has an empty line in it"
                self.unclosed(start, start + width, f"this display {why}")
            return
        self.emit(start + width, stop, stop + width, inline=not double)

    def backslash(self, start: int) -> None:
        text = self.text
        for opener, closer, inline in (("\\[", "\\]", False), ("\\(", "\\)", True)):
            if text.startswith(opener, start):
                stop = self.find(closer, start + 2)
                if stop >= 0:
                    self.emit(start + 2, stop, stop + 2, inline=inline)
                    return
                if not inline:
                    self.unclosed(start, start + 2, "this display is never closed by \\]")
                    return
        behind = self.into.macros.read_definition(text, start)
        if behind is not None:
            self.at = behind
            return
        begin = _BEGIN.match(text, start)
        if begin is not None:
            self.environment(begin.group(1), start, begin.end())
            return
        command = _COMMAND.match(text, start)
        if command is None:
            self.at = len(text)
            return
        self.at = command.end()
        self.command(command.group(1), start)

    def environment(self, name: str, start: int, inner: int) -> None:
        text = self.text
        if name == "document":
            self.body = True
            self.at = inner
        elif name in ENVIRONMENTS and (stop := self.find(f"\\end{{{name}}}", inner)) >= 0:
            end = stop + len(name) + 6
            self.emit(start, end, end, inline=name == "math")
        elif name in ENVIRONMENTS:
            self.unclosed(start, inner, f"this display is never closed by \\end{{{name}}}")
        elif name in _VERBATIM:
            stop = text.find(f"\\end{{{name}}}", inner)
            self.at = len(text) if stop < 0 else stop + len(name) + 6
        else:
            option = _OPTION.match(text, inner)
            self.at = option.end() if option is not None else inner
            if name in ("tabular", "minipage", "array", "tabularx", "wrapfigure", "multicols"):
                argument = braced(text, self.at)
                self.at = argument[2] if argument is not None else self.at
            self.into.words(" ", start)

    def command(self, name: str, start: int) -> None:
        text = self.text
        bare = name.rstrip("*")
        macro = self.into.macros.known.get(bare)
        opened = _BEGIN.fullmatch(macro.body.strip()) if macro is not None and macro.arguments == 0 else None
        if opened is not None and opened.group(1) in ENVIRONMENTS:
            self.short_environment(opened.group(1), start)
        elif bare in _SECTION:
            option = _OPTION.match(text, self.at)
            argument = braced(text, option.end() if option is not None else self.at)
            if argument is not None and self.body:
                self.into.flush()
                self.title(argument[0], argument[1])
                self.into.flush(level=1 + _SECTION.index(bare))
                self.at = argument[2]
        elif bare in ("verb", "lstinline") and self.at < len(text):
            mark = {"{": "}"}.get(text[self.at], text[self.at])
            stop = text.find(mark, self.at + 1)
            self.at = stop + 1 if stop >= 0 else self.at
        elif bare == "end" and text.startswith("{document}", self.at):
            self.over = True
        elif bare in _SILENT_ONE:
            option = _OPTION.match(text, self.at)
            argument = braced(text, option.end() if option is not None else self.at)
            self.at = argument[2] if argument is not None else self.at
        elif bare in ("item", "par", "caption"):
            self.into.flush()
        elif bare in ("\\", " ", "quad", "qquad", "newline"):
            self.into.words(" ", start)
        elif bare in ("%", "$", "&", "#", "_", "{", "}"):
            self.into.words(bare, start)

    def title(self, start: int, end: int) -> None:
        """A section's title, with its inline formulas."""
        at = start
        for formula in re.finditer(r"(?<!\\)\$([^$]+)\$", self.text[start:end]):
            self.into.words(self.text[at : start + formula.start()], at)
            inner = start + formula.start(1)
            self.into.formula([Piece(formula.group(1), inner)], inline=True)
            at = start + formula.end()
        self.into.words(self.text[at:end], at)

    def short_environment(self, name: str, start: int) -> None:
        r"""\be .. \ee, where the author made the two short for an environment."""
        known = self.into.macros.known
        closers = [title for title, macro in known.items() if macro.body.strip() == f"\\end{{{name}}}"]
        ends = [self.text.find("\\" + title, self.at) for title in closers]
        places = [(end, title) for end, title in zip(ends, closers, strict=True) if end >= 0]
        if not places:
            self.unclosed(start, self.at, f"nothing closes this {name}")
            return
        stop, title = min(places)
        self.emit(start, stop + len(title) + 1, stop + len(title) + 1, inline=False)
