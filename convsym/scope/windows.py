r"""Ranges that belong to a window: y_i = \sum_{m=0}^{k-1} w_m x_{i+m} has k weights, and says nothing of how many y_i.

A sum over the output that ends where the kernel ends is a slip as a rule. It is no evidence for the size of the
output, and nothing may be proved by taking it for that.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Integer, expand

from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Name, Node
from convsym.latex.walking import walk
from convsym.scope.elaborate import Elaborator
from convsym.scope.hygiene import derives
from convsym.scope.model import Index, Scope, latex_name
from convsym.scope.naming import key, strip_group
from convsym.scope.summation import direct_uses, own_ranges, ranges_of

_FOLLOWED = 3


def window_in(scope: Scope, family: str, axis: int, span: tuple[Index, Index]) -> str:
    """Why a range is that of a window instead of that of what the window is moved over, or "".

    Args:
        scope: what the document has introduced.
        family, axis: the axis that a sum runs over.
        span: the sum's limits.
    """
    name = latex_name(family)
    if all(isinstance(end, int) for end in span):
        other = _cut_short(scope, family, axis, span, _FOLLOWED)
        return f"the sum over {name} leaves out what is computed from {latex_name(other)}" if other else ""
    if _is_said(scope, family, axis, span):
        return ""
    letter = _window(scope, family, axis, span, _FOLLOWED)
    return (
        f"the sum over {name} has the limits of {latex_name(letter)}, the place in a window" if letter else ""
    )


def _cut_short(scope: Scope, family: str, axis: int, span: tuple[Index, Index], depth: int) -> str:
    """The family of known size that gives each cell of this one, where the range differs from that size."""
    for name, place in sorted(_given_by(scope, family, axis)):
        known = scope.families.get(name)
        size = known.sizes[place] if known is not None and known.exact and place < known.arity else None
        if known is not None and size is not None:
            if span != (known.base[place], known.base[place] + size - 1):
                return name
        elif depth and (found := _cut_short(scope, name, place, span, depth - 1)):
            return found
    return ""


def _given_by(scope: Scope, family: str, axis: int) -> set[tuple[str, int]]:
    """The axes of other families that an axis is counted by in the same way: that of z where a_i = f(z_i)."""
    return {
        (name, place)
        for rule in scope.rules.get(family, ())
        if axis < len(rule.patterns) and not derives(rule.body)
        if (letter := rule.patterns[axis].parameter) is not None and not rule.patterns[axis].offset
        for name, place in direct_uses(rule.body, letter, scope, {})
        if name != family
    }


def _is_said(scope: Scope, family: str, axis: int, span: tuple[Index, Index]) -> bool:
    """Whether something else than a chain rule says so: what is stated, or a definition that sums over the axis."""
    if any(_is_same(span, other) for other in scope.stated.get((family, axis), ())):
        return True
    bodies = [rule.body for rules in scope.rules.values() for rule in rules if not derives(rule.body)]
    return any(_is_same(span, other) for other in own_ranges(Elaborator(scope), bodies, family, axis))


def _window(scope: Scope, family: str, axis: int, span: tuple[Index, Index], depth: int) -> str:
    """The letter of a window with this range that is moved along an axis, through what is defined cell by cell."""
    for rule in scope.rules.get(family, ()):
        letter = rule.patterns[axis].parameter if axis < len(rule.patterns) else None
        if letter is None or derives(rule.body):
            continue
        for inner, low, high in _moved(rule.body, letter, scope):
            if _is_same(span, (low, high)):
                return inner
    for name, place in sorted(_given_by(scope, family, axis)) if depth else ():
        if found := _window(scope, name, place, span, depth - 1):
            return found
    return ""


def _moved(body: Node, letter: str, scope: Scope) -> Iterator[tuple[str, Index, Index]]:
    """The letters of sums that stand in one index with a letter, and their limits."""
    for part in walk(body):
        if not isinstance(part, BigOperator) or part.operator != "sum" or part.upper is None:
            continue
        try:
            ranges = ranges_of(Elaborator(scope), part, {})
        except ConvsymError:
            continue
        for inner, low, high in ranges:
            if any({letter, inner} <= names for names in _index_letters(part.body, scope)):
                yield inner, low, high


def _index_letters(body: Node, scope: Scope) -> Iterator[set[str]]:
    """The letters of every index in a formula that is more than a letter."""
    for part in walk(body):
        reference = scope.refer(part, {})
        for index in () if reference is None else reference.indices:
            if not isinstance(strip_group(index), Name):
                yield {key(name) for name in walk(index) if isinstance(name, Name)}


def _is_same(one: tuple[Index, Index], other: tuple[Index, Index]) -> bool:
    return all(expand(Integer(0) + a - b) == 0 for a, b in zip(one, other, strict=True))


__all__ = ["window_in"]
