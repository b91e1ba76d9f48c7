"""Whether a line introduces a known name anew: another value from here on, or another definition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from convsym.latex.syntax import BigOperator, Bracket, Name, Node, Number, Product, Scripted, Sum_, Tuple_
from convsym.latex.walking import children, walk
from convsym.scope.forms import is_numeric, printed_shape
from convsym.scope.inner import INTRODUCED
from convsym.scope.model import FunctionRule, Rule, Scope
from convsym.scope.naming import Reference, strip_group
from convsym.scope.statements import Statement

UPDATES = frozenset({"leftarrow", "gets", "to", "longleftarrow"})
_AGAIN = re.compile(
    r"\b(now|instead|redefine|another|second|new|example|suppose|consider|this time|next|alternativ|different|let)",
    re.I,
)
_OWN = re.compile(r"(?:let|suppose|consider)", re.I)
# Words by which a line speaks of what was said before instead of saying it anew.
_REFERS = re.compile(
    r"\([0-9.]+\)|\b(equation|eq\.|again|above|earlier|becomes?|expand|rewrit|substitut|we (get|have|obtain)|gives|"
    r"yields?|thus|hence|therefore|simplif|short|simply|namely|i\.e\.|that is|written out|term by term|computing)",
    re.I,
)
# Words in front of what follows from the words before them.
_FOLLOWS = re.compile(
    r"\b(?:so|thus|hence|therefore|consequently|so that|(?:we|one|you) (?:get|obtain)|gives|yields|leads to)\Z",
    re.I,
)
# Words in front of a number that something comes to.
_COMES_TO = re.compile(
    r"(?:\b(?:we|one|you|it|this) (?:gets?|have|has|obtains?|finds?|is|comes? (?:out )?to)|\bgives?|\byields?|"
    r"\bso|\bthus|\bhence|\btherefore|\bthen|\bleads? to|\bresults? in)\W*\Z",
    re.I,
)
# Words in front of a formula by which a letter becomes another function: "the tanh function:".
_NAMED = re.compile(
    r"\b(sigmoid|logistic|tanh|hyperbolic|relu|rectif|softplus|softmax|swish|gelu|cross[- ]entropy|"
    r"mean squared|squared error|hinge|huber)",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?:;](?=\s|$)|[。！？；：]")
_TWO = 2
_ARBITRARY = frozenset({"f", "g", "h", "F", "G", "H", "phi", "varphi", "psi"})
# "For a single training case": what was a sum over all cases is said anew of one of them.
_OF_ONE = re.compile(
    r"\b(?:for|of|on|with|consider(?:ing)?|take) "
    r"(?:(?:a|any|the) (?:single|particular|given)|only one|just one|one|each)(?: training| input)? "
    r"(?:case|example|sample|pattern|pair|instance|observation|data ?point|point|vector)\b",
    re.I,
)
_STRONG = re.compile(r"\b(redefine|instead|another|this time|different)\b", re.I)


def speaks_of_before(text: str) -> bool:
    """Whether words in front of a formula refer to what was said before: "thus", "substituting".

    Args:
        text: the words right before the formula.
    """
    return _REFERS.search(text) is not None


def is_renewed(
    statement: Statement,
    existing: Sequence[Rule | FunctionRule],
    statements: Sequence[Statement],
    scope: Scope,
) -> bool:
    """Whether the text clearly introduces a known name anew.

    Args:
        statement: the relation that may define.
        existing: the rules in force for what stands on its left.
        statements: the relations read before.
        scope: how the document writes its names.
    """
    before = statement.display.before
    if (
        "recall" in before.lower()
        or statement.at
        or (statement.display.inline and _FOLLOWS.search(before.rstrip()))
    ):
        return False  # what is said at one value says nothing anew of the others, and what follows says nothing anew
    if _goes_on_from(statement, statements):
        return True
    last = max((rule.statement for rule in existing), default=-1)
    earlier = [s for s in statements if s.number == last]
    if any(s.reason == INTRODUCED for s in earlier):
        return True
    of_one = _OF_ONE.search(_SENTENCE_END.split(before.rstrip(" :,\n"))[-1])
    if of_one and earlier and not statement.link:
        sums = _sums(statement.right)
        if all(_sums(s.right) > sums or otherwise_indexed(s.right, statement.right, scope) for s in earlier):
            return True
    elsewhere = statement.display.section not in {s.display.section for s in earlier}
    if elsewhere and statement.under and any(s.under for s in earlier):
        # Under another heading a function is given by pieces once more: by other pieces, perhaps.
        return not _REFERS.search(before[-200:])
    if any(printed_shape(s.right) == printed_shape(statement.right) for s in earlier):
        return False
    if not elsewhere and is_numeric(statement.right) and all(has_value(r, scope) for r in existing):
        # q = x + y with x and y given: a number said of q is its value, unless its own sentence says otherwise.
        sentence = _SENTENCE_END.split(before)[-1]
        return _AGAIN.search(sentence[-80:]) is not None and _COMES_TO.search(sentence.rstrip()) is None
    if earlier and all(_is_instance_of(s, statement, scope) for s in earlier):
        return not _REFERS.search(before[-80:])
    if elsewhere and earlier and _is_whole(statement, existing):
        return True
    if earlier and all(_is_unlike(s.right, statement.right, scope) for s in earlier):
        # Under another heading, or behind a title of its own, another formula is another definition.
        if (elsewhere and not _REFERS.search(before[-200:])) or _says_again(before):
            return True
        if _NAMED.search(before[-80:]):
            return True
    return _says_again(before) and (elsewhere or _STRONG.search(before) is not None)


def _goes_on_from(statement: Statement, statements: Sequence[Statement]) -> bool:
    """Whether a number is changed by another one, w = 0.5 - 0.1 \\cdot 2 after w = 0.5: the next value."""
    right = strip_group(statement.right)
    if not isinstance(right, Sum_) or len(right.terms) < _TWO or statement.link:
        return False
    left = printed_shape(statement.left)
    before = {
        printed_shape(other.right)
        for other in statements
        if is_numeric(other.right) and printed_shape(other.left if other.head is None else other.head) == left
    }
    plain = all(not isinstance(part, Name | Scripted) for part in walk(right))
    return plain and printed_shape(right.terms[0][1]) in before


def _sums(node: Node) -> int:
    return sum(isinstance(part, BigOperator) and part.operator == "sum" for part in walk(node))


def _says_again(before: str) -> bool:
    """Whether the words before a formula introduce something anew; "let" and "consider" do so in their own sentence."""
    last = [part for part in _SENTENCE_END.split(before) if part.strip()][-1:]
    return any(
        _OWN.fullmatch(match.group(1)) is None or _OWN.search("".join(last)[-80:]) is not None
        for match in _AGAIN.finditer(before[-80:])
    )


def _is_instance_of(general: Statement, statement: Statement, scope: Scope) -> bool:
    """Whether y = f(g(x)), of functions that may be anything, is said anew of certain ones: y = (3x+1)^2."""
    if statement.link or is_numeric(statement.right):
        return False
    arbitrary = {
        reference.name
        for reference in scope.mentions(general.right)
        if reference.name in _ARBITRARY
        and scope.survey.called.get(reference.name)
        and reference.name not in scope.functions
        and reference.name not in scope.rules
    }
    return bool(arbitrary) and not any(
        reference.name in _ARBITRARY for reference in scope.mentions(statement.right)
    )


def has_value(rule: Rule | FunctionRule, scope: Scope) -> bool:
    """Whether a definition comes down to numbers that are given."""
    if not isinstance(rule, Rule) or rule.patterns or rule.layer is not None:
        return False
    waiting, seen = [rule], {rule.name}
    while waiting:
        body = waiting.pop().body
        if body is None or any(isinstance(part, Bracket) and len(part.items) > 1 for part in walk(body)):
            return False
        for reference in scope.mentions(body):
            if reference.indices or reference.layer is not None or reference.name in scope.survey.called:
                return False
            rules = scope.rules.get(reference.name, [])
            if scope.size(reference.name) is None and not rules:
                return False
            waiting.extend(other for other in rules if other.name not in seen)
            seen.add(reference.name)
    return True


def _is_unlike(one: Node, other: Node, scope: Scope) -> bool:
    """Whether two right sides share less than half of what they are made of, whatever their sums run over."""
    first, second = Counter(_parts(one, scope)), Counter(_parts(other, scope))
    return 2 * (first & second).total() < (first | second).total()


def _parts(node: Node, scope: Scope) -> Iterator[str]:
    """The names, functions and numbers of a value; a matrix counts as its cells, indices and limits do not."""
    stack = [node]
    while stack:
        part = strip_group(stack.pop())
        reference = scope.refer(part, {}) if isinstance(part, Name | Scripted) else None
        if reference is not None:
            is_family = bool(reference.indices) or (len(reference.base) == 1 and reference.base.isupper())
            yield f"{reference.base.lower()}{'[]' if is_family else ''}"
            if reference.power is not None:
                stack.append(reference.power)
        elif isinstance(part, BigOperator):
            yield part.operator
            stack.append(part.body)
        elif isinstance(part, Number):
            yield part.text
        else:
            stack.extend(children(part))


def _is_whole(statement: Statement, existing: Sequence[Rule | FunctionRule]) -> bool:
    """A sum for every cell of a family: under another heading that is another operation, not a claim."""
    return (
        statement.link == 0
        and any(isinstance(rule, Rule) and rule.is_general and rule.patterns for rule in existing)
        and any(isinstance(part, BigOperator) for part in walk(statement.right))
    )


def is_another_value(statement: Statement, statements: Sequence[Statement]) -> bool:
    """Whether `name = number` gives another number to a name that was given one the same way before."""
    if statement.link > 0:
        return False
    left = printed_shape(statement.left)
    if not is_numeric(statement.right):
        # a = tanh(0) in one section, a = sigma(0) in the next: two cases, each with its own value.
        return is_worked_value(statement.right) and any(
            s.link == 0
            and s.role in ("definition", "size")
            and printed_shape(s.left) == left
            and printed_shape(s.right) != printed_shape(statement.right)
            and is_worked_value(s.right)
            and s.display.section != statement.display.section
            for s in statements
        )
    return any(
        s.link == 0
        and s.role in ("definition", "size")
        and is_numeric(s.right)
        and printed_shape(s.left) == left
        and printed_shape(s.right) != printed_shape(statement.right)
        for s in statements
    )


def otherwise_indexed(before: Node, now: Node, scope: Scope) -> str | None:
    """The name that has one index in one formula and two in another: y_{j,c} of all samples, and y_j of one.

    Args:
        before, now: two formulas for one quantity.
        scope: how the document writes its names.
    """
    counts = [
        {(reference.name, len(reference.indices)) for reference in scope.mentions(side)}
        for side in (before, now)
    ]
    shared = {name for name, _ in counts[0]} & {name for name, _ in counts[1]}
    return next(
        (
            name
            for name in sorted(shared)
            if not any((name, n) in counts[1] for m, n in counts[0] if m == name)
        ),
        None,
    )


def had_value(rule: Rule, scope: Scope) -> bool:
    """Whether `n_2 = 0 + 1` works out another value of a cell that was given one before, `n_2 = 0`.

    Args:
        rule: what a line may introduce.
        scope: what was said before it.
    """
    printed = printed_shape(rule.body)
    return (
        not rule.is_general
        and is_worked_value(rule.body)
        and any(
            other.patterns == rule.patterns
            and other.layer == rule.layer
            and printed_shape(other.body) != printed
            for other in scope.values.get(rule.name, [])
        )
    )


def is_index_setting(statement: Statement, reference: Reference, scope: Scope) -> bool:
    """l = 1, i = 2, n = 0, ..., 3: a value for an index letter is a special case, no size that holds everywhere."""
    left = strip_group(statement.left)
    return (
        isinstance(left, Name)
        and not reference.indices
        and statement.link == 0
        and (reference.name in scope.survey.counters or _is_layer_letter(reference.name, scope))
        and (
            is_numeric(statement.right)
            or isinstance(strip_group(statement.right), Name | Scripted)
            or (isinstance(statement.right, Tuple_) and len(statement.right.items) > 1)
        )
    )


def _is_layer_letter(name: str, scope: Scope) -> bool:
    """Whether layers are counted by a letter: l where w^l is printed."""
    return name in ("l", "ell") and bool(scope.habits.layered)


def is_update(statement: Statement, scope: Scope) -> bool:
    """K = K - eta dL/dK: a new value computed from the old one."""
    reference = scope.refer(statement.left, {})
    if reference is None or reference.power is not None:
        return reference is None and _updates_compound(statement, scope)
    right = strip_group(statement.right)
    if statement.relation in UPDATES and statement.relation != "to":
        return True
    if statement.relation == "to":
        return False
    # The left side is a term of the right one.
    if not isinstance(right, Sum_):
        return False
    printed = printed_shape(statement.left)
    anew = statement.relation == ":=" or scope.rules.get(reference.name) is None
    return anew and any(_is_times(term, printed) for _, term in right.terms)


def _updates_compound(statement: Statement, scope: Scope) -> bool:
    r"""V dW = \beta V dW + (1 - \beta) dW: several letters name what is updated, and some of them nothing defines."""
    names = juxtaposed(statement.left, scope)
    if statement.link or statement.relation == "to" or all(map(scope.rules.get, names)):
        return False
    if statement.relation in UPDATES:
        return bool(names)
    right = strip_group(statement.right)
    printed = [printed_shape(factor) for factor in _factors(statement.left)]
    if not names or not isinstance(right, Sum_):
        return False
    for _, term in right.terms:
        factors = list(_factors(term))
        shapes = [printed_shape(factor) for factor in factors]
        if shapes[-len(printed) :] == printed and all(
            isinstance(strip_group(factor), Name | Number | Bracket | Scripted)
            for factor in factors[: -len(printed)]
        ):
            return True
    return False


def juxtaposed(node: Node, scope: Scope) -> tuple[str, ...]:
    """The names of a product of names side by side, as V dW is one; empty for anything else.

    Args:
        node: an expression.
        scope: how the document writes its names.
    """
    node = strip_group(node)
    if not isinstance(node, Product) or any(operator for operator, _ in node.factors):
        return ()
    found = []
    for _, factor in node.factors:
        inner = strip_group(factor)
        reference = scope.refer(inner, {}) if isinstance(inner, Name | Scripted) else None
        if reference is None or reference.name in scope.functions or reference.power is not None:
            return ()
        found.append(reference.name)
    return tuple(found)


def _factors(node: Node) -> Iterator[Node]:
    node = strip_group(node)
    if isinstance(node, Product):
        yield from (factor for _, factor in node.factors)
    else:
        yield node


def _is_times(term: Node, printed: object) -> bool:
    """Whether a term is what is printed on the left, or a multiple of it: \\alpha \\mu in a moving average."""
    term = strip_group(term)
    if isinstance(term, Product) and not isinstance(strip_group(term.factors[0][1]), Bracket | Scripted):
        return any(printed_shape(factor) == printed for _, factor in term.factors)
    return printed_shape(term) == printed


def is_worked_value(node: Node) -> bool:
    """Whether a node is a number or functions of numbers, without any letter for a quantity."""
    parts = list(walk(node))
    heads = {
        id(strip_group(product.factors[n][1]))
        for product in parts
        if isinstance(product, Product)
        for n in range(len(product.factors) - 1)
        if product.factors[n + 1][0] == ""
        and isinstance(strip_group(product.factors[n + 1][1]), Bracket | Number)
    }
    return any(isinstance(part, Number) for part in parts) and all(
        id(part) in heads for part in parts if isinstance(part, Name)
    )
