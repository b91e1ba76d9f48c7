"""Products: factors that belong together, operators between matrices, and what stands behind a slash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convsym.errors import ScopeError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Product, Scripted
from convsym.scope.branches import indicator_of, indicator_value
from convsym.scope.convolving import convolved, is_sign, speaks_of_convolution
from convsym.scope.examples import gradient_cell
from convsym.scope.grid import Grid, Jacobian, entrywise, matrix_product
from convsym.scope.loosely import loose_product
from convsym.scope.model import TypeClashError, UndefinedError
from convsym.scope.naming import strip_group
from convsym.scope.operators import application, derivative_parts, starts_derivative

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value


def product_value(elaborator: Elaborator, node: Product, env: Env) -> Value:
    """A product with its functions applied, its operators acting and its slashes divided."""
    flat = [(operator, factor) for operator, factor in node.factors]
    position = 0
    total: Value | None = None
    pending_division: list[Value] = []
    dividing = False
    while position < len(flat):
        start = position
        operator, factor = flat[position]
        bare = strip_group(factor)
        if starts_derivative(bare, elaborator.scope, env) and position + 1 < len(flat):
            value, position = _operator(elaborator, bare, flat, position, env)
        elif (gradient := _gradient(elaborator, flat, position, env)) is not None:
            value, position = gradient, position + 2
        else:
            applied = application(flat, position, env, elaborator.scope)
            next_ = flat[position + 1] if position + 1 < len(flat) else ("/", None)
            behind = strip_group(next_[1]) if next_[1] is not None and next_[0] == "" else None
            condition = indicator_of(bare, behind)
            if condition is not None:
                value = indicator_value(elaborator, condition, env)
                position += 1 if isinstance(bare, Scripted) else 2
            elif applied is not None:
                value, position = elaborator.applied(applied, env), applied.end
            else:
                value, position = elaborator.value(factor, env), position + 1
        if operator == "/":
            dividing = True
            pending_division.append(value)
            continue
        if dividing and operator == "" and not _follows_number(flat, start):
            # Juxtaposition binds tighter than the slash: a / b c is a / (b c).
            pending_division[-1] = times(elaborator, pending_division[-1], value, "")
            continue
        total = _divided(elaborator, total, pending_division)
        pending_division, dividing = [], False
        if total is not None and operator in ("*", "ast"):
            _refuse_unknown_star(elaborator, flat, position, (total, value), env)
        total = value if total is None else times(elaborator, total, value, operator)
    total = _divided(elaborator, total, pending_division)
    if total is None:
        raise ScopeError("an empty product")
    return total


def _follows_number(flat: list[tuple[str, Node]], position: int) -> bool:
    """Whether a factor stands behind a fraction of two numbers: 1/2 |a|^2 is half of it."""
    if position < 2 or flat[position - 1][0] != "/":
        return False
    above, below, factor = (strip_group(node) for _, node in flat[position - 2 : position + 1])
    base = strip_group(factor.base) if isinstance(factor, Scripted) else factor
    apart = factor.span.start > below.span.end or isinstance(base, Bracket)
    return isinstance(above, Number) and isinstance(below, Number) and apart


def _gradient(elaborator: Elaborator, flat: list[tuple[str, Node]], position: int, env: Env) -> Value | None:
    """A bare nabla and the cell behind it."""
    head = strip_group(flat[position][1])
    if not isinstance(head, Name) or head.text != "nabla" or position + 1 >= len(flat):
        return None
    operator, behind = flat[position + 1]
    return gradient_cell(elaborator, behind, env) if operator == "" else None


def _refuse_unknown_star(
    elaborator: Elaborator, flat: list[tuple[str, Node]], end: int, values: tuple[Value, Value], env: Env
) -> None:
    """a^{l-1} * W^l where convolutions are spoken of: no product of numbers, and no shapes to convolve by.

    Raises:
        UndefinedError: names of matrices stand beside the star, and nothing says what their cells are.
    """
    scope = elaborator.scope
    grids = [isinstance(value, Grid | Jacobian) for value in values]
    if all(grids) or not speaks_of_convolution(scope):
        return
    names = flat[:end] if not any(grids) else flat[end - 1 : end] if grids[0] else flat[end - 2 : end - 1]
    for _, factor in names:
        reference = scope.refer(factor, env)
        if reference is None or reference.indices or reference.name in env:
            continue
        if reference.layer is None and not (len(reference.base) == 1 and reference.base.isupper()):
            continue
        if scope.size(reference.name) is None:
            raise UndefinedError("a star between matrices whose cells are not known")


def _divided(elaborator: Elaborator, total: Value | None, divisors: list[Value]) -> Value | None:
    for divisor in divisors:
        if isinstance(divisor, Grid | Jacobian) or total is None:
            raise TypeClashError("division by a matrix")
        total = elaborator.quotient(total, divisor)
    return total


def _operator(
    elaborator: Elaborator, factor: Node, flat: list[tuple[str, Node]], position: int, env: Env
) -> tuple[Value, int]:
    """d/dx and \\nabla_K, applied to the factors behind it."""
    rest = flat[position + 1 :]
    body: Node = rest[0][1] if len(rest) == 1 else Product((("", rest[0][1]), *rest[1:]), rest[0][1].span)
    if isinstance(factor, Fraction_):
        parts = derivative_parts(factor, env, elaborator.scope, operator=True)
        assert parts is not None
        if len(rest) > 1 and isinstance(strip_group(rest[0][1]), Bracket):
            # A bracket right behind the operator is all it acts on.
            return elaborator.derivative(rest[0][1], parts.below, env, parts.total), position + 2
        return elaborator.derivative(body, parts.below, env, parts.total), len(flat)
    assert isinstance(factor, Scripted)
    assert factor.subscript is not None
    called = application(flat, position + 1, env, elaborator.scope)
    if called is not None:
        # \\nabla_w L(w): a function with its argument.
        applied = Product((("", rest[0][1]), *flat[position + 2 : called.end]), rest[0][1].span)
        return _as_gradient(elaborator.derivative(applied, factor.subscript, env)), called.end
    return _as_gradient(elaborator.derivative(rest[0][1], factor.subscript, env)), position + 2


def _as_gradient(found: Value) -> Value:
    """What \\nabla is put before is a number, (y - X w)^T (y - X w) too, which is computed as a 1x1 matrix."""
    if isinstance(found, Jacobian) and found.above == (1, 1):
        return Jacobian(None, found.below, found.entries)
    return found


def times(elaborator: Elaborator, a: Value, b: Value, operator: str) -> Value:
    """Two values joined by a printed operator."""
    algebra = elaborator.algebra
    if elaborator.loosely and (found := loose_product(elaborator, a, b, operator)) is not None:
        return found
    if isinstance(a, Jacobian) and isinstance(b, Jacobian):
        if operator in ("", "cdot", "times", "*"):
            if a.below == b.above:
                elaborator.assumed.add(
                    "products of matrix derivatives are read as products of flattened Jacobians"
                )
            return a.times(b, algebra)
        raise ScopeError("an operator between Jacobians")
    a = a.gradient() if isinstance(a, Jacobian) else a
    b = b.gradient() if isinstance(b, Jacobian) else b
    grids = isinstance(a, Grid), isinstance(b, Grid)
    if not any(grids):
        if operator in ("*", "ast", "star") and elaborator.scope.survey.starred:
            raise UndefinedError(f"the operator {operator}, which is no product here")
        if operator in ("", "cdot", "times", "*", "odot", "ast", "bullet"):
            return algebra.multiply((a, b))
        raise ScopeError(f"the operator {operator} between numbers")
    if not all(grids):
        if operator in ("", "cdot", "times", "*", "odot"):
            return elaborator.scaled(b, a) if grids[0] else elaborator.scaled(a, b)
        raise TypeClashError("a number and a matrix under a matrix operator")
    assert isinstance(a, Grid)
    assert isinstance(b, Grid)
    if operator in ("odot", "circ"):
        return entrywise(a, b, lambda x, y: algebra.multiply((x, y)), "entrywise product")
    if operator == "cdot" and a.columns == b.columns == 1 and a.rows == b.rows > 1:
        elaborator.guesses.add("a dot between two vectors is read as their scalar product")
        return matrix_product(a.transposed, b, algebra).cells[0]
    if operator in ("", "cdot"):
        return matrix_product(a, b, algebra)
    if is_sign(operator):
        return convolved(elaborator, a, b, operator)
    if operator == "times" and _can_only_multiply(a, b) and not speaks_of_convolution(elaborator.scope):
        elaborator.assumed.add("$\\times$ between matrices whose sizes fit is their product")
        return matrix_product(a, b, algebra)
    raise UndefinedError(f"the operator {operator} between matrices was not defined")


def _can_only_multiply(a: Grid, b: Grid) -> bool:
    """Whether two matrices can be multiplied, and are of different shapes: nothing is done entry by entry."""
    return a.columns == b.rows and (a.rows, a.columns) != (b.rows, b.columns)
