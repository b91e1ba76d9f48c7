r"""Claims about cells with indices, decided with the definitions of their own form alone.

What a document says elsewhere under the same name (a dense layer's z_{n,m} beside a convolution's z_{n,c,h,w})
can keep the model of the whole document from reading a line. Here a line is read by itself: a definition of the
same form nearest to it, the ranges that sums and the indices of cells show, and the chain rule through the
quantity that the line itself goes through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

from sympy import (
    Add,
    Dummy,
    Expr,
    Function,
    Ge,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Le,
    Mul,
    Pow,
    Sum,
    Symbol,
    exp,
    expand,
    log,
)

from convsym.budget import Budget, Clock
from convsym.checker.cellrules import CellRule, CellRules, taken_letters
from convsym.checker.doubts import heed_doubts
from convsym.errors import ConvsymError
from convsym.latex.syntax import Name, Node
from convsym.latex.walking import walk
from convsym.scope.cellforms import CellNode, cells_in, letter_of, printed
from convsym.scope.cellwise import Bindings, CellReading, NotCellwiseError, Range, function
from convsym.scope.interior import refuted_inside
from convsym.scope.prose import says_full
from convsym.scope.stated import DOUBT
from convsym.scope.symbolic import OUTSIDE_AS_ZERO, decide_for_all_sizes, one_name_each, overruns
from convsym.sums import Facts, FamilyRange, equal_for_all_sizes
from convsym.sums.derivative import contract
from convsym.verdict import Definition, Outcome, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.checker.session import Session
    from convsym.scope.statements import Statement

_DEPTH = 3
_SECONDS = 4.0
_OUTSIDE = "cells outside their range count as 0"


def settle_alone(session: Session) -> None:
    """Decide the claims of a document that its model could not, each by itself.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    rules = CellRules.of(session.reader.statements, session.reader.scopes[-1])
    known: list[tuple[Statement, Expr]] = []
    for finding in session.findings.values():
        statement = finding.statement
        if statement.role != "definition" or not isinstance(finding.outcome, Definition):
            continue
        if (said := _solved_again(statement, rules, known)) is not None:
            finding.outcome = Proved("normal form", (f"${said}$",))
        elif (difference := _difference(statement, rules)) is not None:
            known.append((statement, difference))
    for finding in session.findings.values():
        # What was read and stays in doubt is no matter of reading it again.
        doubtful = not isinstance(finding.outcome, Unsupported) or finding.outcome.reason.startswith(DOUBT)
        if finding.statement.role == "claim" and (not doubtful or _is_padded(finding, session)):
            outcome = session.within("alone", finding, judge_alone, finding.statement, rules)
            if isinstance(outcome, Proved | Refuted):
                finding.outcome, finding.judgment, finding.notes = outcome, None, []
                heed_doubts(finding, session.scope_of(finding.statement), session.reader.statements)


def _is_padded(finding: Finding, session: Session) -> bool:
    """Whether a line holds with zeros around what is known, where the words speak of a full convolution."""
    outcome = finding.outcome
    return (
        isinstance(outcome, Undecided)
        and outcome.reason.endswith(OUTSIDE_AS_ZERO)
        and says_full(session.scope_of(finding.statement).words)
    )


def _solved_again(
    statement: Statement, rules: CellRules, earlier: Sequence[tuple[Statement, Expr]]
) -> str | None:
    """The earlier line that a definition of a letter only solves for another letter: i = h s + u, so u = i - h s."""
    own = _difference(statement, rules)
    if own is None or len(own.free_symbols) < 2:
        return None
    for other, difference in earlier:
        if expand(own - difference) == 0 or expand(own + difference) == 0:
            return other.latex
    return None


def _difference(statement: Statement, rules: CellRules) -> Expr | None:
    """Left side less right side of a relation between index letters."""
    if letter_of(statement.left) is None or statement.relation not in ("=", ":="):
        return None
    try:
        reading = Alone(statement, rules, _SECONDS).reading
        return expand(reading.form(statement.left, Bindings()) - reading.form(statement.right, Bindings()))
    except (ConvsymError, RecursionError):
        return None


