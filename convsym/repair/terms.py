"""Edits of sums and products: signs, terms and factors that are lost, doubled or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product as combinations_of

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Sum_,
)
from convsym.latex.walking import walk
from convsym.repair.edit import Edit, Place, Setting, differential, distinct, is_derivative
from convsym.repair.tree import (
    NOWHERE,
    addition,
    at,
    bracketed,
    fraction,
    key,
    letter,
    negated,
    number,
    product,
    put,
    unbracketed,
    walk_paths,
)
from convsym.repair.vocabulary import cell_indices, size_node, with_indices

_LARGEST_SUM = 40
"""Terms up to which a sum's missing term is looked for among the neighbors of the others."""


def sum_edits(setting: Setting) -> Iterator[Edit]:
    """Signs flipped, terms dropped, exchanged, or inferred from their neighbors."""
    for place in setting.places:
        node = place.node
        if place.role in ("exponent", "limit"):
            yield from _sign_of(place)
        if place.role != "value":
            continue
        yield from _sign_of(place)
        if isinstance(node, Sum_):
            yield from _terms(place, node, setting)
            yield from _reach(place, node, setting)
        elif len(place.path) == 1 and isinstance(node, Product | Scripted | Fraction_):
            for neighbor in _neighbors(node, setting):
                yield place.edit(addition([("+", node), ("+", neighbor)]), "a term missing", 1.45)
        match node:
            case Scripted(base, None, power, 0) if power is not None and not isinstance(power, Number):
                negative = Scripted(base, None, negated(power), 0, NOWHERE)
                yield place.edit(negative, "wrong sign", 1.0)


def _sign_of(place: Place) -> Iterator[Edit]:
    node = place.node
    match node:
        case Signed("-" | "+", operand):
            yield place.edit(operand if node.sign == "-" else negated(operand), "wrong sign", 1.0)
        case Sum_(terms):
            for position, (sign, term) in enumerate(terms):
                if position == 0:
                    flipped = addition((("+", negated(term)), *terms[1:]))
                    if not isinstance(term, Signed):
                        yield place.edit(flipped, "wrong sign", 1.05)
                elif sign in "+-":
                    other = "-" if sign == "+" else "+"
                    new = replace(node, terms=(*terms[:position], (other, term), *terms[position + 1 :]))
                    yield place.edit(replace(new, span=NOWHERE), "wrong sign", 1.0)
            if len(terms) == 2 and terms[1][0] == "-" and not isinstance(terms[0][1], Signed):
                swapped = addition((("+", terms[1][1]), ("-", terms[0][1])))
                yield place.edit(swapped, "difference the other way round", 0.95)
        case _ if place.role == "exponent":
            if not isinstance(node, Number):
                yield place.edit(negated(node), "wrong sign", 1.0)


def _terms(place: Place, node: Sum_, setting: Setting) -> Iterator[Edit]:
    terms = node.terms
    for position in range(len(terms)):
        rest = terms[:position] + terms[position + 1 :]
        if position == 0 and rest[0][0] not in "+-":
            continue
        yield place.edit(addition(rest), "a term too many", 1.3)
    yield from _constant_term(place, node)
    if len(terms) > _LARGEST_SUM:
        return
    present = {key(term) for _, term in terms}
    offered = set()
    for position, (sign, term) in enumerate(terms):
        for neighbor in _neighbors(term, setting):
            said = key(neighbor)
            if said in present:
                continue
            if said not in offered:
                offered.add(said)
                longer = (
                    *terms[: position + 1],
                    (sign, neighbor),
                    *terms[position + 1 :],
                )
                yield place.edit(addition(longer), "a term missing", 1.45)
    # A damaged term is replaced by what its neighbors make of its place.
    for position, (sign, damaged) in enumerate(terms):
        for other, (_, term) in enumerate(terms):
            if abs(other - position) != 1:
                continue
            for neighbor in _neighbors(term, setting):
                if key(neighbor) not in present and _shares(neighbor, damaged, setting):
                    changed = (*terms[:position], (sign, neighbor), *terms[position + 1 :])
                    yield place.edit(addition(changed), "a term unlike its neighbors", 1.7)


