"""Claims about the layers of a network of any depth and width, decided for a few layers of different widths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from convsym.checker.findings import Finding
from convsym.checker.grounds import OPEN_FUNCTION, is_digits
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Bracket, Name, Node, Product, Scripted
from convsym.latex.walking import rewritten, walk
from convsym.scope.ends import ends_of
from convsym.scope.forms import transposed
from convsym.scope.functions import Generic
from convsym.scope.gradientnames import gradients_named
from convsym.scope.hygiene import derives, free_letters
from convsym.scope.judge import Judge, Judgment
from convsym.scope.model import FunctionRule, Scope, latex_name
from convsym.scope.naming import key
from convsym.scope.networks import Network, layered_reference, network_of
from convsym.scope.statements import Statement
from convsym.scope.summation import bound_letters
from convsym.scope.supposed import supposed_network
from convsym.scope.unrolling import Unrolled, unrolled
from convsym.verdict import Proved, Refuted, Undecided, Unsupported

_ENTRYWISE = ("odot", "circ")
_BATCHES = re.compile(r"\bbatch|\b(training )?(examples|samples)\b")
_STANDARD = ("sigmoid", "tanh")
_SIZES = "layers of 2 and 3 cells"


def judge_layers(finding: Finding, judge: Judge, statements: Sequence[Statement]) -> None:
    """Decide a claim that was left open by a network of a few layers, where the document describes one by its layers.

    One that was refuted, by ranges of indices that sums alone tell of, is right all the same if it holds there.

    Nothing is said of how many layers there are, or how many cells a layer has: the layers that a claim names
    get different sizes, and the loss is an arbitrary function of what the highest of them gives.

    Args:
        finding: a claim; its outcome is changed where it is decided.
        judge: for the scope of the claim.
        statements: all relations of the document.
    """
    statement = finding.statement
    refuted = isinstance(finding.outcome, Refuted) and (derives(statement.left) or derives(statement.right))
    open_still = isinstance(finding.outcome, Undecided | Unsupported)
    as_numbers = isinstance(finding.outcome, Proved) and _layers_below(statement, judge.scope)
    if not (open_still or refuted or as_numbers) or statement.apart or statement.supposed:
        return
    if is_digits(statement.right, judge.scope):
        # Numbers of an example are no claim about every network.
        return
    if "d" not in judge.scope.rules and any(
        True for side in _sides(statement) for _ in gradients_named(side)
    ):
        return  # dW is a name, and no product of W and a letter d
    sides = [side for s in statements for side in (s.left, s.right)]
    network = network_of(judge.scope, sides) or supposed_network(judge.scope, sides)
    if network is None or _shares_a_letter(statement, judge.scope):
        return
    if _is_of_batches(network, statement, judge.scope):
        return
    has_matrices = _has_matrices(network, judge.scope, statements)
    if as_numbers and not has_matrices:
        return
    found = _decided(judge, network, statement, has_matrices)
    if network.supposed:
        # What nobody wrote down can carry a proof that names it, and no refutation.
        if found is None or isinstance(found[0].outcome, Refuted) or not open_still:
            return
        found[0].assumed.add(network.supposed)
    if as_numbers and found is None:
        # z_l was read as the l-th of many numbers.
        finding.outcome = Unsupported("it holds for numbers; the layers are vectors here")
    if found is not None and (not refuted or found[0].holds):
        judgment, repair = found
        if isinstance(judgment.outcome, Unsupported):
            finding.outcome, finding.judgment = judgment.outcome, judgment
            return
        finding.outcome, finding.judgment = judgment.outcome, None
        finding.notes = [*sorted(judgment.assumed)]
        finding.sizes = _SIZES
        if repair:
            finding.repairs = (repair,)


def _sides(statement: Statement) -> tuple[Node, Node]:
    return statement.left, statement.right


def _decided(
    judge: Judge, network: Network, statement: Statement, has_matrices: bool
) -> tuple[Judgment, str] | None:
    left, right = statement.left, statement.right
    claim = unrolled(judge.scope, network, left, right, as_numbers=False)
    if claim is None:
        return None
    found = _judged(judge, claim, claim.left, claim.right)
    if found.holds:
        return found, ""
    turned = _judged(judge, claim, claim.left, transposed(claim.right))
    if turned.holds and (derives(left) or derives(right)):
        return None
    if (loose := _decided_loosely(judge, network, claim, left, right)) is not None:
        return loose, ""
    if network.supposed or claim.doubtful:
        return None
    small = not network.weights.split(" ")[-1][:1].isupper()
    if small or not has_matrices:
        # Where nothing is transposed and nothing multiplied entry by entry, every layer may be one number.
        numbers = unrolled(judge.scope, network, left, right, as_numbers=True)
        plain = None if numbers is None else _judged(judge, numbers, numbers.left, numbers.right)
        if plain is not None and plain.holds:
            if has_matrices or not small:
                return None  # a capital letter is most likely a matrix, a small one may be a number elsewhere
            plain.assumed.add("every layer has one cell")
            return plain, ""
        if not has_matrices and (plain is None or not _is_false(plain)):
            return None
    if not network.function:
        return None
    if _is_false(found):
        return found, ""
    # Layers of one size: what does not fit together elsewhere can be worked out there.
    even = unrolled(judge.scope, network, left, right, as_numbers=False, even=True)
    if even is not None and (found.type_clash or found.out_of_range is not None):
        square = _judged(judge, even, even.left, even.right)
        if _is_false(square) and not _judged(judge, even, even.left, transposed(even.right)).holds:
            square.assumed.add("layers of 2 cells")
            return square, ""
    if found.type_clash and has_matrices and _holds_mended(judge, claim):
        reason = f"{found.type_clash}: a transpose is missing"
        found.outcome = Refuted(reason, method="type clash")
        return found, ""
    return None


def _decided_loosely(
    judge: Judge, network: Network, claim: Unrolled, left: Node, right: Node
) -> Judgment | None:
    """A proof for products of columns as they are meant, or for a last layer of one cell; None where there is none.

    With one cell in the last layer a claim is refuted where it is false even of numbers, whose products come to
    the same in any order. One that an unwritten function decides is handed on as it is.
    """
    found = _judged(judge, claim, claim.left, claim.right, loosely=True)
    if found.holds or _rests_on_a_function(judge, claim, found):
        return found
    if ends_of(network, judge.scope) is None or not found.type_clash:
        return None
    single = unrolled(judge.scope, network, left, right, as_numbers=False, single=True)
    if single is None:
        return None
    found = _judged(judge, single, single.left, single.right, loosely=True)
    found.assumed.add("the last layer has one cell")
    if found.holds or _rests_on_a_function(judge, single, found):
        return found
    if not _is_false(found) or single.doubtful or "softmax" in judge.scope.words:
        return None
    numbers = unrolled(judge.scope, network, left, right, as_numbers=True)
    plain = None if numbers is None else _judged(judge, numbers, numbers.left, numbers.right)
    return found if plain is not None and _is_false(plain) else None


def _rests_on_a_function(judge: Judge, claim: Unrolled, found: Judgment) -> bool:
    """Whether a claim is true for a standard function in the place of an unwritten one; then it is left open."""
    letter = _open_function(found)
    if not letter or not isinstance(found.outcome, Refuted):
        return False
    for known in _STANDARD:
        functions = {**claim.scope.functions, letter: FunctionRule((), None, known)}
        tried = replace(claim, scope=replace(claim.scope, functions=functions))
        if _judged(judge, tried, claim.left, claim.right, loosely=True).holds:
            found.outcome = Unsupported(f"{latex_name(letter)} {OPEN_FUNCTION}")
            return True
    return False


def _judged(judge: Judge, claim: Unrolled, left: Node, right: Node, *, loosely: bool = False) -> Judgment:
    own = Judge(claim.scope, judge.budget, judge.clock)
    own.elaborator.loosely = loosely
    found = own.equal(left, right)
    found.typed = own
    return found


def _open_function(found: Judgment) -> str:
    """A function that may be any and stands on one side of a claim only, all definitions followed; "" for none."""
    judge = found.typed
    if judge is None or found.holds:
        return ""
    for _, *pair in found.pairs:
        try:
            calls = [judge.unfold(side).atoms(Generic) for side in pair]
        except ConvsymError:
            return ""
        if calls[0] != calls[1]:
            return min(str(call.func.letter) for call in calls[0] ^ calls[1])
    return ""


def _is_false(found: Judgment) -> bool:
    return isinstance(found.outcome, Refuted) and found.outcome.witness is not None


def _holds_mended(judge: Judge, claim: Unrolled) -> bool:
    """Whether one transpose on a matrix or on a layer's output makes a claim true."""
    for mended in _with_one_transpose(claim.right, claim.leaves):
        if _judged(judge, claim, claim.left, mended).holds:
            return True
    return False


