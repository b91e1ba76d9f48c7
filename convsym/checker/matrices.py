"""Claims about matrices and batches whose sizes nobody states, decided for small sizes that fit the definitions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr

from convsym.budget import Clock
from convsym.checker.findings import Finding
from convsym.checker.stated import NOT_SAID
from convsym.checker.varying import of_an_unknown_output
from convsym.errors import ConvsymError
from convsym.latex.syntax import (
    BigOperator,
    Chain,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
)
from convsym.latex.walking import walk
from convsym.scope.batches import COUNTS, NUMBERS, Batches, names_in, needed_names, normalizes, open_functions
from convsym.scope.dimensions import is_differential, letters_in
from convsym.scope.flattening import Flattener, UnreadableError
from convsym.scope.hygiene import derives
from convsym.scope.implied import free_of, says_implied_sums, with_implied_sums
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import key, strip_group
from convsym.scope.normalization import SAID
from convsym.scope.statements import Statement
from convsym.scope.surroundings import Flat, Surroundings, convolves, has_star
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

_ACTIVATIONS = ("sigmoid", "tanh", "relu", "")
_ONE_HOT = re.compile(r"one[- ]?hot", re.I)
_BATCH = re.compile(r"\b(?:mini-?)?batch|\bexamples\b|\bsamples\b|training set", re.I)
_ONE = "matrices of one entry"
_SECONDS = 4.0
_SIZES = "small matrices whose sizes fit"


def judge_matrices(finding: Finding, judge: Judge, statements: Sequence[Statement]) -> None:
    """Prove a claim that was left open, or was refuted by a reading of its matrices that is too plain.

    Args:
        finding: a claim; its outcome is changed where it is proved.
        judge: for the scope of the claim.
        statements: all relations of the document.
    """
    statement = finding.statement
    derived = derives(statement.left) or derives(statement.right)
    open_still = isinstance(finding.outcome, Undecided | Unsupported)
    if not (open_still or (isinstance(finding.outcome, Refuted) and derived)):
        return
    # Where matrices are printed cell by cell their sizes are said, and the lines about cells speak of definitions.
    if statement.apart or statement.supposed or any(one.printed for one in judge.scope.families.values()):
        return
    # What holds of targets that add up to one is refuted by targets that do not, at any size.
    awaits = isinstance(finding.outcome, Undecided) and finding.outcome.reason.endswith(NOT_SAID)
    clock = judge.clock
    judge.clock = Clock(replace(judge.budget, seconds=min(_SECONDS, max(0.1, 0.8 * clock.remaining()))))
    try:
        found = decided(judge, statement, statements)
    finally:
        judge.clock = clock
    if found is None or (awaits and not isinstance(found.outcome, Proved)):
        return
    if isinstance(found.outcome, Refuted) and open_still:
        finding.outcome, finding.judgment = found.outcome, None
        finding.notes = sorted(found.assumed)
        finding.sizes = _ONE
    if isinstance(found.outcome, Proved):
        outcome = found.outcome
        conditions = tuple(dict.fromkeys((*outcome.assuming, *sorted(found.assumed))))
        finding.outcome = replace(outcome, assuming=conditions)
        finding.judgment, finding.repairs = None, ()
        finding.sizes = _SIZES


def decided(judge: Judge, statement: Statement, statements: Sequence[Statement]) -> Judgment | None:
    """What is found of a claim about matrices at small sizes; None where it cannot be worked out.

    Args:
        judge: for the scope of the claim.
        statement: the claim.
        statements: all relations of the document.
    """
    scope = judge.scope
    try:
        flat = Surroundings(scope, statements).claim(statement.left, statement.right, statement.number)
    except (UnreadableError, ConvsymError):
        return None
    if not _speaks_of_matrices(flat, scope):
        return None
    if _speaks_of_limits(flat, scope):
        return None
    if convolves(scope) and any(has_star(side) for side in (flat.left, flat.right)):
        return None
    if says_implied_sums(scope.words):
        _write_sums(flat, statement, scope)
    said = bool(SAID.search(scope.words)) or any(map(_is_unit_sum, statements))
    batch = bool(_BATCH.search(scope.words)) or bool(scope.habits.sampled)
    best: Judgment | None = None
    for single in (False, True) if not batch else (False,):
        for whole in (False, True) if _has_bare_sum(statement) else (False,):
            try:
                model = Batches(scope, flat, single=single, whole=whole, said=said)
                found = model.judged(judge.budget, judge.clock)
            except (UnreadableError, ConvsymError):
                continue
            if found.holds:
                return found
            best = best or found
    return None if _is_said_elsewhere(flat, scope, statements) else _refuted(judge, statement, flat)


def _is_unit_sum(statement: Statement) -> bool:
    """Whether a line says that something adds up to one."""
    one = strip_group(statement.right)
    total = strip_group(statement.left)
    return isinstance(one, Number) and one.text == "1" and isinstance(total, BigOperator)


def _speaks_of_limits(flat: Flat, scope: Scope) -> bool:
    """Whether a sum runs up to a size by which the document states a shape: which axis that is decides the claim."""
    stated = {str(size) for sizes in scope.shapes.values() for size in sizes}
    ends = [
        part.upper
        for side in (flat.left, flat.right)
        for part in walk(side)
        if isinstance(part, BigOperator) and part.upper is not None
    ]
    return bool(stated & set(names_in(ends)))


def _is_said_elsewhere(flat: Flat, scope: Scope, statements: Sequence[Statement]) -> bool:
    """Whether some line says what a name is that no definition is in force for: what it says was not understood."""
    names = Flattener(scope)
    needed = needed_names(flat)
    for statement in statements:
        if statement.relation != "=" or not isinstance(strip_group(statement.left), Name | Scripted):
            continue
        try:
            left = strip_group(names.plain(statement.left))
        except (UnreadableError, ConvsymError):
            continue
        if isinstance(left, Name) and key(left) in needed and key(left) not in flat.bodies:
            return True
    return False


def _refuted(judge: Judge, statement: Statement, flat: Flat) -> Judgment | None:
    """A claim that is false where every matrix has one entry: no transposition or sum makes it true elsewhere.

    Products, sums over examples, means and layouts all come to the same there. A softmax of one entry is no
    softmax, and a line that says what a name stands for claims nothing.
    """
    sides = (flat.left, flat.right)
    if not _is_grounded(statement, flat, judge.scope) or of_an_unknown_output(statement, judge) is not None:
        return None
    if not any(derives(side) for side in sides) and not statement.link:
        return None
    bodies = [body for rules in flat.bodies.values() for _, body, _ in rules]
    shares = any(normalizes(part) for node in (*sides, *bodies) for part in walk(node))
    for vectors in (False, True) if shares else (False,):
        # A softmax of one entry says little: one example with a few entries tells more.
        try:
            found = _false_in(judge, flat, vectors)
        except (UnreadableError, ConvsymError):
            continue
        if found is not None:
            return found
    return None


def _false_in(judge: Judge, flat: Flat, vectors: bool) -> Judgment | None:
    """A certified counterexample with numbers, or with one example's vectors, whatever an open function is."""
    model = Batches(judge.scope, flat, ones=not vectors, single=vectors, counted=True)
    found = model.judged(judge.budget, judge.clock)
    if not _is_counterexample(found) or (vectors and model.has_jacobians):
        return None
    unwritten = [loss for loss in flat.losses if loss not in model.scope.rules]
    if unwritten and not all(_has_slope(side) for _, *both in found.pairs for side in both):
        return None
    if unwritten and any(_comes_through_several(side, flat) for _, *both in found.pairs for side in both):
        return None
    # What is true of some function that layers have is true of one that the document does not write.
    for known in _ACTIVATIONS if open_functions(flat, judge.scope) else ():
        if not _is_counterexample(model.with_activation(known).judged(judge.budget, judge.clock)):
            return None
    return found


