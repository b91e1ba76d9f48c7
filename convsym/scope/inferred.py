"""Shapes that follow from those that are stated: with x in R^2, z = W x gives W two columns and as many rows as z."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from convsym.latex.syntax import Name, Node, Product, Scripted, Tuple_
from convsym.latex.walking import rewritten, walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.dimensions import Dimensions, Side
from convsym.scope.model import Family, Scope
from convsym.scope.naming import Reference, strip_group

Shape: TypeAlias = Literal["number", "vector", "row", "matrix"]
_LEAST = 2
_MATRIX = 2
LOSSES = frozenset({"L", "J", "E", "C", "Loss", "cal L", "cal J", "cal E", "cal C", "ell", "scr L"})
"""Names under which a loss goes."""
COUNTS = frozenset("MNT")
"""Capitals that count something more often than they are matrices."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a bare name stands for, and whether the document leaves no doubt of it."""

    shape: Shape
    certain: bool


def stated_kind(name: str, scope: Scope) -> Kind | None:
    """What a name of a stated shape is: what it multiplies and is added to follows from it.

    Args:
        name: without indices.
        scope: what is in force.
    """
    family = stated_family(name, scope)
    if family is None:
        return None
    return Kind("matrix" if family.arity == _MATRIX else "row" if family.is_row else "vector", certain=True)


def stated_family(name: str, scope: Scope) -> Family | None:
    """The cells of a name whose shape a document states in numbers; None of a printed matrix and of anything else.

    Args:
        name: without indices.
        scope: what is in force.
    """
    family = scope.family(name)
    said = {name, *([family.name] if family is not None else [])} & scope.shapes.keys()
    if family is None or not said or family.printed or family.rows_columns() is None:
        return None
    return family if family.arity in (1, 2) else None


def multiplies_open(node: Node, scope: Scope) -> bool:
    """Whether an expression multiplies by what may be a matrix or a vector of a shape that nothing states: W x, w^T x.

    Args:
        node: what a name is defined as.
        scope: what is in force.
    """
    for part in walk(node):
        if not isinstance(part, Product):
            continue
        for _, factor in part.factors:
            inner = strip_group(factor)
            reference = scope.refer(inner, {}) if isinstance(inner, Name | Scripted) else None
            if reference is not None and _is_open(reference, scope):
                return True
    return False


def _is_open(reference: Reference, scope: Scope) -> bool:
    name, letter = reference.name, reference.head.text
    if reference.indices or reference.layer is not None or name in scope.functions or name in FUNCTIONS:
        return False
    if scope.family(name) is not None or scope.rules.get(name) or scope.size(name) is not None:
        return False
    is_capital = len(letter) == 1 and letter.isupper() and reference.base == letter and name not in LOSSES
    return reference.transposed or scope.habits.arity.get(name, 0) > 0 or (is_capital and name not in COUNTS)


def inferred_sides(
    scope: Scope, kinds: Mapping[str, Kind], *, square: bool = False, fill: int | None = None
) -> dict[str, tuple[int, int]] | None:
    """Rows and columns of the matrices and vectors that nothing is stated of, beside those that are stated.

    A side that nothing settles gets a small size, another one than its neighbor's where that can be.

    Args:
        scope: what is in force.
        kinds: what the names without a stated shape are.
        square: whether open sides are as long as their neighbors.
        fill: the size of every open side, or None.

    Returns:
        None where nothing is stated, or where the definitions do not fit together.
    """
    dims = _fitted(scope, kinds)
    if dims is None:
        return None
    for root in _open_roots(dims, kinds) if fill is not None else ():
        root.size = fill
    _fit_named(dims, scope, kinds)
    if square:
        _fit_square(dims)
    dims.settle()
    return {
        name: (dims.sides[name][0].root.size or _LEAST, dims.sides[name][1].root.size or _LEAST)
        for name in kinds
    }


def telling_fills(scope: Scope, kinds: Mapping[str, Kind]) -> tuple[int, ...]:
    """Sizes of the one open side that tell whether shapes clash whatever its size is: each known one, and another.

    Args:
        scope: what is in force.
        kinds: what the names without a stated shape are.

    Returns:
        Any size where no side is open; nothing where several are.
    """
    dims = _fitted(scope, kinds)
    if dims is None or len(roots := _open_roots(dims, kinds)) > 1:
        return ()
    if not roots:
        return (_LEAST,)
    known = {side.root.size for sides in dims.sides.values() for side in sides} - {None}
    other = next(size for size in range(_LEAST, len(known) + _LEAST + 1) if size not in known)
    return tuple(sorted({*(size for size in known if size is not None), 1, other}))


def _open_roots(dims: Dimensions, kinds: Mapping[str, Kind]) -> list[Side]:
    roots = {id(side.root): side.root for name in kinds for side in dims.sides[name]}
    return [root for root in roots.values() if root.size is None]


def _fitted(scope: Scope, kinds: Mapping[str, Kind]) -> Dimensions | None:
    """The sides of all names as far as the definitions settle them."""
    bare = {name for name in kinds if not {"_", "^"} & set(name)}
    mentioned = {
        reference.name
        for rules in scope.rules.values()
        for rule in rules
        if not rule.patterns
        for reference in scope.mentions(rule.body)
    }
    stated = {
        name: family
        for name in {*mentioned, *scope.rules, *scope.families}
        if name not in kinds and (family := stated_family(name, scope)) is not None
    }
    if not stated or len(bare) < len(kinds):
        return None
    dims = Dimensions(functions={*scope.functions, *FUNCTIONS})
    dims.numbers = {*mentioned, *scope.rules} - bare - stated.keys()
    for name, family in stated.items():
        rows, columns = family.rows_columns() or (1, 1)
        dims.sides[name] = Side(rows), Side(columns)
    for name, kind in kinds.items():
        one = kind.shape in ("vector", "number"), kind.shape in ("row", "number")
        dims.sides[name] = Side(1 if one[1] else None), Side(1 if one[0] else None)
    for name, rules in scope.rules.items():
        for rule in rules:
            if rule.patterns or rule.layer is not None:
                continue
            found = dims.read(rewritten(rule.body, lambda node: _listing(node, scope)))
            own = dims.of(name)
            if found is not None and own is not None:
                dims.join(own, found)
    return None if dims.clashes else dims


def _listing(node: Node, scope: Scope) -> Node | None:
    """An entry with its indices one by one, z_{ij} as z_{i,j}; None of anything else."""
    reference = scope.refer(node, {}) if isinstance(node, Scripted) else None
    if reference is None or not reference.indices:
        return None
    return Scripted(reference.head, Tuple_(reference.indices, node.span), None, 0, node.span)


def _fit_named(dims: Dimensions, scope: Scope, kinds: Mapping[str, Kind]) -> None:
    """Make open sides long enough for the cells that the document prints."""
    needed: dict[int, tuple[Side, int]] = {}
    for name in kinds:
        own = scope.matrices.get(name, name)
        for cell in {*scope.named.get(name, ()), *scope.named.get(own, ())}:
            for index, side in zip(cell, dims.sides[name], strict=False):
                root = side.root
                if root.size is None:
                    needed[id(root)] = root, max(index, needed.get(id(root), (root, 0))[1])
    for root, index in needed.values():
        if index >= _LEAST:
            root.size = index


def _fit_square(dims: Dimensions) -> None:
    for one, other in list(dims.sides.values()):
        for side, mate in ((one.root, other.root), (other.root, one.root)):
            if side.size is None and mate.size not in (None, 1):
                side.size = mate.size
