"""Lines that are said at certain values of their names, dy/dx = 6 at x = 3: judged just there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from sympy import Expr, Rational, Symbol, ceiling, floor

from convsym.budget import Budget
from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import Name, Node, Scripted
from convsym.latex.walking import walk
from convsym.prover import prove_equal
from convsym.scope.approximation import decimal_of, enclosure
from convsym.scope.cases import Cases
from convsym.scope.digits import CUT_OFF, ROUNDED
from convsym.scope.equalities import Fixed
from convsym.scope.forms import integer_of, is_numeric, printed_shape, prints_decimal
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import substituted, variables
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Outcome, Proved, Refuted, Unsupported

_SECONDS = 2.0
_CONDITION = re.compile(r"\\(?:text|mathrm|textrm|mbox)\s*\{\s*,?\s*(?:for|if|when)\b")
_BEHIND = re.compile(r"[\s,]*(?:if|when|for)\s*\$")
_STEPS = 6


def heed_fixed(finding: Finding, judge: Judge, cases: Cases, statements: Iterable[Statement] = ()) -> None:
    """Decide a claim at the values that it is said at.

    Args:
        finding: a claim that was judged for every value of its names; its outcome is changed.
        judge: for the scope of the claim, in which sizes have their values already.
        cases: how the document's cases were read.
        statements: all relations of the document.
    """
    statement = finding.statement
    if not statement.at or finding.judgment is None:
        return
    if isinstance(finding.outcome, Refuted):
        used = finding.judgment.used
        elsewhere = (
            s
            for s in statements
            if s.number in used and s.role == "definition" and _is_conditional(s, statement)
        )
        if other := next(elsewhere, None):
            _leave_open(finding, f"${other.latex}$ is said under a condition of its own")
            return
    if not all(one.clear for one in statement.at):
        if isinstance(finding.outcome, Refuted):
            _leave_open(finding, f"it may hold under the condition {_printed(statement.at)}")
        return
    values = [one for one in statement.at if not _is_settled(one, judge, cases)]
    if isinstance(finding.outcome, Refuted) and any(_is_made_of_others(one, judge) for one in values):
        _leave_open(finding, f"it may hold under the condition {_printed(values)}")
        return
    if values and not isinstance(finding.outcome, Proved):
        decided = _at(finding.judgment, statement, values, judge)
        if isinstance(decided, Refuted) and is_numeric(statement.right):
            more = list(_said_before(finding.judgment, statement, values, judge, statements))
            if more:
                again = _at(finding.judgment, statement, [*values, *more], judge)
                if not isinstance(again, Proved):
                    _leave_open(finding, f"it may be said at the value of ${more[0].printed}$ as well")
                    return
                decided, statement.at = again, (*statement.at, *more)
        if decided is not None:
            finding.outcome = finding.judgment.outcome = decided
            finding.repairs, finding.notes = (), []
        elif isinstance(finding.outcome, Refuted):
            _leave_open(finding, f"it may hold under the condition {_printed(values)}")
    if isinstance(finding.outcome, Proved | Refuted):
        finding.judgment.assumed |= {f"${one.printed}$" for one in statement.at}


def _said_before(
    judgment: Judgment,
    statement: Statement,
    values: list[Fixed],
    judge: Judge,
    statements: Iterable[Statement],
) -> Iterator[Fixed]:
    """The values that a text has given before to what an example leaves out: "for L = 2 and k = 3 ..., for L = 3"."""
    named = {printed_shape(one.name) for one in values}
    found: dict[object, Fixed] = {}
    for other in statements:
        left = strip_group(other.left)
        is_value = other.relation == "=" and is_numeric(other.right) and isinstance(left, Name | Scripted)
        if other.number >= statement.number or not is_value or printed_shape(left) in named:
            continue
        if printed_shape(left) != printed_shape(statement.left):
            found[printed_shape(left)] = Fixed(left, other.right, other.source.strip())
    free: set[str] = set()
    for _, *sides in judgment.pairs:
        for side in sides:
            with suppress(ConvsymError, RecursionError):
                cells = [judge.scope.cells.get(atom) for atom in variables(judge.unfold(side))]
                free |= {cell.family for cell in cells if cell is not None and not cell.indices}
    for one in found.values():
        reference = judge.scope.refer(one.name, {})
        if reference is not None and reference.name in free:
            yield one


def with_its_values(statement: Statement, judge: Judge, cases: Cases) -> Judge:
    """The judge of a line that gives a name another value than the rest of its text does: "for s = 2" after s = 1.

    Args:
        statement: a claim, with the values that it is said at.
        judge: for its scope.
        cases: how the document's cases were read.
    """
    scope = judge.scope
    fresh = None
    for one in statement.at:
        name, value = strip_group(one.name), integer_of(one.value)
        if not one.clear or not isinstance(name, Name):
            continue
        letter = key(name)
        rules = scope.rules.get(letter, [])
        given = [rule for rule in rules if is_numeric(rule.body)]
        others = [rule for rule in given if printed_shape(rule.body) != printed_shape(one.value)]
        if scope.sizes.get(letter, value) == value and not others:
            continue
        fresh = fresh or scope.copy()
        fresh.sizes.pop(letter, None)
        fresh.rules[letter] = [rule for rule in rules if rule not in given]
        if not fresh.rules[letter]:
            del fresh.rules[letter]
        if value is not None and cases.is_size(letter, fresh):
            fresh.sizes[letter] = value
    return judge if fresh is None else Judge(fresh, judge.budget, judge.clock)


def in_the_case_before(
    finding: Finding, judge: Judge, cases: Cases, claim: Callable[[Statement, Judge], Finding]
) -> Finding:
    """What becomes of a claim that fails in general, where it may still be about the case of a line before it.

    A line that prints the name itself is about every value of it.

    Args:
        finding: a claim that was judged for every case.
        judge: for the scope of the claim.
        cases: how the document's cases were read.
        claim: judges a claim in a scope.
    """
    statement = finding.statement
    if not statement.near or statement.at or isinstance(finding.outcome, Proved):
        return finding
    shown = {printed_shape(one.name) for one in statement.near}
    sides = (statement.left, statement.right)
    if any(isinstance(p, Name | Scripted) and printed_shape(p) in shown for s in sides for p in walk(s)):
        return finding
    inside = Judge(cases.scope_in(judge.scope, statement.near), judge.budget, judge.clock)
    found = claim(replace(statement, at=statement.near, near=()), inside)
    if found.judgment is None:
        return finding
    found.statement = statement
    if isinstance(found.outcome, Proved):
        if not all(one.clear for one in statement.near):
            if isinstance(finding.outcome, Refuted):
                _leave_open(finding, f"it may be said under the condition {_printed(statement.near)}")
            return finding
        return found
    if isinstance(finding.outcome, Refuted) and not isinstance(found.outcome, Refuted):
        _leave_open(finding, f"it may be said under the condition {_printed(statement.near)}")
    return finding


def _is_conditional(statement: Statement, claim: Statement) -> bool:
    """Whether a definition is said of some indices or values alone, "for j > 0", and not of those of a claim."""
    if statement.at:
        return not {one.printed for one in statement.at} <= {one.printed for one in claim.at}
    return (
        bool(statement.under or statement.supposed)
        or _CONDITION.search(statement.display.latex) is not None
        or _BEHIND.match(statement.display.after) is not None
    )


def _leave_open(finding: Finding, reason: str) -> None:
    finding.outcome = Unsupported(reason)
    if finding.judgment is not None:
        finding.judgment.outcome = finding.outcome
    finding.repairs, finding.edits, finding.notes, finding.steps = (), (), [], []


def _printed(at: Iterable[Fixed]) -> str:
    return ", ".join(f"${one.printed}$" for one in at)


def _is_made_of_others(one: Fixed, judge: Judge) -> bool:
    """Whether a name has another formula besides, p = (k - 1)/2 in the case before p = 0."""
    reference = judge.scope.refer(one.name, {})
    rules = () if reference is None else judge.scope.rules.get(reference.name, ())
    return any(not is_numeric(rule.body) for rule in rules)


def _is_settled(one: Fixed, judge: Judge, cases: Cases) -> bool:
    """Whether a value was put in already: that of an index, or of a size."""
    if one.put_in:
        return True
    reference = judge.scope.refer(one.name, {})
    return reference is not None and not reference.indices and reference.name in judge.scope.sizes


def _at(judgment: Judgment, statement: Statement, values: list[Fixed], judge: Judge) -> Outcome | None:
    """What comes of the two sides where the values are put in; None where that settles nothing."""
    judge = judgment.typed or judgment.judge or judge
    numbers = [(judge.scope.refer(one.name, {}), judge.number(one.value)) for one in values]
    if not judgment.pairs or any(reference is None or number is None for reference, number in numbers):
        return None
    put = {(r.name, _indices(r.indices)): n for r, n in numbers if r is not None and n is not None}
    outcomes: list[Outcome] = []
    made_of = _made_of(values, judge)
    for _, *sides in judgment.pairs:
        reached = []
        for side in sides:
            try:
                value, more = _put_in(side, put, judge)
            except (ConvsymError, RecursionError):
                return None
            made_of |= more
            reached.append(value)
        if any(side.has(floor, ceiling) for side in reached):
            outcome = judge.decide(*reached)  # of whole numbers
        else:
            budget = Budget(seconds=min(_SECONDS, judge.clock.remaining()))
            outcome = prove_equal(*reached, budget=budget)
        if isinstance(outcome, Refuted):
            if made_of & {atom for side in reached for atom in variables(side)}:
                return None  # what the value was put in for restricts what it is made of
            if _hang_together(reached, judge):
                if _meet(sides, put, judge):
                    outcomes.append(Proved("by definition"))
                    continue
                return None  # w_{t-1} beside w_{t-2} in a recurrence: they take no values freely
            rounded = _rounded(reached, statement) if len(judgment.pairs) == 1 else None
            return rounded if rounded is not None else _with_values(outcome, values, judge)
        outcomes.append(outcome)
    if all(isinstance(outcome, Proved) for outcome in outcomes):
        return Proved("by definition")
    return None


def _made_of(values: list[Fixed], judge: Judge) -> set[Expr]:
    """What the names that have the values are computed from: y = 1/2 of y = f(w x + b) restricts w, x and b."""
    found: set[Expr] = set()
    for one in values:
        with suppress(ConvsymError, RecursionError):
            atom = judge.elaborator.value(one.name, {})
            if isinstance(atom, Symbol):
                found |= variables(judge.unfold(atom)) - {atom}
    return found


def _put_in(side: Expr, put: dict[tuple[str, tuple[str, ...]], Expr], judge: Judge) -> tuple[Expr, set[Expr]]:
    """A side with values in the places of their names, definitions followed; and what these names are made of."""
    made_of: set[Expr] = set()
    for follow in (False, True):
        side, more = _with_numbers(judge.unfold(side) if follow else side, put, judge)
        made_of |= more
    return side, made_of


def _with_numbers(
    side: Expr, put: dict[tuple[str, tuple[str, ...]], Expr], judge: Judge
) -> tuple[Expr, set[Expr]]:
    """A side with values in the places of their names, and what these names are made of."""
    found: dict[Expr, Expr] = {}
    made_of: set[Expr] = set()
    for atom in variables(side):
        cell = judge.scope.cells.get(atom)
        if cell is not None and cell.layer is None:
            number = put.get((cell.family, tuple(map(str, cell.indices))))
            if number is not None:
                found[atom] = number
                made_of |= variables(judge.unfold(atom)) - {atom}
    return (substituted(side, found) if found else side), made_of


def _meet(sides: list[Expr], put: dict[tuple[str, tuple[str, ...]], Expr], judge: Judge) -> bool:
    """Whether the sides become one where definitions are followed on both together, only as far as is needed."""
    for _ in range(_STEPS):
        sides = [_with_numbers(side, put, judge)[0] for side in sides]
        budget = Budget(seconds=min(_SECONDS, judge.clock.remaining()))
        if isinstance(prove_equal(*sides, budget=budget), Proved):
            return True
        try:
            mapping = judge.unfolding(*sides)
        except (ConvsymError, RecursionError):
            return False
        if not mapping:
            return False
        sides = [substituted(side, mapping) for side in sides]
    return False


def _hang_together(sides: Iterable[Expr], judge: Judge) -> bool:
    """Whether two cells of one recurrence are left, of which the later one is made of the earlier one."""
    cells = judge.scope.cells
    met = [atom for atom in {a for side in sides for a in variables(side)} if atom in cells]
    return any(
        one != other
        and cells[one].family == cells[other].family
        and any(
            atom in cells and cells[atom].family == cells[one].family
            for atom in variables(judge.unfold(one)) - {one}
        )
        for one in met
        for other in met
    )


def _indices(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(str(getattr(node, "text", node)) for node in nodes)


def _rounded(sides: list[Expr], statement: Statement) -> Outcome | None:
    """What comes of a printed decimal beside a number that it does not equal; None where it is none."""
    for printed, value in ((statement.right, sides[0]), (statement.left, sides[1])):
        decimal = decimal_of(printed) if prints_decimal(printed) else None
        ends = enclosure(value) if decimal is not None and not value.free_symbols else None
        if decimal is None or ends is None:
            continue
        target, half = decimal
        if target - half <= ends[0] and ends[1] <= target + half:
            return Proved("certified rounding", (ROUNDED,))
        low, high = sorted(map(abs, ends))
        if ends[0] * target > 0 and abs(target) <= low and high < abs(target) + 2 * half:
            return Proved("certified truncation", (CUT_OFF,))
    return None


def _with_values(outcome: Refuted, values: list[Fixed], judge: Judge) -> Refuted:
    """A refutation whose counterexample shows the values that were put in."""
    witness = outcome.witness
    if witness is None:
        return outcome
    shown = []
    for one in values:
        number = judge.number(one.value)
        if isinstance(number, Rational):
            shown.append((one.printed.partition("=")[0].strip(), Fraction(int(number.p), int(number.q))))
    return replace(
        outcome,
        reason=f"the sides differ at {_printed(values)}",
        witness=replace(witness, values=(*witness.values, *shown)),
    )


__all__ = ["heed_fixed", "in_the_case_before", "with_its_values"]
