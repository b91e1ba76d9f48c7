r"""Convolutions that stand in a picture: the one that fits a table of gradients, dL/dF_{11} = dL/dO_{11} X_{11} + ...

A note shows an image and a kernel as a drawing, or in words, and prints what the chain rule makes of them cell by
cell. There are few convolutions that such a table can be about; where only one of them makes the lines true, the
lines hold under it, and the report says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from convsym.checker.findings import Finding
from convsym.document import Directive, Display, Item
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Ellipsis_, Matrix, Name, Node, Number
from convsym.latex.walking import walk
from convsym.scope.cellforms import cell_of, letter_of, limits_of, printed
from convsym.scope.celltables import (
    Atom,
    Index,
    NotTabularError,
    TableReader,
    Terms,
    atom,
    family_of,
    fraction_parts,
    index_letters,
    numbered_cells,
    replaced,
)
from convsym.scope.naming import strip_group
from convsym.scope.picturedconv import Extent, Pictured, Roles, fitting
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session
    from convsym.scope.statements import Statement

_METHOD = "the convolution that the table fits"
_EQUAL = frozenset({"=", ":=", "equiv"})
_BIASES = ("b", "B", "\\beta", "\\mathbf{b}")
_SLOPES = ("\\delta", "\\Delta", "\\bar", "\\nabla")
# Lines that have to agree before a convolution is supposed, and before one is held against another.
_ENOUGH = 3
_SURE = 4
_SHARE = Fraction(4, 5)
_OWN_SHARE = Fraction(3, 4)
_NAMED = 3
_MOST_LINES = 120
_MOST_INSTANCES = 256


@dataclass(slots=True)
class _Line:
    """A relation whose two sides are sums of products of cells and slopes.

    Attributes:
        finding: the relation.
        pairs: both sides, for a matrix entry by entry.
    """

    finding: Finding
    pairs: tuple[tuple[Terms, Terms], ...]

    @property
    def left(self) -> Atom | None:
        """What a line of a table is about."""
        return _single(self.pairs[0][0]) if len(self.pairs) == 1 else None


def settle_pictured(session: Session) -> None:
    """Decide the lines of tables of gradients by the one convolution that fits them.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    findings = [
        finding
        for finding in session.findings.values()
        if finding.statement.relation in _EQUAL and finding.statement.role in ("claim", "definition")
    ]
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.statement.display.section].append(finding)
    for group in (findings, *(groups.values() if len(groups) > 1 else ())):
        if any(map(_is_open, group)):
            with suppress(ConvsymError, RecursionError):
                _Table(session, group).settle()


def _is_open(finding: Finding) -> bool:
    return finding.statement.role == "claim" and isinstance(finding.outcome, Undecided | Unsupported)


def _single(terms: Terms) -> Atom | None:
    """The one atom that a side is."""
    if len(terms) == 1:
        ((factors, coefficient),) = terms.items()
        if len(factors) == 1 and coefficient == 1:
            return factors[0]
    return None


