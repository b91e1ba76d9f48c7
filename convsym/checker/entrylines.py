"""Entries written out beside a line that gives the whole matrix: C = A B, and then c_{11} = a_{11} b_{11} + ..."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy import Expr, expand

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import Matrix, Name, Node
from convsym.latex.walking import walk
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import Rule
from convsym.scope.naming import Reference, strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted

if TYPE_CHECKING:
    from convsym.checker.session import Session


def judge_entry_line(session: Session, finding: Finding, judge: Judge) -> None:
    """A line that defines an entry, against an earlier line that says what the whole matrix is.

    The line is judged by its own entry: another one that stands wrong says nothing against it. Where all of the
    entries are given by a rule, o_{i,j} = ..., the two definitions must agree everywhere.

    Args:
        session: the document.
        finding: what was found about the line, a definition; its outcome is changed where the two are compared.
        judge: decides in its scope.
    """
    statement, scope = finding.statement, judge.scope
    reference = scope.refer(statement.left, {})
    if reference is None or not reference.indices or reference.layer is not None:
        return
    for matrix, other in _wholes(session, statement, reference, judge):
        judgment = judge.equal(matrix, other.right)
        signs = bool(judge.elaborator.convolved)
        if judgment.broken is not None:
            continue
        own = _own_entry(judgment, statement, judge)
        if own is None:
            if isinstance(judgment.outcome, Refuted) and isinstance(matrix, Name):
                _contradicts(session, finding, other, judgment, judgment.outcome)
            continue
        if signs or judgment.judge is not None:
            continue  # what the sign of a convolution stands for is learned from these very lines
        if _is_bias(own, statement, judge):
            continue
        pairs, outcome = judgment.pairs, judge.decide(*own)
        judgment.pairs = [("", *own)]
        if isinstance(outcome, Refuted) and isinstance(judgment.outcome, Refuted):
            # Where no entry agrees with it, the line that says what the whole is may be the wrong one.
            if any(isinstance(judge.decide(a, b), Proved) for _, a, b in pairs):
                _contradicts(session, finding, other, judgment, outcome)
        elif isinstance(outcome, Proved):
            finding.outcome = Proved(outcome.method, outcome.assuming, outcome.sizes)
            finding.judgment = judgment


def _is_bias(own: tuple[Expr, Expr], statement: Statement, judge: Judge) -> bool:
    """Whether all that an entry lacks is what the definition of the whole adds to every entry, an undefined name."""
    line, whole = own
    missing = judge.scope.cells.get(expand(whole - line))
    if missing is None or judge.scope.rules.get(missing.family):
        return False
    spoken = {reference.name for reference in judge.scope.mentions(statement.right)}
    return not {missing.family, judge.scope.matrices.get(missing.family)} & spoken


def _contradicts(
    session: Session, finding: Finding, other: Statement, judgment: Judgment, outcome: Refuted
) -> None:
    reason = f"contradicts ${other.latex}$ in line {session.line(other)}"
    finding.outcome, finding.judgment = Refuted(reason, outcome.witness, "contradiction"), judgment


def _wholes(
    session: Session, statement: Statement, reference: Reference, judge: Judge
) -> Iterator[tuple[Node, Statement]]:
    """The matrices that an entry belongs to, named or printed, each with the earlier line that gives it whole."""
    scope = judge.scope
    for matrix, own in scope.matrices.items():
        rules = scope.rules.get(matrix, [])
        family = scope.families.get(reference.name)
        if own != reference.name or matrix == own or not rules or family is None or None in family.sizes:
            continue
        for other in session.reader.statements[: statement.number]:
            if other.number == rules[-1].statement and not rules[-1].patterns:
                yield Name(matrix, statement.left.span), other
    if any(isinstance(part, Name) for index in reference.indices for part in walk(index)):
        return
    for other in session.reader.statements[: statement.number]:
        head = scope.refer(other.left, {}) if other.relation in ("=", ":=") and not other.link else None
        if head is None or head.indices or isinstance(strip_group(other.right), Matrix):
            continue
        for rule in scope.rules.get(head.name, []):
            if (printed := _printed(rule, reference, judge)) is not None:
                yield printed, other


def _printed(rule: Rule, reference: Reference, judge: Judge) -> Matrix | None:
    """The matrix that a rule prints entry by entry, where one of them is the entry of a reference."""
    matrix = None if rule.patterns or rule.body is None else strip_group(rule.body)
    if not isinstance(matrix, Matrix):
        return None
    entries = [judge.scope.refer(cell, {}) for row in matrix.rows for cell in row if cell is not None]
    meant = any(entry is not None and entry.indices and entry.name == reference.name for entry in entries)
    return matrix if meant else None


def _own_entry(judgment: Judgment, statement: Statement, judge: Judge) -> tuple[Expr, Expr] | None:
    """What the line says of its entry, and what the whole matrix says of it; None where the line is no entry."""
    try:
        entry, value = judge.elaborator.value(statement.left, {}), judge.elaborator.value(statement.right, {})
    except ConvsymError:
        return None
    found = [other for _, left, other in judgment.pairs if left == entry]
    return (value, found[0]) if len(found) == 1 and isinstance(value, Expr) else None
