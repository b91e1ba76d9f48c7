"""The backward pass: dL/dk, dL/dx and dL/db by `sympy.diff`, as named steps that a prover can check.

One path of the chain rule runs through each output cell (a, b):

    dL/dk_{m,n} = sum over (a, b) of dL/do_{a,b} do_{a,b}/dz_{a,b} dz_{a,b}/dk_{m,n}

The loss and the activation are differentiated once, as functions of one cell, and substituted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sympy import Add, Eq, Expr, Function, Integer, Mul, Rational, Symbol, factor_terms, latex

from convsym.errors import GeometryError
from convsym.forward import LOSS, Forward, cells
from convsym.geometry import Convolution, Position, array_positions, cell, cell_array, cell_index
from convsym.models import Activation, Loss

if TYPE_CHECKING:
    from convsym.budget import Budget
    from convsym.verdict import Outcome

Variable: TypeAlias = Literal["k", "x", "b"]

# Characters of LaTeX on one row of a shown derivation; more would run off a notebook's right edge.
_LONGEST_ROW = 260

CHAIN_RULE = "chain rule"
LOSS_SLOPE = "slope of the loss"
ACTIVATION_SLOPE = "slope of the activation"
WINDOW_SLOPE = "slope of the weighted sum"
ERROR = "name the error"
COLLECT = "collect the errors"
WRITE_OUT = "write out"


def partial(of: Symbol, wrt: Symbol) -> Symbol:
    """The symbol of a partial derivative, named as it is written in LaTeX."""
    return Symbol(rf"\frac{{\partial {of.name}}}{{\partial {wrt.name}}}")


def written_out(expression: Expr) -> Expr:
    """The expression with sigmoid, softplus, relu and step by elementary functions, as in the paper."""
    return expression.replace(
        lambda e: isinstance(e, Function) and hasattr(e, "written_out"), lambda e: e.written_out()
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One equation of a derivation and the rule that gives it.

    Attributes:
        rule: the rule's name, such as "chain rule".
        equation: left side (a symbol such as dL/dk_{1,1}) = right side, for reading.
        claim: the two sides whose equality makes the step valid, in cells only, or None where the
            step introduces a name.
        of: the gradient's cell that the step belongs to, or None where all share it.
    """

    rule: str
    equation: Eq
    claim: tuple[Expr, Expr] | None
    of: Symbol | None = None

    def prove(self, budget: Budget | None = None) -> Outcome:
        """What the prover says of the step.

        Returns:
            Proved, Refuted or Undecided; Definition where the step introduces a name.
        """
        from convsym.budget import Budget
        from convsym.prover import prove_equal
        from convsym.verdict import Definition

        if self.claim is None:
            return Definition(f"introduces {latex(self.equation.lhs)}")
        return prove_equal(*self.claim, budget=budget or Budget())

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {latex(self.equation.lhs)} = {latex(self.equation.rhs)}$"


