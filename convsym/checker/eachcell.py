r"""Claims at a letter where only single cells are written: \partial a_0/\partial v_{0i} of a_0 = v_{00} z_0 + ..."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convsym.checker.grounds import WHICH_CELLS
from convsym.errors import ConvsymError
from convsym.latex.syntax import Name, Node
from convsym.scope.forms import integer_of
from convsym.scope.hygiene import free_letters
from convsym.scope.judge import Judge
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.pairs import paired
from convsym.verdict import Outcome, Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.scope.model import Scope

_MOST = 12


def judge_each_cell(finding: Finding, judge: Judge) -> None:
    """Decide a claim with one free letter by the cells that the document writes, where these are all at one range.

    Args:
        finding: a claim; its outcome is changed where it was open because such a letter may stand for any cell.
        judge: the judge of the scope it is read in.
    """
    statement, judgment = finding.statement, finding.judgment
    if (
        judgment is None
        or not isinstance(finding.outcome, Unsupported)
        or finding.outcome.reason != WHICH_CELLS
    ):
        return
    letters = free_letters([statement.left, statement.right], judge.scope)
    if len(letters) != 1:
        return
    (letter,) = letters
    spans = list(_spans((statement.left, statement.right), letter, judge.scope))
    if not spans or any(span != spans[0] for span in spans) or not 1 < len(spans[0]) <= _MOST:
        return
    outcomes: list[tuple[int, Outcome]] = []
    asked = Judge(judge.scope, judge.budget, judge.clock)
    try:
        for number in sorted(spans[0]):
            left = asked.elaborator.value(statement.left, {letter: number})
            right = asked.elaborator.value(statement.right, {letter: number})
            outcomes.extend((number, asked.decide(a, b)) for _, a, b in paired(left, right))
    except (ConvsymError, RecursionError):
        return
    wrong = [(number, outcome) for number, outcome in outcomes if isinstance(outcome, Refuted)]
    if wrong and not asked.elaborator.guesses:
        number, outcome = wrong[0]
        where = f"the sides differ at {letter} = {number}"
        finding.outcome = Refuted(where, outcome.witness, outcome.method or "counterexample")
        judgment.outcome = finding.outcome
    elif outcomes and all(isinstance(outcome, Proved) for _, outcome in outcomes):
        said = f"${letter} = {min(spans[0])}, \\dots, {max(spans[0])}$"
        finding.outcome = judgment.outcome = Proved("by definition", (said,))
        judgment.used |= asked.elaborator.used


def _spans(sides: tuple[Node, ...], letter: str, scope: Scope) -> Iterator[frozenset[int]]:
    """The numbers that stand in the place of a letter below each name that carries it, all else being the same."""
    for side in sides:
        for reference in scope.mentions(side):
            yield from _beside(reference, letter, scope)


def _beside(reference: Reference, letter: str, scope: Scope) -> Iterator[frozenset[int]]:
    places = [n for n, index in enumerate(reference.indices) if _is_letter(index, letter)]
    if not places:
        return
    others = {n: integer_of(index) for n, index in enumerate(reference.indices) if n not in places}
    yield frozenset(
        cell[places[0]]
        for cell in scope.named.get(scope.matrices.get(reference.name, reference.name), ())
        if len(places) == 1
        and len(cell) == len(reference.indices)
        and all(number is not None and cell[n] == number for n, number in others.items())
    )


def _is_letter(index: Node, letter: str) -> bool:
    index = strip_group(index)
    return isinstance(index, Name) and key(index) == letter


__all__ = ["judge_each_cell"]
