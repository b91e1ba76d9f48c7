r"""Subscripts that only name a quantity, the output's z_o beside the cells z_1 and z_2: no cell at a free index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from convsym.latex.syntax import Chain, Equation, Name, Node, Number, Scripted, Words
from convsym.latex.walking import children, rewritten, walk
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
    no value, no letter of a sum or a range, no part of another index. The letters everybody counts with are none.

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
    if not named:
        return dict(equations)

    def marked(node: Node) -> Node | None:
        letter = _letter(node)
        if letter not in named or not isinstance(node, Scripted) or node.subscript is None:
            return None
        superscript = None if node.superscript is None else rewritten(node.superscript, marked)
        return replace(node, subscript=Words(letter, node.subscript.span), superscript=superscript)

    return {number: rewritten(equation, marked) for number, equation in equations.items()}


def _letter(node: Node) -> str:
    """The small letter alone under a name, or nothing."""
    if (
        not isinstance(node, Scripted)
        or node.subscript is None
        or not isinstance(strip_group(node.base), Name)
    ):
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
