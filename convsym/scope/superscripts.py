r"""Layers counted by any letter above, z^i_k = \sum_j w^i_{kj} a^{i-1}_j, in brackets: z^{(i)}_k, w^{(i)}_{kj}.

A function that carries the layer of its argument, \phi_i(z^i_k) or f^{(l)}(z^{(l)}), goes by its plain name: it may
be any function anyway, and the argument says of which layer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import children, rewritten, walk
from convsym.scope.forms import printed_shape
from convsym.scope.naming import EQUALITIES, key, strip_group

_Tree = TypeVar("_Tree", bound=Node | Equation)

# l and t are read as layers and as times already; a power of e is none of either.
_TAKEN = frozenset({"l", "ell", "L", "t", "tau", "T", "e"})
_FUNCTIONS = frozenset({"sigma", "phi", "varphi", "psi", "f", "g", "h", "Phi", "rho"})
_APPLIED = 2
_NO_NAMES = frozenset({"e", "exp", "partial", "d", "mathbb R", "R", "bb R"})


def with_layers_above(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations with layers in brackets, where a network's definitions count them by a letter above.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    found = dict(equations)
    letter = _layer_letter(rows)
    if letter:
        names = _layered_names(rows, letter)
        numbered = _plain_powers(rows, names)

        def change(node: Node) -> Node | None:
            if not isinstance(node, Scripted) or node.superscript is None:
                return None
            base, above = strip_group(node.base), strip_group(node.superscript)
            if not isinstance(base, Name) or key(base) not in names:
                return None
            if _offset_of(above, letter) is None and not (
                key(base) not in numbered and _is_fixed_layer(above)
            ):
                return None
            return replace(node, superscript=Bracket("(", (above,), above.span))

        found = {number: rewritten(equation, change) for number, equation in found.items()}
    kept = _told_apart(row for equation in found.values() for row in equation.rows)
    return {number: unmarked(equation, kept=kept) for number, equation in found.items()}


# ---------------------------------------------------------------------- the letter of the layers


def _scripted(node: Node) -> Iterator[tuple[str, Scripted]]:
    for part in walk(node):
        if isinstance(part, Scripted) and isinstance(base := strip_group(part.base), Name):
            yield key(base), part


def _definitions(rows: Iterable[Chain]) -> Iterator[tuple[Scripted, Node]]:
    for row in rows:
        left = None if row.first is None else strip_group(row.first)
        if isinstance(left, Scripted) and row.links and row.links[0][0] in EQUALITIES:
            yield left, row.links[0][1]


def _letter_above(node: Scripted) -> str:
    above = None if node.superscript is None else strip_group(node.superscript)
    if not isinstance(above, Name) or above.font or len(above.text) != 1 or above.text in _TAKEN:
        return ""
    return above.text if above.text.islower() else ""


def _offset_of(above: Node, letter: str) -> int | None:
    """The n of i + n; None where the letter does not count."""
    above = strip_group(above)
    if isinstance(above, Name):
        return 0 if above.text == letter and not above.font else None
    if not isinstance(above, Sum_) or len(above.terms) != 2:
        return None
    (_, first), (sign, step) = above.terms
    step = strip_group(step)
    if _offset_of(first, letter) != 0 or not isinstance(step, Number) or not step.text.isdigit():
        return None
    return int(step.text) if sign == "+" else -int(step.text)


def _layer_letter(rows: Sequence[Chain]) -> str:
    """The letter above in z^i = w^i a^{i-1} and a^i = f(z^i), which stands nowhere as a quantity; "" for none."""
    definitions = list(_definitions(rows))
    letters = {found for left, _ in definitions if (found := _letter_above(left))}
    for letter in sorted(letters):
        defined = {_name_of(left) for left, _ in definitions if _letter_above(left) == letter}
        for left, right in definitions:
            if _letter_above(left) != letter or _name_of(left) not in defined:
                continue
            if any(_feeds(part, letter, defined) for part in walk(right) if isinstance(part, Product)):
                if not _is_quantity(rows, letter) and not _stand_bare(rows, defined):
                    return letter
    return ""


def _name_of(node: Scripted) -> str:
    """The key of what carries scripts, "" where that is no name."""
    base = strip_group(node.base)
    return key(base) if isinstance(base, Name) else ""


def _feeds(product: Product, letter: str, defined: set[str]) -> bool:
    """Whether a product is w^i a^{i-1}, a weight of a layer and what the layer below gives."""
    offsets = {}
    for _, factor in product.factors:
        inner = strip_group(factor)
        if isinstance(inner, Scripted) and inner.superscript is not None:
            offsets[_name_of(inner)] = _offset_of(inner.superscript, letter)
    weights = [name for name, offset in offsets.items() if offset == 0 and name not in defined]
    return bool(weights) and any(offset == -1 and name in defined for name, offset in offsets.items())


def _is_quantity(rows: Iterable[Chain], letter: str) -> bool:
    """Whether a letter is computed with, or bound by a sum: then it may be an exponent."""
    for row in rows:
        sides = [side for side in (row.first, *(right for _, right in row.links)) if side is not None]
        for side in sides:
            if len(row.links) > 0 and _computes_with(side, letter):
                return True
    return False


def _computes_with(node: Node, letter: str) -> bool:
    node = strip_group(node)
    if isinstance(node, Scripted):
        return _computes_with(node.base, letter) if not isinstance(strip_group(node.base), Name) else False
    if isinstance(node, BigOperator):
        lower = node.lower.first if isinstance(node.lower, Chain) else node.lower
        bound = {key(part) for part in walk(lower) if isinstance(part, Name)} if lower is not None else set()
        return letter in bound or _computes_with(node.body, letter)
    if isinstance(node, Product | Sum_):
        parts = [part for _, part in (node.factors if isinstance(node, Product) else node.terms)]
        if any(isinstance(inner := strip_group(part), Name) and key(inner) == letter for part in parts):
            return True
    return any(_computes_with(part, letter) for part in children(node))


def _stand_bare(rows: Iterable[Chain], names: set[str]) -> bool:
    """Whether a name of the layers is also printed without any script: then what stands above may be its power."""
    for row in rows:
        heads = {id(strip_group(part.base)) for part in walk(row) if isinstance(part, Scripted)}
        if any(isinstance(part, Name) and key(part) in names and id(part) not in heads for part in walk(row)):
            return True
    return False


def _layered_names(rows: Iterable[Chain], letter: str) -> set[str]:
    """Names that carry the letter above."""
    return {
        name
        for row in rows
        for name, part in _scripted(row)
        if part.superscript is not None
        and _offset_of(part.superscript, letter) is not None
        and name not in _NO_NAMES
    }


def _plain_powers(rows: Sequence[Chain], names: set[str]) -> set[str]:
    """Names that stand without a layer somewhere, whose other scripts may be powers."""
    found = set()
    for name in names:
        if _stand_bare(rows, {name}) or any(
            own == name and part.superscript is None for row in rows for own, part in _scripted(row)
        ):
            found.add(name)
    return found


def _is_fixed_layer(above: Node) -> bool:
    """0, N and N - 1: a layer by its number, or counted from the last one."""
    above = strip_group(above)
    if isinstance(above, Number):
        return above.text.isdigit()
    if isinstance(above, Sum_) and len(above.terms) == 2:
        step = strip_group(above.terms[1][1])
        return isinstance(step, Number) and step.text.isdigit() and _is_fixed_layer(above.terms[0][1])
    return isinstance(above, Name) and above.text.isupper() and len(above.text) == 1 and above.text != "T"


# ---------------------------------------------------------------------- functions of a layer


def unmarked(tree: _Tree, *, otherwise: bool = False, kept: Collection[str] = ()) -> _Tree:
    r"""The same tree with \\phi_i(z^i) as \\phi(z^i).

    Args:
        tree: an equation, or a side of one; not changed.
        otherwise: whether a function goes by its plain name too where its argument is of another layer.
        kept: names of functions that are left as they are.
    """

    def change(node: Node) -> Node | None:
        if not isinstance(node, Product):
            return None
        heads = {
            place: head
            for head, same, place in _applications(node)
            if (same or otherwise) and key(head.name) not in kept
        }
        if not heads:
            return None
        factors = [
            (operator, heads[place].plain if place in heads else rewritten(factor, change))
            for place, (operator, factor) in enumerate(node.factors)
        ]
        return replace(node, factors=tuple(factors))

    return rewritten(tree, change)


def _told_apart(rows: Iterable[Chain]) -> set[str]:
    """Functions that a document tells apart by their layer: g^{[1]} and g^{[2]}, or a formula for g^{[L]}(z)."""
    found: set[str] = set()
    for row in rows:
        first = None if row.first is None or not row.links else strip_group(row.first)
        for part in walk(row):
            if isinstance(part, Scripted) and (head := _marked(part)) is not None:
                if isinstance(head.mark, Number) or (
                    isinstance(first, Product)
                    and strip_group(first.factors[0][1]) is part
                    and len(first.factors) == _APPLIED
                    and not head.primes
                ):
                    found.add(key(head.name))
    return found


class _Marked(NamedTuple):
    """A function with a layer on it: its name, the layer, its primes."""

    name: Name
    mark: Node
    primes: int

    @property
    def plain(self) -> Node:
        """The function without its layer."""
        return Scripted(self.name, None, None, self.primes, self.name.span) if self.primes else self.name


def _applications(product: Product) -> Iterator[tuple[_Marked, bool, int]]:
    """Functions with a layer on them, whether the argument is of that layer, and the place in the product."""
    for place, (_, factor) in enumerate(product.factors[:-1]):
        head, (operator, argument) = _marked(strip_group(factor)), product.factors[place + 1]
        inner = strip_group(argument)
        if operator or head is None or not isinstance(inner, Bracket) or inner.kind != "(":
            continue
        layer = _layer_of(inner.items[0]) if len(inner.items) == 1 else None
        if layer is not None:
            # f_i(z^N) is said of the last layer, i = N.
            last = isinstance(head.mark, Name) and head.mark.text.islower() and _is_fixed_layer(layer)
            yield head, last or printed_shape(layer) == printed_shape(head.mark), place


def _marked(node: Node) -> _Marked | None:
    """f_i', f^{(l)}, f^{(l)\\prime} and {f^{(l)}}' taken apart."""
    if not isinstance(node, Scripted):
        return None
    base, primes = strip_group(node.base), node.primes
    if isinstance(base, Scripted) and node.subscript is None and node.superscript is None:
        inner = _marked(base)
        return None if inner is None else inner._replace(primes=inner.primes + primes)
    if not isinstance(base, Name) or key(base) not in _FUNCTIONS:
        return None
    below = None if node.subscript is None else strip_group(node.subscript)
    above = None if node.superscript is None else strip_group(node.superscript)
    if isinstance(above, Scripted) and above.subscript is None and above.superscript is None:
        primes, above = primes + above.primes, strip_group(above.base)
    if below is not None and above is None and not isinstance(below, Tuple_):
        return _Marked(base, _bare(below), primes)
    if isinstance(above, Bracket) and below is None:
        return _Marked(base, _bare(above), primes)
    return None


def _bare(node: Node) -> Node:
    node = strip_group(node)
    while isinstance(node, Bracket) and node.kind in ("(", "[") and len(node.items) == 1:
        node = strip_group(node.items[0])
    return node


def _layer_of(argument: Node) -> Node | None:
    """The layer above a symbol that stands alone."""
    argument = strip_group(argument)
    if not isinstance(argument, Scripted) or argument.superscript is None or not _name_of(argument):
        return None
    above = strip_group(argument.superscript)
    return _bare(above) if isinstance(above, Bracket) else None


__all__ = ["unmarked", "with_layers_above"]
