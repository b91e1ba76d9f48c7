"""Worked examples in vectors and matrices, replayed line by line with the numbers that the document gives."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.analogous import update_by_analogy
from convsym.checker.comparing import has_letters, is_numbers, is_same, settled, shown, sides_of, ways
from convsym.checker.contradicted import decide_against, refute_update
from convsym.checker.findings import Finding, after_misprint
from convsym.checker.ledger import (
    Formula,
    GeneralRule,
    Ledger,
    Printed,
    Quantity,
    chosen_texts,
    fixed_rule,
    general_rule,
    in_letters,
    index_letters,
    printed_numbers,
    quantity_of,
    slope_sides,
)
from convsym.checker.matching import put_in_for
from convsym.checker.reckoning import Reckoning
from convsym.checker.replay import Replay, replay_of
from convsym.checker.spoken import cells_given, said_values
from convsym.checker.transcription import literal
from convsym.errors import ConvsymError, ScopeError
from convsym.latex.syntax import Bracket, Ellipsis_, Name, Node, Scripted
from convsym.latex.walking import walk
from convsym.prover import prove_equal
from convsym.scope.arrays import Array, Lists, aligned
from convsym.scope.digits import ROUNDED, shown_as
from convsym.scope.forms import printed_shape
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import EQUALITIES, strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_GIVEN = "with the values that the document gives"
_RELATIONS = EQUALITIES | {"approx", "simeq"}
_FACTORS = 12
_ERRORS = (ConvsymError, RecursionError, TypeError, ValueError, ZeroDivisionError, ArithmeticError)


def settle_calculated(session: Session) -> None:
    """Decide what is left open of a worked example by replaying it entry by entry.

    A line is proved where the numbers it prints are what the document's formulas come to, exactly or with the rounded
    results it carries; where two formulas are the same in what is given; and refuted where its numbers are none of
    what the given ones can come to, however its results were rounded, or where they rest on a line that is.

    Args:
        session: the document being judged; outcomes are changed.
    """
    statements = session.reader.statements
    said = said_values(session.document, statements)
    if not said and not any(_gives(statement) for statement in statements):
        return
    ledger, chain = Ledger(), list[Finding]()
    for statement in [*statements, None]:
        if statement is None or not statement.link:
            with suppress(*_ERRORS):
                _learn(ledger, chain, session)
            chain = []
        if statement is None:
            break
        while said and said[0].formula <= statement.formula:
            _give(ledger, said[0].name, said[0].number, session.scope_of(statement), -1)
            said.pop(0)
        finding = session.findings[statement.number]
        chain.append(finding)
        if statement.relation not in _RELATIONS:
            continue
        if finding.final:
            continue
        if isinstance(finding.outcome, Unsupported | Undecided) and statement.role in (
            "claim",
            "approximate",
        ):
            session.within("replay", finding, _settle, finding, session, ledger, chain, share=0.5)
        elif isinstance(finding.outcome, Definition) and statement.role == "definition":
            session.within("replay", finding, _settle_error, finding, session, ledger, share=0.5)
            session.within("replay", finding, _settle_result, finding, session, ledger, share=0.5)
        elif isinstance(finding.outcome, Definition) and statement.role == "example" and not statement.link:
            session.within("replay", finding, _settle_update, finding, session, ledger, share=0.5)


def _gives(statement: Statement) -> bool:
    """Whether a line gives a name a number or numbers, or several names theirs."""
    if statement.relation not in _RELATIONS or printed_numbers(statement.right) is None:
        return False
    sides = statement.left, statement.right
    return isinstance(strip_group(statement.left), Name | Scripted) or any(cells_given(sides))


# ---------------------------------------------------------------------- learning


def _learn(ledger: Ledger, chain: list[Finding], session: Session) -> None:
    """Take in what a chain of relations says of the names in it."""
    if not chain:
        return
    first = chain[0].statement
    scope = session.scope_of(first)
    if first.role == "update":
        _learn_update(ledger, first, scope)
        return
    nodes = [first.left, *(finding.statement.right for finding in chain)]
    for cell, number in cells_given(nodes):
        _give(ledger, cell, number, scope, first.number)
    for place, name in enumerate(nodes[:-1]):
        if place and not isinstance(strip_group(name), Name | Scripted):
            continue
        if printed_numbers(name) is None:
            _learn_of(ledger, name, chain[place:], scope)


def _give(ledger: Ledger, name: Node, number: Node, scope: Scope, statement: int) -> None:
    """Take in a number that the text gives a name."""
    printed = printed_numbers(number)
    with suppress(ConvsymError):
        quantity = quantity_of(name, scope, {})
        if quantity is not None and printed is not None:
            if not ledger.formulas(quantity):
                ledger.texts |= chosen_texts(number)
            ledger.give(quantity, printed, statement)


def _learn_update(ledger: Ledger, statement: Statement, scope: Scope) -> None:
    formula = Formula(statement.right, scope, statement.number)
    rule = general_rule(statement.left, formula) or fixed_rule(statement.left, formula)
    if rule is None:
        return
    ledger.updates.append(rule)
    with suppress(ConvsymError):
        quantity = quantity_of(statement.left, scope, {})
        if quantity is not None:
            ledger.entry(quantity).changed = True


def _learn_of(ledger: Ledger, name: Node, chain: list[Finding], scope: Scope) -> None:
    """Take in what follows a name."""
    rule: GeneralRule | None = None
    quantity: Quantity | None = None
    try:
        quantity = quantity_of(name, scope, {})
        if quantity is None:
            return
    except ConvsymError:
        pass
    start = after_misprint(chain)
    for finding in chain[start - 1 :] if start else chain:
        # What stands before a misprint is another formula than the one that the numbers follow from.
        statement, outcome = finding.statement, finding.outcome
        if statement.relation not in _RELATIONS:
            return
        printed = printed_numbers(statement.right)
        formula = Formula(statement.right, scope, statement.number)
        if printed is not None and quantity is not None:
            given = quantity.below is None and not ledger.formulas(quantity)
            ledger.give(quantity, printed, statement.number)
            if given:
                ledger.texts |= chosen_texts(statement.right)
            rest = chain[start:]
            wrong = [other.statement.number for other in rest if isinstance(other.outcome, Refuted)]
            entry = ledger.entry(quantity)
            entry.wrong = wrong[0] if wrong else None
            with suppress(*_ERRORS):
                entry.strayed = bool(wrong) or Reckoning(replay_of(ledger, scope)).strays(quantity)
            return
        if printed is not None or (isinstance(outcome, Refuted) and not start):
            return
        if any(isinstance(part, Ellipsis_) for part in walk(statement.right)):
            return  # a matrix of any size, of which the numbers of an example are a case
        if quantity is not None:
            if statement.relation != "approx":
                ledger.entry(quantity).formulas.append(formula)
        elif finding is chain[0] and (rule := general_rule(name, formula)) is not None:
            ledger.rules.append(rule)


# ---------------------------------------------------------------------- deciding


def _settle(finding: Finding, session: Session, ledger: Ledger, chain: list[Finding]) -> None:
    statement = finding.statement
    scope = session.scope_of(statement)
    before, extended = finding.outcome, _with_head(ledger, chain, scope)
    readings = Lists if extended.has_lists() or _prints_a_list(statement) else (Lists.FREE,)
    for lists in readings:
        replay = replay_of(extended, scope, lists)
        for decide in (_decide, _decide_every, _decide_put_in):
            try:
                decide(finding, replay, scope)
            except _ERRORS:
                continue
            if finding.outcome is not before:
                return
            break
    with suppress(*_ERRORS):
        decide_against(finding, replay_of(extended, scope), scope, session)
    if finding.outcome is before:
        _settle_restated(finding, session, ledger)


def _settle_restated(finding: Finding, session: Session, ledger: Ledger) -> None:
    """A line in letters that is proved further up, before the example: its numbers change nothing in it."""
    statement = finding.statement
    scope, shapes = session.scope_of(statement), _shapes(statement)
    proved = any(
        number < statement.number and isinstance(other.outcome, Proved) and _shapes(other.statement) == shapes
        for number, other in session.findings.items()
    )
    if not proved or printed_numbers(statement.right) is not None:
        return
    named = {
        reference.name for side in (statement.left, statement.right) for reference in scope.mentions(side)
    }
    if not any(entry.changed for quantity, entry in ledger.entries.items() if quantity.name in named):
        finding.outcome, finding.repairs = Proved("restated"), ()


def _shapes(statement: Statement) -> tuple[object, object]:
    return printed_shape(statement.left), printed_shape(statement.right)


def _prints_a_list(statement: Statement) -> bool:
    """Whether a list in brackets stands in a line."""
    return any(
        isinstance(part, Bracket) and len(part.items) > 1
        for side in (statement.left, statement.right)
        for part in walk(side)
    )


def _settle_error(finding: Finding, session: Session, ledger: Ledger) -> None:
    r"""A line that says what \delta^{(2)} is, where a rule for all layers says which derivative it stands for."""
    statement = finding.statement
    scope = session.scope_of(statement)
    with suppress(*_ERRORS):
        quantity = quantity_of(statement.left, scope, {})
        if quantity is None or quantity.below is not None or printed_numbers(statement.right) is not None:
            return
        for formula in ledger.formulas(quantity):
            if not formula.bindings or slope_sides(strip_group(formula.body), formula.scope) is None:
                continue
            replay = replay_of(ledger, scope)
            sides = replay.formula(formula), replay.side(statement.right, scope)
            conditions = _same_in_letters(*aligned(*sides), Reckoning(replay), scope)
            if conditions is not None:
                settled(finding, Proved("by definition", tuple(dict.fromkeys(conditions))), replay)
                return


def _settle_result(finding: Finding, session: Session, ledger: Ledger) -> None:
    r"""Numbers for what a formula before gives, z^{(1)} = (0.31; 0.57), where all that it is made of has numbers.

    They may be those of another example; so they refute nothing unless some of them are what the formula gives.
    """
    statement = finding.statement
    scope, printed = session.scope_of(statement), printed_numbers(statement.right)
    if statement.link or printed is None:
        return
    with suppress(*_ERRORS):
        quantity = quantity_of(statement.left, scope, {})
        if quantity is None or not any(map(in_letters, ledger.formulas(quantity))):
            return
        entry = ledger.entries.get(quantity)
        if entry is not None and entry.printed is not None:
            return
        claim = Finding(replace(statement), Unsupported(""))
        replay = replay_of(ledger, scope)
        _decide(claim, replay, scope)
        if not isinstance(claim.outcome, Proved) and len(printed.cells) > 1:
            decide_against(claim, replay, scope, session)
        if isinstance(claim.outcome, Proved | Refuted):
            finding.outcome, finding.repairs = claim.outcome, claim.repairs


def _settle_update(finding: Finding, session: Session, ledger: Ledger) -> None:
    r"""A result that is printed by its number alone, w_2' = 0.203, by what another line says of w_1'."""
    statement = finding.statement
    formula = update_by_analogy(statement, session.reader.statements)
    if formula is None or printed_numbers(statement.right) is None:
        return
    claim = Finding(replace(statement, left=formula), Unsupported(""))
    scope, known = session.scope_of(statement), ledger.copied()
    for quantity, printed in ledger.put_in.items():
        if quantity not in known.entries:
            known.give(quantity, printed, -1)
    with suppress(*_ERRORS):
        replay = replay_of(known, scope)
        _decide(claim, replay, scope)
        if not isinstance(claim.outcome, Proved):
            decide_against(claim, replay, scope, session)
        if not isinstance(claim.outcome, Proved | Refuted):
            refute_update(claim, Reckoning(replay), scope)
    if isinstance(claim.outcome, Proved | Refuted):
        finding.outcome = claim.outcome
        finding.repairs = ()


def _with_head(ledger: Ledger, chain: list[Finding], scope: Scope) -> Ledger:
    """The ledger with what the chain has said so far of the name it begins with."""
    if len(chain) < 2:
        return ledger
    extended = ledger.copied()
    with suppress(*_ERRORS):
        if chain[0].statement.role != "update":
            _learn_of(extended, chain[0].statement.left, chain[:-1], scope)
    return extended


def _decide(finding: Finding, replay: Replay, scope: Scope) -> None:
    """A line that comes out, in letters or in numbers."""
    left, right, numbers = sides_of(finding.statement, replay, scope)
    reckoning = Reckoning(replay)
    if is_numbers(finding, left, right, replay):
        _decide_traced(finding, replay, scope, numbers)
        return
    if numbers == [None, None] and not replay.literals:
        _decide_letters(finding, left, right, reckoning, scope)
        if isinstance(finding.outcome, Proved) or all(has_letters(side, replay) for side in (left, right)):
            return  # two formulas that agree in one example may differ in the next
    if any(reckoning.conflicts(cell) for cell in (*left.cells, *right.cells)):
        return
    for figures in ways(left, right, numbers, reckoning):
        if all(is_same(one, two) for one, two in figures):
            exact = all(
                not any(unit for _, unit in side.decimals.values()) for pair in figures for side in pair
            )
            rounded = any(printed is not None for printed in numbers) or not exact
            outcome = shown_as(figures, _GIVEN) if rounded else Proved("certified rounding", (_GIVEN,))
            settled(finding, outcome, replay)
            return


def _decide_traced(finding: Finding, replay: Replay, scope: Scope, numbers: list[Printed | None]) -> None:
    """A line of rounded results, whose last digit may be that of the results before they were rounded."""
    if numbers.count(None) != 1:
        return
    reckoning, statement = Reckoning(replay), finding.statement
    left, right = aligned(
        *(
            literal(printed, replay.lists) if printed is not None else replay.side(side, scope, trace=True)
            for printed, side in zip(numbers, (statement.left, statement.right), strict=True)
        )
    )
    if not (has_letters(left, replay) or has_letters(right, replay)):
        return
    for figures in ways(left, right, numbers, reckoning):
        if all(is_same(one, two) for one, two in figures):
            settled(finding, shown_as(figures, _GIVEN), replay)
            return


def _decide_every(finding: Finding, replay: Replay, scope: Scope) -> None:
    """A line in letters with one index letter: for every entry that the example has.

    Raises:
        ConvsymError: it is none.
    """
    statement = finding.statement
    letters = {letter for side in (statement.left, statement.right) for letter in index_letters(side, scope)}
    if len(letters) != 1 or printed_numbers(statement.right) is not None:
        raise ScopeError("an index that is no number here")
    (letter,) = letters
    conditions: list[str] = []
    for place in range(1, _FACTORS):
        bindings = {letter: place}
        try:
            sides = [replay.side(side, scope, bindings) for side in (statement.left, statement.right)]
        except ScopeError:
            if place < 3:
                raise
            break
        found = _same_in_letters(*aligned(*sides), Reckoning(replay), scope)
        if found is None or replay.literals:
            return
        conditions.extend(found)
    else:
        return
    conditions.append(f"${letter} = 1, \\dots, {place - 1}$")
    settled(finding, Proved("by definition", tuple(dict.fromkeys(conditions))), replay)


def _decide_put_in(finding: Finding, replay: Replay, scope: Scope) -> None:
    """A line that puts a number in for a name whose value stands in the text, as that of a learning rate does.

    Raises:
        ConvsymError: it is none.
    """
    statement, reckoning = finding.statement, Reckoning(replay)

    def is_name(node: Node) -> bool:
        return quantity_of(node, scope, {}) is not None

    said: dict[Quantity, str] = {}
    rate: Printed | None = None
    sloped = False
    for name, node in put_in_for(statement.left, statement.right, is_name) or []:
        printed, quantity = printed_numbers(node), quantity_of(name, scope, {})
        if printed is None or quantity is None:
            return
        if quantity not in replay.ledger.entries and not replay.ledger.formulas(quantity):
            text = str(float(printed.cells[0][0]))
            if said.setdefault(quantity, text) != text or quantity.below is not None:
                return
            rate = printed
            continue
        (cell,) = replay.side(name, scope).cells
        figure, put_in = reckoning.carried(cell), shown(printed, 0, literal(printed).cells[0])
        if figure is None or put_in is None or reckoning.conflicts(cell) or not is_same(figure, put_in):
            return
        sloped = sloped or quantity.below is not None
    if len(said) == 1 and sloped:
        ((quantity, text),) = said.items()
        conditions = ROUNDED, _GIVEN, f"${latex_name(quantity.name)} = {text}$"
        settled(finding, Proved("certified rounding", conditions), replay)
        if rate is not None:
            replay.ledger.put_in.setdefault(quantity, rate)


def _decide_letters(finding: Finding, left: Array, right: Array, reckoning: Reckoning, scope: Scope) -> None:
    """A line in letters: the same in what is given."""
    conditions = _same_in_letters(left, right, reckoning, scope)
    if conditions is not None:
        settled(finding, Proved("by definition", tuple(dict.fromkeys(conditions))), reckoning.replay)


def _same_in_letters(left: Array, right: Array, reckoning: Reckoning, scope: Scope) -> list[str] | None:
    """Under which conditions two sides are the same in what is given; None where that is not shown."""
    pairs = list(zip(left.cells, right.cells, strict=True))
    written = [(reckoning.in_inputs(one), reckoning.in_inputs(two)) for one, two in pairs]
    conditions: list[str] = []
    for one, two in written:
        if one is None or two is None:
            return None
        proof = prove_equal(one, two)
        if not isinstance(proof, Proved):
            whole = {**reckoning.targets(one, scope), **reckoning.targets(two, scope)}
            proof = prove_equal(one.xreplace(whole), two.xreplace(whole)) if whole else proof
            conditions.append(_GIVEN)
        if not isinstance(proof, Proved):
            return None
        conditions.extend(proof.assuming)
    return conditions
