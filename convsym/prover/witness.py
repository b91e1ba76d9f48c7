"""Certified counterexamples: points at which two expressions certainly differ, made as plain as possible.

A point is sought first where every exponent vanishes, because there the exponentials are 1 and both sides are
exact rationals: the atoms to put to zero are a hitting set of the exponents' monomials, whatever they are
called. Only then come points whose values are certified by intervals that do not touch.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from sympy import Expr

from convsym.budget import Clock
from convsym.errors import BudgetExceeded
from convsym.prover.evaluation import UNKNOWN, Interval, Missing, Number, as_text, differ, evaluate
from convsym.prover.program import Op, Program, name_of, operands
from convsym.verdict import Witness

Point = list[int | Fraction]
_PRECISIONS = (64, 192, 640)
_TRIES = 60


class Search:
    """The search for a point at which two instructions of a program differ.

    Args:
        program: the program.
        left, right: the two instructions.
        clock: the budget; when it runs out the search ends with what it has.
        admissible: whether a point satisfies what is known of the atoms.
        presets: values of some atoms, by number, that are known to be admissible together.
    """

    def __init__(
        self,
        program: Program,
        left: int,
        right: int,
        clock: Clock,
        admissible: Callable[[Sequence[int | Fraction]], bool] | None = None,
        presets: Sequence[dict[int, int]] = (),
    ) -> None:
        self.program = program
        self.roots = [left, right]
        self.clock = clock
        self._admissible = admissible
        self._presets = presets
        self._random = random.Random(20_260_101)  # the same claim always gets the same witness
        self._used = {program.code[n][1] for n in program.order(self.roots) if program.code[n][0] == Op.ATOM}
        self._least: list[int | None] = [_least_value(symbol) for symbol in program.atoms]
        self._plainest: Point = []
        self._whole = [symbol.is_integer is True for symbol in program.atoms]

    # ------------------------------------------------------------ public

    def find(self, starts: Sequence[Point] = ()) -> Witness | None:
        """A minimized witness, or None where none was found in time."""
        try:
            point = self._first([*starts])
            if point is None:
                return None
        except BudgetExceeded:
            return None
        return self._report(self._shrink(point))

    def find_at_once(self, count: int = 14) -> Witness | None:
        """A minimized witness from the first few points, or None where none of them shows a difference."""
        try:
            point = self._first([], count)
        except BudgetExceeded:
            return None
        return None if point is None else self._report(self._shrink(point))

    def defined_and_equal_somewhere(self) -> bool | None:
        """Whether both sides have values at some point and do not differ there.

        Returns:
            True; False if a point shows them different; None if no point was found.
        """
        seen: bool | None = None
        for count, point in enumerate(self._candidates()):
            self.clock.check()
            # A proof holds with or without what is known of sizes, so any point will do.
            values = self._evaluate(point)
            if not any(isinstance(v, Missing) for v in values):
                if differ(*values):
                    return False
                seen = True
                if count >= 2:
                    return True
            if count >= _TRIES:
                break
        return seen

    # ------------------------------------------------------------ points

    def _first(self, starts: list[Point], most: int | None = None) -> Point | None:
        for count, point in enumerate(itertools.islice(itertools.chain(starts, self._candidates()), most)):
            self.clock.check()
            if self._presets and self._admissible is not None and not self._admissible(point):
                for n, value in self._presets[count % len(self._presets)].items():
                    point[n] = value
            if self._shows(point):
                return point
        return None

    def differs_at_once(self, count: int = 8) -> bool:
        """Whether one of the first few points shows a difference: a filter, no search."""
        return any(self._shows(point) for point in itertools.islice(self._candidates(), count))

    def _candidates(self) -> Iterator[Point]:
        exact = [self._hitting_set(self._exponent_monomials()) for _ in range(4)]
        for zeros in exact:
            for spread in (3, 9):
                yield self._sample(zeros, spread)
        yield [self._clip(n, 0) for n in range(len(self._least))]
        yield [self._clip(n, 1) for n in range(len(self._least))]
        for attempt in range(_TRIES):
            nothing: set[int] = set()
            yield self._sample(exact[attempt % 4] if attempt % 3 == 0 else nothing, 2 + attempt // 4)
        for attempt in range(_TRIES):
            yield [self._fraction(n, attempt) for n in range(len(self._least))]

    def _sample(self, zeros: set[int], spread: int) -> Point:
        values: Point = []
        for n in range(len(self._least)):
            size = self._random.randint(1, spread)
            value = 0 if n in zeros else size if self._random.random() < 0.6 else -size
            values.append(self._clip(n, value))
        return values

    def _fraction(self, n: int, attempt: int) -> int | Fraction:
        if self._whole[n]:
            return self._clip(n, self._random.randint(-attempt - 3, attempt + 3))
        value = Fraction(self._random.randint(-attempt - 9, attempt + 9), self._random.randint(1, 12))
        least = self._least[n]
        return value if least is None else abs(value) + (least if not value else 0)

    def _clip(self, n: int, value: int) -> int:
        least = self._least[n]
        if least is None or value >= least:
            return value
        return max(abs(value), least)

    def _exponent_monomials(self) -> list[set[int]]:
        """For every monomial of every exponent: the atoms that make it vanish. Constants are left out."""
        code = self.program.code
        supports: dict[int, list[frozenset[int]]] = {}
        wanted: set[frozenset[int]] = set()
        for number in self.program.order(self.roots):
            instruction = code[number]
            op = instruction[0]
            if op == Op.ATOM:
                supports[number] = [frozenset((instruction[1],))]
            elif op == Op.CONSTANT:
                supports[number] = [frozenset()]
            elif op == Op.ADD:
                supports[number] = list({s for n in instruction[1:] for s in supports[n]})
            elif op == Op.MULTIPLY and sum(len(supports[n]) > 1 for n in instruction[1:]) <= 1:
                product = [frozenset[int]()]
                for n in instruction[1:]:
                    product = [p | s for p in product for s in supports[n]]
                supports[number] = product
            else:
                parts = [s for n in operands(instruction) for s in supports[n]]
                supports[number] = [frozenset().union(*parts)] if parts else [frozenset()]
            if op == Op.EXP:
                wanted.update(s for s in supports[instruction[1]] if s)
        return [set(s) for s in wanted]

    def _hitting_set(self, monomials: list[set[int]]) -> set[int]:
        """Few atoms that meet every monomial: greedily by frequency, ties at random."""
        chosen: set[int] = set()
        left = list(monomials)
        while left:
            count: dict[int, int] = {}
            for monomial in left:
                for atom in monomial:
                    count[atom] = count.get(atom, 0) + 1
            best = max(count.values())
            often = sorted(a for a, c in count.items() if 2 * c > best)
            atom = self._random.choice(often)
            chosen.add(atom)
            left = [m for m in left if atom not in m]
        return chosen

    # ------------------------------------------------------------ judging and shrinking

    def _values(self, point: Point) -> list[Number]:
        if self._admissible is not None and not self._admissible(point):
            return [UNKNOWN, UNKNOWN]
        return self._evaluate(point)

    def _evaluate(self, point: Point) -> list[Number]:
        values: list[Number] = [UNKNOWN, UNKNOWN]
        for bits in _PRECISIONS:
            values = evaluate(self.program, self.roots, point, bits)
            exact = all(not isinstance(v, Interval) for v in values)
            if UNKNOWN not in values and (exact or differ(*values)):
                break
        return values

    def _shows(self, point: Point) -> bool:
        left, right = self._values(point)
        return differ(left, right)

    def _shrink(self, point: Point) -> Point:
        """Put as many values as possible to 0, then to 1, then to small integers."""
        self._plainest = point
        with contextlib.suppress(BudgetExceeded):
            for target in (0, 1):
                self._replace(target)
            for n in sorted(self._used):
                for value in (2, -1, -2, 3):
                    if self._plainest[n] in (0, 1, value) or self._try([n], value):
                        break
        return self._plainest

    def _replace(self, target: int) -> None:
        """Delta debugging: replace whole groups first, then smaller ones."""
        wanted = [n for n in sorted(self._used) if target == 0 or self._plainest[n] != 0]
        size = max(1, len(wanted))
        while True:
            progress = False
            for start in range(0, len(wanted), size):
                progress |= self._try(wanted[start : start + size], target)
            if size == 1 and not progress:
                return
            size = max(1, size // 2)

    def _try(self, group: list[int], target: int) -> bool:
        """Whether the plainest point still shows the difference with a group of values replaced."""
        self.clock.check()
        trial = list(self._plainest)
        for n in group:
            trial[n] = self._clip(n, target)
        if trial == self._plainest or not self._shows(trial):
            return False
        self._plainest = trial
        return True

    def _report(self, point: Point) -> Witness:
        left, right = self._values(point)
        values = tuple(
            sorted((name_of(symbol), Fraction(point[n])) for n, symbol in enumerate(self.program.atoms))
        )
        # Digits until the printed intervals do not touch either.
        digits = 8
        while digits < 200:
            texts = [as_text(v, digits) if isinstance(v, Interval) else None for v in (left, right)]
            if texts[0] != texts[1] or texts[0] is None:
                break
            digits *= 2
        return Witness(values, _shown(left, texts[0]), _shown(right, texts[1]))


def _shown(value: Number, text: str | None) -> Fraction | str:
    if text is not None:
        return text
    assert isinstance(value, (int, Fraction))
    return Fraction(value)


def _least_value(symbol: Expr) -> int | None:
    if symbol.is_positive:
        return 1
    return 0 if symbol.is_nonnegative else None
