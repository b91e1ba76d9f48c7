"""Claims about matrices and batches whose sizes nobody states, decided for small sizes that fit the definitions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Symbol

from convsym.budget import Budget, Clock
from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
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
from convsym.scope.dimensions import JOINING, Dimensions, Side, is_differential, is_transposing, letters_in
from convsym.scope.fitting import Fitter
from convsym.scope.flattening import Flattener, UnreadableError, arbitrary
from convsym.scope.hygiene import derives
from convsym.scope.implied import free_of, says_implied_sums, with_implied_sums
from convsym.scope.indices import is_kronecker
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import Cell, Family, FunctionRule, Pattern, Rule, Scope, latex_name
from convsym.scope.naming import key, strip_group
from convsym.scope.standards import SOFTMAX
from convsym.scope.statements import Statement
from convsym.scope.surroundings import Flat, Surroundings, convolves, has_star
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

_WEIGHTS = frozenset({"W", "w", "Theta", "theta", "U", "V"})
_NUMBERS = frozenset("alpha eta epsilon varepsilon lambda pi n m N M T B".split())
_ACTIVATIONS = ("sigmoid", "tanh", "relu", "")
_COUNTS = frozenset({"m", "M", "n", "N", "B"})
_BATCH = re.compile(r"\b(?:mini-?)?batch|\bexamples\b|\bsamples\b|training set", re.I)
_ONE = "matrices of one entry"
_SECONDS = 4.0
_SIZES = "small matrices whose sizes fit"
ONE_EXAMPLE = "one example is meant, and not a batch of them"


def judge_matrices(finding: Finding, judge: Judge, statements: Sequence[Statement]) -> None:
    """Prove a claim that was left open, or was refuted by a reading of its matrices that is too plain.

    Args:
        finding: a claim; its outcome is changed where it is proved.
        judge: for the scope of the claim.
        statements: all relations of the document.
    """
    statement = finding.statement
    derived = derives(statement.left) or derives(statement.right)
    open_still = isinstance(finding.outcome, Undecided | Unsupported)
    if not (open_still or (isinstance(finding.outcome, Refuted) and derived)):
        return
    if statement.apart or statement.supposed:
        return
    clock = judge.clock
    judge.clock = Clock(replace(judge.budget, seconds=min(_SECONDS, max(0.1, 0.8 * clock.remaining()))))
    try:
        found = decided(judge, statement, statements)
    finally:
        judge.clock = clock
    if found is None:
        return
    if isinstance(found.outcome, Refuted) and open_still:
        finding.outcome, finding.judgment = found.outcome, None
        finding.notes = sorted(found.assumed)
        finding.sizes = _ONE
    if isinstance(found.outcome, Proved):
        outcome = found.outcome
        conditions = tuple(dict.fromkeys((*outcome.assuming, *sorted(found.assumed))))
        finding.outcome = replace(outcome, assuming=conditions)
        finding.judgment, finding.repairs = None, ()
        finding.sizes = _SIZES


def decided(judge: Judge, statement: Statement, statements: Sequence[Statement]) -> Judgment | None:
    """What is found of a claim about matrices at small sizes; None where it cannot be worked out.

    Args:
        judge: for the scope of the claim.
        statement: the claim.
        statements: all relations of the document.
    """
    scope = judge.scope
    try:
        flat = Surroundings(scope, statements).claim(statement.left, statement.right)
    except (UnreadableError, ConvsymError):
        return None
    if not _speaks_of_matrices(flat, scope):
        return None
    if convolves(scope) and any(has_star(side) for side in (flat.left, flat.right)):
        return None
    if says_implied_sums(scope.words):
        _write_sums(flat, statement, scope)
    batch = bool(_BATCH.search(scope.words)) or bool(scope.habits.sampled)
    best: Judgment | None = None
    for single in (False, True) if not batch else (False,):
        for whole in (False, True) if _has_bare_sum(statement) else (False,):
            try:
                model = _Model(scope, flat, single=single, whole=whole)
                found = model.judged(judge.budget, judge.clock)
            except (UnreadableError, ConvsymError):
                continue
            if found.holds:
                return found
            best = best or found
    return None if _is_said_elsewhere(flat, scope, statements) else _refuted(judge, statement, flat)


def _needed(flat: Flat) -> set[str]:
    """Names that a claim is made of, through however many definitions."""
    found: set[str] = set()
    stack = _names((flat.left, flat.right))
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack.extend(_names([body for _, body, _ in flat.bodies.get(name, ())]))
    return found


def _is_said_elsewhere(flat: Flat, scope: Scope, statements: Sequence[Statement]) -> bool:
    """Whether some line says what a name is that no definition is in force for: what it says was not understood."""
    names = Flattener(scope)
    needed = _needed(flat)
    for statement in statements:
        if statement.relation != "=" or not isinstance(strip_group(statement.left), Name | Scripted):
            continue
        try:
            left = strip_group(names.plain(statement.left))
        except (UnreadableError, ConvsymError):
            continue
        if isinstance(left, Name) and key(left) in needed and key(left) not in flat.bodies:
            return True
    return False


def _refuted(judge: Judge, statement: Statement, flat: Flat) -> Judgment | None:
    """A claim that is false where every matrix has one entry: no transposition or sum makes it true elsewhere.

    Products, sums over examples, means and layouts all come to the same there. A softmax of one entry is no
    softmax, and a line that says what a name stands for claims nothing.
    """
    sides = (flat.left, flat.right)
    if not _is_grounded(statement, flat, judge.scope):
        return None
    if not any(derives(side) for side in sides) and not statement.link:
        return None
    bodies = [body for rules in flat.bodies.values() for _, body, _ in rules]
    shares = any(_normalizes(part) for node in (*sides, *bodies) for part in walk(node))
    for vectors in (False, True) if shares else (False,):
        # A softmax of one entry says little: one example with a few entries tells more.
        try:
            found = _false_in(judge, flat, vectors)
        except (UnreadableError, ConvsymError):
            continue
        if found is not None:
            return found
    return None


def _false_in(judge: Judge, flat: Flat, vectors: bool) -> Judgment | None:
    """A certified counterexample with numbers, or with one example's vectors, whatever an open function is."""
    model = _Model(judge.scope, flat, ones=not vectors, single=vectors, counted=True)
    found = model.judged(judge.budget, judge.clock)
    if not _is_counterexample(found) or (vectors and model.has_jacobians):
        return None
    unwritten = [loss for loss in flat.losses if loss not in model.scope.rules]
    if unwritten and not all(_has_slope(side) for _, *both in found.pairs for side in both):
        return None
    # What is true of some function that layers have is true of one that the document does not write.
    for known in _ACTIVATIONS if _open_functions(flat, judge.scope) else ():
        if not _is_counterexample(model.with_activation(known).judged(judge.budget, judge.clock)):
            return None
    return found


