r"""General lines behind a worked example: \sum_{m=1}^{K} F_m x_{i+m-1} where F_1 and F_2 are all the cells there are.

The letter of such a limit has the value that the example gives it; at another one the line speaks of other cells, and
what fails there is no counterexample. The same goes for a stride where the words before a line say that it is 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from math import prod

from sympy import Expr, Integer, Symbol

from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Product
from convsym.latex.walking import walk
from convsym.scope.elaborate import Elaborator
from convsym.scope.judge import Judge, Judgment
from convsym.scope.kinds import decide
from convsym.scope.model import Scope, latex_name
from convsym.scope.statements import Statement
from convsym.scope.summation import direct_uses, ranges_of
from convsym.verdict import Refuted, Unsupported

_WRITTEN, _BEFORE = "in the cells that are written out", "the words before it say"
_STRIDES = frozenset({"S", "s", "stride"})
_UNIT_STRIDE = re.compile(
    r"\bunit[- ]strides?\b|\bstrides?\W{0,3}(?:(?:of|is|are|equals?)\W{0,3})?(?:one|1)\b", re.I
)


def judged_at_example(judge: Judge, statement: Statement, judgment: Judgment) -> Judgment | None:
    """What a claim comes to at the sizes of the cells that are written out, where it does not hold for all; else None.

    Args:
        judge: for the scope of the claim.
        statement: the claim.
        judgment: what was found about it.
    """
    if judgment.holds:
        return None
    strides = _strides(judge.scope) if _UNIT_STRIDE.search(_sentence(statement.display.before)) else {}
    sizes = {**(_sizes(statement, judge.scope) if _cells(statement, judge.scope) else {}), **strides}
    if not sizes:
        return None
    scope = judge.scope.copy()
    scope.sizes.update(sizes)
    scope.axes, scope.open_sizes = dict(judge.scope.axes), set(judge.scope.open_sizes)
    words = {name: f"${latex_name(name)} = {size}$" for name, size in sizes.items()}
    found = decide(Judge(scope, judge.budget, judge.clock), statement.left, statement.right, statement.apart)
    reads_beyond = found.out_of_range is not None and not _is_written_out(statement, scope)
    if found.holds or (isinstance(found.outcome, Refuted) and not reads_beyond):
        found.assumed.update(
            f"{said}, as {_BEFORE if name in strides else _WRITTEN}" for name, said in words.items()
        )
        return found
    if isinstance(judgment.outcome, Refuted):
        return Judgment(Unsupported(f"it is said of {', '.join(sorted(words.values()))}, and open there"))
    return None


def _sentence(before: str) -> str:
    """The sentence that leads to a display."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z$])|\n\s*\n", before.strip())[-1]


def _strides(scope: Scope) -> dict[str, int]:
    r"""The letters S of indices X_{i S + m} in definitions, where nothing gives them a value."""
    found: dict[str, int] = {}
    for rules in scope.rules.values():
        for rule in rules:
            for reference in scope.mentions(rule.body):
                for part in (part for index in reference.indices for part in walk(index)):
                    for _, factor in part.factors if isinstance(part, Product) else ():
                        with suppress(ConvsymError):
                            value = Elaborator(scope).index(factor, {})
                            if isinstance(value, Symbol) and value.name.partition("_")[0] in _STRIDES:
                                found[value.name] = 1
    return found


def _cells(statement: Statement, scope: Scope) -> set[tuple[int, ...]]:
    """The single cells that have lines of their own, of what a line gives in general."""
    reference = scope.refer(statement.left, {})
    if reference is None or not reference.indices:
        return set()
    rules = scope.rules.get(reference.name, [])
    if any(rule.is_general for rule in rules):
        return set()
    return {tuple(pattern.offset for pattern in rule.patterns) for rule in rules if rule.patterns}


def _is_written_out(statement: Statement, scope: Scope) -> bool:
    """Whether every cell of what a line gives has a line of its own: each one exists, and so does what it reads."""
    reference = scope.refer(statement.left, {})
    family = None if reference is None else scope.family(reference.name)
    return family is not None and len(_cells(statement, scope)) == prod(size or 0 for size in family.sizes)


def _sizes(statement: Statement, scope: Scope) -> dict[str, int]:
    """The values of letters that limit sums, by what the sums run over; empty where two do not agree."""
    found: dict[str, int] = {}
    for side in (statement.left, statement.right):
        for part in walk(side):
            if not isinstance(part, BigOperator) or part.upper is None:
                continue
            for name, size in _limits(part, scope):
                if found.setdefault(name, size) != size:
                    return {}
    return found


def _limits(part: BigOperator, scope: Scope) -> Iterator[tuple[str, int]]:
    with suppress(ConvsymError):
        for letter, low, high in ranges_of(Elaborator(scope), part, {}):
            ranges = {_range(scope, name, axis) for name, axis in direct_uses(part.body, letter, scope, {})}
            if len(ranges) != 1 or (span := ranges.pop()) is None or low != span[0]:
                continue
            symbols = sorted((Integer(0) + high).free_symbols, key=str)
            if len(symbols) == 1 and isinstance(symbols[0], Symbol) and symbols[0].name not in scope.sizes:
                rest: Expr = Integer(0) + high - symbols[0]
                if isinstance(rest, Integer) and span[1] - int(rest) > 0:
                    yield symbols[0].name, span[1] - int(rest)


def _range(scope: Scope, name: str, axis: int) -> tuple[int, int] | None:
    """First and last index of an axis of which every cell is printed or written out."""
    family = scope.families.get(name)
    if family is not None and family.exact and axis < family.arity:
        size = family.sizes[axis]
        return None if size is None else (family.base[axis], family.base[axis] + size - 1)
    cells = scope.named.get(name, set())
    if family is not None or not cells or len({len(cell) for cell in cells}) != 1:
        return None
    ends = [(min(places), max(places)) for places in zip(*cells, strict=True)]
    whole = 1
    for low, high in ends:
        whole *= high - low + 1
    return ends[axis] if axis < len(ends) and whole == len(cells) > 1 else None


__all__ = ["judged_at_example"]
