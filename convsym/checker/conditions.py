"""Counterexamples against what a document takes for granted: a point that breaks a stated condition refutes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy import Expr, Rational, Symbol

from convsym.checker.findings import Finding
from convsym.checker.matching import put_in_for
from convsym.checker.spoken import cells_given
from convsym.checker.stated import EITHER, STATIONARY
from convsym.errors import ConvsymError
from convsym.latex.syntax import Name, Node, Scripted
from convsym.prover import prove_equal
from convsym.scope.approximation import decimal_of
from convsym.scope.hygiene import derives
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.normalization import class_axes, said_normalized
from convsym.scope.restrictions import ORDERS
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Refuted, Unsupported, Witness

if TYPE_CHECKING:
    from convsym.checker.session import Session

# Words directly before a relation in running text that suppose it: "assume that $x$ is normalised: $x^T x = 1$".
_SUPPOSED = re.compile(
    r"\b(?:assum\w+|suppos\w+|let|normali[sz]ed|orthonormal|orthogonal|unit|such that|so that|provided|satisf\w+|"
    r"constrain\w*|subject to|require\w*)\b[^.!?]*\Z",
    re.I,
)
_HOLDS = {
    "=": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


def heed_conditions(session: Session) -> None:
    """Leave open what is refuted only at points that break a condition the document states.

    Args:
        session: the document being judged; the outcomes of its findings are changed.
    """
    _name_standards(session)
    _heed_unread(session)
    conditions = list(_conditions(session))
    if not conditions:
        return
    given = _given_cells(session, conditions)
    for finding in list(session.claims()):
        outcome = finding.outcome
        if not isinstance(outcome, Refuted) or outcome.witness is None or finding.judgment is None:
            continue
        for condition in conditions:
            if condition.statement.version != finding.statement.version:
                continue
            own = finding.statement.under or finding.statement.pieced
            if own and condition.statement.relation in ORDERS:
                continue  # it says itself where it holds, and was judged there
            if isinstance(condition.outcome, Definition) and condition.outcome.reason == STATIONARY:
                # Only what is concluded from it holds at the minimum alone; the slope itself is what it is everywhere.
                later = condition.statement.number < finding.statement.number
                if not later or any(map(derives, (finding.statement.left, finding.statement.right))):
                    continue
            if (
                condition is not finding
                and _speaks_of(condition, finding, session)
                and not _is_met(condition, outcome.witness, session)
                and not _fails_as_given(finding, given, session)
            ):
                named = session.named(condition.statement.number)
                finding.outcome = Unsupported(f"it may hold under the condition in {named}")
                finding.repairs, finding.notes = (), []
                break


def _name_standards(session: Session) -> None:
    """Say with every verdict which functions were given their usual meaning because the document gives none."""
    meanings = session.reader.meanings
    formulas = {s.number: s.formula for s in session.reader.statements if s.formula in meanings}
    for finding in session.findings.values() if formulas else ():
        if (judgment := finding.judgment) is not None:
            numbers = formulas.keys() & {finding.statement.number, *judgment.used}
            judgment.assumed |= {meanings[formulas[number]] for number in numbers}


def _heed_unread(session: Session) -> None:
    """Leave open what is refuted by a free name of one side that a line which was not understood speaks of."""
    unread = [
        finding
        for finding in session.findings.values()
        if isinstance(finding.outcome, Unsupported)
        and finding.statement.relation == "="
        and finding.statement.role == "claim"
    ]
    for finding in list(session.claims()):
        judgment, outcome = finding.judgment, finding.outcome
        if not isinstance(outcome, Refuted) or judgment is None or judgment.used or len(judgment.pairs) != 1:
            continue
        scope = session.scope_of(finding.statement)
        (_, a, b) = judgment.pairs[0]
        lone = {
            scope.cells[atom].family
            for atom in a.free_symbols ^ b.free_symbols
            if atom in scope.cells and not scope.rules.get(scope.cells[atom].family)
        }
        for other in unread:
            if lone & _names(other.statement, scope):
                named = session.named(other.statement.number)
                finding.outcome = Unsupported(f"it may hold by {named}, which was not understood")
                finding.repairs, finding.notes = (), []
                break


def _conditions(session: Session) -> Iterator[Finding]:
    for finding in session.findings.values():
        outcome, statement = finding.outcome, finding.statement
        if statement.relation not in _HOLDS or statement.role not in ("claim", "comparison"):
            continue
        # That targets add up to one is put to use where a claim is judged.
        scope = session.scope_of(statement)
        equations = session.reader.equations.values()
        certain = {name for name, axis in class_axes(scope, equations).items() if axis is not None}
        if _names(statement, scope) & (said_normalized(scope, equations) | certain):
            continue
        stated = isinstance(outcome, Definition) and outcome.reason.startswith(
            ("states a condition", "gives the power", STATIONARY)
        )
        # What puts numbers in for a slope works something out, and demands nothing of anybody.
        worked = any(map(derives, (statement.left, statement.right)))
        valued = isinstance(outcome, Unsupported) and (
            outcome.reason == EITHER or (outcome.reason.startswith("numbers are put in") and not worked)
        )
        supposed = statement.display.inline and _SUPPOSED.search(statement.display.before) is not None
        if stated or (valued and (supposed or not _puts_in(statement, scope))):
            yield finding


def _puts_in(statement: Statement, scope: Scope) -> bool:
    """Whether a line is a formula and the same with numbers for its names."""

    def is_name(node: Node) -> bool:
        reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
        return reference is not None and reference.name not in scope.functions

    return not is_name(strip_group(statement.left)) and bool(
        put_in_for(statement.left, statement.right, is_name)
    )


def _given_cells(session: Session, conditions: list[Finding]) -> dict[tuple[int, Expr], Expr]:
    """The numbers that a matrix of names is said to equal, by version of the scope and cell."""
    found: dict[tuple[int, Expr], Expr] = {}
    for condition in conditions:
        statement = condition.statement
        for name, number in cells_given((statement.left, statement.right)):
            decimal = decimal_of(number)
            try:
                cell = session.judges[statement.version].elaborator.value(name, {})
            except ConvsymError:
                continue
            if isinstance(cell, Symbol) and decimal is not None:
                found[statement.version, cell] = Rational(decimal[0].numerator, decimal[0].denominator)
    return found


def _fails_as_given(finding: Finding, given: dict[tuple[int, Expr], Expr], session: Session) -> bool:
    """Whether the sides of a line are certainly different for the numbers that the document gives."""
    judgment, version = finding.judgment, finding.statement.version
    numbers = {cell: value for (other, cell), value in given.items() if other == version}
    if judgment is None or len(judgment.pairs) != 1 or not numbers:
        return False
    _, left, right = judgment.pairs[0]
    judge = session.judges[version]
    try:
        sides = [judge.unfold(side).xreplace(numbers) for side in (left, right)]
    except ConvsymError:
        return False
    if any(side.free_symbols for side in sides):
        return False
    return isinstance(prove_equal(*sides), Refuted)


def _names(statement: Statement, scope: Scope) -> set[str]:
    return {
        scope.matrices.get(reference.name, reference.name)
        for side in (statement.left, statement.right)
        for reference in scope.mentions(side)
        if reference.name not in scope.survey.counters
    }


def _speaks_of(condition: Finding, finding: Finding, session: Session) -> bool:
    """Whether a condition is about something that the refuted line comes down to."""
    scope = session.scope_of(finding.statement)
    names = _names(condition.statement, scope)
    judge = session.judges[finding.statement.version]
    judgment = finding.judgment
    found: set[str] = set()
    if judgment is not None and (own := judgment.typed or judgment.judge) is not None:
        judge, scope = own, own.scope
    for _, a, b in judgment.pairs if judgment is not None else ():
        try:
            sides = judge.unfold(a), judge.unfold(b)
        except ConvsymError:
            sides = a, b
        for atom in sides[0].free_symbols | sides[1].free_symbols:
            cell = scope.cells.get(atom)
            found.add(cell.family if cell is not None else getattr(atom, "name", ""))
    return bool(names & found)


def _is_met(condition: Finding, witness: Witness, session: Session) -> bool:
    """Whether a condition certainly holds at the values of a counterexample."""
    statement = condition.statement
    judge = session.judges[statement.version]
    known = {name: Rational(value.numerator, value.denominator) for name, value in witness.values}
    known.update({name: Rational(size) for name, size in witness.sizes})
    sides = []
    for side in (statement.left, statement.right):
        try:
            value = judge.elaborator.value(side, {})
        except ConvsymError:
            return False
        if not isinstance(value, Expr):
            return False
        value = judge.unfold(value)
        mapping = {s: known[s.name] for s in value.free_symbols if isinstance(s, Symbol) and s.name in known}
        sides.append(value.xreplace(mapping))
    if not all(isinstance(side, Rational) for side in sides):
        return False
    return bool(_HOLDS[statement.relation](*sides))
