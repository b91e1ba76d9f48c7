"""What a document has introduced: families of cells, matrices, sizes, functions and the rules that define them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sympy import Basic, Dummy, Expr, Indexed, IndexedBase, Integer, Symbol

from convsym.errors import ScopeError
from convsym.latex.syntax import Bracket, Name, Node, Number, Scripted, Signed, Sum_
from convsym.latex.walking import children
from convsym.scope.naming import SAMPLES, Habits, Reference, key, refer, strip_group
from convsym.scope.survey import Survey

if TYPE_CHECKING:
    from convsym.scope.convolving import Reading
    from convsym.scope.examples import ErrorName

Index: TypeAlias = "int | Expr"
Axis: TypeAlias = "tuple[str, int]"

WIDTH_LABELS = frozenset({"W", "w", "width", "x"})
_TWO_DIGITS = re.compile(r"_\{?[1-9][1-9]\}?\Z")
_SHORT = re.compile(r"whose indices run over [01]\.\.[0-9](?![0-9]| and )")
HEIGHT_LABELS = frozenset({"H", "h", "height", "y"})


class OutOfRangeError(ScopeError):
    """A cell that lies outside its family's range.

    Attributes:
        cell: the cell's name in LaTeX.
        family: the family's name.
        shape: what the family's range is, in words.
    """

    def __init__(self, cell: str, family: str, shape: str) -> None:
        self.cell, self.family, self.shape = cell, family, shape
        super().__init__(f"{cell} lies outside {family}, {shape}")

    @property
    def doubt(self) -> str:
        r"""Why the cell may be another: \delta_{11} may carry two indices where \delta is a short list, or ""."""
        if _SHORT.match(self.shape) is None or _TWO_DIGITS.search(self.cell) is None:
            return ""
        return f"{self.cell} may carry two indices, and {self.family} carries one"


class BrokenDefinitionError(ScopeError):
    """A definition that was needed reads a cell that does not exist.

    Attributes:
        statement: number of the statement that defines.
        cause: the cell and its family.
    """

    def __init__(self, statement: int, cause: OutOfRangeError) -> None:
        self.statement, self.cause = statement, cause
        super().__init__(f"a definition it rests on reads {cause.cell}, outside {cause.family}")


class TypeClashError(ScopeError):
    """A number where a matrix stands, or the other way round."""


class UndefinedError(ScopeError):
    """A symbol or an operation that the document never introduced."""


class UpstreamError(UndefinedError):
    """A derivative of a cell by what is computed from it."""


@lru_cache(maxsize=4096)
def _layered_name(family: str, layer: Index) -> str:
    # Asked for again and again by every derivative, and a layer such as L - 2 is slow to print.
    return f"{family}^{{({layer})}}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One variable: a scalar (no indices), an entry of a family, possibly in a layer."""

    family: str
    indices: tuple[Index, ...] = ()
    layer: Index | None = None

    @property
    def tensor(self) -> str:
        """The family's name with its layer: "W^{(2)}"."""
        return self.family if self.layer is None else _layered_name(self.family, self.layer)

    @property
    def latex(self) -> str:
        """The cell's name: "x_{1,2}", or "x^{(1)}_{2}" of a sample."""
        if self.family.endswith(SAMPLES) and self.indices:
            sample, *rest = map(str, self.indices)
            name = f"{latex_name(self.family.removesuffix(SAMPLES))}^{{({sample})}}"
            return f"{name}_{{{','.join(rest)}}}" if rest else name
        name = latex_name(self.tensor)
        return f"{name}_{{{','.join(str(i) for i in self.indices)}}}" if self.indices else name

    @property
    def is_concrete(self) -> bool:
        """Whether every index is an integer."""
        return all(isinstance(i, int) for i in self.indices)


_GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell".split()
)

_FONTS = {"cal": "mathcal", "bold": "mathbf"}
_BEHIND = {"primed": "'", "earlier": "^{\\text{earlier}}"}


