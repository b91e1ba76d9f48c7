"""The family that a printed matrix of cells shows: its base, its index order, and cells that stand wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from convsym.latex.syntax import Equation, Matrix, Node, Number
from convsym.scope.model import Family, Scope
from convsym.scope.naming import EQUALITIES, strip_group
from convsym.scope.turns import operands_of

_EQUALITIES = EQUALITIES | {"stackrel"}


@dataclass(frozen=True, slots=True)
class Layout:
    """A family as a printed matrix shows it.

    Attributes:
        family: the family.
        misprints: (row, column, indices that belong there) of the few cells that break the order.
    """

    family: Family
    misprints: tuple[tuple[int, int, tuple[int, int]], ...] = ()


def layout_of(matrix: Matrix, scope: Scope, columns_first: Callable[[str], bool]) -> Layout | None:
    """The family a printed matrix of cells shows, with its base and index order; None for other matrices."""
    found: list[list[tuple[str, tuple[int, ...]]]] = []
    for row in matrix.rows:
        line = []
        for cell in row:
            reference = None if cell is None else scope.refer(cell, {})
            if reference is None or not reference.indices or reference.power is not None:
                return None
            indices = []
            for node in reference.indices:
                node = strip_group(node)
                if not isinstance(node, Number) or not node.text.isdigit():
                    return None
                indices.append(int(node.text))
            line.append((reference.name, tuple(indices)))
        found.append(line)
    if not found or any(len(line) != len(found[0]) for line in found):
        return None
    names = {name for line in found for name, _ in line}
    arities = {len(indices) for line in found for _, indices in line}
    if len(names) != 1 or len(arities) != 1:
        return None
    name, arity = names.pop(), arities.pop()
    rows, columns = len(found), len(found[0])
    corner = found[0][0][1]
    if arity == 1 and 1 in (rows, columns):
        cells = [cell for line in found for cell in line]
        if [i for _, (i,) in cells] == list(range(corner[0], corner[0] + len(cells))):
            lying = rows == 1 and columns > 1
            return Layout(Family(name, 1, corner, [len(cells)], exact=True, printed=True, shown_as_row=lying))
        return None
    if arity != 2:
        return None
    places = [(r, c) for r in range(rows) for c in range(columns)]
    readings = []
    for base in dict.fromkeys((corner, (1, 1), (0, 0))):
        for first in (False, True):
            wanted = {(r, c): ((c, r) if first else (r, c)) for r, c in places}
            belongs = {place: (base[0] + i, base[1] + j) for place, (i, j) in wanted.items()}
            wrong = [(r, c, belongs[r, c]) for r, c in places if found[r][c][1] != belongs[r, c]]
            readings.append((len(wrong), base, first, wrong))
    readings.sort(key=lambda reading: reading[0])
    least, base, first, wrong = readings[0]
    allowed = max(1, len(places) // 5)
    if least == 2 and len(places) >= 6:
        (r, c, here), (p, q, there) = wrong
        if (found[r][c][1], found[p][q][1]) == (there, here):
            allowed = 2  # two cells exchanged are one slip
    if least and (least > allowed or readings[1][0] == least):
        return None
    if rows == 1 or columns == 1:
        first = columns_first(name) if rows == columns else first
    sizes: list[int | None] = [columns, rows] if first else [rows, columns]
    return Layout(Family(name, 2, (base[0], base[1]), sizes, first, exact=True, printed=True), tuple(wrong))


def look_ahead(scope: Scope, equations: Mapping[int, Equation], columns_first: Callable[[str], bool]) -> None:
    """Printed matrices of cells first: their layout says what every other index means.

    Args:
        scope: what is known; families that some formula prints, and the operands of a convolution, are added.
        equations: every formula of the document by its number.
        columns_first: whether a family's first index counts columns.
    """
    for number in sorted(equations):
        for row in equations[number].rows:
            if row.first is None or not row.links or row.links[0][0] not in _EQUALITIES:
                continue
            right = strip_group(row.links[0][1])
            reference = scope.refer(row.first, {})
            if isinstance(right, Matrix) and reference is not None and not reference.indices:
                layout = layout_of(right, scope, columns_first)
                if layout is not None and layout.family.name not in scope.families:
                    scope.families[layout.family.name] = layout.family
                    scope.matrices.setdefault(reference.name, layout.family.name)
            operands = None if reference is None or reference.indices else operands_of(right, scope)
            if operands is not None and reference is not None and scope.convolution is None:
                scope.convolution = (reference.name, *operands)


def introduces_cells(node: Node, scope: Scope, columns_first: Callable[[str], bool]) -> bool:
    """Whether the right side of K_{ij} = (k_{11}, k_{12}; ...), one of several matrices, prints cells: a family then.

    Args:
        node: the right side.
        scope: what is known; the family is added where it is new.
        columns_first: whether a family's first index counts columns.
    """
    matrix = strip_group(node)
    printed = layout_of(matrix, scope, columns_first) if isinstance(matrix, Matrix) else None
    if printed is None or printed.misprints:
        return False
    scope.families.setdefault(printed.family.name, printed.family)
    return True


def corrected(statement_source: str, start: int, end: int, matrix: Matrix, layout: Layout) -> str:
    """The text from `start` to `end` with every misprinted cell of the matrix put right."""
    text = statement_source
    for row, column, indices in sorted(layout.misprints, reverse=True):
        cell = matrix.rows[row][column]
        if cell is None:
            continue
        printed = text[cell.span.start : cell.span.end]
        digits = re.findall(r"\d+", printed)
        if len(digits) == 2:
            for number in (0, 1):
                places = list(re.finditer(r"\d+", printed))
                printed = (
                    printed[: places[number].start()] + str(indices[number]) + printed[places[number].end() :]
                )
        else:
            printed = re.sub(r"\d+", "".join(str(i) for i in indices), printed, count=1)
        end += len(printed) - (cell.span.end - cell.span.start)
        text = text[: cell.span.start] + printed + text[cell.span.end :]
    return " ".join(text[start:end].split())
