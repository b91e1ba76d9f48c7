"""Questions about the printed form of a node or a rule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, is_dataclass

from convsym.latex.syntax import Bracket, Fraction_, Matrix, Name, Node, Number, Product, Scripted, Signed
from convsym.latex.walking import children, walk
from convsym.scope.model import Family, Rule, Scope
from convsym.scope.naming import key, strip_group


def overlap(one: Rule, other: Rule) -> bool:
    """Whether two rules define a cell in common."""
    if len(one.patterns) != len(other.patterns) or (one.layer is None) != (other.layer is None):
        return False
    pairs = list(zip(one.patterns, other.patterns, strict=True))
    if one.layer is not None and other.layer is not None:
        pairs.append((one.layer, other.layer))
        numbers = [layer.offset for layer in (one.layer, other.layer) if layer.parameter is None]
        if len(numbers) == 1 and numbers[0] <= 0:
            return False  # a^{(0)} is the input: no general layer lies beneath the first one
    return all(a.parameter or b.parameter or a.offset == b.offset for a, b in pairs)


def same_layout(one: Family, other: Family) -> bool:
    """Whether two printed matrices show one family in one order."""
    return (one.arity, one.base, one.sizes, one.columns_first) == (
        other.arity,
        other.base,
        other.sizes,
        other.columns_first,
    )


def integer_of(node: Node) -> int | None:
    """The integer that a node prints, or None."""
    node = strip_group(node)
    if isinstance(node, Number) and node.text.isdigit() and len(node.text) < 7:
        return int(node.text)
    return None


def is_numeric(node: Node | None) -> bool:
    """Whether a node is a printed number, with sign or as a fraction."""
    if node is None:
        return False
    node = strip_group(node)
    if isinstance(node, Number):
        return True
    if isinstance(node, Signed):
        return is_numeric(node.operand)
    if isinstance(node, Fraction_):
        return is_numeric(node.numerator) and is_numeric(node.denominator)
    if isinstance(node, Product) and len(node.factors) == 2 and node.factors[1][0] == "/":
        return all(is_numeric(factor) for _, factor in node.factors)
    return isinstance(node, Bracket) and len(node.items) == 1 and is_numeric(node.items[0])


def prints_numbers(node: Node) -> bool:
    """Whether a node is a printed number, or a list or a matrix of them."""
    node = strip_group(node)
    if isinstance(node, Matrix):
        return all(is_numeric(cell) for row in node.rows for cell in row)
    if isinstance(node, Bracket) and len(node.items) > 1:
        return all(prints_numbers(item) for item in node.items)
    return is_numeric(node)


def is_fixed_cell(node: Node, scope: Scope) -> bool:
    """Whether an argument is a cell by a number, the \\theta_0 of J(\\theta_0, \\theta_1)."""
    reference = scope.refer(node, {}) if isinstance(node, Scripted) else None
    return (
        reference is not None
        and bool(reference.indices)
        and all(isinstance(strip_group(index), Number) for index in reference.indices)
        and reference.power is None
        and not reference.primes
        and not reference.transposed
    )


def speaks_of(name: str, node: Node, scope: Scope) -> bool:
    """Whether a name stands in a formula."""
    return any(reference.name == name for reference in scope.mentions(node))


def is_indexed_by(node: Node, names: Collection[str]) -> bool:
    """Whether a formula has some of these names, and has them as indices only: the i and j of S(i, j).

    A loss J(w, b) may be a sum in which neither of them is printed.

    Args:
        node: the formula.
        names: what stands in the brackets behind the name that it defines.
    """
    printed = {key(part) for part in walk(node) if isinstance(part, Name)}
    return bool(printed & set(names)) and not has_factor(node, names)


def has_factor(node: Node, names: Collection[str]) -> bool:
    """Whether a name takes part in a formula as a value, as the w of J(w, b), and not only as an index or a place.

    Indices stand in subscripts, places in the brackets behind a name: I(i + m, j + n). A name in the subscript of
    what is applied, f_{w,b}(x), is a value that the function is made of.
    """
    node = strip_group(node)
    if isinstance(node, Name):
        return key(node) in names
    if isinstance(node, Scripted):
        return has_factor(node.base, names) or (
            node.superscript is not None and has_factor(node.superscript, names)
        )
    if isinstance(node, Product):
        before: Node | None = None
        for operator, factor in node.factors:
            inner = strip_group(factor)
            if operator == "" and isinstance(inner, Bracket) and isinstance(before, Name | Scripted):
                made_of = before.subscript if isinstance(before, Scripted) else None
                if made_of is not None and has_factor(made_of, names):
                    return True
            elif has_factor(inner, names):
                return True
            before = inner
        return False
    return any(has_factor(child, names) for child in children(node))


def printed_shape(node: Node) -> object:
    """A node without its spans: equal for two nodes that are printed alike."""
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind == "group" and len(node.items) == 1:
        return printed_shape(node.items[0])

    def plain(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(plain(item) for item in value)
        if is_dataclass(value) and not isinstance(value, type):
            return (
                type(value).__name__,
                *(plain(getattr(value, f.name)) for f in fields(value) if f.name != "span"),
            )
        return value

    return plain(node)


def is_value_at(arguments: Sequence[Node], value: Node, scope: Scope) -> bool:
    """Whether what a function is said to be is its value at a point: numbers, or nothing of its arguments.

    Args:
        arguments: what the function is applied to.
        value: what it is said to be.
        scope: what the document has introduced.
    """
    named = [key(argument) for argument in arguments if isinstance(argument, Name)]
    return prints_numbers(value) or not any(speaks_of(name, value, scope) for name in named)


def has_number(arguments: Sequence[Node], scope: Scope) -> bool:
    """Whether what a function is applied to has numbers: f(x) = 9 after x = 3 is its value there.

    Args:
        arguments: the names that it is applied to.
        scope: what the document has introduced.
    """
    return any(isinstance(one, Name) and scope.sizes.get(key(one)) is not None for one in arguments)


def says_dependence(left: Node, right: Node) -> bool:
    """Whether a relation says what its left side depends on and nothing else: L = L(a, b)."""
    right = strip_group(right)
    if not isinstance(right, Product) or len(right.factors) != 2 or right.factors[1][0]:
        return False
    head, arguments = right.factors[0][1], strip_group(right.factors[1][1])
    if not isinstance(arguments, Bracket) or arguments.kind not in ("(", "["):
        return False
    return isinstance(strip_group(left), Name | Scripted) and printed_shape(head) == printed_shape(left)


def transposed(node: Node) -> Node:
    """The node with the sign of a transpose."""
    span = node.span
    return Scripted(Bracket("(", (node,), span), None, Name("T", span), 0, span)


def prints_decimal(node: Node) -> bool:
    """Whether a number with a decimal point stands somewhere in a node."""
    return any(isinstance(part, Number) and "." in part.text for part in walk(node))
