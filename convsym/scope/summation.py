"""Sums and products: the ranges of their letters, and what they come to over them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from sympy import Expr, Indexed, Integer, KroneckerDelta, Poly, PolynomialError, Rational, Symbol

from convsym.errors import BudgetExceeded, ConvsymError, ScopeError
from convsym.latex.syntax import BigOperator, Bracket, Chain, Name, Node, Number, Product, Scripted, Tuple_
from convsym.latex.walking import walk
from convsym.scope.algebra import Modular
from convsym.scope.extremes import guarded, tightest
from convsym.scope.model import Index, Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.products import times
from convsym.sums import sum_of
from convsym.sums.faulhaber import sum_of_powers
from convsym.sums.polynomial import ONE, constant

_WRITTEN_OUT = 1_000
"""Terms up to which a sum over numbers is written out whatever its summand is."""

_LONG = 32
"""Terms up to which a sum of cells at free indices is written out: more than any size that is tried out has."""

_LARGEST_POWER = 24

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value


def bound_letters(node: BigOperator) -> list[tuple[str, Node | None]]:
    """The letters a big operator binds, each with where it starts (None where that is not said).

    Raises:
        ScopeError: limits of a form that is not read.
    """
    lower = node.lower
    if lower is None:
        raise ScopeError("a sum without a letter")
    lower = strip_group(lower)
    items = lower.items if isinstance(lower, Tuple_) else (lower,)
    found: list[tuple[str, Node | None]] = []
    waiting: list[str] = []
    for item in items:
        item = strip_group(item)
        if (
            isinstance(item, Chain)
            and len(item.links) == 1
            and item.links[0][0] == "="
            and item.first is not None
        ):
            for first in _letters(item.first):
                waiting.append(first)
            found.extend((letter, item.links[0][1]) for letter in waiting)
            waiting = []
        elif isinstance(item, Bracket) and item.kind == "(":
            found.extend((letter, None) for part in item.items for letter in _letters(part))
        elif isinstance(item, Chain):
            letter = _excluding(item)
            if letter is None:
                raise ScopeError("a sum over a condition")
            waiting.append(letter[0])
        else:
            waiting.extend(_letters(item))
    known = {letter for letter, _ in found}
    found.extend((letter, None) for letter in dict.fromkeys(waiting) if letter not in known)
    return found


def exclusions(node: BigOperator) -> list[tuple[str, Node]]:
    """What the letters of a big operator leave out: k and i of a sum over k \\ne i."""
    lower = None if node.lower is None else strip_group(node.lower)
    items = lower.items if isinstance(lower, Tuple_) else (lower,)
    found = [_excluding(part) for item in items if isinstance(part := item and strip_group(item), Chain)]
    return [pair for pair in found if pair is not None]


def _excluding(chain: Chain) -> tuple[str, Node] | None:
    first = None if chain.first is None else strip_group(chain.first)
    if isinstance(first, Name) and len(chain.links) == 1 and chain.links[0][0] == "ne":
        return key(first), chain.links[0][1]
    return None


def _letters(node: Node) -> Iterator[str]:
    node = strip_group(node)
    if isinstance(node, Name):
        yield key(node)
    elif isinstance(node, Tuple_):
        for item in node.items:
            yield from _letters(item)
    elif isinstance(node, Product) and all(isinstance(f, Name) and op == "" for op, f in node.factors):
        for _, factor in node.factors:
            yield from _letters(factor)
    else:
        raise ScopeError("a sum whose letter is not plain")


def ranges_of(elaborator: Elaborator, node: BigOperator, env: Env) -> list[tuple[str, Index, Index]]:
    """(letter, first, last) for each letter a big operator binds, both ends included."""
    ranges: list[tuple[str, Index, Index]] = []
    inner = dict(env)
    for letter, start in bound_letters(node):
        if start is not None and node.upper is not None:
            (low, _), (high, _) = (
                tightest(elaborator, start, "max", inner),
                tightest(elaborator, node.upper, "min", inner),
            )
        else:
            low, high = _family_range(elaborator, letter, node.body, env)
            if start is not None:
                low = elaborator.index(start, inner)
            if node.upper is not None:
                high = elaborator.index(node.upper, inner)
        # An inner limit may depend on an outer letter; its value comes with the expansion.
        inner.setdefault(letter, Symbol(letter, integer=True))
        ranges.append((letter, low, high))
    return ranges


def _family_range(elaborator: Elaborator, letter: str, body: Node, env: Env) -> tuple[Index, Index]:
    scope = elaborator.scope
    found: set[tuple[int, int]] = set()
    for name, axis in direct_uses(body, letter, scope, env):
        family = scope.family(name)
        if family is None or family.arity <= axis:
            continue
        size = family.sizes[axis]
        if name in scope.matrices and family.arity == 2 and family.columns_first:
            size = family.sizes[1 - axis]
        if size is not None:
            found.add((family.base[axis], family.base[axis] + size - 1))
    if len(found) == 1:
        return next(iter(found))
    if len(found) > 1:
        raise ScopeError(f"the sum over {letter} runs over families of different sizes")
    ranges = {scope.axes[axis] for axis in direct_uses(body, letter, scope, env) if axis in scope.axes}
    if len(ranges) == 1:
        elaborator.assumed.add("a sum without limits runs over the whole range of its index")
        return next(iter(ranges))
    raise ScopeError(f"the range of {letter} is not known")


def direct_uses(body: Node, letter: str, scope: Scope, env: Env) -> Iterator[tuple[str, int]]:
    """(name, axis) wherever a letter alone is an index below a node."""
    bound = {**env, letter: 0}
    for part in walk(body):
        reference = scope.refer(part, bound)
        if reference is not None:
            for axis, index in enumerate(reference.indices):
                index = strip_group(index)
                if isinstance(index, Name) and key(index) == letter:
                    yield reference.name, axis


def spans_by_letter(scope: Scope, letter: str, nodes: Iterable[Node]) -> set[tuple[Index, Index]]:
    """The limits of the document's sums over a letter that is nowhere an index by itself, u of a_{2i+u}."""
    spans = scope.spans.get(letter, set())
    if len(spans) != 1 or any(True for node in nodes for _ in direct_uses(node, letter, scope, {})):
        return set()
    return spans


