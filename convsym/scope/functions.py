"""Functions applied: those the document defines, those everybody knows, and arbitrary ones."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sympy import (
    Dummy,
    Equality,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Sum,
    Symbol,
    diff,
)

from convsym.errors import ScopeError
from convsym.functions import sigmoid
from convsym.latex.printer import to_latex
from convsym.latex.syntax import BigOperator, Bracket, Node, Scripted, Tuple_
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS, Modular
from convsym.scope.branches import has_kink_at
from convsym.scope.convolving import convolved, is_named
from convsym.scope.diagonals import diagonal
from convsym.scope.flips import turned
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.model import Cell, FunctionRule, UndefinedError, latex_name
from convsym.scope.naming import entries_of, key, read_superscript, strip_group
from convsym.scope.operators import DIAGONALS, DILATES, PADS, TURNS, Applied
from convsym.scope.padding import with_zeros
from convsym.scope.prose import said_function

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value
    from convsym.scope.model import Scope


class Generic(Function):
    """An arbitrary differentiable function of one argument: only its name and its order are known."""

    order: int = 0
    letter: str = "f"

    def fdiff(self, argindex: int = 1) -> Expr:
        """The next derivative, as arbitrary as the function itself."""
        return generic(self.letter, self.order + 1)(*self.args)


@lru_cache(maxsize=256)
def generic(letter: str, order: int = 0) -> Any:
    """The arbitrary function of a name, differentiated `order` times."""
    return type(f"{letter}{chr(39) * order}", (Generic,), {"order": order, "letter": letter, "nargs": 1})


def with_function_families(expression: Expr) -> Expr:
    """An expression in which an arbitrary function of a cell, f(z_k), is a cell of a family named f(z)."""
    mapping = {}
    for call in expression.atoms(Generic):
        cell = call.args[0]
        if isinstance(cell, Indexed):
            mapping[call] = IndexedBase(f"{type(call).__name__}({cell.base.label})")[cell.indices]
    return expression.xreplace(mapping)


# Names with one meaning only, whoever writes them.
_KNOWN = {name: name for name in FUNCTIONS}
_IN_WORDS = {
    "sigmoid": "the logistic function",
    "tanh": "the hyperbolic tangent",
    "relu": "the ReLU",
    "softplus": "the softplus function",
}
_LOGISTIC_WORDS = ("sigmoid", "logistic")


def function_rule(name: str, elaborator: Elaborator) -> FunctionRule:
    """How a name acts as a function in this document; an assumption where the document does not say.

    Raises:
        UndefinedError: a name that is no function here.
    """
    scope = elaborator.scope
    rule = scope.functions.get(name)
    if rule is not None:
        return rule
    if name in _KNOWN:
        assumed = (
            f"{name} has its usual meaning" if name not in ("exp", "log", "ln", "max", "min", "tanh") else ""
        )
        return FunctionRule((), None, name, assumed=assumed)
    said = said_function(scope.words, name)
    if said == "softmax":
        raise UndefinedError(f"{name} is a softmax, and no formula says of what")
    if said:
        return FunctionRule((), None, said, assumed=f"${latex_name(name)}$ is {_IN_WORDS[said]}")
    if len(name) == 1 or name in ("sigma", "phi", "varphi", "psi", "rho", "Phi"):
        if name == "sigma" and any(word in scope.words for word in _LOGISTIC_WORDS):
            return FunctionRule((), None, "sigmoid", assumed="$\\sigma$ is the logistic function")
        return FunctionRule((), None, "", assumed=f"{name} is an arbitrary differentiable function")
    raise UndefinedError(f"the operation {name} was not defined")


def call_function(elaborator: Elaborator, call: Applied, env: Env) -> Value:
    """The value of a function application, without its outer power."""
    scope = elaborator.scope
    if call.name.partition("_")[0] in TURNS and len(call.arguments) == 1 and call.name not in scope.functions:
        return turned(elaborator, call, env)
    if call.name.partition("_")[0] in PADS | DILATES and call.name not in scope.functions:
        return with_zeros(elaborator, call, env)
    if call.name in DIAGONALS and call.name not in scope.functions:
        return diagonal(elaborator, call, env)
    if is_named(call.name) and call.name not in scope.functions and len(_listed(call)) == 2:
        sides = [elaborator.value(node, env) for node in _listed(call)]
        image, kernel = (side.gradient() if isinstance(side, Jacobian) else side for side in sides)
        if not isinstance(image, Grid) or not isinstance(kernel, Grid):
            raise UndefinedError(f"{call.name} of what is not known to be a matrix")
        return convolved(elaborator, image, kernel, call.name)
    if call.name in scope.rules and any(
        len(rule.patterns) == len(call.arguments) for rule in scope.rules[call.name]
    ):
        return elaborator.cell(Cell(call.name, tuple(elaborator.index(node, env) for node in call.arguments)))
    rule = function_rule(call.name, elaborator)
    if call.layer is not None and not call.indices and rule.body is None and not rule.known:
        # Every layer may have a function of its own: g^{[1]} and g^{[2]} are two of them.
        return _layer_function(elaborator, call, env)
    if call.indices or call.layer is not None:
        raise ScopeError(f"the function {call.name} with an index")
    if rule.assumed:
        elaborator.assumed.add(rule.assumed)
    if rule.statement >= 0:
        elaborator.used.add(rule.statement)
    if rule.body is not None and not call.primes and (takes_whole(rule, scope) or _of_cells(rule)):
        return _opened(elaborator, call.name, rule, _listed(call), env)
    arguments = tuple(elaborator.value(node, env) for node in call.arguments)
    if len(arguments) == 1 and isinstance(arguments[0], Jacobian):
        arguments = (arguments[0].gradient(),)
    if len(arguments) == 1 and isinstance(arguments[0], Grid):
        return arguments[0].map(lambda cell: apply_rule(elaborator, call.name, rule, (cell,), call.primes))
    return apply_rule(elaborator, call.name, rule, arguments, call.primes)


def takes_whole(rule: FunctionRule, scope: Scope, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function's argument may be a vector: its body has x_j, w^T x, a norm or a sum, or calls such a one."""
    if rule.body is None:
        return False
    for part in walk(rule.body):
        if isinstance(part, BigOperator) or (isinstance(part, Bracket) and part.kind == "||"):
            return True
        if isinstance(part, Scripted) and isinstance(strip_group(part.base), Bracket) and part.superscript:
            if read_superscript(part.superscript, "", scope.habits)[0] == "transpose":
                return True
    for reference in scope.mentions(rule.body):
        if reference.transposed or (reference.indices and reference.name in rule.parameters):
            return True
        called = scope.functions.get(reference.name) if reference.name not in seen else None
        if called is not None and called is not rule and takes_whole(called, scope, seen | {reference.name}):
            return True
    return False


