"""Instances at which an edited claim is put to a fast test before anybody tries to prove it.

A claim about all sizes is tested at a few small, lopsided ones that satisfy all that its proof may assume.
Residues that differ there say for certain that it is false; what cannot be evaluated there says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Dummy, Expr, Ge, Integer, Sum, Symbol

from convsym.budget import Clock
from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Chain, Node
from convsym.latex.walking import walk
from convsym.prover.shapes import small_shapes
from convsym.scope.algebra import Modular, Q
from convsym.scope.elaborate import Elaborator
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.hygiene import free_letters
from convsym.scope.judge import Judge
from convsym.scope.memory import Memory
from convsym.scope.model import Scope
from convsym.scope.summation import bound_letters
from convsym.sums import Facts
from convsym.verdict import Refuted

_SHAPES = 2
"""Sizes at which a claim about all sizes is tested."""

_PLACES = 4
"""Values of its free indices tested at each."""

_ATTEMPTS = 16
"""Searches for shapes: any lopsided one will do."""

_SMALLEST = 2
"""A size of 1 hides what depends on it."""


@dataclass(frozen=True, slots=True)
class Instances:
    """Where a claim is tested: two draws of all variables at the same sizes.

    Attributes:
        draws: one elaborator each.
        envs: values of the free indices.
        sizes: names of the sizes that are numbers here and symbols in the claim.
    """

    draws: tuple[Elaborator, Elaborator]
    envs: Sequence[dict[str, Any]]
    sizes: frozenset[str] = frozenset()

    def sides(self, chain: Chain, draw: int = 0) -> Iterator[tuple[Any, Any]]:
        """The residues of both sides, entry by entry and index by index."""
        assert chain.first is not None
        for env in self.envs:
            left = self.draws[draw].value(chain.first, env)
            yield from flat_pairs(left, self.draws[draw].value(chain.links[0][1], env))

    def differ(self, chain: Chain) -> bool:
        """Whether the sides differ somewhere."""
        return any(not residues_equal(a, b) for a, b in self.sides(chain))

    def proportional(self, chain: Chain) -> bool:
        """Whether the sides have one constant ratio, neither of them 0."""
        first: tuple[int, int] | None = None
        for draw in range(len(self.draws)):
            for a, b in self.sides(chain, draw):
                if a[1] == 0 or b[1] == 0:
                    return False
                first = first or (a[1], b[1])
                if a[1] * first[1] % Q != b[1] * first[0] % Q:
                    return False
        return first is not None


def residues_equal(a: Any, b: Any) -> bool:
    """Whether two residues agree where both are known."""
    return bool(a[1] == b[1] and (a[0] is None or b[0] is None or a[0] == b[0]))


def flat_pairs(left: Any, right: Any) -> list[tuple[Any, Any]]:
    """Two modular values as pairs of residues; ConvsymError where their types differ."""
    left = left.gradient() if isinstance(left, Jacobian) else left
    right = right.gradient() if isinstance(right, Jacobian) else right
    if isinstance(left, Grid) and isinstance(right, Grid):
        if (left.rows, left.columns) != (right.rows, right.columns):
            raise ConvsymError("shapes differ")
        return list(zip(left.cells, right.cells, strict=True))
    if isinstance(left, Grid) or isinstance(right, Grid):
        raise ConvsymError("types differ")
    return [(left, right)]


def has_sizes(side: Expr) -> bool:
    """Whether a side speaks of sizes or indices that are no numbers."""
    return any(symbol.is_integer for symbol in side.free_symbols)


def concrete_instances(scope: Scope, envs: Sequence[dict[str, Any]]) -> Instances:
    """The instances of a claim whose sizes are all known."""
    return Instances(_drawn(scope), envs)


def instances_for_all_sizes(judge: Judge, finding: Finding, chain: Chain) -> list[Instances]:
    """Instances at small sizes of a claim about all sizes; none where it cannot be evaluated at them.

    Args:
        judge: decides claims in the document's scope.
        finding: the refuted claim, its symbolic pairs among what was found.
        chain: the claim itself.
    """
    assert chain.first is not None
    nodes: list[Node] = [chain.first, chain.links[0][1]]
    letters = list(dict.fromkeys([*free_letters(nodes, judge.scope), *_bound(nodes)]))
    conditions = judge.conditions_on(letters, nodes)
    sizes = _sizes(judge, finding, conditions, letters)
    letters = [letter for letter in letters if all(letter != size.name for size in sizes)]
    if not sizes and not letters:
        return []
    known = (*conditions, *(Ge(size, _SMALLEST) for size in sizes))
    symbols = [*sizes, *(Symbol(letter, integer=True) for letter in letters)]
    clock = Clock(judge.budget)
    shapes: list[dict[str, int]] = []
    for found in small_shapes(symbols, Facts({}, known), clock, 4 * _SHAPES, _ATTEMPTS):
        shape = {symbol.name: value for symbol, value in found.items()}
        if all(any(shape[size.name] != other[size.name] for size in sizes) for other in shapes):
            shapes.append(shape)
    shapes = shapes[:_SHAPES]
    outcome = finding.outcome
    if isinstance(outcome, Refuted) and outcome.witness is not None and outcome.witness.sizes:
        # Here the claim is known to fail, even if it holds at the others.
        told = dict(outcome.witness.sizes)
        if shapes and all(symbol.name in told or symbol.name in _bound(nodes) for symbol in symbols):
            shapes.append({**shapes[0], **told})
    result = []
    for shape in shapes:
        scope = _fixed(judge.scope, {size.name: shape[size.name] for size in sizes})
        if scope is None:
            continue
        instances = Instances(
            _drawn(scope, filled=True),
            _places(letters, known, shape, sizes, clock),
            frozenset(size.name for size in sizes),
        )
        try:
            list(instances.sides(chain))
        except (ConvsymError, ArithmeticError, RecursionError, TypeError, ValueError, AttributeError):
            continue
        result.append(instances)
    return result


def _drawn(scope: Scope, *, filled: bool = False) -> tuple[Elaborator, Elaborator]:
    """Two draws of all variables, each with what was evaluated before: edits share most of their nodes."""
    exact = Elaborator(scope, filled=filled)
    one, two = (Elaborator(scope, Modular(seed), memory=Memory(), exact=exact) for seed in (1, 2))
    return one, two


def _bound(nodes: Sequence[Node]) -> list[str]:
    """The letters that sums bind: an edit may set them free."""
    found: dict[str, None] = {}
    for node in nodes:
        for part in walk(node):
            if isinstance(part, BigOperator):
                try:
                    found.update((letter, None) for letter, _ in bound_letters(part))
                except ConvsymError:
                    continue
    return list(found)


def _sizes(
    judge: Judge, finding: Finding, conditions: Sequence[Expr], letters: Sequence[str]
) -> list[Symbol]:
    """The symbols that are sizes: in limits of sums, wherever they also stand, and elsewhere what is no index."""
    limits: set[Any] = set()
    others: set[Any] = set()
    for condition in conditions:
        others |= condition.free_symbols
    judgment = finding.judgment
    for _, *sides in [] if judgment is None else judgment.pairs[:1]:
        for side in sides:
            try:
                unfolded = judge.unfold(side)
            except (ConvsymError, TypeError, ValueError, AttributeError):
                unfolded = side
            others |= unfolded.free_symbols
            for one in unfolded.atoms(Sum):
                limits |= {symbol for limit in one.limits for end in limit[1:] for symbol in end.free_symbols}
    for spans in (*judge.scope.ranges.values(), judge.scope.axes.values()):
        for ends in spans:
            limits |= {symbol for end in ends for symbol in getattr(end, "free_symbols", ())}
    bound = set(letters) - {symbol.name for symbol in limits}
    return sorted(
        (
            symbol
            for symbol in limits | others
            if isinstance(symbol, Symbol)
            and not isinstance(symbol, Dummy)
            and symbol.is_integer
            and symbol.name not in bound
        ),
        key=lambda symbol: symbol.name,
    )


def _fixed(scope: Scope, sizes: dict[str, int]) -> Scope | None:
    """The scope in which sizes are these numbers; None where a range does not become one of numbers."""
    changed = scope.copy()
    changed.sizes.update(sizes)
    values = {Symbol(name, integer=True): Integer(value) for name, value in sizes.items()}
    for axis, ends in scope.axes.items():
        numbers = [Integer(0) + end for end in ends]
        low, high = (end.xreplace(values) for end in numbers)
        if not (isinstance(low, Integer) and isinstance(high, Integer)):
            return None
        changed.axes[axis] = int(low), int(high)
    return changed


def _places(
    letters: Sequence[str],
    known: Sequence[Expr],
    shape: dict[str, int],
    sizes: Sequence[Symbol],
    clock: Clock,
) -> list[dict[str, Any]]:
    """Values of the letters at one shape: those found with it, and others that satisfy the conditions."""
    places = [{letter: shape[letter] for letter in letters}]
    values = {size: Integer(shape[size.name]) for size in sizes}
    left = [condition.xreplace(values) for condition in known]
    open_ = tuple(condition for condition in left if condition not in (True, False))
    symbols = [Symbol(letter, integer=True) for letter in letters]
    for found in small_shapes(symbols, Facts({}, open_), clock, _PLACES, _ATTEMPTS) if letters else ():
        place = {symbol.name: value for symbol, value in found.items()}
        if place not in places and len(places) < _PLACES:
            places.append(place)
    return places