def _with_one_transpose(node: Node, leaves: set[str]) -> Iterator[Node]:
    for place in walk(node):
        if not isinstance(place, Product):
            continue
        for _, factor in place.factors:
            inner = factor
            while isinstance(inner, Bracket) and inner.kind in ("(", "group") and len(inner.items) == 1:
                inner = inner.items[0]
            bare = inner
            turned = isinstance(inner, Scripted) and isinstance(inner.superscript, Name)
            if isinstance(inner, Scripted) and turned and isinstance(inner.base, Bracket):
                bare = inner.base.items[0]
            if not isinstance(bare, Name) or key(bare) not in leaves:
                continue
            new = bare if turned else transposed(bare)

            def change(part: Node, old: Node = factor, new: Node = new) -> Node | None:
                return new if part is old else None

            yield rewritten(node, change)


def _layers_below(statement: Statement, scope: Scope) -> bool:
    """Whether a derivative is by something whose layer is its only index, z_l."""
    sides = (statement.left, statement.right)
    return any(map(derives, sides)) and any(
        reference.layer is None and layered_reference(reference) is not None
        for side in sides
        for reference in scope.mentions(side)
    )


def _is_of_batches(network: Network, statement: Statement, scope: Scope) -> bool:
    """Whether a bias is differentiated by where layers are matrices with a column a sample: that sums over them."""
    if not network.sums[:1].isupper() or not network.bias or not _BATCHES.search(scope.words):
        return False
    sides = (statement.left, statement.right)
    return any(map(derives, sides)) and any(
        reference.name == network.bias for side in sides for reference in scope.mentions(side)
    )


def _shares_a_letter(statement: Statement, scope: Scope) -> bool:
    """Whether a sum runs over a letter that is a free index of the claim: which of the two is meant is not said."""
    sides = [statement.left, statement.right]
    free = set(free_letters(sides, scope))
    return any(
        isinstance(part, BigOperator)
        and part.lower is not None
        and free & {letter for letter, _ in bound_letters(part)}
        for side in sides
        for part in walk(side)
    )


def _has_matrices(network: Network, scope: Scope, statements: Sequence[Statement]) -> bool:
    """Whether a document leaves no doubt that its weights are matrices: sums, a transpose, entrywise products."""
    if network.in_entries:
        return True
    for statement in statements:
        for side in (statement.left, statement.right):
            for part in walk(side):
                if isinstance(part, Product) and any(op in _ENTRYWISE for op, _ in part.factors):
                    return True
            if any(reference.transposed for reference in scope.mentions(side)):
                return True
            if any(
                isinstance(part, Scripted)
                and isinstance(part.superscript, Name)
                and part.superscript.text in ("T", "top", "intercal")
                for part in walk(side)
            ):
                return True
    return False
