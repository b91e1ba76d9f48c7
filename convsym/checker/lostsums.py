r"""Lines that lose the sum of the line before: \sum_j g_j \partial z_j/\partial a_k = g_j w_{jk}."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Name, Node, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.hygiene import free_letters
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.scope.summation import bound_letters
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

IMPLIED = re.compile(
    r"einstein|summation convention|implicit\w*|implied|repeated ind|sum(?:mation)?s?(?: signs?)? (?:is|are) |"
    r"(?:omit|drop|suppress|leav)\w*\b[^.;]{0,40}\bsum|\bsumm(?:ed|ing)\b",
    re.IGNORECASE,
)
"""Words by which a text leaves the signs of its sums out."""


def refuted_without_its_sum(session: Session, statement: Statement) -> Finding | None:
    """A claim refuted where it holds with the sum of its left side put before its right side, and has lost it.

    The sum's letter is left free on the right alone: as printed, every single term would be the whole sum.

    Args:
        session: judges the claim with its sum.
        statement: the claim.

    Returns:
        What is found of the claim; None where that settles nothing.
    """
    if statement.role != "claim" or statement.relation != "=":
        return None
    scope = session.scope_of(statement)
    big, body = strip_group(statement.left), strip_group(statement.right)
    if not isinstance(big, BigOperator) or big.operator != "sum" or big.upper is None:
        return None
    letters = [letter for letter, start in bound_letters(big) if start is not None]
    if len(letters) != 1 or not isinstance(body, Product | Fraction_ | Scripted):
        return None
    (letter,) = letters
    heads = [statement.left] if statement.head is None else [statement.left, statement.head]
    if letter in free_letters(heads, scope) or letter not in free_letters([body], scope):
        return None
    if any(isinstance(part, BigOperator) for part in walk(body)) or not _is_plain(body):
        return None
    display = statement.display
    if any(IMPLIED.search(words) for words in (scope.words, display.before, display.after)):
        return None
    if _is_printed_again(session, statement, letter):
        return None
    summed = replace(big, body=body, span=body.span)
    judge = session.judges[statement.version]
    found = session.claim(replace(statement, right=summed), judge)
    if not isinstance(found.outcome, Proved):
        return None
    found.statement = statement
    found.outcome = Refuted(
        f"it has lost the sum over ${letter}$: with it the line holds, and ${letter}$ is free on the right alone",
        method="contradiction",
    )
    found.notes = []
    return found


def _is_plain(body: Node) -> bool:
    """Whether no dots stand for terms that are not written."""
    return not any(isinstance(part, Name) and part.text.endswith("dots") for part in walk(body))


def _is_printed_again(session: Session, statement: Statement, letter: str) -> bool:
    """Whether a later line of the same chain has the sum again: it was left out on purpose, for a moment."""
    for other in session.reader.statements:
        if other.formula != statement.formula or other.number <= statement.number:
            continue
        if not other.link:
            return False
        right = strip_group(other.right)
        while isinstance(right, Bracket) and len(right.items) == 1:
            right = strip_group(right.items[0])
        if any(isinstance(part, BigOperator) and letter in dict(bound_letters(part)) for part in walk(right)):
            return True
    return False


def settle_lost_sums(session: Session) -> None:
    """Refute what is left open for want of the sum that its left side prints.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for finding in session.findings.values():
        if isinstance(finding.outcome, Undecided | Unsupported):
            found = refuted_without_its_sum(session, finding.statement)
            if found is not None:
                session.explain(found)
                finding.adopt(found)


__all__ = ["IMPLIED", "refuted_without_its_sum", "settle_lost_sums"]
