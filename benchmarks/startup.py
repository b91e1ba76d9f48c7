"""What it costs to start: `convsym verify` in a fresh process against a bare `import sympy`.

Run: python benchmarks/startup.py [ROUNDS]. Rivals take turns, so that a slow minute slows both. The goal
is a median of at most 3 for `verify`; `import convsym` should be next to nothing.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

RIVALS = {
    "python, nothing imported": ["-c", "pass"],
    "import convsym": ["-c", "import convsym"],
    "import numpy": ["-c", "import numpy"],
    "import sympy": ["-c", "import sympy"],
    "convsym --version": ["-m", "convsym", "--version"],
    "import convsym.checker": ["-c", "import convsym.checker"],
    "convsym verify": ["-m", "convsym", "verify"],
    "convsym check paper.md": ["-m", "convsym", "check", "convsym/data/paper.md"],
}

# Installed packages come with their bytecode; without it every start would compile them anew.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(arguments: list[str]) -> tuple[float, float]:
    """Wall and processor time of one fresh process, in seconds."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=False, env=ENVIRONMENT)
    wall, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, used


def main(rounds: int) -> None:
    """Print the medians and their ratios to `import sympy`."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in RIVALS}
    for arguments in RIVALS.values():
        seconds(arguments)  # once unmeasured: files into the cache, bytecode to disk
    for _ in range(rounds):
        for name, arguments in RIVALS.items():
            taken[name].append(seconds(arguments))
    medians = {
        name: [statistics.median(column) for column in zip(*pairs, strict=True)]
        for name, pairs in taken.items()
    }
    wall_base, used_base = medians["import sympy"]
    print(f"{'':28}{'wall s':>10}{'ratio':>8}{'cpu s':>10}{'ratio':>8}   median of {rounds}")
    for name, (wall, used) in medians.items():
        print(f"{name:28}{wall:10.3f}{wall / wall_base:8.2f}{used:10.3f}{used / used_base:8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
