"""Clashes of types that several lines share: from the first of them on, a letter may have another shape."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.scope.model import latex_name
from convsym.verdict import Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_SEVERAL = 2


def heed_other_shapes(session: Session) -> None:
    """Leave lines open that do not fit the shape of a matrix, where no line behind the first of them fits it.

    One line that multiplies what cannot be multiplied is wrong. Several formulas in a row that all read one letter
    with another shape, and none that holds with its first one, speak of another matrix under the same letter.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    clashing: dict[str, list[Finding]] = defaultdict(list)
    for finding in session.findings.values():
        outcome = finding.outcome
        if (isinstance(outcome, Refuted) and outcome.method == "type clash") or (
            isinstance(outcome, Unsupported) and outcome.reason.startswith("types do not fit")
        ):
            for name in _matrices(session, finding):
                clashing[name].append(finding)
    for name, found in clashing.items():
        formulas = {id(finding.statement.display) for finding in found}
        first = min(finding.statement.number for finding in found)
        if len(formulas) < _SEVERAL or _is_borne_out(session, name, first):
            continue
        for finding in found:
            if isinstance(finding.outcome, Refuted):
                clash = finding.outcome.reason
                finding.outcome = Unsupported(f"${latex_name(name)}$ may be of another shape here: {clash}")
                finding.repairs, finding.edits = (), ()


def _matrices(session: Session, finding: Finding, with_cells: bool = False) -> set[str]:
    """The letters of a line that stand for whole matrices, and for their cells if told so."""
    scope = session.scope_of(finding.statement)
    return {
        scope.matrices.get(reference.name, reference.name)
        for side in (finding.statement.left, finding.statement.right)
        for reference in scope.mentions(side)
        if (with_cells or not reference.indices) and scope.family(reference.name) is not None
    }


def _is_borne_out(session: Session, name: str, first: int) -> bool:
    """Whether a line from a place on holds with the shape that a letter has had."""
    return any(
        isinstance(finding.outcome, Proved)
        and finding.statement.number >= first
        and name in _matrices(session, finding, with_cells=True)
        for finding in session.findings.values()
    )


__all__ = ["heed_other_shapes"]
