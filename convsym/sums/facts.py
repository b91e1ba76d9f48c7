"""What may be assumed of sizes, free indices and families while sums are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr
from sympy.core.relational import Relational


@dataclass(frozen=True, slots=True)
class FamilyRange:
    """The index range of one family, axis by axis, both ends included.

    Attributes:
        lower, upper: one bound an axis, in the order of the family's indices (paper: column, row).
        zero_outside: True where a cell outside the range counts as 0 (padding); False where it does not exist.
    """

    lower: tuple[Expr, ...]
    upper: tuple[Expr, ...]
    zero_outside: bool = False

    def __post_init__(self) -> None:
        if len(self.lower) != len(self.upper):
            raise ValueError(f"{len(self.lower)} lower bounds but {len(self.upper)} upper bounds")


@dataclass(frozen=True, slots=True)
class Facts:
    """The families in scope and the conditions that sizes and free indices satisfy.

    Attributes:
        families: range of each family by the family's name.
        conditions: relations between polynomials in sizes and free indices, for example `n >= 1`.
    """

    families: Mapping[str, FamilyRange] = field(default_factory=dict)
    conditions: tuple[Relational, ...] = ()
