r"""Lines of a table of gradients, cell by cell, as polynomials: dL/dF_{11} = dL/dO_{11} X_{11} + ...

Nothing that the document defines is put in: a cell is itself, a slope is itself. What a convolution makes of them is
asked of whoever reads the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod

from convsym.errors import ConvsymError
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Sum_,
    Words,
)
from convsym.latex.walking import children, walk
from convsym.scope.cellforms import cell_of, letter_of, limits_of, printed
from convsym.scope.naming import strip_group

Index = tuple[int, ...]
_TIMES = frozenset({"", "cdot", "times", "*", "ast"})
_DIFFERENTIALS = frozenset({"partial", "d"})
_GRADIENTS = _DIFFERENTIALS | {"nabla"}
_GROUPS = frozenset({"(", "[", "{", "group"})
_MOST_TERMS = 256
_MOST_SUMMANDS = 20_000
"""Summands written out for one sum with all sums inside it: a table's line has a few dozen."""


class NotTabularError(ConvsymError):
    """A formula that is no sum of products of cells and slopes."""


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    r"""What a table's line is made of.

    Attributes:
        kind: "cell"; "slope", \partial L/\partial O_{11}; "local", \partial O_{11}/\partial F_{12}; "name".
        name: the family, or the name.
        index: where it stands, () for a name.
        below: of a local slope, the family and the index it is taken by.
    """

    kind: str
    name: str
    index: Index = ()
    below: tuple[str, Index] | None = None


Terms = Mapping[tuple[Atom, ...], Fraction]
"""A polynomial: coefficients by product."""
Places = Mapping[str, tuple[Sequence[int], Sequence[int]]]
"""First and last index of every axis, by family."""


def times(one: Terms, other: Terms) -> Terms:
    """The product of two polynomials."""
    found: dict[tuple[Atom, ...], Fraction] = {}
    for (a, x), (b, y) in product(one.items(), other.items()):
        whole = tuple(sorted((*a, *b), key=_order))
        found[whole] = found.get(whole, Fraction(0)) + x * y
    return _kept(found)


def plus(one: Terms, other: Terms, factor: Fraction = Fraction(1)) -> Terms:
    """A polynomial and a multiple of another."""
    found = dict(one)
    for key, value in other.items():
        found[key] = found.get(key, Fraction(0)) + factor * value
    return _kept(found)


def atom(found: Atom) -> Terms:
    """A polynomial of one atom."""
    return {(found,): Fraction(1)}


def replaced(terms: Terms, meaning: Callable[[Atom], Terms | None]) -> Terms:
    """A polynomial with its atoms put in for.

    Args:
        terms: the polynomial.
        meaning: what an atom stands for, None where for itself.
    """
    total: Terms = {}
    for factors, coefficient in terms.items():
        value: Terms = {(): coefficient}
        for one in factors:
            known = meaning(one)
            value = times(value, atom(one) if known is None else known)
        total = plus(total, value)
    return total


def _kept(found: dict[tuple[Atom, ...], Fraction]) -> Terms:
    if len(found) > _MOST_TERMS:
        raise NotTabularError("more terms than a table's line has")
    return {key: value for key, value in found.items() if value}


def _order(one: Atom) -> tuple[str, str, Index, str]:
    return one.kind, one.name, one.index, str(one.below)


