"""Cases: values with conditions, as one piecewise expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Piecewise
from sympy.core.relational import Relational

from convsym.errors import ScopeError
from convsym.latex.syntax import Cases, Chain, Name, Node, Product, Words
from convsym.scope.algebra import Modular

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env

_COMPARISONS = {"lt": "<", "gt": ">", "le": "<=", "ge": ">=", "=": "==", "ne": "!="}


def cases_value(elaborator: Elaborator, node: Cases, env: Env) -> Expr:
    """A cases environment as a piecewise expression."""
    if isinstance(elaborator.algebra, Modular):
        raise ScopeError("cases")
    branches = []
    for value, condition in node.branches:
        branches.append((elaborator.scalar(value, env), _condition(elaborator, condition, env)))
    return Piecewise(*branches)


def _condition(elaborator: Elaborator, node: Node | None, env: Env) -> object:
    if node is None or isinstance(node, Words | Name):
        return True
    if isinstance(node, Product):
        rest = [f for _, f in node.factors if not isinstance(f, Words) and not _is_word(f)]
        if not rest:
            return True
        if len(rest) == 1:
            return _condition(elaborator, rest[0], env)
    if isinstance(node, Chain) and node.first is not None and len(node.links) == 1:
        relation, right = node.links[0]
        first = node.first
        if isinstance(first, Product):
            kept = tuple(
                pair for pair in first.factors if not isinstance(pair[1], Words) and not _is_word(pair[1])
            )
            first = kept[0][1] if len(kept) == 1 else Product(kept, first.span)
        if relation in _COMPARISONS:
            return Relational(
                elaborator.scalar(first, env), elaborator.scalar(right, env), _COMPARISONS[relation]
            )
    raise ScopeError("a condition that is no comparison")


def _is_word(node: Node) -> bool:
    return isinstance(node, Name) and len(node.text) > 1 and node.font in ("text", "rm")
