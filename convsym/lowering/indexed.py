"""Convolutions of any size from the indexed equations, as flat shifts.

Every array is laid out with the row pitch of the (padded) input, so that the affine subscript
S(a - 1) + D(m - 1) + 1 - P becomes one contiguous slice of a flat array for each tap. With a stride the
padded input is first split into its S_H S_W phases, in each of which the window moves by single cells.
The cells between the rows (the junk) are computed along and put to 0 before anything is summed.

What is generated is read off the equations of `forward.indexed`: a factor that this module does not
recognize is a `LoweringError`, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from sympy import Add, Expr, Indexed, Mul, Rational, Sum, Symbol, expand

from convsym import forward as form
from convsym.errors import LoweringError
from convsym.geometry import Convolution, Pair
from convsym.lowering.arrays import Array, Shape, sum_to
from convsym.lowering.cells import RESULTS
from convsym.lowering.registers import in_registers, where_negative
from convsym.lowering.source import build
from convsym.lowering.stable import DELTA, SHARE, pointwise
from convsym.models import Activation, Loss, O, Y, Z

# Cells a block's buffer: some five of them stay in a core's second-level cache. Beyond 10,000 OpenBLAS
# wakes its threads for a dot product, which costs more than it saves, and 100 times more on a busy machine.
BLOCK_CELLS = 8_192
# The same for the columns of a product with many channels, all rows together.
COLUMN_BYTES = 1_048_576
_GRADIENTS = ("dk", "dx", "db")
_UFUNCS = (
    "absolute add divide exp heaviside log log1p maximum minimum multiply negative sign sqrt subtract tanh "
    "copyto dot matmul"
).split()


@dataclass(frozen=True, slots=True)
class WindowSum:
    """z = scale * sum of k times x over the window (+ b), as read off an indexed equation.

    Attributes:
        step: (height, width) input cells from one output to the next.
        gap: (height, width) input cells from one tap to the next.
        origin: (height, width) input index, from 0, that the first tap reads at the first output.
        scale: what the sum is multiplied with.
        bias: whether a bias is added.
    """

    step: Pair
    gap: Pair
    origin: Pair
    scale: Rational
    bias: bool


def read_window_sum(value: Expr, conv: Convolution) -> WindowSum:
    """Take the indexed equation of z apart, and account for every factor of it.

    Raises:
        LoweringError: a term, factor or subscript that is not the window sum's.
    """
    numbers = form.sizes(conv)
    terms = Add.make_args(value)
    sums = [term for term in terms if term.has(Sum)]
    biases = [term for term in terms if not term.has(Sum)]
    with_channels = conv.channels is not None
    expected_bias = form.FAMILIES.b[form.CHANNEL_OUT] if with_channels else Symbol("b")
    if len(sums) != 1 or len(biases) > 1 or (biases and biases[0] != expected_bias):
        raise LoweringError(f"z must be one window sum and at most a bias, not {str(value)[:120]}")
    factors = Mul.make_args(sums[0])
    inner = [f for f in factors if isinstance(f, Sum)]
    scale = Mul(*(f for f in factors if not isinstance(f, Sum))).xreplace(numbers)
    if len(inner) != 1 or not scale.is_Rational:
        raise LoweringError(f"a factor around the window sum is not a number: {str(sums[0])[:120]}")
    at_out = (form.CHANNEL_OUT,) if with_channels else ()
    at_in = (form.CHANNEL_IN,) if with_channels else ()
    k = form.FAMILIES.k[(*at_out, *at_in, *form.TAP_INDEX)]
    rest = [f for f in Mul.make_args(inner[0].function) if f != k]
    reads = [f for f in rest if isinstance(f, Indexed) and f.base == form.FAMILIES.x]
    if len(rest) != 1 or reads != rest or inner[0].function != k * reads[0]:
        raise LoweringError(f"the window sum has a factor besides one k and one x: {inner[0].function}")
    limits = {(index, low, high) for index, low, high in inner[0].limits}
    wanted = {(m, 1, size) for m, size in zip(form.TAP_INDEX, form.K_SIZE, strict=True)}
    if with_channels:
        wanted.add((form.CHANNEL_IN, 1, form.CHANNELS_IN))
    if inner[0].function.diff(k) != reads[0] or inner[0].function.diff(reads[0]) != k:
        raise LoweringError("the window sum is not bilinear in k and x")  # both transposes rest on it
    if limits != wanted or reads[0].indices[: len(at_in)] != at_in:
        raise LoweringError(f"the window sum does not run over the whole window: {inner[0].limits}")
    axes = [
        _affine(subscript.xreplace(numbers), axis)
        for axis, subscript in enumerate(reads[0].indices[len(at_in) :])
    ]
    (step_w, gap_w, origin_w), (step_h, gap_h, origin_h) = axes
    return WindowSum((step_h, step_w), (gap_h, gap_w), (origin_h, origin_w), scale, bool(biases))


def _affine(subscript: Expr, axis: int) -> tuple[int, int, int]:
    """(s, d, o) of the subscript s(a - 1) + d(m - 1) + 1 + o."""
    a, m = form.OUTPUT_INDEX[axis], form.TAP_INDEX[axis]
    s, d = subscript.diff(a), subscript.diff(m)
    origin = expand(subscript - s * (a - 1) - d * (m - 1) - 1)
    if not (s.is_Integer and d.is_Integer and origin.is_Integer):
        raise LoweringError(f"the subscript {subscript} is not affine in {a} and {m}")
    return int(s), int(d), int(origin)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies in the flat arrays.

    Attributes:
        phases: the (row, column) phases that some tap reads.
        taps: for each tap in C order, which phase it reads and how far it is shifted there.
        rows, pitch: the height and width of one phase, junk included.
        step: the stride along (height, width), reduced to 1 where there is a single output.
        margin: (top, left) zeros before the input.
    """

    phases: tuple[Pair, ...]
    taps: tuple[tuple[int, int], ...]
    rows: int
    pitch: int
    step: Pair
    margin: Pair

    @property
    def reach(self) -> int:
        """The largest shift."""
        return max(shift for _, shift in self.taps)


