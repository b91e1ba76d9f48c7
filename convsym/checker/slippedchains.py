r"""Chain rules whose ends do not meet: \partial C/\partial z_j \, \partial z_j/\partial w_{ji} as a slope by w_{jk}."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from convsym.checker.chains import contracted, judge_chains
from convsym.checker.findings import Finding
from convsym.checker.slopes import Chained, Slope, indices_of, is_cell, name_of, names_in, read_chain
from convsym.latex.syntax import Bracket, Name, Sum_
from convsym.scope.judge import Judge
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

# Of symmetric weights w_{ij} and w_{ji} are one.
_SYMMETRIC = re.compile(r"symmetr|\btied\b|undirected|\bsame weight", re.IGNORECASE)


def refute_slipped_chains(finding: Finding, judge: Judge, findings: Iterable[Finding]) -> None:
    r"""Refute a claim that was left open if it is the chain rule but for one end, which is another one for certain.

    With the right end the line is proved as the chain rule. As printed it says that the derivatives by two cells of
    one family are the same, or, where its links lead back to what is differentiated, \partial a/\partial s \cdot
    \partial s/\partial a, that the derivative is 1. Names for derivatives are not looked at, and two letters that are
    no cells of one family may be two names for the same.

    Args:
        finding: a claim; its outcome is changed where it is decided.
        judge: for the scope of the claim.
        findings: what was found of all relations so far.
    """
    statement, judgment, scope = finding.statement, finding.judgment, judge.scope
    if judgment is None or not isinstance(finding.outcome, Undecided | Unsupported):
        return
    if statement.relation != "=":
        return
    left, right = (read_chain(side, scope, {}) for side in (statement.left, statement.right))
    if left is None or right is None or len(left.factors) != 1 or len(right.factors) < 2 or left.letters:
        return
    if not all(isinstance(factor, Slope) for factor in (*left.factors, *right.factors)):
        return
    findings = list(findings)
    for one, other, words in _meant(left, right, statement, scope, findings):
        plain = Finding(
            statement,
            finding.outcome,
            replace(judgment, assumed=set(judgment.assumed), used=set(judgment.used)),
        )
        judge_chains(plain, judge, findings, (one, other))
        if isinstance(plain.outcome, Proved) and plain.judgment is not None:
            finding.outcome = judgment.outcome = Refuted(words, method="the chain rule")
            judgment.assumed.clear()
            judgment.assumed.update(plain.judgment.assumed)
            judgment.used |= plain.judgment.used
            return


def _meant(
    left: Chained, right: Chained, statement: Statement, scope: Scope, findings: list[Finding]
) -> Iterator[tuple[Chained, Chained, str]]:
    """The two sides with one end put right, and what is wrong as printed."""
    (goal,) = left.factors
    assert isinstance(goal, Slope)
    rest = [factor for factor in contracted(right).factors if isinstance(factor, Slope)]
    match rest:
        case [whole] if whole.above == goal.above:
            if are_other_cells(whole.below, goal.below, statement, scope, findings):
                yield (
                    replace(left, factors=(whole,)),
                    right,
                    f"the chain rule gives the derivative by ${whole.bottom}$, and not by ${goal.bottom}$",
                )
        case [upper, lower] if upper.above == goal.above:
            if upper.below == lower.above and lower.below == goal.above != goal.below:
                if _may_be_one(goal, scope):
                    return
                closed = Slope(lower.above, goal.below, lower.top, goal.bottom)
                yield (
                    left,
                    _exchanged(right, lower, closed),
                    f"its factors lead from ${goal.top}$ back to ${goal.top}$, and not to ${goal.bottom}$",
                )
            elif lower.below == goal.below and are_other_cells(
                upper.below, lower.above, statement, scope, findings
            ):
                met = Slope(upper.below, lower.below, upper.bottom, lower.bottom)
                yield (
                    left,
                    _exchanged(right, lower, met),
                    f"its factors do not meet: ${upper.bottom}$ is another cell than ${lower.top}$",
                )


def _exchanged(chained: Chained, old: Slope, new: Slope) -> Chained:
    """A product with one derivative in the place of another, which has to be printed in it as it is."""
    return replace(chained, factors=tuple(new if factor == old else factor for factor in chained.factors))


def _may_be_one(slope: Slope, scope: Scope) -> bool:
    """Whether a definition may make a derivative 1: z = y + c, a = z."""
    rules = scope.rules.get(name_of(slope.above), []) if is_cell(slope.above) else []
    return any(isinstance(strip_group(rule.body), Sum_ | Name | Bracket) for rule in rules)


def are_other_cells(
    one: object, other: object, statement: Statement, scope: Scope, findings: Iterable[Finding]
) -> bool:
    """Whether two marks are different cells of one family for certain: at other letters, or at other numbers.

    Args:
        one: a mark.
        other: another one.
        statement: the line that speaks of both.
        scope: the document's definitions.
        findings: what was found of all relations, those that equate two letters among them.
    """
    if not is_cell(one) or not is_cell(other) or one == other:
        return False
    first, second = indices_of(one), indices_of(other)
    if (one[1], one[3:]) != (other[1], other[3:]) or len(first) != len(second):
        return False
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    letters = [pair for pair in pairs if all(map(_is_letter, pair))]
    numbers = [pair for pair in pairs if all(_kind(index) == "Number" for index in pair)]
    if len(letters) + len(numbers) != len(pairs):
        return False
    if any(scope.size(letter) is not None for pair in letters for letter in map(_letter, pair)):
        return False
    if sorted(map(repr, first)) == sorted(map(repr, second)) and _SYMMETRIC.search(scope.words):
        return False
    # Nothing in the text may say that two of the letters are one.
    wanted = [{_letter(a), _letter(b)} for a, b in letters]
    if any(a.lower() == b.lower() for a, b in map(tuple, wanted)):
        return False
    if any({said.one, said.other} in wanted for said in statement.supposed):
        return False
    for finding in findings:
        sides = map(strip_group, (finding.statement.left, finding.statement.right))
        plain = [key(side) for side in sides if isinstance(side, Name)]
        if len(plain) == 2 and set(plain) in wanted:
            return False
    return bool(pairs)


def _kind(index: object) -> str:
    return str(index[0]) if isinstance(index, tuple) and index else ""


def _is_letter(index: object) -> bool:
    """Whether an index is a single small letter: a capital is a size or the last of its kind."""
    found = names_in(index)
    return (
        len(found) == 1
        and _kind(index) in ("cell", "Name")
        and _letter(index).islower()
        and not (is_cell(index) and (indices_of(index) or index[3] is not None or index[4]))
    )


def _letter(index: object) -> str:
    return str(index[1]) if isinstance(index, tuple) and len(index) > 1 else ""


__all__ = ["are_other_cells", "refute_slipped_chains"]
