r"""Vectors with an entry a class: those that a softmax maps and gives, and those that a cross-entropy compares.

Where a document writes \hat{y}_i = e^{z_i} / \sum_j e^{z_j}, the bare z and \hat{y} elsewhere are vectors, and
i is no sample among many: every entry of the one depends on every entry of the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from convsym.latex.syntax import BigOperator, Name, Node, Product, Scripted, Sum_
from convsym.latex.walking import walk
from convsym.scope.model import Rule, Scope
from convsym.scope.naming import SAMPLES, key, strip_group

_LOGARITHMS = frozenset({"log", "ln"})


def class_vectors(scope: Scope) -> set[str]:
    """The names whose entries a document's softmax or cross-entropy runs over.

    Args:
        scope: whose definitions are searched.
    """
    found: set[str] = set()
    for name, rules in scope.rules.items():
        for rule in rules:
            mapped = set(_normalized(rule, scope))
            if mapped:
                found |= {name, *mapped}
            found |= _compared(rule.body, scope)
    for function in scope.functions.values():
        if function.body is not None:
            found |= _compared(function.body, scope)
    # The terms of a loss over samples are no entries of one vector.
    return {name for name in found if not name.endswith(SAMPLES)}


def _normalized(rule: Rule, scope: Scope) -> Iterator[str]:
    """The vectors z of an entry e^{z_i} / \\sum_j e^{z_j}."""
    if len(rule.patterns) != 1 or rule.patterns[0].parameter is None:
        return
    letter = rule.patterns[0].parameter
    sums = [part for part in walk(rule.body) if isinstance(part, BigOperator) and part.operator == "sum"]
    for part in sums:
        if not any(isinstance(one, Name) and key(one) in ("e", "exp") for one in walk(part.body)):
            continue
        summed = {
            reference.name
            for reference in scope.mentions(part.body)
            if len(reference.indices) == 1 and _letter(reference.indices[0]) not in (None, letter)
        }
        for reference in scope.mentions(rule.body):
            if len(reference.indices) == 1 and _letter(reference.indices[0]) == letter:
                if reference.name in summed:
                    yield reference.name


def _letter(node: Node) -> str | None:
    node = strip_group(node)
    return key(node) if isinstance(node, Name) else None


def _compared(body: Node, scope: Scope) -> set[str]:
    r"""The vectors y and p of \sum_i y_i \log p_i."""
    found: set[str] = set()
    for operator in walk(body):
        if not isinstance(operator, BigOperator) or operator.operator != "sum":
            continue
        if any(isinstance(part, Sum_) for part in walk(operator.body)):
            continue  # y_i \log p_i + (1 - y_i) \log(1 - p_i) runs over samples of two classes
        for product in walk(operator.body):
            if not isinstance(product, Product):
                continue
            factors = [strip_group(factor) for _, factor in product.factors]
            weights = _entries([f for f in factors if isinstance(f, Scripted)], scope)
            heads = [
                place for place, f in enumerate(factors) if isinstance(f, Name) and key(f) in _LOGARITHMS
            ]
            if heads and weights:
                logarithm = Product(
                    tuple(("", f) for f in factors[heads[0] + 1 :]) or product.factors, product.span
                )
                inside = _entries(list(walk(logarithm)), scope)
                if inside and set(inside.values()) & set(weights.values()):
                    found |= weights.keys() | inside.keys()
    return found


def _entries(nodes: list[Node], scope: Scope) -> dict[str, str]:
    """The names among nodes that carry one letter, with it."""
    found = {}
    for node in nodes:
        reference = scope.refer(node, {}) if isinstance(node, Scripted) else None
        if reference is not None and len(reference.indices) == 1:
            letter = _letter(reference.indices[0])
            if letter is not None:
                found[reference.name] = letter
    return found
