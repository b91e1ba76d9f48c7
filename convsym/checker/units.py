r"""Numbers whose unit stands in the text behind the formula: \approx 118, and then "M", which are millions."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.scope.approximation import decimal_of
from convsym.verdict import Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.scope.judge import Judge

_UNIT = re.compile(
    r"[\s,;~\u00a0]*(?:(?P<word>thousand|million|billion|trillion|percent|per\s+cent)s?\b"
    r"|(?P<percent>\\?%)|(?P<letter>[kKMGBT])(?=[\s.,;:)\-]|$)"
    r"|(?P<prefix>[kKMGT]?)(?P<binary>i?)(?P<unit>B|[bB]ytes?|[bB]its?|FLOPs?|FLOPS|flops|MACs?|MAdds?|Hz|ms|px)\b)"
)
_WORDS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_LETTERS = {"k": 3, "K": 3, "M": 6, "G": 9, "B": 9, "T": 12, "": 0}
_STORED = re.compile(r"[bB]")


def heed_units(finding: Finding, judge: Judge) -> None:
    """Refute no number that holds in the unit behind the formula; in bytes or operations it is left open at least.

    Args:
        finding: a judged line; its outcome is changed.
        judge: of the scope it is read in.
    """
    statement = finding.statement
    behind = statement.source[statement.right.span.end :].strip(" .,;\\!}~")
    unit = _UNIT.match(statement.display.after)
    if not isinstance(finding.outcome, Refuted) or behind or unit is None:
        return
    printed = decimal_of(statement.right)
    if printed is None:
        return
    said = unit.group().strip(" ,;~")
    value = judge.number(statement.left)
    number, half = printed
    holds = value is not None and any(
        abs(Fraction(int(value.p), int(value.q)) - number * power) <= half * power for power in _powers(unit)
    )
    if holds:
        finding.outcome = Proved("certified rounding", (f"the number is counted in {said}",))
    elif unit["unit"] or value is None:
        finding.outcome = Unsupported(f"the number goes on in the text, in {said}")
    else:
        return  # false as it is printed, and false in thousands or per cent
    finding.repairs, finding.judgment, finding.notes = (), None, []


def _powers(unit: re.Match[str]) -> list[Fraction]:
    """What one of a unit may stand for."""
    if unit["percent"] or (unit["word"] or "").startswith("per"):
        return [Fraction(1, 100)]
    if unit["word"]:
        return [Fraction(10) ** _WORDS[unit["word"]]]
    if unit["letter"]:
        return [Fraction(10) ** _LETTERS[unit["letter"]]]
    exponent = _LETTERS[unit["prefix"]]
    binary = Fraction(2) ** (10 * exponent // 3)
    if unit["binary"]:
        return [binary]
    return [Fraction(10) ** exponent, binary] if _STORED.match(unit["unit"]) else [Fraction(10) ** exponent]


__all__ = ["heed_units"]
