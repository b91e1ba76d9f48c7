r"""A network whose layers are letters, z^l = W^l a^{l-1} + b^l, as a few layers with names and sizes of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Span,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.ends import ends_of
from convsym.scope.hygiene import derives
from convsym.scope.model import Family, FunctionRule, Pattern, Rule, Scope, latex_name, pattern_of
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.networks import Network, function_name, layered, layered_reference, layered_symbols
from convsym.scope.operators import DIAGONALS

# Layers above and below the ones that a claim names.
_REACH = 1
_MOST_LAYERS = 5
_ENTRYWISE = ("odot", "circ")
_NOWHERE = Span(0, 0)
_DIFFERENTIALS = frozenset({"partial", "d"})
# Signs that a document may mean a convolution by, or something else of its own.
_OTHER_SIGNS = frozenset({"*", "ast", "star", "circledast", "otimes", "oplus", "bullet"})


class Place(NamedTuple):
    """A layer: l + 1 is ("l", 1), the third is ("", 3)."""

    letter: str
    offset: int

    @property
    def mark(self) -> str:
        """The layer as it is printed behind a name."""
        sign = f"{self.offset:+d}" if self.offset else ""
        return f"^{{({self.letter}{sign})}}" if self.letter else f"^{{({self.offset})}}"

    def moved(self, by: int) -> Place:
        """The layer so many above this one."""
        return Place(self.letter, self.offset + by)


@dataclass(slots=True)
class Unrolled:
    """A claim about layers as one about a few matrices and vectors.

    Attributes:
        scope: in which every layer's families have names and sizes of their own.
        left, right: the sides.
        losses: names of what is differentiated and not written.
        leaves: names of the renamed matrices and outputs, which a transpose may be missing on.
        places: the layers.
        doubtful: whether a loss that the document writes out is taken for an arbitrary function here, or
            something is arbitrary that may be made of the loss, a \\delta^l whose definition is not brought in.
    """

    scope: Scope
    left: Node
    right: Node
    losses: set[str] = field(default_factory=set)
    leaves: set[str] = field(default_factory=set)
    places: list[Place] = field(default_factory=list)
    doubtful: bool = False


# ---------------------------------------------------------------------- unrolling a claim


def unrolled(
    scope: Scope,
    network: Network,
    left: Node,
    right: Node,
    *,
    as_numbers: bool,
    even: bool = False,
    single: bool = False,
) -> Unrolled | None:
    """A claim about the layers of a network as one about a few layers; None where it is about more than that.

    Args:
        scope: of the claim.
        network: that the document describes.
        left, right: the sides.
        as_numbers: whether every layer has one cell, and a matrix is a number.
        even: whether all layers have equally many cells.
        single: whether the last layer has one cell.
    """
    try:
        return _Unroller(scope, network, as_numbers, even, single).claim(left, right)
    except _OtherClaim:
        return None


class _OtherClaim(Exception):
    """A claim that is not about the layers of the network alone."""


class _Unroller:
    """Renames what belongs to a layer, and brings every definition to its layer."""

    def __init__(
        self, scope: Scope, network: Network, as_numbers: bool, even: bool, single: bool = False
    ) -> None:
        self.old, self.network, self.as_numbers, self.even = scope, network, as_numbers, even
        self.single, self.ends = single, ends_of(network, scope)
        self.scope = Scope(
            scope.survey,
            functions=dict(scope.functions),
            words=scope.words,
            letters=scope.letters,
            convolutions=dict(scope.convolutions),
            turns=dict(scope.turns),
        )
        self.losses: set[str] = set()
        self.seen: set[tuple[str, Place]] = set()
        self.pending: list[tuple[str, Place]] = []
        self.shapes = dict(network.shapes)
        self.lowest = self.highest = 0
        self.targets: set[str] = set()
        self.doubtful = False

    def claim(self, left: Node, right: Node) -> Unrolled:
        places = [
            (found.name, Place(found.layer.parameter or "", found.layer.offset))
            for side in (left, right)
            for found in layered_symbols(side, self.old)
        ]
        numbered = self._plain_places(left, right)
        places += numbered
        names = {name for name, _ in places}
        letters = {place.letter for _, place in places}
        if not places or len(letters) != 1 or not (names & set(self.network.shapes) or numbered):
            raise _OtherClaim
        (letter,) = letters
        if letter:
            self.ends = None
        self.losses = {
            name for side in (left, right) for name in _differentiated(side, self.old)
        } | self._losses_of_errors()
        self.losses.discard(self.network.function)  # \partial g(z)/\partial z differentiates no loss
        if self.ends is not None:
            self.losses -= set(self.ends.plain)
        # A matrix belongs to the layers between which it stands.
        spread = [
            place.offset + shift for name, place in places for shift in (0, *self.shapes.get(name, (0,)))
        ]
        # One layer further down, so that the lowest one of the claim has something that it is made of.
        self.lowest, self.highest = min(spread) - 1, max(spread)
        ends = letter in ("L",)
        if self.ends is not None:
            self.lowest, self.highest, ends = self.ends.lowest, self.ends.highest, True
            for name, number in self.ends.plain.items():
                self.family(name, (number,))
            # Sums have a layer below them: where an example prints their numbers instead, their formula is unknown.
            (shift,) = self.shapes[self.network.sums]
            self.doubtful |= any(
                name == self.network.sums and place.offset + shift <= self.lowest for name, place in places
            )
        if not ends and not self._has_error_rules(names):
            self.highest += _REACH
        if self.highest - self.lowest >= _MOST_LAYERS:
            raise _OtherClaim
        for offset in range(self.lowest, self.highest + 1):
            for name in (self.network.outputs, self.network.sums):
                self.add(name, Place(letter, offset))
        top = Place(letter, self.highest)
        for loss in self.losses:
            body = self._loss_body(loss) if ends else None
            if body is None:
                said = self.scope.functions.pop(loss, None)  # J(W, b) = ... of what the last layer gives
                self.doubtful |= self.ends is not None and bool(self.old.rules.get(loss))
                self.doubtful |= said is not None and letter in ("", "L")
                self.scope.arguments[loss] = (self._last_outputs(top),)
        sides = [self.renamed(side, {letter: Place(letter, 0)}) for side in (left, right)]
        for name, rule in self.ends.given.items() if self.ends is not None else ():
            self.scope.rules[name] = [replace(rule, body=self.renamed(rule.body, {"": Place("", 0)}))]
        while self.pending:
            self.define(*self.pending.pop())
        leaves = {
            name + place.mark
            for name, place in self.seen
            if name in (self.network.weights, self.network.outputs, self.network.sums)
        }
        every = [Place(letter, offset) for offset in range(self.lowest, self.highest + 1)]
        return Unrolled(self.scope, sides[0], sides[1], self.losses, leaves, every, self.doubtful)

    def _plain_places(self, left: Node, right: Node) -> list[tuple[str, Place]]:
        """The names of inputs and last outputs in a claim, with their layers."""
        plain = {} if self.ends is None else self.ends.plain
        return [
            (reference.name, Place("", plain[reference.name]))
            for side in (left, right)
            for reference in self.old.mentions(side)
            if reference.name in plain and layered_reference(reference) is None
        ]

    def _last_outputs(self, top: Place) -> str:
        r"""The name of what the last layer gives: \hat{y} where only that is defined."""
        given = [] if self.ends is None else [n for n in self.ends.given if n not in self.old.functions]
        return given[0] if given else self.network.outputs + top.mark

    def _losses_of_errors(self) -> set[str]:
        found = set()
        for rules in self.network.rules.values():
            for rule in rules:
                found |= set(_differentiated(rule.body, self.old))
        for error in self.old.errors:
            reference = self.old.refer(error.above, {})
            if reference is not None:
                found.add(reference.name)
        return found

    def _loss_body(self, loss: str) -> Node | None:
        """The definition of a loss by the last layer's outputs, brought to the last layer here."""
        rules = self.old.rules.get(loss, [])
        if len(rules) != 1 or rules[0].patterns or rules[0].layer is not None:
            return None
        body = rules[0].body
        if not self._is_of_last_outputs(body):
            return None
        self.targets |= {
            reference.name
            for reference in self.old.mentions(body)
            if layered_reference(reference) is None
            and reference.name not in self.losses
            and not (self.ends is not None and reference.name in self.ends.plain)
            and reference.name not in self.old.functions
            and not _is_known(reference.name)
        }
        indexed = {r.name for r in self.old.mentions(body) if r.indices}
        for target in self.targets:
            # 1/N before a sum over cells is a number.
            if target in indexed or not indexed:
                self.family(target, (self.highest,))
        layers = {"L": Place("L", 0)} if self.ends is None else {"": Place("", 0)}
        self.scope.rules[loss] = [replace(rules[0], body=self.renamed(body, layers))]
        return body

    def _is_of_last_outputs(self, body: Node) -> bool:
        """Whether an expression speaks of what the last layer gives, and of no other layer."""
        found = list(layered_symbols(body, self.old))
        if self.ends is None:
            return bool(found) and all(
                one.name == self.network.outputs and one.layer.parameter == "L" for one in found
            )
        last = Pattern(None, self.highest)
        plain = any(reference.name in self.ends.given for reference in self.old.mentions(body))
        return (plain or bool(found)) and all(
            one.name == self.network.outputs and one.layer == last for one in found
        )

    def _has_error_rules(self, names: Collection[str]) -> bool:
        """Whether every error among some names is defined as a derivative, at any layer."""
        return all(name in self.network.shapes or self._error_body(name) is not None for name in names)

    # -------------------------------------------------------------- names

    def add(self, name: str, place: Place) -> str:
        """The name of a family at a layer, which is to be defined if it was not yet."""
        if (name, place) not in self.seen:
            self.seen.add((name, place))
            self.pending.append((name, place))
        return name + place.mark

    def renamed(self, node: Node, layers: dict[str, Place]) -> Node:
        """An expression with every symbol of a layer under a name of its own.

        Raises:
            _OtherClaim: it names something that belongs to no layer of the network.
        """

        def change(part: Node) -> Node | None:
            if isinstance(part, BigOperator):
                return self._sum(part, layers)
            if isinstance(part, Product) and any(
                op.partition("_")[0] in _OTHER_SIGNS for op, _ in part.factors
            ):
                raise _OtherClaim
            if isinstance(part, Product) and (loss := self._called_loss(part)) is not None:
                return self.renamed(loss, layers) if loss is not part else None
            if not isinstance(part, Name | Scripted):
                return None
            if isinstance(part, Scripted) and self.old.refer(part, {}) is None:
                # (W a + b)^T: what stands above is no symbol of its own.
                if part.subscript is not None or part.primes:
                    raise _OtherClaim
                return replace(part, base=self.renamed(part.base, layers))
            return self._symbol(part, layers)

        return rewritten(node, change)

    def _called_loss(self, product: Product) -> Product | None:
        """J(W, b) as J; None where no loss stands before brackets."""
        for number, (_, factor) in enumerate(product.factors[:-1]):
            operator, after = product.factors[number + 1]
            head = strip_group(factor)
            if isinstance(head, Name) and key(head) in self.losses and not operator:
                inner = strip_group(after)
                if isinstance(inner, Bracket) and inner.kind == "(":
                    kept = (*product.factors[: number + 1], *product.factors[number + 2 :])
                    return Product(kept, product.span)
        return None

    def _sum(self, part: BigOperator, layers: dict[str, Place]) -> Node:
        lower = part.lower
        first = lower.first if isinstance(lower, Chain) else lower
        letters = [
            strip_group(item) for item in (first.items if isinstance(first, Tuple_) else (first,)) if item
        ]
        if part.operator != "sum" or not letters or not all(isinstance(one, Name) for one in letters):
            raise _OtherClaim
        span = part.span
        low = letters[0] if len(letters) == 1 else Tuple_(tuple(letters), span)
        if self.as_numbers:
            raise _OtherClaim
        if part.upper is not None and not self._is_whole(part, letters, layers):
            raise _OtherClaim
        return BigOperator("sum", low, None, self.renamed(part.body, layers), span)

    def _is_whole(self, part: BigOperator, letters: Sequence[Node], layers: dict[str, Place]) -> bool:
        """Whether a sum's upper limit may be the number of cells of the layer that its letter counts."""
        assert part.upper is not None
        limit = layered(strip_group(part.upper), self.old)
        if limit is None or len(letters) != 1 or not isinstance(letters[0], Name):
            return limit is None
        place = self._place(limit.layer, layers)
        letter = key(letters[0])
        for inner in layered_symbols(part.body, self.old):
            for axis, index in enumerate(inner.indices):
                index = strip_group(index)
                shape = self.shapes.get(inner.name)
                if isinstance(index, Name) and key(index) == letter and shape and axis < len(shape):
                    return self._place(inner.layer, layers).moved(shape[axis]) == place
        return True

    def _place(self, layer: Pattern, layers: dict[str, Place]) -> Place:
        if layer.parameter is None:
            return Place("", layer.offset)
        if layer.parameter not in layers:
            raise _OtherClaim
        return layers[layer.parameter].moved(layer.offset)

    def _symbol(self, part: Name | Scripted, layers: dict[str, Place]) -> Node | None:
        reference = self.old.refer(part, {})
        if reference is None:
            return None
        span = part.span
        function = function_name(part, self.old)
        is_output = reference.name == self.network.outputs and layered_reference(reference) is not None
        if is_output:
            function = ""
        elif (function and function == self.network.function) or reference.name == self.network.function:
            return self._function(reference, function or reference.name, part, layers)
        found = layered_reference(reference)
        if found is None:
            plain = set() if self.ends is None else set(self.ends.plain)
            allowed = reference.name in _DIFFERENTIALS | self.losses | self.targets | plain
            twin = reference.name.swapcase()
            if (
                not allowed
                and len(twin) == 1
                and twin in self.targets
                and not self.old.rules.get(reference.name)
            ):
                target: Node = Name(twin, span)
                return target if isinstance(part, Name) else replace(part, base=target)
            if not allowed and reference.name not in self.scope.functions and not _is_known(reference.name):
                raise _OtherClaim
            return part if isinstance(part, Scripted) and reference.power is None else None
        if reference.primes:
            raise _OtherClaim
        place = self._place(found.layer, layers)
        if not self.lowest <= place.offset <= self.highest:
            raise _OtherClaim
        if len(found.indices) == 2 and found.name.upper() == self.network.weights:
            if found.name not in self.old.rules:
                found = found._replace(name=self.network.weights)  # w_{jk} is an entry of W
        new: Node = Name(self.add(found.name, place), span)
        if found.indices:
            new = Scripted(new, Bracket("group", (Tuple_(found.indices, span),), span), None, 0, span)
            if len(found.indices) == 1:
                new = Scripted(Name(found.name + place.mark, span), found.indices[0], None, 0, span)
        if reference.transposed:
            new = Scripted(Bracket("(", (new,), span), None, Name("T", span), 0, span)
        if reference.power is not None:
            new = Scripted(Bracket("(", (new,), span), None, reference.power, 0, span)
        return new

    def _function(self, reference: Reference, name: str, part: Node, layers: dict[str, Place]) -> Node:
        """A function's own name; one for each layer where it carries a layer and is not written out."""
        # a^l = a(z^l): where the outputs carry the name of the function, that gets another one here.
        text = name if name != self.network.outputs else "varphi"
        if reference.layer is not None and name not in self.scope.functions and not _is_known(name):
            pattern = pattern_of(reference.layer, {})
            if pattern is None:
                raise _OtherClaim
            text += self._place(pattern, layers).mark
        if text not in self.scope.functions and (text != name or (not _is_known(name) and len(name) > 1)):
            assumed = f"${latex_name(name)}$ is an arbitrary differentiable function"
            if not (text == name and name in ("sigma", "phi", "varphi", "psi", "rho", "Phi")):
                self.scope.functions[text] = FunctionRule((), None, "", assumed=assumed)
        new: Node = Name(text, part.span)
        return new if not reference.primes else Scripted(new, None, None, reference.primes, part.span)

    # -------------------------------------------------------------- definitions and sizes

    def define(self, name: str, place: Place) -> None:
        """Bring the definition of a family to a layer, and say how large the family is there."""
        shape = self.shapes.get(name)
        if name in (self.network.weights, self.network.bias):
            assert shape is not None
            self.family(name + place.mark, tuple(place.offset + shift for shift in shape))
            return
        body: Node | None = None
        rule: Rule | None = None
        if name not in self.network.shapes:
            body = self._error_body(name)
        if body is None and place.offset > self.lowest:
            rule = self._rule(name, place)
        if shape is None:
            shape = self.shapes[name] = self._shape_like(name, body, rule)
        self.family(name + place.mark, tuple(place.offset + shift for shift in shape))
        own = name in self.network.shapes
        if not own and body is None and rule is None and self.losses:
            self.doubtful = True  # \delta^l that nothing brings together with the loss
        if body is not None:
            self.rule(name, place, (), body, {"error": place})
        elif rule is not None and rule.layer is not None:
            start = (
                {}
                if rule.layer.parameter is None
                else {rule.layer.parameter: place.moved(-rule.layer.offset)}
            )
            self.rule(name, place, rule.patterns, rule.body, start, rule.statement)
        elif name == self.network.outputs and not self.network.function and place.offset > self.lowest:
            span = _NOWHERE
            argument = Name(
                self.add(self.network.sums, place.moved(-self.shapes[self.network.sums][0])), span
            )
            applied = Product((("", Name("f", span)), ("", Bracket("(", (argument,), span))), span)
            self.scope.rules[name + place.mark] = [Rule(name + place.mark, (), None, applied, -1)]

    def rule(
        self,
        name: str,
        place: Place,
        patterns: tuple[Pattern, ...],
        body: Node,
        layers: dict[str, Place],
        statement: int = -1,
    ) -> None:
        """Put a definition in force; one that leads below the layers here is left out."""
        try:
            new = self.renamed(body, layers)
        except _OtherClaim:
            if name in (self.network.outputs, self.network.sums) and place.offset > self.lowest:
                raise
            self.doubtful |= name not in self.network.shapes and bool(self.losses)
            return
        self.scope.rules[name + place.mark] = [Rule(name + place.mark, patterns, None, new, statement)]

    def _rule(self, name: str, place: Place) -> Rule | None:
        rules = self.network.rules.get(name, [])
        exact = [r for r in rules if r.layer and r.layer.parameter is None and r.layer.offset == place.offset]
        if not place.letter and exact:
            return exact[-1]
        general = [r for r in rules if r.layer and r.layer.parameter not in (None, "L")]
        last = [r for r in rules if r.layer and r.layer.parameter == "L"]
        if place.offset == self.highest and last and name not in self.network.shapes:
            return last[-1]  # \delta^L = ...: the error of the last layer here
        if place.letter == "L" and (own := [r for r in last if r.layer and r.layer.offset == place.offset]):
            return own[-1]
        found = general or last
        return found[-1] if found else None

    def _error_body(self, name: str) -> Node | None:
        """\\partial C/\\partial z where that is what an error is said to be at its own layer."""
        for rule in reversed(self.network.rules.get(name, [])):
            body = strip_group(rule.body)
            if isinstance(body, Fraction_) and rule.layer is not None and derives(body):
                below = list(layered_symbols(body.denominator, self.old))
                same = len(below) == 1 and below[0].layer.parameter == rule.layer.parameter
                if (
                    same
                    and _differentiated(body, self.old)
                    and len(list(layered_symbols(body, self.old))) == 1
                ):
                    return self._derivative(
                        body.numerator, below[0].name, below[0].layer.offset - rule.layer.offset
                    )
        for error in self.old.errors:
            if error.name == name and error.below in self.shapes:
                span = _NOWHERE
                above = Product((("", Name("partial", span)), ("", error.above)), span)
                return self._derivative(above, error.below, 0)
        return None

    def _derivative(self, above: Node, below: str, shift: int) -> Node:
        span = _NOWHERE
        letter = Name("error", span)
        layer: Node = letter
        if shift:
            layer = Sum_((("+", letter), ("+" if shift > 0 else "-", _number(abs(shift)))), span)
        symbol = Scripted(Name(below, span), None, Bracket("(", (layer,), span), 0, span)
        lower = Product((("", Name("partial", span)), ("", symbol)), span)
        if below in self.shapes:
            return Fraction_(above, lower, span)
        raise _OtherClaim

    def _shape_like(self, name: str, body: Node | None, rule: Rule | None) -> tuple[int, ...]:
        """The axes of a family that is no part of the network: those of what stands entry by entry beside it."""
        source = body if body is not None else None if rule is None else rule.body
        offset = 0 if body is not None or rule is None or rule.layer is None else rule.layer.offset
        if source is None:
            raise _OtherClaim
        if body is not None:
            candidates = [source.denominator] if isinstance(source, Fraction_) else []
        elif rule is not None and rule.patterns:
            letters = [pattern.parameter for pattern in rule.patterns]
            for found in layered_symbols(source, self.old):
                own = [key(i) for index in found.indices if isinstance(i := strip_group(index), Name)]
                shape = self.shapes.get(found.name)
                if own == letters and shape is not None and len(shape) == len(own):
                    return tuple(shift + found.layer.offset - offset for shift in shape)
            raise _OtherClaim
        else:
            candidates = [
                factor
                for part in walk(source)
                if isinstance(part, Product) and any(op in _ENTRYWISE for op, _ in part.factors)
                for _, factor in reversed(part.factors)
            ]
        for candidate in candidates:
            for found in layered_symbols(candidate, self.old):
                shape = self.shapes.get(found.name)
                if shape is not None and len(shape) == 1:
                    return (shape[0] + found.layer.offset - offset,)
        raise _OtherClaim

    def family(self, name: str, layers: tuple[int, ...]) -> None:
        """Say how many cells a family has, by the layers that its axes count the cells of."""
        if self.as_numbers:
            return
        sizes: list[int | None] = [
            1 if self.single and layer == self.highest else 2 if self.even else 2 + layer % 2
            for layer in layers
        ]
        row = self.network.in_rows and len(sizes) == 1
        base = (1,) * len(sizes)
        self.scope.families[name] = Family(name, len(sizes), base, sizes, exact=True, is_row=row)
        self.scope.matrices[name] = name


