r"""Numbers whose magnitude stands behind the formula as a word: \approx 118 and then "M", = 37.5 and then "%"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convsym.latex.syntax import Number, Product, Scripted, Signed, Span
from convsym.scope.approximation import decimal_of, judge_approximation
from convsym.verdict import Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_POWERS = {
    "%": -2, "\\%": -2, "per cent": -2, "prozent": -2, "pour cent": -2,
    "k": 3, "thousand": 3, "tausend": 3,
    "m": 6, "million": 6, "millions": 6, "mio": 6, "millionen": 6,
    "g": 9, "b": 9, "billion": 9, "billions": 9,
    "t": 12, "trillion": 12,
}  # fmt: skip
"""A word behind a number -> the power of ten it stands for."""
_WORD = re.compile(
    r"[\s~]*(?P<word>\\?%|per ?cent|pour cent|(?:thousand|millions?|billions?|trillion|tausend|prozent|mio|millionen)"
    r"(?!\w)|[kKMGBT](?=[\s.,;:)]|$|(?:FLOP|MAC|param|OP)))",
    re.I,
)


def heed_magnitudes(session: Session) -> None:
    """Read a number with the magnitude behind it, where it is refuted without.

    What holds with it is proved, what fails with it and without stays refuted, and anything else is left open.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for finding in session.findings.values():
        statement = finding.statement
        if not isinstance(finding.outcome, Refuted) or not statement.display.inline:
            continue
        decimal = decimal_of(statement.right)
        if decimal is None or re.search(r"\w", statement.source[statement.right.span.end :]):
            continue
        found = _WORD.match(statement.display.after)
        if found is None:
            continue
        word = found["word"]
        span = statement.right.span
        power = _power(_POWERS[word.lower().replace("percent", "per cent").replace("  ", " ")], span)
        scaled = Product((("", statement.right), ("cdot", power)), span)
        judge = session.judges[statement.version]
        outcome = judge_approximation(judge, statement.left, scaled)
        if isinstance(outcome, Refuted):
            continue
        if isinstance(outcome, Proved):
            finding.outcome = Proved(outcome.method, (*outcome.assuming, f"read with the {word} behind it"))
        else:
            finding.outcome = Unsupported(f"the {word} behind it may say what it is counted in")
        finding.judgment, finding.reason, finding.repairs, finding.edits = None, "", (), ()
        finding.notes, finding.steps = [], []


def _power(exponent: int, span: Span) -> Scripted:
    """A power of ten."""
    number = Number(str(abs(exponent)), span)
    raised = Signed("-", number, span) if exponent < 0 else number
    return Scripted(Number("10", span), None, raised, 0, span)


__all__ = ["heed_magnitudes"]
