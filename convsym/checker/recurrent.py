"""Claims about the steps of a recurrence of vectors, decided at one step: what holds of every term holds of the sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from convsym.checker.findings import Finding
from convsym.latex.printer import to_latex
from convsym.latex.syntax import BigOperator, Bracket, Node, Product
from convsym.latex.walking import rewritten, walk
from convsym.scope.forms import transposed
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge, Judgment
from convsym.scope.leading import leads
from convsym.scope.model import FunctionRule, Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.scope.operators import is_diagonal
from convsym.scope.statements import Statement
from convsym.scope.stepping import (
    Step,
    at_one_step,
    of_one_state,
    reaches_states,
    recurrent_weights,
    summed_over_steps,
    with_numbers,
)
from convsym.scope.timing import Timing, time_of
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

_ENTRYWISE = ("odot", "circ")
_OPEN_FUNCTIONS = ("sigma", "phi", "f", "g")
_STANDARD = ("sigmoid", "tanh")


def judge_steps(finding: Finding, judge: Judge, timing: Timing, statements: Sequence[Statement]) -> None:
    """Decide a claim that was left open at one step of a recurrence of vectors, where the document describes one.

    Whether a derivative by a weight holds the state before fixed is seldom said. A claim is decided only where it
    makes no difference: for a weight that no later step depends on, at the first step, or where the state before
    it is 0.

    Args:
        finding: a claim; its outcome is changed where it is decided.
        judge: for the scope of the claim.
        timing: how the document writes its recurrence.
        statements: all relations of the document.
    """
    statement = finding.statement
    as_numbers = isinstance(finding.outcome, Proved)
    open_still = isinstance(finding.outcome, Undecided | Unsupported)
    if not (open_still or as_numbers) or statement.apart or statement.supposed:
        return
    if timing.timed and any(map(_has_diagonal, (statement.left, statement.right))):
        if _judge_jacobian(finding, judge, timing, statements):
            return
    recurrent = recurrent_weights(judge.scope) if timing.timed else set()
    if timing.timed and not recurrent and open_still:
        _judge_numbers(finding, judge, timing, statements)
    if not recurrent or not (derives(statement.left) or derives(statement.right)):
        return
    left, right = strip_group(statement.left), strip_group(statement.right)
    letter, first, same = "", None, True
    sums = [isinstance(side, BigOperator) for side in (left, right)]
    if any(sums):
        inner = summed_over_steps(left), summed_over_steps(right)
        if inner[0] is None or inner[1] is None or inner[0][0] != inner[1][0]:
            return
        same = _limits(left) == _limits(right)
        starts = [one[1] for one in inner if one is not None and one[1] is not None]
        letter, first = inner[0][0], max(starts) if len(starts) == 2 else None
        left, right = inner[0][2], inner[1][2]
    else:
        letters = {
            time[0] for side in (left, right) for part in walk(side) if (time := time_of(part)) is not None
        }
        if len(letters) != 1:
            return
        (letter,) = letters
    step = at_one_step(judge.scope, timing, statements, left, right, letter)
    if step is None or not (step.slopes[0] | step.slopes[1]):
        return
    found = _judged(judge, step, step.right)
    if as_numbers:
        if found.holds or not _has_matrices(statements, judge.scope):
            return
        # W \\delta was read as a product of numbers, in which nothing is transposed.
        finding.outcome = Unsupported("it holds for numbers; the states are vectors here")
    if found.holds:
        if not same or _hands_on(step, judge, timing):
            return
    elif (
        not _is_false(found)
        or not _has_matrices(statements, judge.scope)
        or not _is_decisive(step, judge.scope, any(sums), first, recurrent)
        or not all(_differs(_judged(judge, step, other)) for other in _readings(step.right))
    ):
        return
    finding.outcome, finding.judgment = found.outcome, None
    finding.notes = sorted({*found.assumed, "the slopes of the loss at each step are arbitrary"})
    finding.sizes = "vectors of 2 entries"


def _judge_jacobian(finding: Finding, judge: Judge, timing: Timing, statements: Sequence[Statement]) -> bool:
    r"""Decide what \partial h_t/\partial h_{t-1} is, where a diagonal matrix says that the states are vectors.

    Either layout of the Jacobian is one of them; what is neither, U diag(f'(z_t)) for z_t = U h_{t-1}, holds for
    numbers alone.

    Returns:
        Whether the claim is about such a Jacobian.
    """
    statement, as_numbers = finding.statement, isinstance(finding.outcome, Proved)
    if statement.relation != "=":
        return False
    step = of_one_state(judge.scope, timing, statements, statement.left, statement.right)
    if step is None:
        return False
    found, turned = _judged(judge, step, step.right), _judged(judge, step, transposed(step.right))
    if found.holds or turned.holds:
        kept = found if found.holds else turned
        finding.notes = sorted(kept.assumed)
        if not found.holds:
            finding.notes.append("the Jacobian has a row for each variable")
    elif _is_false(found) and _is_false(turned):
        kept = found
        finding.notes = sorted(kept.assumed)
    else:
        if as_numbers:
            finding.outcome = Unsupported("it holds for numbers; the states are vectors here")
        return True
    finding.outcome, finding.judgment = kept.outcome, None
    finding.sizes = "vectors of 2 entries"
    return True


def _has_diagonal(side: Node) -> bool:
    return any(is_diagonal(part) for part in walk(side))


def _judge_numbers(finding: Finding, judge: Judge, timing: Timing, statements: Sequence[Statement]) -> None:
    r"""Decide a claim about a recurrence of numbers, h_t = f(w x_t + v h_{t-1}), from one step to the next.

    One is refuted only where it prints \\partial h_{t-1}/\\partial w: then nothing of the step before is held fixed.
    """
    statement, scope = finding.statement, judge.scope
    if statement.relation != "=" or not (derives(statement.left) or derives(statement.right)):
        return
    if _has_matrices(statements, scope) or _has_entrywise(statements):
        return
    claim = with_numbers(scope, timing, statement.left, statement.right)
    if claim is None:
        return
    found = Judge(claim.scope, judge.budget, judge.clock).equal(claim.left, claim.right)
    if found.holds or (claim.total and _is_false(found) and not _holds_for_some(judge, claim)):
        finding.outcome, finding.judgment = found.outcome, None
        weights = " and ".join(f"${latex_name(name)}$" for name in sorted(claim.differentiated))
        handed = f"every quantity is a number, and what the step before hands on depends on {weights}"
        finding.notes = sorted({*found.assumed, handed})


def _holds_for_some(judge: Judge, claim: Step) -> bool:
    """Whether a claim is true for a standard function in the place of one that the document leaves open."""
    for known in _STANDARD:
        functions = {name: FunctionRule((), None, known) for name in _OPEN_FUNCTIONS}
        scope = replace(claim.scope, functions={**functions, **claim.scope.functions})
        if Judge(scope, judge.budget, judge.clock).equal(claim.left, claim.right).holds:
            return True
    return False


def _has_entrywise(statements: Sequence[Statement]) -> bool:
    """Whether a document multiplies entry by entry somewhere: its states are vectors."""
    return any(
        isinstance(part, Product) and any(operator in _ENTRYWISE for operator, _ in part.factors)
        for statement in statements
        for side in (statement.left, statement.right)
        for part in walk(side)
    )


def _has_matrices(statements: Sequence[Statement], scope: Scope) -> bool:
    """Whether the document leaves no doubt that its weights are matrices: something is transposed somewhere."""
    sides = (side for statement in statements for side in (statement.left, statement.right))
    return any(reference.transposed for side in sides for reference in scope.mentions(side))


def _hands_on(step: Step, judge: Judge, timing: Timing) -> bool:
    """Whether something is differentiated by a weight on which later steps depend through the states before them."""
    return any(reaches_states(judge.scope, timing, weight) for weight in step.differentiated)


def _judged(judge: Judge, step: Step, right: Node) -> Judgment:
    return Judge(step.scope, judge.budget, judge.clock).equal(step.left, right)


def _is_false(found: Judgment) -> bool:
    return isinstance(found.outcome, Refuted) and found.outcome.witness is not None


def _differs(found: Judgment) -> bool:
    return _is_false(found) or bool(found.type_clash)


def _is_decisive(step: Step, scope: Scope, summed: bool, first: int | None, recurrent: set[str]) -> bool:
    """Whether what is false of one term is false of the claim, whatever a derivative by a weight holds fixed.

    The slopes on both sides have to be the same ones, and none may be made of another one by the chain rule.
    """
    slopes = step.slopes[0]
    if (
        slopes != step.slopes[1]
        or not slopes
        or any(
            leads(scope, later, earlier) and at >= start
            for later, at in slopes
            for earlier, start in slopes
            if (later, at) != (earlier, start)
        )
    ):
        return False
    if not summed:
        # By a vector of a step alone: every path from one step to the next is the same.
        return not step.differentiated
    if len(slopes) != 1 or first is None:
        return False
    ((_, offset),) = slopes
    return first + offset <= 1 or step.differentiated <= recurrent


def _readings(right: Node) -> list[Node]:
    r"""The right side turned over, and with A b \odot c as A (b \odot c)."""
    found = [transposed(right)]

    def regrouped(part: Node) -> Node | None:
        if not isinstance(part, Product):
            return None
        factors = list(part.factors)
        for at in range(len(factors) - 1, 0, -1):
            if factors[at][0] in _ENTRYWISE and at >= 2 and factors[at - 1][0] in ("", "cdot"):
                (operator, one), (sign, other) = factors[at - 1 : at + 1]
                both = Bracket("(", (Product((("", one), (sign, other)), part.span),), part.span)
                new = [*factors[: at - 1], (operator, both), *factors[at + 1 :]]
                return Product(tuple(new), part.span)
        return None

    other = rewritten(right, regrouped)
    if other != right:
        found += [other, transposed(other)]
    return found


def _limits(node: Node) -> tuple[str, str]:
    assert isinstance(node, BigOperator)
    assert node.lower is not None
    assert node.upper is not None
    return to_latex(node.lower), to_latex(node.upper)
