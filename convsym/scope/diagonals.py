"""diag(v): the square matrix with a vector on its diagonal, and the diagonal of a square matrix as a vector."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from convsym.errors import ScopeError
from convsym.latex.syntax import Bracket, Node, Product
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.model import Scope, TypeClashError
from convsym.scope.naming import strip_group
from convsym.scope.operators import Applied, is_diagonal

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value


def diagonal(elaborator: Elaborator, call: Applied, env: Env) -> Value:
    """What diag makes of a vector, whichever way it lies, of a square matrix, or of a number, which it leaves alone.

    Raises:
        ScopeError: diag with a mark, a power of its own or several arguments, of which nothing is known.
        TypeClashError: its argument is neither a vector nor a square matrix.
    """
    if call.indices or call.layer is not None or call.primes or len(call.arguments) != 1:
        raise ScopeError(f"{call.name} with more than one argument")
    value = elaborator.value(call.arguments[0], env)
    value = value.gradient() if isinstance(value, Jacobian) else value
    if not isinstance(value, Grid):
        return value
    zero = elaborator.algebra.add(())
    if 1 in (value.rows, value.columns):
        size = len(value.cells)
        cells = [value.cells[row] if row == column else zero for row in range(size) for column in range(size)]
        return Grid(size, size, tuple(cells))
    if value.rows != value.columns:
        raise TypeClashError(f"{value.words()} has no diagonal from corner to corner")
    return Grid(value.rows, 1, tuple(value.at(place, place) for place in range(value.rows)))


def names_on_diagonals(nodes: Collection[Node], scope: Scope) -> Iterator[str]:
    """The names of what diag puts on a diagonal: z of diag(\\sigma'(z)); a matrix in it has a small letter rarely.

    Args:
        nodes: whatever is printed.
        scope: how the document writes its names.
    """
    for node in nodes:
        for bracket in _diagonals(node):
            yield from (reference.name for reference in scope.mentions(bracket) if not reference.indices)


def _diagonals(node: Node) -> Iterator[Bracket]:
    """The brackets behind diag in a product."""
    if isinstance(node, Product):
        for (_, one), (operator, other) in zip(node.factors, node.factors[1:], strict=False):
            head, behind = strip_group(one), strip_group(other)
            if not operator and isinstance(behind, Bracket) and is_diagonal(head):
                yield behind
