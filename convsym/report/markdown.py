"""The report as a Markdown table, for a pull request or a page."""

from __future__ import annotations

import re

from convsym.report.marks import UNMARKED, Marks
from convsym.report.neutral import neutral
from convsym.report.phrases import MARKS, Reported, because, place, totals
from convsym.report.readable import readable
from convsym.verdict import Verdict


def to_markdown(report: Reported, *, sections: bool = False, marks: Marks = UNMARKED) -> str:
    """The report as Markdown: one table a file, then its totals.

    Args:
        report: what was checked.
        sections: name each relation by its section and number instead of by its file and line.
        marks: what the documents announce.
    """
    parts = []
    for file in report.files:
        if file.error is not None:
            parts.append(f"**{_plain(file.path)}**: {_plain(file.error)}\n")
            continue
        first = "section | number" if sections else "place | number"
        lines = [f"| {first} | equation | verdict | why |", "|---|---|---|---|---|"]
        for verdict in file.verdicts:
            where = _plain(verdict.section) if sections else _plain(place(file.path, verdict))
            lines.append(f"| {where} | {_plain(verdict.label or '')} | {_row(verdict, marks)} |")
        lines += ["", totals(file.verdicts, marks) + ".", ""]
        parts.append("\n".join(lines))
    return "\n".join(parts)


def _row(verdict: Verdict, marks: Marks) -> str:
    why = [f"*{heading}* {_plain(text)}" if heading else _plain(text) for heading, text in because(verdict)]
    mark = f"{MARKS[verdict.status]} {verdict.status}"
    if note := marks.note(verdict):
        mark += f", {note}"
    if id(verdict) in marks.failures:
        why.append(_plain(marks.failures[id(verdict)]))
    return f"{_plain(readable(verdict.latex))} | {mark} | {'<br>'.join(why)}"


def _plain(text: str) -> str:
    """The text with every character that Markdown or HTML would act on escaped."""
    text = neutral(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+!|$~^-])", r"\\\1", text)
