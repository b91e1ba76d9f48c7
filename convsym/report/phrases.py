"""The words and marks that every kind of report uses for a verdict."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Protocol

from convsym.report.marks import UNMARKED, Marks
from convsym.report.neutral import neutral
from convsym.report.readable import readable
from convsym.verdict import Status, Verdict, Witness


class ReportedFile(Protocol):
    """A file's verdicts in reading order, or the reason why there are none."""

    @property
    def path(self) -> str:
        """The file as it was named."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One record a relation."""

    @property
    def error(self) -> str | None:
        """Why the file could not be read, in one line, or None."""


class Reported(Protocol):
    """What a report shows: files with their verdicts."""

    @property
    def files(self) -> Sequence[ReportedFile]:
        """The files in the order they were checked."""

    def to_dict(self) -> dict[str, object]:
        """The report as JSON-ready values, schema 1."""


# A long plain word or two short ones make a sentence; a backslash, an index or a group is LaTeX.
_SENTENCE = re.compile(r"(?<![\\\w{])(?:[a-z]{4,}|[a-z]{2,} +[a-z]{2,})(?![\w}])", re.IGNORECASE)
_INDEXED = re.compile(r"\\?[A-Za-z]+_(?:\{[\w,+\- ]{1,30}\}|[A-Za-z\d])(?!\w)")
_NOTATION = re.compile(r"[\\_^{}]")

MARKS = {
    Status.DEFINITION: "≔",
    Status.PROVED: "✓",
    Status.REFUTED: "✗",
    Status.UNDECIDED: "?",
    Status.UNSUPPORTED: "–",
}
"""One sign a status, so that no verdict is told by color alone."""

COLORS = {
    Status.DEFINITION: "cyan",
    Status.PROVED: "green",
    Status.REFUTED: "bold red",
    Status.UNDECIDED: "yellow",
    Status.UNSUPPORTED: "magenta",
}


def place(path: str, verdict: Verdict) -> str:
    """Where a relation stands: file:line:column, or file, cell and line for a notebook."""
    if verdict.cell is not None:
        return f"{neutral(path)}:cell {verdict.cell}:{verdict.line}"
    return f"{neutral(path)}:{verdict.line}:{verdict.column}"


def number(value: Fraction | str) -> str:
    """An exact value as text: "3", "1/4", or the interval as it was certified."""
    return neutral(value) if isinstance(value, str) else str(value)


def witness_phrase(witness: Witness, *, latex: bool = False) -> str:
    """The witness in one line: the values that are not 0, and what both sides come to there.

    Args:
        witness: the values found.
        latex: keep the names as LaTeX, where the reader cannot be shown Unicode.
    """
    given = values_phrase(witness, latex=latex)
    sides = f"left {number(witness.left)}, right {number(witness.right)}"
    return f"{given}: {sides}" if given else sides


def values_phrase(witness: Witness, *, latex: bool = False) -> str:
    """The sizes and values of a witness, "m = 2, x = 1, all else 0"; "" where it needs none.

    Args:
        witness: the values found.
        latex: keep the names as LaTeX, where the reader cannot be shown Unicode.
    """
    name = neutral if latex else readable
    sizes = [f"{name(symbol)} = {size}" for symbol, size in witness.sizes]
    shown = [f"{name(symbol)} = {value}" for symbol, value in witness.values if value != 0]
    zeros = len(witness.values) - len(shown)
    if zeros and shown:
        shown.append("all else 0")
    elif zeros:
        shown.append("everything 0" if zeros > 1 else f"{name(witness.values[0][0])} = 0")
    return ", ".join([*sizes, *shown])


def prose(text: str, *, latex: bool = False) -> str:
    """A sentence whose mathematics, between dollar signs or all of it, is made readable.

    Args:
        text: words, words with $..$ in them, or LaTeX alone.
        latex: leave the mathematics as it is.
    """
    if latex:
        return neutral(text)
    if "$" in text:
        parts = text.split("$")
        if len(parts) % 2:
            return "".join(readable(part) if odd % 2 else _worded(part) for odd, part in enumerate(parts))
    if _SENTENCE.search(text):
        return _worded(text)
    return readable(text) if _NOTATION.search(text) else neutral(text)


def _worded(text: str) -> str:
    return _INDEXED.sub(lambda found: readable(found.group()), neutral(text))


def because(verdict: Verdict, *, latex: bool = False) -> list[tuple[str, str]]:
    """Why the verdict is what it is, as (heading, text) lines; the first has no heading.

    Args:
        verdict: the record to explain.
        latex: show equations as their LaTeX instead of readable Unicode.
    """
    show = neutral if latex else readable
    lines = [("", prose(verdict.reason, latex=latex))]
    if verdict.sizes and verdict.status is Status.PROVED:
        every = verdict.sizes == "all"
        lines.append(("for", "every size" if every else neutral(verdict.sizes)))
    if verdict.assuming:
        lines.append(("if", "; ".join(prose(condition, latex=latex) for condition in verdict.assuming)))
    if verdict.witness is not None:
        lines.append(("witness", witness_phrase(verdict.witness, latex=latex)))
    if verdict.repair is not None:
        # What is proved under a condition may come with the form that needs none.
        heading = "repair" if verdict.status is Status.REFUTED else "in general"
        lines.append((heading, show(verdict.repair)))
    return lines


def count(verdicts: Iterable[Verdict]) -> Counter[Status]:
    """How many verdicts there are of each status."""
    return Counter(verdict.status for verdict in verdicts)


def amount(status: Status, verdicts: Iterable[Verdict], marks: Marks = UNMARKED) -> str:
    """How many verdicts have the status, and how many of these the document announces."""
    same = [verdict for verdict in verdicts if verdict.status is status]
    expected = sum(id(verdict) in marks.expected for verdict in same)
    # The one status that is a noun.
    plural = "s" if status is Status.DEFINITION and len(same) != 1 else ""
    return f"{len(same)} {status}{plural}" + (f" ({expected} as marked)" if expected else "")


def totals(verdicts: Sequence[Verdict], marks: Marks = UNMARKED) -> str:
    """The totals in one line: "31 relations: 8 definitions, 19 proved, 4 refuted (1 as marked)"."""
    counts = count(verdicts)
    parts = [amount(status, verdicts, marks) for status in Status if counts[status]]
    noun = "relation" if len(verdicts) == 1 else "relations"
    return f"{len(verdicts)} {noun}" + (": " + ", ".join(parts) if parts else "")
