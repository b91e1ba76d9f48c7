"""Sections that use a document's letters anew: what stays open in the whole is read once more in its section alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from convsym.checker.detours import PAST
from convsym.checker.findings import Finding
from convsym.checker.givenagain import ANOTHER, BUT_FOR, leave_open_after
from convsym.checker.pictured import settle_pictured
from convsym.checker.sized import settle_sized
from convsym.checker.supposed import settle_supposed
from convsym.document import Document, Item, Prose
from convsym.errors import ConvsymError
from convsym.scope.hygiene import derives
from convsym.scope.naming import Reference
from convsym.scope.stated import DOUBT
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_BOLD = re.compile(r"(?:\*\*|__)\S")
_DEEPEST = 8
_PARTS = 24
_SURE = 2


def settle_sections(session: Session) -> None:
    """Decide what a document leaves open by the section it stands in, where that settles it by itself.

    A note may define y in one section as a vector and in the next as an image. What one section says of it then
    contradicts the other, though each is right by itself.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for number, part in enumerate((*parts(session.document), *renewed_parts(session))):
        waiting = {
            session.place(finding.statement): finding
            for finding in session.findings.values()
            # What another section says of a range must not be lost.
            if (
                isinstance(finding.outcome, Undecided | Unsupported)
                and not finding.outcome.reason.startswith(DOUBT)
            )
            or _gives_an_entry(finding)
        }
        here = {id(display) for display in part.formulas()}
        if not any(
            id(finding.statement.display) in here and not isinstance(finding.outcome, Definition)
            for finding in waiting.values()
        ):
            continue
        with suppress(ConvsymError, RecursionError):
            inner = session.of_part(part, f" in part {number}")
            inner.judge_all()
            settle_sized(inner)
            settle_supposed(inner)
            settle_pictured(inner)
            leave_open_after(inner)
            for found in inner.findings.values():
                finding = waiting.get(inner.place(found.statement))
                if finding is not None and _is_sound(found, inner, finding, session):
                    inner.explain(found)
                    _take(found, finding)


def _gives_an_entry(finding: Finding) -> bool:
    """Whether a line is the only one in the whole document that gives a cell: its section may give the matrix."""
    outcome = finding.outcome
    return isinstance(outcome, Definition) and outcome.reason == "introduces the cell"


def parts(document: Document) -> Iterator[Document]:
    """The sections of a document that hold some of its formulas, the smallest first.

    A heading with nothing under it, followed by one of the same level, stands above those that follow.

    Args:
        document: a document taken apart.
    """
    items = document.items
    heads = [(at, level) for at, item in enumerate(items) if (level := _level(item))]
    levels = [2 * level for _, level in heads]
    for number, (at, _) in enumerate(heads[:-1]):
        if heads[number + 1][0] == at + 1 and levels[number] == levels[number + 1]:
            levels[number] -= 1
    ranges = []
    for number, (start, _) in enumerate(heads):
        stop = next(
            (heads[n][0] for n in range(number + 1, len(heads)) if levels[n] <= levels[number]), len(items)
        )
        ranges.append((start, stop))
    whole = sum(1 for _ in document.formulas())
    found: dict[tuple[int, ...], Document] = {}
    for start, stop in sorted(ranges, key=lambda pair: pair[1] - pair[0]):
        part = replace(document, items=items[start:stop])
        formulas = tuple(id(display) for display in part.formulas())
        if 1 < len(formulas) < whole:
            found.setdefault(formulas, part)
    yield from list(found.values())[:_PARTS]


def renewed_parts(session: Session) -> Iterator[Document]:
    """What follows each line that gives a name another definition, up to the next such line or the next heading.

    Nobody withdraws the old definition, but what stands behind the new one is most likely about it.

    Args:
        session: a document whose relations were judged, those open that rest on a name with two definitions.
    """
    items = session.document.items
    displays = {
        id(finding.statement.display)
        for finding in session.findings.values()
        if isinstance(finding.outcome, Unsupported) and finding.outcome.reason.startswith((ANOTHER, BUT_FOR))
    }
    places = [
        (at, number)
        for at, item in enumerate(items)
        for number, display in enumerate(item.formulas if isinstance(item, Prose) else (item,))
        if id(display) in displays
    ]
    for (at, first), (stop, last) in pairwise((*places[:_PARTS], (len(items), 0))):
        heading = next((n for n in range(at + 1, stop) if _level(items[n])), None)
        if heading is not None:
            stop, last = heading, 0
        part = [
            _cut(items[n], first if n == at else 0, last if n == stop else None)
            for n in range(at, stop + (1 if last else 0))
        ]
        yield replace(session.document, items=tuple(part))


def _cut(item: Item, first: int, last: int | None) -> Item:
    """An item with some of its inline formulas alone."""
    if not isinstance(item, Prose):
        return item
    return replace(item, formulas=item.formulas[first:last], spans=item.spans[first:last])


def _level(item: object) -> int:
    """How deep a heading is, 0 for what is none: a paragraph that begins in bold type is the deepest."""
    if not isinstance(item, Prose):
        return 0
    return item.level or (_DEEPEST if _BOLD.match(item.text) else 0)


def _is_sound(found: Finding, inner: Session, finding: Finding, session: Session) -> bool:
    """Whether what a section alone shows may stand for the document."""
    if not isinstance(found.outcome, Proved) and not _is_certain_clash(found, inner):
        return False
    if isinstance(finding.outcome, Unsupported) and finding.outcome.reason.startswith(PAST):
        return False
    for number in found.used:
        other = inner.findings.get(number)
        of_whole = None if other is None else _same(session, other.statement)
        if of_whole is not None and isinstance(of_whole.outcome, Refuted):
            return False
    # What the rest of the document says of a name's type must not be lost.
    scope, whole = inner.scope_of(found.statement), session.scope_of(finding.statement)
    for side in (found.statement.left, found.statement.right):
        for reference in scope.mentions(side):
            if _is_number(reference, inner, found) and whole.family(reference.name) is not None:
                return False
    return True


def _is_certain_clash(found: Finding, inner: Session) -> bool:
    """Whether a product cannot be formed of the matrices that a section prints and takes other gradients with."""
    if not isinstance(found.outcome, Refuted) or found.outcome.method != "type clash":
        return False
    holding = [
        other
        for other in inner.findings.values()
        if isinstance(other.outcome, Proved) and derives(other.statement.left)
    ]
    return len(holding) >= _SURE


def _is_number(reference: Reference, inner: Session, found: Finding) -> bool:
    return not reference.indices and inner.scope_of(found.statement).family(reference.name) is None


def _same(session: Session, statement: Statement) -> Finding | None:
    wanted = session.place(statement)
    return next((f for f in session.findings.values() if session.place(f.statement) == wanted), None)


def _take(found: Finding, finding: Finding) -> None:
    finding.adopt(found)
    finding.notes = [*found.notes, f"the section “{found.statement.display.section}” is read by itself"]


__all__ = ["parts", "settle_sections"]
