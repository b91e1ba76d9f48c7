"""The working record of one relation while a document is being judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from convsym.scope.forms import prints_decimal
from convsym.scope.judge import Judgment
from convsym.scope.statements import Statement
from convsym.verdict import (
    Definition,
    Outcome,
    Proved,
    Refuted,
    Status,
    Undecided,
    Unsupported,
    Verdict,
    Witness,
    status_of,
)

_CELL = re.compile(r"\[([^\[\]]*)\]")


@dataclass(slots=True)
class Finding:
    """One relation and what is known of it so far.

    Attributes:
        statement: the relation.
        outcome: its outcome so far.
        judgment: how a claim was decided, where it was one.
        reason: words that replace the outcome's own reason.
        repairs: corrected relations as LaTeX, best first.
        edits: what the first repair changes, in words.
        notes: what the verdict rests on besides (a repaired definition).
        steps: the argument, step by step.
        sizes: the sizes it was decided for.
        apart: whether it was decided, and explained, in its section alone.
        final: whether its outcome stands, whatever numbers could be put in.
    """

    statement: Statement
    outcome: Outcome
    judgment: Judgment | None = None
    reason: str = ""
    repairs: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    sizes: str = ""
    apart: bool = False
    final: bool = False

    def adopt(self, found: Finding) -> None:
        """Take over what was found of the same relation in another reading of the document, its steps included.

        Args:
            found: the finding; its statement is not taken over.
        """
        for name in ("outcome", "judgment", "reason", "repairs", "edits", "steps", "sizes", "notes"):
            setattr(self, name, getattr(found, name))
        self.apart = True

    @property
    def fails(self) -> bool:
        """Refuted, or resting on a definition that is broken."""
        return isinstance(self.outcome, Refuted) or (
            self.judgment is not None and self.judgment.broken is not None
        )

    @property
    def used(self) -> set[int]:
        """Numbers of the statements it rests on."""
        if self.judgment is None:
            return set()
        broken = self.judgment.broken
        return self.judgment.used | ({broken} if broken is not None else set())


def chains_of(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """The relations of each chain a = b = c, one chain after the other.

    Args:
        findings: in reading order.
    """
    chain: list[Finding] = []
    for finding in findings:
        if not finding.statement.link and chain:
            yield chain
            chain = []
        chain.append(finding)
    if chain:
        yield chain


def after_misprint(chain: Sequence[Finding]) -> int:
    """The place behind the formula that a chain wrongly writes in other letters, where its numbers follow from there.

    In a = f(z_1) = 1/(1 + e^{-z_2}) = 1/(1 + e^{-0.19}) = 0.547 the number is right for what stands before it.

    Args:
        chain: the relations of a chain, judged.

    Returns:
        The place of the first relation behind it; 0 where nothing is misprinted, or where the numbers do not follow.
    """
    refuted = [at for at, finding in enumerate(chain) if isinstance(finding.outcome, Refuted)]
    if not refuted or refuted[-1] + 1 >= len(chain):
        return 0
    lettered = not any(
        prints_decimal(side)
        for at in refuted
        for side in (chain[at].statement.left, chain[at].statement.right)
    )
    start = refuted[-1] + 1
    return start if lettered and all(isinstance(f.outcome, Proved) for f in chain[start:]) else 0


_REASONS = {
    "identity": "both sides are the same expression",
    "by definition": "follows from the definitions above it",
    "restated": "says again what was said before",
    "exponential polynomial": "both sides are the same polynomial in the cells and their exponentials",
    "polynomial identity": "both sides multiply out to the same polynomial",
    "rational function identity": "both sides are the same rational function",
    "logarithms of irreducible factors": "both sides are the same combination of logarithms",
    "case distinction by signs": "both sides agree in each case of the signs that decide a branch",
    "normal form of sums": "both sides have the same normal form as sums",
    "counting the positions of the window": "every window position that fits is counted, and none that does not",
    "certified rounding": "the exact value rounds to the decimal that is printed",
    "certified truncation": "the exact value, cut off and not rounded, is the decimal that is printed",
    "limit": "the function comes to this value there",
    "interval arithmetic": "the sides, enclosed in intervals, settle it",
}


def printed_name(name: str) -> str:
    """The name of a value as a document prints it: x_{2i} for the cell x[2*i].

    Args:
        name: the name that the prover gives it.
    """
    while (found := _CELL.search(name)) is not None:
        head, inside = name[: found.start()], re.sub(r"[*\s]", "", found.group(1))
        base, mark, label = head.rpartition("_")
        if mark and re.fullmatch(r"[A-Za-z0-9]+|\{[A-Za-z0-9,]+\}", label):
            label = label.strip("{}")
            head, inside = base, f"{label},{inside}"
        name = f"{head}_{{{inside}}}{name[found.end() :]}"
    return name


def printed_witness(witness: Witness) -> Witness:
    """A counterexample with its cells as a document prints them.

    Args:
        witness: the values found.
    """
    return replace(witness, values=tuple((printed_name(name), value) for name, value in witness.values))


def verdict_of(finding: Finding) -> Verdict:
    """The public record of a finding."""
    statement, outcome = finding.statement, finding.outcome
    place = statement.display.place(statement.left.span.start)
    judgment = finding.judgment
    assumed = tuple(sorted(judgment.assumed)) if judgment is not None else ()
    method, sizes, witness = "", finding.sizes, None
    assuming: tuple[str, ...] = ()
    match outcome:
        case Definition(reason):
            text = reason
        case Proved(how, conditions, known_sizes):
            method, sizes = how, known_sizes or sizes
            assuming = tuple(dict.fromkeys((*conditions, *assumed)))
            text = _REASONS.get(how, f"by this method: {how}")
        case Refuted(reason, point, how):
            text, witness, method = reason, point, how
            assuming = assumed
        case Undecided(reason) | Unsupported(reason):
            text, assuming = reason, assumed
            sizes = ""
    if witness is not None:
        witness = printed_witness(witness)
    text = finding.reason or text
    for note in dict.fromkeys(finding.notes):
        text = f"{text}; {note}"
    return Verdict(
        latex=statement.latex,
        status=status_of(outcome),
        reason=text,
        line=place.line,
        column=place.column,
        cell=place.cell,
        label=statement.tag or statement.display.label,
        method=method,
        sizes=sizes,
        assuming=assuming,
        witness=witness,
        repair=finding.repairs[0] if finding.repairs else None,
        repairs=finding.repairs,
        section=statement.display.section,
        steps=tuple(finding.steps),
    )


__all__ = ["Finding", "Status", "printed_name", "printed_witness", "verdict_of"]
