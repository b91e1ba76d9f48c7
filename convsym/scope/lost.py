r"""Derivatives that have lost a \partial, \frac{\partial E}{x}, or a name: \frac{\partial L}{\partial 22}."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from convsym.errors import ConvsymError
from convsym.latex.parser import parse
from convsym.latex.printer import to_latex
from convsym.latex.syntax import (
    Bracket,
    Equation,
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
from convsym.scope.naming import EQUALITIES, key, strip_group
from convsym.scope.operators import differential_parts
from convsym.scope.statements import Statement

# What may begin a differential of another kind, or a difference.
_OTHER_SIGNS = frozenset({"d", "delta", "Delta", "nabla", "D"})


@dataclass(frozen=True, slots=True)
class Slopes:
    r"""The derivatives that a document prints whole.

    Attributes:
        names: what stands behind a \partial somewhere, without indices.
        pairs: the names above and below of the same derivative.
    """

    names: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def slopes_of(equations: Iterable[Equation]) -> Slopes:
    r"""The derivatives with a \partial above and below that a document prints.

    Args:
        equations: the formulas of the document.
    """
    names: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for equation in equations:
        for row in equation.rows:
            for node in walk(row):
                if not isinstance(node, Fraction_):
                    continue
                sides = behind_partial(node.numerator), behind_partial(node.denominator)
                if sides[0] is None or sides[1] is None:
                    continue
                above, below = _head(sides[0]), _head(sides[1])
                names |= {head for head in (above, below) if head is not None}
                if above is not None and below is not None:
                    pairs.add((above, below))
    return Slopes(frozenset(names), frozenset(pairs))


def differentiates_by(node: Node, variable: Node) -> bool:
    r"""Whether a derivative by a variable, as printed, stands in a formula: b = \sum_u e_u \partial z_u/\partial b.

    Args:
        node: the formula, which then does not say what the variable is.
        variable: a name with its indices.
    """
    wanted = printed_shape(variable)
    return any(
        (below := behind_partial(fraction.denominator)) is not None and printed_shape(below) == wanted
        for fraction in _fractions(node)
    )


def note_lost(statements: Iterable[Statement], equations: Iterable[Equation]) -> None:
    r"""Note the claims whose derivatives have lost a \partial, or a name, as misprinted, with the relation put right.

    Args:
        statements: the relations that were read; their roles are changed.
        equations: the formulas of the document.
    """
    slopes = slopes_of(equations)
    for statement in statements:
        if statement.role in ("claim", "unsupported") and statement.relation in EQUALITIES:
            if places := lost_places(statement.left, statement.right, slopes):
                _note(statement, places)
            elif names := lost_names(statement.left, statement.right):
                _note_names(statement, names)


def _note(statement: Statement, places: list[Node]) -> None:
    statement.role = "lost mark"
    missing = to_latex(places[0])
    statement.reason = f"a $\\partial$ is missing in front of ${missing}$: as printed it is no derivative"
    first, last = statement.left.span.start, statement.right.span.end
    starts = sorted({place.span.start for place in places}, reverse=True)
    if first <= starts[-1] and starts[0] <= last:
        text = statement.source
        for start in starts:
            text, last = f"{text[:start]}\\partial {text[start:]}", last + len("\\partial ")
        statement.repair = text[first:last]


def _note_names(statement: Statement, names: list[tuple[Number, Node]]) -> None:
    statement.role = "lost mark"
    number, cell = names[0]
    statement.reason = (
        f"$\\partial {number.text}$ has lost a name: ${to_latex(cell)}$ in the other derivatives' letter"
    )
    text, last = statement.source, statement.right.span.end
    for number, cell in sorted(names, key=lambda one: one[0].span.start, reverse=True):
        start, end, printed = number.span.start, number.span.end, f" {to_latex(cell)}"
        text, last = f"{text[:start]}{printed}{text[end:]}", last + len(printed) - (end - start)
    statement.repair = text[statement.left.span.start : last]


def lost_names(left: Node, right: Node) -> list[tuple[Number, Node]]:
    r"""The numbers that stand where a cell must, \partial L/\partial 22, each with the cell whose indices it prints.

    The letter is the one that everything else on that side is differentiated by which the same thing is
    differentiated by, where that is one letter with as many indices, and where the cell is not among them already.

    Args:
        left: a side of the relation.
        right: the other side.
    """
    found: list[tuple[Number, Node]] = []
    for side in (left, right):
        numbers: list[tuple[Number, Fraction_]] = []
        cells: list[tuple[Scripted, Fraction_]] = []
        for node in _fractions(side):
            below = None if behind_partial(node.numerator) is None else behind_partial(node.denominator)
            below = None if below is None else strip_group(below)
            if isinstance(below, Number) and below.text.isdigit():
                numbers.append((below, node))
            elif isinstance(below, Scripted) and not below.primes:
                cells.append((below, node))
        for number, node in numbers:
            beside = [cell for cell, other in cells if _same_above(node, other)]
            restored = _cell_at(number, beside)
            if restored is None:
                return []
            found.append((number, restored))
    return found


def _same_above(one: Fraction_, other: Fraction_) -> bool:
    return printed_shape(unwrapped(one.numerator)) == printed_shape(unwrapped(other.numerator))


def _cell_at(number: Number, beside: list[Scripted]) -> Node | None:
    """The cell of the letter of some cells at the indices that a number prints; None where it is none or not one."""
    digits = {
        len(sub.text) if isinstance(sub := strip_group(cell.subscript), Number) and sub.text.isdigit() else 0
        for cell in beside
        if cell.subscript is not None
    }
    if digits != {len(number.text)} or any(cell.subscript is None for cell in beside):
        return None
    restored = {printed_shape(cell): cell for cell in (replace(c, subscript=number) for c in beside)}
    if len(restored) != 1 or next(iter(restored)) in map(printed_shape, beside):
        return None
    return next(iter(restored.values()))


def replaced_by_repair(statement: Statement) -> Statement | None:
    """The claim that a misprinted line is once it is put right; None where that cannot be read.

    Args:
        statement: the line, with its repair.
    """
    if not statement.repair:
        return None
    try:
        rows = parse(statement.repair).rows
    except ConvsymError:
        return None
    if len(rows) != 1 or rows[0].first is None or len(rows[0].links) != 1:
        return None
    relation, right = rows[0].links[0]
    mended = replace(statement, role="claim", left=rows[0].first, relation=relation, right=right)
    return replace(mended, source=statement.repair, repair="", reason="")


def lost_places(left: Node, right: Node, slopes: Slopes) -> list[Node]:
    r"""The nodes of a relation in front of which a \partial is missing, in printed order; empty where none is.

    A side of a fraction without any differential above or below of one with a \partial has lost its own where the
    document differentiates by it, or differentiates it, elsewhere. Where a relation has no \partial at all, its
    fractions have lost both where the document prints derivatives of the one name by all of the others.

    Args:
        left: a side of the relation.
        right: the other side.
        slopes: the derivatives that the document prints whole.
    """
    halves = [
        place for side in (left, right) for node in _fractions(side) if (place := _lost_half(node, slopes))
    ]
    return halves or _lost_wholes(left, right, slopes) or _lost_links(left, right, slopes)


def _fractions(side: Node) -> Iterator[Fraction_]:
    return (node for node in walk(side) if isinstance(node, Fraction_))


def _lost_half(node: Fraction_, slopes: Slopes) -> Node | None:
    above, below = behind_partial(node.numerator), behind_partial(node.denominator)
    if (above is None) == (below is None):
        return None
    whole, plain = (above, node.denominator) if above is not None else (below, node.numerator)
    assert whole is not None
    if _has_differential(plain) or _has_differential(whole) or printed_shape(whole) == printed_shape(plain):
        # \frac{\partial y}{y} is the relative change of y.
        return None
    return strip_group(plain) if _head(plain) in slopes.names else None


def _lost_wholes(left: Node, right: Node, slopes: Slopes) -> list[Node]:
    r"""Both sides of the fractions of \frac{J}{x_{11}} = \frac{J}{y_{11}} k_{11} beside \partial J/\partial x_{11}."""
    first = strip_group(left)
    fractions = [*_fractions(left), *_fractions(right)]
    if not isinstance(first, Fraction_) or len(fractions) < 2 or _has_differential(left, right):
        return []
    heads = [(_head(node.numerator), _head(node.denominator)) for node in fractions]
    if (
        any(pair not in slopes.pairs or pair[0] != heads[0][0] for pair in heads)
        or not all(isinstance(strip_group(node.denominator), Scripted) for node in fractions)
        or len({printed_shape(node.denominator) for node in fractions}) < 2
    ):
        return []
    return [strip_group(side) for node in fractions for side in (node.numerator, node.denominator)]


def _lost_links(left: Node, right: Node, slopes: Slopes) -> list[Node]:
    r"""Both sides of \frac{z_u}{k_r} in \partial E/\partial k_r = \sum_u \partial E/\partial z_u \frac{z_u}{k_r}."""
    wanted = [
        printed_shape(unwrapped(below))
        for side in (left, right)
        for node in _fractions(side)
        if (below := behind_partial(node.denominator)) is not None
    ]
    for side in (left, right):
        for product in (part for part in walk(side) if isinstance(part, Product)):
            factors = [
                part for _, factor in product.factors if isinstance(part := strip_group(factor), Fraction_)
            ]
            for first, second in pairwise(factors):
                above, below = unwrapped(second.numerator), unwrapped(second.denominator)
                link = behind_partial(first.denominator)
                if (
                    link is not None
                    and printed_shape(unwrapped(link)) == printed_shape(above)
                    and printed_shape(below) in wanted
                    and not _has_differential(above, below)
                    and isinstance(below, Scripted)
                    and {_head(above), _head(below)} <= slopes.names
                ):
                    return [above, below]
    return []


def behind_partial(side: Node) -> Node | None:
    r"""What a first differential \partial x is of; None for anything else, a bare \partial too.

    Args:
        side: of a fraction.
    """
    side = unwrapped(side)
    parts = differential_parts(side)
    if parts is None or parts[0] != "partial" or parts[1] != 1 or not parts[2]:
        return None
    factors = parts[2]
    if any(operator for operator, _ in factors[1:]):
        return None
    return factors[0][1] if len(factors) == 1 else Product((("", factors[0][1]), *factors[1:]), side.span)


def unwrapped(node: Node) -> Node:
    """A node without round brackets around all of it.

    Args:
        node: any expression.
    """
    node = strip_group(node)
    while isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        node = strip_group(node.items[0])
    return node


def _has_differential(*nodes: Node) -> bool:
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Name) and (part.text == "partial" or key(part) == "nabla"):
                return True
            if isinstance(part, Product):
                head = strip_group(part.factors[0][1])
                if isinstance(head, Name) and head.text in _OTHER_SIGNS:
                    return True
            if isinstance(part, Name) and len(part.text) > 1 and part.text[0] == "d" and part.font:
                return True
    return False


def _head(node: Node) -> str | None:
    """The letter of a name, of a cell, of a matrix in brackets with an index, or of what is applied; else None."""
    node = strip_group(node)
    if isinstance(node, Name):
        return key(node)
    if isinstance(node, Scripted):
        return _head(node.base)
    if isinstance(node, Bracket) and node.kind in ("(", "[") and len(node.items) == 1:
        inner = strip_group(node.items[0])
        return None if isinstance(inner, Sum_ | Signed) else _head(inner)
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] == "":
        behind = strip_group(node.factors[1][1])
        if isinstance(behind, Bracket) and behind.kind == "(":
            return _head(node.factors[0][1])
    return None
