r"""Second derivatives of what nobody writes out: with the gradient given, they may be anything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from convsym.latex.syntax import Fraction_, Name, Node, Product
from convsym.latex.walking import walk
from convsym.scope.lost import behind_partial
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group
from convsym.verdict import Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session


def heed_second_derivatives(session: Session) -> None:
    """Leave lines open that differentiate a derivative of a quantity that the document never writes out.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for finding in session.findings.values():
        statement = finding.statement
        if not isinstance(finding.outcome, Proved | Refuted):
            continue
        scope = session.scope_of(statement)
        for of in (one for side in (statement.left, statement.right) for one in _differentiated_twice(side)):
            reference = scope.refer(of, {})
            if reference is not None and not _is_written(reference.name, scope):
                finding.outcome = Unsupported("a second derivative of something that is not written out")
                finding.repairs, finding.edits, finding.notes = (), (), []


def _is_written(name: str, scope: Scope) -> bool:
    return bool(scope.rules.get(name)) or name in scope.functions


def _differentiated_twice(side: Node) -> Iterator[Node]:
    r"""The f of \partial/\partial x \partial f/\partial y."""
    for part in walk(side):
        if not isinstance(part, Product):
            continue
        factors = [strip_group(factor) for _, factor in part.factors]
        for operator, behind in pairwise(factors):
            above = strip_group(operator.numerator) if isinstance(operator, Fraction_) else None
            bare = isinstance(above, Name) and key(above) in ("partial", "d", "mathrm d")
            of = behind_partial(behind.numerator) if bare and isinstance(behind, Fraction_) else None
            if of is not None:
                yield of


__all__ = ["heed_second_derivatives"]
