"""Forms of an activation and a loss that keep their digits where a unit saturates.

Evaluated as they are written, 1/(1 + exp(-z)) overflows below z = -709, o(1 - o) is 0 above z = 37,
and o - y cancels when both are near 1. The same expressions over e = exp(-|z|) do not: here they are
rewritten, by rules on SymPy expressions, into straight-line assignments that NumPy and JavaScript print.

The rules, for s = e/(1 + e) and p = 1/(1 + e) with e = exp(-|u|):

    sigmoid(u) = p where u >= 0, else s            sigmoid(u) sigmoid(-u) = s p
    c sigmoid(u) + r = (r + c) - c s where u >= 0, else c s + r
    1 - tanh(u)^2 = 4 s p at 2u                    c tanh(u) + r likewise, where |u| > 1
    softplus(u) = max(u, 0) + log1p(e)             log(sigmoid(u)) = -softplus(-u)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Max,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    exp,
    expand,
    log,
    tanh,
)
from sympy.codegen.cfunctions import log1p

from convsym.functions import relu, sigmoid, softplus, step
from convsym.models import Activation, Loss, O, Y, Z

Assignments: TypeAlias = tuple[tuple[Symbol, Expr], ...]

DELTA = Symbol("delta")
SHARE = Symbol("l")
_P, _Q = Symbol("p"), Symbol("q")


@dataclass(frozen=True, slots=True)
class Pointwise:
    """What happens to one output cell, as straight-line assignments from z and y.

    Attributes:
        assignments: (symbol, expression) in order of evaluation; they define `o`, `l` (the cell's
            share of the loss, before a mean's division) and `delta` (dL/dz, that division included).
            Expressions hold +, *, whole powers, exp, log, log1p, tanh, Abs, Max, sign, Piecewise and
            `step`, no other function unless the model's definition brought it.
    """

    assignments: Assignments

    def needed(self, wanted: Iterable[Symbol]) -> Assignments:
        """The assignments that `wanted` depends on, in order."""
        return live(self.assignments, wanted)


def live(assignments: Sequence[tuple[Symbol, Expr]], wanted: Iterable[Symbol]) -> Assignments:
    """The assignments that the wanted symbols depend on, in order."""
    needed = set(wanted)
    kept = []
    for symbol, value in reversed(assignments):
        if symbol in needed:
            needed |= value.free_symbols
            kept.append((symbol, value))
    return tuple(reversed(kept))


def pointwise(activation: Activation, loss: Loss, entries: int = 1) -> Pointwise:
    """The stable form of an activation followed by a loss.

    Args:
        activation, loss: the definitions; everything here follows from their expressions.
        entries: the number of output entries, which a mean divides `delta` by.

    Returns:
        Assignments for o, l and delta from z and y.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, section 1.7 (cancellation).
    """
    value = _recognized(activation.value)
    share = _recognized(loss.term.xreplace({O: value}))
    delta = _error_term(value, loss)
    if loss.reduction == "mean":
        delta = Rational(1, entries) * delta
    stable = _Stabilizer()
    output = stable.rewrite(value)
    results = [(SHARE, stable.rewrite(share)), (DELTA, stable.rewrite(delta))]
    if isinstance(output, Symbol) and output != Z:  # the output is one of the shared parts: give it its name
        shared = [(symbol if symbol != output else O, part) for symbol, part in stable.assignments]
        renamed = [(symbol, part.xreplace({output: O})) for symbol, part in (*shared, *results)]
        return Pointwise(tuple(renamed))
    return Pointwise((*stable.assignments, (O, output), *results))


def _recognized(expression: Expr) -> Expr:
    """Logarithms and reciprocals that hide a sigmoid, as the function that has a stable form."""
    logistic = expression.replace(
        lambda e: e.is_Pow and e.exp == -1 and e.base.is_Add and _one_plus_exp(e.base) is not None,
        lambda e: sigmoid(-_argument(e.base)),
    )
    return logistic.replace(
        lambda e: isinstance(e, log) and _log_sigmoid(e.args[0]) is not None,
        lambda e: _log_sigmoid(e.args[0]),
    )


def _one_plus_exp(sum_: Expr) -> Expr | None:
    rest = sum_ - 1
    return rest.args[0] if isinstance(rest, exp) else None


def _argument(sum_: Expr) -> Expr:
    return (sum_ - 1).args[0]


def _log_sigmoid(inside: Expr) -> Expr | None:
    if isinstance(inside, sigmoid):
        return -softplus(-inside.args[0])
    complement = 1 - inside
    return -softplus(complement.args[0]) if isinstance(complement, sigmoid) else None


def _error_term(value: Expr, loss: Loss) -> Expr:
    """delta = dL/do do/dz, with the denominators of a cross-entropy canceled against a sigmoid's slope."""
    slope = Activation("recognized", value).slope(Z)
    pull = loss.slope(O, Y).xreplace({O: value})
    plain = slope * pull
    gates = {g for g in value.atoms(sigmoid) if g == value}
    if not gates:
        return plain
    short = {value: _P}
    terms = [
        (slope * term)
        .xreplace(short)
        .replace(lambda e: e.is_Add and e in (1 - _P, _P - 1), lambda e: _Q if e == 1 - _P else -_Q)
        for term in Add.make_args(pull)
    ]
    canceled = Add(*terms)
    if any(p.exp.is_negative for p in canceled.atoms(Pow)) or not pull.xreplace(short).atoms(Pow):
        return plain
    linear = expand(canceled.xreplace({_Q: 1 - _P}))
    back = {_P: value, _Q: 1 - value}
    return (linear if _is_linear(linear, _P) else canceled).xreplace(back)


def _is_linear(expression: Expr, symbol: Symbol) -> bool:
    slope = expression.coeff(symbol)
    return slope.is_Number and not (expression - slope * symbol).has(symbol)


class _Stabilizer:
    """Rewrites expressions in z and y, collecting the shared parts as assignments."""

    def __init__(self) -> None:
        self.assignments: list[tuple[Symbol, Expr]] = []
        self._names: dict[Expr, Symbol] = {}
        self._counts: dict[str, int] = {}

    def _name(self, letter: str, value: Expr) -> Symbol:
        if value not in self._names:
            count = self._counts[letter] = self._counts.get(letter, 0) + 1
            symbol = Symbol(letter if count == 1 else f"{letter}{count}")
            self._names[value] = symbol
            self.assignments.append((symbol, value))
        return self._names[value]

    def _definition(self, e: Expr) -> Expr:
        return next((value for symbol, value in self.assignments if symbol == e), e)

    def _decay(self, u: Expr) -> Symbol:
        """e = exp(-|u|), the same for u and -u."""
        return self._name("e", exp(-Abs(u)))

    def _small(self, u: Expr) -> Symbol:
        e = self._decay(u)
        return self._name("s", e / self._name("h", 1 + e))

    def _large(self, u: Expr) -> Symbol:
        return self._name("p", 1 / self._name("h", 1 + self._decay(u)))

    def rewrite(self, e: Expr) -> Expr:
        if not e.args:
            return e
        if not e.has(Z):  # of the target alone: named, so that it is computed once
            return self._name("v", e) if e.is_Add else e.func(*(self.rewrite(part) for part in e.args))
        if isinstance(e, sigmoid):
            return self._sigmoid(_positive(e.args[0]), e.args[0])
        if isinstance(e, softplus):
            u = self.rewrite(e.args[0])
            return self._name("f", Max(u, 0) + self._name("d", log1p(self._decay(_positive(u)))))
        if isinstance(e, relu):
            return self._name("m", Max(self.rewrite(e.args[0]), 0))
        if isinstance(e, tanh):
            return self._name("t", tanh(self.rewrite(e.args[0])))
        if isinstance(e, step):
            return step(self.rewrite(e.args[0]))
        if isinstance(e, log):
            inside = self.rewrite(e.args[0])
            one, small = self._definition(inside).as_coeff_Add()
            # log(1 + t) of a small t keeps its digits only through log1p.
            return log1p(small) if one == 1 else log(inside)
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul or e.is_Pow:
            return self._product(e)
        return e.func(*(self.rewrite(part) for part in e.args))

    def _sigmoid(self, u: Expr, signed: Expr) -> Expr:
        inner = self.rewrite(u)
        small, large = self._small(inner), self._large(inner)
        high, low = (large, small) if u == signed else (small, large)
        return self._name("g", Piecewise((high, inner >= 0), (low, True)))

    def _sum(self, e: Expr) -> Expr:
        content, primitive = e.primitive()
        if content != 1:  # 2 o - 2 y is 2 (o - y), and o - y is shared
            return content * self._sum(primitive)
        for gate in sorted(e.atoms(sigmoid, tanh), key=str):
            scale = e.coeff(gate)
            rest = e - scale * gate
            if not (scale.is_Number and scale != 0) or rest.has(gate):
                continue
            u = gate.args[0]
            if isinstance(gate, sigmoid) and rest == -scale:
                return -scale * self.rewrite(sigmoid(-u))
            others = self.rewrite(rest)
            inner = self.rewrite(u)
            if isinstance(gate, sigmoid):
                return self._name("r", self._near_limits(inner, scale, others))
            return self._name("r", self._near_limits_of_tanh(inner, scale, others))
        if (1 - e).is_Pow and (1 - e).exp == 2 and isinstance((1 - e).base, tanh):
            u = self.rewrite(2 * (1 - e).base.args[0])
            return 4 * self._small(_positive(u)) * self._large(_positive(u))
        return self._name("r", Add(*(self.rewrite(term) for term in e.args)))

    def _near_limits(self, u: Expr, scale: Expr, rest: Expr) -> Expr:
        """scale sigmoid(u) + rest; the limit of the sigmoid is added to `rest` before what is small."""
        positive = _positive(u)
        small = self._small(positive)
        at_one, at_zero = (
            (self._limit(rest + scale), rest) if positive == u else (rest, self._limit(rest + scale))
        )
        sign = scale if positive == u else -scale
        return Piecewise((at_one - sign * small, positive >= 0), (sign * small + at_zero, True))

    def _near_limits_of_tanh(self, u: Expr, scale: Expr, rest: Expr) -> Expr:
        small = self._small(_positive(2 * u))
        return Piecewise(
            (self._limit(rest + scale) - 2 * scale * small, u > 1),
            (2 * scale * small + self._limit(rest - scale), u < -1),
            (scale * self._name("t", tanh(u)) + rest, True),
        )

    def _limit(self, value: Expr) -> Expr:
        # On its own line, so that no printer reorders (1 - y) - s into (1 - s) - y.
        return value if not value.args else self._name("v", value)

    def _product(self, e: Expr) -> Expr:
        powers = {f.as_base_exp()[0]: f.as_base_exp()[1] for f in Mul.make_args(e)}
        for base in list(powers):
            complement = 1 - base if base.is_Add else None
            if isinstance(complement, sigmoid):  # 1 - sigmoid(u) is sigmoid(-u)
                power = powers.pop(base)
                mirrored = sigmoid(-complement.args[0])
                powers[mirrored] = powers.get(mirrored, Integer(0)) + power
        factors: list[Expr] = []
        for base in sorted(powers, key=str):
            opposite = sigmoid(-base.args[0]) if isinstance(base, sigmoid) else None
            if opposite not in powers or str(opposite) < str(base):
                continue
            common = min(powers[base], powers[opposite])
            if common.is_Integer and common > 0:
                u = self.rewrite(_positive(base.args[0]))
                factors.append((self._small(u) * self._large(u)) ** common)
                powers[base] -= common
                powers[opposite] -= common
        factors += [
            Pow(self.rewrite(base), self.rewrite(power)) for base, power in powers.items() if power != 0
        ]
        return Mul(*factors)


def _positive(u: Expr) -> Expr:
    """u or -u, whichever is written without a leading minus."""
    return -u if u.could_extract_minus_sign() else u
