"""One slip carried through several lines: whether a definition could be to blame for it after all."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Expr, Rational

from convsym.budget import Budget, Clock
from convsym.checker.findings import Finding
from convsym.checker.mending import chain_of, vocabulary_of
from convsym.checker.screening import flat_pairs
from convsym.checker.speaking import is_standard, is_standard_value, takes_as_given
from convsym.checker.trials import definition_tests, instance_of
from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Chain, Fraction_, Number, Product, Signed
from convsym.repair import search
from convsym.scope.algebra import Modular, Q
from convsym.scope.elaborate import Elaborator
from convsym.scope.forms import printed_shape
from convsym.scope.hygiene import derives
from convsym.scope.memory import Memory
from convsym.scope.model import FunctionRule, Rule
from convsym.scope.statements import Statement

if TYPE_CHECKING:
    from convsym.checker.session import Session

_SECONDS = 2.0
_FACTORS = tuple(
    Fraction(sign * over, under) for sign in (1, -1) for over in range(1, 5) for under in range(1, 5)
)
_PLACES = (Rational(1, 3), Rational(2, 7), Rational(5, 8))


def is_carried_slip(
    session: Session, definition: Statement, rule: Rule | FunctionRule, failing: Sequence[Finding]
) -> bool:
    """Whether lines that fail against a definition are one voice, and no small edit of it makes them true.

    A slope that is wrong by a sign makes those worked out from it wrong by the same sign, and a line said again in
    other letters is wrong again: they do not speak for each other. Only slopes are asked: what is differentiated is
    set down first, and they are worked out from it. False wherever that cannot be told.

    Args:
        session: the document being judged.
        definition: the line that defines.
        rule: what it put in force.
        failing: all lines that rest on it and fail.
    """
    lines = [f.statement for f in failing]
    if not all(derives(line.left) and line.version == definition.version for line in lines):
        return False
    chain = chain_of(definition)
    scope = session.scope_of(definition)
    try:
        factor = _common_factor(session, lines)
        if factor is None and not _is_one_quantity(lines):
            return False
        accepts, proportional, _ = definition_tests(session, scope, rule, lines, len(lines))
        if is_standard(session, rule) or (factor is not None and is_standard_value(scope, rule)):
            return True
        if any(takes_as_given(session, line, rule) for line in lines):
            return True
        if factor is not None and accepts(_scaled(chain, factor)):
            return factor < 0 and _is_positive(session, definition)
        clock = Clock(Budget(seconds=_SECONDS))
        found = search(
            chain,
            accepts,
            source=definition.source,
            vocabulary=vocabulary_of(scope),
            screen=accepts,
            proportional=proportional,
            clock=clock,
            limit=1,
            single=True,
        )
    except (ConvsymError, RecursionError, TypeError, ValueError, ArithmeticError):
        return False
    return not found and clock.remaining() > 0


def _is_one_quantity(lines: Sequence[Statement]) -> bool:
    return len({repr(printed_shape(line.left)) for line in lines}) == 1


def _common_factor(session: Session, lines: Sequence[Statement]) -> Fraction | None:
    """The small number that all right sides are off by; None where there is none, or where it varies."""
    possible = {Modular(1).number(factor)[1]: factor for factor in _FACTORS}
    for line in lines:
        env = instance_of(session, line)
        if env is None:
            return None
        elaborator = Elaborator(session.scope_of(line), Modular(1), memory=Memory())
        for left, right in flat_pairs(elaborator.value(line.left, env), elaborator.value(line.right, env)):
            if left[1] == 0 or right[1] == 0:
                return None
            ratio = right[1] * pow(left[1], -1, Q) % Q
            possible = {residue: factor for residue, factor in possible.items() if residue == ratio}
    return next(iter(possible.values()), None)


def _scaled(chain: Chain, factor: Fraction) -> Chain:
    """A definition times a number."""
    ((relation, right),) = chain.links
    span = right.span
    size = Fraction_(Number(str(abs(factor.numerator)), span), Number(str(factor.denominator), span), span)
    product = Product((("", size), ("", Bracket("(", (right,), span))), span)
    return Chain(
        chain.first, ((relation, Signed("-", product, span) if factor < 0 else product),), chain.span
    )


def _is_positive(session: Session, definition: Statement) -> bool:
    """Whether a definition is positive where all it names lies between 0 and 1, as a loss is: no minus is missing."""
    elaborator = Elaborator(session.scope_of(definition), budget=session.budget, clock=Clock(session.budget))
    value = elaborator.scalar(definition.right, {})
    if not isinstance(value, Expr):
        return False
    names = sorted(value.free_symbols, key=lambda symbol: symbol.sort_key())
    for start, _ in enumerate(_PLACES):
        point = {name: _PLACES[(start + place) % len(_PLACES)] for place, name in enumerate(names)}
        drawn = value.xreplace(point).evalf()
        if not (drawn.is_number and drawn.is_positive):
            return False
    return True


__all__ = ["is_carried_slip"]
