r"""Lines that give an error term, \delta^l = W^T \delta^{l+1} \odot \sigma'(z^l), once \delta is a derivative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Fraction_, Name, Node, Product, Scripted, Span
from convsym.latex.walking import walk
from convsym.scope.examples import ErrorName
from convsym.scope.judge import Judge
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved

_NOWHERE = Span(0, 0)


def judge_error_term(
    finding: Finding,
    judge: Judge,
    statements: Sequence[Statement],
    claim: Callable[[Statement, Judge], Finding],
) -> None:
    r"""Take a line that gives an error term for the claim that it is, where another line says what \delta stands for.

    Only a proof is taken over: a line that does not come out stays what introduces the term at its layer.

    Args:
        finding: a definition; its outcome is changed where it is proved.
        judge: for the scope of the line.
        statements: all relations of the document.
        claim: judges a relation as a claim.
    """
    statement, scope = finding.statement, judge.scope
    reference = scope.refer(statement.left, {})
    if reference is None or reference.power is not None or reference.primes or reference.transposed:
        return
    errors = [error for error in scope.errors if error.name == reference.name]
    if (
        len(errors) != 1
        or is_derivative(statement.right, scope)
        or _names(statement.right, errors[0].loss_name)
    ):
        return
    meant = replace(
        statement,
        left=_derivative(errors[0], statement.left),
        role="claim",
        link=0,
        head=None,
        tag=statement.tag,
    )
    found = claim(
        meant, Judge(_with_derivatives_only(scope, reference.name, statements), judge.budget, judge.clock)
    )
    if isinstance(finding.outcome, Definition) and isinstance(found.outcome, Proved):
        finding.outcome, finding.sizes = found.outcome, found.sizes
        said = f"${to_latex(statement.left)} = {to_latex(meant.left)}$"
        finding.notes = [*finding.notes, *found.notes]
        if found.judgment is not None:
            found.judgment.assumed.add(said)
            finding.judgment = found.judgment
        else:
            finding.notes.append(said)


def is_derivative(node: Node, scope: Scope) -> bool:
    """Whether a side is a derivative and nothing else."""
    node = strip_group(node)
    if not isinstance(node, Fraction_):
        return False
    try:
        return derivative_parts(node, {}, scope) is not None
    except ConvsymError:
        return False


def _names(node: Node, loss: str) -> bool:
    """Whether a name stands in an expression: what speaks of the loss itself says what its derivative is called."""
    return any(isinstance(part, Name) and part.text == loss for part in walk(node))


def _derivative(error: ErrorName, term: Node) -> Node:
    """The derivative that an error term stands for, with the term's indices and layer."""
    term = strip_group(term)
    below: Node = error.under
    if isinstance(term, Scripted):
        below = _scripted(error.under, term)
    sides = [
        Product((("", Name("partial", _NOWHERE)), ("", side)), _NOWHERE) for side in (error.above, below)
    ]
    return Fraction_(sides[0], sides[1], term.span)


def _scripted(base: Name, term: Scripted) -> Node:
    inner = strip_group(term.base)
    own: Node = _scripted(base, inner) if isinstance(inner, Scripted) else base
    return Scripted(own, term.subscript, term.superscript, term.primes, _NOWHERE)


def _with_derivatives_only(scope: Scope, name: str, statements: Sequence[Statement]) -> Scope:
    """The scope in which an error term is nothing but the derivative it stands for."""
    changed = scope.copy()
    changed.axes, changed.open_sizes = dict(scope.axes), set(scope.open_sizes)
    said = {statement.number for statement in statements if is_derivative(statement.right, scope)}
    kept = [rule for rule in scope.rules.get(name, []) if rule.statement in said]
    changed.rules[name] = kept
    if not kept:
        del changed.rules[name]
    return changed
