"""Lines of printed numbers, and lines that put numbers in for letters: decided to the digits that are printed."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import log

from convsym.checker.findings import Finding
from convsym.checker.given import Given
from convsym.checker.spoken import said_values
from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Matrix, Name, Node
from convsym.latex.walking import walk
from convsym.scope.approximation import decimal_of
from convsym.scope.digits import (
    Figure,
    agree,
    arguments,
    differ,
    is_neither,
    measured,
    miscalculated,
    shown_as,
    slips,
)
from convsym.scope.forms import prints_decimal
from convsym.scope.judge import Judge
from convsym.scope.naming import strip_group
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported, Witness

if TYPE_CHECKING:
    from convsym.checker.session import Session

_OPEN = "the two sides differ by no more than rounded or carried digits may do"
_GIVEN = "with the values that the document gives"


def settle_figures(session: Session) -> None:
    """Decide the lines of a worked example to the digits it prints: a decimal stands for what is rounded to it.

    A line is proved where both sides may be the same number, refuted where they are different ones however their
    decimals were rounded, cut off or carried, and left open in between. Names stand for the numbers that earlier
    lines give them; where one has none the line is left as it was.

    Args:
        session: the document being judged; outcomes are changed.
    """
    if not any(prints_decimal(side) for s in session.reader.statements for side in (s.left, s.right)):
        return
    given, chain, rounded = Given(), list[Finding](), set[Fraction]()
    said = said_values(session.document, session.reader.statements)
    for statement in session.reader.statements:
        if not statement.link:
            _learn(given, chain, session)
            chain = []
        while said and said[0].formula <= statement.formula:
            given.say(said[0].name, said[0].number)
            said.pop(0)
        finding = session.findings[statement.number]
        if statement.role in ("claim", "approximate") and statement.relation in ("=", "approx"):
            session.within(
                "figures", finding, _settle, finding, session.judges[statement.version], given, rounded
            )
        if statement.relation == "approx":
            entries = _entries(statement.right) or [[statement.right]]
            found = [decimal_of(entry) for row in entries for entry in row]
            rounded.update(decimal[0] for decimal in found if decimal is not None)
        chain.append(finding)


def _learn(given: Given, chain: list[Finding], session: Session) -> None:
    if chain:
        with suppress(ConvsymError, RecursionError):
            given.learn(chain, session.scope_of(chain[0].statement))


def _settle(finding: Finding, judge: Judge, given: Given, rounded: Collection[Fraction]) -> None:
    statement, outcome = finding.statement, finding.outcome
    if (
        isinstance(outcome, Proved)
        or finding.final
        or not (prints_decimal(statement.right) or prints_decimal(statement.left))
    ):
        return
    if isinstance(outcome, Definition) and not outcome.reason.startswith("states a condition"):
        return
    if isinstance(outcome, Unsupported | Undecided) and _decide_entries(finding, judge, given, rounded):
        return
    left, right = (_measured(side, judge, given) for side in (statement.left, statement.right))
    if left is not None and right is not None:
        _decide(finding, left, right, rounded)
    elif right is not None and prints_decimal(statement.right):
        _compare(finding, statement.left, right, judge, given)
    elif left is not None and prints_decimal(statement.left):
        _compare(finding, statement.right, left, judge, given)
    elif any(given.worked_out(side) for side in (statement.left, statement.right)):
        _compare_mixed(finding, judge, given)


def _measured(side: Node, judge: Judge, given: Given) -> Figure | None:
    try:
        return measured(judge.scope, side, given.chosen)
    except (ConvsymError, RecursionError, TypeError, ValueError, ZeroDivisionError):
        return None


def _decide(finding: Finding, left: Figure, right: Figure, rounded: Collection[Fraction]) -> None:
    """A line of numbers alone; `rounded` are those that earlier lines say to be rounded ones."""
    sides = finding.statement.left, finding.statement.right
    says_log = any(isinstance(part, Name) and part.text == "log" for side in sides for part in walk(side))
    in_another_base = says_log and _in_another_base(left, right)
    if _slips(finding, left, right, rounded) and agree(left, right):
        _settled(finding, Undecided(_OPEN))
    elif agree(left, right):
        _settled(finding, shown_as([(left, right)]))
    elif is_neither(left, right) and not in_another_base:
        shown = [f"{float(side.nominal or 0):.12g}" for side in (left, right)]
        reason = "the decimal is neither the value rounded nor cut off"
        _settled(finding, Refuted(reason, Witness((), shown[0], shown[1]), "interval arithmetic"))
    elif isinstance(finding.outcome, Refuted):
        if not miscalculated(*arguments(left, right)) or in_another_base:
            _settled(finding, Undecided(_OPEN))
    elif differ(left, right) and not in_another_base:
        shown = [f"{float(side.nominal or 0):.12g}" for side in (left, right)]
        witness = Witness((), shown[0], shown[1])
        _settled(
            finding, Refuted("the numbers differ, however they were rounded", witness, "interval arithmetic")
        )
    elif None not in (left.nominal, right.nominal):
        _settled(finding, Undecided(_OPEN))


def _slips(finding: Finding, left: Figure, right: Figure, rounded: Collection[Fraction]) -> bool:
    r"""Whether a last digit is not what the numbers come to, and none of them was rounded before an \approx."""
    carries = finding.statement.relation == "approx" and any(
        value in rounded for side in (left, right) for value, unit in side.decimals.values() if unit
    )
    return slips(left, right) and not carries


def _entries(node: Node) -> list[list[Node]] | None:
    """The rows of a printed list or matrix; None of anything else."""
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind == "[" and len(node.items) > 1:
        return [list(node.items)]
    if not isinstance(node, Matrix) or not node.rows:
        return None
    rows = [[cell for cell in row if cell is not None] for row in node.rows]
    return rows if len({len(row) for row in (*rows, *node.rows)}) == 1 else None


def _decide_entries(finding: Finding, judge: Judge, given: Given, rounded: Collection[Fraction]) -> bool:
    """Decide two lists or matrices of numbers entry by entry; whether they are such ones."""
    one, other = (_entries(side) for side in (finding.statement.left, finding.statement.right))
    if one is None or other is None or [len(row) for row in one] != [len(row) for row in other]:
        return False
    pairs: list[tuple[Figure, Figure]] = []
    for first, second in zip((e for row in one for e in row), (e for row in other for e in row), strict=True):
        left, right = _measured(first, judge, given), _measured(second, judge, given)
        if left is None or right is None or None in (left.nominal, right.nominal):
            return False
        pairs.append((left, right))
    apart = [pair for pair in pairs if differ(*pair)]
    if apart:
        shown = [f"{float(side.nominal or 0):.12g}" for side in apart[0]]
        reason = "the numbers differ, however they were rounded"
        _settled(finding, Refuted(reason, Witness((), shown[0], shown[1]), "interval arithmetic"))
    elif all(agree(*pair) and not _slips(finding, *pair, rounded) for pair in pairs):
        _settled(finding, shown_as(pairs))
    else:
        _settled(finding, Undecided(_OPEN))
    return True


def _in_another_base(left: Figure, right: Figure) -> bool:
    r"""Whether two sides agree where \log has the base 10 or 2, as some texts mean it."""
    for base in (10, 2):
        sides = [
            replace(
                side, expression=side.expression.replace(log, lambda inner, base=base: log(inner) / log(base))
            )
            for side in (left, right)
        ]
        if sides != [left, right] and agree(*sides):
            return True
    return False


def _compare(finding: Finding, side: Node, numbers: Figure, judge: Judge, given: Given) -> None:
    """A line that puts numbers in for a side in letters."""
    agreeing = [(figure, numbers) for figure in given.figures(side, judge) if agree(figure, numbers)]
    if not agreeing:
        return
    if isinstance(finding.outcome, Refuted) and not (
        finding.outcome.witness and finding.outcome.witness.values
    ):
        # It fails for the numbers themselves, and not only for other inputs than those that are given.
        _settled(finding, Unsupported("numbers are put in, and changed since they were given"))
        return
    _settled(finding, shown_as(_plainest(agreeing), _GIVEN))


def _plainest(pairs: list[tuple[Figure, Figure]]) -> list[tuple[Figure, Figure]]:
    """The pair of sides that agree rounded, where there is one; else the first."""
    return [next((pair for pair in pairs if shown_as([pair]).method == "certified rounding"), pairs[0])]


def _compare_mixed(finding: Finding, judge: Judge, given: Given) -> None:
    """A line that puts numbers in for some letters and leaves others."""
    left, right = (
        list(given.figures(side, judge)) for side in (finding.statement.left, finding.statement.right)
    )
    pairs = [(one, two) for one in left for two in right]
    if agreeing := [pair for pair in pairs if agree(*pair)]:
        _settled(finding, shown_as(_plainest(agreeing), _GIVEN))
    elif isinstance(finding.outcome, Refuted) and not all(differ(one, two) for one, two in pairs):
        _settled(finding, Unsupported("numbers are put in for some letters and not for others"))


def _settled(finding: Finding, outcome: Proved | Refuted | Undecided | Unsupported) -> None:
    finding.outcome = outcome
    finding.repairs = ()
    if finding.judgment is not None:
        finding.judgment.outcome = outcome
