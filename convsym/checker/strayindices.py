r"""Lines with a letter that nothing binds: \delta_j = \partial C/\partial a_k f'(z_j), z_j = \sum_j w_{jk} a_k."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.lostsums import IMPLIED
from convsym.latex.syntax import BigOperator, Name, Node, Number, Scripted
from convsym.latex.walking import rewritten, walk
from convsym.scope.cellforms import printed
from convsym.scope.hygiene import free_letters
from convsym.scope.naming import key
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_MOST = 3


def settle_stray_indices(session: Session) -> None:
    """Refute open lines in which one letter stands where another one belongs, which the rest of the line shows.

    A letter that stands once on the right, and nowhere on the left, says nothing: where the line holds with a letter of
    the left in its place, that one is meant. A sum over the very letter that the left side counts, which leaves the
    other letter of its cells free, runs over the wrong one.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    for finding in list(session.findings.values()):
        statement = finding.statement
        is_open = isinstance(finding.outcome, Unsupported | Undecided)
        if not is_open or statement.relation != "=" or statement.role not in ("claim", "definition"):
            continue
        display, scope = statement.display, session.scope_of(statement)
        if any(IMPLIED.search(words) for words in (scope.words, display.before, display.after)):
            continue
        heads = [statement.left] if statement.head is None else [statement.left, statement.head]
        known = free_letters(heads, scope)
        stray = [letter for letter in free_letters([statement.right], scope) if letter not in known]
        if len(stray) != 1 or not known:
            continue
        if not _misses_its_sum(finding, stray[0], known) and statement.role == "claim":
            _try_letters(session, finding, stray[0], known)


def _misses_its_sum(finding: Finding, letter: str, known: list[str]) -> bool:
    """Refute z_j = sum_j w_jk a_k: the sum takes the letter that the left side counts."""
    statement = finding.statement
    sums = [
        part for part in walk(statement.right) if isinstance(part, BigOperator) and part.operator == "sum"
    ]
    if len(sums) != 1 or sums[0].lower is None:
        return False
    (total,) = sums
    bound = [key(part) for part in walk(total.lower) if isinstance(part, Name)] if total.lower else []
    over = next((one for one in bound if one in known), None)
    inside = {key(part) for part in walk(total.body) if isinstance(part, Name)}
    if over is None or letter not in inside or over not in inside or len(bound) != 1:
        return False
    outside = [
        part for part in _letters(statement.right, letter) if part not in set(_letters(total.body, letter))
    ]
    if outside:
        return False
    right = rewritten(statement.right, lambda part: _summed_over(part, total, over, letter))
    finding.outcome = Refuted(
        f"the sum runs over ${over}$, which the left side counts, and leaves ${letter}$ free", method="index"
    )
    finding.repairs = (f"{printed(statement.left)} = {printed(right)}",)
    finding.notes, finding.steps = [], []
    return True


def _summed_over(part: Node, total: BigOperator, over: str, letter: str) -> Node | None:
    if part is not total or total.lower is None:
        return None
    lower = rewritten(
        total.lower,
        lambda one: replace(one, text=letter) if isinstance(one, Name) and key(one) == over else None,
    )
    return replace(total, lower=lower)


def _try_letters(session: Session, finding: Finding, letter: str, known: list[str]) -> None:
    statement = finding.statement
    if len(list(_letters(statement.right, letter))) != 1:
        return  # repeated, it may be summed over without a sign
    numbers = {
        part.text
        for part in walk(statement.left)
        if isinstance(part, Scripted)
        for script in (part.subscript, part.superscript)
        if isinstance(script, Number)
        for part in (script,)
    }
    for other in [*known, *sorted(numbers)][:_MOST]:
        right = rewritten(statement.right, partial(_renamed, letter=letter, other=other))
        found = session.within("index", finding, _claim, session, replace(statement, right=right), share=0.5)
        if isinstance(found, Finding) and isinstance(found.outcome, Proved):
            finding.outcome = Refuted(
                f"${letter}$ stands on the right alone; with ${other}$ in its place the line holds",
                method="index",
            )
            finding.repairs = (f"{printed(statement.left)} = {printed(right)}",)
            finding.notes, finding.steps = [], []
            return


def _claim(session: Session, statement: Statement) -> Finding:
    return session.claim(statement, session.judges[statement.version])


def _letters(node: Node, letter: str) -> Iterator[Node]:
    """Where a letter stands below or above a name."""
    for part in walk(node):
        if isinstance(part, Scripted):
            for script in (part.subscript, part.superscript):
                if script is not None:
                    yield from (one for one in walk(script) if isinstance(one, Name) and key(one) == letter)


def _renamed(part: Node, letter: str, other: str) -> Node | None:
    if isinstance(part, Name) and key(part) == letter:
        return Number(other, part.span) if other.isdigit() else replace(part, text=other)
    return None


__all__ = ["settle_stray_indices"]
