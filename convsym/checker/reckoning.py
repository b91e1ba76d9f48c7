"""What the entries of a worked example come to: exactly from what is given, or with the rounded numbers it carries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from sympy import Expr, Rational, Symbol

from convsym.checker.ledger import Quantity, in_letters
from convsym.checker.replay import Replay
from convsym.errors import ScopeError
from convsym.scope.approximation import enclosure
from convsym.scope.digits import Figure
from convsym.scope.model import Scope

Ends = tuple[Fraction, Fraction]

_DEPTH = 30
_SIZE = 4000
_TARGETS = frozenset({"y", "t", "target", "label"})


@dataclass(slots=True)
class Reckoning:
    """The numbers behind the symbols of a replay.

    Attributes:
        replay: whose symbols they are.
        wrong: numbers of the statements whose wrong results some exact value was put in the place of.
        doubtful: whether some entry has more than one value, so that it refutes nothing.
    """

    replay: Replay
    wrong: set[int] = field(default_factory=set)
    doubtful: bool = False
    _exact: dict[Symbol, Ends | None] = field(default_factory=dict)
    _open: set[Symbol] = field(default_factory=set)

    # ------------------------------------------------------------------ exactly

    def given(self, symbol: Symbol) -> Fraction | None:
        """The number of an entry that the document gives without working it out."""
        if symbol not in self.replay.atoms:
            return None
        quantity, place = self.replay.atoms[symbol]
        if not self.replay.ledger.is_given(quantity):
            return None
        if quantity.below is not None and self.replay.definitions(symbol):
            return None
        printed = self.replay.ledger.entries[quantity].printed
        return None if printed is None or place >= len(printed.cells) else printed.cells[place][0]

    def exact(self, symbol: Symbol) -> Ends | None:
        """Between which numbers an entry lies by the formulas and what is given; None where they do not lead there.

        Args:
            symbol: the symbol of the entry.
        """
        if symbol in self._exact:
            return self._exact[symbol]
        if symbol in self._open or len(self._open) > _DEPTH or symbol not in self.replay.atoms:
            return None
        self._open.add(symbol)
        try:
            self._exact[symbol] = found = self._worked_out(symbol)
        finally:
            self._open.discard(symbol)
        return found

    def _worked_out(self, symbol: Symbol) -> Ends | None:
        given = self.given(symbol)
        quantity, _ = self.replay.atoms[symbol]
        entry = self.replay.ledger.entries.get(quantity)
        if entry is not None and entry.changed:
            self.doubtful = True
        if given is not None:
            return given, given
        if quantity.below is not None:
            self._heed_ways_to(quantity)
        found = [ends for body in self._bodies(symbol) if (ends := self.enclosed(body)) is not None]
        if not found:
            return None
        low, high = found[0]
        if any(other[0] > high or other[1] < low for other in found[1:]):
            self.doubtful = True
        return found[0]

    def _heed_ways_to(self, slope: Quantity) -> None:
        """Doubt a slope that leads through an entry of which two formulas say different things."""
        try:
            waiting = list(self.replay.array(replace(slope, below=None)).cells)
        except ScopeError:
            return
        seen: set[Expr] = set()
        while waiting and len(seen) < _SIZE:
            symbol = waiting.pop()
            if symbol in seen or symbol not in self.replay.atoms:
                continue
            seen.add(symbol)
            self.exact(symbol)
            for _, body in self.replay.definitions(symbol):
                waiting.extend(body.free_symbols)

    def _bodies(self, symbol: Symbol) -> list[Expr]:
        """What an entry is in letters, or in numbers where no line says it in letters."""
        definitions = self.replay.definitions(symbol)
        lettered = [body for formula, body in definitions if formula is None or in_letters(formula)]
        return lettered or [body for _, body in definitions]

    def enclosed(self, expression: Expr) -> Ends | None:
        """The same of an expression."""
        ranges: dict[Expr, Ends] = {}
        for symbol in expression.free_symbols:
            ends = self.exact(symbol)
            if ends is None:
                return None
            ranges[symbol] = ends
        return enclosure(expression, ranges)

    def exactly(self, expression: Expr) -> Figure | None:
        """An expression with the exact value of every entry, and its own decimals as they are printed."""
        table: dict[Expr, tuple[Fraction, Fraction]] = {}
        for symbol in expression.free_symbols:
            if symbol in self.replay.literals:
                table[symbol] = self.replay.literals[symbol]
                continue
            ends = self.exact(symbol)
            if ends is None:
                return None
            table[symbol] = (ends[0] + ends[1]) / 2, Fraction(0)
        return Figure(expression, table)

    # ------------------------------------------------------------------ as the document carries them

    def carried(self, expression: Expr, *, mistaken: bool = False) -> Figure | None:
        """An expression with the number that the document prints for each entry, or the formula where it prints none.

        Args:
            expression: over entries and decimals.
            mistaken: whether numbers that were worked out wrongly are put in as well.
        """
        for _ in range(_DEPTH):
            table: dict[Expr, tuple[Fraction, Fraction]] = {}
            changed: dict[Expr, Expr] = {}
            for symbol in expression.free_symbols:
                known = self._printed(symbol, mistaken)
                if known is not None:
                    table[symbol] = known
                    continue
                body = self._formula(symbol)
                if body is None:
                    return None
                changed[symbol] = body
            if not changed:
                return Figure(expression, table)
            expression = expression.xreplace(changed)
            if expression.count_ops() > _SIZE:
                return None
        return None

    def _printed(self, symbol: Symbol, mistaken: bool) -> tuple[Fraction, Fraction] | None:
        if symbol in self.replay.literals:
            return self.replay.literals[symbol]
        quantity, place = self.replay.atoms[symbol]
        entry = self.replay.ledger.entries.get(quantity)
        if entry is None or entry.printed is None or place >= len(entry.printed.cells):
            return None
        if entry.strayed and not mistaken:
            return None
        value, unit = entry.printed.cells[place]
        return value, Fraction(0) if self.given(symbol) is not None else unit

    def _formula(self, symbol: Symbol) -> Expr | None:
        if symbol not in self.replay.atoms:
            return None
        return next((body for _, body in self.replay.definitions(symbol)), None)

    # ------------------------------------------------------------------ for a refutation

    def sound(self, expression: Expr) -> Ends | None:
        """Between which numbers an expression lies if every result before it was rounded, cut off or kept whole.

        Args:
            expression: over entries and decimals.
        """
        ranges: dict[Expr, Ends] = {}
        for symbol in expression.free_symbols:
            ends = self._sound(symbol, frozenset())
            if ends is None:
                return None
            ranges[symbol] = ends
        return enclosure(expression, ranges)

    def strays(self, quantity: Quantity) -> bool:
        """Whether the numbers printed for a quantity are none of what the given ones come to.

        Args:
            quantity: the quantity.
        """
        entry = self.replay.ledger.entries.get(quantity)
        if entry is None or entry.printed is None or self.replay.ledger.is_given(quantity):
            return False
        for place, (value, unit) in enumerate(entry.printed.cells):
            symbol = self.replay.atom(quantity, place)
            for _, body in self.replay.definitions(symbol):
                ends = self.sound(body)
                if ends is not None and (value - unit > ends[1] or value + unit < ends[0]):
                    return True
        return False

    def conflicts(self, expression: Expr) -> bool:
        """Whether some derivative in an expression is said to be something else than differentiation gives.

        Args:
            expression: over entries and decimals.
        """
        for symbol in expression.free_symbols & self.replay.atoms.keys():
            if self.replay.atoms[symbol][0].below is None:
                continue
            found = [ends for body in self._bodies(symbol) if (ends := self.enclosed(body))]
            if any(other[0] > found[0][1] or other[1] < found[0][0] for other in found[1:]):
                return True
        return False

    def _sound(self, symbol: Symbol, above: frozenset[Symbol]) -> Ends | None:
        if symbol in self.replay.literals:
            value, unit = self.replay.literals[symbol]
            return value - unit, value + unit
        exact = self.exact(symbol)
        if exact is None or self.given(symbol) is not None:
            return exact
        quantity, place = self.replay.atoms[symbol]
        entry = self.replay.ledger.entries.get(quantity)
        low, high = exact
        if entry is None or entry.printed is None or place >= len(entry.printed.cells):
            # Its own formula may have been worked out with rounded numbers.
            if symbol in above or len(above) > _DEPTH:
                return None
            for _, body in self.replay.definitions(symbol):
                ranges: dict[Expr, Ends] = {}
                for inner in body.free_symbols:
                    ends = self._sound(inner, above | {symbol})
                    if ends is None:
                        break
                    ranges[inner] = ends
                else:
                    found = enclosure(body, ranges)
                    return None if found is None else (min(low, found[0]), max(high, found[1]))
            return None
        value, unit = entry.printed.cells[place]
        if entry.wrong is not None:
            self.wrong.add(entry.wrong)
        if value - unit > high or value + unit < low:
            # Without a line that is known to be wrong, the formulas may be read in another way than they are meant.
            return (low - unit, high + unit) if entry.wrong is not None else None
        return min(low - unit, value - unit), max(high + unit, value + unit)

    # ------------------------------------------------------------------ in letters

    def in_inputs(self, expression: Expr) -> Expr | None:
        """An expression written in what is given alone; None where formulas do not lead there.

        Args:
            expression: over entries.
        """
        for _ in range(_DEPTH):
            changed: dict[Expr, Expr] = {}
            for symbol in expression.free_symbols:
                if symbol not in self.replay.atoms:
                    return None
                if self.given(symbol) is not None:
                    continue
                body = self._in_letters(symbol)
                if body is None:
                    return None
                changed[symbol] = body
            if not changed:
                return expression
            expression = expression.xreplace(changed)
            if expression.count_ops() > _SIZE:
                return None
        return None

    def _in_letters(self, symbol: Symbol) -> Expr | None:
        quantity, place = self.replay.atoms[symbol]
        if quantity.below is not None:
            try:
                return self.replay.slope(quantity, place)
            except ScopeError:
                return None
        for formula, body in self.replay.definitions(symbol):
            if formula is not None and not body.free_symbols & self.replay.literals.keys():
                return body
        return None

    def targets(self, expression: Expr, scope: Scope) -> dict[Expr, Expr]:
        """The zeros and ones that are given for a target: they decide which terms a loss has.

        Args:
            expression: over entries that are given.
            scope: what the document has introduced.
        """
        found: dict[Expr, Expr] = {}
        for symbol in expression.free_symbols:
            name = self.replay.atoms[symbol][0].name
            value = self.given(symbol)
            if value in (0, 1) and (name in scope.targets or name.partition("_")[0] in _TARGETS):
                found[symbol] = Rational(int(value))
        return found
