"""What a line that names a convolution gives the document: cells that nothing else defines, and the shapes it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from convsym.errors import ConvsymError
from convsym.latex.syntax import Equation, Matrix, Name, Node, Number, Scripted
from convsym.latex.walking import walk
from convsym.scope.convolving import Reading, is_convolution, signs_in
from convsym.scope.elaborate import Elaborator
from convsym.scope.grid import Grid
from convsym.scope.hygiene import derives
from convsym.scope.layout import layout_of
from convsym.scope.model import Family, Rule, Scope
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement

ColumnsFirst = Callable[[str], bool]


def settle_operations(
    scopes: Sequence[Scope],
    statements: Sequence[Statement],
    equations: Collection[Equation],
    columns_first: ColumnsFirst,
) -> None:
    """Let every line Y = W * X define the cells of Y that no other line writes out.

    Args:
        scopes: the versions of the scope; changed in place.
        statements: every relation; those that come to define something are given the role of an operation.
        equations: every formula of the document.
        columns_first: whether a family's first index counts columns.
    """
    if not any(is_convolution(side) for s in statements for side in (s.left, s.right)):
        return
    for scope in scopes:
        _printed_families(scope, equations, columns_first)
    for statement in statements:
        for scope in scopes[statement.version :]:
            for side in (statement.left, statement.right):
                if is_convolution(side):
                    _name_matrices(scope, side)
        if statement.relation != "=" or statement.role not in ("claim", "operation"):
            continue
        for target, body in ((statement.left, statement.right), (statement.right, statement.left)):
            if is_convolution(body) and not derives(body) and not is_convolution(target):
                scope = scopes[statement.version]
                if _defines(scope, target, body, statement, columns_first):
                    for other in scopes[statement.version + 1 :]:
                        _defines(other, target, body, statement, columns_first)
                    statement.role, statement.reason = "operation", "names the operation"
                break


def _printed_families(scope: Scope, equations: Collection[Equation], columns_first: ColumnsFirst) -> None:
    """Families whose cells are printed as one matrix, always the same, wherever it stands."""
    shown: dict[str, list[Family]] = {}
    corners: dict[str, list[tuple[int, ...]]] = {}
    for equation in equations:
        for row in equation.rows:
            for part in walk(row):
                if isinstance(part, Matrix):
                    layout = layout_of(part, scope, columns_first)
                    if layout is not None and not layout.misprints:
                        found = shown.setdefault(layout.family.name, [])
                        if layout.family not in found:
                            found.append(layout.family)
                reference = scope.refer(part, {}) if isinstance(part, Scripted) else None
                if reference is not None and all(
                    isinstance(index := strip_group(node), Number) and index.text.isdigit()
                    for node in reference.indices
                ):
                    cell = tuple(int(strip_group(node).text) for node in reference.indices)  # type: ignore[union-attr]
                    corners.setdefault(reference.name, []).append(cell)
    for name, families in shown.items():
        family = _whole(families)
        if name in scope.families or family is None:
            continue
        upper = name.upper() if len(name) == 1 else name  # W_{13} beside w_{11}, of one kernel
        # A cell that is printed elsewhere and lies outside: the matrix shows a part only.
        if all(
            len(cell) == family.arity
            and all(b <= i < b + (n or 0) for i, b, n in zip(cell, family.base, family.sizes, strict=True))
            for cell in (*corners.get(name, []), *(corners.get(upper, []) if upper != name else []))
        ):
            scope.families[name] = family


def _whole(families: list[Family]) -> Family | None:
    """The matrix that all others are windows of, some of them away from its corner; None where it is open."""
    if len(families) == 1:
        return families[0]
    if any(family.arity != 2 or None in family.sizes for family in families):
        return None
    largest = max(families, key=lambda family: (family.sizes[0] or 0) * (family.sizes[1] or 0))
    for family in families:
        for base, size, low, count in zip(
            family.base, family.sizes, largest.base, largest.sizes, strict=True
        ):
            if base < low or base + (size or 0) > low + (count or 0):
                return None
    return largest if any(family.base != largest.base for family in families) else None


def _defines(
    scope: Scope, target: Node, body: Node, statement: Statement, columns_first: ColumnsFirst
) -> bool:
    """Add the rule of one operation to a scope; False where something else defines the cells, or nothing fits."""
    target = strip_group(target)
    name = own = None
    if isinstance(target, Matrix):
        layout = layout_of(target, scope, columns_first)
        if layout is None or layout.misprints:
            return False
        name = own = layout.family.name
    elif isinstance(target, Name | Scripted):
        reference = scope.refer(target, {})
        if reference is None or reference.indices or reference.layer is not None or reference.transposed:
            return False
        if reference.power is not None or reference.primes or scope.size(reference.name) is not None:
            return False
        name = reference.name
        own = scope.matrices.get(name) or scope.twin(name) or name
    if name is None or own is None:
        return False
    owners = {name, own, *(matrix for matrix, cells in scope.matrices.items() if cells == own)}
    rules = [rule for owner in owners for rule in scope.rules.get(owner, [])]
    if any(rule.is_general or not rule.patterns for rule in rules) or _mentions(scope, body, own):
        return False
    trial = scope
    for sign in signs_in(body):
        trial = trial.reading(sign, Reading(False))
    try:
        value = Elaborator(trial).value(body, {})
    except (ConvsymError, RecursionError):
        return False
    if not isinstance(value, Grid) or value.rows * value.columns < 2:
        return False
    family = scope.families.get(own)
    if family is None:
        first = columns_first(own)
        sizes: list[int | None] = [value.columns, value.rows] if first else [value.rows, value.columns]
        base = 0 if own in scope.survey.zero_based else 1
        if scope.habits.arity.get(own, 2) != 2:
            return False
        family = scope.families[own] = Family(own, 2, (base, base), sizes, first, exact=True)
    if family.rows_columns() != (value.rows, value.columns):
        return False
    if name != own:
        scope.matrices.setdefault(name, own)
    if {tuple(p.offset for p in rule.patterns) for rule in rules} >= {
        family.cell_at(r, c) for r in range(value.rows) for c in range(value.columns)
    }:
        return False
    scope.rules.setdefault(name, []).append(Rule(name, (), None, body, statement.number))
    return True


def _name_matrices(scope: Scope, body: Node) -> None:
    """X in W * X stands for the cells x_{..} where these are known."""
    for part in walk(body):
        reference = scope.refer(part, {}) if isinstance(part, Name) else None
        if reference is not None and reference.name not in scope.matrices:
            twin = scope.twin(reference.name)
            if twin is not None and twin in scope.families and reference.name not in scope.families:
                scope.matrices[reference.name] = twin


def _mentions(scope: Scope, body: Node, own: str) -> bool:
    return any(scope.matrices.get(found.name, found.name) == own for found in scope.mentions(body))
