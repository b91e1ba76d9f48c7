r"""Gradients of a convolution Y = X * K + b between whole matrices, decided with one layer written out in cells.

Notes print \partial L/\partial K = X * \partial L/\partial Y and \delta^{l-1} = \delta^l * rot180(W^l) \odot
\sigma'(z^{l-1}), and never a cell. What such a line says of any layer it says of a single one, of which the layer below
is the input: with sizes that fit, its matrices are matrices of cells. Only first derivatives of the loss stand in it,
and so a loss with any first derivatives, the sum of all \delta z, stands for every loss. Whatever the lines about
numbered layers leave open, and everything about a convolution that carries no number, is tried in this way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.sized import FIRST, SECOND, Small
from convsym.checker.unison import hold_one_reading
from convsym.document import Directive, Display, Item
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Product, Scripted, Span, Sum_, Tuple_
from convsym.latex.walking import rewritten, walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.convolving import SIGNS, is_named, name_of, signs_in
from convsym.scope.hygiene import derives
from convsym.scope.lost import behind_partial
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import Reference, strip_group
from convsym.scope.networks import application, layered_reference
from convsym.scope.operators import PADS, TURNS
from convsym.scope.signwords import turns_in_words
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.statements import Statement

_METHOD = "one layer at small sizes"
_OUT, _IMAGE, _KERNEL, _BIAS, _ABOVE, _BELOW, _LOSS = "Z", "A", "W", "b", "D", "U", "J"
_ERRORS = frozenset({"delta", "Delta"})
_KERNELS = frozenset({"W", "w", "K", "k", "F", "f", "omega", "Omega"})
_MOST = 24
_MOST_WRONG = 4
# Words under which a layer may have no activation.
_LINEAR = re.compile(
    r"\b(?:ignor|omit|neglect|without|no)\w*\b[^.]{0,30}\bactivation|\bidentity\b|\blinear activation", re.I
)
# Words under which a convolution may reach over its edges or leave places out.
_EDGES = re.compile(r"\bpad(?:ding|ded)?\b|填充|패딩|パディング|\bstride[sd]?\s+(?:of\s+)?\W?[2-9]", re.I)


@dataclass(frozen=True, slots=True)
class _Symbol:
    """A name at a layer, counted from the layer's letter; None where it carries none."""

    name: str
    offset: int | None


@dataclass(frozen=True, slots=True)
class _Layer:
    """A convolutional layer.

    Attributes:
        out, image, kernel, bias: what it computes from what.
        below: what the image is a function of, the sums of the layer below, or None.
        errors: the names of the gradient of the loss by the sums of a layer.
        letter: the letter of the layers, "" where the symbols carry none.
        sign: the convolution's sign, or a name.
        said: whether the document says what the errors are.
    """

    out: _Symbol
    image: _Symbol
    kernel: _Symbol
    bias: _Symbol | None
    below: _Symbol | None
    errors: frozenset[str]
    letter: str
    sign: str
    said: bool


@dataclass(frozen=True, slots=True)
class _Setting:
    """Sizes, whether the layer turns its kernel, the first index, and whether the sign does in lines, None if open."""

    small: Small
    turned: bool
    base: int
    reading: bool | None


_Line = tuple[Finding, tuple[Node, Node]]


