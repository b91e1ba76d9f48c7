"""Exact arithmetic in the field of rational functions over Q, with values kept in factors.

A value is a rational number times powers of *bases*; a base is a variable or a primitive polynomial with
integer coefficients. Products only add exponents; only a sum expands, and only what its terms do not share.
A polynomial is a dict from a packed monomial (16 bits of exponent a variable, in one integer) to its integer
coefficient, so that multiplying monomials is one addition.

Two kinds of variable obey a law besides those of a field: a *switch* h is 0 or 1 (h^2 = h), a *root* r is
the real q-th root of a value u (r^q = u).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from convsym.budget import Clock
from convsym.errors import BudgetExceeded

BITS = 16
MASK = (1 << BITS) - 1
Polynomial = dict[int, int]


class IdenticallyUndefined(Exception):
    """A division by a value that vanishes identically; the message says what."""


@dataclass(frozen=True, slots=True)
class Value:
    """scale * product of base^exponent; zero is scale 0 without factors.

    Attributes:
        scale: the rational factor.
        factors: (number of the base, exponent other than 0), sorted.
    """

    scale: Fraction
    factors: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.scale)


ZERO = Value(Fraction(0))
ONE = Value(Fraction(1))


class Field:
    """The variables and bases of one decision, and the arithmetic on values over them.

    Args:
        clock: asked in every loop; its budget bounds the terms of a polynomial.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.limit = clock.budget.terms
        self.bases: list[Polynomial] = []
        self.degrees: list[int] = []
        self.variables = 0
        self.base_of_variable: list[int] = []
        self.positive_variables: set[int] = set()
        self._number_of: dict[frozenset[tuple[int, int]], int] = {}
        self._switches = 0  # mask of the exponent fields of switches
        self._roots: dict[int, tuple[int, Value]] = {}
        self._powers: dict[tuple[int, int], Polynomial] = {}
        self._variable_of_base: dict[int, int] = {}

    # ------------------------------------------------------------ variables and bases

    def variable(self, *, switch: bool = False, root_of: tuple[int, Value] | None = None) -> Value:
        """A new variable."""
        number = self.variables
        self.variables += 1
        base = self._base({1 << (number * BITS): 1})
        self.base_of_variable.append(base)
        self._variable_of_base[base] = number
        if switch:
            self._switches |= MASK << (number * BITS)
        if root_of is not None:
            self._roots[base] = root_of
        return Value(Fraction(1), ((base, 1),))

    def variable_of(self, base: int) -> int | None:
        """The variable that a base is, if it is one."""
        return self._variable_of_base.get(base)

    def is_switch(self, base: int) -> bool:
        """Whether a base is a variable that is 0 or 1."""
        number = self._variable_of_base.get(base)
        return number is not None and bool(self._switches >> (number * BITS) & 1)

    def _base(self, polynomial: Polynomial) -> int:
        key = frozenset(polynomial.items())
        number = self._number_of.get(key)
        if number is None:
            number = self._number_of[key] = len(self.bases)
            self.bases.append(polynomial)
            self.degrees.append(max(map(_degree, polynomial)))
        return number

    # ------------------------------------------------------------ values

    def multiply(self, values: Iterable[Value]) -> Value:
        """The product."""
        scale = Fraction(1)
        factors: dict[int, int] = {}
        for value in values:
            if not value.scale:
                return ZERO
            scale *= value.scale
            for base, exponent in value.factors:
                factors[base] = factors.get(base, 0) + exponent
        return self._value(scale, factors)

    def _value(self, scale: Fraction, factors: dict[int, int]) -> Value:
        if self._switches or self._roots:
            for base in list(factors):
                exponent = factors[base]
                if exponent > 1 and self.is_switch(base):
                    factors[base] = 1
                root = self._roots.get(base)
                if root is not None and not 0 <= exponent < root[0]:
                    degree, radicand = root
                    whole, factors[base] = divmod(exponent, degree)
                    rest = {b: e for b, e in factors.items() if e}
                    power = self.power(radicand, whole)
                    return self.multiply((Value(scale, tuple(sorted(rest.items()))), power))
        return Value(scale, tuple(sorted((b, e) for b, e in factors.items() if e)))

    def power(self, value: Value, exponent: int) -> Value:
        """An integer power.

        Raises:
            IdenticallyUndefined: a negative power of zero.
        """
        if exponent == 0:
            return ONE
        if not value.scale:
            if exponent < 0:
                raise IdenticallyUndefined("a denominator vanishes identically")
            return ZERO
        size = max(value.scale.numerator.bit_length(), value.scale.denominator.bit_length())
        if size * abs(exponent) > 4 * self.clock.budget.digits * 3:
            raise BudgetExceeded("a number has too many digits")
        return self._value(value.scale**exponent, {b: e * exponent for b, e in value.factors})

    def add(self, values: Iterable[Value]) -> Value:
        """The sum, its terms' common factors taken out and the rest expanded."""
        terms: dict[tuple[tuple[int, int], ...], Fraction] = {}
        for value in values:
            if value.scale:
                terms[value.factors] = terms.get(value.factors, Fraction(0)) + value.scale
        terms = {factors: scale for factors, scale in terms.items() if scale}
        if len(terms) <= 1:
            for factors, scale in terms.items():
                return Value(scale, factors)
            return ZERO
        common = self._common_factors(list(terms))
        denominator = lcm(*(scale.denominator for scale in terms.values()))
        total: Polynomial = {}
        for factors, scale in terms.items():
            left = {b: e - common.get(b, 0) for b, e in factors}
            for base, exponent in common.items():
                if base not in left:
                    left[base] = -exponent
            multiple = scale.numerator * (denominator // scale.denominator)
            self._accumulate(total, multiple, left)
        return self._from_polynomial(total, Fraction(1, denominator), common)

    @staticmethod
    def _common_factors(terms: list[tuple[tuple[int, int], ...]]) -> dict[int, int]:
        """The least exponent of every base, counting an absent base as exponent 0."""
        least = dict(terms[0])
        for factors in terms[1:]:
            present = dict(factors)
            for base in least.keys() | present.keys():
                least[base] = min(least.get(base, 0), present.get(base, 0))
        return {base: exponent for base, exponent in least.items() if exponent}

    def expand(self, scale: int, factors: dict[int, int]) -> Polynomial:
        """scale * product of base^exponent (exponents not negative) as one polynomial."""
        total: Polynomial = {}
        self._accumulate(total, scale, factors)
        return self._reduce(total)

    def _accumulate(self, total: Polynomial, scale: int, factors: dict[int, int]) -> None:
        """Add scale * product of base^exponent to `total`."""
        shift = 0
        degree = 0
        products: list[Polynomial] = []
        for base, exponent in factors.items():
            if not exponent:
                continue
            degree += self.degrees[base] * exponent
            number = self._variable_of_base.get(base)
            if number is not None:
                shift += exponent << (number * BITS)
            else:
                products.append(self._base_power(base, exponent))
        if degree >= MASK:
            raise BudgetExceeded("a polynomial of too high a degree")
        products.sort(key=len)
        current: Polynomial = {shift: scale}
        for index, product in enumerate(products):
            if index == len(products) - 1:
                self._multiply_into(total, current, product)
                return
            expanded: Polynomial = {}
            self._multiply_into(expanded, current, product)
            current = expanded
        for monomial, coefficient in current.items():
            total[monomial] = total.get(monomial, 0) + coefficient

    def _multiply_into(self, total: Polynomial, left: Polynomial, right: Polynomial) -> None:
        if len(left) > len(right):
            left, right = right, left
        items = list(right.items())
        get = total.get
        for m, c in left.items():
            self.clock.check()
            for n, d in items:
                total[m + n] = get(m + n, 0) + c * d
            if len(total) > self.limit:
                raise BudgetExceeded(f"a polynomial with more than {self.limit} terms")

    def _base_power(self, base: int, exponent: int) -> Polynomial:
        if exponent == 1:
            return self.bases[base]
        power = self._powers.get((base, exponent))
        if power is None:
            power = {}
            # By halves: one at a time, an exponent of thousands would be as many calls deep.
            half = exponent // 2
            self._multiply_into(power, self._base_power(base, half), self._base_power(base, exponent - half))
            power = {m: c for m, c in power.items() if c}
            self._powers[base, exponent] = power
        return power

    def _reduce(self, polynomial: Polynomial) -> Polynomial:
        """Drop zeros and apply h^2 = h."""
        if not self._switches:
            return {m: c for m, c in polynomial.items() if c}
        reduced: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            if monomial & self._switches:
                monomial = self._flatten_switches(monomial)
            reduced[monomial] = reduced.get(monomial, 0) + coefficient
        return {m: c for m, c in reduced.items() if c}

    def _flatten_switches(self, monomial: int) -> int:
        pending = monomial & self._switches
        while pending:
            place = (pending.bit_length() - 1) // BITS * BITS
            exponent = pending >> place
            pending -= exponent << place
            monomial -= (exponent - 1) << place
        return monomial

    @staticmethod
    def pack(powers: Iterable[tuple[int, int]]) -> int:
        """The packed monomial of (variable, exponent) pairs."""
        return sum(exponent << (variable * BITS) for variable, exponent in powers)

    def from_polynomial(self, polynomial: Polynomial) -> Value:
        """The value of a polynomial with integer coefficients."""
        return self._from_polynomial(polynomial, Fraction(1), {})

    def from_vector(self, vector: dict[int, Fraction]) -> Value:
        """The value of a polynomial with rational coefficients."""
        denominator = lcm(*(c.denominator for c in vector.values()))
        integers = {m: int(c * denominator) for m, c in vector.items()}
        return self._from_polynomial(integers, Fraction(1, denominator), {})

    def _from_polynomial(self, total: Polynomial, scale: Fraction, common: dict[int, int]) -> Value:
        total = self._reduce(total)
        if self._roots:
            reduced = self._reduce_roots(total, scale, common)
            if reduced is not None:
                return reduced
        if not total:
            return ZERO
        content = gcd(*total.values())
        leading = max(total)
        if total[leading] < 0:
            content = -content
        shared = self._monomial_content(total)
        primitive = {m - shared: c // content for m, c in total.items()}
        factors = dict(common)
        for variable, exponent in unpack(shared):
            base = self.base_of_variable[variable]
            factors[base] = factors.get(base, 0) + exponent
        if len(primitive) > 1:
            base = self._base(primitive)
            factors[base] = factors.get(base, 0) + 1
        return self._value(scale * content, factors)

    def _reduce_roots(self, total: Polynomial, scale: Fraction, common: dict[int, int]) -> Value | None:
        """Rewrite r^q as its radicand; None where nothing had to be rewritten."""
        for base, (degree, radicand) in self._roots.items():
            place = self._variable_of_base[base] * BITS
            if all((m >> place & MASK) < degree for m in total):
                continue
            groups: dict[int, Polynomial] = {}
            for monomial, coefficient in total.items():
                whole = (monomial >> place & MASK) // degree
                groups.setdefault(whole, {})[monomial - (whole * degree << place)] = coefficient
            outside = Value(scale, tuple(sorted(common.items())))
            return self.add(
                self.multiply(
                    (outside, self.power(radicand, whole), self._from_polynomial(group, Fraction(1), {}))
                )
                for whole, group in groups.items()
            )
        return None

    @staticmethod
    def _monomial_content(polynomial: Polynomial) -> int:
        monomials = iter(polynomial)
        shared = unpack(next(monomials))
        for monomial in monomials:
            if not shared:
                break
            shared = [
                (v, min(e, monomial >> (v * BITS) & MASK)) for v, e in shared if monomial >> (v * BITS) & MASK
            ]
        return sum(e << (v * BITS) for v, e in shared)

    # ------------------------------------------------------------ questions

    def is_zero(self, value: Value) -> bool:
        """Whether a value is identically zero, switches and roots taken into account."""
        if not value.scale:
            return True
        if not self._switches:
            return False
        return not self.expand(1, {b: e for b, e in value.factors if e > 0})

    def jointly(self, values: list[Value]) -> tuple[Value, list[dict[int, Fraction]]]:
        """The values as a common factor times vectors: monomial -> rational coefficient."""
        present = [value.factors for value in values if value.scale]
        common = self._common_factors(present) if present else {}
        vectors = []
        for value in values:
            left = {b: e - common.get(b, 0) for b, e in value.factors}
            for base, exponent in common.items():
                if base not in left:
                    left[base] = -exponent
            expanded = self.expand(1, left) if value.scale else {}
            vectors.append({m: c * value.scale for m, c in expanded.items()})
        return Value(Fraction(1), tuple(sorted(common.items()))), vectors


def unpack(monomial: int) -> list[tuple[int, int]]:
    """The (variable, exponent) pairs of a packed monomial."""
    pairs = []
    variable = 0
    while monomial:
        # Skip empty fields many at a time: a monomial names few of many variables.
        low = (monomial & -monomial).bit_length() - 1
        skipped = low // BITS
        variable += skipped
        monomial >>= skipped * BITS
        pairs.append((variable, monomial & MASK))
        monomial >>= BITS
        variable += 1
    return pairs


def _degree(monomial: int) -> int:
    return sum(exponent for _, exponent in unpack(monomial))
