"""Repairs by analogy: what a relation's neighbors say, said at its own indices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from convsym.latex.syntax import Chain, Name, Node, Number, Scripted
from convsym.latex.walking import children, walk
from convsym.repair.edit import Edit, survey
from convsym.repair.tree import key, number, put, rebuild, walk_paths
from convsym.repair.vocabulary import Vocabulary, cell_indices, with_indices

_COST = 2.0
"""A whole side said anew: more than one edit, less than two."""

_MOST = 60


def analogous(claim: Chain, siblings: Iterable[Chain], vocabulary: Vocabulary) -> list[Edit]:
    """The right sides that relations of the same form would have in this one's place.

    Args:
        claim: one relation with one link.
        siblings: other relations; those whose left side differs from the claim's in indices only are used.
        vocabulary: the document's names.
    """
    if claim.first is None or len(claim.links) != 1:
        return []
    setting = survey(claim, vocabulary)
    place = next(place for place in setting.places if place.path == (1,))
    edits: dict[object, Edit] = {}
    for right in islice(_rights(claim.first, siblings, vocabulary), _MOST):
        edits.setdefault(key(right), place.edit(right, "not as in the neighboring lines", _COST))
    return list(edits.values())


def _rights(left: Node, siblings: Iterable[Chain], vocabulary: Vocabulary) -> Iterator[Node]:
    own = _cells(left, vocabulary)
    for sibling in siblings:
        if sibling.first is None:
            continue
        other = _cells(sibling.first, vocabulary)
        if [family for _, family, _ in own] != [family for _, family, _ in other] or not own:
            continue
        for _, right in sibling.links:
            yield from _moved(own, other, right, vocabulary)


def _cells(node: Node, vocabulary: Vocabulary) -> list[tuple[Scripted, str, tuple[Node, ...]]]:
    found = []
    for part in walk(node):
        cell = cell_indices(part, vocabulary)
        if cell is not None and isinstance(part, Scripted):
            found.append((part, *cell))
    return found


def _moved(
    own: list[tuple[Scripted, str, tuple[Node, ...]]],
    other: list[tuple[Scripted, str, tuple[Node, ...]]],
    right: Node,
    vocabulary: Vocabulary,
) -> Iterator[Node]:
    here, there = own[0][2], other[0][2]
    if len(here) != len(there):
        return
    if all(isinstance(index, Name) for index in there):
        yield _bound(right, {i.text: new for i, new in zip(there, here, strict=True) if isinstance(i, Name)})
        return
    if not all(isinstance(i, Number) and i.text.isdigit() for i in (*here, *there)):
        return
    step = [
        int(a.text) - int(b.text)
        for a, b in zip(here, there, strict=True)
        if isinstance(a, Number) and isinstance(b, Number)
    ]
    families = sorted({family for _, family, _ in _cells(right, vocabulary)})
    subsets = [frozenset(families)] + [frozenset(families) - {family} for family in families]
    for moving in subsets:
        new = _displaced(right, moving, step, vocabulary)
        if new is not None:
            yield new


def _displaced(right: Node, moving: frozenset[str], step: list[int], vocabulary: Vocabulary) -> Node | None:
    for path, part in list(walk_paths(right)):
        cell = cell_indices(part, vocabulary)
        if (
            cell is None
            or cell[0] not in moving
            or not isinstance(part, Scripted)
            or len(cell[1]) != len(step)
        ):
            continue
        moved = []
        for index, offset in zip(cell[1], step, strict=True):
            if not (isinstance(index, Number) and index.text.isdigit()) or int(index.text) + offset < 0:
                return None
            moved.append(number(int(index.text) + offset))
        right = put(right, path, with_indices(part, tuple(moved)))
    return right


def _bound(node: Node, values: Mapping[str, Node]) -> Node:
    """A general relation's side at given indices."""
    if isinstance(node, Name) and not node.font and node.text in values:
        return values[node.text]
    return rebuild(node, [_bound(part, values) for part in children(node)])
