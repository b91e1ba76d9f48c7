"""What the freeze of notebooks keeps of the widgets' state."""

from __future__ import annotations

from convsym.widgets.freeze import _compact


def test_only_what_is_set_of_a_layout_or_style_is_kept() -> None:
    layout = {"model_name": "LayoutModel", "state": {"width": "auto", "height": None, "order": 0}}
    assert _compact(layout)["state"] == {"width": "auto", "order": 0}
    style = {"model_name": "ButtonStyleModel", "state": {"font_size": None}}
    assert _compact(style) == {"model_name": "ButtonStyleModel", "state": {}}


def test_a_control_keeps_its_nulls() -> None:
    radio = {"model_name": "RadioButtonsModel", "state": {"index": None, "layout": "IPY_MODEL_1"}}
    assert _compact(radio) == radio