class _Table:
    """The lines of some relations that speak of cells.

    Attributes:
        session: the document.
        findings: the relations.
        cells: by family, every printed cell with the statements that print it.
    """

    def __init__(self, session: Session, findings: Sequence[Finding]) -> None:
        self.session = session
        self.findings = findings
        self.cells: dict[str, dict[Index, set[int]]] = defaultdict(lambda: defaultdict(set))
        for finding in findings:
            for side in (finding.statement.left, finding.statement.right):
                for name, index in numbered_cells(side):
                    self.cells[name][index].add(finding.statement.number)
        self.wholes = self._wholes()
        self.named: dict[Atom, Index] = {}
        self.lines = list(self._lines())[:_MOST_LINES]

    # ------------------------------------------------------------ reading

    def _lines(self) -> Iterator[_Line]:
        named = frozenset(one.name for _, places in self._lettered() for one in places)
        for finding in self.findings:
            reader = TableReader(self._places(), {}, named=named)
            try:
                pairs = tuple(self._pairs(finding.statement, reader))
            except (NotTabularError, RecursionError):
                continue
            if pairs and len(reader.losses) < 2:
                yield _Line(finding, pairs)

    def _places(self) -> dict[str, tuple[list[int], list[int]]]:
        return {
            name: (
                [min(axis) for axis in zip(*own, strict=False)],
                [max(axis) for axis in zip(*own, strict=False)],
            )
            for name, own in self.cells.items()
        }

    def _wholes(self) -> dict[str, str]:
        """The family whose cells a matrix holds, by the matrix: K = [w_{00}, ...], or x for X."""
        found: dict[str, str] = {}
        for name in self.cells:
            found.setdefault(name.upper() if len(name) == 1 else name, name)
            found[name] = name
        for finding in self.findings:
            left, right = (strip_group(side) for side in (finding.statement.left, finding.statement.right))
            if isinstance(left, Name) and isinstance(right, Matrix):
                entries = [entry for row in right.rows for entry in row]
                names = {family_of(e) if e is not None and cell_of(e) is not None else "" for e in entries}
                if len(names) == 1 and (name := names.pop()):
                    found[printed(left)] = name
        return found

    def _pairs(self, statement: Statement, reader: TableReader) -> Iterator[tuple[Terms, Terms]]:
        """The sides of a relation; of one between matrices, entry by entry.

        Raises:
            NotTabularError: they are something else than sums of products of cells.
        """
        left, right = strip_group(statement.left), strip_group(statement.right)
        if any(isinstance(part, Ellipsis_) for side in (left, right) for part in walk(side)):
            raise NotTabularError("dots")
        if not isinstance(left, Matrix) and not isinstance(right, Matrix):
            yield reader.terms(left, {}), reader.terms(right, {})
            return
        if any(id(finding.statement) == id(statement) for finding, _ in self._lettered()):
            raise NotTabularError("a matrix of names")
        grids = [self._grid(side, reader) for side in (left, right)]
        if [len(row) for row in grids[0]] != [len(row) for row in grids[1]]:
            raise NotTabularError("matrices of different sizes")
        for rows in zip(*grids, strict=True):
            yield from zip(*rows, strict=True)

    def _grid(self, side: Node, reader: TableReader) -> list[list[Terms]]:
        if isinstance(side, Matrix):
            if any(entry is None for row in side.rows for entry in row):
                raise NotTabularError("an empty entry")
            return [[reader.terms(entry, {}) for entry in row if entry is not None] for row in side.rows]
        parts = fraction_parts(side)
        whole = strip_group(side if parts is None else parts[1])
        if not isinstance(whole, Name) or (parts is not None and not isinstance(strip_group(parts[0]), Name)):
            raise NotTabularError("a matrix of another form")
        family = self.wholes.get(printed(whole), "")
        extent = self._extents(family)[:1] if family else []
        if not extent or len(extent[0]) != 2:
            raise NotTabularError("a matrix whose cells are not known")
        if parts is not None:
            reader.losses.setdefault(printed(strip_group(parts[0])))
        kind = "cell" if parts is None else "slope"
        rows, columns = (range(low, high + 1) for low, high in extent[0])
        return [[atom(Atom(kind, family, (i, j))) for j in columns] for i in rows]

    # ------------------------------------------------------------ fitting

    def settle(self) -> None:
        """Find the convolution, and judge by it."""
        if not any(_is_open(line.finding) for line in self.lines):
            return
        best: tuple[int, int, list[Pictured], list[_Line]] | None = None
        for lines, output, named in self._renamed():
            for families in self._families(lines, output):
                found = self._fit(lines, output, families)
                if found is not None and (best is None or found[:2] > best[:2]):
                    best, self.named = found, named
        if best is not None:
            self._judge(best[2], best[3])

    def _renamed(self) -> Iterator[tuple[list[_Line], str, dict[Atom, Index]]]:
        """The lines with what stands for the gradient from above written as one, and the output's family."""
        outputs: Counter[str] = Counter()
        for line in self.lines:
            left = line.left
            if left is not None and left.kind == "slope":
                outputs.update(
                    {
                        one.name
                        for one in _atoms(line.pairs[0][1])
                        if one.kind == "slope" and one.name != left.name
                    }
                )
        yield from ((self.lines, output, {}) for output, _ in outputs.most_common(2))
        if not outputs:
            output = self._defined()
            for named in (*(places for _, places in self._lettered()), *self._named()):
                yield [self._written(line, named, output) for line in self.lines], output, named

    def _defined(self) -> str:
        """The family whose cells are products of two others, as printed; "" where there is none."""
        found: Counter[str] = Counter()
        for line in self.lines:
            left = line.left
            if left is not None and left.kind == "cell" and _families_of(line.pairs[0][1], "cell", 2):
                found[left.name] += 1
        return found.most_common(1)[0][0] if found else ""

    def _lettered(self) -> Iterator[tuple[Finding, dict[Atom, Index]]]:
        """Matrices of plain letters, each of which may be the gradient from above."""
        for finding in self.findings:
            right = strip_group(finding.statement.right)
            if not isinstance(right, Matrix):
                continue
            names = [
                [letter_of(entry) if isinstance(strip_group(entry), Name) else None for entry in row if entry]
                for row in right.rows
            ]
            flat = [name for row in names for name in row]
            if (
                None in flat
                or len(set(flat)) < len(flat)
                or len(flat) < 2
                or len({len(row) for row in names}) > 1
            ):
                continue
            base = self._base()
            places: dict[Atom, Index] = {}
            for i, row in enumerate(names):
                for j, name in enumerate(row):
                    index = (i + base, j + base) if self._rank() == 2 else (max(i, j) + base,)
                    places[Atom("name", str(name))] = index
            yield finding, places

    def _base(self) -> int:
        lows = Counter(low for lows, _ in self._places().values() for low in lows)
        return lows.most_common(1)[0][0] if lows else 0

    def _rank(self) -> int:
        ranks = Counter(len(index) for own in self.cells.values() for index in own)
        return ranks.most_common(1)[0][0] if ranks else 2

    def _named(self) -> Iterator[dict[Atom, Index]]:
        r"""Families that multiply in every table of slopes, \delta_{11}: the gradient from above by its own name."""
        tables: dict[str, set[str]] = defaultdict(set)
        inner = set()
        for line in self.lines:
            left = line.left
            if left is not None and left.kind == "slope":
                inner.add(left.name)
                for one in _atoms(line.pairs[0][1]):
                    if one.kind == "cell":
                        tables[one.name].add(left.name)
        for name, own in tables.items():
            if name not in inner and (len(own) > 1 or name.startswith(_SLOPES)):
                yield {Atom("cell", name, index): index for index in self.cells[name]}

    def _written(self, line: _Line, named: dict[Atom, Index], output: str) -> _Line:
        def meaning(one: Atom) -> Terms | None:
            return atom(Atom("slope", output, named[one])) if one in named else None

        pairs = tuple((replaced(left, meaning), replaced(right, meaning)) for left, right in line.pairs)
        return _Line(line.finding, pairs)

    def _families(self, lines: Sequence[_Line], output: str) -> list[tuple[str, str]]:
        """The two families that are multiplied, the likeliest pair first."""
        found: Counter[tuple[str, str]] = Counter()
        for line in lines:
            left = line.left
            if left is None:
                continue
            names = _families_of(line.pairs[0][1], "cell", 2 if left.kind == "cell" else 1)
            if left.kind == "slope" and left.name != output:
                names = {left.name, *names} if len(names) == 1 else set()
            elif left.kind == "local" and left.below is not None and left.name == output:
                names = {left.below[0], *names} if len(names) == 1 else set()
            elif left.kind != "cell" or left.name != output:
                continue
            if len(names) == 2 and output not in names:
                one, other = sorted(names)
                found[one, other] += 1
        return [pair for pair, _ in found.most_common(2)]

    def _fit(
        self, lines: Sequence[_Line], output: str, families: tuple[str, str]
    ) -> tuple[int, int, list[Pictured], list[_Line]] | None:
        told = self._telling(lines, {output, *families})
        if len(told) < _ENOUGH:
            return None
        extents = {name: self._extents(name) for name in families}
        extents[output] = self._output_extents(told, output)
        scores: list[tuple[int, Pictured]] = []
        for image, kernel in (families, families[::-1]):
            for bias in self._biases(lines, output):
                for one in fitting(Roles(output, image, kernel, bias), extents):
                    holding = [line for line in told if _holds(line, one)]
                    given = [line for line in told if line.left is not None and line.left.kind == "cell"]
                    if all(line in holding for line in given):
                        scores.append((len(holding), one))
        if not scores:
            return None
        most = max(score for score, _ in scores)
        if most < _ENOUGH or most < _SHARE * len(told):
            return None
        return most, -len(told), [one for score, one in scores if score == most], list(lines)

    def _telling(self, lines: Sequence[_Line], families: Collection[str]) -> list[_Line]:
        """The lines that say which cells meet, each once."""
        found: dict[object, _Line] = {}
        for line in lines:
            left = line.left
            if left is None or left.name not in families:
                continue
            right = line.pairs[0][1]
            atoms = _atoms(right)
            if any(one.kind == "local" for one in atoms) or not any(one.kind == "cell" for one in atoms):
                continue
            if any(one.kind != "name" and one.name not in families for one in atoms):
                continue
            if left.below is not None and left.below[0] not in families:
                continue
            found.setdefault((left, tuple(sorted(map(str, right)))), line)
        return list(found.values())

    def _extents(self, name: str) -> list[Extent]:
        """How far a family extends by the cells that are printed: by all of them, or by those printed twice."""
        found: dict[Extent, None] = {}
        for often in (1, 2):
            own = [index for index, said in self.cells[name].items() if len(said) >= often]
            if own and len({len(index) for index in own}) == 1:
                found[_extent(own)] = None
        return list(found)

    def _output_extents(self, told: Sequence[_Line], output: str) -> list[Extent]:
        if output and self.cells.get(output):
            return self._extents(output)
        own = [
            one.index
            for line in told
            for one in _atoms(line.pairs[0][1])
            if one.kind == "slope" and one.name == output
        ]
        return [_extent(own)] if own and len({len(index) for index in own}) == 1 else []

    def _biases(self, lines: Sequence[_Line], output: str) -> list[str]:
        """The names that may be added to the output: "" for none."""
        said = {
            one.name
            for line in lines
            if line.left is not None and line.left.kind == "cell" and line.left.name == output
            for one in _atoms(line.pairs[0][1])
            if one.kind == "name"
        }
        given = any(
            line.left is not None and line.left.kind == "cell" and line.left.name == output for line in lines
        )
        if given:
            return sorted(name for name in said if name in _BIASES) or [""]
        spoken = {
            printed(part)
            for finding in self.findings
            for side in (finding.statement.left, finding.statement.right)
            for part in walk(side)
            if (parts := fraction_parts(part)) is not None
            for part in (strip_group(parts[1]),)
            if isinstance(part, Name)
        }
        return [name for name in _BIASES if name in spoken][:1] or [""]

    # ------------------------------------------------------------ judging

    def _judge(self, fits: Sequence[Pictured], lines: Sequence[_Line]) -> None:
        one = fits[0]
        told = self._telling(lines, set(one.extents))
        holding = [line for line in told if all(_holds(line, fit) for fit in fits)]
        if len(holding) < _ENOUGH:
            return
        said = self._said(holding)
        condition = f"{one.words()}{self._called(one)}, as {said} have it"
        read = {line.finding.statement.number for line in lines}
        for line in lines:
            if _is_open(line.finding) and all(_holds(line, fit) for fit in fits):
                self._prove(line.finding, condition, one)
        for finding in self.findings:
            if _is_open(finding) and finding.statement.number not in read:
                self._general(finding, fits, condition)
        if len(fits) == 1:
            with suppress(ConvsymError, RecursionError):
                self._in_matrices(one, condition)
            self._slips(one, told, holding, said)

    def _called(self, one: Pictured) -> str:
        """By which names the gradient from above goes, in words."""
        names = dict.fromkeys(each.name for each in self.named)
        output = f"${one.roles.output}$" if one.roles.output else "the output"
        return f" and {', '.join(f'${name}$' for name in names)} the gradient by {output}" if names else ""

    def _prove(self, finding: Finding, condition: str, one: Pictured) -> None:
        finding.outcome, finding.judgment, finding.notes = Proved(_METHOD, (condition,)), None, []
        finding.reason, finding.sizes, finding.repairs, finding.edits = "", one.sizes(), (), ()

    def _said(self, holding: Sequence[_Line]) -> str:
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
                    _same(reader.terms(left, at), reader.terms(right, at), one, lenient=True)
                    for value in values
                    for at in (dict(zip(letters, value, strict=True)),)
                )
                and len(reader.losses) < 2
            )
        except (NotTabularError, RecursionError):
            return False

    def _deltas(self, one: Pictured) -> Iterator[str]:
        r"""The names \delta of the document that nothing else says the meaning of."""
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
        waiting = [finding for finding in self.findings if _is_open(finding)]
        if rule is None or not waiting:
            return
        wholes = [
            finding
            for finding in self.findings
            if isinstance(strip_group(finding.statement.left), Name)
            and isinstance(strip_group(finding.statement.right), Matrix)
            and printed(strip_group(finding.statement.left)) in self.wholes
        ]
        shown = {id(f.statement.display): f.statement.display for f in (*wholes, *waiting)}
        bases = " ".join(f"{name}={extent[0][0]}" for name, extent in one.extents.items())
        sizes = " ".join(
            f"{name}={'x'.join(str(high - low + 1) for low, high in (*extent, (1, 1))[:2])}"
            for name, extent in one.extents.items()
        )
        items: tuple[Item, ...] = (
            Directive("base", bases, 0, 0),
            Directive("sizes", sizes, 0, 0),
            Display(rule, 0, 0),
            *sorted(shown.values(), key=lambda display: display.place(0).line),
        )
        session = self.session
        inner = session.of_part(replace(session.document, items=items), " as pictured")
        places = {session.place(finding.statement): finding for finding in waiting}
        inner.judge_all()
        for found in inner.findings.values():
            finding = places.get(inner.place(found.statement))
            if finding is None or found.statement.role != "claim":
                continue
            if isinstance(found.outcome, Proved):
                found.notes.append(f"it is supposed that {condition}")
                inner.explain(found)
                finding.adopt(found)
                finding.sizes = one.sizes()

    def _slips(self, one: Pictured, told: Sequence[_Line], holding: Sequence[_Line], said: str) -> None:
        """Refute the few lines that differ from the many that agree."""
        if len(holding) < _SURE or len(holding) < _SHARE * len(told):
            return
        for line in told:
            if (
                line in holding
                or not _is_open(line.finding)
                or line.left is None
                or line.finding.statement.link
            ):
                continue
            if any(other.left == line.left for other in holding):
                continue
            own = [other for other in told if _table_of(other) == _table_of(line)]
            agreeing = [other for other in own if other in holding]
            if len(agreeing) < _ENOUGH or len(agreeing) < _OWN_SHARE * len(own):
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

    def _repairs(self, line: _Line, one: Pictured) -> tuple[str, ...]:
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
                        if _single(reader.terms(part, {})) == wanted:
                            return printed(part)
        return None


def _atoms(terms: Terms) -> set[Atom]:
    return {one for factors in terms for one in factors}


def _families_of(terms: Terms, kind: str, count: int) -> set[str]:
    """The families of the cells in a side, where every product has so many of them."""
    names = set()
    for factors in terms:
        own = [one.name for one in factors if one.kind == kind]
        if not own and len(factors) == 1 and factors[0].kind == "name":
            continue
        if len(own) != count:
            return set()
        names |= set(own)
    return names


def _extent(own: Sequence[Index]) -> Extent:
    return tuple((min(axis), max(axis)) for axis in zip(*own, strict=True))


def _table_of(line: _Line) -> tuple[str, str, str]:
    left = line.left
    assert left is not None
    return left.kind, left.name, left.below[0] if left.below is not None else ""


def _holds(line: _Line, one: Pictured) -> bool:
    return all(_same(left, right, one, lenient=False) for left, right in line.pairs)


def _same(left: Terms, right: Terms, one: Pictured, lenient: bool) -> bool:
    try:
        sides = [replaced(side, lambda each: one.meaning(each, lenient)) for side in (left, right)]
    except NotTabularError:
        return False
    return sides[0] == sides[1]


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
