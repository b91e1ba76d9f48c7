r"""What a derivative is taken by is a variable: the 2 of \partial w_{11}^2 and the prime of \partial w_{11}' name it.

A name with a name below it, a_{h_1} beside h_1, is the cell of a family of its own as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple_,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.lost import behind_partial
from convsym.scope.naming import key, strip_group, with_primes

# What is named by its square.
_VARIANCES = frozenset({"sigma", "varsigma"})


def with_marked_variables(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same equations, in which the marks that belong to the name of a variable are part of it.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    nodes = [node for equation in equations.values() for row in equation.rows for node in walk(row)]
    variables = [below for node in nodes if (below := _differentiated_by(node)) is not None]
    raised, primed = _raised(variables), _primed(variables, nodes)
    nested = _nested(nodes)
    if not raised and not primed and not nested:
        return dict(equations)

    def change(node: Node) -> Node | None:
        if not isinstance(node, Scripted) or not isinstance(base := strip_group(node.base), Name):
            return None
        if node.primes and key(base) in primed:
            subscript = None if node.subscript is None else rewritten(node.subscript, change)
            name = with_primes(base, node.primes)
            if subscript is None and node.superscript is None:
                return name
            return replace(node, base=name, subscript=subscript, primes=0)
        if key(base) in raised and (above := _number_above(node)) is not None:
            return replace(node, superscript=Bracket("(", (above,), above.span))
        below = _name_below(node)
        if below is not None and below in nested:
            inner = strip_group(node.subscript) if node.subscript is not None else None
            assert isinstance(inner, Scripted)
            name = replace(base, text=f"{base.text}_{below}", span=node.span)
            return replace(node, base=name, subscript=inner.subscript)
        return None

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def _differentiated_by(node: Node) -> Scripted | None:
    r"""The x of a first derivative by \partial x, where it carries scripts."""
    if not isinstance(node, Fraction_):
        return None
    below = behind_partial(node.denominator)
    above = [part for part in walk(node.numerator) if isinstance(part, Scripted)]
    if any(
        isinstance(base := strip_group(part.base), Name) and base.text in ("partial", "d") for part in above
    ):
        return None  # \partial^2 L / \partial w^2: the 2 counts derivatives
    return below if isinstance(below, Scripted) else None


def _number_above(node: Scripted) -> Number | None:
    above = None if node.superscript is None else strip_group(node.superscript)
    return above if isinstance(above, Number) and above.text.isdigit() else None


def _raised(variables: Sequence[Scripted]) -> set[str]:
    r"""Names by whose cells with a number above is differentiated, \partial w_{11}^2, and never by one without."""
    marked: set[str] = set()
    plain: set[str] = set()
    for variable in variables:
        if isinstance(base := strip_group(variable.base), Name) and _stands_at_numbers(variable):
            if _number_above(variable) is not None:
                marked.add(key(base))
            elif variable.superscript is None and not variable.primes:
                plain.add(key(base))
    return marked - plain


def _stands_at_numbers(variable: Scripted) -> bool:
    r"""Whether all indices are numbers; \sigma_B^2 is the square that a variance is named by."""
    below = None if variable.subscript is None else strip_group(variable.subscript)
    indices = below.items if isinstance(below, Tuple_) else (below,)
    base = strip_group(variable.base)
    named = isinstance(base, Name) and base.text not in _VARIANCES
    return named and all(index is not None and isinstance(strip_group(index), Number) for index in indices)


def _primed(variables: Sequence[Scripted], nodes: Sequence[Node]) -> set[str]:
    r"""Names by whose primed cells is differentiated, \partial w_{11}', and which are applied to nothing."""
    found = {
        key(base)
        for variable in variables
        if variable.primes and variable.subscript is not None
        if isinstance(base := strip_group(variable.base), Name)
    }
    return found - {name for node in nodes for name in _applied(node)}


def _applied(node: Node) -> Iterator[str]:
    """Names with a prime in front of a bracket: f'(x) is a derivative."""
    if not isinstance(node, Product):
        return
    for (_, first), (operator, second) in zip(node.factors, node.factors[1:], strict=False):
        head = strip_group(first)
        if operator or not isinstance(head, Scripted) or not head.primes:
            continue
        if isinstance(strip_group(second), Bracket) and isinstance(base := strip_group(head.base), Name):
            yield key(base)


# ---------------------------------------------------------------------- names below names


def _name_below(node: Node) -> str | None:
    """The h of a_{h_1}; None where nothing of the kind stands below."""
    if not isinstance(node, Scripted) or node.subscript is None:
        return None
    below = strip_group(node.subscript)
    if not isinstance(below, Scripted) or below.superscript is not None or below.primes:
        return None
    letter = strip_group(below.base)
    number = None if below.subscript is None else strip_group(below.subscript)
    if not isinstance(letter, Name) or not isinstance(number, Number) or not number.text.isdigit():
        return None
    return letter.text if not letter.font else None


def _nested(nodes: Sequence[Node]) -> set[str]:
    """The letters of quantities h_1, h_2 that stand below other names, where none of them counts anything."""
    found = {below for node in nodes if (below := _name_below(node)) is not None}
    if not found:
        return found
    inner = {
        id(strip_group(node.subscript))
        for node in nodes
        if isinstance(node, Scripted) and node.subscript is not None
    }
    alone: set[str] = set()
    for node in nodes:
        if (
            isinstance(node, Scripted)
            and id(node) not in inner
            and isinstance(base := strip_group(node.base), Name)
        ):
            if node.subscript is not None and isinstance(strip_group(node.subscript), Number):
                alone.add(base.text)
    bound = {
        part.text
        for node in nodes
        if isinstance(node, BigOperator) and node.lower is not None
        for part in walk(node.lower)
        if isinstance(part, Name)
    }
    return (found & alone) - bound


__all__ = ["with_marked_variables"]