def lay_out(conv: Convolution, window: WindowSum) -> Layout:
    """The flat layout of a convolution."""
    step = tuple(s if size > 1 else 1 for s, size in zip(window.step, conv.output, strict=True))
    reads = [
        tuple(divmod(gap * m, s) for gap, m, s in zip(window.gap, (row, column), step, strict=True))
        for row in range(conv.kernel[0])
        for column in range(conv.kernel[1])
    ]
    rows = conv.output[0] + max(down for (down, _), _ in reads)
    pitch = conv.output[1] + max(right for _, (right, _) in reads)
    phases = sorted({(i, j) for (_, i), (_, j) in reads})
    taps = tuple((phases.index((i, j)), down * pitch + right) for (down, i), (right, j) in reads)
    return Layout(
        tuple(phases), taps, rows, pitch, (step[0], step[1]), (-window.origin[0], -window.origin[1])
    )


class IndexedProgram:
    """Generated functions for one geometry of any size.

    Args:
        conv, activation, loss, bias: the network.
    """

    def __init__(self, conv: Convolution, activation: Activation, loss: Loss, bias: bool = False) -> None:
        equations = form.indexed(conv, activation, loss, bias)
        (value,) = equations.z.values()
        self.conv = conv
        self.window = read_window_sum(value, conv)
        self.layout = lay_out(conv, self.window)
        self._scale = float(self.window.scale)
        entries = prod(conv.output_shape)
        self._mean = entries if loss.reduction == "mean" else 1
        self._channels = conv.channels or (1, 1)
        self._cores = {family: conv.shape_of(family) for family in ("x", "k", "y", "z", "o", "delta", "b")}
        step = pointwise(activation, loss, entries)
        wanted = {"loss": [SHARE], "gradients": [SHARE, DELTA], "trace": [O, SHARE, DELTA]}
        parts = {
            name: in_registers(f"pointwise_{name}", step.assignments, {Z: "z", Y: "y"}, symbols)
            for name, symbols in wanted.items()
        }
        self._registers = max(count for _, count in parts.values())
        self._pointwise = "\n\n".join(text for text, _ in parts.values())

    @cached_property
    def source(self) -> str:
        """The generated source: the window sum, its two transposes, and what happens to one cell."""
        return f"{self._windows()}\n\n{self._pointwise}"

    @cached_property
    def _functions(self) -> dict[str, Callable[..., Any]]:
        (h, w), (kh, kw) = self.conv.input, self.conv.kernel
        namespace = {name: getattr(np, name) for name in _UFUNCS} | {
            "enumerate": enumerate,
            "where_negative": where_negative,
        }
        return build(self.source, f"indexed {h}x{w} by {kh}x{kw}", namespace)

    def _windows(self) -> str:
        shifts = ", ".join(str(tap) for tap in self.layout.taps)
        head = (
            f"# (phase, shift) of each tap, for stride {self.window.step}, dilation {self.window.gap}\n"
            f"TAPS = [{shifts}]\n\n"
        )
        return head + (_ONE_CHANNEL if self._channels == (1, 1) else _CHANNELS)

    def run(self, name: str, arrays: Mapping[str, Array], lead: Shape) -> dict[str, Array]:
        """Run the function of that name on checked arrays; as `cells.CellProgram.run`."""
        own = {
            family: array.shape[: array.ndim - len(self._core(family))] for family, array in arrays.items()
        }
        if prod(own["k"]) == 1 and prod(own["b"]) == 1:
            return self._run_shared(name, arrays, lead, own)
        full = {
            family: np.broadcast_to(array, lead + self._core(family)).reshape(-1, *self._core(family))
            for family, array in arrays.items()
        }
        count = prod(lead)
        results: dict[str, Array] = {}
        for i in range(max(count, 1)):
            sample = slice(i, i + 1)
            k, b = (full[f][i] if count else np.zeros(self._core(f), full[f].dtype) for f in "kb")
            one = self._run_flat(name, full["x"][sample], full["y"][sample], k, b)
            for result, value in one.items():
                alone = value if result in ("dk", "db") else value[0] if count else value
                results.setdefault(result, np.empty((count, *self._core_of(result)), value.dtype))
                if count:
                    results[result][i] = alone
        return self._shaped(results, lead, own)

    def _core_of(self, result: str) -> Shape:
        return () if result == "loss" else self._core(result[1:] if result in _GRADIENTS else result)

    def _core(self, family: str) -> Shape:
        return self._cores[family]

    def _run_shared(
        self, name: str, arrays: Mapping[str, Array], lead: Shape, own: Mapping[str, Shape]
    ) -> dict[str, Array]:
        x, y = (
            np.broadcast_to(arrays[family], lead + self._core(family)).reshape(-1, *self._core(family))
            for family in "xy"
        )
        k, b = (arrays[family].reshape(self._core(family)) for family in "kb")
        results = self._run_flat(name, x, y, k, b)
        shaped = self._shaped({r: v for r, v in results.items() if r not in ("dk", "db")}, lead, own)
        for result in ("dk", "db"):
            if result in results:
                shaped[result] = results[result].reshape(own[result[1]] + self._core(result[1]))
        return {result: shaped[result] for result in RESULTS[name] if result in shaped}

    def _shaped(
        self, results: Mapping[str, Array], lead: Shape, own: Mapping[str, Shape]
    ) -> dict[str, Array]:
        shaped = {}
        for result, value in results.items():
            whole = value.reshape(lead + value.shape[1:])
            shaped[result] = sum_to(whole, lead, own[result[1]]) if result in _GRADIENTS else whole
        return shaped

    def _run_flat(self, name: str, x: Array, y: Array, k: Array, b: Array) -> dict[str, Array]:
        """All samples of x and y, (samples, *core), with one kernel and one bias."""
        wanted, dtype, count = set(RESULTS[name]), x.dtype, len(x)
        flat = self._phases(x)
        rows, pitch = self.layout.rows, self.layout.pitch
        c_in, c_out = self._channels
        high, wide = self._core("y")[-2:]
        scale = dtype.type(self._scale)
        weights = (k * scale).reshape(c_out, -1)
        bias = b.reshape(c_out, 1) if self.window.bias else None
        targets = y.reshape(count, c_out, high, wide)
        loss = np.zeros(count, dtype)
        kept: dict[str, Array] = {
            r: np.empty((count, c_out, high, wide), dtype) for r in ("z", "o", "delta") if r in wanted
        }
        dk = np.zeros(weights.shape)
        db = np.zeros(c_out)
        pulled = np.zeros_like(flat) if "dx" in wanted else None
        kind = "trace" if "z" in wanted else "gradients" if "dk" in wanted else "loss"
        call = self._functions
        one = (c_in, c_out) == (1, 1)
        column_bytes = pitch * dtype.itemsize * c_in * len(self.layout.taps)
        block_rows = max(1, BLOCK_CELLS // pitch if one else COLUMN_BYTES // column_bytes)
        together = max(1, min(count, block_rows // rows))
        cells = (min(block_rows, high) if together == 1 else together * rows) * pitch
        taps = len(self.layout.taps) * c_in
        z = np.zeros((c_out, cells), dtype)
        target = np.zeros((c_out, cells), dtype)
        spare = np.zeros((1 if one else taps, cells), dtype)
        registers = [np.empty((c_out, cells), dtype) for _ in range(self._registers)]
        for first in range(0, count, together):
            samples = min(together, count - first)
            for top in range(0, high, block_rows if together == 1 else high):
                lines = min(block_rows, high - top) if together == 1 else rows
                start, size = (first * rows + top) * pitch, samples * lines * pitch
                # The last window's last cell may be the array's last: no slice goes past it.
                n = min(size, flat.shape[-1] - start - self.layout.reach)
                valid = min(lines, high)
                block = (c_out, samples, lines, pitch)
                zs, ys = z[:, :size], target[:, :size]
                zs[:, n:] = 0
                call["window_sum"](flat, weights, start, n, z, spare)
                if bias is not None:
                    zs += bias
                ys.reshape(block)[:, :, :valid, :wide] = targets[
                    first : first + samples, :, top : top + valid
                ].swapaxes(0, 1)
                values = call[f"pointwise_{kind}"](zs, ys, [r[:, :size] for r in registers])
                shares = _without_junk(values[-2] if kind != "loss" else values[-1], block, valid, wide)
                loss[first : first + samples] += shares.sum(axis=(0, 2, 3))
                if kind == "loss":
                    continue
                delta = _without_junk(values[-1], block, valid, wide)
                if "z" in kept:
                    place = slice(first, first + samples), slice(None), slice(top, top + valid)
                    for result, whole in (
                        ("z", zs.reshape(block)),
                        ("o", values[0].reshape(block)),
                        ("delta", delta),
                    ):
                        kept[result][place] = whole[:, :, :valid, :wide].swapaxes(0, 1)
                errors = delta.reshape(c_out, size)
                call["pull_to_kernel"](flat, errors, start, n, spare, dk)
                if "db" in wanted and self.window.bias:
                    db += errors.sum(axis=1)
                if pulled is not None:
                    call["push_to_input"](pulled, weights, errors, start, n, spare)
        if self._mean != 1:
            loss /= self._mean
        results = {r: v.reshape(count, *self._core(r)) for r, v in kept.items()} | {"loss": loss}
        if "dk" in wanted:
            results["dk"] = (dk * self._scale).astype(dtype).reshape(self.conv.kernel_shape)
        if pulled is not None:
            results["dx"] = self._unphased(pulled, count)
        if "db" in wanted and self.window.bias:
            results["db"] = db.astype(dtype).reshape(self.conv.bias_shape)
        return results

    @cached_property
    def _whole(self) -> bool:
        """Whether the one phase is the input itself, without margins."""
        layout = self.layout
        return (
            layout.step == (1, 1)
            and layout.margin == (0, 0)
            and (layout.rows, layout.pitch) == self.conv.input
        )

    def _phases(self, x: Array) -> Array:
        """x as (phases, C_in, samples * rows * pitch), each phase padded with zeros."""
        count, (c_in, _), layout = len(x), self._channels, self.layout
        images = x.reshape(count, c_in, *self.conv.input)
        if self._whole and (count == 1 or c_in == 1):
            return np.ascontiguousarray(images).reshape(1, c_in, -1)
        flat = np.zeros((len(layout.phases), c_in, count, layout.rows, layout.pitch), x.dtype)
        for (into, out_of), phase in self._copies():
            flat[(phase, slice(None), slice(None), *into)] = images[
                (slice(None), slice(None), *out_of)
            ].swapaxes(0, 1)
        return flat.reshape(len(layout.phases), c_in, -1)

    def _unphased(self, flat: Array, count: int) -> Array:
        """The transpose of `_phases`: (samples, *input shape), C order."""
        (c_in, _), layout = self._channels, self.layout
        if self._whole and (count == 1 or c_in == 1):
            return flat.reshape(count, *self.conv.input_shape)
        images = np.zeros((count, c_in, *self.conv.input), flat.dtype)
        phases = flat.reshape(len(layout.phases), c_in, count, layout.rows, layout.pitch)
        for (into, out_of), phase in self._copies():
            images[(slice(None), slice(None), *out_of)] = phases[
                (phase, slice(None), slice(None), *into)
            ].swapaxes(0, 1)
        return images.reshape(count, *self.conv.input_shape)

    def _copies(self) -> list[tuple[tuple[tuple[slice, slice], tuple[slice, slice]], int]]:
        """For each phase, the slices of it that hold input cells, and those of the input they come from."""
        layout = self.layout
        copies = []
        for phase, remainders in enumerate(layout.phases):
            into, out_of = [], []
            for remainder, step, margin, size, extent in zip(
                remainders,
                layout.step,
                layout.margin,
                self.conv.input,
                (layout.rows, layout.pitch),
                strict=True,
            ):
                # Row i of the phase is row step * i + remainder - margin of the input.
                low = max(0, -(-(margin - remainder) // step))
                high = min(extent, -(-(size + margin - remainder) // step))
                begin = step * low + remainder - margin
                into.append(slice(low, max(low, high)))
                out_of.append(slice(begin, begin + step * max(0, high - low), step))
            copies.append((((into[0], into[1]), (out_of[0], out_of[1])), phase))
        return copies


def _without_junk(values: Array, block: Shape, valid: int, wide: int) -> Array:
    """The block with the cells between the rows and between the images put to 0."""
    cells = values.reshape(block)
    cells[:, :, :, wide:] = 0
    cells[:, :, valid:] = 0
    return cells


_ONE_CHANNEL = """\
def window_sum(x, k, start, n, z, spare):
    # z[i] = sum over taps of k[tap] * x[i + shift(tap)]
    total, term = z[0, :n], spare[0, :n]
    for tap, (phase, shift) in enumerate(TAPS):
        read = x[phase, 0, start + shift : start + shift + n]
        if tap:
            multiply(read, k[0, tap], out=term)
            add(total, term, out=total)
        else:
            multiply(read, k[0, tap], out=total)


def pull_to_kernel(x, delta, start, n, spare, dk):
    # dk[tap] += sum over i of delta[i] * x[i + shift(tap)]
    error = delta[0, :n]
    for tap, (phase, shift) in enumerate(TAPS):
        dk[0, tap] += dot(x[phase, 0, start + shift : start + shift + n], error)


def push_to_input(dx, k, delta, start, n, spare):
    # dx[i + shift(tap)] += delta[i] * k[tap]
    error, term = delta[0, :n], spare[0, :n]
    for tap, (phase, shift) in enumerate(TAPS):
        multiply(error, k[0, tap], out=term)
        place = dx[phase, 0, start + shift : start + shift + n]
        add(place, term, out=place)
"""

_CHANNELS = """\
def columns(x, start, n, spare):
    # one row for each (channel, tap): x shifted by the tap
    row = 0
    for channel in range(x.shape[1]):
        for phase, shift in TAPS:
            spare[row, :n] = x[phase, channel, start + shift : start + shift + n]
            row += 1
    return spare[:, :n]


def window_sum(x, k, start, n, z, spare):
    # z[q, i] = sum over channels and taps of k[q, (c, tap)] * x[c, i + shift(tap)]
    z[:, :n] = matmul(k, columns(x, start, n, spare))


def pull_to_kernel(x, delta, start, n, spare, dk):
    # dk[q, (c, tap)] += sum over i of delta[q, i] * x[c, i + shift(tap)]; `spare` still holds the columns
    dk += matmul(delta[:, :n], spare[:, :n].T)


def push_to_input(dx, k, delta, start, n, spare):
    # dx[c, i + shift(tap)] += sum over q of delta[q, i] * k[q, (c, tap)]
    matmul(k.T, delta[:, :n], out=spare[:, :n])
    row = 0
    for channel in range(dx.shape[1]):
        for phase, shift in TAPS:
            dx[phase, channel, start + shift : start + shift + n] += spare[row, :n]
            row += 1
"""
