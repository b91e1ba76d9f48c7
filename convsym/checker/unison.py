"""One convolution in one document: lines that need a turned kernel and lines that need a straight one clash."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from convsym.budget import Clock
from convsym.checker.findings import Finding
from convsym.scope.convolving import EXTENTS, conventions
from convsym.scope.judge import Judge
from convsym.verdict import Proved, Undecided

if TYPE_CHECKING:
    from convsym.checker.session import Session

_WAYS = {False: "slides the kernel as it is", True: "turns the kernel"}


def hold_one_reading(session: Session) -> None:
    """Take back the proofs of lines that read a convolution's sign in the way of the smaller part of the document.

    A line that holds in both ways says nothing; where as many lines need the one as the other, none is proved.

    Args:
        session: the document being judged, each line by itself; outcomes are changed.
    """
    ways: dict[str, dict[bool, list[Finding]]] = defaultdict(lambda: {False: [], True: []})
    for finding in session.findings.values():
        judgment = finding.judgment
        judge = None if judgment is None else judgment.judge
        if not isinstance(finding.outcome, Proved) or judge is None or len(judge.fixed) != 1:
            continue
        (operator,) = judge.fixed
        reading = judge.scope.convolutions.get(operator)
        if reading is None or reading.extent not in EXTENTS:
            continue
        base = session.judges[finding.statement.version]
        if session.within("unison", finding, _holds, base, finding, operator, not reading.turned) is not True:
            ways[operator.partition("_")[0]][reading.turned].append(finding)
    for sign, lines in ways.items():
        if not lines[False] or not lines[True]:
            continue
        fewer = [turned for turned in (False, True) if len(lines[turned]) <= len(lines[not turned])]
        for turned in fewer:
            for finding in lines[turned]:
                finding.outcome = Undecided(
                    f"it holds if {sign} {_WAYS[turned]}, and other lines hold only if it {_WAYS[not turned]}"
                )


def _holds(base: Judge, finding: Finding, operator: str, turned: bool) -> bool:
    """Whether a line is true in one way of the sign, whatever it does at the borders."""
    base.clock = Clock(base.budget)
    sides = finding.statement.left, finding.statement.right
    return any(base.under(operator, reading).equal(*sides).holds for reading in conventions(turned))
