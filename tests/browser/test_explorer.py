"""The explorer under a learner's hands, in JupyterLab and with no kernel at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from convsym import Convolution, Network
from convsym.models import ACTIVATIONS, LOSSES
from convsym.widgets import Explorer
from convsym.widgets.templates import format_value

from .conftest import Lab, screenshot

X = [[0.2, 0.7, -0.6], [0.9, -0.5, 0.1], [-0.4, 0.3, 0.8]]
K = [[1.0, 2.0], [-1.0, 0.5]]
Y = [[1.0, 0.0], [0.0, 1.0]]
NETWORK = Network(Convolution((3, 3), (2, 2)))
CELLS = [
    "from convsym import Convolution, Network\nfrom convsym.widgets import Explorer",
    f"net = Network(Convolution((3, 3), (2, 2)))\nexplorer = Explorer(net, {X}, {K}, {Y}, "
    "modes=('forward', 'backward'), ask=['z_{2,1}', 'z_{1,2}'], editable=('K', 'X'))\nexplorer",
    "import json\njson.dumps([explorer.values['K'].tolist(), explorer.trace['dk'].tolist(), "
    "explorer.predictions, explorer.asked])",
]


def write_notebook(path: Path) -> Path:
    cells = [nbformat.v4.new_code_cell(text) for text in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, path)
    return path


def shown(page: Any, cell: str) -> str:
    return str(page.locator(f".cs g[data-cell='{cell}'] .cs-value").first.text_content())


def wait_for(page: Any, cell: str, text: str) -> None:
    page.wait_for_function(
        "([cell, text]) => document.querySelector(`.cs g[data-cell='${cell}'] .cs-value`).textContent === text",
        arg=[cell, text],
    )


def expected(kernel: list[list[float]]) -> dict[str, Any]:
    return NETWORK.compile().trace(np.array(X), np.array(kernel), np.array(Y))


def check_grids(page: Any, kernel: list[list[float]], keys: tuple[str, ...]) -> None:
    for key in keys:
        for (row, column), value in np.ndenumerate(np.atleast_2d(expected(kernel)[key])):
            wait_for(page, f"{key}.{row}.{column}", format_value(float(value)))


def test_a_learner_works_the_explorer_in_jupyterlab(lab: Lab, page: Any, tmp_path: Path) -> None:
    lab.open(page, write_notebook(tmp_path / "explorer.ipynb"))
    lab.run_all(page)
    explorer = page.locator(".cs").first
    explorer.wait_for(timeout=60_000)

    # The prediction comes first: what is asked, and what follows from it, is hidden.
    assert [shown(page, c) for c in ("z.0.1", "o.0.1", "loss.0.0")] == ["?", "?", "?"]
    entry = explorer.locator(".cs-ask input")
    entry.fill("nonsense")
    entry.press("Enter")
    assert "Type a number" in explorer.locator(".cs-said").inner_text()
    assert shown(page, "z.0.1") == "?"
    entry.fill(str(4 * float(expected(K)["z"][0, 1])))
    entry.press("Enter")
    check_grids(page, K, ("z", "o", "loss"))
    assert "4 times the value" in explorer.locator(".cs-said").inner_text()

    # Keyboard: + and - change the cell, arrows move on, Enter goes to the slider.
    cell = explorer.locator("g[data-cell='k.0.0']")
    cell.focus()
    page.keyboard.press("+")
    wait_for(page, "k.0.0", "1.5")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("-")
    wait_for(page, "k.0.1", "1.5")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    wait_for(page, "k.0.1", "2")
    check_grids(page, [[1.5, 2.0], [-1.0, 0.5]], ("z", "o", "loss"))

    # Letters are not taken by the notebook as commands (b would insert a cell).
    before = page.locator(".jp-Cell").count()
    cell.focus()
    page.keyboard.press("b")
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert page.locator(".jp-Cell").count() == before

    # Mouse: dragging up increases, and the slider follows the mouse.
    box = explorer.locator("g[data-cell='k.1.1']").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 13, steps=4)
    page.mouse.up()
    wait_for(page, "k.1.1", "1.5")
    check_grids(page, [[1.5, 2.0], [-1.0, 1.5]], ("z", "o", "loss"))

    # Forward and backward, and the links of a gradient cell.
    explorer.get_by_role("button", name="Backward").click()
    check_grids(page, [[1.5, 2.0], [-1.0, 1.5]], ("delta", "dk", "dx"))
    explorer.locator("g[data-cell='dk.0.0']").click()
    page.wait_for_selector(".cs g[data-cell='delta.1.1'][data-mark='reads']")
    page.wait_for_selector(".cs g[data-cell='x.0.0'][data-mark='reads']")
    assert explorer.locator("g[data-cell='x.2.2']").get_attribute("data-mark") is None
    page.wait_for_function(
        "() => document.querySelector('.cs-spoken').textContent.includes('slope of L along k')"
    )
    screenshot(explorer, "explorer-backward-light")

    # The kernel has the last values, and computes the same by NumPy.
    page.wait_for_timeout(300)
    page.locator(".jp-CodeCell .jp-InputArea").last.click()
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    output = page.locator(".jp-OutputArea-output pre").last
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jp-OutputArea-output pre')].at(-1).textContent.includes('1.5, 2')"
    )
    kernel, gradient, predictions, asked = json.loads(output.inner_text().strip("'"))
    assert kernel == [[1.5, 2.0], [-1.0, 1.5]] and asked == ""
    np.testing.assert_allclose(gradient, expected(kernel)["dk"], rtol=1e-12)
    assert predictions[0]["cell"] == "z.0.1"
    lab.close(page)


def page_with(page: Any, explorer: Explorer) -> None:
    """The explorer alone on an empty page: the module and the stored state, no kernel and no server."""
    state = {
        key: value for key, value in explorer.get_state().items() if not key.startswith("_") or key == "_spec"
    }
    page.set_content(f"<style>{explorer._css}</style><div id='here'></div>")
    page.evaluate(
        """async ([source, state]) => {
          const module = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
          const listeners = {};
          window.model = {
            get: (name) => state[name],
            set: (name, value) => { state[name] = value; },
            save_changes: () => { window.saves = (window.saves ?? 0) + 1; },
            on: (name, f) => { (listeners[name] ??= []).push(f); },
            off: () => {},
          };
          module.default.render({model: window.model, el: document.getElementById('here')});
        }""",
        [explorer._esm, state],
    )
    page.wait_for_selector(".cs")


def test_sixty_updates_a_second_and_few_messages(page: Any) -> None:
    page_with(page, Explorer(NETWORK, X, K, Y, modes=("backward",), ranges={"K": (-3, 3, 0.001)}))
    measured = page.evaluate(
        """async () => {
          const slider = document.querySelector('.cs input[type=range]');
          const equation = document.querySelector('.cs-equation');
          let drawn = 0;
          new MutationObserver(() => { drawn += 1; }).observe(equation, {childList: true});
          const frame = () => new Promise(requestAnimationFrame);
          let frames = 0;
          window.saves = 0;
          const start = performance.now();
          while (performance.now() - start < 1500) {
            slider.value = String(-3 + (frames % 6000) / 1000);
            slider.dispatchEvent(new Event('input'));
            frames += 1;
            await frame();
          }
          const seconds = (performance.now() - start) / 1000;
          await new Promise((done) => setTimeout(done, 200));
          return {updates: drawn / seconds, frames: frames / seconds, messages: window.saves / seconds,
                  last: window.model.get('inputs').k[0][0], slider: Number(slider.value)};
        }"""
    )
    # One update a frame; the frame rate itself is the machine's (60 a second where it is idle).
    assert measured["updates"] >= 0.9 * measured["frames"]
    assert measured["messages"] <= 20
    assert measured["last"] == pytest.approx(measured["slider"])


def test_generated_javascript_agrees_with_numpy_in_the_browser(page: Any) -> None:
    rng = np.random.default_rng(19)
    geometries = [Convolution((3, 3), (2, 2)), Convolution((4, 3), (3, 2), padding=1, stride=(2, 1))]
    for index, (activation, loss) in enumerate((a, name) for a in ACTIVATIONS for name in LOSSES):
        network = Network(geometries[index % 2], activation, loss)
        conv = network.conv
        samples = [
            [
                rng.normal(size=conv.input) * size,
                rng.normal(size=conv.kernel) * size,
                rng.uniform(0.1, 0.9, conv.output),
            ]
            for size in (1.0, 5.0, 40.0)
        ]
        found = page.evaluate(
            "([source, samples]) => { const f = eval(source); return samples.map((s) => f(...s)); }",
            [network.compile(backend="javascript").source, [[a.tolist() for a in s] for s in samples]],
        )
        for sample, result in zip(samples, found, strict=True):
            with np.errstate(all="ignore"):
                trace = network.compile().trace(*sample)
            for key, value in result.items():
                got = np.array(value, dtype=float)
                scale = np.abs(trace[key])[np.isfinite(trace[key])].max(initial=1e-300)
                np.testing.assert_allclose(
                    got, trace[key], rtol=1e-11, atol=1e-13 * scale, err_msg=f"{key} {network}"
                )


def test_stays_alive_without_a_kernel_and_works_by_keyboard_alone(page: Any) -> None:
    page_with(page, Explorer(NETWORK, X, K, Y, ask=["z_{1,1}"], modes=("forward", "backward")))
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    wait_for(page, "z.0.0", format_value(float(expected(K)["z"][0, 0])))
    seen: list[str] = []
    for _ in range(16):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "() => { const a = document.activeElement;"
                " const o = getComputedStyle(a.querySelector?.('.cs-edge') ?? a);"
                " if (a === document.body) return 'BODY|';"
                " return (a.dataset?.cell ?? a.getAttribute('aria-label') ?? a.textContent ?? a.tagName)"
                " + '|' + (a.matches('g') ? o.strokeWidth : o.outlineStyle); }"
            )
        )
    names = [one.split("|")[0] for one in seen]
    for stop in ("Forward", "Backward", "Step back", "Play", "Step forward", "Reset", "k.0.0"):
        assert any(name.startswith(stop) for name in names), (stop, names)
    # Wherever the focus is, it shows.
    for one in seen:
        name, mark = one.split("|")
        assert name == "BODY" or mark in ("4px", "solid"), one


@pytest.mark.parametrize("scale", [1, 2])
def test_nothing_is_cut_off_when_zoomed(page: Any, scale: int) -> None:
    page.set_viewport_size({"width": 1000 // scale, "height": 900})
    page_with(page, Explorer(NETWORK, X, K, Y, modes=("backward",)))
    page.wait_for_timeout(100)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.cs-panel, .cs button, .cs input')]
          .filter((e) => e.offsetParent !== null || e.matches('svg'))
          .filter((e) => e.getBoundingClientRect().right > 1
            + document.querySelector('.cs').getBoundingClientRect().right)
          .map((e) => e.dataset.panel ?? e.className)"""
    )
    assert outside == []
    screenshot(page.locator(".cs"), f"explorer-zoom-{scale}00")
