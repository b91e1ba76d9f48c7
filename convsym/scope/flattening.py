r"""A network's symbols as names of their own, W^{[2]} as one matrix, with the definitions that a claim rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Ellipsis_,
    Fraction_,
    Name,
    Node,
    Product,
    Scripted,
    Span,
    Tuple_,
    Words,
)
from convsym.latex.walking import children, rewritten
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.dimensions import differential, is_differential
from convsym.scope.model import FunctionRule, Scope, pattern_of
from convsym.scope.naming import SAMPLES, Reference, key, strip_group
from convsym.scope.operators import application
from convsym.scope.standards import SOFTMAX
from convsym.scope.unrolling import Place

_NOWHERE = Span(0, 0)
NO_PLACE = Place("", -1000)
"""Where a symbol stands that carries no layer."""
_TRANSPOSES = ("T", "top", "intercal")
FUNCTION_LETTERS = frozenset("f g h sigma phi varphi psi rho F G Phi".split())
_LOSSES = frozenset({"L", "J", "E", "C", "Loss", "cal L", "cal J", "cal E", "cal C", "ell"})


class UnreadableError(Exception):
    """What is no expression of matrices and numbers that can be worked out here."""


@dataclass(frozen=True, slots=True)
class Symbol_:  # noqa: N801 (the plain name Symbol is SymPy's)
    """A printed symbol taken apart.

    Attributes:
        base: its key.
        place: its layer, or `NO_PLACE`.
        sample: the sample it belongs to, or None.
        indices: its indices.
        reference: what it refers to besides.
        transposed: whether it is transposed.
    """

    base: str
    place: Place
    sample: Node | None
    indices: tuple[Node, ...]
    reference: Reference
    transposed: bool

    @property
    def flat(self) -> str:
        """The name of its own."""
        return self.base if self.place == NO_PLACE else self.base + self.place.mark


class Flattener:
    """Gives the symbols of a document names without layers and samples.

    Args:
        scope: of the claim.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.functions: set[str] = set()
        self.prefixed: dict[str, tuple[str, Place]] = {}
        self.seen: dict[str, tuple[str, Place]] = {}
        self.losses = self._losses()

    def plain(self, node: Node) -> Node:
        """An expression in names of their own, without the definitions around it.

        Raises:
            UnreadableError: it is about something else.
        """
        letters = {symbol.place.letter for symbol in self.symbols(node)} - {""}
        return self.node(node, {letter: Place(letter, 0) for letter in letters})

    def _losses(self) -> set[str]:
        scope = self.scope
        above = {name for name, _ in scope.survey.partials}
        below = {name for _, name in scope.survey.partials}
        found = {
            name
            for name in above - below
            if name not in {*FUNCTIONS, *SOFTMAX, *scope.functions}
            and (not scope.rules.get(name) or scope.habits.arity.get(name) is None)
        }
        for error in scope.errors:
            reference = scope.refer(error.above, {})
            if reference is not None:
                found.add(reference.name)
        found |= {name for name in _LOSSES if scope.rules.get(name) and name not in below}
        found |= {name for name in _LOSSES if name in scope.arguments and not scope.rules.get(name)}
        return {name for name in found if not any(r.layer is not None for r in scope.rules.get(name, []))}

    def canonical(self, name: str) -> str:
        """One name for a family and its matrix: z_j^{(i)} are entries of Z."""
        bare = name.removesuffix(SAMPLES)
        known = self.scope.matrices.get(bare)
        if known is not None:
            return known
        *accents, letter = bare.split(" ")
        capital = " ".join([*accents, letter.upper()])
        if len(letter) == 1 and capital != bare and capital in self.scope.survey.names:
            if name.endswith(SAMPLES) or self.scope.matrices.get(capital) == bare:
                return self.scope.matrices.get(capital, capital)
        return bare

    def name(self, base: str, place: Place) -> str:
        """The name of a symbol at a layer."""
        name = base if place == NO_PLACE else base + place.mark
        self.seen.setdefault(name, (base, place))
        return name

    def symbols(self, node: Node) -> Iterator[Symbol_]:
        """The symbols of an expression."""
        stack = [node]
        while stack:
            part = strip_group(stack.pop())
            found = self.symbol(part) if isinstance(part, Name | Scripted) else None
            if found is not None:
                yield found
                continue
            stack.extend(children(part))

    def symbol(self, node: Node) -> Symbol_ | None:
        """A symbol taken apart; None of what is none."""
        node = strip_group(node)
        sample: Node | None = None
        turned = False
        layer: Node | None = None
        if (
            isinstance(node, Scripted)
            and isinstance(strip_group(node.base), Name)
            and node.superscript is not None
        ):
            marks = strip_group(node.superscript)
            if isinstance(marks, Product) and all(not operator for operator, _ in marks.factors):
                parts = [strip_group(factor) for _, factor in marks.factors]
                brackets = [
                    p for p in parts if isinstance(p, Bracket) and p.kind in ("(", "[") and len(p.items) == 1
                ]
                turns = [p for p in parts if isinstance(p, Name) and p.text in _TRANSPOSES]
                if len(brackets) + len(turns) == len(parts) and 0 < len(brackets) < 3 and len(turns) < 2:
                    turned = bool(turns)
                    layer = brackets[0].items[0]
                    sample = brackets[1].items[0] if len(brackets) == 2 else None
                    node = replace(node, superscript=None)
        wild: tuple[Node, ...] = ()
        if isinstance(node, Scripted) and node.subscript is not None:
            inside = strip_group(node.subscript)
            if isinstance(inside, Tuple_) and any(map(_is_wildcard, inside.items)):
                wild, node = inside.items, replace(node, subscript=None)
        reference = self.scope.refer(node, {})
        if reference is None or (isinstance(node, Scripted) and not isinstance(_head(node), Name)):
            return None
        layer = layer if layer is not None else reference.layer
        indices = wild or reference.indices
        base = reference.name
        if base.endswith(SAMPLES) and indices:
            sample, indices = indices[0], indices[1:]
        place = NO_PLACE
        if layer is not None:
            pattern = pattern_of(layer, {})
            if pattern is None:
                return None
            place = Place(pattern.parameter or "", pattern.offset)
        return Symbol_(
            self.canonical(base), place, sample, indices, reference, turned or reference.transposed
        )

    def node(self, node: Node, layers: dict[str, Place]) -> Node:
        """An expression in names of their own.

        Raises:
            UnreadableError: it names what cannot be told.
        """

        def change(part: Node) -> Node | None:
            part = strip_group(part) if isinstance(part, Bracket) else part
            match part:
                case Product():
                    return self._product(part, layers)
                case Name() | Scripted():
                    return self._symbol(part, layers)
                case Fraction_(above, below):
                    return self._derivative(part, layers) if is_differential(above, below) else None
                case BigOperator():
                    return replace(part, body=self.node(part.body, layers))
                case Cases() | Ellipsis_() | Words():
                    raise UnreadableError
            return None

        return rewritten(node, change)

    def _derivative(self, node: Fraction_, layers: dict[str, Place]) -> Node:
        sides: list[Node] = []
        for side in (node.numerator, node.denominator):
            inner = differential(side)
            head = Name("partial", side.span)
            if inner is None:
                sides.append(head)
                continue
            sides.append(Product((("", head), ("", self.node(inner, layers))), side.span))
        bare = differential(node.numerator)
        function = self.symbol(bare) if bare is not None else None
        if function is not None and self._is_bare_function(function):
            # \partial\sigma/\partial z is the derivative of what it gives for z.
            below = differential(node.denominator)
            assert below is not None
            name = self._function(function.reference.head, function.base, function.reference.layer, 0, layers)
            called = Product((("", name), ("", self._bracket((below,), layers))), node.span)
            sides[0] = Product((("", Name("partial", node.span)), ("", called)), node.span)
        return Fraction_(sides[0], sides[1], node.span)

    def _is_bare_function(self, symbol: Symbol_) -> bool:
        """Whether a symbol is the name of a function of one variable, and nothing else in the document."""
        name, scope = symbol.base, self.scope
        if symbol.indices or symbol.sample is not None or symbol.reference.power is not None:
            return False
        if scope.rules.get(name) or name in self.losses or symbol.reference.primes:
            return False
        return name in SOFTMAX or (name in scope.survey.called and 1 in scope.survey.called[name])

    def _product(self, product: Product, layers: dict[str, Place]) -> Node:
        flat = list(product.factors)
        new: list[tuple[str, Node]] = []
        place = 0
        while place < len(flat):
            operator, factor = flat[place]
            inner = strip_group(factor)
            behind = flat[place + 1] if place + 1 < len(flat) else None
            applied = application(flat, place, {}, self.scope)
            if (
                applied is not None
                and applied.end == place + 2
                and not applied.indices
                and applied.power is None
            ):
                new.append(
                    (operator, self._function(inner, applied.name, applied.layer, applied.primes, layers))
                )
                new.append(("", self._bracket(applied.arguments, layers)))
                place += 2
                continue
            if applied is not None and applied.indices:
                raise UnreadableError
            if isinstance(inner, Name) and key(inner) == "d" and behind is not None and not behind[0]:
                below = self.symbol(behind[1])
                if below is not None and not self.scope.rules.get("d"):
                    new.append((operator, self._prefixed(behind[1], below, layers)))
                    place += 2
                    continue
            if isinstance(inner, Name) and key(inner) in ("partial", "d"):
                new.append((operator, inner))
            else:
                new.append((operator, self.node(factor, layers)))
            place += 1
        return new[0][1] if len(new) == 1 else Product(tuple(new), product.span)

    def _bracket(self, arguments: tuple[Node, ...], layers: dict[str, Place]) -> Bracket:
        items = tuple(self.node(argument, layers) for argument in arguments)
        return Bracket("(", items, items[0].span if items else _NOWHERE)

    def _prefixed(self, node: Node, below: Symbol_, layers: dict[str, Place]) -> Node:
        if below.indices or below.sample is not None or below.reference.power is not None:
            raise UnreadableError
        place = self._place(below.place, layers)
        name = "d" + (below.base if place == NO_PLACE else below.base + place.mark)
        self.prefixed[name] = (below.base, place)
        self.seen.setdefault(name, ("d" + below.base, place))
        return _turned(Name(name, node.span)) if below.transposed else Name(name, node.span)

    def _function(
        self, node: Node, name: str, layer: Node | None, primes: int, layers: dict[str, Place]
    ) -> Node:
        text = name
        if layer is not None:
            pattern = pattern_of(layer, {})
            if pattern is None:
                raise UnreadableError
            text += self._place(Place(pattern.parameter or "", pattern.offset), layers).mark
        self.functions.add(text)
        found: Node = Name(text, node.span, "rm" if len(name) > 1 else "")
        return found if not primes else Scripted(found, None, None, primes, node.span)

    def _script(self, power: Node, layers: dict[str, Place]) -> Node:
        mark = strip_group(power)
        return power if isinstance(mark, Name) and mark.text in _TRANSPOSES else self.node(power, layers)

    def _place(self, place: Place, layers: dict[str, Place]) -> Place:
        if place == NO_PLACE or not place.letter:
            return place
        if place.letter not in layers:
            raise UnreadableError
        return layers[place.letter].moved(place.offset)

    def _symbol(self, node: Name | Scripted, layers: dict[str, Place]) -> Node | None:
        if isinstance(node, Scripted) and not isinstance(_head(node), Name):
            if node.primes or self.scope.refer(node, {}) is not None:
                raise UnreadableError
            power = None if node.superscript is None else self._script(node.superscript, layers)
            return replace(node, base=self.node(node.base, layers), superscript=power)
        found = self.symbol(node)
        if found is None:
            raise UnreadableError
        reference, span = found.reference, node.span
        if reference.base in ("partial", "nabla") or (reference.name == "e" and found.place == NO_PLACE):
            return None if isinstance(node, Scripted) else node
        turned = found.transposed
        if reference.primes:
            # x' is the transpose of x where it is applied to nothing.
            if reference.primes > 1 or turned or found.base in self.scope.functions or found.indices:
                raise UnreadableError
            turned = True
        name = self.name(found.base, self._place(found.place, layers))
        new: Node = Name(name, span)
        indices = found.indices
        if found.sample is not None:
            if len(indices) > 1:
                raise UnreadableError
            first: Node = indices[0] if indices else Name("cdot", span)
            indices = (Name("feature", span), first, found.sample)
        if indices:
            if turned and len(indices) == 2:
                indices, turned = (indices[1], indices[0]), False
            new = Scripted(new, Tuple_(indices, span) if len(indices) > 1 else indices[0], None, 0, span)
        if turned:
            new = _turned(new)
        if reference.power is not None:
            new = Scripted(Bracket("(", (new,), span), None, self.node(reference.power, layers), 0, span)
        return new


def _is_wildcard(node: Node) -> bool:
    """Whether an index stands for all there are: a dot or a colon."""
    bare = strip_group(node)
    return isinstance(bare, Name) and bare.text in ("cdot", ":")


def _head(node: Node) -> Node:
    node = strip_group(node)
    while isinstance(node, Scripted):
        node = strip_group(node.base)
    if isinstance(node, Bracket) and node.kind == "[" and len(node.items) == 1:
        return strip_group(node.items[0])
    return node


def _turned(node: Node) -> Node:
    return Scripted(Bracket("(", (node,), node.span), None, Name("T", node.span), 0, node.span)


def arbitrary(name: str) -> FunctionRule:
    """A function that carries its layer and is written nowhere."""
    return FunctionRule((), None, "", assumed=f"${name}$ is an arbitrary differentiable function")
