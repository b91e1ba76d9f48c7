"""A Z-basis of the exponents that occur, so that exponentials become independent generators.

exp(b_1), ..., exp(b_n) are algebraically independent over the rational functions when b_1, ..., b_n are
linearly independent over Q (Ax's theorem; Henson, Rubel and Singer 1989 for its use in deciding identities).
Writing every exponent in a Z-basis therefore turns each exponential into a monomial with integer exponents.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from sympy import QQ, ZZ
from sympy.polys.matrices import DomainMatrix

Vector = dict[int, Fraction]
Integers = dict[int, int]


def integer_basis(vectors: list[Vector]) -> tuple[list[Vector], list[Integers]]:
    """A Z-basis of the lattice that the vectors span, the vectors' own directions preferred.

    Args:
        vectors: coefficient of each monomial; none is empty.

    Returns:
        The basis, and each vector's integer coordinates (number of basis vector -> coordinate).
    """
    directions: dict[frozenset[tuple[int, int]], int] = {}
    primitive: list[Integers] = []
    multiples: list[tuple[int, Fraction]] = []
    for vector in vectors:
        direction, multiple = _primitive(vector)
        key = frozenset(direction.items())
        if key not in directions:
            directions[key] = len(primitive)
            primitive.append(direction)
        multiples.append((directions[key], multiple))
    if _independent(primitive):
        return _along_directions(primitive, multiples)
    return _hermite(vectors)


def _primitive(vector: Vector) -> tuple[Integers, Fraction]:
    """The vector as a rational multiple of a primitive integer vector with a positive first entry."""
    denominator = lcm(*(c.denominator for c in vector.values()))
    integers = {m: int(c * denominator) for m, c in vector.items()}
    content = gcd(*integers.values())
    if integers[min(integers)] < 0:
        content = -content
    return {m: c // content for m, c in integers.items()}, Fraction(content, denominator)


def _along_directions(
    primitive: list[Integers], multiples: list[tuple[int, Fraction]]
) -> tuple[list[Vector], list[Integers]]:
    units = [Fraction(0)] * len(primitive)
    for direction, multiple in multiples:
        units[direction] = _gcd(units[direction], multiple)
    basis = [{m: c * unit for m, c in vector.items()} for vector, unit in zip(primitive, units, strict=True)]
    return basis, [{d: int(multiple / units[d])} for d, multiple in multiples]


def _gcd(a: Fraction, b: Fraction) -> Fraction:
    denominator = lcm(a.denominator, b.denominator)
    return Fraction(gcd(int(a * denominator), int(b * denominator)), denominator)


def _independent(vectors: list[Integers]) -> bool:
    count: dict[int, int] = {}
    for vector in vectors:
        for monomial in vector:
            count[monomial] = count.get(monomial, 0) + 1
    # A vector with a monomial of its own depends on no others.
    shared = [vector for vector in vectors if all(count[m] > 1 for m in vector)]
    return len(_echelon(shared)) == len(shared)


def _echelon(vectors: list[Integers]) -> list[tuple[int, Integers]]:
    """A Z-basis in echelon form: (pivot column, row)."""
    rows = [dict(vector) for vector in vectors]
    basis: list[tuple[int, Integers]] = []
    while rows:
        column = min(min(row) for row in rows)
        here = [row for row in rows if column in row]
        rows = [row for row in rows if column not in row]
        while len(here) > 1:
            here.sort(key=lambda row: abs(row[column]))
            pivot, rest = here[0], []
            for row in here[1:]:
                remainder = _subtract(row, row[column] // pivot[column], pivot)
                if column in remainder:
                    rest.append(remainder)
                elif remainder:
                    rows.append(remainder)
            here = [pivot, *rest]
        basis.append((column, here[0]))
    return basis


def _subtract(row: Integers, multiple: int, pivot: Integers) -> Integers:
    result = dict(row)
    for column, entry in pivot.items():
        value = result.get(column, 0) - multiple * entry
        if value:
            result[column] = value
        else:
            result.pop(column, None)
    return result


def _hermite(vectors: list[Vector]) -> tuple[list[Vector], list[Integers]]:
    denominator = lcm(*(c.denominator for vector in vectors for c in vector.values()))
    rows = [{m: int(c * denominator) for m, c in vector.items()} for vector in vectors]
    echelon = _echelon(rows)
    coordinates = [_coordinates(row, echelon) for row in rows]
    chosen = _unimodular_choice(coordinates, len(echelon))
    if chosen is not None:
        inverse_rows, numbers = chosen
        basis = [vectors[number] for number in numbers]
        return basis, [_through(row, inverse_rows) for row in coordinates]
    short, coordinates = _shortened([row for _, row in echelon], coordinates)
    basis = [{m: Fraction(c, denominator) for m, c in row.items()} for row in short]
    return basis, coordinates


def _shortened(rows: list[Integers], coordinates: list[Integers]) -> tuple[list[Integers], list[Integers]]:
    """The rows as a lattice basis of short vectors: an echelon form may take multiples in the thousands."""
    columns = sorted({column for row in rows for column in row})
    matrix = DomainMatrix(
        [[ZZ(row.get(column, 0)) for column in columns] for row in rows], (len(rows), len(columns)), ZZ
    )
    reduced, transform = matrix.lll_transform()
    back = transform.convert_to(QQ).inv().convert_to(ZZ).to_list()
    short = [
        {column: int(entry) for column, entry in zip(columns, row, strict=True) if entry}
        for row in reduced.to_list()
    ]
    inverse = [[int(entry) for entry in row] for row in back]
    return short, [_through(row, inverse) for row in coordinates]


def _coordinates(row: Integers, echelon: list[tuple[int, Integers]]) -> Integers:
    result: Integers = {}
    for number, (column, pivot) in enumerate(echelon):
        entry = row.get(column, 0)
        if entry:
            multiple = entry // pivot[column]
            row = _subtract(row, multiple, pivot)
            result[number] = multiple
    assert not row, "a vector outside the lattice that it helped to span"
    return result


def _unimodular_choice(coordinates: list[Integers], rank: int) -> tuple[list[list[int]], list[int]] | None:
    """Vectors of the family that are themselves a Z-basis, simplest first, with the inverse matrix."""
    order = sorted(range(len(coordinates)), key=lambda n: (sum(map(abs, coordinates[n].values())), n))
    kept: list[int] = []
    reduced: list[tuple[int, Integers]] = []
    for number in order:
        trial = _echelon([*(row for _, row in reduced), coordinates[number]])
        if len(trial) > len(reduced):
            kept.append(number)
            reduced = trial
        if len(kept) == rank:
            break
    volume = reduce(lambda product, pair: product * abs(pair[1][pair[0]]), reduced, 1)
    if len(kept) < rank or volume != 1:
        return None
    return _inverse([[coordinates[n].get(i, 0) for i in range(rank)] for n in kept]), kept


def _inverse(matrix: list[list[int]]) -> list[list[int]]:
    size = len(matrix)
    rows = [
        [Fraction(c) for c in row] + [Fraction(i == j) for j in range(size)] for i, row in enumerate(matrix)
    ]
    for column in range(size):
        pivot = next(r for r in range(column, size) if rows[r][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = rows[column][column]
        rows[column] = [entry / scale for entry in rows[column]]
        for r in range(size):
            if r != column and rows[r][column]:
                multiple = rows[r][column]
                rows[r] = [a - multiple * b for a, b in zip(rows[r], rows[column], strict=True)]
    return [[int(entry) for entry in row[size:]] for row in rows]


def _through(row: Integers, inverse: list[list[int]]) -> Integers:
    result: Integers = {}
    for i, entry in row.items():
        for j, factor in enumerate(inverse[i]):
            if factor:
                result[j] = result.get(j, 0) + entry * factor
    return {j: c for j, c in result.items() if c}
