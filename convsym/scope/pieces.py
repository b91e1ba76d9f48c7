"""Functions that are given piece by piece, on lines of their own: f(x) = x for x > 0, and then f(x) = 0 for x <= 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from convsym.latex.syntax import (
    Bracket,
    Cases,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Sum_,
)
from convsym.latex.walking import walk
from convsym.scope.forms import printed_shape
from convsym.scope.model import FunctionRule, Rule, Scope
from convsym.scope.naming import EQUALITIES, strip_group
from convsym.scope.restrictions import ELSE, LIMIT, UNCLEAR, WITHOUT, Restriction, in_cases
from convsym.scope.statements import Statement

PIECE = "gives another piece of what an earlier line defines"
_OPPOSITE = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
_TURNED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "ne": "ne"}
_HOLDS = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "ne": lambda a, b: a != b,
}
_POINTS = tuple(Fraction(n, 2) for n in range(-9, 10)) + tuple(map(Fraction, (-50, -10, 7, 10, 50)))
_MOST_NAMES = 2
_HEAD_AND_ARGUMENTS = 2

Under = tuple[Restriction, ...]


def _settle_otherwise(statement: Statement, statements: Sequence[Statement]) -> None:
    """Say where "otherwise" is: wherever the line before that has the same left side does not hold."""
    if not any(one.relation == ELSE for one in statement.under):
        return
    left = printed_shape(statement.left)
    before = [s for s in statements if s.under and not s.link and printed_shape(s.left) == left][-1:]
    if len(before) != 1 or len(before[0].under) != 1 or before[0].under[0].relation not in _OPPOSITE:
        return
    (one,) = before[0].under
    statement.under = (replace(one, relation=_OPPOSITE[one.relation], printed=f"\\lnot({one.printed})"),)


def joins_piece(statement: Statement, statements: Sequence[Statement], scopes: Iterable[Scope]) -> bool:
    """Take a line for another piece of what an earlier line defines for a part of where its names may lie.

    What is said of a part that an earlier piece covers as well is a claim about that piece.

    Args:
        statement: a relation; its role is set where the answer is yes.
        statements: the relations read before.
        scopes: every version of the scope; the definition is changed in all that have it.
    """
    _settle_otherwise(statement, statements)
    if not statement.under or statement.link or statement.relation not in EQUALITIES:
        return False
    earlier = pieces_before(statement, statements)
    if not earlier:
        return False
    rules = list(_rules(earlier[0].number, scopes))
    if not rules:
        return False
    if any(printed_shape(s.right) == printed_shape(statement.right) and _same(s, statement) for s in earlier):
        return False
    covered = [share_a_point(s.under, statement.under) for s in earlier]
    if True in covered:
        return False
    pieces = [(s.right, s.under) for s in (*earlier, statement)]
    if None in covered and not any(one.relation == ELSE for one in statement.under):
        pieces.append((statement.right, (replace(statement.under[0], relation=UNCLEAR),)))
    body = in_cases(*pieces[0], tuple(pieces[1:]))
    for scope, rule in rules:
        _replace(scope, rule, replace(rule, body=body))
    statement.role, statement.reason = "definition", PIECE
    earlier[0].pieced = True
    return True


def pieces_before(statement: Statement, statements: Sequence[Statement]) -> list[Statement]:
    """The earlier lines that define the same left side for a part of where its names may lie.

    Args:
        statement: a relation that is said for a part as well; of any other there are none.
        statements: the relations read before.
    """
    left = printed_shape(statement.left) if _is_partial(statement) else None
    return [
        s
        for s in statements
        if _is_partial(s)
        and not s.link
        and s.role == "definition"
        and s.display.section == statement.display.section
        and printed_shape(s.left) == left
    ]


def _is_partial(statement: Statement) -> bool:
    """Whether a line is said for a part of where its names may lie: a limit, or "without the bias", is none."""
    return bool(statement.under) and not any(one.printed in (LIMIT, WITHOUT) for one in statement.under)


def is_joined(rule: Rule | FunctionRule, statement: Statement) -> bool:
    """Whether a definition is made of the pieces of several lines, or of several values in one sentence.

    Args:
        rule: what is in force.
        statement: the line that it was read from first.
    """
    return isinstance(rule.body, Cases) and (rule.body is not statement.right or statement.pieced)


def lies_outside(called: Node, definition: Statement) -> bool:
    """Whether a function is applied to numbers for which its definition is certainly not said.

    Args:
        called: a node that may apply it, f(-2).
        definition: the line that defines f(x) for a part of where x may lie.
    """
    shapes = []
    for node in (called, definition.left):
        node = strip_group(node)
        if not isinstance(node, Product) or len(node.factors) != _HEAD_AND_ARGUMENTS:
            return False
        head, inside = (strip_group(factor) for _, factor in node.factors)
        if not isinstance(inside, Bracket) or inside.kind not in ("(", "["):
            return False
        while isinstance(head, Scripted) and head.subscript is None and head.superscript is None:
            head = strip_group(head.base)  # f'(-2) asks for f at -2
        shapes.append((printed_shape(head), inside.items))
    (one, values), (other, names) = shapes
    if one != other or len(values) != len(names):
        return False
    point = {}
    for name, value in zip(names, values, strict=True):
        number = _value(value, {})
        if number is not None:
            point[repr(printed_shape(name))] = number
    for order in definition.under:
        sides = _value(order.left, point), _value(order.right, point)
        if order.relation in _HOLDS and None not in sides and not _HOLDS[order.relation](*sides):
            return True
    return False


def _same(one: Statement, other: Statement) -> bool:
    return [printed_shape(o.left) for o in one.under] == [printed_shape(o.left) for o in other.under] and [
        (o.relation, printed_shape(o.right)) for o in one.under
    ] == [(o.relation, printed_shape(o.right)) for o in other.under]


def _rules(number: int, scopes: Iterable[Scope]) -> Iterator[tuple[Scope, Rule | FunctionRule]]:
    for scope in scopes:
        for rules in scope.rules.values():
            yield from ((scope, rule) for rule in rules if rule.statement == number)
        yield from ((scope, rule) for rule in scope.functions.values() if rule.statement == number)


def _replace(scope: Scope, old: Rule | FunctionRule, new: Rule | FunctionRule) -> None:
    for name, rules in scope.rules.items():
        if any(rule is old for rule in rules):
            scope.rules[name] = [new if rule is old else rule for rule in rules]  # type: ignore[misc]
    for name, function in list(scope.functions.items()):
        if function is old:
            scope.functions[name] = new  # type: ignore[assignment]


# ---------------------------------------------------------------------- where conditions hold


def share_a_point(one: Under, other: Under) -> bool | None:
    """Whether two conditions can hold at once: tried at many points; None where they are not understood.

    Args:
        one, other: what two lines are said under.
    """
    orders = [*one, *other]
    if any(order.relation == ELSE for order in orders):
        return False
    if any(order.relation not in _HOLDS for order in orders):
        return None
    if any(_opposed(a, b) for a in one for b in other):
        return False
    names = sorted({name for order in orders for side in (order.left, order.right) for name in _names(side)})
    if len(names) > _MOST_NAMES:
        return None
    known = False
    for values in product(_POINTS, repeat=len(names)):
        point = dict(zip(names, values, strict=True))
        sides = [(_value(order.left, point), _value(order.right, point)) for order in orders]
        if any(side is None for pair in sides for side in pair):
            continue
        known = True
        if all(_HOLDS[o.relation](*pair) for o, pair in zip(orders, sides, strict=True)):
            return True
    return False if known else None


def _opposed(one: Restriction, other: Restriction) -> bool:
    """x > a and x <= a: the same sides in opposite orders."""
    sides = printed_shape(one.left), printed_shape(one.right)
    relation = other.relation
    if (printed_shape(other.right), printed_shape(other.left)) == sides:
        relation = _TURNED[relation]
    elif (printed_shape(other.left), printed_shape(other.right)) != sides:
        return False
    return {one.relation, relation} in ({"lt", "ge"}, {"lt", "gt"}, {"le", "gt"})


def _names(node: Node) -> Iterator[str]:
    """The names and cells of a side, each as one unknown."""
    node = strip_group(node)
    if isinstance(node, Name | Scripted):
        yield repr(printed_shape(node))
        return
    for part in walk(node):
        if part is not node and isinstance(part, Name | Scripted):
            yield repr(printed_shape(part))


def _value(node: Node, point: Mapping[str, Fraction]) -> Fraction | None:
    """What a side of a comparison comes to; None of what is more than sums, products and bars."""
    node = strip_group(node)
    match node:
        case Number():
            return Fraction(node.text)
        case Name() | Scripted():
            return point.get(repr(printed_shape(node)))
        case Signed(sign="-" | "+"):
            value = _value(node.operand, point)
            return None if value is None else -value if node.sign == "-" else value
        case Bracket(kind="(" | "|", items=(inner,)):
            value = _value(inner, point)
            return abs(value) if value is not None and node.kind == "|" else value
        case Fraction_():
            above, below = _value(node.numerator, point), _value(node.denominator, point)
            return None if above is None or not below else above / below
        case Sum_():
            total = Fraction(0)
            for sign, term in node.terms:
                value = _value(term, point)
                if value is None or sign not in ("+", "-"):
                    return None
                total += value if sign == "+" else -value
            return total
        case Product():
            total = Fraction(1)
            for operator, factor in node.factors:
                value = _value(factor, point)
                if value is None or operator not in ("", "cdot", "times"):
                    return None
                total *= value
            return total
    return None
