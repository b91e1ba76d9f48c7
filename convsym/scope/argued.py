r"""A cost printed with its parameters, C(W, b) or J(\theta), which is a name: \partial C(W, b)/\partial W^{(l)}."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from convsym.latex.syntax import (
    Bracket,
    Chain,
    Ellipsis_,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple_,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.forms import printed_shape
from convsym.scope.naming import EQUALITIES, key, strip_group

_LOSSES = frozenset({"C", "E", "J", "L", "cal L", "cal J", "cal C", "cal E", "ell"})
_PARAMETERS = frozenset({"W", "w", "b", "theta", "Theta", "B", "U", "V"})
_DIFFERENTIALS = frozenset({"partial", "d", "nabla"})


def with_plain_losses(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations with a cost as a plain name, where its parameters stand behind it as a reminder only.

    That is so where it is differentiated, and is printed with the same parameters wherever it has any; where these
    are parameters of layers, W^{(l)}; and where what defines it names none of them, so that nothing is put in.
    Dots in the place of the parameters, C_0(...), remind of them as well. The loss of a step, L_t(y_t, o_t), is L_t
    where it is differentiated so.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    equations = {number: rewritten(equation, _without_dots) for number, equation in equations.items()}
    equations = _with_plain_steps(equations)
    printed: dict[str, set[object]] = defaultdict(set)
    arguments: dict[str, set[str]] = {}
    differentiated: set[str] = set()
    layered: set[str] = set()
    rows = [row for equation in equations.values() for row in equation.rows]
    for row in rows:
        for part in walk(row):
            if isinstance(part, Scripted) and part.superscript is not None:
                base = strip_group(part.base)
                if isinstance(base, Name) and not isinstance(strip_group(part.superscript), Number):
                    layered.add(key(base).lower())
            if isinstance(part, Product):
                for name, bracket, _ in _applications(part):
                    printed[name].add(printed_shape(bracket))
                    arguments[name] = set(_names(bracket))
            if isinstance(part, Fraction_):
                above = strip_group(part.numerator)
                if isinstance(above, Product) and _is_differential(above.factors[0][1]):
                    differentiated |= {name for name, _, place in _applications(above) if place == 1}
    plain = {
        name
        for name, shapes in printed.items()
        if len(shapes) == 1
        and name in differentiated
        and any(one.lower() in layered for one in arguments[name])
        and not any(_puts_in(row, name, arguments[name]) for row in rows)
    }
    if not plain:
        return dict(equations)

    def change(node: Node) -> Node | None:
        if not isinstance(node, Product):
            return None
        gone = {place + 1 for name, _, place in _applications(node) if name in plain}
        if not gone:
            return None
        factors = [
            (operator, rewritten(factor, change))
            for place, (operator, factor) in enumerate(node.factors)
            if place not in gone
        ]
        return factors[0][1] if len(factors) == 1 else replace(node, factors=tuple(factors))

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def _with_plain_steps(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """L_t(y_t, o_t) as L_t, where everything in the bracket carries the t too, and L_t is differentiated without it."""
    printed: dict[str, set[object]] = defaultdict(set)
    bare: set[str] = set()
    for equation in equations.values():
        for row in equation.rows:
            for part in walk(row):
                if isinstance(part, Product):
                    for name, arguments, _ in _steps(part):
                        printed[name].add(arguments)
                above = strip_group(part.numerator) if isinstance(part, Fraction_) else None
                if (
                    isinstance(above, Product)
                    and len(above.factors) == 2
                    and _is_differential(above.factors[0][1])
                ):
                    inner = strip_group(above.factors[1][1])
                    head = (
                        strip_group(inner.base) if isinstance(inner, Scripted) and inner.subscript else None
                    )
                    if isinstance(head, Name):
                        bare.add(key(head))
    plain = {
        name for name, found in printed.items() if len(found) == 1 and None not in found and name in bare
    }
    if not plain:
        return dict(equations)

    def change(node: Node) -> Node | None:
        gone = (
            {at + 1 for name, _, at in _steps(node) if name in plain} if isinstance(node, Product) else set()
        )
        if not isinstance(node, Product) or not gone:
            return None
        factors = [
            (operator, rewritten(factor, change))
            for at, (operator, factor) in enumerate(node.factors)
            if at not in gone
        ]
        return factors[0][1] if len(factors) == 1 else replace(node, factors=tuple(factors))

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def _steps(product: Product) -> Iterator[tuple[str, frozenset[object] | None, int]]:
    """Losses of a step before brackets: the name, what stands in the bracket at that step, and the place.

    Something in the bracket that is not of that step makes None of the whole.
    """
    for place, (_, factor) in enumerate(product.factors[:-1]):
        head, (operator, behind) = strip_group(factor), product.factors[place + 1]
        bracket = strip_group(behind)
        base = strip_group(head.base) if isinstance(head, Scripted) and not head.superscript else None
        if operator or not isinstance(base, Name) or key(base) not in _LOSSES:
            continue
        if not isinstance(head, Scripted) or head.subscript is None or not isinstance(bracket, Bracket):
            continue
        items = [strip_group(item) for item in bracket.items]
        if len(items) == 1 and isinstance(items[0], Tuple_):
            items = [strip_group(item) for item in items[0].items]
        step = printed_shape(head.subscript)
        if bracket.kind != "(" or len(items) < 2:
            continue
        own = [
            printed_shape(item.base)
            for item in items
            if isinstance(item, Scripted)
            and item.subscript is not None
            and item.superscript is None
            and printed_shape(item.subscript) == step
        ]
        yield key(base), frozenset(own) if len(own) == len(items) else None, place


def _without_dots(node: Node) -> Node | None:
    """The whole of C_0(...) as C_0."""
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return None
    head, dots = (strip_group(factor) for _, factor in node.factors)
    name = strip_group(head.base) if isinstance(head, Scripted) else head
    if not isinstance(name, Name) or key(name) not in _LOSSES:
        return None
    alone = isinstance(dots, Bracket) and dots.kind == "(" and len(dots.items) == 1
    return head if alone and isinstance(dots, Bracket) and isinstance(dots.items[0], Ellipsis_) else None


def _applications(product: Product) -> Iterator[tuple[str, Bracket, int]]:
    """Costs with their parameters: the name, the bracket, and the place of the name in the product."""
    for place, (_, factor) in enumerate(product.factors[:-1]):
        head, (operator, behind) = strip_group(factor), product.factors[place + 1]
        bracket = strip_group(behind)
        if operator or not isinstance(head, Name) or key(head) not in _LOSSES:
            continue
        if isinstance(bracket, Bracket) and bracket.kind == "(" and set(_names(bracket)) & _PARAMETERS:
            yield key(head), bracket, place


def _names(bracket: Bracket) -> Iterator[str]:
    """The names in a list of plain names; nothing of any other bracket."""
    items: list[Node] = []
    for item in bracket.items:
        inner = strip_group(item)
        items.extend(inner.items if isinstance(inner, Tuple_) else (inner,))
    plain = [strip_group(item) for item in items]
    if all(isinstance(item, Name) for item in plain):
        yield from (key(item) for item in plain if isinstance(item, Name))


def _is_differential(node: Node) -> bool:
    node = strip_group(node)
    node = strip_group(node.base) if isinstance(node, Scripted) else node
    return isinstance(node, Name) and node.text in _DIFFERENTIALS


def _puts_in(row: Chain, name: str, arguments: set[str]) -> bool:
    """Whether a row defines a cost by a formula in which one of its parameters stands without a layer."""
    left = None if row.first is None else strip_group(row.first)
    if not isinstance(left, Product) or not row.links or row.links[0][0] not in EQUALITIES:
        return False
    if not any(own == name and place == 0 for own, _, place in _applications(left)):
        return False
    for _, right in row.links:
        heads = {id(strip_group(part.base)) for part in walk(right) if isinstance(part, Scripted)}
        if any(
            isinstance(part, Name) and key(part) in arguments and id(part) not in heads
            for part in walk(right)
        ):
            return True
    return False


__all__ = ["with_plain_losses"]
