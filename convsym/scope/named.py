r"""Subscripts that only name a quantity, the output's z_o beside the cells z_1 and z_2: no cell at a free index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Ellipsis_,
    Equation,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple_,
    Words,
)
from convsym.latex.walking import children, rewritten, walk
from convsym.scope.forms import printed_shape
from convsym.scope.naming import strip_group
from convsym.scope.tagged import with_tags

# Letters that count wherever they stand.
_COUNTING = frozenset("ijklmnpqrstuv")


@dataclass(slots=True)
class _Use:
    """How a letter is used that stands alone under names.

    Attributes:
        bases: the names it stands under.
        settled: those of them that a line says what they are, in numbers or by cells with numbers.
    """

    bases: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)


def with_marks(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which letters above and below a name that only mark it are words.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    return with_tags(with_named_subscripts(equations))


def with_named_subscripts(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which a letter under a name that is a name of its own is a word and no index.

    That is a letter that stands alone under every name it stands under, one of which also has cells with numbers;
    of one of which a line says what it is, in numbers or by such cells; and that is nothing else in the document:
    no value, no letter of a sum or a range, no part of another index. Or it is a quantity that something is
    differentiated by, the hidden h of z_h and w_h, and with it what stands under the same names, the o of w_o.
    So are two letters, h and o, of which lines define one name in two ways, z_h = w_h x and z_o = w_o a_h.
    The letters everybody counts with are none.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    uses: dict[str, _Use] = defaultdict(_Use)
    numbered: set[str] = set()
    others: set[str] = set()
    for equation in equations.values():
        for row in equation.rows:
            _count(row, uses, numbered, others)
    named = {
        letter
        for letter, use in uses.items()
        if letter not in others | _COUNTING and use.settled and use.bases & numbered
    }
    named |= _told_apart(equations) | _differentiated(equations, uses, others)
    if not named:
        return dict(equations)

    def marked(node: Node) -> Node | None:
        letter = _letter(node)
        if letter not in named or not isinstance(node, Scripted) or node.subscript is None:
            return None
        superscript = None if node.superscript is None else rewritten(node.superscript, marked)
        return replace(node, subscript=Words(letter, node.subscript.span), superscript=superscript)

    return {number: rewritten(equation, marked) for number, equation in equations.items()}


def _told_apart(equations: Mapping[int, Equation]) -> set[str]:
    """Letters that mark one name in definitions that say different things of it, and that nothing runs over."""
    defined: dict[str, dict[str, set[object]]] = defaultdict(lambda: defaultdict(set))
    running: set[str] = set()
    for equation in equations.values():
        for row in equation.rows:
            running |= _running(row)
            first = None if row.first is None or not row.links else strip_group(row.first)
            if isinstance(first, Scripted) and (letter := _letter(first)) and row.links[0][0] in ("=", ":="):
                body = rewritten(row.links[0][1], partial(_unmarked, letter=letter))
                defined[_base(first)][letter].add(printed_shape(body))
    found: set[str] = set()
    for bodies in defined.values():
        free = {letter: said for letter, said in bodies.items() if letter not in running | _COUNTING}
        if len(free) > 1 and all(one.isdisjoint(other) for one, other in combinations(free.values(), 2)):
            found |= set(free)
    return found


def _unmarked(node: Node, letter: str) -> Node | None:
    """A name that carries a letter with a mark that stands for any."""
    if _letter(node) != letter or not isinstance(node, Scripted) or node.subscript is None:
        return None
    return replace(node, subscript=Words("?", node.subscript.span))


def _running(row: Chain) -> set[str]:
    """The letters that a sum runs over, that a condition speaks of, or that stand in an index with something else."""
    found: set[str] = set()
    stack: list[Node] = [row]
    while stack:
        node = stack.pop()
        parts: tuple[Node | None, ...] = ()
        if isinstance(node, BigOperator):
            parts = (node.lower, node.upper)
        elif isinstance(node, Scripted) and not _letter(node):
            above = None if node.superscript is None else strip_group(node.superscript)
            parts = (node.subscript, above if isinstance(above, Name | Bracket) else None)
        elif isinstance(node, Chain):
            parts = node.conditions
            stack.extend(node.conditions)
        found |= {
            part.text for one in parts if one is not None for part in walk(one) if isinstance(part, Name)
        }
        stack.extend(children(node))
    return found


def _differentiated(
    equations: Mapping[int, Equation], uses: Mapping[str, _Use], others: Collection[str]
) -> set[str]:
    """The letters under several names that are quantities a document differentiates, and those beside them."""
    slopes, counted = set[str](), set[str]()
    for part in (part for equation in equations.values() for row in equation.rows for part in walk(row)):
        if isinstance(part, Product) and len(part.factors) == 2:
            head, letter = (strip_group(factor) for _, factor in part.factors)
            if isinstance(head, Name) and head.text == "partial" and isinstance(letter, Name):
                slopes.add(letter.text)
        elif isinstance(part, BigOperator):
            limits = [limit for limit in (part.lower, part.upper) if limit is not None]
            counted |= {inner.text for limit in limits for inner in walk(limit) if isinstance(inner, Name)}
        elif isinstance(part, Scripted) and part.subscript is not None and not _letter(part):
            counted |= {inner.text for inner in walk(part.subscript) if isinstance(inner, Name)}
        elif isinstance(part, Chain) and any(
            isinstance(right, Tuple_ | Ellipsis_) for _, right in part.links
        ):
            counted |= {inner.text for inner in walk(part) if isinstance(inner, Name)}
    kept = {letter for letter in uses if letter not in counted | _COUNTING}
    named = {letter for letter in kept & slopes if len(uses[letter].bases) > 1}
    bases = {base for letter in named for base in uses[letter].bases}
    return named | {letter for letter in kept - set(others) if uses[letter].bases & bases}


def _letter(node: Node) -> str:
    """The small letter alone under a name, or nothing; that of \\nabla_w is what it differentiates by."""
    if not isinstance(node, Scripted) or node.subscript is None:
        return ""
    base = strip_group(node.base)
    if not isinstance(base, Name) or base.text in ("nabla", "partial"):
        return ""
    below = strip_group(node.subscript)
    plain = isinstance(below, Name) and len(below.text) == 1 and below.text.islower() and not below.font
    return below.text if plain and isinstance(below, Name) else ""


def _base(node: Scripted) -> str:
    base = strip_group(node.base)
    return f"{base.font} {base.text}" if isinstance(base, Name) else ""


def _count(row: Chain, uses: dict[str, _Use], numbered: set[str], others: set[str]) -> None:
    first = None if row.first is None else strip_group(row.first)
    if isinstance(first, Scripted) and (letter := _letter(first)):
        for relation, right in row.links:
            if relation in ("=", ":=", "approx") and _settles(right):
                uses[letter].settled.add(_base(first))
    stack: list[Node] = [row]
    while stack:
        node = stack.pop()
        if isinstance(node, Scripted):
            if letter := _letter(node):
                uses[letter].bases.add(_base(node))
                if node.superscript is not None:
                    stack.append(node.superscript)
                continue
            if node.subscript is not None and isinstance(strip_group(node.subscript), Number):
                numbered.add(_base(node))
        elif isinstance(node, Name):
            others.add(node.text)
        elif isinstance(node, Chain):
            stack.extend(node.conditions)
        stack.extend(children(node))


def _settles(node: Node) -> bool:
    """Whether an expression is made of a number, or of cells with numbers."""
    return isinstance(strip_group(node), Number) or any(
        isinstance(part, Scripted)
        and part.subscript is not None
        and isinstance(strip_group(part.subscript), Number)
        for part in walk(node)
    )
