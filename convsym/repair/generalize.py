"""From instances to the general form: sums of products of cells whose indices follow one affine rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

_MOST_TERMS = 400
_MOST_MIXED = 9
_SLOPES = sorted(product(range(-3, 6), repeat=2), key=lambda pair: abs(pair[0] - 1) + abs(pair[1] - 1))
"""Factors of the free and of the bound index, such as a stride and a dilation, the plain ones first."""

Cells = tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """One cell of a family, written out.

    Attributes:
        indices: the cell's indices.
        terms: (coefficient, ((family, indices), ...)) for each product of cells.
    """

    indices: tuple[int, ...]
    terms: tuple[tuple[Fraction, Cells], ...]


@dataclass(frozen=True, slots=True)
class Affine:
    """An index `free * c[at] + bound * k[over] + offset`; `at` and `over` name axes."""

    free: int
    at: int
    bound: int
    over: int
    offset: int


@dataclass(frozen=True, slots=True)
class Part:
    """One coefficient times a product of cells, summed over the box of an anchor family or over nothing.

    Attributes:
        coefficient: what every product is multiplied by.
        anchor: the family whose whole box is summed over, or None.
        box: (first, last) bound index per axis.
        factors: (family, index per axis) in the order they are printed.
    """

    coefficient: Fraction
    anchor: str | None
    box: tuple[tuple[int, int], ...]
    factors: tuple[tuple[str, tuple[Affine, ...]], ...]


def general_form(instances: Sequence[Instance], tolerance: int = 1) -> tuple[Part, ...] | None:
    """The one rule that all instances follow, or all but a few; None where there is none, or more than one.

    Args:
        instances: cells of one family, at least two.
        tolerance: how many may say something else; two that agree are always asked for.
    """
    if sum(len(instance.terms) for instance in instances) > _MOST_TERMS:
        return None
    if tolerance > 1 and len(instances) > _MOST_MIXED:
        tolerance = 1
    for size in range(len(instances), max(2, len(instances) - tolerance) - 1, -1):
        found = {form for some in combinations(instances, size) if (form := _fit(some)) is not None}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _fit(instances: Sequence[Instance]) -> tuple[Part, ...] | None:
    if len(instances) < 2:
        return None
    groups = [_grouped(instance) for instance in instances]
    if any(set(group) != set(groups[0]) for group in groups):
        return None
    parts = []
    for families in groups[0]:
        part = _part(
            families, [(i.indices, group[families]) for i, group in zip(instances, groups, strict=True)]
        )
        if part is None:
            return None
        parts.append(part)
    return tuple(parts)


def _grouped(instance: Instance) -> dict[tuple[str, ...], list[tuple[Fraction, Cells]]]:
    groups: dict[tuple[str, ...], list[tuple[Fraction, Cells]]] = {}
    for coefficient, cells in instance.terms:
        groups.setdefault(tuple(sorted(family for family, _ in cells)), []).append((coefficient, cells))
    return groups


def _part(
    families: tuple[str, ...], written: list[tuple[tuple[int, ...], list[tuple[Fraction, Cells]]]]
) -> Part | None:
    coefficients = {coefficient for _, terms in written for coefficient, _ in terms}
    counts = {len(terms) for _, terms in written}
    if len(coefficients) != 1 or len(counts) != 1 or len(set(families)) < len(families):
        return None
    (coefficient,), (count,) = coefficients, counts
    if count == 1:
        factors = _factors(None, [(c, (), dict(cells)) for c, terms in written for _, cells in terms])
        return None if factors is None else Part(coefficient, None, (), factors)
    for anchor in families:
        boxes = {frozenset(dict(cells)[anchor] for _, cells in terms) for _, terms in written}
        box = _box(next(iter(boxes))) if len(boxes) == 1 else None
        if box is None or len(next(iter(boxes))) != count:
            continue
        points = [(c, dict(cells)[anchor], dict(cells)) for c, terms in written for _, cells in terms]
        factors = _factors(anchor, points)
        if factors is not None:
            return Part(coefficient, anchor, box, factors)
    return None


def _box(indices: frozenset[tuple[int, ...]]) -> tuple[tuple[int, int], ...] | None:
    """The ranges that a set of indices fills without a gap."""
    spans = [(min(axis), max(axis)) for axis in zip(*indices, strict=True)]
    full = set(product(*(range(low, high + 1) for low, high in spans)))
    return tuple(spans) if full == set(indices) else None


def _factors(
    anchor: str | None, points: list[tuple[tuple[int, ...], tuple[int, ...], dict[str, tuple[int, ...]]]]
) -> tuple[tuple[str, tuple[Affine, ...]], ...] | None:
    found: list[tuple[str, tuple[Affine, ...]]] = []
    for family in points[0][2]:
        axes = []
        for axis in range(len(points[0][2][family])):
            if family == anchor:
                axes.append(Affine(0, 0, 1, axis, 0))
                continue
            rule = affine([(c, k, cells[family][axis]) for c, k, cells in points], axis)
            if rule is None:
                return None
            axes.append(rule)
        found.append((family, tuple(axes)))
    # What moves with the cell stands before what is only summed over, as convolutions are written.
    return tuple(sorted(found, key=lambda factor: factor[0] == anchor))


def affine(points: Sequence[tuple[tuple[int, ...], tuple[int, ...], int]], axis: int) -> Affine | None:
    """The rule by which a value follows from a cell's indices and the bound indices.

    Args:
        points: (indices of the cell, bound indices, value).
        axis: the axis that is tried first on both.
    """
    cell, bound, value = points[0]
    for at, over in _axes(len(cell), len(bound), axis):
        for free, slope in _SLOPES:
            if (at is None and free) or (over is None and slope):
                continue
            rule = Affine(free, at or 0, slope, over or 0, 0)
            offset = value - _value(rule, cell, bound)
            if all(_value(rule, c, k) + offset == v for c, k, v in points):
                return Affine(rule.free, rule.at, rule.bound, rule.over, offset)
    return None


def _axes(cells: int, bounds: int, axis: int) -> Iterator[tuple[int | None, int | None]]:
    ats: list[int | None] = (
        [axis, *(n for n in range(cells) if n != axis)] if cells > axis else [*range(cells)]
    )
    overs: list[int | None] = (
        [axis, *(n for n in range(bounds) if n != axis)] if bounds > axis else [*range(bounds)]
    )
    yield from product(ats or [None], overs or [None])


def _value(rule: Affine, cell: tuple[int, ...], bound: tuple[int, ...]) -> int:
    total = rule.offset
    if rule.free:
        total += rule.free * cell[rule.at]
    if rule.bound:
        total += rule.bound * bound[rule.over]
    return total
