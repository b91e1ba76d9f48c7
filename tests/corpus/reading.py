"""LaTeX that the checker proposes, read into the corpus' own terms so that arithmetic can judge it."""

from __future__ import annotations

from convsym.latex import syntax as s
from convsym.latex.parser import parse
from corpus.terms import Add, Call, Cell, Der, Exp, Expr, Frac, Mul, Neg, Num, Pow, Size, Sum

FAMILIES = ("x", "k", "z", "o", "y")


class Unreadable(Exception):
    """Nothing that the corpus has a term for."""


def relation(text: str) -> tuple[Expr, Expr]:
    """The two sides of `left = right`."""
    rows = parse(text).rows
    if len(rows) != 1:
        raise Unreadable(text)
    return sides(rows[0])


def sides(chain: s.Chain) -> tuple[Expr, Expr]:
    if chain.first is None or len(chain.links) != 1 or chain.links[0][0] != "=":
        raise Unreadable(str(chain))
    return term(chain.first), term(chain.links[0][1])


def term(node: s.Node) -> Expr:
    match node:
        case s.Number(text):
            return Num(text)
        case s.Name("L"):
            return Cell("L", ())
        case s.Name(text):
            return Size(text)
        case s.Signed("-", operand):
            return Neg(term(operand))
        case s.Signed("+", operand):
            return term(operand)
        case s.Sum_(terms):
            return Add(tuple((sign, term(part)) for sign, part in terms))
        case s.Bracket("(" | "[" | "group", (only,)):
            return term(only)
        case s.Bracket("floor", (only,)):
            return Call("floor", term(only))
        case s.Fraction_(above, below):
            one, two = _differential(above), _differential(below)
            return Der(one, two) if one is not None and two is not None else Frac(term(above), term(below))
        case s.Product(factors):
            return _product([(operator, factor) for operator, factor in factors])
        case s.Scripted(s.Name("e" | "exp"), None, power, 0) if power is not None:
            return Exp(term(power))
        case s.Scripted(s.Name(letter), below, None, 0) if letter in FAMILIES and below is not None:
            items = below.items if isinstance(below, s.Tuple_) else _digits(below)
            return Cell(letter, tuple(term(item) for item in items))
        case s.Scripted(s.Name(letter), s.Name(label), None, 0):
            return Size(f"{letter}_{label}")
        case s.Scripted(base, below, s.Number(power), 0):
            inner = base if below is None else s.Scripted(base, below, None, 0, node.span)
            return Pow(term(inner), int(power))
        case s.BigOperator("sum", s.Chain(s.Name(index), (("=", lower),)), upper, body) if upper is not None:
            return Sum(index, term(lower), term(upper), term(body))
    raise Unreadable(type(node).__name__)


def _digits(node: s.Node) -> tuple[s.Node, ...]:
    match node:
        case s.Number(text) if len(text) == 2:
            return tuple(s.Number(digit, node.span) for digit in text)
        case s.Product(factors):
            return tuple(factor for _, factor in factors)
    return (node,)


def _differential(node: s.Node) -> Expr | None:
    match node:
        case s.Product(((_, s.Name("partial")), (_, inner))):
            return term(inner)
    return None


def _product(factors: list[tuple[str, s.Node]]) -> Expr:
    result: list[Expr] = []
    place = 0
    while place < len(factors):
        operator, factor = factors[place]
        if isinstance(factor, s.Name) and factor.text in ("sigma", "exp") and place + 1 < len(factors):
            inner = term(factors[place + 1][1])
            value: Expr = Exp(inner) if factor.text == "exp" else Call("sigma", inner)
            place += 1
        else:
            value = term(factor)
        if operator == "/":
            result = [Frac(Mul(tuple(result)) if len(result) > 1 else result[0], value)]
        else:
            result.append(value)
        place += 1
    return result[0] if len(result) == 1 else Mul(tuple(result))