def _open_functions(flat: Flat, scope: Scope) -> list[str]:
    """Functions of a claim and its surroundings that the document does not write and nobody knows."""
    found = []
    for name in flat.functions - {*FUNCTIONS, *SOFTMAX}:
        rule = scope.functions.get(name)
        if rule is None or (rule.body is None and not rule.known):
            found.append(name)
    return sorted(found)


def _is_counterexample(found: Judgment) -> bool:
    return isinstance(found.outcome, Refuted) and found.outcome.witness is not None and bool(found.pairs)


def _has_slope(side: Expr) -> bool:
    return any(str(symbol).startswith("\\partial ") for symbol in side.free_symbols)


def _is_grounded(statement: Statement, flat: Flat, scope: Scope) -> bool:
    """Whether everything that a claim names is part of what the document defines, once and in one way only."""
    if flat.unread or any(len(rules) != 1 for name, rules in flat.bodies.items()):
        return False
    bodies = [body for rules in flat.bodies.values() for _, body, _ in rules]
    known = {name for body in bodies for name in _names([body])} | set(flat.bodies) | flat.losses
    known |= flat.functions | _COUNTS | {"partial", "T", "e", "d"}
    sides = (flat.left, flat.right)
    parts = [part for node in (*sides, *bodies) for part in walk(node)]
    letters = {letter for node in (*sides, *bodies) for letter in letters_in(node)}
    if any(_names_function(side, _open_functions(flat, scope)) for side in sides):
        return False
    if any(_is_apart(part) for node in sides for part in walk(node)):
        return False
    if letters_in_conflict(sides) or any(_excludes(part) for part in parts):
        return False
    return all(name in known | letters for name in _names(sides))


def _names_function(side: Node, functions: Sequence[str]) -> bool:
    """Whether a side is an unwritten function's value, f(x) or f'(x): such a line says what function it is."""
    side = strip_group(side)
    if not isinstance(side, Product) or len(side.factors) != 2:
        return False
    head = strip_group(side.factors[0][1])
    head = strip_group(head.base) if isinstance(head, Scripted) else head
    return isinstance(head, Name) and key(head) in functions


def _is_apart(part: Node) -> bool:
    """Whether a derivative may be by another cell than the one above it, or a cell is named by its number."""
    if isinstance(part, Scripted) and part.subscript is not None:
        return any(isinstance(one, Number) for one in walk(part.subscript))
    if isinstance(part, Fraction_) and is_differential(part.numerator, part.denominator):
        return not set(letters_in(part.numerator)) <= set(letters_in(part.denominator))
    return False


