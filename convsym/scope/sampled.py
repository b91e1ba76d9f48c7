r"""Losses of one sample, E_n beside E = \sum_n E_n: what carries the sample's letter is said of any one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from convsym.latex.syntax import BigOperator, Chain, Equation, Fraction_, Name, Node, Scripted, Tuple_, Words
from convsym.latex.walking import rewritten, walk
from convsym.scope.hygiene import derives
from convsym.scope.lettered import bound_in, items_of
from convsym.scope.naming import strip_group

_SAMPLES = ("n", "p", "s")
_INPUT = "x"
_LOSSES = frozenset({"E", "L", "J", "C", "Q", "ell"})


def with_one_sample(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same formulas, in which nothing carries the letter of a sample but where a sum runs over it.

    There the loss E_n is a name, and t_{nk}, the k-th target of the sample, is t_k. Only where that letter is the
    first one below what carries it, and nothing else.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    for letter in _SAMPLES:
        if not any(_is_slope_of_a_loss(part, letter) for row in rows for part in walk(row)):
            continue
        # A letter that is named in a sentence, the pattern n, is no part of a formula.
        free = [row for row in rows if row.links and not _binds(row, letter)]
        doubtful = _doubtful(free, letter)
        if all(_stands_first(row, letter) for row in free):

            def changed(row: Chain, letter: str = letter, doubtful: Collection[str] = doubtful) -> Chain:
                kept = _binds(row, letter) or any(
                    _carries_alone(part, letter, doubtful) for part in walk(row)
                )
                return row if kept else _of_one(row, letter)

            return {
                number: replace(equation, rows=tuple(changed(row) for row in equation.rows))
                for number, equation in equations.items()
            }
    return _of_one_input(equations, rows)


def _of_one_input(equations: Mapping[int, Equation], rows: Sequence[Chain]) -> dict[int, Equation]:
    r"""The same formulas with the loss of one input, C_x beside C = 1/n \sum_x C_x, as a name: x is the input."""
    carriers = [
        part for row in rows for part in walk(row) if isinstance(part, Scripted) and _INPUT in _letters(part)
    ]
    sloped = any(_is_slope_of_a_loss(part, _INPUT) for row in rows for part in walk(row))
    if not sloped or not all(_is_loss(part, _INPUT) for part in carriers):
        return dict(equations)
    return {
        number: replace(
            equation,
            rows=tuple(row if _binds(row, _INPUT) else _of_one(row, _INPUT) for row in equation.rows),
        )
        for number, equation in equations.items()
    }


def _binds(row: Chain, letter: str) -> bool:
    return any(isinstance(part, BigOperator) and letter in bound_in(part) for part in walk(row))


def _is_slope_of_a_loss(node: Node, letter: str) -> bool:
    """Whether a node is a derivative of a loss that carries the letter alone."""
    if not isinstance(node, Fraction_) or not derives(node):
        return False
    return any(_is_loss(part, letter) for part in walk(node.numerator))


def _is_loss(node: Node, letter: str) -> bool:
    """Whether a node is a loss with a letter below it, and nothing else."""
    if not isinstance(node, Scripted) or _letters(node) != (letter,):
        return False
    base = strip_group(node.base)
    return isinstance(base, Name) and base.text in _LOSSES


def _letters(node: Scripted) -> tuple[str, ...]:
    """What stands below a name, letters by themselves and "" for all else."""
    if node.subscript is None:
        return ()
    items = (strip_group(item) for item in items_of(node.subscript))
    return tuple(item.text if isinstance(item, Name) else "" for item in items)


def _stands_first(row: Chain, letter: str) -> bool:
    """Whether a letter stands first below names in a row, and nowhere else."""
    carried = sum(isinstance(part, Scripted) and _letters(part)[:1] == (letter,) for part in walk(row))
    return carried == sum(isinstance(part, Name) and part.text == letter for part in walk(row))


def _doubtful(rows: Iterable[Chain], letter: str) -> set[str]:
    """The names that carry the letter alone, and elsewhere another one: x_n may be a sample or an entry."""
    alone: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for part in walk(row):
            if isinstance(part, Scripted) and isinstance(base := strip_group(part.base), Name):
                if len(letters := _letters(part)) == 1:
                    alone[base.text] |= set(letters)
    return {name for name, letters in alone.items() if letter in letters and len(letters) > 1}


def _carries_alone(node: Node, letter: str, names: Collection[str]) -> bool:
    if not isinstance(node, Scripted) or _letters(node) != (letter,):
        return False
    base = strip_group(node.base)
    return isinstance(base, Name) and base.text in names


def _of_one(row: Chain, letter: str) -> Chain:
    """A row said of one sample."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, Scripted) or _letters(node)[:1] != (letter,) or node.subscript is None:
            return None
        above = None if node.superscript is None else rewritten(node.superscript, change)
        rest = tuple(items_of(node.subscript))[1:]
        span = node.subscript.span
        below: Node = Words(letter, span) if not rest else rest[0] if len(rest) == 1 else Tuple_(rest, span)
        return replace(node, subscript=below, superscript=above)

    return rewritten(row, change)


__all__ = ["with_one_sample"]
