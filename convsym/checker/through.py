r"""A loss that a claim takes through certain cells: \partial E/\partial k_{11} by \partial E/\partial a_{11}."""

from __future__ import annotations

import re
from collections.abc import Sequence

from convsym.budget import Clock
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Product, Scripted, Tuple_
from convsym.latex.walking import rewritten, walk
from convsym.scope.forms import printed_shape
from convsym.scope.judge import Judge, Judgment
from convsym.scope.kinds import decide
from convsym.scope.leading import leads
from convsym.scope.lost import behind_partial
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Refuted, Unsupported

# Words for losses, in the languages that notes are written in most.
_KINDS = {
    "squares": re.compile(
        r"\b(?:MSE|SSE)\b|squared|quadratic|least squares|cuadr|quadrat|均方|平方|二乗", re.I
    ),
    "logarithms": re.compile(
        r"entrop|\b(?:BCE|CCE|NLL)\b|log[- ]?(?:loss|likelihood)|交叉熵|エントロピ", re.I
    ),
}

OF_ANOTHER_PART = "it holds with what another part of the document defines"
"""Why a line is left open that is false by what its own part defines."""


def through_its_own(judge: Judge, statement: Statement) -> Judgment | None:
    """The claim judged for a loss that depends on what it is differentiated by through the claim's own cells alone.

    A document that says in several places what a loss is differentiated by leaves open through which of them it
    depends on a weight; a claim with the derivatives by some cells in it says through which.

    Args:
        judge: for the scope of the claim, which it could not decide.
        statement: the claim.

    Returns:
        What is proved or refuted so; None where nothing is.
    """
    scope = judge.scope
    below = _differentiated(statement, scope)
    narrowed = scope.copy()
    for loss, names in below.items():
        nearest = tuple(
            sorted(name for name in names if not any(leads(scope, other, name) for other in names - {name}))
        )
        led = [name for name in names if any(leads(scope, one, name) for one in nearest)]
        if led and all(_is_written_out(scope, name) for name in nearest):
            narrowed.arguments[loss] = nearest
    if narrowed.arguments == scope.arguments:
        return None
    other = Judge(narrowed, judge.budget, judge.clock)
    found = decide(other, statement.left, statement.right, statement.apart)
    if not isinstance(found.outcome, Proved | Refuted):
        return None
    found.judge = found.judge or other
    return found


def through_errors(judge: Judge, statement: Statement, statements: Sequence[Statement]) -> Judgment | None:
    r"""The claim judged with an error's cells, \delta_{11} or (\delta_j^l)_{11}, as derivatives by an example's cells.

    The document says that \delta is the derivative of the loss by what a layer computes, and works out the cells of
    one such layer: a_{11}, a_{12} and so on. A claim about the variables of these cells is then one about
    \partial E/\partial a_{11} and its like. It is refuted only where two lines like it are true.

    Args:
        judge: for the scope of the claim, which it could not decide.
        statement: the claim.
        statements: all relations of the document.
    """
    found = _by_errors(judge, statement)
    if found is None or found.holds or not isinstance(found.outcome, Refuted):
        return found if found is not None and found.holds else None
    others = (other for other in statements if other is not statement and other.version == statement.version)
    alike = 0
    for other in others:
        if other.role == "claim" and (like := _by_errors(judge, other)) is not None:
            alike += like.holds
            if alike == 2:
                return found
    return None


def in_another_part(judge: Judge, statement: Statement, judges: Sequence[Judge]) -> Judgment | None:
    """The claim proved with what another part of the document defines, where its own part leads nowhere.

    A document that treats one kind of layer after another may come back to the first without saying it anew.

    Args:
        judge: for the scope of the claim, which it could not decide.
        statement: the claim.
        judges: one a version of the scope.
    """
    names = _differentiated_names(judge, statement)
    tried = [_lines_of(judge, names)]
    for other in reversed(judges):
        lines = _lines_of(other, names)
        if lines in tried or not any(lines):
            continue
        tried.append(lines)
        other.clock = Clock(other.budget)
        found = decide(other, statement.left, statement.right, statement.apart)
        others = {number for rules, own in zip(lines, tried[0], strict=True) for number in rules - own}
        if found.holds and found.used & others:
            found.judge = found.judge or other
            found.assumed.add(
                f"{', '.join(map(latex_name, sorted(names)))} as another part of the document has it"
            )
            return found
    return None


