"""The document's habits of notation, counted over all of its formulas before any is interpreted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Fraction_,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple_,
)
from convsym.latex.walking import children, walk
from convsym.scope.cellforms import printed
from convsym.scope.naming import (
    NO_HABITS,
    SAMPLES,
    Habits,
    is_layer_script,
    is_multiple,
    key,
    printed_word,
    read_subscript,
    refer,
    strip_group,
    tag_letter,
)
from convsym.scope.numbering import numbered_letters

_LAYERS = frozenset({"l", "ell", "L"})


@dataclass(slots=True)
class Survey:
    """What was counted.

    Attributes:
        habits: arities, layers and index letters.
        zero_based: names that are indexed from 0 somewhere (a literal 0, or a bound letter that starts at 0).
        partials: (name above, name below) of every derivative written as a fraction.
        through: those pairs of which one line has the derivatives of several cells, the one of h_2 by w by way of
            the one of h_1: they are total ones.
        labels: for each name and axis, the labels of the limits its bound letters run to ("W", "H").
        called: names directly followed by a bracket, with the number of its items.
        names: every name that occurs.
        counters: small letters that stand alone as an index or a layer, or that a sum binds, and limit no sum.
        starred: whether a star between two names is applied, (f * g)(n), or carries an index, (f * g)_n: no product.
        entrywise: whether matrices are multiplied entry by entry somewhere, by \\odot or \\circ.
        kronecker: whether \\delta_{ij} stands beside a derivative of what carries i by what carries j, and never
            under a sum over both.
    """

    habits: Habits = NO_HABITS
    zero_based: set[str] = field(default_factory=set)
    partials: set[tuple[str, str]] = field(default_factory=set)
    through: set[tuple[str, str]] = field(default_factory=set)
    labels: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    called: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    names: Counter[str] = field(default_factory=Counter)
    counters: set[str] = field(default_factory=set)
    starred: bool = False
    entrywise: bool = False
    kronecker: bool = False


def survey(equations: Iterable[Equation]) -> Survey:
    """Count the notation of the whole document."""
    found = Survey()
    strong: dict[str, Counter[int]] = defaultdict(Counter)
    digits: dict[str, Counter[str]] = defaultdict(Counter)
    multiples: dict[str, Counter[str]] = defaultdict(Counter)
    layered: set[str] = set()
    letters: set[str] = set()
    nodes: list[Node] = [row for equation in equations for row in equation.rows]
    limits: set[str] = set()
    tags = _tags(nodes)
    words: set[str] = set()
    for root in nodes:
        for node in walk(root):
            if isinstance(node, BigOperator) and node.upper is not None:
                limits.update(key(part) for part in walk(node.upper) if isinstance(part, Name))
            found.counters.update(_counters(node))
            if isinstance(node, Name):
                found.names[key(node)] += 1
            elif isinstance(node, Scripted):
                words.add("" if node.subscript is None else printed_word(strip_group(node.subscript)))
                found.starred |= node.subscript is not None and _is_starred(strip_group(node.base))
                _count_scripts(node, strong, digits, layered, letters, tags)
                _count_multiples(node, multiples)
            elif isinstance(node, Product):
                factors = [strip_group(factor) for _, factor in node.factors]
                found.entrywise |= any(operator in ("odot", "circ") for operator, _ in node.factors)
                for left, right in pairwise(factors):
                    found.starred |= _is_starred(left) and isinstance(right, Bracket)
                    if isinstance(left, Name) and isinstance(right, Bracket) and right.kind in ("(", "["):
                        found.called[key(left)][len(right.items)] += 1
            elif isinstance(node, BigOperator):
                for part in _lower_bounds(node):
                    letters.add(part[0])
    for name, numbers in multiples.items():
        # x_{2i} beside x_i and x_{2i+1}: one index, twice a letter, where nothing else has two.
        if len(numbers) == 1 and strong[name][1] and not any(len(text) > 1 for text in digits[name]):
            if strong[name][2] == sum(numbers.values()):
                del strong[name][2]
    arity: dict[str, int] = {}
    for name in {*strong, *digits}:
        if strong[name]:
            # The larger of two habits wins only where it is common: x_i may select a row of x_{ij}.
            arity[name] = max(strong[name], key=lambda n: (strong[name][n], n))
            if arity[name] == 1 and any(n > 1 for n in strong[name]):
                arity[name] = max(strong[name])
            if arity[name] > 2 and strong[name][2] and _all_pairs(digits[name]):
                arity[name] = (
                    2  # X_{11}, X_{12} beside X_{i+m,j+n} are cells of a matrix, whatever X_{i,j,c} is
                )
            if (
                arity[name] == 1
                and not strong[name][2]
                and _all_pairs(digits[name])
                and (not strong[name][1] or _fill_a_matrix(digits[name], strong[name][1]))
            ):
                arity[name] = 2
        elif _all_pairs(digits[name]):
            arity[name] = 2
        else:
            arity[name] = 1
    for name in list(digits):
        twin = name.swapcase() if len(name) == 1 else name
        if (
            twin in strong
            and max(strong[twin], default=1) == 2
            and not strong[name]
            and _all_pairs(digits[name])
        ):
            arity[name] = 2
    found.counters = {letter for letter in found.counters - limits if letter.islower() and len(letter) == 1}
    sampled = _sampled(nodes) - layered
    arity.update({f"{name}{SAMPLES}": 1 + arity.get(name, 0) for name in sampled})
    found.habits = Habits(
        arity,
        frozenset(layered),
        frozenset(letters),
        tags,
        "out" in words,
        sampled,
        _parametrized(nodes) | _named_by_letter(nodes),
        numbered_letters(nodes),
    )
    found.partials = {
        pair
        for root in nodes
        for node in walk(root)
        if isinstance(node, Fraction_) and (pair := _partial_pair(node, found.habits)) is not None
    }
    found.through = {pair for root in nodes for pair in _several(root, found.habits)}
    bases: dict[str, Bases] = defaultdict(Bases)
    for root in nodes:
        _count_bases(root, {}, found, bases)
    found.kronecker = _has_kronecker(nodes)
    found.zero_based.update(name for name, seen in bases.items() if seen.from_zero())
    found.zero_based.update(_counted_alike(arity, bases))
    return found


def _counted_alike(arity: Mapping[str, int], bases: Mapping[str, Bases]) -> set[str]:
    """Matrices of which no cell is named by numbers, in a document that counts all of those that are from 0."""
    matrices = {name for name, count in arity.items() if count == 2}
    shown = {name for name in matrices if name in bases and bases[name].speaks()}
    if not any(any(bases[name].cells) for name in shown) or not all(
        bases[name].from_zero() for name in shown
    ):
        return set()
    return matrices - shown


def _tags(nodes: Iterable[Node]) -> frozenset[str]:
    """Letters that no subscript and no sum of the document uses but together with a digit behind them."""
    numbered: set[str] = set()
    alone: set[str] = set()
    for root in nodes:
        for node in walk(root):
            if isinstance(node, BigOperator):
                alone.update(letter for letter, _ in _lower_bounds(node))
            elif isinstance(node, Scripted) and node.subscript is not None:
                tag = tag_letter(node.subscript)
                if tag is not None:
                    numbered.add(tag)
                else:
                    alone.update(key(part) for part in walk(node.subscript) if isinstance(part, Name))
    return frozenset(numbered - alone)


def _sampled(nodes: Iterable[Node]) -> frozenset[str]:
    """Names whose superscript in brackets counts samples, not layers: some sum of the document binds its letter."""
    scripts: list[tuple[str, set[str]]] = []
    counting: set[str] = set()
    for root in nodes:
        for node in walk(root):
            if (script := _bracketed(node)) is not None:
                scripts.append(script)
            if isinstance(node, BigOperator) and (bound := {letter for letter, _ in _lower_bounds(node)}):
                inner = (_bracketed(part) for part in walk(node.body))
                counting.update(letter for found in inner if found is not None for letter in found[1] & bound)
    layers = {name for name, letters in scripts if letters & _LAYERS}
    return frozenset(name for name, letters in scripts if letters & (counting - _LAYERS)) - layers


def _bracketed(node: Node) -> tuple[str, set[str]] | None:
    """The name and the letters of x^{(i)}; None of anything else."""
    if not isinstance(node, Scripted) or node.superscript is None:
        return None
    base, script = strip_group(node.base), strip_group(node.superscript)
    while isinstance(base, Scripted):
        base = strip_group(base.base)
    if not isinstance(base, Name) or not isinstance(script, Bracket) or script.kind not in ("(", "["):
        return None
    return key(base), {key(part) for part in walk(script) if isinstance(part, Name)}


def _parametrized(nodes: Iterable[Node]) -> frozenset[tuple[str, str]]:
    """Functions that carry the name of their parameters: h_\\theta(x), f_W(x)."""
    found: set[tuple[str, str]] = set()
    for root in nodes:
        for node in walk(root):
            if not isinstance(node, Product):
                continue
            for (_, head), (operator, argument) in pairwise(node.factors):
                head = strip_group(head)
                if operator or not isinstance(head, Scripted) or head.subscript is None:
                    continue
                base, label = strip_group(head.base), strip_group(head.subscript)
                bracket = strip_group(argument)
                if not isinstance(bracket, Bracket) or bracket.kind != "(":
                    continue
                items = label.items if isinstance(label, Tuple_) else (label,)
                names = [inner for item in items if isinstance(inner := strip_group(item), Name)]
                if isinstance(base, Name) and len(names) == len(items) and any(map(_names_parameters, names)):
                    found.add((key(base), ",".join(name.text for name in names)))
    return frozenset(found)


def _named_by_letter(nodes: Iterable[Node]) -> frozenset[tuple[str, str]]:
    """Losses whose one subscript only names them, C_x of an example x: no index, as nothing else carries it."""
    subscripts: dict[str, set[str]] = defaultdict(set)
    carriers: dict[str, set[str]] = defaultdict(set)
    differentiated: set[str] = set()
    bound: set[str] = set()
    for root in nodes:
        for node in walk(root):
            if isinstance(node, BigOperator):
                bound.update(letter for letter, _ in _lower_bounds(node))
            elif isinstance(node, Fraction_):
                above = strip_group(node.numerator)
                if isinstance(above, Product) and len(above.factors) == 2:
                    head, loss = (strip_group(factor) for _, factor in above.factors)
                    base = strip_group(loss.base) if isinstance(loss, Scripted) else None
                    if isinstance(head, Name) and key(head) == "partial" and isinstance(base, Name):
                        differentiated.add(key(base))
            elif isinstance(node, Scripted) and node.subscript is not None:
                base = strip_group(node.base)
                names = {key(part) for part in walk(node.subscript) if isinstance(part, Name)}
                own = key(base) if isinstance(base, Name) else ""
                below = strip_group(node.subscript)
                subscripts[own].add(key(below) if isinstance(below, Name) else "")
                for letter in names:
                    carriers[letter].add(own)
    return frozenset(
        (base, letter)
        for base, letters in subscripts.items()
        if len(letters) == 1
        for letter in letters
        if letter and base in differentiated and base[:1].isupper() and len(base) == 1
        if len(letter) == 1 and letter not in bound and carriers[letter] == {base}
    )


def _names_parameters(label: Name) -> bool:
    """Whether a subscript is a letter for parameters, \\theta or W, which no document counts with."""
    return label.text in ("theta", "Theta", "w", "beta", "phi", "omega") or label.text in ("W", "B")


def _is_starred(node: Node) -> bool:
    """(f * g): two names in brackets with a star between them."""
    if not isinstance(node, Bracket) or len(node.items) != 1:
        return False
    inner = strip_group(node.items[0])
    return (
        isinstance(inner, Product)
        and len(inner.factors) == 2
        and inner.factors[1][0] in ("*", "ast", "star")
        and all(isinstance(strip_group(factor), Name) for _, factor in inner.factors)
    )


def _all_pairs(written: Counter[str]) -> bool:
    return bool(written) and all(len(text) == 2 for text in written)


def _fill_a_matrix(written: Counter[str], letters: int) -> bool:
    """Whether pairs of digits, 11 12 21 22, name every cell of a matrix, more often than a lone letter stands there."""
    rows, columns = ({text[axis] for text in written} for axis in (0, 1))
    whole = len(rows) > 1 and len(columns) > 1 and len(written) == len(rows) * len(columns)
    return whole and max(*rows, *columns) < "5" and sum(written.values()) > letters


def _count_scripts(
    node: Scripted,
    strong: dict[str, Counter[int]],
    digits: dict[str, Counter[str]],
    layered: set[str],
    letters: set[str],
    tags: frozenset[str],
) -> None:
    base = strip_group(node.base)
    if isinstance(base, Bracket) and base.kind == "[" and len(base.items) == 1:
        base = strip_group(base.items[0])
    while isinstance(base, Scripted):
        base = strip_group(base.base)
    if not isinstance(base, Name):
        return
    name = key(base)
    if node.superscript is not None and is_layer_script(node.superscript):
        layered.add(name)
    if node.subscript is None:
        return
    sub = strip_group(node.subscript)
    if isinstance(sub, Number):
        digits[name][sub.text] += 1
        return
    found = read_subscript(sub, name, replace(NO_HABITS, tags=tags))
    if isinstance(found, str) or (printed_word(sub) == "in" and name.isupper()):
        return
    strong[name][len(found)] += 1
    for index in found:
        # O_W inside an index is a size: neither O nor its label W is an index letter.
        labels = {id(part) for one in walk(index) if isinstance(one, Scripted) for part in walk(one)}
        for part in walk(index):
            if isinstance(part, Name) and len(found) > 1 and id(part) not in labels:
                letters.add(key(part))


def _count_multiples(node: Scripted, multiples: dict[str, Counter[str]]) -> None:
    """Note an index that is a number times a letter, x_{2i}."""
    base = strip_group(node.base)
    if node.subscript is None or not isinstance(base, Name) or not is_multiple(node.subscript):
        return
    index = strip_group(node.subscript)
    number = strip_group(index.factors[0][1]) if isinstance(index, Product) else index
    if isinstance(number, Number):
        multiples[key(base)][number.text] += 1


def _counters(node: Node) -> Iterator[str]:
    """Letters that count: alone as an index or as a layer, or bound by a sum."""
    if isinstance(node, BigOperator):
        yield from (letter for letter, _ in _lower_bounds(node))
    elif isinstance(node, Scripted):
        for script in (node.subscript, node.superscript):
            script = None if script is None else strip_group(script)
            items = script.items if isinstance(script, Tuple_ | Bracket) else (script,)
            if script is node.superscript and not isinstance(script, Bracket):
                continue
            for item in items:
                item = None if item is None else strip_group(item)
                if isinstance(item, Product):
                    yield from (key(part) for _, part in item.factors if isinstance(part, Name))
                elif isinstance(item, Name):
                    yield key(item)


def _partial_pair(node: Fraction_, habits: Habits) -> tuple[str, str] | None:
    """The names above and below in a derivative, X_{col} and X_1 told apart from X where they are other names."""
    names = []
    for side in (node.numerator, node.denominator):
        side = strip_group(side)
        if not isinstance(side, Product) or len(side.factors) < 2:
            return None
        first = strip_group(side.factors[0][1])
        if isinstance(first, Scripted):
            first = strip_group(first.base)
        if not isinstance(first, Name) or first.text not in ("partial", "d", "delta"):
            return None
        reference = refer(side.factors[1][1], habits)
        if reference is None:
            return None
        names.append(reference.name)
    return names[0], names[1]


def _several(row: Node, habits: Habits) -> Iterator[tuple[str, str]]:
    """The derivatives that one line has of several cells by one variable, by the names above and below."""
    seen: dict[tuple[str, str], str] = {}
    for part in walk(row):
        if isinstance(part, Fraction_) and (pair := _partial_pair(part, habits)) is not None:
            above = printed(part.numerator)
            if seen.setdefault(pair, above) != above:
                yield pair


def _lower_bounds(node: BigOperator) -> Iterator[tuple[str, Node | None]]:
    lowers = node.lower.items if isinstance(node.lower, Tuple_) else (node.lower,)
    for lower in lowers:
        if (
            isinstance(lower, Chain)
            and isinstance(lower.first, Name)
            and lower.links
            and lower.links[0][0] == "="
        ):
            yield key(lower.first), lower.links[0][1]
        elif isinstance(lower, Name):
            yield key(lower), None


@dataclass(slots=True)
class Bases:
    """What speaks for indices from 0 or from 1 in one family: a single slip must not move all of its cells.

    Attributes:
        cells: the cells written out in digits.
        zeros, ones: how often a bound letter that indexes it starts at 0, or elsewhere.
    """

    cells: set[tuple[int, ...]] = field(default_factory=set)
    zeros: int = 0
    ones: int = 0

    def speaks(self) -> bool:
        """Whether anything says from where the family is counted."""
        return any(self.cells) or self.zeros + self.ones > 0

    def from_zero(self) -> bool:
        """Whether the family's first index is 0."""
        with_zero = sum(0 in cell for cell in self.cells)
        pairs = {cell for cell in self.cells if len(cell) == 2}
        if len(pairs) >= 4 or (len(pairs) == 3 and self.ones):
            if with_zero:
                return with_zero >= 2 and 4 * with_zero >= len(self.cells)
            filled = len(pairs) == len({a for a, _ in pairs}) * len({b for _, b in pairs})
            if self.ones or (filled and (1, 1) in pairs):
                return False
        return with_zero > 0 or self.zeros > max(0, self.ones - 1)


