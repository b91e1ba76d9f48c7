"""Arbitrary functions applied to sums: calls whose arguments are equal are one call, however the sums are written."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Dummy, Expr, Piecewise, Sum

from convsym.errors import BudgetExceeded
from convsym.scope.functions import Generic
from convsym.verdict import Outcome, Proved, Refuted

_MOST_PAIRS = 40


def letters_apart(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Two sides in which no two letters that sums run over bear one name."""
    if left.has(Piecewise) or right.has(Piecewise):
        return left, right
    bound = {limit[0] for side in (left, right) for one in side.atoms(Sum) for limit in one.limits}
    free = {symbol.name for side in (left, right) for symbol in side.free_symbols if hasattr(symbol, "name")}
    names = [letter.name for letter in bound]
    mapping = {
        letter: Dummy(f"{letter.name}_{place}", integer=True)
        for place, letter in enumerate(sorted(bound, key=lambda letter: letter.sort_key()))
        if names.count(letter.name) > 1 or letter.name in free
    }
    return (left.xreplace(mapping), right.xreplace(mapping)) if mapping else (left, right)


def one_call_each(left: Expr, right: Expr, decide: Callable[[Expr, Expr], Outcome]) -> tuple[Expr, Expr]:
    """Two sides in which equal calls of an arbitrary function are the same expression.

    Args:
        left, right: sides with the definitions substituted.
        decide: whether two arguments are equal.

    Raises:
        BudgetExceeded: whether two arguments are equal is not decided; taken for different, they would
            refute what may be true.
    """
    calls = [call for call in left.atoms(Generic) | right.atoms(Generic) if call.args[0].has(Sum)]
    if len(calls) < 2:
        return left, right
    mapping: dict[Expr, Expr] = {}
    kept: dict[type, list[Expr]] = {}
    pairs = 0
    for call in sorted(calls, key=lambda call: (call.count_ops(), str(call))):
        others = kept.setdefault(type(call), [])
        for other in others:
            pairs += 1
            outcome = decide(call.args[0], other.args[0]) if pairs <= _MOST_PAIRS else None
            if isinstance(outcome, Proved):
                mapping[call] = other
                break
            if not isinstance(outcome, Refuted):
                raise BudgetExceeded(f"whether {type(call).__name__} is applied to equal sums is not decided")
        else:
            others.append(call)
    return left.xreplace(mapping), right.xreplace(mapping)
