"""Whether a document's convolution turns its kernel: learned from the lines that write one out in cells."""

from __future__ import annotations

from collections.abc import Sequence

from convsym.budget import Clock
from convsym.latex.syntax import Name, Node
from convsym.latex.walking import walk
from convsym.scope.convolving import Reading, is_convolution, signs_in
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge
from convsym.scope.renewal import is_worked_value
from convsym.scope.signwords import turns_in_words
from convsym.scope.statements import Statement
from convsym.verdict import Proved

_LINES = 12
"""A document that shows its convention shows it early."""


def settle_kernels(statements: Sequence[Statement], judges: Sequence[Judge]) -> None:
    """Give every scope the one reading of a convolution's sign that the written-out lines allow.

    A line counts that holds for a kernel slid as it is or for one that is turned, and not for both; where two
    lines disagree, or one disagrees with the sum that the document defines the sign by, nothing is settled.

    Args:
        statements: every relation.
        judges: one a version of the scope; their scopes are changed in place.
    """
    found: dict[str, set[bool]] = {}
    looked = 0
    for statement in statements:
        sides = statement.left, statement.right
        if statement.role != "claim" or statement.relation != "=" or not any(map(is_convolution, sides)):
            continue
        if all(map(is_worked_value, sides)):
            continue  # 3*4 is a product
        signs = signs_in(statement.left) | signs_in(statement.right)
        if len(signs) != 1 or any(map(_is_backward, sides)) or all(map(is_convolution, sides)):
            continue
        looked += 1
        if looked > _LINES:
            break
        (sign,) = signs
        judge = judges[statement.version]
        judge.clock = Clock(judge.budget)
        holds = [
            turned
            for turned in (False, True)
            if isinstance(judge.under(sign, Reading(turned)).equal(*sides).outcome, Proved)
        ]
        if len(holds) == 1:
            found.setdefault(sign.partition("_")[0], set()).add(holds[0])
    for sign, turns in found.items():
        for judge in judges:
            scope = judge.scope
            said = turns_in_words(scope.words).get(sign)
            if said is not None:
                if turns == {said}:
                    scope.convolutions[sign] = Reading(said)
                judge.forget()
                continue  # a line that speaks against the words is wrong by them
            known = {*turns, *([scope.turns[sign]] if sign in scope.turns else [])}
            if len(known) == 1:
                scope.turns[sign] = next(iter(known))
                scope.convolutions[sign] = Reading(scope.turns[sign])
            else:
                scope.turns.pop(sign, None)
                scope.convolutions.pop(sign, None)
            judge.forget()


def _is_backward(node: Node) -> bool:
    """Whether a line is about gradients: those are what is to be checked, they settle no convention."""
    return derives(node) or any(isinstance(part, Name) and part.text == "delta" for part in walk(node))