def settle_convolutional_layers(session: Session) -> None:
    """Decide what stays open of the gradients of a convolutional layer.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    waiting = [
        finding
        for finding in session.findings.values()
        if isinstance(finding.outcome, Undecided | Unsupported)
        and finding.statement.role == "claim"
        and finding.statement.relation == "="
    ]
    if not waiting:
        return
    for layer in list(_layers(session))[:2]:
        lines = [
            (finding, sides)
            for finding in waiting
            if isinstance(finding.outcome, Undecided | Unsupported)
            and (sides := _of_one_layer(finding.statement, layer, session)) is not None
        ][:_MOST]
        if lines:
            _judge(session, layer, lines)


# ---------------------------------------------------------------------- the layer


def _layers(session: Session) -> Iterator[_Layer]:
    """The convolutional layers that the lines of a document define."""
    statements = session.reader.statements
    seen: set[tuple[_Symbol, _Symbol, _Symbol]] = set()
    for statement in statements:
        if statement.relation not in ("=", ":="):
            continue
        scope = session.scope_of(statement)
        with suppress(ConvsymError, RecursionError):
            found = _convolution(statement, scope)
            if found is None or found[:3] in seen:
                continue
            out, image, kernel, bias, sign, letter = found
            seen.add((out, image, kernel))
            said = {error.name for error in scope.errors if error.below == out.name}
            below = _argument(image, statements, session)
            yield _Layer(
                out, image, kernel, bias, below, frozenset(said or _ERRORS), letter, sign, bool(said)
            )


def _convolution(
    statement: Statement, scope: Scope
) -> tuple[_Symbol, _Symbol, _Symbol, _Symbol | None, str, str] | None:
    r"""Output, input, kernel, bias, sign and layer's letter of z^l = a^{l-1} * W^l + b^l, or of \sigma of both."""
    left, right = strip_group(statement.left), strip_group(statement.right)
    inner, outer = application(right, scope), application(left, scope)
    if inner is not None and outer is not None and inner[0] == outer[0]:
        left, right = strip_group(outer[1]), strip_group(inner[1])
    terms = [term for sign, term in right.terms if sign == "+"] if isinstance(right, Sum_) else [right]
    if (isinstance(right, Sum_) and len(terms) != len(right.terms)) or len(terms) > 2:
        return None
    parts = [_operands(strip_group(term)) for term in terms]
    pairs = [part for part in parts if part is not None]
    if len(pairs) != 1:
        return None
    first, second, sign = pairs[0]
    rest = [strip_group(term) for term, part in zip(terms, parts, strict=True) if part is None]
    symbols = [_symbol(node, scope) for node in (left, first, second, *rest)]
    if any(symbol is None for symbol in symbols):
        return None
    found = [symbol for symbol in symbols if symbol is not None]
    letters = {letter for _, letter in found if letter}
    if len(letters) > 1:
        return None
    (out, one, other), bias = (symbol for symbol, _ in found[:3]), [symbol for symbol, _ in found[3:]]
    if _is_kernel(one, out) and not _is_kernel(other, out):
        one, other = other, one
    if len({out.name, one.name, other.name, *(b.name for b in bias)}) != 3 + len(bias):
        return None
    if one.offset is not None and out.offset is not None and one.offset != out.offset - 1:
        return None
    return out, one, other, bias[0] if bias else None, sign, letters.pop() if letters else ""


def _operands(node: Node) -> tuple[Node, Node, str] | None:
    """The two factors of a convolution and its sign."""
    if not isinstance(node, Product) or len(node.factors) != 2:
        return None
    (_, head), (operator, second) = node.factors
    head, second = strip_group(head), strip_group(second)
    if operator in SIGNS:
        return head, second, operator
    if not operator and is_named(name_of(head)) and isinstance(second, Bracket):
        listed = strip_group(second.items[0]) if len(second.items) == 1 else None
        items = listed.items if isinstance(listed, Tuple_) else second.items
        if len(items) == 2:
            return strip_group(items[0]), strip_group(items[1]), name_of(head)
    return None


def _symbol(node: Node, scope: Scope) -> tuple[_Symbol, str] | None:
    """A bare symbol with its layer, and the layer's letter."""
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    reference = None if reference is None else _of_last_index(reference)
    if reference is None or reference.primes or reference.transposed or reference.power is not None:
        return None
    layered = layered_reference(reference)
    if layered is None:
        return (
            None if reference.indices or reference.layer is not None else (_Symbol(reference.name, None), "")
        )
    if layered.indices or layered.layer.parameter is None:
        return None
    return _Symbol(layered.name, layered.layer.offset), layered.layer.parameter


