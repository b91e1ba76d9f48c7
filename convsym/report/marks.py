"""What a document's marks announce, beside what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from convsym.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Surprise:
    """A marked formula that did not turn out as announced.

    Attributes:
        path: the file.
        line, column, cell: where the formula begins.
        message: what was announced and what was found.
    """

    path: str
    line: int
    column: int
    cell: int | None
    message: str

    def __str__(self) -> str:
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{self.path}:{cell}{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Marks:
    """How the verdicts of a report stand to the marks before their formulas.

    Attributes:
        expected: the `id` of each verdict that is as announced.
        failures: the `id` of each verdict in a formula that is not as announced, with the message.
        surprises: one for each such formula.
    """

    expected: frozenset[int] = frozenset()
    failures: Mapping[int, str] = field(default_factory=dict)
    surprises: tuple[Surprise, ...] = ()

    def note(self, verdict: Verdict) -> str:
        """Two or three words to stand after the status, or none."""
        if id(verdict) in self.expected:
            return "as marked"
        return "not as marked" if id(verdict) in self.failures else ""


UNMARKED = Marks()
"""A document without marks."""
