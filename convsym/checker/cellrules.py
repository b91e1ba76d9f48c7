"""What the lines of a document define cell by cell, told apart by their printed form: names, indices, layers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sympy import Expr, Integer, Symbol, expand

from convsym.latex.syntax import BigOperator, Bracket, Name, Node, Number, Product, Scripted, Sum_
from convsym.latex.walking import rewritten, walk
from convsym.scope.cellforms import (
    CellNode,
    cell_of,
    cells_in,
    derivative_of,
    free_letters,
    layer_of,
    letter_of,
    limits_of,
    printed,
)
from convsym.scope.cellwise import Bindings, CellReading, NotCellwiseError, Range
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.stated import output_sizes
from convsym.scope.statements import Statement
from convsym.scope.windows import window_in

_DEFINING = frozenset({"=", ":=", "equiv", "triangleq"})
_OFTEN = 3
_SETTING = re.compile(r"\\(?:text|mathrm|operatorname)\b|[{}\s]")


@dataclass(frozen=True, slots=True)
class CellRule:
    """A definition of cells.

    Attributes:
        number: the statement.
        left: the cell that is defined, each index a letter of its own.
        body: what it is.
    """

    number: int
    left: CellNode
    body: Node

    @property
    def is_gradient(self) -> bool:
        """Whether the cell is a name for a derivative of an undefined quantity."""
        found = derivative_of(self.body)
        return found is not None and isinstance(strip_group(found[0]) if found[0] is not None else None, Name)


@dataclass(slots=True)
class CellRules:
    """The definitions, ranges and habits of a document that speak of cells.

    Attributes:
        rules: definitions by the form of what they define.
        ranges: (limits, the layer of the cell that the letter stands on) by form and axis.
        fixed: the letter that stands on an axis of a form wherever it occurs.
        kroneckers: names that stand for Kronecker's delta.
        words: the axes that a word stands for as a limit of sums.
        letters: index letters that stand for an expression in others, U = i + a, with the statement that says so.
        written: what is written out of quantities without indices: the names in their formulas.
        named: the indices of the cells that are printed one by one, by form.
        scope: what the document says of ranges, or None.
        single: definitions of single cells, y_{11} = ..., by form and then by indices.
    """

    rules: dict[tuple[str, int, bool], list[CellRule]] = field(default_factory=lambda: defaultdict(list))
    ranges: dict[tuple[str, int, int], list[tuple[Node, Node, Node | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    fixed: dict[tuple[str, int, int], str] = field(default_factory=dict)
    kroneckers: frozenset[str] = frozenset()
    written: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    single: dict[tuple[str, int, bool], dict[tuple[int, ...], CellRule]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    letters: dict[str, tuple[int, Node]] = field(default_factory=dict)
    named: dict[tuple[str, int], set[tuple[int, ...]]] = field(default_factory=lambda: defaultdict(set))
    scope: Scope | None = None
    words: dict[tuple[str, int], set[tuple[str, int, int]]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, statements: Sequence[Statement], scope: Scope | None = None) -> CellRules:
        """What the statements of a document define and show.

        Args:
            statements: the relations of the document.
            scope: what it says of ranges and shapes.
        """
        found = cls(scope=scope)
        sides = [side for s in statements for side in (s.left, s.right)]
        found._learn_habits(sides)
        for statement in statements:
            found._learn_definition(statement)
        for statement in statements:
            taken = taken_letters(statement)
            for side in (statement.left, statement.right):
                for part in walk(side):
                    if isinstance(part, BigOperator):
                        found._learn_range(part, taken)
        return found

    # ------------------------------------------------------------ learning

    def _learn_habits(self, sides: Sequence[Node]) -> None:
        met: dict[tuple[str, int, int], list[str | None]] = defaultdict(list)
        deltas: list[CellNode] = []
        bare = False
        for side in sides:
            for cell in cells_in(side):
                numbers = tuple(int(index.text) for index in cell.indices if isinstance(index, Number))
                if len(numbers) == len(cell.indices):
                    self.named[cell.form].add(numbers)
                for axis, index in enumerate(cell.indices):
                    met[(*cell.form, axis)].append(letter_of(index))
                if cell.name == "\\delta":
                    deltas.append(cell)
            top = strip_group(side)
            bare = bare or (isinstance(top, Name) and top.text == "delta")
        for place, letters in met.items():
            if letters[0] is not None and len(letters) >= _OFTEN and len(set(letters)) == 1:
                self.fixed[place] = letters[0]
        several = any(
            sum((found := cell_of(f)) is not None and found.name == "\\delta" for _, f in part.factors) > 1
            for side in sides
            for part in walk(side)
            if isinstance(part, Product)
        )
        if several and not bare and all(len(c.indices) == 2 and c.layer is None for c in deltas):
            self.kroneckers = frozenset({"\\delta"})

    def _learn_definition(self, statement: Statement) -> None:
        if statement.relation not in _DEFINING:
            return
        left = statement.head if statement.link and statement.head is not None else statement.left
        cell = cell_of(left)
        if cell is None:
            if isinstance(strip_group(left), Name):
                self._learn_letter(statement)
                self.written[printed(strip_group(left))] |= {
                    printed(part) for part in walk(statement.right) if isinstance(part, Name)
                }
            return
        rule = CellRule(statement.number, cell, statement.right)
        numbers = tuple(int(index.text) for index in cell.indices if isinstance(index, Number))
        if len(numbers) == len(cell.indices):
            if not any(derivative_of(part) is not None for part in walk(statement.right)):
                self.single[(*cell.form, cell.layer is not None)].setdefault(numbers, rule)
            return
        letters = [letter_of(index) for index in cell.indices]
        if None in letters or len(set(letters)) < len(letters):
            return
        if not rule.is_gradient:
            if any(c.form == cell.form for c in cells_in(statement.right)) and cell.layer is None:
                return
            if any(derivative_of(part) is not None for part in walk(statement.right)):
                return
        self.kroneckers -= {cell.name}
        self.rules[(*cell.form, cell.layer is not None)].append(rule)

    def _learn_letter(self, statement: Statement) -> None:
        letter = letter_of(statement.left)
        spoken = {printed(part) for part in walk(statement.right) if isinstance(part, Name)}
        if letter is None or letter in self.letters or len(spoken) < 2 or spoken & {letter, *self.letters}:
            return
        if not any(isinstance(part, Sum_) for part in walk(statement.right)) or any(
            cells_in(statement.right)
        ):
            return
        self.letters[letter] = statement.number, statement.right

    def _learn_range(self, operator: BigOperator, taken: Collection[str]) -> None:
        limits = limits_of(operator) if operator.operator == "sum" else None
        for limit in limits or ():
            if limit.word is not None:
                self.words[limit.word] |= {
                    (*cell.form, axis)
                    for cell in cells_in(operator.body)
                    if cell.name not in self.kroneckers
                    for axis, index in enumerate(cell.indices)
                    if letter_of(index) == limit.letter
                }
            if limit.low is None or limit.high is None:
                continue
            for cell in cells_in(operator.body):
                for axis, index in enumerate(cell.indices):
                    place = (*cell.form, axis)
                    own = limit.letter in taken and self._is_own(place, limit.letter, operator.body)
                    if letter_of(index) == limit.letter and not own:
                        self.ranges[place].append((limit.low, limit.high, cell.layer))

    def _is_own(self, place: tuple[str, int, int], letter: str, body: Node) -> bool:
        """Whether an axis keeps its own letter although a sum takes the same one for something else."""
        return self.fixed.get(place) == letter and any(
            letter_of(index) != letter
            and any(letter_of(part) == letter for part in walk(index) if isinstance(part, Name | Scripted))
            for cell in cells_in(body)
            for index in cell.indices
        )

    # ------------------------------------------------------------ asking

    def candidates(self, form: tuple[str, int], layered: bool) -> Sequence[CellRule]:
        """The definitions of a form, in reading order."""
        return self.rules.get((*form, layered), [])

    def rule(self, form: tuple[str, int], layered: bool, number: int) -> CellRule | None:
        """The definition of a form nearest before a statement, else the first behind it."""
        rules = self.candidates(form, layered)
        before = [rule for rule in rules if rule.number < number]
        if before:
            return before[-1]
        return rules[0] if rules and rules[0].number > number else None

    def bound(self, rule: CellRule, indices: Sequence[Expr], reading: CellReading) -> dict[str, Expr]:
        """The letters of a definition's left side at given indices, the layer first if it has one.

        Raises:
            NotCellwiseError: the layers do not fit.
        """
        letters: dict[str, Expr] = {}
        places = list(indices)
        if rule.left.layer is not None:
            letters.update(_at_layer(rule.left.layer, places.pop(0)))
        for node, place in zip(rule.left.indices, places, strict=True):
            letter = letter_of(node)
            assert letter is not None
            letters[letter] = place
        return letters

    def range_of(
        self, form: tuple[str, int], axis: int, layer: Expr | None, reading: CellReading
    ) -> Range | None:
        """The range of an axis where all sums agree on it, at a layer."""
        found: list[Range] = []
        for low, high, own in self.ranges.get((*form, axis), ()):
            try:
                letters = {} if own is None or layer is None else _at_layer(own, layer)
                one = reading.form(low, Bindings(letters)), reading.form(high, Bindings(letters))
            except NotCellwiseError:
                return None
            if one not in found:
                found.append(one)
        return found[0] if len(found) == 1 and not self._is_denied(form, axis, found[0]) else None

    def _is_denied(self, form: tuple[str, int], axis: int, span: Range) -> bool:
        """Whether named cells, a shape or a stated range speak against what sums run over: sums are no evidence
        for themselves."""
        low, high = span
        for cell in self.named.get(form, ()):
            if (low.is_Integer and cell[axis] < low) or (high.is_Integer and cell[axis] > high):
                return True
        if self.scope is None:
            return False
        length = expand(high - low + 1)
        if length.is_Integer and (said := output_sizes(self.scope.words)) and int(length) not in said:
            return True
        bare = form[0].lstrip("\\")
        for name in {bare, bare.lower()}:
            sizes = self.scope.shapes.get(name, set())
            stated = self.scope.stated.get((name, axis), set())
            cells = self.scope.named.get(name, ())
            if any(len(c) == form[1] and high.is_Integer and c[axis] > high for c in cells):
                return True
            if sizes and not any(_same(length, size) for size in sizes):
                return True
            if stated and not any(_same(low, one) and _same(high, other) for one, other in stated):
                return True
            if window_in(self.scope, name, axis, span):
                return True
        return False

    def spelled_out(self, statement: Statement) -> Statement | None:
        """A claim with the letters replaced that stand for others; None where there are none."""
        known = {letter: node for letter, (number, node) in self.letters.items() if number < statement.number}
        spoken = {
            printed(part)
            for side in (statement.left, statement.right)
            for part in walk(side)
            if isinstance(part, Name)
        }
        if not known.keys() & spoken:
            return None

        def change(node: Node) -> Node | None:
            if isinstance(node, Name) and printed(node) in known:
                return Bracket("group", (known[printed(node)],), node.span)
            return None

        left, right = rewritten(statement.left, change), rewritten(statement.right, change)
        return replace(statement, left=left, right=right)

    def placed(
        self, statement: Statement, reading: CellReading
    ) -> Iterator[tuple[str, tuple[Expr, ...], Expr | None]]:
        """Cells of a statement whose indices are letters outside of any sum: name, indices, layer."""
        for side in (statement.left, statement.right):
            for cell in cells_in(side):
                if cell.name in self.kroneckers:
                    continue
                try:
                    layer = None if cell.layer is None else reading.form(cell.layer, Bindings())
                    letters = (letter_of(index) for index in cell.indices)
                    indices = tuple(
                        Symbol(letter, integer=True) if letter in reading.taken else Integer(0)
                        for letter in letters
                    )
                except NotCellwiseError:
                    continue
                yield cell.name, indices, layer


def _same(one: Expr, other: Expr | int) -> bool:
    """Whether two sizes are the same as printed."""
    return _SETTING.sub("", str(expand(one))) == _SETTING.sub("", str(expand(Integer(0) + other)))


def taken_letters(statement: Statement) -> frozenset[str]:
    """The index letters that stand free in a claim, or in the expression that its chain begins with."""
    sides = [statement.left, statement.right]
    if statement.head is not None:
        sides.append(statement.head)
    return frozenset(letter for side in sides for letter in free_letters(side))


def _at_layer(node: Node, layer: Expr) -> dict[str, Expr]:
    """The layer's letter where l + 1 is put to a layer."""
    plain = layer_of(node)
    offset: Expr = Integer(0)
    letter = letter_of(plain) if plain is not None else None
    if isinstance(plain, Sum_):
        for sign, term in plain.terms:
            if isinstance(term, Number):
                offset += Integer(term.text) if sign == "+" else -Integer(term.text)
            else:
                letter = letter_of(term)
    if letter is None:
        raise NotCellwiseError("a layer of another form")
    return {letter: layer - offset}


__all__ = ["CellRule", "CellRules", "taken_letters"]
