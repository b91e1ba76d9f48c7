"""What a line is restricted to by the words around it: "for x > 0", "for positive x", behind it or before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from convsym.document import Display
from convsym.errors import ConvsymError
from convsym.latex.parser import parse_rows
from convsym.latex.syntax import Cases, Chain, Equation, Name, Node, Number, Product, Span, Tuple_, Words
from convsym.latex.walking import walk
from convsym.scope.segments import ELSE_WORDS, OTHERWISE, Segment, said_behind, segments
from convsym.scope.suppositions import rows_behind

_FEW_ROWS = 4
ORDERS = frozenset({"lt", "le", "gt", "ge", "ne"})
"""The relations that restrict a line to a part of where its names may lie."""

_IF = (
    r"(?:when(?:ever)?|if|unless|except(?: for| when| if| where)?|for|(?:in the )?case|where|"
    r"suppos(?:e|ing)|assum(?:e|ing)|provided(?: that)?|as long as|"
    r"si|quand|lorsque|pour|wenn|falls|für|cuando|para|se|当|若|如果|对于|при|если)"
)
_BEFORE = re.compile(rf"(?:\b|(?<=[^\W\d_])|^){_IF}\b[^.$]{{0,30}}\$([^$]{{1,60}})\$", re.I)
_AFTER = re.compile(rf"[\s,;(]*{_IF}\b[^.$]{{0,30}}\$([^$]{{1,60}})\$", re.I)
# "Without the bias", "ignoring the regularization term": a line about what is left without it.
_REDUCED = re.compile(
    r"\b(?:(?:ignor|neglect|dropp|omitt|disregard|suppress|exclud)(?:ing|ed)|"
    r"leaving (?:out|off|aside)|setting aside|"
    r"(?:ignore|neglect|drop|omit|disregard|exclude|leave out)|apart from|up to|vernachlässig\w*|en négligeant|"
    r"without|w/o|ohne|sans)\s+(?:the |a |an |any |all |der |die |das |den |le |la |les |el )?"
    r"(?:[\w$\\{}^-]+ ){0,3}?"
    r"(?:bias\w*|offsets?|intercepts?|regulari[sz]\w*|weight decay|penalt\w+|momentum|noise|constants?|normali[sz]\w+|"
    r"(?:non-?linear\w*|activation)|terms?|factors?|prefactors?)\b",
    re.I,
)
WITHOUT = "without a term"
LIMIT = "in the limit"
START = "at the start"
_NEXT_FORMULA = re.compile(r"(?:(?!\b(?:or|not|nor|oder|ou)\b)[^$]){0,30}\$[^$]*=[^$]*\$")
_FORMULA_BEFORE = re.compile(r"\$[^$]*=[^$]*\$[\s,;(]*$")
# The sentence that leads to a formula begins behind the last full stop, or behind a word that turns away.
_SENTENCE = re.compile(r"[.!?。](?=\s|$)|\b(?:otherwise|combin\w+|together|in general|both)\b", re.I)

# Orders in words: "for positive z", "when z is negative", "if z is greater than 0".
_SIGNS = {
    "positive": "gt",
    "negative": "lt",
    "nonnegative": "ge",
    "nonpositive": "le",
    "nonzero": "ne",
}
_SIGN = r"(?:strictly\s+)?(?P<sign{0}>(?:non[- ]?)?(?:positive|negative)|non[- ]?zero)"
_THAN = {
    "greater": "gt",
    "larger": "gt",
    "bigger": "gt",
    "above": "gt",
    "less": "lt",
    "smaller": "lt",
    "lower": "lt",
    "below": "lt",
}
_IN_WORDS = re.compile(
    rf"(?:\b|^){_IF}\b[^.$]{{0,30}}?\b{_SIGN.format('')}\s+(?:values?\s+(?:of\s+)?|inputs?\s+|arguments?\s+|numbers?\s+)?"
    rf"\$(?P<of>[^$<>=]{{1,40}})\$"
    rf"|(?:\b|^){_IF}\b[^.$]{{0,30}}\$(?P<who>[^$<>=]{{1,40}})\$\s+(?:is|are|stays|remains|be)\s+"
    rf"(?:{_SIGN.format('_too')}|(?P<than>{'|'.join(_THAN)})(?:\s+than)?\s+(?:zero\b|\$?0\$?(?![.\d])))",
    re.I,
)
_ELSE_BEHIND = re.compile(rf"[\s,;(]*{ELSE_WORDS}\b", re.I)
_ELSE_BEFORE = re.compile(
    rf"\b{ELSE_WORDS}\b(?:\s*\$[^$<>=]*\$)?[\s,:]*(?:(?:we|it|let|and|have|get|define|set|is|put)\s*){{0,3}}$",
    re.I,
)
# A limit says where a line holds, and no point at which it does.
_LIMIT = re.compile(
    rf"(?:\b|^)(?:as|{_IF})\b[^.$]{{0,30}}\$[^$]*\\(?:to|(?:long)?rightarrow|gg|ll)\b[^$]*\$"
    rf"|(?:\b|^)(?:as|when|while|if)\b[^.$]{{0,30}}\$[^$]{{1,30}}\$\s+(?:is|becomes|gets|grows|goes|"
    r"tends|approaches)\b"
    r"(?!\s+(?:strictly\s+)?(?:non[- ]?)?(?:positive|negative|zero|greater|larger|bigger|above|less|smaller|"
    r"lower|below))"
    rf"[^.$]{{0,20}}\b(?:large|small|huge|tiny|big|to|infinity|zero|close|saturated)\b"
    rf"|(?:\b|^){_IF}\b[^.$]{{0,20}}\b(?:large|small|huge|tiny)\s+(?:values?\s+(?:of\s+)?)?\$[^$]{{1,30}}\$"
    r"|\bin the limit\b",
    re.I,
)
_LIMITS = frozenset({"to", "rightarrow", "longrightarrow", "gg", "ll"})


@dataclass(frozen=True, slots=True)
class Restriction:
    """One relation that a line is said under.

    Attributes:
        left, relation, right: z > 0.
        printed: the same as LaTeX.
    """

    left: Node
    relation: str
    right: Node
    printed: str

    @property
    def in_words(self) -> bool:
        """Whether nothing but words say it."""
        return self.printed in (WITHOUT, LIMIT, OTHERWISE, START)


UNCLEAR = "?"
"""The relation of a condition whose words turn it round or widen it: "unless x > 0", "for x > 0 or not"."""
ELSE = "else"
"""The relation of "otherwise": wherever the line before does not speak of."""

_TURNED = re.compile(
    r"\b(?:unless|except\w*|not|no|nor|never|neither|without|other|others|otherwise|else|everywhere|or|any|all|only)\b|"
    r"\\neg|\\lnot|¬|\\text\{?or|\b(?:sauf|ohne|außer|nicht|oder|salvo|excepto|no|ou|pas)\b|除|非|或",
    re.I,
)
# "for all x > 0" widens nothing.
_EVERY = re.compile(r"\b(?:for|für|pour|para)\s+(?:all|any)\b|\\text\s*\{\s*for (?:all|any)", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """Where one statement is said to hold, and what its left side is said to be elsewhere.

    Attributes:
        under: the orders that it is said under.
        others: further values of the same left side, each with the orders that it is said under.
    """

    under: tuple[Restriction, ...] = ()
    others: tuple[tuple[Node, tuple[Restriction, ...]], ...] = ()


Others: TypeAlias = tuple[tuple[Node, tuple[Restriction, ...]], ...]


def restrictions(equation: Equation, chain: Chain, display: Display) -> Said:
    """The orders that one statement is said under, and the values it is given where they do not hold.

    Args:
        equation: the formula.
        chain: the statement, one of its rows.
        display: where it stands, with the words before and after it.
    """
    text = display.before.rstrip()
    stops = [match.end() for match in re.finditer(r"[.!?。](?=\s|$)", text.rstrip(":："))]
    sentence = text[stops[-1] :] if stops else text
    left, place = chain.first, chain.links[-1][1].span if chain.links else chain.span
    own = segments(chain.conditions, left)
    found = [*_of_nodes(own[0].nodes, equation.source)]
    others = _others(own, equation.source)
    words = f"{sentence} {equation.source[place.end : own[0].end(chain.span.end)]}"
    if not found and (own[0].otherwise or _is_elsewhere(equation, chain, display)):
        return Said((_otherwise(chain),))
    if not found:
        found = list(_behind(equation, chain))
        words = f"{sentence} {equation.source[place.end :]}" if len(equation.rows) < _FEW_ROWS else sentence
    if not found:
        found, of_another, leads = _said_before(display.before)
        if not leads and list(_said_after(display.after)):
            found = []
        elif found and of_another:
            # "f(x) = x for x > 0, and f'(x) = 1": whether it is said of this line as well is open.
            return Said(tuple(replace(one, relation=UNCLEAR) for one in found))
        after = said_behind(display.after, left, place, said=True) if found else []
        others = _others(after, "") if after and after[0].is_joint else ()
        words = f"{words} {'' if others or not found else _own_words(display.after)}"
    if not found:
        after = said_behind(display.after, left, place) if _goes_on(display.after) else []
        found = list(_said_after(display.after))
        others = _others(after, "") if found else ()
        words = f"{words} {display.after[: after[0].stop] if others else _own_words(display.after)}"
    if not found and _is_reduced(sentence, display):
        node = chain.first or Words("", chain.span)
        return Said((Restriction(node, UNCLEAR, node, WITHOUT),))
    if not found and _is_limit(chain, sentence, display):
        node = chain.first or Words("", chain.span)
        return Said((Restriction(node, UNCLEAR, node, LIMIT),))
    if found and _TURNED.search(_EVERY.sub(" ", words)):
        # Where it holds is said, and not read.
        return Said(tuple(replace(one, relation=UNCLEAR) for one in found))
    # That two index letters differ is a supposition, and put to use as one.
    found = [
        one for one in found if one.relation != "ne" or not (_is_letter(one.left) and _is_letter(one.right))
    ]
    return Said(tuple(found), others if found else ())


def leading_restrictions(display: Display) -> tuple[Restriction, ...]:
    """The orders that lead the sentence before a formula, "If z > 0, then"; none where they are not read.

    Args:
        display: the formula, with the words before it.
    """
    found, of_another, leads = _said_before(display.before)
    if not found or of_another or not leads or _TURNED.search(_EVERY.sub(" ", _led_by(display.before))):
        return ()
    return tuple(
        one for one in found if one.relation != "ne" or not (_is_letter(one.left) and _is_letter(one.right))
    )


def _others(found: list[Segment], source: str) -> tuple[tuple[Node, tuple[Restriction, ...]], ...]:
    """What the segments behind the first one give: values, each under orders that are all read."""
    others = []
    for segment in found[1:]:
        assert segment.value is not None
        under = tuple(_of_nodes(segment.nodes, source))
        if segment.otherwise and not under:
            under = (Restriction(segment.value, ELSE, segment.value, OTHERWISE),)
        elif not under or segment.otherwise:
            return ()
        others.append((segment.value, under))
    return tuple(others)


def _is_elsewhere(equation: Equation, chain: Chain, display: Display) -> bool:
    """Whether a line is said of what is left: "otherwise" directly before or behind it."""
    if equation.rows[-1] is chain and _ELSE_BEHIND.match(display.after):
        return True
    return equation.rows[0] is chain and _ELSE_BEFORE.search(display.before) is not None


def _otherwise(chain: Chain) -> Restriction:
    node = chain.first or Words("", chain.span)
    return Restriction(node, ELSE, node, OTHERWISE)


def _first_sentence(text: str) -> str:
    return re.split(r"[.!?。](?=\s|$)", text, maxsplit=1)[0]


def _own_words(after: str) -> str:
    """The rest of a sentence up to its next formula."""
    return _NEXT_FORMULA.split(_first_sentence(after), maxsplit=1)[0]


def _is_letter(node: Node) -> bool:
    return isinstance(node, Name) and len(node.text) == 1 and node.text.islower()


def _is_reduced(sentence: str, display: Display) -> bool:
    """Whether a line is said of what is left without a term, a bias or a factor."""
    behind = _first_sentence(display.after) if _goes_on(display.after) else ""
    return _REDUCED.search(sentence) is not None or _REDUCED.search(behind) is not None


def _is_limit(chain: Chain, sentence: str, display: Display) -> bool:
    """Whether a line is said of a limit, as z \\to \\infty or for large z."""
    if any(
        relation in _LIMITS
        for node in chain.conditions
        for part in walk(node)
        if isinstance(part, Chain)
        for relation, _ in part.links
    ):
        return True
    after = display.after.lstrip(" ,;(:")
    behind = _LIMIT.match(after) if not after[:1].isupper() else None
    return behind is not None or _LIMIT.search(sentence) is not None


def _led_by(text: str) -> str:
    """The sentence that leads to a formula."""
    text = text.rstrip()
    stops = [match.end() for match in _SENTENCE.finditer(text.rstrip(":："))]
    return text[stops[-1] :] if stops else text


def _said_before(text: str) -> tuple[list[Restriction], bool, bool]:
    """The last condition in the sentence before a formula; whether it follows a formula, or leads the sentence."""
    sentence = _led_by(text)
    found = [
        (
            match.start(),
            list(_of_text(match.group(1))) if match.re is _BEFORE else list(_in_words(match.group(0))),
        )
        for pattern in (_BEFORE, _IN_WORDS)
        for match in list(pattern.finditer(sentence))[-1:]
    ]
    start, last = max(
        ((at, orders) for at, orders in found if orders), default=(0, []), key=lambda one: one[0]
    )
    before = sentence[:start]
    return last, _FORMULA_BEFORE.search(before) is not None, "$" not in before


def _goes_on(after: str) -> bool:
    """Whether a sentence goes on behind a formula: a capital begins one that leads to the next formula."""
    after = after.lstrip(" ,;(:")
    return bool(after) and not after[0].isupper()


def _said_after(after: str) -> Iterator[Restriction]:
    """The condition that directly follows a formula in its sentence."""
    if not _goes_on(after):
        return
    after = after.lstrip(" ,;(:")
    match = _AFTER.match(after)
    found = list(_of_text(match.group(1))) if match is not None else []
    yield from found or _in_words(_first_sentence(after), at_once=True)


def _in_words(text: str, *, at_once: bool = False) -> Iterator[Restriction]:
    """The order that a sentence says in words: "for positive z"; the last one of several."""
    matches = [_IN_WORDS.match(text)] if at_once else list(_IN_WORDS.finditer(text))[-1:]
    for match in matches:
        if match is None:
            continue
        sign = (match["sign"] or match["sign_too"] or "").lower().replace("-", "").replace(" ", "")
        relation = _SIGNS.get(sign) or _THAN.get((match["than"] or "").lower(), "")
        name = match["of"] or match["who"]
        try:
            rows = parse_rows(name).rows
        except (ConvsymError, RecursionError):
            continue
        if len(rows) == 1 and rows[0].first is not None and not rows[0].links:
            zero = Number("0", rows[0].span)
            yield Restriction(rows[0].first, relation, zero, f"{name} {_SHOWN[relation]} 0")


_SHOWN = {"gt": ">", "lt": "<", "ge": "\\ge", "le": "\\le", "ne": "\\ne"}


def _of_nodes(nodes: Iterator[Node] | list[Node], source: str) -> Iterator[Restriction]:
    """The orders of a condition: those printed, or one in words, "for negative x"."""
    nodes = list(nodes)
    found = [
        one
        for node in nodes
        for part in walk(node)
        if isinstance(part, Chain)
        for one in _of_chain(part, source)
    ]
    if not found:
        parts = [
            f"${source[n.span.start : n.span.end]}$" if not isinstance(n, Words) else n.text for n in nodes
        ]
        found = list(_in_words(" ".join(parts).strip(), at_once=True))
    yield from found


def _behind(equation: Equation, chain: Chain) -> Iterator[Restriction]:
    """The orders that directly follow in the formula: "f'(x) = 1, \\\\quad x > 0"."""
    for row in rows_behind(equation, chain):
        found = list(_of_chain(row, equation.source))
        if not found:
            return
        yield from found


def _of_text(latex: str) -> Iterator[Restriction]:
    try:
        equation = parse_rows(latex)
    except (ConvsymError, RecursionError):
        return
    for row in equation.rows:
        yield from _of_chain(row, equation.source)


def is_order(chain: Chain) -> bool:
    """Whether a row is nothing but an order, x > 0 or 0 < x < 1.

    Args:
        chain: a row of a formula.
    """
    return chain.first is not None and bool(chain.links) and all(r in ORDERS for r, _ in chain.links)


def _of_chain(chain: Chain, source: str) -> Iterator[Restriction]:
    """0 < x < 1 as its two orders; nothing of a chain that says anything else as well."""
    if chain.first is None or any(relation not in ORDERS for relation, _ in chain.links):
        return
    left = _without_words(chain.first)
    for relation, right in chain.links:
        if left is not None:
            printed = source[left.span.start : right.span.end].strip()
            yield Restriction(left, relation, right, printed or relation)
        left = right


def _without_words(node: Node) -> Node | None:
    if isinstance(node, Words):
        return None
    if not isinstance(node, Product):
        return node
    kept = [
        (op, part)
        for op, part in node.factors
        if not isinstance(part, Words) and not (isinstance(part, Name) and part.text == "forall")
    ]
    if not kept:
        return None
    return kept[0][1] if len(kept) == 1 else Product(tuple(kept), node.span)


def in_cases(value: Node, under: tuple[Restriction, ...], others: Others) -> Cases:
    """Several values as one expression in cases.

    Args:
        value: the first one.
        under: what it is said under.
        others: the others, and what they are said under.
    """
    pieces = [(value, under), *others]
    return Cases(tuple((one, _condition(said, value.span)) for one, said in pieces), value.span)


def _condition(under: tuple[Restriction, ...], span: Span) -> Node | None:
    if any(one.relation == ELSE for one in under):
        return None
    chains = tuple(
        Chain(one.left, ((one.relation, one.right),), span)
        # What is not read is no condition that could be evaluated: nothing is said of such a function.
        if one.relation in ORDERS
        else Words(UNCLEAR, span)
        for one in under
    )
    if any(isinstance(chain, Words) for chain in chains):
        return Chain(under[0].left, (("mid", under[0].right),), span)
    return chains[0] if len(chains) == 1 else Tuple_(chains, span)
