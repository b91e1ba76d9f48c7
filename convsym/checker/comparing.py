"""The sides of a line of a worked example: as arrays, as figures, and whether they are the same in numbers."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Rational, Symbol

from convsym.checker.findings import Finding
from convsym.checker.ledger import Printed, printed_numbers
from convsym.checker.reckoning import Reckoning
from convsym.checker.replay import Replay
from convsym.checker.transcription import literal
from convsym.prover import prove_equal
from convsym.scope.arrays import Array, Lists, aligned
from convsym.scope.digits import Figure, agree
from convsym.scope.model import Scope
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted, Undecided, Unsupported


def sides_of(statement: Statement, replay: Replay, scope: Scope) -> tuple[Array, Array, list[Printed | None]]:
    """The sides of a line entry by entry, and the numbers of a side that prints nothing else.

    Raises:
        ConvsymError: they are of a form that is not worked out, or of different shapes.
    """
    numbers = [printed_numbers(side) for side in (statement.left, statement.right)]
    left, right = (
        literal(printed, replay.lists) if printed is not None else replay.side(side, scope)
        for printed, side in zip(numbers, (statement.left, statement.right), strict=True)
    )
    return *aligned(left, right), numbers


def is_numbers(finding: Finding, left: Array, right: Array, replay: Replay) -> bool:
    """Whether a line is one of numbers alone, which has been worked out and left undecided."""
    return isinstance(finding.outcome, Undecided) and not (
        has_letters(left, replay) or has_letters(right, replay)
    )


def has_letters(side: Array, replay: Replay) -> bool:
    """Whether a side names some quantity."""
    return any(cell.free_symbols & replay.atoms.keys() for cell in side.cells)


def ways(
    left: Array, right: Array, numbers: list[Printed | None], reckoning: Reckoning
) -> Iterator[list[tuple[Figure, Figure]]]:
    """The sides in numbers, entry by entry: as the document carries them, and exactly."""
    for exactly in (False, True):
        figures = []
        for place, cells in enumerate(zip(left.cells, right.cells, strict=True)):
            pair = [
                shown(printed, place, cell)
                or (reckoning.exactly(cell) if exactly else reckoning.carried(cell))
                for printed, cell in zip(numbers, cells, strict=True)
            ]
            if pair[0] is None or pair[1] is None:
                break
            figures.append((pair[0], pair[1]))
        else:
            yield figures


def shown(printed: Printed | None, place: int, cell: Expr) -> Figure | None:
    """A printed number as a figure."""
    if printed is None:
        return None
    value, unit = printed.cells[place]
    if unit >= 1:
        return Figure(cell, {})
    symbol = Symbol("printed", real=True)
    return Figure(symbol, {symbol: (value, unit)}, (value, unit))


def is_same(one: Figure, other: Figure) -> bool:
    """Whether two figures agree; numbers that nothing was rounded in have to be equal."""
    exact = [_exact(side) for side in (one, other)]
    if exact[0] is not None and exact[0] == exact[1]:
        return True
    whole = [
        exact is not None and side.printed is None for exact, side in zip(exact, (one, other), strict=True)
    ]
    return not all(whole) and (agree(one, other) or _is_put_in(one, other))


def _is_put_in(one: Figure, other: Figure) -> bool:
    r"""Whether two expressions are the same with every number as it is printed: 1/(1 + e^{-2.0}) for \sigma(z)."""
    if one.printed is not None or other.printed is not None:
        return False
    sides = [
        side.expression.xreplace(
            {s: Rational(v.numerator, v.denominator) for s, (v, _) in side.decimals.items()}
        )
        for side in (one, other)
    ]
    return isinstance(prove_equal(*sides), Proved)


def _exact(side: Figure) -> Expr | None:
    """The fraction that a figure is, its decimals as they stand; None where one of an expression may be rounded."""
    if side.printed is not None:
        return Rational(side.printed[0].numerator, side.printed[0].denominator)
    if any(unit for _, unit in side.decimals.values()):
        return None
    numbers = {symbol: Rational(v.numerator, v.denominator) for symbol, (v, _) in side.decimals.items()}
    value = side.expression.xreplace(numbers)
    return value if value.is_Rational else None


def settled(finding: Finding, outcome: Proved | Refuted | Unsupported, replay: Replay) -> None:
    """Give a line its outcome, with what had to be assumed to replay it."""
    if isinstance(outcome, Proved):
        directions = () if replay.lists is Lists.FREE else (f"lists are {replay.lists.value}",)
        conditions = dict.fromkeys((*outcome.assuming, *sorted(replay.assumed), *directions))
        outcome = Proved(outcome.method, tuple(conditions), outcome.sizes)
    finding.outcome = outcome
    finding.repairs = ()
    if finding.judgment is not None:
        finding.judgment.outcome = outcome
