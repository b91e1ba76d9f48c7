r"""Steps of gradient descent that change one weight by another's slope: w_{jk} - \eta \partial E/\partial w_{ji}."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.slippedchains import are_other_cells
from convsym.checker.slopes import indices_of, is_cell, letters_in, mark, name_of
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Fraction_, Name, Node, Product, Scripted, Sum_
from convsym.latex.walking import walk
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts
from convsym.verdict import Definition, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_ARROWS = ("=", ":=", "leftarrow", "gets", "to", "rightarrow")
_CHANGE = ("Delta", "delta")
_PREFIX = "d"


@dataclass(frozen=True, slots=True)
class _Step:
    """An update: the new value, the old one, and whose slope it is changed by; each as a mark and as LaTeX."""

    new: tuple[object, str]
    old: tuple[object, str]
    slope: tuple[object, str]


def settle_slipped_updates(session: Session) -> None:
    r"""Refute the updates that change a weight by the slope of another one.

    That is certain in two cases. The slope is taken by a cell of the same family at a letter that stands nowhere
    else in the line. Or a weight with a number, W_2 = W_1 - \alpha dW_1, is computed from another one although a line
    of the same section updates it by itself, and no line there so updates the other: the numbers count no steps.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    steps: list[tuple[Finding, _Step]] = []
    for finding in session.findings.values():
        statement = finding.statement
        if statement.relation in _ARROWS:
            scope = session.scope_of(statement)
            step = _step_of(statement.left, statement.right, scope)
            if step is not None:
                steps.append((finding, step))
    for finding, step in steps:
        if not isinstance(finding.outcome, Definition | Undecided | Unsupported):
            continue
        statement, scope = finding.statement, session.scope_of(finding.statement)
        if step.new[0] == step.old[0]:
            if _is_at_a_stray_letter(finding, step, scope, session):
                finding.outcome = Refuted(
                    f"it changes ${step.new[1]}$ by the derivative by another cell, ${step.slope[1]}$",
                    method="contradiction",
                )
            continue
        own = _own_update(finding, step, steps)
        if own is not None:
            finding.outcome = Refuted(
                f"it computes ${step.new[1]}$ from ${step.old[1]}$, where line {session.line(own.statement)} updates"
                f" ${step.new[1]}$ by itself",
                method="contradiction",
            )


def _is_at_a_stray_letter(finding: Finding, step: _Step, scope: Scope, session: Session) -> bool:
    """Whether the slope is by another cell for certain: at a letter of its own."""
    new, slope = step.new[0], step.slope[0]
    if not is_cell(new) or not is_cell(slope):
        return False
    if slope[3] is None and new[3] is not None:
        slope = (*slope[:3], new[3], *slope[4:])  # a layer that is left out
    stray = letters_in(slope) - letters_in(new)
    statement = finding.statement
    elsewhere = [
        part
        for side in (statement.left, statement.right)
        for part in walk(side)
        if isinstance(part, Name) and part.text in stray
    ]
    return len(elsewhere) == len(stray) > 0 and are_other_cells(
        new, slope, statement, scope, list(session.findings.values())
    )


def _own_update(finding: Finding, step: _Step, steps: Sequence[tuple[Finding, _Step]]) -> Finding | None:
    """The line that updates by itself what this one computes from another weight of the same family."""
    new, old, slope = (one[0] for one in (step.new, step.old, step.slope))
    if not is_cell(new) or not is_cell(old) or slope != old or name_of(new) != name_of(old):
        return None
    if not _is_numbered(new) or not _is_numbered(old) or new[3:] != old[3:]:
        return None
    near = [
        (other, one)
        for other, one in steps
        if other.statement.display.section == finding.statement.display.section and other is not finding
    ]
    own = [other for other, one in near if one.new[0] == one.old[0] == one.slope[0] == new]
    rival = any(one.new[0] == old or one.old[0] == new != one.new[0] for _, one in near)
    return own[0] if len(own) == 1 and not rival else None


def _is_numbered(cell: tuple[object, ...]) -> bool:
    indices = indices_of(cell)
    return len(indices) == 1 and isinstance(indices[0], tuple) and indices[0][0] == "Number"


def _step_of(left: Node, right: Node, scope: Scope) -> _Step | None:
    """The parts of w + \\Delta w = w - \\eta \\partial E/\\partial w, as well without \\Delta w on the left."""
    try:
        left, right = strip_group(left), strip_group(right)
        if isinstance(left, Sum_):
            (sign, first), *others = left.terms
            if sign == "-" or len(others) != 1 or _changed(others[0][1], scope) != mark(first, scope):
                return None
            left = strip_group(first)
        if not isinstance(left, Scripted | Name) or not isinstance(right, Sum_) or len(right.terms) != 2:
            return None
        (sign, old), (_, step) = right.terms
        slopes = dict.fromkeys(_slopes(step, scope))
    except ConvsymError:
        return None
    if sign == "-" or len(slopes) != 1 or not isinstance(strip_group(old), Scripted | Name):
        return None
    (slope,) = slopes
    sides = [(mark(side, scope), to_latex(strip_group(side))) for side in (left, old)]
    return _Step(sides[0], sides[1], slope)


def _changed(node: Node, scope: Scope) -> object:
    """The w of \\Delta w."""
    node = strip_group(node)
    if isinstance(node, Product) and len(node.factors) == 2:
        first, second = (strip_group(factor) for _, factor in node.factors)
        if isinstance(first, Name) and first.text in _CHANGE:
            return mark(second, scope)
    return None


def _slopes(node: Node, scope: Scope) -> Iterator[tuple[object, str]]:
    """What the derivatives in a step are by: \\partial E/\\partial w, and dw as the name of one."""
    for part in walk(node):
        if isinstance(part, Fraction_):
            parts = derivative_parts(part, {}, scope)
            if parts is not None and not parts.guess:
                yield mark(parts.below, scope), to_latex(strip_group(parts.below))
        elif isinstance(part, Product):
            factors = [strip_group(factor) for _, factor in part.factors]
            for head, cell in pairwise(factors):
                if isinstance(head, Name) and head.text == _PREFIX and isinstance(cell, Scripted):
                    yield mark(cell, scope), to_latex(cell)


__all__ = ["settle_slipped_updates"]
