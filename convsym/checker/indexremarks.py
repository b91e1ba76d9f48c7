"""Indices that a line uses wrongly: bound and never used, free on one side alone."""

from __future__ import annotations

from convsym.checker.findings import Finding
from convsym.scope.hygiene import free_letters, limiting_letters, scaling_letters, unused_letters
from convsym.scope.model import Scope
from convsym.verdict import Definition, Proved, Unsupported


def heed_indices(finding: Finding, scope: Scope) -> None:
    """Say of a line which of its indices are wrong: beside a refutation, or as the reason where nothing was decided.

    Args:
        finding: of a line; its outcome or its notes are changed.
        scope: of the line.
    """
    statement = finding.statement
    remarks: list[str] = []
    for side in (statement.left, statement.right):
        remarks.extend(
            f"the index {letter} of a sum is never used in it" for letter in unused_letters(side, scope)
        )
    reference = scope.refer(statement.left, {})
    if reference is not None and reference.indices:
        left = {*free_letters([statement.left], scope), *scaling_letters(statement.right, scope)}
        left |= limiting_letters(statement.right, free_letters([statement.left], scope))
        extra = [letter for letter in free_letters([statement.right], scope) if letter not in left]
        remarks.extend(f"the index {letter} is free on the right and missing on the left" for letter in extra)
    if remarks and not isinstance(finding.outcome, Proved):
        if isinstance(finding.outcome, Definition):
            finding.outcome = Unsupported("; ".join(remarks))
        else:
            finding.notes.extend(remarks)


__all__ = ["heed_indices"]
