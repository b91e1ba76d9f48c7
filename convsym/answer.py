"""A learner's formula compared with the right one: a verdict, a counterexample, and the name of the slip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

from convsym.budget import Budget, Clock
from convsym.document import read_document
from convsym.errors import BudgetExceeded, ConvsymError, LatexError, ScopeError
from convsym.functions import sigmoid
from convsym.latex.plain import parse_plain
from convsym.latex.syntax import Chain, Equation, Node
from convsym.prover import equal_modular, prove_equal
from convsym.scope.elaborate import Elaborator
from convsym.scope.grid import Grid, Jacobian
from convsym.scope.introduce import Reader
from convsym.scope.judge import Judge
from convsym.scope.model import Scope
from convsym.scope.naming import Habits
from convsym.scope.survey import survey
from convsym.verdict import Proved, Refuted, Status, Undecided, Verdict

__all__ = ["Slip", "check_answer", "slips_of"]

_CELL = re.compile(r"^(?P<family>.+?)_\{(?P<indices>-?\d+(?:,-?\d+)*)\}$")
_MOST_SLIPS = 200
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Slip:
    """A known slip: its name, what to say about it, and the formula it leads to.

    Attributes:
        name: a short name ("sign", "transpose", "lost factor", ...).
        message: a sentence that names the slip without telling the answer.
        formula: what somebody writes who makes it.
    """

    name: str
    message: str
    formula: Expr


def check_answer(
    answer: str,
    expected: str | Expr,
    *,
    definitions: str | Mapping[str, str | Expr] | None = None,
    slips: Mapping[str, str | Expr] | None = None,
    timeout: float = 10.0,
) -> Verdict:
    """Whether an answer equals the expected formula wherever both are defined.

    Args:
        answer: LaTeX, or plain text such as `2*(o11 - y11)`; of `dL/do11 = ...` the right side counts.
        expected: the right formula, as SymPy over cells named as `x_{1,1}`, or as text.
        definitions: what intermediate names mean: a document's text, or names and their formulas.
        slips: more slips to look for: what to say, and the formula that shows it.
        timeout: seconds the decision may take.

    Returns:
        A verdict: proved, refuted (with the smallest counterexample that was found, the slip named in
        `reason` and `method` where it is a known one), undecided or unsupported (not read).
    """
    shown = " ".join(str(answer).split())[:400]
    clock = Clock(Budget(seconds=timeout))
    if len(answer) > _LONGEST:
        return Verdict(shown, Status.UNSUPPORTED, f"not read: longer than {_LONGEST} characters", 1, 1)
    try:
        right_node = None if isinstance(expected, Expr) else _right_side(str(expected))
        given_node = _right_side(str(answer))
        scope = _scope(given_node, right_node, expected, definitions)
        judge = Judge(scope, Budget(seconds=timeout), clock)
        given = _value(judge, given_node)
        right = expected if isinstance(expected, Expr) else _value(judge, right_node)
    except LatexError as error:
        return Verdict(shown, Status.UNSUPPORTED, f"not read: {error.message}", 1, error.column)
    except (ConvsymError, RecursionError, TypeError, ValueError) as error:
        return Verdict(shown, Status.UNSUPPORTED, f"not understood: {str(error).partition(chr(10))[0]}", 1, 1)
    try:
        outcome = _compare(judge, given, right)
        if isinstance(outcome, Proved):
            return Verdict(
                shown, Status.PROVED, "right", 1, 1, method=outcome.method, assuming=outcome.assuming
            )
        if isinstance(outcome, Refuted):
            slip = _named_slip(judge, given, right, slips or {})
            reason = slip.message if slip is not None else _plain_reason(judge, given, right)
            return Verdict(
                shown,
                Status.REFUTED,
                reason,
                1,
                1,
                method=f"slip: {slip.name}" if slip is not None else outcome.method,
                witness=outcome.witness,
            )
        reason = outcome.reason if isinstance(outcome, Undecided) else "not comparable"
    except BudgetExceeded as error:
        reason = str(error)
    except (ConvsymError, RecursionError) as error:
        return Verdict(shown, Status.UNSUPPORTED, f"not understood: {str(error).partition(chr(10))[0]}", 1, 1)
    return Verdict(shown, Status.UNDECIDED, reason, 1, 1)


def _right_side(text: str) -> Node:
    node = parse_plain(text)
    if isinstance(node, Chain):
        if any(relation not in ("=", ":=", "equiv") for relation, _ in node.links):
            raise ScopeError("an answer is one formula, here stands another relation")
        if node.links:
            return node.links[-1][1]
        if node.first is not None:
            return node.first
    return node


def _scope(
    given: Node, right: Node | None, expected: str | Expr, definitions: str | Mapping[str, str | Expr] | None
) -> Scope:
    """What the names of an answer mean."""
    rows = [Chain(node, (), node.span) for node in (given, right) if node is not None]
    counted = survey([Equation(tuple(rows), None, (), "")])
    arity = dict(counted.habits.arity)
    texts = definitions if isinstance(definitions, str) else _as_text(definitions or {})
    scope = Reader(read_document(texts, kind="markdown")).scope.copy() if texts else Scope(counted)
    known = {**arity, **scope.survey.habits.arity}
    if isinstance(expected, Expr):
        for symbol in expected.free_symbols:
            match = _CELL.match(str(symbol))
            if match:
                known[_key(match["family"])] = match["indices"].count(",") + 1
    for name, rules in scope.rules.items():
        for rule in rules:
            if rule.patterns:
                known[name] = len(rule.patterns)
    counted.habits = Habits(
        known,
        counted.habits.layered | scope.survey.habits.layered,
        counted.habits.letters,
        in_and_out=counted.habits.in_and_out or scope.survey.habits.in_and_out,
    )
    counted.partials |= scope.survey.partials
    scope.survey = counted
    scope.readings = {}
    scope.words += " sigmoid"
    return scope


def _key(latex: str) -> str:
    return latex.removeprefix("\\")


def _as_text(definitions: Mapping[str, str | Expr]) -> str:
    lines = []
    for name, formula in definitions.items():
        from sympy import latex

        body = (
            formula
            if isinstance(formula, str)
            else latex(formula.replace(sigmoid, lambda z: sigmoid(z).written_out()))
        )
        lines.append(f"$${name} = {body}$$")
    return "\n\n".join(lines)


def _value(judge: Judge, node: Node | None) -> Expr:
    if node is None:
        raise ScopeError("nothing is expected")
    elaborator: Elaborator = judge.elaborator
    value = elaborator.value(node, {})
    if isinstance(value, Jacobian):
        value = value.gradient()
    if isinstance(value, Grid):
        raise ScopeError("a matrix stands where one formula is asked for")
    if not isinstance(value, Expr):
        raise ScopeError("a list stands where one formula is asked for")
    return value


def _compare(judge: Judge, given: Expr, right: Expr) -> Proved | Refuted | Undecided:
    outcome = judge.decide(given, right)
    assert isinstance(outcome, Proved | Refuted | Undecided)
    return outcome


def _same(a: Expr, b: Expr, budget: Budget) -> bool:
    return equal_modular(a, b, budget=budget) and isinstance(prove_equal(a, b, budget=budget), Proved)


def _named_slip(judge: Judge, given: Expr, right: Expr, own: Mapping[str, str | Expr]) -> Slip | None:
    budget = Budget(seconds=max(0.5, judge.clock.remaining() / 4))
    full = judge.unfold(given)
    for message, formula in own.items():
        try:
            value = formula if isinstance(formula, Expr) else _value(judge, _right_side(formula))
            if _same(full, judge.unfold(value), budget):
                return Slip("own", message, value)
        except ConvsymError:
            continue
    seen = set()
    for count, slip in enumerate(slips_of(right)):
        if count > _MOST_SLIPS or judge.clock.remaining() < judge.budget.seconds / 5:
            break
        if slip.formula in seen:
            continue
        seen.add(slip.formula)
        try:
            if _same(full, judge.unfold(slip.formula), budget):
                return slip
        except ConvsymError:
            continue
    return _factor_slip(full, judge.unfold(right), budget)


def _factor_slip(given: Expr, right: Expr, budget: Budget) -> Slip | None:
    """A constant factor too many or too few, found by its value at one point."""
    if given == 0 or right == 0:
        return None
    for numerator, denominator in ((n, d) for d in range(1, 33) for n in range(-32, 33) if n and n != d):
        ratio = Rational(numerator, denominator)
        if ratio.q == denominator and _same(given, ratio * right, budget):
            more = abs(ratio) > 1
            message = (
                "Only a constant factor is off: the answer is too large. What is the sum divided by?"
                if more
                else "Only a constant factor is off: the answer is too small. Was every factor kept?"
            )
            return Slip("lost factor", message, given)
        if numerator == 1 and denominator == 1 and not _proportional(given, right, budget):
            return None
    return None


def _proportional(given: Expr, right: Expr, budget: Budget) -> bool:
    names = {
        symbol: Symbol(f"{symbol.name}'")
        for symbol in given.free_symbols | right.free_symbols
        if isinstance(symbol, Symbol)
    }
    return equal_modular(given * right.xreplace(names), right * given.xreplace(names), budget=budget)


def _plain_reason(judge: Judge, given: Expr, right: Expr) -> str:
    strange = sorted(
        str(s)
        for s in judge.unfold(given).free_symbols - judge.unfold(right).free_symbols
        if isinstance(s, Symbol)
    )
    if strange:
        return f"Not equal: ${strange[0]}$ does not belong in it."
    return "Not equal."


# ---------------------------------------------------------------------- slips


def slips_of(expected: Expr) -> Iterator[Slip]:
    """The formulas that known slips lead to, from the right one, likeliest first.

    Args:
        expected: the right formula over cells named as `x_{1,1}`.
    """
    seen = {expected}
    for slip in _all_slips(expected):
        if slip.formula not in seen:
            seen.add(slip.formula)
            yield slip


def _all_slips(expected: Expr) -> Iterator[Slip]:
    yield Slip("sign", "The sign is the other way round.", -expected)
    yield from _lost_slopes(expected)
    yield from _missing_terms(expected)
    yield from _index_slips(expected)
    yield from _inner_signs(expected)
    if expected.free_symbols:
        yield Slip(
            "upside down",
            "The derivative is the wrong way round: what is differentiated, and by what?",
            1 / expected,
        )


def _families(expression: Expr) -> dict[str, dict[Symbol, tuple[int, ...]]]:
    found: dict[str, dict[Symbol, tuple[int, ...]]] = {}
    for symbol in sorted(expression.free_symbols, key=str):
        match = _CELL.match(str(symbol))
        if match and isinstance(symbol, Symbol):
            indices = tuple(int(part) for part in match["indices"].split(","))
            found.setdefault(match["family"], {})[symbol] = indices
    return found


def _cell(family: str, indices: tuple[int, ...]) -> Symbol:
    return Symbol(f"{family}_{{{','.join(str(i) for i in indices)}}}")


def _index_slips(expected: Expr) -> Iterator[Slip]:
    families = _families(expected)

    def mapped(names: list[str], change: object) -> Expr:
        mapping = {}
        for name in names:
            for symbol, indices in families[name].items():
                mapping[symbol] = _cell(name, change(name, indices))  # type: ignore[operator]
        return expected.xreplace(mapping)

    groups = [[name] for name in families]
    if len(families) > 1:
        groups.append(list(families))
    for names in groups:
        if any(len(i) == 2 for name in names for i in families[name].values()):
            yield Slip(
                "transpose",
                "Rows and columns are exchanged: which of the two indices comes first?",
                mapped(names, lambda _, indices: indices[::-1]),
            )
            bounds = {
                name: [(min(axis), max(axis)) for axis in zip(*families[name].values(), strict=True)]
                for name in names
            }
            yield Slip(
                "flip",
                "It is turned around by 180 degrees: does the window run the same way as the kernel here?",
                mapped(
                    names,
                    lambda name, indices, bounds=bounds: tuple(
                        low + high - i for i, (low, high) in zip(indices, bounds[name], strict=True)
                    ),
                ),
            )
        arity = max((len(i) for name in names for i in families[name].values()), default=0)
        shifts: list[tuple[int, ...]] = []
        for step in (1, -1):
            shifts.extend(tuple(step if axis == at else 0 for axis in range(arity)) for at in range(arity))
            if arity > 1:
                shifts.append((step,) * arity)
        for shift in shifts:
            yield Slip(
                "index shifted",
                "An index is shifted by one: where does the first window begin?",
                mapped(
                    names,
                    lambda _, indices, shift=shift: tuple(
                        i + s for i, s in zip(indices, shift, strict=False)
                    ),
                ),
            )


def _missing_terms(expected: Expr) -> Iterator[Slip]:
    message = "A term of the sum is missing: who else uses this cell?"
    for whole in dict.fromkeys((expected, expected.expand())):
        outer, inner = (Integer(1), whole)
        if isinstance(whole, Mul):
            sums = [factor for factor in whole.args if isinstance(factor, Add)]
            if len(sums) != 1:
                continue
            inner = sums[0]
            outer = whole / inner
        terms = Add.make_args(inner)
        if not 2 <= len(terms) <= 40:
            continue
        for term in terms:
            yield Slip("missing term", message, outer * (inner - term))
        for term in terms:
            yield Slip(
                "one path only", "Only one path was followed: the cell acts through several.", outer * term
            )


def _inner_signs(expected: Expr) -> Iterator[Slip]:
    sums = sorted((part for part in expected.atoms(Add) if len(part.args) == 2), key=lambda e: e.count_ops())
    for part in sums[:12]:
        first, second = part.args
        yield Slip("sign", "A sign inside the formula is wrong.", expected.xreplace({part: first - second}))


def _slope_pairs(expression: Expr) -> list[tuple[Expr, Expr]]:
    """(f, 1 - f) for every f that stands beside its own complement."""
    found = []
    for part in expression.atoms(Add):
        if len(part.args) == 2 and Integer(1) in part.args:
            (other,) = [a for a in part.args if a != 1]
            base = -other
            if expression.has(base) and isinstance(base, Symbol | sigmoid | Pow):
                found.append((base, part))
    return sorted(found, key=str)


def _lost_slopes(expected: Expr) -> Iterator[Slip]:
    pairs = _slope_pairs(expected)
    if not pairs:
        return
    wordings = (
        (
            "lost o(1-o)",
            "The slope of the activation is missing: the chain passes through $\\sigma$.",
            True,
            True,
        ),
        ("lost 1-o", "The slope of the activation is incomplete.", False, True),
        ("lost o", "The slope of the activation is incomplete.", True, False),
    )
    for name, message, drop_base, drop_complement in wordings:
        changed = expected
        for base, complement in pairs:
            changed = _dropped(
                changed, base if drop_base else None, complement if drop_complement else None, complement
            )
        yield Slip(name, message, changed)


def _dropped(expression: Expr, base: Expr | None, complement: Expr | None, marker: Expr) -> Expr:
    """Every product with the marker as a factor, without the factors to drop."""
    if isinstance(expression, Mul) and marker in expression.args:
        kept = []
        gone: set[Expr] = set()
        for factor in expression.args:
            if factor in (base, complement) and factor not in gone:
                gone.add(factor)
                continue
            kept.append(factor)
        return Mul(*kept)
    if expression == marker and complement is not None:
        return Integer(1)
    if isinstance(expression, Add | Mul | Pow) and expression.has(marker):
        return expression.func(
            *(_dropped(argument, base, complement, marker) for argument in expression.args)
        )
    return expression
