"""Shapes that a document never states: from the cells it writes out, the sums it takes, the matrices it combines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Bracket, Equation, Name, Node, Product, Scripted, Sum_
from convsym.latex.walking import walk
from convsym.scope.axes import join_axes
from convsym.scope.convolving import is_convolution
from convsym.scope.elaborate import Elaborator
from convsym.scope.forms import integer_of
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.inferred import multiplies_open
from convsym.scope.model import Family, Index, Rule, Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.printedcells import learn_printed
from convsym.scope.summation import bound_letters, direct_uses

Spans = dict[tuple[str, int], set[tuple[int, int]]]
ColumnsFirst = Callable[[str], bool]


def settle_shapes(scope: Scope, equations: Collection[Equation], columns_first: ColumnsFirst) -> None:
    """Complete a scope's families and ranges; nothing that was stated is changed.

    Args:
        scope: what was introduced; changed in place.
        equations: every formula of the document.
        columns_first: whether a family's first index counts columns.
    """
    _name_cells(scope)
    scope.named = _named_cells(scope, equations)
    _from_cells(scope, columns_first)
    learn_printed(scope, equations, columns_first)
    if any(family.exact for family in scope.families.values()):
        # Before the sums: what a product of matrices is has its shape from them, whatever a claim runs over.
        _from_values(scope, columns_first)
    _from_sums(scope, equations, columns_first)
    _symbolic_ranges(scope, equations)
    join_axes(scope, equations)
    for name in list(scope.rules):
        if name in scope.families or name in scope.matrices.values():
            continue
        for rule in scope.rules[name]:
            if len(rule.patterns) in (1, 2) and rule.is_general and rule.layer is None:
                _same_shape(scope, name, rule)
    if any(family.exact for family in scope.families.values()):
        for _ in range(4):
            if not (_from_values(scope, columns_first) | _from_partners(scope, equations, columns_first)):
                break
    scope.ranks = {}


def _name_cells(scope: Scope) -> None:
    r"""The cells of a matrix that has none of its own letter, learned from O = f(Z) beside o_{i,j} = f(a_{i,j}).

    Where only one of O and Z has cells of its own letter, the other has those that stand in their place.
    """
    families = [(name, rule) for name, rules in scope.rules.items() for rule in rules if rule.is_general]
    for matrix in list(scope.rules):
        for whole in scope.rules[matrix]:
            outer = _application(whole.body)
            inner = None if outer is None or whole.patterns else scope.refer(outer[1], {})
            if outer is None or inner is None or inner.indices:
                continue
            pairs = {
                (name, cell.name)
                for name, rule in families
                if (call := _application(rule.body)) is not None
                and call[0] == outer[0]
                and (cell := scope.refer(call[1], {})) is not None
                and [key(i) for i in map(strip_group, cell.indices) if isinstance(i, Name)]
                == [pattern.parameter for pattern in rule.patterns]
            }
            if len(pairs) == 1:
                (upper, lower) = next(iter(pairs))
                own = scope.matrices.get(matrix, matrix), scope.matrices.get(inner.name, inner.name)
                if own[0] == upper:
                    _rename_cells(scope, inner.name, lower)
                elif own[1] == lower:
                    _rename_cells(scope, matrix, upper)


def _rename_cells(scope: Scope, matrix: str, letter: str) -> None:
    """Let a letter name the cells of a matrix, unless the document writes cells of the matrix's own letter."""
    if matrix in scope.habits.arity or scope.matrices.get(matrix, matrix) != matrix:
        return
    if letter in scope.matrices.values() or letter == matrix:
        return
    family = scope.families.pop(matrix, None)
    if family is not None:
        scope.families.setdefault(letter, replace(family, name=letter))
    scope.matrices[matrix] = letter


def _application(node: Node) -> tuple[str, Node] | None:
    """The name of a function and its one argument, where a node is nothing else."""
    node = strip_group(node)
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return None
    head, argument = strip_group(node.factors[0][1]), strip_group(node.factors[1][1])
    if isinstance(head, Name) and isinstance(argument, Bracket) and len(argument.items) == 1:
        return key(head), strip_group(argument.items[0])
    return None


