r"""Matrices that are only shown by their cells: [z_1; z_2] = [w_{11}, w_{12}; ...] [x_1; x_2] defines z."""

from __future__ import annotations

from collections.abc import Iterator

from convsym.latex.syntax import Bracket, Ellipsis_, Matrix, Node, Product, Signed, Sum_
from convsym.latex.walking import walk
from convsym.scope.layout import Layout, layout_of
from convsym.scope.model import Rule, Scope
from convsym.scope.naming import Reference, strip_group
from convsym.scope.orientation import counts_columns_first
from convsym.scope.statements import Statement

_PLAIN = frozenset({"", "cdot", "times", "odot", "circ"})


def shows_cells(statement: Statement, scope: Scope) -> bool:
    """Whether a line defines the cells of a matrix that is printed by them alone; its role is set where it does.

    Such a line is a definition where nothing else says what these cells are. The matrices on its right that are
    printed by their cells tell the ranges of those.

    Args:
        statement: a relation.
        scope: what is known so far; changed in place.
    """
    left = strip_group(statement.left)
    if statement.link or statement.relation not in ("=", ":=") or not isinstance(left, Matrix):
        return False
    if not _is_algebra(statement.right) or (shown := _layout(left, scope)) is None:
        return False
    others = list(_layouts(statement.right, scope))
    names = [layout.family.name for layout in (shown, *others)]
    if len(set(names)) < len(names) or any(r.name == names[0] for r in scope.mentions(statement.right)):
        return False
    known = scope.families.get(names[0])
    if known is not None and known.exact and known.sizes != shown.family.sizes:
        return False
    owners = [names[0], *(matrix for matrix, own in scope.matrices.items() if own == names[0])]
    twin = _owner(names[0], scope)
    rules = [rule for owner in dict.fromkeys((*owners, twin)) for rule in scope.rules.get(owner, [])]
    for layout in (shown, *others):
        _learn(layout, scope)
    if any(_speaks_of_more(rule, names, scope) for rule in rules):
        statement.role, statement.reason = "condition", "shows the cells of a definition, but for a bias"
        return True
    if rules:
        return False  # what is known of the matrix is the definition, this line a claim
    owner = owners[-1] if len(owners) > 1 else twin
    scope.matrices.setdefault(owner, names[0])
    scope.rules.setdefault(owner, []).append(Rule(owner, (), None, statement.right, statement.number))
    statement.role, statement.reason = "definition", "introduces the cells of its left side"
    return True


def shows_own_cells(name: str, matrix: Matrix, scope: Scope) -> bool:
    r"""Whether a matrix is printed by its own cells, W = [W_{11} & \cdots & W_{1m}; \dots]: that only names them.

    Args:
        name: the matrix.
        matrix: what stands on the right of its line, with dots for some of the cells.
        scope: the document's habits.
    """
    return bool(own_cells(name, matrix, scope))


def own_cells(name: str, matrix: Matrix, scope: Scope) -> list[list[Reference | None]]:
    """The cells of a matrix row by row, dots as None; none where anything else stands in it.

    Args:
        name: the matrix.
        matrix: what is printed.
        scope: the document's habits.
    """
    own = {name, scope.twin(name) or name}
    rows: list[list[Reference | None]] = []
    for row in matrix.rows:
        cells: list[Reference | None] = []
        for node in row:
            node = None if node is None else strip_group(node)
            if node is None or isinstance(node, Ellipsis_):
                cells.append(None)
                continue
            reference = scope.refer(node, {})
            if reference is None or reference.name not in own or not reference.indices:
                return []
            if reference.layer is not None or reference.power is not None or reference.transposed:
                return []
            cells.append(reference)
        rows.append(cells)
    shown = [cell for row in rows for cell in row if cell is not None]
    return rows if len({len(cell.indices) for cell in shown}) == 1 else []


def _speaks_of_more(rule: Rule, names: list[str], scope: Scope) -> bool:
    """Whether a definition of the whole matrix has a bias that the line with its cells leaves out."""
    families = {scope.matrices.get(r.name) or scope.twin(r.name) or r.name for r in scope.mentions(rule.body)}
    return not rule.patterns and families > set(names[1:])


def _layout(matrix: Matrix, scope: Scope) -> Layout | None:
    printed = layout_of(matrix, scope, lambda _: counts_columns_first(scope))
    return None if printed is None or printed.misprints else printed


def _layouts(node: Node, scope: Scope) -> Iterator[Layout]:
    for part in walk(node):
        if isinstance(part, Matrix) and (printed := _layout(part, scope)) is not None:
            yield printed


def _learn(layout: Layout, scope: Scope) -> None:
    name = layout.family.name
    if name not in scope.families:
        scope.families[name] = layout.family
        scope.matrices.setdefault(_owner(name, scope), name)


def _owner(name: str, scope: Scope) -> str:
    """The name of the whole matrix: the capital letter of cells with two indices, the letter itself of a vector's."""
    plain = len(name) == 1 and name.islower() and scope.habits.arity.get(name) == 2
    return name.upper() if plain else name


def _is_algebra(node: Node) -> bool:
    """Whether an expression adds and multiplies matrices, one of which is printed; a convolution is none."""
    node = strip_group(node)
    if isinstance(node, Matrix):
        return True
    match node:
        case Sum_(terms):
            parts = [term for _, term in terms]
        case Signed(_, operand):
            parts = [operand]
        case Product(factors):
            if any(operator not in _PLAIN for operator, _ in factors):
                return False
            parts = [factor for _, factor in factors]
        case Bracket(_, items):
            parts = list(items)
        case _:
            return False
    return all(map(_is_part, parts)) and any(isinstance(part, Matrix) for one in parts for part in walk(one))


def _is_part(node: Node) -> bool:
    node = strip_group(node)
    if isinstance(node, Sum_ | Product | Signed | Bracket):
        inner = [part for part in walk(node) if isinstance(part, Product)]
        return all(operator in _PLAIN for part in inner for operator, _ in part.factors)
    return True


__all__ = ["shows_cells"]
