r"""Cells, limits and derivatives as they are printed: z^{l+1}_{n,a,b,f}, w(f)_{i,j,c}, \sum_{(a,b)=(0,0)}^{(S)}."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from convsym.latex.printer import to_latex
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import children, walk
from convsym.scope.naming import strip_group

_WORD = 3
_MOST_INDICES = 8
_GROUPS = frozenset({"(", "[", "{", "group"})


@dataclass(frozen=True, slots=True)
class CellNode:
    """A cell as printed.

    Attributes:
        name: base with its font, primes and label.
        layer: what stands raised on it as a layer, or None.
        indices: one node an index, in printed order.
    """

    name: str
    layer: Node | None
    indices: tuple[Node, ...]

    @property
    def form(self) -> tuple[str, int]:
        """What tells this family from others: its name, and how many indices it carries."""
        return self.name, len(self.indices)


@dataclass(frozen=True, slots=True)
class Limits:
    """A letter of a sum with its limits.

    Attributes:
        letter: the letter.
        low, high: the limits; None for an end that is not written, or only by a word.
        word: the word that stands as the upper limit, with the letter's place in the tuple, or None.
    """

    letter: str
    low: Node | None
    high: Node | None
    word: tuple[str, int] | None = None


def printed(node: Node) -> str:
    """A node as LaTeX; a name set in a font that LaTeX has no command for, by the font's name."""
    try:
        return to_latex(node)
    except KeyError:
        names = [f"{part.font}:{part.text}" for part in walk(node) if isinstance(part, Name)]
        return f"\\operatorname{{{' '.join(names)}}}"


def letter_of(node: Node) -> str | None:
    r"""The letter that a node prints, with its primes and its label: i, \nu, c', c_{out}; None for anything else."""
    node = strip_group(node)
    if isinstance(node, Name):
        return printed(node) if len(node.text) == 1 or not node.font else None
    if (
        isinstance(node, Scripted)
        and isinstance(node.base, Name)
        and node.superscript is None
        and letter_of(node.base) is not None
    ):
        label = node.subscript
        if label is None or (isinstance(label, Name) and label.font in ("text", "rm")):
            return printed(node)
    return None


def cell_of(node: Node) -> CellNode | None:
    """The cell that a node prints, or None."""
    node = strip_group(node)
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] == "":
        return called_cell(node.factors[0][1], node.factors[1][1])
    if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.subscript is None:
        return None
    indices = tuple(_indices(node.subscript))
    if not 0 < len(indices) <= _MOST_INDICES:
        return None
    name = printed(node.base) + "'" * node.primes
    if node.superscript is None:
        return CellNode(name, None, indices)
    layer = layer_of(node.superscript)
    return CellNode(name, layer, indices) if layer is not None else None


def called_cell(base: Node, place: Node) -> CellNode | None:
    """w(f)_{i,j,c}^{l}, the cell of the f-th kernel: the index in brackets is the first."""
    if not isinstance(base, Name) or not isinstance(place, Scripted) or place.primes:
        return None
    bracket = place.base
    if (
        not isinstance(bracket, Bracket)
        or bracket.kind != "("
        or any(letter_of(i) is None for i in bracket.items)
    ):
        return None
    layer = layer_of(place.superscript) if place.superscript is not None else None
    if (place.superscript is not None and layer is None) or (place.subscript is None and layer is None):
        return None
    rest = tuple(_indices(place.subscript)) if place.subscript is not None else ()
    return CellNode(printed(base), layer, (*bracket.items, *rest))


def layer_of(node: Node) -> Node | None:
    """The layer that stands raised on a cell, l or l+1 or (l-1); None for a power or a mark."""
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind in _GROUPS and len(node.items) == 1:
        node = node.items[0]
    letters = [part for part in walk(node) if isinstance(part, Name)]
    if len(letters) != 1 or letters[0].text in ("T", "top", "prime", "ast", "star"):
        return None
    if (isinstance(node, Name) and len(node.text) == 1) or getattr(node, "text", "") == "ell":
        return node
    if isinstance(node, Sum_) and all(isinstance(term, Name | Number) for _, term in node.terms):
        return node
    return None


def _indices(subscript: Node) -> Iterator[Node]:
    r"""The indices of a subscript: nij and \nu\mu uv are letters each, m,(i+a,j+b) three."""
    subscript = strip_group(subscript)
    match subscript:
        case Tuple_(items):
            for item in items:
                yield from _indices(item)
        case Bracket(kind, items) if kind in ("(", "group") and len(items) > 1:
            for item in items:
                yield from _indices(item)
        case Bracket("(", (single,)):
            yield from _indices(single)
        case Product(factors) if all(op == "" for op, _ in factors) and all(
            letter_of(f) is not None or isinstance(f, Number) for _, f in factors
        ):
            for _, factor in factors:
                yield from _indices(factor)
        case Number(text, span) if text.isdigit():
            for digit in text:
                yield Number(digit, span)
        case _:
            yield subscript


def limits_of(operator: BigOperator) -> tuple[Limits, ...] | None:
    r"""The letters of a sum with their limits; None where its limits are of another form.

    \sum_{(a,b)=(0,0)}^{(S)}, \sum_{i,j=(0,0)}^{S} and \sum_{nij=(0,0,0)}^{shape(y)} run over tuples: an upper
    limit that is a word says "all of them".
    """
    lower, upper = operator.lower, operator.upper
    if lower is None:
        return None
    parts = _tuple_lower(lower)
    if parts is None:
        return None
    letters, lows = parts
    if len(lows) == 1 and len(letters) > 1 and upper is None:
        lows = (None,) * len(letters)
    highs = _highs(upper, len(letters))
    if highs is None or len(lows) != len(letters):
        return None
    word = printed(upper) if upper is not None and highs[0] is None else None
    return tuple(
        Limits(letter, low, high, None if word is None else (word, place))
        for place, (letter, low, high) in enumerate(zip(letters, lows, highs, strict=True))
    )


