"""Whether a document's convolution turns its kernel: from the sum that it defines the operation by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sympy import Expr, Integer, Symbol, expand

from convsym.errors import ConvsymError
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Ellipsis_,
    Equation,
    Matrix,
    Name,
    Node,
    Product,
    Scripted,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.convolving import SIGNS, WORDS, Reading, is_convolution, is_named, name_of, signs_in
from convsym.scope.elaborate import Elaborator
from convsym.scope.model import Scope
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.signwords import turns_in_words
from convsym.scope.statements import Statement

# A name of an operation is a word.
_WORD = 3
_WAYS = {False: "slides the kernel as it is", True: "turns the kernel"}


def defines_operation(statement: Statement, scope: Scope) -> bool:
    """Whether a relation says what a convolution's sign stands for; the scope then knows it."""
    found = _defined_turn(statement.left, statement.right, scope)
    if found is None:
        return False
    operator, turned = found
    said = turns_in_words(scope.words).get(operator.partition("_")[0])
    if said is not None and said != turned:
        statement.role = "unsupported"
        statement.reason = f"the words say that {operator} {_WAYS[said]}, and this sum {_WAYS[turned]}"
        return True
    if operator not in scope.turns or said is not None:
        scope.turns[operator] = turned
        scope.convolutions[operator] = Reading(turned)
    elif scope.turns[operator] != turned:
        return False
    statement.role, statement.reason = "operation", f"says what {operator} stands for"
    return True


def _defined_turn(left: Node, right: Node, scope: Scope) -> tuple[str, bool] | None:
    """(sign, whether the kernel is turned) that (I * K)_{ij} = \\sum ... defines; None for other relations."""
    operator = sign_defined(left)
    if operator is None:
        return None
    for part in walk(right):
        if isinstance(part, BigOperator) and part.operator == "sum":
            turned = _turn_of(part, scope)
            if turned is not None:
                return operator, turned
    return None


def sign_defined(left: Node) -> str | None:
    """The sign of (I * K)_{ij}, [X * W]_{i,j} or (I * K)(i, j); None of anything else.

    Args:
        left: the left side of a line.
    """
    node = strip_group(left)
    bracket: Node | None = None
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] == "":
        if isinstance(strip_group(node.factors[1][1]), Bracket):
            bracket = strip_group(node.factors[0][1])
    elif isinstance(node, Scripted) and node.subscript is not None:
        bracket = strip_group(node.base)
    if not isinstance(bracket, Bracket) or bracket.kind not in ("(", "[") or len(bracket.items) != 1:
        return None
    inner = strip_group(bracket.items[0])
    if not isinstance(inner, Product) or len(inner.factors) != 2 or inner.factors[1][0] not in SIGNS:
        return None
    return inner.factors[1][0]


def _turn_of(part: BigOperator, scope: Scope) -> bool | None:
    """Whether the kernel runs against the image in a sum of products of two cells."""
    letters: list[str] = []
    body: Node = part
    while isinstance(body, BigOperator):
        lower = strip_group(body.lower) if body.lower is not None else None
        items = lower.items if isinstance(lower, Tuple_) else () if lower is None else (lower,)
        for item in items:
            letters.extend(key(name) for name in walk(item) if isinstance(name, Name))
        body = strip_group(body.body)
    if isinstance(body, Sum_):
        body = strip_group(body.terms[0][1])  # the bias behind the sum
    cells = _cells(body, scope)
    if cells is None or len(cells) != 2:
        return None
    turns = set()
    for letter in dict.fromkeys(letters):
        signs = [_direction(indices, letter, scope) for indices in cells]
        if 0 in signs:
            continue
        turns.add(signs[0] != signs[1])
    return turns.pop() if len(turns) == 1 else None


def _cells(body: Node, scope: Scope) -> list[tuple[Node, ...]] | None:
    """The index tuples of the cells that a product multiplies: x_{i,j} or x(i, j)."""
    factors = [strip_group(f) for _, f in body.factors] if isinstance(body, Product) else [body]
    found: list[tuple[Node, ...]] = []
    position = 0
    while position < len(factors):
        factor = factors[position]
        reference = scope.refer(factor, {})
        behind = factors[position + 1] if position + 1 < len(factors) else None
        if reference is None:
            return None
        if reference.indices:
            found.append(reference.indices)
        elif isinstance(behind, Bracket) and behind.kind in ("(", "["):
            inner = strip_group(behind.items[0]) if len(behind.items) == 1 else None
            found.append(inner.items if isinstance(inner, Tuple_) else behind.items)
            position += 1
        else:
            return None
        position += 1
    return found


