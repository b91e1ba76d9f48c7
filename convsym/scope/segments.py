"""Several values in one sentence, "x for x > 0 and 0 otherwise", taken apart: each value with what it is said under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace

from convsym.errors import ConvsymError
from convsym.latex.parser import parse_rows
from convsym.latex.syntax import Bracket, Chain, Node, Number, Signed, Span, Tuple_, Words
from convsym.scope.forms import printed_shape

OTHERWISE = "otherwise"
_ORDERS = frozenset({"lt", "le", "gt", "ge", "ne"})
ELSE_WORDS = (
    r"(?:otherwise|(?:everywhere )?else(?:where)?|sonst|sinon|en otro caso|caso contrario|"
    r"(?:for|in|at) (?:all|any|every|the) (?:other|remaining)(?: cases?| values? of| points?)?)"
)
"""Words that speak of what is left: "otherwise", "in all other cases"."""
_ELSE = re.compile(rf"\b{ELSE_WORDS}\b|否则|其他", re.I)
_JOINT = re.compile(r"[\s,;.:)]*(?:(?:and|but|while|und|et|y|e)\b)?[\s,;:(]*$", re.I)
_FULL_STOP = re.compile(r"[.!?。](?=\s|$)")
# A number between words, "and 0 otherwise", "else 0".
_NUMBER = re.compile(
    r"(?<![\w.])(?P<number>-?\d+(?:\.\d+)?|zero|one)(?=\s+(?:otherwise|else|elsewhere|if|for|when|sonst|sinon)\b)"
    r"|(?<=otherwise )(?P<behind>\d+(?:\.\d+)?|zero|one)\b|(?<=else )(?P<last>\d+(?:\.\d+)?|zero|one)\b",
    re.I,
)
_SPELLED = {"zero": "0", "one": "1"}


@dataclass(slots=True)
class Segment:
    """One value and what it is said under.

    Attributes:
        value: the value; None for what stands in the line itself.
        nodes: the words and conditions behind it.
        otherwise: whether it is said of everything else.
        stop: where its words end in the text that it was read from, where that is running text.
    """

    value: Node | None = None
    nodes: list[Node] = field(default_factory=list)
    otherwise: bool = False
    stop: int = 0

    @property
    def is_joint(self) -> bool:
        """Whether nothing but an "and" stands here."""
        return not self.otherwise and all(isinstance(n, Words) and _JOINT.match(n.text) for n in self.nodes)

    def end(self, otherwise: int) -> int:
        """Where its last node ends; a given place where it has none."""
        return self.nodes[-1].span.end if self.nodes else otherwise


def segments(nodes: Iterable[Node], left: Node | None, *, said: bool = False) -> list[Segment]:
    """The values that follow in a statement's conditions; the first one is that of the statement itself.

    Args:
        nodes: words, values and conditions in reading order.
        left: the left side of the statement, which may be printed again.
        said: whether what the statement itself is said under stands elsewhere.
    """
    found = [Segment()]
    waiting: Node | None = None
    otherwise = False
    for node in _flat(nodes):
        value = _value_of(node, left)
        if isinstance(node, Words):
            if not _ELSE.search(node.text):
                if waiting is None:
                    found[-1].nodes.append(node)
            elif waiting is not None:
                found.append(Segment(waiting, otherwise=True))
                waiting = None
            elif len(found) == 1 and not said and not _has_order(found[0]):
                found[0].otherwise = True
            else:
                otherwise = True
        elif value is not None or not isinstance(node, Chain):
            if otherwise:
                found.append(Segment(value or node, otherwise=True))
                otherwise = False
            elif value is not None or (waiting is None and (said or _has_order(found[-1]))):
                waiting = value or node
            else:
                found[-1].nodes.append(node)
        elif waiting is not None:
            found.append(Segment(waiting, [node]))
            waiting = None
        else:
            found[-1].nodes.append(node)
    if waiting is not None:
        found[-1].nodes.append(waiting)
    return found


def said_behind(text: str, left: Node | None, place: Span, *, said: bool = False) -> list[Segment]:
    """The values that the rest of a sentence gives behind a formula; empty where there is none.

    Args:
        text: the words behind it, inline formulas between dollars.
        left: the left side of the formula.
        place: where everything that is read counts as printed.
        said: whether what the formula itself is said under stands elsewhere.
    """
    nodes: list[Node] = []
    at = 0
    for number, part in enumerate(re.split(r"\$([^$]*)\$", text)):
        end = at + len(part) + 2 * (number % 2)
        if number % 2 == 0:
            stop = _FULL_STOP.search(part)
            nodes += _of_words(part[: stop.start()] if stop else part, place)
            if stop:
                break
        else:
            try:
                rows = parse_rows(part).rows
            except (ConvsymError, RecursionError):
                break
            if len(rows) != 1 or rows[0].first is None or rows[0].conditions:
                break
            row = rows[0]
            if row.links and not all(relation in _ORDERS for relation, _ in row.links):
                break
            assert row.first is not None
            nodes.append(_placed(row if row.links else row.first, place))
        at = end
    if not nodes:
        return []
    found = segments(nodes, left, said=said)
    second = re.search(r"\b(?:and|but|while|otherwise|else|und|sonst|sinon)\b|[,;]", text)
    found[0].stop = second.start() if second and len(found) > 1 else len(text)
    return found


def _of_words(text: str, place: Span) -> Iterator[Node]:
    at = 0
    for match in _NUMBER.finditer(text):
        if text[at : match.start()].strip():
            yield Words(text[at : match.start()].strip(), place)
        printed = (match["number"] or match["behind"] or match["last"]).lower()
        number = Number(_SPELLED.get(printed, printed).lstrip("-"), place)
        yield Signed("-", number, place) if printed.startswith("-") else number
        at = match.end()
    if text[at:].strip():
        yield Words(text[at:].strip(), place)


def _placed(node: Node, place: Span) -> Node:
    """A node all parts of which count as printed at one place."""

    def moved(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(moved(item) for item in value)
        if is_dataclass(value) and not isinstance(value, type) and hasattr(value, "span"):
            changes = {f.name: moved(getattr(value, f.name)) for f in fields(value) if f.name != "span"}
            return replace(value, **{**changes, "span": place})
        return value

    return moved(node)  # type: ignore[return-value]


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """Nodes in a row, lists taken apart: "x > 0, 0" is an order and a value."""
    for node in nodes:
        if isinstance(node, Tuple_) or (
            isinstance(node, Bracket) and node.kind == "(" and any(isinstance(i, Chain) for i in node.items)
        ):
            yield from _flat(node.items)
        elif isinstance(node, Chain) and node.links and isinstance(node.links[-1][1], Tuple_):
            relation, last = node.links[-1]
            if relation in _ORDERS and isinstance(last, Tuple_):
                yield replace(node, links=(*node.links[:-1], (relation, last.items[0])))
                yield from _flat(last.items[1:])
            else:
                yield node
        else:
            yield node


def _has_order(segment: Segment) -> bool:
    return any(
        isinstance(node, Chain) and node.links and all(relation in _ORDERS for relation, _ in node.links)
        for node in segment.nodes
    )


def _value_of(node: Node, left: Node | None) -> Node | None:
    """The value of a relation that gives the same left side once more."""
    if not isinstance(node, Chain) or node.first is None or left is None or len(node.links) != 1:
        return None
    relation, value = node.links[0]
    return value if relation == "=" and printed_shape(node.first) == printed_shape(left) else None
