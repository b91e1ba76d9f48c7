"""Verdicts withheld: proofs for numbers only, proofs without a case, and refutations that rounding explains."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Expr

from convsym.checker.findings import Finding
from convsym.checker.grounds import is_digits, is_near
from convsym.checker.unwritten import LOST
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Fraction_, Matrix, Name, Node, Number, Product, Scripted
from convsym.latex.walking import children, walk
from convsym.scope.approximation import decimal_of, rounds_to
from convsym.scope.dimensions import is_differential, is_transposing
from convsym.scope.forms import prints_decimal
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.judge import Judge
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.sets import WholeSets
from convsym.scope.statements import Statement
from convsym.scope.superscripts import unmarked
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

_BARRED = re.compile(r"^\$?([A-Za-z])(?: ?- ?\d+)? ?\\ne 0\$?$")
_ENTRYWISE = ("odot", "circ")
_VECTORS = re.compile(r"\bvectors?\b|\bweight matri", re.I)


def heed_rounding(finding: Finding, judge: Judge) -> None:
    """Refute no printed matrix of decimals for what rounding to the digits that are printed explains.

    Args:
        finding: a claim; its outcome is changed.
        judge: who judged it.
    """
    statement, judgment = finding.statement, finding.judgment
    matrix = strip_group(statement.right)
    if judgment is None or not isinstance(finding.outcome, Refuted):
        return
    if not any(isinstance(part, Matrix) for side in (statement.left, statement.right) for part in walk(side)):
        return
    if not (prints_decimal(matrix) and is_digits(statement.left, judge.scope)):
        return
    cells = [cell for row in matrix.rows for cell in row] if isinstance(matrix, Matrix) else [matrix]
    try:
        values = [(judge.unfold(left), judge.unfold(right)) for _, left, right in judgment.pairs]
    except ConvsymError:
        return
    if len(values) != len(cells) or any(side.free_symbols for pair in values for side in pair):
        return
    if all(
        cell is not None and (value == target or rounds_to(value, cell))
        for cell, (value, target) in zip(cells, values, strict=True)
    ):
        finding.outcome = judgment.outcome = Proved("certified rounding")
        return
    share = sum(_shares(statement.left))
    if all(
        _may_round(value, target, cell, share) for cell, (value, target) in zip(cells, values, strict=True)
    ):
        finding.outcome = judgment.outcome = Unsupported("its numbers may be rounded ones")


def heed_marks(finding: Finding, judge: Judge, claim: Callable[[Statement, Judge], Finding]) -> None:
    r"""Refute nothing for the layer of a function alone, \phi_i(z^{i+1}) where any \phi would do.

    Args:
        finding: a claim; its outcome is changed.
        judge: for the scope of the claim.
        claim: judges a claim.
    """
    statement = finding.statement
    if not isinstance(finding.outcome, Refuted):
        return
    left, right = (unmarked(side, otherwise=True) for side in (statement.left, statement.right))
    if (left, right) == (statement.left, statement.right):
        return
    if isinstance(claim(replace(statement, left=left, right=right), judge).outcome, Proved):
        finding.outcome = Unsupported("a function is applied to a layer that is not its own")


def _shares(side: Node) -> Iterator[float]:
    """How much of each printed decimal its rounding may be."""
    for part in walk(side):
        if isinstance(part, Number) and "." in part.text and (decimal := decimal_of(part)) and decimal[0]:
            yield float(decimal[1] / abs(decimal[0]))


def _may_round(value: Expr, target: Expr, cell: Node | None, share: float) -> bool:
    decimal = None if cell is None else decimal_of(cell)
    if value == target or is_near(value, target):
        return True
    if decimal is None:
        return False
    try:
        return bool(
            abs(float(value - target)) <= 2 * float(decimal[1]) + min(share, 0.2) * abs(float(target))
        )
    except (TypeError, ValueError):
        return False


def heed_sets(finding: Finding, sets: Mapping[int, WholeSets], statements: Sequence[Statement]) -> None:
    r"""Say with a proof that a sum over D(j) was taken over everything, and refute nothing that rests on it.

    Sums on both sides of a claim have to be over the same set.

    Args:
        finding: a claim; its outcome is changed.
        sets: the sums over sets, by number of the formula.
        statements: all relations of the document.
    """
    if not sets or not isinstance(finding.outcome, Proved | Refuted):
        return
    own = finding.statement
    used = (
        finding.used
        if finding.judgment is not None
        else {s.number for s in statements if s.role == "definition"}
    )
    concerned = [s for s in statements if s.number in used or s is own]
    words = [sets[s.formula].words for s in concerned if s.formula in sets and sets[s.formula].concern(s)]
    if not words or finding.outcome.method in ("identity", LOST):
        return  # whatever is in the set
    here = sets.get(own.formula)
    if isinstance(finding.outcome, Refuted) or (here is not None and not _are_alike(own, here)):
        finding.outcome = Unsupported("it depends on what is in a set that a sum runs over")
        finding.judgment, finding.notes, finding.repairs = None, [], ()
        return
    conditions = tuple(dict.fromkeys((*finding.outcome.assuming, *words)))
    finding.outcome = replace(finding.outcome, assuming=conditions)


def _are_alike(statement: Statement, sets: WholeSets) -> bool:
    """Whether sums over a set stand on both sides, on none, or beside a side without any sum."""
    sums = [
        [part.span for part in walk(side) if isinstance(part, BigOperator)]
        for side in (statement.left, statement.right)
    ]
    left, right = (any(span in sets.spans for span in spans) for spans in sums)
    return left == right or not all(sums)


def heed_doubts(finding: Finding, scope: Scope, statements: Sequence[Statement]) -> None:
    """Leave open what is proved of numbers that are matrices, or of an index that has no value left.

    Args:
        finding: a claim; its outcome is changed.
        scope: of the claim.
        statements: all relations of the document.
    """
    _heed_numbered_matrices(finding, scope, statements)
    _heed_missing_cases(finding, scope)


def _heed_missing_cases(finding: Finding, scope: Scope) -> None:
    r"""Prove nothing under the condition that a free index is none of its values, c - 1 \ne 0 and c - 2 \ne 0."""
    if not isinstance(finding.outcome, Proved):
        return
    letters = set(free_letters([finding.statement.left, finding.statement.right], scope))
    for condition in (*finding.outcome.assuming, *finding.notes):
        barred = _BARRED.match(condition)
        if barred is not None and barred[1] in letters:
            finding.outcome = Undecided(f"it is shown only where ${condition.strip('$')}$")
            finding.judgment, finding.notes, finding.sizes = None, [], ""
            return


def _heed_numbered_matrices(finding: Finding, scope: Scope, statements: Sequence[Statement]) -> None:
    """Leave open what is shown of numbers W_1, W_2 where the document treats them as the matrices of its layers."""
    statement = finding.statement
    outcome = finding.outcome
    if not isinstance(outcome, Proved) or finding.sizes or outcome.method in ("identity", "restated"):
        return
    own = {name for side in (statement.left, statement.right) for name, _ in _numbered(side)}
    layers = own and own & _weights_of_layers(statements, scope)
    if not layers or not _holds_names(statement) or not _are_matrices(layers, statements, scope):
        return
    finding.outcome = Unsupported("it holds for numbers; the layers are vectors here")


def _numbered(side: Node) -> Iterator[tuple[str, str]]:
    """Capital letters with one digit below, W_1."""
    for part in walk(side):
        if isinstance(part, Scripted) and part.subscript is not None:
            base, below = strip_group(part.base), strip_group(part.subscript)
            if isinstance(base, Name) and isinstance(below, Number) and len(below.text) == 1:
                name = key(base)
                if name.split(" ")[-1][:1].isupper():
                    yield name, below.text


def _weights_of_layers(statements: Sequence[Statement], scope: Scope) -> set[str]:
    """The W of lines z_1 = W_1 x + b_1 whose left side bears the same number and that nothing gives a shape."""
    found = set()
    for statement in statements:
        left = strip_group(statement.left)
        if statement.role != "definition" or not isinstance(left, Scripted) or left.subscript is None:
            continue
        below = strip_group(left.subscript)
        if isinstance(below, Number):
            for part in walk(statement.right):
                if isinstance(part, Product):
                    found |= {name for name, number in _numbered(part) if number == below.text}
    return {name for name in found if name not in scope.shapes and scope.habits.arity.get(name, 0) <= 1}


def _holds_names(statement: Statement) -> bool:
    """Whether a claim speaks of more than derivatives: a chain rule holds in some order of its factors."""
    sides = statement.left, statement.right
    return any(derives(side) for side in sides) and not all(_is_of_derivatives(side) for side in sides)


def _is_of_derivatives(node: Node) -> bool:
    node = strip_group(node)
    if isinstance(node, Fraction_) and is_differential(node.numerator, node.denominator):
        return True
    if isinstance(node, Name):
        return False
    return all(_is_of_derivatives(child) for child in children(node))


def _are_matrices(names: set[str], statements: Sequence[Statement], scope: Scope) -> bool:
    """Whether the document transposes such a name, multiplies beside it entry by entry, or speaks of vectors."""
    if _VECTORS.search(scope.words):
        return True
    for statement in statements:
        for side in (statement.left, statement.right):
            beside = bool(names & {name for name, _ in _numbered(side)})
            for part in walk(side):
                if beside and isinstance(part, Scripted) and is_transposing(part):
                    return True
                if beside and isinstance(part, Product) and any(op in _ENTRYWISE for op, _ in part.factors):
                    return True
    return False
