r"""Convolutions that stand in a picture: the one that fits a table of gradients, dL/dF_{11} = dL/dO_{11} X_{11} + ...

A note shows an image and a kernel as a drawing, or in words, and prints what the chain rule makes of them cell by
cell. There are few convolutions that such a table can be about; where only one of them makes the lines true, the
lines hold under it, and the report says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.checker.picturednumbers import worked_numbers
from convsym.checker.tablelines import (
    ENOUGH,
    SHARE,
    Fit,
    Line,
    Table,
    holds,
    same_under,
    single_atom,
    table_of,
)
from convsym.document import Directive, Display, Item
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Matrix, Name, Node, Number
from convsym.latex.walking import walk
from convsym.scope.cellforms import cell_of, letter_of, limits_of, printed
from convsym.scope.celltables import (
    Atom,
    NotTabularError,
    TableReader,
    family_of,
    fraction_parts,
    index_letters,
)
from convsym.scope.convolving import EXTENTS, is_convolution
from convsym.scope.naming import strip_group
from convsym.scope.picturedconv import Pictured
from convsym.scope.renewal import is_worked_value
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.statements import Statement

_EQUAL = frozenset({"=", ":=", "equiv"})
_METHOD = "the convolution that the table fits"
# Lines that have to agree before one is held against the others, in all and in its own table.
_SURE = 4
_OWN_SHARE = Fraction(3, 4)
_NAMED = 3
_ERRORS = ("\\delta", "\\Delta")
_MOST_INSTANCES = 256


def settle_pictured(session: Session) -> None:
    """Decide the lines of tables of gradients by the one convolution that fits them.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    findings = [
        finding
        for finding in session.findings.values()
        if finding.statement.relation in _EQUAL
        and finding.statement.role in ("claim", "definition")
        and not is_worked_value(finding.statement.left)
    ]
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.statement.display.section].append(finding)
    for group in (findings, *(groups.values() if len(groups) > 1 else ())):
        if any(_is_open(finding) or _gives_a_slope(finding) for finding in group):
            with suppress(ConvsymError, RecursionError):
                table = Table(group)
                if any(map(_awaits, table.lines)) or any(map(_compares_matrices, group)):
                    found = table.fit()
                    if found is not None:
                        _Judging(session, table, found).run()


def _is_open(finding: Finding) -> bool:
    return finding.statement.role == "claim" and isinstance(finding.outcome, Undecided | Unsupported)


def _compares_matrices(finding: Finding) -> bool:
    """Whether an open line says what a convolution of whole matrices comes to."""
    statement = finding.statement
    return _is_open(finding) and any(map(is_convolution, (statement.left, statement.right)))


def _gives_a_slope(finding: Finding) -> bool:
    """Whether a line that seems to introduce its left side gives an error term."""
    return isinstance(finding.outcome, Definition) and printed(finding.statement.left).startswith(_ERRORS)


def _awaits(line: Line) -> bool:
    return _is_open(line.finding) or (
        line.left is not None and line.left.kind == "slope" and _gives_a_slope(line.finding)
    )


