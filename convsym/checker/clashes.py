"""Which clashes of types are certain: shapes that were declared, and no habit of layout that makes them fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convsym.checker.grounds import is_digits, unwritten_loss
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple_,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.forms import integer_of, printed_shape, transposed
from convsym.scope.hygiene import derives
from convsym.scope.model import latex_name
from convsym.scope.naming import key, printed_word, strip_group
from convsym.verdict import Outcome, Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.scope.judge import Judge, Judgment
    from convsym.scope.model import Scope
    from convsym.scope.statements import Statement

_MOST_TURNED = 3
_SHORTEST_WORD = 3
# Words of a text that lays matrices out as vectors: under which name it does so is seldom said.
_LAID_OUT = re.compile(r"\b(?:vectori[sz]\w*|flatten\w*|unroll\w*|vec|toeplitz|im2col|reshap\w+)\b", re.I)
_SIGNS = frozenset({"partial", "d", "nabla", "T", "top", "intercal", "e", "pi"})
_PRODUCT = re.compile(r"a (\d+)x(\d+) matrix cannot be multiplied by a (\d+)x(\d+) matrix")


def clash_outcome(
    statement: Statement, judgment: Judgment, judge: Judge, earlier: Iterable[Finding]
) -> Outcome | None:
    """What a clash of types comes to, or None where it stays as it was found.

    Args:
        statement: the relation.
        judgment: what was found about it; its `type_clash` says what does not fit.
        judge: the judge of the scope it is read in.
        earlier: the findings so far.
    """
    scope, clash = judge.scope, judgment.type_clash
    sides = statement.left, statement.right
    if any(_is_free_name(side, scope) for side in sides):
        return None
    if any(isinstance(part, Chain) for side in sides for part in walk(side)):
        return Unsupported("a condition inside an expression")
    if ("side is a number" in clash or "cannot equal" in clash) and (
        unsaid := next(_unsaid(sides, scope), "")
    ):
        return Unsupported(f"nothing says that ${unsaid}$ is a number: {clash}")
    if "side is a number" in clash:
        if word := next((word for side in sides if (word := _word_below(side, scope))), ""):
            # Letters side by side under a letter are indices of a cell, or a word that names a whole matrix.
            return Unsupported(f"{word} may be a name and no row of indices: {clash}")
        if any(is_digits(side, scope) for side in sides) and not all(
            _is_declared(side, scope) for side in sides
        ):
            return Unsupported(f"numbers of an example, of another shape: {clash}")
        shown = any(isinstance(part, Matrix) for side in sides for part in walk(side))
        if (shown or integer_of(statement.right) is not None) and any(
            _is_plain_name(side, scope) for side in sides
        ):
            return Unsupported(f"a name that may be defined anew here: {clash}")
        if shown or not all(_is_declared(side, scope) for side in sides) or any(map(_has_an_entry, sides)):
            return Unsupported(f"what is a number and what a matrix is not all said: {clash}")
        return Refuted(clash, method="type clash")
    if "cannot equal" in clash:
        if not all(_is_declared(side, scope) and not _shows_numbers(side) for side in sides):
            return Unsupported(f"shapes that are not all said: {clash}")
        if _is_example_of_a_layer(statement, scope):
            return Unsupported(f"numbers of an example, of another shape: {clash}")
        printed = any(isinstance(strip_group(side), Matrix | Bracket | Tuple_) for side in sides)
        if _is_turned_vector(clash) and (printed or not all(_is_declared(side, scope) for side in sides)):
            # Whether a list of entries is printed as a row or as a column says nothing by itself.
            return Unsupported(f"rows and columns: {clash}")
        if derives(statement.left) and _holds_transposed(statement, judge):
            # Rows or columns for the numerator are two habits; only a line of the other habit decides.
            if not any(_same_habit(statement, finding) for finding in earlier):
                return Unsupported("it holds with the derivatives laid out the other way round")
        return Refuted(clash, method="type clash")
    product = _PRODUCT.search(clash)
    if product is not None and _LAID_OUT.search(scope.words):
        return Unsupported(f"matrices that may be laid out as vectors: {clash}")
    if product is not None and all(_is_declared(side, scope) for side in sides):
        a, b, c, d = (int(n) for n in product.groups())
        # A vector may be meant as a row, a gradient laid out the other way round.
        turned = derives(statement.right) and b == d
        if b != c and not turned and not (1 in (c, d) and b == d) and not (1 in (a, b) and a == c):
            if not _fits_turned(statement, judge):
                return Refuted(clash, method="type clash")
    return None


def _has_an_entry(side: Node) -> bool:
    """Whether a name stands before a list in brackets, Y(0, 1): an entry, perhaps."""
    return any(
        isinstance(strip_group(one), Name | Scripted)
        and isinstance(behind := strip_group(following), Bracket)
        and (len(behind.items) > 1 or any(isinstance(item, Tuple_) for item in behind.items))
        for part in walk(side)
        if isinstance(part, Product)
        for (_, one), (operator, following) in zip(part.factors, part.factors[1:], strict=False)
        if not operator
    )


def _shows_numbers(side: Node) -> bool:
    """Whether a matrix of numbers is printed: those of an example may be of another shape."""
    return any(
        isinstance(part, Matrix) and any(isinstance(cell, Number) for cell in walk(part))
        for part in walk(side)
    )


def _fits_turned(statement: Statement, judge: Judge) -> bool:
    """Whether the factors fit once a derivative in their product is laid out the other way, as another habit has it."""
    slopes = [part for part in walk(statement.right) if isinstance(part, Fraction_) and derives(part)]

    for slope in slopes[:_MOST_TURNED]:

        def turned(part: Node, slope: Node = slope) -> Node | None:
            return transposed(Bracket("(", (slope,), slope.span)) if part is slope else None

        if not judge.equal(statement.left, rewritten(statement.right, turned)).type_clash:
            return True
    return False


def _is_turned_vector(clash: str) -> bool:
    """Whether two vectors of one length clash because one of them lies and the other one stands."""
    sizes = [int(size) for size in re.findall(r"\d+", clash)]
    return len(sizes) == 4 and sizes[:2] == sizes[3:1:-1] and 1 in sizes


def _is_example_of_a_layer(statement: Statement, scope: Scope) -> bool:
    r"""Whether a layer's quantity is given numbers, \delta^l = (2, 8; 4, 6), beside another one."""
    reference = scope.refer(statement.left, {})
    layered = reference is not None and reference.layer is not None and not reference.indices
    return layered and not any(isinstance(part, Name | Scripted) for part in walk(statement.right))