def _of_last_index(reference: Reference) -> Reference:
    r"""z^{i, l}, the i-th sample at layer l: the sample is the same all through a line, and left out."""
    above = reference.layer or reference.power
    above = None if above is None else strip_group(above)
    if isinstance(above, Tuple_) and len(above.items) == 2 and isinstance(strip_group(above.items[0]), Name):
        return replace(reference, layer=above.items[1], power=None)
    return reference


def _is_kernel(one: _Symbol, out: _Symbol) -> bool:
    """Whether a factor is the kernel: of the output's layer, or without one, by a letter that kernels have."""
    if out.offset is not None and one.offset is not None:
        return one.offset == out.offset
    return one.name in _KERNELS


def _argument(image: _Symbol, statements: Sequence[Statement], session: Session) -> _Symbol | None:
    r"""The sums that the input is a function of: z^{l-1} where a^l = \sigma(z^l)."""
    for statement in statements:
        scope = session.scope_of(statement)
        if statement.relation not in ("=", ":="):
            continue
        left = _symbol(statement.left, scope)
        applied = application(statement.right, scope)
        inner = None if applied is None else _symbol(strip_group(applied[1]), scope)
        if left is None or inner is None or left[0].name != image.name or inner[0].name == image.name:
            continue
        own, other = left[0].offset, inner[0].offset
        if own is None or other is None or image.offset is None:
            return _Symbol(inner[0].name, None) if own is other is image.offset is None else None
        return _Symbol(inner[0].name, image.offset + other - own)
    return None


# ---------------------------------------------------------------------- its lines


def _of_one_layer(statement: Statement, layer: _Layer, session: Session) -> tuple[Node, Node] | None:
    """The sides of a line about one layer in the letters of that layer, or None where it speaks of something else."""
    scope = session.scope_of(statement)
    left = statement.left if not statement.link or statement.head is None else statement.head
    sides = left, statement.right
    try:
        shift = _shift(sides, layer, scope)
        if shift is None or not _is_about_slopes(sides, layer, scope):
            return None
        change = _Change(layer, shift, scope)
        found = rewritten(sides[0], change), rewritten(sides[1], change)
    except (ConvsymError, RecursionError):
        return None
    return None if change.foreign or not change.changed else found


def _is_about_slopes(sides: tuple[Node, Node], layer: _Layer, scope: Scope) -> bool:
    """Whether a line says what a gradient of the loss is."""
    if derives(sides[0]):
        return True
    reference = scope.refer(sides[0], {})
    return reference is not None and reference.name in layer.errors


def _shift(sides: tuple[Node, Node], layer: _Layer, scope: Scope) -> int | None:
    """How many layers further up than the definition a line speaks."""
    if not layer.letter:
        return 0
    kernels: set[int] = set()
    others: set[int] = set()
    for side in sides:
        for reference in _references(side, scope):
            layered = layered_reference(_of_last_index(reference))
            if layered is None:
                continue
            if layered.layer.parameter != layer.letter:
                return None
            at = layered.layer.offset
            if layered.name == layer.kernel.name and layer.kernel.offset is not None:
                kernels.add(at - layer.kernel.offset)
            if layered.name in {layer.out.name, *layer.errors}:
                others.add(at - (layer.out.offset or 0))
            if layered.name == layer.image.name:
                others.add(at - (layer.image.offset or 0))
    if kernels:
        return kernels.pop() if len(kernels) == 1 else None
    return max(others) if others else None


def _references(node: Node, scope: Scope) -> Iterator[Reference]:
    for part in walk(node):
        reference = scope.refer(part, {}) if isinstance(part, Name | Scripted) else None
        if reference is not None:
            yield reference


