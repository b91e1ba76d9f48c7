"""Names that a document defines again without saying so: what rests on them afterwards is left open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.scope.forms import printed_shape
from convsym.scope.hygiene import derives
from convsym.scope.leading import leads
from convsym.scope.model import Rule, Scope, latex_name
from convsym.scope.renewal import is_worked_value, speaks_of_before
from convsym.scope.restrictions import WITHOUT
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_SHOWN = 200
ANOTHER = "another definition of"
BUT_FOR = "it holds but for"


def leave_open_after(session: Session) -> None:
    """Set down definitions that are given again as such, and leave open what is judged by the old ones from there on.

    A letter with two definitions of which neither is withdrawn says nothing certain any more.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    with suppress(ConvsymError, RecursionError):
        for old, again, name in list(given_again(session)):
            finding = session.findings[again.number]
            if isinstance(finding.outcome, Refuted):
                _open(finding, f"{ANOTHER} {latex_name(name)} than in {session.named(old.number)}")
            for later in session.findings.values():
                if later.statement.number > again.number and _rests_on(later, old, name, session):
                    named = session.named(again.number)
                    _open(later, f"rests on {latex_name(name)}, of which {named} gives another definition")


def given_again(session: Session) -> Iterator[tuple[Statement, Statement, str]]:
    """The definitions that are given again: the old line, the new one, and the name.

    Args:
        session: a document whose relations were judged.
    """
    for statement in session.reader.statements:
        finding = session.findings.get(statement.number)
        if (
            finding is None
            or statement.role != "claim"
            or statement.link
            or statement.at
            or not isinstance(finding.outcome, Refuted | Undecided | Unsupported)
            or derives(statement.left)
            or derives(statement.right)
            or any(one.printed != WITHOUT for one in statement.under)
            or is_worked_value(statement.right)
        ):
            continue
        found = _definition_of(statement, session)
        if found is None:
            continue
        old, name = found
        if derives(old.right) or printed_shape(old.right) == printed_shape(statement.right):
            continue
        said = isinstance(finding.outcome, Unsupported) and finding.outcome.reason.startswith(ANOTHER)
        # "Without the bias, y = w x": what y is from here on is open.
        said = said or any(one.printed == WITHOUT for one in statement.under)
        if said or (
            not speaks_of_before(_leading_words(statement.display.before[-_SHOWN:]))
            and _is_differentiated(old, statement, name, session)
        ):
            yield old, statement, name


def _leading_words(before: str) -> str:
    """The sentence that leads to a display: "Average pooling:", without the one before it."""
    sentences = [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z\\d*_#])|\n\s*\n", before) if part.strip()]
    return sentences[-1] if sentences else ""


def _definition_of(statement: Statement, session: Session) -> tuple[Statement, str] | None:
    """The earlier line whose definition of the same left side is in force, and the name it defines."""
    left = printed_shape(statement.left)
    scope = session.scope_of(statement)
    for other in reversed(session.reader.statements):
        if other.number < statement.number and other.role == "definition":
            if printed_shape(other.left) == left and (name := _name_of(other, scope)) is not None:
                return other, name
    return None


def _name_of(statement: Statement, scope: Scope) -> str | None:
    """The name that a line's rule defines, where that rule is in force."""
    for name, rules in scope.rules.items():
        if any(isinstance(rule, Rule) and rule.statement == statement.number for rule in rules):
            return name
    return next((n for n, f in scope.functions.items() if f.statement == statement.number), None)


def _is_differentiated(old: Statement, again: Statement, name: str, session: Session) -> bool:
    """Whether slopes were taken with a definition before the name was defined again: its part of the note is over."""
    return any(
        old.number < other.number < again.number
        and other.role == "claim"
        and (derives(other.left) or derives(other.right))
        and name in _names(other, session.scope_of(other))
        for other in session.reader.statements
    )


def _names(statement: Statement, scope: Scope) -> set[str]:
    sides = statement.left, statement.right
    names = {reference.name for side in sides for reference in scope.mentions(side)}
    return names | {scope.matrices[name] for name in names if name in scope.matrices}


def _rests_on(finding: Finding, old: Statement, name: str, session: Session) -> bool:
    """Whether a verdict on a claim was found with a definition, as far as can be told."""
    statement = finding.statement
    if statement.role != "claim" or not isinstance(finding.outcome, Proved | Refuted):
        return False
    scope = session.scope_of(statement)
    if finding.judgment is not None and not finding.apart:
        return old.number in finding.used
    if _name_of(old, scope) is None:
        return False
    return any(one == name or leads(scope, one, name) for one in _names(statement, scope))


def _open(finding: Finding, reason: str) -> None:
    finding.outcome = Unsupported(reason)
    finding.reason, finding.repairs, finding.edits = "", (), ()
    finding.notes, finding.steps = [], []


__all__ = ["ANOTHER", "BUT_FOR", "given_again", "leave_open_after"]