def _of_cells(rule: FunctionRule) -> bool:
    """Whether a parameter is a cell by its number, as in J(\\theta_0, \\theta_1)."""
    return any("_" in parameter for parameter in rule.parameters)


def _opened(
    elaborator: Elaborator, name: str, rule: FunctionRule, arguments: tuple[Node, ...], env: Env
) -> Value:
    """The body of a function with its arguments put in; a parameter by its own name stays what it is."""
    if len(rule.parameters) != len(arguments):
        raise ScopeError(f"{name} takes {len(rule.parameters)} arguments, {len(arguments)} given")
    inner: dict[str, Any] = {}
    for parameter, node in zip(rule.parameters, arguments, strict=True):
        if to_latex(node) == parameter and parameter not in env:
            continue
        if "_" in parameter:
            raise ScopeError(f"{name} of {to_latex(node)}, which was defined as a function of {parameter}")
        reference = elaborator.scope.refer(node, env)
        plain = reference is not None and reference.power is None and not reference.primes
        if reference is not None and plain and not reference.transposed:
            if reference.name == parameter and not reference.indices and parameter not in env:
                continue
            if reference.layer is None:
                # x_j where x is x^{(i)}: the entry j of that sample.
                indices = tuple(elaborator.index(one, env) for one in reference.indices)
                inner[entries_of(parameter)] = env.get(entries_of(reference.name), (reference.name, indices))
        value = elaborator.value(node, env)
        inner[parameter] = value.gradient() if isinstance(value, Jacobian) else value
    return _evaluated(elaborator, name, rule.body, inner)


