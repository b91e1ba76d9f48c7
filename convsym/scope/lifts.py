r"""A = \sigma(Z) said of whole matrices, as what it says of every cell: a_{i,j} = \sigma(z_{i,j})."""

from __future__ import annotations

from dataclasses import replace

from convsym.latex.syntax import BigOperator, Bracket, Name, Node, Product, Scripted, Tuple_
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.hygiene import free_letters
from convsym.scope.model import Pattern, Rule, Scope
from convsym.scope.naming import key, strip_group

_LETTERS = frozenset({"sigma", "f", "g", "h", "phi", "varphi", "psi", "rho", "theta"})


def cells_of_capital(name: str, body: Node, scope: Scope) -> str | None:
    """The family whose cells a capital letter stands for, z for Z; None where a line makes a number of it.

    E = \\sum_i (y_i - t_i)^2 is an error, however many e_i = y_i - t_i stand beside it.

    Args:
        name: what a line defines.
        body: what it is there.
        scope: what is known so far.
    """
    return None if _is_one_number(body, scope) else scope.twin(name)


def _is_one_number(body: Node, scope: Scope) -> bool:
    """Whether a value is one number by its form: a norm, or a sum of cells that leaves no letter free."""
    parts = list(walk(body))
    if any(isinstance(part, Bracket) and part.kind == "||" for part in parts):
        return True
    sums = [part for part in parts if isinstance(part, BigOperator)]
    if not sums or free_letters([body], scope):
        return False
    mentioned = [reference for part in sums for reference in scope.mentions(part.body)]
    return any(reference.indices for reference in mentioned) and all(
        reference.indices or reference.name in FUNCTIONS or reference.name in scope.functions
        for reference in mentioned
    )


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
