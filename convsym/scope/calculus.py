"""Derivatives through a document's definitions: the chain rule over its own intermediate variables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from sympy import Dummy, Expr, Indexed, IndexedBase, Integer, KroneckerDelta, Mul, Sum, Symbol, diff

from convsym.errors import BudgetExceeded, ConvsymError, ScopeError
from convsym.latex.syntax import Product
from convsym.latex.walking import walk
from convsym.scope.beside import definition_beside
from convsym.scope.branches import with_deltas
from convsym.scope.causality import is_apart
from convsym.scope.coordinates import in_coordinates
from convsym.scope.leading import is_label, leads, members
from convsym.scope.model import (
    Cell,
    Index,
    Slope,
    UndefinedError,
    UpstreamError,
    in_order,
    latex_name,
    substituted,
    variables,
)
from convsym.scope.stated import cover_named, span_of
from convsym.scope.symbolic import one_name_each
from convsym.sums import Facts, sum_of

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator
    from convsym.sums import Facts

# Through how many definitions, one in the other, a derivative is taken.
_DEEPEST = 100
# The same where the question is only what a variable is made of in the end.
_FARTHEST = 20


class Slopes:
    """Derivatives by a set of coordinates, memoized over the graph of definitions."""

    def __init__(
        self, elaborator: Elaborator, coordinates: list[Expr], total: bool = False, held: bool = False
    ) -> None:
        self.elaborator = elaborator
        self.scope = elaborator.scope
        self.total, self.held = total, held
        self.frozen: set[str] = set()
        self.layers: list[Index] = []
        for coordinate in coordinates:
            if not isinstance(coordinate, Symbol | Indexed):
                raise ScopeError("a derivative by something that is no variable")
            cell = self.scope.cells.get(coordinate)
            self.frozen.add(cell.tensor if cell is not None else str(coordinate))
            if cell is not None and cell.layer is not None:
                self.layers.append(cell.layer)
        self.coordinates = set(coordinates)
        # z_3 may be made of z_1 although both carry one letter: such a family is not one set of variables.
        # One that leads back to itself at every index, layers left out, is: its cells are those of one layer.
        circular = {
            self.scope.cells[coordinate].tensor
            for coordinate in coordinates
            if isinstance(coordinate, Indexed)
            and coordinate in self.scope.cells
            and coordinate in elaborator.circles
        }
        self.tangled = {name for name in self.frozen - circular if leads(self.scope, name, name)}
        self.values = self._values(coordinates)
        self.memo: dict[tuple[Expr, Expr], Expr] = {}
        self.reaches: dict[Expr, bool] = {}
        self.followed: set[Expr] = set()

    def is_plain(self, expression: Expr) -> bool:
        """Whether everything in an expression is known: no loss that is not written out, and no slope of one."""
        atoms = variables(expression)
        if any(_printed(atom).startswith("\\partial") for atom in atoms):
            return False
        cells = [self.scope.cells.get(atom) for atom in atoms]
        return not any(cell is not None and self._is_opaque(cell) for cell in cells)

    def _is_frozen(self, atom: Expr, cell: Cell) -> bool:
        """Whether an atom is one of the variables, so that its own definition is not followed."""
        return cell.tensor in self.frozen and (cell.tensor not in self.tangled or atom in self.coordinates)

    def slope(self, top: Expr, coordinate: Expr) -> Expr:
        """d top / d coordinate; UndefinedError where nothing connects the two."""
        cell = self.scope.cells.get(top)
        if not self.total and (definition := definition_beside(self, top, coordinate)) is not None:
            return Slopes(self.elaborator, [coordinate], held=True)._total(definition, coordinate)
        if (
            cell is not None
            and top != coordinate
            and cell.tensor in self.frozen
            and self._define_nothing(cell)
        ):
            if self._is_given(top) and self._is_given(coordinate):
                return Integer(0)
            raise UndefinedError(f"{cell.latex} is not defined, so its derivative is not known")
        if not self._reached(top):
            if cell is not None and (self._is_opaque(cell) or self._is_cut_off(cell, coordinate)):
                return self._upstream(top, cell, coordinate)
            if self._is_apart(top, coordinate):
                return Integer(0)
            where = latex_name(next(iter(self.frozen)))
            if self._is_computed_from(coordinate, top):
                return self._turned(top, coordinate, where)
            if is_label(self.scope, top, coordinate):
                self.elaborator.guesses.add(f"${top.name}$ does not depend on ${where}$")
                return Integer(0)
            if isinstance(top, Symbol) and self._definition(top) is None:
                raise UndefinedError(f"{top.name} is not defined, so its derivative by {where} is not known")
            raise UndefinedError(f"nothing the document defines leads from the numerator to {where}")
        return self._total(top, coordinate)

    def _turned(self, top: Expr, coordinate: Expr, where: str) -> Expr:
        """A derivative by what is computed from the numerator, in the reading that is asked for."""
        if not self.elaborator.upstream:
            raise UpstreamError(f"nothing leads from the numerator to {where}, which is computed from it")
        slope: Expr = Integer(0)
        if self.elaborator.upstream == "inverse":
            slope = Slopes(self.elaborator, [top]).slope(coordinate, top)
        return 1 / slope if slope != 0 else slope

    def _is_computed_from(self, upper: Expr, lower: Expr) -> bool:
        """Whether one cell is defined through another, both of matrices whose shape the document says."""
        cells = [self.scope.cells.get(atom) for atom in (upper, lower)]
        if any(cell is None or cell.layer is not None or not cell.indices for cell in cells):
            return False
        names = [cell.family for cell in cells if cell is not None]
        families = [self.scope.family(name) for name in names]
        return all(family is not None and family.exact for family in families) and leads(self.scope, *names)

    def _define_nothing(self, cell: Cell) -> bool:
        owners = [cell.family, *(m for m, own in self.scope.matrices.items() if own == cell.family)]
        return not any(self.scope.rules.get(owner) for owner in owners)

    def _is_given(self, atom: Expr) -> bool:
        """Whether a variable is an entry of a matrix whose shape the document says and whose cells nothing defines."""
        cell = self.scope.cells.get(atom)
        if cell is None or not isinstance(atom, Symbol) or cell.layer is not None:
            return False
        family = self.scope.family(cell.family)
        known = family is not None and family.exact and None not in family.sizes
        return known and bool(cell.indices) and self._define_nothing(cell)

    def _is_apart(self, top: Expr, coordinate: Expr) -> bool:
        """Whether both are inputs' doing that meet only further up, as an output and its target in a loss.

        Everything that `top` and the variable are made of must be given: a name that the document leaves open
        may depend on anything.
        """
        cell, variable = self.scope.cells.get(top), self.scope.cells.get(coordinate)
        if cell is None or variable is None or leads(self.scope, variable.family, cell.family):
            return False
        if self._is_given(top) and not self._is_target(cell) and not self._are_multiplied(cell, variable):
            return False
        if not all(self._is_given(leaf) for start in (top, coordinate) for leaf in self._leaves(start)):
            return False
        return any(
            leads(self.scope, owner, cell.family) and leads(self.scope, owner, variable.family)
            for owner, rules in self.scope.rules.items()
            if rules
        )

    def _are_multiplied(self, one: Cell, other: Cell) -> bool:
        """Whether a definition multiplies two families, as it does an input and its weight."""
        wanted = {one.family, other.family}
        return len(wanted) == 2 and any(
            wanted
            <= {
                self.scope.matrices.get(name, name)
                for name in (reference.name for reference in self.scope.mentions(part))
            }
            for rules in self.scope.rules.values()
            for rule in rules
            for part in walk(rule.body)
            if isinstance(part, Product)
        )

    def _is_target(self, cell: Cell) -> bool:
        """Whether the document calls a family, or its matrix, a target: nothing computes it."""
        named = {cell.family, *(m for m, own in self.scope.matrices.items() if own == cell.family)}
        return bool(named & self.scope.targets)

    def _leaves(self, top: Expr) -> Iterator[Expr]:
        """What a variable is made of once every definition is followed, one after another.

        A recurrence leads back without end: a state that far back is no end, and nobody takes it for given.
        """
        seen, stack = {top}, [(top, 0)]
        while stack:
            atom, depth = stack.pop()
            layer = self.scope.cells[atom].layer
            # a^l is made of a^{l-1}, and so on: the layers below a letter have no end.
            endless = layer is not None and not isinstance(layer, int)
            definition = None if endless else self.elaborator.definition(self.scope.cells[atom])
            if not isinstance(definition, Expr) or depth > _FARTHEST:
                yield atom
                continue
            for inner in in_order(self._atoms(definition) - seen):
                seen.add(inner)
                stack.append((inner, depth + 1))

    # ------------------------------------------------------------------ following definitions

    def _definition(self, atom: Expr) -> Expr | None:
        cell = self.scope.cells.get(atom)
        if cell is None or self.held or self._is_frozen(atom, cell):
            return None
        if cell.layer is not None and self.layers and all(_below(cell.layer, layer) for layer in self.layers):
            # A layer is made of the layers below it, never of those above.
            return None
        if is_apart(
            cell, [self.scope.cells[c] for c in self.coordinates if c in self.scope.cells], self.scope
        ):
            return None
        found = self.elaborator.definition(cell)
        if found is None and cell.indices and not cell.is_concrete and self._leads_below(cell):
            raise ScopeError(f"{cell.family} is defined as a whole, its cell at a free index is not")
        if found is not None and not isinstance(found, Expr):
            raise ScopeError(f"{cell.latex} is a matrix")
        return found if found is None else in_coordinates(found, self.values)

    def _leads_below(self, cell: Cell) -> bool:
        """Whether a family that is defined by its matrix or vector alone is made of what is differentiated by."""
        below = [self.scope.cells[c].family for c in self.coordinates if c in self.scope.cells]
        return bool(self.scope.rules.get(cell.family)) and any(
            leads(self.scope, cell.family, name) for name in below
        )

    def _values(self, coordinates: list[Expr]) -> dict[Expr, Expr]:
        """What the variables are defined to be, where that is an expression of several others."""
        found: dict[Expr, Expr] = {}
        for coordinate in coordinates:
            cell = self.scope.cells.get(coordinate)
            try:
                value = None if cell is None else self.elaborator.definition(cell)
            except ConvsymError:
                continue
            if isinstance(value, Expr) and len(variables(value)) > 1 and coordinate not in variables(value):
                found[value] = coordinate
        return found

    def _atoms(self, expression: Expr) -> set[Expr]:
        return {atom for atom in _variables(expression) if atom in self.scope.cells}

    def _reached(self, expression: Expr, depth: int = 0) -> bool:
        for atom in in_order(self._atoms(expression)):
            known = self.reaches.get(atom)
            if known is None:
                if depth > _DEEPEST:
                    # a^l is made of a^{l-1}, and so on: where that ends, a letter for the layer does not say.
                    raise UndefinedError(
                        f"the definitions lead from {_printed(atom)} through layers without end"
                    )
                self.reaches[atom] = False
                cell = self.scope.cells[atom]
                if self._is_frozen(atom, cell):
                    known = True
                else:
                    definition = self._definition(atom)
                    if definition is None and cell.tensor in self.frozen:
                        known = True
                    elif definition is None:
                        known = self._is_opaque(cell) and self._upstream_reaches(cell)
                    else:
                        known = self._reached(definition, depth + 1)
                self.reaches[atom] = known
            if known:
                return True
        return False

    def _total(self, expression: Expr, coordinate: Expr) -> Expr:
        if _has_symbolic_index(expression) or isinstance(coordinate, Indexed):
            return self._indexed(expression, coordinate)
        total: Expr = Integer(0)
        for atom in sorted(self._atoms(expression), key=_printed):
            inner = self._inner(atom, coordinate)
            if inner is None:
                upstream = self._upstream(atom, self.scope.cells[atom], coordinate)
                total = total + _partial(expression, atom) * upstream
            elif inner != 0:
                total = total + _partial(expression, atom) * inner
        return total

    def _inner(self, atom: Expr, coordinate: Expr) -> Expr | None:
        if atom == coordinate:
            return Integer(1)
        cell, below = self.scope.cells[atom], self.scope.cells.get(coordinate)
        if below is not None and below.indices and below.tensor == cell.tensor and not cell.indices:
            # The norm of y - t varies with y_1, although nothing says how many entries y has.
            raise ScopeError(f"{latex_name(cell.family)} stands with an index and without")
        if self._is_frozen(atom, cell):
            return Integer(0)
        found = self.memo.get((atom, coordinate))
        if found is None:
            definition = self._definition(atom)
            if definition is None:
                if not self.held and self._is_opaque(cell) and self._upstream_reaches(cell):
                    return None
                open_ones = self.elaborator.open_slopes.get(atom)
                found = Integer(0) if open_ones is None else open_ones.setdefault(coordinate, Dummy("s"))
                if self._is_left_out(atom) and not leads(self.scope, cell.family, cell.family):
                    # y_1 beside y_0 = e^{a_0}/u varies as y_0 does, though no line says how.
                    self.elaborator.guesses.add(
                        f"{_printed(atom)} is not defined, unlike other cells of its family"
                    )
            else:
                if atom in self.followed:
                    raise UndefinedError(f"the definition of {_printed(atom)} refers to itself")
                self.followed.add(atom)
                found = self._total(definition, coordinate) if self._reached(definition) else Integer(0)
                self.followed.discard(atom)
            self.memo[atom, coordinate] = found
        return found

    def _indexed(self, expression: Expr, coordinate: Expr) -> Expr:
        """A derivative among symbolic indices: definitions unfolded until the coordinate's family appears."""
        seen = expression
        circles = self.elaborator.circles
        opened: set[str] = set()
        for _ in range(12):
            atoms = [a for a in in_order(variables(seen)) if a in self.scope.cells]
            known = {}
            for atom in atoms:
                definition = self._definition(atom)
                name = self.scope.cells[atom].tensor
                if definition is None:
                    continue
                if name in opened and atom in circles:
                    # z_i = sum_j w_ij a_j with a_j = f(z_j): the second z is one of the layer below.
                    circles.cut.add(latex_name(name))
                    continue
                known[atom] = definition
            opened |= {self.scope.cells[atom].tensor for atom in known}
            if not known:
                break
            seen = substituted(seen, known)
        else:
            raise BudgetExceeded("the definitions nest too deeply")
        whole = self.scope.cells.get(expression)
        if whole is not None and self._is_opaque(whole):
            return self._upstream(expression, whole, coordinate)
        for atom in sorted(variables(seen), key=str):
            cell = self.scope.cells.get(atom)
            if cell is not None and not self.held and self._is_opaque(cell):
                # An arbitrary loss depends on every cell above: its derivative is not 0 because it is not written.
                raise UndefinedError(
                    f"{cell.latex} is not defined, so its derivative at a free index is not known"
                )
        seen, _ = one_name_each(seen, seen)
        cell = self.scope.cells.get(coordinate)
        kin = [a for a in in_order(variables(seen)) if a in self.scope.cells and a != coordinate]
        kin = [a for a in kin if cell is not None and self.scope.cells[a].tensor == cell.tensor]
        if cell is None or not any(isinstance(a, Indexed) for a in [*kin, coordinate]):
            return diff(seen, coordinate)
        if not kin and not seen.has(Sum):
            # One cell of the family and no sum: whatever its index is, it is the variable itself.
            variable = Dummy("u")
            return diff(seen.xreplace({coordinate: variable}), variable).xreplace({variable: coordinate})
        from convsym.sums import differentiate as differentiate_sum

        indices = tuple(Integer(0) + index for index in cell.indices)
        if any(len(self.scope.cells[atom].indices) != len(indices) for atom in kin):
            raise ScopeError(f"{latex_name(cell.family)} stands with an index and without")
        total = differentiate_sum(seen, IndexedBase(latex_name(cell.tensor))[indices], Facts())
        # Cells written out may be the one that is meant, wherever their indices agree.
        for atom in [*kin, coordinate]:
            if isinstance(atom, Symbol):
                same = [
                    KroneckerDelta(i, k) for i, k in zip(indices, self.scope.cells[atom].indices, strict=True)
                ]
                total = total + diff(seen, atom) * Mul(*same)
        return self._written_out(total)

    def _written_out(self, expression: Expr) -> Expr:
        """Cells at integer indices as the plain symbols they are everywhere else."""
        cells = {latex_name(cell.tensor): cell for cell in self.scope.cells.values()}
        mapping = {}
        for atom in expression.atoms(Indexed):
            cell = cells.get(str(atom.base.label))
            if cell is not None and all(index.is_Integer for index in atom.indices):
                indices = tuple(int(index) for index in atom.indices)
                mapping[atom] = self.scope.register(Cell(cell.family, indices, cell.layer))
        return expression.xreplace(mapping)

    # ------------------------------------------------------------------ a loss that is never written out

    def _is_opaque(self, cell: Cell) -> bool:
        """Whether the document differentiates a name that it never defines, or says what it depends on: any loss."""
        if cell.indices or self.scope.rules.get(cell.family) or cell.tensor in self.frozen:
            return False
        said = cell.family in self.scope.arguments
        return said or any(above == cell.family for above, _ in self.scope.survey.partials)

    def _is_cut_off(self, cell: Cell, coordinate: Expr) -> bool:
        """Whether a loss is written in outputs that nothing defines, and is differentiated by a layer all the same."""
        below = self.scope.cells.get(coordinate)
        if cell.indices or below is None or below.layer is None or not self.scope.rules.get(cell.family):
            return False
        if (cell.family, below.family) not in self.scope.survey.partials:
            return False
        inputs = {
            self.scope.matrices.get(reference.name, reference.name)
            for rule in self.scope.rules[cell.family]
            for reference in self.scope.mentions(rule.body)
        }
        if any(self.scope.rules.get(name) for name in inputs):
            return False
        self.elaborator.assumed.add(f"what {cell.latex} is made of comes from the layers")
        return True

    def _parents(self, cell: Cell) -> list[str]:
        """The families an arbitrary loss is read as a function of: those nearest to it."""
        below = set(self.scope.arguments.get(cell.family, ()))
        below = below or {name for above, name in self.scope.survey.partials if above == cell.family}
        below = {self.scope.matrices.get(name) or self.scope.twin(name) or name for name in below}
        names = {
            name
            for name in below
            if not any(leads(self.scope, other, name) for other in below if other != name)
        }
        return sorted(names)

    def _upstream_reaches(self, cell: Cell) -> bool:
        # A layer may be part of a name, W^{(2)}, where a few layers are names of their own.
        frozen = {name for tensor in self.frozen for name in (tensor, tensor.partition("^")[0])}
        return any(
            parent in frozen or any(leads(self.scope, parent, name) for name in frozen)
            for parent in self._parents(cell)
        )

    def _upstream(self, top: Expr, cell: Cell, coordinate: Expr) -> Expr:
        """d loss / d coordinate for an arbitrary loss: fresh symbols for its derivatives by its parents."""
        parents = self._parents(cell)
        below = self.scope.cells.get(coordinate)
        if below is None or not parents:
            raise UndefinedError(f"{cell.latex} is not defined")
        # What the document leaves free and what leads elsewhere does not depend on the variable.
        direct = below.family in parents
        through = [
            p for p in parents if (p == below.family if direct else leads(self.scope, p, below.family))
        ]
        self.elaborator.assumed.add(
            f"{cell.latex} is an arbitrary function of {', '.join(map(latex_name, through or parents))}"
        )
        if direct or (below.layer is not None and isinstance(coordinate, Indexed)):
            return self.fresh(cell, coordinate)
        if not through or (len(through) > 1 and below.layer is not None):
            raise ScopeError(f"{cell.latex} is not defined, and it may depend on several variables")
        unsaid = [
            p
            for p in self.scope.arguments.get(cell.family, ())
            if p not in through and (p, below.family) in self.scope.survey.partials and not direct
        ]
        if unsaid:
            raise UndefinedError(
                f"nothing says how {latex_name(unsaid[0])} depends on {_printed(coordinate)}"
            )
        if len(through) > 1 and cell.family not in self.scope.arguments:
            # Two examples of one document may share a letter: a branch that is missing is no slip for certain.
            several = ", ".join(map(latex_name, through))
            self.elaborator.guesses.add(
                f"{cell.latex} is not defined, and it may depend on each of {several}"
            )
        return sum((self._through(cell, parent, below, coordinate) for parent in through), Integer(0))

    def _through(self, cell: Cell, parent: str, below: Cell, coordinate: Expr) -> Expr:
        """One branch of the chain rule: what a variable does to an arbitrary loss through one of its parents."""
        if below.layer is not None:
            from convsym.scope.layers import through_layer

            return through_layer(self, cell, below, coordinate)
        if isinstance(coordinate, Indexed) or self._is_general(parent):
            return self._chained(cell, parent, coordinate)
        cells = members(self.scope, parent)
        cover_named(self.scope, parent, {self.scope.cells[m].indices for m in cells}.__contains__)
        if (family := self.scope.families.get(parent)) is not None and not family.exact:
            for axis in range(family.arity):
                self.span(parent, axis)
        open_ones = [m for m in cells if self._definition(m) is None and not self._is_given(m)]
        if open_ones and len(open_ones) < len(cells):
            raise UndefinedError(f"{_printed(open_ones[0])} is not defined, unlike other cells of its family")
        total: Expr = Integer(0)
        for member in cells:
            inner = self._total(member, coordinate) if self._reached(member) else Integer(0)
            if inner == 0 and self._is_left_out(member):
                raise UndefinedError(f"{member} is not defined, unlike other cells of its family")
            total = total + self.fresh(cell, member) * inner
        if total == 0:
            raise UndefinedError(
                f"nothing the document defines leads from {cell.latex} to {_printed(coordinate)}"
            )
        return total

    def _is_general(self, family: str) -> bool:
        """Whether a family is defined at free indices alone, over a range that is not printed as a matrix."""
        known = self.scope.families.get(family)
        # y = \\gamma x + \\beta beside y_i = \\gamma x_i + \\beta says of the whole what that says of every cell.
        rules = [rule for rule in self.scope.rules.get(family, []) if rule.patterns or rule.layer]
        if known is not None and known.rows_columns() is not None:
            return False
        return bool(rules) and all(
            rule.layer is None and rule.patterns and all(pattern.parameter for pattern in rule.patterns)
            for rule in rules
        )

    def _is_left_out(self, atom: Expr) -> bool:
        """Whether a cell is one of those that \\ldots stands for: others of its family are written out."""
        cell = self.scope.cells[atom]
        if self._is_frozen(atom, cell) or self.elaborator.definition(cell) is not None:
            return False
        return bool(self.scope.rules.get(cell.family)) and not self._define_nothing(cell)

    def _chained(self, cell: Cell, family: str, coordinate: Expr, layer: Index | None = None) -> Expr:
        """The chain rule at a free index: a sum over the whole range of the family the loss is made of."""
        arity = self.scope.habits.arity.get(family, 0)
        spans = [self.span(family, axis) for axis in range(arity)]
        # Named apart: two such sums may meet in one claim.
        letters = [self.elaborator._letter("k") for _ in range(arity)]
        member = self.scope.register(Cell(family, tuple(letters), layer))
        inner = self._total(member, coordinate)
        if inner == 0:
            raise UndefinedError(f"nothing leads from {latex_name(family)} to a cell at a free index")
        limits = [(letter, *span) for letter, span in zip(letters, spans, strict=True)]
        # As a factor: SymPy takes cases out of a sum that is built anew inside of another.
        term = self.fresh(cell, member) * with_deltas(inner)
        return sum_of(term, list(reversed(limits)))

    def span(self, family: str, axis: int) -> tuple[Index, Index]:
        """First and last index of an axis; ScopeError where the document says none, or more than one."""
        return span_of(self.elaborator, family, axis)

    def fresh(self, cell: Cell, parent: Expr) -> Expr:
        """A symbol for the derivative of a loss that is not written out by one variable."""
        below = self.scope.cells.get(parent)
        if isinstance(parent, Indexed) and below is not None:
            # A family of its own: the letter of its index may be bound, or be put equal to another one.
            base = IndexedBase(f"\\partial {cell.latex}/\\partial {latex_name(below.tensor)}")
            if below.layer is not None:
                self.scope.slopes[str(base.label)] = Slope(cell.family, below.family, below.layer)
            return base[parent.indices]
        return Symbol(f"\\partial {cell.latex}/\\partial {parent}")


def _below(layer: Index, other: Index) -> bool:
    """Whether a layer is certainly lower than another."""
    difference = Integer(0) + layer - other
    return bool(difference.is_Integer and difference < 0)


# A definition is differentiated again and again, by every coordinate and for every edit of another one.


@lru_cache(maxsize=4096)
def _partial(expression: Expr, atom: Expr) -> Expr:
    return diff(expression, atom)


@lru_cache(maxsize=4096)
def _variables(expression: Expr) -> frozenset[Expr]:
    return frozenset(variables(expression))


@lru_cache(maxsize=4096)
def _has_symbolic_index(expression: Expr) -> bool:
    return bool(expression.atoms(Indexed))


def _printed(atom: Expr) -> str:
    return atom.name if isinstance(atom, Symbol) else str(atom)


__all__ = ["Slopes"]
