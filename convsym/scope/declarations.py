r"""Statements that only declare: sizes in brackets, shapes behind a colon, what a later part says for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Scripted, Tuple_
from convsym.scope.elaborate import Elaborator
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement


@dataclass(frozen=True, slots=True)
class Typed:
    """What a statement says of the kind of its symbols.

    Attributes:
        reason: what it says, in words.
        names: those whose shape it says.
        sizes: that shape, rows first.
    """

    reason: str
    names: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()


def says_type(statement: Statement, scope: Scope) -> Typed | None:
    r"""W : M \times N and W \in R^{2 x 3} give shapes, f : R \to R says what f maps; None of anything else."""
    left, right = strip_group(statement.left), strip_group(statement.right)
    if statement.relation == "in":
        return _membership(left, right, scope)
    if statement.relation == "to":
        return Typed("says what a function maps") if _is_space(left) and _is_space(right) else None
    if statement.relation != "colon":
        return None
    names = [scope.refer(item, {}) for item in (left.items if isinstance(left, Tuple_) else (left,))]
    known = [reference for reference in names if reference is not None]
    if len(known) < len(names):
        return None
    if isinstance(right, Product) and any(operator == "times" for operator, _ in right.factors):
        sizes = stated_sizes(right, scope)
        shaped = tuple(reference.name for reference in known if not reference.indices)
        return Typed("says a shape") if sizes is None else Typed("says a shape", shaped, sizes)
    return Typed("says where a symbol lies") if _is_space(right) else None


def _membership(left: Node, right: Node, scope: Scope) -> Typed:
    r"""K \in R^{2 x 2} gives a shape; any other membership says a range."""
    listed = left.items if isinstance(left, Tuple_) else (left,)
    names = [one.name for item in listed if (one := scope.refer(item, {})) is not None and not one.indices]
    lies = Typed("says where a symbol lies")
    if len(names) < len(listed) or not isinstance(right, Scripted) or right.superscript is None:
        return lies
    base, power = strip_group(right.base), strip_group(right.superscript)
    if not isinstance(base, Name) or base.text != "R":
        return lies
    sizes = stated_sizes(power, scope)
    if sizes is not None:
        return Typed("introduces the shape", tuple(names), sizes)
    if isinstance(power, Product) and all(operator in ("", "times") for operator, _ in power.factors):
        shape = _shape_by_ones([strip_group(factor) for _, factor in power.factors])
        for name in names:
            # Of the weights of several layers one may have a single row or column.
            scope.called[name] = shape if scope.called.get(name, shape) == shape else "matrix"
    elif isinstance(power, Name | Scripted):
        for name in names:
            scope.called[name] = "vector"
    return lies


def _shape_by_ones(sizes: list[Node]) -> Literal["vector", "row", "matrix"]:
    """What n \\times m numbers are: a column where the second size is 1, a row where the first one is."""
    ones = [isinstance(size, Number) and size.text == "1" for size in sizes]
    if ones == [False, True]:
        return "vector"
    return "row" if ones == [True, False] else "matrix"


def _is_space(node: Node) -> bool:
    r"""\mathbb{R} or \mathbb{R}^n."""
    base = strip_group(node.base) if isinstance(node, Scripted) else node
    return isinstance(base, Name) and "bb" in base.font.split()


def stated_sizes(node: Node, scope: Scope) -> tuple[int, ...] | None:
    r"""(3, 3) or 3 \times 3 as integers; None where it is something else."""
    node = strip_group(node)
    items: tuple[Node, ...]
    if isinstance(node, Bracket | Tuple_) and len(node.items) > 1:
        items = tuple(node.items)
    elif isinstance(node, Product) and all(operator in ("", "times") for operator, _ in node.factors):
        items = tuple(factor for _, factor in node.factors)
    else:
        items = (node,)
    found = []
    for item in items:
        try:
            value = Elaborator(scope).index(item, {})
        except ConvsymError:
            return None
        if not isinstance(value, int) or not 0 < value < 10**6:
            return None
        found.append(value)
    return tuple(found)


def share_forward(scopes: Sequence[Scope], aside: Collection[int]) -> None:
    """Let what only a later version of the scope introduces be known to the earlier ones as well.

    Args:
        scopes: the versions in order; changed in place.
        aside: those that only displays marked as wrong are read in.
    """
    later = scopes[-1]
    for version in range(len(scopes) - 2, -1, -1):
        earlier = scopes[version]
        for name, rules in later.rules.items():
            earlier.rules.setdefault(name, list(rules))
        for name, function in later.functions.items():
            earlier.functions.setdefault(name, function)
        for name, family in later.families.items():
            earlier.families.setdefault(name, family)
        for name, owned in later.matrices.items():
            earlier.matrices.setdefault(name, owned)
        for name, size in later.sizes.items():
            # A name that a formula defines there, or shows as a matrix, has no number yet.
            if not earlier.rules.get(name) and name not in earlier.matrices:
                earlier.sizes.setdefault(name, size)
        if version not in aside:
            later = earlier
