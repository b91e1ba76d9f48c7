"""What a worked example says of its names: the numbers it gives, the numbers it works out, and by which formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from convsym.errors import ScopeError
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.approximation import decimal_of
from convsym.scope.model import Pattern, Scope, pattern_of
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.operators import derivative_parts

_RENEWED = re.compile(r"^(.+?)[_^](nuevo|nueva|new|neu|nouveau|novo|nuovo|updated?|next|\+)$", re.I)
_ENTRIES = 64

Layer = int | str | None
Bindings = dict[str, int]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One name of a worked example, W^{(1)} or w_{12} or a derivative of one by another.

    Attributes:
        name: its key in the scope.
        layer: its layer, a number where it is one.
        indices: the place of a single entry.
        below: what it is the derivative by, or None.
    """

    name: str
    layer: Layer = None
    indices: tuple[int, ...] = ()
    below: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """Numbers as they stand in a document.

    Attributes:
        rows, columns: their shape.
        cells: (value, one unit of the last place), row by row.
        loose: whether they stand in a list.
    """

    rows: int
    columns: int
    cells: tuple[tuple[Fraction, Fraction], ...]
    loose: bool = False

    def at(self, indices: tuple[int, ...]) -> tuple[Fraction, Fraction] | None:
        """The number at places that count from 1; None where there is none."""
        if len(indices) == 1 and 1 in (self.rows, self.columns) and 1 <= indices[0] <= len(self.cells):
            return self.cells[indices[0] - 1]
        if len(indices) == 2 and 1 <= indices[0] <= self.rows and 1 <= indices[1] <= self.columns:
            return self.cells[(indices[0] - 1) * self.columns + indices[1] - 1]
        return None


@dataclass(frozen=True, slots=True)
class Formula:
    """A right side, with where it stands.

    Attributes:
        body: the expression.
        scope: what it is read with.
        number: the number of the statement it stands in.
        bindings: what the letters of a general rule are here.
    """

    body: Node
    scope: Scope
    number: int
    bindings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class GeneralRule:
    """A definition of a whole family, z^{(l)} = ... or p_i = ..., for one layer or index after the other."""

    name: str
    layer: Pattern | None
    indices: tuple[Pattern, ...]
    formula: Formula
    below: tuple[str, Pattern | None, tuple[Pattern, ...]] | None = None


@dataclass(slots=True)
class Entry:
    """What has been said of one quantity so far.

    Attributes:
        printed: the numbers it was last said to be.
        number: the number of the statement that says so.
        formulas: what it was said to be in letters or in other numbers, in order.
        changed: whether it was given other numbers, or an update changes it.
        wrong: the number of the statement that works it out wrongly, or None.
        strayed: whether its numbers are not what the given ones come to, for whatever reason.
    """

    printed: Printed | None = None
    number: int = -1
    formulas: list[Formula] = field(default_factory=list)
    changed: bool = False
    wrong: int | None = None
    strayed: bool = False


