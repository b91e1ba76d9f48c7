r"""Functions of a whole vector, written entry by entry: \sigma(z_i) = e^{z_i} / \sum_j e^{z_j} as cells of their own.

The argument of such a function is no number: \sigma(z_i) depends on every z_j, and the index tells which
entry is meant. Where a document defines one, every \sigma(z_i), \sigma(z)_i and \sigma_i(z) becomes the cell
i of a family named \sigma(z), so that it can be differentiated, and differentiated by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from convsym.latex.printer import to_latex
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Span,
    Tuple_,
)
from convsym.latex.walking import links, walk
from convsym.scope.naming import EQUALITIES, key, strip_group

# Subscripts that are words or labels and no indices are longer than this.
_LETTER = 1


@dataclass(frozen=True, slots=True)
class _Call:
    """One entry of a function of a vector.

    Attributes:
        head: the function's name.
        argument: the vector, without the index.
        index: which entry, or None for the whole vector.
        length: how many factors of the product it takes.
    """

    head: Name
    argument: Node
    index: Node | None
    length: int


@dataclass(frozen=True, slots=True)
class _Entrywise:
    """How a function of a vector is defined: its entry `index` at the vector `argument` is `body`."""

    argument: str
    index: str
    body: Node
    is_softmax: bool


def with_composites(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which entries of functions of whole vectors are cells of families.

    Args:
        equations: the formulas of a document by their number, in reading order; not changed.
    """
    defined: dict[str, list[tuple[int, _Entrywise | None]]] = {}
    for number in sorted(equations):
        for name, found in _definitions(equations[number]):
            defined.setdefault(name, []).append((number, found))
    whole = {name for name, lines in defined.items() if any(found is not None for _, found in lines)}
    if not whole:
        return dict(equations)
    changed = {}
    for number, equation in equations.items():
        force: dict[str, _Entrywise] = {}
        for name in whole:
            earlier = [found for place, found in defined[name] if place <= number]
            found = earlier[-1] if earlier else defined[name][0][1]
            if found is not None:
                force[name] = found
        changed[number] = _Composed(force).rebuilt(equation) if force else equation
    return changed


# ---------------------------------------------------------------------- what a document defines


def _definitions(equation: Equation) -> Iterator[tuple[str, _Entrywise | None]]:
    """The functions that lines of an equation define: of a vector, or (None) of a number."""
    for row in equation.rows:
        for left, right in links(row, EQUALITIES):
            found = vector_definition(left, right)
            if found is not None:
                yield found


def vector_definition(left: Node, right: Node) -> tuple[str, _Entrywise | None] | None:
    """The function that left = right defines: of a vector, or (None) of a number; None where it defines none.

    Args:
        left, right: the two sides.
    """
    left = strip_group(left)
    if not isinstance(left, Product):
        return None
    call = _call(left.factors, 0)
    if call is None or call.length != len(left.factors):
        return None
    argument, name = _vector(call.argument), key(call.head)
    if argument is None:
        return None
    summed = set(_summed_over(right, argument))
    if not summed:
        # A function of one number, if it is one that the line computes.
        return (name, None) if call.index is None and _mentions(right, argument) else None
    letter = None if call.index is None else strip_group(call.index)
    if call.index is None:
        # softmax(z) = e^{z_i} / \sum_j e^{z_j}: the entry is named on the right only.
        free = sorted(_entry_letters(right, argument) - summed)
        letter = Name(free[0], left.span) if len(free) == 1 else None
    if not isinstance(letter, Name) or key(letter) in summed:
        return None
    return name, _Entrywise(argument, key(letter), right, _is_softmax(right, argument, key(letter)))


def _call(factors: tuple[tuple[str, Node], ...], place: int) -> _Call | None:
    r"""The entry of a function that begins at a place of a product: f(z_i), f(z)_i, f_i(z), or f(z) as a whole."""
    if place + 1 >= len(factors) or factors[place + 1][0] != "":
        return None
    head, bracket = strip_group(factors[place][1]), strip_group(factors[place + 1][1])
    index: Node | None = None
    if isinstance(head, Scripted):
        if head.subscript is None or head.superscript is not None or head.primes:
            return None
        index, head = head.subscript, strip_group(head.base)
    if isinstance(bracket, Scripted):
        if (
            bracket.subscript is None
            or bracket.superscript is not None
            or bracket.primes
            or index is not None
        ):
            return None
        index, bracket = bracket.subscript, strip_group(bracket.base)
    if not isinstance(head, Name) or not isinstance(bracket, Bracket) or bracket.kind != "(":
        return None
    if len(bracket.items) != 1:
        return None
    inner = strip_group(bracket.items[0])
    if index is None and isinstance(inner, Scripted) and inner.subscript is not None:
        subscript = strip_group(inner.subscript)
        if _is_entry(subscript):
            bare: Node = replace(inner, subscript=None)
            if inner.superscript is None and not inner.primes:
                bare = inner.base
            return _Call(head, bare, subscript, 2)
    return _Call(head, inner, index, 2)


