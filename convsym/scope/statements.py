"""The relations of a document, one by one, with the place and the text each was read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from convsym.document import Display
from convsym.errors import ConvsymError, LatexError
from convsym.latex.parser import parse
from convsym.latex.syntax import Chain, Equation, Node, Tuple_

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

    @property
    def latex(self) -> str:
        """The relation as printed."""
        start, end = self.left.span.start, self.right.span.end
        text = self.source[start:end].strip()
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


def read_formula(display: Display) -> Equation | LatexError:
    """The syntax tree of one formula, or why there is none."""
    try:
        return parse(display.latex)
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
    for row, chain in enumerate(equation.rows):
        tag = equation.tags[row] if row < len(equation.tags) and equation.tags[row] else equation.tag
        if chain.first is not None:
            last, head, link = chain.first, chain.first, 0
        for relation, right in chain.links:
            if relation in _LOGICAL:
                last, head, link = right, right, 0
                continue
            if last is not None:
                for left_part, right_part in _paired(last, right):
                    yield Statement(
                        next(counter),
                        left_part,
                        relation,
                        right_part,
                        display,
                        equation.source,
                        tag,
                        link,
                        head,
                        formula=formula,
                    )
            last = right
            link += 1


def _paired(left: Node, right: Node) -> Iterator[tuple[Node, Node]]:
    if isinstance(left, Tuple_) and isinstance(right, Tuple_) and len(left.items) == len(right.items):
        yield from zip(left.items, right.items, strict=True)
    elif isinstance(right, Tuple_) and isinstance(right.items[-1], Chain):
        # "a = b, c = d" on one row.
        pieces = list(right.items)
        yield left, pieces[0]
    else:
        yield left, right