def _is_known(name: str) -> bool:
    return (
        name in FUNCTIONS or name in DIAGONALS or name in ("sigma", "exp", "log", "ln", "tanh", "max", "min")
    )


def _number(value: int) -> Node:
    return Number(str(value), _NOWHERE)


def _differentiated(node: Node, scope: Scope) -> Iterator[str]:
    """Names without a layer or an index that are differentiated."""
    for part in walk(node):
        upper: Node | None = None
        if isinstance(part, Fraction_):
            upper = strip_group(part.numerator)
        if isinstance(upper, Product) and len(upper.factors) >= 2:
            head, first = strip_group(upper.factors[0][1]), strip_group(upper.factors[1][1])
            if isinstance(head, Name) and head.text in ("partial", "d"):
                reference = scope.refer(first, {})
                if reference is not None and layered_reference(reference) is None and not reference.indices:
                    yield reference.name
        if isinstance(part, Product):
            for (_, one), (operator, other) in zip(part.factors, part.factors[1:], strict=False):
                fraction, operand = strip_group(one), strip_group(other)
                if isinstance(fraction, Fraction_) and not operator and isinstance(operand, Name):
                    above = strip_group(fraction.numerator)
                    if isinstance(above, Name) and above.text in ("partial", "d"):
                        yield key(operand)
