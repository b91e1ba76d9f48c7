"""Gradient descent on the kernel: what the paper's introduction promises."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convsym.errors import ArrayError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from convsym.network import Network

# Steps are kept, with a kernel each; past this a history is a mistake, not a lesson.
LARGEST_STEP_COUNT = 10_000_000


@dataclass(frozen=True, slots=True)
class History:
    """What happened at every step of a descent, the start included.

    Attributes:
        K: kernels, (steps + 1, *K0's shape); K[0] is K0.
        loss: the summed loss over all samples at each of them, (steps + 1,).
        gradient_norm: Euclidean norm of dL/dK at each of them, (steps + 1,).
        b: biases, (steps + 1, *b0's shape), or None for a network without one.
        diverged: whether the loss, the gradient or the kernel left the finite numbers; the history
            then ends at the step where that happened, and is shorter than asked for.
        eta: the step size.
    """

    K: NDArray[Any]
    loss: NDArray[Any]
    gradient_norm: NDArray[Any]
    b: NDArray[Any] | None
    diverged: bool
    eta: float

    @property
    def steps(self) -> int:
        """The number of updates made."""
        return len(self.loss) - 1


def train(
    net: Network,
    X: ArrayLike,
    Y: ArrayLike,
    K0: ArrayLike,
    eta: float,
    steps: int,
    *,
    b0: ArrayLike | None = None,
) -> History:
    """Gradient descent: K <- K - eta dL/dK, a descent only for a small enough eta.

    Args:
        net: the network.
        X: inputs (..., H, W), a batch in the leading axes; the gradients of all samples are summed.
        Y: targets (..., H', W').
        K0: the kernel to start from, (h, w); it is not changed.
        eta: the step size, positive and finite.
        steps: the number of updates, 0 or more.
        b0: the bias to start from, for a network with one; it is trained too.

    Returns:
        The kernel, the loss and the gradient's norm at every step.

    Raises:
        ArrayError: shapes do not fit, eta is not a positive number, or steps is no whole number.

    Source: paper section I (the goal), with the update rule K <- K - eta dL/dK that it leaves out.
    """
    import numpy as np

    from convsym.lowering.arrays import as_floats

    rate, count = _positive(eta), _whole(steps)
    conv = net.conv
    K = as_floats(K0, "K0", conv.kernel_shape).copy()
    if K.shape != conv.kernel_shape:
        raise ArrayError(f"K0 has shape {K.shape}; one kernel of shape {conv.kernel_shape} is trained")
    if net.bias != (b0 is not None):
        raise ArrayError(f"b0 is for networks with a bias, and they need one: this one has bias={net.bias}")
    b = None if b0 is None else as_floats(b0, "b0", conv.bias_shape).copy()
    if b is not None and b.shape != conv.bias_shape:
        raise ArrayError(f"b0 has shape {b.shape}; one bias of shape {conv.bias_shape} is trained")
    inputs, targets = as_floats(X, "X", conv.input_shape), as_floats(Y, "Y", conv.output_shape)
    f = net.compile()
    kernels, biases, losses, norms = [K], [b], [], []
    with np.errstate(all="ignore"):
        for step in range(count + 1):
            loss, gradients = f.loss_and_gradients(inputs, K, targets, b)
            dK, db = gradients["k"], gradients.get("b")
            losses.append(float(np.sum(loss)))
            norms.append(_norm(dK if db is None else np.append(dK.ravel(), db)))
            if not (math.isfinite(losses[-1]) and math.isfinite(norms[-1])):
                break
            if step == count:
                break
            K = (K - rate * dK).astype(K.dtype, copy=False)
            b = b if b is None or db is None else np.asarray(b - rate * db, b.dtype)
            kernels.append(K)
            biases.append(b)
    finite = math.isfinite(losses[-1]) and math.isfinite(norms[-1])
    return History(
        np.stack(kernels),
        np.array(losses),
        np.array(norms),
        None if b0 is None else np.stack([np.asarray(bias) for bias in biases]),
        not finite,
        rate,
    )


def _norm(values: NDArray[Any]) -> float:
    return math.hypot(*values.ravel().tolist())


def _positive(eta: object) -> float:
    if isinstance(eta, (bool, str, bytes)) or not hasattr(eta, "__float__"):
        raise ArrayError(f"eta must be a positive number, not {eta!r:.60}")
    try:
        rate = float(eta)
    except (TypeError, ValueError, OverflowError):
        raise ArrayError(f"eta must be a positive number, not {eta!r:.60}") from None
    if not (math.isfinite(rate) and rate > 0):
        raise ArrayError(f"eta must be a positive, finite number, not {rate}")
    return rate


def _whole(steps: object) -> int:
    if isinstance(steps, bool) or not hasattr(steps, "__index__"):
        raise ArrayError(f"steps must be a whole number, not {steps!r:.60}")
    count = steps.__index__()
    if not 0 <= count <= LARGEST_STEP_COUNT:
        raise ArrayError(f"steps must be between 0 and {LARGEST_STEP_COUNT}, not {count}")
    return int(count)
