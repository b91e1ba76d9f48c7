r"""The notation of recurrences in time, in one form: h^{t} as h_t, and the o of W_o and u_{o,t} as a label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.walking import walk
from convsym.scope.forms import is_numeric
from convsym.scope.model import Pattern, Rule, Scope, pattern_of
from convsym.scope.naming import key, strip_group

# Letters that count steps of time; others may be layers or samples.
TIMES = frozenset({"t", "tau"})
_BRACKETS = frozenset({"(", "[", "angle", "group"})


@dataclass(frozen=True, slots=True)
class Timing:
    """How a document writes its recurrence.

    Attributes:
        above: names whose time stands in a superscript.
        labels: letters that name a gate or a state, and stand as labels on the weights that lead to it.
        timed: names that carry a time.
        templates: (name, letter) of definitions for every gate at once, the k of u_{kt} beside u_{ot} and u_{ft}.
    """

    above: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    timed: frozenset[str] = frozenset()
    templates: frozenset[tuple[str, str]] = frozenset()


def with_time_indices(equations: Mapping[int, Equation]) -> tuple[dict[int, Equation], Timing]:
    r"""The same equations with every time in a subscript and the names of gates as labels, and what was found.

    Nothing changes in a document without a recurrence: a definition of something at t by something at t - 1.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    above = _written_above(equations.values())
    found = dict(equations)
    if above:
        timing = Timing(above)
        found = {number: _lowered(equation, timing) for number, equation in found.items()}
    timed = _timed(found.values())
    if not timed:
        return dict(equations) if not above else found, Timing(above)
    labels = _labels(found.values(), timed)
    templates = _templates(found.values(), timed, labels)
    labels |= {letter for _, letter in templates}
    timing = Timing(above, frozenset(labels), frozenset(timed), frozenset(templates))
    if timing.labels:
        found = {number: labelled(equation, timing) for number, equation in found.items()}
    return found, timing


# ------------------------------------------------------------------ times


def time_of(node: Node | None) -> tuple[str, int] | None:
    """The letter and the offset of t, t - 1, (t + 1) or <t>; None of anything else."""
    node = None if node is None else strip_group(node)
    if isinstance(node, Bracket) and node.kind in _BRACKETS and len(node.items) == 1:
        return time_of(node.items[0])
    if isinstance(node, Name):
        return (node.text, 0) if node.text in TIMES else None
    if isinstance(node, Signed) and node.sign == "+":
        return time_of(node.operand)
    if isinstance(node, Sum_) and len(node.terms) == 2:
        (_, first), (sign, second) = node.terms
        base, step = time_of(first), strip_group(second)
        if base is not None and isinstance(step, Number) and step.text.isdigit() and sign in ("+", "-"):
            return base[0], base[1] + (int(step.text) if sign == "+" else -int(step.text))
    return None


def _heads(node: Node) -> Iterator[tuple[str, Scripted]]:
    for part in walk(node):
        if isinstance(part, Scripted) and isinstance(base := strip_group(part.base), Name):
            yield key(base), part


def _definitions(equations: Iterable[Equation]) -> Iterator[tuple[Scripted, Node]]:
    for equation in equations:
        for row in equation.rows:
            if row.first is not None and row.links and row.links[0][0] in ("=", ":="):
                left = strip_group(row.first)
                if isinstance(left, Scripted):
                    yield left, row.links[0][1]


def _written_above(equations: Iterable[Equation]) -> frozenset[str]:
    """Names whose time stands in a superscript, where something at t is defined by something at t - 1."""
    equations = list(equations)
    defined: set[str] = set()
    recurrent = False
    for left, right in _definitions(equations):
        base, time = strip_group(left.base), time_of(left.superscript)
        if not isinstance(base, Name) or time is None:
            continue
        defined.add(key(base))
        times = [
            inner for _, part in _heads(right) if (inner := time_of(part.superscript)) and inner[0] == time[0]
        ]
        recurrent = recurrent or any(inner[1] < time[1] for inner in times)
    if not recurrent:
        return frozenset()
    scripted: set[str] = set()
    bare: set[str] = set()
    for equation in equations:
        for row in equation.rows:
            inner_bases = {
                id(strip_group(part.base))
                for _, part in _heads(row)
                if part.superscript is not None or part.subscript is not None
            }
            for name, part in _heads(row):
                if time_of(part.superscript) is not None:
                    scripted.add(name)
                elif part.superscript is not None and not isinstance(
                    strip_group(part.superscript), Number | Bracket
                ):
                    bare.add(name)
            bare |= {
                key(part) for part in walk(row) if isinstance(part, Name) and id(part) not in inner_bases
            }
    # \beta^t beside a plain \beta is a power.
    return frozenset(defined | (scripted - bare))


