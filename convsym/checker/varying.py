r"""Letters that nothing defines and that may be made of the variable: u in \partial/\partial a (e^a/u), a sum of e^a.

A letter without a definition counts as a constant while a derivative is taken. Where a document says in words
alone what it stands for, the printed result speaks of its slope as well: a line that holds for a plain value of
that slope is not wrong, the letter is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from sympy import Dummy, Expr, Indexed, Symbol, cancel, fraction

from convsym.errors import ConvsymError
from convsym.latex.syntax import Fraction_, Name, Node, Product, Sum_
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge
from convsym.scope.model import latex_name
from convsym.scope.naming import strip_group
from convsym.scope.normalization import log_weights
from convsym.scope.operators import derivative_parts
from convsym.scope.pairs import paired

if TYPE_CHECKING:
    from convsym.scope.judge import Judgment
    from convsym.scope.model import Cell, Scope
    from convsym.scope.statements import Statement

# What an output is compared with is no output: the t of (z - t)^2, and the y where nothing is called t.
_TARGETS = frozenset({"t", "target", "label"})
# Factors of a loss that are set and never computed.
_PARAMETERS = frozenset({"lambda", "alpha", "beta", "gamma", "eta", "N", "M", "m", "n", "C", "K", "e", "pi"})
_MOST_LETTERS = 3
_MOST_OPERATIONS = 400


def made_of_the_variable(statement: Statement, judgment: Judgment, judge: Judge) -> str | None:
    """The letter that a refuted claim with a derivative takes for a constant, and that holds where it is none.

    Args:
        statement: the claim.
        judgment: what was found about it.
        judge: the judge of the scope it is read in.
    """
    if len(judgment.pairs) != 1 or not any(map(derives, (statement.left, statement.right))):
        return None
    (_, *sides), *_ = judgment.pairs
    for letter, cell in list(_undefined(sides, judge))[:_MOST_LETTERS]:
        try:
            if _holds_for_some_slope(statement, judge, letter, said=_is_said(cell, judge)):
                return f"nothing the document defines says what {cell.latex} is, and it may vary"
        except (ConvsymError, RecursionError, TypeError, ValueError, AttributeError, ZeroDivisionError):
            continue
    return None


def said_to_vary(statement: Statement, judgment: Judgment, judge: Judge) -> str | None:
    r"""A letter that a refuted claim leaves free although the document differentiates it by another one of the claim.

    Where a text prints \partial y_j/\partial x_j and never says what y is, y and x are not free of each other.

    Args:
        statement: the claim.
        judgment: what was found about it.
        judge: the judge of the scope it is read in.
    """
    sides = statement.left, statement.right
    if any(isinstance(part, Fraction_) and derives(part) for side in sides for part in walk(side)):
        return None
    scope = judge.scope
    printed = {reference.name for side in sides for reference in scope.mentions(side)}
    try:
        unfolded = [judge.unfold(value) for _, *values in judgment.pairs for value in values]
    except ConvsymError:
        return None  # a definition that fails is told where it fails
    free = {
        cell.family
        for value in unfolded
        for atom in value.atoms(Symbol, Indexed)
        if (cell := scope.cells.get(atom)) is not None and cell.indices and not scope.rules.get(cell.family)
    }
    for above, below in sorted(scope.survey.partials):
        if above in free & printed and below in printed and below != above:
            names = latex_name(above), latex_name(below)
            return f"nothing the document defines says what {names[0]} is, which varies with {names[1]}"
    return None


def of_an_unknown_output(statement: Statement, judge: Judge) -> str | None:
    r"""An output that a refuted slope of a loss takes for a constant: L = -\sum_j t_j \ln o_j + \lambda w^2, by w.

    A penalty brings w into L beside an o that the text says in words alone, and the printed slope speaks of o, or of
    what L does not lead to.

    Args:
        statement: the claim.
        judge: the judge of the scope it is read in.
    """
    scope = judge.scope
    left, right = statement.left, statement.right
    found = strip_group(left)
    with suppress(ConvsymError):
        parts = derivative_parts(found, {}, scope) if isinstance(found, Fraction_) else None
        loss = None if parts is None else scope.refer(parts.above, {})
        below = None if parts is None else scope.refer(parts.below, {})
        if loss is None or below is None or loss.indices or len(scope.rules.get(loss.name, [])) != 1:
            return None
        body = scope.rules[loss.name][0].body
        own = {r.name for r in scope.mentions(body)}
        reached, waiting = set(own), list(own)
        while waiting:
            for rule in scope.rules.get(waiting.pop(), []):
                new = {r.name for r in scope.mentions(rule.body)} - reached
                reached |= new
                waiting.extend(new)
        if not _is_penalized(body, below.name, scope):
            return None
        weights = log_weights(scope) - set(_of_logarithms(body, scope))
        kept = _TARGETS | set(scope.targets) | weights | _PARAMETERS | {below.name}
        known = any(scope.rules.get(name) for name in own - {below.name})
        open_names = {
            name
            for name in own - kept - set(scope.functions) - set(scope.survey.counters)
            if not scope.rules.get(name) and scope.size(name) is None and name not in FUNCTIONS
        }
        printed = {r.name for r in scope.mentions(right) if r.name not in scope.survey.counters}
        strange = printed - reached - kept - set(scope.functions) - {"delta", "d", "partial", "e"}
        if open_names and not known and (strange or printed & open_names):
            name = latex_name(min(open_names))
            return f"nothing the document defines says what {name} is, and it may vary with {latex_name(below.name)}"
    return None


def _is_penalized(body: Node, name: str, scope: Scope) -> bool:
    r"""Whether a name stands in some terms of a loss alone, and nowhere else in it: \lambda w^2."""
    body = strip_group(body)
    found = False
    for _, term in body.terms if isinstance(body, Sum_) else ():
        names = {r.name for r in scope.mentions(term)}
        if name in names:
            others = names - {name} - set(scope.survey.counters) - set(scope.functions)
            found = bool(others) and others <= _PARAMETERS
            if not found:
                return False
    return found


def _of_logarithms(body: Node, scope: Scope) -> Iterator[str]:
    """The names that a logarithm is taken of."""
    for part in walk(body):
        for (_, head), (operator, behind) in pairwise(part.factors) if isinstance(part, Product) else ():
            name = strip_group(head)
            if isinstance(name, Name) and name.text in ("log", "ln") and not operator:
                yield from (reference.name for reference in scope.mentions(behind))


def _undefined(sides: list[Expr], judge: Judge) -> Iterator[tuple[Expr, Cell]]:
    """The plain letters of a claim that no line defines and by which the document differentiates nothing."""
    scope = judge.scope
    below = {name for _, name in scope.survey.partials}
    named = {cell.family.partition("_")[0] for cell in scope.cells.values()}
    targets = _TARGETS if named & _TARGETS else {*_TARGETS, "y"}
    for atom in sorted({s for side in sides for s in side.free_symbols if isinstance(s, Symbol)}, key=str):
        cell = scope.cells.get(atom)
        if cell is None or cell.indices or cell.layer is not None or cell.family in below:
            continue
        if cell.family in scope.targets or cell.family.partition("_")[0] in targets:
            continue
        if not scope.rules.get(cell.family) and scope.size(cell.family) is None:
            yield atom, cell


def _is_said(cell: Cell, judge: Judge) -> bool:
    """Whether the text says in words what a letter is: "u = exp(a) + exp(b)", "where u is the sum"."""
    name = re.escape(cell.family.lower())
    return (
        re.search(rf"(?<![\\\w]){name}\$?\s*(?:=|:|is\b|be\b|denotes?\b|stands? for\b)", judge.scope.words)
        is not None
    )


def _holds_for_some_slope(statement: Statement, judge: Judge, letter: Expr, *, said: bool) -> bool:
    """Whether the claim is true of a slope of the letter that is written without it, and varies with the variable.

    Nearly every wrong slope is explained by some polynomial: one of these counts only for a letter that is spoken of.
    """
    asked = Judge(judge.scope, judge.budget, judge.clock)
    slopes: dict[Expr, Dummy] = {}
    asked.elaborator.open_slopes[letter] = slopes
    pairs = list(
        paired(asked.elaborator.value(statement.left, {}), asked.elaborator.value(statement.right, {}))
    )
    if len(pairs) != 1 or len(slopes) != 1:
        return False
    ((coordinate, slope),) = slopes.items()
    _, *sides = pairs[0]
    left, right = (asked.unfold(side) for side in sides)
    difference = left - right
    if difference.count_ops() > _MOST_OPERATIONS or slope not in difference.free_symbols:
        return False
    factor = difference.diff(slope)
    if factor == 0 or slope in factor.free_symbols:
        return False
    numerator, denominator = fraction(cancel(-difference.subs(slope, 0) / factor))
    variables = asked.unfold(coordinate).free_symbols
    if not said and numerator.is_polynomial(*variables):
        return False
    varies = numerator.free_symbols & variables
    return bool(varies) and not denominator.free_symbols and letter not in numerator.free_symbols


__all__ = ["made_of_the_variable", "of_an_unknown_output", "said_to_vary"]
