"""Numbers as they are printed: what their last places leave open, and whether two sides agree to the digits shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sympy import Expr, exp, log, tanh

from convsym.functions import sigmoid
from convsym.latex.syntax import Node
from convsym.scope.approximation import decimal_of, enclosure
from convsym.scope.elaborate import Elaborator
from convsym.scope.functions import Generic
from convsym.scope.model import Scope
from convsym.verdict import Proved

ROUNDED = "rounded to the digits shown"
CUT_OFF = "cut off at the digits shown"
"""What a proof by printed digits assumes."""
# A decimal of few places is as a rule a number somebody chose, an input or a rate, and no rounded result.
_CHOSEN = Fraction(1, 100)
_CHOSEN_FOR_CERTAIN = Fraction(1, 10)
# How far two sides may lie apart that agree only because many last places are open.
_CLOSE = Fraction(1, 200)
_ROUNDED = Fraction(1, 2)
_CARRIED = Fraction(3, 2)
# From so many units of its last place on, a decimal has more digits than anybody works out again by hand.
_LONG = 10**5


@dataclass(frozen=True, slots=True)
class Figure:
    """A side of a relation in printed numbers.

    Attributes:
        expression: its value, with a symbol for every decimal.
        decimals: (value, one unit of the last place) of each of these.
        printed: (value, one unit of the last place) of a side that is one decimal and nothing else, or None.
    """

    expression: Expr
    decimals: Mapping[Expr, tuple[Fraction, Fraction]]
    printed: tuple[Fraction, Fraction] | None = None

    def within(self, units: Fraction, chosen: Fraction) -> tuple[Fraction, Fraction] | None:
        """Between which numbers it lies if every decimal may be off by so many units of its last place.

        Args:
            units: by how many.
            chosen: decimals whose unit is at least this are exact.
        """
        ranges = {
            symbol: (value, value) if unit >= chosen else (value - units * unit, value + units * unit)
            for symbol, (value, unit) in self.decimals.items()
        }
        return enclosure(self.expression, ranges)

    def spread(self, units: Fraction, chosen: Fraction) -> tuple[Fraction, Fraction] | None:
        """The same, but each decimal by itself: what the last places make of the value and no more.

        Args:
            units: by how many units of its last place each decimal may be off.
            chosen: decimals whose unit is at least this are exact.
        """
        middle = self.nominal
        if middle is None:
            return None
        exact = {symbol: (value, value) for symbol, (value, _) in self.decimals.items()}
        off = Fraction(0)
        for symbol, (value, unit) in self.decimals.items():
            if unit and unit < chosen:
                moved = [
                    enclosure(self.expression, {**exact, symbol: (value + step, value + step)})
                    for step in (units * unit, -units * unit)
                ]
                if moved[0] is None or moved[1] is None:
                    return None
                off += max(abs(end - middle) for ends in moved if ends is not None for end in ends)
        return middle - off, middle + off

    @property
    def says_little(self) -> bool:
        """Whether it is one decimal of one digit: 0.3 tells too little of what it was rounded from."""
        return (
            self.printed is not None
            and self.printed[1] > _CHOSEN
            and abs(self.printed[0]) < 10 * self.printed[1]
        )

    def shown(
        self, units: Fraction, chosen: Fraction, lone: Fraction | None = None
    ) -> tuple[Fraction, Fraction] | None:
        """What a side may stand for: one decimal alone for the numbers around it, as it is a result.

        Args:
            units: by how many units of its last place each decimal of an expression may be off.
            chosen: decimals whose unit is at least this are exact.
            lone: by how many a result may be off; by half of one, and not at all if it says little, where it is None.
        """
        if self.printed is None:
            return self.within(units, chosen) if lone is not None else self.spread(units, chosen)
        value, unit = self.printed
        off = unit * (lone if lone is not None else Fraction(0) if self.says_little else _ROUNDED)
        return value - off, value + off

    @property
    def nominal(self) -> Fraction | None:
        """Its value with the decimals as they stand."""
        ends = self.within(Fraction(0), _CHOSEN)
        return None if ends is None else (ends[0] + ends[1]) / 2


def figure(
    expression: Expr, decimals: Mapping[str, Expr], node: Node | None, exact: Collection[str]
) -> Figure | None:
    """The figure of an expression; None where it is made of more than printed numbers.

    Args:
        expression: the value of a side.
        decimals: the symbol of each decimal by its text, as an elaborator has given them out.
        node: the side as printed, or None where something else was put in for it.
        exact: decimals that the document chooses and does not work out.
    """
    table = {
        symbol: (
            Fraction(text),
            Fraction(0) if text in exact else Fraction(1, 10 ** len(text.partition(".")[2])),
        )
        for text, symbol in decimals.items()
    }
    if not expression.free_symbols <= table.keys():
        return None
    printed = None if node is None else decimal_of(node)
    if (printed is not None and printed[0].denominator != 1) or (printed is not None and decimals):
        return Figure(expression, table, (printed[0], 2 * printed[1]))
    return Figure(expression, table)


def measured(scope: Scope, node: Node, exact: Collection[str] = ()) -> Figure | None:
    """The figure of a node that is made of printed numbers and known functions.

    Args:
        scope: what the document has introduced.
        node: a side of a relation.
        exact: decimals that the document chooses and does not work out.

    Raises:
        ConvsymError: it has no value.
    """
    elaborator = Elaborator(scope)
    elaborator.decimals = {}
    value = elaborator.value(node, {})
    return figure(value, elaborator.decimals, node, exact) if isinstance(value, Expr) else None


def agree(left: Figure, right: Figure) -> bool:
    """Whether two sides are the same number to the digits that are printed: rounded, or cut off, at the last place."""
    first, second = left.nominal, right.nominal
    if first is None or second is None:
        return False
    if _cut_off(left, second) or _cut_off(right, first):
        return True
    if any(not side.decimals and other.printed is None for side, other in ((left, right), (right, left))):
        return False  # a product of rounded numbers is no whole number and no fraction
    close = abs(first - second) <= max(
        _CLOSE * max(abs(first), abs(second)),
        *(Fraction(0) if side.printed is None else side.printed[1] for side in (left, right)),
    )
    return close and _meet(*(side.shown(_ROUNDED, _CHOSEN) for side in (left, right)))


def slips(left: Figure, right: Figure) -> bool:
    """Whether one decimal alone is a neighbor of what the other side comes to as it stands: not it rounded or cut off.

    Args:
        left, right: the sides, which agree to the digits that are printed.
    """
    for side, other in ((left, right), (right, left)):
        value = other.nominal
        if side.printed is None or other.printed is not None or not other.decimals or value is None:
            continue
        if not _cut_off(side, value) and abs(side.printed[0] - value) * 2 > side.printed[1]:
            return True
    return False


def shown_as(pairs: Iterable[tuple[Figure, Figure]], *conditions: str) -> Proved:
    """The proof of lines that agree to the digits that are printed, which says whether these are rounded or cut off.

    Args:
        pairs: the sides, entry by entry.
        conditions: what it is assumed besides.
    """
    if any(_is_cut_off(side, other) for pair in pairs for side, other in (pair, pair[::-1])):
        return Proved("certified truncation", (CUT_OFF, *conditions))
    return Proved("certified rounding", (ROUNDED, *conditions))


def _is_cut_off(side: Figure, other: Figure) -> bool:
    """Whether a side is one decimal that the other comes to only if that is cut off."""
    value = other.nominal
    if side.printed is None or other.printed is not None or value is None or not _cut_off(side, value):
        return False
    return abs(side.printed[0] - value) * 2 > side.printed[1]


def is_neither(left: Figure, right: Figure, *, kept: bool = False) -> bool:
    """Whether one decimal alone is neither rounded nor cut off, up or down, what the other side certainly is.

    Args:
        left, right: the sides; what nobody rounded are whole numbers, fractions of them, and short decimals that
            the document chooses.
        kept: whether decimals of any length are exact.
    """
    for side, other in ((left, right), (right, left)):
        value = other.nominal
        if side.printed is None or other.printed is not None or value is None:
            continue
        if not kept and any(unit or (100 * n).denominator != 1 for n, unit in other.decimals.values()):
            continue
        shown, unit = side.printed
        if abs(shown - value) > unit:
            return True
    return False


def arguments(left: Figure, right: Figure) -> tuple[Figure, Figure]:
    """What one increasing or arbitrary function is applied to on both sides: its values tell little, or nothing."""
    one, two = left.expression, right.expression
    if isinstance(one, (exp, log, sigmoid, tanh, Generic)) and type(one) is type(two):
        inner = (Figure(side.expression.args[0], side.decimals) for side in (left, right))
        return arguments(*inner)
    return left, right


def _cut_off(side: Figure, value: Fraction) -> bool:
    """Whether a side is one decimal, and a value printed to so many places."""
    if side.printed is None or side.says_little:
        return False
    shown, unit = side.printed
    return shown * value > 0 and abs(shown) <= abs(value) < abs(shown) + unit


def _meet(one: tuple[Fraction, Fraction] | None, two: tuple[Fraction, Fraction] | None) -> bool:
    return one is not None and two is not None and one[0] <= two[1] and two[0] <= one[1]


def differ(left: Figure, right: Figure) -> bool:
    """Whether two sides are different numbers, however the decimals in them were rounded, cut off or carried."""
    one, two = (side.shown(_CARRIED, _CHOSEN_FOR_CERTAIN, lone=_CARRIED) for side in (left, right))
    return one is not None and two is not None and not _meet(one, two)


def miscalculated(left: Figure, right: Figure) -> bool:
    """Whether a short decimal is not what the printed numbers come to, and no other rounding of them either."""
    first, second = left.nominal, right.nominal
    if first is None or second is None or agree(left, right):
        return False
    for side in (left, right):
        if side.printed is not None:
            value, unit = side.printed
            if abs(first - second) <= unit or (abs(value) >= _LONG * unit and not differ(left, right)):
                return False
    ends = [side.shown(_ROUNDED, _CHOSEN_FOR_CERTAIN) for side in (left, right)]
    return None not in ends and not _meet(*ends)
