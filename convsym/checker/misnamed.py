r"""One family's letter for another's: \partial x_{1,1}/\partial k_{1,1} of a given x, z_{i,j} = \sigma(z_{i,j})."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy import Expr, Integer

from convsym.budget import Clock
from convsym.checker.diagnosis import lines_of
from convsym.checker.mending import chain_of
from convsym.errors import ConvsymError
from convsym.latex.syntax import Chain, Fraction_, Name, Node, Number, Product, Scripted
from convsym.latex.walking import walk
from convsym.repair.render import Renderer
from convsym.repair.tree import Path, letter, put, walk_paths
from convsym.scope.forms import printed_shape
from convsym.scope.lost import behind_partial
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.verdict import Definition, Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.findings import Finding
    from convsym.checker.session import Session
    from convsym.scope.judge import Judge


def settle_misnamed(session: Session) -> None:
    """Refute the claims that differentiate a given matrix where a layer's output under its letter is meant.

    Only where the claim is proved once the letter is exchanged for that of what multiplies the two matrices.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    for finding in session.findings.values():
        if finding.statement.role == "claim" and isinstance(finding.outcome, Unsupported):
            session.within("misnamed", finding, _exchange, session, finding)


def _exchange(session: Session, finding: Finding) -> None:
    statement = finding.statement
    judge = session.judges[statement.version]
    scope, chain = judge.scope, chain_of(statement)
    found = [place for path, part in walk_paths(chain) for place in _given_by_given(path, part, scope)]
    if not found or len({(above, below) for _, above, below in found}) != 1:
        return
    _, above, below = found[0]
    for meant in _products_of(above, below, scope):
        edited: Node = chain
        for path, *_ in found:
            edited = put(edited, path, letter(meant))
        assert isinstance(edited, Chain)
        assert edited.first is not None
        judge.clock = Clock(session.budget)
        try:
            outcome = judge.equal(edited.first, edited.links[0][1]).outcome
        except ConvsymError:
            continue
        if isinstance(outcome, Proved):
            reason = (
                f"it differentiates ${latex_name(above)}$, which is given and not made of ${latex_name(below)}$, "
                f"where ${latex_name(meant)}$ is meant"
            )
            _refute(finding, reason, chain, edited)
            return


def _refute(finding: Finding, reason: str, chain: Chain, meant: Chain) -> None:
    finding.outcome = Refuted(reason, method="contradiction")
    finding.repairs = tuple(Renderer(chain, finding.statement.source).variants(meant)[:1])
    finding.edits = ("a cell of another family",)


def _given_by_given(path: Path, part: Node, scope: Scope) -> Iterator[tuple[Path, str, str]]:
    r"""The place of the x in \partial x_{1,1}/\partial k_{1,1}, and both letters, where nothing defines either."""
    if not isinstance(part, Fraction_):
        return
    above, below = behind_partial(part.numerator), behind_partial(part.denominator)
    if not isinstance(above, Scripted) or not isinstance(below, Scripted) or not isinstance(above.base, Name):
        return
    names = [reference.name for node in (above, below) if (reference := scope.refer(node, {})) is not None]
    if len(set(names)) != 2 or not all(_is_given(name, scope) for name in names):
        return
    for inner, node in walk_paths(part):
        if node is above.base:
            yield (*path, *inner), names[0], names[1]
            return


def _is_given(name: str, scope: Scope) -> bool:
    """Whether a matrix of these cells is printed, and nothing says what they are."""
    family = scope.family(name)
    owners = [name, *(matrix for matrix, own in scope.matrices.items() if own == name)]
    return (
        family is not None
        and family.exact
        and family.printed
        and not any(scope.rules.get(owner) for owner in owners)
    )


def _products_of(above: str, below: str, scope: Scope) -> Iterator[str]:
    """The families that are defined by products in which both stand."""
    for name, rules in scope.rules.items():
        if any(rule.patterns and _multiplies({above, below}, rule.body, scope) for rule in rules):
            yield name


def _multiplies(names: set[str], body: Node, scope: Scope) -> bool:
    for part in walk(body):
        if isinstance(part, Product):
            factors = {
                reference.name
                for _, factor in part.factors
                if isinstance(node := strip_group(factor), Scripted)
                and (reference := scope.refer(node, {})) is not None
            }
            if names <= factors:
                return True
    return False


def settle_self_defined(session: Session) -> None:
    r"""Refute a family that is given by its own cells, z_{i,j} = \sigma(z_{i,j}), where its cells have another letter.

    Only where two lines or more give cells of a letter that nothing else defines, o_{1,1} = \sigma(z_{1,1}), and each
    of them says what the line would say of them under that letter.

    Args:
        session: the document, its claims judged; the findings are changed.
    """
    for finding in session.findings.values():
        statement = finding.statement
        if (
            statement.role == "definition"
            and isinstance(finding.outcome, Definition)
            and statement.relation in ("=", ":=")
            and not statement.link
            and any(printed_shape(part) == printed_shape(statement.left) for part in walk(statement.right))
        ):
            session.within("misnamed", finding, _rename, session, finding)


def _rename(session: Session, finding: Finding) -> None:
    statement = finding.statement
    judge = session.judges[statement.version]
    scope, chain = judge.scope, chain_of(statement)
    left = scope.refer(statement.left, {})
    if left is None or left.layer is not None or not isinstance(strip_group(statement.left), Scripted):
        return
    letters = [node.text if isinstance(node := strip_group(index), Name) else "" for index in left.indices]
    if not letters or "" in letters or len(set(letters)) != len(letters):
        return
    cells: dict[str, list[Finding]] = {}
    for other in session.findings.values():
        reference = scope.refer(other.statement.left, {})
        if (
            reference is not None
            and reference.name != left.name
            and len(reference.indices) == len(letters)
            and other.statement.role == "definition"
            and other.statement.version == statement.version
            and isinstance(other.outcome, Definition)
        ):
            cells.setdefault(reference.name, []).append(other)
    for name, said in cells.items():
        if len(said) == len(scope.rules.get(name, ())) >= 2 and all(
            _says_of(other, letters, statement.right, judge) for other in said
        ):
            edited = put(chain, _place(chain), letter(name))
            assert isinstance(edited, Chain)
            told = f"where {lines_of(session, said)} say it of ${latex_name(name)}$"
            _refute(finding, f"it gives ${latex_name(left.name)}$ by itself, {told}", chain, edited)
            return


def _place(chain: Chain) -> Path:
    """Where the letter of the left side stands."""
    return next(path for path, part in walk_paths(chain) if isinstance(part, Name))


def _says_of(other: Finding, letters: list[str], right: Node, judge: Judge) -> bool:
    """Whether a line gives a cell what a formula in letters comes to at the cell's indices."""
    reference = judge.scope.refer(other.statement.left, {})
    numbers = [strip_group(index) for index in reference.indices] if reference is not None else []
    if not all(isinstance(number, Number) and number.text.isdigit() for number in numbers):
        return False
    env = {
        letter: Integer(int(number.text))
        for letter, number in zip(letters, numbers, strict=True)
        if isinstance(number, Number)
    }
    judge.clock = Clock(judge.budget)
    try:
        there = judge.elaborator.value(right, env)
        given = judge.elaborator.value(other.statement.right, {})
        return (
            isinstance(there, Expr)
            and isinstance(given, Expr)
            and isinstance(judge.decide(there, given), Proved)
        )
    except ConvsymError:
        return False


__all__ = ["settle_misnamed", "settle_self_defined"]
