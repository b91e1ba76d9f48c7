"""The smallest change that makes a refuted claim true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convsym.budget import Budget, Clock
from convsym.checker.findings import Finding
from convsym.errors import BudgetExceeded, ConvsymError
from convsym.latex.parser import parse
from convsym.latex.syntax import Chain, Span
from convsym.repair import Vocabulary, search
from convsym.scope.algebra import Modular, Q
from convsym.scope.elaborate import Elaborator
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.hygiene import free_letters
from convsym.scope.judge import Judge
from convsym.scope.model import Scope
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted

if TYPE_CHECKING:
    from convsym.checker.session import Session


_SEARCH_SECONDS = 3.0
_SYMBOLIC_SECONDS = 1.5  # without a fast screen a candidate costs a whole proof: only the likeliest are tried


def chain_of(statement: Statement) -> Chain:
    """A statement as a chain of its own."""
    span = Span(statement.left.span.start, statement.right.span.end)
    return Chain(statement.left, ((statement.relation, statement.right),), span)


def vocabulary_of(scope: Scope) -> Vocabulary:
    """The names a repair may use in this document."""
    families = {name: family.arity for name, family in scope.families.items()}
    for name, rules in scope.rules.items():
        for rule in rules:
            if rule.patterns:
                families.setdefault(name, len(rule.patterns))
    for name, arity in scope.habits.arity.items():
        families.setdefault(name, arity)
    sizes: dict[str, int | None] = dict(scope.sizes)
    for matrix in scope.matrices:
        for label in ("W", "H"):
            size = scope.axis_size(matrix, label)
            if size is not None and any(label in found for found in _used_labels(scope)):
                sizes[f"{matrix}_{label}"] = size
    extents = {
        name: tuple(
            (base, base + (size or 1) - 1) for base, size in zip(family.base, family.sizes, strict=True)
        )
        for name, family in scope.families.items()
        if family.exact and None not in family.sizes
    }
    return Vocabulary(families, sizes, tuple(scope.functions), extents)


def _used_labels(scope: Scope) -> list[set[str]]:
    return list(scope.survey.labels.values()) or [{"W", "H"}]


def residues_equal(a: Any, b: Any) -> bool:
    """Whether two residues agree where both are known."""
    return bool(a[1] == b[1] and (a[0] is None or b[0] is None or a[0] == b[0]))


def flat_pairs(left: Any, right: Any) -> list[tuple[Any, Any]]:
    """Two modular values as pairs of residues; ConvsymError where their types differ."""
    left = left.gradient() if isinstance(left, Jacobian) else left
    right = right.gradient() if isinstance(right, Jacobian) else right
    if isinstance(left, Grid) and isinstance(right, Grid):
        if (left.rows, left.columns) != (right.rows, right.columns):
            raise ConvsymError("shapes differ")
        return list(zip(left.cells, right.cells, strict=True))
    if isinstance(left, Grid) or isinstance(right, Grid):
        raise ConvsymError("types differ")
    return [(left, right)]


def repair_claim(session: Session, finding: Finding) -> None:
    """Search the smallest change that makes a refuted claim true."""
    statement, judgment = finding.statement, finding.judgment
    judge = session.judges[statement.version]
    if isinstance(finding.outcome, Refuted) and finding.outcome.method == "type clash":
        _norm_repair(finding, judge)
        return
    if judgment is None or statement.relation not in ("=", ":=", "equiv"):
        return
    if statement.role != "claim" and rests_on_itself(session, finding):
        return
    scope = judge.scope
    fast = Elaborator(scope, Modular(1))
    left_value: list[Any] = []
    envs, generic = judge.environments(
        free_letters([statement.left, statement.right], scope), [statement.left, statement.right]
    )
    modular = not generic
    seconds = min(_SEARCH_SECONDS if modular else _SYMBOLIC_SECONDS, session.timeout)

    def sides(chain: Chain) -> list[tuple[Any, Any]]:
        assert chain.first is not None
        pairs: list[tuple[Any, Any]] = []
        if chain.first is not statement.left:
            # Another family on the left has a range of its own.
            ends = [chain.first, chain.links[0][1]]
            own, open_letters = judge.environments(free_letters(ends, scope), ends)
            if open_letters:
                raise ConvsymError("an index without a range")
            for env in own:
                pairs.extend(flat_pairs(*(fast.value(end, env) for end in ends)))
            return pairs
        for place, env in enumerate(envs):
            # Filled in order: a right side that fails half-way must not shift what belongs to which.
            if place == len(left_value):
                left_value.append(fast.value(chain.first, env))
            pairs.extend(flat_pairs(left_value[place], fast.value(chain.links[0][1], env)))
        return pairs

    def screen(chain: Chain) -> bool:
        if not modular:
            return True
        return all(residues_equal(a, b) for a, b in sides(chain))

    def accepts(chain: Chain) -> bool:
        assert chain.first is not None
        judge.clock = Clock(Budget(seconds=min(session.timeout, seconds)))
        return isinstance(judge.equal(chain.first, chain.links[0][1]).outcome, Proved)

    def proportional(chain: Chain) -> bool:
        return modular and _proportional(scope, chain, envs)

    def score(chain: Chain) -> int:
        try:
            pairs = sides(chain)
        except ConvsymError:
            return 10**6
        return sum(1 for a, b in pairs if not residues_equal(a, b))

    siblings = [
        chain_of(other)
        for other in session.reader.statements
        if other.version == statement.version
        and other is not statement
        and other.relation == "="
        and type(other.left) is type(statement.left)
        and isinstance(session.findings[other.number].outcome, Proved | Definition)
    ][:40]
    try:
        repairs = search(
            chain_of(statement),
            accepts,
            source=statement.source,
            vocabulary=vocabulary_of(scope),
            screen=screen,
            proportional=proportional,
            score=score,
            siblings=siblings,
            truth=judgment.truth,
            functions={"sigmoid": "\\sigma"},
            clock=Clock(Budget(seconds=seconds), working=True),
            limit=3,
        )
    except (BudgetExceeded, RecursionError):
        return
    if repairs:
        finding.repairs = tuple(repair.latex for repair in repairs)
        finding.edits = repairs[0].edits
        if isinstance(finding.outcome, Refuted) and finding.edits:
            finding.outcome = Refuted(
                f"{finding.outcome.reason}: {'; '.join(finding.edits)}",
                finding.outcome.witness,
                finding.outcome.method,
            )


def rests_on_itself(session: Session, finding: Finding) -> bool:
    """Whether a definition was refuted through its own rule, so that edits of it cannot be tried as claims."""
    outcome = finding.outcome
    if finding.statement.role != "definition" or finding.statement.number in session.broken:
        return True
    return isinstance(outcome, Refuted) and outcome.method in ("contradiction", "index out of range")


def _proportional(scope: Scope, chain: Chain, envs: list[dict[str, Any]]) -> bool:
    """Whether both sides have one constant ratio at two draws of all variables."""
    ratios = []
    for seed in (1, 2):
        draw = Elaborator(scope, Modular(seed))
        for env in envs:
            assert chain.first is not None
            for a, b in flat_pairs(draw.value(chain.first, env), draw.value(chain.links[0][1], env)):
                if a[1] == 0 or b[1] == 0:
                    return False
                ratios.append((a[1], b[1]))
    a0, b0 = ratios[0]
    return all(a * b0 % Q == b * a0 % Q for a, b in ratios[1:])


def _norm_repair(finding: Finding, judge: Judge) -> None:
    """L = (O - Y)^2 of matrices: a squared norm is the number that was meant, if it is equal."""
    statement = finding.statement
    left = statement.source[statement.left.span.start : statement.left.span.end].strip()
    right = statement.source[statement.right.span.start : statement.right.span.end].strip()
    inner = _inside_square(right)
    if inner is None:
        return
    repairs = []
    # What is squared may have a wrong sign as well.
    turned = [inner[: m.start()] + "-" + inner[m.end() :] for m in re.finditer(r"\+", inner)]
    norms = [f"\\lVert {text} \\rVert_F^2" for text in (inner, *turned[:4])]
    for text in (*norms, *(f"\\frac{{1}}{{2}} {norm}" for norm in norms)):
        latex = f"{left} = {text}"
        try:
            equation = parse(latex)
        except ConvsymError:
            continue
        chain = equation.rows[0]
        if chain.first is None or not chain.links:
            continue
        if isinstance(judge.equal(chain.first, chain.links[0][1]).outcome, Proved):
            repairs.append(latex)
    finding.repairs = tuple(repairs)


def _inside_square(text: str) -> str | None:
    match = re.fullmatch(r"\\?(?:left)?\(\s*(.*?)\s*\\?(?:right)?\)\s*\^\s*\{?2\}?", text)
    return match.group(1).removesuffix("\\right").strip() if match else None
