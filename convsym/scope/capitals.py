r"""Cells in both cases, Z_{11} beside z_{11}: one family, where the document plainly means one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from convsym.latex.syntax import (
    Chain,
    Equation,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple_,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.naming import strip_group

_EQUAL = frozenset({"=", ":=", "equiv"})


def with_one_case(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which the cells of one family are written in one case.

    Two things show that Z_{11} is z_{11}: Z is printed as the matrix of the z_{ij}, row by row as the indices
    count; or one of the two is defined and the other one stands in derivatives alone, never beside it.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    other_case = {**_never_defined(rows), **_printed(rows)}
    if not other_case:
        return dict(equations)

    def in_one_case(node: Node) -> Node | None:
        name = _of_two_indices(node)
        if name is None or name.text not in other_case or not isinstance(node, Scripted):
            return None
        return replace(node, base=replace(name, text=other_case[name.text]))

    return {number: rewritten(equation, in_one_case) for number, equation in equations.items()}


def _of_two_indices(node: Node) -> Name | None:
    """The name of a cell with two indices and nothing else on it."""
    if (
        not isinstance(node, Scripted)
        or node.subscript is None
        or node.superscript is not None
        or node.primes
    ):
        return None
    base, indices = strip_group(node.base), strip_group(node.subscript)
    if not isinstance(base, Name) or len(base.text) != 1 or not base.text.isalpha() or base.font:
        return None
    if isinstance(indices, Number):
        return base if len(indices.text) == 2 and indices.text.isdigit() else None
    if isinstance(indices, Tuple_):
        return base if len(indices.items) == 2 else None
    if isinstance(indices, Product) and len(indices.factors) == 2 and not indices.factors[1][0]:
        parts = [strip_group(factor) for _, factor in indices.factors]
        return base if all(isinstance(part, Name) and part.text.islower() for part in parts) else None
    return None


def _printed(rows: Iterable[Chain]) -> dict[str, str]:
    """Z and z of every Z = [z_{11} z_{12}; z_{21} z_{22}] whose indices count rows first."""
    found: dict[str, str] = {}
    for row in rows:
        links = [right for relation, right in row.links if relation in _EQUAL]
        first = None if row.first is None else strip_group(row.first)
        matrix = strip_group(links[-1]) if links else None
        if isinstance(first, Name) and not first.font and isinstance(matrix, Matrix) and len(first.text) == 1:
            small = first.text.lower()
            if first.text.isupper() and _shows_cells_of(matrix, small):
                found[first.text] = small
    return found


def _shows_cells_of(matrix: Matrix, letter: str) -> bool:
    for r, line in enumerate(matrix.rows):
        for c, cell in enumerate(line):
            cell = None if cell is None else strip_group(cell)
            name = None if cell is None else _of_two_indices(cell)
            if (
                name is None
                or name.text != letter
                or not isinstance(cell, Scripted)
                or cell.subscript is None
            ):
                return False
            numbers = _digits(cell.subscript)
            if numbers not in ((r, c), (r + 1, c + 1)):
                return False
    return len(matrix.rows) > 0


def _digits(subscript: Node) -> tuple[int, ...]:
    subscript = strip_group(subscript)
    parts = subscript.items if isinstance(subscript, Tuple_) else (subscript,)
    texts = [part.text for part in map(strip_group, parts) if isinstance(part, Number)]
    return tuple(int(digit) for text in texts for digit in text if digit.isdigit())


def _never_defined(rows: Iterable[Chain]) -> dict[str, str]:
    """The letter that stands in derivatives alone, and the letter of the other case that is defined."""
    defined: set[str] = set()
    outside: set[str] = set()
    inside: set[str] = set()
    together: Counter[str] = Counter()
    for row in rows:
        below = {
            id(part)
            for node in walk(row)
            if isinstance(node, Fraction_) and _is_slope(node)
            for part in walk(node)
        }
        here: set[str] = set()
        for node in walk(row):
            name = _of_two_indices(node)
            if name is None:
                continue
            here.add(name.text)
            (inside if id(node) in below else outside).add(name.text)
        first = None if row.first is None else strip_group(row.first)
        head = (
            None
            if first is None or not row.links or row.links[0][0] not in _EQUAL
            else _of_two_indices(first)
        )
        if head is not None:
            defined.add(head.text)
        together.update(text.lower() for text in here if text.swapcase() in here)
    return {
        text: text.swapcase()
        for text in inside - outside - defined
        if text.swapcase() in defined and not together[text.lower()]
    }


def _is_slope(node: Fraction_) -> bool:
    above = strip_group(node.numerator)
    first = strip_group(above.factors[0][1]) if isinstance(above, Product) else above
    return isinstance(first, Name) and first.text in ("partial", "d")
