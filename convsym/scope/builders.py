r"""Matrices given by their entries, (2 (y_{ij} - t_{ij}))_{ij}: a line between such matrices says it of every entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Fraction_,
    Name,
    Node,
    Product,
    Scripted,
    Signed,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import children, walk
from convsym.scope.forms import printed_shape
from convsym.scope.naming import strip_group

_ENTRYWISE = ("odot", "circ")


def by_entries(left: Node, right: Node) -> tuple[Node, Node]:
    r"""The sides of a relation as what it says of the entries ij, where one of them is (a_{ij})_{ij}.

    A side that names a matrix, X or 2 (X - Y) or \partial L/\partial X, has the entries of what the other side
    prints with these indices.

    Args:
        left, right: the sides; returned as they are where neither is given by its entries.
    """
    given = _given(left), _given(right)
    if given[0] is not None and given[1] is not None:
        same = _letters(given[0][1]) == _letters(given[1][1])
        return (given[0][0], given[1][0]) if same else (left, right)
    if given[0] is not None:
        entry = _Entry(*given[0]).of(right)
        return (left, right) if entry is None else (given[0][0], entry)
    if given[1] is not None:
        entry = _Entry(*given[1]).of(left)
        return (left, right) if entry is None else (entry, given[1][0])
    return left, right


def _given(side: Node) -> tuple[Node, Node] | None:
    """The entry and the indices of a matrix that is given by its entries; None for any other side."""
    side = strip_group(side)
    if (
        not isinstance(side, Scripted)
        or side.subscript is None
        or side.superscript is not None
        or side.primes
    ):
        return None
    base = strip_group(side.base)
    if not isinstance(base, Bracket) or base.kind not in ("(", "[") or len(base.items) != 1:
        return None
    letters = _letters(side.subscript)
    if not letters or not any(_carries(part, side.subscript) for part in _unbound(base.items[0], letters)):
        return None
    return replace(base, kind="group", span=side.span), side.subscript


def _unbound(node: Node, letters: list[str]) -> Iterator[Node]:
    """The nodes of an expression outside of the sums that run over one of some letters."""
    if isinstance(node, BigOperator) and node.lower is not None:
        if any(isinstance(part, Name) and part.text in letters for part in walk(node.lower)):
            return
    yield node
    for part in children(node):
        yield from _unbound(part, letters)


def _letters(subscript: Node) -> list[str]:
    """The letters of a subscript ij or i, j; none of any other one."""
    inner = strip_group(subscript)
    parts = [inner]
    if isinstance(inner, Product):
        parts = [strip_group(factor) for _, factor in inner.factors]
    elif isinstance(inner, Tuple_):
        parts = [strip_group(item) for item in inner.items]
    plain = all(isinstance(part, Name) and len(part.text) == 1 for part in parts)
    return [part.text for part in parts if isinstance(part, Name)] if plain else []


def _carries(part: Node, subscript: Node) -> bool:
    return (
        isinstance(part, Scripted)
        and part.subscript is not None
        and _letters(part.subscript) == _letters(subscript)
        and isinstance(strip_group(part.base), Name | Scripted)
    )


class _Entry:
    """The entry at some indices of an expression in the matrices that stand with these indices elsewhere."""

    def __init__(self, entry: Node, subscript: Node) -> None:
        self.subscript = subscript
        self.names = {
            printed_shape(replace(part, subscript=None) if part.superscript is not None else part.base)
            for part in walk(entry)
            if isinstance(part, Scripted) and _carries(part, subscript)
        }

    def of(self, node: Node) -> Node | None:
        """The entry; None where the expression may mean something else."""
        return self._changed(node) if self._is_matrix(node) else None

    def _is_matrix(self, node: Node) -> bool:
        """Whether a node names one of the matrices as a whole."""
        inner = strip_group(node)
        if isinstance(inner, Name | Scripted):
            return printed_shape(inner) in self.names
        if isinstance(inner, BigOperator):
            return False
        return any(self._is_matrix(part) for part in _parts(inner))

    def _changed(self, node: Node) -> Node | None:
        if not self._is_matrix(node):
            return node
        match node:
            case Name():
                return Scripted(node, self.subscript, None, 0, node.span)
            case Scripted():
                return replace(node, subscript=self.subscript)
            case Signed():
                operand = self._changed(node.operand)
                return None if operand is None else replace(node, operand=operand)
            case Bracket(_, (only,)):
                inner = self._changed(only)
                return None if inner is None else replace(node, items=(inner,))
            case Sum_():
                terms = [(sign, self._changed(term)) for sign, term in node.terms]
                if any(term is None for _, term in terms) or not all(map(self._is_matrix, _parts(node))):
                    return None
                return replace(node, terms=tuple((sign, term) for sign, term in terms if term is not None))
            case Fraction_():
                parts = self._changed(node.numerator), self._changed(node.denominator)
                if parts[0] is None or parts[1] is None or self._is_matrix(node.numerator):
                    return None
                return replace(node, numerator=parts[0], denominator=parts[1])
            case Product():
                matrices = [place for place, (_, one) in enumerate(node.factors) if self._is_matrix(one)]
                if any(node.factors[place][0] not in _ENTRYWISE for place in matrices[1:]):
                    return None  # a product of matrices has other entries
                factors = [(operator, self._changed(factor)) for operator, factor in node.factors]
                if any(factor is None for _, factor in factors):
                    return None
                kept = tuple((operator, factor) for operator, factor in factors if factor is not None)
                return replace(node, factors=kept)
        return None


def _parts(node: Node) -> list[Node]:
    match node:
        case Sum_(terms):
            return [term for _, term in terms]
        case Product(factors):
            return [factor for _, factor in factors]
        case Signed(_, operand):
            return [operand]
        case Bracket(_, items):
            return list(items)
        case Fraction_():
            return [node.numerator, node.denominator]
    return []
