"""Edits by a constant factor and of sizes: a lost divisor, a wrong size, a wrong number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

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
    Sum_,
)
from convsym.latex.walking import walk
from convsym.repair.edit import Edit, Place, Setting, is_derivative
from convsym.repair.indices import shifted
from convsym.repair.terms import scaled
from convsym.repair.tree import NOWHERE, Path, at, fraction, key, letter, negated, number, product, walk_paths
from convsym.repair.vocabulary import cell_indices, is_size, size_name, size_node


def _letters(setting: Setting) -> dict[str, list[str]]:
    """Sizes by the thing they measure: K -> [K_W, K_H]."""
    groups: dict[str, list[str]] = {}
    for name in setting.vocabulary.sizes:
        groups.setdefault(name.partition("_")[0], []).append(name)
    return groups


def _favor(names: tuple[str, ...], setting: Setting) -> float:
    """How much less a size costs that the claim itself speaks of: its sums' limits first."""
    if all(name in setting.limits for name in names):
        return 0.2
    if all(name in setting.present for name in names):
        return 0.1
    return 0.0


def divisors(setting: Setting) -> list[tuple[Node, float]]:
    """Factors that a convolution's equation may have lost, with what each adds to the cost."""
    symbolic = bool(setting.present) or bool(setting.bound)
    found: list[tuple[Node, float]] = []
    numbers: dict[int, float] = {2: 0.0}
    for group in _letters(setting).values():
        pairs = [p for p in combinations(group, 2) if p[0].partition("_")[2] != p[1].partition("_")[2]]
        for pair in pairs:
            area = product([size_node(pair[0]), size_node(pair[1])])
            found.append((area, (0.0 if symbolic else 0.15) - _favor(pair, setting)))
            values = [setting.vocabulary.sizes[name] for name in pair]
            if values[0] is not None and values[1] is not None:
                numbers.setdefault(values[0] * values[1], 0.15 if symbolic else 0.0)
        found.extend((size_node(name), 0.2 - _favor((name,), setting)) for name in group)
    for place in setting.places:
        if place.role == "value" and isinstance(place.node, Number) and place.node.text.isdigit():
            numbers.setdefault(int(place.node.text), 0.1)
    numbers.setdefault(4, 0.3)
    found.extend((number(value), extra) for value, extra in numbers.items() if value > 1)
    return found


def factor_edits(setting: Setting) -> Iterator[Edit]:
    """A factor lost or too many on a side or on one of its terms."""
    offered = divisors(setting)
    for place in setting.places:
        if place.role != "value":
            continue
        whole = len(place.path) == 1
        term = not whole and isinstance(at(setting.claim, place.path[:-1]), Sum_ | BigOperator)
        squared = isinstance(place.node, Scripted) and place.node.superscript is not None
        if isinstance(place.node, Number) or not (whole or term or squared):
            continue
        if whole and place.extra:
            continue  # a factor of the left side is the inverse factor of the right
        base = 1.0 if whole else 1.25
        if isinstance(place.node, Fraction_) and _is_constant(place.node.denominator, setting):
            base += 0.5  # a divisor is there already: rather another one than one more
        for factor, more in offered:
            cost = base + more
            yield place.edit(scaled(place.node, over=factor), "a divisor missing", cost, scalar=whole)
            yield place.edit(scaled(place.node, times=factor), "a factor missing", cost, scalar=whole)
        if whole:
            yield place.edit(negated(place.node), "wrong sign", 1.0, scalar=True)
    yield from _factor_places(setting)


