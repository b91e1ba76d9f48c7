r"""Values at infinity, \sigma(-\infty) = 0 and \tanh(\infty) = 1: the limit of a function, and no value of it."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Rational, Symbol, limit, oo

from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Bracket, Name, Node, Product, Signed
from convsym.latex.walking import children, walk
from convsym.scope.judge import Judge
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Outcome, Proved, Refuted, Unsupported

_INFINITY = "infty"
_OPEN = "infinity is no number, and what is meant by it is not known"
_POINTS = (1000, 1000000)
_NEAR = Rational(1, 100)


def at_infinity(statement: Statement, judge: Judge) -> Outcome | None:
    r"""What becomes of a claim that prints \infty as a value; None for a claim that does not.

    A function at infinity stands for its limit there. Everything else that is said of infinity is left open:
    taken as a letter it would have a value, and \infty - \infty would be 0.

    Args:
        statement: a claim.
        judge: for its scope.
    """
    sides = statement.left, statement.right
    if not any(True for side in sides for _ in _infinities(side)):
        return None
    called, value = (strip_group(side) for side in sides)
    if not _is_call(called):
        called, value = value, called
    if statement.relation != "=" or not _is_call(called) or any(True for _ in _infinities(value)):
        return Unsupported(_OPEN)
    target = judge.number(value)
    found = _limit(called, judge)
    if target is None or found is None:
        return Unsupported(_OPEN)
    if found == target:
        return Proved("limit")
    return Refuted(f"the limit is {found}", method="limit")


def _infinities(node: Node) -> Iterator[Node]:
    """The infinities that stand as values: not those that a sum runs to."""
    if isinstance(node, Name) and node.text == _INFINITY:
        yield node
    for part in children(node):
        if not isinstance(node, BigOperator) or part is node.body:
            yield from _infinities(part)


def _is_call(node: Node) -> bool:
    r"""Whether a node is a function of infinity alone: f(\infty), f(-\infty)."""
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return False
    argument = strip_group(node.factors[1][1])
    if not isinstance(argument, Bracket) or len(argument.items) != 1:
        return False
    inner = strip_group(argument.items[0])
    inner = strip_group(inner.operand) if isinstance(inner, Signed) else inner
    head = node.factors[0][1]
    return (
        isinstance(inner, Name)
        and inner.text == _INFINITY
        and not any(isinstance(part, Name) and part.text == _INFINITY for part in walk(head))
    )


def _limit(node: Node, judge: Judge) -> Expr | None:
    """The limit of a function at infinity, where it is a rational number that its values come near to."""
    try:
        value = judge.elaborator.value(node, {})
        value = judge.unfold(value) if isinstance(value, Expr) else None
    except (ConvsymError, RecursionError):
        return None
    if value is None or len(value.free_symbols) != 1:
        return None
    variable = Symbol("x", real=True)
    function = value.xreplace({next(iter(value.free_symbols)): variable})
    try:
        found = limit(function, variable, oo)
        distances = [abs(function.subs(variable, point).evalf(30) - found) for point in _POINTS]
        near = bool(distances[1] <= distances[0] and distances[1] < _NEAR)
    except (NotImplementedError, TypeError, ValueError):
        return None
    return found if isinstance(found, Rational) and near else None
