"""What follows for the scopes of a document once all of it was read: shapes, ranges, dependences, slips."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from convsym.errors import ConvsymError
from convsym.latex.syntax import Equation
from convsym.scope.dependence import learn_dependences
from convsym.scope.examples import learn_errors
from convsym.scope.lost import note_lost
from convsym.scope.model import Scope
from convsym.scope.operations import settle_operations
from convsym.scope.outside import settle_padded_lists
from convsym.scope.reprinted import tell_cells_apart
from convsym.scope.shapes import settle_shapes
from convsym.scope.standing import deny_inputs
from convsym.scope.stated import learn_ranges
from convsym.scope.statements import Statement

# An inference that trips over one formula leaves the scopes as far as it came: the others are judged all the same.
_TRIPS = (
    ConvsymError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def settle_scopes(
    scopes: Sequence[Scope],
    statements: Sequence[Statement],
    equations: Collection[Equation],
    columns_first: Callable[[str], bool],
) -> None:
    """Draw the conclusions about shapes, ranges and dependences that need the whole document.

    Args:
        scopes: the versions of the scope; changed in place.
        statements: all relations.
        equations: all formulas.
        columns_first: whether the indices of a family count columns first.
    """

    def shapes() -> None:
        for scope in scopes:
            settle_padded_lists(scope)
            settle_shapes(scope, equations, columns_first)

    inferences: tuple[Callable[[], object], ...] = (
        lambda: learn_errors(scopes, statements),
        lambda: settle_operations(scopes, statements, equations, columns_first),
        shapes,
        lambda: tell_cells_apart(scopes),
        lambda: learn_ranges(scopes, statements),
        lambda: deny_inputs(scopes, statements),
        lambda: note_lost(statements, equations),
        lambda: learn_dependences(scopes, equations),
    )
    for infer in inferences:
        with suppress(*_TRIPS):
            infer()


__all__ = ["settle_scopes"]
