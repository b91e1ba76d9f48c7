"""Decimals and inequalities: decided by exact numbers or certified intervals, never by one float."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from mpmath import iv, mp, mpf
from sympy import Expr, Integer, Rational, exp

from convsym.errors import BudgetExceeded, ConvsymError
from convsym.functions import relu, sigmoid, softplus, step
from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Scripted, Signed
from convsym.scope.judge import Judge
from convsym.scope.naming import strip_group
from convsym.verdict import Definition, Outcome, Proved, Refuted, Undecided, Unsupported, Witness

_DIGITS = 50


def enclosure(
    expression: Expr, ranges: Mapping[Expr, tuple[Fraction, Fraction]] = MappingProxyType({})
) -> tuple[Fraction, Fraction] | None:
    """A certified enclosure of a number, or None where it is not a plain one.

    Args:
        expression: a number in closed form, or one in symbols that `ranges` knows.
        ranges: the least and the greatest value of each symbol.
    """
    written = expression
    for head in (sigmoid, softplus):
        written = written.replace(head, lambda z, head=head: head(z).written_out())
    iv.dps = _DIGITS
    known = {symbol: iv.mpf([_quotient(low).a, _quotient(high).b]) for symbol, (low, high) in ranges.items()}
    try:
        value = _enclose(written, known)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, AttributeError):
        return None
    if value is None:
        return None
    return _exact(value.a), _exact(value.b)


def _exact(end: Any) -> Fraction:
    with mp.workprec(400):
        number = mpf(end)
    sign, man, exponent, _ = number._mpf_
    value = Fraction(int(man)) * (Fraction(2) ** int(exponent))
    return -value if sign else value


def _quotient(value: Fraction) -> Any:
    return iv.mpf(value.numerator) / iv.mpf(value.denominator)


def _enclose(e: Expr, known: Mapping[Expr, Any]) -> Any:
    if e in known:
        return known[e]
    if isinstance(e, Rational):
        return iv.mpf(int(e.p)) / iv.mpf(int(e.q))
    if e is exp(1):
        return iv.exp(iv.mpf(1))
    if e.is_Add:
        total = iv.mpf(0)
        for argument in e.args:
            total = total + _enclose(argument, known)
        return total
    if e.is_Mul:
        total = iv.mpf(1)
        for argument in e.args:
            total = total * _enclose(argument, known)
        return total
    if e.is_Pow:
        if isinstance(e.exp, Integer):
            return _enclose(e.base, known) ** int(e.exp)
        if e.exp == Rational(1, 2):
            return iv.sqrt(_enclose(e.base, known))
        return iv.exp(_enclose(e.exp, known) * iv.log(_enclose(e.base, known)))
    name = type(e).__name__
    if name in ("exp", "log", "sin", "cos", "tan"):
        return getattr(iv, name)(_enclose(e.args[0], known))
    if name in ("tanh", "sinh", "cosh"):
        a = iv.exp(_enclose(e.args[0], known))
        b = 1 / a
        return {"tanh": (a - b) / (a + b), "sinh": (a - b) / 2, "cosh": (a + b) / 2}[name]
    if name in ("Max", "Min"):
        parts = [_enclose(argument, known) for argument in e.args]
        choose = max if name == "Max" else min
        return iv.mpf([choose(part.a for part in parts), choose(part.b for part in parts)])
    if isinstance(e, relu | step):
        z = _enclose(e.args[0], known)
        if z.a > 0 or z.b < 0:
            return (z if isinstance(e, relu) else iv.mpf(1)) if z.a > 0 else iv.mpf(0)
    if name in ("Abs", "magnitude"):
        return abs(_enclose(e.args[0], known))
    raise TypeError(name)


def decimal_of(node: Node) -> tuple[Fraction, Fraction] | None:
    """The value of a printed decimal and half a unit of its last place, or None where a node is none."""
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        return decimal_of(node.items[0])
    if isinstance(node, Signed):
        inner = decimal_of(node.operand)
        return None if inner is None else (-inner[0] if node.sign == "-" else inner[0], inner[1])
    if isinstance(node, Number):
        places = len(node.text.partition(".")[2])
        return Fraction(node.text), Fraction(1, 2 * 10**places)
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] in ("times", "cdot"):
        first = decimal_of(node.factors[0][1])
        power = strip_group(node.factors[1][1])
        if first is not None and isinstance(power, Scripted) and power.superscript is not None:
            base = strip_group(power.base)
            tail = decimal_of(power.superscript)
            if (
                isinstance(base, Number)
                and base.text == "10"
                and tail is not None
                and tail[0].denominator == 1
            ):
                if abs(tail[0]) <= 300:
                    scale = Fraction(10) ** int(tail[0])
                    return first[0] * scale, first[1] * scale
    return None


def number_of(judge: Judge, node: Node) -> Expr | None:
    """A node's value where it is a number, definitions followed; else None."""
    value = judge.elaborator.value(node, {})
    if not isinstance(value, Expr):
        return None
    value = judge.unfold(value)
    return value if not value.free_symbols else None


