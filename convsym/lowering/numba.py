"""Machine code by numba, from the same expressions: one loop over the output cells, nothing in between.

Installed by the extra `fast`. Numbers are computed in float64 also for float32 arrays.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cached_property
from math import prod

import numpy as np

from convsym import forward as form
from convsym.errors import LoweringError
from convsym.geometry import Convolution
from convsym.lowering.arrays import Array, Shape, sum_to
from convsym.lowering.cells import RESULTS
from convsym.lowering.indexed import read_window_sum
from convsym.lowering.source import Printer, build, scalar_namespace
from convsym.lowering.stable import DELTA, SHARE, pointwise
from convsym.models import Activation, Loss, O, Y, Z


class NumbaProgram:
    """Compiled loops for one geometry of any size.

    Args:
        conv, activation, loss, bias: the network.

    Raises:
        LoweringError: numba is not installed.
    """

    def __init__(self, conv: Convolution, activation: Activation, loss: Loss, bias: bool = False) -> None:
        try:
            self._numba = importlib.import_module("numba")
        except ImportError:
            message = 'the numba back end needs the extra "fast": pip install "convsym[fast]"'
            raise LoweringError(message) from None
        self.conv = conv
        (value,) = form.indexed(conv, activation, loss, bias).z.values()
        self.window = read_window_sum(value, conv)
        entries = prod(conv.output_shape)
        self._step = pointwise(activation, loss, entries)
        self._mean = entries if loss.reduction == "mean" else 1

    @cached_property
    def source(self) -> str:
        """The generated source, before numba compiles it."""
        w = self.window
        names = {Z: "z", Y: "target"}
        lines = []
        for symbol, value in self._step.needed([O, SHARE, DELTA]):
            lines.append(f"cell_{symbol.name} = {Printer(names, arrays=False).print(value)}")
            names[symbol] = f"cell_{symbol.name}"
        # Five levels of loops stand around what happens to one cell.
        inside = "\n".join(" " * 20 + line for line in lines)
        return _LOOPS.format(
            row=f"{w.step[0]} * a + {w.gap[0]} * m + {w.origin[0]}",
            column=f"{w.step[1]} * e + {w.gap[1]} * n + {w.origin[1]}",
            scale=f"{float(w.scale.p)!r} / {float(w.scale.q)!r}",
            pointwise=inside,
            o=names[O],
            share=names[SHARE],
            delta=names[DELTA],
        )

    @cached_property
    def _loops(self) -> Callable[..., None]:
        njit = self._numba.njit(error_model="numpy")
        plain = ("exp", "log", "log1p", "tanh", "sqrt", "absolute")
        functions = {
            name: function if name in plain else njit(function)
            for name, function in scalar_namespace().items()
        }
        (h, w), (kh, kw) = self.conv.input, self.conv.kernel
        loops = build(self.source, f"numba {h}x{w} by {kh}x{kw}", functions)["loops"]
        compiled: Callable[..., None] = njit(loops)
        return compiled

    def run(self, name: str, arrays: Mapping[str, Array], lead: Shape) -> dict[str, Array]:
        """Run the function of that name on checked arrays; as `cells.CellProgram.run`."""
        c_in, c_out = self.conv.channels or (1, 1)
        (high, wide), (rows, columns), (kh, kw) = self.conv.output, self.conv.input, self.conv.kernel
        flat = {
            "x": (c_in, rows, columns),
            "k": (c_out, c_in, kh, kw),
            "y": (c_out, high, wide),
            "b": (c_out,),
        }
        dtype, count = arrays["x"].dtype, prod(lead)
        given, own = {}, {}
        for family, array in arrays.items():
            core = self.conv.shape_of(family)
            own[family] = array.shape[: array.ndim - len(core)]
            one = prod(own[family]) == 1
            full = array if one else np.broadcast_to(array, lead + core)
            given[family] = np.ascontiguousarray(full.reshape(-1, *flat[family]))
        wanted = set(RESULTS[name])
        kept = count if "z" in wanted else 0
        outs = {result: np.zeros((kept, *flat["y"]), dtype) for result in ("z", "o", "delta")}
        outs["loss"] = np.zeros(count, dtype)
        for family in "kxb":
            size = len(given[family]) if f"d{family}" in wanted else 0
            outs[f"d{family}"] = np.zeros((size, *flat[family]))
        self._loops(
            *(given[family] for family in "xkyb"),
            *(outs[result] for result in ("z", "o", "delta", "loss", "dk", "dx", "db")),
        )
        results: dict[str, Array] = {}
        for result in RESULTS[name]:
            if result == "db" and not self.window.bias:
                continue
            if result == "loss":
                results[result] = (outs[result] / dtype.type(self._mean)).reshape(lead)
            elif result in ("z", "o", "delta"):
                results[result] = outs[result].reshape(lead + self.conv.output_shape)
            else:
                family = result[1:]
                core = self.conv.shape_of(family)
                whole = outs[result].astype(dtype)
                if len(whole) == 1 and prod(own[family]) == 1:
                    results[result] = whole.reshape(own[family] + core)
                else:
                    results[result] = sum_to(whole.reshape(lead + core), lead, own[family])
        return results


_LOOPS = """\
def loops(x, k, y, b, zs, os, deltas, losses, dk, dx, db):
    scale = {scale}
    for s in range(losses.shape[0]):
        sx, sk, sy, sb = s % x.shape[0], s % k.shape[0], s % y.shape[0], s % b.shape[0]
        total = 0.0
        for q in range(k.shape[1]):
            for a in range(y.shape[2]):
                for e in range(y.shape[3]):
                    window = 0.0
                    for c in range(k.shape[2]):
                        for m in range(k.shape[3]):
                            i = {row}
                            if i < 0 or i >= x.shape[2]:
                                continue
                            for n in range(k.shape[4]):
                                j = {column}
                                if j >= 0 and j < x.shape[3]:
                                    window += float(x[sx, c, i, j]) * float(k[sk, q, c, m, n])
                    z = window * scale + float(b[sb, q])
                    target = float(y[sy, q, a, e])
{pointwise}
                    total += {share}
                    if zs.shape[0]:
                        zs[s, q, a, e] = z
                        os[s, q, a, e] = {o}
                        deltas[s, q, a, e] = {delta}
                    if db.shape[0]:
                        db[sb, q] += {delta}
                    if not dk.shape[0]:
                        continue
                    error = {delta} * scale
                    for c in range(k.shape[2]):
                        for m in range(k.shape[3]):
                            i = {row}
                            if i < 0 or i >= x.shape[2]:
                                continue
                            for n in range(k.shape[4]):
                                j = {column}
                                if j >= 0 and j < x.shape[3]:
                                    dk[sk, q, c, m, n] += error * float(x[sx, c, i, j])
                                    if dx.shape[0]:
                                        dx[sx, c, i, j] += error * float(k[sk, q, c, m, n])
        losses[s] = total
"""
