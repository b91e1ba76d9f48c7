"""One sum over integer points: a weight, guards, equations, and a product of atoms.

A `Term` stands for the sum over all integer values of its bound indices of

    weight * [every guard >= 0] * [every equation = 0] * product of atoms to powers

and an expression is a tuple of terms. Ranges of sums are guards like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from convsym.budget import Clock
from convsym.errors import BudgetExceeded
from convsym.sums.polynomial import (
    FrozenPoly,
    Poly,
    constant,
    freeze,
    multiply,
    scaled,
    substitute,
    union_variables,
    variable,
    variables,
)

Terms = tuple["Term", ...]
RECIPROCAL = "f:reciprocal"
_fresh = itertools.count()


@dataclass(frozen=True, slots=True)
class Atom:
    """A cell of a family, or a function of canonical arguments.

    Attributes:
        head: the family's or the function's name, with what tells it from others of that name.
        forms: index forms of a cell.
        arguments: arguments of a function, each an expression; empty for a cell.
    """

    head: str
    forms: tuple[Poly, ...] = ()
    arguments: tuple[Terms, ...] = ()

    def substituted(self, values: Mapping[str, Poly]) -> Atom:
        """The atom with index variables replaced."""
        return Atom(
            self.head,
            tuple(substitute(f, values) for f in self.forms),
            tuple(tuple(t.substituted(values) for t in a) for a in self.arguments),
        )

    def mapped(self, change: Callable[[Poly], Poly]) -> Atom:
        """The atom with every index form, guard and equation in it changed."""
        arguments = tuple(tuple(t.mapped(change) for t in a) for a in self.arguments)
        return Atom(self.head, tuple(map(change, self.forms)), arguments)

    def free_variables(self) -> set[str]:
        """Index variables of the forms and of the arguments that are not bound inside."""
        names = union_variables(self.forms)
        for argument in self.arguments:
            for term in argument:
                names |= term.free_variables()
        return names

    def key(self) -> tuple[object, ...]:
        """A hashable value that equal atoms of the same writing share."""
        return (
            self.head,
            tuple(map(freeze, self.forms)),
            tuple(tuple(t.key() for t in a) for a in self.arguments),
        )


@dataclass(frozen=True, slots=True)
class Term:
    """A sum over integer points; see the module's text.

    Attributes:
        weight: a Laurent polynomial in sizes, scalars and (with positive powers) bound indices.
        dummies: the bound indices.
        guards: polynomials that are >= 0 where the summand counts.
        equations: polynomials that are 0 where the summand counts.
        atoms: (atom, power) pairs, no power zero.
        divisors: polynomials in sizes that divide, with their powers.
    """

    weight: Poly
    dummies: tuple[str, ...] = ()
    guards: tuple[Poly, ...] = ()
    equations: tuple[Poly, ...] = ()
    atoms: tuple[tuple[Atom, int], ...] = ()
    divisors: tuple[tuple[FrozenPoly, int], ...] = ()

    def substituted(self, values: Mapping[str, Poly]) -> Term:
        """The term with index variables replaced; those that are bound here lose their binding."""
        return Term(
            substitute(self.weight, values),
            tuple(d for d in self.dummies if d not in values),
            tuple(substitute(g, values) for g in self.guards),
            tuple(substitute(e, values) for e in self.equations),
            tuple((a.substituted(values), k) for a, k in self.atoms),
            self.divisors,
        )

    def mapped(self, change: Callable[[Poly], Poly]) -> Term:
        """The term with every index form, guard and equation changed, and its weight as it is."""
        return replace(
            self,
            guards=tuple(map(change, self.guards)),
            equations=tuple(map(change, self.equations)),
            atoms=tuple((a.mapped(change), k) for a, k in self.atoms),
        )

    def free_variables(self) -> set[str]:
        """Index variables that are not bound in the term."""
        names = variables(self.weight) | union_variables(self.guards) | union_variables(self.equations)
        for atom, _ in self.atoms:
            names |= atom.free_variables()
        return names - set(self.dummies)

    def key(self) -> tuple[object, ...]:
        """A hashable value of the term as written."""
        return (
            freeze(self.weight),
            self.dummies,
            tuple(sorted(map(freeze, self.guards))),
            tuple(sorted(map(freeze, self.equations))),
            tuple((a.key(), k) for a, k in self.atoms),
            self.divisors,
        )


def fresh_dummy() -> str:
    """A bound index that occurs nowhere else."""
    return f"d:{next(_fresh)}"


def refreshed(term: Term) -> Term:
    """The term with new names for its bound indices."""
    if not term.dummies:
        return term
    names = tuple(fresh_dummy() for _ in term.dummies)
    values = {old: variable(new) for old, new in zip(term.dummies, names, strict=True)}
    return replace(term.substituted(values), dummies=names)


def number(value: int) -> Terms:
    """A constant expression."""
    return (Term(constant(value)),) if value else ()


def times(left: Term, right: Term) -> Term:
    """The product of two terms whose bound indices differ."""
    powers: dict[tuple[object, ...], tuple[Atom, int]] = {}
    for atom, k in (*left.atoms, *right.atoms):
        key = atom.key()
        powers[key] = (atom, powers[key][1] + k if key in powers else k)
    divisors = dict(left.divisors)
    for divisor, k in right.divisors:
        divisors[divisor] = divisors.get(divisor, 0) + k
    return Term(
        multiply(left.weight, right.weight),
        left.dummies + right.dummies,
        left.guards + right.guards,
        left.equations + right.equations,
        tuple((a, k) for a, k in powers.values() if k),
        tuple(sorted(divisors.items())),
    )


def product(left: Sequence[Term], right: Sequence[Term], clock: Clock) -> Terms:
    """The product of two expressions whose bound indices differ.

    Raises:
        BudgetExceeded: too many terms.
    """
    if len(left) * len(right) > min(clock.budget.terms, 5_000):
        raise BudgetExceeded("a product of sums has too many terms")
    result = []
    for a in left:
        clock.check()
        result += [times(a, b) for b in right]
    return tuple(result)


def negated(terms: Iterable[Term]) -> Terms:
    """Minus an expression."""
    return tuple(replace(t, weight=scaled(t.weight, -1)) for t in terms)
