"""The explorer: one network under the learner's fingers, its numbers and its equations together.

The browser computes (generated JavaScript) and draws; the kernel hears the final numbers and computes
them again with the compiled NumPy function, so that the cells that follow can use and check them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from convsym.errors import ArrayError, ConvsymError
from convsym.geometry import cell_index
from convsym.widgets.panels import Panel, figure_svg, panel_svg
from convsym.widgets.scene import BACKWARD, FORWARD, GRIDS, OPERATORS, Scene, build_scene, cell_id
from convsym.widgets.templates import Template, fill, format_value, print_templates

if TYPE_CHECKING:
    from convsym.network import Network

_KEYS = {"X": "x", "K": "k", "b": "b", "Z": "z", "O": "o", "Y": "y", "L": "loss"}
_KEYS |= {"dX": "dx", "dK": "dk", "db": "db", "delta": "delta"}
_INPUTS = ("x", "k", "b", "y")
_MODES = ("forward", "backward")


class WidgetError(ConvsymError, ValueError):
    """A widget was asked for something that it does not have."""


class Explorer(anywidget.AnyWidget):
    """Grids of X, K, Z, O, Y, L and of the slopes, linked to each other and to their equations.

    Hovering, focusing or clicking a cell shows its equation with live numbers, outlines the cells that
    it reads and dashes the cells that use it. Editable cells change by dragging, by + and -, or by the
    slider below. The kernel gets the numbers that the learner stops at.

    Args:
        network: plain images, without channels.
        X, K, Y: arrays of shape (height, width) to begin with; Y defaults to 0.5 everywhere.
        b: the bias to begin with, where the network has one.
        show: the grids to show, of "X", "K", "b", "Z", "O", "Y", "L", "delta", "dK", "dX", "db"; all
            that belong to the mode, by default.
        modes: "forward", "backward" or both; with both the learner can switch.
        start: the cell chosen at first, in the paper's name, such as "z_{2,1}".
        ask: cells whose value is hidden until the learner commits to a prediction, one after another:
            names, or (name, question) pairs.
        editable: the grids whose cells can be changed, of "X", "K", "b", "Y".
        ranges: {grid: (minimum, maximum, step)} of the editable grids; (-3, 3, 0.5) by default, (0, 1, 0.05) for Y.
        names: a small name in each cell: "paper" (x₂,₁), "array" (X[0, 1]), or None.

    Attributes:
        inputs: {"x": rows, "k": rows, "y": rows, "b": rows}: what the learner has set (synchronized).
        selected: the id of the chosen cell, such as "z.0.1" (row and column, 0-based).
        asked: the id of the cell that waits for a prediction, or "".
        predictions: what was committed: [{"cell", "said", "was"}, ...].

    Raises:
        WidgetError: an unknown grid, mode or cell.
        ArrayError: an array whose shape is not the network's.
        GeometryError: the network is too large to show, or has channels.
    """

    inputs = traitlets.Dict().tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)
    mode = traitlets.Unicode().tag(sync=True)
    asked = traitlets.Unicode().tag(sync=True)
    predictions: traitlets.List[Any] = traitlets.List().tag(sync=True)
    # One text: a notebook file indents nested lists number by number, at several times the size.
    _spec = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        network: Network,
        X: ArrayLike,
        K: ArrayLike,
        Y: ArrayLike | None = None,
        *,
        b: float = 0.0,
        show: Sequence[str] | None = None,
        modes: Sequence[str] | str = "forward",
        start: str | None = None,
        ask: Iterable[str | tuple[str, str]] = (),
        editable: Sequence[str] = ("K",),
        ranges: Mapping[str, tuple[float, float, float]] | None = None,
        names: str | None = None,
    ) -> None:
        self.network = network
        # Compiled once: finding the function again would hash and compare SymPy expressions at each move.
        self._compiled = network.compile(backend="numpy")
        self._scene = build_scene(network)
        self._base = 0 if names == "array" else 1
        conv = network.conv
        inputs = {"x": _rows(X, conv.input, "X"), "k": _rows(K, conv.kernel, "K")}
        inputs["y"] = _rows(np.full(conv.output, 0.5) if Y is None else Y, conv.output, "Y")
        if network.bias:
            inputs["b"] = [[float(b)]]
        wanted = (modes,) if isinstance(modes, str) else tuple(modes)
        if not wanted or not set(wanted) <= set(_MODES):
            raise WidgetError(f"modes must be among {', '.join(_MODES)}; got {wanted}")
        shown = {mode: self._grids(mode, show) for mode in wanted}
        every = [key for key in GRIDS if any(key in keys for keys in shown.values())]
        tours = {mode: self._tour(keys, mode) for mode, keys in shown.items()}
        questions = [self._question(one) for one in ask]
        asked = questions[0]["cell"] if questions else ""
        selected = self._id(start) if start else asked or tours[wanted[0]][0]
        start_values = self._numbers_of(inputs)
        self._panels = [self._panel(key, start_values, names) for key in every]
        self._templates = print_templates(
            {target: rhs for target, rhs in self._scene.equations.items() if target.split(".")[0] in every},
            self._scene.symbols,
        )
        changeable = [key for key in (_key(name) for name in editable) if key in every]
        if not set(changeable) <= set(_INPUTS):
            raise WidgetError(f"only X, K, b and Y can be edited; got {', '.join(editable)}")
        # A stored notebook carries the program of each explorer in it, so that it stays alive without a kernel.
        self._esm = f"const compute = {self._program(every)};\n{_packed('explorer.js')}"
        self._css = _packed("explorer.css")
        self.spec = self._specification(
            shown, tours, questions, changeable, ranges or {}, inputs, start_values
        )
        super().__init__(
            inputs=inputs,
            selected=selected,
            mode=wanted[0],
            asked=asked,
            _spec=json.dumps(self.spec, ensure_ascii=False, separators=(",", ":")),
        )

    @property
    def values(self) -> dict[str, NDArray[np.float64] | float]:
        """What the learner has set: {"X": array, "K": array, "Y": array} and "b" where there is a bias."""
        arrays: dict[str, NDArray[np.float64] | float] = {
            name: np.array(self.inputs[_KEYS[name]], dtype=float) for name in ("X", "K", "Y")
        }
        if self.network.bias:
            arrays["b"] = float(self.inputs["b"][0][0])
        return arrays

    @property
    def trace(self) -> dict[str, Any]:
        """z, o, delta, loss, dk and dx at the learner's numbers, by the compiled NumPy function."""
        return self._trace(self.inputs)

    def equation(self, cell: str) -> str:
        """A cell's equation in one line with the present numbers: "z₁,₁ = (8·1 + ...)/4 = 2.5".

        Args:
            cell: the paper's name ("z_{1,1}") or an id ("dk.0.1").

        Raises:
            WidgetError: there is no such cell.
        """
        target = self._id(cell)
        values = self._values()
        shown = [self._scene.names[target].text]
        if target in self._templates:
            shown.append(_numbers(self._templates[target], values, self._hidden()))
        hidden = target in self._hidden()
        return " = ".join([*shown, "?" if hidden else format_value(values[target])])

    @property
    def svg(self) -> str:
        """The present state as a self-contained drawing, for places where no script runs."""
        reads = self._scene.reads.get(self.selected, ())
        users = self._used_by.get(self.selected, ())
        marks = {**dict.fromkeys(users, "used-by"), **dict.fromkeys(reads, "reads")}
        marks[self.selected] = "selected"
        shown = self.spec["modes"][self.mode]
        panels = [panel for panel in self._panels if panel.key in shown]
        return figure_svg(
            panels,
            _operators(panels),
            self._values(),
            marks,
            self._hidden(),
            [self.equation(self.selected)],
            f"{self.spec['title']}. {self.equation(self.selected)}",
            self._base,
        )

    def __repr__(self) -> str:
        conv = self.network.conv
        grids = ", ".join(panel.symbol for panel in self._panels)
        return f"Explorer of {grids}; input {conv.input}, kernel {conv.kernel}, chosen: {self.equation(self.selected)}"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": repr(self), "image/svg+xml": self.svg}, metadata

    @cached_property
    def _used_by(self) -> dict[str, tuple[str, ...]]:
        return self._scene.used_by()

    def _values(self) -> dict[str, float]:
        return self._numbers_of(self.inputs)

    def _trace(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        arrays = [np.array(inputs[key], dtype=float) for key in ("x", "k", "y")]
        options = {"b": float(inputs["b"][0][0])} if self.network.bias else {}
        traced: dict[str, Any] = self._compiled.trace(*arrays, **options)
        return traced

    def _numbers_of(self, inputs: Mapping[str, Any]) -> dict[str, float]:
        """{cell id: number} of every cell."""
        numbers: dict[str, float] = {}
        for key, grid in {**self._trace(inputs), **inputs}.items():
            for (row, column), value in np.ndenumerate(np.atleast_2d(np.asarray(grid, dtype=float))):
                numbers[f"{key}.{row}.{column}"] = float(value)
        return numbers

    def _hidden(self) -> frozenset[str]:
        return frozenset((self.asked, *self._scene.after(self.asked))) if self.asked else frozenset()

    def _id(self, cell: str) -> str:
        if cell in self._scene.names:
            return cell
        try:
            family, at = ("loss", ()) if cell == "L" else cell_index(cell)
        except ConvsymError as error:
            raise WidgetError(str(error)) from None
        found = cell_id(family.lstrip("\\"), at)
        if found not in self._scene.names:
            raise WidgetError(f"there is no cell {cell} for input {self.network.conv.input}")
        return found

    def _grids(self, mode: str, show: Sequence[str] | None) -> list[str]:
        of_mode = FORWARD if mode == "forward" else (*FORWARD, *BACKWARD)
        present = [key for key in of_mode if key in self._scene.shapes]
        if show is None:
            return present
        wanted = [_key(name) for name in show]
        return [key for key in present if key in wanted]

    def _tour(self, keys: Sequence[str], mode: str) -> list[str]:
        order = ("z", "o", "loss", "x", "k", "y") if mode == "forward" else ("dk", "dx", "delta", "z", "x")
        for key in order:
            if key in keys:
                return self._scene.ids(key)
        raise WidgetError(f"nothing to show in mode {mode}")

    def _question(self, ask: str | tuple[str, str]) -> dict[str, str]:
        name, text = (ask, "") if isinstance(ask, str) else ask
        target = self._id(name)
        shown = self._scene.names[target].text
        return {"cell": target, "text": text or f"Predict {shown} before you look:"}

    def _program(self, shown: Sequence[str]) -> str:
        """The JavaScript that computes; an explorer of inputs alone computes nothing."""
        if set(shown) <= set(_INPUTS):
            return "() => ({})"
        return str(self.network.compile(backend="javascript").source)

    def _panel(self, key: str, values: Mapping[str, float], names: str | None) -> Panel:
        symbol, caption, place, _ = GRIDS[key]
        rows, columns = self._scene.shapes[key]
        ids = self._scene.ids(key)
        sizes = [abs(values[one]) for one in ids if np.isfinite(values[one])]
        scale = 1.0 if key in ("o", "y") else max(sizes, default=0.0) or 1.0
        labels: tuple[str, ...] = ()
        if names == "paper":
            labels = tuple(self._scene.names[one].text for one in ids) if key not in BACKWARD else ()
        elif names == "array":
            labels = tuple(self._scene.names[one].entry for one in ids)
        elif names is not None:
            raise WidgetError(f'names must be "paper", "array" or None; got {names!r}')
        return Panel(key, symbol, caption, place, rows, columns, scale, labels)

    def _specification(
        self,
        shown: Mapping[str, Sequence[str]],
        tours: Mapping[str, Sequence[str]],
        questions: Sequence[Mapping[str, str]],
        editable: Sequence[str],
        ranges: Mapping[str, tuple[float, float, float]],
        inputs: Mapping[str, Any],
        values: Mapping[str, float],
    ) -> dict[str, Any]:
        """Everything that the browser needs besides the numbers that change."""
        scene = self._scene
        keys = [panel.key for panel in self._panels]
        own = {_key(name): limits for name, limits in ranges.items()}
        limits = {key: own.get(key, (0, 1, 0.05) if key == "y" else (-3, 3, 0.5)) for key in editable}
        conv = self.network.conv
        signs = _operators(self._panels)
        ids = [one for key in keys for one in scene.ids(key)]
        read = {one: sorted(set(scene.reads.get(one, ())) & set(ids)) for one in self._templates}
        # An equation names every cell that it reads, shown or not.
        named = dict.fromkeys([*ids, *(r for one in self._templates for r in scene.reads[one])])
        users = {one: sorted(set(self._used_by.get(one, ())) & set(ids)) for one in ids}
        return {
            "title": f"Input {conv.input[0]} by {conv.input[1]}, kernel {conv.kernel[0]} by {conv.kernel[1]}",
            "arguments": ["x", "k", "y", *(["b"] if self.network.bias else [])],
            "panels": [
                {
                    "key": panel.key,
                    "symbol": panel.symbol,
                    "caption": panel.caption,
                    "place": panel.place,
                    "scale": panel.scale,
                    "operator": signs.get(panel.place, ""),
                    "svg": panel_svg(panel, values, {}, base=self._base),
                }
                for panel in self._panels
            ],
            "modes": {mode: list(grids) for mode, grids in shown.items()},
            "tours": {mode: list(stops) for mode, stops in tours.items()},
            "cells": {key: scene.ids(key) for key in keys},
            "names": {
                one: {
                    "math": scene.names[one].mathml,
                    "text": scene.names[one].text,
                    "say": scene.names[one].spoken,
                    "entry": scene.names[one].entry,
                }
                for one in named
            },
            "equations": {target: template.mathml for target, template in self._templates.items()},
            "reads": read,
            "usedBy": {one: those for one, those in users.items() if those},
            "after": {question["cell"]: list(scene.after(question["cell"])) for question in questions},
            "questions": list(questions),
            "editable": list(editable),
            "ranges": {
                key: {"min": low, "max": high, "step": step} for key, (low, high, step) in limits.items()
            },
            "start": dict(inputs),
        }


def _packed(name: str) -> str:
    """A package file without comment lines and indentation."""
    lines = map(str.strip, files("convsym.widgets").joinpath(name).read_text("utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))


def _key(name: str) -> str:
    if name in _KEYS:
        return _KEYS[name]
    raise WidgetError(f"there is no grid {name!r}; the grids are {', '.join(_KEYS)}")


def _rows(array: ArrayLike, shape: tuple[int, ...], name: str) -> list[list[float]]:
    values = np.asarray(array, dtype=float)
    if values.shape != tuple(shape):
        raise ArrayError(f"{name} must have shape {tuple(shape)}, not {values.shape}")
    rows: list[list[float]] = values.tolist()
    return rows


def _operators(panels: Sequence[Panel]) -> dict[tuple[int, int], str]:
    """The signs between neighbors of the first row; none where a grid in between is not shown."""
    present = [panel.key for panel in panels if panel.place[0] == 0]
    chain = [key for key in FORWARD if key != "b" or "b" in present]
    signs = {}
    for before, key in pairwise(present):
        if chain.index(key) == chain.index(before) + 1 and key in OPERATORS:
            signs[GRIDS[key][2]] = OPERATORS[key]
    return signs


def _numbers(template: Template, values: Mapping[str, float], hidden: Iterable[str]) -> str:
    def number(one: str) -> str:
        if one in hidden:
            return "?"
        text = format_value(values[one])
        return f"({text})" if text.startswith("\u2212") and template.text != f"⟦{one}⟧" else text

    return fill(template.text, number)


__all__ = ["Explorer", "Scene", "WidgetError"]
