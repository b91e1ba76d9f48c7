r"""Values of a case that are said of several names at once: "for $x_1 = x_2 = 1$", "for $w = (-1, 0, 1)$"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from convsym.latex.printer import to_latex
from convsym.latex.syntax import BigOperator, Bracket, Chain, Equation, Name, Node, Number, Scripted, Span
from convsym.latex.walking import walk
from convsym.scope.equalities import Fixed, is_letter, is_list, names_and_value
from convsym.scope.forms import integer_of, printed_shape
from convsym.scope.model import Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement

_WORDS = r"(?:for|if|when(?:ever)?|at|in case|case|für|wenn|pour|si|para)"
_CASE = re.compile(rf"\b(?:{_WORDS}|with|where|class|label)\b", re.I)
# "For a $2 \times 2$ matrix, $m = n = 2$, it is": what the value leads to in its own sentence is said for it.
_LED = re.compile(rf"\A\W*(?:(?:and|but|now|then|while)\W+)?{_WORDS}\b", re.I)
_LEADS_ON = re.compile(r"[\s,]*(?:we|it|this|these|that|they|one|you|the|its|our|there)\b", re.I)
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|[。！？；]")
_AT = re.compile(
    r"\bat(?: the (?:point|place|position|border|boundary|kink|corner|edge|threshold))?(?: where)?\s*\Z", re.I
)
_SEVERAL = 2
LISTED = "says the values of a case"

Values = Mapping[object, frozenset[object]]


def values_by_name(equations: Iterable[Equation]) -> Values:
    """The numbers and the lists that a document says each name to be, in chains or alone.

    Args:
        equations: all of its formulas.
    """
    found: dict[object, set[object]] = defaultdict(set)
    for equation in equations:
        for row in equation.rows:
            names, value = _names(row)
            for name in names:
                found[printed_shape(name)].add(printed_shape(value))
    return {name: frozenset(values) for name, values in found.items()}


def is_listed_case(statement: Statement, equation: Equation, said: Values, scope: Scope) -> bool:
    """Whether a relation is a part of a chain of values, or a list of them, that its sentence speaks of as a case.

    So is a place in letters, "at $r = d$", where a function is looked at.

    Args:
        statement: a relation.
        equation: the formula that it is part of.
        said: what `values_by_name` found.
        scope: with the functions and their parameters.
    """
    if _is_place(statement, scope):
        return True
    display = statement.display
    if not display.inline or statement.relation != "=" or len(equation.rows) != 1:
        return False
    names, value = _names(equation.rows[0])
    if len(names) < _SEVERAL and not is_list(value):
        return False
    sentence = _SENTENCE_END.split(display.before)[-1]
    several = any(len(said.get(printed_shape(name), ())) >= _SEVERAL for name in names)
    if several and _CASE.search(sentence):
        return True
    leads = _LED.match(sentence.strip()) is not None and _LEADS_ON.match(display.after) is not None
    return leads and not is_list(value)


def _is_place(statement: Statement, scope: Scope) -> bool:
    r"""Whether a relation says a place in letters where a function is looked at: "at $r = \delta$ both pieces meet".

    Args:
        statement: a relation.
        scope: with the functions and their parameters.
    """
    name = strip_group(statement.left)
    return (
        statement.display.inline
        and statement.relation == "="
        and isinstance(name, Name)
        and is_letter(statement.right)
        and _AT.search(statement.display.before) is not None
        and key(name) in _parameters_of(scope)
    )


def _parameters_of(scope: Scope) -> set[str]:
    """The letters that functions are defined by.

    Args:
        scope: with its functions.
    """
    return {letter for function in scope.functions.values() for letter in function.parameters}


def _names(row: Chain) -> tuple[tuple[Node, ...], Node]:
    """What a row says to be which number or list; no names where it says anything else."""
    chained = names_and_value(row)
    if chained is not None:
        return chained
    if row.first is not None and len(row.links) == 1 and row.links[0][0] == "=":
        name, value = strip_group(row.first), strip_group(row.links[0][1])
        if isinstance(name, Name) and is_list(value):
            return (name,), value
    return (), row.first or Number("0", row.span)


class Entries:
    """From which number on the entries of each family are counted, and how many there are, by the sums over them.

    Attributes:
        said: what `values_by_name` found.
    """

    def __init__(self, equations: Iterable[Equation]) -> None:
        equations = list(equations)
        self.said = values_by_name(equations)
        self._ranges: dict[str, set[tuple[int, int | None]]] = defaultdict(set)
        for equation in equations:
            for row in equation.rows:
                for part in walk(row):
                    if isinstance(part, BigOperator):
                        self._learn(part)

    def _learn(self, operator: BigOperator) -> None:
        lower = operator.lower
        if not isinstance(lower, Chain) or lower.first is None or len(lower.links) != 1:
            return
        letter, first = strip_group(lower.first), integer_of(lower.links[0][1])
        last = None if operator.upper is None else integer_of(operator.upper)
        if not isinstance(letter, Name) or first is None:
            return
        for part in walk(operator.body):
            if isinstance(part, Scripted) and part.subscript is not None and part.superscript is None:
                base, index = strip_group(part.base), strip_group(part.subscript)
                if isinstance(base, Name) and isinstance(index, Name) and key(index) == key(letter):
                    self._ranges[key(base)].add((first, None if last is None else last - first + 1))

    def of(self, one: Fixed, scope: Scope) -> Iterator[Fixed]:
        """w = (-1, 0, 1) as the values of w_0, w_1 and w_2; as a condition that is not read where that is not known.

        A list that is the only one of its name is no case, but what the whole text reckons with.

        Args:
            one: what a line is said at.
            scope: with the functions of which a place in letters may be said.
        """
        value, name = strip_group(one.value), strip_group(one.name)
        if is_letter(value):
            if isinstance(name, Name) and key(name) in _parameters_of(scope):
                yield one
            return
        if not is_list(value) or not isinstance(value, Bracket) or not isinstance(name, Name):
            yield one
            return
        if len(self.said.get(printed_shape(name), ())) < _SEVERAL:
            return
        ranges = self._ranges.get(key(name), set())
        firsts = {first for first, _ in ranges}
        if len(firsts) != 1 or any(count not in (None, len(value.items)) for _, count in ranges):
            yield replace(one, clear=False)
            return
        (first,) = firsts
        for place, item in enumerate(value.items):
            index = Number(str(first + place), name.span)
            cell = Scripted(name, index, None, 0, Span(name.span.start, name.span.end))
            yield replace(one, name=cell, value=item, printed=f"{to_latex(cell)} = {to_latex(item)}")


__all__ = ["LISTED", "Entries", "Values", "is_listed_case", "values_by_name"]