def judge_approximation(judge: Judge, left: Node, right: Node) -> Outcome:
    """a \\approx 0.73: whether the decimal is the value, rounded to its last place (either neighbor on a tie)."""
    try:
        for printed, other in ((right, left), (left, right)):
            decimal = decimal_of(printed)
            if decimal is None:
                continue
            value = number_of(judge, other)
            if value is None:
                return Unsupported("an approximate value of something that is no number here")
            ends = enclosure(value)
            if ends is None:
                return Undecided("the number could not be enclosed")
            low, high = ends
            target, half = decimal
            if target - half <= low and high <= target + half:
                return Proved("certified rounding", ("rounded to the digits shown",))
            if high < target - half or low > target + half:
                shown = f"[{float(low):.12g}, {float(high):.12g}]"
                if high < target - 2 * half or low > target + 2 * half:
                    return Refuted(
                        "the decimal is not the value rounded",
                        Witness((), shown, target),
                        "interval arithmetic",
                    )
                return Undecided("the decimal differs from the value by less than one unit of its last place")
            return Undecided("too close to a rounding boundary")
    except BudgetExceeded as error:
        return Undecided(str(error))
    except ConvsymError as error:
        return Unsupported(str(error).partition("\n")[0])
    return Unsupported("an approximation without a printed decimal")


def rounds_to(value: Expr, printed: Node) -> bool:
    """Whether a number certainly rounds to a decimal of at least two places.

    Args:
        value: a number in closed form.
        printed: what stands in the document.
    """
    decimal, ends = decimal_of(printed), enclosure(value)
    if decimal is None or ends is None:
        return False
    target, half = decimal
    return half < Fraction(1, 100) and target - half <= ends[0] and ends[1] <= target + half


def judge_comparison(
    judge: Judge, left: Node, relation: str, right: Node, *, inline: bool = False
) -> Outcome:
    """An inequality between numbers; a condition on symbols is taken as said."""
    if relation not in ("lt", "le", "gt", "ge", "ne"):
        return Unsupported(f"the relation {relation} is not judged")
    try:
        a, b = number_of(judge, left), number_of(judge, right)
    except ConvsymError:
        a = b = None
    if a is None or b is None:
        return Definition("states a condition")
    one, two = enclosure(a), enclosure(b)
    if one is None or two is None:
        return Undecided("a number could not be enclosed")
    if one == two and one[0] == one[1]:
        true = relation in ("le", "ge")
    elif one[1] < two[0]:
        true = relation in ("lt", "le", "ne")
    elif two[1] < one[0]:
        true = relation in ("gt", "ge", "ne")
    else:
        return Undecided("the numbers are too close to each other")
    if true:
        return Proved("interval arithmetic")
    if inline and any(isinstance(strip_group(side), Name | Scripted) for side in (left, right)):
        return Definition("states a condition")  # of which values it speaks is said in words, if at all
    return Refuted(
        "the numbers stand the other way round", Witness((), str(a), str(b)), "interval arithmetic"
    )
