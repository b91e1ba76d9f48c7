"""Whether one name is computed from another, through however many definitions."""

from __future__ import annotations

from convsym.scope.model import Scope


def leads(scope: Scope, top: str, bottom: str) -> bool:
    """Whether some definition of `top` mentions `bottom`, directly or not.

    Args:
        scope: the document's definitions.
        top, bottom: two families.
    """
    seen, stack = set(), [top]
    while stack:
        name = stack.pop()
        owners = [name, *(matrix for matrix, own in scope.matrices.items() if own == name)]
        for owner in owners:
            for rule in scope.rules.get(owner, []):
                for reference in scope.mentions(rule.body):
                    for known in (reference.base, reference.name):  # \mu_B and, where only that is known, \mu
                        base = scope.matrices.get(known, known)
                        if base == bottom:
                            return True
                        if base not in seen:
                            seen.add(base)
                            stack.append(base)
    return False
