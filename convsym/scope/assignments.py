r"""Assignments by an arrow, \mu \leftarrow \frac{1}{m} \sum_i x_i, read as the definitions that they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from convsym.latex.syntax import Equation, Name, Node, Scripted
from convsym.latex.walking import walk
from convsym.scope.naming import key, strip_group

_ARROW = "leftarrow"


def with_assignments(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations, in which an arrow between a name and what it is computed from is an equals sign.

    An update, w \leftarrow w - \eta \nabla L, stays one, and so does every other line about a name that is
    updated anywhere.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    updated = {
        name
        for equation in equations.values()
        for row in equation.rows
        if row.first is not None and (name := _name_of(row.first)) is not None
        for relation, right in row.links
        if relation == _ARROW and _mentions(right, name)
    }

    def changed(equation: Equation) -> Equation:
        rows = tuple(
            replace(row, links=(("=", row.links[0][1]), *row.links[1:]))
            if row.first is not None
            and row.links
            and row.links[0][0] == _ARROW
            and (name := _name_of(row.first)) is not None
            and name not in updated
            else row
            for row in equation.rows
        )
        return replace(equation, rows=rows)

    if not any(row.links and row.links[0][0] == _ARROW for one in equations.values() for row in one.rows):
        return dict(equations)
    return {number: changed(equation) for number, equation in equations.items()}


def _name_of(node: Node) -> str | None:
    """The letter of a name, whatever its scripts are; None of a derivative and of anything longer."""
    node = strip_group(node)
    while isinstance(node, Scripted):
        node = strip_group(node.base)
    if not isinstance(node, Name) or node.text in ("partial", "nabla", "d", "Delta"):
        return None
    return key(node)


def _mentions(node: Node, name: str) -> bool:
    return any(isinstance(part, Name) and key(part) == name for part in walk(node))


__all__ = ["with_assignments"]
