r"""What a function is applied to, introduced in passing: a = \sigma(z) = \sigma(w x + b) says what z is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from convsym.document import Display
from convsym.latex.syntax import Bracket, Equation, Name, Node, Product, Scripted
from convsym.scope.convolving import is_convolution
from convsym.scope.forms import is_numeric, printed_shape, speaks_of
from convsym.scope.model import Rule, Scope, pattern_of
from convsym.scope.naming import EQUALITIES, strip_group
from convsym.scope.statements import Statement

INTRODUCED = "introduces what the function is applied to"


def introduces_argument(
    statement: Statement, scope: Scope, equations: Mapping[int, Equation], formulas: Sequence[Display]
) -> bool:
    r"""Whether a link \sigma(z) = \sigma(w x + b) of a chain defines z; its rule is added then.

    It does so where nothing else does: no line before, none of the same section, and none anywhere that says the
    same. A later line that defines z does it anew.

    Args:
        statement: the relation; its role and reason are set.
        scope: what is known; changed in place.
        equations: the formulas of the document, by number.
        formulas: the same as displays, with the sections they stand in.
    """
    applied, same = _argument(statement.left), _argument(statement.right)
    if not statement.link or statement.relation not in EQUALITIES or applied is None or same is None:
        return False
    (function, name), value = applied, same[1]
    reference = scope.refer(name, {})
    if function != same[0] or reference is None or reference.power is not None or reference.primes:
        return False
    if reference.transposed or scope.rules.get(reference.name) or scope.size(reference.name) is not None:
        return False
    simple = isinstance(strip_group(value), Name | Scripted) or is_numeric(value)
    if simple or is_convolution(value) or speaks_of(reference.name, value, scope):
        return False
    patterns = [pattern_of(index, {}) for index in reference.indices]
    layer = None if reference.layer is None else pattern_of(reference.layer, {})
    wanted = [*patterns, *([] if reference.layer is None else [layer])]
    if any(pattern is None or not pattern.parameter for pattern in wanted):
        return False
    for number, equation in equations.items():
        near = formulas[number].section == statement.display.section
        for row in equation.rows:
            other = scope.refer(row.first, {}) if row.first is not None and row.links else None
            if other is not None and other.name == reference.name:
                if near or printed_shape(row.links[0][1]) == printed_shape(value):
                    return False
    kept = tuple(pattern for pattern in patterns if pattern is not None)
    scope.rules[reference.name] = [Rule(reference.name, kept, layer, value, statement.number)]
    statement.role, statement.reason = "definition", INTRODUCED
    return True


def _argument(side: Node) -> tuple[object, Node] | None:
    """A function as printed and the one thing that it is applied to; None for anything else."""
    side = strip_group(side)
    if not isinstance(side, Product) or len(side.factors) != 2 or side.factors[1][0]:
        return None
    head, argument = strip_group(side.factors[0][1]), strip_group(side.factors[1][1])
    if not isinstance(head, Name | Scripted) or not isinstance(argument, Bracket) or argument.kind != "(":
        return None
    return (printed_shape(head), argument.items[0]) if len(argument.items) == 1 else None
