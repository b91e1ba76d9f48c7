"""Two scalar expressions to a verdict: the order in which the procedures are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from sympy import Expr, Symbol, latex
from sympy.core.relational import Relational

from convsym.budget import Budget, Clock
from convsym.errors import BudgetExceeded
from convsym.prover.admission import reason_to_decline
from convsym.prover.cells import holds_in_every_cell
from convsym.prover.decision import Decision
from convsym.prover.evaluation import evaluate
from convsym.prover.field import IdenticallyUndefined
from convsym.prover.modular import certainly_differ, follows
from convsym.prover.program import NotAScalar, Program, name_of
from convsym.prover.witness import Search
from convsym.verdict import Proved, Refuted, Undecided

_MOST_CONDITIONS = 24


def prove_equal_cells(
    left: Expr,
    right: Expr,
    *,
    conditions: Sequence[Expr] = (),
    presets: Sequence[Mapping[Symbol, int]] = (),
    clock: Clock,
) -> Proved | Refuted | Undecided:
    """Decide left = right for expressions without sums, every atom an independent real number.

    Args:
        left, right: scalar expressions.
        conditions: relations that every admissible point satisfies.
        presets: values of some symbols that satisfy the conditions.
        clock: the budget, already running.
    """
    reason = reason_to_decline((left, right), clock.budget)
    if reason is not None:
        return Undecided(reason)
    program = Program(clock.budget.exponent, clock.budget.digits)
    try:
        roots = program.read(left), program.read(right)
        if len({name_of(symbol) for symbol in program.atoms}) < len(program.atoms):
            return Undecided("two different symbols have one name")
        place = {symbol: n for n, symbol in enumerate(program.atoms)}
        numbered = [{place[s]: v for s, v in preset.items() if s in place} for preset in presets]
        search = Search(program, *roots, clock, admissible(program, conditions), numbered)
        return _decide(program, roots, search, clock)
    except (NotAScalar, BudgetExceeded) as error:
        return Undecided(str(error))
    except IdenticallyUndefined as error:
        return Undecided(f"{error}: a side has no value anywhere")
    except RecursionError:
        return Undecided("nested too deeply")
    except MemoryError:
        return Undecided("more memory needed than there is")


def _decide(
    program: Program, roots: tuple[int, int], search: Search, clock: Clock
) -> Proved | Refuted | Undecided:
    if roots[0] == roots[1]:
        return _confirmed(Proved("identity"), search)
    # A nonzero residue says for certain that the sides are not identical: no need to expand anything.
    if certainly_differ(program, *roots):
        return _refuted(search)
    if not follows(program, roots):
        # Exponentials of exponentials: a few points in certified intervals cost little, the exact field may not.
        witness = search.find_at_once()
        if witness is not None:
            return Refuted("the two sides differ at the values shown", witness, "counterexample")
    wanted = [*roots, *(n for n in program.divisors), *(n for n in program.positives)]
    decision = Decision(program, wanted, clock)
    if decision.field.is_zero(decision.difference(*roots)):
        return _confirmed(_proof(program, decision, roots), search)
    outcome = _refuted(search)
    if isinstance(outcome, Undecided) and decision.switch_of and holds_in_every_cell(program, roots, clock):
        return _confirmed(_proof(program, decision, roots), search)
    return outcome


def never_equal(left: Expr, right: Expr, *, budget: Budget | None = None) -> bool:
    """Whether two expressions without sums differ for certain wherever both are defined.

    Their difference must be a product of factors of which each has one sign: exponentials, sums of positive
    terms. False says nothing.

    Args:
        left, right: scalar expressions.
        budget: bounds on size and time; beyond them the answer is False.
    """
    limits = Budget() if budget is None else budget
    if reason_to_decline((left, right), limits) is not None:
        return False
    program = Program(limits.exponent, limits.digits)
    try:
        roots = program.read(left), program.read(right)
        decision = Decision(program, [*roots, *program.divisors, *program.positives], Clock(limits))
        difference = decision.difference(*roots)
        return not decision.field.is_zero(difference) and not decision.loose_bases(difference)
    except (NotAScalar, BudgetExceeded, IdenticallyUndefined, RecursionError, MemoryError):
        return False


def _confirmed(proof: Proved, search: Search) -> Proved | Undecided:
    """The proof, unless no point bears it out: sides that are never defined are not equal."""
    agreement = search.defined_and_equal_somewhere()
    if agreement:
        return proof
    if agreement is None:
        return Undecided("no point was found at which both sides are defined")
    return Undecided("the proof and an evaluation disagree")


def _refuted(search: Search) -> Refuted | Undecided:
    witness = search.find()
    if witness is None:
        return Undecided("not shown to be equal, and no certain counterexample was found")
    return Refuted("the two sides differ at the values shown", witness, "counterexample")


# ---------------------------------------------------------------- what a proof says


def _proof(program: Program, decision: Decision, roots: tuple[int, int]) -> Proved:
    methods = decision.methods
    if "signs" in methods:
        method = "case distinction by signs"
    elif "logarithm" in methods:
        method = "logarithms of irreducible factors"
    elif "exponential" in methods:
        method = "exponential polynomial"
    elif program.divisors:
        method = "rational function identity"
    else:
        method = "polynomial identity"
    return Proved(method, tuple(assumptions(program, decision, roots)))


def assumptions(program: Program, decision: Decision, roots: tuple[int, int]) -> list[str]:
    """The conditions, as LaTeX, under which both sides are defined (and off the ties of their cases)."""
    needed = set(program.order(roots))
    found: dict[str, None] = {}
    positive: set[int] = set()
    nonzero: set[int] = set()
    for number, (source, relation) in program.positives.items():
        value = decision.value[number]
        loose = decision.loose_bases(value)
        sign = decision.certain_sign(value)
        if not loose or (sign == 1 and relation != ">"):
            continue
        texts = [decision.describe(base) for base in loose]
        if sign == 1 and None not in texts:
            found.update((rf"{text} \ne 0", None) for text in texts)
            nonzero.update(loose)
        else:
            found.setdefault(f"{latex(source)} {relation} 0")
            if relation == ">":
                positive.update(loose)
    divisors = [(n, source) for n, source in program.divisors.items() if n in needed]
    # A divisor with one factor that may vanish is named as it was written, the others by their factors.
    for number, source in sorted(
        divisors, key=lambda pair: len(decision.loose_bases(decision.value[pair[0]]))
    ):
        missing = [b for b in decision.loose_bases(decision.value[number]) if b not in positive | nonzero]
        nonzero.update(missing)
        texts = [decision.describe(base) for base in missing]
        if len(missing) == 1 and not source.is_Mul:
            base = source.base if source.is_Pow else source
            found.setdefault(rf"{latex(base)} \ne 0")
        elif None in texts:
            found.setdefault(rf"{latex(source)} \ne 0")
        else:
            found.update((rf"{text} \ne 0", None) for text in texts)
    for guard in decision.ties:
        for base in decision.loose_bases(guard):
            text = decision.describe(base)
            if text is not None and base not in positive | nonzero:
                nonzero.add(base)
                found.setdefault(rf"{text} \ne 0")
    listed = list(found)
    if len(listed) > _MOST_CONDITIONS:
        more = len(listed) - _MOST_CONDITIONS
        listed = [*listed[:_MOST_CONDITIONS], f"{more} further conditions of the same kinds"]
    return listed


def admissible(
    program: Program, conditions: Sequence[Expr]
) -> Callable[[Sequence[int | Fraction]], bool] | None:
    """A test of points against the conditions on the program's atoms; None if there are none."""
    place = {symbol: n for n, symbol in enumerate(program.atoms)}
    tests: list[tuple[str, Program, int, list[int]]] = []
    for condition in conditions:
        if not isinstance(condition, Relational) or not condition.free_symbols <= place.keys():
            continue
        side = Program()
        try:
            root = side.read(condition.lhs - condition.rhs)
        except (NotAScalar, BudgetExceeded):
            continue
        tests.append((condition.rel_op, side, root, [place[symbol] for symbol in side.atoms]))
    if not tests:
        return None

    def holds(point: Sequence[int | Fraction]) -> bool:
        for relation, side, root, places in tests:
            (value,) = evaluate(side, [root], [point[n] for n in places], 64)
            if not isinstance(value, (int, Fraction)) or not _COMPARE[relation](value):
                return False
        return True

    return holds


_COMPARE: dict[str, Callable[[int | Fraction], bool]] = {
    "==": lambda value: value == 0,
    "!=": lambda value: value != 0,
    "<": lambda value: value < 0,
    "<=": lambda value: value <= 0,
    ">": lambda value: value > 0,
    ">=": lambda value: value >= 0,
}
