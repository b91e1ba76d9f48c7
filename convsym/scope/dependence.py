"""c = f(Y), L = L(y_{11}, y_{12}, ...): lines that say what a quantity depends on and leave open how."""

from __future__ import annotations

from collections.abc import Collection

from convsym.latex.syntax import Bracket, Ellipsis_, Equation, Name, Node, Product, Scripted, Tuple_
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.forms import printed_shape
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group

_UNWRITTEN = frozenset({"Loss", "loss", "Cost", "cost", "Error", "error", "Criterion", "criterion"})


def dependence(
    left: Node, right: Node, scope: Scope, equations: Collection[Equation]
) -> tuple[str, ...] | None:
    """The names that a relation says its left side is a function of; None where it says more, or something else.

    Args:
        left, right: the sides; `left` is a name or a cell.
        scope: what is known so far.
        equations: every formula of the document, any of which may define the function.
    """
    applied = _application(right)
    if applied is None:
        return None
    head, arguments = applied
    names = [_variable(argument, scope) for argument in arguments if not isinstance(argument, Ellipsis_)]
    found = tuple(dict.fromkeys(name for name in names if name is not None))
    if None in names or not found:
        return None
    if printed_shape(head) == printed_shape(left):
        return found
    if isinstance(head, Name) and head.text in _UNWRITTEN:
        # L = Loss(o, y): whatever it is computed by, unless some line says that in a form that can be followed.
        defined = _definition(head, scope, equations)
        return found if defined is None or _has_open_norm(defined) else None
    if not isinstance(head, Name) or len(head.text) != 1 or key(head) in FUNCTIONS:
        return None
    name = key(head)
    if name in scope.functions or name in scope.rules or scope.family(name) is not None:
        return None
    if not _is_loss(left, scope) or not (len(found) > 1 or any(_is_matrix(a, scope) for a in arguments)):
        return None  # a = f(z), A = f(Z): an arbitrary function that is applied, entry by entry
    return found if _definition(head, scope, equations) is None else None


def _definition(head: Name, scope: Scope, equations: Collection[Equation]) -> Node | None:
    """What some line of the document says that a function is; its head where it says no more."""
    known = scope.functions.get(key(head))
    if known is not None and known.body is not None:
        return known.body
    for equation in equations:
        for row in equation.rows:
            said = None if row.first is None else _application(row.first)
            if said is not None and printed_shape(said[0]) == printed_shape(head):
                return row.links[0][1] if row.links else head
    return None


def _has_open_norm(node: Node) -> bool:
    r"""Whether a norm stands in an expression that nobody says which it is: \|x\|_p."""
    return any(
        isinstance(part, Scripted)
        and isinstance(base := strip_group(part.base), Bracket)
        and base.kind == "||"
        and part.subscript is not None
        and isinstance(mark := strip_group(part.subscript), Name)
        and mark.text in ("p", "q")
        for part in walk(node)
    )


def learn_dependences(scopes: Collection[Scope], equations: Collection[Equation]) -> None:
    """Learn what formulas such as u(x, y) and h(f(s, t), g(s, t)), which claim nothing, say of unwritten functions.

    A name counts where the document differentiates it by each of its arguments, or where it is an argument of
    such a name itself and is differentiated by one of its own.

    Args:
        scopes: the versions of the document's scope; changed in place.
        equations: every formula of the document.
    """
    rows = [row for equation in equations for row in equation.rows if row.first is not None]
    said = [row.first for row in rows if row.first is not None and not row.links]
    said += [value for row in rows for relation, value in row.links if relation in ("=", "equiv")]
    for scope in scopes:
        found: dict[str, tuple[str, ...]] = {}
        for node in said:
            _applied(node, scope, found)
        partials = scope.survey.partials
        sure = {name for name, below in found.items() if all((name, one) in partials for one in below)}
        sure |= {
            name
            for name, below in found.items()
            if any((name, one) in partials for one in below) and any(name in found[other] for other in sure)
        }
        for name in sorted(sure):
            scope.arguments.setdefault(name, found[name])


def _applied(node: Node, scope: Scope, found: dict[str, tuple[str, ...]]) -> str | None:
    """The name of a function of several unknowns that nothing defines, with those of the functions in it."""
    applied = _application(node)
    if applied is None:
        return None
    head, arguments = applied
    name = _variable(head, scope)
    if name is None or name in FUNCTIONS or len(arguments) < 2:
        return None
    if name in scope.functions or scope.rules.get(name) or scope.family(name) or name in scope.matrices:
        return None
    below = [_applied(one, scope, found) or _variable(one, scope) for one in arguments]
    names = tuple(dict.fromkeys(one for one in below if one is not None))
    if len(names) != len(arguments) or name in names or found.get(name, names) != names:
        return None
    found[name] = names
    return name


def _application(node: Node) -> tuple[Node, tuple[Node, ...]] | None:
    """Head and arguments of a name with one bracket behind it."""
    node = strip_group(node)
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0] != "":
        return None
    head, bracket = strip_group(node.factors[0][1]), strip_group(node.factors[1][1])
    if not isinstance(head, Name | Scripted) or not isinstance(bracket, Bracket) or bracket.kind != "(":
        return None
    items = bracket.items
    if len(items) == 1 and isinstance(inner := strip_group(items[0]), Tuple_):
        items = inner.items
    return head, items


def _variable(node: Node, scope: Scope) -> str | None:
    """The name of an argument that is a variable."""
    reference = scope.refer(strip_group(node), {})
    if reference is None or reference.power is not None or reference.primes:
        return None
    return reference.name


def _is_loss(node: Node, scope: Scope) -> bool:
    """Whether a name is differentiated and nothing is differentiated by it."""
    reference = scope.refer(strip_group(node), {})
    if reference is None or reference.indices or reference.layer is not None:
        return False
    partials = scope.survey.partials
    above = any(name == reference.name for name, _ in partials)
    return above and not any(name == reference.name for _, name in partials)


def _is_matrix(node: Node, scope: Scope) -> bool:
    reference = scope.refer(strip_group(node), {})
    if reference is None or reference.indices:
        return False
    return reference.name in scope.matrices or scope.twin(reference.name) is not None
