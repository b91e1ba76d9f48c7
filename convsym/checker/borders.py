"""Lines about a border cell that leave out what lies outside: y_1 = k_2 x_1 + k_3 x_2, "at the edge there is no x_0".

Which cells of an input exist, and that the others count as 0, is often said in words alone. Where the words speak of a
padding, an edge or a full convolution, a line that is true without the outermost cells of one family is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Integer, Sum, Symbol

from convsym.checker.findings import Finding
from convsym.checker.kinks import leave_open_where
from convsym.checker.properties import at_sizes
from convsym.errors import ConvsymError
from convsym.scope.judge import Judge
from convsym.scope.model import Scope
from convsym.verdict import Proved

if TYPE_CHECKING:
    from convsym.checker.session import Session

_OUTSIDE = re.compile(
    r"\bpad(?:s|ded|ding)?\b|\bzero[- ]?padd?\w*|\bedges?\b|\bborders?\b|\bboundar(?:y|ies)\b|\boutside\b|"
    r"\bthere (?:is|are) no\b|\bdoes not exist\b|\bdo not exist\b|\bmissing\b|\bbeyond\b|\bcausal\w*|"
    r"\bfull (?:\w+ )?convolution|\bthe past\b|\bfirst (?:cell|entry|output|position)|"
    r"\blast (?:cell|entry|output|position)|\bbefore \$?[a-z] ?= ?0|\bcorners?\b|"
    r"\brand(?:es)?\b|\bbords?\b|\bbordes?\b|\brelleno\b|填充|边",
    re.I,
)
# "No zero-padding" and "P is the padding size" speak of no cell outside.
_NO_PADDING = re.compile(
    r"\b(?:no|without(?: any)?) (?:zero[- ])?padding\b|\b(?:zero[- ])?padding[- ](?:size|amount|width|parameter)s?\b"
)
_MOST = 12


def heed_borders(session: Session) -> None:
    """Leave open what fails by cells alone that may lie outside, where they count as 0.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    leave_open_where(
        session,
        _speaks_of_the_outside,
        _holds_without,
        "it holds if cells that may lie outside count as 0: which cells there are is not read",
    )


def _speaks_of_the_outside(words: str) -> bool:
    return _OUTSIDE.search(_NO_PADDING.sub(" ", words)) is not None


def _holds_without(finding: Finding, judge: Judge) -> bool:
    """Whether a claim is true without the outermost cells of one family in each of its equations."""
    judgment = finding.judgment
    assert judgment is not None
    witness = getattr(finding.outcome, "witness", None)
    sizes = dict(witness.sizes) if witness is not None else {}
    try:
        for _, left, right in judgment.pairs:
            sides = judge.unfold(left), judge.unfold(right)
            if sizes and any(side.has(Sum) for side in sides):
                # How far a sum without limits runs is not said either: it fails at this length.
                sides = at_sizes(sides[0], sizes, judge.scope), at_sizes(sides[1], sizes, judge.scope)
            if sides[0] == sides[1] or isinstance(judge.decide(*sides), Proved):
                continue
            if not any(
                isinstance(judge.decide(*(_without(side, outer) for side in sides)), Proved)
                for outer in _outermost(*sides, judge)
            ):
                return False
    except (ConvsymError, RecursionError, TypeError, ValueError):
        return False
    return True


def _without(side: Expr, cells: tuple[Expr, ...]) -> Expr:
    return side.xreplace(dict.fromkeys(cells, Integer(0)))


def _outermost(left: Expr, right: Expr, judge: Judge) -> Iterator[tuple[Expr, ...]]:
    """The cells of one free family that stand on one side only, outside of all that stand on the other one."""
    sides = [_cells(side, judge) for side in (left, right)]
    for ours, theirs in (sides, sides[::-1]):
        for family, cells in ours.items():
            inside = theirs.get(family, {})
            lone = [cell for cell in cells if cell not in inside]
            if not lone or not inside or len(lone) > _MOST or judge.scope.rules.get(family):
                continue
            kept = list(inside.values())
            if any(_exists(family, cells[cell], judge.scope) for cell in lone):
                continue
            if all(_is_beyond(cells[cell], kept) for cell in lone):
                yield tuple(lone)


def _cells(side: Expr, judge: Judge) -> dict[str, dict[Expr, tuple[Expr, ...]]]:
    found: dict[str, dict[Expr, tuple[Expr, ...]]] = {}
    for atom in side.atoms(Symbol, Indexed):
        cell = judge.scope.cells.get(atom)
        if isinstance(atom, Indexed):
            found.setdefault(str(atom.base.label), {})[atom] = tuple(atom.indices)
        elif cell is not None and cell.indices:
            found.setdefault(cell.family, {})[atom] = tuple(Integer(0) + index for index in cell.indices)
    return found


def _exists(family: str, indices: tuple[Expr, ...], scope: Scope) -> bool:
    """Whether the document gives a family's sizes, and a cell is one of them."""
    known = scope.family(family)
    if known is None or not known.exact or len(known.sizes) != len(indices):
        return False
    return all(
        size is not None and index.is_Integer and base <= index < base + size
        for index, base, size in zip(indices, known.base, known.sizes, strict=True)
    )


def _is_beyond(indices: tuple[Expr, ...], kept: list[tuple[Expr, ...]]) -> bool:
    """Whether a cell lies beyond all others along some axis."""
    for axis, value in enumerate(indices):
        steps = [value - other[axis] for other in kept if len(other) == len(indices)]
        if steps and all(step.is_Integer for step in steps):
            if all(step > 0 for step in steps) or all(step < 0 for step in steps):
                return True
    return False


__all__ = ["heed_borders"]