def _is_counterexample(found: Judgment) -> bool:
    return isinstance(found.outcome, Refuted) and found.outcome.witness is not None and bool(found.pairs)


def _comes_through_several(side: Expr, flat: Flat) -> bool:
    """Whether slopes of a loss nobody writes add up by several variables, which may belong to settings of their own."""
    by = {str(symbol).partition("/\\partial ")[2] for symbol in side.free_symbols}
    names = {latex_name(top) for top in flat.tops}
    return len({name for name in names if any(one == name or one.startswith(f"{name}_") for one in by)}) > 1


def _has_slope(side: Expr) -> bool:
    return any(str(symbol).startswith("\\partial ") for symbol in side.free_symbols)


def _is_grounded(statement: Statement, flat: Flat, scope: Scope) -> bool:
    """Whether everything that a claim names is part of what the document defines, once and in one way only."""
    if flat.unread or any(len(rules) != 1 for name, rules in flat.bodies.items()):
        return False
    bodies = [body for rules in flat.bodies.values() for _, body, _ in rules]
    known = {name for body in bodies for name in names_in([body])} | set(flat.bodies) | flat.losses
    known |= flat.functions | COUNTS | {"partial", "T", "e", "d"}
    sides = (flat.left, flat.right)
    parts = [part for node in (*sides, *bodies) for part in walk(node)]
    letters = {letter for node in (*sides, *bodies) for letter in letters_in(node)}
    unwritten = open_functions(flat, scope)
    if any(_names_function(side, unwritten) for side in sides):
        return False
    if unwritten and not set(unwritten) & set(names_in(sides)):
        return False  # a (1 + a) may be the slope of some function
    if any(_is_apart(part) for node in sides for part in walk(node)):
        return False
    factors = {
        key(inner)
        for node in sides
        for part in walk(node)
        if isinstance(part, Product)
        for _, factor in part.factors
        if isinstance(inner := strip_group(factor), Name)
    }
    if factors & letters or _ONE_HOT.search(scope.words):
        return False
    if letters_in_conflict(sides) or any(_excludes(part) for part in parts):
        return False
    return all(name in known | letters for name in names_in(sides))


