r"""Superscripts that only mark a name, Z^d of the dense and Z^c of the convolutional layer: no powers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from convsym.latex.syntax import BigOperator, Chain, Equation, Fraction_, Name, Node, Product, Scripted, Words
from convsym.latex.walking import children, rewritten, walk
from convsym.scope.naming import strip_group

_EQUAL = frozenset({"=", ":=", "equiv"})
# Letters above a name that mean a transpose, a layer or an iteration where they are no power.
_TAKEN = frozenset({"T", "l", "ell", "L", "t", "n", "m", "k", "i", "j"})


@dataclass(slots=True)
class _Letter:
    """How a letter is used that stands above names.

    Attributes:
        bases: the names it stands on.
        heads: those of them that a line begins with, x^d = ...
        differentiated: whether something is differentiated by a name with it.
    """

    bases: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    differentiated: bool = False


def with_tags(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which a superscript that only marks its name is a word and no exponent.

    That is a letter which stands on two names or more, by one of which something is differentiated (or one of
    which a line defines, where none of them is ever written without a superscript), and which is nothing else
    in the document: no value, no part of an exponent, no letter of a sum over what carries it.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    letters: dict[str, _Letter] = defaultdict(_Letter)
    values: set[str] = set()
    bare: set[str] = set()
    for row in rows:
        for head in _heads(row):
            letters[_tag(head)].heads.add(_base(head))
        for node in walk(row):
            if isinstance(node, Fraction_):
                for part in _below(node):
                    letters[_tag(part)].differentiated = True
            elif isinstance(node, BigOperator):
                values.update(_bound_above(node))
        _count(row, letters, values, bare)
    tags = {
        letter
        for letter, use in letters.items()
        if letter
        and letter not in values | _TAKEN
        and len(use.bases) > 1
        and (use.differentiated or (use.heads and not use.bases & bare))
    }
    if not tags:
        return dict(equations)

    def marked(node: Node) -> Node | None:
        if not isinstance(node, Scripted) or _tag(node) not in tags or node.superscript is None:
            return None
        return replace(node, superscript=Words(_tag(node), node.superscript.span))

    return {number: rewritten(equation, marked) for number, equation in equations.items()}


def _tag(node: Node) -> str:
    """The lone letter above a name, or nothing."""
    if not isinstance(node, Scripted) or node.superscript is None or not _base(node):
        return ""
    above = strip_group(node.superscript)
    return above.text if isinstance(above, Name) and len(above.text) == 1 and not above.font else ""


def _base(node: Scripted) -> str:
    base = strip_group(node.base)
    return base.text if isinstance(base, Name) and base.text not in ("e", "partial") else ""


def _heads(row: Chain) -> Iterator[Scripted]:
    first = None if row.first is None else strip_group(row.first)
    if isinstance(first, Scripted) and _tag(first) and row.links and row.links[0][0] in _EQUAL:
        yield first


def _below(node: Fraction_) -> Iterator[Scripted]:
    below = strip_group(node.denominator)
    if isinstance(below, Product) and len(below.factors) == 2:
        sign, part = (strip_group(factor) for _, factor in below.factors)
        if (
            isinstance(sign, Name)
            and sign.text in ("partial", "d")
            and isinstance(part, Scripted)
            and _tag(part)
        ):
            yield part


def _bound_above(node: BigOperator) -> Iterator[str]:
    """Letters of a sum that stand above a name under it."""
    if node.lower is not None:
        bound = {part.text for part in walk(node.lower) if isinstance(part, Name)}
        yield from (tag for part in walk(node.body) if (tag := _tag(part)) in bound)


def _count(row: Chain, letters: dict[str, _Letter], values: set[str], bare: set[str]) -> None:
    """Which names carry which letters, which letters are values, and which names stand without a superscript."""
    stack: list[Node] = [row]
    while stack:
        node = stack.pop()
        if isinstance(node, Scripted):
            base = _base(node)
            if tag := _tag(node):
                letters[tag].bases.add(base)
            elif node.superscript is not None:
                stack.append(node.superscript)
            elif base:
                bare.add(base)
            if not base:
                stack.append(node.base)
        elif isinstance(node, BigOperator):
            stack.append(node.body)
        elif isinstance(node, Name):
            values.add(node.text)
            bare.add(node.text)
        else:
            stack.extend(children(node))
