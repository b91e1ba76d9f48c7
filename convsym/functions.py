"""The element-wise functions of a network as SymPy functions that know their own derivative.

A function kept whole differentiates and compares many times faster than its written-out form, and
lets the lowering choose a numerically stable evaluation. The prover reads each through `rewrite_exp`.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Abs, Expr, Function, Integer, Piecewise, Rational, exp, log
from sympy.core.function import ArgumentIndexError


class _Elementwise(Function):
    """What the functions share: a value to any number of digits, and a name in LaTeX."""

    nargs = 1
    latex_name = ""

    def written_out(self) -> Expr:
        """The same value by elementary functions."""
        raise NotImplementedError

    def _eval_evalf(self, prec: int) -> Expr | None:
        return self.written_out()._eval_evalf(prec) if self.args[0].is_number else None

    def _latex(self, printer: Any, exp: Any = None) -> str:
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"{self.latex_name}{power}\left({printer._print(self.args[0])}\right)"


class sigmoid(_Elementwise):  # noqa: N801 - SymPy's functions are lower case
    """The logistic function 1 / (1 + exp(-z)). Source: paper equation (3)."""

    latex_name = r"\sigma"

    def fdiff(self, argindex: int = 1) -> Expr:
        """sigma' = sigma (1 - sigma)."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return self * (1 - self)

    def written_out(self) -> Expr:
        """The same value by elementary functions."""
        return 1 / (1 + exp(-self.args[0]))


class softplus(_Elementwise):  # noqa: N801
    """log(1 + exp(z)), whose slope is the sigmoid."""

    latex_name = r"\operatorname{softplus}"

    def fdiff(self, argindex: int = 1) -> Expr:
        """softplus' is the sigmoid."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return sigmoid(self.args[0])

    def written_out(self) -> Expr:
        """log(1 + exp(z)), as it is written."""
        return log(1 + exp(self.args[0]))


class step(_Elementwise):  # noqa: N801
    """The slope of ReLU: 0 below 0, 1 above, and 1/2 at 0 by convention (as SymPy's Heaviside)."""

    latex_name = r"\operatorname{step}"

    def fdiff(self, argindex: int = 1) -> Expr:
        """Flat on both sides of 0."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return Integer(0)

    def written_out(self) -> Expr:
        """The three cases."""
        z = self.args[0]
        return Piecewise((0, z < 0), (Rational(1, 2), z <= 0), (1, True))


class magnitude(_Elementwise):  # noqa: N801
    """|z| of a real number."""

    latex_name = r"\operatorname{abs}"

    @classmethod
    def eval(cls, z: Expr) -> Expr | None:
        """The number itself, where it is one."""
        return Abs(z) if z.is_number else None

    def fdiff(self, argindex: int = 1) -> Expr:
        """-1 below 0, 1 above, and 0 at 0 by the convention of `step`."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return step(self.args[0]) - step(-self.args[0])

    def written_out(self) -> Expr:
        """The two cases."""
        z = self.args[0]
        return Piecewise((z, z > 0), (-z, True))

    def _latex(self, printer: Any, exp: Any = None) -> str:
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\left|{printer._print(self.args[0])}\right|{power}"


class tanh(sympy.tanh):  # noqa: N801
    """The hyperbolic tangent of a real number.

    SymPy's own asks of every argument whether it is real, by parts of which each holds the next one several times:
    sixteen of them inside each other take hours.
    """

    @classmethod
    def eval(cls, z: Expr) -> Expr | None:
        """Numbers as SymPy has them; tanh is odd."""
        if z.is_number:
            return super().eval(z)
        return -cls(-z) if z.could_extract_minus_sign() else None

    def fdiff(self, argindex: int = 1) -> Expr:
        """tanh' = 1 - tanh^2."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return 1 - self.func(self.args[0]) ** 2

    def _eval_is_real(self) -> bool | None:
        return True if self.args[0].is_real else None

    def _eval_is_extended_real(self) -> bool | None:
        return self._eval_is_real()

    def _eval_is_finite(self) -> bool | None:
        return self._eval_is_real()


class relu(_Elementwise):  # noqa: N801
    """max(z, 0)."""

    latex_name = r"\operatorname{ReLU}"

    def fdiff(self, argindex: int = 1) -> Expr:
        """ReLU' is the unit step."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return step(self.args[0])

    def written_out(self) -> Expr:
        """The two cases."""
        z = self.args[0]
        return Piecewise((z, z > 0), (0, True))
