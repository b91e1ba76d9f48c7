"""One expression of a worked example written out in the entries of the quantities it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol, diff, exp, sqrt

from convsym.checker.ledger import (
    Bindings,
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
from convsym.scope.arrays import Array, Lists, correlated, directed, entrywise, number, product
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group

if TYPE_CHECKING:
    from convsym.checker.replay import Replay

_SUMMANDS = 30
_ENTRYWISE = frozenset({"odot", "circ"})
_SLIDING = frozenset({"*", "ast", "star", "circledast", "otimes"})
_OPERATORS = frozenset({"partial", "nabla", "Delta", "d"})
_TRANSPOSES = frozenset({"T", "top", "intercal"})
_MANY = frozenset({"max", "min"})
_ARBITRARY = frozenset({"f", "g", "h", "phi", "varphi", "psi", "act"})
_ACTIVATIONS = {"sigmoid": r"sigmo|logisti", "tanh": r"tanh|hyperbolic", "relu": r"relu"}


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
class Transcription:
    """One expression being read.

    Attributes:
        replay: whose quantities it names.
        scope: what it is read with.
        bindings: what its index and layer letters are.
        trace: whether a number that was worked out before stands for the entry it is the value of.
        values: what the parameters of a function stand for.
    """

    replay: Replay
    scope: Scope
    bindings: Bindings
    trace: bool
    values: dict[str, Array] = field(default_factory=dict)

    def value(self, node: Node) -> Array:
        """The entries of an expression.

        Raises:
            ScopeError: it is of a form that is not worked out.
        """
        node = strip_group(node)
        match node:
            case Number():
                return number(self._literal(node))
            case Name() | Scripted():
                return self._symbol(node)
            case Signed(sign, operand) if sign in ("+", "-"):
                if self.trace and isinstance(strip_group(operand), Number) and sign == "-":
                    value = decimal_of(node)
                    traced = None if value is None else self.replay.traced(value[0], 2 * value[1])
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
        """The value of an expression that is a number.

        Raises:
            ScopeError: it is none, or of a form that is not worked out.
        """
        value = self.value(node)
        if not value.is_number:
            raise ScopeError("an array stands where a number is needed")
        return value.cells[0]

    def _literal(self, node: Number) -> Expr:
        value, unit = Fraction(node.text), Fraction(1, 10 ** len(node.text.partition(".")[2]))
        if self.trace:
            traced = self.replay.traced(value, unit)
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
        if (
            reference.base == "e"
            and Quantity("e") not in self.replay.ledger.entries
            and not reference.indices
        ):
            return number(exp(1 if reference.power is None else self.number(reference.power)))
        operator = reference.base in _OPERATORS and not self.replay.ledger.knows(reference.name)
        if operator or reference.primes:
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
        return number(Pow(base.cells[0], replace(self, trace=False).number(script)))

    # ------------------------------------------------------------------ operations

    def _sum(self, terms: tuple[tuple[str, Node], ...]) -> Array:
        values: list[Array] = []
        for sign, term in terms:
            if sign not in ("+", "-"):
                raise ScopeError("a sign that is not worked out")
            value = self.value(term)
            values.append(value.map(lambda cell: -cell) if sign == "-" else value)
        shape = next((value for value in values if not value.is_number), None)
        if shape is not None:
            values = [
                self._spread(value, shape) if isinstance(strip_group(term), Number) else value
                for value, (_, term) in zip(values, terms, strict=True)
            ]
        total = values[0]
        for value in values[1:]:
            total = entrywise(total, value, Add)
        return total

    def _spread(self, value: Array, shape: Array) -> Array:
        """A printed number beside an array, 1 - a: one for every entry."""
        if shape.rows == shape.columns:
            self.replay.guessed = True  # beside a square matrix a 1 may be the identity
        self.replay.assumed.add("a number is added to every entry")
        return shape.map(lambda _: value.cells[0])

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
                total = product(total, value, self.replay.lists)
            parts.append(total)
        result = parts[0]
        for operator, part in zip(operators, parts[1:], strict=True):
            result = self._joined(result, operator, part)
        return result

    def _joined(self, one: Array, operator: str, other: Array) -> Array:
        """Two arrays with a sign between them: entry by entry, or one slid over the other."""
        if one.is_number or other.is_number:
            return product(one, other, self.replay.lists)
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
            return None
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
        if primes > 1 or self.replay.ledger.knows(reference.name):
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
                inner = Transcription(
                    self.replay, self.scope, {}, trace=False, values={parameter: number(cell)}
                )
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
        whole = all(
            isinstance(part := strip_group(side), Number) and "." not in part.text
            for side in (node.numerator, node.denominator)
        )
        reader = replace(self, trace=False) if whole else self  # the 2 of one half is no result
        below = reader.number(node.denominator)
        return reader.value(node.numerator).map(lambda cell: cell / below)

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
            return literal(printed, self.replay.lists)
        listed = Array(len(node.items), 1, tuple(self.number(item) for item in node.items), loose=True)
        return directed(listed, self.replay.lists)

    def _big(self, node: BigOperator) -> Array:
        lower, upper = node.lower, node.upper
        if node.operator != "sum" or not isinstance(lower, Chain) or len(lower.links) != 1 or upper is None:
            raise ScopeError("a sum without its limits")
        letter = strip_group(lower.first) if lower.first is not None else None
        relation, start = lower.links[0]
        first, last = self.number(start), self.number(upper)
        if not isinstance(letter, Name) or relation != "=":
            raise ScopeError("a sum without its limits")
        if (
            not isinstance(first, Integer)
            or not isinstance(last, Integer)
            or not 0 <= last - first < _SUMMANDS
        ):
            raise ScopeError("a sum without its limits")
        total: Array | None = None
        for index in range(int(first), int(last) + 1):
            inner = Transcription(
                self.replay, self.scope, {**self.bindings, key(letter): index}, self.trace, self.values
            )
            value = inner.value(node.body)
            total = value if total is None else entrywise(total, value, Add)
        assert total is not None
        return total


def literal(printed: Printed, lists: Lists = Lists.FREE) -> Array:
    """Printed numbers as an array of exact ones.

    Args:
        printed: the numbers.
        lists: what lists stand for.
    """
    cells = tuple(Rational(value.numerator, value.denominator) for value, _ in printed.cells)
    return directed(Array(printed.rows, printed.columns, cells, printed.loose), lists)
