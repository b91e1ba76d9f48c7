"""Lines behind one that is said under a condition, "If z > 0, then" or "For i, j apart": it may hold there too."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from convsym.checker.findings import Finding
from convsym.document import Display
from convsym.scope.generality import GENERAL
from convsym.scope.judge import Judge
from convsym.scope.restrictions import Restriction, leading_restrictions
from convsym.scope.statements import Statement, under_suppositions
from convsym.scope.suppositions import Supposition, leading_suppositions
from convsym.verdict import Definition, Proved, Refuted, Unsupported

_ENDED = re.compile(r"[.!?;](?=\s|\Z)|[。！？；]")
# Words behind which a condition before is not meant any more.
_TURNS_AWAY = re.compile(
    r"\b(?:otherwise|combin\w+|together|both|either way|in (?:all|any|both|either) cases?)\b", re.I
)
_GOES_ON = re.compile(r"\A\s*(?:\Z|[a-z,&]|\\text)")


def under_the_condition_before(
    finding: Finding,
    judge: Judge,
    statements: Sequence[Statement],
    claim: Callable[[Statement, Judge], Finding],
) -> Finding:
    """What becomes of a claim that fails in general, where a line before it is said under a condition.

    In the same sentence it is judged under that condition; behind a new one nobody can tell whether the condition is
    still meant, and what holds under it is left open.

    Args:
        finding: a claim that was judged as it is printed.
        judge: for the scope of the claim.
        statements: all relations of the document.
        claim: judges a claim in a scope.
    """
    statement = finding.statement
    if isinstance(finding.outcome, Proved | Definition) or statement.relation != "=":
        return finding
    under, supposed, goes_on = _before(statement, statements)
    if not under and not supposed:
        return finding
    inside = under_suppositions(replace(statement, under=under), supposed)
    found = claim(inside, judge)
    found.statement = statement
    if isinstance(found.outcome, Refuted):
        if goes_on and isinstance(finding.outcome, Refuted):
            # It is said there, and it fails there.
            statement.under = under
            return found
        return finding
    if goes_on and isinstance(found.outcome, Proved):
        if found.judgment is not None:
            found.judgment.assumed |= {f"${one.printed}$" for one in under}
        return found
    if not isinstance(finding.outcome, Refuted):
        return finding
    printed = [f"${one.printed}$" for one in under]
    printed += [f"${one.one} {'=' if one.same else chr(92) + 'ne'} {one.other}$" for one in supposed]
    finding.outcome = Unsupported(f"it may be said under the condition {', '.join(printed)}")
    if finding.judgment is not None:
        finding.judgment.outcome = finding.outcome
    finding.repairs, finding.edits, finding.notes, finding.steps = (), (), [], []
    return finding


def _before(
    statement: Statement, statements: Sequence[Statement]
) -> tuple[tuple[Restriction, ...], tuple[Supposition, ...], bool]:
    """The condition that leads the nearest line before that has one, and whether its sentence still goes on."""
    nothing: tuple[tuple[Restriction, ...], tuple[Supposition, ...], bool] = ((), (), False)
    display = statement.display
    if display.inline or statement.under or statement.supposed or statement.at or statement.pieced:
        return nothing
    goes_on, later = True, display
    for other in reversed(statements[: statement.number]):
        before = other.display
        if before is display:
            continue
        if before.section != display.section or _leaves(later):
            return nothing
        if before.inline:
            continue
        if before is not later:
            goes_on = goes_on and _joins(before.latex, later.before)
            under, supposed = leading_restrictions(before), leading_suppositions(before)
            if under or supposed:
                return under, supposed, goes_on
            if other.under or other.supposed or other.at or other.pieced:
                return nothing
            later = before
    return nothing


def _leaves(display: Display) -> bool:
    """Whether the words before a formula speak of every case again."""
    return any(words.search(display.before) is not None for words in (GENERAL, _TURNS_AWAY))


def _joins(latex: str, words: str) -> bool:
    """Whether a sentence goes on from one formula to the next."""
    ended = latex.rstrip(" \\,\n")[-1:] in (".", "!", ";")
    return not ended and _ENDED.search(words) is None and _GOES_ON.match(words) is not None


__all__ = ["under_the_condition_before"]
