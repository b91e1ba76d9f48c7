"""Questions that are answered before anything is shown: a prediction, and an exercise with hints.

Neither knows any mathematics: a number is compared with a number, a choice with a choice, and a formula
goes to `convsym.answer.check_answer`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from numpy.typing import NDArray

from convsym.errors import ConvsymError
from convsym.geometry import cell_index
from convsym.verdict import Witness
from convsym.widgets.explorer import WidgetError
from convsym.widgets.templates import MINUS

_STYLE = "line-height:1.5;max-width:46em"
_MARKS = {"right": ("✓", "Right."), "wrong": ("✗", "Not quite."), "": ("", "")}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is said to an answer.

    Attributes:
        right: whether the answer is accepted.
        message: why, naming the slip where it is a known one.
    """

    right: bool
    message: str


Check = Callable[[Any], Feedback]


def read_number(text: str) -> float | None:
    """A number as a learner types it, "0.75", "-3/4" or "1e-3"; None where it is none."""
    cleaned = text.strip().replace(MINUS, "-").replace(" ", "")
    if "/" not in cleaned:
        cleaned = cleaned.replace(",", ".")
    if len(cleaned) > 40:
        return None
    try:
        value = float(Fraction(cleaned)) if "/" in cleaned else float(cleaned)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def number_check(
    expected: float, slips: Mapping[float, str] | None = None, tolerance: float = 0.006
) -> Check:
    """Accept one number, and name the slips that lead to certain others.

    Args:
        expected: the right number; close is right, by `tolerance` times max(1, its size).
        slips: {wrong number: what went wrong there}.
        tolerance: how far off is still right.

    Returns:
        A check for `Exercise` and `Predict`; it takes a number or text.

    Raises:
        WidgetError: a slip's number would be accepted, so that its message could never show.
    """

    def close(value: float, target: float) -> bool:
        return abs(value - target) <= tolerance * max(1.0, abs(target))

    for wrong in slips or {}:
        if close(wrong, expected):
            raise WidgetError(f"the slip {wrong:g} cannot be told from the right answer {expected:g}")

    def check(answer: Any) -> Feedback:
        value = read_number(answer) if isinstance(answer, str) else float(answer)
        if value is None:
            return Feedback(False, "Type a number, such as 0.75 or 3/4.")
        if close(value, expected):
            return Feedback(True, "")
        for wrong, message in (slips or {}).items():
            if close(value, wrong):
                return Feedback(False, message)
        return Feedback(False, "That is another number.")

    return check


class _Question(ipywidgets.VBox):
    """What a prediction and an exercise share: a question, a field or choices, a button and feedback."""

    _check: Check

    answer = traitlets.Any(None, allow_none=True, help="the last answer that was committed")
    correct = traitlets.Bool(None, allow_none=True, help="whether it was right; None before the first")

    def __init__(self, question: str, choices: Sequence[str] | None, button: str, placeholder: str) -> None:
        self.question = question
        self._choices = tuple(choices) if choices else ()
        self._prompt = ipywidgets.HTML(f'<div style="{_STYLE};font-weight:600">{question}</div>')
        if self._choices:
            self.field: Any = ipywidgets.RadioButtons(
                options=list(self._choices), value=None, layout={"width": "auto"}
            )
        else:
            self.field = ipywidgets.Text(
                placeholder=placeholder,
                tooltip=_plain(question),
                layout={"width": "26em", "max_width": "95%"},
            )
            # The front end sends this when Enter is pressed; `Text.on_submit` is deprecated.
            self.field.on_msg(lambda _, content, __: self._heard(content))
        self.button = ipywidgets.Button(
            description=button,
            button_style="primary",
            layout={"width": "auto", "min_width": "6.5em", "align_self": "flex-start"},
        )
        self.feedback = ipywidgets.HTML()
        self.button.on_click(lambda _: self._commit())
        super().__init__([], layout={"padding": "6px 0 6px 14px", "border_left": "3px solid #1565c0"})

    def _heard(self, content: Mapping[str, Any]) -> None:
        if content.get("event") == "submit":
            self._commit()

    def _commit(self) -> None:
        raise NotImplementedError

    def judge(self, answer: Any) -> Feedback:
        """What would be said to an answer, without committing to it.

        Args:
            answer: text or a number; for choices, the choice's text.
        """
        return self._check(answer)

    def submit(self, answer: Any) -> bool:
        """Give an answer as a learner would: fill the field and press the button.

        Args:
            answer: text or a number; for choices, the choice's text or its position from 0.

        Returns:
            Whether it was right.
        """
        if self._choices:
            self.field.index = answer if isinstance(answer, int) else self._choices.index(answer)
        else:
            self.field.value = str(answer)
        self.button.click()
        return bool(self.correct)

    def _say(self, mark: str, message: str) -> None:
        sign, word = _MARKS[mark]
        color = {"right": "#2e8b57", "wrong": "#c4622d"}.get(mark, "inherit")
        head = f'<b style="color:{color}">{sign} {word}</b> ' if word else ""
        self.feedback.value = f'<div role="status" style="{_STYLE}">{head}{message}</div>'

    def __repr__(self) -> str:
        shown = f"; choices: {', '.join(self._choices)}" if self._choices else ""
        return f"{type(self).__name__}: {_plain(self.question)}{shown}"


