"""Refutations that rest on one of several values of a padding, a stride or another size: P = 0, and P = 1 in a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convsym.latex.syntax import Node, Number
from convsym.latex.walking import walk
from convsym.scope.asides import is_labelled_case
from convsym.scope.forms import integer_of, is_numeric, printed_shape
from convsym.scope.hygiene import derives
from convsym.scope.leading import leads
from convsym.scope.model import Scope, latex_name
from convsym.scope.othercases import speaks_of_another
from convsym.scope.renewal import is_worked_value
from convsym.scope.statements import Statement
from convsym.verdict import Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_ROLES = ("padding", "stride", "dilation")
# A padding of 0 and a stride of 1 are left out of formulas that are said of them.
_LEFT_OUT = frozenset({0, 1})
# One number that is no value of the document may be a slip of the pen; two are the numbers of another case.
_SLIP = 1
_SEVERAL = 2
_ANOTHER_LABEL = "the words before it say another case than those before the definition"


def heed_other_cases(session: Session) -> None:
    """Leave open what was refuted with one value of a size where the document may speak of another.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for finding in session.findings.values():
        statement = finding.statement
        if not isinstance(finding.outcome, Refuted) or statement.role != "claim":
            continue
        if derives(statement.left) or derives(statement.right):
            continue
        before = [other for other in session.reader.statements if other.number < statement.number]
        reason = _ANOTHER_LABEL if is_labelled_case(statement, before) else ""
        reason = reason or _said_of_a_case(statement, session) or _puts_in_other_numbers(statement, session)
        if reason:
            finding.outcome = Unsupported(reason)
            finding.reason, finding.repairs, finding.edits = "", (), ()
            finding.notes, finding.steps = [], []


def _said_of_a_case(statement: Statement, session: Session) -> str:
    """Why a line may be one about another value of a padding or a stride than the one in force."""
    scope = session.scope_of(statement)
    for name in _settings(scope):
        values = list(_values_before(statement, name, session))
        if len(set(values)) < _SEVERAL:
            continue
        words = (
            f"${latex_name(name)}$ is {' and '.join(map(str, sorted(set(values))))} in the cases of the text"
        )
        if _rests_on(statement, name, scope):
            # What a line makes of a size is what it makes of the value that was said last.
            if scope.sizes.get(name) is not None and values[-1] != scope.sizes[name]:
                return words
        elif _LEFT_OUT.intersection(values) and _speaks_of_numbers(statement, scope):
            return f"{words}, and this line leaves it out"
    return ""


def _settings(scope: Scope) -> set[str]:
    """The names of paddings, strides and dilations."""
    return {"P", "S", *(scope.roles[role] for role in _ROLES if role in scope.roles)}


def _values_before(statement: Statement, name: str, session: Session) -> Iterator[int]:
    """The numbers that a document has said a size to be before a line, in order."""
    said: list[tuple[int, int, int]] = [
        (version, -1, judge.scope.sizes[name])
        for version, judge in enumerate(session.judges[: statement.version + 1])
        if name in judge.scope.sizes and version not in session.reader.aside
    ]
    for other in session.reader.statements:
        if other.number >= statement.number:
            break
        reference = session.scope_of(other).refer(other.left, {})
        value = integer_of(other.right)
        if value is not None and reference is not None and reference.name == name and not reference.indices:
            said.append((other.version, other.number, value))
    for _, _, value in sorted(said):
        yield value


def _rests_on(statement: Statement, name: str, scope: Scope) -> bool:
    """Whether a size stands in a line, or in what the names in it are defined by."""
    mentioned = {
        reference.name for side in (statement.left, statement.right) for reference in scope.mentions(side)
    }
    return name in mentioned or any(leads(scope, one, name) for one in mentioned)


def _speaks_of_numbers(statement: Statement, scope: Scope) -> bool:
    """Whether a line gives a name by plain letters: sizes have no indices, no layers, no functions."""
    reference = scope.refer(statement.left, {})
    mentioned = list(scope.mentions(statement.right))
    return (
        reference is not None
        and bool(mentioned)
        and not any(
            one.indices or one.layer is not None or one.name in scope.functions
            for one in (reference, *mentioned)
        )
    )


def _puts_in_other_numbers(statement: Statement, session: Session) -> str:
    """O = (14 - 3 + 2)/2 + 1 where the document has given 28, 2 and 2: the numbers of a case that is not said."""
    scope = session.scope_of(statement)
    reference = scope.refer(statement.left, {})
    if statement.link or reference is None or reference.indices or reference.layer is not None:
        return ""
    if is_numeric(statement.right) or not is_worked_value(statement.right):
        return ""
    left = printed_shape(statement.left)
    bodies = [
        other.right
        for other in session.reader.statements
        if other.number < statement.number
        and other.role == "definition"
        and printed_shape(other.left) == left
    ]
    is_of_a_layer = any(leads(scope, reference.name, name) for name in _settings(scope))
    if not (is_of_a_layer or speaks_of_another(statement) or any(map(is_worked_value, bodies))):
        return ""  # one example goes on: two wrong numbers are two slips
    rules = scope.rules.get(reference.name, [])
    if not rules or not all(_comes_from_sizes(rule.body, scope) for rule in rules):
        return ""
    given = Counter(scope.sizes.values())
    for body in bodies:
        given |= Counter(_numbers(body))
    foreign = Counter(_numbers(statement.right)) - given
    if len(foreign) <= _SLIP:
        return ""
    return "it puts in numbers that are no values of the sizes given: another case"


def _comes_from_sizes(body: Node, scope: Scope) -> bool:
    """Whether a definition is made of whole numbers and of sizes alone."""
    mentioned = list(scope.mentions(body))
    return all(not one.indices and scope.size(one.name) is not None for one in mentioned)


def _numbers(node: Node) -> list[int]:
    """The whole numbers that are printed in an expression."""
    return [int(part.text) for part in walk(node) if isinstance(part, Number) and part.text.isdigit()]


__all__ = ["heed_other_cases"]
