r"""Limits of sums that are the larger or the smaller of several, \sum_{j=\max(0, i-k+1)}^{\min(i, n-1)}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import And, Expr, Ge, Integer, Le, Piecewise

from convsym.latex.syntax import Bracket, Name, Node, Product, Tuple_
from convsym.scope.naming import strip_group

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env
    from convsym.scope.model import Index


def limit_parts(node: Node, extreme: str) -> tuple[Node, ...]:
    """What a limit is the largest ("max") or the smallest ("min") of; the limit itself where it is plain.

    Args:
        node: the limit.
        extreme: "max" for a lower limit, "min" for an upper one; the other way round a limit is no range.
    """
    inner = strip_group(node)
    if isinstance(inner, Bracket) and len(inner.items) == 1:
        inner = strip_group(inner.items[0])
    if isinstance(inner, Product) and len(inner.factors) == 2:
        head, argument = strip_group(inner.factors[0][1]), strip_group(inner.factors[1][1])
        if isinstance(head, Name) and head.text == extreme and isinstance(argument, Bracket):
            items = argument.items
            if len(items) == 1 and isinstance(listed := strip_group(items[0]), Tuple_):
                items = listed.items
            return tuple(items)
    return (node,)


def tightest(elaborator: Elaborator, node: Node, extreme: str, env: Env) -> tuple[Index, list[Index]]:
    """A limit, and the further ones that hold as well: numbers give one limit, letters the first of them."""
    values = [elaborator.index(part, env) for part in limit_parts(node, extreme)]
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) == len(values):
        return (max(numbers) if extreme == "max" else min(numbers)), []
    return values[0], values[1:]


def guarded(body: Expr, letter: Expr, above: list[Index], below: list[Index]) -> Expr:
    """The term of a sum where its letter keeps to further limits, and 0 elsewhere."""
    conditions = [Ge(letter, Integer(0) + limit) for limit in above]
    conditions += [Le(letter, Integer(0) + limit) for limit in below]
    return Piecewise((body, And(*conditions)), (0, True)) if conditions else body
