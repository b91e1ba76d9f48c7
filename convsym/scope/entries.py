"""Matrices and their entries: [A B]_{i,j}, the vector of a sample x^{(i)}, and 1 - h, a number for every entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sympy import Rational

from convsym.errors import ScopeError
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Ellipsis_,
    Fraction_,
    Name,
    Node,
    Product,
    Scripted,
    Sum_,
)
from convsym.latex.walking import walk
from convsym.scope.dimensions import differential, is_differential
from convsym.scope.grid import ENTRYWISE_POWER, Grid, Jacobian
from convsym.scope.model import Cell, Index, OutOfRangeError, TypeClashError, latex_name
from convsym.scope.naming import SAMPLES, key, read_subscript, strip_group

if TYPE_CHECKING:
    from convsym.scope.algebra import Scalar
    from convsym.scope.elaborate import Elaborator, Env, Value
    from convsym.scope.model import Scope


_SMOOTH = frozenset({"tanh", "exp"})
"""Functions of one number that take all values of an interval."""


def open_entry(elaborator: Elaborator, cell: Cell) -> bool:
    r"""Whether a cell is an entry, at a free index, of what is defined as a whole: \theta_k where \theta = h W + b.

    What holds of the entries of any vector holds of these; nothing is refuted by it.

    Args:
        elaborator: evaluates in the document's scope; what is assumed is added to its guesses.
        cell: a variable.
    """
    rules = elaborator.scope.rules.get(cell.family)
    if not rules or not cell.indices or cell.layer is not None or cell.is_concrete:
        return False
    if any(rule.patterns or rule.layer for rule in rules):
        return False
    if any(error.name == cell.family for error in elaborator.scope.errors):
        return False
    elaborator.guesses.add(_taken(cell.family))
    return True


def _taken(name: str) -> str:
    return f"${latex_name(name)}$ is taken for any such vector, whatever it is made of"


def settle_entries(elaborator: Elaborator, sides: Sequence[Node]) -> bool:
    r"""Whether nothing a refuted claim rests on is likely only; entries that are certainly free are no longer guesses.

    In \partial J/\partial a_n the a_n vary, whatever a is: what fails for numbers a_n as they please fails for
    \sigma(w x + b) too, which takes all values of an interval.

    Args:
        elaborator: has evaluated the claim; its guesses are changed.
        sides: the two sides of the claim.
    """
    scope = elaborator.scope
    by: set[str | None] = set()
    for part in (part for side in sides for part in walk(side)):
        if (isinstance(part, Scripted) and part.primes) or (isinstance(part, Name) and part.text == "nabla"):
            return not elaborator.guesses
        if isinstance(part, Fraction_) and is_differential(part.numerator, part.denominator):
            below = differential(part.denominator)
            reference = None if below is None else scope.refer(below, {})
            by.add(reference.name if reference is not None and reference.indices else None)
    if len(by) == 1:
        name = next(iter(by))
        if name is not None and _is_of_full_range(name, scope):
            elaborator.guesses.discard(_taken(name))
    return not elaborator.guesses


def _is_of_full_range(name: str, scope: Scope, depth: int = 4) -> bool:
    """Whether a definition takes all values of an interval: a sum with a letter of its own, or \\sigma of one."""
    rules = scope.rules.get(name, [])
    if not rules:
        return scope.size(name) is None
    if len(rules) != 1 or rules[0].patterns or not depth:
        return False
    body = strip_group(rules[0].body)
    if isinstance(body, Sum_):
        letters = [scope.refer(term, {}) for _, term in body.terms if isinstance(strip_group(term), Name)]
        mentioned = [reference.name for reference in scope.mentions(body)]
        return any(
            r is not None
            and mentioned.count(r.name) == 1
            and not scope.rules.get(r.name)
            and scope.size(r.name) is None
            for r in letters
        )
    if isinstance(body, Product) and len(body.factors) == 2:
        head, argument = (strip_group(factor) for _, factor in body.factors)
        if isinstance(head, Name) and isinstance(argument, Bracket) and len(argument.items) == 1:
            inner = scope.refer(argument.items[0], {})
            rule = scope.functions.get(key(head))
            # A definition with a sum in it may be the softmax, whose values add up to one.
            smooth = key(head) in _SMOOTH or (
                rule is not None
                and rule.body is not None
                and not any(isinstance(part, Cases | BigOperator | Ellipsis_) for part in walk(rule.body))
            )
            return (
                smooth
                and inner is not None
                and not inner.indices
                and _is_of_full_range(inner.name, scope, depth - 1)
            )
    return False


def entry_of(elaborator: Elaborator, inner: Node, node: Scripted, env: Env) -> Scalar:
    """[A B]_{i,j}: an entry of a matrix expression, counted by rows and columns.

    Args:
        elaborator: evaluates in the document's scope.
        inner: the matrix expression.
        node: the whole, whose subscript says which entry.
        env: values of the letters that are bound outside.

    Raises:
        TypeClashError: the expression is no matrix.
        OutOfRangeError: it has no such entry.
        ScopeError: an index that is a label or a letter.
    """
    value = elaborator.value(inner, env)
    if isinstance(value, Jacobian):
        value = value.gradient()
    if not isinstance(value, Grid) or node.subscript is None:
        raise TypeClashError("an index on something that is no matrix")
    found = read_subscript(node.subscript, "", elaborator.scope.habits, env)
    if isinstance(found, str):
        raise ScopeError(f"the label {found} on a matrix expression")
    places = [elaborator.index(item, env) for item in found]
    base = 0 if any(family.base[0] == 0 for family in elaborator.scope.families.values()) else 1
    if not all(isinstance(place, int) for place in places) or len(places) > 2:
        raise ScopeError("a symbolic index on a matrix expression")
    row = int(places[0]) - base
    column = int(places[1]) - base if len(places) == 2 else 0
    if not (0 <= row < value.rows and 0 <= column < value.columns):
        raise OutOfRangeError(f"entry {row + base}, {column + base}", "it", f"which is {value.words()}")
    entry: Scalar = value.at(row, column)
    return entry if node.superscript is None else elaborator.raise_to(entry, node.superscript, env)


def sample_of(elaborator: Elaborator, name: str, indices: tuple[Index, ...]) -> Grid | None:
    """The vector x^{(i)}, where its entries are known to be counted by a further index; else None.

    Args:
        elaborator: evaluates in the document's scope.
        name: the family.
        indices: its indices as printed, the sample's first.
    """
    family = elaborator.scope.families.get(name) if name.endswith(SAMPLES) else None
    if family is None or family.arity != len(indices) + 1 or family.sizes[-1] is None:
        return None
    first, size = family.base[-1], family.sizes[-1]
    return Grid(
        size, 1, tuple(elaborator.cell(Cell(name, (*indices, first + place))) for place in range(size))
    )


def to_every_entry(elaborator: Elaborator, terms: list[Value], grids: list[Grid]) -> list[Value]:
    """The terms of a sum with the printed numbers among them given to every entry: 1 - h^2 of a vector h.

    Only a printed number is spread, over a vector, or over a matrix in a document that multiplies entry by entry.

    Args:
        elaborator: evaluates in the document's scope; what is assumed is added to it.
        terms: the values that are added.
        grids: the matrices among them, at least one.

    Raises:
        TypeClashError: a number that is computed is added to a matrix, or one to a matrix as a whole.
    """
    first = grids[0]
    numbers = [term for term in terms if not isinstance(term, Grid)]
    printed = all(isinstance(number, Rational) for number in numbers)
    if not printed or not (1 in (first.rows, first.columns) or elaborator.scope.survey.entrywise):
        raise TypeClashError(f"a number and {first.words()} are added")
    elaborator.assumed.add("a number is added to every entry")
    if any(grid.power for grid in grids):
        # 1 - A^2: beside a number that is added to its entries, A^2 is made of squares.
        elaborator.assumed.discard(ENTRYWISE_POWER)
    return [
        term if isinstance(term, Grid) else Grid(first.rows, first.columns, (term,) * len(first.cells))
        for term in terms
    ]
