r"""Formulas about cells with many indices, read by themselves: z^{l+1}_{n,a,b,f}, w(f)_{i,j,c}, sums over tuples.

The document's model asks that a name means one thing throughout. Here a name is what its printed form says in
one line: a base, a layer, and as many indices as stand there. Only definitions of the same form speak of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from sympy import (
    Dummy,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
)

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
)
from convsym.latex.walking import walk
from convsym.scope.cellforms import (
    CellNode,
    Limits,
    called_cell,
    cell_of,
    cells_in,
    derivative_of,
    layer_of,
    letter_of,
    limits_of,
    primes_of,
    printed,
)
from convsym.scope.naming import strip_group

_TIMES = frozenset({"", "cdot", "times", "*"})


class NotCellwiseError(ConvsymError):
    """A formula that is not about cells with indices, sums and derivatives alone."""


# ---------------------------------------------------------------- values

_WRITTEN: Mapping[str, Callable[[Expr], Expr]] = {"\\exp": exp, "\\log": log, "\\ln": log}
FUNCTIONS = frozenset({"sigma", "phi", "varphi", "psi", "f", "g", "tanh", "exp", "log", "ln", "rho"})


def function(name: str, argument: Expr) -> Expr:
    """A function of one number by its name in LaTeX; exp and log are themselves."""
    known = _WRITTEN.get(name)
    return known(argument) if known is not None else Function(name)(argument)


@dataclass(slots=True)
class Bindings:
    """What the letters stand for at one place of a formula.

    Attributes:
        letters: value of a letter that a sum or a definition binds.
        outer: value outside the innermost sum of a letter that this sum takes although it already stands for
            something else.
    """

    letters: dict[str, Expr] = field(default_factory=dict)
    outer: dict[str, Expr] = field(default_factory=dict)

    def of(self, letter: str) -> Expr:
        """What a letter stands for."""
        return self.letters.get(letter, Symbol(letter, integer=True))


Range = tuple[Expr, Expr]


@dataclass(slots=True)
class CellReading:
    """Reads the formulas of one claim.

    Attributes:
        range_of: the range of an axis, from a cell's form, the axis and the layer; None where nothing says it.
        derivative: the derivative of a value by a cell (its form and its indices, the layer first if any).
        gradient: of an undefined quantity by a cell, by name.
        fixed: the letter that always stands on an axis of a form.
        meaning: what a cell that has a definition to be put in stands for, or None.
        kroneckers: names that stand for Kronecker's delta.
        taken: index letters that stand free in the claim, outside of any sum over them.
        words: the axes that a word stands for as a limit, as forms of cells with an axis.
        forms: the forms met, by name.
        assumed: what the reading takes for granted.
        whole: whether a sum was met whose ends are not written.
    """

    range_of: Callable[[tuple[str, int], int, Expr | None], Range | None]
    derivative: Callable[[Expr, Indexed | Symbol], Expr]
    gradient: Callable[[str, Indexed | Symbol], Expr]
    meaning: Callable[[CellNode, tuple[Expr, ...]], Expr | None]
    fixed: Mapping[tuple[str, int, int], str] = field(default_factory=dict)
    kroneckers: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    words: Mapping[tuple[str, int], Collection[tuple[str, int, int]]] = field(default_factory=dict)
    forms: dict[str, tuple[int, bool]] = field(default_factory=dict)
    assumed: dict[str, None] = field(default_factory=dict)
    opened: dict[tuple[str, int], Range] = field(default_factory=dict)
    whole: bool = False

    def value(self, node: Node, at: Bindings) -> Expr:
        """The value of a formula.

        Args:
            node: the formula.
            at: what its letters stand for.

        Raises:
            NotCellwiseError: it holds something else than cells, numbers, sums, products and derivatives.
        """
        node = strip_group(node)
        match node:
            case Number(text):
                return Rational(text)
            case Signed("+" | "-", operand):
                value = self.value(operand, at)
                return -value if node.sign == "-" else value
            case Sum_(terms):
                total: Expr = Integer(0)
                for sign, term in terms:
                    if sign not in ("+", "-"):
                        raise NotCellwiseError("a sign of two meanings")
                    total += self.value(term, at) if sign == "+" else -self.value(term, at)
                return total
            case Bracket(kind, (single,)) if kind in ("(", "[", "{", "group"):
                return self.value(single, at)
            case BigOperator("sum"):
                return self._sum(node, at)
            case Scripted() | Name() if (cell := cell_of(node)) is not None:
                return self._cell_value(cell, at)
            case Scripted(base, None, Number("2" | "3" as power), 0):
                return self.value(base, at) ** int(power)
            case Name() if len(node.text) == 1 or not node.font:
                letter = letter_of(node)
                if letter is None or node.text in ("partial", "nabla", "infty", "d", "Delta", "ldots"):
                    raise NotCellwiseError("a sign that is no quantity")
                return at.letters.get(letter, Symbol(letter))
            case Fraction_():
                return self._fraction(node, at)
            case Product():
                return self._product(node, at)
        raise NotCellwiseError(f"{type(node).__name__} is no cell, sum, product or derivative")

    def _cell_value(self, cell: CellNode, at: Bindings) -> Expr:
        if cell.name in self.kroneckers and len(cell.indices) == 2:
            one, other = (self.form(index, at) for index in cell.indices)
            return KroneckerDelta(one, other)
        indexed = self.cell(cell, at)
        return self.meaning(cell, indexed.indices) or indexed

    def cell(self, cell: CellNode, at: Bindings) -> Indexed:
        """A cell at its place; its layer, if it has one, is the first index."""
        known = self.forms.setdefault(cell.name, (len(cell.indices), cell.layer is not None))
        if known != (len(cell.indices), cell.layer is not None):
            raise NotCellwiseError(f"{cell.name} carries different numbers of indices in one line")
        indices = []
        for axis, index in enumerate(cell.indices):
            letter = letter_of(index)
            if letter in at.outer and self.fixed.get((*cell.form, axis)) == letter:
                indices.append(at.outer[letter])
            else:
                indices.append(self.form(index, at))
        layer = () if cell.layer is None else (self.form(cell.layer, at),)
        return IndexedBase(cell.name)[(*layer, *indices)]

    def form(self, node: Node, at: Bindings) -> Expr:
        """An index, a limit or a size.

        Raises:
            NotCellwiseError: it is no polynomial in letters.
        """
        node = strip_group(node)
        letter = letter_of(node)
        if letter is not None:
            return at.of(letter)
        match node:
            case Number(text) if text.isdigit():
                return Integer(text)
            case Signed("+" | "-", operand):
                value = self.form(operand, at)
                return -value if node.sign == "-" else value
            case Sum_(terms):
                total: Expr = Integer(0)
                for sign, term in terms:
                    total += self.form(term, at) if sign == "+" else -self.form(term, at)
                return total
            case Product(factors) if all(op in _TIMES for op, _ in factors):
                result: Expr = Integer(1)
                for _, factor in factors:
                    result *= self.form(factor, at)
                return result
            case Bracket(kind, (single,)) if kind in ("(", "[", "{", "group"):
                return self.form(single, at)
            case Bracket("floor" | "ceil"):
                self._unbound(node, at)
                return Symbol(printed(node), integer=True)
            case Scripted(Name() as base, subscript, superscript, primes):
                return self._size(base, subscript, superscript, primes, at)
        raise NotCellwiseError("an index that is no polynomial in letters")

    def _size(
        self, base: Name, subscript: Node | None, superscript: Node | None, primes: int, at: Bindings
    ) -> Expr:
        """A size with a label and a layer, H^{l+1}_o: it follows the layer that it is said of."""
        name = printed(base) + "'" * primes
        if subscript is not None:
            self._unbound(subscript, at)
            name += f"_{{{printed(subscript)}}}"
        if superscript is not None:
            layer = layer_of(superscript)
            if layer is None:
                raise NotCellwiseError("a size with something raised that is no layer")
            name += f"^{{{self.form(layer, at)}}}".replace(" ", "")
        return Symbol(name, integer=True)

    def _unbound(self, node: Node, at: Bindings) -> None:
        if any(letter_of(part) in at.letters for part in walk(node) if isinstance(part, Name)):
            raise NotCellwiseError("a label or a rounded index that a sum runs over")

    def _fraction(self, node: Fraction_, at: Bindings) -> Expr:
        found = derivative_of(node)
        if found is not None and found[0] is not None:
            return self._derivative(found[0], found[1], at)
        if found is not None:
            raise NotCellwiseError("an operator without what it differentiates")
        return self.value(node.numerator, at) / self.value(node.denominator, at)

    def _derivative(self, of: Node, by: Node, at: Bindings) -> Expr:
        place = self._place(by, at)
        of = strip_group(of)
        if isinstance(of, Name) or self._is_labelled(of):
            return self.gradient(printed(of), place)
        return self.derivative(self.value(of, at), place)

    def _is_labelled(self, of: Node) -> bool:
        """Whether a quantity only wears a letter, C_x for the cost of an example x: it never wears another one."""
        cell = cell_of(of)
        if cell is None or len(cell.indices) != 1 or cell.layer is not None:
            return False
        letter = letter_of(cell.indices[0])
        return (
            letter is not None and self.fixed.get((*cell.form, 0)) == letter and cell.name not in self.forms
        )

    def _place(self, by: Node, at: Bindings) -> Indexed | Symbol:
        """What a derivative is taken by: a cell, or a number with a name, the bias b."""
        cell = cell_of(by)
        if cell is not None:
            return self.cell(cell, at)
        name = strip_group(by)
        letter = letter_of(name) if isinstance(name, Name) and "bf" not in name.font else None
        if letter is None or letter in at.letters:
            raise NotCellwiseError("a derivative by something that is no cell")
        if self.forms.setdefault(letter, (0, False)) != (0, False):
            raise NotCellwiseError(f"{letter} stands with indices and without")
        return Symbol(letter)

    def _product(self, node: Product, at: Bindings) -> Expr:
        if (found := derivative_of(node)) is not None and found[0] is not None:
            return self._derivative(found[0], found[1], at)
        if (cell := cell_of(node)) is not None:
            return self._cell_value(cell, at)
        factors = list(node.factors)
        result: Expr = Integer(1)
        while factors:
            operator, factor = factors.pop(0)
            following = factors[0] if factors else None
            if (applied := self._applied(factor, following, at)) is not None:
                factors.pop(0)
                value = applied
            elif following is not None and (cell := called_cell(factor, following[1])) and following[0] == "":
                factors.pop(0)
                value = self._cell_value(cell, at)
            elif (found := derivative_of(factor)) is not None and found[0] is None:
                if not factors or any(op not in _TIMES for op, _ in factors):
                    raise NotCellwiseError("an operator without what it differentiates")
                rest = (
                    factors[0][1]
                    if len(factors) == 1
                    else Product((("", factors[0][1]), *factors[1:]), node.span)
                )
                factors = []
                value = (
                    self._derivative(rest, found[1], at)
                    if cell_of(rest)
                    else self._operated(rest, found[1], at)
                )
            else:
                value = self._dot(factor, following, at)
                if value is not None:
                    factors.pop(0)
                else:
                    value = self.value(factor, at)
            if operator == "/":
                result = result / value
            elif operator in _TIMES:
                result = result * value
            else:
                raise NotCellwiseError(f"the operator {operator}")
        return result

    def _applied(self, factor: Node, following: tuple[str, Node] | None, at: Bindings) -> Expr | None:
        r"""\sigma(z), f'(x): a function of one number, its derivative with a prime."""
        factor = strip_group(factor)
        primes = 0
        if isinstance(factor, Scripted) and factor.subscript is None:
            primes = primes_of(factor)
            factor = factor.base if primes else factor
        if not isinstance(factor, Name) or factor.text not in FUNCTIONS:
            return None
        argument = strip_group(following[1]) if following is not None and following[0] == "" else None
        if not isinstance(argument, Bracket) or argument.kind not in ("(", "[") or len(argument.items) != 1:
            raise NotCellwiseError("a function without its argument")
        return function(printed(factor) + "'" * primes, self.value(argument.items[0], at))

    def _operated(self, of: Node, by: Node, at: Bindings) -> Expr:
        return self.derivative(self.value(of, at), self._place(by, at))

    def _dot(self, factor: Node, following: tuple[str, Node] | None, at: Bindings) -> Expr | None:
        r"""[a, b] \cdot [c, d], two printed lists: the sum of their products."""
        if following is None or following[0] not in ("cdot", ""):
            return None
        one, other = strip_group(factor), strip_group(following[1])
        lists = [n.items for n in (one, other) if isinstance(n, Bracket) and n.kind in ("[", "(")]
        if len(lists) < 2 or len(lists[0]) != len(lists[1]) or len(lists[0]) < 2 or following[0] != "cdot":
            return None
        total: Expr = Integer(0)
        for left, right in zip(*lists, strict=True):
            total += self.value(left, at) * self.value(right, at)
        return total

    # ------------------------------------------------------------ sums

    def _sum(self, node: BigOperator, at: Bindings) -> Expr:
        limits = limits_of(node)
        if limits is None:
            raise NotCellwiseError("a sum whose limits are of another form")
        inner = Bindings(dict(at.letters), dict(at.outer))
        dummies = {limit.letter: Dummy(limit.letter, integer=True) for limit in limits}
        for letter, dummy in dummies.items():
            inner.outer.pop(letter, None)
            if (letter in at.letters or letter in self.taken) and self._clashes(letter, node.body):
                inner.outer[letter] = at.of(letter)
                self.assumed[f"the sum's ${letter}$ is not the ${letter}$ of the other index"] = None
            inner.letters[letter] = dummy
        ranges = [self._range(limit, node.body, at) for limit in limits]
        body = self.value(node.body, inner)
        for limit, (low, high) in zip(reversed(limits), reversed(ranges), strict=True):
            body = Sum(body, (dummies[limit.letter], low, high))
        return body

    def _clashes(self, letter: str, body: Node) -> bool:
        """Whether a sum takes a letter that stands on an axis of its own there, the sample's n, and elsewhere."""
        on_own = elsewhere = False
        for cell in cells_in(body):
            for axis, index in enumerate(cell.indices):
                if letter_of(index) == letter and self.fixed.get((*cell.form, axis)) == letter:
                    on_own = True
                elif any(
                    letter_of(part) == letter for part in walk(index) if isinstance(part, Name | Scripted)
                ):
                    elsewhere = True
        return on_own and elsewhere

    def _range(self, limit: Limits, body: Node, at: Bindings) -> Range:
        if limit.low is not None and limit.high is not None:
            return self.form(limit.low, at), self.form(limit.high, at)
        self.whole = True
        found: list[Range] = []
        places: list[tuple[str, int]] = []
        for cell in cells_in(body):
            if cell.name in self.kroneckers:
                continue
            layer = None if cell.layer is None else self.form(cell.layer, at)
            for axis, index in enumerate(cell.indices):
                if letter_of(index) != limit.letter:
                    continue
                own = self.range_of(cell.form, axis, layer) or self.opened.get((cell.name, axis))
                places.append((cell.name, axis))
                if own is not None and own not in found:
                    found.append(own)
        if not places and limit.word is not None:
            known = sorted(self.words.get(limit.word, ()))
            places = [(name, axis) for name, count, axis in known if self.forms.get(name, (0,))[0] == count]
            found = [self.opened[place] for place in places if place in self.opened][:1]
        if len(found) > 1 or not places:
            raise NotCellwiseError(f"the range of {limit.letter} is not known")
        if not found:
            name, axis = places[0]
            low: Expr = Symbol(f"\\min {name}_{axis + 1}", integer=True)
            if limit.low is not None:
                low = self.form(limit.low, at)
            found = [(low, Symbol(f"\\max {name}_{axis + 1}", integer=True))]
        for place in places:
            self.opened.setdefault(place, found[0])
        return found[0]


__all__ = [
    "FUNCTIONS",
    "Bindings",
    "CellReading",
    "NotCellwiseError",
    "Range",
    "function",
]
