r"""Letters that say the layer, O_j = f(I_j) beside O_k = f(I_k), I_k = \sum_j w_{kj} O_j, as layers by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple_,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.naming import EQUALITIES, key, plain_letter, strip_group

_LETTERS = frozenset("abcdefghijklmnopqrst")
# What runs from the last layer to the first is no definition of what a layer is made of.
_ERRORS = frozenset({"delta", "Delta", "epsilon", "varepsilon", "e", "partial"})


@dataclass(slots=True)
class _Uses:
    """How a document uses letters below its names.

    Attributes:
        defined: name -> the letters at which a line defines it.
        below: letter -> the letters that the sums run over which define what carries it.
        alone: name -> letters that it carries by themselves.
        pairs: name -> the pairs of letters it carries in definitions, in printed order.
    """

    defined: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    below: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    alone: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    pairs: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))


def with_lettered_layers(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same formulas, every layer by its number where the letters below the names tell it.

    The letters tell it where one name is defined at two of them and each of these definitions sums over the
    letter of the layer before: what carries j is another quantity than what carries k.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    uses = _uses(equations.values())
    levels = _levels(uses)
    if not levels:
        return dict(equations)
    layered = {
        name
        for name, letters in uses.alone.items()
        if len(letters & set(levels)) > 1 or (name in _ERRORS and letters & set(levels))
    }

    def change(node: Node) -> Node | None:
        carried = carried_letters(node)
        if carried is None or not isinstance(node, Scripted):
            return None
        name, letters = carried
        known = [plain_letter(letter) for letter in letters]
        if not all(letter in levels for letter in known):
            return None
        layer = max(levels[letter] for letter in known)
        subscript = node.subscript
        if len(known) == 1:
            if name not in layered:
                return None
        else:
            if name not in uses.pairs or abs(levels[known[0]] - levels[known[1]]) != 1:
                return None
            if (known[0], known[1]) not in uses.pairs[name] and (known[1], known[0]) in uses.pairs[name]:
                subscript = _turned(node)
        mark = Bracket("(", (Number(str(layer), node.span),), node.span)
        inner = Scripted(node.base, subscript, mark, node.primes, node.span)
        if node.superscript is None:
            return inner
        raised = Bracket("group", (inner,), node.span)
        return Scripted(raised, None, rewritten(node.superscript, change), 0, node.span)

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def _uses(equations: Iterable[Equation]) -> _Uses:
    uses = _Uses()
    for equation in equations:
        for row in equation.rows:
            for node in walk(row):
                carried = carried_letters(node)
                if carried is not None and len(carried[1]) == 1:
                    uses.alone[carried[0]].add(plain_letter(carried[1][0]))
            _read_definition(row, uses)
    return uses


def _read_definition(row: Chain, uses: _Uses) -> None:
    carried = carried_letters(strip_group(row.first)) if row.first is not None and row.links else None
    if carried is None or len(carried[1]) != 1 or row.links[0][0] not in EQUALITIES:
        return
    (name, (letter,)), body = carried, row.links[0][1]
    if name in _ERRORS or any(isinstance(part, Scripted) and part.primes for part in walk(body)):
        return
    uses.defined[name].add(letter)
    for part in walk(body):
        if not isinstance(part, BigOperator) or part.operator != "sum":
            continue
        bound = bound_in(part)
        for inner in walk(part.body):
            found = carried_letters(inner)
            if found is None or not set(found[1]) & bound:
                continue
            if len(found[1]) == 1:
                uses.below[letter].add(found[1][0])
            else:
                uses.pairs[found[0]].add((found[1][0], found[1][1]))


def _levels(uses: _Uses) -> dict[str, int]:
    """Letter -> the number of its layer; empty where letters say no layer."""
    twice = {name for name, letters in uses.defined.items() if len(letters) > 1}
    summed = [letter for letter, below in uses.below.items() if len(below) == 1]
    if not twice or len(summed) < len(uses.below) or len(summed) < 2:
        return {}
    under = {letter: next(iter(uses.below[letter])) for letter in summed}
    (first, *others) = sorted(set(under.values()) - set(under)) or [""]
    if not first or others or len(set(under.values())) < len(under):
        return {}
    above = {below: letter for letter, below in under.items()}
    order = [first]
    while order[-1] in above and len(order) <= len(above):
        order.append(above[order[-1]])
    whole = len(order) == len(under) + 1 and any(uses.defined[name] >= set(order[1:]) for name in twice)
    return {letter: number for number, letter in enumerate(order)} if whole else {}


def carried_letters(node: Node) -> tuple[str, tuple[str, ...]] | None:
    """A name and the one or two letters below it; None where it carries anything else, or a layer.

    Args:
        node: any node.
    """
    if not isinstance(node, Scripted) or node.subscript is None:
        return None
    base = strip_group(node.base)
    if not isinstance(base, Name) or isinstance(node.superscript, Bracket):
        return None
    letters = [_letter(item) for item in items_of(node.subscript)]
    if not 1 <= len(letters) <= 2 or "" in letters:
        return None
    return key(base), tuple(letters)


def items_of(subscript: Node) -> Collection[Node]:
    """The indices in a subscript, with commas between them or without.

    Args:
        subscript: what stands below a name.
    """
    subscript = strip_group(subscript)
    if isinstance(subscript, Tuple_):
        return subscript.items
    if isinstance(subscript, Product) and not any(operator for operator, _ in subscript.factors):
        return [factor for _, factor in subscript.factors]
    return [subscript]


def _letter(node: Node) -> str:
    node = strip_group(node)
    return key(node) if isinstance(node, Name) and plain_letter(key(node)) in _LETTERS else ""


def bound_in(part: BigOperator) -> set[str]:
    """The letters that a sum runs over.

    Args:
        part: the sum.
    """
    lower = part.lower.first if isinstance(part.lower, Chain) else part.lower
    items: Iterator[Node] = iter(()) if lower is None else iter(items_of(lower))
    return {letter for item in items if (letter := _letter(item))}


def _turned(node: Scripted) -> Node:
    assert node.subscript is not None
    subscript = strip_group(node.subscript)
    if isinstance(subscript, Tuple_):
        return replace(subscript, items=subscript.items[::-1])
    assert isinstance(subscript, Product)
    (_, first), (_, second) = subscript.factors
    return replace(subscript, factors=(("", second), ("", first)))