def leads_there(judge: Judge, statement: Statement) -> bool:
    """Whether what a claim's own part defines leads from what is differentiated to what it is differentiated by.

    Args:
        judge: for the scope of the claim.
        statement: the claim.
    """
    for side in (statement.left, statement.right):
        for node in walk(side):
            if not isinstance(node, Fraction_):
                continue
            above = _name(behind_partial(node.numerator), judge.scope)
            below = _name(behind_partial(node.denominator), judge.scope)
            if above and below and judge.scope.rules.get(above) and leads(judge.scope, above, below):
                return True
    return False


def of_another_part(
    judge: Judge, statement: Statement, judges: Sequence[Judge], statements: Sequence[Statement]
) -> Judgment | None:
    """A claim that is false here and true with what another part defines, where this part defines nothing itself.

    A document that lists several losses and derives one of them later on need not mean the last one. Where the
    words around the claim name the loss it is proved, else it is left open.

    Args:
        judge: for the scope of the claim, where it was refuted.
        statement: the claim.
        judges: one a version of the scope.
        statements: all relations of the document.
    """
    found = in_another_part(judge, statement, judges)
    if found is None:
        return None
    own = {number for lines in _lines_of(judge, _differentiated_names(judge, statement)) for number in lines}
    lines = [other for other in statements if other.number in own]
    if any(other.display.section == statement.display.section for other in lines):
        return None
    kinds = {_kind(other) for other in lines}
    meant = _kind_in_words(statement, statements, max(own, default=-1))
    others = {_kind(other) for other in statements if other.number in found.used} - {""}
    if not meant or meant in kinds or meant not in others:
        found.outcome = Unsupported(OF_ANOTHER_PART)
    return found


def _kind(statement: Statement) -> str:
    """What kind of loss a line defines, by its form: one of logarithms, one of squares, or none of these."""
    parts = [part for part in walk(statement.right) if isinstance(part, Name | Scripted)]
    if any(isinstance(part, Name) and part.text in ("log", "ln") for part in parts):
        return "logarithms"
    squares = (
        strip_group(part.superscript) for part in parts if isinstance(part, Scripted) and part.superscript
    )
    return "squares" if any(isinstance(power, Number) and power.text == "2" for power in squares) else ""


def _kind_in_words(statement: Statement, statements: Sequence[Statement], after: int) -> str:
    """The kind of loss that is named last in the words before a claim, behind a certain line; "" for none."""
    for other in reversed(statements):
        if not after < other.number <= statement.number:
            continue
        text = f"{other.display.section} {other.display.before}"
        named = [(match.start(), kind) for kind, words in _KINDS.items() for match in words.finditer(text)]
        if named:
            return max(named)[1]
    return ""


def _lines_of(judge: Judge, names: set[str]) -> list[frozenset[int]]:
    """Which lines define each of some names, as quantities or as functions."""
    functions = judge.scope.functions
    return [
        frozenset(rule.statement for rule in judge.scope.rules.get(name, []))
        | (frozenset({functions[name].statement}) if name in functions else frozenset())
        for name in sorted(names)
    ]


def _differentiated_names(judge: Judge, statement: Statement) -> set[str]:
    """The names that a claim differentiates."""
    return {
        name
        for side in (statement.left, statement.right)
        for node in walk(side)
        if isinstance(node, Fraction_) and (name := _name(behind_partial(node.numerator), judge.scope))
    }


def _by_errors(judge: Judge, statement: Statement) -> Judgment | None:
    scope = judge.scope
    errors = {error.name: error for error in scope.errors}
    losses = {_name(error.above, scope) for error in errors.values()}
    sides = statement.left, statement.right
    named = {reference.name for side in sides for reference in scope.mentions(side)}
    layers = [
        name
        for name in scope.rules
        if _is_worked_out(scope, name) and any(name == other or leads(scope, name, other) for other in named)
    ]
    if len(layers) != 1 or len(losses) != 1:
        return None
    (layer,), (loss,) = layers, losses
    if scope.rules.get(loss) or not any(
        _is_slope(node, loss, scope) for side in sides for node in walk(side)
    ):
        return None
    belows = (
        {error.below for error in errors.values()} - {layer} - {n for n in named if leads(scope, layer, n)}
    )
    places = {tuple(pattern.offset for pattern in rule.patterns) for rule in scope.rules[layer]}
    seen: dict[str, set[object]] = {}

    def exchanged(node: Node) -> Node | None:
        cell = _cell(node, scope)
        if cell is None or cell[1] not in places:
            return None
        name, place = cell
        indices = tuple(Number(str(index), node.span) for index in place)
        script = indices[0] if len(indices) == 1 else Tuple_(indices, node.span)
        variable = Scripted(Name(layer, node.span), script, None, 0, node.span)
        if (name not in errors and name not in belows) or _is_worked_out(scope, name):
            return None
        seen.setdefault(name, set()).add(_without_place(node))
        if name in belows:
            return variable
        sign = Name("partial", node.span)
        above, under = (
            Product((("", sign), ("", part)), node.span) for part in (errors[name].above, variable)
        )
        return Fraction_(above, under, node.span)

    left, right = rewritten(statement.left, exchanged), rewritten(statement.right, exchanged)
    if not seen or any(len(printed) > 1 for printed in seen.values()):
        # Errors of two layers in one line: only one of them is of the example's cells.
        return None
    narrowed = scope.copy()
    narrowed.arguments[loss] = (layer,)
    other = Judge(narrowed, judge.budget, judge.clock)
    found = other.equal(left, right)
    found.judge = found.judge or other
    for name in sorted(seen):
        role = "move with" if name in belows else f"are the derivatives of {latex_name(loss)} by"
        found.assumed.add(
            f"the cells of {latex_name(name)} {role} the cells of {latex_name(layer)}, "
            "through which alone the loss depends on what the example shows"
        )
    return found


