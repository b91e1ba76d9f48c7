"""Widgets of the notebooks: the explorer, predictions, exercises, live views and drawings.

No mathematics of their own: numbers come from compiled networks, verdicts from the checker.
"""

from convsym.widgets.exercise import (
    Exercise,
    Feedback,
    Predict,
    entry_check,
    formula_check,
    grid_check,
    name_check,
    number_check,
)
from convsym.widgets.explorer import Explorer, WidgetError
from convsym.widgets.figures import Drawing, chart, draw_grids
from convsym.widgets.landscape import landscape
from convsym.widgets.live import Live
from convsym.widgets.note import Note
from convsym.widgets.proof import AtSizes, ProofSteps
from convsym.widgets.strip import draw_windows

__all__ = [
    "AtSizes",
    "Drawing",
    "Exercise",
    "Explorer",
    "Feedback",
    "Live",
    "Note",
    "Predict",
    "ProofSteps",
    "WidgetError",
    "chart",
    "draw_grids",
    "draw_windows",
    "entry_check",
    "formula_check",
    "grid_check",
    "landscape",
    "name_check",
    "number_check",
]
