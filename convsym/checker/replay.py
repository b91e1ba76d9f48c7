"""Expressions of a worked example as arrays, entry by entry, over the entries of the quantities they name."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol, diff, exp, sqrt

from convsym.checker.ledger import (
    Bindings,
    Formula,
    Ledger,
    Printed,
    Quantity,
    named,
    printed_numbers,
    quantity_of,
    slope_sides,
)
from convsym.errors import ScopeError
from convsym.functions import relu, sigmoid
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    Signed,
    Sum_,
)
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.approximation import decimal_of
from convsym.scope.arrays import Array, correlated, entrywise, number, product
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group

_DEPTH = 24
_SUMMANDS = 30
_ENTRYWISE = frozenset({"odot", "circ"})
_SLIDING = frozenset({"*", "ast", "star", "circledast", "otimes"})
_TRANSPOSES = frozenset({"T", "top", "intercal"})
_MANY = frozenset({"max", "min"})
_ARBITRARY = frozenset({"f", "g", "h", "phi", "varphi", "psi", "act"})
_ACTIVATIONS = {"sigmoid": r"sigmo|logisti", "tanh": r"tanh|hyperbolic", "relu": r"relu"}
_FITTING = 12


def _softmax(array: Array) -> Array:
    total = Add(*(exp(cell) for cell in array.cells))
    return array.map(lambda cell: exp(cell) / total)


def _rotated(array: Array) -> Array:
    return Array(array.rows, array.columns, array.cells[::-1], array.loose)


# Functions of a vector or a matrix as a whole.
_WHOLE: dict[str, Callable[[Array], Array]] = {
    "softmax": _softmax,
    "rot180": _rotated,
    "rot": _rotated,
    "flip": _rotated,
}


@dataclass(slots=True)
class Replay:
    """Reads expressions in the quantities of a ledger.

    Attributes:
        ledger: what the document has said so far.
        words: what its prose says, in small letters.
        atoms: the quantity and the place of each entry's symbol.
        literals: the value and one unit of the last place of each printed decimal's symbol.
        assumed: what had to be assumed, in words.
        guessed: whether something was assumed that only bears a proof.
    """

    ledger: Ledger
    words: str
    atoms: dict[Symbol, tuple[Quantity, int]] = field(default_factory=dict)
    literals: dict[Symbol, tuple[Fraction, Fraction]] = field(default_factory=dict)
    assumed: set[str] = field(default_factory=set)
    guessed: bool = False
    _open: list[Quantity] = field(default_factory=list)
    _shapes: dict[Quantity, Array] = field(default_factory=dict)
    _worked: dict[object, Array] = field(default_factory=dict)
    _traced: dict[Fraction, list[tuple[Quantity, int]]] | None = None

    # ------------------------------------------------------------------ quantities

    def array(self, quantity: Quantity) -> Array:
        """The entries of a quantity as symbols.

        Args:
            quantity: the quantity.

        Raises:
            ScopeError: nothing says what shape it has.
        """
        if quantity in self._shapes:
            return self._shapes[quantity]
        if quantity in self._open or len(self._open) > _DEPTH:
            raise ScopeError("a quantity that rests on itself")
        self._open.append(quantity)
        try:
            found = self._array(quantity)
        finally:
            self._open.pop()
        self._shapes[quantity] = found
        return found

    def _array(self, quantity: Quantity) -> Array:
        entry = self.ledger.entries.get(quantity)
        if entry is not None and entry.printed is not None:
            return self._symbols(quantity, entry.printed.rows, entry.printed.columns, entry.printed.loose)
        if quantity.indices and quantity.below is None:
            whole = self._whole(quantity)
            if whole is not None:
                return whole
        for formula in self.ledger.formulas(quantity):
            try:
                shape = self.formula(formula)
            except ScopeError:
                continue
            return self._symbols(quantity, shape.rows, shape.columns, shape.loose)
        if quantity.below is not None:
            below = self.array(quantity.below)
            return self._symbols(quantity, below.rows, below.columns, below.loose)
        if quantity.indices:
            raise ScopeError(f"nothing says what {quantity.name} is")
        return self._collected(quantity)

    def _whole(self, quantity: Quantity) -> Array | None:
        """The entry of a vector or a matrix that is known as a whole."""
        try:
            whole = self.array(Quantity(quantity.name, quantity.layer))
        except ScopeError:
            return None
        return entry_at(whole, quantity.indices)

    def _collected(self, quantity: Quantity) -> Array:
        """A vector that is known by its entries alone, or the input as the activation of layer 0."""
        cells: list[Expr] = []
        for place in range(1, _FITTING + 1):
            single = Quantity(quantity.name, quantity.layer, (place,))
            if single in self._open:
                raise ScopeError("a quantity that rests on itself")
            try:
                cells.extend(self.entry_of(single).cells)
            except ScopeError:
                break
        if len(cells) > 1:
            return Array(len(cells), 1, tuple(cells))
        if quantity.layer == 0 and quantity.name == "a" and Quantity("x") in self.ledger.entries:
            self.assumed.add("$a^{(0)}$ is the input $x$")
            return self.array(Quantity("x"))
        raise ScopeError(f"nothing says what {quantity.name} is")

    def entry_of(self, quantity: Quantity) -> Array:
        """The entry of a family that is defined for every index, or has been given."""
        if quantity in self.ledger.entries or self.ledger.formulas(quantity):
            return self.array(quantity)
        raise ScopeError(f"nothing says what {quantity.name} is")

    def _symbols(self, quantity: Quantity, rows: int, columns: int, loose: bool) -> Array:
        cells = tuple(self.atom(quantity, place) for place in range(rows * columns))
        return Array(rows, columns, cells, loose)

    def atom(self, quantity: Quantity, place: int) -> Symbol:
        """The symbol of one entry."""
        text = f"{quantity.name}|{quantity.layer}|{quantity.indices}"
        if quantity.below is not None:
            text = f"{text}/{quantity.below.name}|{quantity.below.layer}|{quantity.below.indices}"
        symbol = Symbol(f"{text}#{place}", real=True)
        self.atoms[symbol] = quantity, place
        return symbol

    # ------------------------------------------------------------------ formulas

    def formula(self, formula: Formula) -> Array:
        """The entries of a formula.

        Raises:
            ScopeError: it is of a form that is not read.
        """
        mark = formula.number, id(formula.body), formula.bindings, tuple(self._open)
        if mark not in self._worked:
            self._worked[mark] = _Reading(
                self, formula.scope, dict(formula.bindings), trace=True
            ).value(formula.body)
        return self._worked[mark]

    def side(self, node: Node, scope: Scope, bindings: Bindings | None = None) -> Array:
        """The entries of a side of a relation, its decimals as symbols of their own.

        Args:
            node: the side.
            scope: what it is read with.
            bindings: what its index letters are.

        Raises:
            ScopeError: it is of a form that is not read.
        """
        return _Reading(self, scope, bindings or {}, trace=False).value(node)

    def definitions(self, symbol: Symbol) -> list[tuple[Formula | None, Expr]]:
        """What the entry behind a symbol is by each formula of its quantity, and by differentiation.

        Args:
            symbol: the symbol of an entry.
        """
        quantity, place = self.atoms[symbol]
        found: list[tuple[Formula | None, Expr]] = []
        for formula in self.ledger.formulas(quantity):
            try:
                cells = self.formula(formula).cells
            except ScopeError:
                continue
            if place < len(cells) and symbol not in cells[place].free_symbols:
                found.append((formula, cells[place]))
        for formula in self.ledger.formulas(self.ledger.single(quantity, place)):
            with suppress(ScopeError):
                found.append((formula, self.formula(formula).cells[0]))
        if quantity.below is not None:
            with suppress(ScopeError):
                found.append((None, self.slope(quantity, place)))
        return found

    def slope(self, quantity: Quantity, place: int) -> Expr:
        """One entry of a derivative, through the formulas in letters.

        Args:
            quantity: the derivative.
            place: the place of the entry.

        Raises:
            ScopeError: no formula leads from the one to the other.
        """
        assert quantity.below is not None
        above = self.array(Quantity(quantity.name, quantity.layer, quantity.indices))
        below = self.array(quantity.below)
        if not above.is_number or place >= len(below.cells):
            raise ScopeError("a derivative of more than one number")
        target = below.cells[place]
        unfolded = self.unfolded(above.cells[0], frozenset({target}), frozenset())
        if target not in unfolded.free_symbols:
            raise ScopeError("nothing leads from the one to the other")
        return diff(unfolded, target)

    def unfolded(self, expression: Expr, targets: frozenset[Expr], above: frozenset[Expr]) -> Expr:
        """An expression in which every entry that depends on some target is written by its formula.

        Args:
            expression: over entries.
            targets: the entries that are kept.
            above: the entries it is the formula of.
        """
        changed = {}
        for symbol in expression.free_symbols:
            if symbol in targets or symbol in above or symbol not in self.atoms or len(above) > _DEPTH:
                continue
            for formula, body in self.definitions(symbol):
                if formula is None or self.atoms[symbol][0].below is not None:
                    continue
                inner = self.unfolded(body, targets, above | {symbol})
                if inner.free_symbols & targets:
                    changed[symbol] = inner
                    break
        return expression.xreplace(changed)

    def traced(self, value: Fraction) -> Symbol | None:
        """The entry that a number in a formula is the worked out value of, where there is exactly one."""
        if self._traced is None:
            self._traced = self.ledger.results()
        places = self._traced.get(value, [])
        return self.atom(*places[0]) if len(places) == 1 else None


def entry_at(whole: Array, indices: tuple[int, ...]) -> Array | None:
    """The entry of an array at places that count from 1; None where there is none."""
    if len(indices) == 1 and whole.is_vector and 1 <= indices[0] <= len(whole.cells):
        return number(whole.cells[indices[0] - 1])
    if len(indices) == 2 and 1 <= indices[0] <= whole.rows and 1 <= indices[1] <= whole.columns:
        return number(whole.at(indices[0] - 1, indices[1] - 1))
    return None


def _without_transpose(node: Name | Scripted) -> Scripted | None:
    """W^{(2)} where W^{(2)T} is printed; None where a layer and the mark do not stand in one superscript."""
    script = strip_group(node.superscript) if isinstance(node, Scripted) and node.superscript else None
    if not isinstance(node, Scripted) or not isinstance(script, Product) or len(script.factors) != 2:
        return None
    first, second = (strip_group(factor) for _, factor in script.factors)
    for layer, mark in ((first, second), (second, first)):
        if isinstance(mark, Name) and mark.text in _TRANSPOSES and isinstance(layer, Bracket):
            return replace(node, superscript=layer)
    return None


@dataclass(slots=True)
class _Reading:
    """One expression being read."""

    replay: Replay
    scope: Scope
    bindings: Bindings
    trace: bool
    values: dict[str, Array] = field(default_factory=dict)

    def value(self, node: Node) -> Array:
        node = strip_group(node)
        match node:
            case Number():
                return number(self._literal(node))
            case Name() | Scripted():
                return self._symbol(node)
            case Signed(sign, operand) if sign in ("+", "-"):
                if self.trace and isinstance(strip_group(operand), Number) and sign == "-":
                    value = decimal_of(node)
                    traced = None if value is None else self.replay.traced(value[0])
                    if traced is not None:
                        return number(traced)
                inner = self.value(operand)
                return inner.map(lambda cell: -cell) if sign == "-" else inner
            case Sum_(terms):
                return self._sum(terms)
            case Product():
                return self._product(node)
            case Fraction_():
                return self._fraction(node)
            case Root(radicand, None):
                return self.value(radicand).map(sqrt)
            case Matrix(_, rows):
                return self._matrix(rows)
            case Bracket():
                return self._bracket(node)
            case BigOperator():
                return self._big(node)
        raise ScopeError("a form that is not worked out")

    def number(self, node: Node) -> Expr:
        value = self.value(node)
        if not value.is_number:
            raise ScopeError("an array stands where a number is needed")
        return value.cells[0]

    def _literal(self, node: Number) -> Expr:
        value, unit = Fraction(node.text), Fraction(1, 10 ** len(node.text.partition(".")[2]))
        if self.trace:
            traced = self.replay.traced(value)
            if traced is not None:
                return traced
        if unit > Fraction(1, 20) or node.text in self.replay.ledger.texts:
            return Rational(value.numerator, value.denominator)
        symbol = Symbol(f"'{node.text}", real=True)
        self.replay.literals[symbol] = value, unit
        return symbol

    # ------------------------------------------------------------------ names

    def _symbol(self, node: Name | Scripted) -> Array:
        if isinstance(node, Name) and key(node) in self.values:
            return self.values[key(node)]
        if isinstance(node, Name) and key(node) in self.bindings:
            return number(Integer(self.bindings[key(node)]))
        turned = _without_transpose(node)
        if turned is not None:
            return self._symbol(turned).transposed
        reference = self.scope.refer(node, self.bindings)
        if reference is None:
            return self._scripted(node)
        if reference.base == "e" and Quantity("e") not in self.replay.ledger.entries and not reference.indices:
            return number(exp(1 if reference.power is None else self.number(reference.power)))
        if reference.base in ("partial", "nabla", "Delta", "d") or reference.primes:
            raise ScopeError("a form that is not worked out")
        found = self.replay.array(named(reference, self.bindings))
        if reference.transposed:
            found = found.transposed
        if reference.power is not None:
            exponent = self.number(reference.power)
            if not found.is_number and not found.is_vector:
                raise ScopeError("a power of a matrix")
            found = found.map(lambda cell: Pow(cell, exponent))
        return found

    def _scripted(self, node: Name | Scripted) -> Array:
        if not isinstance(node, Scripted) or node.primes:
            raise ScopeError("a form that is not worked out")
        base = self.value(node.base)
        if node.subscript is not None:
            raise ScopeError("a subscript on an expression")
        script = strip_group(node.superscript) if node.superscript is not None else None
        if isinstance(script, Name) and script.text in _TRANSPOSES:
            return base.transposed
        if script is None or not base.is_number:
            raise ScopeError("a power of an array")
        return number(Pow(base.cells[0], self.number(script)))

    # ------------------------------------------------------------------ operations

    def _sum(self, terms: tuple[tuple[str, Node], ...]) -> Array:
        total: Array | None = None
        for sign, term in terms:
            if sign not in ("+", "-"):
                raise ScopeError("a sign that is not worked out")
            value = self.value(term)
            value = value.map(lambda cell: -cell) if sign == "-" else value
            total = value if total is None else entrywise(total, value, Add)
        assert total is not None
        return total

    def _product(self, node: Product) -> Array:
        sides = slope_sides(node, self.scope)
        if sides is not None:
            quantity = quantity_of(node, self.scope, self.bindings)
            if quantity is not None:
                return self.replay.array(quantity)
        factors = list(node.factors)
        groups: list[list[Array]] = [[]]
        operators: list[str] = []
        at, over = 0, False
        while at < len(factors):
            operator, factor = factors[at]
            applied = self._gradient(factors, at) or self._applied(factors, at)
            if applied is not None:
                value, at = applied
            else:
                value, at = self.value(factor), at + 1
            if operator in _ENTRYWISE | _SLIDING:
                groups.append([value])
                operators.append(operator)
            elif operator == "/":
                over = True
                if not value.is_number:
                    raise ScopeError("a division by an array")
                groups[-1].append(value.map(lambda cell: 1 / cell))
            elif operator in ("", "cdot", "times"):
                if over and operator == "":
                    raise ScopeError("what stands under the stroke is not clear")
                groups[-1].append(value)
            else:
                raise ScopeError("an operator that is not worked out")
        parts = []
        for group in groups:
            total = group[0]
            for value in group[1:]:
                total = product(total, value)
            parts.append(total)
        result = parts[0]
        for operator, part in zip(operators, parts[1:], strict=True):
            result = self._joined(result, operator, part)
        return result

    def _joined(self, one: Array, operator: str, other: Array) -> Array:
        """Two arrays with a sign between them: entry by entry, or one slid over the other."""
        if one.is_number or other.is_number:
            return product(one, other)
        if operator not in _SLIDING or (one.rows, one.columns) == (other.rows, other.columns):
            if operator in _SLIDING:
                self.replay.guessed = True
            return entrywise(one, other, Mul)
        self.replay.guessed = True
        self.replay.assumed.add("$*$ is a valid cross-correlation")
        return correlated(one, other)

    def _gradient(self, factors: list[tuple[str, Node]], at: int) -> tuple[Array, int] | None:
        r"""\nabla_w L among other factors, and the place behind it."""
        if at + 1 >= len(factors) or factors[at + 1][0]:
            return None
        pair = Product((("", factors[at][1]), factors[at + 1]), factors[at][1].span)
        if isinstance(factors[at][1], Fraction_) or slope_sides(pair, self.scope) is None:
            return None
        quantity = quantity_of(pair, self.scope, self.bindings)
        return None if quantity is None else (self.replay.array(quantity), at + 2)

    def _applied(self, factors: list[tuple[str, Node]], at: int) -> tuple[Array, int] | None:
        """A function with its argument, and the place behind it."""
        head = strip_group(factors[at][1])
        if not isinstance(head, Name | Scripted):
            return None
        whole = _WHOLE.get(head.text) if isinstance(head, Name) else None
        function = None if whole is not None else self._function(head)
        if function is None and whole is None:
            return None
        if at + 1 >= len(factors) or factors[at + 1][0]:
            raise ScopeError("a function without an argument")
        argument = strip_group(factors[at + 1][1])
        bracketed = isinstance(argument, Bracket) and argument.kind in ("(", "[", "{")
        if not bracketed and not (isinstance(head, Name) and head.text in FUNCTIONS):
            raise ScopeError("a function without an argument")
        if not bracketed and at + 2 < len(factors):
            raise ScopeError("the end of an argument is not clear")
        inner = argument.items[0] if bracketed and len(argument.items) == 1 else argument  # type: ignore[union-attr]
        value = self.value(inner)
        if whole is not None:
            return whole(value), at + 2
        assert function is not None
        return value.map(function), at + 2

    def _function(self, head: Name | Scripted) -> Callable[[Expr], Expr] | None:
        reference = self.scope.refer(head, self.bindings)
        if reference is None or reference.indices or reference.power is not None:
            return None
        base, primes = reference.base, reference.primes
        if Quantity(reference.name) in self.replay.ledger.entries or primes > 1:
            return None
        function = self._known(reference.name, base)
        if function is None or not primes:
            return function
        letter = Symbol("argument", real=True)
        sloped = diff(function(letter), letter)
        return lambda cell: sloped.xreplace({letter: cell})

    def _known(self, name: str, base: str) -> Callable[[Expr], Expr] | None:
        rule = self.scope.functions.get(name)
        if rule is not None and rule.body is not None and len(rule.parameters) == 1:
            (parameter,), body = rule.parameters, rule.body

            def written(cell: Expr) -> Expr:
                inner = _Reading(self.replay, self.scope, {}, trace=False, values={parameter: number(cell)})
                return inner.number(body)

            return written
        if rule is not None and rule.known in FUNCTIONS and rule.known not in _MANY:
            return FUNCTIONS[rule.known]
        if base in FUNCTIONS and base not in _MANY:
            return FUNCTIONS[base]
        if base == "sigma" and re.search(_ACTIVATIONS["sigmoid"], self.replay.words):
            return sigmoid
        if base in _ARBITRARY:
            said = [known for known, words in _ACTIVATIONS.items() if re.search(words, self.replay.words)]
            if len(said) == 1:
                self.replay.guessed = True
                self.replay.assumed.add(f"${base}$ is {said[0]}, the only activation that the text names")
                return {"sigmoid": sigmoid, "relu": relu}.get(said[0]) or FUNCTIONS["tanh"]
        return None

    def _fraction(self, node: Fraction_) -> Array:
        quantity = quantity_of(node, self.scope, self.bindings)
        if quantity is not None:
            return self.replay.array(quantity)
        below = self.number(node.denominator)
        return self.value(node.numerator).map(lambda cell: cell / below)

    def _matrix(self, rows: tuple[tuple[Node | None, ...], ...]) -> Array:
        if not rows or len({len(row) for row in rows}) != 1:
            raise ScopeError("a matrix with rows of different lengths")
        cells = [self.number(cell) for row in rows for cell in row if cell is not None]
        if len(cells) != len(rows) * len(rows[0]):
            raise ScopeError("a matrix with empty places")
        return Array(len(rows), len(rows[0]), tuple(cells))

    def _bracket(self, node: Bracket) -> Array:
        if len(node.items) == 1:
            inner = self.value(node.items[0])
            if node.kind in ("(", "[", "{", "group"):
                return inner
            if node.kind == "||":
                return number(sqrt(Add(*(cell**2 for cell in inner.cells))))
            raise ScopeError("a bracket that is not worked out")
        if node.kind not in ("(", "["):
            raise ScopeError("a bracket that is not worked out")
        printed = printed_numbers(node)
        if printed is not None and printed.columns > 1:
            return literal(printed)
        return Array(len(node.items), 1, tuple(self.number(item) for item in node.items), loose=True)

    def _big(self, node: BigOperator) -> Array:
        lower, upper = node.lower, node.upper
        if node.operator != "sum" or not isinstance(lower, Chain) or len(lower.links) != 1 or upper is None:
            raise ScopeError("a sum without its limits")
        letter = strip_group(lower.first) if lower.first is not None else None
        relation, start = lower.links[0]
        first, last = self.number(start), self.number(upper)
        if not isinstance(letter, Name) or relation != "=":
            raise ScopeError("a sum without its limits")
        if not isinstance(first, Integer) or not isinstance(last, Integer) or not 0 <= last - first < _SUMMANDS:
            raise ScopeError("a sum without its limits")
        total: Array | None = None
        for index in range(int(first), int(last) + 1):
            inner = _Reading(
                self.replay, self.scope, {**self.bindings, key(letter): index}, self.trace, self.values
            )
            value = inner.value(node.body)
            total = value if total is None else entrywise(total, value, Add)
        assert total is not None
        return total


def literal(printed: Printed) -> Array:
    """Printed numbers as an array of exact ones."""
    cells = tuple(Rational(value.numerator, value.denominator) for value, _ in printed.cells)
    return Array(printed.rows, printed.columns, cells, printed.loose)


