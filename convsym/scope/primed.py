r"""Primes without an argument: w' = w - \eta g is a name of its own, \phi' beside \partial a/\partial z is \phi'(z)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest

from convsym.latex.printer import to_latex
from convsym.latex.syntax import (
    Bracket,
    Chain,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Span,
    Sum_,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.forms import is_numeric
from convsym.scope.naming import strip_group, with_primes

_EQUAL = frozenset({"=", ":=", "equiv", "leftarrow"})
# Letters that everybody takes for functions: their prime is a derivative, wherever it stands.
_FUNCTIONS = frozenset("f g h F G H sigma phi varphi psi Phi Psi rho ell".split())


def with_primed_names(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations, in which no prime stands on a name that is applied to nothing.

    A letter that a line defines with its prime, K' = K or w_1' = w_1 - \eta g, is a name of its own with it: it
    is no function in the document, and what it stands for without the prime is defined nowhere, or is what the
    line changes. A prime behind the argument, \phi(z)', belongs to the function. The prime of a function beside
    the derivative of a value of it, \partial a/\partial z = \phi' after a = \phi(z), is taken at the argument of
    that value.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    if not any(isinstance(part, Scripted) and part.primes for row in rows for part in walk(row)):
        return dict(equations)
    equations = {number: rewritten(equation, _on_its_function) for number, equation in equations.items()}
    rows = [row for equation in equations.values() for row in equation.rows]
    names = _own_names(rows)

    def renamed(node: Node) -> Node | None:
        if not isinstance(node, Scripted) or not node.primes:
            return None
        base = strip_group(node.base)
        if not isinstance(base, Name) or base.text not in names:
            return None
        return replace(node, base=with_primes(base, node.primes), primes=0)

    found: dict[int, Equation] = {}
    values: dict[str, tuple[str, Node]] = {}  # a function's name -> its last value and the argument of it
    for number, equation in equations.items():
        if names:
            equation = rewritten(equation, renamed)
        found[number] = replace(equation, rows=tuple(_completed(row, values) for row in equation.rows))
        for row in equation.rows:
            values.update(_values(row))
    return found


def _on_its_function(node: Node) -> Node | None:
    r"""\phi(z)' and (\phi(z))' as \phi'(z)."""
    if isinstance(node, Scripted) and node.primes and node.subscript is None and node.superscript is None:
        inner = strip_group(node.base)
        inner = inner.items[0] if isinstance(inner, Bracket) and len(inner.items) == 1 else inner
        if isinstance(inner, Product) and len(inner.factors) == 2 and not inner.factors[1][0]:
            (_, head), (_, bracket) = inner.factors
            if _is_function(head) and isinstance(bracket, Bracket) and bracket.kind == "(":
                called = Scripted(head, None, None, node.primes, head.span)
                return Product((("", called), ("", rewritten(bracket, _on_its_function))), node.span)
        return None
    if not isinstance(node, Product):
        return None
    factors = list(node.factors)
    for place, (operator, behind) in enumerate(node.factors[1:], 1):
        head = factors[place - 1][1]
        if operator or not _is_function(head) or not isinstance(behind, Scripted) or not behind.primes:
            continue
        bracket = strip_group(behind.base)
        if isinstance(bracket, Bracket) and bracket.kind == "(" and behind.subscript is None:
            factors[place - 1] = factors[place - 1][0], Scripted(head, None, None, behind.primes, head.span)
            whole = behind.superscript is None
            factors[place] = "", bracket if whole else replace(behind, primes=0)
    if tuple(factors) == node.factors:
        return None
    return replace(node, factors=tuple((op, rewritten(factor, _on_its_function)) for op, factor in factors))


def _is_function(node: Node) -> bool:
    """Whether a node is a letter or a word that everybody takes for a function."""
    return isinstance(node, Name) and (node.text in _FUNCTIONS or node.text in FUNCTIONS)


def _head(row: Chain) -> Scripted | Name | None:
    first = None if row.first is None or not row.links else strip_group(row.first)
    known = isinstance(first, Scripted | Name) and row.links[0][0] in _EQUAL
    return first if known and isinstance(first, Scripted | Name) else None


def _letter(node: Node) -> Name | None:
    base = strip_group(node.base) if isinstance(node, Scripted) else node
    return base if isinstance(base, Name) else None


def _own_names(rows: list[Chain]) -> set[str]:
    """Letters that are names of their own where they carry a prime."""
    defined: set[str] = set()
    # A letter -> what its lines with a prime say: a change of it, a number that a change comes to, or else.
    primed: dict[str, set[str]] = {}
    called = {letter.text for row in rows for letter in _called(row)}
    for row in rows:
        head = _head(row)
        letter = None if head is None else _letter(head)
        if head is None or letter is None:
            continue
        if isinstance(head, Scripted) and head.primes:
            value = strip_group(row.links[0][1])
            if not any(isinstance(part, Fraction_) and _differentiates(part, letter) for part in walk(value)):
                kind = "change" if _changes(value, letter) else "number" if is_numeric(value) else "else"
                primed.setdefault(letter.text, set()).add(kind)
            else:
                called.add(letter.text)
        else:
            defined.add(letter.text)
    return {
        letter
        for letter, kinds in primed.items()
        if len(letter) == 1
        and letter not in called | _FUNCTIONS
        and (kinds in ({"change"}, {"change", "number"}) or letter not in defined)
    }


