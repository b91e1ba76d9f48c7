"""Which function an unwritten \\sigma is: learned from the lines that hold for one function only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convsym.budget import Clock
from convsym.checker.findings import Finding
from convsym.checker.grounds import OPEN_FUNCTION, names_a_function, open_functions
from convsym.scope.judge import UNDER_SUM, Judge
from convsym.scope.model import FunctionRule, latex_name
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_STANDARD = {"sigmoid": "the logistic function", "tanh": "the hyperbolic tangent"}


def settle_functions(session: Session) -> None:
    """Read a function that is never written down as the one standard function that the document's lines hold for.

    A line counts that is false for an arbitrary function and true for exactly one of the standard ones. Where
    lines ask for different functions, each keeps its first verdict. Once a function is settled, a line
    that is false for it is refuted, unless it holds for another one or its own words name one.

    Args:
        session: the document being judged; outcomes, and the scopes that they are decided in, are changed.
    """
    open_lines: dict[str, list[Finding]] = {}
    for finding in session.findings.values():
        for letter in _open_letters(session, finding):
            open_lines.setdefault(letter, []).append(finding)
    for letter, findings in sorted(open_lines.items()):
        tried = {known: _judged(session, letter, known, findings) for known in _STANDARD}
        holding = {known for known, found in tried.items() if any(_holds(one) for one in found)}
        if len(holding) != 1:
            continue
        (known,) = holding
        for before, after in zip(findings, tried[known], strict=True):
            if _holds(after) or (
                isinstance(after.outcome, Refuted) and not names_a_function(before.statement)
            ):
                session.findings[before.statement.number] = after
        for judge in session.judges:
            if letter not in judge.scope.functions:
                judge.scope.functions[letter] = _rule(letter, known)
                judge.forget()


def _open_letters(session: Session, finding: Finding) -> set[str]:
    """The functions of one letter whose form decides a finding."""
    judgment, outcome = finding.judgment, finding.outcome
    if judgment is None or not isinstance(outcome, Unsupported | Undecided):
        return set()
    if OPEN_FUNCTION not in outcome.reason and outcome.reason != UNDER_SUM:
        return set()
    judge = judgment.typed or judgment.judge or session.judges[finding.statement.version]
    sides = (judge.unfold(side) for _, *pair in judgment.pairs for side in pair)
    return {letter for side in sides for letter, _ in open_functions(side)}


def _judged(session: Session, letter: str, known: str, findings: list[Finding]) -> list[Finding]:
    """The findings anew, with one function given."""
    judges: dict[int, Judge] = {}
    result = []
    for finding in findings:
        version = finding.statement.version
        if version not in judges:
            scope = session.judges[version].scope.copy()
            scope.functions[letter] = _rule(letter, known)
            judges[version] = Judge(scope, session.budget)
        judge = judges[version]
        judge.clock = Clock(session.budget)
        again = session.within("function", finding, session.claim, finding.statement, judge, share=0.5)
        result.append(again if isinstance(again, Finding) else finding)
    return result


def _holds(finding: Finding) -> bool:
    return isinstance(finding.outcome, Proved)


def _rule(letter: str, known: str) -> FunctionRule:
    return FunctionRule((), None, known, assumed=f"${latex_name(letter)}$ is {_STANDARD[known]}")
