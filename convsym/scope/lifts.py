r"""A = \sigma(Z) said of whole matrices, as what it says of every cell: a_{i,j} = \sigma(z_{i,j})."""

from __future__ import annotations

from dataclasses import replace

from convsym.latex.syntax import Bracket, Name, Node, Product, Scripted, Tuple_
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.model import Pattern, Rule, Scope
from convsym.scope.naming import key, strip_group

_LETTERS = frozenset({"sigma", "f", "g", "h", "phi", "varphi", "psi", "rho", "theta"})


def entry_rule(rule: Rule, scope: Scope) -> Rule | None:
    """What a line that applies a function to a whole matrix defines every cell to be; None of other lines.

    Both matrices must have cells of their own small letters, with as many indices, and no stated shape.

    Args:
        rule: what the line says of the matrices.
        scope: what is known so far.
    """
    twin = scope.twin(rule.name)
    body = strip_group(rule.body)
    if twin is None or rule.patterns or scope.family(twin) is not None or scope.rules.get(twin):
        return None
    if not isinstance(body, Product) or len(body.factors) != 2 or body.factors[1][0]:
        return None
    head, bracket = strip_group(body.factors[0][1]), strip_group(body.factors[1][1])
    if not isinstance(head, Name) or not isinstance(bracket, Bracket) or len(bracket.items) != 1:
        return None
    if (key(head) not in _LETTERS and key(head) not in FUNCTIONS) or "softmax" in scope.words:
        return None
    inner = strip_group(bracket.items[0])
    reference = scope.refer(inner, {})
    below = None if reference is None or reference.indices or reference.power else scope.twin(reference.name)
    if below is None or reference is None or reference.transposed or scope.family(below) is not None:
        return None
    arity = scope.habits.arity.get(twin, 0)
    if arity == 0 or arity != scope.habits.arity.get(below, 0):
        return None
    letters = tuple(f"i^{number + 1}" for number in range(arity))
    names: tuple[Node, ...] = tuple(Name(letter, inner.span) for letter in letters)
    subscript = Tuple_(names, inner.span) if arity > 1 else names[0]
    layer = inner.superscript if isinstance(inner, Scripted) else None
    base = replace(reference.head, text=reference.head.text.lower())
    cell = Scripted(base, subscript, layer, 0, inner.span)
    applied = Product((body.factors[0], ("", replace(bracket, items=(cell,)))), body.span)
    return Rule(twin, tuple(Pattern(letter, 0) for letter in letters), rule.layer, applied, rule.statement)