class Predict(_Question):
    """Ask for a prediction; show the rest only after the learner has committed to one.

    Args:
        question: what to predict, in a sentence (HTML allowed).
        answer: the right choice (its text or position), the right number, or a check made by
            `number_check` or by hand.
        choices: the answers to choose from; without them a number is typed.
        explain: why, shown after the commitment whatever was predicted; text, or a function without
            arguments that makes it from present values.
        then: a widget that appears after the commitment, such as an `Explorer` or a plot.
        slips: {wrong choice or number: what that answer shows}.

    Attributes:
        answer: what was committed, or None.
        correct: whether it was right, or None.
    """

    def __init__(
        self,
        question: str,
        answer: Any,
        choices: Sequence[str] | None = None,
        *,
        explain: str | Callable[[], str] = "",
        then: ipywidgets.Widget | None = None,
        slips: Mapping[Any, str] | None = None,
    ) -> None:
        if callable(answer):
            self._check = answer
        elif choices:
            self._check = _choice_check(tuple(choices), answer, slips or {})
        else:
            self._check = number_check(float(answer), slips)
        super().__init__(question, choices, "Commit", "a number, such as 0.75 or 3/4")
        self._explain = explain
        self._then = then
        row = [self.field, self.button]
        answering = row if self._choices else [ipywidgets.HBox(row)]
        self.children = (self._prompt, *answering, self.feedback)

    def _commit(self) -> None:
        given = self.field.value
        if given is None or given == "":
            self._say("", "Commit to an answer first; a wrong one teaches as much.")
            return
        verdict = self._check(given)
        if not self._choices and read_number(str(given)) is None:
            self._say("", verdict.message)
            return
        self.answer, self.correct = given, verdict.right
        explain = self._explain() if callable(self._explain) else self._explain
        self._say("right" if verdict.right else "wrong", f"{verdict.message} {explain}".strip())
        self.button.disabled = self.field.disabled = True
        if self._then is not None:
            self.children = (*self.children, self._then)


class Exercise(_Question):
    """Ask for a formula or a number; name the slip; give hints one by one, and the solution, on request.

    Args:
        question: what to find, in a sentence (HTML allowed).
        check: takes the learner's text, returns `Feedback`; `formula_check` and `number_check` make some.
        hints: from a nudge to nearly everything.
        solution: the worked answer (HTML allowed).
        choices: answers to choose from, instead of typing.
        placeholder: an example of what can be typed.

    Attributes:
        answer: the last answer, or None.
        correct: whether it was right, or None.
    """

    def __init__(
        self,
        question: str,
        check: Check,
        *,
        hints: Sequence[str] = (),
        solution: str = "",
        choices: Sequence[str] | None = None,
        placeholder: str = "",
    ) -> None:
        super().__init__(question, choices, "Check", placeholder)
        self._check = check
        self._hints, self._given = tuple(hints), 0
        self._solution = solution
        plain = {"width": "auto"}
        self.hint_button = ipywidgets.Button(description=self._next_hint(), layout=plain)
        self.solution_button = ipywidgets.Button(description="Show solution", layout=plain)
        self.help = ipywidgets.HTML()
        self.hint_button.on_click(lambda _: self._hint())
        self.solution_button.on_click(lambda _: self._solve())
        asked = [self.button, *([self.hint_button] if self._hints else [])]
        asked += [self.solution_button] if solution else []
        self.children = (self._prompt, self.field, ipywidgets.HBox(asked), self.feedback, self.help)

    def _next_hint(self) -> str:
        return f"Hint {min(self._given + 1, len(self._hints))} of {len(self._hints)}"

    def _hint(self) -> None:
        self._given = min(self._given + 1, len(self._hints))
        self.hint_button.description = self._next_hint()
        self.hint_button.disabled = self._given == len(self._hints)
        self._help()

    def _solve(self) -> None:
        self.solution_button.disabled = True
        self._help()

    def _help(self) -> None:
        lines = [f"<li>{hint}</li>" for hint in self._hints[: self._given]]
        shown = f'<ol style="margin:4px 0;padding-left:1.6em">{"".join(lines)}</ol>' if lines else ""
        if self.solution_button.disabled:
            shown += f"<div><b>Solution.</b> {self._solution}</div>"
        self.help.value = f'<div style="{_STYLE}">{shown}</div>'

    def _commit(self) -> None:
        given = self.field.value
        if given is None or given == "":
            self._say("", "Write an answer first.")
            return
        verdict = self._check(given)
        self.answer, self.correct = given, verdict.right
        self._say("right" if verdict.right else "wrong", verdict.message)


