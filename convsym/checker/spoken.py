"""Numbers that a text gives outside of its relations: `x = 1.0` as code, a learning rate of 0.1, a table of values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from convsym.document import Display, Document, Prose
from convsym.errors import ConvsymError
from convsym.latex.parser import parse_rows
from convsym.latex.syntax import Bracket, Matrix, Name, Node, Number, Scripted, Signed, Tuple_
from convsym.latex.walking import walk
from convsym.scope.approximation import decimal_of
from convsym.scope.digitnames import with_numbered_letters
from convsym.scope.naming import key, strip_group

if TYPE_CHECKING:
    from convsym.scope.statements import Statement

_NUMBER = r"[-−+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_PLAIN = re.compile(r"[-−+]?\d+(?:\.\d+)?")
_CODE = re.compile(rf"`([A-Za-z]\w*)\s*=\s*({_NUMBER})`")
_CODED = re.compile(rf"`([A-Za-z]\w*)`\s*(?:=|is|equals)\s*`?({_NUMBER})(?![\w.]*\w)`?")
_SPOKEN = re.compile(
    rf"\$([^$=]{{1,20}})\$\s*\)?\s*(?:is|of|to|equals|is set to|を|は|[을를은는이가]|为|是|取)\s*"
    rf"\**`?\$?({_NUMBER})\$?`?(?![\w.]*[a-zA-Z\d])"
)
# The letter of a learning rate in running text, with no mathematics around it.
_LETTERED = re.compile(rf"(?<![A-Za-z\d_\\$=Α-ω])([ηα])\s*[=＝]\s*({_NUMBER})(?![\w.]*[a-zA-Z\d])")
_RATE = re.compile(
    r"(?<![A-Za-z])(?:(?:learning[- ]rate|step[- ]size|lernrate|taux d['’]apprentissage|tasa de aprendizaje)\b"
    r"|学习率|學習率|学習率|학습률)"
    rf"\s*(?:\([^)]*\)\s*)?(?:is|of|=|＝|:|to|von|de|as|[을를은는이가]|为|是|取|を|は)?\s*(?:set to\s*)?"
    rf"\**`?\$?({_NUMBER})\$?`?(?![\w.]*[a-zA-Z\d])",
    re.I,
)
# A value behind such a word is one of a case, or one that is put to a test.
_CASE = re.compile(r"\b(if|when|unless|whenever|for|until|suppose|otherwise|wenn|falls)\W*$", re.I)
_VALUED = re.compile(r"value|wert|valeur|valor|数值|值|값", re.I)
# What is listed beside a weight in such a table is its slope or what it becomes, and not its value.
_OTHER_VALUE = re.compile(
    r"gradi|slope|deriv|ableit|steigung|partial|∂|updat|new|neu|nuev|nouv|error|delta|梯度|导数|導數|更新|新|기울기|미분|勾配",
    re.I,
)
_WORDS = 40
_RATES = ("eta", "alpha", "lr", "gamma", "epsilon")
_GREEK = re.compile(r"^(alpha|beta|gamma|delta|epsilon|eta|theta|lambda|mu|sigma|rho)(?=\d|_|$)")


@dataclass(frozen=True, slots=True)
class Said:
    """A number that the text gives a name.

    Attributes:
        formula: how many formulas stand before it.
        name: the name.
        number: the number.
    """

    formula: int
    name: Node
    number: Node


def said_values(document: Document, statements: Sequence[Statement]) -> list[Said]:
    """The numbers that the prose of a document gives, in reading order.

    Args:
        document: the document.
        statements: its relations.
    """
    found: list[Said] = []
    rate = _rate_letter(statements)
    formula = 0
    for item in document.items:
        pairs: list[tuple[str | None, str]] = []
        if isinstance(item, Display):
            formula += 1
            pairs.extend(_behind(item))
        elif isinstance(item, Prose):
            formula += len(item.formulas)
            pairs.extend((*_pairs(item.text), *_tabled(item.text)))
        for name, number in pairs:
            node = rate if name is None else _name(name)
            value = _value(number)
            if value is not None and node is not None:
                found.append(Said(formula, node, value))
    return found


def _behind(display: Display) -> Iterator[tuple[str, str]]:
    """The number that the words behind a letter give it, where the letter is set as a display amid its sentence."""
    before = display.before[-_WORDS:]
    text = f"{before}${display.latex.strip()}${display.after[:_WORDS]}"
    match = _SPOKEN.match(text, len(before))
    if match is not None and not _CASE.search(before):
        yield match[1], match[2]


def _rate_letter(statements: Sequence[Statement]) -> Node | None:
    r"""The letter of the learning rate: the \eta that a slope is multiplied by in an update; None where two may be."""
    found: dict[str, Node] = {}
    for statement in statements:
        if statement.role == "update" or _subtracts(statement):
            for part in walk(statement.right):
                if isinstance(part, Name) and key(part) in _RATES:
                    found[key(part)] = part
    return next(iter(found.values())) if len(found) == 1 else None


def _subtracts(statement: Statement) -> bool:
    """Whether a line takes a slope away from something: w' = w - \\eta dL/dw."""
    source = statement.source[statement.right.span.start : statement.right.span.end]
    return re.search(r"-\s*\\?(eta|alpha)\b[^=]*(\\partial|\\nabla|\bd\w|\\frac\{d|grad)", source) is not None


