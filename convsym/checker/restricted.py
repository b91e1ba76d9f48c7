"""Lines that are said for a part of where their names may lie: f'(x) = 1 for x > 0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import Literal

from sympy import (
    Dummy,
    Expr,
    GreaterThan,
    Heaviside,
    Indexed,
    Integer,
    LessThan,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    exp,
    latex,
)

from convsym.budget import Budget
from convsym.checker.findings import Finding
from convsym.checker.withinbounds import Order, branched, decided_in_parts
from convsym.errors import ConvsymError
from convsym.functions import step
from convsym.latex.syntax import Name
from convsym.latex.walking import walk
from convsym.prover import prove_equal
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import variables
from convsym.scope.naming import key
from convsym.scope.pieces import lies_outside, share_a_point
from convsym.scope.restrictions import UNCLEAR, Restriction
from convsym.scope.statements import Statement
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Unsupported, Witness

_SECONDS = 2.0
_BOTH = 2
_POWER = Symbol("\\varepsilon")
"""A positive number is written as a power of e: the prover then knows its sign."""


_DIRECTED = frozenset({"lt", "le", "gt", "ge"})


def heed_restrictions(finding: Finding, judge: Judge) -> None:
    """Decide a claim where it is said to hold, and refute nothing at points that its own words leave out.

    Args:
        finding: a claim; its outcome is changed.
        judge: for the scope of the claim.
    """
    statement, outcome = finding.statement, finding.outcome
    if not statement.under or statement.relation != "=":
        return
    ends = _where_ranges_end(finding, judge) if isinstance(outcome, Proved | Refuted) else ""
    if ends == "inside":
        return
    if ends == "outside":
        printed = ", ".join(f"${one.printed}$" for one in statement.under)
        finding.outcome = Undecided(f"no index is known for which it is said: {printed} is outside the range")
        finding.repairs, finding.notes = (), []
    if ends == "outside" or isinstance(outcome, Proved):
        return
    judgment = finding.judgment
    if judgment is None or not judgment.pairs:
        return
    judge = judgment.typed or judgment.judge or judge
    printed = ", ".join(one.printed if one.in_words else f"${one.printed}$" for one in statement.under)
    try:
        pairs = [(judge.unfold(left), judge.unfold(right)) for _, left, right in judgment.pairs]
        orders = [_order(one, judge) for one in statement.under]
    except (ConvsymError, RecursionError):
        pairs, orders = [], [None]
    known = [order for order in orders if order is not None]
    read = len(known) == len(orders)
    names = {name for order in known for name in _families(order.value, judge)}
    spoken = {name for side in chain(*pairs) for name in _families(side, judge)}
    if known and read and not names & spoken and not _names_an_instance(judgment, names):
        return  # it restricts what the two sides do not come down to
    refuted = isinstance(outcome, Refuted)
    sloping = any(map(derives, (statement.left, statement.right)))
    bounded = decided_in_parts(pairs, known, sloping, _SECONDS) if read and known and pairs else None
    if bounded is not None:
        finding.outcome = judgment.outcome = bounded
        finding.repairs, finding.notes = (), []
        judgment.assumed.add(printed)
        return
    if isinstance(outcome, Refuted) and read and _all_hold(known, outcome.witness, within=sloping):
        return
    decided = _decided(pairs, known, judge, sloping) if read and pairs else None
    if isinstance(decided, Proved):
        finding.outcome = judgment.outcome = decided
        finding.repairs = ()
        judgment.assumed.add(printed)
    elif refuted and isinstance(decided, Refuted):
        finding.outcome = judgment.outcome = decided
        judgment.assumed.add(printed)
    elif refuted:
        words = "as it is said" if any(one.in_words for one in statement.under) else "under the condition"
        finding.outcome = judgment.outcome = Unsupported(f"it may hold {words} {printed}")
        finding.repairs, finding.notes = (), []


def _where_ranges_end(finding: Finding, judge: Judge) -> Literal["inside", "outside", ""]:
    """Whether a line puts its indices where its sums run anyhow, or never: \\partial L/\\partial x_m for m > n."""
    statement = finding.statement
    sides = [statement.left, statement.right]
    letters = free_letters(sides, judge.scope)
    try:
        ranges = judge.conditions_on(letters, sides) if letters else ()
        orders = [_index_order(one, judge) for one in statement.under]
    except (ConvsymError, RecursionError):
        return ""
    known = [one.gts - one.lts for one in ranges if isinstance(one, GreaterThan | LessThan)]
    inside = bool(orders)
    for order in orders:
        if order is None:
            return ""
        least = 1 if order.relation == "gt" else 0
        if any(_is_below(reserve + order.value, least) for reserve in known):
            return "outside"
        inside = inside and any(_is_below(least - 1 - order.value + reserve, 0) for reserve in known)
    return "inside" if inside else ""


def _is_below(value: Expr, bound: int) -> bool:
    """Whether an expression is a whole number below a bound."""
    value = value.expand()
    return isinstance(value, Integer) and value < bound


def _index_order(restriction: Restriction, judge: Judge) -> Order | None:
    """An order between index letters and sizes, which are integers."""
    if restriction.relation not in _DIRECTED:
        return None
    env = {
        key(part): Symbol(key(part), integer=True)
        for side in (restriction.left, restriction.right)
        for part in walk(side)
        if isinstance(part, Name) and judge.scope.size(key(part)) is None
    }
    left, right = (Integer(0) + judge.elaborator.index(s, env) for s in (restriction.left, restriction.right))
    value = right - left if restriction.relation in ("lt", "le") else left - right
    return Order(value, "gt" if restriction.relation in ("lt", "gt") else "ge")


def _families(side: Expr, judge: Judge) -> set[str]:
    """The families and the single names that an expression comes down to."""
    cells = judge.scope.cells
    return {cells[atom].family if atom in cells else str(atom) for atom in variables(side)}


def _names_an_instance(judgment: Judgment, names: set[str]) -> bool:
    """Whether a claim fails where an index has one value, "i = 1", that its restriction may leave out."""
    return any(name in names for name in re.findall(r"(\w+) =", judgment.failing))


def _order(restriction: Restriction, judge: Judge) -> Order | None:
    if restriction.relation == UNCLEAR:
        return None
    sides = [judge.elaborator.value(side, {}) for side in (restriction.left, restriction.right)]
    if not all(isinstance(side, Expr) for side in sides):
        return None
    left, right = (judge.unfold(side) for side in sides if isinstance(side, Expr))
    value = right - left if restriction.relation in ("lt", "le") else left - right
    return Order(value, {"lt": "gt", "le": "ge"}.get(restriction.relation, restriction.relation))


def _all_hold(orders: Sequence[Order], witness: Witness | None, *, within: bool = False) -> bool:
    """Whether a counterexample lies where the orders certainly hold, and not on their border where that is asked."""
    if witness is None:
        return False
    known = {name: Rational(value.numerator, value.denominator) for name, value in witness.values}
    known.update({name: Rational(size) for name, size in witness.sizes})
    for order in orders:
        at = {s: known[s.name] for s in order.value.free_symbols if isinstance(s, Symbol) and s.name in known}
        value = order.value.xreplace(at)
        if not isinstance(value, Rational):
            return False
        if not (
            value != 0
            if order.relation == "ne"
            else value >= 0
            if order.relation == "ge" and not within
            else value > 0
        ):
            return False
    return True


def _decided(
    pairs: Sequence[tuple[Expr, Expr]], orders: Sequence[Order], judge: Judge, sloping: bool
) -> Outcome | None:
    """What comes of the pairs where one name is written as the others and a positive number beside them.

    A slope on the border of two cases is nobody's claim: for x >= 0 it is said of x > 0.
    """
    if not orders or any(order.relation not in ("gt", "ge") for order in orders):
        return None
    if any(side.has(Sum, Indexed) for side in (*chain(*pairs), *(order.value for order in orders))):
        return None
    above = Dummy("above", positive=True)
    within = _interval(orders, above) if len(orders) > 1 else _half_line(orders[0], above)
    if within is None:
        return None
    symbol, put_in, borders = within
    budget = Budget(seconds=min(_SECONDS, judge.clock.remaining()))
    outcomes: list[Outcome] = []
    bordered = False
    for pair in pairs:
        left, right = (branched(side.xreplace({symbol: put_in})) for side in pair)
        outcome = prove_equal(*(side.xreplace({above: exp(_POWER)}) for side in (left, right)), budget=budget)
        if isinstance(outcome, Refuted):
            return _with_witness(outcome, symbol, put_in.xreplace({above: Integer(1)}))
        outcomes.append(outcome)
        if sloping and any(side.has(step, Heaviside, Piecewise) for side in pair):
            bordered = True
        else:
            outcomes += [
                prove_equal(*(side.xreplace({symbol: border}) for side in pair), budget=budget)
                for border in borders
            ]
    open_one = next((one for one in outcomes if not isinstance(one, Proved)), None)
    if open_one is not None or not outcomes:
        return open_one
    proof = outcomes[0]
    if bordered and isinstance(proof, Proved):
        edges = tuple(f"${latex(symbol)} \\ne {latex(border)}$" for border in borders)
        return replace(proof, assuming=(*proof.assuming, *edges))
    return proof


def _half_line(order: Order, above: Expr) -> tuple[Symbol, Expr, list[Expr]] | None:
    """A name, its value by a positive number where an order holds, and its value on the border that belongs to it."""
    found = [s for s in order.value.free_symbols if isinstance(s, Symbol) and _slope(order.value, s) != 0]
    if not found:
        return None
    symbol = min(found, key=str)
    put_in = (above - order.value.xreplace({symbol: Integer(0)})) / _slope(order.value, symbol)
    border = put_in.xreplace({above: Integer(0)})
    return symbol, put_in, [border] if order.relation == "ge" else []


def _interval(orders: Sequence[Order], above: Expr) -> tuple[Symbol, Expr, list[Expr]] | None:
    """The same for two orders that put one name between two numbers, -1 < x < 1."""
    symbols = {s for order in orders for s in order.value.free_symbols}
    if len(symbols) != 1 or len(orders) > _BOTH:
        return None
    (symbol,) = symbols
    ends: dict[bool, tuple[Expr, Order]] = {}
    for order in orders:
        slope = _slope(order.value, symbol)
        if slope == 0 or not isinstance(symbol, Symbol):
            return None
        ends[bool(slope > 0)] = (-order.value.xreplace({symbol: Integer(0)}) / slope, order)
    if len(ends) != _BOTH or not ends[True][0] < ends[False][0]:
        return None
    (low, _), (high, _) = ends[True], ends[False]
    borders = [end for end, order in ends.values() if order.relation == "ge"]
    return symbol, (low + high * above) / (1 + above), borders


def _with_witness(outcome: Refuted, symbol: Symbol, value: Expr) -> Refuted | None:
    """A refutation with the value that a name has in its counterexample; None where that is no rational."""
    witness = outcome.witness
    if witness is None or dict(witness.values).get(_POWER.name, 0) != 0:
        return None
    values = {name: number for name, number in witness.values if name != _POWER.name}
    at = value.xreplace(
        {s: Rational(values.get(s.name, 0)) for s in value.free_symbols if isinstance(s, Symbol)}
    )
    if not isinstance(at, Rational):
        return None
    shown = (*values.items(), (symbol.name, Fraction(int(at.p), int(at.q))))
    return replace(outcome, witness=replace(witness, values=shown))


def _slope(value: Expr, symbol: Expr) -> Expr:
    """The number that a name is multiplied by where an expression is linear in it; 0 of any other."""
    slope = value.diff(symbol)
    return slope if isinstance(slope, Rational) else Integer(0)


def heed_domains(finding: Finding, statements: Sequence[Statement]) -> None:
    """Decide nothing of a value, f(-2), where a definition is said for x > 0 alone and no other piece is given.

    Args:
        finding: a claim; its outcome is changed.
        statements: all relations of the document.
    """
    if not isinstance(finding.outcome, Proved | Refuted):
        return
    own = finding.statement.under
    for definition in statements:
        if definition.number not in finding.used or definition.pieced or definition.role != "definition":
            continue
        apart = bool(own) and share_a_point(definition.under, own) is False
        for called in chain(*(walk(side) for side in (finding.statement.left, finding.statement.right))):
            if apart or lies_outside(called, definition):
                said = ", ".join(f"${one.printed}$" for one in definition.under)
                finding.outcome = Undecided(f"${definition.latex}$ is said for {said} alone")
                finding.repairs, finding.notes = (), []
                return


__all__ = ["heed_domains", "heed_restrictions"]
