r"""Steps of a worked example in numbers: b = b + \alpha e, then b = 0.5 + 0.1 \cdot 2, then b = 0.5 + 0.2 = 0.7."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding, after_misprint, chains_of
from convsym.checker.matching import put_in_for
from convsym.checker.spoken import said_values
from convsym.document import Display, Document, Prose
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Product, Scripted, Sum_
from convsym.latex.walking import rewritten, walk, with_factors
from convsym.scope.approximation import decimal_of
from convsym.scope.digits import agree, differ, measured, miscalculated, shown_as
from convsym.scope.forms import printed_shape, prints_decimal
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported, Witness

if TYPE_CHECKING:
    from convsym.checker.session import Session

_GIVEN = "with the values that the document gives"
_RELATIONS = frozenset({"=", ":=", "approx"})
_KNOWN = frozenset({"e", "exp", "log", "ln", "tanh", "sigmoid", "max", "min"})
_RESTS = "it rests on"
_WHOLE = Fraction(1, 2)
_ERRORS = (ConvsymError, RecursionError, TypeError, ValueError, ZeroDivisionError)


@dataclass(slots=True)
class _Course:
    """What the names of a worked example stand for at one point of it.

    Attributes:
        names: the names by their printed form.
        values: the number that each was last said to be.
        formulas: what each was last said to be in letters.
        wrong: names whose number a refuted line worked out, with the number of that line.
    """

    names: dict[object, Node] = field(default_factory=dict)
    values: dict[object, Node] = field(default_factory=dict)
    formulas: dict[object, Node] = field(default_factory=dict)
    wrong: dict[object, int] = field(default_factory=dict)


def settle_steps(session: Session) -> None:
    """Decide the lines that work a formula or an update out in numbers, one after the other.

    A line is proved where it is the last formula of its left side with the number put in for each name that the
    document last gave it. One that goes on from such a line, with no word between them, is refuted where it comes to
    something else however its numbers were rounded, and what rests on it afterwards is left open.

    Args:
        session: the document, its claims judged; outcomes are changed.
    """
    statements = session.reader.statements
    if session.past.stop is not None or not any(prints_decimal(statement.right) for statement in statements):
        return
    course, said = _Course(), said_values(session.document, statements)
    spoken = _formulas_behind_words(session.document)
    before: list[Finding] = []
    for chain in chains_of([session.findings[statement.number] for statement in statements]):
        first = chain[0].statement
        while said and said[0].formula <= first.formula:
            _note(course, said[0].name, said[0].number)
            said.pop(0)
        scope = session.scope_of(first)
        with suppress(*_ERRORS):
            _settle_chain(course, chain, before, scope, session, spoken)
        with suppress(*_ERRORS):
            _learn(course, chain, scope)
        before = chain


def _formulas_behind_words(document: Document) -> set[int]:
    """The formulas that words stand in front of, so that they need not go on from the one before."""
    found: set[int] = set()
    number, words = 0, True
    for item in document.items:
        if isinstance(item, Display):
            if words:
                found.add(number)
            number, words = number + 1, False
        elif isinstance(item, Prose):
            found.update(range(number, number + len(item.formulas)))
            number, words = number + len(item.formulas), True
    return found


# ---------------------------------------------------------------------- learning


def _note(course: _Course, name: Node, number: Node) -> None:
    shape = printed_shape(name)
    course.names[shape], course.values[shape] = strip_group(name), number
    course.wrong.pop(shape, None)


def _learn(course: _Course, chain: list[Finding], scope: Scope) -> None:
    """Take in what a chain says of the name it begins with."""
    first = chain[0].statement
    name = strip_group(first.left)
    if not _is_name(name, scope) or any(f.statement.relation not in _RELATIONS for f in chain):
        return
    shape = printed_shape(name)
    course.names[shape] = name
    start = after_misprint(chain)
    refuted = [f.statement.number for f in chain[start:] if isinstance(f.outcome, Refuted)]
    formula = chain[max(start - 1, 0)].statement.right
    if not refuted and not _is_worked(formula):
        course.formulas[shape] = formula
    last = chain[-1].statement.right
    if decimal_of(last) is None:
        return
    resting = [
        course.wrong[other]
        for finding in chain
        if isinstance(finding.outcome, Unsupported) and finding.outcome.reason.startswith(_RESTS)
        for part in _numbered(finding.statement.left, scope)
        if (other := printed_shape(part)) in course.wrong
    ]
    if refuted or resting:
        course.values.pop(shape, None)
        course.wrong[shape] = (refuted or resting)[0]
    elif not any(isinstance(f.outcome, Unsupported | Undecided) for f in chain[1:]):
        if shape not in course.wrong or not isinstance(chain[0].outcome, Unsupported | Undecided):
            _note(course, name, last)


def _is_name(node: Node, scope: Scope) -> bool:
    node = strip_group(node)
    if not isinstance(node, Name | Scripted):
        return False
    reference = scope.refer(node, {})
    return reference is not None and reference.power is None and reference.name not in scope.functions


# ---------------------------------------------------------------------- deciding


def _settle_chain(
    course: _Course,
    chain: list[Finding],
    before: list[Finding],
    scope: Scope,
    session: Session,
    spoken: set[int],
) -> None:
    for place, finding in enumerate(chain):
        statement = finding.statement
        if statement.relation not in _RELATIONS or not _is_worked(statement.right):
            continue
        shape = printed_shape(statement.left)
        if place == 0 and decimal_of(statement.right) is not None:
            _heed_wrong(course, finding, shape, session)
            continue
        if place == 0 and _goes_on(chain, before, spoken):
            _compare(finding, before[-1], scope, session)
        elif place:
            _heed_wrong_parts(course, finding, session)
        if isinstance(finding.outcome, Refuted | Proved):
            continue
        if isinstance(finding.outcome, Definition) and statement.role != "definition":
            continue
        formula = course.formulas.get(shape) if place == 0 else statement.left
        if formula is None or (place == 0 and not _is_name(statement.left, scope)):
            continue
        supposed = _put_in(course, formula, statement.right, scope)
        if supposed is not None:
            outcome = Proved("by definition", (_GIVEN, *supposed))
            finding.outcome, finding.repairs, finding.notes = outcome, (), []
            if finding.judgment is not None:
                finding.judgment.outcome = outcome


def _heed_wrong_parts(course: _Course, finding: Finding, session: Session) -> None:
    """Numbers put in that a refuted line has worked out."""
    if not isinstance(finding.outcome, Proved):
        return
    for part in _numbered(finding.statement.left, session.scope_of(finding.statement)):
        if (shape := printed_shape(part)) in course.wrong:
            finding.outcome = Unsupported(f"{_RESTS} {session.named(course.wrong[shape])}, which is refuted")
            if finding.judgment is not None:
                finding.judgment.outcome = finding.outcome
            return


def _numbered(node: Node, scope: Scope) -> Iterator[Node]:
    r"""The parts of an expression that a number may stand for: the L of \partial L/\partial w is none of them."""
    inside = {
        id(part)
        for slope in walk(node)
        if isinstance(slope, Fraction_) and derivative_parts(slope, {}, scope) is not None
        for part in walk(slope)
        if part is not slope
    }
    return (part for part in walk(node) if id(part) not in inside)


def _heed_wrong(course: _Course, finding: Finding, shape: object, session: Session) -> None:
    """A number said again that a refuted line has worked out."""
    if shape not in course.wrong or not isinstance(finding.outcome, Proved | Definition):
        return
    named = session.named(course.wrong[shape])
    finding.outcome = Unsupported(f"{_RESTS} {named}, which is refuted")
    if finding.judgment is not None:
        finding.judgment.outcome = finding.outcome


def _is_worked(node: Node) -> bool:
    """Whether an expression is made of numbers and of functions that everybody knows."""
    parts = list(walk(node))
    return any(isinstance(part, Number) for part in parts) and all(
        part.text in _KNOWN for part in parts if isinstance(part, Name)
    )


def _goes_on(chain: list[Finding], before: list[Finding], spoken: set[int]) -> bool:
    """Whether a chain simplifies the numbers of the one before: the same name, the same first number, and fewer."""
    if not before or len(before) != 1:
        return False
    one, two = before[0].statement, chain[0].statement
    if one.formula != two.formula and two.formula in spoken:
        return False
    if two.number != one.number + 1 or one.relation != two.relation or one.relation != "=":
        return False
    if printed_shape(one.left) != printed_shape(two.left) or not _is_worked(one.right):
        return False
    if not isinstance(before[0].outcome, Proved):
        return False
    first, second = _terms(one.right), _terms(two.right)
    if len(first) != len(second) or len(first) < 2 or printed_shape(first[0]) != printed_shape(second[0]):
        return False
    return all(decimal_of(term) is not None for term in second) and any(
        decimal_of(term) is None for term in first
    )


def _terms(node: Node) -> list[Node]:
    node = strip_group(node)
    return [term for _, term in node.terms] if isinstance(node, Sum_) else [node]


def _compare(finding: Finding, before: Finding, scope: Scope, session: Session) -> None:
    """Hold the numbers of a line against those that it simplifies."""
    left, right = measured(scope, before.statement.right), measured(scope, finding.statement.right)
    if left is None or right is None:
        return
    if agree(left, right):
        outcome: Proved | Refuted = shown_as([(left, right)])
    elif differ(left, right) or miscalculated(left, right):
        named = session.named(before.statement.number)
        shown = [f"{float(side.nominal or 0):.6g}" for side in (left, right)]
        outcome = Refuted(
            f"the numbers of {named} come to something else, however they were rounded",
            Witness((), shown[0], shown[1]),
            "interval arithmetic",
        )
    else:
        return
    finding.outcome, finding.repairs, finding.notes = outcome, (), []
    if finding.judgment is not None:
        finding.judgment.outcome = outcome


# ---------------------------------------------------------------------- numbers put in


def _put_in(course: _Course, formula: Node, numbers: Node, scope: Scope) -> tuple[str, ...] | None:
    """What has to be supposed so that a line is a formula with the last number of each name; None where it is not.

    Args:
        course: what the names stand for.
        formula: an expression in letters.
        numbers: one in numbers.
        scope: how the document writes its names.
    """
    worked = {
        _unindexed(body): shape
        for shape, body in course.formulas.items()
        if shape in course.values and isinstance(strip_group(body), Sum_ | Product)
    }

    def stands_for(node: Node) -> bool:
        return _is_name(node, scope) or _unindexed(node) in worked

    pairs = put_in_for(_without_ones(formula), _without_ones(numbers), stands_for)
    supposed: dict[object, str] = {}
    known = 0
    for name, number in pairs or ():
        shape = printed_shape(strip_group(name))
        if shape in course.wrong:
            return None
        if shape in course.values and _same(course.values[shape], number):
            known += 1
            continue
        if _is_name(name, scope):
            found = [(strip_group(name), _sibling(course, strip_group(name), number))]
        else:
            whole = worked[_unindexed(name)]
            if not _same(course.values[whole], number):
                return None
            known += 1
            found = list(_renamed(name, course.formulas[whole]))
        for one, other in found:
            # What has a number of its own gives way to no other name: such a line might have put in the wrong one.
            if other is None or printed_shape(one) in course.values:
                return None
            sign = "=" if decimal_of(other) is not None else "\\to"
            text = f"${to_latex(one)} {sign} {to_latex(other)}$"
            if supposed.setdefault(printed_shape(one), text) != text:
                return None
    return tuple(supposed.values()) if known else None


def _sibling(course: _Course, name: Node, number: Node) -> Node | None:
    """The name of the same letter with another index that has a number, or the number where several have."""
    base = printed_shape(_base(name))
    found = [
        other
        for shape, other in course.names.items()
        if shape in course.values
        and shape != printed_shape(name)
        and printed_shape(_base(other)) == base
        and _same(course.values[shape], number)
    ]
    return None if not found else found[0] if len(found) == 1 else number


def _renamed(one: Node, other: Node) -> Iterator[tuple[Node, Node]]:
    """The names that differ between two expressions of one form."""
    for a, b in zip(_outermost(one), _outermost(other), strict=True):
        if printed_shape(a) != printed_shape(b):
            yield a, b


def _outermost(node: Node) -> Iterator[Node]:
    """The names of an expression, scripts and all, in order."""
    seen: set[int] = set()
    for part in walk(node):
        if id(part) in seen:
            continue
        if isinstance(part, Name | Scripted):
            seen.update(id(inner) for inner in walk(part))
            yield part


def _base(node: Node) -> Node:
    return strip_group(node.base) if isinstance(node, Scripted) and node.superscript is None else node


def _unindexed(node: Node) -> object:
    """The printed form of an expression without the numbers below its names."""

    def bare(part: Node) -> Node | None:
        if (
            isinstance(part, Scripted)
            and part.superscript is None
            and not part.primes
            and part.subscript is not None
        ):
            if isinstance(strip_group(part.subscript), Number):
                return strip_group(part.base)
        return None

    node = strip_group(node)
    while isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        node = strip_group(node.items[0])
    return printed_shape(rewritten(node, bare))


def _without_ones(node: Node) -> Node:
    """The same expression without factors of 1: the bias is multiplied by none, or by one that is printed."""

    def change(part: Node) -> Node | None:
        if not isinstance(part, Product):
            return None
        kept = [
            (operator, rewritten(factor, change))
            for operator, factor in part.factors
            if not (
                operator in ("cdot", "times", "")
                and isinstance(one := strip_group(factor), Number)
                and one.text == "1"
            )
        ]
        return with_factors(part, kept) if kept else None

    return rewritten(node, change)


def _same(one: Node, other: Node) -> bool:
    """Whether two printed numbers are one, rounded to fewer places or not; what is printed without places is exact."""
    first, second = decimal_of(one), decimal_of(other)
    if first is None or second is None:
        return False
    rounded = max(first[1], second[1])
    return first[0] == second[0] or (rounded < _WHOLE and abs(first[0] - second[0]) <= rounded)


__all__ = ["settle_steps"]