@dataclass(frozen=True, slots=True, repr=False)
class Derivation:
    """A gradient as the steps that lead to it.

    Attributes:
        wrt: the family differentiated by: "k", "x" or "b".
        steps: the steps in order: chain rule, the three slopes, the errors delta, the collected sums,
            the sums written out.
        result: {cell: dL/d(cell)} in the x, k, y, z, o cells (z and o as `equations` defines them),
            in the array's C order: 4 entries for a 2x2 kernel, 9 for a 3x3 input.
        deltas: {delta cell: dL/dz} that the collected sums use.
        collected: {cell: dL/d(cell)} in the delta cells.
    """

    wrt: Variable
    steps: tuple[Step, ...]
    result: Mapping[Symbol, Expr]
    deltas: Mapping[Symbol, Expr]
    collected: Mapping[Symbol, Expr]

    def of(self, name: Symbol | str) -> Derivation:
        """The part of the derivation that one cell needs, such as k_{1,1}.

        Raises:
            GeometryError: the gradient has no such cell.
        """
        symbol = Symbol(name) if isinstance(name, str) else name
        if symbol not in self.result:
            known = ", ".join(str(s) for s in list(self.result)[:6])
            raise GeometryError(f"no cell {str(symbol)[:40]} in this gradient; it has {known}, ...")
        read = self.collected[symbol].free_symbols
        errors = {delta: value for delta, value in self.deltas.items() if delta in read}
        outputs = {cell_index(delta)[1] for delta in errors}
        kept = tuple(
            step
            for step in self.steps
            if step.of == symbol or (step.of is None and _output_of(step) in outputs)
        )
        return Derivation(
            self.wrt,
            kept,
            MappingProxyType({symbol: self.result[symbol]}),
            MappingProxyType(errors),
            MappingProxyType({symbol: self.collected[symbol]}),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # A read-only view cannot be pickled or copied; the dictionary under it can.
        maps = dict(self.result), dict(self.deltas), dict(self.collected)
        return _restored, (self.wrt, self.steps, *maps)

    def __repr__(self) -> str:
        # Written out, a 28x28 input's gradient is megabytes: say what there is, and where.
        cells = list(map(str, self.result))
        named = ", ".join(cells[:3]) + (", ..." if len(cells) > 3 else "")
        return f"Derivation(wrt={self.wrt!r}, {len(self.steps)} steps, {len(cells)} results: {named})"

    def prove(self, budget: Budget | None = None) -> tuple[tuple[Step, Outcome], ...]:
        """Each step with what the prover says of it; slow for more than a few dozen cells."""
        return tuple((step, step.prove(budget)) for step in self.steps)

    def _repr_latex_(self) -> str:
        rows = [_rows(step) for step in self.steps]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def _rows(step: Step) -> str:
    """A step in an aligned block, its rule beside it: a long sum goes over several rows."""
    rows = [""]
    for term in step.equation.rhs.as_ordered_terms():
        shown = latex(term)
        if rows != [""] and not shown.startswith("-"):
            shown = f"+ {shown}"
        if rows[-1] and len(rows[-1]) + len(shown) > _LONGEST_ROW:
            rows.append(shown)
        else:
            rows[-1] = f"{rows[-1]} {shown}".strip()
    first, *more = rows
    row = rf"{latex(step.equation.lhs)} &= {first} && \text{{{step.rule}}}"
    return "\\\\\n&\\quad ".join([row, *more])


def _restored(wrt: Variable, steps: tuple[Step, ...], *maps: dict[Symbol, Expr]) -> Derivation:
    return Derivation(wrt, steps, *map(MappingProxyType, maps))


def _output_of(step: Step) -> Position | None:
    # The steps that all gradients share are about one output cell: the last o, z or delta named in them.
    name = step.equation.lhs.name
    inner = name.rsplit(r"\partial ", 1)[-1].rstrip("}") + "}" if r"\partial" in name else name
    return cell_index(inner)[1]


def derive(
    conv: Convolution, activation: Activation, loss: Loss, wrt: Variable, bias: bool = False
) -> Derivation:
    """The gradient of the loss with respect to the kernel, the input or the bias, step by step.

    Args:
        conv, activation, loss, bias: the network.
        wrt: "k", "x" or "b".

    Returns:
        The derivation, with one symbol a cell in the paper's names.

    Raises:
        GeometryError: the variable is unknown, the network has no bias, or too many cells to write out.

    Source: paper section III, with the 1/4 that its last line loses.
    """
    if wrt not in ("k", "x", "b"):
        raise GeometryError(f'a gradient is taken with respect to "k", "x" or "b", not {repr(wrt)[:40]}')
    if wrt == "b" and not bias:
        raise GeometryError('this network has no bias: make it with bias=True to ask for its gradient "b"')
    forward = cells(conv, activation, loss, bias)
    paths = _Paths(conv, activation, loss, forward)
    variables = cell_array(wrt, conv.shape_of(wrt))
    read = {at: paths.z[at].free_symbols for at in paths.outputs}
    through = {v: [at for at in paths.outputs if v in read[at]] for v in variables}
    collected = {v: paths.collected(v, outputs) for v, outputs in through.items()}
    deltas = {paths.delta(at): paths.error(at) for at in paths.outputs}
    result = {v: paths.written_out(v, outputs) for v, outputs in through.items()}
    used = [at for at in paths.outputs if any(at in outputs for outputs in through.values())]
    steps = (
        *(paths.chain_rule(v, outputs) for v, outputs in through.items()),
        *(paths.loss_slope(at) for at in used),
        *(paths.activation_slope(at) for at in used),
        *(paths.window_slope(v, at) for v, outputs in through.items() for at in outputs),
        *(Step(ERROR, Eq(d, value, evaluate=False), None) for d, value in deltas.items()),
        *(paths.collect(v, outputs, collected[v]) for v, outputs in through.items()),
        *(
            Step(
                WRITE_OUT,
                Eq(partial(LOSS, v), result[v], evaluate=False),
                (collected[v].xreplace(deltas), result[v]),
                v,
            )
            for v in variables
        ),
    )
    return Derivation(
        wrt, steps, MappingProxyType(result), MappingProxyType(deltas), MappingProxyType(collected)
    )


class _Paths:
    """The chain rule's paths from the loss through each output cell."""

    def __init__(self, conv: Convolution, activation: Activation, loss: Loss, forward: Forward) -> None:
        self.conv = conv
        self.activation = activation
        self.outputs: list[Position] = list(array_positions(conv.output_shape))
        self.forward = forward
        self.z = {at: forward.z[cell("z", at)] for at in self.outputs}
        self._loss = loss
        self._entries = len(self.outputs) if loss.reduction == "mean" else 1

    def delta(self, at: Position) -> Symbol:
        return cell(r"\delta", at)

    def pull(self, at: Position) -> Expr:
        """dL/do, from the loss's one share, differentiated once."""
        slope = factor_terms(self._loss.slope(cell("o", at), cell("y", at)))
        return slope if self._entries == 1 else Mul(Rational(1, self._entries), slope, evaluate=False)

    def slope(self, at: Position) -> Expr:
        """do/dz, from the activation, differentiated once."""
        return written_out(self.activation.slope(cell("z", at)))

    def error(self, at: Position) -> Expr:
        """delta = dL/do do/dz."""
        return self.pull(at) * self.slope(at)

    def window(self, v: Symbol, at: Position) -> Expr:
        """dz/dv by SymPy."""
        return self.z[at].diff(v)

    def terms(self, v: Symbol, outputs: list[Position]) -> Iterator[Expr]:
        for at in outputs:
            yield self.error(at) * self.window(v, at)

    def written_out(self, v: Symbol, outputs: list[Position]) -> Expr:
        return Add(*self.terms(v, outputs))

    def collected(self, v: Symbol, outputs: list[Position]) -> Expr:
        factor = Rational(1, self.conv.divisor) if v.name[0] != "b" else Integer(1)
        total = Add(*(self.delta(at) * self.window(v, at) / factor for at in outputs))
        return total if factor == 1 or total == 0 else Mul(factor, total, evaluate=False)

    def composed(self, expression: Expr) -> Expr:
        """The expression in x, k, y and b alone."""
        return expression.xreplace(self.forward.o).xreplace(self.forward.z)

    def chain_rule(self, v: Symbol, outputs: list[Position]) -> Step:
        products = [
            Mul(
                partial(LOSS, cell("o", at)),
                partial(cell("o", at), cell("z", at)),
                partial(cell("z", at), v),
            )
            for at in outputs
        ]
        # The shares of the other outputs do not contain v: their derivative is 0.
        relevant = Add(*(self._loss.at(cell("o", at), cell("y", at)) for at in outputs)) / self._entries
        claim = (self.composed(relevant).diff(v), self.composed(Add(*self.terms(v, outputs))))
        return Step(CHAIN_RULE, Eq(partial(LOSS, v), Add(*products), evaluate=False), claim, v)

    def loss_slope(self, at: Position) -> Step:
        o = cell("o", at)
        claim = (self.forward.loss.diff(o), self.pull(at))
        return Step(LOSS_SLOPE, Eq(partial(LOSS, o), self.pull(at), evaluate=False), claim)

    def activation_slope(self, at: Position) -> Step:
        z, o = cell("z", at), cell("o", at)
        claim = (written_out(self.forward.o[o]).diff(z), self.slope(at))
        return Step(ACTIVATION_SLOPE, Eq(partial(o, z), self.slope(at), evaluate=False), claim)

    def window_slope(self, v: Symbol, at: Position) -> Step:
        value = self.window(v, at)
        equation = Eq(partial(cell("z", at), v), value, evaluate=False)
        return Step(WINDOW_SLOPE, equation, (value, self._read_off(v, at)), v)

    def _read_off(self, v: Symbol, at: Position) -> Expr:
        """dz/dv from the geometry alone: the partner of v under the window, over N."""
        family, index = cell_index(v)
        *out_channel, row, column = at
        if family == "b":
            return Integer(1)
        partners = []
        for tap, place in self.conv.window((row, column)):
            if family == "k" and tap == index[-2:]:
                partners.append(cell("x", (*index[1:-2], *place)))
            if family == "x" and place == index[-2:]:
                partners.append(cell("k", (*out_channel, *index[:-2], *tap)))
        return Add(*partners) / self.conv.divisor

    def collect(self, v: Symbol, outputs: list[Position], total: Expr) -> Step:
        left = Add(*self.terms(v, outputs))
        right = total.xreplace({self.delta(at): self.error(at) for at in outputs})
        return Step(COLLECT, Eq(partial(LOSS, v), total, evaluate=False), (left, right), v)
