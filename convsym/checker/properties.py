r"""Lines behind a property that a text supposes of free quantities: A = A^\top, w_{ij} = w_{ji}, f(-z) = -f(z).

Such a relation claims nothing. A line about the same quantities that fails in general is judged once more with the
property put to use; where that cannot be done it stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from sympy import Expr, Indexed, Integer, Sum, Symbol

from convsym.budget import Budget
from convsym.checker.findings import Finding
from convsym.checker.stated import is_conditioned
from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Scripted, Signed, Sum_
from convsym.latex.walking import walk
from convsym.prover import prove_equal
from convsym.scope.forms import printed_shape
from convsym.scope.functions import Generic
from convsym.scope.judge import Judge
from convsym.scope.listed import LISTED
from convsym.scope.model import Cell, Scope, latex_name
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Proved, Refuted, Unsupported

if TYPE_CHECKING:
    from convsym.checker.session import Session

PROPERTY = "states a property"
_SECONDS = 2.0
_LARGER = 3
_TWO = 2
_SYMMETRIC = re.compile(r"(?<!anti)(?<!anti-)(?<!skew-)(?<!skew )(?<!a)\bsymmetri\w+", re.I)

# An index of a property: how often its letter is counted (1 or -1), the letter, and the number beside it.
_Index: TypeAlias = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Property:
    """What a text supposes of one family or one function.

    Attributes:
        names: what the family or the function is called.
        printed: the relation as LaTeX, or what the words say.
        left, right: the indices of the two cells that are the same; empty where they are not read.
        sign: -1 where they are opposite.
        calls: both sides as expressions, of a function.
    """

    names: frozenset[str]
    printed: str
    left: tuple[_Index, ...] = ()
    right: tuple[_Index, ...] = ()
    sign: int = 1
    calls: tuple[Expr, Expr] | None = None

    def partner(self, indices: Sequence[Expr]) -> tuple[Expr, ...] | None:
        """The indices of the cell that is the same as one, or None."""
        return _moved(indices, self.left, self.right) or _moved(indices, self.right, self.left)


def heed_properties(session: Session) -> None:
    """Take supposed properties for no claims, and judge with them what rests on the quantities they speak of.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    supposed: list[tuple[Statement, Property]] = []
    for finding in session.findings.values():
        judgment, statement = finding.judgment, finding.statement
        judge = session.judges[statement.version]
        earlier = [
            # What another section supposes may be meant here too, and proves nothing.
            one if _is_in_force(other, statement) else Property(one.names, one.printed)
            for other, one in supposed
            if other.version == statement.version or other.display.section == statement.display.section
        ]
        if isinstance(finding.outcome, Refuted) and judgment is not None and judgment.pairs:
            with suppress(ConvsymError, RecursionError, ArithmeticError, TypeError, ValueError):
                _judge_with(finding, earlier, judgment.typed or judgment.judge or judge)
        if isinstance(finding.outcome, Proved) or not _is_supposed(statement):
            continue
        with suppress(ConvsymError, RecursionError):
            found = _property(finding, judge)
            if found is not None:
                supposed.append((statement, found))
                if isinstance(finding.outcome, Refuted):
                    finding.outcome, finding.repairs, finding.notes = Definition(PROPERTY), (), []


def _is_in_force(supposed: Statement, statement: Statement) -> bool:
    return (supposed.version, supposed.display.section) == (statement.version, statement.display.section)


def _is_supposed(statement: Statement) -> bool:
    """Whether a relation stands in running text, or behind words that suppose it."""
    if statement.reason == LISTED:
        return False  # x_1 = x_2 of x_1 = x_2 = 1, which other lines are judged at
    return statement.display.inline or statement.role == "condition" or is_conditioned(statement)


# ---------------------------------------------------------------------- what is supposed


def _property(finding: Finding, judge: Judge) -> Property | None:
    statement, scope = finding.statement, judge.scope
    if statement.relation != "=" or statement.role not in ("claim", "condition", "definition"):
        return None
    (_, one), (sign, other) = _unsigned(statement.left), _unsigned(statement.right)
    left, right = (
        scope.refer(side, {}) if isinstance(side, Name | Scripted) else None for side in (one, other)
    )
    if left is not None and right is not None:
        return _of_cells(statement, left, right, sign, scope)
    return _of_a_function(finding, scope)


