"""Counterexamples that give a cell at a free index another value than the cell it is there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from sympy import Expr, KroneckerDelta

from convsym.verdict import Witness

_PLAIN_LETTER = re.compile(r"[0-9]+|[A-Za-z]|\\[a-z]+")
_AFFINE_TERM = re.compile(r"\s*([+-]?)\s*(?:(\d+)\s*\*?\s*)?([A-Za-z_]\w*)?")


def coincides(witness: Witness, pairs: Sequence[tuple[str, Expr, Expr]]) -> bool:
    """Whether a counterexample gives a cell at a free index, w[m], another value than the cell it is there, w_{1}.

    Where an index is not fixed by the counterexample, a cell that is computed from it may be any of its family:
    what a sum of cells written out, or a comparison of indices, says of it is open.
    """
    compares = any(side.has(KroneckerDelta) for _, *sides in pairs for side in sides)
    values = dict(witness.values)
    free = {name: value for name, value in values.items() if name.endswith("]") and "[" in name}
    for name, value in free.items():
        family, _, inside = name[:-1].partition("[")
        concrete = {other: v for other, v in values.items() if other.startswith(f"{family}_{{")}
        known = {**values, **{size: Fraction(number) for size, number in witness.sizes}}
        indices = [_affine(part, known) for part in inside.split(",")]
        if None in indices:
            if concrete or (
                compares and not all(_PLAIN_LETTER.fullmatch(part.strip()) for part in inside.split(","))
            ):
                return True
            continue
        here = f"{family}_{{{','.join(str(index) for index in indices)}}}"
        if concrete and concrete.get(here, Fraction(0)) != value:
            return True
    return False


def _affine(text: str, values: Mapping[str, Fraction]) -> Fraction | None:
    """The value of a sum of letters and numbers; None where a letter has none or it is something else."""
    total, at, text = Fraction(0), 0, text.strip()
    while at < len(text):
        term = _AFFINE_TERM.match(text, at)
        if term is None or term.end() == at or not (term.group(2) or term.group(3)):
            return None
        letter = Fraction(1) if term.group(3) is None else values.get(term.group(3))
        if letter is None:
            return None
        total += (-1 if term.group(1) == "-" else 1) * int(term.group(2) or 1) * letter
        at = term.end()
    return total
