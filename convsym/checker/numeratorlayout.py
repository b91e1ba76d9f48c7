r"""Texts that lay out \partial L/\partial W by the numerator, as the transpose of W's shape, and say so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Scripted
from convsym.latex.walking import rewritten
from convsym.scope.hygiene import derives
from convsym.scope.lost import behind_partial
from convsym.verdict import Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.scope.judge import Judge
    from convsym.scope.model import Scope

BY_THE_NUMERATOR = "derivatives by a matrix are laid out by the numerator, as the text says"
_SAID = re.compile(r"numerator[- ]layout|分子布局", re.I)
# Who compares the two, or rejects one, has to be asked which one is used.
_UNSURE = re.compile(
    r"denominator[- ]layout|分母布局|"
    r"\b(?:not|no|without|instead of|rather than|unlike)\b[^.]{0,30}numerator[- ]layout|"
    r"不[^。]{0,8}(?:numerator|分子布局)",
    re.I,
)


def heed_numerator_layout(finding: Finding, judge: Judge, earlier: Iterable[Finding]) -> None:
    r"""Judge a line with \partial L/\partial W of a matrix W by the layout that the text says.

    What is true in one layout alone is refuted only where a line before it shows which one is in use.

    Args:
        finding: a claim as it was judged; its outcome is changed.
        judge: who judged it.
        earlier: the findings so far.
    """
    statement, outcome, scope = finding.statement, finding.outcome, judge.scope
    if (
        not isinstance(outcome, Proved | Refuted)
        or not _SAID.search(scope.words)
        or _UNSURE.search(scope.words)
    ):
        return
    left, right = (
        rewritten(side, lambda node: _turned(node, scope)) for side in (statement.left, statement.right)
    )
    if (left, right) == (statement.left, statement.right):
        return
    found = judge.equal(left, right)
    holds = isinstance(found.outcome, Proved)
    fails = isinstance(found.outcome, Refuted) or bool(found.type_clash)
    if isinstance(outcome, Proved) == holds and (holds or fails):
        return
    finding.repairs, finding.notes = (), []
    if holds or (fails and isinstance(found.outcome, Refuted) and any(map(_shows_it, earlier))):
        found.assumed.add(BY_THE_NUMERATOR)
        finding.outcome, finding.judgment = found.outcome, found
    else:
        finding.outcome = Unsupported(f"{BY_THE_NUMERATOR}, and as their variables it is otherwise")


def _shows_it(finding: Finding) -> bool:
    """Whether a line was found to hold by the numerator alone."""
    judgment = finding.judgment
    return (
        isinstance(finding.outcome, Proved) and judgment is not None and BY_THE_NUMERATOR in judgment.assumed
    )


def _turned(node: Node, scope: Scope) -> Node | None:
    r"""(\partial L/\partial W)^T for the derivative of a number by a whole matrix; None of anything else."""
    if not isinstance(node, Fraction_) or not derives(node):
        return None
    above, below = behind_partial(node.numerator), behind_partial(node.denominator)
    if above is None or below is None or _sides(above, scope) or 1 in (_sides(below, scope) or (1,)):
        return None
    span = node.span
    return Scripted(Bracket("(", (node,), span), None, Name("T", span), 0, span)


def _sides(node: Node, scope: Scope) -> tuple[int, ...] | None:
    """The sizes of a whole matrix; None of a number, a cell or a matrix of unknown sizes."""
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    if reference is None or reference.indices:
        return None
    family = scope.family(scope.matrices.get(reference.name, reference.name))
    if family is None or family.arity != 2:
        return None
    sizes = tuple(size for size in family.sizes if isinstance(size, int))
    return sizes if len(sizes) == 2 else None


__all__ = ["heed_numerator_layout"]
