"""Whether a true edit of a claim is one that a reader would make: no trivial line, no 0 and 1 that say nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Sum_,
)
from convsym.latex.walking import children, walk
from convsym.repair.edit import differential
from convsym.repair.tree import key

_GROUPS = ("(", "[", "group")
_LONGER = 2
"""How many times as long as what it replaces a whole new side may be, and at most ..."""

_ROOM = 20
"""... so many nodes longer."""


def is_plausible(claim: Chain, edited: Chain) -> bool:
    r"""Whether an edit leaves a line that says something, in a form that somebody would write.

    Args:
        claim: the relation as printed.
        edited: the relation after the edit, known to be true.

    Returns:
        False for a line whose sides are alike but for brackets, order, 0 and 1; for one that brings in a term 0, a
        factor 1, a divisor 1 or a number over itself; for one whose left side has become a number, has lost a name
        or speaks of a second derivative instead of a first one: what a line speaks of is no slip.
    """
    if claim.first is None or edited.first is None or not edited.links:
        return True
    if says_nothing(edited):
        return False
    if _idle(edited) > _idle(claim):
        return False
    return not _another_subject(claim.first, edited.first)


def says_nothing(claim: Chain) -> bool:
    """Whether both sides of a relation are one expression, but for brackets, order, 0 and 1."""
    sides = children(claim)
    return len(sides) == 2 and _plain(sides[0]) == _plain(sides[1])


def is_of_a_length(old: Node, new: Node) -> bool:
    """Whether a whole side may stand in for another: about as long, and no cases where none were printed.

    Args:
        old: the side as printed.
        new: what would replace it.
    """
    before, after = sum(1 for _ in walk(old)), sum(1 for _ in walk(new))
    if any(isinstance(part, Cases) for part in walk(new)) and not any(
        isinstance(part, Cases) for part in walk(old)
    ):
        return False
    return after <= max(_LONGER * before, before + _ROOM)


def _plain(node: Node) -> str:
    """What a side says, brackets, the order of terms and factors, 0 and 1 aside."""
    match node:
        case Bracket(kind, (single,)) if kind in _GROUPS:
            return _plain(single)
        case Sum_() | Signed():
            net: Counter[str] = Counter()
            for sign, said in _terms(node, 1):
                net[str(said)] += sign
            left = sorted((said, count) for said, count in net.items() if count)
            return left[0][0] if len(left) == 1 and left[0][1] == 1 else repr(("sum", left))
        case Product():
            slope = _prime(node)
            if slope is not None:
                return slope
            factors = sorted(_plain(part) for part in _factors(node))
            return factors[0] if len(factors) == 1 else repr(("product", tuple(factors)))
    return repr(key(node)) if not children(node) or isinstance(node, Scripted) else repr(_rest(node))


def _rest(node: Node) -> Hashable:
    if isinstance(node, BigOperator):
        return key(node)
    return (type(node).__name__, getattr(node, "kind", ""), tuple(_plain(p) for p in children(node)))


def _terms(node: Node, sign: int) -> Iterator[tuple[int, str]]:
    """The terms of a sum with their signs, those that are 0 left out."""
    match node:
        case Bracket(kind, (single,)) if kind in _GROUPS:
            yield from _terms(single, sign)
        case Signed("+" | "-" as mark, operand):
            yield from _terms(operand, -sign if mark == "-" else sign)
        case Sum_(terms) if all(mark in "+-" for mark, _ in terms):
            for joint, term in terms:
                yield from _terms(term, -sign if joint == "-" else sign)
        case Number(text) if not text.strip("0."):
            return
        case _:
            yield sign, _plain(node)


def _factors(node: Product) -> Iterator[Node]:
    if any(operator not in ("", "cdot", "times", "*") for operator, _ in node.factors):
        yield from (part for _, part in node.factors)
        return
    for _, part in node.factors:
        if not (isinstance(part, Number) and part.text == "1"):
            yield part


def _prime(node: Product) -> str | None:
    r"""\frac{d}{dx} f(x) as f'(x)."""
    match [part for _, part in node.factors]:
        case [
            Fraction_(Name("d" | "partial"), below),
            Name() | Scripted(Name(), None, None) as function,
            Bracket("(", (argument,)) as behind,
        ]:
            by = differential(below)
            if by is not None and key(by) == key(argument):
                base = function.base if isinstance(function, Scripted) else function
                primes = function.primes if isinstance(function, Scripted) else 0
                primed = Scripted(base, None, None, primes + 1, function.span)
                return repr(("product", tuple(sorted((_plain(primed), _plain(behind))))))
    return None


def _idle(claim: Node) -> int:
    """How many terms 0, factors 0 or 1, divisors 1 and numbers over themselves a relation prints among its letters."""
    found = 0
    for node in walk(claim):
        match node:
            case Sum_(terms) if any(not _is_numeric(term) for _, term in terms):
                found += sum(isinstance(term, Number) and term.text == "0" for _, term in terms)
            case Product(factors) if any(not _is_numeric(factor) for _, factor in factors):
                numbers = [part.text for _, part in factors if isinstance(part, Number)]
                found += sum(text in ("0", "1") for text in numbers)
                divisors = [part.denominator for _, part in factors if isinstance(part, Fraction_)]
                found += sum(isinstance(part, Number) and part.text in numbers for part in divisors)
            case Fraction_(_, Number("1")):
                found += 1
            case Fraction_(Product(factors), Number(text)) if text != "1":
                found += sum(isinstance(part, Number) and part.text == text for _, part in factors)
            case Fraction_(Number("0"), _):
                found += 1
    return found


def _is_numeric(node: Node) -> bool:
    return not any(isinstance(part, Name) for part in walk(node))


def _another_subject(old: Node, new: Node) -> bool:
    """Whether the left side no longer speaks of what it spoke of: a number now, or without one of its names."""
    if key(old) == key(new):
        return False
    before, after = Counter(_names(old)), Counter(_names(new))
    if before and not after:
        return True
    return sum(after.values()) < sum(before.values()) or _primes(new) > max(1, _primes(old))


def _primes(node: Node) -> int:
    return max((part.primes for part in walk(node) if isinstance(part, Scripted)), default=0)


def _names(node: Node) -> Iterator[str]:
    """The names of a side that stand in no index."""
    if isinstance(node, Name):
        yield node.text
        return
    if isinstance(node, Scripted):
        yield from _names(node.base)
        if node.superscript is not None:
            yield from _names(node.superscript)
        return
    for part in children(node):
        yield from _names(part)


__all__ = ["is_of_a_length", "is_plausible", "says_nothing"]
