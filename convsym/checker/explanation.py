"""The proof or refutation of a relation step by step, in sentences whose mathematics stands between dollars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Expr, Symbol, latex

from convsym.checker.findings import printed_witness
from convsym.errors import ConvsymError
from convsym.verdict import Proved, Refuted, Undecided, Unsupported, Witness

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.checker.session import Session

_USED = 8
_NODES = 120
_SHOWN = 300
_INDICES = ("i", "j", "k", "l", "m", "n", "p", "q", "r", "s", "t", "u", "v")

_METHODS = {
    "identity": "Both sides are printed alike, or differ in nothing but the order of terms and factors.",
    "by definition": "With the definitions put in, both sides are the same expression.",
    "restated": "The document has said the same before.",
    "exponential polynomial": (
        "Each exponential is written through independent ones, the logistic function as a variable of its own; "
        "left minus right then is the zero polynomial."
    ),
    "polynomial identity": "Left minus right, multiplied out, is the zero polynomial.",
    "rational function identity": (
        "Over the common denominator, the numerator of left minus right is the zero polynomial."
    ),
    "logarithms of irreducible factors": (
        "Each logarithm is written through those of irreducible factors; left minus right then is zero."
    ),
    "normal form of sums": (
        "Both sides are written as sums over the same ranges, products of the same cells: the normal forms agree."
    ),
    "case distinction by signs": "In each case of the signs that decide a branch, left minus right is zero.",
    "counting the positions of the window": "Every window position that fits is counted, and none that does not.",
    "certified rounding": "The exact value, enclosed in an interval, rounds to the decimal that is printed.",
    "certified truncation": "The exact value, cut off and not rounded, is the decimal that is printed.",
    "interval arithmetic": "Both sides are enclosed in intervals, which settles it.",
    "counterexample": "The sides are evaluated exactly at one point, and differ there.",
    "contradiction": "It is compared with what the document says elsewhere.",
    "layout": "The printed matrix is compared with the order that its other cells keep.",
    "type clash": "The two sides are of different kinds, so that no values could make them equal.",
    "index out of range": "It reads a cell that the family, as introduced, does not have.",
}


def explain(session: Session, finding: Finding) -> list[str]:
    """The steps that lead to a verdict.

    Args:
        session: the document being judged.
        finding: a relation.

    Returns:
        Sentences in order: the definitions used and their lines, both sides once these are put in (on the
        line that the session was asked to explain), the method, the conditions, the counterexample, the
        repair; where nothing was decided, on the line that is asked for: how far it was followed, and what is
        missing; else empty.
    """
    outcome = finding.outcome
    if isinstance(outcome, Undecided | Unsupported) and session.explains(finding.statement):
        return [*finding.steps, *_left_open(session, finding, outcome)]
    if not isinstance(outcome, Proved | Refuted):
        return []
    steps = [*_definitions(session, finding)]
    if session.explains(finding.statement):
        steps.extend(_sides(session, finding))
    steps.extend(finding.steps)
    # What follows from a definition is not printed alike.
    method = "by definition" if outcome.method == "identity" and steps else outcome.method
    named = _METHODS.get(method, "")
    if named or not steps:
        steps.append(named or f"Decided by this method: {outcome.method or 'comparison of the two sides'}.")
    if isinstance(outcome, Proved):
        conditions = tuple(outcome.assuming)
        if finding.judgment is not None:
            conditions = tuple(dict.fromkeys((*conditions, *sorted(finding.judgment.assumed))))
        steps.extend(f"It holds if {_mathematical(text)}." for text in conditions)
        sizes = outcome.sizes or finding.sizes
        if sizes:
            steps.append(
                "It holds for every size." if sizes == "all" else f"It holds for these sizes: {sizes}."
            )
    else:
        steps.extend(_refutation(finding, outcome))
    return steps


_MISSING = (
    (
        re.compile(r"within [\d.]+ s|ran out"),
        "More time may decide it: --timeout takes the seconds for a line.",
    ),
    (
        re.compile(r"nothing the document defines"),
        "A line that defines it, before this one, would settle it.",
    ),
    (re.compile(r"not said|does not say|given no range"), "A line that says so would settle it."),
    (re.compile(r"which is wrong is open"), "One of these lines must be put right first."),
    (re.compile(r"^rests on"), "That line must be put right first."),
    (re.compile(r"another definition"), "If it is meant as a claim, its letter must not be defined twice."),
    (
        re.compile(r"too many to write out|more than [\d ]+ terms|too long"),
        "A smaller case of it can be decided.",
    ),
)
"""What would settle a line, by the words of its reason."""


_NEITHER = "The two were compared: neither a proof nor a certain counterexample was found."
_COMPARED: dict[type, str] = {
    Proved: "So read the two are equal; that it is meant so is not sure.",
    Refuted: "So read the two differ; that the line is wrong does not follow.",
}


def _left_open(session: Session, finding: Finding, outcome: Undecided | Unsupported) -> Iterator[str]:
    """How far an open line was followed, and what is missing."""
    yield from _definitions(session, finding)
    judgment = finding.judgment
    if judgment is not None and judgment.pairs:
        yield from _sides(session, finding)
        yield _COMPARED.get(type(judgment.outcome), _NEITHER)
    else:
        yield "It was read, and its sides have not become two expressions that could be compared."
    reason = finding.reason or outcome.reason
    if reason:
        yield f"What stands in the way: {reason}."
    yield from (advice for pattern, advice in _MISSING if pattern.search(reason))


def _definitions(session: Session, finding: Finding) -> Iterator[str]:
    used = sorted(finding.used - {finding.statement.number})
    known = {statement.number: statement for statement in session.reader.statements}
    shown = [known[number] for number in used if number in known]
    for statement in shown[:_USED]:
        repaired = session.repaired.get(statement.number)
        text = _short(repaired or statement.latex)
        if text:
            how = "repaired to read" if repaired else "which says"
            yield f"Use {session.named(statement.number)}, {how} ${text}$."
        else:
            yield f"Use {session.named(statement.number)}."
    if len(shown) > _USED:
        yield f"Use {len(shown) - _USED} more definitions."


def _sides(session: Session, finding: Finding) -> Iterator[str]:
    judgment = finding.judgment
    if judgment is None or not judgment.pairs:
        return
    pairs = judgment.pairs
    chosen = next((pair for pair in pairs if pair[0] == judgment.failing), pairs[0])
    if len(pairs) > 1:
        which = "one that fails" if judgment.failing else "the first"
        at = f" ({chosen[0]})" if chosen[0] else ""
        yield f"It comes down to {len(pairs)} equations between numbers; {which}{at} is followed here."
    judge = session.judges[finding.statement.version]
    texts = []
    for side in chosen[1:]:
        try:
            texts.append(_expression(judge.unfold(side)))
        except (ConvsymError, RecursionError, TypeError, ValueError):
            return
    if all(texts):
        yield f"With everything put in, the left side is ${texts[0]}$."
        yield f"The right side is ${texts[1]}$."
    else:
        yield "With everything put in, the sides are too long to be shown; they are compared term by term."


def _expression(expression: Expr) -> str:
    """LaTeX of an expression, or "" where it would be too long to read."""
    if any(size > _NODES for size, _ in enumerate(_walk(expression))):
        return ""
    names = {symbol: symbol.name for symbol in expression.free_symbols if isinstance(symbol, Symbol)}
    names.update(_letters(expression, set(names.values())))
    return _short(latex(expression, symbol_names=names))


def _letters(expression: Expr, taken: set[str]) -> dict[Symbol, str]:
    """A letter for each index that a sum runs over, which have numbered names of their own in here."""
    found: dict[Symbol, str] = {}
    used = set(taken)
    for node in _walk(expression):
        for letter in getattr(node, "bound_symbols", ()):
            if letter in found or not isinstance(letter, Symbol):
                continue
            own = letter.name.rstrip("0123456789").rstrip("_")
            name = next((one for one in (own, *_INDICES) if one and one not in used), letter.name)
            used.add(name)
            found[letter] = name
    return found


def _walk(expression: Expr) -> Iterator[Expr]:
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.args)


def _refutation(finding: Finding, outcome: Refuted) -> Iterator[str]:
    if outcome.witness is not None:
        yield _witness(printed_witness(outcome.witness))
    elif outcome.method not in _METHODS or outcome.method in (
        "contradiction",
        "index out of range",
        "type clash",
    ):
        yield f"{outcome.reason[:1].upper()}{outcome.reason[1:]}."
    if finding.repairs:
        yield f"The smallest change that makes it right gives ${finding.repairs[0]}$."
        if finding.edits:
            yield f"What changes: {'; '.join(finding.edits)}."
        if len(finding.repairs) > 1:
            yield f"Also possible: {', '.join(f'${text}$' for text in finding.repairs[1:3])}."


def _witness(witness: Witness) -> str:
    values = [f"${name} = {value}$" for name, value in (*witness.sizes, *witness.values) if value != 0]
    rest = len(witness.values) + len(witness.sizes) - len(values)
    if rest:
        values.append("all else 0" if values else "every symbol 0")
    sides = f"the left side is {_value(witness.left)} and the right side {_value(witness.right)}"
    return f"At {', '.join(values)}, {sides}." if values else f"{sides[:1].upper()}{sides[1:]}."


def _value(value: Fraction | str) -> str:
    return str(value)


def _mathematical(text: str) -> str:
    return text if "$" in text or (" " in text.strip() and "\\" not in text) else f"${text}$"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else ""


__all__ = ["explain"]
