"""A derivative as a document prints it: of names, functions and matrices, by names and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Integer

from convsym.errors import ScopeError
from convsym.latex.syntax import Fraction_, Node, Product
from convsym.scope.calculus import Slopes
from convsym.scope.examples import slope_by_cell
from convsym.scope.functions import apply_rule, function_of, function_rule, value_at_its_names
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.lost import unwrapped
from convsym.scope.model import UndefinedError
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value


def differentiate(elaborator: Elaborator, above: Node, below: Node, env: Env, total: bool) -> Value:
    """d above / d below: a number, or a `Jacobian` where either is a matrix.

    The variables of `below` are the coordinates: definitions are followed from `above` until they appear.

    Raises:
        UndefinedError: `above` is not defined, or does not lead to `below` by anything the document says.
    """
    worked = slope_by_cell(elaborator, above, below, env)
    if worked is not None:
        return worked
    name = function_of(above, elaborator)
    lower = elaborator.value(below, env)
    upper: Value | None = None
    if name is None:
        upper = elaborator.value(above, env)
    else:
        rule = function_rule(name, elaborator)
        variable = elaborator.scope.refer(below, env)
        upper = value_at_its_names(elaborator, name, rule, "" if variable is None else variable.name)
        if upper is None:
            if isinstance(lower, Grid):
                raise ScopeError("a function differentiated by a matrix")
            if rule.statement >= 0:
                elaborator.used.add(rule.statement)
            upper = apply_rule(elaborator, name, rule, (lower,), 0)
    if isinstance(upper, Jacobian):
        upper = upper.gradient()
    if not isinstance(upper, Grid) and not isinstance(lower, Grid):
        return _slope(elaborator, above, below, (upper, lower), env, total)
    if not isinstance(lower, Grid):
        assert isinstance(upper, Grid)
        slopes = Slopes(elaborator, [lower], total)
        return upper.map(lambda cell: slopes.slope(cell, lower))
    slopes = Slopes(elaborator, list(lower.cells), total)
    tops = upper.cells if isinstance(upper, Grid) else (upper,)
    entries = tuple(tuple(slopes.slope(top, cell) for cell in lower.cells) for top in tops)
    shape = (upper.rows, upper.columns) if isinstance(upper, Grid) else None
    return Jacobian(shape, (lower.rows, lower.columns), entries)


def _slope(
    elaborator: Elaborator, above: Node, below: Node, values: tuple[Expr, Expr], env: Env, total: bool
) -> Expr:
    """A slope; 0 of a slope that is free of what the quantity under it depends on: f = x^2 y, twice by y."""
    upper, lower = values
    slopes = Slopes(elaborator, [lower], total)
    try:
        return slopes.slope(upper, lower)
    except UndefinedError:
        once = unwrapped(above)
        once = strip_group(once.factors[-1][1]) if isinstance(once, Product) else once
        parts = derivative_parts(once, env, elaborator.scope) if isinstance(once, Fraction_) else None
        if parts is None or not slopes.is_plain(upper) or not _is_written(elaborator, parts.above, env):
            raise
        differentiate(elaborator, parts.above, below, env, total)
        return Integer(0)


def _is_written(elaborator: Elaborator, node: Node, env: Env) -> bool:
    """Whether a name is a function or a quantity that the document writes out."""
    scope, name = elaborator.scope, function_of(node, elaborator)
    reference = scope.refer(node, env) if name is None else None
    own = name if reference is None else reference.name
    return own is not None and bool(scope.rules.get(own) or own in scope.functions)


__all__ = ["differentiate"]
