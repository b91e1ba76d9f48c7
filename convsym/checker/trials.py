"""A definition exchanged for an edited one, tried out against the lines that rest on it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from convsym.checker.findings import Finding
from convsym.checker.screening import flat_pairs, residues_equal
from convsym.errors import ConvsymError
from convsym.latex.syntax import Chain
from convsym.latex.walking import walk
from convsym.scope.algebra import Modular
from convsym.scope.elaborate import Elaborator
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.memory import Memory
from convsym.scope.model import (
    BrokenDefinitionError,
    FunctionRule,
    OutOfRangeError,
    Rule,
    Scope,
    TypeClashError,
    pattern_of,
)
from convsym.scope.statements import Statement
from convsym.verdict import Proved

if TYPE_CHECKING:
    from convsym.checker.session import Session

Line: TypeAlias = tuple[Statement, dict[str, Any]]

_VOUCHERS = 6
"""Lines that are asked whether an edit breaks them."""

_ASKED = 24
"""Proved lines that are looked at to find them."""


def edited_rule(rule: Rule | FunctionRule, chain: Chain, scope: Scope) -> Rule | FunctionRule | None:
    """The rule that an edited definition puts in force; None where it defines something else."""
    right = chain.links[0][1]
    if isinstance(rule, FunctionRule):
        return FunctionRule(rule.parameters, right, statement=rule.statement)
    reference = scope.refer(chain.first, {}) if chain.first is not None else None
    if reference is None or reference.name != rule.name or len(reference.indices) != len(rule.patterns):
        return None
    patterns = [pattern_of(node, {}) for node in reference.indices]
    if any(p is None for p in patterns):
        return None
    kept = tuple(p for p in patterns if p is not None)
    return Rule(rule.name, kept, rule.layer, right, rule.statement)


def is_testable(session: Session, statement: Statement) -> bool:
    """Whether residues can be computed for a line: all its indices are numbers."""
    return instance_of(session, statement) is not None


def instance_of(session: Session, statement: Statement) -> dict[str, Any] | None:
    """The last half of a line's instances begins with this one; None where an index stays a letter."""
    nodes = [statement.left, statement.right]
    judge = session.judges[statement.version]
    found, generic = judge.environments(free_letters(nodes, judge.scope), nodes)
    return None if generic else found[len(found) // 2]


class Trials:
    """Elaborators in which one definition is exchanged; what does not rest on it is evaluated once for all.

    Args:
        scope: the document's.
        rule: the definition that is edited.
        lines: what the edits are tested against, each at one instance.
    """

    def __init__(self, scope: Scope, rule: Rule | FunctionRule, lines: Sequence[Line] = ()) -> None:
        self.scope, self.rule, self.lines = scope, rule, lines
        self.name = (
            rule.name if isinstance(rule, Rule) else next(n for n, f in scope.functions.items() if f is rule)
        )
        self._settled: Elaborator | None = None

    def elaborator(self, new: Rule | FunctionRule) -> Elaborator:
        """An elaborator of residues with the definition exchanged."""
        scope = self.scope.with_rule(self.rule, new, self.name)
        if isinstance(new, Rule) and isinstance(self.rule, Rule) and new.patterns != self.rule.patterns:
            # An edited left side may define cells that were free before.
            return Elaborator(scope, Modular(1), memory=Memory())
        settled = self.settled
        trial = Elaborator(scope, Modular(1), memory=Memory(settled.memory, self.rule.statement))
        _take_over(settled, trial, self.rule.statement)
        _take_over(settled.symbolic(), trial.symbolic(), self.rule.statement)
        return trial

    def differs(self, new: Rule | FunctionRule, statement: Statement, env: dict[str, Any]) -> bool:
        """Whether a line fails with the definition exchanged.

        Args:
            new: what is put in its place.
            statement: the line.
            env: values of its indices.
        """
        return _differs(self.elaborator(new), statement, env)

    @property
    def settled(self) -> Elaborator:
        """The elaborator with the definition as it stands."""
        if self._settled is None:
            self._settled = Elaborator(self.scope, Modular(1), memory=Memory())
            for statement, env in self.lines:
                for side in (statement.left, statement.right):
                    with suppress(ConvsymError):
                        self._settled.value(side, env)
        return self._settled


def _take_over(settled: Elaborator, trial: Elaborator, statement: int) -> None:
    """Give a trial the definitions that do not rest on a statement."""
    for cell, used in settled.dependencies.items():
        if statement not in used:
            trial.definitions[cell] = settled.definitions[cell]
            trial.dependencies[cell] = used
            trial.suppositions[cell] = settled.suppositions[cell]


class Vouchers:
    """Proved lines that rest on a definition: an edit that breaks two of them is not worth a closer look.

    Attributes:
        lines: those whose residues rest on the definition and agree as it stands.
    """

    def __init__(self, session: Session, finding: Finding, trials: Trials) -> None:
        self.trials = trials
        self.lines: list[Line] = []
        number, version = finding.statement.number, finding.statement.version
        resting = [
            other.statement
            for other in session.claims()
            if number in other.used
            and other.statement.version == version
            and isinstance(other.outcome, Proved)
        ]
        for statement in _cheapest(resting):
            env = instance_of(session, statement)
            if env is not None and self._rests(statement, env):
                self.lines.append((statement, env))
            if len(self.lines) >= _VOUCHERS:
                break

    @property
    def enough(self) -> bool:
        """Whether there are lines enough to speak against an edit."""
        return len(self.lines) >= 2

    def _rests(self, statement: Statement, env: dict[str, Any]) -> bool:
        settled = self.trials.settled
        outer, settled.used = settled.used, set()
        try:
            return not _differs(settled, statement, env) and self.trials.rule.statement in settled.used
        except ConvsymError:
            return False
        finally:
            settled.used |= outer

    def speak_against(self, new: Rule | FunctionRule) -> bool:
        """Whether two lines that hold as the definition stands do not hold with this one."""
        if not self.enough:
            return False
        trial = self.trials.elaborator(new)
        lost = 0
        for left, (statement, env) in zip(range(len(self.lines), 0, -1), self.lines, strict=True):
            if lost + left < 2:
                return False
            try:
                lost += _differs(trial, statement, env)
            except (OutOfRangeError, BrokenDefinitionError, TypeClashError):
                lost += 1
            except ConvsymError:
                continue
            if lost == 2:
                return True
        return False


def _cheapest(statements: list[Statement]) -> list[Statement]:
    """The lines that cost least to evaluate, from both ends in turn: neighbors often break together."""
    plain = [s for s in statements if not (derives(s.left) or derives(s.right))]
    # Cells said outright are cheap; derivatives are not, the short ones least of all.
    chosen = plain if len(plain) >= 2 else sorted(statements, key=_size)
    order = [
        place for pair in zip(range(len(chosen)), reversed(range(len(chosen))), strict=True) for place in pair
    ]
    return [chosen[place] for place in list(dict.fromkeys(order))[:_ASKED]]


def _size(statement: Statement) -> int:
    return sum(1 for side in (statement.left, statement.right) for _ in walk(side))


def _differs(elaborator: Elaborator, statement: Statement, env: dict[str, Any]) -> bool:
    """Whether the sides of a line have different residues."""
    left, right = elaborator.value(statement.left, env), elaborator.value(statement.right, env)
    return any(not residues_equal(a, b) for a, b in flat_pairs(left, right))
