"""Straight-line expressions as NumPy calls that write into a few buffers, and nothing else.

A block of some ten thousand cells then stays in the processor's cache from the first operation to the
last, which a new array for each operation would push out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sympy import Abs, Expr, Max, Min, Mul, Piecewise, Symbol, exp, log, sign, tanh
from sympy.codegen.cfunctions import log1p
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan

from convsym.errors import LoweringError
from convsym.functions import relu, sigmoid, softplus, step
from convsym.lowering.arrays import Array
from convsym.lowering.stable import live

_UNARY: Mapping[type[Expr], str] = {
    exp: "exp",
    log: "log",
    log1p: "log1p",
    tanh: "tanh",
    Abs: "absolute",
    sign: "sign",
}
Operand = str


class _Code:
    """Collects operations (name, target, operands) on virtual registers t0, t1, ..."""

    def __init__(self, known: Mapping[Symbol, Operand]) -> None:
        self.values: dict[Expr, Operand] = dict(known)
        self.operations: list[tuple[str, Operand, tuple[Operand, ...]]] = []
        self.spread: dict[Expr, Operand] = {}
        self.signs: dict[tuple[Expr, Expr], Operand] = {}
        self._count = 0

    def emit(self, name: str, *operands: Operand) -> Operand:
        target = f"t{self._count}"
        self._count += 1
        self.operations.append((name, target, operands))
        return target

    def value(self, e: Expr) -> Operand:
        if e not in self.values:
            self.values[e] = self._compute(e)
        return self.values[e]

    def _compute(self, e: Expr) -> Operand:
        if e.is_Number:
            return repr(float(e))
        if isinstance(e, Symbol):
            raise LoweringError(f"{e!s} is no input and no earlier stage")
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(e)
        if isinstance(e, Piecewise):
            return self._choice(e)
        if isinstance(e, (sigmoid, softplus, relu)):
            return self.value(e.written_out())
        if isinstance(e, step):
            return self.emit("heaviside", self.value(e.args[0]), "0.5")
        if type(e) in _UNARY and len(e.args) == 1:
            return self.emit(_UNARY[type(e)], self.value(e.args[0]))
        if isinstance(e, (Max, Min)):
            first, *rest = sorted(e.args, key=lambda part: bool(part.is_Number))
            total = self.value(first)
            for part in rest:
                total = self.emit("maximum" if isinstance(e, Max) else "minimum", total, self.value(part))
            return total
        raise LoweringError(f"no rule computes {type(e).__name__}: {str(e)[:80]}")

    def _sum(self, e: Expr) -> Operand:
        terms = sorted(e.args, key=lambda t: (bool(t.could_extract_minus_sign()), bool(t.is_Number), str(t)))
        first, *rest = terms
        total = self.value(first)
        for term in rest:
            minus = term.could_extract_minus_sign()
            total = self.emit("subtract" if minus else "add", total, self.value(-term if minus else term))
        return total

    def _product(self, e: Expr) -> Operand:
        number, rest = e.as_coeff_Mul()
        above = [f for f in Mul.make_args(rest) if not (f.is_Pow and f.exp.could_extract_minus_sign())]
        below = [1 / f for f in Mul.make_args(rest) if f not in above]
        if not above:
            total = self.emit("divide", repr(float(number)), self.value(below.pop()))
        else:
            first, *others = sorted(above, key=str)
            total = self.value(first)
            for factor in others:
                total = self.emit("multiply", total, self.value(factor))
            if number == -1:
                total = self.emit("negative", total)
            elif number.is_Rational and number.p == 1 and number.q > 1:
                total = self.emit("divide", total, repr(float(number.q)))
            elif number != 1:
                total = self.emit("multiply", total, repr(float(number)))
        for divisor in below:
            total = self.emit("divide", total, self.value(divisor))
        return total

    def _power(self, e: Expr) -> Operand:
        base, power = e.args
        if not power.is_Integer or abs(power) > 64:
            raise LoweringError(f"no rule computes the power {str(e)[:80]}")
        if power < 0:
            return self.emit("divide", "1.0", self.value(1 / e))
        total = value = self.value(base)
        for bit in bin(int(power))[3:]:
            total = self.emit("multiply", total, total)
            if bit == "1":
                total = self.emit("multiply", total, value)
        return total

    def _choice(self, e: Piecewise) -> Operand:
        *cases, last = e.args
        if last.cond != True:  # noqa: E712 - SymPy's true is an object of its own
            raise LoweringError(f"a choice without a last case: {str(e)[:80]}")
        total = self._array(last.expr)
        for case in reversed(cases):
            total = self._select(case.cond, self._array(case.expr), total)
        return total

    def _array(self, e: Expr) -> Operand:
        # A choice copies bits from array to array: a number is spread out first.
        if e.is_Number and e not in self.spread:
            self.spread[e] = self.emit("spread", self.value(e))
        return self.spread[e] if e.is_Number else self.value(e)

    def _select(self, condition: Relational, chosen: Operand, other: Operand) -> Operand:
        """where(condition, chosen, other), by the sign bit of what the condition compares."""
        if not isinstance(condition, (GreaterThan, LessThan, StrictGreaterThan, StrictLessThan)):
            raise LoweringError(f"no rule computes the condition {str(condition)[:80]}")
        # a >= b is not (a - b < 0); a > b is b - a < 0; adding 0.0 makes a negative zero positive.
        swapped = isinstance(condition, (StrictGreaterThan, LessThan))
        left, right = (condition.rhs, condition.lhs) if swapped else (condition.lhs, condition.rhs)
        if (left, right) not in self.signs:
            if right == 0:
                self.signs[left, right] = self.emit("add", self.value(left), "0.0")
            else:
                self.signs[left, right] = self.emit("subtract", self.value(left), self.value(right))
        sign = self.signs[left, right]
        if isinstance(condition, (GreaterThan, LessThan)):
            chosen, other = other, chosen
        return self.emit("where_negative", sign, chosen, other)


def in_registers(
    name: str,
    assignments: Sequence[tuple[Symbol, Expr]],
    inputs: Mapping[Symbol, str],
    wanted: Iterable[Symbol],
) -> tuple[str, int]:
    """A function that evaluates assignments on whole blocks, writing into buffers.

    Args:
        name: the function's name.
        assignments: (symbol, expression) in order, as `stable.Pointwise` has them.
        inputs: each input symbol with the argument's name.
        wanted: the symbols to return, in order.

    Returns:
        The source of `name(*inputs, r)`, where r is a list of buffers of the inputs' shape and dtype,
        and the number of buffers it needs. A wanted value may be an input itself or a number.

    Raises:
        LoweringError: an expression that has no rule.
    """
    wanted = list(wanted)
    code = _Code(inputs)
    notes: dict[int, str] = {}
    for symbol, value in live(assignments, wanted):
        notes[len(code.operations)] = f"{symbol} = {value}"
        code.values[symbol] = code.value(value)
    outs = [code.value(symbol) for symbol in wanted]
    last = {operand: at for at, (_, _, operands) in enumerate(code.operations) for operand in operands}
    last |= dict.fromkeys(outs, len(code.operations))
    lines = [f"def {name}({', '.join([*inputs.values(), 'r'])}):"]
    places: dict[Operand, str] = {}
    free: list[str] = []
    count = 0
    for at, (operation, target, operands) in enumerate(code.operations):
        if at in notes:
            lines.append(f"    # {notes[at]}")
        texts = [places.get(operand, operand) for operand in operands]
        # An operand that is not read again gives its buffer to the result.
        done = [operand for operand in dict.fromkeys(operands) if last[operand] == at]
        free += [places[operand] for operand in done if places.get(operand, "").startswith("r[")]
        if not free:
            free.append(f"r[{count}]")
            count += 1
        place = places[target] = free.pop()
        if operation == "spread":
            lines.append(f"    copyto({place}, {texts[0]})")
        else:
            lines.append(f"    {operation}({', '.join(texts)}, out={place})")
    lines.append(f"    return {', '.join(places.get(out, out) for out in outs)},")
    return "\n".join(lines) + "\n", count


def where_negative(sign: Array, chosen: Array, other: Array, out: Array) -> None:
    """out = chosen where the sign bit of `sign` is set, else other; bit by bit, so exactly.

    Several times faster than numpy.copyto with a mask. `out` may be any of the operands.
    """
    whole = np.int32 if sign.dtype == np.float32 else np.int64
    mask = np.right_shift(sign.view(whole), 31 if whole is np.int32 else 63)
    mask &= chosen.view(whole) ^ other.view(whole)
    np.bitwise_xor(mask, other.view(whole), out=out.view(whole))
