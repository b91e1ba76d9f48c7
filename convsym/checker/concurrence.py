"""Lines against one definition: whether another definition could make them true, or each is wrong by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from convsym.budget import Clock
from convsym.checker.carried import is_carried_slip
from convsym.checker.diagnosis import has_stray_index, is_clash, is_vouched, lines_of, rule_of
from convsym.checker.findings import Finding, chains_of
from convsym.checker.screening import flat_pairs, residues_equal
from convsym.checker.speaking import is_standard, takes_as_given
from convsym.checker.trials import Trials, edited_rule, instance_of
from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Chain, Name, Node, Number, Product, Scripted
from convsym.scope.algebra import Modular
from convsym.scope.elaborate import Elaborator
from convsym.scope.forms import printed_shape
from convsym.scope.judge import Judge
from convsym.scope.memory import Memory
from convsym.scope.model import FunctionRule, Rule
from convsym.scope.naming import strip_group
from convsym.scope.standing import leads_back
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_NAMES = "names its left side"
_WRONG = "which is refuted and was not put right"
_FACTOR = "3"
"""A definition is altered by this factor to see what rests on what it says."""


def suspend(session: Session) -> None:
    """A line that differs from a refuted definition is not wrong for that: it rests on nothing."""
    for chain in list(chains_of(session.findings.values())):
        for claim, definition in pairwise(chain):
            if _names_first(session, claim, definition):
                _judge_as_named(session, claim.statement.left, definition)
    standing = {
        number: finding
        for number, finding in session.findings.items()
        if finding.statement.role == "definition"
        and (isinstance(finding.outcome, Refuted) or has_stray_index(finding))
        and number not in session.repaired
        and rule_of(session, finding.statement) is not None
    }
    for other in session.claims():
        for number in sorted(other.used & set(standing)):
            if isinstance(other.outcome, Refuted) and other.statement.number != number:
                named = session.named(number)
                wrong = _WRONG
                if has_stray_index(session.findings[number]):
                    wrong = "in which an index is free on the right only"
                other.outcome = Unsupported(f"rests on {named}, {wrong}")
                other.repairs, other.notes = (), []
    _leave_open(session)


def _names_first(session: Session, claim: Finding, definition: Finding) -> bool:
    """A chain Q K^T = S = [...] that names S first and then writes it out wrongly: its second relation is the claim."""
    statement, number = claim.statement, definition.statement.number
    if (
        not isinstance(claim.outcome, Refuted)
        or claim.judgment is None
        or claim.outcome.witness is None
        or not isinstance(definition.outcome, Definition)
        or definition.statement.role != "definition"
        or number not in claim.used
        or not isinstance(strip_group(statement.right), Name | Scripted)
        or printed_shape(statement.right) != printed_shape(definition.statement.left)
        or is_vouched(session, number)
    ):
        return False
    named, meant = (
        statement.source[node.span.start : node.span.end].strip()
        for node in (statement.right, statement.left)
    )
    definition.outcome, definition.judgment, definition.final = claim.outcome, claim.judgment, True
    definition.repairs, definition.edits = (f"{named} = {meant}",), ("right side replaced",)
    claim.outcome, claim.judgment = Definition(_NAMES), None
    claim.repairs, claim.edits, claim.notes = (), (), []
    return True


def _judge_as_named(session: Session, meant: Node, definition: Finding) -> None:
    """Judge again what rests on a name that was written out wrongly, by what its chain says that it names.

    A line that only the wrong form makes true is left open, and one that fails with both is wrong.
    """
    number, version = definition.statement.number, definition.statement.version
    rule = rule_of(session, definition.statement)
    resting = [other for other in session.claims() if number in other.used]
    old = session.judges[version]
    if isinstance(rule, Rule):
        right = replace(rule, body=meant)
        changed = old.scope.with_rule(rule, right, rule.name)
        if not leads_back(right, changed):
            session.judges[version] = Judge(changed, session.budget)
            session.repaired[number] = definition.repairs[0]
    for other in resting:
        found = session.guarded(other.statement) if number in session.repaired else None
        failed = (
            found is not None and isinstance(found.outcome, Refuted) and isinstance(other.outcome, Refuted)
        )
        if found is not None and (failed or isinstance(found.outcome, Proved)):
            if number in found.used:
                found.notes.append(f"judged against the repaired {session.named(number)}")
            session.findings[other.statement.number] = found
        elif isinstance(other.outcome, Proved | Refuted):
            other.outcome = Unsupported(f"rests on {session.named(number)}, {_WRONG}")
            other.repairs, other.notes = (), []


def _leave_open(session: Session) -> None:
    """Lines that concur against one definition, and nothing says which is wrong: none of them is refuted.

    Another definition could make lines about different quantities true together. Of two lines that say different
    things of one quantity only one can be true, whatever the definition: they do not speak for each other. And
    where a line that holds by the definition says what that quantity is, the document itself speaks against the
    other lines about it. A line that takes the quantity as given is wrong with any definition of it.
    """
    for statement in session.reader.statements:
        if statement.role != "definition" or not isinstance(
            session.findings[statement.number].outcome, Definition
        ):
            continue
        rule = rule_of(session, statement)
        if rule is None or is_vouched(session, statement.number) or is_standard(session, rule):
            continue
        resting = [f for f in session.claims() if statement.number in f.used]
        failing = [f for f in resting if isinstance(f.outcome, Refuted) and not is_clash(f)]
        if isinstance(rule, FunctionRule):
            # Whatever a function is, a cell that does not exist has no value for it.
            failing = [f for f in failing if not _is_out_of_range(f)]
        if len(failing) < 2:
            continue
        proved = [f for f in resting if isinstance(f.outcome, Proved)]
        bound = [f for f in proved if _is_bound(session, f, statement)]
        answers = {f.statement.number: _answer(f, bound) for f in failing}
        standing = [f for f in failing if answers[f.statement.number] is None]
        # The chain rule holds whatever the definition says: it speaks neither for nor against it.
        others = [f for f in resting if f not in failing and (f not in proved or f in bound)]
        for finding in failing:
            answer = answers[finding.statement.number]
            if answer is not None:
                _say(session, finding, answer)
        if len(standing) > len(others) and _concur(session, standing):
            standing = [f for f in standing if not takes_as_given(session, f.statement, rule)]
            if len(standing) < 2 or not _concur(session, standing):
                continue
            if is_carried_slip(session, statement, rule, failing):
                continue
            for finding in standing:
                agreeing = [f for f in standing if f is not finding]
                does = f"{lines_of(session, agreeing)} {'does' if len(agreeing) == 1 else 'do'}"
                finding.outcome = Unsupported(
                    f"contradicts {session.named(statement.number)}, as {does}: which is wrong is open"
                )
                finding.repairs, finding.notes = (), []


def _is_out_of_range(finding: Finding) -> bool:
    return isinstance(finding.outcome, Refuted) and finding.outcome.method == "index out of range"


def _say(session: Session, finding: Finding, answer: Finding) -> None:
    """Name the line that holds where a line is refuted."""
    note = f"{session.named(answer.statement.number)} says what follows"
    if note not in finding.notes:
        finding.notes.append(note)


def _answer(finding: Finding, bound: Sequence[Finding]) -> Finding | None:
    """A line about the same quantity that holds by the definition."""
    statement = finding.statement
    shape = printed_shape(statement.left)
    for other in bound:
        if other.statement.version == statement.version and printed_shape(other.statement.left) == shape:
            return other
    return None


def _concur(session: Session, standing: Sequence[Finding]) -> bool:
    """Whether some two lines could hold together: of different quantities, or the same said twice."""
    for place, one in enumerate(standing):
        for other in standing[place + 1 :]:
            mine, theirs = one.statement, other.statement
            if mine.version != theirs.version or printed_shape(mine.left) != printed_shape(theirs.left):
                return True
            if _same_right(session, mine, theirs):
                return True
    return False


def _same_right(session: Session, one: Statement, other: Statement) -> bool:
    """Whether two lines say the same of one quantity; also where that cannot be told."""
    if printed_shape(one.right) == printed_shape(other.right):
        return True
    values = [_residues(session, statement) for statement in (one, other)]
    if values[0] is None or values[1] is None:
        return True
    try:
        return all(residues_equal(a, b) for a, b in flat_pairs(values[0], values[1]))
    except ConvsymError:
        return False


def _residues(session: Session, statement: Statement) -> Any:
    """The right side of a line modulo a prime; None where it has no such value."""
    env = instance_of(session, statement)
    if env is None:
        return None
    try:
        return Elaborator(session.scope_of(statement), Modular(1), memory=Memory()).value(
            statement.right, env
        )
    except Exception:  # also SymPy's own: whatever has no value here says nothing
        return None


def _is_bound(session: Session, finding: Finding, definition: Statement) -> bool:
    """Whether a proved line would fail with another definition; no chain rule, which holds with any."""
    if _rests_on_one_side(session, finding, definition.number):
        return True
    rule = rule_of(session, definition)
    env = instance_of(session, finding.statement)
    if rule is None or env is None or finding.statement.version != definition.version:
        return False
    span = definition.right.span
    altered = Product((("", Number(_FACTOR, span)), ("", Bracket("(", (definition.right,), span))), span)
    new = edited_rule(rule, Chain(definition.left, (("=", altered),), span), session.scope_of(definition))
    if new is None:
        return False
    trials = Trials(session.scope_of(definition), rule, [(finding.statement, env)])
    try:
        return trials.differs(new, finding.statement, env)
    except Exception:  # also SymPy's own
        return False


def _rests_on_one_side(session: Session, finding: Finding, number: int) -> bool:
    """Whether a proved line is more than an identity of two sides that both follow a definition."""
    if not isinstance(finding.outcome, Proved) or finding.outcome.method != "identity":
        return True
    judge = finding.judgment.judge if finding.judgment is not None else None
    scope = judge.scope if judge is not None else session.scope_of(finding.statement)
    follows = []
    for side in (finding.statement.left, finding.statement.right):
        elaborator = Elaborator(scope, budget=session.budget, clock=Clock(session.budget))
        try:
            elaborator.value(side, {})
        except Exception:  # also SymPy's own: whatever has no value here says nothing of the definition
            return False
        follows.append(number in elaborator.used)
    return follows[0] != follows[1]


__all__ = ["suspend"]
