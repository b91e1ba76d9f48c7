"""Findings about indices that need no value: free letters, unused bound letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

from convsym.errors import ScopeError
from convsym.latex.syntax import BigOperator, Bracket, Name, Node, Product, Scripted
from convsym.latex.walking import children, walk
from convsym.scope.branches import indicator_of
from convsym.scope.model import Scope
from convsym.scope.naming import key, plain_letter, strip_group
from convsym.scope.summation import bound_letters, exclusions


def free_letters(nodes: Iterable[Node], scope: Scope, bound: Mapping[str, object] | None = None) -> list[str]:
    """Index letters that no big operator binds and no size fixes, in order of appearance."""
    found: dict[str, None] = {}
    for node in nodes:
        _collect(node, scope, dict(bound or {}), found)
    return list(found)


def _collect(node: Node, scope: Scope, bound: dict[str, object], found: dict[str, None]) -> None:
    node = strip_group(node)
    if isinstance(node, BigOperator):
        inner = dict(bound)
        try:
            letters = [letter for letter, _ in bound_letters(node)]
        except ScopeError:
            letters = []
        inner.update(dict.fromkeys(letters, 0))
        if node.upper is not None and not isinstance(strip_group(node.upper), Scripted):
            sizes = [part for part in walk(node.upper) if isinstance(part, Scripted)]
            if not sizes:  # f_h - 1: a size with a label
                _collect(node.upper, scope, bound, found)
        for _, other in exclusions(node):
            if isinstance(other, Name) and _is_letter(other) and key(other) not in inner:
                found.setdefault(key(other))
        _collect(node.body, scope, inner, found)
        return
    reference = scope.refer(node, bound) if isinstance(node, Scripted) else None
    if reference is not None and reference.base == "nabla":
        # \nabla_w L: what it differentiates by is a variable, and an index only where that variable has one.
        for index in reference.indices:
            if not isinstance(strip_group(index), Name):
                _collect(index, scope, bound, found)
        return
    if reference is not None:
        layers = [] if reference.layer is None else [reference.layer]
        for index in (*reference.indices, *layers):
            # O_W inside an index is a size, not two letters.
            labels = {id(part) for one in walk(index) if isinstance(one, Scripted) for part in walk(one)}
            for part in walk(index):
                if id(part) in labels:
                    continue
                if isinstance(part, Name) and _is_letter(part) and key(part) not in bound:
                    if scope.size(key(part)) is None and not _is_defined_number(scope, key(part)):
                        found.setdefault(key(part))
        if reference.power is not None:
            _collect(reference.power, scope, bound, found)
        return
    called = _called_indices(node, scope) + _compared_indices(node)
    for part in called:
        if key(part) not in bound and scope.size(key(part)) is None:
            found.setdefault(key(part))
    for child in children(node):
        _collect(child, scope, bound, found)


def _compared_indices(node: Node) -> list[Name]:
    """Index letters that an indicator compares, 1(k = i)."""
    factors = [strip_group(factor) for _, factor in node.factors] if isinstance(node, Product) else [node]
    found: list[Name] = []
    for factor, following in zip_longest(factors, factors[1:]):
        condition = indicator_of(factor, following)
        if condition is not None and condition.links[0][0] in ("=", "ne"):
            found.extend(part for part in walk(condition) if isinstance(part, Name) and _is_letter(part))
    return found


def _called_indices(node: Node, scope: Scope) -> list[Name]:
    """Index letters of S(i, j) where S is a family written with brackets."""
    letters: list[Name] = []
    if isinstance(node, Product):
        for (_, head), (operator, second) in zip(node.factors, node.factors[1:], strict=False):
            head, second = strip_group(head), strip_group(second)
            if (
                operator == ""
                and isinstance(head, Name)
                and key(head) in scope.rules
                and key(head) not in scope.functions
                and isinstance(second, Bracket)
                and len(second.items) > 1
            ):
                letters.extend(part for item in second.items for part in walk(item) if isinstance(part, Name))
    return letters


def scaling_letters(node: Node, scope: Scope) -> set[str]:
    """Letters that stand in indices only as a factor of another letter, the stride s of x_{s i + a}: no index."""
    factors: set[str] = set()
    alone: set[str] = set()
    for part in walk(node):
        reference = scope.refer(part, {}) if isinstance(part, Scripted) else None
        for index in () if reference is None else reference.indices:
            inside: set[int] = set()
            for one in walk(index):
                if isinstance(one, Product):
                    names = [f for _, factor in one.factors if isinstance(f := strip_group(factor), Name)]
                    if len(names) > 1:
                        factors.update(map(key, names))
                        inside.update(map(id, names))
                elif isinstance(one, Name) and id(one) not in inside:
                    alone.add(key(one))
    return factors - alone


def limiting_letters(node: Node, left: Iterable[str]) -> set[str]:
    """Letters that sums end at, the k of \\sum_{a=1}^{k} w_a x_{i-a+k}: sizes, where every index of the line is there.

    Args:
        node: the right side.
        left: the free letters of the left side.
    """
    names = {key(part) for part in walk(node) if isinstance(part, Name)}
    if not {*left} or not {*left} <= names:
        return set()
    ends = (part.upper for part in walk(node) if isinstance(part, BigOperator) and part.upper is not None)
    return {key(part) for end in ends for part in walk(end) if isinstance(part, Name)}


def _is_letter(node: Name) -> bool:
    return len(plain_letter(node.text)) == 1 or node.text in ("ell", "alpha", "beta", "mu", "nu")


def _is_defined_number(scope: Scope, name: str) -> bool:
    return any(not rule.patterns for rule in scope.rules.get(name, []))


def unused_letters(node: Node, scope: Scope) -> list[str]:
    """Letters that a big operator binds and its body never uses."""
    unused: list[str] = []
    for part in walk(node):
        if isinstance(part, BigOperator):
            try:
                letters = [letter for letter, _ in bound_letters(part)]
            except ScopeError:
                continue
            inside = {key(name) for name in walk(part.body) if isinstance(name, Name)}
            # Inner limits may use an outer letter.
            unused.extend(letter for letter in letters if letter not in inside)
    return unused


def derives(node: Node) -> bool:
    """Whether a node contains a derivative of any notation."""
    return any(
        (isinstance(part, Name) and part.text in ("partial", "nabla", "d"))
        or (isinstance(part, Scripted) and part.primes)
        for part in walk(node)
    )
