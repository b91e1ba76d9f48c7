"""Norms between double bars: the root of a sum of squares, with the power that is printed on it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Integer

from convsym.errors import ScopeError
from convsym.latex.syntax import Name, Number, Scripted
from convsym.scope.algebra import Scalar
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.naming import strip_group

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value


def norm_value(elaborator: Elaborator, value: Value, node: Scripted, env: Env) -> Scalar:
    """The Euclidean or the Frobenius norm of a value, to the power that stands on it."""
    if isinstance(value, Jacobian):
        value = value.gradient()
    if not isinstance(value, Grid):
        value = Grid(1, 1, (value,))
    if node.subscript is not None:
        which = strip_group(node.subscript)
        if not (isinstance(which, Name) and which.text == "F") and not (
            isinstance(which, Number) and which.text == "2" and value.columns == 1
        ):
            raise ScopeError("only the Euclidean and the Frobenius norm are read")
    elif value.columns != 1:
        elaborator.assumed.add("the norm of a matrix is its Frobenius norm")
    two = elaborator.algebra.number(Fraction(2))
    square = elaborator.algebra.add(elaborator.algebra.power(cell, two) for cell in value.cells)
    exponent = Integer(1) if node.superscript is None else elaborator.ratio(node.superscript, env)
    half = (
        Fraction(int(exponent)) / 2
        if exponent != int(exponent) or exponent % 2
        else Fraction(int(exponent) // 2)
    )
    return elaborator.algebra.power(square, elaborator.algebra.number(half))
