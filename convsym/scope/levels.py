r"""Layers numbered above without brackets, z^1 = W^1 x + b^1 and z^2 = W^2 a^1 + b^2, in brackets: z^{(1)}.

A power of 0 or 1 says nothing, and nobody prints one: a name that carries such a number above, and that a line
defines, carries the number of a layer there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from convsym.latex.syntax import Bracket, Chain, Equation, Name, Node, Number, Product, Scripted
from convsym.latex.walking import rewritten, walk
from convsym.scope.naming import EQUALITIES, key, strip_group

_NO_POWERS = frozenset({"0", "1"})
_NO_NAMES = frozenset({"e", "exp", "partial", "d", "nabla", "R", "mathbb R", "bb R"})
_TRANSPOSES = frozenset({"T", "top", "intercal"})
_FUNCTIONS = frozenset({"f", "g", "h", "sigma", "phi", "varphi", "exp", "log", "sin", "cos", "tanh"})


def with_numbered_levels(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The formulas with numbers in brackets above names that a document numbers so.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    names = _numbered_names(rows)
    if not names:
        return dict(equations)

    def change(node: Node) -> Node | None:
        if not isinstance(node, Scripted) or node.superscript is None or _name_of(node) not in names:
            return None
        above = _bracketed(strip_group(node.superscript))
        return None if above is None else replace(node, superscript=above)

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def _numbered_names(rows: Iterable[Chain]) -> set[str]:
    """The names that carry numbers of layers: those that lines define so, and what these are made of."""
    rows = list(rows)
    plain = {
        name
        for row in rows
        for side in _sides(row)
        for name, number in _numbers_above(side)
        if number in _NO_POWERS
    }
    sides = [side for row in rows for side in _sides(row)]
    plain -= _NO_NAMES | {name for side in sides for name in (*_applied(side), *_varied(side))}
    defining = [
        row
        for row in rows
        if row.first is not None
        and row.links
        and row.links[0][0] in EQUALITIES
        and isinstance(left := strip_group(row.first), Scripted)
        and _name_of(left) in plain
        and _number(left) is not None
        and not _is_law_of_powers(left, row)
    ]
    found = {_name_of(strip_group(row.first)) for row in defining if row.first is not None}
    parts = {name for row in defining for side in _sides(row) for name, _ in _numbers_above(side)}
    return {name for name in found | parts if name in plain}


def _sides(row: Chain) -> Iterator[Node]:
    if row.first is not None:
        yield row.first
    yield from (right for _, right in row.links)


def _name_of(node: Node) -> str:
    base = strip_group(node.base) if isinstance(node, Scripted) else node
    return key(base) if isinstance(base, Name) else ""


def _number(node: Scripted) -> str | None:
    """The number that stands bare above a name, beside a sign for the transpose or alone."""
    above = None if node.superscript is None else strip_group(node.superscript)
    if isinstance(above, Product) and len(above.factors) == 2 and not above.factors[1][0]:
        first, second = (strip_group(factor) for _, factor in above.factors)
        above = first if isinstance(second, Name) and second.text in _TRANSPOSES else None
    return above.text if isinstance(above, Number) and above.text.isdigit() else None


def _numbers_above(side: Node) -> Iterator[tuple[str, str]]:
    for part in walk(side):
        if isinstance(part, Scripted) and (number := _number(part)) is not None and (name := _name_of(part)):
            yield name, number


def _applied(side: Node) -> Iterator[str]:
    r"""Functions that carry a number above and are applied, f^1(x) and \\sin^1 x."""
    for part in walk(side):
        if isinstance(part, Product):
            for (_, head), (operator, behind) in zip(part.factors, part.factors[1:], strict=False):
                head = strip_group(head)
                if isinstance(head, Scripted) and not operator and _name_of(head) in _FUNCTIONS:
                    if isinstance(strip_group(behind), Bracket):
                        yield _name_of(head)


def _varied(side: Node) -> Iterator[str]:
    r"""The x of d/dx, of which x^2 may be a power."""
    for part in walk(side):
        if isinstance(part, Product) and len(part.factors) == 2 and not part.factors[1][0]:
            head, below = (strip_group(factor) for _, factor in part.factors)
            if isinstance(head, Name) and head.text in ("partial", "d") and isinstance(below, Name):
                yield key(below)


def _is_law_of_powers(left: Scripted, row: Chain) -> bool:
    """Whether a line says what a power is: x^0 = 1, x^1 = x."""
    right = strip_group(row.links[0][1])
    return isinstance(right, Number) or (isinstance(right, Name) and key(right) == _name_of(left))


def _bracketed(above: Node) -> Node | None:
    if isinstance(above, Number) and above.text.isdigit():
        return Bracket("(", (above,), above.span)
    if isinstance(above, Product) and len(above.factors) == 2 and not above.factors[1][0]:
        (operator, first), second = above.factors
        inner = _bracketed(strip_group(first))
        if inner is not None:
            return Product(((operator, inner), second), above.span)
    return None


__all__ = ["with_numbered_levels"]