def formula_check(expected: Any, **options: Any) -> Check:
    """Accept a formula that equals `expected`, by `convsym.check_answer`.

    Args:
        expected: the right formula (LaTeX or SymPy), as `check_answer` takes it.
        options: passed on to `check_answer`.

    Returns:
        A check for `Exercise`: what is said to a wrong formula names the slip where it is a known one.
    """

    def check(answer: Any) -> Feedback:
        from convsym.answer import check_answer
        from convsym.report.phrases import prose
        from convsym.verdict import Status

        try:
            verdict = check_answer(str(answer), expected, **options)
        except ConvsymError as error:
            return Feedback(False, f"That could not be read: <pre>{escape(str(error))}</pre>")
        said = prose(verdict.reason)
        if verdict.witness is not None and not verdict.method.startswith("slip"):
            said = f"{said} {_counterexample(verdict.witness)}"
        return Feedback(verdict.status is Status.PROVED, escape(said))

    return check


def _counterexample(witness: Witness) -> str:
    """The values at which an answer, on the left, and the right formula differ."""
    from convsym.report.phrases import number, values_phrase

    given, right = number(witness.left), number(witness.right)
    return f"With {values_phrase(witness)} yours comes to {given}, the right one to {right}."


def grid_check(shape: tuple[int, int], judge: Callable[[NDArray[Any]], Feedback]) -> Check:
    """Read a grid of numbers, typed row by row, and let a function say whether it is right.

    Args:
        shape: (rows, columns).
        judge: takes the array, returns `Feedback`.

    Returns:
        A check that takes `1 2; 3 4`, `1, 2, 3, 4` and `[[1, 2], [3, 4]]`.
    """
    wanted = shape[0] * shape[1]

    def check(answer: Any) -> Feedback:
        parts = re.sub(r"[\[\](),;|]", " ", str(answer)).split()
        numbers = [read_number(part) for part in parts]
        if len(numbers) != wanted or any(number is None for number in numbers):
            return Feedback(False, f"Type {wanted} numbers, row by row, with spaces between them.")
        return judge(np.array(numbers, dtype=float).reshape(shape))

    return check


def entry_check(cell: str, array: str) -> Check:
    """Accept the array entry that a paper's name means, such as `A[0, 1]` for x_{2,1}.

    Args:
        cell: the paper's name.
        array: the array's name in Python.

    Returns:
        A check that tells apart swapped indices, counting from 1, and both at once.
    """
    _, (row, column) = cell_index(cell)
    slips = {
        (column, row): "Row and column are swapped: the array wants the row first.",
        (row + 1, column + 1): "The order is right, but an array counts from 0.",
        (column + 1, row + 1): "Two things: the array wants the row first, and it counts from 0.",
    }

    def check(answer: Any) -> Feedback:
        found = re.fullmatch(r"\s*([A-Za-z]\w*)\s*\[\s*(\d+)\s*(?:,|\]\s*\[)\s*(\d+)\s*\]\s*", str(answer))
        if found is None or found[1] != array:
            return Feedback(False, f"Write an entry of the array, such as <code>{array}[0, 0]</code>.")
        given = (int(found[2]), int(found[3]))
        if given == (row, column):
            return Feedback(True, "")
        return Feedback(False, slips.get(given, "That is another cell."))

    return check


def name_check(entry: tuple[int, int], family: str = "x") -> Check:
    """Accept the paper's name of an array entry, such as x_{2,1} for the entry (0, 1).

    Args:
        entry: 0-based (row, column).
        family: the letter.

    Returns:
        A check that takes `x_{2,1}`, `x_2,1`, `x21` and `x[2,1]`, and names the known slips.
    """
    row, column = entry
    slips = {
        (row + 1, column + 1): "Row and column are swapped: the paper's names give the column first.",
        (column, row): "The order is right, but the paper counts from 1.",
        (row, column): "Two things: the column comes first, and the paper counts from 1.",
    }

    def check(answer: Any) -> Feedback:
        found = re.fullmatch(rf"{family}_?[{{\[(]?(\d)[,;]?(\d)[}}\])]?", re.sub(r"[\s$]", "", str(answer)))
        if found is None:
            return Feedback(False, f"Write a name such as <code>{family}_{{1,1}}</code>.")
        given = (int(found[1]), int(found[2]))
        if given == (column + 1, row + 1):
            return Feedback(True, "")
        return Feedback(False, slips.get(given, "That is another cell."))

    return check


def _choice_check(choices: tuple[str, ...], answer: Any, slips: Mapping[Any, str]) -> Check:
    right = choices[answer] if isinstance(answer, int) else answer
    if right not in choices:
        raise WidgetError(f"the right answer {right!r} is not among the choices")
    said = {choices[key] if isinstance(key, int) else key: message for key, message in slips.items()}
    if right in said or not set(said) <= set(choices):
        raise WidgetError("a slip must be one of the wrong choices")

    def check(given: Any) -> Feedback:
        return Feedback(given == right, "" if given == right else said.get(given, ""))

    return check


def _plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)
