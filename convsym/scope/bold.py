r"""A bold letter and the plain one as two names, where the document plainly means two: \mathbf{b} and the number b."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from convsym.latex.syntax import BigOperator, Equation, Name, Node, Product, Scripted, Sum_
from convsym.latex.walking import walk
from convsym.scope.naming import strip_group


def with_bold_names(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which a bold letter is a name of its own if the plain one is a number.

    Most documents set one vector now in bold and now not. That a plain b is a number is taken from a sum
    in which it is added to products of cells: w_1 h_1 + w_2 h_2 + b.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    bold = {part.text for part in _names(equations.values()) if _is_bold(part)}
    numbers = {part.text for part in _added_to_cells(equations.values())} & bold
    if not numbers:
        return dict(equations)
    return {number: _rebuilt(equation, numbers) for number, equation in equations.items()}


def _names(equations: Iterable[Equation]) -> Iterable[Name]:
    for equation in equations:
        for row in equation.rows:
            yield from (part for part in walk(row) if isinstance(part, Name))


def _is_bold(name: Name) -> bool:
    return "bf" in name.font.split()


def _added_to_cells(equations: Iterable[Equation]) -> Iterable[Name]:
    """Plain bare names that are terms of a sum beside products of cells."""
    for equation in equations:
        for row in equation.rows:
            for part in walk(row):
                if isinstance(part, Sum_):
                    terms = [strip_group(term) for _, term in part.terms]
                    if any(_is_of_cells(term) for term in terms):
                        yield from (t for t in terms if isinstance(t, Name) and not t.font)


def _is_of_cells(term: Node) -> bool:
    if isinstance(term, BigOperator):
        return term.operator == "sum" and _is_of_cells(strip_group(term.body))
    if not isinstance(term, Product):
        return False
    factors = [strip_group(factor) for _, factor in term.factors]
    return all(isinstance(factor, Scripted) and factor.subscript is not None for factor in factors)


def _rebuilt(node: Any, numbers: set[str]) -> Any:
    if isinstance(node, tuple):
        return tuple(_rebuilt(item, numbers) for item in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    if isinstance(node, Name):
        if node.text in numbers and _is_bold(node):
            return replace(
                node, font=" ".join("bold" if font == "bf" else font for font in node.font.split())
            )
        return node
    if isinstance(node, Scripted) and node.subscript is not None and isinstance(strip_group(node.base), Name):
        # A cell is a number in either print.
        return node
    return replace(
        node, **{f.name: _rebuilt(getattr(node, f.name), numbers) for f in fields(node) if f.name != "span"}
    )
