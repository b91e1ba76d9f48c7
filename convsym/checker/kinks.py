r"""Lines about a function with a kink that hold on one side of it: \partial a/\partial w = x of a = \max(0, w x).

Where the words of the text may restrict such a line to that side ("for an active unit", "let z > 0"), a point of
the other side refutes nothing, whether or not the words can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import TYPE_CHECKING

from sympy import Abs, Basic, Expr, Heaviside, Integer, Max, Min, sign

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.functions import relu, step
from convsym.scope.judge import Judge
from convsym.verdict import Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

_KINKED = (relu, step, Abs, sign, Heaviside, Max, Min)
# Words by which a text may speak of one side of a kink alone, or an order printed in it.
_RESTRICTING = re.compile(
    r"\b(?:assum\w*|suppos\w*|provided|positive|negative|non-?(?:zero|negative|positive)|(?:in)?activ(?:e|ated)|"
    r"fir(?:es?|ing)|alive|dead|dying|dies|saturat\w*|(?:switched|turned) (?:on|off)|cases?|sides?|branch\w*|"
    r"region|regime|otherwise|"
    r"if|when|whenever|while|unless|as long as|too (?:large|small|high|low|big)|above|below|"
    r"greater|larger|smaller|exceeds?|wenn|falls|positiv\w*|negativ\w*|aktiv\w*|si|cuando|quand|lorsque|activo|actif)\b"
    r"|[<>≤≥]|\\(?:lt|gt|leq?|geq?)(?![a-z])|若|当|正|负|激活",
    re.I,
)
_FEW = 2


def heed_kinks(session: Session) -> None:
    """Leave open what fails on one side of a kink only, where the text may speak of the other side.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    leave_open_where(
        session,
        _RESTRICTING.search,
        _holds_on_a_side,
        "it holds on one side of the kink of a function, and the text may speak of that side alone",
    )


def leave_open_where(
    session: Session, speaks: Callable[[str], object], holds: Callable[[Finding, Judge], bool], reason: str
) -> None:
    """Leave refuted claims open that hold under something that the words of the text may say.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
        speaks: whether a text, in small letters, speaks of it.
        holds: whether a claim holds under it.
        reason: why it is open.
    """
    for finding in session.findings.values():
        judgment, statement = finding.judgment, finding.statement
        if not isinstance(finding.outcome, Refuted) or judgment is None or not judgment.pairs:
            continue
        if finding.outcome.method == "contradiction":
            continue  # other lines refute it, and not what it was found to say
        judge = judgment.typed or judgment.judge or session.judges[statement.version]
        if speaks(judge.scope.words) and holds(finding, judge):
            finding.outcome = judgment.outcome = Unsupported(reason)
            finding.reason, finding.repairs, finding.edits = "", (), ()
            finding.notes, finding.steps = [], []


def _holds_on_a_side(finding: Finding, judge: Judge) -> bool:
    """Whether a line is true on one side of its kinks that it does not say itself."""
    judgment = finding.judgment
    assert judgment is not None
    if finding.statement.pieced:
        return False  # it speaks of every side itself
    try:
        pairs = [(judge.unfold(left), judge.unfold(right)) for _, left, right in judgment.pairs]
        said = _names_said(finding, judge)
    except (ConvsymError, RecursionError):
        return False
    arguments = {_bend(call) for pair in pairs for side in pair for call in side.atoms(*_KINKED)}
    if not arguments or (said and all(one.free_symbols <= said for one in arguments)):
        # What a line says itself of where it holds was read, and it was judged there.
        return False
    for above in _choices(sorted(arguments, key=str)):
        taken = [(_on_a_side(left, above), _on_a_side(right, above)) for left, right in pairs]
        if all(left == right or isinstance(judge.decide(left, right), Proved) for left, right in taken):
            return True
    return False


def _names_said(finding: Finding, judge: Judge) -> set[Basic]:
    """The names that the orders of a line itself are about."""
    found: set[Basic] = set()
    for one in finding.statement.under:
        for side in (one.left, one.right):
            value = judge.elaborator.value(side, {})
            if isinstance(value, Expr):
                found |= judge.unfold(value).free_symbols
    return found


def _choices(arguments: list[Expr]) -> Iterator[dict[Expr, bool]]:
    """The sides of all kinks: every argument positive, every one negative, and any other way where there are few."""
    turned = {one for one in arguments if -one in arguments and str(-one) < str(one)}
    free = [one for one in arguments if one not in turned]
    ways = [(True,) * len(free), (False,) * len(free)]
    if 1 < len(free) <= _FEW:
        ways += [way for way in product((True, False), repeat=len(free)) if len(set(way)) > 1]
    for way in ways:
        chosen = dict(zip(free, way, strict=True))
        yield {one: chosen[one] if one in chosen else not chosen[-one] for one in arguments}


def _bend(call: Expr) -> Expr:
    """What changes its sign where a function has its kink."""
    return call.args[0] - call.args[1] if isinstance(call, Max | Min) else call.args[0]


def _on_a_side(side: Expr, above: dict[Expr, bool]) -> Expr:
    """An expression with the branches taken."""

    def taken(call: Expr) -> Expr:
        value = call.args[0]
        positive = above.get(_bend(call))
        if positive is None or (isinstance(call, Max | Min) and len(call.args) != _FEW):
            return call
        if isinstance(call, Max | Min):
            return call.args[0] if positive is isinstance(call, Max) else call.args[1]
        if isinstance(call, relu):
            return value if positive else Integer(0)
        if isinstance(call, Abs):
            return value if positive else -value
        if isinstance(call, sign):
            return Integer(1 if positive else -1)
        return Integer(1 if positive else 0)

    return side.replace(lambda part: isinstance(part, _KINKED), taken)


__all__ = ["heed_kinks", "leave_open_where"]
