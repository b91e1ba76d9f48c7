"""What a compiled function accepts, and how its leading axes broadcast."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from convsym.errors import ArrayError

Array: TypeAlias = NDArray[Any]
Shape: TypeAlias = tuple[int, ...]


def as_floats(value: object, name: str, core: Shape) -> Array:
    """The argument as a C-ordered float32 or float64 array whose last axes are `core`.

    float32 stays float32 and float16 becomes it; integers and truth values become float64, as do
    object arrays of real numbers (fractions.Fraction, for one). NaN and infinities pass.

    Args:
        value: what the caller handed over.
        name: its name, for the message.
        core: the shape of one sample; any number of leading axes may stand before it.

    Raises:
        ArrayError: not an array of real numbers, masked entries, or another shape.
    """
    if isinstance(value, (str, bytes)) or value is None:
        raise ArrayError(f"{name} must be an array of numbers of shape {_shown(core)}, not {value!r:.60}")
    if isinstance(value, np.ma.MaskedArray):
        if np.ma.getmaskarray(value).any():
            raise ArrayError(f"{name} has masked entries; fill them first, a gradient needs every cell")
        value = value.data
    try:
        array = np.asarray(value)
    except Exception as error:  # ragged lists, tensors that refuse, anything with __array__
        raise ArrayError(f"{name} can't be read as an array of shape {_shown(core)}: {error}") from error
    array = _real(array, name, core)
    if array.shape[array.ndim - len(core) :] != core or array.ndim < len(core):
        raise ArrayError(f"{name} has shape {array.shape}; expected {_shown(core)}")
    return np.ascontiguousarray(array) if array.ndim else array


def _real(array: Array, name: str, core: Shape) -> Array:
    kind = array.dtype.kind
    if kind == "f" and array.dtype.itemsize <= 8:
        target = np.float64 if array.dtype.itemsize == 8 else np.float32
        return array.astype(target, copy=False)  # the native byte order, too
    if kind in "iub":
        return array.astype(np.float64)
    if kind == "O":
        for entry in array.flat:
            if not isinstance(entry, Real) or isinstance(entry, bool):
                raise ArrayError(
                    f"{name} is an object array with an entry of type {type(entry).__name__}; "
                    f"expected real numbers of shape {_shown(core)}"
                )
        try:
            return array.astype(np.float64)
        except (TypeError, ValueError, OverflowError) as error:
            raise ArrayError(f"{name} is an object array that float64 can't hold: {error}") from error
    what = {"c": "complex numbers", "U": "text", "S": "bytes", "M": "dates", "m": "durations"}.get(kind)
    raise ArrayError(
        f"{name} holds {what or array.dtype} (dtype {array.dtype}, shape {array.shape}); "
        f"expected real numbers of shape {_shown(core)}"
    )


def _shown(core: Shape) -> str:
    return f"({', '.join(('...', *map(str, core)))})"


def common_type(arrays: Mapping[str, Array], weak: frozenset[str]) -> Any:
    """float32 where every array is, else float64; arguments given as plain Python numbers follow."""
    strong = {array.dtype for name, array in arrays.items() if name not in weak}
    if len(strong) == 1:
        return strong.pop()
    return np.result_type(*strong) if strong else np.dtype(np.float64)


def leading(arrays: Mapping[str, Array], cores: Mapping[str, Shape]) -> Shape:
    """The leading axes that all arguments broadcast to.

    Raises:
        ArrayError: they do not broadcast; the message shows every shape.
    """
    if all(array.ndim == len(cores[name]) for name, array in arrays.items()):
        return ()
    leads = [array.shape[: array.ndim - len(cores[name])] for name, array in arrays.items()]
    try:
        return np.broadcast_shapes(*leads)
    except ValueError:
        shapes = ", ".join(f"{name.upper()} {array.shape}" for name, array in arrays.items())
        raise ArrayError(f"the leading axes do not broadcast: {shapes}") from None


def sum_to(gradient: Array, lead: Shape, own: Shape) -> Array:
    """Sum a gradient over the axes along which its argument was broadcast.

    Args:
        gradient: shape (*lead, *core).
        lead: all leading axes.
        own: the argument's own leading axes: fewer, or ones in places.

    Returns:
        Shape (*own, *core).
    """
    extra = len(lead) - len(own)
    axes = tuple(range(extra)) + tuple(
        extra + i for i, size in enumerate(own) if size == 1 and lead[extra + i] != 1
    )
    summed = gradient.sum(axis=axes, keepdims=True) if axes else gradient
    return summed.reshape(own + gradient.shape[len(lead) :])
