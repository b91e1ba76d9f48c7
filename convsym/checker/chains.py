r"""The chain rule by its form alone: \partial C/\partial a \cdot \partial a/\partial z where nothing says what a is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from convsym.checker.detours import (
    PAST,
    acts_at_every_step,
    leads_elsewhere,
    leaves_out_a_step,
    statements_past,
)
from convsym.checker.findings import Finding
from convsym.checker.slopes import (
    Between,
    Chained,
    Named,
    Slope,
    indices_of,
    is_cell,
    letters_in,
    name_of,
    names_in,
    names_of_slopes,
    read_chain,
)
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Name, Node, Number, Sum_
from convsym.latex.walking import walk
from convsym.scope.forms import printed_shape
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import Rule, Scope, latex_name
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.stated import ANOTHER_SHAPE, DOUBT, Range, denies
from convsym.scope.statements import Statement
from convsym.scope.summation import bound_letters
from convsym.scope.windows import window_in
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

_TIMES = frozenset({"t", "tau", "T"})
_PUT_IN = 3
_TRIED = 40

# The factors that a line is proved to give for a derivative, that derivative, and the line's number.
_Known = tuple[tuple[object, ...], Slope, int]
_Way = tuple[tuple[Between, ...], set[int]]


def judge_chains(
    finding: Finding,
    judge: Judge,
    findings: Iterable[Finding],
    meant: tuple[Chained, Chained] | None = None,
) -> None:
    """Prove a claim that was left open if it is the chain rule and nothing else.

    Both sides must come to the same product once every quantity that stands between two derivatives is left out:
    one without an index, one whose letters the product sums over, or one with the letters of what it is
    differentiated by. Names of derivatives, and slopes that lines before are proved to give, are put in. It is said
    which quantities were taken for all that stands between. Nothing is proved so where the document defines such a
    quantity in a way that speaks against it, or takes the derivative elsewhere through several of them side by side.

    Args:
        finding: a claim; its outcome is changed where it is decided.
        judge: for the scope of the claim.
        findings: what was found of all relations so far.
        meant: the two sides as products, where they are not the printed ones.
    """
    judgment, statement = finding.judgment, finding.statement
    if (
        judgment is None
        or not isinstance(finding.outcome, Undecided | Unsupported)
        or statement.relation != "="
    ):
        return
    scope, findings = judge.scope, list(findings)
    names = names_of_slopes(findings, scope)
    left, right = meant or (
        read_chain(statement.left, scope, names),
        read_chain(statement.right, scope, names),
    )
    if left is None:
        return
    if right is None:
        ways = _side_by_side(statement.right, left, scope, names)
    else:
        # What another part of the document proves may be about another quantity of the same letter.
        near = [
            one
            for one in findings
            if one.statement.version == statement.version
            and one.statement.display.section == statement.display.section
        ]
        ways = _agreeing(left, right, _known_slopes(near, scope, names))
    spans = _spans(statement, judge)
    letters = left.letters | (right.letters if right is not None else frozenset())
    for through, lines in ways:
        past = next(((one, lines) for one in through if (lines := statements_past(one, scope))), None)
        if past is not None:
            _against(finding, judgment, *past, scope, findings)
            if isinstance(finding.outcome, Refuted):
                return
            continue
        if (family := next((f for one in through if (f := _cut_short(one, spans, scope))), "")) != "":
            finding.outcome = Unsupported(f"{DOUBT} {latex_name(family)} {ANOTHER_SHAPE}")
            return
        steps = acts_at_every_step(through, scope)
        if steps and not letters and not lines and leaves_out_a_step(through, statement, scope):
            _without_a_step(finding, judgment, through)
            return
        if any(_is_denied(one, scope) or _branches(one, findings, scope, names) for one in through):
            continue
        if any(_counts_taps(one, letters, scope) for one in through):
            continue
        if steps:
            continue
        finding.outcome = judgment.outcome = Proved("the chain rule")
        judgment.assumed.clear()
        judgment.assumed.update(one.words for one in through)
        judgment.used |= lines
        return


def _without_a_step(finding: Finding, judgment: Judgment, through: Sequence[Between]) -> None:
    """A chain through two steps down to a parameter of both: wrong, as the later one is made of it as well.

    What else the definition of a step says does not matter: the line itself has the parameter act on the earlier one.
    """
    last = next(one for one in through if is_cell(one.lower) and not indices_of(one.lower))
    finding.outcome = judgment.outcome = Refuted(
        f"by the definitions {last.ends} not only through {last.printed}", method="contradiction"
    )
    judgment.assumed.clear()
    judgment.used = set()


def _against(
    finding: Finding,
    judgment: Judgment,
    one: Between,
    lines: set[int],
    scope: Scope,
    findings: Sequence[Finding],
) -> None:
    """A chain through a quantity that the definitions lead past: wrong where they never lead through it."""
    finding.outcome = Unsupported(f"{PAST} {one.printed}")
    if leads_elsewhere(one, scope, findings):
        finding.outcome = Refuted(
            f"by the definitions {one.ends}, and not through {one.printed}", method="contradiction"
        )
        judgment.used = set(lines)
    judgment.outcome = finding.outcome


def _agreeing(one: Chained, other: Chained, known: Sequence[_Known]) -> Iterator[_Way]:
    """The ways in which two products come to the same: what they are chained through, and the lines put in."""
    first = contracted(one)
    for side, lines in _with_slopes(other, known):
        second = contracted(side)
        through = (*first.between, *second.between)
        if through and _same(first, second):
            yield through, lines


def _with_slopes(side: Chained, known: Sequence[_Known]) -> Iterator[tuple[Chained, set[int]]]:
    """A product as it is, and with a few slopes put in for the factors that they are proved to be."""
    queue: list[tuple[Chained, set[int]]] = [(side, set())]
    seen: set[tuple[object, ...]] = {side.factors}
    for _ in range(_TRIED):
        if not queue:
            return
        found, lines = queue.pop(0)
        yield found, lines
        if len(lines) >= _PUT_IN:
            continue
        for value, slope, number in known:
            factors = _exchanged(found.factors, value, slope)
            if factors is not None and factors not in seen:
                seen.add(factors)
                queue.append((replace(found, factors=factors), lines | {number}))


def _exchanged(
    factors: tuple[Slope | object, ...], value: tuple[object, ...], slope: Slope
) -> tuple[Slope | object, ...] | None:
    """Factors with a slope in the place of its value; a slope of 1 stands behind a derivative that it continues."""
    if slope in factors or not any(isinstance(f, Slope) and f.below == slope.above for f in factors):
        return None
    if not value:
        return (*factors, slope)
    for start in range(len(factors) - len(value) + 1):
        if factors[start : start + len(value)] == value:
            return (*factors[:start], slope, *factors[start + len(value) :])
    return None


def _known_slopes(
    findings: Iterable[Finding], scope: Scope, names: Mapping[str, Sequence[Named]]
) -> list[_Known]:
    found: list[_Known] = []
    for finding in findings:
        statement = finding.statement
        if statement.relation != "=" or not isinstance(finding.outcome, Proved):
            continue
        head = statement.left if not statement.link or statement.head is None else statement.head
        left, right = read_chain(head, scope, names), read_chain(statement.right, scope, names)
        if left is None or right is None or left.letters or right.letters or len(left.factors) != 1:
            continue
        slope = left.factors[0]
        if not isinstance(slope, Slope) or any(isinstance(factor, Slope) for factor in right.factors):
            continue
        # Between matrices the side on which a factor stands, and its transposition, would count.
        if all(_is_scalar(part, scope) for part in (slope.above, slope.below, *right.factors)):
            found.append((right.factors, slope, statement.number))
    return found


def _side_by_side(
    node: Node, left: Chained, scope: Scope, names: Mapping[str, Sequence[Named]]
) -> Iterator[_Way]:
    """A sum of chains, each through a quantity of its own that nothing defines."""
    node = strip_group(node)
    if not isinstance(node, Sum_) or any(sign != "+" for sign, _ in node.terms):
        return
    goal = contracted(left)
    through: list[Between] = []
    for _, term in node.terms:
        read = read_chain(term, scope, names)
        chain = None if read is None else contracted(read)
        if chain is None or not chain.between or not _same(goal, chain):
            return
        through.extend(chain.between)
    middles = [one.middle for one in through]
    if len(set(middles)) < len(middles) or any(_rules_of(middle, scope) for middle in middles):
        return
    printed = ", ".join(sorted({one.printed for one in through}))
    first = through[0]
    yield (replace(first, middle=None, words=f"{first.ends} only through {printed}"),), set()


# ---------------------------------------------------------------------- leaving out what stands between


def contracted(chained: Chained) -> Chained:
    """A product with every quantity left out that stands between two of its derivatives.

    Args:
        chained: the product.
    """
    if not _is_in_order(chained):
        return chained
    while (shorter := _shorter(chained)) is not None:
        chained = shorter
    return chained


def _is_in_order(chained: Chained) -> bool:
    """Whether derivatives that may be matrices follow each other, from the top down or from the bottom up."""
    slopes = [factor for factor in chained.factors if isinstance(factor, Slope)]
    if all(map(_is_number, slopes)) or not all(is_cell(slope.below) for slope in slopes):
        return True
    pairs = list(pairwise(slopes))
    down = all(upper.below == lower.above for upper, lower in pairs)
    return down or all(upper.below == lower.above for lower, upper in pairs)


def _shorter(chained: Chained) -> Chained | None:
    for upper, lower in _meeting(chained.factors):
        rest = [factor for factor in chained.factors if factor is not upper and factor is not lower]
        bound = {letter for letter, *_ in chained.letters}
        own = letters_in(upper.below)
        ends = letters_in(upper.above) | letters_in(lower.below)
        summed = own & bound
        if summed & (ends | _letters_of(rest)) or not own - summed <= ends:
            continue
        joined = Slope(upper.above, lower.below, upper.top, lower.bottom)
        factors = [joined if factor is upper else factor for factor in chained.factors if factor is not lower]
        letters = frozenset(one for one in chained.letters if one[0] not in summed)
        ends_in_words = f"${lower.bottom}$ acts on ${upper.top}$"
        gone = Between(
            lower.below, upper.below, upper.above, ends_in_words, f"${upper.bottom}$", frozenset(summed)
        )
        return Chained(letters, tuple(factors), (*chained.between, gone))
    return None


def _meeting(factors: Sequence[Slope | object]) -> Iterator[tuple[Slope, Slope]]:
    """Pairs of derivatives of which one is taken by what the other differentiates."""
    slopes = [factor for factor in factors if isinstance(factor, Slope)]
    for upper in slopes:
        for lower in slopes:
            if upper is not lower and upper.below == lower.above and upper.above != lower.below:
                yield upper, lower


def _letters_of(factors: Collection[Slope | object]) -> set[str]:
    """The letters that any factor speaks of."""
    found: set[str] = set()
    for factor in factors:
        if isinstance(factor, Slope):
            found |= letters_in(factor.above) | letters_in(factor.below)
        else:
            found |= names_in(factor)
    return found


def _same(one: Chained, other: Chained) -> bool:
    """Whether two products are the same; the order counts where factors may be matrices."""
    marks = [
        [(f.above, f.below) if isinstance(f, Slope) else f for f in side.factors] for side in (one, other)
    ]
    if one.letters != other.letters or len(marks[0]) != len(marks[1]):
        return False
    if marks[0] == marks[1]:
        return True
    numbers = all(_is_number(factor) for side in (one, other) for factor in side.factors)
    return numbers and sorted(map(repr, marks[0])) == sorted(map(repr, marks[1]))


def _is_number(factor: Slope | object) -> bool:
    """Whether a factor is a number for certain: a cell, or a derivative by one."""
    return bool(indices_of(factor.below if isinstance(factor, Slope) else factor))


def _is_scalar(factor: object, scope: Scope) -> bool:
    """Whether nothing says or shows that a factor may be a matrix or a vector."""
    if indices_of(factor):
        return True
    if is_cell(factor):
        name = name_of(factor)
        known = (
            name in scope.called or name in scope.matrices or name in scope.families or name in scope.kinds
        )
        return not known and factor[3] is None and name.islower() and " " not in name and not factor[5]
    parts = factor if isinstance(factor, tuple) else ()
    names = [part for part in parts if isinstance(part, tuple)]
    return not names or all(_is_scalar(part, scope) for part in names)


# ---------------------------------------------------------------------- what speaks against it


def _rules_of(shape: object, scope: Scope) -> list[Rule]:
    """What defines a quantity, with as many indices as it carries."""
    if not is_cell(shape):
        return []
    return [
        rule
        for known in sorted({name_of(shape), name_of(shape).partition("_")[0]})
        for rule in scope.rules.get(known, [])
        if len(rule.patterns) == len(indices_of(shape))
    ]


def _is_denied(one: Between, scope: Scope) -> bool:
    """Whether the document defines the quantity between in a way that speaks against a chain through it alone."""
    middle, lower = one.middle, one.lower
    if _is_recurrent(middle, one.summed, scope) or _is_cut(middle, one.summed, scope):
        return True
    rules = _rules_of(middle, scope)
    if not rules or not is_cell(lower) or not letters_in(middle) & letters_in(lower):
        return False
    owners = {name_of(lower), name_of(lower).partition("_")[0]}
    for rule in rules:
        used = [one for one in scope.mentions(rule.body) if {one.name, one.base} & owners]
        marks = [
            pattern.parameter if pattern.parameter is not None else pattern.offset
            for pattern in rule.patterns
        ]
        wanted = dict(zip(marks, indices_of(middle), strict=True))
        if not all(_fixes(one, indices_of(lower), wanted) for one in used):
            return True
    return False


def _counts_taps(one: Between, letters: Collection[tuple[str, object, object]], scope: Scope) -> bool:
    """Whether a sum over the cells of a convolution's output ends where the convolution's own sum does.

    That one runs over the taps of the kernel, and there are as many output cells as taps by chance alone.
    """
    limits = {(low, high) for letter, low, high in letters if letter in one.summed and high is not None}
    for rule in _rules_of(one.middle, scope) if limits else ():
        free = {pattern.parameter for pattern in rule.patterns}
        for part in walk(rule.body):
            if not isinstance(part, BigOperator) or part.upper is None:
                continue
            for letter, start in bound_letters(part):
                low = None if start is None else printed_shape(start)
                if (low, printed_shape(part.upper)) in limits and _slides(part, letter, free, scope):
                    return True
    return False


def _slides(node: Node, letter: str, free: Collection[str | None], scope: Scope) -> bool:
    """Whether some cell stands at an index made of a bound letter and a free one, x_{i+m}."""
    for used in scope.mentions(node):
        for index in used.indices:
            names = {key(part) for part in walk(index) if isinstance(part, Name)}
            if letter in names and names & set(free):
                return True
    return False


def _spans(statement: Statement, judge: Judge) -> dict[str, Range]:
    """The letters that the sums of a claim bind, with their limits where these can be read."""
    found: dict[str, Range] = {}
    for side in (statement.left, statement.right):
        for part in walk(side):
            if not isinstance(part, BigOperator) or part.operator != "sum" or part.upper is None:
                continue
            with suppress(ConvsymError, RecursionError):
                high = judge.elaborator.index(part.upper, {})
                for letter, start in bound_letters(part):
                    if start is not None:
                        found[letter] = judge.elaborator.index(start, {}), high
    return found


def _cut_short(one: Between, spans: Mapping[str, Range], scope: Scope) -> str:
    """The quantity between that a sum takes over another range than its shape has; "" where none is."""
    if not is_cell(one.middle):
        return ""
    summed = {letter for index in indices_of(one.middle) for letter in names_in(index) & one.summed}
    name = name_of(one.middle)
    return name if any(letter in spans and denies(scope, name, spans[letter]) for letter in summed) else ""


def _is_recurrent(middle: object, summed: frozenset[str], scope: Scope) -> bool:
    """Whether a sum runs over states one after another, h_t made of h_{t-1}: it would count a path several times."""
    if summed & _TIMES:
        return True
    for place, index in enumerate(indices_of(middle)):
        if not names_in(index) & set(summed):
            continue
        for rule in _rules_of(middle, scope):
            parameter = rule.patterns[place].parameter
            for used in scope.mentions(rule.body):
                if used.name != rule.name or used.layer is not None or place >= len(used.indices):
                    continue
                letter = strip_group(used.indices[place])
                if not isinstance(letter, Name) or key(letter) != parameter:
                    return True
    return False


def _is_cut(middle: object, summed: frozenset[str], scope: Scope) -> bool:
    """Whether a sum runs as far as a window reaches, over what is computed cell by cell from what it is moved over."""
    return is_cell(middle) and any(
        window_in(scope, name_of(middle), axis, span)
        for axis, index in enumerate(indices_of(middle))
        if names_in(index) & summed
        for span in scope.ranges.get((name_of(middle), axis), ())
    )


def _is_index(printed: Node, wanted: str | int) -> bool:
    """Whether an index is the letter, or the number, that a definition carries."""
    printed = strip_group(printed)
    if isinstance(wanted, int):
        return isinstance(printed, Number) and printed.text == str(wanted)
    return isinstance(printed, Name) and key(printed) == wanted


def _fixes(used: Reference, lower: Sequence[object], wanted: Mapping[str | int, object]) -> bool:
    """Whether the indices of what a definition uses say which cell it is used for, the one of the chain."""
    if len(used.indices) != len(lower):
        return False
    for parameter, index in wanted.items():
        # A cell that is written out, a_0 = v_{00} z_0 + v_{01} z_1, is one of those the chain goes through.
        places = [place for place, printed in enumerate(used.indices) if _is_index(printed, parameter)]
        if not any(lower[place] == index for place in places):
            return False
    return True


def _branches(
    one: Between, findings: Iterable[Finding], scope: Scope, names: Mapping[str, Sequence[Named]]
) -> bool:
    """Whether some line takes the same derivative through several quantities side by side."""
    if one.middle is None:
        return False
    for finding in findings:
        statement = finding.statement
        sides = [strip_group(side) for side in (statement.left, statement.right)]
        sums = [side for side in sides if isinstance(side, Sum_)]
        heads = [*sides, *([] if statement.head is None else [statement.head])]
        if not sums or not any(_ends(head, scope) == (one.upper, one.lower) for head in heads):
            continue
        chains = [read_chain(term, scope, names) for _, term in sums[0].terms]
        several = {
            factor.below
            for chain in chains
            if chain is not None
            for factor in chain.factors
            if isinstance(factor, Slope) and factor.above == one.upper
        }
        if len(several) > 1:
            return True
    return False


def _ends(node: Node, scope: Scope) -> tuple[object, object] | None:
    chain = read_chain(node, scope, {})
    slope = chain.factors[0] if chain is not None and len(chain.factors) == 1 else None
    return (slope.above, slope.below) if isinstance(slope, Slope) else None
