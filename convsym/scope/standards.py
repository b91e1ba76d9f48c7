r"""Functions everybody knows that a document uses and never defines: softmax, and the cross-entropy CE(y, \hat{y}).

a = softmax(z) says a_i = e^{z_i} / \sum_j e^{z_j} of every entry, and J = CE(y, a) says J = -\sum_i y_i \log a_i.
A document that writes either out is read as it writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
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
)
from convsym.latex.walking import links, rewritten, walk, with_factors
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.composites import vector_definition
from convsym.scope.naming import EQUALITIES, key, strip_group
from convsym.scope.numbering import numbered_letters

SOFTMAX = frozenset({"softmax", "Softmax", "SoftMax", "SOFTMAX"})
"""Names that stand for e^{z_i} / \\sum_j e^{z_j}, whoever writes them."""

_CROSS_ENTROPIES = frozenset({"CE", "CrossEntropy", "crossentropy", "cross-entropy", "cross_entropy"})
# Words for functions that have one meaning, however they are spelled; log and exp are too short to be sure of.
_SPELLED = frozenset({"sigmoid", "logistic", "tanh", "relu", "softplus"})
_Factors = tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Standards:
    """Formulas with the meanings of standard functions written out.

    Attributes:
        equations: the formulas by their number.
        meanings: what the rewritten ones rest on, by number.
    """

    equations: dict[int, Equation]
    meanings: dict[int, str]


def with_standards(equations: Mapping[int, Equation]) -> Standards:
    """The same equations with undefined standard functions of vectors written out, and which of them.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    equations = {number: rewritten(equation, _one_spelling) for number, equation in equations.items()}
    named = {number: rewritten(equation, _one_name) for number, equation in equations.items()}
    if not _is_one_name(named):
        named = dict(equations)
    defined = set(_defined(named.values()))
    numbered = numbered_letters([row for equation in named.values() for row in equation.rows])
    predicted = _predictions(named.values(), numbered)
    meanings: dict[int, str] = {}
    found: dict[int, Equation] = {}
    for number, equation in named.items():
        writer = _Writer(defined, predicted, numbered)
        rows = tuple(writer.row(row) for row in equation.rows)
        found[number] = replace(equation, rows=rows) if writer.used else equation
        if writer.used:
            meanings[number] = " and ".join(sorted(writer.used))
    return Standards(found, meanings)


# ---------------------------------------------------------------------- names


def _one_spelling(node: Node) -> Node | None:
    """Sigmoid, SIGMOID and Tanh as sigmoid and tanh: a capital makes no other function of a word."""
    if not isinstance(node, Name) or node.text in FUNCTIONS or node.text.lower() not in _SPELLED:
        return None
    return replace(node, text=node.text.lower())


def _one_name(node: Node) -> Node | None:
    """C E(y, p) and \\partial C E as one name CE."""
    if not isinstance(node, Product):
        return None
    factors: list[tuple[str, Node]] = []
    for operator, factor in node.factors:
        inner = strip_group(factor)
        before = strip_group(factors[-1][1]) if factors else None
        if not operator and _is_letter(inner, "E") and before is not None and _is_letter(before, "C"):
            span = Span(before.span.start, inner.span.end)
            factors[-1] = (factors[-1][0], Name("CE", span, "rm"))
        else:
            factors.append((operator, rewritten(factor, _one_name)))
    return with_factors(node, factors)


def _is_letter(node: Node, letter: str) -> bool:
    return isinstance(node, Name) and node.text == letter and not node.font


def _is_one_name(equations: Mapping[int, Equation]) -> bool:
    """Whether CE is applied to two things somewhere."""
    return any(
        isinstance(node, Product)
        and any(_compared(node.factors, place) for place in range(len(node.factors)))
        for equation in equations.values()
        for row in equation.rows
        for node in walk(row)
    )


def _compared(factors: _Factors, place: int) -> tuple[Node, Node] | None:
    """What a cross-entropy that begins at a place is applied to."""
    if place + 1 >= len(factors) or factors[place + 1][0]:
        return None
    if _head(factors[place][1]) not in _CROSS_ENTROPIES:
        return None
    bracket = strip_group(factors[place + 1][1])
    if not isinstance(bracket, Bracket) or bracket.kind != "(":
        return None
    items = bracket.items
    if len(items) == 1:
        inner = strip_group(items[0])
        items = inner.items if isinstance(inner, Tuple_) else _list_in_bold(inner)
    return (items[0], items[1]) if len(items) == 2 else None


