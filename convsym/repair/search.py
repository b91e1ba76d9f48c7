"""The search for the smallest change that makes a refuted relation true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from sympy import Expr

from convsym.budget import Budget, Clock
from convsym.errors import BudgetExceeded, ConvsymError
from convsym.functions import step
from convsym.latex.syntax import BigOperator, Bracket, Chain, Name, Node, Number, Scripted, Sum_
from convsym.latex.walking import children, rewritten, walk
from convsym.repair.analogy import analogous
from convsym.repair.edit import Edit, survey
from convsym.repair.factors import factor_edits, limit_edits, shape_edits, symbol_edits
from convsym.repair.indices import index_edits
from convsym.repair.letters import letter_edits
from convsym.repair.plausible import is_of_a_length, is_plausible
from convsym.repair.render import Renderer, read_back
from convsym.repair.terms import chain_end_edits, product_edits, sum_edits
from convsym.repair.tree import key, size
from convsym.repair.truth import printed_truth
from convsym.repair.vocabulary import Vocabulary

Test: TypeAlias = Callable[[Chain], bool]

_MOST_EDITS = 4_000
"""Single edits of one claim that are looked at."""

_FEW = 80
"""Single edits up to which every pair is tried: a short line may hide two errors that only together show."""

_BEAM = 12
"""Half-repaired claims from which a second edit is tried."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A corrected relation.

    Attributes:
        node: the corrected tree.
        latex: the same as LaTeX, in the author's notation where that could be kept.
        edits: what was changed, in words, one entry an edit.
        cost: about the number of places changed.
    """

    node: Chain
    latex: str
    edits: tuple[str, ...]
    cost: float


def candidates(claim: Chain, vocabulary: Vocabulary) -> list[Edit]:
    """Every single edit of a claim, cheapest first, no two with the same result.

    Args:
        claim: one relation.
        vocabulary: the names that the document offers.
    """
    setting = survey(claim, vocabulary)
    sources = (
        index_edits,
        factor_edits,
        symbol_edits,
        letter_edits,
        sum_edits,
        product_edits,
        chain_end_edits,
        limit_edits,
        shape_edits,
    )
    best: dict[object, Edit] = {}
    for edit in islice((edit for source in sources for edit in source(setting)), 8 * _MOST_EDITS):
        result = tuple((path, key(new)) for path, new in edit.changes)
        if result not in best or edit.cost < best[result].cost:
            best[result] = edit
    return sorted(best.values(), key=lambda edit: edit.cost)[:_MOST_EDITS]


def search(
    claim: Chain,
    accepts: Test,
    *,
    vocabulary: Vocabulary | None = None,
    source: str = "",
    screen: Test | None = None,
    proportional: Test | None = None,
    score: Callable[[Chain], int] | None = None,
    siblings: Sequence[Chain] = (),
    truth: Expr | None = None,
    functions: dict[str, str] | None = None,
    budget: Budget | None = None,
    clock: Clock | None = None,
    limit: int = 5,
    single: bool = False,
) -> tuple[Repair, ...]:
    """The repairs of a refuted relation, best first.

    Single edits are tried first, then pairs: from what is right up to a factor to the factor, and from what
    comes closest to the truth. Of several repairs the one with the fewest changed places wins, then the one
    that uses what the relation itself speaks of.

    Args:
        claim: one relation, `Chain(left, ((relation, right),))`, with spans into `source`.
        accepts: whether an edited claim is true in its document; an error of convsym counts as no.
        vocabulary: the document's names.
        source: the text that the claim was read from.
        screen: a fast test that never rejects a true claim.
        proportional: whether a claim is true up to one constant factor.
        score: how far from true, 0 for true; None-like large values for what makes no sense.
        siblings: other relations of the document, such as the neighboring rows; what they say at this one's
            indices is offered too.
        truth: the true right side, where it is known; printed where no edit was found.
        functions: SymPy function name -> LaTeX, for printing `truth` in the document's notation.
        budget, clock: what the search may cost; what was found until then is returned.
        limit: how many repairs to return at most.
        single: try no two edits at once.
    """
    run = _Search(claim, accepts, vocabulary or Vocabulary(), source, screen, clock or Clock(budget), limit)
    try:
        run.singles(proportional)
        run.analogies(siblings)
        if not run.found and not single:
            run.pairs(proportional, score)
    except BudgetExceeded:
        pass
    found = run.ranked()
    if truth is not None and not found:
        last = replacement(claim, truth, source=source, functions=functions)
        # Asked even when the time is over: it is the one repair that is always there.
        if last is not None and not is_trivial(last.node):
            printed, new = claim.links[-1][1], last.node.links[-1][1]
            fits = is_of_a_length(printed, new) and is_plausible(claim, last.node)
            if fits and _passes(accepts, last.node):
                found.append(last)
    return tuple(found)


def replacement(
    claim: Chain, truth: Expr, *, source: str = "", functions: dict[str, str] | None = None
) -> Repair | None:
    """The claim with the whole right side exchanged for the true one, or None where it cannot be written.

    Args:
        claim: one relation.
        truth: the true right side.
        source: the text that the claim was read from.
        functions: SymPy function name -> LaTeX.
    """
    if truth.has(step):
        return None  # a name that no document prints
    text = printed_truth(truth, functions or {})
    right = read_back(text) if text is not None else None
    if text is None or right is None or right.first is None or right.links or not claim.links:
        return None
    relation, _ = claim.links[-1]
    edited = Chain(claim.first, (*claim.links[:-1], (relation, right.first)), claim.span)
    spliced = Renderer(claim, source).variants(edited)
    return Repair(edited, spliced[0], ("right side replaced",), 99.0) if spliced else None


class _Search:
    """One search: what was found, what was tried, what time is left."""

    def __init__(
        self,
        claim: Chain,
        accepts: Test,
        vocabulary: Vocabulary,
        source: str,
        screen: Test | None,
        clock: Clock,
        limit: int,
    ) -> None:
        self.claim, self.accepts, self.vocabulary = claim, accepts, vocabulary
        self.source, self.screen, self.clock, self.limit = source, screen, clock, limit
        self.found: list[tuple[float, Chain, tuple[Edit, ...]]] = []
        self.tried = {key(claim)}
        self._first: list[Edit] | None = None
        self._edited: dict[int, tuple[Edit, Node]] = {}

    def first_edits(self) -> list[Edit]:
        """Every single edit of the claim itself."""
        if self._first is None:
            self._first = candidates(self.claim, self.vocabulary)
        return self._first

    def edited(self, edit: Edit) -> Node:
        """The claim after one of its single edits: always the same tree, so that tests may remember it."""
        # The edit is kept beside its tree, so that its identity cannot be given to another one.
        known = self._edited.get(id(edit))
        if known is None:
            known = self._edited[id(edit)] = (edit, edit.apply(self.claim))
        return known[1]

    def asks(self, edited: Chain) -> bool:
        """Whether an edited claim is true and says something."""
        self.clock.check()
        if self.screen is not None and not _passes(self.screen, edited):
            return False
        if is_trivial(edited) or not is_plausible(self.claim, edited):
            return False
        return _passes(self.accepts, edited)

    def singles(self, proportional: Test | None) -> None:
        """Try every single edit; stop where the rest is clearly dearer than what was found."""
        edits = self.first_edits()
        if proportional is not None and not _passes(proportional, self.claim):
            # No factor of a whole side can cure what is wrong in more than a factor.
            edits = [edit for edit in edits if not edit.scalar]
        self._try(self.claim, (), edits)

    def _try(self, start: Chain, before: tuple[Edit, ...], edits: Iterable[Edit]) -> None:
        spent = sum(edit.cost for edit in before)
        for edit in edits:
            cost = spent + edit.cost
            if self.found and (len(self.found) >= 2 * self.limit or cost > self.found[0][0] + 1.0):
                break
            edited = self.edited(edit) if start is self.claim else edit.apply(start)
            if not isinstance(edited, Chain):
                continue
            if before:  # one edit never gives the same twice, two edits often do
                said = key(edited)
                if said in self.tried:
                    continue
                self.tried.add(said)
                if _on_both_sides((*before, edit)):
                    continue
            if self.asks(edited):
                self.found.append((cost, edited, (*before, edit)))

    def analogies(self, siblings: Iterable[Chain]) -> None:
        """Say here what the relations of the same form say elsewhere."""
        self._try(self.claim, (), analogous(self.claim, siblings, self.vocabulary))

    def pairs(self, proportional: Test | None, score: Callable[[Chain], int] | None) -> None:
        """Try two edits, the second only where the first has come closer."""
        if proportional is not None:
            self._up_to_a_factor(proportional)
        if not self.found and score is not None:
            self._closest(score)
        few = len(self.first_edits()) <= _FEW
        if not self.found and (few or (proportional is None and score is None)):
            self._blind()

    def _up_to_a_factor(self, proportional: Test) -> None:
        if _passes(proportional, self.claim):
            # Only factors are wrong, and one edit did not cure them: two factors.
            first = [edit for edit in self.first_edits() if edit.scalar]
            for edit in first:
                self._continue(edit, scalar=True)
                if self.found:
                    return
        starts: list[Edit] = []
        for edit in self.first_edits():
            if edit.scalar:
                continue
            if starts and edit.cost > starts[0].cost + 0.3:
                break
            self.clock.check()
            edited = self.edited(edit)
            if isinstance(edited, Chain) and not is_trivial(edited) and _passes(proportional, edited):
                starts.append(edit)
                if len(starts) >= _BEAM:
                    break
        for edit in starts:
            self._continue(edit, scalar=True)

    def _continue(self, edit: Edit, *, scalar: bool = False) -> None:
        edited = self.edited(edit)
        if isinstance(edited, Chain):
            further = candidates(edited, self.vocabulary)
            self._try(edited, (edit,), [e for e in further if e.scalar] if scalar else further)

    def _closest(self, score: Callable[[Chain], int]) -> None:
        now = _scored(score, self.claim)
        ranked: list[tuple[float, float, Edit]] = []
        for edit in self.first_edits():
            self.clock.check()
            edited = self.edited(edit)
            if isinstance(edited, Chain) and not is_trivial(edited):
                value = _scored(score, edited)
                if value < now:
                    ranked.append((value, edit.cost, edit))
        ranked.sort(key=lambda entry: entry[:2])
        for _, _, edit in ranked[:_BEAM]:
            self._continue(edit)
            if self.found:
                return

    def _blind(self) -> None:
        for edit in self.first_edits()[:60]:
            self._continue(edit)
            if self.found:
                return

    def ranked(self) -> list[Repair]:
        """The repairs found, best first, as LaTeX that was read back."""
        renderer = Renderer(self.claim, self.source)
        repairs: list[Repair] = []
        order = sorted(self.found, key=lambda entry: (round(entry[0], 6), size(entry[1])))
        for cost, edited, edits in order:
            text = self._written(renderer, edited)
            if text is not None and all(repair.latex != text for repair in repairs):
                repairs.append(Repair(edited, text, tuple(edit.what for edit in edits), cost))
            if len(repairs) >= self.limit:
                break
        return repairs

    def _written(self, renderer: Renderer, edited: Chain) -> str | None:
        """The first way to write the repair that reads back as it, or at least as something true."""
        for text in renderer.variants(edited):
            again = read_back(text)
            if again is None:
                continue
            if key(again) == key(edited):
                return text
            try:
                if self.asks(again):
                    return text
            except BudgetExceeded:
                continue
        return None


def _on_both_sides(edits: Iterable[Edit]) -> bool:
    """Whether one edit changes the right side and another more of the left than one of its cells.

    A cell that was mixed up on the left may come with a slip on the right; what else the left side says is not
    changed to fit.
    """
    changes = [change for edit in edits for change in edit.changes if change[0]]
    left = [new for path, new in changes if path[0] == 0]
    cells = all(isinstance(new, Scripted) and new.subscript is not None for new in left)
    return not cells and len(left) < len(changes)


def is_trivial(claim: Chain) -> bool:
    """Whether a claim says nothing: both sides alike, no terms left, or a sum that runs over nothing."""
    sides = [rewritten(side, _without_brackets) for side in children(claim)]
    if len(sides) == 2 and type(sides[0]) is type(sides[1]) and key(sides[0]) == key(sides[1]):
        return True
    for node in walk(claim):
        if isinstance(node, Sum_) and not node.terms:
            return True
        if isinstance(node, BigOperator) and isinstance(node.lower, Chain) and node.lower.links:
            lower, upper = node.lower.links[0][1], node.upper
            if isinstance(lower, Number) and isinstance(upper, Number):
                try:
                    empty = float(lower.text) > float(upper.text)
                except ValueError:
                    continue
                if empty:
                    return True
    return False


def _without_brackets(node: Node) -> Node | None:
    """(b) as b: brackets around a single name or number hold nothing together."""
    if isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        inner = node.items[0]
        return inner if isinstance(inner, Name | Number) else None
    return None


def _passes(test: Test, claim: Chain) -> bool:
    try:
        return test(claim)
    except Exception:  # a candidate may be any nonsense: what cannot be tested does not pass
        return False


def _scored(score: Callable[[Chain], int], claim: Chain) -> float:
    try:
        return float(score(claim))
    except (ConvsymError, RecursionError, ArithmeticError):
        return float("inf")