@dataclass(slots=True)
class Ledger:
    """The quantities of a document, as far as it has been read.

    Attributes:
        entries: what is said of each.
        rules: definitions for every layer or index.
        updates: how a name is changed by a training step: (pattern of the name, its new value).
        texts: the numbers somebody chose, as printed.
        put_in: what lines put in for names that nothing gives a number, a learning rate.
    """

    entries: dict[Quantity, Entry] = field(default_factory=dict)
    rules: list[GeneralRule] = field(default_factory=list)
    updates: list[GeneralRule] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    put_in: dict[Quantity, Printed] = field(default_factory=dict)

    def copied(self) -> Ledger:
        """The same ledger, to be written on without this one; what lines put in is noted in both."""
        return Ledger(
            {
                quantity: replace(entry, formulas=list(entry.formulas))
                for quantity, entry in self.entries.items()
            },
            list(self.rules),
            list(self.updates),
            set(self.texts),
            self.put_in,
        )

    def knows(self, name: str) -> bool:
        """Whether a name stands for a quantity, in whatever layer, and so for no function.

        Args:
            name: its key.
        """
        return any(quantity.name == name for quantity in self.entries) or any(
            rule.name == name for rule in self.rules
        )

    def has_lists(self) -> bool:
        """Whether some quantity is a list of numbers, which may be a row or a column."""
        return any(
            entry.printed is not None and entry.printed.loose and len(entry.printed.cells) > 1
            for entry in self.entries.values()
        )

    def is_given(self, quantity: Quantity) -> bool:
        """Whether a quantity has numbers and no formula that leads to them."""
        entry = self.entries.get(quantity)
        if entry is None or entry.printed is None or self.formulas(quantity):
            return False
        return not any(self.formulas(self.single(quantity, place)) for place in (0, -1))

    def single(self, quantity: Quantity, place: int) -> Quantity:
        """The quantity that one entry of a vector or a matrix is, x_2 of x.

        Args:
            quantity: the vector or the matrix.
            place: the place of the entry, row by row.
        """
        entry = self.entries.get(quantity)
        printed = None if entry is None else entry.printed
        if printed is None or quantity.indices or len(printed.cells) == 1:
            return Quantity("")
        row, column = divmod(place % len(printed.cells), printed.columns)
        indices = (row + column + 1,) if 1 in (printed.rows, printed.columns) else (row + 1, column + 1)
        return Quantity(quantity.name, quantity.layer, indices, quantity.below)

    def formulas(self, quantity: Quantity) -> list[Formula]:
        """What a quantity was said to be: its own lines, or the rules for all layers and indices where it has none.

        Args:
            quantity: the quantity.
        """
        entry = self.entries.get(quantity)
        found = [] if entry is None else list(reversed(entry.formulas))
        found.sort(key=lambda formula: not in_letters(formula))
        if not found or not in_letters(found[0]):
            found.extend(_instances(self.rules, quantity))
        renewed = _RENEWED.match(quantity.name)
        if renewed and quantity.below is None:
            before = Quantity(renewed.group(1), quantity.layer, quantity.indices)
            found.extend(_instances(self.updates, before))
        return found

    def entry(self, quantity: Quantity) -> Entry:
        """The entry of a quantity, made where there is none."""
        renewed = _RENEWED.match(quantity.name)
        if renewed and quantity.below is None:
            before = self.entries.get(replace(quantity, name=renewed.group(1)))
            if before is not None:
                before.changed = True  # from here on the name may stand for its new value
        return self.entries.setdefault(quantity, Entry())

    def give(self, quantity: Quantity, printed: Printed, number: int) -> None:
        """Note the numbers that a line prints for a quantity.

        Args:
            quantity: the quantity.
            printed: its numbers.
            number: the number of the statement.
        """
        if quantity.indices and (whole := self.entries.get(replace(quantity, indices=()))) is not None:
            known = None if whole.printed is None else whole.printed.at(quantity.indices)
            if known is not None and len(printed.cells) == 1:
                # Beside a vector that is given as a whole, x_1 = 1 speaks of a case.
                whole.changed = whole.changed or known[0] != printed.cells[0][0]
                return
        entry = self.entry(quantity)
        if entry.printed is not None and not _same(entry.printed, printed):
            entry.changed = True
        entry.printed, entry.number = printed, number

    def results(self) -> dict[tuple[Fraction, Fraction], list[tuple[Quantity, int]]]:
        """The places at which each worked out number stands, by its value and one unit of its last place."""
        found: dict[tuple[Fraction, Fraction], list[tuple[Quantity, int]]] = {}
        for quantity, entry in self.entries.items():
            if entry.printed is not None and entry.formulas and quantity.below is None:
                for place, cell in enumerate(entry.printed.cells):
                    found.setdefault(cell, []).append((quantity, place))
        return found


def in_letters(formula: Formula) -> bool:
    """Whether a formula speaks of other quantities, and not of numbers alone."""
    return any(
        isinstance(part, Name | Scripted)
        and (reference := formula.scope.refer(part, {})) is not None
        and reference.name not in formula.scope.functions
        and reference.base not in _FIXED
        for part in walk(formula.body)
    )


_FIXED = frozenset(
    {"e", "exp", "log", "ln", "tanh", "sigma", "sigmoid", "max", "relu", "ReLU", "softmax", "pi"}
)


def _same(one: Printed, other: Printed) -> bool:
    if len(one.cells) != len(other.cells):
        return False
    return all(abs(a - b) <= max(s, t) for (a, s), (b, t) in zip(one.cells, other.cells, strict=True))


