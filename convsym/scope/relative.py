r"""Layers that only letters tell apart: a_j = \sum_i w_{ji} z_i and z_j = h(a_j) as a_j^{(l)} and z_i^{(l-1)}.

Read as one family each, a and z would be defined through themselves. What a sum runs over lies one layer below what
it defines; which letters lie how far above each other, the weights between them say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Scripted,
    Sum_,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.hygiene import derives
from convsym.scope.lettered import bound_in, carried_letters
from convsym.scope.naming import EQUALITIES, plain_letter, strip_group

_ERRORS = frozenset({"delta"})
_LAYERS = ("l", "ell", "L")
_FARTHEST = 2


@dataclass(frozen=True, slots=True)
class _Circle:
    """A layer that is defined through itself, as far as its letters go.

    Attributes:
        sums, outputs, weights: the names of a, z and w.
        first: whether the first index of a weight is that of the layer above.
        upper, lower: the letters of the definition.
    """

    sums: str
    outputs: str
    weights: str
    first: bool
    upper: str
    lower: str


def with_relative_layers(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same formulas, the quantities of such a network with the layer that their letters stand for.

    Rows that the letters do not fit are left as they are: a sum over outputs that no weight connects, as in a loss
    or a softmax, and weights that run the other way.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    circle = _circle(rows)
    levels = {} if circle is None else _levels(circle, rows)
    names = {part.text for row in rows for part in walk(row) if isinstance(part, Name)}
    letter = next((name for name in _LAYERS if name not in names), None)
    if circle is None or not levels or letter is None:
        return dict(equations)

    def changed(row: Chain) -> Chain:
        return rewritten(row, _layered(circle, levels, letter)) if _fits(row, circle, levels) else row

    return {
        number: replace(equation, rows=tuple(changed(row) for row in equation.rows))
        for number, equation in equations.items()
    }


def _circle(rows: Iterable[Chain]) -> _Circle | None:
    """The one sum a_j = \\sum_i w_{ji} z_i of a document with z_j a function of a_j; None without, or with several."""
    sums: list[_Circle] = []
    made: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        head = None if row.first is None or not row.links else carried_letters(strip_group(row.first))
        if head is None or len(head[1]) != 1 or row.links[0][0] not in EQUALITIES:
            continue
        body = row.links[0][1]
        if derives(body):
            continue
        operators = [part for part in walk(body) if isinstance(part, BigOperator)]
        own = {found[0] for part in walk(body) if (found := carried_letters(part)) and found[1] == head[1]}
        if not operators:
            made[head[0]] |= own - {head[0]}
        for operator in operators:
            if operator.operator == "sum" and len(bound := bound_in(operator)) == 1:
                sums.extend(_weighted(head[0], head[1][0], bound.pop(), operator.body))
    circles = {one for one in sums if one.sums in made.get(one.outputs, ())}
    return circles.pop() if len(circles) == 1 else None


def _weighted(name: str, upper: str, lower: str, body: Node) -> Iterator[_Circle]:
    """The circle that one sum over a letter may be a part of: a weight with both letters times an output."""
    found = [one for part in walk(body) if (one := carried_letters(part)) is not None]
    weights = {(one, letters) for one, letters in found if sorted(letters) == sorted((upper, lower))}
    outputs = {one for one, letters in found if letters == (lower,)}
    if len(weights) == 1 and len(outputs) == 1 and name not in outputs:
        (weight, letters), output = weights.pop(), outputs.pop()
        yield _Circle(name, output, weight, letters[0] == upper, upper, lower)


def _levels(circle: _Circle, rows: Iterable[Chain]) -> dict[str, int]:
    """Letter -> how many layers it lies above the one that is defined; empty where the weights do not agree."""
    told = [row for row in rows if _speaks_of(row, circle)]
    votes = Counter(pair for row in told for pair in (*_pairs(row, circle), *_slopes(row, circle)))
    levels = {circle.upper: 0, circle.lower: -1}
    grown = True
    while grown:
        grown = False
        for upper, lower in sorted(votes, key=lambda pair: (-votes[pair], pair)):
            known = levels.get(upper), levels.get(lower)
            if (known[0] is None) == (known[1] is None) or votes[lower, upper] >= votes[upper, lower]:
                continue
            level = levels[upper] - 1 if lower not in levels else levels[lower] + 1
            if abs(level) <= _FARTHEST:
                levels[upper if lower in levels else lower] = level
                grown = True
                break
    agreeing = sum(count for pair, count in votes.items() if _agrees(pair, levels))
    return levels if 2 * agreeing > votes.total() else {}


def _speaks_of(row: Chain, circle: _Circle) -> bool:
    """Whether a row has a quantity of a single cell of the network, and not its weights alone."""
    own = (circle.sums, circle.outputs, *_ERRORS)
    return any(found is not None and found[0] in own for found in map(carried_letters, walk(row)))


def _pairs(row: Chain, circle: _Circle) -> Iterator[tuple[str, str]]:
    """The letters (above, below) of the weights in a row."""
    yield from _pairs_in(row, circle)


def _pairs_in(node: Node, circle: _Circle) -> Iterator[tuple[str, str]]:
    for part in walk(node):
        found = carried_letters(part)
        if found is not None and found[0] == circle.weights and len(found[1]) == 2:
            yield (found[1][0], found[1][1]) if circle.first else (found[1][1], found[1][0])


def _slopes(row: Chain, circle: _Circle) -> Iterator[tuple[str, str]]:
    """The letters of what is differentiated and by what, where both are quantities of the network."""
    for part in walk(row):
        if isinstance(part, Fraction_) and derives(part):
            ends = [next(_letters_of(side, circle), "") for side in (part.numerator, part.denominator)]
            if all(ends) and ends[0] != ends[1]:
                yield ends[0], ends[1]


def _agrees(pair: tuple[str, str], levels: Mapping[str, int]) -> bool:
    upper, lower = (levels.get(letter) for letter in pair)
    return upper is not None and lower is not None and upper == lower + 1


def _fits(row: Chain, circle: _Circle, levels: Mapping[str, int]) -> bool:
    """Whether the letters of a row say its layers."""
    if not _speaks_of(row, circle):
        return False
    if not all(_agrees(pair, levels) for pair in _pairs(row, circle)) and not _tells(row, circle, levels):
        return False
    for part in walk(row):
        if not isinstance(part, BigOperator):
            continue
        bound = bound_in(part)
        inner = [found for one in walk(part.body) if (found := carried_letters(one)) is not None]
        values = any(
            name in (circle.sums, circle.outputs, *_ERRORS) and set(letters) & bound
            for name, letters in inner
        )
        weighted = any(name == circle.weights and set(letters) & bound for name, letters in inner)
        if values and not weighted and not derives(part.body):
            return False
    return True


def _tells(row: Chain, circle: _Circle, levels: Mapping[str, int]) -> bool:
    """Whether a row says by itself which of two letters lies above: a_k over z_j, or the errors a sum over k takes.

    A weight that runs the other way is printed wrongly there, and no weight of a formula in other letters.
    """
    for upper, lower in _pairs(row, circle):
        if not _agrees((lower, upper), levels) and not _agrees((upper, lower), levels):
            return False
    for part in walk(row):
        if isinstance(part, BigOperator):
            bound = bound_in(part)
            if any(_is_error(inner, circle, bound) for inner in walk(part.body)):
                others = {one for pair in _pairs_in(part.body, circle) for one in pair} - bound
                if all(_agrees((one, other), levels) for one in bound for other in others) and others:
                    return True
    return any(_agrees(pair, levels) for pair in _slopes(row, circle))


def _is_error(node: Node, circle: _Circle, bound: set[str]) -> bool:
    """Whether a node is an error term, or a slope by a sum of the layer, at a letter that a sum binds."""
    found = carried_letters(node)
    if found is not None:
        return found[0] in _ERRORS and set(found[1]) <= bound
    return (
        isinstance(node, Fraction_)
        and derives(node)
        and any(letter in bound for letter in _letters_of(node.denominator, circle))
    )


def _letters_of(node: Node, circle: _Circle) -> Iterator[str]:
    """The letters of the quantities of single cells in a node."""
    for part in walk(node):
        found = carried_letters(part)
        if found is not None and len(found[1]) == 1 and found[0] in (circle.sums, circle.outputs):
            yield found[1][0]


def _layered(circle: _Circle, levels: Mapping[str, int], letter: str):  # type: ignore[no-untyped-def]
    """What gives each quantity of a network the layer of its letters."""

    def change(node: Node) -> Node | None:
        found = carried_letters(node)
        if found is None or not isinstance(node, Scripted):
            return None
        name, letters = found
        known = [levels.get(plain_letter(one)) for one in letters]
        if None in known or node.superscript is not None:
            return None
        if len(letters) == 1 and name not in (circle.sums, circle.outputs, *_ERRORS):
            return None
        if len(letters) == 2 and name != circle.weights:
            return None
        level = max(one for one in known if one is not None)
        return replace(node, superscript=Bracket("(", (_layer(letter, level, node),), node.span))

    return change


def _layer(letter: str, level: int, node: Node) -> Node:
    name = Name(letter, node.span)
    if not level:
        return name
    return Sum_((("+", name), ("+" if level > 0 else "-", Number(str(abs(level)), node.span))), node.span)


__all__ = ["with_relative_layers"]
