"""Expressions of a worked example as arrays, entry by entry, over the entries of the quantities they name."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction

from sympy import Expr, Symbol, diff

from convsym.checker.ledger import Bindings, Formula, Ledger, Quantity, in_letters
from convsym.checker.transcription import Transcription
from convsym.errors import ScopeError
from convsym.latex.syntax import Node
from convsym.scope.arrays import Array, Lists, directed, number
from convsym.scope.model import Scope

_DEPTH = 24
_FITTING = 12


@dataclass(slots=True)
class Replay:
    """Reads expressions in the quantities of a ledger.

    Attributes:
        ledger: what the document has said so far.
        words: what its prose says, in small letters.
        zero_based: names whose entries are counted from 0.
        lists: what its lists in brackets stand for.
        atoms: the quantity and the place of each entry's symbol.
        literals: the value and one unit of the last place of each printed decimal's symbol.
        assumed: what had to be assumed, in words.
        guessed: whether something was assumed that only bears a proof.
    """

    ledger: Ledger
    words: str
    zero_based: frozenset[str] = frozenset()
    lists: Lists = Lists.FREE
    atoms: dict[Symbol, tuple[Quantity, int]] = field(default_factory=dict)
    literals: dict[Symbol, tuple[Fraction, Fraction]] = field(default_factory=dict)
    assumed: set[str] = field(default_factory=set)
    guessed: bool = False
    _open: list[Quantity] = field(default_factory=list)
    _shapes: dict[Quantity, Array] = field(default_factory=dict)
    _worked: dict[object, Array] = field(default_factory=dict)
    _traced: dict[tuple[Fraction, Fraction], list[tuple[Quantity, int]]] | None = None

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
        first = 0 if quantity.name in self.zero_based else 1
        return entry_at(whole, tuple(index - first + 1 for index in quantity.indices))

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
        return directed(Array(rows, columns, cells, loose), self.lists)

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
            # Beside letters a number is a constant: the 2 of 2 (a - y) is no result that happens to be 2.
            reader = Transcription(self, formula.scope, dict(formula.bindings), trace=not in_letters(formula))
            self._worked[mark] = reader.value(formula.body)
        return self._worked[mark]

    def side(
        self, node: Node, scope: Scope, bindings: Bindings | None = None, *, trace: bool = False
    ) -> Array:
        """The entries of a side of a relation, its decimals as symbols of their own.

        Args:
            node: the side.
            scope: what it is read with.
            bindings: what its index letters are.
            trace: whether a decimal that was worked out before stands for the entry it is the value of.

        Raises:
            ScopeError: it is of a form that is not read.
        """
        return Transcription(self, scope, bindings or {}, trace=trace).value(node)

    def definitions(self, symbol: Symbol) -> list[tuple[Formula | None, Expr]]:
        """What the entry behind a symbol is by each formula of its quantity, and by differentiation.

        Args:
            symbol: the symbol of an entry.
        """
        quantity, place = self.atoms[symbol]
        count = len(self.array(quantity).cells)
        found: list[tuple[Formula | None, Expr]] = []
        for formula in self.ledger.formulas(quantity):
            try:
                cells = self.formula(formula).cells
            except ScopeError:
                continue
            if len(cells) == count and symbol not in cells[place].free_symbols:
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

    def traced(self, value: Fraction, unit: Fraction) -> Symbol | None:
        """The entry that a number in a formula is the worked out value of, where exactly one is printed so.

        Args:
            value: the number.
            unit: one unit of the last place that it is printed to.
        """
        if self._traced is None:
            self._traced = self.ledger.results()
        places = self._traced.get((value, unit), [])
        return self.atom(*places[0]) if len(places) == 1 else None


def replay_of(ledger: Ledger, scope: Scope, lists: Lists = Lists.FREE) -> Replay:
    """A replay in a document's scope.

    Args:
        ledger: what the document has said so far.
        scope: what it has introduced.
        lists: what lists in brackets stand for.
    """
    return Replay(ledger, scope.words, frozenset(scope.survey.zero_based), lists)


def entry_at(whole: Array, indices: tuple[int, ...]) -> Array | None:
    """The entry of an array at places that count from 1; None where there is none."""
    if len(indices) == 1 and whole.is_vector and 1 <= indices[0] <= len(whole.cells):
        return number(whole.cells[indices[0] - 1])
    if len(indices) == 2 and 1 <= indices[0] <= whole.rows and 1 <= indices[1] <= whole.columns:
        return number(whole.at(indices[0] - 1, indices[1] - 1))
    return None
