"""Sides of matrices that nobody states, learned from what is multiplied and added: W x + b as sizes that fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    Signed,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.naming import key, strip_group
from convsym.scope.operators import is_diagonal

ENTRYWISE = frozenset({"odot", "circ", "*", "ast"})
JOINING = frozenset({"", "cdot", "times", "bullet", "."})
WILDCARDS = frozenset({"cdot", ":", "bullet", "*"})
_SIZES = (2, 3, 4)


class Side:
    """How many entries a matrix has along one axis: unknown, the same as another side, or one.

    Attributes:
        size: 1, a number that the document prints, or None.
        marks: the limits that sums along it are printed with.
    """

    __slots__ = ("_same", "marks", "size")

    def __init__(self, size: int | None = None) -> None:
        self.size = size
        self._same: Side | None = None
        self.marks: set[str] = set()

    @property
    def root(self) -> Side:
        """The side that stands for all that are equal to this one."""
        side = self
        while side._same is not None:
            side = side._same
        return side

    def join(self, other: Side) -> bool:
        """Make two sides equal; False where their sizes are known and differ."""
        one, two = self.root, other.root
        if one is two:
            return True
        if one.size is not None and two.size is not None and one.size != two.size:
            return False
        two._same = one
        one.size = one.size if one.size is not None else two.size
        one.marks |= two.marks
        return True


Sides: TypeAlias = "tuple[Side, Side]"
"""Rows and columns."""


@dataclass(slots=True)
class Dimensions:
    """Rows and columns of names, and the sides that index letters run over.

    Attributes:
        sides: by name; a name that is not there is a number.
        numbers: names of what is a number.
        functions: names that are applied entry by entry.
        letters: index letters of the expression that is being read.
        clashes: how often two sides that are known to differ were to be equal.
        axes: which axis a single index counts: 1 where vectors are rows.
        ones: whether every side has one entry.
        beyond: how much longer sides of no known size are than they need to be: printed cells are not all there are.
    """

    sides: dict[str, Sides] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    letters: dict[str, Side] = field(default_factory=dict)
    clashes: int = 0
    axes: int = 0
    ones: bool = False
    beyond: int = 0

    def of(self, name: str) -> Sides | None:
        """Rows and columns of a name; None of a number."""
        if name in self.numbers or name in self.functions:
            return None
        return self.sides.setdefault(name, (self._side(), self._side()))

    def _side(self) -> Side:
        return Side(1 if self.ones else None)

    def is_number(self, node: Node) -> bool:
        """Whether an expression is a number by its form, whatever its matrices are: norms, and what they make up."""
        node = strip_group(node)
        match node:
            case Number() | Bracket("||"):
                return True
            case Name():
                return key(node) in self.numbers
            case Scripted(base, subscript):
                inner = strip_group(base)
                if isinstance(inner, Bracket) and inner.kind == "||":
                    return True  # with its label and its power
                return subscript is None and not is_transposing(node) and self.is_number(base)
            case Signed(_, operand):
                return self.is_number(operand)
            case Bracket(_, (only,)):
                return self.is_number(only)
            case Sum_(terms):
                return all(self.is_number(term) for _, term in terms)
            case Product(factors):
                return all(self.is_number(factor) for _, factor in factors)
            case Fraction_(above, below):
                return self.is_number(above) and self.is_number(below)
        return False

    def letter(self, letter: str) -> Side:
        """The side that an index letter runs over."""
        return self.letters.setdefault(letter, self._side())

    def join(self, one: Sides, other: Sides) -> None:
        """Make two shapes equal."""
        for a, b in zip(one, other, strict=True):
            self.clashes += not a.join(b)

    # ------------------------------------------------------------------ reading expressions

    def read(self, node: Node) -> Sides | None:
        """Learn from an expression; its rows and columns, None of a number or of what is not known."""
        node = strip_group(node)
        match node:
            case Name():
                return self.of(key(node)) if is_flat(node) else None
            case Scripted():
                return self._scripted(node)
            case Signed(_, operand):
                return self.read(operand)
            case Bracket(kind, (only,)):
                inner = self.read(only)
                return None if kind == "||" else inner  # a norm is a number, whatever it is taken of
            case Chain(first, ()) if first is not None:
                return self.read(first)
            case Sum_(terms):
                return self._sum([term for _, term in terms])
            case Product(factors):
                return self._product(factors)
            case Fraction_(above, below):
                return self._fraction(above, below)
            case BigOperator(_, lower, upper, body):
                self._limit(lower, upper)
                inner = self.read(body)
                return inner if lower is not None else None
            case Root(radicand):
                return self.read(radicand)
        return None

    def equate(self, left: Node, right: Node) -> None:
        """Learn from left = right."""
        one, other = self.read(left), self.read(right)
        if one is not None and other is not None:
            self.join(one, other)

    def _limit(self, lower: Node | None, upper: Node | None) -> None:
        """Note how far a letter runs by what is printed: one side has one size."""
        first = lower.first if isinstance(lower, Chain) else lower
        letter = strip_group(first) if first is not None else None
        limit = strip_group(upper) if upper is not None else None
        if isinstance(letter, Name) and isinstance(limit, Name):
            self.letter(key(letter)).root.marks.add(key(limit))

    def _scripted(self, node: Scripted) -> Sides | None:
        base = strip_group(node.base)
        if isinstance(base, Name) and node.subscript is not None and is_flat(base):
            return self._entry(key(base), node.subscript)
        if isinstance(base, Name) and base.text == "e" and node.superscript is not None:
            return self.read(node.superscript)
        inner = self.read(base)
        if inner is None or node.subscript is not None:
            return None
        return (inner[1], inner[0]) if is_transposing(node) else inner

    def _entry(self, name: str, subscript: Node) -> Sides | None:
        indices = indices_of(subscript)
        if name == "delta" and name in self.numbers and len(indices) == 2:
            one, other = (strip_group(index) for index in indices)
            if isinstance(one, Name) and isinstance(other, Name):
                self.letter(key(one)).join(self.letter(key(other)))
            return None
        sides = self.of(name)
        if sides is not None and len(indices) == 3:
            # A sample's entries: which axis counts them is the convention of the document.
            indices = indices[1:] if self.axes == 0 else (indices[2], indices[1])
        if sides is None or not indices or len(indices) > 2:
            return None
        if len(indices) == 1:
            # A vector's one index: the other side is 1.
            own, other_side = sides[self.axes], sides[1 - self.axes]
            other_side.join(Side(1))
            pairs = [(indices[0], own)]
        else:
            pairs = list(zip(indices, sides, strict=True))
        left: list[Side] = []
        for index, side in pairs:
            index = strip_group(index)
            if isinstance(index, Name) and index.text in WILDCARDS:
                left.append(side)
            elif isinstance(index, Name):
                left.append(Side(1))
                self.clashes += not side.join(self.letter(key(index)))
            else:
                left.append(Side(1))
        if any(side.root.size != 1 for side in left) and len(left) == 2:
            return left[0], left[1]
        return None

    def _sum(self, terms: Sequence[Node]) -> Sides | None:
        found = [shape for term in terms if (shape := self.read(term)) is not None]
        wide = [term for term in terms if not _is_addend(term)]
        bodies = [shape for term in wide if (shape := self.read(term)) is not None]
        if not bodies or not any(map(is_multiplied, wide)):
            for shape in found[1:]:
                self.join(found[0], shape)
            return found[0] if found else None
        for shape in bodies[1:]:
            self.join(bodies[0], shape)
        for term in terms:
            shape = self.read(term) if _is_addend(term) else None
            if shape is not None:
                # A bias has an entry a unit; it is the same for every example.
                own = 1 if self.axes else 0
                self.clashes += not shape[own].join(bodies[0][own])
                if shape[1 - own].root.size is None:
                    shape[1 - own].join(Side(1))
        return bodies[0]

    def _product(self, factors: Sequence[tuple[str, Node]]) -> Sides | None:
        total: Sides | None = None
        place = 0
        while place < len(factors):
            operator, factor = factors[place]
            inner = strip_group(factor)
            behind = strip_group(factors[place + 1][1]) if place + 1 < len(factors) else None
            place += 1
            if is_operator(inner):
                shape = self.read(_rest(factors, place)) if place < len(factors) else None
                return shape if total is None else None
            if isinstance(behind, Bracket) and is_diagonal(inner):
                shape = self._diagonal(behind)
                place += 1
            elif isinstance(behind, Bracket | Scripted) and self.is_function(inner):
                shape = self.read(behind)
                place += 1
            else:
                shape = self.read(factor)
            if shape is None:
                continue
            if total is None:
                total = shape
            elif operator in ENTRYWISE or adds_a_number(inner) or operator == "/":
                self.join(total, shape)
            elif operator in JOINING:
                if total[0].root.size == total[1].root.size == 1:
                    total = shape
                    continue
                self.clashes += not total[1].join(shape[0])
                total = total[0], shape[1]
            else:
                return None
        return total

    def _diagonal(self, bracket: Bracket) -> Sides | None:
        """Both sides of diag(v): those of v along the axis that counts the entries of one example."""
        inner = self.read(bracket)
        if inner is None:
            return None
        self.clashes += not inner[1 - self.axes].join(Side(1))
        return inner[self.axes], inner[self.axes]

    def is_function(self, node: Node) -> bool:
        """Whether a node names a function that is applied entry by entry."""
        if isinstance(node, Scripted) and node.subscript is None:
            node = strip_group(node.base)
        return isinstance(node, Name) and key(node) in self.functions

    def _fraction(self, above: Node, below: Node) -> Sides | None:
        parts = differential(above), differential(below)
        if parts[0] is not None and parts[1] is not None:
            upper, lower = self.read(parts[0]), self.read(parts[1])
            return lower if upper is None else None
        one, other = self.read(above), self.read(below)
        if one is not None and other is not None:
            self.join(one, other)
        return one if one is not None else other

    # ------------------------------------------------------------------ sizes

    @property
    def has_two_limits(self) -> bool:
        """Whether sums along one side end at different printed limits."""
        every = [*(side for pair in self.sides.values() for side in pair), *self.letters.values()]
        return any(len(side.root.marks) > 1 for side in every)

    def settle(self) -> None:
        """Give every side a size: neighbors in one matrix different ones, as far as that goes."""
        for name in sorted(self.sides):
            sides = self.sides[name]
            for side, other in (sides, sides[::-1]):
                root = side.root
                if root.size is not None:
                    continue
                taken = {other.root.size} | {
                    mate.root.size
                    for pair in self.sides.values()
                    for mine, mate in (pair, pair[::-1])
                    if mine.root is root
                }
                sizes = [size + self.beyond for size in _SIZES]
                root.size = next((size for size in sizes if size not in taken), sizes[-1])
        for side in self.letters.values():
            if side.root.size is None:
                side.root.size = _SIZES[0] + self.beyond


# ---------------------------------------------------------------------- forms


def is_flat(node: Name) -> bool:
    """Whether a name may be a matrix: no differential, no transposition mark."""
    return node.text not in ("partial", "nabla", "T", "top", "e", "pi")


def is_transposing(node: Scripted) -> bool:
    """Whether a transposition stands on a node."""
    mark = None if node.superscript is None else strip_group(node.superscript)
    return isinstance(mark, Name) and mark.text in ("T", "top", "intercal")


def indices_of(subscript: Node) -> tuple[Node, ...]:
    """The indices of a subscript."""
    subscript = strip_group(subscript)
    return subscript.items if isinstance(subscript, Tuple_) else (subscript,)


def differential(node: Node) -> Node | None:
    """x of \\partial x; None of anything else."""
    node = strip_group(node)
    if not isinstance(node, Product) or len(node.factors) < 2:
        return None
    head = strip_group(node.factors[0][1])
    if not isinstance(head, Name) or head.text not in ("partial", "d"):
        return None
    return _rest(node.factors, 1)


def is_differential(above: Node, below: Node) -> bool:
    """Whether a fraction of two expressions is a derivative, or an operator that takes one."""
    if differential(below) is None:
        return False
    bare = strip_group(above)
    return differential(above) is not None or (isinstance(bare, Name) and bare.text in ("partial", "d"))


def is_operator(node: Node) -> bool:
    """Whether a node is \\frac{\\partial}{\\partial x}, which acts on what stands behind it."""
    if not isinstance(node, Fraction_):
        return False
    above = strip_group(node.numerator)
    return (
        isinstance(above, Name)
        and above.text in ("partial", "d")
        and differential(node.denominator) is not None
    )


def adds_a_number(node: Node) -> bool:
    """Whether a bracket adds a printed number to something, as 1 - A does: its entries are meant."""
    node = strip_group(node)
    if isinstance(node, Bracket) and len(node.items) == 1:
        inner = strip_group(node.items[0])
        return isinstance(inner, Sum_) and any(
            isinstance(strip_group(term), Number) for _, term in inner.terms
        )
    return False


def is_multiplied(node: Node) -> bool:
    """Whether something multiplies in a term, so that it may be W x."""
    return any(isinstance(part, Product) for part in walk(node))


def _is_addend(node: Node) -> bool:
    return isinstance(strip_group(node), Name)


def _rest(factors: Sequence[tuple[str, Node]], place: int) -> Node:
    rest = factors[place:]
    return rest[0][1] if len(rest) == 1 else Product((("", rest[0][1]), *rest[1:]), rest[0][1].span)


def letters_in(node: Node) -> Iterator[str]:
    """Names that stand in the indices of an expression."""
    for part in walk(node):
        if isinstance(part, Scripted) and part.subscript is not None:
            for index in indices_of(part.subscript):
                yield from (key(one) for one in walk(index) if isinstance(one, Name))
