"""Definitions that lead back to themselves: a_i = f(z_i) and z_i = sum_j w_ij a_j, where no layer is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from sympy import Dummy, Expr, Indexed

from convsym.errors import ConvsymError
from convsym.scope.model import Cell, Scope, in_order, variables

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
        start = [atom for side in sides for atom in in_order(variables(side)) if atom in cells]
        for atom in self._reached(start):
            if atom in self:
                return cells[atom]
        return None

    def _leads_back(self, atom: Expr) -> bool:
        cell = self.definitions.scope.cells[atom]
        marks = (atom, cell.tensor)
        return any(
            _mark(inner, self.definitions.scope.cells[inner]) in marks
            for inner in self._reached([atom], {cell})
        )

    def _reached(self, start: list[Expr], opened: Collection[Cell] = ()) -> Iterator[Expr]:
        """What following definitions leads to, the start itself only where it is met again.

        Where a layer or an index is a letter, a family is followed once: a^l is made of a^{l-1}, and so on.
        """
        cells = self.definitions.scope.cells
        if not opened:
            yield from start
        seen: set[Expr | str] = set()
        general = {cell.family for cell in opened if _is_general(cell)}
        stack = list(start)
        while stack and len(seen) < _MOST_FOLLOWED:
            for inner in self._below(stack.pop()):
                cell = cells.get(inner)
                mark = None if cell is None else _mark(inner, cell)
                if cell is None or mark is None or mark in seen:
                    continue
                seen.add(mark)
                yield inner
                if _is_general(cell):
                    if cell.family in general:
                        continue
                    general.add(cell.family)
                stack.append(inner)

    def _below(self, atom: Expr) -> list[Expr]:
        """The variables in what a variable is defined to be."""
        try:
            definition = self.definitions.definition(self.definitions.scope.cells[atom])
        except ConvsymError:
            return []  # what cannot be read leads nowhere
        return in_order(variables(definition)) if isinstance(definition, Expr) else []


def _is_general(cell: Cell) -> bool:
    """Whether a letter stands in a cell's layer or in its indices."""
    return not cell.is_concrete or not (cell.layer is None or isinstance(cell.layer, int))


def _mark(atom: Expr, cell: Cell) -> Expr | str:
    """A variable, or its family where a sum runs over its index: it stands for every cell then."""
    every = isinstance(atom, Indexed) and any(index.has(Dummy) for index in atom.indices)
    return cell.tensor if every else atom