def _direction(indices: tuple[Node, ...], letter: str, scope: Scope) -> int:
    """1 where an index grows with a letter, -1 where it falls, 0 where none does."""
    for index in indices:
        try:
            value = Elaborator(scope).index(index, {letter: Symbol(letter, integer=True)})
        except ConvsymError:
            continue
        form: Expr = expand(Integer(0) + value)
        slope = form.coeff(Symbol(letter, integer=True))
        if slope.is_positive:
            return 1
        if slope.is_negative:
            return -1
    return 0


def operands_of(right: Node, scope: Scope) -> tuple[str, str] | None:
    """The two matrices of conv(X, K) or X * K, where the document leaves the operation a name."""
    inner: tuple[Node, ...] = ()
    if isinstance(right, Product) and len(right.factors) == 2:
        head, second = strip_group(right.factors[0][1]), strip_group(right.factors[1][1])
        named = isinstance(head, Name) and len(head.text) > 1
        if (named or is_named(name_of(head))) and isinstance(second, Bracket) and len(second.items) == 2:
            if name_of(head) not in FUNCTIONS and name_of(head) not in scope.functions:
                inner = tuple(second.items)
        elif right.factors[1][0] in ("*", "ast", "star", "circledast"):
            inner = (head, second)
    names = [
        reference.name for node in inner if (reference := scope.refer(node, {})) and not reference.indices
    ]
    return (names[0], names[1]) if len(names) == 2 and not _multiplies(names, right, scope) else None


def _multiplies(names: Collection[str], right: Node, scope: Scope) -> bool:
    """Whether a star between small letters is a product: in a text that is not about convolutions."""
    if signs_in(right) != {"*"} or any(word in scope.words for word in WORDS):
        return False
    letters = [name.partition("_")[0] for name in names]
    return all(len(letter) == 1 and letter.islower() for letter in letters)


def names_operation(
    statement: Statement,
    name: str,
    right: Node,
    scope: Scope,
    operations: set[tuple[str, str, str]],
    equations: Mapping[int, Equation],
) -> bool:
    """Whether Z = conv(X, K) or Z = X * K names the operation whose cells a later line writes out.

    P = softmax(S) does so where the next part of its chain is the whole matrix, cell by cell.

    Args:
        statement: the relation; its role and reason are set.
        name: key of its left side.
        right: its right side.
        scope: what is known; changed in place.
        operations: what was named before; changed in place.
        equations: the formulas of the document by their number.
    """
    operands = operands_of(right, scope)
    if operands is None:
        if not _is_written_out_next(statement, right, scope, equations):
            return False
        statement.role, statement.reason = "operation", "names the operation"
        return True
    operation = (name, *operands)
    if operation in operations:
        statement.role, statement.reason = "restated", "names the operation again, as before"
    else:
        operations.add(operation)
        scope.convolution = scope.convolution or operation
        statement.role, statement.reason = "operation", "names the operation"
    twin = scope.twin(name)
    if twin is not None:
        scope.matrices.setdefault(name, twin)
    return True


def continued_operation(
    statement: Statement, statements: Sequence[Statement], scope: Scope
) -> Reference | None:
    """The cell of z_{i,j} = w * a_{i,j} + b = \\sum ..., whose sums are what the operation is; None elsewhere."""
    named = statements[-1] if statements else None
    if statement.link != 1 or named is None or named.formula != statement.formula or statement.head is None:
        return None
    if named.role != "operation" or is_convolution(statement.right):
        return None
    head = scope.refer(statement.head, {})
    whole = isinstance(strip_group(statement.right), Matrix)
    return head if head is not None and (head.indices or whole) else None


def _is_written_out_next(
    statement: Statement, right: Node, scope: Scope, equations: Mapping[int, Equation]
) -> bool:
    """Whether P = softmax(S), of an operation that nothing defines, goes on with = [...], the whole matrix."""
    if statement.link or not isinstance(right, Product) or len(right.factors) != 2:
        return False
    head, argument = (strip_group(factor) for _, factor in right.factors)
    if not isinstance(head, Name) or not isinstance(argument, Bracket) or len(head.text) < _WORD:
        return False
    if head.text in scope.functions or head.text in FUNCTIONS or statement.formula not in equations:
        return False
    for row in equations[statement.formula].rows:
        if row.first is statement.left and len(row.links) > 1:
            relation, second = row.links[1]
            matrix = strip_group(second)
            whole = isinstance(matrix, Matrix) and not any(isinstance(p, Ellipsis_) for p in walk(matrix))
            return relation == "=" and whole
    return False