def _from_cells(scope: Scope, columns_first: ColumnsFirst) -> None:
    """Families all of whose cells are written out one by one: the rectangle they fill is their range."""
    for name, rules in scope.rules.items():
        if name in scope.families or len(rules) < 2 or any(rule.is_general or rule.layer for rule in rules):
            continue
        cells = {tuple(pattern.offset for pattern in rule.patterns) for rule in rules}
        arity = len(next(iter(cells)))
        if arity == 0 or any(len(cell) != arity for cell in cells):
            continue
        low = [min(axis) for axis in zip(*cells, strict=True)]
        high = [max(axis) for axis in zip(*cells, strict=True)]
        count = 1
        for a, b in zip(low, high, strict=True):
            count *= b - a + 1
        if count == len(cells) and scope.named.get(name, set()) <= cells:
            sizes: list[int | None] = [b - a + 1 for a, b in zip(low, high, strict=True)]
            scope.families[name] = Family(name, arity, tuple(low), sizes, columns_first(name))


def _named_cells(scope: Scope, equations: Collection[Equation]) -> dict[str, set[tuple[int, ...]]]:
    """The cells with integer indices that are named anywhere: a family has those too that nothing defines."""
    named: dict[str, set[tuple[int, ...]]] = {}
    for equation in equations:
        for row in equation.rows:
            for part in walk(row):
                reference = scope.refer(part, {}) if isinstance(part, Scripted) else None
                if reference is not None and reference.indices:
                    indices = [integer_of(index) for index in reference.indices]
                    if all(index is not None for index in indices):
                        named.setdefault(reference.name, set()).add(tuple(i or 0 for i in indices))
    return named


def _sums(equations: Collection[Equation]) -> Iterator[BigOperator]:
    for equation in equations:
        for row in equation.rows:
            for part in walk(row):
                if isinstance(part, BigOperator) and part.operator == "sum" and part.upper is not None:
                    yield part


def _limits(scope: Scope, part: BigOperator) -> Iterator[tuple[str, Index, Index]]:
    try:
        letters = bound_letters(part)
        if part.upper is None:
            return
        upper = Elaborator(scope).index(part.upper, {})
        for letter, start in letters:
            if start is not None:
                yield letter, Elaborator(scope).index(start, {}), upper
    except ConvsymError:
        return


def _from_sums(scope: Scope, equations: Collection[Equation], columns_first: ColumnsFirst) -> None:
    """Ranges of families whose shape is nowhere stated: what the document's sums run over."""
    seen: Spans = {}
    for part in _sums(equations):
        for letter, low, upper in _limits(scope, part):
            if isinstance(low, int) and isinstance(upper, int) and 0 <= upper - low < 10**4:
                for name, axis in direct_uses(part.body, letter, scope, {}):
                    seen.setdefault((name, axis), set()).add((low, upper))
    for (name, axis), spans in sorted(seen.items()):
        arity = scope.habits.arity.get(name, 0)
        if (name in scope.families and scope.families[name].exact) or axis >= arity or len(spans) != 1:
            continue
        (low, high) = next(iter(spans))
        family = scope.families.setdefault(
            name, Family(name, arity, (low,) * arity, [None] * arity, columns_first(name))
        )
        if axis < family.arity:
            family.sizes[axis] = high - low + 1
            family.base = (*family.base[:axis], low, *family.base[axis + 1 :])


def _symbolic_ranges(scope: Scope, equations: Collection[Equation]) -> None:
    """The limits of sums that run over an axis of a family, numbers or not."""
    for part in _sums(equations):
        for letter, low, upper in _limits(scope, part):
            scope.spans.setdefault(letter, set()).add((low, upper))
            for name, axis in direct_uses(part.body, letter, scope, {}):
                scope.ranges.setdefault((name, axis), set()).add((low, upper))