def _of_cells(
    statement: Statement, left: Reference, right: Reference, sign: int, scope: Scope
) -> Property | None:
    """w_{ij} = w_{ji}, k_1 = k_3, A = A^T of a family that nothing else defines."""
    family = scope.matrices.get(left.name, left.name)
    names = frozenset(
        {left.name, family, *(matrix for matrix, own in scope.matrices.items() if own == family)}
    )
    turned = left.transposed != right.transposed
    same = right.name in names and left.primes == right.primes == 0 and left.layer is right.layer is None
    if not same or left.power is not None or right.power is not None:
        return None
    if any(rule.statement != statement.number for name in names for rule in scope.rules.get(name, ())):
        return None
    printed = statement.latex
    if not left.indices and not right.indices:
        if not turned:
            return None
        places = (1, "i", 0), (1, "j", 0)
        return Property(names, printed, places, places[::-1], sign)
    if turned or len(left.indices) != len(right.indices):
        return None
    if [printed_shape(i) for i in left.indices] == [printed_shape(i) for i in right.indices]:
        return None
    ours, theirs = (tuple(filter(None, map(_index, side.indices))) for side in (left, right))
    read = len(ours) == len(left.indices) and len(theirs) == len(right.indices)
    if not read or not _goes_back(ours, theirs):
        return Property(names, printed)
    return Property(names, printed, ours, theirs, sign)


def _of_a_function(finding: Finding, scope: Scope) -> Property | None:
    """f(-z) = -f(z) of a function that nothing defines."""
    judgment = finding.judgment
    if not isinstance(finding.outcome, Refuted) or judgment is None or len(judgment.pairs) != 1:
        return None
    _, left, right = judgment.pairs[0]
    if not isinstance(left, Generic) or judgment.used:
        return None
    letters = [{call.func.letter for call in side.atoms(Generic)} for side in (left, right)]
    inside = {atom for call in right.atoms(Generic) for atom in call.free_symbols}
    if (
        letters[0] != letters[1]
        or len(letters[0]) != 1
        or not left.free_symbols <= inside | right.free_symbols
    ):
        return None
    (letter,) = letters[0]
    # f(wx) = f(w) is said of quantities that the text has introduced: a claim.
    if any(scope.rules.get(str(atom)) for atom in left.free_symbols | right.free_symbols):
        return None
    # f(cz) = c f(z) is not put to use, and leaves open what it may decide.
    opposite = len(left.free_symbols) == 1 and left.args[0] == -next(iter(left.free_symbols))
    calls = (left, right) if opposite and right.free_symbols == left.free_symbols else None
    return Property(frozenset({letter}), finding.statement.latex, calls=calls)


def _unsigned(node: Node) -> tuple[int, Node]:
    node = strip_group(node)
    if isinstance(node, Signed) and node.sign in "+-":
        sign, inner = _unsigned(node.operand)
        return (-sign if node.sign == "-" else sign), inner
    if isinstance(node, Sum_) and len(node.terms) == 1:
        sign, inner = _unsigned(node.terms[0][1])
        return (-sign if node.terms[0][0] == "-" else sign), inner
    return 1, node


def _index(node: Node) -> _Index | None:
    """i, -m, 3, i + 2 as a letter with its sign and a number; None of anything else."""
    node = strip_group(node)
    match node:
        case Number() if node.text.isdigit():
            return 0, "", int(node.text)
        case Name():
            return 1, key(node), 0
        case Bracket() if len(node.items) == 1:
            return _index(node.items[0])
        case Signed():
            inner = _index(node.operand)
            if inner is None or node.sign not in "+-":
                return None
            return inner if node.sign == "+" else (-inner[0], inner[1], -inner[2])
        case Sum_():
            total: _Index = (0, "", 0)
            for sign, term in node.terms:
                part = _index(term)
                if part is None or sign not in "+-" or (part[1] and total[1]):
                    return None
                times = -1 if sign == "-" else 1
                total = total[0] + times * part[0], total[1] or part[1], total[2] + times * part[2]
            return total
    return None


def _moved(
    indices: Sequence[Expr], ours: Sequence[_Index], theirs: Sequence[_Index]
) -> tuple[Expr, ...] | None:
    """The indices of the other cell of a property where these are those of the one."""
    if not ours or len(indices) != len(ours):
        return None
    known: dict[str, Expr] = {}
    for value, (times, letter, number) in zip(indices, ours, strict=True):
        at = (Integer(0) + value - number) * (times or 1)
        if (not letter and at != 0) or (letter and known.setdefault(letter, at) != at):
            return None
    if not all(letter in known for _, letter, _ in theirs if letter):
        return None
    return tuple(
        times * known[letter] + number if letter else Integer(number) for times, letter, number in theirs
    )


