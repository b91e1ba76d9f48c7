"""The element-wise functions of a network as SymPy functions that know their own derivative.

A function kept whole differentiates and compares many times faster than its written-out form, and
lets the lowering choose a numerically stable evaluation. The prover reads each through `rewrite_exp`.
"""

from __future__ import annotations

from sympy import Expr, Function, Integer, Piecewise, Rational, exp, log
from sympy.core.function import ArgumentIndexError


class sigmoid(Function):  # noqa: N801 - SymPy's functions are lower case
    """The logistic function 1 / (1 + exp(-z)). Source: paper equation (3)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """sigma' = sigma (1 - sigma)."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return self * (1 - self)

    def written_out(self) -> Expr:
        """The same value by elementary functions."""
        return 1 / (1 + exp(-self.args[0]))


class softplus(Function):  # noqa: N801
    """log(1 + exp(z)), whose slope is the sigmoid."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return sigmoid(self.args[0])

    def written_out(self) -> Expr:
        return log(1 + exp(self.args[0]))


class step(Function):  # noqa: N801
    """The slope of ReLU: 0 below 0, 1 above, and 1/2 at 0 by convention (as SymPy's Heaviside)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return Integer(0)

    def written_out(self) -> Expr:
        z = self.args[0]
        return Piecewise((0, z < 0), (Rational(1, 2), z <= 0), (1, True))


class relu(Function):  # noqa: N801
    """max(z, 0)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return step(self.args[0])

    def written_out(self) -> Expr:
        z = self.args[0]
        return Piecewise((z, z > 0), (0, True))
