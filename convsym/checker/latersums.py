r"""Sums that the last line of a chain prints, and the lines before leave out.

A product \partial f/\partial y_i \cdot \partial y_i/\partial\gamma that stands for \partial f/\partial\gamma is
meant to be summed over i, where the chain goes on with = \sum_i \partial f/\partial y_i \cdot \hat x_i.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Node, Product
from convsym.latex.walking import walk
from convsym.scope.cellforms import derivative_of
from convsym.scope.hygiene import free_letters
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.scope.summation import bound_letters
from convsym.verdict import Proved, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_CHAINED = 2


def settle_later_sums(session: Session) -> None:
    """Prove what is left open for want of a sum that the end of its chain prints.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for finding in session.findings.values():
        if isinstance(finding.outcome, Undecided | Unsupported):
            with suppress(ConvsymError, RecursionError):
                if (found := proved_with_later_sum(session, finding.statement)) is not None:
                    session.explain(found)
                    finding.adopt(found)


def proved_with_later_sum(session: Session, statement: Statement) -> Finding | None:
    """What a claim comes to with the sum that the end of its chain prints; None where that proves nothing.

    Args:
        session: judges the claim.
        statement: the claim.
    """
    if statement.role != "claim" or statement.relation != "=":
        return None
    scope = session.scope_of(statement)
    for big, letter in _later_sums(statement, session.reader.statements, scope):
        left, right = (_summed(side, big, letter, scope) for side in (statement.left, statement.right))
        if (left, right) == (statement.left, statement.right):
            continue
        judge = session.judges[statement.version]
        found = session.claim(replace(statement, left=left, right=right), judge)
        if isinstance(found.outcome, Proved):
            found.notes.append(f"the sum over ${letter}$ at the end of the chain is meant in all of it")
            return found
    return None


def _later_sums(
    statement: Statement, statements: Sequence[Statement], scope: Scope
) -> Iterator[tuple[BigOperator, str]]:
    """The sums of later links, over a letter that the chain does not begin with."""
    head = statement.left if statement.head is None else statement.head
    begun = set(free_letters([head], scope))
    for other in statements:
        if other.formula != statement.formula or other.number < statement.number:
            continue
        if other.number > statement.number and not other.link:
            return
        right = strip_group(other.right)
        while isinstance(right, Bracket) and len(right.items) == 1:
            right = strip_group(right.items[0])
        if isinstance(right, BigOperator) and right.operator == "sum":
            letters = [letter for letter, _ in bound_letters(right)]
            if len(letters) == 1 and letters[0] not in begun:
                yield right, letters[0]


def _summed(side: Node, big: BigOperator, letter: str, scope: Scope) -> Node:
    """A product of derivatives that leaves the letter free, under the sum; any other side as it is."""
    inner = strip_group(side)
    if not isinstance(inner, Product) or letter not in free_letters([inner], scope):
        return side
    slopes = [part for part in walk(inner) if isinstance(part, Fraction_) and derivative_of(part) is not None]
    with_letter = [slope for slope in slopes if letter in free_letters([slope], scope)]
    if len(with_letter) < _CHAINED:
        return side
    return replace(big, body=inner, span=inner.span)


__all__ = ["proved_with_later_sum", "settle_later_sums"]
