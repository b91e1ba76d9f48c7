"""Claims with sums whose ends are not written, refuted where no end comes near: in the middle of every range."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import product

from sympy import Expr, Integer, Sum, Symbol

from convsym.budget import Budget
from convsym.errors import ConvsymError
from convsym.prover import prove_equal
from convsym.prover.shapes import size_symbols
from convsym.sums import Facts, FamilyRange
from convsym.sums.instances import instantiate
from convsym.verdict import Refuted

INSIDE = "counterexample away from every border"
"""How such a refutation is found: nothing that it says depends on a border."""
# A kernel and what it slides over; strides and paddings, which may be the ones that are no trouble.
_RANGES = (3, 8)
_STEPS = (1, 2)
_MOST = 64
_FAR = 4
_TERMS = 600


def refuted_inside(
    left: Expr,
    right: Expr,
    conditions: Collection[Expr],
    families: Mapping[str, FamilyRange],
    open_sizes: Collection[Expr],
    budget: Budget,
) -> Refuted | None:
    """A refutation that no reading of the ends of sums can take back; None where there is none.

    Both sides are written out at small sizes, short ranges inside long ones, for indices in the middle. Where a
    cell outside its range is met, nothing follows; where both sides are read whole, they must differ every time.

    Args:
        left, right: the sides, every definition followed.
        conditions: what free indices and sizes satisfy.
        families: the ranges of the families, as far as they are known.
        open_sizes: sizes of sums that were written without limits.
        budget: what it may cost.
    """
    inner = {name: replace(family, zero_outside=False) for name, family in families.items()}
    facts = Facts(inner, tuple(conditions))
    symbols = size_symbols((left, right), facts)
    ends = {
        s
        for one in left.atoms(Sum) | right.atoms(Sum)
        for _, *b in one.limits
        for e in b
        for s in e.free_symbols
    }
    ends |= {
        s for family in inner.values() for bound in (*family.lower, *family.upper) for s in bound.free_symbols
    }
    bounds = _bounds(conditions)
    sizes = [s for s in symbols if (s in open_sizes or s in ends) and s not in bounds]
    steps = [s for s in symbols if s not in sizes and s not in bounds and not _is_place(s)]
    places = [s for s in symbols if s not in sizes and s not in steps]
    limited = replace(budget, terms=min(budget.terms, _TERMS))
    found: Refuted | None = None
    for number, chosen in enumerate(product(_RANGES, repeat=len(sizes))):
        if number >= _MOST:
            break
        read = []
        for step in product(_STEPS, repeat=len(steps)):
            shape = dict(zip((*sizes, *steps), (*chosen, *step), strict=True))
            outcome = _at(left, right, {**shape, **_middle(places, bounds, shape)}, facts, limited)
            if outcome is False:
                return None  # here it holds
            read.append(outcome)
        if read and all(isinstance(one, Refuted) for one in read):
            found = found or next(one for one in read if isinstance(one, Refuted))
    return found


def _at(
    left: Expr, right: Expr, shape: Mapping[Symbol, int], facts: Facts, budget: Budget
) -> Refuted | bool | None:
    """What comes out at one shape: a refutation, False where the sides agree, None where they cannot be read."""
    try:
        for condition in facts.conditions:
            if condition.subs(shape) == False:  # noqa: E712 - SymPy's truth
                return None
        a, b = (instantiate(side, shape, facts, budget) for side in (left, right))
        outcome = prove_equal(a, b, budget=budget)
    except ConvsymError:
        return None
    if not isinstance(outcome, Refuted) or outcome.witness is None:
        return False
    named = tuple(
        (str(symbol), value) for symbol, value in sorted(shape.items(), key=lambda pair: str(pair[0]))
    )
    return replace(outcome, witness=replace(outcome.witness, sizes=named), method=INSIDE)


def _is_place(symbol: Symbol) -> bool:
    """Whether a letter counts places, i and j, and is no stride or padding."""
    return symbol.name.rstrip("'")[:1] in "ijklmnuvxyqtabcrh" and len(symbol.name.rstrip("'")) == 1


def _bounds(conditions: Collection[Expr]) -> dict[Symbol, list[Expr]]:
    """Lower and upper ends of the free indices that have both."""
    found: dict[Symbol, dict[str, Expr]] = {}
    for condition in conditions:
        letter, end = condition.lhs, condition.rhs
        if isinstance(letter, Symbol) and condition.rel_op in (">=", "<="):
            found.setdefault(letter, {})[condition.rel_op] = Integer(0) + end
    return {letter: [ends[">="], ends["<="]] for letter, ends in found.items() if len(ends) == 2}


def _middle(
    places: Collection[Symbol], bounds: Mapping[Symbol, list[Expr]], shape: Mapping[Symbol, int]
) -> dict[Symbol, int]:
    """An index in the middle of its range, where that is known, and far from 0 else."""
    found: dict[Symbol, int] = {}
    for number, place in enumerate(places):
        ends = [end.subs(shape) for end in bounds.get(place, [])]
        if len(ends) == 2 and all(end.is_Integer for end in ends):
            low, high = map(int, ends)
            found[place] = (low + high) // 2
        else:
            found[place] = _FAR + number % 2
    return found
