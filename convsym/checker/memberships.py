r"""Printed matrices that are said to lie in a space, [a \; b] \in \mathbb{R}^{1 \times 2}: their entries counted."""

from __future__ import annotations

from itertools import pairwise

from convsym.latex.syntax import (
    Bracket,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Tuple_,
)
from convsym.scope.cellforms import printed
from convsym.scope.dimensions import differential
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted

_TWO = 2


def judge_membership(statement: Statement) -> Proved | Refuted | None:
    r"""A matrix printed entry by entry against the shape, in numbers, that stands behind \in; None of anything else.

    Every entry must be a number by its form: a matrix of blocks has another shape than its print shows. A row
    that is said to be a column is the author's habit of writing columns, and is neither.

    Args:
        statement: a relation.
    """
    matrix, sizes = strip_group(statement.left), _sizes(statement.right)
    if statement.relation != "in" or not isinstance(matrix, Matrix) or sizes is None:
        return None
    width = len(matrix.rows[0])
    cells = [cell for row in matrix.rows for cell in row]
    if any(len(row) != width for row in matrix.rows) or not all(map(_is_number, cells)):
        return None
    shape = (len(matrix.rows), width)
    if shape == sizes:
        return Proved("the entries are counted")
    if shape[::-1] == sizes:
        return None
    return Refuted(
        f"a {shape[0]}x{shape[1]} matrix is printed, and said to be {sizes[0]}x{sizes[1]}",
        method="type clash",
    )


def judge_product_of_shapes(statement: Statement) -> Proved | Refuted | None:
    r"""(1 \times 9) \times (9 \times 4) = (1 \times 4), shapes instead of matrices; None of anything else.

    Args:
        statement: a relation.
    """
    factors, result = _shapes(statement.left), _shapes(statement.right)
    if (
        statement.relation != "="
        or factors is None
        or result is None
        or len(factors) < _TWO
        or len(result) != 1
    ):
        return None
    inner = all(one[1] == other[0] for one, other in pairwise(factors))
    shape = (factors[0][0], factors[-1][1])
    if inner and shape == result[0]:
        return Proved("the shapes of a product of matrices")
    if not all(side.isdigit() for pair in (*factors, *result) for side in pair):
        return None
    why = f"the product has the shape {shape[0]}x{shape[1]}" if inner else "the sides in the middle differ"
    return Refuted(why, method="type clash")


def _shapes(node: Node) -> list[tuple[str, str]] | None:
    """Shapes in brackets, side by side."""
    node = strip_group(node)
    factors = node.factors if isinstance(node, Product) else (("", node),)
    found: list[tuple[str, str]] = []
    for operator, factor in factors:
        one = strip_group(factor)
        inside = strip_group(one.items[0]) if isinstance(one, Bracket) and len(one.items) == 1 else None
        if (
            operator not in ("", "times", "cdot", "*")
            or not isinstance(one, Bracket)
            or one.kind not in ("(", "[")
        ):
            return None
        if not isinstance(inside, Product) or [sign for sign, _ in inside.factors] != ["", "times"]:
            return None
        found.append((printed(inside.factors[0][1]), printed(inside.factors[1][1])))
    return found


def _sizes(node: Node) -> tuple[int, int] | None:
    r"""The two numbers of \mathbb{R}^{4 \times 1}."""
    node = strip_group(node)
    power = strip_group(node.superscript) if isinstance(node, Scripted) and node.superscript else None
    base = strip_group(node.base) if isinstance(node, Scripted) else None
    if not isinstance(base, Name) or base.text != "R" or not isinstance(power, Product):
        return None
    factors = [strip_group(factor) for _, factor in power.factors]
    if len(factors) != 2 or power.factors[1][0] != "times":
        return None
    numbers = [int(f.text) for f in factors if isinstance(f, Number) and f.text.isdigit()]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def _is_number(cell: Node | None) -> bool:
    """Whether an entry is a number by its form: one, a cell with two indices, or a derivative of one by one."""
    cell = None if cell is None else strip_group(cell)
    match cell:
        case Number():
            return True
        case Signed(_, operand):
            return _is_number(operand)
        case Scripted(Name(), subscript, None, 0) if subscript is not None:
            return _two_indices(strip_group(subscript))
        case Fraction_(above, below):
            return all(_is_differential(strip_group(part)) for part in (above, below))
    return False


def _two_indices(subscript: Node) -> bool:
    match subscript:
        case Number(text):
            return len(text) == 2
        case Tuple_(items):
            return len(items) == 2
        case Product(factors):
            return len(factors) == 2 and not factors[1][0]
    return False


def _is_differential(node: Node) -> bool:
    r"""\partial of a cell with two indices, or of a loss: a letter that everybody takes for a number."""
    of = differential(node)
    return (isinstance(of, Name) and of.text in ("L", "E", "J", "C", "ell", "l")) or _is_number(of)
