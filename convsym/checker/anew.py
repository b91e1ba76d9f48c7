"""Lines behind a name's second definition, z = x + y and later z = x y: judged by the one nearest before them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.givenagain import given_again
from convsym.document import Display, Document, Prose
from convsym.errors import ConvsymError
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_MOST = 6


def settle_anew(session: Session) -> None:
    """Decide what was left open because a name is defined again, without the lines on its first definition.

    What comes out true is true of what the name was last said to be. What comes out false is refuted only if it is
    false by the first definition as well.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for number, (_, again, name) in enumerate(list(given_again(session))[:_MOST]):
        waiting = {
            session.place(finding.statement): finding
            for finding in session.findings.values()
            if finding.statement.number > again.number and _waits_for(finding, again, session)
        }
        if not waiting:
            continue
        with suppress(ConvsymError, RecursionError):
            inner = session.of_part(_without(session, again, name), f" anew {number}")
            inner.judge_all()
            for found in inner.findings.values():
                finding = waiting.get(inner.place(found.statement))
                if finding is not None and _stands(found, finding, again, inner):
                    inner.explain(found)
                    finding.adopt(found)
                    finding.notes = [*found.notes, f"by the definition of {session.named(again.number)}"]


def _waits_for(finding: Finding, again: Statement, session: Session) -> bool:
    """Whether a line was left open because of a second definition."""
    outcome = finding.outcome
    named = f"of which {session.named(again.number)} gives another definition"
    return isinstance(outcome, Unsupported) and outcome.reason.endswith(named)


def _without(session: Session, again: Statement, name: str) -> Document:
    """The document without the formulas before a definition that define, or claim something of, what it defines."""
    gone = {
        id(other.display)
        for other in session.reader.statements
        if other.number < again.number and other.formula != again.formula and _speaks_of(other, name, session)
    }
    items = [
        _thinned(item, gone) if isinstance(item, Prose) else item
        for item in session.document.items
        if not (isinstance(item, Display) and id(item) in gone)
    ]
    return replace(session.document, items=tuple(items))


def _speaks_of(statement: Statement, name: str, session: Session) -> bool:
    """Whether a line defines a name, or claims something of it; what only uses it in a definition stays."""
    scope = session.scope_of(statement)
    sides = (statement.left, statement.right) if statement.role == "claim" else (statement.left,)
    return any(reference.name == name for side in sides for reference in scope.mentions(side))


def _thinned(item: Prose, gone: Collection[int]) -> Prose:
    kept = tuple(formula for formula in item.formulas if id(formula) not in gone)
    return replace(item, formulas=kept) if len(kept) < len(item.formulas) else item


def _stands(found: Finding, finding: Finding, again: Statement, inner: Session) -> bool:
    """Whether a verdict rests on the second definition, and a refutation on the first one too."""
    rests = any(
        isinstance(other.outcome, Definition)
        for number in found.used
        if (other := inner.findings.get(number)) is not None
        and other.statement.display is again.display
        and other.statement.latex == again.latex
    )
    if isinstance(found.outcome, Proved):
        return rests
    before = finding.judgment
    return (
        isinstance(found.outcome, Refuted)
        and rests
        and before is not None
        and isinstance(before.outcome, Refuted)
    )


__all__ = ["settle_anew"]