class _Judging:
    """The relations of a document under the convolution that its table fits.

    Attributes:
        session: the document.
        findings: its relations.
        wholes: by matrix, the family whose cells it holds.
        fit: what the table is about.
    """

    def __init__(self, session: Session, table: Table, fit: Fit) -> None:
        self.session = session
        self.findings = table.findings
        self.wholes = table.wholes
        self.fit = fit

    def run(self) -> None:
        """Judge the lines of the table, those in letters and those between matrices."""
        fits, lines, told = self.fit.convolutions, self.fit.lines, self.fit.told
        one = fits[0]
        holding = [line for line in told if all(holds(line, fit) for fit in fits)]
        if len(holding) < ENOUGH:
            return
        said = self._said(holding)
        condition = f"{one.words()}{self._called(one)}, as {said} have it"
        read = {line.finding.statement.number for line in lines}
        for line in lines:
            if _awaits(line) and all(holds(line, fit) for fit in fits):
                self._prove(line.finding, condition, one)
        for finding in self.findings:
            if _is_open(finding) and finding.statement.number not in read:
                self._general(finding, fits, condition)
        if len(fits) == 1:
            with suppress(ConvsymError, RecursionError):
                self._in_matrices(one, condition)
            self._slips(one, told, holding, said)
            self._numbers(one, holding, condition)

    def _numbers(self, one: Pictured, holding: Sequence[Line], condition: str) -> None:
        """Judge lines of numbers by those that are given; one is refuted where its letters are printed as well."""
        printed_for = {
            line.left.name for line in holding if line.left is not None and line.left.kind == "slope"
        }
        for line, comes_out in worked_numbers(self.findings, self.wholes, self.fit, one):
            left = single_atom(line.pairs[0][0])
            if not _is_open(line.finding):
                continue
            if comes_out:
                self._prove(line.finding, condition, one)
            elif left is not None and left.name in printed_for:
                self._prove(line.finding, condition, one)
                line.finding.outcome = Refuted(f"other numbers come out where {condition}", method=_METHOD)

    def _called(self, one: Pictured) -> str:
        """By which names the gradient from above goes, in words."""
        names = self.fit.named
        output = f"${one.roles.output}$" if one.roles.output else "the output"
        return f" and {', '.join(f'${name}$' for name in names)} the gradient by {output}" if names else ""

    def _prove(self, finding: Finding, condition: str, one: Pictured) -> None:
        finding.outcome, finding.judgment, finding.notes = Proved(_METHOD, (condition,)), None, []
        finding.reason, finding.sizes, finding.repairs, finding.edits = "", one.sizes(), (), ()

    def _said(self, holding: Sequence[Line]) -> str:
        numbers = sorted({self.session.line(line.finding.statement) for line in holding})
        if len(numbers) == 1:
            return f"the lines at {numbers[0]}"
        shown = ", ".join(map(str, numbers[:_NAMED]))
        return f"lines {shown}{' and others' if len(numbers) > _NAMED else ''}"

    def _general(self, finding: Finding, fits: Sequence[Pictured], condition: str) -> None:
        """A line in letters, at every place of the example and at sizes of which no two are alike."""
        statement = finding.statement
        for base in dict.fromkeys((0, fits[0].output[0][0])):
            at_example = all(self._holds_in_letters(statement, fit, base) for fit in fits)
            if not at_example:
                continue
            if not _is_at_numbers(statement) and not all(
                self._holds_in_letters(statement, fit.lopsided(), base) for fit in fits
            ):
                continue
            counted = "; letters count from 0" if base else ""
            self._prove(finding, condition + counted, fits[0])
            return

    def _holds_in_letters(self, statement: Statement, one: Pictured, base: int) -> bool:
        places = {
            name: ([low for low, _ in extent], [high for _, high in extent])
            for name, extent in one.extents.items()
        }
        slopes = dict.fromkeys(self._deltas(one), one.roles.output)
        places.update(dict.fromkeys(slopes, places[one.roles.output]))
        left, right = statement.left, statement.right
        reader = TableReader(places, {}, base, letters=self._letters_beside(statement), slopes=slopes)
        try:
            letters = [
                letter
                for letter in dict.fromkeys((*index_letters(left), *index_letters(right)))
                if letter not in reader.letters
            ]
            ranges = [range(low, high + 1) for low, high in (reader.span(each, left) for each in letters)]
            values = list(product(*ranges))
            if not letters or len(values) > _MOST_INSTANCES:
                return False
            return (
                all(
                    same_under(reader.terms(left, at), reader.terms(right, at), one, lenient=True)
                    for value in values
                    for at in (dict(zip(letters, value, strict=True)),)
                )
                and len(reader.losses) < 2
            )
        except (NotTabularError, RecursionError):
            return False

    def _deltas(self, one: Pictured) -> Iterator[str]:
        r"""The names of the gradient from above: the table's, and \delta that nothing else defines."""
        yield from self.fit.named
        for finding in self.findings:
            for side in (finding.statement.left, finding.statement.right):
                for part in walk(side):
                    cell = cell_of(part)
                    if cell is not None and cell.name == "\\delta" and len(cell.indices) == len(one.output):
                        yield family_of(part)

    def _letters_beside(self, statement: Statement) -> dict[str, Node]:
        """Letters that the same formula says to be an expression in others: where m = p - i."""
        found = {}
        for finding in self.findings:
            other = finding.statement
            letter = letter_of(other.left)
            if other.display is statement.display and other is not statement and letter is not None:
                if letter not in {printed(part) for part in walk(other.right) if isinstance(part, Name)}:
                    found[letter] = other.right
        return found

    def _in_matrices(self, one: Pictured, condition: str) -> None:
        """Lines between whole matrices, judged in a document that says what the convolution is."""
        rule = one.rule()
        waiting = [finding for finding in self.findings if _is_open(finding) and not _is_in_letters(finding)]
        if rule is None or not waiting:
            return
        wholes = [
            finding
            for finding in self.findings
            if isinstance(strip_group(finding.statement.left), Name)
            and isinstance(strip_group(finding.statement.right), Matrix)
            and printed(strip_group(finding.statement.left)) in self.wholes
            and not is_worked_value(finding.statement.right)
        ]
        shown = {id(f.statement.display): f.statement.display for f in (*wholes, *waiting)}
        bases = " ".join(f"{name}={extent[0][0]}" for name, extent in one.extents.items())
        sizes = " ".join(
            f"{name}={'x'.join(str(high - low + 1) for low, high in (*extent, (1, 1))[:2])}"
            for name, extent in one.extents.items()
        )
        session = self.session
        items: tuple[Item, ...] = (
            *(item for item in session.document.items if isinstance(item, Directive)),
            Directive("base", bases, 0, 0),
            Directive("sizes", sizes, 0, 0),
            Display(rule, 0, 0),
            *(
                Display(line, 0, 0)
                for line in (*self._whole_matrices(one, wholes), *self._named_gradients(one))
            ),
            *sorted(shown.values(), key=lambda display: display.place(0).line),
        )
        inner = session.of_part(replace(session.document, items=items), " as pictured")
        places = {session.place(finding.statement): finding for finding in waiting}
        inner.judge_all()
        for found in inner.findings.values():
            finding = places.get(inner.place(found.statement))
            if finding is None or found.statement.role != "claim":
                continue
            if isinstance(found.outcome, Proved) and not _turns_otherwise(found, one):
                found.notes.append(f"it is supposed that {condition}")
                inner.explain(found)
                finding.adopt(found)
                finding.sizes = one.sizes()

    def _whole_matrices(self, one: Pictured, shown: Sequence[Finding]) -> Iterator[str]:
        """X = [x_{11}, x_{12}; ...] for the capitals of cells that lines name and none prints as a matrix."""
        known = {printed(strip_group(finding.statement.left)) for finding in shown}
        for name, family in self.wholes.items():
            extent = one.extents.get(family, ())
            if name == family or name in known or len(extent) != 2 or name.swapcase() != family:
                continue
            rows, columns = (range(low, high + 1) for low, high in extent)
            cells = " \\\\ ".join(" & ".join(f"{family}_{{{i},{j}}}" for j in columns) for i in rows)
            yield f"{name} = \\begin{{bmatrix}} {cells} \\end{{bmatrix}}"

    def _named_gradients(self, one: Pictured) -> Iterator[str]:
        r"""G = \partial L/\partial Y, which the whole matrices of a line rest on."""
        losses = {
            printed(strip_group(parts[0]))
            for finding in self.findings
            for side in (finding.statement.left, finding.statement.right)
            for part in walk(side)
            if (parts := fraction_parts(part)) is not None and isinstance(strip_group(parts[0]), Name)
        }
        above = {loss for loss in losses if loss != one.roles.output}
        if len(above) == 1 and one.roles.output:
            for name in self.fit.named:
                yield f"{name} = \\frac{{\\partial {next(iter(above))}}}{{\\partial {one.roles.output}}}"

    def _slips(self, one: Pictured, told: Sequence[Line], holding: Sequence[Line], said: str) -> None:
        """Refute the few lines that differ from the many that agree."""
        if len(holding) < _SURE or len(holding) < SHARE * len(told):
            return
        for line in told:
            if line in holding or not _awaits(line) or line.left is None or line.finding.statement.link:
                continue
            # One path before the whole sum, or another example under the same letters, is no slip.
            section = line.finding.statement.display.section
            if any(other.left == line.left for other in holding) or not any(
                other.finding.statement.display.section == section for other in holding
            ):
                continue
            own = [other for other in told if table_of(other) == table_of(line)]
            agreeing = [other for other in own if other in holding]
            if len(agreeing) < ENOUGH or len(agreeing) < _OWN_SHARE * len(own):
                continue
            finding = line.finding
            reason = (
                f"the other lines fit one convolution, this one does not: {one.words()}, as {said} have it"
            )
            finding.outcome, finding.judgment, finding.notes = (
                Refuted(reason, method="contradiction"),
                None,
                [],
            )
            finding.reason, finding.sizes = "", one.sizes()
            finding.repairs = self._repairs(line, one)

    def _repairs(self, line: Line, one: Pictured) -> tuple[str, ...]:
        """The line as the convolution has it, in the letters of its document."""
        wanted = one.meaning(line.left, lenient=False) if line.left is not None else None
        if not wanted:
            return ()
        parts = []
        for factors in sorted(wanted, key=lambda f: [(a.kind != "slope", a.index) for a in f]):
            names = [self._latex(factor) for factor in sorted(factors, key=lambda a: a.kind != "slope")]
            if None in names:
                return ()
            parts.append(" ".join(map(str, names)))
        statement = line.finding.statement
        source = statement.source[statement.left.span.start : statement.left.span.end].strip()
        return (f"{source.replace('&', '').strip()} = {' + '.join(parts)}",)

    def _latex(self, wanted: Atom) -> str | None:
        reader = TableReader({}, {})
        for finding in self.findings:
            for side in (finding.statement.left, finding.statement.right):
                for part in walk(side):
                    if not (fraction_parts(part) is not None or cell_of(part) is not None):
                        continue
                    with suppress(NotTabularError):
                        if single_atom(reader.terms(part, {})) == wanted:
                            return printed(part)
        return None


def _is_in_letters(finding: Finding) -> bool:
    """Whether a line names cells by letters: it is about another size, or about channels besides."""
    sides = finding.statement.left, finding.statement.right
    return any(True for side in sides for _ in index_letters(side))


def _turns_otherwise(finding: Finding, one: Pictured) -> bool:
    """Whether a proof takes a sign for the convolution that the table is not about."""
    judge = None if finding.judgment is None else finding.judgment.judge
    readings = [] if judge is None else [judge.scope.convolutions[operator] for operator in judge.fixed]
    return any(reading.extent in EXTENTS and reading.turned != one.turned for reading in readings)


def _is_at_numbers(statement: Statement) -> bool:
    """Whether a line in letters is about the sizes of the example alone: its sums end at numbers."""
    for side in (statement.left, statement.right):
        for part in walk(side):
            if isinstance(part, BigOperator):
                for limit in limits_of(part) or ():
                    if isinstance(limit.high, Number):
                        return True
            cell = cell_of(part)
            if cell is not None and all(isinstance(index, Number) for index in cell.indices):
                return True
    return False


__all__ = ["settle_pictured"]
