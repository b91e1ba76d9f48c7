"""Which function an unwritten \\sigma is: learned from the lines that hold for one function only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sympy import Expr, Symbol, exp, log

from convsym.budget import Clock
from convsym.checker.findings import Finding
from convsym.checker.grounds import OPEN_FUNCTION, names_a_function, open_functions
from convsym.errors import ConvsymError
from convsym.prover import prove_equal
from convsym.scope.judge import UNDER_SUM, Judge
from convsym.scope.model import FunctionRule, latex_name
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_STANDARD = {"sigmoid": "the logistic function", "tanh": "the hyperbolic tangent"}
_WORDS = {
    "sigmoid": re.compile(r"sigmoid|logistic", re.I),
    "tanh": re.compile(r"tanh|hyperbolic tangent|tangente hyperbolique", re.I),
}
_PRINTED = {"sigmoid": r"\frac{1}{1 + e^{-x}}", "tanh": r"\frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}"}
_BOUND = 10**6
_LONGEST = 40
"""Operations up to which a printed function may be one of the usual ones, misprinted."""


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


def heed_misprints(session: Session) -> None:
    r"""Hold no line against a printed function that is no usual one, where the line holds for a usual one.

    \sigma(x) = 1 + e^{-x} has lost its fraction; \sigma' = \sigma (1 - \sigma) beside it is no mistake. Where the words
    before the definition name the function, or two lines hold for it alone, the definition is refuted and the lines
    are judged by the usual one; else what failed is left open.

    Args:
        session: the document being judged; outcomes, and the scopes that they are decided in, are changed.
    """
    for letter, rule in {n: f for judge in session.judges for n, f in judge.scope.functions.items()}.items():
        if rule.body is None or rule.statement < 0 or len(rule.parameters) != 1:
            continue
        definition = session.findings.get(rule.statement)
        failing = [f for f in session.claims() if isinstance(f.outcome, Refuted) and rule.statement in f.used]
        if definition is None or not failing or not isinstance(definition.outcome, Definition):
            continue
        if not _is_misprint(session, rule):
            continue
        tried = {known: _judged(session, letter, known, failing) for known in _STANDARD}
        holding = [known for known, found in tried.items() if any(map(_holds, found))]
        if len(holding) == 1:
            _settle_misprint(
                session, letter, holding[0], definition, list(zip(failing, tried[holding[0]], strict=True))
            )


def _settle_misprint(
    session: Session, letter: str, known: str, definition: Finding, lines: list[tuple[Finding, Finding]]
) -> None:
    """Blame the definition, if that is certain, and judge by the usual function what failed by the printed one."""
    held = [before for before, after in lines if _holds(after)]
    certain = len(held) > 1 or _WORDS[known].search(definition.statement.display.before) is not None
    where = session.named(definition.statement.number)
    for before, after in lines:
        if certain and _holds(after):
            session.findings[before.statement.number] = after
        elif before in held:
            before.outcome = Unsupported(
                f"it holds for {_STANDARD[known]}, and {where} prints no usual function"
            )
    if not certain:
        return
    name = latex_name(letter)
    numbers = " and ".join(session.named(finding.statement.number) for finding in held)
    definition.outcome = Refuted(f"{numbers} and the words say {_STANDARD[known]}", method="contradiction")
    left = definition.statement.left
    head = definition.statement.source[left.span.start : left.span.end].strip()
    argument = head.partition("(")[2].rpartition(")")[0]
    definition.repairs = (
        (f"{head} = {_PRINTED[known].replace('{x}', '{' + argument + '}').replace('-x', '-' + argument)}",)
        if argument and name in head
        else ()
    )
    for judge in session.judges:
        if letter in judge.scope.functions:
            judge.scope.functions[letter] = _rule(letter, known)
            judge.forget()


def _is_misprint(session: Session, rule: FunctionRule) -> bool:
    """Whether a function is printed with an exponential of its argument, and is none that anybody would name."""
    judge = next(judge for judge in session.judges if rule in judge.scope.functions.values())
    x = Symbol("x", real=True)
    try:
        (parameter,) = rule.parameters
        value = judge.elaborator.value(rule.body, {parameter: x}) if rule.body is not None else None
    except (ConvsymError, TypeError, AttributeError):
        return False
    if not isinstance(value, Expr) or value.free_symbols != {x} or not value.has(exp):
        return False
    if value.count_ops() > _LONGEST:
        return False  # several functions inside each other are no misprint of one
    if any(isinstance(prove_equal(value, usual), Proved) for usual in _usual(x)):
        return False
    at = [value.subs(x, place) for place in (-40, 0, 40)]
    if any(not one.is_finite for one in at):
        return True
    low, middle, high = (float(one) for one in at)
    # A curve that climbs between two ends, whichever they are, is one of the kind that is meant.
    return not (low < middle < high < _BOUND and low > -_BOUND)


def _usual(x: Symbol) -> tuple[Expr, ...]:
    """Functions with an exponential that have a name of their own."""
    up, down = exp(x), exp(-x)
    return (
        up,
        down,
        exp(-(x**2)),
        exp(-(x**2) / 2),
        log(1 + up),
        x / (1 + down),
        up - 1,
        down / (1 + down) ** 2,
        (up + down) / 2,
        (up - down) / 2,
        1 - down,
        1 / (1 + down),
        (up - down) / (up + down),
    )


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
