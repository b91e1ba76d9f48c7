"""Indices, limits and sizes: integers where they can be, affine expressions where they must."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Dummy, Expr, Integer, KroneckerDelta, Rational, Symbol

from convsym.errors import BudgetExceeded, ScopeError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Product, Scripted, Signed, Sum_
from convsym.scope.algebra import Modular
from convsym.scope.model import Cell, Index, Scope
from convsym.scope.naming import Reference, key, strip_group

if TYPE_CHECKING:
    from convsym.scope.algebra import Scalar
    from convsym.scope.elaborate import Elaborator, Env


def index_value(elaborator: Elaborator, node: Node, env: Env) -> Index:
    """The value of an index, a limit or a size: an integer, or an affine expression."""
    node = strip_group(node)
    if isinstance(node, Number):
        if not node.text.isdigit():
            raise ScopeError(f"{node.text} is no index")
        return int(node.text) if len(node.text) < 10 else _too_large()
    if isinstance(node, Name):
        value = _index_name(elaborator, key(node), env)
        if value is not None:
            return value
        return Symbol(key(node), integer=True)
    if isinstance(node, Signed):
        value = index_value(elaborator, node.operand, env)
        return -value if node.sign == "-" else value
    if isinstance(node, Sum_):
        total: Index = 0
        for sign, term in node.terms:
            part = index_value(elaborator, term, env)
            total = total - part if sign == "-" else total + part
        return total
    if isinstance(node, Product):
        total = 1
        for operator, factor in node.factors:
            part = index_value(elaborator, factor, env)
            if operator == "/":
                total = _whole(Rational(1) * total / part)
            else:
                total = total * part
        return total
    if isinstance(node, Bracket) and node.kind in ("(", "group", "[") and len(node.items) == 1:
        return index_value(elaborator, node.items[0], env)
    if isinstance(node, Bracket) and node.kind in ("floor", "ceil") and len(node.items) == 1:
        inner = ratio_value(elaborator, node.items[0], env)
        return inner.__floor__() if node.kind == "floor" else inner.__ceil__()
    if isinstance(node, Fraction_):
        return _whole(
            Rational(1)
            * index_value(elaborator, node.numerator, env)
            / index_value(elaborator, node.denominator, env)
        )
    if isinstance(node, Scripted):
        reference = elaborator.scope.refer(node, env)
        if reference is not None and not reference.indices and reference.power is None:
            value = _index_name(elaborator, reference.name, env)
            return Symbol(reference.name, integer=True) if value is None else value
        if reference is not None and (size := _numbered_size(elaborator, reference, env)) is not None:
            return size
    raise ScopeError("an index that is no sum of letters and numbers")


def _numbered_size(elaborator: Elaborator, reference: Reference, env: Env) -> Index | None:
    """k_1, s_h, n_{l+1} in an index or a limit: a size with a label, where nothing computes cells of that name."""
    scope = elaborator.scope
    if reference.power is not None or reference.primes or reference.transposed or reference.layer is not None:
        return None
    if not reference.indices or scope.rules.get(reference.name) or scope.family(reference.name) is not None:
        return None
    labels = []
    for node in reference.indices:
        bare, value = strip_group(node), Integer(0) + index_value(elaborator, node, env)
        if value.has(Dummy) and not isinstance(bare, Name):
            return None  # it differs from term to term of a sum
        # The n_k of a filter k is one size for all of them.
        labels.append(
            key(bare) if value.has(Dummy) and isinstance(bare, Name) else str(value).replace(" ", "")
        )
    label = ",".join(labels)
    known = scope.sizes.get(f"{reference.name}_{label}")
    return Symbol(f"{reference.name}_{label}", integer=True) if known is None else known


def ratio_value(elaborator: Elaborator, node: Node, env: Env) -> Fraction:
    """A number written with sizes, exactly."""
    value = elaborator.fresh().scalar(node, env)
    if not isinstance(value, Rational):
        raise ScopeError("a number is needed here")
    return Fraction(int(value.p), int(value.q))


def _too_large() -> Index:
    raise BudgetExceeded("an index of more than nine digits")


def _index_name(elaborator: Elaborator, name: str, env: Env) -> Index | None:
    if name in env:
        value = env[name]
        if isinstance(value, int) or (
            isinstance(value, Expr) and not isinstance(elaborator.algebra, Modular)
        ):
            return int(value) if isinstance(value, Integer) else value
        raise ScopeError(f"{name} is no index here")
    size = elaborator.scope.size(name)
    if size is not None:
        return size
    return _defined_size(elaborator, name)


def _defined_size(elaborator: Elaborator, name: str) -> Index | None:
    for rule in reversed(elaborator.scope.rules.get(name, [])):
        if not rule.patterns and rule.layer is None:
            cell = Cell(name)
            if cell in elaborator._open:
                return None
            elaborator._open.add(cell)
            try:
                value = ratio_value(elaborator, rule.body, {})
            except ScopeError:
                return None
            finally:
                elaborator._open.discard(cell)
            return int(value) if value.denominator == 1 else None
    return None


def _whole(value: Expr) -> Index:
    if isinstance(value, Integer):
        return int(value)
    if isinstance(value, Rational):
        raise ScopeError(f"the index {value} is no integer")
    return value


def is_kronecker(scope: Scope, name: str, indices: tuple[Index, ...]) -> bool:
    """Whether \\delta_{ij} is 1 for i = j and 0 otherwise here, and no error and no family of the document's own.

    The document must say so, or write it beside a derivative of one index by the other.
    """
    if name != "delta" or len(indices) != 2 or scope.rules.get(name) or scope.family(name) is not None:
        return False
    if any(name in pair for pair in scope.survey.partials) or scope.values.get(name):
        return False
    return "kronecker" in scope.words or scope.survey.kronecker


def kronecker(elaborator: Elaborator, indices: tuple[Index, ...]) -> Scalar:
    """The Kronecker delta of two indices."""
    elaborator.assumed.add("$\\delta_{ij}$ is 1 for $i = j$ and 0 otherwise")
    one, other = (Integer(0) + index for index in indices)
    if (one - other).is_Integer:
        return elaborator.algebra.number(Fraction(int(one == other)))
    if isinstance(elaborator.algebra, Modular):
        raise ScopeError("a symbolic index")
    return KroneckerDelta(one, other)
