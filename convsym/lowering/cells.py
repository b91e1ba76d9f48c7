"""Small convolutions as straight-line code: one variable a cell, gradients by `sympy.diff`.

The stages z, o, L, delta, dL/dk, dL/dx, dL/db are SymPy expressions (`stages`); the scalar code for one
sample, the array code for many and the widgets' JavaScript are all printed from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from sympy import Add, Expr, Mul, Rational, Symbol

from convsym.forward import LOSS, cells
from convsym.geometry import Convolution, Position, array_positions, cell, cell_array
from convsym.lowering.arrays import Array, Shape, sum_to
from convsym.lowering.source import Printer, array_namespace, build, scalar_namespace
from convsym.lowering.stable import DELTA, SHARE, Assignments, live, pointwise
from convsym.models import Activation, Loss, O, Y, Z

# Samples a pass: the few dozen live columns then stay in a core's second-level cache.
BLOCK = 8192
# What each generated function returns.
RESULTS: Mapping[str, tuple[str, ...]] = {
    "loss": ("loss",),
    "value_and_grad": ("loss", "dk"),
    "gradients": ("loss", "dk", "dx", "db"),
    "trace": ("z", "o", "delta", "loss", "dk", "dx", "db"),
}
_GRADIENTS = frozenset({"dk", "dx", "db"})


@dataclass(frozen=True, slots=True)
class Stages:
    """A network's forward and backward pass as assignments, one symbol a cell, numerically stable.

    Attributes:
        inputs: family ("x", "k", "y", "b") to its cells, in the array's C order.
        assignments: (symbol, expression) in order of evaluation; only earlier symbols occur.
        outputs: "z", "o", "delta", "loss", "dk", "dx", "db" to the symbols that hold them, in the
            array's C order. A gradient's symbol is named as it is written: \\frac{\\partial L}{..}.
        identifiers: a name for each symbol that suits Python and JavaScript and reads like the array:
            x_{2,1} is x_0_1 (row before column, from 0), dL/dk_{2,1} is dk_0_1.
    """

    inputs: Mapping[str, tuple[Symbol, ...]]
    assignments: Assignments
    outputs: Mapping[str, tuple[Symbol, ...]]
    identifiers: Mapping[Symbol, str]

    def needed(self, results: Sequence[str]) -> Assignments:
        """The assignments that the named outputs depend on, in order."""
        return live(self.assignments, [s for result in results for s in self.outputs[result]])


def gradient_symbol(of: Symbol) -> Symbol:
    """The symbol dL/d(of), named in LaTeX."""
    return Symbol(rf"\frac{{\partial L}}{{\partial {of.name}}}")


def stages(conv: Convolution, activation: Activation, loss: Loss, bias: bool = False) -> Stages:
    """The network's stages z, o, delta, L, dL/dk, dL/dx, dL/db.

    Args:
        conv: the geometry. activation, loss: the definitions. bias: whether z has a bias.

    Returns:
        Assignments ready to be printed as straight-line code in any language.

    Raises:
        GeometryError: too many cells to write out.

    Source: paper equations (3) to (6) and section III; stable forms as in `lowering.stable`.
    """
    forward = cells(conv, activation, loss, bias)
    positions = list(array_positions(conv.output_shape))
    step = pointwise(activation, loss, len(positions))
    assignments: list[tuple[Symbol, Expr]] = [(z, value) for z, value in forward.z.items()]
    names = {LOSS: "loss"}
    shares = []
    for at in positions:
        local = {symbol: cell(symbol.name, at) for symbol, _ in step.assignments}
        local |= {Z: cell("z", at), Y: cell("y", at), O: cell("o", at), DELTA: _delta(at)}
        names |= {there: _identifier(symbol.name, at) for symbol, there in local.items()}
        assignments += [(local[symbol], value.xreplace(local)) for symbol, value in step.assignments]
        shares.append(local[SHARE])
    total = Add(*shares)
    mean = loss.reduction == "mean" and len(positions) > 1
    assignments.append((LOSS, Mul(Rational(1, len(positions)), total, evaluate=False) if mean else total))
    inputs = {family: tuple(cell_array(family, conv.shape_of(family))) for family in "xky"}
    inputs["b"] = tuple(cell_array("b", conv.bias_shape)) if bias else ()
    for family, symbols in inputs.items():
        for symbol, at in zip(symbols, array_positions(conv.shape_of(family)), strict=False):
            names[symbol] = _identifier(family, at)
            names[gradient_symbol(symbol)] = "d" + names[symbol]
    outputs = {
        "z": tuple(cell("z", at) for at in positions),
        "o": tuple(cell("o", at) for at in positions),
        "delta": tuple(_delta(at) for at in positions),
        "loss": (LOSS,),
    }
    pulled = _pull_back(forward.z, [_delta(at) for at in positions])
    for family in "kxb":
        gradients = [(gradient_symbol(s), pulled.get(s, Rational(0))) for s in inputs[family]]
        assignments += gradients
        outputs[f"d{family}"] = tuple(symbol for symbol, _ in gradients)
    return Stages(inputs, tuple(assignments), outputs, names)


def _identifier(letter: str, at: Position) -> str:
    return "_".join([letter, *map(str, at)])


def _delta(at: Position) -> Symbol:
    return cell(r"\delta", at)


def _pull_back(z: Mapping[Expr, Expr], deltas: Sequence[Symbol]) -> dict[Symbol, Expr]:
    """dL/ds = sum over outputs of delta dz/ds, for every symbol s that some z depends on."""
    terms: dict[Symbol, list[Expr]] = {}
    for value, delta in zip(z.values(), deltas, strict=True):
        for symbol in value.free_symbols:
            terms.setdefault(symbol, []).append(delta * value.diff(symbol))
    return {symbol: _with_common_factor(parts) for symbol, parts in terms.items()}


def _with_common_factor(terms: Sequence[Expr]) -> Expr:
    # The divisor once, around the whole sum, as the paper writes it and as it is cheapest to compute.
    factors = {term.as_coeff_Mul()[0] for term in terms}
    factor = factors.pop() if len(factors) == 1 else Rational(1)
    total = Add(*(term / factor for term in terms))
    return total if factor == 1 else Mul(factor, total, evaluate=False)


class CellProgram:
    """Generated functions for one geometry, for single samples and for batches.

    Args:
        conv, activation, loss, bias: the network.

    Attributes:
        stages: the assignments that the source is printed from.
    """

    def __init__(self, conv: Convolution, activation: Activation, loss: Loss, bias: bool = False) -> None:
        self.conv = conv
        self.stages = stages(conv, activation, loss, bias)
        self._names = self.stages.identifiers
        self._cores = {family: conv.shape_of(family) for family in ("x", "k", "y", "z", "o", "delta", "b")}
        self._functions: dict[tuple[str, bool], Callable[..., Any]] = {}

    @cached_property
    def source(self) -> str:
        """The scalar source of every function, as one module."""
        return "\n\n".join(self._text(name, arrays=False) for name in RESULTS)

    @cached_property
    def array_source(self) -> str:
        """The same for arrays: each variable a column of samples."""
        return "\n\n".join(self._text(name, arrays=True) for name in RESULTS)

    def _text(self, name: str, *, arrays: bool) -> str:
        printer = Printer(self._names, arrays)
        needed = self.stages.needed(RESULTS[name])
        used = {symbol for _, value in needed for symbol in value.free_symbols}
        lines = [f"def {name}(x, k, y, b):"]
        for family in "xkyb":
            symbols = self.stages.inputs[family]
            if used & set(symbols):
                lines.append(f"    {', '.join(self._names[s] for s in symbols)}, = {family}")
        lines += [f"    {self._names[symbol]} = {printer.print(value)}" for symbol, value in needed]
        for result in RESULTS[name]:
            inside = ", ".join(self._names[s] for s in self.stages.outputs[result])
            lines.append(f"    {result}_cells = [{inside}]")
        lines.append(f"    return {', '.join(f'{result}_cells' for result in RESULTS[name])},")
        return "\n".join(lines) + "\n"

    def function(self, name: str, *, arrays: bool) -> Callable[..., Any]:
        """The compiled function of that name in `RESULTS`."""
        if (name, arrays) not in self._functions:
            (h, w), (kh, kw) = self.conv.input, self.conv.kernel
            title = f"{name} {h}x{w} by {kh}x{kw}{' arrays' if arrays else ''}"
            namespace = array_namespace() if arrays else scalar_namespace()
            self._functions[name, arrays] = build(self._text(name, arrays=arrays), title, namespace)[name]
        return self._functions[name, arrays]

    def run(self, name: str, arrays: Mapping[str, Array], lead: Shape) -> dict[str, Array]:
        """Run the function of that name on checked arrays.

        Args:
            name: a key of `RESULTS`.
            arrays: "x", "k", "y", "b" to C-ordered arrays of one dtype, (*own leading axes, *core).
            lead: what the leading axes broadcast to.

        Returns:
            "z", "o", "delta", "loss" of shape (*lead, *core); "dk", "dx", "db" like their arguments.
        """
        if not lead:
            try:
                return self._run_one(name, arrays)
            except (ArithmeticError, ValueError):
                pass  # a logarithm or a division left the reals; the array form has infinities for it
        return self._run_many(name, arrays, lead)

    def _core(self, result: str) -> Shape:
        return () if result == "loss" else self._cores[result[1:] if result in _GRADIENTS else result]

    def _run_one(self, name: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
        function = self._functions.get((name, False)) or self.function(name, arrays=False)
        # Python floats are several times faster here than NumPy's scalars, and more exact than float32.
        x, k, y, b = arrays["x"], arrays["k"], arrays["y"], arrays["b"]
        columns = function(x.ravel().tolist(), k.ravel().tolist(), y.ravel().tolist(), b.ravel().tolist())
        return {
            result: np.array(values, x.dtype).reshape(self._core(result))
            for result, values in zip(RESULTS[name], columns, strict=True)
            if values
        }

    def _run_many(self, name: str, arrays: Mapping[str, Array], lead: Shape) -> dict[str, Array]:
        function = self.function(name, arrays=True)
        count = prod(lead)
        shared, columns = {}, {}
        for family, array in arrays.items():
            core = self._cores[family]
            own = array.shape[: array.ndim - len(core)]
            shared[family] = prod(own) == 1
            full = array if shared[family] else np.broadcast_to(array, lead + core)
            columns[family] = full.reshape(-1, prod(core))
        dtype = arrays["x"].dtype
        results = {
            result: np.zeros(
                (1 if shared.get(result[1:]) and result in _GRADIENTS else count, prod(self._core(result))),
                dtype,
            )
            for result in RESULTS[name]
            if self.stages.outputs[result]
        }
        for start in range(0, count, BLOCK):
            stop = min(start + BLOCK, count)
            block = [
                columns[family].T if shared[family] else np.ascontiguousarray(columns[family][start:stop].T)
                for family in "xkyb"
            ]
            for result, values in zip(RESULTS[name], function(*block), strict=True):
                if not values:
                    continue
                whole = results[result]
                if len(whole) == 1 and result in _GRADIENTS and shared[result[1:]]:
                    for i, column in enumerate(values):
                        # A gradient that does not depend on the sample still counts once for each.
                        whole[0, i] += np.broadcast_to(column, (stop - start,)).sum()
                else:
                    for i, column in enumerate(values):
                        whole[start:stop, i] = column
        shaped = {}
        for result, whole in results.items():
            core = self._core(result)
            if result not in _GRADIENTS:
                shaped[result] = whole.reshape(lead + core)
                continue
            array = arrays[result[1:]]
            own = array.shape[: array.ndim - len(core)]
            shaped[result] = (
                whole.reshape(own + core)
                if shared[result[1:]]
                else sum_to(whole.reshape(lead + core), lead, own)
            )
        return shaped
