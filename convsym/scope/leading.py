"""Whether one name is computed from another, through however many definitions, and the cells a name stands for."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Indexed, Symbol

from convsym.errors import ScopeError
from convsym.scope.model import Cell, Scope, UndefinedError, latex_name, variables
from convsym.scope.naming import plain_letter

_LABELS = frozenset({"t", "target", "label"})


def leads(scope: Scope, top: str, bottom: str) -> bool:
    """Whether some definition of `top` mentions `bottom`, directly or not, or a line says that it depends on it.

    Args:
        scope: the document's definitions.
        top, bottom: two families.
    """
    seen: set[str] = set()
    stack = [top]
    while stack:
        name = stack.pop()
        said = scope.arguments.get(name, ()) if not scope.rules.get(name) else ()
        if bottom in said:
            return True
        stack.extend(known for known in said if known not in seen)
        seen.update(said)
        owners = [name, *(matrix for matrix, own in scope.matrices.items() if own == name)]
        for owner in owners:
            for rule in scope.rules.get(owner, []):
                for reference in scope.mentions(rule.body):
                    for known in (reference.base, reference.name):  # \mu_B and, where only that is known, \mu
                        base = scope.matrices.get(known, known)
                        if base == bottom:
                            return True
                        if base not in seen:
                            seen.add(base)
                            stack.append(base)
    return False


def members(scope: Scope, family: str) -> list[Expr]:
    """The cells that a loss made of a family is made of.

    Args:
        scope: the document's definitions.
        family: the family, or a number.

    Raises:
        ScopeError: its range is not known.
        UndefinedError: some of its cells are named and not defined, unlike others.
    """
    known = scope.families.get(family)
    if known is None or known.arity == 0:
        if scope.habits.arity.get(family):
            return _written_cells(scope, family)
        return [scope.register(Cell(family))]
    shape = known.rows_columns()
    if shape is None:
        return _written_cells(scope, family)
    return [
        scope.register(Cell(family, known.cell_at(r, c))) for r in range(shape[0]) for c in range(shape[1])
    ]


def _written_cells(scope: Scope, family: str) -> list[Expr]:
    """The cells of a family that is defined cell by cell; ScopeError where it is defined otherwise."""
    rules = scope.rules.get(family, [])
    if not rules or any(rule.is_general or rule.layer is not None or not rule.patterns for rule in rules):
        raise ScopeError(f"the range of {family} is not known")
    written = {tuple(pattern.offset for pattern in rule.patterns) for rule in rules}
    for indices in sorted(scope.named.get(family, set()) - written):
        missing = Cell(family, indices).latex
        raise UndefinedError(f"{missing} is not defined, unlike other cells of its family")
    return [
        scope.register(Cell(family, tuple(pattern.offset for pattern in rule.patterns))) for rule in rules
    ]


def is_label(scope: Scope, top: Expr, variable: Expr) -> bool:
    """Whether a name without a definition is the target of a loss, by its letter: the t of (o - t)^2.

    The loss itself has to lead to both, so that there is something to differentiate.

    Args:
        scope: what the document has introduced.
        top: the symbol of the name.
        variable: the symbol it is differentiated by.
    """
    cell, below = scope.cells.get(top), scope.cells.get(variable)
    if cell is None or below is None or not isinstance(top, Symbol) or scope.rules.get(cell.family):
        return False
    if plain_letter(cell.family).partition("_")[0] not in _LABELS:
        return False
    return any(
        leads(scope, owner, cell.family) and leads(scope, owner, below.family)
        for owner, rules in scope.rules.items()
        if rules
    )


def known_cells(scope: Scope, *sides: Expr) -> Mapping[Expr, Cell]:
    """The cells of a scope, with those that only stand at another letter of a sum than when they were read.

    Where a derivative gives the letter of a sum another name, z_j in it becomes z_{j_1}, a cell like z_j.

    Args:
        scope: what is known; the cells found are added.
        sides: where to look for them.
    """
    unknown = [
        atom
        for side in sides
        for atom in variables(side)
        if isinstance(atom, Indexed)
        and atom not in scope.cells
        and not str(atom.base.label).startswith("\\partial")
    ]
    if unknown:
        kin = {(latex_name(c.tensor), len(c.indices)): c for c in scope.cells.values() if c.indices}
        for atom in unknown:
            known = kin.get((str(atom.base.label), len(atom.indices)))
            if known is not None:
                indices = tuple(int(i) if i.is_Integer else i for i in atom.indices)
                scope.cells[atom] = Cell(known.family, indices, known.layer)
    return scope.cells
