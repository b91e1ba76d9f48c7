"""One document judged: every relation first by itself, then contradictions traced to the line that causes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from convsym.budget import Budget, Clock, note, run_limited
from convsym.checker.activations import heed_misprints, settle_functions
from convsym.checker.alone import settle_alone
from convsym.checker.assembly import assembled
from convsym.checker.atinfinity import at_infinity
from convsym.checker.borders import heed_borders
from convsym.checker.calculated import settle_calculated
from convsym.checker.chains import judge_chains
from convsym.checker.choices import choices_in, heed_choices, taken_back_by
from convsym.checker.clashes import clash_outcome
from convsym.checker.concurrence import suspend
from convsym.checker.conditionbefore import under_the_condition_before
from convsym.checker.conditions import heed_conditions
from convsym.checker.convolved import judge_convolved, prove_error_recurrence
from convsym.checker.diagnosis import blame_definitions
from convsym.checker.doubts import heed_doubts, heed_marks, heed_sets
from convsym.checker.eachcell import judge_each_cell
from convsym.checker.entrylines import judge_entry_line
from convsym.checker.errorterms import judge_error_term
from convsym.checker.explanation import explain
from convsym.checker.extents import cells_of, label_of, size_words
from convsym.checker.figures import settle_figures
from convsym.checker.findings import Finding
from convsym.checker.fixed import heed_fixed, in_the_case_before, with_its_values
from convsym.checker.flattened import judged_flattened, lays_out
from convsym.checker.givenagain import leave_open_after
from convsym.checker.granted import heed_given_starts, heed_grants
from convsym.checker.grounds import but_for_open_readings, introduces_prefixed
from convsym.checker.indexremarks import heed_indices
from convsym.checker.kernels import settle_kernels
from convsym.checker.kinks import heed_kinks
from convsym.checker.later import heed_later_letters
from convsym.checker.layered import judge_layers
from convsym.checker.lostmarks import judge_lost_mark, settle_lost_marks
from convsym.checker.lostterms import settle_lost_terms
from convsym.checker.matrices import judge_matrices
from convsym.checker.memberships import judge_membership, judge_product_of_shapes
from convsym.checker.mending import repair_claim
from convsym.checker.misnamed import settle_misnamed, settle_self_defined
from convsym.checker.numeratorlayout import heed_numerator_layout
from convsym.checker.othercases import heed_other_cases
from convsym.checker.othershapes import heed_cells_outside, heed_other_shapes
from convsym.checker.pinned import judged_at_example
from convsym.checker.properties import heed_properties
from convsym.checker.readings import settle_otherwise
from convsym.checker.recurrent import judge_steps
from convsym.checker.renewals import unsaid
from convsym.checker.restored import restore_derivative
from convsym.checker.restricted import heed_domains, heed_restrictions
from convsym.checker.saidsizes import judge_shape, judge_size
from convsym.checker.scaledchains import refute_scaled_chains
from convsym.checker.secondderivatives import heed_second_derivatives
from convsym.checker.settings import heed_settings
from convsym.checker.slippedchains import refute_slipped_chains
from convsym.checker.stated import heed_stated, heed_unit_sums
from convsym.checker.stepped import settle_steps
from convsym.checker.strides import heed_strides
from convsym.checker.termwise import judge_termwise
from convsym.checker.through import (
    in_another_part,
    leads_there,
    of_another_part,
    through_errors,
    through_its_own,
)
from convsym.checker.trueclass import prove_at_the_true_class
from convsym.checker.turnedproducts import prove_of_numbers, proved_of_numbers
from convsym.checker.twomeanings import heed_two_meanings
from convsym.checker.unison import hold_one_reading
from convsym.checker.units import heed_units
from convsym.checker.unitwise import judge_unitwise
from convsym.checker.unwritten import heed_unwritten
from convsym.checker.variants import conditional_lines, heed_variants, keep_unsaid, unsaid_lines
from convsym.checker.worked import judge_worked
from convsym.checker.written import judge_written_cells
from convsym.document import Document
from convsym.errors import BudgetExceeded, ConvsymError
from convsym.scope.approximation import judge_approximation, judge_comparison
from convsym.scope.forms import printed_shape
from convsym.scope.introduce import Reader
from convsym.scope.judge import Judge, Judgment
from convsym.scope.kinds import decide
from convsym.scope.listed import LISTED
from convsym.scope.listing import rests_on_a_list
from convsym.scope.model import BrokenDefinitionError, Cell, OutOfRangeError, Scope, latex_name
from convsym.scope.outputsize import is_size_formula, judge_size_formula, judge_without_a_role
from convsym.scope.sizewords import judge_said_size, said_roles
from convsym.scope.standing import runs_unsaid
from convsym.scope.statements import Statement
from convsym.verdict import Definition, Outcome, Proved, Refuted, Undecided, Unsupported, Verdict

# What looks at lines that are still open once the whole document is judged, in this order.
_OPEN_LINES = (
    heed_later_letters,
    settle_alone,
    settle_lost_marks,
    settle_lost_terms,
    settle_misnamed,
    settle_self_defined,
)


@dataclass(slots=True)
class Past:
    """What earlier attempts at a document have shown.

    Attributes:
        known: (phase, statement number) -> why it is not tried again.
        stop: number of the statement from which on nothing is tried any more, or None.
    """

    known: dict[tuple[str, int], str] = field(default_factory=dict)
    stop: int | None = None


class Session:
    """Judges one document.

    Attributes:
        reader: what was read.
        choices: the relations that give a value to a letter.
        judges: one a version of the scope.
        findings: by statement number.
        size_roles: what the text says of the letters of its size formulas.
        explained: the (cell, line) whose steps show both sides, or None; the line in any cell if the cell is None.
        part: which part of a larger document this is, "" for a whole one.
    """

    def __init__(
        self,
        document: Document,
        timeout: float = 10.0,
        past: Past | None = None,
        explained: tuple[int | None, int] | None = None,
        part: str = "",
    ) -> None:
        self.part = part
        self.explained = explained
        self.past = past or Past()
        self.spent: dict[int, float] = {}
        self.document = document
        self.timeout = timeout
        self.reader = Reader(document)
        self.budget = Budget(seconds=timeout)
        # What is said at values of a case is judged at them: the text supposes nothing of it elsewhere.
        self.choices = tuple(choices_in([s for s in self.reader.statements if s.reason != LISTED]))
        self.size_roles = said_roles(document)
        self.judges = [Judge(scope, self.budget) for scope in self.reader.scopes]
        self.findings: dict[int, Finding] = {}
        self.broken: dict[int, OutOfRangeError] = {}
        self.repaired: dict[int, str] = {}
        self.conditional: dict[int, Outcome] = {}

    def run(self) -> tuple[Verdict, ...]:
        """Every relation's verdict, in reading order."""
        self.judge_all()
        unsaid = {**self.conditional, **unsaid_lines(self)}
        first = {number: finding.outcome for number, finding in self.findings.items()}
        if self.past.stop is None:
            # What holds with a value that is granted speaks against no definition.
            heed_given_starts(self)
            # A repair that cannot be looked for leaves the verdicts as they are.
            with suppress(Exception):
                blame_definitions(self)
            suspend(self)
            with suppress(ConvsymError, RecursionError):
                heed_conditions(self)
            with suppress(ConvsymError, RecursionError):
                judge_written_cells(self.findings, self.judges, self.reader.statements)
            for settle in _OPEN_LINES:
                with suppress(Exception):  # what cannot be settled leaves the verdicts as they are
                    settle(self)
            for finding in self.findings.values():
                if isinstance(finding.outcome, Refuted) and not finding.repairs:
                    with suppress(Exception):
                        self.within("repair", finding, repair_claim, self, finding)
            for settle in (
                settle_calculated,
                settle_otherwise,
                heed_other_cases,
                heed_kinks,
                heed_properties,
                heed_borders,
                heed_strides,
                heed_two_meanings,
                heed_cells_outside,
            ):
                with suppress(ConvsymError, RecursionError):
                    settle(self)
        keep_unsaid(self, unsaid)
        for number, finding in self.findings.items():
            if finding.outcome is not first[number] and finding.statement.role == "claim":
                with suppress(ConvsymError, RecursionError):
                    self._heed_choices(finding, self.judges[finding.statement.version], taken_back=True)
        for finding in self.findings.values():
            heed_sets(finding, self.reader.sets, self.reader.statements)
            heed_units(finding, self.judges[finding.statement.version])
        heed_grants(self)
        settle_steps(self)
        heed_second_derivatives(self)
        self._explain_broken()
        for finding in self.findings.values():
            self.explain(finding)
        note(("done",))
        return assembled(self.reader, self.findings)

    def judge_all(self) -> None:
        """Judge each relation by itself, then hold lines about one function or one convolution against each other."""
        with suppress(ConvsymError, RecursionError):
            settle_kernels(self.reader.statements, self.judges)
        if not self.part:
            note(("total", 1 + max((s.number for s in self.reader.statements), default=0)))
        for statement in self.reader.statements:
            finding = self.findings[statement.number] = self.guarded(statement)
            if isinstance(finding.outcome, Undecided) and not self.part:
                note(("undecided", statement.number, finding.outcome.reason))
        self.conditional = conditional_lines(self)
        if self.past.stop is None:
            with suppress(ConvsymError, RecursionError):
                settle_functions(self)
            with suppress(ConvsymError, RecursionError):
                heed_misprints(self)
            with suppress(ConvsymError, RecursionError):
                hold_one_reading(self)
            settle_figures(self)
        leave_open_after(self)
        for heed in (
            heed_other_cases,
            heed_other_shapes,
            heed_variants,
            heed_kinks,
            heed_properties,
            heed_borders,
        ):
            with suppress(ConvsymError, RecursionError):
                heed(self)

    def explain(self, finding: Finding) -> None:
        """Set down the steps of a verdict, unless that was done where it was found."""
        if not finding.apart:
            self.within("explain", finding, self._explain, finding)

    def within(
        self,
        phase: str,
        finding: Finding,
        function: Callable[..., object],
        *args: object,
        share: float = 1.0,
    ) -> object | None:
        """Call a function on behalf of a finding, in a share of what is left of its time; None where that ran out."""
        number, phase = finding.statement.number, phase + self.part
        left = share * (self.timeout - self.spent.get(number, 0.0))
        if (phase, number) in self.past.known or left <= 0:
            return None
        note(("begin", phase, number))
        start = time.monotonic()
        try:
            return run_limited(function, *args, seconds=left)
        except (BudgetExceeded, RecursionError):
            return None
        finally:
            self.spent[number] = self.spent.get(number, 0.0) + time.monotonic() - start

    def _explain(self, finding: Finding) -> None:
        with suppress(ConvsymError, RecursionError):
            finding.steps = explain(self, finding)

    def of_part(self, document: Document, part: str) -> Session:
        """A session of its own for a part of this document.

        Args:
            document: the part.
            part: what to call it.
        """
        return Session(document, self.timeout, self.past, self.explained, part)

    # ------------------------------------------------------------------ the first judgment

    def guarded(self, statement: Statement) -> Finding:
        """A first verdict within the time that a claim may take, whatever goes wrong."""
        number = statement.number
        known = self.past.known.get((f"judge{self.part}", number))
        if self.past.stop is not None and number >= self.past.stop:
            known = known or "the document used up its time before this line"
        if known is not None:
            return Finding(statement, Undecided(known))
        note(("begin", f"judge{self.part}", number))
        start = time.monotonic()
        try:
            return run_limited(self.judge, statement, seconds=self.timeout)
        except BudgetExceeded as error:
            return Finding(statement, Undecided(str(error)))
        except ConvsymError as error:
            return Finding(statement, Unsupported(str(error).partition("\n")[0]))
        except RecursionError:
            return Finding(statement, Undecided("nested too deeply"))
        except Exception:  # one line that trips the engine must not take the document with it
            return Finding(statement, Undecided("it could not be worked out: the program failed at it"))
        finally:
            self.spent[number] = time.monotonic() - start

    def scope_of(self, statement: Statement) -> Scope:
        """The version of the scope a statement is read in."""
        return self.judges[statement.version].scope

    def judge(self, statement: Statement) -> Finding:
        """A first verdict, from the statement and the definitions in force."""
        judge = self.judges[statement.version]
        judge.clock = Clock(self.budget)
        match statement.role:
            case "definition":
                return self._definition(statement, judge)
            case "claim":
                found = in_the_case_before(self.claim(statement, judge), judge, self.reader.cases, self.claim)
                return under_the_condition_before(found, judge, self.reader.statements, self.claim)
            case "shape":
                return judge_shape(self, statement, judge)
            case "size":
                return judge_size(self, statement, judge)
            case "restated":
                return Finding(statement, Proved("restated"))
            case "operation" | "update" | "condition" | "example":
                return Finding(statement, judge_membership(statement) or Definition(statement.reason))
            case "lost mark":
                return judge_lost_mark(self, statement, judge)
            case "misprint":
                repairs = (statement.repair,) if statement.repair else ()
                return Finding(statement, Refuted(statement.reason, method="layout"), repairs=repairs)
            case "contradiction":
                return Finding(statement, Refuted(statement.reason, method="contradiction"))
            case "approximate":
                return Finding(statement, judge_approximation(judge, statement.left, statement.right))
            case "comparison":
                sides = statement.left, statement.relation, statement.right
                return Finding(statement, judge_comparison(judge, *sides, inline=statement.display.inline))
        return Finding(statement, Unsupported(statement.reason or "a statement of a form that is not read"))

    def claim(self, statement: Statement, judge: Judge, free: bool = False) -> Finding:
        """A claim decided in a judge's scope; `free` where no letter of it is to keep a value from elsewhere."""
        asked = judge = with_its_values(statement, judge, self.reader.cases)
        scope = judge.scope
        if (size := self._size_formula(statement, scope)) is not None:
            return size
        if printed_shape(statement.left) == printed_shape(statement.right):
            return Finding(statement, Proved("identity"))
        settled = (
            judge_product_of_shapes(statement) or at_infinity(statement, judge) or lays_out(statement, scope)
        )
        if settled is not None:
            return Finding(statement, settled)
        judgment = decide(judge, statement.left, statement.right, statement.apart)
        judgment = judged_flattened(judge, statement, judgment, self.reader.statements) or judgment
        judgment = judged_at_example(judge, statement, judgment) or judgment
        if isinstance(judgment.outcome, Undecided | Unsupported):
            found = (
                through_its_own(judge, statement)
                or through_errors(judge, statement, self.reader.statements)
                or (None if leads_there(judge, statement) else in_another_part(judge, statement, self.judges))
            )
            judgment = found or judgment
        elif isinstance(judgment.outcome, Refuted):
            judgment = of_another_part(judge, statement, self.judges, self.reader.statements) or judgment
        judge = judgment.typed or judgment.judge or judge
        scope = judge.scope
        if isinstance(judgment.outcome, Proved | Refuted):
            judgment.assumed.update(f"${s.one} = {s.other}$" for s in statement.supposed if s.same)
        finding = Finding(statement, but_for_open_readings(statement, judgment, scope), judgment)
        self._type_clash(finding, judge)
        heed_unit_sums(finding, judge, self.reader.equations.values())
        heed_unwritten(finding, judge, self.scope_of(statement))
        heed_stated(finding, scope, self.reader.statements)
        self._grounds(finding, judge)
        judge_each_cell(finding, judge)
        judge_worked(finding, judge, self.reader.statements)
        heed_settings(finding, judge, self.reader.statements)
        heed_indices(finding, scope)
        self._sizes(finding, scope)
        of_numbers = proved_of_numbers(finding, scope, self.reader.statements)
        judge_layers(finding, asked, self.reader.statements)
        judge_convolved(finding, asked, self.reader.statements, self.findings.values())
        judge_steps(finding, asked, self.reader.timing, self.reader.statements)
        judge_matrices(finding, asked, self.reader.statements)
        judge_chains(finding, asked, self.findings.values())
        refute_scaled_chains(finding, asked, self.findings.values())
        refute_slipped_chains(finding, asked, self.findings.values())
        judge_termwise(finding, asked)
        restore_derivative(finding, judge, self.reader.statements)
        prove_of_numbers(finding, of_numbers, scope, self.reader.statements)
        heed_marks(finding, asked, self.claim)
        judge_unitwise(finding, asked, self.claim)
        heed_numerator_layout(finding, judge, self.findings.values())
        heed_restrictions(finding, asked)
        heed_domains(finding, self.reader.statements)
        heed_fixed(finding, asked, self.reader.cases, self.reader.statements)
        if not free:
            self._heed_choices(finding, asked)
        heed_doubts(finding, asked.scope, self.reader.statements)
        heed_sets(finding, self.reader.sets, self.reader.statements)
        return finding

    def _heed_choices(self, finding: Finding, judge: Judge, taken_back: bool = False) -> None:
        statements = self.reader.statements
        choices = taken_back_by(finding.statement, self.choices, statements) if taken_back else self.choices
        heed_choices(finding, judge, choices, statements, partial(self.claim, free=True))

    def _type_clash(self, finding: Finding, judge: Judge) -> None:
        judgment, statement = finding.judgment, finding.statement
        if judgment is None or not judgment.type_clash:
            return
        outcome = clash_outcome(statement, judgment, judge, self.findings.values())
        finding.outcome = outcome or finding.outcome

    def _grounds(self, finding: Finding, judge: Judge) -> None:
        """A refutation that rests on what the document never said is none."""
        if isinstance(finding.outcome, Refuted) and finding.judgment is not None:
            reason = unsaid(finding.statement, finding.judgment, judge, self.reader.statements)
            if reason is not None:
                finding.outcome = Unsupported(reason)
            elif listed := rests_on_a_list(finding.statement, judge.scope):
                finding.outcome = Unsupported(
                    f"how many entries {latex_name(listed)} has is said by a list alone"
                )
        if isinstance(finding.outcome, Unsupported):
            prove_at_the_true_class(finding, judge, self.reader.statements)
        if isinstance(finding.outcome, Unsupported):
            name = introduces_prefixed(finding.statement, judge.scope, self.reader.statements)
            if name is not None:
                finding.outcome = Definition(f"introduces {name}, a name of its own")

    def _sizes(self, finding: Finding, scope: Scope) -> None:
        outcome, judgment = finding.outcome, finding.judgment
        if not isinstance(outcome, Proved | Refuted) or judgment is None:
            return
        if isinstance(outcome, Proved) and outcome.sizes:
            return
        touched = {
            scope.cells[atom].family
            for _, a, b in judgment.pairs
            for atom in (a + b).free_symbols
            if atom in scope.cells
        }
        if judgment.used or touched:
            finding.sizes = size_words(scope) if touched else ""

    # ------------------------------------------------------------------ definitions

    def _definition(self, statement: Statement, judge: Judge) -> Finding:
        scope = judge.scope
        if (size := self._size_formula(statement, scope)) is not None:
            return size
        reference = scope.refer(statement.left, {})
        if (
            reference is not None
            and not reference.indices
            and scope.axis_size(*label_of(reference.name)) is not None
        ):
            return self.claim(statement, judge)
        finding = Finding(statement, Definition(statement.reason))
        error = self.broken_range(statement, judge)
        if error is not None and not error.doubt and not runs_unsaid(statement, scope):
            self.broken[statement.number] = error
            finding.outcome = Refuted(
                f"it reads {error.cell}, outside {error.family}, {error.shape}", method="index out of range"
            )
            finding.judgment = Judgment(finding.outcome, out_of_range=error)
        heed_indices(finding, scope)
        if isinstance(finding.outcome, Definition) and reference is not None:
            judge_entry_line(self, finding, judge)
        if isinstance(finding.outcome, Definition):
            judge_error_term(finding, judge, self.reader.statements, self.claim)
        if isinstance(finding.outcome, Definition):
            prove_error_recurrence(finding, judge, self.reader.statements, self.findings.values())
        return finding

    def broken_range(self, statement: Statement, judge: Judge) -> OutOfRangeError | None:
        """The last cell outside its family that a definition would read, or None."""
        found: OutOfRangeError | None = None
        for cell in self.defined_cells(statement, judge.scope):
            try:
                judge.elaborator.definition(cell)
            except BrokenDefinitionError as error:
                if error.statement == statement.number:
                    found = OutOfRangeError(
                        error.cause.cell, error.cause.family, f"{error.cause.shape} (in ${cell.latex}$)"
                    )
            except ConvsymError:
                return found
        return found

    def defined_cells(self, statement: Statement, scope: Scope) -> list[Cell]:
        """The cells a definition defines, where they can be counted."""
        reference = scope.refer(statement.left, {})
        if reference is None or reference.layer is not None:
            return []
        rules = [rule for rule in scope.rules.get(reference.name, []) if rule.statement == statement.number]
        family = scope.families.get(reference.name)
        if not rules:
            return []
        if not rules[0].patterns:
            return [Cell(reference.name)] if family is None else []
        return cells_of(rules[0], family)

    def _size_formula(self, statement: Statement, scope: Scope) -> Finding | None:
        left = (
            statement.source[statement.left.span.start : statement.left.span.end].strip().strip("&").strip()
        )
        found: tuple[Outcome, str | None, list[str]] | None
        section = statement.display.section
        said = judge_said_size(statement.left, statement.right, left, scope, self.size_roles, section)
        if said is not None:
            found = said
        elif is_size_formula(statement.right, scope):
            found = judge_size_formula(statement.left, statement.right, left, scope)
        else:
            found = judge_without_a_role(statement.left, statement.right, left, scope)
        if found is None:
            return None
        outcome, repair, steps = found
        finding = Finding(statement, outcome, steps=steps)
        if repair is not None:
            finding.repairs = (repair,)
        if isinstance(outcome, Proved) and len(steps) > 1:
            finding.reason = steps[-1]
        return finding

    # ------------------------------------------------------------------ sizes

    # ------------------------------------------------------------------ words

    def line(self, statement: Statement) -> int:
        """The line of the file a statement begins on."""
        return statement.display.place(statement.left.span.start).line

    def place(self, statement: Statement) -> tuple[int | None, int, int, int]:
        """Where a statement stands in the file, the same in every reading of it."""
        place = statement.display.place(statement.left.span.start)
        return place.cell, place.line, place.column, statement.right.span.end

    def explains(self, statement: Statement) -> bool:
        """Whether the statement begins where both sides are to be shown."""
        if self.explained is None:
            return False
        cell, line = self.explained
        place = statement.display.place(statement.left.span.start)
        return place.line == line and cell in (None, place.cell)

    def named(self, number: int) -> str:
        """A statement as words: "(5)" or "line 12"."""
        for statement in self.reader.statements:
            if statement.number == number:
                return f"({statement.tag})" if statement.tag else f"line {self.line(statement)}"
        return "an earlier line"

    def _explain_broken(self) -> None:
        for finding in self.findings.values():
            judgment = finding.judgment
            if (
                judgment is not None
                and judgment.broken is not None
                and isinstance(finding.outcome, Unsupported)
            ):
                finding.outcome = Unsupported(
                    f"rests on {self.named(judgment.broken)}, which reads a cell that does not exist"
                )

    def claims(self) -> Iterator[Finding]:
        """The findings that were judged as claims."""
        for finding in self.findings.values():
            if finding.judgment is not None and finding.statement.role == "claim":
                yield finding


__all__ = ["Past", "Session"]
