"""Matrices that are printed again with other cells: x = (x_1, x_2, x_3), and as an image x_{11}, x_{12}, ... later."""

from __future__ import annotations

from collections.abc import Sequence

from convsym.latex.syntax import Equation, Matrix
from convsym.scope.forms import integer_of, printed_shape, same_layout
from convsym.scope.model import Family, Scope
from convsym.scope.naming import Reference, strip_group
from convsym.scope.renewal import speaks_of_before
from convsym.scope.statements import Statement

_SHOWN = 200


def is_printed_anew(
    statement: Statement, known: Family, layout: Family, statements: Sequence[Statement]
) -> bool:
    """Whether a printed matrix begins another example, in which its letter stands for a matrix of other sizes.

    Cells with another number of indices are other cells, wherever they stand. Cells of the same form are another
    matrix under another heading only, where no words lead back to what was said before.

    Args:
        statement: the line that prints the matrix.
        known: the family that was printed for its letter before.
        layout: the family that it shows.
        statements: the relations read before.
    """
    if known.arity != layout.arity:
        return True
    left = printed_shape(statement.left)
    earlier = [
        other
        for other in statements
        if printed_shape(other.left) == left and isinstance(strip_group(other.right), Matrix)
    ]
    before = statement.display.before[-_SHOWN:]
    return (
        bool(earlier)
        and statement.display.section not in {other.display.section for other in earlier}
        and "recall" not in before.lower()
        and not speaks_of_before(before)
    )


def numbered_anew(
    statement: Statement, equation: Equation, scope: Scope, statements: Sequence[Statement]
) -> Scope | None:
    """The version of a scope that begins where a matrix's letter is given a number, H = W = 4; None elsewhere.

    Args:
        statement: a relation.
        equation: the formula that it stands in.
        scope: the version in force so far.
        statements: the relations read before.
    """
    row = next((row for row in equation.rows if row.first is statement.left), None)
    if statement.link or row is None or not row.links or integer_of(row.links[-1][1]) is None:
        return None
    sides = [statement.left, *(side for _, side in row.links[:-1])]
    names = [scope.refer(side, {}) for side in sides]
    if any(relation != "=" for relation, _ in row.links) or not all(map(_is_bare, names)):
        return None
    fresh = scope
    for reference in names:
        name = "" if reference is None else reference.name
        sections = {
            other.display.section
            for other in statements
            if isinstance(strip_group(other.right), Matrix)
            and (left := scope.refer(other.left, {})) is not None
            and left.name == name
        }
        if name in scope.matrices and sections and statement.display.section not in sections:
            fresh = without_cells(fresh, scope.matrices[name])
            fresh.matrices.pop(name, None)
            fresh.rules.pop(name, None)
    return None if fresh is scope else fresh


def _is_bare(reference: Reference | None) -> bool:
    """Whether a reference is to a name alone."""
    return (
        reference is not None and not reference.indices and reference.layer is None and not reference.primes
    )


def without_cells(scope: Scope, family: str) -> Scope:
    """A version of a scope that has forgotten a family of cells, and the cells that were computed from it.

    What is said of every cell holds of any sizes, and is kept.

    Args:
        scope: the version in force so far.
        family: the key of the cells whose letter is to stand for others.
    """
    fresh = scope.copy()
    gone, waiting = {family}, [family]
    while waiting:
        one = waiting.pop()
        for name, rules in fresh.rules.items():
            kept = [rule for rule in rules if rule.is_general or not rule.patterns]
            if name in gone or not any(
                reference.name == one
                for rule in rules
                if rule not in kept
                for reference in scope.mentions(rule.body)
            ):
                continue
            gone.add(name)
            waiting.append(name)
    for name in gone:
        if name in fresh.rules:
            fresh.rules[name] = [rule for rule in fresh.rules[name] if rule.is_general or not rule.patterns]
            if not fresh.rules[name]:
                del fresh.rules[name]
        fresh.values.pop(name, None)
        fresh.families.pop(name, None)
    return fresh


def tell_cells_apart(scopes: Sequence[Scope]) -> None:
    """Let each version of a scope name the cells of its own matrices: not those of a matrix printed in another one.

    Args:
        scopes: the versions; changed in place.
    """
    for scope in scopes:
        for name, family in scope.families.items():
            others = {
                id(other): other
                for version in scopes
                if (other := version.families.get(name)) is not None
                and other.printed
                and not same_layout(other, family)
            }
            if family.printed and others and name in scope.named:
                scope.named[name] = {
                    cell
                    for cell in scope.named[name]
                    if _holds(family, cell) or not any(_holds(other, cell) for other in others.values())
                }


def _holds(family: Family, cell: tuple[int, ...]) -> bool:
    """Whether a printed matrix has a cell."""
    return len(cell) == family.arity and all(
        size is None or first <= index < first + size
        for index, first, size in zip(cell, family.base, family.sizes, strict=True)
    )


__all__ = ["is_printed_anew", "numbered_anew", "tell_cells_apart", "without_cells"]
