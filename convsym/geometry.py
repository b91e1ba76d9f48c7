"""The sizes of a convolution, which input cell each tap reads, and the names of the cells.

This is the one place that maps between NumPy's array indices and the paper's names: an array is
(height, width) and 0-based, X[row, column]; a name is 1-based and gives the column first, so
`X[r, c]` is x_{c+1, r+1}. Channel indices come before both.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal, TypeAlias, cast

from sympy import Expr, Symbol, floor

from convsym.errors import GeometryError

Pair: TypeAlias = tuple[int, int]
Normalize: TypeAlias = Literal["kernel-area"] | None
Position: TypeAlias = tuple[int, ...]

# Past this an index no longer fits the integers of every back end (JavaScript's bit operations, C's int).
LARGEST_SIZE = 2**31 - 1
# One symbol a cell is for reading and for small examples; `indexed` covers every size at once.
LARGEST_CELL_COUNT = 250_000
_AXES = ("height", "width")
_NAME = re.compile(r"([A-Za-z]+|\\[A-Za-z]+)_\{(\d{1,10}(?:,\d{1,10}){0,3})\}")


def _whole_number(value: object, what: str, least: int) -> int:
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        raise GeometryError(f"{what} must be a whole number, not the truth value {value}")
    try:
        number = operator.index(cast(int, value))
    except TypeError:
        shown = repr(value)[:60]
        raise GeometryError(
            f"{what} must be a whole number, not {shown} of type {type(value).__name__}"
        ) from None
    if number < least:
        raise GeometryError(f"{what} must be at least {least}, not {_shown(number)}")
    if number > LARGEST_SIZE:
        raise GeometryError(f"{what} must be at most {LARGEST_SIZE}, not {_shown(number)}")
    return number


def _shown(number: int) -> str:
    # Printing an int of many digits is slow and, past Python's limit, an error of its own.
    return str(number) if abs(number) < 10**20 else f"a number of {number.bit_length()} bits"


def _pair(value: object, what: str, least: int, *, both_from_one: bool) -> Pair:
    if isinstance(value, (str, bytes)) or not isinstance(value, (tuple, list)):
        if both_from_one:
            number = _whole_number(value, what, least)
            return number, number
        shown = repr(value)[:60]
        raise GeometryError(f"{what} must be a pair (height, width), not {shown}")
    if len(value) != 2:
        kind = "an int or a pair" if both_from_one else "a pair"
        raise GeometryError(f"{what} must be {kind} (height, width), not {len(value)} values")
    height, width = (
        _whole_number(part, f"{what} {axis}", least) for part, axis in zip(value, _AXES, strict=True)
    )
    return height, width


def output_size(
    input: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1, axis: str = ""
) -> int:
    """The number of positions at which a kernel fits along one axis.

    floor((X + 2P - D(K - 1) - 1) / S) + 1, where D(K - 1) + 1 <= X + 2P. The paper's form has no
    floor and holds only where S divides X - K + 2P.

    Args:
        input: cells X of the input along the axis, at least 1.
        kernel: taps K of the kernel, at least 1.
        stride: cells S that the window moves a step, at least 1.
        padding: zero cells P added at each end.
        dilation: cells D from one tap to the next, at least 1.
        axis: the axis's name, for the error message.

    Returns:
        The output's size, at least 1.

    Raises:
        GeometryError: a size is no whole number or out of range, or the kernel does not fit.

    Source: paper equation (1), with the floor and the domain it lacks; arXiv:1603.07285, section 2.
    """
    of_axis = f" {axis}" if axis else ""
    size = _whole_number(input, f"input{of_axis}", 1)
    taps = _whole_number(kernel, f"kernel{of_axis}", 1)
    step = _whole_number(stride, f"stride{of_axis}", 1)
    pad = _whole_number(padding, f"padding{of_axis}", 0)
    gap = _whole_number(dilation, f"dilation{of_axis}", 1)
    extent, room = gap * (taps - 1) + 1, size + 2 * pad
    if extent > room:
        raise GeometryError(
            f"the kernel does not fit into the input{f' along the {axis}' if axis else ''}: it must hold "
            f"D(K - 1) + 1 <= X + 2P, but {gap}*({taps} - 1) + 1 = {extent} > {room} = {size} + 2*{pad} "
            f"(input X = {size}, kernel K = {taps}, padding P = {pad}, dilation D = {gap})"
        )
    return (room - extent) // step + 1


def output_size_formula() -> Expr:
    """Equation (1) in symbols: the output's size along one axis in X_S, K_S, S, P and D.

    Source: paper equation (1), with the floor it lacks.
    """
    size, taps, step, pad, gap = (Symbol(name, integer=True) for name in ("X_S", "K_S", "S", "P", "D"))
    return floor((size + 2 * pad - gap * (taps - 1) - 1) / step) + 1


@dataclass(frozen=True, slots=True, init=False)
class Convolution:
    """The geometry of one convolutional layer (a cross-correlation, averaged over the window).

    Attributes:
        input: (height, width) of the input, in cells.
        kernel: (height, width) of the kernel, in taps.
        stride: (height, width) of the window's step.
        padding: (height, width) of the zero cells added on each side.
        dilation: (height, width) from one tap to the next.
        channels: (C_in, C_out), or None for plain images without a channel axis.
        normalize: "kernel-area" divides by the kernel's height times its width (with channels too:
            the mean is over the window, the sum over the input's channels); None does not divide.

    Raises:
        GeometryError: a size is no whole number, is out of range, or the kernel does not fit.

    Source: paper section I and equation (1).
    """

    input: Pair
    kernel: Pair
    stride: Pair
    padding: Pair
    dilation: Pair
    channels: Pair | None
    normalize: Normalize

    def __init__(
        self,
        input: Sequence[int],
        kernel: Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        channels: Sequence[int] | None = None,
        normalize: Normalize = "kernel-area",
    ) -> None:
        put = object.__setattr__
        put(self, "input", _pair(input, "input", 1, both_from_one=False))
        put(self, "kernel", _pair(kernel, "kernel", 1, both_from_one=False))
        put(self, "stride", _pair(stride, "stride", 1, both_from_one=True))
        put(self, "padding", _pair(padding, "padding", 0, both_from_one=True))
        put(self, "dilation", _pair(dilation, "dilation", 1, both_from_one=True))
        put(self, "channels", None if channels is None else _channels(channels))
        if not (normalize is None or (isinstance(normalize, str) and normalize == "kernel-area")):
            raise GeometryError(f'normalize must be "kernel-area" or None, not {repr(normalize)[:60]}')
        put(self, "normalize", normalize)
        _ = self.output  # a kernel that does not fit is an error now, not at first use

    @property
    def output(self) -> Pair:
        """(height, width) of the output. Source: paper equations (1), (2)."""
        height, width = (
            output_size(x, k, stride=s, padding=p, dilation=d, axis=axis)
            for x, k, s, p, d, axis in zip(
                self.input, self.kernel, self.stride, self.padding, self.dilation, _AXES, strict=True
            )
        )
        return height, width

    @property
    def divisor(self) -> int:
        """What each window's sum is divided by: the kernel's area, or 1."""
        return self.kernel[0] * self.kernel[1] if self.normalize else 1

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one X: (H, W), or (C_in, H, W)."""
        return (*self._channel_axes(0), *self.input)

    @property
    def kernel_shape(self) -> tuple[int, ...]:
        """Shape of one K: (h, w), or (C_out, C_in, h, w)."""
        return (*(() if self.channels is None else (self.channels[1], self.channels[0])), *self.kernel)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one Z, O or Y: (H', W'), or (C_out, H', W')."""
        return (*self._channel_axes(1), *self.output)

    @property
    def bias_shape(self) -> tuple[int, ...]:
        """Shape of one b: (), or (C_out,)."""
        return self._channel_axes(1)

    @property
    def cell_count(self) -> int:
        """The number of products in all of Z, which is what one symbol a cell costs."""
        c_in, c_out = self.channels or (1, 1)
        return c_in * c_out * self.output[0] * self.output[1] * self.kernel[0] * self.kernel[1]

    def _channel_axes(self, which: int) -> tuple[int, ...]:
        return () if self.channels is None else (self.channels[which],)

    def shape_of(self, family: str) -> tuple[int, ...]:
        """Array shape of the family "x", "k", "y", "z", "o", "delta" or "b", without leading axes."""
        shapes = {"x": self.input_shape, "k": self.kernel_shape, "b": self.bias_shape}
        return shapes.get(family, self.output_shape)

    def source(self, output: Pair, tap: Pair) -> Pair | None:
        """The input cell that a tap reads at an output position.

        Args:
            output: 0-based (row, column) of the output cell.
            tap: 0-based (row, column) of the kernel's tap.

        Returns:
            0-based (row, column) of the input cell, or None where the tap lies on the padding.

        Raises:
            GeometryError: the position or the tap is outside its array.

        Source: paper equation (5), with the index repaired to S(a - 1) + D(m - 1) + 1 - P.
        """
        for position, size, what in ((output, self.output, "output"), (tap, self.kernel, "kernel")):
            if not all(0 <= at < end for at, end in zip(position, size, strict=True)):
                raise GeometryError(f"position {position} is outside the {what} of size {size}")
        row, column = (
            s * a + d * m - p
            for s, a, d, m, p in zip(self.stride, output, self.dilation, tap, self.padding, strict=True)
        )
        inside = 0 <= row < self.input[0] and 0 <= column < self.input[1]
        return (row, column) if inside else None

    def window(self, output: Pair) -> Iterator[tuple[Pair, Pair]]:
        """The (tap, input cell) pairs that one output cell reads, padding left out, row by row."""
        for tap in product(range(self.kernel[0]), range(self.kernel[1])):
            cell = self.source(output, tap)
            if cell is not None:
                yield tap, cell

    def require_cells(self) -> None:
        """Refuse a geometry with too many cells to write one symbol for each.

        Raises:
            GeometryError: more than LARGEST_CELL_COUNT products.
        """
        if self.cell_count > LARGEST_CELL_COUNT:
            raise GeometryError(
                f"one symbol a cell would need {self.cell_count} products for input {self.input} and kernel "
                f"{self.kernel}, more than {LARGEST_CELL_COUNT}; the indexed form has no such limit"
            )


def _channels(value: object) -> Pair:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise GeometryError(f"channels must be None or a pair (C_in, C_out), not {repr(value)[:60]}")
    return _whole_number(value[0], "channels C_in", 1), _whole_number(value[1], "channels C_out", 1)


def cell_name(family: str, index: Sequence[int]) -> str:
    """The paper's name of an array cell: cell_name("x", (0, 1)) is "x_{2,1}".

    Args:
        family: the array's letter, lower case.
        index: 0-based array index; the last two are (row, column), channels stand before them.
            One index alone is a channel's (a bias), none is a plain letter.

    Returns:
        The name in LaTeX, 1-based, column before row, channels first.
    """
    if not index:
        return family
    *channels, row, column = index if len(index) > 1 else (index[0], None, None)
    last = () if row is None or column is None else (column, row)
    return f"{family}_{{{','.join(str(at + 1) for at in (*channels, *last) if at is not None)}}}"


@lru_cache(maxsize=65536)
def _cell(family: str, index: Position) -> Symbol:
    return Symbol(cell_name(family, index))


def cell(family: str, index: Sequence[int]) -> Symbol:
    """The symbol of an array cell: cell("x", (0, 1)) is x_{2,1}; indices as in `cell_name`."""
    return _cell(family, tuple(index))


def cell_index(name: str | Symbol) -> tuple[str, Position]:
    """The family and 0-based array index of a paper name: "x_{2,1}" gives ("x", (0, 1)).

    Raises:
        GeometryError: the text is no cell's name.
    """
    text = name if isinstance(name, str) else name.name
    if re.fullmatch(r"[A-Za-z]+", text):
        return text, ()
    found = _NAME.fullmatch(text)
    if found is None:
        raise GeometryError(f"{text[:60]!r} is no cell's name, such as x_{{2,1}}")
    numbers = [int(part) - 1 for part in found[2].split(",")]
    if min(numbers) < 0:
        raise GeometryError(f"{text!r}: the names of cells count from 1")
    if len(numbers) == 1:
        return found[1], tuple(numbers)
    *channels, column, row = numbers
    return found[1], (*channels, row, column)


def array_positions(shape: Sequence[int]) -> Iterator[Position]:
    """All 0-based indices of an array, in C order."""
    return product(*(range(size) for size in shape))


def cell_array(family: str, shape: Sequence[int]) -> list[Symbol]:
    """The symbols of an array's cells, flat, in C order."""
    return [cell(family, index) for index in array_positions(shape)]
