"""The verdicts of a document in reading order: a record for every formula, whatever became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import verdict_of
from convsym.document import Display
from convsym.scope.functionlabels import as_labelled
from convsym.verdict import Status, Verdict

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.scope.introduce import Reader
    from convsym.scope.statements import Unread

_SHOWN = 400
_RELATION = re.compile(
    r"[=<>≤≥≈≠≡∝∈]|\\(?:leq?|geq?|neq?|approx|equiv|propto|in|sim|simeq|coloneqq|triangleq|doteq|lt|gt)(?![A-Za-z])"
)
# What stands over, under or beside a sign (i = 1 under a sum) relates nothing by itself.
_SCRIPT = re.compile(r"[_^]\s*\{[^{}]*\}")
_GROUP = re.compile(r"(?<!\\)\{[^{}]*\}")
_ROUNDS = 16


def has_relation(latex: str, *, inside_groups: bool = False) -> bool:
    r"""Whether a formula relates two sides: an equality, an inequality, a membership.

    Args:
        latex: the formula. An index or a limit such as i = 1 is none.
        inside_groups: count what stands in the argument of a command (\boxed{a = b}) as well.
    """
    for pattern in (_SCRIPT,) if inside_groups else (_SCRIPT, _GROUP):
        for _ in range(_ROUNDS):
            latex, found = pattern.subn(" ", latex)
            if not found:
                break
    return _RELATION.search(latex) is not None


def assembled(reader: Reader, findings: Mapping[int, Finding]) -> tuple[Verdict, ...]:
    """Every relation's verdict in reading order, and a record for each formula that gave none.

    Args:
        reader: the document as read.
        findings: by statement number.
    """
    places = {id(display): number for number, display in enumerate(reader.formulas)}
    records: list[tuple[int, int, Verdict]] = []
    for number, finding in findings.items():
        verdict = verdict_of(finding)
        if reader.labelled:
            verdict = _as_printed(verdict, reader.labelled)
        records.append((finding.statement.formula, number, verdict))
    for unread in reader.unread:
        verdict = _unread_verdict(unread)
        records.append((places.get(id(unread.display), 0), unread.number, verdict))
    covered = {formula for formula, _, _ in records}
    for formula, display in enumerate(reader.formulas):
        if formula not in covered:
            unclaimed = _unclaimed(reader, formula, display)
            if unclaimed is not None:
                records.append((formula, 0, unclaimed))
    return tuple(verdict for _, _, verdict in sorted(records, key=_reading_order))


def _as_printed(verdict: Verdict, meant: Mapping[str, tuple[str, str]]) -> Verdict:
    """A record in which functions with a label have the document's own spelling."""
    repairs = tuple(as_labelled(repair, meant) for repair in verdict.repairs)
    return replace(
        verdict,
        reason=as_labelled(verdict.reason, meant),
        assuming=tuple(as_labelled(condition, meant) for condition in verdict.assuming),
        repair=repairs[0] if repairs else verdict.repair,
        repairs=repairs,
        steps=tuple(as_labelled(step, meant) for step in verdict.steps),
    )


def _reading_order(record: tuple[int, int, Verdict]) -> tuple[int, int, int, int]:
    formula, number, verdict = record
    return formula, verdict.line, verdict.column, number


def _unread_verdict(unread: Unread) -> Verdict:
    if unread.display.note:
        return plain_verdict(unread.display, Status.DEFINITION, unread.display.note)
    return plain_verdict(unread.display, Status.UNSUPPORTED, unread.reason, unread.offset)


def _unclaimed(reader: Reader, formula: int, display: Display) -> Verdict | None:
    """The record of a formula in which no relation was found; None for a symbol inside a sentence."""
    equation = reader.equations.get(formula)
    if equation is None:
        failure = reader.failures.get(formula)
        if display.inline and not has_relation(display.latex, inside_groups=True):
            return None
        reason = failure.message if failure is not None else "a formula that was not read"
        return plain_verdict(
            display, Status.UNSUPPORTED, reason, failure.offset if failure is not None else 0
        )
    if any(row.first is None and row.links for row in equation.rows):
        return plain_verdict(
            display, Status.UNSUPPORTED, "it begins with a relation, and nothing stands on its left side"
        )
    if has_relation(display.latex, inside_groups=not display.inline):
        return plain_verdict(
            display, Status.UNSUPPORTED, "its relation stands inside a larger expression, and was not judged"
        )
    if display.inline:
        return None
    return plain_verdict(display, Status.DEFINITION, "shows an expression and claims nothing")


def plain_verdict(display: Display, status: Status, reason: str, offset: int = 0) -> Verdict:
    """A record about a formula as a whole, placed at an offset of its text."""
    place = display.place(min(offset, len(display.latex)))
    return Verdict(
        latex=" ".join(display.latex[: 4 * _SHOWN].split())[:_SHOWN],
        status=status,
        reason=reason,
        line=place.line,
        column=place.column,
        cell=place.cell,
        label=display.label,
        section=display.section,
    )


__all__ = ["assembled", "has_relation", "plain_verdict"]
