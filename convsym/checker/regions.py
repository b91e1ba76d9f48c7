r"""Pooling over regions that are sets, y_{i,j} = \frac{1}{k^2} \sum_{(m,n) \in R_{i,j}} x_{m,n}, and its gradients."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sympy import Expr, Integer, Rational, Symbol, diff, root

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    Signed,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.walking import walk
from convsym.prover import prove_equal
from convsym.scope.cellforms import cell_of, letter_of, printed
from convsym.scope.celltables import fraction_parts
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_METHOD = "differentiation for one member of the region"
_APART = re.compile(
    r"non-?overlap|disjoint|(?:not|never) overlap|partition|exactly (?:\*|_)*one(?:\*|_)* (?:window|region)",
    re.I,
)
_GREATEST = re.compile(
    r"argmax|arg\s*max|\bast\b|\*|\bstar\b|(?:is|attains) the (?:maximum|largest)|_\{?max", re.I
)
_NEGATED = re.compile(r"\\n(?:eq?|ot)|≠|\bnot\b|min|\\[gl]e", re.I)
_OTHERWISE = re.compile(r"^\W*(?:otherwise|else|sonst|sinon)\b", re.I)
_IF = re.compile(
    r"^[\s$,]*(?:if|when)\b(?P<condition>.{0,60}?)(?:,|;)?\s*(?:else|otherwise|and)\b[\s$]*0", re.I
)


class _UnreadError(ConvsymError):
    """A side that is made of more than one cell, one region and letters."""


@dataclass(frozen=True, slots=True)
class _Pooling:
    """What a line says of one output: a function of a sum, or of the largest, over a region.

    Attributes:
        statement: the line.
        output: the output cell as printed.
        member: the input cell that stands for each member, as printed.
        whole: the output in the sum over the region.
        each: the summand in the member; the member itself under a maximum.
        operator: "sum" or "max".
        single: whether each place is part of one output by its indices, as in a sum over all places of a channel.
    """

    statement: Statement
    output: str
    member: str
    whole: Expr
    each: Expr
    operator: str
    single: bool

    def slope(self) -> Expr:
        """The derivative of the output by a member of its region; by the largest one under a maximum."""
        if self.operator == "max":
            return Integer(1)
        return diff(self.whole, _SUM) * diff(self.each, Symbol(self.member))


_SUM = Symbol("sum over the region")


@dataclass(slots=True)
class _Reader:
    """Reads a side as a SymPy expression, cells as they are printed.

    Attributes:
        sums: the sums or extremes over regions that it met.
        slopes: the outputs whose gradient it met, as printed, with what is differentiated.
    """

    sums: list[BigOperator] = field(default_factory=list)
    slopes: list[tuple[str, str]] = field(default_factory=list)

    def value(self, node: Node) -> Expr:
        """The expression that a node prints."""
        node = strip_group(node)
        parts = fraction_parts(node)
        if parts is not None:
            of, by = map(printed, parts)
            self.slopes.append((of, by))
            return Symbol(f"d {of} / d {by}")
        if isinstance(node, Number):
            return Rational(node.text)
        if isinstance(node, Name):
            return Symbol(printed(node))
        if isinstance(node, Scripted):
            return self._scripted(node)
        if isinstance(node, Signed) and node.sign in "+-":
            return self.value(node.operand) * (-1 if node.sign == "-" else 1)
        if isinstance(node, Sum_) and all(sign in "+-" for sign, _ in node.terms):
            terms = [self.value(term) * (-1 if sign == "-" else 1) for sign, term in node.terms]
            return sum(terms, Integer(0))
        if isinstance(node, Product):
            total: Expr = Integer(1)
            for operator, factor in node.factors:
                if operator not in ("", "cdot", "times", "/"):
                    break
                value = self.value(factor)
                total = total / value if operator == "/" else total * value
            else:
                return total
        if isinstance(node, Fraction_):
            return self.value(node.numerator) / self.value(node.denominator)
        if isinstance(node, Root):
            index = self.value(node.index) if node.index is not None else Integer(2)
            return root(self.value(node.radicand), index)
        if isinstance(node, Bracket) and node.kind in ("(", "[") and len(node.items) == 1:
            return self.value(node.items[0])
        if isinstance(node, BigOperator) and node.operator in ("sum", "max") and node.upper is None:
            self.sums.append(node)
            return _SUM
        raise _UnreadError("a side of another form")

    def _scripted(self, node: Scripted) -> Expr:
        if node.primes:
            raise _UnreadError("a prime")
        if node.superscript is None:
            return Symbol(printed(node))
        base = strip_group(Scripted(node.base, node.subscript, None, 0, node.span))
        power = self.value(node.superscript)
        inner = strip_group(node.base) if node.subscript is None else base
        return (self.value(inner) if node.subscript is None else Symbol(printed(base))) ** power


def settle_regions(session: Session) -> None:
    """Decide gradients of a pooling over regions that are sets, for the members of a region.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    poolings: list[_Pooling] = []
    words = session.reader.scopes[-1].words
    for finding in sorted(session.findings.values(), key=lambda one: one.statement.number):
        with suppress(ConvsymError):
            found = _defined(finding.statement)
            if found is not None:
                poolings.append(found)
            elif poolings and isinstance(finding.outcome, Undecided | Unsupported):
                outcome = _judged(finding, poolings, words)
                if outcome is not None:
                    finding.outcome, finding.judgment, finding.reason = outcome, None, ""
                    finding.repairs, finding.edits, finding.notes = (), (), []


