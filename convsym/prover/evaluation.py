"""A program evaluated at a point: exactly where the values are rational, else in certified intervals.

No float takes part. An interval is a pair of binary floating-point numbers of any precision, rounded outward;
exp, log, sin and cos are computed with guard bits and then widened, so that the true value lies inside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import isqrt
from typing import Any

from mpmath import libmp
from mpmath.libmp import round_ceiling, round_floor

from convsym.prover.program import Op, Program

_GUARD_BITS = 24
_MOST_BITS = 200_000  # of an exact power: beyond it a point is not worth having


class Missing(Enum):
    """Why there is no value."""

    UNDEFINED = "undefined"  # the expression has no value at the point, or two cases meet there
    UNKNOWN = "unknown"  # more precision may tell
    TIE = "tie"  # a condition on whose boundary the point lies


UNDEFINED, UNKNOWN, TIE = Missing.UNDEFINED, Missing.UNKNOWN, Missing.TIE


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval that certainly holds the value; ends are mpmath's raw floats."""

    low: Any
    high: Any


Number = int | Fraction | Interval | Missing | bool


def evaluate(
    program: Program, roots: Sequence[int], values: Sequence[int | Fraction], bits: int
) -> list[Number]:
    """The values of some instructions at a point.

    Args:
        program: the instructions.
        roots: those wanted.
        values: of each atom, in the program's order.
        bits: working precision of the intervals.

    Returns:
        An exact rational, an interval, UNDEFINED, or UNKNOWN where the precision does not suffice, each.
    """
    result: dict[int, Number] = {}
    code = program.code
    for number in program.order([*roots, *program.positives]):
        instruction = code[number]
        op = instruction[0]
        if op == Op.ATOM:
            result[number] = values[instruction[1]]
        elif op == Op.CONSTANT:
            result[number] = _normal(Fraction(instruction[1], instruction[2]))
        elif op == Op.CHOOSE:
            result[number] = _choose(*(result[n] for n in instruction[1:]))
        elif op == Op.NOWHERE:
            result[number] = UNDEFINED
        elif op == Op.OPAQUE:
            result[number] = _apply(instruction[1], [result[n] for n in instruction[2:]], bits)
        elif op == Op.ZERO and code[instruction[1]][0] == Op.CONSTANT:
            result[number] = code[instruction[1]][1] == 0  # a condition spelled true or false is no tie
        elif op in (Op.BOTH, Op.CONTRARY):
            result[number] = _combine(op, [result[n] for n in instruction[1:]])
        elif op in (Op.POWER, Op.ROOT):
            rule = _power if op == Op.POWER else _root
            result[number] = _lift(rule, [result[instruction[1]]], instruction[2], bits)
        else:
            result[number] = _lift(_RULES[op], [result[n] for n in instruction[1:]], bits)
    # A logarithm may have been simplified away; where it was not defined, nothing is.
    for number, (_, relation) in program.positives.items():
        condition = _sign(result[number])
        if condition is not None and (condition < 0 or (condition == 0 and relation == ">")):
            return [UNDEFINED for _ in roots]
    return [result[root] for root in roots]


def differ(left: Number, right: Number) -> bool:
    """Whether two values are certainly different numbers."""
    if isinstance(left, (Missing, bool)) or isinstance(right, (Missing, bool)):
        return False
    if not isinstance(left, Interval) and not isinstance(right, Interval):
        return left != right
    a, b = _interval(left, 4096), _interval(right, 4096)
    return bool(libmp.mpf_lt(a.high, b.low) or libmp.mpf_lt(b.high, a.low))


def as_text(value: Interval, digits: int) -> str:
    """The interval in decimals, rounded outward, as "[a, b]"."""
    return f"[{_decimal(_fraction(value.low), digits, -1)}, {_decimal(_fraction(value.high), digits, 1)}]"


