r"""Expressions in the variables that they are differentiated by: \sigma(w x + b) is \sigma(z) where z = w x + b."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from convsym.scope.model import in_order, variables


def in_coordinates(expression: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """An expression with the values of the variables named.

    Only where nothing of such a value stands elsewhere in it: else what is held fixed would be open.

    Args:
        expression: over the variables of a document.
        values: what a variable is defined to be -> that variable.
    """
    for value, coordinate in values.items():
        named = expression.xreplace({value: coordinate, -value: -coordinate})
        named = named if named != expression else _solved_for(expression, value, coordinate)
        if named != expression and not variables(named) & variables(value):
            expression = named
    return expression


def _solved_for(expression: Expr, value: Expr, coordinate: Expr) -> Expr:
    """The same of a product in powers of its factors: e^{-w^2 x^2} is e^{-z^2} where z = w x."""
    for atom in in_order(variables(value) & variables(expression)):
        factor = value.coeff(atom)
        if value == factor * atom and not factor.has(atom):
            return expression.xreplace({atom: coordinate / factor})
    return expression


__all__ = ["in_coordinates"]
