"""Equality of expressions with indexed sums for every size."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import factorial, prod
from typing import Any

from sympy import Expr
from sympy.core.relational import Relational

from convsym.budget import Budget, Clock
from convsym.errors import BudgetExceeded, ScopeError
from convsym.sums.canonical import CanonicalTerm, canonical_terms
from convsym.sums.facts import Facts
from convsym.sums.inequalities import Inequalities, negation
from convsym.sums.polynomial import (
    ONE,
    FrozenPoly,
    Poly,
    add,
    constant,
    degree,
    freeze,
    is_constant,
    multiply,
    power,
    scaled,
    solve_unit,
    substitute,
    unit_coefficient,
    variable,
    variables,
)
from convsym.sums.reading import Reader
from convsym.sums.terms import Terms, negated
from convsym.sums.writing import polynomial_expr, relation
from convsym.verdict import Proved

_MOST_CELLS = 4_000
_MOST_IMAGES = 720
_MOST_OPEN = 4


@dataclass(frozen=True, slots=True)
class NormalForm:
    """An expression as a sorted sum of canonical terms; equal forms are equal expressions.

    Attributes:
        terms: the canonical terms, like ones merged.
    """

    terms: tuple[CanonicalTerm, ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """A hashable value, the same for expressions with the same normal form."""
        return tuple((t.key, freeze(t.weight)) for t in self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NormalForm) and self.key == other.key

    def __hash__(self) -> int:
        return hash(repr(self.key))


@dataclass(frozen=True, slots=True)
class Equality:
    """A proof that two expressions are equal for every size that satisfies the conditions.

    Attributes:
        conditions: what was assumed beyond the facts, as relations.
        nonzero: what was divided by and is not known to differ from 0.
    """

    conditions: tuple[Relational, ...]
    nonzero: tuple[Expr, ...]


def normal_form(expr: Expr, facts: Facts | None = None, budget: Budget | None = None) -> NormalForm:
    """The normal form of an expression with indexed sums.

    Args:
        expr: numbers, sizes, Indexed, Sum, sums, products, integer powers, functions of these, cases.
        facts: families and what holds of sizes and free indices.
        budget: time and size bounds.

    Returns:
        The sum of canonical terms.

    Raises:
        ScopeError: the expression is outside the algebra.
        BudgetExceeded: it is too large.
    """
    clock = Clock(budget)
    reader = Reader(facts or Facts(), clock)
    reader.note_index_symbols(expr)
    terms = reader.read(expr)
    return NormalForm(canonical_terms(terms, _known(reader, ())))


def equal_for_all_sizes(
    left: Expr, right: Expr, facts: Facts | None = None, budget: Budget | None = None
) -> Proved | None:
    """Prove that two expressions are equal whatever their sizes.

    Args:
        left, right: expressions as `normal_form` takes.
        facts: families and what holds of sizes and free indices.
        budget: time and size bounds.

    Returns:
        The proof with the conditions that it needs beyond the facts, or None. None says nothing about truth.
    """
    found = find_equality(left, right, facts, budget)
    if found is None:
        return None
    assuming = [_words(c) for c in found.conditions] + [f"{_plain(d)} != 0" for d in found.nonzero]
    return Proved("normal form of sums", tuple(assuming), "all")


def find_equality(
    left: Expr, right: Expr, facts: Facts | None = None, budget: Budget | None = None
) -> Equality | None:
    """As `equal_for_all_sizes`, with the conditions as SymPy relations."""
    clock = Clock(budget)
    reader = Reader(facts or Facts(), clock)
    try:
        reader.note_index_symbols(left)
        reader.note_index_symbols(right)
        difference = (*reader.read(left), *negated(reader.read(right)))
        difference = _over_common_divisor(difference)
        return _decide(reader, difference)
    except (ScopeError, BudgetExceeded, RecursionError):
        return None


def _decide(reader: Reader, difference: Terms) -> Equality | None:
    for assumed in _assumptions(reader):
        known = _known(reader, assumed)
        if known.contradict():
            # Nothing satisfies the conditions: whatever would follow says nothing.
            return None
        if _vanishes(difference, known):
            needed = _needed(reader, difference, assumed)
            conditions = tuple(relation(p, reader.names) for p in needed)
            holding = _known(reader, needed)
            if any(p and holding.imply_zero(p) for p in reader.divisors):
                return None  # nothing may be divided by 0, so the conditions leave no size at all
            return Equality(conditions, _nonzero(reader, holding))
    return None


def _known(reader: Reader, assumed: Iterable[Poly]) -> Inequalities:
    guards, equations = reader.conditions()
    both = [*equations, *(scaled(e, -1) for e in equations)]
    return Inequalities([*guards, *both, *assumed], reader.clock)


def _assumptions(reader: Reader) -> Iterator[tuple[Poly, ...]]:
    """Nothing; then sums that do not run backwards and cells that exist; then sums that are not empty."""
    yield ()
    known = _known(reader, ())

    def new(polys: Iterable[Poly]) -> tuple[Poly, ...]:
        unique = {freeze(p): p for p in polys if not is_constant(p)}
        return tuple(p for p in unique.values() if not known.imply(p))

    ranges: list[Poly] = []
    for label, forms in reader.cells:
        family = reader.facts.families[label]
        for form, low, high in zip(forms, family.lower, family.upper, strict=True):
            ranges.append(add(form, reader.form(low, {}, {}), -1))
            ranges.append(add(reader.form(high, {}, {}), form, -1))
    ordered = new([*(add(p, constant(1)) for p in reader.limits), *ranges])
    if ordered:
        yield ordered
    filled = new([*reader.limits, *ranges])
    if filled and filled != ordered:
        yield filled


def _needed(reader: Reader, difference: Terms, assumed: tuple[Poly, ...]) -> tuple[Poly, ...]:
    """The assumptions that the proof cannot do without."""
    if len(assumed) > 8:
        return assumed
    for p in assumed:
        rest = tuple(q for q in assumed if q is not p)
        try:
            if _vanishes(difference, _known(reader, rest)):
                assumed = rest
        except BudgetExceeded:
            return assumed
    return assumed


def _nonzero(reader: Reader, known: Inequalities) -> tuple[Expr, ...]:
    result: dict[Any, Expr] = {}
    for p in reader.divisors:
        if len(p) == 1:
            names = sorted(n for n in variables(p) if not known.imply(add(variable(n), constant(-1))))
            for n in names:
                result[n] = reader.names[n]
        elif not known.imply(add(p, constant(-1))) and not known.imply(add(scaled(p, -1), constant(-1))):
            result[freeze(p)] = polynomial_expr(p, reader.names)
    return tuple(result.values())


def _words(condition: Relational) -> str:
    return f"{_plain(condition.lhs)} {condition.rel_op} {_plain(condition.rhs)}"


def _plain(expr: Expr) -> str:
    return str(expr).replace("**", "^")


def _over_common_divisor(terms: Terms) -> Terms:
    """All terms multiplied by what divides any of them (polynomials in sizes, not 0 where they divide)."""
    highest: dict[FrozenPoly, int] = {}
    for t in terms:
        for divisor, k in t.divisors:
            highest[divisor] = max(highest.get(divisor, 0), k)
    if not highest:
        return terms
    result = []
    for t in terms:
        own = dict(t.divisors)
        weight = t.weight
        for divisor, k in highest.items():
            weight = multiply(weight, power(dict(divisor), k - own.get(divisor, 0)))
        result.append(replace(t, weight=weight, divisors=()))
    return tuple(result)


# ---------------------------------------------------------------- zero, cell by cell


@dataclass(frozen=True, slots=True)
class _Piece:
    """A weight on the integer points that satisfy guards and equations."""

    weight: Poly
    guards: tuple[Poly, ...]
    equations: tuple[Poly, ...]

    def at(self, values: dict[str, Poly]) -> _Piece:
        return _Piece(
            substitute(self.weight, values),
            tuple(substitute(g, values) for g in self.guards),
            tuple(substitute(e, values) for e in self.equations),
        )


def _vanishes(difference: Terms, known: Inequalities) -> bool:
    terms = canonical_terms(difference, known)
    groups: dict[Any, list[CanonicalTerm]] = {}
    for t in terms:
        signature = Counter[Any]()
        for s in t.slots:
            # x^2 is x x: both can stand beside the product of two different cells.
            signature[(s.pattern, 1 if s.power > 0 else s.power)] += max(s.power, 1)
        groups.setdefault(repr((sorted(signature.items(), key=repr), t.divisors)), []).append(t)
    return all(_group_vanishes(g, known) for g in groups.values())


def _group_vanishes(terms: Sequence[CanonicalTerm], known: Inequalities) -> bool:
    """Whether terms with the same atoms, up to index forms, cancel at every point."""
    rows = [_expanded(t) for t in terms]
    pieces = [_piece(t, row) for t, row in zip(terms, rows, strict=True)]
    budget = [_MOST_CELLS]
    if _zero_everywhere(pieces, known, budget):
        return True
    # Atoms with the same pattern may change places: compare the averages over all ways to place them.
    groups = [list(g) for _, g in itertools.groupby(range(len(rows[0])), key=lambda i: repr(rows[0][i][0]))]
    images = prod(factorial(len(g)) for g in groups)
    if images == 1 or images * len(terms) > _MOST_IMAGES:
        return False
    pieces = []
    for t, row in zip(terms, rows, strict=True):
        for choice in itertools.product(*(itertools.permutations(g) for g in groups)):
            pieces.append(_piece(t, [row[i] for group in choice for i in group]))
    return _zero_everywhere(_merged(pieces), known, budget)


def _expanded(t: CanonicalTerm) -> list[tuple[Any, tuple[FrozenPoly, ...]]]:
    result = []
    for s in t.slots:
        one = ((s.pattern, 1 if s.power > 0 else s.power), s.forms)
        result += [one] * max(s.power, 1)
    return sorted(result, key=repr)


def _piece(t: CanonicalTerm, row: Sequence[tuple[Any, tuple[FrozenPoly, ...]]]) -> _Piece:
    """A canonical term over the common index variables u: one for each index form of its atoms."""
    values: dict[str, Poly] = {}
    equations: list[Poly] = []
    forms = [dict(f) for _, slot in row for f in slot]
    for i, form in enumerate(forms):
        name = f"u:{i}"
        bare = next((n for n in t.dummies if form == variable(n)), None)
        if bare is not None and bare not in values:
            values[bare] = variable(name)
        else:
            equations.append(add(variable(name), form, -1))
    # Bound indices that no form gives are summed over as well, on both sides; where one is missing it is 0.
    left = [n for n in t.dummies if n not in values]
    for i, n in enumerate(left):
        values[n] = variable(f"v:{i}")
    if len(left) > _MOST_OPEN:
        raise BudgetExceeded("too many bound indices that no cell shows")
    equations += [variable(f"v:{i}") for i in range(len(left), _MOST_OPEN)]
    piece = _Piece(t.weight, tuple(map(dict, t.guards)), (*map(dict, t.equations), *equations))
    return piece.at(values)


def _merged(pieces: Iterable[_Piece]) -> list[_Piece]:
    result: dict[Any, _Piece] = {}
    for p in pieces:
        key = (tuple(sorted(set(map(freeze, p.guards)))), tuple(sorted(set(map(freeze, p.equations)))))
        other = result.get(key)
        weight = p.weight if other is None else add(p.weight, other.weight)
        result[key] = replace(p, weight=weight)
    return [p for p in result.values() if p.weight]


def _zero_everywhere(pieces: Sequence[_Piece], known: Inequalities, budget: list[int]) -> bool:
    """Whether the weights of the pieces that hold a point sum to 0, at every integer point."""
    known.clock.check()
    budget[0] -= 1
    if budget[0] < 0:
        return False
    alive: list[_Piece] = []
    for p in pieces:
        reduced = _reduced(p, known)
        if reduced is not None:
            alive.append(reduced)
    alive = _merged(alive)
    if not alive:
        return True
    split = _next_split(alive)
    if split is None:
        # Every point of the cell lies in every piece, and the weights do not cancel.
        return False
    is_equation, on = split
    if is_equation:
        return _equation_branch(alive, on, known, budget) and all(
            _branch(alive, side, known, budget) for side in (add(on, constant(-1)), negation(on))
        )
    return all(_branch(alive, side, known, budget) for side in (on, negation(on)))


def _reduced(p: _Piece, known: Inequalities) -> _Piece | None:
    """A piece without the guards that hold in the whole cell; None when it has no point there."""
    guards, equations = [], []
    for g in p.guards:
        if known.imply(negation(g)):
            return None
        if not known.imply(g):
            guards.append(g)
    for e in p.equations:
        if not e:
            continue
        if known.imply(add(e, constant(-1))) or known.imply(negation(e)):
            return None
        if not known.imply_zero(e):
            equations.append(e)
    return _Piece(p.weight, tuple(guards), tuple(equations))


def _next_split(pieces: Sequence[_Piece]) -> tuple[bool, Poly] | None:
    """Equations first: they remove a variable. Those shared by most pieces before others."""
    equations = Counter(
        freeze(e if max(e.items())[1] > 0 else scaled(e, -1)) for p in pieces for e in p.equations
    )
    if equations:
        best = max(equations, key=lambda k: (equations[k], -len(k), repr(k)))
        return True, dict(best)
    guards = Counter(freeze(g) for p in pieces for g in p.guards)
    if guards:
        best = max(guards, key=lambda k: (guards[k], -len(k), repr(k)))
        return False, dict(best)
    return None


def _branch(pieces: Sequence[_Piece], guard: Poly, known: Inequalities, budget: list[int]) -> bool:
    if is_constant(guard) and guard.get(ONE, 0) < 0:
        return True
    inside = known.extended([guard])
    return inside.contradict() or _zero_everywhere(pieces, inside, budget)


def _equation_branch(pieces: Sequence[_Piece], e: Poly, known: Inequalities, budget: list[int]) -> bool:
    names = sorted(variables(e), key=lambda n: (not n.startswith(("u:", "v:")), n))
    for name in names:
        if not unit_coefficient(e, name) or any(degree(p.weight, name) < 0 for p in pieces):
            continue
        values = {name: solve_unit(e, name)}
        inside = known.substituted(values)
        return inside.contradict() or _zero_everywhere([p.at(values) for p in pieces], inside, budget)
    inside = known.extended([e, scaled(e, -1)])
    return inside.contradict() or _zero_everywhere(pieces, inside, budget)


__all__ = ["Equality", "NormalForm", "equal_for_all_sizes", "find_equality", "normal_form"]
