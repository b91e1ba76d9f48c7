r"""Roots and norms: \sqrt[n]{x}, and the root of a sum of squares, with the power that is printed on it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Integer

from convsym.errors import ScopeError
from convsym.latex.syntax import Name, Number, Root, Scripted
from convsym.scope.algebra import Scalar
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.naming import strip_group
from convsym.scope.variances import root_of_square

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value


def norm_value(elaborator: Elaborator, value: Value, node: Scripted, env: Env) -> Scalar:
    """The Euclidean or the Frobenius norm of a value, to the power that stands on it."""
    if isinstance(value, Jacobian):
        value = value.gradient()
    if not isinstance(value, Grid):
        scope = elaborator.scope
        if any(not one.indices and scope.habits.arity.get(one.name) for one in scope.mentions(node.base)):
            elaborator.guesses.add("what stands in a norm is a number")  # and its cells stand elsewhere
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


def inner_value(elaborator: Elaborator, left: Value, right: Value) -> Scalar:
    """The inner product of two vectors, or of two matrices, of one shape: the sum of the products of their entries."""
    if not isinstance(left, Grid) or not isinstance(right, Grid):
        raise ScopeError("an inner product of what is not written out as vectors or matrices")
    if (left.rows, left.columns) != (right.rows, right.columns):
        raise ScopeError(f"an inner product of {left.words()} and {right.words()}")
    elaborator.assumed.add("$\\langle A, B \\rangle$ is the sum of the products of entries")
    pairs = zip(left.cells, right.cells, strict=True)
    return elaborator.algebra.add(elaborator.algebra.multiply((one, other)) for one, other in pairs)


def root_value(elaborator: Elaborator, node: Root, env: Env) -> Scalar:
    """The value of a root, which is the positive one."""
    index = Fraction(2) if node.index is None else elaborator.ratio(node.index, env)
    if index == 0:
        raise ScopeError("the zeroth root")
    if (letter := root_of_square(node)) is not None:
        elaborator.assumed.add(f"${letter}$ is the positive root of ${letter}^2$")
    return elaborator.algebra.power(
        elaborator.scalar(node.radicand, env), elaborator.algebra.number(1 / index)
    )
