"""Ways by which definitions lead from one cell to another: past a third one, or not through it at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from convsym.checker.findings import Finding
from convsym.checker.slopes import Between, indices_of, is_cell, mark, name_of
from convsym.latex.syntax import Node, Number
from convsym.latex.walking import rewritten
from convsym.scope.forms import printed_shape
from convsym.scope.model import Rule, Scope
from convsym.scope.naming import EQUALITIES, Reference, strip_group
from convsym.scope.statements import Statement

# How a chain is left open that the definitions lead past: no part of the document alone proves it either.
PAST = "the definitions lead past"
_CELLS = 200
_TIMES = frozenset({"t", "tau"})
_WORDS = 80
# Words of a sentence that speaks of one of several ways, or of what is kept of them.
_PART = re.compile(
    r"\b(?:contribut\w*|paths?|parts?|terms?|component\w*|only|just|ignor\w*|neglect\w*|approximat\w*|truncat\w*|"
    r"first|one of|through|via|direct\w*|immediate\w*|treat\w*|constant|fixed|assum\w+|factor\w*)\b",
    re.IGNORECASE,
)

# A name and its indices, every one a number.
_Fixed = tuple[str, tuple[int, ...]]


def statements_past(one: Between, scope: Scope) -> set[int]:
    """The definitions that name the lower end, where they lead to it from the upper one past what stands between.

    Args:
        one: the ends, and what stands between.
        scope: the document's definitions.

    Returns:
        Their statements; none where no definitions lead past it.
    """
    upper, middle, lower = (_fixed(shape) for shape in (one.upper, one.middle, one.lower))
    if upper is None or middle is None or lower is None:
        return set()

    def rules(cell: _Fixed) -> Iterator[Rule]:
        for rule in scope.rules.get(cell[0], []):
            fixed = tuple(p.offset for p in rule.patterns if p.parameter is None)
            if rule.layer is None and fixed == cell[1] and len(fixed) == len(rule.patterns):
                yield rule

    # y = f(w x) goes through z = w x where that is printed in it.
    values = {printed_shape(strip_group(rule.body)) for rule in rules(middle)}

    def without_value(part: Node) -> Node | None:
        return Number("0", part.span) if printed_shape(strip_group(part)) in values else None

    def bodies(cell: _Fixed) -> Iterator[Node]:
        return (rewritten(rule.body, without_value) for rule in rules(cell))

    found, _ = _reached(upper, scope, bodies, middle)
    if lower not in found:
        return set()
    if (
        middle not in _reached(upper, scope, bodies, None)[0]
        and lower in _reached(middle, scope, bodies, None)[0]
    ):
        return set()  # z = w x is what f(w x) is applied to, without its name
    return {
        rule.statement
        for cell in (upper, *found)
        for rule in rules(cell)
        if any(_cell(reference, scope) == lower for reference in scope.mentions(rule.body))
    }


def acts_at_every_step(through: Sequence[Between], scope: Scope) -> set[int]:
    r"""The definitions by which a parameter acts on several cells of a chain: W on h_3 and h_2 in h_t = f(W h_{t-1}).

    The chain from h_3 through h_2 down to W leaves out how W acts on h_3 itself.

    Args:
        through: what stands between the derivatives of the chain, none of it summed over.
        scope: the document's definitions.

    Returns:
        Their statements; none where the lower end acts on one cell of the chain alone.
    """
    found: set[int] = set()
    for one in through:
        if not is_cell(one.middle) or one.summed or not is_cell(one.lower) or indices_of(one.lower):
            continue
        states = {
            shape
            for other in through
            for shape in (other.middle, other.upper)
            if is_cell(shape) and name_of(shape) == name_of(one.middle)
        }
        if len(states) < 2:
            continue
        for rule in scope.rules.get(name_of(one.middle), []):
            if any(mention.name == name_of(one.lower) for mention in scope.mentions(rule.body)):
                found.add(rule.statement)
    return found


def leaves_out_a_step(through: Sequence[Between], statement: Statement, scope: Scope) -> bool:
    r"""Whether a chain through two steps of a recurrence is said of the whole derivative by the parameter of both.

    Its states carry a time, and each is computed with the parameter itself: the chain from h_{t+1} through h_t down
    to W is one of the ways by which W acts. A sentence that speaks of one way, or of a part, may mean just that.

    Args:
        through: what stands between the derivatives of the chain.
        statement: the claim.
        scope: the document's definitions.
    """
    words = (
        re.split(r"[.!?;](?=\s)", statement.display.before.rstrip())[-1] + statement.display.after[:_WORDS]
    )
    if _PART.search(words):
        return False
    for one in through:
        if not is_cell(one.middle) or not is_cell(one.lower):
            continue
        for rule in scope.rules.get(name_of(one.middle), []):
            timed = len(rule.patterns) == 1 and rule.patterns[0].parameter in _TIMES
            body = [*scope.mentions(rule.body)]
            back = any(mention.name == rule.name and mention.indices for mention in body)
            if timed and back and any(mention.name == name_of(one.lower) for mention in body):
                return True
    return False


def leads_elsewhere(one: Between, scope: Scope, findings: Iterable[Finding]) -> bool:
    """Whether what is said to stand between is defined down to its inputs, and the lower end is none of them.

    Some input has the letter of the lower end, w_1 where that is w_5: the document says which of them act on what.

    Args:
        one: the ends, and what stands between.
        scope: the document's definitions.
        findings: what was found of all relations, those that say again what a name is among them.
    """
    middle, lower = _fixed(one.middle), _fixed(one.lower)
    if middle is None or lower is None or not lower[1]:
        return False
    said: dict[_Fixed, list[Node]] = {}
    for finding in findings:
        statement = finding.statement
        head = statement.left if not statement.link or statement.head is None else statement.head
        cell = _fixed(mark(head, scope)) if statement.relation in EQUALITIES else None
        if cell is not None:
            said.setdefault(cell, []).append(statement.right)
    found, is_whole = _reached(middle, scope, lambda cell: iter(said.get(cell, [])), None)
    return is_whole and lower not in found and any(name == lower[0] for name, _ in found)


def _fixed(shape: object) -> _Fixed | None:
    """The cell of a mark, where it has no layer and its indices are numbers."""
    if not is_cell(shape) or shape[3] is not None or shape[4]:
        return None
    places = [
        str(index[1]) if isinstance(index, tuple) and len(index) == 2 and index[0] == "Number" else ""
        for index in indices_of(shape)
    ]
    return (name_of(shape), tuple(map(int, places))) if all(map(str.isdigit, places)) else None


def _cell(reference: Reference, scope: Scope) -> _Fixed | None:
    """The cell of a symbol in a definition, where its indices are numbers."""
    indices = tuple(mark(index, scope) for index in reference.indices)
    return _fixed(("cell", reference.name, indices, reference.layer, reference.primes))


def _reached(
    start: _Fixed, scope: Scope, bodies: Callable[[_Fixed], Iterator[Node]], without: _Fixed | None
) -> tuple[set[_Fixed], bool]:
    """The cells that the definitions of one lead to, and whether every symbol on the way was followed."""
    found, waiting, is_whole = set[_Fixed](), [start], True
    while waiting and len(found) < _CELLS:
        for body in bodies(waiting.pop()):
            for reference in scope.mentions(body):
                if reference.name in scope.functions:
                    continue
                cell = _cell(reference, scope)
                if cell is None:
                    is_whole = False
                elif cell not in found and cell != without:
                    found.add(cell)
                    waiting.append(cell)
    return found, is_whole and not waiting
