"""Which of several lines that could define a name stands as its definition, and which become claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from math import prod

from sympy import Expr, Integer

from convsym.document import Directive
from convsym.latex.syntax import BigOperator, Matrix, Node, Number
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.forms import integer_of, is_numeric, speaks_of
from convsym.scope.model import Family, Rule, Scope, pattern_of
from convsym.scope.naming import Reference, strip_group
from convsym.scope.statements import Statement


def leads_back(rule: Rule, scope: Scope) -> bool:
    """Whether a rule leads to what it defines; a layer that is counted on does not count.

    Args:
        rule: what a line defines.
        scope: the other definitions.
    """
    if rule.layer is not None:
        return False
    seen: set[str] = set()
    waiting = [rule]
    while waiting:
        for reference in scope.mentions(waiting.pop().body):
            if reference.layer is not None:
                continue
            name = scope.matrices.get(reference.name, reference.name)
            if name == rule.name:
                return True
            if name not in seen:
                seen.add(name)
                owners = [name, *(matrix for matrix, own in scope.matrices.items() if own == name != matrix)]
                waiting.extend(r for owner in owners for r in scope.rules.get(owner, []) if r.layer is None)
    return False


def is_rule_for(rule: Rule, existing: Sequence[Rule], scope: Scope, statements: Sequence[Statement]) -> bool:
    """Whether a line for every cell overrules single cells: some that strayed among other rows, or a few examples.

    Cells given on rows of their own stay the definition, and the general line is judged against them, unless the
    printed matrix has more cells than those. A recurrence overrules nothing: its first cells are given beside it.
    """
    letters = {pattern.parameter for pattern in rule.patterns if not pattern.offset}
    if (
        rule.layer is not None
        or None in letters
        or len(letters) < len(rule.patterns)
        or leads_back(rule, scope)
    ):
        return False
    if _leave_cells_out(existing, scope.family(rule.name)):
        return True
    strays = {s.number for s in statements if family_around(s, statements, scope) is not None}
    return all(
        other.statement in strays and not other.is_general and not is_numeric(other.body)
        for other in existing
    )


def _leave_cells_out(existing: Sequence[Rule], family: Family | None) -> bool:
    """Whether single cells of a printed matrix are given, and others of it are not."""
    if family is None or not family.printed or None in family.sizes:
        return False
    given = {tuple(pattern.offset for pattern in other.patterns) for other in existing}
    return not any(other.is_general or other.layer or is_numeric(other.body) for other in existing) and len(
        given
    ) < prod(size or 0 for size in family.sizes)


def said_for_every_layer(statement: Statement, rule: Rule, existing: Sequence[Rule], scope: Scope) -> bool:
    """Take a line that gives z^{(l)} for every layer, where earlier ones give z^{(1)} and z^{(2)}, for a definition.

    The earlier ones stay in force for their own layers.

    Args:
        statement: the line; its role is changed where it is one.
        rule: what it would define.
        existing: the rules in force that it overlaps.
        scope: where it comes into force.
    """
    general = rule.layer is not None and rule.layer.parameter is not None
    if not general or not existing or any(o.layer is None or o.layer.parameter for o in existing):
        return False
    scope.rules[rule.name].append(rule)
    statement.role, statement.reason = "definition", "says of every layer what others say of one"
    return True


def is_new_layer(reference: Reference, scope: Scope) -> bool:
    """Whether a name stands at a numbered layer of which no line says anything, unlike other layers of it."""
    layer = None if reference.layer is None else pattern_of(reference.layer, {})
    rules = scope.rules.get(reference.name, [])
    if reference.indices or layer is None or layer.parameter is not None or not rules:
        return False
    return not any(r.layer and (r.layer.parameter or r.layer.offset == layer.offset) for r in rules)


def family_around(statement: Statement, statements: Sequence[Statement], scope: Scope) -> str | None:
    """The other family of which a block gives every cell but the one whose indices stand here; else None."""
    own = scope.refer(statement.left, {})
    if own is None or statement.link:
        return None
    rows = [s for s in statements if s.formula == statement.formula and s is not statement and not s.link]
    heads = [scope.refer(row.left, {}) for row in rows]
    names = {None if head is None else head.name for head in heads}
    (name, *others) = names or {None}
    if len(rows) < 2 or others or name in (None, own.name):
        return None
    cells = [_numbers(head) for head in heads if head is not None]
    missing = _numbers(own)
    if missing is None or None in cells or missing in cells:
        return None
    axes = [set(axis) for axis in zip(missing, *(cell for cell in cells if cell is not None), strict=False)]
    whole = set(product(*axes))
    return name if {*cells, missing} == whole and len(cells) + 1 == len(whole) else None


def _numbers(reference: Reference) -> tuple[int, ...] | None:
    indices = [strip_group(index) for index in reference.indices]
    digits = [index.text for index in indices if isinstance(index, Number) and index.text.isdigit()]
    return tuple(int(text) for text in digits) if indices and len(digits) == len(indices) else None


def same_family(left: Node, right: Node, scope: Scope) -> bool:
    """T_{i,j} = T_{i+1,j+1}: whether both sides are a cell of one family and nothing else."""
    one, other = scope.refer(strip_group(left), {}), scope.refer(strip_group(right), {})
    return (
        one is not None
        and other is not None
        and one.name == other.name
        and bool(one.indices)
        and len(one.indices) == len(other.indices)
        and (one.layer, other.layer, one.power, other.power) == (None,) * 4
        and not (one.primes or other.primes)
    )


def as_claims(scope: Scope, rules: Collection[Rule], statements: Sequence[Statement]) -> None:
    """Take rules out of force: the lines they were read from are judged instead.

    Args:
        scope: where the rules are in force; changed in place.
        rules: rules of one or several names.
        statements: the relations read so far; changed in place.
    """
    for name in {rule.name for rule in rules}:
        scope.rules[name] = [other for other in scope.rules[name] if not any(other is rule for rule in rules)]
    numbers = {rule.statement for rule in rules}
    for statement in statements:
        if statement.number in numbers:
            statement.role, statement.reason = "claim", ""


def deny_inputs(scopes: Sequence[Scope], statements: Sequence[Statement]) -> None:
    """Take for claims the lines that would define a given cell: an input, a target, a printed matrix.

    A line introduces nothing where it says an input through what is computed from it, or where it is the one
    row that strayed among those of another family.
    """
    for version, scope in enumerate(scopes):
        own = {statement.number: statement for statement in statements if statement.version == version}
        for name, family in scope.families.items():
            rules = scope.rules.get(name, [])
            if not family.exact or not rules:
                continue
            denied = [rule for rule in rules if _is_denied(rule, family, scope, own)]
            # A state carried on from index to index is defined through itself; what has other lines is no input.
            if len(denied) < len(rules) or any(
                name in _mentioned(rule, scope) and not _names_itself(rule, scope) for rule in denied
            ):
                continue
            if not any(_is_about(name, s, scope) for s in own.values() if s.role == "claim"):
                as_claims(scope, denied, list(own.values()))


def _is_denied(rule: Rule, family: Family, scope: Scope, statements: Mapping[int, Statement]) -> bool:
    if not rule.patterns or rule.statement not in statements:
        return False
    if family.printed and leads_back(rule, scope):
        return True
    around = family_around(statements[rule.statement], list(statements.values()), scope)
    return around is not None and any(other.is_general for other in scope.rules.get(around, []))


def _names_itself(rule: Rule, scope: Scope) -> bool:
    """Whether the very cell that a rule would define stands in its body: no state is carried on to itself."""
    own = [pattern.offset for pattern in rule.patterns]
    return not rule.is_general and any(
        scope.matrices.get(reference.name, reference.name) == rule.name
        and [integer_of(index) for index in reference.indices] == own
        for reference in scope.mentions(rule.body)
    )


def _is_about(name: str, statement: Statement, scope: Scope) -> bool:
    reference = scope.refer(statement.left, {})
    return reference is not None and name == scope.matrices.get(reference.name, reference.name)


def _mentioned(rule: Rule, scope: Scope) -> set[str]:
    return {scope.matrices.get(r.name, r.name) for r in scope.mentions(rule.body)}


def is_later(other: Expr, atom: Expr, scope: Scope) -> bool:
    """Whether one cell of a recurrence, h_t, is made of another, h_{t-1}: the later one is followed first."""
    cell, one = scope.cells[other], scope.cells[atom]
    if other == atom or cell.tensor != one.tensor or len(cell.indices) != len(one.indices):
        return False
    steps = [Integer(0) + a - b for a, b in zip(cell.indices, one.indices, strict=True)]
    if not all(step.is_Integer and step >= 0 for step in steps):
        return False
    return any(
        reference.name == one.family
        for rule in scope.rules.get(one.family, [])
        for reference in scope.mentions(rule.body)
    )


def is_made_of_numbers(name: str, scope: Scope) -> bool:
    """Whether a name is defined by what is certainly a number: cells, functions, sizes.

    Args:
        name: without indices.
        scope: that holds its definitions.
    """
    rules = scope.rules.get(name, ())
    for rule in rules:
        if rule.patterns or rule.layer is not None or any(isinstance(p, Matrix) for p in walk(rule.body)):
            return False
        for inner in scope.mentions(rule.body):
            if inner.indices or inner.name in scope.functions or inner.name in FUNCTIONS:
                continue
            if not scope.rules.get(inner.name) and scope.size(inner.name) is None:
                return False
    return bool(rules)


def runs_unsaid(statement: Statement, scope: Scope) -> bool:
    """Whether nothing says how far the indices of a definition run: no matrix of its cells, and no sum that ends.

    Args:
        statement: the definition, y_i = w_1 x_i + w_2 x_{i+1}.
        scope: that it is read in.
    """
    reference = scope.refer(statement.left, {})
    if reference is None or any(isinstance(part, BigOperator) for part in walk(statement.right)):
        return False
    return reference.name not in scope.matrices.values() and reference.name not in scope.shapes


def is_said_in_words(
    name: str, statements: Iterable[Statement], directives: Iterable[Directive], scope: Scope
) -> bool:
    """Whether neither a formula nor a directive gave P or S its number: "no padding" did.

    Args:
        name: the size.
        statements: the relations read so far.
        directives: the comments read so far.
        scope: how the document writes its names.
    """
    printed = any(s.role in ("definition", "size") and speaks_of(name, s.left, scope) for s in statements)
    return (
        name in ("P", "S")
        and not printed
        and not any(name in directive.arguments for directive in directives)
    )
