"""Lines about a name that has several definitions, each for a kind of its own: which one a line speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.through import OF_ANOTHER_PART
from convsym.latex.syntax import Name
from convsym.latex.walking import walk
from convsym.scope.judge import Judge
from convsym.scope.leading import leads
from convsym.scope.model import FunctionRule, Rule, Scope, latex_name
from convsym.scope.naming import key
from convsym.scope.statements import Statement
from convsym.scope.variants import chooses
from convsym.scope.versions import EARLIER, earlier_names, with_earlier
from convsym.verdict import Definition, Outcome, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_MOST = 4
_UNSAID = "of which definition it speaks is not said"
# What is said of a line that a value or a condition decides of which nothing says whether it is meant.
_CONDITIONAL = re.compile(
    r"whether that is meant here$|^it may (?:hold|be said) (?:under the condition|at the value)"
)
_RETURNS = re.compile(r"\b(?:before|earlier|original\w*|former|previous\w*|first|above|back)\b", re.I)
"""Words by which a sentence goes back to what was said before."""


def heed_variants(session: Session) -> None:
    """Refute no line by one of several definitions of a name where another one makes it true and may be meant.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    if not session.reader.versions.withdrawn:
        return
    for finding in list(session.findings.values()):
        if finding.statement.role == "claim":
            _by_earlier(finding, session)
            if isinstance(finding.outcome, Refuted):
                _by_another(finding, session)


def keep_unsaid(session: Session, unsaid: Mapping[int, Outcome]) -> None:
    """Take back the verdicts of lines of which the text does not say by which definition or value they are meant.

    What holds by one of several definitions may be disproved by none of them and is refuted as before.

    Args:
        session: the document; its findings are changed in place.
        unsaid: what was found of these lines before, by number.
    """
    for number, outcome in unsaid.items():
        found = session.findings[number].outcome
        conditional = _CONDITIONAL.search(getattr(outcome, "reason", "")) is not None
        if isinstance(found, Proved) or (conditional and isinstance(found, Refuted)):
            _leave(session.findings[number], outcome)


def conditional_lines(session: Session) -> dict[int, Outcome]:
    """The lines that are left open because a value or a condition decides them, and nothing says that it is meant.

    Args:
        session: the document, its lines judged one by one.
    """
    return {
        number: finding.outcome
        for number, finding in session.findings.items()
        if _CONDITIONAL.search(getattr(finding.outcome, "reason", ""))
    }


def unsaid_lines(session: Session) -> dict[int, Outcome]:
    """The lines that are left open because nothing says which definition, value or condition is meant.

    Args:
        session: the document, judged.
    """
    return {
        number: finding.outcome
        for number, finding in session.findings.items()
        if isinstance(finding.outcome, Unsupported | Undecided)
        and (
            finding.outcome.reason.endswith((_UNSAID, OF_ANOTHER_PART))
            or _CONDITIONAL.search(finding.outcome.reason)
        )
    }


def _by_earlier(finding: Finding, session: Session) -> None:
    """A line that names z, which is said of two layers: of either one, or of both in one line."""
    statement = finding.statement
    scope = session.scope_of(statement)
    sides = (statement.left, statement.right)
    printed = [key(part) for side in sides for part in walk(side) if isinstance(part, Name)]
    kept = {name: list(earlier_names(name, scope)) for name in dict.fromkeys(printed)}
    names = [name for name, earlier in kept.items() if earlier]
    if not names or not isinstance(finding.outcome, Refuted | Undecided | Unsupported):
        return
    old = scope.rules[kept[names[0]][0]][-1].statement
    fails = True
    for times in range(1, max(len(kept[name]) for name in names) + 1):
        left, right = sides
        for name in names:
            at = min(times, len(kept[name]))
            left, right = with_earlier(left, name, at), with_earlier(right, name, at)
        read = replace(statement, left=left, right=right)
        found = _judged(read, session.judges[statement.version], finding, session)
        if found is not None and isinstance(found.outcome, Proved):
            old = scope.rules[kept[names[0]][min(times, len(kept[names[0]])) - 1]][-1].statement
            found.statement = statement
            session.explain(found)
            finding.adopt(found)
            finding.notes = [*found.notes, f"by the definition of {session.named(old)}"]
            return
        fails = fails and found is not None and isinstance(found.outcome, Refuted)
    if isinstance(finding.outcome, Refuted):
        if not fails or any(printed.count(name) > 1 for name in names):
            words = f"${latex_name(names[0])}$ is defined in {session.named(old)} and anew behind it"
            _leave(finding, Undecided(f"{words}: which one is meant is not said"))


