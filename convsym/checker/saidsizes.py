"""Sizes that a text says, S_X = (3, 3) and K = 2, against the printed matrices and what was said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.scope.declarations import stated_sizes
from convsym.scope.forms import printed_shape
from convsym.verdict import Definition, Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.judge import Judge
    from convsym.scope.statements import Statement


def judge_shape(session: Session, statement: Statement, judge: Judge) -> Finding:
    """S_X = (3, 3) against the printed matrix and what was said before.

    Args:
        session: the document.
        statement: the line.
        judge: of its scope.
    """
    scope = judge.scope
    reference = scope.refer(statement.left, {})
    assert reference is not None
    stated = stated_sizes(statement.right, session.reader.scope)
    other = scope.refer(statement.right, {})
    if stated is None and other is not None:
        stated = scope.tuples.get(other.name)
    known = scope.tuples.get(reference.name)
    owner = reference.name.rpartition("_")[2]
    family = scope.family(owner)
    if stated is None or known is None:
        return Finding(statement, Unsupported("a shape that is not known"))
    if statement.reason and stated == known:
        if (
            family is not None
            and family.exact
            and None not in family.sizes
            and len(family.sizes) == len(stated)
        ):
            if tuple(family.sizes) == stated:
                return Finding(statement, Definition(statement.reason))
            if tuple(reversed(family.sizes)) == stated:
                return Finding(statement, Definition(f"{statement.reason}, the other axis first"))
            return _wrong_shape(statement, tuple(n or 0 for n in family.sizes))
        return Finding(statement, Definition(statement.reason))
    truth = tuple(n or 0 for n in family.sizes) if family is not None and family.exact else known
    if stated in (truth, known) and (stated == truth or tuple(reversed(stated)) == truth):
        return Finding(statement, Proved("by definition"))
    return _wrong_shape(statement, truth)


def _wrong_shape(statement: Statement, truth: tuple[int, ...]) -> Finding:
    left = statement.source[statement.left.span.start : statement.left.span.end].strip()
    text = ", ".join(str(n) for n in truth)
    finding = Finding(statement, Refuted(f"the shape is ({text})", method="contradiction"))
    finding.repairs = (f"{left} = ({text})",)
    return finding


def judge_size(session: Session, statement: Statement, judge: Judge) -> Finding:
    """K = 2 against what was said before.

    Args:
        session: the document.
        statement: the line.
        judge: of its scope.
    """
    scope = judge.scope
    reference = scope.refer(statement.left, {})
    value = judge.number(statement.right)
    assert reference is not None
    known = scope.size(reference.name)
    said = any(
        s.number < statement.number
        and s.role in ("definition", "size")
        and printed_shape(s.left) == printed_shape(statement.left)
        for s in session.reader.statements
    )
    if value is not None and known is not None and value != known:
        return Finding(statement, Refuted(f"it was {known} before", method="contradiction"))
    return Finding(statement, Proved("by definition") if said else Definition("introduces a number"))


__all__ = ["judge_shape", "judge_size"]
