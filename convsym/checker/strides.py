"""Proofs of lines with a convolution's sign where the text says a stride: the sign is read with a stride of 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convsym.scope.convolving import signs_in
from convsym.scope.model import Scope
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Undecided

if TYPE_CHECKING:
    from convsym.checker.session import Session

_ONE = "1"
_ONE_LAYER = "one layer at small sizes"
"""The method that supposes a layer of its own, whatever cells are written out."""


def heed_strides(session: Session) -> None:
    """Leave open what holds of a convolution that moves by one cell, where the text speaks of one that moves further.

    Where the cells of the output are written out, the line was judged by those.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    named = [s for s in session.reader.statements if s.role in ("operation", "definition") and _signs(s)]
    for finding in session.findings.values():
        statement = finding.statement
        if not isinstance(finding.outcome, Proved) or statement.role != "claim" or not _signs(statement):
            continue
        scope = session.scope_of(statement)
        if finding.outcome.method != _ONE_LAYER and _is_written(named, scope):
            continue
        stride = _stride(statement, named, session)
        if stride:
            finding.outcome = Undecided(
                f"it is shown for a stride of 1, and the text speaks of one of {stride}"
            )
            finding.reason, finding.notes, finding.steps = "", [], []


def _signs(statement: Statement) -> set[str]:
    return signs_in(statement.left) | signs_in(statement.right)


def _is_written(named: list[Statement], scope: Scope) -> bool:
    """Whether the cells of what a convolution gives are defined besides."""
    for statement in named:
        reference = scope.refer(statement.left, {})
        if reference is None:
            continue
        owners = {reference.name, scope.twin(reference.name), scope.matrices.get(reference.name)}
        if any(rule.patterns for owner in owners if owner for rule in scope.rules.get(owner, [])):
            return True
    return False


def _stride(statement: Statement, named: list[Statement], session: Session) -> str:
    """The stride other than 1 that is said of a line, or of the convolution that it is about; "" for none."""
    kinds = session.reader.versions.kinds_of
    own = kinds(statement.number).get("stride", frozenset())
    if _ONE in own:
        return ""
    said = own or next(
        (found for other in named if (found := kinds(other.number).get("stride", frozenset()))), frozenset()
    )
    if said:
        return "" if _ONE in said else min(said)
    size = session.scope_of(statement).sizes.get("S", 1)
    return "" if size == 1 else str(size)


__all__ = ["heed_strides"]
