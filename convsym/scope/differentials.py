r"""Rules between differentials, d(fg) = f dg + g df: d stands for a differential there, and is no factor."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Integer, Pow, Rational, Symbol, diff

from convsym.latex.printer import to_latex
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Product, Root, Scripted, Signed, Sum_
from convsym.latex.walking import walk
from convsym.prover import prove_equal
from convsym.scope.naming import strip_group
from convsym.verdict import Outcome, Proved, Refuted, Unsupported

_TIMES = frozenset({"", "cdot", "times", "*"})
_OPEN = Unsupported("a rule between differentials of a form that is not read")


def differential_rule(left: Node, right: Node) -> Outcome | None:
    r"""What a rule between differentials comes to, its names read as numbers that vary.

    Args:
        left: a side that is read as one where it is the differential of a bracket, d(f/g).
        right: the other side.

    Returns:
        A verdict; None where the two sides are no such rule.
    """
    if not _begins_with_differential(strip_group(left)) or not _speaks_of_differentials(right):
        return None
    varying = {to_latex(node) for side in (left, right) for node in _below_d(side)}
    try:
        sides = _Reading(varying, constant=False).of(left), _Reading(varying, constant=False).of(right)
        fixed = _Reading(varying, constant=True).of(left), _Reading(varying, constant=True).of(right)
    except _UnreadError:
        return _OPEN
    if not all(len(symbol.name) for side in sides for symbol in side.free_symbols):
        return _OPEN
    outcomes = [prove_equal(*sides), prove_equal(*fixed)]
    if sides == fixed:
        return outcomes[0]
    # A name that no d stands before may be a constant, or its term may be lost.
    if all(isinstance(outcome, Refuted) for outcome in outcomes):
        return outcomes[1]
    if all(isinstance(outcome, Proved) for outcome in outcomes):
        return outcomes[0]
    return Unsupported("nothing says which of the names of a rule between differentials are constants")


def _is_d(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Name) and node.text == "d" and node.font in ("", "rm", "it", "op")


def _begins_with_differential(node: Node) -> bool:
    """d(...), with more in the brackets than one name: that would be a function's value as well."""
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return False
    head, body = (strip_group(factor) for _, factor in node.factors)
    if (
        not _is_d(head)
        or not isinstance(body, Bracket)
        or body.kind not in ("(", "[")
        or len(body.items) != 1
    ):
        return False
    return not isinstance(strip_group(body.items[0]), Name | Number)


def _speaks_of_differentials(node: Node) -> bool:
    """Whether a d stands somewhere, and each one before something that it can act on."""
    marks = sum(_is_d(part) for part in walk(node) if isinstance(part, Name))
    return 0 < marks == sum(1 for _ in _below_d(node))


def _below_d(node: Node) -> Iterator[Node]:
    """What stands right behind each d of a node."""
    for part in walk(node):
        if isinstance(part, Product):
            factors = part.factors
            for place in range(len(factors) - 1):
                operator, body = factors[place + 1]
                if _is_d(factors[place][1]) and not operator and not _is_d(body):
                    yield strip_group(body)


class _UnreadError(Exception):
    """Something that is no plain arithmetic of numbers and their differentials."""


class _Reading:
    """A side as an expression in its names and in a symbol for the differential of each."""

    def __init__(self, varying: set[str], *, constant: bool) -> None:
        self.varying, self.constant = varying, constant

    def of(self, node: Node) -> Expr:
        """The value of a node."""
        node = strip_group(node)
        match node:
            case Number(text):
                return Rational(text)
            case Name() | Scripted(superscript=None, primes=0):
                return self._name(node)
            case Scripted(base, None, power, 0) if power is not None:
                exponent = strip_group(power)
                negative = isinstance(exponent, Signed) and exponent.sign == "-"
                exponent = strip_group(exponent.operand) if isinstance(exponent, Signed) else exponent
                if not isinstance(exponent, Number):
                    raise _UnreadError
                return Pow(self.of(base), (-1 if negative else 1) * Rational(exponent.text))
            case Signed("+" | "-" as sign, operand):
                return self.of(operand) * (-1 if sign == "-" else 1)
            case Sum_(terms) if all(sign in ("+", "-") for sign, _ in terms):
                total: Expr = Integer(0)
                for joined, term in terms:
                    total = total + self.of(term) * (-1 if joined == "-" else 1)
                return total
            case Fraction_(above, below):
                return self.of(above) / self.of(below)
            case Root(radicand, None):
                return Pow(self.of(radicand), Rational(1, 2))
            case Bracket("(" | "[" | "{" | "group", (only,)):
                return self.of(only)
            case Product(factors) if all(operator in _TIMES for operator, _ in factors):
                return self._product([factor for _, factor in factors], [op for op, _ in factors])
        raise _UnreadError

    def _name(self, node: Node) -> Expr:
        base = strip_group(node.base) if isinstance(node, Scripted) else node
        # A matrix does not commute, and a word is no number.
        if not isinstance(base, Name) or base.text == "partial" or _is_d(base) or "bf" in base.font.split():
            raise _UnreadError
        if not base.text[:1].islower() or (base.font and len(base.text) > 1):
            raise _UnreadError
        return Symbol(to_latex(node))

    def _product(self, factors: list[Node], operators: list[str]) -> Expr:
        total: Expr = Integer(1)
        place = 0
        while place < len(factors):
            if _is_d(factors[place]):
                if place + 1 == len(factors) or operators[place + 1]:
                    raise _UnreadError
                total = total * self._differential(self.of(factors[place + 1]))
                place += 2
                continue
            behind = strip_group(factors[place + 1]) if place + 1 < len(factors) else None
            if isinstance(strip_group(factors[place]), Name) and isinstance(behind, Bracket):
                if not operators[place + 1] and behind.kind != "group":
                    raise _UnreadError  # a function's value, or a product
            total = total * self.of(factors[place])
            place += 1
        return total

    def _differential(self, body: Expr) -> Expr:
        total: Expr = Integer(0)
        for symbol in sorted(body.free_symbols, key=str):
            if self.constant and symbol.name not in self.varying:
                continue
            total = total + diff(body, symbol) * Symbol(f"d{symbol.name}")
        return total


__all__ = ["differential_rule"]
