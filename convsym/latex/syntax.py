"""The syntax tree of a displayed equation: what stands there, and where, before it means anything.

Every node carries the span of source characters it was read from. No node decides a meaning:
`k_{11}` is a `Scripted` whose subscript is the number 11, `\\sigma(x)` is a `Product` of a name and
a bracket, `\\frac{\\partial L}{\\partial x}` is a `Fraction` of two products that begin with the
name `partial`. The scope elaborates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from convsym.errors import LatexError


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range [start, end) of offsets into the display's source text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """An unsigned decimal as printed, digits and at most one point: "2", "0.5"."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """One letter, one Greek or other command without its backslash, or a word set as one name.

    `text` is "x", "sigma", "partial", "nabla", "ell", "infty", or a whole word for
    \\operatorname{conv}, \\mathrm{conv}, \\text{conv}, \\exp, \\log, \\max ("conv", "exp", "log", "max").
    `font` is "bf", "cal", "rm", "text", "hat", "bar", "tilde", "vec", ... or "" for plain italics
    (\\boldsymbol and \\mathbf both give "bf"); accents stack as "hat bf".
    """

    text: str
    span: Span
    font: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Text that stands inside mathematics and is no name: \\text{ if } ..."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Ellipsis_:  # noqa: N801 (the plain name Ellipsis is Python's)
    """\\dots, \\cdots, \\vdots, \\ddots, or three full stops."""

    span: Span


@dataclass(frozen=True, slots=True)
class Scripted:
    """A base with a subscript, a superscript (an exponent, a label, a layer) and primes."""

    base: Node
    subscript: Node | None
    superscript: Node | None
    primes: int
    span: Span


@dataclass(frozen=True, slots=True)
class Signed:
    """A term with a leading sign: "+", "-", "pm" or "mp"."""

    sign: str
    operand: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Sum_:  # noqa: N801 (the plain name Sum is SymPy's)
    """A chain of additions: the first term has sign "+" unless it is a `Signed` node itself."""

    terms: tuple[tuple[str, Node], ...]  # (sign "+", "-", "pm", "mp"; term)
    span: Span


@dataclass(frozen=True, slots=True)
class Product:
    """Factors side by side; each but the first has the operator that joins it to the one before.

    Operators: "" (juxtaposed), "cdot", "times", "*", "/", "odot", "circ", "ast", "star",
    "circledast", "otimes", "oplus", "bullet"; with a label, as in *_{valid}, "*_valid".
    All have one precedence and associate to the left, except
    that juxtaposition binds tighter than "/" (a / b c is a / (b c) by the common habit: the tree
    keeps the flat order and leaves that choice to the scope).
    """

    factors: tuple[tuple[str, Node], ...]  # (operator before it, "" for the first; factor)
    span: Span


@dataclass(frozen=True, slots=True)
class Fraction_:  # noqa: N801 (the plain name Fraction is Python's)
    """\\frac, \\dfrac, \\tfrac, \\cfrac, {a \\over b}."""

    numerator: Node
    denominator: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Root:
    """\\sqrt[index]{radicand}."""

    radicand: Node
    index: Node | None
    span: Span


@dataclass(frozen=True, slots=True)
class Bracket:
    """A delimited list: (a), [a, b], \\{a\\}, |a|, \\lVert a \\rVert, \\lfloor a \\rfloor.

    `kind` is "(", "[", "{", "|", "||", "floor", "ceil", "angle", "group" (TeX braces that group),
    "at" for \\left. a \\right| and for a bare a | before a subscript (evaluated at), or "mixed" for a
    half-open interval such as [a, b). `items` are the comma- or semicolon-separated parts.
    """

    kind: str
    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class BigOperator:
    """\\sum, \\prod, \\max, \\min, \\bigcup, \\int, \\lim ... with its limits and its body.

    `lower` is a Node, a `Chain` (i = 1) or a Tuple_ of them (i, j; or rows of \\substack).
    The body reaches over the following product: \\sum a b + c is (\\sum a b) + c.
    """

    operator: str
    lower: Node | None
    upper: Node | None
    body: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of cells; an empty cell is None. `environment` is "bmatrix", "pmatrix", "array", ..."""

    environment: str
    rows: tuple[tuple[Node | None, ...], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Cases:
    """Branches of a cases environment: (value, condition or None)."""

    branches: tuple[tuple[Node, Node | None], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Tuple_:  # noqa: N801 (the plain name Tuple is SymPy's)
    """Items joined by commas outside brackets (x_{1}, x_{2}; a subscript i,j; limits)."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Chain:
    """Expressions joined by relations: a = b \\le c. `first` is None for a row that begins with one.

    A relation is "=", ":=", "equiv", "approx", "sim", "propto", "le", "lt", "ge", "gt", "ne", "in",
    "subset", "to", "mapsto", "leftarrow", "rightarrow", "implies", "iff", "mid", "triangleq", ...
    `links` is empty for a lone expression. A relation may stand at the end of a row with nothing
    behind it on that row: the parser joins such rows, and a link's expression is never missing.
    Implications bind more loosely: a = b \\implies c = d has two Chains as its parts.

    `conditions` are what the statement is said under or explained with, in reading order: Words
    ("for", "where", "by the chain rule") and the expressions, Tuple_s and Chains that follow them, a
    leading or trailing \\forall i (a Product that begins with the name forall), a trailing (i = 1, ..., n).
    A condition that is no mathematics stays as Words with its source text.
    """

    first: Node | None
    links: tuple[tuple[str, Node], ...]
    span: Span
    conditions: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Equation:
    """One display, taken apart.

    Attributes:
        rows: the statements in order: one Chain a row of an aligned block (continuation rows already
            joined to the row they continue) or a \\quad-separated statement. A row that begins with a
            relation has `first` None and continues the chain of the row before it.
        tag: the number printed with it, "5" for (5) or \\tag{5}, else None; one tag for the display.
        tags: a tag per row where rows have their own, aligned with `rows`.
        source: the text that all spans point into.
        unread: why some of its rows could not be read; `rows` holds the others.
    """

    rows: tuple[Chain, ...]
    tag: str | None
    tags: tuple[str | None, ...]
    source: str
    unread: tuple[LatexError, ...] = ()


Node: TypeAlias = (
    Number
    | Name
    | Words
    | Ellipsis_
    | Scripted
    | Signed
    | Sum_
    | Product
    | Fraction_
    | Root
    | Bracket
    | BigOperator
    | Matrix
    | Cases
    | Tuple_
    | Chain
)