def _list_in_bold(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Bracket) and node.kind != "(" else (node,)


def _head(node: Node) -> str:
    """The function's name: CE, and the label of L_{CE}."""
    node = strip_group(node)
    if isinstance(node, Scripted) and node.superscript is None and node.subscript is not None:
        label = strip_group(node.subscript)
        return label.text if isinstance(label, Name) else ""
    return node.text if isinstance(node, Name) else ""


# ---------------------------------------------------------------------- what a document writes out


def _defined(equations: Collection[Equation]) -> Iterator[str]:
    """The standard functions that a document writes out itself, as a definition or as something of its own."""
    for equation in equations:
        for row in equation.rows:
            for place, (left, right) in enumerate(links(row, EQUALITIES)):
                inner = strip_group(left)
                if not isinstance(inner, Product) or len(inner.factors) != 2:
                    continue
                head = strip_group(inner.factors[0][1])
                head = strip_group(head.base) if isinstance(head, Scripted) else head
                summed = any(isinstance(part, BigOperator) for part in walk(right))
                if isinstance(head, Name) and head.text in SOFTMAX and summed:
                    found = vector_definition(left, right)
                    if not place or found is None or found[1] is None or not found[1].is_softmax:
                        yield "softmax"
                compared = _compared(inner.factors, 0)
                if compared is not None and summed and not (place and _is_usual(right, compared)):
                    yield "cross-entropy"


def _is_usual(node: Node, compared: tuple[Node, Node]) -> bool:
    r"""Whether a formula is -\sum_i y_i \log p_i of what is compared, and nothing more."""
    node = strip_group(node)
    inner = strip_group(node.operand) if isinstance(node, Signed) and node.sign == "-" else node
    if inner is node or not isinstance(inner, BigOperator) or inner.operator != "sum":
        return False
    parts = list(walk(inner.body))
    letters = {key(part) for part in walk(inner.lower) if isinstance(part, Name)} if inner.lower else set()
    names = {key(part) for part in parts if isinstance(part, Name)} - letters
    bases = {_key_of(one.base if isinstance(one := strip_group(end), Scripted) else one) for end in compared}
    return names - {"log", "ln"} == bases and not any(isinstance(part, Sum_ | Number) for part in parts)


def _predictions(equations: Collection[Equation], numbered: Collection[str]) -> set[str]:
    """The vectors that some softmax gives."""
    found: set[str] = set()
    for equation in equations:
        for row in equation.rows:
            for left, right in links(row, EQUALITIES):
                if (
                    _softmax_of(strip_group(right)) is not None
                    and (vector := _plain(left, numbered)) is not None
                ):
                    found.add(vector)
    return found


def _softmax_of(node: Node) -> tuple[Node, Node | None] | None:
    """The argument of softmax(z), softmax(z)_k or softmax(z_k), with the index."""
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return None
    return _application(node.factors, 0)


def _application(factors: _Factors, place: int) -> tuple[Node, Node | None] | None:
    if place + 1 >= len(factors) or factors[place + 1][0]:
        return None
    head, bracket, index = strip_group(factors[place][1]), strip_group(factors[place + 1][1]), None
    if isinstance(head, Scripted) and head.superscript is None and not head.primes:
        index, head = head.subscript, strip_group(head.base)
    if not isinstance(head, Name) or head.text not in SOFTMAX:
        return None
    if isinstance(bracket, Scripted) and bracket.superscript is None and not bracket.primes and index is None:
        index, bracket = bracket.subscript, strip_group(bracket.base)
    if not isinstance(bracket, Bracket) or bracket.kind not in ("(", "[", "{") or len(bracket.items) != 1:
        return None
    argument = strip_group(bracket.items[0])
    if index is None and isinstance(argument, Scripted) and argument.subscript is not None:
        letter = strip_group(argument.subscript)
        if not isinstance(letter, Name) or len(letter.text) != 1:
            return argument, None
        if argument.superscript is None and not argument.primes:
            return argument.base, letter
        return replace(argument, subscript=None), letter
    return argument, index


def _plain(node: Node, numbered: Collection[str]) -> str | None:
    """The key of a name without an index, a layer or a label or none on it."""
    node, label = strip_group(node), ""
    if isinstance(node, Scripted) and not node.primes:
        if node.subscript is not None:
            below = strip_group(node.subscript)
            is_number = isinstance(below, Number) and _key_of(node.base) in numbered
            is_word = isinstance(below, Name) and len(below.text) > 1 and below.font in ("text", "rm")
            if not is_number and not is_word:
                return None
            label = f"_{below.text}"  # type: ignore[union-attr]
        node = strip_group(node.base)
    return f"{key(node)}{label}" if isinstance(node, Name) else None


