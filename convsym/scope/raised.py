r"""Transposes that are raised together with a layer, W^{(l)T} and W^{l,\top}, as transposes of W^{(l)}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from convsym.latex.syntax import Bracket, Equation, Name, Node, Product, Scripted, Tuple_
from convsym.latex.walking import rewritten
from convsym.scope.naming import is_layer_script, strip_group

_TRANSPOSES = frozenset({"T", "top", "intercal"})


def with_raised_transposes(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The formulas with every transpose that shares its place with a layer in a place of its own.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    return {number: _apart(equation) for number, equation in equations.items()}


def _apart(equation: Equation) -> Equation:
    return replace(equation, rows=tuple(rewritten(row, _changed) for row in equation.rows))


def _changed(part: Node) -> Node | None:
    if not isinstance(part, Scripted) or part.superscript is None:
        return None
    found = _taken_apart(strip_group(part.superscript))
    if found is None:
        return None
    layer, mark = found
    base = rewritten(part.base, _changed)
    return Scripted(replace(part, base=base, superscript=layer, primes=0), None, mark, part.primes, part.span)


def _taken_apart(raised: Node) -> tuple[Node, Node] | None:
    """The layer and the mark of a superscript that holds both."""
    parts: tuple[Node, ...] = ()
    if isinstance(raised, Product) and not any(operator for operator, _ in raised.factors):
        parts = tuple(strip_group(factor) for _, factor in raised.factors)
    elif isinstance(raised, Tuple_):
        parts = tuple(strip_group(item) for item in raised.items)
    elif isinstance(raised, Scripted) and raised.superscript is not None and raised.subscript is None:
        parts = strip_group(raised.base), strip_group(raised.superscript)
    if len(parts) != 2:
        return None
    for layer, mark in (parts, parts[::-1]):
        bracketed = isinstance(layer, Bracket) and layer.kind in ("(", "[") and len(layer.items) == 1
        if isinstance(mark, Name) and mark.text in _TRANSPOSES and (bracketed or is_layer_script(layer)):
            return layer, mark
    return None
