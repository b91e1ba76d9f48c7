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
from convsym.document import Display
from convsym.errors import ConvsymError
from convsym.latex.syntax import Fraction_, Name, Node
from convsym.latex.walking import walk
from convsym.scope.hygiene import derives
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts
from convsym.verdict import Proved, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_NAMES = frozenset({"delta"})
_BAR = "bar "
_TRIALS = 6
_NORMALIZED = "hat x"


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
    for number, (meaning, findings) in enumerate(list(trials.items())[:_TRIALS]):
        items = (Display(meaning, 0, 0), *session.document.items)
        with suppress(ConvsymError, RecursionError):
            inner = session.of_part(replace(session.document, items=items), f" with meaning {number}")
            places = {session.place(finding.statement): finding for finding in findings}
            for statement in inner.reader.statements:
                open_one = places.get(inner.place(statement))
                if open_one is None or isinstance(open_one.outcome, Proved) or statement.role != "claim":
                    continue
                found = inner.guarded(statement)
                if not isinstance(found.outcome, Proved):
                    found = proved_with_later_sum(inner, statement) or found
                if isinstance(found.outcome, Proved):
                    found.notes.append(f"${meaning}$ is supposed, as the text does not say it")
                    inner.explain(found)
                    open_one.adopt(found)


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
