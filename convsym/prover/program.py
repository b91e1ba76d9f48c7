"""A SymPy expression as a straight-line program: the one form that every part of the prover reads.

SymPy evaluates while it builds, which is both slow and a source of surprises (it splits exponentials, it
merges powers). Here an expression is read once into a list of hash-consed instructions, children first, with
every function rewritten to a handful of primitives; the exact field, the residues and the intervals then run
over the same list without recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Any

from sympy import (
    Abs,
    Add,
    DiracDelta,
    Expr,
    Heaviside,
    Indexed,
    Integer,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    ceiling,
    conjugate,
    cos,
    cosh,
    coth,
    csch,
    exp,
    floor,
    im,
    latex,
    log,
    re,
    sech,
    sign,
    sin,
    sinh,
    tanh,
)
from sympy.core.basic import Basic
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

from convsym.errors import BudgetExceeded, kind_in_words
from convsym.functions import magnitude, relu, sigmoid, softplus, step

Instruction = tuple[Any, ...]


class Op(IntEnum):
    """What an instruction computes from its operands (numbers of earlier instructions)."""

    CONSTANT = 0  # numerator, denominator
    ATOM = 1  # number of a free real variable
    ADD = 2  # operands
    MULTIPLY = 3  # operands
    POWER = 4  # operand, integer exponent
    ROOT = 5  # operand, q: the real q-th root of something not negative
    EXP = 6  # operand
    LOG = 7  # operand
    CHOOSE = 8  # condition, value if it holds, value if not
    OPAQUE = 9  # name, operands: a function nothing is assumed of but that equals give equals
    NOWHERE = 10  # a value defined nowhere
    NEGATIVE = 11  # condition: operand < 0
    ZERO = 12  # condition: operand = 0
    BOTH = 13  # condition: all operands hold
    CONTRARY = 14  # condition: operand does not hold


_PREFIX = {Op.CONSTANT, Op.ATOM, Op.NOWHERE}


def operands(instruction: Instruction) -> tuple[int, ...]:
    """The earlier instructions that one reads."""
    op = instruction[0]
    if op in _PREFIX:
        return ()
    if op in (Op.POWER, Op.ROOT):
        return (instruction[1],)
    if op == Op.OPAQUE:
        return tuple(instruction[2:])
    return instruction[1:]


class NotAScalar(Exception):
    """An expression outside what the prover reads; the message says why."""


class Program:
    """Instructions, children first, each stored once.

    Attributes:
        code: the instructions.
        atoms: the SymPy symbol or numeric Indexed behind each ATOM.
        divisors: SymPy form of each instruction that is divided by.
        positives: SymPy form of each instruction that must be positive (argument of a log) or, for roots,
            not negative, with that distinction.
    """

    def __init__(self, exponent_limit: int = 64, digit_limit: int = 2_000) -> None:
        self.code: list[Instruction] = []
        self.atoms: list[Expr] = []
        self.divisors: dict[int, Expr] = {}
        self.positives: dict[int, tuple[Expr, str]] = {}
        self.exponent_limit = exponent_limit
        self.bit_limit = int(digit_limit * 3.33)
        self._index: dict[Instruction, int] = {}
        self._atom_of: dict[Expr, int] = {}
        self._read: dict[Basic, int] = {}

    # ------------------------------------------------------------ building

    def _emit(self, *instruction: Any) -> int:
        number = self._index.get(instruction)
        if number is None:
            number = self._index[instruction] = len(self.code)
            self.code.append(instruction)
        return number

    def constant(self, numerator: int, denominator: int = 1) -> int:
        """The rational numerator / denominator, in lowest terms."""
        if numerator.bit_length() > self.bit_limit or denominator.bit_length() > self.bit_limit:
            raise BudgetExceeded("a number has too many digits")
        return self._emit(Op.CONSTANT, numerator, denominator)

    def atom(self, symbol: Expr) -> int:
        """A free real variable; x[1, 2] and the symbol "x_{1,2}" are the same cell."""
        if isinstance(symbol, Indexed):
            symbol = Symbol(name_of(symbol))
        number = self._atom_of.get(symbol)
        if number is None:
            number = self._atom_of[symbol] = len(self.atoms)
            self.atoms.append(symbol)
        return self._emit(Op.ATOM, number)

    def add(self, *terms: int) -> int:
        """The sum."""
        return terms[0] if len(terms) == 1 else self._emit(Op.ADD, *sorted(terms))

    def multiply(self, *factors: int) -> int:
        """The product."""
        return factors[0] if len(factors) == 1 else self._emit(Op.MULTIPLY, *sorted(factors))

    def negate(self, operand: int) -> int:
        """Minus the operand."""
        return self.multiply(self.constant(-1), operand)

    def power(self, base: int, exponent: int, source: Expr | None = None) -> int:
        """The base to an integer power; `source` is the base in SymPy where it is a divisor to report."""
        if abs(exponent) > self.exponent_limit:
            raise BudgetExceeded(f"the exponent {exponent} is beyond {self.exponent_limit}")
        if exponent < 0 and source is not None:
            self.divisors.setdefault(base, source)
        if exponent == 0:
            return self.constant(1)
        return base if exponent == 1 else self._emit(Op.POWER, base, exponent)

    def divide(self, numerator: int, denominator: int, source: Expr | None = None) -> int:
        """The quotient."""
        return self.multiply(numerator, self.power(denominator, -1, source))

    def exponential(self, operand: int) -> int:
        """exp; integer multiples of logarithms in the exponent leave it as powers."""
        terms = self.code[operand][1:] if self.code[operand][0] == Op.ADD else (operand,)
        powers, rest = [], []
        for term in terms:
            multiple = self._multiple_of_log(term)
            if multiple is None:
                rest.append(term)
            else:
                powers.append(self.power(*multiple))
        if not powers:
            return self._emit(Op.EXP, operand)
        if rest:
            powers.append(self._emit(Op.EXP, self.add(*rest)))
        return self.multiply(*powers)

    def _multiple_of_log(self, term: int) -> tuple[int, int] | None:
        instruction = self.code[term]
        if instruction[0] == Op.LOG:
            return instruction[1], 1
        if instruction[0] == Op.MULTIPLY and len(instruction) == 3:
            first, second = self.code[instruction[1]], self.code[instruction[2]]
            for constant, logarithm in ((first, second), (second, first)):
                if constant[0] == Op.CONSTANT and constant[2] == 1 and logarithm[0] == Op.LOG:
                    return logarithm[1], constant[1]
        return None

    def logarithm(self, operand: int, source: Expr) -> int:
        """The natural logarithm; `source` is its argument in SymPy."""
        self.positives[operand] = (source, ">")
        if self.code[operand][0] == Op.EXP:
            return int(self.code[operand][1])
        return self._emit(Op.LOG, operand)

    def choose(self, condition: int, then: int, otherwise: int) -> int:
        """One of two values."""
        return then if then == otherwise else self._emit(Op.CHOOSE, condition, then, otherwise)

    def larger(self, values: Iterable[int], sense: int = 1) -> int:
        """The largest (sense 1) or least (sense -1) of the values."""
        values = iter(values)
        best = next(values)
        for value in values:
            gap = self.add(best, self.negate(value))
            gap = gap if sense > 0 else self.negate(gap)
            best = self.choose(self._emit(Op.NEGATIVE, gap), value, best)
        return best

    def sigmoid(self, operand: int) -> int:
        """1 / (1 + exp(-operand)), whose divisor is positive and therefore no condition."""
        return self.power(self.add(self.constant(1), self.exponential(self.negate(operand))), -1)

    # ------------------------------------------------------------ reading

    def read(self, expression: Expr) -> int:
        """Append an expression; the number of its instruction.

        Raises:
            NotAScalar: something outside what the prover reads.
            BudgetExceeded: a number or an exponent beyond the budget.
        """
        done = self._read
        stack: list[tuple[Basic, bool]] = [(expression, False)]
        while stack:
            node, ready = stack.pop()
            if node in done:
                continue
            if ready or not node.args or isinstance(node, (Indexed, Rational)):
                done[node] = self._translate(node)
                continue
            stack.append((node, True))
            stack.extend((part, False) for part in self._parts(node) if part not in done)
        return done[expression]

    @staticmethod
    def _parts(node: Basic) -> tuple[Basic, ...]:
        args: tuple[Basic, ...] = node.args
        if isinstance(node, Piecewise):
            return tuple(part for pair in args for part in pair.args)
        if isinstance(node, Relational):
            return (node.lhs - node.rhs,)
        if isinstance(node, (sigmoid, softplus, relu, step, Heaviside, DiracDelta)):
            return args[:1]
        if isinstance(node, Pow):
            # An integer exponent is read as it stands.
            return args[:1] if node.exp.is_Rational else args
        return args

    def _translate(self, node: Basic) -> int:
        if isinstance(node, Rational):
            return self.constant(int(node.p), int(node.q))
        if isinstance(node, (Symbol, Indexed)):
            return self.atom(node)
        if isinstance(node, (BooleanTrue, BooleanFalse)):
            truth = self._emit(Op.ZERO, self.constant(0))
            return truth if node else self._emit(Op.CONTRARY, truth)
        if node is S.Exp1:
            return self.exponential(self.constant(1))
        if node is S.Pi:
            return self._emit(Op.OPAQUE, "pi")
        parts = [self._read[part] for part in self._parts(node)]
        for kind, rule in _RULES.items():
            if isinstance(node, kind):
                return rule(self, node, parts)
        if isinstance(node, Expr) and node.is_Function and node.args:
            return self._emit(Op.OPAQUE, node.func, *parts)
        raise NotAScalar(f"{kind_in_words(node)} is outside what can be decided")

    def order(self, roots: Iterable[int]) -> list[int]:
        """The instructions that the roots need, children first."""
        needed: set[int] = set()
        stack = list(roots)
        while stack:
            number = stack.pop()
            if number not in needed:
                needed.add(number)
                stack.extend(operands(self.code[number]))
        return sorted(needed)


def _power(p: Program, node: Basic, parts: list[int]) -> int:
    base, exponent = node.args
    if isinstance(exponent, Integer):
        return p.power(parts[0], int(exponent), base)
    if isinstance(exponent, Rational):
        numerator, degree = int(exponent.p), int(exponent.q)
        if degree > 12:
            raise NotAScalar(f"a root of degree {degree} is outside what can be decided")
        p.positives.setdefault(parts[0], (base, r"\ge"))
        if degree == 2 and isinstance(base, Pow) and base.exp == 2:
            inner = p.code[parts[0]][1]
            root = p.larger((inner, p.negate(inner)))
        else:
            root = p._emit(Op.ROOT, parts[0], degree)
        return p.power(root, numerator, base)
    return _symbolic_power(p, *parts)


def _symbolic_power(p: Program, base: int, exponent: int) -> int:
    """b^(2n + 3) as (b^n)^2 b^3, with b^n free; of a positive rational base as an exponential."""
    instruction = p.code[base]
    if instruction[0] == Op.CONSTANT and instruction[1] > 0:
        logarithm = p._emit(Op.LOG, base)
        return p.exponential(p.multiply(exponent, logarithm))
    factors = []
    for term in p.code[exponent][1:] if p.code[exponent][0] == Op.ADD else (exponent,):
        whole, rest = _split_integer(p, term)
        if rest is None:
            factors.append(p.power(base, whole))
        else:
            factors.append(p.power(p._emit(Op.OPAQUE, "power", base, rest), whole))
    return p.multiply(*factors)


def _split_integer(p: Program, term: int) -> tuple[int, int | None]:
    """A term as integer times rest; the rest is None for an integer."""
    instruction = p.code[term]
    if instruction[0] == Op.CONSTANT and instruction[2] == 1:
        return instruction[1], None
    if instruction[0] == Op.MULTIPLY and len(instruction) == 3:
        for first, second in (instruction[1:], instruction[:0:-1]):
            if p.code[first][0] == Op.CONSTANT and p.code[first][2] == 1:
                return p.code[first][1], second
    return 1, term


def _ratio_of_exponentials(top: tuple[int, int], bottom: tuple[int, int]) -> Callable[..., int]:
    """(exp(z) + a exp(-z)) / (exp(z) + b exp(-z)) and its like: coefficients of exp(z), exp(-z)."""

    def rule(p: Program, node: Basic, parts: list[int]) -> int:
        z = parts[0]
        up, down = p.exponential(z), p.exponential(p.negate(z))

        def combine(pair: tuple[int, int]) -> int:
            return p.add(p.multiply(p.constant(pair[0]), up), p.multiply(p.constant(pair[1]), down))

        if bottom == (0, 0):
            return p.multiply(p.constant(1, 2), combine(top))
        numerator = p.constant(2) if top == (0, 0) else combine(top)
        source = node.args[0] if bottom[0] != bottom[1] else None
        return p.divide(numerator, combine(bottom), source)

    return rule


def _tanh(p: Program, node: Basic, parts: list[int]) -> int:
    double = p.sigmoid(p.multiply(p.constant(2), parts[0]))
    return p.add(p.multiply(p.constant(2), double), p.constant(-1))


def _softplus(p: Program, node: Basic, parts: list[int]) -> int:
    argument = p.add(p.constant(1), p.exponential(parts[0]))
    return p.logarithm(argument, 1 + exp(node.args[0]))


def _relu(p: Program, node: Basic, parts: list[int]) -> int:
    return p.choose(p._emit(Op.NEGATIVE, parts[0]), p.constant(0), parts[0])


def _jump(low: tuple[int, int], tie: tuple[int, int], high: tuple[int, int]) -> Callable[..., int]:
    def rule(p: Program, node: Basic, parts: list[int]) -> int:
        middle = p.constant(*tie)
        if isinstance(node, Heaviside) and len(node.args) > 1 and isinstance(node.args[1], Rational):
            middle = p.constant(int(node.args[1].p), int(node.args[1].q))
        above = p.choose(p._emit(Op.ZERO, parts[0]), middle, p.constant(*high))
        return p.choose(p._emit(Op.NEGATIVE, parts[0]), p.constant(*low), above)

    return rule


def _dirac(p: Program, node: Basic, parts: list[int]) -> int:
    return p.choose(p._emit(Op.ZERO, parts[0]), p._emit(Op.NOWHERE), p.constant(0))


def _piecewise(p: Program, node: Basic, parts: list[int]) -> int:
    if any(p.code[condition][0] < Op.NEGATIVE for condition in parts[1::2]):
        raise NotAScalar("a case's condition is no comparison")
    value = p._emit(Op.NOWHERE)
    for then, condition in zip(reversed(parts[::2]), reversed(parts[1::2]), strict=True):
        value = p.choose(condition, then, value) if not _always(p, condition) else then
    return value


def _always(p: Program, condition: int) -> bool:
    instruction = p.code[condition]
    return instruction[0] == Op.ZERO and p.code[instruction[1]] == (Op.CONSTANT, 0, 1)


def _relation(p: Program, node: Basic, parts: list[int]) -> int:
    difference = parts[0]
    assert isinstance(node, Relational)
    if node.rel_op == "==":
        return p._emit(Op.ZERO, difference)
    if node.rel_op == "!=":
        return p._emit(Op.CONTRARY, p._emit(Op.ZERO, difference))
    if node.rel_op == "<":
        return p._emit(Op.NEGATIVE, difference)
    if node.rel_op == ">=":
        return p._emit(Op.CONTRARY, p._emit(Op.NEGATIVE, difference))
    swapped = p._emit(Op.NEGATIVE, p.negate(difference))
    return swapped if node.rel_op == ">" else p._emit(Op.CONTRARY, swapped)


def _either(p: Program, node: Basic, parts: list[int]) -> int:
    return p._emit(Op.CONTRARY, p._emit(Op.BOTH, *(p._emit(Op.CONTRARY, part) for part in parts)))


_RULES: Mapping[type[Basic], Callable[[Program, Any, list[int]], int]] = {
    Add: lambda p, node, parts: p.add(*parts),
    Mul: lambda p, node, parts: p.multiply(*parts),
    exp: lambda p, node, parts: p.exponential(parts[0]),
    Pow: _power,
    log: lambda p, node, parts: p.logarithm(parts[0], node.args[0]),
    sigmoid: lambda p, node, parts: p.sigmoid(parts[0]),
    tanh: _tanh,
    softplus: _softplus,
    relu: _relu,
    step: _jump((0, 1), (1, 2), (1, 1)),
    Heaviside: _jump((0, 1), (1, 2), (1, 1)),
    sign: _jump((-1, 1), (0, 1), (1, 1)),
    DiracDelta: _dirac,
    Abs: lambda p, node, parts: p.larger((parts[0], p.negate(parts[0]))),
    magnitude: lambda p, node, parts: p.larger((parts[0], p.negate(parts[0]))),
    Max: lambda p, node, parts: p.larger(parts),
    Min: lambda p, node, parts: p.larger(parts, -1),
    Piecewise: _piecewise,
    sinh: _ratio_of_exponentials((1, -1), (0, 0)),
    cosh: _ratio_of_exponentials((1, 1), (0, 0)),
    coth: _ratio_of_exponentials((1, 1), (1, -1)),
    sech: _ratio_of_exponentials((0, 0), (1, 1)),
    csch: _ratio_of_exponentials((0, 0), (1, -1)),
    # Every symbol stands for a real number.
    re: lambda p, node, parts: parts[0],
    im: lambda p, node, parts: p.constant(0),
    conjugate: lambda p, node, parts: parts[0],
    floor: lambda p, node, parts: p._emit(Op.OPAQUE, "floor", parts[0]),
    ceiling: lambda p, node, parts: p._emit(Op.OPAQUE, "ceiling", parts[0]),
    sin: lambda p, node, parts: p._emit(Op.OPAQUE, "sin", parts[0]),
    cos: lambda p, node, parts: p._emit(Op.OPAQUE, "cos", parts[0]),
    Relational: _relation,
    And: lambda p, node, parts: p._emit(Op.BOTH, *parts),
    Or: _either,
    Not: lambda p, node, parts: p._emit(Op.CONTRARY, parts[0]),
}


def name_of(symbol: Expr) -> str:
    """The name of an atom, as LaTeX."""
    if isinstance(symbol, Symbol):
        return str(symbol.name)
    if isinstance(symbol, Indexed):
        return f"{symbol.base.label}_{{{','.join(map(str, symbol.indices))}}}"
    return str(latex(symbol))
