r"""Values that a text gives to a letter of its formulas, "plain least squares has \lambda = 0": who is judged by them.

A line that prints the letter, or rests on formulas that do, is about every value of it, unless the value is clearly
said of the line. A verdict that only the value brings about stands where it is, and is left open elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from convsym.checker.findings import Finding
from convsym.checker.settings import generality, reaches
from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Scripted
from convsym.latex.walking import children, walk
from convsym.scope.forms import is_numeric, printed_shape
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Outcome, Proved, Refuted, Undecided

# Words of a sentence that speaks of a value in passing: of another text, another case, or what would be.
_IN_PASSING = re.compile(
    r"\b(?:unlike|special case|would|were|otherwise|e\.g\.|for instance|for example|as an example|reduces?|recovers?|"
    r"ordinary|plain|usual|previous|removes?|removing|test time|in the limit|online|un\w+ed|stochastic|initial\w*|"
    r"start\w*|whereas|instead|figure|becomes?|corresponds?|equals|same as|uniform|ignored|tying|tied|valid|"
    r"anyway|arbitrary|general|some authors|often|sometimes|typically)\b",
    re.I,
)
# What turns a value round that stands right behind it.
_TURNED = re.compile(r"\b(?:if|unless|without|no|not|never)\W*\Z", re.I)
# Words of a sentence that sets up what follows, or says how large things are.
_SETS = re.compile(
    r"\b(?:let|set|take|choose|pick|consider|here|throughout|we|our|suppose|assume|given|use|using|fix|put|with|where|for|"
    r"now|at|sizes?|kernel|filter|width|height|stride|padding|channels?|inputs?|samples?|batch|weights?|bias|rate|"
    r"sei|seien|mit|für|soit|avec|pour|sea|con|para)\b|[^\x00-\x7f]{2}",
    re.I,
)
_FEW = 3
_ENDS = re.compile(r"[.!?;](?=\s|$)|[。！？；]|\n\s*\n")
_SAID = ("definition", "size", "condition", "example", "claim")


def heed_choices(
    finding: Finding,
    judge: Judge,
    choices: Sequence[Statement],
    statements: Sequence[Statement],
    claim: Callable[[Statement, Judge], Finding],
) -> None:
    """Hold a verdict by the values that the text gives against the one without them.

    Args:
        finding: a claim that was judged; its outcome is changed.
        judge: of the scope of the claim.
        choices: the relations of the document that give values.
        statements: all of its relations.
        claim: judges a claim in a scope in which none of its letters has a value.
    """
    statement, judgment = finding.statement, finding.judgment
    if judgment is None and isinstance(finding.outcome, Proved):
        # Worked out in numbers: of an example that the line speaks of no more.
        gone = taken_back_by(statement, choices, statements)
        if any(_matters(one, statement, judge.scope) for one in gone):
            finding.outcome = Undecided(
                f"it holds with ${gone[0].source.strip()}$, and it is said of every value"
            )
            finding.repairs, finding.edits, finding.notes = (), (), []
        return
    if (
        judgment is None
        or statement.at
        or statement.near
        or not isinstance(finding.outcome, Proved | Refuted)
    ):
        return
    if isinstance(finding.outcome, Proved) and finding.outcome.method == "the chain rule":
        return
    if _in_numbers(statement):
        # Letters come to a number once values are put in for them, where these are not taken back.
        choices = taken_back_by(statement, choices, statements)
    chosen = [one for one in choices if _matters(one, statement, judge.scope)]
    # That letters are equal shows no line to be false that holds, or may hold, where they are not.
    sure = isinstance(finding.outcome, Proved)
    loose = [
        one
        for one in chosen
        if not _is_in_force(one, statement, chosen, statements) or not (sure or is_numeric(one.right))
    ]
    if not loose:
        return
    free = Judge(_without(judge.scope, loose), judge.budget, judge.clock)
    found = claim(statement, free)
    if found.judgment is None:
        found.judgment = Judgment(found.outcome)
    found.judgment.outcome = found.outcome
    _settle(finding, found.judgment, loose, statement)


def taken_back_by(
    statement: Statement, choices: Sequence[Statement], statements: Sequence[Statement]
) -> Sequence[Statement]:
    """The values that do not count any more where a line stands, "for general s" after "suppose s = 1".

    Args:
        statement: a claim.
        choices: the relations of the document that give values.
        statements: all of its relations.
    """
    return [
        one
        for one in choices
        if one.number < statement.number
        and isinstance(left := strip_group(one.left), Name)
        and generality(key(left), one, statement, statements)
    ]


def _settle(finding: Finding, found: Judgment, loose: Sequence[Statement], statement: Statement) -> None:
    judgment = finding.judgment
    assert judgment is not None
    if type(found.outcome) is type(finding.outcome):
        return
    later = all(one.number > statement.number for one in loose)
    if isinstance(found.outcome, Proved) or (later and isinstance(found.outcome, Refuted)):
        finding.outcome = judgment.outcome = found.outcome
        judgment.pairs, judgment.truth, judgment.used = found.pairs, found.truth, found.used
        judgment.assumed = found.assumed
        finding.repairs, finding.edits, finding.notes = (), (), []
        return
    said = ", ".join(f"${one.source.strip()}$" for one in loose[:2])
    how = "it holds" if isinstance(finding.outcome, Proved) else "it is false"
    _leave_open(finding, Undecided(f"{how} with {said}, and it is not said whether that is meant here"))


def _leave_open(finding: Finding, outcome: Outcome) -> None:
    finding.outcome = outcome
    if finding.judgment is not None:
        finding.judgment.outcome = outcome
    finding.repairs, finding.edits, finding.notes = (), (), []


# ---------------------------------------------------------------------- which values


def choices_in(statements: Sequence[Statement]) -> Iterator[Statement]:
    """The relations that give a number to a letter, or that set letters equal which formulas before have used.

    Args:
        statements: all relations of a document.
    """
    used: set[object] = set()
    chained: dict[int, bool] = {}
    for statement in statements:
        left = strip_group(statement.left)
        is_name = isinstance(left, Name) or (isinstance(left, Scripted) and not left.primes)
        if is_name and statement.relation in ("=", ":=") and statement.role in _SAID:
            right = strip_group(statement.right)
            known = printed_shape(left) in used and all(one in used for one in _names(right))
            bare = isinstance(right, Name) or (isinstance(right, Scripted) and not right.primes)
            relates = statement.display.inline and (bare or (known and not _applies(right)))
            if is_numeric(statement.right) or relates or chained.get(statement.formula, False):
                chained[statement.formula] = True
                yield statement
                continue
        if statement.relation in ("=", ":="):
            used |= set(_names(statement.right))


def _names(node: Node) -> Iterator[object]:
    """The names and cells of an expression as printed."""
    stack = [node]
    while stack:
        part = strip_group(stack.pop())
        if isinstance(part, Name | Scripted):
            yield printed_shape(part)
        else:
            stack.extend(children(part))


def _applies(node: Node) -> bool:
    """Whether something in an expression may be a function that is applied."""
    return any(
        isinstance(part, Product)
        and any(
            isinstance(strip_group(one), Name | Scripted) and isinstance(strip_group(behind), Bracket)
            for (_, one), (operator, behind) in zip(part.factors, part.factors[1:], strict=False)
            if not operator
        )
        for part in walk(node)
    )


def _matters(choice: Statement, statement: Statement, scope: Scope) -> bool:
    """Whether a claim prints the letter of a choice, or rests on formulas that do, and is not the choice itself."""
    if choice.formula == statement.formula:
        return False
    wanted = printed_shape(strip_group(choice.left))
    base = strip_group(choice.left)
    name = key(base) if isinstance(base, Name) else None
    seen: set[str] = set()
    bodies: list[Node] = [statement.left, statement.right]
    while bodies:
        body = bodies.pop()
        for part in walk(body):
            if isinstance(part, Name | Scripted) and printed_shape(part) == wanted:
                return True
            if isinstance(part, Name) and name is not None and key(part) == name:
                return True
        for reference in scope.mentions(body):
            for owner in (reference.name, scope.matrices.get(reference.name, "")):
                if owner and owner not in seen:
                    seen.add(owner)
                    bodies.extend(
                        rule.body for rule in scope.rules.get(owner, []) if rule.statement != choice.number
                    )
    return False


def _in_numbers(statement: Statement) -> bool:
    """Whether a side is a number, which is what letters come to once values are put in for them."""
    return any(
        is_numeric(side)
        or (not any(True for _ in _names(side)) and any(isinstance(p, Number) for p in walk(side)))
        for side in (statement.left, statement.right)
    )


def _is_in_force(
    choice: Statement, statement: Statement, chosen: Sequence[Statement], statements: Sequence[Statement]
) -> bool:
    """Whether a value is clearly said of a claim."""
    if choice.number > statement.number:
        return reaches(choice, statement)
    if not choice.display.inline:
        return True
    others = [
        one
        for one in chosen
        if printed_shape(one.left) == printed_shape(choice.left)
        and printed_shape(one.right) != printed_shape(choice.right)
    ]
    if others and is_numeric(choice.right):
        return False
    left = strip_group(choice.left)
    if isinstance(left, Name) and generality(key(left), choice, statement, statements):
        return False
    before = _ENDS.split(choice.display.before)[-1]
    words = f"{before} {_ENDS.split(choice.display.after, maxsplit=1)[0]}"
    if _IN_PASSING.search(words) is not None or _TURNED.search(before) is not None:
        return False
    return _SETS.search(words) is not None or len(re.findall(r"[^\W\d_]{2,}", words)) < _FEW


def _without(scope: Scope, choices: Sequence[Statement]) -> Scope:
    """The scope in which some letters have no value."""
    freed = scope.copy()
    freed.axes, freed.open_sizes = dict(scope.axes), set(scope.open_sizes)
    numbers = {one.number for one in choices}
    for one in choices:
        left = strip_group(one.left)
        if isinstance(left, Name) and (size := freed.sizes.pop(key(left), None)) is not None:
            # What is as large as the letter says has the letter's size again.
            for name, family in list(freed.families.items()):
                if size in family.sizes and not family.printed:
                    sizes = [None if known == size else known for known in family.sizes]
                    freed.families[name] = replace(family, sizes=sizes, exact=False)
        for name, rules in list(freed.rules.items()):
            kept = [rule for rule in rules if rule.statement not in numbers]
            if len(kept) < len(rules):
                freed.rules[name] = kept
                if not kept:
                    del freed.rules[name]
    return freed


__all__ = ["choices_in", "heed_choices", "taken_back_by"]
