r"""Lines that give dW, dX and dZ, gradients under the names of their variables, judged as \partial L/\partial W.

A note that prints Z = W * X and then dW = dZ X says nothing of what dW is, and yet claims something: dZ is the
gradient of a loss from above. Where the lines run backwards through what the document defines, they are judged so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.pictured import settle_pictured
from convsym.document import Directive, Item
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Fraction_, Name
from convsym.scope.forms import printed_shape
from convsym.scope.gradientnames import DIRECTIVE, free_loss, gradients_named, integrates, variable_of
from convsym.scope.leading import leads
from convsym.scope.lost import behind_partial
from convsym.scope.model import Scope
from convsym.scope.naming import Reference, strip_group
from convsym.scope.networks import layered_reference
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.statements import Statement

# Lines that have to hold before one that fails is refuted, in all and for each of those that fail.
_ENOUGH = 3
_SHARE = 3


def settle_gradient_names(session: Session) -> None:
    r"""Judge lines that give dW from dZ as lines about \partial L/\partial W and \partial L/\partial Z.

    A line is refuted only where most of the others hold: then it is the line, and not the reading, that is wrong.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    waiting = [finding for finding in session.findings.values() if _is_open(finding)]
    if not any(_runs_backwards(f.statement, session.scope_of(f.statement)) for f in waiting):
        return
    if integrates(session.reader.equations):
        return
    if any(_runs_forwards(f.statement, session.scope_of(f.statement)) for f in session.findings.values()):
        return
    loss = _said_loss(session) or free_loss(
        {n for scope in session.reader.scopes for n in scope.survey.names}
    )
    if not loss:
        return
    items: tuple[Item, ...] = (Directive(DIRECTIVE, f"d={loss}", 0, 0), *session.document.items)
    inner = session.of_part(replace(session.document, items=items), " with gradients named")
    _judge(session, inner, waiting, loss)


def _said_loss(session: Session) -> str:
    r"""The L of a line dW = \partial L/\partial W; "" where none says what d means."""
    for statement in session.reader.statements:
        variable, value = variable_of(statement.left), strip_group(statement.right)
        if variable is None or not isinstance(value, Fraction_):
            continue
        above, below = behind_partial(value.numerator), behind_partial(value.denominator)
        if isinstance(above, Name) and below is not None and printed_shape(below) == printed_shape(variable):
            return above.text
    return ""


def _judge(session: Session, inner: Session, waiting: list[Finding], loss: str) -> None:
    inner.judge_all()
    with suppress(ConvsymError, RecursionError):
        settle_pictured(inner)
    places = {session.place(finding.statement): finding for finding in waiting}
    pairs = [
        (places[place], found)
        for found in inner.findings.values()
        if (place := inner.place(found.statement)) in places
    ]
    proved = [pair for pair in pairs if isinstance(pair[1].outcome, Proved)]
    refuted = [pair for pair in pairs if isinstance(pair[1].outcome, Refuted)]
    if len(proved) < _ENOUGH or _SHARE * len(refuted) > len(proved):
        refuted = []
    for finding, found in (*proved, *refuted):
        name = next(_named(finding.statement))
        found.notes.append(f"$d{name}$ is read as $\\partial {loss}/\\partial {name}$, and so on")
        inner.explain(found)
        finding.adopt(found)


def _is_open(finding: Finding) -> bool:
    statement = finding.statement
    return (
        statement.relation == "="
        and isinstance(finding.outcome, Definition | Undecided | Unsupported)
        and statement.role in ("claim", "definition")
        and any(True for side in (statement.left, statement.right) for _ in gradients_named(side))
    )


def _named(statement: Statement) -> Iterator[str]:
    for side in (statement.left, statement.right):
        yield from map(to_latex, gradients_named(side))


def _runs_backwards(statement: Statement, scope: Scope) -> bool:
    """Whether a line gives dW by dZ, and the document computes Z from W."""
    return any(_reads(scope, above, below) for below, above in _steps(statement, scope))


def _runs_forwards(statement: Statement, scope: Scope) -> bool:
    """Whether a line gives dZ by dW, as differentials have it."""
    return any(_reads(scope, below, above) for below, above in _steps(statement, scope))


def _steps(statement: Statement, scope: Scope) -> Iterator[tuple[Reference, Reference]]:
    """The variable of the left side with each variable of the right side."""
    variable = variable_of(statement.left)
    below = None if variable is None else scope.refer(variable, {})
    for node in gradients_named(statement.right) if below is not None else ():
        above = scope.refer(node, {})
        if below is not None and above is not None and above.name != below.name:
            yield below, above


def _reads(scope: Scope, above: Reference, below: Reference) -> bool:
    """Whether one quantity is computed from another; in a network of layers, from that of just that layer.

    The layers of a network lead from every quantity to every other: a^l is made of z^l, and z^l of a^{l-1}.
    """
    top, bottom = layered_reference(above), layered_reference(below)
    if top is None or bottom is None or top.layer.parameter != bottom.layer.parameter:
        families = (scope.matrices.get(one.name, one.name) for one in (above, below))
        return leads(scope, *families)
    distance = bottom.layer.offset - top.layer.offset
    return any(
        inner.layer.parameter == own.parameter and inner.layer.offset - own.offset == distance
        for rule in scope.rules.get(above.name, [])
        for own in ([rule.layer] if rule.layer is not None else rule.patterns[:1])
        for reference in scope.mentions(rule.body)
        if reference.name == below.name and (inner := layered_reference(reference)) is not None
    )


__all__ = ["settle_gradient_names"]
