"""Names that come in by other doors: x = (x_1, \\dots, x_n) lists the entries of x, a chain ends in a new cell."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Ellipsis_,
    Equation,
    Name,
    Node,
    Scripted,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.forms import integer_of
from convsym.scope.hygiene import derives
from convsym.scope.model import Rule, Scope, pattern_of
from convsym.scope.naming import Reference, read_superscript, strip_group
from convsym.scope.shown import shows_cells
from convsym.scope.statements import Statement


def introduces_names(
    statement: Statement, statements: Sequence[Statement], scope: Scope, equations: Collection[Equation]
) -> bool:
    """Whether a line lists the entries of a vector, or a chain ends in a name that is new: e^{x_i} / Z = s_i.

    Args:
        statement: a relation; its role is set where it introduces something in one of these ways.
        statements: the relations read before it.
        scope: what is known so far; changed in place.
        equations: every formula of the document.
    """
    return (
        lists_entries(statement, scope, equations)
        or _ends_in_a_name(statement, statements, scope)
        or _runs_over_a_set(statement, scope)
        or shows_cells(statement, scope)
    )


def _runs_over_a_set(statement: Statement, scope: Scope) -> bool:
    """y_{i,j} = \\sum_{(m,n) \\in R_{i,j}} x_{m,n}: what lies in the set is not written, so nothing follows."""
    reference = scope.refer(statement.left, {})
    if statement.link or statement.relation != "=" or reference is None:
        return False
    if any(len(rule.patterns) == len(reference.indices) for rule in scope.rules.get(reference.name, [])):
        return False
    if not any(isinstance(part, BigOperator) and _is_over_a_set(part) for part in walk(statement.right)):
        return False
    statement.role, statement.reason = "condition", "says what its left side is, by a set"
    return True


def _is_over_a_set(node: BigOperator) -> bool:
    lower = None if node.lower is None else strip_group(node.lower)
    items = lower.items if isinstance(lower, Tuple_) else (lower,)
    return any(
        isinstance(item, Chain) and any(relation == "in" for relation, _ in item.links) for item in items
    )


def _ends_in_a_name(statement: Statement, statements: Sequence[Statement], scope: Scope) -> bool:
    """softmax(x)_i = e^{x_i} / Z = s_i: a cell at letters that no formula before has named."""
    reference = scope.refer(statement.right, {})
    if statement.link != 1 or statement.relation != "=" or reference is None or not reference.indices:
        return False
    if reference.layer is not None or reference.power is not None or reference.primes or reference.transposed:
        return False
    patterns = [pattern_of(index, {}) for index in reference.indices]
    letters = [pattern.parameter for pattern in patterns if pattern is not None and not pattern.offset]
    if len(set(letters)) < len(patterns) or None in letters:
        return False
    if statement.head is None or derives(statement.head):
        return False  # whether a slope is this one is a claim
    name = reference.name
    before = [side for other in statements for side in (other.left, other.right)]
    if scope.family(name) is not None or any(r.name == name for side in before for r in scope.mentions(side)):
        return False
    if any(r.name == name for r in scope.mentions(statement.left)):
        return False
    kept = tuple(pattern for pattern in patterns if pattern is not None)
    scope.rules.setdefault(name, []).append(Rule(name, kept, None, statement.left, statement.number))
    statement.role, statement.reason = "definition", "introduces its right side"
    return True


def lists_entries(statement: Statement, scope: Scope, equations: Collection[Equation]) -> bool:
    """Whether a line only says what the entries of a vector are called; its role is set where it does.

    Such a list defines nothing: x_i, which the document uses, is an entry like those that are listed.

    Args:
        statement: a relation whose left side may be a vector.
        scope: the document's habits.
        equations: every formula of the document.
    """
    reference = scope.refer(statement.left, {})
    items = _items(statement.right, scope)
    if reference is None or reference.indices or reference.layer is not None or len(items) < 2:
        return False
    if statement.link or statement.relation != "=" or scope.rules.get(reference.name):
        return False
    own = {reference.name, scope.twin(reference.name) or reference.name}
    listed = [scope.refer(item, {}) for item in items if not isinstance(strip_group(item), Ellipsis_)]
    entries = [entry for entry in listed if entry is not None and len(entry.indices) == 1]
    if (
        len(entries) < len(listed)
        or len({entry.name for entry in entries}) != 1
        or entries[0].name not in own
    ):
        return False
    numbers = [integer_of(entry.indices[0]) for entry in entries]
    first = numbers[0]
    if first not in (0, 1) or any(n not in (first + k, None) for k, n in enumerate(numbers)):
        return False
    if not any(
        _at_a_letter(part, entries[0], scope) for e in equations for row in e.rows for part in walk(row)
    ):
        return False
    if len(entries) == len(items):
        scope.listed[entries[0].name] = (first, first + len(entries) - 1)
    statement.role, statement.reason = "definition", "lists its entries"
    return True


def rests_on_a_list(statement: Statement, scope: Scope) -> str:
    """The vector, of which every entry is listed, that a claim has a cell of; "" where there is none.

    How many there are is said by that list, which no size in letters knows of.

    Args:
        statement: a claim.
        scope: the scope it is read in.
    """
    for side in (statement.left, statement.right):
        for reference in scope.mentions(side):
            if reference.name in scope.families:
                continue  # how far it extends is known besides
            if reference.name in scope.listed and any(integer_of(i) is not None for i in reference.indices):
                return reference.name
    return ""


def _items(node: Node, scope: Scope) -> tuple[Node, ...]:
    node = strip_group(node)
    if isinstance(node, Scripted) and node.superscript is not None and node.subscript is None:
        if read_superscript(node.superscript, "", scope.habits)[0] != "transpose":
            return ()
        node = strip_group(node.base)
    if isinstance(node, Tuple_):
        return node.items
    if isinstance(node, Bracket) and node.kind in ("(", "[", "group"):
        inner = strip_group(node.items[0]) if len(node.items) == 1 else node
        return inner.items if isinstance(inner, Bracket | Tuple_) else ()
    return ()


def _at_a_letter(node: Node, entry: Reference, scope: Scope) -> bool:
    """Whether a cell of the same family stands at a letter: x_i, x_{i+k}."""
    reference = scope.refer(node, {}) if isinstance(node, Scripted) else None
    if reference is None or reference.name != entry.name or len(reference.indices) != 1:
        return False
    return any(isinstance(part, Name) for part in walk(reference.indices[0]))
