"""The fast tests of a repair search, made from one function that gives a claim's sides as SymPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sympy import Add, Expr, Symbol, expand_mul

from convsym.errors import ConvsymError
from convsym.latex.syntax import Chain
from convsym.prover import is_zero_modular

Sides: TypeAlias = Callable[[Chain], Sequence[tuple[Expr, Expr]]]

_NONSENSE = 10**6
"""The score of a claim that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """Three questions about an edited claim, all fast, none a proof."""

    screen: Callable[[Chain], bool]
    proportional: Callable[[Chain], bool]
    score: Callable[[Chain], int]


def oracle_from_sides(sides: Sides) -> Oracle:
    """The tests that `search` takes.

    Args:
        sides: gives (left, right) of an edited claim with the document's definitions substituted, one pair an
            instance (at the document's sizes and, where it can, at sizes that are not square); raises a
            ConvsymError for what cannot be understood.
    """

    def screen(claim: Chain) -> bool:
        pairs = sides(claim)
        return bool(pairs) and all(is_zero_modular(left - right) for left, right in pairs)

    def proportional(claim: Chain) -> bool:
        pairs = list(sides(claim))
        if not pairs or any(left == 0 or right == 0 for left, right in pairs):
            return False
        (left, right), *others = pairs
        # One pair alone is compared with itself at other values of its cells.
        names = {name: Symbol(f"{name.name}'") for name in left.free_symbols | right.free_symbols}
        others.append((left.xreplace(names), right.xreplace(names)))
        return all(is_zero_modular(left * r - right * l_) for l_, r in others)

    def score(claim: Chain) -> int:
        try:
            pairs = sides(claim)
        except ConvsymError:
            return _NONSENSE
        return sum(distance(left, right) for left, right in pairs) if pairs else _NONSENSE

    return Oracle(screen, proportional, score)


def distance(left: Expr, right: Expr) -> int:
    """How many terms two sides differ in; 0 where they are equal."""
    difference = left - right
    if is_zero_modular(difference):
        return 0
    expanded = expand_mul(difference) if difference.count_ops() < 400 else difference
    return max(1, len(Add.make_args(expanded)))