def letters_in_conflict(sides: Sequence[Node]) -> bool:
    """Whether entries of one name stand with different indices: where all are one, their difference is lost.

    Args:
        sides: of a claim.
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    for side in sides:
        for part in walk(side):
            if isinstance(part, Scripted) and part.subscript is not None:
                base = strip_group(part.base)
                if isinstance(base, Name):
                    found.setdefault(key(base), set()).add(tuple(letters_in(part)))
    return any(len(indices) > 1 for indices in found.values())


def _excludes(part: Node) -> bool:
    """Whether a sum leaves out an index: over one entry it is no such sum."""
    if isinstance(part, BigOperator):
        return part.operator != "sum" or any(
            isinstance(one, Chain) and any(relation != "=" for relation, _ in one.links)
            for one in (walk(part.lower) if part.lower is not None else ())
        )
    return False


def _write_sums(flat: Flat, statement: Statement, scope: Scope) -> None:
    """Write out the sums that the document leaves out, in the claim and in what it rests on."""
    head = statement.left if statement.head is None or statement.link == 0 else statement.head
    try:
        free = free_of(Flattener(scope).plain(head))
    except (UnreadableError, ConvsymError):
        return
    flat.left, flat.right = (with_implied_sums(side, free) for side in (flat.left, flat.right))
    for name, rules in flat.bodies.items():
        flat.bodies[name] = [
            (patterns, with_implied_sums(body, {pattern.parameter or "" for pattern in patterns}), number)
            for patterns, body, number in rules
        ]


def _has_bare_sum(statement: Statement) -> bool:
    return any(
        isinstance(part, BigOperator) and part.lower is None
        for side in (statement.left, statement.right)
        for part in walk(side)
    )


def _speaks_of_matrices(flat: Flat, scope: Scope) -> bool:
    """Whether the document leaves no doubt that some name of a claim is a matrix or a vector."""
    certain = {name for name, kind in scope.kinds.items() if kind.certain}
    bodies = [body for rules in flat.bodies.values() for _, body, _ in rules]
    for part in _names((flat.left, flat.right, *bodies)):
        base = part.partition("^{(")[0]
        if base in certain or scope.matrices.get(base, base) in certain:
            return True
        letter = base.split(" ")[-1]
        if len(letter) == 1 and letter.isupper() and part not in flat.losses and base not in _NUMBERS:
            return True
    return False


def _names(sides: Sequence[Node]) -> list[str]:
    return [key(part) for side in sides for part in walk(side) if isinstance(part, Name)]


@dataclass(slots=True)
class _Affine:
    """A body W x + b: the expression and whether the weights stand first."""

    body: Node
    weights_first: bool


class _Model:
    """Every matrix around a claim at a small size."""

    def __init__(
        self,
        scope: Scope,
        flat: Flat,
        *,
        single: bool = False,
        whole: bool = False,
        ones: bool = False,
        counted: bool = False,
    ) -> None:
        self.old, self.flat, self.ones, self.counted = scope, flat, ones, counted
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
        found = Dimensions(functions=set(flat.functions) | set(FUNCTIONS), axes=self.axis, ones=self.ones)
        found.numbers |= flat.losses | (_NUMBERS - set(flat.bodies)) | set(old.sizes) | set(old.functions)
        if is_kronecker(old, "delta", (0, 0)) and "delta" not in flat.bodies:
            found.numbers.add("delta")
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
        for side in examples:
            mates = {
                name for name, sides in found.sides.items() if any(own.root is side.root for own in sides)
            }
            small = all(_letter(name).islower() and not self._is_matrix(name) for name in mates)
            if side.root.size is None and (small or single):
                side.join(Side(1))
                if not small:
                    self.assumed.add(ONE_EXAMPLE)
        found.settle()
        found.letters = {}
        found.equate(self.flat.left, self.flat.right)
        found.settle()
        return found

    def _is_matrix(self, name: str) -> bool:
        """Whether a small letter is that of the entries of a matrix, z_{ij} of Z."""
        base = name.partition("^{(")[0]
        return base in self.old.matrices.values() or self.old.habits.arity.get(base, 0) > 1

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
            scope.sizes.update(dict.fromkeys(_COUNTS - set(flat.bodies), 1))
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
            if name not in scope.rules and name not in flat.losses and name in _needed(self.flat):
                raise UnreadableError
        for loss in flat.losses:
            if loss not in scope.rules and flat.tops:
                scope.arguments[loss] = flat.tops
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

    def with_activation(self, known: str) -> _Model:
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
        if not targets or not any(_normalizes(part) for body in bodies for part in walk(body)):
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


def _normalizes(part: Node) -> bool:
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


def _bare(node: Node) -> Node:
    node = strip_group(node)
    while True:
        if isinstance(node, Scripted) and is_transposing(node) and node.subscript is None:
            node = strip_group(node.base)
        elif isinstance(node, Bracket) and len(node.items) == 1:
            node = strip_group(node.items[0])
        else:
            return node