def _same_shape(scope: Scope, name: str, rule: Rule) -> None:
    """A family defined entry by entry from another has the other's shape."""
    parameters = [pattern.parameter for pattern in rule.patterns]
    if any(pattern.offset for pattern in rule.patterns) or None in parameters:
        return
    shapes = set()
    for part in walk(rule.body):
        reference = scope.refer(part, dict.fromkeys([p for p in parameters if p], 0))
        if reference is not None and len(reference.indices) == len(parameters):
            letters = [key(i) for node in reference.indices if isinstance(i := strip_group(node), Name)]
            family = scope.families.get(reference.name)
            known = family is not None and family.arity == len(parameters) and None not in family.sizes
            if letters == parameters and known and family is not None:
                shapes.add((family.base, tuple(family.sizes), family.columns_first))
    if len(shapes) == 1:
        base, sizes, first = shapes.pop()
        scope.families[name] = Family(name, len(parameters), base, list(sizes), first, exact=True)


def _declare(scope: Scope, name: str, rows: int, columns: int, columns_first: ColumnsFirst) -> None:
    own = scope.matrices.get(name) or scope.twin(name) or name
    arity = 1 if columns == 1 and scope.habits.arity.get(own, 1) == 1 else 2
    base = 0 if own in scope.survey.zero_based else 1
    first = columns_first(own)
    sizes: list[int | None] = [rows] if arity == 1 else [columns, rows] if first else [rows, columns]
    if own not in scope.families:
        scope.families[own] = Family(own, arity, (base,) * arity, sizes, first, exact=True)
    scope.matrices.setdefault(name, own)


def _from_values(scope: Scope, columns_first: ColumnsFirst) -> bool:
    """z = W x + b: a name whose definition is a matrix is a matrix of that shape."""
    found = False
    for name, rules in list(scope.rules.items()):
        if scope.family(name) is not None:
            continue
        for rule in rules:
            if rule.patterns or rule.layer is not None or multiplies_open(rule.body, scope):
                continue
            try:
                value = Elaborator(scope).value(rule.body, {})
                value = value.gradient() if isinstance(value, Jacobian) else value
            except (ConvsymError, RecursionError):
                continue
            if isinstance(value, Grid) and value.rows * value.columns > 1:
                _declare(scope, name, value.rows, value.columns, columns_first)
                found = True
    return found


def _from_partners(scope: Scope, equations: Collection[Equation], columns_first: ColumnsFirst) -> bool:
    """a - y, a \\odot y: a bare unknown name beside a matrix has the matrix's shape."""
    found = False
    for equation in equations:
        for row in equation.rows:
            for part in walk(row):
                terms: list[Node] = []
                if isinstance(part, Sum_) and not is_convolution(part):  # X * W + b adds b to every cell
                    terms = [term for _, term in part.terms]
                elif isinstance(part, Product) and any(op in ("odot", "circ") for op, _ in part.factors):
                    terms = [factor for _, factor in part.factors]
                if len(terms) == 2:
                    for one, other in (terms, terms[::-1]):
                        found |= _share(scope, one, other, columns_first)
    return found


def _share(scope: Scope, known: Node, unknown: Node, columns_first: ColumnsFirst) -> bool:
    unknown = strip_group(unknown)
    if not isinstance(unknown, Name | Scripted):
        return False
    reference = scope.refer(unknown, {})
    if (
        reference is None
        or reference.indices
        or reference.layer is not None
        or reference.power is not None
        or scope.family(reference.name) is not None
        or scope.rules.get(reference.name)
        or scope.size(reference.name) is not None
    ):
        return False
    one = strip_group(known)
    if not isinstance(one, Name | Scripted | Product | Bracket) or multiplies_open(one, scope):
        return False
    try:
        value = Elaborator(scope).value(one, {})
        value = value.gradient() if isinstance(value, Jacobian) else value
    except (ConvsymError, RecursionError):
        return False
    if isinstance(value, Grid) and value.rows * value.columns > 1:
        _declare(scope, reference.name, value.rows, value.columns, columns_first)
        return True
    return False
