"""What a worked example has given so far: the numbers of its names, and what it has shown them to be equal to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sympy import Expr, Symbol

from convsym.checker.findings import Finding
from convsym.checker.matching import put_in_for
from convsym.checker.spoken import cells_given
from convsym.errors import ConvsymError, ScopeError
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
    Span,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.approximation import decimal_of
from convsym.scope.digits import Figure, figure
from convsym.scope.elaborate import Elaborator
from convsym.scope.forms import printed_shape
from convsym.scope.judge import Judge
from convsym.scope.model import Scope, substituted
from convsym.scope.naming import key, strip_group
from convsym.scope.operators import derivative_parts
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Outcome, Proved, Refuted, Undecided, Unsupported

_DEEP = 3
_LEVELS = 8
_WAYS = 6
_SHORT = 5
_NOWHERE = Span(0, 0)


@dataclass(slots=True)
class Given:
    """Names by their printed form, with what the lines read so far say of them.

    Attributes:
        values: the number that a name was last given.
        equal: what a name is equal to, by definition or by a line that is proved.
        names: the names themselves.
        tainted: names that a line works out wrongly, and what rests on them.
        chosen: decimals of few places that a name is said to be and nothing leads to: inputs, weights, rates.
    """

    values: dict[object, Number | Bracket] = field(default_factory=dict)
    equal: dict[object, list[Node]] = field(default_factory=dict)
    names: dict[object, Node] = field(default_factory=dict)
    chosen: set[str] = field(default_factory=set)
    tainted: set[object] = field(default_factory=set)

    def learn(self, chain: list[Finding], scope: Scope) -> None:
        """Take in what a chain of relations says of the name it begins with.

        Args:
            chain: its relations in order, judged.
            scope: what the document has introduced.
        """
        if not chain:
            return
        first = chain[0].statement
        if not first.link and all(finding.statement.relation in ("=", ":=") for finding in chain):
            for cell, value in cells_given([first.left, *(finding.statement.right for finding in chain)]):
                self.say(cell, value)
        name = strip_group(first.left)
        if first.link or not _is_name(name, scope) or first.role in ("condition", "comparison", "shape"):
            return
        shape = printed_shape(name)
        self.names[shape] = name
        if first.role == "update":
            self.values.pop(shape, None)
        sound, slope = True, isinstance(name, Fraction_)
        wrong = any(
            isinstance(finding.outcome, Refuted)
            or (_is_open(finding.outcome) and self._rests_on_tainted(finding.statement))
            for finding in chain
        )
        (self.tainted.add if wrong else self.tainted.discard)(shape)
        for finding in chain:
            statement, outcome = finding.statement, finding.outcome
            if statement.relation not in ("=", ":=", "approx"):
                return
            number = _number(statement.right)
            if number is not None and (
                sound
                if isinstance(outcome, Definition | Proved)
                else not statement.link and _is_open(outcome) and shape not in self.equal and not slope
            ):
                self.values[shape] = number
                if not statement.link and isinstance(number, Number) and len(number.text) <= _SHORT:
                    self.chosen.add(number.text)
            if not isinstance(outcome, Definition | Proved):
                sound = sound and _is_open(outcome) and number is None and self._introduced(statement, scope)
            elif sound and number is None and first.role != "update" and statement.relation != "approx":
                self.equal.setdefault(shape, []).append(statement.right)

    def _rests_on_tainted(self, statement: Statement) -> bool:
        return any(
            printed_shape(part) in self.tainted
            for side in (statement.left, statement.right)
            for part in walk(side)
            if isinstance(part, Name | Scripted | Fraction_)
        )

    def say(self, name: Node, number: Node) -> None:
        """Take in a number that the text gives a name.

        Args:
            name: the name.
            number: its number.
        """
        value, shape = _number(number), printed_shape(strip_group(name))
        if value is not None:
            self.names[shape], self.values[shape] = strip_group(name), value
            self.chosen |= {
                part.text for part in walk(value) if isinstance(part, Number) and len(part.text) <= _SHORT
            }

    def _introduced(self, statement: Statement, scope: Scope) -> bool:
        """Take in the numbers that a line puts in for names without one, where all others are what they were."""
        formulas = [statement.left, *self.equal.get(printed_shape(strip_group(statement.left)), [])]
        for formula in formulas:
            pairs = put_in_for(formula, statement.right, lambda node: _is_name(node, scope))
            if not pairs or (len(pairs) == 1 and pairs[0][0] is strip_group(statement.left)):
                continue
            new: dict[object, tuple[Node, Number | Bracket]] = {}
            for name, printed in pairs:
                shape, number = printed_shape(name), _number(printed)
                if shape in self.tainted:
                    break
                known = self.values.get(shape) or (new[shape][1] if shape in new else None)
                if number is None or (known is not None and not _same_digits(known, number)):
                    break
                new[shape] = name, number
            else:
                for shape, (name, number) in new.items():
                    self.values.setdefault(shape, number)
                    self.names.setdefault(shape, name)
                return True
        return False

    def worked_out(self, node: Node) -> bool:
        """Whether a number stands in an expression that the document has worked out for a name."""
        texts = {
            part.text
            for number in self.values.values()
            for part in walk(number)
            if isinstance(part, Number) and "." in part.text
        }
        return any(isinstance(part, Number) and part.text in texts - self.chosen for part in walk(node))

    def figures(self, node: Node, judge: Judge) -> Iterator[Figure]:
        """The ways to work out a side in letters with the numbers that the document gives.

        Args:
            node: the side.
            judge: the judge of the scope it is read in.
        """
        shape = printed_shape(strip_group(node))
        ways = [node, *reversed(self.equal.get(shape, [])[-_WAYS:])]
        for way in ways:
            try:
                found = self._figure(way, judge)
            except (ConvsymError, RecursionError, TypeError, ValueError, ZeroDivisionError):
                continue
            if found is not None:
                yield found

    def _figure(self, node: Node, judge: Judge) -> Figure | None:
        elaborator = Elaborator(judge.scope, budget=judge.budget, clock=judge.clock)
        elaborator.decimals = {}
        value = elaborator.value(self.put_in(node, judge.scope), {})
        if not isinstance(value, Expr):
            return None
        atoms = self._atoms(judge, elaborator)
        for _ in range(_LEVELS):
            value = substituted(value, atoms)
            open_ = value.free_symbols - set(elaborator.decimals.values())
            if not open_:
                return figure(value, elaborator.decimals, None, self.chosen)
            mapping = {
                atom: definition
                for atom in open_
                if (cell := judge.scope.cells.get(atom)) is not None
                and isinstance(definition := elaborator.definition(cell), Expr)
            }
            if not mapping:
                return None
            value = substituted(value, mapping)
        return None

    def _atoms(self, judge: Judge, elaborator: Elaborator) -> dict[Expr, Expr]:
        """The numbers of the cells that derivatives through the definitions lead to."""
        found: dict[Expr, Expr] = {}
        plain = Elaborator(judge.scope, budget=judge.budget, clock=judge.clock)
        for shape, number in self.values.items():
            name = self.names[shape]
            if isinstance(name, Fraction_):
                continue
            try:
                atom = plain.value(name, {})
                if isinstance(atom, Symbol):
                    value = elaborator.value(number, {})
                    if isinstance(value, Expr):
                        found[atom] = value
            except (ConvsymError, RecursionError):
                continue
        return found

    def put_in(self, node: Node, scope: Scope, depth: int = 0) -> Node:
        """The same expression with the numbers of the names in it that have one.

        Args:
            node: an expression.
            scope: what the document has introduced.
            depth: through how many names that have none it was reached.
        """
        if any(_acts_on_something(part, scope) for part in walk(node)):
            return node  # what a derivative is taken of stays in letters

        def change(part: Node) -> Node | None:
            if isinstance(part, BigOperator):
                return part
            if isinstance(part, Fraction_) and not _is_slope(part, scope):
                return None
            if not isinstance(part, Name | Scripted | Fraction_):
                return None
            number = self._value(part, scope, depth)
            if number is not None:
                return number
            if isinstance(part, Scripted):
                reference = scope.refer(part, {})
                if reference is None:
                    return None
                if reference.power is not None and part.superscript is not None:
                    bare = part.base if part.subscript is None else replace(part, superscript=None)
                    number = self._value(bare, scope, depth)
                    if number is not None:
                        return replace(part, base=_bracketed(number), subscript=None)
            return part

        return rewritten(node, change)

    def _value(self, part: Node, scope: Scope, depth: int) -> Node | None:
        part = strip_group(part)
        if isinstance(part, Name) and key(part) in scope.functions:
            return None
        shape = printed_shape(part)
        if shape in self.values:
            return self.values[shape]
        if depth < _DEEP:
            for other in reversed(self.equal.get(shape, [])[-_WAYS:]):
                found = self.put_in(other, scope, depth + 1)
                if not any(isinstance(inner, Name) and _is_letter(inner, scope) for inner in walk(found)):
                    return _bracketed(found)
        return None


def _same_digits(one: Node, two: Node) -> bool:
    """Whether two printed numbers are one, to the digits of the shorter."""
    first, second = decimal_of(one), decimal_of(two)
    return first is not None and second is not None and abs(first[0] - second[0]) <= abs(first[1] - second[1])


def _is_open(outcome: Outcome) -> bool:
    return isinstance(outcome, Unsupported | Undecided)


def _is_letter(name: Name, scope: Scope) -> bool:
    return key(name) not in scope.functions and name.text not in (
        "e",
        "exp",
        "log",
        "ln",
        "tanh",
        "max",
        "min",
    )


def _bracketed(node: Node) -> Bracket:
    return node if isinstance(node, Bracket) and node.kind == "(" else Bracket("(", (node,), node.span)


def _number(node: Node) -> Number | Bracket | None:
    """A printed number as it can be put in for a name."""
    node = strip_group(node)
    while isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        node = strip_group(node.items[0])
    if isinstance(node, Number):
        return node
    return _bracketed(node) if isinstance(node, Signed | Product) and decimal_of(node) is not None else None


def _is_slope(node: Node, scope: Scope) -> bool:
    """Whether a fraction is a derivative of something by something."""
    if not isinstance(node, Fraction_):
        return False
    try:
        return derivative_parts(node, {}, scope) is not None
    except ScopeError:
        return True


def _acts_on_something(node: Node, scope: Scope) -> bool:
    """Whether a node is a differential operator without what it acts on, which then stands behind it."""
    if isinstance(node, Fraction_):
        above = strip_group(node.numerator)
        return isinstance(above, Name | Scripted) and _is_slope(node, scope)
    return isinstance(node, Name) and node.text == "nabla"


def _is_name(node: Node, scope: Scope) -> bool:
    """Whether a node is a name, a cell, or a derivative, for which a number may be put in."""
    if isinstance(node, Fraction_):
        return _is_slope(node, scope)
    if not isinstance(node, Name | Scripted):
        return False
    reference = scope.refer(node, {})
    return reference is not None and reference.power is None and not reference.transposed
