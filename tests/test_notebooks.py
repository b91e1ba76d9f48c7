"""What every notebook of the series keeps to, and that executing it again changes nothing.

The outputs themselves are compared by nbval (`pytest --nbval --nbval-current-env notebooks`), the
equations of the Markdown cells by `pytest --convsym --convsym-strict notebooks`.
"""

from __future__ import annotations

import ast
import json
import re
import statistics
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
LARGEST_FILE = 300_000
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def source(cell: dict[str, Any]) -> str:
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in load(path)["cells"] if cell["cell_type"] == "code"]


def prose(path: Path) -> str:
    return "\n\n".join(source(cell) for cell in load(path)["cells"] if cell["cell_type"] == "markdown")


def python(cell: dict[str, Any]) -> str:
    """A cell's source with its magics turned into `pass`."""
    return re.sub(r"^(\s*)[%!].*$", r"\1pass", source(cell), flags=re.MULTILINE)


def test_there_are_notebooks() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS][:1] == ["00"]


@by_name
def test_executed_from_top_to_bottom(path: Path) -> None:
    counts = [cell["execution_count"] for cell in code_cells(path) if source(cell).strip()]
    assert counts == list(range(1, len(counts) + 1))


@by_name
def test_every_value_has_an_output_and_none_is_an_error(path: Path) -> None:
    for cell in code_cells(path):
        last = ast.parse(python(cell)).body[-1]
        if isinstance(last, ast.Expr):
            assert cell["outputs"], f"no stored output:\n{source(cell)}"
        for output in cell["outputs"]:
            assert output["output_type"] != "error"
            assert output.get("name") != "stderr", output.get("text")


@by_name
def test_code_cells_are_short(path: Path) -> None:
    cells = code_cells(path)
    lengths = [len(source(cell).splitlines()) for cell in cells]
    longest = max(cells, key=lambda cell: len(source(cell).splitlines()))
    assert max(lengths) <= 15, source(longest)
    assert statistics.median(lengths) <= 4
    kinds = "".join(cell["cell_type"][0] for cell in load(path)["cells"])
    assert "cccc" not in kinds, "more than three code cells in a row"


@by_name
def test_cells_end_with_a_value_and_print_nothing(path: Path) -> None:
    for cell in code_cells(path):
        tree = ast.parse(python(cell))
        assert not source(cell).rstrip().endswith(";"), source(cell)
        assert isinstance(tree.body[-1], (ast.Expr, ast.Import, ast.ImportFrom, ast.If)), source(cell)
        called = {getattr(node.func, "id", "") for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not called & {"print", "interact", "interactive_output"}, source(cell)


@by_name
def test_results_are_asserted(path: Path) -> None:
    trees = [ast.parse(python(cell)) for cell in code_cells(path)]
    asserts = sum(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree))
    explorers = sum(len(re.findall(r"\b(?:Explorer|Live)\(", source(cell))) for cell in code_cells(path))
    assert asserts >= max(2, explorers)


@by_name
def test_a_question_does_not_show_its_answer(path: Path) -> None:
    for cell in code_cells(path):
        if re.search(r"\b(Predict|Exercise)\(", source(cell)):
            assert cell["metadata"].get("jupyter", {}).get("source_hidden") is True, source(cell)


@by_name
def test_opens_and_closes_as_the_series_does(path: Path) -> None:
    cells = load(path)["cells"]
    first = source(cells[0])
    title = re.match(r"# ([A-Z][^\n]+)\n", first)
    assert title is not None
    assert not re.search(r"\s[A-Z][a-z]", title[1]), f"sentence case: {title[1]}"
    for promise in ("**You will** ", "**You will learn** ", "**You need** "):
        assert promise in first
    text = prose(path)
    assert "\n## Exercises" in text
    assert "## Summary" in source(cells[-1])
    links = set(re.findall(r"\]\((\d\d)_[a-z_]+\.ipynb\)", source(cells[-1])))
    number = int(path.stem[:2])
    assert number == 9 or f"{number + 1:02d}" in links
    assert number == 0 or f"{number - 1:02d}" in links
    assert any(re.search(r"\b(Predict\(|ask=)", source(cell)) for cell in cells)
    assert any("Exercise(" in source(cell) for cell in cells)


@by_name
def test_images_have_alternative_text_and_nothing_is_fetched(path: Path) -> None:
    text = prose(path)
    assert all(alt.strip() for alt in re.findall(r"!\[([^\]]*)\]", text))
    assert not re.search(r"<img(?![^>]*\balt=)", text)
    for output in (output for cell in code_cells(path) for output in cell["outputs"]):
        data = output.get("data", {})
        drawing = "".join(data.get("image/svg+xml", ""))
        assert not drawing or "<title>" in drawing
        assert not {"image/png", "image/jpeg"} & set(data) or data.get("text/plain")


@by_name
def test_is_small(path: Path) -> None:
    assert path.stat().st_size <= LARGEST_FILE


@by_name
def test_wrong_equations_are_marked(path: Path) -> None:
    for mark in re.findall(r"<!--\s*convsym:.*?-->\s*(\S\S)", prose(path)):
        assert mark in {"$$", r"\["}, "the mark stands right before the equation"


@by_name
def test_executing_again_changes_no_byte(path: Path, tmp_path: Path) -> None:
    from convsym.widgets.freeze import freeze

    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    assert not freeze(copy), "run: python -m convsym.widgets.freeze notebooks/*.ipynb"
    assert copy.read_bytes() == path.read_bytes()