def bounds(value: Interval) -> tuple[Fraction, Fraction]:
    """The ends as exact rationals."""
    return _fraction(value.low), _fraction(value.high)


def _fraction(number: Any) -> Fraction:
    sign, mantissa, exponent, _ = number
    magnitude = int(mantissa) * (1 << exponent) if exponent >= 0 else Fraction(int(mantissa), 1 << -exponent)
    return Fraction(-magnitude if sign else magnitude)


def _decimal(value: Fraction, digits: int, direction: int) -> str:
    """`value` to `digits` significant digits, rounded toward -infinity (-1) or +infinity (+1)."""
    if not value:
        return "0"
    size = abs(value)
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    if size < Fraction(10) ** exponent:
        exponent -= 1
    unit = Fraction(10) ** (exponent - digits + 1)
    quotient = value / unit
    scaled = -((-quotient).__floor__()) if direction > 0 else quotient.__floor__()
    if -7 < exponent <= 15:
        exact = scaled * unit
        places = max(0, digits - 1 - exponent)
        whole, rest = divmod(abs(exact) * 10**places, 10**places)
        text = f"{int(whole)}.{int(rest):0{places}d}" if places else str(int(whole))
        return ("-" if exact < 0 else "") + text
    text = str(abs(scaled))
    exponent += len(text) - digits
    return ("-" if scaled < 0 else "") + text[0] + "." + text[1:] + f"e{exponent}"


# ---------------------------------------------------------------- rules


