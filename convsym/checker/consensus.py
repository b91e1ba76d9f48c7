"""What other lines say in the place of a definition: the forms by which a wrong one can be put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from sympy import Add, Expr, Rational, Symbol, expand

from convsym.checker.mending import vocabulary_of
from convsym.errors import ConvsymError
from convsym.latex.parser import parse
from convsym.latex.printer import to_latex
from convsym.latex.syntax import BigOperator, Bracket, Chain, Fraction_, Name, Node, Number, Product, Scripted
from convsym.repair.generalize import Affine, Instance, Part, affine, general_form
from convsym.repair.tree import at, key, letter, number, put, walk_paths
from convsym.repair.vocabulary import Vocabulary, cell_indices, with_indices
from convsym.scope.forms import printed_shape
from convsym.scope.model import Cell, FunctionRule, Rule, Scope, latex_name
from convsym.scope.naming import key as name_of
from convsym.scope.naming import strip_group
from convsym.scope.renewal import is_worked_value
from convsym.scope.statements import Statement
from convsym.scope.summation import bound_letters
from convsym.verdict import Proved

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.checker.session import Session

_MOST_INSTANCES = 64
_SHARED = "not the form that the written-out cells share"
_LETTERS = ("i", "j", "m", "n", "p", "q", "u", "v")


@dataclass(frozen=True, slots=True)
class Rival:
    """Another form of a definition, and who says so.

    Attributes:
        chain: the definition as it would have to be.
        latex: the same as LaTeX.
        said: numbers of the statements that say it.
        agreeing: numbers of statements that hold beside one that says it, without the definition.
        edit: in words, what the definition fails to say.
        last: whether it is asked after all others: a form that merely looks alike.
    """

    chain: Chain
    latex: str
    said: frozenset[int]
    agreeing: frozenset[int] = frozenset()
    edit: str = ""
    last: bool = False


def rivals(session: Session, statement: Statement, rule: Rule | FunctionRule) -> list[Rival]:
    """The forms that other lines give in place of a definition, the one with the most behind it first.

    Args:
        session: the document being judged.
        statement: the line that defines.
        rule: what it defines.
    """
    found: dict[object, Rival] = {}
    # What is said for a part of where a name may lie, or without a term, stands in nobody's place.
    partly = {s.number for s in session.reader.statements if s.under or s.pieced}
    for rival in _proposed(session, statement, rule):
        if rival.said & partly:
            continue
        said = key(rival.chain)
        known = found.get(said)
        if known is not None:
            rival = Rival(
                known.chain,
                known.latex,
                known.said | rival.said,
                known.agreeing | rival.agreeing,
                known.edit,
                known.last,
            )
        found[said] = rival
    own = key(Chain(statement.left, ((statement.relation, statement.right),), statement.left.span))
    found.pop(own, None)
    return sorted(found.values(), key=lambda rival: (rival.last, -len(rival.said | rival.agreeing)))


def _proposed(session: Session, statement: Statement, rule: Rule | FunctionRule) -> Iterator[Rival]:
    if isinstance(rule, FunctionRule):
        yield from _of_function(session, statement, rule)
        return
    yield from _said_again(session, statement)
    if rule.patterns and rule.layer is None and all(p.parameter and not p.offset for p in rule.patterns):
        yield from _lifted(session, statement, rule)
        instances = _instances(session, rule, session.scope_of(statement))[:_MOST_INSTANCES]
        if len(instances) >= 2:
            yield from _summed(session, statement, rule, instances)
            yield from _alike(session, statement, rule, instances)


def _rival(
    left: str, right: str, said: Sequence[int], agreeing: Sequence[int] = (), edit: str = ""
) -> Iterator[Rival]:
    latex = f"{left} = {right}"
    try:
        rows = parse(latex).rows
    except ConvsymError:
        return
    if len(rows) == 1 and rows[0].first is not None and len(rows[0].links) == 1:
        yield Rival(rows[0], latex, frozenset(said), frozenset(agreeing), edit)


def _text(statement: Statement, node: Node) -> str:
    text = statement.source[node.span.start : node.span.end].strip()
    return to_latex(node) if "&" in text or "\\\\" in text else text


# ---------------------------------------------------------------------- the same left side elsewhere


def _said_again(session: Session, statement: Statement) -> Iterator[Rival]:
    """L = ... where another line gives L, the head of its chain, another right side."""
    shape = printed_shape(statement.left)
    for other in session.reader.statements:
        if (
            other is statement
            or other.version != statement.version
            or other.relation not in ("=", ":=", "equiv")
            or other.head is None
            or printed_shape(other.head) != shape
            or other.role != "claim"
            or is_worked_value(other.right)
            or is_worked_value(statement.right)
            or _holds_by(session, statement, other)
        ):
            continue
        siblings = [
            s.number
            for s in session.reader.statements
            if s.formula == other.formula and s.head is other.head and s is not other and s is not statement
        ]
        agreeing = [n for n in siblings if isinstance(session.findings[n].outcome, Proved)]
        if other.link and not agreeing:
            continue
        yield from _rival(
            _text(statement, statement.left),
            _text(other, other.right),
            [other.number],
            agreeing,
            f"not as in line {session.line(other)}",
        )


def _holds_by(session: Session, definition: Statement, other: Statement) -> bool:
    """Whether a line is proved with a definition: f = q z of f = (x + y) z and q = x + y says nothing against it."""
    finding = session.findings[other.number]
    return isinstance(finding.outcome, Proved) and definition.number in finding.used


def _lifted(session: Session, statement: Statement, rule: Rule) -> Iterator[Rival]:
    r"""o_{i,j} = \sigma(z_{i,j}) where O = \sigma(Z) is said of the matrices."""
    scope = session.scope_of(statement)
    reference = scope.refer(statement.left, {})
    if reference is None:
        return
    for other in session.reader.statements:
        head = scope.refer(other.left, {}) if other.relation == "=" else None
        if (
            head is None
            or head.indices
            or scope.matrices.get(head.name) != rule.name
            or head.name == rule.name
        ):
            continue
        call = _call(other.right, scope)
        if call is None:
            continue
        function, argument = call
        inner = scope.refer(argument, {})
        if inner is None or inner.indices:
            continue
        family = scope.matrices.get(inner.name)
        if family is None or family == inner.name:
            continue
        indices = ",".join(to_latex(index) for index in reference.indices)
        yield from _rival(
            _text(statement, statement.left),
            f"{to_latex(function)}({latex_name(family)}_{{{indices}}})",
            [other.number],
            edit=f"not as in line {session.line(other)}",
        )


# ---------------------------------------------------------------------- functions


def _call(node: Node, scope: Scope) -> tuple[Name, Node] | None:
    """The function and the one argument of a plain application, or None."""
    node = strip_group(node)
    if not isinstance(node, Product) or len(node.factors) != 2 or node.factors[1][0]:
        return None
    head, argument = strip_group(node.factors[0][1]), strip_group(node.factors[1][1])
    if isinstance(head, Name) and name_of(head) in scope.functions and isinstance(argument, Bracket):
        if argument.kind in ("(", "[") and len(argument.items) == 1:
            return head, strip_group(argument.items[0])
    return None


def _of_function(session: Session, statement: Statement, rule: FunctionRule) -> Iterator[Rival]:
    r"""\sigma(x) = ... where other lines say what \sigma(z_{i,j}), or a cell defined by it, is."""
    scope = session.scope_of(statement)
    if len(rule.parameters) != 1:
        return
    parameter = letter(rule.parameters[0])
    name = next((n for n, f in scope.functions.items() if f is rule), None)
    for other in session.reader.statements:
        if other is statement or other.relation != "=" or other.version != statement.version:
            continue
        for one, value in ((other.left, other.right), (other.right, other.left)):
            argument = _argument(one, name, scope)
            if argument is None:
                continue
            wanted = key(argument)
            body = value
            for path, part in list(walk_paths(value)):
                if key(part) == wanted:
                    body = put(body, path, parameter)
            if any(_has_indices(part, scope) for _, part in walk_paths(body)):
                continue
            if name is None or _mentions(body, name) or body is value:
                continue
            try:
                text = to_latex(body)
            except ConvsymError:
                continue
            yield from _rival(
                _text(statement, statement.left),
                text,
                [other.number],
                edit=f"not as in line {session.line(other)}",
            )


def _has_indices(node: Node, scope: Scope) -> bool:
    reference = scope.refer(node, {}) if isinstance(node, Scripted) else None
    return reference is not None and bool(reference.indices)


def _mentions(node: Node, name: str) -> bool:
    return any(isinstance(part, Name) and name_of(part) == name for _, part in walk_paths(node))


def _argument(node: Node, name: str | None, scope: Scope) -> Node | None:
    """What the function is applied to: in a call of it, or in the rule of a cell that is one."""
    call = _call(node, scope)
    if call is not None:
        return call[1] if name_of(call[0]) == name and isinstance(call[1], Name | Scripted) else None
    reference = scope.refer(node, {}) if isinstance(node, Scripted) else None
    if reference is None or not reference.indices or reference.power is not None or reference.primes:
        return None
    for rule in scope.rules.get(reference.name, []):
        call = _call(rule.body, scope)
        if call is None or name_of(call[0]) != name or not isinstance(call[1], Scripted):
            continue
        inner = scope.refer(call[1], {})
        if (
            inner is None
            or len(rule.patterns) != len(reference.indices)
            or len(inner.indices) != len(rule.patterns)
        ):
            continue
        places = {
            p.parameter: index
            for p, index in zip(rule.patterns, reference.indices, strict=True)
            if not p.offset
        }
        moved = [
            places.get(name_of(i)) if isinstance(i, Name) else None for i in map(strip_group, inner.indices)
        ]
        if all(index is not None for index in moved):
            return with_indices(call[1], tuple(index for index in moved if index is not None))
    return None


# ---------------------------------------------------------------------- instances


def _instances(session: Session, rule: Rule, scope: Scope) -> list[tuple[tuple[int, ...], Finding]]:
    found = []
    for finding in session.claims():
        statement = finding.statement
        reference = scope.refer(statement.left, {}) if statement.relation == "=" else None
        if reference is None or reference.name != rule.name or len(reference.indices) != len(rule.patterns):
            continue
        indices = [strip_group(index) for index in reference.indices]
        if reference.layer is None and all(isinstance(i, Number) and i.text.isdigit() for i in indices):
            found.append((tuple(int(i.text) for i in indices if isinstance(i, Number)), finding))
    return found


def _summed(
    session: Session, statement: Statement, rule: Rule, instances: list[tuple[tuple[int, ...], Finding]]
) -> Iterator[Rival]:
    """The sum of products that the written-out cells are instances of."""
    scope = session.scope_of(statement)
    written, numbers = [], []
    for indices, finding in instances:
        terms = _terms(session, finding.statement)
        if terms is not None:
            written.append(Instance(indices, terms))
            numbers.append(finding.statement.number)
    # A definition that reads what does not exist is wrong whoever denies it: two cells that agree say how.
    broken = statement.number in session.broken
    parts = general_form(written, len(written) - 2 if broken else 1)
    if parts is None:
        return
    try:
        text = _printed(parts, statement, rule, scope)
    except ConvsymError:
        return
    if text is not None:
        yield from _rival(
            _text(statement, statement.left),
            text,
            numbers,
            edit=_SHARED,
        )


def _terms(
    session: Session, statement: Statement
) -> tuple[tuple[Fraction, tuple[tuple[str, tuple[int, ...]], ...]], ...] | None:
    judge = session.judges[statement.version]
    try:
        value = judge.elaborator.value(statement.right, {})
    except ConvsymError:
        return None
    if not isinstance(value, Expr) or not value.is_polynomial():
        return None
    terms = []
    for term in Add.make_args(expand(value)):
        coefficient, factors = term.as_coeff_mul()
        cells: list[tuple[str, tuple[int, ...]]] = []
        for factor in factors:
            cell = judge.scope.cells.get(factor) if isinstance(factor, Symbol) else None
            if cell is None or cell.layer is not None or not cell.is_concrete:
                return None
            cells.append((cell.family, _integers(cell)))
        if not isinstance(coefficient, Rational) or not cells:
            return None
        terms.append((Fraction(int(coefficient.p), int(coefficient.q)), tuple(sorted(cells))))
    return tuple(terms)


def _integers(cell: Cell) -> tuple[int, ...]:
    return tuple(index for index in cell.indices if isinstance(index, int))


def _printed(parts: Sequence[Part], statement: Statement, rule: Rule, scope: Scope) -> str | None:
    free = [pattern.parameter or "" for pattern in rule.patterns]
    pieces = []
    for part in parts:
        bound, limits = _bound(part, statement, free, scope)
        if len(bound) < len(part.box):
            return None
        factors = [
            f"{latex_name(family)}_{{{','.join(_index(axis, free, bound) for axis in axes)}}}"
            for family, axes in part.factors
        ]
        sums = "".join(
            f"\\sum_{{{name}={low}}}^{{{high}}} "
            for name, (low, _), high in zip(bound, part.box, limits, strict=False)
        )
        body = sums + " ".join(factors)
        pieces.append(_scaled(part, body, limits, statement))
    return " + ".join(pieces)


def _scaled(part: Part, body: str, limits: Sequence[str], statement: Statement) -> str:
    """The body times its coefficient, a mean over the window printed as its author prints divisors."""
    value = part.coefficient
    area = prod(high - low + 1 for low, high in part.box)
    if value == 1:
        return body
    if value.numerator == 1:
        below = str(value.denominator)
        if value.denominator == area and len(limits) == len(part.box) and _divides_by_names(statement.right):
            below = " ".join(limits)
        return f"\\frac{{{body}}}{{{below}}}"
    sign = "-" if value < 0 else ""
    size = abs(value)
    factor = str(size) if size.denominator == 1 else f"\\frac{{{size.numerator}}}{{{size.denominator}}}"
    return f"{sign}{'' if size == 1 else factor + ' '}{body}"


def _divides_by_names(node: Node) -> bool:
    return any(
        isinstance(part, Fraction_)
        and any(isinstance(inner, Name) for _, inner in walk_paths(part.denominator))
        for _, part in walk_paths(node)
    )


def _bound(
    part: Part, statement: Statement, free: Sequence[str], scope: Scope
) -> tuple[list[str], list[str]]:
    """Letters to sum over and their last values, as the definition prints them where it does."""
    printed: list[tuple[str, Node | None]] = []
    for _, node in walk_paths(statement.right):
        if isinstance(node, BigOperator) and node.operator == "sum":
            printed.extend((name, node.upper) for name, _ in bound_letters(node))
    taken = {*free, *(name for name, _ in printed)}
    letters = [name for name, _ in printed if name not in free]
    letters += [name for name in _LETTERS if name not in taken and scope.size(name) is None]
    limits = []
    vocabulary = vocabulary_of(scope)
    for axis, (low, high) in enumerate(part.box):
        own = _own_size(part.anchor, axis, low, high, scope, vocabulary)
        upper = printed[axis][1] if axis < len(printed) else None
        if upper is not None and own is None and scope.refer(upper, {}) is not None:
            reference = scope.refer(upper, {})
            if reference is not None and scope.size(reference.name) == high:
                own = to_latex(upper)
        limits.append(own or str(high))
    return letters[: len(part.box)], limits


def _own_size(
    anchor: str | None, axis: int, low: int, high: int, scope: Scope, vocabulary: Vocabulary
) -> str | None:
    """K_W for the first axis of the kernel's cells, where the document speaks of such sizes."""
    family = scope.families.get(anchor or "")
    if family is None or family.arity != 2:
        return None
    across = (axis == 0) == family.columns_first
    for matrix, own in scope.matrices.items():
        if own == anchor:
            name = f"{matrix}_{'W' if across else 'H'}"
            size = vocabulary.sizes.get(name)
            if size is not None and size == high - low + 1:
                return latex_name(name) if low == 1 else f"{latex_name(name)}-1" if low == 0 else None
    return None


