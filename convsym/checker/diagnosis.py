"""Which line is wrong where lines contradict each other, and how it would be right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from convsym.budget import Budget, Clock
from convsym.checker.consensus import rivals
from convsym.checker.findings import Finding
from convsym.checker.givenagain import given_again
from convsym.checker.mending import chain_of, vocabulary_of
from convsym.checker.speaking import is_standard, says_value, takes_as_given
from convsym.checker.trials import Trials, Vouchers, definition_tests, edited_rule, instance_cell, is_testable
from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Chain, Fraction_, Name, Node, Product, Scripted
from convsym.latex.walking import walk
from convsym.repair import Repair, search
from convsym.repair.render import Renderer
from convsym.scope.forms import printed_shape
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.judge import Judge
from convsym.scope.model import FunctionRule, Rule, Scope, pattern_of
from convsym.scope.pieces import is_joined
from convsym.scope.standing import leads_back
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_SEARCH_SECONDS = 2.0
_TOTAL_SECONDS = 8.0
_RIVALS = 4


# ---------------------------------------------------------------------- definitions


def blame_definitions(session: Session) -> None:
    """Find the definitions that other lines contradict, repair them, and judge again what rests on them."""
    deadline = Clock(Budget(seconds=_TOTAL_SECONDS))
    # A definition that is given again is over, and not wrong.
    renewed = {old.number for old, _, _ in given_again(session)}
    # A definition that cannot be evaluated hides what rests on it: those first.
    order = sorted(
        session.reader.statements,
        key=lambda s: (s.number not in session.broken, _depth(session, s), s.number),
    )
    order = [statement for statement in order if statement.number not in renewed]
    for statement in order:
        finding = session.findings[statement.number]
        stray = has_stray_index(finding)
        if statement.role != "definition" or not (stray or isinstance(finding.outcome, Definition | Refuted)):
            continue
        rule = rule_of(session, statement)
        if rule is None or is_standard(session, rule) or is_joined(rule, statement):
            continue
        failing = [
            f
            for f in session.claims()
            if f.fails
            and not f.statement.under
            and statement.number in f.used
            and f.judgment is not None
            and f.judgment.typed is None
            and f.judgment.broken in (None, statement.number)
        ]
        broken = statement.number in session.broken
        circular = isinstance(rule, Rule) and leads_back(rule, session.scope_of(statement))
        leftover = bool(free_letters([statement.right], session.scope_of(statement))) and not (
            isinstance(rule, Rule) and rule.patterns
        )
        if not (broken or circular or failing or stray or leftover):
            continue
        if deadline.remaining() <= 0:
            break
        seconds = min(_SEARCH_SECONDS, deadline.remaining())
        if (broken or len(failing) >= 2) and not stray:
            # On a busy machine the search takes long on the wall: what other lines say is asked in any case.
            session.within(
                "blame", finding, _blame, session, finding, rule, failing, broken, seconds, share=0.5
            )
        if statement.number not in session.repaired:
            session.within("rivals", finding, _yield_to_rivals, session, finding, rule, len(failing))
    for statement in order:
        rule = rule_of(session, statement)
        if (
            rule is not None
            and isinstance(session.findings[statement.number].outcome, Definition)
            and not is_standard(session, rule)
            and not is_joined(rule, statement)
        ):
            _outvote(session, session.findings[statement.number])


def _depth(session: Session, statement: Statement) -> int:
    """What a broken definition rests on comes before it."""
    rule = rule_of(session, statement) if statement.number in session.broken else None
    return session.scope_of(statement).rank(rule.name) if isinstance(rule, Rule) else 0


def rule_of(session: Session, statement: Statement) -> Rule | FunctionRule | None:
    """The rule a definition put in force."""
    scope = session.scope_of(statement)
    for rules in scope.rules.values():
        for rule in rules:
            if rule.statement == statement.number:
                return rule
    for function in scope.functions.values():
        if function.statement == statement.number:
            return function
    return None


def _blame(
    session: Session,
    finding: Finding,
    rule: Rule | FunctionRule,
    failing: list[Finding],
    broken: bool,
    seconds: float,
) -> None:
    statement = finding.statement
    scope = session.scope_of(statement)
    failing = [f for f in failing if not is_clash(f)]
    instances = [f for f in session.claims() if _is_instance(f.statement, rule, scope) and not is_clash(f)]
    disagreeing = [f for f in instances if f.fails]
    if len(disagreeing) >= 2 or (broken and instances):
        relevant = instances
    elif len(failing) >= 2 and not all(derives(f.statement.left) for f in failing):
        # Slopes alone, wrong alike, do not outweigh what is differentiated.
        relevant = _speaking(session, failing, rule)
    else:
        relevant = []
    if len(relevant) < 2 and not (broken and instances):
        if broken:
            _note_contradiction(session, finding, disagreeing)
        return
    repairs: tuple[Repair, ...] = ()
    # One cell of three or more may be the wrong one itself; two lines of three that concur by chance are no majority.
    needed = len(relevant) - (len(relevant) >= (3 if relevant is instances else 4))
    tests = definition_tests(session, scope, rule, [f.statement for f in relevant], needed)
    # Where too few lines can be tested no edit is accepted: none is tried.
    hopeless = sum(is_testable(session, f.statement) for f in relevant) < needed
    trials = Trials(scope, rule)
    # An edit that two lines speak against which hold as it stands would not be adopted.
    vouchers = None if relevant is instances else Vouchers(session, finding, trials)

    def accepts(chain: Chain) -> bool:
        new = edited_rule(rule, chain, scope)
        if new is not None and vouchers is not None and vouchers.speak_against(new):
            return False
        return tests[0](chain)

    repairs = (
        ()
        if hopeless
        else search(
            chain_of(statement),
            accepts,
            source=statement.source,
            vocabulary=vocabulary_of(scope),
            screen=accepts,
            proportional=tests[1],
            score=tests[2],
            clock=Clock(Budget(seconds=seconds)),
            limit=4,
            single=vouchers is not None and vouchers.enough,
        )
    )
    # Whoever agrees with every line comes before whoever agrees with all but one.
    repairs = tuple(sorted(repairs, key=lambda repair: tests[2](repair.node)))
    if repairs and tests[2](repairs[0].node):
        # An edit that leaves a line failing gives way to what a line says with which none does.
        said = [r for r in rivals(session, statement, rule) if tests[2](r.chain) == 0]
        repairs = (*(Repair(r.chain, r.latex, (r.edit,), 50.0) for r in said[:_RIVALS]), *repairs)
    repairs = _without_idle_sizes(
        session, scope, statement, rule, [f.statement for f in relevant], needed, repairs
    )
    if not repairs:
        if broken or len(disagreeing) >= 2:
            _note_contradiction(session, finding, disagreeing or failing)
        return
    for repair in repairs:
        if _adopt(session, finding, rule, repair, repairs, relevant):
            return


def _speaking(session: Session, failing: Sequence[Finding], rule: Rule | FunctionRule) -> list[Finding]:
    """The failing lines that another definition could make true; none where those left are slopes alone."""
    found = [f for f in failing if not takes_as_given(session, f.statement, rule)]
    outright = [f for f in found if not derives(f.statement.left)]
    one = isinstance(rule, Rule) and not rule.patterns
    return found if len(outright) > one else []


def has_stray_index(finding: Finding) -> bool:
    """Whether a definition was set down as resting on an index that its left side lacks."""
    return (
        finding.statement.role == "definition"
        and isinstance(finding.outcome, Unsupported)
        and "is free on the right and missing on the left" in finding.outcome.reason
    )


def _yield_to_rivals(session: Session, finding: Finding, rule: Rule | FunctionRule, failing: int) -> None:
    """Put in force what other lines say in place of a definition, where more of the document holds with it."""
    alone = failing <= 1 and finding.statement.number not in session.broken
    found = [
        r for r in rivals(session, finding.statement, rule) if not alone or len(r.said | r.agreeing) >= 2
    ]
    relevant = [f for f in session.claims() if f.statement.version == finding.statement.version]
    for rival in found[:_RIVALS]:
        repair = Repair(rival.chain, rival.latex, (rival.edit,), 50.0)
        if _adopt(session, finding, rule, repair, (repair,), relevant, rival.agreeing):
            return


def _outvote(session: Session, finding: Finding) -> None:
    """A definition that most of the lines resting on it contradict is the wrong one, even where no repair was found.

    Only where no other definition could be to blame: what else the failing lines rest on holds elsewhere.
    """
    number = finding.statement.number
    resting = [f for f in session.claims() if number in f.used]
    failing = [f for f in resting if isinstance(f.outcome, Refuted) and not f.statement.under]
    if len(failing) < 3 or 2 * len(failing) <= len(resting) or not isinstance(finding.outcome, Definition):
        return
    alone = [f for f in failing if all(is_vouched(session, other) for other in f.used - {number})]
    rule = rule_of(session, finding.statement)
    if isinstance(rule, FunctionRule):
        # Some function has any values; what lines say of two of its values, or of its slope, need not go together.
        alone = [f for f in alone if says_value(f.statement, rule, session.scope_of(f.statement))]
    if isinstance(rule, Rule):
        # Other lines may hold or fail for reasons of their own; cells written out speak of the rule alone.
        scope = session.scope_of(finding.statement)
        alone = [f for f in alone if _is_instance(f.statement, rule, scope)]
        if any(isinstance(f.outcome, Proved) and _is_instance(f.statement, rule, scope) for f in resting):
            # One cell is what the definition says, and nothing that the others could agree on was found: each of
            # them may have a slip of its own.
            return
    if len(alone) < 3:
        return
    witness = next((f.outcome.witness for f in failing if isinstance(f.outcome, Refuted)), None)
    finding.outcome = Refuted(f"contradicts {lines_of(session, failing)}", witness, "contradiction")


def is_clash(finding: Finding) -> bool:
    """Whether a line is wrong whatever the cells are: a number against a matrix."""
    return isinstance(finding.outcome, Refuted) and finding.outcome.method == "type clash"


def is_vouched(session: Session, number: int) -> bool:
    """Whether a definition was put right, or two lines of its own cells hold with it."""
    if number in session.repaired:
        return True
    statement = session.findings[number].statement
    rule = rule_of(session, statement)
    if rule is None:
        return True
    scope = session.scope_of(statement)
    proved = [f for f in session.claims() if isinstance(f.outcome, Proved)]
    if isinstance(rule, FunctionRule):
        return any(f.used == {number} for f in proved)
    return sum(_is_instance(f.statement, rule, scope) for f in proved) >= 2


def _idle_sizes(scope: Scope, statement: Statement) -> tuple[frozenset[str], Scope] | None:
    """Sizes of 1 that a definition names, and the scope in which they are another number; None where it names none."""
    names: set[str] = set()
    printed: set[str] = set()
    for part in walk(statement.right):
        reference = scope.refer(part, {}) if isinstance(part, Name | Scripted) else None
        if reference is not None and not reference.indices and scope.size(reference.name) == 1:
            printed.add(reference.name)
            names.update(name for name in (reference.name, reference.base) if scope.sizes.get(name) == 1)
    if not names:
        return None
    # S_W is read as a whole: the S inside it is not a factor of its own.
    printed = {name for name in printed if not any(other.startswith(f"{name}_") for other in printed)}
    changed = scope.copy()
    for position, name in enumerate(sorted(names)):
        changed.sizes[name] = 7 + 4 * position
    return frozenset(printed), changed


def _without_idle_sizes(
    session: Session,
    scope: Scope,
    statement: Statement,
    rule: Rule | FunctionRule,
    relevant: list[Statement],
    needed: int,
    repairs: tuple[Repair, ...],
) -> tuple[Repair, ...]:
    """Repairs freed of factors that do nothing only because they are 1 here, where the lines speak against them."""
    idle = _idle_sizes(scope, statement)
    if idle is None or not repairs:
        return repairs
    printed, changed = idle
    accepts = definition_tests(session, changed, rule, relevant, needed)[0]
    kept = []
    for repair in repairs:
        node = _dropped(repair.node, printed, scope)
        try:
            better = (
                isinstance(node, Chain) and node != repair.node and not accepts(repair.node) and accepts(node)
            )
        except ConvsymError:
            better = False
        if not better or not isinstance(node, Chain):
            kept.append(repair)
            continue
        latex = Renderer(chain_of(statement), statement.source).variants(node)
        names = f"${' '.join(sorted(printed, reverse=True))}$"
        if latex:
            kept.append(
                Repair(node, latex[0], (*repair.edits, f"{names} does not belong in it"), repair.cost)
            )
    return tuple(kept) or repairs


def _dropped(node: Node, names: frozenset[str], scope: Scope) -> Node:
    """A node without the factors of products that are one of these sizes."""
    if isinstance(node, Product):
        factors: list[tuple[str, Node]] = []
        for operator, factor in node.factors:
            reference = scope.refer(factor, {}) if isinstance(factor, Name | Scripted) else None
            if reference is not None and reference.name in names and operator != "/":
                continue
            factors.append((operator if factors else "", _dropped(factor, names, scope)))
        if len(factors) == 1:
            return factors[0][1]
        if factors:
            return Product(tuple(factors), node.span)
        return node
    if isinstance(node, Chain):
        return Chain(
            node.first, tuple((r, _dropped(link, names, scope)) for r, link in node.links), node.span
        )
    if isinstance(node, Fraction_):
        return Fraction_(
            _dropped(node.numerator, names, scope), _dropped(node.denominator, names, scope), node.span
        )
    if isinstance(node, Bracket) and len(node.items) == 1:
        return Bracket(node.kind, (_dropped(node.items[0], names, scope),), node.span)
    return node


def _note_contradiction(session: Session, finding: Finding, against: Sequence[Finding]) -> None:
    if not isinstance(finding.outcome, Refuted) or not against:
        return
    lines = lines_of(session, against)
    finding.notes.append(f"it also contradicts {lines}")


def lines_of(session: Session, findings: Sequence[Finding]) -> str:
    """Several lines of a document, named in words.

    Args:
        session: the document being judged.
        findings: the lines.
    """
    numbers = sorted({session.line(f.statement) for f in findings})
    if len(numbers) == 1:
        count = f"the {len(findings)} relations of line" if len(findings) > 1 else "line"
        return f"{count} {numbers[0]}"
    return "lines " + ", ".join(str(n) for n in numbers)


def _is_instance(statement: Statement, rule: Rule | FunctionRule, scope: Scope) -> bool:
    """Whether a claim says what one cell of a general rule is."""
    if isinstance(rule, FunctionRule) or statement.number == rule.statement:
        return False
    if not rule.patterns and (rule.layer is not None or scope.family(rule.name) is not None):
        return False
    return instance_cell(statement, rule, scope) is not None


def _spare_outvoted(
    session: Session, again: dict[int, Finding], gained: Collection[int], finding: Finding
) -> None:
    """Leave a line open that a repair does not reconcile, where no two lines outweigh it.

    The chain rule is true of every definition: a line of derivatives alone says nothing against another line.
    """
    telling = [n for n in gained if not _is_chain_rule(again[n].statement)]
    for number, other in again.items():
        before = session.findings[number].outcome
        if (
            isinstance(other.outcome, Refuted)
            and isinstance(before, Refuted)
            and not is_clash(other)
            and len(telling) < 2
        ):
            named = session.named(finding.statement.number)
            other.outcome = Unsupported(
                f"contradicts {named}, which is refuted: how it would be right is open"
            )
            other.repairs, other.notes = (), []


def _voices(
    session: Session, gained: Collection[int], lost: Collection[int], rule: Rule | FunctionRule
) -> list[int]:
    """The lines that a repair makes true and that speak for it.

    A line that takes the quantity as given says nothing of its definition. Where a line that falls says something
    else of what a line is about, only one of the two can be true: neither speaks for a definition.
    """
    outright = [n for n in gained if not derives(session.findings[n].statement.left)]
    if isinstance(rule, Rule) and not rule.patterns and outright:
        # What is said of a number and the slopes worked out from that are one voice.
        gained = outright
    fallen = {printed_shape(session.findings[n].statement.left) for n in lost}
    return [
        number
        for number in gained
        if printed_shape(session.findings[number].statement.left) not in fallen
        and not takes_as_given(session, session.findings[number].statement, rule)
    ]


def _is_chain_rule(statement: Statement) -> bool:
    """Whether both sides are made of derivatives alone."""
    return derives(statement.left) and derives(statement.right)


def _adopt(
    session: Session,
    finding: Finding,
    rule: Rule | FunctionRule,
    repair: Repair,
    repairs: Sequence[Repair],
    relevant: list[Finding],
    agreeing: Collection[int] = (),
) -> bool:
    """Put a repaired definition in force and judge again what rests on the old one; False where that breaks more.

    What holds beside the repair without the definition (`agreeing`) speaks for it too.
    """
    statement = finding.statement
    scope = session.scope_of(statement)
    right = repair.node.links[0][1]
    name = rule.name if isinstance(rule, Rule) else next(n for n, f in scope.functions.items() if f is rule)
    if isinstance(rule, FunctionRule):
        new: Rule | FunctionRule = FunctionRule(rule.parameters, right, statement=rule.statement)
    else:
        reference = scope.refer(repair.node.first, {}) if repair.node.first is not None else None
        patterns = rule.patterns
        if reference is not None:
            patterns = tuple(p for node in reference.indices if (p := pattern_of(node, {})) is not None)
        new = Rule(rule.name, patterns, rule.layer, right, rule.statement)
    changed = scope.with_rule(rule, new, name)
    judge = Judge(changed, session.budget)
    again: dict[int, Finding] = {}
    for other in session.claims():
        if other.statement.version != statement.version:
            continue
        if statement.number in other.used or (other in relevant and not isinstance(other.outcome, Proved)):
            judge.clock = Clock(session.budget)
            again[other.statement.number] = session.claim(other.statement, judge)
    # A line that failed before it came to the definition does not rest on it.
    numbers = [f.statement.number for f in relevant if f.statement.number in again]
    fixed = [number for number in numbers if isinstance(again[number].outcome, Proved)]
    gained = [number for number in fixed if not isinstance(session.findings[number].outcome, Proved)]
    # One line that held by accident may fall; a form that breaks more (all cells 0) is no repair.
    lost = [
        n
        for n, f in again.items()
        if isinstance(session.findings[n].outcome, Proved) and not isinstance(f.outcome, Proved)
    ]
    # A definition that reads what does not exist is wrong by itself: one line is enough to say how.
    enough = 1 if statement.number in session.broken else 2
    if len({*gained, *agreeing}) < enough or len(lost) > 1 or len(lost) >= len(gained):
        return False
    voices = _voices(session, gained, lost, rule)
    if len({*voices, *agreeing}) < enough or len(lost) >= len(voices):
        return False
    session.judges[statement.version] = judge
    session.repaired[statement.number] = repair.latex
    _spare_outvoted(session, again, gained, finding)
    for number, other in again.items():
        if isinstance(other.outcome, Proved | Refuted):
            rests = sorted(other.used & set(session.repaired))
            other.notes.extend(f"judged against the repaired {session.named(n)}" for n in rests)
        session.findings[number] = other
    old = [session.findings[f.statement.number] for f in relevant]
    contradicting = [f for f in old if f.statement.number in gained]
    error = session.broken.pop(statement.number, None)
    reason = f"contradicts {lines_of(session, contradicting)}: {'; '.join(repair.edits)}"
    if isinstance(finding.outcome, Unsupported):
        reason = f"{finding.outcome.reason}, and it {reason}"
    if error is not None:
        reason = f"reads {error.cell}, outside {error.family}, {error.shape}, and {reason}"
    witness = next(
        (
            f.outcome.witness
            for f in relevant
            if isinstance(f.outcome, Refuted) and f.outcome.witness is not None
        ),
        None,
    )
    finding.outcome = Refuted(reason, witness, "contradiction")
    finding.repairs = tuple(dict.fromkeys([repair.latex, *(r.latex for r in repairs)]))
    finding.edits, finding.notes = repair.edits, []
    return True
