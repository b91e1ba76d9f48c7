"""Cells written out by a slow twin, and the general form that is found for them."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from convsym.repair.generalize import Affine, Instance, Part, affine, general_form

Pair = tuple[int, int]


def written_out(
    output: Pair, kernel: Pair, stride: Pair, dilation: Pair, offset: Pair, scale: Fraction
) -> list[Instance]:
    """Every output cell as its sum of products, both counted from 1."""
    found = []
    for cell in product(*(range(1, n + 1) for n in output)):
        terms = []
        for tap in product(*(range(1, n + 1) for n in kernel)):
            read = tuple(
                s * (c - 1) + d * (t - 1) + 1 + o
                for s, c, d, t, o in zip(stride, cell, dilation, tap, offset, strict=True)
            )
            terms.append((scale, tuple(sorted((("k", tap), ("x", read))))))
        found.append(Instance(cell, tuple(terms)))
    return found


def value(rule: Affine, cell: tuple[int, ...], bound: tuple[int, ...]) -> int:
    moved = rule.free * cell[rule.at] if rule.free else 0
    return moved + (rule.bound * bound[rule.over] if rule.bound else 0) + rule.offset


def terms_of(parts: tuple[Part, ...], cell: Pair) -> set[object]:
    found = set()
    for part in parts:
        for bound in product(*(range(low, high + 1) for low, high in part.box)):
            cells = [
                (family, tuple(value(axis, cell, bound) for axis in axes)) for family, axes in part.factors
            ]
            found.add((part.coefficient, tuple(sorted(cells))))
    return found


def pairs(low: int, high: int) -> st.SearchStrategy[Pair]:
    return st.tuples(st.integers(low, high), st.integers(low, high))


geometries = st.tuples(
    pairs(2, 4),
    pairs(2, 3),
    pairs(1, 3),
    pairs(1, 2),
    pairs(-1, 1),
    st.sampled_from([Fraction(1), Fraction(1, 4), Fraction(-2, 3)]),
)


@given(geometries)
@settings(max_examples=60, deadline=None)
def test_the_form_found_gives_every_cell_that_was_written_out(geometry):
    instances = written_out(*geometry)
    parts = general_form(instances)
    assert parts is not None
    for instance in instances:
        assert terms_of(parts, instance.indices) == set(instance.terms)


@given(geometries, st.data())
@settings(max_examples=60, deadline=None)
def test_one_wrong_cell_among_many_does_not_hide_the_form(geometry, data):
    instances = written_out(*geometry)
    at = data.draw(st.integers(0, len(instances) - 1))
    wrong = instances[at].terms
    (scale, cells), *rest = wrong
    broken = Instance(instances[at].indices, ((scale + 1, cells), *rest))
    right = general_form(instances)
    found = general_form([*instances[:at], broken, *instances[at + 1 :]])
    assert right is not None
    assert found is not None
    assert terms_of(found, instances[at].indices) == set(wrong)


def test_cells_that_follow_no_common_rule_have_none():
    one = Instance((1,), ((Fraction(1), (("x", (1,)),)),))
    two = Instance((2,), ((Fraction(1), (("x", (2,)),)),))
    three = Instance((3,), ((Fraction(2), (("x", (9,)),)),))
    four = Instance((4,), ((Fraction(3), (("x", (-5,)),)),))
    assert general_form([one, two, three, four]) is None
    assert general_form([one]) is None


def test_a_bias_is_a_part_of_its_own():
    instances = [
        Instance(
            (c,),
            (
                *((Fraction(1), (("w", (t,)), ("x", (c + t - 1,)))) for t in (1, 2)),
                (Fraction(1), (("b", ()),)),
            ),
        )
        for c in (1, 2, 3)
    ]
    parts = general_form(instances)
    assert parts is not None
    assert {tuple(family for family, _ in part.factors) for part in parts} == {("x", "w"), ("b",)}


def test_an_index_that_no_small_slope_explains_has_no_rule():
    assert affine([((1,), (), 1), ((2,), (), 20)], 0) is None
    assert affine([((1,), (), 1), ((2,), (), 3)], 0) == Affine(2, 0, 0, 0, -1)
