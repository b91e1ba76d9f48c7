"""Axes that share a range although the document names no limits: joined by the letters that run over both."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from sympy import Symbol

from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Equation, Fraction_, Name, Node, Number, Product
from convsym.latex.walking import walk
from convsym.scope.model import Axis, Index, Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.summation import bound_letters, direct_uses


def join_axes(scope: Scope, equations: Collection[Equation]) -> None:
    """Give every axis that a sum without limits runs over a range: a known one, or a size of its own.

    Args:
        scope: what was introduced, its `ranges` filled; `axes` and `open_sizes` are changed in place.
        equations: every formula of the document.
    """
    groups: dict[Axis, set[Axis]] = {}
    bare: set[Axis] = set()
    counted = _counted(scope, equations)
    for used, limited in _shared(scope, equations):
        joined = set(used)
        for axis in used:
            joined |= groups.get(axis, set())
        for axis in joined:
            groups[axis] = joined
        if not limited:
            bare |= set(used)
    for axis in _below_a_loss(scope):
        groups.setdefault(axis, {axis})
        bare.add(axis)
    done: set[Axis] = set()
    for axis in sorted(groups):
        group = groups[axis]
        if axis in done:
            continue
        done |= group
        spans = {span for one in group for span in scope.ranges.get(one, set())}
        if not group & bare:
            if len(spans) == 1:
                # y_i = x_i - \mu with \mu a mean over i = 1, ..., D: there is no y_i past the last x_i.
                for one in group - scope.ranges.keys():
                    scope.axes[one] = next(iter(spans))
            continue
        if len(spans) > 1:
            continue
        if spans:
            found = next(iter(spans))
        else:
            name, place = min(group)
            base = 0 if any(one in scope.survey.zero_based for one, _ in group) else 1
            counts = {counted[one] for one in group if one in counted}
            if len(counts) == 1:
                size = counts.pop()
            else:
                size = Symbol(f"N_{{{name}{place + 1}}}", integer=True)
                scope.open_sizes.add(size)
            found = (base, size - 1 + base)
        for one in group:
            scope.axes[one] = found
            scope.ranges.setdefault(one, set()).add(found)


def _below_a_loss(scope: Scope) -> Iterator[Axis]:
    """The axes of families that a loss nobody wrote down is made of: the chain rule sums over all of them."""
    for above, below in sorted(scope.survey.partials):
        if scope.rules.get(above):
            continue
        known = scope.family(below)
        for rule in scope.rules.get(below, []):
            for place, pattern in enumerate(rule.patterns):
                sized = known is not None and place < known.arity and known.sizes[place] is not None
                if pattern.parameter is not None and not pattern.offset and not sized:
                    yield below, place


def _shared(scope: Scope, equations: Collection[Equation]) -> Iterator[tuple[list[Axis], bool]]:
    """The axes that one bound letter runs over, and whether its limits are written."""
    for equation in equations:
        for row in equation.rows:
            yield from _in_sums(scope, row)
    for rules in scope.rules.values():
        for rule in rules:
            for axis, pattern in enumerate(rule.patterns):
                if pattern.parameter is None or pattern.offset:
                    continue
                used = list(dict.fromkeys(direct_uses(rule.body, pattern.parameter, scope, {})))
                shifted = _shifted(rule.body, pattern.parameter, scope)
                used = [one for one in used if one[0] not in shifted]
                if used:
                    yield [(rule.name, axis), *used], True


def _in_sums(scope: Scope, row: Node) -> Iterator[tuple[list[Axis], bool]]:
    for part in walk(row):
        if isinstance(part, BigOperator) and part.operator == "sum":
            try:
                letters = bound_letters(part)
            except ConvsymError:
                continue
            for letter, start in letters:
                used = list(dict.fromkeys(direct_uses(part.body, letter, scope, {})))
                if used:
                    yield used, start is not None or part.upper is not None


def _counted(scope: Scope, equations: Collection[Equation]) -> dict[Axis, Symbol]:
    r"""The axes that means are taken over, by the letter that they divide by: \frac{1}{D} \sum_i x_i has D summands."""
    found: dict[Axis, set[str]] = {}
    taken = {*scope.rules, *scope.sizes, *scope.functions, *scope.families, *scope.matrices, *scope.values}
    taken |= {below for _, below in scope.survey.partials}
    for equation in equations:
        for row in equation.rows:
            for part in walk(row):
                for letter, total in _means(part):
                    if letter in taken:
                        continue
                    for index, start in bound_letters(total):
                        if start is None and total.upper is None:
                            for axis in direct_uses(total.body, index, scope, {}):
                                found.setdefault(axis, set()).add(letter)
    return {axis: Symbol(letters.pop(), integer=True) for axis, letters in found.items() if len(letters) == 1}


def _means(node: Node) -> Iterator[tuple[str, BigOperator]]:
    """The letter and the sum of 1/D times a sum over one letter, or of such a sum over D."""
    if isinstance(node, Fraction_):
        below, above = strip_group(node.denominator), strip_group(node.numerator)
        if isinstance(below, Name) and isinstance(above, BigOperator) and _is_sum(above):
            yield key(below), above
    if isinstance(node, Product):
        for (_, before), (operator, behind) in pairwise(node.factors):
            before, behind = strip_group(before), strip_group(behind)
            if operator in ("", "cdot", "times") and isinstance(before, Fraction_) and _is_sum(behind):
                one, below = strip_group(before.numerator), strip_group(before.denominator)
                if isinstance(one, Number) and isinstance(below, Name) and isinstance(behind, BigOperator):
                    yield key(below), behind


def _is_sum(node: Node) -> bool:
    """Whether a node is a sum over one letter without limits."""
    return (
        isinstance(node, BigOperator)
        and node.operator == "sum"
        and node.upper is None
        and isinstance(node.lower, Name)
    )


def _shifted(body: Node, letter: str, scope: Scope) -> set[str]:
    """The families with a letter inside an index such as i + m: their ranges need not agree with its own."""
    found: set[str] = set()
    for part in walk(body):
        reference = scope.refer(part, {letter: 0})
        if reference is None:
            continue
        for index in reference.indices:
            bare = strip_group(index)
            if not isinstance(bare, Name) and any(
                isinstance(name, Name) and key(name) == letter for name in walk(bare)
            ):
                found.add(reference.name)
    return found


__all__ = ["Index", "join_axes"]