def _called(node: Node) -> Iterator[Name]:
    """Letters with a bracket right behind them, with a prime or without."""
    for part in walk(node):
        if isinstance(part, Product):
            for (_, factor), (operator, behind) in zip(part.factors, part.factors[1:], strict=False):
                letter = _letter(strip_group(factor))
                bracket = strip_group(behind)
                if letter is not None and not operator and isinstance(bracket, Bracket):
                    yield letter


def _differentiates(fraction: Fraction_, letter: Name) -> bool:
    r"""Whether a fraction is a derivative of a letter, dy/dx or \partial y/\partial x."""
    above = strip_group(fraction.numerator)
    if not isinstance(above, Product) or not isinstance(strip_group(above.factors[0][1]), Name):
        return False
    sign = strip_group(above.factors[0][1])
    if not isinstance(sign, Name) or sign.text not in ("d", "partial"):
        return False
    return any(isinstance(part, Name) and part.text == letter.text for part in walk(above))


def _changes(value: Node, letter: Name) -> bool:
    """Whether a value is a letter with something added to it or taken away."""
    if not isinstance(value, Sum_):
        return False
    terms = (strip_group(term) for _, term in value.terms)
    return any((found := _letter(term)) is not None and found.text == letter.text for term in terms)


def _values(row: Chain) -> Iterator[tuple[str, tuple[str, Node]]]:
    r"""Functions and their values in a row, a = \phi(z): the function's name, the value's name, the argument."""
    head = _head(row)
    if head is None:
        return
    for relation, side in row.links:
        node = strip_group(side)
        if relation not in _EQUAL or not isinstance(node, Product) or len(node.factors) != 2:
            continue
        function, bracket = strip_group(node.factors[0][1]), strip_group(node.factors[1][1])
        if node.factors[1][0] or not isinstance(function, Name) or not isinstance(bracket, Bracket):
            continue
        if bracket.kind == "(" and len(bracket.items) == 1:
            argument = strip_group(bracket.items[0])
            if isinstance(argument, Name | Scripted):
                yield function.text, (to_latex(head), argument)


def _completed(row: Chain, values: Mapping[str, tuple[str, Node]]) -> Chain:
    """A row in which the prime of a function is taken at the argument of its value, where that is differentiated."""
    above: set[str] = set()
    for part in walk(row):
        if isinstance(part, Fraction_):
            numerator = strip_group(part.numerator)
            if isinstance(numerator, Product) and len(numerator.factors) == 2:
                sign, of = (strip_group(factor) for _, factor in numerator.factors)
                if isinstance(sign, Name) and sign.text in ("d", "partial"):
                    above.add(to_latex(of))
    taken = {name: argument for name, (head, argument) in values.items() if head in above}
    if not taken:
        return row

    def applied(node: Node) -> Node | None:
        if not isinstance(node, Product):
            return _at_argument(node, taken)
        factors: list[tuple[str, Node]] = []
        for (operator, factor), (joined, behind) in zip_longest(
            node.factors, node.factors[1:], fillvalue=("end", node)
        ):
            called = not joined and isinstance(strip_group(behind), Bracket)
            kept = called and _bare(factor, taken)
            factors.append((operator, factor if kept else rewritten(factor, applied)))
        return replace(node, factors=tuple(factors))

    links = tuple((relation, rewritten(side, applied)) for relation, side in row.links)
    first = None if row.first is None else rewritten(row.first, applied)
    return replace(row, first=first, links=links)


def _at_argument(node: Node, taken: Mapping[str, Node]) -> Node | None:
    """A function whose prime stands alone, applied to the argument that is known of it; None of anything else."""
    name = _bare(node, taken)
    if not name:
        return None
    bracket = Bracket("(", (_placed(taken[name], node.span),), node.span)
    # The group keeps the call together where more factors follow.
    return Bracket("group", (Product((("", node), ("", bracket)), node.span),), node.span)


def _placed(node: Node, span: Span) -> Node:
    """A node of another formula at a place of this one."""
    inner = rewritten(
        node, lambda part: replace(part, span=span) if isinstance(part, Name | Number) else None
    )
    return replace(inner, span=span)


def _bare(node: Node, taken: Mapping[str, Node]) -> str:
    r"""The name of a function whose prime stands alone, or nothing."""
    node = strip_group(node)
    if not isinstance(node, Scripted) or not node.primes or node.subscript is not None:
        return ""
    base = strip_group(node.base)
    alone = isinstance(base, Name) and node.superscript is None and base.text in taken
    return base.text if alone and isinstance(base, Name) else ""
