"""Exact consequences of polynomial inequalities over the integers.

A product of variables counts as a variable of its own, so every answer "follows" is right, and a missing
answer means nothing. Decided by Farkas' lemma with an exact simplex over the rationals; no floating point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm

from convsym.budget import Clock
from convsym.sums.polynomial import (
    ONE,
    FrozenPoly,
    Monomial,
    Poly,
    add,
    constant,
    content,
    freeze,
    is_integral,
    join,
    multiply,
    scaled,
    substitute,
)


def tighten(g: Poly) -> Poly:
    """The same constraint g >= 0 on integers with the least coefficients."""
    if not g or not any(g):
        return g
    if any(v.denominator != 1 for v in g.values()):
        multiple = 1
        for v in g.values():
            multiple = multiple * v.denominator
        g = scaled(g, multiple)
    divisor = content(g)
    if divisor <= 1 or not is_integral(g):
        return g
    result = {m: v / divisor for m, v in g.items() if m}
    result[ONE] = Fraction((g.get(ONE, Fraction(0)) / divisor).__floor__())
    return {m: v for m, v in result.items() if v}


def negation(g: Poly) -> Poly:
    """Where g >= 0 fails on integers: -g - 1 >= 0."""
    return add(scaled(g, -1), constant(-1))


class Inequalities:
    """A set of constraints p >= 0 that is asked what follows from it.

    Systems that were decided are remembered by all sets that come from one another by `extended`.
    """

    __slots__ = ("_contradict", "_decided", "_frozen", "clock", "constraints")

    def __init__(
        self,
        constraints: Iterable[Poly],
        clock: Clock,
        decided: dict[frozenset[FrozenPoly], bool] | None = None,
    ) -> None:
        unique: dict[FrozenPoly, Poly] = {}
        for p in constraints:
            t = tighten(p)
            if t:
                unique.setdefault(freeze(t), t)
        self._frozen = unique
        self.constraints = list(unique.values())
        self.clock = clock
        self._decided: dict[frozenset[FrozenPoly], bool] = {} if decided is None else decided
        self._contradict: bool | None = None

    def extended(self, more: Iterable[Poly]) -> Inequalities:
        """These constraints and more."""
        return Inequalities([*self.constraints, *more], self.clock, self._decided)

    def substituted(self, values: Mapping[str, Poly]) -> Inequalities:
        """The constraints with variables replaced."""
        return Inequalities([substitute(c, values) for c in self.constraints], self.clock, self._decided)

    def imply(self, g: Poly) -> bool:
        """Whether g >= 0 certainly holds at every integer point that satisfies the constraints."""
        g = tighten(g)
        if not any(g):
            return g.get(ONE, 0) >= 0 or self.contradict()
        if freeze(g) in self._frozen:
            return True
        opposite = negation(g)
        system = _connected(self.constraints, opposite)
        if self._infeasible([*system, opposite]):
            return True
        products = _products(system, opposite)
        return bool(products) and self._infeasible([*system, opposite, *products])

    def imply_zero(self, p: Poly) -> bool:
        """Whether p = 0 certainly holds."""
        return self.imply(p) and self.imply(scaled(p, -1))

    def contradict(self) -> bool:
        """Whether no integer point satisfies the constraints."""
        if self._contradict is None:
            left = self.constraints
            self._contradict = False
            while left and not self._contradict:
                part = [*_connected(left[1:], left[0]), left[0]]
                self._contradict = self._infeasible(part)
                taken = set(map(id, part))
                left = [p for p in left if id(p) not in taken]
        return self._contradict

    def _infeasible(self, system: list[Poly]) -> bool:
        key = frozenset(map(freeze, system))
        known = self._decided.get(key)
        if known is None:
            known = self._decided[key] = _infeasible(system, self.clock)
        return known


def _connected(constraints: Sequence[Poly], start: Poly) -> list[Poly]:
    """The constraints that share unknowns with `start`, directly or through others."""
    reached = {m for m in start if m}
    left = list(constraints)
    result: list[Poly] = []
    while True:
        near = [p for p in left if any(m in reached for m in p if m)]
        if not near:
            return result
        result += near
        taken = set(map(id, near))
        left = [p for p in left if id(p) not in taken]
        reached |= {m for p in near for m in p if m}


def _products(constraints: Sequence[Poly], g: Poly) -> list[Poly]:
    """Constraints multiplied by sizes known not to be negative, where the products are unknowns already."""
    present = {m for p in (*constraints, g) for m in p}
    present.add(ONE)
    names = {n for m in present if sum(abs(k) for _, k in m) > 1 for n, _ in m}
    result = []
    for p in constraints:
        inner = [m for m in p if m]
        if len(inner) != 1 or p[inner[0]] < 0 or p.get(ONE, Fraction(0)) > 0:
            continue
        (unknown,) = inner
        if len(unknown) != 1 or unknown[0][1] != 1 or unknown[0][0] not in names:
            continue
        for q in (*constraints, g):
            if all(join(m, unknown) in present for m in q):
                result.append(multiply({unknown: Fraction(1)}, q))
                if p is not q and ONE in p:
                    result.append(multiply(p, q))
    return result


def _infeasible(constraints: Sequence[Poly], clock: Clock) -> bool:
    """Whether the constraints have no solution, by a nonnegative combination that sums to -1."""
    if any(not any(p) and p.get(ONE, 0) < 0 for p in constraints):
        return True
    active = [p for p in constraints if any(p)]
    # An unknown that occurs with one sign only can take no part in a contradiction.
    while True:
        signs: dict[Monomial, int] = {}
        for p in active:
            for m, v in p.items():
                if m:
                    signs[m] = signs.get(m, 0) | (1 if v > 0 else 2)
        kept = [p for p in active if all(signs[m] == 3 for m in p if m)]
        if len(kept) == len(active):
            break
        active = kept
    if not any(p.get(ONE, 0) < 0 for p in active):
        return False
    whole = []
    for p in active:
        multiple = lcm(*(v.denominator for v in p.values()))
        whole.append({m: int(v * multiple) for m, v in p.items()})
    table = [[p.get(m, 0) for p in whole] + [0] for m in sorted(signs)]
    table.append([*(-p.get(ONE, 0) for p in whole), 1])
    return _has_nonnegative_solution(table, clock)


def _has_nonnegative_solution(table: list[list[int]], clock: Clock) -> bool:
    """Whether A y = b has a solution y >= 0; the rows are A with b >= 0 in the last column.

    Phase one of the simplex method with Bland's rule, in integers: every entry is the true one times the
    last pivot, so each division below is exact.
    """
    width = len(table[0]) - 1
    cost = [sum(column) for column in zip(*table, strict=True)]
    basis = [-1] * len(table)  # -1: the artificial variable of the row
    scale = 1
    while cost[width] > 0:
        clock.check()
        entering = next((j for j in range(width) if cost[j] > 0), None)
        if entering is None:
            return False
        best = -1
        for i, row in enumerate(table):
            if row[entering] > 0:
                if best < 0:
                    best = i
                    continue
                order = row[width] * table[best][entering] - table[best][width] * row[entering]
                if order < 0 or (order == 0 and basis[i] < basis[best]):
                    best = i
        if best < 0:  # phase one is bounded below by 0, so this cannot happen
            return False
        source = table[best]
        pivot = source[entering]
        basis[best] = entering
        for i, row in enumerate(table):
            if i != best:
                factor = row[entering]
                table[i] = [(v * pivot - factor * s) // scale for v, s in zip(row, source, strict=True)]
        factor = cost[entering]
        cost = [(v * pivot - factor * s) // scale for v, s in zip(cost, source, strict=True)]
        scale = pivot
    return True
