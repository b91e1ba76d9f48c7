"""Edits of the indices of cells: shifted, swapped, flipped, wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from convsym.latex.syntax import Name, Node, Number, Product, Scripted, Sum_
from convsym.latex.walking import children, walk
from convsym.repair.edit import Edit, Place, Setting
from convsym.repair.tree import addition, key, letter, number, product, put, walk_paths
from convsym.repair.vocabulary import cell_indices, size_name, size_node, with_indices

_STRIDES = ("S", "s", "S_W", "S_H")


def index_edits(setting: Setting) -> Iterator[Edit]:
    """Every edit of one cell's indices, and the exchange of two cells of a family."""
    cells: list[tuple[Place, Scripted, str, tuple[Node, ...]]] = []
    for place in setting.places:
        if place.role in ("index", "label") or not isinstance(place.node, Scripted):
            continue
        found = cell_indices(place.node, setting.vocabulary)
        if found is not None:
            cells.append((place, place.node, *found))
    for place, cell, family, indices in cells:
        yield from _one_cell(place, cell, family, indices, setting)
    for (one, a, f, i), (two, b, g, j) in combinations(cells, 2):
        if f == g and key(a) != key(b) and not _nested(one, two) and len(i) == len(j):
            changes = ((one.path, with_indices(a, j)), (two.path, with_indices(b, i)))
            yield Edit(changes, "two cells exchanged", 1.7 + max(one.extra, two.extra))


def _nested(one: Place, two: Place) -> bool:
    shorter = min(len(one.path), len(two.path))
    return one.path[:shorter] == two.path[:shorter]


def _one_cell(
    place: Place, cell: Scripted, family: str, indices: tuple[Node, ...], setting: Setting
) -> Iterator[Edit]:
    def moved_to(new: tuple[Node, ...], what: str, cost: float) -> Edit:
        return place.edit(with_indices(cell, new), what, cost)

    axes = range(len(indices))
    for axis in axes:
        for new, what, cost in _alternatives(indices[axis], family, axis, setting):
            yield moved_to((*indices[:axis], new, *indices[axis + 1 :]), what, cost)
    if len(indices) < 2:
        return
    for one, two in combinations(axes, 2):
        swapped = list(indices)
        swapped[one], swapped[two] = swapped[two], swapped[one]
        if key(indices[one]) != key(indices[two]):
            yield moved_to(tuple(swapped), "indices in the other order", 1.1)
    for step in (-1, 1):
        moved = [shifted(index, step) for index in indices]
        if all(index is not None for index in moved):
            # One slip of the pen in a general formula, as many as there are axes among numbers.
            cost = 1.6 if all(isinstance(index, Number) for index in indices) else 1.2
            yield moved_to(tuple(index for index in moved if index is not None), "every index shifted", cost)
    # The last two indices are the axes of the image; channel indices come first and are never flipped.
    for base in (1, -1):
        flipped = list(indices)
        for axis in axes[-2:]:
            size = _size_of(indices[axis], setting)
            if size is not None:
                flipped[axis] = _flip(indices[axis], size, base)
        if all(key(flipped[axis]) != key(indices[axis]) for axis in axes[-2:]):
            yield moved_to(tuple(flipped), "both axes reversed", 1.9)
    plain = [_only_name(index, setting) for index in indices]
    if all(index is not None for index in plain) and key_all(plain) != key_all(indices):
        yield moved_to(tuple(index for index in plain if index is not None), "indices without an offset", 1.9)


def key_all(nodes: list[Node | None] | tuple[Node, ...]) -> tuple[object, ...]:
    """The keys of several nodes."""
    return tuple(None if node is None else key(node) for node in nodes)


def shifted(index: Node, step: int) -> Node | None:
    """The index plus `step`, written short; None where a plain number would become negative."""
    match index:
        case Number(text) if text.isdigit():
            value = int(text) + step
            return number(value) if value >= 0 else None
        case Sum_(terms):
            for place in reversed(range(len(terms))):
                sign, term = terms[place]
                if isinstance(term, Number) and term.text.isdigit() and sign in "+-":
                    total = (int(term.text) if sign == "+" else -int(term.text)) + step
                    rest = terms[:place], terms[place + 1 :]
                    if total == 0:
                        return addition((*rest[0], *rest[1])) if place else None
                    new = ("+" if total > 0 else "-", number(abs(total)))
                    return addition((*rest[0], new, *rest[1]))
            return addition((*terms, ("+" if step > 0 else "-", number(abs(step)))))
    return addition((("+", index), ("+" if step > 0 else "-", number(abs(step)))))


