"""Einstein's convention: an index that stands twice in a term, and not on the left of its line, is summed over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace

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
    Signed,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import children, walk
from convsym.scope.dimensions import WILDCARDS, indices_of
from convsym.scope.naming import key, strip_group

_SAID = re.compile(
    r"\beinstein(?:(?:'|’)?s)? (?:notation|summation|convention|sum)|summation convention|"
    r"\b(?:convention|notation) (?:d(?:'|’)|of |by )einstein\b|"
    r"\b(?:implied|implicit) sum(?:s|mations?)?\b|"
    r"\bsum(?:s|med|ming|mation)?(?: is)?(?: implied| implicit)? over (?:all |the |any )?repeated (?:ind|subs)|"
    r"\brepeated (?:indices|subscripts) are (?:implicitly )?summed",
    re.I,
)


def says_implied_sums(words: str) -> bool:
    """Whether a document says that it leaves out the signs of sums.

    Args:
        words: its prose.
    """
    return bool(_SAID.search(words))


def with_implied_everywhere(equations: dict[int, Equation], words: str) -> dict[int, Equation]:
    """The formulas of a document with the sums written out, where it says that it leaves out their signs.

    Args:
        equations: the formulas by their number; not changed.
        words: its prose.
    """
    if not says_implied_sums(words):
        return equations
    return {number: with_sums_written(equation) for number, equation in equations.items()}


def with_sums_written(equation: Equation) -> Equation:
    """A formula with the sums written out that leave out their signs; a row without a relation as it is.

    Args:
        equation: the formula; a row that begins with a relation has the free letters of the row before.
    """
    rows: list[Chain] = []
    free: set[str] = set()
    for row in equation.rows:
        free = free if row.first is None else free_of(row.first)
        if row.links:
            first = None if row.first is None else with_implied_sums(row.first, free)
            links = tuple((relation, with_implied_sums(side, free)) for relation, side in row.links)
            row = replace(row, first=first, links=links)
        rows.append(row)
    return replace(equation, rows=tuple(rows))


def free_of(head: Node) -> set[str]:
    """The letters that are free in a line: those that stand once in the term that it begins with.

    Args:
        head: the first expression of the line.
    """
    head = strip_group(head)
    while isinstance(head, Signed | Sum_):
        head = strip_group(head.operand if isinstance(head, Signed) else head.terms[0][1])
    return {letter for letter, times in Counter(index_letters(head)).items() if times == 1}


def with_implied_sums(node: Node, free: Collection[str]) -> Node:
    """An expression with the sums written out that Einstein's convention leaves out.

    Args:
        node: one side.
        free: letters that no sum runs over.
    """
    match node:
        case Bracket("group" | "(" | "[", (only,)):
            return replace(node, items=(with_implied_sums(only, free),))
        case Signed():
            return replace(node, operand=with_implied_sums(node.operand, free))
        case Sum_():
            return replace(
                node, terms=tuple((sign, with_implied_sums(term, free)) for sign, term in node.terms)
            )
        case BigOperator():
            bound = (
                {key(part) for part in walk(node.lower) if isinstance(part, Name)} if node.lower else set()
            )
            return replace(node, body=with_implied_sums(node.body, {*free, *bound}))
        case Product():
            return _term(node, free)
        case Fraction_() | Scripted():
            return _summed(node, _dummies(node, free))
    return node


def _term(node: Product, free: Collection[str]) -> Node:
    """A product: a letter that one factor alone has is summed over inside of it."""
    holders = Counter(
        letter for _, factor in node.factors for letter in set(index_letters(factor)) if letter not in free
    )
    shared = {letter for letter, count in holders.items() if count > 1}
    inner = {*free, *shared}
    factors = tuple((operator, _inside(factor, inner)) for operator, factor in node.factors)
    return _summed(replace(node, factors=factors), sorted(shared))


def _inside(factor: Node, free: Collection[str]) -> Node:
    bare = strip_group(factor)
    return with_implied_sums(factor, free) if isinstance(bare, Bracket | Fraction_ | Product) else factor


def _dummies(node: Node, free: Collection[str]) -> list[str]:
    counted = Counter(index_letters(node))
    return sorted(letter for letter, times in counted.items() if times > 1 and letter not in free)


def _summed(node: Node, letters: Collection[str]) -> Node:
    if not letters:
        return node
    span = node.span
    names = tuple(Name(letter, span) for letter in letters)
    summed = BigOperator("sum", names[0] if len(names) == 1 else Tuple_(names, span), None, node, span)
    return Bracket("(", (summed,), span)


def index_letters(node: Node) -> list[str]:
    """The index letters of an expression that no sum in it binds, as often as they stand.

    Args:
        node: the expression.
    """
    found: list[str] = []
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, BigOperator):
            bound = {key(one) for one in walk(part.lower) if isinstance(one, Name)} if part.lower else set()
            found.extend(letter for letter in index_letters(part.body) if letter not in bound)
            continue
        if isinstance(part, Scripted) and part.subscript is not None:
            for index in indices_of(part.subscript):
                found.extend(
                    key(one) for one in walk(index) if isinstance(one, Name) and one.text not in WILDCARDS
                )
            stack.append(part.base)
            stack.extend([part.superscript] if part.superscript is not None else [])
            continue
        stack.extend(children(part))
    return found
