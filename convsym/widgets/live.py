"""Sliders beside a view that follows them: for what the explorer does not show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from convsym.widgets.explorer import WidgetError
from convsym.widgets.figures import Drawing


class Live(ipywidgets.VBox):
    """Sliders, and below them what a function makes of their values.

    The function runs in the kernel at every move, so it must be quick: numbers and text, or a
    `Drawing`; never symbolic work and never a plotting library.

    Args:
        view: called with the controls' values by name; returns HTML, or a `Drawing`.
        controls: {name: (minimum, maximum, step, start)}: whole numbers make an integer slider;
            {name: list} makes buttons to choose from, {name: bool} a checkbox.
        labels: {name: what is written beside the control}; the name by default.

    Attributes:
        view: the HTML widget; its `.value` is what is shown.
        controls: {name: widget}.

    Raises:
        WidgetError: a control's description makes no sense.
    """

    def __init__(
        self,
        view: Callable[..., str | Drawing],
        controls: Mapping[str, Any],
        *,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self._make = view
        named = labels or {}
        widest = max((len(named.get(name, name)) for name in controls), default=0)
        self.controls = {
            name: _control(named.get(name, name), about, widest) for name, about in controls.items()
        }
        self.view = ipywidgets.HTML()
        for control in self.controls.values():
            control.observe(self._update, "value")
        self._update()
        super().__init__([*self.controls.values(), self.view])

    @property
    def values(self) -> dict[str, Any]:
        """What the controls are set to."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def text(self) -> str:
        """What is shown, as HTML."""
        return str(self.view.value)

    def set(self, **values: Any) -> str:
        """Move controls as a learner would and return what is shown then."""
        for name, value in values.items():
            self.controls[name].value = value
        return self.text

    def _update(self, _: Any = None) -> None:
        made = self._make(**self.values)
        self.view.value = f'<div role="status">{made.svg if isinstance(made, Drawing) else made}</div>'

    def __repr__(self) -> str:
        return f"Live view of {', '.join(f'{name} = {value}' for name, value in self.values.items())}"


def _control(label: str, about: Any, widest: int) -> ipywidgets.Widget:
    # One width for all labels: the sliders begin below one another.
    style = {"description_width": f"{0.55 * widest + 0.5:.2f}em"}
    wide = {"width": "420px", "max_width": "95%"}
    if isinstance(about, bool):
        return ipywidgets.Checkbox(value=about, description=label, indent=False)
    if isinstance(about, list) and about:
        return ipywidgets.ToggleButtons(options=about, description=label, style=style)
    if isinstance(about, tuple) and len(about) == 4:
        low, high, step, start = about
        whole = all(isinstance(number, int) for number in about)
        kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        return kind(start, min=low, max=high, step=step, description=label, style=style, layout=wide)
    raise WidgetError(
        f"the control {label!r} must be (minimum, maximum, step, start), a list or a bool; got {about!r}"
    )
