"""Equations that a document sets up instead of claiming them: a slope put to 0, a condition on free symbols."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sympy import Dummy, Expr, Symbol

from convsym.checker.findings import Finding
from convsym.latex.syntax import (
    Bracket,
    Equation,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.dimensions import is_differential
from convsym.scope.forms import is_numeric
from convsym.scope.hygiene import derives
from convsym.scope.implied import says_implied_sums
from convsym.scope.judge import Judge
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.normalization import (
    class_axes,
    holds_with_unit_sums,
    log_weights,
    said_normalized,
    states_unit_sum,
)
from convsym.scope.renewal import has_value, juxtaposed
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported

CONDITION = "states a condition on symbols that are not defined"
EITHER = "a condition on symbols that are not defined, or a false identity: no words say which"
STATIONARY = "states where a slope is 0"
# Functions that are rational in exponentials: what is written behind them is their formula, no equation to solve.
_EXPONENTIAL = frozenset({"tanh", "sinh", "cosh", "sigmoid", "coth"})
_POWER = "gives the power of a name that nothing defines"

# A sentence ends at its full stop, but not within an abbreviation or a number.
_SENTENCE = re.compile(r"[.!?;](?=\s+[A-Z$])|[。！？；]")
# Words under which a slope is put to 0, or is 0 where the text speaks of.
_STATIONARY = re.compile(
    r"\b(sett?(?:ing|s)?|put(?:ting|s)?|equat\w+|solv\w+|requir\w+|impos\w+|demand\w*|minim\w+|maxim\w+|optim\w+|"
    r"extrem\w+|stationar\w+|critical|saddle|vanish\w*|first[- ]order|normal equations?|converge\w*|zeros?|roots?|"
    r"equilibri\w+|fixed points?|if|when|where|until|such that|so that|satisf\w+|must|should|want|need|condition\w*|"
    r"find\w*|nullstell\w*|ableitung null|gleich null|setz\w+|lös\w+|annul\w+|igual\w+|résou\w+|resolv\w+)\b|"
    r"最[小大优佳]|极[值小大]|令|驻点|求解|为零|為零|최소|최대|최적|0으로|0이|最小|最適|極",
    re.I,
)
# Words under which a relation between free symbols is a condition on them.
_CONDITIONED = re.compile(
    r"\b(such that|so that|where|if|when\w*|unless|subject to|s\.t|constrain\w*|restrict\w*|assum\w+|suppos\w+|let|"
    r"with|given|provided|satisf\w+|requir\w+|condition\w*|impos\w+|must|should|solv\w+|solutions?|set|setting|equations?|"
    r"system|line|plane|hyperplane|boundary|curve|circle|sphere|ellipse|surface|for|find|want|need|hold\w*|normaliz\w+|"
    r"sum(?:s|med|ming)? (?:up )?to|choos\w+|consider|wenn|falls|sei|soit|si|sea|donde)\b|"
    r"令|设|設|其中|满足|若|如果|使得",
    re.I,
)

NOT_SAID = "which is not said"
"""How a line is left open that holds of targets that add up to one."""


def heed_unit_sums(finding: Finding, judge: Judge, equations: Collection[Equation]) -> None:
    """Prove a claim that is true of targets that add up to one, where the document says that they do.

    Args:
        finding: a claim as it was judged; its outcome is changed.
        judge: who judged it.
        equations: all that the document prints.
    """
    judgment, statement = finding.judgment, finding.statement
    if judgment is None or not isinstance(finding.outcome, Refuted):
        return
    batches = class_axes(judge.scope, equations)
    weights = {**dict.fromkeys(log_weights(judge.scope), 0), **{n: axis or 0 for n, axis in batches.items()}}
    ways = [weights]
    if None in batches.values():
        # Nothing tells the class from the sample: a line is refuted if it is false whichever index is the class.
        ways.append({**weights, **{name: 1 for name, axis in batches.items() if axis is None}})
    results = [holds_with_unit_sums(judge, judgment, way) for way in ways] if weights else [False]
    if not any(result is not False for result in results):
        return
    said = said_normalized(judge.scope, equations)
    if states_unit_sum(statement.left, statement.right, judge.scope, said):
        # What is taken for true of the targets is no consequence of it.
        finding.outcome = judgment.outcome = Definition("states a condition")
        return
    holds = results[0] if len(ways) == 1 else None
    granted = {name: axis for name, axis in weights.items() if name in said}
    if holds and granted and holds_with_unit_sums(judge, judgment, granted):
        finding.outcome = judgment.outcome = Proved("by definition")
        judgment.assumed.add(_sums(granted, batches))
    elif holds or said:
        words = _sums(weights, batches if len(ways) == 1 else ())
        finding.outcome = Undecided(f"it {'holds' if holds else 'may hold'} if {words}, {NOT_SAID}")


def _sums(axes: Mapping[str, int], batches: Collection[str]) -> str:
    r"""The sums that are one: \sum y = 1 for a vector, \sum_j y_{ij} = 1 for the rows of a batch."""
    said = []
    for name, axis in sorted(axes.items()):
        entry = f"{latex_name(name)}_{{ij}}" if name in batches else latex_name(name)
        said.append(f"$\\sum{'_' + 'ij'[axis] if name in batches else ''} {entry} = 1$")
    return ", ".join(said)


def heed_stated(finding: Finding, scope: Scope, statements: list[Statement]) -> None:
    """Take back the refutation of an equation that is set up, not claimed.

    Args:
        finding: a claim as it was judged; its outcome is changed where it is no false claim.
        scope: the version of the scope it is read in.
        statements: every relation of the document.
    """
    if not isinstance(finding.outcome, Refuted):
        return
    for side in (finding.statement.left, finding.statement.right):
        for part in walk(side):
            if (
                isinstance(part, Fraction_)
                and is_differential(part.numerator, part.denominator)
                and _by_a_number(part, scope)
            ):
                # The number is what the letter is put to behind the derivative, nothing varies any more.
                finding.outcome, finding.repairs = Unsupported("a derivative by a name that is a number"), ()
                return
    _power(finding, scope, statements)
    _stationary(finding, scope)
    _free(finding, scope)
    _compound(finding, scope)


def _compound(finding: Finding, scope: Scope) -> None:
    r"""V dW^{corrected} = \frac{V dW}{1 - \beta} says what V dW is, of a V that nothing defines."""
    statement = finding.statement
    if not isinstance(finding.outcome, Refuted) or statement.link or statement.relation not in ("=", ":="):
        return
    names = juxtaposed(statement.left, scope)
    if len(names) < 2 or any(derives(side) for side in (statement.left, statement.right)):
        return
    head = names[0]
    # A false identity in free letters, a b = (a + b) b, takes the letters apart.
    apart = any(reference.name == head for reference in scope.mentions(statement.right))
    if apart and not any(names == juxtaposed(part, scope)[: len(names)] for part in walk(statement.right)):
        return
    if not scope.rules.get(head) and scope.family(head) is None and scope.size(head) is None:
        finding.outcome, finding.repairs = Unsupported(EITHER), ()


def _by_a_number(fraction: Fraction_, scope: Scope) -> bool:
    names = {r.name for r in scope.mentions(fraction.denominator)} - {"d", "partial"}
    valued = (has_value(rule, scope) for name in names for rule in scope.rules.get(name, []))
    return any(scope.size(name) is not None for name in names) or any(valued)


def _power(finding: Finding, scope: Scope, statements: list[Statement]) -> None:
    r"""\sigma^2 = ... says what the square is of a quantity that nothing else defines."""
    statement = finding.statement
    left = scope.refer(statement.left, {})
    if left is None or left.power is None or left.name in ("e", "pi"):
        return
    heads = (scope.refer(s.left, {}) for s in statements if s.relation in ("=", ":="))
    known = any(head is not None and head.power is None and head.name == left.name for head in heads)
    if not statement.link and not known and not derives(statement.right):
        finding.outcome, finding.repairs = Definition(_POWER), ()


def _stationary(finding: Finding, scope: Scope) -> None:
    r"""dJ/dw = 0 is what a minimum satisfies, not a claim that J is constant."""
    statement = finding.statement
    if not isinstance(finding.outcome, Refuted) or not is_zero(statement.right):
        return
    if is_demanded(statement) or _STATIONARY.search(_sentence(statement)):
        finding.outcome, finding.repairs = Definition(STATIONARY), ()
        return
    head = statement.left if statement.head is None else statement.head
    if derives(statement.left) or derives(head):
        judgment = finding.judgment
        varies = judgment is None or any(_names(a) | _names(b) for _, a, b in judgment.pairs)
        cells = [r for part in walk(head) if (r := _reference(part, scope)) is not None and r.indices]
        if varies and not any(reference.base not in ("nabla", "partial") for reference in cells):
            # The slope of a whole loss: a heading or a distant sentence may say that it is put to 0.
            finding.outcome = Unsupported(
                "a slope that is not 0 everywhere: no words say where it is to be 0"
            )
            finding.repairs = ()


def _reference(node: Node, scope: Scope) -> Reference | None:
    return scope.refer(node, {}) if isinstance(node, Name | Scripted) else None


def is_zero(node: Node) -> bool:
    r"""Whether a node prints 0: a number, a bold \mathbf 0, a vector of zeros."""
    node = strip_group(node)
    match node:
        case Number():
            return not node.text.strip("0.")
        case Name():
            return node.text in ("0", "zero")
        case Signed():
            return is_zero(node.operand)
        case Scripted():
            return is_zero(node.base)
        case Bracket() | Tuple_():
            return bool(node.items) and all(is_zero(item) for item in node.items)
        case Matrix():
            return all(cell is not None and is_zero(cell) for row in node.rows for cell in row)
    return False


def is_demanded(statement: Statement) -> bool:
    r"""Whether the sign of equality carries a mark of demand, \overset{!}{=}."""
    between = statement.source[statement.left.span.start : statement.right.span.start]
    return re.search(r"\\(?:overset|stackrel)\s*\{?\s*(?:\\text\w*|\\mathrm)?\s*\{?\s*!", between) is not None


def _sentence(statement: Statement) -> str:
    """The sentence that a formula stands in, as far as its words are known."""
    display = statement.display
    before = display.before.rstrip()
    pieces = [piece for piece in _SENTENCE.split(before) if piece.strip()]
    after = display.after.lstrip()
    goes_on = display.inline or after[:1].islower()
    rest = _SENTENCE.split(after)[0] if goes_on else ""
    last = pieces[-1] if pieces and not before.endswith((".", "!", "?")) else ""
    if before.endswith((".", "!", "?")) and not display.inline and pieces:
        last = pieces[-1]  # "We set the gradient to zero." and the display below
    return f"{last} {rest}"


def _says_a_function(left: Node, right: Node, scope: Scope) -> bool:
    r"""Whether a line says what a function that everybody knows is: \\tanh(z) by exponentials of that z.

    Args:
        left, right: its sides.
        scope: what the document defines.
    """
    left = strip_group(left)
    if not isinstance(left, Product) or len(left.factors) != 2:
        return False
    head, bracket = strip_group(left.factors[0][1]), strip_group(left.factors[1][1])
    inner = (
        strip_group(bracket.items[0]) if isinstance(bracket, Bracket) and len(bracket.items) == 1 else bracket
    )
    if not isinstance(head, Name) or head.text not in _EXPONENTIAL or head.text in scope.functions:
        return False
    names = {key(part) for part in walk(right) if isinstance(part, Name)}
    return isinstance(inner, Name) and names <= {"e", "exp", key(inner)} and len(names) > 1


def is_conditioned(statement: Statement) -> bool:
    """Whether the words around a relation make a condition of it: "such that", "assume", "where".

    Args:
        statement: a relation between symbols that nothing defines.
    """
    return _CONDITIONED.search(_sentence(statement)) is not None


def _free(finding: Finding, scope: Scope) -> None:
    """x^2 + y^2 = 1 between symbols nobody defined is a condition on them, not a false identity."""
    judgment, statement = finding.judgment, finding.statement
    if (
        judgment is None
        or not isinstance(finding.outcome, Refuted)
        or judgment.used
        or not judgment.pairs
        or any(derives(side) for side in (statement.left, statement.right))
        or _says_a_function(statement.left, statement.right, scope)
    ):
        return
    for _, a, b in judgment.pairs:
        atoms = a.free_symbols | b.free_symbols
        cells = [scope.cells[atom] for atom in atoms if atom in scope.cells]
        if _names(a) == _names(b) or any(
            scope.families.get(cell.family) is not None or scope.rules.get(cell.family) for cell in cells
        ):
            return
    finding.repairs = ()
    if _leaves_out_a_sum(statement, scope):
        finding.outcome = Unsupported(EITHER)
    elif _may_be_met(statement, scope) or is_conditioned(statement):
        finding.outcome = Definition(CONDITION)
    else:
        finding.outcome = Unsupported(EITHER)


def _leaves_out_a_sum(statement: Statement, scope: Scope) -> bool:
    r"""Whether a line of a text that leaves out its sums has a Kronecker delta, W_{ib} \delta_{ic} = W_{cb}."""
    named = (reference for side in (statement.left, statement.right) for reference in scope.mentions(side))
    return says_implied_sums(scope.words) and any(r.name == "delta" and len(r.indices) == 2 for r in named)


def _may_be_met(statement: Statement, scope: Scope) -> bool:
    """Whether one side is a number or a name, so that the line says what the other side is to be."""
    for side in (statement.left, statement.right):
        side = strip_group(side)
        items: tuple[Node, ...] = side.items if isinstance(side, Bracket | Tuple_) else (side,)
        if all(is_numeric(item) or is_zero(item) for item in items) or scope.refer(side, {}) is not None:
            return True
        if isinstance(side, Product) and len(side.factors) == 2 and side.factors[1][0] == "":
            # R_i(n) = ... says what a function is of which nothing else is known.
            head, arguments = (strip_group(factor) for _, factor in side.factors)
            reference = _reference(head, scope)
            called = isinstance(arguments, Bracket) and arguments.kind in ("(", "[")
            if called and reference is not None and reference.base not in FUNCTIONS:
                return True
    return False


def _names(expression: Expr) -> set[str]:
    """Names of the symbols and families that stand free in an expression."""
    return {s.name for s in expression.free_symbols if isinstance(s, Symbol) and not isinstance(s, Dummy)}
