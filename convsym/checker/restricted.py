"""Lines that are said for a part of where their names may lie: f'(x) = 1 for x > 0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from sympy import Dummy, Expr, Heaviside, Indexed, Integer, Piecewise, Rational, Sum, Symbol, exp, latex

from convsym.budget import Budget
from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.functions import relu, step
from convsym.prover import prove_equal
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import variables
from convsym.scope.restrictions import UNCLEAR, Restriction
from convsym.verdict import Outcome, Proved, Refuted, Unsupported, Witness

_SECONDS = 2.0
_POWER = Symbol("\\varepsilon")
"""A positive number is written as a power of e: the prover then knows its sign."""


class _Order(NamedTuple):
    """An expression that is above 0, or not below it, or not 0."""

    value: Expr
    relation: str


def heed_restrictions(finding: Finding, judge: Judge) -> None:
    """Decide a claim where it is said to hold, and refute nothing at points that its own words leave out.

    Args:
        finding: a claim; its outcome is changed.
        judge: for the scope of the claim.
    """
    statement, outcome = finding.statement, finding.outcome
    if not statement.under or isinstance(outcome, Proved) or statement.relation != "=":
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


def _families(side: Expr, judge: Judge) -> set[str]:
    """The families and the single names that an expression comes down to."""
    cells = judge.scope.cells
    return {cells[atom].family if atom in cells else str(atom) for atom in variables(side)}


def _names_an_instance(judgment: Judgment, names: set[str]) -> bool:
    """Whether a claim fails where an index has one value, "i = 1", that its restriction may leave out."""
    return any(name in names for name in re.findall(r"(\w+) =", judgment.failing))


def _order(restriction: Restriction, judge: Judge) -> _Order | None:
    if restriction.relation == UNCLEAR:
        return None
    sides = [judge.elaborator.value(side, {}) for side in (restriction.left, restriction.right)]
    if not all(isinstance(side, Expr) for side in sides):
        return None
    left, right = (judge.unfold(side) for side in sides if isinstance(side, Expr))
    value = right - left if restriction.relation in ("lt", "le") else left - right
    return _Order(value, {"lt": "gt", "le": "ge"}.get(restriction.relation, restriction.relation))


def _all_hold(orders: Sequence[_Order], witness: Witness | None, *, within: bool = False) -> bool:
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
    pairs: Sequence[tuple[Expr, Expr]], orders: Sequence[_Order], judge: Judge, sloping: bool
) -> Outcome | None:
    """What comes of the pairs where one name is written as the others and a positive number beside them.

    A slope on the border of two cases is nobody's claim: for x >= 0 it is said of x > 0.
    """
    if len(orders) != 1 or orders[0].relation not in ("gt", "ge"):
        return None
    if any(side.has(Sum, Indexed) for side in (*chain(*pairs), orders[0].value)):
        return None
    (order,) = orders
    found = [s for s in order.value.free_symbols if isinstance(s, Symbol) and _slope(order.value, s) != 0]
    if not found:
        return None
    symbol = min(found, key=str)
    above = Dummy("above", positive=True)
    put_in = (above - order.value.xreplace({symbol: Integer(0)})) / _slope(order.value, symbol)
    budget = Budget(seconds=min(_SECONDS, judge.clock.remaining()))
    outcomes: list[Outcome] = []
    bordered = False
    for pair in pairs:
        left, right = (_branched(side.xreplace({symbol: put_in})) for side in pair)
        outcome = prove_equal(*(side.xreplace({above: exp(_POWER)}) for side in (left, right)), budget=budget)
        if isinstance(outcome, Refuted):
            return _with_witness(outcome, symbol, put_in.xreplace({above: Integer(1)}))
        outcomes.append(outcome)
        if sloping and any(side.has(step, Heaviside, Piecewise) for side in pair):
            bordered = order.relation == "ge" or bordered
        elif order.relation == "ge":
            border = put_in.xreplace({above: Integer(0)})
            outcomes.append(prove_equal(*(side.xreplace({symbol: border}) for side in pair), budget=budget))
    open_one = next((one for one in outcomes if not isinstance(one, Proved)), None)
    if open_one is not None or not outcomes:
        return open_one
    proof = outcomes[0]
    if bordered and isinstance(proof, Proved):
        edge = put_in.xreplace({above: Integer(0)})
        return replace(proof, assuming=(*proof.assuming, f"${latex(symbol)} \\ne {latex(edge)}$"))
    return proof


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


def _branched(side: Expr) -> Expr:
    """An expression with the branches taken that the sign of a positive name settles."""
    side = side.replace(relu, lambda z: z if z.is_positive else Integer(0) if z.is_negative else relu(z))
    return side.replace(
        step, lambda z: Integer(1) if z.is_positive else Integer(0) if z.is_negative else step(z)
    )


__all__ = ["heed_restrictions"]
