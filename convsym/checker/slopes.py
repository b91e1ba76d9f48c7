r"""Products of derivatives as they are printed: what is differentiated by what, under which sums, by which names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from convsym.checker.findings import Finding
from convsym.errors import ConvsymError
from convsym.latex.printer import to_latex
from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Name, Node, Product, Scripted, Sum_
from convsym.scope.forms import printed_shape
from convsym.scope.leading import leads
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.scope.operators import derivative_parts
from convsym.scope.summation import bound_letters
from convsym.verdict import Proved, Refuted

_PRODUCT = ("", "cdot", "times", "*", "bullet", "odot", "circ", "ast")
_ONE = ("Number", "1")


@dataclass(frozen=True, slots=True)
class Slope:
    """A derivative: the marks of what is differentiated and by what, and how both are printed."""

    above: object
    below: object
    top: str
    bottom: str


@dataclass(frozen=True, slots=True)
class Between:
    """A quantity left out between two derivatives.

    Attributes:
        lower, middle, upper: the marks of the lower end, of the quantity, of the upper end; no middle for several.
        ends: that the lower end acts on the upper one, in words.
        printed: the quantity, as LaTeX.
        summed: the letters of it that a sum ran over.
        words: all of it, where that is no plain sentence of the two.
    """

    lower: object
    middle: object
    upper: object
    ends: str
    printed: str
    summed: frozenset[str] = frozenset()
    words: str = ""

    def __post_init__(self) -> None:
        if not self.words:
            object.__setattr__(self, "words", f"{self.ends} only through {self.printed}")


@dataclass(frozen=True, slots=True)
class Chained:
    """A product of derivatives and other factors under sums.

    Attributes:
        letters: the letters that its sums bind, with their printed limits.
        factors: derivatives, and the marks of other factors, in printed order.
        between: the quantities that stood between two derivatives and are gone.
    """

    letters: frozenset[tuple[str, object, object]]
    factors: tuple[Slope | object, ...]
    between: tuple[Between, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A derivative that has a name: a cell's mark, the derivative, whether both carry the same indices and layer."""

    cell: tuple[object, ...]
    slope: Slope
    same_place: bool


def read_chain(node: Node, scope: Scope, names: Mapping[str, Sequence[Named]]) -> Chained | None:
    """A side as a product under sums; None where it is anything else.

    Args:
        node: the side.
        scope: how the document writes its names.
        names: the names that stand for derivatives, by key.
    """
    letters: set[tuple[str, object, object]] = set()
    factors: list[Slope | object] = []
    try:
        if not _collect(node, scope, letters, factors):
            return None
    except ConvsymError:
        return None
    return Chained(
        frozenset(letters), tuple(_as_slope(factor, names) for factor in factors if factor != _ONE)
    )


def _collect(
    node: Node, scope: Scope, letters: set[tuple[str, object, object]], factors: list[Slope | object]
) -> bool:
    node = strip_group(node)
    match node:
        case Bracket(kind="(" | "[", items=(inner,)) if not isinstance(strip_group(inner), Sum_):
            return _collect(inner, scope, letters, factors)
        case Product():
            return all(operator in _PRODUCT for operator, _ in node.factors) and all(
                _collect(factor, scope, letters, factors) for _, factor in node.factors
            )
        case BigOperator(operator="sum"):
            upper = None if node.upper is None else printed_shape(node.upper)
            for letter, start in bound_letters(node):
                if any(known == letter for known, *_ in letters):
                    return False
                letters.add((letter, None if start is None else printed_shape(start), upper))
            return _collect(node.body, scope, letters, factors)
        case Fraction_():
            return _fraction(node, scope, factors)
        case Sum_():
            return False
        case _:
            factors.append(mark(node, scope))
            return True


def _fraction(node: Fraction_, scope: Scope, factors: list[Slope | object]) -> bool:
    parts = derivative_parts(node, {}, scope)
    if parts is None:
        factors.append(mark(node, scope))
        return True
    if parts.guess:
        return False
    above, below = strip_group(parts.above), strip_group(parts.below)
    if not all(isinstance(side, Name | Scripted | Bracket) for side in (above, below)):
        return False
    factors.append(Slope(mark(above, scope), mark(below, scope), to_latex(above), to_latex(below)))
    return True


# ---------------------------------------------------------------------- marks