def _count_bases(
    root: Node, bound: dict[str, tuple[bool | None, str]], found: Survey, bases: dict[str, Bases]
) -> None:
    stack: list[tuple[Node, dict[str, tuple[bool | None, str]]]] = [(root, bound)]
    while stack:
        node, env = stack.pop()
        if isinstance(node, BigOperator):
            env = dict(env)
            upper = refer(node.upper, NO_HABITS) if node.upper is not None else None
            label = upper.name.rpartition("_")[2] if upper is not None and "_" in upper.name else ""
            for letter, start in _lower_bounds(node):
                zero = start.text == "0" if isinstance(start, Number) else None
                env[letter] = (zero, label)
        elif isinstance(node, Scripted):
            reference = refer(node, found.habits, env)
            if reference is not None:
                printed = [strip_group(index) for index in reference.indices]
                counted = reference.name if reference.name.endswith(SAMPLES) else reference.base
                digits = [int(n.text) for n in printed if isinstance(n, Number) and n.text.isdigit()]
                if len(digits) == len(printed):
                    bases[counted].cells.add(tuple(digits))
                elif 0 in digits:
                    bases[counted].cells.add((0,))
                for axis, index in enumerate(printed):
                    if isinstance(index, Name) and key(index) in env:
                        zero, label = env[key(index)]
                        if zero:
                            bases[counted].zeros += 1
                        elif zero is False:
                            bases[counted].ones += 1
                        if label:
                            found.labels[counted, axis].add(label)
        stack.extend((child, env) for child in children(node))


