"""The facade: one convolutional layer with an activation and a loss, as equations and as functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sympy import Expr

from convsym.backward import Derivation, Variable, derive, written_out
from convsym.errors import ArrayError
from convsym.forward import Forward, cells, indexed
from convsym.geometry import Convolution
from convsym.models import Activation, Loss, ModelError, find_activation, find_loss

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Up to this many products, straight-line code is the fastest and is generated in half a second.
CELLS_UP_TO = 100
_BACKENDS = ("numpy", "numba", "javascript")
_VARIABLES: Mapping[str, str] = {"k": "dk", "x": "dx", "b": "db"}
_NAMES = {"x": "X", "k": "K", "y": "Y", "b": "b"}


@dataclass(frozen=True, slots=True, init=False)
class Network:
    """A convolution, an activation and a loss: L(activation(conv(X, K) + b), Y).

    Attributes:
        conv: the geometry.
        activation: the element-wise function; given by name or as an `Activation`.
        loss: the loss; given by name or as a `Loss`.
        bias: whether a bias is added to z (one number, or one for each output channel).

    Raises:
        ModelError: the activation, the loss or the flag is not known.

    Source: paper sections I and II.
    """

    conv: Convolution
    activation: Activation
    loss: Loss
    bias: bool

    def __init__(
        self,
        conv: Convolution,
        activation: str | Activation = "sigmoid",
        loss: str | Loss = "sum-of-squares",
        bias: bool = False,
    ) -> None:
        if not isinstance(conv, Convolution):
            raise ModelError(f"a network is made from a Convolution, not from {type(conv).__name__}")
        if not isinstance(bias, bool):
            raise ModelError(f"bias must be True or False, not {bias!r:.60}; its values go to the function")
        object.__setattr__(self, "conv", conv)
        object.__setattr__(self, "activation", find_activation(activation))
        object.__setattr__(self, "loss", find_loss(loss))
        object.__setattr__(self, "bias", bias)

    def forward(self) -> Forward:
        """The forward pass with one symbol a cell."""
        return cells(self.conv, self.activation, self.loss, self.bias)

    def equations(self) -> dict[Expr, Expr]:
        """Every cell of Z and O, and L, in the paper's names: {symbol: expression}.

        z is in x, k (and b) cells, o in z cells by elementary functions, L in o and y cells.

        Raises:
            GeometryError: too many cells to write out; `indexed_equations` has no such limit.
        """
        return {symbol: written_out(value) for symbol, value in self.forward().equations.items()}

    def indexed_equations(self) -> dict[Expr, Expr]:
        """The same three equations for every size: indexed families and finite sums."""
        form = indexed(self.conv, self.activation, self.loss, self.bias)
        return {left: written_out(value) for left, value in form.equations.items()}

    def gradient(self, wrt: Variable) -> Derivation:
        """The gradient of L with respect to "k", "x" or "b" as named chain-rule steps.

        `.result` maps each cell's symbol to dL/d(cell).

        Raises:
            GeometryError: the variable is unknown, or there are too many cells to write out.
        """
        return derive(self.conv, self.activation, self.loss, wrt, self.bias)

    def theorem(self, wrt: Variable) -> Any:
        """The gradient for every size, stride, padding and dilation, with its conditions."""
        from convsym.theorem import theorem

        return theorem(self.conv, self.activation, self.loss, wrt, self.bias)

    def compile(
        self,
        backend: Literal["numpy", "numba", "javascript"] = "numpy",
        *,
        rendering: Literal["cells", "indexed"] | None = None,
    ) -> Any:
        """A function that computes loss and gradients, generated from the equations.

        Args:
            backend: "numpy"; "numba" where that is installed; "javascript" for the widgets' source.
            rendering: which of the two forms the code is printed from; by default "cells" up to a
                hundred products and "indexed" beyond.

        Returns:
            A `CompiledNetwork`, or a `JavascriptFunction` with its `source`.

        Raises:
            LoweringError: the back end is not installed, or an expression has no lowering.
        """
        if backend == "javascript":
            from convsym.lowering.javascript import compile_javascript

            return compile_javascript(self.conv, self.activation, self.loss, self.bias)
        if backend not in _BACKENDS:
            raise ModelError(f"unknown backend {backend!r:.60} (known: {', '.join(_BACKENDS)})")
        if rendering not in (None, "cells", "indexed"):
            raise ModelError(f'rendering must be "cells" or "indexed", not {rendering!r:.60}')
        chosen = rendering or ("cells" if self.conv.cell_count <= CELLS_UP_TO else "indexed")
        return _recompiled(self, backend, chosen)


class Program(Protocol):
    """What a lowering hands over: generated functions over checked arrays."""

    @property
    def source(self) -> str:
        """The generated source."""

    def run(
        self, name: str, arrays: Mapping[str, NDArray[Any]], lead: tuple[int, ...]
    ) -> dict[str, NDArray[Any]]:
        """The results of the function `name`."""


@lru_cache(maxsize=64)
def _program(network: Network, backend: str, rendering: str) -> Program:
    if backend == "numba":
        from convsym.lowering.numba import NumbaProgram

        return NumbaProgram(network.conv, network.activation, network.loss, network.bias)
    if rendering == "cells":
        from convsym.lowering.cells import CellProgram

        return CellProgram(network.conv, network.activation, network.loss, network.bias)
    from convsym.lowering.indexed import IndexedProgram

    return IndexedProgram(network.conv, network.activation, network.loss, network.bias)


class CompiledNetwork:
    """Loss and gradients of a network as functions of arrays.

    Arrays are (..., height, width): X (..., H, W), K (..., h, w), Y (..., H', W'); with channels
    X (..., C_in, H, W), K (..., C_out, C_in, h, w), Y (..., C_out, H', W') and b (..., C_out), else b (...).
    Leading axes broadcast. The loss keeps them; a gradient has its own argument's shape and is summed
    over the axes along which that argument was broadcast.

    Results are C-ordered, float32 where every array is float32, else float64. Integers, truth values
    and fractions count as float64. NaN and infinities pass through, without warnings.

    Attributes:
        network: what was compiled.
    """

    def __init__(self, network: Network, program: Program, backend: str, rendering: str) -> None:
        self.network = network
        self._program = program
        self._made_by = backend, rendering
        # Looked up at every call: working sizes out anew would take longer than a small network.
        self._cores = {
            family: network.conv.shape_of(family) for family in ("xkyb" if network.bias else "xky")
        }

    @property
    def source(self) -> str:
        """The generated source, as tracebacks show it."""
        return self._program.source

    def __call__(self, X: ArrayLike, K: ArrayLike, Y: ArrayLike, b: ArrayLike | None = None) -> Any:
        """The loss, of the shape of the leading axes.

        Raises:
            ArrayError: an argument is no array of real numbers, or shapes do not fit.
        """
        return self._run("loss", X, K, Y, b)["loss"][()]

    def value_and_grad(
        self, X: ArrayLike, K: ArrayLike, Y: ArrayLike, b: ArrayLike | None = None
    ) -> tuple[Any, NDArray[Any]]:
        """The loss and dL/dK.

        Raises:
            ArrayError: an argument is no array of real numbers, or shapes do not fit.
        """
        results = self._run("value_and_grad", X, K, Y, b)
        return results["loss"][()], results["dk"]

    def grad(
        self,
        X: ArrayLike,
        K: ArrayLike,
        Y: ArrayLike,
        b: ArrayLike | None = None,
        *,
        wrt: str | Iterable[str] = ("k",),
    ) -> dict[str, Any]:
        """The gradients asked for: {"k": dL/dK, "x": dL/dX, "b": dL/db}.

        Raises:
            ArrayError: an argument is no array of real numbers, or shapes do not fit, or `wrt` names
                something else.
        """
        wanted = (wrt,) if isinstance(wrt, str) or not isinstance(wrt, Iterable) else tuple(wrt)
        for name in wanted:
            if not isinstance(name, str) or name not in _VARIABLES:
                raise ArrayError(f'wrt holds {name!r:.40}; a gradient is for "k", "x" or "b"')
        if "b" in wanted and not self.network.bias:
            raise ArrayError('wrt holds "b", but this network was made without a bias')
        results = self._run("value_and_grad" if set(wanted) <= {"k"} else "gradients", X, K, Y, b)
        return {name: results[_VARIABLES[name]][()] for name in wanted}

    def loss_and_gradients(
        self, X: ArrayLike, K: ArrayLike, Y: ArrayLike, b: ArrayLike | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """The loss and, in one pass, the gradients of what is trained: "k", and "b" where there is one.

        Raises:
            ArrayError: an argument is no array of real numbers, or shapes do not fit.
        """
        results = self._run("gradients" if self.network.bias else "value_and_grad", X, K, Y, b)
        names = ("k", "b") if self.network.bias else ("k",)
        return results["loss"][()], {name: results[_VARIABLES[name]][()] for name in names}

    def trace(self, X: ArrayLike, K: ArrayLike, Y: ArrayLike, b: ArrayLike | None = None) -> dict[str, Any]:
        """Every stage: "z", "o", "delta" (dL/dz), "loss", "dk", "dx", and "db" where there is a bias.

        Raises:
            ArrayError: an argument is no array of real numbers, or shapes do not fit.
        """
        return {name: value[()] for name, value in self._run("trace", X, K, Y, b).items()}

    def _run(self, name: str, X: Any, K: Any, Y: Any, b: Any) -> dict[str, NDArray[Any]]:
        import numpy as np

        from convsym.lowering.arrays import as_floats, common_type, leading

        conv = self.network.conv
        if self.network.bias and b is None:
            raise ArrayError(f"this network has a bias: pass b, of shape {conv.bias_shape or '()'}")
        if not self.network.bias and b is not None:
            raise ArrayError("b was passed, but this network was made without a bias (bias=True adds one)")
        given = {"x": X, "k": K, "y": Y} | ({"b": b} if self.network.bias else {})
        cores = self._cores
        arrays = {family: as_floats(value, _NAMES[family], cores[family]) for family, value in given.items()}
        weak = frozenset(family for family, value in given.items() if type(value) in (int, float, bool))
        dtype = common_type(arrays, weak)
        arrays = {family: array.astype(dtype, copy=False) for family, array in arrays.items()}
        lead = leading(arrays, cores)
        if not self.network.bias:
            arrays["b"] = np.zeros(() if conv.channels is None else conv.channels[1], dtype)
        with np.errstate(all="ignore"):
            return self._program.run(name, arrays, lead)

    def __reduce__(self) -> tuple[Any, ...]:
        # Generated functions do not travel between processes; what they were generated from does.
        return _recompiled, (self.network, *self._made_by)

    def __repr__(self) -> str:
        net = self.network
        return f"<compiled {net.activation.name} network with {net.loss.name}, input {net.conv.input}>"


def _recompiled(network: Network, backend: str, rendering: str) -> CompiledNetwork:
    return CompiledNetwork(network, _program(network, backend, rendering), backend, rendering)
