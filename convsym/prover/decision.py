"""A program evaluated in the exact field: the decision procedure itself.

Exponentials become Laurent monomials in independent generators. Where 1 + exp(+-b) occurs, the generator is
t = sigma(b) instead of exp(b), since exp(b) = t / (1 - t): then sigma and its derivatives are polynomials and
gradients of a network expand to few terms. Logarithms are split along the irreducible factors of their
argument, log u = sum of e_i log |b_i|, which holds wherever log u is defined. Choices by sign (ReLU, |x|,
max, cases) become polynomials in switches h = [b > 0].

Whatever has no law here is a free variable. A difference that comes out zero is therefore zero as a function,
wherever both sides are defined; one that does not is refuted only by a certified witness found elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sympy import Integer, factorint, latex
from sympy.polys.domains import ZZ
from sympy.polys.rings import ring

from convsym.budget import Clock
from convsym.prover.exponents import integer_basis
from convsym.prover.field import ONE, ZERO, Field, IdenticallyUndefined, Polynomial, Value, unpack
from convsym.prover.program import Op, Program, operands

_LARGEST_FACTORED_NUMBER = 10**15
_MINUS_ONE = Value(Fraction(-1))
_HALF = Value(Fraction(1, 2))


class Decision:
    """The values of a program's instructions in one exact field.

    Args:
        program: what to evaluate.
        roots: the instructions wanted; `value[root]` holds their values afterwards.
        clock: the budget.
        signs: sign (+1 or -1) assumed of a base, by the base's polynomial over `names`: one sign cell.

    Raises:
        IdenticallyUndefined: a divisor or the argument of a logarithm that is never admissible.
        BudgetExceeded: too long or too large.
    """

    def __init__(
        self,
        program: Program,
        roots: list[int],
        clock: Clock,
        signs: Mapping[frozenset[tuple[int, int]], int] | None = None,
    ) -> None:
        self.program = program
        self.field = Field(clock)
        self.clock = clock
        self.value: dict[int, Value] = {}
        self.methods: set[str] = set()
        self.ties: list[Value] = []
        self.switch_of: dict[int, Value] = {}
        self._signs = signs or {}
        # One variable an atom, in the program's order: a monomial means the same in every sign cell.
        self.atoms = [self.field.variable() for _ in program.atoms]
        self._atom_bases = {value.factors[0][0]: n for n, value in enumerate(self.atoms)}
        for number, symbol in enumerate(program.atoms):
            if symbol.is_positive:
                self.field.positive_variables.add(number)
        self._exponent_of: dict[int, Value] = {}  # base of a generator exp(b) -> b
        self._sigmoids: dict[int, Value] = {}  # base of a generator sigma(b) -> b
        self._complements: dict[int, int] = {}  # base 1 - sigma(b) -> base sigma(b)
        self._logs: dict[int, Value] = {}
        self._prime_logs: dict[int, Value] = {}
        self._opaque: dict[tuple[object, int], list[tuple[tuple[Value, ...], Value]]] = {}
        self._roots: list[tuple[int, Value, Value]] = []
        self._base_signs: dict[int, int] = {}
        self._run(roots)

    # ------------------------------------------------------------ evaluation

    def _run(self, roots: list[int]) -> None:
        order = self.program.order(roots)
        levels: dict[int, list[int]] = {}
        level_of: dict[int, int] = {}
        for number in order:
            instruction = self.program.code[number]
            level = max((level_of[n] for n in operands(instruction)), default=0)
            level_of[number] = level + (instruction[0] == Op.EXP)
            levels.setdefault(level_of[number], []).append(number)
        for level in sorted(levels):
            exponentials = [n for n in levels[level] if self.program.code[n][0] == Op.EXP]
            if exponentials:
                self._introduce_generators(exponentials, order)
            for number in levels[level]:
                if number not in self.value:
                    self.clock.check()
                    self.value[number] = self._evaluate(number)

    def _evaluate(self, number: int) -> Value:
        instruction = self.program.code[number]
        op = instruction[0]
        field, value = self.field, self.value
        if op == Op.CONSTANT:
            return Value(Fraction(instruction[1], instruction[2]))
        if op == Op.ATOM:
            return self.atoms[instruction[1]]
        if op == Op.ADD:
            return field.add([value[n] for n in instruction[1:]])
        if op == Op.MULTIPLY:
            return field.multiply([value[n] for n in instruction[1:]])
        if op == Op.POWER:
            return self._power(value[instruction[1]], instruction[2])
        if op == Op.ROOT:
            return self._root(value[instruction[1]], instruction[2])
        if op == Op.LOG:
            return self._logarithm(value[instruction[1]])
        if op == Op.CHOOSE:
            return self._choose(*instruction[1:])
        if op == Op.NEGATIVE:
            return self._is_negative(value[instruction[1]])
        if op == Op.ZERO:
            return self._is_zero(value[instruction[1]])
        if op == Op.BOTH:
            return field.multiply([value[n] for n in instruction[1:]])
        if op == Op.CONTRARY:
            return self._contrary(value[instruction[1]])
        if op == Op.OPAQUE:
            return self._free(instruction[1], tuple(value[n] for n in instruction[2:]))
        return self._free("nowhere", ())

    def _power(self, base: Value, exponent: int) -> Value:
        if exponent < 0 and self.field.is_zero(base):
            raise IdenticallyUndefined("a denominator vanishes identically")
        return self.field.power(base, exponent)

    def difference(self, left: int, right: int) -> Value:
        """The value of one instruction minus another's."""
        return self.field.add((self.value[left], self._negative(self.value[right])))

    def _negative(self, value: Value) -> Value:
        return Value(-value.scale, value.factors)

    def equal(self, left: Value, right: Value) -> bool:
        """Whether two values are the same function."""
        if left == right:
            return True
        return self.field.is_zero(self.field.add((left, self._negative(right))))

    # ------------------------------------------------------------ exponentials

    def _introduce_generators(self, numbers: list[int], order: list[int]) -> None:
        """Give the exponentials of one nesting level a basis and express each in it."""
        self.methods.add("exponential")
        code = self.program.code
        exponents = {n: self.value[code[n][1]] for n in numbers}
        for n, exponent in exponents.items():
            if self.field.is_zero(exponent):
                self.value[n] = ONE
        numbers = [n for n in numbers if n not in self.value]
        if not numbers:
            return
        common, vectors = self.field.jointly([exponents[n] for n in numbers])
        basis, coordinates = integer_basis(vectors)
        halves = self._beside_one(order)
        by_sigmoid = {
            next(iter(row))
            for n, row in zip(numbers, coordinates, strict=True)
            if n in halves and len(row) == 1 and abs(next(iter(row.values()))) == 1
        }
        powers = []
        for number, vector in enumerate(basis):
            exponent = self.field.multiply((common, self.field.from_vector(vector)))
            generator = self.field.variable()
            base = generator.factors[0][0]
            self.field.positive_variables.add(self.field.variables - 1)
            if number in by_sigmoid:
                complement = self.field.add((ONE, self._negative(generator)))
                self._sigmoids[base] = exponent
                self._complements[complement.factors[0][0]] = base
                minus = self.field.power(self._negative(complement), -1)
                powers.append(self.field.multiply((generator, self._negative(minus))))
            else:
                self._exponent_of[base] = exponent
                powers.append(generator)
        for n, row in zip(numbers, coordinates, strict=True):
            self.value[n] = self.field.multiply(self.field.power(powers[i], k) for i, k in row.items())

    def _beside_one(self, order: list[int]) -> set[int]:
        """The exponentials e that occur in a sum c + c e."""
        code = self.program.code
        found = set()
        for number in order:
            instruction = code[number]
            if instruction[0] != Op.ADD or len(instruction) != 3:
                continue
            first, second = sorted(instruction[1:], key=lambda n: code[n][0])
            scale: tuple[int, ...] = (1, 1)
            if code[second][0] == Op.EXP:
                exponential = second
            elif code[first][0] == Op.CONSTANT and code[second][0] == Op.MULTIPLY and len(code[second]) == 3:
                factors = sorted(code[second][1:], key=lambda n: code[n][0])
                if code[factors[0]][0] != Op.CONSTANT or code[factors[1]][0] != Op.EXP:
                    continue
                scale, exponential = code[factors[0]][1:], factors[1]
            else:
                continue
            if code[first] == (Op.CONSTANT, *scale):
                found.add(exponential)
        return found

    # ------------------------------------------------------------ logarithms, roots, free functions

    def _logarithm(self, argument: Value) -> Value:
        self.methods.add("logarithm")
        if self.field.is_zero(argument):
            raise IdenticallyUndefined("the logarithm of 0")
        if self.certain_sign(argument) == -1:
            raise IdenticallyUndefined("the logarithm of a negative value")
        terms = [*self._log_of_integer(argument.scale.numerator, 1)]
        terms += self._log_of_integer(argument.scale.denominator, -1)
        for base, exponent in argument.factors:
            for factor, multiplicity in self._irreducible(base):
                multiple = Value(Fraction(exponent * multiplicity))
                terms.append(self.field.multiply((multiple, self._log_of_base(factor))))
        return self.field.add(terms)

    def _log_of_integer(self, number: int, sense: int) -> list[Value]:
        number = abs(number)
        factors = factorint(number) if number < _LARGEST_FACTORED_NUMBER else {number: 1}
        terms = []
        for prime, multiplicity in factors.items():
            if prime == 1:
                continue
            if prime not in self._prime_logs:
                self._prime_logs[prime] = self.field.variable()
            multiple = Value(Fraction(sense * multiplicity))
            terms.append(self.field.multiply((multiple, self._prime_logs[prime])))
        return terms

    def _log_of_base(self, base: int) -> Value:
        """log |base|: known for exp(b), tied to log sigma for 1 - sigma, else a variable."""
        if base in self._exponent_of:
            return self._exponent_of[base]
        if base in self._complements:
            sigmoid = self._complements[base]
            return self.field.add((self._log_of_base(sigmoid), self._negative(self._sigmoids[sigmoid])))
        if self.field.is_switch(base):
            return ZERO  # where the logarithm is defined the switch is 1
        if base not in self._logs:
            self._logs[base] = self.field.variable()
        return self._logs[base]

    def _irreducible(self, base: int) -> list[tuple[int, int]]:
        polynomial = self.field.bases[base]
        variables = sorted({v for monomial in polynomial for v, _ in unpack(monomial)})
        # Factoring is the one step without a bound of its own, so it is kept to what factors quickly.
        if len(polynomial) == 1 or len(polynomial) > 60 or len(variables) > 12:
            return [(base, 1)]
        if max(map(max, ([e for _, e in unpack(m)] or [0] for m in polynomial))) > 24:
            return [(base, 1)]
        place = {v: i for i, v in enumerate(variables)}
        terms = {}
        for monomial, coefficient in polynomial.items():
            exponents = [0] * len(variables)
            for v, e in unpack(monomial):
                exponents[place[v]] = e
            terms[tuple(exponents)] = coefficient
        domain = ring([f"v{v}" for v in variables], ZZ)[0]
        result = []
        for factor, multiplicity in domain.from_dict(terms).factor_list()[1]:
            packed: Polynomial = {}
            for exponents, coefficient in factor.terms():
                packed[self.field.pack(zip(variables, exponents, strict=True))] = int(coefficient)
            result += [(b, e * multiplicity) for b, e in self.field.from_polynomial(packed).factors]
        return result

    def _root(self, radicand: Value, degree: int) -> Value:
        self.methods.add("root")
        if self.field.is_zero(radicand):
            return ZERO
        if self.certain_sign(radicand) == -1:
            raise IdenticallyUndefined("the root of a negative value")
        for known_degree, known, root in self._roots:
            if known_degree == degree and self.equal(known, radicand):
                return root
        root = self.field.variable(root_of=(degree, radicand))
        self._roots.append((degree, radicand, root))
        return root

    def _free(self, name: object, arguments: tuple[Value, ...]) -> Value:
        """The variable of a function application; equal arguments give the same one."""
        known = self._opaque.setdefault((name, len(arguments)), [])
        for others, value in known:
            if all(self.equal(a, b) for a, b in zip(arguments, others, strict=True)):
                return value
        value = self.field.variable()
        known.append((arguments, value))
        return value

    # ------------------------------------------------------------ signs and choices

    def _contrary(self, indicator: Value) -> Value:
        return self.field.add((ONE, self._negative(indicator)))

    def _sign(self, value: Value) -> Value:
        """+1 or -1 almost everywhere, as a polynomial in switches."""
        factors = [Value(Fraction(1 if value.scale > 0 else -1))]
        for base, exponent in value.factors:
            if exponent % 2 == 0:
                continue
            certain = self.sign_of_base(base)
            if certain:
                factors.append(Value(Fraction(certain)))
                continue
            known = self._signs.get(frozenset(self.field.bases[base].items()))
            if known is not None:
                factors.append(Value(Fraction(known)))
                continue
            if base not in self.switch_of:
                self.switch_of[base] = self.field.variable(switch=True)
            twice = self.field.multiply((Value(Fraction(2)), self.switch_of[base]))
            factors.append(self.field.add((twice, _MINUS_ONE)))
        return self.field.multiply(factors)

    def _is_negative(self, value: Value) -> Value:
        self.methods.add("signs")
        if self.field.is_zero(value):
            return ZERO
        sign = self._sign(value)
        return self.field.multiply((_HALF, self.field.add((ONE, self._negative(sign)))))

    def _is_zero(self, value: Value) -> Value:
        return ONE if self.field.is_zero(value) else ZERO

    def _choose(self, condition: int, then: int, otherwise: int) -> Value:
        indicator = self.value[condition]
        if indicator == ONE:
            return self.value[then]
        if not indicator:
            self._note_ties(condition, then, otherwise)
            return self.value[otherwise]
        self._note_ties(condition, then, otherwise)
        first = self.field.multiply((indicator, self.value[then]))
        second = self.field.multiply((self._contrary(indicator), self.value[otherwise]))
        return self.field.add((first, second))

    def _note_ties(self, condition: int, then: int, otherwise: int) -> None:
        """Remember a boundary on which the two values may differ."""
        jump = self.field.add((self.value[then], self._negative(self.value[otherwise])))
        shared = {base for base, exponent in jump.factors if exponent > 0}
        pending = [condition]
        while pending:
            instruction = self.program.code[pending.pop()]
            if instruction[0] not in (Op.NEGATIVE, Op.ZERO):
                pending.extend(instruction[1:])
                continue
            guard = self.value[instruction[1]]
            loose = [b for b, _ in guard.factors if b not in shared and not self.sign_of_base(b)]
            if guard and jump and loose:
                self.ties.append(guard)

    def describe(self, base: int) -> str | None:
        """A base over the atoms alone as LaTeX; None if it has other variables."""
        total = Integer(0)
        for monomial, coefficient in self.field.bases[base].items():
            term = Integer(coefficient)
            for variable, exponent in unpack(monomial):
                if variable >= len(self.atoms):
                    return None
                term *= self.program.atoms[variable] ** exponent
            total += term
        return str(latex(total))

    def sign_of_base(self, base: int) -> int:
        """+1 or -1 where a base certainly has that sign wherever it is defined, else 0."""
        sign = self._base_signs.get(base)
        if sign is None:
            polynomial = self.field.bases[base]
            variables = self._positive_and_sigmoid_variables()
            sign = 0
            if is_positive(polynomial, variables):
                sign = 1
            elif is_positive({m: -c for m, c in polynomial.items()}, variables):
                sign = -1
            self._base_signs[base] = sign
        return sign

    def certain_sign(self, value: Value) -> int | None:
        """The sign that a value has wherever it is defined and not zero; None if that is not known.

        For a value whose loose factors all stand in even powers the sign is known, but it may vanish:
        `is_nonzero` tells.
        """
        sign = (value.scale > 0) - (value.scale < 0)
        for base, exponent in value.factors:
            if exponent % 2:
                certain = self.sign_of_base(base)
                if not certain:
                    return None
                sign *= certain
        return sign

    def is_nonzero(self, value: Value) -> bool:
        """Whether a value certainly never vanishes."""
        return bool(value.scale) and not self.loose_bases(value)

    def loose_bases(self, value: Value) -> list[int]:
        """The bases of a value that may vanish."""
        return [base for base, _ in value.factors if not self.sign_of_base(base)]

    def _positive_and_sigmoid_variables(self) -> tuple[set[int], set[int]]:
        sigmoids = {v for base in self._sigmoids if (v := self.field.variable_of(base)) is not None}
        return self.field.positive_variables, sigmoids


