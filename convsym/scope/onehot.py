"""Targets with a single 1: a line that is true of one place of it is not refuted by targets that are anything."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from sympy import Expr, Ge, Indexed, Integer, KroneckerDelta, Le, Sum, Symbol

from convsym.errors import ConvsymError
from convsym.latex.syntax import Name, Node, Number
from convsym.scope.model import Cell, Scope, latex_name, variables
from convsym.scope.naming import key, strip_group
from convsym.scope.normalization import ONLY_ONE, log_weights, range_of
from convsym.verdict import Proved, Refuted

if TYPE_CHECKING:
    from convsym.scope.judge import Judge, Judgment

_ELSEWHERE = Symbol("t'", integer=True)
ONE_HOT = re.compile(
    r"one[- ]?hot|独热|" + ONLY_ONE + "|"
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
    if not ONE_HOT.search(judge.scope.words) or not judgment.pairs:
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


def proof_at(judge: Judge, judgment: Judgment, nodes: Collection[Node], place: Expr) -> Proved | None:
    """The proof of a claim, equation by equation, where the 1 of its targets stands at one place; None without one.

    Args:
        judge: who judged the claim, just now.
        judgment: what was found about it.
        nodes: its sides.
        place: the index of the 1.
    """
    names = {latex_name(name): name for name in log_weights(judge.scope, nodes)}
    found: Proved | None = None
    try:
        for _, a, b in judgment.pairs:
            sides = judge.unfold(a), judge.unfold(b)
            bound = {limit[0] for side in sides for one in side.atoms(Sum) for limit in one.limits}
            outcome = judge.decide(*_with_one_at(sides, _targets(sides, names, judge.scope), place, bound))
            if not isinstance(outcome, Proved):
                return None
            found = outcome
    except (ConvsymError, RecursionError, TypeError, ValueError):
        return None
    return found


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
    targets = _targets(sides, names, scope)
    letters = {
        index
        for side in sides
        for atom in variables(side)
        for index in _cell_of(atom, scope)[1]
        if isinstance(index, Symbol)
    } - bound
    spans = [range_of(_family_of(atom, names, scope) or "", scope) for atom in targets]
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
    elsewhere = _ELSEWHERE
    more = [Ge(elsewhere, letter + 1) for letter in sorted(letters, key=str)]
    for span in spans:
        if span is not None:
            more += [Ge(elsewhere, span[0]), Le(elsewhere, span[1])]
    yield _with_one_at(sides, targets, elsewhere, bound), tuple(c for c in more if c not in (True, False))


def _cell_of(atom: Expr, scope: Scope) -> tuple[Cell | None, tuple[Expr, ...]]:
    """The cell that an atom is known as, and the indices at which it stands."""
    cell = scope.cells.get(atom)
    if isinstance(atom, Indexed):
        return cell, tuple(atom.indices)
    return cell, () if cell is None else tuple(Integer(0) + index for index in cell.indices)


def _family_of(atom: Expr, names: Mapping[str, str], scope: Scope) -> str | None:
    """The target that an atom is a cell of."""
    cell = scope.cells.get(atom)
    name = names.get(str(atom.base.label)) if isinstance(atom, Indexed) else None
    return name or (cell.family if cell is not None and cell.family in names.values() else None)


def _targets(sides: Collection[Expr], names: Mapping[str, str], scope: Scope) -> dict[Expr, Expr]:
    """The cells of targets, each with its index."""
    found: dict[Expr, Expr] = {}
    for atom in sorted({atom for side in sides for atom in variables(side)}, key=str):
        cell, indices = _cell_of(atom, scope)
        if _family_of(atom, names, scope) and len(indices) == 1 and (cell is None or cell.layer is None):
            found[atom] = indices[0]
    return found


def _with_one_at(
    sides: tuple[Expr, Expr], targets: Mapping[Expr, Expr], place: Expr, bound: Collection[Expr]
) -> tuple[Expr, Expr]:
    mapping: dict[Expr, Expr] = {}
    for atom, index in targets.items():
        if index == place:
            mapping[atom] = Integer(1)
        elif (index - place).is_Integer or (place == _ELSEWHERE and not index.free_symbols & set(bound)):
            mapping[atom] = Integer(0)
        else:
            # Two free letters may be one index: y_i beside the place k is 1 where i is k.
            mapping[atom] = KroneckerDelta(index, place)
    left, right = (side.xreplace(mapping) for side in sides)
    return left, right
