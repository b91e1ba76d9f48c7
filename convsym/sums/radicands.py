r"""Roots of closed sums, as letters of their own: \sqrt{\sigma^2 + \epsilon} with \sigma^2 written out.

A variance is written (x_i - \mu)^2 on one side and multiplied out on the other. What stands under a root and depends
on no bound letter is one letter, for the root, wherever it is the same for all sizes: what is an identity in it is
one in the sums.
"""

from __future__ import annotations

from math import lcm

from sympy import Dummy, Expr, Pow, Sum, Symbol, root

from convsym.budget import Budget
from convsym.errors import BudgetExceeded, ScopeError
from convsym.sums.equality import NormalForm, normal_form
from convsym.sums.facts import Facts

_MOST = 6
_NAME = "R"


def with_radicands_folded(
    left: Expr, right: Expr, facts: Facts | None = None, budget: Budget | None = None
) -> tuple[Expr, Expr, dict[Symbol, Expr]] | None:
    """Both sides with every closed sum under a root as one symbol, or None where there is none.

    Args:
        left, right: expressions with indexed sums.
        facts: what is known of sizes and free indices.
        budget: time and size bounds.

    Returns:
        The sides, and what each new symbol stands for.
    """
    bases = {
        part.base
        for side in (left, right)
        for part in side.atoms(Pow)
        if part.exp.is_Rational and not part.exp.is_Integer and part.base.has(Sum) and _is_closed(part.base)
    }
    if not bases or len(bases) > _MOST:
        return None
    taken = {symbol.name for side in (left, right) for symbol in side.atoms(Symbol)}
    letters: list[tuple[NormalForm, Symbol]] = []
    known: dict[Expr, Symbol] = {}
    meaning: dict[Symbol, Expr] = {}
    for base in sorted(bases, key=lambda one: (one.count_ops(), str(one))):
        try:
            form = normal_form(base, facts, budget)
        except (ScopeError, BudgetExceeded):
            return None
        letter = next((symbol for other, symbol in letters if other == form), None)
        if letter is None:
            letter = Symbol(f"{_NAME}_{{{len(letters) + 1}}}")
            if letter.name in taken:
                return None
            letters.append((form, letter))
            meaning[letter] = base
        known[base] = letter
    parts = {
        part
        for side in (left, right)
        for part in side.atoms(Pow)
        if part.base in known and part.exp.is_Rational
    }
    # The letter is the root itself: all that is left are integer powers of it.
    degree = {symbol: lcm(*(int(p.exp.q) for p in parts if known[p.base] == symbol)) for symbol in meaning}
    powers = {part: known[part.base] ** (part.exp * degree[known[part.base]]) for part in parts}
    meaning = {symbol: root(base, degree[symbol]) for symbol, base in meaning.items()}
    return left.xreplace(powers), right.xreplace(powers), meaning


def _is_closed(one: Expr) -> bool:
    """Whether an expression depends on no letter that is bound around it."""
    return not any(isinstance(symbol, Dummy) for symbol in one.free_symbols)
