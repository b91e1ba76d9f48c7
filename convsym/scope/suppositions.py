"""What a line supposes of its index letters: i = j or i \\ne j, behind the formula or in the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace

from convsym.document import Display
from convsym.latex.syntax import Bracket, Chain, Equation, Name, Node, Product, Words
from convsym.latex.walking import walk
from convsym.scope.naming import key, strip_group

_IF = (
    r"(?:when(?:ever)?|if|for|case|where|suppos(?:e|ing)|assum(?:e|ing)|with|si|quand|lorsque|pour|cas|"
    r"wenn|falls|für|fall|cuando|para|caso|se|当|若|如果|对于|情况)"
)
_EQUAL, _APART = r"=|==", r"\\neq?|\\not\s*=|≠|!="
_SAID = re.compile(
    rf"(?:\b|(?<=[^\W\d_])|^){_IF}(?:\s|[:：,(])*\$?\s*([a-z])\s*({_APART}|{_EQUAL})\s*([a-z])\b(?!\s*[-+=_^\\(\d])",
    re.I,
)
# "except when k = i" says that they differ.
_EXCEPT = re.compile(
    r"\b(?:unless|except\w*|other than|but not|sauf|außer|salvo|excepto)\b"
    r"(?:\s+(?:that|for|in|the|case|when|where|if|wenn|für|si|quand|pour|cuando))*\s*$|除了",
    re.I,
)
_EXCEPT_AT_ONCE = re.compile(r"(?:unless|except\w*|other than|but not|sauf|außer|salvo|excepto)\s+", re.I)
_NEAR = 30
# The sentence that leads to a formula begins behind the last full stop, or behind a word that turns away.
_SENTENCE = re.compile(r"[.!?。;；](?=\s|$)|\b(?:otherwise|combin\w+|together|in general|both)\b", re.I)


@dataclass(frozen=True, slots=True)
class Supposition:
    """Two index letters, and whether they are the same index or two different ones."""

    one: str
    other: str
    same: bool


def supposed(equation: Equation, chain: Chain, display: Display) -> tuple[Supposition, ...]:
    """What holds of the index letters of one statement, by what stands behind it or is said around it.

    Args:
        equation: the formula.
        chain: the statement, one of its rows.
        display: where it stands, with the words before and after it.
    """
    found = {*_conditions(chain.conditions), *_behind(equation, chain)}
    if not found:
        found = set(_said(display.before, from_the_end=True))
    if not found:
        found = set(_said_after(display.after))
    if not found:
        found = set(_said(display.section, from_the_end=False))
    # "Both cases, i = j and i \\ne j": nothing is supposed of these letters.
    opposed = {
        _pair(one) for one in found if any(_pair(one) == _pair(o) and one.same != o.same for o in found)
    }
    return tuple(sorted((s for s in found if _pair(s) not in opposed), key=lambda s: (s.one, s.other)))


def leading_suppositions(display: Display) -> tuple[Supposition, ...]:
    """What the sentence that leads to a formula supposes of index letters, "For i and j apart"; nothing of both cases.

    Args:
        display: the formula, with the words before it.
    """
    found = set(_said(display.before, from_the_end=True))
    opposed = any(_pair(one) == _pair(other) and one.same != other.same for one in found for other in found)
    return () if opposed else tuple(sorted(found, key=lambda s: (s.one, s.other)))


def _pair(supposition: Supposition) -> frozenset[str]:
    return frozenset((supposition.one, supposition.other))


def _conditions(nodes: tuple[Node, ...]) -> Iterator[Supposition]:
    turned = False
    for node in nodes:
        turned = _EXCEPT.search(node.text) is not None if isinstance(node, Words) else turned
        for part in walk(node):
            if isinstance(part, Chain):
                yield from (replace(one, same=one.same is not turned) for one in _of_chain(part))


def _of_chain(chain: Chain) -> Iterator[Supposition]:
    """i = j, \\forall i \\ne j: one relation between two letters."""
    if chain.first is None or len(chain.links) != 1:
        return
    relation, right = chain.links[0]
    ends = [_letter(chain.first), _letter(right)]
    if relation in ("=", "ne") and ends[0] and ends[1] and ends[0] != ends[1]:
        yield Supposition(ends[0], ends[1], relation == "=")


def _letter(node: Node) -> str | None:
    node = strip_group(node)
    if isinstance(node, Bracket) and len(node.items) == 1:
        return _letter(node.items[0])
    if isinstance(node, Product):
        rest = [f for _, f in node.factors if not isinstance(f, Words)]
        rest = [f for f in rest if not (isinstance(f, Name) and f.text == "forall")]
        return _letter(rest[0]) if len(rest) == 1 else None
    if isinstance(node, Name) and len(node.text) == 1 and node.text.islower() and node.text.isalpha():
        return key(node)
    return None


def rows_behind(equation: Equation, chain: Chain) -> tuple[Chain, ...]:
    """The statements that follow one in its formula.

    Args:
        equation: the formula.
        chain: one of its rows.
    """
    at = next((n for n, row in enumerate(equation.rows) if row is chain), len(equation.rows))
    return equation.rows[at + 1 :]


def _behind(equation: Equation, chain: Chain) -> Iterator[Supposition]:
    """The statements that directly follow in the formula and relate two letters: "a_j = ..., \\quad i = j"."""
    for row in rows_behind(equation, chain):
        found = list(_of_chain(row))
        if not found:
            return
        yield from found


def _said(text: str, *, from_the_end: bool) -> Iterator[Supposition]:
    if from_the_end:
        stops = [match.end() for match in _SENTENCE.finditer(text.rstrip().rstrip(":："))]
        text = text[stops[-1] :] if stops and stops[-1] < len(text.rstrip()) else text if not stops else ""
    for match in _SAID.finditer(text):
        turned = _EXCEPT.search(text[: match.start()][-_NEAR:]) is not None
        yield from (replace(one, same=one.same is not turned) for one in _matched(match))


def _said_after(text: str) -> Iterator[Supposition]:
    # A capital begins a sentence that leads to the next formula.
    text = text.lstrip(" ,;(:")
    turned = _EXCEPT_AT_ONCE.match(text)
    match = _SAID.match(text, turned.end() if turned else 0) if text[:1].islower() else None
    if match is not None:
        yield from (replace(one, same=one.same is not bool(turned)) for one in _matched(match))


def _matched(match: re.Match[str]) -> Iterator[Supposition]:
    one, relation, other = match.group(1), match.group(2), match.group(3)
    if one != other and one.islower() and other.islower():
        yield Supposition(one, other, relation in ("=", "=="))


def renamed(node: Node, old: str, new: str) -> Node:
    """A node in which one letter stands for another, every span as before."""
    if isinstance(node, Name):
        return replace(node, text=new) if key(node) == old and node.text == old else node
    changes: dict[str, object] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        changed = _renamed_value(value, old, new)
        if changed is not value:
            changes[part.name] = changed
    return replace(node, **changes) if changes else node  # type: ignore[arg-type]


def _renamed_value(value: object, old: str, new: str) -> object:
    if isinstance(value, tuple):
        items = tuple(_renamed_value(item, old, new) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type) and hasattr(value, "span"):
        return renamed(value, old, new)  # type: ignore[arg-type]
    return value
