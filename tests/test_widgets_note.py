"""A note is checked when its button is pressed, as it then stands."""

from __future__ import annotations

from convsym.widgets import Note


def test_the_button_checks_what_stands_in_the_field():
    note = Note("$$E(k) = k^2$$\n\n$$\\frac{dE}{dk} = k$$")
    assert note.report is None and note.verdicts.value == ""
    note.button.click()
    assert [str(verdict.status) for verdict in note.report.verdicts] == ["definition", "refuted"]
    assert "refuted" in note.verdicts.value
    note.field.value = note.field.value.replace("= k$$", "= 2k$$")
    note.button.click()
    assert note.report.exit_code(strict=True) == 0
    assert "proved" in note.verdicts.value and "✗" not in note.verdicts.value


def test_hostile_text_is_shown_and_not_run():
    note = Note("$$x = <script>alert(1)</script>$$")
    note.check()
    assert "<script" not in note.verdicts.value
    assert repr(note) == "Note of 1 lines"