def _span(factors: tuple[tuple[str, Node], ...]) -> Span:
    return Span(factors[0][1].span.start, factors[-1][1].span.end)


def _is_entry(subscript: Node) -> bool:
    if isinstance(subscript, Number):
        return True
    return isinstance(subscript, Name) and len(subscript.text) == _LETTER


def _vector(node: Node) -> str | None:
    """The key of a bare name, a layer or none on it; None of anything else."""
    node = strip_group(node)
    if isinstance(node, Scripted) and node.subscript is None and not node.primes:
        node = strip_group(node.base)
    return key(node) if isinstance(node, Name) else None


def _summed_over(node: Node, argument: str) -> Iterator[str]:
    """The letters over which sums run whose terms have entries of a vector at that letter."""
    for part in walk(node):
        if isinstance(part, BigOperator):
            letters = {key(one) for one in _names(part.lower)}
            yield from letters & _entry_letters(part.body, argument)


def _names(node: Node | None) -> Iterator[Name]:
    node = None if node is None else strip_group(node)
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Chain) and node.first is not None:
        yield from _names(node.first)
    elif isinstance(node, Tuple_):
        for item in node.items:
            yield from _names(item)


def _entry_letters(node: Node, argument: str) -> set[str]:
    """The letters at which entries of a vector are named below a node."""
    found = set()
    for part in walk(node):
        if isinstance(part, Scripted) and part.subscript is not None and _vector_of(part) == argument:
            letter = strip_group(part.subscript)
            if isinstance(letter, Name):
                found.add(key(letter))
    return found


def _vector_of(part: Scripted) -> str | None:
    base = strip_group(part.base)
    return key(base) if isinstance(base, Name) else None


def _mentions(node: Node, argument: str) -> bool:
    return any(isinstance(part, Name) and key(part) == argument for part in walk(node))


def _is_softmax(body: Node, argument: str, index: str) -> bool:
    """Whether a body is e^{z_i} / \\sum_j e^{z_j}, nothing more."""
    body = strip_group(body)
    if not isinstance(body, Fraction_):
        return False
    below = strip_group(body.denominator)
    return (
        isinstance(below, BigOperator)
        and below.operator == "sum"
        and _exponential_of(body.numerator, argument) == index
        and _exponential_of(below.body, argument) in {key(one) for one in _names(below.lower)}
    )


def _exponential_of(node: Node, argument: str) -> str | None:
    """The letter i of e^{z_i} or \\exp(z_i)."""
    node = strip_group(node)
    exponent: Node | None = None
    if isinstance(node, Scripted) and node.subscript is None and not node.primes:
        base = strip_group(node.base)
        if isinstance(base, Name) and key(base) == "e":
            exponent = node.superscript
    elif isinstance(node, Product) and len(node.factors) == 2:
        head, inner = strip_group(node.factors[0][1]), strip_group(node.factors[1][1])
        if isinstance(head, Name) and key(head) == "exp":
            exponent = inner.items[0] if isinstance(inner, Bracket) and len(inner.items) == 1 else inner
    exponent = None if exponent is None else strip_group(exponent)
    if not isinstance(exponent, Scripted) or exponent.superscript is not None or exponent.subscript is None:
        return None
    letter = strip_group(exponent.subscript)
    return key(letter) if _vector_of(exponent) == argument and isinstance(letter, Name) else None


# ---------------------------------------------------------------------- what it becomes


