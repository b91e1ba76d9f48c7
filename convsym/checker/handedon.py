r"""Claims about a recurrence of numbers, decided at one step: what the step before hands on is any function of w.

With h_t = f(w x_t + v h_{t-1} + b), the derivative of h_t by w is that through w itself and that through h_{t-1},
which is made of w as well. How, the steps before say, without end; here h_{t-1} is \eta(w), whatever \eta may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Product, Scripted, Span
from convsym.latex.walking import rewritten, walk
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge
from convsym.scope.model import FunctionRule, Scope, latex_name
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement
from convsym.scope.timing import Timing, time_of
from convsym.verdict import Undecided, Unsupported

_DIFFERENTIALS = frozenset({"partial", "d"})
_ENTRYWISE = ("odot", "circ", "otimes")


def judge_handed_on(finding: Finding, judge: Judge, timing: Timing, statements: Sequence[Statement]) -> bool:
    """Prove a claim that was left open from what one step makes of what the step before hands on.

    Nothing is refuted so: whether a derivative holds the state before fixed is seldom said.

    Args:
        finding: a claim; its outcome is changed where it is proved.
        judge: for the scope of the claim.
        timing: how the document writes its recurrence.
        statements: all relations of the document.

    Returns:
        Whether it was proved.
    """
    statement, scope = finding.statement, judge.scope
    if not timing.timed or not isinstance(finding.outcome, Undecided | Unsupported):
        return False
    sides = (statement.left, statement.right)
    if statement.relation != "=" or not any(map(derives, sides)):
        return False
    slopes = [found for side in sides for found in _slopes(side)]
    weights = {weight for _, _, weight in slopes}
    letters = {letter for _, (letter, _), _ in slopes}
    offsets = {offset for _, (_, offset), _ in slopes}
    if len(weights) != 1 or len(letters) != 1 or not offsets <= {0, -1} or 0 not in offsets:
        return False
    (weight,), (letter,) = weights, letters
    if scope.rules.get(weight) or not weight[-1:].islower() or _has_matrices(statements, scope):
        return False
    handed = _handed_on(scope, timing, letter)
    if not handed or not {name for name, (_, offset), _ in slopes if offset} <= handed:
        return False
    step = scope.copy()
    # \partial v/\partial v, printed for the product rule, makes nothing of v that could depend on something.
    plain = {pair for pair in scope.survey.partials if pair[0] != pair[1] or pair[0] in timing.timed}
    step.survey = replace(scope.survey, partials=plain)
    for name in handed:
        step.functions[_history(name)] = FunctionRule((), None, "")
    for name, rules in scope.rules.items():
        if name in timing.timed:
            step.rules[name] = [
                replace(rule, body=_at_the_step(rule.body, handed, weight, letter))
                for rule in rules
                if rule.is_general and all(not pattern.offset for pattern in rule.patterns)
            ]
    left, right = (_at_the_step(side, handed, weight, letter) for side in sides)
    try:
        found = Judge(step, judge.budget, judge.clock).equal(left, right)
    except ConvsymError:
        return False
    if not found.holds:
        return False
    finding.outcome, finding.judgment = found.outcome, None
    before = ", ".join(f"${latex_name(name)}$" for name in sorted(handed))
    words = f"every quantity is a number, and {before} of the step before depends on ${latex_name(weight)}$"
    finding.notes = sorted({*found.assumed, words})
    return True


def _history(name: str) -> str:
    return f"{name} handed on"


def _slopes(node: Node) -> Iterator[tuple[str, tuple[str, int], str]]:
    """Of every derivative by a plain name: what is differentiated, its time, and the name."""
    for part in walk(node):
        if isinstance(part, Fraction_) and (found := _slope(part)) is not None:
            yield found


def _slope(fraction: Fraction_) -> tuple[str, tuple[str, int], str] | None:
    ends: list[Node] = []
    for side in (fraction.numerator, fraction.denominator):
        product = strip_group(side)
        if not isinstance(product, Product) or len(product.factors) != len(("partial", "h")):
            return None
        head, end = (strip_group(factor) for _, factor in product.factors)
        if not isinstance(head, Name) or head.text not in _DIFFERENTIALS:
            return None
        ends.append(end)
    above, below = ends
    timed = _timed(above)
    return None if timed is None or not isinstance(below, Name) else (*timed, key(below))


def _timed(node: Node) -> tuple[str, tuple[str, int]] | None:
    """Name and time of h_t and h_{t-1}; None of anything that carries more."""
    if not isinstance(node, Scripted) or node.superscript is not None or node.primes:
        return None
    base, time = strip_group(node.base), time_of(node.subscript)
    return (key(base), time) if isinstance(base, Name) and time is not None else None


def _handed_on(scope: Scope, timing: Timing, letter: str) -> set[str]:
    """What the definitions of a step take from the step before it; nothing where they look further back."""
    found: set[str] = set()
    for name in timing.timed:
        for rule in scope.rules.get(name, ()):
            if not rule.is_general:
                continue
            if len(rule.patterns) != 1 or rule.patterns[0].offset or rule.patterns[0].parameter != letter:
                return set()
            for part in walk(rule.body):
                timed = _timed(part)
                if timed is not None and timed[1] == (letter, -1):
                    found.add(timed[0])
                elif timed is not None and timed[1] != (letter, 0):
                    return set()
    return found


def _at_the_step(node: Node, handed: set[str], weight: str, letter: str) -> Node:
    """An expression in which what the step before hands on, and its slopes, are functions of the weight."""

    def applied(name: str, span: Span, primes: int) -> Node:
        head: Node = Name(_history(name), span)
        head = Scripted(head, None, None, primes, span) if primes else head
        call = Product((("", head), ("", Bracket("(", (Name(weight, span),), span))), span)
        return Bracket("group", (call,), span)

    def change(part: Node) -> Node | None:
        if isinstance(part, Fraction_):
            slope = _slope(part)
            if slope is not None and slope[0] in handed and slope[1:] == ((letter, -1), weight):
                return applied(slope[0], part.span, 1)
        timed = _timed(part)
        if timed is not None and timed[0] in handed and timed[1] == (letter, -1):
            return applied(timed[0], part.span, 0)
        return None

    return rewritten(node, change)


def _has_matrices(statements: Sequence[Statement], scope: Scope) -> bool:
    """Whether something shows that the quantities are no numbers: a transpose, a product entry by entry."""
    for statement in statements:
        for side in (statement.left, statement.right):
            if any(reference.transposed for reference in scope.mentions(side)):
                return True
            if any(
                isinstance(part, Product) and any(sign in _ENTRYWISE for sign, _ in part.factors)
                for part in walk(side)
            ):
                return True
    return False


__all__ = ["judge_handed_on"]
