"""What a slider's callback costs on the Python side: one compiled call, and no symbolic work.

    python benchmarks/slider_callback.py

Processor time, not wall time: what others do on the machine does not count. The goal is 100 us.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from convsym.geometry import Convolution
from convsym.network import Network


def microseconds(call: Callable[[], object], repeats: int = 15, calls: int = 500) -> float:
    """Median processor time of one call."""
    samples = []
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(calls):
            call()
        samples.append((time.process_time() - start) / calls * 1e6)
    return statistics.median(samples)


def symbolic_calls(call: Callable[[], object]) -> int:
    """How many functions of SymPy or matplotlib run during one call."""
    count = 0

    def watch(frame: object, event: str, _argument: object) -> None:
        nonlocal count
        if event == "call":
            module = frame.f_globals.get("__name__", "")  # type: ignore[attr-defined]
            count += module.split(".")[0] in ("sympy", "matplotlib")

    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


def main() -> None:
    """Print one row for each shape."""
    rng = np.random.default_rng(0)
    for size, kernel in (((3, 3), (2, 2)), ((5, 5), (3, 3)), ((8, 8), (3, 3)), ((28, 28), (3, 3))):
        net = Network(Convolution(size, kernel))
        f = net.compile()
        X, K, Y = rng.normal(size=size), rng.normal(size=kernel), rng.uniform(size=net.conv.output)
        for name, call in (
            ("value_and_grad", lambda f=f, a=(X, K, Y): f.value_and_grad(*a)),
            ("trace", lambda f=f, a=(X, K, Y): f.trace(*a)),
        ):
            call()
            print(
                f"{size} by {kernel} {name:15} {microseconds(call):8.1f} us, SymPy calls {symbolic_calls(call)}"
            )


if __name__ == "__main__":
    main()
