r"""Names for the gradient from above that a document never defines: \bar y_i, tried as \partial L/\partial y_i.

In a note on gradients \delta is the gradient of the loss by what a layer computes, and \bar y is that by y. A line
that holds with this meaning is proved under it, and the report says so; one that does not is left as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.latersums import proved_with_later_sum
from convsym.checker.layermeant import layers_meant
from convsym.checker.sized import settle_sized
from convsym.document import Display
from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.forms import printed_shape
from convsym.scope.hygiene import derives
from convsym.scope.lost import behind_partial
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts
from convsym.verdict import Definition, Proved, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_NAMES = frozenset({"delta"})
_BAR = "bar "
_TRIALS = 6
_MOST = 8
# As many lines of a trial as are tried at small sizes besides.
_SIZED = 4
_NORMALIZED = "hat x"
_AND = "$ and $"


def settle_supposed(session: Session) -> None:
    """Decide what stays open with an undefined name by what such a name stands for in every text.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    waiting = {
        finding.statement.number: finding
        for finding in session.findings.values()
        if isinstance(finding.outcome, Undecided | Unsupported)
        and finding.statement.role == "claim"
        and finding.statement.relation == "="
    }
    trials: dict[str, list[Finding]] = {}
    for finding in waiting.values():
        sides = finding.statement.left, finding.statement.right
        if any(derives(side) for side in sides):
            scope = session.scope_of(finding.statement)
            for meaning in _meanings(sides, scope):
                trials.setdefault(meaning, []).append(finding)
            for meaning in (*layers_meant(finding.statement, scope), *_scaled(sides, scope)):
                trials.setdefault(meaning, list(waiting.values()))
    if written := [*_written_out(session), *_shown_by_slopes(session), *_shown_by_fractions(session)]:
        trials = {_AND.join(written): list(waiting.values()), **trials}
    for number, (meaning, findings) in enumerate(list(trials.items())[:_TRIALS]):
        items = (*(Display(line, 0, 0) for line in meaning.split(_AND)), *session.document.items)
        with suppress(ConvsymError, RecursionError):
            inner = session.of_part(replace(session.document, items=items), f" with meaning {number}")
            places = {session.place(finding.statement): finding for finding in findings}
            left: list[tuple[Finding, Finding]] = []
            _keep_proved(session, inner)
            for statement in inner.reader.statements:
                open_one = places.get(inner.place(statement))
                if open_one is None or isinstance(open_one.outcome, Proved) or statement.role != "claim":
                    continue
                found = inner.findings[statement.number] = inner.guarded(statement)
                if not isinstance(found.outcome, Proved):
                    found = proved_with_later_sum(inner, statement) or found
                if isinstance(found.outcome, Proved):
                    _take(inner, found, open_one, meaning)
                else:
                    left.append((open_one, found))
            if 0 < len(left) <= _SIZED:
                settle_sized(inner)
                for open_one, found in left:
                    if isinstance(found.outcome, Proved):
                        _take(inner, found, open_one, meaning)


def _take(inner: Session, found: Finding, open_one: Finding, meaning: str) -> None:
    found.notes.append(f"${meaning}$ is supposed, as the text does not say it")
    inner.explain(found)
    open_one.adopt(found)


def _keep_proved(session: Session, inner: Session) -> None:
    """Let a reading with a meaning supposed know its definitions, and what the document shows without it."""
    proved = {
        session.place(finding.statement): finding.outcome
        for finding in session.findings.values()
        if isinstance(finding.outcome, Proved)
    }
    for statement in inner.reader.statements:
        outcome = proved.get(inner.place(statement))
        if outcome is not None and statement.role == "claim":
            inner.findings[statement.number] = Finding(statement, outcome)
        elif statement.role == "definition":
            inner.findings[statement.number] = Finding(statement, Definition(statement.reason))


def _written_out(session: Session) -> list[str]:
    r"""L = E for every L that no line defines, where one says \partial L/\partial p = \partial/\partial p (E)."""
    found: dict[object, tuple[set[str], str] | None] = {}
    for statement in session.reader.statements:
        scope = session.scope_of(statement)
        with suppress(ConvsymError):
            sides = _differentiated(statement.left, statement.right)
            if sides is None or statement.relation != "=":
                continue
            above, body = sides
            reference = scope.refer(above, {})
            if reference is None or scope.rules.get(reference.name) or reference.name in scope.functions:
                continue
            # Two lines that differ in what they differentiate leave open which of the two it is.
            names = {other.name.lower() for other in scope.mentions(body)}
            name, right = (statement.source[node.span.start : node.span.end].strip() for node in sides)
            shape = printed_shape(above)
            known = found.setdefault(shape, (names, f"{name} = {right}"))
            if known is not None and known[0] != names:
                found[shape] = None
    return [known[1] for known in found.values() if known is not None][:_MOST]


def _shown_by_slopes(session: Session) -> list[str]:
    r"""y_j = f(x_j) for every y that no line defines, where one says \partial y_j/\partial x_j = f'(x_j)."""
    found: dict[str, str] = {}
    for statement in session.reader.statements:
        scope = session.scope_of(statement)
        head = strip_group(statement.left if statement.head is None else statement.head)
        with suppress(ConvsymError):
            right = strip_group(statement.right)
            if statement.relation != "=" or not isinstance(head, Fraction_) or not isinstance(right, Product):
                continue
            above, below = behind_partial(head.numerator), behind_partial(head.denominator)
            call = [strip_group(factor) for _, factor in right.factors]
            if above is None or below is None or len(call) != 2 or not isinstance(call[0], Scripted):
                continue
            output, function = scope.refer(above, {}), scope.refer(call[0], {})
            if output is None or function is None or function.primes != 1 or function.indices:
                continue
            argument = call[1]
            if not isinstance(argument, Bracket) or argument.kind != "(" or len(argument.items) != 1:
                continue
            if scope.rules.get(output.name) or output.name in scope.functions or output.layer is not None:
                continue
            if printed_shape(argument.items[0]) == printed_shape(below):
                name, of = (statement.source[node.span.start : node.span.end] for node in (above, below))
                found.setdefault(output.name, f"{name} = {latex_name(function.name)}({of})")
    return list(found.values())[:_MOST]


