"""Claims about whole images and kernels whose sizes are letters or unsaid: decided at small sizes, no two alike.

dL/dX = dL/dY *_{full} rot180(W) compares matrices. Where a sum says how the cells of Y come from those of X and W,
any sizes that fit make matrices of them, and the claim becomes one between polynomials.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Integer, Sum, Symbol

from convsym.checker.findings import Finding
from convsym.checker.kernels import settle_kernels
from convsym.checker.unison import hold_one_reading
from convsym.document import Directive
from convsym.errors import ConvsymError
from convsym.latex.syntax import Name, Product, Scripted
from convsym.scope.convolving import signs_in
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge
from convsym.scope.model import Cell, Scope, in_order, variables
from convsym.scope.naming import strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Proved, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session


@dataclass(frozen=True, slots=True)
class Small:
    """What is chosen: the sizes of an output and a kernel, and a number for strides and dilations."""

    output: tuple[int, int]
    kernel: tuple[int, int]
    step: int


FIRST = Small((3, 4), (2, 3), 2)
# At a kernel of 2 cells k - 1 is 1, and i - k + 1 is i - 1: what holds there has to hold elsewhere too.
SECOND = Small((2, 4), (3, 2), 3)
_PLANS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes at which a convolution fits.

    Attributes:
        shapes: family -> its sizes in index order.
        bases: family -> its first index, the same on every axis.
        numbers: letters of sizes -> their values.
        roles: output, input and kernel, as families.
    """

    shapes: Mapping[str, tuple[int, ...]]
    bases: Mapping[str, int]
    numbers: Mapping[str, int]
    roles: tuple[str, str, str]

    def directives(self) -> tuple[Directive, ...]:
        """The sizes, as a document would say them."""
        shapes = [
            f"{name}={'x'.join(map(str, (*sizes, 1)[: max(2, len(sizes))]))}"
            for name, sizes in self.shapes.items()
        ]
        numbers = [f"{name}={number}" for name, number in self.numbers.items()]
        bases = [f"{name}={base}" for name, base in self.bases.items()]
        return (
            Directive("base", " ".join(bases), 0, 0),
            Directive("sizes", " ".join((*shapes, *numbers)), 0, 0),
        )

    def words(self) -> str:
        """The sizes in words."""
        names = ("output", "input", "kernel")
        shapes = (
            f"{role} {'x'.join(map(str, self.shapes[name]))}"
            for role, name in zip(names, self.roles, strict=True)
        )
        numbers = (f"{name} = {number}" for name, number in self.numbers.items())
        return ", ".join((*shapes, *numbers))


def settle_sized(session: Session) -> None:
    """Decide what stays open between whole matrices at small sizes, where the document says how they convolve.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    waiting = {
        finding.statement.number: finding
        for finding in session.findings.values()
        if isinstance(finding.outcome, Undecided | Unsupported) and _is_whole(finding.statement)
    }
    stated = stated_letters(session)
    plans: dict[tuple[Directive, ...], tuple[Plan, Plan]] = {}
    for version in sorted({finding.statement.version for finding in waiting.values()}):
        judge = session.judges[version]
        pairs = zip(planned(judge, stated, FIRST), planned(judge, stated, SECOND), strict=False)
        for plan, other in pairs:
            plans.setdefault(plan.directives(), (plan, other))
    for plan, other in list(plans.values())[:_PLANS]:
        with suppress(ConvsymError, RecursionError):
            numbers = set(waiting)
            proved = _proved_at(session, plan, numbers)
            held = set(_proved_at(session, other, set(proved))) if proved else set()
            for number in held:
                finding = waiting.pop(number)
                finding.adopt(proved[number])
                finding.sizes = f"{plan.words()}; {other.words()}"


def _proved_at(session: Session, plan: Plan, numbers: set[int]) -> dict[int, Finding]:
    """What holds of some relations at the sizes of a plan, by the relation's number."""
    items = (*plan.directives(), *session.document.items)
    inner = session.of_part(replace(session.document, items=items), f" at {plan.words()}")
    with suppress(ConvsymError, RecursionError):
        settle_kernels(inner.reader.statements, inner.judges)
    for statement in inner.reader.statements:
        if statement.number in numbers:
            inner.findings[statement.number] = inner.guarded(statement)
    hold_one_reading(inner)
    proved = {key: found for key, found in inner.findings.items() if isinstance(found.outcome, Proved)}
    for found in proved.values():
        inner.explain(found)
    return proved