def latex_name(name: str) -> str:
    """A key as LaTeX: "sigma" -> "\\sigma", "X_W" stays, "cal L" -> "\\mathcal{L}"."""
    if name.endswith(SAMPLES):
        return f"{latex_name(name.removesuffix(SAMPLES))}^{{(i)}}"
    *accents, letter = name.split(" ")
    head, mark, label = letter.partition("_")
    head, hat, layer = head.partition("^")
    if head in _GREEK:
        head = "\\" + head
    elif len(head) > 1 and head.isalpha():
        head = f"\\text{{{head}}}"
    for accent in reversed(accents):
        if accent in _BEHIND:
            head += _BEHIND[accent]
            continue
        head = f"\\{_FONTS.get(accent, accent)}{{{head}}}"
    if mark and len(label) > 1 and not label.startswith("{"):
        label = f"{{{label}}}"
    return head + hat + layer + mark + label


@dataclass(slots=True)
class Family:
    """A family of cells with one name.

    Attributes:
        name: its key.
        arity: how many indices a cell carries.
        base: first index of each axis.
        sizes: how many indices there are on each axis, in index order; None where unknown.
        columns_first: whether the first of two indices counts columns (the paper's habit).
        exact: whether the range is known from a printed matrix or a stated shape (so that leaving it is an error).
        printed: whether a matrix of its cells is printed.
        shown_as_row: whether that matrix is one row of cells with one index.
        is_row: whether a vector is to be read as a row, as it is shown; most are columns all the same.
    """

    name: str
    arity: int
    base: tuple[int, ...]
    sizes: list[int | None]
    columns_first: bool = False
    exact: bool = False
    printed: bool = False
    shown_as_row: bool = False
    is_row: bool = False

    def rows_columns(self) -> tuple[int, int] | None:
        """(rows, columns) of the matrix of cells; a vector is a column, where it is not to be read as a row."""
        if any(size is None for size in self.sizes):
            return None
        if self.arity == 1:
            count = self.sizes[0] or 0
            return (1, count) if self.is_row else (count, 1)
        if self.arity != 2:
            return None
        first, second = self.sizes[0] or 0, self.sizes[1] or 0
        return (second, first) if self.columns_first else (first, second)

    def cell_at(self, row: int, column: int) -> tuple[int, ...]:
        """Indices of the cell that is printed at (row, column), both from 0."""
        if self.arity == 1:
            return ((column if self.is_row else row) + self.base[0],)
        first, second = (column, row) if self.columns_first else (row, column)
        return first + self.base[0], second + self.base[1]

    def words(self) -> str:
        """The range of the indices in words."""
        ranges = [
            f"{b}..{b + n - 1}" if n is not None else f"{b}.."
            for b, n in zip(self.base, self.sizes, strict=True)
        ]
        return "whose indices run over " + " and ".join(ranges)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One index of a rule's left side: a parameter plus an offset, or a fixed integer."""

    parameter: str | None
    offset: int

    def match(self, value: Index, env: dict[str, Index]) -> bool:
        """Bind the parameter so that the pattern gives `value`; False where it cannot."""
        if self.parameter is None:
            return value == self.offset
        wanted = value - self.offset
        if self.parameter in env:
            return bool(env[self.parameter] == wanted)
        env[self.parameter] = wanted
        return True


def pattern_of(node: Node, known: Mapping[str, object]) -> Pattern | None:
    """An index expression as a pattern, or None where it is no parameter plus integer."""
    node = strip_group(node)
    if isinstance(node, Bracket) and len(node.items) == 1:
        return pattern_of(node.items[0], known)
    if isinstance(node, Number) and node.text.isdigit():
        return Pattern(None, int(node.text))
    if isinstance(node, Name):
        return None if key(node) in known else Pattern(key(node), 0)
    if isinstance(node, Signed) and node.sign == "+":
        return pattern_of(node.operand, known)
    if isinstance(node, Sum_):
        parameter, offset = None, 0
        for sign, term in node.terms:
            part = pattern_of(term, known)
            if part is None or (part.parameter and (parameter or sign != "+")) or sign not in ("+", "-"):
                return None
            parameter = part.parameter or parameter
            offset += part.offset if sign == "+" else -part.offset
        return Pattern(parameter, offset)
    return None


