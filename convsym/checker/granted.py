r"""Refutations against what a document grants: a given h_0 = 0, a bias left out, an update by numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from sympy import Expr, Indexed, Integer, Rational, Symbol

from convsym.budget import run_limited
from convsym.checker.findings import Finding
from convsym.checker.lostterms import LEFT_OUT
from convsym.errors import BudgetExceeded, ConvsymError
from convsym.latex.syntax import Name, Node, Number, Scripted
from convsym.latex.walking import walk
from convsym.scope.forms import is_numeric, printed_shape
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.renewal import UPDATES, is_worked_value
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.judge import Judge
    from convsym.scope.statements import Statement

_BIAS = re.compile(r"^\{?(?:\\(?:mathbf|boldsymbol|bm|vec|hat|tilde)\s*\{?)?b(?:ias)?(?![A-Za-z])")
# Steps that a recurrence is followed for at most.
_STEPS = 12
_SECONDS = 3.0
_Way: TypeAlias = "Callable[[Finding, Session], Outcome | None]"
_ERRORS = (ConvsymError, RecursionError, TypeError, ValueError)


def heed_given_starts(session: Session) -> None:
    """Heed the states that a document gives a recurrence to begin with.

    Args:
        session: the document, its claims judged; the outcomes of its findings are changed.
    """
    _heed(session, (_given,))


def heed_grants(session: Session) -> None:
    """Leave open what is refuted only against what the document gives, leaves out or has set anew.

    Args:
        session: the document, its claims judged; the outcomes of its findings are changed.
    """
    _heed(session, (_updated, _given, _without_bias))


def _heed(session: Session, ways: tuple[_Way, ...]) -> None:
    refuted = [f for f in session.findings.values() if isinstance(f.outcome, Refuted)]
    if not refuted:
        return
    for find in ways:
        for finding in refuted:
            if not isinstance(finding.outcome, Refuted):
                continue
            found: object = None
            try:
                # A share of its own: the search for a repair may have used up what the line had.
                found = run_limited(find, finding, session, seconds=_SECONDS)
            except BudgetExceeded as error:
                found = Undecided(str(error))
            except Exception:  # what cannot be looked into leaves the verdict as it is
                continue
            if isinstance(found, Proved | Unsupported | Undecided):
                finding.outcome = found
                finding.repairs, finding.edits, finding.notes, finding.reason = (), (), [], ""
                if finding.judgment is not None:
                    finding.judgment.outcome = found


# ---------------------------------------------------------------------- values set anew


def _updated(finding: Finding, session: Session) -> Unsupported | None:
    """A line that sets a name to new numbers, or one after it that is held against the old ones."""
    statement = finding.statement
    if _sets_anew(statement, session):
        return Unsupported("it gives its left side a new value")
    reached: set[str] | None = None
    for other in session.reader.statements:
        if other.number >= statement.number:
            return None
        if other.version != statement.version or not _sets_anew(other, session):
            continue
        scope = session.scope_of(statement)
        reached = _reached(statement, scope) if reached is None else reached
        name = scope.refer(other.left, {})
        if name is not None and name.name in reached:
            return Unsupported(f"{session.named(other.number)} gives a new value to what it speaks of")
    return None


def _sets_anew(statement: Statement, session: Session) -> bool:
    r"""Whether a line sets a name that has a number to what numbers come to: w \leftarrow 0.5 - 0.1 \cdot 2."""
    if statement.link or statement.relation not in ("=", ":=", *UPDATES) or statement.relation == "to":
        return False
    left = strip_group(statement.left)
    if not isinstance(left, Name | Scripted) or statement.role == "condition":
        return False
    is_update = statement.role == "update"
    if not is_update and (
        not is_worked_value(statement.right) or isinstance(strip_group(statement.right), Number)
    ):
        return False
    shape = printed_shape(left)
    known = [
        other
        for other in session.reader.statements
        if other.number < statement.number
        and not other.link
        and other.relation in ("=", ":=", *UPDATES)
        and printed_shape(strip_group(other.left)) == shape
    ]
    if not any(is_numeric(other.right) for other in known):
        return False
    if is_update:
        return _ends_in_a_number(statement, session)
    return all(printed_shape(other.right) != printed_shape(statement.right) for other in known)


def _ends_in_a_number(statement: Statement, session: Session) -> bool:
    return any(
        other.formula == statement.formula and other.number > statement.number and is_numeric(other.right)
        for other in session.reader.statements
    )


def _reached(statement: Statement, scope: Scope) -> set[str]:
    """Every name that a line speaks of, and that their definitions lead to."""
    waiting = [r.name for side in (statement.left, statement.right) for r in scope.mentions(side)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for owner in {name, scope.matrices.get(name, name)}:
            for rule in scope.rules.get(owner, []):
                if rule.body is not None:
                    waiting.extend(r.name for r in scope.mentions(rule.body))
    return seen


# ---------------------------------------------------------------------- values given


def _given(finding: Finding, session: Session) -> Proved | Unsupported | None:
    """A line that holds with the cells that the document gives put in."""
    judge = _judge_of(finding, session)
    values = dict(_given_cells(finding.statement, judge, session))
    starts = {atom: value for atom, value in values.items() if not value and _is_start(atom, judge)}
    if starts and _holds_with(finding, judge, starts):
        return Proved("by definition", tuple(_named(starts)))
    if values and _holds_with(finding, judge, values):
        return Unsupported(f"it holds with the given {', '.join(_named(values))}")
    return None


def _is_start(atom: Symbol, judge: Judge) -> bool:
    cell = judge.scope.cells.get(atom)
    return cell is not None and cell.indices == (0,)


def _named(values: Mapping[Symbol, Expr]) -> Iterator[str]:
    return (f"${atom} = {value}$" for atom, value in values.items())


def _given_cells(statement: Statement, judge: Judge, session: Session) -> Iterator[tuple[Symbol, Expr]]:
    """The cells with an index to which the document gives a number."""
    for other in session.reader.statements:
        if other.link or other.relation != "=" or other.number == statement.number:
            continue
        left = strip_group(other.left)
        if not isinstance(left, Scripted) or not is_numeric(other.right):
            continue
        with suppress(*_ERRORS):
            atom, value = judge.elaborator.value(left, {}), judge.elaborator.value(other.right, {})
            if isinstance(atom, Symbol) and isinstance(value, Rational):
                yield atom, value


def _holds_with(finding: Finding, judge: Judge, values: Mapping[Symbol, Expr]) -> bool:
    """Whether both sides of a line agree with some values put in."""
    judgment = finding.judgment
    if judgment is None or not judgment.pairs:
        return False
    for _, a, b in judgment.pairs:
        one, two = (_unrolled(judge.unfold(side), judge, values) for side in (a, b))
        if one != two and not isinstance(judge.decide(one, two), Proved):
            return False
    return True


def _unrolled(side: Expr, judge: Judge, values: Mapping[Symbol, Expr]) -> Expr:
    """A side with values put in, and recurrences followed down to them."""
    for _ in range(_STEPS):
        side = side.xreplace(dict(values))
        found: dict[Expr, Expr] = {}
        for atom in side.free_symbols:
            cell = judge.scope.cells.get(atom)
            definition = None if cell is None else judge.elaborator.definition(cell)
            if isinstance(definition, Expr) and not definition.has(atom):
                found[atom] = definition
        if not found:
            break
        side = side.xreplace(found)
    return side


# ---------------------------------------------------------------------- biases


def _without_bias(finding: Finding, session: Session) -> Unsupported | None:
    """A line that holds but for a bias that the text leaves out, or takes in as a weight of x_0 = 1."""
    absorbed = any(map(_absorbs, session.reader.statements))
    if not absorbed and not LEFT_OUT.search(session.reader.scopes[-1].words):
        return None
    how = "takes in as a weight" if absorbed else "leaves out"
    reason = Unsupported(f"it holds but for the bias, which the text {how}")
    outcome = finding.outcome
    if isinstance(outcome, Refuted) and outcome.witness is not None:
        lone = [name for name, value in outcome.witness.values if value]
        if any(map(_BIAS.match, lone)) and all(_BIAS.match(n) or re.fullmatch(r"[a-zA-Z]", n) for n in lone):
            counters = session.scope_of(finding.statement).survey.counters
            if all(_BIAS.match(name) or name in counters for name in lone):
                return reason
    judge = _judge_of(finding, session)
    if finding.judgment is None:
        return None
    zeros: dict[Symbol, Expr] = {}
    for _, a, b in finding.judgment.pairs:
        for atom in (judge.unfold(a) - judge.unfold(b)).atoms(Symbol, Indexed):
            cell = judge.scope.cells.get(atom)
            name = cell.family if cell is not None else str(atom)
            if _BIAS.match(name):
                zeros[atom] = Integer(0)
    return reason if zeros and _holds_with(finding, judge, zeros) else None


def _absorbs(statement: Statement) -> bool:
    """Whether a line says w_0 = b."""
    left, right = strip_group(statement.left), strip_group(statement.right)
    if statement.relation not in ("=", ":=", "equiv") or not isinstance(left, Scripted):
        return False
    names = [part for part in walk(right) if isinstance(part, Name)]
    return (
        _is_zeroth(left)
        and isinstance(right, Name | Scripted)
        and bool(names)
        and _BIAS.match(names[0].text) is not None
    )


def _is_zeroth(part: Scripted) -> bool:
    below: Node | None = None if part.subscript is None else strip_group(part.subscript)
    return isinstance(below, Number) and below.text == "0"


def _judge_of(finding: Finding, session: Session) -> Judge:
    judgment = finding.judgment
    own = None if judgment is None else judgment.typed or judgment.judge
    return own or session.judges[finding.statement.version]


__all__ = ["heed_grants"]
