r"""The network that definitions by layers describe, z^l = W^l a^{l-1} + b^l and a^l = f(z^l): what is what in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Span,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.model import Pattern, Rule, Scope, pattern_of
from convsym.scope.naming import SAMPLES, Reference, key, strip_group

_JOINED = ("", "cdot", "times")
# In a^{(l-1)} W^{(l)} the layers are rows.
_ROWS = frozenset({"a", "h", "o", "x", "y", "s"})
_MATRICES = frozenset({"W", "Theta", "U", "V"})


class Layered(NamedTuple):
    """A symbol that belongs to a layer: its name, the layer, its indices."""

    name: str
    layer: Pattern
    indices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """What the layers of a network are made of.

    Attributes:
        shapes: name -> of its axes, how far the layer that an axis counts the cells of is from its own.
        weights, bias, outputs, sums: the names of W, b, a and z.
        function: the activation's name, "" where a layer's output is nowhere written as f(z).
        rules: the definitions by layers, by name.
        in_entries: whether the sums are written out, z_j = \\sum_k w_{jk} a_k.
        supposed: what has to be supposed of it, where the document does not write it out.
        in_rows: whether layers are rows, z = a W + b.
    """

    shapes: dict[str, tuple[int, ...]]
    weights: str
    bias: str
    outputs: str
    sums: str
    function: str
    rules: dict[str, list[Rule]]
    in_entries: bool
    supposed: str = ""
    in_rows: bool = False


def network_of(scope: Scope, sides: Iterable[Node] = ()) -> Network | None:
    """The network that a document's definitions describe by layers; None where they describe none.

    Args:
        scope: of the claim.
        sides: of all relations of the document, which may name the argument of an activation that none defines.
    """
    found = _described(scope)
    if found is None or not found.function or found.sums != found.outputs:
        return found
    name = _argument_name(found, sides, scope)
    return found if not name else _with_sums(found, name, scope)


def _argument_name(network: Network, sides: Iterable[Node], scope: Scope) -> str:
    """z, where f'(z^l) or f(z^l) is printed beside a^l = f(W^l a^{l-1} + b^l)."""
    for side in sides:
        for part in walk(side):
            if not isinstance(part, Product):
                continue
            for (_, head), (operator, behind) in pairwise(part.factors):
                argument = strip_group(behind)
                reference = scope.refer(head, {}) if isinstance(strip_group(head), Name | Scripted) else None
                if operator or reference is None or reference.name != network.function or reference.layer:
                    continue
                if not isinstance(argument, Bracket) or len(argument.items) != 1:
                    continue
                inner = layered(argument.items[0], scope)
                if inner is not None and inner.name not in network.shapes and inner.name not in network.rules:
                    return inner.name
    return ""


def _with_sums(network: Network, name: str, scope: Scope) -> Network:
    """The network with the argument of its activation as a quantity of its own."""
    sums: list[Rule] = []
    outputs: list[Rule] = []
    for rule in network.rules[network.outputs]:
        applied = application(rule.body, scope)
        if applied is None or rule.layer is None or layered(applied[1], scope) is not None:
            outputs.append(rule)
            continue
        span = rule.body.span
        layer = _layer_node(rule.layer, span)
        argument: Node = Scripted(Name(name, span), None, layer, 0, span)
        if rule.patterns:
            indices = tuple(_index_node(pattern, span) for pattern in rule.patterns)
            below = indices[0] if len(indices) == 1 else Tuple_(indices, span)
            argument = Scripted(Name(name, span), below, layer, 0, span)
        call = Product((("", Name(applied[0], span)), ("", Bracket("(", (argument,), span))), span)
        sums.append(replace(rule, name=name, body=applied[1]))
        outputs.append(replace(rule, body=call))
    rules = {**network.rules, network.outputs: outputs, name: sums}
    shapes = {**network.shapes, name: (0,)}
    return replace(network, sums=name, rules=rules, shapes=shapes)