def _evaluated(elaborator: Elaborator, name: str, body: Node | None, env: dict[str, Any]) -> Value:
    """A function's body, guarded against a definition that refers to itself."""
    assert body is not None
    marker = Cell(f"function {name}")
    if marker in elaborator._open:
        raise ScopeError(f"the definition of {name} refers to itself")
    elaborator._open.add(marker)
    try:
        return elaborator.value(body, env)
    finally:
        elaborator._open.discard(marker)


def _listed(call: Applied) -> tuple[Node, ...]:
    """The arguments one by one."""
    if len(call.arguments) == 1:
        inner = strip_group(call.arguments[0])
        return inner.items if isinstance(inner, Tuple_) else call.arguments
    return call.arguments


def _layer_function(elaborator: Elaborator, call: Applied, env: Env) -> Value:
    """An arbitrary function that carries its layer, entry by entry."""
    assert call.layer is not None
    name = f"{call.name}^{{[{elaborator.index(call.layer, env)}]}}"
    rule = FunctionRule((), None)
    if len(call.arguments) != 1:
        raise ScopeError(f"{name} is not defined")
    elaborator.assumed.add(f"{name} is an arbitrary differentiable function")
    value = elaborator.value(call.arguments[0], env)
    value = value.gradient() if isinstance(value, Jacobian) else value
    if isinstance(value, Grid):
        return value.map(lambda cell: apply_rule(elaborator, name, rule, (cell,), call.primes))
    return apply_rule(elaborator, name, rule, (value,), call.primes)


def apply_rule(
    elaborator: Elaborator, name: str, rule: FunctionRule, arguments: tuple[Any, ...], primes: int
) -> Value:
    """One application to scalars."""
    if primes:
        if len(arguments) != 1 or primes > 3:
            raise ScopeError(f"a prime on {name} with {len(arguments)} arguments")
        slot = Dummy("u")
        exact = elaborator.symbolic()
        body: Any = apply_rule(exact, name, rule, (slot,), 0)
        for _ in range(primes):
            if isinstance(arguments[0], Expr) and has_kink_at(body, slot, arguments[0]):
                raise ScopeError(f"the slope of {name} at a kink, where it has none")
            body = diff(body, slot)
        elaborator.assumed |= exact.assumed
        if isinstance(elaborator.algebra, Modular):
            inner = Modular(elaborator.algebra.seed)
            inner.memo[slot] = arguments[0]
            return inner.convert(body)
        return body.xreplace({slot: arguments[0]})
    if rule.body is not None:
        if len(rule.parameters) != len(arguments):
            raise ScopeError(f"{name} takes {len(rule.parameters)} arguments, {len(arguments)} given")
        return _evaluated(elaborator, name, rule.body, dict(zip(rule.parameters, arguments, strict=True)))
    if rule.known:
        return elaborator.apply_known(rule.known, arguments)
    if isinstance(elaborator.algebra, Modular) or len(arguments) != 1:
        raise ScopeError(f"{name} is not defined")
    return generic(name)(arguments[0])


def value_at_its_names(elaborator: Elaborator, name: str, rule: FunctionRule, by: str = "") -> Value | None:
    """What L stands for where L(a, y) was defined: its value at the document's own a and y.

    So does a function of x that is differentiated by something else in its formula (`by`), h by theta. None
    where that is not what a bare name says: the x of f(x) may be nothing but a place to fill.
    """
    if rule.body is None or _is_quantity(name, elaborator.scope):
        return None
    if by in rule.parameters and takes_whole(rule, elaborator.scope):
        # \\nabla_w L of L(w), by its own parameter: w is the document's w.
        return _at_its_names(elaborator, name, rule)
    is_inside = by not in rule.parameters and any(r.name == by for r in elaborator.scope.mentions(rule.body))
    if (
        len(rule.parameters) < 2
        and not is_inside
        and not all(_is_computed(p, elaborator) for p in rule.parameters)
    ):
        return None
    return _at_its_names(elaborator, name, rule)


