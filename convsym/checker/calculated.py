"""Worked examples in vectors and matrices, replayed line by line with the numbers that the document gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Expr, Rational, Symbol, log

from convsym.checker.findings import Finding
from convsym.checker.ledger import (
    Formula,
    GeneralRule,
    Ledger,
    Printed,
    Quantity,
    chosen_texts,
    fixed_rule,
    general_rule,
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
from convsym.latex.syntax import Name, Node, Scripted
from convsym.prover import prove_equal
from convsym.scope.arrays import Array, aligned
from convsym.scope.digits import Figure, agree
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import EQUALITIES, strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported, Witness

if TYPE_CHECKING:
    from convsym.checker.session import Session

_DIGITS = "rounded to the digits shown"
_GIVEN = "with the values that the document gives"
_ELSE = "the numbers that are given come to something else"
_RELATIONS = EQUALITIES | {"approx", "simeq"}
# A number that lies closer to what it should be may have been worked out with results that are not printed.
_FAR = Fraction(1, 100)
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
        if isinstance(finding.outcome, Unsupported | Undecided) and statement.role in (
            "claim",
            "approximate",
        ):
            session.within("replay", finding, _settle, finding, session, ledger, chain, share=0.5)
        elif isinstance(finding.outcome, Definition) and statement.role == "definition":
            session.within("replay", finding, _settle_error, finding, session, ledger, share=0.5)


def _gives(statement: Statement) -> bool:
    """Whether a line gives a name a number or numbers."""
    return (
        statement.relation in _RELATIONS
        and isinstance(strip_group(statement.left), Name | Scripted)
        and printed_numbers(statement.right) is not None
    )


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
    for finding in chain:
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
            wrong = [other.statement.number for other in chain if isinstance(other.outcome, Refuted)]
            entry = ledger.entry(quantity)
            entry.wrong = wrong[0] if wrong else None
            with suppress(*_ERRORS):
                entry.strayed = bool(wrong) or Reckoning(replay_of(ledger, scope)).strays(quantity)
            return
        if printed is not None or isinstance(outcome, Refuted):
            return
        if quantity is not None:
            if statement.relation != "approx":
                ledger.entry(quantity).formulas.append(formula)
        elif finding is chain[0] and (rule := general_rule(name, formula)) is not None:
            ledger.rules.append(rule)


# ---------------------------------------------------------------------- deciding


def _settle(finding: Finding, session: Session, ledger: Ledger, chain: list[Finding]) -> None:
    statement = finding.statement
    scope = session.scope_of(statement)
    replay = replay_of(_with_head(ledger, chain, scope), scope)
    for decide in (_decide, _decide_every, _decide_put_in):
        try:
            decide(finding, replay, scope, session)
        except _ERRORS:
            continue
        return


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
                _settled(finding, Proved("by definition", tuple(dict.fromkeys(conditions))), replay)
                return


def _with_head(ledger: Ledger, chain: list[Finding], scope: Scope) -> Ledger:
    """The ledger with what the chain has said so far of the name it begins with."""
    if len(chain) < 2:
        return ledger
    extended = Ledger(
        {
            quantity: type(entry)(
                entry.printed, entry.number, list(entry.formulas), entry.changed, entry.wrong, entry.strayed
            )
            for quantity, entry in ledger.entries.items()
        },
        list(ledger.rules),
        list(ledger.updates),
        set(ledger.texts),
    )
    with suppress(*_ERRORS):
        if chain[0].statement.role != "update":
            _learn_of(extended, chain[0].statement.left, chain[:-1], scope)
    return extended


def _decide(finding: Finding, replay: Replay, scope: Scope, session: Session) -> None:
    statement = finding.statement
    numbers = [printed_numbers(side) for side in (statement.left, statement.right)]
    sides = [
        literal(printed) if printed is not None else replay.side(side, scope)
        for printed, side in zip(numbers, (statement.left, statement.right), strict=True)
    ]
    left, right = aligned(*sides)
    reckoning = Reckoning(replay)
    if isinstance(finding.outcome, Undecided) and not any(
        cell.free_symbols & replay.atoms.keys() for cell in (*left.cells, *right.cells)
    ):
        return  # numbers alone: what they come to has been worked out
    if numbers == [None, None] and not replay.literals:
        _decide_letters(finding, left, right, reckoning, scope)
        if isinstance(finding.outcome, Proved) or all(_has_letters(side, replay) for side in (left, right)):
            return  # two formulas that agree in one example may differ in the next
    if any(reckoning.conflicts(cell) for cell in (*left.cells, *right.cells)):
        return
    for figures in _ways(left, right, numbers, reckoning):
        if all(_is_same(one, two) for one, two in figures):
            exact = all(
                not any(unit for _, unit in side.decimals.values()) for pair in figures for side in pair
            )
            rounded = any(printed is not None for printed in numbers) or not exact
            _settled(
                finding, Proved("certified rounding", (_DIGITS, _GIVEN) if rounded else (_GIVEN,)), replay
            )
            return
    if not replay.guessed:
        _refute(finding, left, right, numbers, reckoning, session)


def _decide_every(finding: Finding, replay: Replay, scope: Scope, session: Session) -> None:
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
    _settled(finding, Proved("by definition", tuple(dict.fromkeys(conditions))), replay)


def _decide_put_in(finding: Finding, replay: Replay, scope: Scope, session: Session) -> None:
    """A line that puts a number in for a name whose value stands in the text, as that of a learning rate does.

    Raises:
        ConvsymError: it is none.
    """
    statement, reckoning = finding.statement, Reckoning(replay)

    def is_name(node: Node) -> bool:
        return quantity_of(node, scope, {}) is not None

    said: dict[Quantity, str] = {}
    sloped = False
    for name, node in put_in_for(statement.left, statement.right, is_name) or []:
        printed, quantity = printed_numbers(node), quantity_of(name, scope, {})
        if printed is None or quantity is None:
            return
        if quantity not in replay.ledger.entries and not replay.ledger.formulas(quantity):
            text = str(float(printed.cells[0][0]))
            if said.setdefault(quantity, text) != text or quantity.below is not None:
                return
            continue
        (cell,) = replay.side(name, scope).cells
        figure, shown = reckoning.carried(cell), _shown(printed, 0, literal(printed).cells[0])
        if figure is None or shown is None or reckoning.conflicts(cell) or not _is_same(figure, shown):
            return
        sloped = sloped or quantity.below is not None
    if len(said) == 1 and sloped:
        ((quantity, text),) = said.items()
        conditions = _DIGITS, _GIVEN, f"${latex_name(quantity.name)} = {text}$"
        _settled(finding, Proved("certified rounding", conditions), replay)


def _decide_letters(finding: Finding, left: Array, right: Array, reckoning: Reckoning, scope: Scope) -> None:
    """A line in letters: the same in what is given."""
    conditions = _same_in_letters(left, right, reckoning, scope)
    if conditions is not None:
        _settled(finding, Proved("by definition", tuple(dict.fromkeys(conditions))), reckoning.replay)


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


def _has_letters(side: Array, replay: Replay) -> bool:
    return any(cell.free_symbols & replay.atoms.keys() for cell in side.cells)


def _ways(
    left: Array, right: Array, numbers: list[Printed | None], reckoning: Reckoning
) -> Iterator[list[tuple[Figure, Figure]]]:
    """The sides in numbers, entry by entry: as the document carries them, and exactly."""
    for exactly in (False, True):
        figures = []
        for place, cells in enumerate(zip(left.cells, right.cells, strict=True)):
            pair = [
                _shown(printed, place, cell)
                or (reckoning.exactly(cell) if exactly else reckoning.carried(cell))
                for printed, cell in zip(numbers, cells, strict=True)
            ]
            if pair[0] is None or pair[1] is None:
                break
            figures.append((pair[0], pair[1]))
        else:
            yield figures


def _shown(printed: Printed | None, place: int, cell: Expr) -> Figure | None:
    """A printed number as a figure."""
    if printed is None:
        return None
    value, unit = printed.cells[place]
    if unit >= 1:
        return Figure(cell, {})
    symbol = Symbol("printed", real=True)
    return Figure(symbol, {symbol: (value, unit)}, (value, unit))


def _is_same(one: Figure, other: Figure) -> bool:
    """Whether two figures agree; numbers that nothing was rounded in have to be equal."""
    exact = [_exact(side) for side in (one, other)]
    if exact[0] is not None and exact[0] == exact[1]:
        return True
    whole = [
        exact is not None and side.printed is None for exact, side in zip(exact, (one, other), strict=True)
    ]
    return not all(whole) and agree(one, other)


def _exact(side: Figure) -> Expr | None:
    """The fraction that a figure is, its decimals as they stand; None where one of an expression may be rounded."""
    if side.printed is not None:
        return Rational(side.printed[0].numerator, side.printed[0].denominator)
    if any(unit for _, unit in side.decimals.values()):
        return None
    numbers = {symbol: Rational(v.numerator, v.denominator) for symbol, (v, _) in side.decimals.items()}
    value = side.expression.xreplace(numbers)
    return value if value.is_Rational else None


# ---------------------------------------------------------------------- refuting


def _refute(
    finding: Finding,
    left: Array,
    right: Array,
    numbers: list[Printed | None],
    reckoning: Reckoning,
    session: Session,
) -> None:
    """A line whose numbers are none of what the given ones can come to."""
    far: list[tuple[int, Fraction, Fraction]] = []
    agreeing = 0
    for place, (one, two) in enumerate(zip(left.cells, right.cells, strict=True)):
        first = _around(numbers[0], place) or reckoning.sound(one)
        second = _around(numbers[1], place) or reckoning.sound(two)
        if first is None or second is None:
            return
        (low, high), (lower, higher) = first, second
        if high < lower or higher < low:
            far.append((place, (low + high) / 2, (lower + higher) / 2))
        else:
            agreeing += 1
    if not far or reckoning.doubtful:
        return
    if reckoning.wrong:
        if not _explained(left, right, numbers, reckoning):
            return
        lines = ", ".join(session.named(number) for number in sorted(reckoning.wrong))
        # The line is right as a step: wrong is the one where its numbers were worked out first.
        reason = f"it carries the numbers of {lines}, where {_ELSE}"
        _settled(finding, Unsupported(reason), reckoning.replay)
        return
    if len(left.cells) > 1 and not agreeing:
        return
    if not all(_is_far(one, two) for _, one, two in far) or log in {
        type(part) for cell in (*left.cells, *right.cells) for part in cell.atoms(log)
    }:
        return
    if _holds_turned(finding, session, numbers, reckoning):
        return
    reason = f"{_ELSE}, however they were rounded"
    _, one, two = far[0]
    witness = Witness((), f"{float(one):.6g}", f"{float(two):.6g}")
    _settled(finding, Refuted(reason, witness, "interval arithmetic"), reckoning.replay)
    finding.repairs = tuple(_repairs(finding, left, numbers[1], reckoning))


def _repairs(finding: Finding, left: Array, printed: Printed | None, reckoning: Reckoning) -> Iterator[str]:
    """The line with the numbers that the given ones come to, to as many digits as it prints."""
    if printed is None:
        return
    texts = []
    for cell, (_, unit) in zip(left.cells, printed.cells, strict=True):
        ends = reckoning.enclosed(cell)
        if ends is None:
            return
        value = round((ends[0] + ends[1]) / 2 / unit) * unit
        texts.append(f"{float(value):.{len(str(unit.denominator)) - 1}f}")
    statement = finding.statement
    side = statement.source[statement.left.span.start : statement.left.span.end].strip()
    sign = "\\approx" if statement.relation == "approx" else "="
    if printed.loose:
        yield f"{side} {sign} [{', '.join(texts)}]"
        return
    rows = [texts[at : at + printed.columns] for at in range(0, len(texts), printed.columns)]
    inner = r" \\ ".join(" & ".join(row) for row in rows)
    yield (
        f"{side} {sign} {inner}"
        if len(texts) == 1
        else f"{side} {sign} \\begin{{bmatrix}} {inner} \\end{{bmatrix}}"
    )


def _around(printed: Printed | None, place: int) -> tuple[Fraction, Fraction] | None:
    if printed is None:
        return None
    value, unit = printed.cells[place]
    return (value - unit, value + unit) if unit < 1 else (value, value)


def _explained(left: Array, right: Array, numbers: list[Printed | None], reckoning: Reckoning) -> bool:
    """Whether a line comes out with the wrong numbers before it: then it is these that make it wrong."""
    for place, cells in enumerate(zip(left.cells, right.cells, strict=True)):
        pair = [
            _shown(printed, place, cell) or reckoning.carried(cell, mistaken=True)
            for printed, cell in zip(numbers, cells, strict=True)
        ]
        if pair[0] is None or pair[1] is None or not agree(pair[0], pair[1]):
            return False
    return True


def _is_far(one: Fraction, two: Fraction) -> bool:
    """Whether two numbers differ by more than unprinted digits, and not by a factor that a convention leaves open."""
    if abs(one - two) <= _FAR * max(abs(one), abs(two)):
        return False
    if not one or not two:
        return True
    ratio = abs(one / two)
    return not any(
        abs(ratio - factor) <= _FAR * factor
        for n in range(2, _FACTORS)
        for factor in (Fraction(n), Fraction(1, n))
    )


def _holds_turned(
    finding: Finding, session: Session, numbers: list[Printed | None], reckoning: Reckoning
) -> bool:
    """Whether a line comes out with some given matrix laid out the other way."""
    statement, ledger = finding.statement, reckoning.replay.ledger
    scope = session.scope_of(statement)
    for entry in ledger.entries.values():
        printed = entry.printed
        if printed is None or printed.rows < 2 or printed.rows != printed.columns:
            continue
        size = printed.rows
        cells = tuple(printed.cells[column * size + row] for row in range(size) for column in range(size))
        entry.printed = Printed(size, size, cells)
        try:
            replay = replay_of(ledger, scope)
            again = Reckoning(replay)
            sides = [
                literal(shown) if shown is not None else replay.side(side, scope)
                for shown, side in zip(numbers, (statement.left, statement.right), strict=True)
            ]
            left, right = aligned(*sides)
            if any(
                all(_is_same(one, two) for one, two in figures)
                for figures in _ways(left, right, numbers, again)
            ):
                return True
        except _ERRORS:
            continue
        finally:
            entry.printed = printed
    return False


def _settled(finding: Finding, outcome: Proved | Refuted | Unsupported, replay: Replay) -> None:
    if isinstance(outcome, Proved):
        conditions = dict.fromkeys((*outcome.assuming, *sorted(replay.assumed)))
        outcome = Proved(outcome.method, tuple(conditions), outcome.sizes)
    finding.outcome = outcome
    finding.repairs = ()
    if finding.judgment is not None:
        finding.judgment.outcome = outcome