def mark(node: Node, scope: Scope) -> object:
    """What two nodes share that are printed alike but for braces and brackets around them.

    Args:
        node: a symbol or an expression.
        scope: how the document writes its names.
    """
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        return mark(node.items[0], scope)
    reference = scope.refer(node, {}) if isinstance(node, Name | Scripted) else None
    if reference is None or reference.power is not None:
        return printed_shape(node)
    layer = None if reference.layer is None else mark(reference.layer, scope)
    indices = tuple(mark(index, scope) for index in reference.indices)
    return ("cell", reference.name, indices, layer, reference.primes, reference.transposed)


def is_cell(shape: object) -> TypeGuard[tuple[object, ...]]:
    """Whether a mark is that of a symbol, with or without indices."""
    return isinstance(shape, tuple) and bool(shape) and shape[0] == "cell"


def name_of(cell: tuple[object, ...]) -> str:
    """The key of the symbol that a cell's mark is of."""
    return str(cell[1])


def indices_of(shape: object) -> tuple[object, ...]:
    """The marks of a cell's indices; none of anything else."""
    return shape[2] if is_cell(shape) and isinstance(shape[2], tuple) else ()


def letters_in(shape: object) -> set[str]:
    """The index letters of a quantity, those of its layer left out."""
    if not isinstance(shape, tuple):
        return set()
    if is_cell(shape):
        return names_in(shape[2])
    if shape and shape[0] == "Scripted":
        return letters_in(shape[1]) | names_in(shape[2])
    return set().union(*(letters_in(part) for part in shape))


def names_in(shape: object) -> set[str]:
    """Every letter that a mark was made of, index or not."""
    if not isinstance(shape, tuple):
        return set()
    own = {str(shape[1])} if len(shape) > 1 and shape[0] in ("Name", "cell") else set()
    return own.union(*(names_in(part) for part in shape))


# ---------------------------------------------------------------------- names of derivatives


def names_of_slopes(findings: Iterable[Finding], scope: Scope) -> dict[str, list[Named]]:
    r"""The names that lines give to derivatives, \delta_j = \partial E/\partial z_j, by key.

    Args:
        findings: what was found of the relations so far.
        scope: how the document writes its names.
    """
    found: dict[str, list[Named]] = {}
    for finding in findings:
        statement = finding.statement
        if statement.relation not in ("=", ":=", "equiv") or isinstance(finding.outcome, Refuted):
            continue
        for name, value in ((statement.left, statement.right), (statement.right, statement.left)):
            chain, cell = read_chain(value, scope, {}), mark(name, scope)
            if chain is None or chain.letters or len(chain.factors) != 1 or not is_cell(cell):
                continue
            slope = chain.factors[0]
            if isinstance(slope, Slope) and is_cell(slope.below) and cell not in (slope.above, slope.below):
                if not isinstance(finding.outcome, Proved) and _feeds(cell, slope.above, scope):
                    continue
                same = cell[2:] == slope.below[2:]
                found.setdefault(name_of(cell), []).append(Named(cell, slope, same))
    return found


def _feeds(cell: tuple[object, ...], above: object, scope: Scope) -> bool:
    """Whether what is differentiated is computed from a cell: then it is a value of its own, and names no slope.

    What a loss that is never written out is differentiated by is what it is computed from.
    """
    if not is_cell(above):
        return False
    top = name_of(above)
    below = {variable for name, variable in scope.survey.partials if name == top}
    return any(leads(scope, one, name_of(cell)) for one in (top, *sorted(below)))


def _as_slope(factor: Slope | object, names: Mapping[str, Sequence[Named]]) -> Slope | object:
    """A factor that is the name of a derivative, as that derivative."""
    if not is_cell(factor):
        return factor
    known = names.get(name_of(factor), ())
    exact = {one.slope for one in known if one.cell == factor}
    if exact:
        return exact.pop() if len(exact) == 1 else factor
    ways = {
        (one.slope.above, one.slope.top, name_of(one.slope.below))
        for one in known
        if one.same_place and is_cell(one.slope.below)
    }
    if len(ways) != 1:
        return factor
    above, top, name = ways.pop()
    return Slope(above, ("cell", name, *factor[2:]), top, f"{latex_name(name)}{_scripts(factor)}")


def _scripts(cell: tuple[object, ...]) -> str:
    """The indices and the layer of a cell, for words."""
    texts = [_text(index) for index in indices_of(cell)]
    layer = "" if cell[3] is None else f"^{{{_text(cell[3])}}}"
    return (f"_{{{','.join(texts)}}}" if texts else "") + layer


def _text(index: object) -> str:
    if isinstance(index, tuple) and len(index) > 1:
        if index[0] in ("cell", "Name", "Number") and isinstance(index[1], str):
            return latex_name(index[1])
        return "".join(_text(part) for part in index)
    return index if isinstance(index, str) and index in ("+", "-") else ""
