r"""Gradients in a worked example: \nabla a_{11} from the cells written out, where \delta is said to be a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sympy import Add, Expr, diff

from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Product, Scripted
from convsym.scope.algebra import Modular, Scalar
from convsym.scope.forms import printed_shape
from convsym.scope.leading import leads
from convsym.scope.model import Cell, Scope, UndefinedError, latex_name
from convsym.scope.naming import Reference, strip_group
from convsym.scope.operators import derivative_parts
from convsym.scope.statements import Statement

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env


@dataclass(frozen=True, slots=True)
class ErrorName:
    r"""\delta = \partial C/\partial z: a name for the gradient of a loss.

    Attributes:
        name: key of the name.
        below: what the loss is differentiated by.
        loss: the loss as printed.
        above: the loss.
        under: the letter of what the loss is differentiated by.
    """

    name: str
    below: str
    loss: object
    above: Node
    under: Name

    @property
    def loss_name(self) -> str:
        """The letter of the loss, "" where it is no single letter."""
        node = strip_group(self.above)
        while isinstance(node, Scripted):
            node = strip_group(node.base)
        return node.text if isinstance(node, Name) else ""


def learn_errors(scopes: Sequence[Scope], statements: Sequence[Statement]) -> None:
    r"""Note which names stand for the gradient of a loss, and whether \nabla a is said to be one.

    Args:
        scopes: the versions of the scope; changed in place.
        statements: every relation.
    """
    turned: dict[str, list[tuple[int, ErrorName]]] = {}
    for statement in statements:
        fraction = strip_group(statement.right)
        name = statement.left if statement.link == 0 else statement.head
        is_turned = not isinstance(fraction, Fraction_) and statement.link == 0
        if is_turned:
            fraction, name = strip_group(statement.left), statement.right
        if (
            statement.relation not in ("=", ":=", "equiv")
            or not isinstance(fraction, Fraction_)
            or name is None
        ):
            continue
        scope = scopes[statement.version]
        try:
            parts = derivative_parts(fraction, {}, scope)
        except ConvsymError:
            continue
        below = None if parts is None else scope.refer(parts.below, {})
        if parts is None or below is None or below.power is not None:
            continue
        operand = _behind_nabla(name)
        reference = scope.refer(name if operand is None else operand, {})
        if reference is None or reference.power is not None or not _same_place(reference, below):
            continue
        if operand is not None:
            if reference.name == below.name and not is_turned:
                for other in scopes:
                    other.gradients.add(printed_shape(parts.above))
        elif reference.name != below.name:
            loss = printed_shape(parts.above)
            found = ErrorName(reference.name, below.name, loss, parts.above, below.head)
            if is_turned:
                above = scope.refer(parts.above, {})
                if above is None or above.indices or above.layer is not None or scope.family(found.name):
                    continue
                turned.setdefault(found.name, []).append((statement.number, found))
                continue
            for other in scopes:
                if all((known.name, known.below) != (found.name, found.below) for known in other.errors):
                    other.errors.append(found)
    for scope in scopes:
        known = {error.name for error in scope.errors}
        scope.errors.extend(
            top for name, found in turned.items() if name not in known and (top := _highest(found, scope))
        )
        _count_alike(scope)


def _count_alike(scope: Scope) -> None:
    r"""Count the entries of G = \partial L/\partial Y from 0 where those of Y are, unless its own are printed."""
    for error in scope.errors:
        own = scope.matrices.get(error.below, error.below)
        if {error.below, own} & scope.survey.zero_based and error.name not in scope.habits.arity:
            scope.survey.zero_based.add(error.name)


def _highest(said: Sequence[tuple[int, ErrorName]], scope: Scope) -> ErrorName | None:
    r"""Of \partial C/\partial b = \delta and \partial C/\partial z = \delta the one that names: b is part of z."""
    names = {error.below for _, error in said}
    tops = [
        error
        for number, error in said
        if all(rule.statement > number for rule in scope.rules.get(error.name, ()))
        and all(leads(scope, error.below, other) for other in names - {error.below})
    ]
    return tops[0] if tops and len({error.loss for _, error in said}) == 1 else None


def _behind_nabla(node: Node) -> Node | None:
    node = strip_group(node)
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] == "":
        head = strip_group(node.factors[0][1])
        if isinstance(head, Name) and head.text == "nabla":
            return strip_group(node.factors[1][1])
    return None


def _same_place(one: Reference, other: Reference) -> bool:
    """Whether two names carry the same layer and the same indices."""
    layers = [None if r.layer is None else printed_shape(r.layer) for r in (one, other)]
    return layers[0] == layers[1] and [printed_shape(i) for i in one.indices] == [
        printed_shape(i) for i in other.indices
    ]


def gradient_cell(elaborator: Elaborator, node: Node, env: Env) -> Scalar | None:
    r"""\nabla a_{11} where the document says that \nabla is the gradient of the loss; None for other names."""
    scope = elaborator.scope
    reference = scope.refer(strip_group(node), env)
    if reference is None or not reference.indices or reference.layer is not None or len(scope.gradients) != 1:
        return None
    if reference.power is not None or reference.primes:
        return None
    return _through_the_example(elaborator, reference, env, next(iter(scope.gradients)))


def slope_by_cell(elaborator: Elaborator, above: Node, below: Node, env: Env) -> Scalar | None:
    r"""\partial C/\partial W^l_{11} in an example whose cells are written w_{11}; None for other derivatives."""
    scope = elaborator.scope
    reference = scope.refer(strip_group(below), env)
    if reference is None or not reference.indices or reference.layer is None or not scope.errors:
        return None
    try:
        return _through_the_example(elaborator, reference, env, printed_shape(above))
    except UndefinedError:
        return None


def error_cell(elaborator: Elaborator, cell: Cell) -> Scalar | None:
    r"""\delta_{c,i,j} where \delta is said to be \partial L/\partial Y; None for other cells."""
    scope = elaborator.scope
    errors = [error for error in scope.errors if error.name == cell.family]
    if len(errors) != 1 or cell.layer is not None or not cell.indices:
        return None
    (error,) = errors
    if not any(rule.is_general and rule.layer is None for rule in scope.rules.get(error.below, [])):
        return None
    span = error.above.span
    places = {f"place {number}": index for number, index in enumerate(cell.indices)}
    letters = tuple(Name(name, span) for name in places)
    below = Scripted(Name(error.below, span), Bracket("(", letters, span), None, 0, span)
    value = elaborator.derivative(error.above, below, places)
    return value if isinstance(value, Expr) else None


def _through_the_example(elaborator: Elaborator, below: Reference, env: Env, loss: object) -> Scalar | None:
    scope = elaborator.scope
    indices = tuple(elaborator.index(node, env) for node in below.indices)
    if not all(isinstance(index, int) for index in indices):
        return None
    names = dict.fromkeys([below.name, scope.matrices.get(below.name), scope.twin(below.name)])
    exact = elaborator.symbolic()
    found: dict[tuple[str, str], Expr] = {}
    for error in scope.errors:
        if error.loss != loss:
            continue
        family = scope.matrices.get(error.below) or error.below
        rules = scope.rules.get(family, [])
        cells = [rule for rule in rules if rule.patterns and not rule.is_general and rule.layer is None]
        if len(cells) < 2:
            continue
        for name in names:
            if name is None:
                continue
            atom = scope.register(Cell(name, indices))
            terms: list[Expr] = []
            for rule in cells:
                place = tuple(pattern.offset for pattern in rule.patterns)
                value = exact.definition(Cell(family, place))
                if isinstance(value, Expr) and atom in value.free_symbols:
                    terms.append(scope.register(Cell(error.name, place)) * diff(value, atom))
            if terms:
                found[error.name, family] = Add(*terms)
                break
    if len(found) != 1:
        raise UndefinedError(f"nothing says what the gradient by {latex_name(below.name)} comes from")
    ((name, family), value) = found.popitem()
    elaborator.used |= exact.used
    elaborator.assumed.add(
        f"the cells of {latex_name(name)} are the derivatives of the loss by the cells of {latex_name(family)}, "
        "through which alone it depends on what the example shows"
    )
    return elaborator.residue(value) if isinstance(elaborator.algebra, Modular) else value