def _index(rule: Affine, free: Sequence[str], bound: Sequence[str]) -> str:
    text = ""
    for factor, name in ((rule.bound, bound[rule.over] if bound else ""), (rule.free, free[rule.at])):
        if factor:
            size = "" if abs(factor) == 1 else str(abs(factor))
            sign = "-" if factor < 0 else "+" if text else ""
            text += f"{sign}{size}{name}"
    if rule.offset or not text:
        text += f"{'+' if text and rule.offset > 0 else ''}{rule.offset}"
    return text


def _alike(
    session: Session, statement: Statement, rule: Rule, instances: list[tuple[tuple[int, ...], Finding]]
) -> Iterator[Rival]:
    """One printed form whose cells move with the instance: 1/(1 + e^{-z_{1,1}}), 1/(1 + e^{-z_{2,1}}), ..."""
    scope = session.scope_of(statement)
    vocabulary = vocabulary_of(scope)
    shapes: dict[object, list[tuple[tuple[int, ...], list[int], Finding]]] = {}
    for indices, finding in instances:
        skeleton, values = _skeleton(finding.statement.right, vocabulary)
        shapes.setdefault(skeleton, []).append((indices, values, finding))
    same = max(shapes.values(), key=len)
    if len(same) < 2 or 2 * len(same) <= len(instances):
        return
    rules = []
    for slot in range(len(same[0][1])):
        points = [(indices, (), values[slot]) for indices, values, _ in same]
        found = affine(points, slot % len(rule.patterns))
        if found is None or found.free not in (0, 1):
            return
        rules.append(found)
    free = [pattern.parameter or "" for pattern in rule.patterns]
    right = same[0][2].statement.right
    slot = 0
    for path, _ in _cells(right, vocabulary):
        node = at(right, path)
        cell = cell_indices(node, vocabulary)
        if cell is None or not isinstance(node, Scripted):
            return
        moved = []
        for _ in cell[1]:
            moved.append(_index_node(rules[slot], free))
            slot += 1
        right = put(right, path, with_indices(node, tuple(moved)))
    try:
        text = to_latex(right)
    except ConvsymError:
        return
    said = [finding.statement.number for _, _, finding in same]
    for rival in _rival(_text(statement, statement.left), text, said, edit=_SHARED):
        yield replace(rival, last=True)


def _index_node(rule: Affine, free: Sequence[str]) -> Node:
    if not rule.free:
        return number(rule.offset)
    (row,) = parse(_index(rule, free, ())).rows
    assert row.first is not None
    return row.first


def _cells(node: Node, vocabulary: Vocabulary) -> list[tuple[tuple[int, ...], list[int]]]:
    found = []
    for path, part in walk_paths(node):
        cell = cell_indices(part, vocabulary)
        if cell is not None and all(isinstance(i, Number) and i.text.isdigit() for i in cell[1]):
            found.append((path, [int(i.text) for i in cell[1] if isinstance(i, Number)]))
    return found


def _skeleton(node: Node, vocabulary: Vocabulary) -> tuple[object, list[int]]:
    """What a node says apart from the indices of its cells, and those indices in order."""
    values: list[int] = []
    for path, indices in _cells(node, vocabulary):
        part = at(node, path)
        assert isinstance(part, Scripted)
        node = put(node, path, with_indices(part, tuple(letter("?") for _ in indices)))
        values.extend(indices)
    return key(node), values
