"""Each notebook in a real JupyterLab: it runs clean, and its controls show the right numbers by key and mouse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from notebook_namespace import NOTEBOOKS, widgets

from convsym.widgets import Explorer
from convsym.widgets.templates import format_value

from .conftest import Lab, screenshot

_SHOWN = """(root) => Object.fromEntries([...root.querySelectorAll('g[data-cell]')]
  .map((g) => [g.dataset.cell, g.querySelector('.cs-value').textContent]))"""


# NumPy and the browser add in another order: where a sum lies between two roundings, the last digit may differ.
_AGREES = """([root, expected]) => {
  const shown = (%s)(root);
  const number = (text) => Number(text.replaceAll("\u2212", "-").replace("\u221e", "Infinity"));
  const places = (text) => /e/.test(text) ? 9 : (text.split(".")[1] || "").length;
  return Object.entries(expected).every(([cell, text]) => shown[cell] === text
    || Math.abs(number(shown[cell]) - number(text)) <= 1.001 * 10 ** -Math.max(places(shown[cell]), places(text)));
}"""


def calculated(explorer: Explorer, inputs: dict[str, Any]) -> dict[str, str]:
    """{cell id: text} for all its grids, by the compiled NumPy function."""
    arrays = {"X": inputs["x"], "K": inputs["k"], "Y": inputs["y"]}
    options = {"b": inputs["b"][0][0]} if explorer.network.bias else {}
    trace = explorer.network.compile().trace(*(np.array(a, float) for a in arrays.values()), **options)
    texts = {}
    for key in explorer.spec["cells"]:
        grid = inputs[key] if key in inputs else trace[key]
        for (row, column), value in np.ndenumerate(np.atleast_2d(np.array(grid, dtype=float))):
            texts[f"{key}.{row}.{column}"] = format_value(float(value))
    return texts


def answer_everything(page: Any) -> None:
    """Commit to some answer wherever one is asked, so that all that waits behind a question appears."""
    waiting = page.locator("button.jupyter-button:has-text('Commit'):visible:not([disabled])")
    for _ in range(20):
        if not waiting.count():
            break
        left = waiting.count()
        box = waiting.first.locator("xpath=ancestor::*[contains(@class,'widget-vbox')][1]")
        radio = box.locator("input[type=radio]")
        if radio.count():
            radio.first.check()
        else:
            box.locator("input[type=text]").first.fill("1")
        # The kernel must have the answer before the button asks for it.
        page.wait_for_timeout(150)
        waiting.first.click()
        page.wait_for_function(
            "n => [...document.querySelectorAll('button.jupyter-button:not([disabled])')]"
            ".filter((b) => b.textContent.includes('Commit') && b.offsetParent).length < n",
            arg=left,
        )
    page.wait_for_timeout(600)
    asking = page.locator(".cs-ask input:visible")
    for left in range(asking.count(), 0, -1):
        asking.first.fill("1")
        asking.first.press("Enter")
        page.wait_for_function(
            "n => [...document.querySelectorAll('.cs-ask input')].filter((e) => e.offsetParent).length < n",
            arg=left,
        )


def step_proofs(page: Any) -> None:
    """Go through every stepped proof by the keyboard, to its end or to a question."""
    for forth in page.locator("button.jupyter-button:text-is('Next'):visible").all():
        box = forth.locator("xpath=ancestor::*[contains(@class,'widget-vbox')][1]")
        for step in range(2, 30):
            if forth.is_disabled():
                break
            forth.focus()
            page.keyboard.press("Enter")
            box.get_by_text(f"Step {step} of").wait_for()
            # Whether a question waits there comes with the next message.
            page.wait_for_timeout(150)


def move_explorer(page: Any, root: Any, explorers: dict[str, Explorer]) -> None:
    shown = root.evaluate(_SHOWN)
    [explorer] = [e for e in explorers.values() if calculated(e, e.spec["start"]) == shown][:1]
    inputs = json.loads(json.dumps(explorer.spec["start"]))
    slider = root.locator("input.cs-range")
    if not slider.count():
        return
    cell = str(slider.get_attribute("data-cell"))
    key, row, column = cell.split(".")

    def settled() -> None:
        inputs[key][int(row)][int(column)] = float(slider.input_value())
        expected = calculated(explorer, inputs)
        page.wait_for_function(
            _AGREES % _SHOWN,
            arg=[root.element_handle(), {one: expected[one] for one in root.evaluate(_SHOWN)}],
            timeout=5_000,
        )

    before = slider.input_value()
    slider.focus()
    page.keyboard.press("ArrowRight")
    settled()
    assert slider.input_value() != before
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    assert slider.input_value() != before
    settled()


def move_slider(page: Any, handle: Any) -> None:
    """An ipywidgets slider: the readout follows the key."""
    readout = handle.locator("xpath=ancestor::*[contains(@class,'widget-slider')]").locator(".widget-readout")
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft"):
        before = readout.inner_text()
        handle.focus()
        page.keyboard.press(key)
        page.wait_for_timeout(60)
        if readout.inner_text() != before:
            return
    raise AssertionError("no key moves the slider")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_clean_and_its_controls_work(lab: Lab, page: Any, path: Path) -> None:
    lab.open(page, path)
    lab.run_all(page)
    bad = page.locator(
        "[data-mime-type='application/vnd.jupyter.stderr'], [data-mime-type='application/vnd.jupyter.error']"
    )
    assert bad.count() == 0, bad.first.inner_text()
    step_proofs(page)
    answer_everything(page)
    explorers = widgets(path, Explorer)
    page.wait_for_function("n => document.querySelectorAll('.cs').length >= n", arg=min(1, len(explorers)))
    for root in page.locator(".cs").all():
        move_explorer(page, root, explorers)
    for handle in page.locator(".widget-slider .noUi-handle:visible").all():
        move_slider(page, handle)
    assert bad.count() == 0, bad.first.inner_text()
    page.set_viewport_size({"width": 1280, "height": 4000})
    page.wait_for_timeout(300)
    screenshot(page, f"notebook-{path.stem}")
    lab.close(page)