def _goes_back(ours: Sequence[_Index], theirs: Sequence[_Index]) -> bool:
    """Whether the cell that is the same as the other one is the first again: x_{i+1} = x_i says more than that."""
    if not any(letter for _, letter, _ in (*ours, *theirs)):
        return True
    letters = {letter: Symbol(letter) for _, letter, _ in ours if letter}
    first = tuple(
        times * letters[letter] + number if letter else Integer(number) for times, letter, number in ours
    )
    other = _moved(first, ours, theirs)
    return other is not None and _moved(other, ours, theirs) == first


# ---------------------------------------------------------------------- what rests on it


def _judge_with(finding: Finding, supposed: Sequence[Property], judge: Judge) -> None:
    judgment, outcome = finding.judgment, finding.outcome
    assert judgment is not None
    assert isinstance(outcome, Refuted)
    pairs = [(judge.unfold(left), judge.unfold(right)) for _, left, right in judgment.pairs]
    named = {name for pair in pairs for side in pair for name in _names(side, judge.scope)}
    below = set(_differentiated_by(finding.statement, judge.scope))
    concerned = [one for one in supposed if one.names & (named | below)]
    certain = bool(concerned)
    if not concerned:
        concerned = list(_in_words(pairs, judge.scope))
    if not concerned:
        return
    printed = ", ".join(f"${one.printed}$" if certain else one.printed for one in concerned)
    if all((one.left or one.calls) and not one.names & below for one in concerned):
        decided = _decided(pairs, concerned, outcome, judge)
        if isinstance(decided, Proved) and certain:
            finding.outcome = judgment.outcome = decided
            judgment.assumed.add(printed)
            finding.repairs, finding.notes = (), []
            return
        # Of several properties of one family another cell may follow that was not put in.
        several = len(concerned) > 1 and certain
        if isinstance(decided, Refuted) and not several:
            if certain:
                finding.outcome = judgment.outcome = decided
                judgment.assumed.add(printed)
            return
        if not certain and not isinstance(decided, Proved):
            return
    verb = "may hold" if certain else "holds"
    finding.outcome = judgment.outcome = Unsupported(f"it {verb} with {printed}, which the text supposes")
    finding.reason, finding.repairs, finding.edits = "", (), ()
    finding.notes, finding.steps = [], []


def _names(side: Expr, scope: Scope) -> Iterator[str]:
    for atom in side.atoms(Symbol, Indexed):
        if atom in scope.cells:
            yield scope.cells[atom].family
        elif isinstance(atom, Indexed):
            yield str(atom.base.label)
    for call in side.atoms(Generic):
        yield call.func.letter


def _differentiated_by(statement: Statement, scope: Scope) -> Iterator[str]:
    """The names below in derivatives: whether the cells that are the same move together there is not said."""
    for side in (statement.left, statement.right):
        for part in walk(side):
            if isinstance(part, Fraction_):
                for reference in scope.mentions(part.denominator):
                    yield from (reference.name, scope.matrices.get(reference.name, reference.name))


def _in_words(pairs: Sequence[tuple[Expr, Expr]], scope: Scope) -> Iterator[Property]:
    """The symmetry of a free family with two indices, where the words speak of symmetry."""
    if not _SYMMETRIC.search(scope.words):
        return
    places = (1, "i", 0), (1, "j", 0)
    for name in sorted({name for pair in pairs for side in pair for name in _cells_of_two(side, scope)}):
        if not scope.rules.get(name):
            yield Property(frozenset({name}), f"a symmetric ${latex_name(name)}$", places, places[::-1])


def _cells_of_two(side: Expr, scope: Scope) -> Iterator[str]:
    for atom in side.atoms(Symbol, Indexed):
        cell = scope.cells.get(atom)
        if cell is not None and len(cell.indices) == _TWO:
            yield cell.family
        elif isinstance(atom, Indexed) and len(atom.indices) == _TWO:
            yield str(atom.base.label)


