"""Claims with symbolic sizes or free indices: for all sizes by the sums' normal form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from itertools import combinations, product

from sympy import (
    And,
    Dummy,
    Equality,
    Expr,
    Ge,
    GreaterThan,
    Indexed,
    KroneckerDelta,
    LessThan,
    Piecewise,
    PolynomialError,
    StrictGreaterThan,
    StrictLessThan,
    Sum,
    Symbol,
    expand,
    false,
    latex,
    true,
)
from sympy import Poly as SymPyPoly

from convsym.budget import Budget, Clock
from convsym.prover import prove_equal
from convsym.scope.interior import refuted_inside
from convsym.sums import Facts, FamilyRange
from convsym.sums.inequalities import Inequalities
from convsym.sums.polynomial import Poly
from convsym.sums.radicands import with_radicands_folded
from convsym.sums.sharing import with_divisors_folded
from convsym.verdict import Outcome, Proved, Refuted, Undecided

_PAIRS = 4
OUTSIDE_AS_ZERO = "counts as 0, which is not said"


def by_definition(outcome: Proved, level: int) -> Proved:
    """A proof, called one by definition where definitions were followed.

    Args:
        outcome: the proof.
        level: how many layers of definitions were followed.
    """
    if level and outcome.method == "identity":
        return Proved("by definition", outcome.assuming, outcome.sizes)
    return outcome


def decide_with_borders(
    left: Expr,
    right: Expr,
    conditions: tuple[Expr, ...],
    budget: Budget,
    families: Mapping[str, FamilyRange],
    open_sizes: Collection[Expr],
) -> Outcome:
    """Whether two expressions are equal for all sizes, no refutation resting on a border the document leaves open.

    Args:
        left, right, conditions, budget: as in `decide_for_all_sizes`.
        families: the ranges of the families that are known, cells outside counting as 0.
        open_sizes: sizes of sums that were written without limits.
    """
    outcome = decide_for_all_sizes(left, right, conditions, budget)
    if isinstance(outcome, Undecided):
        outcome = _at_equal_indices(left, right, conditions, budget) or outcome
    shifted = {
        str(atom.base.label)
        for atom in left.atoms(Indexed) | right.atoms(Indexed)
        if any(not (index.is_Symbol or index.is_Integer) for index in atom.indices)
    }
    summed = left.has(Sum) or right.has(Sum)
    if not isinstance(outcome, Refuted) or not shifted or not summed:
        return outcome
    known = {name: families[name] for name in shifted if name in families}
    padded = decide_for_all_sizes(left, right, conditions, budget, known) if known else outcome
    if isinstance(padded, Proved):
        if overruns(left, families) or overruns(right, families):
            return Undecided("a sum runs past the last cell that there is")
        said = "cells outside their range count as 0"
        return Proved(padded.method, (*padded.assuming, said), padded.sizes)
    if set(open_sizes) & (left.free_symbols | right.free_symbols):
        inside = refuted_inside(left, right, conditions, families, open_sizes, budget)
        if inside is not None:
            return inside
        return Undecided("it depends on where the sums end, which is not written")
    if known and not isinstance(padded, Refuted):
        return Undecided("it depends on what a cell outside its range counts as, which is not said")
    return outcome


def overruns(side: Expr, families: Mapping[str, FamilyRange]) -> bool:
    """Whether a sum runs past the range of one of its cells by a number of places, w_k of w_0 to w_{k-1}.

    Args:
        side: an expression.
        families: the range of each family.
    """
    for total in side.atoms(Sum):
        for cell in total.function.atoms(Indexed):
            own = families.get(str(cell.base.label))
            if own is None:
                continue
            for letter, *ends in total.limits:
                for place, low, high in zip(cell.indices, own.lower, own.upper, strict=False):
                    at = [place.subs(letter, end) for end in ends] if place.has(letter) else []
                    if any(expand(p - high).is_positive or expand(low - p).is_positive for p in at):
                        return True
    return False


def open_letters(left: Expr, right: Expr, conditions: tuple[Expr, ...]) -> list[str]:
    """Free indices of which no range is known although what is compared depends on whether they lie in one.

    Args:
        left, right: sides with the definitions substituted.
        conditions: what the free indices and the sizes satisfy.
    """
    known = {symbol for condition in conditions for symbol in condition.free_symbols}
    met: set[Expr] = set()
    for side in (left, right):
        for part in side.atoms(Ge, GreaterThan, StrictGreaterThan, LessThan, StrictLessThan):
            met |= part.free_symbols
        for one in side.atoms(Sum):
            bound = {limit[0] for limit in one.limits}
            for same in one.atoms(Equality):
                if bound & same.free_symbols:  # 2k = 2i + u, k = i: whether there is such a k
                    met |= same.free_symbols - bound
            for delta in one.atoms(KroneckerDelta):
                met |= delta.free_symbols
    known |= {limit[0] for side in (left, right) for one in side.atoms(Sum) for limit in one.limits}
    return sorted(str(s) for s in met - known if isinstance(s, Symbol) and s.is_integer and not s.is_Dummy)


def decide_apart(
    left: Expr,
    right: Expr,
    conditions: tuple[Expr, ...],
    apart: Collection[tuple[str, str]],
    budget: Budget,
    families: Mapping[str, FamilyRange],
    open_sizes: Collection[Expr],
) -> Outcome:
    """The same where pairs of index letters differ: once for each order they can stand in."""
    outcome: Outcome = Undecided("no order of the indices is possible")
    for order in product((1, -1), repeat=len(apart)):
        known = list(conditions)
        for way, pair in zip(order, apart, strict=True):
            one, other = (Symbol(letter, integer=True) for letter in pair[::way])
            known.append(Ge(one, other + 1))
        outcome = decide_with_borders(left, right, tuple(known), budget, families, open_sizes)
        if not isinstance(outcome, Proved):
            return outcome
    return outcome


def decide_for_all_sizes(
    left: Expr,
    right: Expr,
    conditions: tuple[Expr, ...],
    budget: Budget,
    families: Mapping[str, FamilyRange] | None = None,
) -> Outcome:
    """Whether two expressions with sums or symbolic indices are equal whatever the sizes are.

    Args:
        left, right: sides with the definitions substituted.
        conditions: what the free indices satisfy.
        budget: what the decision may cost.
        families: ranges of families, where cells outside them are to count.
    """
    ranges = families or {}
    outcome: Outcome
    left, right = one_name_each(left, right)
    if conditions and (left.has(Piecewise) or right.has(Piecewise)):
        left, right = (_settled(side, conditions, Clock(budget)) for side in (left, right))
    if not (left.has(Piecewise) or right.has(Piecewise)):
        # SymPy makes a sum anew where a letter is renamed, and takes cases out of it.
        left, right = _named_apart(left, right)
    known_sizes = Facts(ranges, (*conditions, *_whole_sizes(conditions)))
    for folded in (
        with_radicands_folded(left, right, known_sizes, budget),
        with_divisors_folded(left, right),
    ):
        if folded is None:
            continue
        first, second, meaning = folded
        outcome = decide_for_all_sizes(first, second, conditions, budget, families)
        if isinstance(outcome, Proved):
            return _unfolded(outcome, meaning)
    if not (left.has(Sum) or right.has(Sum)):
        atoms = left.atoms(Indexed) | right.atoms(Indexed)
        mapping = {atom: Symbol(str(atom)) for atom in atoms}
        outcome = prove_equal(left.xreplace(mapping), right.xreplace(mapping), budget=budget)
        if not isinstance(outcome, Proved) and (
            conditions or any(side.has(KroneckerDelta, Piecewise) for side in (left, right))
        ):
            known = (*conditions, *_whole_sizes(conditions))
            outcome = prove_equal(left, right, facts=Facts(ranges, known), budget=budget)
    else:
        limits = [limit for one in left.atoms(Sum) | right.atoms(Sum) for limit in one.limits]
        sizes = {
            symbol
            for limit in limits
            for bound in limit[1:]
            for symbol in bound.free_symbols
            if symbol.is_integer and isinstance(symbol, Symbol)
        }
        letters = {symbol for condition in conditions for symbol in condition.lhs.free_symbols}
        bound_here = {limit[0] for limit in limits}
        known = (
            *conditions,
            *(Ge(size, 1) for size in sorted(sizes - letters - bound_here, key=str)),
            *_filled(limits, bound_here),
        )
        outcome = prove_equal(left, right, facts=Facts(ranges, known), budget=budget)
    if isinstance(outcome, Proved):
        return Proved(outcome.method, outcome.assuming, outcome.sizes or "all")
    return outcome


def _settled(expression: Expr, conditions: tuple[Expr, ...], clock: Clock) -> Expr:
    """Cases whose conditions follow from what the free indices satisfy, decided."""
    known = Inequalities([form for c in conditions if (form := _affine(c)) is not None], clock)

    def decided(condition: Expr) -> Expr:
        if isinstance(condition, And):
            return And(*(decided(part) for part in condition.args))
        if isinstance(condition, Equality):
            ways = (Ge(condition.lhs, condition.rhs + 1), Ge(condition.rhs, condition.lhs + 1))
            return false if any(decided(way) == true for way in ways) else condition
        form = _affine(condition)
        return true if form is not None and known.imply(form) else condition

    seen: Expr | None = None
    while seen != expression:
        # Cases within cases: what takes the place of the outer ones still holds the inner ones.
        seen = expression
        clock.check()
        cases = seen.atoms(Piecewise)
        expression = seen.xreplace(
            {case: Piecewise(*((value, decided(when)) for value, when in case.args)) for case in cases}
        )
    return expression


def _affine(relation: Expr) -> Poly | None:
    """A condition between integers as a polynomial that is not negative; None for other conditions."""
    if not isinstance(relation, GreaterThan | LessThan | StrictGreaterThan | StrictLessThan):
        return None
    difference = relation.gts - relation.lts
    if isinstance(relation, StrictGreaterThan | StrictLessThan):
        difference -= 1
    symbols = sorted(difference.free_symbols, key=str)
    if not symbols or not all(isinstance(s, Symbol) and s.is_integer for s in symbols):
        return None
    try:
        polynomial = SymPyPoly(difference, *symbols)
    except PolynomialError:
        return None
    found: Poly = {}
    for powers, value in polynomial.terms():
        if not value.is_Rational:
            return None
        monomial = tuple((str(s), n) for s, n in zip(symbols, powers, strict=True) if n)
        found[monomial] = Fraction(int(value.p), int(value.q))
    return found


def _whole_sizes(conditions: tuple[Expr, ...]) -> list[Expr]:
    """Sizes that bound a free index are at least 1."""
    letters = {symbol for condition in conditions for symbol in condition.lhs.free_symbols}
    sizes = {symbol for condition in conditions for symbol in condition.rhs.free_symbols}
    return [Ge(size, 1) for size in sorted(sizes - letters, key=str)]


def _filled(limits: list[tuple[Expr, ...]], bound: set[Expr]) -> list[Expr]:
    """Sums over outputs and taps have terms: a kernel larger than its input is nobody's example."""
    found: dict[Expr, None] = {}
    for _, low, high in limits:
        condition = Ge(high - low, 0)
        if condition not in (True, False) and not (condition.free_symbols & bound):
            found[condition] = None
    return list(found)


