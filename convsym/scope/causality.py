"""Recurrences that only look back: what stands at t is computed from what stands at t and before, never after."""

from __future__ import annotations

from collections.abc import Collection

from sympy import Expr, Integer

from convsym.scope.leading import leads
from convsym.scope.model import Cell, Index, Pattern, Scope, pattern_of, variables
from convsym.scope.standing import is_later


def is_apart(cell: Cell, others: list[Cell], scope: Scope) -> bool:
    """Whether a cell of a recurrence that only looks back depends on none of some others: it is earlier, or apart.

    Args:
        cell: the one whose definition would be followed.
        others: what is differentiated by.
        scope: the document's definitions.
    """
    if len(cell.indices) != 1 or not others or not looks_back(cell.family, scope):
        return False
    if any(len(other.indices) != 1 for other in others):
        # By a weight that it is never made of, no state has a slope, however far back.
        return not any(leads(scope, cell.family, other.family) for other in others)
    steps = [_step(cell.indices[0], other.indices[0]) for other in others]
    return all(step is not None and step < 0 for step in steps)


def stands_back(atom: Expr, definition: object, atoms: Collection[Expr], scope: Scope) -> bool:
    """Whether something else stands later than a cell of a recurrence: what that came from is no matter then.

    The state of a step before may be anything that its own inputs make it, where none of these is spoken of.

    Args:
        atom: the one whose definition would be followed.
        definition: what it is by its definition.
        atoms: everything that is compared.
        scope: the document's definitions.
    """
    if any(is_later(other, atom, scope) for other in atoms):
        return True
    cell, others = scope.cells[atom], [scope.cells[other] for other in atoms]
    if len(cell.indices) != 1:
        return False
    later = any(
        len(other.indices) == 1
        and (step := _step(other.indices[0], cell.indices[0])) is not None
        and step > 0
        for other in others
    )
    if not later or not looks_back(cell.family, scope):
        return False
    inputs = variables(definition) if isinstance(definition, Expr) else set()
    return not any(part in atoms and scope.cells[part].indices for part in inputs if part in scope.cells)


def _step(one: Index, other: Index) -> int | None:
    difference = Integer(0) + one - other
    return int(difference) if difference.is_Integer else None


def looks_back(family: str, scope: Scope) -> bool:
    """Whether everything that a family is computed from stands at the same index or before it.

    Args:
        family: a family with one index.
        scope: the document's definitions.
    """
    seen, stack, back = {family}, [family], False
    while stack:
        name = stack.pop()
        for rule in scope.rules.get(name, []):
            letters = {pattern.parameter for pattern in rule.patterns if pattern.parameter}
            if not letters:
                continue  # a first state, given
            (own,) = rule.patterns if len(rule.patterns) == 1 else (None,)
            if own is None or rule.layer is not None:
                return False
            for reference in scope.mentions(rule.body):
                if reference.layer is not None or len(reference.indices) > 1:
                    return False
                if reference.indices:
                    step = _offset(pattern_of(reference.indices[0], {}), own)
                    if step is None or step > 0:
                        return False
                    back = back or step < 0
                if reference.name not in seen:
                    seen.add(reference.name)
                    stack.append(reference.name)
    return back


def _offset(pattern: Pattern | None, own: Pattern) -> int | None:
    if pattern is None or pattern.parameter != own.parameter:
        return None
    return pattern.offset - own.offset