@dataclass(frozen=True, slots=True)
class Rule:
    """A definition in force: what stands on its left, and the node that says what it is.

    Attributes:
        name: key of the family, the scalar or the matrix.
        patterns: its indices; empty for a scalar or a matrix.
        layer: its layer pattern, or None.
        body: the right side.
        statement: number of the statement that says so.
    """

    name: str
    patterns: tuple[Pattern, ...]
    layer: Pattern | None
    body: Node
    statement: int

    def match(self, cell: Cell) -> dict[str, Index] | None:
        """The parameters' values that make the left side this cell, or None."""
        if len(self.patterns) != len(cell.indices) or (self.layer is None) != (cell.layer is None):
            return None
        env: dict[str, Index] = {}
        if self.layer is not None and cell.layer is not None:
            if self.layer.parameter is not None and isinstance(cell.layer, int) and cell.layer <= 0:
                return None  # a^{(0)} is the input: no general layer lies beneath the first one
            if not self.layer.match(cell.layer, env):
                return None
        for pattern, value in zip(self.patterns, cell.indices, strict=True):
            if not pattern.match(value, env):
                return None
        return env

    @property
    def is_general(self) -> bool:
        """Whether it holds for a free index."""
        return any(p.parameter for p in self.patterns) or (
            self.layer is not None and self.layer.parameter is not None
        )


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """A function the document defines: sigma(x) = body, or a name that stands for a known one.

    Attributes:
        parameters: keys of its parameters.
        body: the right side, or None for a known or an arbitrary function.
        known: name in the whitelist of functions, "" for an arbitrary one.
        statement: number of the statement that says so, -1 for an assumption.
        assumed: what had to be assumed, in words.
    """

    parameters: tuple[str, ...]
    body: Node | None
    known: str = ""
    statement: int = -1
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Slope:
    """A derivative of a loss that is not written out, by a family at a layer.

    Attributes:
        loss: the loss's key.
        family: what it is differentiated by.
        layer: at which layer.
    """

    loss: str
    family: str
    layer: Index


