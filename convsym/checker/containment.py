"""A document judged in a worker process, so that no formula in it can hang, crash or exhaust this one.

Inside the worker every claim has a soft limit of its own, which Python code heeds. The worker tells what it
begins with; where it then stays silent (a call into native code that does not come back) or dies, it is
ended, the claim is set down as undecided, and a new worker goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from convsym.budget import run_contained
from convsym.checker.assembly import has_relation, plain_verdict
from convsym.checker.session import Past, Session
from convsym.document import Document
from convsym.errors import BudgetExceeded
from convsym.verdict import Status, Verdict

_LEEWAY = 0.6  # seconds between the soft limit and the hard one
_READING = 0.02  # seconds that reading may take for each formula
_MEMORY = 1 << 30
_WORKERS = 6


@dataclass(slots=True)
class _Progress:
    """What the worker has said: what it is at, what stayed undecided, and how many claims are done."""

    told: Callable[[int, int], None] | None
    at: tuple[str, int] | None = None
    total: int = 0
    done: int = 0
    undecided: dict[tuple[str, int], str] = field(default_factory=dict)

    def hear(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("total", int(total)):
                self.total = total
            case ("begin", str(phase), int(number)):
                self.at = phase, number
                if phase == "judge":
                    self.tell(number)
            case ("undecided", int(number), str(reason)):
                self.undecided["judge", number] = reason
            case ("done",):
                self.tell(self.total)

    def tell(self, done: int) -> None:
        # A second worker begins anew; the bar does not go back.
        if self.told is not None and self.total and (done > self.done or not done):
            self.done = done
            self.told(done, self.total)


def judge_document(
    document: Document,
    timeout: float,
    progress: Callable[[int, int], None] | None = None,
    explained: tuple[int | None, int] | None = None,
) -> tuple[Verdict, ...]:
    """Every relation's verdict, in reading order.

    Args:
        document: a document taken apart.
        timeout: seconds that one claim may take.
        progress: called with (done, total) relations.
        explained: the (cell, line) whose relations get every step of their proof or refutation.

    Returns:
        At least one record for each display and each inline formula with a relation. What ran out of time
        or memory is undecided.
    """
    heard = _Progress(progress)
    formulas = sum(1 for _ in document.formulas())
    past = Past()
    for attempt in range(_WORKERS):
        heard.at = None
        patience = timeout + _LEEWAY + (_READING * formulas if attempt == 0 else 0)
        try:
            return run_contained(
                _judged,
                document,
                timeout,
                past,
                explained,
                seconds=patience,
                memory_bytes=_MEMORY,
                on_note=heard.hear,
            )
        except BudgetExceeded as error:
            if heard.at is None:
                return _unread(document, f"the document could not be read: {error}")
            past.known.update(heard.undecided)
            past.known[heard.at] = str(error)
            if attempt == _WORKERS - 2:
                past.stop = heard.at[1]
    return _unread(document, f"no decision within {timeout:g} s a claim")


def _judged(
    document: Document, timeout: float, past: Past, explained: tuple[int | None, int] | None
) -> tuple[Verdict, ...]:
    """What runs in the worker.

    Raises:
        BudgetExceeded: also where the program itself fails, so that one line never takes a whole report with it.
    """
    try:
        return Session(document, timeout, past, explained).run()
    except (BudgetExceeded, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise BudgetExceeded("it could not be worked out: the program failed at it") from error


def _unread(document: Document, reason: str) -> tuple[Verdict, ...]:
    """A record for every formula of a document that could not be judged at all."""
    return tuple(
        plain_verdict(display, Status.UNDECIDED, reason)
        for display in document.formulas()
        if not display.inline or has_relation(display.latex, inside_groups=True)
    )


__all__ = ["judge_document"]
