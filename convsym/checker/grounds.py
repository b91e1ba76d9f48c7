"""What a refutation rests on: a counterexample counts only against what the document itself has said.

A witness may give any value to a free input. It may not choose the derivative of a loss that was never
written down, the slope of a function nobody defined, the type of a matrix that has no shape, or the
numbers of a worked example: a line that differs only there is not wrong, it is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sympy import Expr, Function, Indexed, Symbol

from convsym.checker.coinciding import coincides
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Name, Node, Number, Product, Scripted, Sum_
from convsym.latex.walking import children, walk
from convsym.prover import never_equal
from convsym.scope.convolving import is_convolution
from convsym.scope.dimensions import differential, is_differential
from convsym.scope.forms import printed_shape
from convsym.scope.functions import Generic
from convsym.scope.grid import ENTRYWISE_POWER
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.model import latex_name
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.onehot import rests_on_the_true_class
from convsym.scope.padding import cell_that_may_be_outside
from convsym.verdict import Outcome, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.scope.judge import Judge, Judgment
    from convsym.scope.model import Scope
    from convsym.scope.statements import Statement

_PARTIAL = "\\partial "
_STEPS = 12
# Words of calculus that stand before a name and make another quantity of it.
_PREFIXES = frozenset({"d", "Delta", "nabla", "partial"})
# Words in front of a formula by which a letter becomes another function: "the tanh function:".
_NAMED_FUNCTIONS = re.compile(
    r"sigmoid|logistic|tanh|hyperbolic|relu|rectif|softplus|softmax|swish|gelu", re.I
)
# How far intermediate results that were rounded to a few digits may lead away.
_ROUNDED = 0.05
_DIFFERENTIALS = frozenset({"d", "partial"})
AT_THE_TRUE_CLASS = "it depends on where the 1 of a one-hot target stands"
WHICH_CELLS = "whether it fails depends on which cells at free indices are the same"
OPEN_FUNCTION = "is a function that the document does not define"


def ungrounded(
    statement: Statement, judgment: Judgment, judge: Judge, statements: Sequence[Statement] = ()
) -> str | None:
    """Why a refutation of a statement would rest on something the document never said.

    Args:
        statement: the relation that came out false.
        judgment: what was found about it, with the scalar equations it comes down to.
        judge: the judge of the scope it is read in.
        statements: all relations of the document, for the sections they stand in.

    Returns:
        The reason in words, or None where the refutation stands on the document's definitions.
    """
    scope = judge.scope
    for side in (statement.left, statement.right):
        prefixed = _prefixed_name(side, scope)
        if prefixed is not None and not scope.gradients:
            return f"{prefixed} is a name of its own, and nothing before defines it"
    if _has_unread_index(statement, scope):
        return "an index that is no sum of letters and numbers"
    if _starts_from_itself(statement, scope):
        return "it may be an update: a new value is computed from the old one"
    anew = _defined_anew(statement, scope, statements)
    if anew is not None:
        return anew
    if judgment.type_clash:
        unknown = next(_unknown_types(statement, scope), None)
        return f"nothing says whether {unknown} is a number or a matrix" if unknown is not None else None
    if not judgment.pairs:
        return None
    if rests_on_the_true_class(judge, judgment, (statement.left, statement.right)):
        return AT_THE_TRUE_CLASS
    outcome = judgment.outcome
    if (
        isinstance(outcome, Refuted)
        and outcome.witness is not None
        and coincides(outcome.witness, judgment.pairs)
    ):
        return WHICH_CELLS
    if isinstance(outcome, Refuted) and outcome.witness is not None and _PADDED.search(scope.words):
        outside = [name for name, value in outcome.witness.values if value and _BEFORE_FIRST.search(name)]
        if outside:
            return f"{outside[0]} may be padding, which counts as 0"
    if isinstance(outcome, Refuted) and scope.zero_outside:
        sides = [(judge.unfold(left), judge.unfold(right)) for _, left, right in judgment.pairs]
        if beyond := cell_that_may_be_outside(sides, scope):
            return (
                f"{beyond} may lie outside its range, where it counts as 0: which cells there are is not said"
            )
    open_index = next(_open_indices(statement, judgment.used, statements, scope), None)
    if open_index is not None:
        return open_index
    extra = set(free_letters([statement.right], scope)) - set(free_letters([statement.left], scope))
    if extra and any(_has_open_slope(side) for _, *sides in judgment.pairs for side in sides):
        return f"the index {min(extra)} is free on the right only, where a sum may be meant"
    shadowed = _shadowed(statement.left, statement.right) or _shadowed(statement.right, statement.left)
    if shadowed is not None:
        return f"the letter {shadowed} is free on one side and bound by a sum on the other"
    bias = _left_out_bias(statement, judgment, judge)
    if bias is not None:
        return f"it holds but for {bias}, which other lines add to every cell"
    if _mixes_layers(judgment, scope):
        return "cells of an example and cells of a layer are compared"
    introducible = _lone_names(statement, scope, bare=not (judgment.used or _differentiates(statement.left)))
    for _, left, right in judgment.pairs:
        reason = _open_ends(left, right, judge, introducible)
        if reason is not None:
            return reason
    return _example(statement, judgment, judge, statements)


def _starts_from_itself(statement: Statement, scope: Scope) -> bool:
    """Whether a name that something else is said of is set to itself and more, v = v - a g."""
    right = strip_group(statement.right)
    reference = scope.refer(statement.left, {})
    if reference is None or not isinstance(right, Sum_) or not scope.rules.get(reference.name):
        return False
    return any(printed_shape(term) == printed_shape(statement.left) for _, term in right.terms)


def names_a_function(statement: Statement) -> bool:
    """Whether the words before a relation name a standard function: "for the tanh function:"."""
    return _NAMED_FUNCTIONS.search(statement.display.before) is not None


def _open_indices(
    statement: Statement, used: set[int], statements: Sequence[Statement], scope: Scope
) -> Iterator[str]:
    """Definitions L = -log p_i that a refutation rests on, where the refuted line does not speak of that i."""
    spoken = set(free_letters([statement.left, statement.right], scope))
    for earlier in statements:
        if earlier.number not in used or earlier.role != "definition":
            continue
        reference = scope.refer(earlier.left, {})
        if reference is not None and reference.indices:
            continue
        named = {key(part) for part in walk(earlier.left) if isinstance(part, Name)}
        for letter in free_letters([earlier.right], scope):
            if letter not in named | spoken:
                yield f"the index {letter} in ${earlier.latex}$ is open: which cell is meant is not said"


_DIFFERENCE = re.compile(r"\$?-?\s*[A-Za-z]\s*[-+]\s*[A-Za-z]\s*\\ne 0\$?")


def but_for_open_readings(statement: Statement, judgment: Judgment, scope: Scope) -> Outcome:
    """The outcome of a claim, open where it rests on unequal free indices, or on a reading, that nobody states."""
    outcome = judgment.outcome
    if isinstance(outcome, Proved | Refuted) and ENTRYWISE_POWER in judgment.assumed:
        return Unsupported("a power of a square matrix, entry by entry or as a product")
    if not isinstance(outcome, Proved):
        return outcome
    letters = set(free_letters([statement.left, statement.right], scope))
    apart = [set(pair) for pair in statement.apart]
    for condition in outcome.assuming:
        named = set(re.findall(r"[A-Za-z]+", condition.replace("\\ne", "")))
        if named in apart and _DIFFERENCE.fullmatch(condition):
            continue  # the line itself says that they differ
        if condition.endswith("\\ne 0") and named and named <= letters:
            return Undecided(f"it is shown only where ${condition}$")
    return outcome


_PADDED = re.compile(r"\bpad(?:ding|ded)?\b", re.I)
_BEFORE_FIRST = re.compile(r"_\{(?:[^{}]*,)?-\d")


def _lone_names(statement: Statement, scope: Scope, *, bare: bool) -> set[str]:
    """Names that stand on one side only; with `bare`, those that are all of their side.

    Between free symbols a line with a lone bare name may be about to introduce it; a line that
    definitions lead to must not rest on any name that they never mention.
    """
    found: list[set[str]] = []
    whole: set[str] = set()
    for side in (statement.left, statement.right):
        parts = [scope.refer(part, {}) for part in walk(side) if isinstance(part, Name | Scripted)]
        found.append({part.name for part in parts if part is not None})
        reference = scope.refer(side, {})
        if reference is not None:
            whole.add(reference.name)
    lone = found[0] ^ found[1]
    return lone & whole if bare else lone


def _open_ends(left: Expr, right: Expr, judge: Judge, introducible: set[str]) -> str | None:
    """What stays open on two sides once every definition has been followed."""
    try:
        for _ in range(_STEPS):
            mapping = judge.unfolding(left, right)
            if not mapping:
                break
            left, right = left.xreplace(mapping), right.xreplace(mapping)
        left, right = judge.lifted(left, right)
    except ConvsymError:
        return None
    scope = judge.scope
    sides = left, right
    labels = {atom.base.label for side in sides for atom in side.atoms(Indexed)}
    fixed = {s.name for side in sides for s in side.atoms(Symbol) - labels if s.name.startswith(_PARTIAL)}
    for partial in sorted(fixed):
        below = partial.rpartition("/" + _PARTIAL)[2]
        if not _is_defined_cell(below, scope) and not _is_said_to_depend(partial, scope):
            return f"{partial} is a derivative by something the document does not define"
    slopes = {str(label) for label in labels if str(label).startswith(_PARTIAL)}
    # A derivative by a layer is known by what it stands for, any other by its name.
    layered = {scope.slopes[name].family for name in slopes if name in scope.slopes}
    below = {name.rpartition("/" + _PARTIAL)[2] for name in slopes if name not in scope.slopes}
    below |= {latex_name(family) for family in layered}
    if len(slopes) > 1 or any(not _is_defined_family(name, scope) for name in below):
        return f"{min(slopes)} is a derivative by something the document does not define"
    if slopes and fixed:
        return f"{min(slopes)} stands at a free index and at a fixed one"
    calls = [open_functions(side) for side in sides]
    if calls[0] != calls[1]:
        letter = min(calls[0] ^ calls[1])[0]
        return f"{latex_name(letter)} {OPEN_FUNCTION}"
    cells = [_open_cells(side, scope) for side in sides]
    for atom in sorted(cells[0] ^ cells[1], key=str):
        cell = scope.cells[atom]
        kin = [
            c for other in cells[0] ^ cells[1] if (c := scope.cells[other]).family == cell.family and c.layer
        ]
        if cell.layer is None and kin and not scope.rules.get(cell.family):
            return f"{cell.latex} may be {kin[0].latex}, written without its layer"
        rules = scope.rules.get(cell.family, [])
        if (
            rules
            and cell.indices
            and cell.is_concrete
            and not any(rule.is_general or (rule.layer and atom not in sides) for rule in rules)
        ):
            return f"{cell.latex} is not defined, unlike other cells of its family"
        known = _occurs_bare if not cell.indices and cell.layer is None else _occurs_in_definitions
        if cell.family in introducible and not known(cell.family, scope):
            return f"nothing the document defines says what {cell.latex} is"
    return None


def _left_out_bias(statement: Statement, judgment: Judgment, judge: Judge) -> str | None:
    """The bias that is all that a convolution printed in cells lacks."""
    sides = statement.left, statement.right
    if not any(map(is_convolution, sides)) or any(map(derives, sides)) or len(judgment.pairs) < 2:
        return None
    missing = {(judge.unfold(a) - judge.unfold(b)).expand() for _, a, b in judgment.pairs}
    if len(missing) != 1:
        return None
    rest = missing.pop()
    symbol = rest if isinstance(rest, Symbol) else -rest
    cell = judge.scope.cells.get(symbol)
    return cell.latex if cell is not None and not cell.indices else None


def _shadowed(one: Node, other: Node) -> str | None:
    """A letter that one side leaves free, and that a derivative in a sum of the other side may mean as well."""
    bound_here = {
        key(name)
        for part in walk(one)
        if isinstance(part, BigOperator) and part.lower is not None
        for name in walk(part.lower)
        if isinstance(name, Name)
    }
    free = {key(name) for name in walk(one) if isinstance(name, Name)} - bound_here
    for part in walk(other):
        if not isinstance(part, BigOperator) or part.lower is None:
            continue
        bound = {key(name) for name in walk(part.lower) if isinstance(name, Name)} & free
        for inner in walk(part.body):
            if bound and isinstance(inner, Fraction_) and _differentiates(inner):
                below = {key(name) for name in walk(inner.denominator) if isinstance(name, Name)}
                if bound & below:
                    return min(bound & below)
    return None


def _mixes_layers(judgment: Judgment, scope: Scope) -> bool:
    """Whether an error \\delta_{11} of a worked example meets a cell that carries a layer."""
    names = {error.name for error in scope.errors}
    cells = [
        cell
        for _, *sides in judgment.pairs
        for side in sides
        for atom in side.free_symbols
        if (cell := scope.cells.get(atom)) is not None and cell.indices
    ]
    errors = any(cell.family in names and cell.layer is None for cell in cells)
    return errors and any(cell.layer is not None for cell in cells)


def open_functions(side: Expr) -> set[tuple[str, int]]:
    """The arbitrary functions in an expression, each with the order of its derivative."""
    return {(call.func.letter, call.func.order) for call in side.atoms(Function) if isinstance(call, Generic)}


def _open_cells(side: Expr, scope: Scope) -> set[Expr]:
    return {atom for atom in side.atoms(Symbol, Indexed) if atom in scope.cells}


def _is_defined_cell(name: str, scope: Scope) -> bool:
    for atom, cell in scope.cells.items():
        if str(atom) == name or cell.latex == name:
            owners = [cell.family, *(matrix for matrix, own in scope.matrices.items() if own == cell.family)]
            return any(scope.rules.get(owner) for owner in owners)
    return False


def _is_said_to_depend(partial: str, scope: Scope) -> bool:
    """Whether lines such as u = u(x, y), x = x(r, t) say what every function in a chain rule depends on."""
    numerators = {above for above, _ in scope.survey.partials}
    for names in scope.arguments.values():
        if any(
            one in numerators and one not in scope.arguments and not scope.rules.get(one) for one in names
        ):
            return False
    return any(
        partial == f"{_PARTIAL}{latex_name(name)}/{_PARTIAL}{latex_name(one)}"
        for name, below in scope.arguments.items()
        for one in below
    )


def _has_open_slope(side: Expr) -> bool:
    return any(str(atom.base.label).startswith(_PARTIAL) for atom in side.atoms(Indexed))


def _is_defined_family(name: str, scope: Scope) -> bool:
    return any(rules and latex_name(family) == name for family, rules in scope.rules.items())


def _occurs_bare(name: str, scope: Scope) -> bool:
    """Whether a name occurs in definitions, and not with indices alone: the y of y_{j,c} is no number y."""
    own = scope.matrices.get(name, name)
    mentions = [
        reference
        for rules in scope.rules.values()
        for rule in rules
        for reference in scope.mentions(rule.body)
        if own in (reference.name, scope.matrices.get(reference.name))
    ]
    if mentions and all(reference.indices for reference in mentions) and name not in scope.matrices:
        return bool(scope.rules.get(name))
    return _occurs_in_definitions(name, scope)


def _occurs_in_definitions(name: str, scope: Scope) -> bool:
    """Whether a name is an input of some definition, a printed matrix, or a size."""
    if (
        name in scope.families
        or name in scope.sizes
        or scope.rules.get(name)
        or name in scope.matrices.values()
    ):
        return True
    for rules in scope.rules.values():
        for rule in rules:
            for part in walk(rule.body):
                reference = scope.refer(part, {}) if isinstance(part, Name | Scripted) else None
                if reference is not None and name in (
                    reference.name,
                    reference.base,
                    scope.matrices.get(reference.name),
                ):
                    return True
    return any(
        name == reference.name or (name == reference.base and not reference.indices)
        for rule in scope.functions.values()
        if rule.body is not None
        for reference in scope.mentions(rule.body)
    )


def _prefixed_name(side: Node, scope: Scope) -> str | None:
    r"""dW^{[1]}, \Delta w, \nabla a where the prefix is no variable: the name as it is printed."""
    side = strip_group(side)
    if not isinstance(side, Product) or len(side.factors) < 2:
        return None
    for (_, head), (operator, second) in zip(side.factors, side.factors[1:], strict=False):
        head, second = strip_group(head), strip_group(second)
        reference = scope.refer(head, {})
        if (
            operator
            or reference is None
            or reference.base not in _PREFIXES
            or reference.name != reference.base  # \nabla_w L is a gradient
            or reference.indices
            or scope.rules.get(reference.base)
        ):
            continue
        below = scope.refer(second, {})
        if below is not None:
            return f"{latex_name(reference.base)} {latex_name(below.base)}"
    return None


def introduces_prefixed(statement: Statement, scope: Scope, statements: Sequence[Statement]) -> str | None:
    r"""The name dZ or \Delta w that a relation gives its meaning: all of its left side, and never before."""
    left = strip_group(statement.left)
    if statement.link or not isinstance(left, Product) or len(left.factors) != 2:
        return None
    name = _prefixed_name(left, scope)
    head = scope.refer(strip_group(left.factors[0][1]), {})
    if head is None or head.base not in ("d", "Delta"):
        return None  # \nabla_X L is a gradient: it claims something
    for earlier in statements:
        if earlier.number >= statement.number:
            break
        if any(to_latex(left) in to_latex(side) for side in (earlier.left, earlier.right)):
            return None
    return name


def _has_unread_index(statement: Statement, scope: Scope) -> bool:
    """Whether some cell carries a product or a decorated letter as one index: w_{j^* k}."""
    for side in (statement.left, statement.right):
        for part in walk(side):
            reference = scope.refer(part, {}) if isinstance(part, Scripted) else None
            if reference is None:
                continue
            for index in reference.indices:
                letters = [p for p in walk(index) if isinstance(p, Name)]
                marked = any(isinstance(p, Scripted) and p.superscript is not None for p in walk(index))
                if marked and len(letters) > 1:
                    return True
    return False


def _defined_anew(statement: Statement, scope: Scope, statements: Sequence[Statement]) -> str | None:
    """A whole formula of its own for what an earlier section, or a function f(x), defined otherwise."""
    left = strip_group(statement.left)
    if statement.link or _differentiates(statement.left):
        return None
    if isinstance(left, Product) and len(left.factors) == 2:
        head = scope.refer(left.factors[0][1], {})
        rule = scope.functions.get(head.name) if head is not None else None
        argument = strip_group(left.factors[1][1])
        named = names_a_function(statement)
        if rule is not None and rule.body is not None and named and isinstance(argument, Bracket):
            if all(isinstance(strip_group(item), Name) for item in argument.items):
                return f"another definition of {latex_name(head.name)}" if head is not None else None
        return None
    reference = scope.refer(left, {})
    if reference is None:
        return None
    if isinstance(reference.layer, Name) and not any(
        rule.layer is not None and rule.layer.parameter for rule in scope.rules.get(reference.name, [])
    ):
        return f"a general layer of {latex_name(reference.name)}, of which only single layers are defined"
    sections = {other.number: other.display.section for other in statements}
    for earlier in scope.rules.get(reference.name, []):
        defined = sections.get(earlier.statement)
        free = [pattern.parameter for pattern in earlier.patterns]
        # z_{i,j} = ... of another operation under another heading; an instance z_{1,1} = ... stays a claim.
        if (
            free
            and all(free)
            and defined not in (None, statement.display.section)
            and _all_letters(reference)
        ):
            return f"another definition of {latex_name(reference.name)}, in a section of its own"
    return None


def _all_letters(reference: Reference) -> bool:
    return all(isinstance(strip_group(index), Name) for index in reference.indices)


def _differentiates(node: Node) -> bool:
    """Whether a derivative is printed somewhere in it."""
    for part in walk(node):
        if isinstance(part, Fraction_) and any(
            isinstance(name, Name) and name.text in _DIFFERENTIALS for name in walk(part.denominator)
        ):
            return True
        if isinstance(part, Name) and part.text == "nabla":
            return True
        if isinstance(part, Scripted) and part.primes:
            return True
    return False


def _example(
    statement: Statement, judgment: Judgment, judge: Judge, statements: Sequence[Statement]
) -> str | None:
    """A side of digits only against a side with inputs that were given no values.

    Numbers that no inputs lead to are no example, nor is one number between rows that say it in letters.
    """
    left, right = statement.left, statement.right
    if not is_digits(right, judge.scope):
        return None
    rounded = any(isinstance(part, Number) and len(part.text.partition(".")[2]) > 2 for part in walk(right))
    if _differentiates(left) and not rounded:
        return None
    for _, a, b in judgment.pairs:
        first, second = judge.unfold(a), judge.unfold(b)
        if second.free_symbols:
            continue
        if first.free_symbols:
            if never_equal(first, second) or _is_between_letters(statement, judge.scope, statements):
                continue
            return "numbers are put in for what the document gives no value"
        if rounded and is_near(first, second):
            return "a rounded decimal stands where the exact value would have to"
    return None


def _is_between_letters(statement: Statement, scope: Scope, statements: Sequence[Statement]) -> bool:
    """Whether other rows of the same block give cells of the same family in letters."""
    own = scope.refer(statement.left, {})
    if own is None or not own.indices or statement.link:
        return False
    rows = [
        other
        for other in statements
        if other.formula == statement.formula
        and other is not statement
        and not other.link
        and (reference := scope.refer(other.left, {})) is not None
        and reference.name == own.name
    ]
    return len(rows) >= 2 and not any(is_digits(other.right, scope) for other in rows)


def is_near(first: Expr, second: Expr) -> bool:
    """Whether two closed values differ by no more than rounded intermediate results may do."""
    try:
        return bool(abs(first.evalf(15) - second.evalf(15)) <= _ROUNDED * abs(second.evalf(15)))
    except (TypeError, ValueError):
        return False


def is_digits(node: Node, scope: Scope) -> bool:
    """Whether an expression is made of numbers and known functions alone."""
    for part in walk(node):
        if isinstance(part, BigOperator):
            return False
        if isinstance(part, Name) and scope.refer(part, {}) is not None:
            name = key(part)
            if name in scope.functions or (
                name == "e" and not (name in scope.rules or name in scope.habits.arity)
            ):
                continue
            if scope.size(name) is not None or name in scope.rules or len(name) == 1:
                return False
    return True


def _unknown_types(statement: Statement, scope: Scope) -> Iterator[str]:
    """Names in a relation whose type nothing in the document settles."""
    for side in (statement.left, statement.right):
        yield from _untyped(side, scope)


def unwritten_loss(node: Node, scope: Scope) -> Node | None:
    r"""The L of \partial L/\partial W that nothing defines, a number; None of anything else."""
    if not isinstance(node, Fraction_) or not is_differential(node.numerator, node.denominator):
        return None
    inner = differential(node.numerator)
    loss = None if inner is None else strip_group(inner)
    reference = scope.refer(loss, {}) if isinstance(loss, Name) else None
    known = reference is None or scope.family(reference.name) is not None or scope.rules.get(reference.name)
    return None if known else loss


def _untyped(node: Node, scope: Scope) -> Iterator[str]:
    node = strip_group(node)
    if isinstance(node, Fraction_) and unwritten_loss(node, scope) is not None:
        yield from _untyped(node.denominator, scope)
        return
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    if reference is None:
        for child in children(node):
            yield from _untyped(child, scope)
        return
    name = reference.name
    if reference.base in _DIFFERENTIALS or name in scope.functions or scope.size(name) is not None:
        return
    if reference.indices and not scope.rules.get(name):
        return  # a cell of a family is a number
    if scope.rules.get(name) or name in scope.matrices or name in scope.families or name in scope.tuples:
        return
    yield f"${latex_name(name)}$"
