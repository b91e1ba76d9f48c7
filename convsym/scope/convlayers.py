r"""Convolutional layers by their number, z^l = a^{l-1} * W^l + b^l, as images and kernels of small sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Product, Scripted, Span, Sum_
from convsym.latex.walking import rewritten, walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.convolving import is_sign, signs_in
from convsym.scope.flattening import FUNCTION_LETTERS, NO_PLACE, Flattener, UnreadableError
from convsym.scope.model import Family, Rule, Scope, latex_name
from convsym.scope.naming import key, strip_group
from convsym.scope.networks import Layered, application, layered, layered_symbols
from convsym.scope.statements import Statement
from convsym.scope.unrolling import Place

_EQUAL = frozenset({"=", ":=", "equiv"})
_WEIGHTS = frozenset("W w K k F H C U V Theta theta kappa omega".split())
_STEPS = ("S", "P")
_SUMS = frozenset({"z", "Z", "u"})
_OUTPUTS = frozenset({"a", "A", "x", "X", "h"})
_MOST_LAYERS = 4
_NOWHERE = Span(0, 0)


class Sizes(NamedTuple):
    """How large the highest image is, and the kernels of layers by turns; the first index of their cells."""

    top: tuple[int, int]
    kernels: tuple[tuple[int, int], tuple[int, int]]
    base: int = 1


SMALL = (Sizes((2, 1), ((2, 2), (2, 2))), Sizes((1, 3), ((3, 2), (2, 2))))
"""The smallest sizes at which rows, columns and places differ, and others: what holds by chance holds there no more."""


@dataclass(frozen=True, slots=True)
class ConvolvedLayers:
    """What convolutional layers are made of.

    Attributes:
        sums, outputs, weights: the names of z, a and W; z is a where nothing stands between them.
        body: what z is, as printed.
        layer: the letter that counts layers there.
        shift: of z in that line, how far its layer is from the letter.
        function: the activation, "" where there is none.
        raised: how far the layer of a = f(z) is above that of z.
        supposed: what has to be supposed of them, where the document does not write them out.
    """

    sums: str
    outputs: str
    weights: str
    body: Node
    layer: str
    shift: int
    function: str = ""
    raised: int = 0
    supposed: str = ""


@dataclass(slots=True)
class Images:
    """A claim about layers as one about a few images and kernels.

    Attributes:
        scope: in which each has a name and a size of its own.
        left, right: the sides.
        sizes: of what stands there.
        supposed: what had to be supposed, in words.
    """

    scope: Scope
    left: Node
    right: Node
    sizes: Sizes
    supposed: list[str] = field(default_factory=list)


def convolved_layers(statements: Sequence[Statement], scope: Scope) -> ConvolvedLayers | None:
    """The convolutional layers that a document describes; None where it describes none, or several kinds.

    Args:
        statements: all relations of the document.
        scope: of a claim.
    """
    activations = {found for statement in statements for found in _activation(statement, scope)}
    pairs = {(above, below) for above, below, _, _ in activations}
    found: dict[tuple[object, ...], ConvolvedLayers] = {}
    for statement in statements:
        for left, right in ((statement.left, statement.right), (statement.right, statement.left)):
            if statement.relation in _EQUAL:
                one = _described(left, right, scope, activations)
                if one is not None:
                    found.setdefault((one.sums, one.outputs, one.weights, one.function, one.raised), one)
    return next(iter(found.values())) if len(found) == 1 and len(pairs) < 2 else None


def supposed_layers(
    statements: Sequence[Statement], scope: Scope, sides: Sequence[Node]
) -> ConvolvedLayers | None:
    """Convolutional layers under the usual letters, where a document that is about them never writes one out.

    Args:
        statements: all relations of the document.
        scope: of the claim.
        sides: of a claim that applies a convolution's sign to what belongs to layers.
    """
    signs = {sign for side in sides for sign in signs_in(side) if is_sign(sign)}
    seen = {
        found.name for s in statements for side in (s.left, s.right) for found in layered_symbols(side, scope)
    }
    letters = [sorted(names & seen) for names in (_SUMS, _OUTPUTS, _WEIGHTS)]
    if len(signs) != 1 or any(len(found) != 1 for found in letters):
        return None
    (sums,), (outputs,), (weights,) = letters
    if any(rule.layer is not None for name in (sums, weights) for rule in scope.rules.get(name, ())):
        return None
    activations = {found for statement in statements for found in _activation(statement, scope)}
    if len(activations) > 1 or any(one[:2] != (outputs, sums) or one[3] for one in activations):
        return None
    function = next((one[2] for one in activations), "") or _sloped(statements, scope, sums)
    (sign,) = signs
    factors = (("", _of_layer(outputs, -1)), (sign.partition("_")[0], _of_layer(weights, 0)))
    body: Node = Product(factors, _NOWHERE)
    shown = f"${sums}^{{(l)}}$ is the convolution of ${outputs}^{{(l-1)}}$ and ${weights}^{{(l)}}$"
    if function and not activations:
        shown += f", ${outputs}^{{(l)}}$ is ${latex_name(function)}({sums}^{{(l)}})$"
    return ConvolvedLayers(
        sums, outputs, weights, body, "l", 0, function, 0, f"{shown}, as the text does not say"
    )


def _sloped(statements: Sequence[Statement], scope: Scope, sums: str) -> str:
    r"""The \sigma of a \sigma'(z^l) that is printed somewhere; "" where there is none, or several."""
    found = set()
    for statement in statements:
        for side in (statement.left, statement.right):
            for part in walk(side):
                if not isinstance(part, Product):
                    continue
                for (_, head), (operator, behind) in pairwise(part.factors):
                    head, behind = strip_group(head), strip_group(behind)
                    if operator or not isinstance(head, Scripted) or head.primes != 1:
                        continue
                    inner = (
                        layered(behind.items[0], scope)
                        if isinstance(behind, Bracket) and behind.items
                        else None
                    )
                    if inner is not None and inner.name == sums and isinstance(strip_group(head.base), Name):
                        found.add(key(strip_group(head.base)))  # type: ignore[arg-type]
    return found.pop() if len(found) == 1 else ""