def written_out(
    ranges: dict[str, tuple[int, int]], letters: Collection[str], most: int
) -> dict[str, tuple[int, int]]:
    """The ranges of the free indices of a claim that takes every value of them; none where there are too many.

    Args:
        ranges: first and last value of the letters that have a known range.
        letters: all free indices of the claim.
        most: how many combinations of their values are tried.
    """
    if len(ranges) < len(letters):
        # Beside letters that stay letters 256 channels are no more certain one by one, only longer.
        ranges = {letter: span for letter, span in ranges.items() if span[1] - span[0] < _LONG}
    total = prod(max(0, high - low + 1) for low, high in ranges.values())
    return ranges if 0 < total <= most else {}


def own_ranges(
    elaborator: Elaborator, nodes: Iterable[Node], name: str, axis: int
) -> set[tuple[Index, Index]]:
    """The limits of the sums in some nodes that run over one axis of a family."""
    found: set[tuple[Index, Index]] = set()
    for root in nodes:
        for part in walk(root):
            if not isinstance(part, BigOperator) or part.upper is None:
                continue
            try:
                ranges = ranges_of(elaborator, part, {})
            except ConvsymError:
                continue
            for letter, low, high in ranges:
                if (name, axis) in direct_uses(part.body, letter, elaborator.scope, {}):
                    found.add((low, high))
    return found


# ---------------------------------------------------------------------- values


def big_value(elaborator: Elaborator, node: BigOperator, env: Env) -> Value:
    """A sum, a product or an extreme over the ranges of its letters."""
    if node.operator not in ("sum", "prod", "max", "min"):
        raise ScopeError(f"the operator {node.operator}")
    for letter, other in exclusions(node):
        other = strip_group(other)
        if letter in env and isinstance(other, Name) and key(other) not in env:
            raise ScopeError(f"a sum over {letter} or over {key(other)}, which of them is not said")
    return _expand(elaborator, node, ranges_of(elaborator, node, env), dict(env))


