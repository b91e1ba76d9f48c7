r"""Ranges that a document states beside a definition, i = 0, \dots, n - m or "the output is 2x2", against its sums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from sympy import Expr, Integer, expand

from convsym.errors import ConvsymError, ScopeError
from convsym.latex.parser import parse_rows
from convsym.latex.syntax import Bracket, Ellipsis_, Matrix, Name, Node, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.elaborate import Elaborator
from convsym.scope.forms import integer_of
from convsym.scope.model import Index, Scope, UndefinedError, latex_name
from convsym.scope.naming import key, strip_group
from convsym.scope.shown import own_cells
from convsym.scope.windows import window_in

if TYPE_CHECKING:
    from convsym.scope.statements import Statement

Range = tuple[Index, Index]

DOUBT = "the sums of"
"""How the reason begins where sums and what is said of their ranges cannot be told to agree."""
ANOTHER_SHAPE = "run over another range than its shape says"

_END = r"-?[A-Za-z0-9][\w{}'+* -]*|-?\d+"
_LETTERS = r"(?P<letters>[a-z](?:\s*,\s*[a-z])*)"
_DOTS = r"(?:\\[lcd]?dots[bcmio]?|\.\.\.|…)"
_LISTED = re.compile(
    rf"(?<![\\A-Za-z_^{{,]){_LETTERS}\s*(?:=|\\in\b|∈)\s*(?:\\?[\[{{(]\s*)?(?P<low>-?\w+)\s*,"
    rf"(?:\s*-?\w+\s*,){{0,3}}\s*{_DOTS}\s*,\s*(?P<high>{_END})"
)
_LESS = r"(?:\\leq?(?:slant)?(?![A-Za-z])|≤|(?P<{name}><|\\lt(?![A-Za-z])))"
_BETWEEN = re.compile(
    rf"(?P<low>-?\w+)\s*{_LESS.format(name='above')}\s*{_LETTERS}\s*{_LESS.format(name='below')}\s*(?P<high>{_END})"
)
_SPACING = re.compile(r"\\(?:[,;:! ]|q?quad(?![A-Za-z])|left(?![A-Za-z])|right(?![A-Za-z]))|[~&]")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_BEHIND, _BEFORE = 120, 60

# "the output is 2x2", "y has shape (2, 2)".
_SIZES = r"\(?\s*(?P<a>\d+)\s*(?:x|×|\\times|by|,)\s*(?P<b>\d+)"
_OUTPUT = re.compile(
    rf"\b(?:output|feature map|result|convolved)\b[^.;(0-9]{{0,40}}?\(?(?<![\w.]){_SIZES}"
    r"(?!\s*(?:input|kernel|filter))",
    re.I,
)


def learn_ranges(scopes: Iterable[Scope], statements: Iterable[Statement]) -> None:
    """Add to each scope the ranges that are stated right behind a definition, or in the sentence around it.

    Args:
        scopes: the versions of the scope, all rules in; their `stated` is filled.
        statements: the relations read.
    """
    by_number = {statement.number: statement for statement in statements}
    for scope in scopes:
        for name, rules in scope.rules.items():
            for rule in rules:
                statement = by_number.get(rule.statement)
                if statement is None or rule.layer is not None:
                    continue
                for letter, low, high in _ranges_around(statement, scope):
                    for axis, pattern in enumerate(rule.patterns):
                        if pattern.parameter == letter:
                            span = low + pattern.offset, high + pattern.offset
                            scope.stated.setdefault((name, axis), set()).add(span)
        for statement in by_number.values():
            for name, sizes in _shapes(statement, scope):
                scope.shapes.setdefault(name, set()).update(sizes)


def span_of(elaborator: Elaborator, family: str, axis: int) -> Range:
    """First and last index of an axis that a loss is summed over: as it is stated, or as the sums have it.

    Args:
        elaborator: who differentiates; what it has to assume is added to its `assumed`.
        family, axis: an axis of a family.

    Raises:
        ScopeError: the document says no range, or more than one.
        UndefinedError: what is stated and what the sums run over cannot be told to agree, or the range is that of
            a window alone.
    """
    scope = elaborator.scope
    known = scope.families.get(family)
    size = known.sizes[axis] if known is not None and axis < known.arity else None
    if known is not None and size is not None:
        low, high = known.base[axis], known.base[axis] + size - 1
        if known.exact:
            return low, high
        cover_named(scope, family, lambda cell: low <= cell[axis] <= high)
        found: Range | None = (low, high)
    elif (family, axis) in scope.axes:
        found = scope.axes[family, axis]
    else:
        spans = scope.ranges.get((family, axis), set())
        found = next(iter(spans)) if len(spans) == 1 else None
    span = _settled(scope, family, axis, found)
    if span is None:
        raise ScopeError(f"the range of {latex_name(family)} is not known")
    is_open = any(scope.open_sizes & (Integer(0) + end).free_symbols for end in span)
    if not is_open and (family, axis) not in scope.stated and family not in scope.shapes:
        if reason := window_in(scope, family, axis, span):
            raise UndefinedError(reason)
        elaborator.assumed.add(f"the sums over {latex_name(family)} reach all of its cells")
    return span


def cover_named(scope: Scope, family: str, covers: Callable[[tuple[int, ...]], bool]) -> None:
    """Deny a range that leaves out cells the document names: what a sum runs over is no evidence for itself.

    Args:
        scope: what the document has introduced.
        family: the family summed over.
        covers: whether a cell lies in the range.

    Raises:
        UndefinedError: some named cell does not.
    """
    if not all(covers(indices) for indices in scope.named.get(family, ())):
        raise UndefinedError(f"{DOUBT} {latex_name(family)} leave out cells that are named")


def _settled(scope: Scope, family: str, axis: int, found: Range | None) -> Range | None:
    """A range as the document states it; else as its sums have it, where nothing speaks against that."""
    stated = scope.stated.get((family, axis), set())
    if found is not None:
        _compare_shape(scope, family, found)
        if any(_gap(found, other) == (0, 0) for other in stated):
            return found
    if len(stated) == 1:
        other = next(iter(stated))
        if found is None or _gap(found, other) is not None:
            return other
    if stated and found is not None:
        raise UndefinedError(f"{DOUBT} {latex_name(family)} run over another range than is stated")
    return found


def denies(scope: Scope, family: str, span: Range) -> bool:
    """Whether the shape that is said of a family has no side as long as a range.

    Args:
        scope: what the document has introduced.
        family: the family of the cells.
        span: first and last index of a sum over one of its axes.
    """
    try:
        _compare_shape(scope, family, span)
    except UndefinedError:
        return True
    return False


def _gap(one: Range, other: Range) -> tuple[int, int] | None:
    """By how much the two ends differ, where that is a number each."""
    ends = [expand(Integer(0) + a - b) for a, b in zip(one, other, strict=True)]
    return (int(ends[0]), int(ends[1])) if all(end.is_Integer for end in ends) else None


def _compare_shape(scope: Scope, family: str, found: Range) -> None:
    """Deny a range with another number of indices than a shape or the text says."""
    length = expand(Integer(1) + found[1] - found[0])
    if length.free_symbols & scope.open_sizes:
        return
    sizes = scope.shapes.get(family, set())
    if sizes and not any(expand(length - size) == 0 for size in sizes):
        raise UndefinedError(f"{DOUBT} {latex_name(family)} {ANOTHER_SHAPE}")
    if length.is_Integer and (said := output_sizes(scope.words)) and int(length) not in said:
        if any(rule.is_general for rule in scope.rules.get(family, ())):
            raise UndefinedError(
                f"{DOUBT} {latex_name(family)} run over {length} indices, which is no size that is said"
            )


def output_sizes(words: str) -> set[int]:
    """The numbers that a text says an output is large by, 2 and 2 for "the output is 2x2"."""
    return {int(match[side]) for match in _OUTPUT.finditer(words) for side in ("a", "b")}


def _ranges_around(statement: Statement, scope: Scope) -> Iterator[tuple[str, Index, Index]]:
    """(letter, first, last) for each range that stands behind a relation, or in the words around its formula."""
    behind = statement.source[statement.right.span.end :]
    after = _SENTENCE_END.split(statement.display.after[:_BEHIND])[0]
    before = _SENTENCE_END.split(statement.display.before)[-1][-_BEFORE:]
    for text in (behind, after, before):
        plain = _SPACING.sub(" ", text)
        for match in (*_LISTED.finditer(plain), *_BETWEEN.finditer(plain)):
            kinds = match.groupdict()
            low, high = _value(match["low"], scope), _value(match["high"], scope)
            if low is None or high is None:
                continue
            low, high = low + (1 if kinds.get("above") else 0), high - (1 if kinds.get("below") else 0)
            for letter in match["letters"].split(","):
                yield letter.strip(), low, high


def _value(text: str, scope: Scope) -> Index | None:
    try:
        row = parse_rows(text.strip()).rows[0]
        return None if row.first is None or row.links else Elaborator(scope).index(row.first, {})
    except (ConvsymError, IndexError, RecursionError):
        return None


def _shapes(statement: Statement, scope: Scope) -> Iterator[tuple[str, set[Expr]]]:
    r"""The sizes of y \in R^{p x q}, of Y_{p \times q} and of y = [y_1, \dots, y_n], by the family of its cells."""
    for side in (statement.left, statement.right):
        yield from _shapes_below(side, scope)
    right = strip_group(statement.right)
    if isinstance(right, Matrix) and statement.relation in ("=", ":="):
        yield from _shape_shown(statement.left, right, scope)
    if statement.relation != "in" or not isinstance(right, Scripted) or right.superscript is None:
        return
    base, power = strip_group(right.base), strip_group(right.superscript)
    reference = scope.refer(statement.left, {})
    if not isinstance(base, Name) or base.text != "R" or reference is None or reference.indices:
        return
    sizes = _sizes(_sides(power) or [power], scope)
    if sizes:
        yield _cells_of(reference.name, scope), sizes


def _shape_shown(left: Node, matrix: Matrix, scope: Scope) -> Iterator[tuple[str, set[Expr]]]:
    """The sizes of a matrix that is printed by its own cells with dots: the indices of the last say how many."""
    reference = scope.refer(left, {})
    if reference is None or reference.indices or not any(isinstance(p, Ellipsis_) for p in walk(matrix)):
        return
    rows = own_cells(reference.name, matrix, scope)
    first, last = (rows[0][0], rows[-1][-1]) if rows and rows[0] and rows[-1] else (None, None)
    if first is None or last is None or not all(integer_of(index) in (0, 1) for index in first.indices):
        return
    ends = [_sizes([index], scope) for index in last.indices]
    if all(ends):
        starts = [integer_of(index) or 0 for index in first.indices]
        sizes = {size + 1 - low for low, end in zip(starts, ends, strict=True) for size in end}
        yield _cells_of(reference.name, scope), sizes


def _shapes_below(side: Node, scope: Scope) -> Iterator[tuple[str, set[Expr]]]:
    r"""The sizes that stand below a capital letter, H_{(p-2) \times (q-2)}."""
    for part in walk(side):
        if not isinstance(part, Scripted) or part.subscript is None or part.superscript is not None:
            continue
        base, sides = strip_group(part.base), _sides(part.subscript)
        if isinstance(base, Name) and base.text.isupper() and sides and (sizes := _sizes(sides, scope)):
            yield _cells_of(key(base), scope), sizes


def _sides(node: Node) -> list[Node]:
    r"""The factors of p \times q; none where nothing is crossed."""
    node = strip_group(node)
    crossed = isinstance(node, Product) and all(operator == "times" for operator, _ in node.factors[1:])
    return [_bare(factor) for _, factor in node.factors] if isinstance(node, Product) and crossed else []


def _bare(node: Node) -> Node:
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        return strip_group(node.items[0])
    return node


def _sizes(sides: Iterable[Node], scope: Scope) -> set[Expr]:
    """The sizes that a shape is printed with; none where one of them cannot be read."""
    try:
        return {Integer(0) + Elaborator(scope).index(side, {}) for side in sides}
    except (ConvsymError, RecursionError):
        return set()


def _cells_of(name: str, scope: Scope) -> str:
    """The family of the cells of a matrix."""
    return scope.matrices.get(name) or scope.twin(name) or name