def _of_layer(name: str, shift: int) -> Node:
    letter = Name("l", _NOWHERE)
    layer: Node = Sum_((("+", letter), ("-", _number(-shift))), _NOWHERE) if shift else letter
    return Scripted(Name(name, _NOWHERE), None, Bracket("(", (layer,), _NOWHERE), 0, _NOWHERE)


def _activation(statement: Statement, scope: Scope) -> Iterator[tuple[str, str, str, int]]:
    """The a, z and f of a^l = f(z^l), and how far the one's layer is above the other's."""
    above = layered(strip_group(statement.left), scope)
    applied = application(statement.right, scope)
    below = None if applied is None else layered(applied[1], scope)
    if statement.relation in _EQUAL and above is not None and below is not None and applied is not None:
        cellwise = applied[0] in FUNCTIONS or applied[0] in FUNCTION_LETTERS or len(applied[0]) == 1
        if (
            cellwise
            and not above.indices
            and not below.indices
            and above.layer.parameter == below.layer.parameter
        ):
            yield above.name, below.name, applied[0], above.layer.offset - below.layer.offset


def _described(
    left: Node, right: Node, scope: Scope, activations: set[tuple[str, str, str, int]]
) -> ConvolvedLayers | None:
    """The layers that one line describes, z^l = a^{l-1} * W^l + b or f(z^l) = f(a^{l-1} * W^l + b)."""
    applied = application(left, scope), application(right, scope)
    if applied[0] is not None and applied[1] is not None and applied[0][0] == applied[1][0]:
        left, right = applied[0][1], applied[1][1]
    target = layered(strip_group(left), scope)
    operands = _operands(right, scope)
    if target is None or target.indices or target.layer.parameter is None or operands is None:
        return None
    if any(one.layer.parameter != target.layer.parameter or one.indices for one in operands):
        return None
    known = [one for one in activations if one[1] == target.name]
    outputs = known[0][0] if known else ""
    images = [one for one in operands if one.name == outputs or (not outputs and one.name == target.name)]
    if not images:
        images = [one for one in operands if one.name not in _WEIGHTS]
    if len(images) != 1 or len(known) > 1:
        return None
    (weights,) = (one for one in operands if one is not images[0])
    if outputs and images[0].name != outputs:
        return None
    return ConvolvedLayers(
        target.name,
        images[0].name,
        weights.name,
        right,
        target.layer.parameter,
        target.layer.offset,
        known[0][2] if known else "",
        known[0][3] if known else 0,
    )


def _operands(body: Node, scope: Scope) -> tuple[Layered, Layered] | None:
    """The two sides of the convolution in a body a * W or a * W + b; None of another one."""
    body = strip_group(body)
    terms = [term for _, term in body.terms] if isinstance(body, Sum_) else [body]
    if isinstance(body, Sum_) and (len(terms) != 2 or any(sign != "+" for sign, _ in body.terms)):
        return None
    products = [one for term in terms if isinstance(one := _bare(term), Product)]
    if len(products) != 1 or len(products[0].factors) != 2 or not is_sign(products[0].factors[1][0]):
        return None
    pair = [layered(strip_group(factor), scope) for _, factor in products[0].factors]
    return None if pair[0] is None or pair[1] is None else (pair[0], pair[1])


