r"""Claims about convolutional layers of any number, \delta^l = \delta^{l+1} * rot180(W^{l+1}) \odot \sigma'(z^l)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from convsym.checker.findings import Finding
from convsym.latex.syntax import Node
from convsym.scope.convlayers import (
    SMALL,
    ConvolvedLayers,
    Images,
    as_images,
    convolved_layers,
    supposed_layers,
    with_sign_apart,
)
from convsym.scope.convolving import is_convolution, speaks_of_convolution
from convsym.scope.hygiene import derives
from convsym.scope.judge import Judge, Judgment
from convsym.scope.networks import layered, layered_symbols, network_of
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Undecided, Unsupported

_SIZES = "small images and kernels"


def judge_convolved(
    finding: Finding, judge: Judge, statements: Sequence[Statement], findings: Collection[Finding]
) -> None:
    """Decide an open claim about the layers of a network whose layers convolve.

    It is proved where it holds at two choices of sizes, and refuted where it is false under every meaning of the
    convolution's sign that fits.

    Args:
        finding: a claim; its outcome is changed where it is decided.
        judge: for the scope of the claim.
        statements: all relations of the document.
        findings: what was found of the relations before.
    """
    statement = finding.statement
    sides = _ends(statement, findings), statement.right
    if not isinstance(finding.outcome, Undecided | Unsupported) or statement.relation not in ("=", "equiv"):
        return
    if statement.apart or statement.supposed or not _is_about_layers(sides, judge, statements):
        return
    layers = convolved_layers(statements, judge.scope)
    if layers is None and speaks_of_convolution(judge.scope) and network_of(judge.scope) is None:
        layers = supposed_layers(statements, judge.scope, sides)
    if layers is None:
        return
    bases = (
        (1, 0) if any(one.indices for side in sides for one in layered_symbols(side, judge.scope)) else (1,)
    )
    decided = [_decided(judge, layers, sides, base) for base in bases]
    proofs = [one for one in decided if one is not None and one[0].holds]
    if not proofs and not (
        _speaks_of_gradients(sides, judge)
        and all(one is not None and _is_false(*one, layers, judge, sides) for one in decided)
    ):
        return
    found, claim = proofs[0] if proofs else decided[0]  # type: ignore[misc]
    finding.outcome, finding.judgment = found.outcome, None
    finding.notes = [*sorted(found.assumed), *claim.supposed]
    finding.sizes = _SIZES


def prove_error_recurrence(
    finding: Finding, judge: Judge, statements: Sequence[Statement], findings: Collection[Finding]
) -> None:
    r"""Prove \delta^l = \delta^{l+1} * rot180(W^{l+1}) \odot ..., which does not say what an error is.

    Args:
        finding: a definition; its outcome is changed where it holds of what \delta stands for in every text.
        judge: for its scope.
        statements: all relations of the document.
        findings: what was found of the relations before.
    """
    statement = finding.statement
    own = layered(statement.left, judge.scope)
    if own is None or own.name != "delta" or not is_convolution(statement.right):
        return
    if all(found.name != own.name for found in layered_symbols(statement.right, judge.scope)):
        return
    trial = Finding(statement, Unsupported("what the error is is not said"))
    judge_convolved(trial, judge, statements, findings)
    if isinstance(trial.outcome, Proved):
        finding.outcome, finding.notes, finding.sizes = trial.outcome, trial.notes, trial.sizes


def _ends(statement: Statement, findings: Collection[Finding]) -> Node:
    """The left side of a link; that of its chain where the links before leave no doubt that they are the same."""
    if not statement.link or statement.head is None:
        return statement.left
    before = [
        f for f in findings if f.statement.formula == statement.formula and f.statement.head is statement.head
    ]
    sound = len(before) == statement.link and all(isinstance(f.outcome, Proved | Definition) for f in before)
    return statement.head if sound else statement.left


def _speaks_of_gradients(sides: tuple[Node, Node], judge: Judge) -> bool:
    """Whether a claim is about derivatives or errors; a line about the forward pass may be another definition."""
    errors = {error.name for error in judge.scope.errors}
    return any(map(derives, sides)) or any(
        found.name in errors for side in sides for found in layered_symbols(side, judge.scope)
    )


def _decided(
    judge: Judge, layers: ConvolvedLayers, sides: tuple[Node, Node], base: int
) -> tuple[Judgment, Images] | None:
    """What is found of a claim at small sizes, the last ones tried if it holds; None of one about something else."""
    found: tuple[Judgment, Images] | None = None
    for sizes in SMALL:
        claim = as_images(layers, judge.scope, *sides, sizes._replace(base=base))
        if claim is None:
            return None
        found = _judged(judge, claim), claim
        if not found[0].holds:
            break
    return found


def _is_false(
    found: Judgment, claim: Images, layers: ConvolvedLayers, judge: Judge, sides: tuple[Node, Node]
) -> bool:
    """Whether a counterexample stands: on nothing supposed, and whether or not the forward pass turns the kernel."""
    if claim.supposed or not isinstance(found.outcome, Refuted) or found.outcome.witness is None:
        return False
    apart = as_images(with_sign_apart(layers), judge.scope, *sides, claim.sizes)
    return apart is not None and isinstance(_judged(judge, apart).outcome, Refuted)


def _judged(judge: Judge, claim: Images) -> Judgment:
    return Judge(claim.scope, judge.budget, judge.clock).equal(claim.left, claim.right)


def _is_about_layers(sides: tuple[Node, Node], judge: Judge, statements: Sequence[Statement]) -> bool:
    """Whether a claim speaks of layers that convolve, and of none that multiply under the same names."""
    if not any(True for side in sides for _ in layered_symbols(side, judge.scope)):
        return False
    return any(map(is_convolution, sides)) or any(
        is_convolution(side) for other in statements for side in (other.left, other.right)
    )


__all__ = ["judge_convolved", "prove_error_recurrence"]