def _shown_by_fractions(session: Session) -> list[str]:
    r"""S = \sum_k e^{z_k} for an S that no line defines, where one says e^{z_j}/\sum_k e^{z_k} = e^{z_j}/S."""
    found: dict[str, str] = {}
    for statement in session.reader.statements:
        scope = session.scope_of(statement)
        sides = strip_group(statement.left), strip_group(statement.right)
        for one, other in (sides, sides[::-1]):
            if (
                not isinstance(one, Fraction_)
                or not isinstance(other, Fraction_)
                or statement.relation != "="
            ):
                continue
            total, meant = strip_group(one.denominator), strip_group(other.denominator)
            if printed_shape(one.numerator) != printed_shape(other.numerator) or not isinstance(total, Name):
                continue
            with suppress(ConvsymError):
                reference = scope.refer(total, {})
                if reference is None or scope.rules.get(reference.name) or isinstance(meant, Name | Scripted):
                    continue
                if reference.name not in scope.functions and scope.size(reference.name) is None:
                    right = statement.source[meant.span.start : meant.span.end]
                    found.setdefault(reference.name, f"{latex_name(reference.name)} = {right}")
    return list(found.values())[:_MOST]


def _differentiated(left: Node, right: Node) -> tuple[Node, Node] | None:
    r"""The L and the E of \partial L/\partial p = \partial/\partial p (E), where p need not stand in E."""
    left, right = strip_group(left), strip_group(right)
    if not isinstance(left, Fraction_) or not isinstance(right, Product) or len(right.factors) < 2:
        return None
    operator, *others = (strip_group(factor) for _, factor in right.factors)
    above, below = behind_partial(left.numerator), behind_partial(left.denominator)
    if above is None or below is None or len(others) != 1 or not isinstance(operator, Fraction_):
        return None
    head, under = strip_group(operator.numerator), behind_partial(operator.denominator)
    if not isinstance(head, Name) or head.text != "partial" or under is None:
        return None
    wanted = printed_shape(below)
    if printed_shape(under) != wanted or not any(
        isinstance(part, Scripted | Name) for part in walk(others[0])
    ):
        return None
    body = others[0]
    if isinstance(body, Bracket) and len(body.items) == 1 and body.kind in ("(", "[", "{"):
        body = body.items[0]
    return above, body


def _meanings(sides: tuple[Node, ...], scope: Scope) -> Iterator[str]:
    """What the undefined names of a claim may stand for, as a line of a text."""
    losses = dict.fromkeys(above for side in sides for above in _losses(side, scope))
    names = {
        (reference.name, len(reference.indices))
        for side in sides
        for reference in scope.mentions(side)
        if reference.layer is None and not reference.primes
    }
    for name, arity in sorted(names):
        barred = name.startswith(_BAR)
        if not (barred or name in _NAMES) or name in scope.functions or scope.rules.get(name):
            continue
        for below, rules in scope.rules.items():
            if barred and below != name.removeprefix(_BAR):
                continue
            for rule in rules:
                letters = [pattern.parameter for pattern in rule.patterns if not pattern.offset]
                if (
                    rule.layer is not None
                    or len(letters) != arity
                    or len(rule.patterns) != arity
                    or None in letters
                ):
                    continue
                indices = f"_{{{','.join(map(str, letters))}}}" if letters else ""
                for loss in losses:
                    above, under = latex_name(loss), f"{latex_name(below)}{indices}"
                    yield f"{latex_name(name)}{indices} = \\frac{{\\partial {above}}}{{\\partial {under}}}"
                break


def _scaled(sides: tuple[Node, ...], scope: Scope) -> Iterator[str]:
    r"""The layer y_i = \\gamma \\hat x_i + \\beta of a note on batch normalization that shows it as a picture."""
    for side in sides:
        for part in walk(side):
            with suppress(ConvsymError):
                parts = derivative_parts(part, {}, scope) if isinstance(part, Fraction_) else None
                above = None if parts is None else scope.refer(parts.above, {})
                below = None if parts is None else scope.refer(parts.below, {})
                if above is None or below is None or len(above.indices) != 1 or above.layer is not None:
                    continue
                letter = strip_group(above.indices[0])
                undefined = not any(scope.rules.get(name) for name in (above.name, "gamma", "beta"))
                slopes = {name for top, name in scope.survey.partials if top == above.name}
                if undefined and below.name == "gamma" and {"beta", _NORMALIZED} <= slopes:
                    if isinstance(letter, Name) and not below.indices:
                        i = latex_name(letter.text)
                        yield f"{latex_name(above.name)}_{{{i}}} = \\gamma \\hat{{x}}_{{{i}}} + \\beta"


def _losses(side: Node, scope: Scope) -> Iterator[str]:
    """The names that stand above in the derivatives of a side and that nothing leads from."""
    for part in walk(side):
        if isinstance(part, Fraction_):
            with suppress(ConvsymError):
                parts = derivative_parts(part, {}, scope)
                above = None if parts is None else scope.refer(parts.above, {})
                if above is not None and not above.indices and not scope.rules.get(above.name):
                    yield above.name


__all__ = ["settle_supposed"]
