"""Whether a line of a paper holds: every cell computed by loops at 80 digits, derivatives by differences.

This is the slow twin that the verdicts are held against. It knows nothing of the prover.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import mpmath

from corpus.terms import (
    Add,
    Call,
    Cell,
    Der,
    Exp,
    Expr,
    Frac,
    Mul,
    Neg,
    Num,
    Pow,
    Size,
    Sum,
    everywhere,
    parts,
)

DIGITS = 80


@dataclass(frozen=True)
class Arithmetic:
    """What to compute with: 80 digits for the truth, machine numbers to throw out the hopeless quickly."""

    number: Callable[[str | int], Any]
    exp: Callable[[Any], Any]
    step: Any
    close: Any


EXACT = Arithmetic(mpmath.mpf, mpmath.exp, mpmath.mpf(10) ** -25, mpmath.mpf(10) ** -35)
ROUGH = Arithmetic(float, math.exp, 1e-5, 1e-6)


class Meaningless(Exception):
    """The line reads a cell that does not exist, or divides by zero."""


@dataclass(frozen=True)
class Shape:
    """Sizes of one paper: (columns, rows) throughout; `base` is the first index of every family."""

    input: tuple[int, int]
    kernel: tuple[int, int]
    stride: int = 1
    base: int = 1
    row_first: bool = False
    divisor: bool = True

    @property
    def output(self) -> tuple[int, int]:
        return tuple((x - k) // self.stride + 1 for x, k in zip(self.input, self.kernel, strict=True))  # type: ignore[return-value]

    def extent(self, family: str) -> tuple[int, int]:
        return {"x": self.input, "k": self.kernel}.get(family, self.output)

    def cells(self, family: str) -> list[tuple[int, int]]:
        """Indices as printed, so (row, column) where the paper says the row first."""
        columns, rows = self.extent(family)
        pairs = [(c + self.base, r + self.base) for r in range(rows) for c in range(columns)]
        return [(r, c) for c, r in pairs] if self.row_first else pairs


@dataclass
class World:
    """One random assignment of the free cells, and everything that follows from it."""

    shape: Shape
    values: dict[tuple[str, tuple[int, ...]], Any]
    sizes: Mapping[str, int]
    arithmetic: Arithmetic = EXACT
    changed: dict[tuple[str, tuple[int, ...]], Any] = field(default_factory=dict)

    def cell(self, family: str, indices: tuple[int, ...]) -> Any:
        place = (family, indices)
        if place in self.changed:
            return self.changed[place]
        if family == "L":
            outputs = self.shape.cells("o")
            return sum((self.cell("o", ij) - self.cell("y", ij)) ** 2 for ij in outputs)
        if indices not in self.shape.cells(family):
            raise Meaningless(f"{family}{indices}")
        if family == "o":
            return self.sigma(self.cell("z", indices))
        if family == "z":
            return self._window(indices)
        return self.values[place]

    def _window(self, indices: tuple[int, ...]) -> Any:
        base, stride = self.shape.base, self.shape.stride
        total = self.arithmetic.number(0)
        for tap in self.shape.cells("k"):
            read = tuple(stride * (a - base) + (m - base) + base for a, m in zip(indices, tap, strict=True))
            total += self.cell("x", read) * self.cell("k", tap)
        width, height = self.shape.kernel
        return total / (width * height) if self.shape.divisor else total

    def derivative(self, of: tuple[str, tuple[int, ...]], by: tuple[str, tuple[int, ...]]) -> Any:
        for family, indices in (of, by):
            self.cell(family, indices)
        here = self.cell(*by)
        ends = []
        step = self.arithmetic.step
        for moved_by in (step, -step):
            changed = {**self.changed, by: here + moved_by}
            ends.append(World(self.shape, self.values, self.sizes, self.arithmetic, changed).cell(*of))
        return (ends[0] - ends[1]) / (2 * step)

    def sigma(self, z: Any) -> Any:
        return 1 / (1 + self.arithmetic.exp(-z))


def random_world(shape: Shape, source: random.Random, arithmetic: Arithmetic = EXACT) -> World:
    number = arithmetic.number
    values = {
        (family, indices): number(source.randint(-40, 40)) / source.randint(7, 19) + number(1) / 97
        for family in "xky"
        for indices in shape.cells(family)
    }
    (xw, xh), (kw, kh), (ow, oh) = shape.input, shape.kernel, shape.output
    sizes = {"X_W": xw, "X_H": xh, "K_W": kw, "K_H": kh, "O_W": ow, "O_H": oh, "Z_W": ow, "Z_H": oh}
    sizes |= {"S": shape.stride, "P": 0, "S_W": shape.stride, "S_H": shape.stride}
    return World(shape, values, sizes, arithmetic)


@cache
def rough_world(shape: Shape, seed: int) -> World:
    return random_world(shape, random.Random(seed), ROUGH)


def evaluate(node: Expr, world: World, indices: Mapping[str, int]) -> Any:
    def value(part: Expr) -> Any:
        return evaluate(part, world, indices)

    number = world.arithmetic.number
    match node:
        case Num(text):
            return number(text)
        case Size(name):
            if name in indices:
                return number(indices[name])
            if name in world.sizes:
                return number(world.sizes[name])
            if name in ("x", "t"):  # the argument of the activation's definition
                return world.values[("x", world.shape.cells("x")[0])]
            raise Meaningless(name)
        case Cell():
            return world.cell(*place_of(node, world, indices))
        case Add(terms):
            return sum(value(t) if sign == "+" else -value(t) for sign, t in terms)
        case Mul(factors):
            return math.prod(value(f) for f in factors)
        case Frac(above, below):
            under = value(below)
            if under == 0:
                raise Meaningless("division by zero")
            return value(above) / under
        case Pow(base, exponent):
            return value(base) ** exponent
        case Neg(inner):
            return -value(inner)
        case Exp(inner):
            return world.arithmetic.exp(value(inner))
        case Call("sigma", inner):
            return world.sigma(value(inner))
        case Sum(index, lower, upper, body):
            first, last = whole(value(lower)), whole(value(upper))
            steps = range(first, last + 1)
            return sum(evaluate(body, world, {**indices, index: n}) for n in steps)
        case Der(Cell() as above, Cell() as below):
            return world.derivative(place_of(above, world, indices), place_of(below, world, indices))
    raise Meaningless(f"no number: {node}")


def place_of(cell: Cell, world: World, indices: Mapping[str, int]) -> tuple[str, tuple[int, ...]]:
    return cell.family, tuple(whole(evaluate(i, world, indices)) for i in cell.indices)


def whole(value: Any) -> int:
    if value != int(value):
        raise Meaningless(f"{value} is no index")
    return int(value)


def free_indices(node: Expr, bound: frozenset[str] = frozenset()) -> set[str]:
    """Lower-case names that stand in a subscript and belong to no sum."""
    if isinstance(node, Sum):
        bound |= {node.index}
    names: set[str] = set()
    if isinstance(node, Cell):
        for index in node.indices:
            names |= {s.name for s in _sizes(index) if s.name.islower() and s.name not in bound}
    for _, part in parts(node):
        names |= free_indices(part, bound)
    return names


def _sizes(node: Expr) -> list[Size]:
    return [part for _, part in everywhere(node) if isinstance(part, Size)]


def holds(left: Expr, right: Expr, shape: Shape, *, seed: int = 1, points: int = 2) -> bool:
    """Whether both sides agree wherever the left side's free indices may stand."""
    names = sorted(free_indices(left))
    if free_indices(right) - set(names):
        return False
    # Machine numbers never accept anything; they only spare the long computation where a line is far off.
    if not _agree(left, right, names, rough_world(shape, seed)):
        return False
    with mpmath.workdps(DIGITS):
        source = random.Random(seed)
        worlds = [random_world(shape, source) for _ in range(points)]
        return all(_agree(left, right, names, world) for world in worlds)


def _agree(left: Expr, right: Expr, names: list[str], world: World) -> bool:
    for values in _assignments(left, names, world.shape):
        try:
            one = evaluate(left, world, values)
            two = evaluate(right, world, values)
        except (Meaningless, OverflowError):
            return False
        if abs(one - two) > world.arithmetic.close * (1 + abs(one)):
            return False
    return True


def _assignments(left: Expr, names: list[str], shape: Shape):
    """Every value of the left side's free indices that its own cell allows."""
    if not names:
        yield {}
        return
    cells = [part for _, part in everywhere(left) if isinstance(part, Cell) and part.indices]
    ranges: dict[str, set[int]] = {}
    for cell in cells:
        for axis, index in enumerate(cell.indices):
            if isinstance(index, Size) and index.name in names:
                allowed = {place[axis] for place in shape.cells(cell.family)}
                ranges[index.name] = ranges.get(index.name, allowed) & allowed
    for values in itertools.product(*(sorted(ranges.get(name, {shape.base})) for name in names)):
        yield dict(zip(names, values, strict=True))