@dataclass(slots=True)
class TableReader:
    r"""Reads the sides of one line.

    Attributes:
        places: how far the families extend, for sums without limits and letters without values.
        losses: the names of what is differentiated, as met.
        base: what is added to an index that stands in letters: 1 where letters count from 0 and cells from 1.
        named: letters that the document uses for quantities, the d of a matrix [a, b; c, d].
        letters: index letters that stand for an expression in others, m = p - i.
        slopes: families that stand for the gradient by another one, \delta for that by O.
    """

    places: Places
    losses: dict[str, None]
    base: int = 0
    named: frozenset[str] = frozenset()
    letters: Mapping[str, Node] = field(default_factory=dict)
    slopes: Mapping[str, str] = field(default_factory=dict)
    _left: int = field(default=_MOST_SUMMANDS, init=False)

    def terms(self, node: Node, letters: Mapping[str, int]) -> Terms:
        """The polynomial that a side prints.

        Args:
            node: the side.
            letters: what its index letters stand for.

        Raises:
            NotTabularError: it holds something else.
        """
        node = strip_group(node)
        found = self._slope(node, letters)
        if found is not None:
            return atom(found)
        cell = cell_of(node)
        if cell is not None:
            own = self._cell(node, letters)
            above = self.slopes.get(own.name)
            return atom(own if above is None else Atom("slope", above, own.index))
        match node:
            case Number(text):
                return {(): Fraction(text)} if Fraction(text) else {}
            case Signed("+" | "-" as sign, operand):
                return plus({}, self.terms(operand, letters), Fraction(-1 if sign == "-" else 1))
            case Sum_(summands):
                total: Terms = {}
                for mark, term in summands:
                    if mark not in ("+", "-"):
                        raise NotTabularError("a sign of two meanings")
                    total = plus(total, self.terms(term, letters), Fraction(-1 if mark == "-" else 1))
                return total
            case Bracket(kind, (single,)) if kind in _GROUPS:
                return self.terms(single, letters)
            case BigOperator("sum"):
                return self._sum(node, letters)
            case Product(factors):
                return self._product(factors, letters)
            case Fraction_(numerator, Number(text)) if Fraction(text):
                return plus({}, self.terms(numerator, letters), 1 / Fraction(text))
            case Name() if letter_of(node) is not None and node.text != "partial":
                return atom(Atom("name", printed(node)))
        raise NotTabularError("something else than cells, slopes, sums and products")

    def _product(self, factors: Sequence[tuple[str, Node]], letters: Mapping[str, int]) -> Terms:
        total: Terms = {(): Fraction(1)}
        at = 0
        while at < len(factors):
            operator, factor = factors[at]
            plain = strip_group(factor)
            if (
                isinstance(plain, Name)
                and plain.text in _GRADIENTS
                and plain.text not in self.named
                and at + 1 < len(factors)
                and factors[at + 1][0] == ""
                and cell_of(factors[at + 1][1]) is not None
            ):
                # \partial X_{11}, dX_{11}, \nabla X_{11}: the gradient under the name of its variable.
                cell = self._cell(factors[at + 1][1], letters)
                value, at = atom(Atom("slope", cell.name, cell.index)), at + 1
            elif operator == "/" and isinstance(plain, Number) and Fraction(plain.text):
                value, operator = {(): 1 / Fraction(plain.text)}, ""
            else:
                value = self.terms(factor, letters)
            if operator not in _TIMES:
                raise NotTabularError(f"the operator {operator}")
            total = times(total, value)
            at += 1
        return total

    def _sum(self, node: BigOperator, letters: Mapping[str, int]) -> Terms:
        limits = limits_of(node)
        if limits is None:
            raise NotTabularError("a sum whose limits are of another form")
        ranges = []
        for limit in limits:
            if limit.low is not None and limit.high is not None:
                low, high = self.index(limit.low, letters), self.index(limit.high, letters)
            elif limit.low is None and limit.high is None and limit.word is None:
                low, high = self.span(limit.letter, node.body)
            else:
                raise NotTabularError("a sum with one limit")
            ranges.append(range(low, high + 1))
        if not letters:
            self._left = _MOST_SUMMANDS
        self._left -= prod(len(span) for span in ranges)
        if self._left < 0:
            raise NotTabularError("a sum longer than a table's line")
        total: Terms = {}
        for values in product(*ranges):
            inner = {**letters, **{lim.letter: value for lim, value in zip(limits, values, strict=True)}}
            total = plus(total, self.terms(node.body, inner))
        return total

    def span(self, letter: str, body: Node) -> tuple[int, int]:
        """How far a letter runs that stands alone as an index of cells.

        Raises:
            NotTabularError: the cells do not say it, or do not agree.
        """
        found = set()
        for part in walk(body):
            cell = cell_of(part)
            if cell is None:
                continue
            name = family_of(part)
            for axis, index in enumerate(cell.indices):
                if letter_of(index) == letter and name in self.places:
                    lows, highs = self.places[name]
                    if axis < len(lows):
                        found.add((lows[axis] - self.base, highs[axis] - self.base))
        if len(found) != 1:
            raise NotTabularError(f"the range of {letter} is not known")
        return found.pop()

    def _cell(self, node: Node, letters: Mapping[str, int]) -> Atom:
        cell = cell_of(node)
        if cell is None:
            raise NotTabularError("no cell")
        return Atom("cell", family_of(node), tuple(self._place(index, letters) for index in cell.indices))

    def _place(self, node: Node, letters: Mapping[str, int]) -> int:
        lettered = any(letter_of(part) is not None for part in walk(node))
        return self.index(node, letters) + (self.base if lettered else 0)

    def index(self, node: Node, letters: Mapping[str, int]) -> int:
        """The number an index or a limit comes to.

        Raises:
            NotTabularError: it is no number, at these letters.
        """
        node = strip_group(node)
        letter = letter_of(node)
        if letter is not None and letter in letters:
            return letters[letter]
        if letter is not None and letter in self.letters:
            return self.index(self.letters[letter], letters)
        match node:
            case Number(text) if text.isdigit():
                return int(text)
            case Signed("+" | "-" as sign, operand):
                return self.index(operand, letters) * (-1 if sign == "-" else 1)
            case Sum_(summands) if all(sign in ("+", "-") for sign, _ in summands):
                return sum(self.index(term, letters) * (-1 if s == "-" else 1) for s, term in summands)
            case Product(factors) if all(operator in _TIMES for operator, _ in factors):
                value = 1
                for _, factor in factors:
                    value *= self.index(factor, letters)
                return value
            case Bracket(kind, (single,)) if kind in _GROUPS:
                return self.index(single, letters)
        raise NotTabularError("an index that is no number")

    def _slope(self, node: Node, letters: Mapping[str, int]) -> Atom | None:
        r"""\partial L/\partial O_{11}, (\partial L/\partial O)_{11}, \partial O_{11}/\partial F_{12}."""
        if isinstance(node, Scripted) and node.subscript is not None and node.superscript is None:
            base = strip_group(node.base)
            parts = fraction_parts(base) or (
                fraction_parts(strip_group(base.items[0]))
                if isinstance(base, Bracket) and base.kind in _GROUPS and len(base.items) == 1
                else None
            )
            if parts is None:
                return None
            inner = strip_group(parts[1])
            if not isinstance(inner, Name) or not self._is_loss(parts[0]):
                raise NotTabularError("a slope of another form")
            return self._slope_by(Scripted(inner, node.subscript, None, 0, node.span), letters)
        parts = fraction_parts(node)
        if parts is None:
            return None
        of, by = parts
        if cell_of(of) is not None and not self._is_loss(of):
            above, below = self._cell(of, letters), self._by(by, letters)
            return Atom("local", above.name, above.index, (below.name, below.index))
        if not self._is_loss(of):
            raise NotTabularError("a slope of something that is no loss")
        return self._slope_by(by, letters)

    def _slope_by(self, by: Node, letters: Mapping[str, int]) -> Atom:
        below = self._by(by, letters)
        return Atom("slope", below.name, below.index)

    def _by(self, by: Node, letters: Mapping[str, int]) -> Atom:
        by = strip_group(by)
        if cell_of(by) is not None:
            return self._cell(by, letters)
        if isinstance(by, Name) and letter_of(by) is not None:
            return Atom("name", printed(by))
        raise NotTabularError("a slope by something that is no cell")

    def _is_loss(self, of: Node) -> bool:
        of = strip_group(of)
        if isinstance(of, Name | Words):
            self.losses.setdefault(loss_of(of))
            return True
        return False


