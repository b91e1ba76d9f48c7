r"""Numbers worked out beside a table of gradients: dL/dK_{11} = 1 \cdot 2 + 0 \cdot 3 where X and dL/dY are given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from convsym.checker.findings import Finding
from convsym.checker.tablelines import Fit, Line, single_atom
from convsym.latex.syntax import Bracket, Matrix, Name, Node, Number, Signed
from convsym.scope.cellforms import printed
from convsym.scope.celltables import Atom, NotTabularError, Terms, fraction_parts, replaced
from convsym.scope.naming import strip_group
from convsym.scope.picturedconv import Extent, Pictured

Values = Mapping[Atom, Fraction]


def worked_numbers(
    findings: Sequence[Finding], wholes: Mapping[str, str], fit: Fit, one: Pictured
) -> Iterator[tuple[Line, bool]]:
    """The lines that give numbers for gradients, and whether these come out of the numbers that are given.

    Nothing is said of a line before which a matrix was given twice, with other numbers.

    Args:
        findings: the relations of the document.
        wholes: by matrix, the family whose cells it holds.
        fit: what the table is about.
        one: the convolution that fits.
    """
    given = list(_given(findings, wholes, fit, one))
    sources = {number for number, _ in given}
    for line in fit.lines:
        number = line.finding.statement.number
        if number in sources or not line.pairs or not all(_is_number(right) for _, right in line.pairs):
            continue
        values = _in_force(given, number)
        if values is None or not all(_is_gradient(left, one) for left, _ in line.pairs):
            continue
        try:
            results = [_worked_out(left, one, values) for left, _ in line.pairs]
        except NotTabularError:
            continue
        if all(map(_is_number, results)):
            yield line, all(result == right for result, (_, right) in zip(results, line.pairs, strict=True))


def _is_number(terms: Terms) -> bool:
    return all(not factors for factors in terms)


def _is_gradient(left: Terms, one: Pictured) -> bool:
    found = single_atom(left)
    return found is not None and found.kind == "slope" and found.name in (one.roles.image, one.roles.kernel)


def _worked_out(left: Terms, one: Pictured, values: Values) -> Terms:
    def number(each: Atom) -> Terms | None:
        if each not in values:
            return None
        return {(): values[each]} if values[each] else {}

    return replaced(replaced(left, lambda each: one.meaning(each, lenient=False)), number)


def _in_force(given: Sequence[tuple[int, dict[Atom, Fraction]]], number: int) -> Values | None:
    """What the matrices before a line give; those behind it where none does, None where two differ."""
    found: dict[Atom, Fraction] = {}
    near = [values for at, values in given if at < number] or [values for _, values in given]
    for values in near:
        if any(found.get(each, value) != value for each, value in values.items()):
            return None
        found.update(values)
    return found


def _given(
    findings: Sequence[Finding], wholes: Mapping[str, str], fit: Fit, one: Pictured
) -> Iterator[tuple[int, dict[Atom, Fraction]]]:
    """The matrices of numbers that images, kernels and the gradient from above are given by."""
    families: dict[str, Extent] = defaultdict(tuple, one.extents)
    for finding in findings:
        left, right = (strip_group(side) for side in (finding.statement.left, finding.statement.right))
        if not isinstance(right, Matrix) or finding.statement.link:
            continue
        parts = fraction_parts(left)
        name = printed(left) if isinstance(left, Name) else ""
        kind, family = "cell", wholes.get(name, name)
        if name in fit.named or (parts is not None and printed(strip_group(parts[1])) == one.roles.output):
            kind, family = "slope", one.roles.output
        rows = [[_value(entry) for entry in row] for row in right.rows]
        extent = families[family]
        if len(extent) != 2 or any(value is None for row in rows for value in row):
            continue
        ranges = [range(low, high + 1) for low, high in extent]
        if len(rows) != len(ranges[0]) or any(len(row) != len(ranges[1]) for row in rows):
            continue
        yield (
            finding.statement.number,
            {
                Atom(kind, family, (i, j)): value
                for i, row in zip(ranges[0], rows, strict=True)
                for j, value in zip(ranges[1], row, strict=True)
                if value is not None
            },
        )


def _value(node: Node | None) -> Fraction | None:
    node = None if node is None else strip_group(node)
    match node:
        case Number(text):
            return Fraction(text)
        case Signed("+" | "-" as sign, operand):
            value = _value(operand)
            return None if value is None else value * (-1 if sign == "-" else 1)
        case Bracket("(", (single,)):
            return _value(single)
    return None


__all__ = ["worked_numbers"]