@dataclass(slots=True)
class Scope:
    """Everything introduced so far.

    Attributes:
        survey: the document's notation habits.
        families: by key.
        matrices: matrix name -> family name ("X" -> "x").
        rules: by key of the left side, in document order.
        functions: by key.
        sizes: name -> integer for scalars and labels known as sizes ("S", "P", "X_W").
        tuples: shape name -> sizes in printed order ("S_X" -> (3, 3)).
        roles: role -> name for the output-size formula ("input" -> "X_S").
        zero_outside: families, or their matrices, that count as 0 outside their range; "*" for all of them.
        inside: family -> for each axis the first and the last index that a line does not say to count as 0.
        cells: symbol -> cell.
        convolution: (output, input, kernel) matrix names, where the document names the operation.
        words: what the prose says, in small letters.
        ranges: (family, axis) -> the limits of the sums that run over it.
        axes: (family, axis) -> its range where a sum without limits runs over it.
        spans: letter -> the limits of the sums that bind it.
        stated: (family, axis) -> the ranges that are stated beside its definitions.
        shapes: family -> the sizes, in letters or numbers, of the shape that its matrix is said to have.
        open_sizes: sizes that stand for ranges the document never states.
        values: worked numbers given to single cells; never in force for what is stated with letters.
        targets: names that the prose calls targets: data that nothing computes.
        called: names that the prose calls a "matrix", a "row" or a "vector".
        kinds: what bare names without a stated shape are, by name (`convsym.scope.kinds`).
        named: the cells with integer indices that some formula names, by family.
        listed: vectors of which a line lists every entry, with the first and the last index.
        letters: numbers for the letters of sums, of which no two may meet under one name.
        errors: names for the gradient of a loss by something.
        gradients: the losses, as printed, whose gradient \\nabla is said to be.
        slopes: label of a fresh symbol -> the derivative it stands for.
        arguments: name -> what the document says it is an unwritten function of.
        turns: convolution's sign -> whether it turns the kernel, where the document settles that.
        convolutions: convolution's sign -> how it is read.
        sized: whether matrices have the document's sizes, and not others that stand for any.
    """

    survey: Survey
    families: dict[str, Family] = field(default_factory=dict)
    matrices: dict[str, str] = field(default_factory=dict)
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    functions: dict[str, FunctionRule] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    tuples: dict[str, tuple[int, ...]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    zero_outside: set[str] = field(default_factory=set)
    inside: dict[str, tuple[tuple[Index | None, Index | None], ...]] = field(default_factory=dict)
    cells: dict[Expr, Cell] = field(default_factory=dict)
    convolution: tuple[str, str, str] | None = None
    words: str = ""
    values: dict[str, list[Rule]] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    ranges: dict[tuple[str, int], set[tuple[Index, Index]]] = field(default_factory=dict)
    axes: dict[tuple[str, int], tuple[Index, Index]] = field(default_factory=dict)
    spans: dict[str, set[tuple[Index, Index]]] = field(default_factory=dict)
    stated: dict[tuple[str, int], set[tuple[Index, Index]]] = field(default_factory=dict)
    shapes: dict[str, set[Expr]] = field(default_factory=dict)
    open_sizes: set[Expr] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    called: dict[str, Literal["vector", "row", "matrix"]] = field(default_factory=dict)
    kinds: dict[str, Any] = field(default_factory=dict)
    errors: list[ErrorName] = field(default_factory=list)
    gradients: set[object] = field(default_factory=set)
    slopes: dict[str, Slope] = field(default_factory=dict)
    arguments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    turns: dict[str, bool] = field(default_factory=dict)
    convolutions: dict[str, Reading] = field(default_factory=dict)
    sized: bool = True
    readings: dict[tuple[int, tuple[str, ...]], tuple[Node, Reference | None]] = field(default_factory=dict)
    named: dict[str, set[tuple[int, ...]]] = field(default_factory=dict)
    listed: dict[str, tuple[int, int]] = field(default_factory=dict)
    letters: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def habits(self) -> Habits:
        """The document's habits of notation."""
        return self.survey.habits

    def copy(self) -> Scope:
        """A scope that can be changed without changing this one."""
        return Scope(
            self.survey,
            dict(self.families),
            dict(self.matrices),
            {name: list(rules) for name, rules in self.rules.items()},
            dict(self.functions),
            dict(self.sizes),
            dict(self.tuples),
            dict(self.roles),
            set(self.zero_outside),
            dict(self.inside),
            dict(self.cells),
            self.convolution,
            self.words,
            {name: list(rules) for name, rules in self.values.items()},
            ranges=dict(self.ranges),
            spans=dict(self.spans),
            stated=dict(self.stated),
            shapes=dict(self.shapes),
            readings=self.readings,  # they rest on the document's habits alone, which no copy changes
            targets=set(self.targets),
            called=dict(self.called),
            kinds=dict(self.kinds),
            named=self.named,
            listed=self.listed,
            letters=self.letters,
            errors=list(self.errors),
            gradients=set(self.gradients),
            slopes=dict(self.slopes),
            arguments=dict(self.arguments),
            turns=dict(self.turns),
            convolutions=dict(self.convolutions),
            sized=self.sized,
        )

    def with_rows(self) -> Scope | None:
        """The scope in which vectors that are printed as rows are rows; None where there are none."""
        rows = {
            name: replace(family, is_row=True)
            for name, family in self.families.items()
            if family.shown_as_row and not family.is_row
        }
        return replace(self, families={**self.families, **rows}) if rows else None

    def reading(self, operator: str, reading: Reading) -> Scope:
        """The scope in which a convolution's sign has a certain meaning; all else is shared with this one."""
        return replace(self, convolutions={**self.convolutions, operator: reading})

    def with_rule(self, old: Rule | FunctionRule, new: Rule | FunctionRule, name: str) -> Scope:
        """The scope with one rule exchanged."""
        changed = self.copy()
        if isinstance(new, FunctionRule):
            changed.functions[name] = new
        else:
            changed.rules[name] = [new if rule is old else rule for rule in changed.rules.get(name, [])]
        return changed

    def refer(self, node: Node, bound: Mapping[str, object]) -> Reference | None:
        """The reference a node makes, read with this document's habits."""
        # The node is kept beside its reading, so that its identity cannot be given to another one.
        mark = (id(node), tuple(bound))
        known = self.readings.get(mark)
        if known is None:
            if len(self.readings) > 200_000:
                self.readings.clear()
            known = self.readings[mark] = (node, refer(node, self.habits, bound))
        return known[1]

    def mentions(self, node: Node) -> Iterator[Reference]:
        """The symbols that a value depends on: cells and names, not the letters in their indices."""
        stack = [node]
        while stack:
            part = stack.pop()
            reference = self.refer(part, {}) if isinstance(part, Name | Scripted) else None
            if reference is None:
                stack.extend(reversed(children(part)))
                continue
            yield reference
            if reference.power is not None:
                stack.append(reference.power)

    def rank(self, name: str) -> int:
        """How many layers of definitions stand between a name and free variables."""
        if name not in self.ranks:
            self.ranks[name] = below = 0  # a definition that comes back to itself counts no further
            for owner in (name, *(matrix for matrix, own in self.matrices.items() if own == name != matrix)):
                for rule in self.rules.get(owner, []):
                    for reference in self.mentions(rule.body):
                        base = self.matrices.get(reference.name, reference.name)
                        if base != name:
                            below = max(below, self.rank(base) + 1)
                    below = max(below, 1)
            self.ranks[name] = below
        return self.ranks[name]

    def register(self, cell: Cell) -> Expr:
        """The SymPy atom of a cell: a plain symbol, or an `Indexed` where an index is symbolic."""
        atom: Expr
        if cell.is_concrete:
            atom = Symbol(cell.latex)
        else:
            atom = IndexedBase(latex_name(cell.tensor))[
                tuple(Integer(i) if isinstance(i, int) else i for i in cell.indices)
            ]
        self.cells[atom] = cell
        return atom

    def family(self, name: str) -> Family | None:
        """The family of a name: its own, or the one its matrix is made of."""
        found = self.families.get(name)
        if found is None and name in self.matrices:
            found = self.families.get(self.matrices[name])
        return found

    def twin(self, name: str) -> str | None:
        """The family a matrix letter stands for: z for Z, where z carries indices in this document."""
        *accents, letter = name.split(" ")
        if "bold" in accents:
            plain = " ".join([*(one for one in accents if one != "bold"), letter])
            return plain if plain in self.habits.arity else None
        if len(letter) != 1 or not letter.isupper():
            return None
        lower = " ".join([*accents, letter.lower()])
        return lower if lower in self.habits.arity else None

    def owners(self, family: str) -> list[str]:
        """The names that stand for all the cells of a family: y beside Y is a number, and none of them."""
        found = [name for name, own in self.matrices.items() if own == family]
        return found if found and family not in self.matrices else list(dict.fromkeys((family, *found)))

    def axis_size(self, matrix: str, label: str) -> int | None:
        """Width or height of what a name stands for, or None where it is not known."""
        family = self.family(matrix)
        if family is None:
            return None
        shape = family.rows_columns()
        if shape is None:
            return None
        if label in WIDTH_LABELS:
            return shape[1]
        if label in HEIGHT_LABELS:
            return shape[0]
        return None

    def size(self, name: str) -> int | None:
        """An integer that the document has fixed under this name."""
        if name in self.sizes:
            return self.sizes[name]
        base, mark, label = name.rpartition("_")
        if not mark:
            return None
        found = self.axis_size(base, label)
        if found is None and label in WIDTH_LABELS | HEIGHT_LABELS and base in self.sizes:
            # One number for both axes: a stride S = 1 is S_W = S_H = 1.
            found = self.sizes[base]
        return found

    def padded(self, family: str) -> bool:
        """Whether the document says that cells outside the family's range count as 0."""
        return any(name in ("*", family) or self.matrices.get(name) == family for name in self.zero_outside)


def variables(expression: Expr) -> set[Expr]:
    """The symbols and the indexed cells that an expression is made of.

    SymPy counts the name of a family among the symbols of each of its cells, x among those of x[i]: here it is
    one only where it stands by itself.
    """
    found: set[Expr] = set()
    stack: list[Basic] = [expression]
    while stack:
        part = stack.pop()
        if isinstance(part, Indexed):
            found.add(part)
            stack.extend(part.indices)
        elif isinstance(part, Symbol):
            found.add(part)
        else:
            stack.extend(part.args)
    return found


def in_order(atoms: Iterable[Expr]) -> list[Expr]:
    """Variables in the order of their names: what is found must not depend on the order of a set.

    Args:
        atoms: what `variables` found, or a part of it.
    """
    return sorted(atoms, key=str)


def substituted(expression: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """An expression with variables replaced; a symbol that is also a family's name leaves its cells alone."""
    kept = {
        atom: Dummy()
        for atom in expression.atoms(Indexed)
        if atom.base.label in mapping and atom not in mapping
    }
    if not kept:
        return expression.xreplace(mapping)
    back = {dummy: atom for atom, dummy in kept.items()}
    return expression.xreplace(kept).xreplace(mapping).xreplace(back)
