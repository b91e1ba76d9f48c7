"""Exact consequences of polynomial inequalities over the integers.

A product of variables counts as a variable of its own, so every answer "follows" is right, and a missing
answer means nothing. Decided by Farkas' lemma with an exact simplex over the rationals; no floating point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

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

    Answers are remembered for the life of the object; `extended` shares nothing but the clock.
    """

    __slots__ = ("_memory", "clock", "constraints")

    def __init__(self, constraints: Iterable[Poly], clock: Clock) -> None:
        unique: dict[FrozenPoly, Poly] = {}
        for p in constraints:
            t = tighten(p)
            if t:
                unique.setdefault(freeze(t), t)
        self.constraints = list(unique.values())
        self.clock = clock
        self._memory: dict[FrozenPoly, bool] = {}

    def extended(self, more: Iterable[Poly]) -> Inequalities:
        """These constraints and more."""
        return Inequalities([*self.constraints, *more], self.clock)

    def imply(self, g: Poly) -> bool:
        """Whether g >= 0 certainly holds at every integer point that satisfies the constraints."""
        g = tighten(g)
        if not any(g):
            return g.get(ONE, 0) >= 0 or self.contradict()
        key = freeze(g)
        known = self._memory.get(key)
        if known is None:
            known = self._memory[key] = self._decide(g)
        return known

    def imply_zero(self, p: Poly) -> bool:
        """Whether p = 0 certainly holds."""
        return self.imply(p) and self.imply(scaled(p, -1))

    def contradict(self) -> bool:
        """Whether no integer point satisfies the constraints."""
        known = self._memory.get(())
        if known is None:
            known = self._memory[()] = _infeasible(self.constraints, self.clock)
        return known

    def _decide(self, g: Poly) -> bool:
        shape = {m: v for m, v in g.items() if m}
        bound = g.get(ONE, Fraction(0))
        for p in self.constraints:
            if len(p) - (ONE in p) == len(shape) and all(p.get(m) == v for m, v in shape.items()):
                if p.get(ONE, Fraction(0)) <= bound:
                    return True
        system = [*self.constraints, negation(g)]
        if _infeasible(system, self.clock):
            return True
        products = _products(self.constraints, g)
        return bool(products) and _infeasible([*system, *products], self.clock)


def _products(constraints: Sequence[Poly], g: Poly) -> list[Poly]:
    """Constraints multiplied by sizes that are known not to be negative, where such products occur."""
    wanted = {m for p in (*constraints, g) for m in p if sum(abs(k) for _, k in m) > 1}
    if not wanted:
        return []
    names = {n for m in wanted for n, _ in m}
    sizes = []
    for p in constraints:
        inner = [m for m in p if m]
        if len(inner) == 1 and p[inner[0]] > 0 and len(inner[0]) == 1 and inner[0][0][1] == 1:
            name = inner[0][0][0]
            if name in names and p.get(ONE, Fraction(0)) <= 0:
                sizes.append((name, p))
    result = []
    for name, p in sizes:
        for q in constraints:
            if any(m and join(m, ((name, 1),)) in wanted for m in q):
                result.append(multiply({((name, 1),): Fraction(1)}, q))
                if p is not q:
                    result.append(multiply(p, q))
    return result


def _infeasible(constraints: Sequence[Poly], clock: Clock) -> bool:
    """Whether the constraints have no solution, by a nonnegative combination that sums to -1."""
    if any(not any(p) and p.get(ONE, 0) < 0 for p in constraints):
        return True
    active = [p for p in constraints if any(p)]
    # A product that occurs with one sign only can take no part in a contradiction.
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
    rows = sorted(signs)
    matrix = [[p.get(m, Fraction(0)) for p in active] for m in rows]
    matrix.append([-p.get(ONE, Fraction(0)) for p in active])
    return _has_nonnegative_solution(matrix, [Fraction(0)] * len(rows) + [Fraction(1)], clock)


def _has_nonnegative_solution(matrix: list[list[Fraction]], right: list[Fraction], clock: Clock) -> bool:
    """Whether A y = b has a solution y >= 0, b >= 0: phase one of the simplex method, Bland's rule."""
    height, width = len(matrix), len(matrix[0]) if matrix else 0
    table = [row[:] + [value] for row, value in zip(matrix, right, strict=True)]
    cost = [sum((row[j] for row in table), Fraction(0)) for j in range(width + 1)]
    basis = [-1] * height  # -1: the artificial variable of the row
    while cost[width] > 0:
        clock.check()
        entering = next((j for j in range(width) if cost[j] > 0), None)
        if entering is None:
            return False
        best: tuple[Fraction, int, int] | None = None
        for i, row in enumerate(table):
            if row[entering] > 0:
                ratio = (row[width] / row[entering], basis[i], i)
                if best is None or ratio < best:
                    best = ratio
        if best is None:  # phase one is bounded below by 0, so this cannot happen
            return False
        pivot_row = best[2]
        pivot = table[pivot_row][entering]
        table[pivot_row] = [v / pivot for v in table[pivot_row]]
        basis[pivot_row] = entering
        source = table[pivot_row]
        for i, row in enumerate(table):
            if i != pivot_row and row[entering]:
                factor = row[entering]
                table[i] = [v - factor * s if s else v for v, s in zip(row, source, strict=True)]
        factor = cost[entering]
        cost = [v - factor * s if s else v for v, s in zip(cost, source, strict=True)]
    return True
