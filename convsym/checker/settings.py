"""Variables that the text puts to a number for a while: a claim printed in them is one about every value of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from sympy import Expr, Integer, Rational

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Fraction_, Name, Node, Scripted
from convsym.latex.walking import children, walk
from convsym.scope.forms import is_numeric
from convsym.scope.generality import is_of_every
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import Scope, variables
from convsym.scope.naming import key, strip_group
from convsym.scope.operators import derivative_parts
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

# A sentence that only explains what was used before it, "Here x = 3", reaches back; "Now take x = 3" does not.
_EXPLAINS = re.compile(r"^\W*(?:here|where|in which|in this|hier|wobei|ici|où)\b", re.I)
_SENTENCE = re.compile(r"[.!?](?=\s|$)|[。！？]")
# Words by which a text is back at the values that it has put in.
_OWN_CASE = re.compile(
    r"\b(?:here|our|back|this (?:point|case|example|value)|the (?:given|numbers)|numerically)\b", re.I
)


def heed_settings(finding: Finding, judge: Judge, statements: Sequence[Statement] = ()) -> None:
    """Take a claim for proved only if it holds wherever its variables stand, and not at the value alone that is put in.

    y = 9 x^2 + 7 x holds of y = (3 x + 1)^2 at x = 1. Sizes are put in for good: what stands in a limit or an index
    is none of these variables. A slope by such a variable is taken before its value is put in.

    Args:
        finding: a claim that was judged; its outcome is changed.
        judge: who judged it.
        statements: all relations of the document, which say when a value is put in.
    """
    judgment, statement = finding.judgment, finding.statement
    if judgment is None or not isinstance(finding.outcome, Proved | Unsupported):
        return
    values = _settings((statement.left, statement.right), judge)
    if not values:
        return
    if not isinstance(finding.outcome, Proved) or finding.outcome.method != "identity":
        _judge_freed(finding, judge, values)
    _heed_elsewhere(finding, judge, values, statements)


def _judge_freed(finding: Finding, judge: Judge, values: dict[str, Expr]) -> None:
    """Hold a verdict that was found at values against the one that is found without them."""
    judgment, statement = finding.judgment, finding.statement
    assert judgment is not None
    slopes = _differentiated((statement.left, statement.right), judge.scope)
    if isinstance(finding.outcome, Unsupported) and not slopes & set(values):
        return
    free = Judge(_freed(judge.scope, values), judge.budget, judge.clock)
    found = free.equal(statement.left, statement.right, statement.apart)
    if isinstance(finding.outcome, Unsupported):
        if isinstance(found.outcome, Proved):
            finding.outcome = judgment.outcome = found.outcome
            judgment.used |= found.used
            judgment.assumed |= found.assumed
        elif isinstance(found.outcome, Refuted) and found.pairs:
            _at_the_values(finding, free, found, values)
        return
    if not isinstance(found.outcome, Refuted):
        return
    if found.pairs and all(_speaks_of(free, side, values) for _, *sides in found.pairs for side in sides):
        said = ", ".join(f"${name} = {value}$" for name, value in sorted(values.items()))
        finding.outcome = judgment.outcome = Undecided(f"it holds at {said}, and not at every value")


def _heed_elsewhere(
    finding: Finding, judge: Judge, values: dict[str, Expr], statements: Sequence[Statement]
) -> None:
    """Withhold a proof that rests on a value not said of its line: only later, or before "for arbitrary x"."""
    statement, judgment = finding.statement, finding.judgment
    left = strip_group(statement.left)
    gives = isinstance(left, Name) and key(left) in values
    if judgment is None or gives or not isinstance(finding.outcome, Proved):
        return
    said = {name: list(_said(name, judge, statements)) for name in values}
    before = {name: [s for s in lines if s.number < statement.number] for name, lines in said.items()}
    later = [
        name for name in values if said[name] and not before[name] and not reaches(said[name][0], statement)
    ]
    general = {
        name: found
        for name, lines in before.items()
        if lines and (found := generality(name, lines[-1], statement, statements))
    }
    gone = [*later, *general]
    if not gone:
        return
    free = Judge(_freed(judge.scope, gone), judge.budget, judge.clock)
    result = free.equal(statement.left, statement.right, statement.apart)
    if not isinstance(result.outcome, Refuted):
        return
    if any(own is statement for own in general.values()):
        finding.outcome = judgment.outcome = result.outcome
        judgment.pairs, judgment.truth = result.pairs, result.truth
        judgment.assumed = result.assumed
        return
    words = ", ".join(f"${name} = {values[name]}$" for name in sorted(gone))
    where = "which only a later line says" if later else "and no longer of that value alone"
    finding.outcome = judgment.outcome = Undecided(f"it holds at {words}, {where}")
    finding.final = True


def _said(name: str, judge: Judge, statements: Sequence[Statement]) -> Iterator[Statement]:
    """The lines that give a name a number."""
    for statement in statements:
        left = strip_group(statement.left)
        if (
            isinstance(left, Name)
            and key(left) == name
            and not statement.link
            and is_numeric(statement.right)
        ):
            if statement.relation in ("=", ":="):
                yield statement


def reaches(value: Statement, statement: Statement) -> bool:
    """Whether a value that is said behind a line is said of it: in its formula or its sentence, or to explain it.

    Args:
        value: what gives the value.
        statement: the line.
    """
    if value.formula == statement.formula:
        return True
    rest = _SENTENCE.split(statement.display.after, maxsplit=1)[0].lstrip(" ,;(")
    # Behind a display a capital begins a sentence of its own.
    goes_on = statement.display.inline or not rest[:1].isupper()
    if goes_on and f"${value.source.strip()}$" in rest:
        return True
    return _EXPLAINS.match(_SENTENCE.split(value.display.before)[-1]) is not None


def generality(
    name: str, value: Statement, statement: Statement, statements: Sequence[Statement]
) -> Statement | None:
    """The line since which a text speaks of every value of a name again; None where it does not.

    Args:
        name: the key of the name.
        value: what gave it a value.
        statement: the line that is asked about.
        statements: all relations of the document.
    """
    if _OWN_CASE.search(_last_sentence(statement)):
        return None
    for other in reversed(statements):
        if value.number < other.number <= statement.number:
            if is_of_every(name, other.display.before, other.display.after):
                return other
    return None


def _last_sentence(statement: Statement) -> str:
    """The words that lead to a formula."""
    return _SENTENCE.split(statement.display.before.rstrip(" .:"))[-1]


def _at_the_values(finding: Finding, judge: Judge, found: Judgment, values: dict[str, Expr]) -> None:
    """A slope that is false of the variable: true or false at its value, where the other side is not printed in it."""
    judgment = finding.judgment
    assert judgment is not None
    said = {f"${name} = {value}$" for name, value in values.items()}
    put_in = {
        atom: values[cell.family]
        for _, *sides in found.pairs
        for side in sides
        for atom in variables(judge.unfold(side))
        if (cell := judge.scope.cells.get(atom)) is not None and cell.family in values and not cell.indices
    }
    differences = [(judge.unfold(a) - judge.unfold(b)).xreplace(put_in).expand() for _, a, b in found.pairs]
    if all(difference == 0 for difference in differences):
        names = {key(part) for part in walk(finding.statement.right) if isinstance(part, Name)}
        if names & set(values):
            finding.outcome = Undecided(f"it holds at {', '.join(sorted(said))}, and not at every value")
        else:
            finding.outcome = judgment.outcome = Proved("by definition")
            judgment.assumed |= said
    elif any(difference.is_Number for difference in differences):
        finding.outcome = judgment.outcome = found.outcome
        judgment.pairs, judgment.truth = found.pairs, found.truth
        judgment.assumed |= said


def _speaks_of(judge: Judge, side: Expr, values: dict[str, Expr]) -> bool:
    try:
        atoms = variables(judge.unfold(side))
    except (ConvsymError, RecursionError):
        return False
    return any((cell := judge.scope.cells.get(atom)) is not None and cell.family in values for atom in atoms)


def _settings(sides: Iterable[Node], judge: Judge) -> dict[str, Expr]:
    """The numbers of the names that are printed as factors or terms, and nowhere count anything."""
    scope, sides = judge.scope, tuple(sides)
    known: dict[str, Expr] = {}
    for name in {key(part) for side in sides for part in _printed(side) if isinstance(part, Name)}:
        rules = scope.rules.get(name, [])
        if (size := scope.sizes.get(name)) is not None:
            known[name] = Integer(size)
        elif len(rules) == 1 and not rules[0].patterns and is_numeric(rules[0].body):
            number = judge.number(rules[0].body)
            if isinstance(number, Rational):
                known[name] = number
    if not known:
        return known
    bodies = [rule.body for rules in scope.rules.values() for rule in rules]
    counting = {key(part) for node in (*bodies, *sides) for part in _counted(node) if isinstance(part, Name)}
    return {name: value for name, value in known.items() if name not in counting}


def _printed(node: Node) -> Iterator[Node]:
    """The nodes that stand for values: neither limits of sums nor indices nor exponents."""
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        if isinstance(part, BigOperator):
            stack.append(part.body)
        elif isinstance(part, Scripted):
            stack.append(part.base)
        else:
            stack.extend(children(part))


def _counted(node: Node) -> Iterator[Node]:
    """The nodes of limits and indices."""
    for part in walk(node):
        inner: tuple[Node | None, ...] = ()
        if isinstance(part, BigOperator):
            inner = (part.lower, part.upper)
        elif isinstance(part, Scripted):
            inner = (part.subscript,)
        for one in inner:
            if one is not None:
                yield from walk(one)


def _differentiated(sides: Iterable[Node], scope: Scope) -> set[str]:
    """The bare names that some slope in a claim is taken by."""
    found: set[str] = set()
    for side in sides:
        for part in walk(side):
            if isinstance(part, Fraction_):
                with suppress(ConvsymError):
                    parts = derivative_parts(part, {}, scope)
                    below = None if parts is None else strip_group(parts.below)
                    if isinstance(below, Name):
                        found.add(key(below))
    return found


def _freed(scope: Scope, values: Iterable[str]) -> Scope:
    """The scope in which some names have no number."""
    freed = scope.copy()
    freed.axes, freed.open_sizes = dict(scope.axes), set(scope.open_sizes)
    for name in values:
        freed.sizes.pop(name, None)
        freed.rules.pop(name, None)
    return freed