class _Composed:
    """Rewrites the formulas in which some functions of vectors are in force."""

    def __init__(self, force: Mapping[str, _Entrywise]) -> None:
        self.force = force

    def rebuilt(self, node: Any) -> Any:
        """The node with every entry of such a function a cell."""
        if isinstance(node, tuple):
            return tuple(self.rebuilt(item) for item in node)
        if not is_dataclass(node) or isinstance(node, type):
            return node
        if isinstance(node, Chain):
            return self._chain(node)
        if isinstance(node, Product):
            return self._product(node)
        return _over_fields(node, self.rebuilt)

    def _chain(self, chain: Chain) -> Chain:
        """A chain; the whole vector on the left of its entry's formula is the entry."""
        ends = [chain.first, *(right for _, right in chain.links)]
        for place, left in enumerate(ends[:-1]):
            defined = None if left is None else vector_definition(left, ends[place + 1])  # type: ignore[arg-type]
            if defined is None or defined[1] is None or defined[0] not in self.force:
                continue
            inner = strip_group(left)  # type: ignore[arg-type]
            assert isinstance(inner, Product)
            call = _call(inner.factors, 0)
            if call is not None and call.index is None:
                letter = Name(defined[1].index, inner.span)
                ends[place] = self._cell(replace(call, index=letter), inner.span)
        first = None if ends[0] is None else self.rebuilt(ends[0])
        links = tuple(
            (relation, self.rebuilt(end)) for (relation, _), end in zip(chain.links, ends[1:], strict=True)
        )
        return replace(chain, first=first, links=links, conditions=self.rebuilt(chain.conditions))

    def _product(self, product: Product) -> Node:
        factors: list[tuple[str, Node]] = []
        place = 0
        while place < len(product.factors):
            operator, factor = product.factors[place]
            call = _call(product.factors, place)
            name = self._named(factor)
            if name is None:
                factors.append((operator, self.rebuilt(factor)))
                place += 1
            elif call is not None and _vector(call.argument) is not None:
                factors.append(
                    (operator, self._cell(call, _span(product.factors[place : place + call.length])))
                )
                place += call.length
            else:
                # A function of a vector of what is no plain vector: only as a whole, and never entry by entry.
                factors.append((operator, self._renamed(factor, name)))
                place += 1
        if len(factors) == 1:
            return factors[0][1]
        return replace(product, factors=tuple(factors))

    def _named(self, factor: Node) -> str | None:
        head = strip_group(factor)
        if isinstance(head, Scripted):
            head = strip_group(head.base)
        return key(head) if isinstance(head, Name) and key(head) in self.force else None

    def _renamed(self, factor: Node, name: str) -> Node:
        text = "softmax" if self.force[name].is_softmax else f"{name} of a vector"

        def renamed(node: Any) -> Any:
            if isinstance(node, Name) and key(node) == name:
                return replace(node, text=text, font="op")
            return _over_fields(node, renamed) if isinstance(node, Scripted | Bracket) else node

        return renamed(factor)  # type: ignore[no-any-return]

    def _cell(self, call: _Call, span: Span) -> Node:
        """The entry of f(z) as a cell of the family f(z), or its formula where f was defined at another vector."""
        found = self.force[key(call.head)]
        argument = strip_group(call.argument)
        layer = argument.superscript if isinstance(argument, Scripted) else None
        base = strip_group(argument.base) if isinstance(argument, Scripted) else argument
        assert isinstance(base, Name)
        if key(base) != found.argument and call.index is not None:
            instance: Node = _Instance(found, argument, call.index).of(found.body)
            return Bracket("group", (instance,), span)
        text = to_latex(
            Product((("", replace(call.head)), ("", Bracket("(", (base,), base.span))), base.span)
        )
        name = Name(text, span)
        if call.index is None and layer is None:
            return name
        return Scripted(name, None if call.index is None else self.rebuilt(call.index), layer, 0, span)


class _Instance:
    """A definition's body at another vector and another entry."""

    def __init__(self, found: _Entrywise, argument: Node, index: Node) -> None:
        self.found, self.argument = found, argument
        self.letters: dict[str, Node] = {found.index: index}
        taken = {key(part) for part in walk(index) if isinstance(part, Name)}
        bound = {
            key(one)
            for part in walk(found.body)
            if isinstance(part, BigOperator)
            for one in _names(part.lower)
        }
        free = (letter for letter in "jklmnpqrst" if letter not in taken | bound | {found.index})
        for letter in sorted(bound & taken):
            self.letters[letter] = Name(next(free), index.span)

    def of(self, node: Any) -> Any:
        """The node with the vector and the letters exchanged."""
        if isinstance(node, tuple):
            return tuple(self.of(item) for item in node)
        if isinstance(node, Scripted) and _vector_of(node) == self.found.argument:
            layer = self.argument.superscript if isinstance(self.argument, Scripted) else node.superscript
            base = self.argument.base if isinstance(self.argument, Scripted) else self.argument
            return Scripted(base, self.of(node.subscript), layer, node.primes, node.span)
        if isinstance(node, Name):
            return self.letters.get(key(node), node)
        if not is_dataclass(node) or isinstance(node, type):
            return node
        return _over_fields(node, self.of)


def _over_fields(node: Any, change: Any) -> Any:
    return replace(
        node,
        **{f.name: change(getattr(node, f.name)) for f in fields(node) if f.name not in ("span", "source")},
    )


__all__ = ["vector_definition", "with_composites"]
