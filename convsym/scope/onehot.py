"""Targets with a single 1: a line that is true of one place of it is not refuted by targets that are anything."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from sympy import Expr, Ge, Indexed, Integer, KroneckerDelta, Le, Sum, Symbol

from convsym.errors import ConvsymError
from convsym.latex.syntax import Name, Node, Number
from convsym.scope.model import Scope, latex_name, variables
from convsym.scope.naming import key, strip_group
from convsym.scope.normalization import log_weights, range_of
from convsym.verdict import Refuted

if TYPE_CHECKING:
    from convsym.scope.judge import Judge, Judgment

_SAID = re.compile(
    r"one[- ]?hot|独热|\bonly\b[^.]{0,60}\b(?:is|equals?|=)\s*\$?1\b|"
    r"\b1\$? (?:for|at|if|when|in) [^.]{0,40}\b(?:correct|true|right|actual)\b",
    re.I,
)


def rests_on_the_true_class(judge: Judge, judgment: Judgment, nodes: Collection[Node]) -> bool:
    """Whether a claim that fails for arbitrary targets may be true, equation by equation, for some place of a single 1.

    Args:
        judge: who judged the claim, just now.
        judgment: what was found about it.
        nodes: its sides.
    """
    if not _SAID.search(judge.scope.words) or not judgment.pairs:
        return False
    names = {latex_name(name): name for name in log_weights(judge.scope, nodes)}
    spoken_of = _indices(names, nodes, judge.scope)
    conditions = judge.conditions
    try:
        for _, a, b in judgment.pairs:
            sides = judge.unfold(a), judge.unfold(b)
            if not any(
                _may_hold(judge, mapped, (*conditions, *more))
                for mapped, more in _settled(sides, names, judge.scope, spoken_of)
            ):
                return False
    except (ConvsymError, RecursionError, TypeError, ValueError):
        return False
    finally:
        judge.conditions = conditions
    return True


def _may_hold(judge: Judge, sides: tuple[Expr, Expr], conditions: tuple[Expr, ...]) -> bool:
    judge.conditions = conditions
    # What is open may be true: only a counterexample at every place speaks against the line.
    return not isinstance(judge.decide(*sides), Refuted)


def _indices(names: Mapping[str, str], nodes: Collection[Node], scope: Scope) -> set[Expr]:
    """The letters and numbers at which a claim itself, as it is printed, names a target."""
    found: set[Expr] = set()
    for node in nodes:
        for reference in scope.mentions(node):
            for index in map(strip_group, reference.indices if reference.name in names.values() else ()):
                if isinstance(index, Name):
                    found.add(Symbol(key(index), integer=True))
                elif isinstance(index, Number) and index.text.isdigit():
                    found.add(Integer(int(index.text)))
    return found


def _settled(
    sides: tuple[Expr, Expr], names: Mapping[str, str], scope: Scope, spoken_of: set[Expr]
) -> Iterator[tuple[tuple[Expr, Expr], tuple[Expr, ...]]]:
    """The sides with the 1 of the targets at every place that can be told apart."""
    bound = {limit[0] for side in sides for one in side.atoms(Sum) for limit in one.limits}
    targets: dict[Expr, Expr] = {}
    letters: set[Expr] = set()
    spans = []
    for atom in sorted({atom for side in sides for atom in variables(side)}, key=str):
        cell = scope.cells.get(atom)
        label = str(atom.base.label) if isinstance(atom, Indexed) else ""
        name = names.get(label) or (
            cell.family if cell is not None and cell.family in names.values() else None
        )
        indices = atom.indices if isinstance(atom, Indexed) else () if cell is None else cell.indices
        if name is not None and len(indices) == 1 and (cell is None or cell.layer is None):
            targets[atom] = Integer(0) + indices[0]
            spans.append(range_of(name, scope))
        letters |= {index for index in indices if isinstance(index, Symbol)} - bound
    if not targets:
        return
    named = {index for index in targets.values() if index in letters or index.is_Integer}
    if spoken := named & spoken_of:
        # -Y_i / A_i is not meant where every term of it is 0.
        for place in sorted(spoken, key=str):
            yield _with_one_at(sides, targets, place, bound), ()
        return
    places: list[Expr] = sorted(letters, key=str)
    concrete = [index for index in targets.values() if index.is_Integer]
    places += sorted(set(concrete), key=int)
    for place in places:
        yield _with_one_at(sides, targets, place, bound), ()
    elsewhere = Symbol("t'", integer=True)
    more = [Ge(elsewhere, letter + 1) for letter in sorted(letters, key=str)]
    for span in spans:
        if span is not None:
            more += [Ge(elsewhere, span[0]), Le(elsewhere, span[1])]
    yield _with_one_at(sides, targets, elsewhere, bound), tuple(c for c in more if c not in (True, False))


def _with_one_at(
    sides: tuple[Expr, Expr], targets: Mapping[Expr, Expr], place: Expr, bound: Collection[Expr]
) -> tuple[Expr, Expr]:
    mapping: dict[Expr, Expr] = {}
    for atom, index in targets.items():
        if index == place:
            mapping[atom] = Integer(1)
        elif any(letter in bound for letter in index.free_symbols):
            mapping[atom] = KroneckerDelta(index, place)
        else:
            mapping[atom] = Integer(0)
    left, right = (side.xreplace(mapping) for side in sides)
    return left, right
