"""The matrices around a claim at small sizes: every one that is computed, with the definitions written out for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Symbol

from convsym.budget import Budget, Clock
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Sum_,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.dimensions import JOINING, Dimensions, Side, is_transposing
from convsym.scope.fitting import Fitter
from convsym.scope.flattening import UnreadableError, arbitrary
from convsym.scope.hygiene import derives
from convsym.scope.indices import is_kronecker
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import Cell, Family, FunctionRule, Pattern, Rule, Scope, latex_name
from convsym.scope.naming import key, strip_group
from convsym.scope.standards import SOFTMAX
from convsym.scope.surroundings import Flat
from convsym.verdict import Proved, Refuted, Undecided

_WEIGHTS = frozenset({"W", "w", "Theta", "theta", "U", "V"})
NUMBERS = frozenset("alpha eta epsilon varepsilon lambda pi n m N M T B".split())
"""Letters that are numbers where nothing defines them."""
COUNTS = frozenset({"m", "M", "n", "N", "B"})
"""Letters that count examples, or the entries of something."""
_ONE_EXAMPLE = "one example is meant, and not a batch of them"


def needed_names(flat: Flat) -> set[str]:
    """Names that a claim is made of, through however many definitions."""
    found: set[str] = set()
    stack = names_in((flat.left, flat.right))
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack.extend(names_in([body for _, body, _ in flat.bodies.get(name, ())]))
    return found


def open_functions(flat: Flat, scope: Scope) -> list[str]:
    """Functions of a claim and its surroundings that the document does not write and nobody knows."""
    found = []
    for name in flat.functions - {*FUNCTIONS, *SOFTMAX}:
        rule = scope.functions.get(name)
        if rule is None or (rule.body is None and not rule.known):
            found.append(name)
    return sorted(found)


def names_in(sides: Sequence[Node]) -> list[str]:
    """The names in some expressions, as often as they stand.

    Args:
        sides: the expressions.
    """
    return [key(part) for side in sides for part in walk(side) if isinstance(part, Name)]


@dataclass(slots=True)
class _Affine:
    """A body W x + b: the expression and whether the weights stand first."""

    body: Node
    weights_first: bool


def _last_printed(flat: Flat) -> int:
    """The largest number that a claim prints as an index."""
    indices = [
        strip_group(index)
        for side in (flat.left, flat.right)
        for part in walk(side)
        if isinstance(part, Scripted) and part.subscript is not None
        for below in [strip_group(part.subscript)]
        for index in (below.items if isinstance(below, Tuple_) else (below,))
    ]
    return max((int(i.text) for i in indices if isinstance(i, Number) and i.text.isdigit()), default=0)


class Batches:
    """Every matrix around a claim at a small size.

    Args:
        scope: of the document.
        flat: the claim and the definitions around it.
        single: whether one example is meant, where the document speaks of no batch.
        whole: whether a sum without a letter adds every entry.
        ones: whether every matrix has one entry.
        counted: whether letters that count have the number 1.
        said: whether the document says that targets add up to one.

    Raises:
        UnreadableError: what it is made of cannot be worked out.
    """

    def __init__(
        self,
        scope: Scope,
        flat: Flat,
        *,
        single: bool = False,
        whole: bool = False,
        ones: bool = False,
        counted: bool = False,
        said: bool = False,
    ) -> None:
        self.old, self.flat, self.ones, self.counted, self.said = scope, flat, ones, counted, said
        self.has_jacobians = False
        affine = [
            found for rules in flat.bodies.values() for _, body, _ in rules for found in _affine(body, flat)
        ]
        first = sum(one.weights_first for one in affine)
        self.axis = 1 if affine and first * 2 < len(affine) else 0
        self.assumed: set[str] = set()
        self.dimensions = self._dimensions(affine, single)
        shapes = {
            name: (rows.root.size or 1, columns.root.size or 1)
            for name, (rows, columns) in self.dimensions.sides.items()
        }
        self.shapes = {name: shape for name, shape in shapes.items() if shape != (1, 1) or ones}
        functions = frozenset(flat.functions)
        letters = {letter: side.root.size or 1 for letter, side in self.dimensions.letters.items()}
        self.fitter = Fitter(self.shapes, letters, functions, self.axis, whole, self.assumed)
        self.scope = self._scope()

    # ------------------------------------------------------------------ sizes

    def _dimensions(self, affine: Sequence[_Affine], single: bool) -> Dimensions:
        flat, old = self.flat, self.old
        functions, beyond = set(flat.functions) | set(FUNCTIONS), _last_printed(flat) - 1
        found = Dimensions(functions=functions, axes=self.axis, ones=self.ones, beyond=max(0, beyond))
        found.numbers |= flat.losses | (NUMBERS - set(flat.bodies)) | set(old.sizes) | set(old.functions)
        if is_kronecker(old, "delta", (0, 0)) and "delta" not in flat.bodies:
            found.numbers.add("delta")
        found.numbers |= {
            name
            for name, rules in flat.bodies.items()
            if all(not patterns and found.is_number(body) for patterns, body, _ in rules)
        }
        ranked = sorted(
            ((name, patterns, body) for name, rules in flat.bodies.items() for patterns, body, _ in rules),
            key=lambda rule: (derives(rule[2]), not any(one.body is rule[2] for one in affine)),
        )
        for _ in range(2):
            for name, patterns, body in ranked:
                found.letters = {}
                left = _left(name, patterns, flat)
                if name in flat.losses:
                    found.read(body)
                else:
                    found.equate(left, body)
        if found.clashes:
            raise UnreadableError
        examples = [shape[1 - self.axis] for one in affine if (shape := found.read(one.body)) is not None]
        weights = {
            side.root
            for name in names_in([one.body for one in affine])
            if _is_weight(name, flat) and (pair := found.sides.get(name)) is not None
            for side in pair
        }
        mixed = len({one.weights_first for one in affine}) > 1
        for side in [] if mixed else [side for side in examples if side.root not in weights]:
            mates = {
                name for name, sides in found.sides.items() if any(own.root is side.root for own in sides)
            }
            small = all(_letter(name).islower() and not self._is_matrix(name) for name in mates)
            if side.root.size is None and (small or single):
                side.join(Side(1))
                if not small:
                    if any(self._has_examples(name) for name in mates):
                        raise UnreadableError
                    self.assumed.add(_ONE_EXAMPLE)
        found.settle()
        found.letters = {}
        found.equate(self.flat.left, self.flat.right)
        found.settle()
        if found.has_two_limits:
            raise UnreadableError
        return found

    def _is_matrix(self, name: str) -> bool:
        """Whether a small letter is that of the entries of a matrix, z_{ij} of Z."""
        base = name.partition("^{(")[0]
        return base in self.old.matrices.values() or self.old.habits.arity.get(base, 0) > 1

    def _has_examples(self, name: str) -> bool:
        """Whether a name is said to be a matrix, X of N x D or with entries P_{nk}: it has more than one example."""
        stated = self.old.shapes.get(name.partition("^{(")[0], ())
        return sum(str(size) != "1" for size in stated) > 1 or self._is_matrix(name)

    # ------------------------------------------------------------------ the scope

    def _scope(self) -> Scope:
        old, flat = self.old, self.flat
        scope = Scope(
            old.survey,
            functions=dict(old.functions),
            words=old.words,
            letters=old.letters,
            convolutions=dict(old.convolutions),
            turns=dict(old.turns),
        )
        if self.counted:
            scope.sizes.update(dict.fromkeys(COUNTS - set(flat.bodies), 1))
        for name, shape in self.shapes.items():
            sizes: list[int | None] = [size for size in shape if size != 1] or [1]
            base = (1,) * len(sizes)
            scope.families[name] = Family(
                name, len(sizes), base, sizes, exact=True, is_row=len(sizes) == 1 and shape[0] == 1
            )
            scope.matrices[name] = name
        for name in flat.functions:
            if "^{(" in name and name not in scope.functions:
                scope.functions[name] = arbitrary(name)
        for name, rules in flat.bodies.items():
            for patterns, body, statement in rules:
                if name in scope.rules:
                    break  # the first that can be worked out
                try:
                    scope.rules[name] = [self._rule(name, patterns, body, statement)]
                except UnreadableError:
                    continue
            if name not in scope.rules and name not in flat.losses and name in needed_names(self.flat):
                raise UnreadableError
        for loss in flat.losses:
            if loss not in scope.rules and flat.tops:
                said = tuple(name for name in old.arguments.get(loss, ()) if name in flat.bodies)
                scope.arguments[loss] = said or flat.tops
        return scope

    def _rule(self, name: str, patterns: tuple[Pattern, ...], body: Node, statement: int) -> Rule:
        shape = self.shapes.get(name)
        letters = dict(self.fitter.letters)
        own = Dimensions(
            self.dimensions.sides,
            self.dimensions.numbers,
            self.dimensions.functions,
            axes=self.axis,
            ones=self.ones,
        )
        own.equate(_left(name, patterns, self.flat), body) if patterns else own.read(body)
        own.settle()
        self.fitter.letters = {letter: side.root.size or 1 for letter, side in own.letters.items()}
        try:
            if shape is None or patterns:
                if patterns and (shape is None or len(patterns) != sum(size != 1 for size in shape)):
                    raise UnreadableError
                return Rule(name, patterns, None, self.fitter.number(body), statement)
            fitted, found = self.fitter.fit(body)
            if found is not None and found != shape:
                raise UnreadableError
            return Rule(name, (), None, fitted, statement)
        finally:
            self.fitter.letters = letters

    # ------------------------------------------------------------------ the claim

    def with_activation(self, known: str) -> Batches:
        """The same with a certain function in the place of every one that is not written."""
        for name in self.flat.functions:
            rule = self.scope.functions.get(name)
            open_still = (rule is None and name not in FUNCTIONS) or (rule is not None and rule.body is None)
            if open_still and (rule is None or not rule.known):
                span = self.flat.left.span
                slot = Name("u", span)
                self.scope.functions[name] = (
                    FunctionRule((), None, known) if known else FunctionRule(("u",), slot)
                )
        return self

    def judged(self, budget: Budget, clock: Clock) -> Judgment:
        """What is found of the claim."""
        left, one = self.fitter.fit(self.flat.left)
        right, other = self.fitter.fit(self.flat.right)
        if one is not None and other is not None and one != other and (-1, -1) not in (one, other):
            raise UnreadableError
        self.has_jacobians = (-1, -1) in (one, other)
        judge = Judge(self.scope, budget, clock)
        found = judge.equal(left, right)
        found.assumed |= self.assumed
        if isinstance(found.outcome, Refuted) and found.pairs:
            self._with_unit_targets(judge, found)
        return found

    def _with_unit_targets(self, judge: Judge, found: Judgment) -> None:
        """A claim that is true where the targets of a cross-entropy of a softmax are shares that add up to one."""
        bodies = [body for rules in self.flat.bodies.values() for _, body, _ in rules]
        targets = [
            name for name in _log_weights(bodies) if name not in self.flat.bodies and name in self.shapes
        ]
        if not targets or not any(normalizes(part) for body in bodies for part in walk(body)):
            return
        mapping: dict[Expr, Expr] = {}
        for name in targets:
            shape = self.shapes[name]
            axis = self.axis if 1 not in shape else shape.index(1) ^ 1
            family = self.scope.families[name]
            beside: dict[int, list[Expr]] = {}
            cells = [(r, c) for r in range(shape[0]) for c in range(shape[1])]
            free = {place: Symbol(f"u({name})_{{{place[0]},{place[1]}}}") for place in cells}
            for place in cells:
                beside.setdefault(place[1 - axis], []).append(free[place])
            for place in cells:
                atom = self.scope.register(Cell(name, family.cell_at(*place)))
                mapping[atom] = free[place] / Add(*beside[place[1 - axis]])
        outcomes = [
            judge.decide(judge.unfold(a).xreplace(mapping), judge.unfold(b).xreplace(mapping))
            for _, a, b in found.pairs
        ]
        if not any(isinstance(outcome, Refuted) for outcome in outcomes):
            found.outcome = Undecided("it depends on what the targets add up to")
        if all(isinstance(outcome, Proved) for outcome in outcomes):
            if not self.said:
                found.outcome = Undecided("it holds if the targets add up to one, which is not said")
                return
            found.outcome = Proved("by definition")
            found.assumed.add(", ".join(f"$\\sum {latex_name(name)} = 1$" for name in targets))


def _log_weights(bodies: Sequence[Node]) -> list[str]:
    """Names that multiply a logarithm: the y of -\\sum y \\log p."""
    found: dict[str, None] = {}
    for body in bodies:
        for product in walk(body):
            if not isinstance(product, Product) or not any(
                isinstance(strip_group(factor), Name) and key(strip_group(factor)) in ("log", "ln")  # type: ignore[arg-type]
                for _, factor in product.factors
            ):
                continue
            for place, (_, factor) in enumerate(product.factors):
                inner = strip_group(factor)
                before = strip_group(product.factors[place - 1][1]) if place else None
                if isinstance(before, Name) and key(before) in ("log", "ln"):
                    continue
                inner = strip_group(inner.base) if isinstance(inner, Scripted) else inner
                if isinstance(inner, Name) and key(inner) not in ("log", "ln"):
                    found[key(inner)] = None
    return list(found)


def normalizes(part: Node) -> bool:
    """Whether something is a softmax, by its name or as a power of e over their sum."""
    if isinstance(part, Fraction_):
        return any(isinstance(one, BigOperator) for one in walk(part.denominator))
    return isinstance(part, Name) and key(part) in SOFTMAX


def _left(name: str, patterns: tuple[Pattern, ...], flat: Flat) -> Node:
    span = flat.left.span
    new: Node = Name(name, span)
    for pattern in patterns:
        if pattern.parameter is None or pattern.offset:
            return new
    if patterns:
        letters = tuple(Name(pattern.parameter or "", span) for pattern in patterns)
        new = Scripted(new, Tuple_(letters, span) if len(letters) > 1 else letters[0], None, 0, span)
    return new


def _letter(name: str) -> str:
    return name.partition("^{(")[0].split(" ")[-1][:1]


def _affine(body: Node, flat: Flat) -> list[_Affine]:
    """W x + b or x W + b in a body, whatever is applied to it."""
    found = []
    for part in walk(body):
        terms = [term for _, term in part.terms] if isinstance(part, Sum_) else [part]
        for term in terms:
            product = strip_group(term)
            if not isinstance(product, Product) or any(op not in JOINING for op, _ in product.factors):
                continue
            factors = [_bare(factor) for _, factor in product.factors]
            names = [key(factor) for factor in factors if isinstance(factor, Name)]
            if len(names) != len(factors) or len(names) != 2:
                continue
            weights = [
                name.partition("^{(")[0].split(" ")[-1].partition("_")[0] in _WEIGHTS
                and name not in flat.bodies
                for name in names
            ]
            if weights[0] != weights[1]:
                found.append(_Affine(part, weights[0]))
        if found:
            break
    return found


def _is_weight(name: str, flat: Flat) -> bool:
    letter = name.partition("^{(")[0].split(" ")[-1].partition("_")[0]
    return letter in _WEIGHTS and name not in flat.bodies


def _bare(node: Node) -> Node:
    node = strip_group(node)
    while True:
        if isinstance(node, Scripted) and is_transposing(node) and node.subscript is None:
            node = strip_group(node.base)
        elif isinstance(node, Bracket) and len(node.items) == 1:
            node = strip_group(node.items[0])
        else:
            return node
