"""One claim decided in a document's scope: both sides evaluated, definitions followed as far as needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from sympy import (
    Expr,
    Ge,
    Indexed,
    Integer,
    KroneckerDelta,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    ceiling,
    floor,
)
from sympy.tensor.indexed import IndexException

from convsym.budget import Budget, Clock
from convsym.errors import BudgetExceeded, ConvsymError, ScopeError
from convsym.latex.syntax import Node
from convsym.prover import equal_modular, prove_equal
from convsym.scope.algebra import Symbolic
from convsym.scope.beside import reread
from convsym.scope.calls import letters_apart, one_call_each
from convsym.scope.causality import stands_back
from convsym.scope.convolving import Reading
from convsym.scope.elaborate import Elaborator
from convsym.scope.entries import settle_entries
from convsym.scope.existence import sizes_of_written_cells
from convsym.scope.freeindices import letter_conditions
from convsym.scope.functions import hides_cells, is_under_sum, opaque, opaque_pair, with_function_families
from convsym.scope.hygiene import free_letters
from convsym.scope.interior import INSIDE
from convsym.scope.layers import borders_of, lifted, register
from convsym.scope.leading import known_cells
from convsym.scope.loosely import settled
from convsym.scope.meanings import by_readings, with_rows
from convsym.scope.model import (
    BrokenDefinitionError,
    Cell,
    OutOfRangeError,
    Scope,
    TypeClashError,
    UndefinedError,
    UpstreamError,
    in_order,
    substituted,
    variables,
)
from convsym.scope.naming import Reference
from convsym.scope.pairs import paired
from convsym.scope.rounding import decide_rounded
from convsym.scope.standing import same_family
from convsym.scope.summation import direct_uses, is_computed, written_out
from convsym.scope.symbolic import (
    OUTSIDE_AS_ZERO,
    by_definition,
    decide_apart,
    decide_for_all_sizes,
    decide_with_borders,
    is_turned,
    open_letters,
)
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Unsupported

_BUGS = (TypeError, ValueError, AttributeError, ZeroDivisionError, NotImplementedError, AssertionError)
_UNBUILT = (*_BUGS, IndexException)
UNDER_SUM = "an arbitrary function under a sum"
_HIDDEN = "an arbitrary function of cells, in cases where two of its arguments may be one"
_LEVELS = 12
_INSTANCES = 400


@dataclass(slots=True)
class Judgment:
    """What was found about one claim, and what it rests on.

    Attributes:
        outcome: one of the five.
        used: numbers of the statements whose definitions were needed.
        assumed: assumptions in words.
        steps: the argument, step by step.
        pairs: the scalar equations it comes down to, definitions not yet followed.
        failing: name of the first entry or instance that fails.
        truth: what the left side really is, where one number is claimed.
        out_of_range: the cell that does not exist, where one was read.
        typed: who judged it, where bare names were read as matrices and vectors.
        judge: who found it, where a convolution's sign had to be given a meaning first.
    """

    outcome: Outcome
    used: set[int] = field(default_factory=set)
    assumed: set[str] = field(default_factory=set)
    steps: list[str] = field(default_factory=list)
    pairs: list[tuple[str, Expr, Expr]] = field(default_factory=list)
    failing: str = ""
    truth: Expr | None = None
    out_of_range: OutOfRangeError | None = None
    type_clash: str = ""
    broken: int | None = None
    typed: Judge | None = None
    judge: Judge | None = None

    @property
    def holds(self) -> bool:
        """Whether it was proved."""
        return isinstance(self.outcome, Proved)


class Judge:
    """Decides claims in one scope; definitions once followed are kept."""

    def __init__(self, scope: Scope, budget: Budget | None = None, clock: Clock | None = None) -> None:
        self.scope = scope
        self.budget = budget or Budget()
        self.clock = clock or Clock(self.budget)
        self.conditions: tuple[Expr, ...] = ()
        self.layers: set[Any] = set()
        self.fixed: frozenset[str] = frozenset()
        self.apart: tuple[tuple[str, str], ...] = ()
        self.elaborator = Elaborator(scope, Symbolic(self.budget), budget=self.budget, clock=self.clock)
        self._readers: dict[tuple[str, Reading], Judge] = {}
        self._lying: Judge | None = None

    def forget(self) -> None:
        """Start anew in a scope that was changed."""
        self.elaborator = Elaborator(self.scope, Symbolic(self.budget), budget=self.budget, clock=self.clock)
        self._readers, self._lying = {}, None

    # ------------------------------------------------------------------ equality of two nodes

    def equal(self, left: Node, right: Node, apart: tuple[tuple[str, str], ...] = ()) -> Judgment:
        """Whether left = right follows from the document's definitions.

        Args:
            left, right: the two sides.
            apart: pairs of index letters that stand for different indices.
        """
        elaborator = self.elaborator
        self.apart = apart
        elaborator.convolved = set()
        judgment = self._directly(left, right)
        if isinstance(judgment.outcome, Proved | Refuted):
            judgment.assumed.update(f"${one} \\ne {other}$" for one, other in apart)
        if judgment.type_clash and (found := with_rows(self, left, right)) is not None:
            return found
        open_signs = sorted(elaborator.convolved - self.fixed)
        if not open_signs or judgment.holds:
            self._name_readings(judgment)
            return judgment
        return by_readings(self, left, right, open_signs[0], judgment)

    @property
    def lying(self) -> Judge | None:
        """The judge for whom vectors that are printed as rows are rows; None where there are none."""
        if self._lying is None:
            scope = self.scope.with_rows()
            if scope is None:
                return None
            self._lying = Judge(scope, self.budget, self.clock)
            self._lying.fixed = self.fixed
        self._lying.clock = self.clock
        return self._lying

    def _name_readings(self, judgment: Judgment) -> None:
        """What signs are read as where the document does not say it."""
        for operator in self.fixed:
            judgment.assumed.add(self.scope.convolutions[operator].words(operator))

    def under(self, operator: str, reading: Reading) -> Judge:
        """The judge for whom a convolution's sign has a certain meaning."""
        known = self._readers.get((operator, reading))
        if known is None:
            known = Judge(self.scope.reading(operator, reading), self.budget, self.clock)
            known.fixed = self.fixed | {operator}
            self._readers[operator, reading] = known
        known.clock = self.clock
        return known

    def _directly(self, left: Node, right: Node) -> Judgment:
        """The same, under the meanings of convolution's signs that are in force."""
        elaborator = self.elaborator
        elaborator.clock = self.clock
        elaborator.used = set()
        elaborator.assumed = set()
        elaborator.circles.cut = set()
        elaborator.guesses = set()
        elaborator.edges = set()
        judgment = Judgment(Unsupported(""), judge=self if self.fixed else None)
        try:
            self._equal(left, right, judgment)
        except BrokenDefinitionError as error:
            judgment.broken = error.statement
            judgment.outcome = Unsupported(str(error))
        except OutOfRangeError as error:
            judgment.out_of_range = error
            outside = Refuted(f"{error}", method="index out of range")
            judgment.outcome = Unsupported(error.doubt) if error.doubt else outside
            if is_computed(error.family, (left, right), self.scope) and self._holds_padded(left, right):
                cell = f"{error.cell}, outside {error.family}"
                judgment.outcome = Undecided(f"it holds if {cell}, {OUTSIDE_AS_ZERO}")
        except TypeClashError as error:
            judgment.type_clash = "" if elaborator.guesses else str(error)
            judgment.outcome = Unsupported(f"types do not fit: {error}")
        except UpstreamError as error:
            judgment.outcome = self._either_way(left, right) or Unsupported(str(error))
        except UndefinedError as error:
            judgment.outcome = Unsupported(str(error))
        except BudgetExceeded as error:
            judgment.outcome = Undecided(str(error))
        except (ConvsymError, ScopeError) as error:
            judgment.outcome = Unsupported(str(error).partition("\n")[0])
        except RecursionError:
            judgment.outcome = Undecided("nested too deeply")
        except _UNBUILT as error:
            judgment.outcome = Unsupported(f"an expression that could not be built ({type(error).__name__})")
        if isinstance(judgment.outcome, Refuted) and elaborator.circles.cut:
            judgment.outcome = Undecided(
                f"it depends on the layer of ${min(elaborator.circles.cut)}$, which is not written"
            )
        if isinstance(judgment.outcome, Refuted) and not settle_entries(elaborator, (left, right)):
            judgment.outcome = Unsupported(min(elaborator.guesses))
        judgment.used |= elaborator.used
        judgment.assumed |= elaborator.assumed | elaborator.guesses
        reread(self, left, right, judgment)
        return judgment

    def _either_way(self, left: Node, right: Node) -> Refuted | None:
        """A claim with a derivative by what is computed from the numerator, false however that is read; else None.

        It is 0 where the numerator stands by itself, one over the other slope where the function is turned around.
        """
        found: Outcome | None = None
        for way in ("zero", "inverse"):
            if self.elaborator.upstream:
                return None
            judge = Judge(self.scope, self.budget, self.clock)
            judge.elaborator.upstream = way
            found = judge.equal(left, right).outcome
            if not isinstance(found, Refuted) or found.witness is None:
                return None
        return found if isinstance(found, Refuted) else None

    def _holds_padded(self, left: Node, right: Node) -> bool:
        """Whether a claim that leaves a family's range is true where cells outside count as 0."""
        padded = self.scope.copy()
        padded.zero_outside = set(padded.families)
        if padded.zero_outside == self.scope.zero_outside:
            return False
        judge = Judge(padded, self.budget, self.clock)
        return isinstance(judge.equal(left, right).outcome, Proved)

    def _equal(self, left: Node, right: Node, judgment: Judgment) -> None:
        letters = free_letters([left, right], self.scope)
        envs, generic = self.environments(letters, [left, right])
        envs = [env for env in envs if not any(env.get(a, a) == env.get(b, b) for a, b in self.apart)]
        self.conditions = self.conditions_on(letters if generic else [], [left, right])
        shifted = same_family(left, right, self.scope)
        for env in envs:
            name = ", ".join(f"{letter} = {value}" for letter, value in env.items()) if not generic else ""
            try:
                sides = self.elaborator.value(left, env), self.elaborator.value(right, env)
                if self.elaborator.loosely:
                    sides = settled(self.elaborator, *sides)
                judgment.pairs.extend(paired(*sides, name))
            except OutOfRangeError as error:
                if shifted and len(envs) > 1:
                    judgment.assumed.add("it is said of the cells that exist")
                    continue
                if name:
                    raise OutOfRangeError(error.cell, f"{error.family} (at {name})", error.shape) from None
                raise
        outcomes = []
        compared = [side for _, *sides in judgment.pairs for side in sides]
        self.conditions += sizes_of_written_cells(compared, self.scope)
        self.layers = {
            layer
            for _, a, b in judgment.pairs
            for atom in variables(a) | variables(b)
            if (cell := self.scope.cells.get(atom)) is not None and (layer := cell.layer) is not None
        }
        for name, a, b in judgment.pairs:
            outcome = self.decide(a, b)
            inside = isinstance(outcome, Refuted) and outcome.method == INSIDE
            if isinstance(outcome, Refuted) and generic and not inside and is_turned(a, b):
                outcome = Undecided(
                    "it depends on what a cell outside its range counts as, which is not said"
                )
            outcomes.append(outcome)
            if isinstance(outcome, Refuted):
                judgment.failing = name
                if len(judgment.pairs) == 1:
                    judgment.truth = a
                where = f" at {name}" if name else ""
                judgment.outcome = Refuted(
                    f"the sides differ{where}", outcome.witness, outcome.method or "counterexample"
                )
                return
        undecided = [outcome for outcome in outcomes if not isinstance(outcome, Proved)]
        if undecided:
            judgment.outcome = undecided[0]
            return
        proofs = [outcome for outcome in outcomes if isinstance(outcome, Proved)]
        if not proofs:
            judgment.outcome = Unsupported("nothing to compare")
            return
        best = max(proofs, key=lambda proof: len(proof.method))
        assuming = tuple(dict.fromkeys(condition for proof in proofs for condition in proof.assuming))
        judgment.outcome = Proved(best.method, assuming, best.sizes)

    def environments(self, letters: list[str], nodes: list[Node]) -> tuple[list[dict[str, Any]], bool]:
        """Values for the free indices of a claim: every combination, or one generic one; whether it is generic."""
        if not letters:
            return [{}], False
        ranges: dict[str, tuple[int, int]] = {}
        for letter in letters:
            found = self._letter_range(letter, nodes)
            if found is not None:
                ranges[letter] = found
        ranges = written_out(ranges, letters, _INSTANCES)
        # What has a known range takes every value of it; the rest stays a letter.
        rest = {letter: Symbol(letter, integer=True) for letter in letters if letter not in ranges}
        spans = [range(low, high + 1) for low, high in ranges.values()]
        return [{**dict(zip(ranges, values, strict=True)), **rest} for values in product(*spans)], bool(rest)

    def conditions_on(self, letters: list[str], nodes: list[Node]) -> tuple[Expr, ...]:
        """What a decision for all sizes assumes: of these index letters where they stand, and of the sizes."""
        return (*letter_conditions(self.elaborator, letters, nodes), *self._sizes())

    def _sizes(self) -> tuple[Expr, ...]:
        """What sizes satisfy: each is at least 1, and every range that sums run over has members."""
        found: dict[Expr, None] = {}
        for spans in self.scope.ranges.values():
            for low, high in spans:
                for end in (low, high):
                    for size in sorted(getattr(end, "free_symbols", ()), key=str):
                        found[Ge(size, 1)] = None
                found[Ge(Integer(0) + high - low, 0)] = None
        return tuple(condition for condition in found if condition not in (True, False))

    def _letter_range(self, letter: str, nodes: list[Node]) -> tuple[int, int] | None:
        """The indices a free letter runs over: where it stands alone, first on the left side."""
        for node in nodes:
            found: tuple[int, int] | None = None
            for name, axis in direct_uses(node, letter, self.scope, {}):
                family = self.scope.family(name)
                if family is None or axis >= family.arity:
                    continue
                if name in self.scope.matrices and self.scope.matrices[name] != name and family.columns_first:
                    axis = family.arity - 1 - axis
                size = family.sizes[axis]
                if size is None:
                    continue
                span = family.base[axis], family.base[axis] + size - 1
                # The smallest range is the one on which everything is there.
                if found is None or span[1] - span[0] < found[1] - found[0]:
                    found = span
            if found is not None:
                return found
        return None

    # ------------------------------------------------------------------ equality of two expressions

    def decide(self, left: Expr, right: Expr) -> Outcome:
        """Whether two expressions over the document's variables are equal by its definitions."""
        if left == right:
            return Proved("identity")
        outcome = self._decide(left, right)
        if not isinstance(outcome, Proved):
            circle = self.elaborator.circles.met(left, right)
            if circle is not None:
                # What defines itself is bound by an equation of its own, which no counterexample keeps.
                return Undecided(f"the definition of ${circle.latex}$ refers to itself")
        return outcome

    def _defines(self, one: Expr, other: Expr) -> bool:
        """Whether the other side is what one side is defined to be, as it is printed."""
        cell = self.scope.cells.get(one)
        definition = self.elaborator.definition(cell) if cell is not None else None
        return isinstance(definition, Expr) and opaque(definition) == opaque(other)

    def _decide(self, left: Expr, right: Expr) -> Outcome:
        if self._defines(left, right) or self._defines(right, left):
            return Proved("by definition")
        if (found := self._decide_above(left, right)) is not None:
            return found
        level = 0
        opened: set[str] = set()
        for level in range(_LEVELS):
            self.clock.check()
            a, b = opaque_pair(left, right)
            if a == b:
                return Proved("by definition" if level else "identity")
            if (
                not a.has(floor, ceiling)
                and not b.has(floor, ceiling)
                and not (a.has(Sum) or b.has(Sum))
                and equal_modular(a, b, budget=self._left())
            ):
                outcome = prove_equal(a, b, budget=self._left())
                if isinstance(outcome, Proved):
                    return by_definition(outcome, level)
            if is_under_sum(left) or is_under_sum(right):
                found = self._with_families(left, right)
                if isinstance(found, Proved):
                    return by_definition(found, level)
            mapping = self.unfolding(left, right, opened)
            if not mapping:
                break
            if level and (left.has(Sum) or right.has(Sum)) and self._families(left) == self._families(right):
                found = self._decide_sums(*opaque_pair(left, right))
                if isinstance(found, Proved):
                    return found
            opened |= {self.scope.cells[atom].tensor for atom in mapping}
            left, right = substituted(left, mapping), substituted(right, mapping)
        else:
            return Undecided("the definitions nest too deeply")
        if self.scope.slopes:
            left, right = self.lifted(left, right)
        if left.has(floor, ceiling) or right.has(floor, ceiling):
            return decide_rounded(left, right, self._left())
        if is_under_sum(left) or is_under_sum(right):
            left, right = with_function_families(left), with_function_families(right)
        if is_under_sum(left) or is_under_sum(right):
            return Undecided(UNDER_SUM)
        left, right = one_call_each(left, right, self._decide_sums)
        cases = hides_cells(left, right)
        if cases:
            # Where i = k is a case of its own, f(z_i) and f(z_k) are one number there.
            left, right = with_function_families(left), with_function_families(right)
        found = self._decide_flat(*opaque_pair(left, right, cells=cases), level)
        return Undecided(_HIDDEN) if isinstance(found, Refuted) and hides_cells(left, right) else found

    def _decide_flat(self, a: Expr, b: Expr, level: int) -> Outcome:
        """The last step, where nothing is left to put in: `level` definitions were followed up to here."""
        guarded = bool(self.conditions) and (a.has(Piecewise) or b.has(Piecewise))
        if self.apart and any(side.has(KroneckerDelta, Sum, Piecewise) for side in (a, b)):
            settings = self._left(), borders_of(self.scope), self.scope.open_sizes
            return decide_apart(a, b, self.conditions, self.apart, *settings)
        if guarded or a.has(Sum) or b.has(Sum) or a.has(Indexed) or b.has(Indexed):
            found = self._decide_sums(a, b)
            letter = next(iter(open_letters(a, b, self.conditions)), None)
            if isinstance(found, Refuted) and found.method != INSIDE and letter is not None:
                return Undecided(f"it depends on how far the index {letter} runs, which is not said")
            return found
        outcome = prove_equal(a, b, budget=self._left())
        if isinstance(outcome, Proved):
            return by_definition(outcome, level)
        return outcome

    def _families(self, side: Expr) -> set[str]:
        cells = self.scope.cells
        return {cells[atom].tensor for atom in variables(side) if atom in cells}

    def _decide_above(self, left: Expr, right: Expr) -> Outcome | None:
        """A proof by the chain rule alone, before what the layers below are made of is brought in."""
        if not self.scope.slopes:
            return None
        register(self.scope, left, right)
        up = lifted(self.elaborator, left, right)
        if up == (left, right) or is_under_sum(up[0]) or is_under_sum(up[1]):
            return None
        outcome = self._decide_sums(*opaque_pair(*up))
        return by_definition(outcome, 1) if isinstance(outcome, Proved) else None

    def _decide_sums(self, left: Expr, right: Expr) -> Outcome:
        left, right = letters_apart(left, right)
        return decide_with_borders(
            left, right, self.conditions, self._left(), borders_of(self.scope), self.scope.open_sizes
        )

    def _with_families(self, left: Expr, right: Expr) -> Outcome:
        """A proof in which f(z_k) under a sum is a family of cells of its own, where f and z_k may be anything."""
        a, b = (with_function_families(side) for side in (left, right))
        if is_under_sum(a) or is_under_sum(b):
            return Undecided(UNDER_SUM)
        return decide_for_all_sizes(*opaque_pair(a, b), self.conditions, self._left())

    def _left(self) -> Budget:
        seconds = self.clock.remaining()
        if seconds <= 0:
            raise BudgetExceeded(f"no decision within {self.clock.budget.seconds:g} s")
        b = self.budget
        return Budget(seconds, b.terms, b.nodes, b.digits, b.depth, b.exponent)

    def unfolding(self, left: Expr, right: Expr, opened: Collection[str] | None = None) -> dict[Expr, Expr]:
        """The definitions to follow next: of what stands on one side only, else of everything defined.

        What is defined through itself is followed once, where `opened` says what was followed; else never.
        """
        cells = known_cells(self.scope, left, right)
        one = {atom for atom in variables(left) if atom in cells}
        two = {atom for atom in variables(right) if atom in cells}
        # The letters of sums differ from side to side: first what is of a family that stands on one side only.
        shared = {cells[atom].tensor for atom in one} & {cells[atom].tensor for atom in two}
        alone = {atom for atom in one ^ two if cells[atom].tensor not in shared}
        for wanted in (alone, one ^ two, one | two):
            found: dict[Expr, Expr] = {}
            for atom in sorted(in_order(wanted), key=self._height, reverse=True):
                # The highest first: what it is defined through may already stand on the other side.
                if found and self._height(atom) < self._height(next(iter(found))):
                    break
                definition = self.elaborator.definition(cells[atom])
                if stands_back(atom, definition, one | two, self.scope):
                    continue
                if definition is not None and definition != atom and self._may_follow(atom, opened):
                    if not isinstance(definition, Expr):
                        raise TypeClashError(f"{atom} is a number, its definition is not")
                    if not self._leaves_layers(cells[atom], definition):
                        found[atom] = definition
            if found:
                return found
        return {}

    def _may_follow(self, atom: Expr, opened: Collection[str] | None) -> bool:
        fresh = opened is not None and self.scope.cells[atom].tensor not in opened
        return fresh or atom not in self.elaborator.circles

    def _leaves_layers(self, cell: Cell, definition: Expr) -> bool:
        """Whether a definition leads from a general layer to one the claim does not speak of: there it ends."""
        if cell.layer is None or isinstance(cell.layer, int) or not self.layers:
            return False
        for atom in variables(definition):
            other = self.scope.cells.get(atom)
            if other is not None and other.layer is not None and other.layer not in self.layers:
                return True
        return False

    def _height(self, atom: Expr) -> tuple[int, int]:
        cell = self.scope.cells[atom]
        layer = cell.layer if isinstance(cell.layer, int) else 0
        return layer, self.scope.rank(cell.family)

    def lifted(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Derivatives of an unwritten loss taken up to one layer, and what that brings in followed again."""
        up = lifted(self.elaborator, left, right)
        if up == (left, right):
            return up
        left, right = up
        for _ in range(_LEVELS):
            mapping = self.unfolding(left, right)
            if not mapping:
                break
            left, right = left.xreplace(mapping), right.xreplace(mapping)
        return left, right

    def unfold(self, expression: Expr) -> Expr:
        """All definitions followed to the end."""
        for _ in range(_LEVELS):
            if not (mapping := self.unfolding(expression, expression)):
                break
            expression = substituted(expression, mapping)
        return expression

    def number(self, node: Node) -> Rational | None:
        """The rational a node evaluates to with the sizes that are known, or None."""
        try:
            value = self.elaborator.value(node, {})
            if isinstance(value, Expr):
                value = self.unfold(value)
            return value if isinstance(value, Rational) else None
        except (ConvsymError, RecursionError, TypeError, ValueError):
            return None

    def reference(self, node: Node) -> Reference | None:
        """The reference a node makes."""
        return self.scope.refer(node, {})