@dataclass(slots=True)
class _Change:
    """Puts the letters of one layer into a line.

    Attributes:
        layer, shift, scope: what the line is about.
        foreign: whether something else stands in it.
        changed: whether anything of the layer does.
    """

    layer: _Layer
    shift: int
    scope: Scope
    foreign: bool = False
    changed: bool = False

    def __call__(self, node: Node) -> Node | None:
        """The node in the layer's letters, or None where its parts are to be looked at."""
        if isinstance(node, Fraction_) and (above := behind_partial(node.numerator)) is not None:
            return self._derivative(node, above)
        if isinstance(node, Scripted) and isinstance(inner := strip_group(node.base), Bracket):
            return self._entry(node, inner)
        reference = self.scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
        if reference is None:
            return None
        return self._renamed(reference, node)

    def _derivative(self, node: Fraction_, above: Node) -> Node | None:
        top = self.scope.refer(strip_group(above), {})
        below = behind_partial(node.denominator)
        if top is None or below is None or top.indices or top.layer is not None:
            self.foreign = True
            return node
        return _slope(rewritten(below, self), node.span)

    def _entry(self, node: Scripted, inner: Bracket) -> Node | None:
        r"""(\delta^l)_{u,v} as an entry of \delta^l."""
        reference = self.scope.refer(inner.items[0], {}) if len(inner.items) == 1 else None
        if reference is None or reference.indices or node.subscript is None or node.superscript is not None:
            return None
        whole = self._renamed(reference, inner.items[0])
        return Scripted(whole, node.subscript, None, 0, node.span) if isinstance(whole, Name) else None

    def _renamed(self, reference: Reference, node: Node) -> Node | None:
        reference = _of_last_index(reference)
        layered = layered_reference(reference)
        name = reference.name if layered is None else layered.name
        if reference.layer is not None and layered is None:
            self.foreign = True
            return node
        at = None if layered is None else layered.layer.offset - self.shift
        letter = self._role(_Symbol(name, at))
        indices = reference.indices if layered is None else layered.indices
        if letter is None:
            plain = reference.layer is None and not reference.indices
            known = reference.base in FUNCTIONS or reference.base in TURNS | PADS | {"partial", "T", "sigma"}
            index = len(name) == 1 and not self.scope.rules.get(name) and self.scope.family(name) is None
            self.foreign = self.foreign or not (known or (plain and (index or name in self.scope.functions)))
            return None
        if reference.power is not None or reference.primes:
            self.foreign = True
            return node
        self.changed = True
        span = node.span
        bare: Node = Name(letter, span)
        if indices:
            subscript = indices[0] if len(indices) == 1 else Tuple_(indices, span)
            bare = Scripted(bare, subscript, None, 0, span)
        if letter == _BELOW + _ABOVE:
            inner = Name(_BELOW, span)
            below = replace(bare, base=inner) if isinstance(bare, Scripted) else inner
            bare = _slope(below, span)
        return Scripted(bare, None, Name("T", span), 0, span) if reference.transposed else bare

    def _role(self, symbol: _Symbol) -> str | None:
        """The letter of what a symbol is in the layer."""
        layer = self.layer
        roles: Mapping[str, _Symbol | None] = {
            _OUT: layer.out,
            _IMAGE: layer.image,
            _KERNEL: layer.kernel,
            _BIAS: layer.bias,
            _BELOW: layer.below,
        }
        for letter, known in roles.items():
            if known == symbol:
                return letter
        bias = layer.bias
        if bias is not None and bias.name == symbol.name and None in (bias.offset, symbol.offset):
            # A bias may be printed with its layer or without one; where it has one, that of the sums.
            if symbol.offset in (None, layer.out.offset):
                return _BIAS
        if symbol.name in layer.errors:
            if symbol.offset == layer.out.offset:
                return _ABOVE
            if (
                layer.below is not None
                and layer.below.name == layer.out.name
                and symbol.offset == layer.below.offset
            ):
                return _BELOW + _ABOVE
        return None


