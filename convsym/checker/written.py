"""Cells of a convolution that the document names: each line that writes one out is a claim about the operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr

from convsym.budget import Clock
from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import Node
from convsym.scope.convolving import EXTENTS, Reading, is_convolution, readings_of, signs_in
from convsym.scope.grid import Grid
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge, Judgment
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted

_METHOD = "by definition"
# So many cells that agree show what the operation is, against one that does not.
_SURE = 3


def judge_written_cells(
    findings: Mapping[int, Finding], judges: Sequence[Judge], statements: Sequence[Statement]
) -> None:
    """Hold the cells that a document defines one by one against the convolution that it says they make up.

    Z = X * W, or the same in printed matrices, says what z_{11} is. A cell that is so under the reading of the sign
    by which most of them are is proved; a single one that differs is refuted where no reading makes it true.

    Args:
        findings: by statement number; outcomes of definitions are changed.
        judges: one a version of the scope.
        statements: all relations of the document.
    """
    for statement in statements:
        found = findings.get(statement.number)
        if statement.relation != "=" or found is None:
            continue
        if statement.role != "operation" and not isinstance(found.outcome, Proved | Refuted):
            continue
        for target, body in ((statement.left, statement.right), (statement.right, statement.left)):
            if (
                is_convolution(body)
                and not is_convolution(target)
                and not derives(body)
                and not derives(target)
            ):
                _judge_cells(target, body, judges[statement.version], found, findings)


def _judge_cells(
    target: Node, body: Node, judge: Judge, whole: Finding, findings: Mapping[int, Finding]
) -> None:
    signs = signs_in(body)
    if len(signs) != 1:
        return
    (sign,) = signs
    settled = judge.scope.turns.get(sign.partition("_")[0])
    best: tuple[list[Finding], list[Finding], Reading] | None = None
    fitting: set[int] = set()
    for reading in readings_of(sign, settled):
        if reading.extent not in EXTENTS:
            continue
        agreeing, differing = _compared(target, body, judge.under(sign, reading), findings)
        fitting |= {finding.statement.number for finding in agreeing}
        if agreeing and (best is None or len(agreeing) > len(best[0])):
            best = agreeing, differing, reading
    if best is None or len(best[0]) <= len(best[1]):
        return
    agreeing, differing, reading = best
    slip = differing[0] if len(differing) == 1 and len(agreeing) >= _SURE else None
    if slip is not None and slip.statement.number in fitting:
        slip = None
    if isinstance(whole.outcome, Refuted) and slip is None:
        return
    for finding in agreeing:
        finding.outcome = Proved(_METHOD)
        finding.judgment = Judgment(finding.outcome, assumed={reading.words(sign)})
    if slip is not None:
        reason = "the other cells make up the convolution that the document names, this one does not"
        slip.outcome = Refuted(reason, method="contradiction")
        slip.judgment = Judgment(slip.outcome, assumed={reading.words(sign)})
        if isinstance(whole.outcome, Refuted):
            whole.outcome, whole.judgment = Definition("names the operation"), None
            whole.repairs, whole.edits = (), ()


def _compared(
    target: Node, body: Node, judge: Judge, findings: Mapping[int, Finding]
) -> tuple[list[Finding], list[Finding]]:
    """The lines that define a cell as the operation gives it, and those that define it otherwise."""
    agreeing: list[Finding] = []
    differing: list[Finding] = []
    elaborator = judge.elaborator
    judge.clock = elaborator.clock = Clock(judge.budget)
    try:
        cells, values = elaborator.value(target, {}), elaborator.value(body, {})
    except (ConvsymError, RecursionError):
        return [], []
    if not isinstance(cells, Grid) or not isinstance(values, Grid):
        return [], []
    if (cells.rows, cells.columns) != (values.rows, values.columns):
        return [], []
    for atom, value in zip(cells.cells, values.cells, strict=True):
        cell = judge.scope.cells.get(atom)
        if cell is None or not isinstance(value, Expr):
            continue
        rules = [
            rule
            for rule in judge.scope.rules.get(cell.family, [])
            if not rule.is_general and tuple(pattern.offset for pattern in rule.patterns) == cell.indices
        ]
        finding = findings.get(rules[0].statement) if len(rules) == 1 else None
        if finding is None or not isinstance(finding.outcome, Definition):
            continue
        try:
            written = elaborator.definition(cell)
            holds = isinstance(written, Expr) and isinstance(judge.decide(written, value), Proved)
        except (ConvsymError, RecursionError):
            continue
        (agreeing if holds else differing).append(finding)
    return agreeing, differing