def _defined(statement: Statement) -> _Pooling | None:
    """The pooling that a line defines, or None."""
    left = strip_group(statement.left)
    if statement.relation not in ("=", ":=") or statement.link or not isinstance(left, Scripted):
        return None
    if left.subscript is None or not any(isinstance(part, BigOperator) for part in walk(statement.right)):
        return None
    reader = _Reader()
    whole = reader.value(statement.right)
    if len(reader.sums) != 1 or not whole.has(_SUM):
        return None
    (one,) = reader.sums
    inner = _Reader()
    each = inner.value(one.body)
    cells = {printed(_bare(part)) for part in walk(one.body) if isinstance(part, Scripted) and part.subscript}
    if len(cells) != 1 or inner.sums or inner.slopes or (one.operator == "max" and whole != _SUM):
        return None
    (member,) = cells
    if one.operator == "max" and each != Symbol(member):
        return None
    at = next(
        cell_of(_bare(part)) for part in walk(one.body) if isinstance(part, Scripted) and part.subscript
    )
    output = cell_of(left)
    bound = _bound(one)
    if at is None or output is None or not bound:
        return None
    letters = [letter_of(index) for index in at.indices]
    places = [letter_of(index) for index in output.indices]
    # x_{i+m,j+n} is read by many windows, x_{m,n} by those whose regions it lies in.
    if None in letters or not set(bound) <= set(letters) or not set(letters) - set(bound) <= set(places):
        return None
    single = not isinstance(one.lower, Chain) and set(places) <= set(letters)
    return _Pooling(statement, to_latex(left), member, whole, each, one.operator, single)


def _bare(node: Scripted) -> Scripted:
    return Scripted(node.base, node.subscript, None, 0, node.span)


def _bound(node: BigOperator) -> list[str]:
    """The letters of a sum over the places in a set, or over all places there are."""
    lower = node.lower
    if isinstance(lower, Chain):
        if lower.first is None or len(lower.links) != 1 or lower.links[0][0] != "in":
            return []
        lower = lower.first
    lower = None if lower is None else strip_group(lower)
    items = lower.items if isinstance(lower, Tuple_ | Bracket) else [] if lower is None else [lower]
    letters = [letter_of(item) for item in items]
    return [letter for letter in letters if letter is not None] if None not in letters else []


def _judged(finding: Finding, poolings: list[_Pooling], words: str) -> Outcome | None:
    """What a gradient by a member comes to, by the nearest pooling of its output."""
    statement = finding.statement
    parts = fraction_parts(statement.left)
    if parts is None or statement.relation != "=":
        return None
    of, by = map(printed, parts)
    right, condition = _said_case(statement)
    reader = _Reader()
    value = reader.value(right)
    outputs = {below for _, below in reader.slopes}
    if any(above != of for above, _ in reader.slopes) or reader.sums or len(outputs) > 1:
        return None
    output = of if not outputs else next(iter(outputs))
    pooling = next((one for one in reversed(poolings) if one.output == output and one.member == by), None)
    if pooling is None or not _is_member(pooling, condition):
        return None
    assuming = [f"${by}$ lies in the region of ${output}$"]
    truth = pooling.slope()
    if outputs:
        if not pooling.single and not _APART.search(words):
            return None
        truth = truth * Symbol(f"d {of} / d {output}")
        assuming.append(f"${by}$ lies in no other region")
    if pooling.operator == "sum":
        value = value.subs(Symbol(pooling.output), pooling.whole)
    outcome = prove_equal(truth, value)
    if isinstance(outcome, Proved):
        return Proved(_METHOD, (*assuming, *outcome.assuming))
    if isinstance(outcome, Refuted) and not value.free_symbols - truth.free_symbols:
        return Refuted("the sides differ for a member of the region", outcome.witness, _METHOD)
    return None


def _is_member(pooling: _Pooling, condition: str) -> bool:
    """Whether a line is said of the largest entry of a region under a maximum, of any entry under a sum."""
    if _NEGATED.search(condition):
        return False
    if pooling.operator == "max":
        return _GREATEST.search(condition) is not None
    return not condition or re.search(r"\\in\b|∈", condition) is not None


def _said_case(statement: Statement) -> tuple[Node, str]:
    """The value for the place of the maximum with the words of its condition; a plain side with none."""
    right = strip_group(statement.right)
    if isinstance(right, Cases):
        if len(right.branches) != 2:
            raise _UnreadError("more than two cases")
        (value, condition), (other, rest) = right.branches
        zero = isinstance(other, Number) and other.text == "0"
        if (
            condition is None
            or not zero
            or (rest is not None and not _OTHERWISE.match(_words(rest, statement)))
        ):
            raise _UnreadError("other cases than the largest entry and all others")
        return value, _words(condition, statement)
    found = _IF.match(statement.display.after) if statement.display.inline else None
    if found is None:
        found = _IF.match(re.sub(r"\$", " ", statement.display.after)) if statement.display.inline else None
    return right, found["condition"] if found is not None else ""


def _words(node: Node, statement: Statement) -> str:
    """A condition as it is printed."""
    words = " ".join(str(part.text) for part in walk(node) if isinstance(part, Words | Name))
    return f"{words} {statement.source[node.span.start : node.span.end]}"


__all__ = ["settle_regions"]
