"""The smallest change that makes a refuted claim true."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.budget import Budget, Clock
from convsym.checker.findings import Finding
from convsym.checker.screening import (
    Instances,
    concrete_instances,
    has_sizes,
    instances_for_all_sizes,
    residues_equal,
)
from convsym.errors import BudgetExceeded, ConvsymError
from convsym.latex.parser import parse
from convsym.latex.syntax import BigOperator, Chain, Name, Node, Scripted, Span
from convsym.latex.walking import children, walk
from convsym.repair import Vocabulary, search
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.judge import Judge
from convsym.scope.model import Scope
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted

if TYPE_CHECKING:
    from convsym.checker.session import Session


_SEARCH_SECONDS = 3.0
_SYMBOLIC_SECONDS = 3.0  # without a fast screen a candidate costs a whole proof: only the likeliest are tried
_SAID = ("P", "S")
"""What prose alone may give a value: a padding and a stride, "with a stride of 2"."""

_MOST_LETTERS = 10
_NO_LETTERS = frozenset({"partial", "d", "e", "nabla", "Delta", "top", "T", "pi", "infty"})


def chain_of(statement: Statement) -> Chain:
    """A statement as a chain of its own."""
    span = Span(statement.left.span.start, statement.right.span.end)
    return Chain(statement.left, ((statement.relation, statement.right),), span)


def vocabulary_of(
    scope: Scope, *symbolic: Iterable[str], letters: tuple[str, ...] = (), printed: Container[str] = _SAID
) -> Vocabulary:
    """The names a repair may use in this document, sizes without a value among them.

    Args:
        scope: what the document has introduced.
        symbolic: sizes without a value.
        letters: names without an index that may have been mixed up.
        printed: the names that the document prints.
    """
    families = {name: family.arity for name, family in scope.families.items()}
    for name, rules in scope.rules.items():
        for rule in rules:
            if rule.patterns:
                families.setdefault(name, len(rule.patterns))
    for name, arity in scope.habits.arity.items():
        families.setdefault(name, arity)
    sizes: dict[str, int | None] = dict(scope.sizes)
    sizes.update((name, None) for names in symbolic for name in sorted(names))
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
    unprinted = {name: sizes.pop(name) for name in _SAID if name in sizes and name not in printed}
    return Vocabulary(families, sizes, tuple(scope.functions), extents, letters, unprinted)


def _used_labels(scope: Scope) -> list[set[str]]:
    return list(scope.survey.labels.values()) or [{"W", "H"}]


def repair_claim(session: Session, finding: Finding) -> None:
    """Search the smallest change that makes a refuted claim true."""
    statement, judgment = finding.statement, finding.judgment
    judge = session.judges[statement.version]
    if statement.pieced:
        return  # an edit could not be shown in its place
    if isinstance(finding.outcome, Refuted) and finding.outcome.method == "type clash":
        _norm_repair(finding, judge)
        if finding.repairs or not derives(statement.left):
            return
    if judgment is None or judgment.typed or statement.relation not in ("=", ":=", "equiv"):
        return
    if statement.apart:
        return  # an edit would have to hold for different indices: those cannot be told to the search
    if statement.role != "claim" and rests_on_itself(session, finding):
        return
    scope = judge.scope
    chain = chain_of(statement)
    envs, generic = judge.environments(
        free_letters([statement.left, statement.right], scope), [statement.left, statement.right]
    )
    if generic or any(has_sizes(side) for _, *sides in judgment.pairs[:1] for side in sides):
        instances, certain = instances_for_all_sizes(judge, finding, chain), False
    else:
        instances, certain = [concrete_instances(scope, envs)], True
    seconds = min(_SEARCH_SECONDS if certain else _SYMBOLIC_SECONDS, session.timeout)

    def at(edited: Chain) -> list[Instances]:
        if edited.first is statement.left or edited.first is None or not certain:
            return instances
        # Another family on the left has a range of its own.
        ends: list[Node] = [edited.first, edited.links[0][1]]
        own, is_open = judge.environments(free_letters(ends, scope), ends)
        if is_open:
            raise ConvsymError("an index without a range")
        return [replace(some, envs=own) for some in instances]

    def screen(edited: Chain) -> bool:
        try:
            return not any(some.differ(edited) for some in at(edited))
        except ConvsymError:
            # What cannot be evaluated at a small shape may hold for all of them; cases have no residues.
            return not certain or blind

    def accepts(edited: Chain) -> bool:
        assert edited.first is not None
        judge.clock = Clock(Budget(seconds=min(session.timeout, seconds)))
        return isinstance(judge.equal(edited.first, edited.links[0][1]).outcome, Proved)

    def proportional(edited: Chain) -> bool:
        return bool(instances) and all(some.proportional(edited) for some in at(edited))

    def score(edited: Chain) -> int:
        try:
            pairs = [pair for some in at(edited) for pair in some.sides(edited)]
        except ConvsymError:
            return 10**6
        return sum(1 for a, b in pairs if not residues_equal(a, b)) if pairs else 10**6

    blind = certain and _is_beyond_residues(finding, instances, chain)
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
            chain,
            accepts,
            source=statement.source,
            vocabulary=vocabulary_of(
                scope,
                *(some.sizes for some in instances),
                letters=_letters_near(session, finding, scope),
                printed=_printed_names(session),
            ),
            screen=screen,
            proportional=None if blind else proportional,
            score=score,
            siblings=siblings,
            truth=judgment.truth,
            functions={"sigmoid": "\\sigma"},
            clock=Clock(Budget(seconds=seconds)),
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


def _is_beyond_residues(finding: Finding, instances: Sequence[Instances], chain: Chain) -> bool:
    """Whether a claim has values, as its counterexample shows, and none that the fast test can follow."""
    if not isinstance(finding.outcome, Refuted) or finding.outcome.witness is None:
        return False
    try:
        for some in instances:
            some.differ(chain)
    except ConvsymError:
        return True
    return False


def _printed_names(session: Session) -> frozenset[str]:
    """Every name that stands in a relation of the document."""
    return frozenset(
        part.text
        for statement in session.reader.statements
        for side in (statement.left, statement.right)
        for part in walk(side)
        if isinstance(part, Name)
    )


def _letters_near(session: Session, finding: Finding, scope: Scope) -> tuple[str, ...]:
    """The names without an index in a claim and in the definitions that it rests on."""
    numbers = {finding.statement.number, *finding.used}
    found: dict[str, None] = {}
    for statement in session.reader.statements:
        if statement.number in numbers:
            for side in (statement.left, statement.right):
                found.update((name, None) for name in _bare_names(side))
    kept = [name for name in found if name not in scope.families and name not in scope.functions]
    return tuple(kept) if len(kept) <= _MOST_LETTERS else ()


def _bare_names(node: Node) -> Iterator[str]:
    match node:
        case Name(text, _, "") if text not in _NO_LETTERS and text not in FUNCTIONS:
            yield text
        case Scripted(base, subscript):
            if subscript is None:
                yield from _bare_names(base)
        case BigOperator(body=body):
            yield from _bare_names(body)
        case _:
            for part in children(node):
                yield from _bare_names(part)


def rests_on_itself(session: Session, finding: Finding) -> bool:
    """Whether a definition was refuted through its own rule, so that edits of it cannot be tried as claims."""
    outcome = finding.outcome
    if finding.statement.role != "definition" or finding.statement.number in session.broken:
        return True
    return isinstance(outcome, Refuted) and outcome.method in ("contradiction", "index out of range")


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
