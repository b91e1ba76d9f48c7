r"""The chain rule by its form alone: \partial C/\partial a \cdot \partial a/\partial z where nothing says what a is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Name, Node, Product, Scripted, Sum_
from convsym.latex.walking import walk
from convsym.scope.forms import printed_shape
from convsym.scope.judge import Judge
from convsym.scope.model import Scope
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.operators import derivative_parts
from convsym.scope.statements import Statement
from convsym.scope.summation import bound_letters
from convsym.verdict import Proved, Undecided, Unsupported

_COMMUTING = ("", "cdot", "times", "*", "bullet")
_PRODUCT = (*_COMMUTING, "odot", "circ", "ast")


@dataclass(frozen=True, slots=True)
class _Slope:
    """A derivative as printed: what is differentiated and by what, each by its mark."""

    above: object
    below: object
    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class _Chained:
    """A product of derivatives and other factors under sums.

    Attributes:
        letters: the letters that its sums bind, with their printed limits.
        factors: derivatives, and the marks of other factors, in printed order.
        between: the quantities that stood between two derivatives and are gone: lower, upper, through.
    """

    letters: frozenset[tuple[str, object]]
    factors: tuple[_Slope | object, ...]
    between: tuple[tuple[Node, Node, Node], ...] = ()


def judge_chains(finding: Finding, judge: Judge, statements: Sequence[Statement]) -> None:
    """Prove a claim that was left open if it is the chain rule and nothing else.

    Both sides must come to the same product once every quantity that stands between two derivatives is left out:
    one without an index, one whose letters the product sums over, or one with the letters of what it is
    differentiated by. It is said which quantities were taken for all that stands between. Nothing is proved so
    where the document defines such a quantity in a way that speaks against it, or takes the derivative elsewhere through
    several quantities side by side.

    Args:
        finding: a claim; its outcome is changed where it is decided.
        judge: for the scope of the claim.
        statements: all relations of the document.
    """
    judgment, statement = finding.judgment, finding.statement
    if (
        judgment is None
        or not isinstance(finding.outcome, Undecided | Unsupported)
        or statement.relation != "="
    ):
        return
    scope = judge.scope
    sides = [_read(side, scope) for side in (statement.left, statement.right)]
    if None in sides:
        return
    one, other = (_contracted(side, scope) for side in sides if side is not None)
    if not (one.between or other.between) or not _same(one, other):
        return
    through = (*one.between, *other.between)
    if any(_is_denied(lower, middle, judge) for lower, _, middle in through):
        return
    if any(_branches(lower, upper, statements, scope) for lower, upper, _ in through):
        return
    finding.outcome = judgment.outcome = Proved("the chain rule")
    judgment.assumed.clear()
    for lower, upper, middle in through:
        words = [_printed(node, statement) for node in (lower, upper, middle)]
        judgment.assumed.add("${}$ acts on ${}$ only through ${}$".format(*words))


def _printed(node: Node, statement: Statement) -> str:
    return " ".join(statement.source[node.span.start : node.span.end].replace("&", " ").split())


# ---------------------------------------------------------------------- reading a product of derivatives


def _read(node: Node, scope: Scope) -> _Chained | None:
    """A side as a product under sums; None where it is anything else."""
    letters: set[tuple[str, object]] = set()
    factors: list[_Slope | object] = []
    try:
        if not _collect(node, scope, letters, factors):
            return None
    except ConvsymError:
        return None
    return _Chained(frozenset(letters), tuple(factors))


def _collect(
    node: Node, scope: Scope, letters: set[tuple[str, object]], factors: list[_Slope | object]
) -> bool:
    node = strip_group(node)
    match node:
        case Bracket(kind="(" | "[", items=(inner,)) if not isinstance(strip_group(inner), Sum_):
            return _collect(inner, scope, letters, factors)
        case Product():
            return all(operator in _PRODUCT for operator, _ in node.factors) and all(
                _collect(factor, scope, letters, factors) for _, factor in node.factors
            )
        case BigOperator(operator="sum"):
            upper = None if node.upper is None else printed_shape(node.upper)
            for letter, start in bound_letters(node):
                bound = letter, (None if start is None else printed_shape(start), upper)
                if any(known == letter for known, _ in letters):
                    return False
                letters.add(bound)
            return _collect(node.body, scope, letters, factors)
        case Fraction_():
            parts = derivative_parts(node, {}, scope)
            if parts is None:
                factors.append(mark(node, scope))
                return True
            if parts.guess:
                return False
            above, below = strip_group(parts.above), strip_group(parts.below)
            if not all(isinstance(side, Name | Scripted | Bracket) for side in (above, below)):
                return False
            factors.append(_Slope(mark(above, scope), mark(below, scope), above, below))
            return True
        case Sum_():
            return False
        case _:
            factors.append(mark(node, scope))
            return True


def mark(node: Node, scope: Scope) -> object:
    """What two nodes share that are printed alike but for braces and brackets around them.

    Args:
        node: a symbol or an expression.
        scope: how the document writes its names.
    """
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        return mark(node.items[0], scope)
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    if reference is None or reference.power is not None:
        return printed_shape(node)
    layer = None if reference.layer is None else mark(reference.layer, scope)
    indices = tuple(mark(index, scope) for index in reference.indices)
    return ("cell", reference.name, indices, layer, reference.primes, reference.transposed)


def _letters_in(node: Node, scope: Scope) -> set[str]:
    """The index letters of a quantity, those of its layer left out."""
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    if reference is None:
        scripts = [part.subscript for part in walk(node) if isinstance(part, Scripted) and part.subscript]
    else:
        scripts = list(reference.indices)
    return {key(part) for script in scripts for part in walk(script) if isinstance(part, Name)}


# ---------------------------------------------------------------------- leaving out what stands between


def _contracted(chained: _Chained, scope: Scope) -> _Chained:
    """A product with every quantity left out that stands between two of its derivatives."""
    while (shorter := _shorter(chained, scope)) is not None:
        chained = shorter
    return chained


def _shorter(chained: _Chained, scope: Scope) -> _Chained | None:
    for upper, lower in _meeting(chained.factors):
        rest = [factor for factor in chained.factors if factor is not upper and factor is not lower]
        bound = {letter for letter, _ in chained.letters}
        own = _letters_in(upper.bottom, scope)
        ends = _letters_in(upper.top, scope) | _letters_in(lower.bottom, scope)
        summed = own & bound
        if summed & (ends | _letters_of(rest, scope)) or not own - summed <= ends:
            continue
        joined = _Slope(upper.above, lower.below, upper.top, lower.bottom)
        place = chained.factors.index(upper)
        factors = [joined if factor is upper else factor for factor in chained.factors if factor is not lower]
        assert place < len(chained.factors)
        letters = frozenset(one for one in chained.letters if one[0] not in summed)
        gone = (*chained.between, (lower.bottom, upper.top, upper.bottom))
        return _Chained(letters, tuple(factors), gone)
    return None


def _meeting(factors: Sequence[_Slope | object]) -> Iterator[tuple[_Slope, _Slope]]:
    """Pairs of derivatives of which one is taken by what the other differentiates."""
    slopes = [factor for factor in factors if isinstance(factor, _Slope)]
    for upper in slopes:
        for lower in slopes:
            if upper is not lower and upper.below == lower.above and upper.above != lower.below:
                yield upper, lower


def _letters_of(factors: Collection[_Slope | object], scope: Scope) -> set[str]:
    found: set[str] = set()
    for factor in factors:
        if isinstance(factor, _Slope):
            found |= _letters_in(factor.top, scope) | _letters_in(factor.bottom, scope)
        else:
            found |= _names_in(factor)
    return found


def _names_in(shape: object) -> set[str]:
    """Every letter that a mark was made of, index or not."""
    if isinstance(shape, tuple):
        named = {shape[1]} if len(shape) > 1 and shape[0] in ("Name", "cell") else set()
        return {str(name) for name in named}.union(*(_names_in(part) for part in shape))
    return set()


def _same(one: _Chained, other: _Chained) -> bool:
    """Whether two products are the same; the order counts where factors may be matrices."""
    marks = [
        [(f.above, f.below) if isinstance(f, _Slope) else f for f in side.factors] for side in (one, other)
    ]
    if one.letters != other.letters or len(marks[0]) != len(marks[1]):
        return False
    if marks[0] == marks[1]:
        return True
    numbers = all(_has_index(factor) for side in (one, other) for factor in side.factors)
    return numbers and sorted(map(repr, marks[0])) == sorted(map(repr, marks[1]))


def _has_index(factor: _Slope | object) -> bool:
    """Whether a factor is a number for certain: a cell, or a derivative between cells."""
    if isinstance(factor, _Slope):
        return _has_index(factor.below)
    return isinstance(factor, tuple) and factor[0] == "cell" and bool(factor[2])


# ---------------------------------------------------------------------- what speaks against it


def _is_denied(lower: Node, middle: Node, judge: Judge) -> bool:
    """Whether the document defines the quantity between in a way that speaks against a chain through it alone."""
    scope = judge.scope
    between, below = _reference(middle, scope), _reference(lower, scope)
    if between is None or below is None:
        return False
    rules = [
        rule
        for name in {between.name, between.base}
        for rule in scope.rules.get(name, [])
        if len(rule.patterns) == len(between.indices)
    ]
    free = {key(part) for part in map(strip_group, between.indices) if isinstance(part, Name)}
    if not rules or not between.indices or not free & _letters_in(lower, scope):
        return False
    owners = {below.name, below.base}
    for rule in rules:
        if any(pattern.parameter is None for pattern in rule.patterns):
            return True
        parameters = [pattern.parameter for pattern in rule.patterns]
        wanted = dict(zip(parameters, map(strip_group, between.indices), strict=True))
        for part in walk(rule.body):
            reference = scope.refer(part, {}) if isinstance(part, Name | Scripted) else None
            if reference is None or not {reference.name, reference.base} & owners:
                continue
            if not _fixes(reference, below, wanted, scope):
                return True
    return False


def _fixes(used: Reference, below: Reference, wanted: dict[str | None, Node], scope: Scope) -> bool:
    """Whether the indices of what a definition uses say which cell it is used for, the one of the chain."""
    if len(used.indices) != len(below.indices):
        return False
    for parameter, index in wanted.items():
        places = [
            place
            for place, printed in enumerate(used.indices)
            if isinstance(name := strip_group(printed), Name) and key(name) == parameter
        ]
        if not any(mark(below.indices[place], scope) == mark(index, scope) for place in places):
            return False
    return True


def _branches(lower: Node, upper: Node, statements: Sequence[Statement], scope: Scope) -> bool:
    """Whether a line of the document takes the same derivative through several quantities side by side."""
    ends = mark(upper, scope), mark(lower, scope)
    for statement in statements:
        sides = [strip_group(side) for side in (statement.left, statement.right)]
        slopes = [side for side in sides if isinstance(side, Fraction_)]
        sums = [side for side in sides if isinstance(side, Sum_)]
        head = None if statement.head is None else strip_group(statement.head)
        if isinstance(head, Fraction_):
            slopes.append(head)
        if sums and any(_ends(slope, scope) == ends for slope in slopes):
            chains = [_read(term, scope) for _, term in sums[0].terms]
            several = {
                factor.below
                for chain in chains
                if chain is not None
                for factor in chain.factors
                if isinstance(factor, _Slope) and factor.above == ends[0]
            }
            if len(several) > 1:
                return True
    return False


def _ends(fraction: Fraction_, scope: Scope) -> tuple[object, object] | None:
    try:
        parts = derivative_parts(fraction, {}, scope)
    except ConvsymError:
        return None
    return None if parts is None else (mark(parts.above, scope), mark(parts.below, scope))


def _reference(node: Node, scope: Scope) -> Reference | None:
    node = strip_group(node)
    return scope.refer(node, {}) if isinstance(node, Name | Scripted) else None


__all__ = ["judge_chains", "mark"]
