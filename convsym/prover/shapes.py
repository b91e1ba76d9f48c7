"""Small sizes at which a statement about all sizes can be put to the test, the lopsided ones first.

A square shape hides a wrong statement (width and height agree, K_W K_H is 4 for two different reasons), so
assignments with many different numbers come first.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from sympy import Expr, Indexed, KroneckerDelta, Piecewise, Sum, Symbol
from sympy.core.relational import Relational

from convsym.budget import Clock
from convsym.errors import BudgetExceeded
from convsym.prover.evaluation import evaluate
from convsym.prover.program import NotAScalar, Program
from convsym.sums import Facts

_LARGEST = 6
_ATTEMPTS = 80
_STEPS = 400


def is_indexed(expression: Expr) -> bool:
    """Whether an expression has sums, or cells whose indices are not numbers."""
    if expression.has(Sum, KroneckerDelta):
        return True
    return any(not all(i.is_Integer for i in cell.indices) for cell in expression.atoms(Indexed))


def size_symbols(expressions: Iterable[Expr], facts: Facts) -> list[Symbol]:
    """The sizes and free indices of some expressions: what has to become a number."""
    sizes: set[Symbol] = set()
    for expression in expressions:
        found: set[Symbol] = set()
        families = set()
        for part in expression.atoms(Indexed):
            families.add(str(part.base.label))
            found |= _symbols(part.indices)
        for part in expression.atoms(Sum):
            for _, *bounds in part.limits:
                found |= _symbols(bounds)
        for part in expression.atoms(KroneckerDelta):
            found |= _symbols(part.args)
        for part in expression.atoms(Piecewise):
            found |= {s for _, c in part.args for s in c.free_symbols if s.is_integer}
        for name in families & facts.families.keys():
            family = facts.families[name]
            found |= _symbols((*family.lower, *family.upper))
        found |= {s for s in expression.free_symbols if isinstance(s, Symbol) and s.is_integer}
        # A cell's family is no size, a summation index none that is free.
        sizes |= found & (_free_symbols(expression) | _family_symbols(families, facts))
    return sorted(sizes, key=lambda s: s.name)


def _symbols(expressions: Iterable[Expr]) -> set[Symbol]:
    return {s for e in expressions for s in e.free_symbols if isinstance(s, Symbol)}


def _free_symbols(expression: Expr) -> set[Symbol]:
    return {s for s in expression.free_symbols if isinstance(s, Symbol)}


def _family_symbols(names: Iterable[str], facts: Facts) -> set[Symbol]:
    known = [facts.families[name] for name in names if name in facts.families]
    return _symbols(bound for family in known for bound in (*family.lower, *family.upper))


class _Condition:
    """A relation between sizes, compiled once."""

    def __init__(self, relation: Relational) -> None:
        self.program = Program()
        self.root = self.program.read(relation.lhs - relation.rhs)
        self.symbols = [s for s in self.program.atoms if isinstance(s, Symbol)]
        self.operator = relation.rel_op

    def holds(self, values: dict[Symbol, int]) -> bool:
        point = [values[s] for s in self.symbols]
        (value,) = evaluate(self.program, [self.root], point, 64)
        return (
            isinstance(value, (int, Fraction))
            and {
                "==": value == 0,
                "!=": value != 0,
                "<": value < 0,
                "<=": value <= 0,
                ">": value > 0,
                ">=": value >= 0,
            }[self.operator]
        )

    def allows_zero(self, symbol: Symbol) -> bool:
        """Whether this is a lower bound of one symbol that says it may be 0."""
        return self.symbols == [symbol] and self.holds({symbol: 0}) and not self.holds({symbol: -1})


def small_shapes(
    symbols: Sequence[Symbol], facts: Facts, clock: Clock, wanted: int = 8, attempts: int = _ATTEMPTS
) -> list[dict[Symbol, int]]:
    """Assignments of small numbers that satisfy the facts' conditions.

    Args:
        symbols: what needs a value.
        facts: the conditions; those on other symbols give these values too, but they are not returned.
        clock: the budget.
        wanted: how many assignments at most.
        attempts: how many searches, each in another order; few are enough where any shape will do.

    Returns:
        Assignments, those with the most different numbers first.
    """
    conditions = []
    for relation in facts.conditions:
        try:
            conditions.append(_Condition(relation))
        except (NotAScalar, BudgetExceeded, AttributeError):
            continue
    everything = list(dict.fromkeys([*symbols, *(s for c in conditions for s in c.symbols)]))
    lowest = {s: 0 if any(c.allows_zero(s) for c in conditions) else 1 for s in everything}
    lowest |= {s: 0 for s in everything if s.is_nonnegative and not s.is_positive}
    found: dict[tuple[int, ...], dict[Symbol, int]] = {}
    source = random.Random(7)
    for attempt in range(attempts):
        clock.check()
        order = list(everything)
        if attempt % 2:
            source.shuffle(order)
        solution = next(_assign(order, conditions, lowest, source, [_STEPS]), None)
        if solution is not None:
            values = {s: solution[s] for s in symbols}
            found.setdefault(tuple(values.values()), values)
        if not everything:
            break
    ranked = sorted(found.values(), key=lambda v: (-min(len(set(v.values())), 4), sum(v.values())))
    return ranked[:wanted]


def _assign(
    order: list[Symbol],
    conditions: list[_Condition],
    lowest: dict[Symbol, int],
    source: random.Random,
    steps: list[int],
) -> Iterator[dict[Symbol, int]]:
    """Depth-first search, each symbol's values in random order, conditions tested as soon as they can be."""
    if not order:
        yield {}
        return
    *before, symbol = order
    ready = [c for c in conditions if symbol in c.symbols and set(c.symbols) <= set(order)]
    for known in _assign(before, conditions, lowest, source, steps):
        values = list(range(lowest[symbol], _LARGEST + 1))
        source.shuffle(values)
        for value in values:
            steps[0] -= 1
            if steps[0] < 0:
                return
            trial = {**known, symbol: value}
            if all(c.holds(trial) for c in ready):
                yield trial
