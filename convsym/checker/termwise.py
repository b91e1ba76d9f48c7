r"""Sums differentiated term by term: \partial J/\partial w = 1/m \sum_i \partial L_i/\partial w of J = 1/m \sum_i L_i.

What the terms are need not be written: a derivative of a sum is the sum of the derivatives, whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sympy import Expr, Integer, simplify

from convsym.checker.findings import Finding
from convsym.checker.slopes import indices_of, is_cell, mark, name_of
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Name, Node, Product, Scripted, Signed
from convsym.latex.walking import walk
from convsym.scope.forms import printed_shape
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge
from convsym.scope.model import Rule, variables
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts
from convsym.scope.summation import bound_letters
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

_METHOD = "differentiation term by term"
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class _Term:
    """A constant times a sum of one derivative.

    Attributes:
        factor: the constant.
        letters: the letters that are summed over, with their printed limits.
        above, below: the marks of what is differentiated and by what.
    """

    factor: Expr
    letters: tuple[tuple[str, object, object], ...]
    above: object
    below: object


def judge_termwise(finding: Finding, judge: Judge) -> None:
    """Decide a claim that was left open if both sides are one derivative, of a sum or in it.

    It is refuted where the two differ by a factor alone, and nothing says what is differentiated.

    Args:
        finding: a claim; its outcome is changed where it is decided.
        judge: for the scope of the claim.
    """
    judgment, statement = finding.judgment, finding.statement
    if (
        judgment is None
        or not isinstance(finding.outcome, Undecided | Unsupported)
        or statement.relation != "="
        or not all(map(derives, (statement.left, statement.right)))
        or not any(isinstance(part, BigOperator) for part in walk(statement.right))
    ):
        return
    try:
        ways = [list(_ways(side, judge)) for side in (statement.left, statement.right)]
    except (ConvsymError, RecursionError, TypeError, ValueError, AttributeError):
        return
    for left, used in ways[0]:
        for right, others in ways[1]:
            if (left.letters, left.above, left.below) != (right.letters, right.above, right.below):
                continue
            judgment.used |= used | others
            if simplify(left.factor - right.factor) == 0:
                finding.outcome = judgment.outcome = Proved(_METHOD)
            elif not _rules(left.above, judge):
                finding.outcome = judgment.outcome = Refuted(
                    f"the sides differ by the factor ${simplify(left.factor / right.factor)}$", method=_METHOD
                )
            return


def _rules(above: object, judge: Judge) -> list[Rule]:
    """What defines a quantity with as many indices as it carries; of what nothing defines the slope may be anything."""
    if not is_cell(above):
        return []
    indices = len(indices_of(above))
    return [rule for rule in judge.scope.rules.get(name_of(above), []) if len(rule.patterns) == indices]


def _ways(side: Node, judge: Judge) -> Iterator[tuple[_Term, set[int]]]:
    """A side as it is printed, and with the definitions of what it differentiates put in."""
    term = _read(side, judge, None)
    used: set[int] = set()
    for _ in range(_DEEPEST):
        if term is None:
            return
        yield _renamed(term), set(used)
        rules = _rules(term.above, judge)
        if len(rules) != 1 or rules[0].patterns or rules[0].layer is not None or term.letters:
            return
        inner = _read(rules[0].body, judge, term.below)
        used.add(rules[0].statement)
        term = inner and replace(inner, factor=term.factor * inner.factor)


def _read(node: Node, judge: Judge, below: object | None) -> _Term | None:
    """A node as such a term, where `below` is what it is differentiated by if it is no derivative itself."""
    node = strip_group(node)
    match node:
        case Signed(sign, operand):
            term = _read(operand, judge, below)
            return term and (replace(term, factor=-term.factor) if sign == "-" else term)
        case Bracket(kind, (inner,)) if kind in ("(", "["):
            return _read(inner, judge, below)
        case BigOperator(operator="sum"):
            term, bound = _read(node.body, judge, below), bound_letters(node)
            if term is None or len(bound) != 1:
                return None
            (letter, start), upper = bound[0], None if node.upper is None else printed_shape(node.upper)
            limits = letter, None if start is None else printed_shape(start), upper
            return replace(term, letters=(limits, *term.letters))
        case Fraction_():
            parts = derivative_parts(node, {}, judge.scope, operator=True)
            if parts is None or parts.guess or below is not None or _acts(node):
                return None
            return _Term(Integer(1), (), mark(parts.above, judge.scope), mark(parts.below, judge.scope))
        case Product():
            return _product(node, judge, below)
        case Name() | Scripted() if below is not None:
            return _Term(Integer(1), (), mark(node, judge.scope), below)
    return None


def _product(node: Product, judge: Judge, below: object | None) -> _Term | None:
    """Constants times one term, a differential operator before it or not."""
    if any(operator not in ("", "cdot", "times") for operator, _ in node.factors):
        return None
    constants: list[Node] = []
    term: _Term | None = None
    for _, factor in node.factors:
        bare = strip_group(factor)
        if isinstance(bare, Fraction_) and _acts(bare):
            parts = derivative_parts(bare, {}, judge.scope, operator=True)
            if parts is None or below is not None or term is not None:
                return None
            below = mark(parts.below, judge.scope)
            continue
        found = None if _is_constant(factor, judge) else _read(factor, judge, below)
        if found is None:
            constants.append(factor)
        elif term is not None:
            return None
        else:
            term = found
    if term is None or not all(_is_constant(factor, judge) for factor in constants):
        return None
    for factor in constants:
        value = judge.elaborator.value(factor, {})
        if not isinstance(value, Expr):
            return None
        term = replace(term, factor=term.factor * value)
    return term


def _acts(node: Fraction_) -> bool:
    r"""Whether a fraction is an operator without what it acts on, \partial/\partial w."""
    above = strip_group(node.numerator)
    return isinstance(above, Name) and above.text in ("partial", "d") and derives(node)


def _is_constant(node: Node, judge: Judge) -> bool:
    """Whether a factor is made of numbers and of names that nothing defines or differentiates by, as a size is."""
    if derives(node) or any(isinstance(part, BigOperator) for part in walk(node)):
        return False
    scope = judge.scope
    varied = {name for pair in scope.survey.partials for name in pair}
    names = {reference.name for reference in scope.mentions(node)}
    if any(name in varied or scope.rules.get(name) or name in scope.functions for name in names):
        return False
    if any(isinstance(part, Scripted) and part.subscript is not None for part in walk(node)):
        return False
    value = judge.elaborator.value(node, {})
    return isinstance(value, Expr) and len(variables(value)) <= 1


def _renamed(term: _Term) -> _Term:
    """A term whose letters are numbered in order, so that it does not matter which they are."""
    letters, above, below = term.letters, term.above, term.below
    for number, (letter, *_) in enumerate(term.letters):
        fresh = f"#{number}"
        letters = tuple(
            (fresh if one == letter else one, _with(low, letter, fresh), _with(high, letter, fresh))
            for one, low, high in letters
        )
        above, below = _with(above, letter, fresh), _with(below, letter, fresh)
    return replace(term, letters=letters, above=above, below=below)


def _with(shape: object, old: str, new: str) -> object:
    if isinstance(shape, tuple):
        return tuple(_with(part, old, new) for part in shape)
    return new if shape == old else shape


__all__ = ["judge_termwise"]
