"""One sign with two meanings in one text, a convolution and a product: what rests on either is left open."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convsym.latex.syntax import BigOperator, Node, Number, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.naming import strip_group
from convsym.scope.turns import sign_defined
from convsym.verdict import Proved, Refuted, Undecided

if TYPE_CHECKING:
    from convsym.checker.session import Session

_COMMANDS = r"\*|\\ast|\\star|\\circledast|\\otimes|\\odot|\\cdot|\\circ|\\times"
_SIGN = rf"\$\s*(?:\\?[A-Za-z]+\s*)?(?P<sign>{_COMMANDS})(?![A-Za-z])\s*(?:\\?[A-Za-z]+\s*)?\$"
_MEANS = r",?\s*(?:here |now |also |always |again )?(?:denotes?|is|means|stands for|represents?|for|as|to denote|be)"
_END = r"[^.;$,()]"
_AHEAD = re.compile(rf"{_SIGN}{_MEANS}\s+(?P<words>{_END}{{0,60}})", re.I)
_BEHIND = re.compile(
    rf"(?P<words>{_END}{{0,50}})\b(?:denoted|written|write|denote)(?: also| again)?(?: by| as| with)?"
    rf"(?: the)?(?: same)?(?: sign| symbol| operator)?\s+{_SIGN}",
    re.I,
)
_CONVOLUTION = "a convolution"
_KINDS = {
    _CONVOLUTION: re.compile(r"convol|correlat|faltung|卷积", re.I),
    "a product entry by entry": re.compile(
        r"element[- ]?wise|hadamard|point[- ]?wise|entry[- ]?wise|schur", re.I
    ),
    "a product of matrices": re.compile(r"\bmatri(?:x|ces)[- ](?:product|multiplication)", re.I),
    "an outer product": re.compile(r"\b(?:outer|kronecker|tensor) product", re.I),
    "a dot product": re.compile(r"\b(?:dot|inner|scalar) product", re.I),
    "a product": re.compile(r"\b(?:ordinary |usual |plain )?(?:multiplication|product)\b", re.I),
}
_PRODUCT = "a product"
# What these signs stand for wherever nothing else is said.
_PRODUCTS = frozenset({"cdot", "times", "odot", "circ"})
_NOT = re.compile(r"\bnot\b.*", re.I)
_OTHER = re.compile(r"\b(?:and|while|whereas|but|or)\b.*", re.I)


def heed_two_meanings(session: Session) -> None:
    """Leave open what rests on a sign that the text uses for a convolution and for a product.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    meanings = _meanings(session)
    for finding in session.findings.values():
        statement = finding.statement
        if statement.role != "claim" or not isinstance(finding.outcome, Proved | Refuted):
            continue
        applied = {sign for side in (statement.left, statement.right) for sign in _applied(side)}
        for sign in sorted(applied & set(meanings)):
            words = " and ".join(meanings[sign])
            finding.outcome = Undecided(f"the text uses {sign} for {words}: which one is meant is not said")
            finding.reason, finding.repairs, finding.edits = "", (), ()
            finding.notes, finding.steps = [], []


def _meanings(session: Session) -> dict[str, list[str]]:
    """The signs that stand for a convolution and for something else, with what they stand for."""
    found: dict[str, set[str]] = defaultdict(set)
    words = session.reader.scopes[0].words
    for pattern in (_AHEAD, _BEHIND):
        for match in pattern.finditer(words):
            said = _NOT.sub("", match["words"])
            said = _OTHER.sub("", said) if pattern is _AHEAD else said
            kind = next((name for name, form in _KINDS.items() if form.search(said)), None)
            if kind is not None:
                found[match["sign"].lstrip("\\")].add(kind)
    for statement in session.reader.statements:
        scope = session.scope_of(statement)
        sign = sign_defined(statement.left)
        if sign is not None and statement.relation in ("=", ":=", "equiv"):
            summed = any(isinstance(part, BigOperator) for part in walk(statement.right))
            if statement.role == "operation" and sign in scope.turns:
                found[sign].add(_CONVOLUTION)
            elif not summed:
                found[sign].add(_PRODUCT)
    for sign in _PRODUCTS & set(found):
        if not found[sign] - {_CONVOLUTION}:
            found[sign].add(_PRODUCT)
    if found.get("*") and found.get("ast"):
        found["*"] = found["ast"] = found["*"] | found["ast"]
    return {sign: sorted(kinds) for sign, kinds in found.items() if _CONVOLUTION in kinds and len(kinds) > 1}


def _applied(node: Node) -> Iterator[str]:
    """The signs that stand between what may be matrices: no numbers, and no cells."""
    for part in walk(node):
        if isinstance(part, Product):
            for (_, before), (operator, behind) in zip(part.factors, part.factors[1:], strict=False):
                if operator and not any(_is_number(one) for one in (before, behind)):
                    yield operator.partition("_")[0]


def _is_number(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Number) or (isinstance(node, Scripted) and node.subscript is not None)


__all__ = ["heed_two_meanings"]