def one_name_each(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """A size that also stands as a number is one symbol, and the letters of sums have names of their own."""
    taken = {
        symbol.name: symbol for symbol in left.atoms(Symbol) | right.atoms(Symbol) if not symbol.is_Dummy
    }
    apart: dict[Expr, Expr] = {}
    for letter in sorted(left.atoms(Dummy) | right.atoms(Dummy), key=lambda dummy: dummy.sort_key()):
        name = letter.name
        while taken.setdefault(name, letter) != letter:
            name += "'"
        if name != letter.name:
            apart[letter] = taken[name] = Dummy(name, integer=letter.is_integer)
    left, right = left.xreplace(apart), right.xreplace(apart)
    symbols = left.free_symbols | right.free_symbols
    whole = {symbol.name: symbol for symbol in symbols if isinstance(symbol, Symbol) and symbol.is_integer}
    mapping = {
        symbol: whole[symbol.name]
        for symbol in symbols
        if isinstance(symbol, Symbol) and not symbol.is_integer and symbol.name in whole
    }
    return (left.xreplace(mapping), right.xreplace(mapping)) if mapping else (left, right)


def is_turned(*sides: Expr) -> bool:
    """Whether a sum runs backwards from a free index, x_{p-m}: near a border it leaves the family's range."""
    for side in sides:
        ends = {limit[0]: limit[1:] for one in side.atoms(Sum) for limit in one.limits}
        sizes = {size for bounds in ends.values() for bound in bounds for size in bound.free_symbols}
        for atom in side.atoms(Indexed):
            for index in atom.indices:
                # O_W + 1 - a turns a whole range around and stays inside it.
                free = index.free_symbols - ends.keys() - sizes
                if free and any(index.coeff(letter).is_negative for letter in index.atoms(Dummy)):
                    return True
    return False


def _named_apart(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Bound letters that only share a printed name, renamed: sums made at different times may both count by k."""
    symbols = {s for side in (left, right) for s in side.atoms(Symbol)}
    taken = {s.name for s in symbols if not isinstance(s, Dummy)}
    mapping: dict[Expr, Expr] = {}
    for letter in sorted((s for s in symbols if isinstance(s, Dummy)), key=lambda s: (s.name, s.dummy_index)):
        name, number = letter.name, 1
        while name in taken:
            number += 1
            name = f"{letter.name}_{number}"
        taken.add(name)
        if name != letter.name:
            mapping[letter] = Dummy(name, **letter.assumptions0)
    return (left.xreplace(mapping), right.xreplace(mapping)) if mapping else (left, right)


def _unfolded(proof: Proved, meaning: Mapping[Symbol, Expr]) -> Proved:
    """A proof whose conditions name the sums themselves."""
    assuming = []
    for condition in proof.assuming:
        for letter, one in meaning.items():
            condition = condition.replace(letter.name, latex(one))
        assuming.append(condition)
    return Proved(proof.method, tuple(assuming), proof.sizes)


def _at_equal_indices(
    left: Expr, right: Expr, conditions: tuple[Expr, ...], budget: Budget
) -> Refuted | None:
    """A refutation where two free indices agree: small shapes, all different, seldom come upon it."""
    letters = {
        letter
        for side in (left, right)
        for part in side.atoms(Indexed, KroneckerDelta)
        for index in (part.indices if isinstance(part, Indexed) else part.args)
        for letter in index.free_symbols
        if letter.is_integer and letter in side.free_symbols
    }
    for one, other in list(combinations(sorted(letters, key=str), 2))[:_PAIRS]:
        same = {other: one}
        known = tuple(c for condition in conditions if (c := condition.xreplace(same)) not in (True, False))
        if any(condition.xreplace(same) == False for condition in conditions):  # noqa: E712 - SymPy's truth
            continue
        found = decide_for_all_sizes(left.xreplace(same), right.xreplace(same), known, budget)
        if isinstance(found, Refuted):
            return found
    return None
