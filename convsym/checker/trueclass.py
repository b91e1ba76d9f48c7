"""Lines that hold where the 1 of a one-hot target stands at the class that the document says: L = -log p_k."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sympy import Symbol

from convsym.checker.findings import Finding
from convsym.checker.grounds import AT_THE_TRUE_CLASS
from convsym.latex.syntax import BigOperator, Name, Node, Number, Product, Signed
from convsym.latex.walking import walk
from convsym.scope.hygiene import free_letters
from convsym.scope.judge import Judge
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import key, strip_group
from convsym.scope.normalization import log_weights
from convsym.scope.onehot import ONE_HOT, proof_at
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Unsupported

_LETTER = r"\$?\\?(?:bold|mathbf|boldsymbol)?\{?([a-z])\}?\$?"
_CLASS = r"(?:correct|true|right|actual|target|ground[- ]truth) (?:class|label|index|category|word)"
_PLACES = (
    re.compile(rf"\bonly (?:the )?{_LETTER}[- ]?(?:th\b|\^)"),
    re.compile(rf"{_LETTER} (?:is|be|denotes?) the (?:index of the |number of the )?{_CLASS}"),
    re.compile(rf"\b{_CLASS},? (?:is )?(?:\\?class )?\${_LETTER.replace('$?', '')}\$"),
)


def prove_at_the_true_class(finding: Finding, judge: Judge, statements: Sequence[Statement]) -> None:
    """Prove a claim that depends on where the 1 of a target stands, if it holds where the document puts it.

    Args:
        finding: a claim; its outcome is changed where it is proved.
        judge: who judged it, just now.
        statements: all relations of the document.
    """
    statement, judgment = finding.statement, finding.judgment
    if judgment is None or not judgment.pairs or not isinstance(finding.outcome, Unsupported):
        return
    # Read of any vector of scores, a line fails for targets that are anything: of these it says nothing.
    if finding.outcome.reason not in (AT_THE_TRUE_CLASS, *judgment.assumed):
        return
    sides = statement.left, statement.right
    names = log_weights(judge.scope, sides)
    for letter in dict.fromkeys(_places(judge.scope, names, statements)):
        proof = proof_at(judge, judgment, sides, Symbol(letter, integer=True))
        if proof is not None:
            said = ", ".join(
                f"${latex_name(name)}_{{{letter}}} = 1$ and every other ${latex_name(name)}$ is 0"
                for name in sorted(names)
            )
            finding.outcome = judgment.outcome = Proved("by definition", proof.assuming, proof.sizes)
            judgment.assumed.add(said)
            return


def _places(scope: Scope, names: set[str], statements: Sequence[Statement]) -> Iterator[str]:
    """The letters of the class whose target is 1, where the text, y_k = 1 or -sum_i y_i log p_i = -log p_k says it."""
    told = [match[1] for pattern in _PLACES for match in pattern.finditer(scope.words)]
    for statement in statements:
        right = strip_group(statement.right)
        reference = scope.refer(statement.left, {}) if statement.relation == "=" else None
        if isinstance(right, Number) and right.text == "1" and reference is not None:
            index = strip_group(reference.indices[0]) if len(reference.indices) == 1 else None
            if reference.name in names and isinstance(index, Name):
                told.append(key(index))
    yield from told
    if told or ONE_HOT.search(scope.words) is None:
        return
    for statement in statements:
        sides = statement.left, statement.right
        if statement.relation == "=" and _is_sum(sides[0]) and _is_logarithm(sides[1]):
            letters = set(free_letters([sides[1]], scope)) - set(free_letters([sides[0]], scope))
            if len(letters) == 1:
                yield letters.pop()


def _is_sum(node: Node) -> bool:
    """Whether a node is a sum of logarithms, with or without a sign."""
    node = strip_group(node)
    if isinstance(node, Signed):
        node = strip_group(node.operand)
    logarithms = (part for part in walk(node) if isinstance(part, Name) and key(part) in ("log", "ln"))
    return isinstance(node, BigOperator) and node.operator == "sum" and any(logarithms)


def _is_logarithm(node: Node) -> bool:
    """Whether a node is -log of something, which is not weighed."""
    node = strip_group(node)
    if isinstance(node, Signed):
        node = strip_group(node.operand)
    first = strip_group(node.factors[0][1]) if isinstance(node, Product) else None
    plain = isinstance(first, Name) and key(first) in ("log", "ln")
    return (
        plain and sum(1 for part in walk(node) if isinstance(part, Name) and key(part) in ("log", "ln")) == 1
    )
