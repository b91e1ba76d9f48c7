r"""The ends of a network with numbered layers: the input x of the first one, and \hat{y} for what the last gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from convsym.latex.syntax import BigOperator, Name, Node, Scripted
from convsym.latex.walking import walk
from convsym.scope.model import Rule, Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.networks import Network, application, layered


@dataclass(frozen=True, slots=True)
class Ends:
    """Plain names that stand for what a numbered layer gives.

    Attributes:
        lowest, highest: the first and the last layer whose outputs are spoken of.
        plain: name -> the layer whose cells it lists.
        given: those of them that a formula defines, \\hat{y} = \\sigma(z^{(2)}), with it.
    """

    lowest: int
    highest: int
    plain: dict[str, int] = field(default_factory=dict)
    given: dict[str, Rule] = field(default_factory=dict)


def ends_of(network: Network, scope: Scope) -> Ends | None:
    """The ends of a network, where its layers are numbered one by one; None where they are not.

    Args:
        network: that the document describes.
        scope: of the claim.
    """
    numbered = [
        rule for rule in network.rules.get(network.sums, ()) if rule.layer and rule.layer.parameter is None
    ]
    if not numbered or network.sums == network.outputs:
        return None
    (shift,) = network.shapes[network.sums]
    layers = sorted(rule.layer.offset + shift for rule in numbered if rule.layer)
    # W^{(1)} x gives z^{(1)} or z^{(2)}: either way it leads from one layer to the next.
    weights = network.shapes[network.weights]
    found = Ends(layers[0] - (max(weights) - min(weights)), layers[-1])
    for rule in numbered:
        assert rule.layer is not None
        name = _plain_factor(rule.body, scope)
        if name and rule.layer.offset + shift == layers[0]:
            found.plain[name] = found.lowest
    for rule in network.rules.get(network.outputs, ()):
        name = _plain_name(rule.body, scope)
        if name and rule.layer is not None and rule.layer.parameter is None:
            found.plain[name] = rule.layer.offset
    for name, rules in scope.rules.items():
        if len(rules) != 1 or rules[0].layer is not None:
            continue
        applied = application(rules[0].body, scope)
        above = layered(strip_group(rules[0].body) if applied is None else applied[1], scope)
        wanted = network.outputs if applied is None else network.sums
        if above is None or _letters(above.indices) != [p.parameter for p in rules[0].patterns]:
            continue
        if above.layer.parameter is not None or above.name != wanted:
            continue
        layer = above.layer.offset + (shift if applied is not None else 0)
        if layer == found.highest:
            found.plain[name] = layer
            found.given[name] = rules[0]
    return found


def _letters(indices: tuple[Node, ...]) -> list[str | None]:
    found = [strip_group(index) for index in indices]
    return [key(index) if isinstance(index, Name) else None for index in found]


def _plain_factor(body: Node, scope: Scope) -> str:
    r"""The one name without a layer that is a factor in W^{(1)} x + b^{(1)}, or under its sum."""
    summed = [part.body for part in walk(body) if isinstance(part, BigOperator)]
    names = {
        reference.name
        for part in summed or [body]
        for reference in scope.mentions(part)
        if reference.layer is None and len(reference.indices) < 2 and not reference.primes
    }
    return names.pop() if len(names) == 1 else ""


def _plain_name(node: Node, scope: Scope) -> str:
    node = strip_group(node)
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    if reference is None or reference.layer is not None or len(reference.indices) > 1 or reference.primes:
        return ""
    head = reference.head
    is_vector = len(head.text) == 1 or reference.power is None
    return reference.name if is_vector and reference.name not in ("T", "top") else ""
