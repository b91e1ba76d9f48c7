"""Equations that a document marks as wrong on purpose, and whether they turned out so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from convsym.document import Directive, Display, Document
from convsym.verdict import Status, Verdict

MARKS = frozenset({Status.REFUTED, Status.UNDECIDED, Status.UNSUPPORTED})
"""What a mark may announce; a proof needs none."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A displayed formula and what the comment before it says of it.

    Attributes:
        display: the formula.
        status: the announced verdict, or None where there is no mark.
        reason: the words beside the mark.
    """

    display: Display
    status: Status | None = None
    reason: str = ""

    def covers(self, verdict: Verdict) -> bool:
        """Whether the relation stands inside this formula."""
        if verdict.cell != self.display.cell:
            return False
        end = self.display.place(len(self.display.latex))
        start = (self.display.line, self.display.column)
        return start <= (verdict.line, verdict.column) <= (end.line, end.column)

    def failure(self, verdicts: Iterable[Verdict]) -> str | None:
        """Why the formula's verdicts are not what its mark announced, or None if they are.

        Args:
            verdicts: the verdicts of the relations in this formula. One with the announced status is
                enough: the other relations of a chain may be true.
        """
        if self.status is None or any(verdict.status is self.status for verdict in verdicts):
            return None
        found = ", ".join(sorted({str(verdict.status) for verdict in verdicts})) or "no relation in it"
        return f"marked as {self.status}, but found: {found}"


def expectations(document: Document) -> tuple[Expected, ...]:
    """Every displayed formula with its mark.

    Args:
        document: a document taken apart. A mark such as `<!-- convsym: refuted -->` speaks of the next
            displayed formula, whatever prose stands between.

    Returns:
        The displayed formulas in reading order.
    """
    found = []
    mark: Directive | None = None
    for item in document.items:
        if isinstance(item, Directive) and item.name.rstrip(":") in MARKS:
            mark = item
        elif isinstance(item, Display):
            if mark is None:
                found.append(Expected(item))
            else:
                found.append(Expected(item, Status(mark.name.rstrip(":")), mark.arguments.strip(" :")))
            mark = None
    return tuple(found)