def is_positive(polynomial: Polynomial, variables: tuple[set[int], set[int]]) -> bool:
    """Whether a polynomial is certainly positive, given its positive variables and those in (0, 1).

    A variable t in (0, 1) is written 1 / (1 + e) with e > 0; the polynomial is positive if no coefficient
    is negative then, every other variable stands in even powers, and one term has no other variable.
    """
    positive, unit = variables
    inside = sorted({v for m in polynomial for v, _ in unpack(m)} & unit)
    if len(inside) > 4 or len(polynomial) > 500:
        inside = []
    terms = {tuple(unpack(m)): c for m, c in polynomial.items()}
    for variable in inside:
        degree = max(dict(m).get(variable, 0) for m in terms)
        transformed: dict[tuple[tuple[int, int], ...], int] = {}
        for monomial, coefficient in terms.items():
            powers = dict(monomial)
            rest = degree - powers.pop(variable, 0)
            binomial = 1
            for k in range(rest + 1):
                # e stands in the place of t
                key = tuple(sorted({**powers, **({variable: k} if k else {})}.items()))
                transformed[key] = transformed.get(key, 0) + coefficient * binomial
                binomial = binomial * (rest - k) // (k + 1)
        terms = {m: c for m, c in transformed.items() if c}
    free = [[(v, e) for v, e in m if v not in positive] for m in terms]
    return (
        all(c > 0 for c in terms.values())
        and all(e % 2 == 0 for powers in free for _, e in powers)
        and any(not powers for powers in free)
    )
