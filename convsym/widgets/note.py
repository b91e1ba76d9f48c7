"""A note that a learner writes, and what the checker says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

if TYPE_CHECKING:
    from convsym.checker import Report


class Note(ipywidgets.VBox):
    """A text field for Markdown with formulas, a button, and the verdicts below.

    Args:
        text: what stands in it at first.
        timeout: seconds that one relation may take.

    Attributes:
        field: the text area; its `.value` is the note.
        report: the last report, or None.
    """

    def __init__(self, text: str, *, timeout: float = 5.0) -> None:
        self._timeout = timeout
        self.report: Report | None = None
        self.field = ipywidgets.Textarea(
            value=text, rows=12, tooltip="Your note", layout={"width": "95%", "max_width": "60em"}
        )
        self.button = ipywidgets.Button(
            description="Check",
            button_style="primary",
            layout={"width": "auto", "min_width": "6.5em", "align_self": "flex-start"},
        )
        self.verdicts = ipywidgets.HTML()
        self.button.on_click(lambda _: self.check())
        super().__init__([self.field, self.button, self.verdicts])

    def check(self) -> Report:
        """Check the note as it stands, as the button does."""
        from convsym.checker import check

        self.report = check(self.field.value, timeout=self._timeout, kind="markdown")
        self.verdicts.value = f'<div role="status">{self.report._repr_html_()}</div>'
        return self.report

    def __repr__(self) -> str:
        return f"Note of {len(self.field.value.splitlines())} lines"
