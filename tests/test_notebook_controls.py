"""Every control of every notebook, moved without a browser over its range, shows the right numbers.

Explorers are compared with plain loops and finite differences. A `Live` view is moved to its minimum,
its start, its maximum and two random places; what it must show there is the business of the test of
its notebook, here it must not fail and must follow each control.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
from notebook_namespace import NOTEBOOKS, namespace, widgets
from test_widgets import number, settings, shown_numbers, twin

from convsym.widgets import Explorer, Live
from convsym.widgets.templates import format_value

by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
COMPARED = 12


@by_name
def test_explorers_show_the_right_numbers(path: Path) -> None:
    for name, explorer in widgets(path, Explorer).items():
        kept, asked, mode = explorer.inputs, explorer.asked, explorer.mode
        explorer.asked = ""
        every = list(settings(explorer)) or [kept]
        chosen = every[:: max(1, len(every) // COMPARED)]
        for inputs in chosen:
            explorer.inputs = inputs
            expected = twin(explorer.network, inputs)
            for key, array in expected.items():
                tolerance = 1e-4 if key.startswith("d") else 1e-12
                found = np.reshape(explorer.trace[key], np.shape(array))
                if explorer.network.activation.name != "relu" or not key.startswith("d"):
                    np.testing.assert_allclose(
                        found, array, rtol=tolerance, atol=1e-6, err_msg=f"{name}: {key}"
                    )
            for shown_mode, grids in explorer.spec["modes"].items():
                explorer.mode = shown_mode
                drawn = shown_numbers(explorer.svg)
                for key in grids:
                    source = (
                        inputs[key]
                        if key in inputs
                        else expected[key]
                        if key in expected
                        else explorer.trace[key]
                    )
                    for at, value in np.ndenumerate(np.atleast_2d(np.array(source, dtype=float))):
                        shown = drawn[f"{key}.{at[0]}.{at[1]}"]
                        digits = max(1e-3, 2e-3 * abs(value), 5e-4 if abs(value) < 10 else 5e-2)
                        assert abs(shown - value) <= digits or shown == number(format_value(float(value)))
        explorer.inputs, explorer.asked, explorer.mode = kept, asked, mode


def places(control: ipywidgets.Widget, rng: np.random.Generator) -> list[Any]:
    """Minimum, start, maximum and two random settings of a control."""
    if hasattr(control, "min"):
        steps = round((control.max - control.min) / control.step)
        inner = [control.min + control.step * int(n) for n in rng.integers(0, steps + 1, size=2)]
        return [control.min, control.value, control.max, *inner]
    if hasattr(control, "options"):
        return list(control.options)
    return [not control.value, control.value]


@by_name
def test_live_views_follow_every_control(path: Path) -> None:
    rng = np.random.default_rng(23)
    for name, live in widgets(path, Live).items():
        start = live.values
        for control, widget in live.controls.items():
            texts = {live.set(**{control: value}) for value in places(widget, rng)}
            assert len(texts) > 1, f"{name}: moving {control} changes nothing"
            assert not any("nan" in text.lower() for text in texts), f"{name}: {control}"
            live.set(**start)


@by_name
def test_questions_have_answers_of_their_own(path: Path) -> None:
    """Each notebook's own test tries its exercises; this one sees that there is such a test."""
    from convsym.widgets import Exercise, Predict

    asked = [name for kind in (Exercise, Predict) for name in widgets(path, kind)]
    tested = Path(__file__).with_name(f"test_notebook_{path.name[:2]}.py")
    assert asked and tested.exists()
    text = tested.read_text("utf-8")
    assert [name for name in asked if name not in text] == []
    assert namespace(path)
