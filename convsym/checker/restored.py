r"""Gradients under the name of their variable: W = X * \partial L/\partial Y instead of \partial L/\partial W."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from convsym.checker.findings import Finding
from convsym.latex.printer import to_latex
from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Matrix, Name, Node, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.forms import printed_shape
from convsym.scope.judge import Judge
from convsym.scope.kinds import decide
from convsym.scope.lost import behind_partial
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Refuted, Undecided, Unsupported


def restore_derivative(finding: Finding, judge: Judge, statements: Sequence[Statement]) -> None:
    r"""Refute a line that says of a variable what is true of a loss's derivative by it.

    The variable must be given, so that it is nothing that the loss is part of; the line with \partial L/\partial in
    front of it must be proved, or its right side be the chain rule for that derivative, factor by factor.

    Args:
        finding: a claim that was left open; its outcome is changed where the line is such a slip.
        judge: for the scope of the claim.
        statements: all relations of the document.
    """
    statement = finding.statement
    if not isinstance(finding.outcome, Undecided | Unsupported) or statement.relation != "=":
        return
    left, right = strip_group(statement.left), statement.right
    cells = _cells(left)
    loss = _loss(right, judge.scope)
    if loss is None or not cells or not all(_is_given(cell, judge.scope, statements) for cell in cells):
        return
    mended = _derivative(loss, left)
    ends = _telescoped(right)
    whole = ends == (printed_shape(loss), printed_shape(left))
    if not whole and not decide(judge, mended, right).holds:
        return
    name, variable = to_latex(loss), to_latex(left)
    shown = "its left side" if isinstance(left, Matrix) else f"${variable}$"
    finding.outcome = Refuted(
        f"the right side is the derivative of ${name}$ by {shown}, not {shown}", method="lost derivative"
    )
    finding.repairs = (f"{to_latex(mended)} = {to_latex(right)}",)


def _cells(left: Node) -> list[Node]:
    if isinstance(left, Matrix):
        found = [strip_group(cell) for row in left.rows for cell in row if cell is not None]
        return found if all(isinstance(cell, Name | Scripted) for cell in found) else []
    return [left] if isinstance(left, Name | Scripted) else []


def _loss(right: Node, scope: Scope) -> Node | None:
    """What every derivative by something else begins with: one name that nothing defines; else None."""
    tops: dict[object, Node] = {}
    for node in walk(right):
        if isinstance(node, Fraction_) and (top := behind_partial(node.numerator)) is not None:
            reference = scope.refer(top, {})
            if reference is not None and not reference.indices and not scope.rules.get(reference.name):
                tops[printed_shape(top)] = top
    return next(iter(tops.values())) if len(tops) == 1 else None


def _is_given(cell: Node, scope: Scope, statements: Sequence[Statement]) -> bool:
    """Whether nothing defines a name, and no other line has it alone on its left."""
    reference = scope.refer(cell, {})
    if reference is None or reference.power is not None or reference.primes:
        return False
    owners = {reference.name, *(m for m, own in scope.matrices.items() if own == reference.name)}
    if any(
        rule.body is not None and _is_formula(rule.body)
        for name in owners
        for rule in scope.rules.get(name, [])
    ):
        return False
    return any(_differentiates_by(reference.name, statement, scope) for statement in statements)


def _is_formula(body: Node) -> bool:
    return not isinstance(strip_group(body), Matrix)


def _differentiates_by(name: str, statement: Statement, scope: Scope) -> bool:
    for side in (statement.left, statement.right):
        for node in walk(side):
            if isinstance(node, Fraction_) and (below := behind_partial(node.denominator)) is not None:
                reference = scope.refer(below, {})
                if reference is not None and name in (reference.name, scope.matrices.get(reference.name)):
                    return True
    return False


def _derivative(loss: Node, variable: Node) -> Node:
    if isinstance(variable, Matrix):
        rows = tuple(
            tuple(None if cell is None else _derivative(loss, strip_group(cell)) for cell in row)
            for row in variable.rows
        )
        return Matrix(variable.environment, rows, variable.span)
    span = variable.span
    sign = Name("partial", span)
    above, below = (Product((("", sign), ("", part)), span) for part in (loss, variable))
    return Fraction_(above, below, span)


def _telescoped(node: Node) -> tuple[object, object] | None:
    r"""Above and below of what \partial E/\partial u \cdot \partial u/\partial b comes to, under sums too."""
    node = strip_group(node)
    if isinstance(node, BigOperator) and node.operator == "sum":
        return _telescoped(node.body)
    if isinstance(node, Bracket) and node.kind in ("(", "[") and len(node.items) == 1:
        return _telescoped(node.items[0])
    if isinstance(node, Fraction_):
        above, below = behind_partial(node.numerator), behind_partial(node.denominator)
        return None if above is None or below is None else (printed_shape(above), printed_shape(below))
    if isinstance(node, Product) and all(sign in ("", "cdot", "times", "*") for sign, _ in node.factors):
        ends = [_telescoped(factor) for _, factor in node.factors]
        whole = [end for end in ends if end is not None]
        if len(whole) == len(ends) and all(a[1] == b[0] for a, b in pairwise(whole)):
            return whole[0][0], whole[-1][1]
    return None