def _is_slope(node: Node, loss: str, scope: Scope) -> bool:
    return isinstance(node, Fraction_) and _name(behind_partial(node.numerator), scope) == loss


def _is_worked_out(scope: Scope, name: str) -> bool:
    """Whether two cells of a family at least are defined one by one, and none at a free index or in a layer."""
    rules = scope.rules.get(name, [])
    return len(rules) > 1 and all(
        rule.patterns and rule.layer is None and all(pattern.parameter is None for pattern in rule.patterns)
        for rule in rules
    )


def _cell(node: Node, scope: Scope) -> tuple[str, tuple[int, ...]] | None:
    r"""Name and place of a cell at numbers: \delta_{11}, \delta^{l}_{1,1}, (\delta_j^l)_{11}."""
    if not isinstance(node, Scripted) or node.subscript is None or node.primes:
        return None
    base = strip_group(node.base)
    if isinstance(base, Bracket) and base.kind == "(" and len(base.items) == 1 and node.superscript is None:
        reference = scope.refer(base.items[0], {})
        numbers = _numbers(strip_group(node.subscript))
        return None if reference is None or numbers is None else (reference.name, numbers)
    reference = scope.refer(node, {})
    if reference is None or reference.power is not None or not reference.indices:
        return None
    printed = [strip_group(index) for index in reference.indices]
    if not all(isinstance(index, Number) and index.text.isdigit() for index in printed):
        return None
    return reference.name, tuple(int(index.text) for index in printed if isinstance(index, Number))


def _without_place(node: Node) -> object:
    r"""What of a cell does not say its place: the (\\delta_j^l) of (\\delta_j^l)_{11}, the l of \\delta^l_{11}."""
    assert isinstance(node, Scripted)
    return printed_shape(node.base), None if node.superscript is None else printed_shape(node.superscript)


def _numbers(script: Node) -> tuple[int, ...] | None:
    """The numbers of a subscript: 11 are two, as 1,1 is."""
    items = script.items if isinstance(script, Tuple_) else (script,)
    texts = [item.text for part in items if isinstance(item := strip_group(part), Number)]
    if len(texts) != len(items) or not all(text.isdigit() for text in texts):
        return None
    return tuple(int(digit) for digit in texts[0]) if len(texts) == 1 else tuple(int(text) for text in texts)


def _differentiated(statement: Statement, scope: Scope) -> dict[str, set[str]]:
    """What the claim differentiates each loss by that nothing defines and whose arguments nobody says."""
    below: dict[str, set[str]] = {}
    for side in (statement.left, statement.right):
        for node in walk(side):
            if not isinstance(node, Fraction_):
                continue
            names = (
                _name(behind_partial(node.numerator), scope),
                _name(behind_partial(node.denominator), scope),
            )
            loss, variable = names
            if loss and variable and not scope.rules.get(loss) and loss not in scope.arguments:
                below.setdefault(loss, set()).add(
                    scope.matrices.get(variable) or scope.twin(variable) or variable
                )
    return below


def _name(node: Node | None, scope: Scope) -> str:
    reference = None if node is None else scope.refer(node, {})
    return "" if reference is None or reference.power is not None else reference.name


def _is_written_out(scope: Scope, name: str) -> bool:
    """Whether every rule of a family is for a cell without a layer."""
    rules = scope.rules.get(name, [])
    return bool(rules) and all(rule.patterns and rule.layer is None for rule in rules)
