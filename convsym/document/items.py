"""What a file is taken apart into: formulas, prose and directives, each with its exact place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: 1-based line and column (in characters, a byte order mark not counted).

    For a notebook, `cell` is the 0-based number among all cells and the line counts in the cell's source.
    """

    line: int
    column: int
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """From `offset` of a formula's text on, characters stand in the file at `line`, `column` onward.

    A `frozen` stretch came out of a macro: all of it stands where the macro was called.
    """

    offset: int
    line: int
    column: int
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Display:
    r"""One formula of a document, displayed or inline.

    Attributes:
        latex: the formula without its delimiters ($$, \[ ...); an environment (align, equation) keeps its
            \begin and \end. Markers of lists and quotes are taken out, macros are expanded.
        line, column, cell: where its first character stands in the file.
        offset: 0-based character offset of that place in the file's (or cell's) text.
        inline: whether it stands inside a sentence ($..$).
        section: the nearest heading above it, as text.
        label: the name given by \label, or None.
        before: the words that directly precede it in its paragraph (at most 200 characters).
        after: the words that directly follow it in its paragraph (at most 200 characters).
        problem: why its text could not be taken out of the file whole (a display that is never closed), or "".
        note: what a display without a formula is there for (it only introduces commands), or "".
    """

    latex: str
    line: int
    column: int
    cell: int | None = None
    offset: int = 0
    inline: bool = False
    section: str = ""
    label: str | None = None
    before: str = ""
    after: str = ""
    anchors: tuple[Anchor, ...] = field(default=(), repr=False)
    problem: str = ""
    note: str = ""

    def place(self, offset: int) -> Place:
        """Where the character at `offset` of `latex` stands in the file.

        Args:
            offset: 0-based offset into `latex`, as in the spans of its syntax tree.
        """
        anchors = self.anchors or (Anchor(0, self.line, self.column),)
        at = max(0, bisect_right(anchors, offset, key=lambda anchor: anchor.offset) - 1)
        anchor = anchors[at]
        moved = 0 if anchor.frozen else offset - anchor.offset
        return Place(anchor.line, anchor.column + moved, self.cell)


@dataclass(frozen=True, slots=True)
class Prose:
    r"""A stretch of text between displays: a paragraph, a list item, a caption.

    Attributes:
        text: its words, white space made single, each inline formula in place as $latex$ (whatever its
            delimiters were).
        formulas: its inline formulas in order.
        spans: for each formula the half-open range of `text` that shows it, dollars included.
        line, column, cell: where it begins in the file.
        section: the nearest heading above it.
        heading: whether this is a heading itself.
        level: how deep a heading is, 1 for the outermost; 0 for what is none.
    """

    text: str
    line: int
    column: int
    cell: int | None = None
    formulas: tuple[Display, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    section: str = ""
    heading: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Directive:
    """A comment that speaks to convsym: `<!-- convsym: refuted -->`, in TeX `% convsym: refuted`.

    Attributes:
        name: its first word ("refuted", "sizes", "base", ...).
        arguments: the rest, as written, stripped.
        line, column, cell: where the comment begins.
        section: the nearest heading above it.
    """

    name: str
    arguments: str
    line: int
    column: int
    cell: int | None = None
    section: str = ""


Item: TypeAlias = Display | Prose | Directive


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart.

    Attributes:
        path: its name as given, or "<text>".
        kind: "markdown", "tex" or "ipynb".
        items: displays, prose and directives in reading order. An inline formula is not an item of its own:
            it is in the `formulas` of the prose around it.
        metadata: YAML front matter's text, or the notebook's convsym metadata as JSON text, or "".
    """

    path: str
    kind: str
    items: tuple[Item, ...]
    metadata: str = ""

    def formulas(self) -> Iterator[Display]:
        """Every formula in reading order, the inline ones of the prose included."""
        for item in self.items:
            if isinstance(item, Display):
                yield item
            elif isinstance(item, Prose):
                yield from item.formulas

    def displays(self) -> Iterator[Display]:
        """Only the displayed formulas, in reading order."""
        return (item for item in self.items if isinstance(item, Display))
