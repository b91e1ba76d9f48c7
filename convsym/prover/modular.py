"""A fast one-sided test: residues modulo a prime that say for certain "not identical", never "identical".

Modulo p = 2q + 1 with p and q prime, g^a for a in Z/q turns sums into products, exactly as exp does, and
every rational exponent has a residue modulo q. So each atom gets one residue modulo p and one modulo q, and
exp(u) is g to the residue of u modulo q: no basis of exponents is needed, and whatever holds identically
holds here.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from convsym.prover.program import Op, Program

# The largest safe prime below 2^61: p and q = (p - 1) / 2 are prime; a square generates the group of order q.
P = 2305843009213691579
Q = (P - 1) // 2
_GENERATOR = 4
_ROUNDS = 2


class NoResidue(Exception):
    """Something that has no residue at this point, or none at all."""


def certainly_differ(program: Program, left: int, right: int, *, seed: int = 1) -> bool:
    """Whether two instructions certainly are not the same function.

    False says nothing: equal, or not told apart, or outside what residues can follow (logs, cases, roots).
    """
    for attempt in range(_ROUNDS):
        try:
            a, b = residues(program, [left, right], seed + attempt)
        except NoResidue:
            return False
        except ZeroDivisionError:
            continue
        if a != b:
            return True
    return False


def has_residues(program: Program, roots: Sequence[int]) -> bool:
    """Whether every instruction that the roots need can be followed modulo P."""
    return all(program.code[n][0] <= Op.POWER or program.code[n][0] == Op.EXP for n in program.order(roots))


def follows(program: Program, roots: Sequence[int]) -> bool:
    """Whether residues can be had at all: not of logarithms, cases and exponentials of exponentials."""
    try:
        residues(program, roots, 1)
    except NoResidue:
        return False
    except ZeroDivisionError:
        pass
    return True


def residues(program: Program, roots: Sequence[int], seed: int) -> list[int]:
    """The roots' residues modulo P at the pseudo-random point that `seed` names."""
    order = program.order(roots)
    source = random.Random(seed)
    inside = [source.randrange(1, P) for _ in program.atoms]
    exponent = [source.randrange(1, Q) for _ in program.atoms]
    code = program.code
    needed: set[int] = set()
    for number in reversed(order):
        instruction = code[number]
        if instruction[0] == Op.EXP:
            needed.add(instruction[1])
        elif number in needed and instruction[0] in (Op.ADD, Op.MULTIPLY):
            needed.update(instruction[1:])
        elif number in needed and instruction[0] == Op.POWER:
            needed.add(instruction[1])
    value: dict[int, int] = {}
    upstairs: dict[int, int] = {}
    for number in order:
        value[number] = _residue(code[number], value, upstairs, inside, P)
        if number in needed:
            upstairs[number] = _residue(code[number], upstairs, {}, exponent, Q)
    return [value[root] for root in roots]


def _residue(
    instruction: tuple[int, ...],
    value: dict[int, int],
    upstairs: dict[int, int],
    atoms: list[int],
    modulus: int,
) -> int:
    op = instruction[0]
    if op == Op.CONSTANT:
        return instruction[1] * _inverse(instruction[2], modulus) % modulus
    if op == Op.ATOM:
        return atoms[instruction[1]]
    if op == Op.ADD:
        return sum([value[n] for n in instruction[1:]]) % modulus
    if op == Op.MULTIPLY:
        product = 1
        for n in instruction[1:]:
            product = product * value[n] % modulus
        return product
    if op == Op.POWER:
        base, power = value[instruction[1]], instruction[2]
        return pow(_inverse(base, modulus), -power, modulus) if power < 0 else pow(base, power, modulus)
    if op == Op.EXP and modulus == P:
        return pow(_GENERATOR, upstairs[instruction[1]], P)
    raise NoResidue


def _inverse(number: int, modulus: int) -> int:
    if number == 1:
        return 1
    if number % modulus == 0:
        raise ZeroDivisionError
    return pow(number, -1, modulus)
