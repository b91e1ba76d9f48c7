"""What may enter the prover: bounded size and depth, real scalars, no rounded or infinite numbers."""

from __future__ import annotations

from sympy import Expr, Float, I, MatrixBase, S, Symbol
from sympy.core.basic import Basic
from sympy.matrices.expressions.matexpr import MatrixExpr

from convsym.budget import Budget
from convsym.errors import kind_in_words


def reason_to_decline(expressions: tuple[object, ...], budget: Budget) -> str | None:
    """Why the expressions cannot be decided, or None.

    Walks with a stack of its own, and by identity: hashing or comparing a very deep expression already
    exhausts Python's recursion.
    """
    names: dict[str, Symbol] = {}
    for expression in expressions:
        if isinstance(expression, (MatrixBase, MatrixExpr)):
            return "a matrix stands where a number is needed"
        if not isinstance(expression, Expr):
            return f"{kind_in_words(expression)} is no number"
        reason = _walk(expression, budget, names)
        if reason is not None:
            return reason
    return None


def _walk(root: Basic, budget: Budget, names: dict[str, Symbol]) -> str | None:
    heights: dict[int, int] = {}
    weights: dict[int, int] = {}
    stack: list[tuple[Basic, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if id(node) in heights:
            continue
        if ready:
            height = 1 + max(heights[id(part)] for part in node.args)
            weight = 1 + sum(weights[id(part)] for part in node.args)
            if height > budget.depth:
                return f"nested more than {budget.depth} deep"
            if weight > budget.nodes:
                return f"more than {budget.nodes} terms and factors"
            heights[id(node)], weights[id(node)] = height, weight
            continue
        reason = _reason_at(node, budget, names)
        if reason is not None:
            return reason
        if not node.args:
            heights[id(node)], weights[id(node)] = 1, 1
            continue
        if len(stack) > 4 * budget.nodes:
            return f"more than {budget.nodes} terms and factors"
        stack.append((node, True))
        stack.extend((part, False) for part in node.args)
    return None


def _reason_at(node: Basic, budget: Budget, names: dict[str, Symbol]) -> str | None:
    if isinstance(node, Float):
        return "a rounded decimal has no exact value"
    if any(node is x for x in (S.NaN, S.Infinity, S.NegativeInfinity, S.ComplexInfinity)):
        return "an infinite or undefined number occurs"
    if node is I:
        return "an imaginary number occurs"
    if isinstance(node, (MatrixBase, MatrixExpr)):
        return "a matrix stands where a number is needed"
    if isinstance(node, Symbol):
        other = names.setdefault(node.name, node)
        if other != node:
            return f"two different symbols are both called {node.name}"
        if node.is_real is False or node.is_commutative is False:
            return f"{node.name} is not a real number"
    return None