def _normal(value: int | Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _interval(value: int | Fraction | Interval, bits: int) -> Interval:
    if isinstance(value, Interval):
        return value
    p, q = value.numerator, value.denominator
    return Interval(
        libmp.from_rational(p, q, bits, round_floor), libmp.from_rational(p, q, bits, round_ceiling)
    )


def _lift(rule: Callable[..., Number], values: list[Number], *more: Any) -> Number:
    if UNDEFINED in values:
        return UNDEFINED
    if UNKNOWN in values:
        return UNKNOWN
    try:
        return rule(values, *more)
    except (OverflowError, MemoryError, libmp.ComplexResult):
        return UNDEFINED


def _add(values: list[Any], bits: int) -> Number:
    exact = sum(v for v in values if not isinstance(v, Interval))
    intervals = [v for v in values if isinstance(v, Interval)]
    if not intervals:
        return _normal(exact)
    if exact:
        intervals.append(_interval(exact, bits))
    low, high = intervals[0].low, intervals[0].high
    for v in intervals[1:]:
        low = libmp.mpf_add(low, v.low, bits, round_floor)
        high = libmp.mpf_add(high, v.high, bits, round_ceiling)
    return Interval(low, high)


def _multiply(values: list[Any], bits: int) -> Number:
    exact: int | Fraction = 1
    product: Interval | None = None
    for v in values:
        if not isinstance(v, Interval):
            exact *= v
        else:
            product = v if product is None else _times(product, v, bits)
    if product is None or not exact:
        return _normal(exact)
    return product if exact == 1 else _times(product, _interval(exact, bits), bits)


def _times(a: Interval, b: Interval, bits: int) -> Interval:
    lows = [libmp.mpf_mul(p, q, bits, round_floor) for p in (a.low, a.high) for q in (b.low, b.high)]
    highs = [libmp.mpf_mul(p, q, bits, round_ceiling) for p in (a.low, a.high) for q in (b.low, b.high)]
    low, high = lows[0], highs[0]
    for p in lows[1:]:
        low = p if libmp.mpf_lt(p, low) else low
    for p in highs[1:]:
        high = p if libmp.mpf_gt(p, high) else high
    return Interval(low, high)


def _power(values: list[Any], exponent: int, bits: int) -> Number:
    (value,) = values
    if not isinstance(value, Interval):
        if not value and exponent < 0:
            return UNDEFINED
        if max(value.numerator.bit_length(), value.denominator.bit_length()) * abs(exponent) > _MOST_BITS:
            return UNDEFINED
        return _normal(Fraction(value) ** exponent)
    if exponent < 0:
        if _sign(value) is None:
            return UNKNOWN
        inverse = Interval(
            libmp.mpf_div(libmp.fone, value.high, bits, round_floor),
            libmp.mpf_div(libmp.fone, value.low, bits, round_ceiling),
        )
        return _power([inverse], -exponent, bits)
    if exponent % 2 == 0 and _sign(value) is None:
        largest = max(abs(_fraction(value.low)), abs(_fraction(value.high)))
        return Interval(libmp.fzero, _interval(largest**exponent, bits).high)
    result = value
    for _ in range(exponent - 1):
        result = _times(result, value, bits)
    return result


def _root(values: list[Any], degree: int, bits: int) -> Number:
    (value,) = values
    if not isinstance(value, Interval):
        if value < 0:
            return UNDEFINED
        roots = [_integer_root(part, degree) for part in (value.numerator, value.denominator)]
        if None not in roots:
            return _normal(Fraction(*roots))  # type: ignore[arg-type]
        value = _interval(value, bits)
    sign = _sign(value)
    if sign is None:
        return UNKNOWN
    if sign < 0:
        return UNDEFINED
    low = libmp.mpf_nthroot(value.low, degree, bits + _GUARD_BITS)
    high = libmp.mpf_nthroot(value.high, degree, bits + _GUARD_BITS)
    return _widened(low, high, bits)


def _integer_root(number: int, degree: int) -> int | None:
    if degree != 2 and number >= 1 << 50:
        return None
    root = isqrt(number) if degree == 2 else round(number ** (1 / degree))
    return root if root**degree == number else None


def _exp(values: list[Any], bits: int) -> Number:
    (value,) = values
    if not isinstance(value, Interval) and not value:
        return 1
    ends = _interval(value, bits + _GUARD_BITS)
    for end in (ends.low, ends.high):
        if end[1] and end[2] + end[3] > 24:
            return UNDEFINED  # beyond exp(2^24) nothing is worth comparing
    low = libmp.mpf_exp(ends.low, bits + _GUARD_BITS)
    high = libmp.mpf_exp(ends.high, bits + _GUARD_BITS)
    return _widened(low, high, bits)


def _log(values: list[Any], bits: int) -> Number:
    (value,) = values
    if not isinstance(value, Interval) and value == 1:
        return 0
    sign = _sign(value)
    if sign is None:
        return UNKNOWN
    if sign <= 0:
        return UNDEFINED
    ends = _interval(value, bits + _GUARD_BITS)
    low = libmp.mpf_log(ends.low, bits + _GUARD_BITS)
    high = libmp.mpf_log(ends.high, bits + _GUARD_BITS)
    return _widened(low, high, bits)


def _widened(low: Any, high: Any, bits: int) -> Interval:
    """Outward by 2^-bits of the size of each end: far more than the error of a rounding."""
    slack_low = libmp.mpf_shift(libmp.mpf_abs(low), -bits)
    slack_high = libmp.mpf_shift(libmp.mpf_abs(high), -bits)
    return Interval(
        libmp.mpf_sub(low, slack_low, bits + _GUARD_BITS, round_floor),
        libmp.mpf_add(high, slack_high, bits + _GUARD_BITS, round_ceiling),
    )


def _sign(value: Number) -> int | None:
    """-1, 0 or 1, or None where it is not known."""
    if isinstance(value, (Missing, bool)):
        return None
    if not isinstance(value, Interval):
        return (value > 0) - (value < 0)
    if libmp.mpf_gt(value.low, libmp.fzero):
        return 1
    return -1 if libmp.mpf_lt(value.high, libmp.fzero) else None


def _is_negative(values: list[Any], bits: int) -> Number:
    sign = _sign(values[0])
    return UNKNOWN if sign is None else sign < 0 if sign else TIE


def _is_zero(values: list[Any], bits: int) -> Number:
    sign = _sign(values[0])
    return UNKNOWN if sign is None else False if sign else TIE


def _combine(op: int, conditions: list[Number]) -> Number:
    if op == Op.CONTRARY:
        (condition,) = conditions
        return condition if isinstance(condition, Missing) else not condition
    if any(condition is False for condition in conditions):
        return False
    return next((c for c in (UNDEFINED, UNKNOWN, TIE) if c in conditions), True)


def _choose(condition: Number, then: Number, otherwise: Number) -> Number:
    if condition is TIE:
        # Identities with cases are judged off the boundaries; on one, only where the cases agree.
        exact = isinstance(then, (int, Fraction)) and isinstance(otherwise, (int, Fraction))
        return then if exact and then == otherwise else UNDEFINED
    if isinstance(condition, Missing):
        return condition
    return then if condition else otherwise


def _apply(name: object, values: list[Number], bits: int) -> Number:
    rule = _FUNCTIONS.get(name) if isinstance(name, str) else None
    return UNDEFINED if rule is None else _lift(rule, values, bits)


def _pi(values: list[Any], bits: int) -> Number:
    return _widened(libmp.mpf_pi(bits + _GUARD_BITS), libmp.mpf_pi(bits + _GUARD_BITS), bits)


def _floor(values: list[Any], bits: int) -> Number:
    (value,) = values
    if not isinstance(value, Interval):
        return int(value.__floor__())
    low, high = (end.__floor__() for end in bounds(value))
    return int(low) if low == high else UNKNOWN


def _ceiling(values: list[Any], bits: int) -> Number:
    (value,) = values
    if not isinstance(value, Interval):
        return -int((-value).__floor__())
    low, high = (-((-end).__floor__()) for end in bounds(value))
    return int(low) if low == high else UNKNOWN


def _symbolic_power(values: list[Any], bits: int) -> Number:
    base, exponent = values
    if isinstance(exponent, int) and not isinstance(base, Interval):
        if abs(exponent) > 64 or (not base and exponent <= 0):
            return UNDEFINED
        return _normal(Fraction(base) ** exponent)
    sign = _sign(base)
    if sign is None:
        return UNKNOWN
    if sign <= 0:
        return UNDEFINED
    logarithm = _log([base], bits + _GUARD_BITS)
    return _lift(lambda v: _exp([_multiply(v, bits + _GUARD_BITS)], bits), [logarithm, exponent])


def _wave(function: Callable[..., Any]) -> Callable[[list[Any], int], Number]:
    def rule(values: list[Any], bits: int) -> Number:
        (value,) = values
        if isinstance(value, Interval):
            return UNKNOWN
        argument = libmp.from_rational(value.numerator, value.denominator, bits + 2 * _GUARD_BITS)
        # |sin' | and |cos'| are at most 1, so the error of the argument is the error of the value.
        middle = function(argument, bits + _GUARD_BITS)
        slack = libmp.mpf_shift(libmp.fone, max(0, abs(value).__ceil__().bit_length()) - bits)
        return Interval(
            libmp.mpf_sub(middle, slack, bits + _GUARD_BITS, round_floor),
            libmp.mpf_add(middle, slack, bits + _GUARD_BITS, round_ceiling),
        )

    return rule


_RULES: dict[int, Callable[..., Number]] = {
    Op.ADD: _add,
    Op.MULTIPLY: _multiply,
    Op.EXP: _exp,
    Op.LOG: _log,
    Op.NEGATIVE: _is_negative,
    Op.ZERO: _is_zero,
}

_FUNCTIONS: dict[str, Callable[[list[Any], int], Number]] = {
    "pi": _pi,
    "floor": _floor,
    "ceiling": _ceiling,
    "power": _symbolic_power,
    "sin": _wave(libmp.mpf_sin),
    "cos": _wave(libmp.mpf_cos),
}
