"""Expressions of matrices written out for sizes that are known: a bias on every column, products that fit, sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

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
    Root,
    Scripted,
    Signed,
    Span,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import rewritten
from convsym.scope.dimensions import (
    ENTRYWISE,
    JOINING,
    WILDCARDS,
    differential,
    indices_of,
    is_differential,
    is_flat,
    is_operator,
    is_transposing,
)
from convsym.scope.flattening import UnreadableError
from convsym.scope.naming import key, strip_group
from convsym.scope.operators import is_diagonal
from convsym.scope.standards import SOFTMAX

Shape: TypeAlias = "tuple[int, int] | None"
Fitted: TypeAlias = "tuple[Node, Shape]"

_NOWHERE = Span(0, 0)
_MOST_TERMS = 64
_JACOBIAN = (-1, -1)
EVERY_ENTRY = "products of matrices that fit in no other way are taken entry by entry"
EVERY_EXAMPLE = "what has one entry a unit is the same for every example"


@dataclass(slots=True)
class Fitter:
    """Writes expressions out for sizes.

    Attributes:
        shapes: rows and columns by name; names of numbers are not in it.
        letters: how far each index letter runs.
        functions: names that are applied entry by entry.
        axis: which axis of a matrix counts the entries of one example: 0 where examples are columns.
        whole: whether a sum without a letter adds every entry, and not the examples alone.
        assumed: what had to be assumed, in words.
    """

    shapes: Mapping[str, tuple[int, int]]
    letters: Mapping[str, int]
    functions: frozenset[str]
    axis: int = 0
    whole: bool = False
    assumed: set[str] = field(default_factory=set)

    def number(self, node: Node) -> Node:
        """An expression that is one number; the entries of a matrix are added up.

        Raises:
            UnreadableError: it cannot be worked out.
        """
        found, shape = self.fit(node)
        if shape is None:
            return found
        if shape == _JACOBIAN:
            raise UnreadableError
        return _total(found, shape)

    def fit(self, node: Node) -> Fitted:
        """An expression for the sizes here, and its rows and columns, None of a number.

        Raises:
            UnreadableError: it cannot be worked out.
        """
        match node:
            case Bracket("group", (only,)):
                return self.fit(only)
            case Number():
                return node, None
            case Name():
                return node, self.shapes.get(key(node)) if is_flat(node) else None
            case Scripted():
                return self._scripted(node)
            case Signed(_, operand):
                inner, shape = self.fit(operand)
                return replace(node, operand=inner), shape
            case Bracket(("(" | "[" | "{"), (only,)):
                inner, shape = self.fit(only)
                return Bracket("(", (inner,), node.span), shape
            case Chain(first, ()) if first is not None:
                return self.fit(first)
            case Sum_(terms):
                return self._sum(terms)
            case Product(factors):
                return self._product(factors)
            case Fraction_():
                return self._fraction(node)
            case BigOperator("sum"):
                return self._big(node)
            case Root(radicand, None):
                inner, shape = self.fit(radicand)
                if shape is not None:
                    raise UnreadableError
                return replace(node, radicand=inner), None
            case Matrix(_, rows):
                return self._matrix(node, rows)
        raise UnreadableError

    # ------------------------------------------------------------------ symbols

    def _scripted(self, node: Scripted) -> Fitted:
        base = strip_group(node.base)
        if (
            isinstance(base, Name)
            and base.text == "e"
            and node.superscript is not None
            and "e" not in self.shapes
        ):
            power, shape = self.fit(node.superscript)
            return _call("exp", power), shape
        if isinstance(base, Name) and base.text == "nabla":
            return node, None
        if isinstance(base, Name) and node.subscript is not None:
            return self._entry(node, key(base), indices_of(node.subscript))
        if isinstance(base, Bracket) and base.kind == "||" and len(base.items) == 1:
            return self._norm(base.items[0], node)
        inner, shape = self.fit(node.base)
        if node.subscript is not None:
            return self._entry_of(inner, shape, indices_of(node.subscript), node)
        if node.superscript is None:
            raise UnreadableError
        if is_transposing(node):
            if shape is None or shape == _JACOBIAN:
                return inner, shape
            return _turned(inner), (shape[1], shape[0])
        power, exponent = self.fit(node.superscript)
        if exponent is not None or shape == _JACOBIAN:
            raise UnreadableError
        if shape is not None:
            self.assumed.add("powers of matrices are taken entry by entry")
        return Scripted(_bracketed(inner), None, power, 0, node.span), shape

    def _entry(self, node: Scripted, name: str, indices: Sequence[Node]) -> Fitted:
        shape = self.shapes.get(name)
        if shape is None:
            if name == "delta" and len(indices) == 2:
                return node, None
            raise UnreadableError
        if isinstance(first := strip_group(indices[0]), Name) and first.text == "feature":
            indices = [*indices[1:]] if self.axis == 0 else [indices[2], indices[1]]
        if len(indices) == 1:
            if 1 not in shape:
                raise UnreadableError
            return Scripted(Name(name, node.span), indices[0], None, 0, node.span), None
        if len(indices) != 2:
            raise UnreadableError
        open_axes = [
            axis
            for axis, index in enumerate(indices)
            if isinstance(one := strip_group(index), Name) and one.text in WILDCARDS
        ]
        if not open_axes:
            if 1 in shape:
                indices = [index for index, size in zip(indices, shape, strict=True) if size != 1] or indices[
                    :1
                ]
            if len(indices) == 2:
                return Scripted(
                    Name(name, node.span), Tuple_(tuple(indices), node.span), None, 0, node.span
                ), None
            return Scripted(Name(name, node.span), indices[0], None, 0, node.span), None
        if len(open_axes) == 2:
            return Name(name, node.span), shape
        (axis,) = open_axes
        place = strip_group(indices[1 - axis])
        if not isinstance(place, Number) or not 1 <= int(place.text) <= shape[1 - axis]:
            raise UnreadableError
        # One row or one column, by a product with what picks it.
        picked = int(place.text) - 1
        if axis == 0:
            return _joined(Name(name, node.span), _unit(shape[1], picked)), (shape[0], 1)
        return _joined(_turned(_unit(shape[0], picked)), Name(name, node.span)), (1, shape[1])

    def _norm(self, node: Node, whole: Scripted) -> Fitted:
        """A squared norm as a sum of squares."""
        power = None if whole.superscript is None else strip_group(whole.superscript)
        mark = None if whole.subscript is None else strip_group(whole.subscript)
        label = getattr(mark, "text", "F") if mark is not None else "F"
        if not isinstance(power, Number) or power.text != "2" or label not in ("F", "2"):
            raise UnreadableError
        inner, shape = self.fit(node)
        if shape == _JACOBIAN:
            raise UnreadableError
        return (_power(inner, 2), None) if shape is None else (_total(_power(inner, 2), shape), None)

    def _entry_of(self, inner: Node, shape: Shape, indices: Sequence[Node], node: Scripted) -> Fitted:
        if shape is None or shape == _JACOBIAN or len(indices) > 2:
            raise UnreadableError
        if len(indices) == 1:
            if 1 not in shape:
                raise UnreadableError
            one = Number("1", node.span)
            indices = [indices[0], one] if shape[1] == 1 else [one, indices[0]]
        subscript = Tuple_(tuple(indices), node.span)
        return Scripted(Bracket("[", (inner,), node.span), subscript, None, 0, node.span), None

    # ------------------------------------------------------------------ sums

    def _sum(self, terms: Sequence[tuple[str, Node]]) -> Fitted:
        fitted = [(sign, *self.fit(term)) for sign, term in terms]
        shapes = [shape for _, _, shape in fitted if shape is not None]
        if not shapes:
            return Sum_(tuple((sign, term) for sign, term, _ in fitted), terms[0][1].span), None
        if _JACOBIAN in shapes:
            if any(shape is None for _, _, shape in fitted):
                raise UnreadableError
            return Sum_(tuple((sign, term) for sign, term, _ in fitted), terms[0][1].span), _JACOBIAN
        rows, columns = (max(sides) for sides in zip(*shapes, strict=True))
        new: list[tuple[str, Node]] = []
        for sign, term, shape in fitted:
            if shape is not None and any(
                own not in (1, side) for own, side in zip(shape, (rows, columns), strict=True)
            ):
                raise UnreadableError
            if shape is None:
                term = _joined(term, _ones(rows, columns))
            elif shape != (rows, columns):
                self.assumed.add(EVERY_EXAMPLE)
                if shape[0] != rows:
                    term = _joined(_ones(rows, 1), term)
                if shape[1] != columns:
                    term = _joined(term, _ones(1, columns))
            new.append((sign, term))
        return Bracket("(", (Sum_(tuple(new), terms[0][1].span),), terms[0][1].span), (rows, columns)

    def _big(self, node: BigOperator) -> Fitted:
        if node.lower is None:
            inner, shape = self.fit(node.body)
            if shape is None or shape == _JACOBIAN:
                raise UnreadableError
            if self.whole:
                return _total(inner, shape), None
            if self.axis == 0:
                return _joined(inner, _ones(shape[1], 1)), (shape[0], 1)
            return _joined(_ones(1, shape[0]), inner), (1, shape[1])
        letters = self._ranges(node)
        bodies = [node.body]
        for letter, (numbers, left_out) in letters.items():
            if left_out is not None:
                raise UnreadableError
            bodies = [put(body, letter, number) for body in bodies for number in numbers]
            if len(bodies) > _MOST_TERMS:
                raise UnreadableError
        found, shape = self._sum([("+", body) for body in bodies])
        return Bracket("(", (found,), node.span), shape

    def _ranges(self, node: BigOperator) -> dict[str, tuple[list[int], Node | None]]:
        lower = strip_group(node.lower) if node.lower is not None else None
        items = lower.items if isinstance(lower, Tuple_) else (lower,)
        found: dict[str, tuple[list[int], Node | None]] = {}
        for item in items:
            first: Node | None = item
            if isinstance(item, Chain):
                if len(item.links) != 1 or item.links[0][0] != "=":
                    raise UnreadableError
                first = item.first
                start = strip_group(item.links[0][1])
                if not isinstance(start, Number) or start.text not in ("0", "1"):
                    raise UnreadableError
            letter = strip_group(first) if first is not None else None
            if not isinstance(letter, Name) or key(letter) not in self.letters:
                raise UnreadableError
            found[key(letter)] = list(range(1, self.letters[key(letter)] + 1)), None
        return found

    # ------------------------------------------------------------------ products

    def _product(self, factors: Sequence[tuple[str, Node]]) -> Fitted:
        total: Fitted | None = None
        place = 0
        dividing = False
        while place < len(factors):
            operator, factor = factors[place]
            inner = strip_group(factor)
            following = factors[place + 1] if place + 1 < len(factors) else None
            behind = strip_group(following[1]) if following is not None and not following[0] else None
            place += 1
            if is_operator(inner):
                own = self._differentiated(inner, factors[place:])
                place = len(factors)
            elif (
                isinstance(inner, Scripted)
                and isinstance(strip_group(inner.base), Name)
                and (
                    strip_group(inner.base).text == "nabla"  # type: ignore[union-attr]
                )
            ):
                own = self._nabla(inner, behind)
                place += 1
            elif isinstance(behind, Bracket) and is_diagonal(inner):
                own = self._diagonal(inner, behind)
                place += 1
            elif isinstance(behind, Bracket) and self._is_function(inner):
                own = self._called(inner, behind)
                place += 1
            else:
                own = self.fit(factor)
            if operator == "/":
                dividing = True
                own = self._inverse(own)
                total = self._times(total, own, "")
                continue
            if dividing and not operator:
                raise UnreadableError
            dividing = False
            total = own if total is None else self._times(total, own, operator)
        if total is None:
            raise UnreadableError
        return total

    def _is_function(self, node: Node) -> bool:
        if isinstance(node, Scripted) and node.subscript is None and node.superscript is None:
            node = strip_group(node.base)
        return isinstance(node, Name) and key(node) in self.functions

    def _called(self, function: Node, bracket: Bracket) -> Fitted:
        fitted = [self.fit(item) for item in bracket.items]
        name = function.text if isinstance(function, Name) else ""
        first, own = fitted[0]
        if len(fitted) == 1 and name in SOFTMAX and own is not None:
            return self._softmax(first, own)
        shapes = {shape for _, shape in fitted if shape is not None}
        if (
            len(shapes) > 1
            or _JACOBIAN in shapes
            or (shapes and len(fitted) > 1 and name not in ("max", "min"))
        ):
            raise UnreadableError
        inner = Bracket("(", tuple(item for item, _ in fitted), bracket.span)
        call = Product((("", function), ("", inner)), function.span)
        return Bracket("(", (call,), function.span), next(iter(shapes), None)

    def _diagonal(self, head: Node, bracket: Bracket) -> Fitted:
        """The square matrix with a vector on its diagonal."""
        if len(bracket.items) != 1:
            raise UnreadableError
        inner, shape = self.fit(bracket.items[0])
        if shape is None:
            return inner, shape
        if 1 not in shape:
            raise UnreadableError
        call = Product((("", head), ("", Bracket("(", (inner,), bracket.span))), head.span)
        return Bracket("(", (call,), head.span), (max(shape), max(shape))

    def _softmax(self, inner: Node, shape: tuple[int, int]) -> Fitted:
        """e^z over its sum, each example by itself."""
        powers = _call("exp", inner)
        axis = self.axis if 1 not in shape else shape.index(1) ^ 1
        if axis == 0:
            sums = _joined(_ones(shape[0], shape[0]), powers)
        else:
            sums = _joined(powers, _ones(shape[1], shape[1]))
        return _joined(powers, _power(sums, -1), "odot"), shape

    def _nabla(self, nabla: Scripted, behind: Node | None) -> Fitted:
        if behind is None or nabla.subscript is None:
            raise UnreadableError
        below, shape = self.fit(nabla.subscript)
        above, upper = self.fit(behind)
        if upper is not None:
            raise UnreadableError
        return _quotient(above, below), shape

    def _differentiated(self, operator: Node, rest: Sequence[tuple[str, Node]]) -> Fitted:
        assert isinstance(operator, Fraction_)
        lower = differential(operator.denominator)
        if lower is None or not rest:
            raise UnreadableError
        below, shape = self.fit(lower)
        above, upper = self._product([("", rest[0][1]), *rest[1:]])
        if upper is not None:
            raise UnreadableError
        span = operator.span
        under = Product((("", Name("partial", span)), ("", below)), span)
        slope = Fraction_(Name("partial", span), under, span)
        return Bracket("(", (Product((("", slope), ("", _bracketed(above))), span),), span), shape

    def _times(self, one: Fitted | None, other: Fitted, operator: str) -> Fitted:
        if one is None:
            raise UnreadableError
        (a, left), (b, right) = one, other
        if left is None or right is None:
            if operator not in JOINING | ENTRYWISE:
                raise UnreadableError
            return _joined(a, b), left if left is not None else right
        if _JACOBIAN in (left, right):
            if operator not in JOINING | {"*"}:
                raise UnreadableError
            return _joined(a, b), _JACOBIAN
        if operator == "otimes":
            if 1 in left and 1 in right:
                # Of two vectors, whichever way they lie, the outer product.
                column = a if left[1] == 1 else _turned(a)
                row = b if right[0] == 1 else _turned(b)
                return _joined(column, row), (max(left), max(right))
            raise UnreadableError
        if operator in JOINING and left[1] == right[0]:
            return _joined(a, b), (left[0], right[1])
        if operator in JOINING and (left == (1, 1) or right == (1, 1)):
            return _joined(a, b), right if left == (1, 1) else left
        if operator in JOINING | ENTRYWISE and left == right:
            if operator in JOINING:
                self.assumed.add(EVERY_ENTRY)
            return _joined(a, b, "odot"), left
        if operator == "*" and left[1] == right[0]:
            return _joined(a, b), (left[0], right[1])
        raise UnreadableError

    def _inverse(self, own: Fitted) -> Fitted:
        node, shape = own
        if shape == _JACOBIAN:
            raise UnreadableError
        return _power(node, -1), shape

    def _fraction(self, node: Fraction_) -> Fitted:
        if is_differential(node.numerator, node.denominator):
            above, below = differential(node.numerator), differential(node.denominator)
            if above is None or below is None:
                raise UnreadableError
            (top, upper), (bottom, lower) = self.fit(above), self.fit(below)
            if upper == _JACOBIAN or lower == _JACOBIAN:
                raise UnreadableError
            slope = _quotient(top, bottom)
            if upper is None:
                return slope, lower
            return slope, upper if lower is None else _JACOBIAN
        (top, upper), (bottom, lower) = self.fit(node.numerator), self.fit(node.denominator)
        if lower is None and upper != _JACOBIAN:
            return Fraction_(top, bottom, node.span), upper
        if lower == _JACOBIAN or upper == _JACOBIAN:
            raise UnreadableError
        inverse = _power(bottom, -1)
        if upper is None:
            return _joined(top, inverse), lower
        if upper != lower:
            raise UnreadableError
        self.assumed.add("matrices are divided entry by entry")
        return _joined(top, inverse, "odot"), upper

    def _matrix(self, node: Matrix, rows: tuple[tuple[Node | None, ...], ...]) -> Fitted:
        new = []
        for row in rows:
            cells = []
            for cell in row:
                if cell is None:
                    raise UnreadableError
                found, shape = self.fit(cell)
                if shape is not None:
                    raise UnreadableError
                cells.append(found)
            new.append(tuple(cells))
        return replace(node, rows=tuple(new)), (len(new), len(new[0]))


# ---------------------------------------------------------------------- building


def put(node: Node, letter: str, number: int) -> Node:
    """An expression with a number for an index letter.

    Args:
        node: the expression.
        letter: the letter.
        number: what stands for it.
    """

    def change(part: Node) -> Node | None:
        return Number(str(number), part.span) if isinstance(part, Name) and key(part) == letter else None

    return rewritten(node, change)


def _ones(rows: int, columns: int) -> Matrix:
    one = Number("1", _NOWHERE)
    return Matrix("bmatrix", ((one,) * columns,) * rows, _NOWHERE)


def _unit(size: int, place: int) -> Matrix:
    return Matrix(
        "bmatrix", tuple((Number(str(int(at == place)), _NOWHERE),) for at in range(size)), _NOWHERE
    )


def _bracketed(node: Node) -> Node:
    return node if isinstance(node, Bracket | Name) else Bracket("(", (node,), node.span)


def _turned(node: Node) -> Node:
    return Scripted(Bracket("(", (node,), node.span), None, Name("T", node.span), 0, node.span)


def _joined(one: Node, other: Node, operator: str = "cdot") -> Node:
    product = Product((("", _bracketed(one)), (operator, _bracketed(other))), one.span)
    return Bracket("(", (product,), one.span)


def _power(node: Node, exponent: int) -> Node:
    power: Node = Number(str(abs(exponent)), node.span)
    if exponent < 0:
        power = Signed("-", power, node.span)
    return Scripted(Bracket("(", (node,), node.span), None, power, 0, node.span)


def _call(name: str, argument: Node) -> Node:
    inner = (
        argument
        if isinstance(argument, Bracket) and argument.kind == "("
        else Bracket("(", (argument,), argument.span)
    )
    call = Product((("", Name(name, argument.span, "rm")), ("", inner)), argument.span)
    return Bracket("(", (call,), argument.span)


def _total(node: Node, shape: tuple[int, int]) -> Node:
    return _joined(_ones(1, shape[0]), _joined(node, _ones(shape[1], 1)))


def _quotient(above: Node, below: Node) -> Node:
    span = above.span
    head = Name("partial", span)
    return Fraction_(Product((("", head), ("", above)), span), Product((("", head), ("", below)), span), span)