def with_sign_apart(layers: ConvolvedLayers) -> ConvolvedLayers:
    """The same layers under a sign of their own, which may turn the kernel where the claim's sign does not."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, Product) or not any(is_sign(operator) for operator, _ in node.factors):
            return None
        factors = tuple(
            (f"{op}_valid" if is_sign(op) and "_" not in op else op, one) for op, one in node.factors
        )
        return replace(node, factors=factors)

    return replace(layers, body=rewritten(layers.body, change))


def _entry(node: Node) -> Node | None:
    r"""(\\delta)_{u,v}, an entry of a whole image, as one of its cells."""
    if not isinstance(node, Scripted) or node.subscript is None or node.superscript is not None:
        return None
    base = _bare(node.base)
    return replace(node, base=base) if base is not node.base and isinstance(base, Name) else None


def _bare(node: Node) -> Node:
    node = strip_group(node)
    while isinstance(node, Bracket) and node.kind in ("(", "[") and len(node.items) == 1:
        node = strip_group(node.items[0])
    return node


def as_images(layers: ConvolvedLayers, scope: Scope, left: Node, right: Node, sizes: Sizes) -> Images | None:
    """A claim about convolutional layers at small sizes; None where it is about something else.

    Args:
        layers: that the document describes.
        scope: of the claim.
        left, right: its sides.
        sizes: of images and kernels, and the first index of their cells.
    """
    try:
        return _Imager(layers, scope, sizes).claim(left, right)
    except (UnreadableError, ConvsymError):
        return None


class _Imager:
    """Gives every image and kernel near a claim its name, its size and its definition."""

    def __init__(self, layers: ConvolvedLayers, scope: Scope, sizes: Sizes) -> None:
        self.layers, self.old, self.sizes = layers, scope, sizes
        self.names = Flattener(scope)
        self.scope = Scope(
            scope.survey,
            functions=dict(scope.functions),
            words=scope.words,
            letters=scope.letters,
            convolutions=dict(scope.convolutions),
            turns=dict(scope.turns),
            sizes={name: size for name, size in scope.sizes.items() if name in _STEPS},
        )
        self.supposed: list[str] = [layers.supposed] if layers.supposed else []
        self.letter = ""
        self.top = 0
        self.raised: set[str] = set()

    def claim(self, left: Node, right: Node) -> Images:
        """The claim and what bears on it.

        Raises:
            UnreadableError: it is about something else.
        """
        own = self.layers
        known = {own.weights, *self._images()}
        if any(
            isinstance(part, Name) and part.text == "nabla" for side in (left, right) for part in walk(side)
        ):
            raise UnreadableError
        places = [found for side in (left, right) for found in layered_symbols(side, self.old)]
        letters = {found.layer.parameter for found in places}
        if len(letters) != 1 or None in letters or not any(found.name in known for found in places):
            raise UnreadableError
        self.letter = letters.pop() or ""
        levels = [self._level(found) for found in places]
        # What an image is made of is needed where something below it, or its kernel, is spoken of.
        given = [
            level - (found.name not in self._images()) for level, found in zip(levels, places, strict=True)
        ]
        lowest, self.top = min(given), max(levels)
        if self.top - lowest >= _MOST_LAYERS or (self.letter == "L" and self._writes_losses()):
            raise UnreadableError
        self.raised = {self.names.canonical(found.name) for found in places if found.name not in known}
        start = {self.letter: Place(self.letter, 0)}
        sides = [rewritten(self.names.node(side, start), _entry) for side in (left, right)]
        ended = any(found.name == own.outputs and self._level(found) == self.top for found in places)
        for level in range(lowest, self.top + 1):
            self._layer(level, lowest)
        end = self._name(own.outputs, self.top + own.raised) if ended and own.function else ""
        for loss in self.names.losses:
            self.scope.functions.pop(loss, None)
            self.scope.arguments[loss] = (end or self._name(own.sums, self.top),)
        for name, (base, place) in dict(self.names.seen).items():
            if name not in self.scope.families:
                self._other(name, base, place)
        return Images(self.scope, sides[0], sides[1], self.sizes, self.supposed)

    def _images(self) -> set[str]:
        return {self.layers.sums, self.layers.outputs, "delta", *(error.name for error in self.old.errors)}

    def _writes_losses(self) -> bool:
        return any(self.old.rules.get(loss) for loss in self.names.losses)

    def _level(self, found: Layered) -> int:
        """The level of z that a symbol belongs to: a = f(z) to that of its z, a kernel to what it makes."""
        own = self.layers
        if found.name == own.outputs and found.name != own.sums:
            return found.layer.offset - own.raised
        if found.name == own.weights:
            (kernel,) = [one for one in layered_symbols(own.body, self.old) if one.name == own.weights]
            return found.layer.offset - kernel.layer.offset + own.shift
        return found.layer.offset

    def _name(self, base: str, offset: int) -> str:
        return self.names.name(self.names.canonical(base), Place(self.letter, offset))

    def _size(self, level: int) -> tuple[int, int]:
        rows, columns = self.sizes.top
        for above in range(level + 1, self.top + 1):
            kernel = self.sizes.kernels[above % 2]
            rows, columns = rows + kernel[0] - 1, columns + kernel[1] - 1
        return rows, columns

    def _family(self, name: str, size: tuple[int, int]) -> None:
        self.scope.families[name] = Family(name, 2, (self.sizes.base,) * 2, list(size), exact=True)
        self.scope.matrices[name] = name

    def _layer(self, level: int, lowest: int) -> None:
        own = self.layers
        sums, size = self._name(own.sums, level), self._size(level)
        self._family(sums, size)
        if level > lowest:
            start = {own.layer: Place(self.letter, level - own.shift)}
            body = self.names.node(rewritten(own.body, self._with_layer), start)
            self.scope.rules[sums] = [Rule(sums, (), None, body, -1)]
            (kernel,) = [one for one in layered_symbols(own.body, self.old) if one.name == own.weights]
            weights = self._name(own.weights, level - own.shift + kernel.layer.offset)
            self._family(weights, self.sizes.kernels[level % 2])
        if own.outputs != own.sums:
            outputs = self._name(own.outputs, level + own.raised)
            self._family(outputs, size)
        if own.function:
            argument = Bracket("(", (Name(sums, _NOWHERE),), _NOWHERE)
            called = Product((("", Name(own.function, _NOWHERE)), ("", argument)), _NOWHERE)
            self.scope.rules[outputs] = [Rule(outputs, (), None, called, -1)]

    def _with_layer(self, node: Node) -> Node | None:
        """The bias of a layer, b in z^l = a^{l-1} * W^l + b, as one of its layer where the claim has it so."""
        if not isinstance(node, Name | Scripted):
            return None
        named = isinstance(node, Name) and self.names.canonical(key(node)) in self.raised
        layer = Sum_((("+", Name(self.layers.layer, _NOWHERE)), ("+", _number(self.layers.shift))), _NOWHERE)
        return Scripted(node, None, Bracket("(", (layer,), _NOWHERE), 0, _NOWHERE) if named else node

    def _other(self, name: str, base: str, place: Place) -> None:
        """A name that is no part of the layers: an error, a bias, a loss, or nothing that is known."""
        own = self.layers
        for error in self.old.errors:
            if self.names.canonical(error.name) == base and place != NO_PLACE:
                if error.below not in (own.sums, own.outputs):
                    raise UnreadableError
                self._error(name, error.below, error.above, place)
                return
        if base in self.names.losses and place == NO_PLACE:
            return
        if base == "delta" and place != NO_PLACE and len(self.names.losses) < 2:
            loss = Name(next(iter(self.names.losses), "J"), _NOWHERE)
            self.scope.arguments.setdefault(key(loss), (self._name(own.sums, self.top),))
            self._error(name, own.sums, loss, place)
            self.supposed.append(f"$\\delta$ is the derivative of the loss by ${own.sums}$")
            return
        biases = {self.names.canonical(one) for one in self._biases()}
        if base not in biases and not any(
            key(part) == base for part in walk(own.body) if isinstance(part, Name)
        ):
            raise UnreadableError

    def _biases(self) -> Iterator[str]:
        for reference in self.old.mentions(self.layers.body):
            if reference.name not in (self.layers.weights, self.layers.outputs):
                yield reference.name

    def _error(self, name: str, below: str, loss: Node, place: Place) -> None:
        level = place.offset - (self.layers.raised if below != self.layers.sums else 0)
        if level > self.top:
            raise UnreadableError
        self._family(name, self._size(level))
        variable = Name(self._name(below, place.offset), _NOWHERE)
        sides = [Product((("", Name("partial", _NOWHERE)), ("", one)), _NOWHERE) for one in (loss, variable)]
        self.scope.rules[name] = [Rule(name, (), None, Fraction_(sides[0], sides[1], _NOWHERE), -1)]


def _number(value: int) -> Node:
    return Number(str(value), _NOWHERE)


__all__ = [
    "SMALL",
    "ConvolvedLayers",
    "Images",
    "Sizes",
    "as_images",
    "convolved_layers",
    "supposed_layers",
    "with_sign_apart",
]
