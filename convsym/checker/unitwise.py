r"""Lines about a bare a and z where a document defines a_j and z_j: \sigma'(z) = a (1 - a), read for every unit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from convsym.latex.syntax import BigOperator, Name, Node, Number, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.hygiene import derives
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import Reference, key, strip_group
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.scope.judge import Judge
    from convsym.scope.statements import Statement

_SIGNS = frozenset({"cdot", "times", "ast", "star", "circledast", "otimes"})


def judge_unitwise(finding: Finding, judge: Judge, claim: Callable[[Statement, Judge], Finding]) -> None:
    """Decide a claim whose bare names all stand with one index elsewhere as the claim about one unit.

    A bare name that only its entries define is no number of its own, and a counterexample may not choose it.

    Args:
        finding: a claim as it was judged; its outcome is changed.
        judge: the judge of the scope it is read in.
        claim: judges the line with the index put in.
    """
    statement, scope = finding.statement, judge.scope
    if not isinstance(finding.outcome, Refuted | Unsupported | Undecided) or statement.relation != "=":
        return
    sides = statement.left, statement.right
    named = [reference for side in sides for reference in scope.mentions(side)]
    values = [r for r in named if not _is_function(r, scope)]
    letters = {letter for r in values if (letter := _letter_of(r.name, scope)) is not None}
    # A single name is what it is, whatever it stands for: sigma'(z) = sigma(z) (1 - sigma(z)).
    if not letters or len({r.name for r in values}) < 2:
        return
    if not all(_is_bare(r) and _has_one_index(r.name, scope) for r in values):
        return
    apart = not any(map(derives, sides)) or not _mixes_units(values, scope)
    letter = min(letters)
    names = {r.base for r in values}
    left, right = (_indexed(side, names, letter) for side in sides)
    found = claim(replace(statement, left=left, right=right), judge)
    said = f"read for every unit ${letter}$"
    decided = isinstance(found.outcome, Refuted) and not any(map(_multiplies, sides))
    if apart and (decided or isinstance(found.outcome, Proved)):
        finding.outcome, finding.judgment, finding.sizes = found.outcome, found.judgment, found.sizes
        finding.repairs, finding.edits, finding.notes = (), (), [said]
        # A change of the line with its index could not be shown in the line without.
        statement.pieced = True
    elif isinstance(finding.outcome, Refuted):
        name = latex_name(next(r.name for r in values if scope.rules.get(r.name)))
        finding.outcome = Unsupported(
            f"{name} is written with an index elsewhere: which one is meant is not said"
        )
        finding.repairs, finding.edits, finding.notes = (), (), []


def _is_function(reference: Reference, scope: Scope) -> bool:
    called = reference.name in scope.survey.called or reference.name in scope.functions
    return (called and not scope.rules.get(reference.name)) or reference.name in ("partial", "d", "e", "exp")


def _is_bare(reference: Reference) -> bool:
    plain = reference.power is None or isinstance(strip_group(reference.power), Number)
    return plain and not reference.indices and reference.layer is None and not reference.primes


def _multiplies(side: Node) -> bool:
    """Whether a side prints a sign of multiplication, which between whole vectors may sum over the units."""
    products = (part for part in walk(side) if isinstance(part, Product))
    return any(operator in _SIGNS for part in products for operator, _ in part.factors)


def _mixes_units(values: Collection[Reference], scope: Scope) -> bool:
    """Whether one unit of a name of the line is made of all units of another, as those of a softmax are."""
    names = {reference.name for reference in values}
    return any(
        isinstance(part, BigOperator) and any(inner.name in names for inner in scope.mentions(part.body))
        for name in names
        for rule in scope.rules.get(name, [])
        for part in walk(rule.body)
    )


def _letter_of(name: str, scope: Scope) -> str | None:
    """The letter of the one index that every definition of a name carries; None where one is not of that form."""
    rules = scope.rules.get(name, [])
    if not rules or name in scope.matrices or scope.size(name) is not None:
        return None
    # Units that feed each other have a layer of their own, which the text does not print.
    letters = [
        rule.patterns[0].parameter
        for rule in rules
        if len(rule.patterns) == 1 and (rule.layer is None or rule.layer.parameter is not None)
    ]
    return letters[0] if len(letters) == len(rules) and None not in letters else None


def _has_one_index(name: str, scope: Scope) -> bool:
    if scope.rules.get(name):
        return _letter_of(name, scope) is not None
    return name not in scope.matrices and scope.habits.arity.get(name) == 1 and scope.size(name) is None


def _indexed(node: Any, names: Collection[str], letter: str) -> Any:
    """A node in which some names carry a letter as their index."""
    if isinstance(node, Name):
        if key(node) not in names:
            return node
        return Scripted(node, Name(letter, node.span), None, 0, node.span)
    if isinstance(node, Scripted) and isinstance(node.base, Name) and key(node.base) in names:
        return replace(node, subscript=Name(letter, node.span))
    if isinstance(node, tuple):
        return tuple(_indexed(item, names, letter) for item in node)
    if is_dataclass(node) and not isinstance(node, type) and hasattr(node, "span"):
        changes = {part.name: _indexed(getattr(node, part.name), names, letter) for part in fields(node)}
        return replace(node, **changes)
    return node


__all__ = ["judge_unitwise"]
