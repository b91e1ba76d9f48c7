"""The paper that the series implements: its equations as printed, and what the checker says of each."""

from __future__ import annotations

from importlib.resources import files

from convsym.checker import check
from convsym.verdict import Verdict

__all__ = ["paper_document", "verify_paper"]


def paper_document() -> str:
    """The packaged paper as Markdown: every displayed equation as printed, between sentences of our own.

    Source: paper equations (1) to (6) and the unnumbered displays between them.
    """
    return files("convsym").joinpath("data", "paper.md").read_text(encoding="utf-8")


def verify_paper(*, timeout: float = 10.0) -> list[Verdict]:
    """Check the packaged paper as any other document is checked.

    Args:
        timeout: seconds that one relation may take.

    Returns:
        One record per relation, in reading order.
    """
    return list(check(paper_document(), timeout=timeout).verdicts)