def _by_another(finding: Finding, session: Session) -> None:
    for name, current, scope in _others(finding, session):
        statement = finding.statement
        found = _judged(statement, Judge(scope, session.budget), finding, session)
        if found is None or not isinstance(found.outcome, Proved):
            continue
        other = _numbers(scope, name)
        if _is_settled(statement, current, other, session):
            continue
        where = session.named(max(other, default=statement.number))
        words = f"it holds with ${latex_name(name)}$ as in {where}"
        _leave(finding, Unsupported(f"{words}: {_UNSAID}"))
        return


def _judged(statement: Statement, judge: Judge, finding: Finding, session: Session) -> Finding | None:
    found = session.within("variant", finding, session.claim, statement, judge, share=0.5)
    return found if isinstance(found, Finding) else None


def _others(finding: Finding, session: Session) -> Iterator[tuple[str, set[int], Scope]]:
    """The names that a line rests on, with the scopes in which they have a definition of an earlier version."""
    statement = finding.statement
    scope = session.scope_of(statement)
    mentioned = {r.name for side in (statement.left, statement.right) for r in scope.mentions(side)}
    for name in sorted(session.reader.versions.withdrawn):
        if name not in mentioned and not any(leads(scope, one, name) for one in mentioned):
            continue
        if scope.rules.get(f"{EARLIER} {name}"):
            continue  # of two layers both are in force
        current = _in_force(scope, name)
        seen = [current]
        for judge in reversed(session.judges[: statement.version]):
            rules = _in_force(judge.scope, name)
            if not rules or any(_are_same(rules, other) for other in seen):
                continue
            seen.append(rules)
            changed = scope.copy()
            changed.rules[name] = [rule for rule in rules if isinstance(rule, Rule)]
            for rule in rules:
                if isinstance(rule, FunctionRule):
                    changed.functions[name] = rule
            yield name, _numbers(scope, name), changed
            if len(seen) > _MOST:
                break


def _in_force(scope: Scope, name: str) -> list[Rule | FunctionRule]:
    known = scope.functions.get(name)
    return [*scope.rules.get(name, []), *([] if known is None else [known])]


def _are_same(one: list[Rule | FunctionRule], other: list[Rule | FunctionRule]) -> bool:
    return [rule.statement for rule in one] == [rule.statement for rule in other]


def _numbers(scope: Scope, name: str) -> set[int]:
    return {rule.statement for rule in _in_force(scope, name)}


def _is_settled(statement: Statement, current: set[int], other: set[int], session: Session) -> bool:
    """Whether the text says of which definition a line speaks: in words, or because that of before is done with."""
    kinds = session.reader.versions.kinds_of
    before, section = statement.display.before, statement.display.section
    led = [text for text in (before, section) if text]
    if any(chooses(led[0], kinds(mine), kinds(theirs)) for mine in current for theirs in other if led):
        return True
    if _RETURNS.search(re.split(r"(?<=[.!?;])\s", before.rstrip())[-1]) is not None:
        return False
    latest = max(current, default=-1)
    if max(other, default=-1) > latest:
        return False
    defining = next((s for s in session.reader.statements if s.number == latest), None)
    if defining is None or defining.display.section != statement.display.section:
        return False
    between = [s for s in session.reader.statements if latest < s.number <= statement.number]
    if all(s.formula == defining.formula or not (s.display.before or s.display.inline) for s in between):
        return True  # no word stands between the definition and the line
    # The old definition has had its own lines before the new one came.
    return any(
        max(other, default=-1) < line.statement.number < latest
        and line.statement.role == "claim"
        and not isinstance(line.outcome, Definition)
        and other & line.used
        for line in session.findings.values()
    )


def _leave(finding: Finding, outcome: Outcome) -> None:
    finding.outcome = outcome
    finding.reason, finding.repairs, finding.edits = "", (), ()
    finding.notes, finding.steps = [], []


__all__ = ["conditional_lines", "heed_variants", "keep_unsaid", "unsaid_lines"]