def _is_free_name(node: Node, scope: Scope) -> bool:
    if not isinstance(node, Name | Scripted):
        return False
    reference = scope.refer(node, {})
    return (
        reference is not None
        and not reference.indices
        and not scope.rules.get(reference.name)
        and scope.family(reference.name) is None
    )


def _unsaid(sides: Iterable[Node], scope: Scope, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Names that are taken for numbers although neither an index nor a definition makes them some."""
    for side in sides:
        losses = {key(loss) for part in walk(side) if isinstance(loss := unwritten_loss(part, scope), Name)}
        bound = {
            key(name)
            for part in walk(side)
            if isinstance(part, BigOperator) and part.lower is not None
            for name in walk(part.lower)
            if isinstance(name, Name)
        }
        for reference in scope.mentions(side):
            name = reference.name
            if (
                reference.indices
                or name in losses | bound
                or name in FUNCTIONS
                or name in scope.functions
                or reference.base in _SIGNS
                or scope.family(name) is not None
                or scope.size(name) is not None
            ):
                continue
            bodies = [rule.body for rule in scope.rules.get(name, []) if not rule.patterns]
            if not bodies or any(isinstance(part, Matrix) for body in bodies for part in walk(body)):
                yield latex_name(name)
            elif name not in seen:
                yield from _unsaid(bodies, scope, seen | {name})


def _is_plain_name(side: Node, scope: Scope) -> bool:
    """Whether a side is a name without indices: a line that shows a matrix for it may define it anew."""
    reference = scope.refer(side, {}) if isinstance(side, Name | Scripted) else None
    return reference is not None and not reference.indices


def _word_below(side: Node, scope: Scope) -> str:
    """The letters of a subscript that may be a word, three or more side by side; empty for any other."""
    side = strip_group(side)
    if not isinstance(side, Scripted) or side.subscript is None:
        return ""
    reference = scope.refer(side, {})
    rules = [] if reference is None else scope.rules.get(reference.name, [])
    if not all(isinstance(strip_group(rule.body), Matrix) for rule in rules):
        return ""  # its cells are numbers elsewhere
    word = printed_word(strip_group(side.subscript))
    return word if len(word) >= _SHORTEST_WORD else ""


def _holds_transposed(statement: Statement, judge: Judge) -> bool:
    """Whether a line holds with its derivatives laid out the other way round: that on the left, or all of them."""

    def turned(node: Node) -> Node | None:
        return _transposed(node) if isinstance(node, Fraction_) and derives(node) else None

    sides = (statement.right, rewritten(statement.right, turned))
    return any(
        isinstance(judge.equal(statement.left, _transposed(side)).outcome, Proved)
        for side in dict.fromkeys(sides)
    )


def _transposed(node: Node) -> Node:
    span = node.span
    return Scripted(Bracket("(", (node,), span), None, Name("T", span), 0, span)


def _same_habit(statement: Statement, finding: Finding) -> bool:
    """Whether a proved line lays out the same derivative, or any that is no vector, in its variable's shape."""
    if not isinstance(finding.outcome, Proved) or not derives(finding.statement.left):
        return False
    if printed_shape(finding.statement.left) == printed_shape(statement.left):
        return True
    judgment = finding.judgment
    places = [name for name, _, _ in judgment.pairs] if judgment is not None else []
    rows = {m.group(1) for name in places if (m := re.search(r"row (\d+)", name))}
    columns = {m.group(1) for name in places if (m := re.search(r"column (\d+)", name))}
    return len(rows) > 1 and len(columns) > 1 and len(rows) != len(columns)


def _is_declared(node: Node, scope: Scope) -> bool:
    """Whether every matrix in a node has a shape that the document fixed."""
    losses = {id(loss) for part in walk(node) if (loss := unwritten_loss(part, scope)) is not None}
    for part in walk(node):
        reference = scope.refer(part, {}) if isinstance(part, Name | Scripted) else None
        if id(part) in losses:
            continue  # a number
        if reference is None or reference.indices or reference.base in ("partial", "d", "nabla", "T", "top"):
            continue
        family = scope.family(reference.name)
        rules = scope.rules.get(reference.name, [])
        if family is None and any(rule.patterns for rule in rules):
            return False  # cells whose range nobody states
        if family is None and reference.layer is not None:
            return False  # of another layer it may be a matrix
        if family is None and (rules or scope.size(reference.name) is not None):
            continue  # a number
        if family is None or not family.exact:
            return False
    return True
