"""Cases: values with conditions, as one piecewise expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import And, Eq, Expr, Integer, KroneckerDelta, Max, Min, Ne, Piecewise, Rational, diff, false, true
from sympy.core.relational import Relational

from convsym.errors import ScopeError
from convsym.functions import magnitude, relu, step
from convsym.latex.syntax import (
    Bracket,
    Cases,
    Chain,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.walking import walk
from convsym.scope.algebra import Modular, Scalar
from convsym.scope.naming import key, strip_group

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env

_AND = frozenset({"cap", "land", "wedge"})
_ALL_HOLD = re.compile(r"(and|if|for|where|when|with|,|;|&|und|et|y|e|и|且|그리고|かつ)*")
_COMPARISONS = {"lt": "<", "gt": ">", "le": "<=", "ge": ">=", "=": "==", "ne": "!="}


def cases_value(elaborator: Elaborator, node: Cases, env: Env) -> Expr:
    """A cases environment as a piecewise expression."""
    if isinstance(elaborator.algebra, Modular):
        raise ScopeError("cases")
    branches = []
    for value, condition in node.branches:
        branches.append((elaborator.scalar(value, env), _condition(elaborator, condition, env)))
    return _by_index(branches) or Piecewise(*branches)


def _by_index(branches: list[tuple[Expr, object]]) -> Expr | None:
    """Cases that ask whether two indices are one, written with Kronecker deltas; None for other cases.

    Real numbers agree nowhere but on a border, which a proof may leave out; indices agree at one of their values.
    """
    total: Expr = Integer(0)
    rest: Expr = Integer(1)
    for value, condition in branches:
        if condition in (True, true):
            return total + rest * value
        if condition in (False, false):
            continue
        if not isinstance(condition, Eq | Ne) or not all(side.is_integer for side in condition.args):
            return None
        same = KroneckerDelta(*condition.args)
        here = same if isinstance(condition, Eq) else 1 - same
        total = total + rest * here * value
        # One more case decides what is left where the two conditions are each other's opposite.
        rest = (rest * (1 - here)).expand()
        rest = rest.xreplace({same**2: same})
    return total if rest == 0 else None


def has_kink_at(body: Expr, slot: Expr, place: Expr) -> bool:
    """Whether a function has no slope at a number: its cases meet there with other values or other slopes.

    Args:
        body: the function of one variable.
        slot: the variable.
        place: where its slope is asked for.
    """
    if not isinstance(place, Rational) or not isinstance(body, Expr):
        return False
    for bent in (relu, step, magnitude):
        body = body.replace(bent, lambda z, bent=bent: bent(z).written_out())
    body = body.replace(lambda part: isinstance(part, Max | Min), lambda part: part.rewrite(Piecewise))
    for cases in body.atoms(Piecewise):
        borders = [
            border
            for _, condition in cases.args
            for border in condition.atoms(Relational)
            if (border.lhs - border.rhs).xreplace({slot: place}) == 0
        ]
        for side in (cases, diff(cases, slot)) if borders else ():
            if len({value.xreplace({slot: place}) for value, _ in getattr(side, "args", ())}) > 1:
                return True
    return False


def indicator_of(node: Node, following: Node | None) -> Chain | None:
    r"""The condition of an indicator, \mathbf{1}(k = i) or 1_{k = i}; None of anything else.

    Args:
        node: a factor.
        following: the factor right behind it, or None.
    """
    condition: Node | None = None
    if isinstance(node, Bracket) and node.kind == "[" and len(node.items) == 1:
        condition = node.items[0]  # Iverson's bracket
    elif isinstance(node, Number) and node.text == "1" and isinstance(following, Bracket):
        condition = following.items[0] if len(following.items) == 1 else None
    elif isinstance(node, Scripted) and node.superscript is None and not node.primes:
        base = strip_group(node.base)
        if isinstance(base, Number) and base.text == "1" and node.subscript is not None:
            condition = node.subscript
    condition = None if condition is None else strip_group(condition)
    return condition if isinstance(condition, Chain) and condition.links else None


def indicator_value(elaborator: Elaborator, condition: Chain, env: Env) -> Scalar:
    """1 where a condition holds and 0 elsewhere."""
    relation, right = condition.links[0]
    if relation in ("=", "ne") and condition.first is not None and len(condition.links) == 1:
        first, second = elaborator.index(condition.first, env), elaborator.index(right, env)
        if isinstance(first, int) and isinstance(second, int):
            return elaborator.algebra.number(Fraction(int((first == second) is (relation == "="))))
        if isinstance(elaborator.algebra, Modular):
            raise ScopeError("a symbolic index")
        same = KroneckerDelta(first, second)
        return same if relation == "=" else 1 - same
    if isinstance(elaborator.algebra, Modular):
        raise ScopeError("cases")
    return Piecewise((1, _condition(elaborator, condition, env)), (0, True))


def _condition(elaborator: Elaborator, node: Node | None, env: Env) -> object:
    if node is None or isinstance(node, Words | Name):
        return True
    inside = node.items[0] if isinstance(node, Bracket) and len(node.items) == 1 else None
    if isinstance(inside, Chain | Words):
        return _condition(elaborator, inside, env)
    if isinstance(node, Product):
        rest = [f for _, f in node.factors if not isinstance(f, Words) and not _is_word(f)]
        if not rest:
            return True
        if len(rest) == 1:
            return _condition(elaborator, rest[0], env)
    if isinstance(node, Tuple_) and not any(_joins_otherwise(item) for item in node.items):
        parts = [_condition(elaborator, item, env) for item in node.items if not isinstance(item, Words)]
        return And(*parts)
    if isinstance(node, Chain) and node.first is not None and node.links:
        comparisons = list(_comparisons(node))
        if all(relation in _COMPARISONS for _, relation, _ in comparisons):
            return And(*(_compared(elaborator, *one, env) for one in comparisons))
    raise ScopeError("a condition that is no comparison")


def _compared(elaborator: Elaborator, left: Node, relation: str, right: Node, env: Env) -> object:
    """One comparison, between integers where an index letter stands in it."""
    sides = left, right
    if any(_is_of_index_letters(side, env) for side in sides):
        with suppress(ScopeError):
            first, second = (Integer(0) + elaborator.index(side, env) for side in sides)
            return Relational(first, second, _COMPARISONS[relation])
    return Relational(*(elaborator.scalar(side, env) for side in sides), _COMPARISONS[relation])


def _is_of_index_letters(node: Node, env: Env) -> bool:
    """Whether a side is made of letters and numbers alone, one of which is an index."""
    parts = list(walk(node))
    plain = not any(isinstance(part, Scripted) for part in parts)
    return plain and any(isinstance(part, Name) and key(part) in env for part in parts)


def _comparisons(chain: Chain) -> Iterator[tuple[Node, str, Node]]:
    r"""The comparisons of a chain, 0 \le i < n \cap 0 \le j < m as four."""
    left = _without_words(chain.first) if chain.first is not None else None
    for relation, right in chain.links:
        before, behind = _halves(right)
        if left is not None:
            yield left, relation, before
        left = before if behind is None else behind


def _halves(node: Node) -> tuple[Node, Node | None]:
    """What stands before and behind an "and" between two conditions; None where there is none."""
    if isinstance(node, Sum_):
        for place, (sign, term) in enumerate(node.terms):
            before, behind = _halves(term)
            if behind is not None:
                terms = (("+", behind), *node.terms[place + 1 :])
                tail = Sum_(terms, node.span) if len(terms) > 1 else behind
                return Sum_((*node.terms[:place], (sign, before)), node.span), tail
    if isinstance(node, Product):
        for place, (operator, factor) in enumerate(node.factors):
            if operator in _AND and place:
                rest = (("", factor), *node.factors[place + 1 :])
                return _product(node.factors[:place], node), _product(rest, node)
    return node, None


def _without_words(node: Node) -> Node:
    if not isinstance(node, Product):
        return node
    return _product(
        tuple(pair for pair in node.factors if not isinstance(pair[1], Words) and not _is_word(pair[1])), node
    )


def _product(factors: tuple[tuple[str, Node], ...], node: Product) -> Node:
    return factors[0][1] if len(factors) == 1 else Product(factors, node.span)


def _joins_otherwise(node: Node) -> bool:
    """Whether words between conditions say anything else than that all of them hold."""
    return isinstance(node, Words) and not _ALL_HOLD.fullmatch(node.text.strip().lower())


def _is_word(node: Node) -> bool:
    return isinstance(node, Name) and len(node.text) > 1 and node.font in ("text", "rm")


def with_deltas(expression: Expr) -> Expr:
    """An expression whose cases a = b, and else 0, are factors \\delta_{ab}."""
    mapping = {}
    for cases in expression.atoms(Piecewise):
        (value, condition), *rest = cases.args
        if isinstance(condition, Eq) and len(rest) == 1 and rest[0].args == (0, True):
            mapping[cases] = value * KroneckerDelta(condition.lhs - condition.rhs, 0)
    return expression.xreplace(mapping)
