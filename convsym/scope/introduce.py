"""The first reading of a document: what each relation introduces, decided by its form alone."""

from __future__ import annotations

import re
from itertools import count

from convsym.document import Directive, Display, Document, Prose
from convsym.latex.printer import to_latex
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Ellipsis_,
    Matrix,
    Name,
    Product,
    Tuple_,
)
from convsym.latex.walking import walk
from convsym.scope.anothercase import SentenceCases
from convsym.scope.asides import compares_shapes, is_another_case, is_case, names_a_probability, values_said
from convsym.scope.cases import Cases
from convsym.scope.continuation import read_formulas
from convsym.scope.convolving import is_convolution
from convsym.scope.declarations import says_type, share_forward, stated_sizes
from convsym.scope.dependence import dependence
from convsym.scope.directives import follow
from convsym.scope.equivalents import same_function
from convsym.scope.forms import (
    has_number,
    integer_of,
    is_fixed_cell,
    is_indexed_by,
    is_numeric,
    is_value_at,
    overlap,
    same_layout,
    says_dependence,
    speaks_of,
)
from convsym.scope.functionlabels import labels_said
from convsym.scope.gradientnames import with_gradient_names
from convsym.scope.implied import with_implied_everywhere
from convsym.scope.inner import introduces_argument
from convsym.scope.kinds import kinds_of
from convsym.scope.layout import corrected, introduces_cells, layout_of, look_ahead
from convsym.scope.letters import is_bare_sum
from convsym.scope.lifts import cells_of_capital, entry_rule
from convsym.scope.listed import LISTED, is_listed_case
from convsym.scope.listing import introduces_names
from convsym.scope.lost import differentiates_by
from convsym.scope.model import Family, FunctionRule, Pattern, Rule, Scope, pattern_of
from convsym.scope.naming import EQUALITIES, Reference, key, strip_group
from convsym.scope.notation import in_one_notation
from convsym.scope.orientation import counted_sizes, counts_columns_first, in_index_order
from convsym.scope.othercases import gives_another_value, otherwise_sized
from convsym.scope.outside import says_zero_outside
from convsym.scope.pieces import joins_piece
from convsym.scope.printedcells import gives_printed, is_entry_of_printed
from convsym.scope.prose import learn_from_words
from convsym.scope.renewal import UPDATES, had_value, is_index_setting, is_update
from convsym.scope.reprinted import is_printed_anew, numbered_anew, without_cells
from convsym.scope.saidproducts import with_said_products
from convsym.scope.settling import settle_scopes
from convsym.scope.shown import shows_own_cells
from convsym.scope.signwords import turns_in_words
from convsym.scope.stages import formulas_of
from convsym.scope.standing import (
    as_claims,
    is_made_of_numbers,
    is_new_layer,
    is_rule_for,
    is_said_in_words,
    said_for_every_layer,
    same_family,
)
from convsym.scope.statements import Statement, Unread, relations
from convsym.scope.survey import survey
from convsym.scope.timing import gives_first_state
from convsym.scope.turns import continued_operation, defines_operation, names_operation
from convsym.scope.variants import kinds_said
from convsym.scope.versions import Versions

_EQUALITIES = EQUALITIES | {"stackrel"}
_BARE_SUM = "says what its left side is, by a sum without a letter"
_UPDATE = "an update step: the new value is computed from the old one"
# Functions with one meaning everywhere: a document states facts about them, it does not introduce them.
_FIXED = frozenset("exp log ln max min abs tanh sinh cosh sin cos tan det rank tr dim ker deg gcd".split())


