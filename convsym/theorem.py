"""The gradients for every size, stride, padding and dilation at once, each step proved.

With the error delta_{a,b} = dL/do_{a,b} do_{a,b}/dz_{a,b}, the divisor N, and x read as 0 outside its range:

    dL/dk_{m,n} = (1/N) sum over a, b of delta_{a,b} x_{S(a-1)+D(m-1)+1-P, ...}
    dL/dx_{i,j} = (1/N) sum over m, n of k_{m,n} delta_{(i-1+P-D(m-1))/S+1, ...}
                  where S divides and the index of delta lies in the output
    dL/db       = sum over a, b of delta_{a,b}

The forward equations come from `forward.indexed`; nothing of the network is written a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import And, Eq, Expr, Indexed, Integer, KroneckerDelta, Mod, Mul, Piecewise, Sum, Symbol, latex
from sympy.core.relational import Relational

from convsym import forward as f
from convsym.backward import (
    ACTIVATION_SLOPE,
    CHAIN_RULE,
    COLLECT,
    ERROR,
    LOSS_SLOPE,
    WINDOW_SLOPE,
    Variable,
)
from convsym.budget import Budget
from convsym.errors import ConvsymError, GeometryError
from convsym.geometry import Convolution
from convsym.models import Activation, Loss
from convsym.sums import Facts, FamilyRange, differentiate, equal_for_all_sizes
from convsym.verdict import Definition, Proved


class TheoremError(ConvsymError):
    """A step of the general theorem that could not be proved inside its budget."""


@dataclass(frozen=True, slots=True)
class TheoremStep:
    """One equation of the theorem's proof.

    Attributes:
        rule: the rule's name, as in `backward.Step`.
        equation: the equation for reading, unevaluated.
        claim: the two sides that were proved equal for all sizes, or None where the step introduces a name.
        proof: how it was proved; a Definition where the step introduces a name.
    """

    rule: str
    equation: Eq
    claim: tuple[Expr, Expr] | None
    proof: Proved | Definition

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {latex(self.equation.lhs)} = {latex(self.equation.rhs)}$"


@dataclass(frozen=True, slots=True, repr=False)
class Theorem:
    """The gradient in one variable for every size.

    Attributes:
        wrt: "k", "x" or "b".
        steps: the proof, each step with its own.
        result: dL/d(cell) = closed form in the delta, x and k families.
        delta: what the error delta[a, b] is, in the z, o and y families.
        facts: ranges of the families and the conditions on sizes under which the theorem holds.
        assuming: the conditions in words.
    """

    wrt: Variable
    steps: tuple[TheoremStep, ...]
    result: Eq
    delta: Eq
    facts: Facts
    assuming: tuple[str, ...]

    def __repr__(self) -> str:
        said = f"{self.result.lhs} = {self.result.rhs}"
        return f"Theorem(wrt={self.wrt!r}, {len(self.steps)} steps, {said})"

    def _repr_latex_(self) -> str:
        rows = [
            rf"{latex(step.equation.lhs)} &= {latex(step.equation.rhs)} && \text{{{step.rule}}}"
            for step in self.steps
        ]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def size_conditions() -> tuple[Relational, ...]:
    """What makes sizes a convolution: all at least 1, no negative padding, and equation (1) with its floor."""
    conditions: list[Relational] = []
    for x, k, o, s, p, d in zip(f.X_SIZE, f.K_SIZE, f.O_SIZE, f.STRIDE, f.PADDING, f.DILATION, strict=True):
        conditions += [x >= 1, k >= 1, o >= 1, s >= 1, p >= 0, d >= 1]
        # The floor in equation (1): the last window fits, and one more would not.
        conditions += [s * (o - 1) + d * (k - 1) + 1 <= x + 2 * p, s * o + d * (k - 1) + 1 >= x + 2 * p + 1]
    return tuple(conditions)


def family_ranges(with_channels: bool) -> dict[str, FamilyRange]:
    """The ranges of all families; x alone counts as 0 outside (the padding)."""
    one = Integer(1)

    def of(sizes: Sequence[Expr], channels: Sequence[Expr], zero: bool = False) -> FamilyRange:
        upper = (*(channels if with_channels else ()), *sizes)
        return FamilyRange((one,) * len(upper), upper, zero)

    ranges = {"x": of(f.X_SIZE, (f.CHANNELS_IN,), True), "k": of(f.K_SIZE, (f.CHANNELS_OUT, f.CHANNELS_IN))}
    for name in ("y", "z", "o", "delta"):
        ranges[name] = of(f.O_SIZE, (f.CHANNELS_OUT,))
    if with_channels:
        ranges["b"] = FamilyRange((one,), (f.CHANNELS_OUT,))
    return ranges


def theorem(
    conv: Convolution,
    activation: Activation,
    loss: Loss,
    wrt: Variable,
    bias: bool = False,
    budget: Budget | None = None,
) -> Theorem:
    """The gradient of the loss for all sizes, strides, paddings and dilations, proved.

    Args:
        conv: only its divisor and whether it has channels matter.
        activation, loss, bias: the network.
        wrt: "k", "x" or "b".
        budget: time for each step.

    Returns:
        The closed form with its proof.

    Raises:
        GeometryError: the variable is unknown, or the network has no bias.
        TheoremError: a step was not proved inside the budget.

    Source: paper section III for the paper's own shape; equations (1), (4), (5) repaired, (6) in general.
    """
    if wrt not in ("k", "x", "b"):
        raise GeometryError(f'a gradient is taken with respect to "k", "x" or "b", not {repr(wrt)[:40]}')
    if wrt == "b" and not bias:
        raise GeometryError('this network has no bias: make it with bias=True to ask for its gradient "b"')
    return _Proof(conv, activation, loss, wrt, bias, budget).theorem()


class _Proof:
    """The parts that the steps share."""

    def __init__(
        self,
        conv: Convolution,
        activation: Activation,
        loss: Loss,
        wrt: Variable,
        bias: bool,
        budget: Budget | None,
    ) -> None:
        self.wrt = wrt
        self.budget = budget or Budget()
        self.loss, self.activation = loss, activation
        self.channels = conv.channels is not None
        self.divisor = f.divisor_of(conv)
        self.forward = f.indexed(conv, activation, loss, bias)
        ((self.z, self.z_value),) = self.forward.z.items()
        ((self.o, self.o_value),) = self.forward.o.items()
        self.at_out: tuple[Expr, ...] = self.z.indices
        self.y = f.FAMILIES.y[self.at_out]
        self.error = f.FAMILIES.delta[self.at_out]
        self.outputs = [(f.OUTPUT_INDEX[1], 1, f.O_SIZE[1]), (f.OUTPUT_INDEX[0], 1, f.O_SIZE[0])]
        self.taps = [(f.TAP_INDEX[1], 1, f.K_SIZE[1]), (f.TAP_INDEX[0], 1, f.K_SIZE[0])]
        self.variable = self._variable()
        # With channels, a kernel or bias entry feeds one output channel, an input cell feeds all.
        self.paths = list(self.outputs)
        if self.channels and wrt == "x":
            self.paths.append((f.CHANNEL_OUT, 1, f.CHANNELS_OUT))
        self.facts = Facts(family_ranges(self.channels), (*size_conditions(), *self._index_conditions()))

    def _variable(self) -> Expr:
        if self.wrt == "b":
            return f.FAMILIES.b[f.CHANNEL_OUT] if self.channels else Symbol("b")
        if self.wrt == "k":
            front = (f.CHANNEL_OUT, f.CHANNEL_IN) if self.channels else ()
            return f.FAMILIES.k[(*front, *f.TAP_INDEX)]
        return f.FAMILIES.x[(*((f.CHANNEL_IN,) if self.channels else ()), *f.INPUT_INDEX)]

    def _index_conditions(self) -> list[Relational]:
        """The free indices of the result, and those of the steps about one output, are in range."""
        conditions: list[Relational] = []
        pairs = [*zip(f.OUTPUT_INDEX, f.O_SIZE, strict=True)]
        if self.wrt == "k":
            pairs += zip(f.TAP_INDEX, f.K_SIZE, strict=True)
        if self.wrt == "x":
            pairs += zip(f.INPUT_INDEX, f.X_SIZE, strict=True)
        if self.channels:
            conditions += [f.CHANNELS_IN >= 1, f.CHANNELS_OUT >= 1]
            pairs += [(f.CHANNEL_OUT, f.CHANNELS_OUT), (f.CHANNEL_IN, f.CHANNELS_IN)]
        for index, size in pairs:
            conditions += [index >= 1, index <= size]
        return conditions

    # -------------------------------------------------------------- closed forms

    def loss_slope(self) -> Expr:
        slope = self.loss.slope(self.o, self.y)
        if self.loss.reduction == "mean":
            entries = f.O_SIZE[0] * f.O_SIZE[1] * (f.CHANNELS_OUT if self.channels else 1)
            slope = slope / entries
        return slope

    def window_slope(self) -> Expr:
        """dz[a, b] / d(variable) in closed form."""
        if self.wrt == "b":
            return Integer(1)
        read = (f.input_index(0), f.input_index(1))
        if self.wrt == "k":
            front = (f.CHANNEL_IN,) if self.channels else ()
            return f.FAMILIES.x[(*front, *read)] / self.divisor
        hits = (KroneckerDelta(r, i) for r, i in zip(read, f.INPUT_INDEX, strict=True))
        return Sum(Mul(self._tap(f.CHANNEL_OUT), *hits), *self.taps) / self.divisor

    def _tap(self, channel_out: Expr) -> Indexed:
        front = (channel_out, f.CHANNEL_IN) if self.channels else ()
        return f.FAMILIES.k[(*front, *f.TAP_INDEX)]

    def collected(self) -> Expr:
        """dL/d(variable) in closed form, in the delta family."""
        if self.wrt == "b":
            return Sum(self.error, *self.outputs)
        if self.wrt == "k":
            return Sum(self.error * self.window_slope() * self.divisor, *self.outputs) / self.divisor
        conditions: list[object] = []
        places: list[Expr] = []
        for axis in (0, 1):
            offset = f.INPUT_INDEX[axis] - 1 + f.PADDING[axis] - f.DILATION[axis] * (f.TAP_INDEX[axis] - 1)
            place = offset / f.STRIDE[axis] + 1
            conditions += [Eq(Mod(offset, f.STRIDE[axis]), 0), place >= 1, place <= f.O_SIZE[axis]]
            places.append(place)
        front = (f.CHANNEL_OUT,) if self.channels else ()
        product = self._tap(f.CHANNEL_OUT) * f.FAMILIES.delta[(*front, *places)]
        limits = [*self.taps, *([(f.CHANNEL_OUT, 1, f.CHANNELS_OUT)] if self.channels else [])]
        return Sum(Piecewise((product, And(*conditions)), (Integer(0), True)), *limits) / self.divisor

    # --------------------------------------------------------------------- steps

    def theorem(self) -> Theorem:
        """All steps, proved."""
        loss_slope, activation_slope = self.loss_slope(), self.activation.slope(self.z)
        window_slope, collected = self.window_slope(), self.collected()
        error = loss_slope * activation_slope
        whole = self.forward.loss.xreplace({self.o: self.o_value}).xreplace({self.z: self.z_value})
        inlined = error.xreplace({self.o: self.o_value}).xreplace({self.z: self.z_value})
        # Named so that one path's slope, a sum itself, is taken at each output.
        by_paths = Sum(self.error * window_slope, *self.paths)
        gradient = _partial(f.LOSS, self.variable)
        steps = (
            self._step(
                LOSS_SLOPE,
                _partial(f.LOSS, self.o),
                loss_slope,
                (self._d(self.forward.loss, self.o), loss_slope),
            ),
            self._step(
                ACTIVATION_SLOPE,
                _partial(self.o, self.z),
                activation_slope,
                (self._d(self.o_value, self.z), activation_slope),
            ),
            self._step(ERROR, self.error, error, None),
            self._step(
                WINDOW_SLOPE,
                _partial(self.z, self.variable),
                window_slope,
                (self._d(self.z_value, self.variable), window_slope),
            ),
            self._step(
                CHAIN_RULE,
                gradient,
                Sum(self.error * _partial(self.z, self.variable), *self.paths),
                (self._d(whole, self.variable), Sum(inlined * window_slope, *self.paths)),
            ),
            self._step(COLLECT, gradient, collected, (by_paths, collected)),
        )
        used = {condition for s in steps if isinstance(s.proof, Proved) for condition in s.proof.assuming}
        assuming = (*(_in_words(c) for c in self.facts.conditions), *sorted(used))
        return Theorem(
            self.wrt,
            steps,
            Eq(gradient, collected, evaluate=False),
            Eq(self.error, error, evaluate=False),
            self.facts,
            assuming,
        )

    def _d(self, expr: Expr, wrt: Expr) -> Expr:
        return differentiate(expr, wrt, self.facts, self.budget)

    def _step(self, rule: str, left: Expr, right: Expr, claim: tuple[Expr, Expr] | None) -> TheoremStep:
        equation = Eq(left, right, evaluate=False)
        if claim is None:
            return TheoremStep(rule, equation, None, Definition(f"introduces {latex(left)}"))
        proof = equal_for_all_sizes(*claim, self.facts, self.budget)
        if proof is None:
            raise TheoremError(f"the step {rule!r} was not proved: {latex(left)}")
        return TheoremStep(rule, equation, claim, proof)


def _partial(of: Expr, wrt: Expr) -> Symbol:
    """The symbol of a partial derivative, named as it is written in LaTeX."""
    return Symbol(rf"\frac{{\partial {latex(of)}}}{{\partial {latex(wrt)}}}")


def _in_words(condition: Relational) -> str:
    return f"{condition.lhs} {condition.rel_op} {condition.rhs}"


__all__ = ["Theorem", "TheoremError", "TheoremStep", "family_ranges", "size_conditions", "theorem"]