def _tuple_lower(lower: Node) -> tuple[tuple[str, ...], tuple[Node | None, ...]] | None:
    lower = strip_group(lower)
    low: Node | None = None
    if isinstance(lower, Tuple_) and isinstance(lower.items[-1], Chain):
        last = lower.items[-1]
        if any(isinstance(item, Chain) for item in lower.items[:-1]):
            ends = [_tuple_lower(item) for item in lower.items]
            if any(end is None or len(end[0]) != 1 for end in ends):
                return None
            return tuple(e[0][0] for e in ends if e), tuple(e[1][0] for e in ends if e)
        nodes: tuple[Node, ...] = (*lower.items[:-1], *((last.first,) if last.first is not None else ()))
        if len(last.links) != 1 or last.links[0][0] != "=":
            return None
        low = last.links[0][1]
    elif isinstance(lower, Chain):
        if lower.first is None or len(lower.links) != 1 or lower.links[0][0] != "=":
            return None
        nodes, low = tuple(_indices(lower.first)), lower.links[0][1]
    else:
        nodes = tuple(_indices(lower))
    letters = [letter_of(node) for node in nodes]
    if not letters or None in letters or len(set(letters)) < len(letters):
        return None
    named = tuple(letter for letter in letters if letter is not None)
    if low is None:
        return named, (None,) * len(named)
    low = strip_group(low)
    lows = low.items if isinstance(low, Bracket | Tuple_) else (low,)
    if len(lows) == 1 and len(named) > 1:
        lows = lows * len(named)
    return (named, tuple(lows)) if len(lows) == len(named) else None


def _highs(upper: Node | None, count: int) -> tuple[Node | None, ...] | None:
    if upper is None:
        return (None,) * count
    upper = strip_group(upper)
    if isinstance(upper, Bracket | Tuple_) and len(upper.items) == count > 1:
        return tuple(upper.items)
    if any(
        isinstance(part, Name) and len(part.text) > _WORD and part.font in ("text", "rm")
        for part in walk(upper)
    ):
        return (None,) * count
    return (upper,) if count == 1 else None


def derivative_of(node: Node) -> tuple[Node | None, Node] | None:
    r"""What is differentiated and by what: \frac{\partial E}{\partial y}; None first for a bare operator."""
    node = strip_group(node)
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] == "/":
        above, below = strip_group(node.factors[0][1]), strip_group(node.factors[1][1])
    elif isinstance(node, Fraction_):
        above, below = strip_group(node.numerator), strip_group(node.denominator)
    else:
        return None
    by = _behind_partial(below)
    if by is None:
        return None
    if isinstance(above, Name) and above.text == "partial":
        return None, by
    of = _behind_partial(above)
    return None if of is None else (of, by)


def _behind_partial(node: Node) -> Node | None:
    if not isinstance(node, Product) or len(node.factors) < 2:
        return None
    first = node.factors[0][1]
    if not isinstance(first, Name) or first.text != "partial" or any(op != "" for op, _ in node.factors[1:]):
        return None
    rest = node.factors[1:]
    return rest[0][1] if len(rest) == 1 else Product((("", rest[0][1]), *rest[1:]), node.span)


def primes_of(node: Scripted) -> int:
    """How many primes stand on a name, however they are printed; 0 where something else does."""
    raised = strip_group(node.superscript) if node.superscript is not None else None
    if raised is None:
        return node.primes
    return node.primes + 1 if isinstance(raised, Name) and raised.text == "prime" else 0


def free_letters(node: Node) -> Iterator[str]:
    """The letters that stand alone as an index where no sum runs over them."""
    for cell, bound in _cells(node):
        yield from (x for i in cell.indices if (x := letter_of(i)) is not None and x not in bound)


def cells_in(node: Node) -> Iterator[CellNode]:
    """The cells printed in a formula; an index is no cell."""
    return (cell for cell, _ in _cells(node))


def _cells(node: Node) -> Iterator[tuple[CellNode, frozenset[str]]]:
    """The cells of a formula, each with the letters of the sums around it."""
    stack: list[tuple[Node, frozenset[str]]] = [(node, frozenset())]
    while stack:
        top, bound = stack.pop()
        top = strip_group(top)
        cell = cell_of(top)
        if cell is not None:
            yield cell, bound
        elif isinstance(top, Product):
            number = 0
            while number < len(top.factors):
                behind = top.factors[number + 1] if number + 1 < len(top.factors) else None
                part = top.factors[number][1]
                called = called_cell(part, behind[1]) if behind is not None and behind[0] == "" else None
                if called is not None:
                    yield called, bound
                else:
                    stack.append((part, bound))
                number += 1 if called is None else 2
        elif isinstance(top, BigOperator):
            stack.append((top.body, bound | {limit.letter for limit in limits_of(top) or ()}))
        elif not isinstance(top, Scripted):
            stack.extend((part, bound) for part in children(top))


__all__ = [
    "CellNode",
    "Limits",
    "called_cell",
    "cell_of",
    "cells_in",
    "derivative_of",
    "free_letters",
    "layer_of",
    "letter_of",
    "limits_of",
    "primes_of",
    "printed",
]
