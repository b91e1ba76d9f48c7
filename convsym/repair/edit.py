"""One edit of an equation, and where in an equation an edit may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Tuple_,
)
from convsym.latex.walking import children, walk
from convsym.repair.tree import Path, key, put
from convsym.repair.vocabulary import Vocabulary, cell_indices, size_name

Role: TypeAlias = Literal["value", "index", "label", "limit", "exponent", "derivative"]
"""What a node stands for: only a value is multiplied, only an index is shifted."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one or more places that counts as one idea.

    Attributes:
        changes: (path, new node) for each place; no path lies below another.
        what: the kind of slip that it undoes, in words.
        cost: about how many places a reader would have to correct; fractions order the kinds of slips.
        scalar: whether it changes a side by a factor only.
    """

    changes: tuple[tuple[Path, Node], ...]
    what: str
    cost: float
    scalar: bool = False

    def apply(self, tree: Node) -> Node:
        """The tree after this edit."""
        for path, new in self.changes:
            tree = put(tree, path, new)
        return tree


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the claim with its path and role.

    Attributes:
        path, node: where and what.
        role: what it stands for.
        extra: added to the cost of every edit here (the left side is doubted less than the right).
        multiplies: whether a constant factor here is a constant factor of the whole side.
    """

    path: Path
    node: Node
    role: Role
    extra: float = 0.0
    multiplies: bool = False

    def edit(self, new: Node, what: str, cost: float, *, scalar: bool = False) -> Edit:
        """An edit that puts `new` here."""
        return Edit(((self.path, new),), what, cost + self.extra, scalar and self.multiplies)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of the claim as a whole while its edits are made.

    Attributes:
        claim: the relation that is to be repaired.
        vocabulary: the document's names.
        places: every node with its role.
        bound: bound index -> the upper limit of its sum.
        indices: names that occur in subscripts, bound or free, in order of appearance.
        limits: sizes that occur as limits of sums.
        present: sizes that occur anywhere.
    """

    claim: Chain
    vocabulary: Vocabulary
    places: tuple[Place, ...]
    bound: dict[str, Node | None] = field(default_factory=dict)
    indices: tuple[str, ...] = ()
    limits: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()


LEFT_SIDE = 0.4
"""Added where an edit touches the left side: what is claimed of is doubted after what is claimed."""


def survey(claim: Chain, vocabulary: Vocabulary) -> Setting:
    """Look over a claim once, before edits are made."""
    places: list[Place] = []
    for place, side in enumerate(children(claim)):
        extra = LEFT_SIDE if place == 0 and claim.first is not None and claim.links else 0.0
        places.extend(_places(side, (place,), "value", extra, True, vocabulary))
    bound: dict[str, Node | None] = {}
    names: dict[str, None] = {}
    limits: set[str] = set()
    present: set[str] = set()
    for spot in places:
        node = spot.node
        if isinstance(node, BigOperator):
            for index in _bound_names(node.lower):
                bound[index] = node.upper
        if spot.role == "index" and isinstance(node, Name) and size_name(node) not in vocabulary.sizes:
            names[node.text] = None
        name = size_name(node)
        if name is not None and name in vocabulary.sizes:
            present.add(name)
            if spot.role == "limit":
                limits.add(name)
    indices = tuple(dict.fromkeys([*bound, *names]))
    return Setting(claim, vocabulary, tuple(places), bound, indices, frozenset(limits), frozenset(present))


def _bound_names(lower: Node | None) -> Iterator[str]:
    match lower:
        case Chain(Name(text), _) | Name(text):
            yield text
        case Tuple_(items):
            for item in items:
                yield from _bound_names(item)
        case Chain(Tuple_() as names, _):
            yield from _bound_names(names)


def _places(
    node: Node, path: Path, role: Role, extra: float, multiplies: bool, vocabulary: Vocabulary
) -> Iterator[Place]:
    yield Place(path, node, role, extra, multiplies)
    roles: list[Role]
    below = children(node)
    match node:
        case Scripted(_, subscript, superscript):
            roles = [role]
            if subscript is not None:
                roles.append("label" if cell_indices(node, vocabulary) is None else "index")
            if superscript is not None:
                roles.append("exponent" if isinstance(superscript, Number | Name) else "value")
        case BigOperator(_, lower, upper, _):
            roles = [role]
            for limit in (lower, upper):
                if limit is not None:
                    roles.insert(0, "limit")
        case Fraction_() if is_derivative(node):
            roles = ["derivative", "derivative"]
        case _:
            roles = [role for _ in below]
    for place, part in enumerate(below):
        inside = multiplies and roles[place] == "value" and _passes_factors(node)
        yield from _places(part, (*path, place), roles[place], extra, inside, vocabulary)


def _passes_factors(node: Node) -> bool:
    """Whether a factor of a child is a factor of the node."""
    match node:
        case Product() | Fraction_() | Signed() | BigOperator("sum"):
            return True
        case Bracket("(" | "[" | "group", (_,)):
            return True
    return False


def differential(node: Node) -> Node | None:
    """What a numerator or denominator of a derivative differentiates: the v of \\partial v."""
    match node:
        case Product(((_, Name("partial" | "d")), (_, inner))):
            return inner
    return None


def is_derivative(node: Node) -> bool:
    """Whether a fraction is a derivative written with \\partial or d."""
    return (
        isinstance(node, Fraction_)
        and differential(node.numerator) is not None
        and differential(node.denominator) is not None
    )


def distinct(nodes: Iterator[Node]) -> list[Node]:
    """The nodes without repetition, in order."""
    seen: dict[object, Node] = {}
    for node in nodes:
        seen.setdefault(key(node), node)
    return list(seen.values())


def contains(node: Node, inner: Node) -> bool:
    """Whether a tree has a node that says the same as `inner`."""
    wanted = key(inner)
    return any(key(part) == wanted for part in walk(node))