def _factor_places(setting: Setting) -> Iterator[Edit]:
    """Constant factors exchanged or dropped where they stand."""
    letters = _letters(setting)
    for place in setting.places:
        node = place.node
        if place.role != "value":
            continue
        if isinstance(node, Number):
            yield from _numbers(place, node, setting)
        name = size_name(node)
        if is_size(node, setting.vocabulary):
            for other in setting.vocabulary.sizes:
                if other != name:
                    cost = 1.1 - _favor((other,), setting)
                    yield place.edit(size_node(other), "another size", cost, scalar=True)
            value = setting.vocabulary.sizes.get(str(name))
            if value is not None:
                yield place.edit(number(value), "a number for a size", 1.4, scalar=True)
        if isinstance(node, Product):
            yield from _areas(place, node, letters, setting)
        match node:
            case Fraction_(numerator, denominator) if not is_derivative(node):
                constant = _is_constant(denominator, setting)
                if constant:
                    yield place.edit(numerator, "a divisor too many", 1.2, scalar=True)
                    for factor, more in divisors(setting):
                        if key(factor) != key(denominator):
                            new = fraction(numerator, factor)
                            yield place.edit(new, "another divisor", 1.2 + more, scalar=True)
            case Product(factors):
                for position, (_, factor) in enumerate(factors):
                    if _is_constant(factor, setting) and len(factors) > 1:
                        kept = [f for other, (_, f) in enumerate(factors) if other != position]
                        yield place.edit(product(kept), "a factor too many", 1.15, scalar=True)


def _is_constant(node: Node, setting: Setting) -> bool:
    if isinstance(node, Number) or is_size(node, setting.vocabulary):
        return True
    return isinstance(node, Product) and all(_is_constant(factor, setting) for _, factor in node.factors)