def _alternatives(index: Node, family: str, axis: int, setting: Setting) -> Iterator[tuple[Node, str, float]]:
    numeric = isinstance(index, Number)
    for step in (-1, 1):
        new = shifted(index, step)
        if new is not None:
            yield new, "index shifted by one", 1.0
    if isinstance(index, Number) and index.text.isdigit():
        yield from ((number(v), "another index", 1.1) for v in _values(family, axis, index, setting))
        for name in setting.indices:
            yield letter(name), "an index in place of a number", 1.5
        return
    if not numeric:
        for step in (-2, 2):
            new = shifted(index, step)
            if new is not None:
                yield new, "index shifted by two", 1.5
    mentioned = [part.text for part in walk(index) if isinstance(part, Name)]
    match index:
        case Name(text):
            for other in setting.indices:
                if other != text:
                    yield letter(other), "another index", 1.2
                    joined = addition((("+", index), ("+", letter(other))))
                    yield joined, "an index left out", 1.4
                    yield (
                        addition((("+", joined), ("-", number(1))))
                        if not isinstance(joined, Sum_)
                        else (addition((*joined.terms, ("-", number(1))))),
                        "an index left out",
                        1.6,
                    )
            size = _size_of(index, setting)
            if size is not None:
                for base in (1, -1):
                    yield _flip(index, size, base), "axis reversed", 1.4
            for stride in _strides(setting):
                yield product([stride, index]), "stride left out", 1.5
                if len(setting.indices) > 1:
                    moved = product([stride, addition((("+", index), ("-", number(1))))])
                    yield addition((("+", moved), ("+", number(1)))), "stride left out", 1.7
        case Sum_(terms):
            for place, (sign, term) in enumerate(terms):
                rest = (*terms[:place], *terms[place + 1 :])
                if rest and (rest[0][0] == "+" or place):
                    yield addition(rest), "a term of an index too many", 1.2
                if place and sign in "+-":
                    other = "-" if sign == "+" else "+"
                    yield (
                        addition((*terms[:place], (other, term), *terms[place + 1 :])),
                        "sign inside an index",
                        1.2,
                    )
                if isinstance(term, Name) and term.text in setting.indices:
                    for other_name in setting.indices:
                        if other_name not in mentioned:
                            swapped = (*terms[:place], (sign, letter(other_name)), *terms[place + 1 :])
                            yield addition(swapped), "another index", 1.2
                    for stride in _strides(setting):
                        scaled = (*terms[:place], (sign, product([stride, term])), *terms[place + 1 :])
                        yield addition(scaled), "stride left out", 1.5
                elif (known := size_name(term)) in setting.vocabulary.sizes:
                    for other_size in setting.vocabulary.sizes:
                        if other_size != known:
                            changed = (*terms[:place], (sign, size_node(other_size)), *terms[place + 1 :])
                            yield addition(changed), "another size in an index", 1.2
            only = _only_name(index, setting)
            if only is not None:
                yield only, "an index without an offset", 1.3
    for path, part in walk_paths(index):
        if isinstance(part, Product) and path:
            for place in range(len(part.factors)):
                kept = [factor for other, (_, factor) in enumerate(part.factors) if other != place]
                yield put(index, path, product(kept)), "a factor inside an index", 1.4


def _values(family: str, axis: int, index: Number, setting: Setting) -> Iterator[int]:
    """The other values that this axis of a family is seen to take, or is known to have."""
    extent = setting.vocabulary.extents.get(family, ())
    now = int(index.text)
    if axis < len(extent):
        first, last = extent[axis]
        values = set(range(first, min(last, first + 12) + 1))
    else:
        values = set()
        for place in setting.places:
            found = cell_indices(place.node, setting.vocabulary)
            if found is not None and found[0] == family and axis < len(found[1]):
                seen = found[1][axis]
                if isinstance(seen, Number) and seen.text.isdigit():
                    values.add(int(seen.text))
    yield from sorted(values - {now - 1, now, now + 1})


def _size_of(index: Node, setting: Setting) -> Node | None:
    """The size that an index runs to, where its sum says so."""
    if not isinstance(index, Name):
        return None
    upper = setting.bound.get(index.text)
    if isinstance(upper, Sum_):
        names = [part for part in children(upper) if size_name(part) in setting.vocabulary.sizes]
        return names[0] if names else None
    if upper is not None:
        return upper
    for name in setting.vocabulary.sizes:
        if name.startswith("K_") and name in setting.present:
            return size_node(name)
    return None


def _flip(index: Node, size: Node, base: int) -> Node:
    """N + 1 - i for indices from 1, N - 1 - i for indices from 0."""
    sign = "+" if base > 0 else "-"
    if isinstance(size, Number) and size.text.isdigit():
        return addition((("+", number(int(size.text) + base)), ("-", index)))
    return addition((("+", size), (sign, number(1)), ("-", index)))


def _only_name(index: Node, setting: Setting) -> Node | None:
    """The one index name inside an index, such as i of K_W + 1 - i; None where there are several."""
    if isinstance(index, Name):
        return index
    names = [part for part in walk(index) if isinstance(part, Name) and part.text in setting.bound]
    return names[0] if len(names) == 1 else None


def _strides(setting: Setting) -> list[Node]:
    """A stride as a letter, where the document has one, and as the number that the document says."""
    known = setting.vocabulary
    numbers = {value for name, value in known.unprinted.items() if name in _STRIDES and value and value > 1}
    names = [name for name in known.sizes if name in _STRIDES]
    return [*map(number, sorted(numbers)), *map(size_node, names)]
