"""The canonical form of one term: equations solved, unused indices summed out, bound indices re-chosen.

Bound indices are re-chosen among the atoms' own index forms (a unimodular change of the summation lattice),
in the order of the atoms. Writings that differ by a shift, a reversal, a renaming or an order of summation
come out the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import factorial, gcd, prod
from typing import Any

from convsym.sums.faulhaber import sum_of_powers
from convsym.sums.inequalities import Inequalities, tighten
from convsym.sums.polynomial import (
    ONE,
    FrozenPoly,
    Monomial,
    Poly,
    add,
    coefficient,
    constant,
    content,
    degree,
    divide_by_monomial,
    freeze,
    is_constant,
    is_integral,
    multiply,
    scaled,
    solve_unit,
    substitute,
    unit_coefficient,
    variable,
    variables,
    without,
)
from convsym.sums.terms import RECIPROCAL, Atom, Term, Terms

_MOST_ORDERINGS = 720


@dataclass(frozen=True, slots=True)
class Slot:
    """One atom of a canonical term.

    Attributes:
        pattern: the atom with its outer index forms taken out; equal for atoms that differ only in these.
        power: its power.
        forms: the index forms, in the pattern's order.
        atom: the atom that it came from, to write it back.
    """

    pattern: Any
    power: int
    forms: tuple[FrozenPoly, ...]
    atom: Atom


@dataclass(frozen=True, slots=True)
class CanonicalTerm:
    """A term with its atoms in order and its bound indices named n:0, n:1, ... after them.

    Two with equal `key` differ at most in their weights.
    """

    weight: Poly
    dummies: tuple[str, ...]
    guards: tuple[FrozenPoly, ...]
    equations: tuple[FrozenPoly, ...]
    slots: tuple[Slot, ...]
    divisors: tuple[tuple[FrozenPoly, int], ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """All but the weight and the way back to the atoms."""
        slots = tuple((s.pattern, s.power, s.forms) for s in self.slots)
        return (slots, self.equations, self.guards, self.dummies, self.divisors)


def canonical_terms(terms: Terms, known: Inequalities, level: int = 0) -> tuple[CanonicalTerm, ...]:
    """An expression in canonical form: like terms merged, zeros gone, sorted.

    Args:
        terms: the expression.
        known: what holds of sizes and free indices.
        level: depth of nesting in function arguments.

    Returns:
        The terms; expressions with the same terms are equal wherever `known` holds.
    """
    merged: dict[tuple[Any, ...], CanonicalTerm] = {}
    queue = list(terms)
    while queue:
        known.clock.check()
        term = queue.pop()
        simple = simplify(term, known)
        if simple is None:
            continue
        if isinstance(simple, list):
            queue += simple
            continue
        parts = _partial_fractions(simple, known, level)
        if parts is not None:
            queue += parts
            continue
        c = _canonical(simple, known, level)
        other = merged.get(c.key)
        if other is not None:
            c = replace(c, weight=add(c.weight, other.weight))
        if c.weight:
            merged[c.key] = c
        else:
            merged.pop(c.key, None)
    return tuple(merged[k] for k in sorted(merged, key=repr))


# ---------------------------------------------------------------- equations and guards


def simplify(term: Term, known: Inequalities) -> Term | list[Term] | None:
    """Equations solved and unused bound indices summed out.

    Returns:
        None for a sum that is certainly empty; a term that is done; or a list of terms to go on with.
    """
    while True:
        known.clock.check()
        if not term.weight:
            return None
        solved = _solve_equations(term, known)
        if solved is None:
            return None
        term = solved
        guards = _plain_guards(term.guards)
        if guards is None:
            return None
        pinned = _pinned(guards)
        if pinned is not None:
            term = replace(term, guards=tuple(guards), equations=(*term.equations, pinned))
            continue
        term = replace(term, guards=tuple(guards))
        unused = _unused_dummy(term)
        if unused is None:
            break
        return _sum_out(term, unused)
    scope = known.extended([*term.guards, *term.equations, *(scaled(e, -1) for e in term.equations)])
    if scope.contradict():
        return None
    return term


def _plain_guards(guards: Sequence[Poly]) -> list[Poly] | None:
    """Guards tightened, without repetition and truths; None when one is false."""
    result: dict[tuple[Any, ...], Poly] = {}
    for g in guards:
        g = tighten(g)
        if is_constant(g):
            if g.get(ONE, 0) < 0:
                return None
            continue
        shape = freeze({m: v for m, v in g.items() if m})
        other = result.get(shape)
        if other is None or g.get(ONE, Fraction(0)) < other.get(ONE, Fraction(0)):
            result[shape] = g
    return list(result.values())


def _pinned(guards: Sequence[Poly]) -> Poly | None:
    """A polynomial that the guards hold to 0 from both sides."""
    seen = {freeze(g) for g in guards}
    for g in guards:
        if freeze(scaled(g, -1)) in seen:
            return g
    return None


def without_implied(term: Term, known: Inequalities) -> list[Poly]:
    """The guards of a term that do not follow from the others and from what is known."""
    equations = [*term.equations, *(scaled(e, -1) for e in term.equations)]
    # The order must not depend on how bound indices happen to be named: which guards stay may depend on it.
    guards = sorted(term.guards, key=lambda g: (-len(g), _nameless(g)))
    n = 0
    while n < len(guards):
        rest = guards[:n] + guards[n + 1 :]
        if known.extended([*rest, *equations]).imply(guards[n]):
            guards = rest
        else:
            n += 1
    return guards


def _nameless(g: Poly) -> str:
    return repr(
        sorted((sorted(("d", k) if n.startswith("d:") else (n, k) for n, k in m), v) for m, v in g.items())
    )


def _solve_equations(term: Term, known: Inequalities) -> Term | None:
    """Equations with a unit coefficient on a bound index used up; None when no integers satisfy them."""
    pending = list(term.equations)
    kept: list[Poly] = []
    term = replace(term, equations=())
    while pending:
        known.clock.check()
        e = _reduced_equation(pending.pop(), known)
        if e is None:
            return None
        if not e:
            continue
        name = _solvable(e, term.dummies)
        step = None if name is not None else _euclid_step(e, term.dummies)
        if name is not None:
            values = {name: solve_unit(e, name)}
            term = term.substituted(values)
        elif step is not None:
            values = step
            term = replace(term.substituted(values), dummies=term.dummies)
            kept.append(e)
        else:
            # e = +-k + S d: with k = 0 known, e = 0 says the same as d = 0.
            d = next((d for k in kept if (d := _difference(e, k, term.dummies, known)) is not None), None)
            if d is None:
                kept.append(e)
            else:
                pending.append(d)
            continue
        pending = [substitute(p, values) for p in (*pending, *kept)]
        kept = []
    unique = {freeze(k): k for k in map(_signed, kept)}
    return _modulo(replace(term, equations=tuple(unique[k] for k in sorted(unique))))


def _modulo(term: Term) -> Term:
    """Index forms and guards with one product of each remaining equation (S a in S a + D m = e) put away."""
    for e in term.equations:
        pivot = _pivot(e, term.dummies)
        if pivot is None:
            continue

        def change(p: Poly, e: Poly = e, pivot: Monomial = pivot) -> Poly:
            return add(p, e, -p[pivot] / e[pivot]) if pivot in p else p

        term = replace(term.mapped(change), equations=term.equations)
    return term


def _pivot(e: Poly, dummies: Sequence[str]) -> Monomial | None:
    """A monomial that is least whatever the bound indices are called; None where names would decide."""
    ranked = []
    for m, v in e.items():
        bound = sum(k for n, k in m if n in dummies)
        if m and abs(v) == 1:
            ranked.append((-bound, tuple(item for item in m if item[0] not in dummies), m))
    ranked.sort()
    if not ranked or (len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]):
        return None
    return ranked[0][2]


def _signed(e: Poly) -> Poly:
    lead = max(e.items())[1]
    return e if lead > 0 else scaled(e, -1)


def _reduced_equation(e: Poly, known: Inequalities) -> Poly | None:
    """The equation divided by what divides it; None when no integers satisfy it."""
    if not is_integral(e):
        return e
    divisor = content(e)
    if divisor > 1:
        if (e.get(ONE, Fraction(0)) / divisor).denominator != 1:
            return None
        e = scaled(e, Fraction(1, divisor))
    while e and ONE not in e:
        shared = set.intersection(*({n for n, _ in m} for m in e))
        name = next((n for n in sorted(shared) if known.imply(add(variable(n), constant(-1)))), None)
        if name is None:
            break
        e = multiply(e, variable(name, -1))
    if is_constant(e):
        return None if e else e
    return e


def _solvable(e: Poly, dummies: Sequence[str]) -> str | None:
    """A bound index that the equation gives; among several the latest, so that outer ones stay."""
    return next((d for d in reversed(dummies) if unit_coefficient(e, d)), None)


def _integer_coefficients(p: Poly, dummies: Sequence[str]) -> dict[str, int]:
    """Bound indices that occur linearly with an integer coefficient, and nowhere else in p."""
    result = {}
    for d in dummies:
        if degree(p, d) == 1:
            c = coefficient(p, d)
            if is_constant(c) and c and c[ONE].denominator == 1:
                result[d] = int(c[ONE])
    return result


def _euclid_step(p: Poly, dummies: Sequence[str]) -> dict[str, Poly] | None:
    """A unimodular change that lessens the coefficients of p, where they have no common divisor."""
    whole = _integer_coefficients(p, dummies)
    if len(whole) < 2 or gcd(*whole.values()) != 1 or any(abs(c) == 1 for c in whole.values()):
        return None
    small = min(whole, key=lambda d: (abs(whole[d]), d))
    other = min((d for d in whole if whole[d] % whole[small]), key=lambda d: d)
    quotient = whole[other] // whole[small]
    return {small: add(variable(small), variable(other), -quotient)}


def _difference(e: Poly, other: Poly, dummies: Sequence[str], known: Inequalities) -> Poly | None:
    """From S t = e and S u = e: t = u, where S is known to be positive."""
    for sign in (1, -1):
        d = _reduced_equation(add(e, other, -sign), known)
        if d and _solvable(d, dummies) is not None:
            return d
    return None


# ---------------------------------------------------------------- sums without atoms


def _unused_dummy(term: Term) -> str | None:
    """A bound index in no atom and no equation, with unit coefficients in its guards."""
    used: set[str] = set()
    for atom, _ in term.atoms:
        used |= atom.free_variables()
    for e in term.equations:
        used |= variables(e)
    for d in reversed(term.dummies):
        if d in used or degree(term.weight, d) < 0:
            continue
        units = [unit_coefficient(g, d) for g in term.guards if d in variables(g)]
        if all(units) and 1 in units and -1 in units:
            return d
    return None


def _sum_out(term: Term, d: str) -> list[Term]:
    """A sum of powers of one bound index in closed form; several lower or upper bounds give cases."""
    mine = [g for g in term.guards if d in variables(g)]
    others = tuple(g for g in term.guards if d not in variables(g))
    lowers = [solve_unit(g, d) for g in mine if unit_coefficient(g, d) == 1]
    uppers = [solve_unit(g, d) for g in mine if unit_coefficient(g, d) == -1]
    dummies = tuple(x for x in term.dummies if x != d)
    result = []
    for i, low in enumerate(lowers):
        # `low` is the greatest lower bound: strictly greater than those before, at least those after.
        case = [
            add(add(low, other, -1), constant(-1 if j < i else 0)) for j, other in enumerate(lowers) if j != i
        ]
        for k, high in enumerate(uppers):
            cap = [
                add(add(other, high, -1), constant(-1 if j < k else 0))
                for j, other in enumerate(uppers)
                if j != k
            ]
            weight: Poly = {}
            for exponent in range(degree(term.weight, d) + 1):
                part = {
                    tuple(item for item in m if item[0] != d): v
                    for m, v in term.weight.items()
                    if dict(m).get(d, 0) == exponent
                }
                if part:
                    weight = add(weight, multiply(part, sum_of_powers(exponent, low, high)))
            # At high = low - 1 the closed form is 0 as well, which is the guard that is implied more often.
            span = add(add(high, low, -1), constant(1))
            result.append(replace(term, weight=weight, dummies=dummies, guards=(*others, *case, *cap, span)))
    return result


# ---------------------------------------------------------------- choice of bound indices


def _canonical(term: Term, known: Inequalities, level: int) -> CanonicalTerm:
    inside = known.extended([*term.guards, *term.equations, *(scaled(e, -1) for e in term.equations)])
    powers: dict[str, tuple[Any, tuple[Poly, ...], int, Atom]] = {}
    for atom, k in term.atoms:
        pattern, forms = _pattern(atom, inside, level)
        same = repr((pattern, tuple(map(freeze, forms))))
        powers[same] = (pattern, forms, k + (powers[same][2] if same in powers else 0), atom)
    slots = sorted((s for s in powers.values() if s[2]), key=lambda s: (repr(s[0]), s[2]))
    best: tuple[Any, ...] | None = None
    winner: Term | None = None
    chosen: list[tuple[FrozenPoly, ...]] = []
    names: tuple[str, ...] = ()
    order: Sequence[int] = ()
    path: list[dict[str, Poly]] = []
    for ordering in _orderings(slots):
        known.clock.check()
        rows, candidate, new, changes = _assign(term, [slots[i][1] for i in ordering], level)
        equations = sorted(freeze(_signed(e)) for e in candidate.equations)
        rank: tuple[Any, ...] = (rows, equations)
        if best is not None and rank > best[:2]:
            continue
        rank = (*rank, sorted(map(freeze, without_implied(candidate, known))))
        if best is None or rank < best:
            best, winner, chosen, names, order, path = rank, candidate, rows, new, ordering, changes
    assert winner is not None
    assert best is not None
    ordered = [slots[i] for i in order]
    atoms = [s[3] for s in ordered]
    for values in path:
        atoms = [a.substituted(values) for a in atoms]
    return CanonicalTerm(
        winner.weight,
        names,
        tuple(best[2]),
        tuple(best[1]),
        tuple(Slot(s[0], s[2], f, a) for s, f, a in zip(ordered, chosen, atoms, strict=True)),
        term.divisors,
    )


def _orderings(slots: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[int]]:
    """All orders of the atoms that differ only in index forms; just one where there are too many."""
    groups = [
        list(g)
        for _, g in itertools.groupby(range(len(slots)), key=lambda i: (repr(slots[i][0]), slots[i][2]))
    ]
    if prod(factorial(len(g)) for g in groups) > _MOST_ORDERINGS:
        yield range(len(slots))
        return
    for choice in itertools.product(*(itertools.permutations(g) for g in groups)):
        yield [i for group in choice for i in group]


def _assign(
    term: Term, forms: Sequence[Sequence[Poly]], level: int
) -> tuple[list[tuple[FrozenPoly, ...]], Term, tuple[str, ...], list[dict[str, Poly]]]:
    """Bound indices re-chosen from index forms, in order.

    Returns:
        The forms and the term (without its atoms) in the new indices, their names, and the changes made.
    """
    rows = [list(f) for f in forms]
    bare = replace(term, atoms=())
    open_dummies = list(term.dummies)
    names: list[str] = []

    changes: list[dict[str, Poly]] = []

    def change(values: dict[str, Poly]) -> None:
        nonlocal bare
        changes.append(values)
        bare = bare.substituted(values)
        for row in rows:
            row[:] = [substitute(f, values) for f in row]

    def settle(dummy: str, value_of: Any) -> None:
        name = f"n:{level}:{len(names)}"
        names.append(name)
        open_dummies.remove(dummy)
        change({dummy: value_of(name)})

    for i, row in enumerate(rows):
        for j in range(len(row)):
            while (step := _euclid_step(rows[i][j], open_dummies)) is not None:
                change(step)
            f = rows[i][j]
            dummy = next((d for d in open_dummies if unit_coefficient(f, d)), None)
            if dummy is not None:
                sign, rest = unit_coefficient(f, dummy), without(f, dummy)
                settle(dummy, lambda name, s=sign, r=rest: scaled(add(variable(name), r, -1), s))
    # What is left occurs with a factor (2 i, S a) or in equations and guards only: take out shifts and signs.
    while open_dummies:
        for f in (*(f for row in rows for f in row), *bare.equations, *bare.guards):
            mine = [d for d in open_dummies if d in variables(f)]
            if len(mine) != 1 or degree(f, mine[0]) != 1:
                continue
            factor, rest = coefficient(f, mine[0]), without(f, mine[0])
            if rest and (len(factor) != 1 or not is_integral(factor)):
                continue
            sign = 1 if max(factor.items())[1] > 0 else -1
            shift = divide_by_monomial(rest, scaled(factor, sign)) if rest else {}
            settle(mine[0], lambda name, s=sign, q=shift: scaled(add(variable(name), q, -1), s))
            break
        else:
            settle(open_dummies[0], variable)
    return [tuple(map(freeze, row)) for row in rows], bare, tuple(names), changes


# ---------------------------------------------------------------- atoms


def _partial_fractions(term: Term, known: Inequalities, level: int) -> list[Term] | None:
    """A / (c + d A) = 1/d - (c/d) / (c + d A), and likewise with 1/A, so that no term has both."""
    for r, (reciprocal, k) in enumerate(term.atoms):
        if reciprocal.head != RECIPROCAL or k < 1:
            continue
        parts = _linear(reciprocal.arguments[0])
        if parts is None:
            continue
        c, d, inner = parts
        inside = known.extended([*term.guards, *term.equations, *(scaled(e, -1) for e in term.equations)])
        wanted = _fingerprint(inner, inside, level)
        for a, (atom, j) in enumerate(term.atoms):
            if atom.head != inner.head or _fingerprint(atom, inside, level) != wanted:
                continue
            rest = tuple(pair for n, pair in enumerate(term.atoms) if n not in (a, r))

            def with_powers(
                factor: Fraction, p: int, q: int, u: Atom = atom, v: Atom = reciprocal, rest: Any = rest
            ) -> Term:
                atoms = (*rest, *((x, n) for x, n in ((u, p), (v, q)) if n))
                return replace(term, weight=scaled(term.weight, factor), atoms=atoms)

            if j > 0:
                return [with_powers(1 / d, j - 1, k - 1), with_powers(-c / d, j - 1, k)]
            return [with_powers(1 / c, j, k - 1), with_powers(-d / c, j + 1, k)]
    return None


def _linear(argument: Terms) -> tuple[Fraction, Fraction, Atom] | None:
    """C, d and A of c + d A with numbers c and d."""
    c = d = Fraction(0)
    atom: Atom | None = None
    for t in argument:
        if t.dummies or t.guards or t.equations or t.divisors or not is_constant(t.weight):
            return None
        if not t.atoms:
            c += t.weight.get(ONE, Fraction(0))
        elif atom is None and len(t.atoms) == 1 and t.atoms[0][1] == 1:
            atom, d = t.atoms[0][0], t.weight.get(ONE, Fraction(0))
        else:
            return None
    return (c, d, atom) if c and d and atom is not None else None


def _fingerprint(atom: Atom, known: Inequalities, level: int) -> str:
    pattern, forms = _pattern(atom, known, level)
    return repr((pattern, tuple(map(freeze, forms))))


def _pattern(atom: Atom, known: Inequalities, level: int) -> tuple[Any, tuple[Poly, ...]]:
    """An atom's structure, and the index forms that fill it."""
    if not atom.arguments:
        return (atom.head, len(atom.forms)), atom.forms
    forms: list[Poly] = []
    structure: list[Any] = []
    for argument in atom.arguments:
        parts = [_part(c, f"n:{level + 1}:") for c in canonical_terms(argument, known, level + 1)]
        parts.sort(key=lambda p: (repr(p[0]), [_nameless(f) for f in p[1]]))
        structure.append(tuple(p[0] for p in parts))
        forms += (f for p in parts for f in p[1])
    if atom.head.rpartition(".")[2] in ("Max", "Min") and not forms:
        structure.sort(key=repr)
    return (atom.head, tuple(structure)), tuple(forms)