def judge_alone(statement: Statement, rules: CellRules, seconds: float = _SECONDS) -> Outcome | None:
    """A verdict on one claim from the definitions of its own form; None where that gives none.

    Args:
        statement: the claim.
        rules: what the document's lines define, cell by cell.
        seconds: what it may cost.
    """
    if statement.relation not in ("=", ":=", "equiv"):
        return None
    nearest = Alone(statement, rules, seconds)
    try:
        outcome = nearest.outcome()
    except (ConvsymError, RecursionError):
        outcome = None
    if not isinstance(outcome, Proved) and (spelled := rules.spelled_out(statement)) is not None:
        try:
            outcome = Alone(spelled, rules, seconds).outcome()
        except (ConvsymError, RecursionError):
            return None
        return outcome if isinstance(outcome, Proved) else None
    if isinstance(outcome, Refuted):
        # A note may define a layer again, with a stride or without: what holds by any of them is not refuted.
        for form in nearest.used:
            for rule in rules.candidates((form[0], form[1]), form[2]):
                other = Alone(statement, rules, seconds, chosen={form: rule})
                try:
                    holds = not isinstance(other.outcome(), Refuted) and not other.foreign
                except (ConvsymError, RecursionError):
                    return None
                if holds:
                    return None
    return outcome


@dataclass(slots=True)
class Alone:
    """One claim and what it is decided with.

    Attributes:
        statement: the claim.
        rules: what the document defines.
        seconds: what it may cost.
        chosen: definitions in the place of the nearest ones.
        used: the forms whose definitions were used.
        foreign: whether one side counts places by a letter that the other side does not know.
        derived: whether a definition was differentiated.
        listed: whether cells were taken for all there are because they are written out.
        opaque: whether a derivative was met of something whose formula is not written.
        explicit: whether it speaks of the gradient of a quantity that is written out.
        gradients: (quantity, cell's name) of each gradient's label.
    """

    statement: Statement
    rules: CellRules
    seconds: float
    gradients: dict[str, tuple[str, str]] = field(default_factory=dict)
    chosen: Mapping[tuple[str, int, bool], CellRule] = field(default_factory=dict)
    used: set[tuple[str, int, bool]] = field(default_factory=set)
    foreign: bool = False
    derived: bool = False
    listed: bool = False
    opaque: bool = False
    explicit: bool = False
    reading: CellReading = field(init=False)

    def __post_init__(self) -> None:
        self.reading = CellReading(
            self._range_of,
            self._derivative,
            self._gradient,
            self._meaning,
            self.rules.fixed,
            self.rules.kroneckers,
            taken_letters(self.statement),
            self.rules.words,
        )

    def outcome(self) -> Outcome | None:
        """The verdict, or None."""
        left = self.reading.value(self.statement.left, Bindings())
        right = self.reading.value(self.statement.right, Bindings())
        if not (left.has(Indexed) or right.has(Indexed)):
            return None
        left, right = self._through(left, right)
        conditions = self._conditions(left, right)
        budget = Budget(seconds=self.seconds)
        self.foreign = _places(left) != _places(right)
        closed = self._is_closed() and not self.foreign
        families = self._families(left, right)
        overrun = self._overruns(families)
        for ranges, said in ((None, ()), (families, (_OUTSIDE,))):
            if ranges and overrun:
                continue
            outcome = _proof(left, right, conditions, ranges or {}, budget)
            if isinstance(outcome, Proved):
                return Proved(
                    outcome.method, (*self.reading.assumed, *outcome.assuming, *said), outcome.sizes
                )
        if closed:
            # Ends that only have a name here would leave no room for an index in the middle.
            known = {
                label: family
                for label, family in families.items()
                if not any(_is_invented(size) for end in family.upper for size in end.free_symbols)
            }
            sides = [contract(side, Facts(known, conditions), Clock(budget)) for side in (left, right)]
            return refuted_inside(sides[0], sides[1], conditions, known, (), budget)
        return None

    def _overruns(self, families: Mapping[str, FamilyRange]) -> bool:
        """Whether a sum of the claim's own runs past a cell's range by a number of places: w_k is no cell."""
        sides = (self.statement.left, self.statement.right)
        return any(overruns(self.reading.value(side, Bindings()), families) for side in sides)

    def _is_closed(self) -> bool:
        """Whether all is written that a refutation rests on: derivatives by definitions, limits and ranges."""
        open_ends = self.reading.whole or self.reading.opened
        return self.derived and not (
            self.opaque or self.explicit or self.clashing or self.listed or open_ends
        )

    @property
    def clashing(self) -> bool:
        """Whether a sum takes a letter that stands for something else."""
        return any("of the other index" in text for text in self.reading.assumed)

    # ------------------------------------------------------------ what cells stand for

    def _rule(self, name: str) -> CellRule | None:
        count, layered = self.reading.forms.get(name, (0, False))
        if (own := self.chosen.get((name, count, layered))) is not None:
            return own
        rule = self.rules.rule((name, count), layered, self.statement.number)
        if rule is not None:
            self.used.add((name, count, layered))
        return rule

    def _meaning(self, cell: CellNode, indices: tuple[Expr, ...]) -> Expr | None:
        """The gradient that a cell is a name for."""
        rule = self._rule(cell.name)
        if rule is not None and rule.is_gradient:
            return self._at(rule, indices)
        return None

    def _at(self, rule: CellRule, indices: Sequence[Expr]) -> Expr:
        """The right side of a definition at given indices."""
        return self.reading.value(rule.body, Bindings(self.rules.bound(rule, indices, self.reading)))

    def _gradient(self, quantity: str, place: Indexed | Symbol) -> Expr:
        self.explicit = self.explicit or quantity in self.rules.written
        name = _name(place)
        label = f"\\partial {quantity}/\\partial {name}"
        self.gradients[label] = quantity, name
        return IndexedBase(label)[place.indices] if isinstance(place, Indexed) else Symbol(label)

    # ------------------------------------------------------------ derivatives

    def _derivative(self, value: Expr, place: Indexed | Symbol) -> Expr:
        name = _name(place)
        if (
            isinstance(value, Indexed)
            and not self._is_same(value, place)
            and not self._is_defined(_name(value))
        ):
            if not isinstance(place, Indexed):
                raise NotCellwiseError("nothing is written of what is differentiated")
            self.opaque = True
            label = f"\\partial {_name(value)}/\\partial {name}"
            return IndexedBase(label)[(*value.indices, *place.indices)]
        result = self._differentiated(value, place, _DEPTH)
        if result == 0 and not self._leads(value, name):
            raise NotCellwiseError("nothing that is written leads to what it is differentiated by")
        return result

    def _leads(self, value: Expr, name: str) -> bool:
        """Whether a name stands in a value, or in a single cell's formula that it speaks of."""
        for cell in value.atoms(Indexed):
            single = self._single(_name(cell))
            if _name(cell) == name or any(name in _names(rule.body) for rule in single.values()):
                return True
        return False

    def _is_same(self, cell: Indexed, place: Expr) -> bool:
        """Whether two cells lie in one family; a later layer is a function of an earlier one, and none of its cells."""
        if not isinstance(place, Indexed) or _name(cell) != _name(place):
            return False
        layered = self.reading.forms[_name(place)][1]
        return not (layered and (cell.indices[0] - place.indices[0]).is_positive)

    def _is_defined(self, name: str) -> bool:
        return self._rule(name) is not None or bool(self._single(name))

    def _single(self, name: str) -> Mapping[tuple[int, ...], CellRule]:
        """The single cells of a name that are written out."""
        count, layered = self.reading.forms.get(name, (0, False))
        return self.rules.single.get((name, count, layered), {}) if not layered else {}

    def _all_written(self, name: str) -> bool:
        """Whether the cells that are written out fill a box, with nothing left out."""
        cells = self._single(name)
        box = prod(len(range(min(axis), max(axis) + 1)) for axis in zip(*cells, strict=True))
        return len(cells) == box > 1

    def _differentiated(self, value: Expr, place: Indexed | Symbol, depth: int) -> Expr:
        match value:
            case Indexed():
                return self._cell_by(value, place, depth)
            case Add():
                return Add(*(self._differentiated(part, place, depth) for part in value.args))
            case Mul():
                terms = []
                for number, part in enumerate(value.args):
                    inner = self._differentiated(part, place, depth)
                    if inner != 0:
                        terms.append(Mul(*value.args[:number], inner, *value.args[number + 1 :]))
                return Add(*terms)
            case Sum(function=function):
                inner = self._differentiated(function, place, depth)
                return Integer(0) if inner == 0 else Sum(inner, *value.limits)
            case Pow() if value.exp.is_Integer:
                return (
                    value.exp * value.base ** (value.exp - 1) * self._differentiated(value.base, place, depth)
                )
            case Function() if len(value.args) == 1 and not isinstance(value, KroneckerDelta):
                (argument,) = value.args
                inner = self._differentiated(argument, place, depth)
                return Integer(0) if inner == 0 else _slope(value) * inner
            case Symbol() | KroneckerDelta():
                return Integer(1 if value == place else 0)
        if value.is_number:
            return Integer(0)
        raise NotCellwiseError("a derivative of something else than sums and products")

    def _cell_by(self, cell: Indexed, place: Indexed | Symbol, depth: int) -> Expr:
        name = _name(cell)
        if isinstance(place, Indexed) and self._is_same(cell, place):
            return Mul(*(KroneckerDelta(a, b) for a, b in zip(cell.indices, place.indices, strict=True)))
        if name.startswith("\\partial"):
            raise NotCellwiseError("a second derivative")
        value = self._formula(cell) if depth else None
        if value is None:
            return Integer(0)
        self.derived = True
        return self._differentiated(value, place, depth - 1)

    def _formula(self, cell: Indexed) -> Expr | None:
        """What a cell is by its definition; None for an input."""
        single = self._single(_name(cell))
        if single and all(index.is_Integer for index in cell.indices):
            own = single.get(tuple(int(index) for index in cell.indices))
            if own is not None:
                return self.reading.value(own.body, Bindings())
            raise NotCellwiseError("a single cell that is not written out")
        rule = self._rule(_name(cell))
        return None if rule is None else self._at(rule, cell.indices)

    def _through(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Both sides with the chain rule applied to the gradient that only one of them speaks of."""
        one, other = self._spoken(left), self._spoken(right)
        if one == other:
            return left, right
        if len(one - other) != 1 or len(other - one) != 1:
            raise NotCellwiseError("the chain rule goes through several quantities, or none")
        (mine,), (theirs,) = one - other, other - one
        if (expanded := self._expanded(left, mine, theirs)) is not None:
            return expanded, right
        if (expanded := self._expanded(right, theirs, mine)) is not None:
            return left, expanded
        raise NotCellwiseError("nothing leads from the one quantity to the other")

    def _spoken(self, side: Expr) -> set[tuple[str, Expr | None]]:
        """The gradients that a side speaks of: their labels and layers."""
        found: set[tuple[str, Expr | None]] = {
            (symbol.name, None) for symbol in _plain_letters(side) if symbol.name in self.gradients
        }
        for cell in side.atoms(Indexed):
            label = _name(cell)
            if label in self.gradients:
                layered = self.reading.forms[self.gradients[label][1]][1]
                found.add((label, cell.indices[0] if layered else None))

        return found

    def _expanded(
        self, side: Expr, by: tuple[str, Expr | None], through: tuple[str, Expr | None]
    ) -> Expr | None:
        """A side with dE/dx as the sum over y of dE/dy dy/dx; None where y does not come from x."""
        quantity, name = self.gradients[by[0]]
        other, middle = self.gradients[through[0]]
        if quantity != other or not self._is_defined(middle):
            return None
        if name in self.rules.written.get(quantity, ()):
            raise NotCellwiseError(f"{quantity} is written out with {name} in it")
        changed: dict[Expr, Expr] = {}
        for cell in (*side.atoms(Indexed), *_plain_letters(side)):
            if _name(cell) != by[0] or (by[1] is not None and cell.indices[0] != by[1]):
                continue
            place = IndexedBase(name)[cell.indices] if isinstance(cell, Indexed) else Symbol(name)
            step = self._step(middle, through, place)
            if step is None:
                return None
            changed[cell] = step
        if not changed:
            return None
        self.reading.assumed[f"${quantity}$ depends on ${name}$ only through ${middle}$"] = None
        return side.xreplace(changed)

    def _step(self, middle: str, through: tuple[str, Expr | None], place: Indexed | Symbol) -> Expr | None:
        """The sum over the cells of y of dE/dy dy/dx."""
        gradient, cells = IndexedBase(through[0]), IndexedBase(middle)
        count, layered = self.reading.forms[middle]
        if self._rule(middle) is None:
            if not self._all_written(middle):
                raise NotCellwiseError("not every cell is written out")
            self.listed = True
            total = Add(
                *(
                    gradient[indices] * self._differentiated(cells[indices], place, _DEPTH)
                    for indices in sorted(self._single(middle))
                )
            )
            return None if total == 0 else total
        letters = tuple(Dummy(f"i_{axis}", integer=True) for axis in range(count))
        layer = (through[1],) if layered else ()
        step = self._differentiated(cells[(*layer, *letters)], place, _DEPTH)
        if step == 0:
            return None
        limits = [(letter, *self._axis(middle, axis, through[1])) for axis, letter in enumerate(letters)]
        return Sum(gradient[(*layer, *letters)] * step, *limits)

    # ------------------------------------------------------------ ranges

    def _range_of(self, form: tuple[str, int], axis: int, layer: Expr | None) -> Range | None:
        return self.rules.range_of(form, axis, layer, self.reading)

    def _axis(self, name: str, axis: int, layer: Expr | None) -> Range:
        """The range of an axis, by names of its own where nothing says it."""
        count, _ = self.reading.forms[name]
        known = self._range_of((name, count), axis, layer) or self.reading.opened.get((name, axis))
        if known is not None:
            return known
        ends = tuple(Symbol(f"\\{end} {name}_{axis + 1}", integer=True) for end in ("min", "max"))
        return self.reading.opened.setdefault((name, axis), (ends[0], ends[1]))

    def _cells_of(self, side: Expr) -> Iterable[tuple[str, str, tuple[Expr, ...], Expr | None]]:
        """Label, name, indices and layer of the cells of a side that lie on a family's axes."""
        for cell in sorted(side.atoms(Indexed), key=str):
            label = str(cell.base.label)
            name = self.gradients[label][1] if label in self.gradients else label
            if name not in self.reading.forms:
                continue
            layered = self.reading.forms[name][1]
            indices = tuple(cell.indices)
            yield label, name, indices[1:] if layered else indices, indices[0] if layered else None

    def _conditions(self, left: Expr, right: Expr) -> tuple[Expr, ...]:
        """Free indices lie on the axes that they stand on, and every range has a place."""
        found: dict[Expr, None] = {}
        free = {s for side in (left, right) for s in side.free_symbols if isinstance(s, Symbol)}
        for name, indices, layer in self.rules.placed(self.statement, self.reading):
            for axis, index in enumerate(indices):
                known = self._range_of((name, len(indices)), axis, layer) or self.reading.opened.get(
                    (name, axis)
                )
                if known is None:
                    continue
                low, high = known
                if isinstance(index, Symbol) and index in free:
                    found[Ge(index, low)] = None
                    found[Le(index, high)] = None
        return tuple(c for c in found if c not in (True, False))

    def _families(self, left: Expr, right: Expr) -> dict[str, FamilyRange]:
        families: dict[str, FamilyRange] = {}
        for side in (left, right):
            for label, name, indices, layer in self._cells_of(side):
                if label in families:
                    continue
                ranges = [self._axis(name, axis, layer) for axis in range(len(indices))]
                if layer is not None:
                    ends = tuple(Symbol(f"\\{end} layer", integer=True) for end in ("min", "max"))
                    ranges = [(ends[0], ends[1]), *ranges]
                families[label] = FamilyRange(
                    tuple(low for low, _ in ranges), tuple(high for _, high in ranges), zero_outside=True
                )
        return families


def _proof(
    left: Expr, right: Expr, conditions: tuple[Expr, ...], ranges: Mapping[str, FamilyRange], budget: Budget
) -> Outcome | None:
    """A proof for all sizes, without a search for counterexamples."""
    if not (left.has(Sum) or right.has(Sum)):
        return decide_for_all_sizes(left, right, conditions, budget, ranges)
    left, right = one_name_each(left, right)
    limits = [limit for one in left.atoms(Sum) | right.atoms(Sum) for limit in one.limits]
    bound = {limit[0] for limit in limits}
    ends = {s for _, *limit in limits for end in limit for s in end.free_symbols}
    filled = (Ge(high - low, 0) for _, low, high in limits if not (high - low).free_symbols & bound)
    sizes = (Ge(size, 1) for size in sorted(ends - bound - _places(left), key=str) if not _is_invented(size))
    known = dict.fromkeys((*conditions, *filled, *sizes))
    facts = Facts(ranges, tuple(c for c in known if c not in (True, False)))
    return equal_for_all_sizes(left, right, facts, budget)


def _is_invented(size: Symbol) -> bool:
    """Whether an end of a range only has a name here."""
    return str(size.name).startswith(("\\min ", "\\max "))


def _name(cell: Expr) -> str:
    """The name of a cell, of a gradient, of a plain letter."""
    return str(cell.base.label) if isinstance(cell, Indexed) else str(cell)


def _slope(value: Expr) -> Expr:
    """The derivative of a function of one number."""
    (argument,) = value.args
    if isinstance(value, exp):
        return value
    return 1 / argument if isinstance(value, log) else function(f"{type(value).__name__}'", argument)


def _places(side: Expr) -> set[Symbol]:
    """The letters that places are counted by in a value."""
    letters = {
        symbol for cell in side.atoms(Indexed) for index in cell.indices for symbol in index.free_symbols
    }
    letters |= {symbol for delta in side.atoms(KroneckerDelta) for symbol in delta.free_symbols}
    return {symbol for symbol in letters if not isinstance(symbol, Dummy)}


def _plain_letters(side: Expr) -> set[Symbol]:
    """The letters of a value that are no names of cells."""
    names = {cell.base.label for cell in side.atoms(Indexed)}
    return {symbol for symbol in side.free_symbols if isinstance(symbol, Symbol)} - names


def _names(body: Node) -> set[str]:
    """The names of the cells in a formula, and its plain letters."""
    letters = {printed(part) for part in walk(body) if isinstance(part, Name)}
    return letters | {cell.name for cell in cells_in(body)}


__all__ = ["judge_alone", "settle_alone"]
