"""Which formulas belong to one version of the scope: those read in it, and those it takes definitions from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from convsym.latex.syntax import Equation
from convsym.scope.model import Scope
from convsym.scope.statements import Statement


def formulas_of(
    version: int, scope: Scope, statements: Iterable[Statement], equations: Mapping[int, Equation]
) -> list[Equation]:
    """The formulas that are read in a version of the scope, and the earlier ones that it takes definitions from.

    Args:
        version: its number.
        scope: the version.
        statements: every relation.
        equations: the syntax trees, by number of the formula.
    """
    statements = list(statements)
    kept = {rule.statement for rules in scope.rules.values() for rule in rules}
    kept |= {rule.statement for rule in scope.functions.values()}
    here = {
        s.formula for s in statements if s.version == version or (s.version < version and s.number in kept)
    }
    elsewhere = {s.formula for s in statements} - here
    return [equation for number, equation in equations.items() if number not in elsewhere]
