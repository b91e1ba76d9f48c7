r"""Tables of gradients, dL/dF_{11} = dL/dO_{11} X_{11} + ..., and the convolutions that fit them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from convsym.checker.findings import Finding
from convsym.latex.syntax import Ellipsis_, Matrix, Name, Node
from convsym.latex.walking import walk
from convsym.scope.cellforms import cell_of, letter_of, printed
from convsym.scope.celltables import (
    Atom,
    Index,
    NotTabularError,
    TableReader,
    Terms,
    atom,
    family_of,
    fraction_parts,
    numbered_cells,
    replaced,
    without_slope,
)
from convsym.scope.naming import strip_group
from convsym.scope.picturedconv import Extent, Pictured, Roles, fitting
from convsym.scope.statements import Statement

_BIASES = ("b", "B", "\\beta", "\\mathbf{b}")
_SLOPES = ("\\delta", "\\Delta", "\\bar", "\\nabla")
# Lines that have to agree before a convolution is supposed.
ENOUGH = 3
SHARE = Fraction(4, 5)
_MOST_LINES = 120


@dataclass(slots=True)
class Line:
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
        return single_atom(self.pairs[0][0]) if len(self.pairs) == 1 else None


def single_atom(terms: Terms) -> Atom | None:
    """The one atom that a side is."""
    if len(terms) == 1:
        ((factors, coefficient),) = terms.items()
        if len(factors) == 1 and coefficient == 1:
            return factors[0]
    return None


@dataclass(frozen=True, slots=True)
class Fit:
    """What a table is about.

    Attributes:
        convolutions: those that fit, which the lines do not tell apart.
        lines: the lines, with what stands for the gradient from above written as one.
        told: those that say which cells meet.
        named: the names of the gradient from above, where it goes by names of its own.
    """

    convolutions: list[Pictured]
    lines: list[Line]
    told: list[Line]
    named: tuple[str, ...]


class Table:
    """The lines of some relations that speak of cells.

    Attributes:
        findings: the relations.
        cells: by family, every printed cell with the statements that print it.
        wholes: by matrix, the family whose cells it holds.
        lines: the relations that can be read as lines of a table.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = findings
        self.cells: dict[str, dict[Index, set[int]]] = defaultdict(lambda: defaultdict(set))
        for finding in findings:
            for side in (finding.statement.left, finding.statement.right):
                for name, index in numbered_cells(side):
                    self.cells[name][index].add(finding.statement.number)
        self.wholes = self._wholes()
        self._extremes = self._places()
        self._letters = list(self._lettered())
        self.lines = list(self._lines())[:_MOST_LINES]

    # ------------------------------------------------------------ reading

    def _lines(self) -> Iterator[Line]:
        named = frozenset(one.name for _, places in self._letters for one in places)
        errors = self._errors()
        for finding in self.findings:
            reader = TableReader(self._extremes, {}, named=named, slopes=errors)
            try:
                pairs = tuple(self._pairs(finding.statement, reader))
            except (NotTabularError, RecursionError):
                continue
            if pairs and len(reader.losses) < 2:
                yield Line(finding, pairs)

    def _errors(self) -> dict[str, str]:
        r"""The error terms of two layers, \delta^{l-1}_{00} beside \delta^{l}_{00}: each the gradient by a cell."""
        found = [name for name in self.cells if name.startswith(_SLOPES[:2]) and "^" in name]
        return {name: name for name in found} if len(found) == 2 else {}

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
            about = cell_of(left)
            if about is not None and family_of(left) in reader.slopes:
                right = without_slope(right, about.indices) or right
            yield reader.terms(left, {}), reader.terms(right, {})
            return
        if any(finding.statement is statement for finding, _ in self._letters):
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

    def fit(self) -> Fit | None:
        """The convolutions that make most of the lines true; None where too few lines say, or none does."""
        best: tuple[int, int] | None = None
        chosen: Fit | None = None
        for lines, output, named in self._renamed():
            for families in self._families(lines, output):
                told = telling(lines, {output, *families})
                found = self._fit(told, lines, output, families)
                if found is not None and (best is None or (found[0], -len(told)) > best):
                    best = found[0], -len(told)
                    chosen = Fit(found[1], lines, told, tuple(dict.fromkeys(one.name for one in named)))
        return chosen

    def _renamed(self) -> Iterator[tuple[list[Line], str, dict[Atom, Index]]]:
        """The lines with what stands for the gradient from above written as one, and the output's family."""
        outputs: Counter[str] = Counter()
        for line in self.lines:
            left = line.left
            if left is not None and left.kind == "slope":
                outputs.update(
                    {
                        one.name
                        for one in _atoms(line.pairs[0][1])
                        if one.kind == "slope" and one.index and one.name != left.name
                    }
                )
        yield from ((self.lines, output, {}) for output, _ in outputs.most_common(2))
        output = self._defined()
        if output and output not in outputs:
            yield self.lines, output, {}
        if not outputs or (output and output not in outputs):
            for named in (*(places for _, places in self._letters), *self._named()):
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
        lows = Counter(low for lows, _ in self._extremes.values() for low in lows)
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

    def _written(self, line: Line, named: dict[Atom, Index], output: str) -> Line:
        def meaning(one: Atom) -> Terms | None:
            return atom(Atom("slope", output, named[one])) if one in named else None

        pairs = tuple((replaced(left, meaning), replaced(right, meaning)) for left, right in line.pairs)
        return Line(line.finding, pairs)

    def _families(self, lines: Sequence[Line], output: str) -> list[tuple[str, str]]:
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
        self, told: Sequence[Line], lines: Sequence[Line], output: str, families: tuple[str, str]
    ) -> tuple[int, list[Pictured]] | None:
        if len(told) < ENOUGH:
            return None
        extents = {name: self._extents(name) for name in families}
        extents[output] = self._output_extents(told, output)
        scores: list[tuple[int, Pictured]] = []
        for image, kernel in (families, families[::-1]):
            for bias in self._biases(lines, output):
                for one in fitting(Roles(output, image, kernel, bias), extents):
                    holding = [line for line in told if holds(line, one)]
                    given = [line for line in told if line.left is not None and line.left.kind == "cell"]
                    if all(line in holding for line in given):
                        scores.append((len(holding), one))
        if not scores:
            return None
        most = max(score for score, _ in scores)
        if most < ENOUGH or most < SHARE * len(told):
            return None
        return most, [one for score, one in scores if score == most]

    def _extents(self, name: str) -> list[Extent]:
        """How far a family extends by the cells that are printed: by all of them, or by those printed twice."""
        found: dict[Extent, None] = {}
        for often in (1, 2):
            own = [index for index, said in self.cells[name].items() if len(said) >= often]
            # The x_1 of another example is no cell of x_{11}, x_{12}, ...
            ranks = Counter(len(index) for index in own)
            if ranks and ranks.most_common(1)[0][1] > len(own) // 2:
                rank = ranks.most_common(1)[0][0]
                found[_extent([index for index in own if len(index) == rank])] = None
        return list(found)

    def _output_extents(self, told: Sequence[Line], output: str) -> list[Extent]:
        if output and self.cells.get(output):
            return self._extents(output)
        own = [
            one.index
            for line in told
            for one in _atoms(line.pairs[0][1])
            if one.kind == "slope" and one.name == output
        ]
        return [_extent(own)] if own and len({len(index) for index in own}) == 1 else []

    def _biases(self, lines: Sequence[Line], output: str) -> list[str]:
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


def telling(lines: Sequence[Line], families: Collection[str]) -> list[Line]:
    """The lines that say which cells meet, each once."""
    found: dict[object, Line] = {}
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


def table_of(line: Line) -> tuple[str, str, str]:
    """Which table a line belongs to: what its lines differentiate, and by what."""
    left = line.left
    assert left is not None
    return left.kind, left.name, left.below[0] if left.below is not None else ""


def holds(line: Line, one: Pictured) -> bool:
    """Whether a line is true of a convolution."""
    return all(same_under(left, right, one, lenient=False) for left, right in line.pairs)


def same_under(left: Terms, right: Terms, one: Pictured, lenient: bool) -> bool:
    """Whether two sides are the same with what a convolution makes of slopes and cells put in."""
    try:
        sides = [replaced(side, lambda each: one.meaning(each, lenient)) for side in (left, right)]
    except NotTabularError:
        return False
    return sides[0] == sides[1]


__all__ = [
    "ENOUGH",
    "SHARE",
    "Fit",
    "Line",
    "Table",
    "holds",
    "same_under",
    "single_atom",
    "table_of",
    "telling",
]
