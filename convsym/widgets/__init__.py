"""Widgets of the notebooks: the explorer, predictions and exercises. No mathematics of their own."""

from convsym.widgets.exercise import Exercise, Feedback, Predict, formula_check, number_check
from convsym.widgets.explorer import Explorer, WidgetError

__all__ = ["Exercise", "Explorer", "Feedback", "Predict", "WidgetError", "formula_check", "number_check"]
