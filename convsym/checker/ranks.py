r"""What is a matrix and what a vector by the products of definitions: W and h of z_t = W h_{t-1} + b."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Product, Scripted, Signed, Sum_
from convsym.latex.walking import walk
from convsym.scope.dimensions import is_transposing
from convsym.scope.lost import behind_partial
from convsym.scope.model import Scope
from convsym.scope.naming import Reference, strip_group
from convsym.scope.operators import is_diagonal
from convsym.scope.statements import Statement

_ENTRYWISE = frozenset({"odot", "circ"})
_JOINED = frozenset({"", "cdot"})


class Ranks:
    """The names of matrices and vectors in a document whose shapes nobody states.

    Attributes:
        matrices: names with a capital letter that multiply a small one from the left in a definition.
        vectors: names of what they multiply, and of what is made of such a product.
    """

    def __init__(self, scope: Scope, statements: Sequence[Statement]) -> None:
        self.scope = scope
        self.matrices: set[str] = set()
        self.vectors: set[str] = set()
        defined = [statement for statement in statements if statement.role == "definition"]
        for statement in defined:
            for one, other in _products(statement.right):
                matrix, vector = self._named(one), self._named(other)
                if matrix is None or vector is None or matrix.indices or vector.transposed:
                    continue
                if matrix.head.text[:1].isupper() and vector.head.text[:1].islower():
                    self.matrices.add(matrix.name)
                    self.vectors.add(vector.name)
        for _ in range(2):
            for statement in defined:
                made = self._named(statement.left)
                small = made is not None and made.head.text[:1].islower() and len(made.indices) <= 1
                if made is not None and small and self.of(statement.right) == 1:
                    self.vectors.add(made.name)

    def clash(self, *sides: Node) -> bool:
        r"""Whether a matrix is multiplied by a vector entry by entry somewhere, W^T \odot f'(z).

        Args:
            sides: of a claim.
        """
        for part in (part for side in sides for part in walk(side)):
            if isinstance(part, Product):
                found = {self._of_factors(group) for group in _groups(part)}
                if {1, 2} <= found:
                    return True
        return False

    def falls_short(self, slope: Node, value: Node) -> bool:
        r"""Whether the slope of a vector by a vector is said to be a matrix times a vector, W^T f'(z): no Jacobian.

        Args:
            slope, value: the sides of a claim.
        """
        slope, value = strip_group(slope), strip_group(value)
        parts = (slope.numerator, slope.denominator) if isinstance(slope, Fraction_) else ()
        ends = [behind_partial(part) for part in parts]
        if len(ends) != 2 or not all(end is not None and self.of(end) == 1 for end in ends):
            return False
        named = {reference.name for reference in self.scope.mentions(value)}
        return isinstance(value, Product) and bool(named & self.matrices) and self.of(value) == 1

    def of(self, node: Node) -> int | None:
        """2 for a matrix, 1 for a vector, None where it is not known.

        Args:
            node: an expression.
        """
        node = strip_group(node)
        match node:
            case Signed(_, operand):
                return self.of(operand)
            case Sum_(terms):
                return next((rank for _, term in terms if (rank := self.of(term)) is not None), None)
            case Bracket(_, (only,)):
                return self.of(only)
            case Scripted(base, None, _, _) if isinstance(strip_group(base), Bracket):
                return self.of(base)
            case Product():
                found = [self._of_factors(group) for group in _groups(node)]
                return next((rank for rank in found if rank is not None), None)
        reference = self._named(node)
        if reference is None:
            return None
        return 2 if reference.name in self.matrices else 1 if reference.name in self.vectors else None

    def _named(self, node: Node) -> Reference | None:
        node = strip_group(node)
        return self.scope.refer(node, {}) if isinstance(node, Name | Scripted) else None

    def _of_factors(self, factors: Sequence[Node]) -> int | None:
        """What a product of matrices comes to: a vector where the last factor that is known is one."""
        if any(is_diagonal(strip_group(factor)) for factor in factors):
            return None
        known = [(factor, rank) for factor in factors if (rank := self.of(factor)) is not None]
        if not known or any(rank == 1 and _is_transposed(factor) for factor, rank in known):
            return None  # x y^T may be anything
        ranks = [rank for _, rank in known]
        return None if 1 in ranks and 2 in ranks[ranks.index(1) :] else ranks[-1]


def _products(node: Node) -> Iterator[tuple[Node, Node]]:
    """The factors two by two that stand side by side in the products of an expression."""
    for part in walk(node):
        if isinstance(part, Product):
            for (_, one), (operator, other) in zip(part.factors, part.factors[1:], strict=False):
                if operator in _JOINED:
                    yield one, other


def _groups(product: Product) -> Iterator[list[Node]]:
    """The factors between the signs of an entrywise product."""
    group: list[Node] = []
    for operator, factor in product.factors:
        if operator in _ENTRYWISE and group:
            yield group
            group = []
        group.append(factor)
    yield group


def _is_transposed(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Scripted) and is_transposing(node)