def _is_whole(statement: Statement) -> bool:
    sides = statement.left, statement.right
    if statement.role != "claim" or statement.relation not in ("=", "equiv"):
        return False
    return any(signs_in(side) or derives(side) for side in sides)


# ---------------------------------------------------------------------- sizes that fit


def planned(judge: Judge, stated: Mapping[str, tuple[str, ...]], small: Small = FIRST) -> Iterator[Plan]:
    """Sizes for each sum by which a document says that cells come from an input and a kernel.

    Args:
        judge: for a scope of the document.
        stated: the letters of the shapes that are stated, by name.
        small: the sizes that are chosen.
    """
    scope = judge.scope
    found = False
    for name, rules in scope.rules.items():
        for rule in rules:
            letters = [pattern.parameter for pattern in rule.patterns]
            if rule.layer is not None or not 1 <= len(letters) <= 2 or None in letters:
                continue
            if any(pattern.offset for pattern in rule.patterns) or len(set(letters)) < len(letters):
                continue
            symbols = tuple(Symbol(str(letter), integer=True) for letter in letters)
            with suppress(ConvsymError, RecursionError, TypeError, ValueError):
                value = judge.elaborator.definition(Cell(name, symbols))
                if (
                    isinstance(value, Expr)
                    and (plan := _fitted(name, symbols, value, judge, small)) is not None
                ):
                    found = True
                    yield _with_letters(plan, stated, scope)
    if not found and scope.convolution is not None and len(set(scope.convolution)) == 3:
        yield _with_letters(_named(scope.convolution, stated, small), stated, scope)


def _named(roles: tuple[str, str, str], stated: Mapping[str, tuple[str, ...]], small: Small) -> Plan:
    """Sizes for Y = X * W, where no sum is written out: those of a valid convolution."""
    kernel = small.kernel if len(set(stated.get(roles[2], "kl"))) > 1 else small.kernel[:1] * 2
    image = tuple(n + k - 1 for n, k in zip(small.output, kernel, strict=True))
    return Plan(
        dict(zip(roles, (small.output, image, kernel), strict=True)), dict.fromkeys(roles, 0), {}, roles
    )


def _with_letters(plan: Plan, stated: Mapping[str, tuple[str, ...]], scope: Scope) -> Plan:
    """A plan with numbers for the letters of stated shapes."""
    numbers = dict(plan.numbers)
    taken = {*plan.shapes, *(matrix for matrix, own in scope.matrices.items() if own in plan.shapes)}
    for name, sizes in plan.shapes.items():
        owners = [name, *(matrix for matrix, own in scope.matrices.items() if own == name)]
        letters = next((stated[owner] for owner in owners if owner in stated), ())
        if len(letters) == len(sizes):
            for letter, size in zip(letters, sizes, strict=True):
                if letter not in taken:
                    numbers.setdefault(letter, size)
    return replace(plan, numbers=numbers)


def stated_letters(session: Session) -> dict[str, tuple[str, ...]]:
    r"""The shapes that are stated in letters, X \in R^{H \times W}, by name."""
    found: dict[str, tuple[str, ...]] = {}
    for statement in session.reader.statements:
        right = strip_group(statement.right)
        name = session.scope_of(statement).refer(statement.left, {})
        if statement.relation != "in" or name is None or name.indices or not isinstance(right, Scripted):
            continue
        power = None if right.superscript is None else strip_group(right.superscript)
        sizes = [strip_group(one) for _, one in power.factors] if isinstance(power, Product) else [power]
        letters = tuple(size.text for size in sizes if isinstance(size, Name))
        if len(letters) == len(sizes):
            found[name.name] = letters
    return found