def _decided(
    pairs: Sequence[tuple[Expr, Expr]], supposed: Sequence[Property], outcome: Refuted, judge: Judge
) -> Proved | Refuted | None:
    """What comes of the pairs with the properties put to use; None where that settles nothing."""
    if any(call.func.order for pair in pairs for side in pair for call in side.atoms(Generic)):
        return None
    reduced = [_reduced(pair, supposed, judge.scope) for pair in pairs]
    budget = Budget(seconds=min(_SECONDS, judge.clock.remaining()))
    proofs = [judge.decide(*pair) for pair in reduced]
    if all(isinstance(proof, Proved) for proof in proofs):
        return next(proof for proof in proofs if isinstance(proof, Proved))
    names = {name for one in supposed for name in one.names}
    free = any(
        str(atom.base.label) in names for pair in reduced for side in pair for atom in side.atoms(Indexed)
    )
    if not free:
        return next((proof for proof in proofs if isinstance(proof, Refuted)), None)
    if outcome.witness is None:
        return None
    sizes = dict(outcome.witness.sizes)
    larger = {
        name: max(size, _LARGER) if name[:1].isupper() or name in "nmd" else size
        for name, size in sizes.items()
    }
    for tried in (sizes, larger):
        for pair in pairs:
            sides = [at_sizes(side, tried, judge.scope) for side in pair]
            if any(side.has(Indexed) for side in sides):
                continue
            left, right = _reduced((sides[0], sides[1]), supposed, judge.scope)
            found = prove_equal(left, right, budget=budget)
            if isinstance(found, Refuted) and found.witness is not None:
                return replace(found, witness=replace(found.witness, sizes=tuple(tried.items())))
    return None


def at_sizes(side: Expr, sizes: dict[str, int], scope: Scope) -> Expr:
    """An expression at numbers for its sizes and its index letters, with its sums written out in cells.

    Args:
        side: the expression.
        sizes: by name; what has no number is left as it is.
        scope: it is told the cells that come up.
    """
    values = {
        s: Integer(sizes[s.name]) for s in side.free_symbols if isinstance(s, Symbol) and s.name in sizes
    }
    side = side.xreplace(values).doit()
    cells = {
        atom: Symbol(f"{latex_name(str(atom.base.label))}_{{{','.join(map(str, atom.indices))}}}")
        for atom in side.atoms(Indexed)
        if all(index.is_Integer for index in atom.indices)
    }
    _known(scope, cells)
    return side.xreplace(cells)


def _known(scope: Scope, cells: dict[Indexed, Symbol]) -> None:
    """Let the scope know the cells that sums were written out in."""

    for atom, symbol in cells.items():
        scope.cells.setdefault(symbol, Cell(str(atom.base.label), tuple(int(i) for i in atom.indices)))


def _reduced(pair: tuple[Expr, Expr], supposed: Sequence[Property], scope: Scope) -> tuple[Expr, Expr]:
    """A pair in which cells that are the same by a property are one."""
    left, right = pair
    for one in supposed:
        mapping = _calls(left, right, one) if one.calls else _cells(left, right, one, scope)
        left, right = left.xreplace(mapping), right.xreplace(mapping)
    return left, right


def _cells(left: Expr, right: Expr, one: Property, scope: Scope) -> dict[Expr, Expr]:
    atoms: dict[tuple[str, tuple[Expr, ...]], Expr] = {}
    for atom in sorted(left.atoms(Symbol, Indexed) | right.atoms(Symbol, Indexed), key=str):
        if isinstance(atom, Indexed) and str(atom.base.label) in one.names:
            atoms[str(atom.base.label), tuple(atom.indices)] = atom
        elif (cell := scope.cells.get(atom)) is not None and cell.family in one.names and cell.indices:
            atoms[cell.family, tuple(Integer(0) + index for index in cell.indices)] = atom
    # Letters that sums bind are renamed freely: a cell is written with what is free in front.
    bound = {letter for side in (left, right) for part in side.atoms(Sum) for letter in part.variables}

    def order(cell: Expr) -> tuple[list[bool], str]:
        return [index in bound for index in getattr(cell, "indices", ())], str(cell)

    mapping: dict[Expr, Expr] = {}
    for (name, indices), atom in atoms.items():
        partner = one.partner(indices)
        if partner is None:
            continue
        if partner == indices:
            if one.sign < 0:
                mapping[atom] = Integer(0)
            continue
        other = atoms.get((name, partner))
        if other is None and isinstance(atom, Indexed):
            other = atom.base[partner]
        if other is not None and order(other) < order(atom):
            mapping[atom] = one.sign * other
    return mapping


def _calls(left: Expr, right: Expr, one: Property) -> dict[Expr, Expr]:
    """Calls of a function at opposite arguments, one written by the other."""
    assert one.calls is not None
    said, meant = one.calls
    (letter,) = said.free_symbols
    mapping: dict[Expr, Expr] = {}
    calls = {call for side in (left, right) for call in side.atoms(Generic) if call.func.letter in one.names}
    for call in sorted(calls, key=str):
        value = call.args[0]
        if value.could_extract_minus_sign():
            mapping[call] = meant.xreplace({letter: -value})
    return mapping


__all__ = ["PROPERTY", "at_sizes", "heed_properties"]