def loss_of(of: Node) -> str:
    """The name of what is differentiated."""
    return of.text if isinstance(of, Words) else printed(of)


def family_of(node: Node) -> str:
    """The family of a cell, with the layer printed on it."""
    cell = cell_of(node)
    assert cell is not None
    return cell.name if cell.layer is None else f"{cell.name}^{{{printed(cell.layer)}}}"


def fraction_parts(node: Node) -> tuple[Node, Node] | None:
    r"""What a slope is of and by: \frac{\partial L}{\partial y}, \frac{dL}{dy}, \partial L / \partial y."""
    node = strip_group(node)
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] == "/":
        above, below = node.factors[0][1], node.factors[1][1]
    elif isinstance(node, Fraction_):
        above, below = node.numerator, node.denominator
    else:
        return None
    of, by = _behind(strip_group(above)), _behind(strip_group(below))
    return None if of is None or by is None else (of, by)


def _behind(node: Node) -> Node | None:
    if not isinstance(node, Product) or len(node.factors) < 2:
        return None
    first = strip_group(node.factors[0][1])
    if not isinstance(first, Name) or first.text not in _DIFFERENTIALS:
        return None
    rest = node.factors[1:]
    if any(operator for operator, _ in rest):
        return None
    if len(rest) == 1:
        return rest[0][1]
    # L oss, printed letter by letter
    return None