def _instances(rules: Sequence[GeneralRule], quantity: Quantity) -> list[Formula]:
    """What rules say of one quantity, the last rule first."""
    found = []
    for rule in reversed(rules):
        bindings: Bindings = {}
        if _matches(rule.name, rule.layer, rule.indices, quantity, bindings) and (
            (rule.below is None and quantity.below is None)
            or (
                rule.below is not None
                and quantity.below is not None
                and _matches(*rule.below, quantity.below, bindings)
            )
        ):
            formula = rule.formula
            found.append(Formula(formula.body, formula.scope, formula.number, tuple(bindings.items())))
    return found


def _matches(
    name: str, layer: Pattern | None, indices: tuple[Pattern, ...], quantity: Quantity, bindings: Bindings
) -> bool:
    if name != quantity.name or len(indices) != len(quantity.indices):
        return False
    if (layer is None) != (quantity.layer is None) or isinstance(quantity.layer, str):
        return False
    if layer is not None and not layer.match(quantity.layer, bindings):
        return False
    return all(
        pattern.match(index, bindings) for pattern, index in zip(indices, quantity.indices, strict=True)
    )


def printed_numbers(node: Node) -> Printed | None:
    """The numbers that a node prints, alone, in a list or in a matrix; None of anything else."""
    node = strip_group(node)
    if isinstance(node, Scripted) and node.subscript is None and node.superscript is not None:
        script = strip_group(node.superscript)
        inner = printed_numbers(node.base)
        if inner is None or not isinstance(script, Name) or script.text not in ("T", "top", "intercal"):
            return None
        order = [row * inner.columns + column for column in range(inner.columns) for row in range(inner.rows)]
        return Printed(inner.columns, inner.rows, tuple(inner.cells[at] for at in order), inner.loose)
    if isinstance(node, Matrix):
        if not node.rows or len({len(row) for row in node.rows}) != 1 or len(node.rows) > _ENTRIES:
            return None
        cells = [decimal_of(cell) if cell is not None else None for row in node.rows for cell in row]
        return _printed(len(node.rows), len(node.rows[0]), cells)
    if isinstance(node, Bracket | Tuple_) and len(node.items) > 1:
        if isinstance(node, Bracket) and node.kind not in ("(", "[", "{"):
            return None
        rows = [strip_group(item) for item in node.items]
        if all(isinstance(row, Bracket) and row.kind == "[" and len(row.items) > 1 for row in rows):
            lines = [row.items for row in rows if isinstance(row, Bracket)]
            if len({len(line) for line in lines}) != 1:
                return None
            return _printed(len(lines), len(lines[0]), [decimal_of(item) for line in lines for item in line])
        return _printed(len(rows), 1, [decimal_of(item) for item in node.items], loose=True)
    return _printed(1, 1, [decimal_of(node)])


def _printed(
    rows: int, columns: int, cells: Sequence[tuple[Fraction, Fraction] | None], *, loose: bool = False
) -> Printed | None:
    known = [(value, 2 * half) for found in cells if found is not None for value, half in [found]]
    return Printed(rows, columns, tuple(known), loose) if len(known) == len(cells) <= _ENTRIES else None


def quantity_of(node: Node, scope: Scope, bindings: Bindings) -> Quantity | None:
    """The quantity that a node names; None of a node that is an expression.

    Args:
        node: a name, a cell, or a derivative.
        scope: what it is read with.
        bindings: what index and layer letters are.

    Raises:
        ScopeError: its layer or its place depends on a letter that is not bound.
    """
    node = strip_group(node)
    sides = slope_sides(node, scope)
    if sides is not None:
        above, below = (quantity_of(side, scope, bindings) for side in sides)
        if above is None or below is None:
            raise ScopeError("a derivative of a form that is not read")
        return Quantity(above.name, above.layer, above.indices, below)
    if not isinstance(node, Name | Scripted):
        return None
    reference = scope.refer(node, bindings)
    if reference is None or reference.power is not None or reference.transposed:
        return None
    if reference.primes:
        raise ScopeError("a prime on a name")
    return named(reference, bindings)


