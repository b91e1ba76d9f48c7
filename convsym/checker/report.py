"""What a check found, file by file, and its totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convsym.verdict import Status, Verdict

__all__ = ["FileReport", "Report"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """The verdicts of one document, in reading order.

    Attributes:
        path: the file as it was named, "-" for standard input, "<text>" for a string.
        verdicts: one record a relation.
        source: the text that was checked, "" where it could not be read.
        error: why the file could not be read (one line), or None.
    """

    path: str
    verdicts: tuple[Verdict, ...]
    source: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: files with their verdicts, and the totals."""

    files: tuple[FileReport, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts of all files, in order."""
        return tuple(verdict for file in self.files for verdict in file.verdicts)

    @property
    def summary(self) -> Mapping[str, int]:
        """How many verdicts there are of each status; every status has an entry."""
        counts = {str(status): 0 for status in Status}
        for verdict in self.verdicts:
            counts[str(verdict.status)] += 1
        return counts

    def to_dict(self) -> dict[str, object]:
        """The report as JSON-ready values, schema 1."""
        files: list[dict[str, object]] = []
        for file in self.files:
            record: dict[str, object] = {
                "path": file.path,
                "equations": [verdict.to_dict() for verdict in file.verdicts],
            }
            if file.error is not None:
                record["error"] = file.error
            files.append(record)
        return {"schema": 1, "files": files, "summary": dict(self.summary)}

    def exit_code(self, strict: bool = False) -> int:
        """0: nothing refuted; 1: something refuted; 2: a file that cannot be read; 3: `strict` and something open."""
        if any(file.error is not None for file in self.files):
            return 2
        summary = self.summary
        if summary[Status.REFUTED]:
            return 1
        if strict and (summary[Status.UNDECIDED] or summary[Status.UNSUPPORTED]):
            return 3
        return 0

    def __str__(self) -> str:
        """One line a verdict: where, the status, the equation and why; a line for each file that was not read."""
        lines = []
        for file in self.files:
            if file.error is not None:
                lines.append(f"{file.path}: {file.error}")
            for verdict in file.verdicts:
                cell = "" if verdict.cell is None else f"cell {verdict.cell}:"
                place = f"{file.path}:{cell}{verdict.line}:{verdict.column}"
                lines.append(f"{place}: {verdict.status}: {verdict.latex}: {verdict.reason}")
        return "\n".join(lines)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.verdicts)

    def _repr_html_(self) -> str:
        # Rendering lives above this module; the import waits until somebody looks.
        from convsym.report import to_html

        return to_html(self)