def _part(c: CanonicalTerm, inner: str) -> tuple[Any, list[Poly]]:
    """One term of a function's argument: its structure with holes, and what fills them."""
    forms: list[Poly] = []
    slots = tuple((s.pattern, s.power, tuple(_hole(f, inner, forms) for f in s.forms)) for s in c.slots)
    conditions = []
    for group in (c.equations, c.guards):
        # The order of the guards must not depend on how the outer bound indices are named.
        outers: list[list[Poly]] = [[] for _ in group]
        filled = [(_hole(p, inner, outer), outer) for p, outer in zip(group, outers, strict=True)]
        filled.sort(key=lambda pair: (pair[0], [_nameless(f) for f in pair[1]]))
        conditions.append(tuple(pair[0] for pair in filled))
        forms += (f for pair in filled for f in pair[1])
    return (slots, *conditions, _weight_holes(c.weight, inner, forms), c.dummies, c.divisors), forms


def _hole(f: FrozenPoly, inner: str, forms: list[Poly]) -> FrozenPoly:
    """The part of a form with inner bound indices; the rest goes to the holes that the outer term fills.

    The i of i j is a hole too: no re-choice of the outer indices would reach a name left in the structure.
    """
    by_inner: dict[Monomial, Poly] = {}
    for m, v in f:
        mine = tuple(item for item in m if item[0].startswith(inner))
        by_inner.setdefault(mine, {})[tuple(item for item in m if item not in mine)] = v
    forms.append(by_inner.pop(ONE, {}))
    pattern: Poly = {}
    for mine, factor in sorted(by_inner.items()):
        if any(n.startswith(("d:", "n:")) for n in variables(factor)):
            forms.append(factor)
            factor = variable("h:")
        pattern = add(pattern, multiply({mine: Fraction(1)}, factor))
    return freeze(pattern)


def _weight_holes(weight: Poly, inner: str, forms: list[Poly]) -> Any:
    """A weight whose outer bound indices are holes; sizes stay as they are."""
    outer = sorted(n for n in variables(weight) if n.startswith(("d:", "n:")) and not n.startswith(inner))
    forms += [variable(n) for n in outer]
    values = {n: variable(f"h:{i}") for i, n in enumerate(outer)}
    return freeze(substitute(weight, values))


__all__ = ["CanonicalTerm", "Slot", "canonical_terms", "simplify", "without_implied"]
