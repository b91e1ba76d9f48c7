r"""The network that a document never writes out: W^{(l)}, b^{(l)}, z^{(l)} and a^{(l)} as everybody means them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Scripted, Span, Sum_
from convsym.latex.walking import walk
from convsym.scope.model import Pattern, Rule, Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.scope.networks import Network, by_layer, layered, layered_reference

_WEIGHTS = ("W", "w", "Theta", "theta")
_BIASES = ("b", "B")
_SUMS = ("z", "Z")
_OUTPUTS = ("a", "A", "h", "H")
_INPUTS = ("x", "X")
_NOWHERE = Span(0, 0)
_MOST = 4
_CONVOLUTION = (
    "convol",
    "faltung",
    "卷积",
    "卷積",
    "畳み込み",
    "합성곱",
    "свёрт",
    "сверт",
    "cnn",
    "kernel",
    "filter",
)


@dataclass(slots=True)
class _Seen:
    """What layered names a document writes, at which numbers, and what else stands beside them."""

    numbers: dict[str, set[int]] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    functions: list[str] = field(default_factory=list)


def supposed_network(scope: Scope, sides: Iterable[Node]) -> Network | None:
    """The usual network under the usual letters, where nothing says how its sums are computed.

    Args:
        scope: of the claim.
        sides: of all relations of the document.
    """
    sides = list(sides)
    if _convolves(scope, sides):
        return None
    seen = _seen(scope, sides)
    found = [_one_of(letters, seen.numbers) for letters in (_WEIGHTS, _SUMS, _OUTPUTS)]
    weights, sums, outputs = found
    if not weights or not sums or not outputs or scope.rules.get(sums) or scope.rules.get(weights):
        return None
    rules = {
        name: own
        for name, all_rules in scope.rules.items()
        if (own := [r for rule in all_rules if (r := by_layer(rule)) is not None])
    }
    if any(not _is_activation(rule, sums, scope) for rule in rules.get(outputs, ())):
        return None
    functions = _activations(sums, scope, [*sides, *(rule.body for rule in rules.get(outputs, ()))])
    if len(functions) > 1:
        return None
    function = functions[0] if functions else "sigma"
    bias = _one_of(_BIASES, seen.numbers)
    numbers = sorted(n for name in (weights, sums) for n in seen.numbers[name] if n > 0)
    layers: list[Pattern] = [Pattern("l", 0)]
    layers += [Pattern(None, n) for n in range(1, max(numbers, default=0) + 1)]
    if len(layers) > _MOST + 1:
        return None
    entrance = _one_of(_INPUTS, seen.plain) if 0 not in seen.numbers[outputs] else ""
    known = rules.get(outputs, [])
    rules[sums] = [_affine_rule(sums, weights, outputs, bias, layer, entrance) for layer in layers]
    rules[outputs] = [_applied_rule(outputs, function, sums, Pattern("l", 0)), *known]
    last = Pattern(None, max(numbers, default=0))
    if last.offset and not any(rule.layer == last for rule in known):
        rules[outputs].append(_applied_rule(outputs, function, sums, last))
    shapes: dict[str, tuple[int, ...]] = {weights: (0, -1), sums: (0,), outputs: (0,)}
    if bias:
        shapes[bias] = (0,)
    z, w, a, b = (latex_name(name) for name in (sums, weights, outputs, bias or "b"))
    added = f" + {b}^{{(l)}}" if bias else ""
    words = f"${z}^{{(l)}} = {w}^{{(l)}} {a}^{{(l-1)}}{added}$ and ${a}^{{(l)}} = {latex_name(function)}({z}^{{(l)}})$"
    return Network(shapes, weights, bias, outputs, sums, function, rules, in_entries=True, supposed=words)


def _convolves(scope: Scope, sides: Collection[Node]) -> bool:
    """Whether a document speaks of convolutions: its W and b need not be those of a layer that multiplies."""
    if any(word in scope.words for word in _CONVOLUTION):
        return True
    if any(scope.habits.arity.get(name, 0) > 1 for name in (*_SUMS, *_OUTPUTS, *_BIASES)):
        return True
    return any(
        isinstance(part, Product)
        and any(operator in ("ast", "star", "circledast") for operator, _ in part.factors)
        for side in sides
        for part in walk(side)
    )


def _seen(scope: Scope, sides: Collection[Node]) -> _Seen:
    seen = _Seen()
    for side in sides:
        for reference in scope.mentions(side):
            found = layered_reference(reference)
            if found is None:
                seen.plain.add(reference.name)
                continue
            numbers = seen.numbers.setdefault(found.name, set())
            if found.layer.parameter is None:
                numbers.add(found.layer.offset)
    return seen


def _one_of(letters: Collection[str], seen: Collection[str]) -> str:
    """The one of some letters that a document uses; "" where it uses none, or several."""
    found = [letter for letter in letters if letter in seen]
    return found[0] if len(found) == 1 else ""


def _is_activation(rule: Rule, sums: str, scope: Scope) -> bool:
    return any(found.name == sums for part in walk(rule.body) if (found := layered(part, scope)) is not None)


def _activations(sums: str, scope: Scope, sides: Collection[Node]) -> list[str]:
    """The functions that are applied to the sums somewhere, with primes or without."""
    found: dict[str, None] = {}
    for side in sides:
        for part in walk(side):
            for (_, head), (operator, behind) in pairwise(part.factors) if isinstance(part, Product) else ():
                reference = scope.refer(head, {}) if isinstance(strip_group(head), Name | Scripted) else None
                argument = strip_group(behind)
                if operator or reference is None or reference.layer or reference.indices:
                    continue
                if isinstance(argument, Bracket) and len(argument.items) == 1 and argument.kind == "(":
                    inner = layered(argument.items[0], scope)
                    if inner is not None and inner.name == sums:
                        found[reference.name] = None
    return list(found)


def _symbol(name: str, layer: Pattern, shift: int = 0) -> Node:
    number = layer.offset + shift
    below: Node = Number(str(abs(number)), _NOWHERE)
    if layer.parameter is not None:
        letter = Name(layer.parameter, _NOWHERE)
        below = Sum_((("+", letter), ("+" if number > 0 else "-", below)), _NOWHERE) if number else letter
    return Scripted(Name(name, _NOWHERE), None, Bracket("(", (below,), _NOWHERE), 0, _NOWHERE)


def _affine_rule(sums: str, weights: str, outputs: str, bias: str, layer: Pattern, entrance: str) -> Rule:
    first = layer == Pattern(None, 1) and entrance
    below: Node = Name(entrance, _NOWHERE) if first else _symbol(outputs, layer, -1)
    body: Node = Product((("", _symbol(weights, layer)), ("", below)), _NOWHERE)
    if bias:
        body = Sum_((("+", body), ("+", _symbol(bias, layer))), _NOWHERE)
    return Rule(sums, (), layer, body, -1)


def _applied_rule(outputs: str, function: str, sums: str, layer: Pattern) -> Rule:
    call = Product(
        (("", Name(function, _NOWHERE)), ("", Bracket("(", (_symbol(sums, layer),), _NOWHERE))), _NOWHERE
    )
    return Rule(outputs, (), layer, call, -1)
