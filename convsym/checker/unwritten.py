"""Losses that are never written out: what stands for their derivatives, and products that have lost them."""

from __future__ import annotations

import re
from dataclasses import replace

from sympy import Expr, Indexed, Integer, Symbol

from convsym.checker.findings import Finding
from convsym.latex.syntax import Fraction_, Node, Product
from convsym.latex.walking import walk
from convsym.scope.dimensions import is_differential
from convsym.scope.functions import Generic
from convsym.scope.judge import Judge
from convsym.scope.leading import leads
from convsym.scope.model import Scope, variables
from convsym.verdict import Proved, Refuted, Unsupported

LOST = "lost derivative"
"""How a product is refuted from which the derivative of a loss has been lost."""

_SLOPE = "\\partial "


# What a text says where the gradient from above is left out because it is 1.
_PUT_TO_ONE = re.compile(
    r"\b(?:ones|all[- ]one|unit gradient)\b|\b(?:is|are|be|being|equals?|to|as|of|=)\s*\$?(?:1|one)\b|"
    r"\bsum of (?:all|the|its) |[为是取]\s*\$?1\b|[全都]\s*1",
    re.I,
)


def heed_unwritten(finding: Finding, judge: Judge, scope: Scope) -> None:
    r"""Compare a loss that is never written out with its own derivatives only.

    What else stands for them may be just that under another name. A product of derivatives is none, where nothing
    stands in it but what the loss is computed from: with twice the loss one side doubles and the other stays.

    Args:
        finding: a claim; its outcome is changed.
        judge: who judged it.
        scope: of the document, at the claim.
    """
    judgment, statement = finding.judgment, finding.statement
    if judgment is None or not isinstance(finding.outcome, Refuted):
        return
    errors = {error.name for error in scope.errors}
    for _, a, b in judgment.pairs:
        slopes = [
            any(s.name.startswith(_SLOPE) for s in side.free_symbols if isinstance(s, Symbol))
            for side in (a, b)
        ]
        # \delta^l is such a derivative under a name of its own.
        other = a if slopes[1] else b
        named = any(
            (cell := scope.cells.get(s)) is not None and cell.layer is not None and cell.family in errors
            for s in other.free_symbols
        )
        if slopes[0] != slopes[1] and not named:
            printed, through = statement.left, statement.right
            if not slopes[1]:
                printed, through = through, printed
            multiplied = _multiplies_slopes(printed) or (
                _multiplies_slopes(through)
                and not _PUT_TO_ONE.search(judge.scope.words)
                and _is_left_over(b if slopes[1] else a, other, judge)
            )
            if multiplied and _is_made_below(other, judge.scope, scope):
                finding.outcome = replace(finding.outcome, method=LOST)
                return
            finding.outcome = Unsupported("it differentiates something that the document never defines")
            return


def _is_left_over(side: Expr, other: Expr, judge: Judge) -> bool:
    """Whether one side is what the other comes to without its derivatives of the loss: w of dC/dz times w."""
    side, other = judge.unfold(side), judge.unfold(other)
    ones = {s: Integer(1) for s in side.free_symbols if isinstance(s, Symbol) and s.name.startswith(_SLOPE)}
    return isinstance(judge.decide(side.xreplace(ones), other), Proved)


def _multiplies_slopes(node: Node) -> bool:
    """Whether a derivative is a factor among others in an expression."""
    return any(
        isinstance(part, Product)
        and len(part.factors) > 1
        and any(
            isinstance(factor, Fraction_) and is_differential(factor.numerator, factor.denominator)
            for _, factor in part.factors
        )
        for part in walk(node)
    )


def _is_made_below(side: Expr, judged: Scope, scope: Scope) -> bool:
    """Whether everything in a side is something that an unwritten loss is computed from, and there is something."""
    unwritten = {name for name, _ in scope.survey.partials if not scope.rules.get(name)} | set(
        scope.arguments
    )
    tops = {below for name, below in scope.survey.partials if name in unwritten and scope.rules.get(below)}
    tops |= {below for name in unwritten for below in scope.arguments.get(name, ())}
    families = {
        str(atom.base.label): cell.family for atom, cell in judged.cells.items() if isinstance(atom, Indexed)
    }
    names: set[str] = set()
    for atom in variables(side):
        if isinstance(atom, Symbol) and atom.is_integer and atom not in judged.cells:
            continue  # an index, or how far one runs
        cell = judged.cells.get(atom)
        family = families.get(str(atom.base.label)) if isinstance(atom, Indexed) else None
        family = family if cell is None else cell.family
        if family is None:
            return False
        names.add(family)
    return bool(names or side.atoms(Generic)) and all(
        name in tops or any(leads(scope, top, name) for top in tops) for name in names
    )