def _slope(below: Node, span: Span) -> Fraction_:
    partial = Name("partial", span)
    above = Product((("", partial), ("", Name(_LOSS, span))), span)
    return Fraction_(above, Product((("", partial), ("", below)), span), span)


# ---------------------------------------------------------------------- judging


def _judge(session: Session, layer: _Layer, lines: Sequence[_Line]) -> None:
    """Prove what holds at two choices of sizes, under the one meaning of the sign under which most does."""
    best: tuple[int, bool, int, dict[int, Finding]] | None = None
    bases = (1, 0) if any(map(_has_cells, lines)) else (1,)
    said = turns_in_words(session.scope_of(lines[0][0].statement).words).get(layer.sign)
    for turned in (False, True) if said is None else (said,):
        for base in bases:
            if best is not None and best[0] == len(lines):
                break
            found = _at(session, layer, lines, _Setting(FIRST, turned, base, turned))
            proved = {number: one for number, one in found.items() if isinstance(one.outcome, Proved)}
            if proved and (best is None or len(proved) > best[0]):
                best = len(proved), turned, base, proved
    if best is None:
        return
    _, turned, base, proved = best
    again = _at(session, layer, lines, _Setting(SECOND, turned, base, turned))
    for number, (finding, _) in enumerate(lines):
        first, second = proved.get(number), again.get(number)
        if first is not None and second is not None and isinstance(second.outcome, Proved):
            _settle(finding, Proved(_METHOD, tuple(_suppositions(layer, turned, first))))
    wrong = [
        line
        for number, line in enumerate(lines)
        if number not in proved and _may_be_wrong(line, layer, session)
    ]
    for finding, _ in _refuted(session, layer, wrong[:_MOST_WRONG], base):
        reason = f"it fails in a layer of small size, whatever {layer.sign} turns and how far it reaches"
        _settle(finding, Refuted(reason, method="contradiction"))


def _has_cells(line: _Line) -> bool:
    """Whether the places of single cells stand in a line: then it counts what the first index is."""
    nodes = (part for side in line[1] for part in walk(side))
    return any(isinstance(part, Scripted) and part.subscript is not None for part in nodes)


def _settle(finding: Finding, outcome: Proved | Refuted) -> None:
    finding.outcome, finding.judgment, finding.notes, finding.steps = outcome, None, [], []
    finding.reason, finding.repairs, finding.edits = "", (), ()
    finding.sizes = f"{_sizes(FIRST)}; {_sizes(SECOND)}"


def _may_be_wrong(line: _Line, layer: _Layer, session: Session) -> bool:
    """Whether a line applies the layer's sign to what the document says the meaning of, and no edges are in doubt."""
    finding, sides = line
    scope = session.scope_of(finding.statement)
    spoken = {part.text for side in sides for part in walk(side) if isinstance(part, Name)}
    known = layer.said or _ABOVE not in spoken
    edges = _EDGES.search(scope.words) is not None or scope.sizes.get("P", 0) or scope.sizes.get("S", 1) != 1
    edges = edges or _LINEAR.search(scope.words) is not None
    return known and not edges and layer.sign in signs_in(sides[1])


def _refuted(session: Session, layer: _Layer, lines: Sequence[_Line], base: int) -> Iterator[_Line]:
    """The lines that fail for every meaning of the sign, in the layer and in the line, at both choices of sizes."""
    if not lines:
        return
    failing = set(range(len(lines)))
    for small in (SECOND, FIRST):
        for turned in (False, True):
            if not failing:
                return
            found = _at(session, layer, lines, _Setting(small, turned, base, None))
            failing &= {number for number, one in found.items() if isinstance(one.outcome, Refuted)}
    yield from (lines[number] for number in sorted(failing))


