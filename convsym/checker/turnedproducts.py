r"""Proofs of numbers for lines that transpose: \delta x^T and x \delta^T are one number, and two matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from convsym.checker.findings import Finding
from convsym.checker.ranks import Ranks
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.dimensions import is_transposing
from convsym.scope.hygiene import derives
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Unsupported

_FITS = "vectors and matrices are laid out so that the products fit"
_UNEQUAL = "it holds for numbers; here a matrix is multiplied by a vector entry by entry"
_NUMBERS = "it holds for numbers; what is transposed here is a vector or a matrix"


def proved_of_numbers(finding: Finding, scope: Scope, statements: Sequence[Statement]) -> Proved | None:
    r"""Take back a proof that knew no vectors of a derivative whose line transposes; the proof, or None.

    Of numbers every order of the factors holds, of vectors only the one that has the shape of what is
    differentiated by. Whoever knows how matrices are judged may prove it anew. A matrix times a vector entry by
    entry, W \odot f'(z), is nothing that a slope can be, however it is laid out.

    Args:
        finding: a claim; its outcome is changed.
        scope: of the claim.
        statements: all relations of the document.
    """
    statement, judgment, outcome = finding.statement, finding.judgment, finding.outcome
    if not isinstance(outcome, Proved) or finding.sizes or judgment is None or judgment.typed is not None:
        return None
    if not (derives(statement.left) or derives(statement.right)):
        return None
    if Ranks(scope, statements).clash(statement.left, statement.right):
        finding.outcome = Unsupported(_UNEQUAL)
        return None
    turned = [
        reference
        for side in (statement.left, statement.right)
        for part in walk(side)
        if isinstance(part, Scripted) and is_transposing(part)
        for reference in scope.mentions(part)
    ]
    if all(one.indices or _has_shape(one.name, scope) for one in turned):
        return None
    finding.outcome = Unsupported(_NUMBERS)
    return outcome


def prove_of_numbers(
    finding: Finding, outcome: Proved | None, scope: Scope, statements: Sequence[Statement]
) -> None:
    r"""Prove with the layout named what nobody could judge with matrices, unless it is the wrong way round.

    Where z = W x is said, \partial L/\partial W has the shape of \delta x^T: x \delta^T is its transpose.

    Args:
        finding: a claim; its outcome is changed.
        outcome: the proof that was taken back.
        scope: of the claim.
        statements: all relations of the document.
    """
    if outcome is None or finding.outcome != Unsupported(_NUMBERS):
        return
    statement = finding.statement
    short = Ranks(scope, statements).falls_short(statement.left, statement.right)
    if short or _is_turned(statement, scope, statements):
        finding.notes, finding.steps = [], []
        return
    finding.outcome = replace(outcome, assuming=(*outcome.assuming, _FITS))


def _has_shape(name: str, scope: Scope) -> bool:
    """Whether a name stands for cells that are known: its transpose is then no number's."""
    return scope.family(name) is not None or name in scope.matrices or name in scope.shapes


def _is_turned(statement: Statement, scope: Scope, statements: Sequence[Statement]) -> bool:
    """Whether the input of a layer stands untransposed in front of what is transposed, in a slope by the weights."""
    slopes = [part for part in walk(statement.left) if isinstance(part, Fraction_)]
    weights = {
        reference.base
        for slope in slopes
        for reference in scope.mentions(slope.denominator)
        if reference.base[-1:].isupper()
    }
    inputs = _inputs(weights, scope, statements)
    return any(
        _base(one, scope) in inputs and not _is_transposed(one) and _is_transposed(other)
        for part in walk(statement.right)
        if isinstance(part, Product)
        for one, other in _neighbors(part)
    )


def _inputs(weights: set[str], scope: Scope, statements: Sequence[Statement]) -> set[str]:
    """What the weights are multiplied by from the left in definitions, z = W x, and names for the same."""
    found: set[str] = set()
    for statement in statements:
        for part in walk(statement.right) if statement.role == "definition" else ():
            if isinstance(part, Product):
                found |= {
                    name
                    for one, other in _neighbors(part)
                    if not _is_transposed(one)
                    and _base(one, scope) in weights
                    and (name := _base(other, scope))
                }
    for statement in statements:
        if statement.role == "definition" and _base(statement.left, scope) in found:
            found |= {name for name in [_base(statement.right, scope)] if name}
    return found


def _neighbors(product: Product) -> Iterator[tuple[Node, Node]]:
    """The factors of a product two by two, as they stand side by side."""
    factors = [factor for _, factor in product.factors]
    return pairwise(factors)


def _is_transposed(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Scripted) and is_transposing(node)


def _base(node: Node, scope: Scope) -> str:
    """The letter of a name, whatever stands on it; "" for anything else."""
    node = strip_group(node)
    if isinstance(node, Bracket) and len(node.items) == 1:
        return _base(node.items[0], scope)
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    return "" if reference is None else reference.base
