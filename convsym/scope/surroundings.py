r"""A claim about a network with the definitions around it: what it is made of, and what losses are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Product, Scripted, Span
from convsym.latex.walking import walk
from convsym.scope.convolving import WORDS
from convsym.scope.dimensions import differential, is_operator
from convsym.scope.flattening import NO_PLACE, Flattener, UnreadableError
from convsym.scope.forms import printed_shape
from convsym.scope.hygiene import derives
from convsym.scope.model import Pattern, Rule, Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement
from convsym.scope.unrolling import Place

_NOWHERE = Span(0, 0)
_REACH = 1
_MOST_NAMES = 40
_STARS = frozenset({"*", "ast", "star", "circledast", "otimes"})
_ERRORS = frozenset({"delta", "Delta", "varepsilon", "epsilon"})


@dataclass(slots=True)
class Flat:
    """A claim and the definitions around it, every symbol of a layer under a name of its own.

    Attributes:
        left, right: the sides.
        bodies: definitions by name: the indices of its left side, the right side and the statement's number.
        functions: functions that carry a layer.
        losses: what is differentiated and is one number.
        tops: what the losses are functions of.
        unread: names that are defined by what could not be read.
        order: every name that stands somewhere.
    """

    left: Node
    right: Node
    bodies: dict[str, list[tuple[tuple[Pattern, ...], Node, int]]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    losses: set[str] = field(default_factory=set)
    tops: tuple[str, ...] = ()
    unread: set[str] = field(default_factory=set)
    gradients: dict[str, str] = field(default_factory=dict)


class Surroundings:
    """Finds what bears on a claim.

    Args:
        scope: of the claim.
        statements: every relation of the document.
    """

    def __init__(self, scope: Scope, statements: Sequence[Statement]) -> None:
        self.scope, self.statements = scope, statements
        self.names = Flattener(scope)
        self.convolves = convolves(scope)

    def claim(self, left: Node, right: Node, number: int = -1) -> Flat:
        """The claim left = right with the definitions that bear on it.

        Args:
            left, right: its sides.
            number: of its statement, which defines nothing that it could be proved by.

        Raises:
            UnreadableError: it is about something else.
        """
        letters = {s.place.letter for side in (left, right) for s in self.names.symbols(side)} - {""}
        layers = {letter: Place(letter, 0) for letter in letters}
        flat = Flat(self.names.node(left, layers), self.names.node(right, layers))
        offsets = [place.offset for _, place in self.names.seen.values() if place != NO_PLACE]
        span = (min(offsets, default=0) - 1, max(offsets, default=0) + _REACH)
        wanted = set(self.names.seen)
        for base, place, rule, start in self._instances(span, letters):
            name = base if place == NO_PLACE else base + place.mark
            if base in self.names.losses and rule.patterns:
                continue
            if self.convolves and has_star(rule.body):
                flat.unread.add(name)
                continue
            before = dict(self.names.seen)
            try:
                body = self.names.node(rule.body, start)
            except (UnreadableError, ConvsymError):
                flat.unread.add(name)
                self.names.seen = before
                continue
            flat.bodies.setdefault(name, []).append((rule.patterns, body, rule.statement))
        self._losses_again(flat)
        self._errors(flat, number)
        flat.functions, flat.losses = self.names.functions, self.names.losses
        self._prune(flat, wanted)
        return flat

    def _instances(
        self, span: tuple[int, int], letters: set[str]
    ) -> Iterator[tuple[str, Place, Rule, dict[str, Place]]]:
        """Every definition at every layer that is near."""
        numbers = {
            place.offset for _, place in self.names.seen.values() if not place.letter and place != NO_PLACE
        } | {
            rule.layer.offset
            for rules in self.scope.rules.values()
            for rule in rules
            if rule.layer is not None and rule.layer.parameter is None
        }
        for name, rules in self.scope.rules.items():
            base = self.names.canonical(name)
            exact = {r.layer.offset for r in rules if r.layer is not None and r.layer.parameter is None}
            for rule in rules:
                if rule.layer is None:
                    yield base, NO_PLACE, rule, {}
                elif rule.layer.parameter is None:
                    yield base, Place("", rule.layer.offset), rule, {}
                else:
                    parameter, shift = rule.layer.parameter, rule.layer.offset
                    general = any(r.layer is not None and r.layer.parameter not in (None, "L") for r in rules)
                    for letter in letters or ():
                        if parameter == "L" and letter != "L" and general:
                            continue
                        for offset in range(span[0] + 1, span[1] + 1):
                            place = Place(letter, offset)
                            yield base, place, rule, {parameter: place.moved(-shift)}
                    if parameter != "L":
                        for number in sorted(numbers - exact):
                            if number > 0:
                                place = Place("", number)
                                yield base, place, rule, {parameter: place.moved(-shift)}

    def _losses_again(self, flat: Flat) -> None:
        """Further lines that say what a loss is, for where its first definition cannot be worked out."""
        for statement in self.statements:
            self._loss_behind(statement, flat)
            reference = self.scope.refer(statement.left, {})
            if statement.relation != "=" or statement.link or reference is None or reference.indices:
                continue
            if (
                reference.name not in self.names.losses
                or derives(statement.right)
                or reference.layer is not None
            ):
                continue
            if statement.role == "condition" and reference.name in self.scope.arguments:
                continue  # L = Loss(o, y) says what it depends on, and no more
            try:
                body = self.names.node(statement.right, {})
            except (UnreadableError, ConvsymError):
                continue
            known = flat.bodies.setdefault(reference.name, [])
            if all(number != statement.number for _, _, number in known):
                known.append(((), body, statement.number))

    def _loss_behind(self, statement: Statement, flat: Flat) -> None:
        r"""\partial C/\partial y = \partial/\partial y [...] says what C is, where nothing else does."""
        slope, right = strip_group(statement.left), strip_group(statement.right)
        if statement.relation != "=" or not isinstance(slope, Fraction_) or not isinstance(right, Product):
            return
        operator = strip_group(right.factors[0][1])
        above, below = differential(slope.numerator), differential(slope.denominator)
        loss = self.scope.refer(above, {}) if above is not None else None
        if not is_operator(operator) or not isinstance(operator, Fraction_) or len(right.factors) != 2:
            return
        same = differential(operator.denominator)
        if loss is None or loss.name not in self.names.losses or loss.name in flat.bodies or below is None:
            return
        if same is None or printed_shape(same) != printed_shape(below) or loss.indices:
            return
        try:
            body = self.names.node(right.factors[1][1], {})
        except (UnreadableError, ConvsymError):
            return
        flat.bodies[loss.name] = [((), body, statement.number)]

    def _errors(self, flat: Flat, number: int) -> None:
        r"""\delta^{[l]} = \partial L/\partial Z^{[l]}, and dZ as that derivative where nothing else defines it."""
        for name, (base, place) in dict(self.names.seen).items():
            for error in self.scope.errors:
                reference = self.scope.refer(error.above, {})
                if self.names.canonical(error.name) == base and reference is not None:
                    below = self.names.name(self.names.canonical(error.below), place)
                    flat.bodies[name] = [((), _slope(reference.name, below), -1)]
                    flat.unread.discard(name)
            if base in _ERRORS and name not in flat.bodies and (found := self._said_error(name)):
                flat.bodies[name] = [((), found, -1)]
        for name, (base, place) in list(self.names.prefixed.items()):
            defined = self._said_of_prefixed(name, number)
            if defined is not None:
                flat.bodies[name] = [((), defined[0], defined[1])]
            elif len(self.names.losses) == 1:
                below = self.names.name(base, place)
                flat.bodies[name] = [((), _slope(next(iter(self.names.losses)), below), -1)]
                flat.gradients[name] = below

    def _said_error(self, name: str) -> Node | None:
        r"""\partial C/\partial z where a product of derivatives from C to z is said to be \delta."""
        for statement in self.statements:
            right = strip_group(statement.right)
            if statement.relation != "=" or not isinstance(right, Name | Scripted):
                continue
            try:
                if key_of(self.names.node(right, {})) != name:
                    continue
                left = strip_group(statement.left)
                factors = [factor for _, factor in left.factors] if isinstance(left, Product) else [left]
                slopes = [_parts(factor) for factor in factors]
                ends = [part for part in slopes if part is not None]
                if len(ends) != len(factors) or any(
                    printed_shape(below) != printed_shape(above) for (_, below), (above, _) in pairwise(ends)
                ):
                    continue
                loss = key_of(self.names.node(ends[0][0], {}))
                below = key_of(self.names.node(ends[-1][1], {}))
            except (UnreadableError, ConvsymError):
                continue
            if loss in self.names.losses and below is not None:
                return _slope(loss, below)
        return None

    def _said_of_prefixed(self, name: str, claimed: int) -> tuple[Node, int] | None:
        for statement in self.statements:
            if (
                statement.link == 0
                and statement.relation == "="
                and statement.number != claimed
                and isinstance(strip_group(statement.left), Product)
            ):
                try:
                    left = self.names.node(statement.left, {})
                    if isinstance(left, Name) and key(left) == name:
                        return self.names.node(statement.right, {}), statement.number
                except (UnreadableError, ConvsymError):
                    continue
        return None

    def _prune(self, flat: Flat, wanted: set[str]) -> None:
        """Keep what the claim leads to and what leads up from it; say what unwritten losses are functions of."""
        spoken = {
            name: {
                key(part)
                for _, body, _ in rules
                if not derives(body)
                for part in walk(body)
                if isinstance(part, Name)
            }
            for name, rules in flat.bodies.items()
        }
        # cost = C(...) is another name for the loss C, and no quantity that leads to it.
        for name, inside in spoken.items():
            if name not in self.names.losses and inside & self.names.losses:
                del flat.bodies[name]
        uses = {
            name: {key(part) for _, body, _ in rules for part in walk(body) if isinstance(part, Name)}
            for name, rules in flat.bodies.items()
        }
        forward = {
            name
            for name, rules in flat.bodies.items()
            if name not in self.names.losses
            and name not in self.names.prefixed
            and self.names.seen.get(name, (name, NO_PLACE))[0] not in _ERRORS
            and not any(derives(body) for _, body, _ in rules)
        }
        reached = set(wanted)
        grown = True
        while grown:
            grown = False
            for name, inside in uses.items():
                fresh = inside & set(self.names.seen) - reached if name in reached else set()
                if name in forward | self.names.losses and name not in reached and inside & reached:
                    fresh = fresh | {name}
                if fresh:
                    reached |= fresh
                    grown = True
            if len(reached) > _MOST_NAMES:
                raise UnreadableError
        flat.bodies = {name: rules for name, rules in flat.bodies.items() if name in reached}
        flat.unread &= reached
        inner = {part for name in forward & reached for part in uses.get(name, set())}
        differentiated = {
            key(part)
            for side in (flat.left, flat.right, *(b for rules in flat.bodies.values() for _, b, _ in rules))
            for below in _denominators(side)
            for part in walk(below)
            if isinstance(part, Name)
        }
        tops = [
            name
            for name in sorted((forward & reached) | (differentiated & set(self.names.seen)))
            if name not in inner and name not in self.names.losses
        ]
        # Of several ends the loss is made of what it is differentiated by: a = \hat y may be printed for both.
        said = {
            self.names.canonical(below)
            for above, below in self.scope.survey.partials
            if above in self.names.losses
        }
        named = [name for name in tops if self.names.seen.get(name, (name, NO_PLACE))[0] in said]
        flat.tops = tuple(named or tops)


def _slope(loss: str, below: str) -> Node:
    span = _NOWHERE
    above = Product((("", Name("partial", span)), ("", Name(loss, span))), span)
    return Fraction_(above, Product((("", Name("partial", span)), ("", Name(below, span))), span), span)


def _denominators(node: Node) -> Iterator[Node]:
    for part in walk(node):
        if isinstance(part, Fraction_) and derives(part):
            yield part.denominator
        if isinstance(part, Scripted) and part.subscript is not None:
            base = strip_group(part.base)
            if isinstance(base, Name) and base.text == "nabla":
                yield part.subscript


def convolves(scope: Scope) -> bool:
    """Whether a star may be a convolution in a document.

    Args:
        scope: of the document.
    """
    return scope.survey.starred or any(word in scope.words for word in WORDS)


def has_star(node: Node) -> bool:
    """Whether something stands under a star, or another sign that documents mean a convolution by."""
    return any(
        isinstance(part, Product)
        and any(operator.partition("_")[0] in _STARS for operator, _ in part.factors)
        for part in walk(node)
    )


def key_of(node: Node) -> str | None:
    """The name that a node is, and nothing else."""
    node = strip_group(node)
    return key(node) if isinstance(node, Name) else None


def _parts(node: Node) -> tuple[Node, Node] | None:
    node = strip_group(node)
    if isinstance(node, Bracket) and len(node.items) == 1:
        return _parts(node.items[0])
    if not isinstance(node, Fraction_):
        return None
    above, below = differential(node.numerator), differential(node.denominator)
    return None if above is None or below is None else (above, below)