def _has_kronecker(rows: Iterable[Node]) -> bool:
    """Whether a two-letter delta is used as the derivative of one index by another, and not as an error."""
    seen = False
    for row in rows:
        deltas = [pair for part in walk(row) if (pair := _index_pair(part)) is not None]
        if not deltas:
            continue
        for operator in walk(row):
            if isinstance(operator, BigOperator):
                bound = {letter for letter, _ in _lower_bounds(operator)}
                if any(pair <= bound for pair in deltas):
                    return False
        slopes = [
            ends for part in walk(row) if isinstance(part, Fraction_) and (ends := _slope_letters(part))
        ]
        seen = seen or any(
            len(pair) == 2 and pair & above and pair & below and pair <= above | below
            for pair in deltas
            for above, below in slopes
        )
    return seen


def _index_pair(node: Node) -> frozenset[str] | None:
    """The letters of \\delta_{ij}; None for anything else."""
    if (
        not isinstance(node, Scripted)
        or node.subscript is None
        or node.superscript is not None
        or node.primes
    ):
        return None
    base = strip_group(node.base)
    if not isinstance(base, Name) or key(base) != "delta":
        return None
    found = read_subscript(node.subscript, "delta", NO_HABITS)
    if isinstance(found, str) or len(found) != 2:
        return None
    return frozenset(key(part) for index in found for part in walk(index) if isinstance(part, Name))


def _slope_letters(node: Fraction_) -> tuple[frozenset[str], frozenset[str]] | None:
    """The index letters above and below in a derivative, where either side carries some."""
    if _partial_pair(node, NO_HABITS) is None:
        return None
    ends = []
    for side in (node.numerator, node.denominator):
        scripts = [p.subscript for p in walk(side) if isinstance(p, Scripted) and p.subscript is not None]
        ends.append(frozenset(key(p) for script in scripts for p in walk(script) if isinstance(p, Name)))
    return (ends[0], ends[1]) if ends[0] and ends[1] else None
