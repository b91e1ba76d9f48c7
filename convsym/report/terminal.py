"""Reports for a terminal: a table where there is room, a list where there is not."""

from __future__ import annotations

import os
from typing import TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from convsym.report.marks import UNMARKED, Marks
from convsym.report.neutral import neutral
from convsym.report.phrases import COLORS, MARKS, Reported, ReportedFile, amount, because, count, place, prose
from convsym.report.readable import readable
from convsym.verdict import Status, Verdict

NARROW = 96
"""Columns under which the report is a list."""

_PIPE_WIDTH = 120
_ASCII_MARKS = {
    Status.DEFINITION: ":=",
    Status.PROVED: "ok",
    Status.REFUTED: "X",
    Status.UNDECIDED: "?",
    Status.UNSUPPORTED: "-",
}


def console_for(stream: TextIO) -> Console:
    """A console that fits where the text goes.

    Args:
        stream: standard output or error. If its encoding lacks the signs of mathematics, what cannot be
            written comes out as an escape instead of an error.

    Returns:
        A console that colors only a terminal, heeds NO_COLOR and COLUMNS, and gives pipes 120 columns.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    piped = not stream.isatty() and not os.environ.get("COLUMNS", "").isdigit()
    return Console(
        file=stream,
        width=_PIPE_WIDTH if piped else None,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
    )


def speaks_unicode(stream: TextIO) -> bool:
    """Whether the stream can carry the signs that readable equations need."""
    try:
        "x₁,₁ ∂Σσ✓≔√−·".encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


_NO_STEPS = {
    Status.DEFINITION: "It claims nothing: there is nothing to show.",
    Status.UNDECIDED: "It was not decided: what is missing stands above.",
    Status.UNSUPPORTED: "It was not judged: what is missing stands above.",
}
"""What is said in place of steps, by verdict."""


def _place(path: str, verdict: Verdict) -> str:
    label = f" ({neutral(verdict.label)})" if verdict.label else ""
    return place(path, verdict) + label


class TerminalReport:
    """A report laid out for one console."""

    def __init__(self, console: Console, marks: Marks = UNMARKED) -> None:
        self.console = console
        self.marks = marks
        self.latex = not speaks_unicode(console.file)  # type: ignore[arg-type]
        self.narrow = console.width < NARROW

    def ledger(self, report: Reported) -> None:
        """Print a document's relations by section and number, with the totals."""
        for file in report.files:
            self._file(file, by_section=True)

    def findings(self, report: Reported) -> None:
        """Print every file's relations by place, with the totals of each and of all."""
        for file in report.files:
            self._file(file, by_section=False)
        if len(report.files) > 1:
            verdicts = [verdict for file in report.files for verdict in file.verdicts]
            self._print(Text(f"{len(report.files)} files, ") + self._totals(verdicts))

    def explanation(self, path: str, verdict: Verdict) -> None:
        """Print one relation with every step of its proof or refutation."""
        self._print(self._card(verdict, _place(path, verdict)))
        for position, step in enumerate(verdict.steps, start=1):
            text = Text(prose(step, latex=self.latex))
            self._print(self._indented(text, 4, f"{position}. "))
        if not verdict.steps:
            self._print(self._indented(Text(_NO_STEPS.get(verdict.status, "No further steps.")), 4))

    def _file(self, file: ReportedFile, *, by_section: bool) -> None:
        if file.error is not None:
            return
        if self.narrow:
            self._list(file, by_section=by_section)
        elif file.verdicts:
            self._print(self._table(file, by_section=by_section))
        line = Text() if by_section else Text(f"{neutral(file.path)}: ")
        self._print(line + self._totals(file.verdicts))
        if not by_section:
            self._print("")

    def _print(self, shown: RenderableType) -> None:
        """Print it; what goes to a file or a pipe has no blanks at the ends of its lines."""
        if self.console.is_terminal:
            self.console.print(shown)
            return
        with self.console.capture() as printed:
            self.console.print(shown)
        for line in printed.get().removesuffix("\n").split("\n"):
            self.console.out(line.rstrip(), highlight=False)

    def _table(self, file: ReportedFile, *, by_section: bool) -> Table:
        table = Table(box=box.ASCII if self.latex else box.SIMPLE_HEAD, expand=True, padding=(0, 1))
        first_width = 8 if by_section else max(16, self.console.width // 4)
        table.add_column("no." if by_section else "place", max_width=first_width, overflow="fold")
        table.add_column("equation", ratio=5, overflow="fold")
        table.add_column("verdict", no_wrap=True)
        table.add_column("why", ratio=5, overflow="fold")
        section = None
        for verdict in file.verdicts:
            if by_section and verdict.section != section:
                if section is not None:
                    table.add_row()
                section = verdict.section
                table.add_row("", Text(neutral(section), style="bold"))
            first = f"({neutral(verdict.label)})" if verdict.label else ""
            if not by_section:
                first = _place(file.path, verdict)
            table.add_row(
                Text(first), self._equation(verdict), self._verdict(verdict, table=True), self._why(verdict)
            )
        return table

    def _list(self, file: ReportedFile, *, by_section: bool) -> None:
        section = None
        for verdict in file.verdicts:
            if by_section and verdict.section != section:
                section = verdict.section
                rule = Rule(Text(neutral(section)), characters="-" if self.latex else "─", align="left")
                self._print(rule)
            first = f"({verdict.label})" if by_section and verdict.label else ""
            self._print(self._card(verdict, first if by_section else _place(file.path, verdict)))

    def _card(self, verdict: Verdict, first: str) -> RenderableType:
        head = self._verdict(verdict)
        if first:
            head = head + Text(f"  {neutral(first)}", style="dim")
        return Group(head, self._indented(self._equation(verdict), 2), self._indented(self._why(verdict), 4))

    def _indented(self, text: Text, indent: int, mark: str = "") -> Text:
        """The text folded behind a margin, with the mark in it before the first line."""
        margin = indent + len(mark)
        lines = text.wrap(self.console, max(1, self.console.width - margin), overflow="fold")
        first = Text(" " * indent + mark)
        return Text("\n").join(
            (Text(" " * margin) if number else first) + line for number, line in enumerate(lines)
        )

    def _equation(self, verdict: Verdict) -> Text:
        text = neutral(verdict.latex) if self.latex else readable(verdict.latex)
        return Text(" ".join(text.split()), overflow="fold")

    def _verdict(self, verdict: Verdict, *, table: bool = False) -> Text:
        marks = _ASCII_MARKS if self.latex else MARKS
        return Text(f"{marks[verdict.status]} {verdict.status}", style=self._color(verdict)) + (
            Text(f"\n  {note}" if table else f", {note}") if (note := self.marks.note(verdict)) else Text()
        )

    def _color(self, verdict: Verdict) -> str:
        return "dim" if id(verdict) in self.marks.expected else COLORS[verdict.status]

    def _why(self, verdict: Verdict) -> Text:
        lines = []
        for heading, text in because(verdict, latex=self.latex):
            style = "bold" if heading == "repair" else ""
            lines.append(Text.assemble((f"{heading} " if heading else "", "dim"), (text, style)))
        if id(verdict) in self.marks.failures:
            lines.append(Text(self.marks.failures[id(verdict)], style="bold"))
        return Text("\n").join(lines)

    def _totals(self, verdicts: tuple[Verdict, ...] | list[Verdict]) -> Text:
        counts = count(verdicts)
        noun = "relation" if len(verdicts) == 1 else "relations"
        text = Text(f"{len(verdicts)} {noun}", style="bold")
        for status in Status:
            if counts[status]:
                text += Text(", " if not text.plain.endswith(noun) else ": ")
                text += Text(amount(status, verdicts, self.marks), style=COLORS[status])
        return text