def _expand(
    elaborator: Elaborator, node: BigOperator, ranges: list[tuple[str, Index, Index]], env: dict[str, Any]
) -> Value:
    if not ranges:
        left_out = [
            Integer(0) + env[letter] - elaborator.index(other, env) for letter, other in exclusions(node)
        ]
        if not left_out:
            return elaborator.value(node.body, env)
        if node.operator != "sum" or any(difference == 0 for difference in left_out):
            neutral = {"sum": 0, "prod": 1}.get(node.operator)
            if neutral is None or not all(difference.is_Integer for difference in left_out):
                raise ScopeError(f"a {node.operator} over a condition")
            if any(difference == 0 for difference in left_out):
                return elaborator.algebra.number(Fraction(neutral))
        value = elaborator.value(node.body, env)
        for difference in left_out:
            if not difference.is_Integer:
                if not isinstance(value, Expr):
                    raise ScopeError("a sum over a condition")
                value = value * (1 - KroneckerDelta(difference, 0))
        return value
    (letter, low, high), rest = ranges[0], ranges[1:]
    if isinstance(low, int) and isinstance(high, int):
        count = high - low + 1
        if count > _WRITTEN_OUT and node.operator == "sum":
            closed = _closed(elaborator, node, ranges, env)
            if closed is not None:
                return closed
        if count > _LONG and node.operator == "sum":
            if (whole := _unwritten(elaborator, ranges, node, env)) is not None:
                return whole
        if count > elaborator.budget.terms:
            raise BudgetExceeded(f"a {node.operator} of {count} terms, too many to write out")
        if elaborator.filled and high < low:
            raise ScopeError("a sum over nothing")
        terms = []
        for number in range(low, high + 1):
            env[letter] = number
            terms.append(_expand(elaborator, node, rest, dict(env)))
        return _folded(elaborator, node.operator, terms)
    if isinstance(elaborator.algebra, Modular) or node.operator != "sum":
        raise ScopeError("a sum with symbolic limits")
    env[letter] = dummy = elaborator._letter(letter)
    body = _expand(elaborator, node, rest, env)
    if not isinstance(body, Expr):
        raise ScopeError("a sum of matrices with symbolic limits")
    start = next((first for name, first in bound_letters(node) if name == letter), None)
    above = [] if start is None else tightest(elaborator, start, "max", env)[1]
    below = [] if start is None or node.upper is None else tightest(elaborator, node.upper, "min", env)[1]
    return sum_of(guarded(body, dummy, above, below), [(dummy, Integer(0) + low, Integer(0) + high)])


def _unwritten(
    elaborator: Elaborator, ranges: list[tuple[str, Index, Index]], node: BigOperator, env: dict[str, Any]
) -> Expr | None:
    """A long sum over a number, of cells at other free indices, as the sum that it is; None of anything else.

    Among free indices every sum is compared in its normal form: 256 channels written out only make it long.
    """
    (letter, low, high), rest = ranges[0], ranges[1:]
    if isinstance(elaborator.algebra, Modular) or any(True for _ in exclusions(node)):
        return None
    if not any(isinstance(value, Expr) and not value.is_Integer for value in env.values()):
        return None
    dummy = elaborator._letter(letter)
    try:
        body = _expand(elaborator, node, rest, {**env, letter: dummy})
    except ConvsymError:
        return None
    if not isinstance(body, Expr) or not body.has(Indexed):
        return None
    return sum_of(body, [(dummy, Integer(0) + low, Integer(0) + high)])


def _closed(
    elaborator: Elaborator, node: BigOperator, ranges: list[tuple[str, Index, Index]], env: dict[str, Any]
) -> Expr | None:
    """A long sum over a number whose summand is a polynomial in it: its closed form, else None."""
    (letter, low, high), rest = ranges[0], ranges[1:]
    if isinstance(elaborator.algebra, Modular) or any(True for _ in exclusions(node)):
        return None
    dummy = elaborator._letter(letter)
    try:
        body = _expand(elaborator, node, rest, {**env, letter: dummy})
    except ConvsymError:
        return None
    if not isinstance(body, Expr) or not body.is_polynomial(dummy):
        return None
    try:
        powers = Poly(body, dummy).terms()
    except PolynomialError:
        return None
    if any(power > _LARGEST_POWER or coefficient.has(dummy) for (power,), coefficient in powers):
        return None
    ends = constant(int(low)), constant(int(high))
    total = Integer(0)
    for (power,), coefficient in powers:
        value = sum_of_powers(power, *ends).get(ONE, Fraction(0))
        total += coefficient * Rational(value.numerator, value.denominator)
    return total


def _folded(elaborator: Elaborator, operator: str, terms: list[Value]) -> Value:
    if operator == "sum":
        return elaborator.added(terms)
    if not terms and operator in ("max", "min"):
        raise ScopeError("the extreme of nothing")
    if operator == "prod":
        total: Value = elaborator.algebra.number(Fraction(1))
        for term in terms:
            total = times(elaborator, total, term, "")
        return total
    return elaborator.apply_known(operator, tuple(terms))


def is_computed(family: str, nodes: Collection[Node], scope: Scope) -> bool:
    """Whether some index of a family is computed: its cells outside may count as 0 although nobody says so.

    A letter that alone is the index runs out of the range only because its own limit is wrong.

    Args:
        family: its name, and words behind it.
        nodes: the sides of a claim.
        scope: what the document has introduced.
    """
    name = family.partition(" ")[0]
    indices = [
        strip_group(index)
        for node in nodes
        for part in walk(node)
        if isinstance(part, Scripted)
        and (reference := scope.refer(part, {})) is not None
        and name in (reference.name, scope.matrices.get(reference.name))
        for index in reference.indices
    ]
    return not indices or any(not isinstance(index, Name | Number) for index in indices)