def _fitted(name: str, letters: tuple[Expr, ...], value: Expr, judge: Judge, small: Small) -> Plan | None:
    scope = judge.scope
    if not value.has(Sum):
        return _written_out(name, letters, value, scope, small)
    limits = {
        # A sum without limits runs over the whole kernel, which is taken to begin at 0.
        var: (Integer(0), Symbol(f"{var}")) if high in scope.open_sizes else (low, high)
        for one in value.atoms(Sum)
        for var, low, high in one.limits
    }
    image: tuple[Cell, ...] = ()
    kernel: tuple[Cell, ...] = ()
    for atom in value.atoms(Indexed):
        cell = scope.cells.get(atom)
        if cell is None or cell.layer is not None:
            continue
        free: list[set[Expr]] = [getattr(index, "free_symbols", set()) for index in cell.indices]
        if all(one & set(limits) and one & set(letters) for one in free):
            image = (*image, cell)
        elif all(one & set(limits) for one in free):
            kernel = (*kernel, cell)
    if len(image) != 1 or len(kernel) != 1 or len(image[0].indices) != len(letters):
        return None
    if len(kernel[0].indices) != len(letters) or any(index not in limits for index in kernel[0].indices):
        return None
    numbers: dict[Expr, int] = {}
    taps = [
        _tap(limits[index], wanted, numbers)
        for index, wanted in zip(kernel[0].indices, small.kernel, strict=False)
    ]
    output, sizes, bases = [], [], set()
    for axis, (letter, tap) in enumerate(zip(letters, taps, strict=True)):
        form = (Integer(0) + image[0].indices[axis]).expand()
        step, reach = form.coeff(letter), form.coeff(kernel[0].indices[axis])
        for part in (step, reach):
            for symbol in part.free_symbols:
                numbers.setdefault(symbol, small.step)
        ends = [
            form.xreplace({letter: Integer(place), kernel[0].indices[axis]: Integer(m)}).xreplace(numbers)
            for place in (tap[0], tap[0] + small.output[axis] - 1)
            for m in tap
        ]
        if not all(end.is_Integer for end in ends):
            return None
        output.append(small.output[axis])
        sizes.append(int(max(ends) - min(ends)) + 1)
        bases |= {int(min(ends)), tap[0]}
    if len(bases) != 1 or bases > {0, 1}:
        return None
    (base,) = bases
    families = name, image[0].family, kernel[0].family
    shapes = dict(
        zip(families, (tuple(output), tuple(sizes), tuple(b - a + 1 for a, b in taps)), strict=True)
    )
    if len(shapes) < len(families):
        return None
    taken = {*shapes, *(matrix for matrix, own in scope.matrices.items() if own in shapes)}
    known = {str(k): number for k, number in numbers.items() if str(k).isalnum() and str(k) not in taken}
    return Plan(shapes, dict.fromkeys(families, base), known, families)


def _written_out(
    name: str, letters: tuple[Expr, ...], value: Expr, scope: Scope, small: Small
) -> Plan | None:
    """Sizes where the kernel's own are numbers, so that its sum is one of single products."""
    extents: dict[str, list[set[Expr]]] = {}
    families: dict[bool, set[str]] = {True: set(), False: set()}
    for atom in in_order(variables(value) - set(letters)):
        cell = scope.cells.get(atom)
        if cell is None or cell.layer is not None or len(cell.indices) not in (0, len(letters)):
            return None
        if not cell.indices:
            continue
        shifts = [
            (Integer(0) + index - letter).expand()
            for index, letter in zip(cell.indices, letters, strict=True)
        ]
        moved = all(shift.is_Integer for shift in shifts)
        places = shifts if moved else [Integer(0) + index for index in cell.indices]
        if not all(place.is_Integer for place in places):
            return None
        families[moved].add(cell.family)
        for axis, place in zip(
            extents.setdefault(cell.family, [set() for _ in letters]), places, strict=True
        ):
            axis.add(place)
    if any(len(own) != 1 for own in families.values()) or families[True] == families[False]:
        return None
    (image,), (kernel,) = families[True], families[False]
    taps = [(int(min(axis)), int(max(axis))) for axis in extents[kernel]]
    reach = [(int(min(axis)), int(max(axis))) for axis in extents[image]]
    bases = {low for low, _ in taps}
    if name in (image, kernel) or len(bases) != 1 or not bases <= {0, 1}:
        return None
    (base,) = bases
    # Where the first window begins, the image does: the output counts as the kernel does.
    if any(base + low != base for low, _ in reach):
        return None
    output = small.output[: len(letters)]
    sizes = tuple(n + high for n, (_, high) in zip(output, reach, strict=True))
    shapes = {name: output, image: sizes, kernel: tuple(high - low + 1 for low, high in taps)}
    return Plan(shapes, dict.fromkeys((name, image, kernel), base), {}, (name, image, kernel))


def _tap(limit: tuple[Expr, Expr], wanted: int, numbers: dict[Expr, int]) -> tuple[int, int]:
    """The first and the last index of a kernel's axis; its size's letter gets a number."""
    low, high = (Integer(0) + end for end in limit)
    for symbol in high.free_symbols - set(numbers):
        numbers[symbol] = int(wanted - (high.xreplace({symbol: Integer(0)}) - low) - 1)
    first, last = (end.xreplace({k: Integer(v) for k, v in numbers.items()}) for end in (low, high))
    return int(first), int(last)


__all__ = ["FIRST", "SECOND", "Plan", "Small", "planned", "settle_sized", "stated_letters"]
