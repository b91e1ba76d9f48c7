"""What a line is restricted to by the words around it: "for x > 0", behind the formula or before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from convsym.document import Display
from convsym.errors import ConvsymError
from convsym.latex.parser import parse_rows
from convsym.latex.syntax import Chain, Equation, Name, Node, Product, Words
from convsym.latex.walking import walk
from convsym.scope.suppositions import rows_behind

_FEW_ROWS = 4
ORDERS = frozenset({"lt", "le", "gt", "ge", "ne"})
"""The relations that restrict a line to a part of where its names may lie."""

_IF = (
    r"(?:when(?:ever)?|if|for|(?:in the )?case|where|suppos(?:e|ing)|assum(?:e|ing)|provided(?: that)?|as long as|"
    r"si|quand|lorsque|pour|wenn|falls|für|cuando|para|se|当|若|如果|对于|при|если)"
)
_BEFORE = re.compile(rf"(?:\b|(?<=[^\W\d_])|^){_IF}\b[^.$]{{0,30}}\$([^$]{{1,60}})\$", re.I)
_AFTER = re.compile(rf"[\s,;(]*{_IF}\b[^.$]{{0,30}}\$([^$]{{1,60}})\$", re.I)
# The sentence that leads to a formula begins behind the last full stop, or behind a word that turns away.
_SENTENCE = re.compile(r"[.!?。](?=\s|$)|\b(?:otherwise|combin\w+|together|in general|both)\b", re.I)


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


UNCLEAR = "?"
"""The relation of a condition whose words turn it round or widen it: "unless x > 0", "for x > 0 or not"."""

_TURNED = re.compile(
    r"\b(?:unless|except\w*|not|no|nor|never|neither|without|other|others|otherwise|else|everywhere|or|any|all|only)\b|"
    r"\\neg|\\lnot|¬|\\text\{?or|\b(?:sauf|ohne|außer|nicht|oder|salvo|excepto|no|ou|pas)\b|除|非|或",
    re.I,
)


def restrictions(equation: Equation, chain: Chain, display: Display) -> tuple[Restriction, ...]:
    """The orders that one statement is said under.

    Args:
        equation: the formula.
        chain: the statement, one of its rows.
        display: where it stands, with the words before and after it.
    """
    found = [
        one
        for node in chain.conditions
        for part in walk(node)
        if isinstance(part, Chain)
        for one in _of_chain(part, equation.source)
    ]
    found = found or list(_behind(equation, chain))
    found = found or [one for latex in _said_before(display.before) for one in _of_text(latex)]
    # A capital begins a sentence that leads to the next formula.
    after = display.after.lstrip(" ,;(:")
    if not found and not after[:1].isupper() and (match := _AFTER.match(after)) is not None:
        found = list(_of_text(match.group(1)))
    if found and _TURNED.search(_around(equation, chain, display)):
        # Where it holds is said, and not read.
        return tuple(replace(one, relation=UNCLEAR) for one in found)
    # That two index letters differ is a supposition, and put to use as one.
    return tuple(
        one for one in found if one.relation != "ne" or not (_is_letter(one.left) and _is_letter(one.right))
    )


def _around(equation: Equation, chain: Chain, display: Display) -> str:
    """The words that a condition may stand in: those behind the statement, and its sentence before and after."""
    text = display.before.rstrip()
    stops = [match.end() for match in re.finditer(r"[.!?。](?=\s|$)", text.rstrip(":："))]
    after = re.split(r"[.!?。](?=\s|$)", display.after, maxsplit=1)[0]
    behind = equation.source[chain.span.start :] if len(equation.rows) < _FEW_ROWS else ""
    return f"{text[stops[-1] :] if stops else text} {behind} {after}"


def _is_letter(node: Node) -> bool:
    return isinstance(node, Name) and len(node.text) == 1 and node.text.islower()


def _said_before(text: str) -> Iterator[str]:
    text = text.rstrip()
    stops = [match.end() for match in _SENTENCE.finditer(text.rstrip(":："))]
    said = _BEFORE.findall(text[stops[-1] :] if stops else text)
    yield from said[-1:]


def _behind(equation: Equation, chain: Chain) -> Iterator[Restriction]:
    """The orders that directly follow in the formula: "f'(x) = 1, \\quad x > 0"."""
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


def _of_chain(chain: Chain, source: str) -> Iterator[Restriction]:
    """0 < x < 1 as its two orders; nothing of a chain that says anything else as well."""
    if chain.first is None or any(relation not in ORDERS for relation, _ in chain.links):
        return
    left = _without_words(chain.first)
    for relation, right in chain.links:
        if left is not None:
            yield Restriction(left, relation, right, source[left.span.start : right.span.end].strip())
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
