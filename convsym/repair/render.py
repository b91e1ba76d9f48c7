"""A repaired equation as LaTeX in its author's notation: only the edited places of the source change."""

from __future__ import annotations

import re

from convsym.errors import ConvsymError
from convsym.latex.parser import parse
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Chain, Name, Node, Span
from convsym.latex.walking import children, walk
from convsym.repair.tree import NOWHERE, key, put, rebuild

_LAYOUT = re.compile(r"\\\\(?:\s*\[[^\]]*\])?|(?<!\\)&|\\q?quad(?![A-Za-z])|\\(?:nonumber|notag)(?![A-Za-z])")


class Renderer:
    """Writes edited trees of one claim.

    Args:
        claim: the relation as it was read; its spans point into `source`.
        source: the text it was read from, "" where there is none.
    """

    def __init__(self, claim: Chain, source: str = "") -> None:
        self.claim = claim
        self.source = source
        self._originals = {
            (node.span, key(node))
            for node in walk(claim)
            if 0 <= node.span.start < node.span.end <= len(source)
        }

    def variants(self, edited: Chain) -> list[str]:
        """LaTeX for an edited claim, the version closest to the author's text first."""
        texts = []
        if self.source:
            spliced = self._splice(edited)
            if spliced is not None:
                texts.append(spliced)
        try:
            texts.append(to_latex(edited))
        except (ConvsymError, RecursionError):
            return texts
        return texts

    def _splice(self, edited: Chain) -> str | None:
        sides = []
        for old, new in zip(children(self.claim), children(edited), strict=True):
            if not self._holds(old):
                return None
            patches = self._patches(old, new)
            text = self.source[old.span.start : old.span.end]
            for span, piece in sorted(patches, key=lambda patch: -patch[0].start):
                start, end = span.start - old.span.start, span.end - old.span.start
                text = text[:start] + _fitted(piece, text[:start], text[end:]) + text[end:]
            sides.append(_tidy(text))
        if edited.first is None:
            sides.insert(0, "")
        parts = [sides[0]]
        for (relation, _), side in zip(edited.links, sides[1:], strict=True):
            parts += [relation_text(relation), side]
        return " ".join(part for part in parts if part)

    def _holds(self, node: Node) -> bool:
        return 0 <= node.span.start < node.span.end <= len(self.source)

    def _patches(self, old: Node, new: Node) -> list[tuple[Span, str]]:
        if key(old) == key(new):
            return []
        before, after = children(old), children(new)
        alike = type(old) is type(new) and before and len(before) == len(after)
        if alike and key(rebuild(old, after)) == key(new) and all(map(self._holds, before)):
            return [patch for pair in zip(before, after, strict=True) for patch in self._patches(*pair)]
        piece = self._text(new)
        printed = self.source[old.span.start : old.span.end]
        if not re.search(r"\s", printed) and "\\" not in piece:
            piece = re.sub(r"\s*([-+])\s*", r"\1", piece)  # x_{i+1} stays as tight as it was
        return [(old.span, piece)]

    def _text(self, node: Node) -> str:
        """The LaTeX of a new node, with what it kept of the source in the source's words."""
        slots: list[tuple[str, str]] = []

        def masked(part: Node) -> Node:
            below = children(part)
            if (part.span, key(part)) in self._originals and below:
                slot = Name(f"slot{_letters(len(slots))}", NOWHERE, "text")
                slots.append((to_latex(slot), self.source[part.span.start : part.span.end]))
                return slot
            for place, child in enumerate(below):
                kept = masked(child)
                if kept is not child:
                    part = put(part, (place,), kept)
            return part

        text = to_latex(masked(node))
        for slot, words in slots:
            text = text.replace(slot, words)
        return text


def _letters(count: int) -> str:
    """A different word for each count, of letters only, none the beginning of another."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{count:04d}")


def _fitted(piece: str, before: str, after: str) -> str:
    """A piece of LaTeX made fit for its place: braces after _ and ^, a space after a command."""
    head = before.rstrip()
    if head.endswith(("_", "^")) and not re.fullmatch(r"\d|[A-Za-z]|\\[A-Za-z]+|\{.*\}", piece, re.S):
        piece = "{" + piece + "}"
    if re.search(r"\\[A-Za-z]+$", piece) and re.match(r"[A-Za-z]", after):
        piece += " "
    if re.search(r"\\[A-Za-z]+$", before) and re.match(r"[A-Za-z]", piece):
        piece = " " + piece
    return piece


def _tidy(text: str) -> str:
    """One line without alignment marks; environments keep theirs."""
    if "\\begin" not in text:
        text = _LAYOUT.sub(" ", text)
    return re.sub(r"\s+", " ", text).strip()


def relation_text(relation: str) -> str:
    """The LaTeX of a relation between two expressions."""
    if relation == "=":
        return "="
    left, right = Name("a", NOWHERE), Name("b", NOWHERE)
    text = to_latex(Chain(left, ((relation, right),), NOWHERE))
    return text.strip()[1:-1].strip()


def read_back(text: str) -> Chain | None:
    """The one relation that a text says, or None where it says anything else."""
    try:
        rows = parse(text).rows
    except (ConvsymError, RecursionError):
        return None
    return rows[0] if len(rows) == 1 else None
