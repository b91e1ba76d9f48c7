r"""Errors computed from a layer at a letter of its own: \delta_l = W_{i+1}^T \delta_{i+1} \odot \sigma'(z_l)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convsym.latex.printer import to_latex
from convsym.latex.syntax import BigOperator, Bracket, Name, Node, Number, Sum_
from convsym.latex.walking import walk
from convsym.scope.model import Scope
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_ERRORS = ("delta", "Delta", "epsilon", "varepsilon")


def settle_stray_layers(session: Session) -> None:
    r"""Refute the error of a layer l that is computed from that of a layer i + 1, where i stands for nothing.

    The line has its own l on the right as well, and i there only as i + 1, with a weight and with the error: it steps
    from one layer to the next one, and only i = l makes it one. Where the text says anything of i, it is left open.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    statements = session.reader.statements
    for finding in session.findings.values():
        statement = finding.statement
        if statement.relation != "=" or not isinstance(finding.outcome, Definition | Undecided | Unsupported):
            continue
        scope = session.scope_of(statement)
        found = _stray(statement, scope)
        if found is None or any(_speaks_of(found[1], other) for other in statements):
            continue
        own, letter, other = found
        finding.outcome = Refuted(
            f"it leads from layer ${other}$ to layer ${own}$, and nothing says what ${letter}$ is",
            method="contradiction",
        )


def _stray(statement: Statement, scope: Scope) -> tuple[str, str, str] | None:
    """The layer's own letter, the stray one, and the layer at it as LaTeX."""
    head = statement.left if statement.head is None else statement.head
    left = scope.refer(strip_group(head), {})
    if left is None or left.base not in _ERRORS:
        return None
    places = _places(left)
    layer = strip_group(places[0]) if len(places) == 1 else None
    right = statement.right
    if not isinstance(layer, Name) or any(isinstance(part, BigOperator) for part in walk(right)):
        return None
    own = key(layer)
    moved: dict[str, tuple[str, set[str]]] = {}
    letters: set[str] = set()
    for used in scope.mentions(right):
        for place in _places(used):
            place = strip_group(place)
            while isinstance(place, Bracket) and len(place.items) == 1:
                place = strip_group(place.items[0])
            names = {key(part) for part in walk(place) if isinstance(part, Name)}
            if names == {own}:
                letters.add(own)
                continue
            printed = to_latex(place)
            if len(names) != 1 or not _is_shifted(place):
                return None
            known = moved.setdefault(names.pop(), (printed, set()))
            if known[0] != printed:
                return None
            known[1].add(used.base)
    if len(moved) != 1 or own not in letters:
        return None
    ((letter, (printed, bases)),) = moved.items()
    if left.base not in bases or len(bases) < 2 or letter.lower() == own.lower():
        return None
    # The letter stands nowhere but in these places.
    free = sum(isinstance(part, Name) and key(part) == letter for part in walk(right))
    inside = sum(
        isinstance(part, Name) and key(part) == letter
        for used in scope.mentions(right)
        for place in _places(used)
        for part in walk(place)
    )
    return (own, letter, printed) if free == inside and len(letter) == 1 else None


def _places(reference: Reference) -> list[Node]:
    return [*reference.indices, *([] if reference.layer is None else [reference.layer])]


def _is_shifted(node: Node) -> bool:
    """Whether an index is a letter and a number added, i + 1."""
    if not isinstance(node, Sum_) or len(node.terms) != 2:
        return False
    (_, first), (_, second) = node.terms
    return isinstance(strip_group(first), Name) and isinstance(strip_group(second), Number)


def _speaks_of(letter: str, statement: Statement) -> bool:
    """Whether a relation of the document gives a letter a value or a range."""
    sides = (strip_group(statement.left), strip_group(statement.right))
    return any(isinstance(side, Name) and key(side) == letter for side in sides)


__all__ = ["settle_stray_layers"]
