"""Targets that add up to one: the weights of the logarithms in a cross-entropy, wherever that is said or needed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from sympy import Add, Dummy, Expr, Indexed, IndexedBase, Integer, Sum, Symbol

from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Equation, Name, Node, Number, Product, Scripted, Signed
from convsym.latex.walking import walk
from convsym.scope.model import Index, Scope, latex_name
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.summation import bound_letters
from convsym.verdict import Proved, Refuted

if TYPE_CHECKING:
    from convsym.scope.judge import Judge, Judgment

ONLY_ONE = r"\bonly\b[^.]{0,60}\b(?:is|equals?|=)\s*\$?1\b"
"""What a text says of a target with a single 1: only the k-th entry is 1."""
SAID = re.compile(
    ONLY_ONE
    + r"|one[- ]?hot|(?:sums?|adds?) (?:up )?to (?:one|unity|\$?1\b)|probability (?:distribution|vector)|独热|概率分布",
    re.I,
)
"""Words by which a document says that some numbers add up to one."""
_LOGARITHMS = frozenset({"log", "ln"})


def log_weights(scope: Scope, nodes: Iterable[Node] = ()) -> set[str]:
    r"""The families of inputs that weigh logarithms under a sum: y of -\sum_k y_k \log p_k.

    Args:
        scope: whose definitions are searched.
        nodes: what else is searched.
    """
    return {name for name, arity, _ in _weights(scope, nodes) if arity == 1}


def _weights(scope: Scope, nodes: Iterable[Node] = ()) -> Iterator[tuple[str, int, Node]]:
    """The families of inputs that weigh logarithms: the number of indices of each, and the product it stands in."""
    bodies = [rule.body for rules in scope.rules.values() for rule in rules]
    bodies += [rule.body for rule in scope.functions.values() if rule.body is not None]
    bodies += nodes
    for body in bodies:
        for operator in walk(body):
            if not isinstance(operator, BigOperator) or operator.operator != "sum":
                continue
            inner = strip_group(operator.body)
            while isinstance(inner, Signed):
                inner = strip_group(inner.operand)
            if not isinstance(inner, Product) or not any(_is_logarithm(part) for part in walk(inner)):
                continue
            heads = [place for place, (_, f) in enumerate(inner.factors) if _is_logarithm(f)]
            for place, (_, factor) in enumerate(inner.factors):
                reference = scope.refer(factor, {}) if isinstance(strip_group(factor), Scripted) else None
                if reference is None or scope.rules.get(reference.name):
                    continue
                # What a logarithm is taken of weighs nothing.
                if len(reference.indices) < 2 or place - 1 not in heads:
                    yield reference.name, len(reference.indices), inner


def _is_logarithm(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Name) and key(node) in _LOGARITHMS


def class_axes(scope: Scope, equations: Iterable[Equation]) -> dict[str, int | None]:
    r"""The families of targets with a sample and a class, y_{ij}, and which of its two indices is the class.

    The document tells it by \sum_k y_{ik} = 1, or by the softmax e^{z_{ij}} / \sum_k e^{z_{ik}} whose logarithm they
    weigh; None where it does not.

    Args:
        scope: whose definitions are searched.
        equations: all that the document prints.
    """
    stated: dict[str, int | None] = {}
    for name, place in _unit_sums(scope, equations):
        if place is not None:
            # Sums over either index say of neither that it counts the classes.
            stated[name] = place if stated.get(name, place) == place else None
    return {
        name: stated[name] if name in stated else _normalized_axis(product, scope)
        for name, arity, product in _weights(scope)
        if arity == 2
    }


def _normalized_axis(product: Node, scope: Scope) -> int | None:
    """Over which of two indices a softmax in a product runs with the sum below it."""
    axes: set[int] = set()
    for reference in scope.mentions(product):
        for rule in scope.rules.get(reference.name, []) if len(reference.indices) == 2 else ():
            letters = [pattern.parameter for pattern in rule.patterns]
            for part in walk(rule.body):
                if isinstance(part, BigOperator) and part.operator == "sum":
                    for inner in scope.mentions(part.body):
                        names = _letters(inner)
                        if len(names) == len(letters) == 2:
                            axes |= {place for place in (0, 1) if names[place] != letters[place]}
    return axes.pop() if len(axes) == 1 else None


def _letters(reference: Reference) -> list[str | None]:
    indices = [strip_group(index) for index in reference.indices]
    return [key(index) if isinstance(index, Name) else None for index in indices]


def said_normalized(scope: Scope, equations: Iterable[Equation]) -> set[str]:
    r"""The log weights that the document says add up to one, in words or by \sum_k y_k = 1."""
    weights = {name for name, arity, _ in _weights(scope) if arity in (1, 2)}
    if SAID.search(scope.words):
        return weights
    return weights & {name for name, _ in _unit_sums(scope, equations)}


def _unit_sums(scope: Scope, equations: Iterable[Equation]) -> Iterator[tuple[str, int | None]]:
    r"""The families of \sum_k y_k = 1 and \sum_k y_{ik} = 1, with the place of the index that the sum runs over."""
    for equation in equations:
        for row in equation.rows:
            ends = [row.first, *(node for _, node in row.links)]
            if not any(node is not None and _is_one(node) for node in ends):
                continue
            for node in ends:
                inner = None if node is None else strip_group(node)
                if isinstance(inner, BigOperator) and inner.operator == "sum":
                    reference = scope.refer(inner.body, {})
                    if reference is not None and reference.power is None:
                        bound: set[str] = set()
                        with suppress(ConvsymError):
                            bound = {letter for letter, _ in bound_letters(inner)}
                        places = [n for n, letter in enumerate(_letters(reference)) if letter in bound]
                        yield reference.name, places[0] if len(places) == 1 else None


def states_unit_sum(left: Node, right: Node, scope: Scope, names: Collection[str]) -> bool:
    """Whether a relation is itself the condition that some family adds up to one.

    Args:
        left, right: its sides.
        scope: it is read in.
        names: the families.
    """
    for total, one in ((left, right), (right, left)):
        inner = strip_group(total)
        if _is_one(one) and isinstance(inner, BigOperator) and inner.operator == "sum":
            reference = scope.refer(inner.body, {})
            if reference is not None and reference.power is None and reference.name in names:
                return True
    return False


def _is_one(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Number) and node.text == "1"


def with_unit_sums(sides: Iterable[Expr], axes: Mapping[str, int], scope: Scope) -> list[Expr] | None:
    r"""The sides with every y_k as u_k / \sum_m u_m, u arbitrary; None where the range of some family is not known.

    Whatever holds for all u holds for all y that add up to one, and the other way round.
    """
    mapping: dict[Expr, Expr] = {}
    sides = list(sides)
    families = {latex_name(name): name for name in axes}
    for atom in {atom for side in sides for atom in side.atoms(Symbol, Indexed)}:
        cell = scope.cells.get(atom)
        if isinstance(atom, Indexed):
            # A derivative may have named the letters of its sums anew: such a cell is known by its family alone.
            name, indices = families.get(str(atom.base.label)), tuple(atom.indices)
        elif cell is not None and cell.layer is None and cell.family in axes:
            name, indices = cell.family, tuple(Integer(0) + index for index in cell.indices)
        else:
            continue
        if name is None or not axes[name] < len(indices) <= 2:
            continue
        axis = axes[name]
        span = range_of(name, scope, axis)
        if span is None:
            return None
        low, high = (Integer(0) + end for end in span)
        free, index = IndexedBase(f"u_{{{latex_name(name)}}}"), indices[axis]
        before, behind = indices[:axis], indices[axis + 1 :]
        if low.is_Integer and high.is_Integer:
            rest = "".join(f"_{{{other}}}" for other in (*before, *behind))
            letters = {n: Symbol(f"{free.label}_{{{n}}}{rest}") for n in range(int(low), int(high) + 1)}
            if not index.is_Integer or int(index) not in letters:
                return None
            mapping[atom] = letters[int(index)] / Add(*letters.values())
        else:
            letter = Dummy("m", integer=True)
            total = Sum(free[(*before, letter, *behind)], (letter, low, high))
            mapping[atom] = free[indices] / total
    return [side.xreplace(mapping) for side in sides]


def range_of(name: str, scope: Scope, axis: int = 0) -> tuple[Index, Index] | None:
    """First and last index of a family with one, or of one of two; None where they are not known."""
    family = scope.families.get(name)
    if family is not None and axis < family.arity <= 2 and (size := family.sizes[axis]) is not None:
        return family.base[axis], family.base[axis] + size - 1
    if (name, axis) in scope.axes:
        return scope.axes[name, axis]
    spans = scope.ranges.get((name, axis), set())
    return next(iter(spans)) if len(spans) == 1 else None


def holds_with_unit_sums(judge: Judge, judgment: Judgment, axes: Mapping[str, int]) -> bool | None:
    """Whether a claim that fails as it stands is true where some families add up to one; None where it is open.

    Args:
        judge: who judged the claim, just now.
        judgment: what was found about it.
        axes: the families, each with the place of the index that its sum runs over.
    """
    found: bool | None = bool(judgment.pairs)
    try:
        for _, a, b in judgment.pairs:
            sides = with_unit_sums((judge.unfold(a), judge.unfold(b)), axes, judge.scope)
            outcome = None if sides is None else judge.decide(*sides)
            if isinstance(outcome, Refuted):
                return False
            found = found if isinstance(outcome, Proved) else None
    except (ConvsymError, RecursionError, TypeError, ValueError):
        return None
    return found