def _is_capital(node: Node) -> bool:
    node = strip_group(node)
    node = strip_group(node.base) if isinstance(node, Scripted) else node
    return isinstance(node, Name) and len(node.text) == 1 and node.text.isupper()


def _key_of(node: Node) -> str:
    """The key of a name, or nothing."""
    node = strip_group(node)
    return key(node) if isinstance(node, Name) else ""


# ---------------------------------------------------------------------- writing out


class _Writer:
    """Writes the standard functions of one formula out and keeps which."""

    def __init__(
        self, defined: Collection[str], predicted: Collection[str], numbered: Collection[str]
    ) -> None:
        self.defined, self.predicted, self.numbered = defined, predicted, numbered
        self.used: set[str] = set()

    def row(self, row: Chain) -> Chain:
        """The row with entries of a softmax and cross-entropies written out."""
        if len(row.links) == 1 and row.first is not None and row.links[0][0] in EQUALITIES:
            relation, right = row.links[0]
            softmax = _softmax_of(strip_group(right)) if "softmax" not in self.defined else None
            if softmax is not None and softmax[1] is None and _plain(row.first, self.numbered) is not None:
                vector = _plain(softmax[0], self.numbered)
                # A capital may be a matrix, of whose rows or columns or entries a softmax is taken.
                if vector is not None and not _is_capital(row.first) and not _is_capital(softmax[0]):
                    taken = {key(part) for part in walk(row) if isinstance(part, Name)}
                    letter = Name(next(one for one in "iqrs" if one not in taken), right.span)
                    entry = _entry(row.first, letter)
                    return replace(
                        row, first=entry, links=((relation, self._softmax(softmax[0], letter, right.span)),)
                    )
        return rewritten(row, self._changed)

    def _changed(self, node: Node) -> Node | None:
        if not isinstance(node, Product):
            return None
        factors: list[tuple[str, Node]] = []
        place = 0
        while place < len(node.factors):
            operator, factor = node.factors[place]
            found = self._written(node.factors, place)
            factors.append((operator, rewritten(factor, self._changed) if found is None else found))
            place += 1 if found is None else 2
        return with_factors(node, factors)

    def _written(self, factors: _Factors, place: int) -> Node | None:
        span = Span(factors[place][1].span.start, factors[min(place + 1, len(factors) - 1)][1].span.end)
        softmax = _application(factors, place) if "softmax" not in self.defined else None
        if softmax is not None and softmax[1] is not None and _plain(softmax[0], self.numbered) is not None:
            return Bracket("group", (self._softmax(softmax[0], softmax[1], span),), span)
        compared = _compared(factors, place) if "cross-entropy" not in self.defined else None
        if compared is None or any(_plain(one, self.numbered) is None for one in compared):
            return None
        target, prediction = compared
        ways = [
            (a, b)
            for a, b in ((target, prediction), (prediction, target))
            if _plain(b, self.numbered) in self.predicted
        ]
        if len(ways) != 1:
            return None
        self.used.add("the cross-entropy has its usual meaning")
        return Bracket("group", (_cross_entropy(*ways[0], span),), span)

    def _softmax(self, vector: Node, index: Node, span: Span) -> Node:
        self.used.add("softmax has its usual meaning")
        taken = {key(part) for part in walk(index) if isinstance(part, Name)}
        letter = Name(next(one for one in "jkmn" if one not in taken), span)

        def power(at: Node) -> Node:
            return Scripted(Name("e", span), None, _entry(vector, at), 0, span)

        below = BigOperator("sum", letter, None, power(letter), span)
        return Fraction_(power(index), below, span)


def _cross_entropy(target: Node, prediction: Node, span: Span) -> Node:
    letter = Name("i", span)
    logarithm = Bracket("(", (_entry(prediction, letter),), span)
    product = Product((("", _entry(target, letter)), ("", Name("log", span)), ("", logarithm)), span)
    return Signed("-", BigOperator("sum", letter, None, product, span), span)


def _entry(vector: Node, index: Node) -> Node:
    """The entry of a bare name, or of one with a layer or a label."""
    vector = strip_group(vector)
    if isinstance(vector, Scripted):
        if vector.subscript is not None:
            index = Tuple_((vector.subscript, index), vector.span)
        return replace(vector, subscript=index)
    return Scripted(vector, index, None, 0, vector.span)


__all__ = ["SOFTMAX", "Standards", "with_standards"]
