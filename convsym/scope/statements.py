"""The relations of a document, one by one, with the place and the text each was read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from convsym.budget import note, run_limited
from convsym.document import Display
from convsym.errors import ConvsymError, LatexError
from convsym.latex.parser import parse_rows
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Equation,
    Matrix,
    Name,
    Node,
    Product,
    Span,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.builders import by_entries
from convsym.scope.digitnames import with_numbered_letters
from convsym.scope.equalities import Fixed, fixed, with_values_said
from convsym.scope.letters import with_letters_for_sums, with_marked_letters, with_plain_layout
from convsym.scope.naming import key, strip_group
from convsym.scope.restrictions import Restriction, in_cases, is_order, restrictions
from convsym.scope.suppositions import Supposition, renamed, supposed

# Relations that join whole statements instead of values.
_LOGICAL = frozenset(
    {
        "implies",
        "iff",
        "Rightarrow",
        "Leftrightarrow",
        "rightarrow",
        "Longrightarrow",
        "therefore",
        "because",
        "mid",
    }
)


@dataclass(slots=True)
class Statement:
    """One relation: left, relation, right, and where it stands.

    Attributes:
        number: position among all statements.
        left, right: its two sides.
        relation: "=", "approx", "in", ...
        display: the formula it is part of.
        source: the text its spans point into.
        tag: the number printed with it.
        link: its position in its chain, 0 for the first.
        head: the first expression of the chain.
        role: what phase one made of it: "definition", "claim", "update", "shape", "condition", "note", "operation".
        reason: why, in words, where a verdict follows from the role alone.
        version: number of the scope's version it is read in.
        formula: number of the formula it is part of.
        repair: the relation put right, where its role says that it is wrong.
        supposed: what the text says of its index letters: a letter that is another one is written as that one.
        under: the orders that it is said under, "for x > 0".
        split: whether other rows stand between its left side and its right one.
        pieced: whether its right side was put together from several values.
        at: the values that it is said at, "for K = 2"; those of its index letters are put in.
        near: the values that a line before it was said at, and that it may be about as well.
    """

    number: int
    left: Node
    relation: str
    right: Node
    display: Display
    source: str
    tag: str | None = None
    link: int = 0
    head: Node | None = None
    role: str = "claim"
    reason: str = ""
    version: int = 0
    formula: int = 0
    repair: str | None = None
    supposed: tuple[Supposition, ...] = ()
    under: tuple[Restriction, ...] = ()
    pieced: bool = False
    split: bool = False
    at: tuple[Fixed, ...] = ()
    near: tuple[Fixed, ...] = ()

    @property
    def apart(self) -> tuple[tuple[str, str], ...]:
        """Pairs of index letters that are said to be different."""
        return tuple((s.one, s.other) for s in self.supposed if not s.same)

    @property
    def latex(self) -> str:
        """The relation as printed."""
        # x^2 =: y defines y, its right side stands first.
        start = min(self.left.span.start, self.right.span.start)
        end = max(self.left.span.end, self.right.span.end)
        text = self.source[start:end].strip()
        if self.split:
            sides = (self.source[side.span.start : side.span.end].strip() for side in (self.left, self.right))
            text = " = ".join(sides)
        if "\\begin" not in text:
            # Alignment marks belong to the layout of the block, not to the relation.
            text = text.replace("\\&", "\0").replace("&", " ").replace("\\\\", " ").replace("\0", "\\&")
            text = text.replace("\\quad", " ")
        return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Unread:
    """A formula that could not be read."""

    number: int
    display: Display
    reason: str
    offset: int


_SECONDS = 1.0


def read_formula(display: Display) -> Equation | LatexError:
    """The syntax tree of one formula, or why there is none."""
    if display.problem:
        return LatexError(display.problem, display.latex, 0)
    try:
        note(("reading",))
        equation = run_limited(parse_rows, display.latex, seconds=_SECONDS)
        plain = with_plain_layout(with_marked_letters(with_numbered_letters(equation)))
        return with_values_said(with_letters_for_sums(plain))
    except LatexError as error:
        return error
    except (RecursionError, ConvsymError) as error:
        return LatexError(str(error) or "nested too deeply", display.latex, 0)


def relations(
    equation: Equation, display: Display, formula: int, counter: Iterator[int]
) -> Iterator[Statement]:
    """The relations of one formula, chains taken apart and continued rows joined."""
    last: Node | None = None
    head: Node | None = None
    link = 0
    rows = equation.rows
    for row, printed in enumerate(rows):
        given = supposed(equation, printed, display)
        said = restrictions(equation, printed, display)
        pieced = bool(said.others) and len(printed.links) == 1
        under = () if pieced else said.under
        split = printed.first is None and row > 0 and is_order(rows[row - 1])
        if split:
            # f(x) = x & x > 0 \\ = 0 & x \le 0: another value of what the row above begins with.
            last, link = head, 0
        kept = (last, head, link) if is_order(printed) and row else None
        at = fixed(printed, equation.source, display)
        tag = equation.tags[row] if row < len(equation.tags) and equation.tags[row] else equation.tag
        for chain in _plain_chains(printed):
            if chain.first is not None:
                last, head, link = chain.first, chain.first, 0
            for place, (relation, right) in enumerate(chain.links):
                shown = _run_together(right) if place + 1 < len(chain.links) else None
                right = right if shown is None else shown[0]
                if last is not None:
                    for pair in _paired(last, right):
                        left_part, right_part = by_entries(*pair) if relation == "=" else pair
                        own = _speaking_of(given, left_part, right_part)
                        defined, value = (
                            (right_part, left_part) if relation == "=:" else (left_part, right_part)
                        )
                        yield Statement(
                            next(counter),
                            _unified(defined, own),
                            ":=" if relation == "=:" else relation,
                            _unified(in_cases(value, said.under, said.others) if pieced else value, own),
                            display,
                            equation.source,
                            tag,
                            0 if relation == "=:" else link,
                            head,
                            formula=formula,
                            supposed=own,
                            under=under,
                            pieced=pieced,
                            split=split and link == 0,
                            at=at,
                        )
                last = right
                link += 1
                if shown is not None:
                    last, head, link = shown[1], shown[1], 0
        if kept is not None:
            last, head, link = kept


def _run_together(node: Node) -> tuple[Node, Node] | None:
    """A printed matrix and the name that the next equation begins with, where nothing stands between them."""
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return None
    matrix, name = (strip_group(factor) for _, factor in node.factors)
    return (matrix, name) if isinstance(matrix, Matrix) and isinstance(name, Name) else None


def _speaking_of(given: tuple[Supposition, ...], left: Node, right: Node) -> tuple[Supposition, ...]:
    """The suppositions about letters that both stand in a relation, and that no sum in it binds."""
    if not given or (isinstance(left, Name) and isinstance(right, Name)):
        return ()
    names = {key(part) for side in (left, right) for part in walk(side) if isinstance(part, Name)}
    bound = {
        key(part)
        for side in (left, right)
        for operator in walk(side)
        if isinstance(operator, BigOperator) and operator.lower is not None
        for part in walk(operator.lower)
        if isinstance(part, Name)
    }
    return tuple(s for s in given if {s.one, s.other} <= names - bound)


def under_suppositions(statement: Statement, suppositions: tuple[Supposition, ...]) -> Statement:
    """A statement under further suppositions about its letters.

    Args:
        statement: what is said.
        suppositions: those of another line; what speaks of letters that are not in the statement is left out.
    """
    own = _speaking_of(suppositions, statement.left, statement.right)
    left, right = _unified(statement.left, own), _unified(statement.right, own)
    return replace(statement, left=left, right=right, supposed=own)


def _unified(node: Node, suppositions: tuple[Supposition, ...]) -> Node:
    """A side with one letter for each pair that is said to be the same index."""
    for supposition in suppositions:
        if supposition.same:
            node = renamed(node, supposition.other, supposition.one)
    return node


def _plain_chains(chain: Chain) -> Iterator[Chain]:
    """A chain cut at its logical signs, and the relations inside brackets, systems and columns taken out."""
    first = chain.first
    links: list[tuple[str, Node]] = []
    for relation, node in chain.links:
        if relation in _LOGICAL:
            yield from _segment(first, links, chain.span)
            first, links = node, []
        else:
            links.append((relation, node))
    yield from _segment(first, links, chain.span)


def _segment(first: Node | None, links: list[tuple[str, Node]], span: Span) -> Iterator[Chain]:
    if links:
        yield Chain(first, tuple(links), span)
        return
    inner: list[Node | None] = []
    match first:
        case Chain():
            yield from _plain_chains(first)
        case Bracket(kind="(" | "[" | "{" | "group"):
            inner = list(first.items)
        case Cases():
            inner = [value for value, _ in first.branches]
        case Matrix():
            inner = [cell for cells in first.rows for cell in cells]
    for node in inner:
        if isinstance(node, Chain | Bracket | Cases | Matrix):
            yield from _segment(node, [], span)


def _paired(left: Node, right: Node) -> Iterator[tuple[Node, Node]]:
    if isinstance(left, Tuple_) and isinstance(right, Tuple_) and len(left.items) == len(right.items):
        yield from zip(left.items, right.items, strict=True)
    elif isinstance(right, Tuple_) and isinstance(right.items[-1], Chain):
        # "a = b, c = d" on one row.
        pieces = list(right.items)
        yield left, pieces[0]
    else:
        yield left, right
