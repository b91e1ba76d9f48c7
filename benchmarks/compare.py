"""convsym's compiled functions against peers: the same loss and gradients, one thread, taken in turns.

    python benchmarks/compare.py [--quick] [--seconds 1.0]

Each row is one task; the rivals run interleaved, one call each in turn, so that a noisy machine
slows all alike. Shown are median times and their ratio to the first peer (smaller than 1 is faster).
Peers that are not installed are left out and named.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from convsym.geometry import Convolution
from convsym.network import Network


@dataclass(frozen=True, slots=True)
class Task:
    """One comparison: shapes, element type and which gradients."""

    name: str
    input: tuple[int, int]
    kernel: tuple[int, int]
    dtype: str
    wrt: tuple[str, ...]
    batch: int = 0
    channels: tuple[int, int] | None = None


TASKS = [
    Task("3x3, 2x2", (3, 3), (2, 2), "float64", ("k",)),
    Task("3x3, 2x2, batch 100", (3, 3), (2, 2), "float64", ("k",), 100),
    Task("3x3, 2x2, batch 10000", (3, 3), (2, 2), "float64", ("k",), 10_000),
    Task("28x28, 3x3", (28, 28), (3, 3), "float32", ("k", "x")),
    Task("28x28, 3x3, batch 64", (28, 28), (3, 3), "float32", ("k", "x"), 64),
    Task("256x256, 3x3", (256, 256), (3, 3), "float32", ("k", "x")),
    Task("256x256, 3x3", (256, 256), (3, 3), "float64", ("k", "x")),
    Task("1024x1024, 3x3", (1024, 1024), (3, 3), "float32", ("k", "x")),
    Task("1024x1024, 3x3", (1024, 1024), (3, 3), "float64", ("k", "x")),
    Task("1024x1024, 11x11", (1024, 1024), (11, 11), "float32", ("k", "x")),
    Task("32x32, 3x3, 16 to 32 channels, batch 16", (32, 32), (3, 3), "float32", ("k", "x"), 16, (16, 32)),
]


def arrays(task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random X, K, Y of the task's shapes."""
    conv = Convolution(task.input, task.kernel, channels=task.channels)
    rng = np.random.default_rng(0)
    lead = (task.batch,) if task.batch else ()
    X = rng.normal(size=lead + conv.input_shape)
    K = rng.normal(size=conv.kernel_shape)
    Y = rng.uniform(size=lead + conv.output_shape)
    return tuple(a.astype(task.dtype) for a in (X, K, Y))  # type: ignore[return-value]


Call = Callable[[], tuple[float, np.ndarray]]


def ours(task: Task, backend: str = "numpy") -> Call:
    """convsym's compiled function."""
    X, K, Y = arrays(task)
    f = Network(Convolution(task.input, task.kernel, channels=task.channels)).compile(backend=backend)  # type: ignore[arg-type]
    if task.wrt == ("k",):
        return lambda: f.value_and_grad(X, K, Y)
    return lambda: (0.0, f.grad(X, K, Y, wrt=task.wrt)["k"])


def torch_eager(task: Task) -> Call:
    """PyTorch's conv2d with autograd, one thread."""
    import torch

    torch.set_num_threads(1)
    X, K, Y = (torch.from_numpy(a) for a in arrays(task))
    area = task.kernel[0] * task.kernel[1]
    if task.channels is None:
        X, Y = (a.reshape(-1, 1, *a.shape[-2:]) for a in (X, Y))
        K = K[None, None]
    elif not task.batch:
        X, Y = X[None], Y[None]

    def call() -> tuple[float, np.ndarray]:
        k, x = K.detach().requires_grad_(), X.detach().requires_grad_("x" in task.wrt)
        loss = ((torch.sigmoid(torch.nn.functional.conv2d(x, k) / area) - Y) ** 2).sum()
        loss.backward()
        return float(loss.detach()), k.grad.numpy()

    return call


def hips_autograd(task: Task) -> Call:
    """HIPS autograd on sliced NumPy; for one channel."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    if task.channels is not None or max(task.input) > 300 or task.kernel[0] > 5:
        raise ImportError("too slow for this task")
    X, K, Y = arrays(task)
    (h, w), (rows, columns) = task.kernel, Y.shape[-2:]

    def loss(k: np.ndarray, x: np.ndarray) -> float:
        z = sum(k[i, j] * x[..., i : i + rows, j : j + columns] for i in range(h) for j in range(w)) / (h * w)
        return anp.sum((1 / (1 + anp.exp(-z)) - Y) ** 2)

    f = value_and_grad(loss, argnum=tuple(range(len(task.wrt))))

    def call() -> tuple[float, np.ndarray]:
        value, gradients = f(K, X)
        return value, gradients[0]

    return call


def jax_jit(task: Task) -> Call:
    """JAX's compiled value_and_grad, where it is installed; for one channel."""
    import jax
    import jax.numpy as jnp

    if task.channels is not None:
        raise ImportError("one channel only")
    jax.config.update("jax_enable_x64", True)
    X, K, Y = (jnp.asarray(a) for a in arrays(task))
    (h, w), (rows, columns) = task.kernel, Y.shape[-2:]

    def loss(k: jax.Array, x: jax.Array) -> jax.Array:
        z = sum(k[i, j] * x[..., i : i + rows, j : j + columns] for i in range(h) for j in range(w)) / (h * w)
        return jnp.sum((jax.nn.sigmoid(z) - Y) ** 2)

    f = jax.jit(jax.value_and_grad(loss, argnums=tuple(range(len(task.wrt)))))

    def call() -> tuple[float, np.ndarray]:
        value, gradients = jax.block_until_ready(f(K, X))
        return float(value), np.asarray(gradients[0])

    return call


RIVALS: dict[str, Callable[[Task], Call]] = {
    "torch": torch_eager,
    "convsym": ours,
    "convsym numba": lambda task: ours(task, "numba"),
    "autograd": hips_autograd,
    "jax": jax_jit,
}


def medians(calls: dict[str, Call], seconds: float) -> dict[str, float]:
    """Median seconds a call, the rivals taken in turns for about so many seconds in all."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    stop = time.perf_counter() + seconds
    while time.perf_counter() < stop or min(map(len, times.values())) < 5:
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(samples) for name, samples in times.items()}


def compare(task: Task, seconds: float) -> dict[str, float]:
    """Medians of all rivals that can run the task; their gradients are compared first."""
    calls: dict[str, Call] = {}
    expected = None
    for name, make in RIVALS.items():
        try:
            calls[name] = make(task)
            gradient = calls[name]()[1]
        except (ImportError, ValueError):
            calls.pop(name, None)
            continue
        expected = gradient if expected is None else expected
        error = np.abs(gradient.reshape(-1) - expected.reshape(-1)).max() / np.abs(expected).max()
        assert error < (1e-2 if task.dtype == "float32" else 1e-9), (task.name, name, error)
    return medians(calls, seconds)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0, help="about how long each row runs")
    parser.add_argument("--quick", action="store_true", help="only tasks up to 256x256")
    options = parser.parse_args()
    for task in TASKS:
        if options.quick and max(task.input) > 256:
            continue
        result = compare(task, options.seconds)
        base = result.get("torch", next(iter(result.values())))
        cells = "   ".join(f"{name} {1e6 * t:10.1f} us ({t / base:5.3f})" for name, t in result.items())
        print(f"{task.name:42} {task.dtype}  {','.join(task.wrt):4} {cells}", flush=True)


if __name__ == "__main__":
    main()
