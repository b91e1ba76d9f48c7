r"""Cells written with brackets, x[n - k] and Z(i, j, k), as cells with indices: x_{n-k} and Z_{i,j,k}."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Span,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.walking import children, rewritten, walk, with_factors
from convsym.scope.letters import with_marked_letters
from convsym.scope.naming import strip_group

# Names that are applied and never indexed: expectations, losses, functions of one number.
_APPLIED = frozenset(
    "E P Pr V Var Cov L J C H D KL d partial nabla sigma phi varphi psi rho Phi e exp log ln sin cos tan".split()
)
_FUNCTION_LETTERS = frozenset({"f", "g", "h", "F", "G", "u", "v", "s"})


@dataclass(slots=True)
class _Use:
    """How a name stands before brackets.

    Attributes:
        counts: the numbers of items in its brackets.
        kinds: the kinds of its brackets.
        plain: whether every item reads as an index.
        summed: whether a sum that it stands under binds a letter of it.
        shifted: whether some item is a sum of several terms.
        differentiated: whether it stands in a derivative.
        letters: the letters in its brackets, row by row.
    """

    counts: set[int] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    plain: bool = True
    summed: bool = False
    shifted: bool = False
    differentiated: bool = False
    letters: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def with_indexed_cells(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which what is a cell with its indices in brackets has them as a subscript.

    A name is one of cells where all of its brackets hold as many indices, and a sum over one of their letters
    has it below (or a line with such a cell has its letters). Round brackets with that meaning are left alone
    in a document that never differentiates by such a cell: they are read as a function of indices.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    # What a sentence only mentions, the values Z(k) of a map, tells nothing of how the others are written.
    rows = [row for equation in equations.values() for row in equation.rows if row.links]
    uses: dict[str, _Use] = defaultdict(_Use)
    otherwise: set[str] = set()
    for number, row in enumerate(rows):
        _count(row, number, frozenset(), False, uses, otherwise)
    names = _names_of_cells(uses, otherwise)
    if not names:
        return dict(equations)

    def indexed(node: Node) -> Node | None:
        if not isinstance(node, Product):
            return None
        factors: list[tuple[str, Node]] = []
        waiting = list(node.factors)
        while waiting:
            operator, factor = waiting.pop(0)
            if waiting and (cell := _cell(factor, waiting[0], names)) is not None:
                waiting.pop(0)
                factors.append((operator, cell))
            else:
                factors.append((operator, rewritten(factor, indexed)))
        return with_factors(node, factors)

    return {number: rewritten(equation, indexed) for number, equation in equations.items()}


def _names_of_cells(uses: Mapping[str, _Use], otherwise: Collection[str]) -> set[str]:
    candidates = {
        name: use
        for name, use in uses.items()
        if use.plain and len(use.counts) == 1 and name not in otherwise and name not in _APPLIED
    }
    names = {
        name
        for name, use in candidates.items()
        if use.summed and (use.kinds == {"["} or use.counts != {1} or _is_signal(name, use, candidates))
    }
    for _ in range(3):
        letters: dict[int, set[str]] = defaultdict(set)
        for name in names:
            for row, inside in candidates[name].letters.items():
                letters[row] |= inside
        for name, use in candidates.items():
            if (use.counts != {1} or name not in _FUNCTION_LETTERS or use.kinds == {"["}) and any(
                inside and inside <= letters[row] for row, inside in use.letters.items()
            ):
                names.add(name)
    # X_{pad}(i + m, j + n) is a cell only where all that stands with it in a line is one.
    apart = {
        row
        for name, use in uses.items()
        if name not in names and use.counts != {1} and "_" not in name
        for row in use.letters
    }
    names = {name for name in names if "_" not in name or not apart & uses[name].letters.keys()}
    if any(candidates[name].differentiated for name in names):
        return names
    return {name for name in names if candidates[name].kinds == {"["}}


def _is_signal(name: str, use: _Use, others: Mapping[str, _Use]) -> bool:
    """Whether x(n - k) is a cell: under a sum over k that has h(k) below as well, with nothing bare beside it."""
    beside = [other for own, other in others.items() if own != name and other.summed and other.counts == {1}]
    return any(
        (use.shifted or other.shifted) and inside & other.letters.get(row, set())
        for other in beside
        for row, inside in use.letters.items()
    )


def _count(
    node: Node, row: int, bound: frozenset[str], slope: bool, uses: dict[str, _Use], otherwise: set[str]
) -> None:
    """Note every name that stands before brackets below a node, and every one that stands otherwise."""
    node = strip_group(node)
    if isinstance(node, BigOperator):
        inner = bound
        if node.lower is not None:
            inner = bound | {_printed(part) for part in walk(node.lower) if isinstance(part, Name | Scripted)}
        for part in children(node):
            if part is not node.lower:
                _count(part, row, inner, slope, uses, otherwise)
        return
    if isinstance(node, Fraction_):
        below = strip_group(node.denominator)
        first = strip_group(below.factors[0][1]) if isinstance(below, Product) else below
        slope = slope or (isinstance(first, Name) and first.text in ("partial", "d"))
    if isinstance(node, Product):
        for place, (_, factor) in enumerate(node.factors):
            following = node.factors[place + 1] if place + 1 < len(node.factors) else None
            name = _head(factor)
            if name and following is not None and not following[0]:
                bracket = strip_group(following[1])
                if isinstance(bracket, Bracket) and bracket.kind in ("(", "["):
                    _note(uses[name], bracket, row, bound, slope)
                    continue
            before = node.factors[place - 1][1] if place else None
            if before is not None and _head(before) and isinstance(strip_group(factor), Bracket):
                continue
            _count(factor, row, bound, slope, uses, otherwise)
        return
    if isinstance(node, Scripted):
        base = strip_group(node.base)
        if isinstance(base, Name) and (node.subscript is not None or node.primes):
            otherwise.add(base.text)
        for part in children(node):
            if part is not node.subscript and not isinstance(strip_group(part), Name):
                _count(part, row, bound, slope, uses, otherwise)
        return
    for part in children(node):
        _count(part, row, bound, slope, uses, otherwise)


def _note(use: _Use, bracket: Bracket, row: int, bound: frozenset[str], slope: bool) -> None:
    items = _items(bracket)
    use.counts.add(len(items))
    use.kinds.add(bracket.kind)
    use.plain = use.plain and all(map(_is_index, items))
    letters = {_printed(part) for item in items for part in _letters(item)}
    use.summed = use.summed or bool(letters & bound)
    use.shifted = use.shifted or any(isinstance(strip_group(item), Sum_) for item in items)
    use.differentiated = use.differentiated or slope
    use.letters[row] |= letters


def _items(bracket: Bracket) -> tuple[Node, ...]:
    items = tuple(strip_group(item) for item in bracket.items)
    if len(items) == 1 and isinstance(items[0], Tuple_):
        return tuple(strip_group(item) for item in items[0].items)
    return items


def _letters(item: Node) -> Iterator[Node]:
    """The letters of an index with their marks; a label is no letter of its own."""
    item = strip_group(item)
    if isinstance(item, Name | Scripted):
        yield item
    else:
        for part in children(item):
            yield from _letters(part)


def _is_index(item: Node) -> bool:
    item = strip_group(item)
    match item:
        case Number(text):
            return text.isdigit()
        case Name(text):
            return len(text) == 1 and text.isalpha() and not item.font
        case Scripted(base, _, above, _):
            mark = None if above is None else strip_group(above)
            return _is_index(base) and (
                mark is None
                or isinstance(mark, Words)
                or (isinstance(mark, Name) and mark.text in ("prime", "*"))
            )
        case Signed(_, operand):
            return _is_index(operand)
        case Sum_(terms):
            return all(_is_index(term) for _, term in terms)
        case Product(factors):
            return all(operator in ("", "cdot", "times", "*") and _is_index(f) for operator, f in factors)
    return False


def _printed(node: Node) -> str:
    """A letter with its mark and its label as one text."""
    node = strip_group(node)
    if isinstance(node, Name | Number | Words):
        return node.text
    if isinstance(node, Scripted):
        parts = [_printed(part) for part in (node.base, node.subscript, node.superscript) if part is not None]
        return "_".join(parts) + "'" * node.primes
    return "".join(_printed(part) for part in children(node))


def _head(node: Node) -> str:
    """The name that a bracket may belong to: a letter, with a layer or a mark above it at most."""
    node = strip_group(node)
    if (label := _label(node)) is not None and isinstance(node, Scripted):
        return f"{_printed(node.base)}_{_printed(label)}"
    if (
        isinstance(node, Scripted)
        and node.subscript is None
        and not node.primes
        and node.superscript is not None
    ):
        if isinstance(strip_group(node.superscript), Number):
            return ""
        node = strip_group(node.base)
    if not isinstance(node, Name):
        return ""
    return node.text if len(node.text) == 1 or node.text in ("delta", "omega", "theta", "kappa") else ""


def _label(node: Node) -> Node | None:
    r"""The word that a letter carries below, X_{\text{pad}}(i, j); None of anything else."""
    if (
        not isinstance(node, Scripted)
        or node.subscript is None
        or node.superscript is not None
        or node.primes
    ):
        return None
    base, label = strip_group(node.base), strip_group(node.subscript)
    worded = isinstance(label, Words) or (
        isinstance(label, Name) and len(label.text) > 1 and label.font == "text"
    )
    return label if worded and isinstance(base, Name) and len(base.text) == 1 else None


def _cell(head: Node, following: tuple[str, Node], names: Collection[str]) -> Node | None:
    operator, bracket = following[0], strip_group(following[1])
    if operator or not isinstance(bracket, Bracket) or _head(head) not in names:
        return None
    head = strip_group(head)
    label = _label(head)
    items = _items(bracket) if label is None else (label, *_items(bracket))
    span = Span(head.span.start, bracket.span.end)
    subscript: Node = Tuple_(items, bracket.span) if len(items) > 1 else items[0]
    above = head.superscript if isinstance(head, Scripted) else None
    base = head.base if isinstance(head, Scripted) else head
    return with_marked_letters(Scripted(base, subscript, above, 0, span))