def _pairs(text: str) -> Iterator[tuple[str | None, str]]:
    for pattern in (_CODE, _CODED, _SPOKEN, _LETTERED):
        for match in pattern.finditer(text):
            if not _CASE.search(text[max(0, match.start() - 20) : match.start()]):
                yield match[1], match[2]
    for match in _RATE.finditer(text):
        yield None, match[1]


def _tabled(text: str) -> Iterator[tuple[str, str]]:
    """The rows of a table with two columns, the second headed as values."""
    if not text.startswith("|"):
        return
    rows = [
        [cell.strip(" `*") for cell in row.strip().strip("|").split("|")]
        for row in re.split(r"\|\s+(?=\|)", text)
    ]
    if len(rows) < 3 or any(len(row) != 2 for row in rows) or not _VALUED.search(rows[0][1]):
        return
    if _OTHER_VALUE.search(rows[0][1]):
        return
    for name, number in rows[1:]:
        yield name.strip("$ "), number.strip("$ ")


def _name(text: str) -> Node | None:
    """A name from LaTeX or from code: w1, y_true, \\eta."""
    if re.fullmatch(r"[A-Za-z]\w*", text):
        text = _GREEK.sub(lambda match: f"\\{match[1]} ", text)
        head, mark, label = text.partition("_")
        if (
            len(head.strip("\\ ")) > 1
            and not head.startswith("\\")
            and not re.fullmatch(r"[A-Za-z]\d+", head)
        ):
            head = f"\\text{{{head}}}"
        if mark:
            text = (
                f"{head}_{{{label}}}"
                if len(label) == 1 or label.isdigit()
                else f"{head}_{{\\text{{{label}}}}}"
            )
        else:
            text = head
    node = _parsed(text)
    return node if isinstance(node, Name | Scripted) else None


def _value(text: str) -> Node | None:
    text = text.replace("−", "-")
    if _PLAIN.fullmatch(text) is None:
        return None
    node = _parsed(text)
    return node if isinstance(node, Number | Signed) and decimal_of(node) is not None else None


def _parsed(text: str) -> Node | None:
    try:
        rows = parse_rows(text).rows
    except (ConvsymError, RecursionError):
        return None
    if len(rows) != 1 or rows[0].first is None or rows[0].links:
        return None
    return strip_group(with_numbered_letters(rows[0].first))


def cells_given(nodes: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """The cells of a matrix of names with the numbers of the matrix that it is said to equal, (x_1, x_2) = (0.5, 0.3).

    Args:
        nodes: the expressions of a chain of equalities, in order.
    """
    for one, other in pairwise(nodes):
        names, numbers = _rows(one), _rows(other)
        if names is None or numbers is None or [len(r) for r in names] != [len(r) for r in numbers]:
            continue
        pairs = [
            pair for row, values in zip(names, numbers, strict=True) for pair in zip(row, values, strict=True)
        ]
        if all(isinstance(n, Name | Scripted) and decimal_of(v) is not None for n, v in pairs):
            yield from pairs


def _rows(node: Node) -> list[list[Node]] | None:
    node = strip_group(node)
    if isinstance(node, Matrix):
        if any(cell is None for row in node.rows for cell in row):
            return None
        return [[strip_group(cell) for cell in row if cell is not None] for row in node.rows]
    if isinstance(node, Bracket | Tuple_) and len(node.items) > 1:
        return [[strip_group(item) for item in node.items]]
    return None


__all__ = ["Said", "cells_given", "said_values"]
