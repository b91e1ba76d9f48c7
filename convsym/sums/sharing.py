"""Sums that stand in denominators, as letters of their own: the same sum above and below cancels.

Multiplied out, a sum above a fraction and its reciprocal no longer know of each other. Written as one letter,
equal wherever the sums are equal, they do; what is an identity in that letter is one in the sums.
"""

from __future__ import annotations

from sympy import Add, Dummy, Expr, Integer, Mul, Piecewise, Pow, Sum, Symbol, expand_mul

_MOST = 6
_LARGEST = 400


def with_divisors_folded(left: Expr, right: Expr) -> tuple[Expr, Expr, dict[Symbol, Expr]] | None:
    """Both sides with every closed sum of a denominator as one symbol, or None where there is none.

    Args:
        left, right: expressions without cases; no two bound letters of one name may stand for different things.

    Returns:
        The sides, and what each new symbol stands for.
    """
    if left.has(Piecewise) or right.has(Piecewise):
        return None
    meaning: dict[Symbol, Expr] = {}
    divisors: dict[Expr, Symbol] = {}
    for side in (left, right):
        for part in side.atoms(Pow):
            if not part.exp.could_extract_minus_sign():
                continue
            for one in part.base.atoms(Sum):
                if _is_closed(one) and _canonical(one) not in divisors:
                    letter = divisors[_canonical(one)] = Symbol(f"D_{{{len(divisors) + 1}}}")
                    meaning[letter] = one
    if not divisors or len(divisors) > _MOST:
        return None
    names = {s.name for side in (left, right) for s in side.atoms(Symbol)}
    if any(symbol.name in names for symbol in divisors.values()):
        return None  # folded already
    first, second = (_folded(side, divisors) for side in (left, right))
    return None if first is None or second is None else (first, second, meaning)


def _is_closed(one: Sum) -> bool:
    """Whether a sum depends on no letter that is bound around it."""
    return not any(isinstance(symbol, Dummy) for symbol in one.free_symbols)


def _canonical(one: Expr) -> Expr:
    """A sum with its bound letters renamed by their place, so that equal sums are equal trees."""
    mapping: dict[Expr, Expr] = {}
    for inner in sorted(one.atoms(Sum), key=lambda s: (s.count_ops(), str(s))):
        for limit in inner.limits:
            mapping.setdefault(limit[0], Symbol(f"·{len(mapping)}", integer=True))
    return one.xreplace(mapping)


def _folded(side: Expr, divisors: dict[Expr, Symbol]) -> Expr | None:
    """The side with constants pulled out of its sums, and the sums that divide somewhere as their letters."""
    mapping: dict[Expr, Expr] = {}
    for one in sorted(side.atoms(Sum), key=lambda s: s.count_ops()):
        known = divisors.get(_canonical(one))
        if known is not None:
            mapping[one] = known
            continue
        body = one.function.xreplace(mapping)
        terms = Add.make_args(expand_mul(body))
        if len(terms) > _LARGEST:
            return None
        total: Expr = Integer(0)
        for term in terms:
            parts = _separated(term, one.limits)
            total = total + Mul(*(divisors.get(_canonical(part), part) for part in parts))
        if total != one:
            mapping[one] = total
    return side.xreplace(mapping)


def _separated(term: Expr, limits: tuple[tuple[Expr, ...], ...]) -> list[Expr]:
    """The sum of a product as factors: what depends on none of its letters, and a sum for each knot of letters."""
    letters = {limit[0] for limit in limits}
    knots: list[tuple[set[Expr], list[Expr]]] = [
        ({limit[0], *(s for bound in limit[1:] for s in bound.free_symbols & letters)}, [])
        for limit in limits
    ]
    outside: list[Expr] = []
    for factor in Mul.make_args(term):
        mine = factor.free_symbols & letters
        if mine:
            knots.append((set(mine), [factor]))
        else:
            outside.append(factor)
    joined: list[tuple[set[Expr], list[Expr]]] = []
    for mine, factors in knots:
        for other in [knot for knot in joined if knot[0] & mine]:
            joined.remove(other)
            mine, factors = mine | other[0], [*other[1], *factors]
        joined.append((mine, factors))
    sums = [Sum(Mul(*factors), *(limit for limit in limits if limit[0] in mine)) for mine, factors in joined]
    return [*outside, *sums]
