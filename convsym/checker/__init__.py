"""Document -> report: every relation of a document read, understood and judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from convsym.checker.containment import judge_document
from convsym.checker.report import FileReport, Report
from convsym.document import Document, read_document
from convsym.errors import DocumentError

__all__ = ["FileReport", "Report", "check", "check_document"]


def check(
    path_or_text: str | Path,
    *,
    timeout: float = 10.0,
    kind: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    explain: tuple[int | None, int] | None = None,
) -> Report:
    """Judge every relation of a document.

    Args:
        path_or_text: a file (Markdown, TeX, notebook) or the text itself.
        timeout: seconds that one relation may take at most.
        kind: "markdown", "tex", "ipynb" or "formula" where the name does not say.
        progress: called with (done, total) relations.
        explain: (notebook cell, or None for any, line) whose verdicts carry every step, both sides written out.

    Returns:
        A report with one file. A file that cannot be read is reported with its error, not raised.
    """
    try:
        document = read_document(path_or_text, kind=kind)
    except DocumentError as error:
        return Report((FileReport(str(path_or_text)[:200], (), error=str(error)),))
    return Report((check_document(document, timeout=timeout, progress=progress, explain=explain),))


def check_document(
    document: Document,
    *,
    timeout: float = 10.0,
    progress: Callable[[int, int], None] | None = None,
    explain: tuple[int | None, int] | None = None,
) -> FileReport:
    """Judge every relation of a document that was already read."""
    return FileReport(document.path, judge_document(document, timeout, progress, explain))
