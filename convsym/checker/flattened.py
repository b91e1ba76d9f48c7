r"""Gradients that are printed as a row of their entries, \partial L/\partial O = [g_{11}, g_{21}, ...] of a matrix O.

From there on the note may multiply that row by columns and by Jacobians of flattened matrices. A line that fails
because of its shapes is read so: each derivative by, or of, such a matrix as the row, the column or the table of
derivatives between the cells, in the order that is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from convsym.errors import ScopeError
from convsym.latex.syntax import Fraction_, Matrix, Name, Node, Product, Scripted
from convsym.latex.walking import children, rewritten
from convsym.scope.forms import integer_of, printed_shape
from convsym.scope.judge import Judge, Judgment
from convsym.scope.kinds import decide
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.scope.operators import DerivativeParts, derivative_parts
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Refuted


@dataclass(frozen=True, slots=True)
class _Row:
    """The order in which a gradient lists the cells of a matrix.

    Attributes:
        above: what is differentiated, as printed.
        family: key of the cells.
        cells: the cells in order.
        line: number of the statement that prints them.
    """

    above: object
    family: str
    cells: tuple[Node, ...]
    line: int


def lays_out(statement: Statement, scope: Scope) -> Definition | None:
    """What a line is that prints the gradient by a matrix as a row or a column of its entries; None of another one.

    Args:
        statement: a relation.
        scope: that it is read in.
    """
    row = _row_of(statement, scope)
    return (
        None if row is None else Definition(f"writes the derivatives by the cells of ${row.family}$ in a row")
    )


def judged_flattened(
    judge: Judge, statement: Statement, judgment: Judgment, statements: Sequence[Statement]
) -> Judgment | None:
    """What a claim comes to with the rows that are printed before it, where it fails as it stands; else None.

    Args:
        judge: for the scope of the claim.
        statement: the claim.
        judgment: what was found about it.
        statements: all relations of the document.
    """
    if judgment.holds or not (judgment.type_clash or isinstance(judgment.outcome, Refuted)):
        return None
    rows: dict[str, _Row] = {}
    for other in statements:
        if other.number >= statement.number:
            break
        if (row := _row_of(other, judge.scope)) is not None:
            rows[row.family] = row
    used: set[str] = set()
    sides = [_flat(side, rows, judge.scope, used) for side in (statement.left, statement.right)]
    if not used or any(side is None for side in sides):
        return None
    left, right = (side for side in sides if side is not None)
    found = decide(judge, left, right, statement.apart)
    # A line that can be formed both ways is one about matrices, unless it holds as one about rows.
    if not found.holds and not judgment.type_clash:
        return None
    found.assumed.update(
        f"the derivatives by ${latex_name(name)}$ stand in a row, as printed" for name in used
    )
    return found


def _row_of(statement: Statement, scope: Scope) -> _Row | None:
    slope, listed = _derivative(statement.left, scope), strip_group(statement.right)
    if statement.relation not in ("=", ":=") or slope is None or not isinstance(listed, Matrix):
        return None
    family = _matrix_of(slope.below, scope)
    cells = [cell for row in listed.rows for cell in row]
    if family is None or (len(listed.rows) > 1 and any(len(row) != 1 for row in listed.rows)):
        return None
    variables: list[Node] = []
    places: list[tuple[int, ...]] = []
    for cell in cells:
        entry = None if cell is None else _derivative(cell, scope)
        reference = None if entry is None else scope.refer(strip_group(entry.below), {})
        if entry is None or reference is None or printed_shape(entry.above) != printed_shape(slope.above):
            return None
        indices = [integer_of(index) for index in reference.indices]
        if reference.name != family or None in indices:
            return None
        variables.append(strip_group(entry.below))
        places.append(tuple(index or 0 for index in indices))
    known = scope.families[family]
    ranges = (range(base, base + (size or 0)) for base, size in zip(known.base, known.sizes, strict=True))
    if sorted(places) != list(product(*ranges)):
        return None
    return _Row(printed_shape(slope.above), family, tuple(variables), statement.number)


def _derivative(node: Node, scope: Scope) -> DerivativeParts | None:
    node = strip_group(node)
    if isinstance(node, Fraction_):
        with suppress(ScopeError):
            return derivative_parts(node, {}, scope)
    return None


def _matrix_of(node: Node, scope: Scope) -> str | None:
    """The family of a matrix with several rows and several columns that a bare name stands for; else None."""
    reference = scope.refer(strip_group(node), {})
    if reference is None or reference.indices or reference.layer is not None or reference.power is not None:
        return None
    name = scope.matrices.get(reference.name, reference.name)
    family = scope.families.get(name)
    if family is None or family.arity != 2 or not family.exact:
        return None
    return name if all(size is not None and size > 1 for size in family.sizes) else None


def _flat(side: Node, rows: dict[str, _Row], scope: Scope, used: set[str]) -> Node | None:
    """A side with the derivatives that speak of flattened matrices laid out; None where one has no order."""
    failed: list[Node] = []

    def change(node: Node) -> Node | None:
        slope = _derivative(node, scope) if isinstance(node, Fraction_) else None
        if slope is None:
            return None
        above, below = _matrix_of(slope.above, scope), _matrix_of(slope.below, scope)
        if above not in rows and below not in rows:
            return node
        if (above is not None and above not in rows) or (below is not None and below not in rows):
            failed.append(node)
            return node
        used.update(name for name in (above, below) if name is not None)
        tops = (slope.above,) if above is None else rows[above].cells
        bottoms = (slope.below,) if below is None else rows[below].cells
        sign = "d" if slope.total else "partial"
        table = tuple(tuple(_slope(sign, top, bottom, node) for bottom in bottoms) for top in tops)
        return Matrix("bmatrix", table, node.span)

    changed = rewritten(side, change)
    return None if failed or _holds_matrix(changed, rows, scope) else changed


def _holds_matrix(node: Node, rows: dict[str, _Row], scope: Scope) -> bool:
    """Whether a flattened matrix stands in an expression as itself: it has its own shape there."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Name | Scripted) and (reference := scope.refer(part, {})) is not None:
            if _matrix_of(part, scope) in rows:
                return True
            if reference.indices:
                continue
        stack.extend(children(part))
    return False


def _slope(sign: str, top: Node, bottom: Node, node: Node) -> Node:
    above, below = (Product((("", Name(sign, node.span)), ("", part)), node.span) for part in (top, bottom))
    return Fraction_(above, below, node.span)


__all__ = ["judged_flattened", "lays_out"]
