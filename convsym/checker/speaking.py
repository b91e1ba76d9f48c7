"""Whether a line speaks of what a definition says, or takes the quantity as given and is wrong whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sympy import Dummy, Expr, Rational, Symbol, exp, log

from convsym.budget import Budget, Clock
from convsym.checker.trials import instance_of
from convsym.functions import relu
from convsym.latex.syntax import Bracket, Name, Node, Product
from convsym.latex.walking import walk
from convsym.scope.elaborate import Elaborator
from convsym.scope.functions import Generic
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge
from convsym.scope.model import FunctionRule, Rule, Scope
from convsym.scope.naming import key as name_of
from convsym.scope.statements import Statement

if TYPE_CHECKING:
    from convsym.checker.session import Session

_VEIL = "Xi"
_SECONDS = 1.0
_DIGITS = 30
_CLOSE = Rational(1, 10**12)
_POINTS = (Rational(-7, 5), Rational(2, 7), Rational(9, 4))


def takes_as_given(session: Session, statement: Statement, rule: Rule | FunctionRule) -> bool:
    """Whether a line that fails would fail with any definition of a quantity in the place of this one.

    The quantity is veiled: an arbitrary function of what it is said to be. A line that names the same veiled cells on
    both sides, none of them differentiated, states an identity in them. Where that fails it is wrong whatever they
    are: only a definition made for it (both sides 0) could make it true, and it says nothing against this one.
    False wherever that cannot be told.

    Args:
        session: the document being judged.
        statement: the line that fails.
        rule: what the definition put in force.
    """
    env = instance_of(session, statement)
    veiled = _veiled(session.scope_of(statement), rule)
    if env is None or veiled is None:
        return False
    scope, letter = veiled
    budget = Budget(seconds=_SECONDS)
    judge = Judge(scope, budget, Clock(budget))
    try:
        sides = [judge.elaborator.value(side, env) for side in (statement.left, statement.right)]
        wrong = False
        for left, right in _entries(*sides):
            one, other = judge.unfold(left), judge.unfold(right)
            given = _veiled_calls(one, letter)
            if given is None or given != _veiled_calls(other, letter):
                return False
            wrong = wrong or (bool(given) and _differ(one, other))
    except Exception:  # also SymPy's own: what has no value here says nothing
        return False
    return wrong


def _veiled(scope: Scope, rule: Rule | FunctionRule) -> tuple[Scope, str] | None:
    """The scope in which nothing is known of what a rule defines, and the letter of the function that veils it."""
    arbitrary = FunctionRule((), None, "")
    if isinstance(rule, FunctionRule):
        name = next((n for n, f in scope.functions.items() if f is rule), None)
        if name is None or len(rule.parameters) != 1:
            return None
        return scope.with_rule(rule, arbitrary, name), name
    span = rule.body.span
    body = Product((("", Name(_VEIL, span)), ("", Bracket("(", (rule.body,), span))), span)
    changed = scope.with_rule(
        rule, Rule(rule.name, rule.patterns, rule.layer, body, rule.statement), rule.name
    )
    changed.functions[_VEIL] = arbitrary
    return changed, _VEIL


def _entries(left: Any, right: Any) -> Iterator[tuple[Expr, Expr]]:
    """Two values entry by entry; ValueError where their types differ."""
    left, right = (side.gradient() if isinstance(side, Jacobian) else side for side in (left, right))
    if isinstance(left, Grid) and isinstance(right, Grid):
        if (left.rows, left.columns) != (right.rows, right.columns):
            raise ValueError("shapes differ")
        yield from zip(left.cells, right.cells, strict=True)
    elif isinstance(left, Expr) and isinstance(right, Expr):
        yield left, right
    else:
        raise ValueError("types differ")


def _veiled_calls(side: Expr, letter: str) -> set[Generic] | None:
    """What a side names of the veiled quantity; None where it asks how that changes."""
    calls = {call for call in side.atoms(Generic) if call.letter == letter}
    return None if any(call.order for call in calls) else calls


def _differ(one: Expr, other: Expr) -> bool:
    """Whether two expressions differ at a point, what is arbitrary having any value there."""
    difference = one - other
    difference = difference.xreplace({call: Dummy() for call in difference.atoms(Generic)})
    places = sorted(difference.free_symbols, key=lambda symbol: symbol.sort_key())
    point = {symbol: Rational(2 * place + 3, 7 * place + 17) for place, symbol in enumerate(places)}
    value = difference.xreplace(point).evalf(_DIGITS)
    return bool(value.is_number and abs(value) > _CLOSE)


def says_value(statement: Statement, rule: FunctionRule, scope: Scope) -> bool:
    """Whether a line says outright what a function is at one place: that side is a call, the other is none.

    Args:
        statement: the line.
        rule: the function's.
        scope: the version that the line is read in.
    """
    name = next((n for n, f in scope.functions.items() if f is rule), None)
    named = [
        sum(1 for part in walk(side) if isinstance(part, Name) and name_of(part) == name)
        for side in (statement.left, statement.right)
    ]
    calls = [
        isinstance(side, Product) and len(side.factors) == 2 and isinstance(side.factors[1][1], Bracket)
        for side in (statement.left, statement.right)
    ]
    return sorted(named) == [0, 1] and calls[named.index(1)] and not derives(statement.left)


# ---------------------------------------------------------------------- what everybody defines alike


def is_standard(session: Session, rule: Rule | FunctionRule) -> bool:
    """Whether a function of a standard name is defined as everybody defines it: then it is never the wrong one.

    Args:
        session: the document being judged.
        rule: what the definition put in force.
    """
    if not isinstance(rule, FunctionRule):
        return False
    for judge in session.judges:
        name = next((n for n, f in judge.scope.functions.items() if f is rule), None)
        if name is not None:
            return name in _STANDARD and _is_function(judge.scope, rule, _STANDARD[name])
    return False


def is_standard_value(scope: Scope, rule: Rule | FunctionRule) -> bool:
    """Whether a number is said to be a standard function of one name; a family may have a wrong index.

    Args:
        scope: the version that the definition is read in.
        rule: what the definition put in force.
    """
    if isinstance(rule, FunctionRule) or rule.patterns or rule.layer is not None:
        return False
    try:
        value = _value(scope, rule.body, {})
        names = value.free_symbols
        return len(names) == 1 and any(_is_same(value, one, *names) for one in set(_STANDARD.values()))
    except Exception:  # also SymPy's own: what has no value here is no standard
        return False


def _is_function(scope: Scope, rule: FunctionRule, standard: Any) -> bool:
    if rule.body is None or len(rule.parameters) != 1:
        return False
    slot = Symbol("x", real=True)
    try:
        return _is_same(_value(scope, rule.body, {rule.parameters[0]: slot}), standard, slot)
    except Exception:  # also SymPy's own: what has no value here is no standard
        return False


def _is_same(value: Expr, standard: Any, slot: Symbol) -> bool:
    difference = value - standard(slot)
    return all(abs(difference.xreplace({slot: point}).evalf(_DIGITS)) < _CLOSE for point in _POINTS)


def _value(scope: Scope, body: Node, env: dict[str, Any]) -> Expr:
    budget = Budget(seconds=_SECONDS)
    return Elaborator(scope, budget=budget, clock=Clock(budget)).scalar(body, env)


def _tanh(slot: Expr) -> Expr:
    return (exp(slot) - exp(-slot)) / (exp(slot) + exp(-slot))


def _logistic(slot: Expr) -> Expr:
    return 1 / (1 + exp(-slot))


def _softplus(slot: Expr) -> Expr:
    return log(1 + exp(slot))


_STANDARD = {
    **dict.fromkeys(("sigma", "sigmoid", "logistic"), _logistic),
    "tanh": _tanh,
    **dict.fromkeys(("relu", "ReLU", "Relu", "RELU"), relu),
    "softplus": _softplus,
}

__all__ = ["is_standard", "is_standard_value", "takes_as_given"]
