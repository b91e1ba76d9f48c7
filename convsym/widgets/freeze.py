"""Execute notebooks so that doing it again changes no byte: `python -m convsym.widgets.freeze notebooks/*.ipynb`.

Timing is not recorded, the random ids of widgets are numbered in order of appearance, the Python
version is left out, widget states are sorted, without layout entries that are not set, and the source of
questions is folded. Whatever still differs is a change in what is shown.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
# The source of a question holds its answer: it is folded away, and one click opens it.
_ANSWERED = re.compile(r"\b(Predict|Exercise)\(")
_STATE = "application/vnd.jupyter.widget-state+json"
TIMEOUT_SECONDS = 300


def freeze(path: Path) -> bool:
    """Execute one notebook and write it back.

    Args:
        path: the notebook; it runs in its own folder.

    Returns:
        Whether the file changed.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed; the file is left as it was.
    """
    import nbformat
    from nbclient import NotebookClient

    before = path.read_text("utf-8")
    notebook = nbformat.reads(before, 4)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT_SECONDS,
        record_timing=False,
        store_widget_state=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    after: str = nbformat.writes(_normalized(notebook), 4) + "\n"
    if after != before:
        path.write_text(after, "utf-8")
    return after != before


def _normalized(notebook: Any) -> Any:
    import nbformat

    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code" and _ANSWERED.search(cell.source):
            cell.metadata.setdefault("jupyter", {})["source_hidden"] = True
    text = json.dumps(notebook)
    order: dict[str, str] = {}
    for found in _ID.finditer(text):
        order.setdefault(found.group(), f"{len(order) + 1:032x}")
    numbered = nbformat.from_dict(json.loads(_ID.sub(lambda found: order[found.group()], text)))
    widgets = numbered.metadata.get("widgets", {}).get(_STATE)
    if widgets is not None:
        widgets["state"] = {key: _compact(model) for key, model in sorted(widgets["state"].items())}
    return numbered


def _compact(model: dict[str, Any]) -> dict[str, Any]:
    """A layout or style without the entries that are not set: null is every one's default.

    Each layout has some forty of them, a third of a notebook of questions.
    """
    if not model["model_name"].endswith(("LayoutModel", "StyleModel")):
        return model
    return {**model, "state": {name: value for name, value in model["state"].items() if value is not None}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Freeze the notebooks named; the exit code is 2 without any."""
    paths = [Path(argument) for argument in (sys.argv[1:] if arguments is None else arguments)]
    if not paths:
        print("usage: python -m convsym.widgets.freeze NOTEBOOK...", file=sys.stderr)
        return 2
    for path in paths:
        print(f"{path}: {'changed' if freeze(path) else 'the same'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
