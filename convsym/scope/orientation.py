"""Which number of a stated shape (4, 3) belongs to which index, learned from the rest of the document."""

from __future__ import annotations

import re
from collections.abc import Collection

from convsym.latex.syntax import Equation, Number, Scripted
from convsym.latex.walking import walk
from convsym.scope.model import HEIGHT_LABELS, WIDTH_LABELS, Scope
from convsym.scope.naming import strip_group
from convsym.scope.outputsize import output_sizes

_TUPLE = r"\(\s*\d+\s*,\s*\d+\s*\)\s*\$?[^.$]{0,60}(?:\$[^$]{0,20}\$[^.$]{0,30}){0,2}?"
_WIDTH_FIRST = re.compile(
    _TUPLE + r"\bwidth\b.{0,40}\bheight\b|\(\s*width\s*,\s*height\s*\)|\bshapes?\b[^.]{0,30}\(W, ?H\)", re.S
)
_HEIGHT_FIRST = re.compile(
    _TUPLE + r"\bheight\b.{0,40}\bwidth\b|\(\s*height\s*,\s*width\s*\)|\bshapes?\b[^.]{0,30}\(H, ?W\)", re.S
)


def counts_columns_first(scope: Scope) -> bool:
    """Whether the first of two indices counts columns: as printed matrices show, or labels of the indices say."""
    printed = [family for family in scope.families.values() if family.exact and family.arity == 2]
    if printed:
        return printed[0].columns_first
    votes = 0
    for (_, axis), found in scope.survey.labels.items():
        for label in found:
            if label in WIDTH_LABELS - {"x"}:
                votes += 1 if axis == 0 else -1
            elif label in HEIGHT_LABELS - {"y"}:
                votes += 1 if axis == 1 else -1
    return votes > 0


def in_index_order(
    scope: Scope,
    family: str,
    sizes: tuple[int, ...],
    columns_first: bool,
    equations: Collection[Equation],
    counted: tuple[int, ...] | None,
) -> tuple[tuple[int, ...], bool]:
    """The sizes of a stated shape in the order of the family's indices.

    A matrix printed beside its own shape shows the order; then the words about width and height, the counted
    size of an output, and the cells that the document writes out. Where nothing of it speaks, rows come first if the
    indices do so too.

    Args:
        scope: what is known so far.
        family: the family whose shape is stated.
        sizes: the numbers as printed.
        columns_first: whether the family's first index counts columns.
        equations: every formula of the document.
        counted: what counting the positions gives, in index order, or None.

    Returns:
        The sizes in index order, and whether something in the document says so.
    """
    if len(sizes) != 2 or sizes[0] == sizes[1]:
        return sizes, True
    turned = sizes[::-1]
    for matrix, own in scope.matrices.items():
        known = scope.families.get(own)
        if known is None or not known.exact or known.arity != 2 or len(set(known.sizes)) < 2:
            continue
        for name, stated in scope.tuples.items():
            if name.rpartition("_")[2] == matrix:
                if tuple(known.sizes) == stated:
                    return sizes, True
                if tuple(known.sizes) == stated[::-1]:
                    return turned, True
    width, height = _WIDTH_FIRST.search(scope.words), _HEIGHT_FIRST.search(scope.words)
    if bool(width) != bool(height):
        return (sizes if bool(width) == columns_first else turned), True
    if counted is not None and counted in (sizes, turned):
        return counted, True
    seen = _largest(scope, family, equations)
    if seen is not None:
        fits = [all(a <= b for a, b in zip(seen, pair, strict=True)) for pair in (sizes, turned)]
        if fits[0] != fits[1]:
            return (sizes if fits[0] else turned), True
    return sizes, not columns_first


def _largest(scope: Scope, family: str, equations: Collection[Equation]) -> tuple[int, int] | None:
    """How many cells of a family the document writes out along each index, or None where it writes none."""
    base = 0 if family in scope.survey.zero_based else 1
    largest = [0, 0]
    for equation in equations:
        for row in equation.rows:
            for part in walk(row):
                if not isinstance(part, Scripted):
                    continue
                reference = scope.refer(part, {})
                if reference is None or reference.name != family or len(reference.indices) != 2:
                    continue
                for axis, index in enumerate(reference.indices):
                    index = strip_group(index)
                    if isinstance(index, Number) and index.text.isdigit():
                        largest[axis] = max(largest[axis], int(index.text) + 1 - base)
    return (largest[0], largest[1]) if any(largest) else None


def counted_sizes(scope: Scope, owner: str) -> tuple[int, ...] | None:
    """The sizes in index order that counting gives a convolution's output, where all it needs is known."""
    if scope.convolution is None or scope.convolution[0] != owner:
        return None
    if any(
        word in scope.words and name not in scope.sizes for word, name in (("stride", "S"), ("padding", "P"))
    ):
        return None
    counted = output_sizes(scope)
    image = scope.family(scope.convolution[1])
    if counted is None or image is None:
        return None
    rows, columns = counted
    return (columns, rows) if image.columns_first else (rows, columns)
