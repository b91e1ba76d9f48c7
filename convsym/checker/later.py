"""Refutations that rest on what only a later line brings in: a number that nobody has spoken of yet refutes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convsym.latex.syntax import Fraction_, Name, Node, Scripted
from convsym.latex.walking import walk
from convsym.scope.cellforms import derivative_of, printed
from convsym.scope.naming import strip_group
from convsym.verdict import Refuted, Undecided

if TYPE_CHECKING:
    from convsym.checker.session import Session

_LABELLED = re.compile(r"_\{?(?:\\\w+\{)?[A-Za-z]{2,}")
_LETTER = re.compile(r"\\?[A-Za-z]+")
_SETTING = re.compile(r"\\(?:text|mathrm|operatorname)\b|[{}\s]")


def heed_later_letters(session: Session) -> None:
    """Leave open the claims that are false only for values of a letter that a later definition brings in.

    A claim about derivatives may stand before the formulas that it is about; one between plain numbers speaks of
    what has been said.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    spoken: set[str] = set()
    for number in sorted(session.findings):
        finding = session.findings[number]
        statement = finding.statement
        sides = (statement.left, statement.right)
        spoken |= {name for side in sides for name in _printed(side)}
        if not isinstance(finding.outcome, Refuted) or finding.outcome.witness is None:
            continue
        if statement.role != "claim" or any(_differentiates(side) for side in sides):
            continue
        new = [
            name
            for name, _ in finding.outcome.witness.values
            if _LABELLED.search(name) and _bare(name) not in spoken
        ]
        if not new and not isinstance(strip_group(statement.left), Name | Scripted):
            # \log p_i = ... is what the text knows of p_i, until it says "with temperature T".
            witness = finding.outcome.witness
            new = [
                name
                for name, _ in (*witness.sizes, *witness.values)
                if _LETTER.fullmatch(name) and _bare(name) not in spoken
            ]
        if new:
            finding.outcome = Undecided(f"it depends on ${new[0]}$, which only a later line speaks of")


def _bare(name: str) -> str:
    """A name without what only sets its letters."""
    return _SETTING.sub("", name)


def _printed(side: Node) -> set[str]:
    return {_bare(printed(part)) for part in walk(side) if isinstance(part, Name | Scripted)}


def _differentiates(side: Node) -> bool:
    return any(isinstance(part, Fraction_) and derivative_of(part) is not None for part in walk(side))


__all__ = ["heed_later_letters"]
