"""Lines of a worked example refuted: their numbers are none of what the given ones can come to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Function, Pow, exp, log

from convsym.checker.comparing import has_letters, is_numbers, is_same, settled, shown, sides_of, ways
from convsym.checker.findings import Finding
from convsym.checker.ledger import Printed, printed_numbers
from convsym.checker.reckoning import Reckoning
from convsym.checker.replay import Replay, replay_of
from convsym.errors import ConvsymError
from convsym.scope.arrays import Array
from convsym.scope.digits import agree, differ, is_neither
from convsym.scope.model import Scope
from convsym.verdict import Refuted, Unsupported, Witness

if TYPE_CHECKING:
    from convsym.checker.session import Session

_ELSE = "the numbers that are given come to something else"
# A number that lies closer to what it should be may have been worked out with results that are not printed.
_FAR = Fraction(1, 100)
_FACTORS = 12
_ERRORS = (ConvsymError, RecursionError, TypeError, ValueError, ZeroDivisionError, ArithmeticError)


def decide_against(finding: Finding, replay: Replay, scope: Scope, session: Session) -> None:
    """A line that comes out in no way: refuted where nothing had to be assumed."""
    left, right, numbers = sides_of(finding.statement, replay, scope)
    reckoning = Reckoning(replay)
    if replay.guessed or is_numbers(finding, left, right, replay):
        return
    if numbers == [None, None] and not replay.literals:
        if all(has_letters(side, replay) for side in (left, right)):
            return
    if not any(reckoning.conflicts(cell) for cell in (*left.cells, *right.cells)):
        _refute(finding, left, right, numbers, reckoning, session)


def _refute(
    finding: Finding,
    left: Array,
    right: Array,
    numbers: list[Printed | None],
    reckoning: Reckoning,
    session: Session,
) -> None:
    """A line whose numbers are none of what the given ones can come to."""
    far: list[tuple[int, Fraction, Fraction]] = []
    agreeing = 0
    for place, (one, two) in enumerate(zip(left.cells, right.cells, strict=True)):
        first = _around(numbers[0], place) or reckoning.sound(one)
        second = _around(numbers[1], place) or reckoning.sound(two)
        if first is None or second is None:
            return
        (low, high), (lower, higher) = first, second
        if high < lower or higher < low:
            far.append((place, (low + high) / 2, (lower + higher) / 2))
        else:
            agreeing += 1
    if reckoning.doubtful:
        return
    if not far and not reckoning.wrong and (slip := _misprinted(finding, left, right, numbers, reckoning)):
        reason = f"{_ELSE}, and the printed decimal is neither that rounded nor cut off"
        witness = Witness((), f"{float(slip[0]):.10g}", f"{float(slip[1]):.10g}")
        settled(finding, Refuted(reason, witness, "interval arithmetic"), reckoning.replay)
        finding.repairs = tuple(_repairs(finding, left, numbers[1], reckoning))
    if not far:
        return
    if reckoning.wrong:
        if not _explained(left, right, numbers, reckoning):
            return
        lines = ", ".join(session.named(number) for number in sorted(reckoning.wrong))
        # The line is right as a step: wrong is the one where its numbers were worked out first.
        reason = f"it carries the numbers of {lines}, where {_ELSE}"
        settled(finding, Unsupported(reason), reckoning.replay)
        return
    if len(left.cells) > 1 and not agreeing:
        return
    if not all(_is_far(one, two) for _, one, two in far) or log in {
        type(part) for cell in (*left.cells, *right.cells) for part in cell.atoms(log)
    }:
        return
    if _holds_turned(finding, session, numbers, reckoning):
        return
    reason = f"{_ELSE}, however they were rounded"
    _, one, two = far[0]
    witness = Witness((), f"{float(one):.6g}", f"{float(two):.6g}")
    settled(finding, Refuted(reason, witness, "interval arithmetic"), reckoning.replay)
    finding.repairs = tuple(_repairs(finding, left, numbers[1], reckoning))


def _misprinted(
    finding: Finding, left: Array, right: Array, numbers: list[Printed | None], reckoning: Reckoning
) -> tuple[Fraction, Fraction] | None:
    """What the numbers of a line come to, exactly and as they are carried on, and a last digit that is neither."""
    if finding.statement.relation != "=" or len(left.cells) != 1 or numbers.count(None) != 1:
        return None
    at = numbers.index(None)
    cell, printed = (left, right)[at].cells[0], numbers[1 - at]
    if cell.atoms(Function, Pow, exp) or printed is None:
        return None  # roots, powers and exponentials are worked out with more digits than are printed
    number = shown(printed, 0, cell)
    exact, carried = reckoning.exactly(cell), reckoning.carried(cell)
    if number is None or exact is None or carried is None or carried.expression.atoms(Function, Pow, exp):
        return None
    value = carried.nominal
    if value is None or not all(is_neither(number, figure, kept=True) for figure in (exact, carried)):
        return None
    return value, printed.cells[0][0]


def refute_update(claim: Finding, reckoning: Reckoning, scope: Scope) -> None:
    """Refute an update that is none of what the old number, the rate and the slope come to as the document prints them.

    Args:
        claim: the update's formula and its number; its outcome is changed.
        reckoning: what the document gives so far.
        scope: of the line.
    """
    (cell,) = reckoning.replay.side(claim.statement.left, scope).cells
    printed, carried = printed_numbers(claim.statement.right), reckoning.carried(cell)
    number = shown(printed, 0, cell)
    if carried is None or number is None or carried.expression != cell:
        return
    one, two = carried.nominal, number.nominal
    if one is None or two is None or not differ(carried, number) or not _is_far(one, two):
        return
    witness = Witness((), f"{float(one):.6g}", f"{float(two):.6g}")
    reason = f"{_ELSE}, however they were rounded"
    settled(claim, Refuted(reason, witness, "interval arithmetic"), reckoning.replay)


def _repairs(finding: Finding, left: Array, printed: Printed | None, reckoning: Reckoning) -> Iterator[str]:
    """The line with the numbers that the given ones come to, to as many digits as it prints."""
    if printed is None:
        return
    texts = []
    for cell, (_, unit) in zip(left.cells, printed.cells, strict=True):
        ends = reckoning.enclosed(cell)
        if ends is None:
            return
        value = round((ends[0] + ends[1]) / 2 / unit) * unit
        texts.append(f"{float(value):.{len(str(unit.denominator)) - 1}f}")
    statement = finding.statement
    side = statement.source[statement.left.span.start : statement.left.span.end].strip()
    sign = "\\approx" if statement.relation == "approx" else "="
    if printed.loose:
        yield f"{side} {sign} [{', '.join(texts)}]"
        return
    rows = [texts[at : at + printed.columns] for at in range(0, len(texts), printed.columns)]
    inner = r" \\ ".join(" & ".join(row) for row in rows)
    yield (
        f"{side} {sign} {inner}"
        if len(texts) == 1
        else f"{side} {sign} \\begin{{bmatrix}} {inner} \\end{{bmatrix}}"
    )


def _around(printed: Printed | None, place: int) -> tuple[Fraction, Fraction] | None:
    if printed is None:
        return None
    value, unit = printed.cells[place]
    return (value - unit, value + unit) if unit < 1 else (value, value)


def _explained(left: Array, right: Array, numbers: list[Printed | None], reckoning: Reckoning) -> bool:
    """Whether a line comes out with the wrong numbers before it: then it is these that make it wrong."""
    for place, cells in enumerate(zip(left.cells, right.cells, strict=True)):
        pair = [
            shown(printed, place, cell) or reckoning.carried(cell, mistaken=True)
            for printed, cell in zip(numbers, cells, strict=True)
        ]
        if pair[0] is None or pair[1] is None or not agree(pair[0], pair[1]):
            return False
    return True


def _is_far(one: Fraction, two: Fraction) -> bool:
    """Whether two numbers differ by more than unprinted digits, and not by a factor that a convention leaves open."""
    if abs(one - two) <= _FAR * max(abs(one), abs(two)):
        return False
    if not one or not two:
        return True
    ratio = abs(one / two)
    return not any(
        abs(ratio - factor) <= _FAR * factor
        for n in range(2, _FACTORS)
        for factor in (Fraction(n), Fraction(1, n))
    )


def _holds_turned(
    finding: Finding, session: Session, numbers: list[Printed | None], reckoning: Reckoning
) -> bool:
    """Whether a line comes out with some given matrix laid out the other way."""
    statement, ledger = finding.statement, reckoning.replay.ledger
    scope = session.scope_of(statement)
    for entry in ledger.entries.values():
        printed = entry.printed
        if printed is None or printed.rows < 2 or printed.rows != printed.columns:
            continue
        size = printed.rows
        cells = tuple(printed.cells[column * size + row] for row in range(size) for column in range(size))
        entry.printed = Printed(size, size, cells)
        try:
            replay = replay_of(ledger, scope)
            again = Reckoning(replay)
            left, right, _ = sides_of(statement, replay, scope)
            if any(
                all(is_same(one, two) for one, two in figures)
                for figures in ways(left, right, numbers, again)
            ):
                return True
        except _ERRORS:
            continue
        finally:
            entry.printed = printed
    return False
