"""Comments that tell the checker what a document leaves unsaid: sizes, bases, roles of names."""

from __future__ import annotations

import re
from typing import Protocol

from convsym.document import Directive
from convsym.scope.model import Scope


class Declares(Protocol):
    """How a stated shape becomes a family of cells."""

    def __call__(self, matrix: str, sizes: tuple[int, ...]) -> None:
        """Declare the cells of a matrix."""


def follow(directive: Directive, scope: Scope, declare: Declares) -> None:
    """Do what a directive says; one of another subject changes nothing.

    Args:
        directive: the comment.
        scope: what is known so far; changed in place.
        declare: called with a matrix and its sizes in index order.
    """
    if directive.name in ("sizes", "size", "shapes"):
        for name, shape in re.findall(r"([A-Za-z_]+)\s*=\s*([\dx×,]+)", directive.arguments):
            numbers = tuple(int(part) for part in re.split(r"[x×,]", shape) if part)
            if len(numbers) == 1:
                scope.sizes[name] = numbers[0]
            else:
                scope.families.pop(scope.matrices.get(name) or scope.twin(name) or name, None)
                declare(name, numbers)
    elif directive.name == "base":
        for name, base in re.findall(r"([A-Za-z_]+)\s*=\s*([01])", directive.arguments):
            if base == "0":
                scope.survey.zero_based.add(name)
            else:
                scope.survey.zero_based.discard(name)
    elif directive.name in ("names", "roles"):
        for role, name in re.findall(r"(\w+)\s*=\s*([A-Za-z_]+)", directive.arguments):
            scope.roles[role] = name
