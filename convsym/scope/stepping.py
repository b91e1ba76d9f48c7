r"""A recurrence of vectors, h_t = f(W h_{t-1} + U x_t + b), at one step: h_t and h_{t-1} as vectors of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from convsym.latex.syntax import BigOperator, Bracket, Chain, Fraction_, Name, Node, Number, Product, Scripted
from convsym.latex.walking import rewritten, walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.leading import leads
from convsym.scope.model import Family, Rule, Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.operators import is_diagonal
from convsym.scope.statements import Statement
from convsym.scope.timing import TIMES, Timing, time_of

_SIZE = 2
_DIFFERENTIALS = frozenset({"partial", "d"})
_APPLIED = frozenset(FUNCTIONS) | {"sigma", "phi", "f", "g", "tanh"}


class OtherClaim(Exception):
    """A claim that is not about the steps of the recurrence alone."""


@dataclass(slots=True)
class Step:
    """A claim about the steps of a recurrence as one about a few vectors.

    Attributes:
        scope: in which every vector of a step has a name and a size of its own.
        left, right: the sides.
        slopes: the vectors by which an unwritten loss is differentiated, each with its step, by side.
        differentiated: names of matrices and vectors of no step that something is differentiated by.
        total: whether the derivative of an earlier step is printed, so that nothing of that step is held fixed.
    """

    scope: Scope
    left: Node
    right: Node
    slopes: tuple[set[tuple[str, int]], set[tuple[str, int]]] = field(default_factory=lambda: (set(), set()))
    differentiated: set[str] = field(default_factory=set)
    total: bool = False


def recurrent_weights(scope: Scope) -> set[str]:
    """The matrices that a state at the step before is multiplied by, W of h_t = f(W h_{t-1} + U x_t + b).

    Args:
        scope: what the document has introduced.
    """
    found: set[str] = set()
    for name, rules in scope.rules.items():
        for rule in rules:
            if len(rule.patterns) != 1 or not rule.is_general or rule.layer is not None:
                continue
            for part in walk(rule.body):
                if not isinstance(part, Product):
                    continue
                for (_, one), (_, other) in zip(part.factors, part.factors[1:], strict=False):
                    weight, state = scope.refer(one, {}), scope.refer(other, {})
                    if weight is None or state is None or state.name != name or len(state.indices) != 1:
                        continue
                    time = time_of(state.indices[0])
                    if time is not None and time[1] < 0 and weight.head.text[:1].isupper():
                        found.add(weight.name)
    return found


def reaches_states(scope: Scope, timing: Timing, weight: str) -> bool:
    """Whether a matrix takes part in what one step hands to the next, so that every later step depends on it.

    Args:
        scope: what the document has introduced.
        timing: how the document writes its recurrence.
        weight: its name.
    """
    for name, rules in scope.rules.items():
        for rule in rules:
            times = [
                time[1]
                for part in walk(rule.body)
                if isinstance(part, Scripted)
                and part.subscript is not None
                and (time := time_of(part.subscript)) is not None
            ]
            if name in timing.timed and min(times, default=0) < 0 and leads(scope, name, weight):
                return True
    return False


def at_one_step(
    scope: Scope, timing: Timing, statements: Sequence[Statement], left: Node, right: Node, letter: str
) -> Step | None:
    """A claim about step t and its neighbors as one about vectors; None where it is about more than that.

    What is differentiated is what its definition makes of the vectors in it, and these are given. Each slope of an
    unwritten loss by a vector, \\partial L_t/\\partial h_t or the \\delta_t that stands for it, is arbitrary.

    Args:
        scope: of the claim.
        timing: how the document writes its recurrence.
        statements: all relations of the document.
        left, right: the sides, without a sum over the steps.
        letter: the letter of the step.
    """
    try:
        return _Stepper(scope, timing, statements, letter).claim(left, right)
    except OtherClaim:
        return None


def of_one_state(
    scope: Scope, timing: Timing, statements: Sequence[Statement], left: Node, right: Node
) -> Step | None:
    r"""The Jacobian of a state by the state before it as a claim about vectors; None of any other claim.

    What the state is made of at its own step, z_t of h_t = f(z_t), is defined there as well.

    Args:
        scope: of the claim.
        timing: how the document writes its recurrence.
        statements: all relations of the document.
        left: the derivative.
        right: what it is said to be, without a derivative.
    """
    left = strip_group(left)
    sides = _derivative(left) if isinstance(left, Fraction_) else None
    if sides is None or any(isinstance(part, Fraction_) and _derivative(part) for part in walk(right)):
        return None
    letters = {
        part.text
        for one in sides
        if isinstance(one, Scripted) and one.subscript is not None
        for part in walk(one.subscript)
        if isinstance(part, Name)
    }
    if len(letters) == 1 and not letters & TIMES:
        # h_{k+1} and h_k are states as well; t is free for them where the line does not speak of it.
        if any(
            isinstance(part, Name) and part.text in TIMES for side in (left, right) for part in walk(side)
        ):
            return None
        (letter,) = letters
        left, right = (_at_time(side, letter) for side in (left, right))
        sides = _derivative(left) if isinstance(left, Fraction_) else None
    above, below = (
        _timed(one, timing) if isinstance(one, Scripted) else None for one in sides or (None, None)
    )
    if above is None or below is None or (above[0], above[1]) != (below[0], below[1]):
        return None
    if above[2][0] != below[2][0] or above[2][1] != below[2][1] + 1 or above[3] or below[3]:
        return None
    try:
        return _Stepper(scope, timing, statements, above[2][0], whole=True).claim(left, right)
    except OtherClaim:
        return None


def _at_time(node: Node, letter: str) -> Node:
    """An expression with the letter of its steps written t."""

    def change(part: Node) -> Node | None:
        return Name("t", part.span) if isinstance(part, Name) and part.text == letter else None

    return rewritten(node, change)


def with_numbers(scope: Scope, timing: Timing, left: Node, right: Node) -> Step | None:
    r"""A claim about a recurrence of numbers at one step; None where it is about more than that.

    What \\partial h_t/\\partial w is made of \\partial h_{t-1}/\\partial w is asked: everything of the lowest step
    that is differentiated, below the highest one, is an arbitrary function of the weights.

    Args:
        scope: of the claim.
        timing: how the document writes its recurrence.
        left, right: the sides.
    """
    try:
        return _Numbers(scope, timing).claim(left, right)
    except OtherClaim:
        return None


class _Numbers:
    """Renames what belongs to a step of a recurrence of numbers, and defines it by the step before."""

    def __init__(self, scope: Scope, timing: Timing) -> None:
        self.old, self.timing = scope, timing
        survey = replace(scope.survey, partials=set(scope.survey.partials))
        self.new = Scope(survey, functions=dict(scope.functions), words=scope.words, letters=scope.letters)
        self.letter = ""
        self.floor = 0
        self.weights: set[str] = set()
        self.seen: set[tuple[str, int]] = set()
        self.pending: list[tuple[str, int]] = []

    def claim(self, left: Node, right: Node) -> Step:
        above, below = self._differentiated(left, right)
        if not above or len({letter for letter, _ in above | below}) != 1:
            raise OtherClaim
        ((self.letter, _), *_) = above
        highest = max(step for _, step in above)
        self.floor = min(highest - 1, *(step for _, step in above))
        if self.floor < highest - 2 or any(step <= self.floor for _, step in below):
            raise OtherClaim
        sides = [self.renamed(side, 0) for side in (left, right)]
        while self.pending:
            self.define(*self.pending.pop())
        # a_{t-1} and h_{t-1} are no two arbitrary functions, and without an input h_{t-1} is none at all.
        lowest = [name for name, step in self.seen if step <= self.floor and name in self.old.rules]
        inputs = any(name not in self.old.rules for name, step in self.seen if step > self.floor)
        earlier = any(step == self.floor for _, step in above)
        total = earlier and inputs and len(lowest) == 1
        return Step(self.new, sides[0], sides[1], differentiated=self.weights, total=total)

    def _differentiated(self, *sides: Node) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
        """The steps of what is differentiated, and of what it is differentiated by; weights are kept."""
        above: set[tuple[str, int]] = set()
        below: set[tuple[str, int]] = set()
        for part in (part for side in sides for part in walk(side)):
            pair = _derivative(part) if isinstance(part, Fraction_) else None
            if pair is None:
                continue
            if _derives_weight_by_itself(pair):
                continue
            upper, lower = (_timed(one, self.timing) if isinstance(one, Scripted) else None for one in pair)
            if upper is None or upper[1] or upper[3] is not None:
                raise OtherClaim
            above.add(upper[2])
            if lower is not None:
                below.add(lower[2])
                continue
            reference = self.old.refer(pair[1], {})
            if reference is None or reference.indices or reference.name in self.old.rules:
                raise OtherClaim
            self.weights.add(reference.name)
        return above, below

    def renamed(self, node: Node, offset: int) -> Node:
        """An expression with every symbol of a step under a name of its own."""

        def change(part: Node) -> Node | None:
            if isinstance(part, BigOperator):
                raise OtherClaim
            if isinstance(part, Name | Scripted):
                return self._symbol(part, offset)
            return None

        return rewritten(node, change)

    def _symbol(self, part: Name | Scripted, offset: int) -> Node | None:
        timed = _timed(part, self.timing)
        span = part.span
        if timed is not None:
            name, label, (letter, at), power = timed
            if letter != self.letter or label:
                raise OtherClaim
            place = (name, at + offset)
            if place not in self.seen:
                self.seen.add(place)
                self.pending.append(place)
            new: Node = Name(_at_step(*place), span)
            return new if power is None else Scripted(Bracket("(", (new,), span), None, power, 0, span)
        reference = self.old.refer(part, {})
        if reference is None and isinstance(part, Scripted) and part.subscript is None and not part.primes:
            return replace(part, base=self.renamed(part.base, offset))
        if reference is None or reference.name == self.letter:
            raise OtherClaim
        if reference.name in _DIFFERENTIALS | _APPLIED or reference.name in self.old.functions:
            return None
        # A capital letter is most likely a matrix: what holds of numbers need not hold of it.
        if reference.indices or reference.layer is not None or reference.primes or reference.transposed:
            raise OtherClaim
        if reference.name in self.old.rules or reference.name in self.timing.timed:
            raise OtherClaim
        if reference.head.text[:1].isupper() or reference.name in self.old.matrices:
            raise OtherClaim
        return None

    def define(self, name: str, step: int) -> None:
        """Bring a definition to its step; at the lowest step a quantity is a function of the weights."""
        rules = [rule for rule in self.old.rules.get(name, ()) if rule.is_general and rule.layer is None]
        if not rules:
            return
        if len(rules) != 1 or len(rules[0].patterns) != 1 or name in self.old.matrices:
            raise OtherClaim
        (pattern,) = rules[0].patterns
        new = _at_step(name, step)
        if step <= self.floor:
            self.new.arguments[new] = tuple(sorted(self.weights))
            self.new.survey.partials |= {(new, weight) for weight in self.weights}
            return
        if pattern.parameter != self.letter:
            raise OtherClaim
        body = self.renamed(rules[0].body, step - pattern.offset)
        self.new.rules[new] = [Rule(new, (), None, body, rules[0].statement)]


def _derives_weight_by_itself(pair: tuple[Node, Node]) -> bool:
    """Whether a derivative is that of a letter by itself, 1."""
    one, other = (strip_group(side) for side in pair)
    return isinstance(one, Name) and isinstance(other, Name) and key(one) == key(other)


def _at_step(name: str, offset: int) -> str:
    return f"{name}_{{t{offset:+d}}}" if offset else f"{name}_t"


class _Stepper:
    """Renames what belongs to a step, and brings every definition to its step."""

    def __init__(
        self,
        scope: Scope,
        timing: Timing,
        statements: Sequence[Statement],
        letter: str,
        whole: bool = False,
    ) -> None:
        self.old, self.timing, self.letter, self.whole = scope, timing, letter, whole
        self.errors = _errors(scope, timing, statements)
        survey = replace(scope.survey, partials=set(scope.survey.partials))
        self.new = Scope(survey, functions=dict(scope.functions), words=scope.words, letters=scope.letters)
        self.tops: set[tuple[str, int]] = set()
        self.slopes: set[tuple[str, int]] = set()
        self.differentiated: set[str] = set()

    def claim(self, left: Node, right: Node) -> Step:
        sides, slopes = [], []
        for side in (left, right):
            self.slopes = set()
            sides.append(self.renamed(side, 0))
            slopes.append(self.slopes)
        for name, offset in sorted(self.tops):
            self.define(name, offset)
        return Step(self.new, sides[0], sides[1], (slopes[0], slopes[1]), self.differentiated)

    def vector(self, name: str, offset: int) -> str:
        """The name of a vector of a step."""
        new = _at_step(name, offset)
        self.family(new, 1)
        return new

    def family(self, name: str, sides: int) -> None:
        """Give a matrix or a vector its size."""
        self.new.families[name] = Family(name, sides, (1,) * sides, [_SIZE] * sides, exact=True)
        self.new.matrices[name] = name

    def define(self, name: str, offset: int) -> None:
        """Bring the definition of a vector that is differentiated to its step; what it is made of is given."""
        rules = [rule for rule in self.old.rules.get(name, ()) if rule.is_general and rule.layer is None]
        if len(rules) != 1 or len(rules[0].patterns) != 1:
            raise OtherClaim
        (pattern,) = rules[0].patterns
        letter, self.letter = self.letter, pattern.parameter or self.letter
        if letter != self.letter and not self.whole:
            raise OtherClaim
        try:
            body = self.renamed(rules[0].body, offset - pattern.offset)
        finally:
            self.letter = letter
        new = self.vector(name, offset)
        self.new.rules[new] = [Rule(new, (), None, body, rules[0].statement)]
        for part in walk(rules[0].body) if self.whole else ():
            timed = _timed(part, self.timing) if isinstance(part, Scripted) else None
            if timed is None or timed[2][1] != pattern.offset or not self.old.rules.get(timed[0]):
                continue
            if _at_step(timed[0], offset) not in self.new.rules:
                self.define(timed[0], offset)

    def is_direct(self, above: str, below: str, step: int | None) -> None:
        """Deny a derivative by what a definition does not name, or reaches through another vector of its step too.

        Raises:
            OtherClaim: what is given here, h_t in y_t = V h_t, would hide how it depends on the variable.
        """
        if self.whole or (above == below and step == 0):
            return
        found = False
        for rule in self.old.rules.get(above, ()):
            own = rule.patterns[0].offset if rule.patterns else 0
            for part in walk(rule.body):
                timed = _timed(part, self.timing) if isinstance(part, Scripted) else None
                if timed is None:
                    reference = self.old.refer(part, {}) if isinstance(part, Name | Scripted) else None
                    found = found or (step is None and reference is not None and reference.name == below)
                elif step is not None and (timed[0], timed[2][1] - own) == (below, step):
                    found = True
                elif timed[2][1] - own >= (0 if step is None else step) and leads(self.old, timed[0], below):
                    raise OtherClaim
        if not found:
            raise OtherClaim

    def renamed(self, node: Node, offset: int) -> Node:
        """An expression with every symbol of a step under a name of its own."""

        def change(part: Node) -> Node | None:
            if isinstance(part, BigOperator):
                raise OtherClaim
            if isinstance(part, Fraction_):
                return self._slope(part, offset)
            if isinstance(part, Name | Scripted):
                return self._symbol(part, offset)
            return None

        return rewritten(node, change)

    def _slope(self, fraction: Fraction_, offset: int) -> Node | None:
        """The derivative of an unwritten loss by a vector of a step, of a loss that is a function of it alone."""
        found = _loss_slope(fraction, self.old, self.timing)
        if found is not None:
            loss, below, letter, at = found
            if letter != self.letter:
                raise OtherClaim
            return self._by(loss, below, at + offset, fraction)
        sides = _derivative(fraction)
        if sides is not None:
            above = _timed(sides[0], self.timing) if isinstance(sides[0], Scripted) else None
            if above is None or above[1] or above[3] is not None or above[2][0] != self.letter:
                raise OtherClaim  # what is not of a step, a whole loss, may be made of all of them
            self.tops.add((above[0], above[2][1] + offset))
            under = _timed(sides[1], self.timing) if isinstance(sides[1], Scripted) else None
            lower = self.old.refer(sides[1], {}) if under is None else None
            if under is not None:
                self.is_direct(above[0], under[0], under[2][1] - above[2][1])
            elif lower is not None:
                self.is_direct(above[0], lower.name, None)
                self.differentiated.add(lower.name)
        return None

    def _by(self, loss: str, below: str, at: int, place: Node) -> Node:
        vector = self.vector(below, at)
        own = f"{loss}({vector})"
        self.new.arguments[own] = (vector,)
        self.new.survey.partials.add((own, vector))
        self.slopes.add((below, at))
        span = place.span
        sides = [
            Product((("", Name("partial", span)), ("", Name(name, span))), span) for name in (own, vector)
        ]
        return Fraction_(sides[0], sides[1], span)

    def _symbol(self, part: Name | Scripted, offset: int) -> Node | None:
        timed = _timed(part, self.timing)
        span = part.span
        if timed is not None:
            name, label, (letter, at), power = timed
            if letter != self.letter:
                raise OtherClaim
            error = self.errors.get((name, label))
            if error is not None:
                new = self._by(*error, at + offset, part)
            elif label:
                raise OtherClaim
            elif self.old.rules.get(name) or name in self.timing.timed:
                new = Name(self.vector(name, at + offset), span)
            else:
                raise OtherClaim
            if power is None:
                return new
            return Scripted(Bracket("(", (new,), span), None, power, 0, span)
        if is_diagonal(part):
            return None
        reference = self.old.refer(part, {})
        if reference is None:
            if isinstance(part, Scripted) and part.subscript is None and not part.primes:
                return replace(part, base=self.renamed(part.base, offset))
            raise OtherClaim
        if reference.name in _DIFFERENTIALS | _APPLIED or reference.name in self.old.functions:
            return None
        if (
            reference.indices
            or reference.layer is not None
            or reference.primes
            or reference.power is not None
        ):
            raise OtherClaim
        if reference.name in self.timing.timed or reference.name in self.old.rules:
            raise OtherClaim
        if self.old.size(reference.name) is not None:
            raise OtherClaim
        self.family(reference.name, 2 if reference.head.text[:1].isupper() else 1)
        plain = Name(reference.name, span)
        if not reference.transposed:
            return plain
        return Scripted(Bracket("(", (plain,), span), None, Name("T", span), 0, span)


def _timed(node: Name | Scripted, timing: Timing) -> tuple[str, str, tuple[str, int], Node | None] | None:
    """Name, label, time and power of h_t, \\delta^h_{t+1} and h_t^T; None of what carries no time."""
    if not isinstance(node, Scripted) or node.subscript is None or node.primes:
        return None
    base, time = strip_group(node.base), time_of(node.subscript)
    if time is None or not isinstance(base, Name):
        return None
    if node.superscript is None:
        return key(base), "", time, None
    above = strip_group(node.superscript)
    if isinstance(above, Name) and above.text in timing.labels:
        return key(base), above.text, time, None
    return key(base), "", time, node.superscript


def _derivative(fraction: Fraction_) -> tuple[Node, Node] | None:
    """What is differentiated and by what, in \\partial a/\\partial b; None of any other fraction."""
    sides = []
    for side in (fraction.numerator, fraction.denominator):
        product = strip_group(side)
        if not isinstance(product, Product) or len(product.factors) != 2:
            return None
        head, below = (strip_group(factor) for _, factor in product.factors)
        if not isinstance(head, Name) or head.text not in _DIFFERENTIALS:
            return None
        sides.append(below)
    return sides[0], sides[1]


def _loss_slope(fraction: Fraction_, scope: Scope, timing: Timing) -> tuple[str, str, str, int] | None:
    r"""Loss, vector, letter and step of \partial L_t/\partial h_t, or \partial L/\partial h_t, of an open loss."""
    sides = _derivative(fraction)
    if sides is None or not isinstance(sides[1], Scripted) or not isinstance(sides[0], Name | Scripted):
        return None
    lower = _timed(sides[1], timing)
    if lower is None or lower[1] or lower[3] is not None:
        return None
    if isinstance(sides[0], Scripted):
        upper = _timed(sides[0], timing)
        loss = upper[0] if upper is not None and upper[1:] == ("", lower[2], None) else ""
    else:
        loss = key(sides[0])
    if not loss or scope.rules.get(loss) or scope.functions.get(loss):
        return None
    return loss, lower[0], *lower[2]


def _errors(
    scope: Scope, timing: Timing, statements: Sequence[Statement]
) -> dict[tuple[str, str], tuple[str, str]]:
    """What stands for the slope of a loss: (\\delta, h) -> (L, h) from \\delta_t^h = \\partial L_t/\\partial h_t."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for statement in statements:
        left, right = strip_group(statement.left), strip_group(statement.right)
        if statement.relation not in ("=", ":=", "equiv", "triangleq") or statement.link:
            continue
        if not isinstance(left, Scripted) or not isinstance(right, Fraction_):
            continue
        timed, slope = _timed(left, timing), _loss_slope(right, scope, timing)
        if timed is not None and slope is not None and timed[3] is None and timed[2] == slope[2:]:
            found.setdefault(timed[:2], set()).add(slope[:2])
    return {name: slopes.pop() for name, slopes in found.items() if len(slopes) == 1}


def summed_over_steps(node: Node) -> tuple[str, int | None, Node] | None:
    """Letter, first value and body of a sum over the steps; None of anything else.

    Args:
        node: one side of a claim.
    """
    node = strip_group(node)
    if not isinstance(node, BigOperator) or node.operator != "sum" or not isinstance(node.lower, Chain):
        return None
    first = None if node.lower.first is None else strip_group(node.lower.first)
    if (
        not isinstance(first, Name)
        or time_of(first) is None
        or len(node.lower.links) != 1
        or node.upper is None
    ):
        return None
    low = strip_group(node.lower.links[0][1])
    start = int(low.text) if isinstance(low, Number) and low.text.isdigit() else None
    return first.text, start, node.body
