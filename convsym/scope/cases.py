"""Lines that are said at a value, "for K = 2": read in a version of the scope of their own, which ends with them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from convsym.document import Display
from convsym.errors import ConvsymError
from convsym.latex.syntax import BigOperator, Equation, Name, Node, Scripted
from convsym.latex.walking import walk
from convsym.scope.asides import AT_FIRST
from convsym.scope.equalities import WITHOUT, Fixed, at_indices, at_point
from convsym.scope.forms import integer_of, printed_shape
from convsym.scope.generality import GENERAL, is_of_every
from convsym.scope.listed import Entries
from convsym.scope.model import FunctionRule, Rule, Scope
from convsym.scope.naming import EQUALITIES, key, strip_group
from convsym.scope.starts import Starts
from convsym.scope.statements import Statement

_LED = re.compile(r"\b(?:for|if|when|whenever|at|case|für|wenn|pour|si|para)\b[^.$]{0,30}\Z", re.I)
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|[。！？；]")

_GOES_ON = re.compile(
    r"\W*(?:so|thus|hence|therefore|then|and|which|this|it follows|consequently|also|as well as|donc|somit)\b",
    re.I,
)
_BEHIND = re.compile(r"\$\s*\(?(?:for|if|when|whenever|at|für|wenn|pour|si|para)\s*\Z", re.I)

# Words by which a sentence takes in again what one before it left out: "without momentum", "with momentum".
_ADDED = r"(?:with|including|includes?|adding|adds?)"

Case = frozenset[tuple[object, object]]


class Cases:
    """The cases of one document while it is read.

    Attributes:
        local: what the lines of a case define, where another case defines it otherwise.
        entries: values that are said of several names at once.
    """

    def __init__(self, equations: Iterable[Equation]) -> None:
        self.local: dict[Case, list[Rule]] = defaultdict(list)
        self._functions: dict[Case, dict[str, FunctionRule]] = defaultdict(dict)
        self._defined: Counter[object] = Counter()
        self._counting: set[str] = set()
        self._open: tuple[Fixed, ...] = ()
        self._section = ""
        self._last: tuple[Display | None, tuple[Fixed, ...]] = (None, ())
        self._granted: set[str] = set()
        self._left_out = ""
        equations = list(equations)
        self.entries, self._starts = Entries(equations), Starts()
        for equation in equations:
            for row in equation.rows:
                self._count(row)

    def _count(self, row: Node) -> None:
        first, links = getattr(row, "first", None), getattr(row, "links", ())
        if first is not None and links and links[0][0] in EQUALITIES:
            self._defined[printed_shape(first)] += 1
        for part in walk(row):
            counted: tuple[Node | None, ...] = ()
            if isinstance(part, BigOperator):
                counted = (part.lower, part.upper)
            elif isinstance(part, Scripted):
                base = strip_group(part.base)
                is_space = isinstance(base, Name) and base.text == "R"
                counted = (part.subscript, part.superscript if is_space else None)
            for one in counted:
                if one is not None:
                    self._counting |= {key(inner) for inner in walk(one) if isinstance(inner, Name)}

    def read(
        self,
        statements: Iterable[Statement],
        introduce: Callable[[Statement], None],
        scopes: list[Scope],
    ) -> Iterator[Statement]:
        """The relations of one formula, each introduced in the case that it is said of.

        Args:
            statements: what is read.
            introduce: reads one relation in the version of the scope that is in force.
            scopes: the versions; where a case begins and where it ends another one is added.
        """
        case: Case = frozenset()
        outer, inner = scopes[-1], len(scopes) - 1
        inside: list[Statement] = []
        for statement in statements:
            statement.at = statement.at or self._carried_on(statement)
            self._last = (statement.display, statement.at)
            statement.at = self._starts.of(statement)
            statement.at = tuple(
                each
                for listed in statement.at
                for one in self.entries.of(listed, scopes[-1])
                for each in at_point(one, _parameters(statement, scopes[-1]))
            )
            sides = statement.left, statement.right
            statement.left, statement.right, said = at_indices(*sides, statement.at)
            self._leave(statement, scopes)
            if not case:
                outer = scopes[-1]
            statement.at = tuple(one for one in said if one.put_in or not _is_given(one, outer))
            now = case_of(statement.at)
            if now != case:
                self._end(case, outer, inner, inside, scopes)
                case, outer, inner, inside = now, scopes[-1], len(scopes), []
                if case:
                    scopes.append(self.scope_in(outer, statement.at))
            try:
                introduce(statement)
            except ConvsymError as error:
                statement.role, statement.reason = "unsupported", str(error).partition("\n")[0]
            except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
                # One line that trips the reader must not take the document with it.
                statement.role, statement.reason = (
                    "unsupported",
                    "it could not be read: the program failed at it",
                )
            statement.version = len(scopes) - 1
            self._note(statement)
            self._starts.learn(statement)
            self._starts.heed(statement)
            inside.append(statement)
            yield statement
        self._end(case, outer, inner, inside, scopes)

    def scope_in(self, scope: Scope, at: tuple[Fixed, ...]) -> Scope:
        """A scope in which the sizes that are fixed have their values, and what the case defines is defined.

        Args:
            scope: what is in force outside of the case.
            at: the case.
        """
        fresh = scope.copy()
        for one in at:
            name, value = _name(one), integer_of(one.value)
            if name is not None and value is not None and one.clear and self.is_size(name, scope):
                fresh.sizes[name] = value
        case = case_of(at)
        for rule in self.local.get(case, ()):
            fresh.rules.setdefault(rule.name, []).append(rule)
        fresh.functions.update(self._functions.get(case, {}))
        return fresh

    def _carried_on(self, statement: Statement) -> tuple[Fixed, ...]:
        """What a formula is said at whose sentence began before another one: "For i = 0 we get ..., and thus ..."."""
        (last, at), display = self._last, statement.display
        if last is None or last.inline or display.inline or last.section != display.section:
            return ()
        words = display.before.strip()
        if last is not display:
            ended = last.latex.rstrip(" \\,\n")[-1:] in (".", "!") or re.search(r"[.!?](?=\s|\Z)", words)
            if ended or words[:1].isupper() or "$" in words or GENERAL.search(words):
                return ()
        return tuple(one for one in at if one.leads and one.clear)

    def is_behind(self, statement: Statement, statements: Sequence[Statement]) -> bool:
        """Whether a value in running text is the one that the claim right before it is made at: "y = 9 for x = 3".

        Args:
            statement: x = 3.
            statements: the relations read before.
        """
        before = _BEHIND.search(statement.display.before)
        if not statement.display.inline or statement.link or before is None or not statements:
            return False
        name, value = printed_shape(statement.left), printed_shape(statement.right)
        return statements[-1].role == "claim" and any(
            (printed_shape(one.name), printed_shape(one.value)) == (name, value) for one in statements[-1].at
        )

    def is_size(self, name: str, scope: Scope) -> bool:
        """Whether a name limits sums or counts something, and no formula says what it is.

        Args:
            name: without indices.
            scope: with its definitions.
        """
        return name in self._counting and not scope.rules.get(name)

    def _end(
        self, case: Case, outer: Scope, inner: int, inside: list[Statement], scopes: list[Scope]
    ) -> None:
        """Leave a case: what it alone defines is not in force any more."""
        if not case:
            return
        last, first = scopes[-1], scopes[inner]
        plain = first.sizes == outer.sizes and len(scopes) == inner + 1
        known = {id(rule) for rules in (*outer.rules.values(), *self.local.values()) for rule in rules}
        new = [rule for rules in last.rules.values() for rule in rules if id(rule) not in known]
        functions = {n: f for n, f in last.functions.items() if outer.functions.get(n) is not f}
        if plain and not new and not functions and not self.local.get(case):
            scopes.pop()
            for statement in inside:
                statement.version = inner - 1
            return
        after = outer.copy()
        once = {s.number for s in inside if self._defined[printed_shape(s.left)] == 1}
        for rule in new:
            if rule.statement in once:
                after.rules.setdefault(rule.name, []).append(rule)
            else:
                self.local[case].append(rule)
        for name, function in functions.items():
            if function.statement in once:
                after.functions[name] = function
            else:
                self._functions[case][name] = function
        for kind in ("families", "matrices", "values", "tuples"):
            ours, theirs = getattr(after, kind), getattr(last, kind)
            ours.update({name: value for name, value in theirs.items() if name not in ours})
        scopes.append(after)

    def _leave(self, statement: Statement, scopes: list[Scope]) -> None:
        """Hear where the text speaks of every case again, and which case a line without one may still be about."""
        sentence = _SENTENCE_END.split(statement.display.before.rstrip(" .:"))[-1]
        if GENERAL.search(sentence) or GENERAL.search(statement.display.section):
            self._open = ()
            if ended := self._granted & set(scopes[-1].sizes):
                fresh = scopes[-1].copy()
                for name in ended:
                    del fresh.sizes[name]
                scopes.append(fresh)
            self._granted.clear()
        self._open = tuple(
            one for one in self._open if not is_of_every(_name(one) or "", sentence, statement.display.after)
        )
        if self._left_out and re.search(rf"\b{_ADDED}\b[^.$]{{0,20}}\b{self._left_out}\b", sentence, re.I):
            self._open, self._left_out = (), ""
        # A value at the start is one of the sentence that says it; what follows is said of every one.
        start = AT_FIRST.search(sentence) is not None
        leading = tuple(
            one for one in statement.at if one.leads and one.clear and not one.put_in and not start
        )
        if leading:
            self._open, self._section = leading, statement.display.section
            if (words := re.search(rf"\b{WITHOUT}", sentence, re.I)) is not None:
                self._left_out = re.findall(r"\w+", words.group())[-1]
        elif statement.display.section != self._section:
            self._open = ()
        if not statement.at:
            said = sentence.strip()
            if said and ("$" in said or _GOES_ON.match(said) is None):
                # What other words lead to may speak of another case, and so may all that follows it.
                self._open = tuple(replace(one, clear=False) for one in self._open)
            statement.near = self._open

    def _note(self, statement: Statement) -> None:
        """Remember which sizes are given by words that speak of a case: "for K = 2"."""
        left = strip_group(statement.left)
        if (
            statement.display.inline
            and statement.role == "definition"
            and isinstance(left, Name)
            and integer_of(statement.right) is not None
            and (
                _LED.search(statement.display.before)
                or f"${statement.display.latex}$" in statement.display.section
            )
        ):
            self._granted.add(key(left))


def case_of(at: Iterable[Fixed]) -> Case:
    """The names and the values of a case, however they are printed; an index that is put in makes none."""
    return frozenset((printed_shape(one.name), printed_shape(one.value)) for one in at if not one.put_in)


def _name(one: Fixed) -> str | None:
    name = strip_group(one.name)
    return key(name) if isinstance(name, Name) else None


def _is_given(one: Fixed, scope: Scope) -> bool:
    """Whether a name has just this value anyhow."""
    name = _name(one)
    if name is None or not one.clear:
        return False
    value = integer_of(one.value)
    if value is not None and name in scope.sizes:
        return scope.sizes[name] == value
    rules = scope.rules.get(name, [])
    return len(rules) == 1 and printed_shape(rules[0].body) == printed_shape(one.value)


def _parameters(statement: Statement, scope: Scope) -> tuple[str, ...] | None:
    """The parameters of the functions that a line names, where they are the same ones."""
    names = {
        key(part)
        for side in (statement.left, statement.right)
        for part in walk(side)
        if isinstance(part, Name) and key(part) in scope.functions
    }
    found = {scope.functions[name].parameters for name in names}
    return next(iter(found)) if len(found) == 1 else None
