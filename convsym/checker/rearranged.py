"""Index equations solved for another letter: i = k + q, and then q = i - k."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sympy import Expr, Integer

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Signed, Sum_
from convsym.latex.walking import walk
from convsym.scope.forms import printed_shape
from convsym.verdict import Definition, Proved, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.statements import Statement

_NEAR = 8
_PLAIN = (Name, Number, Sum_, Signed, Product, Bracket)


def settle_rearranged(session: Session) -> None:
    """Prove lines between index letters that say again, solved for another letter, what a line shortly before says.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    said: list[tuple[Statement, Expr]] = []
    for finding in session.findings.values():
        found = _difference(session, finding.statement)
        if found is None:
            continue
        statement = finding.statement
        for earlier, other in said[-_NEAR:]:
            if found in (other, -other) and _is_open(finding) and _names_another(earlier, statement):
                finding.outcome = Proved("restated")
                finding.notes, finding.judgment = (
                    [f"{session.named(earlier.number)}, solved for another letter"],
                    None,
                )
                break
        said.append((statement, found))


def _is_open(finding: Finding) -> bool:
    return isinstance(finding.outcome, Definition | Undecided | Unsupported)


def _names_another(earlier: Statement, statement: Statement) -> bool:
    """Whether a line has another side alone than the line before: the same line again is none of these."""
    return (
        printed_shape(earlier.left) != printed_shape(statement.left)
        and earlier.display.section == statement.display.section
    )


def _difference(session: Session, statement: Statement) -> Expr | None:
    """Left minus right of an equation between letters; None of anything else."""
    sides = statement.left, statement.right
    if statement.relation != "=" or statement.link or not all(map(_is_plain, sides)):
        return None
    if sum(isinstance(part, Name) for side in sides for part in walk(side)) < 3:
        return None
    judge = session.judges[statement.version]
    with suppress(ConvsymError, RecursionError):
        left, right = (Integer(0) + judge.elaborator.index(side, {}) for side in sides)
        return (left - right).expand()
    return None


def _is_plain(node: Node) -> bool:
    """Whether a side is made of letters and whole numbers by addition and multiplication alone."""
    return all(
        isinstance(part, _PLAIN)
        and not (isinstance(part, Name) and (len(part.text) > 1 or part.font))
        and not (
            isinstance(part, Product) and any(op not in ("", "cdot", "times", "*") for op, _ in part.factors)
        )
        for part in walk(node)
    )


__all__ = ["settle_rearranged"]