def _suppositions(layer: _Layer, turned: bool, found: Finding) -> Iterator[str]:
    assumed = () if found.judgment is None else sorted(found.judgment.assumed)
    yield from (text for text in assumed if "is read as" in text or "rot" in text or "flip" in text)
    if not any("is read as" in text for text in assumed):
        yield f"{layer.sign} {'turns the kernel' if turned else 'slides the kernel as it is'}"
    if not layer.said:
        yield f"$\\delta$ is the gradient of the loss by ${latex_name(layer.out.name)}$"


def _at(session: Session, layer: _Layer, lines: Sequence[_Line], setting: _Setting) -> dict[int, Finding]:
    """What is found of the lines in a setting, by their place."""
    displays = [Display(f"{to_latex(left)} = {to_latex(right)}", 0, 0) for _, (left, right) in lines]
    items: tuple[Item, ...] = (*_written(setting, layer), *displays)
    found: dict[int, Finding] = {}
    with suppress(ConvsymError, RecursionError):
        inner = session.of_part(replace(session.document, items=items), f" as a layer, {setting}")
        if setting.reading is not None:
            for scope in inner.reader.scopes:
                scope.turns[layer.sign] = setting.reading
        places = {id(display): number for number, display in enumerate(displays)}
        for statement in inner.reader.statements:
            number = places.get(id(statement.display))
            if number is not None and statement.role == "claim" and not statement.link:
                inner.findings[statement.number] = found[number] = inner.guarded(statement)
        if setting.reading is not None:
            hold_one_reading(inner)
    return found


def _written(setting: _Setting, layer: _Layer) -> Iterator[Item]:
    """The layer, written out in cells, as the beginning of a document."""
    small, base = setting.small, setting.base
    image = tuple(n + k - 1 for n, k in zip(small.output, small.kernel, strict=True))
    shapes = {_OUT: small.output, _ABOVE: small.output, _IMAGE: image, _BELOW: image, _KERNEL: small.kernel}
    yield Directive("base", " ".join(f"{name}={base}" for name in shapes), 0, 0)
    yield Directive("sizes", " ".join(f"{name}={a}x{b}" for name, (a, b) in shapes.items()), 0, 0)
    ends = [n - 1 + base for n in small.kernel]
    sums = "".join(f"\\sum_{{{letter}={base}}}^{{{end}}} " for letter, end in zip("mn", ends, strict=True))
    shifts = [f"-{base}" if base else "", f"-{base}" if base else ""]
    places = [f"{i}+{m}{shift}" for i, m, shift in zip("ij", "mn", shifts, strict=True)]
    if setting.turned:
        places = [f"{i}-{m}+{end}" for i, m, end in zip("ij", "mn", ends, strict=True)]
    bias = f" + {_BIAS}" if layer.bias is not None else ""
    rule = f"{_OUT}_{{i,j}} = {sums}{_IMAGE}_{{{','.join(places)}}} {_KERNEL}_{{m,n}}{bias}"
    yield Display(rule, 0, 0)
    if layer.below is not None:
        if setting.reading is None:
            # What fails for one function fails for a function that may be any.
            yield Display(r"\sigma(x) = \tanh(x)", 0, 0)
        yield Display(f"{_IMAGE}_{{i,j}} = \\sigma({_BELOW}_{{i,j}})", 0, 0)
    rows, columns = (n - 1 + base for n in small.output)
    yield Display(
        f"{_LOSS} = \\sum_{{i={base}}}^{{{rows}}} \\sum_{{j={base}}}^{{{columns}}} "
        f"{_ABOVE}_{{i,j}} {_OUT}_{{i,j}}",
        0,
        0,
    )


def _sizes(small: Small) -> str:
    image = "x".join(str(n + k - 1) for n, k in zip(small.output, small.kernel, strict=True))
    output, kernel = ("x".join(map(str, sizes)) for sizes in (small.output, small.kernel))
    return f"output {output}, input {image}, kernel {kernel}"


__all__ = ["settle_convolutional_layers"]
