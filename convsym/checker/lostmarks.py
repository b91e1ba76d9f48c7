r"""Derivatives that have lost a \partial: E over \partial w, \partial E over x where the line speaks of \partial x."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.latex.syntax import Fraction_, Name, Node, Number, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.cellforms import printed
from convsym.scope.lost import replaced_by_repair, unwrapped
from convsym.scope.naming import strip_group
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.judge import Judge
    from convsym.scope.statements import Statement

# What stands for a change as \partial does: a fraction with one of these is another notation.
_CHANGES = frozenset({"partial", "d", "nabla", "delta", "Delta", "D"})


def judge_lost_mark(session: Session, statement: Statement, judge: Judge) -> Finding:
    r"""A line that has lost a \partial: a misprint where it holds with it, false where it is so even then.

    What is not decided with it, and a line in which no derivative has its marks, is left open: as printed it says
    nothing that could be judged.

    Args:
        session: who judges the line put right.
        statement: the line, with its repair.
        judge: of its scope.
    """
    mended = replaced_by_repair(statement)
    found = None if mended is None else session.claim(mended, judge)
    if found is not None and isinstance(found.outcome, Refuted):
        found.statement = statement
        found.outcome = replace(found.outcome, reason=f"{statement.reason}; with it, {found.outcome.reason}")
        return found
    repairs = (statement.repair,) if statement.repair else ()
    if found is not None and isinstance(found.outcome, Proved):
        reason = f"{statement.reason}; with it, the line holds"
        # A line without any derivative may be written in a notation of its own.
        marked = any(True for side in (statement.left, statement.right) for _ in _marked(side))
        return Finding(
            statement, Refuted(reason, method="layout") if marked else Unsupported(reason), repairs=repairs
        )
    return Finding(statement, Unsupported(statement.reason), repairs=repairs)


def settle_lost_marks(session: Session) -> None:
    """Say of the claims that stay open in which of them a derivative has lost one of its marks.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    sides = [side for statement in session.reader.statements for side in (statement.left, statement.right)]
    marked = {name for side in sides for name in _marked(side)}
    derivatives = {pair for side in sides for pair in _derivatives(side)}
    for finding in session.findings.values():
        statement = finding.statement
        if statement.role != "claim" or not isinstance(finding.outcome, Unsupported | Undecided):
            continue
        lost = [part for side in (statement.left, statement.right) for part in _lost(side, marked)]
        bare = [
            [pair for pair in _ratios(side) if pair in derivatives]
            for side in (statement.left, statement.right)
        ]
        if lost:
            finding.outcome = Unsupported(f"the derivative has lost the $\\partial$ before ${lost[0]}$")
        elif all(bare) and isinstance(strip_group(statement.left), Fraction_):
            above, below = bare[0][0]
            finding.outcome = Unsupported(
                f"it says ${above}/{below}$ where the derivative of ${above}$ by ${below}$ is meant"
            )


def _derivatives(side: Node) -> Iterator[tuple[str, str]]:
    """What is differentiated by what."""
    for part in walk(side):
        if isinstance(part, Fraction_):
            above, below = [*_marked(part.numerator)], [*_marked(part.denominator)]
            if len(above) == len(below) == 1:
                yield above[0], below[0]


def _ratios(side: Node) -> Iterator[tuple[str, str]]:
    """The parts of fractions that speak of no change."""
    for part in walk(side):
        if isinstance(part, Fraction_) and not _changes(part.numerator) and not _changes(part.denominator):
            yield printed(unwrapped(part.numerator)), printed(unwrapped(part.denominator))


def _lost(side: Node, marked: set[str]) -> Iterator[str]:
    """What stands in a derivative without its mark."""
    for part in walk(side):
        if not isinstance(part, Fraction_):
            continue
        above, below = unwrapped(part.numerator), unwrapped(part.denominator)
        if _begins(below) and not _changes(above) and any(isinstance(p, Name) for p in walk(above)):
            yield printed(above)
        elif _begins(above) and not _changes(below) and printed(below) in marked:
            yield printed(below)


def _marked(side: Node) -> Iterator[str]:
    r"""What stands behind a \partial somewhere."""
    for part in walk(side):
        if isinstance(part, Product) and _begins(part) and len(part.factors) > 1:
            rest = part.factors[1:]
            yield printed(rest[0][1] if len(rest) == 1 else Product((("", rest[0][1]), *rest[1:]), part.span))


def _begins(node: Node) -> bool:
    first = strip_group(node.factors[0][1]) if isinstance(node, Product) else node
    if isinstance(first, Scripted):
        first = first.base
    return isinstance(first, Name) and first.text == "partial" and isinstance(node, Product)


def _changes(node: Node) -> bool:
    """Whether a part speaks of a change itself, or is a number that stands beside the derivative."""
    return isinstance(node, Number) or any(isinstance(p, Name) and p.text in _CHANGES for p in walk(node))


__all__ = ["settle_lost_marks"]
