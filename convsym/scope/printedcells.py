r"""Matrices of cells that are printed without a name: what they show of their families' sizes, and what gives them.

[y_{11}, y_{12}; y_{21}, y_{22}] = [x_{11}, x_{12}; x_{21}, x_{22}] [w_{11}, w_{12}; w_{21}, w_{22}] says how large all
three are, and where nothing else says so it says what the cells of y are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from convsym.latex.syntax import Equation, Matrix, Name, Node, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.convolving import is_convolution
from convsym.scope.forms import is_numeric
from convsym.scope.hygiene import derives
from convsym.scope.layout import layout_of
from convsym.scope.model import Family, Rule, Scope
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement

_WHOLE = "all "
_TIMES = frozenset({"", "cdot", "times"})
ColumnsFirst = Callable[[str], bool]


def learn_printed(scope: Scope, equations: Collection[Equation], columns_first: ColumnsFirst) -> None:
    """Give the families whose cells are printed as matrices the sizes that these show, where they agree.

    Args:
        scope: what was introduced, its `named` filled; its families are changed in place.
        equations: every formula of the document.
        columns_first: whether a family's first index counts columns.
    """
    shown: dict[str, list[Family]] = {}
    bare: set[str] = set()
    whole: set[str] = set()
    together: list[set[str]] = []
    for equation in equations:
        for row in equation.rows:
            bare |= {reference.name for reference in scope.mentions(row) if not reference.indices}
            found = [
                layout.family
                for part in walk(row)
                if isinstance(part, Matrix) and (layout := layout_of(part, scope, columns_first)) is not None
                if not layout.misprints
            ]
            for family in found:
                shown.setdefault(family.name, []).append(family)
            together.append({family.name for family in found})
            if any(_multiplies(part) for part in walk(row)):
                whole |= {family.name for family in found}
    fresh = {
        name: families[0]
        for name, families in shown.items()
        # Where x stands for a number as well, x_{11} is no entry of it.
        if name not in bare
        and name not in scope.families
        and _agree(families)
        and _covers(families[0], scope)
    }
    # A product of which one factor is known and the other is not would have a wrong size.
    while unknown := {
        n for names in together if not names <= {*fresh, *scope.families} for n in names & set(fresh)
    }:
        fresh = {name: family for name, family in fresh.items() if name not in unknown}
    for name, family in fresh.items():
        # A window of a larger image may be all that is printed: leaving the range is an error only in a product.
        scope.families[name] = replace(family, exact=name in whole)
        matrix = name.upper()
        if (
            len(name) == 1
            and matrix in bare
            and matrix not in scope.habits.arity
            and not scope.rules.get(matrix)
        ):
            scope.matrices.setdefault(matrix, name)


def _agree(families: Collection[Family]) -> bool:
    """Whether matrices show one family; a transposed one shows the same cells in the other order."""
    return len({(family.base, tuple(family.sizes)) for family in families}) == 1


def _multiplies(node: Node) -> bool:
    """Whether a node is a product of matrices that are printed whole."""
    return (
        isinstance(node, Product)
        and len(node.factors) > 1
        and all(operator in _TIMES for operator, _ in node.factors[1:])
        and all(isinstance(strip_group(factor), Matrix) for _, factor in node.factors)
    )


def _covers(family: Family, scope: Scope) -> bool:
    """Whether every cell that the document names lies in a family's range."""
    ranges = [range(low, low + (size or 0)) for low, size in zip(family.base, family.sizes, strict=True)]
    return all(
        len(cell) == len(ranges) and all(index in axis for index, axis in zip(cell, ranges, strict=True))
        for cell in scope.named.get(family.name, ())
    )


def gives_printed(statement: Statement, scope: Scope, columns_first: ColumnsFirst) -> bool:
    """Whether a relation says what a matrix is whose cells it prints without a name; then it defines them.

    Args:
        statement: the relation; its role and its reason are changed.
        scope: what is known; changed in place.
        columns_first: whether a family's first index counts columns.
    """
    left = strip_group(statement.left)
    if statement.link or not isinstance(left, Matrix) or statement.relation != "=":
        return False
    layout = layout_of(left, scope, columns_first)
    right = strip_group(statement.right)
    if layout is None or layout.misprints or derives(right) or is_convolution(right) or _is_given(right):
        return False
    if isinstance(right, Name | Scripted):
        return False  # it shows the cells of a matrix with a name
    name = layout.family.name
    known = scope.rules.get(name) or any(
        scope.rules.get(matrix) for matrix, own in scope.matrices.items() if own == name
    )
    if known or name in {reference.name for reference in scope.mentions(right)}:
        return False
    whole = _WHOLE + name
    scope.matrices[whole] = name
    scope.rules[whole] = [Rule(whole, (), None, right, statement.number)]
    statement.role, statement.reason = "definition", "introduces the cells of a printed matrix"
    return True


def is_entry_of_printed(name: str, rule: Rule, scope: Scope) -> bool:
    """Whether a rule for single cells speaks of a family whose cells a printed matrix gives: then it is a claim."""
    return _WHOLE + name in scope.rules and not rule.is_general


def _is_given(node: Node) -> bool:
    """Whether a matrix is printed in numbers."""
    return isinstance(node, Matrix) and all(
        cell is not None and is_numeric(cell) for row in node.rows for cell in row
    )


__all__ = ["gives_printed", "is_entry_of_printed", "learn_printed"]
