"""Worked examples of a general convolution: cells written out, dL/dF_{11} = dL/dO_{11} X_{11} + ..., at their sizes.

The general sum counts from 0 to k - 1; the example beside it shows a 3x3 input and counts from 1. Which cells it
writes tells its sizes, and where these fit the convolution the lines are judged against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.sized import Plan, planned, stated_letters
from convsym.document import Directive, Display, Item
from convsym.errors import ConvsymError
from convsym.scope.forms import integer_of
from convsym.scope.hygiene import derives
from convsym.scope.model import Scope, latex_name
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_ENOUGH = 4
_SHARE = 4

Span = tuple[tuple[int, int], ...]


def settle_instances(session: Session) -> None:
    """Decide lines whose cells are all written with numbers by the convolution that the document gives in letters.

    A line is refuted only where most of the others hold: then it is the line, and not the reading, that is wrong.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    waiting = [
        finding
        for finding in session.findings.values()
        if isinstance(finding.outcome, Undecided | Unsupported)
        and finding.statement.role == "claim"
        and finding.statement.relation == "="
        and derives(finding.statement.left)
    ]
    spans: dict[int, dict[str, Span]] = {}
    kept: dict[int, list[Finding]] = defaultdict(list)
    for finding in waiting:
        version = finding.statement.version
        cells = _cells(finding, session.scope_of(finding.statement))
        if cells is None:
            continue
        kept[version].append(finding)
        for name, indices in cells:
            spans.setdefault(version, {})[name] = _widened(spans.get(version, {}).get(name), indices)
    stated = stated_letters(session)
    for version, findings in kept.items():
        for plan in planned(session.judges[version], stated):
            sizes = _sizes(plan, spans[version], session.judges[version].scope)
            if sizes is not None:
                _judge(session, findings, plan.roles, *sizes)
                break


def _cells(finding: Finding, scope: Scope) -> list[tuple[str, tuple[int, ...]]] | None:
    """The cells of a claim, or None where one of them does not stand at numbers."""
    found = []
    for side in (finding.statement.left, finding.statement.right):
        for reference in scope.mentions(side):
            if reference.base in ("partial", "d") or (not reference.indices and reference.name.isalpha()):
                if reference.indices:
                    return None
                continue
            numbers = tuple(integer_of(index) for index in reference.indices)
            if not numbers or None in numbers or reference.layer is not None:
                return None
            found.append((scope.matrices.get(reference.name, reference.name), tuple(n or 0 for n in numbers)))
    return found or None


def _widened(span: Span | None, indices: Sequence[int]) -> Span:
    if span is None or len(span) != len(indices):
        return tuple((n, n) for n in indices)
    return tuple((min(low, n), max(high, n)) for (low, high), n in zip(span, indices, strict=True))


def _sizes(
    plan: Plan, spans: Mapping[str, Span], scope: Scope
) -> tuple[int, tuple[tuple[int, ...], ...]] | None:
    """The first index and the sizes of output, input and kernel, where the cells that are written fit each other."""
    found = []
    for role in plan.roles:
        own = [name for name in spans if name == role or name.lower() == role.lower()]
        if len(own) != 1 or len(spans[own[0]]) != len(plan.shapes[role]):
            return None
        found.append(spans[own[0]])
    bases = {low for span in found for low, _ in span}
    if len(bases) != 1 or not bases <= {0, 1}:
        return None
    output, image, kernel = (tuple(high - low + 1 for low, high in span) for span in found)
    if any(n != o + k - 1 for n, o, k in zip(image, output, kernel, strict=True)) or max(output) < 2:
        return None
    return bases.pop(), (output, image, kernel)


def _judge(
    session: Session,
    findings: list[Finding],
    roles: tuple[str, ...],
    base: int,
    sizes: tuple[tuple[int, ...], ...],
) -> None:
    shapes = " ".join(
        f"{role}={'x'.join(map(str, (*size, 1)[:2]))}" for role, size in zip(roles, sizes, strict=True)
    )
    bases = " ".join(f"{role}={base}" for role in roles)
    rule = _forward(roles, base, sizes[2])
    displays = {id(finding.statement.display): finding.statement.display for finding in findings}
    items: tuple[Item, ...] = (
        Directive("base", bases, 0, 0),
        Directive("sizes", shapes, 0, 0),
        Display(rule, 0, 0),
        *displays.values(),
    )
    with suppress(ConvsymError, RecursionError):
        inner = session.of_part(replace(session.document, items=items), " as an example")
        places = {session.place(finding.statement): finding for finding in findings}
        pairs = [
            (places[inner.place(statement)], inner.guarded(statement))
            for statement in inner.reader.statements
            if statement.role == "claim" and inner.place(statement) in places
        ]
        proved = [pair for pair in pairs if isinstance(pair[1].outcome, Proved)]
        refuted = [pair for pair in pairs if isinstance(pair[1].outcome, Refuted)]
        if len(proved) < _ENOUGH or _SHARE * len(refuted) > len(proved):
            refuted = []
        if len(proved) < 2:
            return
        words = ", ".join(
            f"{name} {'x'.join(map(str, s))}"
            for name, s in zip(("output", "input", "kernel"), sizes, strict=True)
        )
        for finding, found in (*proved, *refuted):
            inner.explain(found)
            found.notes.append(f"read as an example of the convolution above, its cells counted from {base}")
            finding.adopt(found)
            finding.sizes = words


def _forward(roles: Sequence[str], base: int, kernel: Sequence[int]) -> str:
    """The convolution of an example, its sums counted from the first index of its cells."""
    output, image, taps = (latex_name(role) for role in roles)
    back = "-1" if base else ""
    axes = range(len(kernel))
    sums = "".join(f"\\sum_{{{'mn'[axis]}={base}}}^{{{base + kernel[axis] - 1}}} " for axis in axes)
    places = ",".join(f"{'ij'[axis]}+{'mn'[axis]}{back}" for axis in axes)
    left, right = (",".join(letters[axis] for axis in axes) for letters in ("ij", "mn"))
    return f"{output}_{{{left}}} = {sums}{image}_{{{places}}} {taps}_{{{right}}}"


__all__ = ["settle_instances"]
