"""From SymPy expressions to readable Python source, and from source to functions that show it.

Symbols never reach the generated text by their own names: every one is looked up in a table of
identifiers that the lowering made, and what is not in the table, or has no printing rule, is a
`LoweringError`. So no name that came from outside can become code.
"""

from __future__ import annotations

import itertools
import linecache
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Abs, Expr, Max, Min, Mul, Piecewise, Rational, Symbol, exp, log, sign, tanh
from sympy.codegen.cfunctions import log1p
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan
from sympy.functions.elementary.piecewise import ExprCondPair

from convsym.errors import LoweringError
from convsym.functions import relu, sigmoid, softplus, step

_CALLS: Mapping[type[Expr], str] = {
    exp: "exp",
    log: "log",
    log1p: "log1p",
    tanh: "tanh",
    Abs: "absolute",
    sign: "sign",
    step: "step",
}
_PAIRWISE: Mapping[type[Expr], str] = {Max: "maximum", Min: "minimum"}
_RELATIONS: Mapping[type[Relational], str] = {
    GreaterThan: ">=",
    LessThan: "<=",
    StrictGreaterThan: ">",
    StrictLessThan: "<",
}
_SUM, _PRODUCT, _ATOM = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints expressions as Python, for scalars or for arrays.

    Attributes:
        names: the identifier of every symbol that may occur.
        arrays: whether a choice is printed as `where(c, a, b)` (arrays) or `a if c else b` (scalars).
    """

    names: Mapping[Symbol, str]
    arrays: bool

    def print(self, e: Expr) -> str:
        """The expression as source.

        Raises:
            LoweringError: a symbol without an identifier, or a function without a rule.
        """
        return self._at(e, _SUM)

    def _at(self, e: Expr, level: int) -> str:
        text, own = self._print(e)
        return text if own >= level else f"({text})"

    def _print(self, e: Expr) -> tuple[str, int]:
        if isinstance(e, Symbol):
            if e not in self.names:
                raise LoweringError(f"the expression uses {e!s}, which is no input and no earlier stage")
            return self.names[e], _ATOM
        if e.is_Rational:
            return _number(e)
        if e.is_Number or e.is_NumberSymbol:
            value = float(e)
            return repr(value) if math.isfinite(value) else f'float("{value}")', _ATOM if value >= 0 else _SUM
        if e.is_Add:
            return self._sum(e), _SUM
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(e)
        if isinstance(e, Piecewise):
            return self._choice(e)
        if isinstance(e, (sigmoid, softplus, relu)):
            return self._print(e.written_out())
        if type(e) in _CALLS and len(e.args) == 1:
            return f"{_CALLS[type(e)]}({self.print(e.args[0])})", _ATOM
        if type(e) in _PAIRWISE:
            # The number last: Python's max keeps its first argument when that is NaN.
            parts = [self.print(part) for part in sorted(e.args, key=lambda part: bool(part.is_Number))]
            text = parts[0]
            for part in parts[1:]:
                text = f"{_PAIRWISE[type(e)]}({text}, {part})"
            return text, _ATOM
        raise LoweringError(f"no rule prints {type(e).__name__}: {str(e)[:80]}")

    def _sum(self, e: Expr) -> str:
        plus = [t for t in e.args if not t.could_extract_minus_sign()]
        minus = [-t for t in e.args if t.could_extract_minus_sign()]
        plus.sort(key=lambda t: (bool(t.is_Number), _order(t)))
        minus.sort(key=_order)
        head = self._at(plus[0], _SUM) if plus else "-" + self._at(minus.pop(0), _PRODUCT)
        return "".join(
            [head]
            + [f" + {self._at(t, _PRODUCT)}" for t in plus[1:]]
            + [f" - {self._at(t, _PRODUCT)}" for t in minus]
        )

    def _product(self, e: Expr) -> tuple[str, int]:
        # An unevaluated product may hold several numbers: every one counts.
        number = Mul(*(f for f in Mul.make_args(e) if f.is_Number))
        rest = [f for f in Mul.make_args(e) if not f.is_Number]
        above = [f for f in rest if not (f.is_Pow and f.exp.could_extract_minus_sign())]
        below = [1 / f for f in rest if f not in above]
        above.sort(key=_order)
        minus = number.could_extract_minus_sign()
        number = abs(number)
        texts = [self._at(f, _PRODUCT) for f in above]
        if number.is_Rational and number.q & (number.q - 1):
            # A divisor that is no power of two stays a division, which rounds once.
            below.append(Rational(number.q))
            number = Rational(number.p)
        if number != 1 or not texts:
            texts.insert(0, self._at(number, _PRODUCT))
        text = " * ".join(texts)
        for divisor in below:
            text += f" / {self._at(divisor, _ATOM)}"
        return (f"-{text}", _SUM) if minus else (text, _PRODUCT)

    def _power(self, e: Expr) -> tuple[str, int]:
        base, power = e.args
        if power.could_extract_minus_sign():
            return f"1.0 / {self._at(1 / e, _ATOM)}", _PRODUCT
        if power == Rational(1, 2):
            return f"sqrt({self.print(base)})", _ATOM
        if not power.is_Integer or power > 64:
            raise LoweringError(f"no rule prints the power {str(e)[:80]}")
        if isinstance(base, Symbol) and power <= 4:
            return " * ".join([self._at(base, _ATOM)] * int(power)), _PRODUCT
        return f"{self._at(base, _ATOM)} ** {power}", _PRODUCT

    def _choice(self, e: Piecewise) -> tuple[str, int]:
        *cases, last = e.args
        if last.cond != True:  # noqa: E712 - SymPy's true is an object of its own
            raise LoweringError(f"a choice without a last case: {str(e)[:80]}")
        text = self.print(last.expr)
        for case in reversed(cases):
            condition, value = self._condition(case), self.print(case.expr)
            text = (
                f"where({condition}, {value}, {text})"
                if self.arrays
                else f"({value} if {condition} else {text})"
            )
        return text, _ATOM if cases else _SUM

    def _condition(self, case: ExprCondPair) -> str:
        relation = _RELATIONS.get(type(case.cond))
        if relation is None:
            raise LoweringError(f"no rule prints the condition {str(case.cond)[:80]}")
        return f"{self._at(case.cond.lhs, _SUM)} {relation} {self._at(case.cond.rhs, _SUM)}"


def _order(e: Expr) -> tuple[int, tuple[tuple[int, str], ...]]:
    # Numbers inside names compare as numbers, so that cells come in reading order.
    names = sorted(str(s) for s in e.free_symbols)
    return len(names), tuple((len(name), name) for name in names)


def _number(e: Rational) -> tuple[str, int]:
    try:
        value = float(Fraction(int(e.p), int(e.q)))
    except OverflowError:
        raise LoweringError("a number too large for a float") from None
    if e.q & (e.q - 1):
        return f"{float(e.p)!r} / {float(e.q)!r}", _PRODUCT if e.p > 0 else _SUM
    return repr(value), _ATOM if value >= 0 else _SUM


_serial = itertools.count(1)


def build(source: str, title: str, namespace: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """Compile generated source, registered so that tracebacks and debuggers show its lines.

    Args:
        source: module text with function definitions, made by a lowering and by nothing else.
        title: what the traceback calls the file.
        namespace: the functions that the text may call; builtins are only those it names.

    Returns:
        The functions defined, by name.
    """
    filename = f"<convsym {title} {next(_serial)}>"
    scope: dict[str, Any] = {"__builtins__": {"range": range, "min": min, "float": float}, **namespace}
    exec(compile(source, filename, "exec"), scope)  # noqa: S102 - our own text, built from a whitelist
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return {name: scope[name] for name in scope if name not in namespace and name != "__builtins__"}


def scalar_namespace() -> dict[str, Callable[..., float]]:
    """The functions that generated scalar code calls, on Python floats."""

    def maximum(a: float, b: float) -> float:
        return a if a >= b or a != a else b

    def minimum(a: float, b: float) -> float:
        return a if a <= b or a != a else b

    def unit_step(z: float) -> float:
        return 0.0 if z < 0 else 1.0 if z > 0 else 0.5 if z == 0 else z

    def signum(z: float) -> float:
        return z if z == 0 or z != z else math.copysign(1.0, z)

    return {
        **{name: getattr(math, name) for name in ("exp", "log", "log1p", "tanh", "sqrt")},
        "absolute": math.fabs,
        "maximum": maximum,
        "minimum": minimum,
        "sign": signum,
        "step": unit_step,
    }


def array_namespace() -> dict[str, Callable[..., Any]]:
    """The functions that generated array code calls, from NumPy."""
    import numpy as np

    names = ("exp", "log", "log1p", "tanh", "sqrt", "absolute", "maximum", "minimum", "sign", "where")
    return {**{name: getattr(np, name) for name in names}, "step": lambda z: np.heaviside(z, 0.5)}
