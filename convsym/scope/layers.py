r"""A loss nobody writes out, in a network of layers: \partial C/\partial z^l through the layer that z^l leads to."""

from __future__ import annotations

from sympy import Expr, Indexed, Integer

from convsym.errors import ConvsymError, ScopeError
from convsym.latex.syntax import Name
from convsym.scope.calculus import Slopes
from convsym.scope.elaborate import Elaborator
from convsym.scope.hygiene import derives
from convsym.scope.model import Cell, Index, Scope, Slope, latex_name
from convsym.scope.naming import key
from convsym.sums import FamilyRange, sum_of

_STEPS = 8


def lifted(elaborator: Elaborator, left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Two sides with derivatives of one loss taken, by the chain rule, as far up as the highest of them.

    Args:
        elaborator: of the document's scope.
        left, right: the sides, every definition followed.
    """
    scope = elaborator.scope
    for _ in range(_STEPS):
        atoms = {
            atom: scope.slopes[str(atom.base.label)]
            for side in (left, right)
            for atom in side.atoms(Indexed)
            if str(atom.base.label) in scope.slopes
        }
        kinds = set(atoms.values())
        low = next((kind for kind in sorted(kinds, key=str) if _leads_to(kind, kinds, scope)), None)
        if low is None:
            break
        mapping = {atom: _one_layer_up(elaborator, atom, low) for atom, kind in atoms.items() if kind == low}
        left, right = left.xreplace(mapping), right.xreplace(mapping)
        register(scope, left, right)
    return left, right


def through_layer(slopes: Slopes, loss: Cell, below: Cell, coordinate: Expr) -> Expr:
    """The derivative of an unwritten loss by one number of a layer, a bias b^l, over all cells of its layer.

    Raises:
        ScopeError: no one family with an index is made of that number.
    """
    elaborator, scope = slopes.elaborator, slopes.scope
    above = None if below.layer is None else consumer(scope, Slope(loss.family, below.family, below.layer))
    if above is None or below.indices:
        raise ScopeError(f"{loss.latex} is not defined, and the layers above are not known")
    arity = scope.habits.arity.get(above.family, 0)
    letters = [elaborator._letter("k") for _ in range(arity)]
    spans = [slopes.span(above.family, axis) for axis in range(arity)]
    member = scope.register(Cell(above.family, tuple(letters), above.layer))
    definition = elaborator.definition(scope.cells[member])
    if not isinstance(definition, Expr):
        raise ScopeError(f"{latex_name(above.family)} is not defined")
    inner = definition.diff(coordinate)
    if inner == 0:
        raise ScopeError(f"nothing leads from {latex_name(above.family)} to {below.latex}")
    elaborator.assumed.add(f"the loss depends on ${below.latex}$ through {latex_name(above.family)} alone")
    limits = [(letter, *span) for letter, span in zip(letters, spans, strict=True)]
    return sum_of(slopes.fresh(loss, member) * inner, list(reversed(limits)))


def register(scope: Scope, *sides: Expr) -> None:
    """Cells that differentiation brought to new indices are cells of their families all the same."""
    kinds = {
        latex_name(cell.tensor): (cell.family, cell.layer) for cell in scope.cells.values() if cell.indices
    }
    for side in sides:
        for atom in side.atoms(Indexed):
            kind = kinds.get(str(atom.base.label))
            if kind is not None and atom not in scope.cells:
                scope.cells[atom] = Cell(kind[0], tuple(atom.indices), kind[1])


def borders_of(scope: Scope) -> dict[str, FamilyRange]:
    """The ranges that the document's sums give the families, cells outside counting as 0."""
    found: dict[str, FamilyRange] = {}
    for name, arity in scope.habits.arity.items():
        spans = []
        for axis in range(arity):
            known = sorted(scope.ranges.get((name, axis), ()), key=str)
            span = scope.axes.get((name, axis)) or next(iter(known), None)
            if span is not None:
                spans.append(span)
        if arity and len(spans) == arity:
            lower, upper = zip(*((Integer(0) + low, Integer(0) + high) for low, high in spans), strict=True)
            found[latex_name(name)] = FamilyRange(lower, upper, zero_outside=True)
    # Nothing depends on a cell that does not exist: a loss has no slope there.
    for above, below in scope.survey.partials:
        family = found.get(latex_name(below))
        if family is not None:
            found[f"\\partial {latex_name(above)}/\\partial {latex_name(below)}"] = family
    return with_layers(found, scope)


def with_layers(ranges: dict[str, FamilyRange], scope: Scope) -> dict[str, FamilyRange]:
    """The ranges of families for their layers, and for the derivatives by them, as well."""
    found = dict(ranges)
    for cell in scope.cells.values():
        if cell.layer is not None and (known := ranges.get(latex_name(cell.family))) is not None:
            found[latex_name(cell.tensor)] = known
    for label, slope in scope.slopes.items():
        if (known := ranges.get(latex_name(slope.family))) is not None:
            found[label] = known
    return found


def _leads_to(kind: Slope, others: set[Slope], scope: Scope) -> bool:
    """Whether what is differentiated by leads up to another variable of the claim."""
    seen = kind
    for _ in range(_STEPS):
        above = consumer(scope, seen)
        if above is None or above == kind:
            return False
        if above in others:
            return True
        seen = above
    return False


def consumer(scope: Scope, kind: Slope) -> Slope | None:
    """The one family, with its layer, that is made of a family at its layer; None where there is none, or several."""
    found: set[tuple[str, Index]] = set()
    for name, rules in scope.rules.items():
        for rule in rules:
            if rule.layer is None or rule.layer.parameter is None or not rule.patterns or derives(rule.body):
                continue
            for reference in scope.mentions(rule.body):
                if reference.layer is None or reference.name != kind.family:
                    continue
                try:
                    below = Elaborator(scope).index(reference.layer, {rule.layer.parameter: 0})
                except ConvsymError:
                    return None
                if not isinstance(below, int):
                    return None
                # The parameter is layer - below; the rule's own layer is that plus its offset.
                found.add((name, kind.layer - below + rule.layer.offset))
    if len(found) != 1:
        return None
    ((name, layer),) = found
    return Slope(kind.loss, name, layer)


def _one_layer_up(elaborator: Elaborator, atom: Indexed, kind: Slope) -> Expr:
    scope = elaborator.scope
    above = consumer(scope, kind)
    assert above is not None
    arity = scope.habits.arity.get(above.family, 0)
    coordinate = scope.register(Cell(kind.family, tuple(atom.indices), kind.layer))
    slopes = Slopes(elaborator, [coordinate])
    entrywise = arity == len(atom.indices) and _is_entrywise(scope, kind.family, above.family)
    letters = [*atom.indices] if entrywise else [elaborator._letter("k") for _ in range(arity)]
    member = scope.register(Cell(above.family, tuple(letters), above.layer))
    spans = [] if entrywise else [slopes.span(above.family, axis) for axis in range(arity)]
    definition = elaborator.definition(scope.cells[member])
    if not isinstance(definition, Expr):
        raise ScopeError(f"{member} is not defined")
    inner = slopes.slope(definition, coordinate)
    elaborator.assumed.add(f"the loss depends on a layer through the next one alone, {above.family} here")
    term = slopes.fresh(Cell(kind.loss), member) * inner
    limits = [(letter, *span) for letter, span in zip(letters, spans, strict=not entrywise)]
    return sum_of(term, list(reversed(limits)))


def _is_entrywise(scope: Scope, below: str, above: str) -> bool:
    """Whether a cell of one family is made of the cell of the other at the same indices, and of no other cell of it."""
    for rule in scope.rules.get(above, []):
        parameters = [pattern.parameter for pattern in rule.patterns]
        if rule.layer is None or any(pattern.offset for pattern in rule.patterns):
            return False
        for reference in scope.mentions(rule.body):
            if reference.name == below:
                letters = [key(node) if isinstance(node, Name) else None for node in reference.indices]
                if letters != parameters:
                    return False
    return True
