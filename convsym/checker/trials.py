"""A definition exchanged for an edited one, tried out against the lines that rest on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from convsym.checker.findings import Finding
from convsym.checker.screening import flat_pairs, residues_equal
from convsym.errors import ConvsymError, ScopeError
from convsym.latex.syntax import Chain
from convsym.latex.walking import walk
from convsym.scope.algebra import Modular, Q
from convsym.scope.elaborate import Elaborator
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.memory import Memory
from convsym.scope.model import (
    BrokenDefinitionError,
    Cell,
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


Tests = tuple[Callable[[Chain], bool], Callable[[Chain], bool], Callable[[Chain], int]]


def definition_tests(
    session: Session, scope: Scope, rule: Rule | FunctionRule, relevant: list[Statement], needed: int
) -> Tests:
    """Fast tests of an edited definition: how many of the relevant lines it then agrees with.

    Args:
        session: the document being judged.
        scope: the version that the definition is read in.
        rule: what it defines.
        relevant: the lines that it has to agree with.
        needed: with how many of them, for the first two tests.

    Returns:
        Whether it agrees with enough, whether it does up to one common factor, and how many lines it leaves failing.
    """
    fixed = Elaborator(scope, Modular(1), memory=Memory())
    targets: list[tuple[Cell, Any]] = []
    if isinstance(rule, Rule) and (rule.patterns or scope.family(rule.name) is None):
        for claim in relevant:
            cell = instance_cell(claim, rule, scope)
            if cell is not None:
                targets.append((cell, claim.right))
    direct = len(targets) == len(relevant)

    known: dict[int, Any] = {}
    envs: list[dict[str, Any]] = []
    for claim in relevant:
        found, generic = session.judges[claim.version].environments(
            free_letters([claim.left, claim.right], scope), [claim.left, claim.right]
        )
        # The last instance: at the first one many wrong indices still agree.
        envs.append({} if generic else found[len(found) // 2])
    trials = Trials(scope, rule, list(zip(relevant, envs, strict=True)))

    def sides(chain: Chain) -> Iterator[tuple[Any, Any]]:
        new = edited_rule(rule, chain, scope)
        if new is None:
            return
        if direct and isinstance(new, Rule):
            for position, (cell, right) in enumerate(targets):
                if position not in known:
                    known[position] = fixed.scalar(right, {})
                env = new.match(cell)
                if env is None:
                    raise ScopeError("the edited left side names other cells")
                yield fixed.scalar(new.body, env), known[position]
            return
        trial = trials.elaborator(new)
        for claim, env in zip(relevant, envs, strict=True):
            try:
                left, right = trial.value(claim.left, env), trial.value(claim.right, env)
                pairs = flat_pairs(left, right)
                # A matrix claim counts as one line: its first wrong entry speaks for it.
                yield next(((a, b) for a, b in pairs if not residues_equal(a, b)), pairs[0])
            except ConvsymError:
                yield None, None

    def accepts(chain: Chain) -> bool:
        misses, hits = 0, 0
        for a, b in sides(chain):
            if a is not None and residues_equal(a, b):
                hits += 1
            else:
                misses += 1
                if misses > len(relevant) - needed:
                    return False
        return hits >= needed

    def proportional(chain: Chain) -> bool:
        groups: list[tuple[Any, Any, int]] = []
        for a, b in sides(chain):
            if a is None or a[1] == 0 or b[1] == 0:
                return False
            for position, (a0, b0, count) in enumerate(groups):
                if a[1] * b0[1] % Q == b[1] * a0[1] % Q:
                    groups[position] = (a0, b0, count + 1)
                    break
            else:
                groups.append((a, b, 1))
                if len(groups) > 1 + len(relevant) - needed:
                    return False
        return max((count for _, _, count in groups), default=0) >= max(needed, 2)

    def score(chain: Chain) -> int:
        try:
            wrong = [a is None or not residues_equal(a, b) for a, b in sides(chain)]
        except ConvsymError:
            return 10**6
        return sum(wrong) if wrong else 10**6

    return accepts, proportional, score


def instance_cell(statement: Statement, rule: Rule, scope: Scope) -> Cell | None:
    """The cell of a rule that the left side of a line is, all indices numbers; None where it is none."""
    reference = scope.refer(statement.left, {})
    if reference is None or reference.name != rule.name or len(reference.indices) != len(rule.patterns):
        return None
    indices = []
    for node in reference.indices:
        pattern = pattern_of(node, {})
        if pattern is None or pattern.parameter is not None:
            return None
        indices.append(pattern.offset)
    return Cell(rule.name, tuple(indices))
