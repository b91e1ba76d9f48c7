"""Definitions that lead back to themselves: a_i = f(z_i) and z_i = sum_j w_ij a_j, where no layer is written."""

from __future__ import annotations

from typing import Protocol

from sympy import Dummy, Expr, Indexed

from convsym.errors import ConvsymError
from convsym.scope.model import Cell, Scope, variables

# How many variables a search looks at.
_MOST_FOLLOWED = 300


class Definitions(Protocol):
    """What says what a cell is defined to be."""

    scope: Scope

    def definition(self, cell: Cell) -> object:
        """One step of a cell's definition, or None where it is free."""


class Circles:
    """Which variables of a scope are defined through themselves.

    Such a definition is an equation for the variable. Following it never ends, and a value that a
    counterexample gives to the variable need not satisfy it.

    Attributes:
        cut: names of families whose definitions a derivative did not follow a second time.
    """

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.cut: set[str] = set()
        self._known: dict[Expr, bool] = {}

    def __contains__(self, atom: Expr) -> bool:
        if atom not in self._known:
            self._known[atom] = self._leads_back(atom)
        return self._known[atom]

    def met(self, *sides: Expr) -> Cell | None:
        """The first variable that defines itself among those that following definitions leads to."""
        cells = self.definitions.scope.cells
        found: set[Expr] = set()
        stack = [atom for side in sides for atom in variables(side)]
        while stack and len(found) < _MOST_FOLLOWED:
            atom = stack.pop()
            if atom not in found and atom in cells:
                if atom in self:
                    return cells[atom]
                found.add(atom)
                stack.extend(self._below(atom))
        return None

    def _below(self, atom: Expr) -> list[Expr]:
        """The variables in what a variable is defined to be."""
        try:
            definition = self.definitions.definition(self.definitions.scope.cells[atom])
        except ConvsymError:
            return []  # what cannot be read leads nowhere
        return sorted(variables(definition), key=str) if isinstance(definition, Expr) else []

    def _leads_back(self, atom: Expr) -> bool:
        cells = self.definitions.scope.cells
        own = cells[atom].tensor
        seen: set[Expr | str] = set()
        stack = [atom]
        while stack and len(seen) < _MOST_FOLLOWED:
            for inner in self._below(stack.pop()):
                cell = cells.get(inner)
                if cell is None:
                    continue
                # A cell whose index a sum runs over stands for every cell of its family.
                every = isinstance(inner, Indexed) and any(index.has(Dummy) for index in inner.indices)
                mark = cell.tensor if every else inner
                if mark in (atom, own):
                    return True
                if mark not in seen:
                    seen.add(mark)
                    stack.append(inner)
        return False
