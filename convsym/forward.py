"""The forward pass as equations: one symbol a cell (`cells`), or symbolic sizes (`indexed`).

Both are renderings of the same four statements:

    z = (1/N) sum of k times x over the window, plus b      paper equation (5), repaired
    o = sigma(z)                                            paper equations (3), (6)
    L = sum of the shares of (o, y)                         paper equation (4)

with x read at S(a - 1) + D(m - 1) + 1 - P along each axis, and 0 outside its range (the padding).
The bias, where there is one, is added after the division by N.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sympy import Add, Expr, IndexedBase, Integer, Mul, Rational, S, Sum, Symbol

from convsym.geometry import Convolution, Position, array_positions, cell
from convsym.models import Activation, Loss

LOSS = Symbol("L")


def _integer(name: str) -> Symbol:
    return Symbol(name, integer=True)


# Sizes, width before height as in the paper: (width, height) pairs.
X_SIZE = (_integer("X_W"), _integer("X_H"))
K_SIZE = (_integer("K_W"), _integer("K_H"))
O_SIZE = (_integer("O_W"), _integer("O_H"))
STRIDE = (_integer("S_W"), _integer("S_H"))
PADDING = (_integer("P_W"), _integer("P_H"))
DILATION = (_integer("D_W"), _integer("D_H"))
CHANNELS_IN, CHANNELS_OUT = _integer("C_I"), _integer("C_O")

# Indices: (a, b) is an output cell, (m, n) a tap, (i, j) an input cell; c, q count channels in and out.
OUTPUT_INDEX = (_integer("a"), _integer("b"))
TAP_INDEX = (_integer("m"), _integer("n"))
INPUT_INDEX = (_integer("i"), _integer("j"))
CHANNEL_IN, CHANNEL_OUT = _integer("c"), _integer("q")


@dataclass(frozen=True, slots=True)
class Forward:
    """A forward pass as equations, in the order in which they are computed.

    Attributes:
        z: what each pre-activation is, {z: expression in x, k, b}.
        o: what each output is, {o: expression in z}.
        loss: the loss, an expression in the o and y.
    """

    z: Mapping[Expr, Expr]
    o: Mapping[Expr, Expr]
    loss: Expr

    @property
    def equations(self) -> dict[Expr, Expr]:
        """All equations in one mapping: every z, every o, then L."""
        return {**self.z, **self.o, LOSS: self.loss}

    def __reduce__(self) -> tuple[Any, ...]:
        # A read-only view cannot be pickled or copied; the dictionary under it can.
        return _restored, (dict(self.z), dict(self.o), self.loss)


def _restored(z: dict[Expr, Expr], o: dict[Expr, Expr], loss: Expr) -> Forward:
    return Forward(MappingProxyType(z), MappingProxyType(o), loss)


def cells(conv: Convolution, activation: Activation, loss: Loss, bias: bool = False) -> Forward:
    """The forward pass with one symbol a cell, in the paper's names.

    Args:
        conv: the geometry.
        activation, loss: the definitions to substitute.
        bias: whether z has a bias b (with channels b_{q}, one for each output channel).

    Returns:
        z and o for every output cell in the array's order, and L in the o and y cells.

    Raises:
        GeometryError: too many cells to write out.

    Source: paper equations (4), (5) repaired, (6) and their expansions.
    """
    conv.require_cells()
    outputs = list(array_positions(conv.output_shape))
    z: dict[Expr, Expr] = {cell("z", at): pre_activation(conv, at, bias) for at in outputs}
    o: dict[Expr, Expr] = {cell("o", at): activation.at(cell("z", at)) for at in outputs}
    shares = [loss.at(cell("o", at), cell("y", at)) for at in outputs]
    total = Add(*shares)
    if loss.reduction == "mean":
        total = Mul(Rational(1, len(outputs)), total, evaluate=False) if len(outputs) > 1 else total
    return Forward(MappingProxyType(z), MappingProxyType(o), total)


def pre_activation(conv: Convolution, at: Position, bias: bool = False) -> Expr:
    """One z cell as an expression in x, k and b cells; `at` is its 0-based array index."""
    *out_channel, row, column = at
    in_channels = [()] if conv.channels is None else [(c,) for c in range(conv.channels[0])]
    products = [
        cell("x", (*channel, *place)) * cell("k", (*out_channel, *channel, *tap))
        for tap, place in conv.window((row, column))
        for channel in in_channels
    ]
    # Dividing the sum as a whole keeps the paper's form: SymPy would spread the divisor over the terms.
    total = Add(*products)
    value = (
        total if conv.divisor == 1 or total == 0 else Mul(Rational(1, conv.divisor), total, evaluate=False)
    )
    return value + cell("b", out_channel) if bias else value


@dataclass(frozen=True, slots=True)
class Families:
    """The indexed families that the symbolic-size equations are written in."""

    x: IndexedBase
    k: IndexedBase
    y: IndexedBase
    z: IndexedBase
    o: IndexedBase
    b: IndexedBase
    delta: IndexedBase


FAMILIES = Families(
    x=IndexedBase("x"),
    k=IndexedBase("k"),
    y=IndexedBase("y"),
    z=IndexedBase("z"),
    o=IndexedBase("o"),
    b=IndexedBase("b"),
    delta=IndexedBase("delta"),
)


def divisor_of(conv: Convolution) -> Expr:
    """The divisor N in symbols: K_W K_H, or 1."""
    return Mul(*K_SIZE) if conv.normalize else S.One


def input_index(axis: int) -> Expr:
    """The x index that tap m reads at output position a: S(a - 1) + D(m - 1) + 1 - P.

    Args:
        axis: 0 along the width, 1 along the height (the paper's order).
    """
    a, m = OUTPUT_INDEX[axis], TAP_INDEX[axis]
    return STRIDE[axis] * (a - 1) + DILATION[axis] * (m - 1) + 1 - PADDING[axis]


def indexed(conv: Convolution, activation: Activation, loss: Loss, bias: bool = False) -> Forward:
    """The forward pass for every size at once: indexed families and finite sums.

    Sizes, stride, padding and dilation are symbols; of `conv` only the divisor and whether there are
    channels matter. x[i, j] outside 1..X_W, 1..X_H is 0; the output's size O_W, O_H is equation (1).

    Args:
        conv: which divisor, and whether families carry channel indices (in front).
        activation, loss: the definitions to substitute.
        bias: whether z has a bias (b, or b[q] with channels).

    Returns:
        z[a, b] (or z[q, a, b]), o likewise, and L as a sum over O_W and O_H (and C_O).

    Source: paper equations (4), (5) repaired, (6), for general stride, padding and dilation.
    """
    with_channels = conv.channels is not None
    f = FAMILIES
    at_out = (CHANNEL_OUT, *OUTPUT_INDEX) if with_channels else OUTPUT_INDEX
    at_in = (input_index(0), input_index(1))
    limits = [(TAP_INDEX[1], 1, K_SIZE[1]), (TAP_INDEX[0], 1, K_SIZE[0])]
    if with_channels:
        term = f.x[(CHANNEL_IN, *at_in)] * f.k[(CHANNEL_OUT, CHANNEL_IN, *TAP_INDEX)]
        limits.append((CHANNEL_IN, 1, CHANNELS_IN))
    else:
        term = f.x[at_in] * f.k[TAP_INDEX]
    value: Expr = Sum(term, *limits) / divisor_of(conv)
    if bias:
        value += f.b[CHANNEL_OUT] if with_channels else Symbol("b")
    z, o = f.z[at_out], f.o[at_out]
    over = [(OUTPUT_INDEX[1], 1, O_SIZE[1]), (OUTPUT_INDEX[0], 1, O_SIZE[0])]
    entries = Mul(*O_SIZE)
    if with_channels:
        over.append((CHANNEL_OUT, 1, CHANNELS_OUT))
        entries *= CHANNELS_OUT
    total: Expr = Sum(loss.at(o, f.y[at_out]), *over)
    if loss.reduction == "mean":
        total /= entries
    return Forward(MappingProxyType({z: value}), MappingProxyType({o: activation.at(z)}), total)


def sizes(conv: Convolution) -> dict[Symbol, Integer]:
    """The numbers that a geometry gives to the symbols of the indexed form."""
    pairs = (
        (X_SIZE, conv.input),
        (K_SIZE, conv.kernel),
        (O_SIZE, conv.output),
        (STRIDE, conv.stride),
        (PADDING, conv.padding),
        (DILATION, conv.dilation),
    )
    numbers = {
        symbol: Integer(number)
        for symbols, pair in pairs
        for symbol, number in zip(symbols, reversed(pair), strict=True)
    }
    if conv.channels is not None:
        numbers[CHANNELS_IN], numbers[CHANNELS_OUT] = map(Integer, conv.channels)
    return numbers
