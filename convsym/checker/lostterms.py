r"""Formulas written again in which the bias is lost: z = W x + b, and then z_i = \sum_j W_{ij} x_j."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Name, Node, Product, Scripted, Sum_
from convsym.latex.walking import walk
from convsym.scope.cellforms import cell_of, derivative_of, printed
from convsym.scope.cellwise import FUNCTIONS
from convsym.scope.naming import strip_group
from convsym.verdict import Definition, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.statements import Statement

# A note that says so may leave its biases out.
_OUT = r"(?:ignor\w*|omit\w*|neglect\w*|drop\w*|without|leav\w* out|left out|no|zero|absorb\w*|disregard\w*|skip\w*)"
LEFT_OUT = re.compile(rf"\b{_OUT}\b[^.;:]{{0,40}}\bbias|\bbias\w*\b[^.;:]{{0,60}}\b{_OUT}\b", re.IGNORECASE)
_BIAS = re.compile(r"^(b|bias|B)$")
# Words under which a formula of the same letters is about a smaller case of its own.
_CASE = re.compile(
    r"\b(examples?|case|for(?!\s+(?:each|every|all|any)\b)|if|when|suppose|consider|let|assum\w+|take|simple\w*|"
    r"simpl\w+|toy|minimal|warm[- ]up|instead|analog\w*|similar\w*|[1-3]-?d|(?:one|two|three)[- ]dimensional|"
    r"beispiel|ejemplo|exemple)\b|例",
    re.IGNORECASE,
)
_PARAGRAPH = 120


@dataclass(frozen=True, slots=True)
class _Linear:
    """A formula that is a sum of products, one of them perhaps a bias.

    Attributes:
        left: the letter of what it defines, small.
        factors: the letters it multiplies, small.
        bias: what it adds, as LaTeX, or None.
        cellwise: whether it sums over cells.
        indices: how many indices stand on the left.
        section: the heading it stands under.
    """

    left: str
    factors: frozenset[str]
    bias: str | None
    cellwise: bool
    indices: int
    section: str

    def is_restated_by(self, other: _Linear) -> bool:
        """Whether another formula says the same of the cells: with as many indices, or here of the whole matrix.

        Another section may leave the bias out for its own purpose.
        """
        same = (self.left, self.factors) == (other.left, other.factors) and other.cellwise
        return same and self.section == other.section and (self.indices == other.indices or not self.indices)


def settle_lost_terms(session: Session) -> None:
    """Refute the formulas that leave out the bias which the same quantity was defined with.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    sides = [side for statement in session.reader.statements for side in (statement.left, statement.right)]
    used = any(by is not None and _BIAS.match(by) for side in sides for by in _differentiated_by(side))
    if not used or LEFT_OUT.search(session.reader.scopes[-1].words):
        return
    whole: list[tuple[Statement, _Linear]] = []
    counted = _indices(sides)
    for finding in session.findings.values():
        statement = finding.statement
        form = _linear(statement)
        if form is None:
            continue
        if form.bias is not None:
            whole.append((statement, form))
            continue
        if not isinstance(finding.outcome, Definition | Unsupported | Undecided):
            continue
        if _is_a_case(statement):
            continue
        for earlier, full in whole:
            others = counted.get(_name(earlier.left) or "", set())
            if not full.indices and others and form.indices not in others:
                continue  # Y is a matrix, whose cells are Y_{i,j}: y_i is none of them
            if full.is_restated_by(form):
                finding.outcome = Refuted(
                    f"it has lost the ${full.bias}$ of line {session.line(earlier)}", method="contradiction"
                )
                break


def _is_a_case(statement: Statement) -> bool:
    """Whether the words around a formula set up another operation of the same letters: "For y_i = ..., we have"."""
    display = statement.display
    sentence = re.split(r"[.!?;](?=\s)", display.before.rstrip())[-1]
    return bool(_CASE.search(sentence[-_PARAGRAPH:]) or (display.inline and _CASE.search(display.before)))


def _indices(sides: Iterable[Node]) -> dict[str, set[int]]:
    """How many indices the cells of each letter carry, capitals apart."""
    found: dict[str, set[int]] = {}
    for side in sides:
        for part in walk(side):
            cell = cell_of(part) if isinstance(part, Scripted) else None
            letter = _name(part)
            if cell is not None and cell.indices and letter is not None:
                found.setdefault(letter, set()).add(len(cell.indices))
    return found


def _differentiated_by(side: Node) -> Iterator[str | None]:
    """The letters of what a formula differentiates by."""
    for part in walk(side):
        found = derivative_of(part) if isinstance(part, Fraction_) else None
        if found is not None:
            yield _name(found[1])


def _linear(statement: Statement) -> _Linear | None:
    """The names in a formula of the form y = w x + b, in whatever notation; None for other formulas."""
    if statement.relation not in ("=", ":=") or statement.role not in ("definition", "claim", "operation"):
        return None
    left = _name(statement.left)
    if left is None:
        return None
    cell = cell_of(statement.left)
    bias: str | None = None
    factors: set[str] | None = None
    cellwise = False
    for term in _terms(statement.right):
        named = _name(term)
        if named is not None and _BIAS.match(named):
            bias = printed(strip_group(term))
            continue
        found = _factors(term)
        if factors is not None or found is None or len(found) != 2:
            return None
        factors = found
        cellwise = any(isinstance(part, BigOperator) and part.operator == "sum" for part in walk(term))
    if factors is None:
        return None
    return _Linear(
        left.lower(),
        frozenset(factor.lower() for factor in factors),
        bias,
        cellwise,
        0 if cell is None else len(cell.indices),
        statement.display.section,
    )


def _terms(node: Node) -> Iterator[Node]:
    node = strip_group(node)
    if isinstance(node, Sum_):
        for sign, term in node.terms:
            if sign != "+":
                yield node  # a difference is none of these
                return
            yield from _terms(term)
    else:
        yield node


def _factors(node: Node) -> set[str] | None:
    """The names that a product or a sum of products multiplies; None where something else stands in it."""
    node = strip_group(node)
    if isinstance(node, BigOperator) and node.operator == "sum":
        return _factors(node.body)
    if isinstance(node, Bracket) and len(node.items) == 1 and node.kind in ("(", "[", "group"):
        return _factors(node.items[0])
    if isinstance(node, Product):
        found: set[str] = set()
        for _, factor in node.factors:
            inner = _factors(factor)
            if inner is None:
                return None
            found |= inner
        return found
    name = _name(node)
    return None if name is None else {name}


def _name(node: Node) -> str | None:
    """The letter of a cell, of a matrix, of a layer's vector, whatever stands on it but an accent or primes."""
    node = strip_group(node)
    if isinstance(node, Scripted):
        if node.primes:
            return None
        node = strip_group(node.base)
    if not isinstance(node, Name) or node.font not in ("", "bf", "rm", "cal") or node.text in FUNCTIONS:
        return None
    return node.text if node.text not in ("partial", "nabla", "d", "delta") else None


__all__ = ["LEFT_OUT", "settle_lost_terms"]