class Reader:
    """Reads a document once, statement by statement, and keeps what was introduced.

    Attributes:
        scopes: the versions of the scope; a later one begins where something is introduced anew.
        statements: every relation, classified.
        unread: formulas without a syntax tree.
        meanings: what standard functions stand for in some formulas, by number, that the document leaves unsaid.
        sets: which sums of some formulas, by number, run over sets that the document does not list.
        cases: what the lines that are said at a value introduce.
        aside: versions of the scope that only displays marked as wrong are read in.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.unread: list[Unread] = []
        self.statements: list[Statement] = []
        self.directives: list[Directive] = []
        self.formulas = list(document.formulas())
        equations, self.failures = read_formulas(self.formulas)
        self._words = " ".join(item.text.lower() for item in document.items if isinstance(item, Prose))
        notations = in_one_notation(
            with_implied_everywhere(
                with_gradient_names(with_said_products(equations, document), document), self._words
            ),
            labels_said(self.formulas),
        )
        self.equations, self.timing, self.meanings, self.sets, self.labelled = notations
        self.versions = Versions(Scope(survey(self.equations.values())), kinds_said(document))
        self.scopes = self.versions.scopes
        self.cases = Cases(self.equations.values())
        self._sentences = SentenceCases(self.versions)
        self.said = values_said(self.equations.values())
        self._counter = count()
        self._operations, self.aside = set[tuple[str, str, str]](), set[int]()
        self._read()

    @property
    def scope(self) -> Scope:
        """The version in force at the point of reading."""
        return self.scopes[-1]

    def _read(self) -> None:
        self.scope.words = self._words
        self.scope.turns.update(turns_in_words(self._words))
        look_ahead(self.scope, self.equations, self._columns_first)
        number, wrong = 0, False
        for item in self.document.items:
            if isinstance(item, Directive):
                self.directives.append(item)
                follow(item, self.scope, self._shape_family)
                wrong = wrong or item.name == "refuted"
            elif isinstance(item, Display):
                if wrong:
                    self._set_aside(number)
                else:
                    self._formula(number)
                number, wrong = number + 1, False
            elif isinstance(item, Prose):
                learn_from_words(self.scope, item.text)
                if (other := otherwise_sized(self.scope, item.text, self.directives)) is not None:
                    self.scopes.append(other)
                for _ in item.formulas:
                    self._formula(number)
                    number += 1
        share_forward(self.scopes, self.aside)
        settle_scopes(self.scopes, self.statements, self.equations.values(), self._columns_first)
        for version, scope in enumerate(self.scopes):
            read_here = formulas_of(version, scope, self.statements, self.equations)
            scope.kinds = kinds_of(scope, read_here, scope.called)

    def _set_aside(self, number: int) -> None:
        """Read a display that is marked as wrong on purpose: nothing after it rests on what it introduces."""
        kept, first = self.scope.copy(), len(self.statements)
        self.scopes.append(kept.copy())
        self._formula(number)
        if any(s.role in ("definition", "shape", "operation", "size") for s in self.statements[first:]):
            self.aside.update(range(self.statements[first].version, len(self.scopes)))
            self.scopes.append(kept)
        else:
            self.scopes.pop()
            for statement in self.statements[first:]:
                statement.version = min(statement.version, len(self.scopes) - 1)

    def _formula(self, number: int) -> None:
        display = self.formulas[number]
        if number in self.failures:
            error = self.failures[number]
            if not display.inline or re.search(r"[=<>]|\\(approx|le|ge|in)\b", display.latex):
                self.unread.append(Unread(next(self._counter), display, error.message, error.offset))
            return
        for failed in self.equations[number].unread:
            self.unread.append(Unread(next(self._counter), display, failed.message, failed.offset))
        self.versions.heed_words(number)
        printed = relations(self.equations[number], display, number, self._counter)
        for statement in self.cases.read(printed, self._enter, self.scopes):
            self.statements.append(statement)

    def _enter(self, statement: Statement) -> None:
        self.versions.read(statement)
        if not self._sentences.heed(statement, self.statements):
            self._introduce(statement)

    # ------------------------------------------------------------------ one relation

    def _introduce(self, statement: Statement) -> None:
        left, scope = strip_group(statement.left), self.scope
        if statement.relation in UPDATES and is_update(statement, self.scope):
            statement.role, statement.reason = "update", _UPDATE
            return
        if joins_piece(statement, self.statements, self.scopes) or says_zero_outside(statement, scope):
            return
        if is_listed_case(statement, self.equations[statement.formula], self.cases.entries.said, scope):
            statement.role, statement.reason = "condition", LISTED
            return
        cased = is_case(statement, self.said, scope) or is_another_case(statement, self.statements)
        if cased or compares_shapes(statement) or self.cases.is_behind(statement, self.statements):
            statement.role, statement.reason = "condition", "says something of a case, or of a shape"
            return
        if (typed := says_type(statement, scope)) is not None:
            statement.role, statement.reason = "condition", typed.reason
            for name in typed.names:
                self._shape_family(name, typed.sizes, rows_first=True)
            return
        if statement.relation not in _EQUALITIES:
            statement.role = "approximate" if statement.relation in ("approx", "simeq") else "comparison"
            return
        if is_update(statement, self.scope):
            statement.role, statement.reason = "update", _UPDATE
            return
        if defines_operation(statement, scope) or differentiates_by(statement.right, left):
            return
        if gives_printed(statement, scope, self._columns_first):
            return
        if introduces_names(statement, self.statements, scope, self.equations.values()):
            return
        if introduces_argument(statement, scope, self.equations, self.formulas):
            return
        if (same := same_function(left, strip_group(statement.right), self.scope)) is not None:
            statement.role, statement.reason = "definition", f"says which function ${same.name}$ is"
            self.versions.renews_function(statement, same.name, self.statements)
            self.scope.functions[same.name] = FunctionRule((), None, same.known, statement.number)
            return
        if isinstance(left, Product) and self._function(statement, left):
            return
        head = continued_operation(statement, self.statements, self.scope)
        if head is not None:
            (self._indexed if head.indices else self._bare)(statement, head)
            return
        reference = self.scope.refer(left, {})
        if reference is None or reference.power is not None or reference.primes or reference.transposed:
            return
        if (arguments := dependence(left, statement.right, self.scope, self.equations.values())) is not None:
            statement.role, statement.reason = "condition", "says what it depends on"
            if not reference.indices:
                if earlier := self.scope.rules.get(reference.name):
                    self.versions.begin(earlier)
                self.scope.arguments[reference.name] = arguments
            return
        if statement.link > 0 and not is_new_layer(reference, self.scope):
            if reference.indices or not self._is_new_name(reference):
                return
        number = numbered_anew(statement, self.equations[statement.formula], self.scope, self.statements)
        if number is not None:
            self.scopes.append(number)
        if self._shape(statement, reference):
            return
        if says_dependence(statement.left, statement.right):
            statement.role, statement.reason = "condition", "says what its left side depends on"
            return
        if reference.indices:
            self._indexed(statement, reference)
        else:
            self._bare(statement, reference)

    def _is_new_name(self, reference: Reference) -> bool:
        return not self._is_defined(reference.name) and self.scope.size(reference.name) is None

    def _is_defined(self, name: str) -> bool:
        scope = self.scope
        return any(name in known for known in (scope.rules, scope.functions, scope.matrices, scope.tuples))

    def _function(self, statement: Statement, left: Product) -> bool:
        """sigma(x) = ..., S(i, j) = ...: a function or a family written with brackets."""
        if len(left.factors) != 2 or left.factors[1][0] != "":
            return False
        head, arguments = strip_group(left.factors[0][1]), strip_group(left.factors[1][1])
        reference = self.scope.refer(head, {})
        if reference is None or not isinstance(arguments, Bracket) or arguments.kind not in ("(", "["):
            return False
        if reference.indices or reference.primes or (reference.power, reference.layer) != (None, None):
            return False
        items = [strip_group(item) for item in arguments.items]
        if len(items) == 1 and isinstance(items[0], Tuple_):
            items = [strip_group(item) for item in items[0].items]
        if not all(isinstance(item, Name) or is_fixed_cell(item, self.scope) for item in items):
            return False
        name = reference.name
        cells = not all(isinstance(item, Name) for item in items)
        if cells and (len(items) < 2 or statement.link > 0 or speaks_of(name, statement.right, self.scope)):
            # \\sigma(z_1) = \\sigma(0.31) applies a function, J(\\theta_0, \\theta_1) = ... introduces one.
            return False
        if any(isinstance(item, Name) and item.text == "infty" for item in items):
            return False
        applied = statement.link > 0 or (name in self.scope.functions and has_number(items, self.scope))
        if name in _FIXED or (applied and is_value_at(items, statement.right, self.scope)):
            # a = f(z) = 1 / (1 + e^{-0.62}) ends in a value of the function: it says nothing of how f is computed.
            return False
        if names_a_probability(statement.right):
            return False
        parameters = tuple(key(item) if isinstance(item, Name) else to_latex(item) for item in items)
        known = self.scope.functions.get(name)
        if name in self.scope.rules or (
            known is not None and not self.versions.renews_function(statement, name, self.statements)
        ):
            return False
        values = (
            *parameters,
            *(reference.base for item in items if (reference := self.scope.refer(item, {}))),
        )
        summed = any(isinstance(part, BigOperator) for part in walk(statement.right))
        if len(parameters) >= 2 and summed and is_indexed_by(statement.right, values):
            patterns = tuple(Pattern(parameter, 0) for parameter in parameters)
            self.scope.rules.setdefault(name, []).append(
                Rule(name, patterns, None, statement.right, statement.number)
            )
        else:
            if self.scope.family(name) is not None or (
                len(parameters) == 1 and any(self.scope.matrices.get(p) for p in parameters)
            ):
                return False
            self.scope.functions[name] = FunctionRule(parameters, statement.right, statement=statement.number)
        statement.role = "definition"
        statement.reason = f"introduces the function of {', '.join(parameters)}"
        return True

    def _shape(self, statement: Statement, reference: Reference) -> bool:
        """S_X = (3, 3), S_Z = S_O and the like."""
        scope, right = self.scope, strip_group(statement.right)
        base, mark, label = reference.name.rpartition("_")
        owner = label if mark and base in ("S", "s", "shape", "size", "dim") else None
        if owner is None and mark:
            owner = label if re.fullmatch(r"[A-Z]", label) else None
        if owner is None:
            return False
        sizes = stated_sizes(right, self.scope)
        if sizes is None:
            other = self.scope.refer(right, {})
            if other is None or other.indices or base != other.name.rpartition("_")[0]:
                return False
            alias = other.name
            known = reference.name in scope.tuples, alias in scope.tuples
            if not any(known):
                return False
            statement.role = "shape"
            if known == (True, False):
                scope.tuples[alias] = scope.tuples[reference.name]
                self._shape_family(alias.rpartition("_")[2], scope.tuples[alias])
                statement.reason = f"introduces ${alias}$"
            elif known == (False, True):
                scope.tuples[reference.name] = scope.tuples[alias]
                self._shape_family(owner, scope.tuples[alias])
                statement.reason = f"introduces ${reference.name}$"
            return True
        if not isinstance(right, Bracket | Tuple_):
            return False
        statement.role = "shape"
        if reference.name not in scope.tuples:
            counted = counted_sizes(self.scope, owner)
            if counted is not None and sizes not in (counted, counted[::-1]):
                # The sizes of input and kernel decide; what follows is read with the right shape.
                sizes = counted if self._ordered(owner, (10**5, 10**5 + 1))[0][0] == 10**5 else counted[::-1]
                text = ", ".join(str(n) for n in sizes)
                statement.role, statement.reason = "contradiction", f"counting the positions gives ({text})"
            statement.reason = statement.reason or "introduces a shape"
            scope.tuples[reference.name] = sizes
            self._shape_family(owner, sizes)
        return True

    def _shape_family(self, matrix: str, sizes: tuple[int, ...], *, rows_first: bool = False) -> None:
        """Declare the cells of a matrix whose shape was stated; a printed matrix is not overruled."""
        scope, name = self.scope, self.scope.matrices.get(matrix) or self.scope.twin(matrix) or matrix
        if name in scope.families and scope.families[name].exact:
            return
        columns_first, certain = self._columns_first(name), True
        if not rows_first:
            sizes, certain = self._ordered(matrix, sizes)
        elif columns_first and len(sizes) == 2:
            sizes = (sizes[1], sizes[0])
        base = 0 if name in scope.survey.zero_based or matrix in scope.survey.zero_based else 1
        arity = len(sizes)
        wanted = scope.habits.arity.get(name, arity)
        if arity == 2 and wanted == 1 and 1 in sizes:
            sizes, arity = (max(sizes),), 1
        kept: list[int | None] = list(sizes) if certain else [None] * arity
        scope.families[name] = Family(name, arity, (base,) * arity, kept, columns_first, exact=certain)
        scope.matrices.setdefault(matrix, name)

    def _ordered(self, matrix: str, sizes: tuple[int, ...]) -> tuple[tuple[int, ...], bool]:
        """A stated shape in index order, and whether the document says that this is its order."""
        name = self.scope.matrices.get(matrix) or self.scope.twin(matrix) or matrix
        first = self._columns_first(name)
        counted = counted_sizes(self.scope, matrix)
        return in_index_order(self.scope, name, sizes, first, self.equations.values(), counted)

    def _columns_first(self, name: str) -> bool:
        return counts_columns_first(self.scope)

    def _indexed(self, statement: Statement, reference: Reference) -> None:
        scope = self.scope
        patterns = [pattern_of(node, {}) for node in reference.indices]
        layer = None if reference.layer is None else pattern_of(reference.layer, {})
        if any(pattern is None for pattern in patterns) or (reference.layer is not None and layer is None):
            return
        kept = tuple(pattern for pattern in patterns if pattern is not None)
        rule = Rule(reference.name, kept, layer, statement.right, statement.number)
        if rule.is_general and introduces_cells(statement.right, scope, self._columns_first):
            statement.role, statement.reason = "definition", "introduces a matrix and its cells"
            return
        own = scope.matrices.get(reference.name, reference.name)
        if own != reference.name or is_entry_of_printed(own, rule, scope):
            # X_{1,2} of a matrix whose cells have a name of their own is an entry, a claim about that cell.
            return
        if rule.is_general and same_family(statement.left, statement.right, scope):
            # T_{i,j} = T_{i+1,j+1} says a property, and of a matrix that nothing gives it can only be noted.
            if not scope.rules.get(reference.name) and scope.family(reference.name) is None:
                statement.role, statement.reason = "condition", "states a property of a matrix"
            return
        if rule.is_general and is_convolution(statement.right):
            # z_{i,j} = w * a_{i,j} + b names what the next part of the chain, or another line, writes out.
            statement.role, statement.reason = "operation", "names the operation"
            return
        existing = [other for other in scope.rules.get(reference.name, []) if overlap(rule, other)]
        if is_numeric(statement.right) and not rule.is_general:
            if not existing or all(is_numeric(other.body) for other in existing):
                # Worked numbers stay out of the algebra: what holds is to hold whatever the values are.
                statement.role, statement.reason = "example", "gives an example value"
                scope.values.setdefault(reference.name, []).append(rule)
                return
        first = not statement.link and gives_first_state(rule, reference.base, self.timing, scope)
        if said_for_every_layer(statement, rule, existing, scope):
            return
        if existing and not first and not self._again(statement, existing, rule):
            if not is_rule_for(rule, existing, scope, self.statements):
                return
            as_claims(scope, existing, self.statements)
        if had_value(rule, scope):
            self.versions.begin(())  # what was said before was said of the other value
        self.versions.add(rule, existing)
        statement.role = "definition"
        statement.reason = "introduces the family" if rule.is_general else "introduces the cell"

    def _bare(self, statement: Statement, reference: Reference) -> None:
        scope, name, right = self.scope, reference.name, strip_group(statement.right)
        layer = None if reference.layer is None else pattern_of(reference.layer, {})
        if isinstance(right, Matrix) and layer is None:
            self._matrix(statement, name, right)
            return
        if names_operation(statement, name, right, scope, self._operations, self.equations):
            return
        rule = Rule(name, (), layer, statement.right, statement.number)
        existing = [other for other in scope.rules.get(name, []) if overlap(rule, other)]
        if not existing and any(is_bare_sum(part) for part in walk(right)):
            # E = \\sum (target - output)^2 says in general terms what a later line writes out.
            statement.role, statement.reason = "condition", _BARE_SUM
            return
        if is_index_setting(statement, reference, scope):
            statement.role, statement.reason = "condition", "a special case of an index"
            return
        known = (self.statements, self.directives, self.document, scope)
        if layer is None and gives_another_value(statement, name, *known):
            self.versions.begin(existing)
            self.scope.sizes.pop(name, None)
            value = integer_of(right)
            if value is None:
                self.scope.rules.setdefault(name, []).append(rule)
            elif statement.role == "definition":
                self.scope.sizes[name] = value
            return
        if said_for_every_layer(statement, rule, existing, scope):
            return
        if existing and not self._again(statement, existing, rule):
            return
        scope = self.scope
        function = scope.functions.get(name)
        if function is not None and function.body is not None and len(function.parameters) > 1:
            # L = ... after L(a, y) = ... says of the same loss what it is.
            return
        if not existing and statement.link == 0 and scope.size(name) is not None:
            if integer_of(right) is not None or not is_said_in_words(name, *known[:2], scope):
                return  # a size that follows from what is known is a claim, not a definition
            del scope.sizes[name]  # "no padding" gave P a number
        other = scope.refer(right, {})
        if other is not None and not other.indices and other.name == name:
            return
        value = integer_of(right)
        if value is not None and reference.layer is None:
            if scope.size(name) is not None:
                statement.role = "size"
                return
            scope.sizes[name] = value
            statement.role, statement.reason = "definition", "introduces a number"
            return
        twin = cells_of_capital(name, right, scope)
        if (entry := entry_rule(rule, scope)) is not None:
            scope.rules.setdefault(entry.name, []).append(entry)
        if twin is not None and name not in scope.matrices:
            scope.matrices[name] = twin
        self.versions.add(rule, existing)
        statement.role, statement.reason = "definition", "introduces its left side"

    def _matrix(self, statement: Statement, name: str, matrix: Matrix) -> None:
        scope = self.scope
        if any(isinstance(part, Ellipsis_) for part in walk(matrix)):
            # (x_1, ..., x_n): how many cells there are is not what is printed.
            if not self._is_defined(name):
                if not shows_own_cells(name, matrix, scope):
                    scope.rules[name] = [Rule(name, (), None, matrix, statement.number)]
                reason = "introduces the matrix, some of its cells left out"
                statement.role, statement.reason = "definition", reason
            return
        printed = layout_of(matrix, scope, self._columns_first)
        layout = None if printed is None else printed.family
        known = scope.families.get(scope.matrices.get(name, ""))
        if layout is not None:
            if is_made_of_numbers(name, scope):
                scope.matrices.pop(name, None)
                return
            if known is not None and known.name == layout.name and name in scope.rules:
                return
            if known is not None and known.exact and not same_layout(known, layout):
                if is_printed_anew(statement, known, layout, self.statements):
                    self.scopes.append(without_cells(scope, known.name))
                elif not self._again(statement, []) and not self.versions.prints_another(
                    statement, self.statements
                ):
                    statement.role = "contradiction"
                    statement.reason = "the matrix was printed differently before"
                    return
                scope = self.scope
            if printed is not None and printed.misprints:
                row, column, _ = printed.misprints[0]
                statement.role = "misprint"
                statement.reason = (
                    f"the cell in row {row + 1}, column {column + 1} breaks the order of the others"
                )
                first, last = statement.left.span.start, statement.right.span.end
                statement.repair = corrected(statement.source, first, last, matrix, printed)
                scope.families[layout.name] = layout
                scope.matrices[name] = layout.name
                return
            repeated = any(s.role == "definition" and s.latex == statement.latex for s in self.statements)
            scope.families[layout.name] = layout
            scope.matrices[name] = layout.name
            if repeated:
                statement.role, statement.reason = "restated", "repeats the matrix as printed before"
                return
            statement.role, statement.reason = "definition", "introduces the matrix and its cells"
            return
        rows, columns = len(matrix.rows), max(len(row) for row in matrix.rows)
        rule = Rule(name, (), None, matrix, statement.number)
        if name in scope.rules and not self._again(statement, scope.rules[name]):
            return
        scope = self.scope
        numeric = all(is_numeric(c) for row in matrix.rows for c in row if c)
        if known is not None and known.exact and not numeric:
            # The matrix written out in other cells: a claim if its own cells are defined, else their definition.
            if scope.rules.get(known.name):
                return
        elif known is not None and known.exact:
            statement.role, statement.reason = "example", "gives example values"
            return
        else:
            own = scope.twin(name) or name
            arity = scope.habits.arity.get(own, 1 if columns == 1 else 2)
            if arity == 1 and min(rows, columns) > 1:
                # [a_1, a_2; a_3, a_4]: its cells are counted through, its own are A_{1,1}
                own, arity = name, 2
            if own not in scope.families:
                base = 0 if own in scope.survey.zero_based else 1
                first = self._columns_first(own)
                sizes: list[int | None] = (
                    [max(rows, columns)] if arity == 1 else [columns, rows] if first else [rows, columns]
                )
                scope.families[own] = Family(own, arity, (base,) * arity, sizes, first, exact=True)
                scope.matrices.setdefault(name, own)
        scope.rules.setdefault(name, []).append(rule)
        statement.role, statement.reason = "definition", "introduces the matrix"

    def _again(self, statement: Statement, existing: list[Rule], rule: Rule | None = None) -> bool:
        """Whether the text clearly introduces a known name anew; then a new version of the scope begins."""
        if not self.versions.is_renewed(statement, existing, self.statements, rule):
            return False
        self.versions.begin(existing)
        return True
