"""What convsym says of a relation: five outcomes, a witness, and the record that carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Status(StrEnum):
    """The five words a relation can be given."""

    DEFINITION = "definition"
    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Witness:
    """Values under which the two sides of a relation certainly differ.

    Attributes:
        values: (name in LaTeX, value) for every symbol of the relation, zeros included.
        left, right: both sides there: an exact rational, or a decimal interval as text "[a, b]".
        sizes: (name, size) that the witness was found at, where sizes were symbolic.
    """

    values: tuple[tuple[str, Fraction], ...]
    left: Fraction | str
    right: Fraction | str
    sizes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """The relation introduces its left side."""

    reason: str


@dataclass(frozen=True, slots=True)
class Proved:
    """The relation follows exactly from what is in scope.

    Attributes:
        method: how: "identity", "by definition", "exponential polynomial", "normal form of sums", ...
        assuming: conditions in LaTeX or words under which both sides are defined and equal.
        sizes: "all" for every size, else the sizes in words ("input 3x3, kernel 2x2"), or "" where none matter.
    """

    method: str
    assuming: tuple[str, ...] = ()
    sizes: str = ""


@dataclass(frozen=True, slots=True)
class Refuted:
    """The relation is certainly false.

    Attributes:
        reason: why, in words: the values, the index out of range, the type clash, the line contradicted.
        witness: values that show it, where values do.
    """

    reason: str
    witness: Witness | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The relation was read, but neither proved nor refuted inside the budget."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The relation was not read or not understood."""

    reason: str


Outcome = Definition | Proved | Refuted | Undecided | Unsupported


def status_of(outcome: Outcome) -> Status:
    """The word for an outcome."""
    return Status[type(outcome).__name__.upper()]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One relation of a document and what was found about it: the record of the JSON report.

    Attributes:
        latex: the relation as printed.
        status: one of the five words.
        reason: one sentence for a person.
        line, column: 1-based place in the file (in the cell's source for a notebook).
        cell: notebook cell number, 0-based among all cells, or None.
        label: the equation's number as printed ("5"), or None.
        method: how it was proved or refuted.
        sizes: the sizes it was decided for ("all" for every size).
        assuming: the conditions it holds under.
        witness: values that refute it, or None.
        repair: the relation corrected, as LaTeX, or None.
        repairs: the repairs found, best first (`repair` is the first).
        section: the heading the relation stands under.
        steps: the proof or the refutation in steps, for `--explain`.
    """

    latex: str
    status: Status
    reason: str
    line: int = 0
    column: int = 0
    cell: int | None = None
    label: str | None = None
    method: str = ""
    sizes: str = ""
    assuming: tuple[str, ...] = ()
    witness: Witness | None = None
    repair: str | None = None
    repairs: tuple[str, ...] = ()
    section: str = ""
    steps: tuple[str, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, object]:
        """The record as JSON-ready values; rationals that are not integers become "p/q"."""
        return {
            "line": self.line,
            "column": self.column,
            "cell": self.cell,
            "label": self.label,
            "section": self.section,
            "latex": self.latex,
            "status": str(self.status),
            "reason": self.reason,
            "method": self.method,
            "sizes": self.sizes,
            "assuming": list(self.assuming),
            "witness": None if self.witness is None else _witness_to_dict(self.witness),
            "repair": self.repair,
            "repairs": list(self.repairs),
        }


def _json_number(value: Fraction | str) -> int | str:
    if isinstance(value, str):
        return value
    return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _witness_to_dict(witness: Witness) -> Mapping[str, object]:
    sizes = dict(witness.sizes)
    values = {name: _json_number(value) for name, value in witness.values}
    return {
        **sizes,
        **values,
        "left": _json_number(witness.left),
        "right": _json_number(witness.right),
    }
