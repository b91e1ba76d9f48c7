"""A syntax tree evaluated in a document's scope: numbers, cells, matrices and their derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from sympy import Dummy, Expr, Symbol, ceiling, floor

from convsym.budget import Budget, Clock
from convsym.errors import BudgetExceeded, ScopeError
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Ellipsis_,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    Signed,
    Sum_,
    Tuple_,
    Words,
)
from convsym.scope.algebra import Algebra, Modular, Scalar, Symbolic
from convsym.scope.branches import cases_value, indicator_of, indicator_value
from convsym.scope.circles import Circles
from convsym.scope.convolving import is_convolution
from convsym.scope.entries import entry_of, open_entry, sample_of, to_every_entry
from convsym.scope.examples import error_cell
from convsym.scope.grid import ENTRYWISE_POWER, Grid, Jacobian, entrywise, spread
from convsym.scope.indices import index_value, is_kronecker, kronecker, ratio_value
from convsym.scope.memory import Memory
from convsym.scope.model import (
    BrokenDefinitionError,
    Cell,
    Index,
    OutOfRangeError,
    Rule,
    Scope,
    TypeClashError,
)
from convsym.scope.naming import Reference, entries_of, strip_group
from convsym.scope.norms import inner_value, norm_value, root_value
from convsym.scope.operators import Applied, derivative_parts
from convsym.scope.padding import counts_as_zero, leaves
from convsym.scope.products import product_value
from convsym.scope.summation import big_value

Value: TypeAlias = "Scalar | Grid | Jacobian | tuple[Any, ...]"
Env: TypeAlias = Mapping[str, Any]


class Elaborator:
    """Evaluates nodes in one scope with one arithmetic.

    Attributes:
        scope: what the document has introduced.
        algebra: exact expressions or residues.
        used, assumed: numbers of the statements whose rules were used; what had to be assumed, in words.
        convolved: the convolution's signs between matrices that were met.
        memory: values of nodes evaluated before, for formulas that share most of them; none adds to `assumed`.
        filled: refuse sums over nothing, for whoever stands for larger sizes, at which they have terms.
        guesses: readings that are likely and not sure: a proof names them, a refutation does not rest on them.
        exact: what derivatives are taken with where the algebra is one of residues; may be shared.
        decimals: a symbol for every printed decimal, for whoever asks what their last places leave open; else None.
        upstream: how a derivative by what is computed from the numerator is read: "" not at all, "zero", "inverse".
        open_slopes: letters that are no constants: their slopes by each variable, as these are asked for.
        beside, loosely: read derivatives or products as `convsym.scope.beside` or `.loosely` says; `edges`: of beside.
    """

    def __init__(
        self,
        scope: Scope,
        algebra: Algebra | None = None,
        *,
        budget: Budget | None = None,
        clock: Clock | None = None,
        memory: Memory | None = None,
        filled: bool = False,
        exact: Elaborator | None = None,
    ) -> None:
        self.scope = scope
        self.memory = memory
        self.filled: bool = filled if exact is None else exact.filled
        self.budget = budget or Budget()
        self.clock = clock or Clock(self.budget)
        self.algebra: Algebra = algebra or Symbolic(self.budget)
        self.used: set[int] = set()
        self.assumed, self.guesses, self.convolved = set[str](), set[str](), set[str]()
        self.circles = Circles(self)
        self.definitions: dict[Cell, Scalar | None] = {}
        self.dependencies: dict[Cell, frozenset[int]] = {}
        self.suppositions: dict[Cell, frozenset[str]] = {}
        self._open: set[Cell] = set()
        self._work, self._symbolic = 0, exact
        self.upstream = ""
        self.open_slopes: dict[Expr, dict[Expr, Dummy]] = {}
        self.decimals: dict[str, Expr] | None = None
        self.beside = self.loosely = False
        self.edges: set[tuple[str, str, frozenset[str]]] = set()

    # ------------------------------------------------------------------ entry points

    def value(self, node: Node, env: Env) -> Value:
        """What a node means: a scalar, a `Grid`, a `Jacobian` or a tuple of these."""
        if self.memory is not None and type(node) in _REMEMBERED:
            return self.memory.value(self, node, env)
        return self.evaluate(node, env)

    def evaluate(self, node: Node, env: Env) -> Value:
        """The same, evaluated whether it is remembered or not."""
        self._work += 1
        if self._work % 64 == 0:
            self.clock.check()
            if self._work > self.budget.nodes * 10:
                raise BudgetExceeded("the formula expands to too many terms")
        method = _METHODS.get(type(node))
        if method is None:
            raise ScopeError(f"{type(node).__name__.strip('_').lower()} has no meaning here")
        return method(self, node, env)

    def scalar(self, node: Node, env: Env) -> Scalar:
        """The value of a node that must be a number."""
        value = self.value(node, env)
        if isinstance(value, Jacobian):
            value = value.gradient()
        if isinstance(value, Grid):
            if (value.rows, value.columns) == (1, 1):
                return value.cells[0]
            raise TypeClashError(f"{value.words()} stands where a number is needed")
        if isinstance(value, tuple) and not self._is_residue(value):
            raise TypeClashError("a list stands where a number is needed")
        return value

    def _is_residue(self, value: object) -> bool:
        return (
            isinstance(self.algebra, Modular)
            and isinstance(value, tuple)
            and len(value) == 2
            and isinstance(value[1], int)
        )

    def index(self, node: Node, env: Env) -> Index:
        """The value of an index, a limit or a size: an integer, or an affine expression."""
        if self.memory is not None:
            return self.memory.index(self, node, env)
        return index_value(self, node, env)

    def ratio(self, node: Node, env: Env) -> Fraction:
        """A number written with sizes, exactly."""
        return ratio_value(self, node, env)

    @property
    def defines(self) -> bool:
        """Whether a definition is being followed, and not the formula itself evaluated."""
        return bool(self._open)

    def fresh(self) -> Elaborator:
        """An exact elaborator of the same scope without this one's memory."""
        return Elaborator(self.scope, Symbolic(self.budget), budget=self.budget, clock=self.clock)

    # ------------------------------------------------------------------ cells and their definitions

    def cell(self, cell: Cell) -> Scalar:
        """A variable's value: its atom, or the residue of its definition."""
        if isinstance(self.algebra, Modular):
            if not cell.is_concrete:
                raise ScopeError("a symbolic index")
            defined = self.definition(cell)
            return self.algebra.symbol(self.scope.register(cell)) if defined is None else defined
        return self.scope.register(cell)

    def definition(self, cell: Cell) -> Scalar | None:
        """What the document defines a variable to be, one step, or None where it is free."""
        if cell in self.definitions:
            self.used |= self.dependencies[cell]
            self.assumed |= self.suppositions[cell]
            return self.definitions[cell]
        if open_entry(self, cell):
            return None
        if cell in self._open:
            raise ScopeError(f"the definition of {cell.latex} refers to itself")
        self._open.add(cell)
        outer, self.used = self.used, set()
        assumed, self.assumed = self.assumed, set()
        try:
            found = self._define(cell)
        finally:
            self._open.discard(cell)
            self.used, inner = outer | self.used, self.used
            self.assumed, supposed = assumed | self.assumed, self.assumed
        self.definitions[cell] = found
        self.dependencies[cell] = frozenset(inner)
        self.suppositions[cell] = frozenset(supposed)
        self.used |= inner
        return found

    def _define(self, cell: Cell) -> Scalar | None:
        rules = self.scope.rules.get(cell.family, [])
        for general in (False, True):
            for rule in reversed(rules):
                if rule.is_general is general:
                    env = rule.match(cell)
                    if env is not None:
                        self.used.add(rule.statement)
                        try:
                            return self.scalar(rule.body, env)
                        except OutOfRangeError as error:
                            raise BrokenDefinitionError(rule.statement, error) from None
        slope = error_cell(self, cell)
        if not cell.indices or slope is not None:
            return slope
        if rules and not cell.is_concrete:
            raise ScopeError(f"{cell.family} is defined cell by cell, its cell at a free index is not")
        family = self.scope.families.get(cell.family)
        for name in self.scope.owners(cell.family):
            for rule in reversed(self.scope.rules.get(name, [])):
                if rule.patterns or family is None:
                    continue
                env = rule.match(Cell(name, (), cell.layer))
                if env is None or not all(isinstance(i, int) for i in cell.indices):
                    continue
                self.used.add(rule.statement)
                return self._entry(self.value(rule.body, env), cell, rule)
        return None

    def _entry(self, value: Value, cell: Cell, rule: Rule) -> Scalar:
        if isinstance(value, Jacobian):
            value = value.gradient()
        family = self.scope.families[cell.family]
        if not isinstance(value, Grid):
            raise TypeClashError(f"{cell.family} is a family of cells, its definition a number")
        if is_convolution(rule.body) and family.rows_columns() not in (None, (value.rows, value.columns)):
            raise TypeClashError(f"{value.words()} does not have the shape of {cell.family}")
        for row in range(value.rows):
            for column in range(value.columns):
                if family.cell_at(row, column) == cell.indices:
                    return value.at(row, column)
        raise OutOfRangeError(cell.latex, rule.name, f"which is {value.words()}")

    # ------------------------------------------------------------------ nodes

    def _number(self, node: Number, env: Env) -> Scalar:
        if len(node.text) > self.budget.digits:
            raise BudgetExceeded(f"a number of more than {self.budget.digits} digits")
        if self.decimals is not None and "." in node.text:
            return self.decimals.setdefault(node.text, Symbol(f"{len(self.decimals)}#", real=True))
        return self.algebra.number(Fraction(node.text))

    def _name(self, node: Node, env: Env) -> Value:
        reference = self.scope.refer(node, env)
        return self._scripted_expression(node, env) if reference is None else self.reference(reference, env)

    def _scripted_expression(self, node: Node, env: Env) -> Value:
        assert isinstance(node, Scripted)
        base = strip_group(node.base)
        condition = indicator_of(node, None)
        if condition is not None:
            return indicator_value(self, condition, env)
        if node.primes:
            raise ScopeError("a prime on an expression")
        if isinstance(base, Bracket) and base.kind == "||" and len(base.items) == 1:
            return norm_value(self, self.value(base.items[0], env), node, env)
        if (
            isinstance(base, Bracket)
            and base.kind == "["
            and node.subscript is not None
            and len(base.items) == 1
        ):
            return entry_of(self, base.items[0], node, env)
        if node.subscript is not None:
            found = strip_group(node.subscript)
            if isinstance(base, Bracket) and base.kind == "(" and isinstance(found, Tuple_ | Product | Name):
                return entry_of(self, base.items[0], node, env)
            raise ScopeError("a subscript on an expression")
        value = self.value(base, env)
        return value if node.superscript is None else self.raise_to(value, node.superscript, env)

    def raise_to(self, value: Value, exponent: Node, env: Env) -> Value:
        """value ^ exponent, with T as a transpose and \\circ 2 as an entrywise power."""
        exponent = strip_group(exponent)
        if isinstance(value, Jacobian):
            value = value.gradient()
        if isinstance(value, tuple) and not self._is_residue(value):
            raise ScopeError("a power of a list")
        if isinstance(exponent, Name) and exponent.text in ("T", "top", "intercal"):
            return value.transposed if isinstance(value, Grid) else value
        power = self.scalar(exponent, env)
        if isinstance(value, Grid):
            if value.rows == value.columns > 1:
                self.assumed.add(ENTRYWISE_POWER)
            raised = value.map(lambda cell: self.algebra.power(cell, power))
            return Grid(raised.rows, raised.columns, raised.cells, power=True)
        return self.algebra.power(value, power)

    def reference(self, reference: Reference, env: Env) -> Value:
        """What a printed symbol stands for."""
        if reference.base == "partial":
            raise ScopeError(
                "a \\partial that differentiates nothing"
            )  # it is no factor, and cancels against none
        if reference.primes:
            raise ScopeError(f"a prime on {reference.name}, which is applied to nothing")
        value = self._unpowered(reference, env)
        if reference.transposed:
            value = value.gradient() if isinstance(value, Jacobian) else value
            value = value.transposed if isinstance(value, Grid) else value
        return value if reference.power is None else self.raise_to(value, reference.power, env)

    def _unpowered(self, reference: Reference, env: Env) -> Value:
        name, scope = reference.name, self.scope
        if not reference.indices and reference.layer is None:
            if name in env:
                value = env[name]
                return self.algebra.number(Fraction(value)) if isinstance(value, int) else value
            if name == "e" and "e" not in scope.habits.arity and "e" not in scope.rules:
                return self.algebra.apply("exp", (self.algebra.number(Fraction(1)),))
            if name == "pi" and "pi" not in scope.rules:
                raise ScopeError("the number pi")
            size = scope.size(name)
            if size is not None:
                return self.algebra.number(Fraction(size))
        layer = None if reference.layer is None else self.index(reference.layer, env)
        if isinstance(layer, Expr) and layer.has(Dummy):
            # A layer is part of a variable's name: a letter that a sum binds cannot stand there.
            raise ScopeError(f"a sum over the layers of {name}")
        if reference.indices:
            indices = tuple(self.index(node, env) for node in reference.indices)
            if (owner := env.get(entries_of(name))) is not None and layer is None:
                name, indices = owner[0], (*owner[1], *indices)
            sample = sample_of(self, name, indices)
            if sample is not None:
                return sample
            if layer is None and is_kronecker(scope, name, indices):
                return kronecker(self, indices)
            return self._indexed(name, indices, layer)
        grid = self.matrix(name, layer)
        if grid is not None:
            return grid
        if name in scope.functions and not scope.rules.get(name):
            from convsym.scope.functions import bare_function

            return bare_function(self, name)
        return self.cell(Cell(name, (), layer))

    def matrix(self, name: str, layer: Index | None) -> Grid | None:
        """The matrix of cells that a bare name stands for, or None where it is a number."""
        scope = self.scope
        family = scope.family(name)
        if family is None or (name in scope.matrices.values() and name not in scope.matrices):
            return None
        shape = family.rows_columns()
        if shape is None:
            raise ScopeError(f"the shape of {name} is not known")
        rows, columns = shape
        if rows * columns > self.budget.terms:
            raise BudgetExceeded(f"{name} has {rows * columns} cells")
        cells = tuple(
            self.cell(Cell(family.name, family.cell_at(r, c), layer))
            for r in range(rows)
            for c in range(columns)
        )
        return Grid(rows, columns, cells)

    def _indexed(self, name: str, indices: tuple[Index, ...], layer: Index | None) -> Scalar:
        scope = self.scope
        family = scope.families.get(name)
        if family is None and scope.matrices.get(name) in scope.families:
            # X_{2,1} of a matrix X whose cells are x_{..}: row 2, column 1 of what is printed.
            name = scope.matrices[name]
            family = scope.families.get(name)
            if family is not None and len(indices) == 2 and family.columns_first:
                indices = (indices[1], indices[0])
        if counts_as_zero(scope, name, indices):
            return self.algebra.number(Fraction(0))
        if family is not None and family.arity == len(indices) and family.exact:
            if leaves(family, indices):
                raise OutOfRangeError(Cell(name, indices, layer).latex, name, family.words())
        elif family is not None and family.arity != len(indices):
            raise ScopeError(f"{name} carries {family.arity} indices, here {len(indices)}")
        return self.cell(Cell(name, indices, layer))

    def _signed(self, node: Signed, env: Env) -> Value:
        if node.sign == "+":
            return self.value(node.operand, env)
        if node.sign != "-":
            raise ScopeError("a sign that may be plus or minus")
        return self.scaled(self.algebra.number(Fraction(-1)), self.value(node.operand, env))

    def scaled(self, factor: Scalar, value: Value) -> Value:
        """A number times anything."""
        if isinstance(value, Jacobian):
            rows = tuple(tuple(self.algebra.multiply((factor, e)) for e in row) for row in value.entries)
            return Jacobian(value.above, value.below, rows)
        if isinstance(value, Grid):
            return value.map(lambda cell: self.algebra.multiply((factor, cell)))
        return self.algebra.multiply((factor, value))

    def _sum(self, node: Sum_, env: Env) -> Value:
        terms: list[Value] = []
        for sign, term in node.terms:
            value = self.value(term, env)
            if sign not in ("+", "-"):
                raise ScopeError("a sign that may be plus or minus")
            terms.append(self.scaled(self.algebra.number(Fraction(-1)), value) if sign == "-" else value)
        if any(isinstance(term, Grid) for term in terms) and is_convolution(node):
            terms = spread(terms)
        return self.added(terms)

    def added(self, terms: list[Value]) -> Value:
        """The sum of numbers, or of matrices of one shape."""
        if any(isinstance(term, Jacobian) for term in terms):
            terms = [term.gradient() if isinstance(term, Jacobian) else term for term in terms]
        grids = [term for term in terms if isinstance(term, Grid)]
        if not grids:
            return self.algebra.add(terms)
        if len(grids) < len(terms) and all((grid.rows, grid.columns) == (1, 1) for grid in grids):
            # w^T x + b: a product that comes to one entry is the number it is.
            return self.algebra.add([term.cells[0] if isinstance(term, Grid) else term for term in terms])
        if len(grids) < len(terms):
            terms = to_every_entry(self, terms, grids)
            grids = [term for term in terms if isinstance(term, Grid)]
        total = grids[0]
        for grid in grids[1:]:
            total = entrywise(total, grid, lambda a, b: self.algebra.add((a, b)), "sum")
        return total

    def _fraction(self, node: Fraction_, env: Env) -> Value:
        parts = derivative_parts(node, env, self.scope)
        if parts is not None:
            self.guesses |= {parts.guess} - {""}
            return self.derivative(parts.above, parts.below, env, parts.total)
        denominator = self.value(node.denominator, env)
        if isinstance(denominator, Grid | Jacobian):
            raise TypeClashError("division by a matrix")
        return self.quotient(self.value(node.numerator, env), denominator)

    def quotient(self, numerator: Value, denominator: Scalar) -> Value:
        """Anything divided by a number."""
        if isinstance(numerator, Jacobian):
            numerator = numerator.gradient()
        if isinstance(numerator, Grid):
            return numerator.map(lambda cell: self.algebra.divide(cell, denominator))
        return self.algebra.divide(numerator, denominator)

    def derivative(self, above: Node, below: Node, env: Env, total: bool = False) -> Value:
        """A derivative through the document's definitions."""
        from convsym.scope.derivatives import differentiate
        from convsym.scope.functions import function_of

        if isinstance(self.algebra, Modular):
            if any(not isinstance(value, int) for value in env.values()):
                raise ScopeError("a derivative inside a function")
            exact = self.symbolic()
            outer, exact.used = exact.used, set()
            try:
                value = differentiate(exact, above, below, env, total)
            finally:
                self.used |= exact.used
                exact.used |= outer
            function = self.scope.functions.get(function_of(above, self) or "")
            if function is not None:
                self.used.add(function.statement)
            if isinstance(value, Jacobian):
                rows = tuple(tuple(self.residue(e) for e in row) for row in value.entries)
                return Jacobian(value.above, value.below, rows)
            return value.map(self.residue) if isinstance(value, Grid) else self.residue(value)
        return differentiate(self, above, below, env, total)

    def symbolic(self) -> Elaborator:
        """The exact twin of a modular elaborator."""
        if not isinstance(self.algebra, Modular):
            return self
        if self._symbolic is None:
            self._symbolic = Elaborator(
                self.scope, Symbolic(self.budget), budget=self.budget, clock=self.clock, filled=self.filled
            )
        return self._symbolic

    def residue(self, expression: Expr) -> Scalar:
        """An exact expression over cells as the residue of what it is defined to be."""
        algebra = self.algebra
        assert isinstance(algebra, Modular)
        for atom in expression.free_symbols:
            cell = self.scope.cells.get(atom)
            if cell is not None and atom not in algebra.memo:
                algebra.memo[atom] = self.cell(cell)
        return algebra.convert(expression)

    def _bracket(self, node: Bracket, env: Env) -> Value:
        if len(node.items) != 1:
            if node.kind in ("(", "[", "group"):
                return tuple(self.value(item, env) for item in node.items)
            if node.kind == "angle" and len(node.items) == 2:
                return inner_value(self, *(self.value(item, env) for item in node.items))
            raise ScopeError("a list")
        (item,) = node.items
        if node.kind in ("(", "[", "{", "group"):
            return self.value(item, env)
        if node.kind == "|":
            return self.apply_known("abs", (self.value(item, env),))
        if node.kind == "||":
            return norm_value(self, self.value(item, env), Scripted(node, None, None, 0, node.span), env)
        if node.kind in ("floor", "ceil"):
            inside = self.scalar(item, env)
            if isinstance(self.algebra, Modular):
                raise ScopeError("a floor has no residue")
            return floor(inside) if node.kind == "floor" else ceiling(inside)
        raise ScopeError(f"a bracket of kind {node.kind}")

    def _tuple(self, node: Tuple_, env: Env) -> Value:
        return tuple(self.value(item, env) for item in node.items)

    def _matrix(self, node: Matrix, env: Env) -> Grid:
        if any(len(row) != len(node.rows[0]) for row in node.rows) or not node.rows:
            raise ScopeError("a matrix with rows of different lengths")
        cells = []
        for row in node.rows:
            for cell in row:
                if cell is None:
                    raise ScopeError("a matrix with an empty cell")
                cells.append(self.scalar(cell, env))
        return Grid(len(node.rows), len(node.rows[0]), tuple(cells))

    def _chain(self, node: Chain, env: Env) -> Value:
        if node.first is not None and not node.links:
            return self.value(node.first, env)
        raise ScopeError("a relation inside an expression")

    def _ellipsis(self, node: Ellipsis_, env: Env) -> Value:
        raise ScopeError("an ellipsis stands for terms that are not written")

    def _words(self, node: Words, env: Env) -> Value:
        raise ScopeError(f"the words “{node.text.strip()[:40]}” inside a formula")

    # ------------------------------------------------------------------ functions

    def applied(self, call: Applied, env: Env) -> Value:
        """A function applied to its arguments, with its primes and its power."""
        from convsym.scope.functions import call_function

        power = None if call.power is None else strip_group(call.power)
        if isinstance(power, Signed) and isinstance(power.operand, Number) and power.operand.text == "1":
            raise ScopeError(f"the inverse of the function {call.name}")
        value = call_function(self, call, env)
        return value if call.power is None else self.raise_to(value, call.power, env)

    def apply_known(self, name: str, arguments: tuple[Value, ...]) -> Value:
        """A whitelisted function; entry by entry for a matrix."""
        if len(arguments) == 1 and isinstance(arguments[0], Jacobian):
            arguments = (arguments[0].gradient(),)
        if len(arguments) == 1 and isinstance(arguments[0], Grid):
            return arguments[0].map(lambda cell: self.algebra.apply(name, (cell,)))
        if any(isinstance(argument, Grid | Jacobian) for argument in arguments):
            grids = [argument for argument in arguments if isinstance(argument, Grid)]
            if name in ("max", "min") and len(grids) == 1 and len(arguments) == 2:
                other = next(argument for argument in arguments if not isinstance(argument, Grid))
                return grids[0].map(lambda cell: self.algebra.apply(name, (other, cell)))
            raise TypeClashError(f"{name} of a matrix")
        return self.algebra.apply(name, tuple(arguments))

    def _letter(self, name: str) -> Dummy:
        return Dummy(f"{name}_{next(self.scope.letters)}", integer=True)


# Numbers are sooner read than remembered.
_REMEMBERED = frozenset(
    {Name, Scripted, Signed, Sum_, Product, Fraction_, Root, Bracket, Matrix, BigOperator}
)

_METHODS: dict[type, Any] = {
    Number: Elaborator._number,
    Name: Elaborator._name,
    Scripted: Elaborator._name,
    Signed: Elaborator._signed,
    Sum_: Elaborator._sum,
    Product: product_value,
    Fraction_: Elaborator._fraction,
    Root: root_value,
    Bracket: Elaborator._bracket,
    Tuple_: Elaborator._tuple,
    Matrix: Elaborator._matrix,
    Cases: cases_value,
    Chain: Elaborator._chain,
    Ellipsis_: Elaborator._ellipsis,
    Words: Elaborator._words,
    BigOperator: big_value,
}