def _lowered(node: Any, timing: Timing) -> Any:
    if isinstance(node, tuple):
        return tuple(_lowered(item, timing) for item in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    if isinstance(node, Scripted):
        base, above = strip_group(node.base), node.superscript
        if isinstance(base, Name) and key(base) in timing.above and above is not None:
            inner = strip_group(above)
            while isinstance(inner, Bracket) and inner.kind in _BRACKETS and len(inner.items) == 1:
                inner = strip_group(inner.items[0])
            number = isinstance(inner, Number) and inner.text.isdigit()
            if number or time_of(inner) is not None:
                below = None if node.subscript is None else strip_group(node.subscript)
                if isinstance(below, Words) or (isinstance(below, Name) and len(below.text) > 1):
                    return replace(
                        node,
                        base=replace(node, superscript=None, primes=0),
                        subscript=inner,
                        superscript=None,
                    )
                items = [inner] if below is None else [inner, *_parts(below)]
                subscript = inner if below is None else Tuple_(tuple(items), above.span)
                return replace(node, subscript=subscript, superscript=None)
    return replace(
        node, **{f.name: _lowered(getattr(node, f.name), timing) for f in fields(node) if f.name != "span"}
    )


# ------------------------------------------------------------------ labels


def _parts(subscript: Node) -> list[Node]:
    """The letters, numbers and expressions that a subscript is a row of."""
    subscript = strip_group(subscript)
    if isinstance(subscript, Tuple_):
        return [part for item in subscript.items for part in _parts(item)]
    if isinstance(subscript, Product) and all(operator == "" for operator, _ in subscript.factors):
        return [strip_group(factor) for _, factor in subscript.factors]
    return [subscript]


def _timed(equations: Iterable[Equation]) -> set[str]:
    """Names that carry a time in their subscript, where something at t is defined by something at t - 1."""
    equations = list(equations)
    recurrent = False
    for left, right in _definitions(equations):
        times = [time_of(part) for part in _parts(left.subscript)] if left.subscript is not None else []
        here = next((time for time in times if time is not None), None)
        if here is None:
            continue
        for _, part in _heads(right):
            for index in _parts(part.subscript) if part.subscript is not None else ():
                inner = time_of(index)
                recurrent = recurrent or (inner is not None and inner[0] == here[0] and inner[1] < here[1])
    if not recurrent:
        return set()
    return {
        name
        for equation in equations
        for row in equation.rows
        for name, part in _heads(row)
        if part.subscript is not None and any(time_of(index) is not None for index in _parts(part.subscript))
    }


def _templates(equations: Iterable[Equation], timed: set[str], labels: set[str]) -> set[tuple[str, str]]:
    """(name, letter) of u_{kt} = ..., where u_{ot} stands elsewhere."""
    equations = list(equations)
    bound = _bound(equations)
    marked = {
        name
        for equation in equations
        for row in equation.rows
        for name, part in _heads(row)
        if (pair := _marked_time(part)) is not None and pair in labels
    }
    found: set[tuple[str, str]] = set()
    for left, _ in _definitions(equations):
        base, letter = strip_group(left.base), _marked_time(left)
        if isinstance(base, Name) and key(base) in marked and letter not in {None, *labels, *bound, *TIMES}:
            found.add((key(base), str(letter)))
    return found


def _marked_time(node: Scripted) -> str | None:
    """The first letter of a subscript that is a letter and a time."""
    parts = [] if node.subscript is None else _parts(node.subscript)
    if len(parts) != 2 or not isinstance(parts[0], Name) or time_of(parts[1]) is None:
        return None
    return parts[0].text if len(parts[0].text) == 1 else None


def spread(rules: Mapping[str, Sequence[Rule]], timing: Timing, names: Iterable[str]) -> Iterator[Rule]:
    """Rules for each gate from one that is stated for every gate.

    Args:
        rules: the rules of a scope, by name.
        timing: how the document writes its recurrence.
        names: every name that the document refers to.
    """
    names = set(names)
    for base, letter in timing.templates:
        for label in timing.labels - {letter}:
            own = f"{base}_{label}"
            if own in names and not rules.get(own):
                for rule in rules.get(f"{base}_{letter}", ()):
                    yield replace(rule, name=own, body=_for_gate(rule.body, letter, label, timing))


def _for_gate(node: Any, letter: str, label: str, timing: Timing) -> Any:
    if isinstance(node, tuple):
        return tuple(_for_gate(item, letter, label, timing) for item in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    if isinstance(node, Words) and set(node.text) <= timing.labels:
        return replace(node, text=node.text.replace(letter, label))
    return replace(
        node,
        **{
            f.name: _for_gate(getattr(node, f.name), letter, label, timing)
            for f in fields(node)
            if f.name != "span"
        },
    )


def gives_first_state(rule: Rule, base: str, timing: Timing, scope: Scope) -> bool:
    """Whether a line gives a state before the first step, h_0 = 0, or where another recurrence begins, r_0 = 1.

    Args:
        rule: what the line defines.
        base: the name without its label.
        timing: how the document writes its recurrence.
        scope: the definitions before it.
    """
    if rule.is_general or rule.layer is not None:
        return False
    if base in timing.timed and rule.patterns[:1] == (Pattern(None, 0),):
        return True
    return (
        len(rule.patterns) == 1
        and is_numeric(rule.body)
        and begins_recurrence(rule.name, rule.patterns[0].offset, scope)
    )


def begins_recurrence(name: str, index: int, scope: Scope) -> bool:
    """Whether a cell is where r_l = r_{l-1} + k - 1 begins: none before it is given.

    Args:
        name: of the family.
        index: of the cell, its only one.
        scope: the definitions before it.
    """
    known = scope.rules.get(name, [])
    if name in {by for _, by in scope.survey.partials}:
        return False
    if any(
        len(other.patterns) != 1
        or (other.patterns[0].parameter is None and other.patterns[0].offset <= index)
        for other in known
    ):
        return False
    return any(
        own.name == name
        and len(own.indices) == 1
        and (back := pattern_of(own.indices[0], {})) is not None
        and back.parameter == other.patterns[0].parameter
        and back.offset < other.patterns[0].offset
        for other in known
        for own in scope.mentions(other.body)
    )


def _labels(equations: Iterable[Equation], timed: set[str]) -> set[str]:
    """Names of gates and states, f_t and c_t, that no sum uses as an index."""
    return {name for name in timed if name.isalpha() and len(name) == 1} - _bound(equations) - TIMES


def _bound(equations: Iterable[Equation]) -> set[str]:
    """Letters that sums run over."""
    bound: set[str] = set()
    for equation in equations:
        for row in equation.rows:
            for part in walk(row):
                if isinstance(part, BigOperator) and part.lower is not None:
                    lower = part.lower.first if isinstance(part.lower, Chain) else part.lower
                    bound |= {key(name) for name in walk(lower) if isinstance(name, Name)} if lower else set()
    return bound


def labelled(tree: Any, timing: Timing) -> Any:
    r"""The same tree in which the letters of gates are labels: \{W_o\}_i for W_{oi}, \{u_o\}_t for u_{ot}.

    Args:
        tree: an equation, or any part of one; not changed.
        timing: how the document writes its recurrence.
    """
    if isinstance(tree, tuple):
        return tuple(labelled(item, timing) for item in tree)
    if not is_dataclass(tree) or isinstance(tree, type):
        return tree
    if isinstance(tree, Scripted) and tree.subscript is not None:
        base = strip_group(tree.base)
        if isinstance(base, Name):
            parts = _parts(tree.subscript)
            marks = [part for part in parts if isinstance(part, Name) and part.text in timing.labels]
            rest = [part for part in parts if part not in marks]
            # A letter behind the time is an index of the state: h_{t,i}.
            leading = parts[: len(marks)] == marks
            if marks and leading:
                label = Words("".join(part.text for part in marks), tree.subscript.span)
                if not rest:
                    return replace(tree, subscript=label, superscript=labelled(tree.superscript, timing))
                inner = Scripted(tree.base, label, None, 0, tree.span)
                index = rest[0] if len(rest) == 1 else Tuple_(tuple(rest), tree.subscript.span)
                return replace(
                    tree, base=inner, subscript=index, superscript=labelled(tree.superscript, timing)
                )
    return replace(
        tree, **{f.name: labelled(getattr(tree, f.name), timing) for f in fields(tree) if f.name != "span"}
    )