def _layer_node(layer: Pattern, span: Span) -> Node:
    return Bracket("(", (_index_node(layer, span),), span)


def _index_node(pattern: Pattern, span: Span) -> Node:
    number = Number(str(abs(pattern.offset)), span)
    if pattern.parameter is None:
        return number
    letter = Name(pattern.parameter, span)
    return (
        Sum_((("+", letter), ("+" if pattern.offset > 0 else "-", number)), span)
        if pattern.offset
        else letter
    )


def _described(scope: Scope) -> Network | None:
    rules = {
        name: found
        for name, all_rules in scope.rules.items()
        if (found := [r for rule in all_rules if (r := by_layer(rule)) is not None])
    }
    for name, own in rules.items():
        for rule in reversed(own):
            body = _without_activation(rule.body, scope)
            if body is None:
                continue
            sums = _affine(rule, body[1], scope)
            if sums is None:
                continue
            matrix, outputs, bias, rows_first, in_rows = sums
            offset = _offset(rule)
            shapes: dict[str, tuple[int, ...]] = {outputs.name: (0,)}
            function = body[0]
            if body[0]:
                if name != outputs.name:
                    continue
                own_shift = 0
            else:
                activation = _activation(rules.get(outputs.name, ()), name, scope)
                function, own_shift = activation if activation is not None else ("", 0)
            if name != outputs.name:
                shapes[name] = (own_shift,)
            above = offset + own_shift - matrix.layer.offset
            below = outputs.layer.offset - matrix.layer.offset
            shapes[matrix.name] = (above, below) if rows_first else (below, above)
            if bias is not None:
                shapes[bias.name] = (offset + own_shift - bias.layer.offset,)
            return Network(
                shapes,
                matrix.name,
                "" if bias is None else bias.name,
                outputs.name,
                name,
                function,
                rules,
                bool(rule.patterns),
                in_rows=in_rows,
            )
    return None


def by_layer(rule: Rule) -> Rule | None:
    """A definition of a layer's cells; z_l = ... with the layer as its only index is one as well."""
    if rule.layer is not None:
        return rule
    if len(rule.patterns) == 1 and rule.patterns[0].parameter in ("l", "ell", "L"):
        return replace(rule, patterns=(), layer=rule.patterns[0])
    return None


def layered(node: Node, scope: Scope) -> Layered | None:
    """A symbol with its layer, whether that is written above or below it; None for another node."""
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted | Bracket) else None
    return None if reference is None else layered_reference(reference)


def layered_reference(reference: Reference) -> Layered | None:
    """The same of a reference."""
    if reference.name.endswith(SAMPLES):
        return None
    if reference.layer is not None:
        pattern = pattern_of(reference.layer, {})
        return None if pattern is None else Layered(reference.name, pattern, reference.indices)
    if len(reference.indices) == 1:
        pattern = pattern_of(reference.indices[0], {})
        if pattern is not None and pattern.parameter in ("l", "ell", "L"):
            return Layered(reference.name, pattern, ())
    return None


def application(node: Node, scope: Scope) -> tuple[str, Node] | None:
    """The name of a function and its argument, where a node is f(x) and nothing else."""
    node = strip_group(node)
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return None
    argument = strip_group(node.factors[1][1])
    name = function_name(strip_group(node.factors[0][1]), scope)
    if name and isinstance(argument, Bracket) and argument.kind in ("(", "[") and len(argument.items) == 1:
        return name, strip_group(argument.items[0])
    return None


def function_name(node: Node, scope: Scope) -> str:
    """f, or f_a for a function that a letter below tells from others; "" for what is no name."""
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    if reference is None or reference.power is not None or reference.transposed:
        return ""
    labels = [strip_group(index) for index in reference.indices]
    if not all(isinstance(label, Name) for label in labels) or len(labels) > 1:
        return ""
    return "_".join([reference.name, *(key(label) for label in labels if isinstance(label, Name))])


