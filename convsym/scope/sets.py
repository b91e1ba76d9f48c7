r"""Sums over sets that nobody lists, \sum_{k \in D(j)}: read over the whole range of their letter, which is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from convsym.latex.printer import to_latex
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Fraction_,
    Name,
    Node,
    Product,
    Scripted,
    Span,
    Tuple_,
    Words,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.dimensions import is_differential
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement

_SUCH_THAT = frozenset({"s.t.", "st", "such that", "with", "where", "for which"})


@dataclass(frozen=True, slots=True)
class Members:
    """A set that a sum runs over.

    Attributes:
        letters: those that the sum binds.
        described: what is in it, in LaTeX.
    """

    letters: tuple[Name, ...]
    described: str


@dataclass(frozen=True, slots=True)
class WholeSets:
    """What the sums of a formula take for granted.

    Attributes:
        words: what that is.
        spans: where these sums stand in its text.
    """

    words: str
    spans: tuple[Span, ...]

    def concern(self, statement: Statement) -> bool:
        """Whether such a sum stands in a relation of the formula."""
        first = min(statement.left.span.start, statement.right.span.start)
        last = max(statement.left.span.end, statement.right.span.end)
        return any(first <= span.start < last for span in self.spans)


def with_whole_sets(equations: Mapping[int, Equation]) -> tuple[dict[int, Equation], dict[int, WholeSets]]:
    r"""The same equations with \sum_{k \in D(j)} as \sum_k, and what that takes for granted, by number.

    A formula that binds one letter over several sets, or over a set and otherwise, is left as it is: its sums are
    not over the same things. So is one with two sets, whose sums may differ although they look alike without them,
    and a line that may define a name by a set: y_i = \sum_{j \in R_i} x_j does not say that y_i is the sum of all.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    found: dict[int, Equation] = dict(equations)
    granted: dict[int, WholeSets] = {}
    for number, equation in equations.items():
        sums = [part for row in equation.rows for part in walk(row) if isinstance(part, BigOperator)]
        defining = {id(part) for row in equation.rows if _says_of_a_name(row) for part in walk(row)}
        sets = {
            id(one): members
            for one in sums
            if id(one) not in defining and (members := _members(one)) is not None
        }
        described = {members.described for members in sets.values()}
        if len(described) != 1:
            continue
        bound = {key(letter) for members in sets.values() for letter in members.letters}
        others = [one.lower for one in sums if id(one) not in sets and one.lower is not None]
        if any(isinstance(part, Name) and key(part) in bound for lower in others for part in walk(lower)):
            continue
        rows = tuple(row if _says_of_a_name(row) else rewritten(row, _without_set) for row in equation.rows)
        found[number] = replace(equation, rows=rows)
        (members, *_) = sets.values()
        letters = ", ".join(key(letter) for letter in members.letters)
        words = f"the sum over ${members.described}$ is over every ${letters}$ there is"
        granted[number] = WholeSets(words, tuple(one.span for one in sums if id(one) in sets))
    return found, granted


def _says_of_a_name(row: Chain) -> bool:
    """Whether a line gives a name or a cell, and speaks of no derivative, which only a claim has."""
    head = None if row.first is None else strip_group(row.first)
    return isinstance(head, Name | Scripted) and not any(
        isinstance(part, Fraction_) and is_differential(part.numerator, part.denominator)
        for part in walk(row)
    )


def _without_set(node: Node) -> Node | None:
    if not isinstance(node, BigOperator) or (members := _members(node)) is None:
        return None
    assert node.lower is not None
    letters = members.letters
    lower: Node = letters[0] if len(letters) == 1 else Tuple_(letters, node.lower.span)
    return replace(node, lower=lower, body=rewritten(node.body, _without_set))


def _members(node: BigOperator) -> Members | None:
    """The set that a sum runs over; None where it has limits, or its set is listed or made of others."""
    if node.operator != "sum" or node.lower is None or node.upper is not None:
        return None
    lower = strip_group(node.lower)
    described = to_latex(lower)
    if (description := _description(lower)) is not None:
        # \sum_{\{r | q \to r\}}: the set alone, whose letter stands first in it.
        letters = _letters(description.first)
    elif isinstance(lower, Tuple_) and isinstance(last := strip_group(lower.items[-1]), Chain):
        # \sum_{i, j \in S}
        letters = _joined((*lower.items[:-1], last.first)) if _is_member(last) else None
    elif isinstance(lower, Chain):
        first = None if lower.first is None else strip_group(lower.first)
        condition = _conditioned(first)
        letters = condition if condition is not None else _letters(first) if _is_member(lower) else None
    else:
        letters = _conditioned(lower)
    if letters is None or not letters:
        return None
    return Members(letters, described)


def _is_member(chain: Chain) -> bool:
    r"""Whether a chain is k \in D(j), with a set that has a name or says in words of symbols what is in it."""
    if len(chain.links) != 1 or chain.links[0][0] != "in":
        return False
    inside = strip_group(chain.links[0][1])
    if isinstance(inside, Product) and not any(operator for operator, _ in inside.factors):
        *heads, behind = (strip_group(factor) for _, factor in inside.factors)
        is_called = isinstance(behind, Bracket) and behind.kind == "("
        return (is_called or _is_named(behind)) and all(map(_is_named, heads))
    return _is_named(inside) or _description(inside) is not None


def _is_named(node: Node) -> bool:
    """Whether a node names a set, which no set of numbers does: R and Z hold more than a sum runs over."""
    base = strip_group(node.base) if isinstance(node, Scripted) else node
    return isinstance(base, Name) and "bb" not in base.font.split()


def _description(node: Node) -> Chain | None:
    r"""What is said of the members of \{r' | q \to r'\}; None of anything but such a set."""
    if not isinstance(node, Bracket) or node.kind != "{" or len(node.items) != 1:
        return None
    inside = node.items[0]
    return inside if isinstance(inside, Chain) and inside.links and inside.links[0][0] == "mid" else None


def _conditioned(node: Node | None) -> tuple[Name, ...] | None:
    r"""The letters of (i, j) \text{ s.t. } ..., behind which any condition may stand."""
    if not isinstance(node, Product) or len(node.factors) < 2 or node.factors[1][0]:
        return None
    words = node.factors[1][1]
    if not isinstance(words, Words) or words.text.strip().lower() not in _SUCH_THAT:
        return None
    return _letters(node.factors[0][1])


def _letters(node: Node | None) -> tuple[Name, ...] | None:
    """The plain letters that a node lists; None where it is something else."""
    if node is None:
        return None
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind == "(":
        return _joined(node.items)
    if isinstance(node, Tuple_):
        return _joined(node.items)
    return (node,) if isinstance(node, Name) and len(node.text) == 1 else None


def _joined(nodes: tuple[Node | None, ...]) -> tuple[Name, ...] | None:
    found: list[Name] = []
    for node in nodes:
        letters = _letters(node)
        if letters is None:
            return None
        found.extend(letters)
    return tuple(found)
