"""Names that a document gives another meaning without saying so: such a line is a definition, not a false claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from convsym.checker.givenagain import ANOTHER, BUT_FOR
from convsym.checker.grounds import ungrounded
from convsym.checker.varying import made_of_the_variable, of_an_unknown_output, said_to_vary
from convsym.latex.syntax import BigOperator, Fraction_, Name, Node, Number, Product, Scripted, Signed, Sum_
from convsym.latex.walking import children, walk
from convsym.scope.forms import printed_shape
from convsym.scope.hygiene import derives
from convsym.scope.model import Rule, latex_name
from convsym.scope.naming import strip_group
from convsym.scope.renewal import is_worked_value, otherwise_indexed, speaks_of_before

if TYPE_CHECKING:
    from convsym.scope.judge import Judge, Judgment
    from convsym.scope.model import Scope
    from convsym.scope.statements import Statement

_SHOWN = 200


def unsaid(
    statement: Statement, judgment: Judgment, judge: Judge, statements: Sequence[Statement] = ()
) -> str | None:
    """Why a refutation of a statement is none: what it rests on is not said, or was said of something else.

    Args:
        statement: the relation that came out false.
        judgment: what was found about it.
        judge: the judge of the scope it is read in.
        statements: all relations of the document.

    Returns:
        The reason in words, or None where the refutation stands.
    """
    found = ungrounded(statement, judgment, judge, statements)
    if found is not None:
        return found
    if (varies := made_of_the_variable(statement, judgment, judge)) is not None:
        return varies
    if (
        varies := said_to_vary(statement, judgment, judge) or of_an_unknown_output(statement, judge)
    ) is not None:
        return varies
    names = [judge.scope.refer(side, {}) for side in (statement.left, statement.right)]
    if None not in names and len({(n.base, n.indices, n.primes) for n in names if n is not None}) == 1:
        if len([n for n in names if n is not None and n.layer is None and n.power is None]) == 1:
            return "which layer a name without one belongs to is set by this line"
    for side in (statement.left, statement.right):
        for part in walk(side):
            if isinstance(part, Scripted) and _is_raised_zero(part):
                return "a raised 0 that may count layers or samples"
    if (marked := _new_mark(statement, judge.scope, statements)) is not None:
        return f"what {latex_name(marked)} is, this line alone says"
    return _another_definition(statement, judge.scope, statements)


def _new_mark(statement: Statement, scope: Scope, statements: Sequence[Statement]) -> str | None:
    r"""A name with a mark, W^{new}, that stands first in a product of letters on the left of a line."""
    left = strip_group(statement.left)
    if statement.link or not isinstance(left, Product):
        return None
    names = [scope.refer(factor, {}) for _, factor in left.factors]
    last = names[-1]
    if None in names or last is None or last.name == last.base or "^" not in last.name:
        return None
    used = {
        reference.name
        for other in statements
        if other.number < statement.number
        for side in (other.left, other.right)
        for reference in scope.mentions(side)
    }
    used |= {reference.name for reference in scope.mentions(statement.right)}
    return last.name if last.name not in used else None


def _is_raised_zero(part: Scripted) -> bool:
    above = None if part.superscript is None else strip_group(part.superscript)
    return isinstance(above, Number) and above.text == "0" and isinstance(strip_group(part.base), Name)


def _another_definition(statement: Statement, scope: Scope, statements: Sequence[Statement]) -> str | None:
    """A formula for a name that speaks of what the definition of that name does not lead to."""
    reference = scope.refer(statement.left, {})
    if (
        statement.link
        or reference is None
        or reference.indices
        or reference.primes
        or reference.power is not None
        or derives(statement.right)
        or is_worked_value(statement.right)
        or speaks_of_before(statement.display.before[-_SHOWN:])
    ):
        return None
    by_number = {other.number: other for other in statements}
    for rule in scope.rules.get(reference.name, []):
        earlier = by_number.get(rule.statement)
        if earlier is None or earlier.formula == statement.formula or rule.patterns:
            continue
        named = latex_name(reference.name)
        missing = _left_out(earlier.right, statement.right)
        if missing is not None:
            return f"{BUT_FOR} {missing}, which ${earlier.latex}$ adds"
        known = _reach(rule, scope) | {reference.name}
        if (regrown := otherwise_indexed(earlier.right, statement.right, scope)) is not None:
            return f"{ANOTHER} {named}, in which {latex_name(regrown)} has another number of indices"
        foreign = [name for name in _values(statement.right, scope) if not _leaves(name, scope) <= known]
        if foreign:
            return f"{ANOTHER} {named}, which speaks of {latex_name(foreign[0])}"
    return None


def _left_out(whole: Node, part: Node) -> str | None:
    """The plain name that is all that a sum has more than another one, a bias."""
    terms = Counter(_terms(whole))
    terms.subtract(Counter(_terms(part)))
    left = [term for term, count in terms.items() if count]
    if len(left) != 1 or terms[left[0]] != 1:
        return None
    names = {
        printed_shape(term): term
        for _, term in (whole.terms if isinstance(whole, Sum_) else ())
        if isinstance(strip_group(term), Name)
    }
    bias = names.get(left[0][1])
    return f"${latex_name(bias.text)}$" if isinstance(bias, Name) else None


def _terms(node: Node) -> Iterator[tuple[str, object]]:
    node = strip_group(node)
    if isinstance(node, Sum_):
        for sign, term in node.terms:
            yield sign, printed_shape(term)
    elif isinstance(node, Signed):
        yield node.sign, printed_shape(node.operand)
    else:
        yield "+", printed_shape(node)


def _values(node: Node, scope: Scope) -> Iterator[str]:
    """The names that a value is made of; what only limits a sum is none of it."""
    node = strip_group(node)
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    if reference is not None:
        if reference.name not in scope.functions and reference.name not in ("e", "pi", "d", "partial"):
            yield scope.matrices.get(reference.name, reference.name)
        return
    if isinstance(node, BigOperator):
        yield from _values(node.body, scope)
        return
    if isinstance(node, Fraction_) or not isinstance(node, Number):
        for child in children(node):
            yield from _values(child, scope)


def _leaves(name: str, scope: Scope) -> set[str]:
    """What a name is made of in the end; itself where nothing defines it."""
    found: set[str] = set()
    seen, waiting = {name}, [name]
    while waiting:
        one = waiting.pop()
        owners = [one, *(matrix for matrix, own in scope.matrices.items() if own == one != matrix)]
        rules = [rule for owner in owners for rule in scope.rules.get(owner, [])]
        if not rules:
            found.add(one)
        for rule in rules:
            for below in _values(rule.body, scope):
                if below not in seen:
                    seen.add(below)
                    waiting.append(below)
    return found


def _reach(rule: Rule, scope: Scope) -> set[str]:
    """Every name that a definition leads to."""
    seen: set[str] = set()
    waiting = list(_values(rule.body, scope))
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        owners = [one, *(matrix for matrix, own in scope.matrices.items() if own == one != matrix)]
        for owner in owners:
            for other in scope.rules.get(owner, []):
                waiting.extend(_values(other.body, scope))
    return seen