def _at_its_names(elaborator: Elaborator, name: str, rule: FunctionRule) -> Value:
    if rule.statement >= 0:
        elaborator.used.add(rule.statement)
    return _evaluated(elaborator, name, rule.body, {})


def bare_function(elaborator: Elaborator, name: str) -> Value:
    """A function's name by itself, as the value that it stands for."""
    value = value_at_its_names(elaborator, name, elaborator.scope.functions[name])
    if value is None:
        raise ScopeError(f"the function {name} without an argument")
    return value


def _is_computed(name: str, elaborator: Elaborator) -> bool:
    scope = elaborator.scope
    return bool(scope.rules.get(name) or scope.rules.get(scope.matrices.get(name, name)))


def function_of(node: object, elaborator: Elaborator) -> str | None:
    """The key of a bare function name, or None."""
    bare = strip_group(node)  # type: ignore[arg-type]
    reference = elaborator.scope.refer(bare, {})
    if reference is None or reference.indices or reference.power is not None:
        return None
    name = reference.name
    if _is_quantity(name, elaborator.scope):
        return None
    if name in elaborator.scope.functions or name in FUNCTIONS:
        return name
    return None


def _is_quantity(name: str, scope: Scope) -> bool:
    """Whether a bare name has a definition of its own; the part J_i of a loss J(w, b) is none of J."""
    rules = scope.rules.get(name, [])
    return bool(rules) and (name not in scope.functions or any(not rule.patterns for rule in rules))


def is_under_sum(side: Expr) -> bool:
    """Whether an arbitrary function is applied to what a sum runs over: it is no constant of that sum."""
    bound = {limit[0] for one in side.atoms(Sum) for limit in one.limits}
    return any(
        letter in bound
        for call in side.atoms(Generic)
        for letter in call.args[0].atoms(Symbol) - _bound_inside(call)
    )


def _bound_inside(call: Expr) -> set[Expr]:
    return {limit[0] for one in call.atoms(Sum) for limit in one.limits}


def opaque_pair(left: Expr, right: Expr, *, cells: bool = False) -> tuple[Expr, Expr]:
    """Two sides made opaque alike: beside a sum, y_i by itself has to stay the cell that a term of the sum may be.

    Args:
        left, right: the sides.
        cells: whether the cells stay also where there is no sum.
    """
    cells = cells or left.has(Sum) or right.has(Sum)
    return opaque(left, cells=cells), opaque(right, cells=cells)


def hides_cells(*sides: Expr) -> bool:
    """Whether f(z_i) and f(z_k) would be told apart although one case is that of i = k.

    Args:
        sides: what is compared.
    """
    calls = {call for side in sides for call in side.atoms(Generic) if call.has(Indexed)}
    if len(calls) < 2:
        return False
    return any(
        len(case.free_symbols & side.free_symbols) > 1
        for side in sides
        for case in (*side.atoms(KroneckerDelta), *side.atoms(Equality))
    )


def opaque(expression: Expr, *, cells: bool = False) -> Expr:
    """Applications of arbitrary functions replaced by symbols, equal for equal arguments.

    Args:
        expression: one side.
        cells: whether its cells stay what they are, although it has no sum.
    """
    found = expression.atoms(Generic)
    if not (cells or expression.has(Sum)):
        expression = expression.xreplace({atom: Symbol(str(atom)) for atom in expression.atoms(Indexed)})
        found = expression.atoms(Generic)
    if not found:
        return expression
    mapping = {}
    for atom in sorted(found, key=lambda a: a.count_ops()):
        argument = opaque(atom.args[0]).expand()
        mapping[atom] = Symbol(f"{type(atom).__name__}({argument})")
    return expression.xreplace(mapping)


__all__ = [
    "Generic",
    "bare_function",
    "call_function",
    "function_of",
    "function_rule",
    "generic",
    "hides_cells",
    "is_under_sum",
    "key",
    "opaque",
    "opaque_pair",
    "sigmoid",
    "value_at_its_names",
    "with_function_families",
]
