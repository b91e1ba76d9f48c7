r"""A chain rule with a number before it, \partial L/\partial b = -\partial L/\partial z \, \partial z/\partial b."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from convsym.checker.chains import judge_chains
from convsym.checker.findings import Finding
from convsym.checker.slopes import Slope, read_chain
from convsym.latex.syntax import Bracket, Fraction_, Node, Number, Product, Signed
from convsym.scope.forms import integer_of
from convsym.scope.judge import Judge
from convsym.scope.naming import strip_group
from convsym.verdict import Proved, Refuted, Undecided, Unsupported


def refute_scaled_chains(finding: Finding, judge: Judge, findings: Iterable[Finding]) -> None:
    """Refute a claim that was left open if it is the chain rule but for a number that multiplies it.

    The same line without the number is proved as the chain rule; with it, it says that the derivative is 0. Both
    sides have to print every derivative: a name for one may carry the sign itself.

    Args:
        finding: a claim; its outcome is changed where it is decided.
        judge: for the scope of the claim.
        findings: what was found of all relations so far.
    """
    statement, judgment = finding.statement, finding.judgment
    if judgment is None or not isinstance(finding.outcome, Undecided | Unsupported):
        return
    if statement.relation != "=" or _number_before(statement.left) is not None:
        return
    found = _number_before(statement.right)
    if found is None or found[0] in ("", "1"):
        return
    number, rest = found
    sides = (read_chain(side, judge.scope, {}) for side in (statement.left, rest))
    if any(side is None or not all(isinstance(factor, Slope) for factor in side.factors) for side in sides):
        return
    plain = Finding(
        replace(statement, right=rest),
        finding.outcome,
        replace(judgment, assumed=set(judgment.assumed), used=set(judgment.used)),
    )
    judge_chains(plain, judge, findings)
    if not isinstance(plain.outcome, Proved) or plain.judgment is None:
        return
    finding.outcome = judgment.outcome = Refuted(
        f"the chain rule gives this product without the factor ${number}$", method="the chain rule"
    )
    judgment.assumed.clear()
    judgment.assumed.update(plain.judgment.assumed)
    judgment.used |= plain.judgment.used


def _number_before(node: Node) -> tuple[str, Node] | None:
    """The number that multiplies an expression, as LaTeX, and the rest; None where none stands there."""
    node = strip_group(node)
    while isinstance(node, Bracket) and node.kind in ("(", "[") and len(node.items) == 1:
        node = strip_group(node.items[0])
    if isinstance(node, Signed):
        if node.sign not in ("+", "-"):
            return None
        inner = _number_before(node.operand)
        number, rest = ("", node.operand) if inner is None else inner
        sign = "-" if node.sign == "-" else ""
        return f"{sign}{number}" if number else f"{sign}1", rest
    if not isinstance(node, Product) or len(node.factors) < 2:
        return None
    (operator, first), *others = node.factors
    factor = _number(first)
    if operator or factor is None or any(one not in ("", "cdot", "times", "*") for one, _ in others):
        return None
    rest = others[0][1] if len(others) == 1 else replace(node, factors=(("", others[0][1]), *others[1:]))
    return factor, rest


def _number(node: Node) -> str | None:
    node = strip_group(node)
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Fraction_):
        above, below = integer_of(node.numerator), integer_of(node.denominator)
        if above is not None and below:
            return f"\\frac{{{above}}}{{{below}}}" if above != below else "1"
    return None


__all__ = ["refute_scaled_chains"]