def _reach(place: Place, node: Sum_, setting: Setting) -> Iterator[Edit]:
    """What should reach over the whole sum but was written on its first term only."""
    (sign, first), *rest = node.terms
    if sign != "+":
        return
    match first:
        case Fraction_(numerator, denominator) if not is_derivative(first):
            whole = addition([("+", numerator), *rest])
            yield place.edit(fraction(whole, denominator), "a fraction that ends too early", 1.4)
        case Product(((_, factor), *others)):
            inner = [f for _, f in others]
            if inner:
                whole = addition([("+", product(inner)), *rest])
                yield place.edit(product([factor, whole]), "brackets left out", 1.4)
    yield from _too_little(place, node, setting)
    if len(rest) == 1:
        sign, second = rest[0]
        match first, second:
            case (Scripted(a, i, Number("2"), 0), Scripted(b, j, Number("2"), 0)):
                one = a if i is None else Scripted(a, i, None, 0, NOWHERE)
                two = b if j is None else Scripted(b, j, None, 0, NOWHERE)
                for joint in dict.fromkeys((sign, "-", "+")):
                    inner_sum = Bracket("(", (addition([("+", unbracketed(one)), (joint, two)]),), NOWHERE)
                    squared = Scripted(inner_sum, None, Number("2", NOWHERE), 0, NOWHERE)
                    yield place.edit(squared, "a square taken term by term", 1.4)
                for joint in dict.fromkeys((sign, "-", "+")):
                    middle = product([Number("2", NOWHERE), unbracketed(one), unbracketed(two)])
                    whole = addition([("+", first), (joint, middle), ("+", second)])
                    yield place.edit(whole, "the middle term of a square missing", 1.4)


def _too_little(place: Place, node: Sum_, setting: Setting) -> Iterator[Edit]:
    """A divisor lost under all terms but a last constant one: (a - b) / S + 1."""
    *front, (sign, last) = node.terms
    if isinstance(last, Number) and len(front) > 1:
        for name in setting.vocabulary.sizes:
            quotient = fraction(addition(front), size_node(name))
            yield place.edit(addition([("+", quotient), (sign, last)]), "a divisor missing", 1.5)


def _constant_term(place: Place, node: Sum_) -> Iterator[Edit]:
    for sign in "+-":
        yield place.edit(addition((*node.terms, (sign, number(1)))), "a term missing", 1.5)


def _shares(one: Node, other: Node, setting: Setting) -> bool:
    """Whether two terms have a cell in common."""
    mine = {key(part) for part in walk(one) if cell_indices(part, setting.vocabulary)}
    return any(key(part) in mine for part in walk(other) if cell_indices(part, setting.vocabulary))


def _neighbors(term: Node, setting: Setting) -> Iterator[Node]:
    """The term with some families' numeric indices moved by the same small step."""
    cells = []
    for path, part in walk_paths(term):
        if isinstance(part, Scripted):
            found = cell_indices(part, setting.vocabulary)
            if found is not None and all(isinstance(i, Number) and i.text.isdigit() for i in found[1]):
                cells.append((path, part, found[0], [int(i.text) for i in found[1] if isinstance(i, Number)]))
    families = sorted({family for _, _, family, _ in cells})
    if not cells or len(families) > 5:
        return
    arity = max(len(values) for *_, values in cells)
    spread = (0, 1, -1, 2, -2) if arity <= 2 else (0, 1, -1)
    subsets = [frozenset(families)]
    if len(families) > 1:
        # In a chain rule the weight stays where it is while the output moves.
        subsets += [frozenset(families) - {family} for family in families]
    for moving in subsets:
        for step in combinations_of(spread, repeat=arity):
            if not any(step):
                continue
            new = term
            for path, part, family, values in cells:
                if family in moving and len(values) == arity:
                    moved = [value + offset for value, offset in zip(values, step, strict=True)]
                    if min(moved) < 0:
                        break
                    new = put(new, path, with_indices(part, tuple(number(value) for value in moved)))
            else:
                yield new


