"""Verdicts shown to people and to machines: terminal, JSON, Markdown, CI annotations, SARIF, HTML.

Nothing here decides anything, and no text of a document is trusted: escapes of a terminal, markup of
rich, HTML and workflow commands are all shown as the characters they are.
"""

from __future__ import annotations

from convsym.report.html import to_html
from convsym.report.machine import to_github, to_json, to_sarif
from convsym.report.markdown import to_markdown
from convsym.report.phrases import Reported, ReportedFile, because
from convsym.report.readable import readable

__all__ = [
    "Reported",
    "ReportedFile",
    "because",
    "readable",
    "to_github",
    "to_html",
    "to_json",
    "to_markdown",
    "to_sarif",
]
