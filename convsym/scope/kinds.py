"""Claims about matrices and vectors whose sizes nobody states: decided entry by entry at a small size.

A note says y = W x without any index, and what follows from it depends on W being a matrix. Marks of
transposition, bold letters, entrywise products, indices elsewhere and the sentences tell what is what.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from convsym.errors import ConvsymError
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Fraction_,
    Name,
    Node,
    Product,
    Scripted,
    Signed,
    Sum_,
)
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.classes import class_vectors
from convsym.scope.diagonals import names_on_diagonals
from convsym.scope.differentials import differential_rule
from convsym.scope.forms import transposed
from convsym.scope.hygiene import derives
from convsym.scope.inferred import (
    LOSSES,
    Kind,
    Shape,
    inferred_sides,
    stated_family,
    stated_kind,
    telling_fills,
)
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import Family, Scope, TypeClashError, latex_name
from convsym.scope.naming import SAMPLES, Reference, read_superscript, strip_group
from convsym.scope.normalization import holds_with_unit_sums, log_weights
from convsym.scope.operators import derivative_parts, is_diagonal
from convsym.verdict import Proved, Refuted, Unsupported

_SIZE = 2
_CLASSES = 3
_BOLD = frozenset({"bf", "bm", "vec", "boldsymbol"})
_NUMBERS = frozenset("alpha eta epsilon varepsilon lambda e pi n m N M T".split())
_STRUCTURE = re.compile(
    r"\b(?:skew|anti)?-?(symmetric|orthogonal|orthonormal|unitary|diagonal|idempotent|invertible|nonsingular|"
    r"projection|identity|positive definite|triangular|normalized|one[- ]hot)",
    re.I,
)
_ENTRYWISE = ("odot", "circ", "otimes")
_PRODUCTS: dict[tuple[Shape, Shape], Shape] = {
    ("matrix", "matrix"): "matrix",
    ("matrix", "vector"): "vector",
    ("row", "matrix"): "row",
    ("row", "vector"): "number",
    ("vector", "row"): "matrix",
}
_SIDES: dict[Shape, tuple[int, ...]] = {
    "matrix": (_SIZE, _SIZE),
    "vector": (_SIZE,),
    "row": (1, _SIZE),
    "number": (),
}
_TURNED: dict[Shape, Shape] = {"vector": "row", "row": "vector", "matrix": "matrix", "number": "number"}


_CERTAIN_MATRIX = Kind("matrix", certain=True)


def kinds_of(scope: Scope, equations: Collection[Equation], called: Mapping[str, Shape]) -> dict[str, Kind]:
    """The matrices and vectors among the bare names of a document whose shape it does not state.

    Args:
        scope: what the document has introduced.
        equations: every formula of the document.
        called: names that the prose calls a matrix or a vector.
    """
    found: dict[str, Kind] = {}
    nodes = [node for equation in equations for row in equation.rows for node in walk(row)]
    bare: dict[str, Reference] = {}
    for node in nodes:
        reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
        if reference is None or not _is_open(reference, scope):
            continue
        name = reference.name
        if name.endswith(SAMPLES):
            if len(reference.indices) == 2:
                found[name] = Kind("vector", certain=True)
            bare.setdefault(name, reference)
            continue
        if reference.indices:
            # x_i beside x may be one sample of many; W_{ij} beside W are the entries of a matrix.
            if (
                len(reference.indices) == scope.habits.arity.get(name) == 2
                and reference.head.text[:1].isupper()
            ):
                found.setdefault(name, Kind("matrix", certain=True))
            continue
        bare.setdefault(name, reference)
        if reference.transposed or _BOLD & set(reference.head.font.split()):
            found[name] = Kind(_by_letter(reference), certain=True)
    for node in nodes:
        for factor in _entrywise_factors(node):
            reference = scope.refer(factor, {})
            if reference is None or reference.primes or scope.survey.called.get(reference.name):
                continue
            if reference.name in bare:
                found.setdefault(reference.name, Kind(_by_letter(reference), certain=True))
    for name in names_on_diagonals(nodes, scope):
        if name in bare and _by_letter(bare[name]) == "vector" and not scope.survey.called.get(name):
            found.setdefault(name, Kind("vector", certain=True))
    found.update({name: Kind("vector", certain=True) for name in class_vectors(scope) if name in bare})
    found.update({name: Kind(shape, certain=True) for name, shape in called.items() if name in bare})
    numerators = {above for above, _ in scope.survey.partials}
    for name, reference in bare.items():
        if (
            len(reference.head.text) == 1
            and reference.head.text.isupper()
            and name not in numerators | LOSSES
        ):
            found.setdefault(name, Kind("matrix", certain=False))
    # W_2^T leaves no doubt of W_1 either.
    certain = {bare[name].base for name, kind in found.items() if name in bare and kind == _CERTAIN_MATRIX}
    for name, kind in found.items():
        if kind.shape == "matrix" and name in bare and bare[name].base in certain & scope.habits.numbered:
            found[name] = _CERTAIN_MATRIX
    for _ in range(3):
        for name, function in scope.functions.items():
            if function.body is not None and name not in scope.rules:
                _Shapes(scope, found).of(function.body)
        for name in [name for name in bare if name.endswith(SAMPLES)]:
            # One sample is what h(x) is computed from.
            if (one := found.get(name.removesuffix(SAMPLES))) is not None:
                found.setdefault(name, one)
        for name, rules in scope.rules.items():
            for rule in rules:
                shape = _Shapes(scope, found).of(rule.body) if not rule.patterns and name in bare else None
                if shape is not None and shape[0] == "number" and name in found and not found[name].certain:
                    del found[name]
                elif shape is not None and shape[0] != "number":
                    if name not in found or (shape[1] and not found[name].certain):
                        found[name] = Kind(*shape)
    return {name: kind for name, kind in found.items() if name in bare or kind.certain}


def _is_open(reference: Reference, scope: Scope) -> bool:
    name = reference.name
    if (
        name in _NUMBERS
        or name in scope.functions
        or name in FUNCTIONS
        or name in scope.habits.numbered
        or scope.size(name) is not None
        or reference.base == "partial"
        or "bb" in reference.head.font.split()  # a space of numbers
    ):
        return False
    family = scope.family(name)
    return (family is None or family.rows_columns() is None) and name not in ("d", "nabla")


def _by_letter(reference: Reference) -> Shape:
    return "matrix" if reference.head.text[:1].isupper() else "vector"


def _entrywise_factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Product):
        for place, (operator, factor) in enumerate(node.factors):
            after = node.factors[place + 1][0] if place + 1 < len(node.factors) else ""
            if operator in _ENTRYWISE[:2] or after in _ENTRYWISE[:2]:
                inner = strip_group(factor)
                if isinstance(inner, Name | Scripted):
                    yield inner


def _entries(reference: Reference) -> tuple[Node, ...]:
    """The indices of an entry, without the one that counts samples; what \\nabla_w differentiates by is none."""
    if reference.base in ("nabla", "partial"):
        return ()
    return reference.indices[1:] if reference.name.endswith(SAMPLES) else reference.indices


class _Shapes:
    """What an expression is, given what its names are; a name beside a matrix is learned on the way."""

    def __init__(self, scope: Scope, kinds: dict[str, Kind]) -> None:
        self.scope, self.kinds = scope, kinds

    def of(self, node: Node) -> tuple[Shape, bool] | None:
        """The shape of a node and whether it is certain; None where it is not known."""
        node = strip_group(node)
        match node:
            case Scripted(base, None, power, 0) if power is not None and isinstance(
                strip_group(base), Bracket
            ):
                inner = self.of(base)
                turned = read_superscript(power, "", self.scope.habits)[0] == "transpose"
                return (_TURNED[inner[0]], inner[1]) if inner is not None and turned else None
            case Name() | Scripted():
                return self._of_name(node)
            case Signed(_, operand):
                return self.of(operand)
            case Bracket(_, (only,)):
                return self.of(only)
            case Chain(first, ()) if first is not None:
                return self.of(first)
            case Sum_(terms):
                found = [
                    shape
                    for _, term in terms
                    if (shape := self.of(term)) is not None and shape[0] != "number"
                ]
                for _, term in terms:
                    if found:
                        self._learn(term, *found[0])
                return found[0] if found else None
            case Fraction_():
                parts = derivative_parts(node, {}, self.scope)
                return self.of(node.numerator) if parts is None else self.of(parts.below)
            case Product(factors):
                return self._of_product(factors)
            case BigOperator("sum", body=body):
                # The total of a softmax, a sum over the entries of what it maps, is a number.
                summed = [r for r in self.scope.mentions(body) if r.name not in ("e", "exp")]
                mapped = class_vectors(self.scope)
                entries = all(r.name in mapped and len(_entries(r)) == 1 for r in summed)
                return ("number", True) if summed and entries else None
        return None

    def _of_name(self, node: Name | Scripted) -> tuple[Shape, bool] | None:
        reference = self.scope.refer(node, {})
        kind = None if reference is None or _entries(reference) else self.kinds.get(reference.name)
        if reference is not None and kind is None and not _entries(reference):
            kind = stated_kind(reference.name, self.scope)
        if reference is None or kind is None:
            return None
        return (_TURNED[kind.shape] if reference.transposed else kind.shape), kind.certain

    def _of_product(self, factors: tuple[tuple[str, Node], ...]) -> tuple[Shape, bool] | None:
        total: tuple[Shape, bool] | None = None
        for place, (operator, factor) in enumerate(factors):
            inner = strip_group(factor)
            if isinstance(inner, Name) and place + 1 < len(factors) and self._is_function(inner):
                continue
            if is_diagonal(inner):
                continue
            shape = self.of(factor)
            if place and is_diagonal(strip_group(factors[place - 1][1])):
                # diag(v) is a matrix whatever is known of v; what it multiplies is so too.
                shape, operator = ("matrix", True), factors[place - 1][0]
            if shape is None and total is not None and total[0] == "matrix" and operator in ("", "cdot"):
                shape = self._learn(factor, "vector", total[1])
            if shape is None and total is not None and total[0] == "row" and not operator:
                shape = self._learn(factor, "vector", total[1])  # w^T x is a scalar product
            if shape is None or shape[0] == "number":
                continue
            if total is None:
                for _, before in factors[:place]:
                    if shape[0] == "matrix" and operator in ("", "cdot"):
                        self._learn(before, "row", shape[1])
                total = self.of(factors[place - 1][1]) if place else None
                total = shape if total is None else (_PRODUCTS.get((total[0], shape[0]), shape[0]), total[1])
            elif operator in _ENTRYWISE:
                continue
            else:
                joined = _PRODUCTS.get((total[0], shape[0]))
                if joined is None:
                    return None
                total = joined, total[1] and shape[1]
        return total

    def _is_function(self, name: Name) -> bool:
        return name.text in self.scope.functions or name.text in FUNCTIONS

    def _learn(self, node: Node, shape: Shape, certain: bool) -> tuple[Shape, bool] | None:
        node = strip_group(node)
        reference = self.scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
        if (
            reference is None
            or reference.indices
            or not _is_open(reference, self.scope)
            or reference.power is not None
        ):
            return None
        letter = reference.head.text
        if not letter[:1].islower() or reference.name in self.kinds or reference.base in _NUMBERS:
            return self._of_name(node) if isinstance(node, Name | Scripted) else None
        if any(
            above == reference.name for above, _ in self.scope.survey.partials
        ) and not self.scope.rules.get(reference.name):
            return None
        self.kinds[reference.name] = Kind(_TURNED[shape] if reference.transposed else shape, certain)
        return shape, certain


# ---------------------------------------------------------------------- deciding


def decide(judge: Judge, left: Node, right: Node, apart: tuple[tuple[str, str], ...] = ()) -> Judgment:
    """Whether left = right, names without a stated shape read as the matrices and vectors they are.

    Args:
        judge: decides claims in the document's scope.
        left, right: the two sides.
        apart: pairs of index letters that stand for different indices.

    Returns:
        What `judge.equal` finds where no such name is involved. Else a claim is proved or refuted for small
        matrices, proved for numbers only where that makes no difference, and open where it does.
    """
    if (rule := differential_rule(left, right)) is not None:
        return Judgment(rule)
    names = _involved(judge.scope, (left, right))
    if not names or apart:
        found = judge.equal(left, right, apart)
        return found if apart or _is_decided(found) else _with_inferred(judge, left, right) or found
    certain = all(judge.scope.kinds[name].certain for name in names)
    as_numbers = judge.equal(left, right)
    doubtful = not any(judge.scope.kinds[name].certain for name in names)
    if doubtful and as_numbers.holds and not _multiplies(judge.scope, (left, right), names):
        return as_numbers
    if as_numbers.holds and _speaks_of_entries(judge.scope, (left, right), as_numbers.used):
        return as_numbers
    fitted = inferred_sides(judge.scope, judge.scope.kinds) is not None
    entries_alone = not _bare(judge.scope, (left, right), names)
    if _is_decided(as_numbers) and entries_alone and not (fitted and isinstance(as_numbers.outcome, Refuted)):
        return as_numbers  # Entries alone: whatever holds of them at one size may fail at the next.
    typed = Judge(_typed(judge.scope), judge.budget, judge.clock)
    found = typed.equal(left, right)
    forced = False
    if fitted and (found.out_of_range is not None or found.type_clash):
        # W_{ji} of a matrix whose rows nobody counts is wrong also where there are as many as columns.
        squared = Judge(_typed(judge.scope, square=True), judge.budget, judge.clock)
        if _is_counterexample(failing := squared.equal(left, right)):
            typed, found = squared, failing
        else:
            forced = _always_clashes(judge, left, right)
    holds = _holds(typed, found)
    if not holds and derives(left):
        turned = typed.equal(left, transposed(right))
        turns = _holds(typed, turned)
        by_name = any(isinstance(part, Name) and part.text == "nabla" for part in walk(left))
        if turns and (by_name or _is_by_matrix(left, judge.scope)):
            # A gradient is a column like its variable. Both layouts in one document would prove a slip beside
            # what is right.
            return replace(
                as_numbers, outcome=Unsupported("it holds with the derivative laid out the other way round")
            )
        if turns:
            found, holds = turned, True
            found.assumed.add("derivatives are laid out as rows")
    found.typed = typed
    if not holds and forced and certain:
        return _worded(found, judge.scope, names)
    if not holds and _is_counterexample(found) and _says_more(judge.scope):
        return replace(as_numbers, outcome=Unsupported("the text says more of a matrix than is used here"))
    # w_i beside w leaves no doubt that w is no number.
    readable = _is_decided(as_numbers) or _has_entries(judge.scope, (left, right))
    readable = readable or fitted or bool(class_vectors(judge.scope) & set(names))
    if holds or (certain and _is_counterexample(found) and readable):
        return _worded(found, judge.scope, names)
    if not as_numbers.holds:
        if isinstance(as_numbers.outcome, Refuted) and found.type_clash and certain and readable:
            if _has_entries(judge.scope, (left, right)) or _is_defined_by_entries(judge.scope, names):
                # A number w beside its own entries w_i is no counterexample, unless numbers must be meant.
                if _are_numbers(judge.scope, typed, (left, right), names, as_numbers.used):
                    return as_numbers
                return replace(as_numbers, outcome=Unsupported(f"types do not fit: {found.type_clash}"))
        return as_numbers
    unsure = min(names, key=lambda name: (judge.scope.kinds[name].certain, name))
    reason = found.type_clash or f"nothing says whether ${unsure}$ is a number or a matrix"
    return replace(as_numbers, outcome=Unsupported(f"it holds for numbers; for matrices {reason}"))


def _always_clashes(judge: Judge, left: Node, right: Node) -> bool:
    """Whether shapes do not fit, or cells do not exist, whatever the side is that nothing settles."""
    fills = telling_fills(judge.scope, judge.scope.kinds)
    for fill in fills:
        found = Judge(_typed(judge.scope, fill=fill), judge.budget, judge.clock).equal(left, right)
        if not found.type_clash and (found.out_of_range is None or len(fills) > 1):
            return False
    return bool(fills)


def _with_inferred(judge: Judge, left: Node, right: Node) -> Judgment | None:
    """What is found of a claim that rests on matrices and names none, where shapes follow from stated ones."""
    names = [name for name, kind in judge.scope.kinds.items() if kind.certain]
    if inferred_sides(judge.scope, judge.scope.kinds) is None:
        return None
    typed = Judge(_typed(judge.scope), judge.budget, judge.clock)
    found = typed.equal(left, right)
    found.typed = typed
    if found.holds or _is_counterexample(found):
        return _worded(found, judge.scope, names)
    return None


def _are_numbers(
    scope: Scope, typed: Judge, sides: Collection[Node], names: Collection[str], used: Collection[int]
) -> bool:
    """Whether a claim rests on a definition that has no sense for vectors: y log p with no dot and no entries.

    The same letters may be vectors elsewhere. Matrices, whose order and layout matter, are left aside.
    """
    if any(scope.kinds[name].shape != "vector" for name in names) or _has_entries(scope, sides):
        return False
    if any(
        isinstance(part, Name | Scripted) and (r := scope.refer(part, {})) is not None and r.transposed
        for side in sides
        for part in walk(side)
    ):
        return False
    marks = ("cdot", "odot", "circ", "times")
    for rule in (rule for rules in scope.rules.values() for rule in rules if rule.statement in used):
        if rule.patterns or any(
            isinstance(part, Product) and any(operator in marks for operator, _ in part.factors)
            for part in walk(rule.body)
        ):
            continue
        bare = {r.name for r in scope.mentions(rule.body) if not _entries(r) and r.name in names}
        if len(bare) < 2:
            continue
        try:
            typed.elaborator.value(rule.body, {})
        except TypeClashError:
            return True
        except (ConvsymError, RecursionError):
            continue
    return False


def _holds(judge: Judge, found: Judgment) -> bool:
    """Whether a claim was proved, or is true where the targets of a cross-entropy add up to one."""
    if found.holds or not isinstance(found.outcome, Refuted):
        return found.holds
    weights = log_weights(judge.scope)
    return bool(weights) and holds_with_unit_sums(judge, found, dict.fromkeys(weights, 0)) is True


def _bare(scope: Scope, sides: Collection[Node], names: Collection[str]) -> bool:
    """Whether some side names a whole matrix or vector, and not entries alone."""
    return any(
        not _entries(reference)
        for side in sides
        for reference in scope.mentions(side)
        if reference.name in names
    )


def _says_more(scope: Scope) -> bool:
    """Whether the text says of some matrix what no arbitrary one has; of a one-hot target it is asked elsewhere."""
    found = {match.group(1).lower().replace(" ", "-") for match in _STRUCTURE.finditer(scope.words)}
    targets = {"one-hot", "onehot"} if log_weights(scope) else set()
    return bool(found - targets)


def _is_by_matrix(node: Node, scope: Scope) -> bool:
    """Whether a side is a derivative by a matrix: its entries then stand where the matrix has its own."""
    below = [node.denominator] if isinstance(node, Fraction_) else []
    below += [
        part.subscript for part in walk(node) if isinstance(part, Scripted) and part.subscript is not None
    ]
    named = [
        scope.refer(part, {}) for one in below for part in walk(one) if isinstance(part, Name | Scripted)
    ]
    kinds = [scope.kinds[r.name] for r in named if r is not None and r.name in scope.kinds]
    return any(kind.shape == "matrix" for kind in kinds)


def _is_counterexample(found: Judgment) -> bool:
    return isinstance(found.outcome, Refuted) and found.outcome.witness is not None


def _is_decided(found: Judgment) -> bool:
    return isinstance(found.outcome, Proved | Refuted)


def _involved(scope: Scope, sides: Collection[Node]) -> list[str]:
    """The matrices and vectors among the names of sides; none where anything else carries an index."""
    names: dict[str, None] = {}
    for side in sides:
        for node in walk(side):
            reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
            if reference is None:
                continue
            kind = scope.kinds.get(reference.name)
            entries = _entries(reference)
            if entries and kind is None and (family := stated_family(reference.name, scope)) is not None:
                if len(entries) == family.arity:
                    continue
            if entries and (kind is None or len(entries) != len(_SIDES[kind.shape])):
                return []
            if kind is not None:
                names[reference.name] = None
    return list(names)


def _is_defined_by_entries(scope: Scope, names: Collection[str]) -> bool:
    """Whether a document writes entries of one of these names, w_i of w, in some definition."""
    return any(
        reference.indices and scope.matrices.get(name, name) == reference.name
        for rules in scope.rules.values()
        for rule in rules
        for reference in scope.mentions(rule.body)
        for name in names
    )


def _has_entries(scope: Scope, sides: Collection[Node]) -> bool:
    """Whether some side names an entry of a matrix or a vector."""
    return any(_entries(reference) for side in sides for reference in scope.mentions(side))


def _speaks_of_entries(scope: Scope, sides: Collection[Node], used: Collection[int]) -> bool:
    """Whether a claim and the definitions it rests on name entries alone, so that they are about numbers."""
    bodies = [rule.body for rules in scope.rules.values() for rule in rules if rule.statement in used]
    return all(
        _entries(reference)
        for side in (*sides, *bodies)
        for reference in scope.mentions(side)
        if reference.name in scope.kinds
    )


def _multiplies(scope: Scope, sides: Collection[Node], names: Collection[str]) -> bool:
    """Whether a matrix, or what may be one, is a factor beside a derivative or another of them."""
    for side in sides:
        for node in walk(side):
            if not isinstance(node, Product):
                continue
            factors = [strip_group(factor) for _, factor in node.factors]
            own = [scope.refer(f, {}) for f in factors if isinstance(f, Name | Scripted)]
            bare = [r for r in own if r is not None and r.name in names]
            if bare and len(factors) > 1 and not any(r is not None and r.base == "partial" for r in own):
                return True
    return False


def _typed(scope: Scope, *, square: bool = False, fill: int | None = None) -> Scope:
    """The scope with every such name a matrix or a vector of a small size, one that fits what is stated of others."""
    typed = scope.copy()
    size = _size(scope)
    fitted = inferred_sides(scope, scope.kinds, square=square, fill=fill)
    for name, kind in scope.kinds.items():
        own = typed.matrices.get(name, name)
        sizes: list[int | None] = [size if side == _SIZE else side for side in _SIDES[kind.shape]]
        if fitted is not None:
            rows, columns = fitted[name]
            by_shape: dict[str, list[int | None]] = {
                "vector": [rows],
                "row": [1, columns],
                "matrix": [rows, columns],
            }
            sizes = by_shape.get(kind.shape, [])
        if name.endswith(SAMPLES):
            sizes = [None, *sizes]
        else:
            typed.matrices[name] = own
        typed.families[own] = Family(own, len(sizes), (1,) * len(sizes), sizes, exact=True)
    for spans in scope.ranges.values():
        for ends in spans:
            for end in ends:
                for symbol in getattr(end, "free_symbols", ()):
                    typed.sizes.setdefault(symbol.name, size)
    typed.ranges, typed.axes, typed.kinds, typed.open_sizes = {}, {}, {}, set()
    typed.sized = False
    return typed


def _size(scope: Scope) -> int:
    """How many entries a side has: of two classes the one is what the other leaves, of three none is."""
    return _CLASSES if class_vectors(scope) else _SIZE


def _worded(found: Judgment, scope: Scope, names: Collection[str]) -> Judgment:
    words = {
        shape: sorted(n for n in names if scope.kinds[n].shape == shape)
        for shape in ("matrix", "vector", "row")
    }
    parts = []
    for shape, plural in (("matrix", "matrices"), ("vector", "vectors"), ("row", "rows")):
        if words[shape]:
            joined = ", ".join(f"${latex_name(name)}$" for name in words[shape])
            noun = plural if len(words[shape]) > 1 else f"a {shape}"
            parts.append(f"{joined} {'are' if len(words[shape]) > 1 else 'is'} {noun}")
    fitted = inferred_sides(scope, scope.kinds) is not None
    sides = "of small sizes that fit" if fitted else f"{_size(scope)} entries a side"
    found.assumed.add(f"{' and '.join(parts)}, {sides}")
    return found
