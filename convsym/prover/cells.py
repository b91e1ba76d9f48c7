"""Identities that hold only because of how signs depend on each other, decided cell by cell.

max(max(a, b), c) = max(a, max(b, c)) needs that a > b and b > c exclude c > a. The signs of guards are
tried one after another, a combination is dropped when no point has it (an exact linear program in which a
product of atoms counts as an atom of its own, so that what is dropped is really empty), and in every other
one the identity has to hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from convsym.budget import Clock
from convsym.errors import BudgetExceeded
from convsym.prover.decision import Decision
from convsym.prover.field import BITS, IdenticallyUndefined, Polynomial
from convsym.prover.program import Program

Guard = frozenset[tuple[int, int]]
_MOST_CELLS = 2_000


def holds_in_every_cell(program: Program, roots: tuple[int, int], clock: Clock) -> bool:
    """Whether two instructions agree in every sign cell that has a point, boundaries aside.

    True is a proof; False says only that some cell was not settled.
    """
    wanted = [*roots, *program.divisors, *program.positives]
    pending: list[dict[Guard, int]] = [{}]
    cells = 0
    while pending:
        signs = pending.pop()
        cells += 1
        if cells > _MOST_CELLS:
            raise BudgetExceeded(f"more than {_MOST_CELLS} combinations of signs")
        if not has_point(signs, clock):
            continue
        try:
            decision = Decision(program, wanted, clock, signs)
        except IdenticallyUndefined:
            # Perhaps in a case that these signs do not choose: the cell stays open.
            return False
        if decision.field.is_zero(decision.difference(*roots)):
            continue
        guard = _next_guard(decision, len(program.atoms))
        if guard is None:
            return False
        pending += [{**signs, guard: 1}, {**signs, guard: -1}]
    return True


def _next_guard(decision: Decision, atoms: int) -> Guard | None:
    """A guard over the atoms alone whose sign is still open."""
    for base in decision.switch_of:
        polynomial = decision.field.bases[base]
        if all(monomial >> (atoms * BITS) == 0 for monomial in polynomial):
            return frozenset(polynomial.items())
    return None


def has_point(signs: Mapping[Guard, int], clock: Clock) -> bool:
    """Whether polynomials can have the given signs at once, products of atoms taken as independent.

    False is certain.
    """
    rows = [({m: sign * c for m, c in guard}, sign) for guard, sign in signs.items()]
    return _largest_margin([row for row, _ in rows], clock) > 0


def _largest_margin(rows: list[Polynomial], clock: Clock) -> Fraction:
    """The largest t <= 1 with every row >= t somewhere, by the simplex method with Bland's rule.

    A row is a linear form: monomial -> coefficient, the monomial 0 being the constant.
    """
    if not rows:
        return Fraction(1)
    columns = sorted({m for row in rows for m in row if m})
    start = min(0, *(row.get(0, 0) for row in rows))
    # Variables: positive and negative part of each monomial, then t - start. Rows: slack basis, all feasible.
    table = []
    for row in rows:
        entries = [Fraction(-row.get(m, 0)) for m in columns]
        table.append([*entries, *(-e for e in entries), Fraction(1), Fraction(row.get(0, 0) - start)])
    width = 2 * len(columns) + 1
    table.append([*(Fraction(0) for _ in range(width - 1)), Fraction(1), Fraction(1 - start)])
    count = len(table)
    for number, line in enumerate(table):
        line[width:width] = [Fraction(i == number) for i in range(count)]
    goal = [Fraction(0)] * (width + count + 1)
    goal[width - 1] = Fraction(1)
    basis = [width + i for i in range(count)]
    while True:
        clock.check()
        entering = next((j for j in range(width + count) if goal[j] > 0), None)
        if entering is None:
            return -goal[-1] + start
        ratios = [
            (line[-1] / line[entering], basis[i], i) for i, line in enumerate(table) if line[entering] > 0
        ]
        if not ratios:
            return Fraction(1)  # unbounded cannot happen: t is at most 1
        _, _, leaving = min(ratios)
        pivot = table[leaving][entering]
        table[leaving] = [e / pivot for e in table[leaving]]
        for line in (*(line for i, line in enumerate(table) if i != leaving), goal):
            factor = line[entering]
            if factor:
                line[:] = [a - factor * b for a, b in zip(line, table[leaving], strict=True)]
        basis[leaving] = entering
