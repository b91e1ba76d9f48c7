"""Places in a text, and the collector that turns pieces of it into items in reading order."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from convsym.document.items import Anchor, Directive, Display, Item, Place, Prose
from convsym.document.macros import Macros

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_CONTEXT = 200


class Source:
    """A text and the places of its characters; lines end at \\n, \\r\\n or \\r."""

    def __init__(self, text: str, cell: int | None = None) -> None:
        self.text = text
        self.cell = cell
        self.starts = [0, *(found.end() for found in _LINE_BREAK.finditer(text))]

    def place(self, offset: int) -> Place:
        """The 1-based line and column of a 0-based offset."""
        line = bisect_right(self.starts, offset) - 1
        return Place(line + 1, offset - self.starts[line] + 1, self.cell)

    def anchors(self, pieces: list[Piece]) -> tuple[Anchor, ...]:
        """An anchor for each line of each piece, in the order of the text they make together."""
        found: list[Anchor] = []
        offset = 0
        for piece in pieces:
            if piece.frozen:
                place = self.place(piece.start)
                found.append(Anchor(offset, place.line, place.column, frozen=True))
            else:
                first = bisect_right(self.starts, piece.start) - 1
                found.append(Anchor(offset, first + 1, piece.start - self.starts[first] + 1))
                end = piece.start + len(piece.text)
                last = bisect_right(self.starts, max(piece.start, end - 1))
                found.extend(
                    Anchor(offset + self.starts[line] - piece.start, line + 1, 1)
                    for line in range(first + 1, last)
                )
            offset += len(piece.text)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a formula and the offset in the source it came from; frozen where it came out of a macro."""

    text: str
    start: int
    frozen: bool = False


class Collector:
    """Receives words, formulas, headings and comments in reading order and gives the items."""

    def __init__(self, macros: Macros | None = None) -> None:
        self.items: list[Item] = []
        self.macros = macros or Macros()
        self.section = ""
        self.source = Source("")
        self._text: list[str] = []
        self._length = 0
        self._formulas: list[Display] = []
        self._spans: list[tuple[int, int]] = []
        self._start: int | None = None

    def begin(self, source: Source) -> None:
        """Goes on with another text (a notebook's next cell)."""
        self.flush()
        self.source = source

    def words(self, text: str, start: int) -> None:
        """Adds words of the paragraph; white space becomes single."""
        lead = len(text) - len(text.lstrip())
        if not text.strip():
            self._space()
            return
        if lead:
            self._space()
        if self._start is None:
            self._start = start + lead
        self._append(" ".join(text.split()))
        if text[-1].isspace():
            self._space()

    def formula(
        self, pieces: list[Piece], *, inline: bool, label: str | None = None, problem: str = ""
    ) -> None:
        """Adds a formula; a displayed one ends the stretch of prose and is never passed over.

        Args:
            pieces: its text.
            inline: whether it stands inside a sentence.
            label: its name, where the delimiters carry one.
            problem: why it is not whole, where it is not; its text then is what is left of it.
        """
        note = ""
        raw = "".join(piece.text for piece in pieces)
        trimmed = _trimmed(pieces)
        if not trimmed:
            if inline or not pieces:
                return
            trimmed, problem = pieces[:1], problem or "a display with nothing in it"
        shown = trimmed
        if not problem:
            expanded = self.macros.apply([(piece.text, piece.start, piece.frozen) for piece in trimmed])
            shown = _trimmed([Piece(*part) for part in expanded])
        if not shown:
            if inline:
                return
            shown, note = trimmed, "introduces commands, claims nothing"
        latex = "".join(piece.text for piece in shown)
        named = _LABEL.search(raw)
        place = self.source.place(shown[0].start)
        display = Display(
            latex=latex,
            line=place.line,
            column=place.column,
            cell=place.cell,
            offset=shown[0].start,
            inline=inline,
            section=self.section,
            label=label or (named.group(1) if named else None),
            anchors=self.source.anchors(shown),
            problem=problem,
            note=note,
        )
        if not inline:
            self.flush()
            self.items.append(display)
            return
        if self._start is None:
            self._start = shown[0].start
        self._spans.append((self._length, self._length + len(latex) + 2))
        self._formulas.append(display)
        self._append(f"${latex}$")

    def directive(self, text: str, start: int) -> None:
        """Adds a comment if it speaks to convsym."""
        found = re.match(r"\s*convsym\s*:\s*([A-Za-z][\w-]*)\s*(.*?)\s*\Z", text, re.DOTALL)
        if found is None:
            return
        self.flush()
        place = self.source.place(start)
        self.items.append(
            Directive(found.group(1), found.group(2), place.line, place.column, place.cell, self.section)
        )

    def flush(self, *, level: int = 0) -> None:
        """Ends the stretch of prose; a heading becomes the section of what follows.

        Args:
            level: how deep a heading it is, 1 for the outermost; 0 for other prose.
        """
        text = "".join(self._text).rstrip()
        if text and self._start is not None:
            place = self.source.place(self._start)
            if level:
                self.section = text
            formulas = tuple(
                replace(
                    display,
                    section=self.section,
                    before=text[max(0, start - _CONTEXT) : start],
                    after=text[end : end + _CONTEXT],
                )
                for display, (start, end) in zip(self._formulas, self._spans, strict=True)
            )
            self.items.append(
                Prose(
                    text,
                    place.line,
                    place.column,
                    place.cell,
                    formulas,
                    tuple(self._spans),
                    self.section,
                    level > 0,
                    level,
                )
            )
        self._text, self._length, self._formulas, self._spans, self._start = [], 0, [], [], None

    def finish(self) -> tuple[Item, ...]:
        """The items; each display knows the words right before and after it."""
        self.flush()
        items = self.items
        for at, item in enumerate(items):
            if isinstance(item, Display):
                before, after = items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None
                items[at] = replace(
                    item,
                    before=before.text[-_CONTEXT:]
                    if isinstance(before, Prose) and not before.heading
                    else "",
                    after=after.text[:_CONTEXT] if isinstance(after, Prose) and not after.heading else "",
                )
        return tuple(items)

    def _space(self) -> None:
        if self._text and not self._text[-1].endswith(" "):
            self._append(" ")

    def _append(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    """The pieces without white space at their two ends."""
    kept = [piece for piece in pieces if piece.text]
    while kept and not kept[0].text.strip():
        kept = kept[1:]
    while kept and not kept[-1].text.strip():
        kept = kept[:-1]
    if not kept:
        return []
    first = kept[0]
    lead = len(first.text) - len(first.text.lstrip())
    if lead:
        kept[0] = Piece(first.text[lead:], first.start + (0 if first.frozen else lead), first.frozen)
    kept[-1] = Piece(kept[-1].text.rstrip(), kept[-1].start, kept[-1].frozen)
    return kept