def product_edits(setting: Setting) -> Iterator[Edit]:
    """Factors dropped, inverted, or brought in from elsewhere in the equation."""
    atoms = distinct(_atoms(setting))
    for place in setting.places:
        if place.role != "value":
            continue
        node = place.node
        match node:
            case Product(factors) if not is_derivative(node):
                for position in range(len(factors)):
                    kept = [factor for other, (_, factor) in enumerate(factors) if other != position]
                    yield place.edit(product(kept), "a factor too many", 1.2)
                for position, (operator, _) in enumerate(factors):
                    if operator in ("/", "*", "cdot", "times"):
                        other = "cdot" if operator == "/" else "/"
                        changed = list(factors)
                        changed[position] = (other, changed[position][1])
                        new = replace(node, factors=tuple(changed), span=NOWHERE)
                        yield place.edit(new, "division for multiplication", 1.2)
                yield from _links(place, node)
                for atom in atoms:
                    yield place.edit(product([node, atom]), "a factor missing", 1.5)
                for _, factor in factors:
                    yield from _slopes(place, factor, product([node, _slope(factor)]))
                    yield from _slopes(place, factor, product([node, factor]))
            case Fraction_(numerator, denominator) if not is_derivative(node):
                yield place.edit(fraction(denominator, numerator), "fraction upside down", 1.2)
                yield place.edit(numerator, "a factor too many", 1.2)
                yield from _slopes(place, node, product([node, _slope(node)]))
            case Scripted() if _is_factor(node, setting):
                in_product = len(place.path) > 0 and isinstance(_parent(setting, place), Product)
                if not in_product:
                    for atom in atoms:
                        if key(atom) != key(node):
                            yield place.edit(product([node, atom]), "a factor missing", 1.5)
                yield from _slopes(place, node, product([node, _slope(node)]))
                yield from _partners(place, node, setting)
            case BigOperator(_, _, _, body) if not isinstance(body, Product | Scripted):
                for atom in atoms:
                    yield Edit(
                        (((*place.path, _body(node)), product([body, atom])),),
                        "a factor missing",
                        1.5 + place.extra,
                    )
            case Bracket("(" | "[", (Scripted() as only,)):
                yield from _partners(place, only, setting)
            case Bracket("(", (Sum_((("+", Number("1")), ("-", factor))),)):
                yield place.edit(factor, "1 - s for s", 1.3)
        if place.role == "value" and is_derivative(node) and isinstance(node, Fraction_):
            upside = Fraction_(
                put(node.numerator, (1,), _inner(node.denominator)),
                put(node.denominator, (1,), _inner(node.numerator)),
                NOWHERE,
            )
            yield place.edit(upside, "derivative the wrong way round", 1.2)


def _partners(place: Place, node: Scripted, setting: Setting) -> Iterator[Edit]:
    """A difference of which one side was lost: o for o - y."""
    found = cell_indices(node, setting.vocabulary)
    if found is None or node.superscript is not None:
        return
    for family, arity in setting.vocabulary.families.items():
        if family == found[0] or arity != len(found[1]):
            continue
        other = Scripted(letter(family), node.subscript, None, 0, NOWHERE)
        for terms in ((node, "-", other), (other, "-", node), (node, "+", other)):
            both = addition([("+", terms[0]), (terms[1], terms[2])])
            new = Bracket("(", (both,), NOWHERE)
            yield place.edit(new, "a term missing", 1.6)


def _inner(node: Node) -> Node:
    inner = differential(node)
    return node if inner is None else inner


def _body(node: BigOperator) -> int:
    return (node.lower is not None) + (node.upper is not None)


def _parent(setting: Setting, place: Place) -> Node | None:
    return at(setting.claim, place.path[:-1]) if place.path else None


def _is_factor(node: Node, setting: Setting) -> bool:
    return cell_indices(node, setting.vocabulary) is not None


def _slope(node: Node) -> Node:
    """1 - s in brackets: the other half of the slope of a sigmoid s."""
    return Bracket("(", (Sum_((("+", Number("1", NOWHERE)), ("-", bracketed(node))), NOWHERE),), NOWHERE)


