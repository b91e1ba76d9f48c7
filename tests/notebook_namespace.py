"""The names a notebook leaves behind, got by running its code cells in this process, without a kernel."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


def notebook(number: str) -> Path:
    """The notebook whose file name starts with this number, such as "02"."""
    return next(path for path in NOTEBOOKS if path.name.startswith(number))


@cache
def namespace(path: Path) -> dict[str, Any]:
    """Every name after the last code cell; run once for all tests, so leave the widgets as they are."""
    names: dict[str, Any] = {"__name__": path.stem}
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            code = re.sub(r"^(\s*)[%!].*$", r"\1pass", "".join(cell["source"]), flags=re.MULTILINE)
            exec(compile(code, str(path), "exec"), names)  # noqa: S102 - our own notebook
    return names


def widgets(path: Path, kind: type) -> dict[str, Any]:
    """The widgets of a kind, by name."""
    return {name: value for name, value in namespace(path).items() if isinstance(value, kind)}
