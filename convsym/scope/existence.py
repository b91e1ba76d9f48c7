"""What the cells written out in a claim say of the sizes: where z_2 stands, there are two cells of z at least."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr, Ge, Integer

from convsym.scope.model import Scope, variables


def sizes_of_written_cells(sides: Iterable[Expr], scope: Scope) -> tuple[Expr, ...]:
    """Conditions by which every cell with integer indices lies in the range that sums give its family.

    Args:
        sides: what is compared, definitions not followed.
        scope: the document's ranges.
    """
    found: dict[Expr, None] = {}
    for side in sides:
        for atom in variables(side):
            cell = scope.cells.get(atom)
            if cell is None or not cell.is_concrete:
                continue
            for axis, index in enumerate(cell.indices):
                spans = scope.ranges.get((cell.family, axis), set())
                if not spans and (cell.family, axis) in scope.axes:
                    spans = {scope.axes[cell.family, axis]}
                if len(spans) == 1:
                    _, high = next(iter(spans))
                    found[Ge(Integer(0) + high, index)] = None
    return tuple(condition for condition in found if condition not in (True, False))