def without_slope(node: Node, index: Sequence[Node]) -> Node | None:
    r"""A product without the slope of an activation at the cell of an index: \delta_{11} w_{11} \sigma'(z_{11}).

    Args:
        node: one side of a line.
        index: where the cell on the other side stands.

    Returns:
        What is left of the product; None where no such factor ends it.
    """
    node = strip_group(node)
    if not isinstance(node, Product) or len(node.factors) < 3:
        return None
    *rest, (_, function), (between, argument) = node.factors
    function, argument = strip_group(function), strip_group(argument)
    if (
        between
        or not isinstance(function, Scripted)
        or function.primes != 1
        or function.subscript is not None
        or not isinstance(argument, Bracket)
        or len(argument.items) != 1
    ):
        return None
    cell = cell_of(argument.items[0])
    if cell is None or [printed(one) for one in cell.indices] != [printed(one) for one in index]:
        return None
    return rest[0][1] if len(rest) == 1 else Product(tuple(rest), node.span)


def numbered_cells(node: Node) -> Iterator[tuple[str, Index]]:
    """The cells of a formula that stand at numbers, those in slopes included."""
    cell = cell_of(node)
    if cell is not None:
        if all(isinstance(index, Number) and index.text.isdigit() for index in cell.indices):
            yield family_of(node), tuple(int(i.text) for i in cell.indices if isinstance(i, Number))
        return
    if isinstance(node, Scripted) and node.subscript is not None:
        parts = fraction_parts(strip_group(node.base))
        if parts is not None and isinstance(strip_group(parts[1]), Name):
            yield from numbered_cells(Scripted(parts[1], node.subscript, None, 0, node.span))
            return
    for part in children(node):
        yield from numbered_cells(part)


def index_letters(node: Node) -> Iterator[str]:
    """The letters that stand as indices of cells outside of any sum over them."""
    node = strip_group(node)
    cell = cell_of(node)
    if cell is not None:
        for index in cell.indices:
            yield from (letter for part in walk(index) if (letter := letter_of(part)) is not None)
        return
    bound: set[str] = set()
    if isinstance(node, BigOperator):
        bound = {limit.letter for limit in limits_of(node) or ()}
    for part in children(node):
        yield from (letter for letter in index_letters(part) if letter not in bound)


__all__ = [
    "Atom",
    "Index",
    "NotTabularError",
    "Places",
    "TableReader",
    "Terms",
    "atom",
    "family_of",
    "fraction_parts",
    "index_letters",
    "numbered_cells",
    "plus",
    "replaced",
    "times",
    "without_slope",
]