def _numbers(place: Place, node: Number, setting: Setting) -> Iterator[Edit]:
    if not node.text.isdigit():
        return
    value = int(node.text)
    for step in (1, -1):
        new = shifted(node, step)
        if new is not None and not (value + step == 0 and value == 1 and len(place.path) > 1):
            yield place.edit(new, "another number", 1.0, scalar=True)
        elif new is not None:
            yield place.edit(new, "another number", 1.3, scalar=True)
    yield place.edit(number(2 * value), "another number", 1.2, scalar=True)
    if value % 2 == 0 and value > 2:
        yield place.edit(number(value // 2), "another number", 1.2, scalar=True)
    if value > 0:
        yield place.edit(fraction(number(1), node), "a factor for its inverse", 1.3, scalar=True)
    for factor, more in divisors(setting):
        if key(factor) != key(node):
            yield place.edit(factor, "another factor", 1.25 + more, scalar=True)


def _areas(place: Place, node: Product, letters: dict[str, list[str]], setting: Setting) -> Iterator[Edit]:
    """S_W S_H -> K_W K_H as one change, and -> 4."""
    names = [size_name(factor) for _, factor in node.factors]
    factors_ = [factor for _, factor in node.factors]
    at_sizes = [place for place, factor in enumerate(factors_) if is_size(factor, setting.vocabulary)]
    for one, two in combinations(at_sizes, 2):
        heads = [str(names[position]).partition("_") for position in (one, two)]
        if heads[0][0] != heads[1][0]:
            continue
        for head, members in letters.items():
            pair = (f"{head}_{heads[0][2]}", f"{head}_{heads[1][2]}")
            if head == heads[0][0] or any(name not in members for name in pair):
                continue
            factors = list(node.factors)
            factors[one] = (factors[one][0], size_node(pair[0]))
            factors[two] = (factors[two][0], size_node(pair[1]))
            new = Product(tuple(factors), NOWHERE)
            yield place.edit(new, "another size, both axes", 1.5 - _favor(pair, setting), scalar=True)


def symbol_edits(setting: Setting) -> Iterator[Edit]:
    """A cell of another family, another matrix, another function or its derivative, an exponent."""
    vocabulary = setting.vocabulary
    capitals = list(dict.fromkeys(family.upper() for family in vocabulary.families))
    for place in setting.places:
        node = place.node
        if place.role in ("value", "derivative") and isinstance(node, Scripted):
            found = cell_indices(node, vocabulary)
            if found is not None:
                for family, arity in vocabulary.families.items():
                    if family != found[0] and arity == len(found[1]) and isinstance(node.base, Name):
                        base = letter(family, node.base.font)
                        new = Scripted(base, node.subscript, node.superscript, node.primes, NOWHERE)
                        yield place.edit(new, "a cell of another family", 1.05)
        if place.role in ("value", "derivative") and isinstance(node, Name):
            if node.text in capitals:
                for other in capitals:
                    if other != node.text:
                        yield place.edit(letter(other, node.font), "another matrix", 1.15)
            if node.text in vocabulary.functions:
                for function in vocabulary.functions:
                    if function != node.text:
                        yield place.edit(letter(function), "another function", 1.2)
                yield place.edit(Scripted(node, None, None, 1, NOWHERE), "a derivative for a function", 1.2)
        if place.role == "value" and isinstance(node, Scripted):
            yield from _exponents(place, node)
        elif place.role == "value" and isinstance(node, Bracket) and node.kind in "([":
            squared = Scripted(node, None, Number("2", NOWHERE), 0, NOWHERE)
            yield place.edit(squared, "an exponent missing", 1.3)


def _exponents(place: Place, node: Scripted) -> Iterator[Edit]:
    power = node.superscript
    if isinstance(power, Number) and power.text.isdigit():
        for step in (1, -1):
            value = int(power.text) + step
            new: Node = Scripted(node.base, node.subscript, number(value), node.primes, NOWHERE)
            if value == 1:
                bare = node.subscript is None and node.primes == 0
                new = node.base if bare else Scripted(node.base, node.subscript, None, node.primes, NOWHERE)
            if value > 0:
                yield place.edit(new, "another exponent", 1.0)
    if node.primes and isinstance(node.base, Name):
        plain: Node = node.base
        if node.primes > 1 or node.subscript is not None or power is not None:
            plain = Scripted(node.base, node.subscript, power, node.primes - 1, NOWHERE)
        yield place.edit(plain, "a function for its derivative", 1.1)
    if power is None and node.subscript is not None:
        squared = Scripted(node.base, node.subscript, Number("2", NOWHERE), node.primes, NOWHERE)
        yield place.edit(squared, "an exponent missing", 1.4)


def limit_edits(setting: Setting) -> Iterator[Edit]:
    """Limits of sums: one too far, of another size, exchanged between two sums."""
    sums = [place for place in setting.places if isinstance(place.node, BigOperator)]
    for place in sums:
        node = place.node
        if not isinstance(node, BigOperator):
            continue
        if isinstance(node.lower, Chain) and len(node.lower.links) == 1:
            start = node.lower.links[0][1]
            for step in (1, -1):
                new = shifted(start, step)
                if new is not None:
                    yield Edit(
                        (((*place.path, 0, 1), new),), "a sum that starts elsewhere", 1.0 + place.extra
                    )
        if node.upper is None:
            continue
        where = (*place.path, int(node.lower is not None))
        for step in (1, -1):
            new = shifted(node.upper, step)
            if new is not None:
                yield Edit(((where, new),), "a sum that ends elsewhere", 1.0 + place.extra)
        if isinstance(node.lower, Chain) and len(node.lower.links) == 1:
            for step in (1, -1):
                ends = shifted(node.lower.links[0][1], step), shifted(node.upper, step)
                if ends[0] is not None and ends[1] is not None:
                    both = (((*place.path, 0, 1), ends[0]), (where, ends[1]))
                    yield Edit(both, "a sum over shifted limits", 1.4 + place.extra)
        yield from _sizes_in_limit(place, where, node.upper, setting)
        now = size_name(node.upper)
        for name in setting.vocabulary.sizes:
            if name != now:
                cost = _size_cost(now, name, setting)
                yield Edit(((where, size_node(name)),), "a sum over another size", cost + place.extra)
        if now is not None:
            yield from (
                Edit(((where, number(value)),), "a sum over another size", 1.4 + place.extra)
                for value in sorted({v for v in setting.vocabulary.sizes.values() if v is not None})
            )
    yield from _limit_pairs(sums, setting)


def _size_cost(now: str | None, name: str, setting: Setting) -> float:
    """What one size for another costs in a limit: the other axis of the same thing comes first."""
    if now is None:
        return 1.3
    head, _, axis = now.partition("_")
    other_head, _, other_axis = name.partition("_")
    if head == other_head:
        # Two sums over the same size, and none over its partner, look like a slip of the pen.
        doubled = sum(size_name(place.node) == now for place in setting.places if place.role == "limit") > 1
        return 0.9 if doubled and name not in setting.limits else 1.05
    # The other sums of the line run over the sizes of one thing: O_W beside X_H asks for O_H.
    if axis == other_axis and any(limit.partition("_")[0] == other_head for limit in setting.limits):
        return 0.95
    return 1.1 if axis == other_axis else 1.2


def _sizes_in_limit(place: Place, where: Path, upper: Node, setting: Setting) -> Iterator[Edit]:
    """Another size inside a limit such as K_W - 1."""
    for path, part in walk_paths(upper):
        now = size_name(part)
        if path and now in setting.vocabulary.sizes:
            for name in setting.vocabulary.sizes:
                if name != now:
                    changes = (((*where, *path), size_node(name)),)
                    yield Edit(
                        changes, "a sum over another size", _size_cost(now, name, setting) + place.extra
                    )


def _limit_pairs(sums: list[Place], setting: Setting) -> Iterator[Edit]:
    letters = _letters(setting)
    for one, two in combinations(sums, 2):
        a, b = one.node, two.node
        if not (isinstance(a, BigOperator) and isinstance(b, BigOperator)) or not a.upper or not b.upper:
            continue
        paths = [(*p.path, int(n.lower is not None)) for p, n in ((one, a), (two, b))]
        if key(a.upper) != key(b.upper):
            changes = ((paths[0], b.upper), (paths[1], a.upper))
            yield Edit(changes, "limits exchanged", 1.5 + one.extra)
        names = [size_name(a.upper), size_name(b.upper)]
        if None in names:
            continue
        heads = [str(name).partition("_") for name in names]
        if heads[0][0] != heads[1][0]:
            continue
        for head, members in letters.items():
            pair = [f"{head}_{part[2]}" for part in heads]
            if head != heads[0][0] and all(name in members for name in pair):
                changes = ((paths[0], size_node(pair[0])), (paths[1], size_node(pair[1])))
                yield Edit(changes, "sums over another size", 1.6 + one.extra)


def shape_edits(setting: Setting) -> Iterator[Edit]:
    """A number where a matrix stands: the squared norm; a size that needs the floor."""
    for place in setting.places:
        node = place.node
        if place.role != "value":
            continue
        match node:
            case Scripted(Bracket("(" | "[", (inner,)), None, Number("2"), 0) if _has_capitals(inner):
                frobenius = Scripted(
                    Bracket("||", (inner,), NOWHERE), letter("F"), Number("2", NOWHERE), 0, NOWHERE
                )
                yield place.edit(frobenius, "a norm for a matrix squared", 1.0)
            case Scripted(Bracket("||" | "|"), _, None, 0):
                pass
            case Fraction_() if not is_derivative(node) and setting.present:
                yield place.edit(Bracket("floor", (node,), NOWHERE), "a quotient without its floor", 1.3)
            case Name(text) if text.isupper() and node.font in ("", "bf"):
                turned = Scripted(node, None, letter("top"), 0, NOWHERE)
                yield place.edit(turned, "a transpose missing", 1.4)
            case Scripted(Name(), None, Name("T" | "top"), 0):
                yield place.edit(node.base, "a transpose too many", 1.2)


def _has_capitals(node: Node) -> bool:
    """Whether a name in an expression may be that of a matrix."""
    return any(isinstance(part, Name) and part.text[:1].isupper() for part in walk(node))
