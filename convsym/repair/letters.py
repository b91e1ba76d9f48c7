"""Edits of what stands without an index: one letter for another, and what a function is applied to."""

from __future__ import annotations

from collections.abc import Iterator

from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Sum_
from convsym.repair.edit import Edit, Setting
from convsym.repair.tree import NOWHERE, letter, negated, product

_KNOWN = frozenset({"exp", "log", "ln", "tanh", "sinh", "cosh", "sin", "cos", "sigma", "relu", "ReLU"})


def letter_edits(setting: Setting) -> Iterator[Edit]:
    r"""A letter exchanged for another one of the document; -x for x, and 1 - f(x) for f(x)."""
    letters = setting.vocabulary.letters
    for place in setting.places:
        node = place.node
        if place.role != "value":
            continue
        # Letters of the left side are what the line speaks of.
        if isinstance(node, Name) and not node.font and node.text in letters and not place.extra:
            for other in letters:
                if other != node.text:
                    yield place.edit(letter(other), "another letter", 1.15)
        if isinstance(node, Product):
            for at, function in enumerate(node.factors[:-1]):
                operator, argument = node.factors[at + 1]
                if operator or not _applies(function[1], argument, setting):
                    continue
                assert isinstance(argument, Bracket)
                turned = Bracket("(", (negated(argument.items[0]),), NOWHERE)
                new = (*node.factors[: at + 1], ("", turned), *node.factors[at + 2 :])
                yield place.edit(Product(new, NOWHERE), "wrong sign in an argument", 1.2)
                call = product([function[1], argument])
                rest = [Sum_((("+", Number("1", NOWHERE)), ("-", call)), NOWHERE)]
                before = [part for _, part in node.factors[:at]]
                behind = [part for _, part in node.factors[at + 2 :]]
                if len(place.path) == 1 and len(node.factors) == 2:
                    yield place.edit(rest[0], "1 - s for s", 1.3)
                elif not node.factors[at][0] and all(not mark for mark, _ in node.factors[at + 2 :]):
                    yield place.edit(product([*before, *rest, *behind]), "1 - s for s", 1.3)


def _applies(function: Node, argument: Node, setting: Setting) -> bool:
    """Whether two factors are a function and the bracket that it is applied to."""
    if not isinstance(function, Name) or function.text not in _KNOWN | set(setting.vocabulary.functions):
        return False
    return isinstance(argument, Bracket) and argument.kind == "(" and len(argument.items) == 1