def _slopes(place: Place, factor: Node, new: Node) -> Iterator[Edit]:
    """Completed slopes, where the factor may be the value of an activation."""
    if isinstance(factor, Number):
        return
    if isinstance(factor, Bracket):
        match factor:
            case Bracket("(", (Sum_((("+", Number("1")), ("-", value))),)):
                yield place.edit(product([value, place.node]), "a factor of a slope missing", 1.35)
        return
    yield place.edit(new, "a factor of a slope missing", 1.35)


def _links(place: Place, node: Product) -> Iterator[Edit]:
    """A chain rule's missing link: between two derivatives that do not meet."""
    factors = [factor for _, factor in node.factors]
    for position in range(len(factors) - 1):
        one, two = factors[position], factors[position + 1]
        if not (isinstance(one, Fraction_) and isinstance(two, Fraction_)):
            continue
        below, above = differential(one.denominator), differential(two.numerator)
        if below is None or above is None or key(below) == key(above):
            continue
        link = _derivative(below, above)
        new = product([*factors[: position + 1], link, *factors[position + 1 :]])
        yield place.edit(new, "a link of the chain rule missing", 1.2)


def _derivative(above: Node, below: Node) -> Fraction_:
    return Fraction_(
        Product((("", letter("partial")), ("", above)), NOWHERE),
        Product((("", letter("partial")), ("", below)), NOWHERE),
        NOWHERE,
    )


def chain_end_edits(setting: Setting) -> Iterator[Edit]:
    """The first or last link of a chain rule, where the claim's left side shows what it must be."""
    left = setting.claim.first
    if not isinstance(left, Fraction_) or not is_derivative(left):
        return
    top, bottom = differential(left.numerator), differential(left.denominator)
    for place in setting.places:
        node = place.node
        factors = [f for _, f in node.factors] if isinstance(node, Product) else [node]
        ends = [factors[0], factors[-1]]
        if place.role != "value" or not all(isinstance(f, Fraction_) and is_derivative(f) for f in ends):
            continue
        first, last = ends
        if not isinstance(first, Fraction_) or not isinstance(last, Fraction_):
            continue
        head, tail = differential(first.numerator), differential(last.denominator)
        if top is not None and head is not None and key(head) != key(top):
            new = product([_derivative(top, head), *factors])
            yield place.edit(new, "a link of the chain rule missing", 1.2)
        if bottom is not None and tail is not None and key(tail) != key(bottom):
            new = product([*factors, _derivative(tail, bottom)])
            yield place.edit(new, "a link of the chain rule missing", 1.2)


def _atoms(setting: Setting) -> Iterator[Node]:
    """What may be a lost factor: the cells and derivatives of the claim, and the bound families."""
    for place in setting.places:
        node = place.node
        if place.role != "value":
            continue
        if isinstance(node, Scripted) and cell_indices(node, setting.vocabulary):
            yield node
        if is_derivative(node) and place.path[0] > 0:
            yield node
    bound = list(setting.bound)
    free = [name for name in setting.indices if name not in setting.bound]
    for group in (bound, free):
        for family, arity in setting.vocabulary.families.items():
            if arity == len(group) and arity <= 2:
                base = Scripted(letter(family), Name("i", NOWHERE), None, 0, NOWHERE)
                yield with_indices(base, tuple(letter(name) for name in group))


def scaled(node: Node, *, times: Node | None = None, over: Node | None = None) -> Node:
    """The node multiplied or divided by a factor, written as an author would."""
    match node:
        case Signed(sign, operand):
            return Signed(sign, scaled(operand, times=times, over=over), NOWHERE)
        case Fraction_(numerator, denominator) if not is_derivative(node):
            if over is not None:
                return fraction(numerator, product([denominator, over]))
            if times is not None and isinstance(numerator, Number) and numerator.text == "1":
                return fraction(times, denominator)
    if over is not None:
        return fraction(node, over)
    if times is None:
        return node
    return product([times, node])