def _names_function(side: Node, functions: Sequence[str]) -> bool:
    """Whether a side is an unwritten function's value, f(x) or f'(x): such a line says what function it is."""
    side = strip_group(side)
    if not isinstance(side, Product) or len(side.factors) != 2:
        return False
    head = strip_group(side.factors[0][1])
    head = strip_group(head.base) if isinstance(head, Scripted) else head
    return isinstance(head, Name) and key(head) in functions


def _is_apart(part: Node) -> bool:
    """Whether a derivative may be by another cell than the one above it, or a cell is named by its number."""
    if isinstance(part, Scripted) and part.subscript is not None:
        return any(isinstance(one, Number) for one in walk(part.subscript))
    if isinstance(part, Fraction_) and is_differential(part.numerator, part.denominator):
        return not set(letters_in(part.numerator)) <= set(letters_in(part.denominator))
    return False


def letters_in_conflict(sides: Sequence[Node]) -> bool:
    """Whether entries of one name stand with different indices: where all are one, their difference is lost.

    Args:
        sides: of a claim.
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    for side in sides:
        for part in walk(side):
            if isinstance(part, Scripted) and part.subscript is not None:
                base = strip_group(part.base)
                if isinstance(base, Name):
                    found.setdefault(key(base), set()).add(tuple(letters_in(part)))
    return any(len(indices) > 1 for indices in found.values())


def _excludes(part: Node) -> bool:
    """Whether a sum leaves out an index: over one entry it is no such sum."""
    if isinstance(part, BigOperator):
        return part.operator != "sum" or any(
            isinstance(one, Chain) and any(relation != "=" for relation, _ in one.links)
            for one in (walk(part.lower) if part.lower is not None else ())
        )
    return False


def _write_sums(flat: Flat, statement: Statement, scope: Scope) -> None:
    """Write out the sums that the document leaves out, in the claim and in what it rests on."""
    head = statement.left if statement.head is None or statement.link == 0 else statement.head
    try:
        free = free_of(Flattener(scope).plain(head))
    except (UnreadableError, ConvsymError):
        return
    flat.left, flat.right = (with_implied_sums(side, free) for side in (flat.left, flat.right))
    for name, rules in flat.bodies.items():
        flat.bodies[name] = [
            (patterns, with_implied_sums(body, {pattern.parameter or "" for pattern in patterns}), number)
            for patterns, body, number in rules
        ]


def _has_bare_sum(statement: Statement) -> bool:
    return any(
        isinstance(part, BigOperator) and part.lower is None
        for side in (statement.left, statement.right)
        for part in walk(side)
    )


def _speaks_of_matrices(flat: Flat, scope: Scope) -> bool:
    """Whether the document leaves no doubt that some name of a claim is a matrix or a vector."""
    certain = {name for name, kind in scope.kinds.items() if kind.certain}
    bodies = [body for rules in flat.bodies.values() for _, body, _ in rules]
    for part in names_in((flat.left, flat.right, *bodies)):
        base = part.partition("^{(")[0]
        if base in certain or scope.matrices.get(base, base) in certain:
            return True
        letter = base.split(" ")[-1]
        if len(letter) == 1 and letter.isupper() and part not in flat.losses and base not in NUMBERS:
            return True
    return False
