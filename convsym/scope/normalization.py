"""Targets that add up to one: the weights of the logarithms in a cross-entropy, wherever that is said or needed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from sympy import Add, Dummy, Expr, Indexed, IndexedBase, Integer, Sum, Symbol

from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Equation, Name, Node, Number, Product, Scripted, Signed
from convsym.latex.walking import walk
from convsym.scope.model import Index, Scope, latex_name
from convsym.scope.naming import key, strip_group
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
    """The families of inputs that weigh logarithms under a sum: y of -\\\\sum_k y_k \\\\log p_k.

    Args:
        scope: whose definitions are searched.
        nodes: what else is searched.
    """
    found: set[str] = set()
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
            if isinstance(inner, Product) and any(
                isinstance(part, Name) and key(part) in _LOGARITHMS for part in walk(inner)
            ):
                found |= {
                    reference.name
                    for _, factor in inner.factors
                    if isinstance(strip_group(factor), Scripted)
                    and (reference := scope.refer(factor, {})) is not None
                    and len(reference.indices) == 1
                    and not scope.rules.get(reference.name)
                }
    return found


def said_normalized(scope: Scope, equations: Iterable[Equation]) -> set[str]:
    """The log weights that the document says add up to one, in words or by \\\\sum_k y_k = 1."""
    weights = log_weights(scope)
    if SAID.search(scope.words):
        return weights
    found: set[str] = set()
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
                        found.add(reference.name)
    return weights & found


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


def with_unit_sums(sides: Iterable[Expr], names: Collection[str], scope: Scope) -> list[Expr] | None:
    """The sides with every y_k as u_k / \\\\sum_m u_m, u arbitrary; None where the range of some family is not known.

    Whatever holds for all u holds for all y that add up to one, and the other way round.
    """
    mapping: dict[Expr, Expr] = {}
    sides = list(sides)
    families = {latex_name(name): name for name in names}
    for atom in {atom for side in sides for atom in side.atoms(Symbol, Indexed)}:
        cell = scope.cells.get(atom)
        if isinstance(atom, Indexed):
            # A derivative may have named the letters of its sums anew: such a cell is known by its family alone.
            name, indices = families.get(str(atom.base.label)), tuple(atom.indices)
        elif cell is not None and cell.layer is None and cell.family in names:
            name, indices = cell.family, tuple(Integer(0) + index for index in cell.indices)
        else:
            continue
        if name is None or len(indices) != 1:
            continue
        span = range_of(name, scope)
        if span is None:
            return None
        low, high = (Integer(0) + end for end in span)
        free, index = IndexedBase(f"u_{{{latex_name(name)}}}"), indices[0]
        if low.is_Integer and high.is_Integer:
            letters = {n: Symbol(f"{free.label}_{{{n}}}") for n in range(int(low), int(high) + 1)}
            if not index.is_Integer or int(index) not in letters:
                return None
            mapping[atom] = letters[int(index)] / Add(*letters.values())
        else:
            letter = Dummy("m", integer=True)
            mapping[atom] = free[index] / Sum(free[letter], (letter, low, high))
    return [side.xreplace(mapping) for side in sides]


def range_of(name: str, scope: Scope) -> tuple[Index, Index] | None:
    """First and last index of a family with one, or None where they are not known."""
    family = scope.families.get(name)
    if family is not None and family.arity == 1 and family.sizes[0] is not None:
        return family.base[0], family.base[0] + family.sizes[0] - 1
    if (name, 0) in scope.axes:
        return scope.axes[name, 0]
    spans = scope.ranges.get((name, 0), set())
    return next(iter(spans)) if len(spans) == 1 else None


def holds_with_unit_sums(judge: Judge, judgment: Judgment, names: Collection[str]) -> bool | None:
    """Whether a claim that fails as it stands is true where some families add up to one; None where it is open.

    Args:
        judge: who judged the claim, just now.
        judgment: what was found about it.
        names: the families.
    """
    found: bool | None = bool(judgment.pairs)
    try:
        for _, a, b in judgment.pairs:
            sides = with_unit_sums((judge.unfold(a), judge.unfold(b)), names, judge.scope)
            outcome = None if sides is None else judge.decide(*sides)
            if isinstance(outcome, Refuted):
                return False
            found = found if isinstance(outcome, Proved) else None
    except (ConvsymError, RecursionError, TypeError, ValueError):
        return None
    return found