def _without_activation(body: Node, scope: Scope) -> tuple[str, Node] | None:
    """("", body), or (f, x) of a body f(x) that is more than a symbol."""
    applied = application(body, scope)
    if applied is None:
        return "", strip_group(body)
    return None if layered(applied[1], scope) is not None else applied


def _activation(rules: Sequence[Rule], sums: str, scope: Scope) -> tuple[str, int] | None:
    """The function of a^l = f(z^l), and how far the layer of a is above that of z."""
    for rule in reversed(rules):
        applied = application(rule.body, scope)
        inner = None if applied is None else layered(applied[1], scope)
        if applied is None or inner is None or inner.name != sums or rule.layer is None:
            continue
        if inner.layer.parameter != rule.layer.parameter:
            continue
        return applied[0], rule.layer.offset - inner.layer.offset
    return None


def _offset(rule: Rule) -> int:
    assert rule.layer is not None
    return rule.layer.offset


def _affine(
    rule: Rule, body: Node, scope: Scope
) -> tuple[Layered, Layered, Layered | None, bool, bool] | None:
    """Matrix, outputs, bias, whether the matrix's first axis is that of the sums, and whether layers are rows.

    Of a body that is W a + b, or a W + b; None of another one.
    """
    terms = [term for sign, term in body.terms if sign == "+"] if isinstance(body, Sum_) else [body]
    if isinstance(body, Sum_) and len(terms) != len(body.terms):
        return None
    products, biases = [], []
    for term in map(_bare, terms):
        single = layered(term, scope)
        if single is not None:
            biases.append(single)
        else:
            products.append(term)
    if len(products) != 1 or len(biases) > 1:
        return None
    (product,) = products
    bound = ""
    if isinstance(product, BigOperator):
        lower = product.lower
        first = lower.first if isinstance(lower, Chain) else lower
        letter = strip_group(first) if first is not None else None
        if product.operator != "sum" or not isinstance(letter, Name):
            return None
        bound, product = key(letter), _bare(product.body)
    if not isinstance(product, Product) or len(product.factors) != 2 or product.factors[1][0] not in _JOINED:
        return None
    nodes = [strip_group(factor) for _, factor in product.factors]
    pair = [layered(node, scope) for node in nodes]
    if pair[0] is None or pair[1] is None:
        return None
    turned = [_is_transposed(node, scope) for node in nodes]
    one, other = pair[0], pair[1]
    if not all(part.layer.parameter == rule.layer.parameter for part in (one, other) if rule.layer):
        return None
    if any(part.layer.parameter != one.layer.parameter for part in biases):
        return None
    bias = biases[0] if biases else None
    if not bound:
        if one.indices or other.indices or rule.patterns:
            return None
        if one.name in _ROWS and other.name in _MATRICES and not turned[0]:
            return other, one, bias, turned[1], True
        return None if turned[1] else (one, other, bias, not turned[0], False)
    matrix, outputs = (one, other) if len(one.indices) == 2 else (other, one)
    letters = [key(i) for node in matrix.indices if isinstance(i := strip_group(node), Name)]
    inner = [key(i) for node in outputs.indices if isinstance(i := strip_group(node), Name)]
    free = [pattern.parameter for pattern in rule.patterns]
    if len(matrix.indices) != 2 or inner != [bound] or len(free) != 1 or True in turned:
        return None
    if letters == [free[0], bound]:
        return matrix, outputs, bias, True, False
    return (matrix, outputs, bias, False, False) if letters == [bound, free[0]] else None


def _bare(node: Node) -> Node:
    node = strip_group(node)
    while isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        node = strip_group(node.items[0])
    return node


def _is_transposed(node: Node, scope: Scope) -> bool:
    if isinstance(node, Scripted) and isinstance(strip_group(node.base), Bracket):
        return node.superscript is not None
    reference = scope.refer(node, {})
    return reference is not None and reference.transposed


def layered_symbols(node: Node, scope: Scope) -> Iterator[Layered]:
    """The symbols of a layer that stand in an expression."""
    for reference in scope.mentions(node):
        found = layered_reference(reference)
        if found is not None:
            yield found
