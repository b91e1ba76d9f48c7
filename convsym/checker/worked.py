"""Lines of a worked example: numbers put in for what the document gives values, exactly or rounded."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from convsym.checker.doubts import heed_rounding
from convsym.checker.findings import Finding
from convsym.checker.grounds import is_digits, is_near
from convsym.errors import ConvsymError
from convsym.scope.approximation import rounds_to
from convsym.scope.forms import prints_decimal
from convsym.scope.judge import Judge
from convsym.scope.model import Cell, Rule, Scope
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted, Unsupported

_GIVEN = "with the values that the document gives"


def judge_worked(finding: Finding, judge: Judge, statements: Sequence[Statement]) -> None:
    """Decide a line that puts numbers in by the values the document gives, and refute none for a rounding.

    A line is proved where the values give its number, or give it rounded to the digits that are printed. One that
    does not come out is left open: its numbers may be rounded results of lines before, or values
    that an update has changed.

    Args:
        finding: a line whose right side may be made of digits; its outcome is changed.
        judge: who judged it.
        statements: all relations of the document.
    """
    heed_rounding(finding, judge)
    statement, judgment = finding.statement, finding.judgment
    if judgment is None or not isinstance(finding.outcome, Refuted | Unsupported) or len(judgment.pairs) != 1:
        return
    scope = judge.scope
    if not is_digits(statement.right, scope) or is_digits(statement.left, scope):
        return
    _, left, right = judgment.pairs[0]
    values = _values(scope, statements)
    try:
        value, target = judge.unfold(left), judge.unfold(right)
    except ConvsymError:
        return
    used = {atom for atom in value.free_symbols if atom in values}
    value = value.xreplace({atom: values[atom] for atom in used})
    if not value.free_symbols and not target.free_symbols:
        if value == target or rounds_to(value, statement.right):
            finding.outcome = judgment.outcome = Proved(
                "certified rounding" if value != target else "by definition"
            )
            if used:
                judgment.assumed.add(_GIVEN)
            return
    elif not isinstance(finding.outcome, Refuted):
        return
    is_far = not value.free_symbols and not target.free_symbols and not is_near(value, target)
    updated = any(other.role == "update" for other in statements)
    if isinstance(finding.outcome, Refuted) and prints_decimal(statement.right) and (updated or not is_far):
        finding.outcome = Unsupported("numbers are put in, rounded or changed since they were given")


def _fixed_cell(rule: Rule) -> Cell | None:
    """The cell of a rule without letters."""
    if any(pattern.parameter for pattern in rule.patterns) or (
        rule.layer is not None and rule.layer.parameter
    ):
        return None
    layer = None if rule.layer is None else rule.layer.offset
    return Cell(rule.name, tuple(pattern.offset for pattern in rule.patterns), layer)


def _values(scope: Scope, statements: Sequence[Statement]) -> dict[Expr, Expr]:
    """The one number that each cell is given as an example; none for a cell that an update changes."""
    changed = {
        reference.name
        for statement in statements
        if statement.role == "update"
        for reference in scope.mentions(statement.left)
    }
    found: dict[Expr, Expr] = {}
    judge = Judge(scope)
    for name, rules in scope.values.items():
        if name in changed:
            continue
        for rule in rules:
            cell = _fixed_cell(rule)
            number = judge.number(rule.body)
            if cell is None or number is None:
                continue
            atom = scope.register(cell)
            if atom in found and found[atom] != number:
                return {}
            found[atom] = number
    return found