def named(reference: Reference, bindings: Bindings) -> Quantity:
    """The quantity of a reference, whatever power or mark of a transpose stands on it.

    Raises:
        ScopeError: its layer or its place depends on a letter that is not bound.
    """
    layer = None if reference.layer is None else _layer(reference.layer, bindings)
    indices = tuple(_place(node, bindings) for node in reference.indices)
    return Quantity(reference.name, layer, indices)


def _place(node: Node, bindings: Bindings) -> int:
    pattern = pattern_of(node, {})
    if pattern is None or (pattern.parameter is not None and pattern.parameter not in bindings):
        raise ScopeError("an index that is no number here")
    return pattern.offset + (0 if pattern.parameter is None else bindings[pattern.parameter])


def _layer(node: Node, bindings: Bindings) -> int | str:
    try:
        return _place(node, bindings)
    except ScopeError:
        inner = strip_group(node)
        if isinstance(inner, Name) and len(inner.text) > 1:
            return inner.text
        raise


def slope_sides(node: Node, scope: Scope) -> tuple[Node, Node] | None:
    r"""What is differentiated by what in \partial L/\partial w or \nabla_w L; None of anything else."""
    if isinstance(node, Fraction_):
        parts = derivative_parts(node, {}, scope)
        return None if parts is None else (strip_group(parts.above), strip_group(parts.below))
    if isinstance(node, Product) and len(node.factors) == 2 and not node.factors[1][0]:
        head = strip_group(node.factors[0][1])
        if isinstance(head, Scripted) and head.superscript is None and head.subscript is not None:
            base = strip_group(head.base)
            if isinstance(base, Name) and base.text == "nabla":
                return strip_group(node.factors[1][1]), strip_group(head.subscript)
    return None


def general_rule(left: Node, formula: Formula) -> GeneralRule | None:
    """The rule for every layer or index that a definition is; None where its left side has no letter for them.

    Args:
        left: the left side.
        formula: what it is said to be.
    """
    scope = formula.scope
    sides = slope_sides(strip_group(left), scope)
    found = [_patterns(side, scope) for side in (sides or (left,))]
    if any(one is None for one in found):
        return None
    patterns = [one for one in found if one is not None]
    letters = {
        pattern.parameter
        for _, layer, indices in patterns
        for pattern in (layer, *indices)
        if pattern is not None and pattern.parameter is not None
    }
    if not letters:
        return None
    if "L" in letters and not isinstance(strip_group(formula.body), Fraction_):
        return None  # of the last layer alone
    name, layer, indices = patterns[0]
    return GeneralRule(name, layer, indices, formula, patterns[1] if sides else None)


def index_letters(node: Node, scope: Scope) -> set[str]:
    """The letters in the indices of the names of an expression that no sum in it binds.

    Args:
        node: the expression.
        scope: what it is read with.
    """
    bound = {
        key(part)
        for operator in walk(node)
        if isinstance(operator, BigOperator) and operator.lower is not None
        for part in walk(operator.lower)
        if isinstance(part, Name)
    }
    found: set[str] = set()
    for part in walk(node):
        reference = scope.refer(part, {}) if isinstance(part, Scripted) else None
        for index in () if reference is None else reference.indices:
            pattern = pattern_of(index, {})
            if pattern is not None and pattern.parameter is not None:
                found.add(pattern.parameter)
    return found - bound


def fixed_rule(left: Node, formula: Formula) -> GeneralRule | None:
    """The rule for one name alone, for what changes it; None where the left side is no name."""
    found = _patterns(left, formula.scope)
    return None if found is None else GeneralRule(*found, formula)


def _patterns(node: Node, scope: Scope) -> tuple[str, Pattern | None, tuple[Pattern, ...]] | None:
    reference = scope.refer(strip_group(node), {})
    if reference is None or reference.power is not None or reference.primes or reference.transposed:
        return None
    layer = None if reference.layer is None else pattern_of(reference.layer, {})
    indices = [pattern_of(index, {}) for index in reference.indices]
    if (reference.layer is not None and layer is None) or any(index is None for index in indices):
        return None
    return reference.name, layer, tuple(index for index in indices if index is not None)


def chosen_texts(node: Node) -> set[str]:
    """The numbers of a given value, as printed."""
    return {part.text for part in walk(node) if isinstance(part, Number)}
